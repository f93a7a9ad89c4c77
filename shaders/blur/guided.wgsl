// How the matte follows from the colours around each place of the guide: `matte = line · (y, u, v,
// 1)`. He and Sun, "Guided Image Filtering", PAMI 2013, equations 14–15 (three channels).

@group(0) @binding(2) var<storage, read> guide: array<vec4<f32>>;
// At the network's size.
@group(0) @binding(3) var<storage, read> answer: array<f32>;
// Three slopes and the offset.
@group(0) @binding(4) var<storage, read_write> line: array<vec4<f32>>;
// The mean colour.
@group(0) @binding(5) var<storage, read_write> means: array<vec4<f32>>;

override noise: f32;

const SIDE = 16;
const TILE_SIDE = SIDE + 2 * RADIUS;

// Colour and answer of each place.
var<workgroup> tile: array<vec4<f32>, TILE_SIDE * TILE_SIDE>;

// The network's answer at a place of the guide, bilinearly; edges outside the picture say nothing.
fn answer_at(place: vec2<i32>) -> f32 {
    let scale = f32(frame.factor) * vec2<f32>(frame.inner_size) / vec2<f32>(frame.luma_size);
    let low = vec2<f32>(frame.inner_at);
    let high = vec2<f32>(frame.inner_at + frame.inner_size - 1u);
    let at = clamp((vec2<f32>(place) + 0.5) * scale + low - 0.5, low, high);
    let first = vec2<u32>(at);
    let next = min(first + 1u, frame.inner_at + frame.inner_size - 1u);
    let part = at - vec2<f32>(first);
    let width = frame.network_size.x;
    return mix(
        mix(answer[first.y * width + first.x], answer[first.y * width + next.x], part.x),
        mix(answer[next.y * width + first.x], answer[next.y * width + next.x], part.x),
        part.y,
    );
}

@compute @workgroup_size(16, 16)
fn solve(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let size = vec2<i32>(frame.guide_size);
    for (var i = i32(lane); i < TILE_SIDE * TILE_SIDE; i += 256) {
        let place = vec2<i32>(group.xy) * SIDE - RADIUS + vec2<i32>(i % TILE_SIDE, i / TILE_SIDE);
        let held = clamp(place, vec2<i32>(0), size - 1);
        tile[i] = vec4<f32>(guide[held.y * size.x + held.x].xyz, answer_at(held));
    }
    workgroupBarrier();
    if any(id.xy >= frame.guide_size) {
        return;
    }
    var mean = vec4<f32>(0.0);
    // Products of y with (y, u, v), the rest of the products of colours, and colours with answers.
    var of_y = vec3<f32>(0.0);
    var of_uv = vec3<f32>(0.0);
    var of_answer = vec3<f32>(0.0);
    for (var y = 0; y <= 2 * RADIUS; y++) {
        for (var x = 0; x <= 2 * RADIUS; x++) {
            let value = tile[(i32(local.y) + y) * TILE_SIDE + i32(local.x) + x];
            mean += value;
            of_y += value.x * value.xyz;
            of_uv += value.yyz * value.yzz;
            of_answer += value.w * value.xyz;
        }
    }
    const COUNT = f32((2 * RADIUS + 1) * (2 * RADIUS + 1));
    mean /= COUNT;
    // The covariance of colours is symmetric: (yy, yu, yv), (uu, uv, vv).
    let cov_y = of_y / COUNT - mean.x * mean.xyz + vec3<f32>(noise, 0.0, 0.0);
    let cov_uv = of_uv / COUNT - mean.yyz * mean.yzz + vec3<f32>(noise, 0.0, noise);
    let cov_answer = of_answer / COUNT - mean.w * mean.xyz;
    // Its inverse by the adjugate, whose rows are cross products.
    let row_y = cov_y;
    let row_u = vec3<f32>(cov_y.y, cov_uv.x, cov_uv.y);
    let row_v = vec3<f32>(cov_y.z, cov_uv.y, cov_uv.z);
    let first = cross(row_u, row_v);
    let slopes = (first * cov_answer.x + cross(row_v, row_y) * cov_answer.y
        + cross(row_y, row_u) * cov_answer.z) / dot(row_y, first);
    let at = id.y * frame.guide_size.x + id.x;
    line[at] = vec4<f32>(slopes, mean.w - dot(slopes, mean.xyz));
    means[at] = vec4<f32>(mean.xyz, 0.0);
}
