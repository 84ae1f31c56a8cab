//! The times of events, and which of them come after the market's close.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::super::EventList;
use super::super::cell::BadCell;
use super::super::csv::TextTable;
use super::super::day::Written;

/// How times of events are read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EventTimes {
    /// Events at or after it count on the next row.
    pub cut_off: Option<Time>,
    /// The market's zone.
    pub zone: Option<TimeZone>,
    /// The zone of times that name none; the market's, if absent.
    pub time_zone: Option<TimeZone>,
}

/// Words for news before, while and after a market is open.
const BEFORE: [&str; 5] = [
    "bmo",
    "before market open",
    "before open",
    "pre-market",
    "premarket",
];
const DURING: [&str; 4] = ["dmh", "during market hours", "during", "intraday"];
const AFTER: [&str; 5] = [
    "amc",
    "after market close",
    "after close",
    "post-market",
    "after-hours",
];

/// When an event was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    /// Its date on the market's clock.
    pub date: Date,
    /// Whether it was at or after the cut-off.
    pub is_after: bool,
}

impl EventList {
    /// How the times of its events are read, where it has a column of them.
    ///
    /// # Errors
    ///
    /// The key that cannot be used, what is wrong with it, and what to do.
    pub(crate) fn check_times(&self) -> Result<(), (&'static str, String, String)> {
        self.times().map(|_| ())
    }

    pub(super) fn times(&self) -> Result<Option<EventTimes>, (&'static str, String, String)> {
        let zone = |key: &'static str, name: &Option<String>| {
            let named = name.as_ref().map(|name| {
                TimeZone::get(name).map_err(|_| {
                    (
                        key,
                        format!("there is no zone `{name}`"),
                        "Name it as in the zone database, such as \"America/New_York\" or \"UTC\"."
                            .to_owned(),
                    )
                })
            });
            named.transpose()
        };
        let cut_off = self.cut_off.as_ref().map(|text| match clock(text) {
            Some((time, None)) => Ok(time),
            _ => Err((
                "cut_off",
                format!("`{text}` is no time of day"),
                "Write it as HH:MM, on the market's clock.".to_owned(),
            )),
        });
        let times = EventTimes {
            cut_off: cut_off.transpose()?,
            zone: zone("zone", &self.zone)?,
            time_zone: zone("time_zone", &self.time_zone)?,
        };
        let stated = [
            ("cut_off", self.cut_off.is_some()),
            ("zone", self.zone.is_some()),
            ("time_zone", self.time_zone.is_some()),
        ];
        if self.time.is_none()
            && let Some((key, _)) = stated.into_iter().find(|(_, is_stated)| *is_stated)
        {
            return Err((
                key,
                "no column has the times of the events".to_owned(),
                "Add `time`, the column that holds them; it may be the column of dates.".to_owned(),
            ));
        }
        if times.time_zone.is_some() && times.zone.is_none() {
            return Err((
                "time_zone",
                "the market's zone is not known".to_owned(),
                "Add `zone`, such as \"America/New_York\".".to_owned(),
            ));
        }
        Ok(self.time.is_some().then_some(times))
    }
}

impl EventTimes {
    /// When an event was that its file gives a date and a time, which may be absent.
    pub(super) fn when(&self, date: Date, time: &str) -> Result<When, BadCell> {
        let time = time.trim();
        let word = time.to_ascii_lowercase();
        let is_word = |words: &[&str]| words.contains(&word.as_str());
        if word.is_empty() || is_word(&BEFORE) || is_word(&DURING) {
            return Ok(When {
                date,
                is_after: false,
            });
        }
        if is_word(&AFTER) {
            return Ok(When {
                date,
                is_after: true,
            });
        }
        let (clock, own) = clock(time).ok_or_else(|| BadCell {
            problem: format!("`{time}` is no time of day"),
            remedy: "Write times as HH:MM, with a zone such as Z or +01:00 or without one, or as bmo (before market open) or amc (after market close).".into(),
        })?;
        let cut_off = self.cut_off.ok_or_else(|| BadCell {
            problem: format!(
                "`{time}` is a time, and no cut-off says which times count on the next row"
            ),
            remedy: "State [events] cut_off, such as \"16:00\".".into(),
        })?;
        let at = DateTime::from_parts(date, clock);
        let from = own.map(TimeZone::fixed).or_else(|| self.time_zone.clone());
        let there = match (from, &self.zone) {
            (None, _) => at,
            (Some(from), Some(zone)) => {
                let instant = from.to_ambiguous_timestamp(at).compatible();
                let instant = instant.map_err(|error| BadCell {
                    problem: format!("`{time}` on {date} is no instant: {error}"),
                    remedy: "Correct the time.".into(),
                })?;
                zone.to_datetime(instant)
            }
            (Some(_), None) => {
                return Err(BadCell {
                    problem: format!("`{time}` has a zone, and the market's is not known"),
                    remedy: "State [events] zone, such as \"America/New_York\".".into(),
                });
            }
        };
        Ok(When {
            date: there.date(),
            is_after: there.time() >= cut_off,
        })
    }

    /// When the events of a table were, whose columns of dates and of times these are, with the dates that its cells
    /// have; a time in the column of dates is the part of a cell after its date.
    ///
    /// # Errors
    ///
    /// A cell is no time, naming its row.
    pub(super) fn whens(
        &self,
        table: &TextTable,
        (date_column, column): (usize, usize),
        days: &[Date],
    ) -> crate::Result<Vec<When>> {
        let times = table.cells(column).zip(days).enumerate();
        let when = |(row, (cell, &date)): (usize, (&str, &Date))| {
            let time = match column == date_column {
                true => Written::of(cell).and_then(|written| written.time),
                false => Some(cell),
            };
            self.when(date, time.unwrap_or_default())
                .map_err(|bad| table.refuse(row, column, bad.problem, bad.remedy))
        };
        times.map(when).collect()
    }

    /// What was done with the times of a column.
    pub(super) fn rule(&self, file: &str, column: &str, days: &[Date], whens: &[When]) -> String {
        let count =
            |is: &dyn Fn(&(&When, &Date)) -> bool| whens.iter().zip(days).filter(is).count();
        let after = count(&|(when, _)| when.is_after);
        let moved = match count(&|(when, day)| when.date != **day) {
            0 => String::new(),
            1 => "; on the market's clock 1 has another date".to_owned(),
            moved => format!("; on the market's clock {moved} have another date"),
        };
        format!(
            "{file}: by column `{column}` {after} of {} events {} at or after {}, and so on the row after the date{moved}",
            whens.len(),
            if after == 1 { "is" } else { "are" },
            self.words()
        )
    }

    /// `16:00 (America/New_York)`.
    pub(super) fn words(&self) -> String {
        let zone = self.zone.as_ref().and_then(TimeZone::iana_name);
        let zone = zone.map_or(String::new(), |zone| format!(" ({zone})"));
        match self.cut_off {
            Some(time) => format!("{}{zone}", time.strftime("%H:%M")),
            None => "the market's close".to_owned(),
        }
    }
}

/// A time of day and its own zone: `16:05`, `4:05 pm`, `16:05:30.5Z`, `16:05+01:00`.
fn clock(text: &str) -> Option<(Time, Option<Offset>)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
        .unwrap_or(text.len());
    let (clock, rest) = (&text[..end], text[end..].trim_start());
    let lower = rest.to_ascii_lowercase();
    let (half, zone) = match lower.get(..2) {
        Some(half @ ("am" | "pm")) => (Some(half == "pm"), rest[2..].trim_start()),
        _ => (None, rest),
    };
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Option<Vec<i8>> = whole.split(':').map(|part| part.parse().ok()).collect();
    let (hour, minute, second) = match parts?.as_slice() {
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    fraction.parse::<u64>().ok()?;
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    // Parts of a second decide nothing.
    let time = Time::new(hour, minute, second, 0).ok()?;
    Some((time, offset(zone)?))
}

/// A zone as times carry it; `None` where it is none of these.
fn offset(zone: &str) -> Option<Option<Offset>> {
    let lower = zone.to_ascii_lowercase();
    if zone.is_empty() {
        return Some(None);
    }
    if ["z", "utc", "gmt"].contains(&lower.as_str()) {
        return Some(Some(Offset::UTC));
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    let seconds = sign * (3600 * hours + 60 * minutes);
    Offset::from_seconds(seconds).ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(zone: Option<&str>, time_zone: Option<&str>) -> EventTimes {
        let of = |name: &str| TimeZone::get(name).unwrap();
        EventTimes {
            cut_off: Some(Time::constant(16, 0, 0, 0)),
            zone: zone.map(of),
            time_zone: time_zone.map(of),
        }
    }

    #[test]
    fn the_cut_off_is_on_the_markets_clock() {
        let date = Date::constant(2024, 3, 8);
        let of = |times: &EventTimes, time: &str| {
            times
                .when(date, time)
                .map(|when| (when.date.day(), when.is_after))
        };
        let local = times(None, None);
        for (time, after) in [
            ("15:59", false),
            ("15:59:59.999", false),
            ("16:00", true),
            ("4:05 pm", true),
            ("4:05PM", true),
            ("12:01 AM", false),
            ("amc", true),
            ("After Close", true),
            ("BMO", false),
            ("", false),
        ] {
            assert_eq!(of(&local, time).unwrap(), (8, after), "{time}");
        }
        // In New York it is winter on the 8th of March 2024 and summer on the 11th.
        let abroad = times(Some("America/New_York"), Some("UTC"));
        assert_eq!(of(&abroad, "20:59").unwrap(), (8, false));
        assert_eq!(of(&abroad, "21:00").unwrap(), (8, true));
        assert_eq!(of(&abroad, "03:30").unwrap(), (7, true));
        assert_eq!(of(&abroad, "20:30+01:00").unwrap(), (8, false));
        assert_eq!(of(&abroad, "22:30+0100").unwrap(), (8, true));
        let summer = abroad.when(Date::constant(2024, 3, 11), "20:00").unwrap();
        assert!(summer.is_after);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let date = Date::constant(2024, 3, 8);
        let refused = |times: &EventTimes, time: &str| times.when(date, time).unwrap_err().problem;
        let local = times(None, None);
        for time in [
            "noon",
            "25:00",
            "12:60",
            "13:00 pm",
            "16",
            "16:00 Mars",
            "1:2:3:4",
            "16:00+1",
        ] {
            assert!(refused(&local, time).contains("no time of day"), "{time}");
        }
        assert!(refused(&local, "16:00Z").contains("the market's is not known"));
        let without = EventTimes {
            cut_off: None,
            ..local
        };
        assert!(refused(&without, "16:00").contains("no cut-off"));
        assert!(without.when(date, "amc").unwrap().is_after);
    }
}
