//! The null design `month-start` against brute force, on both engines, and what it says of events that
//! stand elsewhere.

use crate::common;
use crate::common::named;
use crate::designs::same_on_both_engines;
use crate::folder::Folder;
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use placebo::engine::{Cpu, Engine};
use placebo::load::Panel;
use placebo::null::{Picks, philox4x32_10};
use placebo::question::events::{EventPlan, compile};
use placebo::study::Study;

/// The first days of March, July and November 2020, as rows of [`common::walks`].
const ON_STARTS: [(usize, &str); 3] = [(60, "a"), (182, "a"), (305, "b")];

fn plan(panel: &Panel, placed: &[(usize, &str)], keys: &str, enumerate: u64) -> EventPlan {
    let events = common::events_on(panel, placed);
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         [[test]]\nstatistic = [\"mean-change\", \"median-change\"]\nmeasure = \"endpoints\"\nwindow = [-5, 5]\n\
         null = \"month-start\"\n{keys}\n[run]\nseed = 77\nenumerate = {enumerate}\n"
    ))
    .unwrap();
    let compiled = compile(&study, panel, &events, &[]).unwrap();
    compiled.plans.into_iter().next().unwrap()
}

/// Rows of the first dates of months with a window of five days on either side.
fn starts(panel: &Panel) -> Vec<usize> {
    let month = |row: usize| panel.dates[row].first_of_month();
    let mut rows: Vec<usize> = (5..panel.dates.len() - 5).collect();
    rows.dedup_by_key(|row| month(*row));
    rows
}

/// All ways to take two and one of some rows.
fn sets(rows: &[usize]) -> Vec<([usize; 2], usize)> {
    let mut sets = Vec::new();
    for (i, &a) in rows.iter().enumerate() {
        for &b in &rows[i + 1..] {
            let others = rows.iter().filter(|&&row| row != a && row != b);
            sets.extend(others.map(|&c| ([a, b], c)));
        }
    }
    sets
}

#[test]
fn every_set_of_month_starts_is_made_once() {
    let panel = common::walks(420, 2);
    let plan = plan(&panel, &ON_STARTS, "", 10_000);
    let rows = starts(&panel);
    let dates: Vec<Date> = rows.iter().map(|&row| panel.dates[row]).collect();
    assert_eq!((dates[0], dates[1]), (date(2020, 1, 6), date(2020, 2, 1)));
    assert_eq!(plan.words.dates, dates);

    let sets = sets(&rows);
    assert_eq!(plan.design.enumeration(), Some(sets.len() as u64));
    let mut made: BTreeMap<([usize; 2], usize), u32> = BTreeMap::new();
    let mut picks = Picks::new(sets.len(), plan.design.picks());
    plan.design.sampler().fill(77, 0, sets.len(), &mut picks);
    for draw in 0..sets.len() {
        let of = |group: usize| {
            let positions = plan.design.segments()[group].of(picks.row(draw));
            let mut of: Vec<usize> = positions.iter().map(|&p| rows[p as usize]).collect();
            of.sort_unstable();
            of
        };
        *made.entry(([of(0)[0], of(0)[1]], of(1)[0])).or_default() += 1;
    }
    assert!(made.values().all(|&times| times == 1));
    assert!(made.keys().eq(&sets));

    let level = |row: usize| (panel.series[0].values[row].unwrap() * 100.0).round() as i64;
    let change = |row: usize| level(row + 5) - level(row - 5);
    let sum = |(a, _): &([usize; 2], usize)| change(a[0]) + change(a[1]);
    let observed = sum(&([60, 182], 305));
    let below = sets.iter().filter(|set| sum(set) < observed).count() as u64;
    let equal = sets.iter().filter(|set| sum(set) == observed).count() as u64;
    let tally = Cpu::new(&plan, None).unwrap().run(0..sets.len() as u64);
    let of_a = named(&plan).iter().position(|h| {
        (h.key.series(), h.key.group(), h.key.statistic()) == ("walk 0", "a", "mean-change")
    });
    let tally = &tally.unwrap().hypotheses[of_a.unwrap()];
    assert_eq!(tally.thresholds[0], (below, equal));
}

/// The sampler of `uniform`, from stream 7.
#[test]
fn draws_are_those_of_the_specification() {
    let panel = common::walks(420, 1);
    let plan = plan(&panel, &ON_STARTS, "", 0);
    let months = starts(&panel).len() as u32;
    let mut picks = Picks::new(1000, plan.design.picks());
    plan.design.sampler().fill(77, 0, 1000, &mut picks);
    for draw in 0..1000u32 {
        let mut expected = Vec::new();
        for block in 0.. {
            let words = philox4x32_10([draw, 0, block, 7], [77, 0]);
            for half in words.iter().flat_map(|word| [word & 0xffff, word >> 16]) {
                let product = half * months;
                let fair = product & 0xffff >= (1 << 16) % months;
                if fair && !expected.contains(&(product >> 16)) && expected.len() < 3 {
                    expected.push(product >> 16);
                }
            }
            if expected.len() == 3 {
                break;
            }
        }
        assert_eq!(picks.row(draw as usize), expected);
    }
}

#[test]
fn strata_and_the_events_own_dates_narrow_the_months() {
    let panel = common::walks(420, 1);
    // Of the 12 months of 2020 alone.
    let within = plan(&panel, &ON_STARTS, "within = \"year\"", 10_000);
    assert_eq!(within.design.enumeration(), Some(66 * 10));
    assert_eq!(within.words.not_admissible, None);
    assert!(within.words.assumption.contains("within each stratum"));

    // A month without its first date begins on the next one.
    let avoided = plan(&panel, &ON_STARTS, "avoid_events = 0", 0);
    let firsts = &avoided.words.dates[..avoided.design.positions()];
    assert_eq!(firsts.len(), starts(&panel).len());
    assert!(firsts.contains(&date(2020, 3, 2)) && !firsts.contains(&date(2020, 3, 1)));
    let reference = avoided.words.reference.unwrap();
    assert!(
        reference.contains("N' = 14 months with an eligible date left"),
        "{reference}"
    );
}

#[test]
fn both_engines_draw_the_same_months() {
    let panel = common::walks(420, 3);
    for keys in ["", "within = \"year\"", "avoid_events = 2"] {
        same_on_both_engines(keys, &plan(&panel, &ON_STARTS, keys, 0), 2 * 8192 + 77);
        same_on_both_engines(keys, &plan(&panel, &ON_STARTS, keys, 10_000), 10);
    }
}

/// What `placebo run` prints of events on these dates, its words one blank apart.
fn printed(dates: &[&str]) -> String {
    let start = date(2024, 1, 1);
    let price = |day: i64| 100 + philox4x32_10([day as u32, 0, 0, 0], [3, 3])[0] % 20;
    let prices: String = (0..200)
        .map(|day| format!("{},{}\n", start + day.days(), price(day)))
        .collect();
    let study = "[data]\nfiles = [\"prices.csv\"]\nseries = [\"oil\"]\n[events]\nfile = \"events.csv\"\n\
                 [[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\nnull = \"month-start\"\n";
    let folder = Folder::with(&[
        ("study.toml", study),
        ("prices.csv", &format!("date,oil\n{prices}")),
        ("events.csv", &format!("date\n{}\n", dates.join("\n"))),
    ]);
    let output = folder.placebo(&["run", "study.toml", "--device", "cpu", "--details"]);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// That the observed set is one of the sets is said where it is, and not where it is not.
#[test]
fn events_elsewhere_leave_a_reference_distribution() {
    let on = printed(&["2024-02-01", "2024-05-01"]);
    for part in [
        "takes 2 of the 7 months, each by its first eligible date, in the sample",
        "Possible placebo sets: 21, each made once; the observed set is one of them.",
        "Assumes that the events' months were a random draw, and each event stood on the first eligible date",
    ] {
        assert!(on.contains(part), "`{part}` is not in:\n{on}");
    }
    assert!(!on.contains("reference distribution"), "{on}");

    let off = printed(&["2024-02-02", "2024-05-01"]);
    for part in [
        "the observed set is not one of them, and counts as one more",
        "Events stand on other dates than the first eligible one of a month (2024-02-02).",
        "A reference distribution: no draw can be like the observed set, and p claims no level.",
    ] {
        assert!(off.contains(part), "`{part}` is not in:\n{off}");
    }
    for part in ["Assumes that", "the observed set is one of them"] {
        assert!(!off.contains(part), "`{part}` is in:\n{off}");
    }

    let together = printed(&["2024-02-01", "2024-02-02"]);
    assert!(
        together.contains("first eligible one of a month (2024-02-02)"),
        "{together}"
    );
    let dates: Vec<String> = (1..9).map(|day| format!("2024-02-0{day}")).collect();
    let dates: Vec<&str> = dates.iter().map(String::as_str).collect();
    let many = printed(&dates);
    assert!(
        many.contains("8 events but only 7 months with an eligible date"),
        "{many}"
    );
}
