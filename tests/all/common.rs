//! Made-up studies for tests and benchmarks.

use jiff::ToSpan;
use jiff::civil::date;
use placebo::load::{Event, Events, FileHash, Panel, Series};
use placebo::null::philox4x32_10;
use placebo::question::events::{EventPlan, compile};
use placebo::study::Study;

/// Random-walk yields (hundredths of a percent, steps of up to 12) on `rows` consecutive days.
pub fn walks(rows: usize, series: usize) -> Panel {
    let start = date(2020, 1, 1);
    let walk = |s: usize| {
        let mut level = 400i64;
        (0..rows)
            .map(|t| {
                let word = philox4x32_10([t as u32, s as u32, 0, 99], [7, 7])[0];
                level += i64::from(word % 25) - 12;
                Some(level as f64 / 100.0)
            })
            .collect()
    };
    Panel {
        dates: (0..rows).map(|t| start + (t as i64).days()).collect(),
        series: (0..series)
            .map(|s| Series {
                name: format!("walk {s}"),
                values: walk(s),
            })
            .collect(),
        files: vec![],
        rules: vec![],
    }
}

/// Events of groups `a`, `b`, .. spread over the rows `from..to` of the panel.
pub fn events(panel: &Panel, groups: &[usize], from: usize, to: usize) -> Events {
    let total: usize = groups.iter().sum();
    let labels = (0..).flat_map(|round| {
        groups
            .iter()
            .enumerate()
            .filter(move |&(_, &size)| round < size)
            .map(|(g, _)| g)
    });
    Events {
        rows: labels
            .take(total)
            .enumerate()
            .map(|(i, g)| Event {
                date: panel.dates[from + i * (to - from) / total],
                group: char::from(b'a' + g as u8).to_string(),
                line: i as u64 + 2,
            })
            .collect(),
        file: FileHash {
            file: "events.csv".into(),
            sha256: String::new(),
        },
        rules: vec![],
        numbered: false,
    }
}

/// Events on rows of the panel, each with its group, in this order.
pub fn events_on(panel: &Panel, placed: &[(usize, &str)]) -> Events {
    let mut events = events(panel, &[1], 0, 1);
    events.rows = placed
        .iter()
        .zip(2..)
        .map(|(&(row, group), line)| Event {
            date: panel.dates[row],
            group: group.into(),
            line,
        })
        .collect();
    events
}

/// A plan over random walks with `positions` eligible dates under `[[test]]` keys `test`.
pub fn plan(positions: usize, series: usize, groups: &[usize], test: &str) -> EventPlan {
    let panel = walks(positions + 20, series);
    let events = events(&panel, groups, 10, positions + 10);
    compiled(&panel, &events, test)
}

/// The plan of one `[[test]]` with the keys `test`, over a window of ten days on either side.
pub fn compiled(panel: &Panel, events: &Events, test: &str) -> EventPlan {
    compiled_in("", panel, events, test)
}

/// The same over all rows but the first, whose change is not known.
pub fn compiled_on_changes(panel: &Panel, events: &Events, test: &str) -> EventPlan {
    let sample = format!("[sample]\nfrom = {}\n", panel.dates[1]);
    compiled_in(&sample, panel, events, test)
}

fn compiled_in(sample: &str, panel: &Panel, events: &Events, test: &str) -> EventPlan {
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n{sample}\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         [[test]]\nmeasure = \"endpoints\"\nwindow = [-10, 10]\n{test}\n[run]\nseed = 20240229\nenumerate = 0\n"
    ))
    .expect("the study of a test is well-formed");
    let mut plans = compile(&study, panel, events, &[])
        .expect("it compiles")
        .plans;
    plans.remove(0)
}

/// A hypothesis of a plan, with its name.
#[derive(Debug)]
pub struct Named<'p> {
    pub key: &'p placebo::question::Key,
    pub of: &'p placebo::plan::Hypothesis,
}

impl std::ops::Deref for Named<'_> {
    type Target = placebo::plan::Hypothesis;

    fn deref(&self) -> &Self::Target {
        self.of
    }
}

/// The hypotheses of a plan, with their names.
pub fn named(plan: &EventPlan) -> Vec<Named<'_>> {
    let both = plan.hypotheses.iter().zip(&plan.labels);
    let named = both.map(|(of, label)| Named {
        key: &label.key,
        of,
    });
    named.collect()
}
