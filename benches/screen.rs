//! What a shared monitor costs at 1080p: capturing pages of text that change all the time, and
//! encoding them, beside FFmpeg's x11grab and libx264 with the same settings.
//!
//! Figures are CPU milliseconds a picture, of the capturing thread and of the other program: the
//! X server's own work is the same for both. It needs `Xvfb` and the `ffmpeg` command.

use engine::codec::video_encoder::{Content, Settings, VideoEncoder};
use engine::config::{
    CameraSource, Config, MicrophoneSource, ScreenSource, SpeakerSink, VideoCodec,
};
use engine::engine::{Command, Engine};
use engine::frame::VideoFrame;
use katheder_suite::desktop::bench_on_a_desktop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

const SIZE: (u16, u16) = (1920, 1080);
const FPS: u32 = 15;
const TIME: Duration = Duration::from_secs(6);

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    bench_on_a_desktop((SIZE.0.into(), SIZE.1.into()), |desktop| {
        let page = desktop.page("Pages", (0, 0), SIZE, 1).expect("a window");
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for turn in 0.. {
                    if over.load(Relaxed) {
                        break;
                    }
                    page.turn(turn).expect("turns");
                    std::thread::sleep(Duration::from_secs(1) / FPS);
                }
            });
            let _over = Over(&over);
            let frames = ours();
            encoding(&frames);
            peer("x11grab", &["-f", "null", "-"]);
            peer(
                "x11grab + libx264",
                &[
                    "-pix_fmt",
                    "yuv420p",
                    "-c:v",
                    "libx264",
                    "-preset",
                    "superfast",
                    "-tune",
                    "zerolatency",
                    "-profile:v",
                    "baseline",
                    "-crf",
                    "22",
                    "-maxrate",
                    "4M",
                    "-bufsize",
                    "3200k",
                    "-threads",
                    "1",
                    "-x264-params",
                    "scenecut=0:sliced-threads=0:qcomp=1:qpmax=38:no-psy=1:aq-mode=0",
                    "-g",
                    "3000",
                    "-f",
                    "null",
                    "-",
                ],
            );
        });
    });
}

/// Ends the page turner, also when a figure cannot be had.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Captures through the engine; gives some of the pictures.
fn ours() -> Vec<VideoFrame> {
    let config = Config {
        name: "bench".into(),
        camera: CameraSource::None,
        microphone: MicrophoneSource::None,
        speaker: SpeakerSink::Null,
        max_screen_fps: FPS,
        ..Config::default()
    };
    let engine = Engine::start(config, Arc::new(|| ())).expect("an engine");
    let monitor = engine::capture::screen::list().remove(0).source;
    assert!(matches!(monitor, ScreenSource::Monitor(_)));
    engine.send(Command::ShareScreen(Some(monitor)));
    let (mut frames, view) = (Vec::new(), engine.screen_view());
    view.wait(Duration::from_secs(10)).expect("a first picture");
    let (began, before) = (now(), thread_seconds("bench-screen"));
    let captured =
        |engine: &Engine| engine.stats().sending.screen.map_or(0, |screen| screen.frames_captured);
    let first = captured(&engine);
    while now() - began < TIME {
        if let Some(frame) = view.wait(Duration::from_millis(200))
            && frames.len() < 30
        {
            frames.push(frame);
        }
    }
    let count = captured(&engine) - first;
    let cpu = thread_seconds("bench-screen") - before;
    tell("katheder: capture", cpu, count);
    frames
}

fn encoding(frames: &[VideoFrame]) {
    for codec in [VideoCodec::H264, VideoCodec::Vp8] {
        let mut encoder = VideoEncoder::open(Settings {
            codec,
            content: Content::Screen,
            width: SIZE.0.into(),
            height: SIZE.1.into(),
            fps: FPS,
            bitrate_bps: 4_000_000,
        })
        .expect("an encoder");
        let before = cpu_seconds("/proc/thread-self/stat");
        for frame in frames {
            encoder.encode(frame, false).expect("encodes");
        }
        let cpu = cpu_seconds("/proc/thread-self/stat") - before;
        tell(&format!("katheder: encode {codec:?}"), cpu, frames.len() as u64);
    }
}

/// The same by the `ffmpeg` command.
fn peer(name: &str, output: &[&str]) {
    let display = std::env::var("DISPLAY").expect("a display");
    let seconds = TIME.as_secs().to_string();
    let before = children_seconds();
    let status = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "x11grab", "-framerate", &FPS.to_string()])
        .args(["-video_size", &format!("{}x{}", SIZE.0, SIZE.1), "-i", &display, "-t", &seconds])
        .args(output)
        .status()
        .expect("the ffmpeg command is installed");
    assert!(status.success(), "{name} failed");
    tell(&format!("ffmpeg: {name}"), children_seconds() - before, TIME.as_secs() * u64::from(FPS));
}

fn tell(what: &str, cpu_seconds: f64, pictures: u64) {
    println!(
        "{what:32} {:6.2} ms of CPU a picture ({pictures} pictures)",
        cpu_seconds * 1e3 / pictures.max(1) as f64
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn now() -> Instant {
    Instant::now()
}

/// The fields of a `stat` file of proc(5) from the third on.
fn fields(path: &str) -> Vec<f64> {
    let stat = std::fs::read_to_string(path).unwrap_or_default();
    // The command's name may hold spaces; it ends with the last parenthesis.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    rest.split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect()
}

/// User and system time, which come in hundredths of a second.
fn cpu_seconds(path: &str) -> f64 {
    let fields = fields(path);
    (fields[11] + fields[12]) / 100.0
}

fn children_seconds() -> f64 {
    let fields = fields("/proc/self/stat");
    (fields[13] + fields[14]) / 100.0
}

/// Of this process's thread of that name.
fn thread_seconds(name: &str) -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux tells");
    let of = threads.flatten().find(|thread| {
        std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
    });
    let path = of.expect("the thread runs").path().join("stat");
    cpu_seconds(&path.display().to_string())
}
