// Squeeze-and-excite: the mean over all places, from the sums that the passes before left, then
// one or two dense layers. One workgroup; eight threads share each four channels.
// weights: squares `[output][input]` and bias of the first layer, then those of the second.

@group(0) @binding(2) var<storage, read> weights: array<Stored>;
@group(0) @binding(3) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> low: array<vec4<f32>>;

// In fours, at most 32 each.
override inputs: u32 = 1u;
override hidden: u32 = 1u;
// None without a second layer.
override outputs: u32 = 0u;
override first: u32 = 0u;
override second: u32 = 0u;
// Whether a half-size tensor is added.
override lifted: bool = false;

const MOST = 32u;
const SHARERS = 8u;

var<workgroup> parts: array<vec4<f32>, 256>;
// The means, the hidden layer, the answer.
var<workgroup> values: array<vec4<f32>, 96>;

// Adds up the eight parts of each four channels.
fn gathered(part: vec4<f32>, lane: u32) -> vec4<f32> {
    workgroupBarrier();
    parts[lane] = part;
    workgroupBarrier();
    let first_part = lane / SHARERS * SHARERS;
    var sum = vec4<f32>(0.0);
    for (var i = 0u; i < SHARERS; i++) {
        sum += parts[first_part + i];
    }
    return sum;
}

fn dense(base: u32, inputs: u32, outputs: u32, weight: u32, lane: u32) -> vec4<f32> {
    let output = lane / SHARERS;
    var sum = vec4<f32>(0.0);
    if output < outputs {
        for (var i = lane % SHARERS; i < inputs; i += SHARERS) {
            let w = weight + (output * inputs + i) * 4u;
            sum += mat4x4<f32>(
                vec4<f32>(weights[w]),
                vec4<f32>(weights[w + 1u]),
                vec4<f32>(weights[w + 2u]),
                vec4<f32>(weights[w + 3u]),
            ) * values[base + i];
        }
        if lane % SHARERS == 0u {
            sum += vec4<f32>(weights[weight + outputs * inputs * 4u + output]);
        }
    }
    return gathered(sum, lane);
}

@compute @workgroup_size(256)
fn squeeze(@builtin(local_invocation_index) lane: u32) {
    let channel = lane / SHARERS;
    let keeps = lane % SHARERS == 0u;
    var sum = vec4<f32>(0.0);
    if channel < inputs {
        let places = shape.input_size.x * shape.input_size.y;
        let groups = (places + THREADS - 1u) / THREADS;
        for (var i = lane % SHARERS; i < groups; i += SHARERS) {
            sum += input[channel * groups + i];
        }
        sum /= f32(places);
        if lifted {
            let low_places = (shape.input_size.x / 2u) * (shape.input_size.y / 2u);
            let low_groups = (low_places + THREADS - 1u) / THREADS;
            var low_sum = vec4<f32>(0.0);
            for (var i = lane % SHARERS; i < low_groups; i += SHARERS) {
                low_sum += low[channel * low_groups + i];
            }
            sum += low_sum / f32(low_places);
        }
    }
    let mean = gathered(sum, lane);
    if keeps && channel < inputs {
        values[channel] = mean;
    }
    workgroupBarrier();
    let near = activated(dense(0u, inputs, hidden, 0u, lane), first);
    if keeps && channel < hidden {
        values[MOST + channel] = near;
        if outputs == 0u {
            output[channel] = near;
        }
    }
    if outputs > 0u {
        workgroupBarrier();
        let weight = hidden * inputs * 4u + hidden;
        let far = activated(dense(MOST, hidden, outputs, weight, lane), second);
        if keeps && channel < outputs {
            output[channel] = far;
        }
    }
}
