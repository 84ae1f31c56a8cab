//! What a statistic is, in a line of words.

use crate::statistic::{Keys, StatisticName, Words};
use crate::study::{Measure, TestSpec, Transform};

/// The change over the days from `first` to `last`, which may be names such as `the day`.
pub(crate) fn change(transform: Transform, measure: Measure, first: &str, last: &str) -> String {
    match measure {
        Measure::Cumulative => {
            let kind = match transform {
                Transform::LevelChange | Transform::None => "",
                Transform::LogChange => "log ",
                Transform::PercentChange => "percent ",
            };
            match first == last {
                true => format!("daily {kind}change of day {first}"),
                false => format!("sum of the daily {kind}changes of days {first} to {last}"),
            }
        }
        Measure::Endpoints => match transform {
            Transform::LevelChange | Transform::None => format!("y({last}) - y({first})"),
            Transform::LogChange => format!("ln y({last}) - ln y({first})"),
            Transform::PercentChange => format!("100 (y({last})/y({first}) - 1)"),
        },
    }
}

/// The statistics of a test's changes from day `first` to those of `days` that they reach.
pub(super) fn of_changes(
    test: &TestSpec,
    transform: Transform,
    statistic: StatisticName,
    first: i32,
) -> String {
    let changes = test.changes();
    let ends: Vec<i32> = changes
        .iter()
        .filter(|change| change[0] == first)
        .map(|change| change[1])
        .collect();
    let last = match ends.as_slice() {
        [last] => last.to_string(),
        _ => "the day".to_owned(),
    };
    let change = change(transform, test.measure, &first.to_string(), &last);
    let scores = match statistic.is_absolute() {
        true => format!("|{change}|"),
        false => format!("{}{change}", the(test.measure)),
    };
    let words = Words {
        scores: &scores,
        first,
    };
    statistic.formula(&test.keys(), &words)
}

fn the(measure: Measure) -> &'static str {
    match measure {
        Measure::Cumulative => "the ",
        Measure::Endpoints => "",
    }
}

/// Effects of the overlap regression over windows that begin on day `first`.
pub(crate) fn of_effects(statistic: StatisticName, first: i32) -> String {
    let words = Words { scores: "", first };
    statistic.formula(&Keys::default(), &words)
}

/// Effects averaged over a span of days.
pub(super) fn of_span(statistic: StatisticName, first: i32, [from, to]: [i32; 2]) -> String {
    let each = of_effects(statistic, first);
    format!("{each}, averaged over days {from} to {to}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_its_days_and_its_scale() {
        let of = |transform, measure, first, last| change(transform, measure, first, last);
        let (sum, ends) = (Measure::Cumulative, Measure::Endpoints);
        for (transform, measure, days, text) in [
            (
                Transform::LevelChange,
                sum,
                ["-15", "15"],
                "sum of the daily changes of days -15 to 15",
            ),
            (Transform::None, sum, ["0", "0"], "daily change of day 0"),
            (
                Transform::LogChange,
                sum,
                ["-1", "the day"],
                "sum of the daily log changes of days -1 to the day",
            ),
            (
                Transform::PercentChange,
                sum,
                ["0", "5"],
                "sum of the daily percent changes of days 0 to 5",
            ),
            (
                Transform::LevelChange,
                ends,
                ["-15", "15"],
                "y(15) - y(-15)",
            ),
            (Transform::LogChange, ends, ["0", "5"], "ln y(5) - ln y(0)"),
            (
                Transform::PercentChange,
                ends,
                ["-1", "1"],
                "100 (y(1)/y(-1) - 1)",
            ),
        ] {
            assert_eq!(of(transform, measure, days[0], days[1]), text);
        }
    }
}
