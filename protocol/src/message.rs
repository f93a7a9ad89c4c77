//! What travels over the WebSocket.

use crate::model::*;
use serde::{Deserialize, Serialize};

/// How somebody proves that they may enter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Credential {
    /// A signed-in user enters a room by its number.
    Session {
        /// From [`crate::SignedIn`].
        token: String,
        /// Nine digits.
        number: String,
        /// Display name for this conference, 1 to [`crate::MAX_NAME_CHARS`] characters; the conference
        /// profile's, or else the account's, without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A guest enters by link.
    Link {
        /// The last path segment of the guest page.
        link: String,
        /// Display name, 1 to [`crate::MAX_NAME_CHARS`] characters.
        name: String,
    },
    /// A guest enters by the room's number, and its PIN where it asks for one.
    Number {
        /// Nine digits; blanks do not matter.
        number: String,
        /// Six digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<String>,
        /// Display name, 1 to [`crate::MAX_NAME_CHARS`] characters.
        name: String,
    },
    /// Somebody whose connection broke comes back as the same participant.
    Resume {
        /// From [`HubMessage::Joined`].
        token: String,
    },
}

impl std::fmt::Debug for Credential {
    /// Never prints a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Credential::Session { number, .. } => write!(f, "Session({number})"),
            Credential::Link { name, .. } => write!(f, "Link({name:?})"),
            Credential::Number { number, name, .. } => write!(f, "Number({number}, {name:?})"),
            Credential::Resume { .. } => write!(f, "Resume"),
        }
    }
}

/// One stream that a client is going to send, signalled beside its offer because the SDP alone
/// does not pair simulcast SSRCs with their retransmission SSRCs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingStream {
    /// The media line in the offer.
    pub mid: String,
    /// What it carries.
    pub source: MediaSource,
    /// The layer; `None` without simulcast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rid: Option<String>,
    /// The layer's SSRC; browsers leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssrc: Option<u32>,
    /// Its RFC 4588 retransmission SSRC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtx_ssrc: Option<u32>,
}

/// A picture that a client wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Whose.
    pub participant: ParticipantId,
    /// Camera or screen.
    pub source: MediaSource,
    /// How many lines the tile really shows, in physical pixels.
    pub max_lines: u32,
}

/// Client → hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message on every connection.
    Join {
        /// [`crate::VERSION`].
        version: u32,
        /// Who.
        credential: Credential,
    },
    /// An SDP offer for a fresh peer connection; replaces an earlier one.
    Offer {
        /// SDP, RFC 8866.
        sdp: String,
        /// Every stream it will send.
        streams: Vec<SendingStream>,
    },
    /// What leaves this machine now.
    Media {
        /// Microphone open.
        microphone: bool,
        /// Camera on.
        camera: bool,
        /// Screen shared.
        screen: bool,
    },
    /// The pictures wanted, most important first; replaces the earlier wish. The hub binds as many
    /// as there are video slots.
    Watch {
        /// In order of importance.
        videos: Vec<Watch>,
    },
    /// Write a chat line.
    Chat {
        /// Who shall read it.
        scope: ChatScope,
        /// The text.
        text: String,
    },
    /// Raise or lower the own hand.
    Hand {
        /// Up or down.
        raised: bool,
        /// Up where it was before [`HubMessage::HandDropped`], if that was at most 10 s ago; later it
        /// is raised like any other.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restore: bool,
    },
    /// Host: lower somebody's hand.
    LowerHand {
        /// Whose.
        participant: ParticipantId,
    },
    /// Host: change what somebody may do.
    SetRole {
        /// Whose.
        participant: ParticipantId,
        /// To what.
        role: Role,
    },
    /// Host: lower every hand.
    LowerAllHands,
    /// Host: let somebody in who knocks.
    Admit {
        /// Whom.
        participant: ParticipantId,
    },
    /// Host: let everybody in who knocks.
    AdmitAll,
    /// Host: send somebody away, from inside or from the waiting list. A user does not get back into
    /// this conference, with any device; a guest not as the same participant: one who comes anew by
    /// link cannot be recognised, so lock the conference against them.
    Remove {
        /// Whom.
        participant: ParticipantId,
    },
    /// Host: switch off somebody's microphone. Only they can open it again.
    Mute {
        /// Whose.
        participant: ParticipantId,
    },
    /// Host: switch off the microphones of all who are not hosts.
    MuteAll,
    /// Host: change the room's policies; counts for this conference and, unless the host is a guest,
    /// stays with the room.
    SetPolicy {
        /// All of them.
        policy: RoomPolicy,
    },
    /// Host: nobody else comes in while the conference is locked; hosts always do.
    Lock {
        /// Locked or open.
        locked: bool,
    },
    /// Host: send everybody but the hosts to the waiting screen, or bring them back.
    Hold {
        /// On hold or live.
        held: bool,
    },
    /// Go.
    Leave,
    /// Host: end the conference for all.
    End,
}

/// Why somebody stays outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The client speaks another protocol version.
    Version,
    /// The link leads nowhere, or no longer.
    Link,
    /// The session is unknown or over: sign in again.
    Session,
    /// No such room, or not for this user.
    Room,
    /// The display name is empty or too long.
    Name,
    /// The conference is over.
    Ended,
    /// The resume token is unknown: join anew.
    Resume,
    /// The conference has no place left.
    Full,
    /// There is no room with that number and PIN, or it takes no guests; which of them is not told.
    Number,
    /// Too many wrong numbers or PINs: later again.
    TooManyTries,
    /// The room takes no guests now.
    NoGuests,
    /// All guest places of this hub are taken.
    NoGuestPlace,
    /// A host locked the conference.
    Locked,
    /// A host removed this person from the conference.
    Removed,
}

/// Why somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// No host has come yet.
    NoHost,
    /// The last host left, or a host put the conference on hold.
    OnHold,
    /// A host has to let them in.
    Knock,
}

/// Why a conference is over for the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// They left.
    Left,
    /// A host ended it for all.
    EndedByHost,
    /// The same participant came back on another connection.
    Replaced,
    /// A host removed the receiver.
    Removed,
    /// Nobody else came within the time that a spontaneous conference waits.
    NobodyCame,
    /// A hold lasted too long.
    HeldTooLong,
    /// The hub stops; come back in a moment.
    HubStops,
}

/// Hub → client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HubMessage {
    /// Inside. Sent on every (re)connect, when a wait ends, and when too much changes at once for
    /// deltas, as at the beginning and the end of a hold; everything after it is a delta.
    Joined {
        /// Lets [`Credential::Resume`] come back as the same participant.
        resume_token: String,
        /// The conference.
        snapshot: Snapshot,
    },
    /// Outside, and waiting. No media, no chat, no names.
    Waiting {
        /// Why.
        reason: WaitReason,
        /// The room's name.
        room_name: String,
        /// Lets [`Credential::Resume`] come back to the same place in the queue.
        resume_token: String,
    },
    /// Outside for good; the hub closes the connection.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// The answer to [`ClientMessage::Offer`].
    Answer {
        /// SDP.
        sdp: String,
    },
    /// The offer could not be used.
    OfferRefused {
        /// What is wrong with it, in English, for the log.
        detail: String,
    },
    /// Somebody came.
    ParticipantJoined {
        /// Who.
        participant: Participant,
    },
    /// Something about somebody changed; the whole new record.
    ParticipantChanged {
        /// Who.
        participant: Participant,
    },
    /// Somebody went.
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
    },
    /// The conference's state changed.
    State {
        /// To what.
        state: ConferenceState,
        /// When it went live, Unix milliseconds.
        live_since_ms: Option<i64>,
    },
    /// To hosts: everybody who waits, in the order in which they came.
    WaitingList {
        /// All of them.
        waiting: Vec<WaitingPerson>,
    },
    /// The room's policies changed.
    Policy {
        /// All of them.
        policy: RoomPolicy,
    },
    /// The conference was locked or opened.
    Locked {
        /// Locked or open.
        locked: bool,
    },
    /// The receiver has been speaking for some seconds, so their hand goes down, as
    /// the next `participant_changed` says; [`ClientMessage::Hand`] can restore it.
    HandDropped {
        /// When it had been raised, Unix milliseconds.
        raised_at_ms: i64,
    },
    /// Whose way to or from the hub is not good; whoever is not named has a good one. Sent at most
    /// every 2 s, when something changed, and after `joined` when somebody is to be named.
    Quality {
        /// All of them, by id.
        people: Vec<PersonQuality>,
    },
    /// A host switched the receiver's microphone off: stop sending.
    Muted {
        /// The host's display name; empty when the room mutes everybody who comes in.
        by: String,
    },
    /// A chat line.
    Chat {
        /// It.
        line: ChatLine,
    },
    /// What the slots carry from now on; all of them.
    Slots {
        /// One for each slot that was ever bound.
        slots: Vec<SlotBinding>,
    },
    /// Who is heard, loudest first.
    Speakers {
        /// At most as many as there are audio slots.
        participants: Vec<ParticipantId>,
    },
    /// Which of the receiver's own layers somebody watches, so that nothing else is encoded.
    Layers {
        /// Per source: the RIDs; an empty list stops the source's encoders. Without simulcast the
        /// one layer is called `""`.
        camera: Vec<String>,
        /// Likewise for the shared screen.
        screen: Vec<String>,
        /// Whether anybody receives the microphone.
        microphone: bool,
    },
    /// A wish was refused; nothing changed.
    Denied {
        /// What was wrong, in English, for the log.
        detail: String,
    },
    /// Over for the receiver; the hub closes the connection.
    Ended {
        /// Why.
        reason: EndReason,
    },
}
