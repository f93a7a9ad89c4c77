//! `kill -9` at random moments of a write load: what was acknowledged is there after the restart, the
//! database is whole, and every mail reached the mail server.
//!
//! ```sh
//! KATHEDER_KILLS=1000 cargo test --workspace --test crash    # 200 without the variable
//! ```

#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod letters;
mod load;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../program/mod.rs"]
mod program;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../support/smtp.rs"]
mod smtp;

use load::{Load, REMINDER_AHEAD};
use program::Program;
use protocol::Room;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use serde_json::json;
use smtp::{Door, MailServer};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row, query};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// How often the hub is killed when [`KILLS_VARIABLE`] does not say otherwise.
const KILLS: u32 = 200;
const KILLS_VARIABLE: &str = "KATHEDER_KILLS";

/// When a run dies: from before its first write to a few hundred writes later.
const LIFE_MS: std::ops::Range<u64> = 0..100;

/// The whole history is looked at every so many kills; the newest writes every time.
const WHOLE_EVERY: u32 = 50;

/// Where the organiser's reminders go.
const ORGANISER: &str = "helene@example.org";

/// What the hub said that it keeps, by the text that is looked for.
#[derive(Default)]
struct Acknowledged {
    lines: BTreeSet<String>,
    rooms: BTreeSet<String>,
    /// Entries, by title.
    entries: BTreeSet<String>,
    /// Entries that were changed, by the new description.
    changes: BTreeSet<String>,
    /// Invitations and reminders, by recipient and subject.
    letters: BTreeSet<(String, String)>,
}

type Shared = Arc<Mutex<Acknowledged>>;

/// A hub's folder over all its lives, and what survived so far.
struct World {
    data: TempDir,
    mail: MailServer,
    token: String,
    room: Room,
    http: reqwest::Client,
    acknowledged: Shared,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    let kills = std::env::var(KILLS_VARIABLE).map_or(KILLS, |kills| kills.parse().unwrap());
    let seed = 0x6b61_7468;
    println!("{kills} kills, seed {seed:#x}");
    let mut random = StdRng::seed_from_u64(seed);
    let (world, mut hub) = World::first_start().await;
    for life in 0..kills {
        let load = tokio::spawn(world.load(&hub.base, life).run());
        tokio::time::sleep(Duration::from_millis(random.random_range(LIFE_MS))).await;
        hub.kill();
        load.await.unwrap();
        if life + 1 == kills {
            // Every reminder is due when the hub looks for them at its start.
            tokio::time::sleep(REMINDER_AHEAD).await;
        }
        hub = world.start();
        world.check(life, life % WHOLE_EVERY == WHOLE_EVERY - 1 || life + 1 == kills).await;
    }
    let wanted = world.acknowledged.lock().unwrap().letters.clone();
    letters::all_arrived(&world.mail, &wanted).await;
    hub.end();
    let letters = letters::read(&world.mail);
    let copies = letters::each_is_one(&letters, &world.sent().await);
    world.report(kills as usize, letters.len(), copies);
}

impl World {
    async fn first_start() -> (World, Program) {
        let (data, mail) = (tempfile::tempdir().unwrap(), MailServer::start(Door::Plain, None));
        let file = format!(
            "[mail]\nserver = \"smtp://127.0.0.1:{}\"\nfrom = \"Katheder <meet@example.org>\"\n",
            mail.port
        );
        std::fs::write(data.path().join("hub.toml"), file).unwrap();
        let mut hub = start(data.path());
        let http = reqwest::Client::new();
        let first = hub.first_password();
        let body = json!({ "user": "admin", "password": first });
        let url = format!("{}/api/v1/session", hub.base);
        let signed_in = http.post(url).json(&body).send().await.unwrap();
        let signed_in: protocol::SignedIn = signed_in.json().await.unwrap();
        let (base, token, acknowledged) = (hub.base.clone(), signed_in.token, Shared::default());
        let life = Load { base, token, room: None, life: 0, http, acknowledged };
        let own = json!({ "old": first, "new": "one of their own" });
        let change = life.http.put(format!("{}/api/v1/me/password", life.base));
        let changed = change.bearer_auth(&life.token).json(&own).send().await.unwrap();
        assert!(changed.status().is_success(), "{changed:?}");
        let email = json!({ "email": ORGANISER });
        life.write(Method::PATCH, "/me", email, 200).await.unwrap();
        life.write(Method::PUT, "/me/profile", json!({ "name": "Helene" }), 200).await.unwrap();
        let room = life.make_room("Hall").await.unwrap();
        let Load { token, http, acknowledged, .. } = life;
        (World { data, mail, token, room, http, acknowledged }, hub)
    }

    fn start(&self) -> Program {
        start(self.data.path())
    }

    /// Who writes in one life.
    fn load(&self, base: &str, life: u32) -> Load {
        Load {
            base: base.to_owned(),
            token: self.token.clone(),
            room: Some(self.room.clone()),
            life,
            http: self.http.clone(),
            acknowledged: self.acknowledged.clone(),
        }
    }

    async fn database(&self) -> SqliteConnection {
        let file = self.data.path().join("hub.sqlite");
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// Everything that was acknowledged in this life, or in all, is in the database, and the
    /// database is whole.
    async fn check(&self, life: u32, whole: bool) {
        let mut database = self.database().await;
        let found = query("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
        assert_eq!(found.get::<String, _>(0), "ok", "after kill {life}");

        let prefix = if whole { "life ".to_owned() } else { format!("life {life} ") };
        let mut found = Vec::new();
        for sql in [
            "SELECT text FROM chat_lines WHERE text LIKE $1",
            "SELECT name FROM rooms WHERE name LIKE $1",
            "SELECT title FROM entries WHERE title LIKE $1",
            "SELECT description FROM entries WHERE description LIKE $1",
        ] {
            found.push(texts(&mut database, sql, &format!("{prefix}%")).await);
        }
        database.close().await.unwrap();
        let kept = self.acknowledged.lock().unwrap();
        let wanted = [&kept.lines, &kept.rooms, &kept.entries, &kept.changes];
        for (wanted, found) in wanted.into_iter().zip(&found) {
            let wanted = wanted.iter().filter(|text| text.starts_with(&prefix));
            let lost: Vec<_> = wanted.filter(|text| !found.contains(*text)).collect();
            assert!(lost.is_empty(), "acknowledged and lost by kill {life}: {lost:?}");
        }
    }

    /// The Message-IDs that the hub noted as sent.
    async fn sent(&self) -> BTreeSet<String> {
        let mut database = self.database().await;
        let sql = "SELECT message_id FROM outbox WHERE state LIKE $1";
        texts(&mut database, sql, "sent").await
    }

    fn report(&self, kills: usize, mails: usize, copies: usize) {
        let kept = self.acknowledged.lock().unwrap();
        println!(
            "kept: {} chat lines, {} rooms, {} entries, {} changes",
            kept.lines.len(),
            kept.rooms.len(),
            kept.entries.len(),
            kept.changes.len(),
        );
        println!(
            "{mails} mails arrived, {} of them acknowledged; {copies} are second copies with the \
             Message-ID of the first",
            kept.letters.len(),
        );
        assert!(copies <= kills, "a kill doubles the mail that was just being sent, and no other");
        let small = "the load was too small to show anything";
        assert!(kept.lines.len() > kills && kept.rooms.len() > kills / 4, "{small}");
        for count in [kept.entries.len(), kept.changes.len(), kept.letters.len()] {
            assert!(count > kills / 10, "{small}");
        }
    }
}

async fn texts(database: &mut SqliteConnection, sql: &'static str, like: &str) -> BTreeSet<String> {
    let rows = query(sql).bind(like).fetch_all(database).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn start(data: &Path) -> Program {
    let [config, log] = ["hub.toml", "hub.log"].map(|name| data.join(name));
    let (data, config) = (data.to_str().unwrap(), config.to_str().unwrap());
    let arguments = ["serve", "--config", config, "--data", data, "--listen", "127.0.0.1:0"];
    Program::start(&arguments, &[], &log)
}
