// Sure places decide unsure ones on the same surface: one direction and back of the recursive
// edge-preserving filter (Gastal and Oliveira, "Domain Transform for Edge-Aware Image and Video
// Processing", SIGGRAPH 2011, section 5.2), each value weighted by how sure it is.
//
// A workgroup is a row or a column of at most 256 places. What a place takes from the one before
// is `y = p·y' + (1 − p)·x`, a chain of linear maps, computed by prefix sums.

@group(0) @binding(2) var<storage, read> small: array<vec4<f32>>;
// Before the first direction: the steady answer, and how much of each cell of 4 × 4 stays.
@group(0) @binding(3) var<storage, read> steady: array<f32>;
@group(0) @binding(4) var<storage, read> keep: array<f32>;
// Between: sums and weights.
@group(0) @binding(5) var<storage, read_write> weighted: array<vec2<f32>>;
// After the last direction.
@group(0) @binding(6) var<storage, read_write> answer: array<f32>;

override vertical: bool = false;
override starts: bool = false;
override ends: bool = false;
// What passes over one place, at this round, is `e^decay`.
override decay: f32 = -1.0;
// And so much less for a difference in colour.
override contrast: f32 = 0.0;
override unsure: f32 = 0.5;
override least: f32 = 0.0;

const CELL = 4u;
const MOST = 256u;

// Factor, and what is added to sum and weight.
var<workgroup> maps: array<vec4<f32>, MOST>;
var<workgroup> passages: array<f32, MOST>;

// How much of the place the groups let stay.
fn kept(place: vec2<u32>) -> f32 {
    let size = frame.network_size / CELL;
    let near = between(place, CELL, size);
    let first = vec2<u32>(near.xy);
    let next = min(first + 1u, size - 1u);
    let above = mix(keep[first.y * size.x + first.x], keep[first.y * size.x + next.x], near.z);
    let below = mix(keep[next.y * size.x + first.x], keep[next.y * size.x + next.x], near.z);
    return mix(above, below, near.w);
}

fn weigh(value: f32) -> vec2<f32> {
    let sure = select((unsure - value) / unsure, (value - unsure) / (1.0 - unsure), value > unsure);
    let weight = least + sure * sure;
    return vec2<f32>(value * weight, weight);
}

// The chain up to each place: of the places before it, or after it if `back`.
fn chain(lane: u32, length: u32, back: bool, passed: f32, value: vec2<f32>) -> vec2<f32> {
    workgroupBarrier();
    maps[lane] = vec4<f32>(passed, (1.0 - passed) * value, 0.0);
    for (var step = 1u; step < MOST; step *= 2u) {
        workgroupBarrier();
        let own = maps[lane];
        let reaches = select(lane >= step, lane + step < length, back);
        let before = maps[select(select(lane, lane - step, reaches), lane + step, back && reaches)];
        workgroupBarrier();
        if reaches {
            maps[lane] = vec4<f32>(own.x * before.x, own.x * before.yz + own.yz, 0.0);
        }
    }
    workgroupBarrier();
    return maps[lane].yz;
}

@compute @workgroup_size(MOST)
fn sweep(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let size = frame.network_size;
    let length = select(size.x, size.y, vertical);
    let stride = select(1u, size.x, vertical);
    let place = min(lane, length - 1u);
    let at = group.x * select(size.x, 1u, vertical) + place * stride;
    let color = small[at];
    var value: vec2<f32>;
    if starts {
        let own = vec2<u32>(select(place, group.x, vertical), select(group.x, place, vertical));
        value = weigh(kept(own) * steady[at]);
    } else {
        value = weighted[at];
    }
    // What passes from here to the next place; nothing from the last one.
    var passage = 0.0;
    if lane + 1u < length {
        let away = abs(small[at + stride] - color);
        passage = exp(decay * (1.0 + contrast * (away.x + away.y + away.z)));
    }
    passages[lane] = passage;
    workgroupBarrier();
    let entering = select(0.0, passages[max(lane, 1u) - 1u], lane > 0u);
    value = chain(lane, length, false, entering, value);
    value = chain(lane, length, true, passage, value);
    if lane < length {
        if ends {
            answer[at] = value.x / value.y;
        } else {
            weighted[at] = value;
        }
    }
}
