"""Specifications of the bundled study's [grid], from the files in data/.

Prints tests/reference/grid.tsv: dimension, series, what is left out, median change over +-15 days in basis
points. Changes residualised on the 1-year yield's at lags 0 and 1 by numpy's least squares; Python 3.11,
numpy 2.x. Run from the repository's root.
"""

import sys
from datetime import date
from itertools import combinations

import numpy as np

sys.path.insert(0, "tests/reference")
from studies import csv, median, yields


def main():
    panel = yields()
    dates = sorted(d for d in panel["10 Yr"] if d.year in (2023, 2024))
    with open("data/andrews_farboodi_releases.csv") as file:
        events = sorted({date.fromisoformat(row["date"]) for row in csv.DictReader(file)})
    rows = [dates.index(event) for event in events]
    rows = [t for t in rows if t - 15 >= 0 and t + 15 < len(dates)]
    print("dimension", "series", "left_out", "median", sep="\t")
    ten = [float(panel["10 Yr"][d] * 100) for d in dates]
    changes = {t: round(ten[t + 15] - ten[t - 15]) for t in rows}
    for k in (1, 2, 3):
        for out in combinations(rows, k):
            left = [changes[t] for t in rows if t not in out]
            names = " ".join(str(dates[t]) for t in out)
            print(f"leave out {k}", "10 Yr", names, float(median(left)), sep="\t")
    for name in ["5 Yr", "10 Yr", "20 Yr", "30 Yr", "DFII10", "DFII30"]:
        known = sorted(set(panel[name]) & set(panel["1 Yr"]))
        y = np.diff([float(panel[name][d]) for d in known])
        c = np.diff([float(panel["1 Yr"][d]) for d in known])
        x = np.column_stack([np.ones(len(y) - 1), c[1:], c[:-1]])
        y, days = y[1:], known[2:]
        inside = np.array([date(2023, 1, 1) <= d <= date(2024, 12, 31) for d in days])
        beta = np.linalg.lstsq(x[inside], y[inside], rcond=None)[0]
        level = dict(zip(days, np.cumsum(y - x[:, 1:] @ beta[1:])))
        residual = [100 * (level[dates[t + 15]] - level[dates[t - 15]]) for t in rows]
        print("controls", name, "", repr(float(np.median(residual))), sep="\t")


if __name__ == "__main__":
    main()
