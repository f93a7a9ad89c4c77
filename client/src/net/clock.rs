//! The hub's clock, read from the `Date` of its answers (RFC 9110, section 6.6.1).

use jiff::fmt::rfc2822;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Not heard yet.
const UNKNOWN: i64 = i64::MIN;

/// How far the hub's clock is ahead of ours. Clones share what was heard.
#[derive(Debug, Clone)]
pub struct HubClock(Arc<AtomicI64>);

impl Default for HubClock {
    fn default() -> Self {
        HubClock(Arc::new(AtomicI64::new(UNKNOWN)))
    }
}

impl HubClock {
    /// Takes in the `Date` of an answer that was asked for at `sent_ms` and came at `heard_ms`, Unix
    /// milliseconds of our clock. Answers that took long say too little.
    pub fn hear(&self, date: &str, sent_ms: i64, heard_ms: i64) {
        const SLOW_MS: i64 = 2_000;
        let Ok(date) = rfc2822::DateTimeParser::new().parse_timestamp(date) else { return };
        if heard_ms - sent_ms <= SLOW_MS {
            // A `Date` has whole seconds, cut off.
            let hub_ms = date.as_millisecond() + 500;
            self.0.store(hub_ms - (sent_ms + heard_ms) / 2, Ordering::Relaxed);
        }
    }

    /// How far the hub is ahead, milliseconds, within about a second; `None` before the first answer.
    pub fn ahead_ms(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|ahead| *ahead != UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_read_from_quick_answers_only() {
        let clock = HubClock::default();
        assert_eq!(clock.ahead_ms(), None);
        clock.hear("no date", 0, 10);
        assert_eq!(clock.ahead_ms(), None);
        // Sun, 22 Nov 2026 12:00:00 UTC.
        let noon_ms = 1_795_348_800_000;
        clock.hear("Sun, 22 Nov 2026 12:00:00 GMT", noon_ms - 60_000, noon_ms - 59_000);
        assert_eq!(clock.ahead_ms(), Some(60_000));
        clock.hear("Sun, 22 Nov 2026 13:00:00 GMT", 0, 5_000);
        assert_eq!(clock.ahead_ms(), Some(60_000));
    }
}
