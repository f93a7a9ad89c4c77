//! What the engine measured so far. Counters run from the start of the connection.

use crate::blur::{Path, Quality, Reason};
use crate::config::VideoCodec;
use std::time::Duration;

/// Everything, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// What leaves.
    pub sending: Sending,
    /// What comes in, a row a slot that ever carried something.
    pub receiving: Vec<Receiving>,
    /// The estimated capacity towards the hub, bits a second.
    pub available_bps: Option<u32>,
    /// Round trip to the hub.
    pub round_trip: Option<Duration>,
    /// The share of sent packets lost lately, before any repair, 0 to 1.
    pub sending_loss: f64,
    /// How long packets wait on the way to the hub beyond what it takes at least.
    pub sending_queue: Duration,
}

/// What leaves.
#[derive(Debug, Clone, Default)]
pub struct Sending {
    /// Pictures from the source.
    pub frames_captured: u64,
    /// Pictures replaced before the encoder took them.
    pub frames_dropped: u64,
    /// Pictures encoded in the largest active layer.
    pub frames_encoded: u64,
    /// Bytes of encoded video, all layers.
    pub video_bytes: u64,
    /// Opus packets.
    pub audio_packets: u64,
    /// The encoder in use, as FFmpeg calls it.
    pub encoder: Option<String>,
    /// What it produces.
    pub codec: Option<VideoCodec>,
    /// Width and height of the largest active layer.
    pub size: Option<(u32, u32)>,
    /// Keyframes made because somebody asked.
    pub keyframes_requested: u64,
    /// What blur does; `None` while it is off.
    pub blur: Option<Blur>,
    /// The shared screen; `None` while none is.
    pub screen: Option<Screen>,
}

/// A shared screen. Counters run from the start of the share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Screen {
    /// Pictures in which something had changed.
    pub frames_captured: u64,
    /// Pictures encoded, repetitions included.
    pub frames_encoded: u64,
    /// Bytes of encoded video.
    pub bytes: u64,
    /// Keyframes made because somebody asked.
    pub keyframes_requested: u64,
    /// Width and height as sent.
    pub size: Option<(u32, u32)>,
    /// The encoder in use, as FFmpeg calls it.
    pub encoder: Option<String>,
    /// Pictures a second, mean of the newest two seconds.
    pub fps: f64,
    /// Bits a second, mean of the newest two seconds.
    pub bitrate_bps: u32,
}

/// What blur does. Times are those of the newest 1,000 pictures on this path.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Blur {
    /// Where it runs; `None` while only the whole picture can be blurred.
    pub path: Option<Path>,
    /// Why there.
    pub reason: Reason,
    /// How much work goes into a picture.
    pub quality: Quality,
    /// The segmentation network, on pictures that it looked at.
    pub network: Percentiles,
    /// From its answer to the full-size matte.
    pub refine: Percentiles,
    /// The room out of focus.
    pub blur: Percentiles,
    /// Person before room.
    pub composite: Percentiles,
    /// From call to return, transfers and waiting included.
    pub frame: Percentiles,
    /// Each GPU pass in the order of running; empty on the processor and without time stamps.
    pub passes: Vec<Pass>,
    /// Pictures blurred with the person in focus.
    pub frames: u64,
    /// Pictures blurred as a whole, because nothing told person from room.
    pub frames_whole: u64,
    /// Pictures that did not leave, because not even that could be done.
    pub frames_withheld: u64,
    /// Times that a path failed, or was too slow, and another took over.
    pub fallbacks: u64,
}

/// A GPU pass.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pass {
    /// Its label.
    pub label: &'static str,
    /// Running mean of the newest few dozen, milliseconds.
    pub mean_ms: f64,
}

/// One slot.
#[derive(Debug, Clone, Default)]
pub struct Receiving {
    /// Its media line.
    pub mid: String,
    /// Video or audio.
    pub video: bool,
    /// RTP packets.
    pub packets: u64,
    /// Packets that never came.
    pub packets_lost: u64,
    /// Video: whole frames received.
    pub frames_received: u64,
    /// Video: frames decoded and handed to the display.
    pub frames_shown: u64,
    /// Video: gaps between shown frames longer than max(3 × the usual gap, the usual gap + 150 ms),
    /// as in the W3C's definition of `freezeCount`.
    pub freezes: u64,
    /// Video: the longest gap between shown frames.
    pub longest_gap: Duration,
    /// Audio: samples played, at 48 kHz.
    pub samples: u64,
    /// Audio: samples invented because a packet was late or lost.
    pub samples_concealed: u64,
    /// Audio: how loud it is played, percent.
    pub volume_percent: u8,
    /// How long media waits in the jitter buffer now.
    pub buffered: Duration,
    /// The share of packets that never came within the newest 3 s, 0 to 1; what was repaired is not
    /// counted.
    pub recent_loss: f64,
    /// Video: whole frames received a second, newest 3 s.
    pub recent_fps: f64,
    /// Audio: the share of samples invented, newest 3 s, 0 to 1.
    pub recent_concealed: f64,
    /// Interarrival jitter, RFC 3550 section 6.4.1.
    pub jitter: Duration,
    /// Capture to display, newest 1,000 frames.
    pub glass_to_glass: Percentiles,
    /// How much later than the sound the picture is shown, newest second; negative when early.
    pub lip_sync_ms: Option<f64>,
}

/// A small sample's percentiles.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Percentiles {
    /// How many values.
    pub count: usize,
    /// Median, milliseconds.
    pub p50_ms: f64,
    /// 95th, milliseconds.
    pub p95_ms: f64,
    /// Largest, milliseconds.
    pub max_ms: f64,
}
