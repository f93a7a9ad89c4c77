//! Opening the WebSocket and writing to it, both within limits.

use crate::net::{Door, Socket};
use futures_util::SinkExt;
use protocol::ClientMessage;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

/// How long a message may take to leave; beyond, the way to the hub is blocked.
const SEND_LIMIT: Duration = Duration::from_secs(5);
/// How long a connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens a connection and says `join` on it.
pub(super) async fn connect(door: Door, join: ClientMessage) -> Option<Socket> {
    match tokio::time::timeout(CONNECT_TIMEOUT, door.open()).await {
        Ok(Ok(mut socket)) => send(&mut socket, &join).await.then_some(socket),
        Ok(Err(error)) => {
            tracing::warn!(url = door.url, %error, "the hub does not answer");
            None
        }
        Err(_) => None,
    }
}

pub(super) async fn send(socket: &mut Socket, message: &ClientMessage) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => {
            let sent = tokio::time::timeout(SEND_LIMIT, socket.send(Message::text(text))).await;
            matches!(sent, Ok(Ok(())))
        }
        Err(error) => {
            tracing::error!(%error, "a message could not be written");
            true
        }
    }
}
