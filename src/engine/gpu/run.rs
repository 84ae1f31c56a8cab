//! Buffers, submissions and what comes back.

use std::ops::Range;
use std::time::Duration;

use super::adapter::{Adapter, AdapterKind};
use super::guarded::Guarded;
use super::kernels::{self};
use super::layout::{Layout, SUM_WORDS, TALLY_HEADER};
use super::objects::{Objects, stamp};
use crate::engine::cpu::Replayer;
use crate::engine::task::Task;
use crate::engine::{Engine, HypothesisTally, Sums, Tally};
use crate::error::{Error, Result};
use crate::kernel::{Kernel, Pass, Slice, THREADS};
use crate::null::PicksPass;
use crate::plan::Plan;
use crate::statistic::{DROPPED_BITS, OnDevice, Regression};

/// Draws of a slice on hardware, if the buffers can hold them: enough threads to fill a large GPU.
const HARDWARE_SLICE: usize = 1 << 18;
/// Draws of a slice on a software driver.
const SOFTWARE_SLICE: usize = 1 << 13;
/// The same where a workgroup solves a draw.
const HARDWARE_SOLVES: usize = 1 << 14;
const SOFTWARE_SOLVES: usize = 1 << 9;
/// Values of all draws of a slice: so many take long enough.
const HARDWARE_VALUES: usize = 1 << 28;
const SOFTWARE_VALUES: usize = 1 << 24;
/// The largest storage binding that every device has.
const BINDING_BYTES: usize = 128 << 20;
/// A submission that takes longer than this is lost, unless [`PATIENCE_VARIABLE`] says otherwise.
const PATIENCE: Duration = Duration::from_secs(120);
/// The environment's word on how many seconds a device may take for an answer.
const PATIENCE_VARIABLE: &str = "PLACEBO_PATIENCE";

/// The values of one draw in a device's 32-bit floats, in units of a score or of a standard error.
#[derive(Debug, Clone, PartialEq)]
pub struct Floats {
    /// By how much the error band around a threshold is wider for this draw.
    pub leeway: f32,
    /// One a value.
    pub values: Vec<f32>,
}

/// What a submission came to.
enum Submitted {
    /// The tally of its draws.
    Counted(Tally),
    /// More draws were left to the CPU than the list holds: fewer must be submitted at once.
    Overfull,
}

/// What a plan runs on a device, whichever it is.
struct Passes {
    picks: PicksPass,
    layout: Layout,
    /// The passes from picks to offsets of each fold, and its tally.
    folds: Vec<(Vec<Pass>, Kernel)>,
}

impl Passes {
    fn new(plan: &Plan, replays: Option<usize>) -> std::result::Result<Self, String> {
        let task = Task::new(plan);
        let picks = task.sampler.kernel(task.picks)?;
        let layout = Layout::new(&task, &picks.shape, replays)?;
        let fused = match (task.folds().next(), layout.folds.as_slice()) {
            (Some(part), [of_fold]) => {
                kernels::as_drawn(&picks, part.fold, of_fold, layout.zeros_at)
            }
            _ => None,
        };
        let is_fused = fused.is_some();
        let picks = match fused {
            Some(kernel) => picks.folded_by(kernel),
            None => picks,
        };
        let folds = task
            .folds()
            .zip(&layout.folds)
            .map(|(part, of_fold)| {
                let values = match is_fused {
                    true => Vec::new(),
                    false => kernels::values(picks.packed, part.fold, of_fold, &layout.replays)?,
                };
                Ok((values, kernels::tally(part.fold, of_fold)?))
            })
            .collect::<std::result::Result<_, String>>()?;
        Ok(Passes {
            picks,
            layout,
            folds,
        })
    }
}

/// The pipelines that a plan runs on a device, in their order.
///
/// # Errors
///
/// [`Error::Device`]: the plan is beyond what the shaders hold.
pub fn kernels(plan: &Plan) -> Result<Vec<Kernel>> {
    let passes = Passes::new(plan, None).map_err(|problem| Error::Device {
        device: "shaders".into(),
        problem,
    })?;
    let of_folds = passes.folds.into_iter().flat_map(|(values, tally)| {
        let values = values.into_iter().map(|pass| pass.kernel);
        values.chain([tally])
    });
    Ok(passes
        .picks
        .clearing()
        .into_iter()
        .chain([passes.picks.kernel])
        .chain(of_folds)
        .collect())
}

/// Draws on one adapter.
pub struct Gpu<'p> {
    plan: &'p Plan,
    name: String,
    device: Guarded<Objects>,
    layout: Layout,
    slice: usize,
    /// Slices of a submission.
    slices: usize,
    /// Threads that report a finished draw, of all passes from picks to offsets.
    finishers: usize,
    replayer: Replayer<'p>,
    patience: Duration,
}

impl<'p> Gpu<'p> {
    /// Compiles the plan's pipelines for an adapter and allocates one slice of buffers.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: the adapter gives no device, or one that fails, or the plan is beyond its
    /// limits; [`Error::Input`]: `PLACEBO_PATIENCE` is no time.
    pub fn new(plan: &'p Plan, adapter: &Adapter) -> Result<Self> {
        Self::with_replays(plan, adapter, None)
    }

    /// The same with room for so many draws of a submission that 32-bit floats leave to the CPU. The
    /// tally does not depend on it: where there are more, fewer draws are submitted at once.
    ///
    /// # Errors
    ///
    /// As [`Gpu::new`].
    pub fn with_replays(plan: &'p Plan, adapter: &Adapter, replays: Option<usize>) -> Result<Self> {
        let name = adapter.name().to_owned();
        let fail = |problem: String| Error::Device {
            device: name.clone(),
            problem,
        };
        let Passes {
            picks,
            layout,
            folds,
        } = Passes::new(plan, replays).map_err(&fail)?;
        let slice = slice_draws(plan, &picks, &layout, adapter.kind()).map_err(&fail)?;
        unless_too_large(plan, &layout, adapter).map_err(&fail)?;
        let demand = Demand::new(plan, &picks, &layout);
        let mut slices = 1;
        let device = Guarded::open(adapter, |device| {
            let made = Objects::new(device, &layout, &demand, slice, &picks, &folds);
            slices = made.slices();
            Ok(made)
        })?;
        let passes = folds.iter().flat_map(|(values, _)| values);
        Ok(Gpu {
            plan,
            finishers: passes.map(|pass| pass.grid.finishers()).sum(),
            replayer: Replayer::new(plan),
            patience: patience()?,
            name,
            device,
            slice,
            slices,
            layout,
        })
    }

    /// Runs the draws `range`, in halves where too many are left to the CPU at once.
    fn run_at_most(&mut self, range: Range<u64>, tally: &mut Tally) -> Result<()> {
        match self.submit(range.clone())? {
            Submitted::Counted(part) => tally.merge(&part),
            Submitted::Overfull => {
                let half = range.start + (range.end - range.start) / 2;
                self.run_at_most(range.start..half, tally)?;
                self.run_at_most(half..range.end, tally)
            }
        }
    }

    /// Runs the draws `range`, at most as many slices as go into one submission.
    fn submit(&mut self, range: Range<u64>) -> Result<Submitted> {
        let starts: Vec<u64> = range.clone().step_by(self.slice).collect();
        let parameters: Vec<Slice> = starts
            .iter()
            .map(|&first| self.slice_at(first, (range.end - first).min(self.slice as u64) as u32))
            .collect();
        let patience = self.patience;
        let words = self
            .device
            .call(|device, made| made.count(device, &parameters, patience))?;
        let (words, answers) = words.split_at(self.layout.tally_words);
        if answers != stamp(&parameters[0]) {
            return Err(self.fail("an answer came back that is not the submission's".into()));
        }
        self.decode(words, range)
    }

    /// The device's own values of the plan's regression, for up to a slice of draws from `first` on:
    /// what is screened against the thresholds. `None` for a draw that is left to the CPU before its
    /// values are looked at, and for a plan without a regression.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn floats(&mut self, first: u64, draws: usize) -> Result<Vec<Option<Floats>>> {
        let draws = draws.min(self.slice);
        let mut folds = self.plan.folds.iter().enumerate();
        let regression = folds.find(|(_, fold)| fold.statistic().regression().is_some());
        let Some((number, fold)) = regression else {
            return Ok(vec![None; draws]);
        };
        let (slice, patience) = (self.slice_at(first, draws as u32), self.patience);
        let words = self
            .device
            .call(|device, made| made.values(device, number, &slice, patience))?;
        let at = |value: usize, draw: usize| words[value * self.slice + draw];
        Ok((0..draws)
            .map(|draw| {
                let values = 0..fold.values();
                let leeway = f32::from_bits(at(values.end, draw));
                (leeway >= 1.0).then(|| Floats {
                    leeway,
                    values: values.map(|v| f32::from_bits(at(v, draw))).collect(),
                })
            })
            .collect())
    }

    fn slice_at(&self, first: u64, draws: u32) -> Slice {
        Slice {
            first_low: first as u32,
            first_high: (first >> 32) as u32,
            draws,
            stride: self.slice as u32,
            key_low: self.plan.seed as u32,
            key_high: (self.plan.seed >> 32) as u32,
            first_tile: 0,
            part: 0,
        }
    }

    /// Words to a tally, after the totals are found right, with the draws that were left to the CPU.
    fn decode(&mut self, words: &[u32], range: Range<u64>) -> Result<Submitted> {
        let draws = range.end - range.start;
        self.assert_total("picks", words[0].into(), draws)?;
        self.assert_total("values", words[1].into(), draws * self.finishers as u64)?;
        let replays = words[2] as usize;
        if replays > self.layout.replays.most {
            if draws > 1 {
                return Ok(Submitted::Overfull);
            }
            return Err(self.fail("the list of draws for the CPU holds none".into()));
        }
        let list = words[self.layout.replays.at..][..replays].iter();
        let replayed: Vec<u64> = list
            .map(|&low| range.start + u64::from(low.wrapping_sub(range.start as u32)))
            .collect();
        if replayed.iter().any(|draw| !range.contains(draw)) {
            return Err(self.fail("a draw was left to the CPU that was not asked for".into()));
        }
        let mut tally = Tally::empty(self.plan);
        let mut hypotheses = tally.hypotheses.iter_mut();
        let mut rest = &words[TALLY_HEADER..];
        for (fold, layout) in self.plan.folds.iter().zip(&self.layout.folds) {
            let (counted, dropped_bits) = match layout.regression {
                Some(_) => (draws - replays as u64, DROPPED_BITS),
                None => (draws, 0),
            };
            for hypothesis in hypotheses.by_ref().take(fold.values()) {
                let (words, after) = rest.split_at(layout.tally_words);
                rest = after;
                decode_hypothesis(words, layout.thresholds, hypothesis);
                hypothesis.sums = hypothesis.sums.scaled(dropped_bits);
                self.assert_total("tallies", hypothesis.defined(), counted)?;
            }
        }
        self.replayer.add(&replayed, &mut tally);
        tally.cover(range)?;
        Ok(Submitted::Counted(tally))
    }

    fn assert_total(&self, what: &str, found: u64, expected: u64) -> Result<()> {
        if found == expected {
            return Ok(());
        }
        Err(self.fail(format!(
            "{found} of {expected} {what} came back: the driver cut a shader short"
        )))
    }

    fn fail(&self, problem: String) -> Error {
        Error::Device {
            device: self.name.clone(),
            problem,
        }
    }
}

impl Engine for Gpu<'_> {
    fn run(&mut self, range: Range<u64>) -> Result<Tally> {
        let mut tally = Tally::empty(self.plan);
        // The counts of finished threads fit a word.
        let slices = self
            .slices
            .min(u32::MAX as usize / (self.slice * self.finishers.max(1)))
            .max(1);
        let most = (slices * self.slice) as u64;
        for first in range.clone().step_by(most as usize) {
            self.run_at_most(first..range.end.min(first + most), &mut tally)?;
        }
        Ok(tally)
    }

    fn slice(&self) -> u64 {
        self.slice as u64
    }

    fn replayed(&self) -> u64 {
        self.replayer.replayed()
    }
}

/// Words a draw in the buffers that grow with the slice.
pub(super) struct Demand {
    pub picks: usize,
    pub taken: usize,
    pub values: usize,
    pub kept: usize,
}

impl Demand {
    fn new(plan: &Plan, picks: &PicksPass, layout: &Layout) -> Self {
        let values = plan.folds.iter().zip(&layout.folds).map(|(fold, layout)| {
            let held = layout.contrasts * layout.width;
            match (&layout.regression, layout.wide) {
                (Some(_), _) => fold.values() + 1,
                (None, true) => 2 * held,
                (None, false) => held,
            }
        });
        let kept = regressions(plan, layout).map(|(regression, own)| own.kept_words(regression));
        Demand {
            kept: kept.max().unwrap_or(0),
            picks: picks.words(),
            taken: picks.taken_words,
            values: values.max().unwrap_or(0),
        }
    }
}

/// Draws of a slice, or why not even one workgroup of draws fits.
fn slice_draws(
    plan: &Plan,
    picks: &PicksPass,
    layout: &Layout,
    kind: AdapterKind,
) -> std::result::Result<usize, String> {
    let fixed = [
        16 * layout.tables.tiles.len(),
        4 * layout.tables.levels.len(),
        4 * layout.tables.shape.len(),
        4 * layout.tally_words,
    ];
    if let Some(bytes) = fixed.into_iter().find(|&bytes| bytes > BINDING_BYTES) {
        return Err(format!(
            "a table of {bytes} bytes is beyond the device's limit"
        ));
    }
    let demand = Demand::new(plan, picks, layout);
    let demands = [demand.picks, demand.taken, demand.values, demand.kept, 1];
    let words = demands.into_iter().max().unwrap_or(1);
    let fits = BINDING_BYTES / 4 / words / THREADS * THREADS;
    if fits == 0 {
        return Err(format!(
            "{words} words a draw are beyond the device's limit"
        ));
    }
    let solves = regressions(plan, layout).next().is_some();
    let (draws, values) = match (kind, solves) {
        (AdapterKind::Software, false) => (SOFTWARE_SLICE, SOFTWARE_VALUES),
        (AdapterKind::Software, true) => (SOFTWARE_SOLVES, SOFTWARE_VALUES),
        (_, false) => (HARDWARE_SLICE, HARDWARE_VALUES),
        (_, true) => (HARDWARE_SOLVES, HARDWARE_VALUES),
    };
    let short_enough = values / plan.hypotheses.len() / THREADS * THREADS;
    Ok(fits.min(draws).min(short_enough.max(THREADS)))
}

/// How long a device may take for an answer.
pub(super) fn patience() -> Result<Duration> {
    let Some(text) = std::env::var_os(PATIENCE_VARIABLE) else {
        return Ok(PATIENCE);
    };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    match seconds {
        Some(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err(Error::input(
            format!("{PATIENCE_VARIABLE}={}", text.display()),
            "it is no number of seconds",
            format!(
                "give a whole number from 1 on, or unset it for the {} s that hold without it",
                PATIENCE.as_secs()
            ),
        )),
    }
}

/// The regressions of a plan.
fn regressions<'a>(
    plan: &'a Plan,
    layout: &'a Layout,
) -> impl Iterator<Item = (&'a Regression, &'a OnDevice)> {
    plan.folds
        .iter()
        .zip(&layout.folds)
        .filter_map(|(fold, layout)| {
            Some((fold.statistic().regression()?, layout.regression.as_ref()?))
        })
}

/// Refuses a regression that needs more workgroup memory than there is.
fn unless_too_large(
    plan: &Plan,
    layout: &Layout,
    adapter: &Adapter,
) -> std::result::Result<(), String> {
    let bytes = regressions(plan, layout).map(|(regression, own)| own.workgroup_bytes(regression));
    let needed = bytes.max().unwrap_or(0);
    let most = adapter.workgroup_bytes();
    match needed <= most as usize {
        true => Ok(()),
        false => Err(format!(
            "a regression of this size needs {needed} bytes of workgroup memory; the device has {most}"
        )),
    }
}

/// One hypothesis' words: (below, equal) a threshold, the words of both sums, the histogram.
fn decode_hypothesis(words: &[u32], thresholds: usize, tally: &mut HypothesisTally) {
    let (counts, rest) = words.split_at(2 * thresholds);
    let (sums, histogram) = rest.split_at(SUM_WORDS);
    for (threshold, count) in tally.thresholds.iter_mut().zip(counts.chunks(2)) {
        *threshold = (count[0].into(), count[1].into());
    }
    tally.sums = Sums::of_words(sums);
    debug_assert_eq!(histogram.len(), tally.histogram.len());
    for (bin, &count) in tally.histogram.iter_mut().zip(histogram) {
        *bin = count.into();
    }
}
