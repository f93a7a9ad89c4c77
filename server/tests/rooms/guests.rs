//! Guests: numbers and PINs and how often they may be guessed, links that end, and places.

use crate::support::{Live, World};
use crate::{call, get, set_policy};
use futures_util::future::join_all;
use protocol::*;
use reqwest::Method;
use serde_json::json;
use sqlx::query;
use std::time::Instant;
use tokio::net::TcpSocket;
use tokio_tungstenite::client_async;

fn by_number(number: &str, pin: Option<&str>) -> Credential {
    let (number, pin) = (number.to_owned(), pin.map(str::to_owned));
    Credential::Number { number, pin, name: "Helene".to_owned() }
}

/// What came of it: waiting in front of the room, inside, or why not.
async fn outcome(live: &mut Live) -> Result<(), Refusal> {
    match live.next().await {
        HubMessage::Joined { .. } | HubMessage::Waiting { .. } => Ok(()),
        HubMessage::Refused { reason } => Err(reason),
        other => panic!("neither in nor out: {other:?}"),
    }
}

async fn try_from(world: &World, from: [u8; 4], credential: Credential) -> Result<(), Refusal> {
    outcome(&mut enter_from(world, from, credential).await).await
}

/// A connection from another address of this machine, `127.0.0.0/8`.
async fn connect_from(world: &World, from: [u8; 4]) -> Live {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let address = world.hub.http_addr();
    let stream = socket.connect(address).await.unwrap();
    let (socket, _) = client_async(format!("ws://{address}/api/v1/ws"), stream).await.unwrap();
    Live { socket }
}

async fn enter_from(world: &World, from: [u8; 4], credential: Credential) -> Live {
    let mut live = connect_from(world, from).await;
    live.say(&ClientMessage::Join { version: VERSION, credential }).await;
    live
}

/// An address that no other call returned with another number.
fn address(n: usize) -> [u8; 4] {
    [127, 1, (n / 200) as u8, (n % 200) as u8 + 1]
}

async fn room_with_pin(world: &World, name: &str) -> Room {
    let room = world.room(name, RoomKind::GroupCall).await;
    set_policy(world, &room, RoomPolicy { pin_required: true, ..room.policy }).await.room
}

fn another(pin: &str) -> &'static str {
    if pin == "111111" { "222222" } else { "111111" }
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_a_guest_opens_the_link_enters_a_name_and_is_in() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let page = world.page(&room.link_path).await.text().await.unwrap();
    assert!(page.contains("id=\"name\"") && page.contains("viewport"), "a name, on any screen");
    let mut host = world.host(&room).await;
    host.joined().await;
    assert_eq!(world.guest(&room, " ").await.refused().await, Refusal::Name);
    let seen = world.guest(&room, "Helene Graf").await.joined().await.1;
    assert!(seen.participants.iter().any(|person| person.name == "Helene Graf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn g2_a_guest_comes_by_number_without_an_account() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let spaced = format!("{} {} {}", &room.number[..3], &room.number[3..6], &room.number[6..]);
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut guest = enter_from(&world, [127, 0, 0, 1], by_number(&spaced, None)).await;
    let seen = guest.joined().await.1;
    let you = seen.participants.iter().find(|person| person.id == seen.you).unwrap();
    assert_eq!(
        (you.kind, you.role, &*you.name),
        (ParticipantKind::Guest, Role::Attendee, "Helene")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn x12_wrong_room_wrong_pin_missing_pin_and_no_guests_are_answered_alike() {
    let world = World::start();
    let room = room_with_pin(&world, "Daily").await;
    let closed = world.room("Closed", RoomKind::GroupCall).await;
    set_policy(&world, &closed, RoomPolicy { guests: false, ..closed.policy }).await;
    let wrong = another(&room.pin);
    let longer = format!("{}1", room.number);
    for (n, credential) in [
        by_number(&room.number, Some(wrong)),
        by_number(&room.number, None),
        by_number("099999999", Some(&room.pin)),
        by_number(&longer, Some(&room.pin)),
        by_number(&closed.number, Some(&closed.pin)),
        by_number("", None),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(try_from(&world, address(n), credential).await, Err(Refusal::Number), "{n}");
    }
    assert_eq!(
        try_from(&world, address(0), by_number(&room.number, Some(&room.pin))).await,
        Ok(())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn x12_wrong_room_and_wrong_pin_take_the_same_time() {
    let world = World::start();
    let mut ratios = Vec::new();
    // A busy machine may spoil a series by chance; what really differs differs in all of them.
    for series in 0..4 {
        let ratio = wrong_pin_over_wrong_room(&world, series).await;
        if (0.8..1.25).contains(&ratio) {
            return;
        }
        ratios.push(ratio);
    }
    panic!("a wrong PIN takes so many times as long as a wrong room: {ratios:?}");
}

/// How much longer a wrong PIN takes, as the median over pairs of guesses that follow each other.
async fn wrong_pin_over_wrong_room(world: &World, series: usize) -> f64 {
    const PAIRS: usize = 36;
    let mut ratios = Vec::new();
    for block in (0..PAIRS).step_by(9) {
        let room = room_with_pin(world, "Daily").await;
        let unknown = format!("0{:08}", series * PAIRS + block);
        for pair in block..block + 9 {
            let nth = 2 * (series * PAIRS + pair);
            let mut seconds = [0.0; 2];
            for n in if pair % 2 == 0 { [0, 1] } else { [1, 0] } {
                let number = [&*room.number, &*unknown][n];
                let credential = by_number(number, Some(another(&room.pin)));
                let mut live = connect_from(world, address(nth + n)).await;
                let start = wall_clock();
                live.say(&ClientMessage::Join { version: VERSION, credential }).await;
                let refusal = outcome(&mut live).await;
                seconds[n] = start.elapsed().as_secs_f64();
                assert_eq!(refusal, Err(Refusal::Number));
            }
            ratios.push(seconds[0] / seconds[1]);
        }
    }
    ratios.sort_by(f64::total_cmp);
    ratios[PAIRS / 2]
}

#[expect(clippy::disallowed_methods, reason = "the test measures real time")]
fn wall_clock() -> Instant {
    Instant::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_pins_over_many_addresses_lock_the_number_and_nobody_else() {
    let world = World::start();
    let room = room_with_pin(&world, "Daily").await;
    let other = room_with_pin(&world, "Other").await;
    let wrong = another(&room.pin);
    for n in 0..10 {
        let guess = by_number(&room.number, Some(wrong));
        assert_eq!(try_from(&world, address(n), guess).await, Err(Refusal::Number), "{n}");
    }
    for (n, pin) in [(10, wrong), (11, &*room.pin)] {
        let guess = by_number(&room.number, Some(pin));
        assert_eq!(try_from(&world, address(n), guess).await, Err(Refusal::TooManyTries), "{pin}");
    }
    let right = by_number(&other.number, Some(&other.pin));
    assert_eq!(try_from(&world, address(12), right).await, Ok(()), "another room is not locked");
    let mut host = world.host(&room).await;
    host.joined().await;
    world.guest(&room, "by link").await.joined().await;
    let user = world.user("user").await;
    let credential =
        Credential::Session { token: user.token, number: room.number.clone(), name: None };
    assert_eq!(try_from(&world, address(13), credential).await, Ok(()));

    // A number that leads nowhere locks in the same way.
    for n in 20..30 {
        let guess = by_number("099999999", Some(wrong));
        assert_eq!(try_from(&world, address(n), guess).await, Err(Refusal::Number), "{n}");
    }
    let guess = by_number("099999999", Some(wrong));
    assert_eq!(try_from(&world, address(30), guess).await, Err(Refusal::TooManyTries));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_numbers_from_one_address_lock_the_address() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    for n in 0..10 {
        let guess = by_number(&format!("09999999{n}"), None);
        assert_eq!(try_from(&world, address(0), guess).await, Err(Refusal::Number), "{n}");
    }
    let right = || by_number(&room.number, None);
    assert_eq!(try_from(&world, address(0), right()).await, Err(Refusal::TooManyTries));
    assert_eq!(try_from(&world, address(1), right()).await, Ok(()));
    world.guest(&room, "by link").await.next().await;

    // The lock outlasts a restart, and ends after an hour.
    let mut database = world.database().await;
    let hour_ago = "UPDATE guesses SET wrong_at = replace(wrong_at, substr(wrong_at, 1, 13), '1')";
    assert_eq!(query(hour_ago).execute(&mut database).await.unwrap().rows_affected(), 11);
    assert_eq!(try_from(&world, address(0), right()).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_guesses_does_not_get_past_the_limit() {
    let world = World::start();
    let room = room_with_pin(&world, "Daily").await;
    let guesses = (0..40).map(|n| {
        let guess = by_number(&room.number, Some(another(&room.pin)));
        try_from(&world, address(n), guess)
    });
    let answers = join_all(guesses).await;
    let count = |refusal| answers.iter().filter(|answer| **answer == Err(refusal)).count();
    assert_eq!((count(Refusal::Number), count(Refusal::TooManyTries)), (10, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn right_numbers_in_any_amount_lock_nobody() {
    let world = World::start();
    let room = room_with_pin(&world, "Daily").await;
    for _ in 0..12 {
        let right = by_number(&room.number, Some(&room.pin));
        assert_eq!(try_from(&world, address(0), right).await, Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_guest_places_are_never_oversold_and_never_wasted() {
    const PLACES: usize = 40;
    let world = World::start_with(|config| config.guest_capacity = PLACES);
    let mut rooms = Vec::new();
    for n in 0..4 {
        rooms.push(world.room(&format!("Room {n}"), RoomKind::Webinar).await);
    }
    let joins = (0..100).map(|n| {
        let room = &rooms[n % rooms.len()];
        let world = &world;
        async move {
            let mut guest = world.guest(room, &format!("Guest {n}")).await;
            (outcome(&mut guest).await, guest)
        }
    });
    let answers = join_all(joins).await;
    let inside = answers.iter().filter(|(answer, _)| answer.is_ok()).count();
    let refused =
        answers.iter().filter(|(answer, _)| *answer == Err(Refusal::NoGuestPlace)).count();
    assert_eq!((inside, refused), (PLACES, 100 - PLACES));
    let (_, capacity) = get(&world, "/capacity", &world.token).await;
    assert_eq!((capacity["used"].as_u64(), capacity["free"].as_u64()), (Some(40), Some(0)));
    let mut host = world.host(&rooms[0]).await;
    host.joined().await;
    let mut late = enter_from(&world, [127, 0, 0, 9], by_number(&rooms[1].number, None)).await;
    assert_eq!(late.refused().await, Refusal::NoGuestPlace, "a right number is told the reason");
}

#[tokio::test(flavor = "multi_thread")]
async fn k6_a_place_is_kept_over_a_broken_line_and_free_after_leaving() {
    let world = World::start_with(|config| config.guest_capacity = 1);
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut first = world.guest(&room, "First").await;
    let token = first.joined().await.0;
    drop(first);
    assert_eq!(world.guest(&room, "Second").await.refused().await, Refusal::NoGuestPlace);
    let mut first = world.resume(&token).await;
    first.joined().await;
    assert_eq!(world.guest(&room, "Second").await.refused().await, Refusal::NoGuestPlace);
    first.say(&ClientMessage::Leave).await;
    assert_eq!(first.ended().await, EndReason::Left);
    world.guest(&room, "Second").await.joined().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g5_the_capacity_is_shown_before_the_event() {
    let world = World::start_with(|config| config.guest_capacity = 5);
    let (first, second) =
        (world.room("A", RoomKind::Webinar).await, world.room("B", RoomKind::Webinar).await);
    let user = world.user("user").await;
    let outside = (None, false);
    world.entry(&first.number, (1000, 2000), &[outside, outside, (Some(user.id), false)]).await;
    world.entry(&second.number, (2000, 3000), &[outside; 4]).await;
    for (from, to, planned, enough) in
        [(0, 1000, 0, true), (1500, 1600, 2, true), (1999, 2000, 2, true), (1999, 2001, 6, false)]
    {
        let path = format!("/capacity?from_ms={from}&to_ms={to}");
        let (status, capacity) = get(&world, &path, &user.token).await;
        assert_eq!(status, 200, "{capacity}");
        let capacity: Capacity = serde_json::from_value(capacity).unwrap();
        assert_eq!(capacity, Capacity { total: 5, used: 0, free: 5, planned, enough });
    }
    let (status, error) = get(&world, "/capacity?from_ms=2&to_ms=1", &user.token).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("to_ms")));
    assert_eq!(get(&world, "/capacity?from_ms=x", &user.token).await.0, 400);
    assert_eq!(get(&world, "/capacity", "nonsense").await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_further_links_end_alone_by_time_or_by_hand() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let path = format!("/rooms/{}/links", room.number);
    let mut links = Vec::new();
    for label in ["for the bank", "for the press", "for good"] {
        let mut body = json!({ "label": label });
        if label != "for good" {
            body["expires_at_ms"] = json!(9_000_000_000_000_i64);
        }
        let (status, link) = call(&world, Method::POST, &path, &world.token, Some(body)).await;
        assert_eq!(status, 201, "{link}");
        links.push(serde_json::from_value::<RoomLink>(link).unwrap());
    }
    let enter = async |link: &RoomLink| {
        let link = link.link_path.strip_prefix("/j/").unwrap().to_owned();
        let credential = Credential::Link { link, name: "Helene".to_owned() };
        try_from(&world, [127, 0, 0, 1], credential).await
    };
    for link in &links {
        assert_eq!(enter(link).await, Ok(()));
    }
    let (_, list) = get(&world, &path, &world.token).await;
    let listed: Vec<RoomLink> = serde_json::from_value(list).unwrap();
    assert_eq!(listed.iter().rev().cloned().collect::<Vec<_>>(), links);

    let revoke = format!("{path}/{}", links[0].id);
    for _ in 0..2 {
        assert_eq!(call(&world, Method::DELETE, &revoke, &world.token, None).await.0, 204);
    }
    query("UPDATE room_links SET expires_at_ms = created_at_ms WHERE id = $1")
        .bind(links[1].id)
        .execute(&mut world.database().await)
        .await
        .unwrap();
    for link in &links[..2] {
        assert_eq!(enter(link).await, Err(Refusal::Link));
        let page = world.page(&link.link_path).await;
        assert_eq!(page.status(), 404);
        assert!(page.text().await.unwrap().contains("abgelaufen oder wurde zurückgezogen"));
    }
    assert_eq!(enter(&links[2]).await, Ok(()));
    world.guest(&room, "by the room's own").await.next().await;
    let (_, list) = get(&world, &path, &world.token).await;
    let listed: Vec<RoomLink> = serde_json::from_value(list).unwrap();
    assert!(listed[2].revoked_at_ms.is_some() && listed[0].revoked_at_ms.is_none());

    for (body, field) in [
        (json!({ "label": "" }), "label"),
        (json!({ "label": "x", "expires_at_ms": 1000 }), "expires_at_ms"),
    ] {
        let (status, error) = call(&world, Method::POST, &path, &world.token, Some(body)).await;
        assert_eq!((status, error["field"].as_str()), (400, Some(field)));
    }
    let elsewhere = world.room("Other", RoomKind::GroupCall).await;
    let path = format!("/rooms/{}/links/{}", elsewhere.number, links[2].id);
    assert_eq!(call(&world, Method::DELETE, &path, &world.token, None).await.0, 404);
}

#[tokio::test]
async fn a_user_who_guesses_numbers_is_stopped_and_keeps_their_own_rooms() {
    let world = World::start();
    let theirs = world.room("Other people's room", RoomKind::GroupCall).await;
    let guesser = world.user("guesser").await;
    let room = Some(json!({ "name": "Own", "kind": "group_call" }));
    let (status, own) = call(&world, Method::POST, "/rooms", &guesser.token, room).await;
    assert_eq!(status, 201);
    let enter = async |number: &str| {
        let (token, number) = (guesser.token.clone(), number.to_owned());
        try_from(&world, address(0), Credential::Session { token, number, name: None }).await
    };
    for _ in 0..10 {
        assert_eq!(enter("100000000").await, Err(Refusal::Room));
    }
    assert_eq!(enter(&theirs.number).await, Err(Refusal::TooManyTries), "the right one, too");
    assert_eq!(enter(own["number"].as_str().unwrap()).await, Ok(()), "they belong to this one");
}
