// A workgroup's sum of what it wrote, for the squeeze that follows: it then reads a few sums
// instead of the whole tensor.

var<workgroup> summands: array<vec4<f32>, THREADS>;

fn workgroup_sum(value: vec4<f32>, lane: u32) -> vec4<f32> {
    workgroupBarrier();
    summands[lane] = value;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            summands[lane] += summands[lane + half];
        }
    }
    return summands[0];
}
