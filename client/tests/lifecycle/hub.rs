//! With a real hub and the window's other half.

use crate::world::{Client, PASSWORD, World, person, sends};
use client::command::{AccountCommand, Command};
use client::i18n::Language;
use client::settings::Settings;
use client::state::{BackendEvent, Failure, Phase, Screen, Why};
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use protocol::*;
use std::time::{Duration, Instant};

/// Much less than the 30 s for which the hub keeps the place of somebody whose connection broke.
const PROMPT: Duration = Duration::from_secs(10);

#[test]
fn a_restart_of_the_hub_leads_back_into_the_conference() {
    let mut world = World::start();
    let mut eva = world.client("eva");
    eva.enter(&world.round, false, false);
    eva.is_inside();
    world.restart();
    eva.until_told("way back", |client| {
        assert_eq!(client.state().screen, Screen::Call);
        client.joined == 2
    });
    eva.is_inside();
}

#[test]
fn joining_leaves_what_is_left_of_an_earlier_conference() {
    let world = World::start();
    let mut eva = world.client("eva");
    eva.enter(&world.round, false, false);
    eva.is_inside();
    let number = world.hall.clone();
    eva.say(Command::Join { number, name: None, microphone: false, camera: false });
    eva.until("the other conference", |state| {
        state.call.as_ref().is_some_and(|call| call.room.kind == RoomKind::Webinar)
    });
}

#[test]
fn without_a_session_joining_is_refused_and_not_ignored() {
    let mut client = Client::new(Settings { hub: "http://127.0.0.1:1".into(), ..settings() });
    client.enter("612004387", false, false);
    client.until("the reason", |state| state.screen == Screen::Ended);
    client.window.state.go_home();
    assert_eq!(client.state().screen, Screen::SignIn);
    assert_eq!(client.state().sign_in.failure, Some(Failure::NotSignedIn));
}

#[test]
fn after_the_first_own_password_the_hub_is_heard() {
    let world = World::start();
    let first = world.account("ada");
    let mut ada = Client::new(Settings { hub: world.base.clone(), ..settings() });
    ada.sign_in(&world.base, "ada", &first);
    ada.until("the question for an own password", |state| state.screen == Screen::NewPassword);
    let change = AccountCommand::ChangePassword { old: first, new: PASSWORD.to_owned() };
    ada.say(Command::Account(change));
    ada.until("the live channel", |state| {
        assert_ne!(state.screen, Screen::SignIn);
        state.screen == Screen::Main && state.live
    });
}

#[test]
fn attendees_come_in_with_everything_off_and_become_presenters_so() {
    let world = World::start();
    let mut ulf = world.client("ulf");
    ulf.enter(&world.hall, true, true);
    ulf.until("wait for a host", |state| {
        state.call.as_ref().is_some_and(|call| matches!(call.phase, Phase::Waiting { .. }))
    });
    ulf.say(Command::SetCamera(true));
    ulf.say(Command::Watch(Vec::new()));
    let mut eva = world.client("eva");
    eva.enter(&world.hall, false, false);
    ulf.is_inside();
    let off = |client: &Client| {
        let call = client.state().call.as_ref().unwrap();
        assert!(!call.microphone && !call.camera);
    };
    off(&ulf);
    eva.sees("Ulf Beispiel", "inside", |_| true);
    let role = |eva: &Client, role| {
        let participant = person(eva.state(), "Ulf Beispiel").unwrap().id;
        eva.say(Command::SetRole { participant, role });
    };
    for _ in 0..2 {
        role(&eva, Role::Presenter);
        ulf.sees("Ulf Beispiel", "as presenter", |ulf| ulf.may_publish);
        off(&ulf);
        // The hub's record is the truth for everybody.
        ulf.say(Command::RaiseHand(true));
        ulf.sees("Ulf Beispiel", "with a hand", |ulf| ulf.hand_raised_at_ms.is_some());
        assert_eq!(sends(person(ulf.state(), "Ulf Beispiel").unwrap()), [false; 3]);
        ulf.window.state.call.as_mut().unwrap().microphone = true;
        ulf.say(Command::SetMicrophone(true));
        ulf.sees("Ulf Beispiel", "heard", |ulf| sends(ulf) == [true, false, false]);
        ulf.say(Command::RaiseHand(false));
        ulf.sees("Ulf Beispiel", "without a hand", |ulf| ulf.hand_raised_at_ms.is_none());
        role(&eva, Role::Attendee);
        ulf.sees("Ulf Beispiel", "as attendee", |ulf| !ulf.may_publish);
        off(&ulf);
    }
    assert_eq!(ulf.denied, 0, "nothing was asked for that is not allowed");
}

#[test]
fn a_session_ended_elsewhere_ends_the_conference_that_was_entered_with_it_and_says_why() {
    let world = World::start();
    let mut eva = world.client("eva");
    eva.enter(&world.round, false, false);
    eva.is_inside();
    let other = world.client("eva");
    other.say(Command::Account(AccountCommand::EndSessions { id: None }));
    eva.until("the end", |state| state.screen == Screen::Ended);
    let why = eva.state().ended.as_ref().map(|ended| &ended.why);
    assert!(matches!(why, Some(Why::Refused(Refusal::Session))), "{why:?}");
}

#[test]
fn the_camera_is_open_only_while_its_picture_is_wanted() {
    let still = |client: &Client| matches!(client.captured[..], [.., a, b] if a == b);
    let moves = |client: &Client| matches!(client.captured[..], [.., a, b] if a < b);
    let mut client = Client::new(Settings { hub: "http://127.0.0.1:1".into(), ..settings() });
    let number = "612004387".to_owned();
    client.say(Command::OpenRoom { number: number.clone(), camera: false });
    client.until_told("figures", |client| client.captured.len() == 2);
    assert_eq!(client.captured, [0, 0], "remembered: without the camera");
    client.say(Command::SetCamera(true));
    client.until_told("pictures", moves);
    client.say(Command::SetCamera(false));
    client.until_told("end of the pictures", still);
    client.say(Command::Preview(true));
    client.until_told("pictures", moves);
    // Another choice of camera opens none that is not wanted.
    client.say(Command::SetCamera(false));
    client.until_told("end of the pictures", still);
    client.say(Command::SetCameraDevice(CameraSource::None));
    client.say(Command::SetCameraDevice(CameraSource::Demo));
    let seen = client.captured.len();
    client.until_told("figures", |client| client.captured.len() > seen + 2);
    assert!(still(&client));
}

#[test]
fn in_a_conference_the_camera_closes_with_the_picture() {
    let world = World::start();
    let mut eva = world.client("eva");
    eva.enter(&world.round, false, true);
    eva.is_inside();
    eva.until_told("pictures", |eva| matches!(eva.captured[..], [.., a, b] if a < b));
    eva.say(Command::SetCamera(false));
    eva.until_told("end of them", |eva| matches!(eva.captured[..], [.., a, b] if a == b));
    eva.say(Command::SetCamera(true));
    eva.until_told("pictures", |eva| matches!(eva.captured[..], [.., a, b] if a < b));
}

#[test]
fn no_device_is_remembered_as_such() {
    let settings = Settings {
        hub: "http://127.0.0.1:1".into(),
        no_camera: true,
        no_microphone: true,
        no_speaker: true,
        ..settings()
    };
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let wake = std::sync::Arc::new(|| {});
    let backend = client::backend::Backend::start(&settings, listen, None, None, wake).unwrap();
    let devices = loop {
        let event = backend.events.recv_timeout(Duration::from_secs(60)).unwrap();
        if let BackendEvent::Devices(devices) = event {
            break devices;
        }
    };
    assert_eq!(devices.camera, CameraSource::None);
    assert_eq!(devices.microphone, MicrophoneSource::None);
    assert_eq!(devices.speaker, SpeakerSink::Null);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long others see a ghost")]
fn whoever_quits_in_a_conference_is_gone_at_once() {
    let world = World::start();
    let mut eva = world.client("eva");
    eva.enter(&world.round, false, false);
    eva.is_inside();
    let mut ulf = world.client("ulf");
    ulf.enter(&world.round, false, false);
    ulf.is_inside();
    eva.sees("Ulf Beispiel", "inside", |_| true);
    let begun = Instant::now();
    drop(ulf);
    eva.until("empty place", |state| person(state, "Ulf Beispiel").is_none());
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
}

fn settings() -> Settings {
    crate::fake::settings(Language::German)
}
