// The matte at the guide's size, 0…1.

@group(0) @binding(2) var<storage, read> matte: array<u32>;
@group(0) @binding(3) var<storage, read_write> small: array<f32>;

@compute @workgroup_size(16, 4)
fn shrink_matte(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= frame.guide_size) {
        return;
    }
    let size = frame.luma_size;
    let words = (size.x + 7u) / 8u * 2u;
    let first = min(id.xy * frame.factor, size - 1u);
    let end = min(first + frame.factor, size);
    var sum = 0.0;
    for (var y = first.y; y < end.y; y++) {
        for (var word = first.x / 4u; word <= (end.x - 1u) / 4u; word++) {
            let at = vec4<u32>(4u * word) + vec4<u32>(0u, 1u, 2u, 3u);
            let inside = (at >= vec4<u32>(first.x)) & (at < vec4<u32>(end.x));
            let values = unpack4x8unorm(matte[y * words + word]);
            sum += dot(select(vec4<f32>(0.0), values, inside), vec4<f32>(1.0));
        }
    }
    let count = end - first;
    small[id.y * frame.guide_size.x + id.x] = sum / f32(count.x * count.y);
}
