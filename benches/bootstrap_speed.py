"""Times the wild cluster bootstrap and shows that memory does not grow with draws; prints a receipt as JSON.

    python3 benches/bootstrap_speed.py > benches/results/DATE-DEVICE-bootstrap.json

100,000 rows in 50 clusters, two regressors, 100,000 draws: products, p and the 95 % set together, by the report's own
clock, ten samples; the same by row, 10,000 draws, three samples. Replicates of a standard deviation of 100 rows at 10^6 draws, which are kept, and at 4 x 10^6, which
are not. Plain Python 3.11.
"""

import json
import os
import pathlib
import platform
import random
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACEBO = ROOT / "target/release/placebo"


def told(*args):
    command = [PLACEBO, "bootstrap", *map(str, args), "--format", "json", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return json.loads(out), usage.ru_maxrss // 1024


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.processor()


random.seed(1)
with tempfile.NamedTemporaryFile("w", suffix=".csv") as table:
    effects = [random.gauss(0, 1) for _ in range(50)]
    print("y,x1,x2,state", file=table)
    for _ in range(100_000):
        state = random.randrange(50)
        x1, x2 = random.gauss(0.1 * state, 1), random.gauss(0, 1)
        y = 0.01 * x1 + x2 + effects[state] + random.gauss(0, 1)
        print(f"{y:.6f},{x1:.6f},{x2:.6f},s{state}", file=table)
    table.flush()
    asked = ["ols", "y ~ x1 + x2", "--coefficient", "x1", "--scheme", "wild", "--cluster", "state"]
    seconds, draws = [], None
    for _ in range(10):
        report, _ = told(table.name, *asked)
        seconds.append(report["manifest"]["elapsed_seconds"])
        draws = report["results"][0]["draws"]
    asked = ["ols", "y ~ x1 + x2", "--coefficient", "x1", "--scheme", "wild", "--draws", 10_000]
    by_row = [told(table.name, *asked)[0]["manifest"]["elapsed_seconds"] for _ in range(3)]
memory = {}
for count in (1_000_000, 4_000_000):
    report, megabytes = told(ROOT / "tests/data/nile.csv", "sd", "flow", "--draws", count)
    memory[count] = {"megabytes": megabytes, "seconds": round(report["manifest"]["elapsed_seconds"], 2)}


def spread(seconds):
    of = {"median": statistics.median(seconds), "min": min(seconds), "max": max(seconds)}
    return {name: round(value, 3) for name, value in of.items()}


print(json.dumps({
    "processor": processor(),
    "threads": os.cpu_count(),
    "wild_cluster": {
        "rows": 100_000,
        "clusters": 50,
        "draws": draws,
        "seconds": spread(seconds),
    },
    "wild_by_row": {"rows": 100_000, "draws": 10_000, "seconds": spread(by_row)},
    "sd_of_100_rows": memory,
}, indent=2))
