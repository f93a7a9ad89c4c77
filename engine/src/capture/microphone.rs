//! The microphone: cpal's input, re-chunked to 10 ms frames.
//!
//! # The law of this file
//!
//! [`Callback::take`] runs on the device's real-time thread. In it nothing is allocated or freed, no
//! lock is taken, nothing is logged, no system call is made (the clock is read without one). It
//! touches only memory made beforehand, one SPSC ring and atomics. `engine/tests/realtime.rs` holds
//! it to that.

use crate::audio::hardware::{self, Direction, Found, Running};
use crate::audio::pulse;
use crate::audio::resample::Linear;
use crate::engine::Event;
use crate::frame::{AudioFrame, SAMPLE_RATE, SAMPLES_10_MS};
use crate::thread::{self, Joined};
use crate::{Error, Result};
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use crossbeam::atomic::AtomicCell;
use crossbeam::channel::{self, Receiver, Sender};
use rtrb::Producer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A good capacity for the ring of frames: 200 ms. When it is full, frames are dropped and counted.
pub const RING_FRAMES: usize = 20;
/// Between attempts to open a device that failed.
const RETRY: Duration = Duration::from_secs(2);
/// Only the first failure of a stream matters; later ones are dropped.
const FAILURES: usize = 1;
/// Callbacks' times tremble; sample counting is corrected towards them over about this long.
const SETTLE_S: f64 = 0.5;
/// A step this large is no trembling: the stream was interrupted.
const INTERRUPTED: Duration = Duration::from_millis(50);

/// The sound devices of this machine, as users know them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Devices {
    /// Microphones.
    pub inputs: Vec<String>,
    /// Loudspeakers.
    pub outputs: Vec<String>,
}

/// Lists the sound devices; both empty when there is none. May take a while: not for the UI thread.
pub fn list() -> Devices {
    Devices {
        inputs: hardware::names(Direction::Input),
        outputs: hardware::names(Direction::Output),
    }
}

/// A microphone that is being recorded; dropping it stops it.
#[derive(Debug)]
pub struct Microphone {
    dropped: Arc<AtomicU64>,
    /// Its end tells the thread to stop, so it stands before `_thread`.
    _stop: Sender<()>,
    _thread: Joined,
}

impl Microphone {
    /// Records the microphone called `device` (the system's default without a name) into `frames`,
    /// 48 kHz mono. A device that cannot be opened, or fails later, is no error here: it is reported
    /// to `events` as [`Event::Trouble`] with [`Error::Device`] and tried again until it works, which
    /// [`Event::Recovered`] `("microphone")` tells.
    ///
    /// # Errors
    /// [`Error::System`] when the thread cannot be started.
    pub fn start(
        device: Option<String>,
        frames: Producer<AudioFrame>,
        events: Sender<Event>,
    ) -> Result<Microphone> {
        let (stop, stopped) = channel::bounded(0);
        let recorder = Recorder::new(frames);
        let dropped = recorder.dropped.clone();
        let recorder = Arc::new(Seat::new(Some(Box::new(recorder))));
        let driver = Driver { device, recorder, events, troubled: false };
        let thread = thread::spawn("capture-mic", move || driver.run(&stopped))?;
        Ok(Microphone { dropped, _stop: stop, _thread: thread })
    }

    /// Frames dropped because nobody took them in time.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }
}

/// Where the recorder rests between callbacks, so that it moves from a failed stream to the next one
/// without a lock.
pub type Seat = AtomicCell<Option<Box<Recorder>>>;

const _: () = assert!(Seat::is_lock_free(), "the callback must not meet a lock");

/// Collects samples into frames.
#[derive(Debug)]
pub struct Recorder {
    frames: Producer<AudioFrame>,
    partial: [f32; SAMPLES_10_MS],
    filled: usize,
    /// When the partial frame's first sample was captured.
    began: Option<Instant>,
    dropped: Arc<AtomicU64>,
}

impl Recorder {
    /// A recorder into `frames`.
    pub fn new(frames: Producer<AudioFrame>) -> Recorder {
        let dropped = Arc::new(AtomicU64::new(0));
        Recorder { frames, partial: [0.0; SAMPLES_10_MS], filled: 0, began: None, dropped }
    }

    fn push(&mut self, sample: f32, captured: Instant) {
        let began = *self.began.get_or_insert(captured);
        self.partial[self.filled] = sample;
        self.filled += 1;
        if self.filled == SAMPLES_10_MS {
            let frame = AudioFrame { samples: self.partial, captured: began };
            if self.frames.push(frame).is_err() {
                self.dropped.fetch_add(1, Relaxed);
            }
            self.filled = 0;
            self.began = None;
        }
    }
}

/// The body of the device's callback.
pub struct Callback {
    recorder: Arc<Seat>,
    channels: usize,
    rate_hz: f64,
    resampler: Linear,
    /// When the next sample is captured, by counting.
    next: Option<Instant>,
}

impl Callback {
    /// A callback for interleaved frames.
    pub fn new(recorder: Arc<Seat>, channels: u16, rate_hz: u32) -> Callback {
        Callback {
            recorder,
            channels: usize::from(channels.max(1)),
            rate_hz: f64::from(rate_hz.max(1)),
            resampler: Linear::new(rate_hz.max(1), SAMPLE_RATE),
            next: None,
        }
    }

    /// Takes interleaved frames, the first captured at `captured`, and mixes them to one channel.
    /// Real-time: see the law above.
    pub fn take<T: SizedSample>(&mut self, input: &[T], captured: Instant)
    where
        f32: FromSample<T>,
    {
        let Some(mut recorder) = self.recorder.take() else { return };
        let frames = input.len() / self.channels;
        let start = self.steady(captured, frames);
        let scale = 1.0 / self.channels as f32;
        for (index, frame) in input.chunks_exact(self.channels).enumerate() {
            let sum: f32 = frame.iter().map(|&sample| f32::from_sample_(sample)).sum();
            let at = start + self.lasting(index);
            self.resampler.push(sum * scale, |sample| recorder.push(sample, at));
        }
        self.next = Some(start + self.lasting(frames));
        self.recorder.store(Some(recorder));
    }

    /// The capture time by counting samples, drawn gently to the measured one.
    fn steady(&self, measured: Instant, frames: usize) -> Instant {
        let Some(counted) = self.next else { return measured };
        let weight = (frames as f64 / self.rate_hz / SETTLE_S).min(1.0);
        let later = measured.saturating_duration_since(counted);
        let earlier = counted.saturating_duration_since(measured);
        if later.max(earlier) > INTERRUPTED {
            return measured;
        }
        counted + later.mul_f64(weight) - earlier.mul_f64(weight)
    }

    fn lasting(&self, frames: usize) -> Duration {
        Duration::from_nanos((frames as f64 * 1e9 / self.rate_hz) as u64)
    }
}

struct Driver {
    device: Option<String>,
    recorder: Arc<Seat>,
    events: Sender<Event>,
    /// A failure was reported and not yet taken back.
    troubled: bool,
}

impl Driver {
    fn run(mut self, stopped: &Receiver<()>) {
        loop {
            let error = match open_stream(self.device.as_deref(), &self.recorder) {
                Ok((stream, failures)) => {
                    if std::mem::take(&mut self.troubled) {
                        self.send(Event::Recovered("microphone"));
                    }
                    let reason = crossbeam::select! {
                        recv(stopped) -> _ => return,
                        recv(failures) -> failure =>
                            failure.unwrap_or_else(|_| "it stopped".to_owned()),
                    };
                    drop(stream);
                    hardware::failure(Direction::Input, self.device.as_deref(), reason)
                }
                Err(error) => error,
            };
            self.report(error);
            if stopped.recv_timeout(RETRY) != Err(channel::RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    fn report(&mut self, error: Error) {
        tracing::warn!(%error, "microphone");
        if !std::mem::replace(&mut self.troubled, true) {
            self.send(Event::Trouble(error));
        }
    }

    fn send(&self, event: Event) {
        if self.events.try_send(event).is_err() {
            tracing::warn!("nobody takes the microphone's events");
        }
    }
}

/// A stream, and why it ends by itself.
type Opened = (Running, Receiver<String>);

fn open_stream(name: Option<&str>, recorder: &Arc<Seat>) -> Result<Opened> {
    let fail = |error: cpal::Error| hardware::failure(Direction::Input, name, error);
    let device = match hardware::find(Direction::Input, name)? {
        Found::Own(device) => device,
        Found::Served(source) => {
            let mut callback = Callback::new(recorder.clone(), 1, SAMPLE_RATE);
            let take = move |samples: &[f32], captured| callback.take(samples, captured);
            let (stream, failures) = pulse::record(source.as_deref(), take)
                .map_err(|reason| hardware::failure(Direction::Input, name, reason))?;
            tracing::info!(?name, ?source, "recording by the sound server");
            return Ok((Running::Served { _stream: stream }, failures));
        }
    };
    let (config, format) =
        hardware::settings(Direction::Input, &device, 1, hardware::PERIOD).map_err(fail)?;
    let callback = Callback::new(recorder.clone(), config.channels, config.sample_rate);
    let (failed, failures) = channel::bounded(FAILURES);
    let stream = match format {
        SampleFormat::F32 => build::<f32>(&device, config, callback, failed),
        SampleFormat::I16 => build::<i16>(&device, config, callback, failed),
        SampleFormat::I32 => build::<i32>(&device, config, callback, failed),
        other => {
            let reason = format!("it gives only {other} samples; choose another");
            return Err(hardware::failure(Direction::Input, name, reason));
        }
    }
    .map_err(fail)?;
    stream.play().map_err(fail)?;
    tracing::info!(?name, ?config, ?format, "recording");
    Ok((Running::Own { _stream: stream }, failures))
}

fn build<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut callback: Callback,
    failed: Sender<String>,
) -> std::result::Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    device.build_input_stream(
        config,
        move |input: &[T], info: &cpal::InputCallbackInfo| {
            let times = info.timestamp();
            let ago = times.callback.saturating_duration_since(times.capture);
            #[expect(clippy::disallowed_methods, reason = "a device reads the clock")]
            let now = Instant::now();
            callback.take(input, now.checked_sub(ago).unwrap_or(now));
        },
        move |error| {
            if !hardware::is_harmless(&error) {
                let _first_counts = failed.try_send(error.to_string());
            }
        },
        Some(hardware::OPEN_TIMEOUT),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn start() -> Instant {
        Instant::now()
    }

    #[test]
    fn small_callbacks_become_whole_frames_with_the_first_samples_time() {
        let (producer, mut frames) = rtrb::RingBuffer::new(RING_FRAMES);
        let seat = Arc::new(Seat::new(Some(Box::new(Recorder::new(producer)))));
        let mut callback = Callback::new(seat, 2, SAMPLE_RATE);
        let begin = start();
        let mut count = 0i16;
        for call in 0..200u32 {
            let input: Vec<i16> = (0..24)
                .flat_map(|_| {
                    count = (count + 1) % 1_000;
                    [count * 32, count * 32]
                })
                .collect();
            // The device's times tremble by a millisecond.
            let tremble = Duration::from_micros(if call.is_multiple_of(2) { 1_000 } else { 0 });
            callback.take(&input, begin + Duration::from_micros(u64::from(call) * 500) + tremble);
        }
        let mut expected = 0;
        for number in 0..10u32 {
            let frame = frames.pop().unwrap();
            for sample in frame.samples {
                expected = (expected + 1) % 1_000;
                assert!((sample - expected as f32 * 32.0 / 32_768.0).abs() < 1e-6);
            }
            let ideal = begin + Duration::from_millis(u64::from(number) * 10);
            let off = frame.captured.saturating_duration_since(ideal);
            assert!(frame.captured >= ideal && off <= Duration::from_millis(1), "{off:?}");
        }
        assert!(frames.is_empty());
    }

    #[test]
    fn an_interruption_moves_the_time_and_a_full_ring_is_counted() {
        let (producer, mut frames) = rtrb::RingBuffer::new(2);
        let recorder = Recorder::new(producer);
        let dropped = recorder.dropped.clone();
        let seat = Arc::new(Seat::new(Some(Box::new(recorder))));
        let mut callback = Callback::new(seat, 1, SAMPLE_RATE);
        let begin = start();
        callback.take(&[0.5f32; 480], begin);
        callback.take(&[0.5f32; 960], begin + Duration::from_secs(1));
        assert_eq!(dropped.load(Relaxed), 1);
        assert_eq!(frames.pop().unwrap().captured, begin);
        assert_eq!(frames.pop().unwrap().captured, begin + Duration::from_secs(1));
    }

    #[test]
    fn a_missing_microphone_is_reported() {
        let (producer, _frames) = rtrb::RingBuffer::new(RING_FRAMES);
        let (events, happened) = channel::unbounded();
        let name = Some("no such microphone".to_owned());
        let _microphone = Microphone::start(name, producer, events).unwrap();
        match happened.recv_timeout(Duration::from_secs(30)) {
            Ok(Event::Trouble(error @ Error::Device { .. })) => {
                assert!(error.to_string().contains("no such microphone"), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
}
