//! How often one user may call, so that nobody's machines ring all day for one who calls, cancels and
//! calls again.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// So many calls one user may start within [`WINDOW`].
pub const CALLS: usize = 10;

/// The time within which calls are counted.
pub const WINDOW: Duration = Duration::from_secs(60);

/// When each user started their last calls, oldest first.
#[derive(Default)]
pub struct CallLimit {
    started: HashMap<i64, VecDeque<Instant>>,
}

impl CallLimit {
    /// Counts a call, or says how long to wait for the next.
    pub fn start(&mut self, now: Instant, caller: i64) -> Result<(), Duration> {
        let started = self.started.entry(caller).or_default();
        if started.len() >= CALLS
            && let Some(oldest) = started.front()
        {
            let wait = (*oldest + WINDOW).saturating_duration_since(now);
            if !wait.is_zero() {
                return Err(wait);
            }
            started.pop_front();
        }
        started.push_back(now);
        Ok(())
    }

    /// Forgets what no longer counts.
    pub fn tick(&mut self, now: Instant) {
        self.started.retain(|_, started| {
            started.back().is_some_and(|last| now.saturating_duration_since(*last) < WINDOW)
        });
    }
}
