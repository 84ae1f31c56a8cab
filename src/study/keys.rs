//! The keys of a study file, in one table made of what the study's structs say of their fields.

use std::sync::LazyLock;

use serde_json::Value;

use super::Study;
use super::form::{Form, Takes};
use crate::null::{Key as DesignKey, Null};
use crate::statistic::{Kind, StatisticName, statistics};

/// A key of the study file.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// Its name in the table where it stands.
    pub name: &'static str,
    /// Another name, which means the same.
    pub also: Option<&'static str>,
    /// What it takes.
    pub takes: &'static str,
    /// What it says.
    pub help: String,
    /// What a value may hold.
    pub holds: Holds,
    /// What form a value has.
    pub form: Form,
    /// Whether its table is nothing without it.
    pub is_required: bool,
    /// What it is where it is not given, if that is a value and not a rule.
    pub default: Option<Value>,
}

/// What the value of a key may hold.
#[derive(Debug, Clone)]
pub(crate) enum Holds {
    /// No keys that are known.
    Value,
    /// A table of keys, where it is one.
    Table(Vec<Key>),
    /// A list of tables, where it is one.
    Tables(Vec<Key>),
}

impl Key {
    /// The keys inside.
    pub fn inner(&self) -> &[Key] {
        match &self.holds {
            Holds::Value => &[],
            Holds::Table(keys) | Holds::Tables(keys) => keys,
        }
    }

    /// As a line of the file that begins its table, or one of its tables.
    pub fn heading(&self) -> String {
        match self.holds {
            Holds::Value => self.name.to_owned(),
            Holds::Table(_) => format!("[{}]", self.name),
            Holds::Tables(_) => format!("[[{}]]", self.name),
        }
    }

    /// Whether it goes by a name.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.also == Some(name)
    }
}

/// What a struct of the study says of its fields.
pub(super) trait Keyed {
    /// Its keys.
    fn keys() -> Vec<Key>;
    /// The names of those that differ from another's.
    fn differing(&self, other: &Self) -> Vec<&'static str>;
}

/// A struct of the study, and the rows of its fields in the table of keys: the comment of a field is its
/// line of help, `takes` what its value may be and the keys inside; its form is that of its type, and it is
/// required where serde has no default. Fields of `beside` are no keys.
/// Programs set keys one after another: each has a method of its name.
macro_rules! keyed {
    (
        $(#[doc = $about:literal])*
        #[derive($($derived:ident),* $(,)?)]
        $(#[serde($($serde:tt)*)])?
        pub struct $of:ident {
            $(
                $(#[doc = $help:literal])+
                #[takes($(named $name:literal,)? $(also $also:literal,)? $takes:literal $(, $holds:expr)?)]
                $(#[serde($($how:tt)*)])?
                pub $field:ident: $type:ty,
            )*
            $(beside { $($beside:tt)* })?
        }
    ) => {
        $(#[doc = $about])*
        #[derive($($derived),*)]
        $(#[serde($($serde)*)])?
        #[non_exhaustive]
        pub struct $of {
            $(
                $(#[doc = $help])+
                $(#[serde($($how)*)])?
                pub $field: $type,
            )*
            $($($beside)*)?
        }

        impl $of {
            $(
                $(#[doc = $help])+
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.$field = $field.into();
                    self
                }
            )*
        }

        impl $crate::study::keys::Keyed for $of {
            fn keys() -> Vec<$crate::study::keys::Key> {
                use $crate::study::form::Takes;
                let has_defaults = keyed!(@default $($($serde)*)?);
                let mut keys = vec![$(
                    $crate::study::keys::Key {
                        name: keyed!(@or stringify!($field) $(, $name)?),
                        also: keyed!(@some $($also)?),
                        takes: $takes,
                        help: concat!($($help),+).trim().to_owned(),
                        holds: keyed!(@or $crate::study::keys::Holds::Value $(, $holds)?),
                        form: <$type>::form(),
                        is_required: !(has_defaults || <$type>::IS_OPTIONAL || keyed!(@default $($($how)*)?)),
                        default: None,
                    },
                )*];
                $crate::study::schema::fill_defaults::<Self>(&mut keys);
                keys
            }

            fn differing(&self, other: &Self) -> Vec<&'static str> {
                let differ = [$((keyed!(@or stringify!($field) $(, $name)?), self.$field != other.$field),)*];
                differ.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
            }
        }

        impl $crate::study::form::Takes for $of {
            fn form() -> $crate::study::form::Form {
                $crate::study::form::Form::Table
            }
        }
    };
    // Whether serde is told of a default.
    (@default) => { false };
    (@default default $($rest:tt)*) => { true };
    (@default $other:tt $($rest:tt)*) => { keyed!(@default $($rest)*) };
    (@or $usual:expr) => { $usual };
    (@or $usual:expr, $other:expr) => { $other };
    (@some) => { None };
    (@some $some:literal) => { Some($some) };
}

pub(super) use keyed;

/// The keys of a study file, in its tables.
pub(crate) fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(Study::keys);
    &KEYS
}

/// The key at a dotted path such as `test.window`.
pub(super) fn find(path: &str) -> Option<&'static Key> {
    let mut inner = keys();
    let mut found = None;
    for name in path.split('.') {
        let key = inner.iter().find(|key| key.is(name))?;
        inner = key.inner();
        found = Some(key);
    }
    found
}

/// The tables at the top in which a key of this name stands, each with the key there.
pub(super) fn homes(name: &str) -> Vec<(&'static Key, &'static Key)> {
    let home = |table: &'static Key| {
        let key = table.inner().iter().find(|key| key.is(name))?;
        Some((table, key))
    };
    keys().iter().filter_map(home).collect()
}

/// The tables at the top of a study file in which a key of this name stands; none: no key is called so there.
pub fn tables_of(key: &str) -> Vec<&'static str> {
    homes(key).iter().map(|(table, _)| table.name).collect()
}

/// The forms of the keys that the list of statistics names.
macro_rules! forms {
    ([$($file:ident :: $type:ident { $($key:ident : $value:ty),* })*]) => {
        [$($((stringify!($key), <$value>::form()),)*)*]
    };
}

/// The keys that the list of statistics names.
pub(super) fn of_statistics() -> impl Iterator<Item = Key> {
    let keys = Kind::ALL.iter().flat_map(|kind| kind.keys());
    keys.filter_map(|key| {
        let own = key.own?;
        let (_, form) = statistics!(forms)
            .into_iter()
            .find(|(name, _)| *name == key.name)?;
        Some(Key {
            name: key.name,
            also: None,
            takes: own.takes,
            help: own.help.to_owned(),
            holds: Holds::Value,
            form,
            is_required: false,
            default: None,
        })
    })
}

/// The null designs, or the statistics, that a key of a test belongs to; neither where it belongs to
/// all tests.
pub(super) fn takers(key: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let of_designs = DesignKey::ALL.iter().find(|of| of.name() == key);
    let designs = Null::ALL
        .iter()
        .filter(|null| of_designs.is_some_and(|&key| null.takes(key)));
    let takes = |of: &StatisticName| of.kind.keys().iter().any(|of| of.name == key);
    (
        designs.map(|null| null.name()).collect(),
        StatisticName::all()
            .filter(takes)
            .map(StatisticName::name)
            .collect(),
    )
}
