//! Calls that ring, the journal of calls, and a room's chat outside of conferences.

use crate::model::ChatLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/rings`: call one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RingUser {
    /// The account's name: a contact, or somebody with whom the caller shares a room.
    pub user: String,
    /// With pictures.
    pub video: bool,
}

/// `POST /api/v1/rooms/{number}/ring`: call everybody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RingRoom {
    /// The caller has seen how many will be called. Without it the answer is [`ConfirmRing`].
    #[serde(default)]
    pub confirm: bool,
    /// With pictures.
    #[serde(default = "yes")]
    pub video: bool,
}

fn yes() -> bool {
    true
}

/// An [`crate::ApiError`] with the code `confirm`: ask the caller, then send it again with `confirm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfirmRing {
    /// `confirm`.
    pub code: String,
    /// For people.
    pub message: String,
    /// How many people it would ring for.
    pub people: usize,
}

/// A call, as its caller sees it. The caller joins the room by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    /// Names it in [`crate::EventRequest::Cancel`].
    pub call: String,
    /// Where.
    pub room: CallRoom,
    /// With pictures.
    pub video: bool,
    /// What each of the called answered until now.
    pub answers: Vec<Callee>,
}

/// The room of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallRoom {
    /// Nine digits.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// Somebody who is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Callee {
    /// The account's name.
    pub user: String,
    /// What they answered.
    pub answer: CallAnswer,
}

/// What somebody who is called does about it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CallAnswer {
    /// Nothing yet.
    Ringing,
    /// They took it, or came into the room.
    Accepted,
    /// They declined.
    Declined,
    /// Nothing until time ran out or the caller gave up.
    Missed,
    /// They were in a conference; it did not ring for them.
    Busy,
    /// They were offline; it did not ring for them.
    NotThere,
}

/// `GET /api/v1/journal`: a page of the caller's calls, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Journal {
    /// Which are on it.
    pub calls: Vec<JournalCall>,
    /// `before` of the next page; `None`: this is the last one.
    pub next: Option<i64>,
}

/// A call between the caller of the API and one other user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalCall {
    /// Increases with time.
    pub id: i64,
    /// The call that it belongs to; calls of a whole room have one line for each of the called.
    pub call: String,
    /// The other one called.
    pub incoming: bool,
    /// The other one's account.
    pub user: String,
    /// The other one's display name.
    pub display_name: String,
    /// The room's name at the time.
    pub room_name: String,
    /// The room's number while the room stands.
    pub number: Option<String>,
    /// Just the two of them; otherwise the room's members were called.
    pub direct: bool,
    /// With pictures.
    pub video: bool,
    /// When it started to ring, Unix milliseconds.
    pub at_ms: i64,
    /// What came of it.
    pub answer: CallAnswer,
    /// When that was, Unix milliseconds; `None` while it rings, or when it never rang.
    pub answered_at_ms: Option<i64>,
}

/// `GET /api/v1/rooms/{number}/chat`: a page of a room's chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatPage {
    /// Its lines, oldest first.
    pub lines: Vec<ChatLine>,
    /// `before` of the page with earlier lines; `None`: there are none.
    pub before: Option<i64>,
}

/// `POST /api/v1/rooms/{number}/chat`: write to everybody who belongs to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WriteLine {
    /// 1 to [`crate::MAX_CHAT_CHARS`] characters.
    pub text: String,
}
