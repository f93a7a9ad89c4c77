//! A whole engine with a file as its camera: what the own picture shows, which is what is sent.
//! The clips are made by the `ffmpeg` command.

mod pictures;

use engine::blur::ways::{Open, Process, Way};
use engine::blur::{Background, Device, Path as BlurPath, Picture, Reason};
use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use engine::engine::{Command, Engine, Event};
use engine::frame::VideoFrame;
use engine::latest::Reader;
use engine::{Error, blur::Notice};
use pictures::{SQUARE, detail, is_blurred};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A machine that needs longer for anything here has hung.
const LIMIT: Duration = Duration::from_secs(30);

/// Pictures looked at after each change; a clip's seam lies within.
const PICTURES: usize = 40;

/// One second of a checkerboard that turns black and white.
fn clip(folder: &Path, width: u32, height: u32) -> PathBuf {
    let path = folder.join(format!("board_{width}x{height}.mkv"));
    let luma = format!("16+219*mod(floor(X/{SQUARE})+floor(Y/{SQUARE})+N,2)");
    let source = format!(
        "nullsrc=s={width}x{height}:r=30:d=1,format=yuv420p,geq=lum='{luma}':cb=128:cr=128"
    );
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source])
        .args(["-c:v", "ffv1", "-colorspace", "bt709", "-color_range", "tv"])
        .arg(&path)
        .output()
        .expect("the ffmpeg command is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

struct Running {
    engine: Engine,
    own: Reader<VideoFrame>,
}

impl Running {
    fn start(clip: &Path, background: Option<Background>, open: Option<Open>) -> Running {
        let config = Config {
            name: "test".into(),
            camera: CameraSource::File(clip.to_owned()),
            microphone: MicrophoneSource::None,
            speaker: SpeakerSink::Null,
            background,
            ..Config::default()
        };
        let wake = Arc::new(|| {});
        let engine = match open {
            Some(open) => Engine::start_with(config, open, wake),
            None => Engine::start(config, wake),
        }
        .expect("threads");
        let own = engine.self_view();
        Running { engine, own }
    }

    fn frame(&self) -> VideoFrame {
        self.own.wait(LIMIT).expect("a picture")
    }

    /// Pictures until the first that is blurred, or the first that is not.
    #[expect(clippy::disallowed_methods, reason = "a limit for what runs on other threads")]
    fn until(&self, blurred: bool) -> VideoFrame {
        let begun = Instant::now();
        loop {
            let frame = self.frame();
            if is_blurred(&frame) == blurred {
                return frame;
            }
            assert!(begun.elapsed() < LIMIT, "never became so");
        }
    }

    /// Many pictures, none of them sharp.
    fn stays_blurred(&self, when: &str) {
        for n in 0..PICTURES {
            let frame = self.frame();
            assert!(is_blurred(&frame), "picture {n} {when} is sharp: {}", detail(&frame));
        }
    }
}

/// Ways that fail in all manners, in turn.
fn failing() -> Open {
    let tries = std::sync::atomic::AtomicU32::new(0);
    Arc::new(move |device| {
        let n = tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = match device {
            Device::Cpu => BlurPath::Cpu,
            _ => BlurPath::Gpu { adapter: "Test GPU".into(), half: false },
        };
        let process: Process = match n % 3 {
            0 => Box::new(|_, _, _, _| panic!("a fault in the blur, on purpose")),
            1 => Box::new(|frame, _, _, _| Ok(frame.clone())),
            _ => return Err(Error::Gpu("lost".into())),
        };
        Ok(Way { path, process })
    })
}

fn blurred(strength: f32) -> Option<Background> {
    Some(Background::Blurred { strength })
}

fn plain_picture() -> Picture {
    Picture { width: 64, height: 36, rgb: vec![90; 64 * 36 * 3] }
}

fn picture(picture: Picture) -> Option<Background> {
    Some(Background::Picture(Arc::new(picture)))
}

#[test]
fn from_the_very_first_picture_on_nothing_is_sharp_whether_blur_works_or_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let board = clip(folder.path(), 320, 180);
    for open in [None, Some(failing())] {
        let running = Running::start(&board, blurred(0.6), open);
        running.stays_blurred("from the start");
    }
}

#[test]
fn toggling_tuning_and_other_cameras_let_no_sharp_picture_through() {
    let folder = tempfile::tempdir().expect("a folder");
    let (board, other) = (clip(folder.path(), 320, 180), clip(folder.path(), 240, 240));
    for open in [None, Some(failing())] {
        let running = Running::start(&board, None, open);
        running.until(false);
        let engine = &running.engine;
        assert_eq!(engine.stats().sending.blur, None);
        engine.send(Command::SetBackground(blurred(0.3)));
        running.until(true);
        running.stays_blurred("after switching on");
        for strength in [0.1, 0.9, 0.5] {
            engine.send(Command::SetBackground(blurred(strength)));
            running.stays_blurred("while tuning");
        }
        engine.send(Command::SetBackground(picture(plain_picture())));
        running.stays_blurred("with a still background");
        engine.send(Command::SetCamera(CameraSource::File(other.clone())));
        running.stays_blurred("after another camera");
        assert_eq!((running.frame().width, running.frame().height), (240, 240));
        let stats = engine.stats().sending.blur.expect("on");
        assert_eq!(stats.frames_withheld, 0);
        engine.send(Command::SetBackground(None));
        running.until(false);
    }
}

#[test]
fn a_bad_background_picture_is_told_and_the_call_goes_on_behind_blur() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(&clip(folder.path(), 320, 180), None, None);
    running.until(false);
    let bad = Picture { rgb: vec![0; 7], ..plain_picture() };
    running.engine.send(Command::SetBackground(picture(bad)));
    let told = running.engine.events().recv_timeout(LIMIT).expect("told");
    let Event::Trouble(error) = told else { panic!("{told:?}") };
    assert!(error.to_string().contains("background picture"), "{error}");
    running.until(true);
    running.stays_blurred("after a bad picture");
}

#[test]
fn which_path_runs_and_a_lost_device_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let open: Open = Arc::new(|device| {
        let cpu = Way::opener(None)(Device::Cpu)?;
        if device == Device::Cpu {
            return Ok(cpu);
        }
        let (mut cpu, mut left) = (cpu.process, 10);
        let process: Process = Box::new(move |frame, background, quality, timings| {
            left -= 1;
            if left < 0 {
                return Err(Error::Gpu("the device was lost".into()));
            }
            cpu(frame, background, quality, timings)
        });
        Ok(Way { path: BlurPath::Gpu { adapter: "Test GPU".into(), half: false }, process })
    });
    let running = Running::start(&clip(folder.path(), 320, 180), blurred(0.6), Some(open));
    let mut told = Vec::new();
    while told.last().is_none_or(|(_, reason)| !matches!(reason, Reason::GpuFailed(_))) {
        let event = running.engine.events().recv_timeout(LIMIT).expect("told");
        if let Event::Blur(Notice::Path { path, reason }) = event {
            told.push((path, reason));
        }
    }
    assert!(told.iter().any(|(path, _)| matches!(path, BlurPath::Gpu { .. })), "{told:?}");
    running.stays_blurred("after the device was lost");
    let stats = running.engine.stats().sending.blur.expect("on");
    assert_eq!((stats.path, stats.fallbacks), (Some(BlurPath::Cpu), 1));
    assert!(matches!(stats.reason, Reason::GpuFailed(_)));
}

#[test]
fn a_background_picture_is_read_from_a_file_or_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = "color=c=0x2060a0:s=90x60";
    for name in ["hall.png", "hall.jpg"] {
        let path = folder.path().join(name);
        let output = std::process::Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "1"])
            .arg(&path)
            .output()
            .expect("the ffmpeg command is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let picture = Picture::load(&path).expect("a picture");
        assert_eq!((picture.width, picture.height), (90, 60));
        let near = |value: u8, expected: u8| value.abs_diff(expected) <= 6;
        let rgb = &picture.rgb[..3];
        assert!(near(rgb[0], 0x20) && near(rgb[1], 0x60) && near(rgb[2], 0xa0), "{name}: {rgb:?}");
    }
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no picture at all").expect("writable");
    for bad in [text, folder.path().join("missing.jpg"), folder.path().to_owned()] {
        let error = Picture::load(&bad).expect_err("refused").to_string();
        assert!(error.contains(bad.to_str().expect("text")), "{error}");
    }
}
