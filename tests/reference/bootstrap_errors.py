"""Standard errors of statistics of given rows (clusters), by derivatives in each row's weight (Python 3.11.7, NumPy 2.4.6).

python3 bootstrap_errors.py > bootstrap_errors.tsv

A line has what was asked of `placebo bootstrap`, the file, the runs of rows or clusters part by part, the value and the
standard error: the root of the sum over runs of the squared derivatives of the statistic by a run's weight, by central
differences in numbers of 50 digits. Those of least squares are checked against X'X and residuals (HC0, CV0).
"""

import csv
import pathlib

import mpmath
import numpy as np

mpmath.mp.dps = 50
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(3)


def columns(file):
    with open(here.parent / "data" / file) as text:
        rows = list(csv.DictReader(text))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def dot(*columns):
    return mpmath.fsum(mpmath.fprod(of) for of in zip(*columns))


def mean(w, x):
    return dot(w, x) / mpmath.fsum(w)


def covariance(w, x, y):
    return dot(w, x, y) / mpmath.fsum(w) - mean(w, x) * mean(w, y)


def spread(n):
    """A variance over n - 1: n is that of the draw."""
    return lambda w, x: covariance(w, x, x) * n / (n - 1)


def slope(w, y, *xs):
    k = len(xs) + 1
    all_x = [[mpmath.mpf(1)] * len(w), *xs]
    a = mpmath.matrix(k, k)
    b = mpmath.matrix(k, 1)
    for i in range(k):
        b[i] = dot(w, all_x[i], y)
        for j in range(k):
            a[i, j] = dot(w, all_x[i], all_x[j])
    return mpmath.lu_solve(a, b)


def error(statistic, data, runs):
    """Of runs of rows: the statistic takes weights of rows, then columns."""
    rows = [row for run in runs for row in run]
    columns = [[mpmath.mpf(repr(float(x))) for x in of[rows]] for of in data]
    ends = np.cumsum([0, *map(len, runs)])
    h = mpmath.mpf(10) ** -15
    squares = mpmath.mpf(0)
    for start, end in zip(ends, ends[1:]):
        at = [
            statistic([1 + by * (start <= i < end) for i in range(len(rows))], *columns) for by in (h, -h)
        ]
        squares += ((at[0] - at[1]) / (2 * h)) ** 2
    return statistic([mpmath.mpf(1)] * len(rows), *columns), mpmath.sqrt(squares)


print(f"# mpmath {mpmath.__version__}, NumPy {np.__version__}: bootstrap_errors.py")
print("file\tasked\truns\tvalue\tstandard_error")


def line(file, asked, parts, value, se):
    text = ";".join(" ".join(map(str, part)) for part in parts)
    print(file, asked, text, mpmath.nstr(value, 17), mpmath.nstr(se, 17), sep="\t")


nile = columns("nile.csv")
flow = nile["flow"].astype(float)
picks = rng.integers(0, 100, 100)
for name, of in (
    ("variance", spread(100)),
    ("sd", lambda w, x: mpmath.sqrt(spread(100)(w, x))),
    ("sharpe", lambda w, x: mean(w, x) / mpmath.sqrt(spread(100)(w, x))),
):
    line("nile.csv", f"{name} flow", [picks], *error(of, [flow], [[row] for row in picks]))
sleep = columns("tables/sleep.csv")
pair = [sleep[name].astype(float) for name in ("first", "second")]
picks = rng.integers(0, 10, 10)
runs = [[row] for row in picks]
line("tables/sleep.csv", "ratio-of-means first second", [picks], *error(lambda w, x, y: mean(w, x) / mean(w, y), pair, runs))
line("tables/sleep.csv", "pearson first second", [picks],
     *error(lambda w, x, y: covariance(w, x, y) / mpmath.sqrt(covariance(w, x, x) * covariance(w, y, y)), pair, runs))

states = columns("tables/states.csv")
y, treated, x = (states[name].astype(float) for name in ("y", "treated", "x"))


def sandwich(picks_of_rows, column):
    """The root of the sum of squared scores by run."""
    rows = np.concatenate(picks_of_rows)
    X = np.column_stack([np.ones(len(rows)), treated[rows], x[rows]])
    inverse = np.linalg.inv(X.T @ X)
    u = y[rows] - X @ (inverse @ X.T @ y[rows])
    ends = np.cumsum([0, *map(len, picks_of_rows)])
    scores = np.array([X[a:b].T @ u[a:b] for a, b in zip(ends, ends[1:])])
    return np.sqrt((inverse @ scores.T @ scores @ inverse)[column, column])


names = list(dict.fromkeys(states["state"]))
for clusters in (None, "state"):
    if clusters:
        picks = rng.integers(0, len(names), len(names))
        runs = [np.flatnonzero(states["state"] == names[c]) for c in picks]
    else:
        picks = rng.integers(0, len(y), len(y))
        runs = [np.array([row]) for row in picks]
    flag = " --cluster state" if clusters else ""
    for column, name in enumerate(["(intercept)", "treated", "x"]):
        value, se = error(lambda w, y, *xs: slope(w, y, *xs)[column], [y, treated, x], runs)
        assert abs(float(se) / sandwich(runs, column) - 1) < 1e-9
        line("tables/states.csv", f"ols 'y ~ treated + x' --coefficient {name}{flag}", [picks], value, se)

# Two groups: drawn by themselves, or clusters with rows of both.
asat = columns("tables/asat.csv")
values = asat["asat"].astype(float)
of = [np.flatnonzero(asat["group"] == g) for g in dict.fromkeys(asat["group"])]
picks = [rng.integers(0, len(rows), len(rows)) for rows in of]
runs = [[of[part][row]] for part in (0, 1) for row in picks[part]]
first = (asat["group"] == asat["group"][0]).astype(float)


def of_groups(fold):
    def of(w, y, z):
        others = [a * (1 - b) for a, b in zip(w, z)]
        return fold(mean([a * b for a, b in zip(w, z)], y), mean(others, y))

    return of


def ratio(a, b):
    return a / b


def difference(a, b):
    return a - b


line("tables/asat.csv", "ratio-of-means asat --group group", picks, *error(of_groups(ratio), [values, first], runs))
fives = list(dict.fromkeys(states["five"]))
picks = np.array([0, 3, 1, 1, 4])
runs = [np.flatnonzero(states["five"] == fives[c]) for c in picks]
for name, fold in (("difference", difference), ("ratio", ratio)):
    line("tables/states.csv", f"{name}-of-means y --group treated --groups 0,1 --cluster five", [picks],
         *error(of_groups(fold), [y, 1 - treated], runs))
