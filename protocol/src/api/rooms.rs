//! Rooms: what they are, who belongs to them, the links and numbers that lead guests to them.

use crate::model::{ConferenceState, RoomKind, RoomPolicy, WaitingPerson};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/rooms`: make a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreateRoom {
    /// 1 to 120 characters.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// The keys of the users who belong to it from the start, without its owner; at most 1000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<i64>,
    /// Room and number go with their conference.
    #[serde(default)]
    pub ad_hoc: bool,
}

/// `PATCH /api/v1/rooms/{number}`: what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRoom {
    /// 1 to 120 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All of what it allows; counts for a running conference as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<RoomPolicy>,
}

/// What the caller is to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is theirs.
    Owner,
    /// Moderates and manages it beside the owner.
    Host,
    /// Belongs to it, or is invited to what takes place in it.
    Member,
}

/// A room; `GET /api/v1/rooms` lists the caller's, newest first. The planner lists those that belong
/// to its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// Nine digits.
    pub number: String,
    /// Six digits, for guests who come by number; empty where the caller does not moderate.
    pub pin: String,
    /// The guest page's path, `/j/<token>`; empty where the caller does not moderate.
    pub link_path: String,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
    /// What the caller is to it.
    pub standing: Standing,
    /// What it allows; `guests` makes it public.
    pub policy: RoomPolicy,
    /// It goes with its conference.
    pub ad_hoc: bool,
    /// What happens in it now; `None`: nobody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<RoomNow>,
}

/// What happens in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomNow {
    /// `waiting`: somebody came and no host is there yet.
    pub state: ConferenceState,
    /// How many are inside.
    pub participants: usize,
    /// How many wait.
    pub waiting: usize,
}

/// `GET /api/v1/rooms/{number}/people`: for those who moderate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeopleNow {
    /// The names of those inside.
    pub inside: Vec<String>,
    /// Who waits, first come first.
    pub waiting: Vec<WaitingPerson>,
}

/// `GET /api/v1/rooms/{number}`: a room and how to get there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomDetails {
    /// The room.
    #[serde(flatten)]
    pub room: Room,
    /// How guests get there; `None` where the caller does not moderate.
    pub way_in: Option<WayIn>,
}

/// Number, PIN and link of a room, as people hand them on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WayIn {
    /// The guest page.
    pub url: String,
    /// The page that asks for a number, with this one filled in.
    pub login_url: String,
    /// The number that telephone guests dial, where there is one.
    pub phone_number: Option<String>,
    /// All of it in clear form, ready to copy, in German.
    pub text_de: String,
    /// All of it in clear form, ready to copy, in English.
    pub text_en: String,
}

/// `PUT /api/v1/rooms/{number}/members/{user}`: somebody belongs to a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMember {
    /// Moderates and manages it beside the owner.
    #[serde(default)]
    pub host: bool,
}

/// Somebody who belongs to a room; `GET /api/v1/rooms/{number}/members` lists them, the owner first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomMember {
    /// The account's key.
    pub user: i64,
    /// The account's name.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// What they are to the room.
    pub standing: Standing,
}

/// `POST /api/v1/rooms/{number}/links`: one more link to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLink {
    /// For whom or what, 1 to 120 characters.
    pub label: String,
    /// When it stops to work, Unix milliseconds; without it, never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<i64>,
}

/// A link beside a room's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomLink {
    /// Its key.
    pub id: i64,
    /// For whom or what.
    pub label: String,
    /// The guest page's path, `/j/<token>`.
    pub link_path: String,
    /// The guest page.
    pub url: String,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
    /// When it stops to work, Unix milliseconds.
    pub expires_at_ms: Option<i64>,
    /// When it was revoked, Unix milliseconds.
    pub revoked_at_ms: Option<i64>,
}

/// `GET /api/v1/capacity`: how many guests this hub takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Capacity {
    /// So many at once.
    pub total: usize,
    /// Taken now, by guests inside and waiting.
    pub used: usize,
    /// Free now.
    pub free: usize,
    /// How many outside people are invited to what is planned within the time asked for.
    pub planned: usize,
    /// Whether all of them find a place.
    pub enough: bool,
}

/// `GET /api/v1/rooms/{number}/embed`: the session login for another web site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedCode {
    /// HTML that puts the form where it stands, as high as it has to be.
    pub script: String,
    /// HTML that does so on sites that allow no foreign scripts.
    pub frame: String,
    /// A plain link to the same form.
    pub url: String,
}
