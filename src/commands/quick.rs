//! A study from flags alone, for a quick look.

use std::path::Path;

use crate::draft::Proposal;
use crate::load::{Columns, Source, load_panel};
use crate::study::{
    Changes, DateFormat, EventsSpec, Gap, Measure, Null, OffCalendar, Pool, Study, TestSpec,
    Transform,
};
use crate::{Error, Result};
use clap::Args;
use jiff::civil::Date;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::number::window;
use super::reading::Reading;

/// The keys of a study file that a quick look needs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Instead of a study")]
pub struct QuickArgs {
    /// Data files
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "window")]
    data: Vec<String>,
    /// Event file; an event on no row counts on the row after, one without a whole window is left out
    #[arg(long, value_name = "FILE", requires = "data")]
    events: Option<String>,
    /// Dates of events, in place of their file
    #[arg(long, value_name = "DATE,...", value_delimiter = ',', requires = "data", conflicts_with_all = ["events", "group", "event_date", "event_date_format"])]
    event: Vec<Date>,
    /// First and last day around an event, such as -5..5
    #[arg(long, value_name = "A..B", value_parser = window, allow_hyphen_values = true, requires = "data")]
    window: Option<[i32; 2]>,
    /// What a window measures: cumulative, the sum of its daily changes, or endpoints, the change from the
    /// end of its first day to that of its last [default: cumulative]
    #[arg(long, value_name = "NAME", value_parser = known::<Measure>, requires = "data")]
    measure: Option<Measure>,
    /// Statistics [default: median-change mean-change]
    #[arg(long, value_name = "NAME", num_args = 1.., requires = "data")]
    statistic: Vec<String>,
    /// Null design, by its name in a study file [default: uniform]
    #[arg(long, value_name = "NAME", value_parser = known::<Null>, requires = "data")]
    null: Option<Null>,
    /// Pool of dates, full-window or all [default: full-window]
    #[arg(long, value_name = "NAME", value_parser = known::<Pool>, requires = "data")]
    pool: Option<Pool>,
    /// Series [default: every one]
    #[arg(long, value_name = "NAME", num_args = 1.., requires = "data")]
    series: Vec<String>,
    /// Column of the events that names groups
    #[arg(long, value_name = "COLUMN", requires = "data")]
    group: Option<String>,
    /// Days reported, such as -1,0,5 [default: the window's last]
    #[arg(
        long,
        value_name = "DAY,...",
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "data"
    )]
    days: Vec<i32>,
    /// Unit of the data; percent are reported in basis points
    #[arg(long, requires = "data")]
    unit: Option<String>,
    /// What a daily change is: level-change, log-change, percent-change or none [default: what the values
    /// speak for, with a line that says why]
    #[arg(long, value_name = "NAME", value_parser = known::<Transform>, requires = "data")]
    transform: Option<Transform>,
    /// How changes that the files hold add up over left-out dates: additive or simple [default: additive]
    #[arg(long, value_name = "NAME", value_parser = known::<Changes>, requires = "data")]
    changes: Option<Changes>,
    /// A date without a value: error, carry-forward or drop [default: error]
    #[arg(long, value_name = "RULE", value_parser = known::<Gap>, requires = "data")]
    gap: Option<Gap>,
    /// Column of dates in the events [default: the one that holds dates]
    #[arg(long, value_name = "COLUMN", requires = "data")]
    event_date: Option<String>,
    /// Dates in the events: year-first, month-first or day-first [default: if the file leaves no doubt]
    #[arg(long, value_name = "ORDER", value_parser = known::<DateFormat>, requires = "data")]
    event_date_format: Option<DateFormat>,
}

fn nothing_named() -> Error {
    Error::input(
        "placebo run",
        "there is neither a study nor --data, --events (or --event) and --window",
        "Name a study, or give all three.",
    )
}

/// A name that the study file knows too.
pub fn known<T: DeserializeOwned>(text: &str) -> std::result::Result<T, String> {
    let name: StrDeserializer<ValueError> = text.into_deserializer();
    T::deserialize(name).map_err(|error| error.to_string())
}

impl QuickArgs {
    /// The study that the flags describe, named like its first data file.
    pub fn study(&self, reading: &Reading) -> Result<Study> {
        let (Some(first), Some(window)) = (self.data.first(), self.window) else {
            return Err(nothing_named());
        };
        let source = Source::Folder(".".into());
        let events = self.events(&source)?;
        let name = Path::new(first).file_stem().unwrap_or_default();
        let statistic = match self.statistic.as_slice() {
            [] => vec!["median-change".to_owned(), "mean-change".to_owned()],
            asked => asked.to_vec(),
        };
        let data = reading.data(&self.data, &self.series);
        let mut data = data.unit(self.unit.clone()).changes(self.changes);
        data.transform = self.transform.unwrap_or_default();
        let mut choices = Vec::new();
        // Of series with a unit the changes are in it.
        if self.transform.is_none() && self.unit.is_none() {
            let proposal = Proposal::of(&load_panel(&source, &data.reading())?);
            data.transform = proposal.transform;
            let (name, other) = (proposal.transform.name(), Transform::default().name());
            choices.extend(proposal.reason.map(|reason| {
                format!("transform {name}: {reason}; --transform {other} otherwise")
            }));
        }
        let test = TestSpec::new(statistic, window)
            .null(self.null.unwrap_or_default())
            .pool(self.pool.unwrap_or_default())
            .measure(self.measure.unwrap_or_default())
            .days(self.days.clone());
        let mut study = Study::on(data, events)
            .name(name.to_string_lossy())
            .tests([test]);
        study.calendar.gap = self.gap.unwrap_or_default();
        study.choices = choices;
        study.source = source;
        Ok(study)
    }

    /// The events, by the column of their file that holds dates.
    fn events(&self, source: &Source) -> Result<EventsSpec> {
        let Some(file) = &self.events else {
            if self.event.is_empty() {
                return Err(nothing_named());
            }
            let events = EventsSpec::on(self.event.clone());
            return Ok(events.off_calendar(OffCalendar::Forward));
        };
        if file == "-" && self.data.iter().any(|file| file == "-") {
            return Err(Error::input(
                "--events -",
                "standard input, `-`, holds the data already",
                "Name a file for one of the two.",
            ));
        }
        let date = match &self.event_date {
            Some(date) => date.clone(),
            None => {
                let columns = Columns::read(source, file)?;
                columns.names()[columns.date()?].clone()
            }
        };
        let mut events = EventsSpec::lenient(file.clone(), date)
            .group(self.group.clone())
            .date_format(self.event_date_format)
            .off_calendar(OffCalendar::Forward);
        events.date_is_found = self.event_date.is_none();
        Ok(events)
    }
}
