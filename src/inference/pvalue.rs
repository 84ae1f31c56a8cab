//! p-values from counts of draws.

use std::cmp::Ordering;

use super::binomial::clopper_pearson;
use crate::engine::HypothesisTally;
use crate::plan::Convention;
use crate::plan::{BINS, Hypothesis, Image, Plan};

/// Confidence level of the Monte Carlo interval around a p-value.
pub(super) const LEVEL: f64 = 0.95;

/// Draws below, equal to and above the observed value, and those without a value: they count among
/// the draws, and in no tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Draws below the observed value.
    pub below: u64,
    /// Draws tied with it.
    pub equal: u64,
    /// Draws above it.
    pub above: u64,
    /// Draws without a value.
    pub singular: u64,
}

impl Counts {
    /// All draws.
    pub fn draws(&self) -> u64 {
        self.defined() + self.singular
    }

    /// Draws that have a value.
    pub fn defined(&self) -> u64 {
        self.below + self.equal + self.above
    }

    /// Draws at or below the observed value.
    pub fn lower(&self) -> u64 {
        self.below + self.equal
    }

    /// Draws at or above the observed value.
    pub fn upper(&self) -> u64 {
        self.above + self.equal
    }

    /// Adds other draws.
    pub(super) fn add(&mut self, other: Counts) {
        self.below += other.below;
        self.equal += other.equal;
        self.above += other.above;
        self.singular += other.singular;
    }
}

/// Draws that the symmetric convention counts: at least as far from the null's expectation as the
/// observed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Far {
    /// Those counted: all that may be, wherever in its error the expectation lies.
    pub counted: u64,
    /// Those that are, wherever it lies; as many where it has no error.
    pub surely: u64,
}

/// Where draws lie, of which `defined` have a value and are (below, equal to) each threshold of a
/// hypothesis' lattice, and which of them the symmetric convention counts; none under the others.
pub fn counts_of(
    hypothesis: &Hypothesis,
    thresholds: &[(u64, u64)],
    defined: u64,
    singular: u64,
) -> (Counts, Far) {
    let (below, equal) = thresholds[0];
    let counts = Counts {
        below,
        equal,
        above: defined - below - equal,
        singular,
    };
    let Some(mirror) = hypothesis.mirror else {
        return (counts, Far::default());
    };
    let mut far = mirror
        .images()
        .zip(&thresholds[1..])
        .map(|(image, &reached)| {
            let offset = image.threshold();
            let offset = offset.and_then(|image| hypothesis.lattice.offset(image));
            far_draws(counts, image, offset.map(|_| reached))
        });
    let counted = far.next().unwrap_or(0);
    let surely = far.next().unwrap_or(counted);
    (counts, Far { counted, surely })
}

/// p-values of one hypothesis, and the interval that the number of draws leaves around `p`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountedP {
    /// Share of draws at or below the observed value.
    pub p_lower: f64,
    /// Share of draws at or above the observed value.
    pub p_upper: f64,
    /// The p-value of the asked convention.
    pub p: f64,
    /// Lower end of the 95 % interval for the p-value of infinitely many draws.
    pub p_low: f64,
    /// Upper end.
    pub p_high: f64,
}

/// A hypothesis' draws about its observed value, and the p-values that they give.
pub fn counted_p(
    plan: &Plan,
    hypothesis: usize,
    tally: &HypothesisTally,
    raw: bool,
) -> (Counts, CountedP) {
    let hypothesis = &plan.hypotheses[hypothesis];
    let (defined, singular) = (tally.defined(), tally.undefined);
    let (counts, far) = counts_of(hypothesis, &tally.thresholds, defined, singular);
    let convention = plan.convention;
    let p = match plan.design.enumeration() {
        Some(_) => enumerated(counts, far, convention, plan.draws_hold_observed()),
        None => monte_carlo(counts, far, convention, raw),
    };
    (counts, p)
}

/// Why hypotheses of a plan have no p-value: by their number and tally a clause for the report, `None`
/// for those that have one.
///
/// A value that no admissible set could change has no null law to be compared with: p would be 1
/// whatever the data.
pub fn why_no_p(plan: &Plan) -> impl Fn(usize, &HypothesisTally) -> Option<String> + Sync {
    let is_alone = plan.is_alone();
    move |hypothesis, tally| {
        if is_alone {
            return Some("one admissible set: this test cannot reject".to_owned());
        }
        if plan.is_fixed(hypothesis) {
            return Some("no placebo set can give another value than the observed one".to_owned());
        }
        let sets = plan.design.enumeration()?;
        let (_, equal) = *tally.thresholds.first()?;
        (equal == sets && plan.draws_hold_observed())
            .then(|| format!("each of the {sets} placebo sets gives the observed value"))
    }
}

/// The smallest p that a set could have in an enumeration, by the plan's convention: that of one at the
/// extreme, with those that tie there. Where the null law is not kept value by value no ties are counted,
/// and p may not come so low. `None` where sets are drawn.
pub fn least_p(plan: &Plan, hypothesis: usize, tally: &HypothesisTally) -> Option<f64> {
    let sets = plan.design.enumeration()?;
    let convention = plan.convention;
    if !plan.draws_hold_observed() {
        // A set that is none of them may lie beyond them all.
        return Some((convention.tails() as f64 / (sets + 1) as f64).min(1.0));
    }
    let law = kept_law(&plan.hypotheses[hypothesis], tally).unwrap_or_default();
    let (Some(&(low, at_low)), Some(&(high, at_high))) = (law.first(), law.last()) else {
        return Some((convention.tails() as f64 / sets as f64).min(1.0));
    };
    let count = match convention {
        Convention::Lower => at_low,
        Convention::Upper => at_high,
        Convention::EqualTailed => 2 * at_low.min(at_high),
        Convention::Symmetric => {
            // Distances of both ends from the mean, times the number of values.
            let of = |(offset, count): &(u64, u64)| u128::from(*offset) * u128::from(*count);
            let total: u128 = law.iter().map(of).sum();
            let number: u128 = law.iter().map(|&(_, count)| u128::from(count)).sum();
            let (below, above) = (
                total - number * u128::from(low),
                number * u128::from(high) - total,
            );
            match below.cmp(&above) {
                Ordering::Less => at_high,
                Ordering::Greater => at_low,
                Ordering::Equal if low == high => at_low,
                Ordering::Equal => at_low + at_high,
            }
        }
    };
    Some((count as f64 / sets as f64).min(1.0))
}

/// The values of a tally's draws as offsets, in order, each with its number; `None` where a histogram
/// does not tell them apart, or there is none.
fn kept_law(hypothesis: &Hypothesis, tally: &HypothesisTally) -> Option<Vec<(u64, u64)>> {
    let lattice = &hypothesis.lattice;
    if lattice.bin_shift > 0 || tally.histogram.len() < BINS {
        return None;
    }
    let first = u64::from(lattice.first_bin);
    let law: Vec<(u64, u64)> = (first..)
        .zip(tally.histogram.iter().copied())
        .filter(|&(_, count)| count > 0)
        .collect();
    // The bins at either end hold all that lies beyond them.
    let (low, high) = (law.first()?.0, law.last()?.0);
    let is_whole =
        (low > first || first == 0) && (high < first + BINS as u64 - 1 || high == lattice.span);
    is_whole.then_some(law)
}

/// Monte Carlo p-values; ties count in both tails.
///
/// One tail with `b` of `m` draws at least as extreme has `p = (b + 1)/(m + 1)`, the observed set
/// being one more draw from the null (Phipson and Smyth 2010, equation 2), so p is never 0.
/// `raw` gives `b/m` instead, only to reproduce publications that did so. Equal-tailed is
/// `min(1, 2 min(lower, upper))` of the same form.
///
/// The interval is Clopper and Pearson's from the raw `(b, m)`; equal-tailed it is
/// `[2 min(l_L, l_U), min(1, 2 min(u_L, u_U))]`. It says how far the finite number of draws can
/// mislead, and holds for a number of draws fixed in advance.
///
/// `far` has the draws that the symmetric convention counts, see [`counts_of`]; the other conventions
/// pass it over. Its interval reaches from that of the draws that are surely far to that of all that
/// may be.
pub fn monte_carlo(counts: Counts, far: Far, convention: Convention, raw: bool) -> CountedP {
    let m = counts.draws();
    let tail = |b: u64| {
        if raw {
            b as f64 / m as f64
        } else {
            (b as f64 + 1.0) / (m as f64 + 1.0)
        }
    };
    let (p_lower, p_upper) = (tail(counts.lower()), tail(counts.upper()));
    let lower = clopper_pearson(counts.lower(), m, LEVEL);
    let upper = clopper_pearson(counts.upper(), m, LEVEL);
    let (p, (p_low, p_high)) = match convention {
        Convention::Lower => (p_lower, lower),
        Convention::Upper => (p_upper, upper),
        Convention::Symmetric => (
            tail(far.counted),
            (
                clopper_pearson(far.surely, m, LEVEL).0,
                clopper_pearson(far.counted, m, LEVEL).1,
            ),
        ),
        Convention::EqualTailed => (
            equal_tailed(p_lower, p_upper),
            (
                equal_tailed(lower.0, upper.0),
                equal_tailed(lower.1, upper.1),
            ),
        ),
    };
    CountedP {
        p_lower,
        p_upper,
        p,
        p_low,
        p_high,
    }
}

/// p-values of an enumeration: the share of its draws, with no interval. The observed set is one of
/// them, or else (`admissible` is false) counts as one more.
pub fn enumerated(counts: Counts, far: Far, convention: Convention, admissible: bool) -> CountedP {
    let added = u64::from(!admissible);
    let share = |b: u64| (b + added) as f64 / (counts.draws() + added) as f64;
    let (p_lower, p_upper) = (share(counts.lower()), share(counts.upper()));
    let p = match convention {
        Convention::Lower => p_lower,
        Convention::Upper => p_upper,
        Convention::Symmetric => share(far.counted),
        Convention::EqualTailed => equal_tailed(p_lower, p_upper),
    };
    CountedP {
        p_lower,
        p_upper,
        p,
        p_low: p,
        p_high: p,
    }
}

/// Draws at least as far from the null's expectation as the observed value: those on the observed
/// side, ties included, and those on the other side from the observed value's mirror image on.
/// `reached` has the draws below and equal to the image, `None` when no draw reaches it.
fn far_draws(counts: Counts, image: Image, reached: Option<(u64, u64)>) -> u64 {
    match image {
        Image::Centre => counts.defined(),
        Image::AtOrBelow(_) => counts.upper() + reached.map_or(0, |(below, equal)| below + equal),
        Image::AtOrAbove(_) => {
            counts.lower() + reached.map_or(0, |(below, _)| counts.defined() - below)
        }
    }
}

/// Twice the smaller tail, at most 1.
pub(super) fn equal_tailed(lower: f64, upper: f64) -> f64 {
    (2.0 * lower.min(upper)).min(1.0)
}

/// The convention as result rows name it; the raw form is labelled.
pub fn convention_label(convention: Convention, raw: bool) -> String {
    let name = convention.name();
    format!("{name}{}", if raw { " (raw)" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: Counts = Counts {
        below: 10,
        equal: 4,
        above: 85,
        singular: 0,
    };
    const NONE: Far = Far {
        counted: 0,
        surely: 0,
    };

    const FAR: Far = Far {
        counted: 33,
        surely: 30,
    };

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-14 * b.abs(), "{a} is not {b}");
    }

    #[test]
    fn adds_the_observed_set_to_each_tail() {
        let p = monte_carlo(COUNTS, NONE, Convention::EqualTailed, false);
        close(p.p_lower, 0.15);
        close(p.p_upper, 0.90);
        close(p.p, 0.30);
        close(monte_carlo(COUNTS, NONE, Convention::Lower, false).p, 0.15);
        close(monte_carlo(COUNTS, NONE, Convention::Upper, false).p, 0.90);
    }

    #[test]
    fn raw_form_is_the_plain_share() {
        let p = monte_carlo(COUNTS, NONE, Convention::EqualTailed, true);
        close(p.p_lower, 14.0 / 99.0);
        close(p.p_upper, 89.0 / 99.0);
        close(p.p, 28.0 / 99.0);
    }

    #[test]
    fn equal_tailed_stops_at_one() {
        let ties = Counts {
            below: 1,
            equal: 8,
            above: 1,
            singular: 0,
        };
        for raw in [false, true] {
            let p = monte_carlo(ties, NONE, Convention::EqualTailed, raw);
            assert_eq!((p.p, p.p_high), (1.0, 1.0));
        }
    }

    #[test]
    fn p_is_never_zero_unless_raw() {
        let none = Counts {
            below: 0,
            equal: 0,
            above: 999,
            singular: 0,
        };
        close(monte_carlo(none, NONE, Convention::Lower, false).p, 0.001);
        assert_eq!(monte_carlo(none, NONE, Convention::Lower, true).p, 0.0);
    }

    #[test]
    fn interval_comes_from_the_raw_counts_of_the_tail() {
        for raw in [false, true] {
            let lower = monte_carlo(COUNTS, NONE, Convention::Lower, raw);
            assert_eq!((lower.p_low, lower.p_high), clopper_pearson(14, 99, 0.95));
            let both = monte_carlo(COUNTS, NONE, Convention::EqualTailed, raw);
            close(both.p_low, 2.0 * lower.p_low);
            close(both.p_high, 2.0 * lower.p_high);
        }
    }

    #[test]
    fn symmetric_counts_both_sides_of_the_centre() {
        // 10 below, 4 equal, 85 above; the image has 80 draws below it and 3 on it.
        let image = Some((80, 3));
        assert_eq!(far_draws(COUNTS, Image::AtOrAbove(9), image), 14 + 19);
        assert_eq!(far_draws(COUNTS, Image::AtOrAbove(9), None), 14);
        assert_eq!(
            far_draws(COUNTS, Image::AtOrBelow(-9), Some((5, 1))),
            89 + 6
        );
        assert_eq!(far_draws(COUNTS, Image::Centre, None), 99);
        let p = monte_carlo(COUNTS, FAR, Convention::Symmetric, false);
        close(p.p, 0.34);
        let (low, high) = (
            clopper_pearson(30, 99, 0.95).0,
            clopper_pearson(33, 99, 0.95).1,
        );
        assert_eq!((p.p_low, p.p_high), (low, high));
    }

    #[test]
    fn an_enumeration_adds_nothing() {
        for (convention, p) in [
            (Convention::Lower, 14.0 / 99.0),
            (Convention::Upper, 89.0 / 99.0),
            (Convention::EqualTailed, 28.0 / 99.0),
            (Convention::Symmetric, 33.0 / 99.0),
        ] {
            let found = enumerated(COUNTS, FAR, convention, true);
            close(found.p, p);
            assert_eq!((found.p_low, found.p_high), (found.p, found.p));
        }
        let ties = Counts {
            below: 0,
            equal: 3,
            above: 1,
            singular: 0,
        };
        assert_eq!(enumerated(ties, NONE, Convention::EqualTailed, true).p, 1.0);
    }

    #[test]
    fn draws_without_a_value_are_draws_in_no_tail() {
        let counts = Counts {
            singular: 100,
            ..COUNTS
        };
        let p = monte_carlo(counts, FAR, Convention::EqualTailed, false);
        close(p.p_lower, 15.0 / 200.0);
        close(p.p_upper, 90.0 / 200.0);
        close(
            enumerated(counts, FAR, Convention::Lower, true).p,
            14.0 / 199.0,
        );
        close(
            enumerated(counts, FAR, Convention::Symmetric, true).p,
            33.0 / 199.0,
        );
        assert_eq!(far_draws(counts, Image::Centre, None), 99);
    }

    #[test]
    fn raw_form_is_labelled() {
        assert_eq!(
            convention_label(Convention::EqualTailed, false),
            "equal-tailed"
        );
        assert_eq!(convention_label(Convention::Upper, true), "upper (raw)");
    }
}
