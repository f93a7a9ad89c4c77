// The mean of the lines around each place, as the matte needs them; and how quickly a place
// follows.

@group(0) @binding(2) var<storage, read> line: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> change: array<f32>;
// Slopes of the colour differences, and the offset.
@group(0) @binding(4) var<storage, read_write> colors: array<vec4<f32>>;
// Slope of luma, and how much of a new matte the place takes.
@group(0) @binding(5) var<storage, read_write> lean: array<vec2<f32>>;

// See `engine::blur::refine`.
override still: f32;
override moving: f32;
override rate: f32;

const SIDE = 16;
const TILE_SIDE = SIDE + 2 * RADIUS;

var<workgroup> tile: array<vec4<f32>, TILE_SIDE * TILE_SIDE>;

@compute @workgroup_size(16, 16)
fn average(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let size = vec2<i32>(frame.guide_size);
    for (var i = i32(lane); i < TILE_SIDE * TILE_SIDE; i += 256) {
        let place = vec2<i32>(group.xy) * SIDE - RADIUS + vec2<i32>(i % TILE_SIDE, i / TILE_SIDE);
        let held = clamp(place, vec2<i32>(0), size - 1);
        tile[i] = line[held.y * size.x + held.x];
    }
    workgroupBarrier();
    if any(id.xy >= frame.guide_size) {
        return;
    }
    var sum = vec4<f32>(0.0);
    for (var y = 0; y <= 2 * RADIUS; y++) {
        for (var x = 0; x <= 2 * RADIUS; x++) {
            sum += tile[(i32(local.y) + y) * TILE_SIDE + i32(local.x) + x];
        }
    }
    let mean = sum / f32((2 * RADIUS + 1) * (2 * RADIUS + 1));
    let at = id.y * frame.guide_size.x + id.x;
    colors[at] = vec4<f32>(mean.yzw, 0.0);
    lean[at] = vec2<f32>(mean.x, rate + (1.0 - rate) * smooth_step(still, moving, change[at]));
}
