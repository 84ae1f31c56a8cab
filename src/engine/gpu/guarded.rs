//! Devices behind calls that end in our own error, whatever their drivers do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::adapter::Adapter;
use crate::contained::{Contained, on_one_line, quietly};
use crate::error::{Error, Result};
use crate::kernel::{Access, Buffer, Kernel};

/// What a device said of itself, outside of the answers to calls: its first error, or that it is lost.
#[derive(Debug, Clone, Default)]
struct Heard(Arc<Mutex<Option<String>>>);

impl Heard {
    fn note(&self, problem: &str) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert_with(|| on_one_line(problem));
        }
    }

    fn take(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }
}

/// A device that stays open for the life of the process, with the pipelines that were compiled on it.
#[derive(Debug)]
pub(super) struct Device {
    pub device: Contained<wgpu::Device>,
    pub queue: Contained<wgpu::Queue>,
    layouts: Mutex<Vec<Contained<Layout>>>,
    pipelines: Mutex<Vec<(Kernel, Contained<wgpu::ComputePipeline>)>>,
    heard: Heard,
    /// One call at a time, so that what the device says is about the call; whether it failed.
    failed: Mutex<bool>,
}

/// Pipelines that a device keeps; the oldest makes room.
const MOST_PIPELINES: usize = 128;

/// Where an adapter's device stands while it is open.
pub(super) type Slot = Mutex<Option<Arc<Device>>>;

impl Device {
    /// Asks an adapter for a device.
    fn open(adapter: &Adapter) -> std::result::Result<Self, String> {
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("placebo"),
            required_limits: adapter.wanted_limits(),
            ..Default::default()
        };
        let requested = quietly(|| {
            let request = adapter.wgpu().request_device(&descriptor);
            pollster::block_on(request).map_err(|error| error.to_string())
        });
        let (device, queue) = requested
            .map_err(|panic| panicked(&panic))
            .and_then(|outcome| outcome)
            .map_err(|problem| format!("it gives no device: {problem}"))?;
        let (device, queue) = (Contained::new(device), Contained::new(queue));
        let heard = Heard::default();
        let told = quietly(|| {
            let of_errors = heard.clone();
            device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
                of_errors.note(&error.to_string());
            }));
            let of_loss = heard.clone();
            device.set_device_lost_callback(move |_, message| {
                of_loss.note(&format!("the device is lost: {message}"));
            });
        });
        match told {
            Ok(()) => Ok(Device {
                device,
                queue,
                layouts: Mutex::default(),
                pipelines: Mutex::default(),
                heard,
                failed: Mutex::new(false),
            }),
            Err(panic) => {
                queue.leak();
                device.leak();
                Err(panicked(&panic))
            }
        }
    }

    /// What kernels bind that bind these buffers, made once.
    pub fn bindings(&self, binds: &'static [Buffer]) -> wgpu::BindGroupLayout {
        self.layout(binds).0
    }

    fn layout(&self, binds: &'static [Buffer]) -> (wgpu::BindGroupLayout, wgpu::PipelineLayout) {
        let mut layouts = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match layouts.iter().position(|layout| layout.binds == binds) {
            Some(at) => at,
            None => {
                layouts.push(Contained::new(Layout::new(&self.device, binds)));
                layouts.len() - 1
            }
        };
        (layouts[at].bindings.clone(), layouts[at].pipelines.clone())
    }

    /// A kernel's pipeline, compiled once.
    pub fn pipeline(&self, kernel: &Kernel) -> wgpu::ComputePipeline {
        let mut pipelines = self
            .pipelines
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pipeline)) = pipelines.iter().find(|(had, _)| had == kernel) {
            return wgpu::ComputePipeline::clone(pipeline);
        }
        let (_, layout) = self.layout(kernel.shader.binds);
        let pipeline = compiled(&self.device, &layout, kernel);
        if pipelines.len() == MOST_PIPELINES {
            pipelines.remove(0);
        }
        pipelines.push((kernel.clone(), Contained::new(pipeline.clone())));
        pipeline
    }
}

/// What a plan has on a device that may fail at any call. wgpu answers a lost device with a panic here and
/// an error there, and can wait for it without end when it is dropped: a device that failed is never used
/// again, and never taken apart. The adapter's next user opens another.
pub(super) struct Guarded<T> {
    name: String,
    slot: Arc<Slot>,
    device: Arc<Device>,
    /// `None` once the device failed.
    made: Option<Contained<T>>,
}

/// Whether some device failed and was left as it was.
static LEFT_BEHIND: AtomicBool = AtomicBool::new(false);

/// Whether some device of this process failed. Its driver may still be at work in threads of its own, which use what
/// the driver frees when a process ends in order: a program should then end at once.
pub fn device_left_behind() -> bool {
    LEFT_BEHIND.load(Ordering::Relaxed)
}

impl<T> Guarded<T> {
    /// Makes something on an adapter's device, which is opened if it is not.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: there is no device, or it fails.
    pub fn open(
        adapter: &Adapter,
        make: impl FnOnce(&Device) -> std::result::Result<T, String>,
    ) -> Result<Self> {
        let name = adapter.name().to_owned();
        let slot = adapter.slot();
        let device = {
            let mut open = slot.lock().unwrap_or_else(PoisonError::into_inner);
            match &*open {
                Some(device) => device.clone(),
                None => {
                    let device = Device::open(adapter);
                    let device = Arc::new(device.map_err(|problem| error(&name, &problem))?);
                    open.insert(device).clone()
                }
            }
        };
        let mut guarded = Guarded {
            name,
            slot,
            device,
            made: None,
        };
        guarded.made = Some(guarded.judged(|device| make(device).map(Contained::new))?);
        Ok(guarded)
    }

    /// Has the device do something with what was made on it.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: it fails, or failed before.
    pub fn call<R>(
        &mut self,
        work: impl FnOnce(&Device, &T) -> std::result::Result<R, String>,
    ) -> Result<R> {
        let Some(made) = self.made.take() else {
            return Err(error(&self.name, "it failed before"));
        };
        match self.judged(|device| work(device, &made)) {
            Ok(answer) => {
                self.made = Some(made);
                Ok(answer)
            }
            Err(error) => {
                made.leak();
                Err(error)
            }
        }
    }

    /// What the device makes of some work, where it says nothing against it.
    fn judged<R>(&self, work: impl FnOnce(&Device) -> std::result::Result<R, String>) -> Result<R> {
        let device = &*self.device;
        let mut failed = device.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match *failed {
            true => Err("it failed before".to_owned()),
            false => quietly(|| work(device))
                .map_err(|panic| panicked(&panic))
                .and_then(|outcome| outcome),
        };
        let outcome = match device.heard.take() {
            Some(problem) => Err(problem),
            None => outcome,
        };
        outcome.map_err(|problem| {
            if !*failed {
                *failed = true;
                // Never dropped.
                std::mem::forget(self.device.clone());
                LEFT_BEHIND.store(true, Ordering::Relaxed);
                let mut open = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
                open.take_if(|open| Arc::ptr_eq(open, &self.device));
            }
            error(&self.name, &problem)
        })
    }
}

fn error(device: &str, problem: &str) -> Error {
    Error::Device {
        device: device.to_owned(),
        problem: on_one_line(problem),
    }
}

fn panicked(panic: &str) -> String {
    format!("its driver's library panicked: {panic}")
}

/// What kernels bind that bind the same buffers.
#[derive(Debug)]
struct Layout {
    binds: &'static [Buffer],
    bindings: wgpu::BindGroupLayout,
    pipelines: wgpu::PipelineLayout,
}

impl Layout {
    fn new(device: &wgpu::Device, binds: &'static [Buffer]) -> Self {
        let entries: Vec<_> = binds.iter().map(|&buffer| binding(buffer)).collect();
        let bindings = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("chunk"),
            entries: &entries,
        });
        let pipelines = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("chunk"),
            bind_group_layouts: &[Some(&bindings)],
            immediate_size: 0,
        });
        Layout {
            binds,
            bindings,
            pipelines,
        }
    }
}

fn binding(buffer: Buffer) -> wgpu::BindGroupLayoutEntry {
    let ty = match buffer.access() {
        Access::Uniform => wgpu::BufferBindingType::Uniform,
        Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
        Access::Write => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding: buffer.binding(),
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset: buffer == Buffer::Slice,
            min_binding_size: None,
        },
        count: None,
    }
}

fn compiled(
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
