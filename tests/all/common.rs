//! Made-up studies for tests and benchmarks.

pub use placebo::campaign::bench::{events, walks};
use placebo::load::{Event, Events, Panel};
use placebo::question::events::{EventPlan, compile};
use placebo::study::Study;

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
            after_close: false,
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
