// What every pass of a chunk binds. A slice is the part of a chunk that the buffers hold.

struct Slice {
    first_low: u32,   // index of the slice's first draw
    first_high: u32,
    draws: u32,       // draws of this slice
    stride: u32,      // draws that the buffers hold
    key_low: u32,     // seed
    key_high: u32,
    first_tile: u32,  // first tile of columns whose values the buffers hold
    part: u32,        // which part of the picks is added to them
}

@group(0) @binding(0) var<uniform> slice: Slice;
// Picks, [pick][draw]; see picks.wgsl.
@group(0) @binding(1) var<storage, read_write> picks: array<u32>;
// Bit sets of taken positions, [word][draw]; used by designs with many positions.
@group(0) @binding(2) var<storage, read_write> taken: array<u32>;
// Offsets of a tile of columns, [contrast][column][draw]; a word, or a low and a high word.
@group(0) @binding(3) var<storage, read_write> values: array<u32>;
// Score or rank tables of all folds, [tile][position], four columns a tile.
@group(0) @binding(4) var<storage, read> tables: array<vec4<i32>>;
// The levels that ranks stand for, column after column, of all folds.
@group(0) @binding(5) var<storage, read> levels: array<i32>;
// Segments, contrasts and lattices of all folds.
@group(0) @binding(6) var<storage, read> shape: array<i32>;
// Words 0 and 1 count the threads that finished picks and values, word 2 the draws left to the CPU;
// then the hypotheses' tallies, and the list of draws left to the CPU.
@group(0) @binding(7) var<storage, read_write> tallies: array<atomic<u32>>;
// Floats that one pass of a statistic keeps for the next, a draw after the other.
@group(0) @binding(8) var<storage, read_write> kept: array<f32>;
