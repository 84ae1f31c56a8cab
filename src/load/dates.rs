//! Arrow columns of dates, timestamps and ISO text to days since 1970.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, Date32Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::cell::{self, BadCell};
use super::numbers::BadRow;
use super::table::{from_days, to_days};

/// Whether a column of this type holds dates, whatever its values.
pub(super) fn is_date(kind: &DataType) -> bool {
    matches!(
        plain(kind),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)
    )
}

/// Whether a column of this type may hold dates as text.
pub(super) fn is_text(kind: &DataType) -> bool {
    let kind = plain(kind);
    // Some engines write texts as bytes.
    kind.is_string()
        || matches!(
            kind,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView
        )
}

/// The type of the values of a dictionary or of runs.
pub(super) fn plain(kind: &DataType) -> &DataType {
    match kind {
        DataType::Dictionary(_, values) => plain(values),
        DataType::RunEndEncoded(_, values) => plain(values.data_type()),
        other => other,
    }
}

/// The array with its values written out, where it is a dictionary or runs.
pub(super) fn written_out(array: &dyn Array) -> Result<ArrayRef, BadRow> {
    let kind = plain(array.data_type());
    cast(array, kind).map_err(|error| (0, bad(error.to_string())))
}

/// The cells of a column of any type as text.
pub(super) fn texts(array: &dyn Array) -> Result<StringViewArray, BadRow> {
    let is_encoded = matches!(
        array.data_type(),
        DataType::RunEndEncoded(..) | DataType::Dictionary(..)
    );
    // Views, so that a dictionary of text is not written out.
    let is_text = plain(array.data_type()).is_string();
    let cells =
        match is_encoded && !(is_text && matches!(array.data_type(), DataType::Dictionary(..))) {
            true => cast(&written_out(array)?, &DataType::Utf8View),
            false => cast(array, &DataType::Utf8View),
        };
    let cells = cells.map_err(|error| {
        let problem = format!("it cannot be read as text: {error}");
        let remedy = "Write the column as text.".to_owned();
        (0, BadCell { problem, remedy })
    })?;
    Ok(cells.as_string_view().clone())
}

/// The days of a column of dates; every row must have one.
///
/// A timestamp counts as a date at midnight only, on the clock of its own time zone
/// where it has one: any other time of day leaves open to which day the row belongs.
pub(super) fn dates(array: &dyn Array) -> Result<Date32Array, BadRow> {
    match array.data_type() {
        DataType::Date32 => each::<Date32Type>(array, |day| known(i64::from(day))),
        DataType::Date64 => each::<Date64Type>(array, |time| midnight(time, PER_SECOND[1], None)),
        DataType::Timestamp(unit, zone) => {
            let zone = match zone {
                Some(name) => Some(zone_named(name).map_err(|bad| (0, bad))?),
                None => None,
            };
            let zone = zone.as_ref();
            match unit {
                TimeUnit::Second => {
                    each::<TimestampSecondType>(array, |time| midnight(time, PER_SECOND[0], zone))
                }
                TimeUnit::Millisecond => each::<TimestampMillisecondType>(array, |time| {
                    midnight(time, PER_SECOND[1], zone)
                }),
                TimeUnit::Microsecond => each::<TimestampMicrosecondType>(array, |time| {
                    midnight(time, PER_SECOND[2], zone)
                }),
                TimeUnit::Nanosecond => each::<TimestampNanosecondType>(array, |time| {
                    midnight(time, PER_SECOND[3], zone)
                }),
            }
        }
        DataType::Dictionary(..) | DataType::RunEndEncoded(..) => dates(&written_out(array)?),
        other => Err((
            0,
            bad(format!("columns of type {other} are not read as dates")),
        )),
    }
}

/// Ticks a second: seconds, milli-, micro- and nanoseconds.
const PER_SECOND: [i64; 4] = [1, 1_000, 1_000_000, 1_000_000_000];

const SECONDS_A_DAY: i64 = 86_400;

fn each<T: ArrowPrimitiveType>(
    array: &dyn Array,
    day: impl Fn(T::Native) -> Result<i32, BadCell>,
) -> Result<Date32Array, BadRow> {
    let values = array.as_primitive::<T>().iter().enumerate();
    values
        .map(|(row, value)| {
            value
                .ok_or_else(no_date)
                .and_then(&day)
                .map_err(|bad| (row, bad))
        })
        .collect::<Result<Vec<i32>, BadRow>>()
        .map(Date32Array::from)
}

/// A day that the calendar has.
fn known(day: i64) -> Result<i32, BadCell> {
    i32::try_from(day)
        .ok()
        .filter(|&day| from_days(day).is_some())
        .ok_or_else(|| {
            bad(format!(
                "day {day} since 1970 is no date of the years -9999 to 9999"
            ))
        })
}

/// The day that begins at a time, counted in ticks since 1970.
fn midnight(time: i64, per_second: i64, zone: Option<&TimeZone>) -> Result<i32, BadCell> {
    match zone {
        None => {
            let a_day = SECONDS_A_DAY * per_second;
            let day = known(time.div_euclid(a_day))?;
            match time.rem_euclid(a_day) {
                0 => Ok(day),
                ticks => Err(not_midnight(day, ticks / per_second, "")),
            }
        }
        Some(zone) => {
            let beyond = || bad(format!("the timestamp {time} is beyond the calendar"));
            let nanoseconds = i128::from(time) * i128::from(PER_SECOND[3] / per_second);
            let instant = Timestamp::from_nanosecond(nanoseconds).map_err(|_| beyond())?;
            let local = zone.to_datetime(instant);
            let day = to_days(local.date());
            match local.time() {
                time if time == Time::midnight() => Ok(day),
                time => {
                    let seconds = time.duration_since(Time::midnight()).as_secs();
                    let zone = zone.iana_name().unwrap_or("its time zone");
                    Err(not_midnight(day, seconds, &format!(" in {zone}")))
                }
            }
        }
    }
}

/// A time zone by its IANA name or as an offset such as `+02:00`. The names are those
/// compiled into the program, so that a file has the same dates on every machine.
fn zone_named(name: &str) -> Result<TimeZone, BadCell> {
    DateTimeParser::new()
        .parse_time_zone_with(&TimeZoneDatabase::bundled(), name)
        .map_err(|_| BadCell {
            problem: format!("`{}` is not a known time zone", cell::shown(name)),
            remedy: "Convert the column to dates (Date32) before writing the file.".to_owned(),
        })
}

/// That a row has no date.
pub(super) fn no_date() -> BadCell {
    BadCell {
        problem: "there is no date".to_owned(),
        remedy: "Give every row a date, or remove the row.".to_owned(),
    }
}

fn bad(problem: String) -> BadCell {
    BadCell {
        problem,
        remedy: "Correct the column of dates; check the unit of its timestamps.".to_owned(),
    }
}

fn not_midnight(day: i32, seconds: i64, zone: &str) -> BadCell {
    let date = from_days(day).map_or_else(String::new, |date| date.to_string());
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    BadCell {
        problem: format!(
            "the timestamp {date} {hour:02}:{minute:02}:{second:02}{zone} is not midnight, so its day is unclear"
        ),
        remedy: "Convert the column to the dates (Date32) of the market's own calendar.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow::array::{ArrayRef, Date64Array, Int64Array, StringArray, TimestampSecondArray};
    use arrow::datatypes::Field;

    const DAYS: [i32; 3] = [-1, 0, 19_724];

    fn message(result: Result<Date32Array, BadRow>) -> (usize, String) {
        let (row, bad) = result.unwrap_err();
        (row, bad.problem)
    }

    #[test]
    fn every_type_of_date_is_read() {
        let days: ArrayRef = Arc::new(Date32Array::from(DAYS.to_vec()));
        let mut kinds = vec![DataType::Date32, DataType::Date64];
        for encoded in [
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Date32)),
            DataType::RunEndEncoded(
                Arc::new(Field::new("run_ends", DataType::Int32, false)),
                Arc::new(Field::new("values", DataType::Date32, true)),
            ),
        ] {
            kinds.push(encoded);
        }
        for unit in [
            TimeUnit::Second,
            TimeUnit::Millisecond,
            TimeUnit::Microsecond,
            TimeUnit::Nanosecond,
        ] {
            for zone in [None, Some("+00:00".into())] {
                kinds.push(DataType::Timestamp(unit, zone));
            }
        }
        for kind in kinds {
            assert!(is_date(&kind) != is_text(&kind), "{kind}");
            let array = cast(&days, &kind).unwrap();
            assert_eq!(dates(&array).unwrap().values().as_ref(), DAYS, "{kind}");
        }
    }

    /// Texts, also as bytes, in dictionaries and in runs.
    #[test]
    fn texts_are_read_from_every_type() {
        let plain: ArrayRef = Arc::new(StringArray::from(vec!["2024-01-02", "2024-01-02", "x"]));
        let mut kinds = vec![DataType::LargeUtf8, DataType::Utf8View, DataType::Binary];
        kinds.extend([DataType::LargeBinary, DataType::BinaryView]);
        for values in [DataType::Utf8, DataType::LargeUtf8] {
            kinds.push(DataType::Dictionary(
                Box::new(DataType::Int8),
                Box::new(values),
            ));
        }
        kinds.push(DataType::RunEndEncoded(
            Arc::new(Field::new("run_ends", DataType::Int32, false)),
            Arc::new(Field::new("values", DataType::Utf8, true)),
        ));
        for kind in kinds {
            assert!(is_text(&kind) && !is_date(&kind), "{kind}");
            let array = cast(&plain, &kind).unwrap();
            let read = texts(&array).unwrap();
            let read: Vec<&str> = read.iter().flatten().collect();
            assert_eq!(read, ["2024-01-02", "2024-01-02", "x"], "{kind}");
        }
    }

    #[test]
    fn a_zone_has_its_own_midnight() {
        // 2024-01-02 and 2024-07-01 begin five and four hours after UTC in New York.
        let times = vec![19_724 * 86_400 + 5 * 3600, 19_905 * 86_400 + 4 * 3600];
        let array = TimestampSecondArray::from(times);
        let utc = TimestampSecondArray::from(vec![19_724 * 86_400]).with_timezone("UTC");
        assert_eq!(dates(&utc).unwrap().values().as_ref(), [19_724]);
        let read = dates(&array.clone().with_timezone("America/New_York")).unwrap();
        assert_eq!(read.values().as_ref(), [19_724, 19_905]);
        let (row, text) = message(dates(&array.clone().with_timezone("-05:00")));
        assert_eq!(row, 1);
        assert!(
            text.contains("2024-06-30 23:00:00 in its time zone is not midnight"),
            "{text}"
        );
        let (row, text) = message(dates(&array));
        assert_eq!(row, 0);
        assert!(
            text.contains("2024-01-02 05:00:00 is not midnight"),
            "{text}"
        );
        let (_, text) = message(dates(&array.with_timezone("Mars/Olympus")));
        assert!(
            text.contains("`Mars/Olympus` is not a known time zone"),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_date_is_refused_with_its_row() {
        let absurd = |kind: DataType, value: i64| {
            let array: ArrayRef = Arc::new(Int64Array::from(vec![0, value]));
            message(dates(&cast(&array, &kind).unwrap()))
        };
        for zone in [None, Some("+00:00".into())] {
            for value in [i64::MIN, i64::MAX] {
                let kind = DataType::Timestamp(TimeUnit::Second, zone.clone());
                let (row, _) = absurd(kind, value);
                assert_eq!(row, 1);
            }
        }
        let (row, text) = message(dates(&Date32Array::from(vec![0, i32::MAX])));
        assert_eq!((row, text.contains("is no date of the years")), (1, true));
        let (row, text) = message(dates(&Date32Array::from(vec![Some(0), None])));
        assert_eq!((row, text.as_str()), (1, "there is no date"));
        let (_, text) = message(dates(&Date64Array::from(vec![1000])));
        assert!(
            text.contains("1970-01-01 00:00:01 is not midnight"),
            "{text}"
        );
    }
}
