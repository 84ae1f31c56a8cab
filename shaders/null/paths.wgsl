// Sets as paths through a graph, by chance or in the order of their ranks, each from the root on. Twin:
// src/null/paths.rs.

override STREAM: u32;
override BY_RANK: bool;
override PICKS: u32;
override GROUPS: u32;
// The first node, and the most choices that a set takes.
override ROOT: u32;
override LONGEST: u32;
// Words of `shape` at which the nodes' first choices, the choices and their picks stand; it begins with
// the first slot of each group, and then the end of each group's slots.
override NODES_AT: u32;
override CHOICES_AT: u32;
override PICKS_AT: u32;

const END = 0xffffffffu;
// Words of a choice: the numbers below which it is taken, the next node, its first pick, its picks.
const CHOICE_WORDS = 5u;
const MAX_GROUPS = 16u;

fn choice_word(choice: u32, word: u32) -> u32 {
    return bitcast<u32>(shape[CHOICES_AT + choice * CHOICE_WORDS + word]);
}

fn below(x: vec2<u32>, choice: u32) -> bool {
    let low = choice_word(choice, 0u);
    let high = choice_word(choice, 1u);
    return x.y < high || (x.y == high && x.x < low);
}

@compute @workgroup_size(64)
fn paths_picks(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);
    var next: array<u32, MAX_GROUPS>;
    for (var group = 0u; group < GROUPS; group++) {
        next[group] = u32(shape[group]);
    }
    var rank = index_low;
    var numbers = 0u;
    var words = vec4<u32>(0u);
    var node = ROOT;
    var put = 0u;
    for (var step = 0u; step < LONGEST && node != END; step++) {
        let first = u32(shape[NODES_AT + node]);
        let last = u32(shape[NODES_AT + node + 1u]) - 1u;
        var x = vec2<u32>(0u);
        if BY_RANK {
            x.x = rank;
        } else if first < last {
            if (numbers & 1u) == 0u {
                words = philox4x32_10(vec4<u32>(index_low, index_high, numbers >> 1u, STREAM), key);
                x = words.xy;
            } else {
                x = words.zw;
            }
            numbers++;
        }
        var choice = first;
        while choice < last && !below(x, choice) {
            choice++;
        }
        if BY_RANK && choice > first {
            rank -= choice_word(choice - 1u, 0u);
        }
        let first_pick = PICKS_AT + 2u * choice_word(choice, 3u);
        let picked = choice_word(choice, 4u);
        for (var index = 0u; index < picked; index++) {
            let group = u32(shape[first_pick + 2u * index]);
            put_pick(next[group], u32(shape[first_pick + 2u * index + 1u]), draw);
            next[group]++;
            put++;
        }
        node = choice_word(choice, 2u);
    }
    for (var group = 0u; group < GROUPS; group++) {
        let end = u32(shape[GROUPS + group]);
        for (var slot = next[group]; slot < end; slot++) {
            put_pick(slot, NOBODY, draw);
            put++;
        }
    }
    // A driver that cuts a loop short is found out by this count.
    if put == PICKS && node == END {
        atomicAdd(&tallies[0], 1u);
    }
}
