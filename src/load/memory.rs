//! Series and events that a program holds, rather than a file.

use arrow::array::RecordBatch;
use jiff::civil::Date;

use super::columnar;
use super::events::{ALL, Event};
use super::panel::fold;
use super::{Events, FileHash, Panel, Reading, Series};
use crate::error::{Cause, Error, Result};
use crate::visible::visible;

/// What stands for the file in messages; what is in memory has no hash.
const MEMORY: &str = "data in memory";

impl Panel {
    /// Series over one list of dates; NaN is a missing value.
    ///
    /// # Errors
    ///
    /// [`Error::Input`]: dates that do not ascend, a series of another length, an infinite value, a name
    /// twice, or no series.
    pub fn of<N: Into<String>>(
        dates: Vec<Date>,
        series: impl IntoIterator<Item = (N, Vec<f64>)>,
    ) -> Result<Panel> {
        if let Some(pair) = dates.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(Error::input(
                format!("{MEMORY}, {}", pair[1]),
                format!("the date stands after {}", pair[0]),
                "Sort the rows by their dates, each date once.",
            )
            .because(Cause::DateOutOfOrder {
                file: MEMORY.to_owned(),
            }));
        }
        let mut panel = Panel {
            dates,
            series: Vec::new(),
            files: Vec::new(),
            rules: Vec::new(),
        };
        for (name, values) in series {
            let name = visible(&name.into()).into_owned();
            let place = format!("{MEMORY}, series `{name}`");
            let refuse = |problem: String, remedy: &str| Error::input(&place, problem, remedy);
            if values.len() != panel.dates.len() {
                return Err(refuse(
                    format!("{} values for {} dates", values.len(), panel.dates.len()),
                    "Give one value a date; NaN where there is none.",
                ));
            }
            if panel.series.iter().any(|had| had.name == name) {
                return Err(refuse("the name is there twice".into(), "Rename one."));
            }
            if let Some(t) = values.iter().position(|value| value.is_infinite()) {
                return Err(refuse(
                    format!("{} on {}", values[t], panel.dates[t]),
                    "Give finite values; NaN where there is none.",
                ));
            }
            let known = |value: f64| Some(value).filter(|value| !value.is_nan());
            panel.series.push(Series {
                name,
                values: values.into_iter().map(known).collect(),
            });
        }
        match panel.series.is_empty() {
            false => Ok(panel),
            true => Err(Error::input(
                MEMORY,
                "there is no series",
                "Give at least one, a name and its values.",
            )),
        }
    }

    /// Series in Arrow record batches of one schema, read as a Parquet file of them would be.
    ///
    /// # Errors
    ///
    /// [`Error::Input`]: no batch, or what a file of them would be refused for.
    pub fn from_batches(batches: &[RecordBatch], reading: &Reading) -> Result<Panel> {
        let hash = FileHash {
            file: MEMORY.into(),
            sha256: String::new(),
        };
        let panel = fold(vec![columnar::of_batches(hash, batches, reading)?], reading)?;
        Ok(Panel {
            files: Vec::new(),
            ..panel
        })
    }
}

impl Events {
    /// Events on some dates, all of one group.
    pub fn on(dates: impl IntoIterator<Item = Date>) -> Events {
        Self::of_groups(dates.into_iter().map(|date| (date, ALL)))
    }

    /// Events on some dates, each with its group.
    pub fn of_groups<G: AsRef<str>>(events: impl IntoIterator<Item = (Date, G)>) -> Events {
        let rows = (1..).zip(events).map(|(line, (date, group))| Event {
            date,
            group: visible(group.as_ref()).into_owned(),
            line,
            after_close: false,
        });
        Events {
            numbered: true,
            rows: rows.collect(),
            file: FileHash {
                file: "events in memory".into(),
                sha256: String::new(),
            },
            rules: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Date32Array, Float64Array};
    use arrow::datatypes::{DataType, Field, Schema};
    use jiff::civil::date;

    use super::*;

    fn days(n: i8) -> Vec<Date> {
        (1..=n).map(|day| date(2024, 1, day)).collect()
    }

    #[test]
    fn batches_are_the_vectors() {
        let schema = Schema::new(vec![
            Field::new("date", DataType::Date32, false),
            Field::new("a", DataType::Float64, true),
        ]);
        let schema = Arc::new(schema);
        // 2024-01-01 is day 19723.
        let batch = |from: i32, values: Vec<Option<f64>>| {
            let days = Date32Array::from_iter_values(from..from + values.len() as i32);
            let values = Float64Array::from(values);
            RecordBatch::try_new(schema.clone(), vec![Arc::new(days), Arc::new(values)]).unwrap()
        };
        let batches = [
            batch(19_723, vec![Some(1.5), None]),
            batch(19_725, vec![Some(-2.0)]),
        ];
        let panel = Panel::from_batches(&batches, &Reading::default()).unwrap();
        let vectors = Panel::of(days(3), [("a", vec![1.5, f64::NAN, -2.0])]).unwrap();
        assert_eq!(panel, vectors);
        assert!(Panel::from_batches(&[], &Reading::default()).is_err());
    }

    #[test]
    fn wrong_vectors_are_refused() {
        let refused = |dates: Vec<Date>, series: Vec<(&str, Vec<f64>)>, part: &str| {
            let text = Panel::of(dates, series).unwrap_err().to_string();
            assert!(text.contains(part), "{text}");
        };
        let mut backwards = days(3);
        backwards.swap(0, 2);
        refused(backwards, vec![("a", vec![0.0; 3])], "stands after");
        refused(days(3), vec![("a", vec![0.0; 2])], "2 values for 3 dates");
        refused(
            days(2),
            vec![("a", vec![0.0; 2]), ("a", vec![0.0; 2])],
            "twice",
        );
        refused(
            days(2),
            vec![("a", vec![0.0, f64::INFINITY])],
            "inf on 2024-01-02",
        );
        refused(days(2), vec![], "no series");
    }
}
