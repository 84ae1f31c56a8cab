//! Progress on a terminal.

use std::cell::Cell;

use crate::{Error, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of draws, hidden where stderr is no terminal, and until it is known how many there are.
pub struct Bar {
    bar: ProgressBar,
    is_shown: Cell<bool>,
    is_quiet: bool,
}

impl Bar {
    /// Of what is called `name`.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn new(name: &str, is_quiet: bool) -> Result<Self> {
        let style = ProgressStyle::with_template(
            "{msg} {wide_bar} {human_pos}/{human_len} draws  {per_sec}  {eta} left",
        )
        .map_err(|error| Error::Output {
            place: "progress bar".into(),
            source: std::io::Error::other(error),
        })?
        // As many digits as a rate deserves.
        .with_key(
            "per_sec",
            |state: &indicatif::ProgressState, to: &mut dyn std::fmt::Write| {
                let _ = write!(to, "{}/s", crate::report::rate(state.per_sec()));
            },
        );
        let bar = ProgressBar::hidden().with_style(style);
        bar.set_message(name.to_owned());
        Ok(Bar {
            bar,
            is_shown: Cell::new(false),
            is_quiet,
        })
    }

    /// Shows that `done` draws of `total` are made.
    pub fn tell(&self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        if !self.is_quiet && total > 0 && !self.is_shown.replace(true) {
            self.bar.reset_eta();
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Calls it otherwise.
    pub fn name(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }

    /// Takes it away.
    pub fn finish_and_clear(&self) {
        self.bar.finish_and_clear();
    }
}
