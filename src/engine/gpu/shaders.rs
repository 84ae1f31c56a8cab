//! The WGSL files, and how they are joined.

use crate::kernel::{Buffer, CLEAR, SCREEN, Shader, WIDE};
use crate::null;
use crate::resample;
use crate::statistic::Kind;

/// The tally of any statistic.
pub const TALLY: Shader = Shader {
    name: "tally",
    entry_point: "tally",
    binds: &[
        Buffer::Slice,
        Buffer::Values,
        Buffer::Shape,
        Buffer::Tallies,
    ],
    files: &[WIDE, include_str!("../../../shaders/tally/tally.wgsl")],
};

/// Every pipeline of the engine.
pub fn all() -> Vec<Shader> {
    let of_statistics = Kind::ALL.iter().filter_map(|kind| kind.shaders().ok());
    null::shaders()
        .into_iter()
        .chain(of_statistics.flatten().copied())
        .chain([CLEAR, SCREEN, TALLY])
        .chain(resample::shaders())
        .collect()
}
