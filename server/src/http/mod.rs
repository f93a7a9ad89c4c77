//! Pages, REST and the door to the WebSocket.

mod api;
mod guest;

use crate::hub::Shared;
use crate::signalling;
use axum::Router;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use std::sync::Arc;

/// No REST body comes near this.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Everything that the hub serves over HTTP.
pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/v1/session", post(api::sign_in).delete(api::sign_out))
        .route("/api/v1/rooms", get(api::rooms).post(api::create_room))
        .route("/api/v1/ws", get(live))
        .route("/api/{*path}", any(api::nothing_here))
        .route("/healthz", get(health))
        .route("/j/{link}", get(guest::page))
        .route("/guest/{*path}", get(guest::asset))
        .fallback(guest::nothing_here)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(map_response(harden))
        .with_state(shared)
}

/// Headers that every answer carries. Links are secrets, so no page hands its address on.
async fn harden(mut response: Response) -> Response {
    const ALWAYS: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in ALWAYS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    match shared.store.ping().await {
        Ok(()) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

async fn live(
    State(shared): State<Arc<Shared>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return api::invalid(rejection.status(), rejection.body_text()),
    };
    let Some(alive) = shared.alive.upgrade() else {
        return api::invalid(StatusCode::SERVICE_UNAVAILABLE, "the hub stops".to_owned());
    };
    upgrade
        .max_message_size(protocol::MAX_FRAME_BYTES)
        .max_frame_size(protocol::MAX_FRAME_BYTES)
        .on_upgrade(async move |socket| {
            signalling::serve(&shared, socket).await;
            drop(alive);
        })
}
