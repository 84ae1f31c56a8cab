//! What a run did, in sentences.

use super::number::{Decimals, large_count, p_value, rate, thousands};
use super::{ClusterCounts, ClusterRule, Manifest, NullStatement, ResultRow};
use crate::inference::distinct;
use crate::null::Moves;
use crate::statistic::Hac;
use crate::study::Keep;

/// The null design in words: which draws were possible, is the observed set one of them, what is
/// assumed, and which p-value follows.
pub fn null_statement(null: &NullStatement, rows: &[&ResultRow]) -> String {
    let sample = &null.sample;
    if let Some(made) = remade_clause(null) {
        let text = format!(
            "Each draw {made}. The sample is that of {} to {} ({} rows).",
            sample.from,
            sample.to,
            thousands(sample.rows),
        );
        let text = text + &sentence("Assumes that ", &null.assumption) + &sentence("", ASYMPTOTIC);
        return text + &sentence("", &null.caveats()) + &p_value_statement(null, rows);
    }
    let sets = large_count(null.admissible_sets.as_deref(), null.admissible_sets_log10);
    let mut text = format!(
        "Each placebo set {} in the sample of {} to {} ({} rows).",
        draw_clause(null),
        sample.from,
        sample.to,
        thousands(sample.rows),
    );
    text += &sentence("Not eligible: ", &null.ineligible);
    text += &format!(" Possible placebo sets: {sets}");
    if is_alone(null) {
        text += &format!(". {ALONE}.");
        return text + &sentence("Assumes that ", &null.assumption);
    }
    text += match (null.observed_admissible, null.p_step) {
        (true, Some(_)) if rotates(null) => {
            " rotations, each made once; the observed set, moved by 0, is one of them."
        }
        (true, Some(_)) => ", each made once; the observed set is one of them.",
        (true, None) => "; the observed set is one of them.",
        (false, Some(_)) => {
            ", each made once; the observed set is not one of them, and counts as one more."
        }
        (false, None) => "; the observed set is not one of them.",
    };
    text += &sentence("", &steps_clause(null, rows, ""));
    text += &sentence("", &least_clause(null, rows));
    text += &sentence("", null.observed_note.as_deref().unwrap_or_default());
    text += &sentence("Assumes that ", &null.assumption);
    text += &sentence("", &overlap_clause(null));
    text += &sentence("", &labels_clause(null, rows));
    text += &sentence("", &null.caveats());
    text + &p_value_statement(null, rows)
}

/// A null design in two or three sentences, for the list below a comparison.
pub fn design_statement(null: &NullStatement, rows: &[&ResultRow]) -> String {
    let sets = large_count(null.admissible_sets.as_deref(), null.admissible_sets_log10);
    let draw = remade_clause(null).unwrap_or_else(|| draw_clause(null));
    let mut text = draw.trim_end_matches(',').to_owned();
    if !null.assumption.is_empty() {
        text += &format!(", and assumes that {}", null.assumption);
    }
    if is_alone(null) {
        text += &format!(". {ALONE}");
    } else if null.p_step.is_some() {
        let (what, observed) = match (rotates(null), null.observed_admissible) {
            (true, _) => ("rotations", "the observed set, moved by 0, among them"),
            (false, true) => ("possible sets", "the observed one among them"),
            (false, false) => (
                "possible sets",
                "the observed one, counted as one more, not among them",
            ),
        };
        text += &format!(". All {sets} {what} are made, {observed}");
    } else {
        let rule = rows.iter().find_map(|row| row.stopping.as_ref());
        let draws = match rule {
            Some(rule) => format!("{} a row are drawn, by {rule}", draws_of(rows)),
            None => {
                let draws = distinct(rows.iter().filter_map(|row| row.draws).map(thousands));
                format!("{} are drawn", draws.join(" or "))
            }
        };
        text += &match (&null.remade, null.observed_admissible) {
            (Some(_), _) => format!(". {draws}; {ASYMPTOTIC}"),
            (None, true) => {
                format!(". Of {sets} possible sets, the observed one among them, {draws}")
            }
            (None, false) => {
                format!(". Of {sets} possible sets, the observed one not among them, {draws}")
            }
        };
    }
    let note = null.observed_note.as_deref().unwrap_or_default();
    text = sentence("", &text) + &sentence("", note) + &sentence("", &null.caveats());
    // Effects that cover few days differ more between rotations, and are not the ones of interest.
    let after = rows.iter().filter(|row| row.relative_day() >= 0);
    let after: Vec<&ResultRow> = after.copied().collect();
    text += &sentence(
        "",
        &match after.len() == rows.len() {
            true => steps_clause(null, rows, ""),
            false => steps_clause(null, &after, " from day 0 on"),
        },
    );
    text += &sentence("", &least_clause(null, rows));
    text += &sentence("", &overlap_clause(null));
    text += &sentence("", &labels_clause(null, rows));
    let limits = rows
        .iter()
        .filter_map(|row| Some((row.p_mc_high? - row.p_mc_low?) / 2.0));
    if let (Some(widest), None) = (limits.reduce(f64::max), null.p_step) {
        text += &format!(
            " Monte Carlo error of p: at most ±{} (95 %).",
            p_value(widest)
        );
    }
    let singular = rows.iter().filter_map(|row| row.singular).max();
    if let Some(singular) = singular.filter(|&draws| draws > 0) {
        text += &format!(
            " Draws without a value, because their regressors are collinear or their ratio is 0/0: {}.",
            thousands(singular)
        );
    }
    text.trim_start().to_owned()
}

/// A line each on what some statistics are.
pub fn formulas(null: &NullStatement, statistics: &[String], width: usize) -> String {
    let lines = statistics.iter();
    let lines = lines.map(|name| fill(&null.formula(name), width, "", "  "));
    lines.collect()
}

/// How the HAC standard errors and their p-values are made.
pub fn hac_statement(hac: Hac) -> String {
    format!(
        "HAC: Newey-West, Bartlett weights, {} lags, {}; normal p.",
        hac.lags,
        match hac.small_sample {
            true => "times n/(n - parameters)",
            false => "no small-sample factor",
        }
    )
}

/// What a placebo set does, after "each placebo set".
fn draw_clause(null: &NullStatement) -> String {
    let (sizes, positions) = (group_sizes(null), thousands(null.eligible_dates));
    match &null.clusters {
        None => (null.design.facts().clause)(&sizes, &positions),
        Some(clusters) => cluster_clause(clusters, &positions),
    }
}

/// What p is where the series is made anew.
const ASYMPTOTIC: &str = "p is asymptotic: the series is made anew by a bootstrap, which approaches its law as the sample \
     grows, and no level is promised for a sample of any one length";

/// What a draw does that makes the series anew, after "each draw"; `None` where it does not.
fn remade_clause(null: &NullStatement) -> Option<String> {
    let how = null.remade.as_ref()?;
    let sizes = group_sizes(null);
    Some(format!(
        "keeps the events, {sizes}, on their dates and makes the series anew: {how}"
    ))
}

/// Whether sets are all rotations of the observed one.
fn rotates(null: &NullStatement) -> bool {
    null.design.moves() == Moves::Rotations
}

/// How labels are dealt to clusters, of which those of `events` events are.
fn cluster_clause(rule: &ClusterRule, events: &str) -> String {
    let of_groups = |text: &dyn Fn(&ClusterCounts) -> String| {
        let groups = rule.groups.iter();
        let named: Vec<String> = groups
            .map(|g| format!("{} ({})", text(g), g.group))
            .collect();
        named.join(" and ")
    };
    let clusters = thousands(rule.clusters);
    if rule.keep == Keep::Units {
        return format!(
            "deals the labels of the {clusters} clusters of the {events} events anew, as many events \
             a label as observed, {}, in any number of clusters,",
            of_groups(&|g| thousands(g.events)),
        );
    }
    let sizes: Vec<String> = rule
        .groups
        .iter()
        .map(|g| match g.least_events < g.most_events {
            true => format!(
                "{} to {} events of {} ({} observed)",
                thousands(g.least_events),
                thousands(g.most_events),
                g.group,
                thousands(g.events)
            ),
            false => format!("{} events of {}", thousands(g.events), g.group),
        })
        .collect();
    format!(
        "deals the labels of the {clusters} clusters of the {events} events anew, as many clusters a \
         label as observed, {}, which makes {},",
        of_groups(&|g| thousands(g.clusters)),
        sizes.join(" and "),
    )
}

/// Level that p is held against where none is named.
const LEVEL: f64 = 0.05;

const ALONE: &str = "One admissible set: this test cannot reject";

/// Whether the observed set is the only one that could have happened.
fn is_alone(null: &NullStatement) -> bool {
    let sets = null.admissible_sets.as_deref();
    null.remade.is_none() && null.observed_admissible && sets == Some("1")
}

/// How fine the p-values of an enumeration are, and how much rotations repeat each other in these rows,
/// which `of` names; empty where sets are drawn at random.
fn steps_clause(null: &NullStatement, rows: &[&ResultRow], of: &str) -> String {
    let (Some(step), Some(sets)) = (null.p_step, null.p_denominator) else {
        return String::new();
    };
    if is_alone(null) {
        return String::new();
    }
    let mut text = p_steps((step * sets as f64).round() as u64, sets);
    let correlations = span(rows.iter().filter_map(|row| row.lag1_correlation), 2);
    let worth = span(rows.iter().filter_map(|row| row.effective_draws), 0);
    let crossings = span(rows.iter().filter_map(|row| row.crossings), 0);
    if let (Some(correlations), Some(worth), Some(crossings)) = (correlations, worth, crossings) {
        text += &format!(
            "; neighbouring rotations correlate at {correlations}{of}; by their autocorrelations, \
             summed around the circle up to the first that is not positive, they are worth about {worth} \
             independent ones (n / (1 + 2 sum of rho)), and their values cross the mean about \
             {crossings} times (n arccos(rho)/pi, Rice 1944)"
        );
    }
    text
}

/// The step in which p moves: `tails` of `of` draws.
pub fn p_steps(tails: u64, of: u64) -> String {
    format!(
        "p moves in steps of {tails}/{} = {}",
        thousands(of),
        p_value(tails as f64 / of as f64)
    )
}

/// That an enumeration's p cannot fall to the usual level, where that is so; ties at the extremes count
/// where rows are known.
fn least_clause(null: &NullStatement, rows: &[&ResultRow]) -> String {
    let (Some(step), false) = (null.p_step, is_alone(null)) else {
        return String::new();
    };
    let found: Vec<f64> = rows.iter().filter_map(|row| row.p_least).collect();
    let least = found
        .iter()
        .copied()
        .reduce(f64::min)
        .unwrap_or(step.min(1.0));
    let above = found.iter().filter(|&&p| p > LEVEL).count();
    if least > LEVEL {
        return format!(
            "The smallest possible p is {}, above {LEVEL}: at that level this test cannot reject",
            p_value(least)
        );
    }
    match above {
        0 => String::new(),
        rows => format!(
            "The smallest possible p of {} of the {} rows lies above {LEVEL}, as sets tie at their \
             extremes: at that level these cannot reject",
            thousands(rows as u64),
            thousands(found.len() as u64)
        ),
    }
}

/// That windows of the events overlap, where a design passes that over.
fn overlap_clause(null: &NullStatement) -> String {
    let events: u64 = null.group_sizes.iter().map(|group| group.size).sum();
    let pairs = events * events.saturating_sub(1) / 2;
    let which = match null.overlapping_pairs {
        0 => return String::new(),
        1 => "The windows of 1 pair".to_owned(),
        near => format!("The windows of {} pairs", thousands(near)),
    };
    let which = format!("{which} of events, of {}, overlap", thousands(pairs));
    match null.design.facts().overlap {
        Some(meaning) => format!("{which}: {meaning}"),
        None => String::new(),
    }
}

/// What the rows of single groups are about where their labels are dealt.
fn labels_clause(null: &NullStatement, rows: &[&ResultRow]) -> String {
    let single = |group: &str| null.group_sizes.iter().any(|of| of.group == group);
    let named = rows.iter().any(|row| single(row.group()));
    match null.design.facts().single_group {
        Some(meaning) if named || rows.is_empty() => meaning.to_owned(),
        Some(_) | None => String::new(),
    }
}

/// The least and the largest of some values; one where they look alike, `None` without any.
fn span(values: impl Iterator<Item = f64> + Clone, decimals: usize) -> Option<String> {
    let text = |x: f64| format!("{x:.decimals$}");
    let least = text(values.clone().reduce(f64::min)?);
    let largest = text(values.reduce(f64::max)?);
    Some(match least == largest {
        true => least,
        false => format!("{least} to {largest}"),
    })
}

/// How the rows' p-values were formed.
fn p_value_statement(null: &NullStatement, rows: &[&ResultRow]) -> String {
    let conventions = distinct(rows.iter().map(|row| row.convention().to_owned()));
    let draws = distinct(rows.iter().filter_map(|row| row.draws).map(thousands));
    let mut text = sentence("p: ", &conventions.join(", "));
    if draws.is_empty() {
        return text;
    }
    text.pop();
    if let Some(stopping) = stopping_statement(rows) {
        return format!("{text}, {stopping}");
    }
    let draws = draws.join(", ");
    text += &if rows.iter().any(|row| row.engine == "enumeration") {
        let form = match null.observed_admissible {
            true => "b/n",
            false => "(b+1)/(n+1)",
        };
        let what = match rotates(null) {
            true => "rotations",
            false => "sets",
        };
        format!(
            ", {form} over all n = {draws} {what}, ties in both tails; without Monte Carlo error."
        )
    } else {
        let form = match conventions.iter().any(|c| c.ends_with("(raw)")) {
            true => "b/m",
            false => "(b+1)/(m+1)",
        };
        format!(
            ", {form} from m = {draws} draws, ties in both tails; MC 95 % is its Clopper-Pearson \
             interval."
        )
    };
    text
}

/// How the rows' draws stopped, and what their p-values are; `None` where their number was fixed.
pub fn stopping_statement(rows: &[&ResultRow]) -> Option<String> {
    let rule = rows.iter().find_map(|row| row.stopping.as_ref())?;
    let draws = draws_of(rows);
    if rows.iter().all(|row| row.decision.is_none()) {
        return Some(format!(
            "{rule}: each tail stops at its h-th draw at least as extreme, ties among them, and has \
             p = h/l at draw l, or (g+1)/(n+1) with g < h of all n; {draws} draws a row; MC 95 % is \
             Clopper and Pearson's interval under this rule."
        ));
    }
    let decided = |decision: &str| {
        let rows = rows.iter();
        let of = rows.filter(|row| row.decision.as_deref() == Some(decision));
        thousands(of.count() as u64)
    };
    Some(format!(
        "{rule}: draws stop once it is clear on which side of the level p lies, with a risk of at \
         most 0.001 to be wrong; {draws} draws a row; rows below the level: {}, above: {}, undecided: \
         {}. p is (b+1)/(m+1) of the m draws made; after such a stop it has no interval.",
        decided("below"),
        decided("above"),
        decided("undecided"),
    ))
}

/// From how many to how many draws the rows' p-values rest on.
fn draws_of(rows: &[&ResultRow]) -> String {
    let draws = || rows.iter().filter_map(|row| row.draws);
    let [least, most] = [draws().min(), draws().max()].map(|n| thousands(n.unwrap_or(0)));
    match least == most {
        true => least,
        false => format!("{least} to {most}"),
    }
}

fn group_sizes(null: &NullStatement) -> String {
    match null.group_sizes.as_slice() {
        [one] => thousands(one.size),
        groups => {
            let named: Vec<String> = groups
                .iter()
                .map(|g| format!("{} ({})", thousands(g.size), g.group))
                .collect();
            named.join(" and ")
        }
    }
}

/// A text as a sentence after what stands before it; nothing for an empty text.
pub fn sentence(lead: &str, text: &str) -> String {
    match text.trim().trim_end_matches('.') {
        "" => String::new(),
        text => format!(" {lead}{text}."),
    }
}

/// Why rows have no p, a reason a note.
pub fn without_p(rows: &[&ResultRow]) -> Vec<String> {
    let reasons = distinct(rows.iter().filter_map(|row| row.p_reason.as_ref()));
    let note = |reason: &String| {
        let of = || {
            let rows = rows.iter();
            rows.filter(|row| row.p_reason.as_ref() == Some(reason))
        };
        let series = distinct(of().map(|row| row.series().to_owned())).join(", ");
        match of().count() == rows.len() {
            true => format!("No p:{}", sentence("", reason)),
            false => {
                let statistics = distinct(of().map(|row| row.statistic().to_owned())).join(", ");
                format!("No p ({series}: {statistics}):{}", sentence("", reason))
            }
        }
    };
    reasons.into_iter().map(note).collect()
}

/// Notes on the rows' gaps: why an exact p is missing, how coarse the quantiles are.
pub fn notes(rows: &[&ResultRow]) -> Vec<String> {
    let mut notes = without_p(rows);
    let reasons = distinct(rows.iter().filter_map(|row| row.p_exact_reason.clone()));
    // What has no p at all is said above.
    let reasons = reasons.into_iter().filter(|reason| {
        let no_p = |row: &&ResultRow| row.p_reason.as_ref() == Some(reason);
        !rows.iter().any(no_p)
    });
    notes.extend(reasons.map(|reason| {
        let of = rows
            .iter()
            .filter(|row| row.p_exact_reason.as_ref() == Some(&reason));
        let statistics = distinct(of.map(|row| row.statistic().to_owned())).join(", ");
        format!("No exact p ({statistics}):{}", sentence("", &reason))
    }));
    notes.extend(tail_notes(rows));
    let widths: Vec<String> = distinct(rows.iter().map(|row| (row.statistic(), &row.unit)))
        .into_iter()
        .filter_map(|(statistic, unit)| {
            let of = rows
                .iter()
                .filter(|row| (row.statistic(), &row.unit) == (statistic, unit));
            let width = of.filter_map(|row| row.bin_width).reduce(f64::max)?;
            let text = Decimals::of(std::iter::once(width)).text(width);
            Some(format!("{statistic}: {text} {unit}"))
        })
        .collect();
    if !widths.is_empty() {
        notes.push(format!(
            "Null 95 % is known to one histogram bin ({}).",
            widths.join("; ")
        ));
    }
    notes
}

/// What tail-fits are, and why some are not there.
pub fn tail_notes(rows: &[&ResultRow]) -> Vec<String> {
    let mut notes = Vec::new();
    if rows.iter().any(|row| row.p_tail_fit.is_some()) {
        notes.push(
            "tail-fit: p by a generalised Pareto law fitted to the farthest draws, and its 95 % \
             interval; a fit, not a count (Knijnenburg et al. 2009)."
                .into(),
        );
    }
    for reason in distinct(rows.iter().filter_map(|row| row.tail_fit_reason.clone())) {
        let of = rows
            .iter()
            .filter(|row| row.tail_fit_reason.as_ref() == Some(&reason));
        let statistics = distinct(of.map(|row| row.statistic().to_owned())).join(", ");
        notes.push(format!(
            "No tail-fit ({statistics}):{}",
            sentence("", &reason)
        ));
    }
    notes
}

/// Whether p-values of rows are of permutations or of bootstraps, and which are not of that kind.
pub(super) fn kind_of_p(rows: &[&ResultRow], nulls: &[NullStatement]) -> (&'static str, String) {
    let is_remade = |row: &&&ResultRow| {
        let of_row = nulls.iter().find(|null| null.is_of(row));
        of_row.is_some_and(|null| null.remade.is_some())
    };
    let remade = distinct(rows.iter().filter(is_remade).map(|row| row.null()));
    let all = distinct(rows.iter().map(|row| row.null()));
    match remade.len() {
        0 => ("permutation", String::new()),
        some if some == all.len() => ("bootstrap", String::new()),
        _ => (
            "permutation",
            format!("; that of {} is a bootstrap's", remade.join(", and of ")),
        ),
    }
}

/// What the p-values of a report are, in a sentence.
pub fn p_statement(rows: &[&ResultRow], nulls: &[NullStatement]) -> String {
    let conventions = distinct(rows.iter().map(|row| row.convention_label())).join(", ");
    let (kind, but) = kind_of_p(rows, nulls);
    format!("p under a null design is a {kind} p-value ({conventions}), ties in both tails{but}.")
}

/// The run in one line: engine, device, speed, seed.
pub fn run_statement(manifest: &Manifest) -> String {
    let device = &manifest.device;
    let mut about = vec![device.kind.clone()];
    about.extend(device.backend.clone());
    about.extend(
        device
            .driver
            .as_ref()
            .map(|driver| format!("driver {driver}")),
    );
    if device.backend.is_none() {
        about.push(format!("threads: {}", manifest.head.threads));
    }
    let replayed = match manifest.replayed_draws {
        0 => String::new(),
        draws => format!(
            " {} draws were too near a threshold for 32-bit floats and were made again in 64 bits.",
            thousands(draws)
        ),
    };
    format!(
        "Engine {} on {} ({}): {} draws/s, {:.2} s.{replayed} Seed {}, placebo {}.",
        manifest.engine,
        device.name,
        about.join(", "),
        rate(manifest.draws_per_second),
        manifest.head.elapsed_seconds,
        manifest.head.seed,
        manifest.head.placebo_version,
    )
}

/// Dates that a list shows before it is cut.
const DATES_SHOWN: usize = 5;

/// A rule with its list of dates cut after the first few.
pub fn cut_dates(rule: &str) -> String {
    let parts: Vec<&str> = rule.split(", ").collect();
    // The first date follows the words that lead to it.
    let Some(first) = parts.iter().position(|part| {
        part.get(part.len().saturating_sub(10)..)
            .is_some_and(is_date)
    }) else {
        return rule.into();
    };
    let more = parts[first + 1..]
        .iter()
        .take_while(|part| part.get(..10).is_some_and(is_date))
        .count();
    if more <= DATES_SHOWN {
        return rule.into();
    }
    let mut kept = parts[..first + DATES_SHOWN].join(", ");
    kept += &format!(" and {} more", more + 1 - DATES_SHOWN);
    for rest in &parts[first + 1 + more..] {
        kept += ", ";
        kept += rest;
    }
    kept
}

fn is_date(text: &str) -> bool {
    let is_digit = |i: usize, c: char| {
        if i == 4 || i == 7 {
            c == '-'
        } else {
            c.is_ascii_digit()
        }
    };
    text.chars().count() == 10 && text.chars().enumerate().all(|(i, c)| is_digit(i, c))
}

/// Words filled into lines of at most `width`, the first after `first`, the others after `indent`.
pub fn fill(text: &str, width: usize, first: &str, indent: &str) -> String {
    let mut filled = first.to_string();
    let mut column = first.chars().count();
    let mut fresh = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !fresh && column + 1 + length > width {
            filled += "\n";
            filled += indent;
            column = indent.chars().count();
        } else if !fresh {
            filled.push(' ');
            column += 1;
        }
        filled += word;
        column += length;
        fresh = false;
    }
    filled.push('\n');
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_dates_are_cut_with_a_count() {
        let dates: Vec<String> = (10..30).map(|day| format!("2023-01-{day}")).collect();
        assert_eq!(
            cut_dates(&format!(
                "left out (no value): {}; all weekdays",
                dates.join(", ")
            )),
            "left out (no value): 2023-01-10, 2023-01-11, 2023-01-12, 2023-01-13, 2023-01-14 and \
             15 more"
        );
        assert_eq!(
            cut_dates(&format!("two, three: {}, and so on", dates.join(", "))),
            "two, three: 2023-01-10, 2023-01-11, 2023-01-12, 2023-01-13, 2023-01-14 and 15 more, \
             and so on"
        );
        let short = dates[..6].join(", ");
        assert_eq!(cut_dates(&short), short);
        assert_eq!(cut_dates("no dates, é, at all"), "no dates, é, at all");
    }

    #[test]
    fn fill_breaks_between_words() {
        assert_eq!(fill("aa bb cc dd", 8, "- ", "  "), "- aa bb\n  cc dd\n");
        assert_eq!(fill("overlong", 3, "", ""), "overlong\n");
    }
}
