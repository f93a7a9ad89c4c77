use super::continuity::Continuity;
use super::*;
use crate::audio::sender::Sender as AudioSender;
use crate::frame::AudioFrame;
use crate::jitter_buffer::any_moment;

fn lost(sequence: impl IntoIterator<Item = u16>) -> u64 {
    let mut continuity = Continuity::default();
    sequence.into_iter().for_each(|number| continuity.insert(number));
    continuity.lost()
}

#[test]
fn what_never_came_counts_as_lost() {
    assert_eq!(lost([]), 0);
    assert_eq!(lost([7]), 0);
    assert_eq!(lost([7, 8, 11, 12]), 2);
    assert_eq!(lost([7, 11, 8, 9, 10]), 0, "late is not lost");
    assert_eq!(lost([65_534, 65_535, 1, 2]), 1, "numbers wrap");
    assert_eq!(lost([9, 7, 8]), 0, "the first may come late");
}

fn slot() -> VideoSlot {
    VideoSlot::new(latest::channel().0)
}

#[test]
fn a_slot_that_changed_hands_waits_for_the_new_owners_keyframe() {
    let (mut slot, now) = (slot(), any_moment());
    let mut dropped = |keyframe_at| {
        slot.keyframe_at = keyframe_at;
        slot.change_hands(now + NEWS_DELAY);
        slot.rebound.swap(false, Ordering::Relaxed)
    };
    assert!(dropped(None));
    assert!(dropped(Some(now)));
    assert!(!dropped(Some(now + NEWS_DELAY / 2)), "the new owner's keyframe came before the news");
}

#[test]
fn lip_sync_starts_anew_with_another_voice_or_face() {
    let now = any_moment() + Duration::from_secs(10);
    let measured = |slot: &VideoSlot| {
        let mut lip_sync = slot.lip_sync.lock();
        for _ in 0..5 {
            lip_sync.sound_played(now, now);
            lip_sync.picture_shown(now, now);
        }
        lip_sync.offset_ms(now).is_some()
    };
    let mut driver = Driver {
        name: "test".to_owned(),
        mode: Receive::Decode,
        playback: None,
        wake: Arc::new(|| ()),
        transport: Weak::new(),
        pictures: Shared::default(),
        figures: Shared::default(),
        video: HashMap::from([("4".into(), slot())]),
        audio: HashMap::from([
            ("1".into(), AudioSlot::default()),
            ("2".into(), AudioSlot::default()),
        ]),
    };
    let pair = |audio: &str| Inbox::Pairs(vec![("4".to_owned(), audio.to_owned())]);
    let offset = |driver: &Driver| driver.video["4"].lip_sync.lock().offset_ms(now);
    driver.take(pair("1"), now);
    assert_eq!((driver.audio["1"].pairs.len(), driver.audio["2"].pairs.len()), (1, 0));
    assert!(measured(&driver.video["4"]));
    driver.take(pair("1"), now);
    assert!(offset(&driver).is_some(), "the same voice as before");
    driver.take(pair("2"), now);
    assert!(offset(&driver).is_none(), "another voice");
    assert_eq!((driver.audio["1"].pairs.len(), driver.audio["2"].pairs.len()), (0, 1));
    assert!(measured(&driver.video["4"]));
    driver.take(Inbox::Rebound(vec!["4".to_owned()]), now);
    assert!(offset(&driver).is_none(), "another face");
}

/// Two people with a tone each, decoded, mixed and played on the null sink, by the real clock.
struct Voices {
    driver: Driver,
    senders: [(AudioSender, f32); 2],
    played: rtrb::Consumer<f32>,
    sent: u16,
}

const TONES_HZ: [f32; 2] = [400.0, 1_000.0];

#[expect(clippy::disallowed_methods, reason = "the loudspeaker runs by the real clock")]
fn clock() -> Instant {
    Instant::now()
}

impl Voices {
    fn new() -> Voices {
        let mut playback = Playback::start(SpeakerSink::Null, crossbeam::channel::unbounded().0)
            .expect("a null sink");
        let played = playback.take_played().expect("the first caller");
        let driver = Driver {
            name: "test".to_owned(),
            mode: Receive::Decode,
            playback: Some(playback),
            wake: Arc::new(|| ()),
            transport: Weak::new(),
            pictures: Shared::default(),
            figures: Shared::default(),
            video: HashMap::new(),
            audio: HashMap::new(),
        };
        let sender = |_| (AudioSender::new(48_000, 0).expect("an encoder"), 0.0);
        let mut voices = Voices { driver, senders: [0, 1].map(sender), played, sent: 0 };
        let slot = |mid: &str| ReceivingSlot { mid: mid.to_owned(), video: false };
        voices.driver.connect(Weak::new(), vec![slot("1"), slot("2")]);
        voices
    }

    fn set(&mut self, volumes: [u8; 2]) {
        let volumes = [("1", volumes[0]), ("2", volumes[1])];
        let named = volumes.map(|(mid, percent)| (mid.to_owned(), percent)).to_vec();
        self.driver.take(Inbox::Volumes(named), clock());
    }

    /// Talks for so many packets of 20 ms, and gives the amplitude of each tone as it was played
    /// towards the end.
    fn talk(&mut self, packets: usize) -> [f32; 2] {
        let (mut due, mut heard) = (clock(), Vec::new());
        for _ in 0..packets {
            due += Duration::from_millis(20);
            for (at, (sender, phase)) in self.senders.iter_mut().enumerate() {
                let mut packet = None;
                for _ in 0..2 {
                    let samples = std::array::from_fn(|_| {
                        *phase = (*phase + TONES_HZ[at] / 48_000.0).fract();
                        0.2 * (*phase * std::f32::consts::TAU).sin()
                    });
                    let frame = AudioFrame { captured: due, samples };
                    packet = sender.push(&frame, false).expect("Opus").or(packet);
                }
                let encoded = packet.expect("every second frame");
                let packet = RtpPacket {
                    payload_kind: PayloadKind::Opus,
                    sequence: self.sent,
                    timestamp: encoded.timestamp,
                    marker: false,
                    payload: encoded.data,
                    captured: None,
                    level: None,
                    arrived: clock(),
                };
                let mid: Arc<str> = ["1", "2"][at].into();
                self.driver.take(Inbox::Rtp(mid, packet), clock());
            }
            self.sent = self.sent.wrapping_add(1);
            while clock() < due {
                self.driver.tend(clock());
                std::thread::sleep(Duration::from_millis(2));
            }
            while let Ok(sample) = self.played.pop() {
                heard.push(sample);
            }
        }
        let end = &heard[heard.len().saturating_sub(9_600)..];
        TONES_HZ.map(|hz| amplitude(end, hz))
    }
}

/// The amplitude of one frequency.
fn amplitude(samples: &[f32], hz: f32) -> f32 {
    let turn = |n: usize| std::f32::consts::TAU * hz * n as f32 / 48_000.0;
    let sum = |wave: fn(f32) -> f32| -> f32 {
        samples.iter().enumerate().map(|(n, sample)| sample * wave(turn(n))).sum()
    };
    2.0 * sum(f32::sin).hypot(sum(f32::cos)) / samples.len().max(1) as f32
}

#[test]
fn each_voice_is_played_as_loud_as_it_is_set_and_a_fresh_connection_starts_at_full() {
    let mut voices = Voices::new();
    let near = |heard: f32, percent: f32| (heard - 0.2 * percent / 100.0).abs() < 0.03;
    let [a, b] = voices.talk(40);
    assert!(near(a, 100.0) && near(b, 100.0), "{a} {b}");
    voices.set([60, 0]);
    let [a, b] = voices.talk(40);
    assert!(near(a, 60.0) && b < 0.005, "{a} {b}");
    voices.set([0, 200]);
    let [a, b] = voices.talk(40);
    assert!(a < 0.005 && near(b, 200.0), "{a} {b}");
    // Before the first packet of a slot its volume holds as well.
    let slot = |mid: &str| ReceivingSlot { mid: mid.to_owned(), video: false };
    voices.driver.connect(Weak::new(), vec![slot("1"), slot("2")]);
    voices.set([0, 100]);
    let [a, b] = voices.talk(40);
    assert!(a < 0.005 && near(b, 100.0), "{a} {b}");
    voices.driver.connect(Weak::new(), vec![slot("1"), slot("2")]);
    let [a, b] = voices.talk(40);
    assert!(near(a, 100.0) && near(b, 100.0), "{a} {b}");
    let row = &voices.driver.figures.lock()["1"];
    assert!(row.recent.rates(clock()).concealed < 0.2);
}
