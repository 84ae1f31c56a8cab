//! Families of hypotheses for the terminal.

use super::columns::{Column, draw, one_line};
use super::number::{Decimals, p_value, thousands};
use super::statement::{fill, formulas};
use super::{FamilyStatement, NullStatement, ResultRow};
use crate::inference::distinct;
use crate::plan::Family;

/// Of each family what it found in words, and a table of its members' adjusted p-values.
pub fn family_tables(
    families: &[FamilyStatement],
    nulls: &[NullStatement],
    rows: &[ResultRow],
    table_width: usize,
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let mut text = String::new();
    for family in families {
        let members: Vec<&ResultRow> = rows.iter().filter(|row| family.holds(row)).collect();
        text += &in_words(family, nulls, &members, width, &bold);
        if members.is_empty() {
            continue;
        }
        text.push('\n');
        let columns = columns(&members);
        // Up to the first adjusted p every column stays.
        let kept = columns.iter().take_while(|column| column.heading != "maxT");
        let kept = kept.count() + 1;
        let drawn = draw(columns, kept, table_width);
        text += &drawn.text();
    }
    text
}

/// Of each family what it found, in words.
pub fn families_in_words(
    families: &[FamilyStatement],
    nulls: &[NullStatement],
    rows: &[ResultRow],
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let each = families.iter().map(|family| {
        let members: Vec<&ResultRow> = rows.iter().filter(|row| family.holds(row)).collect();
        in_words(family, nulls, &members, width, &bold)
    });
    each.collect()
}

fn in_words(
    family: &FamilyStatement,
    nulls: &[NullStatement],
    members: &[&ResultRow],
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let [from, to] = family.window;
    let heading = format!(
        "Family of {} under {}, window {from:+} to {to:+} days",
        plural(family.members, "row"),
        family.null
    );
    let mut text = format!("\n{}\n", bold(&heading));
    let of_members = |null: &&NullStatement| members.iter().any(|row| null.is_of(row));
    let mut found = statement(family);
    if let Some(null) = nulls.iter().find(of_members) {
        text += &formulas(null, &family.statistics, width);
        if null.reference.is_some() {
            found += " Like the p-values that it adjusts, it claims no level.";
        }
    }
    text + &fill(&found, width, "", "")
}

impl FamilyStatement {
    /// Whether a row is a member.
    fn holds(&self, row: &ResultRow) -> bool {
        row.family.is_some()
            && (row.null(), row.window()) == (self.null.as_str(), self.window)
            && row.convention() == self.convention
            && (row.is_effect() || row.measure() == self.measure.name())
            && self.series.iter().any(|name| name == row.series())
            && self.groups.iter().any(|name| name == row.group())
            && self.statistics.iter().any(|name| name == row.statistic())
            && self.days.contains(&row.relative_day())
    }
}

fn plural(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {what}{s}", thousands(count))
}

/// The sup test, what it is the sup over, and how it was counted.
fn statement(family: &FamilyStatement) -> String {
    let sup = &family.sup;
    let mut named = vec![sup.series.clone()];
    if family.groups.len() > 1 || sup.group != "all" {
        named.push(sup.group.clone());
    }
    named.push(sup.statistic.clone());
    let far = match family.convention.split(' ').next() {
        Some("lower") => "low",
        Some("upper") => "high",
        Some("symmetric") => "far out",
        _ => "far out on its side",
    };
    let twice = match family.convention.starts_with("equal-tailed") {
        true => "twice the smaller share, by side, of draws",
        false => "the share of draws",
    };
    let by = match family.standardiser.as_str() {
        "placebo-standardised" => ", in standard deviations of its null law,",
        "raw" if far == "far out" => " from its centre",
        "raw" => " from zero",
        _ => ", studentised (Romano-Wolf),",
    };
    let mut text = format!(
        "Sup test: p = {}, {twice} in which any member lies as {far}{by} as the most extreme one, {} at day {:+}.",
        p_value(family.p_sup),
        one_line(&named.join(", ")),
        sup.relative_day
    );
    text += &match family.p_sup_minp {
        Some(p) => format!(" By the smallest p instead: {}.", p_value(p)),
        None => format!(
            " minP is not counted: the null laws of more than {} members are not kept.",
            Family::MOST_RANKED
        ),
    };
    text += &format!(
        " The family is over {}, {}, {} and {}; convention {}.",
        match family.series.len() {
            1 => "1 series".into(),
            n => format!("{n} series"),
        },
        plural(family.groups.len() as u64, "group"),
        plural(family.statistics.len() as u64, "statistic"),
        plural(family.days.len() as u64, "day"),
        family.convention,
    );
    text += &format!(" Counted on the CPU from {}", plural(family.draws, "draw"));
    if family.singular > 0 {
        text += &format!(
            "; in {} of them a member has no value (collinear regressors, or 0/0) and is in no tail",
            thousands(family.singular)
        );
    }
    text.push('.');
    let unit = match family.standardiser.as_str() {
        "placebo-standardised" => "standard deviations",
        _ => "times the largest standard deviation",
    };
    let reach = match (family.reach_low, family.reach_high) {
        (Some(low), Some(high)) if low == high => Some(format!("{low:.2} {unit} on either side")),
        (Some(low), Some(high)) => Some(format!("{low:.2} {unit} below and {high:.2} above")),
        (Some(low), None) => Some(format!("{low:.2} {unit} below")),
        (None, Some(high)) => Some(format!("{high:.2} {unit} above")),
        (None, None) => None,
    };
    if let Some(reach) = reach {
        text += &format!(
            " Band: what all members keep to together in {} % of draws, {reach}.",
            Decimals::of(std::iter::once(100.0 * (1.0 - family.level)))
                .text(100.0 * (1.0 - family.level)),
        );
    }
    if family.binned > 0 {
        text += &format!(
            " minP counts neighbouring values of {} together, which tie.",
            plural(family.binned, "null law")
        );
    }
    text
}

/// A p-value of a row.
type Cell = fn(&ResultRow) -> Option<f64>;

fn columns(rows: &[&ResultRow]) -> Vec<Column> {
    let cells = |cell: &dyn Fn(&ResultRow) -> String| {
        let cells = rows.iter().map(|row| one_line(&cell(row)));
        cells.collect::<Vec<_>>()
    };
    let words =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::words(heading, cells(cell));
    let numbers =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::numbers(heading, cells(cell));
    let mut columns = vec![words("Series", &|row| row.series().to_owned())];
    if distinct(rows.iter().map(|row| row.group())).len() > 1 {
        columns.push(words("Group", &|row| row.group().to_owned()));
    }
    if distinct(rows.iter().map(|row| row.statistic())).len() > 1 {
        columns.push(words("Statistic", &|row| row.statistic().to_owned()));
    }
    if distinct(rows.iter().map(|row| row.relative_day())).len() > 1 {
        columns.push(numbers("Day", &|row| row.relative_day().to_string()));
    }
    let decimals = Decimals::of(
        rows.iter()
            .flat_map(|row| [row.sim_low, row.sim_high, row.observed])
            .flatten(),
    );
    columns.push(numbers("Observed", &|row| {
        row.observed.map_or("-".into(), |x| decimals.text(x))
    }));
    let adjusted: [(&str, Cell); 8] = [
        ("p", |row| row.p),
        ("maxT", |row| row.p_maxt),
        ("maxT\nstep", |row| row.p_maxt_step),
        ("minP", |row| row.p_minp),
        ("minP\nstep", |row| row.p_minp_step),
        ("Holm", |row| row.p_holm),
        ("BH", |row| row.p_bh),
        ("BY", |row| row.p_by),
    ];
    for (heading, p) in adjusted {
        let cell = |row: &ResultRow| p(row).map_or("-".into(), p_value);
        columns.push(Column::p_values(heading, cells(&cell)));
    }
    columns.push(numbers("Band", &|row| match (row.sim_low, row.sim_high) {
        (Some(low), Some(high)) => format!("[{}, {}]", decimals.text(low), decimals.text(high)),
        (Some(low), None) => format!("≥ {}", decimals.text(low)),
        (None, Some(high)) => format!("≤ {}", decimals.text(high)),
        (None, None) => "-".into(),
    }));
    columns
}
