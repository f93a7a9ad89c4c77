//! The planner through its REST calls, as clients use it.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod changes;
mod list;
mod occurrences;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "tools that other tests use as well")]
mod support;

use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};
use server::{Config, manage};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use support::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[expect(clippy::disallowed_methods, reason = "the hub reads the same clock")]
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// A hub with three users who have conference profiles; the administrator organises.
struct Planner {
    world: World,
    admin: User,
    ada: User,
    ben: User,
}

struct User {
    id: i64,
    token: String,
}

impl Planner {
    async fn start() -> Planner {
        let planner = Planner::without_profiles().await;
        planner.sql("UPDATE users SET profile = '{\"name\":\"Somebody\"}'").await;
        planner
    }

    async fn without_profiles() -> Planner {
        let world = World::start();
        let (ada, ben) = (user(&world, "ada").await, user(&world, "ben").await);
        let admin = User { id: 0, token: world.token.clone() };
        let mut planner = Planner { world, admin, ada, ben };
        let mut database = planner.database().await;
        for (name, at) in [("admin", 0), ("ada", 1), ("ben", 2)] {
            let found: i64 = sqlx::query_scalar("SELECT id FROM users WHERE name_key = $1")
                .bind(name)
                .fetch_one(&mut database)
                .await
                .unwrap();
            [&mut planner.admin, &mut planner.ada, &mut planner.ben][at].id = found;
        }
        planner.sql("UPDATE users SET must_change = 0").await;
        planner
    }

    async fn database(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(self.world.data.path().join("hub.sqlite"))
            .busy_timeout(Duration::from_secs(10));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// What no call of the planner does.
    async fn sql(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.database().await).await.unwrap();
    }

    async fn call(&self, user: &User, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = format!("http://{}/api/v1{path}", self.world.hub.http_addr());
        let request = self.world.http.request(method, url).bearer_auth(&user.token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn get(&self, user: &User, path: &str) -> (u16, Value) {
        self.call(user, Method::GET, path, Value::Null).await
    }

    async fn save(&self, draft: &EntryDraft) -> SavedEntry {
        let (status, saved) = self.post("/entries", json!(draft)).await;
        assert_eq!(status, 201, "{saved}");
        serde_json::from_value(saved).unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(&self.admin, Method::POST, path, body).await
    }

    async fn put(&self, user: &User, id: i64, draft: &EntryDraft) -> (u16, Value) {
        self.call(user, Method::PUT, &format!("/entries/{id}"), json!(draft)).await
    }

    async fn delete(&self, user: &User, id: i64) -> (u16, Value) {
        self.call(user, Method::DELETE, &format!("/entries/{id}"), Value::Null).await
    }

    async fn entry(&self, user: &User, id: i64) -> EntryDetails {
        let (status, entry) = self.get(user, &format!("/entries/{id}")).await;
        assert_eq!(status, 200, "{entry}");
        serde_json::from_value(entry).unwrap()
    }

    async fn list(&self, user: &User, query: &str) -> EntryPage {
        let (status, page) = self.get(user, &format!("/entries?{query}")).await;
        assert_eq!(status, 200, "{page}");
        serde_json::from_value(page).unwrap()
    }

    async fn titles(&self, user: &User, query: &str) -> Vec<String> {
        self.list(user, query).await.entries.into_iter().map(|entry| entry.title).collect()
    }

    /// Somebody moderates the entry's room.
    async fn go_live(&self, entry: &EntryDetails) -> support::Live {
        let mut host = self.world.connect().await;
        let (token, number) = (self.admin.token.clone(), entry.summary.number.clone());
        let credential = Credential::Session { token, number, name: None };
        host.say(&ClientMessage::Join { version: VERSION, credential }).await;
        host.joined().await;
        host
    }
}

async fn user(world: &World, name: &str) -> User {
    let (config, account) = (Config::local(world.data.path()), name.to_owned());
    let made = tokio::task::spawn_blocking(move || manage::add_user(&config, &account));
    let password = made.await.unwrap().unwrap();
    let (status, signed_in) = world.sign_in(name, &password).await;
    assert_eq!(status, 200);
    User { id: 0, token: signed_in["token"].as_str().unwrap().to_owned() }
}

fn draft(title: &str, start_ms: i64) -> EntryDraft {
    EntryDraft {
        kind: RoomKind::GroupCall,
        title: title.to_owned(),
        description: "What we talk about\nand why".to_owned(),
        schedule: Some(times(start_ms, start_ms + HOUR)),
        people: Vec::new(),
        notify: false,
        phone_info: false,
        reminder_minutes: None,
    }
}

fn times(start_ms: i64, end_ms: i64) -> ScheduleDraft {
    ScheduleDraft { start_ms, end_ms, time_zone: "Europe/Berlin".to_owned(), rrule: None }
}

fn invite(user: &User) -> PersonDraft {
    PersonDraft { user_id: Some(user.id), email: None, name: None, co_host: false }
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a9_the_planner_needs_a_conference_profile() {
    let planner = Planner::without_profiles().await;
    let draft = json!(draft("Talk", now() + DAY));
    let calls = [
        (Method::GET, "/entries", Value::Null),
        (Method::POST, "/entries", draft.clone()),
        (Method::GET, "/entries/1", Value::Null),
        (Method::PUT, "/entries/1", draft.clone()),
        (Method::DELETE, "/entries/1", Value::Null),
        (Method::POST, "/entries/1/occurrences/1", json!({ "change": "cancel" })),
        (Method::POST, "/entries/check", json!({ "draft": draft })),
    ];
    for (method, path, body) in calls {
        let answer = planner.call(&planner.admin, method, path, body).await;
        assert_eq!(code(&answer), (403, "no_profile"), "{path}");
        let message = answer.1["message"].as_str().unwrap();
        assert!(message.contains("settings"), "A10: it says where: {message}");
    }
    planner.sql("UPDATE users SET profile = '{\"name\":\"Somebody\"}'").await;
    assert_eq!(planner.get(&planner.admin, "/entries").await.0, 200);
}
