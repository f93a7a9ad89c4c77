// The person before the room. Edges carry two colours: with the mean colours `front` of the person
// and `back` of the room around a place, the person's own colour is `front + α (sample − α front −
// (1 − α) back)` (Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021, equations 4
// and 5). A thread makes four samples of luma, or of both colour differences.

@group(0) @binding(1) var bilinear: sampler;
@group(0) @binding(2) var luma: texture_2d<f32>;
@group(0) @binding(3) var blue_difference: texture_2d<f32>;
@group(0) @binding(4) var red_difference: texture_2d<f32>;
@group(0) @binding(5) var<storage, read> matte: array<u32>;
@group(0) @binding(6) var<storage, read> chroma_matte: array<u32>;
// At the guide's size.
@group(0) @binding(7) var front: texture_2d<f32>;
@group(0) @binding(8) var back: texture_2d<f32>;
@group(0) @binding(9) var room: texture_2d<f32>;
// At the frame's size: the picture that stands for the room.
@group(0) @binding(10) var picture_luma: texture_2d<f32>;
@group(0) @binding(11) var picture_blue_difference: texture_2d<f32>;
@group(0) @binding(12) var picture_red_difference: texture_2d<f32>;
// Luma, blue difference, red difference, one after the other.
@group(0) @binding(13) var<storage, read_write> composed: array<u32>;

override chroma: bool = false;
override picture: bool = false;

struct Sources {
    own: vec3<f32>,
    front: vec4<f32>,
    back: vec3<f32>,
    room: vec3<f32>,
}

fn sources(at: vec2<u32>) -> Sources {
    let factor = select(frame.factor, frame.factor / 2u, chroma);
    let place = (vec2<f32>(at) + 0.5) / (f32(factor) * vec2<f32>(frame.guide_size));
    var found: Sources;
    found.front = textureSampleLevel(front, bilinear, place, 0.0);
    found.back = textureSampleLevel(back, bilinear, place, 0.0).xyz;
    if !picture {
        found.room = textureSampleLevel(room, bilinear, place, 0.0).xyz;
    }
    if chroma {
        found.own.y = textureLoad(blue_difference, at, 0).r;
        found.own.z = textureLoad(red_difference, at, 0).r;
        if picture {
            found.room.y = textureLoad(picture_blue_difference, at, 0).r;
            found.room.z = textureLoad(picture_red_difference, at, 0).r;
        }
    } else {
        found.own.x = textureLoad(luma, at, 0).r;
        if picture {
            found.room.x = textureLoad(picture_luma, at, 0).r;
        }
    }
    return found;
}

fn compose(alpha: f32, at: vec2<u32>) -> vec3<f32> {
    let from_sources = sources(at);
    let front_color = from_sources.front.xyz;
    let rest = from_sources.own - alpha * front_color - (1.0 - alpha) * from_sources.back;
    let own = clamp(front_color + alpha * rest, vec3<f32>(0.0), vec3<f32>(1.0));
    // Light adds to luma; its colour may go either way.
    let light = max(from_sources.room - own, vec3<f32>(0.0, -1.0, -1.0));
    return mix(from_sources.room, own + from_sources.front.w * light, alpha);
}

@compute @workgroup_size(16, 4)
fn compose_words(@builtin(global_invocation_id) id: vec3<u32>) {
    let words = (frame.luma_size.x + 7u) / 8u;
    let size = select(frame.luma_size, frame.chroma_size, chroma);
    let across = select(2u * words, words, chroma);
    if id.x >= across || id.y >= size.y {
        return;
    }
    let at = id.y * across + id.x;
    var alpha: vec4<f32>;
    if chroma {
        alpha = unpack4x8unorm(chroma_matte[at]);
    } else {
        alpha = unpack4x8unorm(matte[at]);
    }
    var values: array<vec3<f32>, 4>;
    for (var i = 0u; i < 4u; i++) {
        let x = min(4u * id.x + i, size.x - 1u);
        values[i] = compose(alpha[i], vec2<u32>(x, id.y));
    }
    if chroma {
        let blue_start = 2u * words * frame.luma_size.y;
        let red_start = blue_start + words * frame.chroma_size.y;
        composed[blue_start + at] =
            pack4x8unorm(vec4<f32>(values[0].y, values[1].y, values[2].y, values[3].y));
        composed[red_start + at] =
            pack4x8unorm(vec4<f32>(values[0].z, values[1].z, values[2].z, values[3].z));
    } else {
        composed[at] = pack4x8unorm(vec4<f32>(values[0].x, values[1].x, values[2].x, values[3].x));
    }
}
