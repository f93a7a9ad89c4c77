//! A global allocator that counts, for tests of what must leave the heap alone.

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

/// How often `body` allocates or frees on this thread.
pub fn touches_of(body: impl FnOnce()) -> u64 {
    let before = TOUCHES.get();
    body();
    TOUCHES.get() - before
}
