//! What p may claim: whether the observed set can have been drawn like the placebo sets.

use super::pool::EligibleRows;
use crate::error::thousands;
use crate::null::{NullDesign, Rule};
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
                let avoided = avoided(margin, design, groups);
                let reference = avoided.unwrap_or_else(|| design.facts().reference.to_owned());
                (String::new(), Some(reference))
            }
            (false, _) => (String::new(), Some(design.facts().reference.to_owned())),
        };
        let ends = around_events.filter(|_| design.draws_ends()).map(|margin| {
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
    design.ranks_single() && eligible.avoided == 1
}

/// The reference distribution of sets that keep off the events' dates. With independent changes, the
/// mean over `k` events has the variance `s^2 (1/k + 1/N')` about the mean of the `N'` dates left, and
/// the mean of a draw of `k` of these has `s^2 (1/k - 1/N')`. `None` of a design that keeps off no dates.
fn avoided(margin: u32, design: &NullDesign, groups: &[String]) -> Option<String> {
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
    let of = kinds.iter().map(|(name, groups)| {
        let k: usize = groups.iter().map(|&g| sizes[g]).sum();
        let inflation = design.inflation(groups)?;
        let times = match inflation.times() {
            Some(times) => format!("{times:.2}"),
            None => "without bound".to_owned(),
        };
        let n = design.positions();
        let text = match inflation.rule {
            Rule::Whole if n > k => {
                format!("{}/{} = {times} for k = {k}{name}", n + k, n - k)
            }
            Rule::Whole | Rule::About | Rule::Strata => format!("{times} for k = {k}{name}"),
        };
        Some((inflation.rule, text))
    });
    let of: Vec<(Rule, String)> = of.collect::<Option<_>>()?;
    let (about, within) = match of.first()?.0 {
        Rule::Strata => ("", ", summed over strata"),
        Rule::About => ("about ", ""),
        Rule::Whole => ("", ""),
    };
    let of: Vec<String> = of.into_iter().map(|(_, text)| text).collect();
    Some(format!(
        "A reference distribution: the draws avoid the events' own dates (avoid_events = {margin}), so that none \
         can be like the observed set, and p claims no level. Were changes independent, the mean over k events \
         would have {about}(N' + k)/(N' - k) times the variance of the draws' means, with N' = {} {} left{within}: {}",
        thousands(design.positions()),
        design.facts().positions,
        of.join(", ")
    ))
}
