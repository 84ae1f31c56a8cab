//! The files compiled into the program; `data/README.md` tells their origins.

/// A bundled file's name and bytes.
macro_rules! file {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../data/", $name)))
    };
}

/// Data files by name.
pub(super) const FILES: &[(&str, &[u8])] = &[
    file!("ai_model_releases.csv"),
    file!("andrews_farboodi_releases.csv"),
    file!("fred_DFII10_DFII30.csv"),
    file!("macro_news.csv"),
    file!("treasury_par_yields_2022.csv"),
    file!("treasury_par_yields_2023.csv"),
    file!("treasury_par_yields_2024.csv"),
    file!("treasury_par_yields_2025.csv"),
];

/// Studies by name, in the order in which they are shown.
pub(crate) const STUDIES: &[(&str, &str)] = &[
    (
        "andrews-farboodi",
        include_str!("../../data/andrews-farboodi.toml"),
    ),
    ("bjorkegren", include_str!("../../data/bjorkegren.toml")),
];
