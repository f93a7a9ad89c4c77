//! Blur on a running stream fails closed: whatever breaks, no picture is ever sharp, and the user
//! hears of it.

mod pictures;

use engine::blur::live::{Live, Notice, Reason};
use engine::blur::ways::{Open, Process, Way};
use engine::blur::{Background, Device, Path, Picture, Quality};
use engine::codec::scale::Scaler;
use engine::frame::{Planes, VideoFrame};
use engine::{Error, Result};
use pictures::{board, detail, is_blurred};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Opening a way takes milliseconds; a machine that needs longer has hung.
const LIMIT: Duration = Duration::from_secs(20);

const BLURRED: Option<Background> = Some(Background::Blurred { strength: 0.6 });

fn gpu() -> Path {
    Path::Gpu { adapter: "Test GPU".into(), half: false }
}

/// A way that works, which is `n` pixels coarse.
fn good(path: Path, n: u32) -> Way {
    let (mut small, mut large) = (Scaler::new(), Scaler::new());
    let process: Process = Box::new(move |frame, _, _, timings| {
        timings.frame = Duration::from_millis(1);
        let small = small.scale(frame, (frame.width / n).max(1), (frame.height / n).max(1))?;
        large.scale(&small, frame.width, frame.height)
    });
    Way { path, process }
}

fn none() -> Result<Way> {
    Err(Error::Gpu("none here".into()))
}

fn opener(open: impl Fn(Device) -> Result<Way> + Send + Sync + 'static) -> Open {
    Arc::new(open)
}

/// A stream of boards through a [`Live`].
struct Stream {
    live: Live,
    notices: Receiver<Notice>,
    heard: Vec<Notice>,
    now: Instant,
    n: u32,
}

impl Stream {
    #[expect(clippy::disallowed_methods, reason = "one real moment to count from")]
    fn new(open: Open) -> Stream {
        let (tell, notices) = channel();
        let live = Live::new("test", open, move |notice| {
            let _ = tell.send(notice);
        });
        Stream { live, notices, heard: Vec::new(), now: Instant::now(), n: 0 }
    }

    /// The next picture, which must be blurred and of its size and moment.
    fn frame(&mut self) -> VideoFrame {
        self.n += 1;
        self.now += Duration::from_millis(33);
        let frame = board(320, 180, self.n);
        let picture = self.live.process(&frame, self.now).expect("no picture is dropped");
        assert_eq!((picture.width, picture.height), (320, 180));
        assert_eq!(picture.captured, frame.captured);
        assert!(is_blurred(&picture), "picture {} is sharp: {}", self.n, detail(&picture));
        self.heard.extend(self.notices.try_iter());
        picture
    }

    /// Pictures until a notice fits.
    #[expect(clippy::disallowed_methods, reason = "a limit for what runs on another thread")]
    fn until(&mut self, fits: impl Fn(&Notice) -> bool) -> Notice {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.heard.iter().position(&fits) {
                let notice = self.heard[at].clone();
                self.heard.drain(..=at);
                return notice;
            }
            assert!(begun.elapsed() < LIMIT, "never told; heard {:?}", self.heard);
            self.frame();
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn off_means_the_very_same_picture() {
    let mut stream = Stream::new(opener(|_| none()));
    let frame = board(320, 180, 0);
    let same = stream.live.process(&frame, stream.now).expect("a picture");
    assert!(Arc::ptr_eq(&same.planes, &frame.planes));
    stream.live.set(BLURRED).expect("fine");
    stream.frame();
    stream.live.set(None).expect("fine");
    let same = stream.live.process(&frame, stream.now).expect("a picture");
    assert!(Arc::ptr_eq(&same.planes, &frame.planes));
    assert_eq!(stream.live.meter().stats(), None);
}

#[test]
fn while_nothing_is_open_yet_the_whole_picture_is_blurred() {
    let (go, wait) = channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let mut stream = Stream::new(opener(move |device| {
        let _ = wait.lock().expect("one thread").recv();
        if device == Device::Cpu { Ok(good(Path::Cpu, 16)) } else { none() }
    }));
    stream.live.set(BLURRED).expect("fine");
    for _ in 0..10 {
        stream.frame();
    }
    assert_eq!(stream.heard, [], "opening is nothing to tell");
    assert_eq!(stream.live.meter().stats().expect("on").frames_whole, 10);
    drop(go);
    stream.until(|notice| matches!(notice, Notice::Path { path: Path::Cpu, .. }));
    assert!(stream.live.meter().stats().expect("on").frames > 0);
}

#[test]
fn the_processor_begins_and_the_gpu_takes_over_when_it_is_ready() {
    let ready = Arc::new(AtomicBool::new(false));
    let signal = ready.clone();
    let mut stream = Stream::new(opener(move |device| {
        if device == Device::Cpu {
            return Ok(good(Path::Cpu, 16));
        }
        while !signal.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        Ok(good(gpu(), 20))
    }));
    stream.live.set(BLURRED).expect("fine");
    let first = stream.until(|notice| matches!(notice, Notice::Path { .. }));
    assert_eq!(first, Notice::Path { path: Path::Cpu, reason: Reason::Starting });
    ready.store(true, Ordering::Relaxed);
    let then = stream.until(|notice| matches!(notice, Notice::Path { .. }));
    assert_eq!(then, Notice::Path { path: gpu(), reason: Reason::Gpu });
    let stats = stream.live.meter().stats().expect("on");
    assert_eq!((stats.path, stats.reason, stats.fallbacks), (Some(gpu()), Reason::Gpu, 0));
}

#[test]
fn without_a_gpu_the_reason_is_told() {
    let mut stream =
        Stream::new(opener(
            |device| {
                if device == Device::Cpu { Ok(good(Path::Cpu, 16)) } else { none() }
            },
        ));
    stream.live.set(BLURRED).expect("fine");
    let expected = Reason::NoGpu("none here".into());
    let told = stream.until(
        |notice| matches!(notice, Notice::Path { reason, .. } if *reason != Reason::Starting),
    );
    assert_eq!(told, Notice::Path { path: Path::Cpu, reason: expected });
}

/// A GPU that ends in `how` at its fifth picture.
fn mortal(how: fn(&VideoFrame) -> Result<VideoFrame>) -> Open {
    opener(move |device| {
        if device == Device::Cpu {
            return Ok(good(Path::Cpu, 16));
        }
        let (mut way, mut n) = (good(gpu(), 16), 0);
        let process: Process = Box::new(move |frame, background, quality, timings| {
            n += 1;
            if n < 5 { (way.process)(frame, background, quality, timings) } else { how(frame) }
        });
        Ok(Way { path: gpu(), process })
    })
}

#[test]
fn a_gpu_that_is_lost_panics_or_does_nothing_is_replaced_within_the_picture_and_told() {
    let ends: [fn(&VideoFrame) -> Result<VideoFrame>; 4] = [
        |_| Err(Error::Gpu("device lost".into())),
        |_| panic!("a fault in the blur, on purpose"),
        |frame| Ok(frame.clone()),
        |frame| Scaler::new().scale(frame, 16, 16),
    ];
    for end in ends {
        let mut stream = Stream::new(mortal(end));
        stream.live.set(BLURRED).expect("fine");
        stream.until(|notice| matches!(notice, Notice::Path { path: Path::Gpu { .. }, .. }));
        let told = stream.until(|notice| matches!(notice, Notice::Path { path: Path::Cpu, .. }));
        let Notice::Path { reason: Reason::GpuFailed(_), .. } = told else { panic!("{told:?}") };
        // It is not tried again by itself.
        for _ in 0..50 {
            stream.frame();
        }
        assert_eq!(stream.heard, []);
        assert_eq!(stream.live.meter().stats().expect("on").fallbacks, 1);
    }
}

#[test]
fn without_any_way_the_whole_picture_is_blurred_until_the_processor_recovers() {
    let works = Arc::new(AtomicBool::new(false));
    let signal = works.clone();
    let mut stream = Stream::new(opener(move |device| {
        if device == Device::Gpu {
            return none();
        }
        if signal.load(Ordering::Relaxed) {
            return Ok(good(Path::Cpu, 16));
        }
        let process: Process = Box::new(|_, _, _, _| panic!("a fault in the blur, on purpose"));
        Ok(Way { path: Path::Cpu, process })
    }));
    stream.live.set(BLURRED).expect("fine");
    let told = stream.until(|notice| matches!(notice, Notice::Whole { .. }));
    assert!(matches!(told, Notice::Whole { reason: Reason::Failed(_) }), "{told:?}");
    assert_eq!(stream.live.meter().stats().expect("on").path, None);
    works.store(true, Ordering::Relaxed);
    stream.now += Duration::from_secs(5);
    stream.until(|notice| matches!(notice, Notice::Path { path: Path::Cpu, .. }));
    assert_eq!(stream.live.meter().stats().expect("on").path, Some(Path::Cpu));
}

#[test]
fn a_way_that_cannot_be_opened_or_panics_meanwhile_is_told_once() {
    for panics in [false, true] {
        let mut stream = Stream::new(opener(move |_| {
            assert!(!panics, "a fault while opening, on purpose");
            none()
        }));
        stream.live.set(BLURRED).expect("fine");
        stream.until(|notice| matches!(notice, Notice::Whole { .. }));
        for _ in 0..20 {
            stream.frame();
        }
        assert_eq!(stream.heard, []);
    }
}

#[test]
fn toggling_and_tuning_lose_no_picture_and_show_nothing() {
    let mut stream = Stream::new(opener(|device| {
        if device == Device::Cpu { Ok(good(Path::Cpu, 16)) } else { Ok(good(gpu(), 16)) }
    }));
    for round in 0..20 {
        for strength in [0.0, 0.3, 1.0, 7.0, f32::NAN] {
            stream.live.set(Some(Background::Blurred { strength })).expect("fine");
            stream.frame();
            stream.frame();
        }
        stream.live.set(None).expect("fine");
        let sharp = stream.live.process(&board(320, 180, round), stream.now).expect("a picture");
        assert!(!is_blurred(&sharp));
    }
}

#[test]
fn a_still_background_that_cannot_be_used_is_refused_and_hides_the_room_all_the_same() {
    let mut stream = Stream::new(opener(|_| none()));
    let bad = Picture { width: 8, height: 8, rgb: vec![0; 100] };
    let bad = Some(Background::Picture(Arc::new(bad)));
    let error = stream.live.set(bad).expect_err("refused");
    assert!(error.to_string().contains("background picture"), "{error}");
    stream.frame();
    let empty = Picture { width: 0, height: 8, rgb: Vec::new() };
    stream.live.set(Some(Background::Picture(Arc::new(empty)))).expect_err("refused");
    stream.frame();
}

#[test]
fn sizes_may_change_from_picture_to_picture() {
    let mut stream =
        Stream::new(opener(
            |device| {
                if device == Device::Cpu { Ok(good(Path::Cpu, 16)) } else { none() }
            },
        ));
    stream.live.set(BLURRED).expect("fine");
    for round in 0..4 {
        for (width, height) in [(320, 180), (180, 320), (641, 359), (16, 16), (1280, 720)] {
            let frame = board(width, height, round);
            let picture = stream.live.process(&frame, stream.now).expect("a picture");
            assert_eq!((picture.width, picture.height), (width, height));
            assert!(is_blurred(&picture), "{width} × {height}: {}", detail(&picture));
        }
    }
}

#[test]
fn a_damaged_picture_does_not_leave_and_breaks_nothing() {
    let mut stream =
        Stream::new(opener(
            |device| {
                if device == Device::Cpu { Ok(good(Path::Cpu, 16)) } else { none() }
            },
        ));
    stream.live.set(BLURRED).expect("fine");
    stream.until(|notice| matches!(notice, Notice::Path { reason: Reason::NoGpu(_), .. }));
    let mut damaged = board(320, 180, 0);
    damaged.planes = Arc::new(Planes { y: vec![0; 10], u: vec![], v: vec![] });
    assert!(stream.live.process(&damaged, stream.now).is_none());
    stream.frame();
    let stats = stream.live.meter().stats().expect("on");
    assert_eq!((stats.frames_withheld, stats.fallbacks), (1, 0));
    assert_eq!(stream.heard, []);
}

#[test]
fn overload_lowers_quality_step_by_step_then_leaves_the_gpu_and_each_step_is_told_once() {
    let interval = Duration::from_millis(33);
    let mut stream = Stream::new(opener(move |device| {
        Ok(good(if device == Device::Cpu { Path::Cpu } else { gpu() }, 16))
    }));
    stream.live.set(BLURRED).expect("fine");
    stream.until(|notice| matches!(notice, Notice::Path { path: Path::Gpu { .. }, .. }));
    let overload = |stream: &mut Stream| {
        stream.frame();
        stream.live.worked(2 * interval, interval, stream.now);
    };
    for quality in [Quality::Reduced, Quality::Lowest] {
        while stream.live.meter().stats().expect("on").quality != quality {
            overload(&mut stream);
        }
        stream.frame();
        assert_eq!(stream.heard, [Notice::Quality { quality, lowered: true }]);
        stream.heard.clear();
    }
    while stream.heard.is_empty() {
        overload(&mut stream);
    }
    let moved = Notice::Path { path: Path::Cpu, reason: Reason::GpuTooSlow };
    assert_eq!(stream.heard, [moved]);
    assert_eq!(stream.live.meter().stats().expect("on").quality, Quality::Full);
}

#[test]
fn another_scene_is_looked_at_afresh_even_at_the_lowest_quality() {
    let interval = Duration::from_millis(33);
    let still = board(320, 180, 0);
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = asked.clone();
    let mut stream = Stream::new(opener(move |device| {
        if device == Device::Gpu {
            return none();
        }
        let (mut way, log) = (good(Path::Cpu, 16), log.clone());
        let process: Process = Box::new(move |frame, background, quality, timings| {
            log.lock().expect("a list").push(quality);
            (way.process)(frame, background, quality, timings)
        });
        Ok(Way { path: Path::Cpu, process })
    }));
    stream.live.set(BLURRED).expect("fine");
    stream.until(|notice| matches!(notice, Notice::Path { reason: Reason::NoGpu(_), .. }));
    for _ in 0..100 {
        stream.live.process(&still, stream.now);
        stream.live.worked(2 * interval, interval, stream.now);
    }
    asked.lock().expect("a list").clear();
    let mut dark = board(320, 180, 0);
    dark.planes = Arc::new(Planes { y: vec![16; 320 * 180], ..(*dark.planes).clone() });
    for frame in [&still, &still, &dark, &dark, &still] {
        stream.live.process(frame, stream.now);
    }
    use Quality::{Full, Lowest};
    assert_eq!(*asked.lock().expect("a list"), [Lowest, Lowest, Full, Lowest, Full]);
}
