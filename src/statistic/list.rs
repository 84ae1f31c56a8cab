//! What the list of statistics makes: the files' modules, the enums, and their dispatch.

macro_rules! list {
    ([$($file:ident :: $type:ident { $($key:ident : $value:ty),* })*]) => {
        $(mod $file;)*
        $(pub use $file::$type;)*

        // A name that nothing makes would leave a report without rows.
        $(const _: () = assert!(
            <$type as facts::Facts>::NAMES.is_empty()
                == matches!(<$type as facts::Facts>::SOURCE, Source::Another),
            "a statistic with names is made from something",
        );)*

        /// The statistics, each with the table that it reads.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Statistic {
            $(#[doc = concat!("See [`", stringify!($type), "`].")] $type($type),)*
        }

        /// The statistics alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $(#[doc = concat!("See [`", stringify!($type), "`].")] $type,)*
        }

        /// The keys of a test that belong to statistics; `None` where they are not given.
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        pub struct Keys {
            $($(#[doc = concat!("Of [`", stringify!($type), "`].")] pub $key: Option<$value>,)*)*
        }

        impl Keys {
            /// The names of those that are given, with their values.
            #[allow(unused_mut, reason = "no statistic may have keys")]
            pub fn given(&self) -> Vec<(&'static str, String)> {
                let mut given = Vec::new();
                $($(if let Some(value) = self.$key {
                    given.push((stringify!($key), value.to_string()));
                })*)*
                given
            }
        }

        impl Kind {
            /// All of them, in the order of the list.
            pub const ALL: &[Kind] = &[$(Kind::$type),*];

            /// The file and its shader, without their endings.
            pub fn file(self) -> &'static str {
                match self { $(Kind::$type => stringify!($file)),* }
            }

            /// The names by which studies ask for it, and what it is about by each.
            pub fn names(self) -> &'static [(&'static str, Of)] {
                match self { $(Kind::$type => <$type as facts::Facts>::NAMES),* }
            }

            /// The keys of a test that it takes, beside those that all take.
            pub fn keys(self) -> &'static [Key] {
                match self { $(Kind::$type => <$type as facts::Facts>::KEYS),* }
            }

            /// The keys that the list names.
            pub fn own_keys(self) -> &'static [&'static str] {
                match self { $(Kind::$type => &[$(stringify!($key)),*]),* }
            }

            /// What it is made from.
            pub fn source(self) -> Source {
                match self { $(Kind::$type => <$type as facts::Facts>::SOURCE),* }
            }

            /// Its kernels, of which the first is its twin; or why it runs on the CPU alone.
            pub fn shaders(self) -> Result<&'static [crate::kernel::Shader], &'static str> {
                match self { $(Kind::$type => <$type as facts::Facts>::SHADERS),* }
            }

            /// What it is, in a line.
            pub(crate) fn formula(self, of: Of, keys: &Keys, words: &Words<'_>) -> String {
                match self { $(Kind::$type => <$type as facts::Facts>::formula(of, keys, words)),* }
            }

            /// Refuses values of its keys.
            pub(crate) fn check(self, keys: &Keys) -> Result<(), Refusal> {
                match self { $(Kind::$type => <$type as facts::Facts>::check(keys)),* }
            }
        }

        impl Statistic {
            /// The same over other scores; `None` where it is not made from scores.
            pub(crate) fn over(&self, scores: &ScoreTable) -> Option<Self> {
                match self {
                    $(Statistic::$type(it) => facts::Facts::over(it, scores).map(Statistic::$type)),*
                }
            }
        }

        list! { @dispatch [$($type)*]

            /// Score columns.
            fn columns(&self) -> usize;
            /// The score of a position in a column; `None` where it is not made from scores.
            fn score(&self, position: usize, column: usize) -> Option<i32>;
            /// How it hangs on the scores.
            fn shape(&self) -> Shape;
            /// Whether it changes its sign with all scores.
            fn is_odd(&self) -> bool;
            /// How its numerators come to be whole.
            fn arithmetic(&self) -> Arithmetic;
            /// The segments and combinations of groups that it reports.
            fn contrasts(&self, labels: &[String], groups: &[crate::null::Segment])
                -> (Vec<crate::null::Segment>, Vec<Contrast>);
            /// Smallest and largest numerator of a contrast.
            fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64);
            /// Mean and standard deviation of a contrast, roughly, where they are known.
            fn moments(&self, fold: &Fold, contrast: &Contrast, pool: &[i32]) -> Option<(f64, f64)>;
            /// What its exact null law rests on.
            fn basis(&self) -> Basis<'_>;
            /// The numerators of one set.
            fn numerators(&self, fold: &Fold, picks: &crate::null::Picks) -> Vec<Option<i64>>;
            /// What a device does for it; or why none can.
            fn work(&self, segments: &[crate::null::Segment]) -> Result<Work<'_>, &'static str>;
            /// Nanoseconds of one thread a draw.
            fn nanoseconds(&self, fold: &Fold) -> f64;
        }

        impl Statistic {
            /// Folds draws.
            pub(self) fn fold<W: Offset>(
                &self,
                picks: &crate::null::Picks,
                values: &mut fold::Values<'_, W>,
            ) {
                match self { $(Statistic::$type(it) => facts::Facts::fold(it, picks, values)),* }
            }
        }
    };
    (@dispatch $types:tt $($(#[$doc:meta])* fn $name:ident(&self $(, $given:ident : $of:ty)*) -> $gives:ty;)*) => {
        $(list! { @method $types $(#[$doc])* $name ($($given: $of),*) $gives })*
    };
    (@method [$($type:ident)*] $(#[$doc:meta])* $name:ident $given:tt $gives:ty) => {
        list! { @body $(#[$doc])* $name $given $gives; $($type)* }
    };
    (@body $(#[$doc:meta])* $name:ident ($($given:ident : $of:ty),*) $gives:ty; $($type:ident)*) => {
        impl Statistic {
            $(#[$doc])*
            pub(crate) fn $name(&self $(, $given: $of)*) -> $gives {
                list! { @match self $name ($($given),*) $($type)* }
            }
        }
    };
    (@match $self:ident $name:ident $given:tt $($type:ident)*) => {
        match $self { $(Statistic::$type(it) => list! { @call it $name $given },)* }
    };
    (@call $it:ident $name:ident ($($given:ident),*)) => {
        facts::Facts::$name($it $(, $given)*)
    };
}

/// A struct with the statistics' keys of a test beside its fields, made by the macro `$make`; and a value of
/// it without any.
macro_rules! with_keys {
    (
        [$($file:ident :: $type:ident { $($key:ident : $value:ty),* })*]
        $make:ident $(#[$($attribute:tt)*])* pub struct $name:ident { $($fields:tt)* }
    ) => {
        $make! {
            $(#[$($attribute)*])*
            pub struct $name {
                $($fields)*
                beside {
                    $($(#[doc = concat!("See [`", stringify!($type), "`](crate::statistic::", stringify!($type), ").")]
                    pub $key: Option<$value>,)*)*
                }
            }
        }

        impl $name {
            /// The keys of statistics.
            pub fn keys(&self) -> Keys {
                Keys { $($($key: self.$key,)*)* }
            }
        }
    };
    (
        [$($file:ident :: $type:ident { $($key:ident : $value:ty),* })*]
        $name:ident { $($fields:tt)* }
    ) => {
        $name { $($fields)* $($($key: None,)*)* }
    };
}
