//! One WebRTC peer connection to the hub, through the crate `webrtc`.
//!
//! The engine offers; SDP crosses as text. Encoded frames go in, RTP packets come out; packetising
//! happens here, de-packetising in [`crate::jitter_buffer`].
//!
//! [`Transport`] drives one connection on its own thread. The rules it follows are sans-IO and
//! stand beside it: [`packetize`], [`pacer`], [`bandwidth`], [`nack`], [`layers`].

pub mod bandwidth;
mod driver;
mod interceptors;
pub mod layers;
pub mod nack;
mod negotiation;
mod outbox;
pub mod pacer;
pub mod packetize;
mod peer;
mod shared;
mod sockets;
mod stream;

pub use driver::Transport;

use crate::clock::Ntp;
use crate::config::VideoCodec;
use bytes::Bytes;
use layers::LayerSpec;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a connection is made of.
#[derive(Debug, Clone)]
pub struct Config {
    /// Goes before the thread's name.
    pub name: String,
    /// The video codec sent; both are received.
    pub codec: VideoCodec,
    /// The camera's layers, the largest first; one means no simulcast, none no camera.
    pub camera_layers: Vec<LayerSpec>,
    /// Whether a screen may be shared.
    pub screen: bool,
    /// How many sounds can be received at once.
    pub audio_slots: usize,
    /// How many pictures can be received at once.
    pub video_slots: usize,
    /// Where to send from: an unspecified address is every interface of its family but loopback;
    /// none is every IPv4 interface. Name 127.0.0.1 to reach a hub on this machine by it.
    pub local_addresses: Vec<IpAddr>,
    /// The most video sent, bits a second; the estimate stops a quarter above it.
    pub max_video_bps: u32,
}

/// What a connection tells.
#[derive(Debug, Clone)]
pub enum Event {
    /// Media can flow, for the first time or again.
    Connected,
    /// Nothing came for some seconds; it may come back by itself.
    Interrupted,
    /// It will not come back: connect again.
    Failed,
    /// The transport was dropped; nothing follows.
    Closed,
    /// Somebody needs a keyframe of a sent stream, or this side dropped pictures of it.
    KeyframeRequested {
        /// Camera or screen.
        source: Source,
        /// Index into the source's layers.
        layer: usize,
    },
    /// Bits a second that may be sent, sound, headers and retransmissions included.
    Bitrate(u32),
    /// The round trip to the hub; measured about once a second while something is sent.
    RoundTrip(Duration),
    /// Media came.
    Rtp {
        /// The slot's media line.
        mid: Arc<str>,
        /// It.
        packet: RtpPacket,
    },
}

/// What a connection measured; counters run from its start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// Packets can be sent.
    pub connected: bool,
    /// Sound packets handed to a connected socket.
    pub audio_packets: u64,
    /// Camera packets handed to a connected socket.
    pub camera_packets: u64,
    /// Screen packets handed to a connected socket.
    pub screen_packets: u64,
    /// Pictures and sound packets dropped on this side, for want of a connection, a keyframe or
    /// room.
    pub frames_dropped: u64,
    /// Media packets received, repaired ones included.
    pub packets_received: u64,
    /// Packets that came by retransmission.
    pub packets_repaired: u64,
    /// The estimated capacity towards the hub, bits a second.
    pub available_bps: Option<u32>,
    /// The queueing delay of the way to the hub.
    pub queue: Duration,
    /// The share of sent packets lost lately, 0 to 1.
    pub loss: f64,
    /// The round trip to the hub.
    pub round_trip: Option<Duration>,
}

/// What a sending media line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// Voice.
    Microphone,
    /// The camera's picture.
    Camera,
    /// A shared screen or window.
    Screen,
}

/// One stream that this engine sends; the hub learns it beside the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingStream {
    /// The media line in the offer.
    pub mid: String,
    /// What it carries.
    pub source: Source,
    /// The layer; `None` without simulcast.
    pub rid: Option<String>,
    /// Its SSRC.
    pub ssrc: u32,
    /// Its RFC 4588 retransmission SSRC; audio has none.
    pub rtx_ssrc: Option<u32>,
}

/// A receiving media line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivingSlot {
    /// The media line in the offer.
    pub mid: String,
    /// Video or audio.
    pub video: bool,
}

/// What goes to the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// SDP, RFC 8866.
    pub sdp: String,
    /// Every stream that will be sent.
    pub streams: Vec<SendingStream>,
    /// Every slot asked for.
    pub slots: Vec<ReceivingSlot>,
}

/// One encoded picture to send.
#[derive(Debug, Clone)]
pub struct EncodedVideo {
    /// Camera or screen.
    pub source: Source,
    /// Index into the source's layers, 0 the largest.
    pub layer: usize,
    /// Its codec.
    pub codec: VideoCodec,
    /// H.264: an Annex B access unit, SPS and PPS before every IDR. VP8: one frame.
    pub data: Bytes,
    /// Decodable on its own.
    pub keyframe: bool,
    /// When it was captured; gives the RTP timestamp and abs-capture-time.
    pub captured: Instant,
}

/// One Opus packet to send.
#[derive(Debug, Clone)]
pub struct EncodedAudio {
    /// 20 ms of Opus; empty while DTX says nothing.
    pub data: Bytes,
    /// When its first sample was captured.
    pub captured: Instant,
    /// Counts 48 kHz samples from any start.
    pub timestamp: u32,
    /// RFC 6464 level: 0 is full scale, 127 silence.
    pub level: u8,
    /// RFC 6464 voice activity.
    pub voice: bool,
}

/// One received RTP packet, already decrypted and, where it came by retransmission, unwrapped.
#[derive(Debug, Clone)]
pub struct RtpPacket {
    /// What the payload is.
    pub payload_kind: PayloadKind,
    /// Sequence number.
    pub sequence: u16,
    /// RTP timestamp: 90 kHz for video, 48 kHz for audio.
    pub timestamp: u32,
    /// Video: the last packet of a frame.
    pub marker: bool,
    /// The payload without padding.
    pub payload: Bytes,
    /// abs-capture-time, on this machine's clock as near as known; the receiver interpolates where
    /// a packet has none.
    pub captured: Option<Ntp>,
    /// RFC 6464 level of audio.
    pub level: Option<u8>,
    /// When it reached this machine.
    pub arrived: Instant,
}

/// What an RTP payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// Video of this codec.
    Video(VideoCodec),
    /// Opus.
    Opus,
}
