//! Rooms. Whoever is a stranger to a room gets the same answer as for a number that leads nowhere.

mod members;
mod now;
mod way_in;

pub(super) use way_in::in_groups;

use super::api::{Caller, Failure};
use super::origin::BaseUrl;
use crate::access::NUMBER_DIGITS;
use crate::clock;
use crate::hub::Shared;
use crate::planner::states::is_live;
use crate::room::standing::{digits, manages, moderates};
use crate::room::{MAX_ROOM_NAME_CHARS, clean_line, hash_token, random_pin};
use crate::store::{AddedRoom, RoomRow};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use protocol::{ApiError, ChangeRoom, CreateRoom, Room, RoomDetails, RoomNow, Standing};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most users who can be put into a room while it is made.
const MAX_FIRST_MEMBERS: usize = 1000;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(rooms, create_room))
        .routes(routes!(room, change_room, delete_room))
        .routes(routes!(new_pin))
        .routes(routes!(new_link))
        .merge(members::routes())
        .merge(now::routes())
}

/// The rooms that the caller owns or belongs to, newest first, and what happens in them.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", responses(
    (status = 200, body = Vec<Room>),
    (status = 401, body = ApiError),
))]
pub async fn rooms(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<Vec<Room>>, Failure> {
    let rooms = shared.store.rooms_of(caller.user.id).await?.into_iter();
    let rooms = rooms.filter_map(|(room, ties)| Some(shared.room_as_seen(room, ties.standing()?)));
    Ok(Json(rooms.collect()))
}

/// Make a room with a number, a PIN and a link of its own.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "rooms", request_body = CreateRoom, responses(
    (status = 201, body = Room),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
))]
pub async fn create_room(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Json<CreateRoom>, JsonRejection>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let Json(CreateRoom { name, kind, members, ad_hoc }) = body?;
    let name = checked_name(&name)?;
    if members.len() > MAX_FIRST_MEMBERS {
        return Err(Failure::field("members", "a new room takes at most 1000 members at once"));
    }
    loop {
        let now_ms = clock::now().unix_ms;
        let room = RoomRow { ad_hoc, ..RoomRow::drawn(caller.user.id, kind, name.clone(), now_ms) };
        let nonce = room.link_nonce.clone();
        let link_hash = |id| hash_token(&shared.link_token(id, &nonce));
        match shared.store.add_room(room, &members, link_hash).await? {
            AddedRoom::Added(room) => {
                shared.events.room_changed(room.id).await;
                let room = shared.room_as_seen(room, Standing::Owner);
                return Ok((StatusCode::CREATED, Json(room)));
            }
            // Taken numbers are rare among 900 million: draw again.
            AddedRoom::NumberTaken => {}
            AddedRoom::NoSuchUser(user) => {
                return Err(Failure::field("members", format!("there is no user {user}")));
            }
        }
    }
}

/// A room, and how guests get there.
#[utoipa::path(get, path = "/api/v1/rooms/{number}", tag = "rooms", responses(
    (status = 200, body = RoomDetails),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "no such room, or not for the caller"),
))]
pub async fn room(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
) -> Result<Json<RoomDetails>, Failure> {
    let (room, standing) = shared.room_for(&caller, &number).await?;
    Ok(Json(shared.details(room, standing, &base)))
}

/// Change a room's name or what it allows. Who moderates may change what it allows, also while a
/// conference runs.
#[utoipa::path(patch, path = "/api/v1/rooms/{number}", tag = "rooms", request_body = ChangeRoom,
    responses(
        (status = 200, body = RoomDetails),
        (status = 400, body = ApiError),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError),
        (status = 404, body = ApiError),
))]
pub async fn change_room(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
    body: Result<Json<ChangeRoom>, JsonRejection>,
) -> Result<Json<RoomDetails>, Failure> {
    let Json(change) = body?;
    let (mut room, standing) = shared.room_for(&caller, &number).await?;
    let name = change.name.as_deref().map(checked_name).transpose()?;
    if let Some(name) = &name {
        must_manage(standing)?;
        room.name.clone_from(name);
    }
    if let Some(policy) = change.policy {
        if !moderates(standing, &room.policy) {
            return Err(Failure::forbidden("only who moderates the room decides what it allows"));
        }
        room.policy = policy;
    }
    // Only what was asked for: a host may be changing the rest in the conference.
    shared.store.change_room(room.id, name.as_deref(), change.policy.as_ref()).await?;
    if let Some(policy) = change.policy {
        shared.live.apply_policy(room.id, policy);
    }
    if name.is_some() {
        shared.events.room_changed(room.id).await;
    }
    Ok(Json(shared.details(room, standing, &base)))
}

/// Delete a room with its number, links and chat.
#[utoipa::path(delete, path = "/api/v1/rooms/{number}", tag = "rooms", responses(
    (status = 204, description = "it is gone"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`running`, or `planned`: delete its entry"),
))]
pub async fn delete_room(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<StatusCode, Failure> {
    let (room, standing) = shared.room_for(&caller, &number).await?;
    if standing != Standing::Owner {
        return Err(Failure::forbidden("only its owner deletes a room"));
    }
    if shared.live.status(room.id).is_some_and(|run| is_live(run.state)) {
        let message = "a conference goes on in the room: end it first";
        return Err(Failure::conflict("running", message));
    }
    if !shared.store.delete_room(room.id).await? {
        let message = "the room belongs to an entry of the planner: delete the entry";
        return Err(Failure::conflict("planned", message));
    }
    // Whoever waits in front of it waits for nothing.
    shared.live.end(room.id);
    shared.events.room_changed(room.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a room a new PIN; the one before no longer opens it.
#[utoipa::path(post, path = "/api/v1/rooms/{number}/pin", tag = "rooms", responses(
    (status = 200, body = RoomDetails),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn new_pin(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
) -> Result<Json<RoomDetails>, Failure> {
    let (mut room, standing) = shared.managed_room(&caller, &number).await?;
    room.pin = random_pin();
    shared.store.change_pin(room.id, &room.pin).await?;
    Ok(Json(shared.details(room, standing, &base)))
}

/// Give a room a new link; the one before is dead. Its further links stay.
#[utoipa::path(post, path = "/api/v1/rooms/{number}/link", tag = "rooms", responses(
    (status = 200, body = RoomDetails),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn new_link(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
) -> Result<Json<RoomDetails>, Failure> {
    let (mut room, standing) = shared.managed_room(&caller, &number).await?;
    room.link_nonce = rand::random::<[u8; 16]>().to_vec();
    let hash = hash_token(&shared.link_token(room.id, &room.link_nonce));
    shared.store.change_link(room.id, &room.link_nonce, hash).await?;
    Ok(Json(shared.details(room, standing, &base)))
}

impl Shared {
    /// The room of that number and what the caller is to it.
    pub(super) async fn room_for(
        &self,
        caller: &Caller,
        number: &str,
    ) -> Result<(RoomRow, Standing), Failure> {
        let room = self.store.room_by_number(&digits(number, NUMBER_DIGITS + 1)).await?;
        // A number that leads nowhere costs the same queries as somebody else's room.
        let (id, owner) = room.as_ref().map_or((0, 0), |room| (room.id, room.owner_id));
        let ties = self.store.ties(id, owner, caller.user.id).await?;
        match (room, ties.standing()) {
            (Some(room), Some(standing)) => Ok((room, standing)),
            _ => Err(Failure::not_found("there is no room of that number, or not for you")),
        }
    }

    /// The same, for those who change the room itself.
    pub(super) async fn managed_room(
        &self,
        caller: &Caller,
        number: &str,
    ) -> Result<(RoomRow, Standing), Failure> {
        let (room, standing) = self.room_for(caller, number).await?;
        must_manage(standing)?;
        Ok((room, standing))
    }

    /// A room as somebody of that standing sees it: PIN and link are for those who moderate.
    fn room_as_seen(&self, room: RoomRow, standing: Standing) -> Room {
        let secrets = moderates(standing, &room.policy);
        Room {
            link_path: if secrets { self.link_path(&room) } else { String::new() },
            pin: if secrets { room.pin } else { String::new() },
            name: room.name,
            kind: room.kind,
            number: room.number,
            created_at_ms: room.created_at_ms,
            standing,
            policy: room.policy,
            ad_hoc: room.ad_hoc,
            now: self.live.status(room.id).map(|run| RoomNow {
                state: run.state,
                participants: run.inside,
                waiting: run.waiting,
            }),
        }
    }

    fn details(&self, room: RoomRow, standing: Standing, base: &str) -> RoomDetails {
        let room = self.room_as_seen(room, standing);
        let shown = room.policy.guests && moderates(standing, &room.policy);
        RoomDetails { way_in: shown.then(|| self.way_in(&room, base)), room }
    }
}

fn must_manage(standing: Standing) -> Result<(), Failure> {
    if manages(standing) {
        return Ok(());
    }
    Err(Failure::forbidden("only the room's owner and its hosts may do that"))
}

fn checked_name(name: &str) -> Result<String, Failure> {
    clean_line(name, MAX_ROOM_NAME_CHARS)
        .ok_or_else(|| Failure::field("name", "a room's name has 1 to 120 characters"))
}
