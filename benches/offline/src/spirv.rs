//! WGSL to SPIR-V as wgpu makes it for a driver with robust buffer access.

use naga::back::spv;
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::valid::{Capabilities, ValidationFlags, Validator};

use crate::Pipeline;

/// The words of a pipeline's module, its constants put in.
pub fn words(pipeline: &Pipeline) -> Vec<u32> {
    let name = &pipeline.name;
    let module = naga::front::wgsl::parse_str(&pipeline.source)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&pipeline.source)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&pipeline.source)));
    let constants = pipeline.constants.clone().into_iter().collect();
    let entry = (naga::ShaderStage::Compute, pipeline.entry_point.as_str());
    let (module, info) =
        naga::back::pipeline_constants::process_overrides(&module, &info, Some(entry), &constants)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    let options = spv::Options {
        lang_version: (1, 6),
        flags: spv::WriterFlags::empty(),
        // The driver itself bounds what is read of buffers.
        bounds_check_policies: BoundsCheckPolicies {
            index: BoundsCheckPolicy::Restrict,
            buffer: BoundsCheckPolicy::Unchecked,
            image_load: BoundsCheckPolicy::Unchecked,
            binding_array: BoundsCheckPolicy::Unchecked,
        },
        zero_initialize_workgroup_memory: spv::ZeroInitializeWorkgroupMemoryMode::None,
        force_loop_bounding: true,
        emit_int_div_checks: true,
        ..Default::default()
    };
    let chosen = spv::PipelineOptions {
        entry_point: pipeline.entry_point.clone(),
        shader_stage: naga::ShaderStage::Compute,
    };
    spv::write_vec(&module, &info, &options, Some(&chosen))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}
