"""The event-window regression on the observed releases: statsmodels OLS with HAC errors.

Ordinary least squares with one coefficient per group and relative day plus a constant; Newey-West
covariance with Bartlett weights 1 - l/31 over 30 lags, no small-sample factor; normal p values.
Lines: series, contrast, day, cumulative effect, its error, p, the day's own coefficient, its error.
The line with contrast `constant` has `.` as day and in the last two columns. Basis points.

    python tests/reference/overlap_observed.py > tests/reference/overlap_observed.tsv
"""

import sys

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from overlap_common import CONTRASTS, LAGS, REACH, SERIES, contrast_weights, design, study


def show(*fields):
    print(*(f"{x:.16e}" if isinstance(x, float) else x for x in fields), sep="\t")


changes, rows = study()
x = design(len(changes), rows)[0]
days = range(-REACH, REACH + 1)
cumulative = contrast_weights(days)
print(
    f"# Python {sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__},"
    f" statsmodels {statsmodels.__version__}; {x.shape[0]} rows, {x.shape[1]} coefficients"
)
print("series\tcontrast\tday\teffect\terror\tp\tcoefficient\tcoefficient_error")
for s, name in enumerate(SERIES):
    options = {"maxlags": LAGS, "use_correction": False}
    fit = sm.OLS(changes[:, s].astype(float), x).fit(cov_type="HAC", cov_kwds=options, use_t=False)
    steps = cumulative.copy().T.reshape(3, len(days), -1)
    steps[:, 1:] -= steps[:, :-1].copy()
    total, step = fit.t_test(cumulative.T), fit.t_test(steps.reshape(cumulative.T.shape))
    for i in range(3 * len(days)):
        contrast, day = CONTRASTS[i // len(days)], days[i % len(days)]
        cumulated = float(total.effect[i]), float(np.ravel(total.sd)[i]), float(total.pvalue[i])
        show(name, contrast, day, *cumulated, float(step.effect[i]), float(np.ravel(step.sd)[i]))
    constant = (float(values[-1]) for values in (fit.params, fit.bse, fit.pvalues))
    show(name, "constant", ".", *constant, ".", ".")
