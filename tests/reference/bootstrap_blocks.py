"""Block lengths by arch (arch 8.0.0, NumPy 2.4.6, Python 3.11): series, stationary, circular, values.

python3 bootstrap_blocks.py > bootstrap_blocks.tsv
"""

import csv
import pathlib

import numpy as np
from arch.bootstrap import optimal_block_length

here = pathlib.Path(__file__).parent
with open(here.parent / "data" / "nile.csv") as file:
    nile = np.array([float(row["flow"]) for row in csv.DictReader(file)])

rng = np.random.default_rng(20090101)


def autoregressive(rho, n):
    x = np.zeros(n + 200)
    for t in range(1, len(x)):
        x[t] = rho * x[t - 1] + rng.standard_normal()
    return np.round(x[200:], 4)


series = {
    "nile": nile,
    "white noise": np.round(rng.standard_normal(60), 4),
    "ar 0.5": autoregressive(0.5, 100),
    "ar 0.9": autoregressive(0.9, 400),
    "ar -0.6": autoregressive(-0.6, 150),
    "trend": np.round(np.arange(40) + rng.standard_normal(40), 3),
    "short": np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0]),
}
print("# arch 8.0.0: bootstrap_blocks.py")
print("series\tstationary\tcircular\tvalues")
for name, x in series.items():
    lengths = optimal_block_length(x).iloc[0]
    values = " ".join(repr(float(v)) for v in x)
    print(f"{name}\t{lengths['stationary']!r}\t{lengths['circular']!r}\t{values}".replace("np.float64(", "").replace(")", ""))
