"""Circular shifts of the release calendar: how many rotations reach the observed effects.

Every rotation moves all event rows by k places and fits the regression anew. Edges: `wrap` (rows and
windows modulo 732), `cut` (rows modulo 732, window days outside the sample dropped) and `full-window`
(rows 15..716 only, rotated modulo 702, so that no window leaves the sample). Counts include the
identity; values within 1e-9 standard deviations of the rotations' values count as equal. `plain`
is the cumulative effect, `studentised` the effect over its Newey-West error in calendar order.
The last columns are the observed value and the correlation of neighbouring rotations.

    python tests/reference/overlap_circular.py > tests/reference/overlap_circular.tsv
"""

import sys

from overlap_common import CONTRASTS, DAYS, REACH, SERIES, contrast_weights, design, effects, np, study

changes, rows = study()
n, weights = len(changes), contrast_weights()
print(f"# Python {sys.version.split()[0]}, numpy {np.__version__}")
print("edge\tseries\tcontrast\tday\tstatistic\trotations\tat_most\tat_least\tobserved\tneighbours")
for edge in ["wrap", "cut", "full-window"]:
    base = REACH if edge == "full-window" else 0
    rotations = n - 2 * base
    plain, studentised = [], []
    for first in range(0, rotations, 50):
        shift = np.arange(first, min(first + 50, rotations))[:, None]
        moved = [base + (group - base + shift) % rotations for group in rows]
        x = design(n, moved, wrap=edge == "wrap")
        value, error = effects(x, changes.astype(float), weights, errors=True)
        plain.append(value)
        studentised.append(value / error)
    both = {"plain": np.concatenate(plain), "studentised": np.concatenate(studentised)}
    for s, name in enumerate(SERIES):
        for i in range(weights.shape[1]):
            for statistic, values in both.items():
                v = values[:, i, s]
                assert len(v) == rotations and np.isfinite(v).all()
                near = 1e-9 * v.std()
                counts = (v <= v[0] + near).sum(), (v >= v[0] - near).sum()
                next_to = np.corrcoef(v, np.roll(v, 1))[0, 1]
                contrast, day = CONTRASTS[i // len(DAYS)], DAYS[i % len(DAYS)]
                print(
                    *(edge, name, contrast, day, statistic, rotations, *counts),
                    *(f"{v[0]:.16e}", f"{next_to:.6f}"),
                    sep="\t",
                )
