//! The null designs: frozen streams, every admissible set equally likely and none outside, their
//! numbers, and the same integers on both engines.

use crate::common;
use crate::common::named;
use std::collections::{BTreeMap, BTreeSet};

use placebo::engine::{Adapter, AdapterKind, Cpu, Engine, Gpu};
use placebo::inference::{Laws, MOST_OPERATIONS};
use placebo::null::{
    Design, GapShuffle, Labels, Listed, Moves, Null, NullDesign, Picks, Signs, Spaced, Strata,
    Stratum, Uniform,
};
use placebo::question::events::{EventPlan, TestFiles, compile};
use placebo::study::Study;
use serde::Deserialize;

/// Draws of a uniformity check.
const DRAWS: usize = 100_000;

/// The picks of draws `first..first + draws`.
fn drawn(design: &NullDesign, seed: u64, first: u64, draws: usize) -> Vec<Vec<u32>> {
    let mut picks = Picks::new(draws, design.picks());
    design.sampler().fill(seed, first, draws, &mut picks);
    (0..draws).map(|draw| picks.row(draw).to_vec()).collect()
}

/// Picks as sets: each group's positions, ascending.
fn as_set(design: &NullDesign, picks: &[u32]) -> Vec<Vec<u32>> {
    let group = |range: std::ops::Range<usize>| {
        let mut group = picks[range].to_vec();
        group.sort_unstable();
        group
    };
    design.segments().iter().map(|s| group(s.range())).collect()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Parameters {
    n: usize,
    gap: u32,
    sizes: Vec<usize>,
    rows: Vec<u32>,
    strata: Vec<Part>,
    groups: Vec<Vec<u32>>,
    clusters: Vec<u32>,
    free: bool,
}

/// A stratum: its items, and each group's number of them.
#[derive(Deserialize)]
struct Part {
    items: Vec<Vec<u32>>,
    sizes: Vec<usize>,
}

/// Streams are frozen: the picks of `tests/reference/null_designs.py`, an implementation of its own.
#[test]
fn picks_are_those_of_the_specifications() {
    let singles = |n: usize| (0..n as u32).map(|position| vec![position]).collect();
    for line in include_str!("../reference/null_designs.tsv")
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = line.split('\t').collect();
        let p: Parameters = serde_json::from_str(cells[1]).unwrap();
        let strata = || -> Vec<Stratum> {
            let parts = p.strata.iter();
            let stratum = |part: &Part| Stratum {
                items: part.items.clone(),
                sizes: part.sizes.clone(),
            };
            parts.map(stratum).collect()
        };
        let whole = || Stratum {
            items: singles(p.sizes.iter().sum()),
            sizes: p.sizes.clone(),
        };
        let design = match cells[0] {
            "labels" => Labels::new(vec![whole()]).map(Design::Labels),
            "together" | "within" => Labels::new(strata()).map(Design::Labels),
            "clusters" => Labels::by_cluster(strata()).map(Design::Labels),
            "strata" => Strata::new(100, strata()).map(|s| Design::Uniform(Uniform::within(s))),
            "spaced" => Spaced::new((0..p.n as u32).collect(), p.gap, &p.sizes).map(Design::Spaced),
            "spaced_with_holes" => Spaced::new(p.rows.clone(), p.gap, &p.sizes).map(Design::Spaced),
            "gap_shuffle" => GapShuffle::new(p.n, &p.groups, p.free).map(Design::GapShuffle),
            "signs" => Signs::new(p.clusters.clone(), &p.groups).map(Design::Signs),
            other => panic!("{other}"),
        };
        let design = NullDesign::new(design.expect("the design holds")).unwrap();
        let (seed, index) = (cells[2].parse().unwrap(), cells[3].parse().unwrap());
        let wanted: Vec<u32> = cells[4].split(',').map(|p| p.parse().unwrap()).collect();
        assert_eq!(drawn(&design, seed, index, 1)[0], wanted, "{line}");
        // A draw does not depend on those before it.
        let two = drawn(&design, seed, index, 2);
        assert_eq!(two[1], drawn(&design, seed, index + 1, 1)[0], "{line}");
    }
}

/// Ways to put `n` positions into groups of these sizes, or none, by brute force.
fn selections(n: usize, sizes: &[usize]) -> BTreeSet<Vec<Vec<u32>>> {
    let mut all = vec![vec![Vec::new(); sizes.len()]];
    for position in 0..n as u32 {
        for set in all.clone() {
            for group in 0..sizes.len() {
                if set[group].len() < sizes[group] {
                    let mut set = set.clone();
                    set[group].push(position);
                    all.push(set);
                }
            }
        }
    }
    all.retain(|set| {
        set.iter()
            .zip(sizes)
            .all(|(group, &size)| group.len() == size)
    });
    all.into_iter().collect()
}

/// Sets, each a list of positions a group.
type Sets = BTreeSet<Vec<Vec<u32>>>;

/// Strata of a test: the items of each, then the groups' sizes in each.
type Shape = (
    &'static [&'static [&'static [u32]]],
    &'static [&'static [usize]],
);

fn permutations(items: &[u32]) -> BTreeSet<Vec<u32>> {
    if items.is_empty() {
        return BTreeSet::from([vec![]]);
    }
    let mut all = BTreeSet::new();
    for i in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(i);
        for tail in permutations(&rest) {
            all.insert([&[first], &tail[..]].concat());
        }
    }
    all
}

/// Small designs, each with its admissible sets by brute force.
fn small_designs() -> Vec<(&'static str, Design, Sets)> {
    let mut cases: Vec<(&'static str, Design, Sets)> = Vec::new();
    for (n, sizes) in [
        (7, vec![3]),
        (6, vec![2, 1]),
        (5, vec![2, 3]),
        (6, vec![1, 2, 1]),
    ] {
        let design = Uniform::new(n, &sizes).unwrap();
        cases.push(("uniform", Design::Uniform(design), selections(n, &sizes)));
    }

    let far = |rows: &[u32], gap: u32, sizes: &[usize]| -> Sets {
        let mut sets = selections(rows.len(), sizes);
        sets.retain(|set| {
            let mut on: Vec<u32> = set.concat().iter().map(|&p| rows[p as usize]).collect();
            on.sort_unstable();
            on.windows(2).all(|pair| pair[1] - pair[0] >= gap)
        });
        sets
    };
    let straight: Vec<u32> = (0..10).collect();
    let holes = vec![0, 1, 2, 5, 6, 9, 10, 11, 15];
    for (rows, gap, sizes) in [
        (&straight, 1, vec![3]),
        (&straight, 3, vec![3]),
        (&straight, 4, vec![1, 2]),
        (&straight, 2, vec![2, 3]),
        (&holes, 2, vec![3]),
        (&holes, 4, vec![1, 2]),
        (&holes, 5, vec![3]),
    ] {
        let design = Spaced::new(rows.clone(), gap, &sizes).unwrap();
        cases.push(("spaced", Design::Spaced(design), far(rows, gap, &sizes)));
    }

    // Positions of strata, with what groups take of each; those of a list keep together.
    let shapes: [Shape; 6] = [
        (
            &[&[&[0], &[1], &[2], &[3]], &[&[4], &[5], &[6]]],
            &[&[2], &[1]],
        ),
        (
            &[&[&[0], &[2], &[4]], &[&[1], &[3]], &[&[5], &[6]]],
            &[&[1, 2], &[0, 0], &[1, 0]],
        ),
        (
            &[&[&[0], &[1], &[2]], &[&[3], &[4], &[5]]],
            &[&[2, 1], &[1, 2]],
        ),
        (&[&[&[0, 3], &[1], &[2], &[4]]], &[&[3, 2]]),
        (
            &[&[&[0, 1], &[2, 5], &[4]], &[&[3], &[6], &[7]]],
            &[&[3, 2], &[1, 2]],
        ),
        (&[&[&[0, 1, 2], &[3, 4], &[5], &[6]]], &[&[1, 3, 3]]),
    ];
    for (items, sizes) in shapes {
        let strata: Vec<Stratum> = items
            .iter()
            .zip(sizes)
            .map(|(items, sizes)| Stratum {
                items: items.iter().map(|item| item.to_vec()).collect(),
                sizes: sizes.to_vec(),
            })
            .collect();
        let n = items.iter().flat_map(|stratum| stratum.concat()).count();
        let totals: Vec<usize> = (0..sizes[0].len())
            .map(|g| sizes.iter().map(|sizes| sizes[g]).sum())
            .collect();
        let mut sets = selections(n, &totals);
        sets.retain(|set| {
            let of = |p: u32| set.iter().position(|group| group.contains(&p));
            items.iter().zip(sizes).all(|(stratum, sizes)| {
                let taken = |g: usize| {
                    let inside = stratum.concat();
                    inside.iter().filter(|&&p| of(p) == Some(g)).count()
                };
                (0..sizes.len()).all(|g| taken(g) == sizes[g])
                    && stratum
                        .iter()
                        .all(|item| item.iter().all(|&p| of(p) == of(item[0])))
            })
        });
        let takes_all = totals.len() > 1 && totals.iter().sum::<usize>() == n;
        let design = match takes_all {
            true => Design::Labels(Labels::new(strata).unwrap()),
            false => Design::Uniform(Uniform::within(Strata::new(n, strata).unwrap())),
        };
        cases.push(("strata", design, sets));
    }

    for (n, groups, free) in [
        (12, vec![vec![1, 3, 3, 8]], false),
        (12, vec![vec![1, 3, 7]], true),
        (10, vec![vec![2, 7], vec![4, 7]], true),
        (30, vec![vec![0, 29], vec![4, 9, 10]], false),
    ] {
        let design = GapShuffle::new(n, &groups, free).unwrap();
        let mut events: Vec<(u32, usize)> = groups
            .iter()
            .enumerate()
            .flat_map(|(g, group)| group.iter().map(move |&p| (p, g)))
            .collect();
        events.sort_unstable();
        let gaps: Vec<u32> = events
            .windows(2)
            .map(|pair| pair[1].0 - pair[0].0)
            .collect();
        let span: u32 = gaps.iter().sum();
        let firsts = if free {
            0..n as u32 - span
        } else {
            events[0].0..events[0].0 + 1
        };
        let mut sets = Sets::new();
        for first in firsts {
            for order in permutations(&gaps) {
                let mut set = vec![Vec::new(); groups.len()];
                let mut at = first;
                set[events[0].1].push(at);
                for (gap, event) in order.iter().zip(&events[1..]) {
                    at += gap;
                    set[event.1].push(at);
                }
                sets.insert(set);
            }
        }
        cases.push(("gap-shuffle", Design::GapShuffle(design), sets));
    }

    for (clusters, groups) in [
        (vec![0, 1, 2, 3, 4], vec![vec![0, 1, 2, 3, 4]]),
        (vec![0, 1, 0, 2, 1, 3], vec![vec![5, 0], vec![1, 2, 3, 4]]),
    ] {
        let n = clusters.len() as u32;
        let coins = clusters.iter().max().unwrap() + 1;
        let sets = (0..1u32 << coins).map(|flips| {
            let sign = |&event: &u32| event + n * (flips >> clusters[event as usize] & 1);
            let group = |group: &Vec<u32>| {
                let mut group: Vec<u32> = group.iter().map(sign).collect();
                group.sort_unstable();
                group
            };
            groups.iter().map(group).collect()
        });
        let sets = sets.collect();
        let design = Signs::new(clusters, &groups).unwrap();
        cases.push(("signs", Design::Signs(design), sets));
    }
    cases
}

/// Every admissible set is equally likely and no other is drawn: chi-square over all of them, within
/// five standard deviations of its mean. Their number is the brute-force count.
#[test]
fn admissible_sets_are_equally_likely() {
    for (name, design, sets) in small_designs() {
        let design = NullDesign::new(design).unwrap();
        let (log10, count) = design.admissible_sets();
        assert_eq!(count, Some(sets.len() as u128), "{name}");
        assert!((log10 - (sets.len() as f64).log10()).abs() < 1e-12);
        let mut counts: BTreeMap<Vec<Vec<u32>>, usize> = BTreeMap::new();
        for picks in drawn(&design, 42, 1 << 33, DRAWS) {
            *counts.entry(as_set(&design, &picks)).or_default() += 1;
        }
        assert!(counts.keys().all(|set| sets.contains(set)), "{name}");
        assert_eq!(counts.len(), sets.len(), "{name}");
        let expected = DRAWS as f64 / sets.len() as f64;
        let chi2: f64 = counts
            .values()
            .map(|&count| (count as f64 - expected).powi(2) / expected)
            .sum();
        let df = sets.len() as f64 - 1.0;
        assert!(
            (chi2 - df).abs() <= 5.0 * (2.0 * df).sqrt(),
            "{name}: chi2 {chi2} on {df} degrees of freedom"
        );
    }
}

/// An enumeration makes every admissible set once; one set too many and it draws.
#[test]
fn enumerations_make_each_set_once() {
    for (name, design, sets) in small_designs() {
        let count = sets.len() as u64;
        let design = NullDesign::new(design).unwrap();
        assert_eq!(
            design.clone().enumerated_up_to(count - 1).enumeration(),
            None
        );
        let design = design.enumerated_up_to(count);
        assert_eq!(design.enumeration(), Some(count), "{name}");
        let all = drawn(&design, 9, 0, count as usize);
        let made: Sets = all.iter().map(|picks| as_set(&design, picks)).collect();
        assert_eq!(made, sets, "{name}");
    }
}

/// k of n at least g rows apart: C(n - (k-1)(g-1), k).
#[test]
fn spaced_sets_have_the_closed_form() {
    let choose = |n: u128, k: u128| (1..=k).fold(1, |c, j| c * (n - k + j) / j);
    for (n, k, g) in [
        (470u32, 15u32, 5u32),
        (732, 12, 30),
        (100, 34, 3),
        (50, 1, 9),
    ] {
        let design = Spaced::new((0..n).collect(), g, &[k as usize]).unwrap();
        let count = NullDesign::new(Design::Spaced(design))
            .unwrap()
            .admissible_sets()
            .1;
        assert_eq!(
            count,
            Some(choose((n - (k - 1) * (g - 1)).into(), k.into()))
        );
    }
    assert!(Spaced::new((0..100).collect(), 3, &[35]).is_err());
    // A graph counts the same: a hole that no set can use.
    let rows: Vec<u32> = (0..60).chain([200]).collect();
    let with_hole = Spaced::new(rows, 4, &[5]).unwrap();
    let count = NullDesign::new(Design::Spaced(with_hole))
        .unwrap()
        .admissible_sets()
        .1;
    assert_eq!(count, Some(choose(60 - 4 * 3, 5) + choose(60 - 3 * 3, 4)));
}

#[test]
fn impossible_designs_are_refused() {
    let stratum = |items: &[&[u32]], sizes: &[usize]| Stratum {
        items: items.iter().map(|item| item.to_vec()).collect(),
        sizes: sizes.to_vec(),
    };
    assert!(Strata::new(3, vec![stratum(&[&[0], &[3]], &[1])]).is_err());
    assert!(Strata::new(3, vec![stratum(&[&[0], &[0]], &[1])]).is_err());
    assert!(Strata::new(3, vec![stratum(&[&[0]], &[2])]).is_err());
    assert!(Strata::new(3, vec![]).is_err());
    assert!(Labels::new(vec![stratum(&[&[0], &[1]], &[2])]).is_err());
    assert!(Labels::new(vec![stratum(&[&[0], &[1], &[2]], &[1, 1])]).is_err());
    // No group has room for three that keep together.
    let tied = Labels::new(vec![stratum(&[&[0, 1, 2], &[3]], &[2, 2])]).unwrap();
    assert!(NullDesign::new(Design::Labels(tied)).is_err());
    assert!(Spaced::new(vec![0, 0, 3], 1, &[1]).is_err());
    assert!(Spaced::new(vec![0, 2, 3], 0, &[1]).is_err());
    assert!(GapShuffle::new(5, &[vec![3]], true).is_err());
    assert!(GapShuffle::new(5, &[vec![3, 5]], true).is_err());
    assert!(Signs::new(vec![1, 0], &[vec![0, 1]]).is_err());
    assert!(Signs::new(vec![0, 1], &[vec![0]]).is_err());
    assert!(Listed::new(5, &[2], vec![0, 1, 2]).is_err());
    assert!(Listed::new(5, &[2], vec![0, 5]).is_err());
    assert!(Listed::new(5, &[2], vec![]).is_err());
}

/// The adapters to test: all hardware, and the software driver where there is nothing else.
fn adapters() -> Vec<Adapter> {
    let all = Adapter::all().unwrap();
    let hardware = |adapter: &Adapter| adapter.kind() != AdapterKind::Software;
    let any_hardware = all.iter().any(hardware);
    let adapters: Vec<Adapter> = all
        .into_iter()
        .filter(|adapter| !any_hardware || hardware(adapter))
        .collect();
    assert!(!adapters.is_empty(), "no adapter: install a Vulkan driver");
    adapters
}

pub fn same_on_both_engines(name: &str, plan: &EventPlan, draws: u64) {
    let range = 0..plan.draws(draws);
    let cpu = Cpu::new(plan, Some(2)).unwrap().run(range.clone()).unwrap();
    let one = Cpu::new(plan, Some(1)).unwrap().run(range.clone()).unwrap();
    assert_eq!(cpu, one, "{name}");
    for adapter in adapters() {
        let mut gpu = Gpu::new(plan, &adapter).unwrap_or_else(|e| panic!("{name}: {e}"));
        let tally = gpu.run(range.clone()).unwrap();
        assert_eq!(tally, cpu, "{name} on {}", adapter.name());
        // Merge equals one shot.
        let half = range.end / 2;
        let mut merged = gpu.run(half..range.end).unwrap();
        merged.merge(&gpu.run(0..half).unwrap()).unwrap();
        assert_eq!(merged, cpu, "{name} on {}", adapter.name());
    }
}

/// The keys of each design, with the groups of its events.
const DESIGNS: &[(&str, &[usize])] = &[
    ("null = \"uniform\"\nwithin = \"month\"", &[5, 9]),
    ("null = \"uniform\"\nwithin = \"weekday\"", &[14]),
    ("null = \"labels\"\nwithin = \"quarter\"", &[5, 9]),
    (
        "null = \"labels\"\ncluster = \"month\"\nkeep = \"units\"",
        &[7, 7],
    ),
    ("null = \"spaced\"\nmin_gap = 6", &[5, 9]),
    ("null = \"spaced\"\nmin_gap = 3\navoid_events = 2", &[3, 4]),
    ("null = \"gap-shuffle\"", &[5, 9]),
    ("null = \"gap-shuffle\"\nends = \"free\"", &[14]),
    ("null = \"signs\"", &[5, 9]),
    ("null = \"signs\"\ncluster = \"month\"", &[14]),
];

/// A plan of changes under a design.
fn plan_of(keys: &str, sizes: &[usize], enumerate: u64) -> EventPlan {
    let statistic = "statistic = [\"mean-change\", \"median-change\"]";
    spread_plan(&format!("{statistic}\n{keys}"), sizes, enumerate)
}

/// A plan over random walks, its events a fortnight apart or, in groups, month by month.
fn spread_plan(keys: &str, sizes: &[usize], enumerate: u64) -> EventPlan {
    spread_over(260, keys, sizes, enumerate)
}

/// The same over so many days.
fn spread_over(days: usize, keys: &str, sizes: &[usize], enumerate: u64) -> EventPlan {
    let panel = common::walks(days, 3);
    let total: usize = sizes.iter().sum();
    let by_month = keys.contains("labels");
    let placed: Vec<(usize, &str)> = (0..total)
        .map(|i| {
            let row = 12 + i * (days - 30) / total;
            let first = match by_month {
                true => jiff::civil::Date::month(panel.dates[row]) % 2 == 0,
                false => i < sizes[0],
            };
            (row, if first { "a" } else { "b" })
        })
        .collect();
    let events = common::events_on(&panel, &placed);
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         [[test]]\nmeasure = \"endpoints\"\nwindow = [-5, 5]\ndays = [0, 5]\n{keys}\n\
         [run]\nseed = 77\nenumerate = {enumerate}\n",
        panel.dates[1]
    ))
    .unwrap();
    compile(&study, &panel, &events, &[])
        .unwrap()
        .plans
        .remove(0)
}

#[test]
fn both_engines_count_the_same_integers() {
    for (keys, sizes) in DESIGNS {
        let plan = plan_of(keys, sizes, 0);
        assert_eq!(plan.design.enumeration(), None, "{keys}");
        same_on_both_engines(keys, &plan, 2 * 8192 + 77);
    }
}

/// Bit sets of more than 2,048 positions do not fit workgroup memory and stand in device memory.
#[test]
fn both_engines_with_many_positions() {
    for keys in [
        "null = \"uniform\"\nwithin = \"year\"",
        "null = \"spaced\"\nmin_gap = 4",
        "null = \"gap-shuffle\"\nends = \"free\"",
    ] {
        let keys = format!("statistic = \"mean-change\"\n{keys}");
        let plan = spread_over(2_600, &keys, &[20, 31], 0);
        assert!(plan.design.positions() > 2_048);
        same_on_both_engines(&keys, &plan, 8192 + 77);
    }
}

#[test]
fn both_engines_enumerate_the_same_sets() {
    let shapes: &[(&str, &[usize])] = &[
        ("null = \"uniform\"", &[2]),
        ("null = \"labels\"", &[7, 7]),
        ("null = \"labels\"\nwithin = \"quarter\"", &[7, 7]),
        (
            "null = \"labels\"\ncluster = \"month\"\nkeep = \"units\"",
            &[7, 7],
        ),
        ("null = \"spaced\"\nmin_gap = 100", &[2, 1]),
        ("null = \"gap-shuffle\"", &[4, 2]),
        ("null = \"signs\"", &[9, 5]),
        ("null = \"signs\"\ncluster = \"month\"", &[14]),
    ];
    for (keys, sizes) in shapes {
        let plan = plan_of(keys, sizes, 100_000);
        let sets = plan
            .design
            .enumeration()
            .unwrap_or_else(|| panic!("{keys}"));
        assert_eq!(Some(u128::from(sets)), plan.design.admissible_sets().1);
        same_on_both_engines(keys, &plan, 10);
    }
}

/// A list of sets: both engines count each once, and one that holds the observed set says so.
#[test]
fn listed_sets_are_counted_once() {
    let panel = common::walks(60, 2);
    let placed = [(10, "a"), (20, "a"), (30, "b")];
    let events = common::events_on(&panel, &placed);
    let study: Study = toml::from_str(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nstatistic = \"mean-change\"\nwindow = [-5, 5]\nmeasure = \"endpoints\"\nnull = \"list\"\n\
         sets = { file = \"sets.csv\", group = \"group\" }\n",
    )
    .unwrap();
    let listed = |sets: &[[usize; 3]]| {
        let rows = |column: fn(usize, usize) -> String| {
            let mut found = common::events_on(&panel, &[(0, "a")]);
            found.rows.clear();
            for (s, set) in sets.iter().enumerate() {
                for (e, &row) in set.iter().enumerate() {
                    let mut one = common::events_on(&panel, &[(row, "a")]).rows.remove(0);
                    one.group = column(s, e);
                    found.rows.push(one);
                }
            }
            found
        };
        let group = |_, e: usize| placed_group(e).to_owned();
        let files = TestFiles {
            sets: Some((rows(|s, _| s.to_string()), rows(group))),
            ..TestFiles::default()
        };
        compile(&study, &panel, &events, &[files]).map(|mut compiled| compiled.plans.remove(0))
    };
    let plan = listed(&[[11, 40, 50], [20, 10, 30], [12, 13, 14], [12, 13, 14]]).unwrap();
    assert_eq!(plan.design.enumeration(), Some(4));
    assert_eq!(plan.words.not_admissible, None);
    same_on_both_engines("list", &plan, 1);
    let without = listed(&[[11, 40, 50], [20, 30, 10]]).unwrap();
    assert!(without.words.not_admissible.is_some());
    let error = listed(&[[11, 40, 58]]).unwrap_err().to_string();
    assert!(error.contains("not eligible"), "{error}");
}

fn placed_group(event: usize) -> &'static str {
    if event < 2 { "a" } else { "b" }
}

/// Least squares by normal equations and Gauss, with nothing in common with the engine's solver.
fn least_squares(x: &[Vec<f64>], y: &[f64]) -> Vec<f64> {
    let k = x[0].len();
    let mut cells = vec![vec![0.0; k + 1]; k];
    for (row, y) in x.iter().zip(y) {
        for i in 0..k {
            for j in 0..k {
                cells[i][j] += row[i] * row[j];
            }
            cells[i][k] += row[i] * y;
        }
    }
    for i in 0..k {
        let pivot = (i..k).max_by(|&a, &b| cells[a][i].abs().total_cmp(&cells[b][i].abs()));
        cells.swap(i, pivot.unwrap());
        let pivot = cells[i].clone();
        for r in (0..k).filter(|&r| r != i) {
            let share = cells[r][i] / pivot[i];
            for (cell, of_pivot) in cells[r].iter_mut().zip(&pivot).skip(i) {
                *cell -= share * of_pivot;
            }
        }
    }
    (0..k).map(|i| cells[i][k] / cells[i][i]).collect()
}

/// Under `signs` an event counts 1 or -1 on the days of its window: effects of single draws against
/// least squares on those counts, windows cut and whole, and the same integers on both engines.
#[test]
fn regressions_with_signs() {
    let panel = common::walks(150, 2);
    // Two on a day, and one whose window is cut.
    let placed = [
        (20, "a"),
        (20, "b"),
        (24, "a"),
        (60, "b"),
        (61, "a"),
        (90, "b"),
        (147, "a"),
    ];
    let events = common::events_on(&panel, &placed);
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         [[test]]\nstatistic = [\"overlap-regression\", \"overlap-regression-t\"]\n\
         window = [-3, 4]\ndays = [0, 4]\npool = \"all\"\nnull = \"signs\"\n\
         [run]\nseed = 5\nenumerate = 0\n",
        panel.dates[1]
    ))
    .unwrap();
    let plan = compile(&study, &panel, &events, &[])
        .unwrap()
        .plans
        .remove(0);
    let rows = panel.dates.len() - 1;
    for index in 0..20 {
        let draw = plan.draw(index);
        let mut x = vec![vec![0.0; 2 * 8 + 1]; rows];
        for (group, positions) in draw.groups.iter().enumerate() {
            for &position in positions {
                let (event, sign) = match position as usize {
                    p if p >= placed.len() => (p - placed.len(), -1.0),
                    p => (p, 1.0),
                };
                for day in 0..8 {
                    let row = placed[event].0 as i64 - 1 - 3 + day;
                    if (0..rows as i64).contains(&row) {
                        x[row as usize][group * 8 + day as usize] += sign;
                    }
                }
            }
        }
        x.iter_mut().for_each(|row| row[16] = 1.0);
        for (h, numerator) in named(&plan).iter().zip(&draw.numerators) {
            if h.key.statistic() != "overlap-regression" {
                continue;
            }
            let series = panel
                .series
                .iter()
                .position(|s| s.name == h.key.series())
                .unwrap();
            let values = &panel.series[series].values;
            let y: Vec<f64> = values
                .windows(2)
                .map(|pair| 100.0 * (pair[1].unwrap() - pair[0].unwrap()))
                .collect();
            let b = least_squares(&x, &y);
            let sum = |group: usize| -> f64 {
                let last = (h.key.relative_day() + 3) as usize;
                b[group * 8..=group * 8 + last].iter().sum()
            };
            let expected = match h.key.group() {
                "a" => sum(0),
                "b" => sum(1),
                _ => sum(0) - sum(1),
            };
            let found = h.value(numerator.unwrap());
            assert!((found - expected).abs() < 1e-8, "{found} {expected}");
        }
    }
    let range = 0..2000;
    let cpu = Cpu::new(&plan, Some(2))
        .unwrap()
        .run(range.clone())
        .unwrap();
    for adapter in adapters() {
        let gpu = Gpu::new(&plan, &adapter)
            .unwrap()
            .run(range.clone())
            .unwrap();
        for (cpu, gpu) in cpu.hypotheses.iter().zip(&gpu.hypotheses) {
            assert_eq!(cpu.thresholds, gpu.thresholds, "{}", adapter.name());
            assert_eq!(cpu.undefined, gpu.undefined);
        }
    }
}

/// Threshold counts of regressions under each design are the same on both engines.
#[test]
fn both_engines_count_regressions_alike() {
    for (keys, sizes) in DESIGNS {
        let statistic = "statistic = \"overlap-regression\"";
        let plan = spread_plan(&format!("{statistic}\n{keys}"), sizes, 0);
        let range = 0..512;
        let cpu = Cpu::new(&plan, Some(2))
            .unwrap()
            .run(range.clone())
            .unwrap();
        for adapter in adapters() {
            let mut gpu = Gpu::new(&plan, &adapter).unwrap_or_else(|e| panic!("{keys}: {e}"));
            let gpu = gpu.run(range.clone()).unwrap();
            for (cpu, gpu) in cpu.hypotheses.iter().zip(&gpu.hypotheses) {
                assert_eq!(
                    cpu.thresholds,
                    gpu.thresholds,
                    "{keys} on {}",
                    adapter.name()
                );
            }
        }
    }
}

/// Laws by dynamic programming along the graph of a design's sets against all sets made one by one:
/// groups, pooled groups, differences, and medians of odd numbers.
#[test]
fn laws_along_graphs_are_those_of_all_sets() {
    let shapes: &[(&str, &[usize])] = &[
        ("null = \"labels\"\nwithin = \"quarter\"", &[7, 7]),
        (
            "null = \"labels\"\ncluster = \"month\"\nkeep = \"units\"",
            &[7, 7],
        ),
        ("null = \"spaced\"\nmin_gap = 100", &[2, 1]),
        ("null = \"spaced\"\nmin_gap = 90\navoid_events = 3", &[3]),
        ("null = \"signs\"", &[9, 4]),
        ("null = \"signs\"\ncluster = \"month\"", &[13]),
        (
            "null = \"uniform\"\nwithin = \"weekday\"\navoid_events = 11",
            &[3],
        ),
    ];
    for (keys, sizes) in shapes {
        let plan = plan_of(keys, sizes, 1_000_000);
        let sets = plan
            .design
            .enumeration()
            .unwrap_or_else(|| panic!("{keys}"));
        let tally = Cpu::new(&plan, None).unwrap().run(0..sets).unwrap();
        let laws = Laws::new(&plan);
        let mut known = BTreeSet::new();
        for (h, hypothesis) in named(&plan).iter().enumerate() {
            let (below, equal) = tally.hypotheses[h].thresholds[0];
            let Ok(law) = laws.tails(h, hypothesis.observed, MOST_OPERATIONS) else {
                continue;
            };
            let share = |count: u64| count as f64 / sets as f64;
            let name = format!(
                "{keys}, {} of {}",
                hypothesis.key.statistic(),
                hypothesis.key.group()
            );
            assert!(
                (law.lower - share(below + equal)).abs() < 1e-13,
                "{name}: {law:?}"
            );
            assert!(
                (law.upper - share(sets - below)).abs() < 1e-13,
                "{name}: {law:?}"
            );
            known.insert((
                hypothesis.key.statistic().to_owned(),
                hypothesis.key.group().to_owned(),
            ));
        }
        // Every mean; medians of a group of an odd number, and of all events if these are odd.
        let mut picked: Vec<usize> = plan.design.segments().iter().map(|s| s.len).collect();
        if picked.len() > 1 {
            picked.push(picked.iter().sum());
        }
        let odd = picked.iter().filter(|&k| k % 2 == 1).count();
        let means = if picked.len() == 1 { 1 } else { 4 };
        assert_eq!(known.len(), means + odd, "{keys}: {known:?}");
    }
}

/// Blackout dates and those near events are no positions, and both are counted in the statement.
#[test]
fn blackouts_are_not_eligible() {
    let panel = common::walks(100, 1);
    let events = common::events_on(&panel, &[(20, "a"), (50, "a"), (70, "a")]);
    let blackout = common::events_on(&panel, &[(30, "a"), (49, "a"), (5, "a")]);
    let study: Study = toml::from_str(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[events]\nfile = \"events.csv\"\n\
         [[test]]\nstatistic = \"mean-change\"\nwindow = [-10, 10]\nmeasure = \"endpoints\"\nnull = \"uniform\"\n\
         blackout = { file = \"news.csv\", margin = 2 }\navoid_events = 3\n",
    )
    .unwrap();
    let files = TestFiles {
        blackout: Some(blackout),
        ..TestFiles::default()
    };
    let plan = compile(&study, &panel, &events, &[files])
        .unwrap()
        .plans
        .remove(0);
    let eligible: Vec<_> = (10..90)
        .filter(|row: &i32| [30, 49, 5].iter().all(|out: &i32| (row - out).abs() > 2))
        .filter(|row| [20, 50, 70].iter().all(|out| (row - out).abs() > 3))
        .map(|row| panel.dates[row as usize])
        .collect();
    assert_eq!(plan.design.positions(), eligible.len());
    assert_eq!(plan.words.dates[..eligible.len()], eligible);
    // The real events stand outside.
    assert!(
        plan.words
            .not_admissible
            .unwrap()
            .contains("outside the pool")
    );
    assert_eq!(
        plan.words.null,
        "uniform(full-window, without news.csv +-2, without events +-3)"
    );
    let ineligible = plan.words.ineligible;
    assert!(
        ineligible.contains("10 dates of news.csv +-2 (within 2 rows)"),
        "{ineligible}"
    );
}

/// The comment or documentation at the top of a file.
fn head(file: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let lines = text.lines().take_while(|line| line.starts_with("//"));
    lines
        .map(|line| line.trim_start_matches(['/', '!']))
        .collect()
}

/// Nothing of a design in the list is forgotten: its file and its shader, which name each other, its row
/// in the page of null designs, its tests.
#[test]
fn each_design_has_its_twin_its_row_and_its_tests() {
    let root = env!("CARGO_MANIFEST_DIR");
    let page = std::fs::read_to_string(format!("{root}/docs/null-designs.md")).unwrap();
    let (_, table) = page.split_once("| null design | a placebo set |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let tests = std::fs::read_dir(format!("{root}/tests/all")).unwrap();
    let tests: Vec<String> = tests
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).unwrap())
        .map(|text| text.replace('\\', ""))
        .collect();
    for null in Null::ALL {
        let facts = null.facts();
        let (name, file) = (facts.name, facts.file);
        let (rust, twin) = (
            format!("src/null/{file}.rs"),
            format!("shaders/null/{file}.wgsl"),
        );
        if facts.moves == Moves::Series {
            assert!(
                head(&format!("{root}/{rust}")).contains("On the CPU alone."),
                "{rust} does not say in its head that it has no twin"
            );
            assert!(facts.shaders.is_empty(), "`{name}` has a shader");
        } else {
            assert!(
                head(&format!("{root}/{rust}")).contains(&format!("Twin: `{twin}`")),
                "{rust} does not name its twin in its head"
            );
            assert!(
                head(&format!("{root}/{twin}")).contains(&format!("Twin: {rust}")),
                "{twin} does not name its twin in its head"
            );
            let source = std::fs::read_to_string(format!("{root}/{twin}")).unwrap();
            let joined = |shader: &placebo::kernel::Shader| shader.files.contains(&source.as_str());
            assert!(
                !facts.shaders.is_empty() && facts.shaders.iter().all(joined),
                "`{name}` has a shader without {twin}"
            );
        }
        assert!(
            table
                .lines()
                .any(|line| line.starts_with(&format!("| `{name}` |"))),
            "the page has no row of `{name}`"
        );
        let asked = format!("null = \"{name}\"");
        assert!(
            tests.iter().any(|text| text.contains(&asked)),
            "no test asks for {asked}"
        );
        assert_eq!(
            serde_json::to_value(null).unwrap(),
            serde_json::Value::from(name)
        );
    }
}
