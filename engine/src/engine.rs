//! The engine's surface.

use crate::blur::ways::{Open, Way};
use crate::blur::{Background, Meter, Notice};
use crate::config::{CameraSource, Config, MicrophoneSource, ScreenSource, SpeakerSink};
use crate::control::Control;
use crate::frame::VideoFrame;
use crate::receiving::ReceivingThread;
use crate::sending::Counted;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::thread::{self, Joined};
use crate::transport::{Offer, Transport};
use crate::{Error, Result, latest};
use crossbeam::channel::{Receiver, Sender, unbounded};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What a program asks of the engine. None of them waits.
#[derive(Debug, Clone)]
pub enum Command {
    /// Another camera.
    SetCamera(CameraSource),
    /// Another microphone.
    SetMicrophone(MicrophoneSource),
    /// Another loudspeaker.
    SetSpeaker(SpeakerSink),
    /// Send the camera's picture, or stop sending it. The self view goes on.
    CameraOn(bool),
    /// Send the microphone's sound, or stop. The level meter goes on.
    MicrophoneOn(bool),
    /// Share this beside the camera, in place of what was shared before; `None` ends the share.
    /// One that cannot start, or breaks, is told by [`Event::Trouble`].
    ShareScreen(Option<ScreenSource>),
    /// What stands behind the person, from the next picture on; `None` is the room as it is.
    /// Pictures that were under way before are not changed. A still picture that cannot be used
    /// is told by [`Event::Trouble`], and the room stays hidden.
    SetBackground(Option<Background>),
    /// Make a fresh peer connection; answered by [`Event::Offer`]. Replaces an earlier one.
    Connect,
    /// The hub's answer to the last offer.
    Answer(String),
    /// Close the peer connection; capture goes on.
    Disconnect,
    /// Make everything anew that may have got stuck: the peer connection if there is one, answered by
    /// [`Event::Offer`], capture, encoders, the loudspeaker's stream.
    Restart,
    /// Whose picture belongs to whose sound, for lip sync: (video slot, audio slot).
    PairSlots(Vec<(String, String)>),
    /// How loud each audio slot is played, percent from 0 to 200; slots that are not named are at 100.
    /// Holds for the present peer connection. Approached within 10 ms.
    SetVolumes(Vec<(String, u8)>),
    /// These slots now carry somebody else, or nobody.
    SlotsRebound(Vec<String>),
    /// Which layers somebody watches, and whether anybody listens.
    SetLayers {
        /// RIDs; `""` is the one layer without simulcast.
        camera: Vec<String>,
        /// Whether anybody receives the shared screen.
        screen: bool,
        /// Whether anybody receives the microphone.
        microphone: bool,
    },
}

/// The peer connection's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Connection {
    /// None.
    Closed,
    /// Offered; not yet up.
    Connecting,
    /// Media can flow.
    Connected,
    /// Nothing came for a while; it may come back by itself.
    Interrupted,
    /// It will not come back: connect again.
    Failed,
}

/// What the engine tells.
#[derive(Debug)]
pub enum Event {
    /// Send this to the hub.
    Offer(Offer),
    /// The peer connection's state changed.
    Connection(Connection),
    /// What truly leaves this machine now, for the lamp: packets were handed to a connected socket
    /// within the last second.
    Transmitting {
        /// Sound.
        microphone: bool,
        /// Picture.
        camera: bool,
        /// Shared screen. One that stands still counts as leaving for 2.5 s.
        screen: bool,
    },
    /// This share has its first picture: its window can be seen, the desktop's question was answered
    /// with yes.
    ShareStarted(ScreenSource),
    /// The share ended: by [`Command::ShareScreen`], because the user cancelled or stopped it in the
    /// desktop's own window, or because it broke, which [`Event::Trouble`] told before.
    ShareEnded,
    /// Something did not work and the engine went on without it; tell the user.
    Trouble(Error),
    /// The trouble with this source is over: camera or microphone delivers again.
    Recovered(&'static str),
    /// Blur runs elsewhere or with another quality from now on; tell the user.
    Blur(Notice),
}

/// A running engine. Dropping it closes the connection and stops every thread.
pub struct Engine {
    // The control thread ends when `commands` closes, so this stays before `_control`.
    commands: Sender<Command>,
    events: Receiver<Event>,
    self_view: latest::Reader<VideoFrame>,
    screen_view: latest::Reader<VideoFrame>,
    counted: Shared<Counted>,
    meter: Meter,
    receiving: Arc<ReceivingThread>,
    transport: Shared<Weak<Transport>>,
    _control: Joined,
}

impl Engine {
    /// Starts capture and the threads; there is no connection before [`Command::Connect`].
    ///
    /// `wake` is called, from the engine's threads, after every picture and every change of the
    /// connection, and for the own shared screen at most twice a second; troubles of devices wait for the next look at [`Engine::events`]. Sources that
    /// cannot be opened are told by [`Event::Trouble`]: a call works without them. Fails only when
    /// the system refuses threads.
    pub fn start(config: Config, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Engine> {
        let open = Way::opener(config.gpu.clone());
        Engine::start_with(config, open, wake)
    }

    /// The same with other ways to blur than the real ones, to see what happens when they fail.
    pub fn start_with(
        config: Config,
        open: Open,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Engine> {
        let (commands, orders) = unbounded();
        let (event_sender, events) = unbounded();
        let (self_view_writer, self_view) = latest::channel();
        let (screen_view_writer, screen_view) = latest::channel();
        let name = format!("{}/control", config.name);
        let views = (self_view_writer, screen_view_writer);
        let control = Control::new(config, open, event_sender, views, wake)?;
        let (counted, meter) = (control.counted(), control.meter());
        let (receiving, transport) = (control.receiving(), control.transport());
        let control = thread::spawn(&name, move || control.run(&orders))?;
        Ok(Engine {
            commands,
            events,
            self_view,
            screen_view,
            counted,
            meter,
            receiving,
            transport,
            _control: control,
        })
    }

    /// Asks for something; never waits.
    pub fn send(&self, command: Command) {
        // The control thread lives as long as this sender.
        let _ = self.commands.send(command);
    }

    /// What the engine tells. Clones of the receiver compete for events.
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// The camera's picture exactly as it is sent, not mirrored.
    pub fn self_view(&self) -> latest::Reader<VideoFrame> {
        self.self_view.clone()
    }

    /// The shared screen's picture as it was captured, while a share runs.
    pub fn screen_view(&self) -> latest::Reader<VideoFrame> {
        self.screen_view.clone()
    }

    /// What a video slot of the present connection shows; `None` when there is no such slot.
    pub fn slot(&self, mid: &str) -> Option<latest::Reader<VideoFrame>> {
        self.receiving.pictures.lock().get(mid).cloned()
    }

    /// The loudness of the newest 10 ms of the microphone, sent or not: an RFC 6464 level, 0 full
    /// scale, 127 silence.
    pub fn microphone_level(&self) -> u8 {
        self.counted.lock().level
    }

    /// What was measured so far.
    pub fn stats(&self) -> Stats {
        let transport = self.transport.lock().upgrade().map(|transport| transport.stats());
        let mut sending = self.counted.lock().sending.clone();
        sending.blur = self.meter.stats();
        Stats {
            sending,
            receiving: self.receiving.stats(),
            available_bps: transport.and_then(|stats| stats.available_bps),
            round_trip: transport.and_then(|stats| stats.round_trip),
            sending_loss: transport.map_or(0.0, |stats| stats.loss),
            sending_queue: transport.map_or(Duration::ZERO, |stats| stats.queue),
        }
    }
}
