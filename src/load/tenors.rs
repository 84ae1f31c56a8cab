//! Names of yields.

use super::cell;

/// A tenor as the Treasury writes it: `1.5 Month`, `2 Mo`, `10 Yr`.
pub(super) fn is_tenor(name: &str) -> bool {
    name.split_once(' ').is_some_and(|(length, unit)| {
        cell::number(length).is_ok()
            && ["mo", "month", "yr"].contains(&unit.to_lowercase().as_str())
    })
}

/// Whether a series' name is that of a yield in percent: a Treasury tenor, or the code that FRED
/// gives to a Treasury yield, such as `DGS10` or `DFII30`.
pub(crate) fn is_yield(name: &str) -> bool {
    let is_fred_code = |prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    is_tenor(name) || ["DGS", "DFII", "DTB"].into_iter().any(is_fred_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yields_are_known_by_their_names() {
        for (name, expected) in [
            ("10 Yr", true),
            ("1.5 Month", true),
            ("DGS10", true),
            ("DFII30", true),
            ("DGSX", false),
            ("close", false),
        ] {
            assert_eq!(is_yield(name), expected, "{name}");
        }
    }
}
