//! JSON that people can read, too: a line a key, and lists of numbers or words on one line each.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Anything as one JSON object, indented, ending in a line feed.
pub(super) fn json_text(of: &(impl Serialize + ?Sized)) -> String {
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, Lines::default());
    of.serialize(&mut serializer)
        .expect("plain structs become JSON");
    json.push(b'\n');
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// Where lines break: before the keys of objects, and before objects and lists in lists.
#[derive(Debug, Default)]
struct Lines {
    /// Of each object and list that is open, whether a line broke in it.
    open: Vec<bool>,
    /// Whether the next value is one of a list's.
    in_list: bool,
}

impl Lines {
    fn break_line(&mut self, writer: &mut (impl Write + ?Sized)) -> Result<()> {
        if let Some(last) = self.open.last_mut() {
            *last = true;
        }
        write!(writer, "\n{}", "  ".repeat(self.open.len()))
    }

    fn begin(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> Result<()> {
        if std::mem::take(&mut self.in_list) {
            self.break_line(writer)?;
        }
        self.open.push(false);
        writer.write_all(bracket)
    }

    fn end(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> Result<()> {
        let broke = self.open.pop().unwrap_or(false);
        if broke {
            write!(writer, "\n{}", "  ".repeat(self.open.len()))?;
        }
        writer.write_all(bracket)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.in_list = true;
        if first {
            Ok(())
        } else {
            writer.write_all(b",")
        }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> Result<()> {
        self.in_list = false;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.break_line(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_numbers_stand_on_one_line() {
        let value = serde_json::json!({
            "a": [1, 2.5, null],
            "b": [{"c": []}, {"d": {}}],
            "e": [[1, 2], ["x"]],
        });
        let text = json_text(&value);
        assert_eq!(
            text,
            "{\n  \"a\": [1,2.5,null],\n  \"b\": [\n    {\n      \"c\": []\n    },\n    {\n      \"d\": {}\n    }\n  ],\n  \"e\": [\n    [1,2],\n    [\"x\"]\n  ]\n}\n"
        );
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, value);
    }
}
