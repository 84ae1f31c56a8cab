//! The one error type of the crate.

use jiff::civil::Date;

use crate::visible::visible;

/// What is wrong with an input, for a program; the sentences of [`Error::Input`] tell people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// There is no file of this name.
    NoFile {
        /// As it was named.
        file: String,
    },
    /// The file is there and cannot be used as a whole: no permission, no text, cut off, of another kind.
    BadFile {
        /// As it was named.
        file: String,
    },
    /// The file has no column of this name.
    NoColumn {
        /// As it was named.
        file: String,
        /// The column that was looked for.
        column: String,
    },
    /// A cell is no date, no number, or empty where a value has to be.
    BadCell {
        /// As it was named.
        file: String,
        /// Of a text file the line, from 1, else the row of data, from 1.
        line: u64,
        /// The column's name.
        column: String,
    },
    /// A date repeats, or runs the wrong way.
    DateOutOfOrder {
        /// Where the dates are from: a file, or memory.
        file: String,
    },
    /// The study knows no such key.
    UnknownKey {
        /// With the tables above it: `test.windw`.
        key: String,
        /// The known one of that table that is most like it.
        nearest: Option<&'static str>,
    },
    /// A key has to be there, and is not.
    NoKey {
        /// With the tables above it.
        key: String,
    },
    /// The value of a key cannot be used, alone or beside others.
    BadValue {
        /// With the tables above it.
        key: String,
    },
    /// Nothing of this kind has this name.
    UnknownName {
        /// `series`, `group`, `statistic`, `study` or `device`.
        kind: &'static str,
        /// As it was asked for.
        name: String,
    },
    /// An event stands on no row of the data, or without its whole window, where that is refused.
    EventOutside {
        /// The event's date.
        date: Date,
        /// Its line in the file of events.
        line: u64,
    },
    /// A series has no value where it needs one.
    NoValue {
        /// The series.
        series: String,
        /// The date.
        date: Date,
    },
    /// A placebo set needs more dates than are eligible.
    TooFewDates {
        /// How many there are.
        eligible: usize,
        /// How many a set takes.
        needed: usize,
    },
    /// Something is larger than what can be run.
    TooLarge {
        /// How large it is.
        found: usize,
        /// The most that is taken.
        most: usize,
    },
    /// None of these; the sentences tell.
    Other,
}

/// What can go wrong, sorted by who can mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be used as it is; the user can mend it.
    #[error("{}: {}\n  {}", visible(place), visible(problem), visible(remedy))]
    Input {
        /// What is wrong, for a program.
        cause: Box<Cause>,
        /// File, line, column, date, study key or flag.
        place: String,
        /// What was found and what was expected.
        problem: String,
        /// What to do about it.
        remedy: String,
    },
    /// A formula cannot mean anything; the user can mend it.
    #[error(
        "formula: {}\n  {}\n  {}\n  {}",
        visible(problem),
        visible(text),
        caret(text, at),
        visible(remedy)
    )]
    Formula {
        /// The formula.
        text: String,
        /// The bytes that the caret points at; its end where they are none.
        at: std::ops::Range<usize>,
        /// What was found and what was expected.
        problem: String,
        /// What to do about it.
        remedy: String,
    },
    /// A device failed, or answered with totals that cannot be right.
    #[error("{}: {}", visible(device), visible(problem))]
    Device {
        /// The device, as `placebo devices` names it.
        device: String,
        /// What it did.
        problem: String,
    },
    /// The run was stopped from outside (Ctrl-C) before it was complete.
    #[error("interrupted after {draws} draws")]
    Interrupted {
        /// Draws that were complete by then.
        draws: u64,
    },
    /// Output could not be written.
    #[error("{}: {source}", visible(place))]
    Output {
        /// The file or stream.
        place: String,
        /// The system's own word.
        source: std::io::Error,
    },
}

impl Error {
    /// An [`Error::Input`], of which only the sentences tell what is wrong: see [`Error::because`].
    pub fn input(
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Error::Input {
            cause: Box::new(Cause::Other),
            place: place.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// The same with what a program can tell it by; of an [`Error::Input`].
    #[must_use]
    pub fn because(mut self, because: Cause) -> Self {
        if let Error::Input { cause, .. } = &mut self {
            **cause = because;
        }
        self
    }

    /// What is wrong with the input; `None` of what is no [`Error::Input`].
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Error::Input { cause, .. } => Some(cause.as_ref()),
            Error::Formula { .. }
            | Error::Device { .. }
            | Error::Interrupted { .. }
            | Error::Output { .. } => None,
        }
    }

    /// The process exit code: 2 bad input, 130 interrupted, 1 anything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Input { .. } | Error::Formula { .. } => 2,
            Error::Interrupted { .. } => 130,
            Error::Device { .. } | Error::Output { .. } => 1,
        }
    }
}

/// Carets under a part of a text, below it.
fn caret(text: &str, at: &std::ops::Range<usize>) -> String {
    let width = |part: Option<&str>| visible(part.unwrap_or_default()).chars().count();
    let before = width(text.get(..at.start));
    " ".repeat(before) + &"^".repeat(width(text.get(at.clone())).max(1))
}

/// `Result` with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A whole number with its thousands apart: `1,000,000`.
pub(crate) fn thousands(n: impl ToString) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
