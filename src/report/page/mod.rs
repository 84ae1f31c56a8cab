//! A report as a page: one file that needs nothing else, with pictures, tables that sort, a paragraph to
//! paste, and all that it takes to repeat the run. Texts are escaped by the template.

mod bootstrap;
mod campaigns;
mod figures;
mod methods;
mod table_test;
mod tables;

use std::collections::HashMap;

use askama::Template;
use serde::Serialize;

use super::answer::Answer;
use super::labels::Labelled;
use super::statement::{cut_dates, null_statement, run_statement};
use super::{Figures, Head, NullStatement, Report, ResultRow, StudySummary};
use crate::inference::distinct;
use crate::picture::{Picture, css};
use crate::visible::visible_lines;
use figures::{Chapter, chapters};
use methods::{bibliography, methods};
use tables::{Table, everything, questions};

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
    /// What each way of drawing is, under a heading.
    nulls_heading: &'static str,
    nulls: Vec<(String, String)>,
    notes: Vec<String>,
    methods: String,
    /// Empty where nothing is cited.
    bibliography: String,
    /// The command that made the results, and the study file, where they are known.
    command: Option<&'a str>,
    study: Option<&'a str>,
    files: Vec<(String, String)>,
    manifest: String,
    footer: String,
}

const SCRIPT: &str = include_str!("../../../templates/report.js");

/// The page of a report: one file that needs no other, with its answer, pictures, tables and methods, for people, and
/// so with labels in the place of names.
pub fn to_html(report: &Report, figures: &Figures) -> String {
    let figures = figures.labelled(&report.study.labels);
    let report = report.labelled();
    let (manifest, study) = (&report.manifest, &report.study);
    let notes = [&manifest.head.rules, &manifest.head.notes, &figures.notes];
    let notes = notes.into_iter().flatten().map(|note| cut_dates(note));
    let page = Page {
        answer: answer(&report),
        chapters: chapters(&report, &figures),
        tables: vec![questions(&report), everything(&report)],
        nulls: nulls(&report),
        notes: notes.collect(),
        methods: methods(&report, &figures),
        bibliography: bibliography(&report, &figures),
        footer: run_statement(manifest),
        citation: study.citation.as_deref(),
        ..Page::of(&study.name, title(study), &manifest.head, manifest)
    };
    page.written()
}

impl<'a> Page<'a> {
    /// What every page says, whatever was asked.
    fn of(name: &'a str, title: &'a str, head: &'a Head, manifest: &impl Serialize) -> Self {
        let files = head.data.iter();
        let footer = format!(
            "placebo {}, seed {}, {:.2} s",
            head.placebo_version, head.seed, head.elapsed_seconds
        );
        Page {
            name,
            title,
            citation: None,
            answer: Vec::new(),
            style: style(),
            script: SCRIPT,
            chapters: Vec::new(),
            tables: Vec::new(),
            nulls_heading: "The null designs",
            nulls: Vec::new(),
            notes: Vec::new(),
            methods: String::new(),
            bibliography: String::new(),
            command: head.made.as_ref().map(|made| made.command.as_str()),
            study: head.study.as_ref().map(|study| study.text.as_str()),
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
            .map(|&(report, file)| (title(&report.study), answer(&report.labelled()), file))
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
    let figures = figures.labelled(&report.study.labels);
    all_pictures(chapters(&report.labelled(), &figures))
}

fn all_pictures(chapters: Vec<Chapter>) -> Vec<Picture> {
    let parts = chapters.into_iter().flat_map(|chapter| chapter.parts);
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

/// What a page says of a run that was stopped.
const INTERRUPTED: &str =
    "The run was interrupted: these are the results of the draws that were made.";

/// Where a page without a study comes from: the file that was asked.
fn origin(head: &Head) -> &str {
    head.data.first().map_or("a table", |file| &file.file)
}

/// The answer in sentences, those of the terminal.
fn answer(report: &Report) -> Vec<String> {
    let answer = Answer::of(report);
    let mut sentences = vec![answer.finding(), answer.multiplicity()];
    sentences.retain(|sentence| !sentence.is_empty());
    if !report.manifest.complete {
        sentences.push(INTERRUPTED.to_owned());
    }
    sentences
}
