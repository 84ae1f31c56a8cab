//! What an event study says of its nulls and its series.

use jiff::civil::Date;

use crate::plan::SCORE_LIMIT;
use crate::question::Words;
use crate::statistic::StatisticName;
use crate::study::{Keep, Measure};

/// What an event study says of a plan's null.
#[derive(Debug, Clone, PartialEq)]
pub struct EventWords {
    /// Design and parameters, `uniform(full-window)`.
    pub null: String,
    /// First and last relative day.
    pub window: [i32; 2],
    /// What the windows of changes measure.
    pub measure: Measure,
    /// Statistics asked for, by name.
    pub statistics: Vec<String>,
    /// What each of them is, in a line.
    pub formulas: Vec<String>,
    /// First and last date of the sample, and its rows.
    pub sample: (Date, Date, usize),
    /// Why dates of the sample are not eligible.
    pub ineligible: String,
    /// Why the observed set is no admissible one, if it is none.
    pub not_admissible: Option<String>,
    /// Pairs of observed events whose windows share a row.
    pub overlapping_pairs: u64,
    /// What is assumed, as a clause that can follow "assumes that"; empty where no level is claimed.
    pub assumption: String,
    /// Why no level is claimed: the observed set cannot have been drawn like the placebo sets, and p
    /// compares it with a reference distribution.
    pub reference: Option<String>,
    /// That the events choose the sample's ends, where draws may place events elsewhere.
    pub sample_ends: Option<String>,
    /// The line of each observed event in its file, in the order of `observed`.
    pub event_lines: Vec<u64>,
    /// What each label keeps as many of as observed, where `labels` deals them to events that keep
    /// together.
    pub keep: Option<Keep>,
    /// The date of each position: those that draws pick from, then those of observed events outside
    /// the pool.
    pub dates: Vec<Date>,
    /// The rows of the sample, and whether draws can pick each; empty where the design draws no dates.
    pub calendar: Vec<(Date, Eligibility)>,
    /// How each series became integers.
    pub series: Vec<SeriesFacts>,
    /// What is said of draws that make the series anew.
    pub remade: Option<RemadeWords>,
}

/// Whether a draw can pick a row of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eligibility {
    /// It can.
    Eligible,
    /// Its window leaves the sample, or holds no change of it.
    NoWindow,
    /// It is blacked out, near an event, its window lies over a hole, or no list or stratum has it.
    TakenOut,
}

/// What an event study says of draws that make its series anew.
#[derive(Debug, Clone, PartialEq)]
pub struct RemadeWords {
    /// How, as a clause that can follow "makes the series anew:".
    pub how: String,
    /// The date of each row of the changes that they are made from.
    pub dates: Vec<Date>,
}

impl Words for EventWords {
    fn claims_level(&self) -> bool {
        self.reference.is_none()
    }
}

/// How a series became integers.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesFacts {
    /// The series, by its source's name.
    pub series: String,
    /// Unit of the changes.
    pub unit: String,
    /// What one step of a score is worth in that unit.
    pub step: f64,
    /// Largest change, in steps.
    pub largest: u32,
    /// Largest distance between a change and its score, in that unit; 0 where scores are exact.
    pub rounding_error: f64,
}

impl SeriesFacts {
    /// How many times larger the changes could be before the fixed-point range ends.
    pub fn headroom(&self) -> f64 {
        SCORE_LIMIT as f64 / f64::from(self.largest.max(1))
    }
}

impl EventWords {
    /// What the window of a statistic measures: the regression sums effects of single days, whatever the
    /// test's measure.
    pub fn measure_of(&self, statistic: &str) -> Measure {
        match StatisticName::of_row(statistic).is_some_and(StatisticName::is_effect) {
            true => Measure::Cumulative,
            false => self.measure,
        }
    }
}
