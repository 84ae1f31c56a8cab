//! The overlap regression against other programs, the table of a paper, and laws of its own.

use placebo::load::Source;
use placebo::null::{Segment, philox4x32_10};
use placebo::run::prepare;
use placebo::statistic::{
    Contrast, Edge, Effect, Estimate, Fit, Hac, Model, Regression, ScoreTable, Statistic,
};
use placebo::study::Study;
use statrs::distribution::{ContinuousCDF, Normal};

/// The study of the paper, and every relative day of it.
fn study() -> Study {
    let days: Vec<String> = (-15..=15).map(|day| day.to_string()).collect();
    let text = format!(
        r#"
[data]
files = [
    "treasury_par_yields_2022.csv",
    "treasury_par_yields_2023.csv",
    "treasury_par_yields_2024.csv",
    "treasury_par_yields_2025.csv",
    "fred_DFII10_DFII30.csv",
]
series = ["1 Yr", "5 Yr", "10 Yr", "20 Yr", "30 Yr", "DFII10", "DFII30"]
unit = "percent"
[calendar]
kind = "weekdays"
[sample]
around_events = 15
[events]
file = "ai_model_releases.csv"
group = "weights"
groups = ["open", "closed"]
off_calendar = "back"
same_day = "count"
filter = {{ in_paper = 1 }}
[[test]]
statistic = ["overlap-regression", "overlap-regression-daily"]
window = [-15, 15]
days = [{}]
"#,
        days.join(", ")
    );
    Study::from_toml(&text, "observed.toml", Source::Bundled).expect("it is a study")
}

/// What the study estimates, in basis points.
struct Observed {
    fit: Fit,
    contrasts: Vec<Contrast>,
    effects: Vec<Effect>,
    series: Vec<String>,
}

impl Observed {
    fn new() -> Self {
        let prepared = prepare(&study()).expect("it compiles");
        let plan = &prepared.compiled.plans[0];
        let fold = &plan.folds[0];
        let Statistic::Regression(regression) = fold.statistic() else {
            panic!("its fold is a regression");
        };
        let fit = regression.fit(fold.contrasts(), &plan.observed);
        Observed {
            fit: fit.expect("the events are not collinear"),
            contrasts: fold.contrasts().to_vec(),
            effects: regression.effects().to_vec(),
            series: plan.words.series.iter().map(|s| s.series.clone()).collect(),
        }
    }

    fn series(&self, name: &str) -> usize {
        self.series.iter().position(|s| s == name).expect(name)
    }

    fn estimate(&self, contrast: &str, weights: impl Fn(i32) -> bool, series: &str) -> Estimate {
        let contrast = match contrast {
            "difference" => "open - closed",
            group => group,
        };
        let of = |c: &Contrast| c.label == contrast;
        let contrast = self.contrasts.iter().position(of).expect(contrast);
        let weights: Vec<f64> = (-15..=15).map(|day| f64::from(weights(day))).collect();
        let of = |effect: &Effect| effect.weights == weights;
        let effect = self.effects.iter().position(of).expect("an effect");
        self.fit.effects[contrast][effect][self.series(series)]
    }
}

fn near(found: f64, expected: f64, size: f64, what: &dyn std::fmt::Debug) {
    assert!(
        (found - expected).abs() <= 1e-10 * size.abs(),
        "{what:?}: {found} is not {expected}"
    );
}

/// Every effect, coefficient and constant of the paper's regression on all series, with HAC errors.
#[test]
fn the_observed_regression_is_that_of_statsmodels() {
    let observed = Observed::new();
    let table = include_str!("../reference/overlap_observed.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip_while(|line| !line.starts_with("series\t"))
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    let number = |cell: &str| cell.parse::<f64>().expect(cell);
    let mut compared = 0;
    for row in &rows {
        let (series, contrast) = (row[0], row[1]);
        let of_series = rows.iter().filter(|row| row[0] == series);
        let size = of_series.fold(0.0f64, |size, row| size.max(number(row[3]).abs()));
        let near = |found: Estimate, value: &str, error: &str| {
            near(found.value, number(value), size, row);
            near(found.error, number(error), number(error), row);
        };
        if contrast == "constant" {
            near(
                observed.fit.constants[observed.series(series)],
                row[3],
                row[4],
            );
            compared += 1;
            continue;
        }
        let day: i32 = row[2].parse().unwrap();
        near(
            observed.estimate(contrast, |d| d <= day, series),
            row[3],
            row[4],
        );
        near(
            observed.estimate(contrast, |d| d == day, series),
            row[6],
            row[7],
        );
        compared += 2;
    }
    assert_eq!(compared, 7 * (3 * 31 * 2 + 1));
}

/// Bjoerkegren, arXiv 2512.14969, the table of 30-year yields: basis points to one decimal and
/// p-values to two, as printed.
#[test]
fn the_30_year_table_of_the_paper_to_the_digit() {
    let observed = Observed::new();
    let normal = Normal::standard();
    let printed = |estimate: Estimate| {
        let p = 2.0 * normal.sf((estimate.value / estimate.error).abs());
        let p = match p < 0.005 {
            true => "<0.01".to_owned(),
            false => format!("{p:.2}"),
        };
        format!("{:.1} ({p})", estimate.value)
    };
    for (day, expected) in [
        (-15, ["1.0 (0.35)", "0.7 (0.48)", "0.3 (0.82)"]),
        (-1, ["4.7 (0.40)", "-12.2 (0.01)", "16.9 (0.02)"]),
        (0, ["5.7 (0.31)", "-13.4 (<0.01)", "19.0 (0.01)"]),
        (1, ["8.1 (0.15)", "-15.3 (<0.01)", "23.4 (<0.01)"]),
        (5, ["10.9 (0.07)", "-16.9 (<0.01)", "27.8 (<0.01)"]),
        (15, ["12.8 (0.06)", "-17.6 (0.01)", "30.4 (<0.01)"]),
    ] {
        let found = ["open", "closed", "difference"]
            .map(|contrast| printed(observed.estimate(contrast, |d| d <= day, "30 Yr")));
        assert_eq!(found, expected, "day {day}");
    }
    assert_eq!(
        printed(observed.fit.constants[observed.series("30 Yr")]),
        "0.3 (0.41)"
    );
}

/// One case of a reference file.
#[derive(Default)]
struct Case {
    name: String,
    edge: Edge,
    window: [i32; 2],
    lags: usize,
    rows: usize,
    /// Rows of the events, a group a list.
    events: Vec<Vec<u32>>,
    /// Changes, a series a list.
    changes: Vec<Vec<i32>>,
    expected: Vec<Expected>,
}

/// A cumulative effect.
#[derive(Debug)]
struct Expected {
    /// None: the first less the second.
    group: Option<usize>,
    day: i32,
    series: usize,
    value: f64,
    /// None where it is not compared.
    error: Option<f64>,
}

impl Case {
    fn all() -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        for line in include_str!("../reference/overlap_random.tsv").lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            fn number<T: std::str::FromStr>(cell: &str) -> T {
                cell.parse().unwrap_or_else(|_| panic!("{cell}"))
            }
            match cells[0] {
                comment if comment.starts_with('#') => continue,
                "case" => cases.push(Case {
                    name: line.replace('\t', " "),
                    ..Case::default()
                }),
                _ => {}
            }
            let case = cases.last_mut().expect("cases begin with `case`");
            match cells[0] {
                "case" => {}
                "edge" => {
                    case.edge = match cells[1] {
                        "wrap" => Edge::Wrap,
                        _ => Edge::Cut,
                    }
                }
                "rows" => case.rows = number(cells[1]),
                "window" => case.window = [number(cells[1]), number(cells[2])],
                "lags" => case.lags = number(cells[1]),
                "events" => case
                    .events
                    .push(cells[2..].iter().map(|cell| number(cell)).collect()),
                "y" => case
                    .changes
                    .push(cells[2..].iter().map(|cell| number(cell)).collect()),
                kind @ ("effect" | "difference") => {
                    let (group, rest) = match kind {
                        "effect" => (Some(number(cells[1])), &cells[2..]),
                        _ => (None, &cells[1..]),
                    };
                    case.expected.push(Expected {
                        group,
                        day: number(rest[0]),
                        series: number(rest[1]),
                        value: number(rest[2]),
                        error: Some(number(rest[3])),
                    });
                }
                other => panic!("`{other}`"),
            }
        }
        let (whole, lagging): (Vec<_>, Vec<_>) =
            cases.into_iter().partition(|case| case.lags < case.rows);
        cases = whole;
        // As many lags as rows are refused: then the effects alone are compared.
        for mut case in lagging {
            assert_eq!(case.regression(), None, "{}", case.name);
            case.lags = case.rows - 1;
            case.expected
                .iter_mut()
                .for_each(|expected| expected.error = None);
            cases.push(case);
        }
        cases
    }

    /// The regression of cumulative effects on every day of the window; `None` when it has as many
    /// lags as rows.
    fn regression(&self) -> Option<Regression> {
        let days = self.window[1] - self.window[0] + 1;
        let until = |day: i32| (0..days).map(|j| f64::from(j <= day)).collect();
        let mut start = 0;
        let segments = self.events.iter().map(|rows| {
            start += rows.len();
            Segment::new(start - rows.len(), rows.len())
        });
        Regression::new(Model {
            outcomes: ScoreTable::from_columns(&self.changes),
            rows: (0..self.rows as u32).collect(),
            negated_from: self.rows,
            window: self.window,
            edge: self.edge,
            groups: segments.collect(),
            effects: (0..days)
                .map(|day| Effect {
                    weights: until(day),
                })
                .collect(),
            columns: vec![],
            hac: Hac {
                lags: self.lags,
                small_sample: false,
            },
        })
    }

    fn contrasts(&self) -> Vec<Contrast> {
        let labels: Vec<String> = (0..self.events.len()).map(|g| g.to_string()).collect();
        Regression::contrasts(&labels)
    }

    fn fit(&self) -> Option<Fit> {
        let regression = self.regression().expect("it has a shape");
        regression.fit(&self.contrasts(), &self.events.concat())
    }
}

/// Cut and wrapped windows, up to four groups and 60 days to either side, repeated and shared days.
#[test]
fn random_cases_are_those_of_a_dense_decomposition() {
    let cases = Case::all();
    assert_eq!(cases.len(), 14);
    assert!(cases.iter().any(|case| case.window == [-60, 60]));
    assert!(cases.iter().any(|case| case.events.len() == 4));
    for case in &cases {
        let fit = case.fit().expect(&case.name);
        let contrasts = case.contrasts();
        let size = |value: fn(&Estimate) -> f64| {
            let all = fit.effects.iter().flatten().flatten();
            all.fold(0.0f64, |size, estimate| size.max(value(estimate).abs()))
        };
        let (values, errors) = (size(|e| e.value), size(|e| e.error));
        for expected in &case.expected {
            let label = match expected.group {
                Some(group) => group.to_string(),
                None => "0 - 1".to_owned(),
            };
            let contrast = contrasts.iter().position(|c| c.label == label).unwrap();
            let effect = (expected.day - case.window[0]) as usize;
            let found = fit.effects[contrast][effect][expected.series];
            near(found.value, expected.value, values, &(&case.name, expected));
            if let Some(error) = expected.error {
                near(found.error, error, errors, &(&case.name, expected));
            }
        }
    }
}

/// The constant takes up what is added to every change.
#[test]
fn a_constant_more_on_every_day_changes_no_effect() {
    for mut case in Case::all() {
        let before = case.fit().expect(&case.name);
        case.changes
            .iter_mut()
            .flatten()
            .for_each(|change| *change += 1000);
        let after = case.fit().expect(&case.name);
        let all = |fit: &Fit| -> Vec<Estimate> {
            fit.effects.iter().flatten().flatten().copied().collect()
        };
        for (before, after) in all(&before).iter().zip(all(&after)) {
            assert!((before.value - after.value).abs() < 1e-9, "{}", case.name);
            assert!((before.error - after.error).abs() < 1e-9, "{}", case.name);
        }
        for (before, after) in before.constants.iter().zip(&after.constants) {
            assert!((before.value + 1000.0 - after.value).abs() < 1e-9);
        }
    }
}

#[test]
fn the_order_of_a_groups_events_changes_no_bit() {
    for mut case in Case::all() {
        let before = case.fit();
        assert!(before.is_some(), "{}", case.name);
        for (g, rows) in case.events.iter_mut().enumerate() {
            for last in (1..rows.len()).rev() {
                let word = philox4x32_10([last as u32, g as u32, 0, 0], [1, 2])[0];
                rows.swap(last, word as usize % (last + 1));
            }
        }
        assert_eq!(case.fit(), before, "{}", case.name);
    }
}

#[test]
fn collinear_regressors_have_no_fit() {
    for mut case in Case::all() {
        if case.events.len() > 1 && case.events[0].len() <= case.events[1].len() {
            let days = case.events[0].clone();
            case.events[1] = days;
            assert_eq!(
                case.fit(),
                None,
                "{}: two groups on the same days",
                case.name
            );
        }
        // One event on every row: each relative day is the constant.
        if case.edge == Edge::Wrap {
            case.events[0] = (0..case.rows as u32).collect();
            assert_eq!(case.fit(), None, "{}: an event on every row", case.name);
        }
    }
}
