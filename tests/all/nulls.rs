//! The null designs `labels` and `circular-shift`: frozen streams, exact uniformity, known answers.

use crate::common;
use crate::common::named;
use std::collections::BTreeSet;

use crate::folder::{Folder, STUDY, edit};
use placebo::inference::{Laws, MOST_OPERATIONS};
use placebo::load::Panel;
use placebo::null::{CircularShift, Design, NullDesign, Picks};
use placebo::question::events::{EventPlan, compile};
use placebo::run::{Counted, Prepared, RunOptions, count, report};
use placebo::study::Study;

/// All ways to label events, the groups keeping their sizes and each day one label.
fn all_labellings(groups: &[usize], days: &[Vec<u32>]) -> BTreeSet<Vec<usize>> {
    let n: usize = groups.iter().sum();
    let mut all = vec![Vec::new()];
    for _ in 0..n {
        all = all
            .into_iter()
            .flat_map(|labels: Vec<usize>| {
                (0..groups.len()).map(move |group| [&labels[..], &[group]].concat())
            })
            .collect();
    }
    all.retain(|labels| {
        let size = |group| labels.iter().filter(|&&label| label == group).count();
        (0..groups.len()).all(|group| size(group) == groups[group])
            && days.iter().all(|day| {
                day.iter()
                    .all(|&p| labels[p as usize] == labels[day[0] as usize])
            })
    });
    all.into_iter().collect()
}

#[test]
fn rotations_by_hand() {
    let rotations = CircularShift::new(5, &[vec![1, 4], vec![4]]).unwrap();
    let design = NullDesign::new(Design::CircularShift(rotations)).unwrap();
    let mut picks = Picks::new(7, 3);
    design.sampler().fill(1, 0, 7, &mut picks);
    let rows: Vec<&[u32]> = (0..7).map(|draw| picks.row(draw)).collect();
    let by_hand = [
        [1, 4, 4],
        [2, 0, 0],
        [3, 1, 1],
        [4, 2, 2],
        [0, 3, 3],
        [1, 4, 4],
        [2, 0, 0],
    ];
    assert_eq!(rows, by_hand);
    assert_eq!(design.segments()[1].range(), 2..3);
    assert!(CircularShift::new(5, &[vec![1, 5]]).is_err());
    assert!(CircularShift::new(5, &[vec![1], vec![]]).is_err());
    assert!(CircularShift::new(0, &[]).is_err());
}

/// A plan over a series of changes, an event a day with its group; the last day has none.
fn plan(changes: &[i32], labels: &[&str], keys: &str) -> EventPlan {
    let mut panel: Panel = common::walks(changes.len() + 1, 1);
    let values = changes.iter().chain(&[0]);
    panel.series[0].values = values.map(|&change| Some(f64::from(change))).collect();
    let placed: Vec<(usize, &str)> = labels.iter().copied().enumerate().collect();
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"changes.csv\"]\ntransform = \"none\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nstatistic = \"mean-change\"\nwindow = [0, 1]\ndays = [0]\n{keys}\n[run]\nenumerate = 0\n",
    ))
    .unwrap();
    let events = common::events_on(&panel, &placed);
    compile(&study, &panel, &events, &[])
        .unwrap()
        .plans
        .remove(0)
}

/// The exact p of a group or difference under `labels`, met by Monte Carlo within 4.5 standard
/// errors.
fn labels_p(changes: &[i32], labels: &[&str], group: &str, convention: &str) -> f64 {
    let keys = format!("null = \"labels\"\nconvention = \"{convention}\"");
    let plan = plan(changes, labels, &keys);
    let mut hypotheses = named(&plan).into_iter();
    let h = hypotheses.position(|h| h.key.group() == group).unwrap();
    let exact = Laws::new(&plan).p(h, MOST_OPERATIONS).unwrap();
    const DRAWS: u64 = 200_000;
    let rows = rows(plan, DRAWS);
    let row = rows.iter().find(|row| row.group() == group).unwrap();
    if row.p_reason.is_some() {
        // All events together are the same whatever their labels.
        assert_eq!((row.p, row.p_exact, exact), (None, None, 1.0));
        return exact;
    }
    assert_eq!(row.p_exact, Some(exact));
    let bound = 4.5 * 2.0 * (exact / 2.0 * (1.0 - exact / 2.0) / DRAWS as f64).sqrt();
    assert!((row.p.unwrap() - exact).abs() < bound, "{row:?}");
    exact
}

fn prepared(plans: Vec<EventPlan>) -> Prepared {
    Prepared {
        compiled: placebo::question::events::Compiled {
            plans,
            rules: vec![],
        },
        files: vec![],
        stopping: None,
        tail_fit: false,
    }
}

fn on_cpu(plan: EventPlan, range: std::ops::Range<u64>, draws: u64) -> Counted {
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    count(
        &prepared(vec![plan]),
        range,
        draws,
        &options,
        &mut |_, _| true,
    )
    .unwrap()
}

fn rows(plan: EventPlan, draws: u64) -> Vec<placebo::report::ResultRow> {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = draws;
    let context = prepared(vec![]).context(&study);
    report(context, on_cpu(plan, 0..draws, draws), None, &|| false).results
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-14, "{a} is not {b}");
}

/// Fisher's tea: four of eight cups had milk first, and the lady names four.
#[test]
fn a_lady_tastes_tea() {
    let truth = ["milk", "tea", "tea", "milk", "tea", "milk", "milk", "tea"];
    let says = |right: usize| -> Vec<i32> {
        let (mut milk, mut tea) = (0, 0);
        truth
            .iter()
            .map(|&cup| {
                let (named, of_four) = match cup {
                    "milk" => (&mut milk, right),
                    _ => (&mut tea, 4 - right),
                };
                *named += 1;
                i32::from(*named <= of_four)
            })
            .collect()
    };
    for group in ["milk", "milk - tea"] {
        close(labels_p(&says(4), &truth, group, "upper"), 1.0 / 70.0);
        close(labels_p(&says(3), &truth, group, "upper"), 17.0 / 70.0);
        close(labels_p(&says(4), &truth, group, "symmetric"), 2.0 / 70.0);
    }
    close(labels_p(&says(3), &truth, "tea", "lower"), 17.0 / 70.0);
    close(labels_p(&says(3), &truth, "all", "equal-tailed"), 1.0);
}

/// Gerber and Green's seven villages, two of them treated: the difference of means is 6.5.
#[test]
fn seven_villages() {
    let changes = [15, 15, 20, 20, 10, 15, 30];
    let mut labels = ["control"; 7];
    (labels[0], labels[6]) = ("treated", "treated");
    let difference = "treated - control";
    for (convention, p) in [
        ("upper", 5.0 / 21.0),
        ("symmetric", 8.0 / 21.0),
        ("equal-tailed", 10.0 / 21.0),
    ] {
        close(labels_p(&changes, &labels, difference, convention), p);
    }
    let keys = "null = \"labels\"";
    let plan = plan(&changes, &labels, keys);
    let hypotheses = named(&plan);
    let h = hypotheses
        .iter()
        .find(|h| h.key.group() == difference)
        .unwrap();
    assert_eq!(h.value(h.observed), 6.5);
}

/// The exact law of the difference of two groups that share out all events, at every sum and
/// between sums, against all labellings.
#[test]
fn difference_of_two_groups_that_share_out_all_events() {
    let changes = [3, -7, 12, 0, 5, -2, 9, 4, 4];
    let labels = ["a", "b", "b", "a", "b", "a", "b", "b", "b"];
    for convention in ["equal-tailed", "symmetric"] {
        let keys = format!("null = \"labels\"\nconvention = \"{convention}\"");
        let plan = plan(&changes, &labels, &keys);
        let (h, hypothesis) = named(&plan)
            .into_iter()
            .enumerate()
            .find(|(_, h)| h.key.group() == "a - b")
            .unwrap();
        let differences: Vec<i64> = all_labellings(&[3, 6], &[])
            .iter()
            .map(|labels| {
                let sum = |group| -> i64 {
                    let of = labels
                        .iter()
                        .zip(&changes)
                        .filter(|(label, _)| **label == group);
                    of.map(|(_, &change)| i64::from(change)).sum()
                };
                2 * sum(0) - sum(1)
            })
            .collect();
        let share = |holds: &dyn Fn(i64) -> bool| {
            let met = differences.iter().filter(|&&d| holds(d)).count();
            met as f64 / differences.len() as f64
        };
        for t in -60..60 {
            let tails = Laws::new(&plan).tails(h, t, MOST_OPERATIONS).unwrap();
            close(tails.lower, share(&|d| d <= t));
            close(tails.upper, share(&|d| d >= t));
        }
        let observed = hypothesis.observed;
        let (of_a, of_b) = (3 - 2, -7 + 12 + 5 + 9 + 4 + 4);
        assert_eq!(observed, 2 * of_a - of_b);
        let p = Laws::new(&plan).p(h, MOST_OPERATIONS).unwrap();
        if convention == "symmetric" {
            close(p, share(&|d| d.abs() >= observed.abs()));
        } else {
            close(p, 2.0 * share(&|d| d <= observed));
        }
    }
}

/// Under `together` the shares of all admissible labellings, and the mean of the draws as centre.
#[test]
fn same_day_events_together() {
    let panel = {
        let mut panel = common::walks(9, 1);
        let changes = [3, -7, 12, 0, 5, -2, 9, 4, 0];
        panel.series[0].values = changes.map(|change| Some(f64::from(change))).to_vec();
        panel
    };
    let placed = [
        (0, "a"),
        (1, "b"),
        (2, "b"),
        (2, "b"),
        (4, "a"),
        (5, "a"),
        (6, "b"),
        (5, "a"),
    ];
    let plan = |convention: &str| {
        let study: Study = toml::from_str(&format!(
            "[data]\nfiles = [\"c.csv\"]\ntransform = \"none\"\n\
             [events]\nfile = \"e.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
             [[test]]\nstatistic = [\"mean-change\", \"median-change\"]\nwindow = [0, 1]\n\
             days = [0]\nnull = \"labels\"\nsame_day = \"together\"\nkeep = \"units\"\n\
             convention = \"{convention}\"\n[run]\nenumerate = 0\n",
        ))
        .unwrap();
        let events = common::events_on(&panel, &placed);
        compile(&study, &panel, &events, &[])
            .unwrap()
            .plans
            .remove(0)
    };
    let upper = plan("upper");
    assert_eq!(upper.words.null, "labels(same-day together, keep units)");
    assert_eq!(upper.words.not_admissible, None);
    let days = [vec![2, 3], vec![5, 7]];
    let admissible = all_labellings(&[4, 4], &days);
    assert_eq!(
        upper.design.admissible_sets().1,
        Some(admissible.len() as u128)
    );
    let change = |event: usize| panel.series[0].values[placed[event].0].unwrap() as i64;
    let sum = |labels: &[usize]| -> i64 {
        let of_a = (0..8).filter(|&event| labels[event] == 0);
        of_a.map(change).sum()
    };
    let h = named(&upper)
        .iter()
        .position(|h| h.key.group() == "a" && h.key.statistic() == "mean-change")
        .unwrap();
    let observed = upper.hypotheses[h].observed;
    assert_eq!(observed, 3 + 5 - 2 - 2);
    let count = admissible
        .iter()
        .filter(|labels| sum(labels) >= observed)
        .count();
    let share = count as f64 / admissible.len() as f64;
    let draws = 200_000;
    let row = |plan: EventPlan| {
        let rows = rows(plan, draws);
        let mut rows = rows.into_iter();
        rows.find(|row| row.group() == "a" && row.statistic() == "mean-change")
            .unwrap()
    };
    let found = row(upper.clone());
    let bound = 4.5 * (share * (1.0 - share) / draws as f64).sqrt();
    assert!(
        (found.p.unwrap() - share).abs() < bound,
        "{found:?} {share}"
    );
    assert!((found.p_exact.unwrap() - share).abs() < 1e-13);
    assert_eq!(found.p_exact_engine.unwrap(), "dynamic-programming");

    // How often each group has each event is known.
    let symmetric = plan("symmetric");
    let mut means = named(&symmetric).into_iter();
    assert!(means.all(|h| h.key.statistic() != "mean-change" || h.mirror.is_some()));
    let mean =
        admissible.iter().map(|labels| sum(labels)).sum::<i64>() as f64 / admissible.len() as f64;
    let far =
        |labels: &Vec<usize>| (sum(labels) as f64 - mean).abs() >= (observed as f64 - mean).abs();
    let share =
        admissible.iter().filter(|labels| far(labels)).count() as f64 / admissible.len() as f64;
    let found = row(plan("symmetric"));
    let bound = 4.5 * (share * (1.0 - share) / draws as f64).sqrt();
    assert!(
        (found.p.unwrap() - share).abs() < bound,
        "{found:?} {share}"
    );
}

/// Levels of the made-up series on ten days, in tenths.
const OIL: [i64; 10] = [100, 105, 101, 110, 112, 109, 107, 104, 106, 111];

/// Numerators of all rotations over `n` rows from `first`, of a statistic of the events' changes.
fn rotated(
    rows: &[usize],
    (first, n): (usize, usize),
    change: impl Fn(usize) -> i64,
    statistic: impl Fn(Vec<i64>) -> i64,
) -> Vec<i64> {
    (0..n)
        .map(|shift| {
            let moved = rows.iter().map(|row| first + (row - first + shift) % n);
            statistic(moved.map(&change).collect())
        })
        .collect()
}

/// The p of a convention over all values, the first of which is observed.
fn share(values: &[i64], convention: &str) -> f64 {
    let n = values.len() as i64;
    let (observed, sum) = (values[0], values.iter().sum::<i64>());
    let count = |holds: &dyn Fn(i64) -> bool| {
        values.iter().filter(|&&value| holds(value)).count() as f64 / n as f64
    };
    let lower = count(&|value| value <= observed);
    let upper = count(&|value| value >= observed);
    match convention {
        "lower" => lower,
        "upper" => upper,
        "symmetric" => count(&|value| (value * n - sum).abs() >= (observed * n - sum).abs()),
        _ => (2.0 * lower.min(upper)).min(1.0),
    }
}

/// Every rotation by hand: over rows with a whole window, and over all rows with windows cut.
#[test]
fn circular_shift_equals_all_rotations() {
    let mean = |changes: Vec<i64>| changes.iter().sum::<i64>();
    let median = |mut changes: Vec<i64>| {
        changes.sort_unstable();
        changes[1]
    };
    // A third event, on the second one's day.
    let events = "date\n2024-01-03\n2024-01-06\n2024-01-06\n";
    let rows = [2, 5, 5];
    let whole = |row: usize| OIL[row + 1] - OIL[row - 1];
    let cut = |row: usize| OIL[(row + 1).min(9)] - OIL[row.saturating_sub(1)];
    for convention in ["equal-tailed", "lower", "upper", "symmetric"] {
        for (keys, name, span, change) in [
            (
                "",
                "circular-shift(full-window)",
                (1, 8),
                &whole as &dyn Fn(usize) -> i64,
            ),
            (
                "pool = \"all\"\nedge = \"cut\"",
                "circular-shift(all, cut)",
                (0, 10),
                &cut,
            ),
        ] {
            let keys = format!(
                "window = [-1, 1]\nnull = \"circular-shift\"\nconvention = \"{convention}\"\n{keys}"
            );
            let study = edit(
                STUDY,
                &[
                    ("window = [-1, 1]", &keys),
                    ("\"mean-change\"", "[\"mean-change\", \"median-change\"]"),
                    (
                        "file = \"events.csv\"",
                        "file = \"events.csv\"\nsame_day = \"count\"",
                    ),
                ],
            );
            let folder = Folder::with(&[("study.toml", &study), ("events.csv", events)]);
            let run = ["run", "study.toml", "--device", "cpu", "--format", "json"];
            // However many draws are asked for, and raw or not: the answer is the same.
            for flags in [&[][..], &["--draws", "3"], &["--raw", "--draws", "1e9"]] {
                let output = folder.placebo(&[&run, flags].concat());
                assert!(output.status.success(), "{output:?}");
                let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(report["manifest"]["engine"], "enumeration");
                let null = &report["manifest"]["nulls"][0];
                assert_eq!(null["design"], "circular-shift");
                assert_eq!(null["admissible_sets"], span.1.to_string());
                assert_eq!(null["observed_admissible"], true);
                let tails = if convention == "equal-tailed" {
                    2.0
                } else {
                    1.0
                };
                assert_eq!(null["p_step"], tails / span.1 as f64);
                for row in report["results"].as_array().unwrap() {
                    let values = match row["statistic"].as_str().unwrap() {
                        "mean-change" => rotated(&rows, span, change, mean),
                        _ => rotated(&rows, span, change, median),
                    };
                    let count = |holds: fn(&i64, i64) -> bool| {
                        values
                            .iter()
                            .filter(|&value| holds(value, values[0]))
                            .count()
                    };
                    assert_eq!(row["null"], name);
                    assert_eq!(row["engine"], "enumeration");
                    assert_eq!(row["convention"], convention);
                    assert_eq!(row["draws"], span.1);
                    assert_eq!(row["below"], count(|value, observed| *value < observed));
                    assert_eq!(row["equal"], count(|value, observed| *value == observed));
                    assert_eq!(row["above"], count(|value, observed| *value > observed));
                    let p = share(&values, convention);
                    for key in ["p", "p_mc_low", "p_mc_high", "p_exact"] {
                        assert_eq!(row[key], p, "{key} of {row:#}");
                    }
                    assert_eq!(row["p_lower"], share(&values, "lower"));
                    assert!(row["p_exact_reason"].is_null());
                }
            }
        }
    }
}

/// The bundled events under `labels`: the number of labellings, and Monte Carlo against the exact
/// laws, those of differences of means among them.
#[test]
fn labels_of_the_bundled_study() {
    const DRAWS: u64 = 400_000;
    let mut study = Study::open(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/release_changes.toml"
    ))
    .unwrap();
    study.run.draws = DRAWS;
    study.tests[0].null = placebo::study::Null::Labels;
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    let run = |study: &Study| placebo::run::run(study, &options, &mut |_, _| true).unwrap();
    let apart = run(&study);
    let sets = |report: &placebo::report::Report| report.manifest.nulls[0].admissible_sets.clone();
    // 47! / (23! 24!)
    assert_eq!(sets(&apart).unwrap(), "16123801841550");
    let mut differences = 0;
    for row in &apart.results {
        let Some(exact) = row.p_exact else {
            if row.p_reason.is_some() && row.group() == "all" {
                continue;
            }
            assert_eq!(
                (row.statistic(), row.group()),
                ("median-change", "open - closed")
            );
            continue;
        };
        let bound = 9.0 * (exact / 2.0 * (1.0 - exact / 2.0) / DRAWS as f64).sqrt();
        assert!(
            (row.p.unwrap() - exact).abs() < bound + 2.0 / DRAWS as f64,
            "{row:?}"
        );
        differences += usize::from(row.group() == "open - closed");
    }
    assert_eq!(differences, 7);

    // The two closed releases of 2023-03-14 together, as many clusters a label: 46! / (23! 23!); as many
    // events: 45! / (21! 24!) + 45! / (23! 22!)
    study.tests[0].same_day = Some(placebo::study::LabelDays::Together);
    assert_eq!(sets(&run(&study)).unwrap(), "8233430727600");
    study.tests[0].keep = Some(placebo::study::Keep::Units);
    assert_eq!(sets(&run(&study)).unwrap(), "7890371113950");
}

/// Rotations over all rows that wrap take every row; cut ones those whose window holds two days.
#[test]
fn rotations_over_all_rows() {
    let panel = common::walks(40, 1);
    let events = common::events_on(&panel, &[(3, "a"), (20, "a"), (30, "b")]);
    for (keys, name, positions) in [
        ("", "circular-shift(all, wrap)", 40),
        ("edge = \"cut\"", "circular-shift(all, cut)", 34),
    ] {
        let study: Study = toml::from_str(&format!(
            "[data]\nfiles = [\"walks.csv\"]\n[events]\nfile = \"e.csv\"\ngroup = \"group\"\n\
             [[test]]\nstatistic = \"mean-change\"\nwindow = [5, 9]\nmeasure = \"endpoints\"\n\
             null = \"circular-shift\"\npool = \"all\"\n{keys}\n",
        ))
        .unwrap();
        let plans = compile(&study, &panel, &events, &[]).unwrap().plans;
        assert_eq!(plans[0].words.null, name);
        assert_eq!(plans[0].design.positions(), positions);
        assert_eq!(plans[0].draws(7), positions as u64);
        assert_eq!(plans[0].draw(0).groups, [vec![3, 20], vec![30]]);
        let moved = positions as u32 - 20;
        assert_eq!(
            plans[0].draw(moved.into()).groups,
            [vec![3 + moved, 0], vec![10]]
        );
    }
}

/// The sentences that go with an enumeration, and a study that mixes engines.
#[test]
fn an_enumeration_is_stated() {
    let more = "window = [-1, 1]\nmeasure = \"endpoints\"\n[[test]]\nstatistic = \"mean-change\"\n\
                null = \"circular-shift\"\nwindow = [-1, 1]";
    let study = edit(STUDY, &[("window = [-1, 1]", more)]);
    let folder = Folder::with(&[("study.toml", &study)]);
    let text = |args: &[&str]| {
        let output = folder.placebo(args);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let run = text(&["run", "study.toml", "--device", "cpu", "--details"]);
    for part in [
        "Each placebo set moves the events together, 2, around the 8 dates",
        "8 rotations, each made once; the observed set, moved by 0, is one of them. p moves in steps of 2/8 = 0.2500; neighbouring rotations correlate at ",
        "a stationary series",
        "b/n over all n = 8 rotations, ties in both tails; without Monte Carlo error.",
        "(b+1)/(m+1) from m = 100 draws",
        "Engine enumeration and monte-carlo on CPU",
    ] {
        assert!(run.contains(part), "`{part}` is not in {run}");
    }
    let check = text(&["check", "study.toml"]);
    assert!(check.contains("108 draws and the exact laws"), "{check}");
    let draw = text(&["draw", "study.toml", "--index", "7"]);
    // Moved by 7 of 8 is moved back by one.
    assert!(draw.contains("all: 2024-01-02 2024-01-05"), "{draw}");
}

/// Range files of a study with an enumeration merge to one shot, with fewer draws than rotations
/// and with more.
#[test]
fn range_files_of_an_enumeration() {
    let more = "window = [-1, 1]\nmeasure = \"endpoints\"\n[[test]]\nstatistic = \"median-change\"\n\
                null = \"circular-shift\"\nwindow = [-1, 1]";
    let study = edit(STUDY, &[("window = [-1, 1]", more)]);
    let folder = Folder::with(&[("study.toml", &study)]);
    let run = |args: &[&str]| {
        let all = [&["run", "study.toml", "--device", "cpu", "--quiet"], args].concat();
        let output = folder.placebo(&all);
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    let results = |json: &[u8]| {
        let report: serde_json::Value = serde_json::from_slice(json).unwrap();
        assert_eq!(report["manifest"]["complete"], true);
        report["results"].clone()
    };
    for (draws, ranges) in [
        ("5", ["0..2", "2..3", "3..5"]),
        ("100", ["0..3", "3..40", "40..100"]),
    ] {
        for range in ranges {
            run(&["--draws", draws, "--range", range, "--tally", range]);
        }
        let whole = run(&["--draws", draws, "--format", "json"]);
        let merge =
            |files: &[&str]| folder.placebo(&[&["merge", "--format", "json"], files].concat());
        let merged = merge(&[ranges[2], ranges[0], ranges[1]]);
        assert_eq!(results(&merged.stdout), results(&whole));
        assert_eq!(results(&whole)[1]["draws"], 8);

        let missing = String::from_utf8(merge(&ranges[..2]).stderr).unwrap();
        let remedy = format!("run --range {}", ranges[2]);
        assert!(missing.contains(&remedy), "{missing}");
    }
}

/// Ranges of an enumeration: whatever is asked for, the parts make up all rotations once.
#[test]
fn parts_of_an_enumeration() {
    let labels = ["a", "b", "a", "a", "b", "b", "b", "a"];
    let keys = "null = \"circular-shift\"";
    let plan = plan(&[4, 1, -3, 0, 2, 2, 5, -8], &labels, keys);
    assert_eq!((plan.draws(3), plan.draws(1000)), (8, 8));
    for asked in [3u64, 8, 1000] {
        let whole = on_cpu(plan.clone(), 0..asked, asked);
        assert!(whole.complete);
        assert_eq!(
            whole.answers[0].tally.ranges().as_slice(),
            std::slice::from_ref(&(0..8))
        );
        let mut merged = placebo::engine::Tally::empty(&plan);
        for range in [2..asked, 0..1, 1..2] {
            let part = on_cpu(plan.clone(), range, asked);
            assert!(part.complete);
            merged.merge(&part.answers[0].tally).unwrap();
        }
        assert!(merged == whole.answers[0].tally, "{asked}");
    }
    assert_eq!(plan.part(&(500..600), 1000), 8..8);
}

/// Stopped before the draws have given a centre: nothing is reported, and nothing breaks.
#[test]
fn an_interrupted_first_pass_gives_no_rows() {
    let keys = "null = \"circular-shift\"\nconvention = \"symmetric\"";
    let mut median = plan(&[4, 1, -3, 0, 2], &["a", "b", "a", "a", "b"], keys);
    for hypothesis in &mut median.hypotheses {
        hypothesis.mirror = None;
    }
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        chunk: Some(2),
        ..Default::default()
    };
    let prepared = prepared(vec![median.clone(), median]);
    let counted = count(&prepared, 0..9, 9, &options, &mut |_, _| false).unwrap();
    assert!(!counted.complete);
    assert!(counted.answers.iter().all(|of| of.tally.draws() == 0));
}

/// A part of an enumeration gives no rows, and says so.
#[test]
fn an_interrupted_enumeration_is_no_p_value() {
    let labels = ["a", "b", "a", "a", "b", "b", "b", "a"];
    let changes = [4, 1, -3, 0, 2, 2, 5, -8];
    let plans = ["null = \"circular-shift\"", "null = \"labels\""]
        .map(|keys| plan(&changes, &labels, keys));
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        chunk: Some(3),
        ..Default::default()
    };
    let prepared = prepared(plans.to_vec());
    for (chunks, rows) in [(1, 0), (3, 4), (4, 8)] {
        let mut left = chunks;
        let counted = count(&prepared, 0..1000, 1000, &options, &mut |_, _| {
            left -= 1;
            left > 0
        })
        .unwrap();
        assert!(!counted.complete);
        let mut study = Study::open("andrews-farboodi").unwrap();
        study.run.draws = 1000;
        let report = report(prepared.context(&study), counted, None, &|| true);
        assert_eq!(report.results.len(), rows);
        assert_eq!(report.manifest.engine, "enumeration and monte-carlo");
        let notes = report.manifest.head.notes.join("\n");
        let partial = "[[test]] 1 has 3 of 8 draws; a part of an enumeration gives no p-value";
        assert_eq!(notes.contains(partial), chunks == 1, "{notes}");
    }
}
