//! Which draws are counted.

use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::error::{Error, Result};

/// Draws, as disjoint ascending ranges, no two touching.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ranges(Vec<Range<u64>>);

impl Ranges {
    /// Those of one range.
    pub fn of(range: Range<u64>) -> Self {
        match range.is_empty() {
            true => Ranges::default(),
            false => Ranges(vec![range]),
        }
    }

    /// How many they are.
    pub fn draws(&self) -> u64 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    /// The ranges.
    pub fn as_slice(&self) -> &[Range<u64>] {
        &self.0
    }

    /// Says that the draws `range` are counted.
    ///
    /// # Errors
    ///
    /// Some of them are counted already.
    pub fn cover(&mut self, range: Range<u64>) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        let twice = |had: &&Range<u64>| had.start < range.end && range.start < had.end;
        if let Some(twice) = self.0.iter().find(twice) {
            return Err(Error::input(
                format!("draws {}..{}", range.start, range.end),
                format!("draws {}..{} are counted already", twice.start, twice.end),
                "merge tallies of disjoint ranges",
            ));
        }
        let at = self.0.partition_point(|had| had.start < range.start);
        self.0.insert(at, range);
        self.0.dedup_by(|next, had| {
            let touch = had.end == next.start;
            if touch {
                had.end = next.end;
            }
            touch
        });
        Ok(())
    }

    /// Says that others are counted, too; where some are counted already none is added.
    ///
    /// # Errors
    ///
    /// Those of [`Ranges::cover`].
    pub fn merge(&mut self, other: &Ranges) -> Result<()> {
        let mut covered = self.clone();
        for range in &other.0 {
            covered.cover(range.clone())?;
        }
        *self = covered;
        Ok(())
    }

    /// The draws of `of` that are not counted.
    pub fn gaps(&self, of: &Range<u64>) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        let mut next = of.start;
        for range in &self.0 {
            if range.start > next {
                gaps.push(next..range.start.min(of.end));
            }
            next = range.end.max(next);
        }
        if next < of.end {
            gaps.push(next..of.end);
        }
        gaps
    }

    /// Whether they are draws of `0..draws`, in the form that these have: those of a file may be anything.
    pub fn are_of(&self, draws: u64) -> bool {
        self.0.iter().all(|range| range.start < range.end)
            && self.0.windows(2).all(|pair| pair[0].end < pair[1].start)
            && self.0.last().is_none_or(|last| last.end <= draws)
    }
}
