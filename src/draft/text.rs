//! A draft as the text of a study file.

use jiff::civil::Date;

use super::Draft;
use crate::question::events::formula::change;
use crate::study::{Measure, Transform};

const RUN: &str = "[run]
# The same seed gives the same draws on every device.
draws = 1_000_000
seed = 1
";

/// Dates named before the rest is only counted.
const SHOWN: usize = 4;

impl Draft {
    /// The study file.
    pub fn to_toml(&self) -> String {
        [
            "# A study drafted by `placebo init` from what the files hold; it runs as it is.\n\
             # Lines that begin with `#` are notes, and choices that could be made.\n\
             # For an editor that completes and checks keys: `placebo schema > placebo.schema.json`,\n\
             # and `#:schema ./placebo.schema.json` for the first line here.\n\
             \n\
             # title = \"What is asked, in one line\"\n"
                .to_owned(),
            self.data(),
            self.calendar(),
            self.sample(),
            self.events(),
            self.test(),
            RUN.to_owned(),
        ]
        .join("\n")
    }

    fn data(&self) -> String {
        let mut text = "[data]\nfiles = [\n".to_owned();
        for file in &self.files {
            text += &format!("    {},\n", quoted(file));
        }
        text += "]\n# Leave out the series that you do not ask about.\nseries = [\n";
        for name in &self.rows.series {
            text += &format!("    {},\n", quoted(name));
        }
        for (name, reason) in &self.rows.sparse {
            text += &format!("    # {},  # {reason}\n", quoted(name));
        }
        text += "]\n";
        if let Some(column) = &self.data.date_column {
            text += &format!("date_column = {}\n", quoted(column));
        }
        if let Some(format) = self.data.date_format {
            text += &format!("date_format = {}\n", quoted(format.name()));
        }
        if !self.data.missing.is_empty() {
            text += &format!("missing = {:?}\n", self.data.missing);
        }
        text += match self.is_percent {
            true => {
                "# The series have the names of yields: changes are reported in basis points (bp).\n\
                 unit = \"percent\"\n"
            }
            false => {
                "# If the series are yields or rates in percent, their changes are reported in basis points:\n\
                 # unit = \"percent\"\n"
            }
        };
        let (reason, name) = (&self.proposal.reason, self.proposal.transform.name());
        if let Some(reason) = reason {
            text += &format!("# {}.\n", one_line(reason));
        }
        text + &match self.proposal.transform {
            Transform::LevelChange => format!(
                "# For prices rather \"log-change\" or \"percent-change\"; \"none\" if the series hold changes.\n\
                 transform = \"{name}\"\n"
            ),
            Transform::None => format!(
                "# Otherwise \"level-change\", or \"log-change\" or \"percent-change\" for prices.\n\
                 transform = \"{name}\"\n"
            ),
            Transform::LogChange | Transform::PercentChange => format!(
                "# Otherwise \"level-change\" or \"percent-change\"; \"none\" if the series hold changes.\n\
                 transform = \"{name}\"\n"
            ),
        }
    }

    fn calendar(&self) -> String {
        let mut text = "[calendar]\n\
             # A row is a date with a value; or \"weekdays\": holidays are rows too, with the value before.\n\
             kind = \"observed\"\n"
            .to_owned();
        if !self.rows.gaps.is_empty() {
            text += "# Values are missing inside the sample:\n";
            for (name, dates) in &self.rows.gaps {
                text += &format!("#   {} on {}\n", quoted(name), list(dates));
            }
            text += "# The last level stands in, a change of 0; or \"drop\": such dates are left out for every series.\n\
                     gap = \"carry-forward\"\n";
        }
        text
    }

    fn sample(&self) -> String {
        let (from, to) = self.rows.span();
        let (note, mark) = match self.rows.is_cut() {
            true => (
                "Every series listed has begun by the first date, and none has ended before the last.",
                "",
            ),
            false => (
                "The data have these dates; a shorter sample draws from fewer of them.",
                "# ",
            ),
        };
        let mut text = format!("[sample]\n# {note}\n{mark}from = {from}\n{mark}to = {to}\n");
        for hole in self.rows.holes().take(SHOWN) {
            text += &format!("# A hole: {}.\n", hole.words());
        }
        match self.rows.holes().count() {
            0 => {}
            holes => {
                if holes > SHOWN {
                    text += &format!("# And {} more holes.\n", holes - SHOWN);
                }
                text +=
                    "# Events do not move across a hole, and windows over it are not eligible.\n";
            }
        }
        text
    }

    fn events(&self) -> String {
        let placed = &self.placed;
        let mut text = format!(
            "[events]\nfile = {}\ndate = {}\n",
            quoted(&self.events),
            quoted(&self.date)
        );
        if !self.other_dates.is_empty() {
            let others: Vec<String> = self.other_dates.iter().map(|name| quoted(name)).collect();
            text += &format!("# Other columns hold dates, too: {}.\n", others.join(", "));
        }
        if !self.groups.is_empty() {
            text += "# Results by group as well, from a column such as these:\n";
        }
        for column in &self.groups {
            let groups: Vec<String> = column
                .groups
                .iter()
                .map(|(name, events)| format!("{} {events}", quoted(name)))
                .collect();
            text += &format!(
                "# group = {}  # events: {}\n",
                quoted(&column.name),
                groups.join(", ")
            );
        }
        if !placed.off_calendar.is_empty() {
            text += &format!(
                "# On dates that are no row: {}.\n\
                 # They count on the row after; or \"back\": on the row before.\n\
                 off_calendar = \"forward\"\n",
                events(&placed.off_calendar)
            );
        }
        if !placed.same_day.is_empty() {
            text += &format!(
                "# On the row of an earlier event: {}.\n\
                 # A row counts once; or \"count\": once for every event.\n\
                 same_day = \"unique\"\n",
                events(&placed.same_day)
            );
        }
        if !placed.incomplete.is_empty() {
            text += &format!(
                "# Left out, without a whole window in the sample: {}.\n\
                 incomplete = \"drop\"\n",
                events(&placed.incomplete)
            );
        }
        text + "# For news after the close: every event on the next row.\n# shift = 1\n"
    }

    fn test(&self) -> String {
        let days = self.placed.days;
        let (counted, all) = self.placed.count();
        let (from, to) = (format!("-{days}"), days.to_string());
        let between = change(self.proposal.transform, Measure::Endpoints, &from, &to);
        let endpoints = match self.proposal.transform {
            Transform::None => String::new(),
            _ => format!(
                "# Or the change between the ends of those days, {between}:\n\
                 # measure = \"endpoints\"\n"
            ),
        };
        format!(
            "[[test]]\n\
             # Also \"median-absolute-change\" and \"mean-absolute-change\": the sizes of changes.\n\
             statistic = [\"median-change\", \"mean-change\"]\n\
             # Also \"labels\" (between groups of events), \"circular-shift\" (all events together) and\n\
             # \"block-bootstrap\" (the series resampled, the events where they are).\n\
             null = \"uniform\"\n\
             pool = \"full-window\"\n\
             # The sum of the daily changes of days -{days} to {days}; {counted} of {all} events have them all.\n\
             window = [-{days}, {days}]\n\
{endpoints}\
             # Changes from the window's first day to these:\n\
             # days = [0, {days}]\n"
        )
    }
}

/// A reason, which may hold names from files, without line breaks.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// `3 events (2024-01-06, 2024-01-07, ...)`.
fn events(dates: &[Date]) -> String {
    let plural = if dates.len() == 1 { "" } else { "s" };
    format!("{} event{plural} ({})", dates.len(), list(dates))
}

fn list(dates: &[Date]) -> String {
    let mut shown: Vec<String> = dates.iter().take(SHOWN).map(Date::to_string).collect();
    if dates.len() > SHOWN {
        shown.push(format!("and {} more", dates.len() - SHOWN));
    }
    shown.join(", ")
}

/// Text as TOML writes it on one line, in values and in comments: JSON's escapes are TOML's, but
/// for one letter that JSON leaves as it is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_read_back_by_toml() {
        for text in ["plain", "a \"b\" \\ c", "two\nlines\t\u{1}\u{7f}", "ä€𝄞"] {
            let line = quoted(text);
            assert_eq!(line.lines().count(), 1);
            let table: toml::Table = format!("# {line}\nkey = {line}").parse().unwrap();
            assert_eq!(table["key"].as_str(), Some(text));
        }
    }
}
