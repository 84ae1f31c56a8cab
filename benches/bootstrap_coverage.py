"""How often bootstrap intervals of a mean hold it: placebo beside a NumPy reference of the same scheme, on the same 2,000
simulated sets.

    python3 benches/bootstrap_coverage.py > benches/results/DATE-bootstrap-coverage.csv

`differ` is the number of sets that one interval holds and the other does not; the counts may be three standard errors apart,
those of so many tosses of a coin (`allowed`, at least 3). Needs NumPy and SciPy.
"""

import csv
import io
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from scipy import stats

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACEBO = ROOT / "target/release/placebo"
SETS, DRAWS = 2_000, 4_000
rng = np.random.default_rng(20260101)


def autoregressive(n, rho=0.5):
    x = np.zeros((SETS, n + 100))
    noise = rng.standard_normal(x.shape)
    for t in range(1, x.shape[1]):
        x[:, t] = rho * x[:, t - 1] + noise[:, t]
    return x[:, 100:]


def blocks(starts, length, n):
    """Rows of draws of blocks of one length from these starts."""
    at = (starts[:, :, None] + np.arange(length)) % n
    return at.reshape(len(starts), -1)[:, :n]


def rows_of(scheme, n, length):
    k = -(-n // length)
    if scheme == "iid":
        return rng.integers(0, n, (DRAWS, n))
    if scheme == "moving-block":
        return blocks(rng.integers(0, n - length + 1, (DRAWS, k)), length, n)
    if scheme == "circular-block":
        return blocks(rng.integers(0, n, (DRAWS, k)), length, n)
    at = np.empty((DRAWS, n), dtype=int)
    at[:, 0] = rng.integers(0, n, DRAWS)
    for t in range(1, n):
        fresh = rng.random(DRAWS) < 1 / length
        at[:, t] = np.where(fresh, rng.integers(0, n, DRAWS), (at[:, t - 1] + 1) % n)
    return at


def jackknife(x, scheme, length, size):
    n = len(x)
    if scheme in ("iid", "cluster"):
        parts = x.reshape(-1, size).sum(axis=1)
        return (x.sum() - parts) / (n - size)
    starts = n - length + 1 if scheme == "moving-block" else n
    around = np.concatenate([x, x])
    return np.array([(x.sum() - around[s:s + length].sum()) / (n - length) for s in range(starts)])


def reference(x, scheme, length, size, level):
    n = len(x)
    observed, tail = x.mean(), (1 - level) / 2
    if scheme == "bayesian":
        return {"percentile": tuple(np.quantile(rng.dirichlet(np.ones(n), DRAWS) @ x, [tail, 1 - tail]))}
    units = x.reshape(-1, size).sum(axis=1)
    drawn = units[rows_of("iid" if scheme == "cluster" else scheme, len(units), length)]
    t = drawn.sum(axis=1) / n
    low, high = np.quantile(t, [tail, 1 - tail])
    found = {"percentile": (low, high)}
    if length == 1:
        # Rows, or clusters of one size, over their own standard errors.
        error, errors = units.std() * np.sqrt(len(units)) / n, drawn.std(axis=1) * np.sqrt(len(units)) / n
        q = np.quantile((t - observed) / errors, [tail, 1 - tail])
        found["percentile-t"] = (observed - q[1] * error, observed - q[0] * error)
    centre = t.mean() if scheme == "moving-block" else observed
    found["basic"] = (observed + centre - high, observed + centre - low)
    z0 = stats.norm.ppf(np.clip((t < observed).mean() + (t == observed).mean() / 2, 1e-6, 1 - 1e-6))
    d = jackknife(x, scheme, length, size)
    u = d.mean() - d
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    z = z0 + stats.norm.ppf([tail, 1 - tail])
    found["bca"] = tuple(np.quantile(t, stats.norm.cdf(z0 + z / (1 - a * z))))
    return found


def kinds(scheme, length):
    if scheme == "bayesian":
        return ["percentile"]
    return ["percentile", "basic", "bca", *(["percentile-t"] if length == 1 else [])]


def by_placebo(data, flags, kinds, level, extra=()):
    columns = {f"x{i}": x for i, x in enumerate(data)} | dict(extra)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(zip(*columns.values()))
        file.flush()
        told = subprocess.run(
            [PLACEBO, "bootstrap", file.name, "mean", "x*", *flags, "--interval", ",".join(kinds),
             "--level", str(level), "--draws", str(DRAWS), "--format", "csv", "--quiet"],
            check=True, capture_output=True, text=True)
    found = {}
    for row in csv.DictReader(io.StringIO(told.stdout)):
        ends = (float(row["interval_low"]), float(row["interval_high"]))
        found.setdefault(row["interval_kind"], []).append(ends)
    return found


clusters = 20
village = np.repeat(np.arange(clusters), 5)
cases = [
    ("normal, n = 30", lambda: rng.standard_normal((SETS, 30)), 0.0, [("iid", 1), ("bayesian", 1)]),
    ("lognormal, n = 30", lambda: np.exp(rng.standard_normal((SETS, 30))), math.exp(0.5),
     [("iid", 1), ("bayesian", 1)]),
    ("AR(0.5), n = 100", lambda: autoregressive(100), 0.0,
     [("moving-block", 10), ("circular-block", 10), ("stationary", 10)]),
    ("20 clusters of 5", lambda: rng.standard_normal((SETS, clusters))[:, village] + rng.standard_normal((SETS, 100)), 0.0,
     [("cluster", 1)]),
]
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["data", "scheme", "block", "interval", "level", "sets", "placebo", "numpy", "differ", "allowed"])
for name, make, truth, schemes in cases:
    data = np.round(make(), 2)
    for scheme, length in schemes:
        flags, extra = ["--scheme", scheme], {}
        if scheme == "cluster":
            flags += ["--cluster", "village"]
            extra = {"village": [f"v{v}" for v in village]}
        elif length > 1:
            flags += ["--block", str(length)]
        for level in (0.9, 0.95):
            ours = by_placebo(data, flags, kinds(scheme, length), level, extra)
            theirs = [reference(x, scheme, length, 5 if scheme == "cluster" else 1, level) for x in data]
            for kind in kinds(scheme, length):
                held = [np.array([low <= truth <= high for low, high in ends])
                        for ends in (ours[kind], [of[kind] for of in theirs])]
                differ = int((held[0] != held[1]).sum())
                allowed = max(3.0, 3 * math.sqrt(differ))
                counts = [int(h.sum()) for h in held]
                row = [name, scheme, length if length > 1 else "", kind, level, SETS, counts[0] / SETS, counts[1] / SETS,
                       differ, round(allowed, 1)]
                out.writerow(row)
                sys.stdout.flush()
                assert abs(counts[0] - counts[1]) <= allowed, row
