//! The rules of one live run of a room, `Waiting → Live ⇄ OnHold → Ended`, as a pure state machine.
//!
//! Commands come in with `now`; what has to happen comes out as [`Effect`]s, in order, through
//! [`Conference::take_effects`]. It owns no socket, no clock and no database.
//!
//! The invariants, checked by the property test: somebody is inside exactly while a host is, so a
//! conference that is not `Live` has only waiting participants; whoever waits gets no name, no chat
//! line and no media; an id is never used twice.
//!
//! The rules by topic: `admission`, `people`, `chat`. Here are the commands, the effects and what all
//! topics share.

mod admission;
mod chat;
mod people;

pub use admission::{EMPTY_HOLD_LIMIT, GRACE, GROUP_CALL_CAPACITY, ResumeToken, WEBINAR_CAPACITY};
pub use chat::CHAT_KEPT;

use chat::StoredLine;
use protocol::{
    ChatLine, ClientMessage, ConferenceState, EndReason, HubMessage, Participant, ParticipantId,
    ParticipantKind, Role, RoomInfo, SendingStream, Watch,
};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Instant;

/// How many pictures one wish may name; more than any client has slots.
const MAX_WATCHED: usize = 64;

/// One WebSocket connection; never reused while the hub runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// The time of a command: monotonic for deadlines, Unix milliseconds for people.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For deadlines.
    pub instant: Instant,
    /// For what people read.
    pub unix_ms: i64,
}

/// Somebody who may enter, and as what.
#[derive(Debug, Clone)]
pub struct Entrant {
    /// Display name, as typed.
    pub name: String,
    /// How they came.
    pub kind: ParticipantKind,
    /// What they may do.
    pub role: Role,
    /// Random; becomes part of the resume token.
    pub secret: String,
}

/// What has to happen after a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send one message to each of these connections.
    Send {
        /// Whom.
        to: Vec<ConnectionId>,
        /// What.
        message: HubMessage,
    },
    /// Close a connection, after everything that was sent to it before.
    Close {
        /// Which.
        connection: ConnectionId,
    },
    /// Keep a chat line for good.
    KeepChat {
        /// It.
        line: ChatLine,
    },
    /// Answer an offer.
    Offer {
        /// Whose.
        participant: ParticipantId,
        /// Who gets the answer.
        connection: ConnectionId,
        /// The offer.
        sdp: String,
        /// What it will send.
        streams: Vec<SendingStream>,
    },
    /// Show somebody these pictures.
    Watch {
        /// To whom.
        participant: ParticipantId,
        /// In order of importance.
        videos: Vec<Watch>,
    },
    /// Forward these sources of somebody, and no others.
    Publish {
        /// Whose.
        participant: ParticipantId,
        /// Microphone.
        microphone: bool,
        /// Camera.
        camera: bool,
        /// Screen.
        screen: bool,
    },
    /// Take somebody's media connection away.
    RemoveMedia {
        /// Whose.
        participant: ParticipantId,
    },
    /// The run is over: take all media away.
    CloseMedia,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Up(ConnectionId),
    Down { until: Instant },
}

struct Member {
    public: Participant,
    inside: bool,
    link: Link,
    secret: String,
}

/// One live run of a room.
pub struct Conference {
    run: u64,
    room: RoomInfo,
    state: ConferenceState,
    live_since_ms: Option<i64>,
    members: BTreeMap<ParticipantId, Member>,
    by_connection: HashMap<ConnectionId, ParticipantId>,
    next_participant: u32,
    chat: VecDeque<StoredLine>,
    next_chat: i64,
    last_hand_ms: i64,
    empty_since: Option<Instant>,
    effects: Vec<Effect>,
}

impl Conference {
    /// A run that nobody has come to yet. `room` holds everything that a host may see; `next_chat`
    /// is the id of its next chat line.
    pub fn new(run: u64, room: RoomInfo, next_chat: i64) -> Conference {
        Conference {
            run,
            room,
            state: ConferenceState::Waiting,
            live_since_ms: None,
            members: BTreeMap::new(),
            by_connection: HashMap::new(),
            next_participant: 1,
            chat: VecDeque::new(),
            next_chat,
            last_hand_ms: 0,
            empty_since: None,
            effects: Vec::new(),
        }
    }

    /// The state; nothing happens any more in `Ended`.
    pub fn state(&self) -> ConferenceState {
        self.state
    }

    /// What has to happen, in order, since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The connections of everybody inside.
    pub fn connections_inside(&self) -> Vec<ConnectionId> {
        self.connections(|member| member.inside)
    }

    /// The connection of somebody inside; `None` for those who wait or whose link is broken.
    pub fn connection_inside(&self, participant: ParticipantId) -> Option<ConnectionId> {
        match self.members.get(&participant) {
            Some(Member { inside: true, link: Link::Up(connection), .. }) => Some(*connection),
            _ => None,
        }
    }

    /// Somebody's public record while they are inside.
    pub fn participant_inside(&self, participant: ParticipantId) -> Option<&Participant> {
        self.members.get(&participant).filter(|member| member.inside).map(|member| &member.public)
    }

    /// A message from somebody who joined or waits. `Join` is not one: see [`Conference::join`].
    pub fn handle(&mut self, now: Now, connection: ConnectionId, message: ClientMessage) {
        let Some(&id) = self.by_connection.get(&connection) else { return };
        let Some(member) = self.members.get(&id) else { return };
        let outcome = match message {
            ClientMessage::Leave => {
                self.dismiss(connection, EndReason::Left);
                self.remove(now, id);
                Ok(())
            }
            _ if !member.inside => Err("you wait: only leave is possible"),
            ClientMessage::Join { .. } => Err("you have joined already"),
            ClientMessage::Offer { sdp, streams } => {
                self.effects.push(Effect::Offer { participant: id, connection, sdp, streams });
                Ok(())
            }
            ClientMessage::Watch { mut videos } => {
                videos.truncate(MAX_WATCHED);
                self.effects.push(Effect::Watch { participant: id, videos });
                Ok(())
            }
            ClientMessage::Media { microphone, camera, screen } => {
                self.set_media(id, microphone, camera, screen)
            }
            ClientMessage::Chat { scope, text } => self.chat(now, id, scope, &text),
            ClientMessage::Hand { raised } => {
                self.set_hand(now, id, raised);
                Ok(())
            }
            ClientMessage::LowerHand { participant } => self.lower_hand(now, id, participant),
            ClientMessage::SetRole { participant, role } => self.set_role(id, participant, role),
            ClientMessage::End => self.end(id),
        };
        if let Err(detail) = outcome {
            self.send(vec![connection], HubMessage::Denied { detail: detail.to_owned() });
        }
    }

    fn send(&mut self, to: Vec<ConnectionId>, message: HubMessage) {
        if !to.is_empty() {
            self.effects.push(Effect::Send { to, message });
        }
    }

    fn connections(&self, wanted: impl Fn(&Member) -> bool) -> Vec<ConnectionId> {
        self.members
            .values()
            .filter(|member| wanted(member))
            .filter_map(|member| match member.link {
                Link::Up(connection) => Some(connection),
                Link::Down { .. } => None,
            })
            .collect()
    }

    fn inside_mut(&mut self, id: ParticipantId) -> Result<&mut Member, &'static str> {
        self.members.get_mut(&id).filter(|member| member.inside).ok_or("no such participant")
    }
}

#[cfg(test)]
mod tests;
