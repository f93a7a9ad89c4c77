//! `audio-send`: the microphone's level, and Opus to whoever listens.

use super::{AudioControl, Counted, IDLE, SILENCE};
use crate::Result;
use crate::audio::level::level;
use crate::audio::sender::Sender as AudioSender;
use crate::engine::Event;
use crate::frame::AudioFrame;
use crate::shared::Shared;
use crate::transport::Transport;
use crossbeam::channel::{Receiver, Sender};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// While somebody listens, the microphone's ring is polled this often: a quarter of its 10 ms frames,
/// so that polling adds at most that.
const AUDIO_POLL: Duration = Duration::from_micros(2_500);

/// While nobody does: quick enough for the level meter, and hardly any work.
const METER_POLL: Duration = Duration::from_millis(20);

/// Opus for one voice. 48 kbit/s mono is transparent for speech, and leaves room for FEC.
const AUDIO_BPS: u32 = 48_000;

pub(super) struct AudioSend {
    input: Option<rtrb::Consumer<AudioFrame>>,
    sender: AudioSender,
    on: bool,
    wanted: bool,
    transport: Option<Arc<Transport>>,
    counted: Shared<Counted>,
    events: Sender<Event>,
    troubled: bool,
}

impl AudioSend {
    pub(super) fn new(counted: Shared<Counted>, events: Sender<Event>) -> Result<AudioSend> {
        Ok(AudioSend {
            input: None,
            sender: AudioSender::new(AUDIO_BPS, 0)?,
            on: false,
            wanted: false,
            transport: None,
            counted,
            events,
            troubled: false,
        })
    }

    /// Ends when the control channel closes.
    pub(super) fn run(&mut self, control: &Receiver<AudioControl>) {
        loop {
            match control.recv_timeout(self.poll()) {
                Ok(command) => {
                    let result = self.obey(command);
                    self.report(result);
                }
                Err(crossbeam::channel::RecvTimeoutError::Timeout) => {}
                Err(crossbeam::channel::RecvTimeoutError::Disconnected) => return,
            }
            while let Some(frame) = self.input.as_mut().and_then(|input| input.pop().ok()) {
                let result = self.take(&frame);
                self.report(result);
            }
        }
    }

    /// How long the ring may wait.
    fn poll(&self) -> Duration {
        match (&self.input, self.heard()) {
            (None, _) => IDLE,
            (Some(_), None) => METER_POLL,
            (Some(_), Some(_)) => AUDIO_POLL,
        }
    }

    /// The connection to send by, if anybody listens.
    fn heard(&self) -> Option<&Arc<Transport>> {
        self.transport.as_ref().filter(|_| self.wanted)
    }

    fn obey(&mut self, command: AudioControl) -> Result<()> {
        match command {
            AudioControl::Transport(transport) => self.transport = transport,
            AudioControl::On(on) => self.on = on,
            AudioControl::Wanted(wanted) => self.wanted = wanted,
            AudioControl::Loss(percent) => self.sender.encoder().set_expected_loss(percent)?,
            AudioControl::Restart => self.sender = AudioSender::new(AUDIO_BPS, 0)?,
            AudioControl::Input(input) => {
                self.input = Some(input);
                self.counted.lock().level = SILENCE;
            }
        }
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the sending edge stamps what left")]
    fn take(&mut self, frame: &AudioFrame) -> Result<()> {
        self.counted.lock().level = level(&frame.samples);
        if self.heard().is_none() {
            self.sender.skip();
            return Ok(());
        }
        // A closed microphone sends silence until DTX has announced the pause.
        let Some(packet) = self.sender.push(frame, !self.on)? else { return Ok(()) };
        let Some(transport) = self.heard() else { return Ok(()) };
        if packet.data.is_empty() {
            return Ok(());
        }
        transport.send_audio(packet);
        let mut counted = self.counted.lock();
        counted.sending.audio_packets += 1;
        if self.on && transport.stats().connected {
            counted.last_audio = Some(Instant::now());
        }
        Ok(())
    }

    /// Tells of the first failure in a row: said once, not a hundred times a second.
    fn report(&mut self, result: Result<()>) {
        match result {
            Ok(()) => self.troubled = false,
            Err(error) => {
                if !std::mem::replace(&mut self.troubled, true) {
                    let _ = self.events.send(Event::Trouble(error));
                }
            }
        }
    }
}
