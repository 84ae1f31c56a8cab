//! The WGSL files, and how they are joined.

use crate::kernel::{BINDINGS, PHILOX, PICKS, Shader, WIDE};
use crate::statistic::Kind;

const SEEN_WORKGROUP: &str = include_str!("../../../shaders/null/seen_workgroup.wgsl");
const SEEN_STORAGE: &str = include_str!("../../../shaders/null/seen_storage.wgsl");
const SEEN_COLUMN: &str = include_str!("../../../shaders/null/seen_column.wgsl");
const STRATA: &str = include_str!("../../../shaders/null/strata.wgsl");
const SPACED: &str = include_str!("../../../shaders/null/spaced.wgsl");
const WITHOUT_REPLACEMENT: &str = include_str!("../../../shaders/null/without_replacement.wgsl");
const UNIFORM: &str = include_str!("../../../shaders/null/uniform.wgsl");

/// `uniform`, repeats looked up in workgroup memory.
pub const UNIFORM_WORKGROUP: Shader = Shader {
    name: "uniform, workgroup",
    entry_point: "uniform_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        SEEN_WORKGROUP,
        WITHOUT_REPLACEMENT,
        UNIFORM,
    ],
};

/// `uniform`, repeats looked up in device memory.
pub const UNIFORM_STORAGE: Shader = Shader {
    name: "uniform, storage",
    entry_point: "uniform_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        SEEN_STORAGE,
        WITHOUT_REPLACEMENT,
        UNIFORM,
    ],
};

/// Within strata, repeats looked up in workgroup memory.
pub const STRATA_WORKGROUP: Shader = Shader {
    name: "strata, workgroup",
    entry_point: "strata_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        SEEN_WORKGROUP,
        STRATA,
    ],
};

/// Within strata, repeats looked up in device memory.
pub const STRATA_STORAGE: Shader = Shader {
    name: "strata, storage",
    entry_point: "strata_picks",
    files: &[BINDINGS, PICKS, PHILOX[0], PHILOX[1], SEEN_COLUMN, STRATA],
};

/// `spaced`, repeats looked up in workgroup memory.
pub const SPACED_WORKGROUP: Shader = Shader {
    name: "spaced, workgroup",
    entry_point: "spaced_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        SEEN_WORKGROUP,
        WITHOUT_REPLACEMENT,
        SPACED,
    ],
};

/// `spaced`, repeats looked up in device memory.
pub const SPACED_STORAGE: Shader = Shader {
    name: "spaced, storage",
    entry_point: "spaced_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        SEEN_COLUMN,
        WITHOUT_REPLACEMENT,
        SPACED,
    ],
};

/// `gap-shuffle`.
pub const GAP_SHUFFLE: Shader = Shader {
    name: "gap-shuffle",
    entry_point: "gap_shuffle_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        include_str!("../../../shaders/null/gap_shuffle.wgsl"),
    ],
};

/// `signs`.
pub const SIGNS: Shader = Shader {
    name: "signs",
    entry_point: "signs_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        include_str!("../../../shaders/null/signs.wgsl"),
    ],
};

/// `list`.
pub const LISTED: Shader = Shader {
    name: "list",
    entry_point: "listed_picks",
    files: &[
        BINDINGS,
        PICKS,
        include_str!("../../../shaders/null/listed.wgsl"),
    ],
};

/// Sets by their ranks, or with dates that keep apart or together.
pub const PATHS: Shader = Shader {
    name: "paths",
    entry_point: "paths_picks",
    files: &[
        BINDINGS,
        PICKS,
        PHILOX[0],
        PHILOX[1],
        include_str!("../../../shaders/null/paths.wgsl"),
    ],
};

/// `circular-shift`.
pub const CIRCULAR_SHIFT: Shader = Shader {
    name: "circular-shift",
    entry_point: "circular_shift_picks",
    files: &[
        BINDINGS,
        PICKS,
        include_str!("../../../shaders/null/circular_shift.wgsl"),
    ],
};

/// Values in floats to offsets.
pub const SCREEN: Shader = Shader {
    name: "screen",
    entry_point: "screen",
    files: &[BINDINGS, include_str!("../../../shaders/tally/screen.wgsl")],
};

/// The tally of any statistic.
pub const TALLY: Shader = Shader {
    name: "tally",
    entry_point: "tally",
    files: &[
        BINDINGS,
        WIDE,
        include_str!("../../../shaders/tally/tally.wgsl"),
    ],
};

/// Every pipeline of the engine.
pub fn all() -> Vec<Shader> {
    let of_statistics = Kind::ALL.iter().filter_map(|kind| kind.shaders().ok());
    OWN.iter().chain(of_statistics.flatten()).copied().collect()
}

/// Those of designs and tallies.
const OWN: &[Shader] = &[
    UNIFORM_WORKGROUP,
    UNIFORM_STORAGE,
    STRATA_WORKGROUP,
    STRATA_STORAGE,
    SPACED_WORKGROUP,
    SPACED_STORAGE,
    GAP_SHUFFLE,
    SIGNS,
    LISTED,
    PATHS,
    CIRCULAR_SHIFT,
    SCREEN,
    TALLY,
];
