//! How often to ask for a keyframe.

use std::time::{Duration, Instant};

/// Never asked more often: the hub throttles to the same pace.
const SHORTEST: Duration = Duration::from_millis(300);

/// Asked at least this often while media comes.
const LONGEST: Duration = Duration::from_secs(1);

/// With no packet for so long the source is gone, and asking waits for its return.
const SILENT: Duration = Duration::from_secs(10);

/// Asks at once, then every 300–1000 ms with back-off, until a keyframe arrived.
#[derive(Debug, Clone)]
pub(super) struct KeyframeRequest {
    last: Option<Instant>,
    interval: Duration,
}

impl Default for KeyframeRequest {
    fn default() -> Self {
        KeyframeRequest { last: None, interval: SHORTEST }
    }
}

impl KeyframeRequest {
    /// When to ask next; `None` while the source is silent.
    pub fn deadline(&self, now: Instant, newest_packet: Option<Instant>) -> Option<Instant> {
        let at = self.last.map_or(now, |last| last + self.interval);
        (at < newest_packet? + SILENT).then_some(at)
    }

    /// A request goes out now; the next one waits at least twice the round trip.
    pub fn sent(&mut self, now: Instant, round_trip: Option<Duration>) {
        if self.last.is_some() {
            self.interval = (self.interval * 2).min(LONGEST);
        }
        let answer = 2 * round_trip.unwrap_or_default();
        self.interval = self.interval.max(answer.min(LONGEST));
        self.last = Some(now);
    }

    /// A keyframe arrived. The next request still keeps its distance to the last one.
    pub fn satisfied(&mut self) {
        self.interval = SHORTEST;
    }
}
