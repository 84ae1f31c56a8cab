//! A made-up report for the tests of this folder.

use super::*;
use crate::load::FileHash;
use crate::question::events::{EventKey, NULL, RELATIVE_DAY, STATISTIC};
use crate::statistic::Hac;
use crate::study::{Measure, Null};

fn row(statistic: &str, series: &str, group: &str) -> ResultRow {
    ResultRow {
        study: "made-up".into(),
        key: EventKey {
            series,
            group,
            statistic,
            null: "uniform(full-window)",
            measure: Measure::Cumulative,
            convention: "equal-tailed",
            window: [-15, 15],
            relative_day: 15,
        }
        .into(),
        observed: Some(-9.0),
        unit: "bp".into(),
        draws: Some(1_000_000),
        below: Some(70_000),
        equal: Some(4_600),
        above: Some(925_400),
        p_lower: Some(0.0746),
        p_upper: Some(0.93),
        p: Some(0.149_201),
        p_mc_low: Some(0.148_17),
        p_mc_high: Some(0.150_23),
        p_exact: Some(0.1492),
        p_exact_engine: Some("hypergeometric".into()),
        engine: "monte-carlo".into(),
        null_mean: Some(8.031_25),
        null_sd: Some(12.9),
        null_q025: Some(-17.0),
        null_q975: Some(33.5),
        null_edges: Some(vec![-20.0, -9.5, 1.0, 11.5]),
        null_counts: Some(vec![0, 74_600, 500_000, 425_390, 10]),
        ..ResultRow::default()
    }
}

/// Two statistics, two groups and their difference, one small p, one long list of dates.
pub fn report() -> Report {
    let no_law = Some("the difference of two groups has no closed null law".to_string());
    let mean = |series, group| ResultRow {
        observed: Some(-31.456_789),
        bin_width: Some(0.25),
        p_exact: None,
        p_exact_engine: None,
        p_exact_reason: Some("the exact law of means is not computed".into()),
        ..row("mean-change", series, group)
    };
    Report {
        schema_version: SCHEMA_VERSION,
        study: StudySummary {
            name: "made-up".into(),
            title: Some("Do yields move after releases?".into()),
            citation: Some("A. Author, \"A paper, and more\", 2025".into()),
            labels: Labels::default(),
        },
        manifest: Manifest {
            head: Head {
                data: vec![FileHash {
                    file: "yields.csv".into(),
                    sha256: "00".repeat(32),
                }],
                rules: vec![
                    "dates without a value left out: 2023-01-02, 2023-01-16, 2023-02-20, 2023-04-07, \
                     2023-05-29, 2023-06-19, 2023-07-04, 2023-09-04."
                        .into(),
                    "2023-03-14: two events of group open on one date count once".into(),
                ],
                ..Head::new(1, 1_000_000, 2, 2.345)
            },
            complete: true,
            raw: false,
            stopping: None,
            tail_fit: false,
            engine: "monte-carlo".into(),
            device: Device {
                name: "Some GPU".into(),
                kind: "discrete-gpu".into(),
                backend: Some("vulkan".into()),
                driver: Some("550.54".into()),
            },
            replayed_draws: 0,
            chunk: Some(65_536),
            nulls: vec![NullStatement {
                null: "uniform(full-window)".into(),
                design: Null::Uniform,
                window: [-15, 15],
                measure: Measure::Cumulative,
                convention: "equal-tailed".into(),
                statistics: vec!["median-change".into(), "mean-change".into()],
                formulas: ["median", "mean"]
                    .map(|of| {
                        format!(
                            "{of} over events of the sum of the daily changes of days -15 to 15"
                        )
                    })
                    .to_vec(),
                hac: None,
                remade: None,
                assumption: String::new(),
                reference: Some("A reference distribution: no draw can be like the observed set, and p claims no level".into()),
                sample_ends: None,
                sample: SampleSpan {
                    from: "2023-01-03".into(),
                    to: "2024-12-31".into(),
                    rows: 500,
                },
                eligible_dates: 470,
                ineligible: "30 dates have no full window in the sample".into(),
                group_sizes: vec![
                    GroupSize {
                        group: "open".into(),
                        size: 16,
                    },
                    GroupSize {
                        group: "closed".into(),
                        size: 31,
                    },
                ],
                clusters: None,
                admissible_sets: None,
                admissible_sets_log10: 73.4567,
                p_step: None,
                p_denominator: None,
                overlapping_pairs: 0,
                observed_admissible: false,
                observed_note: Some("2023-03-14 is in both groups".into()),
            }],
            families: vec![],
            draws_per_second: 426_439.2,
        },
        results: vec![
            row("median-change", "10 Yr", "open"),
            ResultRow {
                observed: Some(120.5),
                below: Some(999_999),
                equal: Some(0),
                above: Some(1),
                p: Some(4e-6),
                p_mc_low: Some(5.1e-8),
                p_mc_high: Some(1.114e-5),
                p_exact: Some(3.912e-6),
                ..row("median-change", "10 Yr", "closed")
            },
            ResultRow {
                p: Some(0.000_521),
                p_exact: None,
                p_exact_reason: no_law.clone(),
                ..row("median-change", "10 Yr", "open - closed")
            },
            mean("10 Yr", "open"),
            ResultRow {
                p_exact_reason: no_law,
                null_sd: None,
                ..mean("Gold, \"spot\"", "open - closed")
            },
        ],
    }
}

/// An overlap regression under two null designs, one of them an enumeration.
pub fn effects() -> Report {
    let mut report = report();
    let on = |row: ResultRow, day: i32| ResultRow {
        key: row.key.clone().with(RELATIVE_DAY, day),
        ..row
    };
    let of = |row: ResultRow, statistic: &str| ResultRow {
        key: row.key.clone().with(STATISTIC, statistic),
        ..row
    };
    let effect = |group: &str, day: i32, observed, p_hac, p| ResultRow {
        observed: Some(observed),
        se_hac: Some(5.9),
        p_hac: Some(p_hac),
        lad_low: None,
        lad_high: None,
        singular: Some(3),
        p: Some(p),
        p_mc_low: Some(p - 0.002),
        p_mc_high: Some(p + 0.002),
        p_exact: None,
        ..on(row("overlap-regression", "30 Yr", group), day)
    };
    let ratio = |group: &str, day, observed, p_hac, p| ResultRow {
        unit: "se".into(),
        se_hac: None,
        ..of(
            effect(group, day, observed, p_hac, p),
            "overlap-regression-t",
        )
    };
    let rotated = |row: ResultRow, lag1, crossings: f64| ResultRow {
        key: row.key.clone().with(NULL, "circular-shift(all, wrap)"),
        draws: Some(732),
        p_mc_low: row.p,
        p_mc_high: row.p,
        engine: "enumeration".into(),
        singular: Some(0),
        lag1_correlation: Some(lag1),
        crossings: Some(crossings),
        // Made up, too.
        effective_draws: Some(crossings / 2.0),
        ..row
    };
    let uniform = vec![
        effect("open", -1, 4.667, 0.4, 0.43),
        effect("open", 15, 12.83, 0.0618, 0.0709),
        effect("closed", -1, -12.25, 0.0102, 0.005),
        effect("closed", 15, -17.61, 0.0061, 0.0016),
        ratio("open", 15, 1.868, 0.0618, 0.09),
        of(
            effect("open", 15, 9.9, 0.07, 0.08),
            "overlap-regression(mean 0..15)",
        ),
    ];
    let constant = ResultRow {
        draws: None,
        p: None,
        engine: "least-squares".into(),
        ..effect("constant", 0, 0.258, 0.41, 0.0)
    };
    let around = [
        (0.2, 319.0),
        (0.925, 90.6),
        (0.2, 319.0),
        (0.963, 63.6),
        (0.9, 105.0),
    ];
    report.results = uniform.clone();
    report.results.push(constant.clone());
    // This test does not ask for the last one.
    let all = uniform.into_iter().zip(around).take(4);
    report
        .results
        .extend(all.map(|(row, (lag1, crossings))| rotated(row, lag1, crossings)));
    report.results.push(rotated(constant, 0.0, 0.0));
    let nulls = &mut report.manifest.nulls;
    nulls[0].hac = Some(Hac {
        lags: 30,
        small_sample: false,
    });
    nulls.push(NullStatement {
        null: "circular-shift(all, wrap)".into(),
        design: Null::CircularShift,
        remade: None,
        assumption: "the series is stationary".into(),
        reference: None,
        sample_ends: None,
        eligible_dates: 732,
        admissible_sets: Some("732".into()),
        p_step: Some(2.0 / 732.0),
        p_denominator: Some(732),
        observed_admissible: true,
        observed_note: None,
        ..nulls[0].clone()
    });
    report
}

/// Compares a text with a file beside this one, which `PLACEBO_WRITE=1` writes anew.
pub fn golden(file: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/report")
        .join(file);
    if std::env::var_os("PLACEBO_WRITE").is_some() {
        std::fs::write(&path, text).expect("it can be written");
    }
    let there = std::fs::read_to_string(&path).expect("a golden file");
    assert_eq!(text, there, "{file}: PLACEBO_WRITE=1 writes it");
}
