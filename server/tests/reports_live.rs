//! Attendance and webhooks of conferences that people really join.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use axum::Router;
use axum::routing::post;
use protocol::*;
use serde_json::{Value, json};
use std::time::Duration;
use support::{Live, PATIENCE, World};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Reads until the hub says this.
async fn hear(live: &mut Live, wanted: impl Fn(&HubMessage) -> bool) {
    while !wanted(&live.next().await) {}
}

/// The report of the only conference, as soon as it is as it should be.
async fn report(world: &World, done: impl Fn(&AttendanceReport) -> bool) -> AttendanceReport {
    let asking = async {
        loop {
            let (_, page) = world.get("/api/v1/conferences", Some(&world.token)).await;
            let page: ConferencePage = serde_json::from_value(page).unwrap();
            if let [conference] = &page.conferences[..] {
                let path = format!("/api/v1/conferences/{}/attendance.json", conference.id);
                let (status, report) = world.get(&path, Some(&world.token)).await;
                assert_eq!(status, 200);
                let report = serde_json::from_value(report).unwrap();
                if done(&report) {
                    return report;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, asking).await.expect("the report never says it")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_holds_returns_and_leaves_is_in_the_report() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let mut early = world.guest(&room, "Helene").await;
    hear(&mut early, |message| matches!(message, HubMessage::Waiting { .. })).await;
    assert_eq!(
        world.get("/api/v1/conferences", Some(&world.token)).await.1["conferences"],
        json!([]),
        "to wait is not to take part"
    );

    let mut host = world.host(&room).await;
    host.joined().await;
    hear(&mut early, |message| matches!(message, HubMessage::Joined { .. })).await;
    host.say(&ClientMessage::Leave).await;
    hear(&mut early, |message| matches!(message, HubMessage::Waiting { .. })).await;
    let mut host = world.host(&room).await;
    hear(&mut early, |message| matches!(message, HubMessage::Joined { .. })).await;
    let running = report(&world, |report| {
        report.people.len() == 2 && report.people.iter().all(|person| person.stays.len() == 2)
    });
    let running = running.await;
    assert_eq!(running.conference.ended_at_ms, None);
    assert!(running.people.iter().all(|person| person.stays[1].left_at.is_none()));

    host.say(&ClientMessage::End).await;
    let over = report(&world, |report| report.conference.ended_at_ms.is_some()).await;
    let mut names: Vec<_> =
        over.people.iter().map(|person| (person.name.as_str(), person.kind, person.role)).collect();
    names.sort_by_key(|(name, ..)| *name);
    assert_eq!(
        names,
        [
            ("Helene", ParticipantKind::Guest, Role::Attendee),
            ("admin", ParticipantKind::User, Role::Host),
        ]
    );
    assert!(over.people.iter().all(|person| person.stays.iter().all(|s| s.left_at.is_some())));
    assert!(!over.conference.interrupted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_stops_ends_its_conferences_in_the_report() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    report(&world, |report| report.people.len() == 1).await;
    let World { hub, data, http, .. } = world;
    hub.stop().await;
    let hub = server::Hub::start(server::Config::local(data.path())).unwrap();
    let token = hub.local_sign_in().unwrap().token;
    let world = World { hub, data, token, http };
    let over = report(&world, |report| report.conference.ended_at_ms.is_some()).await;
    assert!(!over.conference.interrupted, "it was stopped in good order");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_tell_of_a_conference_that_people_join() {
    let (arrived, mut messages) = mpsc::unbounded_channel();
    let take = move |body: axum::Json<Value>| async move { drop(arrived.send(body.0)) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let app = Router::new().route("/", post(take));
    tokio::spawn(axum::serve(listener, app).into_future());

    let world = World::start_with(|config| config.webhooks_private = true);
    let events: Vec<&str> = WebhookEvent::ALL.iter().map(|event| event.name()).collect();
    let hook = json!({ "url": url, "events": events });
    assert_eq!(world.post("/api/v1/webhooks", hook).await.0, 201);
    let room = world.room("Nebenkosten", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut guest = world.guest(&room, "Helene").await;
    guest.joined().await;
    guest.say(&ClientMessage::Leave).await;
    assert_eq!(guest.ended().await, EndReason::Left);
    host.say(&ClientMessage::End).await;
    let mut told = Vec::new();
    while told.last().is_none_or(|(event, _)| event != "conference.ended") {
        let message = timeout(PATIENCE, messages.recv()).await.expect("no message").unwrap();
        let name = message["data"]["participant"]["name"].as_str().unwrap_or_default().to_owned();
        told.push((message["type"].as_str().unwrap().to_owned(), name));
    }
    let told: Vec<_> = told.iter().map(|(event, name)| (event.as_str(), name.as_str())).collect();
    assert_eq!(
        told,
        [
            ("conference.started", ""),
            ("participant.joined", "admin"),
            ("participant.joined", "Helene"),
            ("participant.left", "Helene"),
            ("participant.left", "admin"),
            ("conference.ended", ""),
        ]
    );
}
