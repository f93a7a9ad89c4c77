//! The video jitter buffer: RTP packets in any order in, whole frames in decode order out.
//!
//! A frame comes out as soon as it is complete and every frame before it came out; smoothing is
//! [`super::playout`]'s. A gap holds up the frames behind it for the wait budget (80–600 ms). Then
//! a keyframe is asked for, and decoding goes on with whatever is first: the missing packets, a
//! complete keyframe, or with VP8 a frame that provably needs none of the lost ones.
//!
//! Call [`VideoJitterBuffer::poll`] until it gives `None` after every insert and whenever
//! [`VideoJitterBuffer::next_deadline`] passes.

use super::depacketize_vp8 as vp8;
use super::keyframe_request::KeyframeRequest;
use super::packet::{self, Packet};
use super::ring::{HeadFrame, Placed, Ring, Slot};
use super::sequence::Unwrapper;
use super::wait_budget::{self, WaitBudget};
use crate::clock::Ntp;
use crate::config::VideoCodec;
use crate::transport::RtpPacket;
use bytes::Bytes;
use std::time::{Duration, Instant};

/// A gap older than this, or behind so long a silence, is not waited for: the sender has forgotten
/// its packets, and decoding the backlog would take longer than a keyframe.
const HOPELESS: Duration = Duration::from_secs(2);

/// Capture times are carried forward by RTP timestamps for at most this long, as the
/// abs-capture-time extension asks of receivers (libwebrtc, `absolute_capture_time`).
const INTERPOLATION_MAX_S: u32 = 5;

/// Video's RTP clock, in hertz.
const RTP_HZ: u32 = 90_000;

/// A complete frame, ready for the decoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFrame {
    /// Its codec; it may change from one frame to the next, always at a keyframe.
    pub codec: VideoCodec,
    /// H.264: an Annex B access unit. VP8: one frame.
    pub data: Bytes,
    /// Decodable on its own.
    pub keyframe: bool,
    /// 90 kHz.
    pub rtp_timestamp: u32,
    /// When it was captured, interpolated where its packets do not say.
    pub captured: Option<Ntp>,
    /// When the first of its packets reached this machine.
    pub first_arrival: Instant,
    /// When the last of them did.
    pub complete_at: Instant,
}

/// What the jitter buffer gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// The next frame to decode.
    Frame(EncodedFrame),
    /// Nothing can be decoded until a keyframe comes: ask the sender for one (PLI, RFC 4585).
    KeyframeNeeded,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// RTP packets, duplicates included.
    pub packets: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that filled a gap: reordered or retransmitted.
    pub recovered: u64,
    /// Packets that came after their place was given up, or from before the start.
    pub too_late: u64,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Damaged payloads, and H.264 packet types that are not taken.
    pub unusable: u64,
    /// Frames given out.
    pub frames: u64,
    /// Frames of which something came and that were not given out.
    pub frames_dropped: u64,
    /// Keyframe requests.
    pub keyframe_requests: u64,
}

/// The newest frame given out.
#[derive(Debug, Clone, Copy)]
struct Given {
    codec: VideoCodec,
    vp8: Option<vp8::Descriptor>,
}

/// What to do next.
enum Step {
    Give(EncodedFrame),
    Again,
    Wait(Option<Instant>),
}

/// Puts one slot's video packets back into frames.
#[derive(Debug)]
pub struct VideoJitterBuffer {
    sequence: Unwrapper<16>,
    ring: Ring,
    wait: WaitBudget,
    request: KeyframeRequest,
    /// Only a keyframe may come out next.
    needs_keyframe: bool,
    /// The head is not where decoding goes on: look for a keyframe anywhere.
    lost_chain: bool,
    /// The gap at the head outlasted the wait budget.
    overdue: bool,
    /// Something was inserted since the ring was searched.
    unsearched: bool,
    /// VP8: the highest temporal layer whose references are all there.
    intact_layer: u8,
    parameters_seen: bool,
    given: Option<Given>,
    /// Capture time of a frame that said so, and its RTP timestamp.
    capture_anchor: Option<(u32, Ntp)>,
    newest_insert: Option<Instant>,
    keyframe_packet: Option<Instant>,
    dropped_timestamp: Option<u32>,
    deadline: Option<Instant>,
    counters: Counters,
}

impl Default for VideoJitterBuffer {
    fn default() -> Self {
        VideoJitterBuffer::new()
    }
}

impl VideoJitterBuffer {
    /// An empty buffer that waits for a keyframe.
    pub fn new() -> VideoJitterBuffer {
        VideoJitterBuffer {
            sequence: Unwrapper::default(),
            ring: Ring::default(),
            wait: WaitBudget::default(),
            request: KeyframeRequest::default(),
            needs_keyframe: true,
            lost_chain: true,
            overdue: false,
            unsearched: false,
            intact_layer: u8::MAX,
            parameters_seen: false,
            given: None,
            capture_anchor: None,
            newest_insert: None,
            keyframe_packet: None,
            dropped_timestamp: None,
            deadline: None,
            counters: Counters::default(),
        }
    }

    /// Tells the round trip to the sender of retransmissions; the wait budget follows it.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        self.wait.round_trip = Some(round_trip);
    }

    /// The decoder lost its state, or its queue overflowed: nothing but a keyframe helps.
    pub fn require_keyframe(&mut self) {
        self.needs_keyframe = true;
        self.lost_chain = true;
        self.unsearched = true;
    }

    /// How long a gap may hold up the frames behind it now.
    pub fn wait_budget(&self) -> Duration {
        self.wait.get()
    }

    /// Totals since the start.
    pub fn counters(&self) -> Counters {
        Counters { lost: self.ring.lost, ..self.counters }
    }

    /// Takes a packet. Damaged packets are counted and otherwise as good as lost.
    pub fn insert(&mut self, packet: RtpPacket, now: Instant) {
        self.counters.packets += 1;
        let number = packet.sequence;
        let Some(packet) = Packet::new(packet, now) else {
            self.counters.unusable += 1;
            return;
        };
        if packet.is_unsupported() {
            self.counters.unusable += 1;
        }
        let of_keyframe = packet.is_keyframe() || packet.begins_keyframe();
        let sequence = self.sequence.unwrap(u32::from(number));
        match self.ring.place(sequence, packet, self.lost_chain) {
            Placed::New => {}
            Placed::AfterGap => {
                let silence =
                    self.newest_insert.map(|newest| now.saturating_duration_since(newest));
                if silence.is_some_and(|silence| silence >= HOPELESS) {
                    self.require_keyframe();
                }
            }
            Placed::Recovered(after) => {
                self.counters.recovered += 1;
                self.wait.recovered(after);
            }
            Placed::Duplicate => {
                self.counters.duplicates += 1;
                return;
            }
            Placed::TooLate => {
                self.counters.too_late += 1;
                return;
            }
            Placed::Restarted => self.require_keyframe(),
        }
        self.newest_insert = Some(now);
        if of_keyframe {
            self.keyframe_packet = Some(now);
        }
        self.unsearched = true;
    }

    /// The next frame or request, if there is one now.
    pub fn poll(&mut self, now: Instant) -> Option<Output> {
        let wait = loop {
            let step = if self.lost_chain { self.seek_keyframe(now) } else { self.follow(now) };
            match step {
                Step::Give(frame) => return Some(Output::Frame(frame)),
                Step::Again => {}
                Step::Wait(deadline) => break deadline,
            }
        };
        let ask = self.ask_at(now);
        if ask.is_some_and(|at| at <= now) {
            self.request.sent(now, self.wait.round_trip);
            self.counters.keyframe_requests += 1;
            return Some(Output::KeyframeNeeded);
        }
        self.deadline = wait.into_iter().chain(ask).min();
        None
    }

    /// When to poll again although nothing is inserted. As of the last poll that gave `None`.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// When to ask for a keyframe; not while one is on its way in.
    fn ask_at(&self, now: Instant) -> Option<Instant> {
        if !self.lost_chain && !self.overdue {
            return None;
        }
        let at = self.request.deadline(now, self.newest_insert)?;
        let arriving = self.keyframe_packet.filter(|_| self.lost_chain);
        Some(arriving.map_or(at, |packet| at.max(packet + self.wait.get())))
    }

    /// The chain is whole up to the head of the ring.
    fn follow(&mut self, now: Instant) -> Step {
        let since = match self.ring.head_frame() {
            HeadFrame::Complete(count) => return self.release(count),
            HeadFrame::Unmarked(count) => {
                // Either the sender sets no markers, or the hub switched the source in the middle
                // of a frame; then a keyframe follows, and the rest never comes.
                if self.ring.get(count).is_some_and(Packet::begins_keyframe) {
                    self.drop_packets(count);
                    return Step::Again;
                }
                return self.release(count);
            }
            HeadFrame::Gap(since) => since,
            HeadFrame::Open => {
                // Nothing behind tells that the tail is lost; only silence does.
                let newest = self.newest_insert.unwrap_or(now);
                newest + wait_budget::LONGEST - self.wait.get()
            }
            HeadFrame::Empty => {
                self.overdue = false;
                return Step::Wait(None);
            }
        };
        let patience = since + self.wait.get();
        self.overdue = now >= patience;
        if let Some(count) = self.needless_gap() {
            self.drop_packets(count);
            return Step::Again;
        }
        if !self.overdue {
            return Step::Wait(Some(patience));
        }
        if let Some(start) = self.search() {
            self.drop_packets(start);
            self.intact_layer = 0;
            return Step::Again;
        }
        if now >= since + HOPELESS {
            self.drop_packets(self.ring.partial().max(1));
            self.require_keyframe();
            return Step::Again;
        }
        Step::Wait(Some(since + HOPELESS))
    }

    /// Nothing at the head can be decoded.
    fn seek_keyframe(&mut self, now: Instant) -> Step {
        if let Some(start) = self.search() {
            self.drop_packets(start);
            self.lost_chain = false;
            return Step::Again;
        }
        while let Some(slot) = self.ring.front() {
            let since = match slot {
                Slot::Here(packet) if packet.begins_keyframe() => {
                    self.lost_chain = false;
                    self.overdue = false;
                    return Step::Again;
                }
                Slot::Here(packet) => packet.inserted,
                Slot::Missing { since } => *since,
            };
            // A keyframe's first packet may still come and belong before this one.
            let patience = since + self.wait.get();
            if now < patience {
                return Step::Wait(Some(patience));
            }
            self.drop_packets(1);
        }
        Step::Wait(None)
    }

    /// The first whole frame that can be decoded without what is missing before it.
    fn search(&mut self) -> Option<usize> {
        if !self.unsearched {
            return None;
        }
        let from = if self.lost_chain { 0 } else { self.ring.partial() };
        let found = self.ring.find(from, |ring, begin, end| {
            self.is_decodable_keyframe(ring, begin, end)
                || (!self.lost_chain && self.skips_layers(begin))
        });
        self.unsearched = found.is_some();
        found
    }

    fn is_decodable_keyframe(&self, ring: &Ring, begin: usize, end: usize) -> bool {
        let packets = || (begin..end).filter_map(|index| ring.get(index));
        let h264 = packets().any(|packet| packet.codec() == Some(VideoCodec::H264));
        packets().any(Packet::is_keyframe)
            && (!h264 || self.parameters_seen || packets().any(Packet::has_parameters))
    }

    /// VP8 with temporal layers: whether the frame at `begin` refers to base layer frames only and
    /// the one before it was given out (RFC 7741 section 4.2, TL0PICIDX and Y).
    fn skips_layers(&self, begin: usize) -> bool {
        let before = self.given.and_then(|given| given.vp8?.tl0_index);
        let frame = self.ring.get(begin).and_then(Packet::vp8);
        // The index has 8 bits: within so few packets it cannot have gone round.
        if self.needs_keyframe || begin >= 256 {
            return false;
        }
        let (Some(before), Some(frame)) = (before, frame) else { return false };
        match (frame.tl0_index, frame.temporal) {
            (Some(index), Some(layer)) if layer.layer == 0 => index == before.wrapping_add(1),
            (Some(index), Some(layer)) => layer.sync && index == before,
            _ => false,
        }
    }

    /// VP8: packets at the head, missing ones included, that no frame needs: the next frame's
    /// picture ID follows straight, or only a frame that no other refers to is incomplete.
    fn needless_gap(&self) -> Option<usize> {
        let given = self.given?.vp8?;
        let partial = self.ring.partial();
        let before = match self.ring.get(0) {
            None => given.picture?,
            Some(first) => {
                let first = first.vp8().filter(|first| first.begins_frame)?;
                (first.non_reference && self.overdue).then_some(first.picture?)?
            }
        };
        // A 7-bit ID goes round within 128 frames, so look no further than 64 packets.
        let end = self.ring.len().min(partial + 64);
        let next =
            (partial..end).find(|&index| self.ring.get(index).is_some_and(Packet::begins_frame))?;
        let picture = self.ring.get(next)?.vp8()?.picture?;
        (!self.needs_keyframe && picture.follows(before)).then_some(next)
    }

    fn drop_packets(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(Slot::Here(packet)) = self.ring.pop()
                && !packet.is_filler()
                && self.dropped_timestamp.replace(packet.timestamp) != Some(packet.timestamp)
            {
                self.counters.frames_dropped += 1;
            }
        }
    }

    /// Takes the whole frame at the head and gives it out if it can be decoded.
    fn release(&mut self, count: usize) -> Step {
        self.overdue = false;
        let packets = self.ring.take(count);
        let Some(first) = packets.first() else { return Step::Again };
        let keyframe = packets.iter().any(Packet::is_keyframe);
        let changed = self.given.is_some_and(|given| Some(given.codec) != first.codec());
        let (Some(codec), Some(data)) = (first.codec(), packet::assemble(&packets)) else {
            self.counters.frames_dropped += 1;
            self.require_keyframe();
            return Step::Again;
        };
        if !keyframe && (changed || self.needs_keyframe) {
            self.counters.frames_dropped += 1;
            self.require_keyframe();
            return Step::Again;
        }
        if !self.has_references(first, keyframe) {
            self.counters.frames_dropped += 1;
            return Step::Again;
        }
        if keyframe {
            self.needs_keyframe = false;
            self.keyframe_packet = None;
            self.request.satisfied();
        }
        self.parameters_seen |= packets.iter().any(Packet::has_parameters);
        self.given = Some(Given { codec, vp8: first.vp8() });
        self.counters.frames += 1;
        let arrivals = packets.iter().map(|packet| packet.arrived);
        Step::Give(EncodedFrame {
            codec,
            data,
            keyframe,
            rtp_timestamp: first.timestamp,
            captured: self.captured(&packets),
            first_arrival: arrivals.clone().min().unwrap_or(first.arrived),
            complete_at: arrivals.max().unwrap_or(first.arrived),
        })
    }

    /// VP8: whether a frame's temporal layer still has what it refers to.
    fn has_references(&mut self, first: &Packet, keyframe: bool) -> bool {
        let temporal = first.vp8().and_then(|descriptor| descriptor.temporal);
        let layer = temporal.map_or(0, |temporal| temporal.layer);
        if keyframe {
            self.intact_layer = u8::MAX;
        } else if layer > self.intact_layer {
            if !temporal.is_some_and(|temporal| temporal.sync) {
                return false;
            }
            if layer == self.intact_layer + 1 {
                self.intact_layer = layer;
            }
        }
        true
    }

    fn captured(&mut self, packets: &[Packet]) -> Option<Ntp> {
        let timestamp = packets.first()?.timestamp;
        if let Some(captured) = packets.iter().find_map(|packet| packet.captured) {
            self.capture_anchor = Some((timestamp, captured));
            return Some(captured);
        }
        let (anchor, captured) = self.capture_anchor?;
        let ticks = timestamp.wrapping_sub(anchor);
        (ticks <= INTERPOLATION_MAX_S * RTP_HZ)
            .then(|| Ntp(captured.0 + (u64::from(ticks) << 32) / u64::from(RTP_HZ)))
    }
}

#[cfg(test)]
mod tests;
