//! What administrators and their tools look at: health, figures, a line per request; and whose
//! address a request comes from.

use crate::config::Tls;
use crate::hub::Shared;
use crate::metrics::CONTENT_TYPE;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// What proxies say about whom they speak for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Browsers keep to HTTPS for a year (RFC 6797).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// `/healthz`: the process lives and its database answers.
pub async fn health(State(shared): State<Arc<Shared>>) -> Response {
    match shared.store.ping().await {
        Ok(()) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// `/readyz`: new people may be sent here. Not while the hub stops, although it still answers.
pub async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if *shared.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the hub stops\n").into_response();
    }
    health(State(shared)).await
}

/// `/metrics`: for the bearer of the configured token; without one, for this machine alone.
pub async fn metrics(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    if !may_read_metrics(&shared, address.ip(), &headers) {
        let body = "ask with the configured metrics_token as bearer token, or from the hub's own \
                    machine when there is none\n";
        return (StatusCode::FORBIDDEN, body).into_response();
    }
    match shared.metrics.text(&shared).await {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the figures are incomplete");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

fn may_read_metrics(shared: &Shared, address: IpAddr, headers: &HeaderMap) -> bool {
    match &shared.config.metrics_token {
        Some(token) => {
            let header = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
            let given = header.and_then(|h| h.strip_prefix("Bearer ")).unwrap_or_default();
            given.trim().as_bytes().ct_eq(token.as_bytes()).into()
        }
        // A proxy on this machine speaks for others.
        None => address.to_canonical().is_loopback() && !headers.contains_key(FORWARDED_FOR),
    }
}

/// Replaces the connection's address by the client's own where a trusted proxy speaks for it, so that
/// everybody further in means the client by `ConnectInfo`.
pub async fn client_address(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    if let Some(peer) = peer {
        let lists = request.headers().get_all(FORWARDED_FOR).iter();
        let lists: Vec<&str> = lists.filter_map(|list| list.to_str().ok()).collect();
        let client = client_behind(peer.ip(), &lists, &shared.config.trusted_proxies);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, peer.port())));
    }
    next.run(request).await
}

/// The nearest address that is not a trusted proxy's. Each proxy appends whom it heard from, so only
/// the end of the list that trusted ones wrote is believed.
fn client_behind(peer: IpAddr, lists: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let trusts = |address: IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == address);
    let mut client = peer.to_canonical();
    let mut told = lists.iter().rev().flat_map(|list| list.rsplit(','));
    while trusts(client) {
        let Some(address) = told.next().and_then(|text| parse_address(text.trim())) else { break };
        client = address;
    }
    client
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let address = bare.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

/// Counts and logs every request, by its route's pattern: a path may be a secret (`/j/…`).
pub async fn track(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let started = crate::clock::now().instant;
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let route = route.as_ref().map_or("(none)", |route| route.as_str());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    shared.metrics.answered(&method, route, status, took);
    let took_ms = took.as_secs_f64() * 1e3;
    // Programs ask for these every few seconds.
    if matches!(route, "/healthz" | "/readyz" | "/metrics") {
        tracing::debug!(target: "server::request", %method, route, status, took_ms, "answered");
    } else {
        tracing::info!(target: "server::request", %method, route, status, took_ms, "answered");
    }
    // A self-signed certificate has to be accepted by hand, which HSTS would forbid.
    if matches!(shared.config.tls, Tls::Files { .. } | Tls::Acme { .. }) {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lists: &[&str]) -> String {
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        client_behind(peer.parse().unwrap(), lists, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("192.0.2.9", &["203.0.113.1"]), "192.0.2.9", "not a proxy of ours");
        assert_eq!(client("10.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(client("::ffff:10.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        let invented = ["198.51.100.7, 203.0.113.1"];
        assert_eq!(client("10.0.0.1", &invented), "203.0.113.1", "the client's own word");
        assert_eq!(client("10.0.0.1", &["203.0.113.1, 10.0.0.2"]), "203.0.113.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.1", "10.0.0.2"]), "203.0.113.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }
}
