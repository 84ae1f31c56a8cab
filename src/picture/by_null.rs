//! p by null design: a row a question, a dot a null design.

use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::{Frame, text_width};
use super::number::{cut, cut_to, p_text};
use super::{Cell, Numbers};

/// The p-values of some questions under each null design.
#[derive(Debug, Clone, PartialEq)]
pub struct ByNull {
    /// What all of them are about, such as a statistic and its window.
    pub about: String,
    /// Names of the null designs, in the order of their colours.
    pub nulls: Vec<String>,
    /// The questions, those of a section together.
    pub questions: Vec<Question>,
    /// The level that is marked.
    pub level: f64,
}

/// A question and its p-values.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The heading that it stands under; empty for none.
    pub section: String,
    /// What is asked.
    pub label: String,
    /// Under some of the designs.
    pub dots: Vec<Dot>,
    /// p of a normal law with HAC errors, where there is one.
    pub hac: Option<f64>,
}

/// A p-value under a design.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// Index of the design.
    pub null: usize,
    /// p.
    pub p: f64,
    /// The ends of its 95 % Monte Carlo interval, where there is one.
    pub interval: Option<(f64, f64)>,
}

const ROW: f64 = 19.0;
const LEGEND_ROW: f64 = 17.0;
const WIDTH: f64 = 376.0;
/// The widest label of a question.
const WIDEST: f64 = 150.0;

impl ByNull {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let has_hac = self.questions.iter().any(|question| question.hac.is_some());
        let legend: Vec<&str> = self
            .nulls
            .iter()
            .map(String::as_str)
            .chain(has_hac.then_some("HAC, normal law"))
            .collect();
        let columns = if legend.iter().all(|name| name.chars().count() <= 24) {
            2
        } else {
            1
        };
        let legend_rows = legend.len().div_ceil(columns);
        let labels = self
            .questions
            .iter()
            .map(|question| text_width(&cut_to(&question.label, WIDEST)));
        let left = labels.fold(60.0, f64::max) + 16.0;
        let mut lines: Vec<(bool, usize)> = Vec::new();
        for (i, question) in self.questions.iter().enumerate() {
            let is_new = i == 0 || self.questions[i - 1].section != question.section;
            if is_new && !question.section.is_empty() {
                lines.push((true, i));
            }
            lines.push((false, i));
        }
        let top = 50.0 + legend_rows as f64 * LEGEND_ROW;
        let least = self.all_p().fold(0.02, f64::min);
        let frame = Frame {
            left,
            top,
            width: WIDTH - left - 14.0,
            height: ROW * lines.len() as f64,
            x: Axis::log_share(least * 0.75),
            y: Axis::linear(0.0, 1.0, 1),
        };
        let mut marks = vec![Mark::words(
            (8.0, 16.0),
            "start",
            "head",
            &cut(&self.about, 46),
        )];
        for (i, name) in legend.iter().enumerate() {
            let x = 12.0 + (i % columns) as f64 * (WIDTH - 12.0) / columns as f64;
            let y = 34.0 + (i / columns) as f64 * LEGEND_ROW;
            marks.push(self.symbol(i, (x, y), ""));
            let most = if columns == 2 { 25 } else { 52 };
            marks.push(Mark::words(
                (x + 11.0, y + 4.0),
                "start",
                "small",
                &cut(name, most),
            ));
        }
        for (line, &(is_head, _)) in lines.iter().enumerate().filter(|(_, line)| line.0) {
            let y = top + ROW * line as f64;
            debug_assert!(is_head);
            marks.push(Mark::area((0.0, y), (WIDTH, ROW), "stripe", ""));
        }
        for (at, _) in frame.x.ticks.iter().filter(|(at, _)| frame.x.holds(*at)) {
            let x = frame.at_x(*at);
            marks.push(Mark::line((x, top), (x, frame.bottom()), "grid"));
        }
        let level = frame.at_x(self.level);
        marks.push(Mark::line(
            (level, top - 4.0),
            (level, frame.bottom()),
            "mark",
        ));
        marks.push(Mark::words(
            (level, top - 8.0),
            "middle",
            "accent small",
            &format!("{}", self.level),
        ));
        for (line, &(is_head, i)) in lines.iter().enumerate() {
            let question = &self.questions[i];
            let y = top + ROW * (line as f64 + 0.5);
            if is_head {
                marks.push(Mark::words(
                    (8.0, y + 4.0),
                    "start",
                    "head",
                    &cut(&question.section, 46),
                ));
                continue;
            }
            marks.push(Mark::words(
                (left - 10.0, y + 4.0),
                "end",
                "",
                &cut_to(&question.label, WIDEST),
            ));
            let p = question.dots.iter().map(|dot| dot.p);
            let ends = p.fold((f64::INFINITY, 0.0f64), |(low, high), p| {
                (low.min(p), high.max(p))
            });
            if ends.0 < ends.1 {
                let [from, to] = [ends.0, ends.1].map(|p| frame.at_x(p));
                marks.push(Mark::line((from, y), (to, y), "axis"));
            }
            for dot in &question.dots {
                // Designs that agree lie beside each other.
                let of = self.nulls.len() as f64 - 1.0;
                let y = y + (dot.null as f64 - of / 2.0) * (5.0 / of.max(4.0));
                let name = self.nulls.get(dot.null).map_or("", String::as_str);
                let about = [question.section.as_str(), &question.label].join(" ");
                let tip = format!("{}, {name}: p = {}", about.trim(), p_text(dot.p));
                if let Some((low, high)) = dot
                    .interval
                    .filter(|(low, high)| high / low.max(1e-12) > 1.25)
                {
                    let [from, to] = [low.max(least * 0.75), high].map(|p| frame.at_x(p));
                    marks.push(Mark::line(
                        (from, y),
                        (to, y),
                        &format!("whisker s{}", dot.null % 8),
                    ));
                }
                marks.push(self.symbol(dot.null, (frame.at_x(dot.p), y), &tip));
            }
            if let Some(p) = question.hac.filter(|p| frame.x.holds(*p)) {
                let tip = format!(
                    "{}, HAC and the normal law: p = {}",
                    question.label,
                    p_text(p)
                );
                marks.push(self.symbol(self.nulls.len(), (frame.at_x(p), y), &tip));
            }
        }
        marks.extend(frame.floor());
        marks.push(frame.below("p, on a logarithmic axis"));
        Picture {
            id: id(&["p by null", &self.about]),
            title: format!("p by null design: {}", self.about),
            description: self.description(),
            numbers: self.numbers(),
            size: (WIDTH, frame.bottom() + 42.0),
            inner: frame.inner(),
            marks,
        }
    }

    /// The symbol of a design; after the last one, that of HAC errors.
    fn symbol(&self, null: usize, at: (f64, f64), tip: &str) -> Mark {
        match null == self.nulls.len() {
            true => Mark::symbol(7, at, 4.0, "f7", tip),
            false => Mark::symbol(null % 7, at, 3.9, &format!("f{}", null % 7), tip),
        }
    }

    fn all_p(&self) -> impl Iterator<Item = f64> {
        let dots = self.questions.iter().flat_map(|question| &question.dots);
        dots.map(|dot| dot.p).filter(|p| *p > 0.0)
    }

    fn description(&self) -> String {
        let asked = self.questions.len();
        let below = |question: &&Question, all: bool| {
            let is_below = |dot: &Dot| dot.p <= self.level;
            match all {
                true => !question.dots.is_empty() && question.dots.iter().all(is_below),
                false => question.dots.iter().any(is_below),
            }
        };
        let some = self
            .questions
            .iter()
            .filter(|question| below(question, false))
            .count();
        let every = self
            .questions
            .iter()
            .filter(|question| below(question, true))
            .count();
        let mut text = format!(
            "{asked} questions under {} null designs: {}. At {} or below lie {every} of them under every design asked and {some} under at least one.",
            self.nulls.len(),
            self.nulls.join(", "),
            self.level,
        );
        for question in &self.questions {
            let mut dots = question.dots.clone();
            dots.sort_by(|a, b| a.p.total_cmp(&b.p));
            let name = |dot: &Dot| format!("{} under {}", p_text(dot.p), self.nulls[dot.null]);
            let about = [question.section.as_str(), &question.label].join(" ");
            text += &match dots.as_slice() {
                [] => continue,
                [only] => format!(" {}: p {}.", about.trim(), name(only)),
                [least, .., most] => format!(
                    " {}: p from {} to {}.",
                    about.trim(),
                    name(least),
                    name(most)
                ),
            };
        }
        text
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["section", "question"]);
        numbers.headings.extend(self.nulls.iter().cloned());
        numbers.headings.push("HAC".into());
        for question in &self.questions {
            let mut row: Vec<Cell> = vec![
                question.section.as_str().into(),
                question.label.as_str().into(),
            ];
            let of = |null: usize| question.dots.iter().find(|dot| dot.null == null);
            row.extend((0..self.nulls.len()).map(|null| of(null).map(|dot| dot.p).into()));
            row.push(question.hac.into());
            numbers.rows.push(row);
        }
        numbers
    }
}
