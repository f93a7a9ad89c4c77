// The network's answers over time: followed at once where the picture moves, slowly and only for
// good reason where it is still. Also what each cell of 4 × 4 places holds, for the groups.

@group(0) @binding(2) var<storage, read_write> since: array<f32>;
@group(0) @binding(3) var<storage, read> answer: array<f32>;
@group(0) @binding(4) var<storage, read_write> steady: array<f32>;
@group(0) @binding(5) var<storage, read_write> mass: array<f32>;

// See `engine::blur::refine`.
override still: f32;
override moving: f32;
override rate: f32;
override dead_band: f32;
override occupied: f32;

const CELL = 4u;
const SIDE = 16u;

var<workgroup> values: array<f32, 256>;

// Something that is no number says: no person.
fn sound(value: f32) -> f32 {
    let finite = (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
    return select(0.0, value, finite);
}

@compute @workgroup_size(16, 16)
fn follow(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    // The network's sides are multiples of 16.
    let at = id.y * frame.network_size.x + id.x;
    let moves = smooth_step(still, moving, since[at]);
    let before = steady[at];
    let away = sound(answer[at]) - before;
    let beyond = max(abs(away) - dead_band * (1.0 - moves), 0.0);
    let now = before + (rate + (1.0 - rate) * moves) * beyond * sign(away);
    steady[at] = now;
    since[at] = 0.0;
    values[lane] = now;
    workgroupBarrier();
    const ACROSS = SIDE / CELL;
    if lane < ACROSS * ACROSS {
        let cell = vec2<u32>(lane % ACROSS, lane / ACROSS);
        var sum = 0.0;
        var most = 0.0;
        for (var y = 0u; y < CELL; y++) {
            for (var x = 0u; x < CELL; x++) {
                let value = values[(cell.y * CELL + y) * SIDE + cell.x * CELL + x];
                sum += value;
                most = max(most, value);
            }
        }
        let place = group.xy * ACROSS + cell;
        mass[place.y * (frame.network_size.x / CELL) + place.x] = select(0.0, sum, most > occupied);
    }
}
