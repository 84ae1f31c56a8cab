//! What devices can do, for the terminal.

use super::columns::{Column, Holds, draw};
use super::number::thousands;
use super::statement::fill;
use super::{BenchReport, BenchRow};
use crate::inference::distinct;

/// Width of lines where no terminal sets one.
const WIDTH: usize = 100;

/// The report as text: a line a shape, devices beside each other.
pub fn bench_table(report: &BenchReport, width: Option<u16>) -> String {
    let width = width.map_or(WIDTH, usize::from);
    let manifest = &report.manifest;
    let mut text = format!(
        "{} ({} processors, vectors: {}), placebo {}\n",
        manifest.processor, manifest.processors, manifest.vectors, manifest.placebo_version
    );
    for device in &manifest.devices {
        text += &format!(
            "{} ({}, {}, {})\n",
            device.name, device.kind, device.backend, device.driver
        );
    }
    let of = &manifest.ceilings;
    let reading = format!(
        "Millions of draws a second: the median of {} repeats, and the least and the greatest. Each device made \
         the CPU's counts in {} draws before it was timed. Share: of what the cores could do at most in the \
         operations that a draw must spend; a core here adds {} billion integers a second, does {} billion float \
         operations of 32 bits and {} billion of 64, reads {} billion numbers at random places of a cache and \
         {} GB/s from memory.",
        manifest.repeats,
        thousands(manifest.checked_draws),
        digits(of.integer / 1e9),
        digits(of.f32 / 1e9),
        digits(of.f64 / 1e9),
        digits(of.gathers / 1e9),
        digits(of.memory / 1e9),
    );
    text.push('\n');
    text += &fill(&reading, width, "", "");
    text.push('\n');
    text += &rates(report, width);
    text += &problems(report, width);
    text += &break_even(report, width);
    if !manifest.complete {
        text += "\nInterrupted: what follows is not measured.\n";
    }
    text
}

fn rates(report: &BenchReport, width: usize) -> String {
    let shapes = distinct(report.results.iter().map(|row| (&row.shape, &row.about)));
    let devices = distinct(report.results.iter().map(|row| &row.device));
    let mut columns = vec![Column {
        heading: "Shape".into(),
        cells: shapes.iter().map(|(shape, _)| (*shape).clone()).collect(),
        holds: Holds::Words,
    }];
    let row_of = |shape: &str, device: &str| {
        let mut rows = report.results.iter();
        rows.find(|row| row.shape == shape && row.device == device)
    };
    for device in devices {
        let cells = |cell: &dyn Fn(&BenchRow) -> String| {
            let rows = shapes.iter().map(|(shape, _)| row_of(shape, device));
            rows.map(|row| row.map_or(String::new(), cell))
                .collect::<Vec<_>>()
        };
        columns.push(Column {
            heading: device.replace(", ", "\n"),
            cells: cells(&|row| match row.draws_per_second {
                Some(of) => format!(
                    "{} ({} to {})",
                    digits(of.median / 1e6),
                    digits(of.least / 1e6),
                    digits(of.most / 1e6)
                ),
                None => "-".into(),
            }),
            holds: Holds::Numbers,
        });
        if report
            .results
            .iter()
            .any(|row| row.device == *device && row.share.is_some())
        {
            columns.push(Column {
                heading: "share".into(),
                cells: cells(&|row| {
                    row.share
                        .map_or(String::new(), |share| format!("{:.0} %", 100.0 * share))
                }),
                holds: Holds::Numbers,
            });
        }
    }
    let drawn = draw(columns, 2, width);
    let mut text = drawn.text();
    text.push('\n');
    for (shape, about) in shapes {
        text += &fill(&format!("{shape}: {about}."), width, "- ", "  ");
    }
    text
}

fn problems(report: &BenchReport, width: usize) -> String {
    let with = report.results.iter().filter(|row| row.problem.is_some());
    let told = with.map(|row| {
        let problem = row.problem.as_deref().unwrap_or_default();
        fill(
            &format!("{} on {}: {problem}.", row.shape, row.device),
            width,
            "- ",
            "  ",
        )
    });
    let told: String = told.collect();
    match told.is_empty() {
        true => told,
        false => format!("\nNot timed:\n{told}"),
    }
}

fn break_even(report: &BenchReport, width: usize) -> String {
    let mut text = String::new();
    for device in distinct(report.break_even.iter().map(|of| &of.device)) {
        let of = report.break_even.iter().filter(|of| of.device == *device);
        let cells = of.map(|of| {
            let from = match of.draws {
                Some(draws) => format!("from {} draws", thousands(draws)),
                None => "never".into(),
            };
            format!("{} series: {from}", of.series)
        });
        let cells = cells.collect::<Vec<_>>().join("; ");
        text += &fill(
            &format!(
                "{device} is done before the CPU with all of its threads, its start counted: {cells}."
            ),
            width,
            "",
            "",
        );
    }
    match text.is_empty() {
        true => text,
        false => format!("\nMean change of 47 of 760 dates. {text}"),
    }
}

/// Three digits.
fn digits(x: f64) -> String {
    let decimals = match x {
        x if x >= 100.0 => 0,
        x if x >= 10.0 => 1,
        x if x >= 1.0 => 2,
        _ => 3,
    };
    format!("{x:.decimals$}")
}
