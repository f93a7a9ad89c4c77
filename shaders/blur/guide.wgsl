// The picture at the guide's size, how it differs from the one before, and each workgroup's sum
// of the differences.

@group(0) @binding(2) var luma: texture_2d<f32>;
@group(0) @binding(3) var blue_difference: texture_2d<f32>;
@group(0) @binding(4) var red_difference: texture_2d<f32>;
// Luma 0…1 and colour differences ±½.
@group(0) @binding(5) var<storage, read_write> guide: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> difference: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> sums: array<vec4<f32>>;

var<workgroup> summands: array<vec4<f32>, 256>;

// The samples of a plane that make one place, fewer at the right and lower edges.
struct Block {
    first: vec2<u32>,
    end: vec2<u32>,
}

fn block(place: vec2<u32>, factor: u32, size: vec2<u32>) -> Block {
    let first = min(place * factor, size - 1u);
    return Block(first, min(first + factor, size));
}

fn luma_mean(place: vec2<u32>) -> f32 {
    let samples = block(place, frame.factor, frame.luma_size);
    var sum = 0.0;
    for (var y = samples.first.y; y < samples.end.y; y++) {
        for (var x = samples.first.x; x < samples.end.x; x++) {
            sum += textureLoad(luma, vec2<u32>(x, y), 0).r;
        }
    }
    let count = samples.end - samples.first;
    return sum / f32(count.x * count.y);
}

fn chroma_mean(place: vec2<u32>) -> vec2<f32> {
    let samples = block(place, frame.factor / 2u, frame.chroma_size);
    var sum = vec2<f32>(0.0);
    for (var y = samples.first.y; y < samples.end.y; y++) {
        for (var x = samples.first.x; x < samples.end.x; x++) {
            let at = vec2<u32>(x, y);
            sum += vec2<f32>(
                textureLoad(blue_difference, at, 0).r,
                textureLoad(red_difference, at, 0).r,
            );
        }
    }
    let count = samples.end - samples.first;
    return sum / f32(count.x * count.y);
}

@compute @workgroup_size(16, 16)
fn shrink_to_guide(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    var change = vec4<f32>(0.0);
    if all(id.xy < frame.guide_size) {
        let at = id.y * frame.guide_size.x + id.x;
        let now = vec4<f32>(
            (luma_mean(id.xy) - frame.black) * frame.luma_gain,
            (chroma_mean(id.xy) - GREY) * frame.chroma_gain,
            0.0,
        );
        if frame.fresh == 0u {
            change = now - guide[at];
        }
        guide[at] = now;
        difference[at] = change;
    }
    summands[lane] = change;
    for (var rest = 128u; rest > 0u; rest /= 2u) {
        workgroupBarrier();
        if lane < rest {
            summands[lane] += summands[lane + rest];
        }
    }
    if lane == 0u {
        sums[group.y * groups.x + group.x] = summands[0];
    }
}
