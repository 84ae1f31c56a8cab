//! A plan's tables as the shaders read them.

use super::kernels::TALLY_DRAWS;
use crate::engine::task::Task;
use crate::kernel::{Screened, TILE, Tables};
use crate::plan::Lattice;
use crate::statistic::{DROPPED_BITS, Fold, LANES, OnDevice, ScoreTable, Work};

/// `MAX_THRESHOLDS` of `tally.wgsl`.
pub(super) const MAX_THRESHOLDS: usize = 4;
/// Words of the tallies before the first hypothesis.
pub(super) const TALLY_HEADER: usize = 3;
/// `SUMS` of `tally.wgsl`.
pub(super) const SUM_WORDS: usize = 8;
/// Values of a draw that the buffers hold at once, unless a tile of columns has more.
const HELD: usize = 1 << 10;
/// What offsets have to be below for the short sums of `tally.wgsl`, where a half of them has 13 bits (`HALF`).
const SMALL: u64 = 1 << 26;
/// Draws that the list for the CPU holds.
const REPLAYS: usize = 1 << 14;

/// Where one fold's data stand in the buffers.
pub(super) struct FoldLayout {
    pub segments_at: usize,
    pub contrasts_at: usize,
    pub contrasts: usize,
    pub lattices_at: usize,
    pub lattice_words: usize,
    pub levels_at: usize,
    pub own_at: usize,
    pub table_at: usize,
    /// Tiles of columns, in all and of those whose values the buffers hold at once, with their columns.
    pub tiles: usize,
    pub held: usize,
    pub width: usize,
    pub thresholds: usize,
    pub wide: bool,
    /// Whether all offsets are below [`SMALL`].
    pub small: bool,
    pub tallies_at: usize,
    pub tally_words: usize,
    pub bins: usize,
    pub regression: Option<OnDevice>,
}

/// Where the list of draws that are left to the CPU stands among the tallies.
pub(super) struct Replays {
    pub at: usize,
    /// Draws that it holds.
    pub most: usize,
}

/// The buffers' contents, and where each fold's part stands.
pub(super) struct Layout {
    pub tables: Tables,
    pub folds: Vec<FoldLayout>,
    pub tally_words: usize,
    pub replays: Replays,
    /// Row of the tables that holds zeros.
    pub zeros_at: usize,
}

impl Layout {
    /// Of a task whose design's shader reads `shape`, with a list of so many draws for the CPU (`None`:
    /// as many as usual).
    ///
    /// # Errors
    ///
    /// A regression whose offsets the device cannot hold.
    pub(super) fn new(
        task: &Task<'_>,
        shape: &[i32],
        replays: Option<usize>,
    ) -> Result<Self, String> {
        let mut layout = Layout {
            tables: Tables {
                shape: shape.to_vec(),
                ..Tables::default()
            },
            folds: Vec::new(),
            tally_words: TALLY_HEADER,
            replays: Replays { at: 0, most: 0 },
            zeros_at: 0,
        };
        for part in task.folds() {
            let of_fold = task.plan.hypotheses[part.hypotheses].iter();
            let of_fold = of_fold.map(|h| &h.lattice);
            let most = of_fold
                .clone()
                .map(|lattice| lattice.thresholds.len())
                .max();
            let lattices: Vec<Lattice> = of_fold
                .map(|lattice| with_thresholds(lattice, most.unwrap_or(0)))
                .collect();
            layout.push(part.fold, &lattices, part.floors, task.plan.bins())?;
        }
        if layout.folds.iter().any(|fold| fold.regression.is_some()) {
            layout.replays = Replays {
                at: layout.tally_words,
                most: replays.unwrap_or(REPLAYS),
            };
            layout.tally_words += layout.replays.most;
        }
        layout.zeros_at = layout.tables.tiles.len();
        layout.tables.tiles.push([0; TILE]);
        // A binding may not be empty.
        if layout.tables.levels.is_empty() {
            layout.tables.levels.push(0);
        }
        Ok(layout)
    }

    fn push(
        &mut self,
        fold: &Fold,
        lattices: &[Lattice],
        floors: &[i64],
        bins: usize,
    ) -> Result<(), String> {
        let segments_at = self.tables.shape.len();
        for segment in fold.segments() {
            self.tables.shape.extend([
                segment.start as i32,
                segment.len as i32,
                i32::from(segment.varies()),
            ]);
        }
        let contrasts_at = self.tables.shape.len();
        for contrast in fold.contrasts() {
            let mut weights = vec![0; fold.segments().len()];
            for &(segment, weight) in &contrast.terms {
                weights[segment] = weight as i32;
            }
            self.tables.shape.extend(weights);
        }
        let lattices_at = self.tables.shape.len();
        let work = fold.statistic().work(fold.segments())?;
        let screened = matches!(work, Work::Fits(_));
        for (lattice, &floor) in lattices.iter().zip(floors) {
            let (lattice, floor) = match screened {
                true => (&screened_lattice(lattice), 0),
                false => (lattice, floor),
            };
            self.tables.shape.extend(words(floor as u64));
            self.tables
                .shape
                .extend([lattice.bin_shift as i32, lattice.first_bin as i32]);
            for &threshold in &lattice.thresholds {
                self.tables.shape.extend(words(threshold));
            }
        }
        let levels_at = self.tables.shape.len();
        let table_at = self.tables.tiles.len();
        let mut own_at = levels_at;
        let mut regression = None;
        match work {
            Work::Threads {
                table, levels, own, ..
            } => {
                for levels in levels.into_iter().flatten() {
                    self.tables.shape.push(self.tables.levels.len() as i32);
                    self.tables.levels.extend(levels);
                }
                own_at = self.tables.shape.len();
                self.tables.shape.extend(own);
                self.push_table(table);
            }
            Work::Fits(of) => {
                let screened: Vec<Screened> = lattices.iter().map(screened_of).collect();
                let own = OnDevice::push(&mut self.tables, of, fold.contrasts(), &screened)?;
                regression = Some(own);
            }
        }
        // The sum of a thread's small offsets fits a word, and so do those of products of their halves.
        const { assert!(SMALL * TALLY_DRAWS as u64 <= 1 << 32 && SMALL == 1 << (2 * 13)) }
        let thresholds = lattices[0].thresholds.len();
        let tally_words = 2 * thresholds + SUM_WORDS + bins;
        let tiles = fold.columns().div_ceil(TILE);
        let held = match screened {
            true => tiles,
            false => tiles.min(HELD / (TILE * fold.contrasts().len())).max(1),
        };
        self.folds.push(FoldLayout {
            segments_at,
            contrasts_at,
            contrasts: fold.contrasts().len(),
            lattices_at,
            lattice_words: 4 + 2 * thresholds,
            levels_at,
            own_at,
            table_at,
            tiles,
            held,
            width: fold.columns().min(held * TILE),
            thresholds,
            wide: !screened && lattices.iter().any(|lattice| lattice.is_wide()),
            small: !screened && lattices.iter().all(|lattice| lattice.span < SMALL),
            tallies_at: self.tally_words,
            tally_words,
            bins,
            regression,
        });
        self.tally_words += fold.values() * tally_words;
        Ok(())
    }

    /// Splits the tiles of the CPU's table into narrower ones.
    fn push_table(&mut self, table: &ScoreTable) {
        for (_, columns, rows) in table.tiles() {
            for half in 0..columns.div_ceil(TILE) {
                self.tables
                    .tiles
                    .extend(rows.iter().map(|row| -> [i32; TILE] {
                        std::array::from_fn(|lane| row[half * TILE + lane])
                    }));
            }
        }
        const { assert!(LANES.is_multiple_of(TILE)) }
    }
}

/// A lattice with so many thresholds, as a fold's hypotheses have equally many on the device; the first
/// one stands for those that it lacks, and its counts are not read.
fn with_thresholds(lattice: &Lattice, most: usize) -> Lattice {
    let mut lattice = lattice.clone();
    let first = lattice.thresholds[0];
    lattice.thresholds.resize(most, first);
    lattice
}

fn screened_of(lattice: &Lattice) -> Screened<'_> {
    Screened {
        floor: lattice.floor,
        bin_shift: lattice.bin_shift,
        thresholds: &lattice.thresholds,
    }
}

/// The words of a regression's lattice on the device: see [`DROPPED_BITS`]. Infinity is no offset of the
/// device's, whose draws that are anywhere near are left to the CPU.
fn screened_lattice(lattice: &Lattice) -> Lattice {
    Lattice {
        floor: 0,
        span: lattice.span >> DROPPED_BITS,
        thresholds: lattice
            .thresholds
            .iter()
            .map(|threshold| (threshold >> DROPPED_BITS).min(u32::MAX.into()))
            .collect(),
        bin_shift: lattice.bin_shift.saturating_sub(DROPPED_BITS),
        first_bin: lattice.first_bin,
        open: lattice.open,
    }
}

fn words(value: u64) -> [i32; 2] {
    [value as i32, (value >> 32) as i32]
}
