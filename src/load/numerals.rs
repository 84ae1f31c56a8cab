//! How a text table writes numbers: its decimal sign, thousands, percent signs and currencies.

use super::cell::{self, BadCell, shown};
use super::csv::TextTable;
use crate::Result;

/// Marks that may part thousands, beside the point or comma that is not the decimal sign.
const GROUPS: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}'];

/// What may stand before or behind every number of a column.
const AFFIXES: [(char, &str); 4] = [
    ('%', "percent signs"),
    ('$', "signs `$`"),
    ('\u{20ac}', "signs `\u{20ac}`"),
    ('\u{a3}', "signs `\u{a3}`"),
];

/// A text that is no number: no value. Each series may use any.
const MISSING: [&str; 15] = [
    "", "na", "n/a", "n.a.", "nan", "#n/a", "#na", "#n/a n/a", "null", "none", ".", "..", "-",
    "--", "nd",
];

/// Whether a cell of a series says that there is no value.
pub(super) fn is_missing(cell: &str) -> bool {
    cell.len() <= 8 && MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// How the numbers of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numerals {
    /// The decimal sign, a point or a comma.
    pub decimal: char,
}

/// A number as it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub value: f64,
    /// Whether thousands were parted.
    pub is_grouped: bool,
}

impl Numerals {
    /// A number; `None` where it is none in these numerals.
    fn read(self, cell: &str) -> Option<Number> {
        if self.decimal == '.'
            && let Ok(value) = cell::number(cell)
        {
            return Some(Number {
                value,
                is_grouped: false,
            });
        }
        let (sign, rest) = match cell.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => ("-", rest),
            None => ("", cell.strip_prefix('+').unwrap_or(cell)),
        };
        let (whole, fraction) = match rest.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (rest, None),
        };
        let (plain, is_grouped) = self.ungrouped(whole)?;
        let text = match fraction {
            Some(fraction) => format!("{sign}{plain}.{fraction}"),
            None => format!("{sign}{plain}"),
        };
        let value = cell::number(&text).ok()?;
        Some(Number { value, is_grouped })
    }

    /// The digits before the decimal sign without what parts their thousands.
    fn ungrouped(self, whole: &str) -> Option<(String, bool)> {
        let other = match self.decimal {
            ',' => '.',
            _ => ',',
        };
        let mark = whole.chars().find(|c| !c.is_ascii_digit());
        let Some(mark) = mark.filter(|c| *c == other || GROUPS.contains(c)) else {
            return Some((whole.to_owned(), false));
        };
        let mut groups = whole.split(mark);
        let first = groups.next().unwrap_or_default();
        let mut digits = first.to_owned();
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=3).contains(&first.len()) || !is_number(first) {
            return None;
        }
        for group in groups {
            if group.len() != 3 || !is_number(group) {
                return None;
            }
            digits.push_str(group);
        }
        Some((digits, true))
    }
}

/// A column of text as a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Affix(Option<char>);

impl Affix {
    /// The sign that every number of a column has.
    fn of(text: &TextTable, column: usize, skip: &dyn Fn(&str) -> bool) -> Self {
        let mut cells = text.cells(column).filter(|cell| !skip(cell)).peekable();
        let Some(first) = cells.peek() else {
            return Affix(None);
        };
        let sign = AFFIXES.iter().map(|(sign, _)| *sign);
        let sign = sign.into_iter().find(|sign| first.contains(*sign));
        Affix(sign.filter(|sign| cells.all(|cell| cell.matches(*sign).count() == 1)))
    }

    fn strip(self, cell: &str) -> std::borrow::Cow<'_, str> {
        let Some(sign) = self.0 else {
            return cell.into();
        };
        if let Some(rest) = cell.strip_suffix(sign) {
            return rest.trim_end().into();
        }
        // `-$5` and `$5`; a percent sign stands behind its number.
        match (sign, cell.strip_prefix(sign), cell.strip_prefix('-')) {
            ('%', ..) => cell.into(),
            (_, Some(rest), _) => rest.trim_start().into(),
            (_, None, Some(rest)) => match rest.strip_prefix(sign) {
                Some(rest) => format!("-{}", rest.trim_start()).into(),
                None => cell.into(),
            },
            _ => cell.into(),
        }
    }
}

/// The series of a text table.
pub(super) struct Series<'a> {
    text: &'a TextTable,
    numerals: Numerals,
    /// Words and numbers that the study names as missing.
    words: &'a [String],
    /// By column of the table.
    affixes: Vec<Affix>,
    /// Whether a column has numbers.
    numeric: Vec<bool>,
    pub rules: Vec<String>,
}

impl<'a> Series<'a> {
    /// Looks at the columns that may be series, and for the decimal sign at those that are `asked` for.
    ///
    /// # Errors
    ///
    /// It cannot be told what the decimal sign is.
    pub fn of(
        text: &'a TextTable,
        columns: &[usize],
        asked: &[usize],
        stated: Option<char>,
        words: &'a [String],
    ) -> Result<Self> {
        let mut series = Series {
            text,
            numerals: Numerals { decimal: '.' },
            words,
            affixes: vec![Affix(None); text.header.len()],
            numeric: vec![false; text.header.len()],
            rules: Vec::new(),
        };
        for &column in columns {
            series.affixes[column] = Affix::of(text, column, &|cell| series.is_missing(cell));
        }
        series.numerals = series.find(asked, stated)?;
        for &column in columns {
            let is_number = |cell: &str| series.number(column, cell).is_some();
            series.numeric[column] = text.cells(column).any(is_number);
        }
        Ok(series)
    }

    /// Whether the column has a number.
    pub fn is_numeric(&self, column: usize) -> bool {
        self.numeric[column]
    }

    /// Whether no cell of the column says anything.
    pub fn is_blank(&self, column: usize) -> bool {
        self.text.cells(column).all(|cell| self.is_missing(cell))
    }

    /// Whether a cell has no value.
    pub fn is_missing(&self, cell: &str) -> bool {
        is_missing(cell) || self.words.iter().any(|word| word == cell)
    }

    fn number(&self, column: usize, cell: &str) -> Option<Number> {
        match self.is_missing(cell) {
            true => None,
            false => self.numerals.read(&self.affixes[column].strip(cell)),
        }
    }

    /// The values of a column; adds to the rules what was read into them.
    pub fn values(&mut self, column: usize) -> Result<Vec<Option<f64>>> {
        let text = self.text;
        let mut values = Vec::with_capacity(text.lines.len());
        let mut grouped = None;
        for (row, cell) in text.cells(column).enumerate() {
            if self.is_missing(cell) {
                values.push(None);
                continue;
            }
            let number = self.number(column, cell).ok_or_else(|| {
                let bad = match cell::number(cell) {
                    Err(bad) => bad,
                    Ok(_) => BadCell {
                        problem: format!(
                            "`{}` is not a number with {} as the decimal sign",
                            shown(cell),
                            sign_name(self.numerals.decimal)
                        ),
                        remedy: "Write all numbers in one way.".to_owned(),
                    },
                };
                text.refuse(row, column, bad.problem, bad.remedy)
            })?;
            if number.is_grouped {
                grouped.get_or_insert((row, cell));
            }
            values.push(Some(number.value));
        }
        let (file, name) = (&text.file.file, &text.header[column]);
        if let Some((row, cell)) = grouped {
            self.rules.push(format!(
                "{file}: marks between thousands are left out of `{name}`: `{}` in {}",
                shown(cell),
                text.row(row)
            ));
        }
        if let Some(sign) = self.affixes[column].0 {
            let what = AFFIXES.iter().find(|(known, _)| *known == sign);
            let unit = match sign {
                '%' => "; the values are percent",
                _ => "",
            };
            self.rules.push(format!(
                "{file}: {} are left out of `{name}`{unit}",
                what.map_or("signs", |(_, name)| name)
            ));
        }
        Ok(values)
    }

    /// Says which words of these columns count as missing; `own` is the word that needs no saying.
    pub fn say_missing(&mut self, columns: &[usize], own: &str) {
        let mut words: Vec<(&str, usize)> = Vec::new();
        for &column in columns {
            let said = |cell: &&str| !cell.is_empty() && *cell != own && self.is_missing(cell);
            for cell in self.text.cells(column).filter(said) {
                match words.iter_mut().find(|(word, _)| *word == cell) {
                    Some((_, times)) => *times += 1,
                    None => words.push((cell, 1)),
                }
            }
        }
        if !words.is_empty() {
            let words: Vec<String> = words
                .iter()
                .map(|(word, times)| format!("`{}` ({times})", shown(word)))
                .collect();
            self.rules.push(format!(
                "{}: cells without a value: {}",
                self.text.file.file,
                words.join(", ")
            ));
        }
    }

    /// The decimal sign: the only one with which all numbers can be read.
    fn find(&mut self, columns: &[usize], stated: Option<char>) -> Result<Numerals> {
        if let Some(decimal) = stated {
            return Ok(Numerals { decimal });
        }
        let (point, comma) = (Numerals { decimal: '.' }, Numerals { decimal: ',' });
        // The first cell that only one sign explains, and the first that each explains differently.
        let (mut by_point, mut by_comma, mut by_both) = (None, None, None);
        for &column in columns {
            let (mut points, mut commas, mut both) = (None, None, None);
            let mut numbers = true;
            for (row, cell) in self.text.cells(column).enumerate() {
                if self.is_missing(cell) {
                    continue;
                }
                let cell = self.affixes[column].strip(cell);
                let place = || Some((row, column));
                match (point.read(&cell), comma.read(&cell)) {
                    (Some(a), Some(b)) if a.value == b.value => {}
                    (Some(_), Some(_)) => both = both.or_else(place),
                    (Some(_), None) => points = points.or_else(place),
                    (None, Some(_)) => commas = commas.or_else(place),
                    (None, None) => {
                        numbers = false;
                        break;
                    }
                }
            }
            // A column of text tells nothing.
            if numbers {
                by_point = by_point.or(points);
                by_comma = by_comma.or(commas);
                by_both = by_both.or(both);
            }
        }
        let cell =
            |(row, column): (usize, usize)| self.text.cells(column).nth(row).unwrap_or_default();
        let ambiguous = |place: (usize, usize)| {
            let cell = cell(place);
            self.text.refuse(
                place.0,
                place.1,
                format!(
                    "`{}` is {} with a decimal point and {} with a decimal comma, and no number of the file tells which",
                    shown(cell),
                    point.read(&self.affixes[place.1].strip(cell)).map_or(0.0, |n| n.value),
                    comma.read(&self.affixes[place.1].strip(cell)).map_or(0.0, |n| n.value),
                ),
                "State [data] decimal = \".\" or \",\" (--decimal without a study file).",
            )
        };
        match (by_point, by_comma, by_both) {
            (Some(a), Some(b), _) => Err(self.text.refuse(
                b.0,
                b.1,
                format!(
                    "`{}` has a decimal comma, but `{}` in {} a decimal point",
                    shown(cell(b)),
                    shown(cell(a)),
                    self.text.place(a.0, a.1)
                ),
                "Write all numbers in one way.",
            )),
            (None, Some(b), _) => {
                self.rules.push(format!(
                    "{}: the decimal sign is the comma: `{}` in {}",
                    self.text.file.file,
                    shown(cell(b)),
                    self.text.row(b.0)
                ));
                Ok(comma)
            }
            // Between commas a point is the decimal sign.
            (None, None, Some(a)) if self.text.delimiter != ',' || cell(a).contains(',') => {
                Err(ambiguous(a))
            }
            _ => Ok(point),
        }
    }
}

fn sign_name(decimal: char) -> &'static str {
    match decimal {
        ',' => "a comma",
        _ => "a point",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(decimal: char, cell: &str) -> Option<f64> {
        Numerals { decimal }.read(cell).map(|number| number.value)
    }

    #[test]
    fn thousands_are_read_in_whole_groups_only() {
        for (decimal, cell, value) in [
            ('.', "1,234.5", Some(1234.5)),
            ('.', "1,234,567", Some(1_234_567.0)),
            ('.', "-1,234", Some(-1234.0)),
            ('.', "1 234.5", Some(1234.5)),
            ('.', "1'234.5", Some(1234.5)),
            ('.', "12,34.5", None),
            ('.', "1,2345", None),
            ('.', "1234,567", None),
            ('.', ",5", None),
            ('.', "1.5e-3", Some(0.0015)),
            ('.', "99,57", None),
            (',', "99,57", Some(99.57)),
            (',', "1.234,5", Some(1234.5)),
            (',', "1.234", Some(1234.0)),
            (',', "\u{2212}0,5", Some(-0.5)),
            (',', "99.57", None),
            (',', "1,234,567", None),
            (',', "", None),
            (',', "abc", None),
        ] {
            assert_eq!(read(decimal, cell), value, "{cell}");
        }
    }

    #[test]
    fn words_for_missing_are_few_and_short() {
        for word in [
            "", "NA", "NaN", "nan", "N/A", "#N/A", "null", "NULL", ".", "-", "ND",
        ] {
            assert!(is_missing(word), "{word}");
        }
        for word in ["0", "x", "inf", "-1", "north"] {
            assert!(!is_missing(word), "{word}");
        }
    }
}
