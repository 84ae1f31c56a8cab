//! Numbers and words as pictures say them.

use super::frame::text_width;

/// A p-value: four decimals, small ones as a power of ten, so that none looks like 0.
pub fn p_text(p: f64) -> String {
    match p {
        0.0 => "0".into(),
        p if p < 0.001 => format!("{p:.1e}"),
        p => format!("{p:.4}"),
    }
}

/// At most four digits that count, with a true minus.
pub fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { "0".into() } else { x.to_string() };
    }
    let size = x.abs();
    if !(1e-4..1e7).contains(&size) {
        return signed(&format!("{x:.2e}"));
    }
    let digits = libm::floor(libm::log10(size)) as i32;
    let decimals = (2 - digits).clamp(0, 8) as usize;
    with_decimals(x, decimals)
}

/// With as many decimals at most, without zeros at the end.
pub(super) fn with_decimals(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    signed(if text == "-0" { "0" } else { text })
}

fn signed(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// A whole number with its thousands apart.
pub(super) fn count(n: u64) -> String {
    crate::error::thousands(n)
}

/// A text cut to so many characters, with a sign that it was.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.max(2) - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// A text cut to such a width, with a sign that it was.
pub(super) fn cut_to(text: &str, width: f64) -> String {
    let all = text.chars().count();
    let fits = |most: &usize| text_width(&cut(text, *most)) <= width;
    cut(text, (2..=all).rev().find(fits).unwrap_or(2))
}

/// A coordinate: to a tenth of a pixel.
pub(super) fn px(x: f64) -> String {
    let text = format!("{x:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".into(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_as_many_digits_as_count() {
        for (x, text) in [
            (0.0, "0"),
            (-17.601, "−17.6"),
            (12.0, "12"),
            (0.012_345, "0.0123"),
            (123_456.0, "123456"),
            (-1.5e-7, "−1.50e−7"),
            (99.96, "100"),
        ] {
            assert_eq!(short(x), text);
        }
        assert_eq!((p_text(0.0574), p_text(0.0)), ("0.0574".into(), "0".into()));
        assert_eq!(p_text(0.000_52), "5.2e-4");
        assert_eq!(
            (px(12.04), px(-0.04), px(2.67)),
            ("12".into(), "0".into(), "2.7".into())
        );
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut_to("open − closed", 150.0), "open − closed");
        assert_eq!(cut_to("MMMM", 40.0), "MM…");
        assert_eq!(
            cut_to("<i>open</i> − &amp;closed", 150.0),
            "<i>open</i> − &am…"
        );
        assert_eq!(cut_to("a", 1.0), "a");
        assert_eq!(with_decimals(-0.001, 2), "0");
    }
}
