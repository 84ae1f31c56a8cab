"""Sizes of tests of a coefficient where the effect is zero on average and moves the spread.

Run from the repository's root: python3 tests/reference/weak_null.py > tests/reference/weak_null.tsv
A fifth of the rows is treated at random and has three times the spread of the others; one column is beside.
"""
import numpy as np

DRAWS, LEVEL = 199, 0.05
numbers = np.random.default_rng(3)
print(f"# NumPy {np.__version__}")
print("rows\tstatistic\tsize")
for rows, sets in [(60, 20_000), (600, 4_000)]:
    treated = rows // 5
    rejected = np.zeros(2)
    for _ in range(sets):
        z = numbers.normal(size=rows)
        x = np.zeros(rows)
        x[numbers.permutation(rows)[:treated]] = 1
        y = z + numbers.normal(size=rows) * np.where(x == 1, 3.0, 1.0)
        basis, _ = np.linalg.qr(np.column_stack([np.ones(rows), z]))
        left = lambda v: v - basis @ (basis.T @ v)
        dealt = np.stack([x] + [x[numbers.permutation(rows)] for _ in range(DRAWS)], 1)
        rest, outcome = left(dealt), left(y)[:, None]
        slopes = (rest * outcome).sum(0) / (rest**2).sum(0)
        errors = np.sqrt(((rest * (outcome - rest * slopes)) ** 2).sum(0)) / (rest**2).sum(0)
        for which, values in enumerate([slopes, slopes / errors]):
            tails = [(values[1:] <= values[0]).sum(), (values[1:] >= values[0]).sum()]
            p = min(1.0, 2 * (min(tails) + 1) / (DRAWS + 1))
            rejected[which] += p <= LEVEL
    for name, count in zip(["coefficient", "coefficient-t"], rejected):
        print(f"{rows}\t{name}\t{count / sets:.4f}")
