// Whole numbers by chance, from the random words of one draw in order. Twin: src/resample/numbers.rs.

// The scheme's stream in the generator's counter.
override STREAM: u32;

var<private> drawing: vec2<u32>;
var<private> block: u32;
var<private> words: vec4<u32>;
// Words of the block that are read.
var<private> read_of_block: u32;
// The high half of a word whose low half is read.
var<private> half: u32;
var<private> has_half: bool;

fn begin_draw(draw: u32) {
    let low = slice.first_low + draw;
    drawing = vec2<u32>(low, slice.first_high + select(0u, 1u, low < draw));
    block = 0u;
    read_of_block = 4u;
    has_half = false;
}

fn read_word() -> u32 {
    if read_of_block == 4u {
        let counter = vec4<u32>(drawing, block, STREAM);
        words = philox4x32_10(counter, vec2<u32>(slice.key_low, slice.key_high));
        block++;
        read_of_block = 0u;
    }
    read_of_block++;
    return words[read_of_block - 1u];
}

// The next word; an unread half is passed over.
fn next_word() -> u32 {
    has_half = false;
    return read_word();
}

fn next_half() -> u32 {
    if has_half {
        has_half = false;
        return half;
    }
    let word = read_word();
    half = word >> 16u;
    has_half = true;
    return word & 0xffffu;
}

// The next number below n, by Lemire's method.
fn next_below(n: u32, reject_below: u32) -> u32 {
    if n <= 65536u {
        var m = next_half() * n;
        while (m & 0xffffu) < reject_below {
            m = next_half() * n;
        }
        return m >> 16u;
    }
    var m = multiply_wide(next_word(), n);
    while m.x < reject_below {
        m = multiply_wide(next_word(), n);
    }
    return m.y;
}
