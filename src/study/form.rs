//! The forms that the values of keys may have, from the types of the fields: what the schema says of them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

use super::*;

/// The form of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    Text,
    Whole {
        /// Whether it may be below 0.
        is_signed: bool,
    },
    Number,
    Truth,
    Date,
    /// One of these words.
    Words(Vec<&'static str>),
    /// A table of the keys inside.
    Table,
    /// A table of names of the user's, each with a value.
    Named(Box<Form>),
    List(Box<Form>),
    /// A list of two.
    Pair(Box<Form>),
    Either(Vec<Form>),
}

/// A type of which a study's struct may have a field.
pub(crate) trait Takes {
    /// Whether serde takes its absence for a value.
    const IS_OPTIONAL: bool = false;

    /// What it is in the study file.
    fn form() -> Form;
}

macro_rules! forms {
    ($($type:ty: $form:expr;)+) => {
        $(impl Takes for $type {
            fn form() -> Form {
                $form
            }
        })+
    };
}

forms! {
    String: Form::Text;
    bool: Form::Truth;
    f64: Form::Number;
    i32: Form::Whole { is_signed: true };
    i64: Form::Whole { is_signed: true };
    u32: Form::Whole { is_signed: false };
    u64: Form::Whole { is_signed: false };
    usize: Form::Whole { is_signed: false };
    Date: Form::Date;
    Missing: Form::Either(vec![f64::form(), String::form()]);
    MarketSpec: Form::Either(vec![String::form(), ClosedSpec::form()]);
    Parts: Form::Either(vec![CalendarUnit::form(), ColumnSpec::form()]);
    Block: Form::Either(vec![u32::form(), BlockName::form()]);
    PathSpec: Form::Either(vec![PathName::form(), Vec::<f64>::form()]);
    // A list of lists is of no use.
    FilterValue: {
        let values = vec![f64::form(), bool::form(), String::form()];
        let one = Form::Either(values.clone());
        Form::Either([values, vec![Form::List(Box::new(one))]].concat())
    };
    Null: Form::Words(Null::ALL.iter().map(|null| null.name()).collect());
    OneOrMany: {
        let names = Form::Words(StatisticName::all().map(StatisticName::name).collect());
        Form::Either(vec![names.clone(), Form::List(Box::new(names))])
    };
    // Enums of words.
    BlockName: words::<Self>();
    CalendarKind: words::<Self>();
    CalendarUnit: words::<Self>();
    Changes: words::<Self>();
    Convention: words::<Self>();
    DateFormat: words::<Self>();
    Decimal: words::<Self>();
    Delimiter: words::<Self>();
    Edge: words::<Self>();
    Ends: words::<Self>();
    Exact: words::<Self>();
    Gap: words::<Self>();
    Incomplete: words::<Self>();
    Keep: words::<Self>();
    LabelDays: words::<Self>();
    Layout: words::<Self>();
    Measure: words::<Self>();
    OffCalendar: words::<Self>();
    OffRows: words::<Self>();
    OwnEffect: words::<Self>();
    PathName: words::<Self>();
    Pool: words::<Self>();
    SameDay: words::<Self>();
    Standardise: words::<Self>();
    Transform: words::<Self>();
}

impl<T: Takes> Takes for Option<T> {
    const IS_OPTIONAL: bool = true;

    fn form() -> Form {
        T::form()
    }
}

impl<T: Takes> Takes for Vec<T> {
    fn form() -> Form {
        Form::List(Box::new(T::form()))
    }
}

impl<T: Takes> Takes for [T; 2] {
    fn form() -> Form {
        Form::Pair(Box::new(T::form()))
    }
}

impl<T: Takes> Takes for BTreeMap<String, T> {
    fn form() -> Form {
        Form::Named(Box::new(T::form()))
    }
}

/// The words by which serde reads an enum.
fn words<'de, T: Deserialize<'de>>() -> Form {
    match T::deserialize(Asked) {
        Err(Words(words)) => Form::Words(words.to_vec()),
        Ok(_) => Form::Words(Vec::new()),
    }
}

/// Answers the question for a value with the words that were known to whoever asked.
struct Asked;

/// The words, as an error.
#[derive(Debug)]
struct Words(&'static [&'static str]);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for Words {}

impl Error for Words {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Words(&[])
    }
}

impl<'de> Deserializer<'de> for Asked {
    type Error = Words;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Words> {
        Err(Words(words))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Words> {
        Err(Words(&[]))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
