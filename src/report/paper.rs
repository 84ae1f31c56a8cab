//! Tables as papers print them, in LaTeX (booktabs) and Markdown.

use super::Head;
use super::columns::{Column, Holds};
use crate::visible::visible;

/// A table for print.
#[derive(Debug, Clone)]
pub struct Paper {
    /// What it shows, in a line.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What is said below it, a paragraph each.
    pub notes: Vec<String>,
}

/// Tables in LaTeX, for `\usepackage{booktabs}`; where they are from stands in comments.
pub fn to_latex(tables: &[Paper], head: &Head) -> String {
    let mut text = String::new();
    for line in provenance(head) {
        text += &format!("% {}\n", visible(&line));
    }
    for table in tables {
        let places: String = table
            .columns
            .iter()
            .map(|column| match column.holds {
                Holds::Words => 'l',
                Holds::Numbers | Holds::PValues => 'r',
            })
            .collect();
        text += &format!(
            "\\begin{{table}}\n\\centering\n\\caption{{{}}}\n",
            latex(&table.title)
        );
        text += &format!("\\begin{{tabular}}{{{places}}}\n\\toprule\n");
        let cells = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
        for line in headings(&table.columns) {
            text += &cells(line.iter().map(|heading| latex(heading)).collect());
        }
        text += "\\midrule\n";
        for row in rows(&table.columns) {
            text += &cells(row.iter().map(|cell| latex(cell)).collect());
        }
        text += "\\bottomrule\n\\end{tabular}\n";
        for note in &table.notes {
            text += &format!("\n\\smallskip\\noindent\\footnotesize {}\n", latex(note));
        }
        text += "\\end{table}\n\n";
    }
    text.trim_end().to_owned() + "\n"
}

/// Tables in Markdown, as forges show them; where they are from stands below.
pub fn to_markdown(tables: &[Paper], head: &Head) -> String {
    let mut text = String::new();
    for table in tables {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        text += &format!("**{}**\n\n", markdown(&table.title));
        let names = table
            .columns
            .iter()
            .map(|column| column.heading.replace('\n', " "));
        text += &line(names.map(|name| markdown(&name)).collect());
        let places = table.columns.iter().map(|column| match column.holds {
            Holds::Words => "---".to_owned(),
            Holds::Numbers | Holds::PValues => "---:".to_owned(),
        });
        text += &line(places.collect());
        for row in rows(&table.columns) {
            text += &line(row.iter().map(|cell| markdown(cell)).collect());
        }
        text.push('\n');
        for note in &table.notes {
            text += &format!("{}\n\n", markdown(note));
        }
    }
    let lines: Vec<String> = provenance(head).iter().map(|line| markdown(line)).collect();
    text + &lines.join("  \n") + "\n"
}

/// Where results are from: program, seed, study and files, a line each.
fn provenance(head: &Head) -> Vec<String> {
    let mut lines = vec![format!(
        "placebo {}, seed {}",
        head.placebo_version, head.seed
    )];
    lines.extend(
        head.study
            .as_ref()
            .map(|study| format!("study SHA-256 {}", study.sha256)),
    );
    lines.extend(
        head.data
            .iter()
            .map(|file| format!("{} SHA-256 {}", file.file, file.sha256)),
    );
    lines
}

/// The headings in as many lines as the highest has.
fn headings(columns: &[Column]) -> Vec<Vec<&str>> {
    let of: Vec<Vec<&str>> = columns
        .iter()
        .map(|column| column.heading.split('\n').collect())
        .collect();
    let most = of.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        of.iter()
            .map(|lines| {
                let above = most - lines.len();
                at.checked_sub(above).map_or("", |line| lines[line])
            })
            .collect()
    };
    (0..most).map(line).collect()
}

fn rows(columns: &[Column]) -> impl Iterator<Item = Vec<&str>> {
    let rows = columns.first().map_or(0, |column| column.cells.len());
    (0..rows).map(|row| {
        columns
            .iter()
            .map(|column| column.cells[row].as_str())
            .collect()
    })
}

/// A text as LaTeX prints it.
fn latex(text: &str) -> String {
    let mut shown = String::new();
    for c in visible(text).chars() {
        match c {
            '\\' => shown += "\\textbackslash{}",
            '~' => shown += "\\textasciitilde{}",
            '^' => shown += "\\textasciicircum{}",
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => shown.extend(['\\', c]),
            '<' => shown += "\\textless{}",
            '>' => shown += "\\textgreater{}",
            '|' => shown += "\\textbar{}",
            '"' => shown += "\\textquotedbl{}",
            '–' => shown += "--",
            '±' => shown += "$\\pm$",
            '∪' => shown += "$\\cup$",
            '≤' => shown += "$\\leq$",
            '≥' => shown += "$\\geq$",
            c => shown.push(c),
        }
    }
    // A minus, where a number begins with one.
    match shown.strip_prefix('-') {
        Some(rest) if text.parse::<f64>().is_ok() => format!("$-${rest}"),
        _ => shown,
    }
}

/// A text as Markdown shows it.
fn markdown(text: &str) -> String {
    let mut shown = String::new();
    for c in visible(text).chars() {
        match c {
            '<' => shown += "&lt;",
            '>' => shown += "&gt;",
            '&' => shown += "&amp;",
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '~' => shown.extend(['\\', c]),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(series: &str) -> Vec<Paper> {
        vec![Paper {
            title: "mean-change: 5 % & more".into(),
            columns: vec![
                Column::words("Series", vec![series.into()]),
                Column::numbers("Effect\nbp", vec!["-1.5".into()]),
                Column::p_values("p", vec!["<1e-4".into()]),
            ],
            notes: vec!["a_b".into()],
        }]
    }

    #[test]
    fn latex_has_rules_and_no_special_character() {
        let text = to_latex(&table("S&P_500\n{x}"), &Head::new(7, 1, 1, 0.0));
        for line in [
            "% placebo",
            "\\caption{mean-change: 5 \\% \\& more}",
            "\\begin{tabular}{lrr}",
            "\\toprule",
            " & Effect &  \\\\",
            "Series & bp & p \\\\",
            "S\\&P\\_500\\textbackslash{}n\\{x\\} & $-$1.5 & \\textless{}1e-4 \\\\",
            "\\bottomrule",
            "a\\_b",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(text.contains("seed 7"));
    }

    #[test]
    fn markdown_shows_names_as_they_are() {
        let text = to_markdown(&table("<b>|*"), &Head::new(7, 1, 1, 0.0));
        for line in [
            "| Series | Effect bp | p |",
            "| --- | ---: | ---: |",
            "| &lt;b&gt;\\|\\* | -1.5 | &lt;1e-4 |",
            "seed 7",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
