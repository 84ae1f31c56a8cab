//! What tests of exact laws share.

/// A small generator for test scores (SplitMix64's mixing step).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    pub fn scores(&mut self, n: usize, spread: u64) -> Vec<i32> {
        (0..n)
            .map(|_| self.below(2 * spread + 1) as i32 - spread as i32)
            .collect()
    }
}

/// Whether `a` is `b` up to a relative error.
pub fn close(a: f64, b: f64, tolerance: f64) {
    assert!(
        (a - b).abs() <= tolerance * b.abs().max(1e-300),
        "{a} is not {b}"
    );
}
