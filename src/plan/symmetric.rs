//! Where the mirror image of the observed value lies.

use serde::{Deserialize, Serialize};

/// A null expectation in units of a hypothesis' numerators: a fraction, and how far the expectation
/// may lie from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    /// Numerator.
    pub numerator: i128,
    /// Denominator, positive.
    pub denominator: i128,
    /// The expectation lies within `error / denominator` of the fraction; 0 where it is exact.
    pub error: i128,
    /// Whether draws gave it.
    pub from_draws: bool,
}

impl Centre {
    /// Zero: of a null law that is symmetric about it.
    pub const ZERO: Centre = Centre {
        numerator: 0,
        denominator: 1,
        error: 0,
        from_draws: false,
    };

    /// As a float, in numerators.
    pub fn value(self) -> f64 {
        let (p, q) = (self.numerator, self.denominator);
        p.div_euclid(q) as f64 + p.rem_euclid(q) as f64 / q as f64
    }
}

/// What a symmetric p-value counts: draws at least as far from the centre as the observed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mirror {
    /// What counts. Where the centre has an error `e`, what lies within it counts as a tie: the image
    /// of the observed value, which carries `2 e`, stands so much nearer.
    pub counts: Image,
    /// What would count wherever in its error the centre lies; `None` where it has none.
    pub surely: Option<Image>,
}

/// What counts on the other side of the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// The observed value is the centre itself, or within its error: every draw counts.
    Centre,
    /// The observed value lies above the centre; on the other side draws at or below this count.
    AtOrBelow(i64),
    /// The observed value lies below the centre; on the other side draws at or above this count.
    AtOrAbove(i64),
}

impl Mirror {
    /// The mirror image of `observed` about `centre`, on the lattice of whole numerators.
    pub fn of(observed: i64, centre: Centre) -> Self {
        let (p, q, e) = (centre.numerator, centre.denominator, centre.error);
        let observed = i128::from(observed) * q;
        let image = 2 * p - observed;
        let within = |image: i128| image.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        let below = |image: i128| Image::AtOrBelow(within(image.div_euclid(q)));
        let above = |image: i128| Image::AtOrAbove(within(-(-image).div_euclid(q)));
        let counts = match observed - p {
            distance if distance.abs() <= e => Image::Centre,
            1.. => below(image + 2 * e),
            _ => above(image - 2 * e),
        };
        let surely = match observed >= p {
            true => below(image - 2 * e),
            false => above(image + 2 * e),
        };
        Mirror {
            counts,
            surely: (e > 0).then_some(surely),
        }
    }

    /// The images, in the order of a lattice's thresholds after the first.
    pub fn images(self) -> impl Iterator<Item = Image> {
        std::iter::once(self.counts).chain(self.surely)
    }
}

impl Image {
    /// The numerator that draws are compared with on the other side, if there is one.
    pub fn threshold(self) -> Option<i64> {
        match self {
            Image::Centre => None,
            Image::AtOrBelow(threshold) | Image::AtOrAbove(threshold) => Some(threshold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(observed: i64, numerator: i128, denominator: i128, error: i128) -> Mirror {
        let centre = Centre {
            numerator,
            denominator,
            error,
            from_draws: false,
        };
        Mirror::of(observed, centre)
    }

    #[test]
    fn images_round_away_from_the_centre() {
        let of = |observed, numerator, denominator| {
            let mirror = of(observed, numerator, denominator, 0);
            assert_eq!(mirror.surely, None);
            mirror.counts
        };
        assert_eq!(of(5, 0, 1), Image::AtOrBelow(-5));
        assert_eq!(of(-5, 0, 1), Image::AtOrAbove(5));
        // About 1/3: 5 is 14/3 above, so the other side begins at -13/3.
        assert_eq!(of(5, 1, 3), Image::AtOrBelow(-5));
        assert_eq!(of(-5, 1, 3), Image::AtOrAbove(6));
        // About 1/2 the image of 2 is -1 exactly.
        assert_eq!(of(2, 1, 2), Image::AtOrBelow(-1));
        assert_eq!(of(2, 4, 2), Image::Centre);
    }

    #[test]
    fn an_error_of_the_centre_counts_twice_in_the_image() {
        // About 0 +- 3/4: the image of 5 lies between -6.5 and -3.5.
        let mirror = of(5, 0, 4, 3);
        assert_eq!(mirror.counts, Image::AtOrBelow(-4));
        assert_eq!(mirror.surely, Some(Image::AtOrBelow(-7)));
        let mirror = of(-5, 0, 4, 3);
        assert_eq!(mirror.counts, Image::AtOrAbove(4));
        assert_eq!(mirror.surely, Some(Image::AtOrAbove(7)));
        // Within the error of the centre nothing tells the sides apart.
        assert_eq!(of(3, 0, 4, 12).counts, Image::Centre);
        assert_eq!(of(3, 0, 4, 12).surely, Some(Image::AtOrBelow(-9)));
        assert_eq!(of(-4, 0, 4, 12).counts, Image::AtOrAbove(-2));
    }
}
