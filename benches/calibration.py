#!/usr/bin/env python3
"""Size and power of every null design, and the size where no level is claimed: runs `placebo power` and
prints a summary as CSV: by where the data sets come from, design, statistic, effect and level the rejection
rates' mean, least and largest over series, groups and days, and the least p of the tests of uniformity.

`designs` runs benches/calibration.toml, `clusters` benches/calibration_clusters.toml.
`few` runs uniform draws with 2, 5 and 20 events: draws that avoid
the events' dates, against draws that do not; and samples around the events, against a fixed one, each with
200 sets of dates of a year at random, one a row.

Usage: python3 benches/calibration.py [designs|clusters|few ..] [--binary PATH] > benches/results/DATE-calibration.csv
"""

import argparse
import csv
import io
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

# Where data sets come from, effects, data sets, draws.
RUNS = [
    ("own", "0", "2000", "499"),
    ("iid", "0,10", "1000", "199"),
    ("ar:0.3", "0,10", "1000", "199"),
    ("garch:0.1,0.85", "0,10", "1000", "199"),
]
FEW = [2, 5, 20]
SETS_OF_DATES = 200
DRAWN = ["--exact", "never"]
COLUMNS = "series,design,statistic,effect,level,sets,draws,rows,rate,least,largest,uniformity"


def power(binary, study, run, *flags):
    """Result rows of `placebo power` on a study file."""
    law, effects, sets, draws = run
    command = [binary, "power", study, "--quiet", "--format", "csv", *flags]
    command += ["--series", law, "--effect", effects, "--sets", sets, "--draws", draws]
    found = subprocess.run(command, check=True, capture_output=True)
    return list(csv.DictReader(io.StringIO(found.stdout.decode())))


def summary(run, rows, name=lambda null: null):
    """Prints a line a design, statistic, effect and level."""
    law, _, sets, draws = run
    groups = defaultdict(list)
    for row in rows:
        key = (row["test"], row["null"], row["statistic"], float(row["effect"]), row["level"])
        groups[key].append(row)
    writer = csv.writer(sys.stdout)
    for (_, null, statistic, effect, level), rows in groups.items():
        rates = [float(row["rate"]) for row in rows]
        uniform = [float(row["uniformity"]) for row in rows if row["uniformity"] and effect == 0]
        writer.writerow(
            [law, name(null), statistic, effect, level, sets, draws, len(rows)]
            + [f"{x:.4f}" for x in (sum(rates) / len(rates), min(rates), max(rates))]
            + [f"{min(uniform):.3g}" if uniform else ""]
        )
    sys.stdout.flush()


def designs(binary):
    for run in RUNS:
        summary(run, power(binary, "benches/calibration.toml", run))


def clusters(binary):
    run = ("own", "0", "2000", "199")
    summary(run, power(binary, "benches/calibration_clusters.toml", run))


def few(binary):
    data = Path("data").resolve()
    files = sorted(str(path) for path in data.glob("treasury_par_yields_*.csv"))
    dates = []
    for path in files:
        with open(path) as file:
            days = [row["Date"].split("/") for row in csv.DictReader(file)]
            dates += [f"{year}-{month}-{day}" for month, day, year in days]
    dates.sort()
    year = [date for date in dates if date.startswith("2024")]
    half = year[: len(year) // 2]
    with tempfile.TemporaryDirectory() as folder:
        study, events = Path(folder) / "study.toml", Path(folder) / "events.csv"

        def write(chosen, sample, test):
            events.write_text("date\n" + "".join(f"{date}\n" for date in sorted(chosen)))
            study.write_text(
                f"[data]\nfiles = {files}\nseries = ['10 Yr']\nunit = 'percent'\n"
                f"[sample]\n{sample}\n[events]\nfile = '{events}'\n[[test]]\n"
                f"statistic = ['mean-change', 'median-change']\nnull = 'uniform'\n{test}\n"
            )

        # Half a year, so that 20 events are many of its dates.
        sample = f"from = {half[0]}\nto = {half[-1]}"
        run = ("own", "0", "2000", "199")
        for k in FEW:
            chosen = random.Random(k).sample(half[10:-10], k)
            for key in ["", "avoid_events = 0"]:
                write(chosen, sample, f"window = [-1, 1]\n{key}")
                summary(run, power(binary, study, run, *DRAWN), lambda null: f"{null}: {k} events")
        run = ("iid", "0", "20", "199")
        for k in FEW:
            for what, sample in [
                ("sample around_events = 15", "around_events = 15"),
                ("fixed sample", f"from = {year[0]}\nto = {year[-1]}"),
            ]:
                rows = []
                for number in range(SETS_OF_DATES):
                    chosen = random.Random(1000 * k + number).sample(year[20:-20], k)
                    write(chosen, sample, "window = [-15, 15]")
                    rows += power(binary, study, run, *DRAWN)
                summary(run, rows, lambda null: f"{null}: {k} events, {what}")


def main():
    parts = {"designs": designs, "clusters": clusters, "few": few}
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--binary")
    options = parser.parse_args()
    for part in options.parts:
        if part not in parts:
            parser.error(f"there is no part {part}; there are {', '.join(parts)}")
    binary = options.binary
    if binary is None:
        subprocess.run(["cargo", "build", "--release", "--quiet"], check=True)
        binary = "target/release/placebo"
    print(COLUMNS)
    for part in options.parts or parts:
        parts[part](binary)


if __name__ == "__main__":
    main()
