//! The guest page: one HTML file whose room name is filled in, and its assets, all from this hub.

use crate::clock;
use crate::html::escape;
use crate::hub::Shared;
use crate::room::hash_token;
use crate::store::{RoomRow, kind_text};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "../assets/guest"]
struct Assets;

/// `/j/{link}`: the guest page, or a page that says why there is none.
pub async fn page(
    State(shared): State<Arc<Shared>>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Response {
    match shared.store.room_by_link(hash_token(&link), clock::now().unix_ms).await {
        Ok(Some(room)) => html(StatusCode::OK, "index.html", Some(&room), &headers),
        Ok(None) => html(StatusCode::NOT_FOUND, "link.html", None, &headers),
        Err(error) => {
            tracing::error!(%error, "the guest page could not be made");
            html(StatusCode::SERVICE_UNAVAILABLE, "trouble.html", None, &headers)
        }
    }
}

/// `/guest/{path}`: scripts, styles and pictures.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let kind = content_type(&path);
    let (Some(file), Some(kind)) = (Assets::get(&path), kind) else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let tag = entity_tag(&file);
    // `no-cache` lets browsers keep the file but ask each time: a new hub means a new page.
    let caching = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response()
}

/// Any other path.
pub async fn nothing_here(headers: HeaderMap) -> Response {
    html(StatusCode::NOT_FOUND, "link.html", None, &headers)
}

fn html(status: StatusCode, name: &str, room: Option<&RoomRow>, headers: &HeaderMap) -> Response {
    let Some(file) = Assets::get(name) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the page is missing\n").into_response();
    };
    let mut text = String::from_utf8_lossy(&file.data).into_owned();
    if let Some(room) = room {
        text =
            text.replace("{{room}}", &escape(&room.name)).replace("{{kind}}", kind_text(room.kind));
    }
    let response_headers = [
        (header::CONTENT_SECURITY_POLICY, content_security_policy(headers)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(self), display-capture=(self)".to_owned(),
        ),
    ];
    (status, response_headers, Html(text)).into_response()
}

/// Everything from this hub, no inline script or style. Some browsers do not take `'self'` for
/// WebSocket addresses, so the host is named where the request names a plain one.
fn content_security_policy(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain =
        |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let sockets =
        host.filter(plain).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; media-src 'self' blob:; connect-src 'self'{sockets}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

fn entity_tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_host_does_not_enter_the_policy() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "a.example; script-src *".parse().unwrap());
        assert!(!content_security_policy(&headers).contains("a.example"));
        headers.insert(header::HOST, "127.0.0.1:80".parse().unwrap());
        assert!(content_security_policy(&headers).contains("ws://127.0.0.1:80"));
    }
}
