//! A picture: marks, what they say in words, and their numbers.

use askama::Template;

use super::Numbers;
use super::number::px;
use super::palette::css;
use crate::visible::{visible, visible_lines};

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// Straight, between two points.
    Line {
        from: (f64, f64),
        to: (f64, f64),
        class: String,
    },
    /// Any outline, by its SVG path data, and what it tells who points at it.
    Shape {
        path: String,
        class: String,
        tip: String,
        /// Whether it ends at the frame's edges.
        clipped: bool,
    },
    /// A box.
    Box {
        at: (f64, f64),
        size: (f64, f64),
        class: String,
        tip: String,
    },
    /// Words; `anchor` is `start`, `middle` or `end`.
    Words {
        at: (f64, f64),
        anchor: &'static str,
        class: String,
        text: String,
    },
}

/// A drawn figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Names it in a page and as a file: letters, digits and dashes.
    pub id: String,
    /// What it shows, in a line: its text alternative begins with it.
    pub title: String,
    /// What it says, in sentences made from its numbers.
    pub description: String,
    /// The numbers behind it.
    pub numbers: Numbers,
    pub(super) size: (f64, f64),
    /// Left, top, width and height of what marks are clipped to.
    pub(super) inner: (f64, f64, f64, f64),
    pub(super) marks: Vec<Mark>,
}

#[derive(Template)]
#[template(path = "picture.svg", escape = "html")]
struct Drawn<'a> {
    picture: &'a Picture,
    /// The colours and the style, for a file of its own.
    style: Option<String>,
}

impl Drawn<'_> {
    fn px(&self, x: &f64) -> String {
        px(*x)
    }
}

/// How marks look, by class; the same in a page and in a file.
pub(super) const STYLE: &str = include_str!("../../templates/picture.css");

impl Picture {
    /// A picture of its own, which follows its reader's light or dark.
    pub fn to_svg(&self) -> String {
        let style = format!("{}{STYLE}", css("svg.picture"));
        self.written(Some(style))
    }

    /// The same for a page that has [`Picture::style`].
    pub fn to_inline_svg(&self) -> String {
        self.written(None)
    }

    /// What a page with pictures needs in its style.
    pub fn style() -> &'static str {
        STYLE
    }

    /// Width of the drawing, in pixels at its own scale.
    pub fn width(&self) -> u32 {
        self.size.0 as u32
    }

    pub(super) fn written(&self, style: Option<String>) -> String {
        let drawn = Drawn {
            picture: self,
            style,
        };
        visible_lines(&drawn.render().expect("a String can be written"))
    }
}

/// A name for a picture: what is no letter or digit becomes a dash.
pub(super) fn id(parts: &[&str]) -> String {
    let mut id = String::new();
    for c in parts.join(" ").chars() {
        match c.is_ascii_alphanumeric() {
            true => id.push(c.to_ascii_lowercase()),
            false if !id.ends_with('-') && !id.is_empty() => id.push('-'),
            false => {}
        }
    }
    id.trim_end_matches('-').to_owned()
}

impl Mark {
    pub fn line(from: (f64, f64), to: (f64, f64), class: &str) -> Self {
        Mark::Line {
            from,
            to,
            class: class.into(),
        }
    }

    pub fn words(at: (f64, f64), anchor: &'static str, class: &str, text: &str) -> Self {
        Mark::Words {
            at,
            anchor,
            class: class.into(),
            text: visible(text).into_owned(),
        }
    }

    pub fn area(at: (f64, f64), size: (f64, f64), class: &str, tip: &str) -> Self {
        Mark::Box {
            at,
            size,
            class: class.into(),
            tip: visible(tip).into_owned(),
        }
    }

    /// A line through points, broken where there is none.
    pub fn curve(points: impl IntoIterator<Item = Option<(f64, f64)>>, class: &str) -> Self {
        let mut path = String::new();
        let mut pen_down = false;
        for point in points {
            if let Some((x, y)) = point {
                let command = if pen_down { 'L' } else { 'M' };
                path += &format!("{command}{} {}", px(x), px(y));
            }
            pen_down = point.is_some();
        }
        Mark::Shape {
            path,
            class: class.into(),
            tip: String::new(),
            clipped: true,
        }
    }

    /// The area between two lines over the same places.
    pub fn between(low: &[(f64, f64)], high: &[(f64, f64)], class: &str) -> Self {
        let around = high.iter().chain(low.iter().rev());
        let mut path = String::new();
        for (i, (x, y)) in around.enumerate() {
            let command = if i > 0 { 'L' } else { 'M' };
            path += &format!("{command}{} {}", px(*x), px(*y));
        }
        path.push('Z');
        Mark::Shape {
            path,
            class: class.into(),
            tip: String::new(),
            clipped: true,
        }
    }

    /// One of eight small shapes about a point: colour alone tells no two apart.
    pub fn symbol(shape: usize, (x, y): (f64, f64), size: f64, class: &str, tip: &str) -> Self {
        let at = |dx: f64, dy: f64| format!("{} {}", px(x + dx * size), px(y + dy * size));
        let polygon = |points: &[(f64, f64)]| {
            let points: Vec<String> = points.iter().map(|&(dx, dy)| at(dx, dy)).collect();
            format!("M{}Z", points.join("L"))
        };
        let circle = |size: f64| {
            let r = px(size);
            format!(
                "M{} {}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 -{} 0Z",
                px(x - size),
                px(y),
                px(2.0 * size),
                px(2.0 * size)
            )
        };
        let path = match shape % 8 {
            0 => circle(size),
            1 => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            2 => polygon(&[(0.0, -1.2), (1.1, 0.85), (-1.1, 0.85)]),
            3 => polygon(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
            4 => polygon(&[(0.0, 1.2), (1.1, -0.85), (-1.1, -0.85)]),
            5 => polygon(&[
                (-0.4, -1.2),
                (0.4, -1.2),
                (0.4, -0.4),
                (1.2, -0.4),
                (1.2, 0.4),
                (0.4, 0.4),
                (0.4, 1.2),
                (-0.4, 1.2),
                (-0.4, 0.4),
                (-1.2, 0.4),
                (-1.2, -0.4),
                (-0.4, -0.4),
            ]),
            6 => polygon(&[(-1.1, 0.0), (0.9, -1.15), (0.9, 1.15)]),
            _ => polygon(&[(-0.45, -1.25), (0.45, -1.25), (0.45, 1.25), (-0.45, 1.25)]),
        };
        Mark::Shape {
            path,
            class: class.into(),
            tip: visible(tip).into_owned(),
            clipped: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pictures_are_plain() {
        assert_eq!(
            id(&["path", "10 Yr", "open - closed"]),
            "path-10-yr-open-closed"
        );
        assert_eq!(id(&["<script>", "é"]), "script");
    }
}
