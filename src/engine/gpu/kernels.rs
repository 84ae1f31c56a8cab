//! Which shader serves a statistic, with which constants, at what cost.

use super::layout::{FoldLayout, MAX_THRESHOLDS, Replays};
use super::shaders::TALLY;
use crate::kernel::{At, Grid, Kernel, LOOP_BUDGET, MAX_SEGMENTS, Pass, within_budget};
use crate::null::PicksPass;
use crate::statistic::{Fold, Looked, Work};

/// Threads of a tally workgroup.
pub(super) const TALLY_THREADS: usize = 256;
/// Contrasts and tiles of columns of `mean_as_drawn.wgsl`, and its names for the weights of both groups.
const MOST_CONTRASTS: usize = WEIGHTS.len();
const MOST_TILES: usize = 4;
const WEIGHTS: [[&str; 2]; 4] = [
    ["FIRST_IN_0", "SECOND_IN_0"],
    ["FIRST_IN_1", "SECOND_IN_1"],
    ["FIRST_IN_2", "SECOND_IN_2"],
    ["FIRST_IN_3", "SECOND_IN_3"],
];
/// Draws that one thread of a tally workgroup takes: so many that the sums of small offsets fit a word.
pub(super) const TALLY_DRAWS: usize = 64;

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
    let (shader, table, levels, own, constants_of_own, looked) =
        match fold.statistic().work(fold.segments())? {
            Work::Threads {
                shader,
                table,
                levels,
                own,
                constants,
                looked,
            } => (shader, table, levels, own, constants, looked),
            Work::Fits(regression) => {
                let own = layout.regression.as_ref();
                let own = own.ok_or("the regression has no tables on the device")?;
                let at = At {
                    segments: layout.segments_at,
                    contrasts: layout.contrasts_at,
                    table: layout.table_at,
                    thresholds: layout.thresholds,
                    replays: [replays.at, replays.most],
                    packed,
                };
                return own.passes(fold, regression, &at);
            }
        };
    let mut constants = vec![
        ("SEGMENTS_AT", layout.segments_at as f64),
        ("SEGMENTS", fold.segments().len() as f64),
        ("CONTRASTS_AT", layout.contrasts_at as f64),
        ("CONTRASTS", fold.contrasts().len() as f64),
        ("LATTICES_AT", layout.lattices_at as f64),
        ("LATTICE_WORDS", layout.lattice_words as f64),
        ("COLUMNS", fold.columns() as f64),
        ("WIDTH", layout.width as f64),
        ("POSITIONS", table.positions() as f64),
        ("TABLE_AT", layout.table_at as f64),
        ("PACKED", f64::from(u8::from(packed))),
        ("WIDE", f64::from(u8::from(layout.wide))),
    ];
    if levels.is_some() {
        constants.push(("LEVELS_AT", layout.levels_at as f64));
    }
    if !own.is_empty() {
        constants.push(("OWN_AT", layout.own_at as f64));
    }
    constants.extend(constants_of_own);
    let combining = fold.contrasts().len() * fold.segments().len() * 4;
    let parts = match looked {
        Looked::At(looked) => {
            within_budget(looked + combining, "folding this many picks")?;
            constants.push(("FOLDED", looked as f64));
            1
        }
        Looked::Straight => 1,
        Looked::Parts { .. } => {
            let segments = fold.segments().iter();
            let longest = segments.map(|segment| segment.len).max().unwrap_or(1);
            let most = LOOP_BUDGET.saturating_sub(combining) / fold.segments().len();
            let part = longest.min(most).max(1);
            constants.push(("PART", part as f64));
            longest.div_ceil(part)
        }
    };
    Ok(vec![Pass {
        kernel: Kernel { shader, constants },
        grid: Grid::Threads {
            tiles: layout.tiles,
            parts,
        },
    }])
}

/// The pass that draws a plan's picks and folds them at once, in the place of `picks` and of the passes of the
/// only fold, where there is one: of plain picks, up to two groups and four contrasts of a few columns. `zeros_at`: a row
/// of zeros among the tables.
pub(super) fn as_drawn(
    picks: &PicksPass,
    fold: &Fold,
    layout: &FoldLayout,
    zeros_at: usize,
) -> Option<Kernel> {
    let Ok(Work::Threads {
        looked: Looked::Parts { as_drawn },
        ..
    }) = fold.statistic().work(fold.segments())
    else {
        return None;
    };
    let (first, drawn) = match *fold.segments() {
        [one] if one.start == 0 => (one.len, one.len),
        [one, two] if one.start == 0 && two.start == one.len => (one.len, one.len + two.len),
        _ => return None,
    };
    let constants = &picks.kernel.constants;
    let is_all = constants.contains(&("DRAWN", drawn as f64));
    let fits = fold.contrasts().len() <= MOST_CONTRASTS && layout.tiles <= MOST_TILES;
    if !picks.plain || !is_all || !fits || layout.wide {
        return None;
    }
    let known = [
        "POSITIONS",
        "REJECT_BELOW",
        "STREAM",
        "HALVES",
        "DRAWN",
        "SEEN_WORDS",
        "SEEN_CELLS",
    ];
    let mut constants: Vec<_> = constants
        .iter()
        .copied()
        .filter(|(name, _)| known.contains(name))
        .collect();
    constants.extend([
        ("FIRST", first as f64),
        ("TABLE_AT", layout.table_at as f64),
        ("ZEROS_AT", zeros_at as f64),
        ("COLUMNS", fold.columns() as f64),
        ("WIDTH", layout.width as f64),
        ("LATTICES_AT", layout.lattices_at as f64),
        ("LATTICE_WORDS", layout.lattice_words as f64),
        ("CONTRASTS", fold.contrasts().len() as f64),
    ]);
    for (number, names) in WEIGHTS.iter().enumerate() {
        let terms = fold.contrasts().get(number).map(|of| of.terms.as_slice());
        for (segment, &name) in names.iter().enumerate() {
            let mut terms = terms.unwrap_or_default().iter();
            let weight = terms
                .find(|term| term.0 == segment)
                .map_or(0, |term| term.1);
            constants.push((name, i32::try_from(weight).ok()?.into()));
        }
    }
    Some(Kernel {
        shader: as_drawn,
        constants,
    })
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
            ("SMALL", f64::from(u8::from(layout.small))),
            ("THRESHOLDS", layout.thresholds as f64),
            ("LATTICES_AT", layout.lattices_at as f64),
            ("LATTICE_WORDS", layout.lattice_words as f64),
            ("TALLIES_AT", layout.tallies_at as f64),
            ("TALLY_WORDS", layout.tally_words as f64),
            ("SCREENED", f64::from(u8::from(layout.regression.is_some()))),
            ("VALUES", fold.values() as f64),
            ("COLUMNS", fold.columns() as f64),
            ("WIDTH", layout.width as f64),
            ("BINS", layout.bins as f64),
            ("DRAWS_PER_THREAD", TALLY_DRAWS as f64),
        ],
    })
}
