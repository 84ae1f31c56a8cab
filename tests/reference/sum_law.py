"""Tails of the sum of k of N scores, for src/inference/sum_law/tests.rs, as tab-separated values.

Versions used: Python 3.11.7, standard library only.
Run:           python3 sum_law.py > sum_law.tsv

Scores are step * (i*i mod modulus) - 40 for i = 0..N-1. Subsets are counted in integers of any size, one
distinct score after another: c of the m positions with score v are picked in C(m, c) ways and add c v.
Shares of C(N, k) are exact fractions until they are printed, as the nearest float.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from math import comb


def subsets_by_sum(scores, k):
    ways = [defaultdict(int) for _ in range(k + 1)]
    ways[0][0] = 1
    for score, positions in Counter(scores).items():
        for j in range(k, 0, -1):
            for c in range(1, min(j, positions) + 1):
                choices = comb(positions, c)
                for s, count in ways[j - c].items():
                    ways[j][s + c * score] += choices * count
    return ways[k]


def main():
    print("n\tk\tstep\tmodulus\tt\tlower\tupper")
    cases = [
        (60, 12, 1, 97, (-412, -300, -200, -55, -1, 0, 17, 60, 200, 350, 452)),
        (60, 12, 6, 97, (-300, 400, 402, 1500, 2700, 2703, 2704, 3900)),
        (470, 15, 1, 97, (-585, -540, -400, -216, 0, 60, 121, 400, 600, 792)),
        (60, 48, 1, 97, (-120, 0, 60, 150, 333, 500)),
        (1100, 540, 1, 2, (-21600, -21599, -21594, -21590, -21500, -21400, -21330, -21250, -21060)),
    ]
    for n, k, step, modulus, thresholds in cases:
        ways = subsets_by_sum([step * (i * i % modulus) - 40 for i in range(n)], k)
        total = comb(n, k)
        assert sum(ways.values()) == total
        for t in thresholds:
            lower = Fraction(sum(count for s, count in ways.items() if s <= t), total)
            upper = Fraction(sum(count for s, count in ways.items() if s >= t), total)
            print(n, k, step, modulus, t, float(lower), float(upper), sep="\t")


if __name__ == "__main__":
    main()
