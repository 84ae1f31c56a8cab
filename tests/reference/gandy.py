"""Gandy's (2009) boundaries for src/inference/sequential.rs, straight from their definition.

The walk is followed over all sums from 0 to n, and each boundary is the extreme j for which the whole
tail beyond it, added up from the far end, fits into what is left of eps_n. Columns: level, total
risk, half-spending number of draws, n, L_n, U_n.
"""
import platform
import numpy as np

print(f"# Python {platform.python_version()}, numpy {np.__version__}")
print("alpha\trisk\thalf\tn\tlower\tupper")

def rows(alpha, risk, half, most, wanted):
    alive = np.zeros(most + 2)
    alive[0] = 1.0
    spent_low = spent_high = 0.0
    for n in range(1, most + 1):
        moved = alive * (1 - alpha)
        moved[1:] += alive[:-1] * alpha
        eps = risk * n / (n + half)
        down = np.cumsum(moved[:n + 1][::-1])            # P(S_n >= n - i)
        upper = n + 1 - int(np.searchsorted(down, eps - spent_high, side="right"))
        up = np.cumsum(moved[:n + 1])                    # P(S_n <= i)
        lower = int(np.searchsorted(up, eps - spent_low, side="right")) - 1
        if upper <= n:
            spent_high += down[n - upper]
            moved[upper:] = 0
        if lower >= 0:
            spent_low += up[lower]
            moved[:lower + 1] = 0
        # Above the reachable sums the boundary is one beyond the largest that goes on.
        upper = int(np.nonzero(moved)[0][-1]) + 1
        alive = moved
        if n in wanted:
            print(f"{alpha}\t{risk}\t{half}\t{n}\t{lower}\t{upper}")

dense = set(range(1, 200)) | set(range(200, 20001, 97))
for setting in [(0.05, 1e-3, 1000), (0.025, 1e-3, 1000), (0.005, 1e-3, 1000), (0.5, 1e-3, 1000), (0.01, 1e-5, 200), (0.1, 0.2, 3)]:
    rows(*setting, 20000, dense)
