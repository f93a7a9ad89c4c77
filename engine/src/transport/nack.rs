//! Which packets of a received stream to ask for again (RFC 4585 section 6.2.1), sans-IO.
//!
//! A gap is reported once `REORDERING` has passed, and again each time an answer is overdue by
//! the measured round trip. Nothing missing means no timer, so an idle slot costs nothing.

use std::time::{Duration, Instant};

/// How long a packet may come late by itself.
const REORDERING: Duration = Duration::from_millis(6);
/// Requests for one packet: at 20 % loss each way one in three fails, and all eight in 1 of 3,000.
const MAX_REQUESTS: u8 = 8;
/// An older packet is of no use to a conversation.
const MAX_AGE: Duration = Duration::from_secs(1);
/// A larger jump of the sequence number is another stream, or one that a keyframe must mend.
const MAX_GAP: u16 = 500;
/// More open requests than this are left to a keyframe.
const MAX_MISSING: usize = 500;
/// Bounds of the time after which an answer is overdue.
const RETRY: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(300));

#[derive(Debug)]
struct Missing {
    sequence: u16,
    noticed: Instant,
    requested: Option<Instant>,
    requests: u8,
    due: Instant,
}

/// One stream's missing packets.
#[derive(Debug, Default)]
pub struct MissingPackets {
    highest: Option<u16>,
    missing: Vec<Missing>,
}

impl MissingPackets {
    /// Notes a packet's arrival. Gives the round trip when it answers the only request made for it.
    pub fn on_packet(&mut self, now: Instant, sequence: u16) -> Option<Duration> {
        let Some(highest) = self.highest else {
            self.highest = Some(sequence);
            return None;
        };
        let ahead = sequence.wrapping_sub(highest);
        if ahead == 0 {
            return None;
        }
        if ahead < 1 << 15 {
            self.highest = Some(sequence);
            if ahead > MAX_GAP || self.missing.len() + usize::from(ahead) > MAX_MISSING {
                self.missing.clear();
                return None;
            }
            self.missing.extend((1..ahead).map(|step| Missing {
                sequence: highest.wrapping_add(step),
                noticed: now,
                requested: None,
                requests: 0,
                due: now + REORDERING,
            }));
            return None;
        }
        let at = self.missing.iter().position(|missing| missing.sequence == sequence)?;
        let found = self.missing.remove(at);
        found.requested.filter(|_| found.requests == 1).map(|requested| now - requested)
    }

    /// The sequence numbers to ask for now. An answer is expected within `round_trip`.
    pub fn poll_requests(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        self.missing.retain(|missing| {
            now - missing.noticed <= MAX_AGE
                && (missing.requests < MAX_REQUESTS || missing.due > now)
        });
        let overdue = (round_trip.mul_f64(1.25) + REORDERING).clamp(RETRY.0, RETRY.1);
        let due = self.missing.iter_mut().filter(|missing| missing.due <= now);
        due.map(|missing| {
            missing.requests += 1;
            missing.requested = Some(now);
            missing.due = now + overdue;
            missing.sequence
        })
        .collect()
    }

    /// When [`MissingPackets::poll_requests`] has something to do; `None` while nothing is missing.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.missing.iter().map(|missing| missing.due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RTT: Duration = Duration::from_millis(40);

    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn start() -> Instant {
        Instant::now()
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn packets_in_order_need_no_timer() {
        let (now, mut packets) = (start(), MissingPackets::default());
        for sequence in 65_500..=u16::MAX {
            packets.on_packet(now, sequence);
        }
        packets.on_packet(now, 0);
        assert_eq!(packets.poll_timeout(), None);
    }

    #[test]
    fn a_packet_that_is_only_late_is_not_asked_for() {
        let (now, mut packets) = (start(), MissingPackets::default());
        for sequence in [10, 12, 11] {
            packets.on_packet(now, sequence);
        }
        assert!(packets.poll_requests(now + ms(50), RTT).is_empty());
    }

    #[test]
    fn a_lost_packet_is_asked_for_until_it_comes() {
        let (now, mut packets) = (start(), MissingPackets::default());
        packets.on_packet(now, u16::MAX);
        packets.on_packet(now, 2);
        assert!(packets.poll_requests(now, RTT).is_empty(), "it may still come by itself");
        let first = packets.poll_timeout().expect("two are missing");
        assert_eq!(packets.poll_requests(first, RTT), [0, 1]);
        assert_eq!(packets.on_packet(first + ms(30), 1), Some(ms(30)), "the round trip");
        let second = packets.poll_timeout().expect("one is missing");
        assert!(second - first >= RTT);
        assert_eq!(packets.poll_requests(second, RTT), [0]);
        assert_eq!(packets.on_packet(second + ms(1), 0), None, "either request was answered");
        assert_eq!(packets.poll_timeout(), None);
    }

    #[test]
    fn asking_stops_after_some_time_or_a_jump() {
        let (now, mut packets) = (start(), MissingPackets::default());
        packets.on_packet(now, 1);
        packets.on_packet(now, 3);
        let mut asked = 0;
        while let Some(due) = packets.poll_timeout() {
            asked += packets.poll_requests(due, RTT).len();
        }
        assert_eq!(asked, usize::from(MAX_REQUESTS));
        packets.on_packet(now, 10);
        packets.on_packet(now, 30_000);
        assert_eq!(packets.poll_timeout(), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_it_stays_bounded(sequences in proptest::collection::vec(any::<u16>(), 0..500)) {
            let (now, mut packets) = (start(), MissingPackets::default());
            for (step, sequence) in sequences.into_iter().enumerate() {
                packets.on_packet(now + ms(step as u64), sequence);
                prop_assert!(packets.missing.len() <= MAX_MISSING);
            }
        }
    }
}
