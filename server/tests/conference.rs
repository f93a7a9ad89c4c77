//! The rules of a conference through real connections: what a hostile guest can do, which is nothing,
//! and what has to outlast a run.

mod support;

use protocol::*;
use server::{Config, Hub, manage};
use sqlx::{ConnectOptions, Connection, query};
use support::{Live, PATIENCE, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

/// Every wish that only hosts may have, aimed at `target`.
fn wishes_of_hosts(target: ParticipantId) -> Vec<ClientMessage> {
    let participant = target;
    let policy = RoomPolicy { guests: false, ..RoomPolicy::default_for(RoomKind::GroupCall) };
    vec![
        ClientMessage::LowerHand { participant },
        ClientMessage::LowerAllHands,
        ClientMessage::SetRole { participant, role: Role::Host },
        ClientMessage::SetRole { participant, role: Role::Attendee },
        ClientMessage::Admit { participant },
        ClientMessage::AdmitAll,
        ClientMessage::Remove { participant },
        ClientMessage::Mute { participant },
        ClientMessage::MuteAll,
        ClientMessage::SetPolicy { policy },
        ClientMessage::Lock { locked: true },
        ClientMessage::Lock { locked: false },
        ClientMessage::Hold { held: true },
        ClientMessage::Hold { held: false },
        ClientMessage::End,
    ]
}

async fn set_policy(host: &mut Live, room: &RoomInfo, change: impl FnOnce(&mut RoomPolicy)) {
    let mut policy = room.policy;
    change(&mut policy);
    host.say(&ClientMessage::SetPolicy { policy }).await;
    assert_eq!(host.next().await, HubMessage::Policy { policy });
}

async fn waits(guest: &mut Live) -> WaitReason {
    match guest.next().await {
        HubMessage::Waiting { reason, .. } => reason,
        other => panic!("expected to wait, got {other:?}"),
    }
}

async fn all_denied(guest: &mut Live, targets: &[ParticipantId]) {
    for target in targets {
        for wish in wishes_of_hosts(*target) {
            guest.say(&wish).await;
            let answer = guest.next().await;
            assert!(matches!(answer, HubMessage::Denied { .. }), "{wish:?}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_a_guest_inside_tries_every_wish_of_a_host_and_changes_nothing() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    let (_, before) = host.joined().await;
    set_policy(&mut host, &before.room, |policy| policy.waiting_room = true).await;
    let mut guest = world.guest(&room, "Eve").await;
    assert_eq!(waits(&mut guest).await, WaitReason::Knock);
    let HubMessage::WaitingList { waiting } = host.next().await else { panic!("who waits?") };
    host.say(&ClientMessage::Admit { participant: waiting[0].id }).await;
    let (token, mine) = guest.joined().await;
    let mut other = world.guest(&room, "Knocks").await;
    assert_eq!(waits(&mut other).await, WaitReason::Knock);
    host.say(&ClientMessage::Hand { raised: true, restore: false }).await;
    host.say(&ClientMessage::Media { microphone: true, camera: false, screen: false }).await;
    guest.changed().await;
    guest.changed().await;

    // One's own hand is one's own: only the others' are tried, and an id that waits, and none.
    let knocks = ParticipantId(mine.you.0 + 1);
    all_denied(&mut guest, &[before.you, knocks, ParticipantId(99)]).await;
    let mut again = world.resume(&token).await;
    let (_, after) = again.joined().await;
    assert_eq!(after.participants.len(), 2);
    assert_eq!((after.locked, after.state), (false, ConferenceState::Live));
    assert!(after.room.policy.waiting_room && after.room.policy.guests);
    let seen = after.participants.iter().find(|person| person.id == before.you).unwrap();
    assert!(seen.microphone && seen.hand_raised_at_ms.is_some() && seen.role == Role::Host);
    let own = after.participants.iter().find(|person| person.id == mine.you).unwrap();
    assert_eq!(own.role, Role::Attendee, "no role is gained by reconnecting");
    host.say(&ClientMessage::End).await;
    assert_eq!(other.ended().await, EndReason::EndedByHost, "who knocked heard nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_a_waiting_guest_tries_every_wish_of_a_host_and_changes_nothing() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut guest = world.guest(&room, "Eve").await;
    assert_eq!(waits(&mut guest).await, WaitReason::NoHost);
    let targets = [ParticipantId(1), ParticipantId(2), ParticipantId(99)];
    all_denied(&mut guest, &targets).await;
    let mut host = world.host(&room).await;
    let (_, snapshot) = host.joined().await;
    guest.joined().await;
    host.say(&ClientMessage::Hold { held: true }).await;
    assert_eq!(waits(&mut guest).await, WaitReason::OnHold);
    all_denied(&mut guest, &targets).await;
    let (_, held) = host.joined().await;
    assert_eq!((held.state, held.waiting.len()), (ConferenceState::OnHold, 1));
    set_policy(&mut host, &snapshot.room, |policy| policy.waiting_room = true).await;
    let mut knocks = world.guest(&room, "Mallory").await;
    assert_eq!(waits(&mut knocks).await, WaitReason::OnHold);
    host.say(&ClientMessage::Hold { held: false }).await;
    guest.joined().await;
    assert_eq!(waits(&mut knocks).await, WaitReason::Knock);
    all_denied(&mut knocks, &targets).await;
    let mut second = world.host(&room).await;
    let (_, after) = second.joined().await;
    assert_eq!((after.participants.len(), after.waiting.len(), after.locked), (3, 1, false));
    assert!(after.room.policy.waiting_room);
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_f15_removed_and_locked_are_told_apart_at_the_door() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut guest = world.guest(&room, "Helene").await;
    let (token, snapshot) = guest.joined().await;
    host.say(&ClientMessage::Remove { participant: snapshot.you }).await;
    assert_eq!(guest.ended().await, EndReason::Removed);
    assert_eq!(world.resume(&token).await.refused().await, Refusal::Removed);
    host.say(&ClientMessage::Lock { locked: true }).await;
    loop {
        if host.next().await == (HubMessage::Locked { locked: true }) {
            break;
        }
    }
    assert_eq!(world.guest(&room, "Helene").await.refused().await, Refusal::Locked);
    let (_, again) = world.host(&room).await.joined().await;
    assert!(again.locked, "a host gets in and sees it");
}

#[tokio::test(flavor = "multi_thread")]
async fn f13_policies_set_while_live_outlast_the_run_and_the_hub() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    let (_, before) = host.joined().await;
    set_policy(&mut host, &before.room, |policy| {
        (policy.waiting_room, policy.join_muted) = (true, true);
    })
    .await;
    let World { hub, data, token, http } = world;
    hub.stop().await;
    let hub = Hub::start(Config::local(data.path())).unwrap();
    let world = World { hub, data, token, http };
    let (_, after) = world.host(&room).await.joined().await;
    assert!(after.room.policy.waiting_room && after.room.policy.join_muted);
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_x4_users_moderate_a_group_call_and_not_a_webinar() {
    let world = World::start();
    let config = Config::local(world.data.path());
    let added = tokio::task::spawn_blocking(move || manage::add_user(&config, "jonas"));
    let password = added.await.unwrap().unwrap();
    let (status, signed_in) = world.sign_in("jonas", &password).await;
    assert_eq!(status, 200);
    world.choose_password(signed_in["token"].as_str().unwrap(), &password).await;
    for (kind, role) in [(RoomKind::GroupCall, Role::Host), (RoomKind::Webinar, Role::Attendee)] {
        let room = world.room("Daily", kind).await;
        let _host = world.host(&room).await.joined().await;
        let token = signed_in["token"].as_str().unwrap().to_owned();
        let credential = Credential::Session { token, number: room.number.clone(), name: None };
        let mut user = world.connect().await;
        user.say(&ClientMessage::Join { version: VERSION, credential }).await;
        let (_, snapshot) = user.joined().await;
        let own = snapshot.participants.iter().find(|person| person.id == snapshot.you).unwrap();
        assert_eq!(own.role, role, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_an_ad_hoc_room_and_its_number_go_with_the_conference() {
    let world = World::start();
    let lasting = world.room("Daily", RoomKind::GroupCall).await;
    let room = world.room("Spontaneous", RoomKind::GroupCall).await;
    let file = world.data.path().join("hub.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut database = options.connect().await.unwrap();
    let marked = query("UPDATE rooms SET ad_hoc = 1 WHERE number = $1").bind(&room.number);
    assert_eq!(marked.execute(&mut database).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
    let mut host = world.host(&room).await;
    host.joined().await;
    host.chat(ChatScope::Everyone, "soon gone").await;
    host.line().await;
    host.say(&ClientMessage::End).await;
    assert_eq!(host.ended().await, EndReason::EndedByHost);
    let World { hub, data, token, http } = world;
    hub.stop().await;
    let hub = Hub::start(Config::local(data.path())).unwrap();
    let world = World { hub, data, token, http };
    let (_, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
    let listed: Vec<Room> = serde_json::from_value(listed).unwrap();
    assert_eq!(listed.iter().map(|room| &room.number).collect::<Vec<_>>(), [&lasting.number]);
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_bad_frames_of_somebody_who_waits_close_their_connection_and_disturb_nobody() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    let (_, snapshot) = host.joined().await;
    set_policy(&mut host, &snapshot.room, |policy| policy.waiting_room = true).await;
    let huge = format!(r#"{{"type":"leave","more":"{}"}}"#, "x".repeat(MAX_FRAME_BYTES));
    let deep = "[".repeat(10_000);
    let bad = [
        ("{", 1007),
        ("[]", 1007),
        (r#"{"type":"admit","participant":-1}"#, 1007),
        (r#"{"type":"admit","participant":4294967296}"#, 1007),
        (r#"{"type":"set_role","participant":1,"role":"owner"}"#, 1007),
        (deep.as_str(), 1007),
        (huge.as_str(), 1009),
    ];
    for (n, (frame, code)) in bad.into_iter().enumerate() {
        let mut guest = world.guest(&room, "Eve").await;
        assert_eq!(waits(&mut guest).await, WaitReason::Knock);
        guest.send_text(frame).await;
        assert_eq!(guest.closed().await, Some(code), "{frame:.40}");
        let HubMessage::WaitingList { waiting } = host.next().await else { panic!("who waits?") };
        assert_eq!(waiting.len(), n + 1, "a broken link has its time of grace");
    }
    let mut binary = world.guest(&room, "Eve").await;
    assert_eq!(waits(&mut binary).await, WaitReason::Knock);
    binary.send_binary(b"\x00\xff").await;
    assert_eq!(binary.closed().await, Some(1003));
    assert_eq!(world.page("/healthz").await.status(), 200);
    assert!(matches!(host.next().await, HubMessage::WaitingList { .. }));
    host.chat(ChatScope::Everyone, "still here").await;
    assert_eq!(host.line().await.text, "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn x7_a_host_who_signed_out_comes_back_by_token_into_a_locked_conference_and_not_anew() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    let (token, before) = host.joined().await;
    host.say(&ClientMessage::Lock { locked: true }).await;
    assert_eq!(host.next().await, HubMessage::Locked { locked: true });
    assert_eq!(world.delete("/api/v1/session", &world.token).await, 204);
    drop(host);
    let (_, after) = world.resume(&token).await.joined().await;
    assert_eq!((after.you, after.locked), (before.you, true));
    assert_eq!(world.host(&room).await.refused().await, Refusal::Session);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_never_ends_is_cut_off() {
    let world = World::start();
    let mut stream = TcpStream::connect(world.hub.http_addr()).await.unwrap();
    let request = format!(
        "GET /api/v1/ws HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        world.hub.http_addr()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    // RFC 6455 section 5.2: a masked text frame of 60,000 bytes, of which one comes now and then.
    stream.write_all(&[0x81, 0x80 | 126, 0xea, 0x60, 0, 0, 0, 0]).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let drip = async {
        let mut drops = interval(std::time::Duration::from_millis(100));
        loop {
            drops.tick().await;
            if writer.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let cut_off = async {
        let mut rest = Vec::new();
        // An orderly end or a reset: either way it is over.
        let _ = reader.read_to_end(&mut rest).await;
    };
    tokio::select! {
        outcome = timeout(PATIENCE, cut_off) => outcome.expect("the hub still listens"),
        () = drip => unreachable!(),
    }
}
