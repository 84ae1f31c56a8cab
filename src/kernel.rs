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

/// Threads of a picks or values workgroup.
pub(crate) const THREADS: usize = 64;

/// Loop iterations a thread may take in one dispatch. Debian 12's software driver stops silently
/// past about 65,000.
const LOOP_BUDGET: usize = 32_000;

/// How a pass is spread over the draws of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grid {
    /// A thread a draw, for so many tiles of columns.
    Threads(usize),
    /// A workgroup a draw.
    Draws,
}

impl Grid {
    /// Threads a draw that report that they have finished.
    pub(crate) fn finishers(self) -> usize {
        match self {
            Grid::Threads(tiles) => tiles,
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
