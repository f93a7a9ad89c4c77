//! The page before a conference: what it knows, remembers and never asks.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::live::LiveEvent;
use client::state::{BackendEvent, Look, PeopleEvent, Screen};
use egui::accesskit::Role as Kind;
use egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use fake::*;
use protocol::*;

type Page = Harness<'static, Window>;

fn page(window: Window) -> Page {
    let mut page = harness(window);
    page.run_steps(3);
    page
}

fn join_commands(page: &mut Page) -> Vec<Command> {
    let all = page.state_mut().take_commands();
    all.into_iter().filter(|command| matches!(command, Command::Join { .. })).collect()
}

fn waiting(names: &[&str]) -> Vec<WaitingPerson> {
    let person = |(id, name): (usize, &&str)| WaitingPerson {
        id: ParticipantId(id as u32 + 20),
        name: (*name).into(),
        kind: ParticipantKind::Guest,
        since_ms: NOON_MS,
    };
    names.iter().enumerate().map(person).collect()
}

fn look(inside: &[&str], waits: &[&str], free: usize) -> BackendEvent {
    let there = PeopleNow {
        inside: inside.iter().map(|name| (*name).into()).collect(),
        waiting: waiting(waits),
    };
    let capacity = Capacity { total: 100, used: 100 - free, free, planned: 0, enough: true };
    let number = rooms()[0].number.clone();
    let look = Look { there: Some(there), capacity: Some(capacity), latency_ms: Some(18) };
    BackendEvent::LookedIn { number, look }
}

#[test]
fn h1_h4_joining_opens_this_page_and_enter_joins() {
    let mut window = at_pre_join(Language::German);
    assert_eq!(window.state.screen, Screen::PreJoin);
    window.take_commands();
    let mut page = page(window);
    page.key_press(Key::Enter);
    page.run_steps(2);
    let number = rooms()[0].number.clone();
    let wanted = Command::Join { number, name: None, microphone: false, camera: true };
    assert_eq!(join_commands(&mut page), [wanted], "muted by default, with the usual name");
}

#[test]
fn h6_audio_only_joins_without_a_camera_and_is_remembered() {
    let mut page = page(at_pre_join(Language::German));
    page.get_by_role_and_label(Kind::Switch, "Nur Audio").click_accesskit();
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Beitreten").click();
    page.run_steps(2);
    let [Command::Join { camera: false, .. }] = join_commands(&mut page)[..] else {
        panic!("a camera in an audio-only call");
    };
    assert!(page.state().state.settings.audio_only);
}

#[test]
fn another_name_holds_for_this_conference_and_an_empty_one_keeps_nobody_out_for_long() {
    let mut window = at_pre_join(Language::German);
    let state = window.state.pre_join.as_mut().expect("the page");
    assert_eq!(state.name, "Miriam Vogt");
    state.name = "   ".into();
    let mut page = page(window);
    page.get_by_role_and_label(Kind::Button, "Beitreten").click();
    page.run_steps(2);
    assert_eq!(join_commands(&mut page), []);
    page.get_by_label_contains("Bitte geben Sie einen Namen ein");
    page.state_mut().state.pre_join.as_mut().expect("the page").name =
        " M. Vogt, Hausverwaltung ".into();
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Beitreten").click();
    page.run_steps(2);
    let [Command::Join { name: Some(name), .. }] = &join_commands(&mut page)[..] else {
        panic!("no name was sent");
    };
    assert_eq!(name, "M. Vogt, Hausverwaltung");
}

#[test]
fn the_profiles_name_is_the_usual_one() {
    let mut window = at_home(Language::German);
    let profile = ConferenceProfile {
        name: "Vogt (Verwaltung)".into(),
        camera: None,
        microphone: None,
        speaker: None,
        blur_percent: 0,
        join_muted: true,
        join_without_camera: false,
    };
    let me = Me {
        id: 1,
        name: "miriam".into(),
        display_name: "Miriam Vogt".into(),
        email: None,
        language: "de".into(),
        role: AccountRole::Member,
        must_change: false,
        profile: Some(profile),
        picture_changed_at_ms: None,
    };
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me))));
    window.state.open(rooms()[0].clone());
    assert_eq!(window.state.pre_join.as_ref().expect("the page").name, "Vogt (Verwaltung)");
    let Some(Command::Join { name, .. }) = window.state.join() else { panic!("joins") };
    assert_eq!(name, None, "the hub knows it");
}

#[test]
fn who_is_there_and_who_waits_is_told_and_kept_up_to_date() {
    let mut window = at_pre_join(Language::German);
    window.apply(look(&["Sabine Wolff", "Emre Kemal"], &["a", "b", "c", "d", "e", "f"], 90));
    let number = rooms()[0].number.clone();
    window.take_commands();
    let status = RoomStatus {
        number: number.clone(),
        name: String::new(),
        state: RoomState::SomeoneWaits,
        inside: 2,
        waiting: 7,
    };
    window.apply(BackendEvent::Live(LiveEvent::Said(Event::Rooms { rooms: vec![status] })));
    assert!(window.take_commands().contains(&Command::LookIn { number }), "somebody came");
    let page = page(window);
    page.get_by_label("2 sind da 6 warten");
    page.get_by_label_contains("6 Gäste warten. Sie kommen herein, sobald Sie beitreten.");
}

#[test]
fn g5_full_and_nearly_full_hubs_are_told_before_the_event_and_keep_nobody_out() {
    let mut window = at_pre_join(Language::German);
    window.apply(look(&[], &[], 0));
    let mut full = page(window);
    full.get_by_label_contains("Alle Gästeplätze des Servers sind belegt");
    full.key_press(Key::Enter);
    full.run_steps(2);
    assert_eq!(join_commands(&mut full).len(), 1);
    let mut window = at_pre_join(Language::German);
    window.apply(look(&[], &[], 3));
    page(window).get_by_label_contains("Nur noch 3 Gästeplätze sind frei");
    let mut window = at_pre_join(Language::German);
    window.apply(look(&[], &[], 90));
    assert!(page(window).query_by_label_contains("Gästepl").is_none());
}

#[test]
fn a_late_look_into_another_room_changes_nothing() {
    let mut window = at_pre_join(Language::German);
    window.state.open(rooms()[1].clone());
    window.apply(look(&["Sabine Wolff"], &[], 0));
    let page = window.state.pre_join.expect("the page");
    assert_eq!((page.there, page.capacity), (None, None));
}

#[test]
fn g7_a_machine_without_devices_joins_all_the_same() {
    let mut window = at_pre_join(Language::German);
    let mut none = devices();
    none.camera = CameraSource::None;
    none.microphone = MicrophoneSource::None;
    none.speaker = SpeakerSink::Null;
    window.apply(BackendEvent::Devices(none));
    let mut page = page(window);
    page.key_press(Key::Enter);
    page.run_steps(2);
    assert_eq!(join_commands(&mut page).len(), 1);
}

#[test]
fn the_page_renders() {
    for (name, size, theme) in [
        ("pre_join_there", [1440.0, 900.0], Theme::Dark),
        ("pre_join_light", [1440.0, 900.0], Theme::Light),
        ("pre_join_narrow", [960.0, 700.0], Theme::Dark),
    ] {
        let mut window = at_pre_join(Language::German);
        window.apply(look(&["Sabine Wolff", "Emre Kemal"], &["a", "b"], 3));
        let mut page = rendered(window, size, theme);
        page.run_steps(4);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).expect("folder");
        page.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("saved");
    }
}
