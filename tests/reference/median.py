"""Tails of the median of k of N scores, for src/inference/exact/tests.rs, as tab-separated values.

Versions used: Python 3.11.7, SciPy 1.17.1, NumPy 2.4.6.
Run:           python3 median.py > median.tsv

Scores are (i*i mod 97) - 40 for i = 0..N-1. t is the median for odd k and the sum of the two middle
order statistics for even k. Values come from exact fractions of binomials, by the joint law of the two
middle order statistics over distinct values; for odd k they are checked against
scipy.stats.hypergeom, which has about 12 digits itself.
"""

from fractions import Fraction
from math import comb

from scipy.stats import hypergeom


def lower_tail(scores, k, t):
    n = len(scores)
    values = sorted(set(scores))
    at_most = {v: sum(s <= v for s in scores) for v in values}
    below = {v: sum(s < v for s in scores) for v in values}
    if k % 2 == 1:
        f = sum(s <= t for s in scores)
        ways = sum(comb(f, j) * comb(n - f, k - j) for j in range((k + 1) // 2, min(k, f) + 1))
        exact = Fraction(ways, comb(n, k))
        scipy_value = hypergeom(n, f, k).sf((k + 1) // 2 - 1)
        assert exact == 0 or abs(scipy_value / float(exact) - 1) < (1e-10 if n <= 500 else 1e-8)
        return exact
    h = k // 2
    first = {v: comb(at_most[v], h) - comb(below[v], h) for v in values}
    second = {v: comb(n - below[v], h) - comb(n - at_most[v], h) for v in values}
    middle = {}
    # P(X_h = v) = P(at least h at or below v) less P(at least h below v).
    for v in values:
        f, g = at_most[v], below[v]
        middle[v] = sum(comb(f, j) * comb(n - f, k - j) for j in range(h, k + 1)) - sum(
            comb(g, j) * comb(n - g, k - j) for j in range(h, k + 1)
        )
    ways = 0
    for u in values:
        both = middle[u] - sum(first[u] * second[v] for v in values if v > u)
        ways += both * (2 * u <= t) + sum(first[u] * second[v] for v in values if v > u and u + v <= t)
    return Fraction(ways, comb(n, k))


def main():
    print("n\tk\tt\tlower\tupper")
    cases = [(470, 15, t) for t in (-39, -30, -12, 0, 5, 30, 50, 56)]
    cases += [(490, 16, t) for t in (-79, -40, -7, 10, 60, 110)]
    cases += [(500, 250, t) for t in (-20, 0, 8, 30)] + [(500, 499, 12), (500, 2, -80), (500, 1, 3)]
    cases += [(65536, 15, t) for t in (-39, 0, 56)] + [(65536, 16, t) for t in (-80, -10, 110)]
    cases += [(65536, 301, 2), (65536, 300, 30)]
    for n, k, t in cases:
        scores = [i * i % 97 - 40 for i in range(n)]
        low = lower_tail(scores, k, t)
        high = lower_tail([-s for s in scores], k, -t)
        print(n, k, t, float(low), float(high), sep="\t")


main()
