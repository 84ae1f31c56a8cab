//! The keys of the study file that belong to some designs.

/// A key a line: its name in the study file, and what is said of a design that does not take it.
macro_rules! keys {
    ($($key:ident $name:literal: $problem:literal,)+) => {
        /// A key of the study file that belongs to some designs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Key {
            $(#[doc = concat!("`", $name, "`")] $key,)+
        }

        impl Key {
            /// All of them, in the order of the list.
            pub const ALL: &'static [Key] = &[$(Key::$key),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Key::$key => $name,)+ }
            }

            /// What is said of a design that does not take it, after its name.
            pub fn problem(self) -> &'static str {
                match self { $(Key::$key => $problem,)+ }
            }
        }
    };
}

keys! {
    SameDay "same_day": "deals no labels",
    Edge "edge": "moves no window past the sample's ends",
    Within "within": "knows no strata",
    Cluster "cluster": "knows no clusters",
    Keep "keep": "deals no labels",
    MinGap "min_gap": "keeps no least gap",
    Ends "ends": "shuffles no gaps",
    Sets "sets": "reads no sets",
    Dates "dates": "draws no dates from a list",
    Blackout "blackout": "draws no dates from a pool",
    Block "block": "resamples no blocks of days",
    Effect "effect": "resamples no changes",
    AvoidEvents "avoid_events": "draws no dates from a pool, or needs the events there",
}
