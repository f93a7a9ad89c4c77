//! The hub's REST calls, and the way to it: plain, or by TLS.

mod accounts;
mod calls;
mod clock;
mod entry;
mod people;
mod planner;
mod rooms;

pub use clock::HubClock;
pub use rooms::Rung;

use protocol::{ApiError, SignIn, SignedIn};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::{Error as SocketError, protocol::WebSocketConfig};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

/// How long a REST call may take before the hub counts as unreachable.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a REST call failed, by what the user does next.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The address is not one: correct it.
    #[error("“{0}” is not the address of a hub; it looks like https://hub.example:7480")]
    Address(String),
    /// The hub's certificate cannot be read: name another file.
    #[error("the hub's certificate {0} cannot be used: {1}. Correct KATHEDER_HUB_TRUST")]
    Certificate(String, String),
    /// Nobody answers: check address and network, or try later.
    #[error("the hub at {hub} does not answer: {reason}")]
    Unreachable {
        /// The hub's address.
        hub: String,
        /// Why.
        reason: String,
    },
    /// Something else than a hub answers: check the address.
    #[error("{hub} answers, but not as a hub does: check the address")]
    NotAHub {
        /// The address.
        hub: String,
    },
    /// The hub said no.
    #[error("{}", .0.message)]
    Refused(ApiError),
}

/// The environment variable that names the PEM file of a hub that signed its certificate itself.
pub const TRUST_VARIABLE: &str = "KATHEDER_HUB_TRUST";

/// Whom this program takes for a hub, when it speaks TLS.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// Whoever the system's authorities vouch for.
    #[default]
    System,
    /// Whoever has one of these certificates or is vouched for by them, and nobody else.
    Only(Arc<[CertificateDer<'static>]>),
}

impl Trust {
    /// The certificates of a PEM file, and nobody else.
    pub fn only(path: &Path) -> Result<Trust, NetError> {
        let bad = |reason: String| NetError::Certificate(path.display().to_string(), reason);
        let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let certificates = certificates.map_err(|error| bad(error.to_string()))?;
        if certificates.is_empty() {
            return Err(bad("there is no certificate in it".to_owned()));
        }
        Ok(Trust::Only(certificates.into()))
    }

    /// What [`TRUST_VARIABLE`] says; without it the system's authorities.
    pub fn from_environment() -> Result<Trust, NetError> {
        match std::env::var_os(TRUST_VARIABLE) {
            Some(path) => Trust::only(Path::new(&path)),
            None => Ok(Trust::System),
        }
    }
}

/// Where a hub's live protocol is spoken.
#[derive(Debug, Clone)]
pub struct Door {
    /// `ws://…` or `wss://…`.
    pub url: String,
    /// Who may answer there.
    pub trust: Trust,
}

/// A door that the system's authorities are asked about.
impl From<String> for Door {
    fn from(url: String) -> Door {
        Door { url, trust: Trust::System }
    }
}

/// A WebSocket to a hub.
pub type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

impl Door {
    /// Opens a connection.
    pub async fn open(&self) -> Result<Socket, SocketError> {
        install_provider();
        let limit = Some(4 * protocol::MAX_FRAME_BYTES);
        let config = WebSocketConfig::default().max_message_size(limit);
        let connector = match &self.trust {
            Trust::System => None,
            Trust::Only(certificates) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(certificates.iter().cloned());
                let config = rustls::ClientConfig::builder()
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                Some(Connector::Rustls(Arc::new(config)))
            }
        };
        tokio_tungstenite::connect_async_tls_with_config(&self.url, Some(config), true, connector)
            .await
            .map(|(socket, _)| socket)
    }
}

/// The process's cryptography for TLS; an embedded hub may have chosen it already.
fn install_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A hub's REST interface. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HubClient {
    base: String,
    trust: Trust,
    http: reqwest::Client,
    clock: HubClock,
}

impl HubClient {
    /// A client for the hub at `base`, for instance `https://hub.example:7480`; see
    /// [`TRUST_VARIABLE`] for one with a certificate of its own.
    pub fn new(base: &str) -> Result<HubClient, NetError> {
        HubClient::trusting(base, Trust::from_environment()?)
    }

    /// A client that takes nobody else for the hub.
    pub fn trusting(base: &str, trust: Trust) -> Result<HubClient, NetError> {
        let bad = || NetError::Address(base.to_owned());
        let url = reqwest::Url::parse(base).map_err(|_| bad())?;
        if url.host_str().is_none() || !matches!(url.scheme(), "http" | "https") {
            return Err(bad());
        }
        install_provider();
        let mut http = reqwest::Client::builder().timeout(CALL_TIMEOUT);
        if let Trust::Only(certificates) = &trust {
            http = http.tls_built_in_root_certs(false);
            for certificate in certificates.iter() {
                let certificate = reqwest::Certificate::from_der(certificate).map_err(|_| bad())?;
                http = http.add_root_certificate(certificate);
            }
        }
        let http = http.build().map_err(|_| bad())?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(HubClient { base, trust, http, clock: HubClock::default() })
    }

    /// Where the live channel is spoken.
    pub fn events_door(&self) -> Door {
        let url = format!("{}/api/v1/events", self.base.replacen("http", "ws", 1));
        Door { url, trust: self.trust.clone() }
    }

    /// The hub's clock, as far as its answers told it.
    pub fn clock(&self) -> &HubClock {
        &self.clock
    }

    /// The hub's address without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address of the live protocol's WebSocket.
    pub fn websocket_url(&self) -> String {
        format!("{}/api/v1/ws", self.base.replacen("http", "ws", 1))
    }

    /// Where the live protocol is spoken.
    pub fn door(&self) -> Door {
        Door { url: self.websocket_url(), trust: self.trust.clone() }
    }

    /// Signs in.
    pub async fn sign_in(&self, user: &str, password: &str) -> Result<SignedIn, NetError> {
        let body = SignIn { user: user.to_owned(), password: password.to_owned() };
        self.call(self.http.post(self.url("session")).json(&body)).await
    }

    /// Reads what `path` under `/api/v1/` names. `()` takes an answer without a body.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
    ) -> Result<T, NetError> {
        self.call(self.http.get(self.url(path)).bearer_auth(token)).await
    }

    /// Reads what `path` names, with a query.
    pub(crate) async fn get_with<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, NetError> {
        self.call(self.http.get(self.url(path)).query(query).bearer_auth(token)).await
    }

    /// Posts a body.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, NetError> {
        self.call(self.http.post(self.url(path)).bearer_auth(token).json(body)).await
    }

    /// Puts a body in the place of what was there.
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, NetError> {
        self.call(self.http.put(self.url(path)).bearer_auth(token).json(body)).await
    }

    /// Changes a part of what was there.
    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, NetError> {
        self.call(self.http.patch(self.url(path)).bearer_auth(token).json(body)).await
    }

    /// Deletes what `path` names.
    pub(crate) async fn delete(&self, token: &str, path: &str) -> Result<(), NetError> {
        self.call(self.http.delete(self.url(path)).bearer_auth(token)).await
    }

    /// Reads a file: its bytes, whatever they are.
    pub(crate) async fn bytes(&self, token: &str, path: &str) -> Result<Vec<u8>, NetError> {
        let response = self.send(self.http.get(self.url(path)).bearer_auth(token)).await?;
        let body = response.bytes().await;
        body.map(Vec::from).map_err(|_| NetError::NotAHub { hub: self.base.clone() })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.base)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, NetError> {
        let response = self.send(request).await?;
        let not_a_hub = |_| NetError::NotAHub { hub: self.base.clone() };
        let body = response.bytes().await.map_err(not_a_hub)?;
        let json: &[u8] = if body.is_empty() { b"null" } else { &body };
        serde_json::from_slice(json).map_err(|_| NetError::NotAHub { hub: self.base.clone() })
    }

    /// Sends a request; gives the answer when the hub said yes.
    async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, NetError> {
        let response = self.answer(request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.bytes().await.unwrap_or_default();
        Err(refused(status, &body))
    }

    /// Sends a request; gives the answer whatever it is.
    async fn answer(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, NetError> {
        let sent_ms = local_ms();
        let response = request.send().await.map_err(|error| NetError::Unreachable {
            hub: self.base.clone(),
            reason: innermost(&error),
        })?;
        let date = response.headers().get(reqwest::header::DATE);
        if let Some(date) = date.and_then(|date| date.to_str().ok()) {
            self.clock.hear(date, sent_ms, local_ms());
        }
        Ok(response)
    }
}

/// What a hub that said no meant.
fn refused(status: reqwest::StatusCode, body: &[u8]) -> NetError {
    let error = serde_json::from_slice(body).unwrap_or_else(|_| ApiError {
        code: status.as_str().to_owned(),
        message: format!("the hub answered {status}"),
        field: None,
    });
    NetError::Refused(error)
}

/// Unix milliseconds by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the network is where the hub's clock comes in")]
fn local_ms() -> i64 {
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    unix.unwrap_or_default().as_millis() as i64
}

/// The cause that says most: reqwest's own text only repeats the address.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_must_name_a_host() {
        for bad in ["", "hub", "ftp://hub", "http://", "file:///etc/passwd"] {
            assert!(matches!(HubClient::new(bad), Err(NetError::Address(_))), "{bad}");
        }
        let hub = HubClient::new("http://127.0.0.1:7480/").expect("an address");
        assert_eq!(hub.websocket_url(), "ws://127.0.0.1:7480/api/v1/ws");
        let hub = HubClient::new("https://hub.example").expect("an address");
        assert_eq!(hub.websocket_url(), "wss://hub.example/api/v1/ws");
    }

    #[tokio::test]
    async fn a_dead_hub_is_named() {
        let hub = HubClient::new("http://127.0.0.1:1").expect("an address");
        let error = hub.sign_in("a", "b").await.map(|_| ()).expect_err("nobody listens");
        assert!(error.to_string().contains("http://127.0.0.1:1"), "{error}");
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
