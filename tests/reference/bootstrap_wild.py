"""Wild bootstraps of a regression by wildboottest 0.3.2 (statsmodels 0.15.0, NumPy 2.4.6, Python 3.11.7), and by brute force: each
set of signs, a regression each.

python3 bootstrap_wild.py > bootstrap_wild.tsv

`states.csv` is made here too. wildboottest counts strictly larger values of its own size; `above` and `equal` are
those of the brute force, of all 2^G signs (or of the rows' 20,000 draws: `wild`, where its p is compared).
"""

import csv
import itertools
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm
from wildboottest.wildboottest import WildboottestCL, WildboottestHC

here = pathlib.Path(__file__).parent
path = here.parent / "data" / "tables" / "states.csv"

rng = np.random.default_rng(20190402)
sizes = [5, 9, 12, 8, 20, 7, 15, 11, 6, 14]
state = np.repeat(np.arange(10), sizes)
treated = np.isin(state, [1, 3, 4, 8]).astype(int)
x = np.round(rng.standard_normal(len(state)) + 0.3 * state, 2)
y = np.round(0.5 * treated + 0.2 * x + 0.6 * rng.standard_normal(10)[state] + rng.standard_normal(len(state)), 2)
with open(path, "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["y", "treated", "x", "state", "five"])
    for row in zip(y, treated, x, state):
        out.writerow([*row[:3], f"s{row[3]}", f"f{row[3] // 2}"])

frame = pd.read_csv(path)
X = np.column_stack([np.ones(len(frame)), frame["treated"], frame["x"]])
Y = frame["y"].to_numpy()


def brute(column, clusters, restricted, null=0.0):
    """above, equal, t, and the standard error."""
    codes, names = pd.factorize(clusters)
    groups, (n, k) = len(names), X.shape
    inverse = np.linalg.inv(X.T @ X)

    def t_of(outcome, center):
        beta = inverse @ X.T @ outcome
        u = outcome - X @ beta
        scores = np.zeros((groups, k))
        np.add.at(scores, codes, X * u[:, None])
        meat = scores.T @ scores * groups / (groups - 1) * (n - 1) / (n - k)
        se = np.sqrt((inverse @ meat @ inverse)[column, column])
        return (beta[column] - center) / se, se

    t, se = t_of(Y, null)
    others = np.delete(X, column, axis=1)
    if restricted:
        shifted = Y - null * X[:, column]
        fitted = others @ np.linalg.lstsq(others, shifted, rcond=None)[0] + null * X[:, column]
        centre = null
    else:
        beta = inverse @ X.T @ Y
        fitted, centre = X @ beta, beta[column]
    u = Y - fitted
    above = equal = 0
    for signs in itertools.product([1.0, -1.0], repeat=groups):
        drawn = abs(t_of(fitted + np.array(signs)[codes] * u, centre)[0])
        tie = abs(drawn - abs(t)) <= 1e-9 * abs(t)
        equal += tie
        above += drawn > abs(t) and not tie
    return above, equal, t, se


def by_wildboottest(column, clusters, restricted):
    R = np.zeros(3)
    R[column] = 1
    wb = WildboottestCL(X=X, Y=Y, cluster=pd.Series(pd.factorize(clusters)[0]), R=R, B=99999, seed=1, parallel=False)
    wb.get_scores(bootstrap_type="11", impose_null=restricted)
    wb.get_weights(weights_type="rademacher")
    wb.get_numer()
    wb.get_denom()
    wb.get_tboot()
    wb.get_vcov()
    wb.get_tstat()
    wb.get_pvalue(pval_type="two-tailed")
    return float(np.squeeze(wb.pvalue)), float(np.squeeze(wb.t_stat))


print("# wildboottest 0.3.2: bootstrap_wild.py")
print("coefficient\tcluster\tresiduals\tnull\tabove\tequal\tsigns\tt\tstandard_error\tp_wildboottest")
for column, name in enumerate(["(intercept)", "treated", "x"]):
    for cluster in ("state", "five"):
        for restricted in (True, False):
            above, equal, t, se = brute(column, frame[cluster], restricted)
            p, _ = by_wildboottest(column, frame[cluster], restricted)
            word = "restricted" if restricted else "unrestricted"
            signs = 2 ** frame[cluster].nunique()
            print(name, cluster, word, 0, above, equal, signs, repr(float(t)), repr(float(se)), repr(p), sep="\t")
above, equal, t, se = brute(1, frame["state"], True, 0.8)
print("treated", "state", "restricted", 0.8, above, equal, 1024, repr(float(t)), repr(float(se)), "nan", sep="\t")
# Rows: HC1 and draws.
R = np.array([0, 1, 0])
wb = WildboottestHC(X=X, Y=Y, R=R, r=0, B=400_000, seed=1)
wb.get_adjustments(bootstrap_type="11")
wb.get_uhat(impose_null=True)
wb.get_tboot(weights_type="rademacher")
wb.get_tstat()
wb.get_pvalue(pval_type="two-tailed")
hc = sm.OLS(Y, X).fit(cov_type="HC1")
print("treated", "-", "restricted", 0, "nan", "nan", 400_000, repr(float(hc.tvalues[1])), repr(float(hc.bse[1])),
      repr(float(np.squeeze(wb.pvalue))), sep="\t")
