//! The paths that effects of the observed events would add to the series, for the intervals that a test
//! asks for.

use super::key::RowName;
use super::rules::dedup;
use super::sample::Sample;
use super::scores::{Windows, added_scores, increments};
use crate::error::{Error, Result};
use crate::load::{did_you_mean, quoted_list};
use crate::null::NullDesign;
use crate::plan::{Intervals, Numbers, SCORE_LIMIT, change_signs};
use crate::statistic::ScoreTable;
use crate::study::{IntervalSpec, PathSpec, TestSpec};

/// What intervals are made from.
pub(super) struct Planting<'a> {
    pub test: &'a TestSpec,
    pub groups: &'a [String],
    pub design: &'a NullDesign,
    /// The sample row of each position.
    pub rows: &'a [usize],
    pub sample_rows: usize,
    /// The first sample row that windows may hold.
    pub first_row: usize,
    pub sample: &'a Sample,
    pub observed: &'a [u32],
    pub names: &'a [RowName],
    /// Names a key of the test.
    pub place: &'a dyn Fn(&str) -> String,
}

/// The path in whole steps, and their decimals.
struct Path {
    first_day: i32,
    digits: i32,
    /// From the first day on; the last one stays.
    levels: Vec<i64>,
}

impl Path {
    fn new(spec: &PathSpec, first_day: i32) -> Option<Self> {
        let PathSpec::Days(days) = spec else {
            return Some(Path {
                first_day: 0,
                digits: 0,
                levels: vec![1],
            });
        };
        match Numbers::from_floats(days) {
            Numbers::Decimal { digits, values } => Some(Path {
                first_day,
                digits,
                levels: values,
            }),
            Numbers::Float(_) => None,
        }
    }

    fn at(&self, relative_day: i64) -> i64 {
        let day = relative_day - i64::from(self.first_day);
        usize::try_from(day).map_or(0, |day| self.levels[day.min(self.levels.len() - 1)])
    }
}

impl Planting<'_> {
    /// The intervals that a study asks for.
    ///
    /// # Errors
    ///
    /// A group that no hypothesis has, or a path that does not fit whole steps.
    pub(super) fn intervals(&self, spec: &IntervalSpec) -> Result<Intervals> {
        let mut known: Vec<String> = self.names.iter().map(|h| h.group.clone()).collect();
        dedup(&mut known);
        if let Some(unknown) = spec.groups.iter().find(|asked| !known.contains(asked)) {
            let known = || known.iter().map(String::as_str);
            return Err(Error::input(
                (self.place)("interval.groups"),
                format!("no row of the test has `{unknown}`"),
                format!(
                    "{}the rows have {}",
                    did_you_mean(unknown, known()),
                    quoted_list(known())
                ),
            ));
        }
        let asked =
            |h: &usize| spec.groups.is_empty() || spec.groups.contains(&self.names[*h].group);
        let unfit = |problem: &str| {
            Error::input(
                (self.place)("interval.path"),
                problem,
                "give fewer decimals, such as 0.25, or smaller numbers",
            )
        };
        let path = Path::new(&spec.path, self.test.window[0])
            .ok_or_else(|| unfit("the path has numbers of more than nine decimals"))?;
        let days = self.test.relative_days();
        let (mut scores, mut daily) = (Vec::new(), Vec::new());
        for rows in self.event_rows() {
            let of_row = |row: i64| -> i64 {
                let events = rows.iter();
                events.map(|&event| path.at(row - event as i64)).sum()
            };
            let levels: Vec<i64> = (-1..self.sample_rows as i64).map(of_row).collect();
            let increments = increments(&levels).into_iter().enumerate();
            let known = increments.filter(|&(row, _)| !self.sample.is_after_hole(row));
            daily.push(known.map(|(_, increment)| increment).collect());
            let spans = self.test.changes();
            let windows = Windows {
                rows: self.rows,
                spans: &spans,
                first_row: self.first_row,
                sample_rows: self.sample_rows,
            };
            scores.extend(added_scores(&levels, self.test.measure, &windows));
        }
        let narrow = |columns: Vec<Vec<i64>>| -> Option<Vec<Vec<i32>>> {
            let fits = |cell: &i64| cell.abs() < SCORE_LIMIT;
            let column = |cells: Vec<i64>| {
                let cells = cells.into_iter();
                let cells = cells.map(|cell| fits(&cell).then_some(cell as i32));
                cells.collect()
            };
            columns.into_iter().map(column).collect()
        };
        let (Some(mut scores), Some(daily)) = (narrow(scores), narrow(daily)) else {
            return Err(unfit(
                "the path of so many events leaves the fixed-point range",
            ));
        };
        for cells in &mut scores {
            change_signs(self.design, cells);
        }
        let change = |name: &RowName| days.iter().position(|&day| day == name.relative_day);
        Ok(Intervals {
            level: spec.level,
            path: spec.path.to_string(),
            members: (0..self.names.len()).filter(asked).collect(),
            digits: path.digits,
            changes: days.len(),
            change_of: self
                .names
                .iter()
                .map(|name| change(name).unwrap_or(0))
                .collect(),
            scores: ScoreTable::from_columns(&scores),
            increments: ScoreTable::from_columns(&daily),
        })
    }

    /// Sample rows of the events of each pattern.
    fn event_rows(&self) -> Vec<Vec<usize>> {
        let segments = self.design.segments();
        let rows = |picks: &[u32]| picks.iter().map(|&p| self.rows[p as usize]).collect();
        let groups = segments.iter().map(|s| rows(s.of(self.observed)));
        let mut patterns: Vec<Vec<usize>> = groups.collect();
        if self.groups.len() > 1 {
            patterns.push(patterns.concat());
        }
        patterns
    }
}
