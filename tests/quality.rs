//! Whose line is bad, and who is told so: a call behind a network that is bad for one of them, judged as
//! the window judges it.

use client::call::{CallEvent, Link};
use client::state::{Cause, Circumstances, Now, Quality, Verdict};
use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use katheder_suite::conference::{LIMIT, Native, Venue};
use katheder_suite::network::Conditions;
use katheder_suite::relay::Relay;
use protocol::{HubMessage, ParticipantId, QualityLevel, RoomKind};
use std::ops::Range;
use std::time::{Duration, Instant};

fn config(name: &str) -> Config {
    Config {
        name: name.to_owned(),
        camera: CameraSource::Demo,
        microphone: MicrophoneSource::Demo,
        speaker: SpeakerSink::Null,
        max_lines: 180,
        max_fps: 15,
        audio_slots: 2,
        video_slots: 2,
        ..Config::default()
    }
}

#[expect(clippy::disallowed_methods, reason = "the network is bad in real time")]
fn now() -> Instant {
    Instant::now()
}

/// Somebody in the call, with what their window would know.
struct Person {
    native: Native,
    quality: Quality,
    hub: bool,
    begun: Instant,
    measured_at: f64,
    /// Their flows through the relay.
    flows: Range<usize>,
}

impl Person {
    fn you(&self) -> ParticipantId {
        self.native.snapshot.as_ref().expect("inside").you
    }

    fn look(&mut self) {
        while let Some(event) = self.native.call.poll() {
            match event {
                CallEvent::Hub(HubMessage::Quality { people }) => self.quality.told(people),
                CallEvent::Link(link) => self.hub = !matches!(link, Link::Lost { .. }),
                event => self.native.heard(event),
            }
        }
        let seconds = self.begun.elapsed().as_secs_f64();
        if seconds - self.measured_at >= 0.5 {
            self.measured_at = seconds;
            let stats = self.native.call.engine().stats();
            self.quality.measured(&stats, Now { seconds, unix_ms: 0 });
        }
    }

    fn verdict(&self, of: ParticipantId) -> Verdict {
        let (you, hub) = (self.you(), self.hub);
        self.quality.verdict(of, Circumstances { you, hub, media: true, camera: true })
    }
}

fn until(people: &mut [Person], what: &str, done: impl Fn(&[Person]) -> bool) -> Duration {
    let begun = now();
    loop {
        people.iter_mut().for_each(Person::look);
        if done(people) {
            return begun.elapsed();
        }
        if begun.elapsed() > LIMIT {
            for person in people.iter() {
                let others: Vec<_> =
                    people.iter().map(|other| person.verdict(other.you())).collect();
                println!("{:?} of {:?}: {others:?}", person.you(), person.quality);
            }
            panic!("{what} did not happen within {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn come(native: anyhow::Result<Native>, relay: &Relay, people: &mut Vec<Person>) {
    let first = relay.flows();
    let native = native.expect("an engine");
    people.push(Person {
        native,
        quality: Quality::default(),
        hub: true,
        begun: now(),
        measured_at: 0.0,
        flows: first..first,
    });
    until(people, "coming in", |people| {
        people.iter().all(|person| person.native.log.iter().any(|l| l.contains("Connected")))
    });
    if let Some(person) = people.last_mut() {
        person.flows.end = relay.flows();
    }
}

/// Everybody watches everybody else.
fn watch(people: &[Person]) {
    for person in people {
        let others = people.iter().map(Person::you).filter(|id| *id != person.you());
        let videos = others.map(|participant| protocol::Watch {
            participant,
            source: protocol::MediaSource::Camera,
            max_lines: 180,
        });
        person.native.call.send(protocol::ClientMessage::Watch { videos: videos.collect() });
    }
}

fn fine(person: &Person, of: ParticipantId) -> bool {
    person.verdict(of).cause == Cause::Fine
}

#[test]
fn k2_each_persons_quality_and_its_cause_are_known_to_all_under_every_fault() {
    let good = Conditions::default();
    let lossy = |loss| Conditions { loss, ..Conditions::default() };
    let (mut venue, relay) = Venue::behind(RoomKind::GroupCall, good.clone()).expect("a hub");
    let mut people = Vec::new();
    come(venue.host(config("host")), &relay, &mut people);
    come(venue.guest("Anna", config("anna")), &relay, &mut people);
    watch(&people);
    let [host, anna] = [0, 1].map(|at| people[at].you());
    let all_fine =
        |people: &[Person]| people.iter().all(|person| fine(person, host) && fine(person, anna));
    let quiet = now();
    until(&mut people, "a quiet start", |people| {
        let early = quiet.elapsed() < Duration::from_secs(5);
        assert!(!early || all_fine(people), "a good network is told bad");
        !early
    });

    // Anna's uplink loses a tenth: she and the host know whose fault it is.
    relay.set_conditions_of(people[1].flows.clone(), lossy(0.1), good.clone());
    let took = until(&mut people, "Anna's lossy uplink", |people| {
        let theirs = people[0].verdict(anna);
        let own = people[1].verdict(anna);
        matches!(theirs.cause, Cause::Theirs { loss: Some(5..=16) })
            && matches!(own.cause, Cause::OwnUplink { .. })
            && theirs.level > QualityLevel::Good
            && own.level > QualityLevel::Good
    });
    println!("Anna's uplink: told after {took:.2?}, {:?}", people[0].verdict(anna));
    assert!(fine(&people[0], host), "the host's own side is in order");
    relay.set_conditions_of(people[1].flows.clone(), good.clone(), good.clone());
    let took = until(&mut people, "recovery", all_fine);
    println!("and taken back after {took:.2?}");

    // The host's downlink loses a fifth: that is the host's line, whoever is looked at.
    relay.set_conditions_of(people[0].flows.clone(), good.clone(), lossy(0.2));
    let took = until(&mut people, "the host's lossy downlink", |people| {
        let both = [people[0].verdict(host), people[0].verdict(anna)];
        both.iter().all(|verdict| matches!(verdict.cause, Cause::OwnDownlink { .. }))
            && both[0].level == QualityLevel::Bad
            && people[1].verdict(host).cause == Cause::TheirDownlink
            && fine(&people[1], anna)
    });
    println!("the host's downlink: told after {took:.2?}, {:?}", people[0].verdict(host));
    relay.set_conditions_of(people[0].flows.clone(), good.clone(), good.clone());
    until(&mut people, "recovery", all_fine);

    // The host's uplink loses a third.
    relay.set_conditions_of(people[0].flows.clone(), lossy(0.3), good.clone());
    let took = until(&mut people, "the host's lossy uplink", |people| {
        let (own, seen) = (people[0].verdict(host), people[1].verdict(host));
        matches!(own.cause, Cause::OwnUplink { loss: Some(_) })
            && matches!(seen.cause, Cause::Theirs { .. })
            && own.level == QualityLevel::Bad
            && seen.level == QualityLevel::Bad
    });
    println!("the host's uplink: told after {took:.2?}, {:?}", people[0].verdict(host));
    relay.set_conditions_of(people[0].flows.clone(), good.clone(), good);
    until(&mut people, "recovery", all_fine);

    let hub = venue.hub.take().expect("the hub runs");
    venue.runtime.block_on(hub.stop());
    until(&mut people, "the hub's end", |people| {
        people.iter().all(|person| person.verdict(anna).cause == Cause::HubGone)
    });
}
