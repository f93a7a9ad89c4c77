//! Sharing under Wayland: the desktop asks, PipeWire delivers. Cancelling is no error, and whatever
//! the desktop does, the share ends in good order.

use engine::capture::screen;
use engine::config::{CameraSource, Config, MicrophoneSource, ScreenSource, SpeakerSink};
use engine::engine::{Command, Engine, Event};
use engine::frame::VideoFrame;
use katheder_suite::portal::{Answer, Portal, SIZE, Screen, on_wayland};
use std::sync::Arc;
use std::time::Duration;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(20);

fn engine() -> Engine {
    let config = Config {
        name: "portal".into(),
        camera: CameraSource::None,
        microphone: MicrophoneSource::None,
        speaker: SpeakerSink::Null,
        ..Config::default()
    };
    let engine = Engine::start(config, Arc::new(|| ())).expect("an engine");
    engine.send(Command::ShareScreen(Some(ScreenSource::Portal)));
    engine
}

/// The next event that is not about what leaves.
fn event(engine: &Engine) -> Event {
    loop {
        match engine.events().recv_timeout(LIMIT).expect("the engine tells") {
            Event::Transmitting { .. } => {}
            event => return event,
        }
    }
}

/// Waits for a picture of one grey.
fn grey(engine: &Engine, expected: u8) -> VideoFrame {
    let luma = (16.0 + f64::from(expected) * 219.0 / 255.0).round() as u8;
    let view = engine.screen_view();
    for _ in 0..400 {
        if let Some(frame) = view.wait(Duration::from_millis(50))
            && frame.planes.y.iter().all(|value| value.abs_diff(luma) <= 1)
        {
            return frame;
        }
    }
    panic!("no picture of grey {expected} came");
}

#[test]
fn what_the_user_allows_is_shared_until_they_stop_it_at_the_desktop() {
    on_wayland("what_the_user_allows_is_shared_until_they_stop_it_at_the_desktop", || {
        let listed: Vec<_> = screen::list().into_iter().map(|info| info.source).collect();
        assert_eq!(listed, [ScreenSource::Portal], "the desktop alone knows what there is");
        let screen = Screen::start().expect("a stream");
        let portal = Portal::start(Answer::Allow, screen.node).expect("a portal");
        let engine = engine();
        let frame = grey(&engine, 40);
        assert_eq!((frame.width, frame.height), SIZE, "without the padding of its lines");
        assert!(matches!(event(&engine), Event::ShareStarted(ScreenSource::Portal)));
        // What stands still is captured once, however often it is sent.
        let captured = || engine.stats().sending.screen.expect("a share").frames_captured;
        let before = captured();
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(captured(), before);
        screen.show(200);
        grey(&engine, 200);
        assert_eq!(portal.sessions(), 1);
        // A window in a corner of the picture, and one that was made larger.
        for (place, size, grey) in [((20, 10), (120, 80), 90), ((8, 4), (200, 150), 130)] {
            screen.show_window(place, size);
            screen.show(grey);
            let frame = self::grey(&engine, grey);
            assert_eq!((frame.width, frame.height), size, "the window alone");
        }
        portal.stop_shares().expect("says so");
        assert!(matches!(event(&engine), Event::ShareEnded), "quietly");
    });
}

#[test]
fn stopping_here_gives_the_session_back() {
    on_wayland("stopping_here_gives_the_session_back", || {
        let screen = Screen::start().expect("a stream");
        let portal = Portal::start(Answer::Allow, screen.node).expect("a portal");
        let engine = engine();
        grey(&engine, 40);
        engine.send(Command::ShareScreen(None));
        assert!(matches!(event(&engine), Event::ShareStarted(_)));
        assert!(matches!(event(&engine), Event::ShareEnded));
        assert_eq!(portal.sessions(), 0);
    });
}

#[test]
fn a_cancelled_question_is_quiet_and_an_open_one_can_be_taken_back() {
    on_wayland("a_cancelled_question_is_quiet_and_an_open_one_can_be_taken_back", || {
        let portal = Portal::start(Answer::Cancel, 0).expect("a portal");
        let engine = engine();
        assert!(matches!(event(&engine), Event::ShareEnded), "and no trouble before");
        // The figures follow the word a moment later.
        for _ in 0..200 {
            if engine.stats().sending.screen.is_none() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(engine.stats().sending.screen.is_none());
        drop((engine, portal));
        let portal = Portal::start(Answer::Wait, 0).expect("a portal");
        let engine = self::engine();
        for _ in 0..200 {
            if portal.sessions() == 1 {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(portal.sessions(), 1, "the question stands");
        engine.send(Command::ShareScreen(None));
        assert!(matches!(event(&engine), Event::ShareEnded));
        assert_eq!(portal.sessions(), 0, "the question is gone from the screen");
    });
}

#[test]
fn a_desktop_without_a_portal_is_told_what_to_install() {
    on_wayland("a_desktop_without_a_portal_is_told_what_to_install", || {
        let engine = engine();
        let Event::Trouble(error) = event(&engine) else { panic!("a trouble first") };
        assert!(error.to_string().contains("xdg-desktop-portal"), "{error}");
        assert!(matches!(event(&engine), Event::ShareEnded));
    });
}
