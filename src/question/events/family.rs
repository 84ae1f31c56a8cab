//! The family that a test asks for.

use super::key::RowName;
use super::rules::dedup;
use crate::error::{Error, Result};
use crate::load::{did_you_mean, quoted_list};
use crate::plan::{Family, Hypothesis, Standardise};
use crate::study::FamilySpec;

/// A part of a row's key.
type Name = fn(&RowName) -> String;

/// The hypotheses that a study asks for; `place` names a key of the test.
///
/// # Errors
///
/// A name that no hypothesis has, names that no hypothesis has together, or values in different
/// units that are to be compared as they are.
pub(super) fn family(
    spec: &FamilySpec,
    rows: &[RowName],
    hypotheses: &[Hypothesis],
    place: &dyn Fn(&str) -> String,
) -> Result<Family> {
    let days: Vec<String> = spec.days.iter().map(i32::to_string).collect();
    let names: [Name; 4] = [
        |h| h.group.clone(),
        |h| h.statistic.clone(),
        |h| h.series.clone(),
        |h| h.relative_day.to_string(),
    ];
    let lists = [
        ("groups", &spec.groups),
        ("statistics", &spec.statistics),
        ("series", &spec.series),
        ("days", &days),
    ];
    let mut members: Vec<usize> = (0..hypotheses.len())
        .filter(|&h| hypotheses[h].void.is_none())
        .collect();
    for ((key, asked), name) in lists.into_iter().zip(names) {
        let mut known: Vec<String> = rows.iter().map(name).collect();
        dedup(&mut known);
        if let Some(unknown) = asked.iter().find(|asked| !known.contains(asked)) {
            let known = || known.iter().map(String::as_str);
            return Err(Error::input(
                place(&format!("family.{key}")),
                format!("no row of the test has `{unknown}`"),
                format!(
                    "{}The rows have {}.",
                    did_you_mean(unknown, known()),
                    quoted_list(known())
                ),
            ));
        }
        members.retain(|&h| asked.is_empty() || asked.contains(&name(&rows[h])));
    }
    let Some(&first) = members.first() else {
        return Err(Error::input(
            place("family"),
            "no row of the test has such a group, statistic, series and day together",
            "leave out one of the family's lists",
        ));
    };
    let unit = &rows[first].unit;
    let other = members.iter().map(|&h| &rows[h].unit);
    if let (Standardise::None, Some(other)) = (
        spec.standardise,
        other.into_iter().find(|other| *other != unit),
    ) {
        return Err(Error::input(
            place("family.standardise"),
            format!("values in {unit} and in {other} cannot be compared as they are"),
            "take standardise = \"placebo\", or name statistics and series of one unit",
        ));
    }
    Ok(Family {
        members,
        standardise: spec.standardise,
        level: spec.level,
    })
}
