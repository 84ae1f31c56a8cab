"""Counts what the kernels of the standard shapes cost on an AMD GPU, from their machine code alone.

    python3 benches/offline/receipt.py FOLDER > benches/offline/DATE-FAMILY.json

FOLDER holds what benches/offline makes: the driver's statistics and the code of each kernel. A slot is one issue of a
vector instruction at full rate, for a wave of 64 lanes; products of 32-bit integers, reciprocals and roots take four. The
slots of a draw are those of the code's loops, times how often they are gone through, which stands below: in numbers that
follow from the shape, or by simulation where lanes wait for the slowest. The estimate is what a card of 72 compute
units at 2.25 GHz could issue at most, were there nothing to wait for.
"""

import json
import pathlib
import random
import re
import sys

SLOTS_A_SECOND = 72 * 64 * 2.25e9
BYTES_A_SECOND = 512e9
SLOW = re.compile(r"v_(mul_lo_u32|mul_lo_i32|mul_hi_u32|mul_hi_i32|mad_u64_u32|mad_i64_i32|rcp_\w+|sqrt_f32|rsq_f32)")
KINDS = {"buffer_": "memory", "global_": "memory", "ds_": "workgroup_memory", "s_load": "constants", "s_buffer": "constants"}
THREADS = 256
DRAWS_A_THREAD = 64


def blocks(code):
    """Basic blocks, by number: their instructions."""
    found = {}
    for line in code.splitlines():
        head = re.match(r"BB(\d+):", line)
        if head:
            current = found.setdefault(int(head[1]), [])
            continue
        text = line.split(";")[0].strip()
        if text and found:
            current.append(text)
    return found


def loops(found):
    """Spans of blocks that a branch back closes, the outer first."""
    order = {number: at for at, number in enumerate(found)}
    spans = {}
    for number, instructions in found.items():
        for text in instructions:
            back = re.match(r"s_c?branch\w* BB(\d+)", text)
            if back and order[int(back[1])] <= order[number]:
                first = order[int(back[1])]
                spans[first] = max(spans.get(first, 0), order[number])
    return sorted(spans.items())


def slots(instructions):
    vector = [text for text in instructions if text.startswith("v_")]
    return sum(4 if SLOW.match(text) else 1 for text in vector)


def total(code, trips):
    """Slots and memory instructions of a wave: each loop is gone through `trips` times for each time that the loop around it is."""
    found = blocks(code)
    spans = loops(found)
    if len(spans) != len(trips):
        sys.exit(f"{len(spans)} loops, and {len(trips)} numbers of how often they are gone through")
    all_slots = 0.0
    for at, instructions in enumerate(found.values()):
        times = 1.0
        for (first, last), trip in zip(spans, trips):
            if first <= at <= last:
                times *= trip
        all_slots += times * slots(instructions)
    return all_slots


def slowest(positions, picks, each=8, waves=300):
    """Blocks of the generator that the slowest of 64 lanes reads, on average."""
    chance = random.Random(1)

    def candidates():
        taken, looked = set(), 0
        while len(taken) < picks:
            taken.add(chance.randrange(positions))
            looked += 1
        return looked

    return sum(max(-(-candidates() // each) for _ in range(64)) for _ in range(waves)) / waves


def tally(bins):
    """Loops of the tally of small offsets: clearing the bins, the draws, carries of three sums, and handing over."""
    return [bins / THREADS, DRAWS_A_THREAD, 1, 1, 1, 1, bins / THREADS]


def regression():
    """Loops of the regression's values: what both waves of a draw's workgroup go through, of 63 coefficients, 47 events and
    6 series. Where columns are shared out, the second wave has some of the first five rows only; what is left of four rows at
    a time is up to three, of some lane always."""
    rows = 63
    columns = (rows + 5) / (2 * rows)
    fours = sum((rows - 1 - k) // 4 for k in range(rows)) / rows
    events, pairs = 47, 47 * 47
    back = sum(-(-6 * k // 64) for k in range(rows)) / (2 * rows)
    near_an_end = 2 * 15 / 760 * events
    return [
        *[1, 4, 1, 1, -(-pairs // 64)],
        *[2 * rows, columns],
        *[2, events, 4],
        *[1, events, near_an_end],
        1,
        *[2 * rows, columns, fours, 3],
        *[2 * rows, 0.5, back],
        *[1, 2, 31, rows],
    ]


def main():
    folder = pathlib.Path(sys.argv[1])
    kernels = {}
    for file in sorted(folder.glob("*.json")):
        made = json.loads(file.read_text())
        code = (folder / f"{file.stem}.isa").read_text()
        found = blocks(code)
        every = [text for instructions in found.values() for text in instructions]
        statistics = made["statistics"]
        kernels[file.stem] = {
            "registers": int(statistics["VGPRs"]),
            "spilled": int(statistics["Spilled VGPRs"] + statistics["Spilled SGPRs"]),
            "scratch_bytes": int(statistics["Scratch size"]),
            "workgroup_bytes": int(statistics["LDS size"]),
            "waves_a_simd": int(statistics["Subgroups per SIMD"]),
            "instructions": len(every),
            "branches": sum(text.startswith(("s_cbranch", "s_branch")) for text in every),
            "of_memory": sum(any(text.startswith(head) for head in KINDS) for text in every),
            "slots_by_loop": [
                {"blocks": [list(found)[first], list(found)[last]], "slots": slots(
                    [text for at, of in enumerate(found.values()) if first <= at <= last for text in of])}
                for first, last in loops(found)
            ],
        }

    def slots_of(kernel, trips, a_draw=1.0):
        kernels[kernel]["slots_a_draw"] = round(a_draw * total((folder / f"{kernel}.isa").read_text(), trips))
        return kernels[kernel]["slots_a_draw"]

    bins = 1024
    shapes = {}

    def shape(name, of, bytes_a_draw):
        bounds = {"slots": SLOTS_A_SECOND / of, "memory": BYTES_A_SECOND / bytes_a_draw}
        by = min(bounds, key=bounds.get)
        shapes[name] = {"slots_a_draw": of, "bytes_a_draw": bytes_a_draw, "bound_by": by, "draws_a_second": float(f"{bounds[by]:.3g}")}

    a_value = 1 / DRAWS_A_THREAD
    mean = slots_of("mean.0.mean_as_drawn", [slowest(760, 47)])
    shape("mean", mean + slots_of("mean.1.tally", tally(bins), 24 * a_value), 2 * 4 * 24)
    labels = slots_of("labels.0.mean_as_drawn", [slowest(47, 16)])
    shape("labels", labels + slots_of("labels.1.tally", tally(bins), 24 * a_value), 2 * 4 * 24)
    two = slots_of("two-sample.0.mean_as_drawn", [slowest(220, 100)])
    shape("two-sample", two + slots_of("two-sample.1.tally", tally(bins), a_value), 2 * 4)
    picks = slots_of("median.0.uniform_picks", [slowest(470, 15)])
    medians = slots_of("median.1.median_few_values", [4, 1 * 4], 3)
    tallied = slots_of("median.2.tally", tally(bins), 9 * a_value)
    shape("median", picks + medians + tallied, 2 * (4 * 8 * 3 // 2 + 4 * 9))
    picks = slots_of("regression.0.uniform_picks", [slowest(760, 47)])
    # A workgroup has two waves, so that these are its slots: those of 64 draws are as many times as large.
    solved = 64 * slots_of("regression.1.regression_values", regression())
    shape("regression", picks + solved, 2 * (4 * 24 + 4 * 19))
    receipt = {
        "driver": sys.argv[2] if len(sys.argv) > 2 else "",
        "slots_a_second": SLOTS_A_SECOND,
        "bytes_a_second": BYTES_A_SECOND,
        "shapes": shapes,
        "kernels": kernels,
    }
    print(json.dumps(receipt, indent=1))


main()
