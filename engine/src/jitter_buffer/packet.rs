//! One received video packet and what its payload says about its frame.

use super::depacketize_h264::{self as h264, Unusable};
use super::depacketize_vp8 as vp8;
use crate::clock::Ntp;
use crate::config::VideoCodec;
use crate::transport::{PayloadKind, RtpPacket};
use bytes::Bytes;
use std::time::Instant;

/// A packet in the ring.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub captured: Option<Ntp>,
    pub arrived: Instant,
    /// When it was put into the ring.
    pub inserted: Instant,
    pub content: Content,
}

/// What the payload is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    /// Takes a sequence number and belongs to no frame: padding, or a type that is not taken.
    Filler,
    H264(h264::Shape),
    Vp8 {
        descriptor: vp8::Descriptor,
        keyframe: bool,
    },
}

impl Packet {
    /// Looks at an RTP packet; `None` when it is damaged or no video.
    pub fn new(packet: RtpPacket, inserted: Instant) -> Option<Packet> {
        let PayloadKind::Video(codec) = packet.payload_kind else { return None };
        let payload = packet.payload;
        let content = match codec {
            _ if payload.is_empty() => Content::Filler,
            VideoCodec::H264 => match h264::inspect(&payload) {
                Ok(shape) => Content::H264(shape),
                Err(Unusable::Unsupported) => Content::Filler,
                Err(Unusable::Malformed) => return None,
            },
            VideoCodec::Vp8 => {
                let descriptor = vp8::Descriptor::parse(&payload).ok()?;
                let keyframe = descriptor.begins_keyframe(&payload);
                Content::Vp8 { descriptor, keyframe }
            }
        };
        Some(Packet {
            timestamp: packet.timestamp,
            marker: packet.marker,
            payload,
            captured: packet.captured,
            arrived: packet.arrived,
            inserted,
            content,
        })
    }

    /// A type that is not taken.
    pub fn is_unsupported(&self) -> bool {
        self.is_filler() && !self.payload.is_empty()
    }

    pub fn is_filler(&self) -> bool {
        matches!(self.content, Content::Filler)
    }

    pub fn codec(&self) -> Option<VideoCodec> {
        match self.content {
            Content::Filler => None,
            Content::H264(_) => Some(VideoCodec::H264),
            Content::Vp8 { .. } => Some(VideoCodec::Vp8),
        }
    }

    /// Surely its frame's first packet. Others may be, if the packet before ends a frame.
    pub fn begins_frame(&self) -> bool {
        match self.content {
            Content::Filler => false,
            Content::H264(shape) => shape.begins_frame,
            Content::Vp8 { descriptor, .. } => descriptor.begins_frame,
        }
    }

    /// Surely the first packet of a keyframe.
    pub fn begins_keyframe(&self) -> bool {
        match self.content {
            Content::H264(shape) => shape.begins_frame && shape.parameters,
            _ => self.is_keyframe(),
        }
    }

    /// Part of a keyframe; with VP8 only the first packet can tell.
    pub fn is_keyframe(&self) -> bool {
        match self.content {
            Content::Filler => false,
            Content::H264(shape) => shape.idr,
            Content::Vp8 { keyframe, .. } => keyframe,
        }
    }

    pub fn has_parameters(&self) -> bool {
        matches!(self.content, Content::H264(shape) if shape.parameters)
    }

    pub fn vp8(&self) -> Option<vp8::Descriptor> {
        match self.content {
            Content::Vp8 { descriptor, .. } => Some(descriptor),
            _ => None,
        }
    }
}

/// One frame's packets, in order and without fillers, as what a decoder takes.
pub(super) fn assemble(packets: &[Packet]) -> Option<Bytes> {
    let codec = packets.first()?.codec()?;
    if packets.iter().any(|packet| packet.codec() != Some(codec)) {
        return None;
    }
    match codec {
        VideoCodec::H264 => h264::assemble(packets.iter().map(|packet| &packet.payload)).ok(),
        VideoCodec::Vp8 => vp8::assemble(
            packets.iter().filter_map(|packet| Some((&packet.payload, packet.vp8()?))),
        )
        .ok(),
    }
}
