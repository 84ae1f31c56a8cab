//! What a plan has on a device, and its submissions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wgpu::util::DeviceExt;

use super::guarded::Device;
use super::kernels::{TALLY_DRAWS, TALLY_THREADS};
use super::layout::Layout;
use super::run::Demand;
use crate::kernel::{Buffer, CLEARED, Grid, Kernel, Pass, Slice, THREADS};
use crate::null::PicksPass;

/// Slices of one submission at most, and steps of all of them.
const SLICES: usize = 256;
const MOST_STEPS: usize = 1 << 12;
/// Distance of the slices' parameters, the alignment that every device grants.
const SLICE_BYTES: u64 = 256;
/// Words of a submission's first slice that are copied to the end of its answer.
pub(super) const STAMP_WORDS: usize = 6;

/// A slice at its distance from the next.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Told {
    slice: Slice,
    _padding: [u32; PADDING],
}

const PADDING: usize = (SLICE_BYTES as usize - size_of::<Slice>()) / 4;

/// What tells the answer to a submission that begins with this slice from all others: copied by the
/// device beside the tallies, so that an answer that stayed from earlier is found out.
pub(super) fn stamp(slice: &Slice) -> &[u32] {
    &bytemuck::cast_slice(bytemuck::bytes_of(slice))[..STAMP_WORDS]
}

/// A pipeline, and which of a plan's bind groups it takes.
struct Bound {
    pipeline: wgpu::ComputePipeline,
    group: usize,
}

/// The pipelines of a fold, run again for each of its tiles of columns.
struct FoldPasses {
    values: Vec<(Bound, Grid)>,
    tally: Bound,
    rounds: Vec<Round>,
    /// Values of a round.
    held: u32,
}

/// A pass over the columns that the buffers hold at once.
struct Round {
    tiles: u32,
    /// By part of the picks, which of [`Steps`] it is.
    steps: Vec<usize>,
}

/// The first tiles of columns and the parts of picks that dispatches are told, the first of each before
/// all others.
pub(super) struct Steps(Vec<[u32; 2]>);

impl Steps {
    /// Of a plan's folds, with the rounds of each.
    fn new(layout: &Layout, folds: &[(Vec<Pass>, Kernel)]) -> (Self, Vec<Vec<Round>>) {
        let mut steps = vec![[0, 0]];
        let rounds = layout.folds.iter().zip(folds).map(|(layout, (values, _))| {
            let parts = values.iter().map(|pass| pass.grid.parts()).max();
            let firsts = (0..layout.tiles).step_by(layout.held);
            let round = |first: usize| Round {
                tiles: layout.held.min(layout.tiles - first) as u32,
                steps: (0..parts.unwrap_or(1) as u32)
                    .map(|part| {
                        let step = [first as u32, part];
                        let known = steps.iter().position(|&known| known == step);
                        known.unwrap_or_else(|| {
                            steps.push(step);
                            steps.len() - 1
                        })
                    })
                    .collect(),
            };
            firsts.map(round).collect()
        });
        let rounds = rounds.collect();
        (Steps(steps), rounds)
    }

    /// Slices of one submission; more go into further submissions.
    fn slices(&self) -> usize {
        SLICES.min(MOST_STEPS / self.0.len()).max(1)
    }

    /// What the dispatches of a slice are told, step by step.
    fn of(&self, slice: &Slice) -> impl Iterator<Item = Told> {
        self.0.iter().map(|&[first_tile, part]| Told {
            slice: Slice {
                first_tile,
                part,
                ..*slice
            },
            _padding: [0; PADDING],
        })
    }
}

/// What a plan has on its device.
pub(super) struct Objects {
    /// One a set of buffers that kernels bind.
    bind_groups: Vec<wgpu::BindGroup>,
    /// What clears before picks are made, for so many groups of words.
    clear: Option<(Bound, u32)>,
    picks: Bound,
    /// How often that runs.
    times: usize,
    folds: Vec<FoldPasses>,
    steps: Steps,
    slices: wgpu::Buffer,
    tallies: wgpu::Buffer,
    read_back: wgpu::Buffer,
    values: wgpu::Buffer,
}

impl Objects {
    /// Compiles the pipelines, the one of picks and those of each fold, and allocates one slice of
    /// buffers.
    pub fn new(
        on: &Device,
        layout: &Layout,
        demand: &Demand,
        slice: usize,
        picks: &PicksPass,
        folds: &[(Vec<Pass>, Kernel)],
    ) -> Self {
        let (steps, rounds) = Steps::new(layout, folds);
        let device = &on.device;
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
        let slices = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("slices"),
            size: (steps.slices() * steps.0.len()) as u64 * SLICE_BYTES,
            usage: wgpu::BufferUsages::UNIFORM
                | wgpu::BufferUsages::COPY_DST
                | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        let tallies = words(
            "tallies",
            layout.tally_words,
            storage | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
        );
        let read_back = words(
            "tallies read back",
            layout.tally_words + STAMP_WORDS,
            wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        );
        let values = words(
            "values",
            demand.values * slice,
            storage | wgpu::BufferUsages::COPY_SRC,
        );
        let tables = filled("tables", bytemuck::cast_slice(&layout.tables.tiles));
        let levels = filled("levels", bytemuck::cast_slice(&layout.tables.levels));
        let shape = filled("shape", bytemuck::cast_slice(&layout.tables.shape));
        let made_picks = words("picks", demand.picks * slice, storage);
        let taken = words("taken positions", demand.taken * slice, storage);
        let kept = words("kept floats", demand.kept * slice, storage);
        let resource = |buffer: Buffer| match buffer {
            Buffer::Slice => wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &slices,
                offset: 0,
                size: std::num::NonZeroU64::new(size_of::<Slice>() as u64),
            }),
            Buffer::Picks => made_picks.as_entire_binding(),
            Buffer::Taken => taken.as_entire_binding(),
            Buffer::Values => values.as_entire_binding(),
            Buffer::Tables => tables.as_entire_binding(),
            Buffer::Levels => levels.as_entire_binding(),
            Buffer::Shape => shape.as_entire_binding(),
            Buffer::Tallies => tallies.as_entire_binding(),
            Buffer::Kept => kept.as_entire_binding(),
        };
        let mut sets: Vec<&[Buffer]> = Vec::new();
        let mut bind_groups = Vec::new();
        let mut pipeline = |kernel: &Kernel| {
            let binds = kernel.shader.binds;
            let group = sets.iter().position(|&had| had == binds);
            let group = group.unwrap_or_else(|| {
                let entries: Vec<_> = binds
                    .iter()
                    .map(|&buffer| wgpu::BindGroupEntry {
                        binding: buffer.binding(),
                        resource: resource(buffer),
                    })
                    .collect();
                bind_groups.push(device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: Some("chunk"),
                    layout: &on.bindings(binds),
                    entries: &entries,
                }));
                sets.push(binds);
                sets.len() - 1
            });
            Bound {
                pipeline: on.pipeline(kernel),
                group,
            }
        };
        let clear = picks.clearing().map(|kernel| {
            let groups = picks.taken_words.div_ceil(CLEARED);
            (pipeline(&kernel), groups as u32)
        });
        let made = pipeline(&picks.kernel);
        let folds = folds
            .iter()
            .zip(rounds)
            .zip(&layout.folds)
            .map(|(((values, tally), rounds), layout)| FoldPasses {
                values: values
                    .iter()
                    .map(|pass| (pipeline(&pass.kernel), pass.grid))
                    .collect(),
                tally: pipeline(tally),
                rounds,
                held: (layout.contrasts * layout.width) as u32,
            })
            .collect();
        Objects {
            bind_groups,
            clear,
            picks: made,
            times: picks.times,
            folds,
            steps,
            slices,
            tallies,
            read_back,
            values,
        }
    }
}

impl Objects {
    /// Slices of one submission; more go into further submissions.
    pub fn slices(&self) -> usize {
        self.steps.slices()
    }

    /// Runs slices of a plan in one submission, and reads the tallies and the stamp back.
    pub fn count(
        &self,
        on: &Device,
        slices: &[Slice],
        patience: Duration,
    ) -> std::result::Result<Vec<u32>, String> {
        let told: Vec<Told> = slices.iter().flat_map(|of| self.steps.of(of)).collect();
        on.queue
            .write_buffer(&self.slices, 0, bytemuck::cast_slice(&told));
        let mut encoder = on
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.clear_buffer(&self.tallies, 0, None);
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for (s, slice) in slices.iter().enumerate() {
                let draws = slice.draws as usize;
                let groups = draws.div_ceil(THREADS) as u32;
                let spans = draws.div_ceil(TALLY_THREADS * TALLY_DRAWS) as u32;
                let at =
                    |step: usize| ((s * self.steps.0.len() + step) as u64 * SLICE_BYTES) as u32;
                self.pick(&mut pass, groups, at(0));
                for fold in &self.folds {
                    for round in &fold.rounds {
                        for &step in &round.steps {
                            for (bound, grid) in &fold.values {
                                self.bind(&mut pass, bound, at(step));
                                match grid {
                                    Grid::Threads { tiles, .. } => {
                                        let tiles = round.tiles.min(*tiles as u32);
                                        pass.dispatch_workgroups(groups, tiles, 1);
                                    }
                                    Grid::Draws => pass.dispatch_workgroups(slice.draws, 1, 1),
                                }
                            }
                        }
                        // All steps of a round hold the same columns.
                        self.bind(&mut pass, &fold.tally, at(round.steps[0]));
                        pass.dispatch_workgroups(spans, fold.held, 1);
                    }
                }
            }
        }
        let answer = &self.read_back;
        let stamp_bytes = 4 * STAMP_WORDS as u64;
        let tally_bytes = answer.size() - stamp_bytes;
        encoder.copy_buffer_to_buffer(&self.tallies, 0, answer, 0, tally_bytes);
        encoder.copy_buffer_to_buffer(&self.slices, 0, answer, tally_bytes, stamp_bytes);
        on.queue.submit([encoder.finish()]);
        read(on, answer, patience)
    }

    /// Makes the picks of so many groups of draws, of the slice that is told at `at`.
    fn pick(&self, pass: &mut wgpu::ComputePass<'_>, groups: u32, at: u32) {
        if let Some((clear, words)) = &self.clear {
            self.bind(pass, clear, at);
            pass.dispatch_workgroups(groups, *words, 1);
        }
        self.bind(pass, &self.picks, at);
        for _ in 0..self.times {
            pass.dispatch_workgroups(groups, 1, 1);
        }
    }

    fn bind(&self, pass: &mut wgpu::ComputePass<'_>, bound: &Bound, at: u32) {
        pass.set_pipeline(&bound.pipeline);
        pass.set_bind_group(0, &self.bind_groups[bound.group], &[at]);
    }

    /// Draws one slice, runs the fold's passes that have a draw each, and reads the values back.
    pub fn values(
        &self,
        on: &Device,
        fold: usize,
        slice: &Slice,
        patience: Duration,
    ) -> std::result::Result<Vec<u32>, String> {
        on.queue
            .write_buffer(&self.slices, 0, bytemuck::bytes_of(slice));
        let staging = on.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("values read back"),
            size: self.values.size(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = on
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            self.pick(
                &mut pass,
                (slice.draws as usize).div_ceil(THREADS) as u32,
                0,
            );
            for (bound, grid) in &self.folds[fold].values {
                if *grid == Grid::Draws {
                    self.bind(&mut pass, bound, 0);
                    pass.dispatch_workgroups(slice.draws, 1, 1);
                }
            }
        }
        encoder.copy_buffer_to_buffer(&self.values, 0, &staging, 0, None);
        on.queue.submit([encoder.finish()]);
        read(on, &staging, patience)
    }
}

/// The words of a buffer, once all that was submitted is done.
pub(super) fn read(
    on: &Device,
    buffer: &wgpu::Buffer,
    patience: Duration,
) -> std::result::Result<Vec<u32>, String> {
    let mapped = Arc::new(Mutex::new(None));
    let outcome = mapped.clone();
    buffer
        .slice(..)
        .map_async(wgpu::MapMode::Read, move |result| {
            if let Ok(mut outcome) = outcome.lock() {
                *outcome = Some(result);
            }
        });
    let wait = wgpu::PollType::Wait {
        submission_index: None,
        timeout: Some(patience),
    };
    on.device.poll(wait).map_err(|error| match error {
        wgpu::PollError::Timeout => format!("no answer within {} s", patience.as_secs()),
        error => error.to_string(),
    })?;
    match mapped.lock().map(|mut outcome| outcome.take()) {
        Ok(Some(Ok(()))) => {}
        other => return Err(format!("the answer cannot be read back: {other:?}")),
    }
    let words = buffer
        .slice(..)
        .get_mapped_range()
        .map_err(|error| error.to_string())
        .map(|view| bytemuck::cast_slice(&view).to_vec());
    buffer.unmap();
    words
}
