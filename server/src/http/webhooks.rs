//! Webhooks: other programs are told what happens.

use super::api::{Caller, Failure};
use crate::clock;
use crate::hub::Shared;
use crate::room::random_token;
use crate::webhooks;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use protocol::{ApiError, CreateWebhook, CreatedWebhook, Webhook, WebhookDelivery};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most webhooks of one account.
const MOST: i64 = 20;

/// So many deliveries on a page of the log.
const PAGE: i64 = 50;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(remove))
        .routes(routes!(deliveries))
        .routes(routes!(test))
}

/// The caller's webhooks, oldest first; an administrator sees everybody's.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", responses(
    (status = 200, body = Vec<Webhook>),
    (status = 401, body = ApiError),
))]
pub async fn list(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<Vec<Webhook>>, Failure> {
    Ok(Json(shared.store.webhooks(whose(&caller)).await?))
}

/// Have another program told what happens in the caller's rooms; an administrator's is told of all.
///
/// A message is `POST`ed as JSON: `id`, `type`, `timestamp` (ISO 8601) and `data` with `conference`
/// and, where it is about somebody, `participant`. It is signed as
/// [Standard Webhooks](https://www.standardwebhooks.com) says: `webhook-id`, `webhook-timestamp`
/// (Unix seconds) and `webhook-signature`, which is `v1,` and the base64 of HMAC-SHA256 over
/// `{webhook-id}.{webhook-timestamp}.{body}`; the key is what `secret` holds in base64 after
/// `whsec_`. Check it, and refuse timestamps more than five minutes off. An answer of 2xx within five
/// seconds takes the message; anything else, a redirect too, has it tried again, eleven times over
/// two days. Messages come in order; one may come twice, with the same id.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", request_body = CreateWebhook,
    responses(
        (status = 201, body = CreatedWebhook),
        (status = 400, body = ApiError, description = "no such address is possible, or no event"),
        (status = 401, body = ApiError),
        (status = 409, body = ApiError, description = "`too_many`: an account has at most 20"),
    ))]
pub async fn create(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Json<CreateWebhook>, JsonRejection>,
) -> Result<(StatusCode, Json<CreatedWebhook>), Failure> {
    let Json(CreateWebhook { url, mut events }) = body?;
    let url = url.trim().to_owned();
    shared.webhooks.check_url(&url).map_err(|problem| Failure::field("url", problem))?;
    events.sort();
    events.dedup();
    if events.is_empty() {
        return Err(Failure::field("events", "choose at least one event"));
    }
    let (nonce, now_ms) = (random_token(), clock::now().unix_ms);
    let id = shared.store.add_webhook(caller.user.id, &url, &nonce, &events, now_ms, MOST).await?;
    let id = id.ok_or_else(|| {
        Failure::conflict("too_many", "an account has at most 20 webhooks: delete one first")
    })?;
    let webhook = Webhook { id, owner: caller.user.name, url, events, created_at_ms: now_ms };
    let secret = shared.webhooks.secret_text(&nonce);
    Ok((StatusCode::CREATED, Json(CreatedWebhook { webhook, secret })))
}

/// Delete a webhook, with everything that it was still to get.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = i64, Path, description = "the webhook")),
    responses(
        (status = 204, description = "it is gone"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError),
    ))]
pub async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
) -> Result<StatusCode, Failure> {
    let Path(id) = id.map_err(|_| none_such())?;
    match shared.store.remove_webhook(id, whose(&caller)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(none_such()),
    }
}

/// A page of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    /// Older than this delivery.
    before: Option<i64>,
}

/// What a webhook was sent, newest first, 50 on a page. Kept for 30 days.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = i64, Path, description = "the webhook"), LogQuery),
    responses(
        (status = 200, body = Vec<WebhookDelivery>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError),
    ))]
pub async fn deliveries(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<Vec<WebhookDelivery>>, Failure> {
    let id = own(&shared, &caller, id).await?;
    let Query(query) = query.map_err(|rejection| {
        Failure::new(StatusCode::BAD_REQUEST, "invalid", rejection.body_text())
    })?;
    Ok(Json(shared.store.deliveries(id, query.before.unwrap_or(i64::MAX), PAGE).await?))
}

/// Send a webhook a message of the type `webhook.test`, after those that wait. What becomes of it is
/// in the log.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks",
    params(("id" = i64, Path, description = "the webhook")),
    responses(
        (status = 202, body = WebhookDelivery),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError),
    ))]
pub async fn test(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
) -> Result<(StatusCode, Json<WebhookDelivery>), Failure> {
    const EVENT: &str = "webhook.test";
    let id = own(&shared, &caller, id).await?;
    let (message_id, now_ms) = (webhooks::new_message_id(), clock::now().unix_ms);
    let body = webhooks::body(&message_id, EVENT, now_ms, &json!({ "webhook": id }));
    let queued = shared.store.queue_delivery(id, &message_id, EVENT, &body, now_ms).await?;
    shared.webhooks.wake();
    Ok((StatusCode::ACCEPTED, Json(queued)))
}

async fn own(
    shared: &Shared,
    caller: &Caller,
    id: Result<Path<i64>, PathRejection>,
) -> Result<i64, Failure> {
    let Path(id) = id.map_err(|_| none_such())?;
    match shared.store.has_webhook(id, whose(caller)).await? {
        true => Ok(id),
        false => Err(none_such()),
    }
}

/// Whose webhooks the caller manages; `None`: everybody's.
fn whose(caller: &Caller) -> Option<i64> {
    (!caller.user.administrator).then_some(caller.user.id)
}

fn none_such() -> Failure {
    Failure::not_found("there is no such webhook of yours")
}
