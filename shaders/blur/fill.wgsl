// The pyramid's coarse levels: pulled together to the coarsest, then pushed back, so that every
// place has light: its own as far as it is room, the rest from wider around (Gortler et al., "The
// Lumigraph", 1996, section 3.4). One workgroup.

@group(0) @binding(2) var<storage, read_write> levels: array<vec4<f32>>;

const THREADS = 256u;

fn pull(level: u32, lane: u32) {
    let fine = level_size(level - 1u);
    let size = level_size(level);
    let start = level_start(level - 1u);
    let into = level_start(level);
    for (var i = lane; i < size.x * size.y; i += THREADS) {
        let first = 2u * vec2<u32>(i % size.x, i / size.x);
        let next = min(first + 1u, fine - 1u);
        levels[into + i] = 0.25 * (levels[start + first.y * fine.x + first.x]
            + levels[start + first.y * fine.x + next.x]
            + levels[start + next.y * fine.x + first.x]
            + levels[start + next.y * fine.x + next.x]);
    }
}

fn push(level: u32, lane: u32) {
    let coarse = level_size(level + 1u);
    let size = level_size(level);
    let start = level_start(level + 1u);
    let into = level_start(level);
    for (var i = lane; i < size.x * size.y; i += THREADS) {
        let near = between(vec2<u32>(i % size.x, i / size.x), 2u, coarse);
        let first = vec2<u32>(near.xy);
        let next = min(first + 1u, coarse - 1u);
        let wider = mix(
            mix(levels[start + first.y * coarse.x + first.x],
                levels[start + first.y * coarse.x + next.x], near.z),
            mix(levels[start + next.y * coarse.x + first.x],
                levels[start + next.y * coarse.x + next.x], near.z),
            near.w,
        );
        let own = levels[into + i];
        levels[into + i] = vec4<f32>(own.rgb + (1.0 - own.a) * wider.rgb, own.a);
    }
}

@compute @workgroup_size(THREADS)
fn fill(@builtin(local_invocation_index) lane: u32) {
    let coarsest = level_count() - 1u;
    for (var level = TILED + 1u; level <= coarsest; level++) {
        pull(level, lane);
        storageBarrier();
    }
    let size = level_size(coarsest);
    if lane < size.x * size.y {
        let at = level_start(coarsest) + lane;
        let own = levels[at];
        levels[at] = vec4<f32>(own.rgb / max(own.a, 1e-6), own.a);
    }
    for (var below = coarsest; below > TILED; below--) {
        storageBarrier();
        push(below - 1u, lane);
    }
}
