//! What a device does for a resampling: the sums over the runs of its draws, as the CPU makes them. What
//! statistics make of these, in 64-bit floats, is the CPU's.

use super::{Estimator, Iid, Poisson, Resampling, Scheme, Stationary, WholeBlocks};
use crate::kernel::{Buffer, Kernel, Shader, within_budget};

/// Sums of a draw's part that a thread holds; so in `shaders/resample/sums.wgsl`.
const MAX_FEATURES: usize = 32;
/// Words of a part before those of its scheme.
pub(super) const PART_WORDS: usize = 3;
/// The largest table that every device binds, in words.
pub(super) const MOST_WORDS: usize = 1 << 25;

/// A scheme's kernels, of sums and of ranks: how it draws a part, after what all schemes share.
macro_rules! scheme_shaders {
    ($name:literal, $file:literal) => {
        [
            $crate::resample::kernel::scheme_shader!(
                $name,
                "resample_sums",
                $crate::resample::kernel::SUMS,
                $file
            ),
            $crate::resample::kernel::scheme_shader!(
                concat!($name, "-ranks"),
                "resample_ranks",
                $crate::resample::kernel::RANKS,
                $file
            ),
        ]
    };
}

macro_rules! scheme_shader {
    ($name:expr, $entry:literal, $folds:expr, $file:literal) => {
        $crate::kernel::Shader {
            name: $name,
            entry_point: $entry,
            binds: $crate::resample::kernel::BINDS,
            files: &[
                $crate::kernel::PHILOX[0],
                $crate::kernel::PHILOX[1],
                $crate::resample::kernel::NUMBERS,
                $folds,
                include_str!($file),
            ],
        }
    };
}

pub(super) use {scheme_shader, scheme_shaders};

/// What the kernels of schemes bind.
pub(super) const BINDS: &[Buffer] = &[
    Buffer::Slice,
    Buffer::Values,
    Buffer::Shape,
    Buffer::Tallies,
];
/// Whole numbers by chance.
pub(super) const NUMBERS: &str = include_str!("../../shaders/resample/numbers.wgsl");
/// Sums over runs.
pub(super) const SUMS: &str = include_str!("../../shaders/resample/sums.wgsl");

/// Ranks at a quantile's place.
pub(super) const RANKS: &str = include_str!("../../shaders/resample/ranks.wgsl");

/// The kernels of all schemes.
pub fn shaders() -> Vec<Shader> {
    let both = [Iid::SHADERS, WholeBlocks::SHADERS, Stationary::SHADERS];
    // Draws of Poisson numbers differ in their number of rows: no device looks for their quantiles.
    both.into_iter()
        .flatten()
        .chain([Poisson::SHADERS[0]])
        .collect()
}

/// A resampling's sums on a device.
#[derive(Debug)]
pub struct SumsPass {
    /// The kernel, a thread a draw.
    pub kernel: Kernel,
    /// What it reads: parts, their schemes, their prefix sums.
    pub shape: Vec<i32>,
    /// Sums of a draw: part by part those of all tables.
    pub sums: usize,
    /// Words of a sum.
    pub limbs: usize,
}

/// What a device is told of a scheme on a part.
pub(super) struct OnDevice {
    /// The words that its kernel reads.
    pub words: Vec<u32>,
    /// Runs of a draw, about, and loops of each beside its sums.
    pub runs: usize,
    pub loops: usize,
}

impl Resampling {
    /// What a device does for it; or why none can.
    ///
    /// # Errors
    ///
    /// Trimmed means, quantiles of draws that differ in their number of rows, and what is too many or too long.
    pub fn on_device(&self) -> Result<SumsPass, String> {
        if let [Estimator::Order(ranked)] = self.estimators.as_slice() {
            return self.ranks_on_device(ranked);
        }
        let features: usize = self.tables.iter().map(|table| table.features()).sum();
        if features > MAX_FEATURES {
            return Err(format!(
                "a draw has {features} sums; a thread holds {MAX_FEATURES}"
            ));
        }
        let sizes = self.sizes();
        let parts: Vec<Vec<Vec<i128>>> = (0..sizes.len()).map(|part| self.by_unit(part)).collect();
        let bits = |columns: &Vec<Vec<i128>>| {
            let units = columns.first().map_or(0, Vec::len) as u128;
            let largest = columns.iter().flatten().map(|sum| sum.unsigned_abs()).max();
            let times = match self.scheme {
                Scheme::Poisson { .. } => Poisson::MOST as u128,
                _ => 1,
            };
            let most = largest.unwrap_or(0).saturating_mul(units * times);
            u128::BITS - most.leading_zeros()
        };
        let limbs = match parts.iter().map(bits).max().unwrap_or(0) {
            ..63 => 2,
            63..127 => 4,
            127.. => return Err("sums of more than 126 bits are taken on the CPU alone".into()),
        };
        let mut shape = vec![0; PART_WORDS * sizes.len()];
        let mut loops = 0;
        let mut kernel = None;
        for (part, &units) in sizes.iter().enumerate() {
            let (scheme, [shader, _]) = on_device(self.scheme, units)
                .ok_or_else(|| format!("`{}` is drawn on the CPU alone", self.scheme.name()))?;
            kernel = Some(shader);
            loops += scheme.runs * (features + scheme.loops);
            let own_at = shape.len();
            shape.extend(scheme.words.iter().map(|&word| word as i32));
            let prefix_at = shape.len();
            push_prefix_sums(&parts[part], limbs, &mut shape);
            let told = [units as usize, prefix_at, own_at];
            for (word, told) in shape[PART_WORDS * part..].iter_mut().zip(told) {
                *word = told as i32;
            }
        }
        within_budget(loops, "resampling so many units")?;
        if shape.len() > MOST_WORDS {
            return Err("the sums of so many units do not fit a device's binding".into());
        }
        let shader = kernel.ok_or("there is nothing to draw")?;
        Ok(SumsPass {
            kernel: Kernel {
                shader,
                constants: vec![
                    ("STREAM", self.scheme.stream().into()),
                    ("FEATURES", features as f64),
                    ("PARTS", sizes.len() as f64),
                    ("LIMBS", limbs as f64),
                ],
            },
            limbs,
            sums: features * sizes.len(),
            shape,
        })
    }

    /// What each unit of a part adds, feature by feature of all tables.
    fn by_unit(&self, part: usize) -> Vec<Vec<i128>> {
        let tables = self.tables.iter();
        tables
            .flat_map(|table| (0..table.features()).map(move |f| table.by_unit(part, f)))
            .collect()
    }

    /// The values of a draw whose sums are these, part by part those of all tables, or whose ranks these are; NaN where
    /// a statistic has none.
    pub fn of_sums(&self, sums: &[i128], values: &mut [f64]) {
        let features: usize = self.tables.iter().map(|table| table.features()).sum();
        let mut of_tables: Vec<Vec<i128>> = Vec::with_capacity(self.tables.len());
        let mut first = 0;
        for table in &self.tables {
            let parts = sums.chunks(features);
            let of_table = first..first + table.features();
            let sums = parts.flat_map(|part| part[of_table.clone()].iter().copied());
            of_tables.push(sums.collect());
            first = of_table.end;
        }
        for (estimator, value) in self.estimators.iter().zip(values) {
            let found = match estimator {
                Estimator::Smooth { table, of } => of.value(&of_tables[*table]),
                Estimator::Order(of) => self.of_ranks(of, sums),
            };
            *value = found.unwrap_or(f64::NAN);
        }
    }
}

/// The sums over the units before each, feature by feature, in words from the lowest.
fn push_prefix_sums(columns: &[Vec<i128>], limbs: usize, shape: &mut Vec<i32>) {
    let units = columns.first().map_or(0, Vec::len);
    let mut before = vec![0i128; columns.len()];
    for unit in 0..=units {
        for (sum, column) in before.iter_mut().zip(columns) {
            shape.extend((0..limbs).map(|limb| (*sum >> (32 * limb)) as i32));
            if unit < units {
                *sum += column[unit];
            }
        }
    }
}

/// The scheme on a part, where a kernel draws it.
pub(super) fn on_device(scheme: Scheme, units: u32) -> Option<(OnDevice, [Shader; 2])> {
    Some(match scheme {
        Scheme::Bayesian | Scheme::Poisson { before: 1.. } => return None,
        Scheme::MOutOfN { size } => (Iid::new(size, units).on_device(), Iid::SHADERS),
        Scheme::Poisson { .. } => (Poisson::new(units).on_device(), Poisson::SHADERS),
        Scheme::Iid => (Iid::new(units, units).on_device(), Iid::SHADERS),
        Scheme::MovingBlock { length } => (
            WholeBlocks::moving(units, length).on_device(),
            WholeBlocks::SHADERS,
        ),
        Scheme::CircularBlock { length } => (
            WholeBlocks::circular(units, length).on_device(),
            WholeBlocks::SHADERS,
        ),
        Scheme::Stationary { mean_length } => (
            Stationary::new(units, mean_length).on_device(),
            Stationary::SHADERS,
        ),
    })
}
