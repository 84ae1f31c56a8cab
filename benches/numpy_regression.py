"""The regression shape in NumPy: 47 of 760 dates in groups of 16 and 31, windows -15..15, 6 series.

One thread. Every placebo set draws its dates (`Generator.choice` without replacement, out of those
whose window is inside the sample), forms the normal equations of the 63 coefficients, solves them
and takes two contrasts for all series: a group's mean cumulative effect over days 0..15 less day -1.
As every window is inside, X'X of two groups holds the numbers of event pairs at each lag, and X'y
the sums of shifted rows; nothing of size dates is touched. Timed as a loop over sets and as stacked
batches. Counting against the observed values is included, errors and histograms are not.

    python3 benches/numpy_regression.py [REPEATS]
"""

import os

for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import json
import platform
import statistics
import sys
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


def draw():
    return rng.choice(DATES - 2 * REACH, EVENTS, replace=False)


def one(rows):
    """The contrasts of one set: (groups, series)."""
    cells = CELL[rows[PAIRS[0]] - rows[PAIRS[1]] + OFFSET]
    counts = np.bincount(cells, minlength=sum(CELLS)).astype(float)
    counts[CONSTANTS] = VALUES
    right = np.empty((COEFFICIENTS, SERIES))
    for group, block in zip(GROUPS, BLOCKS):
        right[block] = SHIFTED[rows[group]].sum(axis=0).reshape(WIDTH, SERIES)
    right[-1] = TOTAL
    return np.linalg.solve(counts[MAP], WEIGHTS.T).T @ right


def many(rows):
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


def rate(batched, batches, observed):
    beyond = np.zeros(observed.shape, dtype=int)
    started = time.perf_counter()
    for _ in range(batches):
        if batched:
            found = many(np.array([draw() for _ in range(BATCH)]))
            beyond += (found >= observed).sum(axis=0)
        else:
            for _ in range(BATCH):
                beyond += one(draw()) >= observed
    return batches * BATCH / (time.perf_counter() - started)


def check(rows):
    """The same contrasts by least squares on the full design."""
    x = np.zeros((DATES, COEFFICIENTS))
    x[:, -1] = 1.0
    for g, block in enumerate(BLOCKS):
        for row in rows[GROUPS[g]]:
            x[row + DAYS, block.start + DAYS] += 1.0
    return WEIGHTS @ np.linalg.lstsq(x, Y, rcond=None)[0]


def main(repeats):
    rows = np.array([draw() for _ in range(3)])
    for set_rows, found in zip(rows, many(rows)):
        assert np.allclose(found, check(set_rows)) and np.allclose(found, one(set_rows))
    result = {"numpy": np.__version__, "python": platform.python_version(), "threads": 1}
    for name, batched in (("loop", False), ("batched", True)):
        observed = one(rows[0])
        rate(batched, 1_000 // BATCH, observed)
        rates = [rate(batched, 10_000 // BATCH, observed) for _ in range(repeats)]
        result[f"{name}_sets_per_second"] = {
            "median": round(statistics.median(rates)),
            "min": round(min(rates)),
            "max": round(max(rates)),
            "samples": len(rates),
        }
    best = max(result[f"{name}_sets_per_second"]["median"] for name in ("loop", "batched"))
    result["best_sets_per_second"] = best
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
