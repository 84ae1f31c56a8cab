"""Observed changes of andrews-farboodi and tests/data/release_changes.toml, from the files in data/.

Prints tests/reference/studies.tsv: study, window end, statistic, series, group, value in basis
points as an exact fraction. Plain Python 3.11, no packages. Run from the repository's root.
"""

import csv
from datetime import date, datetime, timedelta
from fractions import Fraction

SERIES = ["1 Yr", "5 Yr", "10 Yr", "20 Yr", "30 Yr", "DFII10", "DFII30"]


def yields():
    panel = {name: {} for name in SERIES}
    for year in range(2022, 2026):
        with open(f"data/treasury_par_yields_{year}.csv") as file:
            for row in csv.DictReader(file):
                day = datetime.strptime(row["Date"], "%m/%d/%Y").date()
                for name in SERIES[:5]:
                    panel[name][day] = Fraction(row[name])
    with open("data/fred_DFII10_DFII30.csv") as file:
        for row in csv.DictReader(file):
            for name in SERIES[5:]:
                if row[name]:
                    panel[name][date.fromisoformat(row["observation_date"])] = Fraction(row[name])
    return panel


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def mean(values):
    return sum(values) / len(values)


STATISTICS = {
    "median-change": lambda x: median(x),
    "mean-change": lambda x: mean(x),
    "median-absolute-change": lambda x: median([abs(v) for v in x]),
    "mean-absolute-change": lambda x: mean([abs(v) for v in x]),
}


def show(study, end, statistic, series, group, value):
    print(study, end, statistic, series, group, value * 100, sep="\t")


def andrews_farboodi(panel):
    dates = sorted(d for d in panel["10 Yr"] if d.year in (2023, 2024))
    assert len(dates) == 500
    with open("data/andrews_farboodi_releases.csv") as file:
        events = sorted({date.fromisoformat(row["date"]) for row in csv.DictReader(file)})
    for end, expected in ((15, 15), (5, 16)):
        rows = [dates.index(event) for event in events]
        rows = [t for t in rows if t - end >= 0 and t + end < len(dates)]
        assert len(rows) == expected
        for name, statistic in STATISTICS.items():
            for series in SERIES:
                y = panel[series]
                changes = [y[dates[t + end]] - y[dates[t - end]] for t in rows]
                show("andrews-farboodi", end, name, series, "all", statistic(changes))


def release_changes(panel):
    day, last = min(panel["10 Yr"]), max(panel["10 Yr"])
    dates = []
    while day <= last:
        if day.weekday() < 5:
            dates.append(day)
        day += timedelta(days=1)
    events = {"open": [], "closed": []}
    with open("data/ai_model_releases.csv") as file:
        for row in csv.DictReader(file):
            if row["in_paper"] == "1":
                event = date.fromisoformat(row["date"])
                while event.weekday() >= 5:
                    event -= timedelta(days=1)
                events[row["weights"]].append(dates.index(event))
    assert (len(events["open"]), len(events["closed"])) == (23, 24)
    for name in ("median-change", "mean-change"):
        for series in SERIES:
            level, carried = None, []
            for day in dates:
                level = panel[series].get(day, level)
                carried.append(level)
            changes = {
                group: [carried[t + 15] - carried[t - 15] for t in rows]
                for group, rows in events.items()
            }
            statistic = STATISTICS[name]
            values = {group: statistic(x) for group, x in changes.items()}
            values["all"] = statistic(changes["open"] + changes["closed"])
            values["open - closed"] = values["open"] - values["closed"]
            for group, value in values.items():
                show("release-changes", 15, name, series, group, value)


if __name__ == "__main__":
    panel = yields()
    andrews_farboodi(panel)
    release_changes(panel)
