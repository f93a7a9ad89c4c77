// What all passes of the segmentation network share. A tensor lies in planes of four channels,
// `tensor[channels * places + place]`, so that neighbouring threads read neighbouring addresses.
// A thread owns one place; 64 of them, in rows from the top, are a workgroup.

struct Shape {
    // Width and height of what is read.
    input_size: vec2<u32>,
    // Width and height of what is written.
    output_size: vec2<u32>,
}

@group(0) @binding(0) var<uniform> shape: Shape;

const THREADS = 64u;

const RELU = 1u;
const HARD_SWISH = 2u;
const SIGMOID = 3u;

fn activated(x: vec4<f32>, kind: u32) -> vec4<f32> {
    switch kind {
        case RELU: { return max(x, vec4<f32>(0.0)); }
        case HARD_SWISH: { return x * clamp(x / 6.0 + 0.5, vec4<f32>(0.0), vec4<f32>(1.0)); }
        case SIGMOID: { return 1.0 / (1.0 + exp(-x)); }
        default: { return x; }
    }
}
