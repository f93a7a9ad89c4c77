// 3×3 with stride 2 over the RGB picture, to sixteen channels. TensorFlow pads even sizes by 0
// before and 1 after, so the taps are at 2·place + {0, 1, 2}.
// weights: four squares for each tap, `[output][tap]`, then the bias.

@group(0) @binding(2) var<storage, read> weights: array<Stored>;
@group(0) @binding(3) var<storage, read> input: array<Stored>;
@group(0) @binding(4) var<storage, read_write> output: array<Stored>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4<f32>>;

override activation: u32 = 0u;
override sum_up: bool = false;

const OUTPUTS = 4u;
const TAPS = 9u;

@compute @workgroup_size(THREADS)
fn convolve(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let places = shape.output_size.x * shape.output_size.y;
    let place = group.x * THREADS + lane;
    let corner = 2u * vec2<u32>(place % shape.output_size.x, place / shape.output_size.x);
    var sum: array<vec4<f32>, OUTPUTS>;
    for (var o = 0u; o < OUTPUTS; o++) {
        sum[o] = vec4<f32>(weights[OUTPUTS * TAPS * 4u + o]);
    }
    for (var tap = 0u; tap < TAPS; tap++) {
        let at = corner + vec2<u32>(tap % 3u, tap / 3u);
        var x = vec4<f32>(0.0);
        if all(at < shape.input_size) {
            x = vec4<f32>(input[at.y * shape.input_size.x + at.x]);
        }
        for (var o = 0u; o < OUTPUTS; o++) {
            let w = (o * TAPS + tap) * 4u;
            sum[o] += mat4x4<f32>(
                vec4<f32>(weights[w]),
                vec4<f32>(weights[w + 1u]),
                vec4<f32>(weights[w + 2u]),
                vec4<f32>(weights[w + 3u]),
            ) * x;
        }
    }
    for (var o = 0u; o < OUTPUTS; o++) {
        let y = activated(sum[o], activation);
        if place < places {
            output[o * places + place] = Stored(y);
        }
        if sum_up {
            let total = workgroup_sum(select(vec4<f32>(0.0), y, place < places), lane);
            if lane == 0u {
                sums[o * groups.x + group.x] = total;
            }
        }
    }
}
