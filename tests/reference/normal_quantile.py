"""Quantiles of the standard normal law for src/power/simulate.rs: 40 digits, rounded to floats."""
import platform
import mpmath
from mpmath import mp, mpf, findroot, ncdf, log, sqrt

mp.dps = 40
print(f"# Python {platform.python_version()}, mpmath {mpmath.__version__}")
print("probability\tquantile")
probabilities = [2.0**-53, 1e-15, 1e-12, 1e-11, 1.4e-11, 1e-10, 1e-8, 1e-6, 1e-4, 0.001, 0.01, 0.025, 0.05, 0.0749, 0.075, 0.0751]
probabilities += [i / 97 for i in range(1, 97)] + [1 - 2.0**-10, 1 - 2.0**-20]
for p in probabilities:
    q = mpf(p)
    tail = min(q, 1 - q)
    start = sqrt(-2 * log(tail)) * mpf("0.9")
    z = findroot(lambda x: log(ncdf(-x)) - log(tail), start)
    print(f"{p!r}\t{float(z if q > 0.5 else -z)!r}")
