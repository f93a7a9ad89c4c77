//! A call with blur: what an attendee decodes is what the presenter chose to show. The clip is made
//! by the `ffmpeg` command: a checkerboard, with nobody before it to stay in focus.

use client::rehearsal::{self, Options, Rehearsal};
use engine::blur::Background;
use engine::config::VideoCodec;
use engine::frame::VideoFrame;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pixels along a square: large enough to survive encoding, and gone in any blur.
const SQUARE: u32 = 8;

fn clip(folder: &Path) -> PathBuf {
    let path = folder.join("board.mkv");
    let luma = format!("40+170*mod(floor(X/{SQUARE})+floor(Y/{SQUARE}),2)");
    let board = format!("nullsrc=s=640x360:r=30:d=2,format=yuv420p,geq=lum='{luma}':cb=128:cr=128");
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &board])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"])
        .args(["-c:v", "ffv1", "-colorspace", "bt709", "-color_range", "tv"])
        .arg(&path)
        .output()
        .expect("the ffmpeg command is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

fn rehearse(input: PathBuf, background: Option<Background>) -> Rehearsal {
    let options = Options {
        input: Some(input),
        attendees: 1,
        duration: Duration::from_secs(2),
        codec: VideoCodec::H264,
        background,
    };
    let rehearsal = rehearsal::run(&options, &mut |_| {}).expect("a rehearsal");
    println!("{}", rehearsal.report.table());
    assert_eq!(rehearsal.report.failure(), None);
    rehearsal
}

/// Mean difference of luma values a square apart.
fn contrast(frame: &VideoFrame) -> f64 {
    let apart = SQUARE as usize;
    let rows = frame.planes.y.chunks_exact(frame.width as usize);
    let sum: u64 = rows
        .flat_map(|row| row.iter().zip(&row[apart..]))
        .map(|(left, right)| u64::from(left.abs_diff(*right)))
        .sum();
    sum as f64 / frame.planes.y.len() as f64
}

#[test]
fn an_attendee_decodes_the_blurred_picture_and_the_report_says_what_blurred_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let board = clip(folder.path());
    let sharp = rehearse(board.clone(), None);
    assert_eq!(sharp.report.presenter.blur_device, "off");
    assert!(sharp.report.presenter.blur.is_none());
    let sharp = contrast(&sharp.picture.expect("a picture"));
    assert!(sharp > 100.0, "the board arrives: {sharp}");

    let blurred = rehearse(board, Some(Background::Blurred { strength: 0.7 }));
    let presenter = &blurred.report.presenter;
    assert!(presenter.blur_device == "cpu" || presenter.blur_device.starts_with("gpu: "));
    let blur = presenter.blur.as_ref().expect("on");
    assert!(blur.frames > 60, "{blur:?}");
    assert_eq!((blur.frames_withheld, blur.fallbacks), (0, 0), "{blur:?}");
    let json = serde_json::to_value(&blurred.report).expect("plain data");
    for key in ["network_ms", "refine_ms", "blur_ms", "composite_ms", "frame_ms"] {
        assert!(json["presenter"]["blur"][key]["p95"].is_number(), "presenter.blur.{key}");
    }
    let left = contrast(&blurred.picture.expect("a picture"));
    assert!(left < 0.25 * sharp, "{left} of {sharp} is left of the board");
}
