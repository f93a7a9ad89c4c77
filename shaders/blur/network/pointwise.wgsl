// 1×1: `y = activation(W · (x ⊙ scale + up(low)) + b) ⊙ gate + residual`.
// weights: one square for each `[output][input]` of four channels each, then the bias.

@group(0) @binding(2) var<storage, read> weights: array<Stored>;
@group(0) @binding(3) var<storage, read> input: array<Stored>;
@group(0) @binding(4) var<storage, read_write> output: array<Stored>;
@group(0) @binding(5) var<storage, read> scale: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> low: array<Stored>;
@group(0) @binding(7) var<storage, read> gate: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read> residual: array<Stored>;
@group(0) @binding(9) var<storage, read_write> sums: array<vec4<f32>>;

// In fours.
override inputs: u32 = 1u;
override outputs: u32 = 1u;
// Fours that one thread computes: 1, 2 or 4, a divisor of the outputs.
override share: u32 = 1u;
override activation: u32 = 0u;
override scaled: bool = false;
override lifted: bool = false;
override gated: bool = false;
override added: bool = false;
override sum_up: bool = false;

const MOST = 4u;

// The four nearest places of the half-size tensor and their weights.
struct Taps {
    at: vec4<u32>,
    weight: vec4<f32>,
}

// Bilinear, half-pixel centres, edges repeated.
fn taps(place: u32) -> Taps {
    let size = shape.output_size / 2u;
    let at = vec2<u32>(place % shape.output_size.x, place / shape.output_size.x);
    // An even place lies a quarter before its low one, an odd place a quarter after.
    let after = at & vec2<u32>(1u);
    let first = (at + after) / 2u;
    let next = min(first, size - 1u);
    let before = max(first, vec2<u32>(1u)) - 1u;
    let t = select(vec2<f32>(0.75), vec2<f32>(0.25), after == vec2<u32>(1u));
    return Taps(
        vec4<u32>(before.y, before.y, next.y, next.y) * size.x
            + vec4<u32>(before.x, next.x, before.x, next.x),
        vec4<f32>(1.0 - t.y, 1.0 - t.y, t.y, t.y) * vec4<f32>(1.0 - t.x, t.x, 1.0 - t.x, t.x),
    );
}

@compute @workgroup_size(THREADS)
fn mix_channels(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let places = shape.output_size.x * shape.output_size.y;
    let own = group.x * THREADS + lane;
    let place = min(own, places - 1u);
    let first = group.y * share;
    let low_places = (shape.output_size.x / 2u) * (shape.output_size.y / 2u);
    var near: Taps;
    if lifted {
        near = taps(place);
    }
    var sum: array<vec4<f32>, MOST>;
    for (var o = 0u; o < share; o++) {
        sum[o] = vec4<f32>(weights[outputs * inputs * 4u + first + o]);
    }
    for (var i = 0u; i < inputs; i++) {
        var x = vec4<f32>(input[i * places + place]);
        if scaled {
            x *= scale[i];
        }
        if lifted {
            let base = vec4<u32>(i * low_places) + near.at;
            x += near.weight.x * vec4<f32>(low[base.x]) + near.weight.y * vec4<f32>(low[base.y])
                + near.weight.z * vec4<f32>(low[base.z]) + near.weight.w * vec4<f32>(low[base.w]);
        }
        for (var o = 0u; o < share; o++) {
            let w = ((first + o) * inputs + i) * 4u;
            sum[o] += mat4x4<f32>(
                vec4<f32>(weights[w]),
                vec4<f32>(weights[w + 1u]),
                vec4<f32>(weights[w + 2u]),
                vec4<f32>(weights[w + 3u]),
            ) * x;
        }
    }
    for (var o = 0u; o < share; o++) {
        var y = activated(sum[o], activation);
        if gated {
            y *= gate[first + o];
        }
        let at = (first + o) * places + place;
        if added {
            y += vec4<f32>(residual[at]);
        }
        if own < places {
            output[at] = Stored(y);
        }
        if sum_up {
            let total = workgroup_sum(select(vec4<f32>(0.0), y, own < places), lane);
            if lane == 0u {
                sums[(first + o) * groups.x + group.x] = total;
            }
        }
    }
}
