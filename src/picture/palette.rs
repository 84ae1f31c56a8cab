//! The colours, each for a light ground and a dark one. A test holds them to the contrast that text needs.

use std::fmt::Write;

/// A colour by its CSS variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// The variable's name, without its dashes.
    pub name: &'static str,
    /// `#rrggbb` on a light ground.
    pub light: &'static str,
    /// The same on a dark one.
    pub dark: &'static str,
    /// Whether text or a thin mark is drawn in it, which must then be told from the ground.
    pub is_ink: bool,
}

const fn ink(name: &'static str, light: &'static str, dark: &'static str) -> Colour {
    Colour {
        name,
        light,
        dark,
        is_ink: true,
    }
}

const fn tint(name: &'static str, light: &'static str, dark: &'static str) -> Colour {
    Colour {
        name,
        light,
        dark,
        is_ink: false,
    }
}

/// All colours; the first is the ground. Those of groups and designs are the hues of Okabe and Ito (2008),
/// darker on light and lighter on dark.
pub const COLOURS: [Colour; 17] = [
    tint("ground", "#ffffff", "#14171b"),
    tint("raised", "#f5f6f7", "#1c2026"),
    ink("ink", "#1c2126", "#e8eaed"),
    ink("quiet", "#59626c", "#a3abb5"),
    ink("accent", "#a3170f", "#ff9d94"),
    tint("rule", "#d9dde1", "#343a42"),
    tint("fan", "#b9c1ca", "#5b6570"),
    tint("bar", "#bcc4cc", "#4b545e"),
    tint("faint", "#e6e9ec", "#262b32"),
    ink("c0", "#0a62a9", "#79b8f3"),
    ink("c1", "#b04405", "#ff9f66"),
    ink("c2", "#0b7350", "#5ccda2"),
    ink("c3", "#8a3c86", "#dd9fd8"),
    ink("c4", "#7a5f00", "#dcc155"),
    ink("c5", "#0b6f86", "#66cfe4"),
    ink("c6", "#5b51a8", "#b3abf5"),
    ink("c7", "#5c636b", "#b6bdc6"),
];

/// The colours as CSS variables that follow the reader's ground, set on `root`; `print` is always light.
pub fn css(root: &str) -> String {
    let of = |shade: fn(&Colour) -> &'static str| {
        COLOURS.iter().fold(String::new(), |mut text, colour| {
            let _ = write!(text, "--{}:{};", colour.name, shade(colour));
            text
        })
    };
    let (light, dark) = (of(|c| c.light), of(|c| c.dark));
    format!("{root}{{{light}}}@media screen and (prefers-color-scheme:dark){{{root}{{{dark}}}}}")
}
