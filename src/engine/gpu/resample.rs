//! Sums of a resampling's draws on a device.

use std::ops::Range;
use std::time::Duration;

use wgpu::util::DeviceExt;

use super::adapter::{Adapter, AdapterKind};
use super::guarded::{Device, Guarded};
use super::objects::{STAMP_WORDS, read, stamp};
use super::run::patience;
use crate::error::{Error, Result};
use crate::kernel::{Buffer, Slice, THREADS};
use crate::resample::SumsPass;

/// Bytes of a slice's sums on hardware, and on a software driver.
const HARDWARE_BYTES: usize = 64 << 20;
const SOFTWARE_BYTES: usize = 2 << 20;
/// The most draws of a slice.
const MOST_DRAWS: usize = 1 << 18;

/// What a resampling has on a device.
struct Made {
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    slice: wgpu::Buffer,
    values: wgpu::Buffer,
    tallies: wgpu::Buffer,
    read_back: wgpu::Buffer,
}

/// The sums of draws on one adapter.
pub struct DeviceSums {
    name: String,
    device: Guarded<Made>,
    /// Sums of a draw, and words of each.
    sums: usize,
    limbs: usize,
    /// Draws that the buffers hold.
    slice: usize,
    patience: Duration,
}

impl DeviceSums {
    /// Compiles a pass's pipeline for an adapter and allocates one slice of buffers.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: the adapter gives no device, or one that fails; [`Error::Input`]:
    /// `PLACEBO_PATIENCE` is no time.
    pub fn new(pass: &SumsPass, adapter: &Adapter) -> Result<Self> {
        let bytes = match adapter.kind() {
            AdapterKind::Software => SOFTWARE_BYTES,
            _ => HARDWARE_BYTES,
        };
        let slice = (bytes / (4 * pass.limbs * pass.sums)).clamp(THREADS, MOST_DRAWS);
        Ok(DeviceSums {
            name: adapter.name().to_owned(),
            device: Guarded::open(adapter, |device| Ok(Made::new(device, pass, slice)))?,
            sums: pass.sums,
            limbs: pass.limbs,
            slice,
            patience: patience()?,
        })
    }

    /// The most draws that run at once.
    pub fn slice(&self) -> u64 {
        self.slice as u64
    }

    /// The sums of up to a slice of draws, those of a draw side by side.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: it fails, or cut a shader short.
    pub fn run(&mut self, seed: u64, range: Range<u64>) -> Result<Vec<i128>> {
        let draws = (range.end - range.start) as usize;
        let slice = Slice {
            first_low: range.start as u32,
            first_high: (range.start >> 32) as u32,
            draws: draws as u32,
            stride: self.slice as u32,
            key_low: seed as u32,
            key_high: (seed >> 32) as u32,
            first_tile: 0,
            part: 0,
        };
        let patience = self.patience;
        let words = self
            .device
            .call(|device, made| made.run(device, &slice, patience))?;
        let (values, rest) = words.split_at(self.limbs * self.sums * self.slice);
        let fail = |problem: String| Error::Device {
            device: self.name.clone(),
            problem,
        };
        if &rest[1..] != stamp(&slice) {
            return Err(fail(
                "an answer came back that is not the submission's".into(),
            ));
        }
        if rest[0] as usize != draws {
            return Err(fail(format!(
                "{} of {draws} draws came back: the driver cut a shader short",
                rest[0]
            )));
        }
        let sum = |draw: usize, sum: usize| {
            let at = self.limbs * (sum * self.slice + draw);
            let words = values[at..at + self.limbs].iter().rev();
            let all = words.fold(0u128, |all, &word| all << 32 | u128::from(word));
            // The sign of the highest word's.
            let unused = 128 - 32 * self.limbs as u32;
            ((all << unused) as i128) >> unused
        };
        let of_draw = |draw: usize| (0..self.sums).map(move |of| (draw, of));
        let all = (0..draws).flat_map(of_draw);
        Ok(all.map(|(draw, of)| sum(draw, of)).collect())
    }
}

impl Made {
    fn new(on: &Device, pass: &SumsPass, slice: usize) -> Self {
        let device = &on.device;
        let buffer = |label, words: usize, usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: 4 * words as u64,
                usage,
                mapped_at_creation: false,
            })
        };
        let copied = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let words = pass.limbs * pass.sums * slice;
        let storage = wgpu::BufferUsages::STORAGE;
        let told = buffer(
            "slice",
            size_of::<Slice>() / 4,
            wgpu::BufferUsages::UNIFORM | copied,
        );
        let values = buffer("sums", words, storage | copied);
        let tallies = buffer("finished threads", 1, storage | copied);
        let shape = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("parts and prefix sums"),
            contents: bytemuck::cast_slice(&pass.shape),
            usage: storage,
        });
        let binds = pass.kernel.shader.binds;
        let entries: Vec<_> = binds
            .iter()
            .map(|&buffer| wgpu::BindGroupEntry {
                binding: buffer.binding(),
                resource: match buffer {
                    Buffer::Slice => told.as_entire_binding(),
                    Buffer::Values => values.as_entire_binding(),
                    Buffer::Shape => shape.as_entire_binding(),
                    _ => tallies.as_entire_binding(),
                },
            })
            .collect();
        Made {
            bind_group: device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("resampling"),
                layout: &on.bindings(binds),
                entries: &entries,
            }),
            pipeline: on.pipeline(&pass.kernel),
            read_back: buffer(
                "sums read back",
                words + 1 + STAMP_WORDS,
                wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            ),
            slice: told,
            values,
            tallies,
        }
    }

    fn run(
        &self,
        on: &Device,
        slice: &Slice,
        patience: Duration,
    ) -> std::result::Result<Vec<u32>, String> {
        on.queue
            .write_buffer(&self.slice, 0, bytemuck::bytes_of(slice));
        let mut encoder = on
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.clear_buffer(&self.tallies, 0, None);
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[0]);
            let groups = (slice.draws as usize).div_ceil(THREADS) as u32;
            pass.dispatch_workgroups(groups, 1, 1);
        }
        let (values, stamped) = (self.values.size(), 4 * STAMP_WORDS as u64);
        encoder.copy_buffer_to_buffer(&self.values, 0, &self.read_back, 0, values);
        encoder.copy_buffer_to_buffer(&self.tallies, 0, &self.read_back, values, 4);
        encoder.copy_buffer_to_buffer(&self.slice, 0, &self.read_back, values + 4, stamped);
        on.queue.submit([encoder.finish()]);
        read(on, &self.read_back, patience)
    }
}
