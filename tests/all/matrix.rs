//! Every null design with every statistic on every engine: the same counts, from the lists.

use std::fmt::Write;

use placebo::engine::{Adapter, Cpu, Engine, Gpu, Tally};
use placebo::null::{Key, Moves, Null};
use placebo::question::events::EventPlan;
use placebo::run::prepare;
use placebo::statistic::StatisticName;
use placebo::study::Study;

use crate::common;
use crate::folder::Folder;

/// Rows of the data: fourteen months, of which five have events.
const ROWS: usize = 420;
const DRAWS: u64 = 300;

/// A folder with data, events of two groups, and sets of as many dates.
fn folder() -> Folder {
    let panel = common::walks(ROWS, 2);
    let mut prices = String::from("date,one,two\n");
    for (row, date) in panel.dates.iter().enumerate() {
        let value = |s: usize| panel.series[s].values[row].expect("walks have all values");
        let _ = writeln!(prices, "{date},{},{}", value(0), value(1));
    }
    let mut events = String::from("date,group\n");
    for (row, group) in [(35, "a"), (80, "b"), (140, "a"), (190, "b"), (255, "a")] {
        let _ = writeln!(events, "{},{group}", panel.dates[row]);
    }
    let mut sets = String::from("set,date,group\n");
    for set in 0..40 {
        for (event, group) in ["a", "b", "a", "b", "a"].into_iter().enumerate() {
            let row = 10 + 80 * event + (7 * set + 3 * event) % 70;
            let _ = writeln!(sets, "{set},{},{group}", panel.dates[row]);
        }
    }
    Folder::with(&[
        ("prices.csv", &prices),
        ("events.csv", &events),
        ("sets.csv", &sets),
    ])
}

/// The plan of a design and a statistic; `None` where the study refuses the two.
fn plan(folder: &Folder, null: Null, statistic: StatisticName) -> Option<EventPlan> {
    let needs = match null.facts().needs {
        Some((Key::Sets, _)) => "sets = { file = \"sets.csv\", group = \"group\" }",
        Some((_, line)) => line,
        None => "",
    };
    let text = format!(
        "[data]\nfiles = [\"prices.csv\"]\nunit = \"percent\"\n[sample]\nfrom = 2020-01-02\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nnull = \"{}\"\nstatistic = \"{}\"\nwindow = [-1, 2]\n{needs}\n\
         [run]\nseed = 20240229\nexact = \"never\"\n",
        null.name(),
        statistic.name(),
    );
    std::fs::write(folder.0.path().join("study.toml"), text).expect("a file");
    let path = folder.0.path().join("study.toml");
    let study = Study::open(path.to_str().expect("it is text"));
    let refused = null.moves() == Moves::Signs && statistic.is_absolute();
    let prepared = study.and_then(|study| prepare(&study));
    assert_eq!(
        prepared.is_err(),
        refused,
        "{null:?}, {statistic:?}: {:?}",
        prepared.err()
    );
    let mut plans = prepared.ok()?.compiled.plans;
    assert_eq!(plans.len(), 1);
    Some(plans.remove(0))
}

/// What engines have to agree in: all of exact arithmetic, of floats what is promised.
fn same(one: &Tally, other: &Tally, statistic: StatisticName) -> bool {
    if !statistic.is_effect() {
        return one == other;
    }
    let counts = |tally: &Tally| {
        let hypotheses = tally.hypotheses.iter();
        let counts = hypotheses.map(|h| (h.thresholds.clone(), h.undefined));
        counts.collect::<Vec<_>>()
    };
    counts(one) == counts(other)
}

#[test]
fn every_design_counts_every_statistic_alike_on_every_engine() {
    let folder = folder();
    let adapter = Adapter::all()
        .expect("adapters")
        .into_iter()
        .min_by_key(Adapter::kind);
    let adapter = adapter
        .expect("no Vulkan, Metal or DX12 driver: install one (Debian: mesa-vulkan-drivers)");
    let mut compared = 0;
    for &null in Null::ALL {
        for statistic in StatisticName::all() {
            let Some(plan) = plan(&folder, null, statistic) else {
                continue;
            };
            let name = format!("{} under {}", statistic.name(), null.name());
            let draws = plan.draws(DRAWS);
            let reference = Cpu::new(&plan, Some(1)).expect("an engine").run(0..draws);
            let reference = reference.expect("it runs");
            let two = Cpu::new(&plan, Some(2)).expect("an engine").run(0..draws);
            assert!(two.expect("it runs") == reference, "{name}, two threads");
            compared += 1;
            if null.moves() == Moves::Series {
                let refusal = Gpu::new(&plan, &adapter).err().expect("the CPU's own");
                assert!(
                    refusal.to_string().contains("on the CPU alone"),
                    "{refusal}"
                );
                continue;
            }
            let mut gpu =
                Gpu::new(&plan, &adapter).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = gpu.run(0..draws).expect("it runs");
            assert!(
                same(&found, &reference, statistic),
                "{name}, {}",
                adapter.name()
            );
            assert_eq!(found.draws(), draws, "{name}");
        }
    }
    let pairs = Null::ALL.len() * StatisticName::all().count();
    let absolute = StatisticName::all().filter(|of| of.is_absolute()).count();
    assert_eq!(compared, pairs - absolute, "all but sizes under signs");
}
