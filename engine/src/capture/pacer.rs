//! When what a file or the presenter plays is due.

use ffmpeg_next as ff;
use std::time::{Duration, Instant};

/// How late a source may run before its clock is set back: after that (the machine slept, the
/// debugger stopped it) playing everything at once to catch up would help nobody.
const LATEST: Duration = Duration::from_millis(500);

/// Maps media time to moments. Sound and picture of one source share one pacer and so stay in step.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    start: Option<Instant>,
}

impl Pacer {
    /// When what stands at media time `at` is due. The first is due at once.
    pub(super) fn due(&mut self, at: Duration, now: Instant) -> Instant {
        // `checked_sub`: a machine that has just started has no moments that far back.
        let start = *self.start.get_or_insert(now.checked_sub(at).unwrap_or(now));
        let due = start + at;
        let late = now.saturating_duration_since(due);
        if late > LATEST {
            self.start = Some(start + late);
            return due + late;
        }
        due
    }
}

/// Lets through at most so many pictures a second, as evenly as their times allow.
#[derive(Debug)]
pub(super) struct Gate {
    interval: Duration,
    next: Duration,
}

impl Gate {
    /// A gate for `max_fps`; 0 counts as 1.
    pub(super) fn new(max_fps: u32) -> Gate {
        Gate { interval: Duration::from_secs(1) / max_fps.max(1), next: Duration::ZERO }
    }

    /// Whether the picture at media time `at` may pass.
    pub(super) fn admits(&mut self, at: Duration) -> bool {
        // A quarter of the interval early is still the picture meant for this place: the times of
        // real sources jitter.
        if at + self.interval / 4 < self.next {
            return false;
        }
        let place = if at > self.next + self.interval { at } else { self.next };
        self.next = place + self.interval;
        true
    }
}

/// A stream's timestamp in nanoseconds.
pub(super) fn nanos(timestamp: i64, base: ff::Rational) -> i64 {
    let scaled = i128::from(timestamp) * i128::from(base.numerator()) * 1_000_000_000;
    (scaled / i128::from(base.denominator().max(1))) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::test_pictures::moment;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn media_time_runs_with_the_clock() {
        let (mut pacer, start) = (Pacer::default(), moment(0));
        assert_eq!(pacer.due(ms(0), start), start);
        assert_eq!(pacer.due(ms(33), start + ms(5)), start + ms(33));
        assert_eq!(
            pacer.due(ms(40), start + ms(400)),
            start + ms(40),
            "a little late is caught up"
        );
    }

    #[test]
    fn after_a_long_stall_it_goes_on_from_now_instead_of_racing() {
        let (mut pacer, start) = (Pacer::default(), moment(0));
        pacer.due(ms(0), start);
        let woke = start + ms(60_000);
        assert_eq!(pacer.due(ms(40), woke), woke);
        assert_eq!(pacer.due(ms(50), woke), woke + ms(10), "in step with what came before");
    }

    fn admitted(gate: &mut Gate, period_us: u64, pictures: u64) -> usize {
        (0..pictures).filter(|n| gate.admits(Duration::from_micros(n * period_us))).count()
    }

    #[test]
    fn the_gate_halves_60_and_passes_30_whatever_the_jitter() {
        assert_eq!(admitted(&mut Gate::new(30), 16_667, 60), 30);
        assert_eq!(admitted(&mut Gate::new(30), 33_333, 30), 30);
        assert_eq!(admitted(&mut Gate::new(30), 20_000, 50), 30);
        assert_eq!(admitted(&mut Gate::new(30), 100_000, 10), 10);
        let mut gate = Gate::new(30);
        let jittered = (0..30u64).map(|n| ms(n * 1000 / 30 + [0, 7, 3][n as usize % 3]));
        assert_eq!(jittered.filter(|at| gate.admits(*at)).count(), 30);
    }
}
