//! Spreads a picture's packets over time, sans-IO.
//!
//! A keyframe sent in one burst overflows socket buffers and makes a queue that the bandwidth
//! estimator would take for congestion. Packets leave at a multiple of the target rate instead, and
//! faster when they would otherwise grow older than [`MAX_AGE`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How much faster than the target packets leave.
pub const FACTOR: f64 = 2.5;

/// The longest that a packet waits; beyond it, latency costs more than a burst.
pub const MAX_AGE: Duration = Duration::from_millis(40);

/// Packets that become due within this leave together: a timer is no finer, and each wake-up costs.
const QUANTUM: Duration = Duration::from_millis(2);

#[derive(Debug)]
struct Waiting<T> {
    item: T,
    bytes: usize,
    leave_by: Instant,
}

/// A queue that gives its items back at a limited rate.
#[derive(Debug)]
pub struct Pacer<T> {
    queue: VecDeque<Waiting<T>>,
    queued_bytes: usize,
    bytes_per_s: f64,
    /// When the next item may leave at the plain rate.
    free_at: Option<Instant>,
}

impl<T> Pacer<T> {
    /// An empty queue for a target of `target_bps` bits a second.
    pub fn new(target_bps: u32) -> Pacer<T> {
        let mut pacer =
            Pacer { queue: VecDeque::new(), queued_bytes: 0, bytes_per_s: 0.0, free_at: None };
        pacer.set_target(target_bps);
        pacer
    }

    /// Sets the target in bits a second; packets leave at [`FACTOR`] times that.
    pub fn set_target(&mut self, target_bps: u32) {
        self.bytes_per_s = (f64::from(target_bps) * FACTOR / 8.0).max(1.0);
    }

    /// Appends an item of `bytes` bytes.
    pub fn push(&mut self, now: Instant, bytes: usize, item: T) {
        self.queued_bytes += bytes;
        self.queue.push_back(Waiting { item, bytes, leave_by: now + MAX_AGE });
    }

    /// The next item, if it may leave now.
    pub fn poll(&mut self, now: Instant) -> Option<T> {
        let due = self.due(now)?;
        if due > now + QUANTUM {
            return None;
        }
        let rate = self.rate(now);
        let Waiting { item, bytes, .. } = self.queue.pop_front()?;
        self.queued_bytes -= bytes;
        let idle_since = self.free_at.map_or(now, |free_at| free_at.max(now));
        self.free_at = Some(idle_since + Duration::from_secs_f64(bytes as f64 / rate));
        Some(item)
    }

    /// When [`Pacer::poll`] gives the next item; `None` when there is none.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        self.due(now)
    }

    /// Forgets everything queued.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.queued_bytes = 0;
    }

    fn due(&self, now: Instant) -> Option<Instant> {
        let head = self.queue.front()?;
        Some(self.free_at.unwrap_or(now).min(head.leave_by))
    }

    /// Bytes a second that empty the queue before its last item grows too old.
    fn rate(&self, now: Instant) -> f64 {
        let Some(last) = self.queue.back() else { return self.bytes_per_s };
        let left = last.leave_by.saturating_duration_since(now).max(QUANTUM);
        self.bytes_per_s.max(self.queued_bytes as f64 / left.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn start() -> Instant {
        Instant::now()
    }

    /// Runs a driver that wakes when told, at most every millisecond; gives each item's leaving
    /// time since `start`.
    fn drain(pacer: &mut Pacer<usize>, start: Instant) -> Vec<(Duration, usize)> {
        let (mut now, mut left) = (start, Vec::new());
        while let Some(due) = pacer.poll_timeout(now) {
            now = due.max(now);
            while let Some(item) = pacer.poll(now) {
                left.push((now - start, item));
            }
            now += Duration::from_millis(1);
        }
        left
    }

    #[test]
    fn a_lone_packet_leaves_at_once() {
        let now = start();
        let mut pacer = Pacer::new(1_000_000);
        pacer.push(now, 1_200, 7);
        assert_eq!(pacer.poll(now), Some(7));
        assert_eq!(pacer.poll(now), None);
        assert_eq!(pacer.poll_timeout(now), None);
    }

    #[test]
    fn a_usual_frame_leaves_at_two_and_a_half_times_the_target() {
        let now = start();
        let mut pacer = Pacer::new(1_500_000);
        for index in 0..6 {
            pacer.push(now, 1_000, index);
        }
        let left = drain(&mut pacer, now);
        // 1,000 B at 3.75 Mb/s is 2.13 ms.
        let last = left.last().expect("six packets").0;
        assert!((7..=12).contains(&last.as_millis()), "{left:?}");
        assert!(left.windows(4).all(|w| w[3].0 - w[0].0 >= Duration::from_millis(2)), "{left:?}");
    }

    proptest! {
        #[test]
        fn order_is_kept_and_nothing_grows_older_than_the_limit(
            sizes in proptest::collection::vec(1usize..1_200, 1..400),
            target in 10_000u32..5_000_000,
        ) {
            let now = start();
            let mut pacer = Pacer::new(target);
            for (index, size) in sizes.iter().enumerate() {
                pacer.push(now, *size, index);
            }
            let left = drain(&mut pacer, now);
            prop_assert!(left.iter().map(|l| l.1).eq(0..sizes.len()));
            let oldest = left.last().expect("not empty").0;
            prop_assert!(oldest <= MAX_AGE + QUANTUM, "{oldest:?}");
        }
    }
}
