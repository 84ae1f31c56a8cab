//! Study files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use placebo::load::Source;
use placebo::study::Study;

fuzz_target!(|text: &str| {
    if let Ok(study) = Study::from_toml(text, "study.toml", Source::Bundled) {
        assert!(study.check().is_ok());
    }
});
