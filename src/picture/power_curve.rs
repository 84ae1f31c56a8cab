//! How often tests reject, by the size of the effect that was planted.

use super::Numbers;
use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::Frame;
use super::number::{cut, short};

/// The power of one question's tests at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerCurve {
    /// The series.
    pub series: String,
    /// The group, the statistic, its window and day.
    pub about: String,
    /// Unit of the effects.
    pub unit: String,
    /// Level of the tests.
    pub level: f64,
    /// Data sets an effect.
    pub sets: u64,
    /// One a test.
    pub lines: Vec<PowerLine>,
}

/// The rates of one test.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerLine {
    /// Its null design, in a few words.
    pub null: String,
    /// By effect, ascending.
    pub rates: Vec<Rate>,
}

/// A rejection rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The planted effect.
    pub effect: f64,
    /// The share of data sets that are rejected.
    pub rate: f64,
    /// The ends of its 95 % interval.
    pub interval: (f64, f64),
}

impl PowerCurve {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let effects = || {
            self.lines
                .iter()
                .flat_map(|line| &line.rates)
                .map(|rate| rate.effect)
        };
        let (low, high) =
            effects().fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
        let top = 50.0 + 16.0 * self.lines.len() as f64;
        let frame = Frame {
            left: 40.0,
            top,
            width: 318.0,
            height: 180.0,
            x: Axis::linear(low, high, 6),
            y: Axis::linear(0.0, 1.0, 5),
        };
        let mut marks = vec![
            Mark::words((8.0, 16.0), "start", "head", &cut(&self.series, 46)),
            Mark::words((8.0, 32.0), "start", "quiet small", &cut(&self.about, 58)),
        ];
        for (i, line) in self.lines.iter().enumerate() {
            let y = 48.0 + 16.0 * i as f64;
            marks.push(Mark::symbol(
                i % 7,
                (15.0, y),
                3.9,
                &format!("f{}", i % 7),
                "",
            ));
            marks.push(Mark::words(
                (26.0, y + 4.0),
                "start",
                "small",
                &cut(&line.null, 52),
            ));
        }
        marks.extend(frame.rows());
        let level = frame.at_y(self.level);
        marks.push(Mark::line(
            (frame.left, level),
            (frame.right(), level),
            "mark",
        ));
        for (i, line) in self.lines.iter().enumerate() {
            let ends = |of: fn(&Rate) -> f64| -> Vec<(f64, f64)> {
                line.rates
                    .iter()
                    .map(|rate| frame.at((rate.effect, of(rate))))
                    .collect()
            };
            if line.rates.len() > 1 {
                let (low, high) = (ends(|rate| rate.interval.0), ends(|rate| rate.interval.1));
                marks.push(Mark::between(&low, &high, &format!("f{} soft", i % 7)));
                marks.push(Mark::curve(
                    ends(|rate| rate.rate).into_iter().map(Some),
                    &format!("line s{}", i % 7),
                ));
            }
            for rate in &line.rates {
                let at = frame.at((rate.effect, rate.rate));
                let tip = format!(
                    "{}, effect {} {}: {}",
                    line.null,
                    short(rate.effect),
                    self.unit,
                    short(rate.rate)
                );
                marks.push(Mark::symbol(i % 7, at, 3.6, &format!("f{}", i % 7), &tip));
            }
        }
        // Over the curves, which may pass where it stands.
        marks.push(Mark::words(
            (frame.right() - 3.0, level - 4.0),
            "end",
            "accent small",
            &format!("level {}", self.level),
        ));
        marks.extend(frame.floor());
        marks.push(frame.below(&format!("planted effect, {}", self.unit)));
        Picture {
            id: id(&["power", &self.question(), &self.level.to_string()]),
            title: format!(
                "{}: rejection rate at level {}",
                self.question(),
                self.level
            ),
            description: self.description(),
            numbers: self.numbers(),
            size: (376.0, frame.bottom() + 42.0),
            inner: frame.inner(),
            marks,
        }
    }

    fn question(&self) -> String {
        format!("{}, {}", self.series, self.about)
    }

    fn description(&self) -> String {
        let mut text = format!(
            "Share of {} data sets an effect that are rejected at level {}.",
            super::number::count(self.sets),
            self.level
        );
        for line in &self.lines {
            let rates: Vec<String> = line
                .rates
                .iter()
                .map(|rate| {
                    format!(
                        "{} at {} {}",
                        short(rate.rate),
                        short(rate.effect),
                        self.unit
                    )
                })
                .collect();
            text += &format!(" {}: {}.", line.null, rates.join(", "));
        }
        text
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["null", "effect", "rate", "rate_low", "rate_high"]);
        for line in &self.lines {
            let rows = line.rates.iter().map(|rate| {
                vec![
                    line.null.as_str().into(),
                    rate.effect.into(),
                    rate.rate.into(),
                    rate.interval.0.into(),
                    rate.interval.1.into(),
                ]
            });
            numbers.rows.extend(rows);
        }
        numbers
    }
}
