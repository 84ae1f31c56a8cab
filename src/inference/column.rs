//! The columns of results: each a field of a row's struct, whose comment says what it holds.

use crate::question::{KEY_COLUMNS, Key};
use crate::study::Measure;

/// A column of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultColumn {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub kind: Kind,
    /// What they hold, in a sentence or two.
    pub about: String,
    /// What they are counted or measured in, where that is said: `unit` for the column of that name.
    pub unit: Option<&'static str>,
}

/// What the cells of a column are; any of them may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number of at most 63 bits and a sign.
    Whole,
    /// A whole number of 64 bits, not negative.
    Unsigned,
    /// A number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A list of texts.
    Words,
    /// A list of numbers.
    Numbers,
    /// A list of whole numbers of 64 bits, not negative.
    Counts,
}

impl Kind {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Whole | Kind::Unsigned => "whole number",
            Kind::Number => "number",
            Kind::Truth => "true or false",
            Kind::Words => "list of texts",
            Kind::Numbers => "list of numbers",
            Kind::Counts => "list of whole numbers",
        }
    }
}

/// A row of results.
pub trait Tidy: serde::Serialize {
    /// Its columns, in their order. `key` has the key's, of rows that have one.
    fn columns(key: &Key) -> Vec<ResultColumn>;

    /// Its key, if it has one.
    fn key(&self) -> Option<&Key>;
}

/// A type of a field, and the columns that it makes.
pub(crate) trait Cell {
    /// The columns of a field.
    fn columns(column: ResultColumn, key: &Key) -> Vec<ResultColumn>;

    /// The key, where it is one.
    fn key(&self) -> Option<&Key> {
        None
    }
}

macro_rules! cells {
    ($($kind:ident: $($type:ty),+;)+) => {
        $($(impl Cell for $type {
            fn columns(column: ResultColumn, _: &Key) -> Vec<ResultColumn> {
                vec![ResultColumn { kind: Kind::$kind, ..column }]
            }
        })+)+
    };
}

cells! {
    Text: String, Measure;
    Words: Vec<String>;
    Whole: i32, u32, u64, usize;
    Number: f64;
    Truth: bool;
    Numbers: Vec<f64>;
    Counts: Vec<u64>;
}

impl<T: Cell> Cell for Option<T> {
    fn columns(column: ResultColumn, key: &Key) -> Vec<ResultColumn> {
        T::columns(column, key)
    }
}

/// The ends of a window have a column each.
impl Cell for [i32; 2] {
    fn columns(column: ResultColumn, _: &Key) -> Vec<ResultColumn> {
        let end = |end: &str| ResultColumn {
            name: format!("{}_{end}", column.name),
            kind: Kind::Whole,
            ..column.clone()
        };
        vec![end("from"), end("to")]
    }
}

/// The columns of a key are its question's.
impl Cell for Key {
    fn columns(_: ResultColumn, key: &Key) -> Vec<ResultColumn> {
        let headings = key.headings().into_iter();
        headings.map(|heading| key_column(&heading)).collect()
    }

    fn key(&self) -> Option<&Key> {
        Some(self)
    }
}

/// A column of a key, as [`KEY_COLUMNS`] defines it.
pub(crate) fn key_column(name: &str) -> ResultColumn {
    let known = KEY_COLUMNS.iter().find(|(known, ..)| *known == name);
    let (is_whole, about) = known.map_or((false, ""), |(_, whole, about)| (*whole, *about));
    ResultColumn {
        kind: match is_whole {
            true => Kind::Whole,
            false => Kind::Text,
        },
        about: about.to_owned(),
        unit: is_whole.then_some("days"),
        name: name.to_owned(),
    }
}

/// A struct of result rows, and the columns that its fields make: the comment of a field says what the column
/// holds, `in_unit` what that is measured in.
macro_rules! tidy {
    (
        $(#[doc = $about:literal])*
        #[derive($($derived:ident),* $(,)?)]
        pub struct $of:ident {
            $(
                $(#[doc = $help:literal])+
                $(#[in_unit($unit:literal)])?
                $(#[serde($($how:tt)*)])?
                pub $field:ident: $type:ty,
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive($($derived),*)]
        pub struct $of {
            $(
                $(#[doc = $help])+
                $(#[serde($($how)*)])?
                pub $field: $type,
            )*
        }

        impl $crate::inference::Tidy for $of {
            fn columns(key: &$crate::question::Key) -> Vec<$crate::inference::ResultColumn> {
                use $crate::inference::Cell;
                let mut columns = Vec::new();
                $(
                    columns.extend(<$type>::columns($crate::inference::ResultColumn {
                        name: stringify!($field).to_owned(),
                        kind: $crate::inference::Kind::Text,
                        about: concat!($($help),+).trim().to_owned(),
                        unit: None$(.or(Some($unit)))?,
                    }, key));
                )*
                columns
            }

            fn key(&self) -> Option<&$crate::question::Key> {
                use $crate::inference::Cell;
                let keys = [$(Cell::key(&self.$field)),*];
                keys.into_iter().flatten().next()
            }
        }
    };
}

pub(crate) use tidy;
