//! CSV text to Arrow record batches of text, with the line of every row.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema};

use super::kind::Kind;
use super::source::decode;
use super::table::check_names;
use super::{FileHash, Source};
use crate::{Error, Result};

/// Fields a batch: bounds the reader's memory for wide files.
const BATCH_FIELDS: usize = 1 << 18;

/// A CSV file as text: one column a header name, in the header's order.
#[derive(Debug)]
pub(super) struct TextTable {
    pub file: FileHash,
    /// Column names, trimmed and unique.
    pub header: Vec<String>,
    /// The rows in file order; every column is text.
    pub batches: Vec<RecordBatch>,
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
        let (header, lines) = scan(file, &text)?;
        check_header(file, &header)?;
        let batches = read_batches(file, &text, &header, lines.len())?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if rows != lines.len() {
            return Err(Error::input(
                file,
                format!("{} rows were seen, but {rows} read", lines.len()),
                "Export the file again, with quotes only around whole fields.",
            ));
        }
        Ok(TextTable {
            file: hash,
            header,
            batches,
            lines,
        })
    }

    /// `FILE, line LINE, column COLUMN` for a row of the table.
    pub fn place(&self, row: usize, column: usize) -> String {
        format!(
            "{}, line {}, column {}",
            self.file.file, self.lines[row], self.header[column]
        )
    }

    /// The trimmed cells of one column, in file order.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.batches.iter().flat_map(move |batch| {
            let cells = batch.column(column).as_string::<i32>();
            (0..cells.len()).map(move |row| match cells.is_valid(row) {
                true => cells.value(row).trim(),
                false => "",
            })
        })
    }
}

/// The header and each row's line. Arrow's reader counts rows, not lines, and
/// skips blank ones, so lines are found in a pass of their own.
fn scan(file: &str, text: &str) -> Result<(Vec<String>, Vec<u64>)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut position = LineCounter::new(text.as_bytes());
    let mut header: Vec<String> = Vec::new();
    let mut lines = Vec::new();
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
            header = record.iter().map(|name| name.trim().to_owned()).collect();
        } else if record.len() == header.len() {
            lines.push(line);
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
    Ok((header, lines))
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

fn check_header(file: &str, header: &[String]) -> Result<()> {
    let place = || format!("{file}, header");
    if let [only] = header
        && let Some(separator) = [';', '\t', '|'].into_iter().find(|s| only.contains(*s))
    {
        return Err(Error::input(
            place(),
            format!("columns seem to be separated by {separator:?}"),
            "Separate columns by commas, with `.` as the decimal sign.",
        ));
    }
    check_names(&place(), header.iter().map(String::as_str))
}

fn read_batches(
    file: &str,
    text: &str,
    header: &[String],
    rows: usize,
) -> Result<Vec<RecordBatch>> {
    let fields: Vec<Field> = header
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true))
        .collect();
    let batch_rows = (BATCH_FIELDS / header.len()).clamp(1, rows.max(1));
    let failed = |error| Error::input(file, format!("{error}"), "Export the file again.");
    ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_format(Format::default().with_header(true))
        .with_batch_size(batch_rows)
        .build_buffered(text.as_bytes())
        .map_err(failed)?
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(failed)
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
                "10000001 fields",
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
    fn many_columns_are_read_in_batches() {
        let columns = BATCH_FIELDS / 2;
        let row = |cell: &str| vec![cell; columns].join(",");
        let names: Vec<String> = (0..columns).map(|i| format!("c{i}")).collect();
        let text = [names.join(","), row("1"), row("2"), row("3")].join("\n");
        let table = read(&text).unwrap();
        assert_eq!(table.batches.len(), 2);
        assert_eq!(
            table.cells(columns - 1).collect::<Vec<_>>(),
            ["1", "2", "3"]
        );
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
