@group(0) @binding(0) var<storage, read_write> answers: array<vec4<u32>, 3>;

@compute @workgroup_size(1)
fn known_answers() {
    answers[0] = philox4x32_10(vec4<u32>(0u), vec2<u32>(0u));
    answers[1] = philox4x32_10(vec4<u32>(0xffffffffu), vec2<u32>(0xffffffffu));
    answers[2] = philox4x32_10(
        vec4<u32>(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u),
        vec2<u32>(0xa4093822u, 0x299f31d0u),
    );
}
