//! A whole hub on port 0, through real HTTP and WebSocket connections.

mod support;

use protocol::*;
use server::{Config, Hub, HubError};
use support::{Live, World};

fn kinds() -> [RoomKind; 2] {
    [RoomKind::Webinar, RoomKind::GroupCall]
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_out_works_and_a_wrong_password_does_not() {
    let world = World::start();
    let password = world.hub.first_password().unwrap().to_owned();
    let (status, wrong) = world.sign_in("admin", "wrong").await;
    assert_eq!((status, wrong["code"].as_str()), (401, Some("wrong_password")));
    let (status, nobody) = world.sign_in("nobody", "wrong").await;
    assert_eq!((status, &nobody), (401, &wrong), "an unknown name must look like a wrong password");
    let (status, signed_in) = world.sign_in("Admin", &password).await;
    assert_eq!(status, 200);
    let token = signed_in["token"].as_str().unwrap();
    world.choose_password(token, &password).await;
    assert_eq!(world.get("/api/v1/rooms", Some(token)).await.0, 200);
    assert_eq!(world.delete("/api/v1/session", token).await, 204);
    let (status, error) = world.get("/api/v1/rooms", Some(token)).await;
    assert_eq!((status, error["code"].as_str()), (401, Some("not_signed_in")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_try_in_a_row_is_told_to_wait() {
    let world = World::start();
    for _ in 0..5 {
        assert_eq!(world.sign_in("admin", "wrong").await.0, 401);
    }
    let password = world.hub.first_password().unwrap().to_owned();
    let (status, error) = world.sign_in("admin", &password).await;
    assert_eq!((status, error["code"].as_str()), (429, Some("too_many_tries")));
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_made_and_listed_newest_first() {
    let world = World::start();
    let first = world.room("  Nebenkosten   2026 ", RoomKind::Webinar).await;
    let second = world.room("Daily", RoomKind::GroupCall).await;
    assert_eq!(first.name, "Nebenkosten 2026");
    assert_eq!((first.number.len(), first.pin.len()), (9, 6));
    assert_ne!(first.link_path, second.link_path);
    let (_, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
    let listed: Vec<Room> = serde_json::from_value(listed).unwrap();
    assert_eq!(listed, [second, first]);
    let (status, error) =
        world.post("/api/v1/rooms", serde_json::json!({"name": " ", "kind": "webinar"})).await;
    assert_eq!((status, error["code"].as_str()), (400, Some("invalid")));
    let (status, error) = world.post("/api/v1/rooms", serde_json::json!({"name": "x"})).await;
    assert_eq!((status, error["code"].as_str()), (422, Some("invalid")));
    assert_eq!(world.get("/api/v1/rooms", None).await.0, 401);
    assert_eq!(world.get("/api/v1/nonsense", None).await.1["code"], "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_f6_a_guest_waits_without_names_or_chat_until_a_host_comes() {
    let world = World::start();
    for kind in kinds() {
        let room = world.room("Nebenkosten", kind).await;
        let mut guest = world.guest(&room, "Helene Graf").await;
        let HubMessage::Waiting { reason, room_name, .. } = guest.next().await else {
            panic!("a guest must wait")
        };
        assert_eq!((reason, room_name.as_str()), (WaitReason::NoHost, "Nebenkosten"));
        guest.say(&ClientMessage::Hand { raised: true, restore: false }).await;
        assert!(matches!(guest.next().await, HubMessage::Denied { .. }));

        let mut host = world.host(&room).await;
        let snapshot = host.joined().await.1;
        assert_eq!(snapshot.participants.len(), 2, "everybody who waited is in");
        assert_eq!(snapshot.room.link_path.as_ref(), Some(&room.link_path));
        let seen = guest.joined().await.1;
        assert_eq!(seen.participants, snapshot.participants);
        assert_eq!((seen.room.link_path, seen.room.pin), (None, None), "secrets are for hosts");
        let you = seen.participants.iter().find(|p| p.id == seen.you).unwrap();
        assert_eq!(you.may_publish, kind == RoomKind::GroupCall);
        assert_eq!((you.kind, you.role), (ParticipantKind::Guest, Role::Attendee));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f8_f9_whoever_is_on_hold_hears_nothing_until_the_host_is_back() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut guest = world.guest(&room, "Helene").await;
    guest.joined().await;
    assert!(matches!(host.next().await, HubMessage::ParticipantJoined { .. }));
    host.say(&ClientMessage::Leave).await;
    assert_eq!(host.ended().await, EndReason::Left);
    let HubMessage::Waiting { reason, .. } = guest.next().await else { panic!("hold") };
    assert_eq!(reason, WaitReason::OnHold);

    let mut second = world.guest(&room, "Second").await;
    assert!(matches!(second.next().await, HubMessage::Waiting { .. }));
    second.say(&ClientMessage::Leave).await;
    assert_eq!(second.ended().await, EndReason::Left);

    let mut host = world.host(&room).await;
    host.joined().await;
    host.chat(ChatScope::Everyone, "back").await;
    // The very next frame is the snapshot: nothing of what happened meanwhile came through.
    guest.joined().await;
    assert_eq!(guest.line().await.text, "back");
}

#[tokio::test(flavor = "multi_thread")]
async fn j6_j7_chat_hands_and_media_reach_the_others() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    let you = host.joined().await.1.you;
    let mut guest = world.guest(&room, "Helene").await;
    let me = guest.joined().await.1.you;
    assert!(matches!(host.next().await, HubMessage::ParticipantJoined { .. }));

    guest.say(&ClientMessage::Hand { raised: true, restore: false }).await;
    let raised = host.changed().await;
    assert!(raised.id == me && raised.hand_raised_at_ms.is_some());
    host.say(&ClientMessage::LowerHand { participant: me }).await;
    assert_eq!(host.changed().await.hand_raised_at_ms, None);

    host.say(&ClientMessage::Media { microphone: true, camera: false, screen: false }).await;
    assert!(host.changed().await.microphone);
    host.chat(ChatScope::Private { participant: me }, "only you").await;
    let line = host.line().await;
    assert_eq!((line.from, line.from_name.as_str()), (Some(you), "admin"));
    for _ in 0..2 {
        guest.changed().await;
    }
    assert!(guest.changed().await.microphone);
    assert_eq!(guest.line().await, line);

    host.say(&ClientMessage::End).await;
    assert_eq!(guest.ended().await, EndReason::EndedByHost);
    assert_eq!(host.ended().await, EndReason::EndedByHost);
    let mut late = world.guest(&room, "Late").await;
    assert!(matches!(late.next().await, HubMessage::Waiting { .. }), "the room itself stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_resumes_and_a_second_one_replaces() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut guest = world.guest(&room, "Helene").await;
    let (token, snapshot) = guest.joined().await;
    guest.say(&ClientMessage::Hand { raised: true, restore: false }).await;
    guest.changed().await;
    drop(guest);

    let mut back = world.resume(&token).await;
    let (again, resumed) = back.joined().await;
    assert_eq!((again, resumed.you), (token.clone(), snapshot.you));
    let you = resumed.participants.iter().find(|p| p.id == resumed.you).unwrap();
    assert!(you.hand_raised_at_ms.is_some(), "the hand is still up");

    let mut second = world.resume(&token).await;
    assert_eq!(second.joined().await.1.you, snapshot.you);
    assert_eq!(back.ended().await, EndReason::Replaced);
    assert!(matches!(host.next().await, HubMessage::ParticipantJoined { .. }));
    assert!(host.changed().await.hand_raised_at_ms.is_some());
    host.chat(ChatScope::Everyone, "nobody left").await;
    assert_eq!(host.line().await.text, "nobody left");

    let mut stranger = world.resume(&format!("{token}x")).await;
    assert_eq!(stranger.refused().await, Refusal::Resume);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_refused_with_their_reason() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let link = |link: &str, name: &str| Credential::Link { link: link.into(), name: name.into() };
    let session = |token: &str, number: &str| Credential::Session {
        token: token.into(),
        number: number.into(),
        name: None,
    };
    let good = room.link_path.strip_prefix("/j/").unwrap();
    for (credential, expected) in [
        (link("nowhere", "Helene"), Refusal::Link),
        (link(good, "  "), Refusal::Name),
        (session("nonsense", &room.number), Refusal::Session),
        (session(&world.token, "000000000"), Refusal::Room),
    ] {
        let mut live = world.connect().await;
        live.say(&ClientMessage::Join { version: VERSION, credential }).await;
        assert_eq!(live.refused().await, expected);
    }
    let mut old = world.connect().await;
    old.say(&ClientMessage::Join { version: 0, credential: link(good, "Helene") }).await;
    assert_eq!(old.refused().await, Refusal::Version);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_frames_close_only_the_client_that_sent_them() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let huge = "x".repeat(MAX_FRAME_BYTES + 1);
    for (frame, code) in [("{", 1007), (r#"{"type":"dance"}"#, 1007), (huge.as_str(), 1009)] {
        let mut guest = world.guest(&room, "Helene").await;
        guest.joined().await;
        guest.send_text(frame).await;
        assert_eq!(guest.closed().await, Some(code), "{:.20}", frame);
        let mut early = world.connect().await;
        early.send_text(frame).await;
        assert_eq!(early.closed().await, Some(code), "{:.20}", frame);
        assert!(matches!(host.next().await, HubMessage::ParticipantJoined { .. }));
    }
    let mut rude = world.connect().await;
    rude.say(&ClientMessage::Leave).await;
    assert_eq!(rude.closed().await, Some(1008), "the first message must be join");
    let mut binary = world.connect().await;
    binary.send_binary(b"\0\0").await;
    assert_eq!(binary.closed().await, Some(1003));
    host.chat(ChatScope::Everyone, "still here").await;
    assert_eq!(host.line().await.text, "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_offer_is_refused_and_the_call_goes_on() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    host.say(&ClientMessage::Offer { sdp: "nonsense".into(), streams: Vec::new() }).await;
    assert!(matches!(host.next().await, HubMessage::OfferRefused { .. }));
    host.chat(ChatScope::Everyone, "still here").await;
    assert_eq!(host.line().await.text, "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guest_page_comes_with_its_room_and_a_strict_policy() {
    let world = World::start();
    let room = world.room("<Nebenkosten> & more", RoomKind::Webinar).await;
    let page = world.page(&room.link_path).await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    let html = page.text().await.unwrap();
    assert!(html.contains("&lt;Nebenkosten&gt; &amp; more") && !html.contains("<Nebenkosten>"));
    assert!(!html.contains("<style") && !html.contains(" style="), "no inline style");
    let assets: Vec<&str> = html.split('"').filter(|part| part.starts_with("/guest/")).collect();
    assert!(assets.len() >= 2);
    for asset in assets {
        let answer = world.page(asset).await;
        assert_eq!(answer.status(), 200, "{asset}");
        let kind = answer.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/") || kind.starts_with("image/"), "{asset}: {kind}");
    }
    for path in ["/guest/../../Cargo.toml", "/guest/nothing.js", "/guest/index.html"] {
        assert_eq!(world.page(path).await.status(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_link_shows_a_page_that_says_so() {
    let world = World::start();
    for path in ["/j/nowhere", "/nothing", "/"] {
        let page = world.page(path).await;
        assert_eq!(page.status(), 404, "{path}");
        assert!(page.text().await.unwrap().contains("Dieser Link führt nirgendwohin"));
    }
    assert_eq!(world.page("/healthz").await.text().await.unwrap(), "ok\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_hub_says_so_and_keeps_its_rooms_and_links() {
    let World { hub, data, .. } = {
        let world = World::start();
        let room = world.room("Daily", RoomKind::GroupCall).await;
        let mut host = world.host(&room).await;
        host.joined().await;
        let mut waiting = world.connect().await;
        waiting.say(&ClientMessage::Hand { raised: true, restore: false }).await;
        let World { hub, data, token, http } = world;
        let media = hub.media_addr();
        hub.stop().await;
        assert_eq!(host.ended().await, EndReason::HubStops);
        drop(waiting);

        // Everything is free again: the folder, and the media port.
        let again = Hub::start(Config { media_listen: media, ..Config::local(data.path()) });
        let world = World { hub: again.unwrap(), data, token, http };
        assert_eq!(world.hub.first_password(), None, "the administrator is made once");
        let (_, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
        assert_eq!(serde_json::from_value::<Vec<Room>>(listed).unwrap(), [room]);
        world
    };
    hub.stop().await;
    drop(data);
}

#[test]
fn a_hub_starts_and_stops_without_any_runtime() {
    let data = tempfile::tempdir().unwrap();
    let hub = Hub::start(Config::local(data.path())).unwrap();
    assert_eq!(hub.local_sign_in().unwrap().user, "admin");
    drop(hub);
}

#[test]
fn a_used_port_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let data = tempfile::tempdir().unwrap();
    let error = start_fails(Config { listen: address, ..Config::local(data.path()) });
    assert!(matches!(error, HubError::PortInUse { .. }));
    let text = error.to_string();
    assert!(text.contains(&address.port().to_string()) && text.contains("--listen"), "{text}");
    let media = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = media.local_addr().unwrap();
    let error = start_fails(Config { media_listen: address, ..Config::local(data.path()) });
    let text = error.to_string();
    assert!(text.contains(&address.to_string()) && text.contains("media_listen"), "{text}");
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("a file");
    std::fs::write(&file, "").unwrap();
    for folder in [file.clone(), file.join("below")] {
        let error = start_fails(Config::local(&folder));
        assert!(matches!(error, HubError::DataFolder { .. }));
        assert!(error.to_string().contains("a file"), "{error}");
    }
}

#[test]
fn a_second_hub_on_the_same_folder_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let first = Hub::start(Config::local(data.path())).unwrap();
    let error = start_fails(Config::local(data.path()));
    assert!(matches!(error, HubError::DataFolderInUse { .. }), "{error}");
    assert!(error.to_string().contains(data.path().to_str().unwrap()));
    drop(first);
}

#[test]
fn a_damaged_database_is_named_and_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("hub.sqlite");
    let rubbish = "this is no database, but long enough to be looked at ".repeat(100);
    std::fs::write(&path, &rubbish).unwrap();
    let error = start_fails(Config::local(data.path()));
    assert!(matches!(error, HubError::DatabaseDamaged { .. }), "{error}");
    assert!(error.to_string().contains("backup"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), rubbish);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_link_secret_gives_rooms_new_links() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let World { hub, data, token, http } = world;
    hub.stop().await;
    std::fs::remove_file(data.path().join("link.secret")).unwrap();
    let hub = Hub::start(Config::local(data.path())).unwrap();
    let world = World { hub, data, token, http };
    let (_, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
    let fresh = serde_json::from_value::<Vec<Room>>(listed).unwrap().remove(0);
    assert_eq!(world.page(&room.link_path).await.status(), 404);
    assert_eq!(world.page(&fresh.link_path).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guests_come_in_with_the_host() {
    let world = World::start();
    let room = world.room("Big", RoomKind::Webinar).await;
    let mut guests: Vec<Live> = Vec::new();
    for n in 0..200 {
        guests.push(world.guest(&room, &format!("Guest {n}")).await);
    }
    for guest in &mut guests {
        assert!(matches!(guest.next().await, HubMessage::Waiting { .. }));
    }
    let mut host = world.host(&room).await;
    assert_eq!(host.joined().await.1.participants.len(), 201);
    for guest in &mut guests {
        assert_eq!(guest.joined().await.1.participants.len(), 201);
    }
}

fn start_fails(config: Config) -> HubError {
    match Hub::start(config) {
        Ok(_) => panic!("the hub must not start"),
        Err(error) => error,
    }
}
