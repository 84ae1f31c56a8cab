//! Draws that stop by a rule, and tails fitted to the farthest draws.

use crate::common;
use crate::common::named;
use crate::folder::{Folder, STUDY, edit};
use placebo::engine::{Cpu, Engine};
use placebo::inference::{BoundaryTable, Side, Spending, Stop};
use placebo::plan::Image;
use placebo::question::events::{Compiled, EventPlan};
use placebo::report::{Report, ResultRow};
use placebo::run::{Counted, Prepared, RunOptions, count, report};
use placebo::study::{Convention, Stopping, Study};

const BY_EXCEEDANCES: Stopping = Stopping::Exceedances(7);

fn on(device: &str, threads: usize, chunk: Option<u64>) -> RunOptions {
    RunOptions {
        device: device.parse().unwrap(),
        threads: Some(threads),
        chunk,
    }
}

fn prepared(plan: &EventPlan, stopping: Option<Stopping>, tail_fit: bool) -> Prepared {
    Prepared {
        compiled: Compiled {
            plans: vec![plan.clone()],
            rules: vec![],
        },
        files: vec![],
        stopping,
        tail_fit,
    }
}

fn counted(plan: &EventPlan, stopping: Stopping, draws: u64, options: &RunOptions) -> Counted {
    let prepared = prepared(plan, Some(stopping), false);
    count(&prepared, 0..draws, draws, options, &mut |_, _| true).unwrap()
}

fn reported(prepared: &Prepared, draws: u64, options: &RunOptions) -> Report {
    let counted = count(prepared, 0..draws, draws, options, &mut |_, _| true).unwrap();
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = draws;
    report(prepared.context(&study), counted, options.chunk, &|| false)
}

/// A tail as the definition has it: its draws, how they stopped, and where they lie, (below, equal,
/// above).
type Tail = (Side, u64, Option<Stop>, [u64; 3]);

/// The tails of a hypothesis from its draws one by one, and the draw after the last one needed; `None`
/// where some tail has not stopped.
fn by_definition(
    plan: &EventPlan,
    h: usize,
    rule: Stopping,
    draws: &[Vec<Option<i64>>],
) -> (Vec<Tail>, Option<u64>) {
    let hypothesis = &plan.hypotheses[h];
    let observed = hypothesis.observed;
    let sides: &[Side] = match plan.convention {
        Convention::EqualTailed => &[Side::Lower, Side::Upper],
        Convention::Lower => &[Side::Lower],
        Convention::Upper => &[Side::Upper],
        Convention::Symmetric => &[Side::Far],
    };
    let tails = sides.len() as f64;
    let mut boundaries = match rule {
        Stopping::Exceedances(_) => None,
        Stopping::Level(level) => {
            let spending = Spending::new(0.001 / tails, 1000.0).unwrap();
            Some(BoundaryTable::new(level / tails, spending).unwrap())
        }
    };
    let mut found: Vec<Tail> = sides.iter().map(|&side| (side, 0, None, [0; 3])).collect();
    let mut exceedances = vec![0; found.len()];
    for (index, numerators) in draws.iter().enumerate() {
        for (tail, sum) in found.iter_mut().zip(&mut exceedances) {
            if tail.2.is_some() {
                continue;
            }
            let image = hypothesis.mirror.map(|mirror| mirror.counts);
            let reaches = |x: i64| match (tail.0, image) {
                (Side::Lower, _) => x <= observed,
                (Side::Upper, _) => x >= observed,
                (Side::Far, Some(Image::Centre)) => true,
                (Side::Far, Some(Image::AtOrBelow(image))) => x >= observed || x <= image,
                (Side::Far, Some(Image::AtOrAbove(image))) => x <= observed || x >= image,
                (Side::Far, None) => panic!("no centre"),
            };
            // A draw without a value is a draw, and in no tail.
            *sum += i64::from(numerators[h].is_some_and(reaches));
            tail.1 += 1;
            if let Some(x) = numerators[h] {
                tail.3[(x.cmp(&observed) as i8 + 1) as usize] += 1;
            }
            tail.2 = match (rule, &mut boundaries) {
                (Stopping::Level(_), Some(boundaries)) => {
                    let bounds = boundaries.at(tail.1);
                    match *sum {
                        sum if sum <= bounds.lower => Some(Stop::AtMost),
                        sum if sum >= bounds.upper => Some(Stop::Above),
                        _ => None,
                    }
                }
                (Stopping::Exceedances(target), _) => {
                    (*sum == target as i64).then_some(Stop::Reached)
                }
                (Stopping::Level(_), None) => panic!("no boundaries"),
            };
        }
        let decided = found.iter().any(|tail| tail.2 == Some(Stop::AtMost));
        if decided || found.iter().all(|tail| tail.2.is_some()) {
            return (found, Some(index as u64 + 1));
        }
    }
    (found, None)
}

/// Means and medians with ties, several days and groups, all conventions; regressions some of whose
/// draws are singular.
fn plans() -> Vec<EventPlan> {
    let changes = |test: &str| {
        let panel = common::walks(110, 2);
        let events = common::events(&panel, &[1, 5], 12, 98);
        common::compiled_on_changes(&panel, &events, test)
    };
    let two = "statistic = [\"mean-change\", \"median-change\"]\ndays = [0, 10]";
    let mut plans: Vec<EventPlan> = ["equal-tailed", "lower", "upper"]
        .iter()
        .map(|convention| {
            let test = format!("{two}\nconvention = \"{convention}\"");
            common::plan(200, 2, &[4, 7], &test)
        })
        .collect();
    let symmetric = "statistic = \"mean-change\"\nconvention = \"symmetric\"";
    plans.push(common::plan(200, 3, &[4, 7], symmetric));
    plans.push(common::plan(
        300,
        2,
        &[9, 8],
        &format!("null = \"labels\"\n{two}"),
    ));
    plans.push(changes(
        "statistic = [\"overlap-regression\", \"mean-change\"]\ndays = [0, 10]\npool = \"all\"",
    ));
    plans
}

/// Stops, counts and the tally of the draws up to the last stop are those of the draws looked at one
/// by one, whatever the device, the threads and the chunks.
#[test]
fn stops_are_those_of_the_draws_one_by_one() {
    let mut seen = [0; 4];
    for plan in plans() {
        let is_effect = plan.regression().is_some();
        let most: u64 = if is_effect { 400 } else { 3000 };
        let draws: Vec<Vec<Option<i64>>> =
            (0..most).map(|index| plan.draw(index).numerators).collect();
        for rule in [
            Stopping::Exceedances(1),
            BY_EXCEEDANCES,
            Stopping::Exceedances(10_000),
            Stopping::Level(0.05),
            Stopping::Level(0.3),
        ] {
            let by_hand: Vec<_> = (0..plan.hypotheses.len())
                .map(|h| by_definition(&plan, h, rule, &draws))
                .collect();
            let ends: Option<Vec<u64>> = by_hand.iter().map(|(_, end)| *end).collect();
            let last = ends.map_or(most, |ends| ends.into_iter().max().unwrap());
            let tally = Cpu::new(&plan, Some(1)).unwrap().run(0..last).unwrap();
            let mut settings = vec![
                on("cpu", 1, None),
                on("cpu", 2, None),
                on("cpu", 1, Some(64)),
                on("cpu", 2, Some(301)),
                on("gpu", 2, None),
                on("gpu", 1, Some(77)),
            ];
            if rule == BY_EXCEEDANCES && !is_effect {
                settings.push(on("cpu", 2, Some(1)));
            }
            for options in settings {
                let counted = counted(&plan, rule, most, &options);
                let is_gpu = options.device != "cpu".parse().unwrap();
                assert_eq!(counted.device.backend.is_some(), is_gpu);
                assert!(counted.complete);
                // A GPU solves regressions in 32-bit floats: their counts are equal, not their moments.
                if is_gpu && is_effect {
                    assert_eq!(counted.answers[0].tally.ranges(), tally.ranges());
                } else {
                    assert!(counted.answers[0].tally == tally, "{rule}, {options:?}");
                }
                let stops = counted.answers[0].stops.as_ref().unwrap();
                for (stopped, (tails, _)) in stops.iter().zip(&by_hand) {
                    let found: Vec<Tail> = stopped
                        .tails
                        .iter()
                        .map(|tail| {
                            let counts = tail.counts;
                            assert_eq!(counts.draws(), tail.draws.draws());
                            let counts = [counts.below, counts.equal, counts.above];
                            (tail.side, tail.draws.draws(), tail.draws.stop(), counts)
                        })
                        .collect();
                    assert_eq!(found, *tails, "{rule}, {options:?}");
                }
            }
            for (_, _, stop, _) in by_hand.iter().flat_map(|(tails, _)| tails) {
                let kinds = [
                    None,
                    Some(Stop::Reached),
                    Some(Stop::AtMost),
                    Some(Stop::Above),
                ];
                seen[kinds.iter().position(|kind| kind == stop).unwrap()] += 1;
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 10), "{seen:?}");
}

/// p by its definition from the stops; the counts of a row are those of the tail with the smaller p.
#[test]
fn rows_follow_from_the_stops() {
    let most = 3000;
    for plan in &plans()[..5] {
        let draws: Vec<Vec<Option<i64>>> =
            (0..most).map(|index| plan.draw(index).numerators).collect();
        for rule in [BY_EXCEEDANCES, Stopping::Level(0.05)] {
            let report = reported(
                &prepared(plan, Some(rule), false),
                most,
                &on("cpu", 2, None),
            );
            let name = rule.to_string();
            assert_eq!(report.manifest.stopping.as_ref(), Some(&name));
            assert!(report.manifest.complete && report.manifest.head.notes.is_empty());
            assert_eq!(report.results.len(), plan.hypotheses.len());
            for row in &report.results {
                let h = named(plan).iter().position(|h| {
                    (
                        h.key.series(),
                        h.key.group(),
                        h.key.statistic(),
                        h.key.relative_day(),
                    ) == (
                        row.series(),
                        row.group(),
                        row.statistic(),
                        row.relative_day(),
                    )
                });
                if row.p_reason.is_some() {
                    continue;
                }
                let (tails, _) = by_definition(plan, h.unwrap(), rule, &draws);
                let p = |tail: &Tail| {
                    let [below, equal, above] = tail.3;
                    let far = match tail.0 {
                        Side::Lower => below + equal,
                        Side::Upper => above + equal,
                        Side::Far => return row.p.unwrap(),
                    };
                    match tail.2 {
                        Some(Stop::Reached) => 7.0 / tail.1 as f64,
                        _ => (far + 1) as f64 / (tail.1 + 1) as f64,
                    }
                };
                let of = |side| tails.iter().find(|tail| tail.0 == side).map(p);
                assert_eq!(
                    (row.p_lower, row.p_upper),
                    (of(Side::Lower), of(Side::Upper))
                );
                let least = tails.iter().min_by(|a, b| p(a).total_cmp(&p(b))).unwrap();
                let whole = (tails.len() as f64 * p(least)).min(1.0);
                assert_eq!(row.p, Some(whole), "{row:?}");
                assert_eq!(row.draws, Some(least.1));
                assert_eq!(
                    [row.below, row.equal, row.above],
                    least.3.map(Some),
                    "{row:?}"
                );
                assert_eq!(row.stopping.as_ref(), Some(&name));
                let from_draws = |h: usize| {
                    let mirror = plan.hypotheses[h].mirror;
                    mirror.is_some_and(|mirror| mirror.surely.is_some())
                };
                if rule == BY_EXCEEDANCES && !from_draws(h.unwrap()) {
                    let (low, high) = (row.p_mc_low.unwrap(), row.p_mc_high.unwrap());
                    assert!(low <= whole && whole <= high && high <= 1.0, "{row:?}");
                    assert_eq!(row.decision, None);
                } else {
                    assert_eq!((row.p_mc_low, row.p_mc_high), (None, None));
                    if rule == BY_EXCEEDANCES {
                        continue;
                    }
                    match row.decision.as_deref() {
                        Some("below") => assert!(whole <= 0.05),
                        Some("above") => assert!(whole > 0.05),
                        other => assert_eq!(other, Some("undecided")),
                    }
                }
            }
        }
    }
}

/// A small design whose whole law is known: over many seeds the stopping index has the negative
/// binomial law of the exact p, and the interval holds it as often as it says.
#[test]
fn stopping_indices_have_their_exact_law() {
    let panel = common::walks(36, 1);
    let events = common::events_on(&panel, &[(12, "a"), (20, "a")]);
    let mut plan = common::compiled(
        &panel,
        &events,
        "statistic = \"mean-change\"\nconvention = \"upper\"",
    );
    let exact = reported(&prepared(&plan, None, false), 100, &on("cpu", 1, None));
    let exact = exact.results[0].p_exact.unwrap();
    assert!((0.1..0.6).contains(&exact), "{exact}");
    const SEEDS: u64 = 3000;
    let mut indices = [0u64; 12];
    let mut held = 0;
    for seed in 0..SEEDS {
        plan.seed = seed;
        let counted = counted(&plan, Stopping::Exceedances(2), 2000, &on("cpu", 1, None));
        let stopped = &counted.answers[0].stops.as_ref().unwrap()[0];
        let index = stopped.tails[0].draws.draws() as usize;
        if let Some(count) = indices.get_mut(index) {
            *count += 1;
        }
        let p = stopped.p(Stopping::Exceedances(2));
        assert_eq!(p.p, 2.0 / index as f64);
        let (low, high) = p.interval.unwrap();
        held += u64::from(low <= exact && exact <= high);
    }
    for (index, &count) in indices.iter().enumerate().skip(2) {
        let share = (index - 1) as f64 * exact.powi(2) * (1.0 - exact).powi(index as i32 - 2);
        let error = (share * (1.0 - share) / SEEDS as f64).sqrt();
        let found = count as f64 / SEEDS as f64;
        assert!(
            (found - share).abs() < 4.5 * error,
            "{index}: {found}, {share}"
        );
    }
    let held = held as f64 / SEEDS as f64;
    assert!(
        held > 0.95 - 3.0 * (0.05 * 0.95 / SEEDS as f64).sqrt(),
        "{held}"
    );
}

/// An enumeration is made as without a rule, and says so.
#[test]
fn an_enumeration_is_not_stopped() {
    let mut study = Study::open("bjorkegren").unwrap();
    study
        .tests
        .retain(|test| test.null.name() == "circular-shift");
    study.tests.truncate(1);
    study.data.series = vec!["10 Yr".into()];
    let run =
        |study: &Study| placebo::run::run(study, &on("cpu", 2, None), &mut |_, _| true).unwrap();
    let plain = run(&study);
    study.run.stop_at = Some(5);
    study.run.tail_fit = true;
    let ruled = run(&study);
    assert_eq!(ruled.results, plain.results);
    assert!(ruled.manifest.complete);
    assert_eq!(
        ruled.manifest.head.notes,
        [
            "[[test]] 1 makes each of its sets once: an enumeration needs no stopping rule and no tail-fit"
        ]
    );
}

/// A run interrupted before its rule is satisfied is partial.
#[test]
fn an_interrupted_rule_is_partial() {
    let plan = &plans()[0];
    let prepared = prepared(plan, Some(Stopping::Exceedances(10_000)), false);
    let options = on("cpu", 1, Some(256));
    let counted = count(&prepared, 0..50_000, 50_000, &options, &mut |done, _| {
        done < 512
    })
    .unwrap();
    assert!(!counted.complete);
    let made = counted.answers[0].tally.draws();
    assert!((512..2000).contains(&made), "{made}");
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = 50_000;
    let report = report(prepared.context(&study), counted, None, &|| true);
    let note = format!("partial: [[test]] 1 has {made} of 50000 draws");
    assert_eq!(report.manifest.head.notes[0], note);
    assert!(report.results.iter().all(|row| row.draws == Some(made)));
}

/// The exit status and what `placebo run` with these flags says of the study with `edits`, all white
/// space alike.
fn said(edits: &[(&str, &str)], flags: &[&str]) -> (Option<i32>, String) {
    let folder = Folder::with(&[("study.toml", &edit(STUDY, edits))]);
    let output = folder.placebo(&[&["run", "study.toml", "--device", "cpu"], flags].concat());
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    (output.status.code(), words.join(" "))
}

#[test]
fn what_excludes_a_rule_is_refused() {
    let refused = |edits: &[(&str, &str)], flags: &[&str], fragments: &[&str]| {
        let (status, error) = said(edits, flags);
        assert_eq!(status, Some(2), "{error}");
        for fragment in fragments {
            assert!(error.contains(fragment), "{fragment}: {error}");
        }
    };
    let run = |keys: &str, flags: &[&str], fragments: &[&str]| {
        let keys = format!("draws = 100\n{keys}");
        refused(&[("draws = 100", &keys)], flags, fragments);
    };
    run("stop_at = 0", &[], &["run.stop_at", "at least 1"]);
    run("until = 1.5", &[], &["run.until", "between 0 and 1"]);
    let both = "until = 0.05\nstop_at = 5";
    run(both, &[], &["run.until", "excludes `stop_at`"]);
    run("until = 0.05\nraw = true", &[], &["run.raw", "no b/m"]);
    let tally = ["--range", "0..50", "--tally", "t.json"];
    run("stop_at = 5", &tally, &["--tally", "stopping rule"]);
    run("tail_fit = true", &tally, &["--tally", "tail-fits"]);
    let family = [("window = ", "family = {}\nwindow = ")];
    let stop_at = ["--stop-at", "5"];
    refused(&family, &stop_at, &["[[test]] 1", "a family", "stop_at"]);
    let median = [(
        "\"mean-change\"",
        "\"median-change\"\nconvention = \"symmetric\"",
    )];
    let until = ["--until", "0.1"];
    refused(&median, &until, &["needs the mean of all draws", "until"]);
    let conflicts: [&[&str]; 6] = [
        &["--stop-at", "5", "--until", "0.1"],
        &["--stop-at", "5", "--raw"],
        &["--until", "0.1", "--raw"],
        &["--stop-at", "5", "--range", "0..50", "--tally", "t.json"],
        &["--until", "0.1", "--tally", "t.json"],
        &["--tail-fit", "--tally", "t.json"],
    ];
    for flags in conflicts {
        refused(&[], flags, &["cannot be used with"]);
    }
    refused(&[], &["--until", "2"], &["a number between 0 and 1"]);
    refused(&[], &["--stop-at", "0"], &["expected at least 1"]);
    // In the library, too.
    let prepared = prepared(&plans()[0], Some(BY_EXCEEDANCES), false);
    let options = on("cpu", 1, None);
    let counted = count(&prepared, 0..50, 100, &options, &mut |_, _| true);
    let error = counted.unwrap_err().to_string();
    assert!(error.contains("in their order from the first"), "{error}");
}

/// A rule given on the command line replaces the study's.
#[test]
fn a_flag_replaces_the_rule_of_the_study() {
    let until = [("draws = 100", "draws = 5000\nuntil = 0.05")];
    let (status, text) = said(&until, &["--stop-at", "3"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.contains("besag-clifford(h = 3): each tail stops"),
        "{text}"
    );
    let (status, text) = said(&until, &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("gandy(0.05): draws stop once"), "{text}");
}

/// A plan of twelve events, on every `step`-th of the days in the order of their changes in the first
/// series, from the largest down.
fn planted(step: usize, test: &str) -> EventPlan {
    let panel = common::walks(420, 3);
    let values: Vec<f64> = panel.series[0].values.iter().flatten().copied().collect();
    let mut rows: Vec<usize> = (11..408).collect();
    let change = |row: usize| values[row + 10] - values[row - 10];
    rows.sort_by(|&a, &b| change(b).total_cmp(&change(a)));
    let mut chosen: Vec<usize> = rows.into_iter().step_by(step).take(12).collect();
    chosen.sort_unstable();
    let placed: Vec<(usize, &str)> = chosen.into_iter().map(|row| (row, "a")).collect();
    let events = common::events_on(&panel, &placed);
    common::compiled(&panel, &events, test)
}

fn fitted(plan: &EventPlan, draws: u64, options: &RunOptions) -> Vec<ResultRow> {
    reported(&prepared(plan, None, true), draws, options).results
}

/// Beyond the reach of counting, the fit's interval holds the exact law's p about as often as it says;
/// nothing else changes.
#[test]
fn fitted_tails_hold_the_exact_p() {
    const DRAWS: u64 = 20_000;
    for convention in ["equal-tailed", "upper"] {
        let test = format!("statistic = \"mean-change\"\nconvention = \"{convention}\"");
        let mut plan = planted(12, &test);
        let (mut held, mut fits, mut refused) = (0, 0, 0);
        for seed in 0..80 {
            plan.seed = seed;
            let rows = fitted(&plan, DRAWS, &on("cpu", 1, None));
            let exact = rows[0].p_exact.unwrap();
            assert!(exact < 4e-5);
            for row in &rows[1..] {
                assert_eq!((row.p_tail_fit, &row.tail_fit_reason), (None, &None));
            }
            if seed == 0 {
                let plain = reported(&prepared(&plan, None, false), DRAWS, &on("cpu", 1, None));
                for (row, plain) in rows.iter().zip(&plain.results) {
                    let same = |row: &ResultRow| (row.p, row.p_mc_low, row.p_mc_high, row.draws);
                    assert_eq!(same(row), same(plain));
                    assert_eq!((plain.p_tail_fit, &plain.tail_fit_reason), (None, &None));
                }
            }
            let row = &rows[0];
            if let Some(reason) = &row.tail_fit_reason {
                assert_eq!((row.p_tail_fit, row.tail_shape), (None, None));
                let known = ["the fitted law ends at", "values in the tail are equal"];
                assert!(known.iter().any(|it| reason.contains(it)), "{reason}");
                refused += 1;
                continue;
            }
            let [p, low, high] = [row.p_tail_fit, row.p_tail_fit_low, row.p_tail_fit_high];
            let [p, low, high] = [p, low, high].map(Option::unwrap);
            assert!(low < p && p < high && high < 1e-3);
            assert!(row.tail_goodness.unwrap() > 0.05 && row.tail_shape.unwrap().abs() < 0.5);
            held += u32::from(low <= exact && exact <= high);
            fits += 1;
        }
        assert!(held * 100 >= 88 * fits, "{held} of {fits}");
        assert!(refused < 20, "{refused}");
    }
}

#[test]
fn fits_do_not_depend_on_threads_or_chunks() {
    let plan = planted(12, "statistic = \"mean-change\"\ndays = [0, 5, 10]");
    let rows = fitted(&plan, 5000, &on("cpu", 1, None));
    assert!(rows.iter().any(|row| row.p_tail_fit.is_some()));
    for options in [
        on("cpu", 2, None),
        on("cpu", 2, Some(77)),
        on("gpu", 2, None),
    ] {
        assert_eq!(fitted(&plan, 5000, &options), rows);
    }
}

#[test]
fn a_missing_fit_has_its_reason() {
    let reason = |step: usize, test: &str, draws: u64| {
        let rows = fitted(&planted(step, test), draws, &on("cpu", 2, None));
        let row = rows
            .into_iter()
            .find(|row| row.series() == "walk 0")
            .unwrap();
        assert_eq!(row.p_tail_fit, None);
        row.tail_fit_reason.unwrap()
    };
    let few = reason(12, "statistic = \"mean-change\"", 100);
    assert!(few.contains("at least 50 values"), "{few}");
    let symmetric = reason(
        12,
        "statistic = \"mean-change\"\nconvention = \"symmetric\"",
        5000,
    );
    assert!(
        symmetric.contains("a symmetric p counts two tails"),
        "{symmetric}"
    );
    let ties = reason(4, "statistic = \"median-change\"", 20_000);
    assert!(ties.contains("are equal"), "{ties}");
}
