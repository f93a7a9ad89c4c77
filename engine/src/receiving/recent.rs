//! How one slot did over the newest seconds, from counters that only grow, and its jitter.

use crate::frame::SAMPLE_RATE;
use crate::transport::{PayloadKind, RtpPacket};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What "recent" means.
const WINDOW: Duration = Duration::from_secs(3);
/// Counters are noted at most this often.
const STEP: Duration = Duration::from_millis(250);
/// RFC 3550 section 6.4.1: each difference counts for a sixteenth.
const WEIGHT: f64 = 1.0 / 16.0;
/// Steps of the timestamps larger than this belong to another stream, seconds.
const JUMP_S: f64 = 1.0;

/// Counters at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) packets: u64,
    pub(super) lost: u64,
    pub(super) frames: u64,
    pub(super) samples: u64,
    pub(super) concealed: u64,
}

/// What the counters say about the newest seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) loss: f64,
    pub(super) fps: f64,
    pub(super) concealed: f64,
}

/// See the module's documentation.
#[derive(Debug, Default)]
pub(super) struct Recent {
    marks: VecDeque<(Instant, Counts)>,
    newest: Option<(Instant, Counts)>,
    /// Of the newest packet with another timestamp than the one before.
    last: Option<(Instant, u32)>,
    jitter_s: f64,
}

impl Recent {
    /// Takes in the counters as they are now.
    pub(super) fn note(&mut self, counts: Counts, now: Instant) {
        self.newest = Some((now, counts));
        let due = self.marks.back().is_none_or(|(at, _)| now.duration_since(*at) >= STEP);
        if due {
            self.marks.push_back((now, counts));
            // The first that is old enough begins the window.
            while self.marks.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
                self.marks.pop_front();
            }
        }
    }

    /// Takes in a packet's times.
    pub(super) fn arrived(&mut self, packet: &RtpPacket) {
        // All packets of a picture have one timestamp and leave one after the other.
        if self.last.is_some_and(|(_, timestamp)| timestamp == packet.timestamp) {
            return;
        }
        let before = self.last.replace((packet.arrived, packet.timestamp));
        let Some((at, timestamp)) = before else { return };
        let rate = match packet.payload_kind {
            PayloadKind::Opus => SAMPLE_RATE,
            PayloadKind::Video(_) => 90_000,
        };
        // Wraps, and is negative for what comes late.
        let sent_s = f64::from(packet.timestamp.wrapping_sub(timestamp) as i32) / f64::from(rate);
        let took_s = packet.arrived.saturating_duration_since(at).as_secs_f64();
        if sent_s.abs() < JUMP_S && took_s < JUMP_S {
            self.jitter_s += ((took_s - sent_s).abs() - self.jitter_s) * WEIGHT;
        }
    }

    /// RFC 3550's interarrival jitter.
    pub(super) fn jitter(&self) -> Duration {
        Duration::from_secs_f64(self.jitter_s)
    }

    /// The rates over the newest seconds before `now`; nothing at the beginning.
    pub(super) fn rates(&self, now: Instant) -> Rates {
        let old = |at: Instant| now.saturating_duration_since(at) >= WINDOW;
        let Some((_, newest)) = self.newest.filter(|(at, _)| !old(*at)) else {
            return Rates::default();
        };
        let window = self.marks.iter().rev().find(|(at, _)| old(*at));
        let Some((from, before)) = window.or(self.marks.front()) else { return Rates::default() };
        let time_s = now.saturating_duration_since(*from).as_secs_f64();
        if time_s < STEP.as_secs_f64() {
            return Rates::default();
        }
        // Counters start anew with a connection; lost packets may still come.
        let since =
            |counter: fn(&Counts) -> u64| counter(&newest).saturating_sub(counter(before)) as f64;
        let share = |part: f64, whole: f64| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
        let lost = since(|counts| counts.lost);
        Rates {
            loss: share(lost, lost + since(|counts| counts.packets)),
            fps: since(|counts| counts.frames) / time_s,
            concealed: share(since(|counts| counts.concealed), since(|counts| counts.samples)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VideoCodec;
    use crate::jitter_buffer::any_moment;
    use bytes::Bytes;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn rates_are_those_of_the_newest_seconds() {
        let start = any_moment();
        let mut recent = Recent::default();
        assert_eq!(recent.rates(start), Rates::default());
        let mut counts = Counts::default();
        for n in 0..1_000 {
            // Ten seconds of a hundred packets and thirty pictures each; the first half loses 20 %.
            let early = n < 500;
            counts.packets += if early && n % 5 == 0 { 0 } else { 1 };
            counts.lost += u64::from(early && n % 5 == 0);
            counts.frames += u64::from(n % 10 < 3);
            counts.samples += 480;
            counts.concealed += if early { 48 } else { 0 };
            recent.note(counts, start + n * 10 * MS);
            if n == 499 {
                let Rates { loss, fps, concealed } = recent.rates(start + n * 10 * MS);
                assert!((loss - 0.2).abs() < 0.01 && (concealed - 0.1).abs() < 0.01);
                assert!((fps - 30.0).abs() < 1.0, "{fps}");
            }
        }
        let Rates { loss, fps, concealed } = recent.rates(start + 9_990 * MS);
        assert_eq!((loss, concealed), (0.0, 0.0));
        assert!((fps - 30.0).abs() < 1.0, "{fps}");
        assert!(recent.marks.len() < 16);
        assert_eq!(recent.rates(start + 14_000 * MS).fps, 0.0, "nothing came any more");
    }

    #[test]
    fn jitter_follows_rfc_3550_and_a_pictures_packets_count_once() {
        let start = any_moment();
        let packet = |timestamp, at| RtpPacket {
            payload_kind: PayloadKind::Video(VideoCodec::Vp8),
            sequence: 0,
            timestamp,
            marker: false,
            payload: Bytes::new(),
            captured: None,
            level: None,
            arrived: start + at * MS,
        };
        let mut recent = Recent::default();
        for n in 0..200u32 {
            for paced in 0..5 {
                recent.arrived(&packet(n * 3_600, n * 40 + paced));
            }
        }
        assert!(recent.jitter() < MS, "{:?}", recent.jitter());
        for n in 200..400u32 {
            recent.arrived(&packet(n * 3_600, n * 40 + 10 * (n % 2)));
        }
        assert!((9 * MS..11 * MS).contains(&recent.jitter()), "{:?}", recent.jitter());
        // Another stream in the same slot is no jitter.
        recent.arrived(&packet(4_000_000_000, 20_000));
        assert!(recent.jitter() < 11 * MS);
    }
}
