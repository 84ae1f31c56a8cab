//! Buffers, submissions and what comes back.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wgpu::util::DeviceExt;

use super::adapter::{Adapter, AdapterKind};
use super::kernels::{self, Grid, Kernel, TALLY_DRAWS, TALLY_THREADS, THREADS};
use super::layout::{Layout, TALLY_HEADER};
use super::picks::PicksPass;
use super::regression::RegressionLayout;
use crate::engine::cpu::Replayer;
use crate::engine::{Engine, HypothesisTally, Tally};
use crate::error::{Error, Result};
use crate::plan::{BINS, Plan};
use crate::statistic::{Regression, Statistic};

/// Draws of a slice on hardware, if the buffers can hold them: enough threads to fill a large GPU.
const HARDWARE_SLICE: usize = 1 << 18;
/// Draws of a slice on a software driver.
const SOFTWARE_SLICE: usize = 1 << 13;
/// The same where a workgroup solves a draw.
const HARDWARE_SOLVES: usize = 1 << 14;
const SOFTWARE_SOLVES: usize = 1 << 9;
/// The largest storage binding that every device has.
const BINDING_BYTES: usize = 128 << 20;
/// Slices of one submission; more go into further submissions.
const SLICES: usize = 256;
/// Distance of the slices' parameters, the alignment that every device grants.
const SLICE_BYTES: u64 = 256;
/// A submission that takes longer than this is lost.
const PATIENCE: Duration = Duration::from_secs(120);

#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Slice {
    first: [u32; 2],
    draws: u32,
    stride: u32,
    key: [u32; 2],
    _padding: [u32; 58],
}

/// The pipelines of a fold.
struct FoldPasses {
    values: Vec<(wgpu::ComputePipeline, Grid)>,
    tally: wgpu::ComputePipeline,
}

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

/// Draws on one adapter.
pub struct Gpu<'p> {
    plan: &'p Plan,
    name: String,
    device: wgpu::Device,
    queue: wgpu::Queue,
    failure: Arc<Mutex<Option<String>>>,
    layout: Layout,
    slice: usize,
    bind_group: wgpu::BindGroup,
    picks: wgpu::ComputePipeline,
    folds: Vec<FoldPasses>,
    replayer: Replayer<'p>,
    slices: wgpu::Buffer,
    tallies: wgpu::Buffer,
    read_back: wgpu::Buffer,
    values: wgpu::Buffer,
}

impl<'p> Gpu<'p> {
    /// Compiles the plan's pipelines for an adapter and allocates one slice of buffers.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: the adapter gives no device, or the plan is beyond its limits.
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
        let picks = PicksPass::new(&plan.design).map_err(&fail)?;
        let layout = Layout::new(plan, &picks.shape, replays).map_err(&fail)?;
        let slice = slice_draws(plan, &picks, &layout, adapter.kind()).map_err(&fail)?;
        let replays = &layout.replays;
        let folds = plan
            .folds
            .iter()
            .zip(&layout.folds)
            .map(|(fold, layout)| {
                Ok((
                    kernels::values(picks.packed, fold, layout, replays)?,
                    kernels::tally(fold, layout)?,
                ))
            })
            .collect::<std::result::Result<Vec<_>, String>>()
            .map_err(&fail)?;

        let required_limits = limits(plan, &layout, adapter).map_err(&fail)?;
        let (device, queue) =
            pollster::block_on(adapter.wgpu().request_device(&wgpu::DeviceDescriptor {
                label: Some("placebo"),
                required_limits,
                ..Default::default()
            }))
            .map_err(|error| fail(error.to_string()))?;
        let failure = Arc::new(Mutex::new(None));
        let heard = failure.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            if let Ok(mut first) = heard.lock() {
                first.get_or_insert(error.to_string());
            }
        }));

        let entries: Vec<_> = (0..9).map(binding).collect();
        let bind_group_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("chunk"),
            entries: &entries,
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("chunk"),
            bind_group_layouts: &[Some(&bind_group_layout)],
            immediate_size: 0,
        });
        let pipeline = |kernel: &Kernel| pipeline(&device, &pipeline_layout, kernel);

        let words = |label, words: usize, usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: 4 * words.max(1) as u64,
                usage,
                mapped_at_creation: false,
            })
        };
        let storage = wgpu::BufferUsages::STORAGE;
        let filled = |label, contents: &[u8]| {
            device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some(label),
                contents,
                usage: storage,
            })
        };
        let demand = Demand::new(plan, &picks, &layout);
        let slices = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("slices"),
            size: SLICES as u64 * SLICE_BYTES,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let tallies = words(
            "tallies",
            layout.tally_words,
            storage | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
        );
        let read_back = words(
            "tallies read back",
            layout.tally_words,
            wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        );
        let values = words(
            "values",
            demand.values * slice,
            storage | wgpu::BufferUsages::COPY_SRC,
        );
        let buffers = [
            words("picks", demand.picks * slice, storage),
            words("taken positions", demand.taken * slice, storage),
            values.clone(),
            filled("tables", bytemuck::cast_slice(&layout.tables)),
            filled("levels", bytemuck::cast_slice(&layout.levels)),
            filled("shape", bytemuck::cast_slice(&layout.shape)),
        ];
        let parameters = wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: &slices,
            offset: 0,
            size: std::num::NonZeroU64::new(size_of::<Slice>() as u64),
        });
        let kept = words("kept floats", demand.kept * slice, storage);
        let resources = std::iter::once(parameters)
            .chain(buffers.iter().map(wgpu::Buffer::as_entire_binding))
            .chain([tallies.as_entire_binding(), kept.as_entire_binding()]);
        let entries: Vec<_> = resources
            .zip(0..)
            .map(|(resource, binding)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("chunk"),
            layout: &bind_group_layout,
            entries: &entries,
        });

        let gpu = Gpu {
            plan,
            picks: pipeline(&picks.kernel),
            folds: folds
                .iter()
                .map(|(values, tally)| FoldPasses {
                    values: values
                        .iter()
                        .map(|pass| (pipeline(&pass.kernel), pass.grid))
                        .collect(),
                    tally: pipeline(tally),
                })
                .collect(),
            replayer: Replayer::new(plan),
            name,
            device,
            queue,
            failure,
            slice,
            bind_group,
            slices,
            tallies,
            read_back,
            values,
            layout,
        };
        gpu.check()?;
        Ok(gpu)
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

    /// Runs the draws `range`, at most [`SLICES`] slices, in one submission.
    fn submit(&mut self, range: Range<u64>) -> Result<Submitted> {
        let starts: Vec<u64> = range.clone().step_by(self.slice).collect();
        let parameters: Vec<Slice> = starts
            .iter()
            .map(|&first| self.slice_at(first, (range.end - first).min(self.slice as u64) as u32))
            .collect();
        self.queue
            .write_buffer(&self.slices, 0, bytemuck::cast_slice(&parameters));
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.clear_buffer(&self.tallies, 0, None);
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for (s, slice) in parameters.iter().enumerate() {
                let draws = slice.draws as usize;
                let groups = draws.div_ceil(THREADS) as u32;
                let spans = draws.div_ceil(TALLY_THREADS * TALLY_DRAWS) as u32;
                pass.set_bind_group(0, &self.bind_group, &[(s as u64 * SLICE_BYTES) as u32]);
                pass.set_pipeline(&self.picks);
                pass.dispatch_workgroups(groups, 1, 1);
                for (passes, fold) in self.folds.iter().zip(&self.plan.folds) {
                    for (pipeline, grid) in &passes.values {
                        pass.set_pipeline(pipeline);
                        match grid {
                            Grid::Threads(tiles) => {
                                pass.dispatch_workgroups(groups, *tiles as u32, 1);
                            }
                            Grid::Draws => pass.dispatch_workgroups(slice.draws, 1, 1),
                        }
                    }
                    pass.set_pipeline(&passes.tally);
                    pass.dispatch_workgroups(spans, fold.values() as u32, 1);
                }
            }
        }
        encoder.copy_buffer_to_buffer(&self.tallies, 0, &self.read_back, 0, None);
        self.queue.submit([encoder.finish()]);
        let words = self.read(&self.read_back)?;
        self.decode(&words, range)
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
        let regression = self
            .plan
            .folds
            .iter()
            .zip(&self.folds)
            .find(|(fold, _)| matches!(fold.statistic(), Statistic::Regression(_)));
        let Some((fold, passes)) = regression else {
            return Ok(vec![None; draws]);
        };
        self.queue.write_buffer(
            &self.slices,
            0,
            bytemuck::bytes_of(&self.slice_at(first, draws as u32)),
        );
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("values read back"),
            size: self.values.size(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_bind_group(0, &self.bind_group, &[0]);
            pass.set_pipeline(&self.picks);
            pass.dispatch_workgroups(draws.div_ceil(THREADS) as u32, 1, 1);
            for (pipeline, grid) in &passes.values {
                if *grid == Grid::Draws {
                    pass.set_pipeline(pipeline);
                    pass.dispatch_workgroups(draws as u32, 1, 1);
                }
            }
        }
        encoder.copy_buffer_to_buffer(&self.values, 0, &staging, 0, None);
        self.queue.submit([encoder.finish()]);
        let words = self.read(&staging)?;
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
            first: [first as u32, (first >> 32) as u32],
            draws,
            stride: self.slice as u32,
            key: [self.plan.seed as u32, (self.plan.seed >> 32) as u32],
            _padding: [0; 58],
        }
    }

    fn read(&self, buffer: &wgpu::Buffer) -> Result<Vec<u32>> {
        let mapped = Arc::new(Mutex::new(None));
        let outcome = mapped.clone();
        buffer
            .slice(..)
            .map_async(wgpu::MapMode::Read, move |result| {
                if let Ok(mut outcome) = outcome.lock() {
                    *outcome = Some(result);
                }
            });
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index: None,
                timeout: Some(PATIENCE),
            })
            .map_err(|error| self.fail(format!("no answer: {error}")))?;
        self.check()?;
        match mapped.lock().map(|mut outcome| outcome.take()) {
            Ok(Some(Ok(()))) => {}
            other => return Err(self.fail(format!("the tallies cannot be read back: {other:?}"))),
        }
        let words = buffer
            .slice(..)
            .get_mapped_range()
            .map_err(|error| self.fail(error.to_string()))
            .map(|view| bytemuck::cast_slice(&view).to_vec());
        buffer.unmap();
        words
    }

    /// Threads that report a finished draw, of all passes from picks to offsets.
    fn finishers(&self) -> usize {
        let passes = self.folds.iter().flat_map(|fold| &fold.values);
        passes.map(|(_, grid)| grid.finishers()).sum()
    }

    /// Words to a tally, after the totals are found right, with the draws that were left to the CPU.
    fn decode(&mut self, words: &[u32], range: Range<u64>) -> Result<Submitted> {
        let draws = range.end - range.start;
        self.assert_total("picks", words[0].into(), draws)?;
        self.assert_total("values", words[1].into(), draws * self.finishers() as u64)?;
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
            let counted = match layout.regression {
                Some(_) => draws - replays as u64,
                None => draws,
            };
            for hypothesis in hypotheses.by_ref().take(fold.values()) {
                let (words, after) = rest.split_at(layout.tally_words);
                rest = after;
                decode_hypothesis(words, layout.thresholds, hypothesis);
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

    /// Reports the first error that the device raised, if any.
    fn check(&self) -> Result<()> {
        match self.failure.lock().map(|mut failure| failure.take()) {
            Ok(None) => Ok(()),
            Ok(Some(problem)) => Err(self.fail(problem)),
            Err(_) => Err(self.fail("the error handler panicked".into())),
        }
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
        let slices = SLICES
            .min(u32::MAX as usize / (self.slice * self.finishers()))
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
struct Demand {
    picks: usize,
    taken: usize,
    values: usize,
    kept: usize,
}

impl Demand {
    fn new(plan: &Plan, picks: &PicksPass, layout: &Layout) -> Self {
        let values = plan.folds.iter().zip(&layout.folds).map(|(fold, layout)| {
            match (&layout.regression, layout.wide) {
                (Some(_), _) => fold.values() + 1,
                (None, true) => 2 * fold.values(),
                (None, false) => fold.values(),
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
        16 * layout.tables.len(),
        4 * layout.levels.len(),
        4 * layout.shape.len(),
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
    Ok(fits.min(match (kind, solves) {
        (AdapterKind::Software, false) => SOFTWARE_SLICE,
        (AdapterKind::Software, true) => SOFTWARE_SOLVES,
        (_, false) => HARDWARE_SLICE,
        (_, true) => HARDWARE_SOLVES,
    }))
}

/// The regressions of a plan.
fn regressions<'a>(
    plan: &'a Plan,
    layout: &'a Layout,
) -> impl Iterator<Item = (&'a Regression, &'a RegressionLayout)> {
    plan.folds
        .iter()
        .zip(&layout.folds)
        .filter_map(|(fold, layout)| match fold.statistic() {
            Statistic::Regression(regression) => Some((regression, layout.regression.as_ref()?)),
            _ => None,
        })
}

/// The default limits, and as much workgroup memory as a regression needs, or why there is too little.
fn limits(
    plan: &Plan,
    layout: &Layout,
    adapter: &Adapter,
) -> std::result::Result<wgpu::Limits, String> {
    let mut limits = wgpu::Limits::default();
    let bytes = regressions(plan, layout).map(|(regression, own)| own.workgroup_bytes(regression));
    let needed = bytes.max().unwrap_or(0) as u32;
    let most = adapter.wgpu().limits().max_compute_workgroup_storage_size;
    if needed > limits.max_compute_workgroup_storage_size {
        if needed > most {
            return Err(format!(
                "a regression of this size needs {needed} bytes of workgroup memory; the device has {most}"
            ));
        }
        limits.max_compute_workgroup_storage_size = needed;
    }
    Ok(limits)
}

fn binding(binding: u32) -> wgpu::BindGroupLayoutEntry {
    let ty = match binding {
        0 => wgpu::BufferBindingType::Uniform,
        4..=6 => wgpu::BufferBindingType::Storage { read_only: true },
        _ => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset: binding == 0,
            min_binding_size: None,
        },
        count: None,
    }
}

fn pipeline(
    device: &wgpu::Device,
    layout: &wgpu::PipelineLayout,
    kernel: &Kernel,
) -> wgpu::ComputePipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(kernel.shader.name),
        source: wgpu::ShaderSource::Wgsl(kernel.shader.source().into()),
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(kernel.shader.name),
        layout: Some(layout),
        module: &module,
        entry_point: Some(kernel.shader.entry_point),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &kernel.constants,
            // Every shader clears what it reads.
            zero_initialize_workgroup_memory: false,
        },
        cache: None,
    })
}

/// One hypothesis' words: (below, equal) a threshold, three sums of two words, the histogram.
fn decode_hypothesis(words: &[u32], thresholds: usize, tally: &mut HypothesisTally) {
    let (counts, rest) = words.split_at(2 * thresholds);
    let (sums, histogram) = rest.split_at(6);
    for (threshold, count) in tally.thresholds.iter_mut().zip(counts.chunks(2)) {
        *threshold = (count[0].into(), count[1].into());
    }
    let sum = |s: usize| u128::from(sums[2 * s]) | u128::from(sums[2 * s + 1]) << 32;
    tally.sum = sum(0);
    tally.sum_of_squares = sum(1) + (sum(2) << 24);
    debug_assert_eq!(histogram.len(), BINS);
    for (bin, &count) in tally.histogram.iter_mut().zip(histogram) {
        *bin = count.into();
    }
}
