//! The shaders: valid for every backend, and the generator's known answers on a device.

use crate::common;
use std::path::Path;

use naga::back::{hlsl, msl, pipeline_constants::process_overrides, spv};
use naga::valid::{Capabilities, ValidationFlags, Validator};
use placebo::campaign::bench::{Asked, Shape};
use placebo::engine::kernels;
use placebo::engine::shaders;
use placebo::kernel::{Access, Buffer, Kernel, PHILOX};
use placebo::null::{Design, Listed, NullDesign};
use placebo::question::events::EventPlan;
use placebo::statistic::{Of, StatisticName};

/// Plans that together run every pipeline, each with its name.
fn plans() -> Vec<(String, EventPlan)> {
    // Each statistic of the events' changes.
    let asked = StatisticName::all().filter(|asked| asked.of == Of::Changes);
    let both = format!(
        "statistic = {:?}",
        asked.map(StatisticName::name).collect::<Vec<_>>()
    );
    let shapes: &[(usize, &[usize], &str)] = &[
        (760, &[16, 31], "null = \"uniform\""),
        (5000, &[9, 30], "null = \"uniform\""),
        (70_000, &[40, 300], "null = \"uniform\""),
        (260, &[5, 9], "null = \"uniform\"\nwithin = \"month\""),
        (3000, &[5, 9], "null = \"uniform\"\nwithin = \"year\""),
        (300, &[23, 24], "null = \"labels\""),
        (300, &[23, 24], "null = \"labels\"\nwithin = \"month\""),
        (500, &[5, 9], "null = \"month-start\""),
        (70_000, &[40, 300], "null = \"month-start\""),
        (500, &[3, 4], "null = \"month-start\"\nwithin = \"year\""),
        (
            70_000,
            &[4, 30],
            "null = \"month-start\"\nwithin = \"year\"",
        ),
        (260, &[5, 9], "null = \"spaced\"\nmin_gap = 6"),
        (5000, &[5, 9], "null = \"spaced\"\nmin_gap = 6"),
        (
            260,
            &[3, 4],
            "null = \"spaced\"\nmin_gap = 3\navoid_events = 2",
        ),
        (260, &[5, 9], "null = \"gap-shuffle\""),
        (260, &[14], "null = \"gap-shuffle\"\nends = \"free\""),
        (260, &[5, 9], "null = \"signs\""),
        (260, &[5, 9], "null = \"circular-shift\""),
    ];
    let mut plans: Vec<(String, EventPlan)> = shapes
        .iter()
        .map(|&(positions, sizes, keys)| {
            let plan = common::plan(positions, 3, sizes, &format!("{both}\n{keys}"));
            (format!("{keys} of {positions}"), plan)
        })
        .collect();

    // Alone: a mean is summed as it is drawn, a median of few sorted.
    for (size, statistic) in [(16, "median-change"), (40, "mean-change")] {
        let plan = common::plan(470, 14, &[size], &format!("statistic = \"{statistic}\""));
        plans.push((format!("{statistic} of {size} events"), plan));
    }

    // So many events that their bit sets do not fit workgroup memory; medians of them take too long.
    for keys in ["null = \"labels\"", "null = \"labels\"\nwithin = \"year\""] {
        let mean = format!("statistic = \"mean-change\"\n{keys}");
        let plan = common::plan(3000, 1, &[7, 2300], &mean);
        plans.push((format!("{keys} of 2307 events"), plan));
    }

    // So many that they are drawn, and summed, in several dispatches.
    for keys in ["null = \"labels\"", "null = \"labels\"\nwithin = \"year\""] {
        let mean = format!("statistic = \"mean-change\"\n{keys}");
        let plan = common::plan(20_000, 1, &[10_000, 10_000], &mean);
        plans.push((format!("{keys} of 20000 events"), plan));
    }

    let mut listed = common::plan(60, 2, &[2, 1], &both);
    let sets = vec![11, 40, 50, 20, 10, 30, 12, 13, 14];
    let sets = Listed::new(60, &[2, 1], sets).expect("the sets are sound");
    listed.design = NullDesign::new(Design::Listed(sets)).expect("so is the design");
    plans.push(("list".into(), listed));

    // Values so large that offsets take two words.
    let mut panel = common::walks(320, 2);
    for series in &mut panel.series {
        for value in series.values.iter_mut().flatten() {
            *value *= 1e7;
        }
    }
    let events = common::events(&panel, &[5, 6], 10, 310);
    let symmetric = format!("{both}\nconvention = \"symmetric\"");
    let plan = common::compiled(&panel, &events, &symmetric);
    assert!(plan.hypotheses.iter().any(|h| h.lattice.is_wide()));
    plans.push(("wide".into(), plan));

    let panel = common::walks(260, 3);
    let events = common::events(&panel, &[5, 9], 20, 240);
    let both = "statistic = [\"overlap-regression\", \"overlap-regression-t\"]\ndays = [0, 5]";
    for null in ["uniform", "signs", "circular-shift"] {
        let keys = format!("{both}\nnull = \"{null}\"");
        let plan = common::compiled_on_changes(&panel, &events, &keys);
        plans.push((format!("regression, {null}"), plan));
    }
    plans
}

/// The pipelines of these plans, each once.
fn pipelines() -> Vec<Kernel> {
    let mut found: Vec<Kernel> = Vec::new();
    let of_events = plans().into_iter().map(|(name, plan)| (name, plan.plan));
    for (name, plan) in of_events.chain(crate::tables::plans_of_devices()) {
        for kernel in kernels(&plan).unwrap_or_else(|error| panic!("{name}: {error}")) {
            if !found.contains(&kernel) {
                found.push(kernel);
            }
        }
    }
    for kernel in crate::bootstrap_devices::kernels() {
        if !found.contains(&kernel) {
            found.push(kernel);
        }
    }
    for shader in shaders::all() {
        let runs = found.iter().any(|kernel| kernel.shader == shader);
        assert!(runs, "{}: no plan runs it", shader.name);
    }
    found
}

/// A pipeline's module with its constants, validated.
fn module(kernel: &Kernel) -> (naga::Module, naga::valid::ModuleInfo) {
    let name = kernel.shader.name;
    let source = kernel.shader.source();
    let module = naga::front::wgsl::parse_str(&source)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
    let entry_point = Some((naga::ShaderStage::Compute, kernel.shader.entry_point));
    let constants = kernel
        .constants
        .iter()
        .map(|&(name, value)| (name.to_owned(), value))
        .collect();
    let (module, info) = process_overrides(&module, &info, entry_point, &constants)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    (module.into_owned(), info.into_owned())
}

/// What a second compiler reads, in the folder `shaders` of Cargo's folder for tests: see
/// `tests/tint/compile.mjs`.
/// A folder for pipelines, empty.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of an earlier run can go");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes a pipeline: source, entry point and constants.
fn write(kernel: &Kernel, file: &Path) {
    let constants: serde_json::Map<String, serde_json::Value> = kernel
        .constants
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.into()))
        .collect();
    let pipeline = serde_json::json!({
        "name": kernel.shader.name,
        "entry_point": kernel.shader.entry_point,
        "constants": constants,
        "source": kernel.shader.source(),
    });
    std::fs::write(file, pipeline.to_string()).expect("a file");
}

#[test]
fn joined_shaders_are_written_for_a_second_compiler() {
    let folder = folder("shaders");
    for (number, kernel) in pipelines().iter().enumerate() {
        write(kernel, &folder.join(format!("{number:03}.json")));
    }
}

/// Those of the shapes of `placebo bench`, for benches/offline.
#[test]
fn shaders_of_the_standard_shapes_are_written() {
    let folder = folder("shapes");
    for shape in Shape::ALL {
        let kernels = match shape.make().expect("it can be made") {
            Asked::Plan(plan) => kernels(&plan).expect("the shaders hold it"),
            Asked::Resampling(of) => vec![of.on_device().expect("the shaders hold it").kernel],
        };
        assert!(!kernels.is_empty(), "{}", shape.name);
        for (number, kernel) in kernels.iter().enumerate() {
            let name = format!("{}.{number}.{}.json", shape.name, kernel.shader.entry_point);
            write(kernel, &folder.join(name));
        }
    }
}

#[test]
fn every_pipeline_translates_to_vulkan_metal_and_directx() {
    for kernel in pipelines() {
        let shader = kernel.shader;
        let (module, info) = module(&kernel);
        spv::write_vec(&module, &info, &spv::Options::default(), None)
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        let options = msl::Options {
            fake_missing_bindings: true,
            ..Default::default()
        };
        let (metal, _) =
            msl::write_string(&module, &info, &options, &msl::PipelineOptions::default())
                .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(metal.contains(shader.entry_point));
        let options = hlsl::Options {
            fake_missing_bindings: true,
            ..Default::default()
        };
        let mut directx = String::new();
        hlsl::Writer::new(&mut directx, &options, &hlsl::PipelineOptions::default())
            .write(&module, &info, None)
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(directx.contains(shader.entry_point));
    }
}

/// A kernel binds the buffers that it reads or writes, in one order and of the kinds that every device has:
/// eight storage buffers. What it does not bind is not declared, and its source would not compile.
#[test]
fn kernels_bind_what_they_use() {
    for shader in shaders::all() {
        let (name, source) = (shader.name, shader.source());
        let module = naga::front::wgsl::parse_str(&source).expect("it compiles");
        let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
            .validate(&module)
            .expect("it is valid");
        let used = info.get_entry_point(0);
        let globals = module.global_variables.iter();
        let bound: Vec<&str> = globals
            .filter(|(_, variable)| variable.binding.is_some())
            .map(|(handle, variable)| {
                let variable = variable.name.as_deref().expect("a name");
                assert!(!used[handle].is_empty(), "{name} does not use {variable}");
                variable
            })
            .collect();
        let declared: Vec<&str> = shader.binds.iter().map(|buffer| buffer.name()).collect();
        assert_eq!(bound, declared, "{name}");
        assert!(shader.binds.is_sorted() && shader.binds[0] == Buffer::Slice);
        let storage = |buffer: &&Buffer| buffer.access() != Access::Uniform;
        assert!(shader.binds.iter().filter(storage).count() <= 8, "{name}");
    }
}

const SHIFTS: [&str; 2] = ["<<", ">>"];
const ARITHMETIC: [&str; 5] = ["+", "-", "*", "/", "%"];
const BITWISE: [&str; 3] = ["&", "|", "^"];
const RELATIONS: [&str; 6] = ["<", ">", "<=", ">=", "==", "!="];
const LOGIC: [&str; 2] = ["&&", "||"];

/// Whether WGSL's grammar lets these binary operators stand beside each other without parentheses:
/// shifts and bitwise operators bind to nothing but themselves, and `&&` not to `||`.
fn stand_together(operators: &[&str]) -> bool {
    let logic: Vec<_> = operators.iter().filter(|it| LOGIC.contains(it)).collect();
    logic.windows(2).all(|pair| pair[0] == pair[1])
        && operators.split(|it| LOGIC.contains(it)).all(|comparison| {
            let operands: Vec<_> = comparison.split(|it| RELATIONS.contains(it)).collect();
            operands.len() <= 2
                && operands.iter().all(|operand| {
                    let shift = operand.len() == 1 && SHIFTS.contains(&operand[0]);
                    let bitwise = operands.len() == 1
                        && BITWISE.iter().any(|op| operand.iter().all(|it| it == op));
                    shift || bitwise || operand.iter().all(|it| ARITHMETIC.contains(it))
                })
        })
}

/// The first line whose operators lack parentheses. naga takes more than the language does. Operators
/// are told by the blanks around them; no expression of two operators runs over lines.
fn without_parentheses(source: &str) -> Option<&str> {
    source.lines().find(|line| {
        let code = line.split("//").next().unwrap_or_default();
        let code = "()[]{},;".chars().fold(code.to_owned(), |code, mark| {
            code.replace(mark, &format!(" {mark} "))
        });
        // Operators of the expressions that are open, the innermost last.
        let mut open: Vec<Vec<&str>> = vec![Vec::new()];
        let mut closed = Vec::new();
        for token in code.split_whitespace() {
            let assigns = token.ends_with('=') && !RELATIONS.contains(&token);
            match token {
                "(" | "[" => open.push(Vec::new()),
                ")" | "]" => {
                    closed.extend(open.pop());
                    if open.is_empty() {
                        open.push(Vec::new());
                    }
                }
                _ if assigns || "{},;".contains(token) => {
                    closed.extend(open.pop());
                    open.push(Vec::new());
                }
                _ => {
                    let known: [&[&str]; 5] = [&SHIFTS, &ARITHMETIC, &BITWISE, &RELATIONS, &LOGIC];
                    if known.concat().contains(&token) {
                        open.last_mut().expect("never empty").push(token);
                    }
                }
            }
        }
        closed.extend(open);
        !closed.iter().all(|operators| stand_together(operators))
    })
}

#[test]
fn shifts_and_bitwise_operators_stand_in_parentheses() {
    for forbidden in [
        "picks[at] = pending | position << 16u;",
        "return a.x >> shift | a.y << (32u - shift);",
        "return (taken[(position >> 5u) * stride] >> (position & 31u) & 1u) == 1u;",
        "let flip = words[(cluster >> 5u) & 3u] >> (cluster & 31u) & 1u;",
        "if numbers & 7u == 0u {",
        "let x = a | b & c;",
        "let x = a & b + c;",
        "let x = a << b << c;",
        "let x = a << b + c;",
        "let x = a && b || c;",
    ] {
        assert_eq!(without_parentheses(forbidden), Some(forbidden));
    }
    for shader in shaders::all() {
        let source = shader.source();
        if let Some(line) = without_parentheses(&source) {
            panic!("{}: {}", shader.name, line.trim());
        }
    }
}

/// Random123's known answers, from the WGSL that draws.
#[test]
fn philox_known_answers_on_a_device() {
    let adapter = pollster::block_on(
        wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle())
            .enumerate_adapters(wgpu::Backends::all()),
    )
    .into_iter()
    .next()
    .expect("no Vulkan, Metal or DX12 driver: install one (Debian: mesa-vulkan-drivers)");
    let (device, queue) =
        pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default())).unwrap();
    let source = format!(
        "{}\n{}",
        PHILOX.join("\n"),
        include_str!("../shaders/philox_known_answers.wgsl")
    );
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(source.into()),
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: Some("known_answers"),
        compilation_options: Default::default(),
        cache: None,
    });
    let buffer = |usage| {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 3 * 16,
            usage,
            mapped_at_creation: false,
        })
    };
    let answers = buffer(wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
    let read = buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: answers.as_entire_binding(),
        }],
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(1, 1, 1);
    }
    encoder.copy_buffer_to_buffer(&answers, 0, &read, 0, None);
    queue.submit([encoder.finish()]);
    read.slice(..)
        .map_async(wgpu::MapMode::Read, |result| result.unwrap());
    device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    let words: Vec<u32> =
        bytemuck::cast_slice(&read.slice(..).get_mapped_range().unwrap()).to_vec();
    let expected: [u32; 12] = [
        0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8, // zero counter and key
        0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd, // all ones
        0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1, // the digits of pi
    ];
    assert_eq!(words, expected);
}
