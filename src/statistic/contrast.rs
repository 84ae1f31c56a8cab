//! Integer combinations of segments.

use crate::null::Segment;
use num_integer::Integer;

/// An integer combination of segment numerators over a common denominator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contrast {
    /// `open`, `all`, `open - closed`.
    pub label: String,
    /// (segment, weight), weights not zero.
    pub terms: Vec<(usize, i64)>,
    /// What the weighted sum is divided by.
    pub denominator: u64,
}

impl Contrast {
    /// One segment as it is.
    pub fn segment(label: &str, segment: usize, denominator: u64) -> Self {
        Contrast {
            label: label.to_owned(),
            terms: vec![(segment, 1)],
            denominator,
        }
    }

    /// `a / d_a - b / d_b` with the smallest integer weights.
    pub fn difference(label: String, a: (usize, u64), b: (usize, u64)) -> Self {
        let common = a.1.gcd(&b.1);
        Contrast {
            label,
            terms: vec![
                (a.0, (b.1 / common) as i64),
                (b.0, -((a.1 / common) as i64)),
            ],
            denominator: a.1 / common * b.1,
        }
    }

    /// The two segments of a difference, the first less the second.
    pub fn difference_of(&self) -> Option<(usize, usize)> {
        match self.terms[..] {
            [(a, 1..), (b, ..=-1)] => Some((a, b)),
            _ => None,
        }
    }
}

/// The contrasts that every statistic reports: each group, all groups pooled, and the difference
/// of each two groups in their order. `denominator` gives a segment's denominator.
///
/// Pooled picks are one more segment, unless `pool_adds` says that a statistic's pooled numerator
/// is the sum of the groups' numerators.
pub(super) fn contrasts(
    labels: &[String],
    groups: &[Segment],
    pool_adds: bool,
    denominator: impl Fn(Segment) -> u64,
) -> (Vec<Segment>, Vec<Contrast>) {
    let mut segments = groups.to_vec();
    let mut contrasts: Vec<Contrast> = groups
        .iter()
        .zip(labels)
        .enumerate()
        .map(|(g, (&segment, label))| Contrast::segment(label, g, denominator(segment)))
        .collect();
    if groups.len() > 1 {
        let pooled = Segment {
            start: 0,
            len: groups.iter().map(|s| s.len).sum(),
            least: groups.iter().map(|s| s.least).sum(),
        };
        contrasts.push(if pool_adds {
            Contrast {
                label: "all".into(),
                terms: (0..groups.len()).map(|g| (g, 1)).collect(),
                denominator: denominator(pooled),
            }
        } else {
            segments.push(pooled);
            Contrast::segment("all", groups.len(), denominator(pooled))
        });
    }
    for (a, &first) in groups.iter().enumerate() {
        for (b, &second) in groups.iter().enumerate().skip(a + 1) {
            contrasts.push(Contrast::difference(
                format!("{} - {}", labels[a], labels[b]),
                (a, denominator(first)),
                (b, denominator(second)),
            ));
        }
    }
    (segments, contrasts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difference_of_means_over_the_smallest_denominator() {
        let contrast = Contrast::difference("a - b".into(), (0, 6), (1, 4));
        // A/6 - B/4 = (2 A - 3 B) / 12
        assert_eq!(contrast.terms, [(0, 2), (1, -3)]);
        assert_eq!(contrast.denominator, 12);
    }
}
