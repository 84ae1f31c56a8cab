//! The rows of the data beside the calendar of a market: a check, which changes nothing.

use jiff::ToSpan;
use jiff::civil::Date;

use super::sample::list;
use crate::load::{Market, Panel};

/// What a market's calendar says of the rows of a panel, from its first date with a value to its last, as sentences.
pub(crate) fn against(market: &Market, panel: &Panel) -> Vec<String> {
    let has_value = |row: &usize| panel.series.iter().any(|of| of.values[*row].is_some());
    let rows: Vec<Date> = (0..panel.dates.len())
        .filter(has_value)
        .map(|row| panel.dates[row])
        .collect();
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let name = &market.name;
    let [from, to] = market.span.unwrap_or([first, last]);
    let (start, end) = (first.max(from), last.min(to));
    let mut said = Vec::new();
    if start > end {
        return vec![format!(
            "{name} is known from {from} to {to} and says nothing of the data, which span {first} to {last}"
        )];
    }
    if (start, end) != (first, last) {
        said.push(format!(
            "{name} is known from {from} to {to}: rows before and after are not checked"
        ));
    }
    let inside = rows
        .iter()
        .copied()
        .filter(|day| (start..=end).contains(day));
    let closed: Vec<Date> = inside.filter(|day| !market.is_open(*day)).collect();
    let days = start.series(1.day()).take_while(|day| *day <= end);
    let absent: Vec<Date> = days
        .filter(|day| market.is_open(*day) && rows.binary_search(day).is_err())
        .collect();
    let of = |dates: &[Date], one: &str, more: &str| match dates.len() {
        1 => format!("1 {one}: {}", dates[0]),
        n => format!("{n} {more}: {}", list(dates)),
    };
    if !closed.is_empty() {
        let (one, more) = ("row is on a day", "rows are on days");
        said.push(of(
            &closed,
            &format!("{one} when {name} is closed"),
            &format!("{more} when {name} is closed"),
        ));
    }
    if !absent.is_empty() {
        said.push(of(
            &absent,
            &format!("open day of {name} has no row"),
            &format!("open days of {name} have no row"),
        ));
    }
    if closed.is_empty() && absent.is_empty() {
        said.push(format!(
            "the rows from {start} to {end} are the days when {name} is open"
        ));
    }
    said
}
