use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::inference::MOST_OPERATIONS;
use crate::inference::testing::{Random, close};
use crate::load::{Event, Events, FileHash, Panel, Series};
use crate::question::events::compile;
use crate::question::numbers;
use crate::run::prepare;
use crate::study::Study;

/// Rows of `tests/reference/bundled_means.tsv`: counted by integers from the bundled files. The
/// published one is 10 Yr over 15 days, -216/15 bp and p = 0.03127 (Andrews and Farboodi).
#[test]
fn means_of_the_bundled_study() {
    let study = Study::open("andrews-farboodi").unwrap();
    let plans = prepare(&study).unwrap().compiled.plans;
    let table = include_str!("../../../tests/reference/bundled_means.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    let mut met = 0;
    for plan in &plans {
        for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
            let key = &plan.labels[h].key;
            let row = rows.iter().find(|row| {
                row[0] == key.relative_day().to_string()
                    && row[1] == key.series()
                    && row[2] == key.statistic()
            });
            let Some(row) = row else {
                assert!(key.statistic().starts_with("median"));
                continue;
            };
            assert_eq!(row[3], hypothesis.observed.to_string());
            let p = Laws::new(plan).p(h, MOST_OPERATIONS).unwrap();
            close(p, row[4].parse().unwrap(), 1e-12);
            met += 1;
        }
    }
    assert_eq!((met, rows.len()), (28, 28));
    let published: f64 = rows
        .iter()
        .find(|row| row[..4] == ["15", "10 Yr", "mean-change", "-216"])
        .unwrap()[4]
        .parse()
        .unwrap();
    assert_eq!(format!("{published:.5}"), "0.03127");
}

/// Nine eligible dates, three events of group `a`, two of `b`.
fn plan(convention: &str) -> Plan {
    let mut random = Random(9);
    let dates: Vec<_> = (0..11).map(|t| date(2024, 3, 1) + t.days()).collect();
    let event = |row: usize, group: &str| Event {
        date: dates[row],
        group: group.into(),
        line: 2,
        after_close: false,
    };
    let events = Events {
        rows: vec![
            event(1, "a"),
            event(2, "b"),
            event(4, "a"),
            event(5, "a"),
            event(9, "b"),
        ],
        file: FileHash {
            file: "events.csv".into(),
            sha256: String::new(),
        },
        rules: vec![],
        numbered: false,
    };
    let panel = Panel {
        series: vec![Series {
            name: "s".into(),
            values: random
                .scores(11, 30)
                .iter()
                .map(|&x| Some(f64::from(x)))
                .collect(),
        }],
        dates,
        files: vec![],
        rules: vec![],
    };
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"s.csv\"]\n[events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nmeasure = \"endpoints\"\nwindow = [-1, 1]\n\
         statistic = [\"mean-change\", \"mean-absolute-change\", \"median-change\"]\n\
         convention = \"{convention}\"\n",
    ))
    .unwrap();
    let mut compiled = compile(&study, &panel, &events, &[]).unwrap();
    compiled.plans.remove(0).plan
}

/// The numerators of all pairs of disjoint sets of three and of two positions.
fn all_numerators(plan: &Plan) -> Vec<Vec<i64>> {
    let sets = |size| (0u32..1 << 9).filter(move |set| set.count_ones() == size);
    let positions = |set: u32| (0..9).filter(move |i| set >> i & 1 == 1);
    let segments = plan.design.segments();
    sets(3)
        .flat_map(|a| sets(2).filter(move |b| a & b == 0).map(move |b| [a, b]))
        .map(|groups| {
            let mut picks = vec![0; 5];
            for (segment, set) in segments.iter().zip(groups) {
                for (pick, position) in picks[segment.range()].iter_mut().zip(positions(set)) {
                    *pick = position;
                }
            }
            plan.folds
                .iter()
                .flat_map(|fold| fold.numerators(&picks))
                .flatten()
                .collect()
        })
        .collect()
}

/// The laws of groups and of the pooled groups, against the same enumeration.
#[test]
fn exact_laws_equal_the_shares_of_all_draws() {
    let plan = plan("equal-tailed");
    let draws = all_numerators(&plan);
    for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
        let share = |count: usize| count as f64 / draws.len() as f64;
        let lower = share(draws.iter().filter(|d| d[h] <= hypothesis.observed).count());
        let upper = share(draws.iter().filter(|d| d[h] >= hypothesis.observed).count());
        match Laws::new(&plan).tails(h, hypothesis.observed, MOST_OPERATIONS) {
            Ok(tails) => {
                assert!((tails.lower - lower).abs() < 1e-12, "{hypothesis:?}");
                assert!((tails.upper - upper).abs() < 1e-12, "{hypothesis:?}");
            }
            Err(reason) => {
                let (_, contrast, _) = plan.origin(h).unwrap();
                assert_eq!(contrast.label, "a - b");
                let known = [
                    "the state space of a difference of two groups is too large",
                    "a difference of two medians has no closed form",
                ];
                assert!(known.contains(&reason.as_str()));
            }
        }
    }
}

/// The symmetric p of means: the share of draws at least as far from their average.
#[test]
fn symmetric_p_equals_the_share_of_far_draws() {
    let plan = plan("symmetric");
    let draws = all_numerators(&plan);
    let n = draws.len() as i64;
    let mut met = 0;
    for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
        let Ok(p) = Laws::new(&plan).p(h, MOST_OPERATIONS) else {
            continue;
        };
        // In units of 1/n numerators, so that the average is whole.
        let sum: i64 = draws.iter().map(|draw| draw[h]).sum();
        let distance = |numerator: i64| (numerator * n - sum).abs();
        let far = draws
            .iter()
            .filter(|draw| distance(draw[h]) >= distance(hypothesis.observed))
            .count();
        assert!((p - far as f64 / n as f64).abs() < 1e-12, "{hypothesis:?}");
        met += 1;
    }
    // Means of a, b and both, signed and absolute.
    assert_eq!(met, 6);
}

/// What all laws together may take goes to the cheapest ones; the others say so.
#[test]
fn laws_share_a_budget() {
    let study = Study::open("andrews-farboodi").unwrap();
    let plans = prepare(&study).unwrap().compiled.plans;
    let mut all = Vec::new();
    for plan in &plans {
        let laws = Laws::new(plan);
        all.extend((0..plan.hypotheses.len()).map(|h| laws.operations(h)));
    }
    all.retain(|&cost| cost <= MOST_OPERATIONS);
    all.sort_unstable();
    let whole: u64 = all.iter().sum();
    let refused = |operations: u64| {
        let ceilings = within(&numbers(&plans), operations);
        let refused = ceilings.into_iter().flatten().filter_map(Result::err);
        refused.collect::<Vec<_>>()
    };
    assert_eq!(refused(whole).len(), 0);
    let dearest = all[all.len() - 1];
    let one = refused(whole - 1);
    assert_eq!(one.len(), 1);
    assert_eq!(
        one[0],
        format!(
            "its law takes {dearest} operations, and those of all rows together more than {}; ask for \
             fewer rows at once",
            whole - 1
        )
    );
    assert_eq!(
        refused(0).len(),
        all.iter().filter(|&&cost| cost > 0).count()
    );
}
