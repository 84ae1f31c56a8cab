//! `placebo` and its subcommands.

mod cli;
mod devices;
mod draw;
mod format;
mod merge;
mod number;
mod output;
mod run;
mod studies;

pub use cli::main;
