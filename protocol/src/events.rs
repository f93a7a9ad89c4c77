//! What travels over the live channel of a signed-in user, `GET /api/v1/events`.
//!
//! Users are named by their account, rooms by their number. What is not listed is at rest: a user
//! who is not in a list of presences is offline, a room that is not in a list of rooms is idle.

use crate::model::ChatLine;
use crate::{Call, CallAnswer, CallRoom, Refusal};
use serde::{Deserialize, Serialize};

/// Client → hub on the live channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventRequest {
    /// The first message on every connection.
    Hello {
        /// [`crate::VERSION`].
        version: u32,
        /// From [`crate::SignedIn`].
        token: String,
    },
    /// Whether the user wants to be left alone; counts until they go offline.
    Busy {
        /// Left alone, or not.
        busy: bool,
    },
    /// Answer a call that rings; the first answer of all machines counts.
    Answer {
        /// Which, from [`Event::Ring`].
        call: String,
        /// Take it, or decline. Who takes it then joins the room by its number.
        accept: bool,
    },
    /// Stop ringing for an own call.
    Cancel {
        /// Which, from [`crate::Call`].
        call: String,
    },
}

impl std::fmt::Debug for EventRequest {
    /// Never prints a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EventRequest::Hello { version, .. } => write!(f, "Hello({version})"),
            EventRequest::Busy { busy } => write!(f, "Busy({busy})"),
            EventRequest::Answer { call, accept } => write!(f, "Answer({call}, {accept})"),
            EventRequest::Cancel { call } => write!(f, "Cancel({call})"),
        }
    }
}

/// Hub → client on the live channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The connection is not served; the hub closes it.
    Refused {
        /// [`Refusal::Version`] or [`Refusal::Session`].
        reason: Refusal,
    },
    /// Everything that the user may see. It comes first, and again whenever their contacts or rooms
    /// change; it replaces all that was known.
    Welcome {
        /// The own account and how the others see it.
        you: UserPresence,
        /// Contacts and the people of shared rooms who are not offline.
        people: Vec<UserPresence>,
        /// The user's rooms that are not idle.
        rooms: Vec<RoomStatus>,
        /// Calls that ring for the user.
        ringing: Vec<Ring>,
        /// The user's own calls that still ring somewhere.
        calling: Vec<Call>,
    },
    /// Presences that changed.
    Presence {
        /// Whose, and to what.
        people: Vec<UserPresence>,
    },
    /// Rooms that changed.
    Rooms {
        /// Which, and to what.
        rooms: Vec<RoomStatus>,
    },
    /// Somebody calls.
    Ring {
        /// Who, and where to.
        ring: Ring,
    },
    /// A call does not ring for this user any more.
    RingEnded {
        /// Which.
        call: String,
        /// Why: answered here or on another machine, or missed (time ran out, or the caller gave up).
        answer: CallAnswer,
    },
    /// To the caller: somebody answered, or did not.
    RingAnswer {
        /// Which call.
        call: String,
        /// Who.
        user: String,
        /// What.
        answer: CallAnswer,
    },
    /// A line was written into a room from outside its conference.
    RoomChat {
        /// The room's number.
        number: String,
        /// It.
        line: ChatLine,
    },
    /// A planner entry was made, changed or deleted, or a reply to it arrived: fetch it again.
    EntryChanged {
        /// Its key.
        entry: i64,
    },
    /// To the organiser: mail of an entry does not go out.
    MailTrouble {
        /// Its key.
        entry: i64,
        /// What is wrong, for people.
        detail: String,
    },
    /// The last request was not possible.
    Denied {
        /// For people.
        detail: String,
    },
}

/// How somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No machine of theirs is connected: they cannot be called.
    Offline,
    /// Reachable.
    Online,
    /// Reachable, but they asked to be left alone.
    Busy,
    /// In a conference.
    InCall,
}

/// A user and how they can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserPresence {
    /// The account's name.
    pub user: String,
    /// How.
    pub presence: Presence,
}

/// What goes on in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// Nobody is there.
    Idle,
    /// Somebody waits for a host to come.
    SomeoneWaits,
    /// A conference runs.
    Live,
    /// A conference waits for a host to come back.
    OnHold,
}

/// A room and what goes on in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoomStatus {
    /// Nine digits.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What goes on.
    pub state: RoomState,
    /// How many are inside.
    pub inside: usize,
    /// How many wait in front of the door.
    pub waiting: usize,
}

/// A call that rings for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// Names the call in [`EventRequest::Answer`].
    pub call: String,
    /// The caller's account.
    pub caller: String,
    /// The caller's display name.
    pub caller_name: String,
    /// Where to join after taking it.
    pub room: CallRoom,
    /// Just the two of them; otherwise the room's members are called.
    pub direct: bool,
    /// With pictures.
    pub video: bool,
    /// The user asked to be left alone: show it, but make no sound.
    pub quiet: bool,
    /// When it started, Unix milliseconds.
    pub since_ms: i64,
}
