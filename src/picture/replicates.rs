//! A bootstrap's replicates of one statistic, and below them its intervals on the same axis.

use super::Numbers;
use super::axis::Axis;
use super::drawing::{Mark, Picture, id};
use super::frame::Frame;
use super::number::{count, cut, px, short};

/// The replicates of a statistic and its intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// The statistic and what it is of.
    pub question: String,
    /// The resampling scheme.
    pub scheme: String,
    /// The statistic of the data.
    pub observed: f64,
    /// The ends of the bars, one more than there are bars; none where nothing was drawn or kept.
    pub edges: Vec<f64>,
    /// Draws a bar.
    pub counts: Vec<u64>,
    /// The intervals, by name.
    pub intervals: Vec<(String, [f64; 2])>,
}

/// Height of an interval's row, and of the bars.
const ROW: f64 = 20.0;
const BARS: f64 = 104.0;

impl Replicates {
    /// The picture.
    pub fn picture(&self) -> Picture {
        let values = self.intervals.iter().flat_map(|(_, ends)| ends);
        let values = values.chain(&self.edges).chain([&self.observed]);
        let finite = values.copied().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |all, value| {
            (all.0.min(value), all.1.max(value))
        });
        let room = 0.04 * (high - low);
        let highest = self.counts.iter().copied().max().unwrap_or(0);
        let bars = if self.counts.is_empty() { 0.0 } else { BARS };
        let rows = ROW * self.intervals.len() as f64;
        let frame = Frame {
            left: 116.0,
            top: 48.0,
            width: 244.0,
            height: bars + rows + 6.0,
            x: Axis::linear(low - room, high + room, 4),
            y: Axis::linear(0.0, highest.max(1) as f64, 4),
        };
        let floor = frame.top + bars;
        let mut path = String::new();
        for (ends, &draws) in self.edges.windows(2).zip(&self.counts) {
            if draws > 0 {
                let top = floor - bars * draws as f64 / highest as f64;
                let [from, to] = [ends[0], ends[1]].map(|x| px(frame.at_x(x)));
                let [top, floor] = [top, floor].map(px);
                path += &format!("M{from} {floor}V{top}H{to}V{floor}Z");
            }
        }
        let mut marks = vec![Mark::Shape {
            path,
            class: "bar".into(),
            tip: String::new(),
            clipped: true,
        }];
        if bars > 0.0 {
            marks.push(Mark::line(
                (frame.left, floor),
                (frame.right(), floor),
                "grid",
            ));
        }
        for (at, (name, [from, to])) in self.intervals.iter().enumerate() {
            let y = floor + ROW * (at as f64 + 0.5) + 4.0;
            let [from, to] = [from, to].map(|&end| frame.at_x(end));
            marks.push(Mark::line((from, y), (to, y), "line s0"));
            for end in [from, to] {
                marks.push(Mark::line((end, y - 4.0), (end, y + 4.0), "line s0"));
            }
            let name = cut(name, 18);
            marks.push(Mark::words(
                (frame.left - 8.0, y + 4.0),
                "end",
                "small",
                &name,
            ));
        }
        let x = frame.at_x(self.observed);
        marks.push(Mark::line((x, frame.top), (x, frame.bottom()), "observed"));
        marks.extend(frame.floor());
        marks.push(Mark::words(
            (8.0, 17.0),
            "start",
            "head",
            &cut(&self.question, 46),
        ));
        let observed = format!("observed {}, {}", short(self.observed), self.scheme);
        marks.push(Mark::words(
            (8.0, 34.0),
            "start",
            "accent small",
            &cut(&observed, 56),
        ));
        Picture {
            id: id(&["bootstrap", &self.question]),
            title: format!("{}: replicates and intervals", self.question),
            description: self.description(),
            numbers: self.numbers(),
            size: (376.0, frame.bottom() + 26.0),
            inner: frame.inner(),
            marks,
        }
    }

    fn description(&self) -> String {
        let mut text = format!(
            "The statistic of the data is {}; the scheme is {}.",
            short(self.observed),
            self.scheme
        );
        for (name, [low, high]) in &self.intervals {
            text += &format!(
                " The {name} interval is {} to {}.",
                short(*low),
                short(*high)
            );
        }
        if let (Some(low), Some(high)) = (self.edges.first(), self.edges.last()) {
            text += &format!(
                " {} replicates lie between {} and {}.",
                count(self.counts.iter().sum()),
                short(*low),
                short(*high)
            );
        }
        text
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::under(["what", "from", "to", "draws"]);
        let intervals = self.intervals.iter();
        numbers.rows.extend(intervals.map(|(name, [low, high])| {
            vec![
                name.as_str().into(),
                (*low).into(),
                (*high).into(),
                None.into(),
            ]
        }));
        let bars = self.edges.windows(2).zip(&self.counts);
        let bars = bars.map(|(ends, &draws)| {
            vec![
                "replicates".into(),
                ends[0].into(),
                ends[1].into(),
                draws.into(),
            ]
        });
        numbers.rows.extend(bars);
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_stand_below_the_bars_and_in_words() {
        let drawn = Replicates {
            question: "mean of x".into(),
            scheme: "iid".into(),
            observed: 2.0,
            edges: vec![0.0, 2.0, 4.0],
            counts: vec![3, 7],
            intervals: vec![
                ("bca 95 %".into(), [0.5, 3.5]),
                ("basic 95 %".into(), [0.25, 3.75]),
            ],
        };
        let picture = drawn.picture();
        assert_eq!(
            picture.description,
            "The statistic of the data is 2; the scheme is iid. The bca 95 % interval is 0.5 to 3.5. The basic 95 % \
             interval is 0.25 to 3.75. 10 replicates lie between 0 and 4."
        );
        assert_eq!(picture.numbers.rows.len(), 4);
        let without = Replicates {
            edges: Vec::new(),
            counts: Vec::new(),
            ..drawn
        };
        assert!(without.picture().size.1 < picture.size.1 - 100.0);
        assert!(!without.picture().description.contains("replicates"));
    }
}
