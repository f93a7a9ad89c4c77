//! Calls that ring, the journal of calls, a room's chat outside of conferences, and the door to the
//! live channel of signed-in users.

use super::api::{Caller, Failure};
use super::{Upgrade, open_socket};
use crate::clock;
use crate::events::connection;
use crate::events::rings::{Ringing, Started};
use crate::hub::Shared;
use crate::room::standing::manages;
use crate::room::{MAX_ROOM_NAME_CHARS, clean_text, hash_token, random_token};
use crate::store::{ChatQuery, JournalPage, Named, RoomRow, UserRow};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use protocol::{
    ApiError, Call, CallRoom, ChatLine, ChatPage, ChatScope, ConfirmRing, Journal, MAX_CHAT_CHARS,
    Presence, RingRoom, RingUser, RoomKind, RoomPolicy, WriteLine,
};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How many lines a page has unless it is told, and at most.
const PAGE: i64 = 50;
const LARGEST_PAGE: i64 = 200;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(ring_user))
        .routes(routes!(ring_room))
        .routes(routes!(journal))
        .routes(routes!(chat, write_line))
}

/// The live channel of a signed-in user, a WebSocket.
pub async fn events(State(shared): State<Arc<Shared>>, upgrade: Upgrade) -> Response {
    open_socket(shared, upgrade, async |shared, socket| {
        connection::serve(&shared, socket).await;
    })
}

/// Call one user.
///
/// It rings for 40 seconds on every machine of theirs, in a room for the two that the caller joins by
/// its number. Who is in a conference answers `busy` without being disturbed. When the wanted one is
/// calling the caller already, that call is taken instead.
#[utoipa::path(post, path = "/api/v1/rings", tag = "calls", request_body = RingUser, responses(
    (status = 201, body = Call),
    (status = 200, body = Call, description = "the other one's call, taken"),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "no such user, or none that the caller sees"),
    (status = 409, body = ApiError, description = "`not_there`: offline; `ringing`: it rings already"),
    (status = 429, body = ApiError, description = "`too_many_tries`: 10 calls a minute"),
))]
pub async fn ring_user(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Json<RingUser>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(RingUser { user, video }) = body?;
    let unknown = || Failure::not_found("there is no such user among your contacts and rooms");
    let callee = shared.store.user_by_name(&user).await?.filter(|user| !user.disabled);
    let callee = callee.ok_or_else(unknown)?;
    if callee.id == caller.user.id {
        return Err(Failure::field("user", "you cannot call yourself"));
    }
    if !shared.store.sees(caller.user.id, callee.id).await? {
        return Err(unknown());
    }
    if shared.events.presence(callee.id) == Presence::Offline {
        let message = format!("{} is not signed in: write, or plan a call", callee.display_name);
        return Err(Failure::conflict("not_there", message));
    }
    let room = shared.direct_room(&caller.user, &callee).await?;
    let wanted = ringing(&caller.user, &room, true, video);
    shared.ring(wanted, vec![(callee.id, callee.name)]).await
}

/// Call everybody who belongs to a room.
///
/// Without `confirm` it only says for how many it would ring. Whoever is inside already is left out.
#[utoipa::path(post, path = "/api/v1/rooms/{number}/ring", tag = "calls", request_body = RingRoom,
    params(("number" = String, Path, description = "the room's number")), responses(
    (status = 201, body = Call),
    (status = 200, body = Call, description = "a call of this room that rang for the caller, taken"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError, description = "no such room, or none of the caller's"),
    (status = 409, body = ConfirmRing,
     description = "`confirm`; or without `people`: `ringing`: it rings already, `nobody`"),
    (status = 429, body = ApiError, description = "`too_many_tries`: 10 calls a minute"),
))]
pub async fn ring_room(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    body: Result<Json<RingRoom>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(RingRoom { confirm, video }) = body?;
    let (room, standing) = shared.room_for(&caller, &number).await?;
    if room.kind == RoomKind::Webinar && !manages(standing) {
        return Err(Failure::forbidden("only its hosts call the people of a webinar"));
    }
    let people = shared.store.room_people(room.id).await?.map(|room| room.people);
    let mut people = people.unwrap_or_default();
    people.retain(|(user, _)| *user != caller.user.id);
    if !confirm {
        return Ok(shared.ask_to_confirm(&room, &people));
    }
    shared.ring(ringing(&caller.user, &room, false, video), people).await
}

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// Only those before this one: `next` of the page before.
    before: Option<i64>,
    /// At most so many, 1 to 200; 50 unless told.
    limit: Option<i64>,
    /// Only incoming ones that were not taken.
    #[serde(default)]
    missed: bool,
}

/// The caller's calls, made, taken and missed, newest first.
#[utoipa::path(get, path = "/api/v1/journal", tag = "calls", params(JournalQuery), responses(
    (status = 200, body = Journal),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
))]
pub async fn journal(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    query: Result<Query<JournalQuery>, QueryRejection>,
) -> Result<Json<Journal>, Failure> {
    let Query(JournalQuery { before, limit, missed }) = query.map_err(bad_query)?;
    let limit = page_size(limit)?;
    // What was answered a moment ago is in it.
    shared.events.flush().await;
    let page = JournalPage { before: before.unwrap_or(i64::MAX), limit, missed };
    let calls = shared.store.journal(caller.user.id, page).await?;
    let full = calls.len() as i64 == limit;
    let next = calls.last().map(|call| call.id).filter(|_| full);
    Ok(Json(Journal { calls, next }))
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChatPageQuery {
    /// Only those before this one: `before` of the page after.
    before: Option<i64>,
    /// At most so many, 1 to 200; 50 unless told.
    limit: Option<i64>,
}

/// A room's chat, the last lines or those before a line, oldest first.
///
/// Lines for hosts are for the owner and for members who moderate; private lines stay with those who
/// were there.
#[utoipa::path(get, path = "/api/v1/rooms/{number}/chat", tag = "chat",
    params(("number" = String, Path, description = "the room's number"), ChatPageQuery), responses(
    (status = 200, body = ChatPage),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "no such room, or none of the caller's"),
))]
pub async fn chat(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    query: Result<Query<ChatPageQuery>, QueryRejection>,
) -> Result<Json<ChatPage>, Failure> {
    let Query(ChatPageQuery { before, limit }) = query.map_err(bad_query)?;
    let limit = page_size(limit)?;
    let (room, standing) = shared.room_for(&caller, &number).await?;
    // What was said a moment ago is in it.
    shared.live.flush().await;
    let wanted = ChatQuery { before: before.unwrap_or(i64::MAX), limit, hosts: manages(standing) };
    let lines = shared.store.chat_lines(room.id, wanted).await?;
    let full = lines.len() as i64 == limit;
    let before = lines.first().map(|line| line.id).filter(|_| full);
    Ok(Json(ChatPage { lines, before }))
}

/// Write to everybody who belongs to a room, whether a conference runs or not.
///
/// The line reaches their machines over the live channel and stays in the room's chat; guests in a
/// running conference do not get it.
#[utoipa::path(post, path = "/api/v1/rooms/{number}/chat", tag = "chat", request_body = WriteLine,
    params(("number" = String, Path, description = "the room's number")), responses(
    (status = 201, body = ChatLine),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "no such room, or none of the caller's"),
))]
pub async fn write_line(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    body: Result<Json<WriteLine>, JsonRejection>,
) -> Result<(StatusCode, Json<ChatLine>), Failure> {
    let Json(WriteLine { text }) = body?;
    let (room, _) = shared.room_for(&caller, &number).await?;
    let text = clean_text(&text, MAX_CHAT_CHARS)
        .ok_or_else(|| Failure::field("text", "a chat line has 1 to 2000 characters"))?;
    let line = ChatLine {
        id: 0,
        from: None,
        from_name: caller.user.display_name,
        account: Some(caller.user.name),
        scope: ChatScope::Everyone,
        text,
        at_ms: clock::now().unix_ms,
    };
    let line = shared.live.write_line(room.id, caller.user.id, line).await?;
    shared.events.room_chat(room.id, &room.number, line.clone());
    Ok((StatusCode::CREATED, Json(line)))
}

impl Shared {
    /// The room in which two users call each other; made when there is none. It takes no guests and
    /// goes with its conference.
    async fn direct_room(&self, caller: &UserRow, callee: &UserRow) -> Result<RoomRow, Failure> {
        let name = format!("{} – {}", caller.display_name, callee.display_name);
        let name: String = name.chars().take(MAX_ROOM_NAME_CHARS).collect();
        loop {
            if let Some(room) = self.store.direct_room(caller.id, callee.id).await? {
                return Ok(room);
            }
            let now_ms = clock::now().unix_ms;
            let fresh = RoomRow::drawn(caller.id, RoomKind::GroupCall, name.clone(), now_ms);
            let policy = RoomPolicy { guests: false, users_moderate: false, ..fresh.policy };
            let room = RoomRow { policy, ad_hoc: true, ..fresh };
            let nonce = room.link_nonce.clone();
            let link_hash = |id| hash_token(&self.link_token(id, &nonce));
            // Taken numbers are rare, and so are two who call each other at once: look again.
            if let Some(room) = self.store.add_direct_room(room, callee.id, link_hash).await? {
                self.events.room_changed(room.id).await;
                return Ok(room);
            }
        }
    }

    async fn ring(&self, wanted: Ringing, callees: Vec<Named>) -> Result<Response, Failure> {
        match self.events.call(wanted, callees).await? {
            Started::Call(call) => {
                Ok((StatusCode::CREATED, Json(self.events.call_of(&call))).into_response())
            }
            Started::Met(call) => Ok(Json(self.events.call_of(&call)).into_response()),
            Started::TooMany(wait) => {
                Err(Failure::too_many(wait, "you called too often: wait a little"))
            }
            Started::Already => Err(Failure::conflict(
                "ringing",
                "it rings for all of them already: wait, or join the room",
            )),
            Started::Nobody => Err(Failure::conflict(
                "nobody",
                "there is nobody to call: everybody is inside, or the room has no other members",
            )),
        }
    }

    fn ask_to_confirm(&self, room: &RoomRow, people: &[Named]) -> Response {
        let inside: BTreeSet<i64> = self.events.inside(room.id);
        let reachable = |user: i64| {
            let presence = self.events.presence(user);
            matches!(presence, Presence::Online | Presence::Busy) && !inside.contains(&user)
        };
        let count = people.iter().filter(|(user, _)| reachable(*user)).count();
        let message = format!("this calls {count} people: confirm it");
        let body = ConfirmRing { code: "confirm".to_owned(), message, people: count };
        (StatusCode::CONFLICT, Json(body)).into_response()
    }
}

fn ringing(caller: &UserRow, room: &RoomRow, direct: bool, video: bool) -> Ringing {
    Ringing {
        id: random_token(),
        caller: caller.id,
        caller_name: caller.display_name.clone(),
        room: room.id,
        place: CallRoom { number: room.number.clone(), name: room.name.clone() },
        direct,
        video,
        since_ms: clock::now().unix_ms,
        answers: Default::default(),
    }
}

fn page_size(limit: Option<i64>) -> Result<i64, Failure> {
    let limit = limit.unwrap_or(PAGE);
    let fits = (1..=LARGEST_PAGE).contains(&limit);
    fits.then_some(limit).ok_or_else(|| Failure::field("limit", "a page has 1 to 200 lines"))
}

fn bad_query(rejection: QueryRejection) -> Failure {
    Failure::new(rejection.status(), "invalid", rejection.body_text())
}
