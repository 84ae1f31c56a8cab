//! The pages of grids and of power.

use super::Page;
use super::figures::{Chapter, MOST_PICTURES, Part};
use super::tables::{Shown, Table};
use crate::inference::{COUNTED_AT, distinct};
use crate::picture::{
    Picture, PowerCurve, PowerLine, Rate, Specification, SpecificationCurve, p_text, short,
};
use crate::report::comparison::short_name;
use crate::report::statement::{cut_dates, null_statement};
use crate::report::{GridReport, GridRow, Labelled, PowerReport, PowerRow};
use crate::statistic::{Of, StatisticName};

/// Pictures that are shown at once; of more, those of the first series are.
const SHOWN: usize = 8;

impl GridReport {
    /// The report as a page: see [`to_html`](super::to_html).
    pub fn to_html(&self) -> String {
        self.labelled().page()
    }

    /// The same of a report whose names are labels by then.
    fn page(&self) -> String {
        let head = &self.manifest.head;
        let mut answer: Vec<String> = self
            .curves
            .iter()
            .map(|curve| {
                format!(
                    "{}, {}: {}",
                    curve.series,
                    if curve.absolute {
                        format!("{}, sizes of changes", curve.group)
                    } else {
                        curve.group.clone()
                    },
                    joint(curve)
                )
            })
            .collect();
        answer.truncate(3);
        let notes = [
            &head.rules,
            &head.notes,
            &self.manifest.caveats,
            &self.manifest.left_out,
        ];
        let page = Page {
            answer,
            chapters: vec![Chapter {
                id: "specifications",
                heading: "Specification curves",
                reading: format!(
                    "A mark is a specification, in order of its value; the bar behind it holds 95 % of its placebo values. Below stands what each varies. Blue marks have p at {COUNTED_AT} or below."
                ),
                parts: by_series(
                    self.curves_drawn(),
                    |curve: &SpecificationCurve| curve.picture(),
                    |curve| curve.series.clone(),
                ),
            }],
            tables: vec![self.table()],
            notes: notes
                .into_iter()
                .flatten()
                .map(|note| cut_dates(note))
                .collect(),
            methods: format!(
                "Specifications vary one thing at a time about the study's own test, with {} draws each (placebo {}, seed {}). The joint tests put each of {} placebo sets through all specifications that the same sets can answer (Simonsohn, Simmons and Nelson 2020).",
                crate::error::thousands(head.draws),
                head.placebo_version,
                head.seed,
                crate::error::thousands(self.manifest.joint_draws)
            ),
            bibliography: SIMONSOHN.into(),
            citation: self.study.citation.as_deref(),
            ..Page::of(
                &self.study.name,
                super::title(&self.study),
                head,
                &self.manifest,
            )
        };
        page.written()
    }

    /// The pictures of its page.
    pub fn pictures(&self) -> Vec<Picture> {
        let curves = self.labelled().curves_drawn();
        curves.iter().map(SpecificationCurve::picture).collect()
    }

    fn curves_drawn(&self) -> Vec<SpecificationCurve> {
        let is_size = |row: &GridRow| {
            StatisticName::of_row(&row.statistic).is_some_and(|it| it.of == Of::Sizes)
        };
        let has_groups = distinct(self.results.iter().map(|row| row.group.as_str())).len() > 1;
        let tests = distinct(self.results.iter().map(|row| row.test)).len();
        let key = |row: &GridRow| {
            (
                row.test,
                row.series.clone(),
                row.group.clone(),
                is_size(row),
            )
        };
        let mut curves = Vec::new();
        for of in distinct(self.results.iter().map(key)) {
            let rows: Vec<&GridRow> = self.results.iter().filter(|row| key(row) == of).collect();
            let last = rows
                .iter()
                .filter(|row| row.dimension == "own")
                .map(|row| row.relative_day)
                .max();
            // A specification with another window has its own last day.
            let kept = |row: &&&GridRow| {
                Some(row.relative_day) == last || row.dimension == "window" || last.is_none()
            };
            let specification = |row: &&GridRow| {
                Some(Specification {
                    dimension: row.dimension.clone(),
                    choice: row.choice.clone(),
                    value: row.observed?,
                    null: row.null_q025.zip(row.null_q975),
                    p: row.best_p(),
                })
            };
            let specifications: Vec<Specification> =
                rows.iter().filter(kept).filter_map(specification).collect();
            if specifications.len() < 2 {
                continue;
            }
            let (test, series, group, absolute) = of;
            let curve = self.curves.iter().find(|curve| {
                (curve.test, &curve.series, &curve.group, curve.absolute)
                    == (test, &series, &group, absolute)
            });
            let mut about = Vec::new();
            about.extend(has_groups.then(|| group.replace(" - ", " \u{2212} ")));
            about.extend(absolute.then(|| "sizes of changes".to_owned()));
            about.extend((tests > 1).then(|| format!("[[test]] {test}")));
            curves.push(SpecificationCurve {
                series,
                about: about.join(", "),
                unit: rows[0].unit.clone(),
                specifications,
                joint: curve.map_or_else(String::new, joint),
            });
        }
        curves
    }

    fn table(&self) -> Table {
        let words = [
            "Varied",
            "Choice",
            "Series",
            "Group",
            "Statistic",
            "Null design",
            "Window",
        ];
        let numbers = ["Day", "Events", "Effect", "2.5 %", "97.5 %", "p"];
        let columns = words.iter().map(|name| ((*name).to_owned(), false));
        let columns = columns.chain(numbers.iter().map(|name| ((*name).to_owned(), true)));
        let row = |row: &GridRow| {
            let [from, to] = row.window;
            vec![
                Shown::words(&row.dimension),
                Shown::words(&row.choice),
                Shown::words(&row.series),
                Shown::words(&row.group),
                Shown::words(&row.statistic),
                Shown::words(&row.null),
                Shown::words(&format!("{from} to {to}")),
                Shown::number(Some(row.relative_day.into()), |day| format!("{day}")),
                Shown::number(Some(row.events as f64), |events| format!("{events}")),
                Shown::number(row.observed, short),
                Shown::number(row.null_q025, short),
                Shown::number(row.null_q975, short),
                Shown::number(row.best_p(), p_text),
            ]
        };
        Table::of_rows(columns.collect(), self.results.iter().map(row))
    }
}

/// The joint test of a curve, as a sentence.
fn joint(curve: &crate::report::Curve) -> String {
    format!(
        "over {} specifications jointly the median standardised value is {} (p = {}) and the largest {} (p = {}), of {} placebo sets.",
        crate::error::thousands(curve.specifications),
        short(curve.median_z),
        p_text(curve.p_median),
        short(curve.largest_z),
        p_text(curve.p_largest),
        crate::error::thousands(curve.draws)
    )
}

/// Pictures by series: all at once while they are few.
fn by_series<T>(
    all: Vec<T>,
    picture: impl Fn(&T) -> Picture,
    series: impl Fn(&T) -> String,
) -> Vec<Part> {
    let mut all = all;
    all.truncate(MOST_PICTURES);
    if all.is_empty() {
        return Vec::new();
    }
    let few = all.len() <= SHOWN;
    let names = match few {
        true => vec![String::new()],
        false => distinct(all.iter().map(&series)),
    };
    let part = |(i, name): (usize, String)| Part {
        pictures: all
            .iter()
            .filter(|of| few || series(of) == name)
            .map(&picture)
            .collect(),
        heading: name,
        is_open: i == 0,
    };
    names.into_iter().enumerate().map(part).collect()
}

impl PowerReport {
    /// The report as a page: see [`to_html`](super::to_html).
    pub fn to_html(&self) -> String {
        self.labelled().page()
    }

    /// The same of a report whose names are labels by then.
    fn page(&self) -> String {
        let (head, curves) = (&self.manifest.head, self.curves());
        let planted = match self.manifest.group.as_str() {
            "" => "all events".to_owned(),
            group => format!("the events of {group}"),
        };
        let effects: Vec<String> = self
            .manifest
            .effects
            .iter()
            .map(|effect| short(*effect))
            .collect();
        let rates = self
            .results
            .iter()
            .filter(|row| row.effect == 0.0 && row.level == self.level());
        let rates: Vec<f64> = rates.map(|row| row.rate).collect();
        let mut answer = vec![format!(
            "Effects of {} are planted into {} data sets each ({} series), at {planted}.",
            effects.join(", "),
            crate::error::thousands(self.manifest.sets),
            self.manifest.series
        )];
        if let Some((least, most)) = rates
            .iter()
            .copied()
            .map(|rate| (rate, rate))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        {
            answer.push(format!(
                "Without an effect the tests reject in {} to {} % of the data sets at a level of {} %.",
                short(100.0 * least), short(100.0 * most), short(100.0 * self.level())
            ));
        }
        let nulls = self.manifest.nulls.iter().map(|null| {
            let [from, to] = null.window;
            (
                format!("{}, days {from} to {to}", null.null),
                null_statement(null, &[]),
            )
        });
        let page = Page {
            answer,
            chapters: vec![Chapter {
                id: "power",
                heading: "How often the tests reject",
                reading: "A line is a null design; its band is the 95 % interval of each rate. Where no effect is planted the rate should be the level, and with one it is the power.".into(),
                parts: by_series(curves, PowerCurve::picture, |curve| curve.series.clone()),
            }],
            tables: vec![self.table()],
            nulls: nulls.collect(),
            notes: head.rules.iter().chain(&head.notes).map(|note| cut_dates(note)).collect(),
            methods: format!(
                "Rejection rates rest on {} data sets an effect with {} draws each (placebo {}, seed {}); intervals are Clopper and Pearson's.",
                crate::error::thousands(self.manifest.sets), crate::error::thousands(head.draws), head.placebo_version, head.seed
            ),
            citation: self.study.citation.as_deref(),
            ..Page::of(&self.study.name, super::title(&self.study), head, &self.manifest)
        };
        page.written()
    }

    /// The pictures of its page.
    pub fn pictures(&self) -> Vec<Picture> {
        let curves = self.labelled().curves();
        curves.iter().map(PowerCurve::picture).collect()
    }

    /// The level of its pictures: the one nearest to 5 %.
    fn level(&self) -> f64 {
        let away = |level: &f64| (level - COUNTED_AT).abs();
        let levels = self.manifest.levels.iter().copied();
        levels
            .min_by(|a, b| away(a).total_cmp(&away(b)))
            .unwrap_or(COUNTED_AT)
    }

    fn curves(&self) -> Vec<PowerCurve> {
        let level = self.level();
        let rows: Vec<&PowerRow> = self
            .results
            .iter()
            .filter(|row| row.level == level)
            .collect();
        let key = |row: &PowerRow| {
            (
                row.series.clone(),
                row.group.clone(),
                row.statistic.clone(),
                row.window,
            )
        };
        let has_groups = distinct(rows.iter().map(|row| row.group.as_str())).len() > 1;
        let mut curves = Vec::new();
        for of in distinct(rows.iter().map(|row| key(row))) {
            let asked: Vec<&PowerRow> = rows.iter().filter(|row| key(row) == of).copied().collect();
            let last = asked.iter().map(|row| row.relative_day).max().flatten();
            let at_last = asked.iter().filter(|row| row.relative_day == last);
            let at_last: Vec<&PowerRow> = at_last.copied().collect();
            let lines = distinct(at_last.iter().map(|row| row.test))
                .into_iter()
                .map(|test| {
                    let of_test: Vec<&&PowerRow> =
                        at_last.iter().filter(|row| row.test == test).collect();
                    let mut rates: Vec<Rate> = of_test
                        .iter()
                        .map(|row| Rate {
                            effect: row.effect,
                            rate: row.rate,
                            interval: (row.rate_low, row.rate_high),
                        })
                        .collect();
                    rates.sort_by(|a, b| a.effect.total_cmp(&b.effect));
                    PowerLine {
                        null: short_name(&of_test[0].null),
                        rates,
                    }
                });
            let (series, group, statistic, [from, to]) = of;
            let mut about = Vec::new();
            about.extend(has_groups.then(|| group.replace(" - ", " \u{2212} ")));
            about.push(statistic);
            about.push(format!("days {from} to {to}"));
            about.extend(last.map(|day| format!("day {day}")));
            curves.push(PowerCurve {
                series,
                about: about.join(", "),
                unit: at_last[0].unit.clone(),
                level,
                sets: self.manifest.sets,
                lines: lines.collect(),
            });
        }
        curves
    }

    fn table(&self) -> Table {
        let words = ["Series", "Group", "Statistic", "Null design", "Unit"];
        let numbers = [
            "Day",
            "Effect",
            "Level",
            "Rate",
            "Rate, low",
            "Rate, high",
            "Data sets",
        ];
        let columns = words.iter().map(|name| ((*name).to_owned(), false));
        let columns = columns.chain(numbers.iter().map(|name| ((*name).to_owned(), true)));
        let row = |row: &PowerRow| {
            vec![
                Shown::words(&row.series),
                Shown::words(&row.group),
                Shown::words(&row.statistic),
                Shown::words(&row.null),
                Shown::words(&row.unit),
                Shown::number(row.relative_day.map(f64::from), |day| format!("{day}")),
                Shown::number(Some(row.effect), short),
                Shown::number(Some(row.level), short),
                Shown::number(Some(row.rate), short),
                Shown::number(Some(row.rate_low), short),
                Shown::number(Some(row.rate_high), short),
                Shown::number(Some(row.sets as f64), |sets| format!("{sets}")),
            ]
        };
        Table::of_rows(columns.collect(), self.results.iter().map(row))
    }
}

const SIMONSOHN: &str = "@article{simonsohn2020,
  title = {Specification Curve Analysis},
  author = {Simonsohn, Uri and Simmons, Joseph P. and Nelson, Leif D.},
  journal = {Nature Human Behaviour},
  volume = {4},
  pages = {1208--1214},
  year = {2020},
  doi = {10.1038/s41562-020-0912-z}
}";
