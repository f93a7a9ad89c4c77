//! The planner through its REST calls, as clients use it.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

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

#[tokio::test]
async fn b3_the_first_list_is_empty() {
    let planner = Planner::start().await;
    let page = planner.list(&planner.admin, "").await;
    assert_eq!(page, EntryPage { entries: Vec::new(), next: None });
}

#[tokio::test]
async fn b1_the_list_shows_past_and_planned_ones_of_both_kinds() {
    let planner = Planner::start().await;
    let now = now();
    planner.save(&draft("planned call", now + DAY)).await;
    let past = Some(times(now - 50_000, now - 1));
    planner.save(&EntryDraft { schedule: past.clone(), ..draft("past call", 0) }).await;
    let webinar =
        |title, schedule| EntryDraft { kind: RoomKind::Webinar, schedule, ..draft(title, now) };
    planner.save(&webinar("planned webinar", Some(times(now + HOUR, now + 2 * HOUR)))).await;
    planner.save(&webinar("past webinar", past)).await;
    planner.save(&webinar("permanent", None)).await;
    let expected = ["permanent", "planned call", "planned webinar", "past webinar", "past call"];
    assert_eq!(planner.titles(&planner.admin, "").await, expected);
    let mut ascending = planner.titles(&planner.admin, "order=ascending").await;
    ascending.reverse();
    assert_eq!(ascending, expected);
}

#[tokio::test]
async fn b2_the_list_is_filtered_by_kind_state_date_and_whose() {
    let planner = Planner::start().await;
    let now = now();
    let webinar = |title, start| EntryDraft { kind: RoomKind::Webinar, ..draft(title, start) };
    planner.save(&EntryDraft { people: vec![invite(&planner.ada)], ..draft("a", now + DAY) }).await;
    planner.save(&webinar("b", now + 5 * MINUTE)).await;
    planner.save(&webinar("c", now - 40_000)).await;
    let over = Some(times(now - 50_000, now - 1));
    planner.save(&EntryDraft { schedule: over, ..draft("d", 0) }).await;
    planner.save(&EntryDraft { schedule: None, ..draft("e", 0) }).await;
    let own =
        json!(EntryDraft { people: vec![invite(&planner.admin)], ..draft("f", now + 2 * DAY) });
    assert_eq!(planner.call(&planner.ada, Method::POST, "/entries", own).await.0, 201);

    let admin = async |query: &str| planner.titles(&planner.admin, query).await.join("");
    assert_eq!(admin("").await, "efabcd");
    assert_eq!(admin("kind=webinar").await, "bc");
    assert_eq!(admin("kind=group_call").await, "efad");
    assert_eq!(admin("state=planned").await, "efa");
    assert_eq!(admin("state=soon").await, "b");
    assert_eq!(admin("state=running").await, "c");
    assert_eq!(admin("state=over").await, "d");
    assert_eq!(admin("state=over&kind=webinar").await, "");
    assert_eq!(admin(&format!("from_ms={}&to_ms={}", now + 2 * HOUR, now + 36 * HOUR)).await, "a");
    assert_eq!(admin(&format!("from_ms={}", now + 2 * HOUR)).await, "fa");
    assert_eq!(admin(&format!("to_ms={}", now + HOUR)).await, "bcd");
    assert_eq!(admin("whose=mine").await, "eabcd");
    assert_eq!(admin("whose=invited").await, "f");
    assert_eq!(admin("whose=all").await, "efabcd");
    let ada = async |query: &str| planner.titles(&planner.ada, query).await.join("");
    assert_eq!(ada("").await, "fa");
    assert_eq!(ada("whose=mine").await, "f");
    assert_eq!(ada("whose=invited").await, "a");
    assert_eq!(planner.titles(&planner.ben, "").await.join(""), "");
    assert_eq!(code(&planner.get(&planner.ada, "/entries?whose=all").await), (403, "forbidden"));
    for wrong in ["kind=party", "limit=0", "limit=201", "cursor=x", "from_ms=soon"] {
        let answer = planner.get(&planner.admin, &format!("/entries?{wrong}")).await;
        assert_eq!(code(&answer), (400, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_in_either_order() {
    let planner = Planner::start().await;
    let now = now();
    for n in 0..7i64 {
        // Three at the same time: the key decides.
        planner.save(&draft(&n.to_string(), now + DAY + (n / 3) * HOUR)).await;
    }
    planner.save(&EntryDraft { schedule: None, ..draft("p", 0) }).await;
    for (order, expected) in [("ascending", "0123456p"), ("descending", "p6543210")] {
        for limit in [1, 3, 7, 8, 9] {
            let (mut read, mut query) = (String::new(), format!("order={order}&limit={limit}"));
            loop {
                let page = planner.list(&planner.admin, &query).await;
                assert!(page.entries.len() <= limit);
                read.extend(page.entries.into_iter().map(|entry| entry.title));
                let Some(next) = page.next else { break };
                query = format!("order={order}&limit={limit}&cursor={next}");
            }
            assert_eq!(read, expected, "{limit} at once");
        }
    }
}

#[tokio::test]
async fn b4_a_saved_entry_appears_in_the_list() {
    let planner = Planner::start().await;
    let saved = planner.save(&draft("Talk", now() + DAY)).await.entry;
    let page = planner.list(&planner.admin, "").await;
    assert_eq!(page.entries, [saved.summary]);
}

#[tokio::test]
async fn b8_an_entry_shows_its_details_to_those_invited() {
    let planner = Planner::start().await;
    let outside = PersonDraft {
        user_id: None,
        email: Some("eve@example.org".to_owned()),
        name: Some("Eve".to_owned()),
        co_host: false,
    };
    let co_host = PersonDraft { co_host: true, ..invite(&planner.ada) };
    let wanted = EntryDraft {
        people: vec![co_host, invite(&planner.ben), outside],
        notify: true,
        phone_info: true,
        reminder_minutes: Some(30),
        ..draft("Talk", now() + DAY)
    };
    let id = planner.save(&wanted).await.entry.summary.id;
    let own = planner.entry(&planner.admin, id).await;
    assert_eq!(own.description, wanted.description);
    assert_eq!((own.notify, own.phone_info, own.reminder_minutes), (true, true, Some(30)));
    assert_eq!(own.invited.len(), 3);
    assert_eq!(own.invited[2].email.as_deref(), Some("eve@example.org"));
    assert_eq!(own.pin.as_ref().unwrap().len(), 6);
    assert!(own.summary.permits.edit && own.summary.permits.delete && own.summary.permits.start);

    let co_host = planner.entry(&planner.ada, id).await;
    assert_eq!(co_host.link_path, own.link_path);
    assert!(co_host.summary.permits.start && !co_host.summary.permits.edit);
    let invited = planner.entry(&planner.ben, id).await;
    assert_eq!((invited.pin, invited.link_path), (None, None));
    assert!(invited.invited.iter().all(|person| person.email.is_none()));
    assert!(!invited.summary.permits.start && !invited.summary.permits.edit);
    assert_eq!(invited.summary.number, own.summary.number);
    let listed = planner.list(&planner.ada, "").await.entries;
    assert_eq!(listed, [co_host.summary]);
}

#[tokio::test]
async fn nobody_else_sees_or_changes_an_entry() {
    let planner = Planner::start().await;
    let wanted = EntryDraft { people: vec![invite(&planner.ada)], ..draft("Talk", now() + DAY) };
    let id = planner.save(&wanted).await.entry.summary.id;
    assert_eq!(code(&planner.put(&planner.ada, id, &wanted).await), (403, "forbidden"));
    assert_eq!(code(&planner.delete(&planner.ada, id).await), (403, "forbidden"));
    assert_eq!(code(&planner.put(&planner.ben, id, &wanted).await), (404, "not_found"));
    assert_eq!(code(&planner.delete(&planner.ben, id).await), (404, "not_found"));
    for path in [format!("/entries/{id}"), "/entries/4711".to_owned(), "/entries/x".to_owned()] {
        assert_eq!(code(&planner.get(&planner.ben, &path).await), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn b9_a_planned_entry_is_edited() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let wanted = EntryDraft { people: vec![invite(&planner.ada)], ..draft("Talk", start) };
    let before = planner.save(&wanted).await.entry;
    let changed = EntryDraft {
        kind: RoomKind::Webinar,
        title: "Lecture".to_owned(),
        schedule: Some(times(start + HOUR, start + 2 * HOUR)),
        people: vec![invite(&planner.ben)],
        ..wanted
    };
    let (status, saved) = planner.put(&planner.admin, before.summary.id, &changed).await;
    assert_eq!(status, 200, "{saved}");
    let after = planner.entry(&planner.admin, before.summary.id).await;
    assert_eq!(after.summary.title, "Lecture");
    assert_eq!(after.summary.kind, RoomKind::Webinar);
    assert_eq!(after.summary.start_ms, Some(start + HOUR));
    assert_eq!(after.invited[0].user_id, Some(planner.ben.id));
    assert_eq!((before.sequence, after.sequence), (0, 1));
    assert_eq!(before.uid, after.uid);
    assert!(planner.titles(&planner.ada, "").await.is_empty(), "no longer invited");
    assert_eq!(planner.titles(&planner.ben, "").await, ["Lecture"]);
}

#[tokio::test]
async fn b10_edit_is_refused_while_the_conference_is_live() {
    let planner = Planner::start().await;
    let wanted = draft("Talk", now() + DAY);
    let entry = planner.save(&wanted).await.entry;
    let id = entry.summary.id;
    assert_eq!(entry.summary.state, EntryState::Planned);
    let _host = planner.go_live(&entry).await;

    let running = planner.entry(&planner.admin, id).await.summary;
    assert_eq!(running.state, EntryState::Running);
    assert!(running.permits.join && !running.permits.edit && !running.permits.delete);
    assert_eq!(code(&planner.put(&planner.admin, id, &wanted).await), (409, "entry_running"));
    for query in ["state=running", "state=running&whose=mine", "state=running&whose=all"] {
        let listed = planner.list(&planner.admin, query).await.entries;
        assert_eq!(listed, std::slice::from_ref(&running), "{query}");
    }
    assert!(planner.titles(&planner.admin, "state=planned").await.is_empty());
}

#[tokio::test]
async fn b10_edit_is_refused_after_it_ran() {
    let planner = Planner::start().await;
    let now = now();
    let over = EntryDraft { schedule: Some(times(now - 50_000, now - 1)), ..draft("Talk", 0) };
    let id = planner.save(&over).await.entry.summary.id;
    let later = draft("Talk", now + DAY);
    assert_eq!(code(&planner.put(&planner.admin, id, &later).await), (409, "entry_over"));
}

#[tokio::test]
async fn x2_the_plan_is_frozen_once_it_runs() {
    let planner = Planner::start().await;
    let now = now();
    let running = EntryDraft {
        people: vec![invite(&planner.ada)],
        schedule: Some(times(now - 1000, now + HOUR)),
        ..draft("Talk", 0)
    };
    let id = planner.save(&running).await.entry.summary.id;
    let later = Some(times(now + DAY, now + DAY + HOUR));
    for changed in [
        EntryDraft { schedule: later, ..running.clone() },
        EntryDraft { kind: RoomKind::Webinar, ..running.clone() },
        EntryDraft { people: Vec::new(), ..running.clone() },
    ] {
        assert_eq!(code(&planner.put(&planner.admin, id, &changed).await), (409, "entry_running"));
    }
    assert_eq!(planner.entry(&planner.admin, id).await.sequence, 0);
}

#[tokio::test]
async fn b11_an_entry_that_did_not_take_place_is_deleted() {
    let planner = Planner::start().await;
    let now = now();
    for schedule in [
        times(now + DAY, now + DAY + HOUR),
        times(now - 50_000, now + HOUR),
        times(now - 50_000, now - 1),
    ] {
        let wanted = EntryDraft { schedule: Some(schedule), ..draft("Talk", 0) };
        let id = planner.save(&wanted).await.entry.summary.id;
        assert_eq!(planner.delete(&planner.admin, id).await.0, 204);
        assert_eq!(planner.get(&planner.admin, &format!("/entries/{id}")).await.0, 404);
    }
    assert!(planner.titles(&planner.admin, "").await.is_empty());
}

#[tokio::test]
async fn x6_a_live_conference_has_to_end_before_its_entry_is_deleted() {
    let planner = Planner::start().await;
    let entry = planner.save(&draft("Talk", now() + DAY)).await.entry;
    let mut host = planner.go_live(&entry).await;
    let id = entry.summary.id;
    let refused = planner.delete(&planner.admin, id).await;
    assert_eq!(code(&refused), (409, "conference_live"));
    assert!(refused.1["message"].as_str().unwrap().contains("end it first"));
    host.say(&ClientMessage::End).await;
    assert_eq!(host.ended().await, EndReason::EndedByHost);
    assert_eq!(planner.delete(&planner.admin, id).await.0, 204);
}

#[tokio::test]
async fn c10_the_organiser_starts_long_before_the_date() {
    let planner = Planner::start().await;
    let entry = planner.save(&draft("Talk", now() + 300 * DAY)).await.entry;
    assert!(entry.summary.permits.start);
    planner.go_live(&entry).await;
}

#[tokio::test]
async fn c21_deleting_frees_the_number() {
    let planner = Planner::start().await;
    let entry = planner.save(&draft("Talk", now() + DAY)).await.entry;
    let number = entry.summary.number;
    let rooms = async || -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM rooms WHERE number = $1")
            .bind(&number)
            .fetch_one(&mut planner.database().await)
            .await
            .unwrap()
    };
    assert_eq!(rooms().await, 1);
    assert_eq!(planner.delete(&planner.admin, entry.summary.id).await.0, 204);
    assert_eq!(rooms().await, 0);
    let mut database = planner.database().await;
    for table in ["entries", "entry_people", "entry_viewers", "entry_exceptions"] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let left: i64 = sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn e3_an_entry_reserves_its_number_as_long_as_it_stands() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let before = planner.save(&draft("Talk", start)).await.entry;
    assert_eq!(before.summary.number.len(), 9);
    let id = before.summary.id;
    assert_eq!(planner.put(&planner.admin, id, &draft("Other", start + HOUR)).await.0, 200);
    let after = planner.entry(&planner.admin, id).await;
    assert_eq!(after.summary.number, before.summary.number);
    assert_eq!((after.pin, after.link_path), (before.pin, before.link_path));
    let taken = sqlx::query(
        "INSERT INTO rooms (number, name, kind, owner_id, pin, link_nonce, link_hash, created_at_ms)
         SELECT number, name, kind, owner_id, pin, x'00', x'00', 0 FROM rooms",
    );
    let error = taken.execute(&mut planner.database().await).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());
}
