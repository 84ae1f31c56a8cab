//! One cell's text to a number or a date; strict, so that nothing is guessed.

use jiff::civil::Date;

/// Why a cell could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadCell {
    /// What was found and what was expected.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl BadCell {
    fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        BadCell {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

/// A plain decimal, with or without an exponent; finite.
pub(super) fn number(cell: &str) -> Result<f64, BadCell> {
    if !is_decimal(cell) {
        return Err(bad_number(cell));
    }
    match cell.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(BadCell::new(
            format!("`{}` is too large for a 64-bit number", shown(cell)),
            "Use a coarser unit.",
        )),
    }
}

/// `[+-] digits [. digits] [e [+-] digits]` with at least one digit before the exponent.
fn is_decimal(cell: &str) -> bool {
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_is_fine = exponent.is_none_or(|text| {
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        !text.is_empty() && digits(text)
    });
    whole.len() + fraction.len() > 0 && digits(whole) && digits(fraction) && exponent_is_fine
}

fn bad_number(cell: &str) -> BadCell {
    let problem = format!("`{}` is not a number", shown(cell));
    let bare = cell.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if ["nan", "inf", "infinity"].contains(&bare.as_str()) {
        return BadCell::new(
            format!("`{}` is not a finite number", shown(cell)),
            "Leave the field empty where there is no value.",
        );
    }
    if is_decimal(&cell.replace([',', '_', '\'', ' ', '\u{a0}'], "")) {
        return BadCell::new(
            problem,
            "Write `.` as the decimal sign and no thousands separators: 1234.5.",
        );
    }
    if is_decimal(cell.trim_end_matches(['%', ' '])) {
        return BadCell::new(
            problem,
            "Remove the percent sign and set `unit = \"percent\"`.",
        );
    }
    BadCell::new(
        problem,
        "Write a plain decimal such as -0.25, or leave the field empty where there is no value; if the column is no series, name the others in `series`.",
    )
}

/// A date as `YYYY-MM-DD`.
pub(super) fn iso_date(cell: &str) -> Result<Date, BadCell> {
    let date = match cell.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => date(year, month, day),
        _ => None,
    };
    date.ok_or_else(|| bad_date(cell, "YYYY-MM-DD", "2024-01-31"))
}

/// Four digits of year, two of month and day.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let short = |text: &str| text.len() == 2 && digits(text);
    if year.len() != 4 || !digits(year) || !short(month) || !short(day) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

pub(super) fn bad_date(cell: &str, pattern: &str, example: &str) -> BadCell {
    if cell.is_empty() {
        return BadCell::new(
            "there is no date",
            format!("Write a date as {pattern}, for example {example}, or remove the row."),
        );
    }
    BadCell::new(
        format!("`{}` is not a date of the form {pattern}", shown(cell)),
        format!("Write dates that exist, as {pattern}: {example}."),
    )
}

/// The cell for a message: on one line, and not without end.
pub(super) fn shown(cell: &str) -> String {
    const LONGEST: usize = 40;
    let mut text: String = cell.chars().take(LONGEST).collect();
    if text.len() < cell.len() {
        text.push_str("...");
    }
    text.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn plain_decimals_are_read() {
        for (cell, value) in [
            ("4.98", 4.98),
            ("-0.97", -0.97),
            ("+1", 1.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1.5e-3", 0.0015),
            ("2E+2", 200.0),
        ] {
            assert_eq!(number(cell), Ok(value), "{cell}");
        }
    }

    #[test]
    fn other_numbers_are_refused_with_the_right_remedy() {
        for (cell, problem, remedy) in [
            ("abc", "`abc` is not a number", "plain decimal"),
            ("", "`` is not a number", "plain decimal"),
            (".", "`.` is not a number", "leave the field empty"),
            ("-", "`-` is not a number", "plain decimal"),
            ("1e", "`1e` is not a number", "plain decimal"),
            ("0x10", "`0x10` is not a number", "plain decimal"),
            (
                "1,234.5",
                "`1,234.5` is not a number",
                "thousands separators",
            ),
            ("4,1", "`4,1` is not a number", "decimal sign"),
            ("1_000", "`1_000` is not a number", "thousands separators"),
            ("4.1%", "`4.1%` is not a number", "percent sign"),
            ("NaN", "`NaN` is not a finite number", "empty"),
            ("-inf", "`-inf` is not a finite number", "empty"),
            ("Infinity", "`Infinity` is not a finite number", "empty"),
            ("1e999", "`1e999` is too large", "coarser unit"),
            ("4.1\n4.2", "`4.1\\n4.2` is not a number", "plain decimal"),
        ] {
            let bad = number(cell).unwrap_err();
            assert!(bad.problem.contains(problem), "{cell}: {}", bad.problem);
            assert!(bad.remedy.contains(remedy), "{cell}: {}", bad.remedy);
        }
    }

    #[test]
    fn dates_are_read_in_their_own_layout_only() {
        assert_eq!(iso_date("2024-02-29"), Ok(day(2024, 2, 29)));
        for cell in [
            "2024-2-9",
            "2023-02-29",
            "02/29/2024",
            "20240229",
            "2024-01-01T00:00",
            "٢٠٢٤-01-01",
        ] {
            assert!(iso_date(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn bad_dates_say_what_was_expected() {
        let bad = iso_date("31.01.2024").unwrap_err();
        assert_eq!(
            bad.problem,
            "`31.01.2024` is not a date of the form YYYY-MM-DD"
        );
        assert!(bad.remedy.contains("2024-01-31"));
        assert!(
            iso_date("")
                .unwrap_err()
                .problem
                .contains("there is no date")
        );
    }
}
