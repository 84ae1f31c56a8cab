//! Families of hypotheses in a report.

use serde::{Deserialize, Serialize};

use super::ResultRow;
use super::distinct::distinct;
use crate::engine::{FamilyCounts, Tail};
use crate::inference::{
    adjusted_p, benjamini_hochberg, benjamini_yekutieli, convention_label, holm, standardiser,
};
use crate::plan::Plan;
use crate::question::Key;
use crate::question::events::EventPlan;
use crate::study::Measure;

/// A family, and its most extreme member: the sup test of whether any member differs from its null.
/// Its counts are made on the CPU, by replaying the draws, whatever device tallied them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyStatement {
    /// The null design with its parameters, as result rows name it.
    pub null: String,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// What the windows of changes measure.
    pub measure: Measure,
    /// Result rows of the family.
    pub members: u64,
    /// The series among them.
    pub series: Vec<String>,
    /// The groups and differences among them.
    pub groups: Vec<String>,
    /// The statistics among them.
    pub statistics: Vec<String>,
    /// The relative days among them.
    pub days: Vec<i32>,
    /// How values are made comparable: `placebo-standardised`, `raw` or `studentised (Romano-Wolf)`.
    pub standardiser: String,
    /// Which tail the family is about, such as `equal-tailed`, and whether p is the raw share.
    pub convention: String,
    /// Draws that its counts are out of.
    pub draws: u64,
    /// Draws in which the regression of a member is singular, which is then in no tail.
    pub singular: u64,
    /// p of the most extreme member by single-step maxT: the global p of the family, of the sup test.
    pub p_sup: f64,
    /// The member that attains it; the first of several.
    pub sup: SupMember,
    /// The smallest single-step minP of the members; empty where these are too many for it.
    pub p_sup_minp: Option<f64>,
    /// What the bands are for: the probability that any of them misses under the null.
    pub level: f64,
    /// How far the bands reach below their members' centres, in null standard deviations (`raw`: in the
    /// largest of the members'); empty for upper tails, and where no member varies.
    pub reach_low: Option<f64>,
    /// How far they reach above; empty for lower tails.
    pub reach_high: Option<f64>,
    /// Members whose null law has too many different values to be kept: neighbouring ones are
    /// counted together, and tie in minP.
    pub binned: u64,
}

/// The key of a member among the rows of its null design and window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupMember {
    /// The series.
    pub series: String,
    /// The group.
    pub group: String,
    /// The statistic.
    pub statistic: String,
    /// The relative day.
    pub relative_day: i32,
}

/// Fills in the family's columns; `order` has the hypothesis of each row.
pub(super) fn add_family(
    rows: &mut [ResultRow],
    order: &[usize],
    plan: &Plan,
    counts: &FamilyCounts,
    raw: bool,
) {
    let Some(family) = &plan.family else {
        return;
    };
    let member = |h: &usize| family.members.binary_search(h).ok();
    let rows = rows.iter_mut().zip(order);
    let mut rows: Vec<(&mut ResultRow, usize)> = rows
        .filter_map(|(row, h)| Some((row, member(h)?)))
        .collect();
    // A member without a p-value has none to adjust, and is none of those that the others answer for.
    rows.retain(|(row, _)| row.p_reason.is_none());
    let p: Vec<f64> = rows.iter().map(|(row, _)| row.p.unwrap_or(1.0)).collect();
    let adjusted = adjusted_p(plan, family, counts, raw);
    let (holm, bh, by) = (holm(&p), benjamini_hochberg(&p), benjamini_yekutieli(&p));
    for (i, (row, member)) in rows.iter_mut().enumerate() {
        let adjusted = &adjusted[*member];
        row.family = Some(standardiser(plan, family).into());
        row.p_maxt = Some(adjusted.max_t);
        row.p_maxt_step = Some(adjusted.max_t_step);
        row.p_minp = adjusted.min_p;
        row.p_minp_step = adjusted.min_p_step;
        row.p_holm = Some(holm[i]);
        row.p_bh = Some(bh[i]);
        row.p_by = Some(by[i]);
        row.sim_low = adjusted.low;
        row.sim_high = adjusted.high;
    }
}

/// The statement of a plan's family; `None` where it has none.
pub(crate) fn family_statement(
    plan: &EventPlan,
    counts: &FamilyCounts,
    raw: bool,
) -> Option<FamilyStatement> {
    let family = plan.family.as_ref()?;
    let adjusted = adjusted_p(plan, family, counts, raw);
    let members = || family.members.iter().map(|&h| &plan.labels[h].key);
    let (sup, of_sup) = members()
        .zip(&adjusted)
        .min_by(|(_, a), (_, b)| a.max_t.total_cmp(&b.max_t))?;
    let least = adjusted.iter().map(|p| p.min_p);
    let least = least.reduce(|a, b| Some(a?.min(b?))).flatten();
    let enumerates = plan.design.enumeration().is_some();
    let reach = |of: Tail| {
        let mut tails = counts.tails.iter();
        tails
            .find(|it| it.tail == of || it.tail == Tail::Both)?
            .reach
    };
    Some(FamilyStatement {
        null: plan.words.null.clone(),
        window: plan.words.window,
        measure: plan.words.measure,
        members: family.members.len() as u64,
        series: distinct(members().map(|key| key.series().to_owned())),
        groups: distinct(members().map(|key| key.group().to_owned())),
        statistics: distinct(members().map(|key| key.statistic().to_owned())),
        days: distinct(members().map(|key| key.relative_day())),
        standardiser: standardiser(plan, family).into(),
        convention: convention_label(plan.convention, raw && !enumerates),
        draws: counts.draws,
        singular: counts.undefined,
        p_sup: of_sup.max_t,
        sup: SupMember::of(sup),
        p_sup_minp: least,
        level: family.level,
        reach_low: reach(Tail::Lower),
        reach_high: reach(Tail::Upper),
        binned: counts.members.iter().filter(|m| m.coarse).count() as u64,
    })
}

impl SupMember {
    fn of(key: &Key) -> Self {
        SupMember {
            series: key.series().to_owned(),
            group: key.group().to_owned(),
            statistic: key.statistic().to_owned(),
            relative_day: key.relative_day(),
        }
    }
}
