"""Bootstraps by SciPy and arch, and laws of sums by direct convolution (Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1,
arch 8.0.0).

python3 bootstrap.py > bootstrap.tsv

A line has what was asked of `placebo bootstrap`, the file, the interval, and what was found: standard error and ends.
Those of `convolution` are exact; the others are of 400,000 resamples.
"""

import csv
import pathlib

import arch
import numpy as np
import scipy
from arch.bootstrap import CircularBlockBootstrap, MovingBlockBootstrap, StationaryBootstrap
from scipy import stats

here = pathlib.Path(__file__).parent
RESAMPLES = 400_000


def columns(file):
    with open(here.parent / "data" / file) as text:
        rows = list(csv.DictReader(text))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def line(source, file, asked, kind, se, low, high):
    cells = [source, file, asked, kind, *(repr(float(x)) for x in (se, low, high))]
    print("\t".join(cells))


print(f"# NumPy {np.__version__}, SciPy {scipy.__version__}, arch {arch.__version__}: bootstrap.py")
print("source\tfile\tasked\tinterval\tstandard_error\tlow\thigh")

nile = columns("nile.csv")["flow"].astype(float)
asat = columns("tables/asat.csv")
sleep = {name: x.astype(float) for name, x in columns("tables/sleep.csv").items()}
treated = [asat["asat"][asat["group"] == g].astype(float) for g in ("Control", "Compound")]


def sharpe(x, axis=-1):
    return np.mean(x, axis=axis) / np.std(x, axis=axis, ddof=1)


def by_scipy(file, asked, data, statistic, paired=False):
    for kind in ("percentile", "basic", "bca"):
        rng = np.random.default_rng(20240101)
        found = stats.bootstrap(data, statistic, n_resamples=RESAMPLES, method=kind, rng=rng, paired=paired,
                                vectorized=True, batch=20_000, confidence_level=0.95)
        line("scipy", file, asked, kind, found.standard_error, *found.confidence_interval)


by_scipy("nile.csv", "mean flow", (nile,), np.mean)
by_scipy("nile.csv", "sum flow", (nile,), np.sum)
by_scipy("nile.csv", "sd flow", (nile,), lambda x, axis: np.std(x, axis=axis, ddof=1))
by_scipy("nile.csv", "variance flow", (nile,), lambda x, axis: np.var(x, axis=axis, ddof=1))
by_scipy("nile.csv", "sharpe flow", (nile,), sharpe)
by_scipy("nile.csv", "trimmed-mean(0.1) flow", (nile,), lambda x, axis: stats.trim_mean(x, 0.1, axis=axis))
by_scipy("nile.csv", "median log(flow)", (np.log(nile),), np.median)
by_scipy("nile.csv", "quantile(0.3) log(flow)", (np.log(nile),), lambda x, axis: np.quantile(x, 0.3, axis=axis))
by_scipy("tables/asat.csv", "difference-of-means asat --group group", treated,
         lambda a, b, axis: np.mean(a, axis=axis) - np.mean(b, axis=axis))
by_scipy("tables/asat.csv", "ratio-of-means asat --group group", treated,
         lambda a, b, axis: np.mean(a, axis=axis) / np.mean(b, axis=axis))


def correlation(x, y, axis=-1):
    x = x - x.mean(axis=axis, keepdims=True)
    y = y - y.mean(axis=axis, keepdims=True)
    return (x * y).sum(axis=axis) / np.sqrt((x * x).sum(axis=axis) * (y * y).sum(axis=axis))


pairs = (sleep["first"], sleep["second"])
by_scipy("tables/sleep.csv", "pearson first second", pairs, correlation, paired=True)
by_scipy("tables/sleep.csv", "ratio-of-means first second", pairs,
         lambda x, y, axis: x.mean(axis=axis) / y.mean(axis=axis), paired=True)
by_scipy("tables/sleep.csv", "difference-of-means second first", (pairs[1] - pairs[0],), np.mean)
by_scipy("nile.csv", "ols 'flow ~ year' --coefficient year", (columns("nile.csv")["year"].astype(float), nile),
         lambda x, y, axis: correlation(x, y, axis) * y.std(axis=axis) / x.std(axis=axis), paired=True)


def by_arch(asked, make, kinds, reps=RESAMPLES):
    boot = make(nile, seed=np.random.default_rng(7))
    means = np.array([data[0][0].mean() for data in boot.bootstrap(reps)])
    se, tails = means.std(), np.quantile(means, [0.025, 0.975])
    for kind in kinds:
        if kind == "percentile":
            low, high = tails
        elif kind == "basic":
            low, high = 2 * nile.mean() - tails[::-1]
        else:
            z0 = stats.norm.ppf(np.mean(means < nile.mean()) + np.mean(means == nile.mean()) / 2)
            low, high = np.quantile(means, stats.norm.cdf(2 * z0 + stats.norm.ppf([0.025, 0.975])))
        line("arch", "nile.csv", asked, kind, se, low, high)


REPS = 100_000
by_arch("mean flow --scheme circular-block --block 10", lambda x, seed: CircularBlockBootstrap(10, x, seed=seed),
        ("percentile", "basic", "bc"), REPS)
by_arch("mean flow --scheme moving-block --block 5", lambda x, seed: MovingBlockBootstrap(5, x, seed=seed),
        ("percentile", "bc"), REPS)
by_arch("mean flow --scheme stationary --block 10", lambda x, seed: StationaryBootstrap(10, x, seed=seed),
        ("percentile", "basic", "bc"), REPS)


# Schemes and intervals that the others lack, in NumPy.
def by_numpy(asked, kind, t, low, high):
    line("numpy", "nile.csv", asked, kind, t.std(), low, high)


def studentized(asked, sums, lengths):
    """Of runs with these sums and lengths, a draw a row."""
    n = len(nile)
    means = sums.sum(axis=1) / lengths.sum(axis=1)
    errors = np.sqrt(((sums - lengths * means[:, None]) ** 2).sum(axis=1)) / lengths.sum(axis=1)
    centre, error = means.mean(), means.std()
    if asked == "mean flow":
        centre, error = nile.mean(), nile.std() / np.sqrt(n)
    low, high = np.quantile((means - centre) / errors, [0.025, 0.975])
    by_numpy(asked, "percentile-t", means, nile.mean() - high * error, nile.mean() - low * error)


rng = np.random.default_rng(11)
rows = nile[rng.integers(0, 100, (200_000, 100))]
studentized("mean flow", rows, np.ones_like(rows))
starts = rng.integers(0, 96, (200_000, 20))
fives = np.array([nile[s:s + 5].sum() for s in range(96)])
studentized("mean flow --scheme moving-block --block 5", fives[starts], np.full(starts.shape, 5.0))
times = rng.poisson(1, (400_000, 100))
means = times @ nile / times.sum(axis=1)
tails = np.quantile(means, [0.025, 0.975])
by_numpy("mean flow --scheme poisson", "percentile", means, *tails)
few = nile[rng.integers(0, 100, (400_000, 40))]
for asked, values in (("mean flow", few.mean(axis=1)), ("sd flow", few.std(axis=1, ddof=1))):
    observed = nile.mean() if asked == "mean flow" else nile.std(ddof=1)
    sized = observed + np.sqrt(0.4) * (values - observed)
    tails = np.quantile(sized, [0.025, 0.975])
    by_numpy(f"{asked} --scheme m-out-of-n --size 40", "basic", sized, *(2 * observed - tails[::-1]))


# Sums of whole numbers: the law as an array of chances, by direct convolution.
def convolved(terms):
    law, first = np.array([1.0]), 0
    for sums, times in terms:
        one = np.bincount(sums - sums.min()) / len(sums)
        for _ in range(times):
            law = np.convolve(law, one)
            first += int(sums.min())
    return first, law


def by_convolution(asked, terms, size):
    first, law = convolved(terms)
    values = (first + np.arange(len(law))) / size
    mean = (law * values).sum()
    se = np.sqrt((law * (values - mean) ** 2).sum())
    up, down = np.cumsum(law), np.cumsum(law[::-1])[::-1]
    low = values[np.argmax(up >= 0.025 - 1e-12)]
    high = values[len(law) - 1 - np.argmax((down >= 0.025 - 1e-12)[::-1])]
    line("convolution", "nile.csv", asked, "percentile", se, low, high)


whole = nile.astype(int)
around = np.concatenate([whole, whole])


def block_sums(length, starts):
    return np.array([around[s:s + length].sum() for s in range(starts)])


by_convolution("mean flow", [(whole, 100)], 100)
for length in (5, 7, 10, 33, 100):
    left = 100 % length
    for scheme, starts in (("circular-block", 100), ("moving-block", 100 - length + 1)):
        terms = [(block_sums(length, starts), 100 // length)]
        if left:
            terms.append((block_sums(left, starts), 1))
        by_convolution(f"mean flow --scheme {scheme} --block {length}", terms, 100)
