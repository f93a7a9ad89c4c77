//! Who belongs to a room.

use crate::http::api::{Caller, Failure};
use crate::hub::Shared;
use crate::room::standing::{Ties, manages, role_of_user};
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use protocol::{ApiError, RoomMember, SetMember};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(members)).routes(routes!(set_member, remove_member))
}

/// Who belongs to a room, its owner first; for all who belong to it.
#[utoipa::path(get, path = "/api/v1/rooms/{number}/members", tag = "rooms", responses(
    (status = 200, body = Vec<RoomMember>),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn members(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Vec<RoomMember>>, Failure> {
    let (room, _) = shared.room_for(&caller, &number).await?;
    Ok(Json(shared.store.room_members(room.id).await?))
}

/// Put a user into a room, or change whether they are a host of it, also in a running conference; its
/// last host stays one until the conference is over.
#[utoipa::path(put, path = "/api/v1/rooms/{number}/members/{user}", tag = "rooms",
    request_body = SetMember, responses(
        (status = 204, description = "they belong to it"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError),
        (status = 404, body = ApiError, description = "no such room, or no such user"),
        (status = 409, body = ApiError, description = "`owner`: they own the room"),
))]
pub async fn set_member(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    path: Result<Path<(String, i64)>, PathRejection>,
    body: Result<Json<SetMember>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    let Path((number, user)) = path.map_err(|_| no_such_user())?;
    let Json(SetMember { host }) = body?;
    let (room, _) = shared.managed_room(&caller, &number).await?;
    if user == room.owner_id {
        return Err(Failure::conflict("owner", "the owner belongs to the room anyway"));
    }
    let ties = async || shared.store.ties(room.id, room.owner_id, user).await;
    let role = |ties: Ties| role_of_user(ties.standing(), &room.policy);
    let before = ties().await?;
    if !shared.store.set_room_member(room.id, user, host).await? {
        return Err(no_such_user());
    }
    // In a running conference, too. Hosts may have made somebody more there than the room does.
    let after = role(ties().await?);
    if let Some(role) = after.filter(|_| role(before) != after) {
        shared.live.set_user_role(room.id, user, role);
    }
    // Whoever gets more of the room than they had is wanted there again.
    if before.member < Some(host) {
        shared.live.readmit_user(room.id, user);
    }
    shared.events.room_changed(room.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a user out of a room. Everybody may take themselves out.
#[utoipa::path(delete, path = "/api/v1/rooms/{number}/members/{user}", tag = "rooms", responses(
    (status = 204, description = "they no longer belong to it"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError, description = "no such room, or they did not belong to it"),
))]
pub async fn remove_member(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    path: Result<Path<(String, i64)>, PathRejection>,
) -> Result<StatusCode, Failure> {
    let Path((number, user)) = path.map_err(|_| no_such_user())?;
    let (room, standing) = shared.room_for(&caller, &number).await?;
    if user != caller.user.id && !manages(standing) {
        return Err(Failure::forbidden("only the room's owner and its hosts take others out"));
    }
    if !shared.store.remove_room_member(room.id, user).await? {
        return Err(Failure::not_found("that user does not belong to the room"));
    }
    // Whoever is taken out goes from a running conference, too, where every user could come in.
    if user != caller.user.id {
        shared.live.remove_user(room.id, user);
    }
    shared.events.room_changed(room.id).await;
    Ok(StatusCode::NO_CONTENT)
}

fn no_such_user() -> Failure {
    Failure::not_found("there is no such user")
}
