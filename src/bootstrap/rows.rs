//! The rows of a bootstrap.

use super::Bootstrap;
use super::draws::Drawn;
use super::laws::Known;
use crate::inference::bootstrap::{BootstrapRow, Moments, ends, shares};
use crate::question::resample::{Asked, RowName, SchemeWords};
use crate::resample::{IntervalKind, Scheme};

impl Bootstrap {
    /// A row an interval.
    pub(super) fn rows(
        &self,
        asked: &Asked,
        at: usize,
        observed: f64,
        (known, drawn): (&Known, Option<(&Drawn, bool)>),
        accelerated: Option<f64>,
    ) -> Vec<BootstrapRow> {
        let (name, words) = (&asked.rows[at], &asked.words);
        let drawn = drawn.filter(|_| self.needs_draws(known));
        let of_draws = drawn.and_then(|(drawn, _)| drawn.replicates.moments());
        let (moments, engine) = match known {
            Known::Law(_, moments, engine) => (Some(*moments), *engine),
            Known::Moments(moments) => (Some(*moments), "closed-form"),
            Known::Nothing => (of_draws, "monte-carlo"),
        };
        // Only the ends of an interval that takes some stand in the list.
        let mut drawn_ends = drawn
            .and_then(|(drawn, _)| drawn.ends.clone())
            .unwrap_or_default()
            .into_iter();
        let centred = matches!(asked.resampling.scheme, Scheme::MovingBlock { .. });
        let rows = self.spec.kinds().into_iter().map(|kind| {
            let level = self.spec.level;
            let has_moments = matches!(known, Known::Moments(_));
            let is_drawn = drawn.is_some() && !(kind == IntervalKind::Normal && has_moments);
            // Ties and shares are those of the law that gives the ends.
            let of_ends = match known {
                Known::Law(_, moments, _) => Some(*moments),
                Known::Moments(exact) => Some(of_draws.map_or(*exact, |drawn| Moments {
                    below: drawn.below,
                    equal: drawn.equal,
                    ..*exact
                })),
                Known::Nothing => of_draws,
            };
            let mut reason = None;
            if kind == IntervalKind::Bca && accelerated.is_none() {
                reason = Some(
                    "the statistic is the same without each unit: its acceleration is taken as 0"
                        .to_owned(),
                );
            }
            let found = of_ends
                .ok_or("fewer than two draws have a value")
                .and_then(|moments| {
                    let shares = shares(kind, level, &moments, accelerated.unwrap_or(0.0))?;
                    let ends_of_law = match (shares, known) {
                        (None, _) => Some([f64::NAN; 2]),
                        (Some([low, high]), Known::Law(law, ..)) => {
                            law.low(low).zip(law.high(high)).map(|(l, h)| [l, h])
                        }
                        (Some(_), _) => drawn_ends
                            .next()
                            .zip(drawn_ends.next())
                            .map(|(l, h)| [l, h]),
                    };
                    let of_law =
                        ends_of_law.ok_or("the draws were stopped before its ends were found")?;
                    Ok(ends(kind, level, observed, &moments, of_law, centred))
                });
            let interval = match found {
                Ok(ends) => Some(ends),
                Err(why) => {
                    reason = Some(why.to_owned());
                    None
                }
            };
            BootstrapRow {
                observed: Some(observed),
                standard_error: moments.map(|moments| moments.sd),
                bias: moments.map(|moments| moments.mean - observed),
                interval_kind: kind.name().into(),
                interval_level: level,
                interval_low: interval.map(|ends| ends[0]),
                interval_high: interval.map(|ends| ends[1]),
                interval_engine: interval.map(|_| match is_drawn {
                    true => "monte-carlo".into(),
                    false => engine.into(),
                }),
                interval_reason: reason,
                draws: drawn
                    .map(|(drawn, _)| drawn.replicates.defined() + drawn.replicates.undefined()),
                undefined: drawn.map(|(drawn, _)| drawn.replicates.undefined()),
                engine: engine.into(),
                complete: drawn.is_none_or(|(_, whole)| whole),
                ..named_row(name, words)
            }
        });
        rows.collect()
    }
}

/// A row that has its names alone.
pub(super) fn named_row(name: &RowName, words: &SchemeWords) -> BootstrapRow {
    BootstrapRow {
        statistic: name.statistic.clone(),
        columns: name.columns.clone(),
        coefficient: name.coefficient.clone(),
        scheme: words.scheme.clone(),
        block: words.block,
        block_auto: words.block_auto,
        group: words.group.clone(),
        cluster: words.cluster.clone(),
        rows: words.rows,
        ..BootstrapRow::default()
    }
}
