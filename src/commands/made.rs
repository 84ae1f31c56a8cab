//! By what command, where and when results are made.

use std::sync::OnceLock;

use jiff::Timestamp;
use placebo::report::{Made, visible};

use super::script::quoted;

static STARTED: OnceLock<Timestamp> = OnceLock::new();

/// Takes the time.
pub fn begin() {
    STARTED.get_or_init(Timestamp::now);
}

/// The command until now.
pub fn made() -> Made {
    let text = |time: Timestamp| {
        let whole = Timestamp::from_second(time.as_second());
        whole.unwrap_or(time).to_string()
    };
    let words = std::env::args_os().map(|word| quoted(&visible(&word.to_string_lossy())));
    Made {
        command: words.collect::<Vec<_>>().join(" "),
        host: host(),
        started: text(*STARTED.get_or_init(Timestamp::now)),
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
