//! The forwarding unit with real clients over real UDP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

mod client;
#[cfg(target_os = "linux")]
mod cost;
mod world;

use client::{Lines, PACKETS_PER_FRAME, capture_time, clock};
use protocol::{MediaSource, ParticipantId};
use server::sfu::{Config, Media, RoomKey, Sfu, SfuError, SfuEvent};
use std::time::Duration;
use world::{LIMIT, ROOM, World, faults};

const CAMERA: Media = Media { microphone: false, camera: true, screen: false };
const VOICE: Media = Media { microphone: true, camera: false, screen: false };

fn camera() -> Lines {
    Lines { camera: true, ..Lines::default() }
}

fn viewer(video_slots: usize) -> Lines {
    Lines { video_slots, ..Lines::default() }
}

#[test]
fn one_camera_reaches_three_viewers_whole() {
    let mut world = World::new();
    world.join(1, Lines { padding: 900, ..camera() });
    world.publish(1, CAMERA);
    for id in 2..5 {
        world.join(id, viewer(1));
        world.watch(id, &[(1, 720)]);
    }
    world.until("300 packets at everybody", |world| {
        world.clients[1..].iter().all(|client| client.video(0).len() >= 300)
    });
    for client in &world.clients[1..] {
        assert_eq!(faults(client.video(0)), [""; 0]);
    }
    assert_eq!(world.bindings(2)[0].participant, Some(ParticipantId(1)));
    assert_eq!(world.layers(1), Some((vec![String::new()], vec![], false)));
}

#[test]
fn a_slot_switches_between_two_cameras_without_a_corrupt_frame() {
    let mut world = World::new();
    for id in [1, 2] {
        world.join(id, camera());
        world.publish(id, CAMERA);
    }
    let viewer = world.join(9, viewer(1));
    for round in 0..12 {
        let shown = 1 + round % 2;
        world.watch(9, &[(shown, 720)]);
        let before = world.clients[viewer].video(0).len();
        world.until("the other camera's picture", |world| {
            let new = &world.clients[viewer].video(0)[before..];
            new.iter().filter(|packet| packet.participant == shown).count() >= 20
        });
        assert_eq!(world.bindings(9)[0].participant, Some(ParticipantId(shown)));
    }
    assert_eq!(faults(world.clients[viewer].video(0)), [""; 0]);
}

#[test]
fn who_comes_late_sees_the_picture_within_half_a_second() {
    let mut world = World::new();
    let sender = world.join(1, camera());
    world.publish(1, CAMERA);
    let first = world.join(2, viewer(1));
    world.watch(2, &[(1, 720)]);
    world.until("a picture", |world| world.clients[first].video(0).len() > 100);
    let late = world.join(3, viewer(1));
    world.watch(3, &[(1, 720)]);
    world.until("the late one's picture", |world| world.clients[late].video(0).len() > 20);
    let client = &world.clients[late];
    let wait = client.video(0)[0].at - client.connected_at.unwrap();
    assert!(wait < Duration::from_millis(500), "waited {wait:?}");
    assert_eq!(faults(client.video(0)), [""; 0]);
    assert_eq!(faults(world.clients[first].video(0)), [""; 0]);
    assert!(world.clients[sender].keyframes_asked <= 4);
}

#[test]
fn a_wave_of_viewers_asks_the_sender_for_few_keyframes() {
    let mut world = World::new();
    let sender = world.join(1, camera());
    world.publish(1, CAMERA);
    for id in 2..22 {
        world.join(id, viewer(1));
        world.watch(id, &[(1, 720)]);
    }
    world.until("everybody's picture", |world| {
        world.clients[1..].iter().all(|client| client.video(0).len() > 50)
    });
    let start = clock();
    for viewer in 1..21 {
        world.clients[viewer].ask_for_keyframe(0);
    }
    let before = world.clients[sender].keyframes_asked;
    world.run(Duration::from_millis(900));
    let asked = world.clients[sender].keyframes_asked - before;
    let allowed = (start.elapsed().as_millis() / 300 + 1) as usize;
    assert!((1..=allowed).contains(&asked), "asked {asked} times");
}

/// Loses 10 % on the way to the viewer, on the way from the sender, or both, and counts what is
/// never repaired.
fn unrepaired(sender_loss: f64, viewer_loss: f64, lines: Lines) -> (usize, usize) {
    let mut world = World::new();
    let sender = world.join(1, Lines { padding: 500, ..lines });
    world.publish(1, CAMERA);
    let viewer = world.join(2, viewer(1));
    world.watch(2, &[(1, 720)]);
    world.until("a picture", |world| world.clients[viewer].video(0).len() > 20);
    world.clients[viewer].loss = viewer_loss;
    world.clients[sender].send_loss = sender_loss;
    world.until("600 packets", |world| world.clients[viewer].video(0).len() >= 600);
    world.clients[viewer].loss = 0.0;
    world.clients[sender].send_loss = 0.0;
    // What was lost in the last moments may still come.
    world.run(Duration::from_millis(500));
    let received = world.clients[viewer].video(0);
    let sequences = || received.iter().map(|packet| packet.sequence);
    let span = sequences().max().unwrap() - sequences().min().unwrap() + 1;
    (span as usize - received.len(), received.len())
}

#[test]
fn ten_percent_loss_towards_a_viewer_is_repaired() {
    let (lost, received) = unrepaired(0.0, 0.1, camera());
    assert!(lost * 200 <= received, "{lost} of {received} were never repaired");
}

#[test]
fn ten_percent_loss_of_a_simulcast_sender_is_repaired() {
    let (lost, received) = unrepaired(0.1, 0.0, Lines { rids: vec!["h", "m", "l"], ..camera() });
    assert!(lost * 200 <= received, "{lost} of {received} were never repaired");
}

#[test]
fn who_leaves_and_comes_back_is_seen_again() {
    let mut world = World::new();
    let first = world.join(1, camera());
    world.publish(1, CAMERA);
    let viewer = world.join(2, viewer(1));
    world.watch(2, &[(1, 720)]);
    world.until("a picture", |world| world.clients[viewer].video(0).len() > 50);
    world.sfu.remove(ROOM, ParticipantId(1));
    world.until("the goodbye", |world| world.clients[first].closed);
    world.until("the empty slot", |world| world.bindings(2)[0].participant.is_none());
    let before = world.clients[viewer].video(0).len();
    world.join(1, camera());
    world.publish(1, CAMERA);
    world.until("the picture again", |world| world.clients[viewer].video(0).len() > before + 50);
    assert_eq!(faults(world.clients[viewer].video(0)), [""; 0]);
}

#[test]
fn a_new_offer_replaces_the_connection_and_keeps_wishes() {
    let mut world = World::new();
    world.join(1, camera());
    world.publish(1, CAMERA);
    let before = world.join(2, viewer(1));
    world.watch(2, &[(1, 720)]);
    world.until("a picture", |world| world.clients[before].video(0).len() > 50);
    let after = world.join(2, viewer(1));
    world.until("the picture there", |world| world.clients[after].video(0).len() > 50);
    assert!(world.clients[before].closed);
    assert_eq!(faults(world.clients[after].video(0)), [""; 0]);
    let gone = |event: &&SfuEvent| matches!(event, SfuEvent::Disconnected { .. });
    assert_eq!(world.log.iter().find(gone), None);
}

#[test]
fn capture_times_and_levels_arrive_as_they_were_sent() {
    let mut world = World::new();
    world.join(1, Lines { microphone: true, ..camera() });
    world.publish(1, Media { microphone: true, camera: true, screen: false });
    let listener = world.join(2, Lines { audio_slots: 1, ..viewer(1) });
    world.watch(2, &[(1, 720)]);
    world.until("both", |world| {
        let client = &world.clients[listener];
        client.video(0).len() > 100 && client.audio(0).len() > 20
    });
    let client = &world.clients[listener];
    for packet in client.video(0).iter().chain(client.audio(0)) {
        let time = packet.capture_time.expect("a capture time");
        let sent = capture_time(packet.participant, packet.frame);
        let error = match time.capture_time.duration_since(sent) {
            Ok(late) => late,
            Err(early) => early.duration(),
        };
        // str0m keeps seconds since 1900 in a double: 0.5 µs.
        assert!(error <= Duration::from_micros(1), "off by {error:?}");
        assert_eq!(time.clock_offset, Some(-77));
    }
    assert!(client.audio(0).iter().all(|packet| packet.level == Some(-30)));
}

#[test]
fn nothing_crosses_rooms_and_nothing_passes_unpublished() {
    let mut world = World::new();
    let other = RoomKey(2);
    world.sfu.open_room(other);
    world.join(1, camera());
    world.publish(1, CAMERA);
    world.join(3, camera());
    let inside = world.join(2, viewer(2));
    world.watch(2, &[(1, 720), (3, 720)]);
    let outside = world.join_in(other, 2, Lines { audio_slots: 1, ..viewer(1) });
    world.sfu.watch(
        other,
        ParticipantId(2),
        vec![protocol::Watch {
            participant: ParticipantId(1),
            source: MediaSource::Camera,
            max_lines: 720,
        }],
    );
    world.until("a picture", |world| {
        world.clients[outside].connected_at.is_some() && world.clients[inside].video(0).len() > 200
    });
    assert!(world.clients[outside].received.is_empty());
    let received = world.clients[inside].received.values().flatten();
    assert!(received.clone().all(|packet| packet.participant == 1));

    world.publish(1, Media::default());
    world.until("the empty slot", |world| world.bindings(2)[0].participant.is_none());
    let before = world.clients[inside].video(0).len();
    world.run(Duration::from_millis(200));
    let after = world.clients[inside].video(0).len();
    assert!(after - before <= usize::from(PACKETS_PER_FRAME) * 2, "{} more", after - before);
}

#[test]
fn simulcast_follows_the_tile_and_asks_for_watched_layers_only() {
    for like_a_browser in [false, true] {
        let mut world = World::new();
        world.join(1, Lines { rids: vec!["h", "m", "l"], like_a_browser, ..camera() });
        world.publish(1, CAMERA);
        let viewer = world.join(2, viewer(1));
        for (lines, layer, rid) in [(180, 2, "l"), (720, 0, "h"), (360, 1, "m"), (720, 0, "h")] {
            world.watch(2, &[(1, lines)]);
            world.until("the layer", |world| {
                let received = world.clients[viewer].video(0);
                received.last().is_some_and(|packet| packet.layer == layer)
            });
            world.until("the wish for one layer", |world| {
                world.layers(1).is_some_and(|(camera, _, _)| camera == [rid])
            });
        }
        assert_eq!(faults(world.clients[viewer].video(0)), [""; 0]);
        world.watch(2, &[]);
        world.until("no layer", |world| world.layers(1).is_some_and(|(c, _, _)| c.is_empty()));
    }
}

#[test]
fn h264_switches_at_parameter_sets_only() {
    let mut world = World::new();
    for id in [1, 2] {
        world.join(id, Lines { h264: true, ..camera() });
        world.publish(id, CAMERA);
    }
    let viewer = world.join(9, viewer(1));
    for shown in [1, 2, 1, 2] {
        world.watch(9, &[(shown, 720)]);
        let before = world.clients[viewer].video(0).len();
        world.until("the other camera's picture", |world| {
            let new = &world.clients[viewer].video(0)[before..];
            new.iter().filter(|packet| packet.participant == shown).count() >= 20
        });
    }
    let received = world.clients[viewer].video(0);
    for pair in received.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        if pair[1].participant != pair[0].participant {
            assert!(pair[1].keyframe && pair[1].index == 0, "{:?}", pair[1]);
        }
    }
}

#[test]
fn voices_are_heard_by_everybody_else_and_speakers_are_told() {
    let mut world = World::new();
    for id in 1..4 {
        world.join(id, Lines { microphone: true, audio_slots: 2, ..Lines::default() });
        world.publish(id, VOICE);
    }
    world.clients[1].level = -90;
    world.clients[2].level = -90;
    world.until("voices at everybody", |world| {
        world.clients.iter().all(|c| c.audio(0).len() > 30 && c.audio(1).len() > 30)
    });
    for client in &world.clients {
        for slot in 0..2 {
            let voices: Vec<_> = client.audio(slot).iter().map(|p| p.participant).collect();
            assert!(voices.iter().all(|who| *who != client.id.0), "{:?} hears itself", client.id);
            assert!(voices.windows(2).all(|pair| pair[0] == pair[1]), "the slot switched");
        }
    }
    let told = world.log.iter().rev().find_map(|event| match event {
        SfuEvent::Speakers { participants, .. } => Some(participants.clone()),
        _ => None,
    });
    assert_eq!(told, Some(vec![ParticipantId(1)]));
    assert!(world.layers(1).is_some_and(|(_, _, microphone)| microphone));
}

#[test]
fn the_loudest_gets_the_only_voice_slot() {
    let mut world = World::new();
    for id in 1..4 {
        world.join(id, Lines { microphone: true, ..Lines::default() });
        world.publish(id, VOICE);
        world.clients[id as usize - 1].level = -80;
    }
    let listener = world.join(9, Lines { audio_slots: 1, ..Lines::default() });
    for loud in [2, 3, 1] {
        for client in 0..3 {
            world.clients[client].level = if client + 1 == loud { -20 } else { -80 };
        }
        world.until("the loudest voice", |world| {
            let received = world.clients[listener].audio(0);
            received.last().is_some_and(|packet| packet.participant == loud as u32)
        });
    }
    let mut received = world.clients[listener].audio(0).to_vec();
    received.sort_by_key(|packet| packet.sequence);
    assert!(received.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
}

#[test]
fn a_used_port_is_an_error_that_names_it() {
    let world = World::new();
    let listen = world.sfu.local_addr();
    let error = Sfu::start(Config { listen, advertise: Vec::new() }).unwrap_err();
    assert!(matches!(error, SfuError::Listen { .. }));
    assert!(error.to_string().contains(&listen.to_string()), "{error}");
}

#[test]
fn an_offer_to_a_closed_room_is_refused() {
    let mut world = World::new();
    let client = world.join(1, camera());
    world.until("a connection", |world| world.clients[client].connected_at.is_some());
    world.sfu.close_room(ROOM);
    world.until("the goodbye", |world| world.clients[client].closed);
    let sdp = str0m_offer();
    assert!(matches!(world.offer(ROOM, 1, &sdp), Err(SfuError::NoRoom(ROOM))));
}

#[test]
fn garbage_offers_are_refused_and_garbage_packets_ignored() {
    let mut world = World::new();
    world.join(1, camera());
    world.publish(1, CAMERA);
    let viewer = world.join(2, viewer(1));
    world.watch(2, &[(1, 720)]);
    let good = str0m_offer();
    for n in 0..100 {
        let cut = good.len() * n / 100;
        let sdp = match n % 4 {
            0 => good[..cut.min(good.len() * 3 / 4)].to_owned(),
            1 => "\u{0}\u{1}garbage".repeat(n),
            2 => good.replace("a=fingerprint", "a=fingerpaint"),
            _ => format!("v=0\r\n{}", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(n)),
        };
        let refused = world.offer(ROOM, 2, &sdp);
        assert!(matches!(refused, Err(SfuError::Offer(_))), "offer {n}: {refused:?}");
    }
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut bytes = vec![0u8; 1500];
    for n in 0u32..2000 {
        bytes.iter_mut().enumerate().for_each(|(i, b)| *b = (n * 31 + i as u32 * 7) as u8);
        let len = (n as usize * 13) % 1500;
        socket.send_to(&bytes[..len], world.sfu.local_addr()).unwrap();
    }
    world.until("the picture nevertheless", |world| world.clients[viewer].video(0).len() > 200);
    assert_eq!(faults(world.clients[viewer].video(0)), [""; 0]);
}

#[test]
fn dropping_the_unit_ends_its_thread_and_says_goodbye() {
    let mut world = World::new();
    let client = world.join(1, camera());
    world.until("a connection", |world| world.clients[client].connected_at.is_some());
    let World { sfu, .. } = &world;
    let address = sfu.local_addr();
    let start = clock();
    drop(world);
    assert!(start.elapsed() < Duration::from_millis(500));
    std::net::UdpSocket::bind(address).expect("the port is free again");
    assert!(start.elapsed() < LIMIT);
}

fn str0m_offer() -> String {
    let mut rtc = str0m::Rtc::new(clock());
    let mut api = rtc.sdp_api();
    let out = str0m::media::Direction::SendOnly;
    api.add_media(str0m::media::MediaKind::Video, out, None, None, None);
    api.apply().unwrap().0.to_sdp_string()
}
