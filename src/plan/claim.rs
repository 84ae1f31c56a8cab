//! What p may claim: whether the observed set can have been drawn like the placebo sets.

use super::pool::EligibleRows;
use crate::error::thousands;
use crate::null::{Design, NullDesign};
use crate::study::TestSpec;

/// What the report may say of a test's level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// What is assumed, as a clause; empty where no level is claimed.
    pub assumption: String,
    /// Why no level is claimed, as sentences.
    pub reference: Option<String>,
    /// That the events choose the sample's ends.
    pub ends: Option<String>,
}

impl Claim {
    /// Of a test whose observed set is `admissible` or not; `around_events` is the key of the sample.
    pub fn new(
        test: &TestSpec,
        design: &NullDesign,
        groups: &[String],
        eligible: &EligibleRows,
        admissible: bool,
        around_events: Option<u32>,
    ) -> Self {
        let (assumption, reference) = match (admissible, test.avoid_events) {
            (true, _) => (design.assumption().to_owned(), None),
            (false, Some(0)) if ranks_one_date(design, eligible) => (
                format!(
                    "the event's date was a random draw from the {} dates and its own: \
                     (b + 1)/({0} + 1) is then the exact rank test",
                    thousands(design.positions())
                ),
                None,
            ),
            (false, Some(margin)) if eligible.avoided > 0 => {
                (String::new(), Some(avoided(margin, design, groups)))
            }
            (false, _) => (String::new(), Some(not_drawn(design).to_owned())),
        };
        let ends = around_events.filter(|_| draws_ends(design)).map(|margin| {
            format!(
                "The sample's ends are the events' choice ([sample] around_events = {margin}: so many rows \
                 before the first and after the last), so that other dates would have had another pool: \
                 with few events p can be too small too often (state from and to instead)"
            )
        });
        Claim {
            assumption,
            reference,
            ends,
        }
    }
}

/// Whether sets are all single dates, each made once, but for the one event's own, which is left out
/// alone.
fn ranks_one_date(design: &NullDesign, eligible: &EligibleRows) -> bool {
    matches!(design.design(), Design::Uniform(_))
        && design.picks() == 1
        && eligible.avoided == 1
        && design.enumeration().is_some()
}

/// Whether draws place events where the observed first and last do not stand.
fn draws_ends(design: &NullDesign) -> bool {
    match design.design() {
        Design::Uniform(_) | Design::Strata(_) | Design::Spaced(_) => true,
        Design::GapShuffle(design) => design.free_ends(),
        Design::Labels(_) | Design::Signs(_) | Design::CircularShift(_) | Design::Listed(_) => {
            false
        }
    }
}

fn not_drawn(design: &NullDesign) -> &'static str {
    match design.design() {
        Design::Listed(_) => {
            "A reference distribution: p claims no level, unless the observed set could as well have been any of \
             the listed ones"
        }
        _ => {
            "A reference distribution: no draw can be like the observed set, and p claims no level"
        }
    }
}

/// The reference distribution of sets that keep off the events' dates. With independent changes, the
/// mean over `k` events has the variance `s^2 (1/k + 1/N')` about the mean of the `N'` dates left, and
/// the mean of a draw of `k` of these has `s^2 (1/k - 1/N')`.
fn avoided(margin: u32, design: &NullDesign, groups: &[String]) -> String {
    let sizes: Vec<usize> = design.segments().iter().map(|s| s.len).collect();
    let mut kinds: Vec<(String, Vec<usize>)> = match groups {
        [_] => Vec::new(),
        _ => (0..)
            .zip(groups)
            .map(|(g, name)| (format!(" ({name})"), vec![g]))
            .collect(),
    };
    let all = match groups {
        [_] => String::new(),
        _ => " (all)".to_owned(),
    };
    kinds.push((all, (0..groups.len()).collect()));
    let of: Vec<String> = kinds
        .iter()
        .map(|(name, groups)| {
            let k: usize = groups.iter().map(|&g| sizes[g]).sum();
            let times = match inflation(design, groups) {
                Some(times) => format!("{times:.2}"),
                None => "without bound".to_owned(),
            };
            let n = design.positions();
            match design.design() {
                Design::Uniform(_) if n > k => {
                    format!("{}/{} = {times} for k = {k}{name}", n + k, n - k)
                }
                _ => format!("{times} for k = {k}{name}"),
            }
        })
        .collect();
    let (about, within) = match design.design() {
        Design::Strata(_) => ("", ", summed over strata"),
        Design::Spaced(_) => ("about ", ""),
        _ => ("", ""),
    };
    format!(
        "A reference distribution: the draws avoid the events' own dates (avoid_events = {margin}), so that none \
         can be like the observed set, and p claims no level. Were changes independent, the mean over k events \
         would have {about}(N' + k)/(N' - k) times the variance of the draws' means, with N' = {} eligible dates \
         left{within}: {}",
        thousands(design.positions()),
        of.join(", ")
    )
}

/// How many times as much as a draw's mean over `groups` the observed one varies; `None` where draws
/// take all dates, and do not vary.
fn inflation(design: &NullDesign, groups: &[usize]) -> Option<f64> {
    // Dates left, and how many of them a draw takes.
    let parts: Vec<(usize, usize)> = match design.design() {
        Design::Strata(strata) => strata
            .strata()
            .iter()
            .map(|s| (s.items.len(), groups.iter().map(|&g| s.sizes[g]).sum()))
            .collect(),
        _ => {
            let sizes = groups.iter().map(|&g| design.segments()[g].len);
            vec![(design.positions(), sizes.sum())]
        }
    };
    // k^2 (1/k +- 1/N'), over the parts.
    let sum = |sign: f64| -> f64 {
        let taken = parts.iter().filter(|(_, k)| *k > 0);
        taken
            .map(|&(n, k)| k as f64 * (1.0 + sign * k as f64 / n as f64))
            .sum()
    };
    let (observed, drawn) = (sum(1.0), sum(-1.0));
    (drawn > 1e-9 * observed).then(|| observed / drawn)
}
