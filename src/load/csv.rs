//! CSV text to fields of text, with the line of every row.

use super::kind::Kind;
use super::source::decode;
use super::table::check_names;
use super::{FileHash, Source, cell};
use crate::error::Cause;
use crate::visible::visible;
use crate::{Error, Result};

/// The most columns read: beyond any panel, and within a few hundred megabytes.
const MOST_COLUMNS: usize = 100_000;

/// The most bytes of text, whose places 32 bits hold.
const MOST_BYTES: usize = u32::MAX as usize;

/// A CSV file as text: one column a header name, in the header's order.
#[derive(Debug)]
pub(super) struct TextTable {
    pub file: FileHash,
    /// Column names, trimmed, as they can be shown, and unique.
    pub header: Vec<String>,
    /// The fields of all rows, one after the other.
    text: String,
    /// Where each field ends in `text`.
    ends: Vec<u32>,
    /// The line of the file on which each row begins.
    pub lines: Vec<u64>,
}

impl TextTable {
    /// Reads a file and its header.
    pub fn read(source: &Source, file: &str) -> Result<Self> {
        Self::new(file, source.read(file)?)
    }

    /// The table in `bytes`, the content of `file`.
    pub fn new(file: &str, bytes: Vec<u8>) -> Result<Self> {
        let kind = Kind::of(file, &bytes)?;
        if kind != Kind::Csv {
            return Err(Error::input(
                file,
                format!("this is {}, but only CSV is read here", kind.name()),
                "Save it as CSV.",
            ));
        }
        let (text, hash) = decode(file, bytes)?;
        if text.len() > MOST_BYTES {
            return Err(Error::input(
                file,
                format!(
                    "the file has {} bytes; at most {MOST_BYTES} are read as CSV",
                    text.len()
                ),
                "Give the table as Parquet or Arrow, or in several files.",
            ));
        }
        check_width(file, &text)?;
        scan(hash, &text)
    }

    /// `FILE, line LINE, column COLUMN` for a row of the table.
    pub fn place(&self, row: usize, column: usize) -> String {
        format!(
            "{}, line {}, column {}",
            self.file.file, self.lines[row], self.header[column]
        )
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
        let is_date = |cell: &str| cell::looks_like_date(cell) && cell::number(cell).is_err();
        let holds_dates = |&column: &usize| {
            let mut cells = self
                .cells(column)
                .filter(|cell| !cell.is_empty())
                .peekable();
            column != date && cells.peek().is_some() && cells.all(is_date)
        };
        (0..self.header.len())
            .filter(holds_dates)
            .map(|column| self.header[column].as_str())
            .collect()
    }

    /// The trimmed cells of one column, in file order.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        (0..self.lines.len()).map(move |row| {
            let field = row * self.header.len() + column;
            let start = field.checked_sub(1).map_or(0, |before| self.ends[before]);
            self.text[start as usize..self.ends[field] as usize].trim()
        })
    }
}

/// Refuses rows of more fields than are read, before anyone sets memory aside for them.
fn check_width(file: &str, text: &str) -> Result<()> {
    enum At {
        Start,
        Plain,
        Quoted,
        /// After a quote that ends a quoted field, unless another one follows.
        Closed,
    }
    let (mut line, mut fields, mut at) = (1u64, 1usize, At::Start);
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) | (At::Start | At::Closed, b'"') => At::Quoted,
            (_, b',') => {
                fields += 1;
                At::Start
            }
            (_, b'\n' | b'\r') => {
                fields = 1;
                At::Start
            }
            _ => At::Plain,
        };
        line += u64::from(byte == b'\n');
        if fields > MOST_COLUMNS {
            return Err(Error::input(
                format!("{file}, line {line}"),
                format!("the line has more than {MOST_COLUMNS} fields"),
                "Give one column a series, in several files where there are more; check for a line end that is missing.",
            ));
        }
    }
    Ok(())
}

/// The table in a text, with each row's line.
fn scan(hash: FileHash, text: &str) -> Result<TextTable> {
    let file = &hash.file;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut position = LineCounter::new(text.as_bytes());
    let mut header: Vec<String> = Vec::new();
    let (mut cells, mut ends, mut lines) = (String::new(), Vec::new(), Vec::new());
    let mut record = csv::StringRecord::new();
    loop {
        let start = reader.position().byte();
        let more = reader
            .read_record(&mut record)
            .map_err(|error| Error::input(file, error.to_string(), "Export the file again."))?;
        if !more {
            break;
        }
        let line = position.of_record_after(start);
        if header.is_empty() {
            check_header(file, line, &record)?;
            header = record
                .iter()
                .map(|name| visible(name.trim()).into_owned())
                .collect();
        } else if record.len() == header.len() {
            lines.push(line);
            for field in &record {
                cells.push_str(field);
                // Fields are no longer than the text.
                ends.push(cells.len() as u32);
            }
        } else {
            return Err(Error::input(
                format!("{file}, line {line}"),
                format!(
                    "{} fields, but the header has {}",
                    record.len(),
                    header.len()
                ),
                "Give every row as many fields as the header; check for a quote that is not closed, or a comma inside a field.",
            ));
        }
    }
    if header.is_empty() {
        return Err(Error::input(
            file,
            "there is no header line",
            "Begin the file with a line of column names.",
        ));
    }
    check_names(
        &format!("{file}, header"),
        header.iter().map(String::as_str),
    )?;
    Ok(TextTable {
        header,
        text: cells,
        ends,
        lines,
        file: hash,
    })
}

/// Turns byte offsets, asked in ascending order, into line numbers.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        LineCounter {
            bytes,
            at: 0,
            line: 1,
        }
    }

    /// The line of the record that begins after `offset` and any blank lines there.
    fn of_record_after(&mut self, offset: u64) -> u64 {
        while let Some(&byte) = self.bytes.get(self.at) {
            let is_break = byte == b'\n' || byte == b'\r';
            if self.at as u64 >= offset && !is_break {
                break;
            }
            // `\r\n` is one line break.
            let ends_line = byte == b'\n' || self.bytes.get(self.at + 1) != Some(&b'\n');
            if is_break && ends_line {
                self.line += 1;
            }
            self.at += 1;
        }
        self.line
    }
}

/// Refuses a first line that is no header.
fn check_header(file: &str, line: u64, header: &csv::StringRecord) -> Result<()> {
    let names = || header.iter().map(str::trim);
    let place = || format!("{file}, line {line}");
    if let [only] = names().collect::<Vec<_>>().as_slice()
        && let Some(separator) = [';', '\t', '|'].into_iter().find(|s| only.contains(*s))
    {
        return Err(Error::input(
            format!("{file}, header"),
            format!("columns seem to be separated by {separator:?}"),
            "Separate columns by commas, with `.` as the decimal sign.",
        ));
    }
    let remedy = "Put a line of column names above it, such as `date` and one name a column: the first line is never read as data.";
    let is_period = |name: &str| cell::is_period(name);
    let date = names()
        .find(|name| cell::looks_like_date(name))
        .or_else(|| names().next().filter(|name| is_period(name)));
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
    let mut filled = names().filter(|name| !name.is_empty()).peekable();
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
        assert!(message("date;x\n1;2\n").contains("separated by ';'"));
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
            let text = TextTable::new("a.csv", bytes.to_vec())
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
                check_width("a.csv", &format!("x,y\n1,{field}\n")).is_ok(),
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
