//! Users of a hub, made in its database, and their live channels.

#![expect(clippy::unwrap_used, reason = "tools of tests: what fails here fails the test")]

use crate::support::{PATIENCE, World};
use futures_util::{SinkExt, StreamExt};
use protocol::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Somebody {
    pub id: i64,
    pub name: String,
    pub token: String,
}

/// The hub's database, beside the hub.
pub async fn database(world: &World) -> SqlitePool {
    let file = SqliteConnectOptions::new().filename(world.data.path().join("hub.sqlite"));
    let file = file.busy_timeout(Duration::from_secs(10)).foreign_keys(true);
    SqlitePool::connect_with(file).await.unwrap()
}

/// Signed-in users `user<first>`, `user<first + 1>`, …
pub async fn users(world: &World, numbers: std::ops::RangeInclusive<i64>) -> Vec<Somebody> {
    let pool = database(world).await;
    let mut transaction = pool.begin().await.unwrap();
    let mut made = Vec::new();
    for number in numbers {
        let name = format!("user{number}");
        let (id,): (i64,) = sqlx::query_as(
            "INSERT INTO users (name, name_key, display_name, password_hash, must_change, created_at_ms)
             VALUES ($1, $1, 'Person ' || $2, 'none', 0, 0) RETURNING id",
        )
        .bind(&name)
        .bind(number)
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
        let token = format!("token-of-{name}");
        sqlx::query(
            "INSERT INTO sessions (token_hash, id, user_id, created_at_ms, expires_at_ms)
             VALUES ($1, $2, $3, 0, $4)",
        )
        .bind(Sha256::digest(token.as_bytes()).to_vec())
        .bind(&name)
        .bind(id)
        .bind(i64::MAX)
        .execute(&mut *transaction)
        .await
        .unwrap();
        made.push(Somebody { id, name, token });
    }
    transaction.commit().await.unwrap();
    made
}

/// `user` sees `contact`.
pub async fn add_contact(world: &World, user: &Somebody, contact: &Somebody) {
    let insert = sqlx::query("INSERT INTO contacts (user_id, contact_id) VALUES ($1, $2)");
    let pool = database(world).await;
    insert.bind(user.id).bind(contact.id).execute(&pool).await.unwrap();
}

/// They belong to the room from now on.
pub async fn add_members(world: &World, room: &Room, members: &[Somebody], host: bool) {
    let mut transaction = database(world).await.begin().await.unwrap();
    for member in members {
        sqlx::query(
            "INSERT INTO room_members (room_id, user_id, host)
             SELECT id, $1, $2 FROM rooms WHERE number = $3",
        )
        .bind(member.id)
        .bind(i64::from(host))
        .bind(&room.number)
        .execute(&mut *transaction)
        .await
        .unwrap();
    }
    transaction.commit().await.unwrap();
}

/// A REST call of somebody.
pub async fn ask(world: &World, who: &Somebody, path: &str, body: Option<Value>) -> (u16, Value) {
    let url = format!("http://{}{path}", world.hub.http_addr());
    let request = match body {
        Some(body) => world.http.post(url).json(&body),
        None => world.http.get(url),
    };
    let answer = request.bearer_auth(&who.token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// One machine's live channel.
pub struct Channel {
    socket: WebSocketStream<TcpStream>,
}

/// A live channel that has said nothing yet.
pub async fn channel(world: &World) -> Channel {
    let address = world.hub.http_addr();
    let stream = TcpStream::connect(address).await.unwrap();
    let handshake = client_async(format!("ws://{address}/api/v1/events"), stream);
    let (socket, _) = timeout(PATIENCE, handshake).await.unwrap().unwrap();
    Channel { socket }
}

/// A live channel of somebody, with its welcome.
pub async fn listen(world: &World, who: &Somebody) -> (Channel, Event) {
    let mut channel = channel(world).await;
    channel.say(&EventRequest::Hello { version: VERSION, token: who.token.clone() }).await;
    let welcome = channel.next().await;
    assert!(matches!(welcome, Event::Welcome { .. }), "{welcome:?}");
    (channel, welcome)
}

impl Channel {
    pub async fn say(&mut self, request: &EventRequest) {
        self.send_text(&serde_json::to_string(request).unwrap()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next frame within this time that is not a sign of life.
    async fn frame(&mut self, within: Duration) -> Option<Message> {
        let frames = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(frame)) => return Some(frame),
                    Some(Err(_)) | None => return None,
                }
            }
        };
        timeout(within, frames).await.expect("the hub keeps silent")
    }

    pub async fn next(&mut self) -> Event {
        match self.frame(PATIENCE).await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected an event, got {other:?}"),
        }
    }

    /// The next event that `pick` takes; others are skipped.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    /// Waits until somebody is told to have this presence.
    pub async fn sees(&mut self, who: &Somebody, wanted: Presence) {
        let wanted = UserPresence { user: who.name.clone(), presence: wanted };
        self.until(|event| match event {
            Event::Presence { people } => people.contains(&wanted).then_some(()),
            Event::Welcome { people, .. } => people.contains(&wanted).then_some(()),
            _ => None,
        })
        .await;
    }

    /// The next call that rings.
    pub async fn ring(&mut self) -> Ring {
        self.until(|event| match event {
            Event::Ring { ring } => Some(ring),
            _ => None,
        })
        .await
    }

    /// The next end of a ring.
    pub async fn ring_ended(&mut self) -> (String, CallAnswer) {
        self.until(|event| match event {
            Event::RingEnded { call, answer } => Some((call, answer)),
            _ => None,
        })
        .await
    }

    /// The next answer to an own call.
    pub async fn ring_answer(&mut self) -> (String, CallAnswer) {
        self.until(|event| match event {
            Event::RingAnswer { user, answer, .. } => Some((user, answer)),
            _ => None,
        })
        .await
    }

    /// The code that the hub closes with; events before it are skipped.
    pub async fn closed(&mut self, within: Duration) -> Option<u16> {
        loop {
            match self.frame(within).await {
                Some(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Some(Message::Text(_)) => {}
                other => panic!("expected the connection's end, got {other:?}"),
            }
        }
    }
}
