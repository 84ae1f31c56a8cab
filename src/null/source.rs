//! WGSL that several designs are joined from.

/// Numbers of the generator as candidates.
pub(crate) const CANDIDATES: &str = include_str!("../../shaders/null/candidates.wgsl");
/// Distinct positions, with [`CANDIDATES`].
pub(super) const DISTINCT: &str = concat!(
    include_str!("../../shaders/null/candidates.wgsl"),
    "\n",
    include_str!("../../shaders/null/distinct.wgsl")
);
/// Distinct positions within strata; in the place of [`DISTINCT`].
pub(super) const STRATA: &str = include_str!("../../shaders/null/strata.wgsl");
/// Taken positions in workgroup memory.
pub(crate) const SEEN_WORKGROUP: &str = include_str!("../../shaders/null/seen_workgroup.wgsl");
/// Taken positions in device memory, cleared by those who know what they took; with [`DISTINCT`].
pub(super) const SEEN_STORAGE: &str = concat!(
    include_str!("../../shaders/null/seen_taken.wgsl"),
    "\n",
    include_str!("../../shaders/null/seen_storage.wgsl")
);
/// Taken positions in device memory, cleared before a draw.
pub(super) const SEEN_COLUMN: &str = concat!(
    include_str!("../../shaders/null/seen_taken.wgsl"),
    "\n",
    include_str!("../../shaders/null/seen_column.wgsl")
);
/// Taken positions in device memory, with where a draw stands that is made in several dispatches.
pub(super) const SEEN_PARTS: &str = concat!(
    include_str!("../../shaders/null/seen_taken.wgsl"),
    "\n",
    include_str!("../../shaders/null/seen_parts.wgsl")
);
/// Draws that take several dispatches, of any design of distinct positions; with [`SEEN_PARTS`].
pub(super) const PARTS: &str = include_str!("../../shaders/null/parts.wgsl");
