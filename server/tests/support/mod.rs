//! A hub with its administrator signed in, and clients for it.

#![expect(clippy::unwrap_used, reason = "tools of tests: what fails here fails the test")]

use futures_util::{SinkExt, StreamExt};
use protocol::*;
use serde_json::{Value, json};
use server::{Config, Hub};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Nothing in a test takes so long; what does has hung.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    pub hub: Hub,
    pub data: TempDir,
    pub token: String,
    pub http: reqwest::Client,
}

impl World {
    pub fn start() -> World {
        World::start_with(|_| {})
    }

    /// A hub whose configuration differs from a local one's.
    pub fn start_with(change: impl FnOnce(&mut Config)) -> World {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::local(data.path());
        change(&mut config);
        let hub = Hub::start(config).unwrap();
        let token = hub.local_sign_in().unwrap().token;
        World { hub, data, token, http: reqwest::Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.hub.http_addr())
    }

    pub async fn page(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let request = self.http.get(self.url(path));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        answer(request).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.http.post(self.url(path)).bearer_auth(&self.token).json(&body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> u16 {
        let answer = self.http.delete(self.url(path)).bearer_auth(token).send().await.unwrap();
        answer.status().as_u16()
    }

    pub async fn sign_in(&self, user: &str, password: &str) -> (u16, Value) {
        let body = json!({ "user": user, "password": password });
        answer(self.http.post(self.url("/api/v1/session")).json(&body)).await
    }

    /// Replaces a one-time password, which opens nothing else.
    pub async fn choose_password(&self, token: &str, one_time: &str) {
        let body = json!({ "old": one_time, "new": "one of their own" });
        let request = self.http.put(self.url("/api/v1/me/password")).bearer_auth(token).json(&body);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 204);
    }

    pub async fn room(&self, name: &str, kind: RoomKind) -> Room {
        let (status, room) =
            self.post("/api/v1/rooms", json!({ "name": name, "kind": kind })).await;
        assert_eq!(status, 201);
        serde_json::from_value(room).unwrap()
    }

    pub async fn connect(&self) -> Live {
        let address = self.hub.http_addr();
        let stream = TcpStream::connect(address).await.unwrap();
        let handshake = client_async(format!("ws://{address}/api/v1/ws"), stream);
        let (socket, _) = timeout(PATIENCE, handshake).await.unwrap().unwrap();
        Live { socket }
    }

    async fn enter(&self, credential: Credential) -> Live {
        let mut live = self.connect().await;
        live.say(&ClientMessage::Join { version: VERSION, credential }).await;
        live
    }

    pub async fn host(&self, room: &Room) -> Live {
        let (token, number) = (self.token.clone(), room.number.clone());
        self.enter(Credential::Session { token, number, name: None }).await
    }

    pub async fn guest(&self, room: &Room, name: &str) -> Live {
        let link = room.link_path.strip_prefix("/j/").unwrap().to_owned();
        self.enter(Credential::Link { link, name: name.to_owned() }).await
    }

    pub async fn resume(&self, token: &str) -> Live {
        self.enter(Credential::Resume { token: token.to_owned() }).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A client's WebSocket.
pub struct Live {
    pub socket: WebSocketStream<TcpStream>,
}

impl Live {
    pub async fn say(&mut self, message: &ClientMessage) {
        self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        // The hub may close the connection while a big frame is still on its way.
        let _ = self.socket.send(Message::text(text)).await;
    }

    pub async fn send_binary(&mut self, bytes: &'static [u8]) {
        self.socket.send(Message::binary(bytes)).await.unwrap();
    }

    pub async fn chat(&mut self, scope: ChatScope, text: &str) {
        self.say(&ClientMessage::Chat { scope, text: text.to_owned() }).await;
    }

    async fn frame(&mut self) -> Option<Message> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("the hub keeps silent") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(frame)) => return Some(frame),
                Some(Err(_)) | None => return None,
            }
        }
    }

    pub async fn next(&mut self) -> HubMessage {
        match self.frame().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// The code that the hub closes with.
    pub async fn closed(&mut self) -> Option<u16> {
        match self.frame().await {
            Some(Message::Close(frame)) => frame.map(|frame| frame.code.into()),
            other => panic!("expected the connection's end, got {other:?}"),
        }
    }

    async fn end_of_stream(&mut self) {
        let frame = self.frame().await;
        assert!(matches!(frame, None | Some(Message::Close(_))), "{frame:?} after the end");
    }

    pub async fn joined(&mut self) -> (String, Snapshot) {
        match self.next().await {
            HubMessage::Joined { resume_token, snapshot } => (resume_token, snapshot),
            other => panic!("expected to be inside, got {other:?}"),
        }
    }

    pub async fn changed(&mut self) -> Participant {
        match self.next().await {
            HubMessage::ParticipantChanged { participant } => participant,
            other => panic!("expected a change, got {other:?}"),
        }
    }

    pub async fn line(&mut self) -> ChatLine {
        match self.next().await {
            HubMessage::Chat { line } => line,
            other => panic!("expected a chat line, got {other:?}"),
        }
    }

    pub async fn refused(&mut self) -> Refusal {
        let HubMessage::Refused { reason } = self.next().await else { panic!("not refused") };
        self.end_of_stream().await;
        reason
    }

    pub async fn ended(&mut self) -> EndReason {
        match self.next().await {
            HubMessage::Ended { reason } => {
                self.end_of_stream().await;
                reason
            }
            other => panic!("expected the end, got {other:?}"),
        }
    }
}
