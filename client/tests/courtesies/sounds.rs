//! Knocking and raised hands can be heard, once, by those whom they concern.

use crate::fake::*;
use crate::page;
use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::settings::Settings;
use client::state::{Page as Shown, SettingsTab};
use egui::accesskit::Role as Kind;
use egui_kittest::kittest::Queryable;
use engine::playback::chime::Chime;
use protocol::*;

/// Inside as the host, with nobody at the door and no hand up.
fn hosting() -> Window {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, quiet());
    window.take_commands();
    window
}

fn quiet() -> Vec<Participant> {
    let lower = |person| Participant { hand_raised_at_ms: None, ..person };
    people().into_iter().map(lower).collect()
}

fn waits(ids: &[u32]) -> HubMessage {
    let person = |id: &u32| WaitingPerson {
        id: ParticipantId(*id),
        name: format!("Gast {id}"),
        kind: ParticipantKind::Guest,
        since_ms: NOON_MS,
    };
    HubMessage::WaitingList { waiting: ids.iter().map(person).collect() }
}

fn hand(id: usize, at_ms: Option<i64>) -> HubMessage {
    let participant = Participant { hand_raised_at_ms: at_ms, ..quiet().remove(id - 1) };
    HubMessage::ParticipantChanged { participant }
}

/// What is heard when the hub says this, so many seconds after the beginning.
fn heard(window: &mut Window, seconds: f64, message: HubMessage) -> Vec<Chime> {
    window.state.now.seconds = seconds;
    window.apply(hub(message));
    let chime = |command| match command {
        Command::Play(chime) => Some(chime),
        _ => None,
    };
    window.take_commands().into_iter().filter_map(chime).collect()
}

#[test]
fn a_host_hears_knocking_once_however_many_come() {
    let mut window = hosting();
    assert_eq!(heard(&mut window, 10.0, waits(&[21])), [Chime::Knock]);
    assert_eq!(heard(&mut window, 10.2, waits(&[21, 22])), []);
    assert_eq!(heard(&mut window, 11.0, waits(&[21, 22, 23, 24])), []);
    assert_eq!(heard(&mut window, 60.0, waits(&[21, 22, 23])), [], "nobody new");
    assert_eq!(heard(&mut window, 61.0, waits(&[21, 22, 23, 25])), [Chime::Knock]);
    assert_eq!(heard(&mut window, 90.0, waits(&[])), []);
}

#[test]
fn hosts_and_presenters_hear_a_hand_and_nobody_hears_their_own() {
    for (role, hears) in [(Role::Host, true), (Role::Presenter, true), (Role::Attendee, false)] {
        let mut everybody = quiet();
        everybody[8].role = role;
        let mut window = inside(Language::German, RoomKind::GroupCall, 9, everybody);
        window.take_commands();
        let expected = if hears { vec![Chime::Hand] } else { Vec::new() };
        assert_eq!(heard(&mut window, 10.0, hand(2, Some(NOON_MS))), expected, "{role:?}");
        assert_eq!(heard(&mut window, 10.5, hand(3, Some(NOON_MS))), [], "one for both");
        assert_eq!(heard(&mut window, 20.0, hand(3, None)), [], "down");
        assert_eq!(heard(&mut window, 30.0, hand(3, Some(NOON_MS + 20_000))), expected);
    }
    let mut window = hosting();
    assert_eq!(heard(&mut window, 10.0, hand(9, Some(NOON_MS))), [], "the own hand");
}

#[test]
fn what_stands_when_we_come_in_or_back_is_old_news() {
    let mut window = joining(Language::German, RoomKind::GroupCall);
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    let HubMessage::WaitingList { waiting } = waits(&[21]) else { unreachable!() };
    snapshot.waiting = waiting;
    let joined = HubMessage::Joined { resume_token: "t".into(), snapshot };
    assert_eq!(heard(&mut window, 1.0, joined.clone()), []);
    assert_eq!(heard(&mut window, 50.0, joined), [], "the connection came back");
    assert_eq!(heard(&mut window, 60.0, waits(&[21, 22])), [Chime::Knock]);
}

#[test]
fn a_hold_sends_people_to_the_door_without_a_sound() {
    let mut window = hosting();
    let state = |state| HubMessage::State { state, live_since_ms: Some(NOON_MS) };
    assert_eq!(heard(&mut window, 10.0, state(ConferenceState::OnHold)), []);
    assert_eq!(heard(&mut window, 10.1, waits(&[1, 2, 3])), []);
    assert_eq!(heard(&mut window, 20.0, state(ConferenceState::Live)), []);
    assert_eq!(heard(&mut window, 30.0, waits(&[1, 2, 3, 21])), [Chime::Knock]);
}

#[test]
fn the_sounds_can_be_switched_off_in_the_settings() {
    assert!(Settings::default().alert_sounds, "on by default");
    let mut window = at_home(Language::German);
    window.state.page = Shown::Settings;
    window.state.settings_tab = SettingsTab::Devices;
    let mut page = page(window);
    let name = "Töne bei Anklopfen und Handheben";
    page.get_by_role_and_label(Kind::Switch, name).scroll_to_me();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Switch, name).click();
    page.run_steps(3);
    assert!(!page.state().state.settings.alert_sounds);
    let mut window = hosting();
    window.state.settings.alert_sounds = false;
    assert_eq!(heard(&mut window, 10.0, waits(&[21])), []);
    assert_eq!(heard(&mut window, 10.0, hand(2, Some(NOON_MS))), []);
    // What was not heard is not made up for.
    window.state.settings.alert_sounds = true;
    assert_eq!(heard(&mut window, 20.0, waits(&[21])), []);
}
