//! The frame around the pages: navigation, the running conference, the own account.

mod fake;

use client::app::Window;
use client::command::{Command, PeopleCommand};
use client::i18n::Language;
use client::live::LiveEvent;
use client::state::{BackendEvent, Page, Screen};
use egui::Theme;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use fake::*;
use protocol::{Event, Presence, RoomState, RoomStatus, UserPresence};

fn status(name: &str, number: &str, state: RoomState, inside: usize, waiting: usize) -> RoomStatus {
    RoomStatus { number: number.into(), name: name.into(), state, inside, waiting }
}

/// Signed in and heard, with a conference that runs and rooms where somebody waits.
fn at_work(language: Language) -> Window {
    let mut window = at_home(language);
    let you = UserPresence { user: "miriam".into(), presence: Presence::Online };
    window.apply(BackendEvent::Live(LiveEvent::Said(Event::Welcome {
        you,
        people: Vec::new(),
        rooms: vec![
            status("Wochenrunde Verwaltung", "612004387", RoomState::Live, 9, 1),
            status("Mieterberatung", "700118254", RoomState::SomeoneWaits, 0, 3),
        ],
        ringing: Vec::new(),
        calling: Vec::new(),
    })));
    window.state.page = Page::Journal;
    window.take_commands();
    window
}

fn pick(page: &mut Harness<'static, Window>, label: &str) {
    page.get_by_label(label).click();
    page.run_steps(3);
}

fn save(name: &str, size: [f32; 2], theme: Theme, window: Window, open: Option<&str>) {
    let mut page = rendered(window, size, theme);
    page.run_steps(3);
    if let Some(label) = open {
        pick(&mut page, label);
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    let image = page.render().expect("a picture");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

#[test]
fn the_frame_renders_wide_and_narrow_dark_and_light() {
    let me = "Miriam Vogt, Verfügbar";
    save("shell", [1440.0, 900.0], Theme::Dark, at_work(Language::German), Some(me));
    save("shell_light", [1440.0, 900.0], Theme::Light, at_work(Language::German), None);
    let narrow = at_work(Language::English);
    save("shell_narrow", [900.0, 600.0], Theme::Dark, narrow, Some("Call now"));
}

#[test]
fn every_page_has_its_entry_and_a1_the_planner_is_one_of_them() {
    let mut page = harness(at_work(Language::German));
    for (label, expected) in [
        ("Anrufplaner", Page::Planner),
        ("Räume", Page::Rooms),
        ("Kontakte", Page::Contacts),
        ("Journal", Page::Journal),
        ("Einstellungen", Page::Settings),
    ] {
        page.get_by_role_and_label(Kind::Button, label).click();
        page.run_steps(2);
        assert_eq!(page.state().state.page, expected);
    }
}

#[test]
fn a_narrow_window_keeps_every_entry_under_its_name() {
    let mut page = harness(at_work(Language::German));
    page.set_size(egui::vec2(900.0, 600.0));
    page.run_steps(2);
    for label in ["Sofort anrufen", "Anrufplaner", "Räume", "Kontakte", "Journal", "Einstellungen"]
    {
        let node = page.get_by_role_and_label(Kind::Button, label);
        assert!(node.rect().width() <= 64.0, "{label} is on the rail");
    }
}

#[test]
fn calling_now_opens_its_dialog_over_any_page() {
    let mut page = harness(at_work(Language::German));
    page.run_steps(2);
    pick(&mut page, "Sofort anrufen");
    page.get_by_role_and_label(Kind::Dialog, "Sofort anrufen");
    assert_eq!(page.state().state.page, Page::Journal);
}

#[test]
fn a3_a4_a_video_conference_starts_at_the_head_of_the_menu_on_every_page() {
    let mut page = harness(at_work(Language::German));
    page.run_steps(2);
    let first = page.get_by_role_and_label(Kind::Button, "Anrufplaner").rect();
    for label in ["Anrufplaner", "Räume", "Kontakte", "Journal", "Einstellungen"] {
        page.get_by_role_and_label(Kind::Button, label).click();
        page.run_steps(3);
        let start = page.get_by_role_and_label(Kind::Button, "Sofort anrufen");
        assert!(start.rect().bottom() < first.top(), "{label}");
        start.click();
        page.run_steps(3);
        page.get_by_role_and_label(Kind::Dialog, "Sofort anrufen");
        page.key_press(egui::Key::Escape);
        page.run_steps(3);
        assert!(page.query_by_role_and_label(Kind::Dialog, "Sofort anrufen").is_none());
    }
}

#[test]
fn the_running_conference_is_one_press_away() {
    let mut page = harness(at_work(Language::German));
    page.run_steps(2);
    page.state_mut().take_commands();
    pick(&mut page, "Teilnehmen: Wochenrunde Verwaltung");
    assert_eq!(page.state().state.screen, Screen::PreJoin);
    let opened = Command::OpenRoom { number: "612004387".into(), camera: true };
    assert!(page.state_mut().take_commands().contains(&opened));
}

#[test]
fn rooms_where_somebody_waits_are_counted_in_words_too() {
    let mut page = harness(at_work(Language::German));
    page.run_steps(2);
    let rooms = page.get_by_role_and_label(Kind::Button, "Räume");
    let told = rooms.accesskit_node().description();
    assert_eq!(told.as_deref(), Some("In 2 Räumen wartet jemand."));
}

#[test]
fn the_account_menu_sets_busy_and_signs_out_without_a_trace() {
    let mut page = harness(at_work(Language::German));
    page.run_steps(2);
    page.state_mut().take_commands();
    pick(&mut page, "Miriam Vogt, Verfügbar");
    pick(&mut page, "Beschäftigt");
    let busy = Command::People(PeopleCommand::SetBusy(true));
    assert!(page.state_mut().take_commands().contains(&busy));
    pick(&mut page, "Miriam Vogt, Verfügbar");
    pick(&mut page, "Abmelden");
    let state = &page.state().state;
    assert_eq!(state.screen, Screen::SignIn);
    assert!(
        state.rooms.list.is_none() && state.rooms.status.is_empty() && state.people.own.is_none()
    );
    assert!(page.state_mut().take_commands().contains(&Command::SignOut));
}
