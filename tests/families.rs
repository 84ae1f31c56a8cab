//! Families of hypotheses: draws shown block by block, adjusted p-values by their definitions.

mod common;

use placebo::engine::{Block, FamilyCounts, Schedule, Visit, Visitor, count_family};
use placebo::plan::Plan;
use placebo::study::{Convention, Standardise};

/// Every draw with its numerators.
#[derive(Default)]
struct Collected {
    floors: Vec<i64>,
    draws: Vec<(u64, Vec<Option<i64>>)>,
}

impl Visit for Collected {
    fn block(&mut self, first: u64, block: &Block<'_>) {
        for draw in 0..block.draws() {
            let numerator = |(h, floor): (usize, &i64)| {
                let offset = block.offsets(h)[draw];
                (offset != Block::UNDEFINED).then(|| floor + offset as i64)
            };
            let numerators = self.floors.iter().enumerate().map(numerator).collect();
            self.draws.push((first + draw as u64, numerators));
        }
    }

    fn merge(&mut self, other: Self) {
        self.draws.extend(other.draws);
    }
}

/// Each draw is shown once, with the values of its replay, however the draws are cut: narrow and
/// wide folds, and regressions some of whose draws are singular.
#[test]
fn every_draw_is_shown_once() {
    for keys in [
        "statistic = [\"mean-change\", \"median-change\"]",
        "statistic = [\"overlap-regression\", \"mean-change\", \"overlap-regression-t\"]\n\
         null = \"uniform\"\npool = \"all\"",
    ] {
        let panel = common::walks(110, 2);
        let events = common::events(&panel, &[1, 5], 12, 98);
        let plan = common::compiled_on_changes(&panel, &events, keys);
        let floors: Vec<i64> = plan.hypotheses.iter().map(|h| h.lattice.floor).collect();
        for (threads, chunk) in [(1, None), (2, Some(100)), (3, Some(257))] {
            let mut visitor = Visitor::new(&plan, Some(threads)).unwrap();
            let visit = || Collected {
                floors: floors.clone(),
                draws: vec![],
            };
            let (mut seen, draws) = visitor.run(7..1000, Schedule { chunk }, visit, &mut |_| true);
            assert_eq!(draws, 993);
            seen.draws.sort_unstable();
            assert!((7..1000).eq(seen.draws.iter().map(|(draw, _)| *draw)));
            for (draw, numerators) in seen.draws.iter().step_by(17) {
                assert_eq!(*numerators, plan.draw(*draw).numerators);
            }
            let singular = |(_, numerators): &(u64, Vec<Option<i64>>)| numerators.contains(&None);
            assert_eq!(seen.draws.iter().any(singular), keys.contains("overlap"));
            let (seen, draws) = visitor.run(0..1000, Schedule { chunk }, visit, &mut |_| false);
            assert_eq!(draws, seen.draws.len() as u64);
            assert!(draws < 1000);
        }
    }
}

/// What a member's counts are by their definitions: single-step and step-down maxT, single-step and
/// step-down minP.
type Four = [u64; 4];

/// All counts of a family by their definitions, on the full matrix of its draws: the draws that
/// count, and each member's counts.
fn by_definition(plan: &Plan, draws: u64) -> (u64, Vec<Four>) {
    let family = plan.family.as_ref().unwrap();
    let k = family.members.len();
    let row = |numerators: &dyn Fn(usize) -> Option<i64>| -> Option<Vec<i64>> {
        family.members.iter().map(|&h| numerators(h)).collect()
    };
    let all: Vec<Vec<i64>> = (0..draws)
        .filter_map(|draw| {
            let numerators = plan.draw(draw).numerators;
            row(&|h| numerators[h])
        })
        .collect();
    let observed = row(&|h| Some(plan.hypotheses[h].observed)).unwrap();
    let mut law = all.clone();
    if plan.design.enumeration().is_none() {
        law.push(observed.clone());
    }
    let n = law.len() as f64;
    let column = |j: usize| law.iter().map(move |row| row[j] as f64);
    let moments: Vec<(f64, f64)> = (0..k)
        .map(|j| {
            let mean = column(j).sum::<f64>() / n;
            let variance = column(j).map(|x| (x - mean).powi(2)).sum::<f64>() / n;
            (mean, variance.sqrt())
        })
        .collect();
    let convention = plan.facts.convention;
    // In units of 10^-9, so that rounding breaks no tie.
    let extreme = |row: &[i64], j: usize| -> i64 {
        let (mean, sd) = moments[j];
        if sd == 0.0 {
            return i64::MIN;
        }
        let z = match family.standardise {
            Standardise::Placebo => (row[j] as f64 - mean) / sd,
            Standardise::None => plan.hypotheses[family.members[j]].value(row[j]),
        };
        let z = match convention {
            Convention::Lower => -z,
            Convention::Upper => z,
            Convention::EqualTailed | Convention::Symmetric => z.abs(),
        };
        (z * 1e9).round() as i64
    };
    // How many of the law are at least as extreme.
    let rank = |row: &[i64], j: usize| -> i64 {
        let count =
            |holds: &dyn Fn(i64) -> bool| law.iter().filter(|other| holds(other[j])).count() as i64;
        let x = row[j];
        let (lower, upper) = (count(&|other| other <= x), count(&|other| other >= x));
        let sum: i128 = law.iter().map(|row| i128::from(row[j])).sum();
        let far = |x: i64| (i128::from(x) * law.len() as i128 - sum).abs();
        match convention {
            Convention::Lower => lower,
            Convention::Upper => upper,
            Convention::EqualTailed => (2 * lower.min(upper)).min(law.len() as i64),
            Convention::Symmetric => count(&|other| far(other) >= far(x)),
        }
    };
    let mut counts = vec![[0; 4]; k];
    type Score<'a> = &'a dyn Fn(&[i64], usize) -> i64;
    let scores: [Score; 2] = [&extreme, &|row, j| -rank(row, j)];
    for (at, score) in scores.into_iter().enumerate() {
        let of_observed: Vec<i64> = (0..k).map(|j| score(&observed, j)).collect();
        let of_draws: Vec<Vec<i64>> = all
            .iter()
            .map(|row| (0..k).map(|j| score(row, j)).collect())
            .collect();
        let reached = |members: &dyn Fn(usize) -> bool, threshold: i64| {
            let largest = |scores: &&Vec<i64>| {
                let of_members = (0..k).filter(|&j| members(j)).map(|j| scores[j]);
                of_members.max().unwrap() >= threshold
            };
            of_draws.iter().filter(largest).count() as u64
        };
        for j in 0..k {
            counts[j][2 * at] = reached(&|_| true, of_observed[j]);
            // Step down: over those no more extreme, and at least what the more extreme have.
            counts[j][2 * at + 1] = (0..k)
                .filter(|&i| of_observed[i] >= of_observed[j])
                .map(|i| {
                    reached(
                        &|other| of_observed[other] <= of_observed[i],
                        of_observed[i],
                    )
                })
                .max()
                .unwrap();
        }
    }
    (all.len() as u64, counts)
}

fn counted(plan: &Plan, draws: u64, threads: usize, chunk: Option<u64>) -> FamilyCounts {
    let schedule = Schedule { chunk };
    let all = 0..plan.draws(draws);
    let counts = count_family(plan, all, Some(threads), schedule, &mut |_| true);
    counts.unwrap().unwrap()
}

fn four(counts: &FamilyCounts) -> Vec<Four> {
    let members = counts.members.iter();
    members
        .map(|m| [m.max_t, m.max_t_step, m.min_p, m.min_p_step])
        .collect()
}

/// All conventions and standardisers, drawn and enumerated, with ties, members that never vary, and
/// singular regressions; whatever the threads and chunks.
#[test]
fn counts_are_those_of_the_definitions() {
    let mut ties = 0;
    let mut singular = 0;
    for convention in ["equal-tailed", "lower", "upper", "symmetric"] {
        for family in [
            "{}",
            "{ standardise = \"none\" }",
            "{ groups = [\"a\", \"a - b\"] }",
        ] {
            for (statistic, null, draws) in [
                (
                    "[\"mean-change\", \"median-change\"]",
                    "null = \"labels\"",
                    700,
                ),
                ("[\"median-change\"]", "null = \"uniform\"", 300),
                (
                    "[\"mean-change\", \"median-change\"]",
                    "null = \"circular-shift\"",
                    1,
                ),
                ("[\"overlap-regression-t\"]", "pool = \"all\"", 200),
            ] {
                let keys = format!(
                    "statistic = {statistic}\n{null}\nconvention = \"{convention}\"\n\
                     days = [0, 3, 10]\nfamily = {family}"
                );
                let panel = common::walks(110, 2);
                let events = common::events(&panel, &[1, 5], 12, 98);
                let plan = common::compiled_on_changes(&panel, &events, &keys);
                let all = plan.draws(draws);
                let (defined, by_hand) = by_definition(&plan, all);
                let counts = counted(&plan, draws, 1, None);
                assert_eq!(four(&counts), by_hand, "{keys}");
                assert_eq!((counts.draws, counts.undefined), (defined, all - defined));
                assert!(counts.members.iter().all(|member| !member.coarse));
                for (threads, chunk) in [(1, Some(131)), (2, None), (2, Some(77)), (3, Some(400))] {
                    assert_eq!(counted(&plan, draws, threads, chunk), counts);
                }
                singular += counts.undefined;
                ties += plan.hypotheses.len() - {
                    let mut distinct = by_hand.clone();
                    distinct.sort_unstable();
                    distinct.dedup();
                    distinct.len()
                };
            }
        }
    }
    assert!(ties > 0 && singular > 0);
}
