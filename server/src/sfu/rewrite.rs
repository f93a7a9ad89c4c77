//! Makes one continuous RTP stream out of the pieces of several.
//!
//! A receiver decodes each of its slots as one stream, whoever is shown there. So every switch
//! continues the sequence numbers, the timestamps (by the time that really passed) and, for VP8,
//! the picture identifiers (RFC 7741 section 4.2) where the piece before it ended.

use std::time::{Duration, Instant};

/// What the rewriter has to know of an incoming packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming {
    /// Extended sequence number.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// The VP8 identifiers; `None` for other codecs.
    pub vp8: Option<Vp8Ids>,
}

/// What the packet says when it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing {
    /// Extended sequence number; the first of a stream is below 65,536, so that the receiver's
    /// SRTP rollover counter (RFC 3711 section 3.3.1) starts at zero like ours.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// The VP8 identifiers that the incoming packet had, renumbered.
    pub vp8: Option<Vp8Ids>,
}

/// The counters in a VP8 payload descriptor that must not jump (RFC 7741 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vp8Ids {
    /// 15 bits.
    pub picture_id: Option<u16>,
    /// The index of the base temporal layer's frame.
    pub tl0_pic_idx: Option<u8>,
}

const PICTURE_ID_MASK: u16 = 0x7fff;

/// A receiver that slept for longer gains nothing from a timestamp that says so.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// The rewriting state of one slot.
#[derive(Debug)]
pub struct Rewriter {
    clock_rate: u32,
    last: Outgoing,
    last_at: Option<Instant>,
    in_base: Incoming,
    out_base: Outgoing,
}

impl Rewriter {
    /// A stream that starts after `sequence`, with an RTP clock of `clock_rate` Hz.
    pub fn new(clock_rate: u32, sequence: u16) -> Rewriter {
        let none = Incoming { sequence: 0, timestamp: 0, vp8: None };
        let last = Outgoing {
            sequence: u64::from(sequence >> 1),
            timestamp: 0,
            vp8: Some(Vp8Ids { picture_id: Some(0), tl0_pic_idx: Some(0) }),
        };
        Rewriter { clock_rate, last, last_at: None, in_base: none, out_base: last }
    }

    /// From `first` on, packets come from another incoming stream.
    pub fn switch(&mut self, first: Incoming, now: Instant) {
        let elapsed = match self.last_at {
            Some(at) => now.saturating_duration_since(at).min(LONGEST_PAUSE),
            None => Duration::ZERO,
        };
        let ticks = (elapsed.as_micros() as u64 * u64::from(self.clock_rate) / 1_000_000).max(1);
        let ids = self.last_ids();
        self.in_base = first;
        self.out_base = Outgoing {
            sequence: self.last.sequence + 1,
            timestamp: self.last.timestamp.wrapping_add(ticks as u32),
            vp8: Some(Vp8Ids {
                picture_id: ids.picture_id.map(|id| id.wrapping_add(1) & PICTURE_ID_MASK),
                tl0_pic_idx: ids.tl0_pic_idx.map(|index| index.wrapping_add(1)),
            }),
        };
    }

    /// Renumbers a packet; `None` if it belongs before the switch.
    pub fn rewrite(&mut self, packet: Incoming, now: Instant) -> Option<Outgoing> {
        let offset = packet.sequence.checked_sub(self.in_base.sequence)?;
        let since = packet.timestamp.wrapping_sub(self.in_base.timestamp);
        let out = Outgoing {
            sequence: self.out_base.sequence + offset,
            timestamp: self.out_base.timestamp.wrapping_add(since),
            vp8: packet.vp8.map(|ids| self.renumber(ids)),
        };
        if out.sequence > self.last.sequence {
            let kept = self.last_ids();
            let new = out.vp8.unwrap_or(kept);
            self.last = Outgoing {
                vp8: Some(Vp8Ids {
                    picture_id: new.picture_id.or(kept.picture_id),
                    tl0_pic_idx: new.tl0_pic_idx.or(kept.tl0_pic_idx),
                }),
                ..out
            };
            self.last_at = Some(now);
        }
        Some(out)
    }

    fn last_ids(&self) -> Vp8Ids {
        self.last.vp8.unwrap_or(Vp8Ids { picture_id: None, tl0_pic_idx: None })
    }

    fn renumber(&self, ids: Vp8Ids) -> Vp8Ids {
        let (from, to) = (self.in_base.vp8, self.out_base.vp8);
        let picture = |ids: Option<Vp8Ids>| ids.and_then(|ids| ids.picture_id).unwrap_or(0);
        let index = |ids: Option<Vp8Ids>| ids.and_then(|ids| ids.tl0_pic_idx).unwrap_or(0);
        Vp8Ids {
            picture_id: ids.picture_id.map(|id| {
                picture(to).wrapping_add(id.wrapping_sub(picture(from))) & PICTURE_ID_MASK
            }),
            tl0_pic_idx: ids
                .tl0_pic_idx
                .map(|i| index(to).wrapping_add(i.wrapping_sub(index(from)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start() -> Instant {
        #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
        Instant::now()
    }

    fn packet(sequence: u64, timestamp: u32, picture_id: u16) -> Incoming {
        let ids = Vp8Ids { picture_id: Some(picture_id), tl0_pic_idx: Some(picture_id as u8) };
        Incoming { sequence, timestamp, vp8: Some(ids) }
    }

    #[test]
    fn a_packet_from_before_the_switch_is_dropped() {
        let now = start();
        let mut rewriter = Rewriter::new(90_000, 2000);
        rewriter.switch(packet(500, 0, 0), now);
        assert_eq!(rewriter.rewrite(packet(499, 0, 0), now), None);
        assert_eq!(rewriter.rewrite(packet(500, 0, 0), now).unwrap().sequence, 1001);
    }

    #[test]
    fn a_reordered_packet_keeps_its_place_and_moves_nothing() {
        let now = start();
        let mut rewriter = Rewriter::new(90_000, 0);
        rewriter.switch(packet(10, 0, 7), now);
        for (sequence, out) in [(10, 1), (12, 3), (11, 2), (13, 4)] {
            assert_eq!(rewriter.rewrite(packet(sequence, 0, 7), now).unwrap().sequence, out);
        }
        rewriter.switch(packet(900, 5, 3), now);
        assert_eq!(rewriter.rewrite(packet(900, 5, 3), now).unwrap().sequence, 5);
    }

    #[test]
    fn the_timestamp_of_a_switch_counts_the_time_that_passed() {
        let now = start();
        let mut rewriter = Rewriter::new(90_000, 0);
        rewriter.switch(packet(1, 77_000, 0), now);
        let first = rewriter.rewrite(packet(1, 77_000, 0), now).unwrap().timestamp;
        let later = now + Duration::from_millis(100);
        rewriter.switch(packet(1, u32::MAX, 0), later);
        let second = rewriter.rewrite(packet(1, u32::MAX, 0), later).unwrap().timestamp;
        assert_eq!(second.wrapping_sub(first), 9000);
    }

    #[test]
    fn picture_ids_wrap_at_fifteen_bits() {
        let now = start();
        let mut rewriter = Rewriter::new(90_000, 0);
        rewriter.switch(packet(1, 0, 0x7fff), now);
        let ids = |out: Option<Outgoing>| out.unwrap().vp8.unwrap().picture_id.unwrap();
        assert_eq!(ids(rewriter.rewrite(packet(1, 0, 0x7fff), now)), 1);
        assert_eq!(ids(rewriter.rewrite(packet(2, 0, 0), now)), 2);
    }

    #[test]
    fn a_source_without_picture_ids_in_between_breaks_nothing() {
        let now = start();
        let mut rewriter = Rewriter::new(90_000, 0);
        rewriter.switch(packet(1, 0, 40), now);
        assert_eq!(
            rewriter.rewrite(packet(1, 0, 40), now).unwrap().vp8.unwrap().picture_id,
            Some(1)
        );
        let bare = Incoming { sequence: 5, timestamp: 0, vp8: None };
        rewriter.switch(bare, now);
        assert_eq!(rewriter.rewrite(bare, now).unwrap().vp8, None);
        rewriter.switch(packet(9, 0, 600), now);
        assert_eq!(
            rewriter.rewrite(packet(9, 0, 600), now).unwrap().vp8.unwrap().picture_id,
            Some(2)
        );
    }

    proptest! {
        /// Any number of pieces of any streams leave as one stream: sequence numbers without a
        /// gap, picture identifiers that step by one a frame, timestamps that never step back.
        #[test]
        fn pieces_of_many_streams_leave_as_one(
            pieces in prop::collection::vec(
                (0u64..1 << 40, any::<u32>(), any::<u16>(), 1u64..40, 1u64..4), 1..12),
            sequence in any::<u16>(),
        ) {
            let mut now = start();
            let mut rewriter = Rewriter::new(90_000, sequence);
            let mut last: Option<(Outgoing, u64)> = None;
            for (piece, (first, timestamp, picture, packets, per_frame)) in pieces.into_iter().enumerate() {
                for n in 0..packets {
                    let frame = n / per_frame;
                    let incoming = packet(
                        first + n,
                        timestamp.wrapping_add(3000 * frame as u32),
                        picture.wrapping_add(frame as u16) & PICTURE_ID_MASK,
                    );
                    if n == 0 { rewriter.switch(incoming, now); }
                    let out = rewriter.rewrite(incoming, now).unwrap();
                    let key = ((piece as u64) << 32) | frame;
                    if let Some((before, before_key)) = last {
                        prop_assert_eq!(out.sequence, before.sequence + 1);
                        let step = u16::from(key != before_key);
                        let (a, b) = (before.vp8.unwrap(), out.vp8.unwrap());
                        prop_assert_eq!(b.picture_id.unwrap(), (a.picture_id.unwrap() + step) & PICTURE_ID_MASK);
                        let ticks = out.timestamp.wrapping_sub(before.timestamp);
                        prop_assert!(ticks < 1 << 31, "stepped back by {}", ticks.wrapping_neg());
                        prop_assert_eq!(ticks == 0, key == before_key);
                    } else {
                        prop_assert!(out.sequence < 65_536);
                    }
                    last = Some((out, key));
                    if (n + 1) % per_frame == 0 { now += Duration::from_micros(33_334); }
                }
            }
        }
    }
}
