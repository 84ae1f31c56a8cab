//! Event files, under a study that filters and groups them.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use placebo::load::{EventList, Events};
use placebo::study::Study;

static SPECS: LazyLock<Vec<EventList>> = LazyLock::new(|| {
    let names = Study::bundled().into_iter().map(|(name, _)| name);
    names.filter_map(|name| Study::open(name).ok()).map(|study| study.events.list()).collect()
});

fuzz_target!(|bytes: &[u8]| {
    for spec in SPECS.iter() {
        if let Ok(events) = Events::from_bytes(bytes.to_vec(), spec) {
            assert!(events.rows.iter().all(|event| event.line > 1 && !event.group.is_empty()));
        }
    }
});
