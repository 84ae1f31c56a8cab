"""The draws of the bootstrap's schemes, by an implementation of their specifications of its own (Python 3.11.7).

python3 resample.py > resample.tsv
"""

import math

M = (0xD2511F53, 0xCD9E8D57)
W = (0x9E3779B9, 0xBB67AE85)
MASK = 0xFFFFFFFF


def philox(counter, key):
    counter, key = list(counter), list(key)
    for _ in range(10):
        a, b = M[0] * counter[0], M[1] * counter[2]
        counter = [(b >> 32) ^ counter[1] ^ key[0], b & MASK, (a >> 32) ^ counter[3] ^ key[1], a & MASK]
        key = [(k + w) & MASK for k, w in zip(key, W)]
    return counter


class Numbers:
    def __init__(self, seed, draw, stream):
        self.key = (seed & MASK, seed >> 32)
        self.draw, self.stream, self.block = draw, stream, 0
        self.words, self.half = [], None

    def next_word(self):
        if not self.words:
            self.words = philox((self.draw & MASK, self.draw >> 32, self.block, self.stream), self.key)
            self.block += 1
        return self.words.pop(0)

    def word(self):
        self.half = None
        return self.next_word()

    def next_half(self):
        if self.half is not None:
            half, self.half = self.half, None
            return half
        word = self.next_word()
        self.half = word >> 16
        return word & 0xFFFF

    def below(self, n):
        bits = 16 if n <= 1 << 16 else 32
        while True:
            m = (self.next_half() if bits == 16 else self.word()) * n
            if m % (1 << bits) >= (1 << bits) % n:
                return m >> bits


def runs(scheme, parameter, n, numbers):
    if scheme == "iid":
        return [(numbers.below(n), 1) for _ in range(n)]
    if scheme == "m-out-of-n":
        return [(numbers.below(n), 1) for _ in range(parameter)]
    if scheme == "poisson":
        ends = [round(2**32 * sum(math.exp(-1) / math.factorial(j) for j in range(k + 1))) for k in range(12)]
        found = []
        for unit in range(n):
            word = numbers.word()
            found += [(unit, 1)] * sum(word >= end for end in ends)
        return found
    found, left = [], n
    while left:
        if scheme == "stationary":
            start, word = numbers.below(n), numbers.word()
            length, p = 1, 1 / parameter
            while length < n and word >= round(2**32 * -math.expm1(length * math.log1p(-p))):
                length += 1
        else:
            length = int(parameter)
            start = numbers.below(n - length + 1 if scheme == "moving-block" else n)
        length = min(length, left)
        found.append((start, length))
        left -= length
    return found


STREAMS = {"iid": 8, "moving-block": 9, "circular-block": 9, "stationary": 10, "m-out-of-n": 8, "poisson": 12}
print("scheme\tparameter\tunits\tseed\tdraw\truns")
for scheme, parameter, units, seed, draw in [
    ("iid", 0, [7, 5], 1, 0),
    ("iid", 0, [3, 70_000 % 11], 12345678901234, 5_000_000_000),
    ("m-out-of-n", 5, [60], 1, 9),
    ("poisson", 0, [9, 4], 3, 1),
    ("moving-block", 4, [18, 9], 1, 3),
    ("circular-block", 4, [18, 9], 1, 3),
    ("circular-block", 3, [70_001 % 17 + 3], 99, 1 << 40),
    ("stationary", 3.5, [25, 6], 7, 11),
    ("stationary", 1.5, [12], 7, 12),
    ("stationary", 40.0, [30], 1, 2),
]:
    numbers = Numbers(seed, draw, STREAMS[scheme])
    parts = [runs(scheme, parameter, n, numbers) for n in units]
    text = ";".join(" ".join(f"{start}+{length}" for start, length in part) for part in parts)
    print(scheme, parameter, ",".join(map(str, units)), seed, draw, text, sep="\t")


def weights(law, groups, numbers):
    root, values = math.sqrt(5), []
    if law == "rademacher":
        for group in range(groups):
            if group % 32 == 0:
                word = numbers.word()
            values.append(-1.0 if word >> group % 32 & 1 else 1.0)
    elif law == "mammen":
        below = round(2**32 * (root + 1) / (2 * root))
        values = [(1 - root) / 2 if numbers.word() < below else (1 + root) / 2 for _ in range(groups)]
    elif law == "webb":
        six = [-math.sqrt(1.5), -1.0, -math.sqrt(0.5), math.sqrt(0.5), 1.0, math.sqrt(1.5)]
        values = [six[numbers.below(6)] for _ in range(groups)]
    else:
        while len(values) < groups:
            size = math.sqrt(-2 * math.log((numbers.word() + 0.5) / 2**32))
            angle = 2 * math.pi * (numbers.word() + 0.5) / 2**32
            values += [size * math.cos(angle), size * math.sin(angle)]
    return values[:groups]


for law, groups, seed, draw in [("rademacher", 40, 1, 2), ("mammen", 6, 1, 2), ("webb", 9, 5, 1 << 33), ("normal", 5, 1, 2)]:
    text = " ".join(repr(v) for v in weights(law, groups, Numbers(seed, draw, 11)))
    print(law, 0, groups, seed, draw, text, sep="\t")


# Bayesian weights: exponential numbers over their sum in the part, times its number of units.
numbers, parts = Numbers(2, 70_000_000_000, 13), []
for n in (5, 3):
    of = [-math.log((numbers.word() + 0.5) / 2**32) for _ in range(n)]
    parts.append([n * e / sum(of) for e in of])
text = ";".join(" ".join(repr(v) for v in part) for part in parts)
print("bayesian", 0, "5,3", 2, 70_000_000_000, text, sep="\t")
