//! Kernels as plain data: shader files, an entry point, constants, what a thread may take. Nothing here
//! knows a device.

/// One compute pipeline's source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shader {
    /// Name for messages and tests.
    pub name: &'static str,
    /// The entry point.
    pub entry_point: &'static str,
    /// The buffers that it binds, in the order of [`Buffer::ALL`]; [`Buffer::Slice`] is the first.
    pub binds: &'static [Buffer],
    /// The files, in the order in which they are joined.
    pub files: &'static [&'static str],
}

impl Shader {
    /// The joined source, after what it binds.
    pub fn source(&self) -> String {
        let bindings = self.binds.iter().map(|buffer| buffer.declaration());
        let files = self.files.iter().map(|&file| file.to_owned());
        let all = std::iter::once(Slice::WGSL.to_owned()).chain(bindings);
        all.chain(files).collect::<Vec<_>>().join("\n")
    }
}

/// A struct of words here and in WGSL.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident,)+ }) => {
        $(#[$doc])*
        #[repr(C)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
        pub(crate) struct $name {
            $($(#[$of])* pub $field: u32,)+
        }

        impl $name {
            /// The same in WGSL.
            pub(crate) const WGSL: &'static str = concat!(
                "struct ", stringify!($name), " {\n",
                $("    ", stringify!($field), ": u32,\n",)+
                "}"
            );
        }
    };
}

mirrored! {
    /// What a dispatch is told. A slice is the part of a chunk that the buffers hold.
    Slice {
        /// Index of the slice's first draw.
        first_low,
        /// Its high word.
        first_high,
        /// Draws of this slice.
        draws,
        /// Draws that the buffers hold.
        stride,
        /// The seed.
        key_low,
        /// Its high word.
        key_high,
        /// First tile of columns whose values the buffers hold.
        first_tile,
        /// Which part of the picks is added to them.
        part,
    }
}

/// How a kernel sees a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// What a dispatch is told.
    Uniform,
    /// Read only.
    Read,
    /// Read and written.
    Write,
}

/// The buffers in which kernels meet: each a line, with its name in WGSL, how kernels see it, and its
/// type there. A binding has the number of its line.
macro_rules! buffers {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $access:ident, $of:literal;)+) => {
        /// A buffer in which kernels meet. Every device has eight for a kernel beside the slice.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Buffer {
            $($(#[$doc])* $variant,)+
        }

        impl Buffer {
            /// All of them.
            pub const ALL: &'static [Buffer] = &[$(Buffer::$variant),+];

            /// Its name in WGSL.
            pub fn name(self) -> &'static str {
                match self { $(Buffer::$variant => $name),+ }
            }

            /// How kernels see it.
            pub fn access(self) -> Access {
                match self { $(Buffer::$variant => Access::$access),+ }
            }

            fn of(self) -> &'static str {
                match self { $(Buffer::$variant => $of),+ }
            }
        }
    };
}

buffers! {
    /// What a dispatch is told: the words of `Slice`.
    Slice: "slice", Uniform, "Slice";
    /// Picks, `[pick][draw]`; see `picks.wgsl`.
    Picks: "picks", Write, "array<u32>";
    /// What draws have taken, `[word][draw]`; used by designs with many positions.
    Taken: "taken", Write, "array<u32>";
    /// Offsets of a tile of columns, `[contrast][column][draw]`; a word, or a low and a high word.
    Values: "values", Write, "array<u32>";
    /// Score or rank tables of all folds, `[tile][position]`, four columns a tile.
    Tables: "tables", Read, "array<vec4<i32>>";
    /// The levels that ranks stand for, column after column, of all folds.
    Levels: "levels", Read, "array<i32>";
    /// The design's own words, then segments, contrasts and lattices of all folds.
    Shape: "shape", Read, "array<i32>";
    /// Words 0 and 1 count the threads that finished picks and values, word 2 the draws left to the CPU;
    /// then the hypotheses' tallies, and the list of draws left to the CPU.
    Tallies: "tallies", Write, "array<atomic<u32>>";
    /// Floats that one pass of a statistic keeps for the next, a draw after the other.
    Kept: "kept", Write, "array<f32>";
}

impl Buffer {
    /// The number of its binding.
    pub fn binding(self) -> u32 {
        self as u32
    }

    fn declaration(self) -> String {
        let space = match self.access() {
            Access::Uniform => "uniform",
            Access::Read => "storage, read",
            Access::Write => "storage, read_write",
        };
        let (binding, name, of) = (self.binding(), self.name(), self.of());
        format!("@group(0) @binding({binding}) var<{space}> {name}: {of};")
    }
}

/// What a fold of scores binds: a thread folds a draw's picks for a tile of columns.
pub(crate) const FOLDS: &[Buffer] = &[
    Buffer::Slice,
    Buffer::Picks,
    Buffer::Values,
    Buffer::Tables,
    Buffer::Shape,
    Buffer::Tallies,
];

/// The same of ranks, with what they stand for.
pub(crate) const RANKED_FOLDS: &[Buffer] = &[
    Buffer::Slice,
    Buffer::Picks,
    Buffer::Values,
    Buffer::Tables,
    Buffer::Levels,
    Buffer::Shape,
    Buffer::Tallies,
];

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
    binds: &[
        Buffer::Slice,
        Buffer::Values,
        Buffer::Levels,
        Buffer::Tallies,
    ],
    files: &[include_str!("../shaders/tally/screen.wgsl")],
};

/// Clears the words in which draws keep what they have taken.
pub const CLEAR: Shader = Shader {
    name: "clear",
    entry_point: "clear",
    binds: &[Buffer::Slice, Buffer::Taken],
    files: &[include_str!("../shaders/common/clear.wgsl")],
};

/// `CLEARED` of `clear.wgsl`.
pub(crate) const CLEARED: usize = 256;
/// `MAX_SEGMENTS` of `values.wgsl`.
pub(crate) const MAX_SEGMENTS: usize = 16;
/// Columns of a tile of tables.
pub(crate) const TILE: usize = 4;

/// What kernels read: the buffers of these names.
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
