//! What tells one row from another.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Everything that tells two rows of a question apart, as columns with their values, in the order in
/// which results have them. It is made once, where the question is compiled; identity, headings and the
/// columns of results all come from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Key(Vec<(Cow<'static, str>, Value)>);

/// A cell of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Whole(i32),
    /// The ends of a window; in tables two columns, `NAME_from` and `NAME_to`.
    Window([i32; 2]),
    /// A name.
    Text(String),
}

/// The columns that keys may have, each by its heading, whether it is a whole number, and what stands in it.
pub const KEY_COLUMNS: [(&str, bool, &str); 11] = [
    ("series", false, "The series, as its source names it."),
    (
        "outcome",
        false,
        "The outcome, of a test of a table: a column, or a difference of two.",
    ),
    (
        "variable",
        false,
        "What it is compared by; empty without one.",
    ),
    (
        "group",
        false,
        "A group's name, `all` for the pooled groups, or `A - B` for their difference; `constant` for the regression's \
         mean change a day apart from events.",
    ),
    (
        "statistic",
        false,
        "The statistic's name, with what tells it from others of that name.",
    ),
    (
        "null",
        false,
        "The null design with its parameters, such as `uniform(full-window)`.",
    ),
    (
        "measure",
        false,
        "What the window measures: `cumulative`, the sum of its daily changes, or `endpoints`, the change from its \
         first day to its last.",
    ),
    (
        "convention",
        false,
        "Which p-value `p` is, such as `equal-tailed`, and whether it is the raw share.",
    ),
    (
        "window_from",
        true,
        "First relative day of the event window.",
    ),
    ("window_to", true, "Last relative day of the event window."),
    ("relative_day", true, "The relative day of the row."),
];

impl Key {
    /// Of columns and their values.
    pub fn new(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let pairs = pairs.into_iter();
        Key(pairs
            .map(|(column, value)| (column.into(), value))
            .collect())
    }

    /// The columns and their values, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0
            .iter()
            .map(|(column, value)| (column.as_ref(), value))
    }

    /// The value of a column; `None` where the question has no such column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.pairs()
            .find_map(|(name, value)| (name == column).then_some(value))
    }

    /// The name in a column; empty where there is none.
    pub fn text(&self, column: &str) -> &str {
        match self.get(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The whole number in a column; 0 where there is none.
    pub fn whole(&self, column: &str) -> i32 {
        match self.get(column) {
            Some(&Value::Whole(number)) => number,
            _ => 0,
        }
    }

    /// The window in a column; `[0, 0]` where there is none.
    pub fn window(&self, column: &str) -> [i32; 2] {
        match self.get(column) {
            Some(&Value::Window(window)) => window,
            _ => [0, 0],
        }
    }

    /// The same with another value in a column that it has.
    #[must_use]
    pub fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        if let Some((_, had)) = self.0.iter_mut().find(|(name, _)| name == column) {
            *had = value.into();
        }
        self
    }

    /// The columns of a table that holds it.
    pub fn headings(&self) -> Vec<String> {
        let headings = self.pairs().flat_map(|(column, value)| match value {
            Value::Window(_) => vec![format!("{column}_from"), format!("{column}_to")],
            Value::Whole(_) | Value::Text(_) => vec![column.to_owned()],
        });
        headings.collect()
    }

    /// Its cells under [`Key::headings`].
    pub fn cells(&self) -> Vec<String> {
        let cells = self.pairs().flat_map(|(_, value)| match value {
            Value::Window(ends) => ends.map(|end| end.to_string()).to_vec(),
            Value::Whole(_) | Value::Text(_) => vec![value.to_string()],
        });
        cells.collect()
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Whole(number) => write!(f, "{number}"),
            Value::Window([from, to]) => write!(f, "[{from}, {to}]"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// As in `series oil, group all, relative_day 3`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (column, value)) in self.pairs().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{column} {value}")?;
        }
        Ok(())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Value::Whole(number)
    }
}

impl From<[i32; 2]> for Value {
    fn from(ends: [i32; 2]) -> Self {
        Value::Window(ends)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, value) in self.pairs() {
            map.serialize_entry(column, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("columns and their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Key, A::Error> {
                let mut key = Key::default();
                while let Some((column, value)) = map.next_entry::<String, Value>()? {
                    key.0.push((column.into(), value));
                }
                Ok(key)
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_columns_headings_and_an_identity() {
        let key = Key::new([
            ("series", "oil".into()),
            ("window", [-1, 2].into()),
            ("relative_day", 2.into()),
        ]);
        assert_eq!(
            key.headings(),
            ["series", "window_from", "window_to", "relative_day"]
        );
        assert_eq!(key.cells(), ["oil", "-1", "2", "2"]);
        assert_eq!(
            key.to_string(),
            "series oil, window [-1, 2], relative_day 2"
        );
        assert_eq!((key.text("series"), key.whole("relative_day")), ("oil", 2));
        assert_eq!((key.text("outcome"), key.window("window")), ("", [-1, 2]));
        assert_ne!(key, key.clone().with("series", "gas"));
        let text = serde_json::to_string(&key).unwrap();
        assert_eq!(text, r#"{"series":"oil","window":[-1,2],"relative_day":2}"#);
        assert_eq!(serde_json::from_str::<Key>(&text).unwrap(), key);
    }
}
