//! Series that hold changes, on the calendar's rows: what the calendar carries forward or leaves out
//! acts on their levels.

use jiff::civil::Date;

use super::calendar::OnRows;
use crate::error::{Error, Result};
use crate::load::Series;
use crate::plan::Numbers;
use crate::study::{Changes, DataSpec};

/// How a series' changes make one change.
pub(super) enum Merging {
    /// Sums of decimals are exact.
    Decimals {
        digits: i32,
        /// A date an entry; 0 without a value.
        values: Vec<i64>,
    },
    Floats,
    /// Returns of so much on what there was double it.
    Compounded(f64),
}

impl Merging {
    /// That of one series.
    ///
    /// # Errors
    ///
    /// A simple return below -1, or -100 %.
    pub(super) fn of(series: &Series, dates: &[Date], data: &DataSpec) -> Result<Self> {
        let known = || series.values.iter().map(|value| value.unwrap_or(0.0));
        match data.changes.unwrap_or_default() {
            Changes::Additive => Ok(match Numbers::from_floats(&known().collect::<Vec<_>>()) {
                Numbers::Decimal { digits, values } => Merging::Decimals { digits, values },
                Numbers::Float(_) => Merging::Floats,
            }),
            Changes::Simple => {
                let (one, _) = one(data);
                match known().position(|value| value < -one) {
                    None => Ok(Merging::Compounded(one)),
                    Some(t) => Err(Error::input(
                        format!("series `{}`, {}", series.name, dates[t]),
                        format!(
                            "{} is no simple return: it would take away more than all there was",
                            series.values[t].unwrap_or_default()
                        ),
                        "state the [data] unit (\"percent\" or \"bp\"; without one, returns are fractions of one), or changes = \"additive\"",
                    )),
                }
            }
        }
    }

    /// The change over several dates, the entries `known` of `values`, from that before the first to the last.
    fn whole(&self, values: &[Option<f64>], known: &[usize]) -> f64 {
        let each = || known.iter().filter_map(|&t| values[t]);
        match self {
            Merging::Decimals { digits, values } => {
                let sum: i64 = known.iter().map(|&t| values[t]).sum();
                sum as f64 / 10f64.powi(*digits)
            }
            Merging::Floats => each().sum(),
            Merging::Compounded(one) => each().fold(0.0, |all, next| all + next + all * next / one),
        }
    }
}

/// What doubles a value, and its name.
fn one(data: &DataSpec) -> (f64, &'static str) {
    match data.unit.as_deref() {
        Some("percent") => (100.0, "in percent"),
        Some("bp") => (10_000.0, "in basis points"),
        _ => (1.0, "as fractions of one"),
    }
}

/// How merged changes were made, as words of a rule.
pub(super) fn merged(data: &DataSpec) -> String {
    match data.changes.unwrap_or_default() {
        Changes::Additive => "added (changes = \"additive\")".to_owned(),
        Changes::Simple => format!("compounded (changes = \"simple\", {})", one(data).1),
    }
}

/// The changes of a series on rows: 0 where a level would be carried forward, and the change since the
/// row before where dates between are no rows. Before the first row only entries from `begun` on count,
/// and after a hole none before the row itself. `merged` notes rows that hold changes of other dates.
pub(super) fn on_rows(
    on: &OnRows,
    merging: &Merging,
    begun: usize,
    merged: &mut [bool],
) -> Vec<Option<f64>> {
    let values = &on.series.values;
    let mut next = begun;
    let mut has_level = false;
    let rows = on.rows.iter().zip(merged).enumerate();
    rows.map(|(row, (&(date, t), merged))| {
        if on.is_after_hole(row) {
            next = on.panel.dates.partition_point(|&earlier| earlier < date);
        }
        let here = t.and_then(|t| Some((t, values[t]?)));
        let Some((t, value)) = here else {
            return (on.carry && has_level).then_some(0.0);
        };
        has_level = true;
        let known: Vec<usize> = (next..=t).filter(|&t| values[t].is_some()).collect();
        next = t + 1;
        if known.len() < 2 {
            return Some(value);
        }
        *merged = true;
        Some(merging.whole(values, &known))
    })
    .collect()
}
