//! Ranges of a test's draws on disk, merged with others elsewhere.

use std::ops::Range;
use std::path::Path;

use super::{TableCounts, TableTest, answer_all};
use crate::error::{Error, Result};
use crate::question::table::{CompiledTable, TableSpec};
use crate::report::TableReport;
use crate::run::{
    Checkpoint, Merging, Part, PartQuestion, Progress, RunOptions, TablePart, another_question,
    count_kept, no_part, refuse_order, refuse_parts,
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
        self.unless_in_no_file("--tally")?;
        self.unless_beyond(&range)?;
        let compiled = self.compile()?;
        self.unless_answered(&compiled, "--tally")?;
        match range == (0..self.spec.draws) {
            true => refuse_order(&compiled.plans, self.rules(), "--tally")?,
            false => refuse_parts(&compiled.plans, self.rules(), "--range")?,
        }
        let counted = self.draw(&compiled, range, options, progress)?;
        Ok(self.part_of(counted))
    }

    /// Refuses to cut the draws into ranges.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] at `place`, the flag that asks for it: those of [`TableTest::part`].
    pub fn refuse_parts(&self, place: &str) -> Result<()> {
        self.unless_in_no_file(place)?;
        let compiled = self.compile()?;
        self.unless_answered(&compiled, place)?;
        refuse_parts(&compiled.plans, self.rules(), place)
    }

    /// Counted draws of the test as a part of it.
    pub fn part_of(&self, counted: TableCounts) -> Part {
        Part::new(self.question(), self.files(), counted)
    }

    /// What is asked, as parts say it.
    fn question(&self) -> PartQuestion {
        PartQuestion::Table(TablePart {
            spec: self.spec.clone(),
            data: self.table.file.file.clone(),
            sets: self.sets.as_ref().map(|sets| sets.file.file.clone()),
        })
    }

    /// Counts the draws `range`, but for those that are kept in `folder`, and keeps these there, too: the
    /// same again goes on where it was stopped, or adds more draws.
    ///
    /// # Errors
    ///
    /// A table that is in no file, a test that needs all its draws at once, or one that exact laws answer; a folder that keeps draws of
    /// another one; those of [`TableTest::run`].
    pub fn count_kept(
        &self,
        compiled: &CompiledTable,
        folder: &Path,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<TableCounts> {
        self.unless_in_no_file("--checkpoint")?;
        self.unless_beyond(&range)?;
        self.unless_answered(compiled, "--checkpoint")?;
        let checkpoint = Checkpoint::new(folder, self.question(), self.files())?;
        let of = (range, self.spec.draws);
        count_kept(
            &compiled.plans,
            self.rules(),
            of,
            &checkpoint,
            options,
            progress,
        )
    }

    /// Draws that are kept are told by their table's hash from those of another one.
    fn unless_in_no_file(&self, place: &str) -> Result<()> {
        let file = &self.table.file;
        match file.sha256.is_empty() || file.file == "-" {
            false => Ok(()),
            true => Err(Error::input(
                place,
                "draws are kept beside the hash of their table, which is in no file here",
                "Write the table to a file, and test that.",
            )),
        }
    }

    fn unless_beyond(&self, range: &Range<u64>) -> Result<()> {
        let draws = self.spec.draws;
        match range.end > draws {
            false => Ok(()),
            true => Err(Error::input(
                format!("--range {}..{}", range.start, range.end),
                format!("the test has {draws} draws"),
                "ask for a range inside, or for more --draws (the same for every range)",
            )),
        }
    }

    fn unless_answered(&self, compiled: &CompiledTable, place: &str) -> Result<()> {
        match answer_all(&compiled.plans, &self.exact(&compiled.plans)) {
            false => Ok(()),
            true => Err(Error::input(
                place,
                "exact laws answer this test, and nothing is drawn",
                format!("leave {place} out, or draw with --exact never"),
            )),
        }
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
        Ok(self.report(&compiled, counted))
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
