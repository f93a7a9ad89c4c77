//! Figures that one thread writes and others read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A mutex for figures: held for nanoseconds, and never on a real-time thread.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<T> Shared<T> {
    /// The figures; those of a thread that panicked are still figures.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
