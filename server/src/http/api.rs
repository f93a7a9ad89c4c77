//! The REST calls under `/api/v1`. Every failure has an [`ApiError`] as its body.

use crate::accounts::SignInError;
use crate::clock;
use crate::hub::Shared;
use crate::room::{MAX_ROOM_NAME_CHARS, clean_line, hash_token, random_number, random_pin};
use crate::store::{RoomRow, StoreError, UserRow};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{ApiError, CreateRoom, Room, SignIn, SignedIn};
use std::net::SocketAddr;
use std::sync::Arc;

/// A REST call that failed.
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after_s: Option<u64>,
}

impl Failure {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), retry_after_s: None }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = ApiError { code: self.code.to_owned(), message: self.message };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        tracing::error!(%error, "a REST call failed");
        Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the hub's database does not answer; try again, and look into the hub's log",
        )
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Failure {
        let (status, text) = (rejection.status(), rejection.body_text());
        Failure::new(status, "invalid", text)
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Failure {
        let message = error.to_string();
        match error {
            SignInError::Wrong => Failure::new(StatusCode::UNAUTHORIZED, "wrong_password", message),
            SignInError::TooMany(wait) => Failure {
                retry_after_s: Some(wait.as_secs().max(1)),
                ..Failure::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", message)
            },
            SignInError::Store(error) => error.into(),
        }
    }
}

/// An answer with the code `invalid`, for what axum itself refuses.
pub fn invalid(status: StatusCode, message: String) -> Response {
    Failure::new(status, "invalid", message).into_response()
}

/// Any other path under `/api`.
pub async fn nothing_here() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "not_found", "there is no such call")
}

/// The user that a request's bearer token belongs to (RFC 6750).
pub struct Caller {
    user: UserRow,
    token_hash: [u8; 32],
}

impl FromRequestParts<Arc<Shared>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Caller, Failure> {
        let not_signed_in =
            || Failure::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in first, or again");
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
        let token = header.and_then(|h| h.strip_prefix("Bearer ")).ok_or_else(not_signed_in)?;
        let token_hash = hash_token(token.trim());
        let user = shared.store.session_user(token_hash, clock::now().unix_ms).await?;
        Ok(Caller { user: user.ok_or_else(not_signed_in)?, token_hash })
    }
}

/// `POST /api/v1/session`.
pub async fn sign_in(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Json<SignedIn>, Failure> {
    let Json(SignIn { user, password }) = body?;
    Ok(Json(shared.accounts.sign_in(clock::now(), address.ip(), &user, &password).await?))
}

/// `DELETE /api/v1/session`.
pub async fn sign_out(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    shared.store.delete_session(caller.token_hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/v1/rooms`: the caller's own, newest first.
pub async fn rooms(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<Vec<Room>>, Failure> {
    let rooms = shared.store.rooms_of(caller.user.id).await?;
    Ok(Json(rooms.into_iter().map(|room| shared.room(room)).collect()))
}

/// `POST /api/v1/rooms`.
pub async fn create_room(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Json<CreateRoom>, JsonRejection>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let Json(CreateRoom { name, kind }) = body?;
    let name = clean_line(&name, MAX_ROOM_NAME_CHARS).ok_or_else(|| {
        Failure::new(StatusCode::BAD_REQUEST, "invalid", "a room's name has 1 to 120 characters")
    })?;
    loop {
        let nonce: [u8; 16] = rand::random();
        let room = RoomRow {
            id: 0,
            number: random_number(),
            name: name.clone(),
            kind,
            owner_id: caller.user.id,
            pin: random_pin(),
            link_nonce: nonce.to_vec(),
            created_at_ms: clock::now().unix_ms,
        };
        let link_hash = |id| hash_token(&shared.link_token(id, &nonce));
        // Taken numbers are rare among 900 million: draw again.
        if let Some(room) = shared.store.add_room(room, link_hash).await? {
            return Ok((StatusCode::CREATED, Json(shared.room(room))));
        }
    }
}

impl Shared {
    /// A room as its owner sees it.
    fn room(&self, room: RoomRow) -> Room {
        Room {
            link_path: self.link_path(&room),
            name: room.name,
            kind: room.kind,
            number: room.number,
            pin: room.pin,
            created_at_ms: room.created_at_ms,
        }
    }
}
