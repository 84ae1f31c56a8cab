"""Monte Carlo laws of the event-window regression under random events and random labels.

Nulls: `full-window` (23 + 24 distinct rows drawn from the 702 whose window is inside the sample),
`cut` (distinct rows drawn from all 732, window days outside the sample dropped), `labels` (the 47
event rows stay, 23 of them drawn as open), `labels-together` (the same, given that the two releases
of one day have the same label), `labels-days` (23 of the 46 days drawn as open, a day's events
stay together, so that the sizes vary). Every draw refits the regression, all series at once.
Counts are of draws at most and at least the observed value (1e-9 apart counts as equal), for the
plain effect and, in the first draws only, for the effect over its Newey-West error.

    python tests/reference/overlap_monte_carlo.py > tests/reference/overlap_monte_carlo.tsv
"""

import sys

from overlap_common import CONTRASTS, DAYS, REACH, SERIES, contrast_weights, design, effects, np, study

DRAWS, STUDENTISED, BATCH = 300_000, 20_000, 50
SEED = 20251217


def pick(rng, size, pool):
    """BATCH orders of a pool of rows, the first `size` of each."""
    return pool[rng.random((BATCH, len(pool))).argsort(axis=1)[:, :size]]


def random_rows(rng, pool, sizes):
    rows = pick(rng, sum(sizes), pool)
    return rows[:, : sizes[0]], rows[:, sizes[0] :]


def together(rng, events, sizes, pair):
    """Labels by rejection: only those in which the two events of one day agree."""
    kept = np.empty((0, len(events)), dtype=int)
    while len(kept) < BATCH:
        order = pick(rng, len(events), np.arange(len(events)))
        first = [(order[:, : sizes[0]] == event).any(axis=1) for event in pair]
        kept = np.concatenate([kept, order[first[0] == first[1]]])
    rows = events[kept[:BATCH]]
    return rows[:, : sizes[0]], rows[:, sizes[0] :]


def by_days(rng, events, sizes, pair, n):
    """Half of the days are open; the second event of the double day follows the first."""
    double = events[pair[0]]
    days = pick(rng, len(events) - 1, np.unique(events))
    halves = days[:, : sizes[0]], days[:, sizes[0] :]
    extra = [np.where((half == double).any(axis=1), double, n)[:, None] for half in halves]
    return [np.hstack([half, more]) for half, more in zip(halves, extra)]


changes, groups = study()
n, weights, y = len(changes), contrast_weights(), changes.astype(float)
sizes, events = [len(group) for group in groups], np.concatenate(groups)
pair = [i for i, event in enumerate(events) if (events == event).sum() == 2]
assert len(pair) == 2
nulls = {
    "full-window": lambda rng: random_rows(rng, np.arange(REACH, n - REACH), sizes),
    "cut": lambda rng: random_rows(rng, np.arange(n), sizes),
    "labels": lambda rng: random_rows(rng, events, sizes),
    "labels-together": lambda rng: together(rng, events, sizes, pair),
    "labels-days": lambda rng: by_days(rng, events, sizes, pair, n),
}
value, error = effects(design(n, groups), y, weights, errors=True)
observed = {"plain": value[0], "studentised": (value / error)[0]}
seeds = f"seeds [{SEED}, index of the null]"
print(f"# Python {sys.version.split()[0]}, numpy {np.__version__}, default_rng, {seeds}")
print("null\tseries\tcontrast\tday\tstatistic\tdraws\tat_most\tat_least")
for index, (null, draw) in enumerate(nulls.items()):
    rng = np.random.default_rng([SEED, index])
    counts = {key: np.zeros((2, *v.shape), dtype=int) for key, v in observed.items()}
    for done in range(0, DRAWS, BATCH):
        x = design(n, draw(rng))
        if done < STUDENTISED:
            value, error = effects(x, y, weights, errors=True)
            found = {"plain": value, "studentised": value / error}
        else:
            found = {"plain": effects(x, y, weights)}
        for key, values in found.items():
            counts[key][0] += (values <= observed[key] + 1e-9).sum(axis=0)
            counts[key][1] += (values >= observed[key] - 1e-9).sum(axis=0)
    for s, name in enumerate(SERIES):
        for i in range(weights.shape[1]):
            contrast, day = CONTRASTS[i // len(DAYS)], DAYS[i % len(DAYS)]
            for key, draws in (("plain", DRAWS), ("studentised", STUDENTISED)):
                tail = counts[key][:, i, s]
                print(null, name, contrast, day, key, draws, *tail, sep="\t", flush=True)
