//! Kernels as plain data: shader files, an entry point, constants, what a thread may take. Nothing here
//! knows a device.

/// One compute pipeline's source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shader {
    /// Name for messages and tests.
    pub name: &'static str,
    /// The entry point.
    pub entry_point: &'static str,
    /// The files, in the order in which they are joined.
    pub files: &'static [&'static str],
}

impl Shader {
    /// The joined source.
    pub fn source(&self) -> String {
        self.files.join("\n")
    }
}

/// How every kernel meets its buffers.
pub const BINDINGS: &str = include_str!("../shaders/common/bindings.wgsl");
/// Picks, packed or not.
pub const PICKS: &str = include_str!("../shaders/common/picks.wgsl");
/// Contrasts of segments' numerators, as every statistic of scores writes them.
pub const VALUES: &str = include_str!("../shaders/statistic/values.wgsl");
/// 64-bit arithmetic in two words.
pub const WIDE: &str = include_str!("../shaders/common/wide.wgsl");
/// The generator.
pub const PHILOX: &[&str] = &[WIDE, include_str!("../shaders/common/philox.wgsl")];

/// Values in floats to offsets, with an error band around thresholds.
pub const SCREEN: Shader = Shader {
    name: "screen",
    entry_point: "screen",
    files: &[BINDINGS, include_str!("../shaders/tally/screen.wgsl")],
};

/// Clears the words in which draws keep what they have taken.
pub const CLEAR: Shader = Shader {
    name: "clear",
    entry_point: "clear",
    files: &[BINDINGS, include_str!("../shaders/common/clear.wgsl")],
};

/// `CLEARED` of `clear.wgsl`.
pub(crate) const CLEARED: usize = 256;
/// `MAX_SEGMENTS` of `values.wgsl`.
pub(crate) const MAX_SEGMENTS: usize = 16;
/// Columns of a tile of tables.
pub(crate) const TILE: usize = 4;

/// What kernels read: see `shaders/common/bindings.wgsl`.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub tiles: Vec<[i32; TILE]>,
    pub levels: Vec<i32>,
    pub shape: Vec<i32>,
}

impl Tables {
    /// Puts floats among the levels, as the device's.
    pub(crate) fn push_floats(&mut self, floats: impl Iterator<Item = f64>) {
        self.levels
            .extend(floats.map(|float| (float as f32).to_bits() as i32));
    }
}

/// What a value is screened against: offsets above a floor.
pub(crate) struct Screened<'a> {
    pub floor: i64,
    pub bin_shift: u32,
    pub thresholds: &'a [u64],
}

/// Where a statistic finds what others put into the buffers.
pub(crate) struct At {
    /// Words of `shape`.
    pub segments: usize,
    pub contrasts: usize,
    /// Rows of tiles.
    pub table: usize,
    /// Thresholds of a value.
    pub thresholds: usize,
    /// Word of the tallies with the list of draws that are left to the CPU, and how many it holds.
    pub replays: [usize; 2],
    /// Whether two picks share a word.
    pub packed: bool,
}

/// Threads of a picks or values workgroup.
pub(crate) const THREADS: usize = 64;

/// Loop iterations a thread may take in one dispatch. Debian 12's software driver stops silently
/// past about 65,000.
pub(crate) const LOOP_BUDGET: usize = 32_000;

/// How a pass is spread over the draws of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grid {
    /// A thread a draw, for so many tiles of columns, and each again for so many parts of the picks.
    Threads { tiles: usize, parts: usize },
    /// A workgroup a draw.
    Draws,
}

impl Grid {
    /// Parts of the picks, each a dispatch.
    pub(crate) fn parts(self) -> usize {
        match self {
            Grid::Threads { parts, .. } => parts,
            Grid::Draws => 1,
        }
    }

    /// Threads a draw that report that they have finished.
    pub(crate) fn finishers(self) -> usize {
        match self {
            Grid::Threads { tiles, parts } => tiles * parts,
            Grid::Draws => 1,
        }
    }
}

/// A kernel and its grid.
pub(crate) struct Pass {
    pub kernel: Kernel,
    pub grid: Grid,
}

/// A shader and the constants that make it a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    /// The shader.
    pub shader: Shader,
    /// Its overrides, by name.
    pub constants: Vec<(&'static str, f64)>,
}

/// Refuses what takes a thread past its loop budget; `what` begins the sentence.
pub(crate) fn within_budget(loops: usize, what: &str) -> Result<(), String> {
    if loops > LOOP_BUDGET {
        return Err(format!(
            "{what} takes about {loops} loop iterations a thread, past the budget of {LOOP_BUDGET}"
        ));
    }
    Ok(())
}
