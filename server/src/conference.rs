//! The rules of one live run of a room, `Waiting → Live ⇄ OnHold → Ended`, as a pure state machine.
//!
//! Commands come in with `now`; what has to happen comes out as [`Effect`]s, in order, through
//! [`Conference::take_effects`]. It owns no socket, no clock and no database.
//!
//! The invariants, checked by the property test: somebody is inside only while a host is, and while
//! the conference is on hold nobody but hosts; whoever waits gets no name, no chat line and no media;
//! a locked conference takes in hosts only; whoever was removed stays out; the limits hold; an id is
//! never used twice.
//!
//! The rules by topic: `admission`, `phases`, `moderation`, `people`, `hands`, `chat`, `quality`, and
//! `view` for what a participant is shown. Here are the commands, the effects and what all topics share.

mod admission;
mod chat;
mod hands;
mod moderation;
mod people;
mod phases;
mod quality;
mod view;

pub use admission::{GRACE, GROUP_CALL_CAPACITY, ResumeToken, WEBINAR_CAPACITY};
pub use chat::CHAT_KEPT;
pub use hands::{RESTORE_WITHIN, SUSTAINED_SPEECH};
pub use phases::{ALONE_LIMIT, EMPTY_HOLD_LIMIT, HOLD_LIMIT};
pub use quality::QUALITY_INTERVAL;

use crate::happenings::Person;
use chat::StoredLine;
use protocol::{
    ChatLine, ClientMessage, ConferenceState, EndReason, HubMessage, Participant, ParticipantId,
    ParticipantKind, PersonQuality, Role, RoomInfo, RoomPolicy, SendingStream, Watch,
};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
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
    /// The account; `None` for guests.
    pub user: Option<i64>,
    /// What the token of the session that they come with hashes to; `None` for guests.
    pub session: Option<[u8; 32]>,
    /// What they may do.
    pub role: Role,
    /// Random; becomes part of the resume token.
    pub secret: String,
}

/// How a run begins.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The run; part of its resume tokens.
    pub run: u64,
    /// The room, with everything that a host may see.
    pub room: RoomInfo,
    /// The id of the next chat line.
    pub next_chat: i64,
    /// The room goes with this run.
    pub ad_hoc: bool,
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
    /// Keep a chat line for good, and tell [`Conference::chat_kept`] how it went: only then is it heard.
    KeepChat {
        /// It.
        line: ChatLine,
        /// The writer's user id; `None` for a guest.
        user: Option<i64>,
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
    /// Keep the room's policies for good.
    KeepPolicy {
        /// Who decided it: counts for the room if it is theirs or they belong to it.
        by: i64,
        /// All of them.
        policy: RoomPolicy,
    },
    /// The room was there for this run only: delete it.
    DeleteRoom,
    /// For the records: the state changed.
    State {
        /// To what.
        state: ConferenceState,
    },
    /// For the records: somebody came in.
    Entered {
        /// Who.
        person: Person,
    },
    /// For the records: somebody is no longer inside.
    Left {
        /// Who.
        person: Person,
    },
    /// For the records: how many wait changed.
    Waiting {
        /// So many now.
        count: usize,
    },
}

/// How a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunStatus {
    /// Its state.
    pub state: ConferenceState,
    /// How many are inside.
    pub inside: usize,
    /// How many wait.
    pub waiting: usize,
    /// How many of all of them are guests.
    pub guests: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Up(ConnectionId),
    Down { until: Instant },
}

struct Member {
    public: Participant,
    user: Option<i64>,
    session: Option<[u8; 32]>,
    inside: bool,
    /// Was inside: after a hold they need not knock again.
    admitted: bool,
    /// The room mutes on entry, and they have not said yet what they send.
    mute_on_entry: bool,
    waiting_since_ms: i64,
    link: Link,
    secret: String,
    /// Lowered because they spoke; may go up again at its old place.
    dropped_hand: Option<hands::Dropped>,
    /// Whose quality they were last told.
    quality_told: Vec<PersonQuality>,
}

/// One live run of a room.
pub struct Conference {
    run: u64,
    room: RoomInfo,
    ad_hoc: bool,
    state: ConferenceState,
    locked: bool,
    live_since_ms: Option<i64>,
    members: BTreeMap<ParticipantId, Member>,
    by_connection: HashMap<ConnectionId, ParticipantId>,
    next_participant: u32,
    chat: VecDeque<StoredLine>,
    /// Said, and on their way to the database.
    unkept: VecDeque<StoredLine>,
    next_chat: i64,
    last_hand_ms: i64,
    /// Who speaks, and since when.
    floor: Option<hands::Floor>,
    /// Whose way to or from the hub is not good.
    quality: Vec<PersonQuality>,
    /// When it was last compared with what people know.
    quality_looked_at: Option<Instant>,
    timers: phases::Timers,
    removed_users: HashSet<i64>,
    removed: HashMap<ParticipantId, moderation::Removed>,
    /// Who waits may be others than hosts and records were told.
    waiting_changed: bool,
    waiting_told: Vec<ParticipantId>,
    effects: Vec<Effect>,
}

impl Conference {
    /// A run that nobody has come to yet.
    pub fn new(opening: Opening) -> Conference {
        Conference {
            run: opening.run,
            room: opening.room,
            ad_hoc: opening.ad_hoc,
            state: ConferenceState::Waiting,
            locked: false,
            live_since_ms: None,
            members: BTreeMap::new(),
            by_connection: HashMap::new(),
            next_participant: 1,
            chat: VecDeque::new(),
            unkept: VecDeque::new(),
            next_chat: opening.next_chat,
            last_hand_ms: 0,
            floor: None,
            quality: Vec::new(),
            quality_looked_at: None,
            timers: phases::Timers::default(),
            removed_users: HashSet::new(),
            removed: HashMap::new(),
            waiting_changed: false,
            waiting_told: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// The state; nothing happens any more in `Ended`.
    pub fn state(&self) -> ConferenceState {
        self.state
    }

    /// Whether a host locked it.
    pub fn locked(&self) -> bool {
        self.locked
    }

    /// What the room allows now.
    pub fn policy(&self) -> RoomPolicy {
        self.room.policy
    }

    /// How it is doing.
    pub fn status(&self) -> RunStatus {
        let inside = self.members.values().filter(|member| member.inside).count();
        let guest = |member: &&Member| member.public.kind == ParticipantKind::Guest;
        let guests = self.members.values().filter(guest).count();
        RunStatus { state: self.state, inside, waiting: self.members.len() - inside, guests }
    }

    /// What has to happen, in order, since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// A message from somebody who joined or waits. `Join` is not one: see [`Conference::join`].
    pub fn handle(&mut self, now: Now, connection: ConnectionId, message: ClientMessage) {
        let Some(&id) = self.by_connection.get(&connection) else { return };
        let Some(member) = self.members.get(&id) else { return };
        let outcome = match message {
            ClientMessage::Leave => {
                self.dismiss(connection, EndReason::Left);
                self.remove(now, id);
                // The lock was for those who were here. Were the last one's link broken instead,
                // they would find it as they left it.
                self.locked &= !self.members.is_empty();
                Ok(())
            }
            _ if !member.inside => Err("you wait: only leave is possible"),
            message => self.carry_out(now, id, connection, message),
        };
        if let Err(detail) = outcome {
            self.send(vec![connection], HubMessage::Denied { detail: detail.to_owned() });
        }
        self.tell_waiting();
    }

    /// A wish of somebody inside.
    fn carry_out(
        &mut self,
        now: Now,
        id: ParticipantId,
        connection: ConnectionId,
        message: ClientMessage,
    ) -> Result<(), &'static str> {
        match message {
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
            ClientMessage::Hand { raised: true, restore: true } => {
                self.restore_hand(now, id);
                Ok(())
            }
            ClientMessage::Hand { raised: true, .. } => {
                self.raise_hand(now, id);
                Ok(())
            }
            ClientMessage::Hand { raised: false, .. } => {
                self.lower_hands(&[id]);
                Ok(())
            }
            ClientMessage::LowerHand { participant } if participant == id => {
                self.lower_hands(&[id]);
                Ok(())
            }
            wish_of_a_host => self.moderate(now, id, wish_of_a_host),
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

    fn ids(&self, wanted: impl Fn(&Member) -> bool) -> Vec<ParticipantId> {
        self.members.values().filter(|m| wanted(m)).map(|m| m.public.id).collect()
    }

    fn inside_mut(&mut self, id: ParticipantId) -> Result<&mut Member, &'static str> {
        self.members.get_mut(&id).filter(|member| member.inside).ok_or("no such participant")
    }

    /// How many hosts are inside.
    fn hosts(&self) -> usize {
        self.members.values().filter(|member| member.inside && member.is_host()).count()
    }
}

impl Member {
    fn is_host(&self) -> bool {
        self.public.role == Role::Host
    }

    fn person(&self) -> Person {
        let Participant { id, name, kind, role, .. } = self.public.clone();
        Person { id, user: self.user, name, kind, role }
    }
}
