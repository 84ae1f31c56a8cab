//! WGSL that several designs are joined from.

/// Distinct positions.
pub(super) const DISTINCT: &str = include_str!("../../shaders/null/distinct.wgsl");
/// Distinct positions within strata; in the place of [`DISTINCT`].
pub(super) const STRATA: &str = include_str!("../../shaders/null/strata.wgsl");
/// Taken positions in workgroup memory.
pub(super) const SEEN_WORKGROUP: &str = include_str!("../../shaders/null/seen_workgroup.wgsl");
/// Taken positions in device memory, cleared by those who know what they took; with [`DISTINCT`].
pub(super) const SEEN_STORAGE: &str = include_str!("../../shaders/null/seen_storage.wgsl");
/// Taken positions in device memory, cleared before a draw.
pub(super) const SEEN_COLUMN: &str = include_str!("../../shaders/null/seen_column.wgsl");
