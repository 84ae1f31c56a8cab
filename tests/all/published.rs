//! The bundled studies against published values, exact laws and a computation of their own.

use crate::common::named;
use std::collections::HashMap;

use placebo::report::{Report, ResultRow};
use placebo::run::{RunOptions, prepare, run};
use placebo::study::{Convention, Study};

/// The bundled releases without their regression: two groups, integer statistics.
const CHANGES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/release_changes.toml"
);

fn report(name: &str, draws: u64, raw: bool) -> Report {
    let mut study = Study::open(name).unwrap();
    study.run.draws = draws;
    study.run.raw = raw;
    run_on_cpu(&study)
}

fn run_on_cpu(study: &Study) -> Report {
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    run(study, &options, &mut |_, _| true).unwrap()
}

fn row<'r>(report: &'r Report, statistic: &str, series: &str, end: i32) -> &'r ResultRow {
    report
        .results
        .iter()
        .find(|r| r.statistic() == statistic && r.series() == series && r.window()[1] == end)
        .unwrap()
}

/// Standard error of an equal-tailed p from `draws` draws.
fn standard_error(p: f64, draws: u64) -> f64 {
    let tail = p / 2.0;
    2.0 * (tail * (1.0 - tail) / draws as f64).sqrt()
}

/// Values of the paper and exact p-values of its design, to four digits.
#[test]
fn andrews_farboodi_observed_and_exact() {
    let report = report("andrews-farboodi", 1000, false);
    for (statistic, series, end, observed, exact) in [
        ("median-change", "10 Yr", 15, -9.0, 0.1492),
        ("median-change", "DFII10", 15, -11.0, 0.1108),
        ("median-absolute-change", "10 Yr", 15, 29.0, 0.9457),
        ("median-change", "10 Yr", 5, -7.0, 0.1211),
    ] {
        let row = row(&report, statistic, series, end);
        assert_eq!((row.observed.unwrap(), row.unit.as_str()), (observed, "bp"));
        let p_exact = row.p_exact.unwrap();
        assert!((p_exact - exact).abs() < 0.5e-4, "{series}: {p_exact}");
    }
    assert_eq!(
        row(&report, "mean-change", "10 Yr", 15).observed.unwrap(),
        -216.0 / 15.0
    );
    for (null, eligible, events) in [(0, 470, 15), (1, 490, 16)] {
        let null = &report.manifest.nulls[null];
        assert_eq!((null.sample.rows, null.eligible_dates), (500, eligible));
        assert_eq!(null.group_sizes[0].size, events);
        assert!(null.observed_admissible);
    }
}

/// Every Monte Carlo p at a million draws within 4.5 standard errors of its exact p.
#[test]
fn a_million_draws_agree_with_the_exact_laws() {
    const DRAWS: u64 = 1_000_000;
    let mut compared = 0;
    for study in ["andrews-farboodi", CHANGES] {
        for row in &report(study, DRAWS, false).results {
            let Some(exact) = row.p_exact else { continue };
            let p = row.p.unwrap();
            let bound = 4.5 * standard_error(exact, DRAWS) + 2.0 / DRAWS as f64;
            assert!(
                (p - exact).abs() <= bound,
                "{study} {} {} {}: {p} is not {exact}",
                row.statistic(),
                row.series(),
                row.group()
            );
            compared += 1;
        }
    }
    // 2 windows x 4 statistics x 7 series, and 2 statistics x 3 groups x 7 series.
    assert_eq!(compared, 56 + 42);
}

/// The published mean change of the 10-year yield, and its exact p.
#[test]
fn andrews_farboodi_exact_mean() {
    let report = report("andrews-farboodi", 10, false);
    let row = row(&report, "mean-change", "10 Yr", 15);
    assert_eq!(row.observed.unwrap(), -216.0 / 15.0);
    assert!((row.p_exact.unwrap() - 0.03127).abs() < 0.5e-5);
}

/// Symmetric p: means against their exact law, medians against a replay of their draws.
#[test]
fn symmetric_p_values() {
    const DRAWS: u64 = 200_000;
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = DRAWS;
    study.tests.truncate(1);
    study.tests[0].convention = Convention::Symmetric;
    let report = run_on_cpu(&study);
    for row in &report.results {
        assert_eq!(row.convention_label(), "symmetric");
        if let Some(exact) = row.p_exact {
            assert!(row.statistic().starts_with("mean"));
            let bound = 4.5 * (exact * (1.0 - exact) / DRAWS as f64).sqrt();
            assert!((row.p.unwrap() - exact).abs() < bound, "{row:?}");
        }
    }
    assert_eq!(
        report
            .results
            .iter()
            .filter(|r| r.p_exact.is_some())
            .count(),
        14
    );

    let plan = &prepare(&study).unwrap().compiled.plans[0];
    let (h, hypothesis) = named(plan)
        .into_iter()
        .enumerate()
        .find(|(_, h)| h.key.statistic() == "median-change" && h.key.series() == "10 Yr")
        .unwrap();
    let draws: Vec<i64> = (0..DRAWS)
        .filter_map(|i| plan.draw(i).numerators[h])
        .collect();
    // In units of one over the number of draws and the observed set, so that the mean is whole.
    let n = DRAWS as i64 + 1;
    let sum = draws.iter().sum::<i64>() + hypothesis.observed;
    let distance = |numerator: i64| (numerator * n - sum).abs();
    let far = draws
        .iter()
        .filter(|&&numerator| distance(numerator) >= distance(hypothesis.observed))
        .count();
    let row = row(&report, "median-change", "10 Yr", 15);
    assert_eq!(row.p.unwrap(), (far as f64 + 1.0) / n as f64);
    assert!(row.p_exact_reason.as_ref().unwrap().contains("simulated"));
}

/// Signed medians in the raw form within 3 standard errors of the printed p (5,000 draws there).
#[test]
fn raw_p_values_agree_with_print() {
    let report = report("andrews-farboodi", 200_000, true);
    for (series, end, published) in [
        ("10 Yr", 15, 0.150),
        ("DFII10", 15, 0.107),
        ("10 Yr", 5, 0.120),
    ] {
        let row = row(&report, "median-change", series, end);
        assert_eq!(row.convention_label(), "equal-tailed (raw)");
        let p = row.p.unwrap();
        let tail = row.below.unwrap() + row.equal.unwrap();
        assert_eq!(p, 2.0 * tail as f64 / 200_000.0);
        let error = (standard_error(published, 5_000).powi(2)
            + standard_error(published, 200_000).powi(2))
        .sqrt();
        assert!((p - published).abs() < 3.0 * error, "{series}: {p}");
    }
}

/// Every observed value equals the exact fraction that `tests/reference/studies.py` finds.
#[test]
fn observed_values_equal_an_independent_computation() {
    let mut expected: HashMap<Vec<String>, f64> = include_str!("../reference/studies.tsv")
        .lines()
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let (top, bottom) = cells[5].split_once('/').unwrap_or((&cells[5], "1"));
            let value = top.parse::<f64>().unwrap() / bottom.parse::<f64>().unwrap();
            (cells[..5].to_vec(), value)
        })
        .collect();
    for study in ["andrews-farboodi", CHANGES] {
        for row in &report(study, 10, false).results {
            let key: Vec<String> = vec![
                row.study.clone(),
                row.window()[1].to_string(),
                row.statistic().to_owned(),
                row.series().to_owned(),
                row.group().to_owned(),
            ];
            let value = expected.remove(&key).unwrap_or_else(|| panic!("{key:?}"));
            assert!(
                (row.observed.unwrap() - value).abs() <= 1e-14 * value.abs(),
                "{key:?}: {} is not {value}",
                row.observed.unwrap()
            );
        }
    }
    assert!(expected.is_empty(), "{expected:?}");
}

#[test]
fn bjorkegren_sample_and_groups() {
    let report = report(CHANGES, 10, false);
    let null = &report.manifest.nulls[0];
    assert_eq!(null.sample.rows, 732);
    assert_eq!(
        (null.sample.from.as_str(), null.sample.to.as_str()),
        ("2022-11-09", "2025-08-28")
    );
    assert_eq!(null.eligible_dates, 702);
    let sizes: Vec<_> = null
        .group_sizes
        .iter()
        .map(|g| (g.group.as_str(), g.size))
        .collect();
    assert_eq!(sizes, [("open", 23), ("closed", 24)]);
    // Two closed releases share 2023-03-14, which no draw does.
    assert!(!null.observed_admissible);
    assert!(null.observed_note.as_ref().unwrap().contains("2023-03-14"));
}
