//! Which shader serves a statistic, with which constants, at what cost.

use super::layout::{FoldLayout, MAX_SEGMENTS, MAX_THRESHOLDS, Replays};
use super::shaders::{MEAN, MEDIAN, TALLY};
use crate::kernel::{Grid, Kernel, Pass, within_budget};
use crate::null::Segment;
use crate::plan::BINS;
use crate::statistic::{Fold, Statistic};

/// Threads of a tally workgroup.
pub(super) const TALLY_THREADS: usize = 256;
/// Draws that one thread of a tally workgroup takes.
pub(super) const TALLY_DRAWS: usize = 64;

/// Why a device leaves means of varying numbers of events to the CPU.
pub(super) const MEAN_RATIO: &str =
    "means over clusters of unequal size are ratios, which the CPU divides in 128 bits";

/// The passes from picks to the offsets of a fold, or why this engine cannot run them. `packed`: whether
/// two picks share a word.
pub(super) fn values(
    packed: bool,
    fold: &Fold,
    layout: &FoldLayout,
    replays: &Replays,
) -> Result<Vec<Pass>, String> {
    if fold.segments().len() > MAX_SEGMENTS {
        return Err(format!(
            "{} groups; the shaders hold {MAX_SEGMENTS} segments",
            fold.segments().len()
        ));
    }
    let picks: usize = fold.segments().iter().map(|s| s.len).sum();
    let positions = match fold.statistic() {
        Statistic::Mean(mean) => mean.scores().positions(),
        Statistic::MeanRatio(_) => return Err(MEAN_RATIO.into()),
        Statistic::Median(median) => median.ranks().positions(),
        Statistic::Regression(regression) => regression.rows().len(),
    };
    let mut constants = vec![
        ("SEGMENTS_AT", layout.segments_at as f64),
        ("SEGMENTS", fold.segments().len() as f64),
        ("CONTRASTS_AT", layout.contrasts_at as f64),
        ("CONTRASTS", fold.contrasts().len() as f64),
        ("LATTICES_AT", layout.lattices_at as f64),
        ("LATTICE_WORDS", layout.lattice_words as f64),
        ("COLUMNS", fold.columns() as f64),
        ("POSITIONS", positions as f64),
        ("TABLE_AT", layout.table_at as f64),
        ("PACKED", f64::from(u8::from(packed))),
    ];
    let (shader, folded) = match fold.statistic() {
        Statistic::MeanRatio(_) => return Err(MEAN_RATIO.into()),
        Statistic::Mean(_) => {
            constants.push(("WIDE", f64::from(u8::from(layout.wide))));
            (MEAN, picks)
        }
        Statistic::Median(median) => {
            let slots = |twice: &dyn Fn(&Segment) -> bool| -> usize {
                let segments = fold.segments().iter();
                segments.filter(|&s| twice(s)).map(|s| s.len).sum()
            };
            // Picks of varying number are counted first; the second middle one is looked for in them and
            // in even numbers.
            let counted = slots(&|s| s.varies());
            let again = slots(&|s| s.varies() || s.len % 2 == 0);
            constants.push(("BITS", median.bits().into()));
            constants.push(("LEVELS_AT", layout.levels_at as f64));
            (MEDIAN, picks * median.bits() as usize + counted + again)
        }
        Statistic::Regression(regression) => {
            let own = layout.regression.as_ref();
            let own = own.ok_or("the regression has no tables on the device")?;
            return own.passes(fold, regression, layout, packed, replays);
        }
    };
    constants.push(("FOLDED", folded as f64));
    within_budget(
        folded + fold.contrasts().len() * fold.segments().len() * 4,
        "folding this many picks",
    )?;
    Ok(vec![Pass {
        kernel: Kernel { shader, constants },
        grid: Grid::Threads(layout.tiles),
    }])
}

/// The tally of a fold.
pub(super) fn tally(fold: &Fold, layout: &FoldLayout) -> Result<Kernel, String> {
    if layout.thresholds > MAX_THRESHOLDS {
        return Err(format!(
            "{} thresholds; the shaders hold {MAX_THRESHOLDS}",
            layout.thresholds
        ));
    }
    Ok(Kernel {
        shader: TALLY,
        constants: vec![
            ("WIDE", f64::from(u8::from(layout.wide))),
            ("THRESHOLDS", layout.thresholds as f64),
            ("LATTICES_AT", layout.lattices_at as f64),
            ("LATTICE_WORDS", layout.lattice_words as f64),
            ("TALLIES_AT", layout.tallies_at as f64),
            ("TALLY_WORDS", layout.tally_words as f64),
            ("SCREENED", f64::from(u8::from(layout.regression.is_some()))),
            ("VALUES", fold.values() as f64),
            ("BINS", BINS as f64),
            ("DRAWS_PER_THREAD", TALLY_DRAWS as f64),
        ],
    })
}
