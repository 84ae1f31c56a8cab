//! The frame of a picture: an inner box, its axes, and where values stand in it.

use super::axis::Axis;
use super::drawing::Mark;

/// A box of a picture with two axes.
pub(super) struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub x: Axis,
    pub y: Axis,
}

/// At most how wide a text is at the pictures' size: in DejaVu Sans, the widest of their fonts.
pub(super) fn text_width(text: &str) -> f64 {
    let width = |c: char| match c {
        'i' | 'j' | 'l' | '\'' | '|' => 4.1,
        ' ' | 'f' | 'r' | 't' | '.' | ',' | ':' | ';' | '-' | '/' | '(' | ')' | '!' => 5.0,
        'a'..='l' | 'n'..='v' | 'x'..='z' | '0'..='9' | '_' => 7.7,
        'w' | 'A'..='V' | 'X'..='Z' | '&' | '<' | '>' | '=' | '+' | '\u{2212}' => 10.4,
        _ => 12.0,
    };
    text.chars().map(width).sum()
}

impl Frame {
    pub fn at_x(&self, x: f64) -> f64 {
        self.left + self.width * self.x.share(x)
    }

    pub fn at_y(&self, y: f64) -> f64 {
        self.top + self.height * (1.0 - self.y.share(y))
    }

    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.at_x(x), self.at_y(y))
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub fn inner(&self) -> (f64, f64, f64, f64) {
        (self.left, self.top, self.width, self.height)
    }

    /// Lines across at the ticks of the upright axis, named on its left.
    pub fn rows(&self) -> Vec<Mark> {
        let ticks = self.y.ticks.iter().filter(|(at, _)| self.y.holds(*at));
        let of_tick = |(at, name): &(f64, String)| {
            let y = self.at_y(*at);
            let name = Mark::words((self.left - 6.0, y + 4.0), "end", "quiet", name);
            [Mark::line((self.left, y), (self.right(), y), "grid"), name]
        };
        ticks.flat_map(of_tick).collect()
    }

    /// The lower edge, with the names of its ticks below it.
    pub fn floor(&self) -> Vec<Mark> {
        let y = self.bottom();
        let mut marks = vec![Mark::line((self.left, y), (self.right(), y), "axis")];
        for (at, name) in self.x.ticks.iter().filter(|(at, _)| self.x.holds(*at)) {
            let x = self.at_x(*at);
            marks.push(Mark::line((x, y), (x, y + 4.0), "axis"));
            marks.push(Mark::words((x, y + 16.0), "middle", "quiet", name));
        }
        marks
    }

    /// What the lower edge counts.
    pub fn below(&self, text: &str) -> Mark {
        let at = (self.left + self.width / 2.0, self.bottom() + 32.0);
        Mark::words(at, "middle", "quiet", text)
    }
}
