use super::*;
use crate::jitter_buffer::any_moment;
use crate::transport::PayloadKind;
use proptest::prelude::*;

const MS: Duration = Duration::from_millis(1);

/// A VP8 packet: `head` is a descriptor, `key` the kind of its frame where it begins one.
fn vp8(sequence: u16, timestamp: u32, marker: bool, head: &[u8], key: bool) -> RtpPacket {
    let body = [if key { 0 } else { 1 }, sequence as u8, 0, 0x9d, 0x01, 0x2a];
    RtpPacket {
        payload_kind: PayloadKind::Video(VideoCodec::Vp8),
        sequence,
        timestamp,
        marker,
        payload: [head, &body].concat().into(),
        captured: None,
        level: None,
        arrived: any_moment(),
    }
}

/// A frame of one packet with nothing but the required descriptor byte.
fn single(sequence: u16, key: bool) -> RtpPacket {
    vp8(sequence, u32::from(sequence) * 3_000, true, &[0x10], key)
}

/// A frame of one packet with picture ID, TL0PICIDX, layer and Y.
fn layered(sequence: u16, picture: u16, tl0: u8, layer: u8, sync: bool, key: bool) -> RtpPacket {
    let id = picture.to_be_bytes();
    let layer = (layer << 6) | if sync { 0x20 } else { 0 };
    let head = [0x90, 0xe0, 0x80 | id[0], id[1], tl0, layer];
    vp8(sequence, u32::from(picture) * 3_000, true, &head, key)
}

fn h264(sequence: u16, timestamp: u32, marker: bool, payload: &[u8]) -> RtpPacket {
    RtpPacket {
        payload_kind: PayloadKind::Video(VideoCodec::H264),
        payload: Bytes::copy_from_slice(payload),
        ..vp8(sequence, timestamp, marker, &[], false)
    }
}

/// Polls until nothing is left; gives the frames' timestamps in 30ths of a second and the number
/// of requests.
fn drain(buffer: &mut VideoJitterBuffer, now: Instant) -> (Vec<u32>, usize) {
    let (mut frames, mut requests) = (Vec::new(), 0);
    while let Some(output) = buffer.poll(now) {
        match output {
            Output::Frame(frame) => frames.push(frame.rtp_timestamp / 3_000),
            Output::KeyframeNeeded => requests += 1,
        }
    }
    (frames, requests)
}

fn insert_all(buffer: &mut VideoJitterBuffer, packets: &[RtpPacket], now: Instant) {
    packets.iter().for_each(|packet| buffer.insert(packet.clone(), now));
}

#[test]
fn a_frame_comes_out_with_its_last_packet() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    buffer.insert(vp8(65_535, 0, false, &[0x10], true), now);
    assert_eq!(drain(&mut buffer, now), (vec![], 0));
    buffer.insert(vp8(0, 0, true, &[0x00], false), now);
    let Some(Output::Frame(frame)) = buffer.poll(now) else { panic!("a frame") };
    assert!(frame.keyframe);
    assert_eq!(frame.data.len(), 12);
    assert_eq!((buffer.poll(now), buffer.next_deadline()), (None, None));
}

#[test]
fn without_a_keyframe_one_is_asked_for_at_once_and_again_with_back_off() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    let mut asked = Vec::new();
    for n in 0..4_000 / 33 {
        let now = start + 33 * MS * n;
        buffer.insert(single(100 + n as u16, false), now);
        let mut at = now;
        while at < now + 33 * MS {
            let (frames, requests) = drain(&mut buffer, at);
            assert!(frames.is_empty());
            asked.extend((0..requests).map(|_| (at - start).as_millis()));
            match buffer.next_deadline() {
                Some(deadline) if deadline > at => at = deadline,
                _ => break,
            }
        }
    }
    assert_eq!(asked, [0, 300, 900, 1_900, 2_900, 3_900]);
    let now = start + 4_000 * MS;
    buffer.insert(single(250, true), now);
    buffer.insert(single(251, false), now);
    assert_eq!(drain(&mut buffer, now), (vec![250, 251], 0));
}

#[test]
fn a_gap_waits_for_the_budget_then_asks_and_still_takes_the_late_packet() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    buffer.set_round_trip(50 * MS);
    insert_all(&mut buffer, &[single(1, true), single(3, false), single(4, false)], start);
    assert_eq!(drain(&mut buffer, start), (vec![1], 0));
    let patience = start + 140 * MS;
    assert_eq!(buffer.next_deadline(), Some(patience));
    assert_eq!(drain(&mut buffer, patience - MS), (vec![], 0));
    assert_eq!(drain(&mut buffer, patience), (vec![], 1));
    buffer.insert(single(2, false), patience + 20 * MS);
    assert_eq!(drain(&mut buffer, patience + 20 * MS), (vec![2, 3, 4], 0));
    assert!(buffer.wait_budget() > 300 * MS, "learned from the late packet");
    assert_eq!(buffer.counters().recovered, 1);
    assert_eq!(buffer.counters().lost, 0);
}

#[test]
fn when_the_gap_stays_decoding_goes_on_at_the_next_keyframe() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    insert_all(&mut buffer, &[single(1, true), single(3, false)], start);
    drain(&mut buffer, start);
    // Within the budget a keyframe behind the gap waits: the gap may still be filled.
    insert_all(&mut buffer, &[single(4, true), single(5, false)], start + 10 * MS);
    assert_eq!(drain(&mut buffer, start + 10 * MS), (vec![], 0));
    let late = start + buffer.wait_budget();
    assert_eq!(drain(&mut buffer, late), (vec![4, 5], 0));
    let counters = buffer.counters();
    assert_eq!((counters.lost, counters.frames_dropped, counters.frames), (1, 1, 3));
    buffer.insert(single(2, false), late);
    buffer.insert(single(5, false), late);
    assert_eq!(drain(&mut buffer, late), (vec![], 0));
    let counters = buffer.counters();
    assert_eq!((counters.lost, counters.too_late, counters.duplicates), (0, 1, 1));
}

#[test]
fn a_lost_tail_is_noticed_by_the_silence_behind_it() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    buffer.insert(single(1, true), start);
    buffer.insert(vp8(2, 6_000, false, &[0x10], false), start);
    assert_eq!(drain(&mut buffer, start), (vec![1], 0));
    let deadline = buffer.next_deadline().expect("it waits");
    assert_eq!(deadline, start + wait_budget::LONGEST);
    assert_eq!(drain(&mut buffer, deadline), (vec![], 1));
}

#[test]
fn a_hopeless_gap_empties_the_buffer() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    insert_all(&mut buffer, &[single(1, true), single(3, false)], start);
    drain(&mut buffer, start);
    let end = start + HOPELESS + MS;
    drain(&mut buffer, end);
    buffer.insert(single(2, false), end);
    assert_eq!(drain(&mut buffer, end).0, [0; 0]);
    assert_eq!(buffer.counters().too_late, 1);
}

#[test]
fn an_incomplete_keyframe_is_never_followed_for_ever() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    buffer.insert(vp8(1, 3_000, false, &[0x10], true), start);
    buffer.insert(vp8(3, 3_000, true, &[0x00], true), start);
    assert_eq!(drain(&mut buffer, start), (vec![], 0));
    assert_eq!(drain(&mut buffer, start + 300 * MS).1, 1);
    drain(&mut buffer, start + HOPELESS + HOPELESS);
    let now = start + 3 * HOPELESS;
    insert_all(&mut buffer, &[single(9, true), single(10, false)], now);
    assert_eq!(drain(&mut buffer, now), (vec![9, 10], 0));
}

#[test]
fn a_change_of_codec_needs_a_keyframe() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    let sets = [0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1];
    insert_all(
        &mut buffer,
        &[
            h264(1, 3_000, false, &sets),
            h264(2, 3_000, true, &[0x65, 7]),
            h264(3, 6_000, true, &[0x41, 7]),
        ],
        now,
    );
    assert_eq!(drain(&mut buffer, now), (vec![1, 2], 0));
    buffer.insert(single(4, false), now);
    assert_eq!(drain(&mut buffer, now), (vec![], 1));
    insert_all(&mut buffer, &[single(5, true), single(6, false)], now);
    assert_eq!(drain(&mut buffer, now), (vec![5, 6], 0));
    insert_all(
        &mut buffer,
        &[h264(7, 21_000, false, &sets), h264(8, 21_000, true, &[0x65, 7])],
        now,
    );
    assert_eq!(drain(&mut buffer, now), (vec![7], 0));
}

#[test]
fn half_a_frame_of_a_source_that_was_switched_away_is_left_out() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    let sets = [0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1];
    insert_all(
        &mut buffer,
        &[
            h264(1, 3_000, false, &sets),
            h264(2, 3_000, true, &[0x65, 7]),
            // The first fragment of a frame whose rest was never forwarded.
            h264(3, 6_000, false, &[0x5c, 0x81, 7]),
            h264(4, 9_000, false, &sets),
            h264(5, 9_000, true, &[0x65, 7]),
            h264(6, 12_000, true, &[0x41, 7]),
        ],
        now,
    );
    assert_eq!(drain(&mut buffer, now), (vec![1, 3, 4], 0));
    assert_eq!(buffer.counters().frames_dropped, 1);
}

#[test]
fn an_idr_picture_without_parameter_sets_starts_nothing() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    insert_all(
        &mut buffer,
        &[h264(1, 3_000, true, &[0x41, 7]), h264(2, 6_000, true, &[0x65, 7])],
        now,
    );
    assert_eq!(drain(&mut buffer, now).0, [0; 0]);
    insert_all(
        &mut buffer,
        &[h264(3, 9_000, false, &[0x67, 7]), h264(4, 9_000, true, &[0x65, 7])],
        now,
    );
    assert_eq!(drain(&mut buffer, now).0, [3]);
}

#[test]
fn padding_and_unknown_types_take_a_number_and_nothing_else() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    let padding = |sequence, timestamp| RtpPacket {
        payload: Bytes::new(),
        ..vp8(sequence, timestamp, false, &[], false)
    };
    insert_all(
        &mut buffer,
        &[
            single(1, true),
            padding(2, 3_000),
            padding(3, 3_000),
            vp8(4, 12_000, false, &[0x10], false),
            padding(5, 12_000),
            vp8(6, 12_000, true, &[0x00], false),
            single(7, false),
        ],
        now,
    );
    assert_eq!(drain(&mut buffer, now), (vec![1, 4, 7], 0));
    assert_eq!(buffer.counters().frames_dropped, 0);
}

#[test]
fn consecutive_picture_ids_prove_that_a_gap_is_needless() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    let first = layered(1, 1, 0, 0, false, true);
    insert_all(&mut buffer, &[first, layered(4, 2, 1, 0, false, false)], now);
    assert_eq!(drain(&mut buffer, now), (vec![1, 2], 0));
    assert_eq!(buffer.counters().lost, 2);
}

#[test]
fn a_lost_upper_layer_frame_costs_no_keyframe() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    insert_all(
        &mut buffer,
        &[
            layered(1, 1, 0, 0, false, true),
            layered(2, 2, 0, 1, true, false),
            layered(3, 3, 1, 0, false, false),
            // Number 4, picture 4 of layer 1, is lost.
            layered(5, 5, 2, 0, false, false),
            layered(6, 6, 2, 1, false, false),
            layered(7, 7, 3, 0, false, false),
            layered(8, 8, 3, 1, true, false),
            layered(9, 9, 4, 0, false, false),
            layered(10, 10, 4, 1, false, false),
        ],
        start,
    );
    assert_eq!(drain(&mut buffer, start), (vec![1, 2, 3], 0));
    // Picture 6 may refer to the lost one; picture 8 refers to the base layer only.
    let late = start + buffer.wait_budget();
    assert_eq!(drain(&mut buffer, late), (vec![5, 7, 8, 9, 10], 0));
}

#[test]
fn a_lost_base_layer_frame_needs_a_keyframe() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    insert_all(
        &mut buffer,
        &[
            layered(1, 1, 0, 0, false, true),
            layered(2, 2, 0, 1, true, false),
            layered(4, 4, 1, 1, true, false),
            layered(5, 5, 2, 0, false, false),
        ],
        start,
    );
    drain(&mut buffer, start);
    let late = start + buffer.wait_budget();
    assert_eq!(drain(&mut buffer, late), (vec![], 1));
}

#[test]
fn a_damaged_frame_that_nothing_refers_to_is_skipped() {
    let (mut buffer, start) = (VideoJitterBuffer::new(), any_moment());
    let part = |sequence, marker, first: u8| {
        let head = [0x80 | first, 0x80, 0x80, 2];
        vp8(sequence, 6_000, marker, &head, false)
    };
    insert_all(
        &mut buffer,
        &[
            layered(1, 1, 0, 0, false, true),
            part(2, false, 0x30),
            part(4, true, 0x20),
            layered(5, 3, 1, 0, false, false),
        ],
        start,
    );
    assert_eq!(drain(&mut buffer, start), (vec![1], 0));
    let late = start + buffer.wait_budget();
    assert_eq!(drain(&mut buffer, late), (vec![3], 0));
}

#[test]
fn capture_times_are_interpolated_between_the_packets_that_have_them() {
    let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
    let mut first = single(1, true);
    first.captured = Some(Ntp(1_000 << 32));
    buffer.insert(first, now);
    buffer.insert(RtpPacket { timestamp: 3_000 + 45_000, ..single(2, false) }, now);
    buffer.insert(RtpPacket { timestamp: 3_000 + 540_000, ..single(3, false) }, now);
    let captured: Vec<_> = std::iter::from_fn(|| buffer.poll(now))
        .map(|output| match output {
            Output::Frame(frame) => frame.captured,
            Output::KeyframeNeeded => panic!("the chain is whole"),
        })
        .collect();
    assert_eq!(captured, [Some(Ntp(1_000 << 32)), Some(Ntp((1_000 << 32) | (1 << 31))), None]);
}

#[test]
fn a_sender_that_numbers_anew_is_followed() {
    for jump in [20_000u16, 50_000] {
        let (mut buffer, now) = (VideoJitterBuffer::new(), any_moment());
        for n in 0..50 {
            buffer.insert(single(n, n == 0), now);
        }
        assert_eq!(drain(&mut buffer, now).0.len(), 50);
        let mut seen = Vec::new();
        for n in 0..60u16 {
            buffer.insert(single(jump + n, n % 20 == 0), now);
            seen.extend(drain(&mut buffer, now).0);
        }
        assert!(seen.len() >= 40, "{} frames after a jump by {jump}", seen.len());
    }
}

/// A keyframe now and then, frames of one to six packets, first sent every 33 ms.
fn stream(seed: u16, sizes: &[(usize, bool)]) -> Vec<(u64, RtpPacket)> {
    let (mut sequence, mut packets) = (seed, Vec::new());
    for (n, &(count, key)) in sizes.iter().enumerate() {
        for index in 0..count {
            let head: &[u8] = if index == 0 { &[0x10] } else { &[0x00] };
            let timestamp = (n as u32).wrapping_mul(3_000).wrapping_sub(30_000);
            let key = key || n == 0;
            packets.push((33 * n as u64, vp8(sequence, timestamp, index + 1 == count, head, key)));
            sequence = sequence.wrapping_add(1);
        }
    }
    packets
}

proptest! {
    #[test]
    fn whatever_the_order_a_stream_that_comes_within_the_budget_comes_out_whole(
        seed in any::<u16>(),
        sizes in prop::collection::vec((1usize..7, prop::bool::weighted(0.1)), 1..60),
        lateness in prop::collection::vec((0u64..75, prop::option::weighted(0.2, 0u64..75)), 360),
    ) {
        let start = any_moment();
        let sent = stream(seed, &sizes);
        let mut arrivals: Vec<(u64, usize)> = Vec::new();
        for (index, ((at, _), (late, again))) in sent.iter().zip(&lateness).enumerate() {
            // The first packet comes first: a stream's start is known by it.
            arrivals.push((if index == 0 { 0 } else { at + late }, index));
            arrivals.extend(again.map(|again| (at + again.max(1), index)));
        }
        arrivals.sort();
        let mut buffer = VideoJitterBuffer::new();
        let mut out = Vec::new();
        for (at, index) in arrivals {
            let now = start + MS * at as u32;
            while let Some(deadline) = buffer.next_deadline().filter(|deadline| *deadline <= now) {
                out.extend(std::iter::from_fn(|| buffer.poll(deadline)));
            }
            buffer.insert(sent[index].1.clone(), now);
            out.extend(std::iter::from_fn(|| buffer.poll(now)));
        }
        let frames: Vec<(u32, Bytes)> = out
            .into_iter()
            .map(|output| match output {
                Output::Frame(frame) => (frame.rtp_timestamp, frame.data),
                Output::KeyframeNeeded => panic!("nothing is lost"),
            })
            .collect();
        let mut expected: Vec<(u32, Vec<u8>)> = Vec::new();
        for (_, packet) in &sent {
            if expected.last().is_none_or(|(timestamp, _)| *timestamp != packet.timestamp) {
                expected.push((packet.timestamp, Vec::new()));
            }
            expected.last_mut().unwrap().1.extend(&packet.payload[1..]);
        }
        prop_assert_eq!(frames.len(), expected.len());
        for (frame, expected) in frames.iter().zip(&expected) {
            prop_assert_eq!((frame.0, &frame.1[..]), (expected.0, &expected.1[..]));
        }
    }

    #[test]
    fn arbitrary_packets_never_panic_never_loop_and_never_pile_up(
        packets in prop::collection::vec(
            (any::<u16>(), 0u32..6, any::<bool>(), any::<bool>(),
             prop::collection::vec(any::<u8>(), 0..12), 0u32..300),
            0..200,
        ),
        near in any::<bool>(),
    ) {
        let mut now = any_moment();
        let mut buffer = VideoJitterBuffer::new();
        let mut frames = 0;
        for (sequence, frame, marker, vp8_codec, payload, wait) in packets {
            let sequence = if near { sequence % 64 } else { sequence };
            let bytes = payload;
            let packet = if vp8_codec {
                RtpPacket { payload: bytes.into(), ..vp8(sequence, frame, marker, &[], false) }
            } else {
                h264(sequence, frame, marker, &bytes)
            };
            buffer.insert(packet, now);
            let outputs = std::iter::from_fn(|| buffer.poll(now)).count();
            prop_assert!(outputs <= 2_050);
            frames += outputs;
            if let Some(deadline) = buffer.next_deadline() {
                prop_assert!(deadline > now, "a deadline that has passed would spin");
            }
            now += MS * wait;
        }
        prop_assert!(frames as u64 >= buffer.counters().frames);
        prop_assert!(buffer.ring.len() <= crate::jitter_buffer::ring::PACKETS_MAX);
    }
}
