//! What the transport thread and its users both see.

use super::{Event, Source, Stats};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Who is told what happens. Called on the transport thread, so it must not wait.
pub(super) type Sink = Box<dyn Fn(Event) + Send + Sync>;

/// Counters are relaxed: each stands for itself.
pub(super) struct Shared {
    sink: Sink,
    connected: AtomicBool,
    /// Received SSRC to slot, known once the hub answered.
    slots: OnceLock<HashMap<u32, Arc<str>>>,
    target_bps: AtomicU32,
    announced_bps: AtomicU32,
    queue_us: AtomicU32,
    loss_permille: AtomicU32,
    /// Microseconds; 0 until measured.
    round_trip_us: AtomicU32,
    audio_packets: AtomicU64,
    camera_packets: AtomicU64,
    screen_packets: AtomicU64,
    frames_dropped: AtomicU64,
    packets_received: AtomicU64,
    packets_repaired: AtomicU64,
}

impl Shared {
    pub fn new(sink: Sink, start_bps: u32) -> Shared {
        Shared {
            sink,
            connected: AtomicBool::new(false),
            slots: OnceLock::new(),
            target_bps: AtomicU32::new(start_bps),
            announced_bps: AtomicU32::new(0),
            queue_us: AtomicU32::new(0),
            loss_permille: AtomicU32::new(0),
            round_trip_us: AtomicU32::new(0),
            audio_packets: AtomicU64::new(0),
            camera_packets: AtomicU64::new(0),
            screen_packets: AtomicU64::new(0),
            frames_dropped: AtomicU64::new(0),
            packets_received: AtomicU64::new(0),
            packets_repaired: AtomicU64::new(0),
        }
    }

    pub fn emit(&self, event: Event) {
        (self.sink)(event);
    }

    pub fn connected(&self) -> bool {
        self.connected.load(Relaxed)
    }

    pub fn set_connected(&self, connected: bool) {
        self.connected.store(connected, Relaxed);
    }

    /// The slots' SSRCs; the first call counts.
    pub fn set_slots(&self, slots: HashMap<u32, Arc<str>>) {
        let _ = self.slots.set(slots);
    }

    pub fn slot(&self, ssrc: u32) -> Option<Arc<str>> {
        self.slots.get()?.get(&ssrc).cloned()
    }

    /// The SSRC that a slot receives.
    pub fn slot_ssrc(&self, mid: &str) -> Option<u32> {
        self.slots.get()?.iter().find(|slot| &**slot.1 == mid).map(|slot| *slot.0)
    }

    pub fn target_bps(&self) -> u32 {
        self.target_bps.load(Relaxed)
    }

    /// Takes what the estimator says, and tells it where it changed by 2 % or more.
    pub fn set_path(&self, target_bps: u32, queue: Duration, loss: f64) {
        self.target_bps.store(target_bps, Relaxed);
        self.queue_us.store(queue.as_micros() as u32, Relaxed);
        self.loss_permille.store((loss * 1_000.0) as u32, Relaxed);
        if self.announced_bps.load(Relaxed).abs_diff(target_bps) >= target_bps / 50 {
            self.announced_bps.store(target_bps, Relaxed);
            self.emit(Event::Bitrate(target_bps));
        }
    }

    pub fn set_round_trip(&self, round_trip: Duration) {
        self.round_trip_us.store((round_trip.as_micros() as u32).max(1), Relaxed);
        self.emit(Event::RoundTrip(round_trip));
    }

    pub fn count_sent(&self, source: Source, packets: usize) {
        let counter = match source {
            Source::Microphone => &self.audio_packets,
            Source::Camera => &self.camera_packets,
            Source::Screen => &self.screen_packets,
        };
        counter.fetch_add(packets as u64, Relaxed);
    }

    pub fn count_dropped(&self) {
        self.frames_dropped.fetch_add(1, Relaxed);
    }

    pub fn count_received(&self) {
        self.packets_received.fetch_add(1, Relaxed);
    }

    pub fn count_repaired(&self) {
        self.packets_repaired.fetch_add(1, Relaxed);
    }

    pub fn stats(&self) -> Stats {
        let measured = self.announced_bps.load(Relaxed) != 0;
        let round_trip_us = self.round_trip_us.load(Relaxed);
        Stats {
            connected: self.connected(),
            audio_packets: self.audio_packets.load(Relaxed),
            camera_packets: self.camera_packets.load(Relaxed),
            screen_packets: self.screen_packets.load(Relaxed),
            frames_dropped: self.frames_dropped.load(Relaxed),
            packets_received: self.packets_received.load(Relaxed),
            packets_repaired: self.packets_repaired.load(Relaxed),
            available_bps: measured.then(|| self.target_bps()),
            queue: Duration::from_micros(self.queue_us.load(Relaxed).into()),
            loss: f64::from(self.loss_permille.load(Relaxed)) / 1_000.0,
            round_trip: (round_trip_us > 0).then(|| Duration::from_micros(round_trip_us.into())),
        }
    }
}
