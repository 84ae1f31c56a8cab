//! Where a hypothesis' numerators live, and how they are tallied.

use super::symmetric::Mirror;

/// Histogram bins a hypothesis.
pub const BINS: usize = 1024;

/// Largest size of a numerator; offsets and their differences stay clear of 63 bits.
pub(crate) const NUMERATOR_LIMIT: i128 = 1 << 60;

/// Standard deviations on either side of the centre that the bins cover. By Chebyshev's
/// inequality less than 1.6 % of the null lies outside, so the 2.5 and 97.5 % quantiles do not.
const COVER: f64 = 8.0;

/// The integers that a hypothesis' numerator can take, and the thresholds and histogram bins in
/// which it is tallied. All of it is fixed before the first draw is counted.
///
/// A numerator is tallied as its *offset*, the numerator less `floor`, which is never negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lattice {
    /// No numerator is smaller.
    pub floor: i64,
    /// Largest possible offset.
    pub span: u64,
    /// Offsets that draws are compared with: the observed one, then the mirror images of a symmetric
    /// p-value ([`Mirror`]).
    pub thresholds: Vec<u64>,
    /// An offset's bin is `(offset >> bin_shift) - first_bin`, clamped to `0..BINS`.
    pub bin_shift: u32,
    /// See `bin_shift`.
    pub first_bin: u32,
    /// Whether values have no bounds: the first and the last offset are then minus infinity and infinity,
    /// and the ones next to them stand for all values that are too far out to be told apart.
    pub open: bool,
}

impl Lattice {
    /// For numerators within `bounds`, a null distribution about `centre` with a standard
    /// deviation of about `spread`, and an observed numerator (which widens the bounds).
    pub fn new(bounds: (i64, i64), centre: f64, spread: f64, observed: i64) -> Self {
        let floor = bounds.0.min(observed);
        let ceiling = bounds.1.max(observed);
        let span = ceiling.abs_diff(floor);
        let offset = |numerator: f64| (numerator - floor as f64).clamp(0.0, span as f64) as u64;
        let low = offset(centre - COVER * spread);
        let high = offset(centre + COVER * spread);
        let mut bin_shift = 0;
        if span >= BINS as u64 {
            while (high >> bin_shift) - (low >> bin_shift) >= BINS as u64
                || span >> bin_shift > u64::from(u32::MAX)
            {
                bin_shift += 1;
            }
        }
        let first_bin = if span >= BINS as u64 {
            (low >> bin_shift) as u32
        } else {
            0
        };
        Lattice {
            floor,
            span,
            thresholds: vec![observed.abs_diff(floor)],
            bin_shift,
            first_bin,
            open: false,
        }
    }

    /// The same for values without bounds, which `bounds` hold the places of infinity for.
    pub fn opened(self) -> Self {
        Lattice { open: true, ..self }
    }

    /// Whether an offset is one of the infinities.
    pub fn is_infinite(&self, offset: u64) -> bool {
        self.open && (offset == 0 || offset == self.span)
    }

    /// Whether an offset tells no more of a value than that it lies far out.
    #[inline(always)]
    pub fn is_beyond(&self, offset: u64) -> bool {
        self.open && (offset <= 1 || offset + 1 >= self.span)
    }

    /// Compares draws with the mirror images of the observed value, too. An image that no draw can
    /// reach leaves the comparison idle.
    pub(super) fn set_mirror(&mut self, mirror: Mirror) {
        self.thresholds.truncate(1);
        for image in mirror.images() {
            let offset = image.threshold().and_then(|image| self.offset(image));
            self.thresholds.push(offset.unwrap_or(0));
        }
    }

    /// The offset of a numerator that draws can reach. Where values have no bounds only infinity
    /// reaches what lies beyond them.
    pub fn offset(&self, numerator: i64) -> Option<u64> {
        let mut offset = i128::from(numerator) - i128::from(self.floor);
        if self.open {
            offset = offset.clamp(0, self.span.into());
        }
        u64::try_from(offset)
            .ok()
            .filter(|&offset| offset <= self.span)
    }

    /// The numerator of an offset.
    pub fn numerator(&self, offset: u64) -> i64 {
        self.floor + offset as i64
    }

    /// Whether offsets need 64 bits.
    pub fn is_wide(&self) -> bool {
        self.span > u64::from(u32::MAX)
    }

    /// The largest numerator of a bin: what a quantile that falls into it is reported as.
    pub fn bin_ceiling(&self, bin: usize) -> i64 {
        let next = (u64::from(self.first_bin) + bin as u64 + 1) << self.bin_shift;
        self.floor + (next - 1).min(self.span) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ranges_get_a_bin_a_value() {
        let lattice = Lattice::new((-200, 300), 0.0, 40.0, -9);
        assert_eq!((lattice.bin_shift, lattice.first_bin), (0, 0));
        assert_eq!(lattice.thresholds, [191]);
        assert_eq!(lattice.bin_ceiling(191), -9);
    }

    #[test]
    fn a_threshold_outside_the_bounds_widens_them() {
        let lattice = Lattice::new((0, 10), 5.0, 1.0, -3);
        assert_eq!((lattice.floor, lattice.span), (-3, 13));
        assert_eq!(lattice.thresholds, [0]);
    }

    #[test]
    fn bins_of_wide_ranges_cover_the_bulk() {
        let lattice = Lattice::new((-(1 << 40), 1 << 40), 1e6, 1e5, 0);
        assert!(lattice.is_wide());
        let bin = |numerator: i64| {
            ((numerator.abs_diff(lattice.floor) >> lattice.bin_shift) as i64)
                - i64::from(lattice.first_bin)
        };
        assert_eq!(bin(1_000_000 - 800_000), 0);
        assert!(bin(1_000_000 + 800_000) < BINS as i64);
        assert!(bin(1_000_000 + 800_000) >= BINS as i64 / 2);
    }
}
