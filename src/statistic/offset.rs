//! Arithmetic modulo 2^32 or 2^64 for numerators measured from their floor.

/// An unsigned word in which a numerator is counted upwards from its floor.
///
/// A numerator whose range (ceiling less floor) fits the word comes out right even when a step on
/// the way wraps, because all steps are additions and multiplications modulo the word. So 32 bits
/// serve whenever every range of a plan is below 2^32, and 64 bits otherwise.
pub trait Offset: Copy + Default + Ord + Into<u64> + Send + Sync + 'static {
    /// What a draw without a value has; no offset is as large.
    const UNDEFINED: Self;

    /// Reduces a signed number.
    fn wrap(value: i64) -> Self;
    /// Sum, wrapping.
    fn plus(self, other: Self) -> Self;
    /// Product, wrapping.
    fn times(self, other: Self) -> Self;
    /// The word shifted right, of which 32 bits are left.
    fn shifted(self, shift: u32) -> u32;
}

macro_rules! offset {
    ($word:ty) => {
        impl Offset for $word {
            const UNDEFINED: Self = <$word>::MAX;

            #[inline(always)]
            fn wrap(value: i64) -> Self {
                value as $word
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn shifted(self, shift: u32) -> u32 {
                (self >> shift) as u32
            }
        }
    };
}

offset!(u32);
offset!(u64);
