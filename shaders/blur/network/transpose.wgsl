// 2×2 transposed convolution with stride 2, to the one channel of the answer: each place becomes
// two by two.
// weights: `[output place][channels]`, then the bias.

@group(0) @binding(2) var<storage, read> weights: array<Stored>;
@group(0) @binding(3) var<storage, read> input: array<Stored>;
// Two neighbours in a row of the answer.
@group(0) @binding(4) var<storage, read_write> output: array<vec2<f32>>;

// In fours.
override channels: u32 = 1u;
override activation: u32 = 0u;

@compute @workgroup_size(THREADS)
fn spread(@builtin(global_invocation_id) id: vec3<u32>) {
    let places = shape.input_size.x * shape.input_size.y;
    if id.x >= places {
        return;
    }
    var sum = vec4<f32>(f32(weights[4u * channels].x));
    for (var c = 0u; c < channels; c++) {
        let x = vec4<f32>(input[c * places + id.x]);
        sum += vec4<f32>(
            dot(vec4<f32>(weights[c]), x),
            dot(vec4<f32>(weights[channels + c]), x),
            dot(vec4<f32>(weights[2u * channels + c]), x),
            dot(vec4<f32>(weights[3u * channels + c]), x),
        );
    }
    let y = activated(sum, activation);
    let row = id.x / shape.input_size.x;
    let at = 2u * row * shape.input_size.x + id.x % shape.input_size.x;
    output[at] = y.xy;
    output[at + shape.input_size.x] = y.zw;
}
