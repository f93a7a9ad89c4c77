//! The selective forwarding unit: media of every conference, through one UDP port.
//!
//! A participant makes one connection. The lines on which they receive are *slots*; what a slot
//! carries changes without renegotiation, because every packet is renumbered into one continuous
//! stream (RFC 7667 section 3.7 describes the topology). The rules are state machines without
//! clock and socket (`room`, `slots`, `layers`, `audio_level`, `rewrite`); the thread
//! `sfu` (`driver`) owns the socket, the clock and the connections.

mod announce;
mod audio_level;
mod driver;
mod egress;
mod identity;
mod keyframe;
mod layers;
mod peer;
mod quality;
mod rewrite;
mod room;
mod sender;
mod slots;
mod socket;
pub use socket::default_route;

use driver::{Command, Driver};
use egress::Traffic;
use identity::Identity;
use peer::Peer;
use protocol::{MediaSource, ParticipantId, PersonQuality, SendingStream, SlotBinding, Watch};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use tokio::sync::{mpsc::UnboundedReceiver, oneshot};

#[doc(hidden)]
pub mod bench {
    //! What the benches measure.
    pub use super::audio_level::Voices;
    pub use super::rewrite::{Incoming, Rewriter, Vp8Ids};
}

/// Where media flows.
#[derive(Debug, Clone)]
pub struct Config {
    /// The UDP socket's address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The addresses that clients are told, for a hub behind a translator or a relay. A port of 0
    /// stands for the socket's. Empty: derived from `listen`, or from this machine's default route
    /// and loopback when `listen` is unspecified.
    pub advertise: Vec<SocketAddr>,
}

/// A room, as the hub numbers them. Nothing crosses rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomKey(pub u64);

/// What may be forwarded from a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Media {
    /// Their voice.
    pub microphone: bool,
    /// Their picture.
    pub camera: bool,
    /// Their screen.
    pub screen: bool,
}

impl Media {
    /// Whether a source may be forwarded.
    pub fn allows(self, source: MediaSource) -> bool {
        match source {
            MediaSource::Microphone => self.microphone,
            MediaSource::Camera => self.camera,
            MediaSource::Screen => self.screen,
        }
    }
}

/// What the hub has to tell people, or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SfuEvent {
    /// Media can flow.
    Connected {
        /// Where.
        room: RoomKey,
        /// Whose.
        participant: ParticipantId,
    },
    /// The connection broke, closed, or was never made. [`Sfu::offer`] makes another.
    Disconnected {
        /// Where.
        room: RoomKey,
        /// Whose.
        participant: ParticipantId,
    },
    /// What somebody's slots carry from now on; every slot that was ever bound.
    Slots {
        /// Where.
        room: RoomKey,
        /// Whose slots.
        participant: ParticipantId,
        /// By their media lines.
        slots: Vec<SlotBinding>,
    },
    /// Who speaks, loudest first; at most five times a second.
    Speakers {
        /// Where.
        room: RoomKey,
        /// At most five.
        participants: Vec<ParticipantId>,
    },
    /// Whose way to or from the hub is not good; whoever is not named has a good one.
    Quality {
        /// Where.
        room: RoomKey,
        /// All of them, by id.
        people: Vec<PersonQuality>,
    },
    /// What somebody has to send; nobody gets the rest.
    Layers {
        /// Where.
        room: RoomKey,
        /// Whose.
        participant: ParticipantId,
        /// The RIDs that somebody gets, `""` without simulcast.
        camera: Vec<String>,
        /// Likewise.
        screen: Vec<String>,
        /// Whether somebody is there to hear.
        microphone: bool,
    },
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum SfuError {
    /// The UDP socket cannot be had.
    #[error(
        "UDP address {listen} cannot be used for media: {source}; \
         choose another, or end the program that has it"
    )]
    Listen {
        /// The address asked for.
        listen: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The system refused a thread, a timer or a key.
    #[error("forwarding cannot start: {0}")]
    Start(String),
    /// The offer cannot be answered; the client must send another.
    #[error("the offer cannot be answered: {0}")]
    Offer(String),
    /// Open the room first.
    #[error("there is no media room {}", .0.0)]
    NoRoom(RoomKey),
    /// The thread is gone; start another.
    #[error("forwarding has stopped")]
    Stopped,
}

/// The running unit. Dropping it says goodbye to everybody and ends its thread.
#[derive(Debug)]
pub struct Sfu {
    local: SocketAddr,
    identity: Arc<Identity>,
    commands: mpsc::Sender<Command>,
    waker: Arc<mio::Waker>,
    traffic: Arc<Traffic>,
    thread: Option<JoinHandle<()>>,
}

impl Sfu {
    /// Binds the socket and starts the thread. Events come in the order they happen; the receiver
    /// should not lag for long, for nothing is dropped.
    ///
    /// # Errors
    /// [`SfuError::Listen`] when the port is taken, [`SfuError::Start`] when the system refuses.
    pub fn start(config: Config) -> Result<(Sfu, UnboundedReceiver<SfuEvent>), SfuError> {
        let listen = config.listen;
        let bind = |source| SfuError::Listen { listen, source };
        let socket = socket::bind(listen).map_err(bind)?;
        let local = socket.local_addr().map_err(bind)?;
        let candidates = socket::candidates(local, &config.advertise);
        let identity = Arc::new(Identity::new(candidates)?);
        let (commands, inbox) = mpsc::channel();
        let (events, outbox) = tokio::sync::mpsc::unbounded_channel();
        let start = |error: std::io::Error| SfuError::Start(error.to_string());
        let (driver, waker) =
            Driver::new(socket, identity.clone(), inbox, events).map_err(start)?;
        let traffic = driver.traffic();
        #[expect(clippy::disallowed_methods, reason = "this is the thread's named owner")]
        let thread = std::thread::Builder::new()
            .name("sfu".to_owned())
            .spawn(move || driver.run())
            .map_err(start)?;
        let sfu = Sfu { local, identity, commands, waker, traffic, thread: Some(thread) };
        Ok((sfu, outbox))
    }

    /// The socket's address.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Datagrams that left since the start, and those that the system had no room for.
    pub fn datagrams(&self) -> (u64, u64) {
        let Traffic { sent, dropped } = &*self.traffic;
        (sent.load(Ordering::Relaxed), dropped.load(Ordering::Relaxed))
    }

    /// Makes a room, if it is not there.
    pub fn open_room(&self, room: RoomKey) {
        self.send(Command::OpenRoom(room));
    }

    /// Ends everybody's connection in a room and forgets it.
    pub fn close_room(&self, room: RoomKey) {
        self.send(Command::CloseRoom(room));
    }

    /// Answers an offer (SDP, RFC 8866). Replaces the participant's earlier connection; what
    /// [`Sfu::watch`] and [`Sfu::publish`] said about them stays. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`SfuError::Offer`] says what is wrong with the offer or the announced streams,
    /// [`SfuError::NoRoom`] and [`SfuError::Stopped`] what they say.
    pub async fn offer(
        &self,
        room: RoomKey,
        participant: ParticipantId,
        sdp: String,
        streams: Vec<SendingStream>,
    ) -> Result<String, SfuError> {
        let identity = self.identity.clone();
        // Parsing an offer takes milliseconds: neither the media thread nor the runtime waits.
        let accept = move || Peer::accept(&identity, room, participant, &sdp, &streams);
        let accepted = tokio::task::spawn_blocking(accept).await;
        let (peer, answer) =
            accepted.map_err(|_| SfuError::Offer("it could not be understood".to_owned()))??;
        let (reply, replied) = oneshot::channel();
        self.send(Command::Add(Box::new(peer), reply));
        replied.await.map_err(|_| SfuError::Stopped)??;
        Ok(answer)
    }

    /// Ends somebody's connection and forgets them.
    pub fn remove(&self, room: RoomKey, participant: ParticipantId) {
        self.send(Command::Remove(room, participant));
    }

    /// The pictures that somebody wants, most important first; replaces the earlier wish. As many
    /// are bound as there are video slots in the offer.
    pub fn watch(&self, room: RoomKey, participant: ParticipantId, watch: Vec<Watch>) {
        self.send(Command::Watch(room, participant, watch));
    }

    /// What may be forwarded from somebody; nothing until this says so.
    pub fn publish(&self, room: RoomKey, participant: ParticipantId, media: Media) {
        self.send(Command::Publish(room, participant, media));
    }

    fn send(&self, command: Command) {
        // Both fail only when the thread is gone: then `offer` says so, and the rest is moot.
        if self.commands.send(command).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl Drop for Sfu {
    fn drop(&mut self) {
        self.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
