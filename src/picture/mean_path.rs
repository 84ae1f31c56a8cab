//! The mean path around the events of a group, each event as a hair, and where placebo paths lie.

use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::Frame;
use super::number::{count, short};
use super::{Cell, Numbers};

/// The path of one group of events over relative days.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanPath {
    /// The series, as people know it.
    pub series: String,
    /// The group, or a difference of groups.
    pub group: String,
    /// Which colour the group has.
    pub colour: usize,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// What is drawn, in a line.
    pub formula: String,
    /// Unit of all values.
    pub unit: String,
    /// The null design of the placebo paths.
    pub null: String,
    /// Placebo paths.
    pub draws: u64,
    /// Relative days, ascending.
    pub days: Vec<i32>,
    /// The observed value on each day.
    pub observed: Vec<Option<f64>>,
    /// Bands that hold a share of the placebo paths day by day, the widest first.
    pub fan: Vec<Band>,
    /// The band that holds this share of the placebo paths on all days at once.
    pub simultaneous: Option<Band>,
    /// p of the path's most extreme day, by that band's law.
    pub p_sup: Option<f64>,
    /// The events' own paths.
    pub hairs: Vec<Hair>,
    /// The lowest and the highest value shown, the same for groups that are read side by side.
    pub range: (f64, f64),
}

/// A band over the days.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The share that it holds.
    pub share: f64,
    /// Its ends, a day each.
    pub ends: Vec<Option<(f64, f64)>>,
}

/// An event's own path.
#[derive(Debug, Clone, PartialEq)]
pub struct Hair {
    /// Its date.
    pub name: String,
    /// A day each.
    pub values: Vec<Option<f64>>,
}

/// The range of values that paths, bands and nine tenths of the hairs' points need.
pub fn path_range(paths: &[MeanPath]) -> (f64, f64) {
    let paths = paths.iter();
    let bands = paths
        .clone()
        .flat_map(|path| path.fan.iter().chain(&path.simultaneous));
    let ends = bands.flat_map(|band| band.ends.iter().flatten());
    let ends = ends.flat_map(|&(low, high)| [low, high]);
    let observed = paths
        .clone()
        .flat_map(|path| path.observed.iter().flatten().copied());
    let whole = ends.chain(observed).chain([0.0]);
    let hairs = paths.flat_map(|path| path.hairs.iter());
    let mut points: Vec<f64> = hairs
        .flat_map(|hair| hair.values.iter().flatten().copied())
        .collect();
    points.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let last = points.len().checked_sub(1)?;
        points.get((share * last as f64).round() as usize).copied()
    };
    let hairs = [at(0.05), at(0.95)].into_iter().flatten();
    let (low, high) = whole
        .chain(hairs)
        .fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
    let room = 0.04 * (high - low);
    (low - room, high + room)
}

impl MeanPath {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let (first, last) = (self.days[0], self.days[self.days.len() - 1]);
        let frame = Frame {
            left: 46.0,
            top: 30.0,
            width: 316.0,
            height: 218.0,
            x: Axis::whole(f64::from(first) - 0.2, f64::from(last) + 0.2, 7),
            y: Axis::linear(self.range.0, self.range.1, 5),
        };
        let day = |i: usize| frame.at_x(f64::from(self.days[i]));
        let mut marks = frame.rows();
        for band in &self.fan {
            let ends = band.ends.iter().enumerate();
            let ends = ends.filter_map(|(i, ends)| Some((day(i), (*ends)?)));
            let (low, high): (Vec<_>, Vec<_>) = ends
                .map(|(x, (low, high))| ((x, frame.at_y(low)), (x, frame.at_y(high))))
                .unzip();
            if low.len() > 1 {
                marks.push(Mark::between(&low, &high, "fan"));
            }
        }
        let points = |values: &[Option<f64>]| -> Vec<Option<(f64, f64)>> {
            let of_day =
                |(i, value): (usize, &Option<f64>)| value.map(|value| (day(i), frame.at_y(value)));
            values.iter().enumerate().map(of_day).collect()
        };
        for hair in &self.hairs {
            let Mark::Shape {
                path,
                class,
                clipped,
                ..
            } = Mark::curve(points(&hair.values), &format!("hair s{}", self.colour))
            else {
                continue;
            };
            marks.push(Mark::Shape {
                path,
                class,
                clipped,
                tip: hair.name.clone(),
            });
        }
        marks.push(Mark::line(
            (frame.left, frame.at_y(0.0)),
            (frame.right(), frame.at_y(0.0)),
            "zero",
        ));
        if first <= 0 && last >= 0 {
            let x = frame.at_x(0.0);
            marks.push(Mark::line((x, frame.top), (x, frame.bottom()), "zero"));
        }
        if let Some(band) = &self.simultaneous {
            let end = |of: fn((f64, f64)) -> f64| -> Vec<Option<f64>> {
                band.ends.iter().map(|ends| ends.map(of)).collect()
            };
            marks.push(Mark::curve(points(&end(|ends| ends.0)), "band"));
            marks.push(Mark::curve(points(&end(|ends| ends.1)), "band"));
        }
        marks.push(Mark::curve(
            points(&self.observed),
            &format!("thick s{}", self.colour),
        ));
        marks.extend(frame.floor());
        marks.push(frame.below("trading days from the event"));
        let head = match self.group.is_empty() {
            true => self.series.clone(),
            false => format!("{}, {}", self.series, self.group),
        };
        marks.push(Mark::words(
            (8.0, 17.0),
            "start",
            &format!("head t{}", self.colour),
            &super::number::cut(&head, 36),
        ));
        marks.push(Mark::words(
            (frame.right(), 17.0),
            "end",
            "quiet",
            &self.unit,
        ));
        Picture {
            id: id(&["path", &self.series, &self.group]),
            title: format!("{head}: path from day {first} to day {last}"),
            description: self.description(),
            numbers: self.numbers(),
            size: (376.0, 292.0),
            inner: frame.inner(),
            marks,
        }
    }

    fn description(&self) -> String {
        let known = |i: usize| self.observed[i].map(|value| (self.days[i], value));
        let mut days = (0..self.days.len()).filter_map(known);
        let at = |day: i32| self.days.iter().position(|&had| had == day).and_then(known);
        let last = (0..self.days.len()).rev().find_map(known);
        let mut named = Vec::from_iter(days.next());
        named.extend(at(-1).into_iter().chain(at(0)).chain(last));
        named.sort_unstable_by_key(|(day, _)| *day);
        named.dedup_by_key(|(day, _)| *day);
        let named: Vec<String> = named
            .iter()
            .map(|(day, value)| format!("{} {} on day {day}", short(*value), self.unit))
            .collect();
        let mut text = format!(
            "{}. The observed path is at {}.",
            self.formula,
            named.join(", ")
        );
        let last = self.days.len() - 1;
        if let Some((band, (low, high))) = self
            .fan
            .first()
            .and_then(|band| Some((band, band.ends[last]?)))
        {
            text += &format!(
                " On day {}, {} % of {} placebo paths ({}) lie between {} and {} {}.",
                self.days[last],
                short(100.0 * band.share),
                count(self.draws),
                self.null,
                short(low),
                short(high),
                self.unit
            );
        }
        if let Some(band) = &self.simultaneous {
            let leaves = |i: &usize| match (self.observed[*i], band.ends[*i]) {
                (Some(value), Some((low, high))) => value < low || value > high,
                _ => false,
            };
            let out: Vec<usize> = (0..self.days.len()).filter(leaves).collect();
            text += &match (out.first(), out.last()) {
                (Some(&from), Some(&to)) => format!(
                    " It leaves the band that holds {} % of them on all days at once on {} of {} days, from day {} to day {}.",
                    short(100.0 * band.share),
                    out.len(),
                    self.days.len(),
                    self.days[from],
                    self.days[to]
                ),
                _ => format!(
                    " It stays inside the band that holds {} % of them on all days at once.",
                    short(100.0 * band.share)
                ),
            };
        }
        if let Some(p) = self.p_sup {
            text += &format!(" p of its most extreme day: {}.", super::p_text(p));
        }
        if !self.hairs.is_empty() {
            text += &format!(" {} events are drawn as hairs.", self.hairs.len());
        }
        text
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["relative_day", "observed"]);
        let bands: Vec<(String, &Band)> = self
            .fan
            .iter()
            .map(|band| ("pointwise".to_owned(), band))
            .chain(
                self.simultaneous
                    .iter()
                    .map(|band| ("simultaneous".to_owned(), band)),
            )
            .collect();
        for (kind, band) in &bands {
            let share = short(100.0 * band.share);
            numbers.headings.push(format!("{kind}_{share}_low"));
            numbers.headings.push(format!("{kind}_{share}_high"));
        }
        let names = self.hairs.iter().map(|hair| format!("event {}", hair.name));
        numbers.headings.extend(names);
        for (i, &day) in self.days.iter().enumerate() {
            let mut row: Vec<Cell> = vec![day.into(), self.observed[i].into()];
            for (_, band) in &bands {
                row.push(band.ends[i].map(|ends| ends.0).into());
                row.push(band.ends[i].map(|ends| ends.1).into());
            }
            row.extend(self.hairs.iter().map(|hair| hair.values[i].into()));
            numbers.rows.push(row);
        }
        numbers
    }
}
