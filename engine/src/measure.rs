//! Measures of what a viewer sees: latency percentiles and freezes.

use crate::stats::Percentiles;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The newest latencies of one stream.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    newest_ms: VecDeque<f64>,
}

impl Latencies {
    /// Values remembered: about half a minute of pictures.
    pub const KEPT: usize = 1_000;

    /// Adds one value, in milliseconds.
    pub fn push(&mut self, ms: f64) {
        if self.newest_ms.len() == Latencies::KEPT {
            self.newest_ms.pop_front();
        }
        self.newest_ms.push_back(ms);
    }

    /// The percentiles of the newest 1,000 values; all zero without values.
    pub fn percentiles(&self) -> Percentiles {
        let mut sorted: Vec<f64> = self.newest_ms.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        // Nearest rank: the smallest value that at least p percent do not exceed.
        let rank = |p: usize| sorted.get((sorted.len() * p).div_ceil(100).saturating_sub(1));
        Percentiles {
            count: sorted.len(),
            p50_ms: rank(50).copied().unwrap_or_default(),
            p95_ms: rank(95).copied().unwrap_or_default(),
            max_ms: sorted.last().copied().unwrap_or_default(),
        }
    }
}

/// Counts freezes as `freezeCount` of the W3C's webrtc-stats does: the time between two frames
/// shown one after the other is at least max(3δ, δ + 150 ms), δ the mean of the last 30 such times.
#[derive(Debug, Clone, Default)]
pub struct FreezeDetector {
    gaps: VecDeque<Duration>,
    shown: Option<Instant>,
    freezes: u64,
    longest_gap: Duration,
}

impl FreezeDetector {
    /// How many gaps make the mean.
    const MEAN_OF: usize = 30;

    /// A mean of fewer says nothing yet (as in libwebrtc).
    const MEAN_AT_LEAST: usize = 5;

    /// A frame was shown.
    pub fn shown(&mut self, at: Instant) {
        let Some(before) = self.shown.replace(at) else { return };
        let gap = at.saturating_duration_since(before);
        self.longest_gap = self.longest_gap.max(gap);
        if self.is_freeze(gap) {
            self.freezes += 1;
        }
        if self.gaps.len() == FreezeDetector::MEAN_OF {
            self.gaps.pop_front();
        }
        self.gaps.push_back(gap);
    }

    /// The stream was paused on purpose: the gap until the next frame is no freeze.
    pub fn pause(&mut self) {
        self.shown = None;
        self.gaps.clear();
    }

    /// Freezes so far, one that lasts now included.
    pub fn freezes(&self, now: Instant) -> u64 {
        let lasts =
            self.shown.is_some_and(|shown| self.is_freeze(now.saturating_duration_since(shown)));
        self.freezes + u64::from(lasts)
    }

    /// The longest time between two frames so far, up to `now`.
    pub fn longest_gap(&self, now: Instant) -> Duration {
        let open = self.shown.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.longest_gap.max(open)
    }

    fn is_freeze(&self, gap: Duration) -> bool {
        if self.gaps.len() < FreezeDetector::MEAN_AT_LEAST {
            return false;
        }
        let mean = self.gaps.iter().sum::<Duration>() / self.gaps.len() as u32;
        gap >= (3 * mean).max(mean + Duration::from_millis(150))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jitter_buffer::any_moment as start;

    #[test]
    fn percentiles_are_by_nearest_rank_over_the_newest_values() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentiles(), Percentiles::default());
        latencies.push(7.0);
        let one = Percentiles { count: 1, p50_ms: 7.0, p95_ms: 7.0, max_ms: 7.0 };
        assert_eq!(latencies.percentiles(), one);
        (1..=1_100).rev().for_each(|ms| latencies.push(f64::from(ms)));
        let newest = Percentiles { count: 1_000, p50_ms: 500.0, p95_ms: 950.0, max_ms: 1_000.0 };
        assert_eq!(latencies.percentiles(), newest);
    }

    #[test]
    fn a_gap_is_a_freeze_from_the_definitions_threshold_on() {
        let ms = Duration::from_millis;
        // δ = 40 ms: the threshold is 190 ms. δ = 100 ms: 300 ms.
        for (usual, gap, freezes) in [(40, 189, 0), (40, 190, 1), (100, 299, 0), (100, 300, 1)] {
            let mut detector = FreezeDetector::default();
            let mut at = start();
            for _ in 0..40 {
                detector.shown(at);
                at += ms(usual);
            }
            at += ms(gap) - ms(usual);
            assert_eq!(detector.freezes(at), freezes, "while it lasts: {gap} after {usual}");
            detector.shown(at);
            assert_eq!(detector.freezes(at), freezes, "{gap} after {usual}");
            assert_eq!(detector.longest_gap(at), ms(gap));
            assert_eq!(detector.longest_gap(at + ms(900)), ms(900));
        }
    }

    #[test]
    fn a_pause_is_no_freeze() {
        let mut detector = FreezeDetector::default();
        let mut at = start();
        for _ in 0..10 {
            detector.shown(at);
            at += Duration::from_millis(33);
        }
        detector.pause();
        at += Duration::from_secs(60);
        detector.shown(at);
        assert_eq!(detector.freezes(at), 0);
        assert!(detector.longest_gap(at) < Duration::from_secs(1));
    }
}
