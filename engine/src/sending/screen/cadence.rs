//! When a screen's next picture leaves: a state machine without a clock.

use std::time::{Duration, Instant};

/// The next picture may leave while so much of what was sent before is still under way: enough to
/// keep the line busy, too little to be felt.
const AHEAD: Duration = Duration::from_millis(250);

/// A picture that stands still leaves so often. The hub takes a stream for ended after 1.5 s.
const REPEAT: Duration = Duration::from_secs(1);

/// The same picture is refined so often at most: three seconds at fifteen a second.
const REFINEMENTS: u32 = 45;

/// A repetition of so few bytes improved nothing that can be seen.
const SETTLED_BYTES: usize = 1_000;

/// So many of them in a row, and the picture is finished.
const SETTLED_TIMES: u32 = 3;

/// After a picture that improved something, the next may follow at once: for so long the screen keeps
/// its part of the line. Shorter, and the camera would sway with each blink of a text cursor.
const LINGER: Duration = Duration::from_secs(1);

/// Why a picture is to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Somebody cannot go on without it.
    Keyframe,
    /// It shows something new.
    Changed,
    /// It is the one sent before.
    Same,
}

#[derive(Debug)]
pub(super) struct Cadence {
    interval: Duration,
    sent: Option<Instant>,
    /// When the line has carried everything sent.
    carried: Option<Instant>,
    /// How long the line carried the newest change.
    took: Duration,
    repeated: u32,
    settled: u32,
    /// When a picture left last that was worth its part of the line.
    heavy: Option<Instant>,
}

impl Cadence {
    /// At most `fps` pictures a second.
    pub(super) fn new(fps: u32) -> Cadence {
        let interval = Duration::from_secs(1) / fps.max(1);
        Cadence {
            interval,
            sent: None,
            carried: None,
            took: Duration::ZERO,
            repeated: 0,
            settled: 0,
            heavy: None,
        }
    }

    /// When the next picture may leave; `None` when nothing was sent yet.
    pub(super) fn due(&self, turn: Turn) -> Option<Instant> {
        let (sent, carried) = (self.sent?, self.carried?);
        let next = sent + self.interval;
        Some(match turn {
            Turn::Keyframe => next,
            Turn::Same if self.is_finished() => sent + REPEAT,
            Turn::Changed | Turn::Same => next.max(carried.checked_sub(AHEAD).unwrap_or(carried)),
        })
    }

    /// Whether the same picture is not worth sending again, but to keep the stream alive.
    fn is_finished(&self) -> bool {
        self.settled >= SETTLED_TIMES || self.repeated >= REFINEMENTS
    }

    /// Whether pictures need their part of the line at `now`. What stands still needs none.
    pub(super) fn needs_line(&self, now: Instant) -> bool {
        self.heavy.is_some_and(|at| now.duration_since(at) < LINGER)
    }

    /// The line carries `to` bits a second from `now` on, in place of `from`: what is still under way
    /// arrives sooner or later than was thought.
    pub(super) fn rate_changed(&mut self, now: Instant, from: u32, to: u32) {
        let ratio = f64::from(from.max(1)) / f64::from(to.max(1));
        let scaled = |time: Duration| Duration::try_from_secs_f64(time.as_secs_f64() * ratio);
        if let Some(left) = self.carried.and_then(|carried| carried.checked_duration_since(now))
            && let Some(carried) = scaled(left).ok().and_then(|left| now.checked_add(left))
        {
            self.carried = Some(carried);
        }
        self.took = scaled(self.took).unwrap_or(self.took);
    }

    /// Nothing is under way on another line.
    pub(super) fn line_changed(&mut self) {
        (self.carried, self.took) = (self.sent, Duration::ZERO);
    }

    /// How long the line was busy with the newest change.
    pub(super) fn took(&self) -> Duration {
        self.took
    }

    /// Whether the line has carried everything that was sent.
    pub(super) fn is_free(&self, now: Instant) -> bool {
        self.carried.is_none_or(|carried| carried <= now)
    }

    /// A picture of `bytes` left on a line of `bps`, for the first time or again.
    pub(super) fn sent(&mut self, now: Instant, changed: bool, bytes: usize, bps: u32) {
        let takes = Duration::from_secs_f64(bytes as f64 * 8.0 / f64::from(bps.max(1)));
        self.carried = Some(self.carried.map_or(now, |carried| carried.max(now)) + takes);
        self.sent = Some(now);
        if bytes >= SETTLED_BYTES && (changed || !self.is_finished()) {
            self.heavy = Some(now);
        }
        if changed {
            (self.repeated, self.settled, self.took) = (0, 0, takes);
        } else {
            self.repeated = self.repeated.saturating_add(1);
            self.settled = if bytes < SETTLED_BYTES { self.settled + 1 } else { 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BPS: u32 = 800_000;

    fn ms(duration: Duration) -> u128 {
        duration.as_millis()
    }

    #[test]
    fn pictures_keep_their_distance_and_wait_for_the_line() {
        let start = crate::jitter_buffer::any_moment();
        let mut cadence = Cadence::new(10);
        assert_eq!(cadence.due(Turn::Changed), None);
        cadence.sent(start, true, 1_000, BPS);
        let due = cadence.due(Turn::Changed).expect("sent before");
        assert_eq!(ms(due - start), 100, "ten a second");
        // 100 KB take a second at 800 kbit/s.
        cadence.sent(due, true, 100_000, BPS);
        let next = cadence.due(Turn::Changed).expect("sent before");
        assert_eq!(ms(next - due), 750, "sharp and later rather than soon and smeared");
        let asked = cadence.due(Turn::Keyframe).expect("sent before");
        assert_eq!(ms(asked - due), 100, "a late joiner waits for nothing");
        assert_eq!(ms(cadence.took()), 1_000);
        assert!(!cadence.is_free(due + Duration::from_millis(900)));
        assert!(cadence.is_free(due + Duration::from_millis(1_100)));
    }

    #[test]
    fn a_still_picture_is_refined_until_nothing_improves_and_then_rests() {
        let mut now = crate::jitter_buffer::any_moment();
        let mut cadence = Cadence::new(15);
        cadence.sent(now, true, 20_000, 4_000_000);
        let mut steps = Vec::new();
        for bytes in [9_000, 3_000, 400, 2_000, 300, 200, 100, 100] {
            let due = cadence.due(Turn::Same).expect("sent before");
            steps.push(ms(due - now));
            now = due;
            cadence.sent(now, false, bytes, 4_000_000);
        }
        assert_eq!(steps, [66, 66, 66, 66, 66, 66, 66, 1_000]);
        cadence.sent(now, true, 10_000, 4_000_000);
        let due = cadence.due(Turn::Same).expect("sent before");
        assert_eq!(ms(due - now), 66, "what changed is refined again");
    }

    #[test]
    fn what_is_under_way_arrives_sooner_when_the_line_recovers() {
        let start = crate::jitter_buffer::any_moment();
        let mut cadence = Cadence::new(10);
        // 100 KB take 20 s in a dip; after two of them the line is as good as before.
        cadence.sent(start, true, 100_000, 40_000);
        let now = start + Duration::from_secs(2);
        cadence.rate_changed(now, 40_000, 4_000_000);
        let next = cadence.due(Turn::Changed).expect("sent before");
        assert!(next <= now, "18 s of the dip are 180 ms now");
        assert_eq!(ms(cadence.took()), 200);
        cadence.rate_changed(now, 4_000_000, 400_000);
        let next = cadence.due(Turn::Changed).expect("sent before");
        assert_eq!(ms(next - now), 1_800 - AHEAD.as_millis());
        cadence.rate_changed(now, u32::MAX, 0);
        cadence.line_changed();
        assert_eq!(cadence.due(Turn::Changed), Some(start + Duration::from_millis(100)));
    }

    #[test]
    fn the_line_is_needed_by_what_changes_and_not_by_what_stands_still() {
        let mut now = crate::jitter_buffer::any_moment();
        let mut cadence = Cadence::new(15);
        assert!(!cadence.needs_line(now));
        cadence.sent(now, true, 20_000, 4_000_000);
        for bytes in [9_000, 3_000, 400, 300, 200] {
            now = cadence.due(Turn::Same).expect("sent before");
            assert!(cadence.needs_line(now));
            cadence.sent(now, false, bytes, 4_000_000);
        }
        // Repetitions keep the stream alive, a cursor blinks: neither is worth the camera's part.
        for (changed, bytes) in [(false, 4_000), (true, 300), (false, 80)] {
            now += LINGER;
            cadence.sent(now, changed, bytes, 4_000_000);
            assert!(!cadence.needs_line(now));
        }
        cadence.sent(now, true, 5_000, 4_000_000);
        assert!(cadence.needs_line(now));
    }

    #[test]
    fn refining_ends_even_where_it_never_settles() {
        let mut now = crate::jitter_buffer::any_moment();
        let mut cadence = Cadence::new(15);
        cadence.sent(now, true, 5_000, 4_000_000);
        for _ in 0..REFINEMENTS {
            now = cadence.due(Turn::Same).expect("sent before");
            cadence.sent(now, false, 5_000, 4_000_000);
        }
        assert_eq!(cadence.due(Turn::Same), Some(now + REPEAT));
    }
}
