//! Further links to rooms, places for guests, and the session login for other web sites.

use super::api::{Caller, Failure};
use super::login::{Look, Presets};
use super::origin::BaseUrl;
use crate::access;
use crate::clock;
use crate::hub::Shared;
use crate::room::standing::moderates;
use crate::room::{clean_line, hash_token};
use crate::store::{LinkRow, StoreError};
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use protocol::{ApiError, Capacity, CreateLink, EmbedCode, RoomLink};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest label of a link, in characters.
const MAX_LABEL_CHARS: usize = 120;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(links, create_link))
        .routes(routes!(revoke_link))
        .routes(routes!(embed_code))
        .routes(routes!(capacity))
}

/// A room's further links, newest first, also those that are over.
#[utoipa::path(get, path = "/api/v1/rooms/{number}/links", tag = "rooms", responses(
    (status = 200, body = Vec<RoomLink>),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn links(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
) -> Result<Json<Vec<RoomLink>>, Failure> {
    let (room, _) = shared.managed_room(&caller, &number).await?;
    let links = shared.store.links(room.id).await?.into_iter();
    Ok(Json(links.map(|link| shared.link(link, &base)).collect()))
}

/// Make a further link to a room, which can end by itself and be revoked alone.
#[utoipa::path(post, path = "/api/v1/rooms/{number}/links", tag = "rooms",
    request_body = CreateLink, responses(
        (status = 201, body = RoomLink),
        (status = 400, body = ApiError),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError),
        (status = 404, body = ApiError),
))]
pub async fn create_link(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
    body: Result<Json<CreateLink>, JsonRejection>,
) -> Result<(StatusCode, Json<RoomLink>), Failure> {
    let Json(CreateLink { label, expires_at_ms }) = body?;
    let (room, _) = shared.managed_room(&caller, &number).await?;
    let label = clean_line(&label, MAX_LABEL_CHARS)
        .ok_or_else(|| Failure::field("label", "a link's label has 1 to 120 characters"))?;
    if expires_at_ms.is_some_and(|end| end <= clock::now().unix_ms) {
        return Err(Failure::field("expires_at_ms", "the link would be over already"));
    }
    let link = shared.add_link(room.id, label, expires_at_ms).await?;
    let link = shared.link(link, &base);
    Ok((StatusCode::CREATED, Json(link)))
}

/// Revoke a further link for good. Who came by it stays inside.
#[utoipa::path(delete, path = "/api/v1/rooms/{number}/links/{id}", tag = "rooms", responses(
    (status = 204, description = "it leads nowhere any more"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn revoke_link(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    path: Result<Path<(String, i64)>, PathRejection>,
) -> Result<StatusCode, Failure> {
    let no_link = || Failure::not_found("the room has no such link");
    let Path((number, id)) = path.map_err(|_| no_link())?;
    let (room, _) = shared.managed_room(&caller, &number).await?;
    if !shared.store.revoke_link(room.id, id, clock::now().unix_ms).await? {
        return Err(no_link());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// HTML that puts the session login for a room into another web site.
#[utoipa::path(get, path = "/api/v1/rooms/{number}/embed", tag = "rooms", params(Presets),
    responses(
        (status = 200, body = EmbedCode),
        (status = 400, body = ApiError),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError),
        (status = 404, body = ApiError),
))]
pub async fn embed_code(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(number): Path<String>,
    BaseUrl(base): BaseUrl,
    presets: Result<Query<Presets>, QueryRejection>,
) -> Result<Json<EmbedCode>, Failure> {
    let Query(presets) = presets.map_err(not_understood)?;
    let (room, standing) = shared.room_for(&caller, &number).await?;
    if !moderates(standing, &room.policy) {
        return Err(Failure::forbidden("only who moderates the room hands its number on"));
    }
    let presets = Presets { number: Some(room.number), ..presets };
    let look = Look::strict(&presets).map_err(|field| {
        Failure::field(
            field,
            "colours are #rrggbb, the language de or en, a title 1 to 80 characters",
        )
    })?;
    Ok(Json(look.embed_code(&base)))
}

/// A span of time, Unix milliseconds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Span {
    /// From when, Unix milliseconds; without it, now.
    from_ms: Option<i64>,
    /// Until when, Unix milliseconds; without it, one millisecond later.
    to_ms: Option<i64>,
}

/// How many guests this hub takes, and how many are expected within a span of time.
#[utoipa::path(get, path = "/api/v1/capacity", tag = "rooms", params(Span), responses(
    (status = 200, body = Capacity),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
))]
pub async fn capacity(
    State(shared): State<Arc<Shared>>,
    _caller: Caller,
    span: Result<Query<Span>, QueryRejection>,
) -> Result<Json<Capacity>, Failure> {
    let Query(span) = span.map_err(not_understood)?;
    let from_ms = span.from_ms.unwrap_or_else(|| clock::now().unix_ms);
    let to_ms = span.to_ms.unwrap_or_else(|| from_ms.saturating_add(1));
    if to_ms <= from_ms {
        return Err(Failure::field("to_ms", "the end comes after the start"));
    }
    let total = shared.config.guest_capacity;
    let used = access::taken(&shared.live);
    let planned = shared.store.planned_guests(from_ms, to_ms).await?;
    let planned = usize::try_from(planned).unwrap_or_default();
    let free = total.saturating_sub(used);
    Ok(Json(Capacity { total, used, free, planned, enough: planned <= total }))
}

fn not_understood(rejection: QueryRejection) -> Failure {
    Failure::new(rejection.status(), "invalid", rejection.body_text())
}

impl Shared {
    /// Makes a further link; one without a label is in no list.
    pub(super) async fn add_link(
        &self,
        room_id: i64,
        label: String,
        expires_at_ms: Option<i64>,
    ) -> Result<LinkRow, StoreError> {
        let nonce = rand::random::<[u8; 16]>().to_vec();
        let hash = hash_token(&self.link_token(room_id, &nonce));
        let created_at_ms = clock::now().unix_ms;
        let (id, revoked_at_ms) = (0, None);
        let link =
            LinkRow { id, room_id, label, nonce, created_at_ms, expires_at_ms, revoked_at_ms };
        self.store.add_link(link, hash).await
    }

    fn link(&self, link: LinkRow, base: &str) -> RoomLink {
        let link_path = self.further_link_path(&link);
        RoomLink {
            id: link.id,
            url: format!("{base}{link_path}"),
            link_path,
            label: link.label,
            created_at_ms: link.created_at_ms,
            expires_at_ms: link.expires_at_ms,
            revoked_at_ms: link.revoked_at_ms,
        }
    }

    /// The guest page's path of a further link.
    pub(super) fn further_link_path(&self, link: &LinkRow) -> String {
        format!("/j/{}", self.link_token(link.room_id, &link.nonce))
    }
}
