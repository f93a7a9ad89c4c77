//! Bodies of the REST calls under `/api/v1`.

use crate::model::RoomKind;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/session`: sign in.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// The account's name.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// The answer to [`SignIn`].
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// Goes into `Authorization: Bearer …` and [`crate::Credential::Session`].
    pub token: String,
    /// The account's name.
    pub user: String,
    /// The display name.
    pub display_name: String,
}

/// `POST /api/v1/rooms`: make a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRoom {
    /// 1 to 120 characters.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
}

/// A room as its owner sees it; `GET /api/v1/rooms` lists them, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// Nine digits.
    pub number: String,
    /// For telephone guests.
    pub pin: String,
    /// The guest page's path, `/j/<token>`.
    pub link_path: String,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
}

/// What went wrong with a REST call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// Stable, for programs: `wrong_password`, `too_many_tries`, `not_signed_in`, `invalid`, ….
    pub code: String,
    /// For people.
    pub message: String,
}
