"""The regression shape in NumPy: 47 of 760 dates in groups of 16 and 31, windows -15..15, 6 series.

One thread. Every placebo set draws its dates (`Generator.choice` without replacement, out of those
whose window is inside the sample), solves the least squares of the 63 coefficients and takes two
contrasts for all series: a group's mean cumulative effect over days 0..15 less day -1. Three ways:

- normal_equations: the one at hand, the set's 760 x 63 design, then X'X, X'Y and a solve;
- pair_counts: placebo's own assembly in NumPy. As every window is inside, X'X of two groups holds
  the numbers of event pairs at each lag, and X'Y the sums of shifted rows; nothing of size dates is
  touched;
- batched_pair_counts: the same in stacks of sets.

Counting against the observed values is included, errors and histograms are not. Given placebo's
binary, its rate for both groups and their difference at one day, full tally included, is measured
in turn with the others, with one thread and with two.

    python3 benches/numpy_regression.py [REPEATS [PLACEBO]]
"""

import os

for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import datetime
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

DATES, SIZES, SERIES, REACH, BATCH = 760, (16, 31), 6, 15, 50
WIDTH = 2 * REACH + 1
EVENTS, COEFFICIENTS = sum(SIZES), len(SIZES) * WIDTH + 1
GROUPS = [slice(0, SIZES[0]), slice(SIZES[0], EVENTS)]
BLOCKS = [slice(0, WIDTH), slice(WIDTH, 2 * WIDTH)]
DAYS = np.arange(WIDTH)

# Pairs of events are counted by lag in one table of cells: |lag| within the first group, |lag| within
# the second (31 or more in one cell each), first less second from -31 or less to 31 or more.
PAIRS = np.triu_indices(EVENTS, 1)
CELLS = [WIDTH + 1, WIDTH + 1, 2 * WIDTH + 1]
ZERO = np.array([0, WIDTH + 1, 3 * WIDTH + 2])
LAGS = np.arange(-DATES, DATES)
INSIDE = np.minimum(abs(LAGS), WIDTH)
CELL = np.concatenate([INSIDE, ZERO[1] + INSIDE, ZERO[2] + LAGS.clip(-WIDTH, WIDTH)])
KIND = np.where(PAIRS[0] >= SIZES[0], 1, np.where(PAIRS[1] >= SIZES[0], 2, 0))
OFFSET = 2 * DATES * KIND + DATES
# No two events of a group are at lag 0, and nobody asks for the far pairs: the sizes and the number
# of dates take those cells. MAP says which cell every entry of X'X is.
CONSTANTS, VALUES = [ZERO[0], ZERO[1], sum(CELLS) - 1], [*SIZES, DATES]
BETWEEN = DAYS[None, :] - DAYS[:, None]
MAP = np.full((COEFFICIENTS, COEFFICIENTS), CONSTANTS[-1])
for g, block in enumerate(BLOCKS):
    MAP[block, block] = ZERO[g] + abs(BETWEEN)
    MAP[block, -1] = MAP[-1, block] = ZERO[g]
MAP[BLOCKS[0], BLOCKS[1]] = ZERO[2] + BETWEEN
MAP[BLOCKS[1], BLOCKS[0]] = (ZERO[2] + BETWEEN).T

rng = np.random.default_rng(20240229)
Y = rng.integers(-20, 21, size=(DATES, SERIES)).astype(float)
# Row t: the changes in the window round date t, so that X'y is a sum of such rows.
SHIFTED = np.hstack([Y[s : DATES - 2 * REACH + s] for s in DAYS])
TOTAL = Y.sum(axis=0)
# Mean over days 0..15 of the cumulative effect, less that of day -1.
STEP = np.where(DAYS < REACH, 0.0, (WIDTH - DAYS) / (REACH + 1))
WEIGHTS = np.zeros((len(SIZES), COEFFICIENTS))
for g, block in enumerate(BLOCKS):
    WEIGHTS[g, block] = STEP


STUDY = """
[data]
files = ["walks.csv"]
unit = "percent"
[sample]
from = 2020-01-02
[events]
file = "events.csv"
group = "group"
[[test]]
statistic = "overlap-regression"
window = [-15, 15]
days = [15]
"""


def draw():
    return rng.choice(DATES - 2 * REACH, EVENTS, replace=False)


def normal_equations(rows):
    """The contrasts of one set: (groups, series)."""
    x = np.zeros((DATES, COEFFICIENTS))
    x[:, -1] = 1.0
    for group, block in zip(GROUPS, BLOCKS):
        np.add.at(x, (rows[group, None] + DAYS, block.start + DAYS), 1.0)
    return WEIGHTS @ np.linalg.solve(x.T @ x, x.T @ Y)


def pair_counts(rows):
    """The same."""
    cells = CELL[rows[PAIRS[0]] - rows[PAIRS[1]] + OFFSET]
    counts = np.bincount(cells, minlength=sum(CELLS)).astype(float)
    counts[CONSTANTS] = VALUES
    right = np.empty((COEFFICIENTS, SERIES))
    for group, block in zip(GROUPS, BLOCKS):
        right[block] = SHIFTED[rows[group]].sum(axis=0).reshape(WIDTH, SERIES)
    right[-1] = TOTAL
    return np.linalg.solve(counts[MAP], WEIGHTS.T).T @ right


def batched_pair_counts(rows):
    """The contrasts of a stack of sets: (sets, groups, series)."""
    sets, size = len(rows), sum(CELLS)
    cells = CELL[rows[:, PAIRS[0]] - rows[:, PAIRS[1]] + OFFSET] + size * np.arange(sets)[:, None]
    counts = np.bincount(cells.ravel(), minlength=sets * size).reshape(sets, size).astype(float)
    counts[:, CONSTANTS] = VALUES
    right = np.empty((sets, COEFFICIENTS, SERIES))
    for group, block in zip(GROUPS, BLOCKS):
        right[:, block] = SHIFTED[rows[:, group]].sum(axis=1).reshape(sets, WIDTH, SERIES)
    right[:, -1] = TOTAL
    weights = np.broadcast_to(WEIGHTS.T, (sets, *WEIGHTS.T.shape))
    return np.linalg.solve(counts.take(MAP, axis=1), weights).transpose(0, 2, 1) @ right


def rate(way, sets, observed):
    beyond = np.zeros(observed.shape, dtype=int)
    started = time.perf_counter()
    if way is batched_pair_counts:
        for _ in range(sets // BATCH):
            found = way(np.array([draw() for _ in range(BATCH)]))
            beyond += (found >= observed).sum(axis=0)
    else:
        for _ in range(sets):
            beyond += way(draw()) >= observed
    return sets / (time.perf_counter() - started)


def write_study(folder):
    """The same changes, and events of the same sizes, as a study of placebo's."""
    start = datetime.date(2020, 1, 1)
    levels = np.vstack([np.full(SERIES, 1000), 1000 + Y.cumsum(axis=0)]) / 100
    lines = ["date," + ",".join(f"walk {s}" for s in range(SERIES))]
    for t, row in enumerate(levels):
        lines.append(",".join([str(start + datetime.timedelta(t)), *(f"{x:.2f}" for x in row)]))
    pathlib.Path(folder, "walks.csv").write_text("\n".join(lines) + "\n")
    lines = ["date,group"]
    for row, group in zip(sorted(draw()), rng.permutation(np.repeat(["a", "b"], SIZES))):
        lines.append(f"{start + datetime.timedelta(int(row) + REACH + 1)},{group}")
    pathlib.Path(folder, "events.csv").write_text("\n".join(lines) + "\n")
    study = pathlib.Path(folder, "study.toml")
    study.write_text(STUDY)
    return study


def placebo_rate(placebo, study, threads):
    command = [placebo, "run", study, "--quiet", "--device", "cpu", "--threads", str(threads)]
    command += ["--draws", "600000", "--format", "json"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(report)["manifest"]["draws_per_second"]


def check(rows):
    """The same contrasts by least squares on the full design."""
    x = np.zeros((DATES, COEFFICIENTS))
    x[:, -1] = 1.0
    for g, block in enumerate(BLOCKS):
        for row in rows[GROUPS[g]]:
            x[row + DAYS, block.start + DAYS] += 1.0
    return WEIGHTS @ np.linalg.lstsq(x, Y, rcond=None)[0]


def spread(rates):
    return {
        "median": round(statistics.median(rates)),
        "min": round(min(rates)),
        "max": round(max(rates)),
        "samples": len(rates),
    }


def main(repeats, placebo):
    rows = np.array([draw() for _ in range(3)])
    for set_rows, found in zip(rows, batched_pair_counts(rows)):
        for other in (check(set_rows), normal_equations(set_rows), pair_counts(set_rows)):
            assert np.allclose(found, other)
    observed = pair_counts(rows[0])
    ways = (normal_equations, pair_counts, batched_pair_counts)
    measured = {way.__name__: lambda sets, way=way: rate(way, sets, observed) for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        if placebo:
            study = write_study(folder)
            for threads in (1, 2):
                measured[f"placebo_{threads}_threads"] = lambda _, threads=threads: placebo_rate(
                    placebo, study, threads
                )
        rates = {name: [] for name in measured}
        for measure in measured.values():
            measure(BATCH)
        # In turn, so that whatever else the machine does meets all of them.
        for _ in range(repeats):
            for name, measure in measured.items():
                rates[name].append(measure(5_000))
    result = {"numpy": np.__version__, "python": platform.python_version(), "numpy_threads": 1}
    result |= {f"{name}_sets_per_second": spread(found) for name, found in rates.items()}
    best = max(statistics.median(rates[way.__name__]) for way in ways)
    result["best_numpy_sets_per_second"] = round(best)
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, sys.argv[2] if len(sys.argv) > 2 else None)
