//! The joint test over specifications.

use rayon::prelude::*;

use super::varies;
use crate::null::{LawBasis, Moves, NullDesign, Picks};
use crate::question::events::EventPlan;
use crate::report::Curve;
use crate::statistic::Of;

/// Draws between two merges.
const BLOCK: u64 = 32;

/// Standardised values nearer than this, relatively, are the same: they come from integers by a root and
/// a division each, so that equal ones may differ in their last digits alone.
const NEAR: f64 = 1e-11;

/// The values of a specification, one a hypothesis.
type Values = Vec<Option<i64>>;
/// Series, group, and whether a curve is about sizes.
type Key = (String, String, bool);

/// A specification that the base test's placebo sets can answer: the same dates, less those in the
/// places of events left out.
pub(super) struct Member<'p> {
    number: usize,
    plan: &'p EventPlan,
    /// Hypotheses that the specification moves.
    moved: Vec<usize>,
    /// By pick of the specification, the base test's.
    picks: Vec<usize>,
    /// By position of the base test, the specification's.
    positions: Vec<u32>,
}

impl<'p> Member<'p> {
    /// `None` unless both draw distinct dates alike, and the specification knows all of the base test's.
    pub(super) fn new(
        number: usize,
        plan: &'p EventPlan,
        left_out: &[usize],
        base: &EventPlan,
    ) -> Option<Self> {
        let alike = plan.design.null() == base.design.null();
        if !(alike && draws_dates_alike(&plan.design) && draws_dates_alike(&base.design)) {
            return None;
        }
        let dates = &plan.words.dates[..plan.design.positions()];
        let positions = base.words.dates[..base.design.positions()]
            .iter()
            .map(|date| dates.binary_search(date).ok().map(|at| at as u32))
            .collect::<Option<Vec<u32>>>()?;
        let mut picks = vec![0; plan.design.picks()];
        if plan.groups != base.groups {
            return None;
        }
        for (own, of_base) in plan.design.segments().iter().zip(base.design.segments()) {
            let kept: Vec<usize> = of_base.range().filter(|s| !left_out.contains(s)).collect();
            if kept.len() != own.len {
                return None;
            }
            picks[own.range()].copy_from_slice(&kept);
        }
        let all = 0..plan.hypotheses.len();
        Some(Member {
            number,
            plan,
            moved: all.filter(|&h| varies(plan, h, left_out, base)).collect(),
            picks,
            positions,
        })
    }

    fn values(&self, row: &[u32]) -> Values {
        let picks: Vec<u32> = self
            .picks
            .iter()
            .map(|&pick| self.positions[row[pick] as usize])
            .collect();
        let folds = self.plan.folds.iter();
        folds.flat_map(|fold| fold.numerators(&picks)).collect()
    }
}

/// The joint test of a base test's specifications.
pub(super) struct Joint {
    /// The values that it is about: the member's number, and the hypothesis.
    pub members: Vec<(usize, usize)>,
    draws: u64,
    curves: Vec<Tested>,
}

/// One curve: the specifications of one series and group.
struct Tested {
    series: String,
    group: String,
    absolute: bool,
    specifications: usize,
    /// Observed median of the standardised values, and the largest.
    median: f64,
    largest: f64,
    /// Draws with a median at most, at least the observed one; with a largest value at least it.
    counts: [u64; 3],
}

impl Joint {
    /// From `draws` draws of the base test's design, each a placebo set for all members at once, in two
    /// passes: moments, the observed set among them, then counts.
    pub(super) fn new(base: &EventPlan, members: &[Member], draws: u64) -> Self {
        let mut joint = Joint {
            members: Vec::new(),
            draws,
            curves: Vec::new(),
        };
        if !draws_dates_alike(&base.design) {
            return joint;
        }
        let design = base.design.at_random();
        // By curve, its values: the member and the hypothesis.
        let mut curves: Vec<(Key, Vec<(usize, usize)>)> = Vec::new();
        for (m, member) in members.iter().enumerate() {
            for &h in &member.moved {
                let hypothesis = &member.plan.hypotheses[h];
                let absolute = hypothesis.of == Of::Sizes;
                let of = &member.plan.labels[h].key;
                let key = (of.series().to_owned(), of.group().to_owned(), absolute);
                match curves.iter_mut().find(|(had, _)| *had == key) {
                    Some((_, values)) => values.push((m, h)),
                    None => curves.push((key, vec![(m, h)])),
                }
            }
        }
        let numerators = |member: &Member| -> Vec<i64> {
            let hypotheses = member.plan.hypotheses.iter();
            hypotheses.map(|h| h.observed).collect()
        };
        let origins: Vec<Vec<i64>> = members.iter().map(numerators).collect();
        let told = |member: &Member| -> Values {
            let hypotheses = member.plan.hypotheses.iter();
            hypotheses
                .map(|h| h.void.is_none().then_some(h.observed))
                .collect()
        };
        let observed: Vec<Values> = members.iter().map(told).collect();
        let each_draw = |range: std::ops::Range<u64>, visit: &mut dyn FnMut(&[Values])| {
            let mut sampler = design.sampler();
            let mut picks = Picks::new(1, design.picks());
            for draw in range {
                sampler.fill(base.seed, draw, 1, &mut picks);
                let values: Vec<_> = members.iter().map(|m| m.values(picks.row(0))).collect();
                visit(&values);
            }
        };
        let blocks = draws.div_ceil(BLOCK);
        let range = |block: u64| block * BLOCK..draws.min((block + 1) * BLOCK);
        let zero: Vec<Vec<Moments>> = origins
            .iter()
            .map(|of| of.iter().map(|&origin| Moments::about(origin)).collect())
            .collect();
        let add = |mut sums: Vec<Vec<Moments>>, values: &[Values]| {
            for (sums, values) in sums.iter_mut().flatten().zip(values.iter().flatten()) {
                sums.add(*values);
            }
            sums
        };
        let merge = |mut a: Vec<Vec<Moments>>, b: Vec<Vec<Moments>>| {
            for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
                a.merge(b);
            }
            a
        };
        let moments = (0..blocks)
            .into_par_iter()
            .fold(
                || zero.clone(),
                |sums, block| {
                    let mut sums = sums;
                    each_draw(range(block), &mut |values| {
                        sums = add(std::mem::take(&mut sums), values);
                    });
                    sums
                },
            )
            .reduce(|| zero.clone(), merge);
        let moments = add(moments, &observed);
        // A value that no placebo set moves has no place among standardised ones.
        for (_, of) in &mut curves {
            of.retain(|&(m, h)| moments[m][h].spread() > 0.0);
            joint
                .members
                .extend(of.iter().map(|&(m, h)| (members[m].number, h)));
        }
        curves.retain(|(_, of)| !of.is_empty());
        // The median and the largest size of a curve's standardised values; none when one is undefined.
        let summary = |values: &[Values], of: &[(usize, usize)]| -> Option<(f64, f64)> {
            let mut z = of
                .iter()
                .map(|&(m, h)| values[m][h].map(|value| moments[m][h].standardised(value)))
                .collect::<Option<Vec<f64>>>()?;
            let largest = z.iter().fold(0.0f64, |most, z| most.max(z.abs()));
            Some((median(&mut z), largest))
        };
        let found: Vec<Option<(f64, f64)>> = curves
            .iter()
            .map(|(_, of)| summary(&observed, of))
            .collect();
        let counts = (0..blocks)
            .into_par_iter()
            .map(|block| {
                let mut counts = vec![[0u64; 3]; curves.len()];
                each_draw(range(block), &mut |values| {
                    for ((counts, (_, of)), found) in counts.iter_mut().zip(&curves).zip(&found) {
                        // A draw without a value counts against the effect.
                        let Some((median, largest)) = found else {
                            continue;
                        };
                        let drawn = summary(values, of);
                        let holds =
                            |test: &dyn Fn((f64, f64)) -> bool| u64::from(drawn.is_none_or(test));
                        // What lies within the floats' error is a tie.
                        let near = NEAR * largest.max(1.0);
                        counts[0] += holds(&|drawn| drawn.0 <= *median + near);
                        counts[1] += holds(&|drawn| drawn.0 >= *median - near);
                        counts[2] += holds(&|drawn| drawn.1 >= *largest - near);
                    }
                });
                counts
            })
            .reduce(
                || vec![[0; 3]; curves.len()],
                |mut a, b| {
                    for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
                        *a += b;
                    }
                    a
                },
            );
        joint.curves = curves
            .into_iter()
            .zip(found)
            .zip(counts)
            .filter_map(|((((series, group, absolute), of), found), counts)| {
                let (median, largest) = found?;
                Some(Tested {
                    series,
                    group,
                    absolute,
                    specifications: of.len(),
                    median,
                    largest,
                    counts,
                })
            })
            .collect();
        joint
    }

    /// `raw` asks for `b/m` instead of `(b + 1)/(m + 1)`.
    pub(super) fn curves(self, test: usize, raw: bool) -> Vec<Curve> {
        let added = u64::from(!raw);
        let p = |count: u64| (count + added) as f64 / (self.draws + added) as f64;
        self.curves
            .into_iter()
            .map(|tested| Curve {
                test,
                series: tested.series,
                group: tested.group,
                absolute: tested.absolute,
                specifications: tested.specifications as u64,
                draws: self.draws,
                median_z: tested.median,
                p_median: (2.0 * p(tested.counts[0]).min(p(tested.counts[1]))).min(1.0),
                largest_z: tested.largest,
                p_largest: p(tested.counts[2]),
            })
            .collect()
    }
}

/// Whether draws are of distinct dates of the pool, each as likely.
fn draws_dates_alike(design: &NullDesign) -> bool {
    design.basis() == LawBasis::Distinct && design.moves() == Moves::Dates
}

/// The median; of an even number of values, the mean of the middle two.
fn median(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    match below.iter().copied().reduce(f64::max) {
        Some(lower) if is_even => (lower + *upper) / 2.0,
        _ => *upper,
    }
}

/// Exact sums of a value's numerators, each less an origin near them.
#[derive(Debug, Clone, Copy)]
struct Moments {
    origin: i64,
    count: u64,
    sum: i128,
    /// Of the squares the multiples of 2^64, and what is left of each.
    squares: [u128; 2],
}

impl Moments {
    fn about(origin: i64) -> Self {
        Moments {
            origin,
            count: 0,
            sum: 0,
            squares: [0; 2],
        }
    }

    fn add(&mut self, value: Option<i64>) {
        if let Some(value) = value {
            let away = i128::from(value) - i128::from(self.origin);
            let square = away.unsigned_abs().pow(2);
            self.count += 1;
            self.sum += away;
            self.squares[0] += square >> 64;
            self.squares[1] += square & u128::from(u64::MAX);
        }
    }

    fn merge(&mut self, other: &Moments) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares[0] += other.squares[0];
        self.squares[1] += other.squares[1];
    }

    /// Number of values times their standard deviation: the root of an integer.
    fn spread(&self) -> f64 {
        let n = i128::from(self.count);
        let [high, low] = self.squares;
        let exact = || {
            let squares = high.checked_mul(1 << 64)?.checked_add(low)?;
            let squares = i128::try_from(squares).ok()?.checked_mul(n)?;
            squares.checked_sub(self.sum.checked_mul(self.sum)?)
        };
        let square = exact().map_or_else(
            || {
                let squares = high as f64 * 2f64.powi(64) + low as f64;
                n as f64 * squares - (self.sum as f64).powi(2)
            },
            |square| square as f64,
        );
        square.max(0.0).sqrt()
    }

    /// Distance from the mean in standard deviations, of a value that varies.
    fn standardised(&self, value: i64) -> f64 {
        let away = i128::from(value) - i128::from(self.origin);
        let exact = away
            .checked_mul(i128::from(self.count))
            .and_then(|total| total.checked_sub(self.sum));
        let numerator = exact.map_or_else(
            || away as f64 * self.count as f64 - self.sum as f64,
            |numerator| numerator as f64,
        );
        numerator / self.spread()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_even_and_odd_numbers() {
        let of = |values: &[f64]| median(&mut values.to_vec());
        assert_eq!(of(&[3.0]), 3.0);
        assert_eq!(of(&[3.0, -1.0]), 1.0);
        assert_eq!(of(&[7.0, 3.0, -1.0]), 3.0);
        assert_eq!(of(&[9.0, 1.0, 4.0, 2.0]), 3.0);
        assert_eq!(of(&[-9.0, -1.0, -4.0, -2.0]), -3.0);
    }

    #[test]
    fn standardised_values_of_integers() {
        // 1, 2, 3, 6 have mean 3 and variance 3.5, far from the origin of their integers as well.
        for shift in [0, 1 << 60] {
            let mut moments = Moments::about(shift + 6);
            for value in [1, 2, 3, 6] {
                moments.add(Some(shift + value));
            }
            assert_eq!(moments.standardised(shift + 3), 0.0);
            assert!((moments.standardised(shift + 6) - 3.0 / 3.5f64.sqrt()).abs() < 1e-15);
        }
        let mut same = Moments::about(5);
        same.add(Some(5));
        same.add(Some(5));
        assert_eq!(same.spread(), 0.0);
        // Squares past 128 bits in sum.
        let far = 1i64 << 62;
        let mut wide = Moments::about(0);
        for _ in 0..8 {
            wide.add(Some(far));
            wide.add(Some(-far));
        }
        assert!((wide.standardised(far) - 1.0).abs() < 1e-12);
    }
}
