//! What took place, and who is told of it.

use crate::channels::Somebody;
use crate::support::{PATIENCE, World};
use crate::{call, done, got, until};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A conference from its first host to its end, and the pages that list what took place before.
pub async fn reports(world: &World, [anna, _]: &[Somebody; 2]) {
    let room = &world.room("Bericht", RoomKind::Webinar).await;
    let mut host = world.host(room).await;
    host.joined().await;
    let mut guest = world.guest(room, "Günter").await;
    guest.joined().await;
    host.say(&ClientMessage::End).await;
    guest.ended().await;
    let path = format!("/conferences?room={}&from_ms=0", room.number);
    let conference = until("the conference is over", async || {
        let page: ConferencePage = serde_json::from_value(got(world, &path).await).unwrap();
        page.conferences.into_iter().next().filter(|conference| conference.ended_at_ms.is_some())
    })
    .await;
    assert_eq!((conference.participants, conference.kind), (2, RoomKind::Webinar));
    let report = format!("/conferences/{}/attendance", conference.id);
    let told: AttendanceReport =
        serde_json::from_value(got(world, &format!("{report}.json?zone=Europe/Berlin")).await)
            .unwrap();
    assert_eq!(told.people.iter().map(|person| person.stays.len()).collect::<Vec<_>>(), [1, 1]);
    let table = format!("http://{}/api/v1{report}.csv?bom=true", world.hub.http_addr());
    let table = world.http.get(table).bearer_auth(&world.token).send().await.unwrap();
    assert!(table.text().await.unwrap().contains("Günter"));
    let (status, _) =
        call(world, &anna.token, Method::GET, &format!("{report}.json"), Value::Null).await;
    assert_eq!(status, 404, "it is not hers");

    let (mut read, mut cursor) = (0, String::new());
    loop {
        let path = format!("/conferences?all=true&limit=1{cursor}");
        let page: ConferencePage = serde_json::from_value(got(world, &path).await).unwrap();
        read += page.conferences.len();
        let Some(next) = page.next else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(read >= 3, "of every run in every room, page by page: {read}");
}

pub async fn webhooks(world: &World) {
    let (arrived, mut messages) = mpsc::unbounded_channel::<Value>();
    let take = move |body: Bytes| {
        let _ = arrived.send(serde_json::from_slice(&body).unwrap());
        async { StatusCode::NO_CONTENT }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().route("/hook", post(take))).into_future());

    let wanted = json!({ "url": url, "events": WebhookEvent::ALL });
    let created = done(world, Method::POST, "/webhooks", wanted).await;
    let id = created["webhook"]["id"].clone();
    assert_eq!(got(world, "/webhooks").await, json!([created["webhook"]]));
    let room = world.room("Draht", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    host.say(&ClientMessage::End).await;
    host.ended().await;
    for event in
        ["conference.started", "participant.joined", "participant.left", "conference.ended"]
    {
        assert_eq!(next(&mut messages).await, event);
    }
    done(world, Method::POST, &format!("/webhooks/{id}/test"), Value::Null).await;
    assert_eq!(next(&mut messages).await, "webhook.test");
    let log = format!("/webhooks/{id}/deliveries");
    until("all are noted as sent", async || {
        let lines: Vec<WebhookDelivery> = serde_json::from_value(got(world, &log).await).unwrap();
        let sent = lines.iter().filter(|line| line.state == DeliveryState::Sent).count();
        (sent == 5).then_some(())
    })
    .await;
    done(world, Method::DELETE, &format!("/webhooks/{id}"), Value::Null).await;
    let gone = call(world, &world.token, Method::GET, &log, Value::Null).await;
    assert_eq!(gone.0, 404);
}

/// What the next message is about.
async fn next(messages: &mut mpsc::UnboundedReceiver<Value>) -> Value {
    let message = tokio::time::timeout(PATIENCE, messages.recv());
    message.await.expect("no message came").unwrap()["type"].clone()
}
