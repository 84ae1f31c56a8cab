//! Text tables: fields under a header, with the line of every row.

use super::FileHash;
#[cfg(test)]
use super::Source;
use super::cell;
use super::day::{Form, Written, is_day};
use super::heading::{Heading, shown_names};
use super::kind::{Kind, Opened};
use super::records::{DELIMITERS, Records, delimiter};
use super::source::decode;
use super::table::check_names;
use crate::error::Cause;
use crate::{Error, Result};

/// The most bytes of text, whose places 32 bits hold.
const MOST_BYTES: usize = u32::MAX as usize;

/// A file as text: one column a header name, in the header's order.
#[derive(Debug)]
pub(super) struct TextTable {
    pub file: FileHash,
    /// Column names, trimmed, as they can be shown, and unique.
    pub header: Vec<String>,
    /// Its first records may be none of the rows.
    records: Records,
    /// The record of each row.
    rows: Vec<u32>,
    /// The line of the file on which each row begins; of a file that is no text the row's number.
    pub lines: Vec<u64>,
    /// What separates the fields.
    pub delimiter: char,
    /// What `lines` are.
    word: &'static str,
    /// Rules that fired while the table was found in the text, for the report.
    pub rules: Vec<String>,
}

impl TextTable {
    /// Reads a file whose first line is its header.
    #[cfg(test)]
    pub fn read(source: &Source, file: &str) -> Result<Self> {
        Self::plain(Opened::of(file, source.read(file)?)?)
    }

    /// A table of any columns: its first line is the header, all others are rows.
    pub fn plain(opened: Opened) -> Result<Self> {
        let (file, text) = text(opened)?;
        let delimiter = delimiter(&file.file, &text);
        let records = Records::of(&file.file, &text, delimiter)?;
        let heading = Heading::first(&file.file, &records)?;
        Self::under(file, records, heading, delimiter, Vec::new())
    }

    /// A table with a column of dates: what stands around it, such as notes or units, is told apart by
    /// them. `date` is the name of that column where it is known. A `list` is of events, and has texts for
    /// cells.
    pub fn dated(
        opened: Opened,
        date: Option<&str>,
        stated: Option<char>,
        list: bool,
    ) -> Result<Self> {
        let (file, text) = text(opened)?;
        let delimiter = stated.unwrap_or_else(|| delimiter(&file.file, &text));
        let records = Records::of(&file.file, &text, delimiter)?;
        let mut rules = Vec::new();
        if delimiter != ',' && stated.is_none() {
            rules.push(format!(
                "{}: fields are separated by {}",
                file.file,
                delimiter_name(delimiter)
            ));
        }
        let heading = Heading::of(&file.file, &records, date, list)?;
        Self::under(file, records, heading, delimiter, rules)
    }

    /// Columns of text that a reader of another format made, each with a name and as many cells as
    /// the others; rows are called by their numbers.
    pub fn of_columns(file: FileHash, columns: &[(String, Vec<String>)]) -> Result<Self> {
        let names = columns.iter().map(|(name, _)| name.as_str());
        check_names(&format!("{}, columns", file.file), names.clone())?;
        let header = shown_names(names);
        let rows = columns.first().map_or(0, |(_, cells)| cells.len());
        let cells = (0..rows).flat_map(|row| columns.iter().map(move |(_, cells)| &*cells[row]));
        let records = Records::numbered(cells, columns.len());
        Ok(TextTable {
            lines: records.lines.clone(),
            file,
            header,
            records,
            rows: (0..rows as u32).collect(),
            delimiter: ',',
            word: "row",
            rules: Vec::new(),
        })
    }

    fn under(
        file: FileHash,
        records: Records,
        heading: Heading,
        delimiter: char,
        mut rules: Vec<String>,
    ) -> Result<Self> {
        let width = heading.names.len();
        let ragged = heading
            .rows
            .clone()
            .find(|&row| records.width(row) != width);
        if let Some(row) = ragged {
            return Err(Error::input(
                format!("{}, line {}", file.file, records.line(row)),
                format!("{} fields, but the header has {width}", records.width(row)),
                "Give every row as many fields as the header; check for a quote that is not closed, or a comma inside a field.",
            ));
        }
        check_names(
            &format!("{}, header", file.file),
            heading.names.iter().map(String::as_str),
        )?;
        rules.extend(heading.rules);
        Ok(TextTable {
            lines: records.lines[heading.rows.clone()].to_vec(),
            rows: heading.rows.map(|record| record as u32).collect(),
            header: heading.names,
            file,
            records,
            delimiter,
            word: "line",
            rules,
        })
    }

    /// The table without the rows that are not kept.
    pub fn kept(mut self, kept: &[bool]) -> Self {
        let mut row = kept.iter();
        self.rows.retain(|_| row.next() == Some(&true));
        let mut row = kept.iter();
        self.lines.retain(|_| row.next() == Some(&true));
        self
    }

    /// `FILE, line LINE, column COLUMN` for a row of the table.
    pub fn place(&self, row: usize, column: usize) -> String {
        format!(
            "{}, {} {}, column {}",
            self.file.file, self.word, self.lines[row], self.header[column]
        )
    }

    /// Whether the file is no text, and its rows have numbers rather than lines.
    pub fn is_numbered(&self) -> bool {
        self.word == "row"
    }

    /// `line LINE`, or `row ROW` where the file is no text.
    pub fn row(&self, row: usize) -> String {
        format!("{} {}", self.word, self.lines[row])
    }

    /// That the cell there cannot be used.
    pub fn refuse(
        &self,
        row: usize,
        column: usize,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Error {
        Error::input(self.place(row, column), problem, remedy).because(Cause::BadCell {
            file: self.file.file.clone(),
            line: self.lines[row],
            column: self.header[column].clone(),
        })
    }

    /// Columns beside `date` that hold nothing but dates.
    pub fn other_dates(&self, date: usize) -> Vec<&str> {
        (0..self.header.len())
            .filter(|&column| column != date && self.holds_days(column, false))
            .map(|column| self.header[column].as_str())
            .collect()
    }

    /// Whether every filled cell of a column is a day, all are of one form, and there is one; numbers
    /// such as `20240131` are days where that is `allowed`.
    pub fn holds_days(&self, column: usize, allowed: bool) -> bool {
        let mut form: Option<Form> = None;
        for cell in self.cells(column).filter(|cell| !cell.is_empty()) {
            let Some(written) = Written::of(cell) else {
                return false;
            };
            let is_other = form.is_some_and(|form| form != written.form);
            if is_other || (written.form.may_be_number() && !allowed) {
                return false;
            }
            form = Some(written.form);
        }
        form.is_some()
    }

    /// The trimmed cells of one column, in file order.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        let rows = self.rows.iter();
        rows.map(move |&record| self.records.field(record as usize, column))
    }
}

/// The hash and the text of a file that is text.
fn text(opened: Opened) -> Result<(FileHash, String)> {
    let file = &opened.hash.file;
    if opened.kind != Kind::Csv {
        return Err(Error::input(
            file,
            format!("this is {}, but only CSV is read here", opened.kind.name()),
            "Save it as CSV.",
        ));
    }
    let text = decode(file, opened.bytes)?;
    match text.len() > MOST_BYTES {
        false => Ok((opened.hash, text)),
        true => Err(Error::input(
            file,
            format!(
                "the file has {} bytes; at most {MOST_BYTES} are read as CSV",
                text.len()
            ),
            "Give the table as Parquet or Arrow, or in several files.",
        )),
    }
}

/// A delimiter in words.
pub(super) fn delimiter_name(delimiter: char) -> &'static str {
    match DELIMITERS.iter().position(|&known| known == delimiter) {
        Some(1) => "semicolons",
        Some(2) => "tabs",
        Some(3) => "`|`",
        _ => "commas",
    }
}

/// Refuses a first line that is no header.
pub(super) fn check_header(file: &str, line: u64, names: &[&str]) -> Result<()> {
    let place = || format!("{file}, line {line}");
    let remedy = "Put a line of column names above it, such as `date` and one name a column: the first line is never read as data.";
    let is_compact = |name: &str| Written::of(name).is_some_and(|w| w.form == Form::Compact);
    let date = names.iter().find(|name| {
        is_compact(name)
            || Written::of(name).is_some_and(|w| is_day(name) && w.form.period().is_none())
    });
    let date = date.or_else(|| names.first().filter(|name| is_day(name)));
    if let Some(date) = date {
        return Err(Error::input(
            place(),
            format!(
                "there is no header: the first line holds a date, `{}`",
                cell::shown(date)
            ),
            remedy,
        ));
    }
    let mut filled = names.iter().filter(|name| !name.is_empty()).peekable();
    if filled.peek().is_some() && filled.all(|name| cell::number(name).is_ok()) {
        return Err(Error::input(
            place(),
            "there is no header: the first line holds only numbers",
            remedy,
        ));
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::records::{MOST_COLUMNS, check_width};
    use super::*;
    use proptest::prelude::*;

    /// A folder that holds these files.
    pub fn folder_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let source = Source::Folder(folder.path().to_owned());
        (folder, source)
    }

    fn read(text: &str) -> Result<TextTable> {
        let (_folder, source) = folder_with(&[("a.csv", text)]);
        TextTable::read(&source, "a.csv")
    }

    fn message(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn quotes_blanks_and_line_ends() {
        let table = read("\u{feff}date, \"10 Yr\" ,note\r\n1, 2 ,\"a,b\"\r\n3,,x\r\n").unwrap();
        assert_eq!(table.header, ["date", "\"10 Yr\"", "note"]);
        assert_eq!(table.cells(1).collect::<Vec<_>>(), ["2", ""]);
        assert_eq!(table.cells(2).collect::<Vec<_>>(), ["a,b", "x"]);
        assert_eq!(table.lines, [2, 3]);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "a,b", "", "1,2", "\"x", "y\",3", "", "", "4,5", ""].join(end);
            let table = read(&text).unwrap();
            assert_eq!(table.lines, [4, 5, 9], "{end:?}");
        }
    }

    #[test]
    fn ragged_rows_name_their_line() {
        let text = message("a,b\n\n1,2\n3\n");
        assert!(
            text.starts_with("a.csv, line 4: 1 fields, but the header has 2\n"),
            "{text}"
        );
        let text = message("a,b\n1,2,3\n");
        assert!(text.starts_with("a.csv, line 2: 3 fields"), "{text}");
        assert!(text.contains("quote that is not closed"), "{text}");
    }

    #[test]
    fn headers_are_checked() {
        assert!(message("\n\n").contains("a.csv: there is no header line"));
        assert!(message("a,,b\n").contains("column 2 has no name"));
        let text = message("a,b,a\n1,2,3\n");
        assert!(
            text.contains("a.csv, header: columns 1 and 3 are both named `a`"),
            "{text}"
        );
    }

    #[test]
    fn huge_lines_are_refused_in_short_messages() {
        let huge = "x".repeat(10_000_000);
        for (text, problem) in [
            (
                format!("date,{huge}\n"),
                "the name of column 2 has 10000000 bytes",
            ),
            (
                format!("date,x\n{}\n", huge.replace('x', ",")),
                "more than 100000 fields",
            ),
        ] {
            let text = message(&text);
            assert!(text.contains(problem) && text.len() < 500, "{text}");
        }
        // A long cell is a cell, and its own reader's business.
        let table = read(&format!("date,x\n2024-01-01,{huge}\n")).unwrap();
        assert_eq!(table.cells(1).next(), Some(huge.as_str()));
    }

    #[test]
    fn other_encodings_and_formats_are_named() {
        let utf16: Vec<u8> = "\u{feff}date,x\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, problem) in [
            (utf16.as_slice(), "a.csv: this is UTF-16 text"),
            (&utf16[2..], "a.csv, line 1: there is a zero byte"),
            (b"date,x\n\0", "a.csv, line 2: there is a zero byte"),
            (
                b"date,x\n1,\xe9",
                "a.csv, line 2: the byte at offset 9 is not UTF-8",
            ),
            (b"PAR1", "a.csv: this is Parquet, but only CSV is read here"),
        ] {
            let text = Opened::of("a.csv", bytes.to_vec())
                .and_then(TextTable::plain)
                .unwrap_err()
                .to_string();
            assert!(text.starts_with(problem), "{text}");
        }
    }

    #[test]
    fn many_columns_are_read_and_more_are_refused() {
        let row = |cell: &str, columns| vec![cell; columns].join(",");
        let names = |columns| {
            let names: Vec<String> = (0..columns).map(|i| format!("c{i}")).collect();
            names.join(",")
        };
        let columns = MOST_COLUMNS;
        let text = [names(columns), row("1", columns), row("2", columns)].join("\n");
        let table = read(&text).unwrap();
        assert_eq!(table.cells(columns - 1).collect::<Vec<_>>(), ["1", "2"]);
        let text = message(&names(columns + 1));
        assert!(
            text.starts_with("a.csv, line 1: the line has more than 100000 fields"),
            "{text}"
        );
    }

    /// Quotes hide commas where the reader lets them, and nowhere else.
    #[test]
    fn fields_are_counted_as_the_reader_splits_them() {
        let commas = ",".repeat(MOST_COLUMNS);
        for (field, is_one) in [
            (format!("\"{commas}\""), true),
            (format!("\"a\"\"{commas}\""), true),
            (format!("a\"{commas}"), false),
            (format!("\"a\"{commas}"), false),
        ] {
            assert_eq!(
                check_width("a.csv", &format!("x,y\n1,{field}\n"), ',').is_ok(),
                is_one
            );
        }
    }

    #[test]
    fn a_first_line_of_data_is_no_header() {
        for (line, problem) in [
            ("2024-01-03,meeting", "a date, `2024-01-03`"),
            ("2024-01-03", "a date, `2024-01-03`"),
            ("meeting,01/31/2024", "a date, `01/31/2024`"),
            ("31.01.2024,4.5", "a date, `31.01.2024`"),
            ("20240131,x", "a date, `20240131`"),
            ("2024-01-03 09:30:00,x", "a date, `2024-01-03 09:30:00`"),
            ("2024-01-03T00:00:00Z,x", "a date, `2024-01-03T00:00:00Z`"),
            ("\"Jan 5, 2024\",x", "a date, `Jan 5, 2024`"),
            ("5-Jan-2024,x", "a date, `5-Jan-2024`"),
            ("2024-01,4.5", "a date, `2024-01`"),
            ("2024Q1,4.5", "a date, `2024Q1`"),
            ("1871,4.5", "only numbers"),
            ("1,2,3", "only numbers"),
            ("-0.5", "only numbers"),
        ] {
            let text = message(&format!("\n{line}\n{line}\n"));
            assert!(
                text.starts_with("a.csv, line 2: there is no header"),
                "{text}"
            );
            assert!(
                text.contains(problem) && text.contains("column names"),
                "{text}"
            );
        }
        for header in [
            "date,1,2",
            "Date,5 Yr",
            "year,2024",
            "day,10-2",
            "x,May 2024 note",
        ] {
            assert!(read(&format!("{header}\n")).is_ok(), "{header}");
        }
    }

    #[test]
    fn names_are_read_as_they_can_be_shown() {
        let table = read("date,\"GDP\n(percent)\",\u{202e}abc\n").unwrap();
        assert_eq!(table.header, ["date", "GDP\\n(percent)", "\\u{202e}abc"]);
    }

    proptest! {
        #[test]
        fn rows_and_lines_agree(text in "[a-c,\"\r\n ]{0,60}") {
            if let Ok(table) = read(&text) {
                prop_assert_eq!(table.cells(0).count(), table.lines.len());
                prop_assert!(table.lines.is_sorted());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("a.csv"), bytes).unwrap();
            let _ = TextTable::read(&Source::Folder(folder.path().to_owned()), "a.csv");
        }
    }
}
