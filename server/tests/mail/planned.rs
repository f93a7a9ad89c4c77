//! From the planner's REST calls to the mails.

use crate::post::{Door, MailServer, Post, once};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::query;

async fn call(post: &Post, method: Method, path: &str, body: &Value) -> Value {
    let url = format!("http://{}/api/v1/entries{path}", post.world.hub.http_addr());
    let request = post.world.http.request(method, url).bearer_auth(&post.world.token);
    let answer = request.json(body).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn d15_saving_changing_and_deleting_an_entry_sends_its_mails() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    query("UPDATE users SET profile = '{\"name\":\"Somebody\"}', must_change = 0")
        .execute(&post.database)
        .await
        .unwrap();
    let mut draft = json!({
        "kind": "group_call",
        "title": "Planung",
        "schedule": {
            "start_ms": once().start_ms,
            "end_ms": once().end_ms,
            "time_zone": "Europe/Berlin",
            "rrule": "FREQ=WEEKLY;COUNT=3",
        },
        "people": [{ "email": "ada@example.com", "name": "Ada" }],
        "notify": true,
    });
    let saved = call(&post, Method::POST, "", &draft).await;
    let id = saved["entry"]["id"].as_i64().or(saved["id"].as_i64()).unwrap();
    let mails = server.mails(1).await;
    assert_eq!(mails[0]["calendar"]["method"], "REQUEST");
    assert_eq!(mails[0]["calendar"]["occurrences"].as_array().unwrap().len(), 3);

    draft["schedule"]["end_ms"] = json!(once().end_ms + 1_800_000);
    call(&post, Method::PUT, &format!("/{id}"), &draft).await;
    let mails = server.mails(2).await;
    let (first, second) = (&mails[0]["calendar"], &mails[1]["calendar"]);
    assert_eq!(second["events"][0]["sequence"], 1);
    assert_eq!(second["events"][0]["uid"], first["events"][0]["uid"]);

    call(&post, Method::DELETE, &format!("/{id}"), &Value::Null).await;
    let mails = server.mails(3).await;
    assert_eq!(mails[2]["calendar"]["method"], "CANCEL");
    assert_eq!(mails[2]["calendar"]["events"][0]["sequence"], 2);
}
