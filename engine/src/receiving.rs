//! What comes in: RTP → jitter buffers → decoders and the loudspeaker's rings.
//!
//! One thread, `receive`, owns every slot's jitter buffer. It is driven by packets, by the buffers'
//! deadlines, and, while sound is played, by how much each slot's ring still holds.

mod continuity;
mod recent;
mod slots;

use crate::Result;
use crate::clock::WallClock;
use crate::config::{Config, Receive, SpeakerSink};
use crate::engine::Event;
use crate::frame::{SAMPLES_10_MS, VideoFrame};
use crate::jitter_buffer::video::Output;
use crate::latest;
use crate::lip_sync::LipSync;
use crate::measure::FreezeDetector;
use crate::playback::Playback;
use crate::shared::Shared;
use crate::showing::{Showing, Shown};
use crate::stats::Receiving;
use crate::thread::{self, Joined};
use crate::transport::{PayloadKind, ReceivingSlot, RtpPacket, Transport};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use recent::{Counts, Rates, Recent};
use slots::{AudioSlot, VideoSlot};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Packets and orders between transport and here: a second of 25 slots' packets. When it is full,
/// packets are dropped and repaired as if the network had lost them.
const INBOX: usize = 8_192;

/// How often sound rings are looked after while any of them plays.
const SOUND_TICK: Duration = Duration::from_millis(5);

/// The longest sleep.
const IDLE: Duration = Duration::from_millis(200);

/// A keyframe that came so shortly before the news that its slot changed hands is taken for the new
/// owner's first: signalling and media travel apart.
const NEWS_DELAY: Duration = Duration::from_secs(1);

/// Orders taken before sound and deadlines are looked after: about 3 ms of work.
const BATCH: usize = 256;

/// The loudest that a voice is made.
const MAX_PERCENT: u8 = 200;

/// What the thread is told.
pub(crate) enum Inbox {
    /// A fresh connection with these slots; everything of the earlier one is forgotten.
    Connection(Weak<Transport>, Vec<ReceivingSlot>),
    /// Media.
    Rtp(Arc<str>, RtpPacket),
    /// The round trip to the hub.
    RoundTrip(Duration),
    /// Which picture belongs to which sound: (video slot, audio slot).
    Pairs(Vec<(String, String)>),
    /// This slot now carries somebody else, or nobody: the gap is no freeze.
    Rebound(Vec<String>),
    /// How loud each audio slot is played, percent; those not named at 100.
    Volumes(Vec<(String, u8)>),
    /// Another loudspeaker, or the same one opened anew.
    Sink(SpeakerSink),
    /// End.
    Stop,
}

/// What others may ask of the receiving side.
pub(crate) struct ReceivingThread {
    pub(crate) inbox: Sender<Inbox>,
    pub(crate) pictures: Shared<HashMap<String, latest::Reader<VideoFrame>>>,
    figures: Shared<BTreeMap<String, Figures>>,
    _thread: Joined,
}

/// One slot's figures, as far as they are counted on the receiving thread.
#[derive(Default)]
struct Figures {
    counted: Receiving,
    shown: Option<Shared<Shown>>,
    lip_sync: Option<Shared<LipSync>>,
    /// Verified slots are never shown; their gaps are those between whole frames.
    verified: FreezeDetector,
    recent: Recent,
}

impl Figures {
    /// Takes note of what was counted; `now` is the moment of counting.
    fn note(&mut self, now: Instant) {
        let counted = &self.counted;
        let counts = Counts {
            packets: counted.packets,
            lost: counted.packets_lost,
            frames: counted.frames_received,
            samples: counted.samples,
            concealed: counted.samples_concealed,
        };
        self.recent.note(counts, now);
    }
}

impl ReceivingThread {
    pub(crate) fn start(
        config: &Config,
        events: Sender<Event>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<ReceivingThread> {
        let (inbox, source) = bounded(INBOX);
        let playback = match config.receive {
            Receive::Decode => Some(Playback::start(config.speaker.clone(), events)?),
            Receive::Verify => None,
        };
        let pictures = Shared::default();
        let figures = Shared::default();
        let mut driver = Driver {
            name: config.name.clone(),
            mode: config.receive,
            playback,
            wake,
            transport: Weak::new(),
            pictures: pictures.clone(),
            figures: figures.clone(),
            video: HashMap::new(),
            audio: HashMap::new(),
        };
        let thread = thread::spawn(&format!("{}/receive", config.name), move || {
            driver.run(&source);
        })?;
        Ok(ReceivingThread { inbox, pictures, figures, _thread: thread })
    }

    /// Every slot that ever carried something.
    #[expect(clippy::disallowed_methods, reason = "an open gap lasts until the moment of asking")]
    pub(crate) fn stats(&self) -> Vec<Receiving> {
        let now = Instant::now();
        let figures = self.figures.lock();
        figures
            .values()
            .filter(|slot| slot.counted.packets > 0)
            .map(|slot| {
                let mut row = slot.counted.clone();
                if let Some(shown) = &slot.shown {
                    let shown = shown.lock();
                    row.frames_shown = shown.frames;
                    row.freezes = shown.freezes.freezes(now);
                    row.longest_gap = shown.freezes.longest_gap(now);
                    row.glass_to_glass = shown.glass_to_glass.percentiles();
                    row.buffered += shown.playout_delay;
                } else if row.video {
                    row.freezes = slot.verified.freezes(now);
                    row.longest_gap = slot.verified.longest_gap(now);
                }
                let Rates { loss, fps, concealed } = slot.recent.rates(now);
                (row.recent_loss, row.recent_fps, row.recent_concealed) = (loss, fps, concealed);
                row.jitter = slot.recent.jitter();
                row.lip_sync_ms =
                    slot.lip_sync.as_ref().and_then(|lip_sync| lip_sync.lock().offset_ms(now));
                row
            })
            .collect()
    }
}

impl Drop for ReceivingThread {
    fn drop(&mut self) {
        // A full inbox is being emptied, so this waits only for that; a closed one has no thread.
        let _ = self.inbox.send(Inbox::Stop);
    }
}

struct Driver {
    name: String,
    mode: Receive,
    playback: Option<Playback>,
    wake: Arc<dyn Fn() + Send + Sync>,
    transport: Weak<Transport>,
    pictures: Shared<HashMap<String, latest::Reader<VideoFrame>>>,
    figures: Shared<BTreeMap<String, Figures>>,
    video: HashMap<Arc<str>, VideoSlot>,
    audio: HashMap<Arc<str>, AudioSlot>,
}

impl Driver {
    #[expect(clippy::disallowed_methods, reason = "the receiving edge")]
    fn run(&mut self, source: &Receiver<Inbox>) {
        let mut next = Instant::now();
        loop {
            let timeout = next.saturating_duration_since(Instant::now());
            match source.recv_timeout(timeout) {
                Ok(Inbox::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(order) => {
                    self.take(order, Instant::now());
                    // What came meanwhile, so that a burst is not looked at packet by packet.
                    for order in source.try_iter().take(BATCH) {
                        if matches!(order, Inbox::Stop) {
                            return;
                        }
                        self.take(order, Instant::now());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            next = self.tend(Instant::now());
        }
    }

    fn take(&mut self, order: Inbox, now: Instant) {
        match order {
            Inbox::Rtp(mid, packet) => self.insert(&mid, packet, now),
            Inbox::RoundTrip(round_trip) => {
                for slot in self.video.values_mut() {
                    slot.buffer.set_round_trip(round_trip);
                }
            }
            Inbox::Connection(transport, slots) => self.connect(transport, slots),
            Inbox::Pairs(pairs) => self.pair(&pairs),
            Inbox::Rebound(mids) => {
                for mid in mids {
                    if let Some(slot) = self.video.get_mut(mid.as_str()) {
                        slot.change_hands(now);
                    }
                    if let Some(figures) = self.figures.lock().get_mut(&mid) {
                        figures.verified.pause();
                    }
                }
            }
            Inbox::Volumes(volumes) => {
                for (mid, slot) in &mut self.audio {
                    let named = volumes.iter().find(|(named, _)| **named == **mid);
                    let percent = named.map_or(100, |(_, percent)| (*percent).min(MAX_PERCENT));
                    slot.set_gain(f32::from(percent) / 100.0);
                    if let Some(row) = self.figures.lock().get_mut(&**mid) {
                        row.counted.volume_percent = percent;
                    }
                }
            }
            Inbox::Sink(sink) => {
                if let Some(playback) = &self.playback {
                    playback.set_sink(sink);
                }
            }
            Inbox::Stop => {}
        }
    }

    fn connect(&mut self, transport: Weak<Transport>, slots: Vec<ReceivingSlot>) {
        self.transport = transport;
        self.video.clear();
        self.audio.clear();
        let (mut readers, mut figures) = (HashMap::new(), BTreeMap::new());
        for slot in slots {
            let mut row = Figures {
                counted: Receiving {
                    mid: slot.mid.clone(),
                    video: slot.video,
                    volume_percent: if slot.video { 0 } else { 100 },
                    ..Default::default()
                },
                ..Default::default()
            };
            let mid: Arc<str> = slot.mid.as_str().into();
            if slot.video {
                let (writer, reader) = latest::channel();
                let video = VideoSlot::new(writer);
                if self.mode == Receive::Decode {
                    row.shown = Some(video.shown.clone());
                    row.lip_sync = Some(video.lip_sync.clone());
                }
                readers.insert(slot.mid.clone(), reader);
                self.video.insert(mid, video);
            } else {
                self.audio.insert(mid, AudioSlot::default());
            }
            figures.insert(slot.mid, row);
        }
        *self.pictures.lock() = readers;
        *self.figures.lock() = figures;
    }

    fn pair(&mut self, pairs: &[(String, String)]) {
        for (mid, slot) in &mut self.video {
            let sound = pairs.iter().find(|(video, _)| **video == **mid).map(|(_, audio)| audio);
            if slot.sound.as_ref() != sound {
                slot.sound = sound.cloned();
                *slot.lip_sync.lock() = LipSync::default();
            }
        }
        for (mid, slot) in &mut self.audio {
            slot.pairs = pairs
                .iter()
                .filter(|(_, audio)| **audio == **mid)
                .filter_map(|(video, _)| Some(self.video.get(video.as_str())?.lip_sync.clone()))
                .collect();
        }
    }

    fn insert(&mut self, mid: &Arc<str>, packet: RtpPacket, now: Instant) {
        if let Some(row) = self.figures.lock().get_mut(&**mid) {
            row.recent.arrived(&packet);
        }
        if let Some(slot) = self.video.get_mut(mid) {
            match self.mode {
                Receive::Decode => slot.buffer.insert(packet, now),
                Receive::Verify => slot.verifier.insert(&packet, now),
            }
            self.tend_video(mid, now);
        } else if let Some(slot) = self.audio.get_mut(mid)
            && packet.payload_kind == PayloadKind::Opus
        {
            slot.continuity.insert(packet.sequence);
            if self.mode == Receive::Decode {
                slot.hear(&packet, self.playback.as_mut(), now);
            }
            self.count_audio(mid, now);
        }
    }

    /// Everything that is due; gives when to look again.
    fn tend(&mut self, now: Instant) -> Instant {
        let due: Vec<Arc<str>> = self
            .video
            .iter()
            .filter(|(_, slot)| {
                slot.deadline(self.mode).is_some_and(|at| at <= now)
                    || slot.keyframe_needed.load(Ordering::Relaxed)
            })
            .map(|(mid, _)| mid.clone())
            .collect();
        for mid in due {
            self.tend_video(&mid, now);
        }
        let mut next = now + IDLE;
        if self.mode == Receive::Decode {
            next = next.min(self.tend_audio(now));
        }
        let deadlines = self.video.values().filter_map(|slot| slot.deadline(self.mode));
        deadlines.fold(next, Instant::min)
    }

    fn tend_audio(&mut self, now: Instant) -> Instant {
        let mut playing = Vec::new();
        for (mid, slot) in &mut self.audio {
            let Some((receiver, writer)) = &mut slot.playing else { continue };
            playing.push(mid.clone());
            // The display's side steps these delays; here they are only followed.
            let extra = slot.pairs.iter().map(|pair| pair.lock().extra_delay().sound).max();
            receiver.set_extra_delay(extra.unwrap_or_default());
            let mut block = [0.0; SAMPLES_10_MS];
            for _ in 0..writer.wanted() {
                receiver.pull(now, &mut block);
                let played = now + writer.latency();
                writer.push(&block);
                if let Some(captured) =
                    receiver.captured().and_then(|ntp| WallClock::process().to_instant(ntp))
                {
                    for pair in &slot.pairs {
                        pair.lock().sound_played(captured, played);
                    }
                }
            }
        }
        for mid in &playing {
            self.count_audio(mid, now);
        }
        now + if playing.is_empty() { IDLE } else { SOUND_TICK }
    }

    fn count_audio(&self, mid: &Arc<str>, now: Instant) {
        let Some(slot) = self.audio.get(mid) else { return };
        let mut figures = self.figures.lock();
        let Some(row) = figures.get_mut(&**mid) else { return };
        row.counted.packets = slot.continuity.received;
        row.counted.packets_lost = slot.continuity.lost();
        if let Some((receiver, _)) = &slot.playing {
            let counters = receiver.counters();
            row.counted.samples = counters.samples;
            row.counted.samples_concealed = counters.samples_concealed;
            row.counted.buffered = receiver.current_delay();
        }
        row.note(now);
    }

    fn tend_video(&mut self, mid: &Arc<str>, now: Instant) {
        match self.mode {
            Receive::Decode => self.give_out(mid, now),
            Receive::Verify => self.verify(mid, now),
        }
    }

    /// Hands whole frames to the slot's decoder.
    fn give_out(&mut self, mid: &Arc<str>, now: Instant) {
        let Some(slot) = self.video.get_mut(mid) else { return };
        if slot.keyframe_needed.swap(false, Ordering::Relaxed) {
            slot.buffer.require_keyframe();
        }
        while let Some(output) = slot.buffer.poll(now) {
            match output {
                Output::Frame(frame) => {
                    if slot.showing.is_none() {
                        let name = format!("{}/decode-{mid}", self.name);
                        match Showing::start(&name, slot.outlets(self.wake.clone())) {
                            Ok(showing) => slot.showing = Some(showing),
                            Err(error) => {
                                tracing::error!(%error, "a picture cannot be shown");
                                return;
                            }
                        }
                    }
                    if frame.keyframe {
                        slot.keyframe_at = Some(now);
                    }
                    if slot.showing.as_ref().is_some_and(|showing| !showing.put(frame)) {
                        slot.buffer.require_keyframe();
                    }
                }
                Output::KeyframeNeeded => {
                    if let Some(transport) = self.transport.upgrade() {
                        transport.request_keyframe(mid);
                    }
                }
            }
        }
        let counters = slot.buffer.counters();
        if let Some(row) = self.figures.lock().get_mut(&**mid) {
            row.counted.packets = counters.packets;
            row.counted.packets_lost = counters.lost;
            row.counted.frames_received = counters.frames;
            row.note(now);
        }
    }

    fn verify(&mut self, mid: &Arc<str>, now: Instant) {
        let Some(slot) = self.video.get_mut(mid) else { return };
        let mut figures = self.figures.lock();
        let Some(row) = figures.get_mut(&**mid) else { return };
        while let Some(frame) = slot.verifier.poll(now) {
            row.verified.shown(frame.complete_at);
        }
        let counters = slot.verifier.counters();
        row.counted.packets = counters.packets;
        row.counted.packets_lost = counters.lost;
        row.counted.frames_received = counters.frames_whole;
        row.note(now);
    }
}

#[cfg(test)]
mod tests;
