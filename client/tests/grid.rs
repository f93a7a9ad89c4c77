//! Tiles: how many, in what order, when they move, and what the keyboard does with them.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::state::{Layout, PAGE, Scene};
use egui::accesskit::Role as Kind;
use egui::{Key, Modifiers, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::*;
use protocol::*;

type Page = Harness<'static, Window>;

/// `count` people; the last one is us.
fn crowd(count: u32) -> Vec<Participant> {
    (1..=count).map(|id| person(id, &format!("Gast {id:02}"), Role::Attendee, true, true)).collect()
}

fn page(count: u32) -> Page {
    let mut page = harness(inside(Language::German, RoomKind::GroupCall, count, crowd(count)));
    page.run_steps(4);
    page
}

fn call(page: &Page) -> &client::state::Call {
    page.state().state.call.as_ref().expect("in a call")
}

/// The last wish for pictures.
fn watched(page: &mut Page) -> Option<Vec<u32>> {
    let commands = page.state_mut().take_commands();
    commands.into_iter().rev().find_map(|command| match command {
        Command::Watch(videos) => Some(videos.iter().map(|v| v.participant.0).collect()),
        _ => None,
    })
}

fn tile(page: &Page, id: u32) -> Option<Rect> {
    let label = format!("Gast {id:02} groß zeigen");
    page.query_by_label(&label).map(|node| node.rect())
}

fn own(page: &Page) -> Rect {
    page.get_by_label("Sie groß zeigen").rect()
}

fn leave(page: &mut Page, id: u32) {
    page.state_mut().apply(hub(HubMessage::ParticipantLeft { participant: ParticipantId(id) }));
}

#[test]
fn i5_twenty_five_tiles_stand_on_a_page_and_hidden_pages_ask_for_nothing() {
    let mut page = page(49);
    assert_eq!(call(&page).scene(), Scene::Tiles);
    let shown = (1..=48).filter(|id| tile(&page, *id).is_some()).count();
    assert_eq!(shown, PAGE);
    assert_eq!(watched(&mut page).expect("a wish"), (1..=25).collect::<Vec<u32>>());
    page.get_by_role_and_label(Kind::Button, "Nächste Seite").click();
    page.run_steps(4);
    assert!(tile(&page, 26).is_some() && tile(&page, 1).is_none());
    assert_eq!(watched(&mut page).expect("a wish"), (26..=48).collect::<Vec<u32>>());
    own(&page);
}

#[test]
fn i5_oneself_stands_last_and_nine_stand_three_by_three() {
    let page = page(9);
    let own = own(&page);
    for id in 1..=8 {
        let other = tile(&page, id).expect("on show");
        assert!(other.top() < own.top() - 1.0 || other.left() < own.left(), "{id}");
        assert!((other.width() / other.height() - 16.0 / 9.0).abs() < 0.02);
    }
    let first = tile(&page, 1).expect("on show");
    assert_eq!((tile(&page, 4).expect("on show").left() - first.left()).round(), 0.0);
}

#[test]
fn i5_tiles_wait_two_seconds_before_they_move_again() {
    let mut page = page(6);
    page.run_steps(10);
    leave(&mut page, 2);
    page.run_steps(4);
    let moved = tile(&page, 3);
    leave(&mut page, 1);
    page.run_steps(2);
    assert_eq!(tile(&page, 3), moved, "the second change waits");
    page.run_steps(12);
    assert_ne!(tile(&page, 3), moved);
}

#[test]
fn i5_nothing_moves_away_from_under_the_pointer() {
    let mut page = page(6);
    page.run_steps(12);
    let before = tile(&page, 3).expect("on show");
    page.hover_at(before.center());
    page.run_steps(2);
    leave(&mut page, 1);
    page.run_steps(16);
    assert_eq!(tile(&page, 3), Some(before));
    assert!(tile(&page, 1).is_none(), "who left is not named any more");
    page.hover_at(pos2(5.0, 5.0));
    page.run_steps(16);
    assert_ne!(tile(&page, 3), Some(before));
}

#[test]
fn i5_a_hand_on_a_hidden_page_comes_to_the_first() {
    let mut page = page(49);
    let mut late = crowd(49).remove(39);
    late.hand_raised_at_ms = Some(NOON_MS);
    page.state_mut().apply(hub(HubMessage::ParticipantChanged { participant: late }));
    page.run_steps(16);
    assert!(tile(&page, 40).is_some());
    assert!(tile(&page, 25).is_none(), "one made room");
    assert_eq!(tile(&page, 24).map(|r| r.left() < 1440.0), Some(true));
}

#[test]
fn i5_arrows_go_from_tile_to_tile_and_enter_brings_one_to_the_stage() {
    let mut page = page(9);
    page.get_by_label("Gast 01 groß zeigen").focus();
    page.run_steps(2);
    for key in [Key::ArrowRight, Key::ArrowDown] {
        page.key_press(key);
        page.run_steps(2);
    }
    assert!(page.get_by_label("Gast 05 groß zeigen").is_focused());
    page.key_press(Key::Enter);
    page.run_steps(3);
    assert_eq!((call(&page).layout, call(&page).pinned), (Layout::Stage, Some(ParticipantId(5))));
}

#[test]
fn i5_tab_passes_the_tiles_in_one_step() {
    let mut page = page(9);
    page.get_by_label("Gast 01 groß zeigen").focus();
    page.run_steps(2);
    page.key_press(Key::Tab);
    page.run_steps(2);
    let focused =
        (2..=8).any(|id| page.get_by_label(&format!("Gast {id:02} groß zeigen")).is_focused());
    assert!(!focused, "the next stop is not another tile");
}

#[test]
fn the_menu_key_opens_loudness_mute_and_pin() {
    let mut page = page(9);
    let mut me = crowd(9).remove(8);
    me.role = Role::Host;
    page.state_mut().apply(hub(HubMessage::ParticipantChanged { participant: me }));
    page.get_by_label("Gast 01 groß zeigen").focus();
    page.run_steps(2);
    page.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    page.run_steps(3);
    let slider = page.get_by_role_and_label(Kind::Slider, "Lautstärke von Gast 01");
    slider.focus();
    page.run_steps(2);
    page.state_mut().take_commands();
    page.key_press(Key::ArrowLeft);
    page.run_steps(2);
    let participant = ParticipantId(1);
    let commands = page.state_mut().take_commands();
    let Some(Command::SetVolume { participant: whose, percent }) = commands.first() else {
        panic!("{commands:?}")
    };
    assert_eq!(*whose, participant);
    assert!(*percent < 100);
    assert_eq!(call(&page).volume(participant), *percent);
    page.get_by_role_and_label(Kind::MenuItem, "Stummschalten").click();
    page.run_steps(3);
    assert_eq!(page.state_mut().take_commands(), [Command::Mute(participant)]);
}

#[test]
fn a_right_click_pins_and_who_is_no_host_cannot_mute() {
    let mut page = page(9);
    page.get_by_label("Gast 02 groß zeigen").click_secondary();
    page.run_steps(3);
    assert!(page.query_by_role_and_label(Kind::MenuItem, "Stummschalten").is_none());
    page.get_by_role_and_label(Kind::MenuItem, "Auf der Bühne anheften").click();
    page.run_steps(3);
    assert_eq!(call(&page).pinned, Some(ParticipantId(2)));
}

#[test]
fn a_window_that_nobody_sees_asks_for_no_picture() {
    let mut page = page(9);
    page.state_mut().take_commands();
    assert!(page.state_mut().rest(100.0).is_some(), "it waits until that has settled");
    assert_eq!(page.state_mut().rest(100.2), None);
    assert_eq!(page.state_mut().take_commands(), [Command::Watch(Vec::new())]);
}

#[test]
fn small_tiles_ask_for_few_lines() {
    let mut page = page(25);
    page.set_size(vec2(900.0, 600.0));
    page.run_steps(6);
    let commands = page.state_mut().take_commands();
    let Some(Command::Watch(videos)) = commands.last() else { panic!("{commands:?}") };
    assert_eq!(videos.len(), 24);
    assert!(videos.iter().all(|video| video.max_lines == 90), "{videos:?}");
}
