//! The directory, contacts, conference profiles and pictures.

use super::api::{Caller, Failure};
use crate::accounts::{self, CONTENT_TYPE, MAX_PICTURE_BYTES};
use crate::clock;
use crate::hub::Shared;
use crate::store::{Picture, UserRow};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{ApiError, ConferenceProfile, UserPage, UserSummary};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A page of the directory, when nobody says how much.
const PAGE: i64 = 50;

/// The biggest page.
const MAX_PAGE: i64 = 200;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    let pictures = OpenApiRouter::new()
        .routes(routes!(set_picture, delete_picture))
        .layer(DefaultBodyLimit::max(MAX_PICTURE_BYTES));
    OpenApiRouter::new()
        .routes(routes!(profile, set_profile, delete_profile))
        .routes(routes!(picture))
        .routes(routes!(directory))
        .routes(routes!(contacts))
        .routes(routes!(add_contact, delete_contact))
        .merge(pictures)
}

/// Which accounts are asked for, and which page of them.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Find {
    /// How the name, or a word of the display name, begins.
    query: String,
    /// `next` of the page before.
    after: String,
    /// So many at most; 50 when missing, 200 at most.
    limit: Option<i64>,
}

impl Find {
    /// What begins how, after which name, and how many: one more than a page, to know of the next.
    pub(super) fn bounds(&self) -> (String, String, i64) {
        let without_nul = |text: &str| text.trim().replace('\0', "");
        let limit = self.limit.unwrap_or(PAGE).clamp(1, MAX_PAGE);
        (without_nul(&self.query), without_nul(&self.after), limit + 1)
    }
}

/// Cuts what was found to a page; with the name that the next one comes after.
pub(super) fn page<T>(
    mut found: Vec<T>,
    limit: i64,
    name: impl Fn(&T) -> &str,
) -> (Vec<T>, Option<String>) {
    let size = (limit - 1) as usize;
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|last| name(last).to_owned());
    (found, next)
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Failure {
        Failure::new(rejection.status(), "invalid", rejection.body_text())
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Failure {
        let (status, text) = (rejection.status(), rejection.body_text());
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Failure::new(status, "too_big", "the file has more than 1 MiB; send a smaller one")
            }
            _ => Failure::new(status, "invalid", text),
        }
    }
}

/// The own conference profile.
#[utoipa::path(get, path = "/api/v1/me/profile", tag = "people", responses(
    (status = 200, body = ConferenceProfile),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "there is none yet"),
))]
pub async fn profile(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<ConferenceProfile>, Failure> {
    let profile = shared.store.profile_of(caller.user.id).await?;
    let missing = || Failure::not_found("there is no conference profile yet; make one in settings");
    profile.map(Json).ok_or_else(missing)
}

/// Make or replace the own conference profile.
#[utoipa::path(put, path = "/api/v1/me/profile", tag = "people", request_body = ConferenceProfile,
responses(
    (status = 200, body = ConferenceProfile),
    (status = 400, body = ApiError, description = "`invalid`, with the field"),
    (status = 401, body = ApiError),
))]
pub async fn set_profile(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Json<ConferenceProfile>, JsonRejection>,
) -> Result<Json<ConferenceProfile>, Failure> {
    let Json(profile) = body?;
    let profile = accounts::profile(profile)?;
    shared.store.set_profile(caller.user.id, Some(&profile)).await?;
    Ok(Json(profile))
}

/// Remove the own conference profile.
#[utoipa::path(delete, path = "/api/v1/me/profile", tag = "people", responses(
    (status = 204, description = "there is none any more"),
    (status = 401, body = ApiError),
))]
pub async fn delete_profile(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    shared.store.set_profile(caller.user.id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set the own picture.
///
/// A PNG, JPEG or WebP file of at most 1 MiB and 4096 pixels a side. Its middle is kept, as a PNG of
/// 256 × 256 pixels without any metadata.
#[utoipa::path(put, path = "/api/v1/me/picture", tag = "people",
request_body(content = Vec<u8>, content_type = "application/octet-stream"),
responses(
    (status = 204, description = "it is seen from now on"),
    (status = 400, body = ApiError, description = "`bad_picture`"),
    (status = 401, body = ApiError),
    (status = 413, body = ApiError, description = "`too_big`"),
))]
pub async fn set_picture(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Failure> {
    let drawn = shared.accounts.draw_picture(body?.into()).await;
    let bad = |why: accounts::PictureError| {
        Failure::new(StatusCode::BAD_REQUEST, "bad_picture", why.to_string())
    };
    let picture = Picture { content_type: CONTENT_TYPE.to_owned(), bytes: drawn.map_err(bad)? };
    shared.store.set_picture(caller.user.id, &picture, clock::now().unix_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove the own picture.
#[utoipa::path(delete, path = "/api/v1/me/picture", tag = "people", responses(
    (status = 204, description = "there is none any more"),
    (status = 401, body = ApiError),
))]
pub async fn delete_picture(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    shared.store.delete_picture(caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody's picture.
#[utoipa::path(get, path = "/api/v1/users/{name}/picture", tag = "people",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 200, content_type = "image/png", description = "with an `ETag`"),
    (status = 304, description = "it is the one that `If-None-Match` names"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn picture(
    State(shared): State<Arc<Shared>>,
    _caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let user = shared.user(&name).await?;
    let missing = || Failure::not_found(format!("{} has no picture", user.name));
    let Picture { content_type, bytes } =
        shared.store.picture_of(user.id).await?.ok_or_else(missing)?;
    let tag = entity_tag(&bytes);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let known = known.flat_map(|tags| tags.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.trim_start_matches("W/") == tag
    });
    let always = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, always).into_response());
    }
    let content_type = HeaderValue::from_str(&content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    Ok((always, [(header::CONTENT_TYPE, content_type)], bytes).into_response())
}

/// What names exactly these bytes (RFC 9110, section 8.8.3).
fn entity_tag(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Find people who may sign in, by name.
#[utoipa::path(get, path = "/api/v1/users", tag = "people", params(Find), responses(
    (status = 200, body = UserPage),
    (status = 401, body = ApiError),
))]
pub async fn directory(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    find: Result<Query<Find>, QueryRejection>,
) -> Result<Json<UserPage>, Failure> {
    let (prefix, after, limit) = find?.bounds();
    let found = shared.store.directory(caller.user.id, &prefix, &after, limit).await?;
    let (users, next) = page(found, limit, |user| &user.name);
    Ok(Json(UserPage { users, next }))
}

/// The own contacts, by display name.
#[utoipa::path(get, path = "/api/v1/me/contacts", tag = "people", responses(
    (status = 200, body = Vec<UserSummary>),
    (status = 401, body = ApiError),
))]
pub async fn contacts(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<Vec<UserSummary>>, Failure> {
    Ok(Json(shared.store.contacts_of(caller.user.id).await?))
}

/// Add somebody to the own contacts.
#[utoipa::path(put, path = "/api/v1/me/contacts/{name}", tag = "people",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 204, description = "they are among them"),
    (status = 400, body = ApiError, description = "`invalid`: that is you"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn add_contact(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let contact = shared.user(&name).await?;
    if contact.id == caller.user.id {
        return Err(Failure::field("name", "nobody is a contact of their own"));
    }
    shared.store.add_contact(caller.user.id, contact.id).await?;
    shared.events.view_changed(caller.user.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove somebody from the own contacts.
#[utoipa::path(delete, path = "/api/v1/me/contacts/{name}", tag = "people",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 204, description = "they are not among them any more"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn delete_contact(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let contact = shared.user(&name).await?;
    if !shared.store.delete_contact(caller.user.id, contact.id).await? {
        return Err(Failure::not_found(format!("{} is no contact of yours", contact.name)));
    }
    shared.events.view_changed(caller.user.id).await;
    Ok(StatusCode::NO_CONTENT)
}

impl Shared {
    /// Somebody who may sign in, by name.
    async fn user(&self, name: &str) -> Result<UserRow, Failure> {
        let user = self.store.user_by_name(name).await?.filter(|user| !user.disabled);
        user.ok_or_else(|| Failure::not_found("there is nobody of that name"))
    }
}
