use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::inference::{exact_law, testing::Random};
use crate::load::{Event, Events, FileHash, Panel, Series};
use crate::plan::compile;
use crate::study::Study;

/// Nine eligible dates, three events of group `a`, two of `b`.
fn plan() -> Plan {
    let mut random = Random(9);
    let dates: Vec<_> = (0..11).map(|t| date(2024, 3, 1) + t.days()).collect();
    let event = |row: usize, group: &str| Event {
        date: dates[row],
        group: group.into(),
        line: 2,
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
    let study: Study = toml::from_str(
        "[data]\nfiles = [\"s.csv\"]\n[events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nwindow = [-1, 1]\n\
         statistic = [\"mean-change\", \"mean-absolute-change\", \"median-change\"]\n",
    )
    .unwrap();
    compile(&study, &panel, &events).unwrap().plans.remove(0)
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
                .collect()
        })
        .collect()
}

#[test]
fn equals_the_average_of_all_draws() {
    let plan = plan();
    let draws = all_numerators(&plan);
    assert_eq!(draws.len(), 84 * 15);
    for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
        let expectation = null_expectation(&plan, h);
        if hypothesis.statistic.starts_with("median") {
            assert_eq!(expectation, None);
            continue;
        }
        let (numerator, denominator) = expectation.unwrap();
        assert_eq!(gcd(numerator.unsigned_abs(), denominator), 1);
        let sum: i128 = draws.iter().map(|draw| i128::from(draw[h])).sum();
        assert_eq!(numerator * draws.len() as i128, sum * denominator as i128);
        if hypothesis.group == "a - b" {
            assert_eq!((numerator, denominator), (0, 1));
        }
    }
    assert_eq!(null_expectation(&plan, plan.hypotheses.len()), None);
}

/// The laws of groups and of the pooled groups, against the same enumeration.
#[test]
fn exact_laws_equal_the_shares_of_all_draws() {
    let plan = plan();
    let draws = all_numerators(&plan);
    for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
        let share = |count: usize| count as f64 / draws.len() as f64;
        let lower = share(draws.iter().filter(|d| d[h] <= hypothesis.observed).count());
        let upper = share(draws.iter().filter(|d| d[h] >= hypothesis.observed).count());
        match exact_law(&plan, h) {
            Ok(tails) => {
                assert!((tails.lower - lower).abs() < 1e-12, "{hypothesis:?}");
                assert!((tails.upper - upper).abs() < 1e-12, "{hypothesis:?}");
            }
            Err(reason) => {
                assert_eq!(hypothesis.group, "a - b");
                let known = [
                    "the state space of a difference of two groups is too large",
                    "a difference of two medians has no closed form",
                ];
                assert!(known.contains(&reason.as_str()));
            }
        }
    }
}
