//! The loudspeaker's mixer.
//!
//! # The law of this file
//!
//! [`Callback::fill`] and [`Mixer::render`] run on the device's real-time thread. In them nothing is
//! allocated or freed, no lock is taken, nothing is logged, no system call is made and nothing loops
//! without a bound. They touch only memory made beforehand, SPSC rings and atomics. A slot that ended
//! travels back through a ring and is freed by the thread `playback-device`.
//! `engine/tests/realtime.rs` holds them to it.

use crate::audio::limiter::{Limiter, bend};
use crate::audio::resample::Linear;
use crate::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use crate::{Error, Result};
use cpal::{FromSample, SizedSample};
use crossbeam::atomic::AtomicCell;
use rtrb::{Consumer, Producer, PushError, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Slots mixed at once: a call's five, and room for the program's own sounds.
pub const MAX_SLOTS: usize = 16;
/// A slot's ring, 100 ms: [`SlotWriter::wanted`] never asks for more. When full, the block is
/// dropped.
const RING_SAMPLES: usize = 10 * SAMPLES_10_MS;
/// What was played, 200 ms. When nobody reads it, it stays full and newer sound is not written.
const PLAYED_SAMPLES: usize = 20 * SAMPLES_10_MS;
/// Kept beyond one callback's worth: the feeder may be this late.
const CUSHION: usize = SAMPLES_10_MS;
/// The largest callback is forgotten by 1/64 a callback: about a second.
const FORGET: usize = 64;
/// Samples mixed at a time while resampling: at most 2 ms wait for the next callback.
const RESAMPLED_BLOCK: usize = 96;
/// A starved slot's last sample fades by this factor a sample, to 1 % within 10 ms: no click.
const FADE: f32 = 0.99;
/// A change of volume is spread over so many samples, 10 ms, whatever the device's callback.
const RAMP_SAMPLES: f32 = SAMPLES_10_MS as f32;

/// What the feeder knows of the device.
#[derive(Debug, Default)]
pub(crate) struct DeviceClock {
    /// The largest recent callback, in samples at 48 kHz.
    largest: AtomicUsize,
    /// From callback to air.
    latency_us: AtomicU64,
}

#[derive(Debug)]
struct Slot {
    /// Bits of an `f32`.
    gain: AtomicU32,
    starved: AtomicU64,
}

/// The feeder's end of a slot. Dropping it ends the slot once its ring is empty.
#[derive(Debug)]
pub struct SlotWriter {
    ring: Producer<f32>,
    slot: Arc<Slot>,
    clock: Arc<DeviceClock>,
}

impl SlotWriter {
    /// How many 10 ms blocks to push now, so that the device's next callback finds enough and no
    /// more. Ask at least every 5 ms.
    pub fn wanted(&self) -> usize {
        let target =
            (self.clock.largest.load(Relaxed).max(SAMPLES_10_MS) + CUSHION).min(RING_SAMPLES);
        target.saturating_sub(self.buffered()).div_ceil(SAMPLES_10_MS).min(self.free())
    }

    /// How many 10 ms blocks fit.
    pub fn free(&self) -> usize {
        self.ring.slots() / SAMPLES_10_MS
    }

    /// Appends a block; `false` when the ring is full and the block was dropped.
    pub fn push(&mut self, block: &[f32; SAMPLES_10_MS]) -> bool {
        self.ring.push_entire_slice(block).is_ok()
    }

    /// How long a sample pushed now takes to the loudspeaker: this ring and the device's buffer.
    pub fn latency(&self) -> Duration {
        let ring_us = self.buffered() as u64 * 1_000_000 / u64::from(SAMPLE_RATE);
        Duration::from_micros(ring_us + self.clock.latency_us.load(Relaxed))
    }

    /// Sets the slot's volume: 1 leaves it as it is. Takes effect over 10 ms, without a click. What
    /// is made louder is bent at full scale, so that one voice does not turn the others down.
    pub fn set_gain(&self, gain: f32) {
        self.slot.gain.store(gain.max(0.0).to_bits(), Relaxed);
    }

    /// Samples that the device needed and did not find, since the first push.
    pub fn starved(&self) -> u64 {
        self.slot.starved.load(Relaxed)
    }

    fn buffered(&self) -> usize {
        RING_SAMPLES - self.ring.slots()
    }
}

/// A slot as the mixer sees it.
#[derive(Debug)]
pub(crate) struct Voice {
    ring: Consumer<f32>,
    slot: Arc<Slot>,
    /// What is applied now, on its way to `aim` by `step` a sample.
    gain: f32,
    aim: f32,
    step: f32,
    /// The last sample, for the fade when the ring is empty.
    last: f32,
    started: bool,
}

impl Voice {
    /// Adds the next samples to `out`.
    fn mix(&mut self, out: &mut [f32]) {
        self.aim_at(f32::from_bits(self.slot.gain.load(Relaxed)));
        let ready = self.ring.slots().min(out.len());
        let (now, starved) = out.split_at_mut(ready);
        if let Ok(chunk) = self.ring.read_chunk(ready) {
            let (first, second) = chunk.as_slices();
            for (out, sample) in now.iter_mut().zip(first.iter().chain(second)) {
                let left = self.aim - self.gain;
                let arrives = left.abs() <= self.step.abs();
                self.gain = if arrives { self.aim } else { self.gain + self.step };
                let sample = sample * self.gain;
                self.last = if self.gain > 1.0 { bend(sample) } else { sample };
                *out += self.last;
            }
            chunk.commit_all();
        }
        self.started |= ready > 0;
        if self.started && !starved.is_empty() {
            self.slot.starved.fetch_add(starved.len() as u64, Relaxed);
        }
        for out in starved {
            self.last *= FADE;
            *out += self.last;
        }
        // Tiny floats are slow on some processors.
        self.last = if self.last.abs() < 1e-6 { 0.0 } else { self.last };
    }

    /// Begins a ramp when the volume changed. Before the first sample there is nothing to ramp from.
    fn aim_at(&mut self, gain: f32) {
        if !self.started {
            (self.gain, self.aim) = (gain, gain);
        } else if gain != self.aim {
            self.aim = gain;
            self.step = (gain - self.gain) / RAMP_SAMPLES;
        }
    }

    fn ended(&self) -> bool {
        self.ring.is_abandoned() && self.ring.is_empty()
    }
}

/// Mixes all slots to one channel at 48 kHz.
#[derive(Debug)]
pub struct Mixer {
    voices: [Option<Box<Voice>>; MAX_SLOTS],
    arriving: Consumer<Box<Voice>>,
    retired: Producer<Box<Voice>>,
    limiter: Limiter,
    played: Producer<f32>,
}

/// The other ends of a [`Mixer`]'s rings.
#[derive(Debug)]
pub struct Controls {
    pub(crate) slots: SlotMaker,
    pub(crate) retired: Retired,
    pub(crate) played: Consumer<f32>,
    pub(crate) clock: Arc<DeviceClock>,
}

/// Makes slots.
#[derive(Debug)]
pub(crate) struct SlotMaker {
    arriving: Producer<Box<Voice>>,
    taken: Arc<AtomicUsize>,
    clock: Arc<DeviceClock>,
}

impl SlotMaker {
    /// A new slot; the mixer takes it up with its next block.
    pub(crate) fn add(&mut self) -> Result<SlotWriter> {
        let full = || Error::Device {
            device: "another audio slot".into(),
            reason: format!("all {MAX_SLOTS} are in use; end one first"),
        };
        if self.taken.load(Relaxed) >= MAX_SLOTS {
            return Err(full());
        }
        let (producer, ring) = RingBuffer::new(RING_SAMPLES);
        let slot =
            Arc::new(Slot { gain: AtomicU32::new(1f32.to_bits()), starved: AtomicU64::new(0) });
        let voice = Voice {
            ring,
            slot: slot.clone(),
            gain: 1.0,
            aim: 1.0,
            step: 0.0,
            last: 0.0,
            started: false,
        };
        self.arriving.push(Box::new(voice)).map_err(|_| full())?;
        self.taken.fetch_add(1, Relaxed);
        Ok(SlotWriter { ring: producer, slot, clock: self.clock.clone() })
    }
}

/// Where ended slots wait to be freed.
#[derive(Debug)]
pub(crate) struct Retired {
    ring: Consumer<Box<Voice>>,
    taken: Arc<AtomicUsize>,
}

impl Retired {
    /// Frees them; for any thread that is not real-time.
    pub(crate) fn free(&mut self) {
        while let Ok(voice) = self.ring.pop() {
            drop(voice);
            self.taken.fetch_sub(1, Relaxed);
        }
    }
}

impl Mixer {
    /// A mixer without slots.
    pub fn new() -> (Box<Mixer>, Controls) {
        let (arriving_in, arriving) = RingBuffer::new(MAX_SLOTS);
        let (retired, retired_out) = RingBuffer::new(MAX_SLOTS);
        let (played, played_out) = RingBuffer::new(PLAYED_SAMPLES);
        let clock = Arc::new(DeviceClock::default());
        let taken = Arc::new(AtomicUsize::new(0));
        let controls = Controls {
            slots: SlotMaker { arriving: arriving_in, taken: taken.clone(), clock: clock.clone() },
            retired: Retired { ring: retired_out, taken },
            played: played_out,
            clock,
        };
        let voices = std::array::from_fn(|_| None);
        let limiter = Limiter::default();
        (Box::new(Mixer { voices, arriving, retired, limiter, played }), controls)
    }

    /// Mixes the next samples. Real-time: see the law above.
    pub fn render(&mut self, out: &mut [f32]) {
        out.fill(0.0);
        for seat in &mut self.voices {
            if seat.is_none() {
                *seat = self.arriving.pop().ok();
            }
            let Some(voice) = seat else { continue };
            voice.mix(out);
            if voice.ended()
                && let Some(voice) = seat.take()
                && let Err(PushError::Full(voice)) = self.retired.push(voice)
            {
                // Nobody collects at the moment: it stays seated, silent.
                *seat = Some(voice);
            }
        }
        self.limiter.apply(out);
        let _rest = self.played.push_partial_slice(out);
    }
}

impl Controls {
    /// Adds a slot.
    ///
    /// # Errors
    /// [`Error::Device`] when all [`MAX_SLOTS`] are in use.
    pub fn add_slot(&mut self) -> Result<SlotWriter> {
        self.slots.add()
    }

    /// Frees slots that ended.
    pub fn free_retired(&mut self) {
        self.retired.free();
    }

    /// A callback that plays `mixer` while it has it.
    pub fn callback(&self, mixer: &Arc<Seat>, channels: u16, rate_hz: u32) -> Callback {
        Callback::new(mixer.clone(), self.clock.clone(), channels, rate_hz)
    }
}

/// Where the mixer rests between callbacks. Whichever callback runs takes it and puts it back, so it
/// moves between devices without a lock, and two devices never mix at once.
pub type Seat = AtomicCell<Option<Box<Mixer>>>;

const _: () = assert!(Seat::is_lock_free(), "the callback must not meet a lock");

/// The body of the device's callback.
pub struct Callback {
    mixer: Arc<Seat>,
    clock: Arc<DeviceClock>,
    channels: usize,
    rate_hz: u32,
    resampler: Linear,
    block: [f32; SAMPLES_10_MS],
    filled: usize,
    taken: usize,
}

impl Callback {
    pub(crate) fn new(
        mixer: Arc<Seat>,
        clock: Arc<DeviceClock>,
        channels: u16,
        rate_hz: u32,
    ) -> Callback {
        clock.largest.store(SAMPLES_10_MS, Relaxed);
        Callback {
            mixer,
            clock,
            channels: usize::from(channels.max(1)),
            rate_hz: rate_hz.max(1),
            resampler: Linear::new(SAMPLE_RATE, rate_hz),
            block: [0.0; SAMPLES_10_MS],
            filled: 0,
            taken: 0,
        }
    }

    /// Fills interleaved frames, heard after `latency`: the mix in the first two channels, silence
    /// in others. Real-time: see the law above.
    pub fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], latency: Duration) {
        let frames = out.len() / self.channels;
        self.note(frames, latency);
        let mut mixer = self.mixer.take();
        for (index, frame) in out.chunks_mut(self.channels).enumerate() {
            let left = frames.saturating_sub(index).max(1);
            let Callback { resampler, block, filled, taken, rate_hz, .. } = self;
            let sample = resampler.pull(|| {
                if taken == filled {
                    let most = if *rate_hz == SAMPLE_RATE { left } else { RESAMPLED_BLOCK };
                    *filled = most.min(block.len());
                    *taken = 0;
                    match &mut mixer {
                        Some(mixer) => mixer.render(&mut block[..*filled]),
                        None => block.fill(0.0),
                    }
                }
                *taken += 1;
                block[*taken - 1]
            });
            let (front, rest) = frame.split_at_mut(frame.len().min(2));
            front.fill(T::from_sample(sample));
            rest.fill(T::EQUILIBRIUM);
        }
        if mixer.is_some() {
            self.mixer.store(mixer);
        }
    }

    fn note(&self, frames: usize, latency: Duration) {
        let samples = (frames as u64 * u64::from(SAMPLE_RATE) / u64::from(self.rate_hz)) as usize;
        let before = self.clock.largest.load(Relaxed);
        self.clock.largest.store(samples.max(before - before / FORGET), Relaxed);
        self.clock.latency_us.store(latency.as_micros() as u64, Relaxed);
    }
}

#[cfg(test)]
mod tests;
