//! By what command, where and when results are made.

use std::ffi::OsString;
use std::sync::OnceLock;

use crate::report::{Made, visible};
use jiff::Timestamp;

use super::script::quoted;

/// The command's words and the time.
static BEGUN: OnceLock<(String, Timestamp)> = OnceLock::new();

/// Takes the time, of the command of these words.
pub fn begin(words: &[OsString]) {
    let quoted = words
        .iter()
        .map(|word| quoted(&visible(&word.to_string_lossy())));
    let command = quoted.collect::<Vec<_>>().join(" ");
    BEGUN.get_or_init(|| (command, Timestamp::now()));
}

/// The command until now.
pub fn made() -> Made {
    let text = |time: Timestamp| {
        let whole = Timestamp::from_second(time.as_second());
        whole.unwrap_or(time).to_string()
    };
    let (command, started) = BEGUN.get_or_init(|| (String::new(), Timestamp::now()));
    Made {
        command: command.clone(),
        host: host(),
        started: text(*started),
        finished: text(Timestamp::now()),
    }
}

/// The machine's name, where the system tells it without a library.
fn host() -> Option<String> {
    let told = |name: &str| std::env::var(name).ok();
    let read = |file: &str| std::fs::read_to_string(file).ok();
    let names = [
        read("/proc/sys/kernel/hostname"),
        told("HOSTNAME"),
        told("COMPUTERNAME"),
    ];
    let names = names.into_iter().flatten();
    let mut names = names.map(|name| visible(name.trim()).into_owned());
    names.find(|name| !name.is_empty())
}
