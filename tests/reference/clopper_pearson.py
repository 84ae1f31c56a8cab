"""Clopper-Pearson limits for src/inference/binomial.rs, as tab-separated values.

Versions used: Python 3.11.7, SciPy 1.17.1, NumPy 2.4.6, mpmath 1.4.1.
Run:           python3 clopper_pearson.py > clopper_pearson.tsv

The limits come from SciPy (scipy.stats.beta.ppf, that is Boost's ibeta_inv), then from Newton steps in
50-digit arithmetic on the tail area integrated with mpmath; the polished value is printed. The largest
relative difference between the two goes to standard error (1e-9 with these versions).
"""

import sys

import mpmath as mp
from scipy.stats import beta

mp.mp.dps = 50


def tail(a, c, x):
    """I_x(a, c) and its derivative, by quadrature of the density cut 40 widths below x."""
    log_b = mp.loggamma(a) + mp.loggamma(c) - mp.loggamma(a + c)

    def density(t):
        if t <= 0 or t >= 1:
            return mp.mpf(0)
        return mp.exp((a - 1) * mp.log(t) + (c - 1) * mp.log1p(-t) - log_b)

    if min(a, c) == 1:
        return (x**a if c == 1 else -mp.expm1(c * mp.log1p(-x))), density(x)
    width = mp.sqrt(mp.mpf(a) * c / (mp.mpf(a + c) ** 2 * (a + c + 1)))
    start = max(mp.mpf(0), x - 40 * width)
    steps = [start + (x - start) * i / 40 for i in range(41)]
    return mp.quad(density, steps), density(x)


def solve(a, c, q):
    # Near 1 the complement is what carries the digits.
    x = mp.mpf(beta.ppf(q, a, c)) if a < c else 1 - mp.mpf(beta.isf(q, c, a))
    exact_q = mp.mpf(q)
    for _ in range(4):
        area, slope = tail(a, c, x)
        x -= (area - exact_q) / slope
    return x


def main():
    worst = 0
    print("successes\ttrials\tlevel\tlower\tupper")
    for trials in [1, 2, 3, 10, 21, 1000, 10**4, 10**6, 10**8, 10**10, 10**12]:
        wanted = [0, 1, 2, 5, 15, 300, trials // 1000, trials // 40, trials // 3, trials // 2]
        wanted += [trials - 1, trials - 2, trials]
        for b in sorted({b for b in wanted if 0 <= b <= trials}):
            for level in [0.95] if trials != 1000 else [0.5, 0.95, 0.999999]:
                q = (1 - level) / 2
                low = mp.mpf(0) if b == 0 else solve(b, trials - b + 1, q)
                # 1 - upper is the lower limit for the failures.
                high = mp.mpf(1) if b == trials else 1 - solve(trials - b, b + 1, q)
                if b > 0:
                    worst = max(worst, abs(float(beta.ppf(q, b, trials - b + 1) / low - 1)))
                if b < trials:
                    worst = max(worst, abs(float(beta.isf(q, b + 1, trials - b) / high - 1)))
                print(b, trials, level, float(low), float(high), sep="\t")
    print("largest relative difference from SciPy:", worst, file=sys.stderr)


main()
