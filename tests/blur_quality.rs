//! The blur's matte against known ones, and against the network by itself.

use engine::blur::{Background, Blur, Device, Quality};
use engine::frame::{ColorSpace, Planes, VideoFrame};
use katheder_suite::matting::{Raw, Room, Scene, Scores, Shot, score};
use katheder_suite::network::any_moment;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const BACKGROUND: Background = Background::Blurred { strength: 0.6 };

fn matte(blur: &mut Blur, frame: &VideoFrame, quality: Quality) -> Vec<f32> {
    blur.process(frame, &BACKGROUND, quality).expect("blurs");
    let matte = blur.matte().expect("has one");
    matte.iter().map(|value| f32::from(*value) / 255.0).collect()
}

fn shots(room: Room) -> Vec<Shot> {
    let scene = Scene::new(room).expect("the cut-out");
    (0..Scene::SHOTS).map(|n| scene.shot(n)).collect()
}

#[test]
fn the_matte_is_better_and_steadier_than_the_networks_answer() {
    let mut gain = 0.0;
    let mut flicker = (0.0, 0.0);
    for room in Room::ALL {
        let shots = shots(room);
        let (width, height) = (shots[0].frame.width as usize, shots[0].frame.height as usize);
        let mut network = Raw::new(width, height).expect("the model");
        let raw = score(&shots, |frame| Ok(network.matte(frame))).expect("scores");
        let at = |quality| -> Scores {
            let mut blur = Blur::open(Device::Cpu, None).expect("opens");
            score(&shots, |frame| Ok(matte(&mut blur, frame, quality))).expect("scores")
        };
        let full = at(Quality::Full);
        println!("{room:?}: network {raw:?}\n  blur {full:?}");
        assert!(full.iou > 0.94, "{room:?}: {full:?}");
        assert!(full.boundary_f > 0.88, "{room:?}: {full:?}");
        assert!(full.close_boundary_f > raw.close_boundary_f + 0.02, "{room:?}: {full:?}");
        assert!(full.mae < 0.012, "{room:?}: {full:?}");
        assert!(full.dtssd < raw.dtssd, "{room:?}: {full:?}");
        assert!(full.flicker < 0.6 * raw.flicker, "{room:?}: {full:?}");
        flicker.0 += full.flicker;
        flicker.1 += raw.flicker;
        gain += (full.boundary_f - raw.boundary_f) / Room::ALL.len() as f32;

        if room == Room::Shelf {
            let lowest = at(Quality::Lowest);
            println!("  lowest {lowest:?}");
            assert!(lowest.iou > 0.93, "{lowest:?}");
            assert!(lowest.flicker < raw.flicker, "{lowest:?}");
        }
    }
    println!(
        "boundary F gained: {gain:.3}; flicker: {:.2} of the network's",
        flicker.0 / flicker.1
    );
    assert!(gain >= 0.03, "{gain}");
    assert!(flicker.0 < 0.5 * flicker.1, "{flicker:?}");
}

/// A folder of clips beside the repository or further up.
fn clips() -> Option<PathBuf> {
    let shared = |folder: &Path| folder.join("shared/media");
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(shared).find(|folder| folder.is_dir())
}

/// The first pictures of a clip, by the `ffmpeg` command.
fn pictures(path: &Path, (width, height): (u32, u32)) -> Vec<VideoFrame> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-frames:v", "40", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
        .output()
        .expect("the ffmpeg command is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let luma = (width * height) as usize;
    let picture = |bytes: &[u8]| VideoFrame {
        width,
        height,
        color: ColorSpace::WIRE,
        captured: any_moment(),
        planes: Arc::new(Planes {
            y: bytes[..luma].to_vec(),
            u: bytes[luma..luma + luma / 4].to_vec(),
            v: bytes[luma + luma / 4..].to_vec(),
        }),
    };
    output.stdout.chunks_exact(luma * 3 / 2).map(picture).collect()
}

/// Pixels around which, in blocks of eight, the mean luma has changed by less than two levels.
fn still(now: &VideoFrame, before: &VideoFrame) -> Vec<bool> {
    let (width, height) = (now.width as usize, now.height as usize);
    let (columns, rows) = (width / 8, height / 8);
    let mean = |frame: &VideoFrame, column: usize, row: usize| {
        let block = (row * 8..row * 8 + 8)
            .flat_map(|y| &frame.planes.y[y * width + column * 8..y * width + column * 8 + 8]);
        block.map(|value| f32::from(*value)).sum::<f32>() / 64.0
    };
    let quiet: Vec<bool> = (0..columns * rows)
        .map(|i| {
            (mean(now, i % columns, i / columns) - mean(before, i % columns, i / columns)).abs()
                < 2.0
        })
        .collect();
    let around = |x: usize, y: usize| {
        let (column, row) = ((x / 8).min(columns - 1), (y / 8).min(rows - 1));
        (row.saturating_sub(1)..=(row + 1).min(rows - 1)).all(|row| {
            (column.saturating_sub(1)..=(column + 1).min(columns - 1))
                .all(|column| quiet[row * columns + column])
        })
    };
    (0..width * height).map(|i| around(i % width, i / width)).collect()
}

#[test]
fn still_places_of_real_clips_flicker_half_as_much_if_the_clips_are_here() {
    let Some(folder) = clips() else {
        println!("no folder shared/media: nothing was checked");
        return;
    };
    for (name, size) in [("presenter_720p.mp4", (1280, 720)), ("webcam_480p.mp4", (512, 480))] {
        let frames = pictures(&folder.join(name), size);
        let mut blur = Blur::open(Device::Cpu, None).expect("opens");
        let mut network = Raw::new(size.0 as usize, size.1 as usize).expect("the model");
        let (mut ours, mut raw) = (0.0, 0.0);
        let mut before: Option<(&VideoFrame, Vec<f32>, Vec<f32>)> = None;
        for frame in &frames {
            let (refined, answer) = (matte(&mut blur, frame, Quality::Full), network.matte(frame));
            if let Some((past, past_refined, past_answer)) = &before {
                for (at, _) in still(frame, past).iter().enumerate().filter(|(_, still)| **still) {
                    ours += f64::from((refined[at] - past_refined[at]).abs());
                    raw += f64::from((answer[at] - past_answer[at]).abs());
                }
            }
            before = Some((frame, refined, answer));
        }
        println!("{name}: {:.2} of the network's flicker", ours / raw);
        assert!(ours <= 0.5 * raw, "{name}: {ours} against {raw}");
    }
}
