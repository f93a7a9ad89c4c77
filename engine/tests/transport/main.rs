//! The transport against an independent WebRTC stack (str0m) over real UDP on 127.0.0.1.

mod cost;
mod hub;
mod media;

use bytes::Bytes;
use crossbeam::channel::{Receiver, unbounded};
use engine::clock::{Ntp, WallClock};
use engine::config::VideoCodec;
use engine::transport::layers::LayerSpec;
use engine::transport::packetize::{self, MAX_PAYLOAD};
use engine::transport::{
    Config, EncodedAudio, EncodedVideo, Event, Offer, PayloadKind, RtpPacket, Source, Transport,
};
use hub::{Departing, Happened, Hub, now};
use media::{Assembler, picture};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A bound for conditions that hold within a second on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(20);

struct Call {
    transport: Transport,
    offer: Offer,
    events: Receiver<Event>,
    hub: Hub,
}

fn config(codec: VideoCodec, rids: &[&str]) -> Config {
    let layer = |rid: &&str| LayerSpec { rid: (*rid).into(), min_bps: 50_000, max_bps: 1_000_000 };
    Config {
        name: "test".into(),
        codec,
        camera_layers: rids.iter().map(layer).collect(),
        screen: true,
        audio_slots: 2,
        video_slots: 3,
        local_addresses: vec!["127.0.0.1".parse().expect("an address")],
        max_video_bps: 20_000_000,
    }
}

/// Connects, both ends up.
fn call(codec: VideoCodec, rids: &[&str]) -> Call {
    let (events_to, events) = unbounded();
    let sink = move |event| {
        let _ = events_to.send(event);
    };
    let (transport, offer) = Transport::connect(config(codec, rids), sink).expect("an offer");
    let (hub, answer) = Hub::answer(&offer);
    transport.answer(answer).expect("a usable answer");
    let call = Call { transport, offer, events, hub };
    call.until(|event| matches!(event, Event::Connected));
    let deadline = now() + PATIENCE;
    loop {
        let happened = call.hub.events.recv_deadline(deadline).expect("the hub connects");
        if matches!(happened, Happened::Connected) {
            return call;
        }
    }
}

impl Call {
    fn until(&self, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        let deadline = now() + PATIENCE;
        loop {
            let event = self.events.recv_deadline(deadline).expect("it happens in time");
            if wanted(&event) {
                return event;
            }
        }
    }

    fn mid(&self, source: Source) -> &str {
        let stream = self.offer.streams.iter().find(|stream| stream.source == source);
        &stream.expect("a stream of that source").mid
    }

    fn slot(&self, video: bool) -> &str {
        &self.offer.slots.iter().find(|slot| slot.video == video).expect("a slot").mid
    }

    fn send_picture(&self, codec: VideoCodec, layer: usize, index: u32, captured: Instant) {
        let (data, keyframe) = picture(codec, index);
        let source = Source::Camera;
        self.transport.send_video(EncodedVideo { source, layer, codec, data, keyframe, captured });
    }
}

/// Pictures 33 ms apart, in the past so that sending needs no pause.
fn capture_times(count: u32) -> Vec<Instant> {
    let first = now() - Duration::from_millis(33) * count;
    (0..count).map(|index| first + Duration::from_millis(33) * index).collect()
}

fn assert_close(captured: Ntp, moment: Instant) {
    let captured = WallClock::process().to_instant(captured).expect("a moment");
    let apart = captured.max(moment) - captured.min(moment);
    assert!(apart < Duration::from_millis(1), "{apart:?} apart");
}

/// Pictures in flight at once, as from a live encoder; the newest show that older ones were lost.
const IN_FLIGHT: usize = 4;

/// How many pictures in a row, from the first, are there and unchanged.
fn unchanged(assembler: &Assembler, codec: VideoCodec, times: &[Instant]) -> usize {
    let mut count = 0;
    for ((timestamp, data), captured) in assembler.pictures(codec).iter().zip(times) {
        if *timestamp != packetize::video_timestamp(*captured) {
            break;
        }
        assert!(*data == picture(codec, count as u32).0, "picture {count} was changed");
        count += 1;
    }
    count
}

/// Checks a capture time where there is one: a retransmission carries no header extensions.
fn check_capture_time(captured: Option<Ntp>, timestamp: u32, times: &[Instant]) -> usize {
    let Some(captured) = captured else { return 0 };
    let of = times.iter().find(|time| packetize::video_timestamp(**time) == timestamp);
    assert_close(captured, *of.expect("a sent picture"));
    1
}

/// Sends `count` pictures to the hub and checks that each arrives unchanged. Loss begins once a
/// few came through: before its first packet nobody can miss any.
fn send_and_check(codec: VideoCodec, count: usize, lose_permille: u32) {
    let call = call(codec, &[""]);
    let times = capture_times(count as u32);
    let mut assembler = Assembler::default();
    let deadline = now() + PATIENCE;
    let (mut whole, mut stamped) = (0, 0);
    for (index, captured) in times.iter().enumerate() {
        if index == 2 * IN_FLIGHT {
            call.hub.lose(lose_permille);
        }
        call.send_picture(codec, 0, index as u32, *captured);
        while whole + IN_FLIGHT < index {
            let happened = call.hub.events.recv_deadline(deadline).expect("pictures arrive");
            let Happened::Arrived(packet) = happened else { continue };
            assert_eq!(packet.mid, call.mid(Source::Camera));
            stamped += check_capture_time(packet.captured, packet.timestamp, &times);
            assembler.push(packet.sequence, packet.timestamp, packet.marker, packet.payload);
            whole = unchanged(&assembler, codec, &times);
        }
    }
    assert!(whole >= count - 1 - IN_FLIGHT);
    assert!(stamped >= whole, "{stamped} packets with a capture time");
}

/// Has the hub send `count` pictures and checks that each arrives unchanged.
fn receive_and_check(codec: VideoCodec, count: usize, lose_permille: u32) -> Call {
    let call = call(VideoCodec::H264, &[""]);
    let mid = call.slot(true).to_owned();
    let times = capture_times(count as u32);
    let mut assembler = Assembler::default();
    let deadline = now() + PATIENCE;
    let (mut sequence, mut whole, mut stamped) = (1_000, 0, 0);
    for (index, moment) in times.iter().enumerate() {
        if index == 2 * IN_FLIGHT {
            call.hub.lose(lose_permille);
        }
        let (data, _) = picture(codec, index as u32);
        let mut payloads = Vec::new();
        match codec {
            VideoCodec::H264 => packetize::h264::packetize(&data, MAX_PAYLOAD, &mut payloads),
            VideoCodec::Vp8 => {
                packetize::vp8::packetize(&data, index as u16, MAX_PAYLOAD, &mut payloads);
            }
        }
        let last = payloads.len() - 1;
        for (at, payload) in payloads.into_iter().enumerate() {
            sequence += 1;
            call.hub.send(Departing {
                mid: mid.clone(),
                codec: Some(codec),
                sequence,
                timestamp: packetize::video_timestamp(*moment),
                marker: at == last,
                payload,
                captured: WallClock::process().to_ntp(*moment),
            });
        }
        while whole + IN_FLIGHT < index {
            let event = call.events.recv_deadline(deadline).expect("pictures arrive");
            let Event::Rtp { mid: slot, packet } = event else { continue };
            assert_eq!(*slot, *mid);
            assert_eq!(packet.payload_kind, PayloadKind::Video(codec));
            let RtpPacket { sequence, timestamp, marker, payload, captured, .. } = packet;
            stamped += check_capture_time(captured, timestamp, &times);
            assembler.push_wrapping(sequence, timestamp, marker, payload);
            whole = unchanged(&assembler, codec, &times);
        }
    }
    assert!(whole >= count - 1 - IN_FLIGHT);
    assert!(stamped >= whole, "{stamped} packets with a capture time");
    call
}

#[test]
fn an_offer_lists_its_lines_streams_and_slots() {
    let (transport, offer) =
        Transport::connect(config(VideoCodec::Vp8, &["h", "m", "l"]), |_| ()).expect("an offer");
    let lines: Vec<&str> = offer.sdp.lines().filter(|line| line.starts_with("m=")).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| &line[2..7]).collect();
    assert_eq!(
        kinds,
        ["video", "video", "audio", "audio", "audio", "video", "video", "video"],
        "camera, screen, microphone, audio slots, video slots"
    );
    for line in lines.iter().filter(|line| line.starts_with("m=video")) {
        assert!(line.ends_with("F 96 97 102 103"), "the sent codec first: {line}");
    }
    assert!(offer.sdp.contains("a=simulcast:send h;m;l"));
    assert!(offer.sdp.contains("a=candidate:"), "no trickling");
    assert!(offer.sdp.contains(" 127.0.0.1 "));
    let sent: Vec<_> = offer.streams.iter().map(|s| (s.source, s.rid.as_deref())).collect();
    assert_eq!(
        sent,
        [
            (Source::Camera, Some("h")),
            (Source::Camera, Some("m")),
            (Source::Camera, Some("l")),
            (Source::Screen, None),
            (Source::Microphone, None),
        ]
    );
    assert!(offer.streams.iter().all(|s| (s.source == Source::Microphone) == s.rtx_ssrc.is_none()));
    assert_eq!(
        offer.slots.iter().map(|slot| slot.video).collect::<Vec<_>>(),
        [false, false, true, true, true]
    );
    drop(transport);
}

#[test]
fn h264_pictures_reach_the_hub_unchanged() {
    send_and_check(VideoCodec::H264, 90, 0);
}

#[test]
fn vp8_pictures_reach_the_hub_unchanged() {
    send_and_check(VideoCodec::Vp8, 90, 0);
}

#[test]
fn h264_pictures_come_from_the_hub_unchanged() {
    receive_and_check(VideoCodec::H264, 90, 0);
}

#[test]
fn vp8_pictures_come_from_the_hub_unchanged() {
    receive_and_check(VideoCodec::Vp8, 90, 0);
}

#[test]
fn lost_packets_are_sent_again_to_the_hub() {
    for codec in [VideoCodec::H264, VideoCodec::Vp8] {
        send_and_check(codec, 300, 50);
    }
}

#[test]
fn lost_packets_are_asked_of_the_hub_again() {
    for codec in [VideoCodec::H264, VideoCodec::Vp8] {
        let call = receive_and_check(codec, 300, 50);
        assert!(call.transport.stats().packets_repaired > 20, "{:?}", call.transport.stats());
    }
}

#[test]
fn three_layers_arrive_under_their_names() {
    let rids = ["h", "m", "l"];
    let call = call(VideoCodec::H264, &rids);
    let times = capture_times(40);
    let mut assemblers: HashMap<String, Assembler> = HashMap::new();
    let deadline = now() + PATIENCE;
    let whole = |assemblers: &HashMap<String, Assembler>, rid: &str| {
        assemblers.get(rid).map_or(0, |assembler| assembler.pictures(VideoCodec::H264).len())
    };
    for (index, captured) in times.iter().enumerate() {
        for layer in 0..rids.len() {
            // Layers differ in content by where they are in the series.
            call.send_picture(VideoCodec::H264, layer, index as u32, *captured);
        }
        while rids.iter().any(|rid| whole(&assemblers, rid) < index) {
            let happened = call.hub.events.recv_deadline(deadline).expect("layers arrive");
            let Happened::Arrived(packet) = happened else { continue };
            let stream = call.offer.streams.iter().find(|stream| stream.rid == packet.rid);
            assert_eq!(stream.map(|stream| &stream.mid), Some(&packet.mid));
            let rid = packet.rid.expect("a layer's name");
            let assembler = assemblers.entry(rid).or_default();
            assembler.push(packet.sequence, packet.timestamp, packet.marker, packet.payload);
        }
    }
    for rid in rids {
        let pictures = assemblers[rid].pictures(VideoCodec::H264);
        for (index, (timestamp, data)) in pictures.iter().enumerate() {
            assert_eq!(*timestamp, packetize::video_timestamp(times[index]), "all layers alike");
            assert!(*data == picture(VideoCodec::H264, index as u32).0, "picture {index}");
        }
    }
}

#[test]
fn sound_travels_both_ways_with_its_level_and_capture_time() {
    let call = call(VideoCodec::H264, &[""]);
    let captured = now();
    let data = Bytes::from_static(b"twenty milliseconds of Opus");
    let audio =
        EncodedAudio { data: data.clone(), captured, timestamp: 4_711, level: 40, voice: true };
    call.transport.send_audio(audio);
    let deadline = now() + PATIENCE;
    let arrived = loop {
        match call.hub.events.recv_deadline(deadline).expect("sound arrives") {
            Happened::Arrived(packet) => break packet,
            _ => continue,
        }
    };
    assert_eq!((&*arrived.mid, arrived.timestamp), (call.mid(Source::Microphone), 4_711));
    assert_eq!((arrived.payload, arrived.level), (data.clone(), Some(-40)));
    assert_close(arrived.captured.expect("a capture time"), captured);

    let mid = call.slot(false).to_owned();
    call.hub.send(Departing {
        mid: mid.clone(),
        codec: None,
        sequence: 500,
        timestamp: 99,
        marker: false,
        payload: data.clone(),
        captured: WallClock::process().to_ntp(captured),
    });
    let event = call.until(|event| matches!(event, Event::Rtp { .. }));
    let Event::Rtp { mid: slot, packet } = event else { unreachable!() };
    assert_eq!(*slot, *mid);
    assert_eq!((packet.payload_kind, packet.payload), (PayloadKind::Opus, data));
    assert_eq!((packet.sequence, packet.timestamp, packet.level), (500, 99, Some(40)));
    assert_close(packet.captured.expect("a capture time"), captured);
    let stats = call.transport.stats();
    assert_eq!((stats.audio_packets, stats.packets_received), (1, 1));
}

#[test]
fn keyframe_requests_travel_both_ways_and_name_the_layer() {
    let call = call(VideoCodec::Vp8, &["h", "m", "l"]);
    for layer in 0..3 {
        call.send_picture(VideoCodec::Vp8, layer, 0, now());
    }
    let deadline = now() + PATIENCE;
    loop {
        let happened = call.hub.events.recv_deadline(deadline).expect("layers arrive");
        if matches!(happened, Happened::Arrived(packet) if packet.rid.as_deref() == Some("m")) {
            break;
        }
    }
    let camera = call.mid(Source::Camera).to_owned();
    call.hub.want_keyframe(&camera, Some("m"));
    let event = call.until(|event| matches!(event, Event::KeyframeRequested { .. }));
    assert!(
        matches!(event, Event::KeyframeRequested { source: Source::Camera, layer: 1 }),
        "{event:?}"
    );

    let slot = call.slot(true).to_owned();
    call.transport.request_keyframe(&slot);
    loop {
        match call.hub.events.recv_deadline(deadline).expect("the request arrives") {
            Happened::KeyframeWanted { mid } => break assert_eq!(mid, slot),
            _ => continue,
        }
    }
}

#[test]
fn a_picture_that_cannot_be_sent_makes_the_stream_start_with_a_keyframe() {
    let call = call(VideoCodec::Vp8, &[""]);
    call.send_picture(VideoCodec::Vp8, 0, 1, now());
    let event = call.until(|event| matches!(event, Event::KeyframeRequested { .. }));
    assert!(matches!(event, Event::KeyframeRequested { source: Source::Camera, layer: 0 }));
    assert_eq!(call.transport.stats().camera_packets, 0);
}

#[test]
fn the_estimate_and_the_round_trip_are_told_while_sending() {
    let call = call(VideoCodec::H264, &[""]);
    let (mut bitrate, mut round_trip) = (None, None);
    let deadline = now() + PATIENCE;
    let mut index = 0;
    while bitrate.is_none() || round_trip.is_none() {
        assert!(now() < deadline, "bitrate {bitrate:?}, round trip {round_trip:?}");
        call.send_picture(VideoCodec::H264, 0, index, now());
        index += 1;
        // The pause is the camera's: 30 pictures a second.
        while let Ok(event) = call.events.recv_timeout(Duration::from_millis(33)) {
            match event {
                Event::Bitrate(bps) => bitrate = Some(bps),
                Event::RoundTrip(time) => round_trip = Some(time),
                _ => {}
            }
        }
    }
    assert!(bitrate.is_some_and(|bps| bps >= 100_000), "{bitrate:?}");
    assert!(round_trip.is_some_and(|time| time < Duration::from_millis(200)), "{round_trip:?}");
    assert!(call.transport.stats().available_bps.is_some());
}

#[test]
fn an_unusable_answer_is_refused_and_closing_is_prompt() {
    let (events_to, events) = unbounded();
    let sink = move |event| drop(events_to.send(event));
    let (transport, _) =
        Transport::connect(config(VideoCodec::H264, &[""]), sink).expect("an offer");
    let error = transport.answer("this is no SDP".into()).expect_err("not SDP");
    assert!(error.to_string().contains("answer is unusable"), "{error}");
    let started = now();
    drop(transport);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    let last = events.try_iter().last();
    assert!(matches!(last, Some(Event::Closed)), "{last:?}");
}

#[test]
fn dropping_a_connected_transport_is_prompt() {
    let Call { transport, events, hub, .. } = call(VideoCodec::H264, &[""]);
    let started = now();
    drop(transport);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(matches!(events.try_iter().last(), Some(Event::Closed)));
    drop(hub);
}

#[test]
fn an_interruption_is_told_and_ends_by_itself() {
    let call = call(VideoCodec::H264, &[""]);
    call.hub.silence(true);
    call.until(|event| matches!(event, Event::Interrupted));
    call.hub.silence(false);
    call.until(|event| matches!(event, Event::Connected));
}
