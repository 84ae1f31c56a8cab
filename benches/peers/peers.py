"""Times placebo and its peers at the same work on one core, in turn, and prints a receipt as JSON.

    bash benches/peers/run.sh > benches/results/DATE-peers.json

Each piece of work is done by both, checked for the same answer, and then timed five times in turn, so that what else the
machine does meets both. placebo's seconds are its report's own, a peer's those of its call: neither starts an
interpreter or reads a file in them. A ratio is that of the medians. Versions: requirements.txt.
"""

import importlib.metadata
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

# One core, for all of them, before they are loaded.
for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"]:
    os.environ[name] = "1"

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLACEBO = ROOT / "target/release/placebo"
REPEATS = 5


def placebo(*arguments):
    """The first row of a report, and the seconds of the work."""
    command = [PLACEBO, *map(str, arguments), "--threads", "1", "--format", "json", "--quiet"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return report["results"][0], report["manifest"]["elapsed_seconds"]


def timed(work):
    started = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - started


def spread(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def table(folder, name, columns):
    """Writes columns, two decimals a number, and gives them back as they are read."""
    file = folder / f"{name}.csv"
    names = list(columns)
    rows = zip(*(columns[name] for name in names))
    text = [",".join(str(cell) for cell in row) for row in rows]
    file.write_text("\n".join([",".join(names), *text]) + "\n")
    return file


def near_p(a, b, draws):
    """Whether two Monte Carlo p-values can be of one law: within five standard errors of their difference."""
    both = (a + b) / 2
    return abs(a - b) <= 5 * math.sqrt(2 * max(both, 1 / draws) / draws)


def near(share):
    return lambda a, b: abs(a - b) <= share * abs(b)


def compare(name, about, ours, theirs, same):
    """Both in turn. `ours` and `theirs` give an answer and its draws; rates are draws a second."""
    (answer, _), (other, _) = ours(), theirs()
    if not same(answer[0], other[0]):
        sys.exit(f"{name}: other answers: {answer[0]} and {other[0]}")
    rates = {"placebo": [], "peer": []}
    for _ in range(REPEATS):
        for key, work in [("placebo", ours), ("peer", theirs)]:
            (_, draws), seconds = work()
            rates[key].append(draws / seconds)
    medians = [statistics.median(rates[key]) for key in ["placebo", "peer"]]
    print(f"{name}: {medians[0] / medians[1]:.1f} times", file=sys.stderr)
    return {
        "work": name,
        "about": about,
        "answers": {"placebo": answer[0], "peer": other[0]},
        "draws_per_second": {key: spread(values) for key, values in rates.items()},
        "ratio": round(medians[0] / medians[1], 1),
    }


def two_sample(folder, rng):
    from scipy.stats import permutation_test

    x, y = np.round(rng.normal(0, 1, 100), 2), np.round(rng.normal(0.25, 1, 120), 2)
    file = table(folder, "two", {"arm": ["a"] * 100 + ["b"] * 120, "y": [*x, *y]})
    mean = lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis)

    def peer(draws, batch):
        asked = dict(n_resamples=draws, batch=batch, vectorized=True, permutation_type="independent")
        result, seconds = timed(lambda: permutation_test((x, y), mean, random_state=np.random.default_rng(3), **asked))
        return (result.pvalue, draws), seconds

    batch = min([50, 200, 1000, 5000, 20000], key=lambda batch: peer(20_000, batch)[1])

    def ours():
        row, seconds = placebo("test", file, "y ~ arm", "--draws", 4_000_000, "--exact", "never")
        return (row["p"], row["draws"]), seconds

    same = lambda a, b: near_p(a, b, 100_000)
    about = f"difference of means, 100 + 120 rows; SciPy with batches of {batch}"
    return compare("two-sample, scipy.stats.permutation_test", about, ours, lambda: peer(100_000, batch), same)


def coefficient(folder, rng):
    import pandas
    import pyfixest

    z = np.round(rng.normal(size=(1000, 5)), 2)
    x = np.round(0.3 * z[:, 0] + rng.normal(size=1000), 2)
    y = np.round(0.06 * x + z @ [0.5, -0.2, 0.1, 0.3, 0] + rng.normal(size=1000), 2)
    columns = {"y": y, "x": x, **{f"z{i}": z[:, i] for i in range(5)}}
    file = table(folder, "coefficient", columns)
    frame = pandas.DataFrame(columns)
    nuisance = "".join(f" + z{i}" for i in range(5))
    fit = pyfixest.feols(f"y ~ x{nuisance}", data=frame)

    def peer():
        asked = dict(reps=2_000, type="randomization-c", choose_algorithm="fast")
        result, seconds = timed(lambda: fit.ritest(resampvar="x", rng=np.random.default_rng(3), **asked))
        return (float(result["Pr(>|t|)"]), 2_000), seconds

    def ours():
        row, seconds = placebo("test", file, f"y ~ x{nuisance}", "--coefficient", "x", "--draws", 400_000, "--exact", "never")
        return (row["p"], row["draws"]), seconds

    same = lambda a, b: near_p(a, b, 2_000)
    return compare("coefficient, pyfixest ritest (fast)", "1,000 rows, 5 nuisance columns", ours, peer, same)


def series(rng, rows):
    x = np.empty(rows)
    x[0] = 0
    for t in range(1, rows):
        x[t] = 0.5 * x[t - 1] + rng.normal()
    return np.round(x, 2)


def moving_blocks(folder, rng):
    from arch.bootstrap import MovingBlockBootstrap

    x = series(rng, 2000)
    file = table(folder, "series", {"x": x})

    def ours():
        asked = ["--scheme", "moving-block", "--block", 50, "--draws", 400_000]
        row, seconds = placebo("bootstrap", file, "mean", "x", "--exact", "never", *asked)
        return (row["standard_error"], row["draws"]), seconds

    def arch():
        blocks = MovingBlockBootstrap(50, x, seed=np.random.default_rng(3))
        values, seconds = timed(lambda: blocks.apply(np.mean, 10_000))
        return (float(values.std()), 10_000), seconds

    yield compare("moving blocks, arch", "mean of 2,000 rows, blocks of 50", ours, arch, near(0.05))

    from tsbootstrap import MovingBlock, bootstrap_reduce

    def compiled():
        asked = dict(method=MovingBlock(block_length=50), n_bootstraps=10_000, backend="compiled", random_state=3)
        values, seconds = timed(lambda: bootstrap_reduce(x, statistic="mean", **asked))
        return (float(np.std(values.statistics)), 10_000), seconds

    yield compare("moving blocks, tsbootstrap (compiled)", "mean of 2,000 rows, blocks of 50", ours, compiled, near(0.05))


def iid_median(folder, rng):
    x = np.round(rng.normal(size=1000), 2)
    file = table(folder, "median", {"x": x})

    def ours():
        row, seconds = placebo("bootstrap", file, "median", "x", "--exact", "never", "--draws", 200_000)
        return (row["standard_error"], row["draws"]), seconds

    def peer():
        generator = np.random.default_rng(3)

        def draws():
            found = []
            for _ in range(20):
                drawn = x[generator.integers(0, 1000, size=(500, 1000), dtype=np.uint16)]
                drawn.partition((499, 500), axis=1)
                found.append((drawn[:, 499] + drawn[:, 500]) / 2)
            return np.concatenate(found)

        values, seconds = timed(draws)
        return (float(values.std()), 10_000), seconds

    return compare("median, NumPy (integers, partition)", "1,000 rows with replacement", ours, peer, near(0.05))


def in_r(folder, rng):
    """coin and boot, by Rscript; nothing where there is no R."""
    x, y = np.round(rng.normal(0, 1, 100), 2), np.round(rng.normal(0.25, 1, 120), 2)
    file = table(folder, "r", {"arm": ["a"] * 100 + ["b"] * 120, "y": [*x, *y]})
    script = pathlib.Path(__file__).parent / "peers.R"

    def peer(what, draws):
        out = subprocess.run(["Rscript", script, what, file, str(draws)], check=True, capture_output=True, text=True)
        answer, seconds = map(float, out.stdout.split())
        return (answer, draws), seconds

    def tested():
        row, seconds = placebo("test", file, "y ~ arm", "--draws", 4_000_000, "--exact", "never")
        return (row["p"], row["draws"]), seconds

    same = lambda a, b: near_p(a, b, 100_000)
    about = "difference of means, 100 + 120 rows"
    yield compare("two-sample, R's coin (oneway_test, approximate)", about, tested, lambda: peer("coin", 100_000), same)

    def drawn():
        row, seconds = placebo("bootstrap", file, "mean", "y", "--exact", "never", "--draws", 400_000)
        return (row["standard_error"], row["draws"]), seconds

    yield compare("mean, R's boot", "220 rows with replacement", drawn, lambda: peer("boot", 10_000), near(0.05))


def main():
    warnings.filterwarnings("ignore")
    rng = np.random.default_rng(20240229)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        results = [two_sample(folder, rng), coefficient(folder, rng), *moving_blocks(folder, rng)]
        results += [iid_median(folder, rng), *in_r(folder, rng)]
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    versions = {name: importlib.metadata.version(name) for name in ["numpy", "scipy", "arch", "tsbootstrap", "pyfixest"]}
    told = subprocess.run([PLACEBO, "--version"], capture_output=True, text=True).stdout.split("\n")[:2]
    receipt = {
        "processor": names[0] if names else platform.processor(),
        "threads": 1,
        "repeats": REPEATS,
        "placebo": told,
        "python": platform.python_version(),
        "versions": versions,
        "results": results,
    }
    print(json.dumps(receipt, indent=2))


main()
