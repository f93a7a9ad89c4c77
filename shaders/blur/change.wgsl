// How much each place of the guide has changed: over 3 × 3 places to take the sensor's noise out,
// whole-picture changes of exposure left out; then the most around each place.

@group(0) @binding(2) var<storage, read> difference: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> sums: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> change: array<f32>;

// Half the window over which a change is looked for, at most 2.
override reach: i32 = 2;

const SIDE = 16;
// The smoothed places that a workgroup needs, and the differences for them.
const SMOOTH_SIDE = SIDE + 4;
const TILE_SIDE = SIDE + 6;
// A change without bounds.
const BOUNDLESS = 1e9;

var<workgroup> tile: array<vec4<f32>, TILE_SIDE * TILE_SIDE>;
var<workgroup> smoothed: array<f32, SMOOTH_SIDE * SMOOTH_SIDE>;

// The mean difference of the whole picture.
fn drift(groups: u32, lane: u32) -> vec4<f32> {
    var sum = vec4<f32>(0.0);
    for (var i = lane; i < groups; i += 256u) {
        sum += sums[i];
    }
    tile[lane] = sum;
    for (var rest = 128u; rest > 0u; rest /= 2u) {
        workgroupBarrier();
        if lane < rest {
            tile[lane] += tile[lane + rest];
        }
    }
    workgroupBarrier();
    let total = tile[0];
    workgroupBarrier();
    return total / f32(frame.guide_size.x * frame.guide_size.y);
}

@compute @workgroup_size(16, 16)
fn compare(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let mean = drift(groups.x * groups.y, lane);
    let size = vec2<i32>(frame.guide_size);
    let corner = vec2<i32>(group.xy) * SIDE;
    for (var i = i32(lane); i < TILE_SIDE * TILE_SIDE; i += 256) {
        let place = corner - 3 + vec2<i32>(i % TILE_SIDE, i / TILE_SIDE);
        let held = clamp(place, vec2<i32>(0), size - 1);
        tile[i] = difference[held.y * size.x + held.x] - mean;
    }
    workgroupBarrier();
    for (var i = i32(lane); i < SMOOTH_SIDE * SMOOTH_SIDE; i += 256) {
        let at = vec2<i32>(i % SMOOTH_SIDE, i / SMOOTH_SIDE);
        let place = corner - 2 + at;
        var sum = vec4<f32>(0.0);
        for (var y = 0; y < 3; y++) {
            for (var x = 0; x < 3; x++) {
                sum += tile[(at.y + y) * TILE_SIDE + at.x + x];
            }
        }
        let inside = all(place >= vec2<i32>(0)) && all(place < size);
        smoothed[i] = select(0.0, dot(abs(sum), vec4<f32>(1.0, 1.0, 1.0, 0.0)) / 9.0, inside);
    }
    workgroupBarrier();
    if all(id.xy < frame.guide_size) {
        var most = 0.0;
        for (var y = -reach; y <= reach; y++) {
            for (var x = -reach; x <= reach; x++) {
                let at = vec2<i32>(local.xy) + 2 + vec2<i32>(x, y);
                most = max(most, smoothed[at.y * SMOOTH_SIDE + at.x]);
            }
        }
        change[id.y * frame.guide_size.x + id.x] = select(most, BOUNDLESS, frame.fresh == 1u);
    }
}
