//! Where somebody is named whose account is known, they can be called, written to and kept.

use crate::fake::*;
use crate::scene::{ROUND, busy, live, said};
use crate::{Page, WIDE, keep_after, page};
use client::command::{CallsCommand, Command, PeopleCommand};
use client::i18n::Language;
use client::state::{Page as Shown, Panel};
use egui::Theme;
use egui::accesskit::Role as Kind;
use egui_kittest::kittest::Queryable;
use protocol::{ChatLine, Event, RoomKind};

fn rooms() -> Page {
    let mut window = busy(Language::German);
    window.state.page = Shown::Rooms;
    assert_eq!(window.state.rooms.current().map(|room| room.number.as_str()), Some(ROUND));
    let mut page = page(window);
    page.state_mut().take_commands();
    page
}

fn choose(page: &mut Page, line: &str) -> Vec<Command> {
    page.get_by_role_and_label(Kind::MenuItem, line).click();
    page.run_steps(3);
    page.state_mut().take_commands()
}

fn has(page: &Page, line: &str) -> bool {
    page.query_by_role_and_label(Kind::MenuItem, line).is_some()
}

#[test]
fn a5_a_name_in_the_rooms_chat_calls_and_writes() {
    let ring = |video| Command::Calls(CallsCommand::RingUser { user: "petra".into(), video });
    let open = |page: &mut Page| {
        let names = page.get_all_by_role_and_label(Kind::Button, "Dr. Petra Hansen");
        names.last().expect("a line of theirs").click();
        page.run_steps(3);
    };
    let mut page = rooms();
    open(&mut page);
    assert!(choose(&mut page, "Videoanruf").contains(&ring(true)));
    let mut page = rooms();
    open(&mut page);
    assert!(choose(&mut page, "Audioanruf").contains(&ring(false)));
    let mut page = rooms();
    open(&mut page);
    let chat = PeopleCommand::OpenChat { user: "petra".into() };
    assert!(choose(&mut page, "Nachricht").contains(&Command::People(chat)));
    // The other mouse button opens the same.
    let mut page = rooms();
    let names = page.get_all_by_role_and_label(Kind::Button, "Dr. Petra Hansen");
    names.last().expect("a line of theirs").click_secondary();
    page.run_steps(3);
    assert!(has(&page, "Videoanruf"));
}

#[test]
fn a_guest_who_is_called_like_a_member_opens_nobodys_menu() {
    let mut page = rooms();
    let line = said(60, "Dr. Petra Hansen", 0, "Ich bin es.");
    let line = ChatLine { account: None, ..line };
    page.state_mut().apply(live(Event::RoomChat { number: ROUND.into(), line }));
    page.run_steps(3);
    let names = page.get_all_by_role_and_label(Kind::Button, "Dr. Petra Hansen");
    assert_eq!(names.count(), 1, "of the line that is hers");
}

#[test]
fn a_writers_menu_names_them_as_their_line_does() {
    let mut window = busy(Language::German);
    window.state.page = Shown::Rooms;
    let line = ChatLine { account: Some("emre".into()), ..said(60, "Emre Kaya", 0, "Erledigt.") };
    window.apply(live(Event::RoomChat { number: ROUND.into(), line }));
    let mut page = page(window);
    page.get_by_role_and_label(Kind::Button, "Emre Kaya").click();
    page.run_steps(3);
    assert!(has(&page, "Nachricht"));
    assert!(page.query_by_label_contains("Emre Kaya, Nicht angemeldet").is_some());
}

#[test]
fn a_member_of_a_room_has_the_menu_and_the_own_name_has_none() {
    let mut page = rooms();
    page.state_mut().state.rooms.info.all_members = true;
    page.run_steps(3);
    let row = page.get_by_role_and_label(Kind::ListItem, "Aylin Demir, Mitglied");
    row.scroll_to_me();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::ListItem, "Aylin Demir, Mitglied").click_secondary();
    page.run_steps(3);
    assert!(has(&page, "Videoanruf"));
    assert!(page.query_by_role_and_label(Kind::Button, "Miriam Vogt").is_none());
}

#[test]
fn whoever_is_met_in_a_call_can_be_kept_as_a_contact() {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    people::introduce(&mut window);
    window.apply(people::found("gr", vec![people::summary(20, "grace", "Grace Owusu", false)]));
    window.state.call.as_mut().expect("a call").toggle(Panel::People);
    let open = |page: &mut Page, name: &str| {
        page.get_by_label(&format!("Mehr zu {name}")).click();
        page.run_steps(3);
    };
    let mut page = page(window);
    page.state_mut().take_commands();
    open(&mut page, "Grace Owusu");
    let add = PeopleCommand::SetContact { user: "grace".into(), contact: true };
    assert!(choose(&mut page, "Zu Kontakten hinzufügen").contains(&Command::People(add)));
    open(&mut page, "Dr. Petra Hansen");
    assert!(has(&page, "Aus Kontakten entfernen"));
    page.key_press(egui::Key::Escape);
    page.run_steps(3);
    // Whose account is not known cannot be kept.
    open(&mut page, "Jonas Kettler");
    assert!(!has(&page, "Zu Kontakten hinzufügen") && !has(&page, "Aus Kontakten entfernen"));
}

#[test]
fn the_menus_render() {
    let window = || {
        let mut window = busy(Language::German);
        window.state.page = Shown::Rooms;
        window
    };
    keep_after("menu_room_chat", window(), WIDE, Theme::Dark, |page| {
        let names = page.get_all_by_role_and_label(Kind::Button, "Dr. Petra Hansen");
        names.last().expect("a line of theirs").click();
    });
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    people::introduce(&mut window);
    people::faces(&mut window);
    window.state.call.as_mut().expect("a call").toggle(Panel::People);
    keep_after("menu_call_people", window, WIDE, Theme::Light, |page| {
        page.get_by_label("Mehr zu Farid Rahimi").click();
    });
}
