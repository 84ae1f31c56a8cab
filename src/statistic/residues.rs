//! Whole numbers modulo a prime: what is zero, or equal, is told apart from what is near. Fractions are
//! whole numbers there, too. What is not zero comes out as zero only where the prime divides its
//! numerator, one in 2 x 10^18 of them.

/// The prime, 2^61 - 1.
pub(super) const PRIME: u64 = (1 << 61) - 1;

/// A whole number.
pub(super) fn residue(value: i64) -> u64 {
    value.rem_euclid(PRIME as i64) as u64
}

#[inline(always)]
fn reduced(value: u64) -> u64 {
    if value >= PRIME { value - PRIME } else { value }
}

#[inline(always)]
pub(super) fn sum(a: u64, b: u64) -> u64 {
    reduced(a + b)
}

#[inline(always)]
pub(super) fn difference(a: u64, b: u64) -> u64 {
    reduced(a + PRIME - b)
}

#[inline(always)]
pub(super) fn product(a: u64, b: u64) -> u64 {
    let whole = u128::from(a) * u128::from(b);
    reduced((whole as u64 & PRIME) + (whole >> 61) as u64)
}

/// The sum of products.
pub(super) fn dot<'v>(pairs: impl Iterator<Item = (&'v u64, &'v u64)>) -> u64 {
    pairs.fold(0, |total, (&a, &b)| sum(total, product(a, b)))
}

/// One over a residue, by Fermat's theorem; `None` of zero.
pub(super) fn reciprocal(value: u64) -> Option<u64> {
    let (mut power, mut result, mut rest) = (value, 1, PRIME - 2);
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, power);
        }
        power = product(power, power);
        rest >>= 1;
    }
    (value != 0).then_some(result)
}

/// Gauss and Jordan's elimination of a symmetric system whose upper half is given: leaves the
/// solutions in place of the right-hand sides.
///
/// # Errors
///
/// The first parameter that is a combination of those before it.
pub(super) fn solve(cells: &mut [u64], parameters: usize, width: usize) -> Result<(), usize> {
    for k in 0..parameters {
        let reciprocal = reciprocal(cells[k * width + k]).ok_or(k)?;
        let (above, below) = cells.split_at_mut((k + 1) * width);
        let pivot = &above[k * width..];
        for (i, row) in (k + 1..parameters).zip(below.chunks_exact_mut(width)) {
            let factor = product(pivot[i], reciprocal);
            if factor == 0 {
                continue;
            }
            for (cell, &from) in row[i..].iter_mut().zip(&pivot[i..]) {
                *cell = difference(*cell, product(factor, from));
            }
        }
    }
    for k in (0..parameters).rev() {
        let reciprocal = reciprocal(cells[k * width + k]).ok_or(k)?;
        let (above, below) = cells.split_at_mut((k + 1) * width);
        let row = &mut above[k * width..];
        for (i, solved) in (k + 1..parameters).zip(below.chunks_exact(width)) {
            let factor = row[i];
            if factor == 0 {
                continue;
            }
            for (cell, &solved) in row[parameters..].iter_mut().zip(&solved[parameters..]) {
                *cell = difference(*cell, product(factor, solved));
            }
        }
        for cell in &mut row[parameters..] {
            *cell = product(*cell, reciprocal);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_modulo_the_prime() {
        for value in [1, 2, 3, 1 << 60, PRIME - 1, 123_456_789_012_345] {
            assert_eq!(product(value, reciprocal(value).unwrap()), 1, "{value}");
            assert_eq!(sum(value, difference(0, value)), 0, "{value}");
        }
        assert_eq!(reciprocal(0), None);
        assert_eq!(product(PRIME - 1, PRIME - 1), 1);
        assert_eq!(residue(-1), PRIME - 1);
        assert_eq!(dot([1, 2].iter().zip(&[PRIME - 1, 3])), 5);
    }

    #[test]
    fn a_small_system() {
        // [2 1; 1 3] x = [3; 5]: x = (4/5, 7/5).
        let mut cells = vec![2, 1, 3, 0, 3, 5];
        solve(&mut cells, 2, 3).unwrap();
        assert_eq!((product(cells[2], 5), product(cells[5], 5)), (4, 7));
        let mut singular = vec![1, 1, 3, 0, 1, 5];
        assert_eq!(solve(&mut singular, 2, 3), Err(1));
    }
}
