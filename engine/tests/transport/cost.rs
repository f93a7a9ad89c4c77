//! A measurement: what a transport costs.

use super::call;
use super::hub::{Departing, now};
use bytes::Bytes;
use engine::clock::WallClock;
use engine::config::VideoCodec;
use engine::transport::{EncodedVideo, Source};
use std::time::Duration;

/// CPU time of this process's transport threads so far, in seconds.
fn transport_cpu_s() -> f64 {
    let mut total = 0.0;
    for task in std::fs::read_dir("/proc/self/task").expect("procfs").flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file));
        let (Ok(name), Ok(times)) = (read("comm"), read("schedstat")) else { continue };
        if name.starts_with("test-transport") {
            let nanos = times.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok());
            total += nanos.expect("nanoseconds") / 1e9;
        }
    }
    total
}

/// Sends 30 pictures of 6 packets a second (1.5 Mb/s) by `send` for some seconds; gives the share
/// of one core that the transport thread took.
fn cpu_share(seconds: u32, mut send: impl FnMut(u32)) -> f64 {
    let (started, before) = (now(), transport_cpu_s());
    for index in 0..seconds * 30 {
        send(index);
        let next = started + Duration::from_secs_f64(f64::from(index + 1) / 30.0);
        std::thread::sleep(next.saturating_duration_since(now()));
    }
    (transport_cpu_s() - before) / started.elapsed().as_secs_f64()
}

#[test]
#[ignore = "a measurement: run it alone, with --no-capture"]
fn what_a_transport_costs() {
    let call = call(VideoCodec::Vp8, &[""]);
    println!("idle: {:.2} % of a core", 100.0 * cpu_share(10, |_| ()));
    let mid = call.slot(true).to_owned();
    let mut sequence = 1_000;
    let share = cpu_share(10, |index| {
        for at in 0..6 {
            sequence += 1;
            call.hub.send(Departing {
                mid: mid.clone(),
                codec: Some(VideoCodec::Vp8),
                sequence,
                timestamp: index * 3_000,
                marker: at == 5,
                payload: Bytes::from(vec![0x90; 1_050]),
                captured: WallClock::process().to_ntp(now()),
            });
        }
    });
    let stats = call.transport.stats();
    println!("receiving {} packets: {:.2} % of a core", stats.packets_received, 100.0 * share);
    println!("idle again: {:.2} % of a core", 100.0 * cpu_share(10, |_| ()));
    let share = cpu_share(10, |_| {
        let (source, layer, captured) = (Source::Camera, 0, now());
        let data = Bytes::from(vec![0x10; 6_300]);
        let codec = VideoCodec::Vp8;
        let keyframe = true;
        call.transport.send_video(EncodedVideo { source, layer, codec, data, keyframe, captured });
    });
    let stats = call.transport.stats();
    println!("sending {} packets: {:.2} % of a core", stats.camera_packets, 100.0 * share);
}
