//! Pictures: pure functions from numbers to SVG. No file, no plan and no study in it.
//!
//! A figure is a struct of numbers, one file each, that draws itself as a [`Picture`]: marks, a title and
//! a description made from the numbers, and the numbers as a [`Numbers`] table. Plotting crates were
//! tried (`plotters`, `kuva`): they draw well, but have no text alternatives of their own, fix their
//! colours where a page needs them to follow its reader's light or dark, and write a file that nothing
//! can be added to. So marks are plain data, and one compiled template writes them, which escapes every
//! text, whoever it comes from.

mod axis;
mod by_null;
mod calendar;
mod drawing;
mod effect_p;
mod frame;
mod mean_path;
mod null_law;
mod number;
mod numbers;
mod palette;
#[cfg(feature = "png")]
mod png;
mod power_curve;
mod replicates;
mod specification;

pub use by_null::{ByNull, Dot, Question};
pub use calendar::{Calendar, Day, Standing};
pub use drawing::Picture;
pub use effect_p::EffectP;
pub use mean_path::{Band, Hair, MeanPath, path_range};
pub use null_law::{NullLaw, law_range};
pub use number::{p_text, short};
pub use numbers::{Cell, Numbers};
pub use palette::{COLOURS, Colour, css};
pub use power_curve::{PowerCurve, PowerLine, Rate};
pub use replicates::Replicates;
pub use specification::{Specification, SpecificationCurve};
