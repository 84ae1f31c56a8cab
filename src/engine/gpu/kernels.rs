//! Which shader serves a design or a statistic, with which constants, at what cost.

use super::layout::{FoldLayout, MAX_SEGMENTS, MAX_THRESHOLDS, Replays};
use super::shaders::{
    CIRCULAR_SHIFT, LABELS, MEAN, MEDIAN, Shader, TALLY, UNIFORM_STORAGE, UNIFORM_WORKGROUP,
};
use crate::null::{CircularShift, HALF_POSITIONS, Labels, NullDesign, Uniform};
use crate::plan::BINS;
use crate::statistic::{Fold, Statistic};

/// Loop iterations a thread may take in one dispatch. Debian 12's software driver stops silently
/// past about 65,000.
const LOOP_BUDGET: usize = 32_000;

/// `MAX_DAYS` of `labels.wgsl`.
const MAX_DAYS: usize = 64;

/// Workgroup memory that every device has.
const WORKGROUP_BYTES: usize = 16_384;

/// Threads of a picks or values workgroup.
pub(super) const THREADS: usize = 64;
/// Threads of a tally workgroup.
pub(super) const TALLY_THREADS: usize = 256;
/// Draws that one thread of a tally workgroup takes.
pub(super) const TALLY_DRAWS: usize = 64;

/// How a pass is spread over the draws of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grid {
    /// A thread a draw, for so many tiles of columns.
    Threads(usize),
    /// A workgroup a draw.
    Draws,
}

impl Grid {
    /// Threads a draw that report that they have finished.
    pub(super) fn finishers(self) -> usize {
        match self {
            Grid::Threads(tiles) => tiles,
            Grid::Draws => 1,
        }
    }
}

/// A kernel and its grid.
pub(super) struct Pass {
    pub kernel: Kernel,
    pub grid: Grid,
}

/// A shader and the constants that make it a pipeline.
pub(super) struct Kernel {
    pub shader: Shader,
    pub constants: Vec<(&'static str, f64)>,
}

/// The picks of a design, or why this engine cannot draw them.
pub(super) fn picks(design: &NullDesign) -> Result<Kernel, String> {
    match design {
        NullDesign::Uniform(design) => uniform(design, Uniform::STREAM),
        NullDesign::Labels(design) if design.days().is_empty() => {
            uniform(design.sampler(), Labels::STREAM)
        }
        NullDesign::Labels(design) => labels(design),
        NullDesign::CircularShift(design) => circular_shift(design),
    }
}

/// Words of device memory a draw that [`picks`] needs beside the picks.
pub(super) fn taken_words(design: &NullDesign) -> usize {
    let sampler = match design {
        NullDesign::Uniform(design) => design,
        NullDesign::Labels(design) => design.sampler(),
        NullDesign::CircularShift(_) => return 0,
    };
    if in_workgroup(sampler) {
        0
    } else {
        seen_words(sampler)
    }
}

/// Whether two picks share a word.
fn packed(design: &NullDesign) -> bool {
    design.positions() <= HALF_POSITIONS
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

fn uniform(design: &Uniform, stream: u32) -> Result<Kernel, String> {
    within_budget(sampler_loops(design, 1.0), "drawing this many positions")?;
    let mut constants = sampler_constants(design, stream);
    let shader = if in_workgroup(design) {
        constants.push(seen_cells(design));
        UNIFORM_WORKGROUP
    } else {
        UNIFORM_STORAGE
    };
    Ok(Kernel { shader, constants })
}

fn labels(design: &Labels) -> Result<Kernel, String> {
    let sampler = design.sampler();
    let (days, groups) = (design.days().len(), design.segments().len());
    if days > MAX_DAYS || !in_workgroup(sampler) {
        return Err(format!(
            "{days} days with several events among {} events; the shader holds {MAX_DAYS} days, and events as workgroup memory does",
            sampler.positions()
        ));
    }
    // So many that a draw needs more with a probability below 1e-15.
    let attempts = (1e-15f64.ln() / (1.0 - design.kept()).ln()).ceil().max(1.0);
    let looks = attempts as usize * (sampler.picks() + days + groups);
    within_budget(
        sampler_loops(sampler, attempts) + looks,
        "dealing labels until every day has one",
    )?;
    let mut constants = sampler_constants(sampler, Labels::STREAM);
    constants.extend([
        seen_cells(sampler),
        ("GROUPS", groups as f64),
        ("DAYS", days as f64),
        ("ATTEMPTS", attempts),
    ]);
    Ok(Kernel {
        shader: LABELS,
        constants,
    })
}

fn circular_shift(design: &CircularShift) -> Result<Kernel, String> {
    let picks = design.pattern().len();
    within_budget(picks, "moving this many events")?;
    let packed = design.positions() <= HALF_POSITIONS;
    Ok(Kernel {
        shader: CIRCULAR_SHIFT,
        constants: vec![
            ("POSITIONS", design.positions() as f64),
            ("PICKS", picks as f64),
            ("PACKED", f64::from(u8::from(packed))),
        ],
    })
}

/// Loop iterations of so many runs of the sampler.
fn sampler_loops(design: &Uniform, runs: f64) -> usize {
    let n = design.positions() as f64;
    // Candidates until the last pick is accepted are a sum of geometric numbers: the mean and eight
    // standard deviations. Each is an iteration; a block has ten Philox rounds and its own.
    let (mut candidates, mut variance) = (0.0, 0.0);
    for taken in 0..design.drawn() {
        let fresh = (n - taken as f64) / n;
        candidates += 1.0 / fresh;
        variance += (1.0 - fresh) / (fresh * fresh);
    }
    candidates = runs * candidates + 8.0 * f64::sqrt(runs * variance) + 64.0;
    // Lemire's method rejects some numbers, nearly half of them at worst.
    let numbers = if design.halves() {
        65536.0
    } else {
        4294967296.0
    };
    candidates /= 1.0 - f64::from(design.reject_below()) / numbers;
    // The last block of a run may be used in part.
    let in_block = if design.halves() { 8.0 } else { 4.0 };
    let blocks = candidates / in_block + runs;
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
    (in_block * blocks + 11.0 * blocks) as usize + runs as usize * (complement + cleared)
}

fn sampler_constants(design: &Uniform, stream: u32) -> Vec<(&'static str, f64)> {
    vec![
        ("POSITIONS", design.positions() as f64),
        ("REJECT_BELOW", design.reject_below().into()),
        ("STREAM", stream.into()),
        ("DRAWN", design.drawn() as f64),
        ("STORED", design.stored() as f64),
        ("PICKS", design.picks() as f64),
        ("PACKED", f64::from(u8::from(design.halves()))),
        ("SEEN_WORDS", seen_words(design) as f64),
    ]
}

/// Words of workgroup memory for [`seen_words`] of each thread.
fn seen_cells(design: &Uniform) -> (&'static str, f64) {
    ("SEEN_CELLS", (seen_words(design) * THREADS) as f64)
}

/// The passes from picks to the offsets of a fold, or why this engine cannot run them.
pub(super) fn values(
    design: &NullDesign,
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
        Statistic::Regression(regression) => {
            let own = layout.regression.as_ref();
            let own = own.ok_or("the regression has no tables on the device")?;
            return own.passes(fold, regression, layout, packed(design), replays);
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

pub(super) fn within_budget(loops: usize, what: &str) -> Result<(), String> {
    if loops > LOOP_BUDGET {
        return Err(format!(
            "{what} takes about {loops} loop iterations a thread, past the budget of {LOOP_BUDGET}"
        ));
    }
    Ok(())
}
