"""Bootstraps by NumPy of what other programs lack: Bayesian weights, studentized draws of statistics that are not linear, and
clusters with rows of two groups (Python 3.11.7, NumPy 2.4.6).

python3 bootstrap_weights.py > bootstrap_weights.tsv

The lines are those of bootstrap.py.
"""

import csv
import itertools
import pathlib
import statistics

import numpy as np

here = pathlib.Path(__file__).parent
DRAWS = 400_000
rng = np.random.default_rng(2025)


def columns(file):
    with open(here.parent / "data" / file) as text:
        rows = list(csv.DictReader(text))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def line(source, file, asked, kind, values, low=None, high=None):
    if low is None:
        low, high = np.quantile(values, [0.025, 0.975])
    cells = [source, file, asked, kind, *(repr(float(x)) for x in (values.std(), low, high))]
    print("\t".join(cells))


nile = columns("nile.csv")
flow, year = nile["flow"].astype(float), nile["year"].astype(float)
sleep = {name: x.astype(float) for name, x in columns("tables/sleep.csv").items()}
asat = columns("tables/asat.csv")
states = columns("tables/states.csv")
print(f"# NumPy {np.__version__}: bootstrap_weights.py")
print("source\tfile\tasked\tinterval\tstandard_error\tlow\thigh")


def dirichlet(n, draws=DRAWS):
    return rng.dirichlet(np.ones(n), draws)


def bayesian(file, asked, values):
    line("numpy", file, f"{asked} --scheme bayesian", "percentile", values)


w = dirichlet(100)
bayesian("nile.csv", "mean flow", w @ flow)
bayesian("nile.csv", "sum flow", 100 * w @ flow)
order = np.argsort(flow, kind="stable")
share = np.cumsum(w[:, order], axis=1)
bayesian("nile.csv", "quantile(0.3,type=1) flow", flow[order][np.argmax(share >= 0.3, axis=1)])
mx, my = w @ year, w @ flow
slope = (w @ (year * flow) - mx * my) / (w @ (year - 1920) ** 2 - (mx - 1920) ** 2)
bayesian("nile.csv", "ols 'flow ~ year' --coefficient year", slope)
bayesian("nile.csv", "ols 'flow ~ year' --coefficient (intercept)", my - slope * mx)
x, y = sleep["first"], sleep["second"]
w = dirichlet(10)
mx, my = w @ x, w @ y
bayesian("tables/sleep.csv", "ratio-of-means first second", mx / my)
cov = w @ (x * y) - mx * my
bayesian("tables/sleep.csv", "pearson first second",
         cov / np.sqrt((w @ x**2 - mx**2) * (w @ y**2 - my**2)))
a, b = (asat["asat"][asat["group"] == g].astype(float) for g in ("Control", "Compound"))
means = [dirichlet(len(x)) @ x for x in (a, b)]
bayesian("tables/asat.csv", "difference-of-means asat --group group", means[0] - means[1])
bayesian("tables/asat.csv", "ratio-of-means asat --group group", means[0] / means[1])
names = sorted(set(states["state"]))
outcome = states["y"].astype(float)
sums = np.array([outcome[states["state"] == s].sum() for s in names])
sizes = np.array([(states["state"] == s).sum() for s in names])
w = dirichlet(len(names))
bayesian("tables/states.csv", "mean y --cluster state", w @ sums / (w @ sizes))


def studentized(asked, values, errors, observed, error):
    low, high = np.quantile((values - observed) / errors, [0.025, 0.975])
    line("numpy", "nile.csv", asked, "percentile-t", values, observed - high * error, observed - low * error)


def influences(kind, rows, other=None):
    """The statistic of each row of a matrix, and how it depends on each of its elements."""
    n = rows.shape[1]
    d = rows - rows.mean(axis=1, keepdims=True)
    v = (d**2).mean(axis=1, keepdims=True)
    if kind == "sharpe":
        ratio = rows.mean(axis=1, keepdims=True) / np.sqrt(v)
        factor = np.sqrt((n - 1) / n)
        return (factor * ratio)[:, 0], factor * (d / np.sqrt(v) - ratio * (d**2 - v) / (2 * v)) / n
    if kind == "sd":
        factor = np.sqrt(n / (n - 1))
        return factor * np.sqrt(v[:, 0]), factor * (d**2 - v) / (2 * np.sqrt(v)) / n
    e = other - other.mean(axis=1, keepdims=True)
    slope = (d * e).sum(axis=1, keepdims=True) / (d**2).sum(axis=1, keepdims=True)
    return slope[:, 0], d * (e - slope * d) / (d**2).sum(axis=1, keepdims=True)


def root(of):
    return np.sqrt((of**2).sum(axis=1))


PICKS = rng.integers(0, 100, (200_000, 100))
for kind, asked in (("sharpe", "sharpe flow"), ("sd", "sd flow"), ("slope", "ols 'flow ~ year' --coefficient year")):
    if kind == "slope":
        args, data = (year[PICKS], flow[PICKS]), (year[None], flow[None])
    else:
        args, data = (flow[PICKS],), (flow[None],)
    values, of = influences(kind, *args)
    observed, of_data = influences(kind, *data)
    studentized(asked, values, root(of), observed[0], root(of_data)[0])
# Blocks around the end: the errors of draws by block, that of the data by the law of blocks of its influences.
starts = rng.integers(0, 100, (200_000, 20))
rows = flow[(starts[:, :, None] + np.arange(5)).reshape(len(starts), 100) % 100]
values, of = influences("sharpe", rows)
errors = root(of.reshape(len(starts), 20, 5).sum(axis=2))
observed, of_data = influences("sharpe", flow[None])
around = np.concatenate([of_data[0], of_data[0]])
blocks = np.array([around[s:s + 5].sum() for s in range(100)])
studentized("sharpe flow --scheme circular-block --block 5", values, errors, observed[0], np.sqrt(20 * blocks.var()))

# Every draw of five clusters, of which four have rows of both groups; a draw without rows of a group has no value.
groups = [[(states["five"] == f) & (states["treated"] == t) for t in ("0", "1")] for f in sorted(set(states["five"]))]
n = np.array([[rows.sum() for rows in of] for of in groups])
s = np.array([[outcome[rows].sum() for rows in of] for of in groups])
draws = np.array(list(itertools.product(range(5), repeat=5)))
n, s = n[draws].sum(axis=1), s[draws].sum(axis=1)
n, s = n[n.min(axis=1) > 0], s[n.min(axis=1) > 0]
means = s / n
line("numpy", "tables/states.csv", "difference-of-means y --group treated --groups 0,1 --cluster five", "percentile",
     means[:, 0] - means[:, 1])


# Corrected intervals whose jackknife leaves out clusters, or blocks around the end.
def normal():
    return statistics.NormalDist()


def corrected(file, asked, values, observed, without):
    u = without.mean() - without
    acceleration = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    below = (values < observed).mean() + (values == observed).mean() / 2
    z0, shares = normal().inv_cdf(below), []
    for tail in (0.025, 0.975):
        shifted = z0 + normal().inv_cdf(tail)
        shares.append(normal().cdf(z0 + shifted / (1 - acceleration * shifted)))
    line("numpy", file, asked, "bca", values, *np.quantile(values, shares))


picks = rng.integers(0, len(names), (DRAWS, len(names)))
left_out = (sums.sum() - sums) / (sizes.sum() - sizes)
corrected("tables/states.csv", "mean y --cluster state", sums[picks].sum(axis=1) / sizes[picks].sum(axis=1),
          outcome.mean(), left_out)
tens = np.array([np.concatenate([flow, flow])[s:s + 10].sum() for s in range(100)])
corrected("nile.csv", "mean flow --scheme circular-block --block 10", tens[rng.integers(0, 100, (DRAWS, 10))].sum(axis=1) / 100,
          flow.mean(), (flow.sum() - tens) / 90)
