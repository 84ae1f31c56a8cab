"""The `labels` sampler, written again from its specification in src/null/labels.rs.

Prints tests/reference/labels.tsv: groups, days that keep together, seed, draw index, attempts, picks.
Plain Python 3.11, no packages; the sampler of one attempt is that of sampler.py.
"""

from sampler import draw


def labels(groups, days, seed, index):
    n = sum(groups)
    attempt = 0
    while True:
        picks = draw(n, groups, seed, index, block=attempt * 2**20, stream=2)
        # The largest group, if any is larger than the empty remainder, stands last.
        last = groups.index(max(groups))
        order = [g for g in range(len(groups)) if g != last] + [last]
        label = {}
        rest = iter(picks)
        for group in order:
            for _ in range(groups[group]):
                label[next(rest)] = group
        attempt += 1
        if all(len({label[p] for p in day}) == 1 for day in days):
            return attempt, picks


CASES = [
    ([23, 24], [], 1, [0, 1, 2**32]),
    ([3, 4, 2], [], 9, [0, 5]),
    ([4, 4], [], 2**63 + 1, [0, 1]),
    ([23, 24], [[3, 4]], 1, [0, 1, 2, 2**40 + 3]),
    ([6, 3, 4], [[0, 1], [5, 9, 12]], 20251216, [0, 1, 2]),
]
if __name__ == "__main__":
    print("groups\tdays\tseed\tindex\tattempts\tpicks")
    for groups, days, seed, indices in CASES:
        for index in indices:
            attempts, picks = labels(groups, days, seed, index)
            cells = [
                ",".join(map(str, groups)),
                ";".join(",".join(map(str, day)) for day in days),
                seed,
                index,
                attempts,
                ",".join(map(str, picks)),
            ]
            print("\t".join(map(str, cells)))
