"""What the overlap_*.py scripts share: the observed study, designs of event windows, HAC variances.

The model (D. Bjoerkegren, arXiv 2512.14969): the change of a yield on row t is a constant plus, for
each group, one coefficient for every relative day -15..15 times the number of the group's events
whose window has that day on row t. Changes are in integer basis points. NumPy; no output.
"""

import csv
import os
from datetime import date, datetime, timedelta
from fractions import Fraction

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

SERIES = ["1 Yr", "5 Yr", "10 Yr", "20 Yr", "30 Yr", "DFII10", "DFII30"]
GROUPS = ["open", "closed"]
CONTRASTS = ["open", "closed", "open - closed"]
DAYS = [-15, -1, 0, 1, 5, 15]
REACH, WIDTH, LAGS = 15, 31, 30


def study():
    """Changes in basis points (732 rows by 7 series) and the event rows of open and closed."""
    panel = {name: {} for name in SERIES}
    for year in range(2022, 2026):
        with open(f"data/treasury_par_yields_{year}.csv") as file:
            for row in csv.DictReader(file):
                day = datetime.strptime(row["Date"], "%m/%d/%Y").date()
                for name in SERIES[:5]:
                    panel[name][day] = Fraction(row[name]) * 100
    with open("data/fred_DFII10_DFII30.csv") as file:
        for row in csv.DictReader(file):
            for name in SERIES[5:]:
                if row[name]:
                    panel[name][date.fromisoformat(row["observation_date"])] = Fraction(row[name]) * 100
    day, dates = min(panel["10 Yr"]), []
    while day <= max(panel["10 Yr"]):
        if day.weekday() < 5:
            dates.append(day)
        day += timedelta(days=1)
    events = {group: [] for group in GROUPS}
    with open("data/ai_model_releases.csv") as file:
        for row in csv.DictReader(file):
            if row["in_paper"] == "1":
                event = date.fromisoformat(row["date"])
                event -= timedelta(days=max(0, event.weekday() - 4))
                events[row["weights"]].append(dates.index(event))
    first, last = min(map(min, events.values())) - REACH, max(map(max, events.values())) + REACH
    levels = np.zeros((len(dates), len(SERIES)), dtype=np.int64)
    for s, name in enumerate(SERIES):
        level = 0
        for t, day in enumerate(dates):
            level = panel[name].get(day, level)
            assert level == int(level)
            levels[t, s] = int(level)
    changes = np.diff(levels, axis=0)[first - 1 : last]
    rows = [np.array(sorted(events[group])) - first for group in GROUPS]
    assert changes.shape == (732, 7) and [len(r) for r in rows] == [23, 24]
    assert (dates[first], dates[last]) == (date(2022, 11, 9), date(2025, 8, 28))
    return changes, rows


def design(n, groups, wrap=False):
    """Designs of a batch of sets: groups is one (batch, events) array of rows for each group.

    Window days outside rows 0..n-1 are dropped, or wrapped round; an event at row n is no event.
    """
    groups = [np.atleast_2d(rows) for rows in groups]
    batch = len(groups[0])
    x = np.ones((batch, n, len(groups) * WIDTH + 1))
    for g, rows in enumerate(groups):
        counts = np.zeros((batch, n + 1))
        np.add.at(counts, (np.arange(batch)[:, None], rows), 1.0)
        padding = ((0, 0), (REACH, REACH))
        padded = np.pad(counts[:, :n], padding, mode="wrap" if wrap else "constant")
        # Row t, relative day s: the number of events on row t - s.
        windows = np.lib.stride_tricks.sliding_window_view(padded, WIDTH, axis=1)
        x[:, :, g * WIDTH : (g + 1) * WIDTH] = windows[:, :, ::-1]
    return x


def contrast_weights(days=DAYS):
    """Weights over the 63 coefficients: 3 contrasts by days, as columns."""
    cumulate = np.array([[float(s <= day) for s in range(-REACH, REACH + 1)] for day in days]).T
    none, zero = np.zeros_like(cumulate), np.zeros((1, 3 * len(days)))
    blocks = [[cumulate, none, cumulate], [none, cumulate, -cumulate]]
    return np.vstack([np.hstack(block) for block in blocks] + [zero])


def effects(x, y, weights, errors=False, lags=LAGS):
    """Effects (batch, contrasts, series) and, if asked, their Newey-West standard errors."""
    xt = x.transpose(0, 2, 1)
    right = np.concatenate([xt @ y, np.broadcast_to(weights, (len(x), *weights.shape))], axis=2)
    solved = np.linalg.solve(xt @ x, right)
    beta, h = solved[:, :, : y.shape[1]], solved[:, :, y.shape[1] :]
    value = weights.T @ beta
    if not errors:
        return value
    u = (x @ h)[:, :, :, None] * (y - x @ beta)[:, :, None, :]
    # Bartlett's sum is the mean over all zero padded windows of lags + 1 rows of (sum of u) squared.
    total = np.zeros((u.shape[0], u.shape[1] + 2 * lags + 1, *u.shape[2:]))
    np.cumsum(u, axis=1, out=total[:, lags + 1 : lags + 1 + u.shape[1]])
    total[:, lags + 1 + u.shape[1] :] = total[:, [lags + u.shape[1]]]
    windows = total[:, lags + 1 :] - total[:, : -lags - 1]
    return value, np.sqrt((windows**2).sum(axis=1) / (lags + 1))
