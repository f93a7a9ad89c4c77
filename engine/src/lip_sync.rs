//! Keeps one participant's picture and sound together.
//!
//! Whatever is early is delayed, in small steps, as libwebrtc's StreamSynchronization does: first
//! by giving back a delay of the other stream, then by a delay of its own. Both streams' capture
//! times come from the sender's clock, so its offset to ours cancels out.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What a measurement looks back over.
const WINDOW: Duration = Duration::from_secs(1);

/// Values remembered of each stream: a second of 10 ms blocks, or of 90 pictures.
const VALUES_MAX: usize = 128;

/// Nobody sees less than this, and correcting it would never come to rest.
const TOLERANCE_MS: f64 = 12.0;

/// Time between two steps.
const STEP_EVERY: Duration = Duration::from_millis(500);

/// The largest step: with [`STEP_EVERY`], 80 ms a second.
const STEP_MAX_MS: f64 = 40.0;

/// After a step, what is played still follows the old delay for so long.
const SETTLING: Duration = Duration::from_millis(250);

/// Values that a stream must have before it is judged.
const VALUES_MIN: usize = 3;

/// The most that either stream is delayed.
const DELAY_MAX_MS: f64 = 500.0;

/// What to add to each stream's own delay. At most one of the two is above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExtraDelay {
    /// For the sound's jitter buffer.
    pub sound: Duration,
    /// For the picture's playout.
    pub picture: Duration,
}

/// One participant's measurements and corrections.
#[derive(Debug, Clone, Default)]
pub struct LipSync {
    sound: Stream,
    picture: Stream,
    extra_sound_ms: f64,
    extra_picture_ms: f64,
    stepped: Option<Instant>,
}

/// When things were played, and how long after their capture (milliseconds).
#[derive(Debug, Clone, Default)]
struct Stream(VecDeque<(Instant, f64)>);

impl LipSync {
    /// Sound captured at `captured` left the loudspeaker at `played`.
    pub fn sound_played(&mut self, captured: Instant, played: Instant) {
        self.sound.push(captured, played);
    }

    /// A picture captured at `captured` was shown at `shown`.
    pub fn picture_shown(&mut self, captured: Instant, shown: Instant) {
        self.picture.push(captured, shown);
    }

    /// How many milliseconds later than the sound the picture was over the newest second; negative
    /// when it was early; `None` while one of the two is silent.
    pub fn offset_ms(&self, now: Instant) -> Option<f64> {
        self.offset_since(now.checked_sub(WINDOW)?)
    }

    /// The delays to apply from now on. Call it a few times a second.
    pub fn update(&mut self, now: Instant) -> ExtraDelay {
        let begun = *self.stepped.get_or_insert(now);
        if now.saturating_duration_since(begun) >= STEP_EVERY
            && let Some(offset_ms) = self.offset_since(begun + SETTLING)
            && offset_ms.abs() > TOLERANCE_MS
        {
            self.shift(offset_ms.clamp(-STEP_MAX_MS, STEP_MAX_MS));
            self.stepped = Some(now);
        }
        self.extra_delay()
    }

    /// The delays as of the last [`LipSync::update`].
    pub fn extra_delay(&self) -> ExtraDelay {
        ExtraDelay {
            sound: Duration::from_secs_f64(self.extra_sound_ms / 1e3),
            picture: Duration::from_secs_f64(self.extra_picture_ms / 1e3),
        }
    }

    fn offset_since(&self, since: Instant) -> Option<f64> {
        Some(self.picture.median_ms(since)? - self.sound.median_ms(since)?)
    }

    /// Moves the sound later against the picture, or for a negative step the picture.
    fn shift(&mut self, step_ms: f64) {
        let (early, late) = if step_ms > 0.0 {
            (&mut self.extra_sound_ms, &mut self.extra_picture_ms)
        } else {
            (&mut self.extra_picture_ms, &mut self.extra_sound_ms)
        };
        let given_back = late.min(step_ms.abs());
        *late -= given_back;
        *early = (*early + step_ms.abs() - given_back).min(DELAY_MAX_MS);
    }
}

impl Stream {
    fn push(&mut self, captured: Instant, out: Instant) {
        if self.0.len() == VALUES_MAX {
            self.0.pop_front();
        }
        let after = out.saturating_duration_since(captured).as_secs_f64();
        let before = captured.saturating_duration_since(out).as_secs_f64();
        self.0.push_back((out, (after - before) * 1e3));
    }

    fn median_ms(&self, since: Instant) -> Option<f64> {
        let mut values: Vec<f64> =
            self.0.iter().filter(|(at, _)| *at >= since).map(|&(_, ms)| ms).collect();
        let middle = values.len() / 2;
        (values.len() >= VALUES_MIN)
            .then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jitter_buffer::any_moment as start;

    /// Plays a path with the given latencies (ms) that obeys the delays at once; gives the offset
    /// at each 100 ms and the last delays.
    fn run(
        sync: &mut LipSync,
        start: Instant,
        seconds: u64,
        sound_ms: f64,
        picture_ms: f64,
    ) -> (Vec<f64>, ExtraDelay) {
        // The sender's clock may be wrong by any amount.
        let clock = Duration::from_secs(7_000);
        let after = |ms: f64| Duration::from_secs_f64(ms / 1e3);
        let (mut offsets, mut extra) = (Vec::new(), sync.update(start));
        for tick in 0..seconds * 100 {
            let now = start + Duration::from_millis(10 * tick);
            sync.sound_played(now - after(sound_ms) - extra.sound + clock, now);
            if tick % 3 == 0 {
                sync.picture_shown(now - after(picture_ms) - extra.picture + clock, now);
            }
            if tick % 10 == 0 {
                extra = sync.update(now);
                offsets.extend(sync.offset_ms(now));
            }
        }
        (offsets, extra)
    }

    #[test]
    fn whatever_is_early_is_delayed_until_both_are_together() {
        for (sound_ms, picture_ms) in [(60.0, 300.0), (300.0, 60.0), (50.0, 90.0)] {
            let mut sync = LipSync::default();
            let (offsets, extra) = run(&mut sync, start(), 10, sound_ms, picture_ms);
            let first = offsets[0];
            assert!((first - (picture_ms - sound_ms)).abs() < 1.0, "measured {first}");
            assert!(offsets[offsets.len() - 1].abs() <= 20.0, "{:?}", offsets.last());
            assert_eq!(extra.sound.is_zero(), sound_ms > picture_ms);
            assert_eq!(extra.picture.is_zero(), picture_ms > sound_ms);
        }
    }

    #[test]
    fn steps_are_at_most_80_ms_a_second() {
        let mut sync = LipSync::default();
        let begin = start();
        let mut before = Duration::ZERO;
        for second in 0..4 {
            let at = begin + Duration::from_secs(second);
            let (_, extra) = run(&mut sync, at, 1, 0.0, 400.0);
            assert!(extra.sound - before <= Duration::from_millis(81));
            assert!(extra.sound > before);
            before = extra.sound;
        }
    }

    #[test]
    fn a_delay_is_given_back_before_the_other_stream_is_delayed() {
        let mut sync = LipSync::default();
        let begin = start();
        let (_, extra) = run(&mut sync, begin, 6, 50.0, 200.0);
        assert!(extra.sound > Duration::from_millis(120) && extra.picture.is_zero());
        // The picture's path got fast.
        let (offsets, extra) = run(&mut sync, begin + Duration::from_secs(6), 8, 50.0, 50.0);
        assert!(extra.sound < Duration::from_millis(20) && extra.picture.is_zero(), "{extra:?}");
        assert!(offsets[offsets.len() - 1].abs() <= 20.0);
    }

    #[test]
    fn small_offsets_are_left_alone_and_silence_says_nothing() {
        let mut sync = LipSync::default();
        let begin = start();
        assert_eq!(sync.offset_ms(begin), None);
        let (_, extra) = run(&mut sync, begin, 5, 50.0, 61.0);
        assert_eq!(extra, ExtraDelay::default());
        assert_eq!(sync.offset_ms(begin + Duration::from_secs(9)), None);
    }
}
