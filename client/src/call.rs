//! One call: the WebSocket to the hub and the engine, tied together.
//!
//! [`Call::join`] starts a driver on the `net` runtime. The window sends wishes and drains
//! [`CallEvent`]s; offers, answers and layers travel between hub and engine without it.

mod event;
mod standing;
mod translate;
mod wire;

pub use event::{CallEvent, Link};

use crate::net::{Door, Socket};
use crossbeam::channel::Receiver;
use engine::engine::{Command, Connection, Engine, Event as EngineEvent};
use event::Outlet;
use futures_util::StreamExt;
use protocol::{
    ClientMessage, Credential, EndReason, HubMessage, ParticipantId, Refusal, SlotBinding,
};
use standing::Standing;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use translate::{offer_message, slot_commands, volumes};
use wire::{connect, send};

/// How long the hub may stay silent before the link counts as broken; it pings every 5 s.
const SILENCE: Duration = Duration::from_secs(15);
/// Waits between attempts; the last repeats.
const RETRY: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// What the window asks of a call.
enum Wish {
    /// Tell the hub.
    Say(ClientMessage),
    /// Play somebody at so many percent.
    Volume(ParticipantId, u8),
    /// Make media anew.
    Restart,
}

/// A call in progress. Dropping it leaves.
pub struct Call {
    wishes: UnboundedSender<Wish>,
    events: Receiver<CallEvent>,
    engine: Arc<Engine>,
    driver: Option<JoinHandle<()>>,
}

impl Call {
    /// Joins the conference behind `credential` through `door` with `engine`'s media. `wake` is called after every
    /// event.
    pub fn join(
        runtime: &tokio::runtime::Handle,
        door: impl Into<Door>,
        credential: Credential,
        engine: Arc<Engine>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Call {
        let (wishes, wish_source) = unbounded_channel();
        let (out, events) = crossbeam::channel::unbounded();
        let driver = Driver {
            door: door.into(),
            entry: credential,
            resume: None,
            engine: engine.clone(),
            out: Outlet { events: out, wake },
            standing: Standing::default(),
            slots: Vec::new(),
            volumes: HashMap::new(),
            you: None,
            connection: Connection::Closed,
            attempt: 0,
            media_attempt: 0,
            media_retry: None,
        };
        let driver = Some(runtime.spawn(driver.run(wish_source)));
        Call { wishes, events, engine, driver }
    }

    /// Sends a message to the hub. While the link is broken, and outside of the conference, only the
    /// newest `Media` and `Watch` are kept; for all others but chat, whose lines wait for their echo,
    /// [`CallEvent::Unsaid`] follows.
    pub fn send(&self, message: ClientMessage) {
        // The driver is gone only after `Link::Closed`, when there is nobody left to ask.
        let _ = self.wishes.send(Wish::Say(message));
    }

    /// Plays somebody at so many percent from now on, 0 to 200, whatever slot carries them and however
    /// often the connection breaks; for as long as this call knows them by that id.
    pub fn set_volume(&self, participant: ParticipantId, percent: u8) {
        let _ = self.wishes.send(Wish::Volume(participant, percent.min(200)));
    }

    /// Makes connection, capture and playback anew, against disturbances. Nobody sees the user leave.
    pub fn restart(&self) {
        let _ = self.wishes.send(Wish::Restart);
    }

    /// Leaves now. What this gives is done once the hub was told, or cannot be.
    pub fn leave(mut self) -> impl Future<Output = ()> + Send + use<> {
        let driver = self.driver.take();
        drop(self);
        async {
            if let Some(driver) = driver
                && let Err(error) = driver.await
            {
                tracing::error!(%error, "the call did not end in order");
            }
        }
    }

    /// The next event, if there is one.
    pub fn poll(&self) -> Option<CallEvent> {
        self.events.try_recv().ok()
    }

    /// The next event within `timeout`.
    pub fn wait(&self, timeout: Duration) -> Option<CallEvent> {
        self.events.recv_timeout(timeout).ok()
    }

    /// The engine that carries this call's media.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let _ = self.wishes.send(Wish::Say(ClientMessage::Leave));
    }
}

/// How a connection ended.
enum Outcome {
    /// Do not come back.
    Over,
    /// Try again at once.
    Anew,
    /// Try again after a wait.
    Broken,
}

struct Driver {
    door: Door,
    /// How the call was first entered.
    entry: Credential,
    /// How to come back as the same participant.
    resume: Option<String>,
    engine: Arc<Engine>,
    out: Outlet,
    standing: Standing,
    slots: Vec<SlotBinding>,
    /// Percent; whoever is not named is at 100.
    volumes: HashMap<ParticipantId, u8>,
    /// Who we are on the present peer connection.
    you: Option<ParticipantId>,
    connection: Connection,
    /// Attempts since the hub last let us in.
    attempt: usize,
    /// Peer connections that failed since one last stood, and when the next is made.
    media_attempt: usize,
    media_retry: Option<Instant>,
}

impl Driver {
    async fn run(mut self, mut wishes: UnboundedReceiver<Wish>) {
        let mut engine_events = self.forward_engine_events();
        self.out.put(CallEvent::Link(Link::Connecting));
        loop {
            let attempt = connect(self.door.clone(), self.join_message());
            let Some(socket) = self.meanwhile(attempt, &mut wishes, &mut engine_events).await
            else {
                break;
            };
            if let Some(socket) = socket {
                match self.converse(socket, &mut wishes, &mut engine_events).await {
                    Outcome::Over => break,
                    Outcome::Anew => continue,
                    Outcome::Broken => {}
                }
            }
            let retry_in = RETRY[self.attempt.min(RETRY.len() - 1)];
            self.attempt += 1;
            self.out.put(CallEvent::Link(Link::Lost { retry_in }));
            let pause = tokio::time::sleep(retry_in);
            if self.meanwhile(pause, &mut wishes, &mut engine_events).await.is_none() {
                break;
            }
        }
        self.engine.send(Command::Disconnect);
        self.out.put(CallEvent::Link(Link::Closed));
        // Whoever drops an engine last waits for its threads, which is not for this one to do.
        tokio::task::spawn_blocking(move || drop(self.engine));
    }

    /// The engine speaks through a blocking channel; a small task brings it here.
    fn forward_engine_events(&self) -> UnboundedReceiver<EngineEvent> {
        let (tx, rx) = unbounded_channel();
        let source = self.engine.events().clone();
        tokio::task::spawn_blocking(move || {
            // Ends when the call ended or when the engine was dropped.
            while !tx.is_closed() {
                match source.recv_timeout(Duration::from_millis(100)) {
                    Ok(event) => {
                        if tx.send(event).is_err() {
                            break;
                        }
                    }
                    Err(crossbeam::channel::RecvTimeoutError::Timeout) => {}
                    Err(crossbeam::channel::RecvTimeoutError::Disconnected) => break,
                }
            }
        });
        rx
    }

    fn join_message(&self) -> ClientMessage {
        ClientMessage::Join {
            version: protocol::VERSION,
            credential: match &self.resume {
                Some(token) => Credential::Resume { token: token.clone() },
                None => self.entry.clone(),
            },
        }
    }

    async fn converse(
        &mut self,
        mut socket: Socket,
        wishes: &mut UnboundedReceiver<Wish>,
        engine_events: &mut UnboundedReceiver<EngineEvent>,
    ) -> Outcome {
        let mut silent_until = Instant::now() + SILENCE;
        self.standing.stay_outside();
        loop {
            let media_retry = self.media_retry;
            tokio::select! {
                frame = socket.next() => {
                    silent_until = Instant::now() + SILENCE;
                    match frame {
                        Some(Ok(Message::Text(text))) => {
                            if let Some(outcome) = self.heard(&text, &mut socket).await {
                                return outcome;
                            }
                        }
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return Outcome::Broken,
                        Some(Ok(_)) => {}
                    }
                }
                () = tokio::time::sleep_until(silent_until) => return Outcome::Broken,
                () = tokio::time::sleep_until(media_retry.unwrap_or(silent_until)),
                    if media_retry.is_some() =>
                {
                    self.media_retry = None;
                    self.engine.send(Command::Connect);
                }
                wish = wishes.recv() => {
                    let Some(wish) = wish else { return Outcome::Over };
                    let Some(wish) = self.take(wish) else { continue };
                    let leaving = wish == ClientMessage::Leave;
                    let sent = send(&mut socket, &wish).await;
                    if leaving {
                        let _ = socket.close(None).await;
                        return Outcome::Over;
                    }
                    if !sent {
                        self.not_sent(&wish);
                        return Outcome::Broken;
                    }
                }
                Some(event) = engine_events.recv() => {
                    if !self.engine_said(event, Some(&mut socket)).await {
                        return Outcome::Broken;
                    }
                }
            }
        }
    }

    /// Waits for `task` while there is no connection; `None` when the call is over meanwhile.
    async fn meanwhile<T>(
        &mut self,
        task: impl Future<Output = T>,
        wishes: &mut UnboundedReceiver<Wish>,
        engine_events: &mut UnboundedReceiver<EngineEvent>,
    ) -> Option<T> {
        tokio::pin!(task);
        loop {
            tokio::select! {
                done = &mut task => return Some(done),
                wish = wishes.recv() => match wish {
                    None | Some(Wish::Say(ClientMessage::Leave)) => return None,
                    Some(wish) => {
                        if let Some(message) = self.take(wish) {
                            self.not_sent(&message);
                        }
                    }
                },
                Some(event) = engine_events.recv() => {
                    self.engine_said(event, None).await;
                }
            }
        }
    }

    /// Carries out what concerns this side, and gives what is to be told to the hub.
    fn take(&mut self, wish: Wish) -> Option<ClientMessage> {
        match wish {
            Wish::Say(message) => self.standing.take(message),
            Wish::Volume(participant, percent) => {
                self.volumes.insert(participant, percent);
                self.engine.send(volumes(&self.slots, &self.volumes));
                None
            }
            Wish::Restart => {
                // The hub binds the slots of the fresh connection anew.
                self.slots.clear();
                (self.media_attempt, self.media_retry) = (0, None);
                self.engine.send(Command::Restart);
                None
            }
        }
    }

    /// Tells that a message did not get out, unless that mends itself.
    fn not_sent(&self, message: &ClientMessage) {
        let mends_itself = matches!(
            message,
            ClientMessage::Media { .. } | ClientMessage::Watch { .. } | ClientMessage::Chat { .. }
        );
        if !mends_itself {
            self.out.put(CallEvent::Unsaid);
        }
    }

    /// Handles a message of the hub; says when the connection is done with.
    async fn heard(&mut self, text: &str, socket: &mut Socket) -> Option<Outcome> {
        let message = match serde_json::from_str::<HubMessage>(text) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(%error, "the hub said something unknown; ignored");
                return None;
            }
        };
        match message {
            HubMessage::Answer { sdp } => self.engine.send(Command::Answer(sdp)),
            HubMessage::OfferRefused { detail } => {
                self.out.put(CallEvent::Engine(EngineEvent::Trouble(engine::Error::Transport(
                    format!("the hub refused the offer: {detail}"),
                ))));
                self.retry_media();
            }
            HubMessage::Layers { camera, screen, microphone } => {
                let screen = !screen.is_empty();
                self.engine.send(Command::SetLayers { camera, screen, microphone });
            }
            HubMessage::Refused { reason: Refusal::Resume } => {
                self.resume = None;
                self.you = None;
                self.volumes.clear();
                self.out.put(CallEvent::Anew);
                return Some(Outcome::Anew);
            }
            HubMessage::Refused { reason } => {
                self.out.put(CallEvent::Refused(reason));
                return Some(Outcome::Over);
            }
            HubMessage::Ended { reason: EndReason::HubStops } => {
                // It comes back: the broken link leads to the next try.
                self.out.put(CallEvent::Hub(HubMessage::Ended { reason: EndReason::HubStops }));
            }
            HubMessage::Ended { reason } => {
                self.out.put(CallEvent::Hub(HubMessage::Ended { reason }));
                return Some(Outcome::Over);
            }
            HubMessage::Joined { resume_token, snapshot } => {
                self.attempt = 0;
                self.resume = Some(resume_token.clone());
                let own = snapshot.participants.iter().find(|p| p.id == snapshot.you);
                self.standing.enter(own.is_some_and(|own| own.may_publish));
                // After a short break of the WebSocket alone media still flows: keep it.
                let same = self.you.replace(snapshot.you) == Some(snapshot.you);
                let kept = same && self.connection == Connection::Connected;
                self.media_retry = None;
                if !kept {
                    self.slots.clear();
                    self.engine.send(Command::Connect);
                }
                self.out.put(CallEvent::Link(Link::Up));
                self.out.put(CallEvent::Hub(HubMessage::Joined { resume_token, snapshot }));
                if kept {
                    self.repeat_wishes(socket).await;
                }
            }
            HubMessage::Waiting { reason, room_name, resume_token } => {
                self.attempt = 0;
                self.resume = Some(resume_token.clone());
                self.you = None;
                self.standing.stay_outside();
                self.engine.send(Command::Disconnect);
                self.out.put(CallEvent::Link(Link::Up));
                self.out.put(CallEvent::Hub(HubMessage::Waiting {
                    reason,
                    room_name,
                    resume_token,
                }));
            }
            HubMessage::Slots { slots } => {
                for command in slot_commands(&self.slots, &slots) {
                    self.engine.send(command);
                }
                self.engine.send(volumes(&slots, &self.volumes));
                self.slots.clone_from(&slots);
                self.out.put(CallEvent::Hub(HubMessage::Slots { slots }));
            }
            HubMessage::ParticipantChanged { participant } => {
                if self.you == Some(participant.id) && !participant.may_publish {
                    self.standing.silence();
                }
                self.out.put(CallEvent::Hub(HubMessage::ParticipantChanged { participant }));
            }
            other => self.out.put(CallEvent::Hub(other)),
        }
        None
    }

    /// Makes another peer connection after a wait, which grows while none stands.
    fn retry_media(&mut self) {
        let wait = RETRY[self.media_attempt.min(RETRY.len() - 1)];
        self.media_attempt += 1;
        self.media_retry = Some(Instant::now() + wait);
    }

    /// Says again what this side sends and wants to see; false when the socket broke over it.
    async fn repeat_wishes(&self, socket: &mut Socket) -> bool {
        for wish in self.standing.all() {
            if !send(socket, wish).await {
                return false;
            }
        }
        true
    }

    /// Passes an engine event on; false when the socket broke over it.
    async fn engine_said(&mut self, event: EngineEvent, socket: Option<&mut Socket>) -> bool {
        if let EngineEvent::Connection(state) = &event {
            self.connection = *state;
            if *state == Connection::Connected {
                self.media_attempt = 0;
            }
        }
        match event {
            EngineEvent::Offer(offer) => match socket {
                // A fresh connection knows neither what we send nor what we want to see.
                Some(socket) => {
                    send(socket, &offer_message(offer)).await && self.repeat_wishes(socket).await
                }
                // A fresh offer follows the next `Joined`.
                None => true,
            },
            EngineEvent::Connection(Connection::Failed) => {
                self.out.put(CallEvent::Engine(event));
                // The hub still knows us: a new peer connection is enough.
                self.retry_media();
                true
            }
            other => {
                self.out.put(CallEvent::Engine(other));
                true
            }
        }
    }
}
