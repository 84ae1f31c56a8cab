"""The samplers of the null designs, written again from their specifications in src/null/.

Prints tests/reference/null_designs.tsv: design, parameters (JSON), seed, draw index, picks.
Plain Python 3.11, no packages; distinct positions are drawn by sampler.py.
"""

import json
from functools import lru_cache

from sampler import MASK, draw, philox4x32_10


def words(seed, index, stream):
    block = 0
    while True:
        counter = (index & MASK, index >> 32, block, stream)
        yield from philox4x32_10(counter, (seed & MASK, seed >> 32))
        block += 1


def halves(seed, index, stream):
    for word in words(seed, index, stream):
        yield word & 0xFFFF
        yield word >> 16


def below(numbers, n):
    while True:
        product = next(numbers) * n
        if product % 2**16 >= 2**16 % n:
            return product >> 16


def by_group(n, sizes, picks):
    """The picks of the sampler of distinct positions, group by group."""
    largest = max([n - sum(sizes)] + sizes)
    last = None if n - sum(sizes) == largest else sizes.index(largest)
    order = [g for g in range(len(sizes)) if g != last] + ([] if last is None else [last])
    groups, rest = {}, list(picks)
    for group in order:
        groups[group], rest = rest[: sizes[group]], rest[sizes[group] :]
    return [groups[g] for g in range(len(sizes))]


def spaced(parameters, seed, index):
    n, gap, sizes = parameters["n"], parameters["gap"], parameters["sizes"]
    picks = draw(n - (sum(sizes) - 1) * (gap - 1), sizes, seed, index, stream=3)
    ranks = {position: rank for rank, position in enumerate(sorted(picks))}
    return [position + ranks[position] * (gap - 1) for position in picks]


def strata(parameters, seed, index, stream=4):
    groups = [[] for _ in parameters["strata"][0]["sizes"]]
    for number, stratum in enumerate(parameters["strata"]):
        positions = [position for item in stratum["items"] for position in item]
        takes = [g for g, size in enumerate(stratum["sizes"]) if size > 0]
        sizes = [stratum["sizes"][g] for g in takes]
        if not sizes:
            continue
        picks = draw(len(positions), sizes, seed, index, number << 20, stream)
        for group, of_group in zip(takes, by_group(len(positions), sizes, picks)):
            groups[group] += [positions[place] for place in of_group]
    return sum(groups, [])


def gap_shuffle(parameters, seed, index):
    events = sorted(
        (position, g, i)
        for g, group in enumerate(parameters["groups"])
        for i, position in enumerate(group)
    )
    positions = [position for position, _, _ in events]
    gaps = [b - a for a, b in zip(positions, positions[1:])]
    numbers = halves(seed, index, 5)
    at = below(numbers, parameters["n"] - sum(gaps)) if parameters["free"] else positions[0]
    for i in range(len(gaps) - 1):
        j = i + below(numbers, len(gaps) - i)
        gaps[i], gaps[j] = gaps[j], gaps[i]
    placed = {}
    for (_, g, i), gap in zip(events, [0] + gaps):
        at += gap
        placed[g, i] = at
    return [placed[g, i] for g, group in enumerate(parameters["groups"]) for i in range(len(group))]


def signs(parameters, seed, index):
    clusters = parameters["clusters"]
    bits = []
    for word in words(seed, index, 6):
        bits += [word >> bit & 1 for bit in range(32)]
        if len(bits) > max(clusters):
            break
    events = sum(parameters["groups"], [])
    return [event + bits[clusters[event]] * len(clusters) for event in events]


def walk(root, choices, groups, seed, index, stream):
    """A uniform path: choices(state) are (picks, next state), the next state None at the end."""

    @lru_cache(maxsize=None)
    def paths(state):
        if state is None:
            return 1
        return sum(paths(following) for _, following in choices(state))

    source = words(seed, index, stream)
    picked = [[] for _ in range(groups)]
    state = root
    while state is not None:
        live = [(picks, following) for picks, following in choices(state) if paths(following)]
        chosen = live[0]
        if len(live) > 1:
            low, high = next(source), next(source)
            number, total, up_to = low + (high << 32), paths(state), 0
            for chosen in live:
                up_to += paths(chosen[1])
                if number < (up_to << 64) // total:
                    break
        for group, position in chosen[0]:
            picked[group].append(position)
        state = chosen[1]
    return picked


def clusters(parameters, seed, index):
    """The same by clusters: a label keeps its number of them, and not of events; 2^32 - 1 is nobody."""
    groups = range(len(parameters["strata"][0]["sizes"]))
    most = [0 for _ in groups]
    for stratum in parameters["strata"]:
        sizes = sorted((len(item) for item in stratum["items"]), reverse=True)
        for g in groups:
            most[g] += sum(sizes[: stratum["sizes"][g]])
    picks = together(parameters, seed, index, weight=lambda members: 1, apart=True)
    return sum((p + [MASK] * (n - len(p)) for p, n in zip(picks, most)), [])


def together(parameters, seed, index, weight=len, apart=False):
    """`labels` with events that keep together, within strata."""
    strata = parameters["strata"]

    def choices(state):
        stratum, item, left = state
        if item == len(strata[stratum]["items"]):
            return []
        members = strata[stratum]["items"][item]

        def at(left):
            if any(left):
                return (stratum, item + 1, left)
            if stratum + 1 == len(strata):
                return None
            return (stratum + 1, 0, tuple(strata[stratum + 1]["sizes"]))

        found = []
        for group, free in enumerate(left):
            if free >= weight(members):
                after = tuple(x - weight(members) * (g == group) for g, x in enumerate(left))
                found.append(([(group, position) for position in members], at(after)))
        behind = sum(weight(i) for i in strata[stratum]["items"][item + 1 :])
        if sum(left) <= behind:
            found.append(([], (stratum, item + 1, left)))
        return found

    root = (0, 0, tuple(strata[0]["sizes"]))
    picked = walk(root, choices, len(strata[0]["sizes"]), seed, index, 2)
    return picked if apart else sum(picked, [])


def spaced_with_holes(parameters, seed, index):
    rows, gap = parameters["rows"], parameters["gap"]

    def choices(state):
        position, left = state
        if position == len(rows):
            return []
        following = next(
            (j for j in range(position, len(rows)) if rows[j] >= rows[position] + gap), len(rows)
        )
        found = []
        for group, free in enumerate(left):
            if free:
                after = tuple(x - (g == group) for g, x in enumerate(left))
                found.append(([(group, position)], (following, after) if any(after) else None))
        return found + [([], (position + 1, left))]

    root = (0, tuple(parameters["sizes"]))
    return sum(walk(root, choices, len(parameters["sizes"]), seed, index, 3), [])


def within(parameters, seed, index):
    return strata(parameters, seed, index, stream=2)


def labels(parameters, seed, index):
    sizes = parameters["sizes"]
    return draw(sum(sizes), sizes, seed, index, stream=2)


def singles(*positions):
    return [[position] for position in positions]


CASES = [
    (labels, {"sizes": [23, 24]}, 1, [0, 1, 2**32]),
    (labels, {"sizes": [3, 4, 2]}, 9, [0, 5]),
    (
        together,
        {"strata": [{"items": singles(*range(3)) + [[3, 4]] + singles(*range(5, 47)), "sizes": [23, 24]}]},
        1,
        [0, 1, 2**40 + 3],
    ),
    (
        together,
        {
            "strata": [
                {"items": [[0, 1], [5], [9, 12], [2]], "sizes": [3, 3]},
                {"items": [[3, 4], [6], [7], [8], [10, 11]], "sizes": [4, 3]},
            ]
        },
        20251216,
        [0, 1, 2],
    ),
    (
        clusters,
        {
            "strata": [
                {"items": [[0], [1, 2], [3, 4, 5], [6, 7, 8, 9], [10, 11, 12, 13, 14]], "sizes": [2, 3]}
            ]
        },
        3,
        [0, 1, 2, 2**32],
    ),
    (
        clusters,
        {
            "strata": [
                {"items": [[0, 1], [5], [9, 12, 13], [2]], "sizes": [2, 1, 1]},
                {"items": [[3], [6, 7, 8], [4], [10, 11]], "sizes": [1, 3, 0]},
            ]
        },
        20261126,
        [0, 1, 2],
    ),
    (
        within,
        {
            "strata": [
                {"items": singles(0, 2, 4, 6, 8), "sizes": [2, 3]},
                {"items": singles(1, 3, 5), "sizes": [3, 0]},
                {"items": singles(7, 9, 10, 11), "sizes": [1, 3]},
            ]
        },
        5,
        [0, 1, 2**33],
    ),
    (
        strata,
        {
            "strata": [
                {"items": singles(*range(0, 60)), "sizes": [3, 2]},
                {"items": singles(*range(60, 70)), "sizes": [0, 0]},
                {"items": singles(*range(70, 90)), "sizes": [0, 13]},
                {"items": singles(*range(95, 100)), "sizes": [4, 1]},
            ]
        },
        2**63 + 9,
        [0, 1, 77],
    ),
    (spaced, {"n": 470, "gap": 5, "sizes": [15]}, 3, [0, 1, 2**35]),
    (spaced, {"n": 60, "gap": 3, "sizes": [7, 9]}, 4, [0, 1]),
    (
        spaced_with_holes,
        {"rows": [0, 1, 2, 5, 6, 9, 10, 11, 12, 20, 21, 23, 30], "gap": 3, "sizes": [2, 2]},
        8,
        [0, 1, 2],
    ),
    (gap_shuffle, {"n": 200, "groups": [[3, 90, 40], [40, 70, 199]], "free": False}, 6, [0, 1, 2]),
    (gap_shuffle, {"n": 700, "groups": [[3, 90, 40, 41, 42], [40, 70]], "free": True}, 6, [0, 1, 2**41]),
    (signs, {"clusters": list(range(150)), "groups": [list(range(150))]}, 7, [0, 1]),
    (signs, {"clusters": [0, 1, 0, 2, 1], "groups": [[4, 0], [1, 2, 3]]}, 7, [0, 1, 2, 3]),
]
if __name__ == "__main__":
    print("design\tparameters\tseed\tindex\tpicks")
    for sampler, parameters, seed, indices in CASES:
        for index in indices:
            picks = ",".join(map(str, sampler(parameters, seed, index)))
            print(sampler.__name__, json.dumps(parameters), seed, index, picks, sep="\t")
