//! Confidence sets in result rows.

use super::ResultRow;
use crate::inference::EffectSet;
use crate::plan::Plan;

/// Parts of a set that are written out.
const WRITTEN: usize = 8;

/// What stands before the step of a set on a grid.
pub(crate) const IN_STEPS: &str = " in steps of ";

/// Fills in the columns of intervals; `order` has the hypothesis of each row.
pub(super) fn add_intervals(
    rows: &mut [ResultRow],
    order: &[usize],
    plan: &Plan,
    claims_level: bool,
    sets: &[EffectSet],
) {
    let Some(intervals) = &plan.intervals else {
        return;
    };
    for (row, h) in rows.iter_mut().zip(order) {
        let Ok(member) = intervals.members.binary_search(h) else {
            continue;
        };
        let set = &sets[member];
        let [low, high] = set.hull();
        row.interval_kind = Some("test-inversion".into());
        row.interval_level = Some(intervals.level);
        row.interval_low = low;
        row.interval_high = high;
        row.interval_set = set.parts.as_ref().map(|parts| written(parts, set.step));
        row.interval_path = Some(intervals.path.clone());
        row.interval_reason.clone_from(&set.reason);
        if set.parts.is_some() && !claims_level {
            let known = set.reason.iter().map(|reason| format!("{reason}; "));
            let known: String = known.collect();
            row.interval_reason = Some(format!(
                "{known}as p claims no level, the set claims no coverage"
            ));
        }
    }
}

/// A set as text: `[-0.166667, 41]`, `(-inf, 2] ∪ [3, 5]`, `{}`; on a grid with its step.
pub(crate) fn written(parts: &[[Option<f64>; 2]], step: Option<f64>) -> String {
    let part = |[low, high]: &[Option<f64>; 2]| {
        let low = low.map_or("(-inf".into(), |low| format!("[{}", digits(low)));
        let high = high.map_or("inf)".into(), |high| format!("{}]", digits(high)));
        format!("{low}, {high}")
    };
    let mut texts: Vec<String> = parts.iter().take(WRITTEN).map(part).collect();
    if texts.is_empty() {
        texts.push("{}".into());
    }
    let mut text = texts.join(" ∪ ");
    if parts.len() > WRITTEN {
        text += &format!(" ∪ {} more", parts.len() - WRITTEN);
    }
    match step {
        Some(step) => format!("{text}{IN_STEPS}{}", digits(step)),
        None => text,
    }
}

/// A number to six significant digits.
fn digits(x: f64) -> String {
    let rounded: f64 = format!("{x:.5e}").parse().unwrap_or(x);
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_as_text() {
        let closed = |low: f64, high: f64| [Some(low), Some(high)];
        assert_eq!(
            written(&[closed(-1.0 / 6.0, 41.0)], None),
            "[-0.166667, 41]"
        );
        assert_eq!(
            written(&[[None, Some(2.0)], closed(3.0, 5e-7)], Some(0.5)),
            "(-inf, 2] ∪ [3, 0.0000005] in steps of 0.5"
        );
        assert_eq!(written(&[], None), "{}");
        assert_eq!(written(&[[None, None]], None), "(-inf, inf)");
        let many = vec![closed(0.0, 1.0); 10];
        assert!(written(&many, None).ends_with("[0, 1] ∪ 2 more"));
    }
}
