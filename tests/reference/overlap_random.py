"""Random small event-window regressions, solved by a dense QR of the whole design.

Every case gives its data and what to expect, one datum a line, tab separated:
case INDEX, edge (cut: window days outside 0..rows are dropped; wrap: modulo rows), rows N,
window START END, lags L, events GROUP ROW..., y SERIES VALUE..., then for up to three days each
effect GROUP DAY SERIES VALUE ERROR and (groups 0 and 1) difference DAY SERIES VALUE ERROR.
A row listed twice is two events on one day. ERROR is Newey-West's with weights 1 - l/(L + 1), lags
0 to L, no small-sample factor. Numbers from numpy's default_rng(20251216).

    python tests/reference/overlap_random.py > tests/reference/overlap_random.tsv
"""

import sys

import numpy as np

# Edge, rows, window, events per group, lags, events put on the first and the last row.
CASES = [
    ("cut", 60, (-3, 4), (9,), 5, False),
    ("cut", 80, (-3, 4), (8, 9), 7, True),
    ("cut", 150, (-3, 4), (7, 10, 12), 0, False),
    ("cut", 200, (-3, 4), (9, 8, 7, 12), 8, True),
    ("cut", 260, (-15, 15), (12,), 30, False),
    ("cut", 400, (-15, 15), (14, 17), 30, True),
    ("cut", 500, (-15, 15), (13, 12, 15), 12, False),
    ("cut", 90, (0, 5), (8, 6), 6, True),
    ("cut", 120, (0, 5), (7, 9, 6, 8), 119, False),
    ("cut", 600, (-60, 60), (30,), 60, False),
    ("cut", 620, (-60, 60), (33, 41), 61, True),
    ("cut", 70, (-2, -1), (5, 6), 200, False),
    ("wrap", 100, (-3, 4), (8, 9), 7, True),
    ("wrap", 420, (-15, 15), (16, 18), 30, False),
]
SERIES = 2


def show(*fields):
    print(*(f"{x:.16e}" if isinstance(x, float) else x for x in fields), sep="\t")


def draw(rng, rows, sizes, ends):
    groups = [rng.integers(0, rows, size) for size in sizes]
    if ends:
        groups[0][0], groups[-1][-1] = 0, rows - 1
    groups[0][1] = groups[0][2]  # two events of a group on one day,
    groups[-1][3] = groups[0][3]  # and (with two groups) one of either
    return [np.sort(group) for group in groups]


def design(edge, rows, window, groups):
    width = window[1] - window[0] + 1
    x = np.zeros((rows, len(groups) * width + 1))
    x[:, -1] = 1
    for g, events in enumerate(groups):
        for event in events:
            for k in range(width):
                t = event + window[0] + k
                if edge == "wrap" or 0 <= t < rows:
                    x[t % rows, g * width + k] += 1
    return x


def newey_west(u, lags):
    variance = u @ u
    for lag in range(1, min(lags, len(u) - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (u[lag:] @ u[:-lag])
    return np.sqrt(variance)


print(f"# Python {sys.version.split()[0]}, numpy {np.__version__}")
rng = np.random.default_rng(20251216)
for index, (edge, rows, window, sizes, lags, ends) in enumerate(CASES):
    width, condition = window[1] - window[0] + 1, np.inf
    while condition > 1e3:
        groups = draw(rng, rows, sizes, ends)
        x = design(edge, rows, window, groups)
        condition = np.linalg.cond(x)
    y = rng.integers(-20, 21, size=(SERIES, rows))
    show("case", index)
    show("edge", edge)
    show("rows", rows)
    show("window", *window)
    show("lags", lags)
    for g, events in enumerate(groups):
        show("events", g, *events)
    for s in range(SERIES):
        show("y", s, *y[s])
    q, r = np.linalg.qr(x)
    beta = np.linalg.solve(r, q.T @ y.T)
    residual = y.T - x @ beta
    days = sorted({window[0], (window[0] + window[1] + 1) // 2, window[1]})
    for day in days:
        weights = np.zeros((len(sizes), x.shape[1]))
        for g in range(len(sizes)):
            weights[g, g * width : g * width + day - window[0] + 1] = 1
        rows_out = [(("effect", g, day), weights[g]) for g in range(len(sizes))]
        if len(sizes) > 1:
            rows_out.append((("difference", day), weights[0] - weights[1]))
        for key, weight in rows_out:
            h = q @ np.linalg.solve(r.T, weight)
            for s in range(SERIES):
                error = newey_west(residual[:, s] * h, lags)
                show(*key, s, float(weight @ beta[:, s]), float(error))
