//! Who writes until the hub dies: into the chat over a WebSocket, rooms and planner entries over REST.

use crate::{ORGANISER, Shared};
use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use protocol::{
    ChatScope, ClientMessage, Credential, EntryDraft, HubMessage, PersonDraft, Room, RoomKind,
    SavedEntry, ScheduleDraft, VERSION,
};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// A reminder becomes due so long after its entry was asked for: within the next few lives.
pub const REMINDER_AHEAD: Duration = Duration::from_millis(300);

const MINUTE_MS: i64 = 60_000;

/// Everything that one life of the hub is asked to keep.
pub struct Load {
    pub base: String,
    pub token: String,
    pub room: Option<Room>,
    pub life: u32,
    pub http: reqwest::Client,
    pub acknowledged: Shared,
}

impl Load {
    pub async fn run(self) {
        tokio::join!(self.say_lines(), self.make_rooms(), self.plan_entries());
    }

    /// A REST call; `None`: the hub died over it.
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        body: impl Serialize,
        expected: u16,
    ) -> Option<Value> {
        let url = format!("{}/api/v1{path}", self.base);
        let request = self.http.request(method, url).bearer_auth(&self.token).json(&body);
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let body = answer.json().await.ok()?;
        assert_eq!(status, expected, "{path}: {body}");
        Some(body)
    }

    pub async fn make_room(&self, name: &str) -> Option<Room> {
        let body = json!({ "name": name, "kind": RoomKind::GroupCall });
        let room = self.write(Method::POST, "/rooms", body, 201).await?;
        Some(serde_json::from_value(room).unwrap())
    }

    async fn make_rooms(&self) {
        for number in 0.. {
            let name = format!("life {} room {number}", self.life);
            match self.make_room(&name).await {
                Some(_) => self.acknowledged.lock().unwrap().rooms.insert(name),
                None => return,
            };
        }
    }

    async fn plan_entries(&self) {
        for number in 0.. {
            let done = match (self.life + number) % 3 {
                0 => self.remind(number).await,
                1 => self.invite(number).await,
                _ => self.plan_and_change(number).await,
            };
            if done.is_none() {
                return;
            }
        }
    }

    /// An entry whose reminder is due in a moment.
    async fn remind(&self, number: u32) -> Option<()> {
        let start_ms = now_ms() + REMINDER_AHEAD.as_millis() as i64 + MINUTE_MS;
        let draft = EntryDraft { reminder_minutes: Some(1), ..self.draft(number, start_ms) };
        let saved = self.save(&draft).await?;
        // One that was due before the entry was made never comes.
        if start_ms - MINUTE_MS >= saved.entry.created_at_ms {
            self.expect(ORGANISER, format!("Erinnerung: {}", draft.title));
        }
        Some(())
    }

    /// An entry that somebody is invited to by mail.
    async fn invite(&self, number: u32) -> Option<()> {
        let address = format!("guest-{}-{number}@example.com", self.life);
        let email = Some(address.clone());
        let guest = PersonDraft { user_id: None, email, name: None, co_host: false };
        let draft = EntryDraft {
            people: vec![guest],
            notify: true,
            ..self.draft(number, self.some_day(number))
        };
        self.save(&draft).await?;
        self.expect(&address, format!("Einladung: {}", draft.title));
        Some(())
    }

    async fn plan_and_change(&self, number: u32) -> Option<()> {
        let draft = self.draft(number, self.some_day(number));
        let saved = self.save(&draft).await?;
        let description = format!("life {} change {number}", self.life);
        let changed = EntryDraft { description: description.clone(), ..draft };
        let path = format!("/entries/{}", saved.entry.summary.id);
        self.write(Method::PUT, &path, changed, 200).await?;
        self.acknowledged.lock().unwrap().changes.insert(description);
        Some(())
    }

    async fn save(&self, draft: &EntryDraft) -> Option<SavedEntry> {
        let saved = self.write(Method::POST, "/entries", draft, 201).await?;
        self.acknowledged.lock().unwrap().entries.insert(draft.title.clone());
        Some(serde_json::from_value(saved).unwrap())
    }

    fn expect(&self, recipient: &str, subject: String) {
        self.acknowledged.lock().unwrap().letters.insert((recipient.to_owned(), subject));
    }

    fn draft(&self, number: u32, start_ms: i64) -> EntryDraft {
        let (end_ms, time_zone) = (start_ms + MINUTE_MS, "Europe/Berlin".to_owned());
        EntryDraft {
            kind: RoomKind::GroupCall,
            title: format!("life {} entry {number}", self.life),
            description: String::new(),
            schedule: Some(ScheduleDraft { start_ms, end_ms, time_zone, rrule: None }),
            people: Vec::new(),
            notify: false,
            phone_info: false,
            reminder_minutes: None,
        }
    }

    /// A time that no other entry has.
    fn some_day(&self, number: u32) -> i64 {
        now_ms() + i64::from(self.life + 1) * 1440 * MINUTE_MS + i64::from(number) * 2 * MINUTE_MS
    }

    /// Says lines, several under way at once; each that comes back is acknowledged.
    async fn say_lines(&self) {
        const UNDER_WAY: usize = 8;
        let Some(mut socket) = self.enter().await else { return };
        for number in 0.. {
            let text = format!("life {} line {number}", self.life);
            let message = ClientMessage::Chat { scope: ChatScope::Everyone, text };
            if send(&mut socket, &message).await.is_none() {
                return;
            }
            if number >= UNDER_WAY && hear_line(&mut socket, &self.acknowledged).await.is_none() {
                return;
            }
        }
    }

    async fn enter(&self) -> Option<Socket> {
        let host = self.base.strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(host).await.ok()?;
        let (mut socket, _) = client_async(format!("ws://{host}/api/v1/ws"), stream).await.ok()?;
        let (token, number) = (self.token.clone(), self.room.as_ref()?.number.clone());
        let credential = Credential::Session { token, number, name: None };
        send(&mut socket, &ClientMessage::Join { version: VERSION, credential }).await?;
        match hear(&mut socket).await? {
            HubMessage::Joined { .. } => Some(socket),
            other => panic!("expected to be inside, got {other:?}"),
        }
    }
}

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

type Socket = WebSocketStream<TcpStream>;

async fn send(socket: &mut Socket, message: &ClientMessage) -> Option<()> {
    socket.send(Message::text(serde_json::to_string(message).unwrap())).await.ok()
}

async fn hear(socket: &mut Socket) -> Option<HubMessage> {
    loop {
        match socket.next().await?.ok()? {
            Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

async fn hear_line(socket: &mut Socket, acknowledged: &Shared) -> Option<()> {
    loop {
        if let HubMessage::Chat { line } = hear(socket).await? {
            acknowledged.lock().unwrap().lines.insert(line.text);
            return Some(());
        }
    }
}
