"""Coefficients beside nuisance columns, all arrangements made one by one by NumPy and statsmodels.

Run from the repository's root: python3 tests/reference/table_coefficient.py > tests/reference/table_coefficient.tsv
The experiment npk is R's `npk` (Venables and Ripley, Modern Applied Statistics with S, from Imperial College);
the other data are made up here. All are written as CSV beside the others.

`naive` counts what plain comparison of floats would call equal.
"""
import csv
import itertools

import numpy as np
import statsmodels
import statsmodels.api as sm

print(f"# statsmodels {statsmodels.__version__}, NumPy {np.__version__}")
print("id\tobserved\tbelow\tequal\tabove\tsingular\tnaive")


def write(name, header, columns):
    with open(f"tests/data/tables/{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(*columns))


def count(name, observed, values):
    """Values within rounding of the observed one tie; None: no value."""
    given = np.array([v for v in values if v is not None], dtype=float)
    near = np.isclose(given, observed, rtol=1e-9, atol=1e-11)
    below = int(np.sum((given < observed) & ~near))
    above = int(np.sum((given > observed) & ~near))
    naive = int(np.sum(given == observed))
    print(f"{name}\t{observed:.12g}\t{below}\t{int(near.sum())}\t{above}\t{len(values) - len(given)}\t{naive}")


def fit(y, x, nuisance, error="none", clusters=None):
    """The coefficient of x beside the nuisance columns and a constant, or its t; None of collinear ones."""
    design = np.column_stack([x, np.ones(len(x))] + [np.asarray(z, dtype=float) for z in nuisance])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    model = sm.OLS(np.asarray(y, dtype=float), design)
    if error == "none":
        return model.fit().params[0]
    if error == "HC1":
        return model.fit(cov_type="HC1").tvalues[0]
    if error == "cluster":
        codes = {name: code for code, name in enumerate(dict.fromkeys(clusters))}
        groups = np.array([codes[name] for name in clusters])
        return model.fit(cov_type="cluster", cov_kwds={"groups": groups}).tvalues[0]
    return model.fit().tvalues[0]


def dummies(values):
    names = list(dict.fromkeys(values))
    return [[float(v == name) for v in values] for name in names[1:]]


def arrangements(values, strata=None):
    """All arrangements that differ, within strata."""
    strata = strata or [0] * len(values)
    rows = [[i for i, s in enumerate(strata) if s == name] for name in sorted(set(strata))]
    ways = [sorted(set(itertools.permutations([values[i] for i in part]))) for part in rows]
    for choice in itertools.product(*ways):
        dealt = list(values)
        for part, way in zip(rows, choice):
            for i, value in zip(part, way):
                dealt[i] = value
        yield np.array(dealt, dtype=float)


# N, P and K in six blocks of four plots.
block = [1 + i // 4 for i in range(24)]
N = [0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0]
P = [1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0]
K = [1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0]
yields = [49.5, 62.8, 46.8, 57.0, 59.8, 58.5, 55.5, 56.0, 62.8, 55.8, 69.5, 55.0,
          62.0, 48.8, 45.5, 44.2, 52.0, 51.5, 49.8, 48.8, 57.2, 59.0, 53.2, 56.0]
write("npk", ["block", "N", "P", "K", "yield"], [block, N, P, K, yields])
within = list(arrangements(N, block))
assert len(within) == 6**6


def many(nuisance, robust):
    """The same for all assignments of N: by matrices, as statsmodels would take minutes."""
    y = np.array(yields)
    z = np.column_stack([np.ones(24)] + [np.asarray(c, dtype=float) for c in nuisance])
    values = []
    for x in within:
        design = np.column_stack([x, z])
        gram = design.T @ design
        if np.linalg.matrix_rank(design) < design.shape[1]:
            values.append(None)
            continue
        inverse = np.linalg.inv(gram)
        beta = inverse @ design.T @ y
        if not robust:
            values.append(beta[0])
            continue
        residuals = y - design @ beta
        meat = (design * residuals[:, None] ** 2).T @ design
        n, p = design.shape
        variance = (inverse @ meat @ inverse)[0, 0] * n / (n - p)
        values.append(beta[0] / np.sqrt(variance))
    return values


count("npk N + P + K | block", fit(yields, N, [P, K]), many([P, K], False))
blocks = dummies(block)
count("npk N + P + K + factor(block) | block", fit(yields, N, [P, K] + blocks), many([P, K] + blocks, False))
count("npk N + P + K | block coefficient-t", fit(yields, N, [P, K], "HC1"), many([P, K], True))

# Seven rows with tenths, of which floats are not the sums.
x = [0.1, 0.2, 0.4, 0.3, 0.7, 0.6, 0.8]
z = [1, 3, 2, 5, 4, 7, 6]
y = [0.3, 0.1, 0.4, 0.8, 0.5, 0.9, 1.6]
g = ["b", "a", "b", "a", "b", "a", "a"]
write("seven", ["y", "x", "z", "g"], [y, x, z, g])
of_g = [float(v == "b") for v in g]
for name, values, nuisance in [("x", x, []), ("x + z", x, [z]), ("g + z", of_g, [z]), ("g + x + z", of_g, [x, z])]:
    for error, suffix in [("none", ""), ("HC1", " coefficient-t")]:
        ways = list(arrangements(values))
        count(f"seven {name}{suffix}", fit(y, values, nuisance, error), [fit(y, w, nuisance, error) for w in ways])

# Freedman and Lane, Manly, ter Braak: all permutations of the rows, by refitting.
one = np.ones(7)
rows = list(itertools.permutations(range(7)))
for name, values, nuisance in [("x + z", x, [z]), ("g + z", of_g, [z])]:
    observed = fit(y, values, nuisance, "classical")
    left = np.column_stack([one] + nuisance)
    fitted = left @ np.linalg.lstsq(left, np.array(y), rcond=None)[0]
    residuals = np.array(y) - fitted
    shuffled = [fitted + residuals[list(p)] for p in rows]
    count(f"seven {name} freedman-lane", observed, [fit(w, values, nuisance, "classical") for w in shuffled])
    shuffled = [np.array(y)[list(p)] for p in rows]
    count(f"seven {name} manly", observed, [fit(w, values, nuisance, "classical") for w in shuffled])
    full = np.column_stack([values, left])
    fitted = full @ np.linalg.lstsq(full, np.array(y), rcond=None)[0]
    slope = np.linalg.lstsq(full, np.array(y), rcond=None)[0][0]
    residuals = np.array(y) - fitted
    drawn = []
    for p in rows:
        model = sm.OLS(fitted + residuals[list(p)], full).fit()
        drawn.append((model.params[0] - slope) / model.bse[0])
    count(f"seven {name} ter-braak", observed, drawn)

# Within strata, by cluster, both; a factor with text.
s = ["p", "p", "p", "p", "q", "q", "q", "q"]
w = [3, 1, 2, 5, 4, 2, 6, 1]
v = [1.5, 2.5, 2.5, 4.0, 3.5, 1.0, 2.0, 3.0]
u = [2, 2, 4, 7, 6, 1, 5, 3]
m = ["k", "l", "l", "k", "m", "k", "m", "l"]
write("strata", ["u", "v", "w", "s", "m"], [u, v, w, s, m])
for nuisance, name in [([w], "v + w"), (dummies(s), "v + s"), (dummies(m), "v + m")]:
    observed = fit(u, v, nuisance, "classical")
    left = np.column_stack([np.ones(8)] + nuisance)
    fitted = left @ np.linalg.lstsq(left, np.array(u, dtype=float), rcond=None)[0]
    residuals = np.array(u) - fitted
    # Rows that share all of what the residuals are made of are one: exchanging them changes nothing.
    same = list(zip(u, *nuisance))
    order = list(arrangements([same.index(row) for row in same], s))
    shuffled = [fitted + residuals[p.astype(int)] for p in order]
    count(f"strata {name} | s freedman-lane", observed, [fit(t, v, nuisance, "classical") for t in shuffled])
    ways = list(arrangements(v, s))
    count(f"strata {name} | s", fit(u, v, nuisance), [fit(u, t, nuisance) for t in ways])

k = ["c1", "c1", "c2", "c3", "c3", "c4", "c5", "c5", "c5", "c6", "c7", "c7"]
t = [1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0]
o = [4.5, 3.0, 2.0, 5.5, 6.0, 1.0, 2.5, 3.5, 4.0, 1.5, 2.5, 7.0]
a = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
f = ["d", "d", "d", "e", "e", "d", "e", "e", "e", "d", "d", "d"]
write("clusters", ["o", "t", "a", "k", "f"], [o, t, a, k, f])
names = list(dict.fromkeys(k))
of_cluster = [t[k.index(name)] for name in names]
spread = lambda labels: [dict(zip(names, labels))[name] for name in k]
ways = [spread(labels) for labels in sorted(set(itertools.permutations(of_cluster)))]
count("clusters t + a by k", fit(o, t, [a]), [fit(o, x, [a]) for x in ways])
count("clusters t + a by k coefficient-t", fit(o, t, [a], "cluster", k), [fit(o, x, [a], "cluster", k) for x in ways])
strata = [f[k.index(name)] for name in names]
ways = [spread(labels) for labels in arrangements(of_cluster, strata)]
count("clusters t + a | f by k", fit(o, t, [a]), [fit(o, x, [a]) for x in ways])

# Assignments that equal a nuisance column have no coefficient.
r = [1, 1, 0, 0, 1, 0, 0, 1]
q = [1, 0, 1, 0, 1, 0, 1, 0]
e = [2, 3, 5, 7, 11, 13, 17, 19]
write("singular", ["e", "r", "q"], [e, r, q])
ways = list(arrangements(r))
count("singular r + q", fit(e, r, [q]), [fit(e, x, [q]) for x in ways])
count("singular r + q coefficient-t", fit(e, r, [q], "HC1"), [fit(e, x, [q], "HC1") for x in ways])
