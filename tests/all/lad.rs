//! Least absolute deviations of the overlap regression against `tests/reference/overlap_lad.tsv`.

use crate::common;
use placebo::inference::{LadError, lad};
use placebo::run::prepare;
use placebo::statistic::{Fold, Regression, Statistic};
use placebo::study::{OneOrMany, Study};

const DAYS: [i32; 6] = [-15, -1, 0, 1, 5, 15];

fn regression(fold: &Fold) -> &Regression {
    match fold.statistic() {
        Statistic::Regression(regression) => regression,
        other => panic!("{other:?}"),
    }
}

/// Every minimum to 1e-8 of itself. The reference's ranges are those of sums within 1e-7 of the
/// minimum: they hold ours, and are wider by up to 1.5e-4.
#[test]
fn equals_the_reference_on_all_series() {
    let mut study = Study::open("bjorkegren").unwrap();
    let mut test = study.tests[0].clone();
    test.statistic = OneOrMany::One("overlap-regression".into());
    test.days = DAYS.to_vec();
    study.tests = vec![test];
    let plan = prepare(&study).unwrap().compiled.plans.remove(0);
    let fold = &plan.folds[0];
    let started = std::time::Instant::now();
    let fit = lad(regression(fold), fold.contrasts(), &plan.observed).unwrap();
    assert!(started.elapsed().as_secs() < 60);

    let table = include_str!("../reference/overlap_lad.tsv");
    let mut compared = 0;
    for line in table.lines().skip(2) {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| cells[i].parse::<f64>().unwrap();
        let series = plan.words.series.iter().position(|s| s.series == cells[0]);
        let contrast = fold.contrasts().iter().position(|c| c.label == cells[1]);
        let day = DAYS.iter().position(|d| d.to_string() == cells[2]);
        let (series, contrast, day) = (series.unwrap(), contrast.unwrap(), day.unwrap());
        let (minimum, vertex, low, high) = (number(4), number(5), number(6), number(7));
        let least = fit.minima[series];
        assert!((least - minimum).abs() <= 1e-8 * minimum, "{line}: {least}");
        let range = fit.effects[contrast][day][series];
        assert!(
            (-1e-6..1.5e-4).contains(&(range.low - low)),
            "{line}: {range:?}"
        );
        assert!(
            (-1e-6..1.5e-4).contains(&(high - range.high)),
            "{line}: {range:?}"
        );
        assert!(range.low - 1e-6 <= vertex && vertex <= range.high + 1e-6);
        assert_eq!(range.point().is_some(), high - low < 1e-3, "{line}");
        compared += 1;
    }
    assert_eq!(compared, 7 * 3 * 6);
}

/// Without effects of the events, the constant is the median of the changes on the other rows, and
/// each coefficient fits its own row where it has but one.
#[test]
fn one_event_is_fitted_exactly() {
    let panel = common::walks(60, 2);
    let events = common::events_on(&panel, &[(30, "a")]);
    let plan = common::compiled_on_changes(
        &panel,
        &events,
        "statistic = \"overlap-regression-daily\"\npool = \"all\"\ndays = [-10, 0, 10]",
    );
    let fold = &plan.folds[0];
    let regression = regression(fold);
    let fit = lad(regression, fold.contrasts(), &plan.observed).unwrap();
    for series in 0..2 {
        let change = |row| regression.outcomes().get(row, series);
        let n = regression.outcomes().positions();
        let at = regression.rows()[plan.observed[0] as usize] as usize;
        let mut others: Vec<i32> = (0..n)
            .filter(|row| row.abs_diff(at) > 10)
            .map(change)
            .collect();
        others.sort_unstable();
        let m = others.len();
        let (low, high) = (others[(m - 1) / 2], others[m / 2]);
        let least: i32 = others.iter().map(|y| (y - low).abs()).sum();
        assert!((fit.minima[series] - f64::from(least)).abs() < 1e-6);
        for (day, row) in [at - 10, at, at + 10].into_iter().enumerate() {
            let range = fit.effects[0][day][series];
            assert!((range.low - f64::from(change(row) - high)).abs() < 1e-6);
            assert!((range.high - f64::from(change(row) - low)).abs() < 1e-6);
        }
    }
}

#[test]
fn collinear_regressors_are_refused() {
    let panel = common::walks(100, 1);
    let events = common::events_on(&panel, &[(30, "a"), (60, "b")]);
    let plan = common::compiled_on_changes(&panel, &events, "statistic = \"overlap-regression\"");
    let fold = &plan.folds[0];
    // Both groups on one day.
    let refused = lad(regression(fold), fold.contrasts(), &[7, 7]);
    assert_eq!(refused, Err(LadError::Singular));
}
