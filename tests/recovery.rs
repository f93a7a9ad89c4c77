//! What goes wrong in the middle of a call, and how the call comes back.

use client::call::{Call, CallEvent, Link};
use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use engine::engine::Engine;
use katheder_suite::conference::{LIMIT, Native, Venue};
use katheder_suite::network::Conditions;
use protocol::{ChatScope, ClientMessage, Credential, ParticipantId, Refusal, RoomKind};
use std::ops::{AddAssign, Sub};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Leaving and letting go of the engine: people close windows.
const PROMPT: Duration = Duration::from_secs(2);

fn config(name: &str) -> Config {
    Config {
        name: name.to_owned(),
        camera: CameraSource::Demo,
        microphone: MicrophoneSource::Demo,
        speaker: SpeakerSink::Null,
        max_lines: 360,
        audio_slots: 2,
        video_slots: 1,
        ..Config::default()
    }
}

/// Media that reached somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Flow {
    frames_received: u64,
    frames_shown: u64,
    audio_packets: u64,
    samples: u64,
    concealed: u64,
}

impl Sub for Flow {
    type Output = Flow;

    /// What came since `before`; counters that started anew count from 0.
    fn sub(self, before: Flow) -> Flow {
        let since = |now: u64, then: u64| now.checked_sub(then).unwrap_or(now);
        Flow {
            frames_received: since(self.frames_received, before.frames_received),
            frames_shown: since(self.frames_shown, before.frames_shown),
            audio_packets: since(self.audio_packets, before.audio_packets),
            samples: since(self.samples, before.samples),
            concealed: since(self.concealed, before.concealed),
        }
    }
}

impl AddAssign for Flow {
    fn add_assign(&mut self, more: Flow) {
        self.frames_received += more.frames_received;
        self.frames_shown += more.frames_shown;
        self.audio_packets += more.audio_packets;
        self.samples += more.samples;
        self.concealed += more.concealed;
    }
}

/// One of two in a call, who watches the other.
struct Person {
    native: Native,
    watched: Option<ParticipantId>,
    last: Flow,
    /// Since the test set it to nothing.
    gained: Flow,
}

impl Person {
    fn new(native: Native) -> Person {
        Person { native, watched: None, last: Flow::default(), gained: Flow::default() }
    }

    /// Takes in what happened, and watches whoever else is there.
    fn look(&mut self) {
        self.native.poll();
        let you = self.native.snapshot.as_ref().map(|snapshot| snapshot.you);
        let other = self.native.people.iter().find(|p| Some(p.id) != you && p.camera);
        if let Some(other) = other.map(|person| person.id)
            && self.watched != Some(other)
        {
            self.watched = Some(other);
            self.native.watch(other, 360);
        }
        let mut now = Flow::default();
        for slot in self.native.call.engine().stats().receiving {
            now += Flow {
                frames_received: slot.frames_received,
                frames_shown: slot.frames_shown,
                audio_packets: if slot.video { 0 } else { slot.packets },
                samples: slot.samples,
                concealed: slot.samples_concealed,
            };
        }
        self.gained += now - self.last;
        self.last = now;
    }

    /// How often the log holds something like `what`.
    fn told(&self, what: &str) -> usize {
        self.native.log.iter().filter(|line| line.contains(what)).count()
    }
}

#[expect(clippy::disallowed_methods, reason = "recovery is measured in real time")]
fn now() -> Instant {
    Instant::now()
}

/// Looks at both until `done`; fails with their logs after `limit`.
fn look_until(
    people: &mut [Person; 2],
    what: &str,
    limit: Duration,
    mut done: impl FnMut(&[Person; 2]) -> bool,
) -> Duration {
    let begun = now();
    loop {
        people.iter_mut().for_each(Person::look);
        if done(people) {
            return begun.elapsed();
        }
        if begun.elapsed() > limit {
            let logs = people.each_ref().map(|person| (&person.gained, &person.native.log));
            panic!("{what} did not happen within {limit:?}: {logs:#?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Looks at both for `time`.
fn look_for(people: &mut [Person; 2], time: Duration) {
    let end = now() + time;
    look_until(people, "the time", time * 2, |_| now() >= end);
}

fn sees_and_hears(person: &Person) -> bool {
    person.gained.frames_shown >= 5 && person.gained.audio_packets >= 5
}

/// Host and guest, who see and hear each other.
fn call(venue: &Venue) -> [Person; 2] {
    let host = venue.host(config("host")).expect("a host");
    let guest = venue.guest("Gast", config("guest")).expect("a guest");
    let mut people = [Person::new(host), Person::new(guest)];
    look_until(&mut people, "the call", LIMIT, |people| people.iter().all(sees_and_hears));
    people
}

#[test]
fn after_a_restart_of_the_hub_both_come_back_by_themselves_and_see_and_hear_each_other() {
    let mut venue = Venue::open(RoomKind::GroupCall).expect("a hub");
    let mut people = call(&venue);
    let joined = people.each_ref().map(|person| person.told("joined"));
    let begun = now();
    venue.restart_hub().expect("the hub starts again");
    let down = begun.elapsed();
    let inside = |people: &[Person; 2]| {
        people.iter().zip(joined).all(|(person, before)| person.told("joined") > before)
    };
    look_until(&mut people, "coming back", LIMIT, inside);
    let back_inside = begun.elapsed();
    // What the jitter buffers still held was shown meanwhile.
    people.iter_mut().for_each(|person| person.gained = Flow::default());
    let heard = |people: &[Person; 2]| people.iter().all(|p| p.gained.audio_packets >= 5);
    look_until(&mut people, "sound", LIMIT, heard);
    let sound = begun.elapsed();
    look_until(&mut people, "picture", LIMIT, |people| people.iter().all(sees_and_hears));
    let picture = begun.elapsed();
    println!(
        "hub stopped and started: down {down:.2?}, inside {back_inside:.2?}, \
         sound {sound:.2?}, picture {picture:.2?}"
    );
    for person in &people {
        assert!(person.told("Link(Lost") >= 1, "{:#?}", person.native.log);
        assert_eq!(person.told("trouble"), 0, "{:#?}", person.native.log);
        assert!(person.native.log.iter().any(|line| line.contains("HubStops")));
    }
    assert!(picture < Duration::from_secs(10), "picture after {picture:?}");
    // And it stays.
    people.iter_mut().for_each(|person| person.gained = Flow::default());
    look_for(&mut people, Duration::from_secs(2));
    for person in &people {
        assert!(person.gained.frames_shown > 40, "{:?}", person.gained);
    }
}

/// Waits until nobody holds the engine any more.
fn engine_ends(engine: &Weak<Engine>) -> Duration {
    let begun = now();
    while engine.strong_count() > 0 && begun.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(5));
    }
    begun.elapsed()
}

#[test]
fn a_hub_that_is_gone_for_good_is_told_with_growing_waits_and_the_call_can_be_left_at_once() {
    let mut venue = Venue::open(RoomKind::GroupCall).expect("a hub");
    let [host, guest] = call(&venue);
    let hub = venue.hub.take().expect("the hub runs");
    venue.runtime.block_on(hub.stop());
    let call = guest.native.call;
    let mut waits = Vec::new();
    while waits.len() < 4 {
        match call.wait(LIMIT).expect("a lost link goes on being told") {
            CallEvent::Link(Link::Lost { retry_in }) => waits.push(retry_in),
            CallEvent::Link(link) => assert_eq!(link, Link::Up, "before the hub stopped"),
            _ => {}
        }
    }
    assert!(waits.is_sorted_by(|a, b| a < b), "{waits:?}");
    for call in [call, host.native.call] {
        let engine = Arc::downgrade(call.engine());
        let begun = now();
        drop(call);
        let (left, ended) = (begun.elapsed(), engine_ends(&engine));
        println!("left after {left:.2?}, engine ended after {ended:.2?}");
        assert!(left + ended < PROMPT, "leaving took {left:?}, the engine's end {ended:?}");
    }
}

#[test]
fn a_hub_that_accepts_and_says_nothing_does_not_hold_up_leaving() {
    let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("its address");
    let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
    let engine = Arc::new(Engine::start(config("silent"), wake.clone()).expect("an engine"));
    let credential = Credential::Link { link: "any".into(), name: "Gast".into() };
    let url = format!("ws://{address}/api/v1/ws");
    let call = Call::join(venue.runtime.handle(), url, credential, engine, wake);
    assert!(matches!(call.wait(LIMIT), Some(CallEvent::Link(Link::Connecting))));
    // The connection stands now, and nobody answers on it.
    let (_connection, _) = silent.accept().expect("the client connects");
    let engine = Arc::downgrade(call.engine());
    drop(call);
    let ended = engine_ends(&engine);
    assert!(ended < PROMPT, "the engine's end took {ended:?}");
}

#[test]
fn a_wrong_link_or_name_is_refused_with_its_reason_and_the_call_closes() {
    let venue = Venue::open(RoomKind::Webinar).expect("a hub");
    let link = |link: &str, name: &str| Credential::Link { link: link.into(), name: name.into() };
    let right = venue.room.link_path.rsplit('/').next().expect("a token").to_owned();
    let quiet = || Config {
        camera: CameraSource::None,
        microphone: MicrophoneSource::None,
        speaker: SpeakerSink::Null,
        ..Config::default()
    };
    for (credential, reason) in [
        (link("nowhere", "Gast"), Refusal::Link),
        (link("", "Gast"), Refusal::Link),
        (link(&"x".repeat(10_000), "Gast"), Refusal::Link),
        (link("../../etc/passwd\0", "Gast"), Refusal::Link),
        (link(&right, ""), Refusal::Name),
        (link(&right, " \t\u{200b}\n"), Refusal::Name),
        (link(&right, &"x".repeat(protocol::MAX_NAME_CHARS + 1)), Refusal::Name),
        (link(&right, &"ü".repeat(50_000)), Refusal::Name),
        (
            Credential::Session { token: "no".into(), number: "1".into(), name: None },
            Refusal::Session,
        ),
    ] {
        let native = venue.join(credential.clone(), quiet()).expect("an engine");
        let mut refused = None;
        loop {
            match native.call.wait(LIMIT).expect("the call ends") {
                CallEvent::Refused(reason) => refused = Some(reason),
                CallEvent::Link(Link::Closed) => break,
                CallEvent::Hub(message) => panic!("{credential:?}: {message:?}"),
                _ => {}
            }
        }
        assert_eq!(refused, Some(reason), "{credential:?}");
    }
}

#[test]
fn with_every_twentieth_packet_lost_both_ways_the_guest_sees_nearly_every_frame() {
    let good = Conditions::default();
    let (venue, relay) = Venue::behind(RoomKind::GroupCall, good).expect("a hub");
    let mut people = call(&venue);
    look_for(&mut people, Duration::from_secs(2));
    let lossy = Conditions { loss: 0.05, ..Conditions::default() };
    relay.set_conditions(lossy.clone(), lossy);
    let encoded =
        |people: &[Person; 2]| people[0].native.call.engine().stats().sending.frames_encoded;
    let before = encoded(&people);
    people[1].gained = Flow::default();
    look_for(&mut people, Duration::from_secs(10));
    let sent = encoded(&people) - before;
    let Flow { frames_received, frames_shown, samples, concealed, .. } = people[1].gained;
    let share = frames_received as f64 / sent as f64;
    let concealed = concealed as f64 / samples as f64;
    println!(
        "5 % loss each way: {frames_received} of {sent} frames received ({:.1} %), \
         {frames_shown} shown, {:.2} % of the sound concealed",
        100.0 * share,
        100.0 * concealed
    );
    assert!(sent > 200, "the presenter sent only {sent} frames");
    assert!(share >= 0.98, "{frames_received} of {sent} frames");
    // Some of it could not come in time, and that is not kept secret.
    assert!(concealed > 0.0 && concealed < 0.15, "{concealed} of the sound is concealed");
}

#[test]
fn after_ten_seconds_without_media_sound_and_picture_come_back_by_themselves() {
    let good = Conditions::default();
    let dark = Conditions { loss: 1.0, ..Conditions::default() };
    let (venue, relay) = Venue::behind(RoomKind::GroupCall, good.clone()).expect("a hub");
    let mut people = call(&venue);
    look_for(&mut people, Duration::from_secs(1));
    relay.set_conditions(dark.clone(), dark);
    look_for(&mut people, Duration::from_secs(10));
    relay.set_conditions(good.clone(), good);
    people.iter_mut().for_each(|person| person.gained = Flow::default());
    let begun = now();
    let heard = |people: &[Person; 2]| people.iter().all(|p| p.gained.audio_packets >= 5);
    look_until(&mut people, "sound", LIMIT, heard);
    let sound = begun.elapsed();
    look_until(&mut people, "picture", LIMIT, |people| people.iter().all(sees_and_hears));
    let picture = begun.elapsed();
    println!("blackout of 10 s: sound back after {sound:.2?}, picture after {picture:.2?}");
    for person in &people {
        assert!(person.told("Interrupted") >= 1, "{:#?}", person.native.log);
        assert_eq!(person.told("trouble"), 0, "{:#?}", person.native.log);
    }
    assert!(sound < Duration::from_secs(3), "sound after {sound:?}");
    assert!(picture < Duration::from_secs(4), "picture after {picture:?}");
}

#[test]
fn j11_a_restarted_call_sees_and_hears_again_without_leaving() {
    let good = Conditions::default();
    let dark = Conditions { loss: 1.0, ..Conditions::default() };
    let (venue, relay) = Venue::behind(RoomKind::GroupCall, good).expect("a hub");
    let host = venue.host(config("host")).expect("a host");
    let mut host = Person::new(host);
    let connected = |person: &Person| person.told("Connection(Connected)") > 0;
    let begun = now();
    while !connected(&host) {
        host.look();
        assert!(begun.elapsed() < LIMIT, "{:#?}", host.native.log);
        std::thread::sleep(Duration::from_millis(5));
    }
    let hosts = relay.flows();
    let guest = Person::new(venue.guest("Gast", config("guest")).expect("a guest"));
    let mut people = [host, guest];
    look_until(&mut people, "the call", LIMIT, |people| people.iter().all(sees_and_hears));
    people[1].native.call.send(ClientMessage::Hand { raised: true, restore: false });
    people[1].native.call.send(ClientMessage::Chat {
        scope: ChatScope::Everyone,
        text: "Hört mich jemand?".to_owned(),
    });
    look_for(&mut people, Duration::from_secs(1));

    // The guest's way is gone for good, as when a router forgot it.
    relay.set_conditions_of(hosts..relay.flows(), dark.clone(), dark);
    look_for(&mut people, Duration::from_secs(1));
    people.iter_mut().for_each(|person| person.gained = Flow::default());
    look_for(&mut people, Duration::from_secs(2));
    assert_eq!(people[1].gained.audio_packets, 0, "nothing gets through");

    let you = people[1].native.snapshot.as_ref().expect("inside").you;
    let told = people.each_ref().map(|person| person.native.log.len());
    people.iter_mut().for_each(|person| person.gained = Flow::default());
    people[1].native.call.restart();
    let back = look_until(&mut people, "sound and picture", LIMIT, |people| {
        people.iter().all(sees_and_hears)
    });
    println!("restarted: sound and picture both ways after {back:.2?}");
    assert!(back < Duration::from_secs(3), "after {back:?}");
    let [hosts_news, own_news] = [0, 1].map(|at| &people[at].native.log[told[at]..]);
    let states: Vec<_> = own_news.iter().filter(|line| line.contains("Connection(")).collect();
    assert!(states[0].contains("Connecting") && states[1].contains("Connected"), "{states:?}");
    for news in [hosts_news, own_news] {
        let left = |line: &String| line.contains("left") || line.contains("joined");
        assert!(!news.iter().any(left), "{news:#?}");
        assert!(!news.iter().any(|line| line.contains("trouble")), "{news:#?}");
    }
    for person in &people {
        let guest = person.native.people.iter().find(|person| person.id == you);
        assert!(guest.is_some_and(|guest| guest.hand_raised_at_ms.is_some()), "the hand stays up");
    }
    // And it stays.
    people.iter_mut().for_each(|person| person.gained = Flow::default());
    let stays = |person: &Person| person.gained.frames_shown >= 40;
    look_until(&mut people, "a steady picture", LIMIT, |people| people.iter().all(stays));
}
