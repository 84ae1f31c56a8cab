//! Text from outside, as it can be shown.

use std::borrow::Cow;

/// The text with what a terminal or a reader would act on written out: control characters, line ends
/// among them, marks that turn the direction of writing, and separators of lines. What comes out goes
/// in unchanged.
///
/// Names are made so where they are read (columns, groups, studies), so that every table, message and
/// file shows the same name; messages once more where they are printed.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match is_hidden(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The same of a text of several lines, which stay lines.
pub fn visible_lines(text: &str) -> String {
    let lines: Vec<Cow<str>> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_written_out_once() {
        for (text, shown) in [
            ("10 Yr", "10 Yr"),
            ("ä€𝄞 \u{200d}", "ä€𝄞 \u{200d}"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\u{202e}gpj\u{9b}", "\\u{202e}gpj\\u{9b}"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible(shown), shown);
        }
    }
}
