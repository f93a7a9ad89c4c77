//! The nouns that messages carry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A participant within one conference; never reused while the conference lives.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct ParticipantId(pub u32);

/// What a room is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Few present, many watch: attendees neither speak nor show themselves until promoted.
    Webinar,
    /// Everybody may speak and show themselves.
    GroupCall,
}

/// What a participant may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Moderates: admits, promotes, ends.
    Host,
    /// Speaks and shows, moderates nothing.
    Presenter,
    /// Watches a webinar; takes part in a group call.
    Attendee,
}

/// How a participant came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantKind {
    /// Signed in.
    User,
    /// By link, with a display name and no account.
    Guest,
}

/// One live run of a room. `Waiting → Live ⇄ OnHold → Ended`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConferenceState {
    /// No host has come yet.
    Waiting,
    /// At least one host is in.
    Live,
    /// The last host left; guests wait.
    OnHold,
    /// Over.
    Ended,
}

/// What a sending media line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// Voice.
    Microphone,
    /// The camera's picture.
    Camera,
    /// A shared screen or window.
    Screen,
}

/// Somebody in the conference, as everybody sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub id: ParticipantId,
    /// Display name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How they came.
    pub kind: ParticipantKind,
    /// Whether they may send sound and picture now; follows from role and room kind.
    pub may_publish: bool,
    /// Their microphone is on and sending.
    pub microphone: bool,
    /// Their camera is on and sending.
    pub camera: bool,
    /// They share a screen.
    pub screen: bool,
    /// When the hand went up, Unix milliseconds; `None` when it is down. Sort by it for the queue.
    pub hand_raised_at_ms: Option<i64>,
}

/// How well media travels.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    /// Nothing to complain of.
    #[default]
    Good,
    /// Noticeable.
    Weak,
    /// Hard to follow, or nothing gets through.
    Bad,
}

/// One direction of somebody's way to the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayQuality {
    /// How well.
    pub level: QualityLevel,
    /// The share of packets that are lost before any repair, percent; guests are not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_percent: Option<u8>,
}

/// How well somebody's media travels between them and the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonQuality {
    /// Whose.
    pub participant: ParticipantId,
    /// From them to the hub: what others see and hear of them.
    pub uplink: WayQuality,
    /// From the hub to them: what they see and hear.
    pub downlink: WayQuality,
}

/// Who reads a chat line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum ChatScope {
    /// Everybody inside.
    Everyone,
    /// Hosts and presenters.
    Hosts,
    /// One person.
    Private {
        /// The reader.
        participant: ParticipantId,
    },
}

/// A chat line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatLine {
    /// Increases within a room.
    pub id: i64,
    /// The writer while still in the conference.
    pub from: Option<ParticipantId>,
    /// The writer's display name when it was written.
    pub from_name: String,
    /// The writer's account: in what members of a room read outside of its conference, and never of a
    /// guest. Display names are not unique, and guests choose theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Who reads it.
    pub scope: ChatScope,
    /// The text, 1 to [`crate::MAX_CHAT_CHARS`] characters.
    pub text: String,
    /// When, Unix milliseconds.
    pub at_ms: i64,
}

/// What a room allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct RoomPolicy {
    /// Guests may come in, by link or by number: the room is public.
    pub guests: bool,
    /// Guests who come by number need the PIN as well. By telephone they always do.
    pub pin_required: bool,
    /// Whoever is no host waits until a host lets them in.
    pub waiting_room: bool,
    /// Every signed-in user of this hub moderates.
    pub users_moderate: bool,
    /// Others than hosts and presenters may write to everybody.
    pub chat_everyone: bool,
    /// Microphones are off on entry.
    pub join_muted: bool,
}

impl RoomPolicy {
    /// What a new room of that kind allows.
    pub fn default_for(kind: RoomKind) -> RoomPolicy {
        RoomPolicy {
            guests: true,
            pin_required: false,
            waiting_room: false,
            users_moderate: kind == RoomKind::GroupCall,
            chat_everyone: true,
            join_muted: false,
        }
    }
}

/// Somebody in front of the door, as the hosts see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingPerson {
    /// Who.
    pub id: ParticipantId,
    /// Display name.
    pub name: String,
    /// How they came.
    pub kind: ParticipantKind,
    /// Since when, Unix milliseconds.
    pub since_ms: i64,
}

/// What a participant knows of the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// Nine digits.
    pub number: String,
    /// For telephone guests; only hosts get it.
    pub pin: Option<String>,
    /// The guest page's path, `/j/<token>`; only hosts get it.
    pub link_path: Option<String>,
    /// What it allows.
    pub policy: RoomPolicy,
}

/// What a video slot, or an audio slot, carries now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotBinding {
    /// The slot's media line in the receiver's own offer.
    pub mid: String,
    /// Whose stream; `None` when the slot is empty.
    pub participant: Option<ParticipantId>,
    /// Which of their streams.
    pub source: MediaSource,
}

/// The whole conference as one participant may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The receiver's own id.
    pub you: ParticipantId,
    /// The room.
    pub room: RoomInfo,
    /// Its state.
    pub state: ConferenceState,
    /// When it went live, Unix milliseconds.
    pub live_since_ms: Option<i64>,
    /// Everybody inside, oneself included, by id.
    pub participants: Vec<Participant>,
    /// The last lines of the chat that the receiver may read, oldest first.
    pub chat: Vec<ChatLine>,
    /// Whether a host locked the conference.
    pub locked: bool,
    /// Who waits in front of the door, in order; only hosts get it.
    pub waiting: Vec<WaitingPerson>,
}
