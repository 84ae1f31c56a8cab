//! A report as a page: one file that needs nothing else, with pictures, tables that sort, a paragraph to
//! paste, and all that it takes to repeat the run. Texts are escaped by the template.

mod campaigns;
mod figures;
mod methods;
mod tables;

use std::collections::HashMap;

use askama::Template;
use serde::Serialize;

use super::statement::{cut_dates, null_statement, run_statement};
use super::{Figures, Head, NullStatement, Report, ResultRow, StudySummary};
use crate::inference::distinct;
use crate::picture::{Picture, css};
use crate::visible::visible_lines;
use figures::{Chapter, chapters};
use methods::{bibliography, methods};
use tables::{Table, everything, questions};

/// What a page says of where its numbers come from, beside the report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origin {
    /// The study file, or a study file that says the same.
    pub study: String,
    /// The command line.
    pub command: String,
}

/// A page: what a template fills in.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    name: &'a str,
    title: &'a str,
    citation: Option<&'a str>,
    answer: Vec<String>,
    style: String,
    script: &'static str,
    chapters: Vec<Chapter>,
    tables: Vec<Table>,
    nulls: Vec<(String, String)>,
    notes: Vec<String>,
    methods: String,
    /// Empty where nothing is cited.
    bibliography: String,
    origin: &'a Origin,
    files: Vec<(String, String)>,
    manifest: String,
    footer: String,
}

/// The level that p is held against where none is named.
const LEVEL: f64 = 0.05;

const SCRIPT: &str = include_str!("../../../templates/report.js");

/// The page of a report.
pub fn to_html(report: &Report, figures: &Figures, origin: &Origin) -> String {
    let manifest = &report.manifest;
    let study = &report.study;
    let notes = [&manifest.head.rules, &manifest.head.notes, &figures.notes];
    let notes = notes.into_iter().flatten().map(|note| cut_dates(note));
    let page = Page {
        answer: answer(report),
        chapters: chapters(report, figures),
        tables: vec![questions(report), everything(report)],
        nulls: nulls(report),
        notes: notes.collect(),
        methods: methods(report, figures),
        bibliography: bibliography(report, figures),
        footer: run_statement(manifest),
        ..Page::of(study, &manifest.head, manifest, origin)
    };
    page.written()
}

impl<'a> Page<'a> {
    /// What every page says, whatever was asked.
    fn of(
        study: &'a StudySummary,
        head: &Head,
        manifest: &impl Serialize,
        origin: &'a Origin,
    ) -> Self {
        let files = head.data.iter();
        let footer = format!(
            "placebo {}, seed {}, {:.2} s",
            head.placebo_version, head.seed, head.elapsed_seconds
        );
        Page {
            name: &study.name,
            title: title(study),
            citation: study.citation.as_deref(),
            answer: Vec::new(),
            style: style(),
            script: SCRIPT,
            chapters: Vec::new(),
            tables: Vec::new(),
            nulls: Vec::new(),
            notes: Vec::new(),
            methods: String::new(),
            bibliography: String::new(),
            origin,
            files: files
                .map(|file| (file.file.clone(), file.sha256.clone()))
                .collect(),
            manifest: serde_json::to_string_pretty(manifest).expect("plain structs become JSON"),
            footer,
        }
    }

    fn written(&self) -> String {
        visible_lines(&self.render().expect("a String can be written"))
    }
}

/// What a folder of pages begins with.
#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    style: String,
    /// What each is about, its answer, and its file.
    reports: Vec<(&'a str, Vec<String>, &'a str)>,
}

/// A page that leads to those of some reports, by their files in the same folder.
pub fn to_index(reports: &[(&Report, &str)]) -> String {
    let index = Index {
        style: style(),
        reports: reports
            .iter()
            .map(|&(report, file)| (title(&report.study), answer(report), file))
            .collect(),
    };
    visible_lines(&index.render().expect("a String can be written"))
}

/// What a study is about.
fn title(study: &StudySummary) -> &str {
    study.title.as_deref().unwrap_or(&study.name)
}

fn style() -> String {
    let page = include_str!("../../../templates/report.css");
    format!("{}{}{page}", css(":root"), Picture::style())
}

/// The pictures of a report, in the order of its page.
pub fn pictures(report: &Report, figures: &Figures) -> Vec<Picture> {
    let chapters = chapters(report, figures).into_iter();
    let parts = chapters.flat_map(|chapter| chapter.parts);
    parts.flat_map(|part| part.pictures).collect()
}

/// What tells a table of questions: the statistic, its window and what that measures.
#[derive(Debug, Clone, PartialEq)]
struct View<'r> {
    window: [i32; 2],
    measure: &'r str,
    statistic: &'r str,
    /// Rows at the last day that is reported.
    rows: Vec<&'r ResultRow>,
}

/// A question of a view, and its row under each null design.
struct Asked<'r> {
    series: &'r str,
    group: &'r str,
    day: i32,
    rows: Vec<&'r ResultRow>,
}

/// The tables of questions, in the study's order.
fn views(report: &Report) -> Vec<View<'_>> {
    let rows = report.results.iter().filter(|row| !row.is_constant());
    let rows: Vec<&ResultRow> = rows.collect();
    let key = |row: &ResultRow| {
        (
            row.window(),
            row.measure().to_owned(),
            row.statistic().to_owned(),
        )
    };
    let mut views: Vec<View> = Vec::new();
    for of in distinct(rows.iter().map(|row| key(row))) {
        let of_view: Vec<&ResultRow> = rows.iter().filter(|row| key(row) == of).copied().collect();
        let last = of_view.iter().map(|row| row.relative_day()).max();
        let Some(first) = of_view.first() else {
            continue;
        };
        views.push(View {
            window: first.window(),
            measure: first.measure(),
            statistic: first.statistic(),
            rows: of_view
                .iter()
                .filter(|row| Some(row.relative_day()) == last)
                .copied()
                .collect(),
        });
    }
    views
}

/// The views that answer first: the first statistic of each window.
fn headlines(report: &Report) -> Vec<View<'_>> {
    let mut views = views(report);
    let windows = distinct(
        views
            .iter()
            .map(|view| (view.window, view.measure.to_owned())),
    );
    let first = |view: &View<'_>, views: &[View<'_>]| {
        let same = |had: &&View<'_>| (had.window, had.measure) == (view.window, view.measure);
        views
            .iter()
            .find(same)
            .is_some_and(|had| had.statistic == view.statistic)
    };
    let kept: Vec<bool> = views.iter().map(|view| first(view, &views)).collect();
    let mut kept = kept.into_iter();
    views.retain(|_| kept.next() == Some(true));
    debug_assert!(views.len() >= windows.len().min(1));
    views
}

impl<'r> View<'r> {
    /// The questions, series by series.
    fn asked(&self) -> Vec<Asked<'r>> {
        let mut series: HashMap<&str, usize> = HashMap::new();
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        let mut asked: Vec<Asked> = Vec::new();
        for row in &self.rows {
            let next = series.len();
            series.entry(row.series()).or_insert(next);
            let place = *places
                .entry((row.series(), row.group()))
                .or_insert(asked.len());
            if place == asked.len() {
                asked.push(Asked {
                    series: row.series(),
                    group: row.group(),
                    day: row.relative_day(),
                    rows: Vec::new(),
                });
            }
            asked[place].rows.push(row);
        }
        asked.sort_by_key(|asked| series[asked.series]);
        asked
    }

    /// The statistic and its window in a few words.
    fn words(&self) -> String {
        let [from, to] = self.window;
        format!("{}, days {from} to {to}", self.statistic)
    }
}

impl Asked<'_> {
    /// p-values that are there.
    fn p(&self) -> impl Iterator<Item = f64> {
        self.rows.iter().filter_map(|row| row.p)
    }

    /// The largest p under any design.
    fn largest(&self) -> Option<f64> {
        self.p().reduce(f64::max)
    }
}

/// The null designs in words.
fn nulls(report: &Report) -> Vec<(String, String)> {
    let of_null = |null: &NullStatement| {
        let rows: Vec<&ResultRow> = report
            .results
            .iter()
            .filter(|row| null.is_of(row))
            .collect();
        let [from, to] = null.window;
        (
            format!("{}, days {from} to {to}", null.null),
            null_statement(null, &rows),
        )
    };
    report.manifest.nulls.iter().map(of_null).collect()
}

/// The answer, in two or three sentences.
pub(super) fn answer(report: &Report) -> Vec<String> {
    let views = headlines(report);
    let mut sentences = Vec::new();
    for view in &views {
        let asked = view.asked();
        let answered: Vec<&Asked> = asked
            .iter()
            .filter(|asked| asked.p().next().is_some())
            .collect();
        let Some(first) = answered.first() else {
            continue;
        };
        let designs = distinct(view.rows.iter().map(|row| row.null())).len();
        let every = answered
            .iter()
            .filter(|asked| asked.p().all(|p| p <= LEVEL))
            .count();
        let some = answered
            .iter()
            .filter(|asked| asked.p().any(|p| p <= LEVEL))
            .count();
        let n = answered.len();
        let by_chance = crate::picture::short(LEVEL * n as f64);
        let rows = if n == 1 { "row has" } else { "rows have" };
        let what = format!("{} at day {}", view.words(), first.day);
        sentences.push(match designs {
            1 => format!("{what}: {some} of {n} {rows} p at {LEVEL} or below, where about {by_chance} would by chance alone."),
            _ => format!(
                "{what}: {every} of {n} {rows} p at {LEVEL} or below under each of the {designs} null designs, and {some} under at least one; under any one of them about {by_chance} would by chance alone."
            ),
        });
        let extreme = answered.iter().min_by(|a, b| {
            let p = |asked: &Asked| asked.largest().unwrap_or(1.0);
            p(a).total_cmp(&p(b))
        });
        sentences.extend(extreme.and_then(|asked| extreme_sentence(asked)));
    }
    if !report.manifest.complete {
        sentences.push(
            "The run was interrupted: these are the results of the draws that were made.".into(),
        );
    }
    sentences
}

/// The question whose largest p is the smallest.
fn extreme_sentence(asked: &Asked) -> Option<String> {
    let row = asked.rows.first()?;
    let effect = format!("{} {}", crate::picture::short(row.observed?), row.unit);
    let p = |pick: fn(f64, f64) -> f64| asked.p().reduce(pick).map(crate::picture::p_text);
    let (least, most) = (p(f64::min)?, p(f64::max)?);
    let p = match least == most {
        true => format!("p = {least}"),
        false => format!("p from {least} to {most} over the null designs"),
    };
    let exact = asked
        .rows
        .iter()
        .find_map(|row| row.p_exact)
        .filter(|_| asked.rows.len() == 1);
    let exact = exact.map_or(String::new(), |p| {
        format!(" (exactly {})", crate::picture::p_text(p))
    });
    Some(format!(
        "Farthest out lies {}, {}: {effect}, {p}{exact}.",
        asked.series, asked.group
    ))
}
