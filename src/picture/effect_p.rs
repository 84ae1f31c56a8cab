//! p as a function of the effect that is taken out of the data, and the effects that are not rejected.

use super::Numbers;
use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::Frame;
use super::number::{cut, p_text, short};

/// The p-value function of one question under one design.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectP {
    /// The series.
    pub series: String,
    /// The group, or a difference of groups; empty where there is one.
    pub group: String,
    /// The statistic and its day.
    pub about: String,
    /// The null design, in a few words.
    pub null: String,
    /// Unit of the effects.
    pub unit: String,
    /// Effects, ascending, and p of each.
    pub points: Vec<(f64, f64)>,
    /// The estimate.
    pub observed: f64,
    /// Confidence level of the set.
    pub level: f64,
    /// The set: separate intervals, an end that is none being infinite.
    pub set: Vec<[Option<f64>; 2]>,
    /// The same in words.
    pub set_text: String,
}

impl EffectP {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let (low, high) = self.range();
        let frame = Frame {
            left: 40.0,
            top: 46.0,
            width: 322.0,
            height: 130.0,
            x: Axis::linear(low, high, 6),
            y: Axis::linear(0.0, 1.0, 4),
        };
        let mut marks = frame.rows();
        let level = frame.at_y(1.0 - self.level);
        for [from, to] in &self.set {
            let from = frame.at_x(from.unwrap_or(low).max(low));
            let to = frame.at_x(to.unwrap_or(high).min(high));
            marks.push(Mark::area(
                (from, frame.top),
                ((to - from).max(1.0), frame.height),
                "f0 soft",
                "",
            ));
        }
        marks.push(Mark::line(
            (frame.left, level),
            (frame.right(), level),
            "mark",
        ));
        let points = self.points.iter().map(|&point| Some(frame.at(point)));
        marks.push(Mark::curve(points, "line s0"));
        let x = frame.at_x(self.observed);
        marks.push(Mark::line((x, frame.top), (x, frame.bottom()), "observed"));
        if frame.x.holds(0.0) {
            let x = frame.at_x(0.0);
            marks.push(Mark::line((x, frame.top), (x, frame.bottom()), "zero"));
        }
        marks.extend(frame.floor());
        marks.push(frame.below(&format!("effect, {}", self.unit)));
        marks.push(Mark::words(
            (8.0, 16.0),
            "start",
            "head",
            &cut(&format!("{}, {}", self.question(), self.null), 46),
        ));
        let about = cut(&self.about, 56);
        marks.push(Mark::words((8.0, 32.0), "start", "quiet small", &about));
        Picture {
            id: id(&["effect", &self.series, &self.group, &self.about, &self.null]),
            title: format!(
                "{}, {} under {}: p of each effect",
                self.question(),
                self.about,
                self.null
            ),
            description: self.description(),
            numbers: self.numbers(),
            size: (376.0, 216.0),
            inner: frame.inner(),
            marks,
        }
    }

    /// The effects shown: those whose p is not next to nothing, the estimate and none.
    fn range(&self) -> (f64, f64) {
        let least = (1.0 - self.level) / 4.0;
        let told = self.points.iter().filter(|(_, p)| *p >= least);
        let effects = told.map(|point| point.0).chain([0.0, self.observed]);
        let ends = effects.fold((f64::MAX, f64::MIN), |ends, x| {
            (ends.0.min(x), ends.1.max(x))
        });
        let room = 0.05 * (ends.1 - ends.0);
        (ends.0 - room, ends.1 + room)
    }

    /// The series and the group.
    fn question(&self) -> String {
        match self.group.is_empty() {
            true => self.series.clone(),
            false => format!("{}, {}", self.series, self.group),
        }
    }

    fn description(&self) -> String {
        let zero = self
            .points
            .iter()
            .min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        let mut text = format!(
            "The estimate is {} {}. The effects that the test does not reject at {} % are {} {}.",
            short(self.observed),
            self.unit,
            short(100.0 * (1.0 - self.level)),
            self.set_text,
            self.unit
        );
        if let Some((effect, p)) = zero {
            text += &format!(" p of an effect of {} is {}.", short(*effect), p_text(*p));
        }
        text
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["effect", "p"]);
        let rows = self
            .points
            .iter()
            .map(|&(effect, p)| vec![effect.into(), p.into()]);
        numbers.rows = rows.collect();
        numbers
    }
}
