// Numbers of the generator as candidates for distinct positions. Twin: src/null/distinct.rs, where the sampler is
// specified.

override POSITIONS: u32;
// 2^16 or 2^32 mod POSITIONS: the low parts that Lemire's method rejects lie below it.
override REJECT_BELOW: u32;
override STREAM: u32;
// Whether numbers are 16-bit halves of words, as those address all positions.
override HALVES: bool;

// Number `number` of a block, a 16-bit half of a word or a word, as a position; POSITIONS when it is
// rejected.
fn candidate(words: vec4<u32>, number: u32) -> u32 {
    if HALVES {
        let half = (words[number >> 1u] >> ((number & 1u) * 16u)) & 0xffffu;
        let product = half * POSITIONS;
        return select(POSITIONS, product >> 16u, (product & 0xffffu) >= REJECT_BELOW);
    }
    let product = multiply_wide(words[number], POSITIONS);
    return select(POSITIONS, product.y, product.x >= REJECT_BELOW);
}
