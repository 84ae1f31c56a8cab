// Compiles the pipelines that tests/shaders.rs writes with Tint, Chrome's compiler of WGSL, by npm's
// `webgpu` (Dawn for Node): naga takes shaders that the language forbids. Dawn's null device does all
// that is asked here (it parses, checks, puts constants in and measures workgroup memory) and needs no
// driver.
//
//     node compile.mjs FOLDER

import fs from 'node:fs';
import path from 'node:path';
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);

const [folder] = process.argv.slice(2);
const pipelines = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')));
if (pipelines.length === 0) {
  throw new Error(`${folder} holds no pipelines`);
}

const gpu = create(['backend=null']);
const adapter = await gpu.requestAdapter();
// As src/engine/gpu/objects.rs binds them.
const types = [
  'uniform', 'storage', 'storage', 'storage', 'read-only-storage', 'read-only-storage',
  'read-only-storage', 'storage', 'storage',
];
const device = await adapter.requestDevice({
  requiredLimits: {
    maxComputeWorkgroupStorageSize: adapter.limits.maxComputeWorkgroupStorageSize,
    maxStorageBuffersPerShaderStage: types.length - 1,
  },
});
const layout = device.createPipelineLayout({
  bindGroupLayouts: [
    device.createBindGroupLayout({
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type, hasDynamicOffset: type === 'uniform' },
      })),
    }),
  ],
});

const problems = [];
for (const { name, entry_point, constants, source } of pipelines) {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: name, code: source });
  const { messages } = await module.getCompilationInfo();
  const lines = source.split('\n');
  for (const { type, lineNum, linePos, message } of messages) {
    problems.push(`${name}: ${type} at ${lineNum}:${linePos}: ${message}\n    ${lines[lineNum - 1]}`);
  }
  const refused = await device.popErrorScope();
  if (refused) {
    if (messages.length === 0) {
      problems.push(`${name}: ${refused.message}`);
    }
    continue;
  }
  try {
    await device.createComputePipelineAsync({
      layout,
      compute: { module, entryPoint: entry_point, constants },
    });
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
device.destroy();

const distinct = [...new Set(problems)];
for (const problem of distinct) {
  console.error(problem);
}
console.log(`${pipelines.length} pipelines, ${distinct.length} problems`);
process.exit(distinct.length === 0 ? 0 : 1);
