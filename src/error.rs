//! The one error type of the crate.

use crate::visible::visible;

/// What can go wrong, sorted by who can mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be used as it is; the user can mend it.
    #[error("{}: {}\n  {}", visible(place), visible(problem), visible(remedy))]
    Input {
        /// File, line, column, date, study key or flag.
        place: String,
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
    /// An [`Error::Input`].
    pub fn input(
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Error::Input {
            place: place.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// The process exit code: 2 bad input, 130 interrupted, 1 anything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Input { .. } => 2,
            Error::Interrupted { .. } => 130,
            Error::Device { .. } | Error::Output { .. } => 1,
        }
    }
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
