"""Measures the flagship shape and the overlap regression on this machine; prints a receipt as JSON.

    python3 benches/receipt.py > benches/results/DATE-DEVICE.json

Runs `cargo bench` (criterion: warm-up discarded, ten samples a device), NumPy's best way at the flagship
shape before and after it, NumPy and placebo in turn at the regression's, the bundled studies, and peak
memory at 10^6 and 10^8 draws and at a million regressions of the bundled study.
Needs NumPy and GNU time; plain Python 3.11 otherwise.
"""

import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACEBO = ROOT / "target/release/placebo"
MEMORY_STUDY = """
[data]
files = ["treasury_par_yields_*.csv"]
series = ["10 Yr"]
[events]
file = "andrews_farboodi_releases.csv"
[[test]]
statistic = "mean-change"
window = [-15, 15]
measure = "endpoints"
"""


def output(*command, **options):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, **options)


def spread(rates):
    return {
        "median": round(statistics.median(rates)),
        "min": round(min(rates)),
        "max": round(max(rates)),
        "samples": len(rates),
    }


def numpy_rates():
    return [float(line) for line in output(sys.executable, "benches/numpy_flagship.py").stdout.split()]


def criterion_rates(group):
    """Draws a second of every sample, by the name that criterion has."""
    rates = {}
    for folder in sorted((ROOT / "target/criterion" / group).glob("*/new")):
        benchmark = json.loads((folder / "benchmark.json").read_text())
        sample = json.loads((folder / "sample.json").read_text())
        draws = benchmark["throughput"]["Elements"]
        rates[benchmark["function_id"]] = [
            draws * iterations / (nanoseconds * 1e-9)
            for iterations, nanoseconds in zip(sample["iters"], sample["times"])
        ]
    return rates


def peak_memory():
    with tempfile.TemporaryDirectory() as folder:
        output(PLACEBO, "studies", "--export", folder)
        study = pathlib.Path(folder, "memory.toml")
        study.write_text(MEMORY_STUDY)
        peaks = {}
        for draws in ("1e6", "1e8"):
            command = ["run", study, "--quiet", "--device", "cpu", "--draws", draws, "--format", "csv"]
            # GNU time prints kilobytes as the last line of stderr.
            errors = output("/usr/bin/time", "-f", "%M", PLACEBO, *command).stderr
            peaks[draws] = int(errors.split()[-1])
        return peaks


def million_regressions():
    """One design of the bundled study, all series and days, plain and studentised."""
    with tempfile.TemporaryDirectory() as folder:
        output(PLACEBO, "studies", "--export", folder)
        text = pathlib.Path(folder, "bjorkegren.toml").read_text()
        head, first, *_, last = text.split("[[test]]")
        run = "[run]" + last.split("[run]")[1]
        study = pathlib.Path(folder, "one.toml")
        study.write_text(head + "[[test]]" + first + run)
        command = ["run", study, "--quiet", "--device", "cpu", "--draws", "1e6", "--format", "json"]
        done = output("/usr/bin/time", "-f", "%M", PLACEBO, *command)
        return {
            "seconds": round(json.loads(done.stdout)["manifest"]["elapsed_seconds"], 1),
            "peak_memory_kilobytes": int(done.stderr.split()[-1]),
        }


def bundled():
    rates = {}
    for name in ("andrews-farboodi", "bjorkegren"):
        runs = []
        for _ in range(5):
            text = output(PLACEBO, "run", name, "--quiet", "--device", "cpu", "--format", "json").stdout
            runs.append(json.loads(text)["manifest"]["draws_per_second"])
        rates[name] = spread(runs)
    return rates


def main():
    import numpy

    output("cargo", "build", "--release")
    before = numpy_rates()
    output("cargo", "bench")
    numpy_rate = before + numpy_rates()
    flagship = criterion_rates("flagship")
    regression = output(sys.executable, "benches/numpy_regression.py", "9", PLACEBO).stdout
    lscpu = output("lscpu", env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout
    model = [line.split(":")[1].strip() for line in lscpu.splitlines() if "Model name" in line]
    best = statistics.median(numpy_rate)
    receipt = {
        "commit": output("git", "rev-parse", "HEAD").stdout.strip(),
        "processor": model[0],
        "threads": len(__import__("os").sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "rustc": output("rustc", "--version").stdout.strip(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "devices": output(PLACEBO, "devices").stdout.splitlines(),
        "flagship_draws_per_second": {name: spread(rates) for name, rates in flagship.items()},
        "numpy_one_thread_draws_per_second": spread(numpy_rate),
        "ratio_of_medians_to_numpy": {
            name: round(statistics.median(rates) / best, 1) for name, rates in flagship.items()
        },
        "regression_draws_per_second": {
            name: spread(rates) for name, rates in criterion_rates("regression").items()
        },
        "regression_beside_numpy": json.loads(regression),
        "million_regressions": million_regressions(),
        "bundled_studies_draws_per_second": bundled(),
        "peak_memory_kilobytes": peak_memory(),
    }
    json.dump(receipt, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
