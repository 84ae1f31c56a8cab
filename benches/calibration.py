#!/usr/bin/env python3
"""Size and power of every null design: runs `placebo power` over benches/calibration.toml and prints a
summary as CSV: by where the data sets come from, design, statistic, effect and level the rejection rates'
mean, least and largest over series, groups and days, and the least p of the tests of uniformity.

Usage: python3 benches/calibration.py > benches/results/DATE-calibration.csv
"""

import csv
import io
import subprocess
import sys
from collections import defaultdict

# Where data sets come from, effects, data sets, draws.
RUNS = [
    ("own", "0", "2000", "499"),
    ("iid", "0,10", "1000", "199"),
    ("ar:0.3", "0,10", "1000", "199"),
    ("garch:0.1,0.85", "0,10", "1000", "199"),
]


def main():
    subprocess.run(["cargo", "build", "--release", "--quiet"], check=True)
    columns = "series,design,statistic,effect,level,sets,draws,rows,rate,least,largest,uniformity"
    print(columns)
    for law, effects, sets, draws in RUNS:
        command = ["target/release/placebo", "power", "benches/calibration.toml", "--quiet"]
        command += ["--series", law, "--effect", effects, "--sets", sets, "--draws", draws]
        found = subprocess.run(command + ["--format", "csv"], check=True, capture_output=True)
        groups = defaultdict(list)
        for row in csv.DictReader(io.StringIO(found.stdout.decode())):
            key = (row["test"], row["null"], row["statistic"], float(row["effect"]), row["level"])
            groups[key].append(row)
        writer = csv.writer(sys.stdout)
        for (_, null, statistic, effect, level), rows in groups.items():
            rates = [float(row["rate"]) for row in rows]
            uniform = [float(row["uniformity"]) for row in rows if row["uniformity"] and effect == 0]
            writer.writerow(
                [law, null, statistic, effect, level, sets, draws, len(rows)]
                + [f"{x:.4f}" for x in (sum(rates) / len(rates), min(rates), max(rates))]
                + [f"{min(uniform):.3g}" if uniform else ""]
            )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
