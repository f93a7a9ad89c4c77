// Running sums of each row of the room's light: what lies before each place. A workgroup is a row.

@group(0) @binding(2) var<storage, read> lit: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4<f32>>;

const THREADS = 256u;

var<workgroup> parts: array<vec4<f32>, THREADS>;

@compute @workgroup_size(THREADS)
fn run_sums(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let width = frame.guide_size.x;
    let start = group.x * width;
    let last = start + width - 1u;
    var before = vec4<f32>(0.0);
    for (var left = 0u; left < width; left += THREADS) {
        let x = left + lane;
        let own = select(vec4<f32>(0.0), lit[min(start + x, last)], x < width);
        workgroupBarrier();
        parts[lane] = own;
        for (var step = 1u; step < THREADS; step *= 2u) {
            workgroupBarrier();
            let sum = parts[lane]
                + select(vec4<f32>(0.0), parts[max(lane, step) - step], lane >= step);
            workgroupBarrier();
            parts[lane] = sum;
        }
        workgroupBarrier();
        if x < width {
            sums[start + x] = before + parts[lane] - own;
        }
        before += parts[THREADS - 1u];
    }
}
