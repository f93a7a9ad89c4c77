//! Who is in a room now, and who waits in front of it.

use crate::http::api::{Caller, Failure};
use crate::hub::Shared;
use crate::room::standing::moderates;
use axum::Json;
use axum::extract::{Path, State};
use protocol::{ApiError, PeopleNow};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(people))
}

/// Who is in a room now, and who waits in front of it.
#[utoipa::path(get, path = "/api/v1/rooms/{number}/people", tag = "rooms", responses(
    (status = 200, body = PeopleNow),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "for those who moderate the room"),
    (status = 404, body = ApiError),
))]
pub async fn people(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<PeopleNow>, Failure> {
    let (room, standing) = shared.room_for(&caller, &number).await?;
    if !moderates(standing, &room.policy) {
        return Err(Failure::forbidden("only who moderates the room sees who is there"));
    }
    let inside = shared.live.participants(room.id).into_iter().map(|person| person.name);
    Ok(Json(PeopleNow { inside: inside.collect(), waiting: shared.live.waiting(room.id) }))
}
