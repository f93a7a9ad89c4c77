//! The segmentation network touches the heap when it is opened and never again.

use engine::blur::network::{Model, Network};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts this thread's allocations and frees.
struct Counting;

thread_local! {
    static TOUCHES: Cell<u64> = const { Cell::new(0) };
}

fn touch() {
    // A thread that is being torn down has no counter any more.
    let _ = TOUCHES.try_with(|touches| touches.set(touches.get() + 1));
}

#[expect(unsafe_code, reason = "GlobalAlloc is an unsafe trait; every call goes to the system's")]
// SAFETY: each method passes its arguments unchanged to `System`, which upholds the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        touch();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        touch();
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        touch();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn looking_at_a_picture_does_not_touch_the_heap() {
    let before = TOUCHES.get();
    let networks = [Model::Landscape, Model::General].map(Network::open);
    assert!(TOUCHES.get() > before, "the counter counts");
    for network in networks {
        let mut network = network.expect("bundled");
        let before = TOUCHES.get();
        for round in 0..3 {
            network.input().fill(round as f32 / 3.0);
            std::hint::black_box(network.run());
        }
        assert_eq!(TOUCHES.get() - before, 0, "{:?}", network.model());
    }
}
