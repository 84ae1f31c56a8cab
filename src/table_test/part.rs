//! Ranges of a test's draws on disk, merged with others elsewhere.

use std::ops::Range;

use super::TableTest;
use crate::error::{Error, Result};
use crate::question::table::TableSpec;
use crate::report::TableReport;
use crate::run::{
    Merging, Part, PartQuestion, Progress, RunOptions, TablePart, another_question, no_part,
    refuse_order, refuse_parts,
};

impl TableTest {
    /// Counts the draws `range` of the spec's draws, to be merged with the others by [`TableTest::merge`].
    /// When `progress` says to stop, the part is that of the draws done.
    ///
    /// # Errors
    ///
    /// A table that is in no file, a test that needs more than a range of its draws, or one that exact laws
    /// answer; those of [`TableTest::run`].
    pub fn part(
        &self,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<Part> {
        let file = &self.table.file;
        if file.sha256.is_empty() || file.file == "-" {
            return Err(Error::input(
                "--tally",
                "a part is merged over its table, which is in no file here",
                "Write the table to a file, and test that.",
            ));
        }
        let draws = self.spec.draws;
        if range.end > draws {
            return Err(Error::input(
                format!("--range {}..{}", range.start, range.end),
                format!("the test has {draws} draws"),
                "ask for a range inside, or for more --draws (the same for every range)",
            ));
        }
        let compiled = self.compile()?;
        if self.is_answered(&compiled) {
            return Err(Error::input(
                "--tally",
                "exact laws answer this test, and nothing is drawn",
                "leave --tally and --range out, or draw with --exact never",
            ));
        }
        match range == (0..draws) {
            true => refuse_order(&compiled.plans, self.rules(), "--tally")?,
            false => refuse_parts(&compiled.plans, self.rules(), "--range")?,
        }
        let counted = self.draw(&compiled, range, options, progress)?;
        let question = TablePart {
            spec: self.spec.clone(),
            data: file.file.clone(),
            sets: self.sets.as_ref().map(|sets| sets.file.file.clone()),
        };
        Ok(Part::new(
            PartQuestion::Table(question),
            self.files(),
            counted,
        ))
    }

    /// The report of parts of this test, each with its name for messages, that together hold every draw
    /// once.
    ///
    /// # Errors
    ///
    /// No part, a part of another test, draws counted twice, or draws that no part has.
    pub fn merge(&self, parts: Vec<(String, Part)>) -> Result<TableReport> {
        let compiled = self.compile()?;
        let (draws, files) = (self.spec.draws, self.files());
        let first = parts.first().map(|(name, _)| name.clone());
        let first = first.ok_or_else(no_part)?;
        let mut merging: Option<Merging<_>> = None;
        for (name, part) in parts {
            if let Some(differs) = self.difference(&part.question) {
                return Err(another_question(&name, &first, &differs));
            }
            let counted = part.counted(&name, &compiled.plans, draws, &files)?;
            match &mut merging {
                None => merging = Some(Merging::new(name, counted)),
                Some(merging) => merging.add(name, counted)?,
            }
        }
        let place = |number: usize| compiled.plans[number - 1].words.null.clone();
        let counted = merging.ok_or_else(no_part)?.finish(draws, place)?;
        Ok(self.report(&compiled, Some(counted)))
    }

    /// What tells a part's question from this test's; `None` where it is the same.
    fn difference(&self, question: &PartQuestion) -> Option<String> {
        let PartQuestion::Table(TablePart { spec, .. }) = question else {
            return Some("it is a study".into());
        };
        let TableSpec { draws, seed, .. } = &self.spec;
        if *spec == self.spec {
            return None;
        }
        Some(if spec.formula != self.spec.formula {
            format!("its formula is {}", spec.formula)
        } else if spec.draws != *draws {
            format!("it is part of {} draws, not {draws}", spec.draws)
        } else if spec.seed != *seed {
            format!("its seed is {}, not {seed}", spec.seed)
        } else {
            "their flags differ".into()
        })
    }
}
