//! The kernel that makes a design's picks on a device, as plain data.

use super::distinct::{in_workgroup, seen_words};
use crate::kernel::{Kernel, Shader, THREADS};

/// The pass that makes the picks of a design.
#[derive(Debug)]
pub(crate) struct PicksPass {
    pub kernel: Kernel,
    /// Whether two picks share a word.
    pub packed: bool,
    /// Words of device memory a draw beside the picks.
    pub taken_words: usize,
    /// What the shader reads at the beginning of the shape.
    pub shape: Vec<i32>,
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
            packed: false,
            taken_words: 0,
            shape,
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

    /// Words of device memory a draw that its picks take.
    pub(crate) fn words(&self) -> usize {
        self.picks.div_ceil(if self.packed { 2 } else { 1 })
    }
}
