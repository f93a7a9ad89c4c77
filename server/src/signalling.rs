//! One WebSocket connection: who is it, then messages both ways until it ends.

use crate::conference::Entrant;
use crate::hub::Shared;
use crate::live::{EntryError, OUTGOING_FRAMES, Seat};
use crate::room::{hash_token, random_token};
use crate::store::RoomRow;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::{
    ClientMessage, Credential, HubMessage, ParticipantKind, Refusal, Role, RoomInfo, RoomKind,
};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A connection that says nothing for so long after opening is closed.
const JOIN_WITHIN: Duration = Duration::from_secs(10);

/// How often the hub pings, and how long it hears nothing before it takes the connection for dead.
const PING_EVERY: Duration = Duration::from_secs(5);
const SILENCE_LIMIT: Duration = Duration::from_secs(15);

/// A frame that cannot be handed to the system for so long: the client does not read.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// Messages a second that a client may send for long, and how many at once. Beyond it the hub
/// reads more slowly; nothing is lost.
const MESSAGES_PER_SECOND: f64 = 40.0;
const MESSAGE_BURST: f64 = 120.0;

/// Serves a connection to its end.
pub async fn serve(shared: &Shared, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let mut stopping = shared.stopping.clone();
    let first = tokio::select! {
        first = timeout(JOIN_WITHIN, next_message(&mut stream)) => first,
        _ = stopping.wait_for(|stop| *stop) => return,
    };
    let (outgoing, frames) = mpsc::channel(OUTGOING_FRAMES);
    let seat = match first {
        Ok(Ok(Some(ClientMessage::Join { version, credential }))) => {
            enter(shared, version, credential, outgoing.clone()).await
        }
        Ok(Ok(Some(_))) => return close(sink, Fault::NOT_JOIN).await,
        Ok(Err(fault)) => return close(sink, fault).await,
        Ok(Ok(None)) | Err(_) => return,
    };
    // Only the seat holds the queue open: when the conference drops it, the writer ends.
    let faults = outgoing.downgrade();
    drop(outgoing);
    match seat {
        Ok(seat) => {
            let writer = tokio::spawn(write(sink, frames));
            let fault = read(shared, &seat, &mut stream, writer).await;
            if let (Some(fault), Some(outgoing)) = (fault, faults.upgrade()) {
                let _ = outgoing.try_send(Message::Close(Some(fault.frame())));
            }
            shared.live.disconnected(&seat);
        }
        Err(EntryError::Refused(reason)) => {
            if let Ok(text) = serde_json::to_string(&HubMessage::Refused { reason }) {
                let _ = timeout(SEND_WITHIN, sink.send(Message::text(text))).await;
            }
            let _ = timeout(SEND_WITHIN, sink.close()).await;
        }
        Err(EntryError::Store(error)) => {
            tracing::error!(%error, "somebody could not enter");
            close(sink, Fault { code: close_code::ERROR, reason: "try again later" }).await;
        }
    }
}

/// What is wrong with a connection.
struct Fault {
    code: u16,
    reason: &'static str,
}

impl Fault {
    const NOT_JOIN: Fault =
        Fault { code: close_code::POLICY, reason: "the first message must be join" };
    const NOT_TEXT: Fault =
        Fault { code: close_code::UNSUPPORTED, reason: "messages are text frames" };
    const MALFORMED: Fault =
        Fault { code: close_code::INVALID, reason: "not a message of this protocol" };
    const TOO_BIG: Fault = Fault { code: close_code::SIZE, reason: "the frame is too big" };

    fn frame(&self) -> CloseFrame {
        CloseFrame { code: self.code, reason: self.reason.into() }
    }
}

async fn close(mut sink: SplitSink<WebSocket, Message>, fault: Fault) {
    let _ = timeout(SEND_WITHIN, sink.send(Message::Close(Some(fault.frame())))).await;
}

/// The next message; `None` when the connection is over.
async fn next_message(stream: &mut SplitStream<WebSocket>) -> Result<Option<ClientMessage>, Fault> {
    loop {
        match stream.next().await {
            Some(Ok(frame)) => match parse(frame) {
                Ok(None) => {}
                other => return other,
            },
            Some(Err(error)) => {
                return if too_big(&error) { Err(Fault::TOO_BIG) } else { Ok(None) };
            }
            None => return Ok(None),
        }
    }
}

/// The message in a frame; `None` for pings, pongs and the closing frame, after which the stream
/// ends.
fn parse(frame: Message) -> Result<Option<ClientMessage>, Fault> {
    match frame {
        Message::Text(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
            tracing::info!(%error, "a malformed message");
            Fault::MALFORMED
        }),
        Message::Binary(_) => Err(Fault::NOT_TEXT),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
    }
}

/// Whether reading failed because of the size limit, rather than because the line is down.
fn too_big(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}

/// Reads until the connection, the writer or the silence limit ends it; returns what the client
/// did wrong.
async fn read(
    shared: &Shared,
    seat: &Seat,
    stream: &mut SplitStream<WebSocket>,
    mut writer: tokio::task::JoinHandle<()>,
) -> Option<Fault> {
    let mut budget = Budget::new(crate::clock::now().instant);
    loop {
        let frame = tokio::select! {
            frame = timeout(SILENCE_LIMIT, stream.next()) => frame,
            _ = &mut writer => return None,
        };
        let message = match frame {
            Ok(Some(Ok(frame))) => match parse(frame) {
                Ok(Some(message)) => message,
                Ok(None) => continue,
                Err(fault) => return Some(fault),
            },
            Ok(Some(Err(error))) if too_big(&error) => return Some(Fault::TOO_BIG),
            Ok(Some(Err(_)) | None) | Err(_) => return None,
        };
        let pause = budget.spend(crate::clock::now().instant);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        shared.live.handle(seat, message).await;
    }
}

/// Writes frames until the queue is closed, then says good-bye; pings in between.
async fn write(mut sink: SplitSink<WebSocket, Message>, mut frames: mpsc::Receiver<Message>) {
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let frame = tokio::select! {
            biased;
            frame = frames.recv() => frame,
            _ = pings.tick() => Some(Message::Ping(Default::default())),
        };
        let Some(frame) = frame else { break };
        let last = matches!(frame, Message::Close(_));
        if !matches!(timeout(SEND_WITHIN, sink.send(frame)).await, Ok(Ok(()))) || last {
            return;
        }
    }
    let _ = timeout(SEND_WITHIN, sink.close()).await;
}

async fn enter(
    shared: &Shared,
    version: u32,
    credential: Credential,
    outgoing: mpsc::Sender<Message>,
) -> Result<Seat, EntryError> {
    if version != protocol::VERSION {
        return Err(Refusal::Version.into());
    }
    let (room, name, kind, role) = match credential {
        Credential::Resume { token } => return Ok(shared.live.resume(&token, outgoing)?),
        Credential::Link { link, name } => {
            let room = shared.store.room_by_link(hash_token(&link)).await?;
            (room.ok_or(Refusal::Link)?, name, ParticipantKind::Guest, Role::Attendee)
        }
        Credential::Session { token, number } => {
            let now_ms = crate::clock::now().unix_ms;
            let user = shared.store.session_user(hash_token(&token), now_ms).await?;
            let user = user.ok_or(Refusal::Session)?;
            let number: String = number.chars().filter(char::is_ascii_digit).collect();
            let room = shared.store.room_by_number(&number).await?.ok_or(Refusal::Room)?;
            let role = role_of_user(&room, user.id);
            (room, user.display_name, ParticipantKind::User, role)
        }
    };
    let entrant = Entrant { name, kind, role, secret: random_token() };
    let info = shared.room_info(&room);
    shared.live.join(&room, info, entrant, outgoing).await
}

/// The owner moderates; in a group call every user of this hub does, in a webinar nobody is
/// promoted by merely signing in.
fn role_of_user(room: &RoomRow, user_id: i64) -> Role {
    if room.owner_id == user_id || room.kind == RoomKind::GroupCall {
        Role::Host
    } else {
        Role::Attendee
    }
}

impl Shared {
    /// A room as its hosts see it.
    fn room_info(&self, room: &RoomRow) -> RoomInfo {
        RoomInfo {
            name: room.name.clone(),
            kind: room.kind,
            number: room.number.clone(),
            pin: Some(room.pin.clone()),
            link_path: Some(self.link_path(room)),
        }
    }
}

/// A token bucket over received messages.
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn new(now: Instant) -> Budget {
        Budget { left: MESSAGE_BURST, at: now }
    }

    /// Takes one message and says how long to wait before it is handled.
    fn spend(&mut self, now: Instant) -> Duration {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * MESSAGES_PER_SECOND;
        self.left = (self.left + gained).min(MESSAGE_BURST) - 1.0;
        self.at = now;
        Duration::from_secs_f64((-self.left).max(0.0) / MESSAGES_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x4_internal_users_moderate_group_calls_but_not_other_peoples_webinars() {
        let mut room = RoomRow {
            id: 1,
            number: "483920175".to_owned(),
            name: "Room".to_owned(),
            kind: RoomKind::GroupCall,
            owner_id: 1,
            pin: "000000".to_owned(),
            link_nonce: Vec::new(),
            created_at_ms: 0,
        };
        assert_eq!(role_of_user(&room, 2), Role::Host);
        room.kind = RoomKind::Webinar;
        assert_eq!(role_of_user(&room, 2), Role::Attendee);
        assert_eq!(role_of_user(&room, 1), Role::Host);
    }

    #[test]
    fn a_flood_is_slowed_to_the_allowed_rate() {
        let start = crate::clock::now().instant;
        let (mut budget, mut now) = (Budget::new(start), start);
        for _ in 0..(MESSAGE_BURST as usize) {
            assert!(budget.spend(now).is_zero(), "a burst passes at once");
        }
        for _ in 0..200 {
            now += budget.spend(now);
        }
        let allowed = Duration::from_secs_f64(200.0 / MESSAGES_PER_SECOND);
        assert!(now - start >= allowed.mul_f64(0.95) && now - start <= allowed.mul_f64(1.1));
    }
}
