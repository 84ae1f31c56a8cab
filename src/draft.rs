//! A study file drafted from the data and the events alone.
//!
//! What is found in the files becomes the study's first choices, with comments that say what was
//! found and what else could be chosen. The study runs as it is drafted.

mod placed;
mod rows;
mod text;
mod transform;

use crate::Result;
use crate::load::{Columns, Source, is_yield, load_events, load_panel};
use crate::study::{DataSpec, EventsSpec, Transform};
use placed::{GroupColumn, Placed};
use rows::Rows;

pub use transform::Proposal;

/// What was found in the data and the events.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The data files, as the study is to name them.
    pub files: Vec<String>,
    /// The event file, as the study is to name it.
    pub events: String,
    data: DataSpec,
    date: String,
    /// Other columns of dates in the event file.
    other_dates: Vec<String>,
    rows: Rows,
    placed: Placed,
    groups: Vec<GroupColumn>,
    is_percent: bool,
    proposal: Proposal,
}

impl Draft {
    /// Reads data files and an event file; an empty list of series asks for every one.
    ///
    /// # Errors
    ///
    /// A file cannot be read, no column of the events holds dates, or no event has a day of data
    /// on either side.
    pub fn read(source: &Source, data: DataSpec, events: String) -> Result<Self> {
        let panel = load_panel(source, &data.reading())?;
        let columns = Columns::read(source, &events)?;
        let date = columns.date()?;
        let spec = EventsSpec::lenient(events, columns.names()[date].clone());
        let found = load_events(source, &spec.list())?;
        let dates: Vec<_> = found.rows.iter().map(|event| event.date).collect();
        let rows = Rows::of(&panel, &data, &dates)?;
        let mut asked = panel;
        asked
            .series
            .retain(|series| rows.series.contains(&series.name));
        let proposal = Proposal::of(&asked);
        // The first change of levels is that of the second date; changes have one on the first.
        let lead = usize::from(proposal.transform != Transform::None);
        let placed = Placed::on(&rows, &dates, lead, &spec.file)?;
        let groups = GroupColumn::among(&columns, date, &placed);
        Ok(Draft {
            other_dates: columns
                .other_dates(date)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            files: data.files.clone(),
            data,
            events: spec.file,
            date: spec.date,
            is_percent: rows.series.iter().all(|name| is_yield(name)),
            rows,
            placed,
            groups,
            proposal,
        })
    }
}
