//! The program's own sounds through a real device, without an engine and beside one.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod daemon;

use crossbeam::channel;
use daemon::{Daemon, now, wait_for};
use engine::capture::microphone::{self, Microphone};
use engine::config::{Config, MicrophoneSource, SpeakerSink};
use engine::engine::Engine;
use engine::frame::AudioFrame;
use engine::playback::chime::{Chime, ChimeEvent, Chimes};
use std::sync::Arc;
use std::time::Duration;

/// A sound this loud is one of ours.
const AUDIBLE: f32 = 0.05;
/// As long as the longest pause of the ring, and more.
const SILENCE: Duration = Duration::from_millis(2_500);

fn speaker() -> SpeakerSink {
    SpeakerSink::Device(Some("speaker".into()))
}

/// What reaches the loudspeaker.
struct Ear(rtrb::Consumer<AudioFrame>);

impl Ear {
    /// The loudest sample since the last call.
    fn peak(&mut self) -> f32 {
        let mut peak = 0.0f32;
        while let Ok(frame) = self.0.pop() {
            peak = frame.samples.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        }
        peak
    }

    fn wait_for_sound(&mut self, what: &str) {
        wait_for(what, || (self.peak() > AUDIBLE).then_some(()));
    }

    /// Listens until there has been silence for this long.
    fn wait_for_silence(&mut self, time: Duration) {
        let mut since = now();
        wait_for("silence", || {
            if self.peak() > AUDIBLE / 10.0 {
                since = now();
            }
            (since.elapsed() > time).then_some(())
        });
    }
}

fn at_once(order: impl FnOnce()) {
    let begun = now();
    order();
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
}

fn until(chimes: &Chimes, wanted: fn(&ChimeEvent) -> bool) {
    wait_for("an event", || {
        chimes.events().try_iter().find_map(|event| match event {
            ChimeEvent::Trouble(error) => panic!("{error}"),
            event => wanted(&event).then_some(()),
        })
    });
}

/// One test, because the sound server's address is the process's environment.
#[test]
fn chimes_are_heard_on_the_chosen_loudspeaker_and_stop_without_and_beside_an_engine() {
    let daemon = Daemon::start();
    daemon.serve_this_process();
    wait_for("the devices", || {
        let devices = microphone::list();
        let has = |names: &[String], part| names.iter().any(|name| name.contains(part));
        (has(&devices.inputs, "Monitor") && has(&devices.outputs, "Null")).then_some(())
    });
    let (producer, frames) = rtrb::RingBuffer::<AudioFrame>::new(microphone::RING_FRAMES);
    let (events, _troubles) = channel::unbounded();
    let _recording = Microphone::start(Some("speaker.monitor".into()), producer, events).unwrap();
    let mut ear = Ear(frames);
    let chimes = Chimes::start(Arc::new(|| {})).unwrap();

    at_once(|| chimes.play(Chime::TestMelody, speaker()));
    ear.wait_for_sound("the melody");
    until(&chimes, |event| matches!(event, ChimeEvent::Ended(Chime::TestMelody)));
    ear.wait_for_silence(Duration::from_millis(600));

    // Rings until it is stopped, which is heard soon.
    at_once(|| chimes.play(Chime::Ring, speaker()));
    for _ in 0..2 {
        ear.wait_for_sound("the ring");
        ear.wait_for_silence(Duration::from_millis(1_000));
    }
    ear.wait_for_sound("the ring once more");
    let begun = now();
    at_once(|| chimes.stop(Chime::Ring));
    ear.wait_for_silence(SILENCE);
    assert!(begun.elapsed() < SILENCE + Duration::from_millis(700), "{:?}", begun.elapsed());

    // The same device is played to by a call.
    let config =
        Config { microphone: MicrophoneSource::None, speaker: speaker(), ..Config::default() };
    let engine = Engine::start(config, Arc::new(|| {})).unwrap();
    for chime in [Chime::Knock, Chime::Hand] {
        at_once(|| chimes.play(chime, speaker()));
        ear.wait_for_sound("a chime beside a call");
        ear.wait_for_silence(Duration::from_millis(600));
    }
    assert!(engine.events().is_empty(), "{:?}", engine.events().try_recv());
}
