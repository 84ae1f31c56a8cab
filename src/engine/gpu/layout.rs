//! A plan's tables as the shaders read them.

use crate::null::NullDesign;
use crate::plan::{BINS, Lattice, Plan};
use crate::statistic::{Fold, LANES, ScoreTable, Statistic};

/// Columns of a tile in the shaders' tables.
pub(super) const GPU_LANES: usize = 4;
/// `MAX_SEGMENTS` of `values.wgsl`.
pub(super) const MAX_SEGMENTS: usize = 16;
/// `MAX_THRESHOLDS` of `tally.wgsl`.
pub(super) const MAX_THRESHOLDS: usize = 4;
/// Words of the tallies before the first hypothesis.
pub(super) const TALLY_HEADER: usize = 2;

/// Where one fold's data stand in the buffers.
pub(super) struct FoldLayout {
    pub segments_at: usize,
    pub contrasts_at: usize,
    pub lattices_at: usize,
    pub lattice_words: usize,
    pub levels_at: usize,
    pub table_at: usize,
    pub tiles: usize,
    pub thresholds: usize,
    pub wide: bool,
    pub tallies_at: usize,
    pub tally_words: usize,
}

/// The buffers' contents, and where each fold's part stands.
pub(super) struct Layout {
    pub tables: Vec<[i32; GPU_LANES]>,
    pub levels: Vec<i32>,
    pub shape: Vec<i32>,
    pub folds: Vec<FoldLayout>,
    pub tally_words: usize,
}

impl Layout {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut layout = Layout {
            tables: Vec::new(),
            levels: Vec::new(),
            shape: design_shape(&plan.design),
            folds: Vec::new(),
            tally_words: TALLY_HEADER,
        };
        for (fold, hypotheses) in plan.fold_ranges() {
            let lattices: Vec<&Lattice> = plan.hypotheses[hypotheses]
                .iter()
                .map(|h| &h.lattice)
                .collect();
            layout.push(fold, &lattices);
        }
        // A binding may not be empty.
        if layout.levels.is_empty() {
            layout.levels.push(0);
        }
        layout
    }

    fn push(&mut self, fold: &Fold, lattices: &[&Lattice]) {
        let segments_at = self.shape.len();
        for segment in fold.segments() {
            self.shape
                .extend([segment.start as i32, segment.len as i32]);
        }
        let contrasts_at = self.shape.len();
        for contrast in fold.contrasts() {
            let mut weights = vec![0; fold.segments().len()];
            for &(segment, weight) in &contrast.terms {
                weights[segment] = weight as i32;
            }
            self.shape.extend(weights);
        }
        let lattices_at = self.shape.len();
        for lattice in lattices {
            self.shape.extend(words(lattice.floor as u64));
            self.shape.extend([
                lattice.moment_shift as i32,
                lattice.bin_shift as i32,
                lattice.first_bin as i32,
            ]);
            for &threshold in &lattice.thresholds {
                self.shape.extend(words(threshold));
            }
        }
        let levels_at = self.shape.len();
        let table_at = self.tables.len();
        match fold.statistic() {
            Statistic::Mean(mean) => self.push_table(mean.scores()),
            Statistic::Median(median) => {
                for levels in median.levels() {
                    self.shape.push(self.levels.len() as i32);
                    self.levels.extend(levels);
                }
                self.push_table(median.ranks());
            }
            Statistic::Regression(_) => {}
        }
        let thresholds = lattices[0].thresholds.len();
        let tally_words = 2 * thresholds + 6 + BINS;
        self.folds.push(FoldLayout {
            segments_at,
            contrasts_at,
            lattices_at,
            lattice_words: 5 + 2 * thresholds,
            levels_at,
            table_at,
            tiles: fold.columns().div_ceil(GPU_LANES),
            thresholds,
            wide: lattices.iter().any(|lattice| lattice.is_wide()),
            tallies_at: self.tally_words,
            tally_words,
        });
        self.tally_words += fold.values() * tally_words;
    }

    /// Splits the tiles of the CPU's table into narrower ones.
    fn push_table(&mut self, table: &ScoreTable) {
        for (_, columns, rows) in table.tiles() {
            for half in 0..columns.div_ceil(GPU_LANES) {
                self.tables
                    .extend(rows.iter().map(|row| -> [i32; GPU_LANES] {
                        std::array::from_fn(|lane| row[half * GPU_LANES + lane])
                    }));
            }
        }
        const { assert!(LANES.is_multiple_of(GPU_LANES)) }
    }
}

/// What a design's shader reads, at the beginning of the shape.
fn design_shape(design: &NullDesign) -> Vec<i32> {
    match design {
        NullDesign::Uniform(_) => Vec::new(),
        NullDesign::CircularShift(design) => design.pattern().iter().map(|&p| p as i32).collect(),
        NullDesign::Labels(design) => {
            let mut days = vec![0; design.sampler().positions()];
            for (number, day) in (1..).zip(design.days()) {
                for &position in day {
                    days[position as usize] = number;
                }
            }
            let segments = design.segments().iter();
            segments
                .flat_map(|segment| [segment.start as i32, segment.len as i32])
                .chain(days)
                .collect()
        }
    }
}

fn words(value: u64) -> [i32; 2] {
    [value as i32, (value >> 32) as i32]
}
