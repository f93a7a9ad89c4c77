//! The document that describes every REST call, for programs (OpenAPI 3.1) and for people.

mod page;

use super::origin::BaseUrl;
use crate::hub::Shared;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};

/// What the document says of the whole.
const DESCRIPTION: &str = "\
Rooms, planner, people and reports of a hub. Bodies are JSON. A call that fails answers with \
`ApiError`: `code` is stable and for programs, `message` is for people.

Sign in with `POST /api/v1/session` and send the token with every other call: \
`Authorization: Bearer <token>`.

What happens live goes over WebSocket: `GET /api/v1/ws` is a conference, `GET /api/v1/events` tells \
a signed-in user of presence, calls that ring and rooms. `PROTOCOL.md` has their messages.";

/// The name of the only way in.
const BEARER: &str = "bearer";

/// The document before any call is in it.
pub fn start() -> OpenApi {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of a session, from `POST /api/v1/session` (RFC 6750)."))
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Katheder hub")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION)),
        )
        .components(Some(
            ComponentsBuilder::new().security_scheme(BEARER, SecurityScheme::Http(token)).build(),
        ))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

/// The document and its page.
pub fn routes(document: OpenApi) -> Router<Arc<Shared>> {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    describe_answers(&mut document);
    let page: Arc<str> = page::render(&document).into();
    let document = Arc::new(document);
    let json = async move |base| json(&document, base);
    Router::new()
        .route("/api/v1/openapi.json", get(json))
        .route("/api", get(async move || html(&page)))
}

/// Every answer needs a description (OpenAPI 3.1, Response Object); most statuses speak for
/// themselves.
fn describe_answers(document: &mut Value) {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    let calls = items.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten());
    let answers =
        calls.filter_map(|(_, call)| call.get_mut("responses")?.as_object_mut()).flatten();
    for (status, answer) in answers {
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = meaning(status).into();
        }
    }
}

fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "here it is",
        "201" => "it was made",
        "202" => "it will be done",
        "204" => "it is done",
        "400" | "422" => "something in the request is wrong: `field` says what",
        "401" => "sign in first, or again",
        "403" => "not for this caller",
        "404" => "there is no such thing, or not for this caller",
        "409" => "not possible now: `code` says why",
        "413" => "the body is too big",
        "429" => "too many tries: wait for as long as `Retry-After` says",
        _ => "see `ApiError`",
    }
}

/// The document, with the address that the caller reached as its server.
fn json(document: &Value, BaseUrl(base): BaseUrl) -> Response {
    let mut document = document.clone();
    document["servers"] = json!([{ "url": base }]);
    Json(document).into_response()
}

/// The page runs no script and loads nothing: its one style sheet is in it, and named by its hash.
fn html(page: &str) -> Response {
    let style = STANDARD.encode(Sha256::digest(page::STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let headers: [(HeaderName, String); 2] =
        [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-cache".to_owned())];
    (headers, Html(page.to_owned())).into_response()
}
