//! The hub's REST calls.

use protocol::{ApiError, CreateRoom, Room, RoomKind, SignIn, SignedIn};
use std::time::Duration;

/// How long a REST call may take before the hub counts as unreachable.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a REST call failed, by what the user does next.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The address is not one: correct it.
    #[error("“{0}” is not the address of a hub; it looks like http://hub.example:7480")]
    Address(String),
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

/// A hub's REST interface. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HubClient {
    base: String,
    http: reqwest::Client,
}

impl HubClient {
    /// A client for the hub at `base`, for instance `http://127.0.0.1:7480`.
    pub fn new(base: &str) -> Result<HubClient, NetError> {
        let bad = || NetError::Address(base.to_owned());
        let url = reqwest::Url::parse(base).map_err(|_| bad())?;
        if url.host_str().is_none() || url.scheme() != "http" {
            return Err(bad());
        }
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build().map_err(|_| bad())?;
        Ok(HubClient { base: base.trim_end_matches('/').to_owned(), http })
    }

    /// The hub's address without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address of the live protocol's WebSocket.
    pub fn websocket_url(&self) -> String {
        format!("{}/api/v1/ws", self.base.replacen("http", "ws", 1))
    }

    /// Signs in.
    pub async fn sign_in(&self, user: &str, password: &str) -> Result<SignedIn, NetError> {
        let body = SignIn { user: user.to_owned(), password: password.to_owned() };
        self.call(self.http.post(self.url("session")).json(&body)).await
    }

    /// The signed-in user's rooms, newest first.
    pub async fn rooms(&self, token: &str) -> Result<Vec<Room>, NetError> {
        self.call(self.http.get(self.url("rooms")).bearer_auth(token)).await
    }

    /// Makes a room.
    pub async fn create_room(
        &self,
        token: &str,
        name: &str,
        kind: RoomKind,
    ) -> Result<Room, NetError> {
        let body = CreateRoom { name: name.to_owned(), kind };
        self.call(self.http.post(self.url("rooms")).bearer_auth(token).json(&body)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.base)
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, NetError> {
        let unreachable = |error: reqwest::Error| NetError::Unreachable {
            hub: self.base.clone(),
            reason: innermost(&error),
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_success() {
            let not_a_hub = |_| NetError::NotAHub { hub: self.base.clone() };
            return response.json().await.map_err(not_a_hub);
        }
        let error = response.json::<ApiError>().await.unwrap_or_else(|_| ApiError {
            code: status.as_str().to_owned(),
            message: format!("the hub answered {status}"),
        });
        Err(NetError::Refused(error))
    }
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
    }

    #[tokio::test]
    async fn a_dead_hub_is_named() {
        let hub = HubClient::new("http://127.0.0.1:1").expect("an address");
        let error = hub.sign_in("a", "b").await.map(|_| ()).expect_err("nobody listens");
        assert!(error.to_string().contains("http://127.0.0.1:1"), "{error}");
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
