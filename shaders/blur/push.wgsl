// Light for every place of the finest level, from the fourth on; then weighted for the lens.

@group(0) @binding(2) var<storage, read> levels: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> lit: array<vec4<f32>>;

// What filled places count against seen ones.
override filled: f32;

const SIDE = 16u;
// A tile's places of the levels from the first on, and their neighbours: 10, 7, 6 and 5 a side.
const ROOM = 100u;

// Two levels at a time: one is made of the other.
var<workgroup> tiles: array<vec4<f32>, 2u * ROOM>;

// First place of a level that a tile's finest places need, and how many each way.
fn reach(level: u32, corner: vec2<u32>) -> vec2<u32> {
    var at = corner;
    for (var i = 0u; i < level; i++) {
        at = (max(at, vec2<u32>(1u)) - 1u) / 2u;
    }
    return at;
}

// What level + 1, in the tile that begins at `coarse_at`, gives to a place of `level`.
fn wider(level: u32, place: vec2<u32>, coarse_at: vec2<u32>, tile: u32) -> vec3<f32> {
    let coarse = level_size(level + 1u);
    let near = between(place, 2u, coarse);
    let first = vec2<u32>(near.xy) - coarse_at;
    let next = min(vec2<u32>(near.xy) + 1u, coarse - 1u) - coarse_at;
    return mix(
        mix(tiles[tile + first.y * 10u + first.x], tiles[tile + first.y * 10u + next.x], near.z),
        mix(tiles[tile + next.y * 10u + first.x], tiles[tile + next.y * 10u + next.x], near.z),
        near.w,
    ).rgb;
}

@compute @workgroup_size(SIDE, SIDE)
fn push(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let corner = group.xy * SIDE;
    let top = min(TILED, level_count() - 1u);
    var tile = 0u;
    for (var below = top; below > 0u; below--) {
        let size = level_size(below);
        let start = level_start(below);
        let at = reach(below, corner);
        if lane < ROOM {
            let place = min(at + vec2<u32>(lane % 10u, lane / 10u), size - 1u);
            var light = levels[start + place.y * size.x + place.x];
            if below < top {
                let coarse_at = reach(below + 1u, corner);
                let more = wider(below, place, coarse_at, ROOM - tile);
                light = vec4<f32>(light.rgb + (1.0 - light.a) * more, light.a);
            }
            tiles[tile + lane] = light;
        }
        workgroupBarrier();
        tile = ROOM - tile;
    }
    if all(id.xy < frame.guide_size) {
        let at = id.y * frame.guide_size.x + id.x;
        let own = levels[at];
        var light = own.rgb;
        if top > 0u {
            light += (1.0 - own.a) * wider(0u, id.xy, reach(1u, corner), ROOM - tile);
        }
        let weight = own.a + filled;
        lit[at] = vec4<f32>(light * weight, weight);
    }
}
