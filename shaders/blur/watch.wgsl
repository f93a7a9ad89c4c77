// The most change around each place of the network since it last looked.

@group(0) @binding(2) var<storage, read> change: array<f32>;
@group(0) @binding(3) var<storage, read_write> since: array<f32>;

// The largest of the four neighbours in the guide, so that a change without bounds stays so.
fn change_at(place: vec2<u32>) -> f32 {
    let scale = vec2<f32>(frame.luma_size) / vec2<f32>(frame.inner_size) / f32(frame.factor);
    let size = frame.guide_size;
    let at = (vec2<f32>(place) + 0.5 - vec2<f32>(frame.inner_at)) * scale - 0.5;
    let first = vec2<u32>(clamp(at, vec2<f32>(0.0), vec2<f32>(size - 1u)));
    let second = min(first + 1u, size - 1u);
    return max(
        max(change[first.y * size.x + first.x], change[first.y * size.x + second.x]),
        max(change[second.y * size.x + first.x], change[second.y * size.x + second.x]),
    );
}

@compute @workgroup_size(16, 16)
fn watch(@builtin(global_invocation_id) id: vec3<u32>) {
    if all(id.xy < frame.network_size) {
        let at = id.y * frame.network_size.x + id.x;
        since[at] = max(since[at], change_at(id.xy));
    }
}
