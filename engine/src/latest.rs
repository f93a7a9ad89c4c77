//! A newest-wins slot between two threads: writing never waits, and a value that nobody took in
//! time is replaced and counted. Lock-free.

use crossbeam::channel::{Receiver, Sender, bounded};
use crossbeam::queue::ArrayQueue;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Debug)]
struct Slot<T> {
    // Capacity 1 on purpose: an older picture is worth nothing once a newer one exists.
    queue: ArrayQueue<T>,
    // One token says "there is something": enough, because a reader takes all there is.
    signal: (Sender<()>, Receiver<()>),
    written: AtomicU64,
    replaced: AtomicU64,
}

/// The writing end. Cloning it lets several threads write.
#[derive(Debug)]
pub struct Writer<T>(Arc<Slot<T>>);

/// The reading end. Clones compete for each value.
#[derive(Debug)]
pub struct Reader<T>(Arc<Slot<T>>);

impl<T> Clone for Writer<T> {
    fn clone(&self) -> Self {
        Writer(self.0.clone())
    }
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        Reader(self.0.clone())
    }
}

/// An empty slot.
pub fn channel<T>() -> (Writer<T>, Reader<T>) {
    let slot = Arc::new(Slot {
        queue: ArrayQueue::new(1),
        signal: bounded(1),
        written: AtomicU64::new(0),
        replaced: AtomicU64::new(0),
    });
    (Writer(slot.clone()), Reader(slot))
}

impl<T> Writer<T> {
    /// Puts the newest value in; gives back the one it replaced.
    pub fn put(&self, value: T) -> Option<T> {
        self.0.written.fetch_add(1, Ordering::Relaxed);
        let old = self.0.queue.force_push(value);
        if old.is_some() {
            self.0.replaced.fetch_add(1, Ordering::Relaxed);
        }
        // A full signal channel already says what there is to say.
        let _ = self.0.signal.0.try_send(());
        old
    }

    /// Values put in so far.
    pub fn written(&self) -> u64 {
        self.0.written.load(Ordering::Relaxed)
    }
}

impl<T> Reader<T> {
    /// Whether both read the same slot.
    pub fn is_same(&self, other: &Reader<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Takes the newest value, if there is one that was not taken yet.
    pub fn take(&self) -> Option<T> {
        self.0.queue.pop()
    }

    /// Values replaced before anybody took them.
    pub fn replaced(&self) -> u64 {
        self.0.replaced.load(Ordering::Relaxed)
    }

    /// Waits up to `timeout` for a value.
    pub fn wait(&self, timeout: Duration) -> Option<T> {
        // A stale token (its value was taken without waiting) costs one extra round.
        for _ in 0..2 {
            if let Some(value) = self.take() {
                return Some(value);
            }
            if self.0.signal.1.recv_timeout(timeout).is_err() {
                break;
            }
        }
        self.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_wins_and_the_older_is_counted() {
        let (writer, reader) = channel();
        assert_eq!(reader.take(), None);
        assert_eq!(writer.put(1), None);
        assert_eq!(writer.put(2), Some(1));
        assert_eq!(reader.take(), Some(2));
        assert_eq!(reader.take(), None);
        assert_eq!((writer.written(), reader.replaced()), (2, 1));
    }

    #[test]
    fn waiting_ends_with_the_value_or_the_timeout() {
        let (writer, reader) = channel();
        assert_eq!(reader.wait(Duration::ZERO), None);
        let thread = crate::thread::spawn("latest-test", move || {
            writer.put(7);
        });
        assert_eq!(reader.wait(Duration::from_secs(10)), Some(7));
        drop(thread);
    }
}
