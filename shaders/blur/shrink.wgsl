// The picture as the network sees it: area averages, edges repeated where it does not fill the
// network's input. `Stored` comes from the network's prelude.

@group(0) @binding(2) var luma: texture_2d<f32>;
@group(0) @binding(3) var blue_difference: texture_2d<f32>;
@group(0) @binding(4) var red_difference: texture_2d<f32>;
// Red, green, blue from 0 to 1.
@group(0) @binding(5) var<storage, read_write> input: array<Stored>;
// Luma 0…1 and colour differences ±½.
@group(0) @binding(6) var<storage, read_write> small: array<vec4<f32>>;

// Sample `tap` covers [tap, tap + 1) · inner of what place covers, [place, place + 1) · size.
fn covered(tap: u32, place: u32, size: u32, inner: u32) -> f32 {
    let first = max(tap * inner, place * size);
    let end = min((tap + 1u) * inner, (place + 1u) * size);
    return f32(end - first);
}

fn luma_mean(place: vec2<u32>) -> f32 {
    let size = frame.luma_size;
    let inner = frame.inner_size;
    let first = place * size / inner;
    let end = ((place + 1u) * size + inner - 1u) / inner;
    var sum = 0.0;
    for (var y = first.y; y < end.y; y++) {
        var row = 0.0;
        for (var x = first.x; x < end.x; x++) {
            row += covered(x, place.x, size.x, inner.x)
                * textureLoad(luma, vec2<u32>(x, y), 0).r;
        }
        sum += covered(y, place.y, size.y, inner.y) * row;
    }
    return sum / (f32(size.x) * f32(size.y));
}

fn chroma_mean(place: vec2<u32>) -> vec2<f32> {
    let size = frame.chroma_size;
    let inner = frame.inner_size;
    let first = place * size / inner;
    let end = ((place + 1u) * size + inner - 1u) / inner;
    var sum = vec2<f32>(0.0);
    for (var y = first.y; y < end.y; y++) {
        var row = vec2<f32>(0.0);
        for (var x = first.x; x < end.x; x++) {
            let at = vec2<u32>(x, y);
            row += covered(x, place.x, size.x, inner.x) * vec2<f32>(
                textureLoad(blue_difference, at, 0).r,
                textureLoad(red_difference, at, 0).r,
            );
        }
        sum += covered(y, place.y, size.y, inner.y) * row;
    }
    return sum / (f32(size.x) * f32(size.y));
}

@compute @workgroup_size(16, 4)
fn shrink_to_network(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= frame.network_size) {
        return;
    }
    let held = clamp(id.xy, frame.inner_at, frame.inner_at + frame.inner_size - 1u);
    let place = held - frame.inner_at;
    let yuv = vec3<f32>(
        (luma_mean(place) - frame.black) * frame.luma_gain,
        (chroma_mean(place) - GREY) * frame.chroma_gain,
    );
    let at = id.y * frame.network_size.x + id.x;
    small[at] = vec4<f32>(yuv, 0.0);
    input[at] = Stored(vec4<f32>(to_rgb(yuv), 0.0));
}
