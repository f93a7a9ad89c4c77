// The matte of every sample: the guided filter's lines on the full picture, steady where nothing
// moves. A thread makes 8 × 2 samples of luma and the 4 of chroma between them; what the colour
// differences say is shared by a workgroup.

@group(0) @binding(2) var luma: texture_2d<f32>;
@group(0) @binding(3) var blue_difference: texture_2d<f32>;
@group(0) @binding(4) var red_difference: texture_2d<f32>;
// At the guide's size: slopes of u and v, offset.
@group(0) @binding(5) var<storage, read> colors: array<vec4<f32>>;
// And slope of luma, rate.
@group(0) @binding(6) var<storage, read> lean: array<vec2<f32>>;
// Four samples a word, 255 is person; of the picture before until written.
@group(0) @binding(7) var<storage, read_write> matte: array<u32>;
@group(0) @binding(8) var<storage, read_write> chroma_matte: array<u32>;

// What the filter says about samples that are room, and person, for sure.
override room: f32;
override person: f32;

const THREADS = 8u;
// Chroma samples of a workgroup, and one more around them.
const TILE_WIDTH = 34u;
const TILE_HEIGHT = 10u;

var<workgroup> tints: array<f32, TILE_WIDTH * TILE_HEIGHT>;

fn tint(at: vec2<u32>) -> f32 {
    let size = frame.guide_size;
    let near = between(at, frame.factor / 2u, size);
    let first = vec2<u32>(near.xy);
    let next = min(first + 1u, size - 1u);
    let line = mix(
        mix(colors[first.y * size.x + first.x], colors[first.y * size.x + next.x], near.z),
        mix(colors[next.y * size.x + first.x], colors[next.y * size.x + next.x], near.z),
        near.w,
    );
    let u = (textureLoad(blue_difference, at, 0).r - GREY) * frame.chroma_gain;
    let v = (textureLoad(red_difference, at, 0).r - GREY) * frame.chroma_gain;
    return line.x * u + line.y * v + line.z;
}

// From the matte before, 0…255, towards what the line says: steps of less than half a level are
// none, so that noise does not show, except towards what is all room or all person.
fn settled(at: vec2<u32>, base: vec2<i32>, before: f32) -> f32 {
    let size = frame.guide_size;
    let near = between(at, frame.factor, size);
    let first = vec2<u32>(near.xy);
    let next = min(first + 1u, size - 1u);
    let lines = mix(
        mix(lean[first.y * size.x + first.x], lean[first.y * size.x + next.x], near.z),
        mix(lean[next.y * size.x + first.x], lean[next.y * size.x + next.x], near.z),
        near.w,
    );
    let double = between(at, 2u, frame.chroma_size);
    let low = vec2<i32>(double.xy);
    let high = min(low + 1, vec2<i32>(frame.chroma_size) - 1);
    let corner = low - base;
    let far = high - base;
    let width = i32(TILE_WIDTH);
    let offset = mix(
        mix(tints[corner.y * width + corner.x], tints[corner.y * width + far.x], double.z),
        mix(tints[far.y * width + corner.x], tints[far.y * width + far.x], double.z),
        double.w,
    );
    let sample = (textureLoad(luma, at, 0).r - frame.black) * frame.luma_gain;
    let line = lines.x * sample + offset;
    let wanted = clamp((line - room) * (255.0 / (person - room)), 0.0, 255.0);
    let away = wanted - before;
    let least = select(0.0, 1.0, wanted <= 0.0 || wanted >= 255.0);
    return before + max(floor(lines.y * abs(away) + 0.5), least) * sign(away);
}

@compute @workgroup_size(THREADS, THREADS)
fn refine(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    // Chroma place of the tile's first value.
    let base = vec2<i32>(group.xy) * vec2<i32>(32, 8) - 1;
    let last = vec2<i32>(frame.chroma_size) - 1;
    for (var i = lane; i < TILE_WIDTH * TILE_HEIGHT; i += THREADS * THREADS) {
        let place = base + vec2<i32>(vec2<u32>(i % TILE_WIDTH, i / TILE_WIDTH));
        tints[i] = tint(vec2<u32>(clamp(place, vec2<i32>(0), last)));
    }
    workgroupBarrier();
    let words = (frame.luma_size.x + 7u) / 8u;
    if id.x >= words || id.y >= frame.chroma_size.y {
        return;
    }
    var across: array<vec4<f32>, 2>;
    for (var row = 0u; row < 2u; row++) {
        let y = min(2u * id.y + row, frame.luma_size.y - 1u);
        for (var word = 0u; word < 2u; word++) {
            let at = y * 2u * words + 2u * id.x + word;
            let before = unpack4x8unorm(matte[at]) * 255.0;
            var values: vec4<f32>;
            for (var i = 0u; i < 4u; i++) {
                let x = min(8u * id.x + 4u * word + i, frame.luma_size.x - 1u);
                values[i] = settled(vec2<u32>(x, y), base, round(before[i]));
            }
            // The only row of an odd end is seen twice, but moves once.
            let seen_twice = row == 1u && y == 2u * id.y;
            if seen_twice {
                values = round(before);
            } else {
                matte[at] = pack4x8unorm(values / 255.0);
            }
            across[word] += values;
        }
    }
    // Samples beyond the right edge repeat the last one, so their mean is the last one's.
    let halves = vec4<f32>(
        across[0].x + across[0].y,
        across[0].z + across[0].w,
        across[1].x + across[1].y,
        across[1].z + across[1].w,
    );
    chroma_matte[id.y * words + id.x] = pack4x8unorm(floor((halves + 2.0) / 4.0) / 255.0);
}
