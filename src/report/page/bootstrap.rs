//! The page of a bootstrap.

use super::figures::{Chapter, MOST_PICTURES, one_part};
use super::tables::Table;
use super::{Page, origin};
use crate::error::thousands;
use crate::inference::distinct;
use crate::picture::{Picture, Replicates, p_text, short};
use crate::report::bootstrap::named;
use crate::report::statement::cut_dates;
use crate::report::{BootstrapReport, BootstrapRow, BootstrapStatement, Forms};

/// Statistics that the answer names; the table has the others.
const NAMED: usize = 3;

impl BootstrapReport {
    /// The report as a page: see [`to_html`](super::to_html).
    pub fn to_html(&self) -> String {
        let head = &self.manifest.head;
        let schemes = self.manifest.schemes.iter();
        let notes = head.rules.iter().chain(&head.notes);
        let title = distinct(self.results.iter().map(named)).join("; ");
        let page = Page {
            answer: self.answer(),
            chapters: self.chapters(),
            tables: Table::of_papers(&self.papers()),
            nulls_heading: "The resampling",
            nulls: distinct(schemes.map(|of| (of.scheme.clone(), of.sentences()))),
            notes: notes.map(|note| cut_dates(note)).collect(),
            methods: self.methods(),
            ..Page::of(origin(head), &title, head, &self.manifest)
        };
        page.written()
    }

    /// The pictures of its page.
    pub fn pictures(&self) -> Vec<Picture> {
        super::all_pictures(self.chapters())
    }

    /// The answer in sentences.
    fn answer(&self) -> Vec<String> {
        let said = |row: &BootstrapRow| {
            let mut said = format!(
                "{}: {}",
                named(row),
                row.observed.map_or("no value".to_owned(), short)
            );
            if let Some(error) = row.standard_error {
                said += &format!(", standard error {}", short(error));
            }
            if let (Some(low), Some(high)) = (row.interval_low, row.interval_high) {
                said += &format!(", {} interval {} to {}", kind(row), short(low), short(high));
            }
            if let Some(p) = row.p {
                said += &format!(", p = {}", p_text(p));
            }
            said + "."
        };
        let mut sentences: Vec<String> = self.results.iter().take(NAMED).map(said).collect();
        if !self.manifest.complete {
            sentences.push(super::INTERRUPTED.to_owned());
        }
        sentences
    }

    fn chapters(&self) -> Vec<Chapter> {
        let whose = |row: &BootstrapRow| (named(row), row.scheme.clone());
        let questions = distinct(self.results.iter().map(whose)).into_iter();
        let picture = |question: (String, String)| {
            let of = self.results.iter().filter(|row| whose(row) == question);
            let of: Vec<&BootstrapRow> = of.collect();
            let bars = of
                .iter()
                .find_map(|row| row.draw_edges.as_ref().zip(row.draw_counts.as_ref()));
            let (edges, counts) = bars.map_or_else(Default::default, |(edges, counts)| {
                (edges.clone(), counts.clone())
            });
            let intervals = of.iter().filter_map(|row| {
                let ends = [row.interval_low?, row.interval_high?];
                Some((kind(row), ends))
            });
            let intervals: Vec<(String, [f64; 2])> = intervals.collect();
            if intervals.is_empty() && edges.is_empty() {
                return None;
            }
            let (question, scheme) = question;
            Some(Replicates {
                question,
                scheme,
                observed: of.first()?.observed?,
                edges,
                counts,
                intervals,
            })
        };
        let pictures = questions.filter_map(picture).take(MOST_PICTURES);
        let mut chapters = vec![Chapter {
            id: "intervals",
            heading: "Replicates and intervals",
            reading: "The bars are the statistic's values in the resampled data, the red line that of the data; below stand the intervals.".into(),
            parts: one_part(pictures.map(|of| of.picture()).collect()),
        }];
        chapters.retain(|chapter| !chapter.parts.is_empty());
        super::figures::name_apart(&mut chapters);
        chapters
    }

    /// What was done, in the words of a methods section.
    fn methods(&self) -> String {
        let head = &self.manifest.head;
        let schemes = self.manifest.schemes.iter();
        format!(
            "Intervals and standard errors are bootstrap ones by placebo {} (seed {}, {} draws where draws were needed). {} {}",
            head.placebo_version,
            head.seed,
            thousands(head.draws),
            distinct(schemes.clone().map(BootstrapStatement::sentences)).join(" "),
            distinct(schemes.map(BootstrapStatement::explained)).join(" ")
        )
    }
}

/// An interval's kind and level.
fn kind(row: &BootstrapRow) -> String {
    format!(
        "{} {} %",
        row.interval_kind,
        short(100.0 * row.interval_level)
    )
}
