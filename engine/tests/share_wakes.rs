//! Whoever shares is told of new pictures of the share, and not of each: a window that shows its own
//! picture would be drawn for ever.

use engine::config::{CameraSource, Config, MicrophoneSource, ScreenSource, SpeakerSink};
use engine::engine::{Command, Engine, Event};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A machine that needs longer for anything here has hung.
const LIMIT: Duration = Duration::from_secs(30);

#[test]
#[expect(clippy::disallowed_methods, reason = "a real engine runs by the clock")]
fn the_own_share_wakes_at_most_twice_a_second_and_at_once_when_it_begins() {
    let wakes = Arc::new(AtomicU32::new(0));
    let counter = wakes.clone();
    let config = Config {
        name: "test".into(),
        camera: CameraSource::None,
        microphone: MicrophoneSource::None,
        speaker: SpeakerSink::Null,
        max_screen_fps: 30,
        ..Config::default()
    };
    let wake = Arc::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let engine = Engine::start(config, wake).expect("threads");
    let view = engine.screen_view();
    let before = wakes.load(Ordering::Relaxed);
    let began = Instant::now();
    engine.send(Command::ShareScreen(Some(ScreenSource::Demo)));
    let mut pictures = 0;
    while pictures < 60 {
        view.wait(LIMIT).expect("a picture");
        pictures += 1;
    }
    let most = 2 + (began.elapsed().as_secs_f64() / 0.5).floor() as u32;
    let woken = wakes.load(Ordering::Relaxed) - before;
    assert!(
        (2..=most).contains(&woken),
        "{woken} for {pictures} pictures in {:?}",
        began.elapsed()
    );
    let started = std::iter::from_fn(|| engine.events().recv_timeout(LIMIT).ok());
    let mut started = started.filter(|event| matches!(event, Event::ShareStarted(_)));
    assert!(started.next().is_some());
}
