//! What the window knows and asks for, without a hub.

use crate::fake::*;
use client::app::Window;
use client::call::{CallEvent, Link};
use client::command::{AccountCommand, Command};
use client::i18n::Language;
use client::live::LiveEvent;
use client::state::{
    AccountEvent, BackendEvent, Failure, Phase, Screen, ScreenChoice, ScreenKind, SettingsTab,
};
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use protocol::*;
use std::time::Duration;

type Page = Harness<'static, Window>;

fn in_call() -> Window {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    window.take_commands();
    window
}

fn click(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(2);
}

/// The webinar's people, of whom the ninth, which is us, watches or presents.
fn hall(presenter: bool) -> Vec<Participant> {
    let mut everybody = people();
    everybody[8].role = if presenter { Role::Presenter } else { Role::Attendee };
    everybody[8].may_publish = presenter;
    everybody
}

#[test]
fn a_hub_that_stops_ends_no_conference() {
    let mut window = in_call();
    window.apply(hub(HubMessage::Ended { reason: EndReason::HubStops }));
    let retry_in = Duration::from_secs(1);
    window.apply(BackendEvent::Call(CallEvent::Link(Link::Lost { retry_in })));
    assert_eq!(window.state.screen, Screen::Call);
    assert!(window.state.call.as_ref().unwrap().lost());
    window.apply(BackendEvent::Call(CallEvent::Link(Link::Up)));
    let snapshot = snapshot(RoomKind::GroupCall, 9, people());
    window.apply(hub(HubMessage::Joined { resume_token: "u".into(), snapshot }));
    let call = window.state.call.as_ref().unwrap();
    assert_eq!((call.phase, call.link), (Phase::In, Link::Up));
}

#[test]
fn after_a_restart_of_the_hub_nothing_meant_for_one_goes_to_another() {
    let mut window = in_call();
    let call = window.state.call.as_mut().unwrap();
    let participant = ParticipantId(4);
    call.scope = ChatScope::Private { participant };
    call.draft = "nur für Farid".into();
    call.pinned = Some(participant);
    call.view.volumes.insert(participant, 20);
    window.apply(BackendEvent::Call(CallEvent::Anew));
    let snapshot = snapshot(RoomKind::GroupCall, 9, people());
    window.apply(hub(HubMessage::Joined { resume_token: "u".into(), snapshot }));
    let call = window.state.call.as_mut().unwrap();
    assert!(!call.scope_reachable(), "the fourth may be somebody else now");
    assert_eq!((call.send_line(), call.draft.as_str()), (None, "nur für Farid"));
    assert_eq!(call.pinned, None);
    assert!(call.view.volumes.is_empty());
}

#[test]
fn a_conference_outlives_its_session_and_leads_to_the_sign_in_page() {
    let mut window = in_call();
    window.apply(BackendEvent::SessionOver);
    assert_eq!(window.state.screen, Screen::Call);
    assert!(window.state.link("/j/x").is_some(), "invitations are still copied");
    let mut page = harness(window);
    page.run_steps(2);
    page.get_all_by_role_and_label(Kind::Button, "Verlassen").next().unwrap().click();
    page.run_steps(2);
    assert_eq!(page.state().state.screen, Screen::Ended);
    assert!(page.query_by_label("Wieder beitreten").is_none(), "that needs a session");
    click(&mut page, "Zu den Räumen");
    assert_eq!(page.state().state.screen, Screen::SignIn);
    page.get_by_label("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.");
    assert!(page.state().state.account.is_none());
    page.state_mut().apply(BackendEvent::SignedIn(account()));
    assert_eq!(page.state().state.screen, Screen::Main);
    page.state_mut().state.go_home();
    assert_eq!(page.state().state.screen, Screen::Main, "said once");
}

#[test]
fn a_session_that_ends_before_a_conference_closes_the_devices() {
    let mut window = at_pre_join(Language::German);
    window.apply(BackendEvent::SessionOver);
    assert_eq!(window.state.screen, Screen::SignIn);
    assert!(window.state.pre_join.is_none());
    assert_eq!(window.take_commands(), [Command::CloseRoom]);
}

#[test]
fn a_session_that_ends_beside_the_own_picture_closes_the_devices() {
    let over = |window: &mut Window| window.apply(BackendEvent::SessionOver);
    let signed_out = |window: &mut Window| window.state.sign_out();
    for end in [over, signed_out] as [fn(&mut Window); 2] {
        let mut window = at_home(Language::German);
        window.state.preview = true;
        end(&mut window);
        assert_eq!(window.state.screen, Screen::SignIn);
        assert!(!window.state.preview);
        assert_eq!(window.take_commands(), [Command::CloseRoom]);
    }
}

#[test]
fn in_a_conference_nobody_signs_out() {
    let mut window = in_call();
    window.state.settings_tab = SettingsTab::Hub;
    window.state.call.as_mut().unwrap().view.settings = true;
    let mut page = harness(window);
    page.run_steps(4);
    page.get_by_label("Adresse kopieren");
    assert!(page.query_by_role_and_label(Kind::Button, "Abmelden").is_none());
}

#[test]
fn a_refused_live_channel_says_why_on_the_sign_in_page() {
    for (reason, sentence) in [
        (Refusal::Session, "Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an."),
        (
            Refusal::Version,
            "Dieses Programm ist zu alt oder zu neu für den Server. Bitte aktualisieren Sie es.",
        ),
    ] {
        let mut window = at_home(Language::German);
        window.apply(BackendEvent::Live(LiveEvent::Said(Event::Refused { reason })));
        assert_eq!(window.state.screen, Screen::SignIn);
        let mut page = harness(window);
        page.run_steps(2);
        page.get_by_label(sentence);
    }
}

#[test]
fn a_session_refused_at_the_door_leads_to_the_sign_in_page() {
    let mut window = joining(Language::German, RoomKind::GroupCall);
    window.apply(BackendEvent::Call(CallEvent::Refused(Refusal::Session)));
    assert_eq!(window.state.screen, Screen::Ended);
    window.state.go_home();
    assert_eq!(window.state.screen, Screen::SignIn);
    assert_eq!(window.state.sign_in.failure, Some(Failure::NotSignedIn));
}

#[test]
fn the_first_own_password_opens_the_live_channel() {
    let mut window = Window::new(settings(Language::German));
    let account = client::state::Account { must_change: true, ..account() };
    window.apply(BackendEvent::SignedIn(account));
    assert_eq!(window.take_commands(), []);
    window.apply(BackendEvent::Account(AccountEvent::PasswordChanged(Ok(()))));
    assert!(window.take_commands().contains(&Command::Account(AccountCommand::Listen)));
}

#[test]
fn attendees_are_shown_with_everything_off_from_the_first_moment() {
    let mut window = inside(Language::German, RoomKind::Webinar, 9, hall(false));
    let call = window.state.call.as_ref().unwrap();
    assert!(!call.microphone && !call.camera);
    let stops = |window: &mut Window| {
        let asked = window.take_commands();
        asked.iter().filter(|command| **command == Command::StopSending).count()
    };
    assert_eq!(stops(&mut window), 1);
    window.apply(hub(HubMessage::ParticipantChanged { participant: hall(true).remove(8) }));
    let call = window.state.call.as_ref().unwrap();
    assert!(!call.microphone && !call.camera, "it is for them to begin");
    assert_eq!(stops(&mut window), 0);
}

#[test]
fn whoever_may_no_longer_present_shares_no_screen_any_more() {
    let mut window = inside(Language::German, RoomKind::Webinar, 9, hall(true));
    window.take_commands();
    window.state.screens.ask();
    let choice =
        ScreenChoice { id: "window:7".into(), name: "Tabelle".into(), kind: ScreenKind::Window };
    window.apply(BackendEvent::Screens(vec![(choice, None)]));
    window.state.screens.share();
    let call = window.state.call.as_mut().unwrap();
    (call.microphone, call.camera) = (false, false);
    window.apply(hub(HubMessage::ParticipantChanged { participant: hall(false).remove(8) }));
    assert_eq!(window.take_commands(), [Command::StopSending]);
    assert_eq!(window.state.screens.shared, None);
    // The choice goes, too.
    window.apply(hub(HubMessage::ParticipantChanged { participant: hall(true).remove(8) }));
    window.state.screens.ask();
    window.apply(hub(HubMessage::ParticipantChanged { participant: hall(false).remove(8) }));
    assert!(!window.state.screens.open);
}

#[test]
fn before_a_conference_the_camera_follows_the_switches() {
    let mut window = at_home(Language::German);
    window.state.settings.join_without_camera = true;
    let room = rooms().remove(0);
    let number = room.number.clone();
    let open = window.state.open(room);
    assert_eq!(open, Command::OpenRoom { number, camera: false });
    window.take_commands();
    let mut page = harness(window);
    page.run_steps(2);
    for (switch, expected) in [
        ("Ohne Kamera beitreten", vec![Command::SetCamera(true)]),
        ("Nur Audio", vec![Command::SetCamera(false)]),
        ("Ohne Kamera beitreten", vec![]),
        ("Nur Audio", vec![]),
    ] {
        page.get_by_label(switch).click();
        page.run_steps(2);
        assert_eq!(page.state_mut().take_commands(), expected, "{switch}");
    }
}

#[test]
fn choosing_no_device_is_remembered_apart_from_choosing_none_yet() {
    let mut page = harness(at_pre_join(Language::German));
    page.run_steps(2);
    for (device, field) in [("Kamera", 0), ("Mikrofon", 1)] {
        page.get_by_role_and_label(Kind::ComboBox, device).click();
        page.run_steps(3);
        page.get_by_label("Ohne").click();
        page.run_steps(3);
        let settings = &page.state().state.settings;
        let known = [settings.no_camera, settings.no_microphone];
        assert!(known[field], "{device}");
    }
    let asked = page.state_mut().take_commands();
    assert!(asked.contains(&Command::SetCameraDevice(CameraSource::None)));
    assert!(asked.contains(&Command::SetMicrophoneDevice(MicrophoneSource::None)));
    assert_eq!(page.state().state.devices.speaker, SpeakerSink::Device(None));
    assert!(!page.state().state.settings.no_speaker);
}

#[test]
fn into_the_tray_goes_no_open_camera() {
    let mut window = at_pre_join(Language::German);
    window.state.hide();
    assert_eq!(window.state.screen, Screen::Main);
    assert_eq!(window.take_commands(), [Command::CloseRoom]);
    window.state.preview = true;
    window.state.hide();
    assert!(!window.state.preview);
    assert_eq!(window.take_commands(), [Command::CloseRoom]);
    // A conference goes on there.
    let mut window = in_call();
    window.state.preview = true;
    window.state.hide();
    assert_eq!(window.state.screen, Screen::Call);
    assert!(!window.take_commands().contains(&Command::CloseRoom));
}
