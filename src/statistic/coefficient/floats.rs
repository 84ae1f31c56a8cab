//! A draw's coefficient in floats, and how far it may be trusted.

use super::model::{Dealt, Model, NoFit, StandardError};
use crate::null::Picks;
use crate::statistic::LANES;

/// Columns whose part beside those before them is a smaller share than this are refused: R's `lm` leaves
/// them out below 1e-7.
const LEAST_SHARE: f64 = 1e-6;
/// A value is near another one within this share of what its rounding is relative to: 10^6 times the
/// rounding of a sum, 10^2 times what [`LEAST_SHARE`] makes of it.
const NEAR: f64 = 1e-8;
/// The share widens where less than this is left of an outcome by its fit: so does the rounding of the rest.
const LEFT: f64 = 1e-2;
/// Squares that are a smaller share than this of what they are the rest of are made again from the rest,
/// and their values are looked at in whole numbers.
const SMALL: f64 = 1e-4;

/// A value of a draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Float {
    /// The coefficient, or its ratio to its standard error.
    pub value: f64,
    /// It may differ so much from the true one.
    pub error: f64,
}

/// Rows of a tile of columns.
type Tile = Vec<[f64; LANES]>;

/// The model in floats.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Floats {
    width: usize,
    /// An orthonormal basis of the nuisance columns and the constant, `[row][column]`.
    basis: Vec<f64>,
    /// The variable by row: as it is dealt, or what the nuisance columns leave of it.
    variable: Vec<f64>,
    /// Outcomes by tile and row: what the nuisance columns leave of them, or what is dealt.
    outcomes: Vec<Tile>,
    /// The observed values, where they are not what is dealt.
    observed: Vec<Tile>,
    /// By column, the length of an outcome, and the share within which values are near.
    lengths: Vec<f64>,
    near: Vec<f64>,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Floats {
    /// # Errors
    ///
    /// Columns that are nearly combinations of those before them.
    pub(super) fn new(model: &Model) -> Result<Self, NoFit> {
        let n = model.rows();
        let mut vectors = vec![vec![1.0 / (n as f64).sqrt(); n]];
        for (j, column) in model.nuisance.iter().enumerate() {
            let mut rest: Vec<f64> = super::model::centred(column)
                .iter()
                .map(|&v| v as f64)
                .collect();
            let before = dot(&rest, &rest).sqrt();
            // Gram and Schmidt's method, twice, keeps them orthogonal to the last bits.
            for _ in 0..2 {
                for vector in &vectors {
                    take(&mut rest, vector);
                }
            }
            let length = dot(&rest, &rest).sqrt();
            if length < LEAST_SHARE * before {
                return Err(NoFit::Nearly(j));
            }
            rest.iter_mut().for_each(|cell| *cell /= length);
            vectors.push(rest);
        }
        let rest = |values: Vec<i64>| {
            let mut rest: Vec<f64> = values.iter().map(|&value| value as f64).collect();
            for _ in 0..2 {
                for vector in &vectors {
                    take(&mut rest, vector);
                }
            }
            rest
        };
        let variable: Vec<f64> = model.centred().iter().map(|&value| value as f64).collect();
        let variable_rest = rest(model.centred());
        let square = dot(&variable_rest, &variable_rest);
        let plain = |column: usize| -> Vec<f64> {
            model
                .outcome(column)
                .iter()
                .map(|&value| value as f64)
                .collect()
        };
        let dealt = |column: usize| match model.dealt {
            Dealt::Variable | Dealt::Residuals => rest(model.outcome(column)),
            Dealt::Outcomes => plain(column),
            Dealt::FullResiduals => {
                let mut full = rest(model.outcome(column));
                let slope = dot(&full, &variable_rest) / square;
                for (cell, &x) in full.iter_mut().zip(&variable_rest) {
                    *cell -= slope * x;
                }
                full
            }
        };
        let columns: Vec<usize> = (0..model.outcomes.columns()).collect();
        let tiled = |of: &dyn Fn(usize) -> Vec<f64>| -> Vec<Tile> {
            columns
                .chunks(LANES)
                .map(|columns| {
                    let mut tile = vec![[0.0; LANES]; n];
                    for (lane, &column) in columns.iter().enumerate() {
                        for (row, value) in tile.iter_mut().zip(of(column)) {
                            row[lane] = value;
                        }
                    }
                    tile
                })
                .collect()
        };
        let outcomes = tiled(&dealt);
        let observed = match model.dealt {
            Dealt::FullResiduals => tiled(&|column| rest(model.outcome(column))),
            _ => Vec::new(),
        };
        let length = |&column: &usize| {
            let rows = outcomes[column / LANES].iter();
            let squares = rows.map(|row| row[column % LANES].powi(2));
            squares.sum::<f64>().sqrt()
        };
        let lengths: Vec<f64> = columns.iter().map(length).collect();
        let near = columns.iter().zip(&lengths).map(|(&column, &left)| {
            let all = plain(column);
            NEAR * (LEFT * dot(&all, &all).sqrt() / left).max(1.0)
        });
        let width = vectors.len();
        let rows = (0..n).flat_map(|row| vectors.iter().map(move |vector| vector[row]));
        Ok(Floats {
            width,
            basis: rows.collect(),
            variable: match model.dealt {
                Dealt::Variable => variable,
                _ => variable_rest,
            },
            near: near.collect(),
            lengths,
            outcomes,
            observed,
        })
    }

    /// The length of what is left of an outcome; where the variable is dealt.
    pub(super) fn length(&self, column: usize) -> f64 {
        self.lengths[column]
    }

    /// The share of a column of a tile; what stands in the place of no column is not looked at.
    fn near_of(&self, tile: usize, lane: usize) -> f64 {
        self.near.get(tile * LANES + lane).copied().unwrap_or(NEAR)
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.basis.chunks_exact(self.width)
    }
}

/// Takes from a vector its part along another one of length one.
fn take(from: &mut [f64], vector: &[f64]) {
    let share = dot(from, vector);
    from.iter_mut()
        .zip(vector)
        .for_each(|(cell, v)| *cell -= share * v);
}

/// Room for the numbers of one draw.
pub(super) struct Room {
    placed: Vec<f64>,
    rest: Vec<f64>,
    tile: Tile,
    sums: Vec<f64>,
    lanes: Vec<[f64; LANES]>,
    clusters: Vec<[f64; LANES]>,
    squares: f64,
    length: f64,
    doubtful: bool,
}

impl Room {
    pub(super) fn new(model: &Model, floats: &Floats) -> Self {
        let n = model.rows();
        let (by_row, by_tile) = match model.dealt {
            Dealt::Variable => (n, 0),
            _ => (0, n),
        };
        let clusters = match &model.error {
            StandardError::Clustered(codes) => codes.iter().max().map_or(0, |&c| c as usize + 1),
            _ => 0,
        };
        Room {
            placed: vec![0.0; by_row],
            rest: vec![0.0; by_row],
            tile: vec![[0.0; LANES]; by_tile],
            sums: vec![0.0; floats.width],
            lanes: vec![[0.0; LANES]; floats.width],
            clusters: vec![[0.0; LANES]; clusters],
            squares: 0.0,
            length: 0.0,
            doubtful: false,
        }
    }

    /// About how far coefficients of draws are from zero, in lengths of an outcome; where the variable is
    /// dealt.
    pub(super) fn spread(&self) -> f64 {
        1.0 / (self.placed.len() as f64 * self.squares).sqrt()
    }

    /// Takes a draw.
    pub(super) fn draw(&mut self, model: &Model, floats: &Floats, picks: &[u32]) {
        if model.dealt != Dealt::Variable {
            return;
        }
        self.placed.fill(0.0);
        for (&slot, &row) in model.slots.iter().zip(picks) {
            if row != Picks::NOBODY {
                self.placed[row as usize] = floats.variable[slot as usize];
            }
        }
        self.variable(model, floats);
    }

    /// Takes the observed values.
    pub(super) fn observed(&mut self, model: &Model, floats: &Floats) {
        if model.dealt == Dealt::Variable {
            self.placed.copy_from_slice(&floats.variable);
            self.variable(model, floats);
        }
    }

    fn variable(&mut self, model: &Model, floats: &Floats) {
        self.sums.fill(0.0);
        for (row, &x) in floats.rows().zip(&self.placed) {
            for (sum, cell) in self.sums.iter_mut().zip(row) {
                *sum += x * cell;
            }
        }
        let all = dot(&self.placed, &self.placed);
        self.length = all.sqrt();
        self.squares = all - dot(&self.sums, &self.sums);
        self.doubtful = self.squares < SMALL * all;
        if self.doubtful || model.error != StandardError::None {
            let rows = floats.rows().zip(&self.placed);
            for (rest, (row, &x)) in self.rest.iter_mut().zip(rows) {
                *rest = x - dot(row, &self.sums);
            }
            self.squares = dot(&self.rest, &self.rest);
        }
    }

    /// The values of a tile of columns, of the draw `picks` or of the observed values.
    pub(super) fn tile(
        &mut self,
        model: &Model,
        floats: &Floats,
        tile: usize,
        picks: Option<&[u32]>,
    ) -> [Float; LANES] {
        match model.dealt {
            Dealt::Variable => self.of_variable(model, floats, tile),
            _ => self.of_outcomes(model, floats, tile, picks),
        }
    }

    fn of_variable(&mut self, model: &Model, floats: &Floats, tile: usize) -> [Float; LANES] {
        let outcomes = &floats.outcomes[tile];
        let mut covariances = [0.0; LANES];
        for (row, &x) in outcomes.iter().zip(&self.placed) {
            for lane in 0..LANES {
                covariances[lane] += x * row[lane];
            }
        }
        let slopes = covariances.map(|covariance| covariance / self.squares);
        let near = |lane: usize| floats.near_of(tile, lane);
        let length = |lane: usize| {
            floats
                .lengths
                .get(tile * LANES + lane)
                .copied()
                .unwrap_or(0.0)
        };
        if model.error == StandardError::None {
            return std::array::from_fn(|lane| Float {
                value: slopes[lane],
                error: match self.doubtful {
                    true => f64::INFINITY,
                    false => near(lane) * self.length * length(lane) / self.squares,
                },
            });
        }
        let mut spreads = [0.0; LANES];
        self.clusters.fill([0.0; LANES]);
        let codes: &[u32] = match &model.error {
            StandardError::Clustered(codes) => codes,
            _ => &[],
        };
        for (row, (outcome, &x)) in outcomes.iter().zip(&self.rest).enumerate() {
            let sums = match codes.get(row) {
                Some(&code) => &mut self.clusters[code as usize],
                None => &mut spreads,
            };
            for lane in 0..LANES {
                let score = x * (outcome[lane] - slopes[lane] * x);
                sums[lane] += match codes.is_empty() {
                    true => score * score,
                    false => score,
                };
            }
        }
        for sums in &self.clusters {
            for lane in 0..LANES {
                spreads[lane] += sums[lane] * sums[lane];
            }
        }
        let factor = model.factor();
        let n = model.rows() as f64;
        std::array::from_fn(|lane| {
            let small = SMALL * self.squares * length(lane).powi(2) / n;
            ratio(
                covariances[lane],
                factor / spreads[lane],
                self.doubtful || spreads[lane] <= small,
                self.length * length(lane),
                near(lane),
            )
        })
    }

    fn of_outcomes(
        &mut self,
        model: &Model,
        floats: &Floats,
        tile: usize,
        picks: Option<&[u32]>,
    ) -> [Float; LANES] {
        match (picks, floats.observed.get(tile)) {
            (Some(picks), _) => {
                let dealt = &floats.outcomes[tile];
                for (&slot, &row) in model.slots.iter().zip(picks) {
                    self.tile[row as usize] = dealt[slot as usize];
                }
            }
            (None, Some(observed)) => self.tile.copy_from_slice(observed),
            (None, None) => self.tile.copy_from_slice(&floats.outcomes[tile]),
        }
        let mut covariances = [0.0; LANES];
        let mut squares = [0.0; LANES];
        self.lanes.fill([0.0; LANES]);
        let rows = floats.rows().zip(&floats.variable).zip(&self.tile);
        for ((row, &x), outcome) in rows {
            for lane in 0..LANES {
                covariances[lane] += x * outcome[lane];
                squares[lane] += outcome[lane] * outcome[lane];
            }
            for (sums, &cell) in self.lanes.iter_mut().zip(row) {
                for lane in 0..LANES {
                    sums[lane] += cell * outcome[lane];
                }
            }
        }
        let all = squares;
        for sums in &self.lanes {
            for lane in 0..LANES {
                squares[lane] -= sums[lane] * sums[lane];
            }
        }
        let variable = dot(&floats.variable, &floats.variable);
        let factor = model.factor();
        std::array::from_fn(|lane| {
            let both = variable * squares[lane];
            let spread = both - covariances[lane] * covariances[lane];
            let doubtful = squares[lane] <= SMALL * all[lane] || spread <= SMALL * both;
            let length = (variable * all[lane]).sqrt();
            let near = floats.near_of(tile, lane);
            ratio(covariances[lane], factor / spread, doubtful, length, near)
        })
    }
}

/// A covariance times the square root of a factor; `near` is the share of `length` within which covariances
/// are near.
fn ratio(covariance: f64, square: f64, doubtful: bool, length: f64, near: f64) -> Float {
    let factor = square.max(0.0).sqrt();
    let value = covariance * factor;
    Float {
        value,
        error: match doubtful {
            true => f64::INFINITY,
            false => near * (length * factor + value.abs()),
        },
    }
}
