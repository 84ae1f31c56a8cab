//! The page of a test of a table.

use super::figures::{Chapter, MOST_PICTURES, MOST_QUESTIONS, law_of, one_part};
use super::tables::Table;
use super::{Page, origin};
use crate::error::thousands;
use crate::inference::{COUNTED_AT, distinct};
use crate::picture::{ByNull, Dot, Picture, Question, p_text, short};
use crate::report::statement::cut_dates;
use crate::report::table_test::question;
use crate::report::{Forms, ResultRow, TableReport};

impl TableReport {
    /// The report as a page: see [`to_html`](super::to_html).
    pub fn to_html(&self) -> String {
        let head = &self.manifest.head;
        let nulls = self.manifest.nulls.iter();
        let notes = head.rules.iter().chain(&head.notes);
        let page = Page {
            answer: self.answer(),
            chapters: self.chapters(),
            tables: Table::of_papers(&self.papers()),
            nulls: nulls
                .map(|null| (null.null.clone(), null.sentences()))
                .collect(),
            notes: notes.map(|note| cut_dates(note)).collect(),
            methods: self.methods(),
            bibliography: super::methods::always_cited(&head.placebo_version),
            ..Page::of(origin(head), &self.formula, head, &self.manifest)
        };
        page.written()
    }

    /// The pictures of its page.
    pub fn pictures(&self) -> Vec<Picture> {
        super::all_pictures(self.chapters())
    }

    /// The answer in sentences.
    fn answer(&self) -> Vec<String> {
        let ranked = self.ranked();
        let Some(first) = ranked.first() else {
            let reason = self.results.iter().find_map(|row| row.p_reason.clone());
            return vec![match reason {
                Some(reason) => format!("There is no p: {reason}."),
                None => "There is no p.".to_owned(),
            }];
        };
        let p = first.p.expect("only rows with a p are ranked");
        let observed = first.observed.map_or("no value".to_owned(), short);
        let mut said = format!("{}: {observed}; p = {}", question(first), p_text(p));
        said += &format!(" ({}, {})", first.convention_label(), by(first));
        if let Some(adjusted) = first.p_maxt_step {
            said += &format!(", as one of the family {}", p_text(adjusted));
        }
        said += &match ranked.len() {
            1 => ".".to_owned(),
            n => format!(
                "; of {} questions the one with the smallest p.",
                thousands(n as u64)
            ),
        };
        let mut sentences = vec![said];
        if ranked.len() > 1 {
            let below = ranked.iter().filter(|row| row.p < Some(COUNTED_AT)).count();
            // Rows whose p claims no level have no number that is expected.
            let claims = self
                .manifest
                .nulls
                .iter()
                .all(|null| null.observed_admissible);
            let expected = match claims {
                true => format!(
                    "; where chance alone made them all, at most {} are expected",
                    short(COUNTED_AT * ranked.len() as f64)
                ),
                false => String::new(),
            };
            sentences.push(format!(
                "{} of {} questions have p below {COUNTED_AT}{expected}.",
                thousands(below as u64),
                thousands(ranked.len() as u64)
            ));
        }
        if !self.manifest.complete {
            sentences.push(super::INTERRUPTED.to_owned());
        }
        sentences
    }

    fn chapters(&self) -> Vec<Chapter> {
        let mut chapters = vec![self.by_question(), self.laws()];
        chapters.retain(|chapter| !chapter.parts.is_empty());
        super::figures::name_apart(&mut chapters);
        chapters
    }

    /// p of every question, in its order; of many the smallest.
    fn by_question(&self) -> Chapter {
        let conventions = distinct(self.results.iter().map(ResultRow::convention_label));
        let ranked = self.ranked();
        let all = distinct(ranked.iter().map(|row| question(row)));
        let mut shown = all.clone();
        shown.truncate(MOST_QUESTIONS);
        let mut drawn: Vec<Question> = Vec::new();
        for row in self.results.iter().filter(|row| row.p.is_some()) {
            let label = question(row);
            if !shown.contains(&label) {
                continue;
            }
            let at = drawn.iter().position(|had| had.label == label);
            let at = at.unwrap_or_else(|| {
                drawn.push(Question {
                    section: String::new(),
                    label,
                    dots: Vec::new(),
                    hac: None,
                });
                drawn.len() - 1
            });
            let convention = conventions
                .iter()
                .position(|of| *of == row.convention_label());
            drawn[at].dots.push(Dot {
                null: convention.unwrap_or(0),
                p: row.p.unwrap_or(1.0),
                interval: row
                    .p_mc_low
                    .zip(row.p_mc_high)
                    .filter(|(low, high)| low < high),
            });
        }
        let pictures = match drawn.is_empty() {
            true => Vec::new(),
            false => vec![
                ByNull {
                    about: self.formula.clone(),
                    nulls: conventions.iter().map(ToString::to_string).collect(),
                    questions: drawn,
                    level: COUNTED_AT,
                }
                .picture(),
            ],
        };
        let cut = match all.len() > MOST_QUESTIONS {
            true => format!(
                " Of {} questions the {MOST_QUESTIONS} with the smallest p are drawn.",
                thousands(all.len() as u64)
            ),
            false => String::new(),
        };
        Chapter {
            id: "by-question",
            heading: "p by question",
            reading: format!(
                "A row is a question, a mark its p, on a logarithmic axis; the dashed line is {COUNTED_AT}. A pale line through a mark is the Monte Carlo interval of its p.{cut}"
            ),
            parts: one_part(pictures),
        }
    }

    /// The null distributions of the questions, those with the smallest p first.
    fn laws(&self) -> Chapter {
        let law = |row: &ResultRow| {
            let convention = row.convention_label().to_owned();
            Some(law_of(row, question(row), convention, 0)?.picture())
        };
        let laws = self.ranked().into_iter().filter_map(law);
        Chapter {
            id: "nulls",
            heading: "The null distributions",
            reading: "The values of the arrangements that were made; the line is the observed value, and what lies beyond it on the rarer side is red. Below each stands the share of values on either side, the observed value counting to both. The questions with the smallest p come first.".into(),
            parts: one_part(laws.take(MOST_PICTURES).collect()),
        }
    }

    /// What was done, in the words of a methods section.
    fn methods(&self) -> String {
        let head = &self.manifest.head;
        let mut text = format!(
            "The question {} was tested with placebo {} (seed {}, at most {} draws).",
            self.formula,
            head.placebo_version,
            head.seed,
            thousands(head.draws)
        );
        for null in &self.manifest.nulls {
            text += &format!(" {}: {}", null.null, null.sentences());
        }
        text += " p is (b + 1)/(m + 1), with b of m draws at least as extreme and ties counted (Phipson and Smyth 2010), and b/n where all n arrangements are made or an exact law is known.";
        if self.results.iter().any(|row| row.p_maxt.is_some()) {
            text += " p-values of the family are adjusted by maxT (Westfall and Young 1993).";
        }
        text
    }
}

/// What answered a row.
fn by(row: &ResultRow) -> String {
    match (row.engine.as_str(), row.draws) {
        ("monte-carlo", Some(draws)) => format!("{} draws", thousands(draws)),
        (engine, _) => engine.to_owned(),
    }
}
