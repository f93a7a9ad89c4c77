//! A hub with a mail server, entries in its planner, and a program of others that reads its mail.

pub use crate::smtp::{Door, MailServer, Running, certificate, python};

use crate::support::{PATIENCE, World};
use jiff::Timestamp;
use protocol::RoomKind;
use serde_json::Value;
use server::config::Config;
use server::invitations::{Change, Letterhead, announce};
use server::planner::{Entry, Exception, Person, Reply, Schedule};
use server::room::LinkSecret;
use server::store::Store;
use sqlx::{AnyPool, Row, query};
use std::path::PathBuf;
use tokio::time::{Instant, sleep};

/// The organiser's address.
pub const ORGANISER: &str = "helene@example.org";

/// Unix milliseconds of `2030-03-27 14:00[Europe/Berlin]`.
pub fn at(zoned: &str) -> i64 {
    zoned.parse::<jiff::Zoned>().unwrap().timestamp().as_millisecond()
}

pub fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// What others read in a calendar file.
pub fn read_by_others(calendar: &[u8]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.ics");
    std::fs::write(&file, calendar).unwrap();
    read_files("ics", &[file]).remove(0)
}

/// What they read in mails (`mail`) or calendar files (`ics`).
fn read_files(what: &str, files: &[PathBuf]) -> Vec<Value> {
    let output = python("reader.py").arg(what).args(files).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

impl MailServer {
    /// Waits for so many mails in all, and reads them.
    pub async fn mails(&self, count: usize) -> Vec<Value> {
        let mails = until("mails arrive", async || {
            let mails = self.taken();
            (mails.len() >= count).then_some(mails)
        });
        let mails = mails.await;
        assert_eq!(mails.len(), count);
        read_files("mail", &mails)
    }
}

/// Waits until there is something.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// A hub whose planner the test fills.
pub struct Post {
    pub world: World,
    pub config: Config,
    pub store: Store,
    pub database: AnyPool,
    link_secret: LinkSecret,
    public_url: String,
}

impl Post {
    pub async fn start(change: impl FnOnce(&mut Config)) -> Post {
        let mut config = None;
        let world = World::start_with(|c| {
            c.public_url = Some("https://meet.example.org".to_owned());
            change(c);
            config = Some(c.clone());
        });
        let config = config.unwrap();
        let store = Store::open(&config).await.unwrap();
        let link_secret = store.link_secret(&config.data).await.unwrap();
        let file = format!("sqlite://{}", config.data.join("hub.sqlite").display());
        let address = config.database.clone().unwrap_or(file);
        let database = AnyPool::connect(&address).await.unwrap();
        query("UPDATE users SET email = $1, display_name = 'Helene Graf' WHERE id = 1")
            .bind(ORGANISER)
            .execute(&database)
            .await
            .unwrap();
        let public_url = "https://meet.example.org".to_owned();
        Post { world, config, store, database, link_secret, public_url }
    }

    pub async fn with(server: &MailServer) -> Post {
        Post::start(|config| config.mail = Some(server.config(None))).await
    }

    /// The same hub after a stop.
    pub async fn restarted(self) -> Post {
        let World { hub, data, token, http } = self.world;
        hub.stop().await;
        let hub = server::Hub::start(self.config.clone()).unwrap();
        Post { world: World { hub, data, token, http }, ..self }
    }

    pub fn head(&self) -> Letterhead<'_> {
        Letterhead {
            mail: self.config.mail.as_ref(),
            reads_replies: self.config.replies.is_some(),
            public_url: &self.public_url,
            phone_number: self.config.phone_number.as_deref(),
            link_secret: &self.link_secret,
        }
    }

    /// Queues what a change asks for, as the planner does it.
    pub async fn tell(&self, change: Change<'_>) {
        self.tell_at(change, now_ms()).await;
    }

    pub async fn tell_at(&self, change: Change<'_>, now_ms: i64) {
        let mut transaction = self.store.begin().await.unwrap();
        announce(&mut transaction, &self.head(), change, now_ms).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Another account with an address.
    pub async fn user(&self, name: &str, language: &str) -> Person {
        let email = format!("{name}@example.org");
        let row = query(
            "INSERT INTO users (name, name_key, display_name, password_hash, email, language,
                                must_change, created_at_ms)
             VALUES ($1, $1, $1, '', $2, $3, 0, 0) RETURNING id",
        );
        let row = row.bind(name).bind(&email).bind(language).fetch_one(&self.database).await;
        let id: i64 = row.unwrap().get(0);
        Person { user_id: Some(id), email: Some(email), ..outside(name) }
    }

    /// Another account's session.
    pub async fn signed_in(&self, name: &str) -> String {
        let user = self.user(name, "de").await;
        let token = server::room::random_token();
        query(
            "INSERT INTO sessions (token_hash, user_id, created_at_ms, expires_at_ms, id)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&server::room::hash_token(&token)[..])
        .bind(user.user_id)
        .bind(now_ms())
        .bind(now_ms() + 3_600_000)
        .bind(name)
        .execute(&self.database)
        .await
        .unwrap();
        token
    }

    /// Keeps an entry of the organiser's, with a room of its own.
    pub async fn keep(&self, mut entry: Entry) -> Entry {
        let room = self.world.room(&entry.title, entry.kind).await;
        let row = query("SELECT id FROM rooms WHERE number = $1").bind(&room.number);
        entry.room_id = row.fetch_one(&self.database).await.unwrap().get(0);
        let kind = if entry.kind == RoomKind::Webinar { "webinar" } else { "group_call" };
        let when = entry.schedule.as_ref();
        let row = query(
            "INSERT INTO entries (uid, room_id, organiser_id, kind, title, description, start_ms,
               end_ms, time_zone, rrule, current_start_ms, current_end_ms, notify, phone_info,
               reminder_minutes, sequence, created_at_ms, changed_at_ms)
             VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $6, $7, $10, $11, $12, $13, $14, $15)
             RETURNING id",
        )
        .bind(&entry.uid)
        .bind(entry.room_id)
        .bind(kind)
        .bind(&entry.title)
        .bind(&entry.description)
        .bind(when.map(|s| s.start_ms))
        .bind(when.map(|s| s.end_ms))
        .bind(when.map(|s| s.time_zone.clone()))
        .bind(when.and_then(|s| s.rrule.clone()))
        .bind(i64::from(entry.notify))
        .bind(i64::from(entry.phone_info))
        .bind(entry.reminder_minutes.map(i64::from))
        .bind(i64::from(entry.sequence))
        .bind(entry.created_at_ms)
        .bind(entry.changed_at_ms);
        entry.id = row.fetch_one(&self.database).await.unwrap().get(0);
        for (position, person) in entry.people.iter().enumerate() {
            query(
                "INSERT INTO entry_people (entry_id, position, user_id, name, email, co_host)
                 VALUES ($1, $2, $3, $4, $5, 0)",
            )
            .bind(entry.id)
            .bind(position as i64)
            .bind(person.user_id)
            .bind(&person.name)
            .bind(&person.email)
            .execute(&self.database)
            .await
            .unwrap();
        }
        entry
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.world.get(path, Some(&self.world.token)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The answer to a file sent to that path.
    pub async fn send(&self, path: &str, body: Vec<u8>) -> (u16, Value) {
        let url = format!("http://{}{path}", self.world.hub.http_addr());
        let request = self.world.http.post(url).bearer_auth(&self.world.token).body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    /// Waits until the outbox has exactly these states, in order.
    pub async fn outbox(&self, states: &[&str]) {
        until(&format!("the outbox is {states:?}"), async || {
            let rows = query("SELECT state FROM outbox ORDER BY id").fetch_all(&self.database);
            let found: Vec<String> = rows.await.unwrap().iter().map(|row| row.get(0)).collect();
            (found == states).then_some(())
        })
        .await;
    }

    /// What the organiser sees of mail that waits.
    pub async fn waiting(&self) -> Vec<Value> {
        self.get("/api/v1/mail").await["mails"].as_array().unwrap().clone()
    }

    pub async fn retry(&self, mail: &Value) {
        let path = format!("/api/v1/mail/{}/retry", mail["id"]);
        assert_eq!(self.send(&path, Vec::new()).await.0, 204);
    }
}

/// An outside address.
pub fn outside(name: &str) -> Person {
    let email = Some(format!("{}@example.com", name.to_lowercase()));
    Person {
        user_id: None,
        name: name.to_owned(),
        email,
        co_host: false,
        reply: Reply::NeedsAction,
    }
}

/// Two hours on the day before Berlin's clocks go forward, and every day after.
pub fn daily_over_the_change() -> Schedule {
    let zone = "[Europe/Berlin]";
    Schedule {
        start_ms: at(&format!("2030-03-29T14:00{zone}")),
        end_ms: at(&format!("2030-03-29T16:00{zone}")),
        time_zone: "Europe/Berlin".to_owned(),
        rrule: Some("FREQ=DAILY;COUNT=5".to_owned()),
        exceptions: vec![
            Exception { original_ms: at(&format!("2030-04-01T14:00{zone}")), moved_to: None },
            Exception {
                original_ms: at(&format!("2030-04-02T14:00{zone}")),
                moved_to: Some((
                    at(&format!("2030-04-02T18:30{zone}")),
                    at(&format!("2030-04-02T19:00{zone}")),
                )),
            },
        ],
    }
}

/// One hour, once, in summer time.
pub fn once() -> Schedule {
    Schedule {
        start_ms: at("2030-06-05T14:00[Europe/Berlin]"),
        end_ms: at("2030-06-05T15:00[Europe/Berlin]"),
        time_zone: "Europe/Berlin".to_owned(),
        rrule: None,
        exceptions: Vec::new(),
    }
}

/// A group call that Helene plans.
pub fn entry(schedule: Option<Schedule>, people: Vec<Person>) -> Entry {
    Entry {
        id: 0,
        uid: format!("{}@katheder", server::room::random_token()),
        room_id: 0,
        organiser_id: 1,
        kind: RoomKind::GroupCall,
        title: "Quartalszahlen; Übersicht, \\ Ausblick".to_owned(),
        description: "Bitte vorher lesen:\n<b>Folien</b> & Zahlen – mit \"Anführungszeichen\""
            .to_owned(),
        schedule,
        people,
        notify: true,
        phone_info: false,
        reminder_minutes: None,
        sequence: 0,
        created_at_ms: now_ms(),
        changed_at_ms: now_ms(),
    }
}
