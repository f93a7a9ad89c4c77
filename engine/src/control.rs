//! The engine's control thread: obeys commands, owns sources and the peer connection.

use crate::blur::Meter;
use crate::blur::ways::Open;
use crate::capture::screen::{self, Ended};
use crate::capture::{self, Limits, microphone::Microphone};
use crate::config::{CameraSource, Config, MicrophoneSource, ScreenSource};
use crate::engine::{Command, Connection, Event};
use crate::frame::{AudioFrame, VideoFrame};
use crate::receiving::{Inbox, ReceivingThread};
use crate::sending::{
    AudioControl, Counted, Pictures, ScreenControl, SendingThreads, VideoControl, camera_layers,
};
use crate::shared::Shared;
use crate::transport::{self, Source, Transport};
use crate::{Error, Result, latest};
use crossbeam::channel::{Receiver, Sender, tick, unbounded};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// How often the transmit state is looked at.
const LAMP_TICK: Duration = Duration::from_millis(200);

/// How often a device that broke is tried again.
const RETRY: Duration = Duration::from_secs(3);

/// The loss in percent that Opus is always told, because it repeats nothing before it expects loss.
const LEAST_LOSS: u8 = 5;

/// Kept for sound, headers and retransmissions when the estimate is split, bits a second.
const RESERVED_BPS: u32 = 100_000;

/// What of the path's estimate pictures get, both bits a second. Never nothing: without pictures and
/// with a closed microphone nothing would show that the path has become wider again.
fn for_pictures(estimate_bps: u32) -> u32 {
    estimate_bps.saturating_sub(RESERVED_BPS).max(estimate_bps / 2)
}

/// A peer connection's state; the number tells an old one from the present one.
type State = (u64, Connection);

pub(crate) struct Control {
    config: Config,
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    camera: latest::Writer<VideoFrame>,
    sources: Sources,
    sending: SendingThreads,
    receiving: Arc<ReceivingThread>,
    transport: Option<Arc<Transport>>,
    shared_transport: Shared<Weak<Transport>>,
    /// Counts connections.
    generation: u64,
    states: (Sender<State>, Receiver<State>),
    /// A camera, clip or microphone stopped.
    capture_troubles: (Sender<Error>, Receiver<Error>),
    share: Share,
    transmitting: (bool, bool, bool),
    /// As last told to the Opus encoder.
    loss_percent: u8,
}

/// The running share.
struct Share {
    /// What is captured, and the slot of its pictures.
    source: Option<(ScreenSource, latest::Writer<VideoFrame>)>,
    running: Option<capture::Running>,
    /// Captures are told apart by whose end this is: each has a channel of its own.
    ended: Receiver<Ended>,
}

impl Share {
    fn none() -> Share {
        Share { source: None, running: None, ended: crossbeam::channel::never() }
    }
}

/// Running capture, and what each part was started with.
#[derive(Default)]
struct Sources {
    /// The microphone is `None` where a device is recorded apart.
    running: Option<((CameraSource, Option<MicrophoneSource>), capture::Running)>,
    microphone: Option<(Option<String>, Microphone)>,
    retry_at: Option<Instant>,
}

impl Control {
    pub(crate) fn new(
        config: Config,
        open: Open,
        events: Sender<Event>,
        (self_view, screen_view): (latest::Writer<VideoFrame>, latest::Writer<VideoFrame>),
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Control> {
        let (camera, camera_pictures) = latest::channel();
        let pictures = Pictures { camera: camera_pictures, self_view, screen_view };
        let sending = SendingThreads::start(&config, open, pictures, events.clone(), wake.clone())?;
        let receiving = Arc::new(ReceivingThread::start(&config, events.clone(), wake.clone())?);
        Ok(Control {
            config,
            events,
            wake,
            camera,
            sources: Sources::default(),
            sending,
            receiving,
            transport: None,
            shared_transport: Shared::default(),
            generation: 0,
            states: unbounded(),
            capture_troubles: unbounded(),
            share: Share::none(),
            transmitting: (false, false, false),
            loss_percent: 0,
        })
    }

    pub(crate) fn counted(&self) -> Shared<Counted> {
        self.sending.counted.clone()
    }

    pub(crate) fn meter(&self) -> Meter {
        self.sending.meter.clone()
    }

    pub(crate) fn receiving(&self) -> Arc<ReceivingThread> {
        self.receiving.clone()
    }

    pub(crate) fn transport(&self) -> Shared<Weak<Transport>> {
        self.shared_transport.clone()
    }

    /// Ends when `commands` closes.
    #[expect(clippy::disallowed_methods, reason = "the control thread reads the clock for others")]
    pub(crate) fn run(mut self, commands: &Receiver<Command>) {
        self.start_sources(Instant::now());
        let lamp = tick(LAMP_TICK);
        let states = self.states.1.clone();
        let capture = self.capture_troubles.1.clone();
        loop {
            crossbeam::channel::select! {
                recv(commands) -> command => match command {
                    Ok(command) => self.obey(command, Instant::now()),
                    Err(_) => break,
                },
                recv(states) -> state => match state {
                    Ok((generation, state)) if generation == self.generation => {
                        self.tell(Event::Connection(state));
                    }
                    // An earlier connection says good-bye.
                    _ => {}
                },
                recv(capture) -> trouble => if let Ok(trouble) = trouble {
                    self.sources.retry_at = Some(Instant::now() + RETRY);
                    self.tell(Event::Trouble(trouble));
                },
                recv(self.share.ended) -> end => self.share_ended(end.ok()),
                recv(lamp) -> _ => self.look(Instant::now()),
            }
        }
        self.disconnect();
    }

    fn obey(&mut self, command: Command, now: Instant) {
        match command {
            Command::SetCamera(camera) => {
                self.config.camera = camera;
                self.start_sources(now);
            }
            Command::SetMicrophone(microphone) => {
                self.config.microphone = microphone;
                self.start_sources(now);
            }
            Command::SetSpeaker(speaker) => {
                self.config.speaker.clone_from(&speaker);
                self.receive(Inbox::Sink(speaker));
            }
            Command::CameraOn(on) => {
                self.video(VideoControl::On(on));
                self.screen(ScreenControl::Camera(on));
            }
            Command::MicrophoneOn(on) => self.audio(AudioControl::On(on)),
            Command::ShareScreen(source) => self.share(source),
            Command::SetBackground(background) => {
                self.video(VideoControl::Background(background));
            }
            Command::Connect => {
                if let Err(error) = self.connect() {
                    self.tell(Event::Trouble(error));
                    self.tell(Event::Connection(Connection::Failed));
                }
            }
            Command::Answer(sdp) => self.answer(sdp),
            Command::Disconnect => {
                self.disconnect();
                self.tell(Event::Connection(Connection::Closed));
            }
            Command::Restart => self.restart(now),
            Command::SetVolumes(volumes) => self.receive(Inbox::Volumes(volumes)),
            Command::PairSlots(pairs) => self.receive(Inbox::Pairs(pairs)),
            Command::SlotsRebound(mids) => self.receive(Inbox::Rebound(mids)),
            Command::SetLayers { camera, screen, microphone } => {
                self.video(VideoControl::Wanted(camera));
                self.screen(ScreenControl::Wanted(screen));
                self.audio(AudioControl::Wanted(microphone));
            }
        }
    }

    /// The lamp, the loss that Opus prepares for, and devices that may have come back.
    fn look(&mut self, now: Instant) {
        let transmitting = self.sending.counted.lock().transmitting(now);
        if transmitting != self.transmitting {
            self.transmitting = transmitting;
            let (microphone, camera, screen) = transmitting;
            self.tell(Event::Transmitting { microphone, camera, screen });
        }
        if let Some(transport) = &self.transport {
            let percent = ((transport.stats().loss * 100.0).round() as u8).max(LEAST_LOSS);
            if percent != self.loss_percent {
                self.loss_percent = percent;
                self.audio(AudioControl::Loss(percent));
            }
        }
        if self.sources.retry_at.is_some_and(|at| at <= now) {
            self.sources.retry_at = None;
            // Some of it stopped; a file's picture and sound start together.
            self.sources.running = None;
            if self.try_sources().is_ok() {
                self.tell(Event::Recovered("capture"));
            } else {
                self.sources.retry_at = Some(now + RETRY);
            }
        }
    }

    /// Shares another screen, or none.
    fn share(&mut self, source: Option<ScreenSource>) {
        // The old one is over before its successor's first picture.
        self.share = Share::none();
        let Some(source) = source else { return self.screen(ScreenControl::Share(None)) };
        let (slot, pictures) = latest::channel();
        self.screen(ScreenControl::Share(Some((source.clone(), pictures))));
        self.share.source = Some((source, slot));
        self.capture_screen();
    }

    /// Captures what is shared, anew if it is captured already.
    fn capture_screen(&mut self) {
        let Some((source, slot)) = self.share.source.clone() else { return };
        self.share.running = None;
        let (ended_to, ended) = unbounded();
        let (name, fps) = (&self.config.name, self.config.max_screen_fps);
        self.share.ended = ended;
        match screen::share(name, source, fps, slot, ended_to.clone()) {
            Ok(running) => self.share.running = Some(running),
            Err(error) => {
                let _ = ended_to.send(Ended::Broke(error));
            }
        }
    }

    /// A share ended by itself; without a reason its thread broke down.
    fn share_ended(&mut self, end: Option<Ended>) {
        match end {
            Some(Ended::ByUser) => {}
            Some(Ended::Broke(error)) => self.tell(Event::Trouble(error)),
            None => {
                let (screen, reason) =
                    ("the screen".to_owned(), "its capture broke down".to_owned());
                self.tell(Event::Trouble(Error::Screen { screen, reason }));
            }
        }
        self.share(None);
    }

    fn start_sources(&mut self, now: Instant) {
        self.sources.retry_at = None;
        if let Err(error) = self.try_sources() {
            // Perhaps somebody else is just about to let go of the device.
            self.sources.retry_at = Some(now + RETRY);
            self.tell(Event::Trouble(error));
        }
    }

    /// Starts what does not run yet as configured. A microphone goes on while cameras come and go.
    fn try_sources(&mut self) -> Result<()> {
        let microphone = self.config.microphone.clone();
        let apart = matches!(microphone, MicrophoneSource::Device(_));
        let wanted = (self.config.camera.clone(), (!apart).then(|| microphone.clone()));
        if self.sources.running.as_ref().is_some_and(|(of, _)| *of != wanted) {
            // Devices must be closed before they can be opened again.
            self.sources.running = None;
        }
        let MicrophoneSource::Device(name) = microphone else {
            self.sources.microphone = None;
            return self.run_sources(wanted);
        };
        if self.sources.microphone.as_ref().is_none_or(|(of, _)| *of != name) {
            self.sources.microphone = None;
            let sound = self.sound_ring();
            let started = Microphone::start(name.clone(), sound, self.events.clone())?;
            self.sources.microphone = Some((name, started));
        }
        self.run_sources(wanted)
    }

    fn run_sources(&mut self, wanted: (CameraSource, Option<MicrophoneSource>)) -> Result<()> {
        if self.sources.running.is_some() {
            return Ok(());
        }
        let sound = wanted.1.is_some().then(|| self.sound_ring());
        let running = capture::start(
            &self.config.name,
            &self.config.camera,
            &self.config.microphone,
            Limits { max_lines: self.config.max_lines, max_fps: self.config.max_fps },
            capture::Outputs {
                pictures: self.camera.clone(),
                sound,
                trouble: self.capture_troubles.0.clone(),
            },
        )?;
        self.sources.running = Some((wanted, running));
        Ok(())
    }

    /// The connection first: while the hub answers, devices close and open.
    fn restart(&mut self, now: Instant) {
        if self.transport.is_some() {
            self.obey(Command::Connect, now);
        }
        self.video(VideoControl::Restart);
        self.audio(AudioControl::Restart);
        self.screen(ScreenControl::Restart);
        if let Some((ScreenSource::Monitor(_) | ScreenSource::Window(_), _)) = self.share.source {
            // The desktop's own question would be asked again, and a file begin anew.
            self.capture_screen();
        }
        // A fresh encoder is told the loss again.
        self.loss_percent = 0;
        self.receive(Inbox::Sink(self.config.speaker.clone()));
        self.sources = Sources::default();
        self.start_sources(now);
    }

    /// A fresh ring to the sending side.
    fn sound_ring(&self) -> rtrb::Producer<AudioFrame> {
        let (sound, input) = rtrb::RingBuffer::new(capture::SOUND_SLOTS);
        self.audio(AudioControl::Input(input));
        sound
    }

    fn connect(&mut self) -> Result<()> {
        self.disconnect();
        self.generation += 1;
        self.tell(Event::Connection(Connection::Connecting));
        let generation = self.generation;
        let (states, inbox) = (self.states.0.clone(), self.receiving.inbox.clone());
        let (video, screen) = (self.sending.video.clone(), self.sending.screen.clone());
        let sink = move |event| {
            let state = match event {
                transport::Event::Connected => Connection::Connected,
                transport::Event::Interrupted => Connection::Interrupted,
                transport::Event::Failed => Connection::Failed,
                transport::Event::Closed => Connection::Closed,
                transport::Event::KeyframeRequested { source: Source::Camera, layer } => {
                    let _ = video.send(VideoControl::Keyframe(layer));
                    return;
                }
                transport::Event::KeyframeRequested { source: Source::Screen, .. } => {
                    let _ = screen.send(ScreenControl::Keyframe);
                    return;
                }
                transport::Event::KeyframeRequested { .. } => return,
                transport::Event::Bitrate(bps) => {
                    let _ = screen.send(ScreenControl::Available(for_pictures(bps)));
                    let _ = video.send(VideoControl::Available(for_pictures(bps)));
                    return;
                }
                transport::Event::RoundTrip(round_trip) => {
                    let _ = inbox.try_send(Inbox::RoundTrip(round_trip));
                    return;
                }
                transport::Event::Rtp { mid, packet } => {
                    // Full: dropped as the network would drop it, and repaired likewise.
                    let _ = inbox.try_send(Inbox::Rtp(mid, packet));
                    return;
                }
            };
            let _ = states.send((generation, state));
        };
        let config = transport::Config {
            name: self.config.name.clone(),
            codec: self.config.codec,
            camera_layers: camera_layers(&self.config),
            screen: true,
            audio_slots: self.config.audio_slots,
            video_slots: self.config.video_slots,
            local_addresses: vec![Ipv4Addr::UNSPECIFIED.into(), IpAddr::from(Ipv4Addr::LOCALHOST)],
            max_video_bps: self.config.max_video_bps + self.config.max_screen_bps,
        };
        let (transport, offer) = Transport::connect(config, sink)?;
        let transport = Arc::new(transport);
        self.receive(Inbox::Connection(Arc::downgrade(&transport), offer.slots.clone()));
        *self.shared_transport.lock() = Arc::downgrade(&transport);
        self.video(VideoControl::Transport(Some(transport.clone())));
        self.audio(AudioControl::Transport(Some(transport.clone())));
        self.screen(ScreenControl::Transport(Some(transport.clone())));
        self.transport = Some(transport);
        self.tell(Event::Offer(offer));
        Ok(())
    }

    fn answer(&mut self, sdp: String) {
        let Some(transport) = &self.transport else {
            tracing::debug!("an answer without an offer; ignored");
            return;
        };
        if let Err(error) = transport.answer(sdp) {
            self.tell(Event::Trouble(error));
            self.tell(Event::Connection(Connection::Failed));
        }
    }

    fn disconnect(&mut self) {
        if self.transport.take().is_some() {
            *self.shared_transport.lock() = Weak::new();
            self.video(VideoControl::Transport(None));
            self.audio(AudioControl::Transport(None));
            self.screen(ScreenControl::Transport(None));
            self.generation += 1;
        }
    }

    fn video(&self, control: VideoControl) {
        // The sending threads live as long as their senders.
        let _ = self.sending.video.send(control);
    }

    fn audio(&self, control: AudioControl) {
        let _ = self.sending.audio.send(control);
    }

    fn screen(&self, control: ScreenControl) {
        let _ = self.sending.screen.send(control);
    }

    fn receive(&self, order: Inbox) {
        let _ = self.receiving.inbox.send(order);
    }

    fn tell(&self, event: Event) {
        // Nobody listens while the engine is being dropped.
        let _ = self.events.send(event);
        (self.wake)();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_get_what_sound_leaves_and_never_nothing() {
        assert_eq!(for_pictures(2_000_000), 1_900_000);
        assert_eq!(for_pictures(150_000), 75_000);
        assert_eq!(for_pictures(60_000), 30_000);
    }
}
