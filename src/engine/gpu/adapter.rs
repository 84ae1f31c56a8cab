//! GPUs as the system offers them.

use std::sync::{Arc, OnceLock};

use super::guarded::Slot;
use crate::contained::{Contained, quietly};
use crate::error::{Error, Result};

/// What an adapter is made of, the preferred kinds first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdapterKind {
    /// A GPU with memory of its own.
    Discrete,
    /// A GPU that shares the processor's memory.
    Integrated,
    /// A GPU handed through by a hypervisor.
    Virtual,
    /// Unknown hardware.
    Other,
    /// A program on the processor that behaves like a GPU, such as Mesa's lavapipe.
    Software,
}

impl std::fmt::Display for AdapterKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            AdapterKind::Discrete => "discrete GPU",
            AdapterKind::Integrated => "integrated GPU",
            AdapterKind::Virtual => "virtual GPU",
            AdapterKind::Other => "other",
            AdapterKind::Software => "software GPU",
        })
    }
}

/// A GPU, or a program that behaves like one.
#[derive(Debug, Clone)]
pub struct Adapter {
    adapter: Contained<wgpu::Adapter>,
    info: wgpu::AdapterInfo,
    limits: wgpu::Limits,
    features: wgpu::Features,
    /// Its device, once one is open; clones share it.
    slot: Arc<Slot>,
}

impl Adapter {
    /// All adapters, in the system's order; none when there is no driver. The drivers are asked once, and
    /// each adapter's device stays open once it is used.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: a driver fails while it is asked.
    pub fn all() -> Result<Vec<Adapter>> {
        static FOUND: OnceLock<Vec<Adapter>> = OnceLock::new();
        match FOUND.get() {
            Some(found) => Ok(found.clone()),
            None => Self::ask().map(|found| FOUND.get_or_init(|| found).clone()),
        }
    }

    fn ask() -> Result<Vec<Adapter>> {
        quietly(|| {
            let instance =
                wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
            pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()))
                .into_iter()
                .map(|adapter| Adapter {
                    info: adapter.get_info(),
                    limits: adapter.limits(),
                    features: adapter.features(),
                    adapter: Contained::new(adapter),
                    slot: Arc::default(),
                })
                .collect()
        })
        .map_err(|problem| Error::Device {
            device: "GPU drivers".into(),
            problem: format!("they cannot be asked: {problem}"),
        })
    }

    /// The name that its driver gives.
    pub fn name(&self) -> &str {
        &self.info.name
    }

    /// What it is made of.
    pub fn kind(&self) -> AdapterKind {
        match self.info.device_type {
            wgpu::DeviceType::DiscreteGpu => AdapterKind::Discrete,
            wgpu::DeviceType::IntegratedGpu => AdapterKind::Integrated,
            wgpu::DeviceType::VirtualGpu => AdapterKind::Virtual,
            wgpu::DeviceType::Cpu => AdapterKind::Software,
            wgpu::DeviceType::Other => AdapterKind::Other,
        }
    }

    /// `Vulkan`, `Metal`, `Dx12`.
    pub fn backend(&self) -> String {
        format!("{:?}", self.info.backend)
    }

    /// Driver and its version.
    pub fn driver(&self) -> String {
        format!("{} {}", self.info.driver, self.info.driver_info)
            .trim()
            .to_owned()
    }

    /// The limits that matter here, each with its value.
    pub fn limits(&self) -> Vec<(&'static str, u64)> {
        let limits = &self.limits;
        vec![
            (
                "largest storage binding (bytes)",
                limits.max_storage_buffer_binding_size,
            ),
            ("largest buffer (bytes)", limits.max_buffer_size),
            (
                "workgroup memory (bytes)",
                limits.max_compute_workgroup_storage_size.into(),
            ),
            (
                "threads a workgroup",
                limits.max_compute_invocations_per_workgroup.into(),
            ),
            (
                "workgroups a dimension",
                limits.max_compute_workgroups_per_dimension.into(),
            ),
            (
                "storage buffers a stage",
                limits.max_storage_buffers_per_shader_stage.into(),
            ),
        ]
    }

    /// Optional features that may buy speed, and whether the adapter has them.
    pub fn features(&self) -> Vec<(&'static str, bool)> {
        [
            ("64-bit integers", wgpu::Features::SHADER_INT64),
            ("64-bit floats", wgpu::Features::SHADER_F64),
            ("subgroups", wgpu::Features::SUBGROUP),
            ("timestamp queries", wgpu::Features::TIMESTAMP_QUERY),
        ]
        .into_iter()
        .map(|(name, feature)| (name, self.features.contains(feature)))
        .collect()
    }

    /// Bytes of memory that a workgroup may have.
    pub(super) fn workgroup_bytes(&self) -> u32 {
        self.limits.max_compute_workgroup_storage_size
    }

    /// The limits that every device has, and all the workgroup memory that this one has.
    pub(super) fn wanted_limits(&self) -> wgpu::Limits {
        let least = wgpu::Limits::default();
        wgpu::Limits {
            max_compute_workgroup_storage_size: least
                .max_compute_workgroup_storage_size
                .max(self.workgroup_bytes()),
            ..least
        }
    }

    pub(super) fn slot(&self) -> Arc<Slot> {
        self.slot.clone()
    }

    pub(super) fn wgpu(&self) -> &wgpu::Adapter {
        &self.adapter
    }
}
