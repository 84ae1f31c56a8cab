//! Arrow IPC files and streams.
#![no_main]

use libfuzzer_sys::fuzz_target;
use placebo::load::Panel;

fuzz_target!(
    init: {
        // libFuzzer's hook aborts on every panic, also on those of foreign readers that
        // the loader turns into errors. A panic that leaves the loader still aborts.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |bytes: &[u8]| {
        if let Ok(panel) = Panel::from_bytes(&[("a", bytes)], &[]) {
            assert!(panel.dates.is_sorted());
            for series in &panel.series {
                assert_eq!(series.values.len(), panel.dates.len());
                assert!(series.values.iter().flatten().all(|value| value.is_finite()));
            }
        }
    }
);
