//! What devices can do, as JSON and CSV.

use serde::Serialize;

use super::flat::named_csv;
use super::json::json_text;

/// Everything that `placebo bench` says: a receipt to be sent on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// What was measured, and how.
    pub manifest: BenchManifest,
    /// A row a shape and device.
    pub results: Vec<BenchRow>,
    /// From how many draws a GPU pays.
    pub break_even: Vec<BreakEven>,
}

/// The machine, the program and the way of measuring.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchManifest {
    /// The program's version.
    pub placebo_version: String,
    /// How it was built: commit, target, profile, features.
    pub build: Vec<String>,
    /// The processor, as the system names it.
    pub processor: String,
    /// Processors that the system offers.
    pub processors: u64,
    /// The widest vectors that draws are made with.
    pub vectors: String,
    /// Threads of the CPU's rows with many.
    pub threads: u64,
    /// The GPUs.
    pub devices: Vec<BenchDevice>,
    /// What one core can do at most.
    pub ceilings: Ceilings,
    /// Repeats of each shape on each device.
    pub repeats: u64,
    /// Draws that each device made at first, whose counts had to be those of the CPU.
    pub checked_draws: u64,
    /// Whether all was measured that was asked for.
    pub complete: bool,
}

/// A GPU, or a program that behaves like one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchDevice {
    /// The name that its driver gives.
    pub name: String,
    /// What it is made of.
    pub kind: String,
    /// `Vulkan`, `Metal`, `Dx12`.
    pub backend: String,
    /// Driver and its version.
    pub driver: String,
}

/// Operations a second of one core, and what the memory gives it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ceilings {
    /// Additions of 32-bit integers, one of the two read from the first cache.
    pub integer: f64,
    /// Multiplications and additions of 32-bit floats, which are not fused.
    pub f32: f64,
    /// The same of 64-bit floats.
    pub f64: f64,
    /// Reads of 32-bit integers at random places of 256 KiB.
    pub gathers: f64,
    /// Bytes a second read in order from the memory.
    pub memory: f64,
}

impl Ceilings {
    /// Seconds of a core that a draw takes at least.
    pub fn seconds(&self, spends: &Spends) -> f64 {
        spends.integer / self.integer + spends.float / self.f64 + spends.gathers / self.gathers
    }
}

/// Operations that one draw must spend, by what carries them out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spends {
    /// 32-bit integer operations: the generator, looking up what is taken, sums, contrasts, tallies.
    pub integer: f64,
    /// Multiplications and additions of 64-bit floats.
    pub float: f64,
    /// Reads at places that the draw decides, one at a time.
    pub gathers: f64,
}

/// The median of repeats, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The middle one; of an even number the lower of the two.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

impl Spread {
    /// Of at least one number.
    pub fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        Spread {
            median: numbers[(numbers.len() - 1) / 2],
            least: numbers[0],
            most: numbers[numbers.len() - 1],
        }
    }
}

/// A shape on a device. `(shape, device)` is unique in a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchRow {
    /// The shape's name.
    pub shape: String,
    /// What a draw is and what is made of it.
    pub about: String,
    /// The device.
    pub device: String,
    /// Draws of a repeat.
    pub draws: u64,
    /// From the data in memory to the first draws: tables, threads, pipelines and buffers.
    pub first_seconds: Option<f64>,
    /// Draws a second once that is done, from one repeat to the next.
    pub draws_per_second: Option<Spread>,
    /// Why there is no time: the device does not take the shape, fails, or makes other integers than the CPU.
    pub problem: Option<String>,
    /// What a draw must spend.
    pub spends: Spends,
    /// The share of what the cores could do at most, were these operations all that there is to do.
    pub share: Option<f64>,
}

/// From how many draws of the mean shape a GPU pays.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakEven {
    /// Series of which each draw makes the mean.
    pub series: u64,
    /// The GPU.
    pub device: String,
    /// The least draws for which it is done before the CPU, its start counted; empty: it never is.
    pub draws: Option<u64>,
}

impl BenchReport {
    /// The report as one JSON object.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// A line a shape and device.
    pub fn to_csv(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(flatten)]
            row: &'a BenchRow,
            median: Option<f64>,
            least: Option<f64>,
            most: Option<f64>,
        }
        let lines = self.results.iter().map(|row| Line {
            median: row.draws_per_second.map(|of| of.median),
            least: row.draws_per_second.map(|of| of.least),
            most: row.draws_per_second.map(|of| of.most),
            row,
        });
        let columns = [
            "shape",
            "about",
            "device",
            "draws",
            "first_seconds",
            "median",
            "least",
            "most",
            "share",
            "problem",
        ];
        named_csv(&columns, &lines.collect::<Vec<_>>())
    }

    /// The first device whose counts are not the CPU's or that fails, with the reason.
    pub fn problem(&self) -> Option<(&str, &str)> {
        let of = self.results.iter();
        of.filter_map(|row| Some((row.device.as_str(), row.problem.as_deref()?)))
            .next()
    }
}
