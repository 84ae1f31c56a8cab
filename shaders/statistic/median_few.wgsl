// `median` of at most sixteen picks in one group, whose ranks are sorted in registers by Batcher's network (1968). Only
// what leads to the middle is computed: compilers leave out the rest. Twin: src/statistic/median.rs.

// Word of `shape` from which the first level of each column is read.
override LEVELS_AT: u32;
// Picks of a draw.
override FEW: u32;

// Ranks of four columns.
var<private> r0: vec4<i32>;
var<private> r1: vec4<i32>;
var<private> r2: vec4<i32>;
var<private> r3: vec4<i32>;
var<private> r4: vec4<i32>;
var<private> r5: vec4<i32>;
var<private> r6: vec4<i32>;
var<private> r7: vec4<i32>;
var<private> r8: vec4<i32>;
var<private> r9: vec4<i32>;
var<private> r10: vec4<i32>;
var<private> r11: vec4<i32>;
var<private> r12: vec4<i32>;
var<private> r13: vec4<i32>;
var<private> r14: vec4<i32>;
var<private> r15: vec4<i32>;

// The rank of a pick; past the last one a rank that is above all others.
fn rank(rows: u32, index: u32, draw: u32) -> vec4<i32> {
    if index < FEW {
        return tables[rows + pick(index, draw)];
    }
    return vec4<i32>(0x7fffffff);
}

fn order(low: ptr<private, vec4<i32>>, high: ptr<private, vec4<i32>>) {
    let least = min(*low, *high);
    *high = max(*low, *high);
    *low = least;
}

fn sort() {
    order(&r0, &r1); order(&r2, &r3); order(&r4, &r5); order(&r6, &r7);
    order(&r8, &r9); order(&r10, &r11); order(&r12, &r13); order(&r14, &r15);
    order(&r0, &r2); order(&r1, &r3); order(&r4, &r6); order(&r5, &r7);
    order(&r8, &r10); order(&r9, &r11); order(&r12, &r14); order(&r13, &r15);
    order(&r1, &r2); order(&r5, &r6); order(&r9, &r10); order(&r13, &r14);
    order(&r0, &r4);
    order(&r1, &r5); order(&r2, &r6); order(&r3, &r7); order(&r8, &r12);
    order(&r9, &r13); order(&r10, &r14); order(&r11, &r15);
    order(&r2, &r4); order(&r3, &r5); order(&r10, &r12); order(&r11, &r13);
    order(&r1, &r2); order(&r3, &r4); order(&r5, &r6); order(&r9, &r10);
    order(&r11, &r12); order(&r13, &r14); order(&r0, &r8);
    order(&r1, &r9); order(&r2, &r10); order(&r3, &r11); order(&r4, &r12);
    order(&r5, &r13); order(&r6, &r14); order(&r7, &r15);
    order(&r4, &r8); order(&r5, &r9); order(&r6, &r10); order(&r7, &r11);
    order(&r2, &r4); order(&r3, &r5); order(&r6, &r8); order(&r7, &r9);
    order(&r10, &r12); order(&r11, &r13);
    order(&r1, &r2); order(&r3, &r4); order(&r5, &r6); order(&r7, &r8);
    order(&r9, &r10); order(&r11, &r12); order(&r13, &r14);
}

// The order statistic after `before` others, at most half of sixteen.
fn sorted(before: u32) -> vec4<i32> {
    switch before {
        case 0u: {
            return r0;
        }
        case 1u: {
            return r1;
        }
        case 2u: {
            return r2;
        }
        case 3u: {
            return r3;
        }
        case 4u: {
            return r4;
        }
        case 5u: {
            return r5;
        }
        case 6u: {
            return r6;
        }
        case 7u: {
            return r7;
        }
        default: {
            return r8;
        }
    }
}

@compute @workgroup_size(64)
fn median_few_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    r0 = rank(rows, 0u, draw);
    r1 = rank(rows, 1u, draw);
    r2 = rank(rows, 2u, draw);
    r3 = rank(rows, 3u, draw);
    r4 = rank(rows, 4u, draw);
    r5 = rank(rows, 5u, draw);
    r6 = rank(rows, 6u, draw);
    r7 = rank(rows, 7u, draw);
    r8 = rank(rows, 8u, draw);
    r9 = rank(rows, 9u, draw);
    r10 = rank(rows, 10u, draw);
    r11 = rank(rows, 11u, draw);
    r12 = rank(rows, 12u, draw);
    r13 = rank(rows, 13u, draw);
    r14 = rank(rows, 14u, draw);
    r15 = rank(rows, 15u, draw);
    sort();
    let lower = sorted((FEW - 1u) / 2u);
    let upper = sorted(FEW / 2u);
    var medians: array<vec4<i32>, MAX_SEGMENTS>;
    for (var lane = 0u; lane < min(4u, COLUMNS - 4u * tile); lane++) {
        let first = shape[LEVELS_AT + 4u * tile + lane];
        medians[0][lane] = levels[first + lower[lane]];
        if (FEW & 1u) == 0u {
            medians[0][lane] += levels[first + upper[lane]];
        }
    }
    put_narrow(draw, tile, &medians);
    atomicAdd(&tallies[1], 1u);
}
