// The pyramid of the room's light. Level n's places are means over 2 × 2 of level n − 1; all lie
// in one buffer, the finest first. A place is red, green, blue in linear light, each times the
// fourth value: how much room it shows.

// Levels that are made, and pushed back, within a tile of 16 × 16 places.
const TILED = 4u;

fn level_size(level: u32) -> vec2<u32> {
    var size = frame.guide_size;
    for (var i = 0u; i < level; i++) {
        size = (size + 1u) / 2u;
    }
    return size;
}

fn level_start(level: u32) -> u32 {
    var size = frame.guide_size;
    var start = 0u;
    for (var i = 0u; i < level; i++) {
        start += size.x * size.y;
        size = (size + 1u) / 2u;
    }
    return start;
}

// The coarsest level is the first that is at most 2 × 2.
fn level_count() -> u32 {
    var size = frame.guide_size;
    var count = 1u;
    while max(size.x, size.y) > 2u {
        size = (size + 1u) / 2u;
        count++;
    }
    return count;
}
