//! What a run walks through its draws for, and what each walk needs. What can be asked together, whether
//! draws can be cut into ranges, and how many a run makes follow from it.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::question::Labelled;
use crate::study::Stopping;

/// What is asked of the draws beside their tally, for all plans of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rules {
    /// How draws decide when they are enough, where they do.
    pub stopping: Option<Stopping>,
    /// Whether tails are fitted where few draws reach the observed value.
    pub tail_fit: bool,
}

/// A walk through a plan's draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Finds the null expectations that symmetric p-values lack.
    Centre,
    /// Counts.
    Tally,
    /// Counts until a rule says that it is enough.
    Stopped,
    /// Compares the members of a family.
    Family,
    /// Inverts the test.
    Intervals,
    /// Keeps the farthest draws.
    Tails,
}

/// What a pass needs, and does to a run.
struct Needs {
    /// All draws of a run, the first to the last: a range of them has no answer, and a rule that ends them
    /// early has none, either.
    all: bool,
    /// The draws in their order, from the first on.
    in_order: bool,
    /// How often it makes each draw.
    times: u64,
    /// Why, as a sentence without its end.
    why: &'static str,
    /// What to do without it.
    instead: &'static str,
}

impl Pass {
    /// What a run walks through a plan's draws for, in turn.
    pub(super) fn of(plan: &Plan, rules: Rules) -> Vec<Pass> {
        // An enumeration makes each set once, and has no use for either rule.
        let draws = plan.design.enumeration().is_none();
        let tally = match rules.stopping.is_some() && draws {
            true => Pass::Stopped,
            false => Pass::Tally,
        };
        let asked = [
            (Pass::Centre, plan.lacks_centre()),
            (tally, true),
            (Pass::Family, plan.family.is_some()),
            (Pass::Intervals, plan.intervals.is_some()),
            (Pass::Tails, rules.tail_fit && draws),
        ];
        let asked = asked.into_iter().filter(|(_, asked)| *asked);
        asked.map(|(pass, _)| pass).collect()
    }

    fn needs(self) -> Needs {
        let needs = |all, in_order, times, why, instead| Needs {
            all,
            in_order,
            times,
            why,
            instead,
        };
        match self {
            Pass::Centre => needs(
                true,
                false,
                1,
                "a symmetric p of medians or regressions, or of labels with the events of a day together, needs the mean of all draws before it can count any",
                "ask for the equal-tailed p",
            ),
            Pass::Tally => needs(false, false, 1, "", ""),
            Pass::Stopped => needs(
                false,
                true,
                1,
                "stopping rules look at the draws in their order from the first on",
                "leave --stop-at and --until (`stop_at`, `until`) out",
            ),
            Pass::Family => needs(
                true,
                false,
                2,
                "a family compares its members over all draws at once, a number that is fixed in advance",
                "leave the family out",
            ),
            // So often for linear statistics; medians take more.
            Pass::Intervals => needs(
                true,
                false,
                2,
                "an interval keeps an effect by the counts of all draws at once, a number that is fixed in advance",
                "leave the intervals out",
            ),
            // Of a run that stops early, the draws until then.
            Pass::Tails => needs(
                false,
                true,
                1,
                "tail-fits keep the farthest of all draws",
                "leave --tail-fit (`tail_fit`) out",
            ),
        }
    }

    /// How often it makes each draw.
    pub(super) fn times(self) -> u64 {
        self.needs().times
    }
}

/// How often a run makes each draw of a plan.
pub(crate) fn walks(plan: &Plan, rules: Rules) -> u64 {
    Pass::of(plan, rules).into_iter().map(Pass::times).sum()
}

/// Refuses to cut draws into ranges where some pass needs them together.
///
/// # Errors
///
/// [`Error::Input`] at `place`, the flag that asks for it.
pub(crate) fn refuse_parts<W>(plans: &[Labelled<W>], rules: Rules, place: &str) -> Result<()> {
    refuse(plans, rules, place, |needs| needs.all || needs.in_order)
}

/// Refuses to keep draws in a file where some pass needs them in their order.
///
/// # Errors
///
/// [`Error::Input`] at `place`, the flag that asks for it.
pub(crate) fn refuse_order<W>(plans: &[Labelled<W>], rules: Rules, place: &str) -> Result<()> {
    refuse(plans, rules, place, |needs| needs.in_order)
}

fn refuse<W>(
    plans: &[Labelled<W>],
    rules: Rules,
    place: &str,
    is_refused: fn(&Needs) -> bool,
) -> Result<()> {
    let passes = plans.iter().flat_map(|plan| Pass::of(plan, rules));
    match passes.map(Pass::needs).find(is_refused) {
        None => Ok(()),
        Some(needs) => Err(Error::input(
            place,
            needs.why,
            format!("run it in one piece, or {}", needs.instead),
        )),
    }
}

/// Whether `range` is a part of `draws` draws.
pub(super) fn is_part(range: &Range<u64>, draws: u64) -> bool {
    *range != (0..draws)
}

/// Refuses a rule that ends draws early, together with a pass that needs all of them.
///
/// # Errors
///
/// [`Error::Input`] at the first such plan, which `place` names by its number from 1.
pub(crate) fn refuse_stopping<W>(
    plans: &[Labelled<W>],
    rules: Rules,
    place: impl Fn(usize) -> String,
) -> Result<()> {
    let Some(stopping) = rules.stopping else {
        return Ok(());
    };
    let key = match stopping {
        Stopping::Exceedances(_) => "--stop-at (`stop_at`)",
        Stopping::Level(_) => "--until (`until`)",
    };
    for (number, plan) in (1..).zip(plans) {
        let passes = Pass::of(plan, rules);
        let mut needs = passes.iter().map(|pass| pass.needs());
        if passes.contains(&Pass::Stopped)
            && let Some(needs) = needs.find(|needs| needs.all)
        {
            return Err(Error::input(
                place(number),
                format!(
                    "{}, and with {key} the draws decide how many they are",
                    needs.why
                ),
                format!("{}, or run without {key}", needs.instead),
            ));
        }
    }
    Ok(())
}
