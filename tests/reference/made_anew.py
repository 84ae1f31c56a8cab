"""Draws of `block-bootstrap` and `wild`, made again from their specifications in src/null/ with NumPy.

Prints tests/reference/made_anew.tsv: keys of the test, draw index, statistic, series, group, value in
basis points (ratios: in standard errors). Python 3.11, NumPy 2.4.6.
"""

import numpy as np

from null_designs import below, halves, words
from sampler import philox4x32_10

SEED, ROWS, SERIES = 20240229, 121, 2
WINDOW = (-2, 3)
EVENTS = [(12, "a"), (30, "b"), (33, "a"), (61, "b"), (62, "a"), (95, "b"), (101, "a")]
GROUPS = ["a", "b"]
DAYS = WINDOW[1] - WINDOW[0] + 1
DRAWS = [0, 1, 2, 77, 2**32 + 5]


def changes():
    """Daily changes of the random walks of tests/all/common.rs, in basis points; row 0 has none."""
    of = lambda t, s: philox4x32_10((t, s, 0, 99), (7, 7))[0] % 25 - 12
    return np.array([[of(t, s) for s in range(SERIES)] for t in range(1, ROWS)], dtype=float)


D = changes()
N = len(D)
# The sample begins on the second row.
AT = [(row - 1, group) for row, group in EVENTS]


def regressors():
    x = np.zeros((N, len(GROUPS) * DAYS + 1))
    for row, group in AT:
        for j in range(DAYS):
            x[row + WINDOW[0] + j, GROUPS.index(group) * DAYS + j] += 1
    x[:, -1] = 1
    return x


X = regressors()
S = np.linalg.inv(X.T @ X)


def blocks(length, index):
    numbers = halves(SEED, index, 20)
    rows = []
    while len(rows) < N:
        start = below(numbers, N)
        rows += [(start + i) % N for i in range(min(length, N - len(rows)))]
    return np.array(rows)


def signs(clusters, index):
    bits = []
    for word in words(SEED, index, 21):
        bits += [word >> bit & 1 for bit in range(32)]
        if len(bits) > max(clusters):
            break
    return np.array([1 - 2 * bits[c] for c in clusters])


def months():
    # 2020-01-02 and the days after it, in a leap year.
    lengths = [30, 29, 31, 30]
    return [month for month, length in enumerate(lengths) for _ in range(length)]


def trimmed(values):
    cut = int(0.1 * len(values) + 1e-9)
    return np.mean(np.sort(values)[cut : len(values) - cut])


SCORES = {
    "mean-change": np.mean,
    "mean-absolute-change": lambda v: np.mean(np.abs(v)),
    "median-change": np.median,
    "median-absolute-change": lambda v: np.median(np.abs(v)),
    "max-change": np.max,
    "trimmed-mean-change": trimmed,
}


def values(y):
    out = {}
    for s in range(SERIES):
        sums = [(group, y[row + WINDOW[0] : row + WINDOW[1] + 1, s].sum()) for row, group in AT]
        for name, of in SCORES.items():
            each = {g: of([v for group, v in sums if group == g]) for g in GROUPS}
            each["all"] = of([v for _, v in sums])
            each["a - b"] = each["a"] - each["b"]
            for group, value in each.items():
                out[name, s, group] = value
        beta = S @ X.T @ y[:, s]
        e = y[:, s] - X @ beta
        for group in ["a", "b", "a - b"]:
            w = np.zeros(X.shape[1])
            for g, sign in zip(group.split(" - "), (1, -1)):
                w[GROUPS.index(g) * DAYS : (GROUPS.index(g) + 1) * DAYS] = sign
            u = e * (X @ S @ w)
            variance = u @ u
            for lag in range(1, DAYS):
                variance += 2 * (1 - lag / DAYS) * (u[lag:] @ u[:-lag])
            out["overlap-regression", s, group] = w @ beta
            out["overlap-regression-t", s, group] = w @ beta / np.sqrt(variance)
    return out


def residuals():
    beta = S @ X.T @ D
    return D - X @ beta, beta[-1]


E, CONSTANT = residuals()
MEAN = D.mean(axis=0)
MONTHS = months()
assert len(MONTHS) == N
ALL = np.ones(N, dtype=bool)
APART = np.ones(N, dtype=bool)
for row, _ in AT:
    APART[row + WINDOW[0] : row + WINDOW[1] + 1] = False


def centred(y, level, mean):
    """A draw whose mean over the level rows is that of the series."""
    return y - y[level].mean(axis=0) + mean


def wild(clusters, index):
    return centred(MEAN + signs(clusters, index)[:, None] * (D - MEAN), ALL, MEAN)


CASES = {
    'null = "block-bootstrap"; block = 8': lambda i: centred(D[blocks(8, i)], ALL, MEAN),
    'null = "block-bootstrap"; block = 8; effect = "removed"': lambda i: centred(
        CONSTANT + E[blocks(8, i)], APART, CONSTANT
    ),
    'null = "wild"': lambda i: wild(range(N), i),
    'null = "wild"; block = 5': lambda i: wild([t // 5 for t in range(N)], i),
    'null = "wild"; cluster = "month"': lambda i: wild(MONTHS, i),
}

if __name__ == "__main__":
    print("# keys\tdraw\tstatistic\tseries\tgroup\tvalue")
    for (statistic, s, group), value in values(D).items():
        print("observed", -1, statistic, f"walk {s}", group, repr(float(value)), sep="\t")
    for keys, make in CASES.items():
        for index in DRAWS:
            for (statistic, s, group), value in values(make(index)).items():
                print(keys, index, statistic, f"walk {s}", group, repr(float(value)), sep="\t")
