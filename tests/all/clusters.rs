//! `labels` dealt to clusters of unequal size: every count against brute force over all ways to label the
//! clusters, in fractions of whole numbers.

use crate::common;
use crate::common::named;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::folder::Folder;
use nalgebra::{DMatrix, DVector};
use placebo::engine::{Adapter, Cpu, Engine, Gpu};
use placebo::inference::{Laws, MOST_OPERATIONS};
use placebo::load::Events;
use placebo::null::{Picks, philox4x32_10};
use placebo::question::events::{EventPlan, TestFiles, compile};
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::study::Study;

/// Events, one a row of a series of returns from row 1 on.
#[derive(Debug, Clone)]
struct Case {
    scores: Vec<i64>,
    groups: Vec<usize>,
    clusters: Vec<usize>,
    strata: Vec<usize>,
    units: bool,
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// Words of a generator of the tests' own.
fn words(seed: u32) -> impl FnMut(u32) -> u32 {
    let mut at = 0;
    move |below| {
        at += 1;
        philox4x32_10([at, seed, 0, 4711], [3, 5])[0] % below
    }
}

impl Case {
    /// Ten clusters of one to ten events with scores of their own, every other one of group `a`.
    fn ten() -> Case {
        let mut word = words(0);
        let sizes: Vec<usize> = (0..10).flat_map(|c| vec![c; c + 1]).collect();
        Case {
            scores: sizes
                .iter()
                .map(|&c| 2 * c as i64 - i64::from(word(13)))
                .collect(),
            groups: sizes.iter().map(|c| c % 2).collect(),
            strata: vec![0; sizes.len()],
            clusters: sizes,
            units: false,
        }
    }

    /// A small design at random: two or three groups, one or two strata, scores with ties.
    fn random(seed: u32) -> Case {
        let mut word = words(seed);
        let (strata, groups) = (1 + word(2) as usize, 2 + word(2) as usize);
        let (mut case, mut cluster) = (
            Case {
                scores: vec![],
                groups: vec![],
                clusters: vec![],
                strata: vec![],
                units: seed % 3 == 2,
            },
            0,
        );
        for stratum in 0..strata {
            for number in 0..groups + word(3) as usize {
                let group = match number < groups {
                    true => number,
                    false => word(groups as u32) as usize,
                };
                for _ in 0..1 + word(4) {
                    case.scores.push(i64::from(word(9)) - 4);
                    case.groups.push(group);
                    case.clusters.push(cluster);
                    case.strata.push(stratum);
                }
                cluster += 1;
            }
        }
        case
    }

    fn group_count(&self) -> usize {
        self.groups.iter().max().unwrap() + 1
    }

    fn files(&self, events: &Events) -> TestFiles {
        let column = |of: &[usize]| {
            let mut column = events.clone();
            for (row, part) in column.rows.iter_mut().zip(of) {
                row.group = part.to_string();
            }
            Some(column)
        };
        TestFiles {
            cluster: column(&self.clusters),
            within: column(&self.strata),
            ..TestFiles::default()
        }
    }

    /// The plan of some statistics; `keys` of the test and of `[run]`.
    fn plan(&self, statistics: &str, keys: &str, run: &str) -> EventPlan {
        let mut panel = common::walks(self.scores.len() + 4, 1);
        for (row, value) in panel.series[0].values.iter_mut().enumerate() {
            let event = row.checked_sub(1).and_then(|event| self.scores.get(event));
            *value = Some(event.map_or(0.0, |&score| score as f64));
        }
        let placed: Vec<(usize, &str)> = (1..)
            .zip(self.groups.iter().map(|&group| NAMES[group]))
            .collect();
        let events = common::events_on(&panel, &placed);
        let groups: Vec<String> = NAMES[..self.group_count()]
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let study: Study = toml::from_str(&format!(
            "[data]\nfiles = [\"r.csv\"]\ntransform = \"none\"\n\
             [events]\nfile = \"e.csv\"\ngroup = \"group\"\ngroups = [{}]\n\
             [[test]]\nstatistic = [{statistics}]\nnull = \"labels\"\nwindow = [0, 1]\ndays = [0]\n\
             cluster = {{ column = \"c\" }}\nwithin = {{ column = \"s\" }}\n{}\n{keys}\n\
             [run]\nseed = 9\n{run}\n",
            groups.join(", "),
            if self.units { "keep = \"units\"" } else { "" },
        ))
        .unwrap();
        let files = self.files(&events);
        compile(&study, &panel, &events, std::slice::from_ref(&files))
            .unwrap()
            .plans
            .remove(0)
    }

    /// Every admissible label of each event, by brute force.
    fn labellings(&self) -> Vec<Vec<usize>> {
        let clusters = self.clusters.iter().max().unwrap() + 1;
        let strata = self.strata.iter().max().unwrap() + 1;
        let kept = |labels: &[usize]| {
            let mut counts = vec![vec![0; self.group_count()]; strata];
            let mut seen = BTreeSet::new();
            for (event, &cluster) in self.clusters.iter().enumerate() {
                if self.units || seen.insert(cluster) {
                    counts[self.strata[event]][labels[cluster]] += 1;
                }
            }
            counts
        };
        let observed: Vec<usize> = (0..clusters)
            .map(|c| self.groups[self.clusters.iter().position(|&of| of == c).unwrap()])
            .collect();
        let wanted = kept(&observed);
        let mut all = Vec::new();
        let mut labels = vec![0; clusters];
        'all: loop {
            if kept(&labels) == wanted {
                all.push(self.clusters.iter().map(|&c| labels[c]).collect());
            }
            for label in &mut labels {
                *label += 1;
                if *label < self.group_count() {
                    continue 'all;
                }
                *label = 0;
            }
            return all;
        }
    }

    /// The fraction that a statistic of a contrast is, in scores.
    fn value(&self, labels: &[usize], contrast: &str, statistic: &str) -> (i128, i128) {
        let of = |name: &str| -> (i128, i128) {
            let group = NAMES.iter().position(|&known| known == name);
            let mut scores: Vec<i128> = (0..labels.len())
                .filter(|&event| group.is_none_or(|group| labels[event] == group))
                .map(|event| i128::from(self.scores[event]))
                .map(|score| match statistic.contains("absolute") {
                    true => score.abs(),
                    false => score,
                })
                .collect();
            scores.sort_unstable();
            let k = scores.len();
            match statistic.contains("mean") {
                true => (scores.iter().sum(), k as i128),
                false => (scores[(k - 1) / 2] + scores[k / 2], 2),
            }
        };
        match contrast.split_once(" - ") {
            None => of(contrast),
            Some((a, b)) => {
                let ((p, q), (r, s)) = (of(a), of(b));
                (p * s - r * q, q * s)
            }
        }
    }

    /// Below, equal, above, of all labellings; and the sum of their values.
    fn brute_force(&self, contrast: &str, statistic: &str) -> ([u64; 3], f64) {
        let observed = self.value(&self.groups, contrast, statistic);
        let (mut counts, mut sum) = ([0; 3], 0.0);
        for labels in self.labellings() {
            let (p, q) = self.value(&labels, contrast, statistic);
            sum += p as f64 / q as f64;
            counts[match (p * observed.1).cmp(&(observed.0 * q)) {
                Ordering::Less => 0,
                Ordering::Equal => 1,
                Ordering::Greater => 2,
            }] += 1;
        }
        (counts, sum)
    }
}

const CHANGES: &str =
    "\"mean-change\", \"median-change\", \"mean-absolute-change\", \"median-absolute-change\"";

/// All rows of an enumerated case against brute force.
fn compare(case: &Case) {
    let plan = case.plan(CHANGES, "", "");
    let labellings = case.labellings();
    let sets = labellings.len() as u64;
    assert_eq!(
        plan.design.admissible_sets().1,
        Some(sets.into()),
        "{case:?}"
    );
    assert_eq!(plan.design.enumeration(), Some(sets));
    assert!(plan.words.not_admissible.is_none());
    let drawn: BTreeSet<Vec<Vec<u32>>> = sorted(&plan, sets).into_iter().collect();
    let wanted: BTreeSet<Vec<Vec<u32>>> = labellings
        .iter()
        .map(|labels| {
            (0..case.group_count())
                .map(|g| {
                    (0..)
                        .zip(labels)
                        .filter(|(_, of)| **of == g)
                        .map(|(e, _)| e)
                        .collect()
                })
                .collect()
        })
        .collect();
    assert_eq!(drawn, wanted, "{case:?}");
    let tally = Cpu::new(&plan, Some(1)).unwrap().run(0..sets).unwrap();
    for (h, tally) in named(&plan).iter().zip(&tally.hypotheses) {
        let (counts, _) = case.brute_force(h.key.group(), h.key.statistic());
        let (below, equal) = tally.thresholds[0];
        let found = [below, equal, sets - below - equal];
        assert_eq!(
            found,
            counts,
            "{} {} {case:?}",
            h.key.group(),
            h.key.statistic()
        );
        let (p, q) = case.value(&case.groups, h.key.group(), h.key.statistic());
        // Correctly rounded, as a division of small whole numbers is.
        assert_eq!(
            h.value(h.observed),
            p as f64 / q as f64,
            "{} {}",
            h.key.group(),
            h.key.statistic()
        );
    }
}

/// The groups of the first draws, each sorted.
fn sorted(plan: &EventPlan, draws: u64) -> Vec<Vec<Vec<u32>>> {
    let mut sampler = plan.design.sampler();
    let mut picks = Picks::new(1, plan.design.picks());
    let draws = (0..draws).map(|index| {
        sampler.fill(plan.seed, index, 1, &mut picks);
        let groups = plan.design.segments().iter().map(|segment| {
            let mut group = segment.of(picks.row(0)).to_vec();
            group.sort_unstable();
            group
        });
        groups.collect()
    });
    draws.collect()
}

#[test]
fn ten_clusters_of_one_to_ten_events() {
    let mut case = Case::ten();
    compare(&case);
    assert_eq!(case.labellings().len(), 252);
    case.units = true;
    compare(&case);
    assert_eq!(case.labellings().len(), 39);
}

#[test]
fn small_designs_at_random() {
    for seed in 1..=40 {
        compare(&Case::random(seed));
    }
}

/// Rows of a run.
fn rows(plan: EventPlan, draws: u64, device: &str) -> Vec<placebo::report::ResultRow> {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = draws;
    let prepared = Prepared {
        compiled: placebo::question::events::Compiled {
            plans: vec![plan],
            rules: vec![],
        },
        files: vec![],
        stopping: None,
        tail_fit: false,
    };
    let options = RunOptions {
        device: device.parse().unwrap(),
        ..RunOptions::default()
    };
    let counted = count(&prepared, 0..draws, draws, &options, &mut |_, _| true).unwrap();
    report(prepared.context(&study), counted, None, &|| false).results
}

/// p, the mean of the null, and the family, of the ten clusters in full.
#[test]
fn rows_of_ten_clusters() {
    let case = Case::ten();
    let found = rows(case.plan(CHANGES, "family = {}", ""), 1, "cpu");
    assert_eq!(found.len(), 4 * 4);
    for row in &found {
        let ([below, equal, above], sum) = case.brute_force(row.group(), row.statistic());
        assert_eq!((row.draws, row.engine.as_str()), (Some(252), "enumeration"));
        let mean = sum / 252.0;
        assert!(
            (row.null_mean.unwrap() - mean).abs() < 1e-6 * (1.0 + mean.abs()),
            "{row:?}"
        );
        if row.group() == "all" {
            // However the labels are dealt, all events are the same ones.
            assert_eq!((row.p, row.p_exact), (None, None));
            assert!(
                row.p_reason
                    .as_ref()
                    .unwrap()
                    .contains("no placebo set can give another value"),
                "{row:?}"
            );
            assert_eq!((row.null_q025, row.null_q975), (row.observed, row.observed));
            continue;
        }
        let p = 2.0 * (below + equal).min(above + equal) as f64 / 252.0;
        assert_eq!(
            (row.p, row.p_exact),
            (Some(p.min(1.0)), Some(p.min(1.0))),
            "{row:?}"
        );
        assert!(row.p_maxt >= row.p, "{row:?}");
    }
}

/// Negated scores, exchanged groups and another order of events leave every equal-tailed p as it is.
#[test]
fn laws_of_symmetry() {
    for seed in 1..=12 {
        let case = Case::random(seed);
        let p = |case: &Case, name: &dyn Fn(&str) -> String| {
            let rows = rows(
                case.plan("\"mean-change\", \"median-change\"", "", ""),
                1,
                "cpu",
            );
            let of = |row: placebo::report::ResultRow| {
                ((name(row.group()), row.statistic().to_owned()), row.p)
            };
            let mut rows: Vec<_> = rows.into_iter().map(of).collect();
            rows.sort_by(|a, b| a.0.cmp(&b.0));
            rows
        };
        let same = |name: &str| name.to_owned();
        let plain = p(&case, &same);
        let mut negated = case.clone();
        negated.scores.iter_mut().for_each(|score| *score = -*score);
        assert_eq!(p(&negated, &same), plain, "{case:?}");
        let mut reversed = case.clone();
        for of in [
            &mut reversed.groups,
            &mut reversed.clusters,
            &mut reversed.strata,
        ] {
            of.reverse();
        }
        reversed.scores.reverse();
        assert_eq!(p(&reversed, &same), plain, "{case:?}");
        if case.group_count() == 2 {
            let mut exchanged = case.clone();
            exchanged
                .groups
                .iter_mut()
                .for_each(|group| *group = 1 - *group);
            let name = |name: &str| match name {
                "a" => "b".to_owned(),
                "b" => "a".to_owned(),
                name => name.to_owned(),
            };
            assert_eq!(p(&exchanged, &name), plain, "{case:?}");
        }
    }
}

/// Where sets are drawn, a group's mean has an exact law all the same: of the sum of what its events
/// are above the observed mean. Differences and medians have none, and say why.
#[test]
fn exact_laws_of_means() {
    let cases = [
        Case::ten(),
        Case::random(3),
        Case::random(4),
        Case::random(7),
    ];
    for case in cases {
        let plan = case.plan(
            "\"mean-change\", \"mean-absolute-change\"",
            "",
            "enumerate = 0",
        );
        assert_eq!(plan.design.enumeration(), None);
        let laws = Laws::new(&plan);
        for (h, of) in named(&plan).iter().enumerate() {
            let ([below, equal, above], _) = case.brute_force(of.key.group(), of.key.statistic());
            let sets = (below + equal + above) as f64;
            let p = (2.0 * (below + equal).min(above + equal) as f64 / sets).min(1.0);
            match laws.p(h, MOST_OPERATIONS) {
                Ok(found) => assert!((found - p).abs() < 1e-12, "{} {found} {p}", of.key.group()),
                Err(reason) => {
                    assert!(
                        of.key.group().contains(" - "),
                        "{} {reason}",
                        of.key.group()
                    );
                    assert!(reason.contains("numbers of events vary"), "{reason}");
                }
            }
        }
        let plan = case.plan("\"median-change\"", "", "enumerate = 0");
        let varies = plan
            .design
            .segments()
            .iter()
            .any(|segment| segment.varies());
        let reason = Laws::new(&plan).p(0, MOST_OPERATIONS);
        assert!(!varies || reason.is_err(), "{reason:?}");
    }
}

/// Draws agree with the law: shares of each labelling, and the counts of every statistic.
#[test]
fn draws_are_even_over_all_labellings() {
    let case = Case::ten();
    let plan = case.plan(CHANGES, "", "enumerate = 0");
    let draws = 50_000u64;
    let mut found = std::collections::BTreeMap::new();
    for set in sorted(&plan, draws) {
        *found.entry(set).or_insert(0u64) += 1;
    }
    assert_eq!(found.len(), 252);
    let mean = draws as f64 / 252.0;
    let chi: f64 = found
        .values()
        .map(|&n| (n as f64 - mean).powi(2) / mean)
        .sum();
    // The 0.999 quantile of 251 degrees of freedom is 325.
    assert!(chi < 325.0, "{chi}");
    let tally = Cpu::new(&plan, Some(2)).unwrap().run(0..draws).unwrap();
    for (h, tally) in named(&plan).iter().zip(&tally.hypotheses) {
        let (counts, _) = case.brute_force(h.key.group(), h.key.statistic());
        let (below, equal) = tally.thresholds[0];
        for (found, wanted) in [(below, counts[0]), (equal, counts[1])] {
            let share = wanted as f64 / 252.0;
            let error = (share * (1.0 - share) / draws as f64).sqrt();
            let off = found as f64 / draws as f64 - share;
            assert!(
                off.abs() <= 4.5 * error,
                "{} {}: {off} {error}",
                h.key.group(),
                h.key.statistic()
            );
        }
    }
}

fn adapters() -> Vec<Adapter> {
    let found = Adapter::all().unwrap();
    assert!(
        !found.is_empty(),
        "a Vulkan driver, such as lavapipe, is needed"
    );
    found
}

/// Medians and regressions have twins on a device; means say why they stay on the CPU.
#[test]
fn both_engines_count_the_same() {
    let statistics = [
        "\"median-change\", \"median-absolute-change\"",
        "\"overlap-regression\", \"overlap-regression-t\"",
    ];
    for (statistics, run) in statistics
        .iter()
        .flat_map(|s| [(s, ""), (s, "enumerate = 0")])
    {
        let small = [1, 4, 6].map(Case::random);
        let small = small.into_iter().filter(|_| statistics.contains("median"));
        for case in small.chain([Case::ten()]) {
            let plan = case.plan(statistics, "", run);
            let range = 0..plan.draws(5_000);
            let cpu = Cpu::new(&plan, Some(2))
                .unwrap()
                .run(range.clone())
                .unwrap();
            for adapter in adapters() {
                let tally = Gpu::new(&plan, &adapter)
                    .unwrap()
                    .run(range.clone())
                    .unwrap();
                for (a, b) in tally.hypotheses.iter().zip(&cpu.hypotheses) {
                    assert_eq!(a.thresholds, b.thresholds, "{statistics} {run}");
                }
            }
        }
    }
    let plan = Case::ten().plan("\"mean-change\"", "", "");
    for adapter in adapters() {
        let error = Gpu::new(&plan, &adapter).err().unwrap().to_string();
        assert!(
            error.contains("clusters of unequal size are ratios"),
            "{error}"
        );
    }
}

/// Effects of the overlap regression over all 252 labellings, against dense least squares.
#[test]
fn regressions_of_ten_clusters() {
    let case = Case::ten();
    let plan = case.plan("\"overlap-regression\"", "", "");
    let n = case.scores.len() + 4;
    let y = DVector::from_fn(n, |row, _| {
        let event = row.checked_sub(1).and_then(|event| case.scores.get(event));
        event.map_or(0.0, |&score| score as f64)
    });
    for index in 0..252 {
        let draw = plan.draw(index);
        // Days 0 and 1 of either group, and the constant.
        let x = DMatrix::from_fn(n, 5, |row, column| {
            if column == 4 {
                return 1.0;
            }
            let (group, day) = (&draw.groups[column / 2], column % 2);
            let count = group
                .iter()
                .filter(|&&event| event as usize + 1 + day == row)
                .count();
            count as f64
        });
        let fit = x.clone().svd(true, true).solve(&y, 1e-10).unwrap();
        for (h, numerator) in named(&plan).iter().zip(&draw.numerators) {
            let wanted = match h.key.group() {
                "a" => fit[0],
                "b" => fit[2],
                _ => fit[0] - fit[2],
            };
            let found = h.value(numerator.expect("a value"));
            assert!(
                (found - wanted).abs() < 1e-7,
                "{index} {}: {found} {wanted}",
                h.key.group()
            );
        }
    }
}

/// An effect is in the confidence set where the test of the series without it does not reject.
#[test]
fn intervals_invert_the_test() {
    let case = Case::ten();
    for statistic in ["mean-change", "median-change"] {
        let plan = case.plan(
            &format!("\"{statistic}\""),
            "interval = { level = 0.8 }",
            "",
        );
        let found = rows(plan, 1, "cpu");
        for row in found.iter().filter(|row| row.group() != "all") {
            let (low, high) = (
                row.interval_low.expect("an end"),
                row.interval_high.expect("an end"),
            );
            let set = row.interval_set.as_ref().expect("a set");
            let whole = set.matches('[').count() == 1;
            for tau in -12..=12 {
                // Half steps, so that no effect lies on an end.
                let tau = 2 * tau + 1;
                let mut without = case.clone();
                for (score, group) in without.scores.iter_mut().zip(&case.groups) {
                    let counts = NAMES[*group] == row.group()
                        || row.group() == "a - b" && NAMES[*group] == "a";
                    *score = 4 * *score - if counts { tau } else { 0 };
                }
                let ([below, equal, above], _) = without.brute_force(row.group(), statistic);
                let p = 2.0 * (below + equal).min(above + equal) as f64 / 252.0;
                let kept = p > 0.2 + 1e-12;
                let effect = f64::from(tau as i32) / 4.0;
                let inside = (low..=high).contains(&effect);
                // Medians are tried on whole steps.
                if statistic == "mean-change" {
                    let of = format!("{} {effect}: p {p}, {set}", row.group());
                    assert!(inside || !kept, "{of}");
                    assert!(kept || !inside || !whole, "{of}");
                } else if (effect - low).min(high - effect).abs() > 1.0 {
                    assert!(inside || !kept, "{} {effect}: p {p}, {set}", row.group());
                }
            }
        }
    }
}

const SERIES: &str = "date,y\n2024-01-01,0\n2024-01-02,3\n2024-01-03,1\n2024-01-04,-2\n2024-01-05,4\n\
                      2024-01-08,1\n2024-01-09,0\n2024-01-10,0\n";
const EVENTS: &str = "date,g,c\n2024-01-02,x,k1\n2024-01-03,x,k2\n2024-01-04,x,k2\n2024-01-05,y,k3\n\
                      2024-01-08,y,k4\n";
const STUDY: &str = "[data]\nfiles = [\"r.csv\"]\ntransform = \"none\"\n\
                     [events]\nfile = \"e.csv\"\ngroup = \"g\"\n\
                     [[test]]\nstatistic = [\"mean-change\", \"median-change\"]\nnull = \"labels\"\n\
                     window = [0, 1]\ndays = [0]\n";

/// What a run says of either rule, a draw shown, and keys that say nothing.
#[test]
fn the_rule_is_stated() {
    let of = |keys: &str| {
        Folder::with(&[
            ("r.csv", SERIES),
            ("e.csv", EVENTS),
            ("study.toml", &format!("{STUDY}{keys}\n")),
        ])
    };
    let text = |keys: &str, args: &[&str]| {
        let output = of(keys).placebo(args);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let run = ["run", "study.toml", "--device", "cpu", "--details"];
    let clusters = text("cluster = { column = \"c\" }", &run);
    for part in [
        "labels(by c), window",
        "deals the labels of the 4 clusters of the 5 events anew, as many clusters a label as \
         observed, 2 (x) and 2 (y), which makes 2 to 3 events of x (3 observed) and 2 to 3 events of \
         y (2 observed), in the sample",
        "Possible placebo sets: 6, each made once; the observed set is one of them.",
        "the labels are exchangeable over the clusters of events",
    ] {
        assert!(clusters.contains(part), "`{part}` is not in {clusters}");
    }
    let units = text("cluster = { column = \"c\" }\nkeep = \"units\"", &run);
    for part in [
        "labels(by c, keep units), window",
        "deals the labels of the 4 clusters of the 5 events anew, as many events a label as \
         observed, 3 (x) and 2 (y), in any number of clusters,",
        "Possible placebo sets: 4, each made once",
        "given how many events each label has, every way to label the clusters of events",
    ] {
        assert!(units.contains(part), "`{part}` is not in {units}");
    }
    // The first cluster and the pair of the second one.
    let draw = text(
        "cluster = { column = \"c\" }",
        &["draw", "study.toml", "--index", "0"],
    );
    assert!(
        draw.contains("x: 2024-01-02 2024-01-03 2024-01-04 y: 2024-01-05"),
        "{draw}"
    );
    let refused = |keys: &str, wanted: &str| {
        let output = of(keys).placebo(&run);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(wanted), "`{wanted}` is not in {error}");
    };
    refused("keep = \"units\"", "each is a cluster of its own");
    refused(
        "cluster = { column = \"c\" }\nkeep = \"events\"",
        "`clusters`, `units`",
    );
}
