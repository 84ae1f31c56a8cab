"""Writes docs/parity.md: the same data through placebo and through other packages, side by side.

In an environment with the wheel and these versions (scipy 1.17.1, arch 8.0.0, pyfixest 0.60.0,
statsmodels 0.15.0), and with Rscript 4.2 (coin 1.4, boot 1.3), from the repository's root:

    python tests/outside/parity.py > docs/parity.md

Every line that says `equal` is checked here; the script fails where one is not.
"""

import csv
import importlib.metadata as metadata
import math
import subprocess
import sys
import warnings

import numpy as np
import pyplacebo as pb

warnings.filterwarnings("ignore")
DATA = "tests/data/"


def table(name):
    with open(DATA + name, newline="") as file:
        rows = list(csv.DictReader(file))

    def cells(key):
        texts = [row[key] for row in rows]
        try:
            return np.array([float(text) for text in texts])
        except ValueError:
            return np.array(texts)

    return {key: cells(key) for key in rows[0]}


def version(package):
    return f"{package} {metadata.version(package)}"


def r(code):
    """The numbers that R prints, a line each."""
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


LINES = []


def heading(text):
    LINES.extend(["", f"## {text}", "", "| question | placebo | the other | |", "|---|---|---|---|"])


def line(question, ours, theirs, other, within=1e-10, why=None):
    """A row of the page: equal numbers, or why they are not."""
    ours, theirs = float(ours), float(theirs)
    is_equal = math.isclose(ours, theirs, rel_tol=within, abs_tol=within)
    if is_equal:
        said = "equal" if why is None else f"equal; {why}"
    else:
        if why is None:
            sys.exit(f"{question}: {ours!r} is not {theirs!r}")
        said = why
    LINES.append(f"| {question} | {ours:.10g} | {theirs:.10g} ({other}) | {said} |")


def scipy_tests():
    from scipy import stats

    heading("Permutation tests: scipy.stats")
    other = version("scipy")
    plants = table("tables/plants.csv")
    y, first = plants["weight"], plants["group"] == "ctrl"
    difference = lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis)
    for alternative in ("two-sided", "less", "greater"):
        ours = pb.test("weight ~ group", plants, alternative=alternative)
        theirs = stats.permutation_test(
            (y[first], y[~first]), difference, vectorized=True, n_resamples=np.inf, alternative=alternative
        )
        line(f"difference of means, all sets, {alternative}", ours.pvalue, theirs.pvalue, other)
    sleep = table("tables/sleep.csv")
    gain = sleep["second"] - sleep["first"]
    ours = pb.test("second - first ~ 1", sleep, statistic="mean")
    theirs = stats.permutation_test(
        (gain,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", vectorized=True, n_resamples=np.inf
    )
    line("mean of pairs, all signs", ours.pvalue, theirs.pvalue, other)
    x, y = np.array([1.0, 2, 3, 4, 5, 6, 7, 8.5]), np.array([3.0, 1, 4, 1.5, 5, 9, 2, 6])
    pearson = lambda x: stats.pearsonr(x, y).statistic
    ours = pb.test("y ~ x", {"x": x, "y": y}, statistic="pearson")
    theirs = stats.permutation_test((x,), pearson, permutation_type="pairings", n_resamples=np.inf)
    line("Pearson's correlation, all pairings", ours.pvalue, theirs.pvalue, other)
    ours = pb.test("weight ~ group", plants, statistic="rank-sum")
    theirs = stats.mannwhitneyu(plants["weight"][first], plants["weight"][~first], method="exact")
    line(
        "Wilcoxon's rank sum, exact",
        ours.pvalue,
        theirs.pvalue,
        other,
        why="these weights have ties: SciPy's exact law is that without ties, placebo's that of the mid-ranks as they are",
    )
    ours = pb.test("weight ~ group", plants, exact=False, draws=9999, seed=1)
    rng = np.random.default_rng(1)
    theirs = stats.permutation_test(
        (plants["weight"][first], plants["weight"][~first]), difference, vectorized=True, n_resamples=9999, rng=rng
    )
    low, high = ours["p_mc_low"][0], ours["p_mc_high"][0]
    assert low <= theirs.pvalue <= high or abs(theirs.pvalue - ours.pvalue) < 0.02
    line(
        "the same by 9999 draws",
        ours.pvalue,
        theirs.pvalue,
        other,
        why=f"other draws of one law, with (b + 1)/(m + 1) in both; placebo's interval is {low:.4f} to {high:.4f}",
    )
    near = {"y": np.array([0.1, 0.2, 0.3, 0.4]), "g": np.array(["a", "b", "b", "a"])}
    ours = pb.test("y ~ g", near, alternative="greater")
    theirs = stats.permutation_test(
        (near["y"][[0, 3]], near["y"][[1, 2]]), difference, vectorized=True, n_resamples=np.inf, alternative="greater"
    )
    line(
        "ties of decimals: 0.1 + 0.4 beside 0.2 + 0.3",
        ours.pvalue,
        theirs.pvalue,
        other,
        why="placebo adds whole numbers of tenths, SciPy floats within a tolerance of 1e-14",
    )


def arch_bootstraps():
    from arch.bootstrap import IIDBootstrap, optimal_block_length

    heading("Bootstraps: arch and scipy.stats")
    nile = table("nile.csv")
    flow = nile["flow"]
    blocks = optimal_block_length(flow)
    for scheme, column in (("stationary", "stationary"), ("circular-block", "circular")):
        ours = pb.bootstrap(nile, "mean", "flow", scheme=scheme, draws=100, exact=False)
        line(f"length of blocks, {scheme}", ours["block_auto"][0], blocks[column].iloc[0], version("arch"), 1e-9)
    law = pb.bootstrap(nile, "mean", "flow", interval="percentile")
    arch = IIDBootstrap(flow, seed=1)
    low, high = arch.conf_int(lambda x: x.mean(), reps=20_000, method="percentile").ravel()
    why = "placebo's is the law of all samples, by a convolution; 20,000 draws come near it"
    line("percentile interval of a mean, low", law.confidence_interval.low, low, version("arch"), why=why)
    line("percentile interval of a mean, high", law.confidence_interval.high, high, version("arch"), why=why)
    line("standard error of a mean", law.standard_error, flow.std() / math.sqrt(len(flow)), version("numpy"))
    from scipy import stats

    rows = lambda x, axis: np.median(x, axis=axis)
    theirs = stats.bootstrap((flow,), rows, n_resamples=20_000, rng=np.random.default_rng(1), method="percentile")
    ours = pb.bootstrap(nile, "median", "flow", interval="percentile")
    line(
        "percentile interval of a median, low",
        ours.confidence_interval.low,
        theirs.confidence_interval.low,
        version("scipy"),
        why="placebo's is exact, from the binomial law of ranks",
    )


def regressions():
    import pandas
    import pyfixest
    import statsmodels.api as sm

    heading("Regressions: statsmodels and pyfixest")
    states = pandas.read_csv(DATA + "tables/states.csv")
    fit = sm.OLS(states["y"], sm.add_constant(states[["treated", "x"]])).fit()
    ours = pb.test("y ~ treated + x", states, coefficient="treated", statistic="coefficient", draws=999, exact=False)
    line("least-squares coefficient", ours.statistic, fit.params["treated"], version("statsmodels"), 1e-9)
    clustered = fit.get_robustcov_results("cluster", groups=states["state"])
    wild = pb.bootstrap(
        states, "ols", "y ~ treated + x", coefficient="treated", scheme="wild", cluster="state", draws=9999, seed=1
    )
    line("t with errors by cluster", wild["t"][0], clustered.tvalues[1], version("statsmodels"), 1e-9)
    model = pyfixest.feols("y ~ treated + x", states, vcov={"CRV1": "state"})
    line("the same", wild["t"][0], model.tstat()["treated"], version("pyfixest"), 1e-9)
    model = pyfixest.feols("y ~ treated + x", states)
    theirs = model.ritest("treated", reps=9999, rng=np.random.default_rng(1), choose_algorithm="slow")
    ours = pb.test(
        "y ~ treated + x",
        states,
        coefficient="treated",
        statistic="coefficient",
        convention="symmetric",
        draws=9999,
        exact=False,
        device="cpu",
    )
    line(
        "p of the coefficient, treatment dealt anew 9999 times",
        ours.pvalue,
        theirs["Pr(>|t|)"],
        version("pyfixest"),
        why="other draws of one law; placebo counts the observed one, (b + 1)/(m + 1)",
    )


def of_r():
    heading("R: coin and boot")
    coin = "R 4.2, coin 1.4"
    plants = table("tables/plants.csv")
    code = f"""suppressMessages(library(coin)); d <- read.csv("{DATA}tables/plants.csv"); d$group <- factor(d$group)
    for (f in c(wilcox_test, oneway_test)) for (a in c("two.sided", "less", "greater"))
      cat(format(pvalue(f(weight ~ group, d, distribution = "exact", alternative = a)), digits = 16), "\\n")"""
    theirs = iter(r(code))
    for statistic in ("rank-sum", "difference-of-means"):
        for alternative in ("two-sided", "less", "greater"):
            ours = pb.test("weight ~ group", plants, statistic=statistic, alternative=alternative)
            convention = "symmetric" if alternative == "two-sided" else None
            if convention:
                ours = pb.test("weight ~ group", plants, statistic=statistic, convention=convention)
            line(f"{statistic}, exact, {alternative}", ours.pvalue, next(theirs), coin, 1e-9)
    code = f"""x <- read.csv("{DATA}nile.csv")$flow; suppressMessages(library(boot)); set.seed(1)
    b <- boot(x, function(d, i) mean(d[i]), 20000); ci <- boot.ci(b, type = "bca")
    cat(format(c(ci$bca[4:5]), digits = 16), sep = "\\n")"""
    low, high = r(code)
    ours = pb.bootstrap(table("nile.csv"), "mean", "flow", interval="bca")
    why = "placebo's is the law of all samples; boot has 20,000 draws"
    line("BCa interval of a mean, low", ours.confidence_interval.low, low, "R 4.2, boot 1.3", why=why)
    line("BCa interval of a mean, high", ours.confidence_interval.high, high, "R 4.2, boot 1.3", why=why)


def main():
    print("# Beside other packages\n")
    print("The same data through placebo and through others; where numbers differ, why. `tests/outside/parity.py` writes")
    print("this page, and checks what it calls equal to ten digits. Two-sided p are twice the smaller tail, as SciPy's,")
    print("and with `convention=\"symmetric\"` count both sides of the expectation, as coin's.")
    for part in (scipy_tests, arch_bootstraps, regressions, of_r):
        part()
    print("\n".join(LINES))


main()
