//! Pages, REST and the door to the WebSocket.

mod accounts;
mod admin;
mod api;
mod contacts;
mod document;
mod facts;
mod guest;
mod invitations;
mod links;
mod login;
mod members;
mod observe;
#[cfg(feature = "oidc")]
mod oidc;
mod origin;
mod planner;
mod reports;
mod rooms;
mod webhooks;

use crate::hub::Shared;
use crate::signalling;
use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{any, get};
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// No REST body comes near this.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What a WebSocket reads at once. Each connection holds a buffer of this size for good, and few
/// messages are longer.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024;

/// Every REST call, described.
fn api() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::with_openapi(document::start())
        .merge(accounts::routes())
        .merge(admin::routes())
        .merge(contacts::routes())
        .merge(facts::routes())
        .merge(invitations::routes())
        .merge(links::routes())
        .merge(members::routes())
        .merge(planner::routes())
        .merge(reports::routes())
        .merge(rooms::routes())
        .merge(webhooks::routes())
}

/// Everything that the hub serves over HTTP.
pub fn router(shared: Arc<Shared>) -> Router {
    let (api, document) = api().split_for_parts();
    Router::new()
        .merge(api)
        .merge(document::routes(document))
        .route("/api/v1/ws", get(live))
        .route("/api/v1/events", get(members::events))
        .route("/api/{*path}", any(api::nothing_here))
        .route("/healthz", get(observe::health))
        .route("/readyz", get(observe::ready))
        .route("/metrics", get(observe::metrics))
        .route("/j/{link}", get(guest::page))
        .route("/guest/{*path}", get(guest::asset))
        .merge(login::pages())
        .fallback(guest::nothing_here)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(map_response(harden))
        .layer(from_fn_with_state(shared.clone(), observe::track))
        .layer(from_fn_with_state(shared.clone(), observe::client_address))
        .with_state(shared)
}

/// Headers that every answer carries, unless it has a reason for others. Links are secrets, so no page
/// hands its address on.
async fn harden(mut response: Response) -> Response {
    const ALWAYS: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let framable = response.extensions().get::<login::Framable>().is_some();
    for (name, value) in ALWAYS {
        if !(framable && name == header::X_FRAME_OPTIONS) {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
    response
}

/// The door to a conference, a WebSocket.
async fn live(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    upgrade: Upgrade,
) -> Response {
    open_socket(shared, upgrade, async move |shared, socket| {
        signalling::serve(&shared, socket, address.ip()).await;
    })
}

/// A request that wants to become a WebSocket.
type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// Makes a WebSocket of a request and has it served; a hub that stops waits until it was.
fn open_socket<F: Future<Output = ()> + Send + 'static>(
    shared: Arc<Shared>,
    upgrade: Upgrade,
    serve: impl FnOnce(Arc<Shared>, WebSocket) -> F + Send + 'static,
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
        .read_buffer_size(SOCKET_BUFFER_BYTES)
        .on_upgrade(async move |socket| {
            let open = shared.metrics.connection();
            serve(shared, socket).await;
            drop(open);
            drop(alive);
        })
}
