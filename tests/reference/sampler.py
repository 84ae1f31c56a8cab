"""The `uniform` sampler, written again from its specification in src/null/distinct.rs.

Prints tests/reference/sampler.tsv: positions, groups, seed, draw index, picks.
Plain Python 3.11, no packages.
"""

M0, M1 = 0xD2511F53, 0xCD9E8D57
W0, W1 = 0x9E3779B9, 0xBB67AE85
MASK = 0xFFFFFFFF


def philox4x32_10(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = M0 * c[0], M1 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + W0) & MASK, (k[1] + W1) & MASK]
    return c


def candidates(n, seed, index, block=0, stream=1):
    while True:
        counter = (index & MASK, index >> 32, block, stream)
        for word in philox4x32_10(counter, (seed & MASK, seed >> 32)):
            bits = 16 if n <= 65536 else 32
            for number in (word & 0xFFFF, word >> 16) if bits == 16 else (word,):
                product = number * n
                if product % 2**bits >= 2**bits % n:
                    yield product >> bits
        block += 1


def draw(n, groups, seed, index, block=0, stream=1):
    remainder = n - sum(groups)
    # The largest part is not drawn; on a tie the remainder, then the first group.
    parts = [(remainder, None)] + [(k, g) for g, k in enumerate(groups)]
    largest = max(k for k, _ in parts)
    left_over = next(g for k, g in parts if k == largest)
    to_draw = [k for g, k in enumerate(groups) if g != left_over]
    stored = sum(to_draw)
    drawn = stored + (remainder if left_over is not None else 0)
    accepted = []
    if drawn:
        for position in candidates(n, seed, index, block, stream):
            if position not in accepted:
                accepted.append(position)
                if len(accepted) == drawn:
                    break
    picks = accepted[:stored]
    if left_over is not None:
        picks += [p for p in range(n) if p not in accepted]
    return picks


assert philox4x32_10((0,) * 4, (0,) * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
CASES = [
    (760, [16, 31], 1, [0, 1, 2**32 - 1, 2**32, 2**63 + 5]),
    (470, [15], 20251216, [0, 7]),
    (65536, [5, 3], 2**64 - 1, [0, 123456789]),
    (65535, [4], 3, [11]),
    (65537, [9], 3, [0, 11]),
    (1048576, [4, 30], 8, [0, 5]),
    (10, [3, 4], 5, [0, 1, 2]),
    (10, [6, 2], 5, [0, 1, 2]),
    (7, [7], 5, [0]),
    (47, [23, 24], 9, [0, 1]),
    (6, [3], 2, [0, 1]),
    (1, [1], 1, [0]),
]
if __name__ == "__main__":
    print("positions\tgroups\tseed\tindex\tpicks")
    for n, groups, seed, indices in CASES:
        for index in indices:
            picks = draw(n, groups, seed, index)
            cells = [n, ",".join(map(str, groups)), seed, index, ",".join(map(str, picks))]
            print("\t".join(map(str, cells)))
