//! Calendars of markets by name: on which weekdays they are closed.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::did_you_mean;

/// The table of closed days; its README says where it is from.
const TABLE: &str = include_str!("../../data/calendars.csv");

/// The weekdays on which a market is closed. On all others, Saturdays and Sundays apart, it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// Its name, such as `XNYS`.
    pub name: String,
    /// First and last date that the calendar covers; `None`: all.
    pub span: Option<[Date; 2]>,
    /// Closed days, ascending.
    pub closed: Vec<Date>,
}

static MARKETS: LazyLock<Vec<Market>> = LazyLock::new(|| {
    let mut markets: Vec<Market> = Vec::new();
    for line in TABLE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let &[name, date, to] = cells.as_slice() else {
            unreachable!("the table has three columns");
        };
        let date: Date = date.parse().expect("the table has dates");
        match to.parse() {
            Ok(to) => markets.push(Market {
                name: name.to_owned(),
                span: Some([date, to]),
                closed: Vec::new(),
            }),
            Err(_) => {
                let market = markets.last_mut().expect("a calendar begins with its span");
                market.closed.push(date);
            }
        }
    }
    markets
});

impl Market {
    /// The calendar of a name.
    ///
    /// # Errors
    ///
    /// There is none: a sentence that says so, and what to do.
    pub fn find(name: &str) -> Result<&'static Market, [String; 2]> {
        let names = || MARKETS.iter().map(|market| market.name.as_str());
        let found = MARKETS.iter().find(|market| market.name == name);
        found.ok_or_else(|| {
            let remedy = format!(
                "{}The calendars are {}; or name a file of closed days: {{ file = \"holidays.csv\" }}.",
                did_you_mean(name, names()),
                names().collect::<Vec<_>>().join(", ")
            );
            [format!("there is no calendar `{name}`"), remedy]
        })
    }

    /// One whose closed days are given.
    pub fn of(name: &str, mut closed: Vec<Date>) -> Market {
        closed.sort_unstable();
        closed.dedup();
        Market {
            name: name.to_owned(),
            span: None,
            closed,
        }
    }

    /// Whether it is open on a date of its span.
    pub fn is_open(&self, date: Date) -> bool {
        date.weekday().to_monday_zero_offset() < 5 && self.closed.binary_search(&date).is_err()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    fn of(name: &str) -> &'static Market {
        Market::find(name).unwrap()
    }

    /// Weekdays less closed days, year by year. Those of New York as its exchange counts them.
    #[test]
    fn open_days_a_year() {
        let open = |name: &str, year: i16| {
            let days = date(year, 1, 1).series(1.day());
            let days = days.take_while(|day| day.year() == year);
            days.filter(|day| of(name).is_open(*day)).count()
        };
        let years = 2013..=2026;
        let count = |name| {
            years
                .clone()
                .map(|year| open(name, year))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            count("XNYS"),
            [
                252, 252, 252, 252, 251, 251, 252, 253, 252, 251, 250, 252, 250, 251
            ]
        );
        assert_eq!(
            count("SIFMA_US"),
            [
                250, 250, 250, 250, 250, 250, 250, 251, 251, 249, 250, 250, 249, 250
            ]
        );
        assert_eq!(
            count("XLON"),
            [
                253, 253, 253, 253, 252, 253, 253, 254, 253, 250, 251, 254, 253, 253
            ]
        );
        assert_eq!(
            count("TARGET"),
            [
                255, 255, 256, 257, 255, 255, 255, 257, 258, 257, 255, 256, 255, 256
            ]
        );
    }

    #[test]
    fn days_that_are_known() {
        for (name, closed, open) in [
            // Terror, a storm, a day of mourning.
            ("XNYS", date(2001, 9, 11), date(2001, 9, 17)),
            ("XNYS", date(2012, 10, 29), date(2012, 10, 31)),
            ("XNYS", date(2025, 1, 9), date(2025, 1, 10)),
            // Columbus Day; a Good Friday with a report on jobs.
            ("SIFMA_US", date(2024, 10, 14), date(2023, 4, 7)),
            ("XNYS", date(2023, 4, 7), date(2024, 10, 14)),
            // A jubilee and a funeral; May Day.
            ("XLON", date(2022, 9, 19), date(2022, 5, 30)),
            ("TARGET", date(2024, 5, 1), date(2024, 5, 9)),
        ] {
            assert!(!of(name).is_open(closed), "{name} {closed}");
            assert!(of(name).is_open(open), "{name} {open}");
        }
        let [problem, remedy] = Market::find("XNYX").unwrap_err();
        assert!(problem.contains("no calendar `XNYX`") && remedy.contains("XNYS"));
    }
}
