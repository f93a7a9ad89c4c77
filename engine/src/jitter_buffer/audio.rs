//! The audio jitter buffer of one slot: RTP packets in, playout decisions out.
//!
//! Sans-IO: it decodes nothing and owns no clock. [`AudioJitterBuffer::insert`] takes packets as they
//! arrive; for every 10 ms of playback [`AudioJitterBuffer::pull`] says what to append to the decoded
//! sound until there is enough. [`crate::audio::receiver`] carries the decisions out.
//!
//! The playout delay is measured against the fastest recent packet (`delay`), so it needs no common
//! clock, and it is steered to a target by three means: pauses are shortened and lengthened for
//! free, speech is stretched by single pitch periods, and an underrun delays what follows. A drifting
//! device clock is one more source of wrong delay and handled by the same means.
//!
//! When the next packet is missing while a later one is there, in-band FEC of that later packet is
//! used (RFC 6716 section 2.1.7); when losses make that worth while the target includes one packet's
//! time to wait for it.

mod decision;
mod delay;

pub use decision::{Action, Counters, Pulled, Stretch};

use crate::clock::Ntp;
use crate::codec::opus;
use crate::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use crate::transport::{PayloadKind, RtpPacket};
use bytes::Bytes;
use delay::DelayEstimator;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const BLOCK: i64 = SAMPLES_10_MS as i64;
/// Packets kept: 2 s at 20 ms, the largest delay the estimator knows. When full, playback has
/// stalled: everything is dropped and it starts again at the newest packet.
const CAPACITY: usize = 100;
/// Added to the jitter's quantile, for small irregularities of whoever pulls: 2.5 ms.
const MARGIN: i64 = 120;
/// Speech is shortened only this far above the target. Packets are asked for in steps of a block, so
/// a narrower window would make the buffer hunt: 15 ms.
const WINDOW: i64 = 720;
/// This far above the window any period will do, and there is no pause between cuts: 45 ms.
const FAR: i64 = 2_160;
/// This far above the target packets are dropped rather than played fast: 1 s.
const HOPELESS: i64 = 48_000;
/// Blocks between two gentle stretches, as in NetEQ: 50 ms.
const STRETCH_PAUSE: u32 = 5;
/// Recent packets of which the one asked for earliest counts: whoever pulls may pull several blocks at
/// once.
const RECENT: usize = 4;
/// Concealment without any packet ends in silence after 1 s: the sender has gone.
const GIVE_UP: i64 = 48_000;
/// Larger steps in sequence numbers are a new stream when two packets agree (RFC 3550 A.1).
const MAX_DROPOUT: i64 = 3_000;
/// Packets this much older than the newest belong to no stream we know (RFC 3550 A.1).
const MAX_MISORDER: i64 = 100;
/// Timestamps that run ahead of the clock by more than this are a new time line: 1 s.
const MAX_LEAD: i64 = 48_000;
/// The share of packets missing at their time from which waiting for FEC pays.
const FEC_FROM: f32 = 0.01;
/// The weight of one packet in that share.
const LOSS_WEIGHT: f32 = 1.0 / 128.0;
/// Packets for which a seen FEC flag is taken to hold: unvoiced ones carry none.
const FEC_MEMORY: u32 = 50;

#[derive(Debug)]
struct Stored {
    payload: Bytes,
    timestamp: i64,
    samples: i64,
    fec: bool,
    captured: Option<Ntp>,
    inserted: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Silence until the first packet's time has come.
    Waiting {
        /// The sender said that it pauses: comfort noise instead of silence.
        noise: bool,
    },
    /// Packets follow each other.
    Playing,
}

/// See the module's documentation.
#[derive(Debug)]
pub struct AudioJitterBuffer {
    packets: BTreeMap<i64, Stored>,
    delay: DelayEstimator,
    /// The first arrival: moments are counted in samples from here.
    origin: Option<Instant>,
    state: State,
    /// Newest sequence number and timestamp, both extended beyond their wrap.
    newest: (i64, i64),
    /// Which of the newest 128 sequence numbers came; bit 0 is the newest.
    seen: u128,
    /// The sequence number that would confirm a new stream.
    probation: Option<u16>,
    /// First sequence number and sample not yet handed out.
    next: (i64, i64),
    /// Samples concealed while `next` stood still.
    owed: i64,
    /// Silence since concealment was given up: was it loss after all, it counts as concealed.
    unexplained: i64,
    /// Moment minus timestamp when recent packets were asked for; see [`RECENT`].
    recent: [i64; RECENT],
    recent_filled: usize,
    /// Moment minus timestamp of the block last played.
    played: i64,
    /// Timestamp of the block last played; `None` in pauses.
    position: Option<i64>,
    /// A stretch was asked for since the last block.
    hinted: bool,
    /// Blocks until the next gentle stretch.
    stretch_pause: u32,
    anchor: Option<(i64, Ntp)>,
    loss: f32,
    fec_pays: bool,
    since_fec: u32,
    /// What lip sync adds to the target, in samples.
    extra: i64,
    counters: Counters,
}

impl Default for AudioJitterBuffer {
    fn default() -> Self {
        AudioJitterBuffer::new()
    }
}

impl AudioJitterBuffer {
    /// An empty buffer.
    pub fn new() -> AudioJitterBuffer {
        AudioJitterBuffer {
            packets: BTreeMap::new(),
            delay: DelayEstimator::new(),
            origin: None,
            state: State::Waiting { noise: false },
            newest: (0, 0),
            seen: 0,
            probation: None,
            next: (0, 0),
            owed: 0,
            unexplained: 0,
            recent: [0; RECENT],
            recent_filled: 0,
            played: 0,
            position: None,
            hinted: false,
            stretch_pause: 0,
            anchor: None,
            loss: 0.0,
            fec_pays: false,
            since_fec: FEC_MEMORY,
            extra: 0,
            counters: Counters::default(),
        }
    }

    /// Takes a packet that is available from `now` on. What cannot be used is counted and dropped.
    pub fn insert(&mut self, packet: &RtpPacket, now: Instant) {
        let samples = match (packet.payload_kind, opus::packet_samples(&packet.payload)) {
            (PayloadKind::Opus, Ok(samples)) => samples as i64,
            _ => {
                self.counters.discarded += 1;
                return;
            }
        };
        let first = self.origin.is_none();
        let origin = *self.origin.get_or_insert(now);
        let now = samples_since(origin, now);
        if first {
            self.start_anew(packet);
        }
        let Some((sequence, timestamp)) = self.place(packet, now) else { return };
        let bit = 1u128 << (self.newest.0 - sequence).min(127);
        if self.seen & bit != 0 {
            self.counters.duplicates += 1;
            return;
        }
        self.seen |= bit;
        self.counters.packets += 1;
        self.delay.arrived(now - timestamp);
        let made_up = self.state == State::Playing && timestamp + samples <= self.next.1;
        if sequence < self.next.0 || made_up {
            self.counters.late += 1;
            return;
        }
        if self.packets.len() >= CAPACITY {
            self.counters.discarded += self.packets.len() as u64;
            self.packets.clear();
            self.wait(false);
        }
        let fec = opus::has_fec(&packet.payload);
        self.since_fec = if fec { 0 } else { self.since_fec.saturating_add(1) };
        let (payload, captured) = (packet.payload.clone(), packet.captured);
        let stored = Stored { payload, timestamp, samples, fec, captured, inserted: now };
        self.packets.insert(sequence, stored);
    }

    /// Extends a packet's numbers; `None` when it is not to be used.
    fn place(&mut self, packet: &RtpPacket, now: i64) -> Option<(i64, i64)> {
        let mut sequence =
            self.newest.0 + i64::from(packet.sequence.wrapping_sub(self.newest.0 as u16) as i16);
        let step = sequence - self.newest.0;
        if !(-MAX_MISORDER..MAX_DROPOUT).contains(&step) {
            let confirmed = self.probation == Some(packet.sequence);
            self.probation = Some(packet.sequence.wrapping_add(1));
            if !confirmed {
                self.counters.discarded += 1;
                return None;
            }
            sequence = self.start_anew(packet).0;
        }
        self.probation = None;
        let ticks = packet.timestamp.wrapping_sub(self.newest.1 as u32) as i32;
        let mut timestamp = self.newest.1 + i64::from(ticks);
        let ahead = self.delay.base().is_some_and(|base| now - timestamp < base - MAX_LEAD);
        if step > 0 && (ahead || ticks <= 0) {
            (sequence, timestamp) = self.start_anew(packet);
        } else if step < 0 && ticks >= 0 {
            self.counters.discarded += 1;
            return None;
        }
        if sequence > self.newest.0 {
            self.seen = self.seen.checked_shl((sequence - self.newest.0) as u32).unwrap_or(0);
            self.newest = (sequence, timestamp);
        }
        Some((sequence, timestamp))
    }

    /// Forgets the old time line; the packet is the first of a new one.
    fn start_anew(&mut self, packet: &RtpPacket) -> (i64, i64) {
        self.counters.discarded += self.packets.len() as u64;
        self.packets.clear();
        self.delay.forget_base();
        // One round away from zero, so that earlier packets of the stream stay positive.
        self.newest =
            (0x1_0000 + i64::from(packet.sequence), 0x1_0000_0000 + i64::from(packet.timestamp));
        self.next = (self.newest.0 - MAX_MISORDER, self.newest.1);
        self.seen = 0;
        self.anchor = None;
        self.unexplained = 0;
        self.wait(false);
        self.newest
    }

    /// Says what to append, given the number of decoded samples not played yet. Call until it
    /// answers [`Action::Play`], then play 10 ms; and so on for each 10 ms that the device plays.
    pub fn pull(&mut self, now: Instant, decoded: usize) -> Pulled {
        let now = self.origin.map_or(0, |origin| samples_since(origin, now));
        let ahead = decoded as i64;
        if ahead >= BLOCK {
            self.play(now, ahead);
            return Pulled { action: Action::Play, stretch: Stretch::Keep };
        }
        match self.state {
            State::Waiting { noise } => self.pull_waiting(now, noise),
            State::Playing => self.pull_playing(now),
        }
    }

    /// Notes how late the block is that is played now, and what stretching changed.
    fn play(&mut self, now: i64, ahead: i64) {
        self.counters.samples += if self.origin.is_some() { BLOCK as u64 } else { 0 };
        self.stretch_pause = self.stretch_pause.saturating_sub(1);
        let hinted = std::mem::take(&mut self.hinted);
        if self.state != State::Playing {
            self.position = None;
            return;
        }
        let position = self.next.1 - ahead;
        if let Some(last) = self.position
            && position != last + BLOCK
        {
            self.recent_filled = 0;
            self.stretch_pause = if hinted { STRETCH_PAUSE } else { self.stretch_pause };
        }
        self.position = Some(position);
        self.played = now - position;
    }

    fn pull_waiting(&mut self, now: i64, noise: bool) -> Pulled {
        if let Some((&sequence, first)) = self.packets.first_key_value()
            && self.delay_of(now, first.timestamp) >= self.target()
        {
            let lost = (sequence - self.next.0).max(0);
            if self.unexplained > 0 && lost > 0 {
                self.counters.samples_concealed += self.unexplained as u64;
                self.counters.lost += lost as u64;
            }
            self.unexplained = 0;
            self.next = (sequence, first.timestamp);
            self.state = State::Playing;
            self.forget_recent();
            return self.decode_first(now);
        }
        if self.unexplained > 0 {
            self.unexplained += BLOCK;
        }
        let action = if noise { Action::ComfortNoise } else { Action::Silence };
        Pulled { action, stretch: Stretch::Keep }
    }

    fn pull_playing(&mut self, now: i64) -> Pulled {
        let Some((&sequence, first)) = self.packets.first_key_value() else {
            return self.underrun();
        };
        let (timestamp, fec, samples) = (first.timestamp, first.fec, first.samples);
        let missing = sequence - self.next.0;
        let gap = timestamp - self.next.1;
        if gap <= 0 {
            return self.decode_first(now);
        }
        if missing == 0 || gap > (missing + 1) * samples {
            // The sender paused without saying so, or the packet that said so was lost.
            self.wait(true);
            return self.pull_waiting(now, true);
        }
        let wants_delay = self.delay_of(now, self.next.1) <= self.target();
        if !(fec && wants_delay) {
            // What was concealed already stands for what was lost.
            let paid = self.owed.min(gap);
            self.next.1 += paid;
            self.owed -= paid;
        }
        let gap = timestamp - self.next.1;
        if gap <= 0 {
            return self.decode_first(now);
        }
        if fec && gap <= samples {
            self.owed = 0;
            self.next.1 = timestamp;
            self.counters.recovered += 1;
            let next = self.packets[&sequence].payload.clone();
            let action = Action::Recover { next, samples: gap as usize };
            return Pulled { action, stretch: Stretch::Keep };
        }
        if wants_delay && self.owed == 0 {
            // It may only be late, and more delay is wanted anyway: do not give it up yet.
            return self.conceal(BLOCK, false);
        }
        let rebuildable = if fec { samples } else { 0 };
        self.conceal((gap - rebuildable).clamp(1, samples), true)
    }

    fn underrun(&mut self) -> Pulled {
        if self.owed >= GIVE_UP {
            self.wait(false);
            self.unexplained = BLOCK;
            return Pulled { action: Action::Silence, stretch: Stretch::Keep };
        }
        self.conceal(BLOCK, false)
    }

    fn conceal(&mut self, samples: i64, advance: bool) -> Pulled {
        if advance {
            self.next.1 += samples;
        } else {
            self.owed += samples;
        }
        self.counters.samples_concealed += samples as u64;
        let action = Action::Conceal { samples: samples as usize };
        Pulled { action, stretch: Stretch::Keep }
    }

    /// Hands out the first packet, which must be there.
    fn decode_first(&mut self, now: i64) -> Pulled {
        if self.delay_of(now, self.next.1) > self.target() + HOPELESS {
            self.drop_to_target(now);
        }
        let Some((sequence, packet)) = self.packets.pop_first() else {
            return self.underrun();
        };
        let mut stretch = self.stretch(now - packet.timestamp);
        let missing = (sequence - self.next.0).max(0);
        self.counters.lost += missing as u64;
        self.note_losses(missing);
        self.owed = 0;
        self.next = (sequence + 1, packet.timestamp + packet.samples);
        if let Some(captured) = packet.captured {
            self.anchor = Some((packet.timestamp, captured));
        }
        self.counters.decoded += 1;
        self.counters.waited += (now - packet.inserted).max(0) as u64;
        if opus::is_dtx(&packet.payload) {
            self.wait(true);
            stretch = Stretch::Keep;
        }
        self.hinted = stretch != Stretch::Keep;
        Pulled { action: Action::Decode(packet.payload), stretch }
    }

    fn drop_to_target(&mut self, now: i64) {
        while self.packets.len() > 1
            && let Some((&sequence, first)) = self.packets.first_key_value()
            && self.delay_of(now, first.timestamp) > self.target() + first.samples
        {
            self.next = (sequence + 1, first.timestamp + first.samples);
            self.packets.remove(&sequence);
            self.counters.discarded += 1;
            self.forget_recent();
        }
    }

    fn forget_recent(&mut self) {
        self.recent_filled = 0;
        self.position = None;
    }

    fn note_losses(&mut self, missing: i64) {
        for _ in 0..missing.min(50) {
            self.loss += (1.0 - self.loss) * LOSS_WEIGHT;
        }
        self.loss -= self.loss * LOSS_WEIGHT;
        // Half the share switches it off again, so that it does not flicker.
        let from = if self.fec_pays { FEC_FROM / 2.0 } else { FEC_FROM };
        self.fec_pays = self.loss > from && self.since_fec < FEC_MEMORY;
    }

    fn wait(&mut self, noise: bool) {
        self.state = State::Waiting { noise };
        self.owed = 0;
        self.forget_recent();
    }

    /// How to correct the delay, when a packet is asked for `offset` after its timestamp.
    fn stretch(&mut self, offset: i64) -> Stretch {
        self.recent.rotate_right(1);
        self.recent[0] = offset;
        self.recent_filled = (self.recent_filled + 1).min(RECENT);
        let base = self.delay.base().unwrap_or(offset);
        let settled =
            self.recent[..self.recent_filled].iter().min().map_or(0, |least| least - base);
        let (low, high) = (self.target(), self.target() + WINDOW);
        if self.hinted {
            Stretch::Keep
        } else if offset - base > high + FAR {
            Stretch::AccelerateFast
        } else if self.stretch_pause > 0 || self.recent_filled < RECENT {
            Stretch::Keep
        } else if settled > high {
            Stretch::Accelerate
        } else if settled < low {
            Stretch::Expand
        } else {
            Stretch::Keep
        }
    }

    fn delay_of(&self, now: i64, timestamp: i64) -> i64 {
        now - timestamp - self.delay.base().unwrap_or(now - timestamp)
    }

    fn target(&self) -> i64 {
        // The packet that repairs a loss comes 20 ms after the lost one.
        let fec = if self.fec_pays { 2 * BLOCK } else { 0 };
        self.delay.quantile() + MARGIN + fec + self.extra
    }

    /// Sets the delay that lip sync asks for, on top of what the network needs. It is approached like
    /// every other wrong delay: for free in pauses, by stretching in speech.
    pub fn set_extra_delay(&mut self, extra: Duration) {
        self.extra = extra.as_micros() as i64 * i64::from(SAMPLE_RATE) / 1_000_000;
    }

    /// The least delay aimed for, over the fastest packet's path, at the moment that a packet is asked
    /// for.
    pub fn target_delay(&self) -> Duration {
        duration(self.target())
    }

    /// The delay of what is played now, over the fastest packet's path; zero in pauses.
    pub fn current_delay(&self) -> Duration {
        let playing = self.position.and(self.delay.base());
        playing.map_or(Duration::ZERO, |base| duration(self.played - base))
    }

    /// Counters since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// When the first sample of the block last played was captured, interpolated from the packets'
    /// `captured`; `None` in pauses and before a packet told.
    pub fn captured(&self) -> Option<Ntp> {
        let (timestamp, captured) = self.anchor?;
        let since = self.position? - timestamp;
        let fraction = (i128::from(since) << 32) / i128::from(SAMPLE_RATE);
        Some(Ntp(captured.0.wrapping_add_signed(fraction as i64)))
    }
}

fn samples_since(origin: Instant, now: Instant) -> i64 {
    let micros = now.saturating_duration_since(origin).as_micros() as i64;
    micros * i64::from(SAMPLE_RATE) / 1_000_000
}

fn duration(samples: i64) -> Duration {
    Duration::from_micros(samples.max(0) as u64 * 1_000_000 / u64::from(SAMPLE_RATE))
}
