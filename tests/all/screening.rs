//! 32-bit floats on a GPU, 64-bit floats on the CPU, one count.

use crate::common;
use placebo::engine::{Adapter, Cpu, Engine, Gpu, Tally};
use placebo::load::{Events, Panel};
use placebo::question::events::{EventPlan, compile};
use placebo::statistic::Statistic;
use placebo::study::Study;

/// Draws of a comparison.
const DRAWS: u64 = 20_000;

/// Every null design: `[[test]]` keys, and whether its draws are enumerated.
const DESIGNS: &[&str] = &[
    "null = \"uniform\"",
    "null = \"uniform\"\npool = \"all\"",
    "null = \"labels\"",
    "null = \"labels\"\nsame_day = \"together\"",
    "null = \"labels\"\nsame_day = \"together\"\nkeep = \"units\"",
    "null = \"circular-shift\"",
    "null = \"circular-shift\"\npool = \"all\"",
    "null = \"circular-shift\"\npool = \"all\"\nedge = \"cut\"",
];

const BOTH: &str = "statistic = [\"overlap-regression\", \"overlap-regression-t\"]";

/// A plan over random walks: rows 1.. of the panel are the sample.
fn plan(panel: &Panel, events: &Events, test: &str) -> EventPlan {
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         [[test]]\n{test}\n[run]\nseed = 20240229\nenumerate = 0\n",
        panel.dates[1]
    ))
    .expect("the study of a test is well-formed");
    let mut plans = compile(&study, panel, events, &[])
        .expect("it compiles")
        .plans;
    plans.remove(0)
}

/// 180 rows, 3 series, groups of 8 and 9 events, two of them on one day.
fn small(test: &str) -> EventPlan {
    let panel = common::walks(181, 3);
    let mut events = common::events(&panel, &[8, 9], 8, 172);
    events.rows[5].date = events.rows[3].date;
    events.rows[5].group = events.rows[3].group.clone();
    plan(
        &panel,
        &events,
        &format!("window = [-4, 6]\ndays = [-4, 0, 6]\n{test}"),
    )
}

/// The shape of the paper: 732 rows, 63 coefficients, 2 series.
fn papers(test: &str) -> EventPlan {
    let panel = common::walks(733, 2);
    let events = common::events(&panel, &[23, 24], 17, 716);
    plan(
        &panel,
        &events,
        &format!("window = [-15, 15]\ndays = [-1, 15]\n{test}"),
    )
}

fn adapter() -> Adapter {
    Adapter::all()
        .unwrap()
        .into_iter()
        .min_by_key(Adapter::kind)
        .expect("no Vulkan, Metal or DX12 driver: install one (Debian: mesa-vulkan-drivers)")
}

/// Draws (below, equal to) each threshold, and without a value, by hypothesis.
fn counts(tally: &Tally) -> Vec<(&[(u64, u64)], u64)> {
    let each = tally.hypotheses.iter();
    each.map(|h| (h.thresholds.as_slice(), h.undefined))
        .collect()
}

fn compare(name: &str, plan: &EventPlan, draws: u64) -> u64 {
    let draws = plan.draws(draws);
    let cpu = Cpu::new(plan, None).unwrap().run(0..draws).unwrap();
    let mut gpu = Gpu::new(plan, &adapter()).unwrap();
    let tally = gpu.run(0..draws).unwrap();
    assert!(counts(&tally) == counts(&cpu), "{name}");
    for (h, (one, other)) in tally.hypotheses.iter().zip(&cpu.hypotheses).enumerate() {
        assert_eq!(one.defined() + one.undefined, draws, "{name}");
        // Histograms and moments agree as 32-bit floats do.
        let moved: u64 = one
            .histogram
            .iter()
            .zip(&other.histogram)
            .map(|(a, b)| a.abs_diff(*b))
            .sum();
        assert!(moved <= draws / 50, "{name}, hypothesis {h}: {moved} moved");
        // A value's spread has 2^34 steps.
        let apart = one.sums.offsets.abs_diff(other.sums.offsets);
        assert!(apart <= u128::from(draws) << 26, "{name}");
    }
    gpu.replayed()
}

#[test]
fn counts_equal_the_cpu_under_every_design() {
    for design in DESIGNS {
        for test in [
            "statistic = \"overlap-regression\"",
            "statistic = [\"overlap-regression-t\", \"overlap-regression-daily\"]",
        ] {
            let plan = small(&format!("{design}\n{test}"));
            let replayed = compare(design, &plan, DRAWS);
            assert!(replayed < DRAWS / 20, "{design}: {replayed} replayed");
        }
    }
}

#[test]
fn counts_equal_the_cpu_at_the_papers_shape() {
    for design in DESIGNS {
        let replayed = compare(design, &papers(&format!("{design}\n{BOTH}")), 1_000);
        assert!(replayed < 50, "{design}: {replayed} replayed");
    }
}

/// The device's floats stay within a tenth of the band inside which they do not decide.
#[test]
fn floats_stay_well_within_the_error_band() {
    for design in DESIGNS {
        for plan in [
            small(&format!("{design}\n{BOTH}")),
            papers(&format!("{design}\n{BOTH}")),
        ] {
            let fold = &plan.folds[0];
            let Statistic::Regression(regression) = fold.statistic() else {
                panic!("the plan has one fold, a regression");
            };
            let mut gpu = Gpu::new(&plan, &adapter()).unwrap();
            let mut compared = 0;
            for (draw, floats) in gpu.floats(0, 256).unwrap().into_iter().enumerate() {
                let (Some(floats), exact) = (floats, plan.draw(draw as u64).numerators) else {
                    continue;
                };
                let leeway = f64::from(floats.leeway);
                for (value, (float, numerator)) in floats.values.iter().zip(exact).enumerate() {
                    let grid = regression.grids()[value];
                    let spread = grid.step * (1u64 << 34) as f64;
                    let exact = numerator.expect("it has a value") as f64 * grid.step;
                    let error = (f64::from(*float) - exact).abs();
                    assert!(
                        error < leeway * (1e-5 * spread + 1e-6 * exact.abs()),
                        "{design}, draw {draw}, value {value}: {float} is not {exact}"
                    );
                    compared += 1;
                }
            }
            assert!(compared > 128 * fold.values(), "{design}: {compared}");
        }
    }
}

/// A draw that is the observed set, its events in another order, ties with it in every value.
#[test]
fn a_planted_draw_ties_with_the_observed_set() {
    const PLANTED: u64 = 700;
    let panel = common::walks(181, 3);
    let test = format!("window = [-4, 6]\ndays = [-4, 0, 6]\n{BOTH}");
    let first = plan(&panel, &common::events(&panel, &[8, 9], 8, 172), &test);
    let draw = first.draw(PLANTED);
    let mut placed: Vec<(usize, &str)> = Vec::new();
    for (group, positions) in ["a", "b"].into_iter().zip(&draw.groups) {
        for &position in positions {
            let date = first.words.dates[position as usize];
            placed.push((panel.dates.binary_search(&date).unwrap(), group));
        }
    }
    placed.sort_unstable();
    let planted = plan(
        &panel,
        &common::events_on(&panel, &placed),
        &format!("{test}\ngroups = [\"a\", \"b\"]"),
    );
    assert_eq!(planted.draw(PLANTED).groups.concat().len(), 17);
    let cpu = Cpu::new(&planted, None).unwrap().run(0..2_000).unwrap();
    let mut gpu = Gpu::new(&planted, &adapter()).unwrap();
    let tally = gpu.run(0..2_000).unwrap();
    assert!(counts(&tally) == counts(&cpu));
    for hypothesis in &tally.hypotheses {
        assert_eq!(hypothesis.thresholds[0].1, 1);
    }
    assert!(gpu.replayed() >= 1);
}

#[test]
fn an_overfull_list_splits_the_submission_and_drops_nothing() {
    let plan = small(BOTH);
    let cpu = Cpu::new(&plan, None).unwrap().run(0..3_000).unwrap();
    for room in [1, 3] {
        let mut gpu = Gpu::with_replays(&plan, &adapter(), Some(room)).unwrap();
        let tally = gpu.run(0..3_000).unwrap();
        assert!(counts(&tally) == counts(&cpu));
        assert!(gpu.replayed() > room as u64);
    }
}

/// Few events in cut windows: many sets leave a relative day without a row.
#[test]
fn singular_sets_are_told_alike_and_counted() {
    let panel = common::walks(41, 2);
    let events = common::events_on(&panel, &[(8, "a"), (20, "b"), (30, "a")]);
    let plan = plan(
        &panel,
        &events,
        &format!("{BOTH}\nwindow = [-4, 4]\npool = \"all\"\ndays = [0, 4]"),
    );
    compare("singular", &plan, 5_000);
    let tally = Cpu::new(&plan, None).unwrap().run(0..5_000).unwrap();
    for hypothesis in &tally.hypotheses {
        // 11,150 of the 29,640 labelled sets lack full rank (singular values, NumPy 2.4.6): 1,881 in
        // 5,000, give or take four standard errors.
        assert!(
            hypothesis.undefined >= 1_744,
            "{} draws without a value",
            hypothesis.undefined
        );
    }
    assert!(tally.hypotheses[0].undefined < 2_019);
    // Replayed one by one they have no value either.
    let singular = (0..5_000)
        .filter(|&i| plan.draw(i).numerators[0].is_none())
        .count();
    assert_eq!(singular as u64, tally.hypotheses[0].undefined);
}

#[test]
fn pieces_merge_to_one_shot_on_the_gpu() {
    let plan = small(BOTH);
    let mut gpu = Gpu::new(&plan, &adapter()).unwrap();
    let whole = gpu.run(0..2_000).unwrap();
    let mut merged = Tally::empty(&plan);
    for range in [700..2_000, 0..1, 1..700] {
        merged.merge(&gpu.run(range).unwrap()).unwrap();
    }
    assert!(counts(&merged) == counts(&whole));
}
