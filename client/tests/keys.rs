//! Shortcuts as they are pressed, listed and changed.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::keys::Action;
use client::state::{Page, SettingsTab};
use egui::accesskit::Role as Kind;
use egui::{Event, Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::*;
use protocol::*;

type Harnessed = Harness<'static, Window>;

fn group_call() -> Harnessed {
    let mut page = harness(inside(Language::German, RoomKind::GroupCall, 9, people()));
    page.run_steps(2);
    page.state_mut().take_commands();
    page
}

fn wishes(page: &mut Harnessed) -> Vec<Command> {
    let all = page.state_mut().take_commands();
    all.into_iter().filter(|command| !matches!(command, Command::Watch(_))).collect()
}

fn hold(page: &mut Harnessed, key: Key, pressed: bool) {
    let modifiers = Modifiers::NONE;
    page.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
    page.run_steps(1);
}

/// Lets the window's clock go on.
fn later(page: &mut Harnessed) {
    for _ in 0..12 {
        page.step();
    }
}

fn muted() -> Harnessed {
    let mut page = group_call();
    page.key_press(Key::M);
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::SetMicrophone(false)]);
    page
}

#[test]
fn push_to_talk_opens_while_held_and_closes_after() {
    let mut page = muted();
    hold(&mut page, Key::Space, true);
    assert_eq!(wishes(&mut page), [Command::SetMicrophone(true)]);
    hold(&mut page, Key::Space, false);
    later(&mut page);
    assert_eq!(wishes(&mut page), [Command::SetMicrophone(false)]);
}

#[test]
fn push_to_talk_does_nothing_while_a_control_has_the_keyboard() {
    let mut page = muted();
    page.get_by_role_and_label(Kind::Button, "Chat").focus();
    page.run_steps(2);
    hold(&mut page, Key::Space, true);
    hold(&mut page, Key::Space, false);
    later(&mut page);
    assert!(!wishes(&mut page).contains(&Command::SetMicrophone(true)));
}

#[test]
fn the_help_lists_every_shortcut_and_goes_by_escape() {
    let mut page = group_call();
    page.key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    page.run_steps(3);
    assert!(page.query_all_by_label("Tastenkürzel").next().is_some());
    page.get_by_label("Hand heben und senken: R, H");
    page.key_press(Key::M);
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [], "nothing fires behind the list");
    page.key_press(Key::Escape);
    page.run_steps(3);
    assert!(page.query_by_label("Hand heben und senken: R, H").is_none());
}

#[test]
fn a_digit_brings_a_tile_to_the_stage_and_zero_oneself() {
    let mut page = group_call();
    page.key_press(Key::Num2);
    page.run_steps(2);
    let call = page.state().state.call.as_ref().expect("in a call");
    assert_eq!(call.on_stage().map(|subject| subject.0), Some(call.tiles.order()[1].0));
    page.key_press(Key::Num0);
    page.run_steps(2);
    let call = page.state().state.call.as_ref().expect("in a call");
    assert_eq!(call.on_stage().map(|subject| subject.0), Some(call.you));
}

#[test]
fn sharing_has_a_key() {
    let mut page = group_call();
    page.key_press(Key::D);
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::ListScreens]);
}

fn at_keys() -> Harnessed {
    let mut window = at_home(Language::German);
    window.state.page = Page::Settings;
    window.state.settings_tab = SettingsTab::Keys;
    let mut page = harness(window);
    page.run_steps(2);
    page
}

fn choose(page: &mut Harnessed, button: &str, key: Key) {
    page.get_by_role_and_label(Kind::Button, button).click();
    page.run_steps(2);
    page.key_press(key);
    page.run_steps(2);
}

#[test]
fn a_shortcut_is_changed_by_pressing_another_key() {
    let mut page = at_keys();
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::F9);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: F9");
    let keys = page.state().state.settings.keys.clone();
    assert_eq!(keys.printed(Action::Camera, Language::German), "F9");
    page.get_by_role_and_label(Kind::Button, "Alle zurücksetzen").click();
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: V · Strg+E");
}

#[test]
fn a_taken_key_is_refused_with_what_it_does() {
    let mut page = at_keys();
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::M);
    page.get_by_label_contains("Schon vergeben: M (Stummschalten und wieder einschalten)");
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::F6);
    page.get_by_label_contains("F6 führt durch das Fenster");
    // Escape gives up.
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::Escape);
    assert_eq!(page.state().state.choosing_key, None);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: V · Strg+E");
}

#[test]
fn the_settings_and_the_list_render() {
    for (name, theme) in [("settings_keys", Theme::Dark), ("settings_keys_light", Theme::Light)] {
        let mut window = at_home(Language::German);
        window.state.page = Page::Settings;
        window.state.settings_tab = SettingsTab::Keys;
        window.state.help = name == "settings_keys_light";
        let mut page = rendered(window, [1440.0, 900.0], theme);
        page.run_steps(4);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).expect("folder");
        page.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("saved");
    }
}
