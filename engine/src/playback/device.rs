//! The loudspeaker: the thread `playback-device` owns the output stream and its changes.
//!
//! Without a device, or when one fails, the same callback runs on a clocked null sink, so that a call
//! goes on; the failure is reported once, and the device is tried again until it works.
//!
//! A device starts with callbacks of 10 ms and two of them buffered. Where the machine is too busy to
//! answer in time, the buffer runs dry; after a few such gaps it is opened again with twice as much.

use crate::audio::hardware::{self, Direction, Found, Running};
use crate::audio::pulse;
use crate::config::SpeakerSink;
use crate::engine::Event;
use crate::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use crate::playback::mixer::{Callback, DeviceClock, Mixer, Retired, Seat, SlotMaker, SlotWriter};
use crate::thread::{self, Joined};
use crate::{Error, Result};
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use crossbeam::channel::{self, Receiver, Sender};
use rtrb::Consumer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How often ended slots are freed, and whether a lost device is back is looked at.
const HOUSEKEEPING: Duration = Duration::from_millis(200);
/// The longest callback asked for, 40 ms; a device that runs dry even so is left alone.
const LONGEST_PERIOD: u32 = 4 * hardware::PERIOD;
/// Times run dry between two looks from which on the period is doubled. Opening may run dry once.
const TOO_DRY: u32 = 4;
/// Between attempts to open a device that failed.
const RETRY: Duration = Duration::from_secs(2);
/// Only the first failure of a stream matters; later ones are dropped.
const FAILURES: usize = 1;
/// Sink changes in flight; more come only from a user who clicks faster than devices open.
const COMMANDS: usize = 16;
const BLOCK: Duration = Duration::from_millis(10);
/// A null sink this late does not catch up: the machine slept.
const ASLEEP: Duration = Duration::from_millis(200);

/// Plays the slots' sound.
#[derive(Debug)]
pub struct Playback {
    slots: SlotMaker,
    played: Option<Consumer<f32>>,
    /// Its end tells the thread to stop, so it stands before `_thread`.
    sinks: Sender<SpeakerSink>,
    _thread: Joined,
}

impl Playback {
    /// Starts to play to `sink`. A device that cannot be opened is no error here: it is reported to
    /// `events` as [`Event::Trouble`] with [`Error::Device`], sound goes to the null sink meanwhile,
    /// and [`Event::Recovered`] `("speaker")` follows when it works.
    ///
    /// # Errors
    /// [`Error::System`] when the thread cannot be started.
    pub fn start(sink: SpeakerSink, events: Sender<Event>) -> Result<Playback> {
        let (mixer, controls) = Mixer::new();
        let (sinks, changes) = channel::bounded(COMMANDS);
        let driver = Driver {
            sink,
            output: Output::Closed,
            mixer: Arc::new(Seat::new(Some(mixer))),
            clock: controls.clock,
            retired: controls.retired,
            events,
            troubled: false,
            retry_at: None,
            period: hardware::PERIOD,
        };
        let thread = thread::spawn("playback-device", move || driver.run(&changes))?;
        Ok(Playback {
            slots: controls.slots,
            played: Some(controls.played),
            sinks,
            _thread: thread,
        })
    }

    /// Adds a slot at full volume; dropping the writer ends it.
    ///
    /// # Errors
    /// [`Error::Device`] when all are in use.
    pub fn add_slot(&mut self) -> Result<SlotWriter> {
        self.slots.add()
    }

    /// Plays to another sink from soon on; the slots stay.
    pub fn set_sink(&self, sink: SpeakerSink) {
        if self.sinks.try_send(sink).is_err() {
            tracing::warn!("too many loudspeaker changes at once; one was ignored");
        }
    }

    /// The mixed signal as it is played, 48 kHz mono, 200 ms deep; the first caller gets it. When it
    /// is full, newer sound is not written: read it regularly.
    pub fn take_played(&mut self) -> Option<Consumer<f32>> {
        self.played.take()
    }
}

enum Output {
    Closed,
    Device { _stream: Running, failures: Receiver<String>, dry: Arc<AtomicU32> },
    Null { _sink: NullSink },
}

struct Driver {
    sink: SpeakerSink,
    output: Output,
    mixer: Arc<Seat>,
    clock: Arc<DeviceClock>,
    retired: Retired,
    events: Sender<Event>,
    /// A failure was reported and not yet taken back.
    troubled: bool,
    retry_at: Option<Instant>,
    /// Frames a callback.
    period: u32,
}

impl Driver {
    fn run(mut self, changes: &Receiver<SpeakerSink>) {
        self.open();
        loop {
            let failures = match &self.output {
                Output::Device { failures, .. } => failures.clone(),
                Output::Closed | Output::Null { .. } => channel::never(),
            };
            crossbeam::select! {
                recv(changes) -> sink => match sink {
                    Ok(sink) => {
                        self.sink = sink;
                        self.troubled = false;
                        self.period = hardware::PERIOD;
                        self.output = Output::Closed;
                        self.open();
                    }
                    Err(_) => return,
                },
                recv(failures) -> failure => {
                    let reason = failure.unwrap_or_else(|_| "it stopped".to_owned());
                    self.report(hardware::failure(Direction::Output, self.name(), reason));
                    self.output = Output::Closed;
                    self.open();
                }
                default(HOUSEKEEPING) => {
                    self.widen();
                    self.retry();
                }
            }
            self.retired.free();
        }
    }

    fn name(&self) -> Option<&str> {
        match &self.sink {
            SpeakerSink::Device(name) => name.as_deref(),
            SpeakerSink::Null => None,
        }
    }

    /// Opens a device that often runs dry with a larger buffer.
    fn widen(&mut self) {
        let Output::Device { dry, .. } = &self.output else { return };
        if dry.swap(0, Relaxed) >= TOO_DRY && self.period < LONGEST_PERIOD {
            self.period *= 2;
            tracing::info!(period = self.period, "playback ran dry: a larger buffer");
            self.output = Output::Closed;
            self.open();
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a device's driver reads the clock")]
    fn retry(&mut self) {
        if self.retry_at.is_some_and(|at| Instant::now() >= at) {
            self.open();
        }
    }

    /// Opens the sink, or the null sink in its stead. What is open goes on until then.
    #[expect(clippy::disallowed_methods, reason = "a device's driver reads the clock")]
    fn open(&mut self) {
        self.retry_at = None;
        if self.sink == SpeakerSink::Null {
            return self.open_null();
        }
        match open_stream(self.name(), self.period, &self.mixer, &self.clock) {
            Ok(device) => {
                self.output = device;
                if std::mem::take(&mut self.troubled) {
                    self.send(Event::Recovered("speaker"));
                }
            }
            Err(error) => {
                self.report(error);
                self.retry_at = Some(Instant::now() + RETRY);
                if !matches!(self.output, Output::Null { .. }) {
                    self.open_null();
                }
            }
        }
    }

    fn open_null(&mut self) {
        match NullSink::start(Callback::new(self.mixer.clone(), self.clock.clone(), 1, 48_000)) {
            Ok(sink) => self.output = Output::Null { _sink: sink },
            Err(error) => self.report(error),
        }
    }

    fn report(&mut self, error: Error) {
        tracing::warn!(%error, "playback");
        if !std::mem::replace(&mut self.troubled, true) {
            self.send(Event::Trouble(error));
        }
    }

    fn send(&self, event: Event) {
        if self.events.try_send(event).is_err() {
            tracing::warn!("nobody takes the playback's events");
        }
    }
}

fn open_stream(
    name: Option<&str>,
    period: u32,
    mixer: &Arc<Seat>,
    clock: &Arc<DeviceClock>,
) -> Result<Output> {
    let fail = |error: cpal::Error| hardware::failure(Direction::Output, name, error);
    let device = match hardware::find(Direction::Output, name)? {
        Found::Own(device) => device,
        Found::Served(sink) => return serve(name, sink.as_deref(), period, mixer, clock),
    };
    let (config, format) =
        hardware::settings(Direction::Output, &device, 2, period).map_err(fail)?;
    let callback = Callback::new(mixer.clone(), clock.clone(), config.channels, config.sample_rate);
    let (failed, failures) = channel::bounded(FAILURES);
    let dry = Arc::new(AtomicU32::new(0));
    let watch = Watch { period, rate_hz: config.sample_rate, last: None, dry: dry.clone() };
    let stream = match format {
        SampleFormat::F32 => build::<f32>(&device, config, (callback, watch), failed),
        SampleFormat::I16 => build::<i16>(&device, config, (callback, watch), failed),
        SampleFormat::I32 => build::<i32>(&device, config, (callback, watch), failed),
        other => {
            let reason = format!("it takes only {other} samples; choose another");
            return Err(hardware::failure(Direction::Output, name, reason));
        }
    }
    .map_err(fail)?;
    stream.play().map_err(fail)?;
    tracing::info!(?name, ?config, ?format, "playing");
    Ok(Output::Device { _stream: Running::Own { _stream: stream }, failures, dry })
}

/// The sound server's sink of this name, or its default.
fn serve(
    name: Option<&str>,
    sink: Option<&str>,
    period: u32,
    mixer: &Arc<Seat>,
    clock: &Arc<DeviceClock>,
) -> Result<Output> {
    let mut callback = Callback::new(mixer.clone(), clock.clone(), pulse::SPEAKERS, SAMPLE_RATE);
    let dry = Arc::new(AtomicU32::new(0));
    let fill = move |out: &mut [f32], until_heard| callback.fill(out, until_heard);
    let (stream, failures) = pulse::play(sink, period, dry.clone(), fill)
        .map_err(|reason| hardware::failure(Direction::Output, name, reason))?;
    tracing::info!(?name, ?sink, period, "playing by the sound server");
    Ok(Output::Device { _stream: Running::Served { _stream: stream }, failures, dry })
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    (mut callback, mut watch): (Callback, Watch),
    failed: Sender<String>,
) -> std::result::Result<cpal::Stream, cpal::Error> {
    device.build_output_stream(
        config,
        move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
            let times = info.timestamp();
            watch.called(out.len() / usize::from(config.channels.max(1)), times.callback);
            callback.fill(out, times.playback.saturating_duration_since(times.callback));
        },
        move |error| {
            if !hardware::is_harmless(&error) {
                let _first_counts = failed.try_send(error.to_string());
            }
        },
        Some(hardware::OPEN_TIMEOUT),
    )
}

/// Notices, on the real-time thread, that the device's two periods ran dry: so much is asked for at
/// once, or the callback comes so late, only when nothing was left.
struct Watch {
    period: u32,
    rate_hz: u32,
    last: Option<cpal::StreamInstant>,
    dry: Arc<AtomicU32>,
}

impl Watch {
    fn called(&mut self, frames: usize, at: cpal::StreamInstant) {
        let buffer = 2 * u64::from(self.period);
        let buffered = Duration::from_micros(buffer * 1_000_000 / u64::from(self.rate_hz.max(1)));
        let last = self.last.replace(at).unwrap_or(at);
        if frames as u64 >= buffer || at.saturating_duration_since(last) > buffered {
            self.dry.fetch_add(1, Relaxed);
        }
    }
}

/// A thread that runs the callback every 10 ms by the clock and throws the sound away.
struct NullSink {
    /// Its end tells the thread to stop.
    _stop: Sender<()>,
    _thread: Joined,
}

impl NullSink {
    fn start(mut callback: Callback) -> Result<NullSink> {
        let (stop, stopped) = channel::bounded::<()>(0);
        let thread = thread::spawn("playback-null", move || {
            let mut out = [0f32; SAMPLES_10_MS];
            let mut due = clock_now();
            while stopped.recv_deadline(due) == Err(channel::RecvTimeoutError::Timeout) {
                callback.fill(&mut out, Duration::ZERO);
                let now = clock_now();
                due = if now > due + ASLEEP { now } else { due } + BLOCK;
            }
        })?;
        Ok(NullSink { _stop: stop, _thread: thread })
    }
}

#[expect(clippy::disallowed_methods, reason = "the null sink is a device: it has a clock")]
fn clock_now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn a_missing_device_is_reported_and_the_sound_runs_on_without_it() {
        let (events, happened) = channel::unbounded();
        let sink = SpeakerSink::Device(Some("no such loudspeaker".into()));
        let mut playback = Playback::start(sink, events).unwrap();
        match happened.recv_timeout(PATIENCE) {
            Ok(Event::Trouble(error @ Error::Device { .. })) => {
                assert!(error.to_string().contains("no such loudspeaker"), "{error}");
            }
            other => panic!("{other:?}"),
        }
        let mut slot = playback.add_slot().unwrap();
        let mut played = playback.take_played().unwrap();
        let end = clock_now() + PATIENCE;
        while !played.pop().is_ok_and(|sample| sample == 0.25) {
            if slot.wanted() > 0 {
                slot.push(&[0.25; SAMPLES_10_MS]);
            }
            assert!(clock_now() < end, "the null sink does not play");
            std::thread::yield_now();
        }
    }
}
