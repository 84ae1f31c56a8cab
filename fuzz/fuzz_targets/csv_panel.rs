//! CSV data files, in whatever layout their header claims.
#![no_main]

use libfuzzer_sys::fuzz_target;
use placebo::load::Panel;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(panel) = Panel::from_bytes(&[("a.csv", bytes)], &[]) {
        assert!(panel.dates.is_sorted());
        for series in &panel.series {
            assert_eq!(series.values.len(), panel.dates.len());
            assert!(series.values.iter().flatten().all(|value| value.is_finite()));
        }
        // A file beside itself adds nothing.
        let twice = Panel::from_bytes(&[("a.csv", bytes), ("b.csv", bytes)], &[]);
        assert_eq!(twice.map(|panel| panel.series).ok(), Some(panel.series));
    }
});
