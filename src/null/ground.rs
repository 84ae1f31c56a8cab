//! What designs are placed on: numbers that a question makes of its dates and events.

use std::collections::HashMap;

use super::DesignError;

/// A calendar month as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// The month, from 1 on.
    pub month: i8,
}

/// An event that a test counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// Row of the sample.
    pub row: usize,
    /// Number of its group.
    pub group: usize,
}

/// Strata by their numbers, `0..strata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// How many there are.
    pub strata: usize,
    /// By eligible row; `None` of one in no stratum.
    pub eligible: Vec<Option<usize>>,
    /// By event.
    pub events: Vec<usize>,
}

/// The rows and events of a test, and the keys of its design.
#[derive(Debug, Clone)]
pub struct Ground<'a> {
    /// Rows of the sample that draws may pick, ascending.
    pub eligible: &'a [usize],
    /// The calendar month of each row.
    pub months: &'a [Month],
    /// By row, how many holes of the data lie before it.
    pub holes: &'a [u32],
    /// In file order; they may repeat a row.
    pub events: &'a [Stands],
    /// Number of groups.
    pub groups: usize,
    /// Events that keep together, by their first events; each alone where none do.
    pub clusters: &'a [Vec<u32>],
    /// `within`
    pub strata: Option<&'a Parted>,
    /// `keep = "units"`
    pub keeps_units: bool,
    /// `min_gap`
    pub gap: u32,
    /// `ends = "free"`
    pub free_ends: bool,
    /// `sets`: places among the eligible rows, group by group, set by set.
    pub sets: &'a [u32],
    /// The cluster of each row of the series' changes, numbered in the order of their first rows; none where
    /// the series stays as it is.
    pub days: &'a [u32],
    /// `block`, in rows of the changes.
    pub block: u32,
}

/// A design and where its positions are.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<D> {
    /// The design.
    pub design: D,
    /// The row of each position: those of the design, then those that only events stand on.
    pub rows: Vec<usize>,
    /// The position of each event.
    pub events: Vec<u32>,
}

impl<D> Placed<D> {
    /// The same places of another form of the design.
    pub(super) fn map<T>(self, form: impl FnOnce(D) -> T) -> Placed<T> {
        Placed {
            design: form(self.design),
            rows: self.rows,
            events: self.events,
        }
    }
}

impl Ground<'_> {
    /// Some rows as positions, then those that only events stand on; and the position of each event.
    pub(super) fn on(&self, rows: &[usize]) -> (Vec<usize>, Vec<u32>) {
        let mut all = rows.to_vec();
        let mut known: HashMap<usize, u32> = rows.iter().copied().zip(0..).collect();
        let events = self.events.iter().map(|event| {
            *known.entry(event.row).or_insert_with(|| {
                all.push(event.row);
                all.len() as u32 - 1
            })
        });
        let events = events.collect();
        (all, events)
    }

    /// The events' own rows as positions.
    pub(super) fn on_events(&self) -> (Vec<usize>, Vec<u32>) {
        let rows: Vec<usize> = self.events.iter().map(|event| event.row).collect();
        let events = (0..rows.len() as u32).collect();
        (rows, events)
    }

    /// The positions of each group's events.
    pub(super) fn by_group(&self, positions: &[u32]) -> Vec<Vec<u32>> {
        let mut groups = vec![Vec::new(); self.groups];
        for (event, &position) in self.events.iter().zip(positions) {
            groups[event.group].push(position);
        }
        groups
    }

    /// The number of each group's events.
    pub(super) fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.groups];
        for event in self.events {
            sizes[event.group] += 1;
        }
        sizes
    }

    /// A design over the eligible rows, made from their number and the events' positions by group.
    pub(super) fn over_pool<D>(
        &self,
        make: impl FnOnce(usize, &[Vec<u32>]) -> Result<D, DesignError>,
    ) -> Result<Placed<D>, DesignError> {
        let (rows, events) = self.on(self.eligible);
        Ok(Placed {
            design: make(self.eligible.len(), &self.by_group(&events))?,
            rows,
            events,
        })
    }
}
