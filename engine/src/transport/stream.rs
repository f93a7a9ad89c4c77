//! One sent stream: numbers, header extensions, packets. Sans-IO.

use super::negotiation::{self, Extensions};
use super::packetize::{self, MAX_PAYLOAD};
use super::{EncodedAudio, EncodedVideo};
use crate::clock::{Ntp, WallClock};
use crate::config::VideoCodec;
use bytes::Bytes;
use rtc::rtp;
use std::time::Instant;

/// Turns encoded media into RTP packets with their extensions.
#[derive(Debug)]
pub(super) struct Stream {
    ssrc: u32,
    mid: Bytes,
    /// Empty without simulcast.
    rid: Bytes,
    extensions: Extensions,
    sequence: u16,
    picture_id: u16,
    payloads: Vec<Bytes>,
}

impl Stream {
    /// A stream that starts below 32,768, so that early reordering cannot look like a wrap.
    pub fn new(ssrc: u32, mid: &str, rid: Option<&str>) -> Stream {
        Stream {
            ssrc,
            mid: Bytes::copy_from_slice(mid.as_bytes()),
            rid: Bytes::copy_from_slice(rid.unwrap_or_default().as_bytes()),
            extensions: Extensions::default(),
            sequence: (ssrc >> 8) as u16 & 0x7fff,
            picture_id: ssrc as u16,
            payloads: Vec::new(),
        }
    }

    /// Sets what was negotiated.
    pub fn set_extensions(&mut self, extensions: Extensions) {
        self.extensions = extensions;
    }

    /// Appends a picture's packets.
    pub fn video(&mut self, frame: &EncodedVideo, packets: &mut Vec<rtp::Packet>) {
        let mut payloads = std::mem::take(&mut self.payloads);
        match frame.codec {
            VideoCodec::H264 => {
                packetize::h264::packetize(&frame.data, MAX_PAYLOAD, &mut payloads);
            }
            VideoCodec::Vp8 if frame.data.is_empty() => {}
            VideoCodec::Vp8 => {
                self.picture_id = self.picture_id.wrapping_add(1);
                packetize::vp8::packetize(&frame.data, self.picture_id, MAX_PAYLOAD, &mut payloads);
            }
        }
        let timestamp = packetize::video_timestamp(frame.captured);
        let payload_type = negotiation::video_payload_type(frame.codec);
        let captured = capture_time(frame.captured);
        let last = payloads.len().saturating_sub(1);
        for (index, payload) in payloads.drain(..).enumerate() {
            let mut header = self.header(payload_type, timestamp, &captured);
            header.marker = index == last;
            packets.push(rtp::Packet { header, payload });
        }
        self.payloads = payloads;
    }

    /// One Opus packet.
    pub fn audio(&mut self, audio: EncodedAudio) -> rtp::Packet {
        let captured = capture_time(audio.captured);
        let mut header = self.header(negotiation::audio_payload_type(), audio.timestamp, &captured);
        // RFC 6464 section 3: voice activity above 7 bits of level.
        let level = u8::from(audio.voice) << 7 | audio.level.min(127);
        extend(&mut header, self.extensions.audio_level, || Bytes::copy_from_slice(&[level]));
        rtp::Packet { header, payload: audio.data }
    }

    fn header(&mut self, payload_type: u8, timestamp: u32, captured: &Bytes) -> rtp::Header {
        let mut header = rtp::Header {
            version: 2,
            payload_type,
            sequence_number: self.sequence,
            timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.sequence = self.sequence.wrapping_add(1);
        extend(&mut header, self.extensions.mid, || self.mid.clone());
        if !self.rid.is_empty() {
            extend(&mut header, self.extensions.rid, || self.rid.clone());
        }
        extend(&mut header, self.extensions.capture_time, || captured.clone());
        header
    }
}

/// abs-capture-time in its 8-byte form: the capture clock is this machine's.
fn capture_time(captured: Instant) -> Bytes {
    let Ntp(ntp) = WallClock::process().to_ntp(captured);
    Bytes::copy_from_slice(&ntp.to_be_bytes())
}

/// Adds an extension where it was negotiated.
fn extend(header: &mut rtp::Header, id: u8, value: impl FnOnce() -> Bytes) {
    if id != 0
        && let Err(error) = header.set_extension(id, value())
    {
        tracing::debug!(%error, id, "header extension left out");
    }
}
