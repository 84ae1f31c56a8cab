"""Least absolute deviations of the event-window regression, and how far its solution is unique.

Same regressors as least squares; the linear program by scipy's HiGHS (dual simplex). The minimal
sum of absolute residuals is recomputed in exact fractions at the vertex that HiGHS returns (the rows
it fits exactly, solved over the rationals) and checked against the dual. Lines: series, contrast,
day, minimal sum as a fraction and as a number, the effect at that vertex, and the least and the
greatest effect over all coefficients whose sum is within 1e-7 of the minimum. Basis points.

    python tests/reference/overlap_lad.py > tests/reference/overlap_lad.tsv
"""

import sys
from fractions import Fraction

import scipy
import scipy.sparse
from overlap_common import CONTRASTS, DAYS, SERIES, contrast_weights, design, np, study
from scipy.optimize import linprog

TOLERANCES = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def exact_vertex(x, y):
    """The rational coefficients that fit these rows exactly; the rows have full column rank."""
    rows = [[Fraction(int(v)) for v in (*a, b)] for a, b in zip(x, y)]
    p = x.shape[1]
    for k in range(p):
        pivot = next(i for i in range(k, len(rows)) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for i in range(len(rows)):
            if i != k and rows[i][k]:
                factor = rows[i][k]
                rows[i] = [v - factor * u for v, u in zip(rows[i], rows[k])]
    assert not any(row[p] for row in rows[p:])
    return [row[p] for row in rows[:p]]


changes, events = study()
x = design(len(changes), events)[0]
(n, p), weights = x.shape, contrast_weights()
# Coefficients are free; positive and negative parts of the residuals are not negative.
equalities = scipy.sparse.csc_matrix(np.hstack([x, np.eye(n), -np.eye(n)]))
total = np.concatenate([np.zeros(p), np.ones(2 * n)])
bounds = [(None, None)] * p + [(0, None)] * (2 * n)


def solve(objective, y, **limits):
    fit = linprog(
        objective,
        A_eq=equalities,
        b_eq=y,
        bounds=bounds,
        method="highs-ds",
        options=TOLERANCES,
        **limits,
    )
    assert fit.status == 0, fit.message
    return fit


print(f"# Python {sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}")
print("series\tcontrast\tday\tminimum\tminimum_number\tvertex\tlow\thigh")
for s, name in enumerate(SERIES):
    y = changes[:, s].astype(float)
    fit = solve(total, y)
    fitted = np.abs(y - x @ fit.x[:p]) < 1e-8
    beta = exact_vertex(x[fitted], y[fitted])
    design_rows = [[int(v) for v in row] for row in x]
    minimum = sum(
        abs(int(v) - sum(a * b for a, b in zip(row, beta) if a)) for v, row in zip(y, design_rows)
    )
    dual = fit.eqlin.marginals
    assert np.abs(dual).max() <= 1 + 1e-9 and np.abs(x.T @ dual).max() < 1e-9
    assert abs(float(minimum) - dual @ y) < 1e-8
    cap = {"A_ub": scipy.sparse.csr_matrix(total), "b_ub": [float(minimum) + 1e-7]}
    for i in range(weights.shape[1]):
        w = np.concatenate([weights[:, i], np.zeros(2 * n)])
        low, high = solve(w, y, **cap).fun, -solve(-w, y, **cap).fun
        vertex = float(sum(int(a) * b for a, b in zip(weights[:, i], beta)))
        contrast, day = CONTRASTS[i // len(DAYS)], DAYS[i % len(DAYS)]
        numbers = (f"{v:.16e}" for v in (float(minimum), vertex, low, high))
        print(name, contrast, day, minimum, *numbers, sep="\t")
