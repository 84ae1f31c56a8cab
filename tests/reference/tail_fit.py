"""Generalised Pareto tails for src/inference/tail_fit.rs: threshold, maximum likelihood fit, A2, p and its 95 %
interval by profile likelihood.

The fit starts at scipy.stats.genpareto.fit and is polished by Nelder and Mead's method; the interval
is the range of ln p on the 95 % likelihood region of (shape, scale, share of exceedances), found by
nested scans. Columns: null law, draws, observed value, exceedances, threshold, shape, scale,
A2, p, ends of the interval (a lower end below 1e-250 is written as 0), the largest draws.
"""
import platform
import numpy as np, scipy
from scipy import stats
from scipy.optimize import minimize, brentq

print(f"# Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}")
print("\t".join("law draws observed exceedances threshold shape scale a2 p p_low p_high largest".split()))
rng = np.random.default_rng(20240601)
CHI = 3.841458820694124

def loglik(shape, scale, z):
    if scale <= 0 or shape < -1:
        return -np.inf
    if abs(shape) < 1e-10:
        return -len(z) * np.log(scale) - z.sum() / scale
    inside = 1 + shape * z / scale
    if inside.min() <= 0:
        return -np.inf
    return -len(z) * np.log(scale) - (1 + 1 / shape) * np.log(inside).sum()

def hazard(shape, scale, x):
    if abs(shape) < 1e-10:
        return x / scale
    inside = 1 + shape * x / scale
    return np.log(inside) / shape if inside > 0 else np.inf

def profile(r, x, z):
    """Best log-likelihood with hazard r at x, by a dense grid of shapes and refinement."""
    def at(shape):
        scale = x / r if abs(shape) < 1e-10 else shape * x / np.expm1(shape * r)
        return loglik(shape, scale, z)
    with np.errstate(all="ignore"):
        grid = np.linspace(-0.9999, 2.5, 1401)
        v = np.array([at(s) for s in grid])
        v[np.isnan(v)] = -np.inf
        i = int(np.argmax(v))
        if not np.isfinite(v[i]):
            return -np.inf
        lo, hi = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
        best = scipy.optimize.minimize_scalar(lambda s: -at(s), bounds=(lo, hi), method="bounded", options={"xatol": 1e-10})
        return max(v[i], -best.fun)

def deviance(share, n, N):
    hat = n / N
    return 2 * (n * np.log(hat / share) + (N - n) * np.log((1 - hat) / (1 - share)))

def interval(x, z, N, shape, scale):
    n, top = len(z), loglik(shape, scale, z)
    hat, r0 = n / N, hazard(shape, scale, x)
    def extreme(sign):
        def value(r):
            left = CHI - 2 * (top - profile(r, x, z))
            if left <= 0:
                return None
            if sign > 0:
                share = brentq(lambda s: deviance(s, n, N) - left, hat, 1 - 1e-12)
            else:
                share = brentq(lambda s: deviance(s, n, N) - left, hat * 1e-9, hat)
            return np.log(share) - r
        if sign < 0 and 2 * (top - profile(560.0, x, z)) < CHI:
            return -np.inf
        # A coarse scan of hazards, then a fine one around the best.
        lo, hi = (1e-3 * r0, r0) if sign > 0 else (r0, r0)
        if sign < 0:
            while 2 * (top - profile(hi, x, z)) < CHI:
                hi *= 1.3
        for _ in range(6):
            grid = np.linspace(lo, hi, 41)
            values = [value(r) for r in grid]
            scored = [(sign * v, i) for i, v in enumerate(values) if v is not None]
            best, i = max(scored)
            lo, hi = grid[max(i - 1, 0)], grid[min(i + 1, 40)]
        return sign * best
    return extreme(-1), extreme(+1)

def case(name, draws, observed):
    N = len(draws)
    ordered = np.sort(draws)[::-1]
    largest = ordered[:251]
    n = int((largest > largest[250]).sum())
    threshold = largest[n - 1] / 2 + largest[250] / 2
    z = np.sort(largest[:n]) - threshold
    c, _, s = stats.genpareto.fit(z, floc=0)
    best = minimize(lambda t: -loglik(t[0], np.exp(t[1]), z), [c, np.log(s)], method="Nelder-Mead",
                    options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 20000, "maxfev": 20000})
    best = minimize(lambda t: -loglik(t[0], np.exp(t[1]), z), best.x, method="Nelder-Mead",
                    options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 20000, "maxfev": 20000})
    shape, scale = best.x[0], np.exp(best.x[1])
    law = stats.genpareto(shape, 0, scale)
    i = np.arange(1, n + 1)
    a2 = -n - ((2 * i - 1) * (np.log(law.cdf(z)) + law.logsf(z[::-1]))).sum() / n
    x = observed - threshold
    p = n / N * law.sf(x)
    low, high = interval(x, z, N, shape, scale)
    cells = [name, N, observed, n, repr(float(threshold)), repr(float(shape)), repr(float(scale)), repr(float(a2)), repr(float(p)),
             repr(float(np.exp(low))) if low > np.log(1e-250) else "0", repr(float(min(1, np.exp(high)))),
             ",".join(repr(float(v)) for v in largest)]
    print("\t".join(map(str, cells)), flush=True)

case("normal", rng.standard_normal(10_000).round(9), 4.0)
case("t5", rng.standard_t(5, 10_000).round(9), 12.0)
case("exponential", rng.standard_exponential(20_000).round(9), 14.0)
case("beta, shape -1/2", rng.beta(1, 2, 10_000).round(9), 0.98)
case("beta, shape -1/3", rng.beta(1, 3, 10_000).round(9), 0.95)
case("pareto, shape 1/2", (rng.pareto(2, 5_000)).round(9), 400.0)
case("rounded normal", (200 * rng.standard_normal(10_000)).round(), 800.0)
case("chi-squared", rng.chisquare(3, 2_000).round(9), 30.0)
