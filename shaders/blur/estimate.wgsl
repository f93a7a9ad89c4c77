// The mean colours of the person and of the room around each place of the guide, in samples of
// full scale, and how much of the room's light the person takes there.

@group(0) @binding(2) var<storage, read> guide: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> small: array<f32>;
@group(0) @binding(4) var<storage, read> means: array<vec4<f32>>;
// The fourth value is the light.
@group(0) @binding(5) var front: texture_storage_2d<rgba16float, write>;
@group(0) @binding(6) var back: texture_storage_2d<rgba16float, write>;

// See `engine::blur::composite`.
override wrap: f32;
override nothing: f32;

const SIDE = 16;
const TILE_SIDE = SIDE + 2 * RADIUS;

var<workgroup> tile: array<vec4<f32>, TILE_SIDE * TILE_SIDE>;

fn to_samples(yuv: vec3<f32>) -> vec3<f32> {
    return vec3<f32>(
        yuv.x / frame.luma_gain + frame.black,
        yuv.yz / frame.chroma_gain + GREY,
    );
}

@compute @workgroup_size(16, 16)
fn estimate(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let size = vec2<i32>(frame.guide_size);
    for (var i = i32(lane); i < TILE_SIDE * TILE_SIDE; i += 256) {
        let place = vec2<i32>(group.xy) * SIDE - RADIUS + vec2<i32>(i % TILE_SIDE, i / TILE_SIDE);
        let held = clamp(place, vec2<i32>(0), size - 1);
        let at = held.y * size.x + held.x;
        tile[i] = vec4<f32>(guide[at].xyz, 1.0) * small[at];
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
    let person = sum / f32((2 * RADIUS + 1) * (2 * RADIUS + 1));
    let all_around = means[id.y * frame.guide_size.x + id.x].xyz;
    let own = (person.xyz + nothing * all_around) / (person.w + nothing);
    let other = (all_around - person.xyz + nothing * all_around) / (1.0 - person.w + nothing);
    textureStore(front, id.xy, vec4<f32>(to_samples(own), wrap * (1.0 - person.w)));
    textureStore(back, id.xy, vec4<f32>(to_samples(other), 0.0));
}
