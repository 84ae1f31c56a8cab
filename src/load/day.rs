//! One cell's text to a day, in any common form; how it was written is part of the answer.

use jiff::civil::Date;

use super::DateFormat;

/// How a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `2024-01-31`, `2024/1/31`, `2024.01.31`
    YearFirst,
    /// `31/01/2024` or `01/31/2024`: which of the two the cell alone may not say.
    YearLast,
    /// `20240131`
    Compact,
    /// `Jan 31, 2024`, `31-Jan-2024`
    Worded,
    /// `2024Q1`, `Q1 2024`
    Quarter,
    /// `2024-01`, `2024M01`, `Jan 2024`
    Month,
    /// `202401`
    CompactMonth,
    /// `2024.01` as Shiller writes months; his October is `.1`.
    DecimalMonth,
    /// `2024`
    Year,
}

impl Form {
    /// Whether a cell so written may be a plain number, too.
    pub fn may_be_number(self) -> bool {
        use Form::{Compact, CompactMonth, DecimalMonth, Year};
        matches!(self, Compact | CompactMonth | DecimalMonth | Year)
    }

    /// What a cell stands for where it is no day.
    pub fn period(self) -> Option<&'static str> {
        match self {
            Form::Quarter => Some("quarter"),
            Form::Month | Form::CompactMonth | Form::DecimalMonth => Some("month"),
            Form::Year => Some("year"),
            _ => None,
        }
    }
}

/// A cell that is written as a day or a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written<'a> {
    pub form: Form,
    /// Year, month and day as they stand, by the form; of [`Form::YearLast`] the two that stand
    /// before the year. Of a period the day is its last one.
    pub year: i16,
    first: i8,
    second: i8,
    /// The time of day and its zone, where there is one.
    pub time: Option<&'a str>,
}

/// Years that a number of four digits may mean.
const YEARS: std::ops::RangeInclusive<u32> = 1500..=2199;

#[derive(Clone, Copy)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
}

impl<'a> Written<'a> {
    /// How the cell is written; `None` where it is no day in any form. The day need not exist.
    pub fn of(cell: &'a str) -> Option<Self> {
        let (text, time) = split_time(cell);
        let (form, year, first, second) = parts(text)?;
        Some(Written {
            form,
            year,
            first,
            second,
            time,
        })
    }

    /// The day; `None` where the calendar has none such, or `order` is needed and not given.
    pub fn day(&self, order: Option<DateFormat>) -> Option<Date> {
        let (month, day) = match (self.form, order) {
            (Form::YearLast, Some(DateFormat::MonthFirst)) => (self.first, self.second),
            (Form::YearLast, Some(DateFormat::DayFirst)) => (self.second, self.first),
            (Form::YearLast, _) => return None,
            _ => (self.first, self.second),
        };
        let month = Date::new(self.year, month, 1).ok()?;
        match self.form.period() {
            Some(_) => Some(month.last_of_month()),
            None => Date::new(self.year, month.month(), day).ok(),
        }
    }

    /// Whether only one order of day and month is possible.
    pub fn is_past_twelve(&self) -> bool {
        self.form == Form::YearLast && (self.first > 12 || self.second > 12)
    }

    /// Whether the time of day, where there is one, is midnight on its own clock.
    pub fn is_midnight(&self) -> bool {
        self.time.is_none_or(is_midnight)
    }
}

/// The parts before and after the blank or `T` that begins a time of day.
fn split_time(cell: &str) -> (&str, Option<&str>) {
    let Some(colon) = cell.find(':') else {
        return (cell, None);
    };
    let Some(start) = cell[..colon].rfind(['T', ' ']) else {
        return (cell, None);
    };
    let time = &cell[start + 1..];
    let hour = &cell[start + 1..colon];
    match (1..=2).contains(&hour.len()) && is_digits(hour) {
        true => (cell[..start].trim_end(), Some(time)),
        false => (cell, None),
    }
}

/// `00:00`, `00:00:00.000`, `12:00:00 AM`, with or without a zone.
fn is_midnight(time: &str) -> bool {
    let end = time
        .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
        .unwrap_or(time.len());
    let (clock, zone) = (&time[..end], time[end..].trim_start());
    let zone = zone.to_ascii_lowercase();
    let mut parts = clock.split([':', '.']);
    let hour = parts.next().unwrap_or_default();
    let hour = match (hour, zone.get(..2)) {
        ("12", Some("am")) => 0,
        (hour, Some("pm")) => hour.parse().map_or(99, |hour: u32| hour % 12 + 12),
        (hour, _) => hour.parse().unwrap_or(99),
    };
    hour == 0 && parts.all(|part| part.bytes().all(|byte| byte == b'0'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A form, the year, and the two numbers beside it.
fn parts(text: &str) -> Option<(Form, i16, i8, i8)> {
    if text.len() > 40 {
        return None;
    }
    let (tokens, separators) = tokens(text)?;
    let one = |wanted: &[char]| {
        let mut each = separators.iter();
        each.all(|text| text.chars().count() == 1 && text.starts_with(wanted))
    };
    let same = || separators.windows(2).all(|pair| pair[0] == pair[1]);
    use Token::{Number, Word};
    match tokens.as_slice() {
        [Number(all)] => undivided(all),
        [Number(y), Number(m), Number(d)]
            if y.len() == 4 && same() && one(&['-', '/', '.']) && short(m) && short(d) =>
        {
            Some((Form::YearFirst, y.parse().ok()?, small(m)?, small(d)?))
        }
        [Number(a), Number(b), Number(y)]
            if y.len() == 4 && same() && one(&['-', '/', '.']) && short(a) && short(b) =>
        {
            Some((Form::YearLast, y.parse().ok()?, small(a)?, small(b)?))
        }
        [Number(y), Number(part)] if one(&['.']) && short(part) => {
            // The trailing zero of October is lost in numbers.
            let month = match *part {
                "1" => 10,
                part if part.len() == 2 => month_number(part)?,
                _ => return None,
            };
            Some((Form::DecimalMonth, year(y)?, month, 1))
        }
        [Number(y), Number(m)] if one(&['-', '/', ':']) && y.len() == 4 && short(m) => {
            Some((Form::Month, year(y)?, month_number(m)?, 1))
        }
        [Number(m), Number(y)] if one(&['-', '/']) && y.len() == 4 && short(m) => {
            Some((Form::Month, year(y)?, month_number(m)?, 1))
        }
        [Word(month), Number(d), Number(y)] | [Number(d), Word(month), Number(y)]
            if y.len() == 4 && short(d) && named(month).is_some() =>
        {
            Some((Form::Worded, y.parse().ok()?, named(month)?, small(d)?))
        }
        [Number(y), Word(month), Number(d)]
            if y.len() == 4 && short(d) && named(month).is_some() =>
        {
            Some((Form::Worded, y.parse().ok()?, named(month)?, small(d)?))
        }
        [Number(y), Word(letter), Number(part)]
        | [Word(letter), Number(part), Number(y)]
        | [Number(part), Word(letter), Number(y)]
            if y.len() == 4 && short(part) =>
        {
            let number = small(part)?;
            match *letter {
                "Q" | "q" if (1..=4).contains(&number) => {
                    Some((Form::Quarter, year(y)?, 3 * number, 1))
                }
                "M" | "m" => Some((Form::Month, year(y)?, month_number(part)?, 1)),
                _ => None,
            }
        }
        [Word(month), Number(y)] | [Number(y), Word(month)] if y.len() == 4 => {
            Some((Form::Month, year(y)?, named(month)?, 1))
        }
        _ => None,
    }
}

/// Digits alone.
fn undivided(digits: &str) -> Option<(Form, i16, i8, i8)> {
    let at = |range: std::ops::Range<usize>| &digits[range];
    match digits.len() {
        4 => Some((Form::Year, year(digits)?, 12, 1)),
        6 => Some((
            Form::CompactMonth,
            year(at(0..4))?,
            month_number(at(4..6))?,
            1,
        )),
        8 => {
            let day = small(at(6..8)).filter(|day| (1..=31).contains(day))?;
            Some((Form::Compact, year(at(0..4))?, month_number(at(4..6))?, day))
        }
        _ => None,
    }
}

fn year(digits: &str) -> Option<i16> {
    let number: u32 = digits.parse().ok()?;
    (digits.len() == 4 && YEARS.contains(&number)).then_some(number as i16)
}

fn month_number(digits: &str) -> Option<i8> {
    small(digits).filter(|month| (1..=12).contains(month))
}

fn short(digits: &str) -> bool {
    digits.len() <= 2
}

fn small(digits: &str) -> Option<i8> {
    digits.parse().ok()
}

/// The month of an English name, or of its first three letters or more.
fn named(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| month.starts_with(&word))?;
    (word.len() >= 3).then_some(place as i8 + 1)
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_ascii_lowercase();
    word.len() >= 3 && DAYS.iter().any(|day| day.starts_with(&word))
}

/// Runs of digits and of letters, without a leading weekday, and what stands between them.
fn tokens(text: &str) -> Option<(Vec<Token<'_>>, Vec<&str>)> {
    let class = |c: char| match c {
        c if c.is_ascii_digit() => Some(0),
        c if c.is_ascii_alphabetic() => Some(1),
        '-' | '/' | '.' | ',' | ' ' | ':' => Some(2),
        _ => None,
    };
    let (mut tokens, mut separators) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = class(first)?;
        let end = rest.find(|c| class(c) != Some(kind)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        match (kind, tokens.is_empty()) {
            (0, _) => tokens.push(Token::Number(run)),
            (1, true) if is_weekday(run) => {
                rest = rest.trim_start_matches([',', ' ']);
                continue;
            }
            (1, _) => tokens.push(Token::Word(run)),
            // Nothing before the first and after the last.
            (_, true) => return None,
            _ if rest.is_empty() => return None,
            _ => separators.push(run),
        }
        if tokens.len() > 3 || separators.iter().any(|text| text.len() > 2) {
            return None;
        }
    }
    Some((tokens, separators))
}

/// Whether a cell is a day or a period that is no plain number.
pub(super) fn is_day(cell: &str) -> bool {
    Written::of(cell).is_some_and(|written| !written.form.may_be_number())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(cell: &str) -> Option<(Form, Date)> {
        let written = Written::of(cell)?;
        Some((written.form, written.day(None)?))
    }

    #[test]
    fn days_are_read_in_every_common_form() {
        let day = date(2022, 1, 13);
        for (cell, form) in [
            ("2022-01-13", Form::YearFirst),
            ("2022/1/13", Form::YearFirst),
            ("2022.01.13", Form::YearFirst),
            ("20220113", Form::Compact),
            ("Jan 13, 2022", Form::Worded),
            ("January 13 2022", Form::Worded),
            ("13-Jan-2022", Form::Worded),
            ("13 january 2022", Form::Worded),
            ("2022-Jan-13", Form::Worded),
            ("Thu, 13 Jan 2022", Form::Worded),
            ("2022-01-13T00:00:00Z", Form::YearFirst),
            ("2022-01-13 00:00:00+00:00", Form::YearFirst),
            ("2022-01-13 00:00:00 UTC", Form::YearFirst),
            ("2022-01-13 00:00", Form::YearFirst),
            ("2022-01-13 00:00:00.000000", Form::YearFirst),
            ("Jan 13, 2022 12:00:00 AM", Form::Worded),
        ] {
            assert_eq!(read(cell), Some((form, day)), "{cell}");
            assert!(Written::of(cell).unwrap().is_midnight(), "{cell}");
        }
        for (cell, order) in [
            ("13.01.2022", DateFormat::DayFirst),
            ("13/1/2022", DateFormat::DayFirst),
            ("01/13/2022", DateFormat::MonthFirst),
            ("01-13-2022 00:00:00", DateFormat::MonthFirst),
        ] {
            let written = Written::of(cell).unwrap();
            assert_eq!(written.form, Form::YearLast);
            assert!(written.is_past_twelve() && written.is_midnight());
            assert_eq!(written.day(Some(order)), Some(day), "{cell}");
            assert_eq!(written.day(None), None);
        }
    }

    #[test]
    fn periods_stand_as_their_last_days() {
        for (cell, form, last) in [
            ("2023Q1", Form::Quarter, date(2023, 3, 31)),
            ("2023-Q1", Form::Quarter, date(2023, 3, 31)),
            ("Q1 2023", Form::Quarter, date(2023, 3, 31)),
            ("Q4/2023", Form::Quarter, date(2023, 12, 31)),
            ("1Q2023", Form::Quarter, date(2023, 3, 31)),
            ("2023:Q2", Form::Quarter, date(2023, 6, 30)),
            ("2023-05", Form::Month, date(2023, 5, 31)),
            ("2023M05", Form::Month, date(2023, 5, 31)),
            ("05/2023", Form::Month, date(2023, 5, 31)),
            ("May 2023", Form::Month, date(2023, 5, 31)),
            ("Feb-2024", Form::Month, date(2024, 2, 29)),
            ("192607", Form::CompactMonth, date(1926, 7, 31)),
            ("1871.01", Form::DecimalMonth, date(1871, 1, 31)),
            ("1871.1", Form::DecimalMonth, date(1871, 10, 31)),
            ("1871", Form::Year, date(1871, 12, 31)),
        ] {
            assert_eq!(read(cell), Some((form, last)), "{cell}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for cell in [
            "",
            "-",
            ".",
            "4.98",
            "-0.5",
            "1.5e3",
            "99,57",
            "1871.13",
            "1871.5",
            "20221345",
            "Q5 2023",
            "2023-13",
            "meeting",
            "13 Smarch 2022",
            "13-Jan-22",
            "1/2/22",
            "10 Yr",
            "2022-01-13-02",
            "1 January",
            "12:30",
            "A1",
            "10-2",
            "٢٠٢٤-01-01",
            "2024-01/02",
        ] {
            assert_eq!(Written::of(cell), None, "{cell}");
        }
        // A day that the calendar lacks is written as one.
        let written = Written::of("2023-02-29").unwrap();
        assert_eq!(written.day(None), None);
    }

    #[test]
    fn only_midnight_is_a_day() {
        for cell in [
            "2022-01-13 16:00:00",
            "2022-01-13T00:00:01Z",
            "2022-01-13 12:00:00 PM",
            "2022-01-13 01:00:00 AM",
            "1/3/2023 16:00:00",
        ] {
            assert!(!Written::of(cell).unwrap().is_midnight(), "{cell}");
        }
    }
}
