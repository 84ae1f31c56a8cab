//! Which transform the values of series without a unit speak for.

use crate::load::{Panel, Series, is_yield, quoted_list};
use crate::study::Transform;

/// A largest value of so many times the least one speaks for relative changes.
const GROWTH: f64 = 2.0;

/// Fewer values do not look like changes.
const FEWEST: usize = 10;

/// Of changes at least this share lies above 0, and at least this share below.
const EITHER_SIDE: f64 = 0.2;

/// A transform, and why it is proposed where it is not the default.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The transform.
    pub transform: Transform,
    /// What was found, as a clause; `None` with the default.
    pub reason: Option<String>,
}

impl Proposal {
    /// For the series of a panel that have no stated unit, one transform for all:
    ///
    /// - `none` where every series looks like changes: at least a fifth of its values lie above 0 and a
    ///   fifth below, and from one date to the next it moves on average at least as far as its values
    ///   lie from 0. Independent changes move by 1.4 times that, levels by far less.
    /// - `log-change` where every value is positive and the largest value of some series is at least
    ///   twice its least.
    /// - `level-change` otherwise, and where some series has the name of a yield.
    pub fn of(panel: &Panel) -> Self {
        let series = &panel.series;
        let propose = |transform, reason| Proposal { transform, reason };
        if series.is_empty() || series.iter().any(|series| is_yield(&series.name)) {
            return propose(Transform::default(), None);
        }
        let names = |of: &[&Series]| quoted_list(of.iter().map(|series| series.name.as_str()));
        if let Some(moves) = series
            .iter()
            .map(moves_of_changes)
            .collect::<Option<Vec<f64>>>()
        {
            let least = moves.into_iter().fold(f64::INFINITY, f64::min);
            let least = (10.0 * least).floor() / 10.0;
            return propose(
                Transform::None,
                Some(format!(
                    "{} look like changes already: values on both sides of 0 that move from one date to the next by at least {least:.1} times their mean size",
                    names(&series.iter().collect::<Vec<_>>()),
                )),
            );
        }
        let ratios: Option<Vec<f64>> = series.iter().map(growth).collect();
        let ratios = ratios.unwrap_or_default();
        let grown: Vec<&Series> = series
            .iter()
            .zip(&ratios)
            .filter(|(_, ratio)| **ratio >= GROWTH)
            .map(|(series, _)| series)
            .collect();
        match grown.is_empty() {
            true => propose(Transform::default(), None),
            false => {
                let most = ratios.into_iter().fold(0.0, f64::max);
                propose(
                    Transform::LogChange,
                    Some(format!(
                        "all values are positive, and the largest of {} is up to about {most:.1} times its least",
                        names(&grown)
                    )),
                )
            }
        }
    }
}

/// The mean size of a series' moves over the mean size of its values, where it looks like changes.
fn moves_of_changes(series: &Series) -> Option<f64> {
    let values: Vec<f64> = series.values.iter().flatten().copied().collect();
    let n = values.len() as f64;
    let share = |of: fn(&f64) -> bool| values.iter().filter(|&v| of(v)).count() as f64 / n;
    let least = share(|&v| v > 0.0).min(share(|&v| v < 0.0));
    if values.len() < FEWEST || least < EITHER_SIDE {
        return None;
    }
    let size = values.iter().map(|v| v.abs()).sum::<f64>() / n;
    let moves = values.windows(2).map(|v| (v[1] - v[0]).abs()).sum::<f64>() / (n - 1.0);
    (moves >= size).then_some(moves / size)
}

/// The largest value over the least, of a series whose values are all positive.
fn growth(series: &Series) -> Option<f64> {
    let values = || series.values.iter().flatten().copied();
    let least = values().fold(f64::INFINITY, f64::min);
    let largest = values().fold(f64::NEG_INFINITY, f64::max);
    (least > 0.0 && largest >= least).then_some(largest / least)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn proposed(series: &[(&str, &[f64])]) -> Proposal {
        Proposal::of(&Panel {
            dates: (1..=series[0].1.len())
                .map(|day| date(2024, 1, day as i8))
                .collect(),
            series: series
                .iter()
                .map(|(name, values)| Series {
                    name: (*name).into(),
                    values: values.iter().copied().map(Some).collect(),
                })
                .collect(),
            files: vec![],
            rules: vec![],
        })
    }

    const RETURNS: [f64; 12] = [
        0.4, -0.3, 0.1, 0.6, -0.5, -0.2, 0.3, -0.1, 0.0, 0.7, -0.6, 0.2,
    ];

    #[test]
    fn positive_series_that_double_are_taken_in_logs() {
        let (price, flat) = ([10.0, 14.0, 20.0], [5.0, 6.0, 9.9]);
        let found = proposed(&[("close", &price), ("other", &flat)]);
        assert_eq!(found.transform, Transform::LogChange);
        let reason = found.reason.unwrap();
        assert!(
            reason.contains("the largest of `close` is up to about 2.0 times its least"),
            "{reason}"
        );
        for series in [
            &[("other", &flat[..])][..],
            &[("close", &price), ("spread", &[0.0, 1.0, 2.0])],
            &[("close", &price), ("10 Yr", &flat)],
        ] {
            assert_eq!(proposed(series).transform, Transform::LevelChange);
            assert_eq!(proposed(series).reason, None);
        }
    }

    #[test]
    fn values_on_both_sides_of_zero_that_do_not_persist_are_changes() {
        let found = proposed(&[("ret", &RETURNS)]);
        assert_eq!(found.transform, Transform::None);
        // Mean move 6.8/11, mean size 4/12: 1.85 times.
        let reason = found.reason.unwrap();
        assert!(reason.contains("`ret` look like changes"), "{reason}");
        assert!(reason.contains("at least 1.8 times"), "{reason}");
        // A level that crosses zero once persists; a rare negative value does not make changes.
        let crossing: Vec<f64> = (0..12).map(|t| f64::from(t) - 5.5).collect();
        let mut rare = RETURNS.map(f64::abs);
        rare[3] = -0.1;
        for values in [&crossing, &rare[..], &RETURNS[..9]] {
            assert_eq!(proposed(&[("x", values)]).transform, Transform::LevelChange);
        }
        // One series of levels beside them: one transform for all.
        let both = [("ret", &RETURNS[..]), ("spread", &crossing)];
        assert_eq!(proposed(&both).transform, Transform::LevelChange);
    }
}
