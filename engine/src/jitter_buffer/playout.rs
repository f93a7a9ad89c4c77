//! When to show each decoded picture.
//!
//! A picture's transit is the time from its media timestamp to when it is ready. The fastest
//! transit of the newest seconds is the path without queues; the 95th percentile above it is the
//! delay variation that is smoothed away. Little variation is not worth a delay: then pictures
//! are due when they are ready. (The quantile over a window stands where libwebrtc's VCMTiming has
//! a Kalman filter; it needs no model of the path.)

use super::sequence::Unwrapper;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Pictures that wait. At 30 fps, more than [`DELAY_MAX_MS`]; when full, the oldest is dropped.
const PICTURES_MAX: usize = 32;

/// Transits remembered: 8.5 s at 30 fps.
const WINDOW: usize = 256;

/// Transits are forgotten after this long: clocks drift, routes change.
const WINDOW_AGE: Duration = Duration::from_secs(10);

/// Variation below this is not smoothed: less than one refresh of a 100 Hz display.
const NEGLIGIBLE_MS: f64 = 10.0;

/// The most delay for smoothing; pictures that are later still are shown when ready.
const DELAY_MAX_MS: f64 = 500.0;

/// The delay changes by at most this many milliseconds a millisecond, so that motion stays even.
const SLEW: f64 = 0.1;

/// A transit that jumps by more than this means that the sender's timestamps began anew.
const RESTART_MS: f64 = 2_000.0;

#[derive(Debug)]
struct Waiting<T> {
    timestamp: i64,
    due: Instant,
    picture: T,
}

/// One stream's pictures between decoder and display.
#[derive(Debug)]
pub struct Playout<T> {
    timestamps: Unwrapper<32>,
    origin: Option<(Instant, i64)>,
    transits: VecDeque<(Instant, f64)>,
    scratch: Vec<f64>,
    waiting: VecDeque<Waiting<T>>,
    delay_ms: f64,
    extra_ms: f64,
    newest_ready: Option<Instant>,
    shown: Option<i64>,
    superseded: u64,
}

impl<T> Default for Playout<T> {
    fn default() -> Self {
        Playout {
            timestamps: Unwrapper::default(),
            origin: None,
            transits: VecDeque::new(),
            scratch: Vec::new(),
            waiting: VecDeque::new(),
            delay_ms: 0.0,
            extra_ms: 0.0,
            newest_ready: None,
            shown: None,
            superseded: 0,
        }
    }
}

impl<T> Playout<T> {
    /// Takes a picture that was decoded at `ready`. `rtp_timestamp` counts 90 kHz.
    ///
    /// A picture older than one shown already is dropped and counted.
    pub fn push(&mut self, picture: T, rtp_timestamp: u32, ready: Instant) {
        let timestamp = self.timestamps.unwrap(rtp_timestamp);
        let (origin, first) = *self.origin.get_or_insert((ready, timestamp));
        let media_ms = (timestamp - first) as f64 / 90.0;
        let transit_ms = signed_ms(ready, origin) - media_ms;
        let base_ms = self.observe(transit_ms, ready);
        let due_ms = base_ms + media_ms + self.delay_ms;
        let due = (origin + Duration::from_secs_f64(due_ms.max(0.0) / 1e3)).max(ready);
        let place = self.waiting.partition_point(|waiting| waiting.timestamp < timestamp);
        let known = self.waiting.get(place).is_some_and(|other| other.timestamp == timestamp);
        if known || self.shown.is_some_and(|shown| timestamp <= shown) {
            self.superseded += 1;
            return;
        }
        let due = match place.checked_sub(1).and_then(|before| self.waiting.get(before)) {
            Some(before) => due.max(before.due),
            None => due,
        };
        self.waiting.insert(place, Waiting { timestamp, due, picture });
        if self.waiting.len() > PICTURES_MAX {
            self.waiting.pop_front();
            self.superseded += 1;
        }
    }

    /// The picture to show now, if a new one is due. Older ones that are due too are dropped.
    pub fn poll(&mut self, now: Instant) -> Option<T> {
        let due = self.waiting.iter().take_while(|waiting| waiting.due <= now).count();
        let newest = self.waiting.drain(..due).last()?;
        self.superseded += due as u64 - 1;
        self.shown = Some(newest.timestamp);
        Some(newest.picture)
    }

    /// Drops the pictures that wait: they shall not be shown any more.
    pub fn clear(&mut self) {
        self.superseded += self.waiting.len() as u64;
        self.waiting.clear();
    }

    /// When the next picture is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.waiting.front().map(|waiting| waiting.due)
    }

    /// Sets the delay that lip sync asks for, on top of smoothing. It is approached by at most
    /// 100 ms a second.
    pub fn set_extra_delay(&mut self, extra: Duration) {
        self.extra_ms = extra.as_secs_f64() * 1e3;
    }

    /// How long a picture that came by the fastest path waits now.
    pub fn delay(&self) -> Duration {
        Duration::from_secs_f64(self.delay_ms / 1e3)
    }

    /// Pictures dropped because a newer one was due.
    pub fn superseded(&self) -> u64 {
        self.superseded
    }

    /// Learns from one transit; gives the fastest one.
    fn observe(&mut self, transit_ms: f64, ready: Instant) -> f64 {
        let fastest = |transits: &VecDeque<(Instant, f64)>| {
            transits.iter().map(|&(_, ms)| ms).fold(f64::INFINITY, f64::min)
        };
        if !self.transits.is_empty() && (transit_ms - fastest(&self.transits)).abs() > RESTART_MS {
            self.transits.clear();
        }
        let stale = |&(at, _): &(Instant, f64)| ready.saturating_duration_since(at) > WINDOW_AGE;
        while self.transits.len() >= WINDOW || self.transits.front().is_some_and(stale) {
            self.transits.pop_front();
        }
        self.transits.push_back((ready, transit_ms));
        let base_ms = fastest(&self.transits);
        let variation_ms = self.percentile_95() - base_ms;
        let smoothing = if variation_ms < NEGLIGIBLE_MS { 0.0 } else { variation_ms };
        let target_ms = smoothing.min(DELAY_MAX_MS) + self.extra_ms;
        let elapsed = self.newest_ready.map_or(Duration::ZERO, |newest| {
            ready.saturating_duration_since(newest).min(Duration::from_secs(1))
        });
        self.newest_ready = self.newest_ready.max(Some(ready));
        let step_ms = elapsed.as_secs_f64() * 1e3 * SLEW;
        self.delay_ms += (target_ms - self.delay_ms).clamp(-step_ms, step_ms);
        base_ms
    }

    fn percentile_95(&mut self) -> f64 {
        self.scratch.clear();
        self.scratch.extend(self.transits.iter().map(|&(_, ms)| ms));
        let rank = (self.scratch.len() - 1) * 95 / 100;
        *self.scratch.select_nth_unstable_by(rank, f64::total_cmp).1
    }
}

fn signed_ms(at: Instant, origin: Instant) -> f64 {
    let after = at.saturating_duration_since(origin).as_secs_f64();
    let before = origin.saturating_duration_since(at).as_secs_f64();
    (after - before) * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jitter_buffer::any_moment as start;

    /// Plays 30 fps with the given transit of each picture; gives when each shown one was shown.
    fn play(
        playout: &mut Playout<u32>,
        start: Instant,
        range: std::ops::Range<u32>,
        transit_ms: impl Fn(u32) -> f64,
    ) -> Vec<(u32, f64)> {
        let mut ready: Vec<(Instant, u32)> = range
            .map(|n| {
                let us = (f64::from(n) / 0.03 + transit_ms(n)) * 1e3;
                (start + Duration::from_micros(us.round() as u64), n)
            })
            .collect();
        ready.sort();
        let mut shown = Vec::new();
        let mut until = |playout: &mut Playout<u32>, end: Option<Instant>| {
            while let Some(due) = playout.next_deadline()
                && end.is_none_or(|end| due < end)
            {
                let picture = playout.poll(due).expect("due");
                shown.push((picture, signed_ms(due, start)));
            }
        };
        for (at, n) in ready {
            until(playout, Some(at));
            playout.push(n, n.wrapping_mul(3_000).wrapping_add(u32::MAX - 9_000), at);
        }
        until(playout, None);
        shown
    }

    fn noise(n: u32) -> f64 {
        f64::from(n.wrapping_mul(2_654_435_761) >> 16) / 65_536.0
    }

    #[test]
    fn a_steady_stream_is_shown_as_it_comes() {
        let mut playout = Playout::default();
        let shown = play(&mut playout, start(), 0..300, |n| 20.0 + 6.0 * noise(n));
        assert_eq!(shown.len(), 300);
        for (n, at) in shown {
            let ready = f64::from(n) * 1e3 / 30.0 + 20.0 + 6.0 * noise(n);
            assert!(at - ready <= 10.0, "picture {n} waited {} ms", at - ready);
        }
    }

    #[test]
    fn jitter_is_smoothed_to_an_even_pace_and_nothing_goes_backwards() {
        let mut playout = Playout::default();
        let shown = play(&mut playout, start(), 0..600, |n| 20.0 + 80.0 * noise(n));
        assert!(shown.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1));
        let mut off: Vec<f64> = shown
            .iter()
            .filter(|(n, _)| *n > 150)
            .map(|(n, at)| (at - f64::from(*n) * 1e3 / 30.0 - 96.0).abs())
            .collect();
        off.sort_by(f64::total_cmp);
        assert!(off[off.len() * 9 / 10] < 6.0, "uneven by {} ms", off[off.len() * 9 / 10]);
        assert!((70.0..85.0).contains(&(playout.delay().as_secs_f64() * 1e3)));
    }

    #[test]
    fn after_a_stall_only_the_newest_picture_is_shown() {
        let mut playout = Playout::default();
        let begin = start();
        // Pictures 100–108 all come with picture 109.
        let stall =
            |n: u32| if (100..109).contains(&n) { f64::from(109 - n) * 1e3 / 30.0 } else { 0.0 };
        let shown = play(&mut playout, begin, 0..200, |n| 20.0 + stall(n));
        assert!(shown.iter().all(|(n, _)| !(100..108).contains(n)));
        assert!(playout.superseded() >= 8);
    }

    #[test]
    fn new_timestamps_after_a_restart_are_followed_at_once() {
        let mut playout = Playout::default();
        let begin = start();
        play(&mut playout, begin, 0..100, |_| 20.0);
        // A gap of an hour in media time that no time passed for.
        let at = begin + Duration::from_secs(4);
        playout.push(1, 3_600 * 90_000, at);
        assert_eq!(playout.next_deadline(), Some(at));
        assert_eq!(playout.poll(at), Some(1));
    }

    #[test]
    fn lip_sync_delay_is_approached_slowly() {
        let mut playout = Playout::default();
        let begin = start();
        play(&mut playout, begin, 0..30, |_| 20.0);
        playout.set_extra_delay(Duration::from_millis(60));
        let shown = play(&mut playout, begin, 30..90, |_| 20.0);
        let waits: Vec<f64> =
            shown.iter().map(|(n, at)| at - f64::from(*n) * 1e3 / 30.0 - 20.0).collect();
        assert!(waits.windows(2).all(|pair| pair[1] - pair[0] < 4.0));
        assert!((waits[waits.len() - 1] - 60.0).abs() < 1.0, "{waits:?}");
    }
}
