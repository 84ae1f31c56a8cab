"""Exact means of the bundled study andrews-farboodi, for src/inference/law/tests.rs, as tab-separated values.

Versions used: Python 3.11.7, standard library only.
Run:           python3 bundled_means.py > bundled_means.tsv

From the bundled files to equal-tailed p-values: yields in whole basis points, changes over the window on
the trading days of 2023 and 2024, unique release days with a whole window, and all subsets of as many days,
counted in integers of any size.
"""

import csv
from decimal import Decimal
from fractions import Fraction
from math import comb
from pathlib import Path

from sum_law import subsets_by_sum

DATA = Path(__file__).parents[2] / "data"
SERIES = ["1 Yr", "5 Yr", "10 Yr", "20 Yr", "30 Yr", "DFII10", "DFII30"]


def yields():
    table = {}
    for year in (2023, 2024):
        for row in csv.DictReader(open(DATA / f"treasury_par_yields_{year}.csv")):
            month, day, of = row["Date"].split("/")
            table[f"{of}-{month}-{day}"] = {name: row[name] for name in SERIES[:5]}
    for row in csv.DictReader(open(DATA / "fred_DFII10_DFII30.csv")):
        if row["observation_date"] in table:
            table[row["observation_date"]].update({name: row[name] for name in SERIES[5:]})
    return {day: {name: int(Decimal(x) * 100) for name, x in row.items()} for day, row in sorted(table.items())}


def main():
    table = yields()
    days = list(table)
    events = {row["date"] for row in csv.DictReader(open(DATA / "andrews_farboodi_releases.csv"))}
    print("day\tseries\tstatistic\tnumerator\tp")
    for window in (15, 5):
        pool = range(window, len(days) - window)
        picked = [i - window for i in pool if days[i] in events]
        for statistic in ("mean-change", "mean-absolute-change"):
            for name in SERIES:
                scores = [table[days[i + window]][name] - table[days[i - window]][name] for i in pool]
                if statistic == "mean-absolute-change":
                    scores = [abs(score) for score in scores]
                observed = sum(scores[i] for i in picked)
                ways = subsets_by_sum(scores, len(picked))
                tails = (
                    sum(count for s, count in ways.items() if s <= observed),
                    sum(count for s, count in ways.items() if s >= observed),
                )
                p = min(Fraction(1), Fraction(2 * min(tails), comb(len(scores), len(picked))))
                print(window, name, statistic, observed, float(p), sep="\t")


main()
