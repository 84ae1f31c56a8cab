//! A null distribution in eight rows of block characters.

use super::answer::Answer;
use super::columns::one_line;
use super::number::{Decimals, thousands};
use super::table_test::question;
use super::{Labelled, Report, ResultRow, TableReport};

/// Rows of blocks.
const ROWS: usize = 8;
/// What a row is filled with, by eighths.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The null distributions of what stands out in a report, one a null design, each under a line that says whose it is.
pub fn null_plots(report: &Report) -> Vec<String> {
    let rows = Answer::of(report).found();
    let plots = rows.into_iter().filter_map(|row| {
        let labels = report.labels();
        let whose = format!("{}, {}", labels.of(row.series()), labels.of(row.group()));
        let title = format!(
            "{whose}, {} on day {} under {}",
            row.statistic(),
            row.relative_day(),
            row.null()
        );
        plot_of(&title, row)
    });
    plots.collect()
}

impl TableReport {
    /// The null distribution of the question with the smallest p, under a line that says which it is.
    pub fn null_plots(&self) -> Vec<String> {
        let first = self.ranked().into_iter().next();
        let plot = first.and_then(|row| plot_of(&question(row), row));
        plot.into_iter().collect()
    }
}

/// The null distribution of a row under a title.
fn plot_of(title: &str, row: &ResultRow) -> Option<String> {
    let (edges, counts, outside) = row.null_bars()?;
    let outside = match outside {
        (0, 0) => String::new(),
        (below, above) => format!(
            "  {} below and {} above are not shown\n",
            thousands(below),
            thousands(above)
        ),
    };
    Some(format!(
        "\n{}\n{}{outside}",
        one_line(title),
        plot(edges, counts, row.observed, &row.unit)
    ))
}

/// Draws by their values as bars side by side, an axis with its ends and where the observed value lies; `edges` are one more
/// than `counts`.
fn plot(edges: &[f64], counts: &[u64], observed: Option<f64>, unit: &str) -> String {
    let (Some(&low), Some(&high), Some(&most)) = (edges.first(), edges.last(), counts.iter().max())
    else {
        return String::new();
    };
    let heights: Vec<usize> = counts
        .iter()
        .map(|&count| {
            let eighths = (count as f64 / most.max(1) as f64 * (8 * ROWS) as f64).round() as usize;
            // What is there is seen.
            eighths.max(usize::from(count > 0))
        })
        .collect();
    let mut text = String::new();
    for row in (0..ROWS).rev() {
        let bar = |&height: &usize| BLOCKS[height.saturating_sub(8 * row).min(8)];
        let line: String = heights.iter().map(bar).collect();
        text += &format!("  {}\n", line.trim_end());
    }
    let width = counts.len();
    // The observed value may lie beyond every draw.
    let place = observed.map(|x| {
        let share = (x - low) / (high - low);
        match share {
            share if share < 0.0 => (0, '◄'),
            share if share > 1.0 => (width - 1, '►'),
            share => (((share * width as f64) as usize).min(width - 1), '▲'),
        }
    });
    let axis: String = (0..width)
        .map(|at| match place {
            Some((there, mark)) if there == at => mark,
            _ => '─',
        })
        .collect();
    text += &format!("  {axis}\n");
    let decimals = Decimals::of([low, high].into_iter().chain(observed));
    let (left, right) = (decimals.text(low), decimals.text(high));
    let gap = width
        .saturating_sub(left.chars().count() + right.chars().count())
        .max(1);
    text += format!("  {left}{}{right} {unit}", " ".repeat(gap)).trim_end();
    text += &format!(
        "\n  {} draws{}\n",
        thousands(counts.iter().sum::<u64>()),
        match observed {
            Some(x) => format!("; observed {} {unit}", decimals.text(x))
                .trim_end()
                .to_owned(),
            None => String::new(),
        }
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_eight_rows_and_the_observed_value_a_place() {
        let edges: Vec<f64> = (0..=5).map(f64::from).collect();
        let text = plot(&edges, &[1, 32, 64, 0, 16], Some(4.5), "bp");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), ROWS + 3);
        assert_eq!(lines[0], "    █");
        assert_eq!(lines[3], "    █");
        assert_eq!(lines[4], "   ██");
        assert_eq!(lines[7], "  ▁██ █");
        assert_eq!(lines[8], "  ────▲");
        assert!(
            lines[9].starts_with("  0.0") && lines[9].ends_with("5.0 bp"),
            "{text}"
        );
        assert_eq!(lines[10], "  113 draws; observed 4.5 bp");
        // Beyond every draw, and nothing to draw.
        assert!(plot(&edges, &[1, 1, 1, 1, 1], Some(9.0), "").contains("────►"));
        assert_eq!(plot(&[], &[], None, ""), "");
    }
}
