//! Webhooks at a real HTTP server: signed, in order, again after failures and restarts, and never
//! into the hub's own network.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use protocol::*;
use serde_json::{Value, json};
use server::happenings::{Happening, Person, Run};
use server::{Config, Hub, manage};
use sha2::Sha256;
use sqlx::{Connection, Row, SqliteConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use support::{PATIENCE, World};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A moment that both sides know: 2026-03-29T00:59:00Z.
const START: i64 = 1_774_745_940_000;

/// A message as it arrived.
struct Message {
    headers: HeaderMap,
    body: String,
}

impl Message {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Checks the signature as a receiver would.
    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let (id, time) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(format!("{id}.{time}.{}", self.body).as_bytes());
        let given = self.header("webhook-signature").strip_prefix("v1,").unwrap();
        mac.verify_slice(&STANDARD.decode(given).unwrap()).is_ok()
    }
}

/// The other side.
struct Receiver {
    url: String,
    messages: mpsc::UnboundedReceiver<Message>,
    /// What it answers; 0: nothing at all.
    answer: Arc<AtomicU16>,
}

impl Receiver {
    async fn start() -> Receiver {
        let (arrived, messages) = mpsc::unbounded_channel();
        let answer = Arc::new(AtomicU16::new(204));
        let app = Router::new().route("/hook", post(take)).with_state((arrived, answer.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, app).into_future());
        Receiver { url, messages, answer }
    }

    fn answers(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    async fn next(&mut self) -> Message {
        timeout(PATIENCE, self.messages.recv()).await.expect("no message came").unwrap()
    }
}

type Desk = (mpsc::UnboundedSender<Message>, Arc<AtomicU16>);

async fn take(
    State((arrived, answer)): State<Desk>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let _ = arrived.send(Message { headers, body });
    let status = answer.load(Ordering::SeqCst);
    if status == 0 {
        std::future::pending::<()>().await;
    }
    // Where a redirect would lead: to itself, so that following it shows.
    (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, "/hook")])
}

fn private(config: &mut Config) {
    config.webhooks_private = true;
}

async fn webhook(world: &World, url: &str, events: &[&str]) -> CreatedWebhook {
    let body = json!({ "url": url, "events": events });
    let (status, created) = world.post("/api/v1/webhooks", body).await;
    assert_eq!(status, 201, "{created}");
    serde_json::from_value(created).unwrap()
}

const ALL: [&str; 4] =
    ["conference.started", "conference.ended", "participant.joined", "participant.left"];

async fn log(world: &World, webhook: &CreatedWebhook) -> Vec<WebhookDelivery> {
    let path = format!("/api/v1/webhooks/{}/deliveries", webhook.webhook.id);
    let (status, log) = world.get(&path, Some(&world.token)).await;
    assert_eq!(status, 200);
    serde_json::from_value(log).unwrap()
}

/// The newest line of the log, when it is as it should be.
async fn logged(
    world: &World,
    webhook: &CreatedWebhook,
    done: impl Fn(&WebhookDelivery) -> bool,
) -> WebhookDelivery {
    let asking = async {
        loop {
            if let Some(line) = log(world, webhook).await.into_iter().next().filter(|l| done(l)) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, asking).await.expect("the log never says it")
}

async fn run(world: &World, room: &Room, id: &str) -> Run {
    let path = world.data.path().join("hub.sqlite");
    let mut database =
        SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let row = sqlx::query("SELECT id FROM rooms WHERE number = $1").bind(&room.number);
    let room = row.fetch_one(&mut database).await.unwrap().get(0);
    Run { id: id.to_owned(), room }
}

fn state(world: &World, run: &Run, state: ConferenceState, at_ms: i64) {
    world.hub.happenings().publish(&Happening::State { run: run.clone(), state, at_ms });
}

fn helene() -> Person {
    let (name, kind) = ("Helene Graf".to_owned(), ParticipantKind::Guest);
    Person { id: ParticipantId(7), user: None, name, kind, role: Role::Attendee }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_come_signed_and_in_order() {
    let world = World::start_with(private);
    let mut receiver = Receiver::start().await;
    let created = webhook(&world, &receiver.url, &ALL).await;
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let run = run(&world, &room, "run-1").await;
    state(&world, &run, ConferenceState::Live, START);
    let (entered, left) = (START + 1000, START + 61_000);
    let happenings = world.hub.happenings();
    happenings.publish(&Happening::Entered { run: run.clone(), person: helene(), at_ms: entered });
    happenings.publish(&Happening::Left { run: run.clone(), person: helene(), at_ms: left });
    state(&world, &run, ConferenceState::Ended, START + 62_000);

    let mut ids = Vec::new();
    for event in
        ["conference.started", "participant.joined", "participant.left", "conference.ended"]
    {
        let message = receiver.next().await;
        assert!(message.is_signed_with(&created.secret), "{event}");
        assert_eq!(message.header("content-type"), "application/json");
        let body = message.json();
        assert_eq!(
            (&body["type"], &body["id"]),
            (&json!(event), &json!(message.header("webhook-id")))
        );
        assert_eq!(body["data"]["conference"]["room_number"], room.number.as_str());
        let sent_s: i64 = message.header("webhook-timestamp").parse().unwrap();
        assert!(sent_s > START / 1000, "it is the time of sending");
        if event == "participant.left" {
            assert_eq!(body["timestamp"], "2026-03-29T01:00:01+00:00");
            assert_eq!(
                body["data"]["participant"],
                json!({
                    "participant": 7, "user": null, "name": "Helene Graf", "kind": "guest",
                    "role": "attendee", "joined_at": "2026-03-29T00:59:01+00:00",
                    "left_at": "2026-03-29T01:00:01+00:00",
                })
            );
        }
        ids.push(message.header("webhook-id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "every message has an id of its own");
    logged(&world, &created, |line| line.state == DeliveryState::Sent && line.tries == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_fails_comes_again_after_a_restart_and_before_later_ones() {
    let world = World::start_with(private);
    let mut receiver = Receiver::start().await;
    receiver.answers(503);
    let created = webhook(&world, &receiver.url, &["conference.started", "conference.ended"]).await;
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let run = run(&world, &room, "run-1").await;
    state(&world, &run, ConferenceState::Live, START);
    let first = receiver.next().await;
    state(&world, &run, ConferenceState::Ended, START + 1000);
    let failed = logged(&world, &created, |line| line.event == "conference.ended").await;
    assert_eq!((failed.state, failed.tries), (DeliveryState::Waiting, 0), "it has to wait");
    let again = receiver.next().await;
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"), "the same message again");
    assert_eq!(again.body, first.body);
    let told = async || log(&world, &created).await[1].last_error.clone();
    let waiting = timeout(PATIENCE, async {
        loop {
            if let Some(error) = told().await {
                return error;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    assert_eq!(waiting.await.unwrap(), "the other side answered 503 Service Unavailable");

    receiver.answers(200);
    let World { hub, data, http, .. } = world;
    hub.stop().await;
    let hub = Hub::start(Config { webhooks_private: true, ..Config::local(data.path()) }).unwrap();
    let token = hub.local_sign_in().unwrap().token;
    let world = World { hub, data, token, http };
    let mut types = Vec::new();
    while types.last().is_none_or(|last| last != "conference.ended") {
        let message = receiver.next().await;
        assert!(message.is_signed_with(&created.secret), "the key survives a restart");
        types.push(message.json()["type"].as_str().unwrap().to_owned());
    }
    assert!(types.len() >= 2 && types[..types.len() - 1].iter().all(|t| t == "conference.started"));
    let sent = logged(&world, &created, |line| line.state == DeliveryState::Sent).await;
    assert_eq!((sent.event.as_str(), sent.last_error), ("conference.ended", None));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_redirect_nor_silence_takes_a_message() {
    let world = World::start_with(private);
    let mut receiver = Receiver::start().await;
    let created = webhook(&world, &receiver.url, &["conference.started"]).await;
    let test = format!("/api/v1/webhooks/{}/test", created.webhook.id);
    receiver.answers(307);
    let (status, queued) = world.post(&test, Value::Null).await;
    assert_eq!((status, queued["event"].as_str()), (202, Some("webhook.test")));
    let failed = logged(&world, &created, |line| line.last_error.is_some()).await;
    let problem = failed.last_error.unwrap();
    assert_eq!(problem, "the other side answered 307 Temporary Redirect");
    receiver.answers(0);
    let hung = logged(&world, &created, |line| line.last_error.as_ref() != Some(&problem)).await;
    assert_eq!(hung.last_error.as_deref(), Some("the other side did not answer within 5 s"));
    assert!(hung.next_try_ms.is_some());
    receiver.answers(200);
    logged(&world, &created, |line| line.state == DeliveryState::Sent).await;
    let message = receiver.next().await;
    assert_eq!(message.json()["data"], json!({ "webhook": created.webhook.id }));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_webhook_leads_into_the_hubs_own_network() {
    let world = World::start();
    let refused = [
        "http://example.org/",
        "https://10.0.0.1/",
        "https://127.1/",
        "https://[::ffff:192.168.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:password@example.org/",
        "file:///etc/passwd",
        "nonsense",
    ];
    for url in refused {
        let body = json!({ "url": url, "events": ["conference.started"] });
        let (status, error) = world.post("/api/v1/webhooks", body).await;
        assert_eq!((status, error["field"].as_str()), (400, Some("url")), "{url}: {error}");
    }
    // A name says nothing; where it leads is checked when it is connected to.
    let mut receiver = Receiver::start().await;
    let url = receiver.url.replace("http://127.0.0.1", "https://localhost");
    let created = webhook(&world, &url, &["conference.started"]).await;
    world.post(&format!("/api/v1/webhooks/{}/test", created.webhook.id), Value::Null).await;
    let failed = logged(&world, &created, |line| line.last_error.is_some()).await;
    assert_eq!(
        failed.last_error.as_deref(),
        Some("localhost is an address of this machine or of a private network")
    );
    assert!(receiver.messages.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_tells_of_its_owners_rooms_and_an_administrators_of_all() {
    let world = World::start_with(private);
    let config = Config::local(world.data.path());
    let add = move || manage::add_user(&config, "mara");
    let password = tokio::task::spawn_blocking(add).await.unwrap().unwrap();
    let mara = world.sign_in("mara", &password).await.1["token"].as_str().unwrap().to_owned();
    world.choose_password(&mara, &password).await;
    let as_mara =
        World { hub: world.hub, data: world.data, token: mara.clone(), http: world.http.clone() };
    let (mut hers, mut admins) = (Receiver::start().await, Receiver::start().await);
    let her_room = as_mara.room("Mieter", RoomKind::GroupCall).await;
    let her_hook = webhook(&as_mara, &hers.url, &["conference.started"]).await;
    let world = World { token: world.token, ..as_mara };
    let room = world.room("Vorstand", RoomKind::GroupCall).await;
    let hook = webhook(&world, &admins.url, &["conference.started"]).await;

    for (room, id) in [(&room, "run-1"), (&her_room, "run-2")] {
        state(&world, &run(&world, room, id).await, ConferenceState::Live, START);
    }
    let name = |message: Message| message.json()["data"]["conference"]["room_name"].clone();
    assert_eq!(name(hers.next().await), "Mieter", "nothing of other people's rooms");
    assert_eq!(name(admins.next().await), "Vorstand");
    assert_eq!(name(admins.next().await), "Mieter");
    assert!(hers.messages.try_recv().is_err());

    let list = world.get("/api/v1/webhooks", Some(&mara)).await.1;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(!list.to_string().contains("whsec_"), "a secret is shown once");
    let list = world.get("/api/v1/webhooks", Some(&world.token)).await.1;
    assert_eq!((&list[0]["owner"], &list[1]["owner"]), (&json!("mara"), &json!("admin")));
    let others = format!("/api/v1/webhooks/{}", hook.webhook.id);
    assert_eq!(world.get(&format!("{others}/deliveries"), Some(&mara)).await.0, 404);
    assert_eq!(world.delete(&others, &mara).await, 404);
    assert_eq!(world.delete("/api/v1/webhooks/x", &mara).await, 404);
    let own = format!("/api/v1/webhooks/{}", her_hook.webhook.id);
    assert_eq!(world.delete(&own, &mara).await, 204);
    assert_eq!(world.get(&format!("{own}/deliveries"), Some(&mara)).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_needs_an_event_and_nobody_has_more_than_twenty() {
    let world = World::start();
    let body = json!({ "url": "https://example.org/", "events": [] });
    let (status, error) = world.post("/api/v1/webhooks", body).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("events")));
    for _ in 0..20 {
        webhook(&world, "https://example.org/", &["conference.ended", "conference.ended"]).await;
    }
    let body = json!({ "url": "https://example.org/", "events": ["conference.ended"] });
    let (status, error) = world.post("/api/v1/webhooks", body).await;
    assert_eq!((status, error["code"].as_str()), (409, Some("too_many")));
}
