//! What a participant sends, and what is known of its streams.

use super::keyframe::Throttle;
use super::layers;
use super::rewrite::Incoming;
use super::slots::Kind;
use protocol::MediaSource;
use std::time::{Duration, Instant};

/// A layer that sent nothing for so long is off. Screens that stand still send one frame a second.
const ALIVE: Duration = Duration::from_millis(1500);
/// The bit rate is measured over this time.
const WINDOW: Duration = Duration::from_millis(500);
/// The height of a camera's picture until a keyframe tells it.
const CAMERA_LINES: u32 = 720;
/// Likewise of a screen's.
const SCREEN_LINES: u32 = 1080;

/// A packet as the room sees it.
#[derive(Debug, Clone, Copy)]
pub struct Packet {
    /// Its numbers.
    pub incoming: Incoming,
    /// Its SSRC; another one means that the sender started anew.
    pub ssrc: u32,
    /// Length of the payload.
    pub bytes: usize,
    /// Whether a decoder can start here.
    pub starts_keyframe: bool,
    /// The height that a keyframe states.
    pub lines: Option<u32>,
    /// RFC 6464, in dBov.
    pub level_dbov: Option<i8>,
}

/// A slot's line in a receiver's offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotLine {
    /// Its MID.
    pub mid: String,
    /// What it takes.
    pub kind: Kind,
    /// Where its sequence numbers start; random.
    pub sequence: u16,
}

/// The lines of a connection.
#[derive(Debug, Default)]
pub struct Lines {
    /// What it receives.
    pub slots: Vec<SlotLine>,
    /// What it sends.
    pub sources: Vec<Source>,
}

/// A microphone, a camera or a screen.
#[derive(Debug)]
pub struct Source {
    /// Which.
    pub source: MediaSource,
    /// The tallest first.
    pub layers: Vec<Layer>,
    /// Who gets it: the member's index and the slot's.
    pub subscribers: Vec<(usize, usize)>,
}

/// One stream of a source.
#[derive(Debug)]
pub struct Layer {
    /// The RID; empty without simulcast.
    pub rid: String,
    /// Holds keyframe requests back.
    pub keyframes: Throttle,
    ssrc: Option<u32>,
    newest: u64,
    lines: Option<u32>,
    packet_at: Option<Instant>,
    window_started: Option<Instant>,
    window_bytes: usize,
    bitrate: Option<u64>,
}

impl Source {
    /// A source with the given RIDs, the tallest layer first; none means one layer.
    pub fn new(source: MediaSource, rids: Vec<String>) -> Source {
        let rids = if rids.is_empty() { vec![String::new()] } else { rids };
        let layers = rids.into_iter().map(Layer::new).collect();
        Source { source, layers, subscribers: Vec::new() }
    }

    /// Whether a layer is not sent although another is.
    pub fn lacks(&self, layer: usize, now: Instant) -> bool {
        let alive = |layer: &Layer| layer.is_alive(now);
        self.layers.get(layer).is_some_and(|layer| !alive(layer)) && self.layers.iter().any(alive)
    }

    /// What is known of the layers, guessed where nothing is.
    pub fn known_layers(&self, now: Instant) -> Vec<layers::Layer> {
        let full = match self.source {
            MediaSource::Screen => SCREEN_LINES,
            MediaSource::Camera | MediaSource::Microphone => CAMERA_LINES,
        };
        // One layer that told its height tells the others'.
        let told = self.layers.iter().enumerate().find_map(|(i, l)| Some(l.lines? << i.min(4)));
        let known = |(index, layer): (usize, &Layer)| {
            let guess = layers::assumed_lines(told.unwrap_or(full), index);
            let lines = layer.lines.unwrap_or(guess);
            let alive = layer.is_alive(now);
            let measured = layer.bitrate.filter(|_| alive);
            let bitrate = measured.unwrap_or_else(|| layers::assumed_bitrate(lines));
            layers::Layer { lines, bitrate, alive }
        };
        self.layers.iter().enumerate().map(known).collect()
    }
}

impl Layer {
    fn new(rid: String) -> Layer {
        Layer {
            rid,
            keyframes: Throttle::default(),
            ssrc: None,
            newest: 0,
            lines: None,
            packet_at: None,
            window_started: None,
            window_bytes: 0,
            bitrate: None,
        }
    }

    fn is_alive(&self, now: Instant) -> bool {
        self.packet_at.is_some_and(|at| now.saturating_duration_since(at) < ALIVE)
    }

    /// Takes note of a packet.
    pub fn observe(&mut self, packet: &Packet, now: Instant) -> Observed {
        let restarted = self.ssrc.replace(packet.ssrc).is_some_and(|before| before != packet.ssrc);
        let late = !restarted && packet.incoming.sequence < self.newest;
        if !late {
            self.newest = packet.incoming.sequence;
        }
        let starts_keyframe = packet.starts_keyframe && !late;
        if starts_keyframe {
            self.keyframes.satisfied();
        }
        self.lines = packet.lines.or(self.lines);
        self.measure(packet.bytes, now);
        Observed { restarted, starts_keyframe }
    }

    fn measure(&mut self, bytes: usize, now: Instant) {
        if !self.is_alive(now) {
            (self.window_started, self.window_bytes, self.bitrate) = (Some(now), 0, None);
        }
        self.packet_at = Some(now);
        let started = *self.window_started.get_or_insert(now);
        self.window_bytes += bytes;
        let elapsed = now.saturating_duration_since(started);
        if elapsed >= WINDOW {
            let rate = (self.window_bytes as f64 * 8.0 / elapsed.as_secs_f64()) as u64;
            self.bitrate = Some(self.bitrate.map_or(rate, |before| (before + rate) / 2));
            (self.window_started, self.window_bytes) = (Some(now), 0);
        }
    }
}

/// What a packet means for the layer's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// The sender started the stream anew.
    pub restarted: bool,
    /// A slot can switch here. Not at a keyframe's start that was lost and repaired: what follows
    /// it went by already.
    pub starts_keyframe: bool,
}
