// Each channel by itself, 3×3 or 5×5. TensorFlow's SAME padding: evenly with stride 1; with stride
// 2 on even sizes one less before than after.
// weights: `[tap][channels]`, then the bias.

@group(0) @binding(2) var<storage, read> weights: array<Stored>;
@group(0) @binding(3) var<storage, read> input: array<Stored>;
@group(0) @binding(4) var<storage, read_write> output: array<Stored>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4<f32>>;

// In fours.
override channels: u32 = 1u;
override kernel: i32 = 3;
override stride: i32 = 1;
override activation: u32 = 0u;
// Whether the input is added last.
override added: bool = false;
override sum_up: bool = false;

@compute @workgroup_size(THREADS)
fn filter_channels(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let places = shape.output_size.x * shape.output_size.y;
    let own = group.x * THREADS + lane;
    let place = min(own, places - 1u);
    let channel = group.y;
    let size = vec2<i32>(shape.input_size);
    let before = (kernel - stride) / 2;
    let corner = vec2<i32>(vec2<u32>(place % shape.output_size.x, place / shape.output_size.x)) * stride - before;
    let base = channel * shape.input_size.x * shape.input_size.y;
    var sum = vec4<f32>(weights[u32(kernel * kernel) * channels + channel]);
    for (var row = 0; row < kernel; row++) {
        for (var column = 0; column < kernel; column++) {
            let at = corner + vec2<i32>(column, row);
            let inside = all(at >= vec2<i32>(0)) && all(at < size);
            let near = vec2<u32>(clamp(at, vec2<i32>(0), size - 1));
            let x = vec4<f32>(input[base + near.y * shape.input_size.x + near.x]);
            let w = vec4<f32>(weights[u32(row * kernel + column) * channels + channel]);
            sum += select(vec4<f32>(0.0), x, inside) * w;
        }
    }
    var y = activated(sum, activation);
    if added {
        y += vec4<f32>(input[base + place]);
    }
    if own < places {
        output[channel * places + place] = Stored(y);
    }
    if sum_up {
        let total = workgroup_sum(select(vec4<f32>(0.0), y, own < places), lane);
        if lane == 0u {
            sums[channel * groups.x + group.x] = total;
        }
    }
}
