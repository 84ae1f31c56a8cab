//! `placebo` and its subcommands; a program of this crate and Python's console script call them.

mod bar;
mod bench;
mod bootstrap;
mod check;
mod cli;
mod completions;
mod coverage;
mod devices;
mod draw;
mod format;
mod grid;
mod help;
mod init;
mod jobs;
mod keywords;
mod made;
mod man;
mod merge;
mod number;
mod output;
mod page;
mod power;
mod quick;
mod reading;
mod run;
mod schema;
mod script;
mod shard;
mod shared;
mod show;
mod studies;
mod table;
mod test;

pub use cli::command_line;
pub use keywords::{Keyword, bootstrap_spec, table_spec};
