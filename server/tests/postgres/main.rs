//! The same hub on both databases: one flow through everything that a hub remembers, on SQLite and on
//! a PostgreSQL that the test starts itself.

#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[path = "../support/people.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod channels;
#[path = "../support/smtp.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod smtp;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

mod calls;
mod flow;
mod mails;
mod people;
mod planner;
mod records;
mod rooms;
mod server_process;

use reqwest::Method;
use serde_json::Value;
use server_process::Postgres;
use support::{PATIENCE, World};
use tokio::time::{Instant, sleep};

/// Somebody's REST call below `/api/v1`; `null` is no body.
async fn call(world: &World, token: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
    let url = format!("http://{}/api/v1{path}", world.hub.http_addr());
    let request = world.http.request(method, url).bearer_auth(token);
    let request = if body.is_null() { request } else { request.json(&body) };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

/// The same of the administrator, who gets what they ask for.
async fn done(world: &World, method: Method, path: &str, body: Value) -> Value {
    let (status, answer) = call(world, &world.token, method, path, body).await;
    assert!((200..300).contains(&status), "{path}: {status} {answer}");
    answer
}

async fn got(world: &World, path: &str) -> Value {
    done(world, Method::GET, path, Value::Null).await
}

/// Asks again until there is something.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flow_runs_on_sqlite() {
    flow::run(|_| {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flow_runs_on_postgresql() {
    let postgres = Postgres::start().await;
    flow::run(|config| config.database = Some(postgres.database("flow"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_does_not_answer_is_named_without_its_password() {
    let data = tempfile::tempdir().unwrap();
    let config = server::Config {
        database: Some("postgres://hub:hunter2@127.0.0.1:1/hub".to_owned()),
        ..server::Config::local(data.path())
    };
    let started = tokio::task::spawn_blocking(move || server::Hub::start(config)).await.unwrap();
    let error = started.err().unwrap().to_string();
    assert!(error.contains("PostgreSQL") && !error.contains("hunter2"), "{error}");
}
