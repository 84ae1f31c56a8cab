//! What null designs cannot hold: each limit has its own sentence, with the numbers and a remedy.

use std::collections::BTreeMap;

use crate::common::{events_on, walks};
use jiff::civil::Date;
use placebo::inference::{Laws, MOST_OPERATIONS};
use placebo::load::{Events, Panel};
use placebo::null::{
    CircularShift, Design, DesignError, GapShuffle, Labels, Listed, NullDesign, Signs, Spaced,
    Strata, Stratum, Uniform,
};
use placebo::question::events::{EventPlan, TestFiles, compile};
use placebo::study::Study;

/// Daily rows from 1700 on.
fn daily(rows: usize) -> Panel {
    let mut panel = walks(rows, 1);
    let start = Date::new(1700, 1, 1).unwrap();
    panel.dates = start.series(jiff::Span::new().days(1)).take(rows).collect();
    panel
}

/// The plan of a test with these keys, or why there is none.
fn compiled(
    keys: &str,
    panel: &Panel,
    events: &Events,
    files: TestFiles,
) -> Result<EventPlan, placebo::Error> {
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         [[test]]\nstatistic = \"mean-change\"\nmeasure = \"endpoints\"\n{keys}\n[run]\nenumerate = 0\n"
    ))
    .unwrap();
    Ok(compile(&study, panel, events, &[files])?.plans.remove(0))
}

fn refusal(keys: &str, panel: &Panel, events: &Events) -> String {
    compiled(keys, panel, events, TestFiles::default())
        .unwrap_err()
        .to_string()
}

fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    assert!(!message.contains("outside"), "{message}");
}

/// Designs over 2^16 dates: the dates are what is too many, not an event that stands elsewhere.
#[test]
fn more_dates_than_a_design_addresses() {
    let panel = daily(65_540);
    let events = events_on(&panel, &[(100, "a"), (40_000, "b"), (65_000, "a")]);
    let window = "window = [-1, 1]";
    for (keys, name) in [
        ("null = \"gap-shuffle\"", "`gap-shuffle`"),
        ("null = \"spaced\"\nmin_gap = 5", "`spaced`"),
        (
            "null = \"uniform\"\nwithin = \"year\"",
            "`uniform` within strata",
        ),
    ] {
        let message = refusal(&format!("{window}\n{keys}"), &panel, &events);
        let problem = format!("65,538 eligible dates, and {name} takes at most 65,536");
        says(
            &message,
            &[
                "[[test]] 1",
                "pool",
                &problem,
                "shorten the [sample]",
                "which takes 1,048,576",
            ],
        );
    }
    // At the limit they hold, and designs with 32-bit positions hold beyond.
    let within = daily(65_538);
    for keys in ["null = \"gap-shuffle\"", "null = \"spaced\"\nmin_gap = 5"] {
        let keys = format!("{window}\n{keys}");
        let plan = compiled(&keys, &within, &events, TestFiles::default()).unwrap();
        assert_eq!(plan.design.positions(), 65_536);
    }
    for keys in ["null = \"uniform\"", "null = \"circular-shift\""] {
        let keys = format!("{window}\n{keys}");
        let plan = compiled(&keys, &panel, &events, TestFiles::default()).unwrap();
        assert_eq!(plan.design.positions(), 65_538);
    }
}

/// Signs take half as many events, as each has two positions; labels within strata all.
#[test]
fn more_events_than_a_design_addresses() {
    let panel = walks(400, 1);
    let events = |n: usize| {
        let placed: Vec<(usize, &str)> = (0..n)
            .map(|i| (10 + i % 380, if i % 2 == 0 { "a" } else { "b" }))
            .collect();
        events_on(&panel, &placed)
    };
    let window = "window = [-1, 1]";
    let message = refusal(
        &format!("{window}\nnull = \"signs\""),
        &panel,
        &events(32_769),
    );
    says(
        &message,
        &[
            "null",
            "32,769 events, and `signs` takes at most 32,768",
            "[events.filter]",
        ],
    );
    let keys = format!("{window}\nnull = \"signs\"");
    assert!(compiled(&keys, &panel, &events(32_768), TestFiles::default()).is_ok());
    let keys = format!("{window}\nnull = \"labels\"\nwithin = \"quarter\"");
    let message = refusal(&keys, &panel, &events(65_537));
    says(
        &message,
        &[
            "null",
            "65,537 events, and `labels` takes at most 65,536",
            "[events.filter]",
        ],
    );
}

#[test]
fn more_strata_than_there_are_blocks() {
    let panel = daily(5_000);
    let events = events_on(&panel, &[(100, "a"), (4_000, "b")]);
    let message = refusal(
        "window = [-1, 1]\nnull = \"uniform\"\nwithin = \"day\"",
        &panel,
        &events,
    );
    says(
        &message,
        &[
            "within",
            "4,998 strata, and `uniform` takes at most 4,096",
            "wider strata",
        ],
    );
}

/// One event has no gap, whatever the number of dates.
#[test]
fn one_event_has_no_gap() {
    let panel = walks(60, 1);
    let events = events_on(&panel, &[(30, "a")]);
    let message = refusal("window = [-1, 1]\nnull = \"gap-shuffle\"", &panel, &events);
    says(
        &message,
        &[
            "null",
            "there is one event only, and `gap-shuffle` needs a gap",
            "circular-shift",
        ],
    );
}

/// The event that stands on no date of the list is the one that is named.
#[test]
fn an_event_outside_the_pool_is_named() {
    let panel = walks(60, 1);
    let events = events_on(&panel, &[(30, "a"), (41, "a"), (50, "a")]);
    let listed: Vec<(usize, &str)> = (20..55)
        .filter(|row| *row != 41)
        .map(|row| (row, "a"))
        .collect();
    let files = TestFiles {
        dates: Some(events_on(&panel, &listed)),
        ..TestFiles::default()
    };
    let keys =
        "window = [-1, 1]\nnull = \"gap-shuffle\"\npool = \"list\"\ndates = { file = \"d.csv\" }";
    let message = compiled(keys, &panel, &events, files)
        .unwrap_err()
        .to_string();
    for part in [
        "events.csv, line 3",
        "the event of 2020-02-11 is none of the 34 eligible dates",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

/// The limits of the constructors, each with its numbers.
#[test]
fn constructors_say_which_limit_broke() {
    let positions = |positions, most| DesignError::TooManyPositions { positions, most };
    let most = 1 << 16;
    assert_eq!(
        Uniform::new((1 << 20) + 1, &[3]),
        Err(positions((1 << 20) + 1, 1 << 20))
    );
    assert_eq!(
        CircularShift::new((1 << 20) + 1, &[vec![3]]),
        Err(positions((1 << 20) + 1, 1 << 20))
    );
    assert_eq!(
        GapShuffle::new(most + 1, &[vec![3, 4]], true),
        Err(positions(most + 1, most))
    );
    assert_eq!(
        Spaced::new((0..=most as u32).collect(), 2, &[3]),
        Err(positions(most + 1, most))
    );
    assert_eq!(
        Strata::new(most + 1, vec![]),
        Err(positions(most + 1, most))
    );
    assert_eq!(
        Listed::new(most + 1, &[1], vec![0]),
        Err(positions(most + 1, most))
    );
    let alone = |position: u32| Stratum {
        items: vec![vec![position]],
        sizes: vec![1],
    };
    assert_eq!(
        Strata::new(5_000, (0..4_097).map(alone).collect()),
        Err(DesignError::TooManyStrata {
            strata: 4_097,
            most: 4_096
        })
    );
    assert_eq!(
        Signs::new(vec![0; 32_769], &[(0..32_769).collect()]),
        Err(DesignError::TooManyEvents {
            events: 32_769,
            most: 32_768
        })
    );
    assert_eq!(
        Listed::new(5, &[1], vec![0; (1 << 24) + 1]),
        Err(DesignError::TooManyListed {
            picks: (1 << 24) + 1,
            most: 1 << 24
        })
    );
    // No group has room for three that keep together.
    let tied = Stratum {
        items: vec![vec![0, 1, 2], vec![3]],
        sizes: vec![2, 2],
    };
    let tied = Labels::new(vec![tied]).unwrap();
    assert_eq!(
        NullDesign::new(Design::Labels(tied)),
        Err(DesignError::NoSet)
    );
    // What is wrong otherwise is no limit.
    assert_eq!(
        GapShuffle::new(5, &[vec![3, 5]], true),
        Err(DesignError::Outside {
            position: 5,
            positions: 5
        })
    );
    assert_eq!(
        GapShuffle::new(5, &[vec![3]], true),
        Err(DesignError::NoGap)
    );
    assert_eq!(Listed::new(5, &[2], vec![]), Err(DesignError::NoSet));
    assert_eq!(
        Spaced::new((0..100).collect(), 3, &[35]),
        Err(DesignError::TooFewPositions {
            wanted: 35,
            room: 34
        })
    );
    assert_eq!(Uniform::new(5, &[0, 3]), Err(DesignError::EmptyGroup));
}

/// A graph that is too large, in the study's words.
#[test]
fn sets_of_too_many_kinds() {
    let panel = walks(2_100, 1);
    let placed: Vec<(usize, &str)> = (0..30)
        .map(|i| (20 + 60 * i, ["a", "b", "c"][i % 3]))
        .collect();
    let events = events_on(&panel, &placed);
    let keys = "window = [-1, 1]\nnull = \"spaced\"\nmin_gap = 2\navoid_events = 0";
    says(
        &refusal(keys, &panel, &events),
        &[
            "null",
            "their graph has more than 1,048,576 nodes",
            "fewer events or groups",
        ],
    );
}

/// Monthly data of 91 years with an event in each January: the law of their mean within years holds
/// the sums of a year at a time, and equals the convolution of the years' laws.
#[test]
fn ninety_one_januaries_within_years() {
    let rows = 91 * 12 + 2;
    let mut panel = walks(rows, 1);
    // Steps of up to 120 quanta.
    for value in &mut panel.series[0].values {
        *value = value.map(|v| (1000.0 * v).round() / 100.0);
    }
    let start = Date::new(1930, 1, 1).unwrap();
    let months = start.series(jiff::Span::new().months(1));
    panel.dates = months.take(rows).collect();
    let placed: Vec<(usize, &str)> = (0..91).map(|year| (12 * year + 1, "a")).collect();
    let events = events_on(&panel, &placed);
    let keys = "window = [-1, 1]\nnull = \"uniform\"\nwithin = \"year\"";
    let plan = compiled(keys, &panel, &events, TestFiles::default()).unwrap();
    let observed = plan.hypotheses[0].observed;
    let tails = Laws::new(&plan)
        .tails(0, observed, MOST_OPERATIONS)
        .unwrap();
    // The convolution, in differences from the observed sum.
    let numerator = |picks: &[u32]| plan.folds[0].numerators(picks)[0].unwrap();
    let years = plan.words.dates[..plan.design.positions()].iter();
    let years: Vec<i16> = years.map(|date| date.year()).collect();
    let mut law: BTreeMap<i64, f64> = BTreeMap::from([(0, 1.0)]);
    let mut picks = plan.observed.clone();
    for event in 0..picks.len() {
        let own = picks[event];
        let of_year = |&p: &u32| years[p as usize] == years[own as usize];
        let pool: Vec<u32> = (0..years.len() as u32).filter(of_year).collect();
        let mut next: BTreeMap<i64, f64> = BTreeMap::new();
        for &position in &pool {
            picks[event] = position;
            let change = numerator(&picks) - observed;
            for (sum, p) in &law {
                *next.entry(sum + change).or_default() += p / pool.len() as f64;
            }
        }
        picks[event] = own;
        law = next;
    }
    let lower: f64 = law.range(..=0).map(|(_, p)| p).sum();
    let upper: f64 = law.range(0..).map(|(_, p)| p).sum();
    assert!((tails.lower - lower).abs() < 1e-12, "{tails:?} {lower}");
    assert!((tails.upper - upper).abs() < 1e-12, "{tails:?} {upper}");
    assert!(lower > 0.01 && upper > 0.01, "{tails:?}");
}
