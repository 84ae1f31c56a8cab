//! The kernel that makes a design's picks on a device, as plain data.

use super::distinct::{in_workgroup, seen_words};
use crate::kernel::{CLEAR, Kernel, Shader, THREADS};

/// `STATE_WORDS` of `seen_parts.wgsl`.
const STATE_WORDS: usize = 4;

/// The pass that makes the picks of a design.
#[derive(Debug)]
pub(crate) struct PicksPass {
    pub kernel: Kernel,
    /// How often it runs, each time from where it stopped.
    pub times: usize,
    /// Whether what draws have taken is cleared before it runs.
    pub(super) clears: bool,
    /// Whether two picks share a word.
    pub packed: bool,
    /// Words of device memory a draw beside the picks.
    pub taken_words: usize,
    /// What the shader reads at the beginning of the shape.
    pub shape: Vec<i32>,
    /// Whether picks are all that is accepted of 16-bit candidates, looked up in workgroup memory: what a
    /// kernel that folds them as they are drawn is told the same constants for.
    pub plain: bool,
    /// Picks a draw, which the design fills in.
    pub(super) picks: usize,
}

impl PicksPass {
    /// A pass with a word a pick and nothing beside.
    pub(super) fn new(
        shader: Shader,
        constants: Vec<(&'static str, f64)>,
        shape: Vec<i32>,
    ) -> Self {
        PicksPass {
            kernel: Kernel { shader, constants },
            times: 1,
            clears: false,
            packed: false,
            taken_words: 0,
            shape,
            plain: false,
            picks: 0,
        }
    }

    /// The same by the one of two shaders whose bit set of taken positions fits: in workgroup memory, or
    /// in device memory.
    pub(super) fn looking_up(mut self, positions: usize, shaders: [Shader; 2]) -> Self {
        let words = seen_words(positions);
        let constants = &mut self.kernel.constants;
        constants.push(("SEEN_WORDS", words as f64));
        if in_workgroup(words) {
            constants.push(("SEEN_CELLS", (words * THREADS) as f64));
        } else {
            self.kernel.shader = shaders[1];
            self.taken_words = words;
        }
        self
    }

    /// The same by a shader that reads so many blocks of the generator at a time, out of `blocks` at
    /// most, and keeps where it stands beside the bit set, in device memory.
    pub(super) fn in_parts(
        mut self,
        positions: usize,
        shader: Shader,
        blocks: f64,
        a_time: usize,
    ) -> Self {
        let words = seen_words(positions);
        self.kernel.shader = shader;
        let constants = &mut self.kernel.constants;
        constants.push(("SEEN_WORDS", words as f64));
        constants.push(("BLOCKS", a_time as f64));
        self.times = (blocks / a_time as f64).ceil() as usize;
        self.clears = true;
        self.taken_words = words + STATE_WORDS;
        self
    }

    /// The kernel that runs before it, if one clears.
    pub(crate) fn clearing(&self) -> Option<Kernel> {
        self.clears.then(|| Kernel {
            shader: CLEAR,
            constants: vec![("WORDS", self.taken_words as f64)],
        })
    }

    /// The same with a kernel that folds what it draws, and writes no picks.
    pub(crate) fn folded_by(self, kernel: Kernel) -> Self {
        PicksPass {
            kernel,
            picks: 0,
            ..self
        }
    }

    /// Words of device memory a draw that its picks take.
    pub(crate) fn words(&self) -> usize {
        self.picks.div_ceil(if self.packed { 2 } else { 1 })
    }
}
