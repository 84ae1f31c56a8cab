//! Which shader serves a design or a statistic, with which constants, at what cost.

use super::layout::{FoldLayout, MAX_SEGMENTS, MAX_THRESHOLDS};
use super::shaders::{MEAN, MEDIAN, Shader, TALLY, UNIFORM_STORAGE, UNIFORM_WORKGROUP};
use crate::null::{NullDesign, Uniform};
use crate::plan::BINS;
use crate::statistic::{Fold, Statistic};

/// Loop iterations a thread may take in one dispatch. Debian 12's software driver stops silently
/// past about 65,000.
const LOOP_BUDGET: usize = 32_000;

/// Workgroup memory that every device has.
const WORKGROUP_BYTES: usize = 16_384;

/// Threads of a picks or values workgroup.
pub(super) const THREADS: usize = 64;
/// Threads of a tally workgroup.
pub(super) const TALLY_THREADS: usize = 256;
/// Draws that one thread of a tally workgroup takes.
pub(super) const TALLY_DRAWS: usize = 64;

/// A shader and the constants that make it a pipeline.
pub(super) struct Kernel {
    pub shader: Shader,
    pub constants: Vec<(&'static str, f64)>,
}

/// The picks of a design, or why this engine cannot draw them.
pub(super) fn picks(design: &NullDesign) -> Result<Kernel, String> {
    match design {
        NullDesign::Uniform(design) => uniform(design),
    }
}

/// Words of device memory a draw that [`picks`] needs beside the picks.
pub(super) fn taken_words(design: &NullDesign) -> usize {
    match design {
        NullDesign::Uniform(design) if in_workgroup(design) => 0,
        NullDesign::Uniform(design) => seen_words(design),
    }
}

/// Whether two picks share a word.
fn packed(design: &NullDesign) -> bool {
    match design {
        NullDesign::Uniform(design) => design.halves(),
    }
}

/// Words of device memory a draw that its picks take.
pub(super) fn pick_words(design: &NullDesign) -> usize {
    design.picks().div_ceil(if packed(design) { 2 } else { 1 })
}

fn seen_words(design: &Uniform) -> usize {
    design.positions().div_ceil(32)
}

fn in_workgroup(design: &Uniform) -> bool {
    seen_words(design) * THREADS * size_of::<u32>() <= WORKGROUP_BYTES
}

fn uniform(design: &Uniform) -> Result<Kernel, String> {
    let n = design.positions() as f64;
    // Candidates until the last pick is accepted are a sum of geometric numbers: the mean and eight
    // standard deviations. Each is an iteration; a block has ten Philox rounds and its own.
    let (mut candidates, mut variance) = (0.0, 0.0);
    for taken in 0..design.drawn() {
        let fresh = (n - taken as f64) / n;
        candidates += 1.0 / fresh;
        variance += (1.0 - fresh) / (fresh * fresh);
    }
    candidates += 8.0 * f64::sqrt(variance) + 64.0;
    // Lemire's method rejects some numbers, nearly half of them at worst.
    let numbers = if design.halves() {
        65536.0
    } else {
        4294967296.0
    };
    candidates /= 1.0 - f64::from(design.reject_below()) / numbers;
    let blocks = candidates / if design.halves() { 8.0 } else { 4.0 };
    let complement = if design.picks() > design.stored() {
        design.positions()
    } else {
        0
    };
    let cleared = if in_workgroup(design) || design.drawn() > design.stored() {
        seen_words(design)
    } else {
        design.stored()
    };
    let loops = (candidates + 11.0 * blocks) as usize + complement + cleared;
    within_budget(loops, "drawing this many positions")?;
    let mut constants = vec![
        ("POSITIONS", n),
        ("REJECT_BELOW", design.reject_below().into()),
        ("STREAM", design.stream().into()),
        ("DRAWN", design.drawn() as f64),
        ("STORED", design.stored() as f64),
        ("PICKS", design.picks() as f64),
        ("PACKED", f64::from(u8::from(design.halves()))),
        ("SEEN_WORDS", seen_words(design) as f64),
    ];
    let shader = if in_workgroup(design) {
        constants.push(("SEEN_CELLS", (seen_words(design) * THREADS) as f64));
        UNIFORM_WORKGROUP
    } else {
        UNIFORM_STORAGE
    };
    Ok(Kernel { shader, constants })
}

/// The values of a fold, or why this engine cannot compute them.
pub(super) fn values(
    design: &NullDesign,
    fold: &Fold,
    layout: &FoldLayout,
) -> Result<Kernel, String> {
    if fold.segments().len() > MAX_SEGMENTS {
        return Err(format!(
            "{} groups; the shaders hold {MAX_SEGMENTS} segments",
            fold.segments().len()
        ));
    }
    let picks: usize = fold.segments().iter().map(|s| s.len).sum();
    let positions = match fold.statistic() {
        Statistic::Mean(mean) => mean.scores().positions(),
        Statistic::Median(median) => median.ranks().positions(),
        Statistic::Regression(_) => return Err("no regression yet".into()),
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
        ("PACKED", f64::from(u8::from(packed(design)))),
    ];
    let (shader, folded) = match fold.statistic() {
        Statistic::Mean(_) => {
            constants.push(("WIDE", f64::from(u8::from(layout.wide))));
            (MEAN, picks)
        }
        Statistic::Median(median) => {
            let even: usize = fold
                .segments()
                .iter()
                .filter(|s| s.len % 2 == 0)
                .map(|s| s.len)
                .sum();
            constants.push(("BITS", median.bits().into()));
            constants.push(("LEVELS_AT", layout.levels_at as f64));
            (MEDIAN, picks * median.bits() as usize + even)
        }
        Statistic::Regression(_) => return Err("no regression yet".into()),
    };
    constants.push(("FOLDED", folded as f64));
    within_budget(
        folded + fold.contrasts().len() * fold.segments().len() * 4,
        "folding this many picks",
    )?;
    Ok(Kernel { shader, constants })
}

/// The tally of a fold.
pub(super) fn tally(layout: &FoldLayout) -> Result<Kernel, String> {
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
            ("BINS", BINS as f64),
            ("DRAWS_PER_THREAD", TALLY_DRAWS as f64),
        ],
    })
}

fn within_budget(loops: usize, what: &str) -> Result<(), String> {
    if loops > LOOP_BUDGET {
        return Err(format!(
            "{what} takes about {loops} loop iterations a thread, past the budget of {LOOP_BUDGET}"
        ));
    }
    Ok(())
}
