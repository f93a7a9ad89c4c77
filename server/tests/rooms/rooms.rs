//! Rooms over REST: what they tell whom, who belongs to them, and what a user enters them as.

use crate::people::Someone;
use crate::support::{Live, World};
use crate::{call, details, get, set_member, set_policy};
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};

/// A connection that says it is a user.
async fn come(world: &World, room: &Room, user: &Someone) -> Live {
    let mut live = world.connect().await;
    let (token, number) = (user.token.clone(), room.number.clone());
    let credential = Credential::Session { token, number, name: None };
    live.say(&ClientMessage::Join { version: VERSION, credential }).await;
    live
}

/// As what a user enters, or why not.
async fn enter(world: &World, room: &Room, user: &Someone) -> Result<Role, Refusal> {
    let mut live = come(world, room, user).await;
    match live.next().await {
        HubMessage::Joined { snapshot, .. } => {
            let you = snapshot.participants.iter().find(|person| person.id == snapshot.you);
            Ok(you.unwrap().role)
        }
        HubMessage::Waiting { .. } => Ok(Role::Attendee),
        HubMessage::Refused { reason } => Err(reason),
        other => panic!("neither in nor out: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d13_a_public_room_tells_number_pin_link_and_address() {
    let world = World::start_with(|config| {
        config.public_url = Some("https://meet.example.org".to_owned());
        config.phone_number = Some("+49 30 123456".to_owned());
    });
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let way_in = details(&world, &room, &world.token).await.way_in.unwrap();
    assert_eq!(way_in.url, format!("https://meet.example.org{}", room.link_path));
    assert_eq!(way_in.phone_number.as_deref(), Some("+49 30 123456"));
    assert_eq!(way_in.login_url, format!("https://meet.example.org/login?number={}", room.number));
    let closed = set_policy(&world, &room, RoomPolicy { guests: false, ..room.policy }).await;
    assert_eq!(closed.way_in, None, "a room without guests has no way in for them");
}

#[tokio::test(flavor = "multi_thread")]
async fn d14_all_details_come_in_clear_form_in_both_languages() {
    let world = World::start_with(|config| config.phone_number = Some("+49 30 123456".to_owned()));
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let way_in = details(&world, &room, &world.token).await.way_in.unwrap();
    let base = format!("http://{}", world.hub.http_addr());
    let (a, b, c) = (&room.number[..3], &room.number[3..6], &room.number[6..]);
    assert_eq!(
        way_in.text_de,
        format!(
            "Nebenkosten\n\nLink: {base}{}\nEinwahlnummer: +49 30 123456\nRaumnummer: {a} {b} {c}\n\
             PIN: {}\n",
            room.link_path, room.pin
        )
    );
    assert!(way_in.text_en.contains(&format!("Room number: {a} {b} {c}\n")), "{}", way_in.text_en);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_names_the_host_that_the_caller_asked() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let ask = async |path: &str| -> Value {
        let url = format!("http://{}/api/v1{path}", world.hub.http_addr());
        let request = world.http.get(url).bearer_auth(&world.token);
        let answer = request.header("host", "hub.lan:4433").send().await.unwrap();
        answer.json().await.unwrap()
    };
    let link = format!("http://hub.lan:4433{}", room.link_path);
    let details = ask(&format!("/rooms/{}", room.number)).await;
    let invitation = ask(&format!("/rooms/{}/invitation", room.number)).await;
    assert_eq!(details["way_in"]["url"], *link);
    assert_eq!(invitation["link"], *link);
    assert!(invitation["text"].as_str().unwrap().contains(&link), "{invitation}");
    assert_eq!(ask("/openapi.json").await["servers"][0]["url"], "http://hub.lan:4433");
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_d16_a_room_keeps_its_link_until_it_gets_a_new_one() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    for _ in 0..2 {
        let mut host = world.host(&room).await;
        host.joined().await;
        let mut guest = world.guest(&room, "Helene").await;
        guest.joined().await;
        host.say(&ClientMessage::End).await;
        assert_eq!(guest.ended().await, EndReason::EndedByHost);
    }
    let path = format!("/rooms/{}/link", room.number);
    let (status, fresh) = call(&world, Method::POST, &path, &world.token, None).await;
    let fresh: RoomDetails = serde_json::from_value(fresh).unwrap();
    assert_eq!(status, 200);
    assert_eq!(world.guest(&room, "Helene").await.refused().await, Refusal::Link);
    assert_eq!(world.page(&room.link_path).await.status(), 404);
    let mut guest = world.guest(&fresh.room, "Helene").await;
    assert!(matches!(guest.next().await, HubMessage::Waiting { .. }));
    assert_eq!(fresh.room.number, room.number);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pin_replaces_the_one_before() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let path = format!("/rooms/{}/pin", room.number);
    let mut pins = vec![room.pin.clone()];
    for _ in 0..3 {
        let (status, fresh) = call(&world, Method::POST, &path, &world.token, None).await;
        assert_eq!(status, 200);
        pins.push(fresh["pin"].as_str().unwrap().to_owned());
    }
    pins.dedup();
    assert!(pins.len() > 1, "{pins:?}");
    assert_eq!(&details(&world, &room, &world.token).await.room.pin, pins.last().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn e9_a_room_is_made_public_and_private_by_a_switch() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let (stranger, member) = (world.user("stranger").await, world.user("member").await);
    set_member(&world, &room, &member, false).await;
    let closed = RoomPolicy { guests: false, ..room.policy };
    assert_eq!(set_policy(&world, &room, closed).await.room.policy, closed);
    assert_eq!(world.guest(&room, "Helene").await.refused().await, Refusal::NoGuests);
    assert_eq!(enter(&world, &room, &stranger).await, Err(Refusal::Room));
    assert_eq!(enter(&world, &room, &member).await, Ok(Role::Host));
    set_policy(&world, &room, room.policy).await;
    let mut guest = world.guest(&room, "Helene").await;
    guest.joined().await;
    assert_eq!(enter(&world, &room, &stranger).await, Ok(Role::Host));
}

#[tokio::test(flavor = "multi_thread")]
async fn e10_members_see_whether_their_room_is_public() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::Webinar).await;
    let member = world.user("member").await;
    set_member(&world, &room, &member, false).await;
    for guests in [false, true] {
        set_policy(&world, &room, RoomPolicy { guests, ..room.policy }).await;
        let (_, list) = get(&world, "/rooms", &member.token).await;
        let [seen]: [Room; 1] = serde_json::from_value(list).unwrap();
        assert_eq!((seen.policy.guests, seen.standing), (guests, Standing::Member));
        assert_eq!((&*seen.pin, &*seen.link_path), ("", ""), "secrets are for who moderates");
        assert_eq!(details(&world, &room, &member.token).await.way_in, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_the_list_shows_that_somebody_waits() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let now = async || details(&world, &room, &world.token).await.room.now;
    assert_eq!(now().await, None);
    let mut guest = world.guest(&room, "Helene").await;
    guest.next().await;
    let waiting = RoomNow { state: ConferenceState::Waiting, participants: 0, waiting: 1 };
    assert_eq!(now().await, Some(waiting));
    let mut host = world.host(&room).await;
    host.joined().await;
    let live = RoomNow { state: ConferenceState::Live, participants: 2, waiting: 0 };
    let (_, list) = get(&world, "/rooms", &world.token).await;
    assert_eq!(serde_json::from_value::<Vec<Room>>(list).unwrap()[0].now, Some(live));
    host.say(&ClientMessage::Leave).await;
    assert_eq!(host.ended().await, EndReason::Left);
    let held = RoomNow { state: ConferenceState::OnHold, participants: 0, waiting: 1 };
    assert_eq!(now().await, Some(held));
}

#[tokio::test(flavor = "multi_thread")]
async fn e11_a_user_has_as_many_rooms_as_they_like() {
    let world = World::start();
    let mut numbers = std::collections::HashSet::new();
    for n in 0..60 {
        numbers.insert(world.room(&format!("Room {n}"), RoomKind::GroupCall).await.number);
    }
    let (_, list) = get(&world, "/rooms", &world.token).await;
    assert_eq!((numbers.len(), list.as_array().unwrap().len()), (60, 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_a_room_is_made_with_its_members() {
    let world = World::start();
    let (anna, bert) = (world.user("Anna").await, world.user("Bert").await);
    let body = json!({ "name": "Spontaneous", "kind": "group_call", "ad_hoc": true,
                       "members": [anna.id, bert.id, anna.id] });
    let (status, room) = call(&world, Method::POST, "/rooms", &world.token, Some(body)).await;
    assert_eq!(status, 201, "{room}");
    let room: Room = serde_json::from_value(room).unwrap();
    assert!(room.ad_hoc && room.standing == Standing::Owner);
    let (_, members) = get(&world, &format!("/rooms/{}/members", room.number), &bert.token).await;
    let members: Vec<RoomMember> = serde_json::from_value(members).unwrap();
    let seen: Vec<(&str, Standing)> =
        members.iter().map(|member| (&*member.display_name, member.standing)).collect();
    let expected =
        [("admin", Standing::Owner), ("Anna", Standing::Member), ("Bert", Standing::Member)];
    assert_eq!(seen, expected);
    assert_eq!(get(&world, "/rooms", &anna.token).await.1[0]["number"], room.number.as_str());

    let body = json!({ "name": "x", "kind": "webinar", "members": [anna.id, 999_999] });
    let (status, error) = call(&world, Method::POST, "/rooms", &world.token, Some(body)).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("members")));
    let (_, list) = get(&world, "/rooms", &world.token).await;
    assert_eq!(list.as_array().unwrap().len(), 1, "nothing is left of a room that was refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_come_and_go_and_only_hosts_manage_them() {
    let world = World::start();
    let room = world.room("Board", RoomKind::Webinar).await;
    let (host, member) = (world.user("host").await, world.user("member").await);
    set_member(&world, &room, &host, true).await;
    set_member(&world, &room, &member, false).await;
    let path = |user: i64| format!("/rooms/{}/members/{user}", room.number);
    let body = || Some(json!({ "host": true }));
    let put = |user: i64, token: String| {
        let (world, path) = (&world, path(user));
        async move { call(world, Method::PUT, &path, &token, body()).await.0 }
    };
    assert_eq!(put(member.id, member.token.clone()).await, 403, "nobody promotes themselves");
    assert_eq!(put(member.id, host.token.clone()).await, 204);
    assert_eq!(put(999_999, host.token.clone()).await, 404);
    assert_eq!(put(1, host.token.clone()).await, 409, "the owner is no member");
    set_member(&world, &room, &member, false).await;
    let delete = |user: i64, token: String| {
        let (world, path) = (&world, path(user));
        async move { call(world, Method::DELETE, &path, &token, None).await.0 }
    };
    assert_eq!(delete(host.id, member.token.clone()).await, 403);
    assert_eq!(delete(member.id, member.token.clone()).await, 204, "everybody may go");
    assert_eq!(delete(member.id, member.token.clone()).await, 404, "a stranger now");
    assert_eq!(delete(member.id, host.token.clone()).await, 404);
    assert_eq!(get(&world, "/rooms", &member.token).await.1, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_everybody_enters_as_what_they_are() {
    let world = World::start();
    let room = world.room("Training", RoomKind::Webinar).await;
    let [host, member, co_host, invited, stranger] =
        ["host", "member", "co-host", "invited", "stranger"].map(|name| world.user(name));
    let (host, member, co_host) = (host.await, member.await, co_host.await);
    let (invited, stranger) = (invited.await, stranger.await);
    set_member(&world, &room, &host, true).await;
    set_member(&world, &room, &member, false).await;
    let people = [(Some(co_host.id), true), (Some(invited.id), false), (None, false)];
    world.entry(&room.number, (1, 2), &people).await;
    set_policy(&world, &room, RoomPolicy { guests: false, ..room.policy }).await;
    let mut owner = world.host(&room).await;
    owner.joined().await;
    for (user, role) in [
        (&host, Ok(Role::Host)),
        (&co_host, Ok(Role::Host)),
        (&member, Ok(Role::Attendee)),
        (&invited, Ok(Role::Attendee)),
        (&stranger, Err(Refusal::Room)),
    ] {
        assert_eq!(enter(&world, &room, user).await, role, "{}", user.token);
    }
    assert_eq!(details(&world, &room, &co_host.token).await.room.standing, Standing::Host);
    assert_eq!(details(&world, &room, &invited.token).await.room.standing, Standing::Member);
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_every_user_moderates_a_public_group_call() {
    let world = World::start();
    let user = world.user("somebody").await;
    let call = world.room("Daily", RoomKind::GroupCall).await;
    assert_eq!(enter(&world, &call, &user).await, Ok(Role::Host));
    let webinar = world.room("Training", RoomKind::Webinar).await;
    assert_eq!(enter(&world, &webinar, &user).await, Ok(Role::Attendee));
    set_policy(&world, &webinar, RoomPolicy { users_moderate: true, ..webinar.policy }).await;
    assert_eq!(enter(&world, &webinar, &user).await, Ok(Role::Host));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_learn_which_rooms_exist() {
    let world = World::start();
    let room = world.room("Secret", RoomKind::Webinar).await;
    let stranger = world.user("stranger").await;
    let number = &room.number;
    let other = if number == "100000000" { "100000001" } else { "100000000" };
    for (method, rest, body) in [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(json!({ "name": "x" }))),
        (Method::DELETE, "", None),
        (Method::POST, "/pin", None),
        (Method::POST, "/link", None),
        (Method::GET, "/members", None),
        (Method::PUT, "/members/1", Some(json!({ "host": true }))),
        (Method::DELETE, "/members/1", None),
        (Method::GET, "/links", None),
        (Method::POST, "/links", Some(json!({ "label": "x" }))),
        (Method::DELETE, "/links/1", None),
        (Method::GET, "/embed", None),
    ] {
        let mut answers = Vec::new();
        for number in [number, other] {
            let path = format!("/rooms/{number}{rest}");
            answers.push(call(&world, method.clone(), &path, &stranger.token, body.clone()).await);
        }
        assert_eq!(answers[0].0, 404, "{method} {rest}");
        assert_eq!(answers[0], answers[1], "{method} {rest}");
    }
    let member = world.user("member").await;
    set_member(&world, &room, &member, false).await;
    let path = format!("/rooms/{number}");
    let body = Some(json!({ "name": "x" }));
    assert_eq!(call(&world, Method::PATCH, &path, &member.token, body).await.0, 403);
    let body = Some(json!({ "policy": room.policy }));
    assert_eq!(call(&world, Method::PATCH, &path, &member.token, body).await.0, 403);
    assert_eq!(call(&world, Method::DELETE, &path, &member.token, None).await.0, 403);
    let path = format!("/rooms/{number}/links");
    assert_eq!(get(&world, &path, &member.token).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_renamed_and_deleted_by_their_owner() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let path = format!("/rooms/{}", room.number);
    let change = |body: Value| call(&world, Method::PATCH, &path, &world.token, Some(body));
    assert_eq!(change(json!({ "name": " Weekly " })).await.1["name"], "Weekly");
    let (status, error) = change(json!({ "name": " " })).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("name")));
    assert_eq!(change(json!({ "colour": "red" })).await.0, 422);
    assert_eq!(details(&world, &room, &world.token).await.room.policy, room.policy);

    let delete = || call(&world, Method::DELETE, &path, &world.token, None);
    let mut host = world.host(&room).await;
    host.joined().await;
    let (status, error) = delete().await;
    assert_eq!((status, error["code"].as_str()), (409, Some("running")));
    host.say(&ClientMessage::End).await;
    assert_eq!(host.ended().await, EndReason::EndedByHost);
    let mut guest = world.guest(&room, "Helene").await;
    assert!(matches!(guest.next().await, HubMessage::Waiting { .. }));
    assert_eq!(delete().await.0, 204);
    assert_eq!(guest.ended().await, EndReason::EndedByHost, "nobody waits in front of nothing");
    assert_eq!(delete().await.0, 404);
    assert_eq!(world.guest(&room, "Helene").await.refused().await, Refusal::Link);

    let planned = world.room("Planned", RoomKind::Webinar).await;
    world.entry(&planned.number, (1, 2), &[]).await;
    let path = format!("/rooms/{}", planned.number);
    let (status, error) = call(&world, Method::DELETE, &path, &world.token, None).await;
    assert_eq!((status, error["code"].as_str()), (409, Some("planned")));
    assert_eq!(get(&world, "/rooms", &world.token).await.1, json!([]), "the planner lists it");
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_hosts_find_the_link_in_the_running_room() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    let link = host.joined().await.1.room.link_path.unwrap();
    let mut guest = world.guest(&Room { link_path: link, ..room }, "Helene").await;
    assert_eq!(guest.joined().await.1.room.link_path, None, "guests do not invite");
}

#[tokio::test(flavor = "multi_thread")]
async fn d11_a_name_is_enough_for_a_room_with_a_link() {
    let world = World::start();
    let body = json!({ "name": "Handover", "kind": "group_call" });
    let (status, room) = call(&world, Method::POST, "/rooms", &world.token, Some(body)).await;
    assert_eq!(status, 201);
    let room: Room = serde_json::from_value(room).unwrap();
    assert_eq!((&*room.name, room.ad_hoc, room.policy.guests), ("Handover", false, true));
    assert_eq!(world.page(&room.link_path).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn d12_the_link_is_a_plain_address_that_any_message_carries() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let url = details(&world, &room, &world.token).await.way_in.unwrap().url;
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/.-_".contains(c);
    assert!(url.len() < 100 && url.chars().all(plain), "{url}");
    assert_eq!(world.http.get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn f13_a_changed_policy_counts_while_the_conference_runs() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    world.guest(&room, "First").await.joined().await;
    set_policy(&world, &room, RoomPolicy { guests: false, ..room.policy }).await;
    assert_eq!(world.guest(&room, "Second").await.refused().await, Refusal::NoGuests);
}

#[tokio::test(flavor = "multi_thread")]
async fn f13_who_is_no_longer_host_of_the_room_is_none_in_its_running_conference() {
    let world = World::start();
    let room = world.room("Board", RoomKind::Webinar).await;
    let host = world.user("host").await;
    set_member(&world, &room, &host, true).await;
    let mut owner = world.host(&room).await;
    owner.joined().await;
    let mut other = come(&world, &room, &host).await;
    let (_, snapshot) = other.joined().await;
    let role = |participant: &Participant| (participant.id, participant.role);
    let own = snapshot.participants.iter().find(|person| person.id == snapshot.you).unwrap();
    assert_eq!(own.role, Role::Host);
    set_member(&world, &room, &host, false).await;
    assert_eq!(role(&other.changed().await), (snapshot.you, Role::Attendee));
    let demoted = other.joined().await.1;
    assert_eq!((demoted.room.pin, demoted.room.link_path), (None, None));
    other.say(&ClientMessage::Lock { locked: true }).await;
    assert!(matches!(other.next().await, HubMessage::Denied { .. }));
    set_member(&world, &room, &host, true).await;
    assert_eq!(role(&other.changed().await), (snapshot.you, Role::Host));
    let promoted = other.joined().await.1;
    assert_eq!(promoted.room.pin, Some(room.pin.clone()));
    assert_eq!(promoted.room.link_path, Some(room.link_path.clone()));
    // The last host stays one: nobody else could open the door.
    owner.say(&ClientMessage::Leave).await;
    set_member(&world, &room, &host, false).await;
    other.say(&ClientMessage::Lock { locked: true }).await;
    loop {
        match other.next().await {
            HubMessage::Locked { locked } => break assert!(locked),
            HubMessage::Denied { .. } => panic!("demoted"),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_who_waits_and_is_made_host_of_the_room_starts_its_conference() {
    let world = World::start();
    let room = world.room("Board", RoomKind::Webinar).await;
    let user = world.user("somebody").await;
    set_member(&world, &room, &user, false).await;
    let mut waits = come(&world, &room, &user).await;
    assert!(matches!(waits.next().await, HubMessage::Waiting { .. }));
    set_member(&world, &room, &user, true).await;
    let (_, snapshot) = waits.joined().await;
    assert_eq!((snapshot.state, snapshot.room.pin), (ConferenceState::Live, Some(room.pin)));
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_who_is_put_back_into_a_room_comes_into_its_running_conference() {
    let world = World::start();
    let room = world.room("Board", RoomKind::Webinar).await;
    let user = world.user("somebody").await;
    set_member(&world, &room, &user, false).await;
    let mut owner = world.host(&room).await;
    owner.joined().await;
    let mut member = come(&world, &room, &user).await;
    member.joined().await;
    let path = format!("/rooms/{}/members/{}", room.number, user.id);
    let out = async || call(&world, Method::DELETE, &path, &world.token, None).await.0;
    assert_eq!(out().await, 204);
    assert_eq!(member.ended().await, EndReason::Removed);
    assert_eq!(enter(&world, &room, &user).await, Err(Refusal::Removed));
    set_member(&world, &room, &user, false).await;
    assert_eq!(enter(&world, &room, &user).await, Ok(Role::Attendee));
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_who_was_sent_away_stays_out_while_what_they_are_to_the_room_stays_the_same() {
    let world = World::start();
    let room = world.room("Board", RoomKind::Webinar).await;
    let user = world.user("somebody").await;
    set_member(&world, &room, &user, false).await;
    let mut owner = world.host(&room).await;
    owner.joined().await;
    let mut member = come(&world, &room, &user).await;
    let (_, snapshot) = member.joined().await;
    owner.say(&ClientMessage::Remove { participant: snapshot.you }).await;
    assert_eq!(member.ended().await, EndReason::Removed);
    set_member(&world, &room, &user, false).await;
    assert_eq!(enter(&world, &room, &user).await, Err(Refusal::Removed));
    set_member(&world, &room, &user, true).await;
    assert_eq!(enter(&world, &room, &user).await, Ok(Role::Host), "a host wants them back");
}
