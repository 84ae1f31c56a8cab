//! Laws that every design, statistic, convention and transform must keep, on random small studies.

use crate::common;
use crate::common::named;
use std::collections::BTreeMap;

use crate::folder::Folder;
use jiff::ToSpan;
use jiff::civil::date;
use placebo::load::{Events, Panel, Series};
use placebo::null::philox4x32_10;
use placebo::question::events::{EventPlan, compile};
use placebo::report::ResultRow;
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::study::Study;

/// Every null design that a test can ask for without a file.
const DESIGNS: [&str; 12] = [
    "null = \"uniform\"",
    "null = \"uniform\"\nwithin = \"month\"",
    "null = \"labels\"",
    "null = \"labels\"\nsame_day = \"together\"",
    "null = \"labels\"\nwithin = \"month\"",
    "null = \"signs\"",
    "null = \"signs\"\ncluster = \"month\"",
    "null = \"spaced\"\nmin_gap = 3",
    "null = \"gap-shuffle\"",
    "null = \"gap-shuffle\"\nends = \"free\"",
    "null = \"circular-shift\"",
    "null = \"circular-shift\"\npool = \"all\"",
];
const CONVENTIONS: [&str; 4] = ["equal-tailed", "symmetric", "lower", "upper"];
const TRANSFORMS: [&str; 4] = ["level-change", "log-change", "percent-change", "none"];
const STATISTICS: &str = "[\"mean-change\", \"median-change\", \"mean-absolute-change\", \
     \"median-absolute-change\", \"overlap-regression\", \"overlap-regression-t\", \
     \"overlap-regression-daily\"]";

/// Rows of the made-up panels, which begin in January and end in February.
const ROWS: usize = 18;

/// A question of `[[test]]` keys about made-up data.
#[derive(Clone)]
struct Question {
    panel: Panel,
    events: Events,
    transform: &'static str,
    groups: [&'static str; 2],
    keys: String,
    /// 0: all sets are drawn.
    enumerate: u64,
    draws: u64,
    seed: u64,
}

impl Question {
    /// Two series with coarse steps, so that values tie, and two groups of two events.
    fn new(case: u32, transform: &'static str, design: &str, convention: &str) -> Self {
        let word = |a: u32, b: u32| philox4x32_10([a, b, case, 5], [3, 9])[0];
        let start = date(2024, 1, 23);
        let series = |s: u32| {
            let mut level = 200.0;
            let values = (0..ROWS as u32).map(|t| {
                let step = f64::from(word(t, s) % 7) - 3.0;
                level += step;
                Some(if transform == "none" { step } else { level })
            });
            Series {
                name: format!("s{s}"),
                values: values.collect(),
            }
        };
        let panel = Panel {
            dates: (0..ROWS).map(|t| start + (t as i64).days()).collect(),
            series: vec![series(0), series(1)],
            files: vec![],
            rules: vec![],
        };
        // Two in each month, one of each group.
        let rows = [3, 6, 10, 14].map(|row| (row + word(row, 7) % 2) as usize);
        let labels = match word(9, 9) % 2 {
            0 => ["a", "b", "b", "a"],
            _ => ["a", "b", "a", "b"],
        };
        let placed: Vec<(usize, &str)> = rows.into_iter().zip(labels).collect();
        Question {
            events: common::events_on(&panel, &placed),
            panel,
            transform,
            groups: ["a", "b"],
            keys: format!("{design}\nconvention = \"{convention}\""),
            enumerate: 100_000,
            draws: 300,
            seed: 1,
        }
    }

    fn study(&self) -> Study {
        let [a, b] = self.groups;
        toml::from_str(&format!(
            "[data]\nfiles = [\"made-up.csv\"]\ntransform = \"{}\"\n\
             [sample]\nfrom = {}\n\
             [events]\nfile = \"events.csv\"\ngroup = \"group\"\ngroups = [\"{a}\", \"{b}\"]\n\
             [[test]]\nstatistic = {STATISTICS}\nwindow = [-1, 1]\ndays = [0, 1]\nfamily = {{}}\n{}\n\
             [run]\nseed = {}\ndraws = {}\nenumerate = {}\n",
            self.transform, self.panel.dates[1], self.keys, self.seed, self.draws, self.enumerate,
        ))
        .expect("the study of a test is well-formed")
    }

    fn plan(&self) -> EventPlan {
        let compiled = compile(&self.study(), &self.panel, &self.events, &[]);
        compiled.expect("it compiles").plans.remove(0)
    }

    /// Whether all sets are made.
    fn is_enumerated(&self) -> bool {
        self.plan().design.enumeration().is_some()
    }

    /// The rows of the report, by series, group, statistic and day.
    fn rows(&self) -> BTreeMap<String, ResultRow> {
        let study = self.study();
        let compiled = compile(&study, &self.panel, &self.events, &[]);
        let prepared = Prepared {
            compiled: compiled.unwrap_or_else(|error| panic!("{error}\n{}", self.keys)),
            files: vec![],
            stopping: None,
            tail_fit: false,
        };
        let options = RunOptions {
            device: "cpu".parse().unwrap(),
            threads: Some(1),
            chunk: Some(97),
        };
        let counted = count(
            &prepared,
            0..self.draws,
            self.draws,
            &options,
            &mut |_, _| true,
        );
        let report = report(prepared.context(&study), counted.unwrap(), None, &|| false);
        let rows = report.results.into_iter().filter(|row| !row.is_constant());
        let key = |row: &ResultRow| {
            format!(
                "{} {} {} {}",
                row.series(),
                row.group(),
                row.statistic(),
                row.relative_day()
            )
        };
        rows.map(|row| (key(&row), row)).collect()
    }

    /// With each value changed.
    fn with_values(&self, change: impl Fn(f64) -> f64) -> Self {
        let mut other = self.clone();
        for series in &mut other.panel.series {
            for value in series.values.iter_mut().flatten() {
                *value = change(*value);
            }
        }
        other
    }
}

fn adjusted(row: &ResultRow) -> [Option<f64>; 7] {
    [
        row.p_maxt,
        row.p_maxt_step,
        row.p_minp,
        row.p_minp_step,
        row.p_holm,
        row.p_bh,
        row.p_by,
    ]
}

fn counts(row: &ResultRow) -> [Option<u64>; 4] {
    [row.below, row.equal, row.above, row.singular]
}

/// All questions of some kinds.
fn questions(
    cases: std::ops::Range<u32>,
    transforms: &'static [&'static str],
) -> impl Iterator<Item = Question> {
    cases.flat_map(move |case| {
        transforms.iter().flat_map(move |transform| {
            DESIGNS.iter().flat_map(move |design| {
                let of = move |convention| Question::new(case, transform, design, convention);
                CONVENTIONS.iter().copied().map(of)
            })
        })
    })
}

/// No adjusted p lies below the p of its row; draws add up.
#[test]
fn an_adjusted_p_is_at_least_its_members() {
    let mut compared = 0;
    for enumerate in [0, 100_000] {
        for question in questions(0..2, &TRANSFORMS) {
            let question = Question {
                enumerate,
                ..question
            };
            for (key, row) in question.rows() {
                for adjusted in adjusted(&row).into_iter().flatten() {
                    let p = row.p.unwrap();
                    assert!(adjusted >= p - 1e-12, "{key}\n{}\n{row:#?}", question.keys);
                    compared += 1;
                }
                let sum: u64 = counts(&row).into_iter().flatten().sum();
                assert_eq!(row.draws, Some(sum), "{key}");
            }
        }
    }
    assert!(compared > 50_000);
}

/// Negated changes mirror the counts, of draws at random, too, and leave every two-sided and adjusted p
/// as it was; of absolute changes all stays.
#[test]
fn negated_changes_mirror_the_counts() {
    for enumerate in [0, 100_000] {
        for question in questions(0..2, &["level-change", "none"]) {
            let question = Question {
                enumerate,
                ..question
            };
            let whole = match question.transform {
                "none" => 0.0,
                _ => 1000.0,
            };
            let negated = question.with_values(|value| whole - value).rows();
            for (key, row) in question.rows() {
                let other = &negated[&key];
                let context = || format!("{key}\n{}\n{row:#?}\n{other:#?}", question.keys);
                if row.statistic().contains("absolute") {
                    assert_eq!(counts(&row), counts(other), "{}", context());
                    assert_eq!((row.p, row.p_exact), (other.p, other.p_exact));
                    continue;
                }
                assert_eq!(
                    row.observed,
                    other.observed.map(|value| -value),
                    "{}",
                    context()
                );
                let mirrored = [other.above, other.equal, other.below, other.singular];
                assert_eq!(counts(&row), mirrored, "{}", context());
                assert_eq!((row.p_lower, row.p_upper), (other.p_upper, other.p_lower));
                if row.convention() == "equal-tailed" || row.convention() == "symmetric" {
                    assert_eq!(
                        (row.p, row.p_mc_low, row.p_mc_high),
                        (other.p, other.p_mc_low, other.p_mc_high)
                    );
                    assert_eq!(row.p_exact.is_some(), other.p_exact.is_some());
                    if let (Some(a), Some(b)) = (row.p_exact, other.p_exact) {
                        assert!((a - b).abs() < 1e-12, "{}", context());
                    }
                    // A family of them all holds the absolute changes as well, whose sign stays.
                    assert_eq!(row.p_maxt_step.is_some(), other.p_maxt_step.is_some());
                }
                if row.convention() == "symmetric" {
                    assert_eq!(adjusted(&row), adjusted(other), "{}", context());
                }
            }
        }
    }
}

/// Scaled by 2 or 10, or with a constant added to their levels, the data give the same counts; so they
/// do with their columns in another order.
#[test]
fn units_and_columns_move_no_count() {
    for enumerate in [0, 100_000] {
        for question in questions(5..6, &["level-change", "none"]) {
            let question = Question {
                enumerate,
                ..question
            };
            let rows = question.rows();
            let mut others = vec![
                question.with_values(|value| 2.0 * value).rows(),
                question.with_values(|value| 10.0 * value).rows(),
            ];
            if question.transform == "level-change" {
                others.push(question.with_values(|value| value + 37.0).rows());
            }
            let mut swapped = question.clone();
            swapped.panel.series.reverse();
            others.push(swapped.rows());
            for other in others {
                for (key, row) in &rows {
                    let other = &other[key];
                    let context = || format!("{key}\n{}\n{row:#?}\n{other:#?}", question.keys);
                    assert_eq!(counts(row), counts(other), "{}", context());
                    assert_eq!(row.p, other.p, "{}", context());
                    // Exact laws are floats.
                    let apart = row.p_exact.zip(other.p_exact).map(|(a, b)| (a - b).abs());
                    assert_eq!(row.p_exact.is_some(), other.p_exact.is_some());
                    assert!(apart.unwrap_or(0.0) < 1e-12, "{}", context());
                    assert_eq!(adjusted(row), adjusted(other), "{}", context());
                }
            }
        }
    }
}

/// Groups of equal size in the other order, and the events in another, leave every p of an enumeration.
#[test]
fn order_moves_no_enumerated_p() {
    for question in questions(7..9, &["level-change", "log-change"]) {
        if !question.is_enumerated() {
            continue;
        }
        let rows = question.rows();
        let mut turned = question.clone();
        turned.events.rows.reverse();
        let turned = turned.rows();
        let swapped = Question {
            groups: ["b", "a"],
            ..question.clone()
        };
        let swapped = swapped.rows();
        for (key, row) in &rows {
            let context = || format!("{key}\n{}\n{row:#?}", question.keys);
            let other = &turned[key];
            assert_eq!(
                (counts(row), row.p),
                (counts(other), other.p),
                "{}",
                context()
            );
            assert_eq!(adjusted(row), adjusted(other), "{}", context());
            let other = &swapped[&key.replace(" a - b ", " b - a ")];
            if row.group() != "a - b" {
                assert_eq!(
                    (counts(row), row.p),
                    (counts(other), other.p),
                    "{}",
                    context()
                );
            } else if row.statistic().contains("absolute") || row.convention() == "symmetric" {
                assert_eq!(row.p.is_some(), other.p.is_some(), "{}", context());
            }
            if row.group() == "a - b" {
                assert_eq!((row.p_lower, row.p_upper), (other.p_upper, other.p_lower));
                if ["equal-tailed", "symmetric"].contains(&row.convention()) {
                    assert_eq!(row.p, other.p, "{}", context());
                }
            }
        }
    }
}

/// The symmetric p by its definition: draws at least as far from the null's expectation as the observed
/// value, the expectation being known, or the mean of all draws, and of the observed set unless they
/// hold it. Of draws at random that mean has an error of three standard errors; what lies within it is a
/// tie, and the mirror image carries it twice. Of regressions a step is a tie.
#[test]
fn a_symmetric_p_is_its_definition() {
    let mut simulated = 0;
    let drawn = (0..20).map(|seed| (0, seed));
    for (enumerate, seed) in std::iter::once((100_000, 1)).chain(drawn) {
        for (design, transform) in DESIGNS.iter().flat_map(|d| TRANSFORMS.map(|t| (d, t))) {
            let question = Question {
                enumerate,
                seed,
                draws: 60,
                ..Question::new(seed as u32, transform, design, "symmetric")
            };
            let plan = question.plan();
            let enumerated = plan.design.enumeration();
            if enumerated.is_some() && enumerate == 0 {
                continue;
            }
            let n = enumerated.unwrap_or(question.draws);
            let draws: Vec<Vec<Option<i64>>> = (0..n).map(|i| plan.draw(i).numerators).collect();
            let rows = question.rows();
            for (h, hypothesis) in named(&plan).iter().enumerate() {
                let key = format!(
                    "{} {} {} {}",
                    hypothesis.key.series(),
                    hypothesis.key.group(),
                    hypothesis.key.statistic(),
                    hypothesis.key.relative_day()
                );
                let row = &rows[&key];
                if row.p_reason.is_some() {
                    continue;
                }
                let values: Vec<i64> = draws.iter().filter_map(|draw| draw[h]).collect();
                let added = u64::from(enumerated.is_none() || plan.words.not_admissible.is_some());
                let observed = hypothesis.observed as f64;
                let (centre, error) = match hypothesis.centre {
                    Some(centre) => (centre.numerator as f64 / centre.denominator as f64, 0.0),
                    None => {
                        // Infinite ratios have no part in a mean.
                        let offset = |v: i64| v.abs_diff(hypothesis.lattice.floor);
                        let within = |v: &&i64| !hypothesis.lattice.is_beyond(offset(**v));
                        let values: Vec<i64> = values.iter().filter(within).copied().collect();
                        let count = values.len() as f64;
                        let sum: i128 = values.iter().map(|&v| i128::from(v)).sum();
                        let sum = sum as f64 + added as f64 * observed;
                        let mean = values.iter().map(|&v| v as f64).sum::<f64>() / count;
                        let squares = values.iter().map(|&v| (v as f64 - mean).powi(2));
                        let sampling = 3.0 * squares.sum::<f64>().sqrt() / count;
                        let step =
                            f64::from(u8::from(hypothesis.key.statistic().starts_with("overlap")));
                        simulated += 1;
                        let sampling = if enumerated.is_some() { 0.0 } else { sampling };
                        let n = count + added as f64;
                        // Rounded up to what the mean can tell.
                        (
                            sum / n,
                            (sampling * n * 65536.0).ceil() / n / 65536.0 + step,
                        )
                    }
                };
                let distance = (observed - centre).abs();
                let side = (observed - centre).signum();
                let is_far = |&&v: &&i64| {
                    let beyond = (v as f64 - centre) * side;
                    beyond >= distance - 1e-6 || -beyond >= distance - 2.0 * error - 1e-6
                };
                let far = match distance <= error {
                    true => values.len(),
                    false => values.iter().filter(is_far).count(),
                };
                let p = (far as f64 + added as f64) / (n + added) as f64;
                assert!(
                    (row.p.unwrap() - p).abs() < 1e-12,
                    "{p} {key} {transform}\n{}\n{hypothesis:?}\n{row:#?}",
                    question.keys
                );
            }
        }
    }
    assert!(simulated > 1000);
}

/// Twelve random signs of six events on a walk: of 64 sets two have a largest standardised effect as
/// large as the observed one, so that the adjusted p is twice 1/64, as the unadjusted p of its member is.
#[test]
fn the_sup_test_of_signs_is_the_smallest_p() {
    let folder = Folder::with(&[
        ("prices.csv", include_str!("../data/signs_prices.csv")),
        ("events.csv", include_str!("../data/signs_events.csv")),
        (
            "study.toml",
            "[data]\nfiles = [\"prices.csv\"]\n[sample]\nfrom = 2020-01-07\n\
             [events]\nfile = \"events.csv\"\n\
             [[test]]\nstatistic = \"overlap-regression\"\nwindow = [-1, 1]\ndays = [-1, 0, 1]\n\
             null = \"signs\"\nfamily = {}\n",
        ),
    ]);
    let report = json(&folder, &[]);
    let rows = report["results"].as_array().unwrap();
    let row = rows.iter().find(|row| row["relative_day"] == 1).unwrap();
    assert_eq!(
        (&row["p"], &row["p_maxt"]),
        (&0.03125.into(), &0.03125.into())
    );
    assert_eq!(report["manifest"]["families"][0]["p_sup"], 0.03125);
}

/// Labels dealt over two groups of equal size: the law of a difference of medians is symmetric about 0
/// whatever the seed, and the observed value's mirror image ties.
#[test]
fn a_difference_of_exchangeable_groups_is_symmetric_about_zero() {
    let folder = Folder::with(&[
        ("prices.csv", include_str!("../data/medians_prices.csv")),
        ("events.csv", include_str!("../data/medians_events.csv")),
        (
            "study.toml",
            "[data]\nfiles = [\"prices.csv\"]\n\
             [events]\nfile = \"events.csv\"\ngroup = \"g\"\ngroups = [\"A\", \"B\"]\n\
             [[test]]\nstatistic = \"median-change\"\nnull = \"labels\"\nwindow = [-1, 0]\n\
             measure = \"endpoints\"\nconvention = \"symmetric\"\n[run]\ndraws = 100_000\n",
        ),
    ]);
    for seed in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        let report = json(&folder, &["--seed", seed]);
        let rows = report["results"].as_array().unwrap();
        let row = rows.iter().find(|row| row["group"] == "A - B").unwrap();
        let p = row["p"].as_f64().unwrap();
        assert!((p - 0.422).abs() < 0.007, "seed {seed}: {p}");
    }
}

fn json(folder: &Folder, more: &[&str]) -> serde_json::Value {
    let all = [
        &["run", "study.toml", "--device", "cpu", "--format", "json"],
        more,
    ]
    .concat();
    let output = folder.placebo(&all);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A value far from all others, in no event's window, would round every other change away: it is
/// refused with its row and the remedies. So are numbers too small for any step. Where a quantum is
/// stated, rounding is wanted, but not to nothing.
#[test]
fn a_step_that_silences_a_series_is_refused() {
    let table = |value: &dyn Fn(usize) -> String| {
        let rows = (1..=28).map(|day| format!("2024-02-{day:02},{}\n", value(day)));
        format!("date,x\n{}", rows.collect::<String>())
    };
    let wave = |day: usize| 100.0 + (day as f64).sin() + (3.7 * day as f64).cos();
    let outlier = |day: usize| match day {
        26 => "1e9".to_owned(),
        _ => format!("{:.14}", wave(day)),
    };
    let study = |quantum: &str| {
        format!(
            "[data]\nfiles = [\"prices.csv\"]\n{quantum}\n[events]\nfile = \"events.csv\"\n\
             [[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n[run]\ndraws = 500\n"
        )
    };
    let events = "date\n2024-02-06\n2024-02-12\n";
    let run = |prices: &str, quantum: &str| {
        let folder = Folder::with(&[
            ("prices.csv", prices),
            ("events.csv", events),
            ("study.toml", &study(quantum)),
        ]);
        let output = folder.placebo(&["run", "study.toml", "--device", "cpu"]);
        let text = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), text)
    };
    assert_eq!(
        run(&table(&|day| format!("{:.14}", wave(day))), "").0,
        Some(0)
    );
    let (code, text) = run(&table(&outlier), "");
    assert_eq!(code, Some(2), "{text}");
    for part in ["series `x`, 2024-02-26", "1e9", "winsorise", "quantum"] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
    let tiny = |day: usize| format!("{:e}", 1e-319 * (2.0 + (day as f64).sin()));
    let (code, text) = run(&table(&tiny), "");
    assert_eq!(code, Some(2), "{text}");
    // Whole numbers lose nothing, however far one lies.
    let whole = |day: usize| match day {
        26 => "100000000".to_owned(),
        _ => format!("{}", (10.0 * wave(day)).round()),
    };
    assert_eq!(run(&table(&whole), "").0, Some(0));
    // A stated quantum may be coarse, but not silence.
    let two_digits = |day: usize| format!("{:.14}", wave(day));
    assert_eq!(run(&table(&two_digits), "quantum = 0.1").0, Some(0));
    let (code, text) = run(&table(&outlier), "quantum = 100");
    assert_eq!(code, Some(2), "{text}");
}
