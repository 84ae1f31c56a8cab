//! **placebo** answers one question, fast and exactly: could chance alone have produced this?
//!
//! A researcher brings a table of series (daily bond yields, prices, outcomes) and a set of events.
//! `placebo` draws millions of placebo event sets, recomputes the statistic for every one, on any
//! GPU through WGSL compute shaders or on the CPU, and reports where the observed value falls.
//!
//! ```
//! use placebo::run::{RunOptions, run};
//! use placebo::study::Study;
//!
//! # fn main() -> placebo::Result<()> {
//! let mut study = Study::open("andrews-farboodi")?;
//! study.run.draws = 20_000;
//! let report = run(&study, &RunOptions::default(), &mut |_done, _total| true)?;
//!
//! let row = report
//!     .results
//!     .iter()
//!     .find(|row| row.series() == "10 Yr" && row.statistic() == "median-change")
//!     .expect("the study asks for it");
//! assert_eq!(row.observed, Some(-9.0)); // basis points
//! assert!((row.p_exact.unwrap() - 0.1492).abs() < 1e-4);
//! assert!((row.p.unwrap() - 0.1492).abs() < 0.02);
//! # Ok(())
//! # }
//! ```
//!
//! The same on vectors of one's own:
//!
//! ```
//! use placebo::prelude::*;
//!
//! # fn main() -> placebo::Result<()> {
//! let dates: Vec<Date> = Date::constant(2024, 1, 1).series(1.day()).take(90).collect();
//! let prices = (0..90).map(|t| 100.0 + (t * t % 17) as f64).collect();
//! let panel = Panel::of(dates.clone(), [("mine", prices)])?;
//! let events = Events::on([dates[20], dates[45], dates[70]]);
//! let study = Study::of([TestSpec::new("mean-change", [0, 1])]);
//! let inputs = Inputs::of(panel, events);
//! let report = run_on(&study, &inputs, &RunOptions::default(), &mut |_done, _total| true)?;
//! let row = &report.results[0];
//! println!("{:?} {}, p = {:?}", row.observed, row.unit, row.p);
//! # assert_eq!(report.manifest.head.data, []);
//! # assert!(row.p.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! What is asked is set key by key, each by a method of its name, as [`study`] files name them; what is
//! wrong with an input is told to people by sentences, and to programs by a [`Cause`]:
//!
//! ```
//! use placebo::Cause;
//! use placebo::prelude::*;
//!
//! let test = TestSpec::new(["mean-change", "median-change"], [-5, 5]).days([0, 5]).null(Null::Labels);
//! let study = Study::of([test.clone().min_gap(3)]);
//! let error = study.check().unwrap_err();
//! assert_eq!(error.cause(), Some(&Cause::BadValue { key: "test.0.min_gap".into() }));
//! assert!(error.to_string().contains("`labels` keeps no least gap"));
//! assert!(Study::of([test]).check().is_ok());
//!
//! let error = Study::open("no-such-study.toml").unwrap_err();
//! assert!(matches!(error.cause(), Some(Cause::NoFile { .. })));
//! ```
//!
//! # Where it is told
//!
//! The repository's `docs/` has what every user of the engine needs to know, be it by the command line or
//! from a program: `choosing-a-null.md`, `windows.md`, `reading-a-p.md`, `guarantees.md`, `limits.md`, the keys
//! of a study in `reference.md`, the columns of results in `columns.md`; and for the source `architecture.md`
//! and `adding-a-design.md`.
//!
//! # What it stands on
//!
//! - **A draw is a pure function** of (seed, null design, draw index): [`null`]. Any draw can be
//!   replayed by itself ([`plan::Plan::draw`]); nothing is drawn on the host and copied over.
//! - **Counts are exact.** Scores are integers in a declared quantum, every statistic is an integer
//!   numerator over a declared denominator ([`statistic`]), and a tie is a tie on every device.
//! - **A tally is a commutative monoid**: tallies of disjoint ranges of draws merge to the one-shot
//!   answer ([`engine::Tally`]), whoever ran which range.
//! - **The null is said out loud**: which draws were possible, whether the observed set is one of
//!   them, what the design assumes ([`report::NullStatement`]).
//!
//! # The way data flow
//!
//! [`load`] (files to panel and events) → [`study`] (the question in the user's words) → [`question`]
//! (what is asked, as integer tables: [`plan`]) → [`null`] (picks) → [`statistic`] (numerators) → [`engine`] (tallies, on CPU or GPU) →
//! [`inference`] (p-values, intervals, exact laws) → [`report`] (rows and manifest). [`run`] goes all
//! the way, [`table_test`] and [`bootstrap`] that of a table; [`campaign`] takes a study apart into many; [`draft`] writes a study file from the data and the events. Each stage uses what stands
//! left of it; the study's words are shared by all.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod bootstrap;
pub mod campaign;
/// The command line, for the program and for Python's console script: no promise is kept of it.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod commands;
mod contained;
pub mod draft;
pub mod engine;
pub mod error;
pub mod inference;
/// For the crate's own tests: no promise is kept of it.
#[doc(hidden)]
pub mod kernel;
pub mod load;
pub mod null;
pub mod picture;
pub mod plan;
pub mod question;
pub mod report;
pub mod resample;
pub mod run;
pub mod statistic;
pub mod study;
pub mod table_test;
mod visible;
/// For the command line: no promise is kept of it.
#[doc(hidden)]
pub mod write;

pub use error::{Cause, Error, Result};

/// What a program needs to run a study on its own data.
pub mod prelude {
    pub use jiff::ToSpan;
    pub use jiff::civil::Date;

    pub use crate::load::{Events, Panel};
    pub use crate::report::{Report, ResultRow};
    pub use crate::run::{Inputs, RunOptions, run, run_on};
    pub use crate::study::{Null, Study, TestSpec};
}
