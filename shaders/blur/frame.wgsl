// What all passes over pictures share: the frame's sizes and colours.
//
// The guide is the picture at the size of the refinement, `factor` samples of luma a place each
// way. Mattes and results lie in words of four samples; a row of luma has twice as many words as a
// row of chroma.

struct Frame {
    luma_size: vec2<u32>,
    chroma_size: vec2<u32>,
    guide_size: vec2<u32>,
    network_size: vec2<u32>,
    // Where the picture lies in the network's input.
    inner_at: vec2<u32>,
    inner_size: vec2<u32>,
    factor: u32,
    // 1 for the first picture of a stream.
    fresh: u32,
    // Of the disc of confusion, in places of the guide.
    radius: f32,
    // Samples, of full scale, to luma 0…1 and colour differences ±½.
    black: f32,
    luma_gain: f32,
    chroma_gain: f32,
    // `r = y + rv·v`, `g = y − gu·u − gv·v`, `b = y + bu·u`; luma's weights of red and blue.
    rv: f32,
    gu: f32,
    gv: f32,
    bu: f32,
    red: f32,
    blue: f32,
}

@group(0) @binding(0) var<uniform> frame: Frame;

// Chroma samples' zero, of full scale.
const GREY = 128.0 / 255.0;

fn smooth_step(low: f32, high: f32, value: f32) -> f32 {
    let t = clamp((value - low) / (high - low), 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
}

// Place `at` of a larger plane, `factor` times as large, in a smaller one: its first neighbour
// and how much of the second. Half-pixel centres; edges are held by clamping the neighbours.
fn between(at: vec2<u32>, factor: u32, size: vec2<u32>) -> vec4<f32> {
    let place = (vec2<f32>(at) + 0.5) / f32(factor) - 0.5;
    let held = clamp(place, vec2<f32>(0.0), vec2<f32>(size - 1u));
    let first = floor(held);
    return vec4<f32>(first, held - first);
}

fn to_rgb(yuv: vec3<f32>) -> vec3<f32> {
    return clamp(
        vec3<f32>(
            yuv.x + frame.rv * yuv.z,
            yuv.x - frame.gu * yuv.y - frame.gv * yuv.z,
            yuv.x + frame.bu * yuv.y,
        ),
        vec3<f32>(0.0),
        vec3<f32>(1.0),
    );
}
