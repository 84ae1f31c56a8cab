//! Where the mirror image of the observed value lies.

use serde::{Deserialize, Serialize};

/// A null expectation: numerator and denominator, both in units of a hypothesis' numerators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    /// Numerator.
    pub numerator: i128,
    /// Denominator, positive.
    pub denominator: i128,
}

/// What the symmetric p-value counts: draws at least as far from the centre as the observed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mirror {
    /// The observed value is the centre itself: every draw counts.
    Centre,
    /// The observed value lies above the centre; on the other side draws at or below this count.
    AtOrBelow(i64),
    /// The observed value lies below the centre; on the other side draws at or above this count.
    AtOrAbove(i64),
}

impl Mirror {
    /// The mirror image of `observed` about `centre`, rounded away from the centre to the lattice
    /// of whole numerators.
    pub fn of(observed: i64, centre: Centre) -> Self {
        let (p, q) = (centre.numerator, centre.denominator);
        let observed = i128::from(observed) * q;
        let image = 2 * p - observed;
        let within = |image: i128| image.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        match observed.cmp(&p) {
            std::cmp::Ordering::Equal => Mirror::Centre,
            std::cmp::Ordering::Greater => Mirror::AtOrBelow(within(image.div_euclid(q))),
            std::cmp::Ordering::Less => Mirror::AtOrAbove(within(-(-image).div_euclid(q))),
        }
    }

    /// The numerator that draws are compared with on the other side, if there is one.
    pub fn threshold(self) -> Option<i64> {
        match self {
            Mirror::Centre => None,
            Mirror::AtOrBelow(threshold) | Mirror::AtOrAbove(threshold) => Some(threshold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_round_away_from_the_centre() {
        let of = |observed, numerator, denominator| {
            Mirror::of(
                observed,
                Centre {
                    numerator,
                    denominator,
                },
            )
        };
        assert_eq!(of(5, 0, 1), Mirror::AtOrBelow(-5));
        assert_eq!(of(-5, 0, 1), Mirror::AtOrAbove(5));
        // About 1/3: 5 is 14/3 above, so the other side begins at -13/3.
        assert_eq!(of(5, 1, 3), Mirror::AtOrBelow(-5));
        assert_eq!(of(-5, 1, 3), Mirror::AtOrAbove(6));
        // About 1/2 the image of 2 is -1 exactly.
        assert_eq!(of(2, 1, 2), Mirror::AtOrBelow(-1));
        assert_eq!(of(2, 4, 2), Mirror::Centre);
    }
}
