// 32 x 32 -> 64 bits from 16-bit limbs, which no device lacks, and 64-bit sums modulo 2^64.

// (low, high) of a * b.
fn multiply_wide(a: u32, b: u32) -> vec2<u32> {
    let a_low = a & 0xffffu;
    let a_high = a >> 16u;
    let b_low = b & 0xffffu;
    let b_high = b >> 16u;
    let low = a_low * b_low;
    let cross = a_low * b_high;
    // At most (2^16 - 1) + (2^16 - 1) + (2^16 - 1)^2: no overflow.
    let middle = (low >> 16u) + (cross & 0xffffu) + a_high * b_low;
    return vec2<u32>(
        (middle << 16u) | (low & 0xffffu),
        a_high * b_high + (cross >> 16u) + (middle >> 16u),
    );
}

fn add_wide(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

// A signed number as two words, sign-extended.
fn widen(a: i32) -> vec2<u32> {
    return vec2<u32>(bitcast<u32>(a), bitcast<u32>(a >> 31u));
}

// a * b modulo 2^64.
fn multiply_low(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let product = multiply_wide(a.x, b.x);
    return vec2<u32>(product.x, product.y + a.x * b.y + a.y * b.x);
}

// (sum modulo 2^32, carry) of a + b + carry, carry at most 1.
fn add_carry(a: u32, b: u32, carry: u32) -> vec2<u32> {
    let without = a + b;
    let sum = without + carry;
    return vec2<u32>(sum, select(0u, 1u, without < a || sum < without));
}
