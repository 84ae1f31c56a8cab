//! The driver, asked for what it makes of a pipeline (VK_KHR_pipeline_executable_properties).

use std::ffi::{CStr, CString};

use ash::{ext, khr, vk};

use crate::{Made, Pipeline};

/// Buffers of src/kernel.rs; the first is what a dispatch is told.
const BINDINGS: u32 = 9;

/// A device on which nothing can be run.
pub struct Driver {
    _entry: ash::Entry,
    instance: ash::Instance,
    physical: vk::PhysicalDevice,
    device: ash::Device,
    executables: khr::pipeline_executable_properties::Device,
    layout: vk::PipelineLayout,
}

impl Driver {
    /// The first adapter.
    pub fn open() -> Self {
        // SAFETY: calls as the specification asks for them; nothing is freed before the process ends.
        unsafe {
            let entry = ash::Entry::load().expect("there is a Vulkan loader");
            let about = vk::ApplicationInfo::default().api_version(vk::API_VERSION_1_3);
            let create = vk::InstanceCreateInfo::default().application_info(&about);
            let instance = entry.create_instance(&create, None).expect("an instance");
            let adapters = instance.enumerate_physical_devices().expect("adapters");
            let physical = *adapters.first().expect("there is an adapter");
            let offered = instance
                .enumerate_device_extension_properties(physical)
                .expect("extensions");
            let has = |name: &CStr| {
                let mut offered = offered.iter();
                offered.any(|of| of.extension_name_as_c_str() == Ok(name))
            };
            assert!(
                has(khr::pipeline_executable_properties::NAME),
                "the driver does not show its code"
            );
            let mut names = vec![khr::pipeline_executable_properties::NAME.as_ptr()];
            let robust = has(ext::robustness2::NAME);
            if robust {
                names.push(ext::robustness2::NAME.as_ptr());
            }
            let mut executable =
                vk::PhysicalDevicePipelineExecutablePropertiesFeaturesKHR::default()
                    .pipeline_executable_info(true);
            let mut robustness =
                vk::PhysicalDeviceRobustness2FeaturesEXT::default().robust_buffer_access2(robust);
            let mut memory =
                vk::PhysicalDeviceVulkanMemoryModelFeatures::default().vulkan_memory_model(true);
            let queues = [vk::DeviceQueueCreateInfo::default().queue_priorities(&[1.0])];
            let features = vk::PhysicalDeviceFeatures::default().robust_buffer_access(true);
            let mut create = vk::DeviceCreateInfo::default()
                .queue_create_infos(&queues)
                .enabled_extension_names(&names)
                .enabled_features(&features)
                .push_next(&mut executable)
                .push_next(&mut memory);
            if robust {
                create = create.push_next(&mut robustness);
            }
            let device = instance
                .create_device(physical, &create, None)
                .expect("a device");
            let executables = khr::pipeline_executable_properties::Device::new(&instance, &device);
            let layout = layout(&device);
            Driver {
                _entry: entry,
                instance,
                physical,
                device,
                executables,
                layout,
            }
        }
    }

    /// The adapter and the driver, with its version.
    pub fn name(&self) -> String {
        // SAFETY: the handles live as long as `self`.
        unsafe {
            let mut driver = vk::PhysicalDeviceDriverProperties::default();
            let mut both = vk::PhysicalDeviceProperties2::default().push_next(&mut driver);
            self.instance
                .get_physical_device_properties2(self.physical, &mut both);
            let name = both.properties.device_name_as_c_str().map(CStr::to_owned);
            let version = driver.driver_info_as_c_str();
            let text = |name: &CStr| name.to_string_lossy().into_owned();
            format!(
                "{}, {}",
                name.as_deref().map(text).unwrap_or_default(),
                version.map(text).unwrap_or_default()
            )
        }
    }

    /// Compiles a pipeline.
    pub fn compile(&self, pipeline: &Pipeline, words: &[u32]) -> Made {
        let name = &pipeline.name;
        // SAFETY: the handles live as long as `self`, what the structs point to as long as the calls.
        unsafe {
            let create = vk::ShaderModuleCreateInfo::default().code(words);
            let module = self.device.create_shader_module(&create, None);
            let module = module.unwrap_or_else(|error| panic!("{name}: {error}"));
            let entry = CString::new(pipeline.entry_point.as_str()).expect("a name");
            let stage = vk::PipelineShaderStageCreateInfo::default()
                .stage(vk::ShaderStageFlags::COMPUTE)
                .module(module)
                .name(&entry);
            let create = [vk::ComputePipelineCreateInfo::default()
                .stage(stage)
                .layout(self.layout)
                .flags(
                    vk::PipelineCreateFlags::CAPTURE_STATISTICS_KHR
                        | vk::PipelineCreateFlags::CAPTURE_INTERNAL_REPRESENTATIONS_KHR,
                )];
            let cache = vk::PipelineCache::null();
            let made = self.device.create_compute_pipelines(cache, &create, None);
            let made = made.unwrap_or_else(|(_, error)| panic!("{name}: {error}"))[0];
            let of = vk::PipelineInfoKHR::default().pipeline(made);
            let executables = self.executables.get_pipeline_executable_properties(&of);
            let wave = executables
                .unwrap_or_default()
                .first()
                .map_or(0, |of| of.subgroup_size);
            let which = vk::PipelineExecutableInfoKHR::default().pipeline(made);
            let statistics = self.executables.get_pipeline_executable_statistics(&which);
            let statistics = statistics.unwrap_or_default().iter().map(number).collect();
            Made {
                name: name.clone(),
                wave,
                statistics,
                code: self.code(&which),
            }
        }
    }

    /// The last of the forms that a pipeline goes through: the machine's.
    ///
    /// # Safety
    ///
    /// The pipeline lives.
    unsafe fn code(&self, which: &vk::PipelineExecutableInfoKHR<'_>) -> String {
        let get = self
            .executables
            .fp()
            .get_pipeline_executable_internal_representations_khr;
        let device = self.executables.device();
        let mut count = 0;
        // SAFETY: as the extension asks for it: their number, their sizes, then their bytes.
        unsafe {
            let _ = get(device, which, &mut count, std::ptr::null_mut());
            let mut forms =
                vec![vk::PipelineExecutableInternalRepresentationKHR::default(); count as usize];
            let _ = get(device, which, &mut count, forms.as_mut_ptr());
            let mut bytes: Vec<Vec<u8>> =
                forms.iter().map(|form| vec![0; form.data_size]).collect();
            for (form, bytes) in forms.iter_mut().zip(&mut bytes) {
                form.p_data = bytes.as_mut_ptr().cast();
            }
            let _ = get(device, which, &mut count, forms.as_mut_ptr());
            let last = bytes.last().map(Vec::as_slice).unwrap_or_default();
            String::from_utf8_lossy(last)
                .trim_end_matches('\0')
                .to_owned()
        }
    }
}

/// The bindings of all kernels.
///
/// # Safety
///
/// The device lives.
unsafe fn layout(device: &ash::Device) -> vk::PipelineLayout {
    let binding = |binding: u32| {
        vk::DescriptorSetLayoutBinding::default()
            .binding(binding)
            .descriptor_count(1)
            .descriptor_type(match binding {
                0 => vk::DescriptorType::UNIFORM_BUFFER_DYNAMIC,
                _ => vk::DescriptorType::STORAGE_BUFFER,
            })
            .stage_flags(vk::ShaderStageFlags::COMPUTE)
    };
    let bindings: Vec<_> = (0..BINDINGS).map(binding).collect();
    let create = vk::DescriptorSetLayoutCreateInfo::default().bindings(&bindings);
    // SAFETY: plain creations on a device that lives.
    unsafe {
        let set = [device
            .create_descriptor_set_layout(&create, None)
            .expect("a set")];
        let create = vk::PipelineLayoutCreateInfo::default().set_layouts(&set);
        device
            .create_pipeline_layout(&create, None)
            .expect("a layout")
    }
}

/// A statistic's name and number.
fn number(of: &vk::PipelineExecutableStatisticKHR<'_>) -> (String, f64) {
    let name = of.name_as_c_str().map(CStr::to_string_lossy);
    // SAFETY: the format says which field of the union is there.
    let value = unsafe {
        match of.format {
            vk::PipelineExecutableStatisticFormatKHR::UINT64 => of.value.u64 as f64,
            vk::PipelineExecutableStatisticFormatKHR::INT64 => of.value.i64 as f64,
            vk::PipelineExecutableStatisticFormatKHR::FLOAT64 => of.value.f64,
            _ => f64::from(of.value.b32),
        }
    };
    (name.unwrap_or_default().into_owned(), value)
}
