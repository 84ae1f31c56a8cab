//! The overlap regression on a device: its tables, its passes, and the band inside which 32-bit floats do
//! not decide.

use super::facts::{ERRORS, ESTIMATES};
use super::{Column, Edge, Regression};
use crate::kernel::{At, Grid, Kernel, Pass, SCREEN, Screened, TILE, Tables, within_budget};
use crate::statistic::{Contrast, Fold};

/// A draw is left to the CPU when one of its values lies within this many spreads of the null, and
/// this share of the threshold, around a threshold. `tests/all/screening.rs` holds the device's errors to
/// a tenth of it.
const BAND: f64 = 1e-4;
const BAND_OF_THRESHOLD: f64 = 1e-5;
/// The band grows as the smallest pivot falls below this share of its diagonal entry: errors do.
const FIRM_PIVOT: f64 = 0.5;
/// A draw is left to the CPU when a pivot is a smaller share than this.
const WEAK_PIVOT: f64 = 1e-3;
/// Rounding errors of a coefficient, in units of 2^-24 times the largest coefficient on its series: the
/// band grows where they reach it, as they do where one change is far larger than the others.
const ROUNDINGS: f64 = 8.0;
/// What rounding makes of a coefficient, as a share of the largest one.
const ROUNDING: f64 = ROUNDINGS / (1u64 << 24) as f64;
/// Ratios are left to the CPU where the errors of coefficients exceed this share of residuals.
const BAND_OF_RESIDUALS: f64 = 1e-4;

/// `THREADS` of the regression's shaders.
const THREADS: usize = 128;
/// `MAX_SIDES` of `regression_errors.wgsl`.
const MAX_SIDES: usize = 64;
/// Offsets on the device are the plan's, less so many of their 50 bits.
pub(crate) const DROPPED_BITS: u32 = 18;
/// The floor of the plan's offsets, and the spread of a value, in steps of its grid.
const FLOOR: i64 = -(1 << 49);
const SPREAD: f64 = (1u64 << 34) as f64;

/// Where the regression's data stand in the buffers.
pub(crate) struct OnDevice {
    rows_at: usize,
    columns_at: usize,
    weights_at: usize,
    totals_at: usize,
    combinations_at: usize,
    growths_at: usize,
    screen_at: usize,
    table_rows: usize,
    studentised: usize,
    combinations: usize,
    /// Largest change in a centred series.
    largest: u64,
}

impl OnDevice {
    /// Puts the tables of a regression into the buffers.
    ///
    /// # Errors
    ///
    /// Offsets that the device cannot hold.
    pub(crate) fn push(
        tables: &mut Tables,
        regression: &Regression,
        contrasts: &[Contrast],
        lattices: &[Screened<'_>],
    ) -> Result<Self, String> {
        let rows_at = tables.shape.len();
        tables
            .shape
            .extend(regression.rows().iter().map(|&row| row as i32));
        let studentised = regression.studentised();
        let columns_at = tables.shape.len();
        for column in regression.columns() {
            let asked = studentised.iter().position(|&e| e == column.effect);
            // Ratios of a series that is the same on all rows are 0, as its effects are.
            let asked =
                asked.filter(|_| column.studentised && regression.level(column.series).is_none());
            tables.shape.extend([
                column.effect as i32,
                column.series as i32,
                asked.map_or(-1, |at| at as i32),
            ]);
        }
        let weights_at = tables.levels.len();
        for effect in regression.effects() {
            tables.push_floats(effect.weights.iter().copied());
        }
        let combinations_at = tables.levels.len();
        let combinations = contrasts.len() * studentised.len();
        let days = regression.days();
        for parameter in 0..regression.parameters() {
            let (group, day) = (parameter / days, parameter % days);
            let weights = contrasts.iter().flat_map(|contrast| {
                let sign = contrast.terms.iter().find(|&&(g, _)| g == group);
                let sign = sign.map_or(0.0, |&(_, weight)| weight as f64);
                studentised
                    .iter()
                    .map(move |&effect| sign * regression.effects()[effect].weights[day])
            });
            if parameter + 1 < regression.parameters() {
                tables.push_floats(weights);
            } else {
                tables.push_floats((0..combinations).map(|_| 0.0));
            }
        }
        let (totals, table_rows, largest) = push_outcomes(tables, regression);
        let totals_at = tables.levels.len();
        tables.push_floats(totals.into_iter());
        let growths_at = tables.levels.len();
        let columns = regression.columns();
        let each = || {
            let grids = regression.grids().iter().enumerate();
            grids.map(|(value, grid)| {
                let contrast = &contrasts[value / columns.len()];
                (contrast, columns[value % columns.len()], grid)
            })
        };
        tables.push_floats(each().map(|(contrast, column, grid)| {
            let size = match column.studentised {
                true => 1.0,
                false => SPREAD * grid.step,
            };
            ROUNDING * weight(regression, contrast, column) / (BAND * size)
        }));
        let screen_at = tables.levels.len();
        for (lattice, (_, column, grid)) in lattices.iter().zip(each()) {
            if lattice.floor != FLOOR || lattice.bin_shift < DROPPED_BITS {
                return Err("a regression's value is too far from its null".into());
            }
            let value = |offset: u64| (offset as i64 + lattice.floor) as f64 * grid.step;
            let observed = value(lattice.thresholds[0]);
            let spread = SPREAD * grid.step;
            let band = match regression.level(column.series) {
                // Its values are 0 on the device, too, and never near a threshold by rounding.
                Some(_) => -1.0,
                None => BAND * spread + BAND_OF_THRESHOLD * observed.abs(),
            };
            tables.push_floats(
                [
                    1.0 / (grid.step * f64::from(1u32 << DROPPED_BITS)),
                    FLOOR.unsigned_abs() as f64 * grid.step * 0.999,
                    band,
                ]
                .into_iter(),
            );
            tables.push_floats(lattice.thresholds.iter().map(|&offset| value(offset)));
        }
        Ok(OnDevice {
            rows_at,
            columns_at,
            weights_at,
            totals_at,
            combinations_at,
            growths_at,
            screen_at,
            table_rows,
            studentised: studentised.len(),
            combinations,
            largest,
        })
    }

    /// Words of `kept` that a draw needs.
    pub(crate) fn kept_words(&self, regression: &Regression) -> usize {
        if self.combinations == 0 {
            return 0;
        }
        (regression.parameters() + regression.outcomes().positions()) * self.sides(regression)
    }

    fn sides(&self, regression: &Regression) -> usize {
        regression.outcomes().columns() + self.combinations
    }

    fn cells(&self, regression: &Regression) -> usize {
        let parameters = regression.parameters();
        parameters * (parameters + self.sides(regression)) - parameters * (parameters - 1) / 2
    }

    /// Bytes of workgroup memory that a draw is solved in.
    pub(crate) fn workgroup_bytes(&self, regression: &Regression) -> usize {
        let picks: usize = regression.groups().iter().map(|group| group.len).sum();
        4 * (self.cells(regression) + pairs(regression) + regression.parameters() + 3 * picks + 1)
    }

    /// The passes from picks to offsets.
    ///
    /// # Errors
    ///
    /// A shape that takes too long a loop, or sums beyond 32 bits.
    pub(crate) fn passes(
        &self,
        fold: &Fold,
        regression: &Regression,
        at: &At,
    ) -> Result<Vec<Pass>, String> {
        let first = regression.window()[0];
        let n = regression.outcomes().positions();
        let (groups, days) = (regression.groups().len(), regression.days());
        let (parameters, sides) = (regression.parameters(), self.sides(regression));
        let picks: usize = regression.groups().iter().map(|group| group.len).sum();
        let values = fold.values();
        if self.largest * picks as u64 > i32::MAX as u64 {
            return Err("sums of changes leave 32 bits".into());
        }
        if sides > MAX_SIDES {
            return Err(format!(
                "{sides} series and standard errors; the shaders hold {MAX_SIDES}"
            ));
        }
        let rounds = |items: usize| items.div_ceil(THREADS);
        let tiles = regression.outcomes().columns().div_ceil(TILE);
        let eliminated = parameters * parameters / 2 * rounds(parameters + sides);
        within_budget(
            rounds(picks * picks)
                + parameters * (rounds(parameters + sides) + picks)
                + rounds(parameters * tiles) * picks
                + rounds(parameters) * picks * 4
                + eliminated
                + parameters * rounds(parameters * sides / 2 + THREADS)
                + rounds(values) * (groups * days + parameters),
            "a regression of this size",
        )?;
        let shared = |own: Vec<(&'static str, f64)>| {
            let mut constants = vec![
                ("PACKED", f64::from(u8::from(at.packed))),
                ("GROUPS", groups as f64),
                ("DAYS", days as f64),
                ("FIRST", first.into()),
                ("ROWS", n as f64),
                ("WRAP", f64::from(u8::from(regression.edge() == Edge::Wrap))),
                ("PARAMETERS", parameters as f64),
                ("SERIES", regression.outcomes().columns() as f64),
                ("SIDES", sides as f64),
                ("PICKS", picks as f64),
                ("CONTRASTS", fold.contrasts().len() as f64),
                ("COLUMNS", fold.columns() as f64),
                ("SEGMENTS_AT", at.segments as f64),
                ("CONTRASTS_AT", at.contrasts as f64),
                ("ROWS_AT", self.rows_at as f64),
                ("NEGATED_FROM", regression.negated_from() as f64),
                ("COLUMNS_AT", self.columns_at as f64),
                ("WEIGHTS_AT", self.weights_at as f64),
                ("TOTALS_AT", self.totals_at as f64),
                ("GROWTHS_AT", self.growths_at as f64),
                ("TABLE_AT", at.table as f64),
                ("TABLE_ROWS", self.table_rows as f64),
                ("KEPT", self.kept_words(regression) as f64),
            ];
            constants.extend(own);
            constants
        };
        let mut passes = vec![Pass {
            kernel: Kernel {
                shader: ESTIMATES,
                constants: shared(vec![
                    ("TILES", tiles as f64),
                    ("BEGIN", first.max(0).into()),
                    ("COMBINATIONS_AT", self.combinations_at as f64),
                    ("CELLS", self.cells(regression) as f64),
                    ("PAIRS", pairs(regression) as f64),
                    ("WEAK_PIVOT", WEAK_PIVOT),
                    ("FIRM_PIVOT", FIRM_PIVOT),
                    ("KEEP", f64::from(u8::from(self.combinations > 0))),
                ]),
            },
            grid: Grid::Draws,
        }];
        if self.combinations > 0 {
            let hac = regression.hac();
            within_budget(
                rounds(n) * picks * (1 + sides.div_ceil(picks))
                    + rounds(n) * 3 * sides
                    + rounds(values) * (n + hac.lags + parameters),
                "standard errors of this size",
            )?;
            let factor = match hac.small_sample {
                true => n as f64 / (n - parameters) as f64,
                false => 1.0,
            };
            passes.push(Pass {
                kernel: Kernel {
                    shader: ERRORS,
                    constants: shared(vec![
                        ("ADDED", f64::from(-first.min(0))),
                        ("LAGS", hac.lags as f64),
                        ("SHARE", factor / (hac.lags + 1) as f64),
                        ("STUDENTISED", self.studentised as f64),
                        ("RESIDUAL_SHARE", ROUNDING / BAND_OF_RESIDUALS),
                    ]),
                },
                grid: Grid::Draws,
            });
        }
        within_budget(values * (1 + at.thresholds), "so many values")?;
        passes.push(Pass {
            kernel: Kernel {
                shader: SCREEN,
                constants: vec![
                    ("VALUES", values as f64),
                    ("THRESHOLDS", at.thresholds as f64),
                    ("SCREEN_AT", self.screen_at as f64),
                    ("REPLAYS_AT", at.replays[0] as f64),
                    ("REPLAYS", at.replays[1] as f64),
                ],
            },
            grid: Grid::Threads { tiles: 1, parts: 1 },
        });
        Ok(passes)
    }
}

/// The sum of the sizes of an effect's weights on coefficients.
fn weight(regression: &Regression, contrast: &Contrast, column: Column) -> f64 {
    let groups = contrast.terms.iter();
    let groups: f64 = groups
        .map(|&(_, weight)| weight.unsigned_abs() as f64)
        .sum();
    let days = regression.effects()[column.effect].weights.iter();
    groups * days.map(|weight| weight.abs()).sum::<f64>()
}

fn pairs(regression: &Regression) -> usize {
    regression.groups().len().pow(2) * (2 * regression.days() - 1)
}

/// The outcomes, less their rounded means, with the rows that windows need before and after them.
/// Their sums and sums of squares by series; rows of a tile; and the largest size.
fn push_outcomes(tables: &mut Tables, regression: &Regression) -> (Vec<f64>, usize, u64) {
    let outcomes = regression.outcomes();
    let n = outcomes.positions() as i64;
    let [first, last] = regression.window().map(i64::from);
    let centres: Vec<i64> = (0..outcomes.columns())
        .map(|series| {
            let sum: i64 = (0..n as usize)
                .map(|row| i64::from(outcomes.get(row, series)))
                .sum();
            (sum as f64 / n as f64).round() as i64
        })
        .collect();
    let centred =
        |row: i64, series: usize| i64::from(outcomes.get(row as usize, series)) - centres[series];
    let padded = first.min(0)..n + last.max(0);
    for tile in (0..outcomes.columns()).step_by(TILE) {
        for row in padded.clone() {
            let source = match regression.edge() {
                Edge::Wrap => row.rem_euclid(n),
                Edge::Cut => row,
            };
            let inside = (0..n).contains(&source);
            tables.tiles.push(std::array::from_fn(|lane| {
                let series = tile + lane;
                if inside && series < outcomes.columns() {
                    centred(source, series) as i32
                } else {
                    0
                }
            }));
        }
    }
    let all = |series: usize| (0..n).map(move |row| centred(row, series));
    let totals = (0..outcomes.columns())
        .flat_map(|series| {
            let sum: i64 = all(series).sum();
            let squares: f64 = all(series).map(|y| (y * y) as f64).sum();
            [sum as f64, squares]
        })
        .collect();
    let largest = (0..outcomes.columns())
        .flat_map(all)
        .map(i64::unsigned_abs)
        .max()
        .unwrap_or(0);
    (totals, padded.count(), largest)
}
