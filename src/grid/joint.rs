//! The joint test over specifications.

use rayon::prelude::*;

use crate::null::{Design, NullDesign, Picks, Uniform};
use crate::plan::Plan;
use crate::report::Curve;

/// Draws between two merges.
const BLOCK: u64 = 32;

/// The values of a specification, one a hypothesis.
type Values = Vec<Option<i64>>;
/// Series, group, and whether a curve is about sizes.
type Key = (String, String, bool);

/// A specification that the base test's placebo sets can answer: the same dates, less those in the
/// places of events left out.
pub(super) struct Member<'p> {
    number: usize,
    plan: &'p Plan,
    /// By pick of the specification, the base test's.
    picks: Vec<usize>,
    /// By position of the base test, the specification's.
    positions: Vec<u32>,
}

impl<'p> Member<'p> {
    /// `None` unless both draw distinct dates alike, and the specification knows all of the base test's.
    pub(super) fn new(
        number: usize,
        plan: &'p Plan,
        left_out: &[usize],
        base: &Plan,
    ) -> Option<Self> {
        let (Design::Uniform(_), Design::Uniform(_)) = (plan.design.design(), base.design.design())
        else {
            return None;
        };
        let dates = &plan.dates[..plan.design.positions()];
        let positions = base.dates[..base.design.positions()]
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
        Some(Member {
            number,
            plan,
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
    /// Numbers of the specifications that it is about.
    pub members: Vec<usize>,
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
    pub(super) fn new(base: &Plan, members: &[Member], draws: u64) -> Self {
        let mut joint = Joint {
            members: members.iter().map(|member| member.number).collect(),
            draws,
            curves: Vec::new(),
        };
        let Design::Uniform(uniform) = base.design.design() else {
            return joint;
        };
        let Some(design) = at_random(uniform) else {
            return joint;
        };
        // By curve, its values: the member and the hypothesis.
        let mut curves: Vec<(Key, Vec<(usize, usize)>)> = Vec::new();
        for (m, member) in members.iter().enumerate() {
            for (h, hypothesis) in member.plan.hypotheses.iter().enumerate() {
                let absolute = hypothesis.statistic.contains("absolute");
                let key = (
                    hypothesis.series.clone(),
                    hypothesis.group.clone(),
                    absolute,
                );
                match curves.iter_mut().find(|(had, _)| *had == key) {
                    Some((_, values)) => values.push((m, h)),
                    None => curves.push((key, vec![(m, h)])),
                }
            }
        }
        let observed: Vec<Values> = members
            .iter()
            .map(|member| {
                member
                    .plan
                    .hypotheses
                    .iter()
                    .map(|h| Some(h.observed))
                    .collect()
            })
            .collect();
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
        let zero: Vec<Vec<Moments>> = observed
            .iter()
            .map(|values| vec![Moments::default(); values.len()])
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
        // The median and the largest size of a curve's standardised values; none when one is undefined.
        let summary = |values: &[Values], of: &[(usize, usize)]| -> Option<(f64, f64)> {
            let mut z = of
                .iter()
                .map(|&(m, h)| values[m][h].map(|value| moments[m][h].standardised(value)))
                .collect::<Option<Vec<f64>>>()?;
            let largest = z.iter().fold(0.0f64, |most, z| most.max(z.abs()));
            let middle = z.len() / 2;
            let (_, median, _) = z.select_nth_unstable_by(middle, f64::total_cmp);
            Some((*median, largest))
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
                        counts[0] += holds(&|drawn| drawn.0 <= *median);
                        counts[1] += holds(&|drawn| drawn.0 >= *median);
                        counts[2] += holds(&|drawn| drawn.1 >= *largest);
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

    pub(super) fn curves(self, test: usize) -> Vec<Curve> {
        let p = |count: u64| (count + 1) as f64 / (self.draws + 1) as f64;
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

/// The design with its sets drawn at random.
fn at_random(design: &Uniform) -> Option<NullDesign> {
    NullDesign::new(Design::Uniform(design.clone()))
}

/// Exact sums of a value's numerators.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: u64,
    sum: i128,
    squares: i128,
}

impl Moments {
    fn add(&mut self, value: Option<i64>) {
        if let Some(value) = value {
            self.count += 1;
            self.sum += i128::from(value);
            self.squares += i128::from(value) * i128::from(value);
        }
    }

    fn merge(&mut self, other: &Moments) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Distance from the mean in standard deviations; 0 of a constant.
    fn standardised(&self, value: i64) -> f64 {
        let n = self.count as f64;
        let mean = self.sum as f64 / n;
        let variance = (self.squares as f64 / n - mean * mean).max(0.0);
        match variance > 0.0 {
            true => (value as f64 - mean) / variance.sqrt(),
            false => 0.0,
        }
    }
}
