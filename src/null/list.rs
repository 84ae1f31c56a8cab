//! What the list of null designs makes: the files' modules, the study's words, the designs, their running
//! forms, and the way from each to its file.

/// `$d` is a dollar sign, for the macros that this one makes.
macro_rules! designs {
    ($d:tt $($file:ident::$name:ident),+ $(,)?) => {
        $(mod $file;)+
        $(pub use $file::$name;)+

        /// Null designs by their names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Null {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name,
            )+
        }

        /// A null design over the positions `0..n` of an index list.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Design {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )+
        }

        /// What a design's draws are made from.
        #[derive(Debug, Clone)]
        enum Running<'d> {
            /// Its sets in the order of their ranks.
            Ranked(paths::RankRun),
            /// Without a group that is what the others leave.
            Drawn(selection::SelectionRun),
            $($name(<$name as Law>::Running<'d>),)+
        }

        impl Null {
            /// Every name, in the order of the list.
            pub const ALL: &'static [Null] = &[$(Null::$name),+];
        }

        /// The facts of a name.
        const fn facts(null: Null) -> Facts {
            match null {
                $(Null::$name => <$name as Law>::FACTS,)+
            }
        }

        fn placed(null: Null, ground: &Ground) -> Result<Placed<Design>, DesignError> {
            match null {
                $(Null::$name => Ok($name::place(ground)?.map(Design::$name)),)+
            }
        }

        fn running(design: &Design) -> Result<Running<'_>, DesignError> {
            match design {
                $(Design::$name(design) => design.running().map(Running::$name),)+
            }
        }

        /// What a design's file answers.
        macro_rules! ask {
            ($d design:expr, $d of:ident => $d answer:expr) => {
                match $d design {
                    $(Design::$name($d of) => $d answer,)+
                }
            };
        }

        /// What a running design does.
        macro_rules! go {
            ($d running:expr, $d of:ident => $d answer:expr) => {
                match $d running {
                    Running::Ranked($d of) => $d answer,
                    Running::Drawn($d of) => $d answer,
                    $(Running::$name($d of) => $d answer,)+
                }
            };
        }

        impl Design {
            /// Its name.
            pub fn null(&self) -> Null {
                match self {
                    $(Design::$name(_) => Null::$name,)+
                }
            }
        }
    };
}
