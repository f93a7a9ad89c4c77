// The room's light where no person is near, and the pyramid's first levels of it.

@group(0) @binding(2) var<storage, read> guide: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> small: array<f32>;
@group(0) @binding(4) var<storage, read_write> levels: array<vec4<f32>>;

// See `engine::blur::lens`: light that a camera records as 1, against what it records.
override highlight: f32;

const SIDE = 16u;

var<workgroup> tile: array<vec4<f32>, SIDE * SIDE>;

fn light_at(place: vec2<u32>) -> vec4<f32> {
    let size = frame.guide_size;
    let first = max(place, vec2<u32>(1u)) - 1u;
    let last = min(place + 1u, size - 1u);
    var person = 0.0;
    for (var y = first.y; y <= last.y; y++) {
        for (var x = first.x; x <= last.x; x++) {
            person = max(person, small[y * size.x + x]);
        }
    }
    let rgb = to_rgb(guide[place.y * size.x + place.x].xyz);
    let room = (1.0 - person) * (1.0 - person);
    let signal = rgb * rgb;
    return vec4<f32>(room * signal / (1.0 - signal * (1.0 - 1.0 / highlight)), room);
}

@compute @workgroup_size(SIDE, SIDE)
fn expose(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    var corner = group.xy * SIDE;
    let place = min(corner + local.xy, frame.guide_size - 1u);
    var light = light_at(place);
    if all(corner + local.xy < frame.guide_size) {
        levels[place.y * frame.guide_size.x + place.x] = light;
    }
    let count = level_count();
    var side = SIDE;
    for (var level = 1u; level <= TILED; level++) {
        workgroupBarrier();
        tile[lane] = light;
        workgroupBarrier();
        let fine = level_size(level - 1u);
        let size = level_size(level);
        let fine_corner = corner;
        corner /= 2u;
        side /= 2u;
        let at = corner + local.xy;
        if all(local.xy < vec2<u32>(side)) && all(at < size) && level < count {
            let first = 2u * local.xy;
            let next = min(first + 1u, fine - 1u - fine_corner);
            light = 0.25 * (tile[first.y * SIDE + first.x] + tile[first.y * SIDE + next.x]
                + tile[next.y * SIDE + first.x] + tile[next.y * SIDE + next.x]);
            levels[level_start(level) + at.y * size.x + at.x] = light;
        }
    }
}
