//! Clips of sizes that no camera has reach an attendee. They are made by the `ffmpeg` command.

use client::rehearsal::{self, Options};
use engine::config::VideoCodec;
use std::process::Command;
use std::time::Duration;

/// Rehearses with a clip of this size in this pixel format; gives the size that is seen.
fn seen(width: u32, height: u32, pixels: &str, codec: VideoCodec) -> (u32, u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("{width}x{height}.mkv"));
    let size = format!("scale={width}:{height}");
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=15:d=2"])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=2"])
        .args(["-vf", &size, "-c:v", "ffv1", "-pix_fmt", pixels])
        .arg(&path)
        .output()
        .expect("the ffmpeg command is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let options = Options {
        input: Some(path),
        attendees: 1,
        duration: Duration::from_secs(1),
        codec,
        background: None,
    };
    let rehearsal = rehearsal::run(&options, &mut |_| {})
        .unwrap_or_else(|error| panic!("{width}x{height} {pixels} {codec:?}: {error:#}"));
    let report = rehearsal.report;
    assert_eq!(report.failure(), None, "{width}x{height} {pixels} {codec:?}");
    let frame = rehearsal.picture.expect("a picture");
    (frame.width, frame.height)
}

/// Encoders take whole chroma samples, so a line or a column may be missing.
fn is_about(seen: (u32, u32), expected: (u32, u32)) {
    let near = seen.0.abs_diff(expected.0) <= 2 && seen.1.abs_diff(expected.1) <= 2;
    assert!(near, "{seen:?} instead of {expected:?}");
}

#[test]
fn odd_and_narrow_pictures_keep_their_shape() {
    is_about(seen(641, 359, "yuv420p", VideoCodec::H264), (641, 359));
    is_about(seen(641, 359, "yuv444p10le", VideoCodec::Vp8), (641, 359));
    // Upright, as telephones record.
    is_about(seen(99, 1001, "rgb24", VideoCodec::H264), (71, 720));
    is_about(seen(2001, 101, "gray", VideoCodec::H264), (2001, 101));
}

#[test]
fn pictures_smaller_than_a_coding_block_arrive() {
    seen(7, 5, "yuv420p", VideoCodec::H264);
    seen(1, 1, "yuv444p", VideoCodec::H264);
    seen(3, 2, "yuv420p", VideoCodec::Vp8);
}

#[test]
fn large_pictures_are_scaled_down() {
    is_about(seen(3841, 2161, "yuv420p", VideoCodec::H264), (1280, 720));
}
