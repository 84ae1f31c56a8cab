//! A specification curve: every specification's value in order, and below it what each one chose.

use super::Numbers;
use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::Frame;
use super::number::{cut, p_text, short};

/// The specifications of one series and group.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationCurve {
    /// The series.
    pub series: String,
    /// What else tells it from other curves; may be empty.
    pub about: String,
    /// Unit of the values.
    pub unit: String,
    /// In any order.
    pub specifications: Vec<Specification>,
    /// The joint tests, in a sentence; empty where there is none.
    pub joint: String,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Specification {
    /// What is varied; `own` for the study's own.
    pub dimension: String,
    /// How.
    pub choice: String,
    /// The observed value.
    pub value: f64,
    /// 95 % of the placebo values lie between these.
    pub null: Option<(f64, f64)>,
    /// p.
    pub p: Option<f64>,
}

/// Choices of a dimension that have a line of their own; of more, the dimension has one.
const OWN_LINES: usize = 8;
const ROW: f64 = 14.0;
const WIDTH: f64 = 820.0;
const LEFT: f64 = 236.0;
const LEVEL: f64 = 0.05;

impl SpecificationCurve {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let mut sorted: Vec<&Specification> = self.specifications.iter().collect();
        sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
        let lines = self.lines();
        let values = sorted.iter().flat_map(|of| {
            let null = of.null.map(|(low, high)| [low, high]);
            null.into_iter().flatten().chain([of.value])
        });
        let (low, high) = values.fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
        let room = 0.04 * (high - low);
        let frame = Frame {
            left: LEFT,
            top: 34.0,
            width: WIDTH - LEFT - 14.0,
            height: 200.0,
            x: Axis::linear(-0.5, sorted.len() as f64 - 0.5, 1),
            y: Axis::linear(low - room, high + room, 5),
        };
        let mut marks = vec![
            Mark::words((8.0, 18.0), "start", "head", &cut(&self.question(), 60)),
            Mark::words((frame.right(), 18.0), "end", "quiet", &self.unit),
        ];
        marks.extend(frame.rows());
        let at = |i: usize| frame.at_x(i as f64);
        let bar = (frame.width / sorted.len() as f64).clamp(0.4, 8.0);
        for (i, of) in sorted.iter().enumerate() {
            if let Some((low, high)) = of.null {
                let (y, height) = (frame.at_y(high), frame.at_y(low) - frame.at_y(high));
                marks.push(Mark::area(
                    (at(i) - bar / 2.0, y),
                    (bar, height.max(0.5)),
                    "fan",
                    "",
                ));
            }
        }
        let zero = frame.at_y(0.0);
        marks.push(Mark::line((LEFT, zero), (frame.right(), zero), "zero"));
        let top = frame.bottom() + 16.0;
        for (line, (name, _)) in lines.iter().enumerate() {
            let y = top + ROW * (line as f64 + 0.5);
            if line % 2 == 0 {
                marks.push(Mark::area((0.0, y - ROW / 2.0), (WIDTH, ROW), "stripe", ""));
            }
            marks.push(Mark::words(
                (LEFT - 10.0, y + 4.0),
                "end",
                "small",
                &cut(name, 37),
            ));
        }
        for (i, of) in sorted.iter().enumerate() {
            let is_own = of.dimension == "own";
            let is_below = of.p.is_some_and(|p| p <= LEVEL);
            let class = match (is_own, is_below) {
                (true, _) => "f1",
                (_, true) => "f0",
                _ => "f7",
            };
            let p = of.p.map_or("none".into(), p_text);
            let tip = format!(
                "{} {}: {} {}, p {p}",
                of.dimension,
                of.choice,
                short(of.value),
                self.unit
            );
            let (shape, size) = if is_own {
                (3, 4.6)
            } else {
                (0, if sorted.len() > 150 { 1.5 } else { 2.8 })
            };
            marks.push(Mark::symbol(
                shape,
                (at(i), frame.at_y(of.value)),
                size,
                class,
                &tip,
            ));
            if let Some(line) = lines.iter().position(|(_, holds)| {
                holds.0 == of.dimension
                    && holds.1.as_ref().is_none_or(|choice| *choice == of.choice)
            }) {
                let y = top + ROW * (line as f64 + 0.5);
                let half = if is_own { 5.0 } else { 3.5 };
                let width = if sorted.len() > 150 { 1.0 } else { 2.4 };
                marks.push(Mark::area(
                    (at(i) - width / 2.0, y - half),
                    (width, 2.0 * half),
                    class,
                    "",
                ));
            }
        }
        let foot = top + ROW * lines.len() as f64 + 18.0;
        let legend = [
            ("f1", "the study's own"),
            ("f0", "p at most 0.05"),
            ("f7", "other"),
            ("fan", "95 % of placebo values"),
        ];
        let mut x = LEFT;
        for (class, name) in legend {
            marks.push(Mark::area((x, foot - 9.0), (9.0, 9.0), class, ""));
            marks.push(Mark::words((x + 14.0, foot), "start", "quiet small", name));
            x += 34.0 + 5.9 * name.len() as f64;
        }
        Picture {
            id: id(&["specifications", &self.question()]),
            title: format!("{}: specification curve", self.question()),
            description: self.description(&sorted),
            numbers: self.numbers(&sorted),
            size: (WIDTH, foot + 10.0),
            inner: frame.inner(),
            marks,
        }
    }

    fn question(&self) -> String {
        match self.about.is_empty() {
            true => self.series.clone(),
            false => format!("{}, {}", self.series, self.about),
        }
    }

    /// The lines of the choice matrix: a name, and the dimension and choice that it marks.
    fn lines(&self) -> Vec<(String, (String, Option<String>))> {
        let mut dimensions: Vec<(&str, Vec<&str>)> = Vec::new();
        for of in &self.specifications {
            match dimensions
                .iter_mut()
                .find(|(name, _)| *name == of.dimension)
            {
                Some((_, choices)) if choices.contains(&of.choice.as_str()) => {}
                Some((_, choices)) => choices.push(&of.choice),
                None => dimensions.push((&of.dimension, vec![&of.choice])),
            }
        }
        let mut lines = Vec::new();
        for (dimension, choices) in dimensions {
            match choices.len() {
                1 if dimension == "own" => {
                    lines.push(("own".to_owned(), (dimension.to_owned(), None)))
                }
                1..=OWN_LINES => lines.extend(choices.iter().map(|choice| {
                    (
                        format!("{dimension}: {choice}"),
                        (dimension.to_owned(), Some((*choice).to_owned())),
                    )
                })),
                many => lines.push((
                    format!("{dimension} ({many})"),
                    (dimension.to_owned(), None),
                )),
            }
        }
        lines
    }

    fn description(&self, sorted: &[&Specification]) -> String {
        let below = sorted
            .iter()
            .filter(|of| of.p.is_some_and(|p| p <= LEVEL))
            .count();
        let own = sorted.iter().find(|of| of.dimension == "own");
        let mut text = format!(
            "{} specifications, with values from {} to {} {}; p is at most {LEVEL} in {below} of them.",
            sorted.len(),
            sorted.first().map_or("none".into(), |of| short(of.value)),
            sorted.last().map_or("none".into(), |of| short(of.value)),
            self.unit
        );
        if let Some(own) = own {
            let p = own.p.map_or("none".into(), p_text);
            text += &format!(
                " The study's own is {} {}, p {p}.",
                short(own.value),
                self.unit
            );
        }
        match self.joint.is_empty() {
            true => text,
            false => format!("{text} {}", self.joint),
        }
    }

    fn numbers(&self, sorted: &[&Specification]) -> Numbers {
        let mut numbers = Numbers::under([
            "dimension",
            "choice",
            "value",
            "null_q025",
            "null_q975",
            "p",
        ]);
        let rows = sorted.iter().map(|of| {
            vec![
                of.dimension.as_str().into(),
                of.choice.as_str().into(),
                of.value.into(),
                of.null.map(|null| null.0).into(),
                of.null.map(|null| null.1).into(),
                of.p.into(),
            ]
        });
        numbers.rows = rows.collect();
        numbers
    }
}
