// What the network takes for a person but is none: groups of cells that are too small, and touch
// no larger one. One workgroup; a group is a tree whose root is its first cell (Playne and Hawick,
// "A New Algorithm for Parallel Connected-Component Labelling on GPUs", TPDS 2018).

@group(0) @binding(2) var<storage, read> mass: array<f32>;
// Sums of groups, by root; the largest stands behind them.
@group(0) @binding(3) var<storage, read_write> group_mass: array<atomic<u32>>;
// How much of each cell stays.
@group(0) @binding(4) var<storage, read_write> keep: array<f32>;

// See `engine::blur::refine`.
override second: f32;
override smallest: f32;
override fade: f32;

const CELL = 4u;
const MOST = 4096u;
const THREADS = 256u;
const NONE = 0xffffffffu;
// Masses are at most 16 a cell; 2^16 of them, so scaled, fill 2^30.
const SCALE = 16384.0;

var<workgroup> parent: array<atomic<u32>, MOST>;

fn root(cell: u32) -> u32 {
    var at = cell;
    var above = atomicLoad(&parent[at]);
    while above != at {
        at = above;
        above = atomicLoad(&parent[at]);
    }
    return at;
}

// Each turn lowers a label, so it ends.
fn unite(one: u32, other: u32) {
    var high = one;
    var low = other;
    loop {
        high = root(high);
        low = root(low);
        if high == low {
            return;
        }
        if high < low {
            let swapped = high;
            high = low;
            low = swapped;
        }
        let before = atomicMin(&parent[high], low);
        if before == high {
            return;
        }
        high = before;
    }
}

@compute @workgroup_size(THREADS)
fn connect(@builtin(local_invocation_index) lane: u32) {
    let size = frame.network_size / CELL;
    let cells = size.x * size.y;
    for (var cell = lane; cell < cells; cell += THREADS) {
        atomicStore(&parent[cell], select(NONE, cell, mass[cell] > 0.0));
        atomicStore(&group_mass[cell], 0u);
    }
    if lane == 0u {
        atomicStore(&group_mass[MOST], 0u);
    }
    workgroupBarrier();
    for (var cell = lane; cell < cells; cell += THREADS) {
        if mass[cell] > 0.0 {
            let x = cell % size.x;
            if x > 0u && mass[cell - 1u] > 0.0 {
                unite(cell, cell - 1u);
            }
            if cell >= size.x {
                let above = cell - size.x;
                for (var near = select(above, above - 1u, x > 0u);
                    near <= select(above, above + 1u, x + 1u < size.x); near++) {
                    if mass[near] > 0.0 {
                        unite(cell, near);
                    }
                }
            }
        }
    }
    storageBarrier();
    workgroupBarrier();
    for (var cell = lane; cell < cells; cell += THREADS) {
        if mass[cell] > 0.0 {
            let first = root(cell);
            atomicStore(&parent[cell], first);
            atomicAdd(&group_mass[first], u32(mass[cell] * SCALE));
        }
    }
    storageBarrier();
    workgroupBarrier();
    for (var cell = lane; cell < cells; cell += THREADS) {
        atomicMax(&group_mass[MOST], atomicLoad(&group_mass[cell]));
    }
    storageBarrier();
    let largest = f32(atomicLoad(&group_mass[MOST])) / SCALE;
    let places = f32(frame.network_size.x * frame.network_size.y);
    let enough = max(second * largest, smallest * places);
    for (var cell = lane; cell < cells; cell += THREADS) {
        let at = vec2<u32>(cell % size.x, cell / size.x);
        let first = max(at, vec2<u32>(1u)) - 1u;
        let last = min(at + 1u, size - 1u);
        var stays = false;
        for (var y = first.y; y <= last.y; y++) {
            for (var x = first.x; x <= last.x; x++) {
                let near = y * size.x + x;
                if mass[near] > 0.0 {
                    let group = atomicLoad(&group_mass[atomicLoad(&parent[near])]);
                    stays = stays || f32(group) / SCALE >= enough;
                }
            }
        }
        keep[cell] = select(keep[cell] * (1.0 - fade), 1.0, stays);
    }
}
