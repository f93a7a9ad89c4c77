//! Streams of a sound server by its own library, libpulse: PulseAudio, and PipeWire, which speaks the
//! same protocol. cpal finds the devices; its streams ask for the time at every callback and clear
//! megabytes for every answer, 3 % of a core each way.

use super::hardware::{OPEN_TIMEOUT, PERIOD};
use crate::frame::SAMPLE_RATE;
use crate::thread::{self, Joined};
use crossbeam::channel::{self, Receiver, Sender, TryRecvError};
use libpulse_binding::context::{self, Context};
use libpulse_binding::def::BufferAttr;
use libpulse_binding::error::PAErr;
use libpulse_binding::mainloop::standard::Mainloop;
use libpulse_binding::sample::{Format, Spec};
use libpulse_binding::stream::{self, Latency, PeekResult, SeekMode, Stream};
use libpulse_binding::time::MicroSeconds;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How soon a stream that gets nothing to do notices that it is to end, microseconds.
const LOOK: MicroSeconds = MicroSeconds(50_000);

const SAMPLE_BYTES: u32 = size_of::<f32>() as u32;

/// Samples of silence for a hole in a recording, played at once.
const SILENCE: [f32; PERIOD as usize] = [0.0; PERIOD as usize];

/// Channels of a loudspeaker's stream.
pub(crate) const SPEAKERS: u16 = 2;

/// The server chooses.
const ANY: u32 = u32::MAX;

/// A stream; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    /// Its end tells the thread to stop, so it stands before `_thread`.
    _stop: Sender<Infallible>,
    _thread: Joined,
}

/// A running stream, and why it ends by itself.
pub(crate) type Opened = (Running, Receiver<String>);

/// Records 48 kHz mono from the source called `device`, or from whatever is the default. `take` gets
/// samples and the moment at which the first was captured. Real-time: see the law of the microphone.
///
/// # Errors
/// A sentence, when the server does not answer in time or says no.
pub(crate) fn record(
    device: Option<&str>,
    mut take: impl FnMut(&[f32], Instant) + Send + 'static,
) -> Result<Opened, String> {
    let device = device.map(str::to_owned);
    run("capture-pulse", move |server, tide| {
        let spec = Spec { format: Format::FLOAT32NE, channels: 1, rate: SAMPLE_RATE };
        let mut stream = server.stream("microphone", &spec)?;
        let fragsize = PERIOD * SAMPLE_BYTES;
        let attr = BufferAttr { maxlength: ANY, tlength: ANY, prebuf: ANY, minreq: ANY, fragsize };
        stream.connect_record(device.as_deref(), Some(&attr), flags()).map_err(said)?;
        server.drive(stream, tide, move |stream| listen(stream, &mut take))
    })
}

/// Takes everything that lies there.
fn listen(stream: &mut Stream, take: &mut impl FnMut(&[f32], Instant)) -> Result<(), PAErr> {
    while stream.readable_size().is_some_and(|bytes| bytes > 0) {
        let captured = earlier(now(), stream);
        match stream.peek()? {
            PeekResult::Empty => break,
            PeekResult::Hole(bytes) => {
                let mut left = bytes / SAMPLE_BYTES as usize;
                while left > 0 {
                    let some = left.min(SILENCE.len());
                    take(&SILENCE[..some], captured);
                    left -= some;
                }
            }
            PeekResult::Data(bytes) => {
                // Whole samples, in memory that the library aligns.
                if let Ok(samples) = bytemuck::try_cast_slice(bytes) {
                    take(samples, captured);
                }
            }
        }
        stream.discard()?;
    }
    Ok(())
}

/// Plays 48 kHz stereo to the sink called `device`, or to whatever is the default, twice `period`
/// frames ahead. `fill` gets room for interleaved samples and how long it will be until they are
/// heard; `dry` counts how often the server ran out of them. Real-time: see the law of the mixer.
///
/// # Errors
/// A sentence, when the server does not answer in time or says no.
pub(crate) fn play(
    device: Option<&str>,
    period: u32,
    dry: Arc<AtomicU32>,
    mut fill: impl FnMut(&mut [f32], Duration) + Send + 'static,
) -> Result<Opened, String> {
    let device = device.map(str::to_owned);
    run("playback-pulse", move |server, tide| {
        let spec = Spec { format: Format::FLOAT32NE, channels: SPEAKERS as u8, rate: SAMPLE_RATE };
        let mut stream = server.stream("loudspeaker", &spec)?;
        let bytes = period * u32::from(SPEAKERS) * SAMPLE_BYTES;
        // Half of what is ahead lies in the device: asked for in whole periods, the server would
        // leave the device nothing and wake for every half millisecond (PulseAudio's
        // `fix_playback_buffer_attr`).
        let attr = BufferAttr {
            maxlength: ANY,
            tlength: 2 * bytes,
            // Silence rather than a pause when it ran dry.
            prebuf: 0,
            minreq: bytes / 2,
            fragsize: ANY,
        };
        stream.set_underflow_callback(Some(Box::new(move || {
            dry.fetch_add(1, Relaxed);
        })));
        stream
            .connect_playback(device.as_deref(), Some(&attr), flags(), None, None)
            .map_err(said)?;
        server.drive(stream, tide, move |stream| speak(stream, &mut fill))
    })
}

/// Writes as much as the server asks for.
fn speak(stream: &mut Stream, fill: &mut impl FnMut(&mut [f32], Duration)) -> Result<(), PAErr> {
    let frame = usize::from(SPEAKERS) * SAMPLE_BYTES as usize;
    while let Some(bytes) = stream.writable_size().map(|bytes| bytes - bytes % frame)
        && bytes > 0
    {
        let until_heard = latency(stream);
        let Some(room) = stream.begin_write(Some(bytes))? else { break };
        let whole = room.len() - room.len() % frame;
        let Ok(samples) = bytemuck::try_cast_slice_mut(&mut room[..whole]) else { break };
        fill(samples, until_heard);
        stream.write(bytemuck::cast_slice(samples), None, 0, SeekMode::Relative)?;
    }
    Ok(())
}

fn flags() -> stream::FlagSet {
    stream::FlagSet::ADJUST_LATENCY
        | stream::FlagSet::AUTO_TIMING_UPDATE
        | stream::FlagSet::INTERPOLATE_TIMING
}

/// How long sound is on its way between this end of a stream and the device; nothing until known.
fn latency(stream: &Stream) -> Duration {
    match stream.get_latency() {
        Ok(Latency::Positive(MicroSeconds(us))) => Duration::from_micros(us),
        _ => Duration::ZERO,
    }
}

fn earlier(moment: Instant, stream: &Stream) -> Instant {
    moment.checked_sub(latency(stream)).unwrap_or(moment)
}

#[expect(clippy::disallowed_methods, reason = "a device reads the clock")]
fn now() -> Instant {
    Instant::now()
}

fn said(error: PAErr) -> String {
    error.to_string().unwrap_or_else(|| "the sound server said no".to_owned())
}

/// Runs a stream on a thread of its own and waits until it runs.
fn run(
    name: &str,
    body: impl FnOnce(&mut Server, &mut Tide) -> Result<(), String> + Send + 'static,
) -> Result<Opened, String> {
    let (stop, stopped) = channel::bounded(0);
    let (opened, outcome) = channel::bounded(1);
    let (failed, failures) = channel::bounded(1);
    let thread = thread::spawn(name, move || {
        let mut tide = Tide { stopped, opened: Some(opened) };
        let ended = Server::connect(&tide).and_then(|mut server| body(&mut server, &mut tide));
        // Nobody may be left to hear it.
        match (ended, tide.opened) {
            (Err(reason), Some(opened)) => drop(opened.send(Err(reason))),
            (Err(reason), None) => drop(failed.send(reason)),
            (Ok(()), _) => {}
        }
    })
    .map_err(|error| error.to_string())?;
    let running = Running { _stop: stop, _thread: thread };
    match outcome.recv_timeout(OPEN_TIMEOUT) {
        Ok(Ok(())) => Ok((running, failures)),
        Ok(Err(reason)) => Err(reason),
        Err(_) => Err("the sound server does not answer".to_owned()),
    }
}

/// What a stream's thread and its owner tell each other.
struct Tide {
    stopped: Receiver<Infallible>,
    /// Until it is told that the stream runs, or why not.
    opened: Option<Sender<Result<(), String>>>,
}

impl Tide {
    fn over(&self) -> bool {
        matches!(self.stopped.try_recv(), Err(TryRecvError::Disconnected))
    }
}

struct Server {
    context: Context,
    // After what lives by it.
    mainloop: Mainloop,
}

impl Server {
    fn connect(tide: &Tide) -> Result<Server, String> {
        let none = || "no memory for the sound server".to_owned();
        let mainloop = Mainloop::new().ok_or_else(none)?;
        let mut context = Context::new(&mainloop, "Katheder").ok_or_else(none)?;
        context.connect(None, context::FlagSet::NOAUTOSPAWN, None).map_err(said)?;
        let mut server = Server { context, mainloop };
        while !tide.over() {
            server.step()?;
            if server.context.get_state() == context::State::Ready {
                return Ok(server);
            }
        }
        Err("it was not wanted any more".to_owned())
    }

    fn stream(&mut self, name: &str, spec: &Spec) -> Result<Stream, String> {
        Stream::new(&mut self.context, name, spec, None).ok_or_else(|| said(self.context.errno()))
    }

    /// Waits for news and takes them in.
    fn step(&mut self) -> Result<(), String> {
        let loops = &mut self.mainloop;
        loops.prepare(Some(LOOK)).map_err(said)?;
        loops.poll().map_err(said)?;
        loops.dispatch().map_err(said)?;
        match self.context.get_state() {
            context::State::Failed | context::State::Terminated => Err(said(self.context.errno())),
            _ => Ok(()),
        }
    }

    /// Lets `work` look at the stream after all news, until the owner has enough or it ends.
    fn drive(
        &mut self,
        mut stream: Stream,
        tide: &mut Tide,
        mut work: impl FnMut(&mut Stream) -> Result<(), PAErr>,
    ) -> Result<(), String> {
        while !tide.over() {
            self.step()?;
            match stream.get_state() {
                stream::State::Ready => {
                    if let Some(opened) = tide.opened.take() {
                        // Whoever waited may have given up.
                        let _ = opened.send(Ok(()));
                    }
                    work(&mut stream).map_err(said)?;
                }
                stream::State::Failed | stream::State::Terminated => {
                    return Err(said(self.context.errno()));
                }
                stream::State::Unconnected | stream::State::Creating => {}
            }
        }
        // The server notices by itself when the connection ends a moment later.
        let _ = stream.disconnect();
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.context.disconnect();
    }
}
