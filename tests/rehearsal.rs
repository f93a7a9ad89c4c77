//! A whole rehearsal with the bundled presenter keeps its promises.

use client::rehearsal::{self, DECODING_ATTENDEES, Options, Progress, Rehearsal};
use engine::config::VideoCodec;
use engine::frame::VideoFrame;
use std::time::Duration;

/// Frames that may be on their way when the measured time ends, and were not when it began.
const IN_FLIGHT: u64 = 2;

fn rehearse(attendees: usize, seconds: u64, codec: VideoCodec) -> Rehearsal {
    let options = Options {
        input: None,
        attendees,
        duration: Duration::from_secs(seconds),
        codec,
        background: None,
    };
    let mut told = Vec::new();
    let rehearsal = rehearsal::run(&options, &mut |progress| told.push(progress));
    let joined = Progress::Joining { ready: attendees, of: attendees };
    let same = |progress: &Progress| format!("{progress:?}") == format!("{joined:?}");
    assert!(told.iter().any(same), "everybody was in before measuring");
    let rehearsal = rehearsal.expect("a rehearsal");
    println!("{}", rehearsal.report.table());
    rehearsal
}

/// Everything that an attendee must get on a machine that does nothing else.
fn keeps_its_promises(rehearsal: &Rehearsal, attendees: usize, seconds: u64) {
    let report = &rehearsal.report;
    assert_eq!(report.failure(), None);
    let presenter = &report.presenter;
    assert_eq!((presenter.width, presenter.height), (1280, 720));
    assert!(presenter.fps > 25.0 && presenter.fps < 32.0, "{} fps", presenter.fps);
    assert!(presenter.bitrate_bps > 100e3, "{} bit/s", presenter.bitrate_bps);
    assert!(presenter.wall_s >= seconds as f64 && presenter.cpu_s > 0.0);
    assert_eq!(report.attendees.len(), attendees);
    for (index, attendee) in report.attendees.iter().enumerate() {
        let number = index + 1;
        let arrived = attendee.frames_received + IN_FLIGHT;
        let share = arrived as f64 / attendee.frames_sent as f64;
        assert!(share >= 0.98, "attendee {number} has {share} of the frames");
        let concealed = attendee.audio_concealed_ratio;
        assert!(concealed <= 0.01, "attendee {number} heard {concealed} concealed");
        assert_eq!(attendee.decoded, index < DECODING_ATTENDEES);
        if attendee.decoded {
            let delay = attendee.glass_to_glass_p95_ms.expect("measured where decoded");
            assert!(delay > 0.0 && delay <= 200.0, "attendee {number}: p95 is {delay} ms");
            let lip_sync = attendee.lip_sync_ms.expect("measured where decoded");
            assert!(lip_sync.abs() <= 60.0, "attendee {number}: lip sync is {lip_sync} ms");
        }
    }
    let seen = rehearsal.picture.as_ref().expect("attendee 1 saw something");
    assert_eq!((seen.width, seen.height), (1280, 720));
    assert!(variance(seen) > 200.0, "the picture is blank: {}", variance(seen));
}

/// Of the luma.
fn variance(frame: &VideoFrame) -> f64 {
    let (count, mut sum, mut squares) = (frame.planes.y.len() as f64, 0.0, 0.0);
    for luma in frame.planes.y.iter().map(|&luma| f64::from(luma)) {
        sum += luma;
        squares += luma * luma;
    }
    squares / count - (sum / count).powi(2)
}

#[test]
fn five_attendees_see_and_hear_the_presenter_in_h264() {
    let rehearsal = rehearse(5, 5, VideoCodec::H264);
    keeps_its_promises(&rehearsal, 5, 5);
}

#[test]
fn two_attendees_see_and_hear_the_presenter_in_vp8() {
    let rehearsal = rehearse(2, 3, VideoCodec::Vp8);
    keeps_its_promises(&rehearsal, 2, 3);
    assert!(rehearsal.report.presenter.encoder.contains("vp"), "{:?}", rehearsal.report.presenter);
}
