"""Intervals of the mean of 150 simulated series by NumPy: moving blocks of 6, 10,000 draws a series (Python 3.11.7, NumPy
2.4.6, SciPy 1.17.1).

python3 bootstrap_sets.py > bootstrap_sets.tsv

AR(0.5) of 60 values in whole hundredths, mean 0; ends of 90 % intervals; basic ones centre at the draws' mean.
"""

import numpy as np
from scipy import stats

rng = np.random.default_rng(60606)
N, L, DRAWS = 60, 6, 10_000
print("# NumPy 2.4.6: bootstrap_sets.py")
print("values\tpercentile_low\tpercentile_high\tbasic_low\tbasic_high\tbca_low\tbca_high")
for _ in range(150):
    x = np.zeros(N + 50)
    for t in range(1, len(x)):
        x[t] = 0.5 * x[t - 1] + rng.standard_normal()
    x = np.round(100 * x[50:]).astype(int)
    sums = np.convolve(x, np.ones(L, dtype=int), "valid")
    t = sums[rng.integers(0, len(sums), (DRAWS, N // L))].sum(axis=1) / N
    low, high = np.quantile(t, [0.05, 0.95])
    d = (x.sum() - sums) / (N - L)
    u = d.mean() - d
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    z0 = stats.norm.ppf((t < x.mean()).mean() + (t == x.mean()).mean() / 2)
    z = z0 + stats.norm.ppf([0.05, 0.95])
    bca = np.quantile(t, stats.norm.cdf(z0 + z / (1 - a * z)))
    both = x.mean() + t.mean()
    ends = [low, high, both - high, both - low, *bca]
    print(" ".join(map(str, x)), *(f"{end:.4f}" for end in ends), sep="\t")
