//! Synthetic video: frames of any size in well-formed H.264 or VP8 RTP packets.
//!
//! The payloads are noise behind proper headers: whole frames can be told from damaged ones, and
//! nothing can be decoded.

use crate::network::Random;
use bytes::Bytes;
use engine::clock::Ntp;
use engine::config::VideoCodec;
use engine::transport::{PayloadKind, RtpPacket};
use std::time::Instant;

/// Payload bytes in a packet, headers included.
pub const PAYLOAD_MAX: usize = 1_200;

/// RTP ticks between frames at 30 frames a second.
pub const TICKS: u32 = 3_000;

/// A frame as sent.
#[derive(Debug, Clone)]
pub struct SentFrame {
    /// What the receiver must put together again.
    pub data: Bytes,
    /// Its packets, in order; `arrived` is the moment of sending.
    pub packets: Vec<RtpPacket>,
    /// Decodable on its own.
    pub keyframe: bool,
    /// 90 kHz.
    pub rtp_timestamp: u32,
}

/// A sender's state: one stream of RTP.
#[derive(Debug, Clone)]
pub struct VideoStream {
    /// The codec of the frames to come.
    pub codec: VideoCodec,
    /// The next packet's sequence number.
    pub sequence: u16,
    /// The next frame's timestamp.
    pub timestamp: u32,
    /// VP8: every second frame in temporal layer 1, which nothing refers to later.
    pub two_layers: bool,
    picture_id: u16,
    tl0_index: u8,
    random: Random,
}

impl VideoStream {
    /// A stream that begins at this sequence number; the same seed gives the same bytes.
    pub fn new(codec: VideoCodec, sequence: u16, seed: u64) -> VideoStream {
        VideoStream {
            codec,
            sequence,
            timestamp: u32::MAX - 10 * TICKS,
            two_layers: false,
            picture_id: 0x7ff8,
            tl0_index: 250,
            random: Random(seed),
        }
    }

    /// The next frame, of about `bytes` bytes.
    pub fn frame(
        &mut self,
        keyframe: bool,
        bytes: usize,
        captured: Ntp,
        now: Instant,
    ) -> SentFrame {
        let (data, payloads) = match self.codec {
            VideoCodec::H264 => self.h264(keyframe, bytes),
            VideoCodec::Vp8 => self.vp8(keyframe, bytes),
        };
        let last = payloads.len() - 1;
        let packets = payloads.into_iter().enumerate().map(|(index, payload)| RtpPacket {
            payload_kind: PayloadKind::Video(self.codec),
            sequence: self.sequence.wrapping_add(index as u16),
            timestamp: self.timestamp,
            marker: index == last,
            payload,
            captured: (index == 0).then_some(captured),
            level: None,
            arrived: now,
        });
        let rtp_timestamp = self.timestamp;
        let packets: Vec<RtpPacket> = packets.collect();
        self.sequence = self.sequence.wrapping_add(packets.len() as u16);
        self.timestamp = self.timestamp.wrapping_add(TICKS);
        SentFrame { data, packets, keyframe, rtp_timestamp }
    }

    fn noise(&mut self, bytes: usize) -> Vec<u8> {
        // No zeros: no start codes by chance.
        (0..bytes.max(1)).map(|_| self.random.bits() as u8 | 1).collect()
    }

    /// RFC 6184: parameter sets in a STAP-A, slices alone or in FU-As.
    fn h264(&mut self, keyframe: bool, bytes: usize) -> (Bytes, Vec<Bytes>) {
        let header = if keyframe { 0x65 } else { 0x41 };
        let slice = [vec![header], self.noise(bytes)].concat();
        let (mut data, mut payloads) = (Vec::new(), Vec::new());
        if keyframe {
            let sets = [[0x67, 0x42, 0xe0, 0x1f], [0x68, 0xce, 0x3c, 0x80]];
            let mut aggregate = vec![0x78];
            for set in sets {
                data.extend([&[0, 0, 0, 1], &set[..]].concat());
                aggregate.extend([&[0, 4], &set[..]].concat());
            }
            payloads.push(Bytes::from(aggregate));
        }
        data.extend([0, 0, 0, 1]);
        data.extend(&slice);
        if slice.len() <= PAYLOAD_MAX {
            payloads.push(Bytes::from(slice));
            return (data.into(), payloads);
        }
        let pieces: Vec<&[u8]> = slice[1..].chunks(PAYLOAD_MAX - 2).collect();
        for (index, piece) in pieces.iter().enumerate() {
            let start = if index == 0 { 0x80 } else { 0 };
            let end = if index + 1 == pieces.len() { 0x40 } else { 0 };
            let fragment = [(header & 0xe0) | 28, start | end | (header & 0x1f)];
            payloads.push(Bytes::from([&fragment[..], piece].concat()));
        }
        (data.into(), payloads)
    }

    /// RFC 7741 with a 15-bit picture ID, TL0PICIDX and the temporal layer.
    fn vp8(&mut self, keyframe: bool, bytes: usize) -> (Bytes, Vec<Bytes>) {
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        let upper = self.two_layers && !keyframe && self.picture_id % 2 == 1;
        if !upper {
            self.tl0_index = self.tl0_index.wrapping_add(1);
        }
        let mut data = self.noise(bytes.max(8));
        if keyframe {
            data[0] &= !1;
            data[3..6].copy_from_slice(&[0x9d, 0x01, 0x2a]);
        }
        let data = Bytes::from(data);
        let id = self.picture_id.to_be_bytes();
        let layer = if upper { 0b0110_0000 } else { 0 };
        let pieces = data.chunks(PAYLOAD_MAX - 6).enumerate();
        let payloads = pieces.map(|(index, piece)| {
            let first = 0x80 | if index == 0 { 0x10 } else { 0 } | if upper { 0x20 } else { 0 };
            let head = [first, 0xe0, 0x80 | id[0], id[1], self.tl0_index, layer];
            Bytes::from([&head[..], piece].concat())
        });
        let payloads = payloads.collect();
        (data, payloads)
    }
}
