//! The program's own short sounds, beside a call or without one.
//!
//! The thread `chimes` owns a [`Playback`] of its own while something sounds, so no order waits for a
//! device: it opens and closes in the background, and what cannot be opened is told as an event.

mod sounds;

use super::{Playback, SlotWriter};
use crate::config::SpeakerSink;
use crate::engine::Event;
use crate::frame::SAMPLES_10_MS;
use crate::thread::{self, Joined};
use crate::{Error, Result};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the rings are looked after while something sounds.
const FEED: Duration = Duration::from_millis(5);

/// The device stays open for so long after the last sound, which is then still on its way to the air.
const LINGER: Duration = Duration::from_millis(500);

/// A sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chime {
    /// A short melody, to find out whether the loudspeaker can be heard.
    TestMelody,
    /// Somebody calls; repeats until it is stopped.
    Ring,
    /// Somebody wants to be let in.
    Knock,
    /// Somebody raised a hand.
    Hand,
}

/// What became of the sounds.
#[derive(Debug)]
pub enum ChimeEvent {
    /// It is on its way to the loudspeaker.
    Began(Chime),
    /// It is over, or was stopped.
    Ended(Chime),
    /// The loudspeaker cannot be used; what was to be heard is not.
    Trouble(Error),
    /// It can be used again.
    Recovered,
}

enum Order {
    Play(Chime, SpeakerSink),
    Stop(Chime),
}

/// Plays chimes. Dropping it stops them, and waits for the device to close.
#[derive(Debug)]
pub struct Chimes {
    // The thread ends when this closes, so it stays before `_thread`.
    orders: Sender<Order>,
    events: Receiver<ChimeEvent>,
    _thread: Joined,
}

impl Chimes {
    /// Starts the thread; no device is opened before the first sound. `wake` is called after every
    /// event.
    ///
    /// # Errors
    /// [`Error::System`] when the thread cannot be started.
    pub fn start(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Chimes> {
        let (orders, source) = unbounded();
        let (out, events) = unbounded();
        let player = Player { voices: Vec::new(), device: None, out, wake };
        let thread = thread::spawn("chimes", move || player.run(&source))?;
        Ok(Chimes { orders, events, _thread: thread })
    }

    /// Plays a sound on `sink`, from its beginning if it sounds already. What else sounds moves along
    /// to that sink. Never waits.
    pub fn play(&self, chime: Chime, sink: SpeakerSink) {
        // The thread lives as long as this sender.
        let _ = self.orders.send(Order::Play(chime, sink));
    }

    /// Stops a sound within some 50 ms, if it sounds. Never waits.
    pub fn stop(&self, chime: Chime) {
        let _ = self.orders.send(Order::Stop(chime));
    }

    /// What became of the sounds.
    pub fn events(&self) -> &Receiver<ChimeEvent> {
        &self.events
    }
}

/// A sound that is being played.
struct Voice {
    chime: Chime,
    samples: Vec<f32>,
    at: usize,
    /// The next block is the last, and fades.
    stopping: bool,
    writer: SlotWriter,
}

impl Voice {
    /// Keeps the ring filled; `false` when all of it has been pushed.
    fn feed(&mut self) -> bool {
        for _ in 0..self.writer.wanted() {
            if self.at >= self.samples.len() {
                if !self.chime.repeats() {
                    return false;
                }
                self.at = 0;
            }
            let mut block = [0.0; SAMPLES_10_MS];
            let left = &self.samples[self.at..];
            let taken = left.len().min(SAMPLES_10_MS);
            block[..taken].copy_from_slice(&left[..taken]);
            if self.stopping {
                for (n, sample) in block.iter_mut().enumerate() {
                    *sample *= 1.0 - (n + 1) as f32 / SAMPLES_10_MS as f32;
                }
            }
            self.writer.push(&block);
            self.at += SAMPLES_10_MS;
            if self.stopping {
                return false;
            }
        }
        true
    }
}

/// An open device.
struct Device {
    playback: Playback,
    sink: SpeakerSink,
    troubles: Receiver<Event>,
    /// When nothing sounded any more.
    idle_since: Option<Instant>,
}

struct Player {
    voices: Vec<Voice>,
    device: Option<Device>,
    out: Sender<ChimeEvent>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Player {
    #[expect(clippy::disallowed_methods, reason = "a device's driver reads the clock")]
    fn run(mut self, orders: &Receiver<Order>) {
        loop {
            let order = match self.device {
                Some(_) => orders.recv_timeout(FEED),
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Play(chime, sink)) => self.play(chime, sink),
                Ok(Order::Stop(chime)) => {
                    let voice = self.voices.iter_mut().find(|voice| voice.chime == chime);
                    voice.into_iter().for_each(|voice| voice.stopping = true);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.feed();
            self.pass_on();
            self.rest(Instant::now());
        }
    }

    fn play(&mut self, chime: Chime, sink: SpeakerSink) {
        if let Err(error) = self.begin(chime, sink) {
            self.tell(ChimeEvent::Trouble(error));
        }
    }

    fn begin(&mut self, chime: Chime, sink: SpeakerSink) -> Result<()> {
        if let Some(voice) = self.voices.iter_mut().find(|voice| voice.chime == chime) {
            (voice.at, voice.stopping) = (0, false);
        }
        let device = match &mut self.device {
            Some(device) => {
                if device.sink != sink {
                    device.playback.set_sink(sink.clone());
                    device.sink = sink;
                }
                device
            }
            none => {
                let (events, troubles) = unbounded();
                let playback = Playback::start(sink.clone(), events)?;
                none.insert(Device { playback, sink, troubles, idle_since: None })
            }
        };
        if !self.voices.iter().any(|voice| voice.chime == chime) {
            let writer = device.playback.add_slot()?;
            let samples = chime.samples();
            self.voices.push(Voice { chime, samples, at: 0, stopping: false, writer });
            self.tell(ChimeEvent::Began(chime));
        }
        Ok(())
    }

    fn feed(&mut self) {
        let mut ended = Vec::new();
        self.voices.retain_mut(|voice| {
            let goes_on = voice.feed();
            if !goes_on {
                ended.push(voice.chime);
            }
            goes_on
        });
        for chime in ended {
            self.tell(ChimeEvent::Ended(chime));
        }
    }

    /// What the device tells.
    fn pass_on(&mut self) {
        let Some(device) = &self.device else { return };
        let events: Vec<Event> = device.troubles.try_iter().collect();
        for event in events {
            match event {
                Event::Trouble(error) => self.tell(ChimeEvent::Trouble(error)),
                Event::Recovered(_) => self.tell(ChimeEvent::Recovered),
                _ => {}
            }
        }
    }

    /// Closes the device a moment after the last sound.
    fn rest(&mut self, now: Instant) {
        let Some(device) = &mut self.device else { return };
        if !self.voices.is_empty() {
            device.idle_since = None;
        } else if now.duration_since(*device.idle_since.get_or_insert(now)) >= LINGER {
            self.device = None;
        }
    }

    fn tell(&self, event: ChimeEvent) {
        // Nobody listens while the program ends.
        let _ = self.out.send(event);
        (self.wake)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn chimes() -> Chimes {
        Chimes::start(Arc::new(|| {})).unwrap()
    }

    #[expect(clippy::disallowed_methods, reason = "orders must not wait for devices")]
    fn at_once(order: impl FnOnce()) {
        let begun = Instant::now();
        order();
        assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    }

    #[test]
    fn a_melody_ends_by_itself_and_a_ring_when_it_is_stopped() {
        let chimes = chimes();
        let event = || chimes.events().recv_timeout(PATIENCE).unwrap();
        at_once(|| chimes.play(Chime::Ring, SpeakerSink::Null));
        at_once(|| chimes.play(Chime::Hand, SpeakerSink::Null));
        assert!(matches!(event(), ChimeEvent::Began(Chime::Ring)));
        assert!(matches!(event(), ChimeEvent::Began(Chime::Hand)));
        assert!(matches!(event(), ChimeEvent::Ended(Chime::Hand)));
        at_once(|| chimes.play(Chime::Hand, SpeakerSink::Null));
        assert!(matches!(event(), ChimeEvent::Began(Chime::Hand)));
        assert!(matches!(event(), ChimeEvent::Ended(Chime::Hand)), "the ring goes on");
        at_once(|| chimes.stop(Chime::Ring));
        assert!(matches!(event(), ChimeEvent::Ended(Chime::Ring)));
        at_once(|| chimes.stop(Chime::Ring));
        assert!(chimes.events().recv_timeout(Duration::from_millis(100)).is_err());
    }

    #[test]
    fn a_loudspeaker_that_is_not_there_is_told_and_holds_nobody_up() {
        let chimes = chimes();
        let sink = SpeakerSink::Device(Some("no such loudspeaker".into()));
        at_once(|| chimes.play(Chime::Knock, sink));
        at_once(|| chimes.stop(Chime::Ring));
        loop {
            match chimes.events().recv_timeout(PATIENCE).unwrap() {
                ChimeEvent::Trouble(error) => {
                    break assert!(error.to_string().contains("no such loudspeaker"), "{error}");
                }
                ChimeEvent::Began(_) | ChimeEvent::Ended(_) => {}
                ChimeEvent::Recovered => panic!("it is not there"),
            }
        }
    }
}
