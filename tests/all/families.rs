//! Families of hypotheses: draws shown block by block, adjusted p-values by their definitions.

use crate::common;
use crate::common::named;
use crate::folder::{Folder, STUDY, edit};

use placebo::engine::{
    Block, Cpu, Engine, FamilyCounts, Schedule, Tail, TailCounts, Visit, Visitor, count_family,
};
use placebo::load::{DataColumn, DataTable};
use placebo::null::philox4x32_10;
use placebo::question::events::{EventPlan, compile};
use placebo::question::table::TableSpec;
use placebo::report::{Report, ResultRow};
use placebo::run::{RunOptions, run};
use placebo::study::{Convention, FamilySpec, LabelDays, Null, OneOrMany, Standardise, Study};
use placebo::table_test::TableTest;

/// Every draw with its numerators.
#[derive(Default)]
struct Collected {
    floors: Vec<i64>,
    draws: Vec<(u64, Vec<Option<i64>>)>,
}

impl Visit for Collected {
    type Word = u64;

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

/// All counts of a family by their definitions, on the full matrix of its draws: the draws in which
/// every member has a value, and each member's counts, tail by tail. A member without a value is in no
/// tail of its draw.
fn by_definition(plan: &EventPlan, draws: u64) -> (u64, Vec<Vec<Four>>) {
    let family = plan.family.as_ref().unwrap();
    let k = family.members.len();
    type Row = Vec<Option<i64>>;
    let all: Vec<Row> = (0..draws)
        .map(|draw| {
            let numerators = plan.draw(draw).numerators;
            family.members.iter().map(|&h| numerators[h]).collect()
        })
        .collect();
    let members = family.members.iter().map(|&h| &plan.hypotheses[h]);
    let observed: Row = members.clone().map(|h| Some(h.observed)).collect();
    let mut law = all.clone();
    if plan.design.enumeration().is_none() {
        law.push(observed.clone());
    }
    let column = |j: usize| law.iter().filter_map(move |row| row[j]);
    let moments: Vec<(f64, f64)> = (0..k)
        .map(|j| {
            let n = column(j).count() as f64;
            let mean = column(j).sum::<i64>() as f64 / n;
            let variance = column(j).map(|x| (x as f64 - mean).powi(2)).sum::<f64>() / n;
            (mean, variance.sqrt())
        })
        .collect();
    // The expectation as a fraction: known, or the mean.
    let centres: Vec<(i128, i128)> = members
        .enumerate()
        .map(|(j, hypothesis)| match hypothesis.centre {
            Some(centre) => (centre.numerator, centre.denominator),
            None => {
                let sum = column(j).map(i128::from).sum();
                (sum, column(j).count() as i128)
            }
        })
        .collect();
    let from_centre = |x: i64, j: usize| i128::from(x) * centres[j].1 - centres[j].0;
    // In units of 10^-9, so that rounding breaks no tie.
    let extreme = |tail: Tail, row: &Row, j: usize| -> i64 {
        let sd = moments[j].1;
        let (Some(x), true) = (row[j], sd > 0.0) else {
            return i64::MIN;
        };
        let hypothesis = &plan.hypotheses[family.members[j]];
        let distance = from_centre(x, j) as f64 / centres[j].1 as f64;
        let z = match (family.standardise, tail) {
            (Standardise::Placebo, _) => distance / sd,
            (Standardise::None, Tail::Both) => {
                hypothesis.scale.value(distance, hypothesis.denominator)
            }
            (Standardise::None, _) => hypothesis.value(x),
        };
        let z = match tail {
            Tail::Lower => -z,
            Tail::Upper => z,
            Tail::Both => z.abs(),
        };
        (z * 1e9).round() as i64
    };
    // How many of the law are at least as extreme.
    let rarity = |tail: Tail, row: &Row, j: usize| -> i64 {
        let Some(x) = row[j] else {
            return i64::MIN;
        };
        let far = |x: i64| from_centre(x, j).abs();
        let as_extreme = |other: &i64| match tail {
            Tail::Lower => *other <= x,
            Tail::Upper => *other >= x,
            Tail::Both => far(*other) >= far(x),
        };
        -(column(j).filter(as_extreme).count() as i64)
    };
    type Score<'a> = &'a dyn Fn(Tail, &Row, usize) -> i64;
    let scores: [Score; 2] = [&extreme, &rarity];
    let of_tail = |&tail: &Tail| {
        let mut counts = vec![[0; 4]; k];
        for (at, score) in scores.into_iter().enumerate() {
            let of_observed: Vec<i64> = (0..k).map(|j| score(tail, &observed, j)).collect();
            let of_draws: Vec<Vec<i64>> = all
                .iter()
                .map(|row| (0..k).map(|j| score(tail, row, j)).collect())
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
        counts
    };
    let defined = all.iter().filter(|row| row.iter().all(Option::is_some));
    (
        defined.count() as u64,
        Tail::of(plan.convention).iter().map(of_tail).collect(),
    )
}

fn counted(plan: &EventPlan, draws: u64, threads: usize, chunk: Option<u64>) -> FamilyCounts {
    let schedule = Schedule { chunk };
    let all = 0..plan.draws(draws);
    let tally = Cpu::new(plan, Some(threads)).unwrap().run(all.clone());
    let counts = count_family(
        plan,
        &tally.unwrap(),
        all,
        Some(threads),
        schedule,
        &mut |_| true,
    );
    counts.unwrap().unwrap()
}

/// The counts of each member, tail by tail.
fn four(counts: &FamilyCounts) -> Vec<Vec<Four>> {
    let of_tail = |tail: &TailCounts| {
        let members = tail.members.iter();
        members
            .map(|m| {
                let ranked = [m.min_p, m.min_p_step].map(Option::unwrap);
                [m.max_t, m.max_t_step, ranked[0], ranked[1]]
            })
            .collect()
    };
    counts.tails.iter().map(of_tail).collect()
}

/// More outcomes than minP is counted for, all 70 relabelings of 8 rows: maxT as its definition has it, single-step
/// and by steps.
#[test]
fn of_many_members_max_t_is_counted_alone() {
    const COLUMNS: usize = 2100;
    let value = |row: usize, column: usize| {
        let word = philox4x32_10([row as u32, column as u32, 0, 1], [5, 6])[0];
        // Effects of all sizes, some of them none; a column that never varies.
        let effect = if row.is_multiple_of(2) {
            column as f64 / 700.0
        } else {
            0.0
        };
        match column {
            17 => 3.0,
            _ => f64::from(word % 100) / 10.0 + (10.0 * effect).round() / 10.0,
        }
    };
    let arms = (0..8).map(|row| Some(if row % 2 == 0 { "a" } else { "b" }));
    let outcome = |column: usize| {
        let values = (0..8).map(|row| value(row, column)).collect();
        DataColumn::numbers(&format!("y{column}"), values)
    };
    let columns = std::iter::once(DataColumn::texts("arm", arms.collect::<Vec<_>>()));
    let table = DataTable::of(columns.chain((0..COLUMNS).map(outcome))).unwrap();
    let mut spec = TableSpec::new("y* ~ arm");
    spec.max_t = true;
    let report = TableTest::of(table, spec)
        .run(&RunOptions::default(), &mut |_, _| true)
        .unwrap();
    // Ten times the sums of the first group less those of the second: the difference of means times 40.
    let sets: Vec<u32> = (0u32..256).filter(|set| set.count_ones() == 4).collect();
    let sum = |set: u32, column: usize| -> f64 {
        let sign = |row: usize| if set >> row & 1 == 1 { 1.0 } else { -1.0 };
        (0..8)
            .map(|row| sign(row) * (10.0 * value(row, column)).round())
            .sum()
    };
    let z: Vec<Vec<f64>> = (0..COLUMNS)
        .map(|column| {
            let sums: Vec<f64> = sets.iter().map(|&set| sum(set, column)).collect();
            let sd = (sums.iter().map(|x| x * x).sum::<f64>() / sums.len() as f64).sqrt();
            sums.iter()
                .map(|x| if sd > 0.0 { x.abs() / sd } else { -1.0 })
                .collect()
        })
        .collect();
    let at = sets.iter().position(|&set| set == 0b0101_0101).unwrap();
    let mut order: Vec<usize> = (0..COLUMNS).collect();
    order.sort_by(|&a, &b| z[b][at].total_cmp(&z[a][at]));
    let p = |members: &[usize], of: f64| {
        let reaches = |set: &usize| members.iter().any(|&m| z[m][*set] >= of - 1e-9);
        (0..sets.len()).filter(reaches).count() as f64 / sets.len() as f64
    };
    let mut stepped = 0f64;
    for (place, &column) in order.iter().enumerate().step_by(1 + COLUMNS / 300) {
        let row = &report.results[column];
        assert_eq!(row.p_minp, None);
        let of = z[column][at];
        assert_eq!(row.p_maxt, Some(p(&order, of)), "{column}");
        stepped = stepped.max(p(&order[place..], of));
        let by_steps = row.p_maxt_step.unwrap();
        // Steps between those looked at may have more draws.
        assert!(
            by_steps >= stepped && by_steps <= row.p_maxt.unwrap(),
            "{column}"
        );
        stepped = by_steps;
    }
    let said = report.manifest.head.rules.join(" ");
    assert!(
        said.contains("of a family of 2100 outcomes maxT is counted alone"),
        "{said}"
    );
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
                assert_eq!((counts.draws, counts.undefined), (all, all - defined));
                assert!(counts.members.iter().all(|member| !member.coarse));
                for (threads, chunk) in [(1, Some(131)), (2, None), (2, Some(77)), (3, Some(400))] {
                    assert_eq!(counted(&plan, draws, threads, chunk), counts);
                }
                singular += counts.undefined;
                for counts in &by_hand {
                    let mut distinct = counts.clone();
                    distinct.sort_unstable();
                    distinct.dedup();
                    ties += counts.len() - distinct.len();
                }
            }
        }
    }
    assert!(ties > 0 && singular > 0);
}

/// The bundled study's difference between open and closed releases, 30-year yields, on all 31 days
/// under `labels`.
fn differences(standardise: Standardise, statistic: &str, draws: u64) -> Report {
    let mut study = Study::open("bjorkegren").unwrap();
    study.data.series = vec!["30 Yr".into()];
    study.run.draws = draws;
    let mut test = study.tests.remove(0);
    test.statistic = OneOrMany::One(statistic.into());
    (test.null, test.same_day) = (Null::Labels, Some(LabelDays::Apart));
    test.convention = Convention::Symmetric;
    test.days = (-15..=15).collect();
    test.spans.clear();
    let family = FamilySpec::default().standardise(standardise);
    test.family = Some(family.groups(["open - closed".to_owned()]));
    study.tests = vec![test];
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    run(&study, &options, &mut |_, _| true).unwrap()
}

/// The sup test over 31 days, standardised and raw: 0.0088 and 0.0056, computed independently.
#[test]
fn sup_test_of_the_bundled_study() {
    const DRAWS: u64 = 40_000;
    for (standardise, expected) in [(Standardise::Placebo, 0.0088), (Standardise::None, 0.0056)] {
        let report = differences(standardise, "overlap-regression", DRAWS);
        let family = &report.manifest.families[0];
        let bound = 4.0 * (expected * (1.0 - expected) / DRAWS as f64).sqrt();
        assert!((family.p_sup - expected).abs() < bound, "{family:?}");
        assert_eq!(
            (family.members, family.draws, family.singular),
            (31, DRAWS, 0)
        );
        let (name, day) = match standardise {
            Standardise::Placebo => ("placebo-standardised", 1),
            Standardise::None => ("raw", 15),
        };
        assert_eq!(
            (&*family.standardiser, family.sup.relative_day),
            (name, day)
        );
        let difference = |row: &&ResultRow| row.group() == "open - closed";
        let rows: Vec<&ResultRow> = report.results.iter().filter(difference).collect();
        assert_eq!(rows.len(), 31);
        for row in rows {
            let [p, holm, bh, by] = [row.p, row.p_holm, row.p_bh, row.p_by].map(Option::unwrap);
            let [single, step] = [row.p_maxt, row.p_maxt_step].map(Option::unwrap);
            let [single_p, step_p] = [row.p_minp, row.p_minp_step].map(Option::unwrap);
            // Less than Bonferroni, but for the ties of the smallest p.
            assert!(
                step <= single && p <= step_p && step_p <= single_p,
                "{row:?}"
            );
            assert!(
                single_p <= 31.0 * p + 1e-12 && p <= bh && bh <= by && bh <= holm,
                "{row:?}"
            );
            assert!(single >= family.p_sup && single_p >= family.p_sup_minp.unwrap());
            assert_eq!(row.family.as_deref(), Some(name));
            // The band holds the observed value exactly where single-step maxT does not reject.
            let (low, high) = (row.sim_low.unwrap(), row.sim_high.unwrap());
            assert_eq!(
                row.observed
                    .is_some_and(|observed| low <= observed && observed <= high),
                single > 0.05,
                "{row:?}"
            );
            if standardise == Standardise::Placebo {
                assert!(low < row.null_q025.unwrap() && row.null_q975.unwrap() < high);
            }
        }
        let outside = report
            .results
            .iter()
            .find(|row| row.group() == "open")
            .unwrap();
        assert_eq!(
            (&outside.family, outside.p_maxt, outside.sim_low),
            (&None, None, None)
        );
    }
}

/// Studentised values as they are: Romano and Wolf's steps.
#[test]
fn studentised_values_as_they_are_are_romano_wolf() {
    let report = differences(Standardise::None, "overlap-regression-t", 500);
    let family = &report.manifest.families[0];
    assert_eq!(family.standardiser, "studentised (Romano-Wolf)");
    let largest = report.results.iter().filter(|row| row.family.is_some());
    let largest = largest.max_by(|a, b| {
        a.observed
            .unwrap()
            .abs()
            .total_cmp(&b.observed.unwrap().abs())
    });
    let largest = largest.unwrap();
    assert_eq!(largest.relative_day(), family.sup.relative_day);
    assert_eq!(largest.p_maxt_step, Some(family.p_sup));
}

/// The counts of a family whose members have these values in all draws of an enumeration, of which
/// the first is observed: one event rotated over them.
fn of_all_values(members: &[Vec<f64>], keys: &str) -> (EventPlan, FamilyCounts) {
    let mut panel = common::walks(members[0].len() + 1, members.len());
    for (series, values) in panel.series.iter_mut().zip(members) {
        let values = values.iter().chain(&[0.0]);
        series.values = values.copied().map(Some).collect();
    }
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"values.csv\"]\ntransform = \"none\"\n\
         [events]\nfile = \"events.csv\"\n\
         [[test]]\nstatistic = \"mean-change\"\nnull = \"circular-shift\"\n\
         window = [0, 1]\ndays = [0]\n{keys}\n",
    ))
    .unwrap();
    let events = common::events_on(&panel, &[(0, "all")]);
    let compiled = compile(&study, &panel, &events, &[]).unwrap();
    let plan = compiled.plans.into_iter().next().unwrap();
    let counts = counted(&plan, 1, 2, None);
    (plan, counts)
}

/// All ways to choose `k` of `n`, the last `k` first.
fn subsets(n: usize, k: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = (0..1u32 << n)
        .filter(|mask| mask.count_ones() as usize == k)
        .map(|mask| (0..n).filter(|i| mask >> i & 1 == 1).collect())
        .collect();
    all.reverse();
    all
}

/// The package multtest on 40 genes, all 792 labellings of 12 samples: step-down maxT of |t| and of t,
/// step-down minP. Its unadjusted p as well.
#[test]
fn equal_to_multtest() {
    let table = include_str!("../reference/multtest.tsv");
    let genes: Vec<Vec<f64>> = table
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| {
            line.split('\t')
                .skip(1)
                .map(|cell| cell.parse().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(genes.len(), 40);
    let labellings = subsets(12, 7);
    assert_eq!(
        (labellings.len(), &labellings[0][..]),
        (792, &[5, 6, 7, 8, 9, 10, 11][..])
    );
    // Differences of sums weighted as means are, in whole steps of the data: no tie is lost.
    let difference = |gene: &[f64], second: &[usize]| -> f64 {
        let of = |i: usize| (gene[i] * 1e5).round();
        let all: f64 = (0..12).map(of).sum();
        let sum: f64 = second.iter().map(|&i| of(i)).sum();
        5.0 * sum - 7.0 * (all - sum)
    };
    let welch = |gene: &[f64], second: &[usize]| -> f64 {
        let moments = |of: &[usize]| {
            let n = of.len() as f64;
            let mean = of.iter().map(|&i| gene[i]).sum::<f64>() / n;
            let squares = of.iter().map(|&i| (gene[i] - mean).powi(2)).sum::<f64>();
            (mean, squares / (n - 1.0) / n)
        };
        let first: Vec<usize> = (0..12).filter(|i| !second.contains(i)).collect();
        let ((a, u), (b, v)) = (moments(&first), moments(second));
        (b - a) / (u + v).sqrt()
    };
    type Value<'a> = &'a dyn Fn(&[f64], &[usize]) -> f64;
    let values = |value: Value| -> Vec<Vec<f64>> {
        let of_gene = |gene: &Vec<f64>| labellings.iter().map(|l| value(gene, l)).collect();
        genes.iter().map(of_gene).collect()
    };
    let column = |at: usize| {
        genes
            .iter()
            .map(move |cells| (cells[at] * 792.0).round() as u64)
    };
    let [t, raw_abs, maxt_abs, maxt_upper, raw_pooled, minp_abs] = [12, 13, 14, 15, 16, 17];
    for (gene, second) in genes.iter().zip(values(&welch)) {
        assert!((gene[t] - second[0]).abs() < 1e-12);
    }
    let raw = "convention = \"upper\"\nfamily = { standardise = \"none\" }";
    let size = |value: Value| -> Vec<Vec<f64>> {
        let of_gene = |gene: Vec<f64>| gene.into_iter().map(f64::abs).collect();
        values(value).into_iter().map(of_gene).collect()
    };
    let (plan, counts) = of_all_values(&size(&welch), raw);
    assert!(four(&counts)[0].iter().map(|c| c[1]).eq(column(maxt_abs)));
    let (_, upper) = of_all_values(&values(&welch), raw);
    assert!(four(&upper)[0].iter().map(|c| c[1]).eq(column(maxt_upper)));
    // |t| of a pooled variance rises with the size of the difference, so that both have one law of p.
    let symmetric = "family = {}\nconvention = \"symmetric\"";
    let (_, counts) = of_all_values(&values(&difference), symmetric);
    assert!(four(&counts)[0].iter().map(|c| c[3]).eq(column(minp_abs)));
    // Unadjusted p, of a family of one.
    for (at, value) in [(raw_abs, &welch as Value), (raw_pooled, &difference)] {
        let singles = size(value).into_iter().map(|member| {
            let (_, counts) = of_all_values(&[member], raw);
            four(&counts)[0][0][0]
        });
        assert!(singles.eq(column(at)));
    }
    assert_eq!(plan.hypotheses.len(), 40);
}

/// The family in every form of the report: all draws in one tally file give the same.
#[test]
fn a_family_in_every_form() {
    let keys = "window = [-1, 1]\ndays = [0, 1]\nfamily = { level = 0.1 }";
    let study = edit(STUDY, &[("window = [-1, 1]", keys)]);
    let folder = Folder::with(&[("study.toml", &study)]);
    let run = |args: &[&str]| {
        let all = [&["run", "study.toml", "--device", "cpu"], args].concat();
        let output = folder.placebo(&all);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json = run(&["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let family = &report["manifest"]["families"][0];
    assert_eq!(
        (&family["members"], &family["draws"]),
        (&2.into(), &100.into())
    );
    assert_eq!(family["days"], serde_json::json!([0, 1]));
    let rows = report["results"].as_array().unwrap();
    let sup = |key: &str| {
        rows.iter()
            .map(|row| row[key].as_f64().unwrap())
            .fold(1.0, f64::min)
    };
    assert_eq!(family["p_sup"], sup("p_maxt"));
    assert_eq!(family["p_sup_minp"], sup("p_minp"));
    let [below, above] = ["reach_low", "reach_high"].map(|key| family[key].as_f64().unwrap());
    for row in rows {
        assert_eq!(row["family"], "placebo-standardised");
        let number = |key: &str| row[key].as_f64().unwrap();
        let width = (number("sim_high") - number("sim_low")) / 2.0;
        // The moments of a band hold the observed set, those of the row do not.
        assert!(
            (width / ((below + above) / 2.0 * number("null_sd")) - 1.0).abs() < 0.05,
            "{row:#}"
        );
    }
    let csv = run(&["--format", "csv"]);
    let first = csv.lines().next().unwrap();
    assert!(first.contains("effective_draws,family,p_maxt,p_maxt_step,p_minp,p_minp_step,p_holm,p_bh,p_by,sim_low,sim_high"));
    assert!(
        csv.lines()
            .nth(1)
            .unwrap()
            .contains(",placebo-standardised,0.")
    );
    let table = run(&[]).replace('\n', " ");
    for part in [
        "Family of 2 rows under uniform",
        "Sup test: p = 0.",
        "in 90 % of draws",
    ] {
        assert!(table.contains(part), "`{part}` is not in {table}");
    }
    run(&["--tally", "all.json"]);
    let merged = folder.placebo(&["merge", "all.json", "--format", "json"]);
    let merged: serde_json::Value = serde_json::from_slice(&merged.stdout).unwrap();
    assert_eq!(merged["results"], report["results"]);
    assert_eq!(
        merged["manifest"]["families"],
        report["manifest"]["families"]
    );
    let raw: serde_json::Value =
        serde_json::from_str(&run(&["--format", "json", "--raw"])).unwrap();
    let count = |report: &serde_json::Value, n: f64| {
        (report["results"][0]["p_maxt"].as_f64().unwrap() * n).round()
    };
    // One more draw in the smaller tail, taken twice.
    assert_eq!(count(&raw, 100.0) + 2.0, count(&report, 101.0));
    assert_eq!(
        raw["manifest"]["families"][0]["convention"],
        "equal-tailed (raw)"
    );
}

/// Stopped in either pass, the family is left out, and the rest stays.
#[test]
fn an_interrupted_family_is_left_out() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = 1000;
    study.tests.truncate(1);
    study.tests[0].family = Some(FamilySpec::default());
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        threads: Some(1),
        chunk: Some(128),
    };
    // 8 chunks of a pass.
    for (chunks, complete) in [(8, false), (9, false), (16, false), (17, false), (25, true)] {
        let mut left = chunks;
        let report = run(&study, &options, &mut |_, total| {
            assert_eq!(total, 3000);
            left -= 1;
            left > 0
        })
        .unwrap();
        assert_eq!(report.manifest.complete, complete);
        assert_eq!(report.manifest.families.len(), usize::from(complete));
        let notes = report.manifest.head.notes.join("\n");
        let note = "the family of [[test]] 1 is left out, as it needs all draws";
        assert_eq!(notes.contains(note), !complete, "{notes}");
        assert!(report.results.iter().all(|row| row.draws == Some(1000)));
        assert!(
            report
                .results
                .iter()
                .all(|row| row.p_maxt.is_some() == complete)
        );
    }
}

/// More different values than a null law keeps: neighbours tie, and nothing else changes; whatever the
/// threads and chunks.
#[test]
fn coarse_null_laws() {
    let panel = common::walks(110, 1);
    let events = common::events(&panel, &[5], 12, 98);
    let keys = "statistic = \"overlap-regression\"\ndays = [2]\nfamily = {}";
    let plan = common::compiled_on_changes(&panel, &events, keys);
    const DRAWS: u64 = 80_000;
    let counts = counted(&plan, DRAWS, 1, None);
    assert_eq!(counted(&plan, DRAWS, 2, Some(5000)), counts);
    let member = counts.members[0];
    assert!(member.coarse);
    let mut visitor = Visitor::new(&plan, None).unwrap();
    let visit = || Collected {
        floors: vec![plan.hypotheses[0].lattice.floor],
        draws: vec![],
    };
    let (seen, _) = visitor.run(0..DRAWS, Schedule::default(), visit, &mut |_| true);
    let mut tails = [0u64; 2];
    for value in seen
        .draws
        .iter()
        .filter_map(|(_, numerators)| numerators[0])
    {
        tails[0] += u64::from(value <= plan.hypotheses[0].observed);
        tails[1] += u64::from(value >= plan.hypotheses[0].observed);
    }
    for (tail, one_by_one) in counts.tails.iter().zip(tails) {
        let counted = tail.members[0].min_p.unwrap();
        assert!(
            (one_by_one..one_by_one + DRAWS / 1000).contains(&counted),
            "{tail:?} {one_by_one}"
        );
    }
}

/// Changes from several starts to several days are members of one family: the sup over windows and days.
/// Each value of a draw is the mean change over its own days, by hand.
#[test]
fn sup_over_windows_and_days() {
    let panel = common::walks(120, 2);
    let events = common::events(&panel, &[7], 20, 100);
    let study: Study = toml::from_str(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[events]\nfile = \"events.csv\"\n\
         [[test]]\nstatistic = \"mean-change\"\nmeasure = \"endpoints\"\nwindow = [-8, 6]\ndays = [-2, 0, 6]\n\
         starts = [-5, -1]\nfamily = {}\n[run]\nenumerate = 0\n",
    )
    .unwrap();
    let plan = compile(&study, &panel, &events, &[])
        .unwrap()
        .plans
        .remove(0);
    // From -8 and -5 to three days, from -1 to two, of two series.
    assert_eq!(plan.family.as_ref().unwrap().members.len(), 16);
    let starts = [
        ("mean-change", -8),
        ("mean-change(from -5)", -5),
        ("mean-change(from -1)", -1),
    ];
    for index in 0..10 {
        let draw = plan.draw(index);
        for (h, numerator) in named(&plan).iter().zip(draw.numerators) {
            let (_, start) = *starts
                .iter()
                .find(|(name, _)| *name == h.key.statistic())
                .unwrap();
            let series = panel
                .series
                .iter()
                .find(|s| s.name == h.key.series())
                .unwrap();
            let changes = draw.groups[0].iter().map(|&position| {
                let row = panel
                    .dates
                    .binary_search(&plan.words.dates[position as usize])
                    .unwrap() as i32;
                let at = |day: i32| series.values[(row + day) as usize].unwrap();
                100.0 * (at(h.key.relative_day()) - at(start))
            });
            let mean = changes.sum::<f64>() / 7.0;
            assert!((h.value(numerator.unwrap()) - mean).abs() < 1e-9);
        }
    }
}
