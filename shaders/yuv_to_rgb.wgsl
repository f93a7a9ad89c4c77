// Draws an I420 picture into a tile: conversion, crop, mirroring and rounded corners in one pass.
// Its CPU twin is `client::video_texture::reference`.

struct Picture {
    // Rows of the conversion: factors of Y, U, V, and a constant.
    red: vec4<f32>,
    green: vec4<f32>,
    blue: vec4<f32>,
    // Origin and extent of the shown part in luma texture coordinates; a negative extent mirrors.
    crop: vec4<f32>,
    // Luma to chroma texture coordinates: below 1 when the luma size is odd.
    chroma_scale: vec2<f32>,
    // Half the distance between the taps of a strongly reduced picture; zero means one tap.
    spread: vec2<f32>,
    // The drawn size in physical pixels.
    size_px: vec2<f32>,
    radius_px: f32,
    opacity: f32,
}

@group(0) @binding(0) var<uniform> picture: Picture;
@group(0) @binding(1) var bilinear: sampler;
@group(0) @binding(2) var luma: texture_2d<f32>;
@group(0) @binding(3) var blue_difference: texture_2d<f32>;
@group(0) @binding(4) var red_difference: texture_2d<f32>;

// Whether the target stores linear light (an sRGB format) rather than gamma values.
override linear_target: bool = false;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) place: vec2<f32>,
    // From here, not from the buffer: software Vulkan compiles a shader that branches on what a buffer
    // holds anew for every draw, and keeps all of them.
    @location(1) @interpolate(flat) spread: vec2<f32>,
}

@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let place = vec2<f32>(f32(index & 1u), f32(index >> 1u));
    let position = vec4<f32>(place.x * 2.0 - 1.0, 1.0 - place.y * 2.0, 0.0, 1.0);
    return Corner(position, place, picture.spread);
}

fn yuv_at(at: vec2<f32>) -> vec4<f32> {
    let chroma = at * picture.chroma_scale;
    return vec4<f32>(
        textureSampleLevel(luma, bilinear, at, 0.0).r,
        textureSampleLevel(blue_difference, bilinear, chroma, 0.0).r,
        textureSampleLevel(red_difference, bilinear, chroma, 0.0).r,
        1.0,
    );
}

// How much of a pixel lies inside the rounded rectangle.
fn coverage(place: vec2<f32>) -> f32 {
    let half_size = picture.size_px * 0.5;
    let inner = abs(place * picture.size_px - half_size) - half_size + picture.radius_px;
    let distance = length(max(inner, vec2<f32>(0.0))) - picture.radius_px;
    return clamp(0.5 - distance, 0.0, 1.0);
}

fn to_linear(gamma: vec3<f32>) -> vec3<f32> {
    let low = gamma / 12.92;
    let high = pow((gamma + 0.055) / 1.055, vec3<f32>(2.4));
    return select(high, low, gamma <= vec3<f32>(0.04045));
}

@fragment
fn pixel(in: Corner) -> @location(0) vec4<f32> {
    let at = picture.crop.xy + in.place * picture.crop.zw;
    var yuv: vec4<f32>;
    let s = in.spread;
    if any(s > vec2<f32>(0.0)) {
        yuv = 0.25 * (yuv_at(at - s) + yuv_at(at + s)
            + yuv_at(at + vec2<f32>(s.x, -s.y)) + yuv_at(at + vec2<f32>(-s.x, s.y)));
    } else {
        yuv = yuv_at(at);
    }
    var rgb = vec3<f32>(dot(picture.red, yuv), dot(picture.green, yuv), dot(picture.blue, yuv));
    rgb = clamp(rgb, vec3<f32>(0.0), vec3<f32>(1.0));
    if linear_target {
        rgb = to_linear(rgb);
    }
    let round = picture.radius_px > 0.0;
    let alpha = picture.opacity * select(1.0, coverage(in.place), round);
    return vec4<f32>(rgb * alpha, alpha);
}
