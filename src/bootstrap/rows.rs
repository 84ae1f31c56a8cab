//! The rows of a bootstrap.

use super::draws::Drawn;
use super::laws::{Known, needs_draws};
use super::percentile_t::PercentileT;
use crate::inference::BARS;
use crate::inference::bootstrap::{BootstrapRow, Moments, ends, shares};
use crate::question::resample::{Asked, BootstrapSpec, RowName, SchemeWords};
use crate::resample::{IntervalKind, Scheme};

const STOPPED: &str = "the draws were stopped before its ends were found";

/// All that is known of a statistic.
pub(super) struct Answers<'a> {
    /// Without draws.
    pub known: &'a Known,
    /// By draws, and whether all were made.
    pub drawn: Option<(&'a Drawn, bool)>,
    /// By studentized draws, where they are asked for.
    pub studentized: Option<PercentileT>,
    /// Of the jackknife; none where nothing differs.
    pub acceleration: Option<f64>,
}

/// A row an interval.
pub(super) fn rows(
    spec: &BootstrapSpec,
    asked: &Asked,
    at: usize,
    observed: f64,
    answers: &Answers<'_>,
) -> Vec<BootstrapRow> {
    let Answers {
        known,
        acceleration,
        ..
    } = answers;
    let level = spec.level;
    let drawn = answers.drawn.filter(|_| needs_draws(spec, known));
    let of_draws = drawn.and_then(|(drawn, _)| drawn.replicates.moments());
    let (moments, engine) = match known {
        Known::Law(_, moments, engine) => (Some(*moments), *engine),
        Known::Moments(moments) => (Some(*moments), "closed-form"),
        Known::Nothing => (of_draws, "monte-carlo"),
    };
    // Ties and shares are those of the law that gives the ends.
    let of_ends = match (known, of_draws) {
        (Known::Moments(exact), Some(drawn)) => Some(Moments {
            below: drawn.below,
            equal: drawn.equal,
            ..*exact
        }),
        _ => moments,
    };
    let (centred, shrink) = match asked.resampling.scheme {
        Scheme::MovingBlock { .. } => (true, 1.0),
        // What deviates by 1/root m is brought to the data's size.
        Scheme::MOutOfN { size } => {
            let units: u32 = asked.resampling.sizes().iter().sum();
            (false, (f64::from(size) / f64::from(units)).sqrt())
        }
        _ => (false, 1.0),
    };
    let to_size = |v: f64| match shrink {
        1.0 => v,
        _ => observed + shrink * (v - observed),
    };
    let sized = |of: Moments| Moments {
        mean: to_size(of.mean),
        sd: of.sd * shrink,
        ..of
    };
    let bars = drawn.and_then(|(drawn, _)| drawn.replicates.bars(BARS));
    let (draw_edges, draw_counts) = bars.unzip();
    let draw_edges =
        draw_edges.map(|edges: Vec<f64>| edges.into_iter().map(to_size).collect::<Vec<_>>());
    // Only the ends of an interval that takes some stand in the list.
    let ends_of_draws = drawn.and_then(|(drawn, _)| drawn.ends.clone());
    let mut ends_of_draws = ends_of_draws.unwrap_or_default().into_iter();
    let mut of_law = |kind: IntervalKind| {
        let moments = of_ends.ok_or("fewer than two draws have a value")?;
        let shares = shares(kind, level, &moments, acceleration.unwrap_or(0.0))?;
        let found = match (shares, known) {
            (None, _) => Some((f64::NAN, f64::NAN)),
            (Some([low, high]), Known::Law(law, ..)) => law.low(low).zip(law.high(high)),
            (Some(_), _) => ends_of_draws.next().zip(ends_of_draws.next()),
        };
        let (low, high) = found.ok_or(STOPPED)?;
        let of_law = [low, high].map(to_size);
        Ok(ends(
            kind,
            level,
            observed,
            &sized(moments),
            of_law,
            centred,
        ))
    };
    let rows = spec.kinds().into_iter().map(|kind| {
        let studentized = answers.studentized.as_ref().filter(|_| kind == IntervalKind::PercentileT);
        let interval = match studentized {
            Some(found) => found.ends,
            None => of_law(kind),
        };
        let has_moments = matches!(known, Known::Moments(_));
        let needs_none = kind == IntervalKind::Normal && has_moments;
        let is_drawn = studentized.is_some() || drawn.is_some() && !needs_none;
        let reason = match (interval, kind, acceleration) {
            (Err(why), ..) => Some(why),
            (Ok(_), IntervalKind::Bca, None) => {
                Some("leaving out single units changes nothing, or leaves no value: the acceleration is taken as 0")
            }
            _ => None,
        };
        let counts = studentized.map(|of| (of.draws, of.undefined)).or(drawn.map(|(drawn, _)| {
            let undefined = drawn.replicates.undefined();
            (drawn.replicates.defined() + undefined, undefined)
        }));
        let interval = interval.ok();
        BootstrapRow {
            observed: Some(observed),
            standard_error: moments.map(|moments| sized(moments).sd),
            bias: moments.map(|moments| sized(moments).mean - observed),
            interval_kind: kind.name().into(),
            interval_level: level,
            interval_low: interval.map(|ends| ends[0]),
            interval_high: interval.map(|ends| ends[1]),
            interval_engine: interval.map(|_| match is_drawn {
                true => "monte-carlo".into(),
                false => engine.into(),
            }),
            interval_reason: reason.map(Into::into),
            draws: counts.map(|(draws, _)| draws),
            undefined: counts.map(|(_, undefined)| undefined),
            draw_edges: draw_edges.clone(),
            draw_counts: draw_counts.clone(),
            engine: engine.into(),
            complete: drawn.is_none_or(|(_, whole)| whole) && studentized.is_none_or(|of| of.whole),
            ..named_row(&asked.rows[at], &asked.words)
        }
    });
    rows.collect()
}

/// A row that has its names alone.
pub(super) fn named_row(name: &RowName, words: &SchemeWords) -> BootstrapRow {
    BootstrapRow {
        statistic: name.statistic.clone(),
        columns: name.columns.clone(),
        coefficient: name.coefficient.clone(),
        scheme: words.scheme.clone(),
        size: words.size,
        block: words.block,
        block_auto: words.block_auto,
        group: words.group.clone(),
        cluster: words.cluster.clone(),
        rows: words.rows,
        ..BootstrapRow::default()
    }
}
