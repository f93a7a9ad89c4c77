//! The video jitter buffer on bad networks, in virtual time, with retransmission and keyframe
//! requests that travel through the same network.

mod video_session;

use engine::config::VideoCodec;
use katheder_suite::network::{Bottleneck, Burst, Conditions, Jitter, Reorder};
use std::time::Duration;
use video_session::{Event, Scenario};

const MS: Duration = Duration::from_millis(1);
const CODECS: [VideoCodec; 2] = [VideoCodec::H264, VideoCodec::Vp8];

/// 50 ms each way.
fn lossy(loss: f64) -> Conditions {
    Conditions { loss, delay: 50 * MS, ..Conditions::default() }
}

#[test]
fn a_clean_network_gives_every_frame_at_once() {
    for codec in CODECS {
        let outcome = Scenario::new(codec, lossy(0.0)).run(1);
        assert_eq!(outcome.frames, outcome.sent);
        assert_eq!(outcome.keyframe_requests, 0);
        assert!((outcome.latency.max_ms - 50.0).abs() < 0.1, "{:?}", outcome.latency);
        assert_eq!(outcome.counters.lost, 0);
    }
}

#[test]
fn at_5_percent_loss_retransmission_saves_nearly_every_frame() {
    for (codec, seed) in CODECS.into_iter().flat_map(|codec| (1..=5).map(move |seed| (codec, seed)))
    {
        let outcome = Scenario::new(codec, lossy(0.05)).run(seed);
        assert!(outcome.share() >= 0.995, "{codec:?} seed {seed}: {outcome:?}");
        // Half of the frames lose nothing, and nothing before them: 50 ms, or a frame's wait more.
        assert!(outcome.latency.p50_ms <= 130.0, "{codec:?} seed {seed}: {outcome:?}");
        assert!(outcome.latency.p95_ms <= 300.0, "{codec:?} seed {seed}: {outcome:?}");
        assert!(outcome.keyframe_requests <= 2, "{codec:?} seed {seed}: {outcome:?}");
    }
}

#[test]
fn at_20_percent_loss_the_picture_goes_on() {
    // Requests and retransmissions are lost as often, so a packet fails to come in one of three
    // attempts.
    for (delay, share, p95_ms, requests) in [(15, 0.95, 260.0, 12), (50, 0.90, 800.0, 15)] {
        for (codec, seed) in
            CODECS.into_iter().flat_map(|codec| (1..=5).map(move |seed| (codec, seed)))
        {
            let conditions = Conditions { delay: delay * MS, ..lossy(0.20) };
            let outcome = Scenario::new(codec, conditions).run(seed);
            let run = format!("{delay} ms, {codec:?}, seed {seed}: {outcome:?}");
            assert!(outcome.share() >= share, "{run}");
            assert!(outcome.latency.p95_ms <= p95_ms, "{run}");
            assert!(outcome.keyframe_requests <= requests, "{run}");
        }
    }
}

#[test]
fn bursts_of_loss_are_repaired() {
    let burst = Some(Burst { enter: 0.01, leave: 0.2, loss: 1.0 });
    for seed in 1..=3 {
        let outcome = Scenario::new(VideoCodec::H264, Conditions { burst, ..lossy(0.0) }).run(seed);
        assert!(outcome.share() >= 0.99, "seed {seed}: {outcome:?}");
    }
}

#[test]
fn reordering_duplicates_and_jitter_cost_no_frame() {
    let conditions = Conditions {
        jitter: Jitter::Uniform(30 * MS),
        reorder: Some(Reorder { share: 0.1, hold: 15 * MS }),
        duplicate: 0.1,
        ..lossy(0.0)
    };
    for codec in CODECS {
        let outcome = Scenario::new(codec, conditions.clone()).run(4);
        assert_eq!((outcome.frames, outcome.keyframe_requests), (outcome.sent, 0), "{outcome:?}");
        assert!(outcome.counters.duplicates > 0 && outcome.counters.recovered > 0);
    }
}

#[test]
fn a_bottleneck_with_a_short_queue_is_survived() {
    let bottleneck = Some(Bottleneck::constant(2_000_000, 150 * MS));
    let conditions = Conditions { bottleneck, ..lossy(0.01) };
    let outcome = Scenario::new(VideoCodec::H264, conditions).run(2);
    assert!(outcome.share() >= 0.99, "{outcome:?}");
}

#[test]
fn after_a_blackout_of_10_seconds_the_picture_is_back_within_a_third_of_a_second() {
    for (codec, seed) in CODECS.into_iter().flat_map(|codec| (1..=3).map(move |seed| (codec, seed)))
    {
        let mut scenario = Scenario::new(codec, lossy(0.0));
        scenario.events =
            vec![(3 * 1_000, Event::SetLoss(1.0)), (13 * 1_000 + 10 * seed, Event::SetLoss(0.0))];
        let outcome = scenario.run(seed);
        let back = outcome.first_frame_after(13 * 1_000 + 10 * seed).expect("it comes back");
        assert!(back <= 330.0, "{codec:?} seed {seed}: {back} ms");
        assert!(outcome.keyframe_requests <= 14, "{outcome:?}");
    }
}

#[test]
fn codec_and_source_may_change_in_a_slot() {
    for (from, to) in [(CODECS[0], CODECS[1]), (CODECS[1], CODECS[0])] {
        for loss in [0.0, 0.05] {
            let mut scenario = Scenario::new(from, lossy(loss));
            scenario.events = vec![
                (4_000, Event::SwitchSource { codec: to, keyframe_lost: false }),
                (8_000, Event::SwitchSource { codec: to, keyframe_lost: false }),
                (12_000, Event::SwitchSource { codec: from, keyframe_lost: true }),
            ];
            let outcome = scenario.run(3);
            // The lost keyframe costs a wait budget and a round trip.
            assert!(outcome.share() >= 0.97, "{from:?} {loss}: {outcome:?}");
            assert!(outcome.codecs_seen == 2 && outcome.keyframe_requests <= 3, "{outcome:?}");
        }
    }
}

#[test]
fn a_lost_upper_layer_frame_costs_no_keyframe_without_retransmission() {
    let mut scenario = Scenario::new(VideoCodec::Vp8, lossy(0.0));
    scenario.two_layers = true;
    scenario.retransmission = false;
    scenario.events = (9..19).map(|n| (n * 1_000, Event::DropUpperLayerFrame)).collect();
    let outcome = scenario.run(1);
    assert_eq!(outcome.keyframe_requests, 0, "{outcome:?}");
    assert_eq!(outcome.frames, outcome.sent - 10);
}

#[test]
fn playout_adds_nothing_on_a_clean_network_and_evens_out_a_bad_one() {
    let clean = Scenario::new(VideoCodec::H264, lossy(0.0)).run(1);
    assert!(clean.shown_latency.max_ms <= 60.0, "{clean:?}");
    assert_eq!((clean.freezes_undelayed, clean.freezes), (0, 0));
    let (mut without, mut with) = (0, 0);
    for seed in 1..=5 {
        let conditions = Conditions { delay: 15 * MS, ..lossy(0.2) };
        let outcome = Scenario::new(VideoCodec::H264, conditions).run(seed);
        without += outcome.freezes_undelayed;
        with += outcome.freezes;
        assert!(outcome.shown_latency.p50_ms <= 300.0, "{outcome:?}");
    }
    assert!(with * 3 <= without, "{with} freezes against {without} without a playout delay");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| format!("{:?}", Scenario::new(VideoCodec::Vp8, lossy(0.1)).run(seed));
    assert_eq!(run(9), run(9));
    assert_ne!(run(9), run(10));
}

#[test]
fn many_wraps_of_the_sequence_number_go_unnoticed() {
    let mut scenario = Scenario::new(VideoCodec::H264, lossy(0.01));
    scenario.seconds = 450;
    let outcome = scenario.run(5);
    assert!(outcome.counters.packets > 65_536 + 1_000, "{outcome:?}");
    assert!(outcome.share() >= 0.999, "{outcome:?}");
}
