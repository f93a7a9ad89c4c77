//! Sound through a real device: a PulseAudio of our own with a null sink, whose monitor is the
//! microphone.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod daemon;

use crossbeam::channel;
use daemon::{Daemon, now, wait_for};
use engine::Error;
use engine::capture::microphone::{self, Microphone};
use engine::config::SpeakerSink;
use engine::engine::Event;
use engine::frame::{AudioFrame, SAMPLE_RATE, SAMPLES_10_MS};
use engine::playback::Playback;
use std::time::Duration;

const TONE_HZ: f32 = 997.0;

/// Upward zero crossings a second.
fn frequency(samples: &[f32]) -> f32 {
    let crossings: Vec<usize> = samples
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
        .map(|(index, _)| index)
        .collect();
    let (Some(first), Some(last)) = (crossings.first(), crossings.last()) else { return 0.0 };
    (crossings.len() - 1) as f32 * SAMPLE_RATE as f32 / (last - first).max(1) as f32
}

/// One test, because the sound server's address is the process's environment.
#[test]
fn a_tone_goes_through_the_devices_and_a_lost_device_is_reported() {
    let daemon = Daemon::start();
    daemon.serve_this_process();
    let devices = wait_for("a device list", || {
        let devices = microphone::list();
        let has = |names: &[String], part| names.iter().any(|name| name.contains(part));
        (has(&devices.inputs, "Monitor") && has(&devices.outputs, "Null")).then_some(devices)
    });
    println!("{devices:?}");

    let (events, happened) = channel::unbounded();
    let mut playback =
        Playback::start(SpeakerSink::Device(Some("speaker".into())), events.clone()).unwrap();
    let mut slot = playback.add_slot().unwrap();
    let (producer, mut frames) = rtrb::RingBuffer::<AudioFrame>::new(microphone::RING_FRAMES);
    let recording =
        Microphone::start(Some("speaker.monitor".into()), producer, events.clone()).unwrap();

    let mut phase = 0f32;
    let mut feed = || {
        for _ in 0..slot.wanted() {
            let block: [f32; SAMPLES_10_MS] = std::array::from_fn(|_| {
                phase = (phase + TONE_HZ / SAMPLE_RATE as f32).fract();
                0.3 * (phase * std::f32::consts::TAU).sin()
            });
            assert!(slot.push(&block));
        }
        (slot.latency(), slot.starved())
    };
    // A busy machine lets the sound server run dry now and then: what counts is a stretch without a
    // gap. At this frequency and volume neighboring samples differ by 0.04 at most.
    let mut heard: Vec<f32> = vec![];
    let (mut latency, mut starved) = (Duration::ZERO, 0);
    wait_for("half a second of the tone without a gap", || {
        (latency, starved) = feed();
        while let Ok(frame) = frames.pop() {
            assert!(frame.captured <= now());
            heard.extend_from_slice(&frame.samples);
            let from = heard.len().saturating_sub(SAMPLES_10_MS + 1);
            let smooth = heard[from..].windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.05);
            let sounds = frame.samples.iter().any(|s| s.abs() > 0.25);
            if !(smooth && sounds) {
                heard.clear();
            }
        }
        (heard.len() > SAMPLE_RATE as usize / 2).then_some(())
    });
    let measured = frequency(&heard);
    println!("{measured} Hz, latency {latency:?}, starved {starved}, lost {}", recording.dropped());
    assert!((measured - TONE_HZ).abs() < 2.0, "{measured} Hz instead of {TONE_HZ}");
    assert!(latency < Duration::from_millis(150), "{latency:?}");
    assert!(happened.is_empty(), "no trouble so far: {:?}", happened.try_recv());

    // The sound server dies: both report it, and playback goes on without a device.
    drop(daemon);
    let mut lost = vec![];
    wait_for("both reports", || {
        feed();
        if let Ok(Event::Trouble(Error::Device { device, reason })) = happened.try_recv() {
            println!("{device}: {reason}");
            lost.push(device);
        }
        (lost.len() == 2).then_some(())
    });
    assert!(
        lost.iter().any(|d| d.contains("microphone")) && lost.iter().any(|d| d.contains("loud"))
    );
    let mut played = playback.take_played().unwrap();
    while played.pop().is_ok() {}
    wait_for("the null sink", || {
        feed();
        (played.slots() > 5 * SAMPLES_10_MS).then_some(())
    });
}
