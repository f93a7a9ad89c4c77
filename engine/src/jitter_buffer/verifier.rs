//! Counts whole frames without keeping their payloads: what a rehearsal's many attendees do.
//!
//! A frame counts as whole when every sequence number from the end of the frame before it to its
//! own marker came, at the latest [`WAIT`] after the gap showed.

use super::sequence::Unwrapper;
use super::wait_budget;
use crate::clock::Ntp;
use crate::transport::RtpPacket;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a missing packet is waited for: the longest wait budget of the real jitter buffer.
pub const WAIT: Duration = wait_budget::LONGEST;

/// Packets between the oldest missing one and the newest; beyond, the gap is given up.
const PACKETS_MAX: usize = 2_048;

/// So many packets from long ago mean that the sender's numbering began anew.
const RESTART_RUN: u32 = 16;

/// A frame of which every packet came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeFrame {
    /// 90 kHz.
    pub rtp_timestamp: u32,
    /// When it was captured, if its packets say so.
    pub captured: Option<Ntp>,
    /// When the last packet that it waited for came.
    pub complete_at: Instant,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// RTP packets, duplicates included.
    pub packets: u64,
    /// Packets that did not come in time.
    pub lost: u64,
    /// Packets that had come before, or came too late.
    pub useless: u64,
    /// Frames of which at least one packet came.
    pub frames_seen: u64,
    /// Frames of which every packet came.
    pub frames_whole: u64,
}

#[derive(Debug, Clone, Copy)]
enum Slot {
    Missing {
        since: Instant,
    },
    /// Takes a number and belongs to no frame.
    Padding,
    Here {
        timestamp: u32,
        marker: bool,
        captured: Option<Ntp>,
        arrived: Instant,
    },
}

#[derive(Debug, Clone, Copy)]
struct Partial {
    frame: WholeFrame,
    damaged: bool,
}

/// Follows one slot's video packets.
#[derive(Debug, Default)]
pub struct FrameVerifier {
    sequence: Unwrapper<16>,
    head: Option<i64>,
    slots: VecDeque<Slot>,
    partial: Option<Partial>,
    /// The packet before the head was missing: the frame that begins there may lack its start.
    after_gap: bool,
    stale_run: u32,
    counters: Counters,
}

impl FrameVerifier {
    /// Totals since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Takes a packet; then call [`FrameVerifier::poll`] until it gives `None`.
    pub fn insert(&mut self, packet: &RtpPacket, now: Instant) {
        self.counters.packets += 1;
        let sequence = self.sequence.unwrap(u32::from(packet.sequence));
        let head = *self.head.get_or_insert(sequence);
        let slot = if packet.payload.is_empty() {
            Slot::Padding
        } else {
            Slot::Here {
                timestamp: packet.timestamp,
                marker: packet.marker,
                captured: packet.captured,
                arrived: packet.arrived,
            }
        };
        let Ok(index) = usize::try_from(sequence - head) else {
            self.counters.useless += 1;
            self.stale_run += u32::from(head - sequence > PACKETS_MAX as i64);
            if self.stale_run == RESTART_RUN {
                self.restart(sequence, slot);
            }
            return;
        };
        self.stale_run = 0;
        if index >= PACKETS_MAX {
            let missing = self.slots.iter().filter(|slot| matches!(slot, Slot::Missing { .. }));
            self.counters.lost += (missing.count() + index - self.slots.len()) as u64;
            self.restart(sequence, slot);
            return;
        }
        match self.slots.get_mut(index) {
            Some(missing @ Slot::Missing { .. }) => *missing = slot,
            Some(_) => self.counters.useless += 1,
            None => {
                self.slots.resize(index, Slot::Missing { since: now });
                self.slots.push_back(slot);
            }
        }
    }

    fn restart(&mut self, sequence: i64, slot: Slot) {
        self.slots.clear();
        self.slots.push_back(slot);
        self.head = Some(sequence);
        self.partial = None;
        self.after_gap = true;
        self.stale_run = 0;
    }

    /// The next whole frame, if there is one now.
    pub fn poll(&mut self, now: Instant) -> Option<WholeFrame> {
        while let Some(slot) = self.slots.front().copied() {
            if matches!(slot, Slot::Missing { since } if now < since + WAIT) {
                return None;
            }
            self.slots.pop_front();
            self.head = self.head.map(|head| head + 1);
            if let Some(frame) = self.pass(slot) {
                return Some(frame);
            }
        }
        None
    }

    /// When to poll again although nothing is inserted.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.slots.front()? {
            Slot::Missing { since } => Some(*since + WAIT),
            // Only until the next poll.
            _ => None,
        }
    }

    fn pass(&mut self, slot: Slot) -> Option<WholeFrame> {
        let (timestamp, marker, captured, arrived) = match slot {
            Slot::Here { timestamp, marker, captured, arrived } => {
                (timestamp, marker, captured, arrived)
            }
            Slot::Padding => return None,
            Slot::Missing { .. } => {
                self.counters.lost += 1;
                self.after_gap = true;
                if let Some(partial) = &mut self.partial {
                    partial.damaged = true;
                }
                return None;
            }
        };
        let after_gap = std::mem::take(&mut self.after_gap);
        let known = self.partial.filter(|partial| partial.frame.rtp_timestamp == timestamp);
        let mut partial = known.unwrap_or_else(|| {
            self.counters.frames_seen += 1;
            let frame = WholeFrame { rtp_timestamp: timestamp, captured, complete_at: arrived };
            Partial { frame, damaged: after_gap }
        });
        partial.frame.captured = partial.frame.captured.or(captured);
        partial.frame.complete_at = partial.frame.complete_at.max(arrived);
        self.partial = (!marker).then_some(partial);
        if !marker || partial.damaged {
            return None;
        }
        self.counters.frames_whole += 1;
        Some(partial.frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VideoCodec;
    use crate::jitter_buffer::any_moment;
    use crate::transport::PayloadKind;
    use bytes::Bytes;

    fn packet(number: u32, at: Instant) -> RtpPacket {
        // Frames of three packets.
        RtpPacket {
            payload_kind: PayloadKind::Video(VideoCodec::Vp8),
            sequence: (65_530 + number) as u16,
            timestamp: number / 3 * 3_000,
            marker: number % 3 == 2,
            payload: Bytes::from_static(&[1]),
            captured: None,
            level: None,
            arrived: at,
        }
    }

    fn drain(verifier: &mut FrameVerifier, now: Instant) -> Vec<u32> {
        std::iter::from_fn(|| verifier.poll(now)).map(|frame| frame.rtp_timestamp / 3_000).collect()
    }

    #[test]
    fn reordered_and_late_packets_still_make_whole_frames_across_the_wrap() {
        let (mut verifier, now) = (FrameVerifier::default(), any_moment());
        for number in [0, 2, 1, 3, 3, 5, 6, 7, 8] {
            verifier.insert(&packet(number, now), now);
        }
        assert_eq!(drain(&mut verifier, now), [0]);
        verifier.insert(&packet(4, now), now + WAIT / 2);
        assert_eq!(drain(&mut verifier, now + WAIT / 2), [1, 2]);
        let counters = verifier.counters();
        assert_eq!((counters.frames_seen, counters.frames_whole), (3, 3));
        assert_eq!((counters.packets, counters.lost, counters.useless), (10, 0, 1));
    }

    #[test]
    fn a_frame_with_a_lost_packet_is_seen_and_not_whole() {
        let (mut verifier, now) = (FrameVerifier::default(), any_moment());
        for number in [0, 1, 2, 3, 5, 6, 7, 8] {
            verifier.insert(&packet(number, now), now);
        }
        assert_eq!(drain(&mut verifier, now), [0]);
        assert_eq!(verifier.next_deadline(), Some(now + WAIT));
        assert_eq!(drain(&mut verifier, now + WAIT), [2]);
        let counters = verifier.counters();
        assert_eq!((counters.frames_seen, counters.frames_whole, counters.lost), (3, 2, 1));
    }

    #[test]
    fn a_jump_beyond_memory_gives_the_gap_up_at_once() {
        let (mut verifier, now) = (FrameVerifier::default(), any_moment());
        verifier.insert(&packet(0, now), now);
        for number in 9_000..9_006 {
            verifier.insert(&packet(number, now), now);
        }
        assert_eq!(drain(&mut verifier, now), [3_001]);
        assert_eq!(verifier.counters().lost, 8_999);
    }

    #[test]
    fn padding_belongs_to_no_frame_and_a_sender_that_numbers_anew_is_followed() {
        let (mut verifier, now) = (FrameVerifier::default(), any_moment());
        for number in 0..6 {
            verifier.insert(&packet(number, now), now);
        }
        let padding = RtpPacket { payload: Bytes::new(), ..packet(6, now) };
        verifier.insert(&padding, now);
        assert_eq!(drain(&mut verifier, now), [0, 1]);
        assert_eq!(verifier.counters().frames_seen, 2);
        for number in 40_002..40_032 {
            verifier.insert(&packet(number, now), now);
        }
        assert_eq!(drain(&mut verifier, now), [13_340, 13_341, 13_342, 13_343]);
    }
}
