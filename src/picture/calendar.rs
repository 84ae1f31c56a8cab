//! A strip a year: the days that a placebo set may take, those that it may not, and the events.

use super::drawing::{Mark, Picture, id};
use super::number::{count, cut};
use super::{Cell, Numbers};

/// The days of a sample as a null design sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// The null designs that draw from these days, in a few words each.
    pub nulls: Vec<String>,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// Groups of events, in the order of their colours.
    pub groups: Vec<String>,
    /// The rows of the sample, ascending.
    pub days: Vec<Day>,
}

/// A row of the sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// ISO.
    pub date: String,
    /// Its year.
    pub year: i32,
    /// From 1.
    pub day_of_year: u16,
    /// Whether a placebo set may take it.
    pub standing: Standing,
    /// The groups of the events on it.
    pub events: Vec<usize>,
}

/// Whether a placebo set may take a day, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Eligible,
    /// Its window leaves the sample.
    NoWindow,
    /// It is blacked out, near an event, over a hole, or in no list or stratum.
    TakenOut,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Standing::Eligible => "eligible",
            Standing::NoWindow => "no whole window",
            Standing::TakenOut => "taken out",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Standing::Eligible => "bar",
            Standing::NoWindow => "faint",
            Standing::TakenOut => "blackout",
        }
    }
}

const ROW: f64 = 40.0;
const LEFT: f64 = 42.0;
const WIDTH: f64 = 376.0;
const MONTHS: [(&str, u16); 12] = [
    ("J", 1),
    ("F", 32),
    ("M", 60),
    ("A", 91),
    ("M", 121),
    ("J", 152),
    ("J", 182),
    ("A", 213),
    ("S", 244),
    ("O", 274),
    ("N", 305),
    ("D", 335),
];

impl Calendar {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let mut years: Vec<i32> = self.days.iter().map(|day| day.year).collect();
        years.dedup();
        let top = 48.0 + if self.groups.len() > 2 { 16.0 } else { 0.0 };
        let scale = (WIDTH - LEFT - 10.0) / 366.0;
        let at = |day: u16| LEFT + scale * f64::from(day - 1);
        let mut marks = self.legend();
        for (line, &year) in years.iter().enumerate() {
            let y = top + ROW * line as f64;
            marks.push(Mark::words(
                (LEFT - 8.0, y + 18.0),
                "end",
                "quiet",
                &year.to_string(),
            ));
            let days: Vec<&Day> = self.days.iter().filter(|day| day.year == year).collect();
            for run in days.chunk_by(|a, b| a.standing == b.standing) {
                let (first, last) = (run[0], run[run.len() - 1]);
                let tip = match run.len() {
                    1 => format!("{}: {}", first.date, first.standing.name()),
                    _ => format!("{} to {}: {}", first.date, last.date, first.standing.name()),
                };
                let width = scale * f64::from(last.day_of_year - first.day_of_year + 1);
                marks.push(Mark::area(
                    (at(first.day_of_year), y + 9.0),
                    (width, 10.0),
                    first.standing.class(),
                    &tip,
                ));
            }
            for day in days.iter().filter(|day| !day.events.is_empty()) {
                for (nth, &group) in day.events.iter().enumerate() {
                    let x = at(day.day_of_year) + scale / 2.0;
                    // Every other group below the strip.
                    let is_below = group % 2 == 1;
                    let away = 5.5
                        + 5.0
                            * day.events[..nth]
                                .iter()
                                .filter(|had| *had % 2 == group % 2)
                                .count() as f64;
                    let symbol = if is_below {
                        y + 20.0 + away
                    } else {
                        y + 8.0 - away
                    };
                    let class = format!("line s{}", group % 8);
                    marks.push(Mark::line((x, y + 9.0), (x, y + 19.0), &class));
                    let name = self.groups.get(group).map_or("event", String::as_str);
                    let tip = format!("{}: {name}", day.date);
                    marks.push(Mark::symbol(
                        group,
                        (x, symbol),
                        3.2,
                        &format!("f{}", group % 8),
                        &tip,
                    ));
                }
            }
        }
        let floor = top + ROW * years.len() as f64;
        for (name, day) in MONTHS {
            marks.push(Mark::words(
                (at(day) + 13.0 * scale, floor + 8.0),
                "middle",
                "quiet small",
                name,
            ));
        }
        Picture {
            id: id(&["calendar", &self.nulls.join(" ")]),
            title: format!("Days that {} can draw", self.nulls.join(" and ")),
            description: self.description(&years),
            numbers: self.numbers(),
            size: (WIDTH, floor + 16.0),
            inner: (LEFT, top, WIDTH - LEFT, floor - top),
            marks,
        }
    }

    fn legend(&self) -> Vec<Mark> {
        let mut marks = vec![Mark::words(
            (8.0, 16.0),
            "start",
            "head",
            &cut(&self.nulls.join(", "), 46),
        )];
        let mut x = 8.0;
        for standing in [Standing::Eligible, Standing::NoWindow, Standing::TakenOut] {
            if self.days.iter().any(|day| day.standing == standing) {
                marks.push(Mark::area((x, 25.0), (14.0, 9.0), standing.class(), ""));
                marks.push(Mark::words(
                    (x + 18.0, 33.5),
                    "start",
                    "quiet small",
                    standing.name(),
                ));
                x += 32.0 + 6.3 * standing.name().len() as f64;
            }
        }
        let mut y = 29.5;
        for (group, name) in self.groups.iter().enumerate() {
            let name = cut(name, 16);
            let width = 22.0 + 6.0 * name.chars().count() as f64;
            if x + width > WIDTH {
                (x, y) = (12.0, y + 16.0);
            }
            marks.push(Mark::symbol(
                group,
                (x + 4.0, y),
                3.6,
                &format!("f{}", group % 8),
                "",
            ));
            marks.push(Mark::words((x + 12.0, y + 4.0), "start", "small", &name));
            x += width;
        }
        marks
    }

    fn description(&self, years: &[i32]) -> String {
        let number = |of: &dyn Fn(&&Day) -> bool| self.days.iter().filter(of).count() as u64;
        let standing = |standing| number(&|day: &&Day| day.standing == standing);
        let events: usize = self.days.iter().map(|day| day.events.len()).sum();
        let mut text = format!(
            "{} rows from {} to {}: {} eligible, {} without a whole window, {} taken out. {events} events",
            count(self.days.len() as u64),
            self.days.first().map_or("", |day| &day.date),
            self.days.last().map_or("", |day| &day.date),
            count(standing(Standing::Eligible)),
            count(standing(Standing::NoWindow)),
            count(standing(Standing::TakenOut)),
        );
        if self.groups.len() > 1 {
            let of = |group: usize| {
                let events = self.days.iter().flat_map(|day| &day.events);
                events.filter(|had| **had == group).count()
            };
            let named: Vec<String> = (0..self.groups.len())
                .map(|group| format!("{} {}", of(group), self.groups[group]))
                .collect();
            text += &format!(" ({})", named.join(", "));
        }
        let by_year: Vec<String> = years
            .iter()
            .map(|&year| {
                let days = self.days.iter().filter(|day| day.year == year);
                let events: usize = days.map(|day| day.events.len()).sum();
                format!("{events} in {year}")
            })
            .collect();
        text + &format!(": {}.", by_year.join(", "))
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["date", "standing", "events"]);
        for day in &self.days {
            let events: Vec<&str> = day
                .events
                .iter()
                .map(|&group| self.groups.get(group).map_or("event", String::as_str))
                .collect();
            let row: Vec<Cell> = vec![
                day.date.as_str().into(),
                day.standing.name().into(),
                events.join(", ").as_str().into(),
            ];
            numbers.rows.push(row);
        }
        numbers
    }
}
