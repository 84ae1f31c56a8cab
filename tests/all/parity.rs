//! One suite, stamped over the engines: the same integers everywhere.

use crate::common;
use placebo::engine::{Adapter, AdapterKind, Cpu, Engine, Gpu, Sums, Tally};
use placebo::question::events::{EventPlan, compile};
use placebo::study::Study;

/// Draws of a comparison: a few slices of the software driver, the last one ragged.
const DRAWS: u64 = 3 * 8192 + 77;

/// The shapes compared: name, positions, series, groups, `[[test]]` keys.
const SHAPES: &[(&str, usize, usize, &[usize], &str)] = &[
    ("flagship", 760, 6, &[16, 31], "statistic = \"mean-change\""),
    (
        "one group, odd, every statistic",
        470,
        7,
        &[15],
        "statistic = [\"mean-change\", \"median-change\", \"mean-absolute-change\", \"median-absolute-change\"]",
    ),
    (
        "two groups, odd and even, several days",
        300,
        3,
        &[7, 8],
        "statistic = [\"median-change\", \"mean-change\"]\ndays = [-1, 0, 10]",
    ),
    (
        "three groups, cut windows",
        120,
        1,
        &[3, 1, 6],
        "statistic = [\"median-change\", \"mean-absolute-change\"]\npool = \"all\"",
    ),
    (
        "remainder drawn, largest group left over",
        64,
        2,
        &[20, 41],
        "statistic = [\"mean-change\", \"median-change\"]",
    ),
    (
        "every position picked",
        31,
        2,
        &[16, 15],
        "statistic = [\"mean-change\", \"median-change\"]",
    ),
    (
        "more positions than workgroup memory holds",
        5000,
        2,
        &[9, 30],
        "statistic = [\"mean-change\", \"median-change\"]",
    ),
    (
        "more positions than 16 bits address",
        70_000,
        1,
        &[40, 300],
        "statistic = \"mean-change\"",
    ),
    (
        "means as they are drawn, one group, fourteen series",
        470,
        14,
        &[40],
        "statistic = \"mean-change\"",
    ),
    (
        "means as they are drawn, labels, nine series",
        300,
        9,
        &[20, 27],
        "null = \"labels\"\nstatistic = \"mean-change\"",
    ),
    (
        "means as they are drawn, positions that fill words, numbers that are rejected",
        768,
        5,
        &[5, 9],
        "statistic = \"mean-change\"",
    ),
    (
        "medians of sixteen",
        200,
        5,
        &[16],
        "statistic = \"median-change\"",
    ),
    (
        "medians of four",
        100,
        2,
        &[4],
        "statistic = \"median-absolute-change\"",
    ),
    (
        "medians of one",
        100,
        1,
        &[1],
        "statistic = \"median-change\"",
    ),
    (
        "two thresholds",
        200,
        3,
        &[5, 8],
        "statistic = \"mean-change\"\nconvention = \"symmetric\"",
    ),
    (
        "labels",
        300,
        3,
        &[23, 24],
        "null = \"labels\"\nstatistic = [\"mean-change\", \"median-change\"]",
    ),
    (
        "labels of three groups, cut windows",
        90,
        1,
        &[3, 9, 2],
        "null = \"labels\"\npool = \"all\"\nstatistic = [\"mean-change\", \"median-absolute-change\"]",
    ),
    (
        "circular shift",
        760,
        6,
        &[16, 31],
        "null = \"circular-shift\"\nstatistic = [\"mean-change\", \"median-change\"]\nconvention = \"symmetric\"",
    ),
    (
        "circular shift of more positions than 16 bits address, cut windows",
        70_000,
        1,
        &[4, 3],
        "null = \"circular-shift\"\npool = \"all\"\nedge = \"cut\"\nstatistic = \"mean-change\"",
    ),
    ("one position", 1, 1, &[1], "statistic = \"mean-change\""),
];

fn plans() -> impl Iterator<Item = (&'static str, EventPlan)> {
    SHAPES
        .iter()
        .map(|&(name, positions, series, groups, test)| {
            (name, common::plan(positions, series, groups, test))
        })
        .chain(
            SAME_DAYS
                .iter()
                .map(|&(name, test)| (name, same_days(test))),
        )
}

/// Shapes with days of several events: name, `[[test]]` keys.
const SAME_DAYS: &[(&str, &str)] = &[
    (
        "labels, same-day events together",
        "null = \"labels\"\nsame_day = \"together\"\nkeep = \"units\"\nstatistic = [\"mean-change\", \"median-change\"]",
    ),
    (
        "circular shift, days with several events",
        "null = \"circular-shift\"\nstatistic = [\"mean-change\", \"median-change\"]",
    ),
];

/// Nineteen events on fifteen days: one of three `b`, two of two `a`.
fn same_days(test: &str) -> EventPlan {
    let panel = common::walks(120, 2);
    let rows = [
        12, 17, 17, 23, 30, 34, 41, 41, 41, 55, 56, 57, 68, 68, 80, 81, 90, 99, 104,
    ];
    let placed: Vec<(usize, &str)> = rows
        .iter()
        .enumerate()
        .map(|(i, &row)| (row, if row == 41 || i % 7 == 0 { "b" } else { "a" }))
        .collect();
    common::compiled(&panel, &common::events_on(&panel, &placed), test)
}

fn reference(plan: &EventPlan, range: std::ops::Range<u64>) -> Tally {
    Cpu::new(plan, Some(1)).unwrap().run(range).unwrap()
}

/// Stamps the suite for an engine made by `$new(&plan)`.
macro_rules! suite {
    ($engine:ident, $new:expr) => {
        mod $engine {
            use super::*;

            #[test]
            fn tallies_equal_the_reference() {
                for (name, plan) in plans() {
                    let mut engine = $new(&plan);
                    let tally = engine.run(0..DRAWS).unwrap();
                    assert!(tally == reference(&plan, 0..DRAWS), "{name}");
                    assert_eq!(tally.draws(), DRAWS);
                }
            }

            #[test]
            fn pieces_merge_to_one_shot_in_any_order() {
                for (name, plan) in plans() {
                    let mut engine = $new(&plan);
                    let mut merged = Tally::empty(&plan);
                    for range in [9000..DRAWS, 0..1, 130..9000, 1..130] {
                        merged.merge(&engine.run(range).unwrap()).unwrap();
                    }
                    assert!(merged == reference(&plan, 0..DRAWS), "{name}");
                    assert!(merged.merge(&engine.run(5..6).unwrap()).is_err());
                }
            }

            #[test]
            fn draw_indices_cross_the_32_bit_boundary() {
                let (_, plan) = plans().next().unwrap();
                let range = (1 << 32) - 300..(1 << 32) + 300;
                let tally = $new(&plan).run(range.clone()).unwrap();
                assert!(tally == reference(&plan, range));
            }

            #[test]
            fn sums_past_32_bits() {
                let plan = wide_plan(3);
                assert!(plan.hypotheses.iter().any(|h| h.lattice.is_wide()));
                let tally = $new(&plan).run(0..DRAWS).unwrap();
                assert!(tally == reference(&plan, 0..DRAWS));
            }
        }
    };
}

suite!(cpu_2_threads, |plan| Cpu::new(plan, Some(2)).unwrap());
suite!(gpu, |plan| Gpu::new(plan, &adapter()).unwrap());

/// The first hardware GPU, else the software driver. No adapter is a failure: without one the
/// shaders are not tested.
fn adapter() -> Adapter {
    Adapter::all()
        .unwrap()
        .into_iter()
        .min_by_key(Adapter::kind)
        .expect("no Vulkan, Metal or DX12 driver: install one (Debian: mesa-vulkan-drivers)")
}

/// More than one dispatch holds: of drawing, of summing, or of both. Name, positions, groups, keys, draws.
const LONG: &[(&str, usize, &[usize], &str, u64)] = &[
    (
        "labels of two equal groups",
        20_000,
        &[10_000, 10_000],
        "null = \"labels\"\nstatistic = [\"mean-change\", \"mean-absolute-change\"]",
        150,
    ),
    (
        "labels of three groups, an odd number drawn",
        20_001,
        &[5_000, 9_001, 6_000],
        "null = \"labels\"\nstatistic = \"mean-change\"",
        70,
    ),
    (
        "labels within strata",
        16_000,
        &[8_000, 8_000],
        "null = \"labels\"\nwithin = \"year\"\nstatistic = \"mean-change\"",
        70,
    ),
    (
        "more positions than 16 bits address, sums in parts",
        70_000,
        &[33_000, 100],
        "statistic = \"mean-change\"",
        65,
    ),
    (
        "the remainder drawn",
        50_000,
        &[9_000, 30_000],
        "statistic = \"mean-change\"",
        65,
    ),
];

#[test]
fn long_draws_take_several_dispatches() {
    for &(name, positions, groups, test, draws) in LONG {
        let plan = common::plan(positions, 1, groups, test);
        let mut gpu = Gpu::new(&plan, &adapter()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let reference = reference(&plan, 0..draws);
        assert!(gpu.run(0..draws).unwrap() == reference, "{name}");
        // A slice that begins where another one left its words.
        assert!(gpu.run(0..draws).unwrap() == reference, "{name}");
        equals_replayed_draws(name, &plan, draws, &reference);
    }
}

/// More columns than buffers hold at once, with histograms and without.
#[test]
fn many_columns_are_tiled() {
    let keys = "statistic = [\"mean-change\", \"median-change\"]\nconvention = \"symmetric\"";
    for (series, groups, keys, bins) in [
        (403, &[4, 5][..], keys, 1024),
        (1101, &[4, 5], "statistic = \"mean-change\"", 1),
        (
            4099,
            &[6],
            "statistic = \"mean-change\"\nnull = \"circular-shift\"",
            1,
        ),
    ] {
        let plan = common::plan(40, series, groups, keys);
        let draws = plan.draws(300);
        let tally = reference(&plan, 0..draws);
        assert_eq!(plan.bins(), bins);
        for of in &tally.hypotheses {
            assert_eq!((of.histogram.len(), of.defined()), (bins, draws));
        }
        equals_replayed_draws("columns", &plan, draws, &tally);
        assert!(Cpu::new(&plan, Some(2)).unwrap().run(0..draws).unwrap() == tally);
        let gpu = Gpu::new(&plan, &adapter()).unwrap().run(0..draws);
        assert!(gpu.unwrap() == tally, "{series} series");
    }
    let plan = wide_plan(300);
    let tally = reference(&plan, 0..100);
    equals_replayed_draws("wide columns", &plan, 100, &tally);
    assert!(Gpu::new(&plan, &adapter()).unwrap().run(0..100).unwrap() == tally);
}

/// The reference itself: a tally is what replaying every draw by itself adds up to.
#[test]
fn tallies_equal_replayed_draws() {
    for (name, plan) in plans() {
        equals_replayed_draws(name, &plan, 500, &reference(&plan, 0..500));
    }
}

fn equals_replayed_draws(name: &str, plan: &EventPlan, draws: u64, tally: &Tally) {
    let replayed: Vec<_> = (0..draws).map(|i| plan.draw(i)).collect();
    for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
        let values = || replayed.iter().filter_map(|draw| draw.numerators[h]);
        let below = values().filter(|&v| v < hypothesis.observed).count() as u64;
        let equal = values().filter(|&v| v == hypothesis.observed).count() as u64;
        assert_eq!(tally.hypotheses[h].thresholds[0], (below, equal), "{name}");
        let lattice = &hypothesis.lattice;
        let mut sums = Sums::default();
        values().for_each(|v| sums.push(v.abs_diff(lattice.floor)));
        assert_eq!(tally.hypotheses[h].sums, sums, "{name}");
        assert!(values().all(|v| v >= lattice.floor && v.abs_diff(lattice.floor) <= lattice.span));
    }
}

#[test]
fn software_adapters_are_told_apart() {
    for adapter in Adapter::all().unwrap() {
        let software = adapter.name().contains("llvmpipe");
        assert!(!software || adapter.kind() == AdapterKind::Software);
    }
}

/// A plan whose sums and difference need more than 32 bits.
fn wide_plan(series: usize) -> EventPlan {
    let mut panel = common::walks(200, series);
    for series in &mut panel.series {
        for value in series.values.iter_mut().flatten() {
            *value *= 100_000.0;
        }
    }
    let events = common::events(&panel, &[11, 14], 10, 190);
    let study: Study = toml::from_str(
        "[data]\nfiles = [\"walks.csv\"]\nquantum = 0.0005\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nmeasure = \"endpoints\"\nwindow = [-10, 10]\nstatistic = [\"mean-change\", \"median-change\"]\n",
    )
    .expect("the study of a test is well-formed");
    let mut plans = compile(&study, &panel, &events, &[])
        .expect("it compiles")
        .plans;
    plans.remove(0)
}
