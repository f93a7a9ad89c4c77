//! The transport thread: it owns the clock, the sockets and the peer connection.

use super::outbox::Outbox;
use super::pacer::Pacer;
use super::peer::Peer;
use super::shared::Shared;
use super::stream::Stream;
use super::{Config, EncodedAudio, EncodedVideo, Event, Offer, Source, Stats};
use crate::thread::{self, Joined};
use crate::{Error, Result};
use rtc::rtp;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use webrtc::peer_connection::RTCPeerConnectionState;

/// Building the offer and applying the answer take milliseconds; a busy machine may need longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A peer that does not close in time is abandoned with its thread's runtime.
const CLOSING: Duration = Duration::from_millis(500);

/// UDP, IP, SRTP and RTP bytes around a payload, for pacing.
const OVERHEAD: usize = 80;

/// What the estimator starts from: a picture within a second, on nearly any line.
const START_BPS: u32 = 800_000;

enum Command {
    Answer(String, crossbeam::channel::Sender<Result<()>>),
    RequestKeyframe(String),
}

/// One peer connection to the hub. Dropping it closes the connection and waits for its thread.
///
/// Never drop it, and never call [`Transport::answer`], from within the sink: the sink runs on the
/// thread that both wait for.
pub struct Transport {
    // The thread ends when `commands` is dropped, so this stays before `_thread`.
    commands: UnboundedSender<Command>,
    outbox: Arc<Outbox>,
    shared: Arc<Shared>,
    _thread: Joined,
}

impl Transport {
    /// Makes a connection and its offer; [`Transport::answer`] brings it up.
    ///
    /// `sink` is told everything that happens, on the transport thread: it must not wait. Fails
    /// with [`Error::Transport`] when no socket can be opened, [`Error::System`] without a thread.
    pub fn connect(
        config: Config,
        sink: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<(Transport, Offer)> {
        let start_bps = START_BPS.min(config.max_video_bps);
        let shared = Arc::new(Shared::new(Box::new(sink), start_bps));
        let camera = (0..config.camera_layers.len()).map(|layer| (Source::Camera, layer));
        let screen = config.screen.then_some((Source::Screen, 0));
        let outbox = Arc::new(Outbox::new(shared.clone(), camera.chain(screen)));
        let (commands, received) = unbounded_channel();
        let (offer_to, offer) = crossbeam::channel::bounded(1);
        let name = format!("{}-transport", config.name);
        let (its_shared, its_outbox) = (shared.clone(), outbox.clone());
        let thread = thread::spawn(&name, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(source) => {
                    let what = "timers and sockets".to_owned();
                    let _ = offer_to.send(Err(Error::System { what, source }));
                    return;
                }
            };
            runtime.block_on(run(config, its_shared, its_outbox, received, offer_to));
            runtime.shutdown_background();
        })?;
        let transport = Transport { commands, outbox, shared, _thread: thread };
        let offer = offer
            .recv_timeout(PATIENCE)
            .map_err(|_| Error::Transport("the transport thread does not answer".into()))??;
        Ok((transport, offer))
    }

    /// Applies the hub's answer. Waits some milliseconds; fails with [`Error::Transport`] when the
    /// answer is unusable.
    pub fn answer(&self, sdp: String) -> Result<()> {
        let (reply_to, reply) = crossbeam::channel::bounded(1);
        let gone = || Error::Transport("it is closed: connect again".into());
        self.commands.send(Command::Answer(sdp, reply_to)).map_err(|_| gone())?;
        reply.recv_timeout(PATIENCE).map_err(|_| gone())?
    }

    /// Sends a picture. Never waits: without a connection, or with a full queue, it is dropped,
    /// and so is everything up to the stream's next keyframe, which is asked for by
    /// [`Event::KeyframeRequested`].
    pub fn send_video(&self, frame: EncodedVideo) {
        self.outbox.put_video(frame);
    }

    /// Sends an Opus packet. Never waits: without a connection, or with a full queue, it is
    /// dropped. An empty one (DTX) is not sent.
    pub fn send_audio(&self, packet: EncodedAudio) {
        self.outbox.put_audio(packet);
    }

    /// Asks the sender behind a video slot for a keyframe (PLI). Unknown slots are ignored.
    pub fn request_keyframe(&self, mid: &str) {
        // A closed connection needs no keyframes.
        let _ = self.commands.send(Command::RequestKeyframe(mid.to_owned()));
    }

    /// What was measured so far.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }
}

async fn run(
    config: Config,
    shared: Arc<Shared>,
    outbox: Arc<Outbox>,
    commands: UnboundedReceiver<Command>,
    offer_to: crossbeam::channel::Sender<Result<Offer>>,
) {
    let (states_to, states) = unbounded_channel();
    let peer = match Peer::offer(&config, &shared, states_to).await {
        Ok((peer, offer)) => {
            let _ = offer_to.send(Ok(offer));
            peer
        }
        Err(error) => {
            let _ = offer_to.send(Err(error));
            return;
        }
    };
    let pacer = Pacer::new(shared.target_bps());
    let packets = Vec::new();
    let mut driver = Driver { peer, shared, outbox, pacer, streams: Vec::new(), packets };
    driver.run(commands, states).await;
    driver.shared.set_connected(false);
    let _ = tokio::time::timeout(CLOSING, driver.peer.close()).await;
    driver.shared.emit(Event::Closed);
}

struct Driver {
    peer: Peer,
    shared: Arc<Shared>,
    outbox: Arc<Outbox>,
    /// Video packets with their media line.
    pacer: Pacer<(usize, rtp::Packet)>,
    /// In the order of the offer, so audio comes last; empty until answered.
    streams: Vec<(Stream, usize)>,
    packets: Vec<rtp::Packet>,
}

impl Driver {
    /// Until nobody holds the [`Transport`] any more.
    async fn run(
        &mut self,
        mut commands: UnboundedReceiver<Command>,
        mut states: UnboundedReceiver<RTCPeerConnectionState>,
    ) {
        loop {
            let due = self.pacer.poll_timeout(now());
            let paced = async move {
                match due {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                Some(state) = states.recv() => self.state_changed(state),
                () = self.outbox.wake.notified() => self.collect().await,
                () = paced => {}
            }
            self.pacer.set_target(self.shared.target_bps());
            while let Some((line, packet)) = self.pacer.poll(now()) {
                self.peer.send(line, packet).await;
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Answer(sdp, reply_to) => {
                let answered = self.peer.answer(sdp, &self.shared).await;
                let _ = reply_to.send(answered.map(|streams| self.streams = streams));
            }
            Command::RequestKeyframe(mid) => {
                if let Some(ssrc) = self.shared.slot_ssrc(&mid) {
                    self.peer.request_keyframe(ssrc).await;
                }
            }
        }
    }

    fn state_changed(&mut self, state: RTCPeerConnectionState) {
        let event = match state {
            RTCPeerConnectionState::Connected => Event::Connected,
            RTCPeerConnectionState::Disconnected => Event::Interrupted,
            // Closed here means by the hub: on this side, closing comes after this loop.
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => Event::Failed,
            _ => return,
        };
        // Media goes on through an interruption: it may be one-sided, and ends by itself.
        self.shared.set_connected(!matches!(event, Event::Failed));
        if matches!(event, Event::Failed) {
            self.outbox.clear();
            self.pacer.clear();
        }
        self.shared.emit(event);
    }

    /// Takes what the encoders left: audio leaves at once, pictures through the pacer.
    async fn collect(&mut self) {
        while let Some(audio) = self.outbox.take_audio() {
            let Some((stream, line)) = self.streams.last_mut() else { continue };
            let packet = stream.audio(audio);
            self.peer.send(*line, packet).await;
            self.shared.count_sent(Source::Microphone, 1);
        }
        while let Some((at, frame)) = self.outbox.take_video() {
            let Some((stream, line)) = self.streams.get_mut(at) else { continue };
            stream.video(&frame, &mut self.packets);
            self.shared.count_sent(frame.source, self.packets.len());
            for packet in self.packets.drain(..) {
                self.pacer.push(now(), packet.payload.len() + OVERHEAD, (*line, packet));
            }
        }
        self.outbox.ask_for_keyframes();
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the driver")]
fn now() -> Instant {
    Instant::now()
}
