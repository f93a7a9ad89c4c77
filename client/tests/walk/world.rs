//! A hub with three people who know one another, and a room of two of them.

use crate::driver::Walker;
use client::net::HubClient;
use futures_util::{SinkExt, StreamExt};
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};
use server::{Config, Hub};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

const PASSWORD: &str = "correct horse battery";

/// How long the hub may take to answer a guest.
const PATIENCE: Duration = Duration::from_secs(60);

/// The room of Eva and Ulf.
pub const ROOM: &str = "Runde am Montag";

/// The hub.
pub struct World {
    base: String,
    runtime: tokio::runtime::Runtime,
    _hub: Hub,
    _data: tempfile::TempDir,
}

impl World {
    /// With Eva Muster, Ulf Beispiel and Ada Probe.
    pub fn start() -> World {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::start(Config::local(data.path())).unwrap();
        let base = format!("http://{}", hub.http_addr());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(people(&hub, &base));
        World { base, runtime, _hub: hub, _data: data }
    }

    /// One of them at a window.
    pub fn walker(&self, user: &'static str) -> Walker {
        Walker::start(&self.base, user, PASSWORD)
    }

    /// A guest who comes by a link, `/j/…`.
    pub fn guest(&self, link: &str, name: &str) -> Guest<'_> {
        let url = format!("{}/api/v1/ws", self.base.replacen("http", "ws", 1));
        let (link, name) = (link.trim_start_matches("/j/").to_owned(), name.to_owned());
        let credential = Credential::Link { link, name };
        let join = ClientMessage::Join { version: VERSION, credential };
        let text = serde_json::to_string(&join).unwrap();
        let socket = self.runtime.block_on(async {
            let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
            socket.send(Message::text(text)).await.unwrap();
            socket
        });
        Guest { world: self, socket }
    }
}

/// Somebody without the program: a WebSocket.
pub struct Guest<'world> {
    world: &'world World,
    socket: tokio_tungstenite::WebSocketStream<
        tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>,
    >,
}

impl Guest<'_> {
    /// Waits for a message that is so.
    pub fn hears(&mut self, what: &str, is: impl Fn(&HubMessage) -> bool) -> HubMessage {
        let socket = &mut self.socket;
        let heard = self.world.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                while let Some(Ok(frame)) = socket.next().await {
                    let Message::Text(text) = frame else { continue };
                    let message = serde_json::from_str(&text).unwrap();
                    if is(&message) {
                        return Some(message);
                    }
                }
                None
            })
            .await
        });
        heard.ok().flatten().unwrap_or_else(|| panic!("the guest heard no {what} in time"))
    }
}

async fn send(token: &str, method: Method, url: &str, body: Value) -> Value {
    let request = reqwest::Client::new().request(method, url).bearer_auth(token).json(&body);
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{url}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

async fn people(hub: &Hub, base: &str) {
    let api = format!("{base}/api/v1");
    let client = HubClient::new(base).unwrap();
    let admin = hub.local_sign_in().unwrap().token;
    let mut tokens = Vec::new();
    for (name, display_name) in
        [("eva", "Eva Muster"), ("ulf", "Ulf Beispiel"), ("ada", "Ada Probe")]
    {
        let account = json!({ "name": name, "display_name": display_name });
        let made = send(&admin, Method::POST, &format!("{api}/admin/users"), account).await;
        let first = made["one_time_password"].as_str().unwrap();
        let token = client.sign_in(name, first).await.unwrap().token;
        let change = json!({ "old": first, "new": PASSWORD });
        send(&token, Method::PUT, &format!("{api}/me/password"), change).await;
        let profile = json!({ "name": display_name, "join_without_camera": true });
        send(&token, Method::PUT, &format!("{api}/me/profile"), profile).await;
        tokens.push(token);
    }
    for other in ["ulf", "ada"] {
        client.set_contact(&tokens[0], other, true).await.unwrap();
    }
    client.set_contact(&tokens[1], "eva", true).await.unwrap();
    let room = client.create_room(&tokens[0], ROOM, RoomKind::GroupCall).await.unwrap();
    let ulf = client.person(&tokens[0], "ulf").await.unwrap();
    client.set_member(&tokens[0], &room.number, ulf.id, false).await.unwrap();
}
