//! The outbox: invitations, one that the mail server refuses for now, its retry, and a reminder.

use crate::smtp::MailServer;
use crate::support::World;
use crate::{done, got, until};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

pub async fn outbox(world: &World, mail: &MailServer) {
    done(world, Method::PATCH, "/me", json!({ "email": "admin@example.org" })).await;
    let start_ms = Timestamp::now().as_millisecond() + 61_500;
    let mut draft = json!({
        "kind": "group_call", "title": "Post", "notify": false, "reminder_minutes": 1,
        "schedule": { "start_ms": start_ms, "end_ms": start_ms + 60_000, "time_zone": "Europe/Berlin" },
        "people": [{ "email": "eva@example.com" }, { "email": "udo@example.com" }],
    });
    let entry = done(world, Method::POST, "/entries", draft.clone()).await["entry"]["id"].clone();
    let path = format!("/entries/{entry}");
    mail.mode("defer 1");
    let invited = done(world, Method::POST, &format!("{path}/invitations"), json!({})).await;
    assert_eq!(invited["queued"], 2);
    let waiting = until("the organiser sees the mail that waits", async || {
        let overview = got(world, "/mail").await;
        assert_eq!(overview["configured"], true);
        let mails = overview["mails"].as_array().unwrap().clone();
        mails.into_iter().find(|mail| mail["tries"] == 1)
    })
    .await;
    assert!(waiting["detail"].as_str().unwrap().contains("450"), "{waiting}");
    done(world, Method::POST, &format!("/mail/{}/retry", waiting["id"]), Value::Null).await;
    let text = got(world, &format!("{path}/invitation")).await;
    assert!(text["text"].as_str().unwrap().contains("Post"));
    // Both, and the reminder, for which is looked every ten seconds.
    arrived(mail, 3).await;
    until("nothing waits", async || {
        got(world, "/mail").await["mails"].as_array().unwrap().is_empty().then_some(())
    })
    .await;
    replied(world, &path).await;
    draft["notify"] = json!(true);
    done(world, Method::PUT, &path, draft).await;
    arrived(mail, 5).await;
    done(world, Method::DELETE, &path, Value::Null).await;
    arrived(mail, 7).await;
}

async fn arrived(mail: &MailServer, count: usize) {
    until(&format!("{count} mails are there"), async || {
        (mail.taken().len() >= count).then_some(())
    })
    .await;
    assert_eq!(mail.taken().len(), count);
}

async fn replied(world: &World, path: &str) {
    let uid = got(world, path).await["uid"].as_str().unwrap().to_owned();
    let reply = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTAMP:20300101T000000Z\r\nSEQUENCE:0\r\nORGANIZER:mailto:admin@example.org\r\n\
         ATTENDEE;PARTSTAT=ACCEPTED:mailto:eva@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let url = format!("http://{}/api/v1{path}/replies", world.hub.http_addr());
    let request = world.http.post(url).bearer_auth(&world.token).body(reply);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer["reply"], &answer["recorded"]), (&json!("accepted"), &json!(true)));
    assert_eq!(got(world, path).await["invited"][0]["reply"], "accepted");
}
