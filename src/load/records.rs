//! Text to records of fields, each with the line on which it begins.

use super::day::Written;
use crate::{Error, Result};

/// The most columns read: beyond any panel, and within a few hundred megabytes.
pub(super) const MOST_COLUMNS: usize = 100_000;

/// What may stand between two fields; what stands first is preferred.
pub(super) const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The fields of a text, record by record. Lines without a character are no records.
#[derive(Debug)]
pub(super) struct Records {
    /// The fields of all records, one after the other.
    text: String,
    /// Where each field ends in `text`.
    ends: Vec<u32>,
    /// The first field of each record, and the one behind the last.
    first: Vec<u32>,
    /// The line of the file on which each record begins.
    pub lines: Vec<u64>,
}

impl Records {
    /// The records of `text`, the content of `file`; it has fewer bytes than 32 bits count.
    pub fn of(file: &str, text: &str, delimiter: char) -> Result<Self> {
        check_width(file, text, delimiter)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter as u8)
            .from_reader(text.as_bytes());
        let mut position = LineCounter::new(text.as_bytes());
        let mut records = Records {
            text: String::new(),
            ends: Vec::new(),
            first: vec![0],
            lines: Vec::new(),
        };
        let mut record = csv::StringRecord::new();
        loop {
            let start = reader.position().byte();
            let more = reader
                .read_record(&mut record)
                .map_err(|error| Error::input(file, error.to_string(), "Export the file again."))?;
            if !more {
                return Ok(records);
            }
            records.lines.push(position.of_record_after(start));
            for field in &record {
                records.text.push_str(field);
                // Fields are no longer than the text.
                records.ends.push(records.text.len() as u32);
            }
            records.first.push(records.ends.len() as u32);
        }
    }

    /// Records of one width whose fields are given, numbered from 1.
    pub fn numbered<'a>(fields: impl Iterator<Item = &'a str>, width: usize) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for field in fields {
            text.push_str(field);
            ends.push(text.len() as u32);
        }
        let rows = ends.len() / width.max(1);
        Records {
            first: (0..=rows).map(|row| (row * width) as u32).collect(),
            lines: (1..=rows as u64).collect(),
            text,
            ends,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Number of fields of a record.
    pub fn width(&self, record: usize) -> usize {
        (self.first[record + 1] - self.first[record]) as usize
    }

    /// A trimmed field; a record that is shorter has none there.
    pub fn field(&self, record: usize, column: usize) -> &str {
        let field = self.first[record] as usize + column;
        if field >= self.first[record + 1] as usize {
            return "";
        }
        let start = field.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text[start as usize..self.ends[field] as usize].trim()
    }

    /// The trimmed fields of a record.
    pub fn fields(&self, record: usize) -> impl Iterator<Item = &str> {
        (0..self.width(record)).map(move |column| self.field(record, column))
    }

    /// The line on which a record begins.
    pub fn line(&self, record: usize) -> u64 {
        self.lines[record]
    }
}

/// What separates the fields: that by which most records have a field that is a day and most are of
/// one width; a comma where nothing speaks for another.
pub(super) fn delimiter(file: &str, text: &str) -> char {
    /// Bytes of text looked at, and records among them.
    const BYTES: usize = 1 << 16;
    const RECORDS: usize = 200;
    let end = match text.len() <= BYTES {
        true => text.len(),
        // Lines that are longer are few enough.
        false => {
            let breaks = |bytes: &[u8]| bytes.iter().rposition(|&byte| byte == b'\n');
            let mut lines = text.match_indices('\n').map(|(at, _)| at);
            let third = lines.nth(2).unwrap_or(text.len());
            breaks(&text.as_bytes()[..BYTES]).unwrap_or(0).max(third)
        }
    };
    // A cut behind a line's end is a cut between characters.
    let text = &text[..end];
    let mut best = (',', (0, 0));
    for delimiter in DELIMITERS {
        if !text.contains(delimiter) {
            continue;
        }
        let Ok(records) = Records::of(file, text, delimiter) else {
            continue;
        };
        let looked_at = 0..records.len().min(RECORDS);
        let width = usual_width(&records, looked_at.clone());
        if width < 2 {
            continue;
        }
        let usual = looked_at.filter(|&record| records.width(record) == width);
        let has_day = |&record: &usize| records.fields(record).any(|f| Written::of(f).is_some());
        let days = usual.clone().filter(has_day).count();
        let score = (days, usual.count());
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// The width that most records have; of two the one that is there first.
pub(super) fn usual_width(records: &Records, of: std::ops::Range<usize>) -> usize {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for record in of {
        let width = records.width(record);
        match counts.iter_mut().find(|(known, _)| *known == width) {
            Some((_, count)) => *count += 1,
            None => counts.push((width, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    let usual = counts.iter().find(|(_, count)| Some(*count) == most);
    usual.map_or(0, |(width, _)| *width)
}

/// Refuses rows of more fields than are read, before anyone sets memory aside for them.
pub(super) fn check_width(file: &str, text: &str, delimiter: char) -> Result<()> {
    enum At {
        Start,
        Plain,
        Quoted,
        /// After a quote that ends a quoted field, unless another one follows.
        Closed,
    }
    let delimiter = delimiter as u8;
    let (mut line, mut fields, mut at) = (1u64, 1usize, At::Start);
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) | (At::Start | At::Closed, b'"') => At::Quoted,
            (_, byte) if byte == delimiter => {
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
