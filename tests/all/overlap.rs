//! The overlap regression of the bundled study, through its result rows: the published table, and
//! the independent computations in `tests/reference/overlap_*.py`.

use std::collections::HashMap;
use std::sync::LazyLock;

use placebo::report::{Report, ResultRow};
use placebo::run::{RunOptions, run};
use placebo::study::{Edge, Keep, LabelDays, Null, OneOrMany, Pool, Study};

const SERIES: [&str; 7] = [
    "1 Yr", "5 Yr", "10 Yr", "20 Yr", "30 Yr", "DFII10", "DFII30",
];
const DRAWS: u64 = 100_000;
const UNIFORM: &str = "uniform(full-window)";

fn run_on_cpu(study: &Study) -> Report {
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    run(study, &options, &mut |_, _| true).unwrap()
}

/// The bundled study, and beside it a rotation of the rows with a full window, and labels of days of which
/// each keeps as many.
static REPORT: LazyLock<Report> = LazyLock::new(|| {
    let mut study = Study::open("bjorkegren").unwrap();
    assert_eq!(study.run.draws, DRAWS);
    let designs: Vec<_> = study
        .tests
        .iter()
        .map(|test| (test.null, test.pool, test.same_day, test.edge))
        .collect();
    let whole = Pool::FullWindow;
    assert_eq!(
        designs,
        [
            (Null::Uniform, whole, None, None),
            (Null::Uniform, Pool::All, None, None),
            (Null::Labels, whole, None, None),
            (Null::Labels, whole, Some(LabelDays::Together), None),
            (Null::CircularShift, Pool::All, None, Some(Edge::Wrap)),
            (Null::CircularShift, Pool::All, None, Some(Edge::Cut)),
        ]
    );
    study
        .tests
        .push(study.tests[0].clone().null(Null::CircularShift));
    assert_eq!(study.tests[3].keep, Some(Keep::Units));
    study.tests.push(study.tests[3].clone().keep(None));
    run_on_cpu(&study)
});

/// A study of the first test alone, with few draws.
fn first_test() -> Study {
    let mut study = Study::open("bjorkegren").unwrap();
    study.tests.truncate(1);
    study.run.draws = 10;
    study
}

fn row<'r>(
    report: &'r Report,
    null: &str,
    statistic: &str,
    series: &str,
    group: &str,
    day: i32,
) -> &'r ResultRow {
    let asked = (null, statistic, series, group, day);
    let is_asked = |row: &&ResultRow| {
        let names = (row.null(), row.statistic(), row.series(), row.group());
        (names.0, names.1, names.2, names.3, row.relative_day()) == asked
    };
    let mut found = report.results.iter().filter(is_asked);
    let first = found.next().unwrap_or_else(|| panic!("no row {asked:?}"));
    assert!(found.next().is_none(), "{asked:?} is there twice");
    first
}

/// The lines of a reference table, each cell by its column.
pub fn table(text: &'static str) -> Vec<HashMap<&'static str, &'static str>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| header.iter().copied().zip(line.split('\t')).collect())
        .collect()
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}

/// A reference table's word for a statistic.
fn statistic(word: &str) -> &'static str {
    match word {
        "plain" => "overlap-regression",
        "studentised" => "overlap-regression-t",
        _ => panic!("{word}"),
    }
}

/// Values of 64-bit floats from other code, up to the rounding of a linear solve.
fn close(found: f64, expected: f64, what: &dyn std::fmt::Debug) {
    assert!(
        (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        "{what:?}: {found} is not {expected}"
    );
}

/// The paper's table of the 30-year yield, as printed: basis points, HAC p in brackets.
#[test]
fn the_published_table_of_the_30_year_yield() {
    let published = [
        (-15, ["1.0 (0.35)", "0.7 (0.48)", "0.3 (0.82)"]),
        (-1, ["4.7 (0.40)", "-12.2 (0.01)", "16.9 (0.02)"]),
        (0, ["5.7 (0.31)", "-13.4 (<0.01)", "19.0 (0.01)"]),
        (1, ["8.1 (0.15)", "-15.3 (<0.01)", "23.4 (<0.01)"]),
        (5, ["10.9 (0.07)", "-16.9 (<0.01)", "27.8 (<0.01)"]),
        (15, ["12.8 (0.06)", "-17.6 (0.01)", "30.4 (<0.01)"]),
    ];
    let printed = |row: &ResultRow| {
        assert_eq!(row.unit, "bp");
        let p = format!("{:.2}", row.p_hac.unwrap());
        let p = if p == "0.00" { "<0.01" } else { &p };
        format!("{:.1} ({p})", row.observed.unwrap())
    };
    for null in REPORT.manifest.nulls.iter().map(|null| &null.null) {
        let of = |group, day| {
            printed(row(
                &REPORT,
                null,
                "overlap-regression",
                "30 Yr",
                group,
                day,
            ))
        };
        for (day, cells) in published {
            assert_eq!(
                ["open", "closed", "open - closed"].map(|group| of(group, day)),
                cells
            );
        }
        assert_eq!(of("constant", 0), "0.3 (0.41)");
    }
}

/// Every effect, coefficient, standard error and p of all series and days, and the constants,
/// against statsmodels.
#[test]
fn observed_effects_of_all_series_and_days() {
    let mut study = first_test();
    study.tests[0].days = (-15..=15).collect();
    let report = run_on_cpu(&study);
    let expected = table(include_str!("../reference/overlap_observed.tsv"));
    let mut compared = 0;
    for line in &expected {
        let (series, group) = (line["series"], line["contrast"]);
        let day = line["day"].parse().unwrap_or(0);
        let find = |statistic| row(&report, UNIFORM, statistic, series, group, day);
        let sum = find("overlap-regression");
        close(sum.observed.unwrap(), number(line["effect"]), line);
        close(sum.se_hac.unwrap(), number(line["error"]), line);
        close(sum.p_hac.unwrap(), number(line["p"]), line);
        compared += 1;
        if group == "constant" {
            assert_eq!((sum.draws, sum.p, sum.singular), (None, None, None));
            assert_eq!(sum.engine, "least-squares");
            continue;
        }
        let daily = find("overlap-regression-daily");
        close(daily.observed.unwrap(), number(line["coefficient"]), line);
        close(
            daily.se_hac.unwrap(),
            number(line["coefficient_error"]),
            line,
        );
        let ratio = find("overlap-regression-t");
        let z = number(line["effect"]) / number(line["error"]);
        close(ratio.observed.unwrap(), z, line);
        assert_eq!((ratio.se_hac, ratio.p_hac), (None, sum.p_hac));
        for row in [sum, daily, ratio] {
            assert_eq!((row.draws, row.singular), (Some(10), Some(0)));
            assert!(
                row.p_exact_reason
                    .as_ref()
                    .unwrap()
                    .contains("no closed form")
            );
        }
    }
    assert_eq!(compared, SERIES.len() * (3 * 31 + 1));
    // Nothing beside these: three statistics, and the constants.
    assert_eq!(report.results.len(), SERIES.len() * (3 * 3 * 31 + 1));
}

/// All rotations, counted to the integer, and how much neighbours repeat each other.
#[test]
fn rotations_of_all_series_and_days() {
    let mut compared = 0;
    for line in table(include_str!("../reference/overlap_circular.tsv")) {
        let null = match line["edge"] {
            "full-window" => "circular-shift(full-window)",
            "cut" => "circular-shift(all, cut)",
            _ => "circular-shift(all, wrap)",
        };
        let day = line["day"].parse().unwrap();
        let (series, group) = (line["series"], line["contrast"]);
        let row = row(
            &REPORT,
            null,
            statistic(line["statistic"]),
            series,
            group,
            day,
        );
        let count = |count: Option<u64>| count.unwrap();
        let (below, equal, above) = (count(row.below), count(row.equal), count(row.above));
        let counts = [row.draws.unwrap(), below + equal, above + equal];
        let expected: [u64; 3] =
            ["rotations", "at_most", "at_least"].map(|name| line[name].parse().unwrap());
        assert_eq!(counts, expected, "{line:?}");
        let share = counts[1].min(counts[2]) as f64 / counts[0] as f64;
        close(row.p.unwrap(), (2.0 * share).min(1.0), &line);
        close(row.observed.unwrap(), number(line["observed"]), &line);
        let correlation = row.lag1_correlation.unwrap();
        assert!(
            (correlation - number(line["neighbours"])).abs() < 1e-6,
            "{line:?}"
        );
        let worth = counts[0] as f64 * correlation.acos() / std::f64::consts::PI;
        close(row.crossings.unwrap(), worth, &line);
        compared += 1;
    }
    assert_eq!(compared, 3 * 7 * 3 * 6 * 2);

    for (group, wrapped, p_cut, p_whole, worth) in [
        ("open", 35, 0.109, 0.120, 90.6),
        ("closed", 21, 0.036, 0.006, 63.6),
        ("open - closed", 15, 0.041, 0.014, 73.3),
    ] {
        let of = |null| row(&REPORT, null, "overlap-regression", "30 Yr", group, 15);
        let wrap = of("circular-shift(all, wrap)");
        close(wrap.p.unwrap(), 2.0 * f64::from(wrapped) / 732.0, &group);
        assert!((wrap.crossings.unwrap() - worth).abs() < 0.05, "{group}");
        let p = |null| (of(null).p.unwrap() * 1000.0).round() / 1000.0;
        assert_eq!(p("circular-shift(all, cut)"), p_cut);
        assert_eq!(p("circular-shift(full-window)"), p_whole);
    }
}

/// The difference of two shares of draws, in standard errors.
fn z(a: (u64, u64), b: (u64, u64)) -> f64 {
    let share = |(count, draws): (u64, u64)| count as f64 / draws as f64;
    let pooled = share((a.0 + b.0, a.1 + b.1));
    let draws = 1.0 / a.1 as f64 + 1.0 / b.1 as f64;
    (share(a) - share(b)) / (pooled * (1.0 - pooled) * draws).sqrt()
}

/// Both tails of every effect under random dates and random labels, against NumPy's own draws.
#[test]
fn random_draws_of_all_series_and_days() {
    let mut compared = 0;
    for line in table(include_str!("../reference/overlap_monte_carlo.tsv")) {
        let null = match line["null"] {
            "full-window" => UNIFORM,
            "cut" => "uniform(all)",
            "labels" => "labels",
            "labels-together" => "labels(same-day together, keep units)",
            "labels-days" => "labels(same-day together)",
            other => panic!("{other}"),
        };
        let day = line["day"].parse().unwrap();
        let (series, group) = (line["series"], line["contrast"]);
        let row = row(
            &REPORT,
            null,
            statistic(line["statistic"]),
            series,
            group,
            day,
        );
        assert_eq!((row.draws, row.singular), (Some(DRAWS), Some(0)));
        let draws = line["draws"].parse().unwrap();
        for (name, tail) in [("at_most", row.below), ("at_least", row.above)] {
            let found = (tail.unwrap() + row.equal.unwrap(), DRAWS);
            let z = z(found, (line[name].parse().unwrap(), draws));
            assert!(z.abs() <= 4.5, "{name} {line:?}: {found:?}, z = {z}");
        }
        compared += 1;
    }
    assert_eq!(compared, 5 * 7 * 3 * 6 * 2);
}

/// Equal-tailed p of the 30-year yield, known to four decimals.
#[test]
fn known_p_values_of_the_30_year_yield() {
    let difference = "open - closed";
    for (null, group, known) in [
        (
            UNIFORM,
            difference,
            &[(0, 0.0059), (5, 0.0005), (15, 0.0015)][..],
        ),
        (
            "labels(same-day together, keep units)",
            difference,
            &[(0, 0.0048), (5, 0.0010), (15, 0.0033)],
        ),
        (
            "labels",
            difference,
            &[(0, 0.0068), (5, 0.0014), (15, 0.0037)],
        ),
        (UNIFORM, "closed", &[(15, 0.0016)]),
        ("uniform(all)", "closed", &[(15, 0.0111)]),
    ] {
        for &(day, known) in known {
            let p = row(&REPORT, null, "overlap-regression", "30 Yr", group, day)
                .p
                .unwrap();
            // They come from 300,000 draws or more.
            let variance = 2.0 * known * (1.0 / DRAWS as f64 + 1.0 / 300_000.0);
            let bound = 4.0 * variance.sqrt() + 0.5e-4;
            assert!((p - known).abs() <= bound, "{null} {group} {day}: {p}");
        }
    }
    // Of five million labellings, those at or above the observed difference.
    for (day, count) in [(0, 16_992), (5, 3_613), (15, 9_214)] {
        let row = row(
            &REPORT,
            "labels",
            "overlap-regression",
            "30 Yr",
            difference,
            day,
        );
        let found = row.above.unwrap() + row.equal.unwrap();
        let z = z((found, DRAWS), (count, 5_000_000));
        assert!(z.abs() <= 4.0, "day {day}: {found}, z = {z}");
    }
}

/// A span's effect is the mean of its days' effects, and its standard error that of the mean.
#[test]
fn spans_average_the_effects() {
    let mut study = first_test();
    study.tests[0].days = (-15..=15).collect();
    study.tests[0].spans = vec![[0, 15], [-15, -1]];
    let report = run_on_cpu(&study);
    for series in SERIES {
        for group in ["open", "closed", "open - closed"] {
            for name in ["overlap-regression", "overlap-regression-daily"] {
                for [from, to] in [[0, 15], [-15, -1]] {
                    let of = |day| row(&report, UNIFORM, name, series, group, day);
                    let sum: f64 = (from..=to).map(|day| of(day).observed.unwrap()).sum();
                    let span = format!("{name}(mean {from}..{to})");
                    let found = row(&report, UNIFORM, &span, series, group, to);
                    close(
                        found.observed.unwrap(),
                        sum / f64::from(to - from + 1),
                        &(series, group, &span),
                    );
                    // A mean of alike effects is no more certain than the sum of their errors.
                    let errors: f64 = (from..=to).map(|day| of(day).se_hac.unwrap()).sum();
                    let error = found.se_hac.unwrap();
                    assert!(0.0 < error && error <= errors / f64::from(to - from + 1));
                }
            }
            let effect = row(
                &report,
                UNIFORM,
                "overlap-regression(mean 0..15)",
                series,
                group,
                15,
            );
            let ratio = row(
                &report,
                UNIFORM,
                "overlap-regression-t(mean 0..15)",
                series,
                group,
                15,
            );
            close(
                ratio.observed.unwrap(),
                effect.observed.unwrap() / effect.se_hac.unwrap(),
                &(series, group),
            );
        }
    }
}

/// A test of some groups is fitted without the others, and named by them.
#[test]
fn groups_of_a_test_name_its_rows() {
    let mut study = first_test();
    study.tests[0].statistic = OneOrMany::One("overlap-regression".into());
    for groups in [&["open"][..], &["closed", "open"]] {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        let mut test = study.tests[0].clone();
        test.groups = groups;
        study.tests.push(test.clone());
        test.null = Null::CircularShift;
        study.tests.push(test);
    }
    let mut labels = study.tests[3].clone();
    labels.null = Null::Labels;
    study.tests.push(labels);
    let report = run_on_cpu(&study);
    let names: Vec<&str> = report
        .manifest
        .nulls
        .iter()
        .map(|null| &*null.null)
        .collect();
    assert_eq!(
        names,
        [
            UNIFORM,
            "uniform(full-window; open)",
            "circular-shift(full-window; open)",
            "uniform(full-window; closed, open)",
            "circular-shift(full-window; closed, open)",
            "labels(closed, open)",
        ]
    );
    let of = |null, group| {
        row(&report, null, "overlap-regression", "30 Yr", group, 15)
            .observed
            .unwrap()
    };
    close(
        of(names[3], "closed - open"),
        -of(UNIFORM, "open - closed"),
        &names[3],
    );
    // Without the closed releases the open ones have another effect.
    let alone = of(names[1], "open");
    assert!((alone - of(UNIFORM, "open")).abs() > 1.0, "{alone}");
    let mut keys: Vec<_> = report
        .results
        .iter()
        .map(|row| {
            (
                row.null(),
                row.statistic(),
                row.series(),
                row.group(),
                row.relative_day(),
            )
        })
        .collect();
    let rows = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), rows);
}

/// Tests of one null design share their constants.
#[test]
fn constants_are_told_once() {
    let mut study = first_test();
    let mut other = study.tests[0].clone();
    study.tests[0].days = vec![0];
    other.days = vec![5];
    study.tests.push(other);
    let report = run_on_cpu(&study);
    let constants = report.results.iter().filter(|row| row.is_constant());
    assert_eq!(constants.count(), SERIES.len());
}
