//! The null distribution of one question under one design, with the observed value and both tails.

use super::Numbers;
use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::Frame;
use super::number::{count, cut, p_text, short};

/// A null distribution by bars.
#[derive(Debug, Clone, PartialEq)]
pub struct NullLaw {
    /// What is asked, such as `30 Yr, open - closed, day 15`.
    pub question: String,
    /// The null design, in a few words.
    pub null: String,
    /// Which colour and shape the design has.
    pub colour: usize,
    /// Unit of the values.
    pub unit: String,
    /// The ends of the bars, one more than there are bars.
    pub edges: Vec<f64>,
    /// Draws a bar.
    pub counts: Vec<u64>,
    /// Draws below the first bar and above the last one.
    pub outside: (u64, u64),
    /// The observed value.
    pub observed: f64,
    /// Draws below, at and above it.
    pub tails: (u64, u64, u64),
    /// p of the study's convention, and its name.
    pub p: Option<f64>,
    /// The name of that convention.
    pub convention: String,
    /// The 2.5 and the 97.5 % quantile.
    pub quantiles: (Option<f64>, Option<f64>),
    /// The values shown, the same for designs that are read side by side.
    pub range: (f64, f64),
}

/// The range that holds nearly all draws of some distributions, and their observed values.
pub fn law_range(laws: &[NullLaw]) -> (f64, f64) {
    let mut all = (f64::INFINITY, f64::NEG_INFINITY);
    for law in laws {
        let draws: u64 = law.counts.iter().sum();
        // The first bar of those given at which a thousandth of the draws is passed.
        let passed = |bars: &mut dyn Iterator<Item = usize>| {
            let mut seen = 0;
            let mut passing = bars.skip_while(|&bar| {
                seen += law.counts[bar];
                seen * 1000 <= draws
            });
            passing.next()
        };
        let bars = 0..law.counts.len();
        let low = passed(&mut bars.clone()).map_or(law.observed, |bar| law.edges[bar]);
        let high = passed(&mut bars.rev()).map_or(law.observed, |bar| law.edges[bar + 1]);
        all = (
            all.0.min(low).min(law.observed),
            all.1.max(high).max(law.observed),
        );
    }
    let room = 0.03 * (all.1 - all.0);
    (all.0 - room, all.1 + room)
}

impl NullLaw {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let density = |bar: usize| {
            let width = self.edges[bar + 1] - self.edges[bar];
            self.counts[bar] as f64 / width
        };
        let highest = (0..self.counts.len()).map(density).fold(0.0, f64::max);
        let frame = Frame {
            left: 12.0,
            top: 48.0,
            width: 352.0,
            height: 112.0,
            x: Axis::linear(self.range.0, self.range.1, 6),
            y: Axis::linear(0.0, highest, 4),
        };
        // The tail that is the smaller one is marked.
        let (below, _, above) = self.tails;
        let is_upper = above <= below;
        let is_tail = |bar: usize| {
            let middle = (self.edges[bar] + self.edges[bar + 1]) / 2.0;
            if is_upper {
                middle >= self.observed
            } else {
                middle <= self.observed
            }
        };
        let outline = |in_tail: bool| {
            let mut path = String::new();
            for bar in (0..self.counts.len())
                .filter(|&bar| self.counts[bar] > 0 && is_tail(bar) == in_tail)
            {
                let [from, to] = [self.edges[bar], self.edges[bar + 1]].map(|x| frame.at_x(x));
                let y = frame.at_y(density(bar));
                let [from, to, y, floor] = [from, to, y, frame.bottom()].map(super::number::px);
                path += &format!("M{from} {floor}V{y}H{to}V{floor}Z");
            }
            path
        };
        let shape = |path: String, class: &str| Mark::Shape {
            path,
            class: class.into(),
            tip: String::new(),
            clipped: true,
        };
        let mut marks = vec![shape(outline(false), "bar"), shape(outline(true), "tail")];
        marks.extend(frame.floor());
        let x = frame.at_x(self.observed);
        marks.push(Mark::line(
            (x, frame.top - 6.0),
            (x, frame.bottom()),
            "observed",
        ));
        let anchor = match frame.x.share(self.observed) {
            share if share < 0.2 => "start",
            share if share > 0.8 => "end",
            _ => "middle",
        };
        let observed = format!("observed {} {}", short(self.observed), self.unit);
        marks.push(Mark::words(
            (x, frame.top - 10.0),
            anchor,
            "accent small",
            &observed,
        ));
        marks.push(Mark::symbol(
            self.colour,
            (17.0, 13.0),
            4.2,
            &format!("f{}", self.colour),
            "",
        ));
        marks.push(Mark::words(
            (28.0, 17.0),
            "start",
            "head",
            &cut(&self.null, 34),
        ));
        if let Some(p) = self.p {
            marks.push(Mark::words(
                (frame.right(), 17.0),
                "end",
                "head",
                &format!("p {}", p_text(p)),
            ));
        }
        let foot = frame.bottom() + 32.0;
        let [lower, upper] = self.shares();
        let tail = |is_marked: bool| {
            if is_marked {
                "accent small"
            } else {
                "quiet small"
            }
        };
        marks.push(Mark::words(
            (frame.left, foot),
            "start",
            tail(!is_upper),
            &format!("{lower} at or below"),
        ));
        marks.push(Mark::words(
            (frame.right(), foot),
            "end",
            tail(is_upper),
            &format!("{upper} at or above"),
        ));
        Picture {
            id: id(&["null", &self.question, &self.null]),
            title: format!("{} under {}: null distribution", self.question, self.null),
            description: self.description(),
            numbers: self.numbers(),
            size: (376.0, 200.0),
            inner: frame.inner(),
            marks,
        }
    }

    /// The shares of draws at or below, and at or above the observed value.
    fn shares(&self) -> [String; 2] {
        let (below, equal, above) = self.tails;
        let draws = (below + equal + above).max(1) as f64;
        [below + equal, above + equal]
            .map(|tail| format!("{} %", short(100.0 * tail as f64 / draws)))
    }

    fn description(&self) -> String {
        let (below, equal, above) = self.tails;
        let draws = below + equal + above;
        let [lower, upper] = self.shares();
        let mut text = format!(
            "The observed value is {} {}. Of {} placebo values {} ({lower}) are at or below it and {} ({upper}) at or above it",
            short(self.observed),
            self.unit,
            count(draws),
            count(below + equal),
            count(above + equal),
        );
        if let Some(p) = self.p {
            text += &format!("; the {} p is {}", self.convention, p_text(p));
        }
        text.push('.');
        if let (Some(low), Some(high)) = self.quantiles {
            text += &format!(
                " 95 % of them lie between {} and {} {}.",
                short(low),
                short(high),
                self.unit
            );
        }
        text
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["from", "to", "draws"]);
        let bars = self.edges.windows(2).zip(&self.counts);
        let bars = bars.map(|(ends, &count)| (Some(ends[0]), Some(ends[1]), count));
        let below = (None, self.edges.first().copied(), self.outside.0);
        let above = (self.edges.last().copied(), None, self.outside.1);
        let all = [below].into_iter().chain(bars).chain([above]);
        let held = all.filter(|(.., count)| *count > 0);
        numbers.rows = held
            .map(|(from, to, count)| vec![from.into(), to.into(), count.into()])
            .collect();
        numbers
    }
}
