//! The page before a conference: what it knows, remembers and never asks.

mod fake;

use client::app::Window;
use client::command::{Command, RoomsCommand};
use client::i18n::Language;
use client::live::LiveEvent;
use client::settings::BackdropKind;
use client::state::{BackendEvent, Device, PeopleEvent, RoomsEvent, Screen};
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

/// What the hub answers about the page's room.
fn look(window: &mut Window, inside: &[&str], waits: &[&str], free: usize) {
    let there = PeopleNow {
        inside: inside.iter().map(|name| (*name).into()).collect(),
        waiting: waiting(waits),
    };
    let capacity = Capacity { total: 100, used: 100 - free, free, planned: 0, enough: true };
    let number = rooms()[0].number.clone();
    let people = RoomsEvent::People { number, people: Ok(there) };
    let places = RoomsEvent::Capacity { capacity: Ok(capacity), latency_ms: 18 };
    window.apply(BackendEvent::Room(people));
    window.apply(BackendEvent::Room(places));
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
fn h2_microphone_and_loudspeaker_are_chosen_before_joining_and_remembered() {
    let mut window = at_pre_join(Language::German);
    let mut more = devices();
    let headset = MicrophoneSource::Device(Some("Jabra Evolve".into()));
    let phones = SpeakerSink::Device(Some("Kopfhörer".into()));
    let (source, name) = (headset.clone(), "Jabra Evolve".into());
    more.microphones.push(Device { source, name });
    more.speakers.push(Device { source: phones.clone(), name: "Kopfhörer".into() });
    window.apply(BackendEvent::Devices(more));
    window.take_commands();
    let mut page = page(window);
    for (kind, name) in [("Mikrofon", "Jabra Evolve"), ("Lautsprecher", "Kopfhörer")] {
        page.get_by_role_and_label(Kind::ComboBox, kind).click();
        page.run_steps(3);
        page.get_by_label(name).click();
        page.run_steps(3);
    }
    let commands = page.state_mut().take_commands();
    assert!(commands.contains(&Command::SetMicrophoneDevice(headset)));
    assert!(commands.contains(&Command::SetSpeakerDevice(phones)));
    let settings = &page.state().state.settings;
    assert_eq!(settings.microphone.as_deref(), Some("Jabra Evolve"));
    assert_eq!(settings.speaker.as_deref(), Some("Kopfhörer"));
}

#[test]
fn h3_the_background_is_made_unrecognisable_before_joining() {
    let mut page = page(at_pre_join(Language::German));
    page.state_mut().take_commands();
    let unsharp = page.get_by_role_and_label(Kind::RadioButton, "Unscharf");
    unsharp.scroll_to_me();
    unsharp.click();
    page.run_steps(3);
    let commands = page.state_mut().take_commands();
    let asked = commands.iter().any(|command| {
        matches!(command, Command::SetBackdrop(backdrop) if backdrop.kind == BackdropKind::Blurred)
    });
    assert!(asked, "{commands:?}");
    assert_eq!(page.state().state.settings.backdrop.kind, BackdropKind::Blurred);
    assert_eq!(page.state().state.screen, Screen::PreJoin);
}

#[test]
fn h4_one_goes_back_instead_of_joining() {
    let mut page = page(at_pre_join(Language::German));
    page.state_mut().take_commands();
    page.get_by_role_and_label(Kind::Button, "Zurück").click();
    page.run_steps(3);
    assert_eq!(page.state().state.screen, Screen::Main);
    let commands = page.state_mut().take_commands();
    assert!(commands.contains(&Command::CloseRoom), "{commands:?}");
    assert!(!commands.iter().any(|command| matches!(command, Command::Join { .. })));
}

#[test]
fn h5_the_own_picture_is_on_show_before_joining_and_goes_with_the_camera() {
    let moving = |page: &Page| {
        let shapes = page.output().shapes.iter();
        shapes.filter(|shape| matches!(shape.shape, egui::Shape::Callback(_))).count()
    };
    let mut page = page(at_pre_join(Language::German));
    assert_eq!(moving(&page), 1);
    let without = page.get_by_role_and_label(Kind::Switch, "Ohne Kamera beitreten");
    without.scroll_to_me();
    without.click();
    page.run_steps(3);
    assert_eq!(moving(&page), 0);
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
    look(&mut window, &["Sabine Wolff", "Emre Kemal"], &["a", "b", "c", "d", "e", "f"], 90);
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
    let people = Command::Rooms(RoomsCommand::LoadPeople { number });
    assert!(window.take_commands().contains(&people), "somebody came");
    let page = page(window);
    page.get_by_label("2 sind da 6 warten");
    page.get_by_label_contains("6 Gäste warten. Sie kommen herein, sobald Sie beitreten.");
}

#[test]
fn g5_full_and_nearly_full_hubs_are_told_before_the_event_and_keep_nobody_out() {
    let mut window = at_pre_join(Language::German);
    look(&mut window, &[], &[], 0);
    let mut full = page(window);
    full.get_by_label_contains("Alle Gastplätze des Servers sind belegt");
    full.key_press(Key::Enter);
    full.run_steps(2);
    assert_eq!(join_commands(&mut full).len(), 1);
    let mut window = at_pre_join(Language::German);
    look(&mut window, &[], &[], 3);
    page(window).get_by_label_contains("Nur noch 3 Gastplätze sind frei");
    let mut window = at_pre_join(Language::German);
    look(&mut window, &[], &[], 90);
    assert!(page(window).query_by_label_contains("Gästepl").is_none());
}

#[test]
fn a_late_look_into_another_room_changes_nothing() {
    let mut window = at_pre_join(Language::German);
    window.state.open(rooms()[1].clone());
    look(&mut window, &["Sabine Wolff"], &[], 0);
    let page = window.state.pre_join.expect("the page");
    assert_eq!(page.there, None);
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
        look(&mut window, &["Sabine Wolff", "Emre Kemal"], &["a", "b"], 3);
        let mut page = rendered(window, size, theme);
        page.run_steps(4);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).expect("folder");
        page.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("saved");
    }
}
