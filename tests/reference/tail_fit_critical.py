"""Upper tail points of the Anderson-Darling statistic A2 for a generalised Pareto law with shape and
scale estimated by maximum likelihood, for src/inference/tail_fit.rs (Choulakian and Stephens 2001, case 3).

In the limit A2 is a sum of lambda_i chi2_1, with lambda_i the eigenvalues of

    rho(s, t)/sqrt(s (1-s) t (1-t)),   rho(s, t) = min(s, t) - s t - g(s)' I^-1 g(t),

g(u) the derivative of F by (scale, shape) at the quantile u and I the Fisher information of one
observation. Only the shape matters. Eigenvalues by Nystroem's method with trapezoidal nodes in the
log-odds of s; tail probabilities by Imhof's (1961) integral. Columns: shape, then the points of the
tail probabilities in the header.
"""
import platform
import numpy as np, scipy
from scipy.integrate import quad
from scipy.optimize import brentq

SHAPES = [-0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0]
LEVELS = [0.5, 0.25, 0.15, 0.10, 0.05, 0.025, 0.01, 0.005, 0.001]

def gradient(v, lnv, xi):
    """(dF/dscale, dF/dshape) at the quantile with 1 - F = v."""
    if abs(xi) < 1e-9:
        y = -lnv
        return np.array([-y * v, -v * (y * y / 2)])
    ds = v * np.expm1(xi * lnv) / xi
    dx = -v * (-lnv / xi + np.expm1(xi * lnv) / xi**2)
    return np.array([ds, dx])

def eigenvalues(xi, n=3000, reach=34.0):
    w = np.linspace(-reach, reach, n)
    step = w[1] - w[0]
    s, v = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))
    lnv = -np.logaddexp(0, w)
    g = gradient(v, lnv, xi)
    inverse = (1 + xi) * np.array([[2.0, -1.0], [-1.0, 1.0 + xi]])
    # min(s,t) - s t = s_min (1 - s_max)
    lo, hi = np.minimum.outer(np.arange(n), np.arange(n)), np.maximum.outer(np.arange(n), np.arange(n))
    rho = s[lo] * v[hi] - g.T @ inverse @ g
    # ds = s v dw, weight 1/(s v): the kernel in w is rho itself over sqrt(sv sv) times sqrt(sv sv).
    lam = np.linalg.eigvalsh(rho * step)[::-1]
    trace = np.trace(rho) * step
    return lam, trace

def survival(x, lam, rest):
    # The smallest eigenvalues enter by their mean.
    x = x - rest
    def integrand(u):
        theta = 0.5 * np.sum(np.arctan(lam * u)) - 0.5 * x * u
        rho = np.exp(0.25 * np.sum(np.log1p((lam * u) ** 2)))
        return np.sin(theta) / (u * rho)
    total = 0.0
    edges = np.concatenate([[1e-12], np.linspace(2, 400, 200)])
    for a, b in zip(edges[:-1], edges[1:]):
        part = quad(integrand, a, b, limit=200, epsabs=1e-12, epsrel=1e-10)[0]
        total += part
        if np.exp(-0.25 * np.sum(np.log1p((lam * b) ** 2))) / b < 1e-12:
            break
    return 0.5 + total / np.pi

print(f"# Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}")
print("\t".join(["shape"] + [str(l) for l in LEVELS]))
for xi in SHAPES:
    lam, trace = eigenvalues(xi)
    lam = lam[lam > 1e-14][:200]
    rest = trace - lam.sum()
    points = []
    for level in LEVELS:
        points.append(brentq(lambda x: survival(x, lam, rest) - level, 0.05, 8.0, xtol=1e-9))
    print("\t".join([f"{xi}"] + [f"{p:.6f}" for p in points]), flush=True)
