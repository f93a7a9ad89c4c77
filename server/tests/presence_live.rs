//! What conferences do to presence, rooms and rings: signed-in users hear of it.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[expect(dead_code, reason = "these tests need a part of the tools")]
#[path = "support/people.rs"]
mod people;
#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use people::*;
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Live, World};

fn admin(world: &World) -> Somebody {
    Somebody { id: 1, name: "admin".to_owned(), token: world.token.clone() }
}

/// Somebody changes something.
async fn change(world: &World, who: &Somebody, method: Method, path: &str, body: Value) -> Value {
    let url = format!("http://{}{path}", world.hub.http_addr());
    let request = world.http.request(method, url).json(&body).bearer_auth(&who.token);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let text = answer.text().await.unwrap();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}

/// Waits until somebody is told that they see exactly these others.
async fn sees_only(channel: &mut Channel, others: &[&Somebody]) {
    let mut wanted: Vec<&str> = others.iter().map(|somebody| somebody.name.as_str()).collect();
    wanted.sort_unstable();
    channel
        .until(|event| match event {
            Event::Welcome { people, .. } => {
                let mut seen: Vec<&str> = people.iter().map(|seen| seen.user.as_str()).collect();
                seen.sort_unstable();
                (seen == wanted).then_some(())
            }
            _ => None,
        })
        .await;
}

async fn enter(world: &World, who: &Somebody, number: &str) -> Live {
    let mut live = world.connect().await;
    let credential =
        Credential::Session { token: who.token.clone(), number: number.to_owned(), name: None };
    live.say(&ClientMessage::Join { version: VERSION, credential }).await;
    live
}

async fn room_is(channel: &mut Channel, number: &str, wanted: RoomState) -> RoomStatus {
    channel
        .until(|event| match event {
            Event::Rooms { rooms } => {
                rooms.into_iter().find(|room| room.number == number && room.state == wanted)
            }
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_members_see_that_somebody_waits_and_f19_that_a_conference_runs() {
    let world = World::start();
    let people = users(&world, 1..=1).await;
    let room = world.room("Daily", RoomKind::GroupCall).await;
    add_members(&world, &room, &people, false).await;
    let (mut channel, _) = listen(&world, &people[0]).await;
    let _guest = world.guest(&room, "Helene").await;
    let waits = room_is(&mut channel, &room.number, RoomState::SomeoneWaits).await;
    assert_eq!((waits.inside, waits.waiting), (0, 1));
    let (_later, welcome) = listen(&world, &people[0]).await;
    let Event::Welcome { rooms, .. } = welcome else { panic!("no welcome") };
    assert_eq!(rooms, [waits]);

    let mut host = world.host(&room).await;
    host.joined().await;
    let live = room_is(&mut channel, &room.number, RoomState::Live).await;
    // The number leads in.
    let mut joined = enter(&world, &people[0], &live.number).await;
    joined.joined().await;
    host.say(&ClientMessage::End).await;
    let idle = room_is(&mut channel, &room.number, RoomState::Idle).await;
    assert_eq!((idle.inside, idle.waiting), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_who_is_in_a_conference_is_in_a_call_and_answers_busy_without_a_sound() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let [caller, callee] = &people[..] else { panic!("two") };
    add_contact(&world, caller, callee).await;
    let elsewhere = world.room("Elsewhere", RoomKind::GroupCall).await;
    add_members(&world, &elsewhere, std::slice::from_ref(callee), true).await;
    let (mut of_caller, _) = listen(&world, caller).await;
    let (mut of_callee, _) = listen(&world, callee).await;
    let mut inside = enter(&world, callee, &elsewhere.number).await;
    inside.joined().await;
    of_caller.sees(callee, Presence::InCall).await;

    let body = json!({ "user": callee.name, "video": true });
    let (status, call) = ask(&world, caller, "/api/v1/rings", Some(body.clone())).await;
    let call: Call = serde_json::from_value(call).unwrap();
    assert_eq!((status, call.answers[0].answer), (201, CallAnswer::Busy));
    inside.say(&ClientMessage::Leave).await;
    of_caller.sees(callee, Presence::Online).await;
    let (_, second) = ask(&world, caller, "/api/v1/rings", Some(body)).await;
    let second: Call = serde_json::from_value(second).unwrap();
    assert_eq!(of_callee.ring().await.call, second.call, "the first one never rang");
}

#[tokio::test(flavor = "multi_thread")]
async fn f18_joining_leads_straight_into_the_conference_and_takes_the_call() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let [caller, callee] = &people[..] else { panic!("two") };
    add_contact(&world, caller, callee).await;
    let (mut of_caller, _) = listen(&world, caller).await;
    let (mut of_callee, _) = listen(&world, callee).await;
    let body = json!({ "user": callee.name, "video": true });
    let (_, call) = ask(&world, caller, "/api/v1/rings", Some(body)).await;
    let call: Call = serde_json::from_value(call).unwrap();
    let mut first = enter(&world, caller, &call.room.number).await;
    first.joined().await;
    let ring = of_callee.ring().await;
    let mut second = enter(&world, callee, &ring.room.number).await;
    second.joined().await;
    assert_eq!(of_callee.ring_ended().await, (call.call, CallAnswer::Accepted));
    assert_eq!(of_caller.ring_answer().await, (callee.name.clone(), CallAnswer::Accepted));
}

#[tokio::test(flavor = "multi_thread")]
async fn f21_users_picked_from_a_list_are_called_into_a_room_of_their_own() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let owner = admin(&world);
    let mut channels = Vec::new();
    for somebody in &people {
        channels.push(listen(&world, somebody).await.0);
    }
    let (status, page) = ask(&world, &owner, "/api/v1/users?query=user", None).await;
    assert_eq!(status, 200, "{page}");
    let page: UserPage = serde_json::from_value(page).unwrap();
    let members: Vec<i64> = page.users.iter().map(|user| user.id).collect();
    let room = json!({ "name": "Now", "kind": "group_call", "members": members, "ad_hoc": true });
    let (status, room) = world.post("/api/v1/rooms", room).await;
    assert_eq!(status, 201, "{room}");
    let number = room["number"].as_str().unwrap();
    let path = format!("/api/v1/rooms/{number}/ring");
    let (status, call) = ask(&world, &owner, &path, Some(json!({ "confirm": true }))).await;
    assert_eq!(status, 201, "{call}");
    for (somebody, channel) in people.iter().zip(&mut channels) {
        let ring = channel.ring().await;
        assert_eq!((ring.room.number.as_str(), ring.caller.as_str()), (number, "admin"));
        enter(&world, somebody, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_a_new_contact_is_seen_at_once_and_one_that_goes_no_more() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let [fan, star] = &people[..] else { panic!("two") };
    let (_star, _) = listen(&world, star).await;
    let (mut of_fan, _) = listen(&world, fan).await;
    let path = format!("/api/v1/me/contacts/{}", star.name);
    change(&world, fan, Method::PUT, &path, Value::Null).await;
    sees_only(&mut of_fan, &[star]).await;
    change(&world, fan, Method::DELETE, &path, Value::Null).await;
    sees_only(&mut of_fan, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_who_comes_into_a_room_or_goes_from_it_sees_its_people_at_once() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let [mate, newcomer] = &people[..] else { panic!("two") };
    let owner = admin(&world);
    let (mut of_mate, _) = listen(&world, mate).await;
    let (mut of_newcomer, _) = listen(&world, newcomer).await;
    let wanted = json!({ "name": "Daily", "kind": "group_call", "members": [mate.id] });
    let room: Room =
        serde_json::from_value(change(&world, &owner, Method::POST, "/api/v1/rooms", wanted).await)
            .unwrap();
    sees_only(&mut of_mate, &[]).await;
    let seat = format!("/api/v1/rooms/{}/members/{}", room.number, newcomer.id);
    change(&world, &owner, Method::PUT, &seat, json!({})).await;
    sees_only(&mut of_mate, &[newcomer]).await;
    sees_only(&mut of_newcomer, &[mate]).await;
    change(&world, &owner, Method::DELETE, &seat, Value::Null).await;
    sees_only(&mut of_mate, &[]).await;
    sees_only(&mut of_newcomer, &[]).await;
    change(&world, &owner, Method::PUT, &seat, json!({})).await;
    sees_only(&mut of_newcomer, &[mate]).await;
    let path = format!("/api/v1/rooms/{}", room.number);
    change(&world, &owner, Method::DELETE, &path, Value::Null).await;
    sees_only(&mut of_mate, &[]).await;
    sees_only(&mut of_newcomer, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_what_goes_on_in_a_new_or_renamed_room_is_told_at_once() {
    let world = World::start();
    let owner = admin(&world);
    let (mut channel, _) = listen(&world, &owner).await;
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let _guest = world.guest(&room, "Helene").await;
    let waits = room_is(&mut channel, &room.number, RoomState::SomeoneWaits).await;
    assert_eq!((waits.name.as_str(), waits.waiting), ("Daily", 1));
    let path = format!("/api/v1/rooms/{}", room.number);
    change(&world, &owner, Method::PATCH, &path, json!({ "name": "Weekly" })).await;
    let renamed = channel.until(|event| match event {
        Event::Welcome { rooms, .. } => rooms.into_iter().find(|room| room.name == "Weekly"),
        _ => None,
    });
    assert_eq!(renamed.await, RoomStatus { name: "Weekly".to_owned(), ..waits });
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_people_of_an_entry_come_from_the_directory_and_its_room_is_seen_at_once() {
    let world = World::start();
    let owner = admin(&world);
    let people = users(&world, 1..=1).await;
    let (mut of_owner, _) = listen(&world, &owner).await;
    let (mut of_invited, _) = listen(&world, &people[0]).await;
    let profile = json!({ "name": "Administrator" });
    change(&world, &owner, Method::PUT, "/api/v1/me/profile", profile).await;
    let (_, page) = ask(&world, &owner, "/api/v1/users?query=user1", None).await;
    let page: UserPage = serde_json::from_value(page).unwrap();
    let draft = json!({ "kind": "group_call", "title": "Planned",
                        "people": [{ "user_id": page.users[0].id }] });
    let saved = change(&world, &owner, Method::POST, "/api/v1/entries", draft).await;
    let SavedEntry { entry, .. } = serde_json::from_value(saved).unwrap();
    let told = of_invited.until(|event| match event {
        Event::EntryChanged { entry } => Some(entry),
        _ => None,
    });
    assert_eq!(told.await, entry.summary.id);
    let mut guest = world.connect().await;
    let link = entry.link_path.unwrap().strip_prefix("/j/").unwrap().to_owned();
    let credential = Credential::Link { link, name: "Helene".to_owned() };
    guest.say(&ClientMessage::Join { version: VERSION, credential }).await;
    let number = &entry.summary.number;
    let waits = room_is(&mut of_owner, number, RoomState::SomeoneWaits).await;
    assert_eq!(waits.name, "Planned");
    let path = format!("/api/v1/entries/{}", entry.summary.id);
    change(&world, &owner, Method::DELETE, &path, Value::Null).await;
    let left = of_owner.until(|event| match event {
        Event::Welcome { rooms, .. } => Some(rooms),
        _ => None,
    });
    assert_eq!(left.await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_conference_shows_the_name_of_the_conference_profile() {
    let world = World::start();
    let owner = admin(&world);
    let room = world.room("Daily", RoomKind::GroupCall).await;
    for (profile, name) in [(false, "admin"), (true, "Prof. Ada")] {
        if profile {
            let profile = json!({ "name": name });
            change(&world, &owner, Method::PUT, "/api/v1/me/profile", profile).await;
        }
        let mut host = world.host(&room).await;
        let (_, snapshot) = host.joined().await;
        assert_eq!(snapshot.participants[0].name, name);
        host.say(&ClientMessage::End).await;
        host.ended().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_disabled_or_deleted_is_out_of_the_running_conference() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let owner = admin(&world);
    let room = world.room("Daily", RoomKind::GroupCall).await;
    add_members(&world, &room, &people, true).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let barred = (Method::PATCH, json!({ "disabled": true }));
    for (somebody, (method, body)) in people.iter().zip([barred, (Method::DELETE, Value::Null)]) {
        let mut inside = enter(&world, somebody, &room.number).await;
        let (resume, _) = inside.joined().await;
        let path = format!("/api/v1/admin/users/{}", somebody.name);
        change(&world, &owner, method, &path, body).await;
        assert_eq!(inside.ended().await, EndReason::Removed);
        let again = enter(&world, somebody, &room.number).await.refused().await;
        assert_eq!(again, Refusal::Session);
        assert_eq!(world.resume(&resume).await.refused().await, Refusal::Removed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_both_sockets_are_counted() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let figure = async |name: &str| -> u64 {
        let text = world.page("/metrics").await.text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse().unwrap()
    };
    let (mut channel, _) = listen(&world, &admin(&world)).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    assert_eq!(figure("katheder_connections").await, 2);
    let before = figure(r#"katheder_messages_total{direction="in"}"#).await;
    channel.say(&EventRequest::Busy { busy: true }).await;
    channel.sees(&admin(&world), Presence::InCall).await;
    channel.say(&EventRequest::Answer { call: "none".to_owned(), accept: true }).await;
    channel.until(|event| matches!(event, Event::Denied { .. }).then_some(())).await;
    assert_eq!(figure(r#"katheder_messages_total{direction="in"}"#).await, before + 2);
    host.chat(ChatScope::Everyone, "hello").await;
    host.line().await;
    assert_eq!(figure(r#"katheder_messages_total{direction="in"}"#).await, before + 3);
    let sent = figure(r#"katheder_messages_total{direction="out"}"#).await;
    assert!(sent >= 5, "two answers to coming in, presence, a refusal, a line: {sent}");
}
