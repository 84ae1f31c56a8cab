"""Exact p-values of tests of tables by SciPy, all arrangements made one by one.

Run from the repository's root: python3 tests/reference/table_scipy.py > tests/reference/table_scipy.tsv
The data are made up here, and written as CSV beside the others.
"""
import csv
import itertools

import numpy as np
import scipy
from scipy import stats

print(f"# SciPy {scipy.__version__}, NumPy {np.__version__}")
print("id\tobserved\tbelow\tequal\tabove")


def write(name, header, columns):
    with open(f"tests/data/tables/{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(*columns))


def count(name, observed, values):
    """Values within rounding of the observed one tie."""
    values = np.array(values, dtype=float)
    near = np.isclose(values, observed, rtol=1e-9, atol=1e-11)
    below = int(np.sum((values < observed) & ~near))
    above = int(np.sum((values > observed) & ~near))
    print(f"{name}\t{observed:.12g}\t{below}\t{int(near.sum())}\t{above}")


# Numbers by numbers: all arrangements of x over the rows that differ.
x = [1.2, 0.4, 2.5, 2.5, 3.1, 0.9, 1.7]
y = [2, 1, 5, 3, 3, 1, 4]
write("pairs", ["x", "y"], [x, y])
arrangements = sorted(set(itertools.permutations(x)))
for name, of in [
    ("pearson", lambda x: stats.pearsonr(x, y)[0]),
    ("spearman", lambda x: stats.spearmanr(x, y)[0]),
    ("kendall", lambda x: stats.kendalltau(x, y)[0]),
]:
    count(name, of(x), [of(a) for a in arrangements])

# Numbers by two groups.
g = ["b", "a", "b", "a", "b", "b", "a", "a", "b"]
z = [1.5, 2.25, 3.0, 2.25, 4.5, 2.0, 0.5, 1.25, 3.75]
write("two", ["z", "g"], [z, g])


def relabelings(groups):
    return sorted(set(itertools.permutations(groups)))


def split(groups, values, first, second):
    a = np.array([v for v, h in zip(values, groups) if h == first])
    b = np.array([v for v, h in zip(values, groups) if h == second])
    return a, b


for name, of in [
    ("student-t", lambda a, b: stats.ttest_ind(a, b).statistic),
    ("welch-t", lambda a, b: stats.ttest_ind(a, b, equal_var=False).statistic),
    ("difference-of-medians", lambda a, b: np.median(a) - np.median(b)),
    ("kolmogorov-smirnov", lambda a, b: stats.ks_2samp(a, b).statistic),
    ("ratio-of-variances", lambda a, b: np.log(np.var(a, ddof=1) / np.var(b, ddof=1))),
    ("difference-of-means", lambda a, b: np.mean(a) - np.mean(b)),
]:
    count(name, of(*split(g, z, "b", "a")), [of(*split(h, z, "b", "a")) for h in relabelings(g)])

# Numbers by three groups, within two strata of four rows.
h = ["u", "v", "w", "u", "v", "w", "u", "u", "w"]
v = [3.0, 5.5, 6.0, 2.5, 4.0, 7.5, 4.0, 3.5, 5.0]
write("three", ["v", "h"], [v, h])
three = relabelings(h)


def parts(groups, values):
    return [np.array([x for x, k in zip(values, groups) if k == name]) for name in "uvw"]


def jonckheere(groups):
    sets = parts(groups, v)
    total = 0.0
    for i, j in itertools.combinations(range(3), 2):
        for a in sets[i]:
            total += np.sum(sets[j] > a) + 0.5 * np.sum(sets[j] == a)
    return total


for name, of in [
    ("f", lambda k: stats.f_oneway(*parts(k, v)).statistic),
    ("kruskal-wallis", lambda k: stats.kruskal(*parts(k, v)).statistic),
    ("jonckheere-terpstra", jonckheere),
]:
    count(name, of(h), [of(k) for k in three])

# Categories by groups.
c = ["yes", "no", "yes", "maybe", "no", "yes", "maybe", "no", "yes"]
write("categories", ["c", "h"], [c, h])


def chi(groups):
    table = [[sum(a == x and b == y for a, b in zip(c, groups)) for y in "uvw"] for x in ["yes", "no", "maybe"]]
    return stats.chi2_contingency(table, correction=False).statistic


def linear(groups):
    rows = {"yes": 1, "no": 2, "maybe": 3}
    columns = {"u": 1, "v": 2, "w": 3}
    return sum(rows[a] * columns[b] for a, b in zip(c, groups))


count("chi-squared", chi(h), [chi(k) for k in three])
count("linear-by-linear", linear(h), [linear(k) for k in three])

# Two groups within strata, by cluster, and both; one sample by cluster.
s = ["p", "p", "p", "q", "q", "q", "q", "p", "q", "q", "p", "q"]
k = ["c1", "c1", "c2", "c4", "c4", "c5", "c5", "c3", "c6", "c6", "c2", "c7"]
t = ["a", "a", "b", "a", "a", "b", "b", "b", "b", "b", "b", "a"]
o = [4.5, 3.0, 2.0, 5.5, 6.0, 1.0, 2.5, 3.5, 4.0, 1.5, 2.5, 7.0]
d = [4, -3, 2, 5, -6, 1, 2, -3, 4, 1, 2, -7]
write("design", ["o", "t", "s", "k", "d"], [o, t, s, k, d])
means = lambda groups: np.mean([x for x, m in zip(o, groups) if m == "a"]) - np.mean(
    [x for x, m in zip(o, groups) if m == "b"]
)


def within(strata, groups):
    """All ways to deal groups anew in each stratum."""
    names = sorted(set(strata))
    rows = [[i for i, m in enumerate(strata) if m == name] for name in names]
    ways = [sorted(set(itertools.permutations([groups[i] for i in part]))) for part in rows]
    for choice in itertools.product(*ways):
        dealt = list(groups)
        for part, labels in zip(rows, choice):
            for i, label in zip(part, labels):
                dealt[i] = label
        yield dealt


count("within", means(t), [means(m) for m in within(s, t)])
names = list(dict.fromkeys(k))
label = {name: t[k.index(name)] for name in names}
stratum = {name: s[k.index(name)] for name in names}
by_cluster = sorted(set(itertools.permutations([label[name] for name in names])))
spread = lambda labels: [dict(zip(names, labels))[name] for name in k]
count("by cluster", means(t), [means(spread(labels)) for labels in by_cluster])
both = list(within([stratum[name] for name in names], [label[name] for name in names]))
count("within, by cluster", means(t), [means(spread(labels)) for labels in both])
signs = list(itertools.product([1, -1], repeat=len(d)))
count("signs", np.mean(d), [np.mean(np.array(d) * e) for e in signs])
by = list(itertools.product([1, -1], repeat=len(names)))
count("signs by cluster", np.mean(d), [np.mean([x * dict(zip(names, e))[m] for x, m in zip(d, k)]) for e in by])
one = lambda x: np.mean(x) / (np.std(x, ddof=1) / np.sqrt(len(x)))
count("one-sample student-t", one(d), [one(np.array(d) * e) for e in signs])
shifted = [stats.pearsonr(o, np.roll(d, -i))[0] for i in range(len(d))]
count("circular-shift pearson", shifted[0], shifted)
