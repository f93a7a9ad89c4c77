//! The one place where the hub reads the clock.

use crate::conference::Now;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The time.
#[expect(clippy::disallowed_methods, reason = "the hub's drivers take the time from here")]
pub fn now() -> Now {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { instant: Instant::now(), unix_ms: since_epoch.as_millis() as i64 }
}
