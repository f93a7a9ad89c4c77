// Each place of the room becomes the mean over the disc around it, as through a round aperture. A
// row of the disc is a span, whose sum is the difference of two running sums, read between places
// so that the disc's rim is soft. Then the light is developed: back to samples.

@group(0) @binding(2) var<storage, read> lit: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> sums: array<vec4<f32>>;
// Luma and colour differences in samples of full scale.
@group(0) @binding(4) var room: texture_storage_2d<rgba16float, write>;

// See `engine::blur::lens`.
override highlight: f32;

// The sum of row `start` up to `x`, edges held.
fn sum_up_to(start: u32, x: f32) -> vec4<f32> {
    let whole = clamp(floor(x), 0.0, f32(frame.guide_size.x - 1u));
    let at = start + u32(whole);
    return sums[at] + (x - whole) * lit[at];
}

@compute @workgroup_size(16, 4)
fn gather(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= frame.guide_size) {
        return;
    }
    let reach = i32(frame.radius);
    let middle = f32(id.x) + 0.5;
    var light = vec4<f32>(0.0);
    for (var dy = -reach; dy <= reach; dy++) {
        let row = clamp(i32(id.y) + dy, 0, i32(frame.guide_size.y) - 1);
        let start = u32(row) * frame.guide_size.x;
        let half_width = sqrt(max(frame.radius * frame.radius - f32(dy * dy), 0.0)) + 0.5;
        light += sum_up_to(start, middle + half_width) - sum_up_to(start, middle - half_width);
    }
    let seen = max(light.rgb, vec3<f32>(0.0));
    let rgb = sqrt(min(seen / (light.a + seen * (1.0 - 1.0 / highlight)), vec3<f32>(1.0)));
    let y = dot(rgb, vec3<f32>(frame.red, 1.0 - frame.red - frame.blue, frame.blue));
    let u = (rgb.b - y) / frame.bu;
    let v = (rgb.r - y) / frame.rv;
    textureStore(room, id.xy, vec4<f32>(
        y / frame.luma_gain + frame.black,
        u / frame.chroma_gain + GREY,
        v / frame.chroma_gain + GREY,
        0.0,
    ));
}
