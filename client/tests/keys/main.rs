//! Shortcuts as they are pressed, listed and changed.

mod everywhere;
#[path = "../fake/mod.rs"]
mod fake;
mod regions;

use client::app::Window;
use client::command::{Command, DesktopCommand};
use client::i18n::Language;
use client::keys::{Action, Shortcut};
use client::state::{
    BackendEvent, DesktopEvent, Page, Refused, SettingsTab, TalkKeyEvent, TalkKeys,
};
use egui::accesskit::Role as Kind;
use egui::{Event, Key, Modifiers, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
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
fn a_key_held_when_the_conference_ends_says_nothing_in_the_next() {
    let mut page = muted();
    hold(&mut page, Key::Space, true);
    assert!(page.state().state.talk.talking());
    page.state_mut().state.go_home();
    page.run_steps(1);
    assert!(!page.state().state.talk.talking());
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
    let dialog = egui::Id::unique(("dialog", "shortcuts"));
    let dialog = page.ctx.memory(|memory| memory.area_rect(dialog)).expect("on show");
    let hint = page.get_by_label_contains("Ändern lassen sie sich").rect();
    assert!(dialog.contains_rect(hint), "all of it is in sight");
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
    page.get_by_role_and_label(Kind::Button, "Alle zurücksetzen").scroll_to_me();
    page.run_steps(4);
    page.get_by_role_and_label(Kind::Button, "Alle zurücksetzen").click();
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: V · Strg+E");
}

#[test]
fn backspace_takes_a_key_away() {
    let mut page = at_keys();
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::Backspace);
    assert!(page.state().state.settings.keys.keys(Action::Camera).is_empty());
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: Keine");
    page.get_by_role_and_label(Kind::Button, "Übliche Taste für „Kamera ein und aus“").click();
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: V · Strg+E");
}

#[test]
fn a_taken_key_is_refused_with_what_it_does() {
    let mut page = at_keys();
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::M);
    page.get_by_label_contains("Schon vergeben: M (Stummschalten und wieder einschalten)");
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::Tab);
    page.get_by_label_contains("Tab führt durch das Fenster");
    // Escape gives up.
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::Escape);
    assert_eq!(page.state().state.choosing_key, None);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: V · Strg+E");
}

/// The settings over the conference, at the shortcuts.
fn keys_in_a_call() -> Harnessed {
    let mut page = group_call();
    page.state_mut().state.settings_tab = SettingsTab::Keys;
    page.state_mut().state.call.as_mut().expect("in a call").view.settings = true;
    page.run_steps(3);
    page.state_mut().take_commands();
    page
}

#[test]
fn a_shortcut_is_changed_during_a_call_and_the_key_does_nothing_else() {
    let mut page = keys_in_a_call();
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::M);
    page.get_by_label_contains("Schon vergeben: M (Stummschalten und wieder einschalten)");
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::F9);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: F9");
    page.get_by_role_and_label(Kind::Button, "Hand heben und senken: R · H").click();
    page.run_steps(2);
    page.key_press(Key::Escape);
    page.run_steps(2);
    assert_eq!(page.state().state.choosing_key, None);
    page.get_by_role_and_label(Kind::Dialog, "Weitere Einstellungen");
    assert_eq!(wishes(&mut page), []);
}

#[test]
fn nothing_fires_behind_the_settings_and_the_choice_of_a_screen() {
    let mut page = keys_in_a_call();
    for key in [Key::M, Key::V, Key::R, Key::C, Key::P] {
        page.key_press(key);
        page.run_steps(2);
    }
    assert_eq!(wishes(&mut page), []);
    page.key_press(Key::Escape);
    page.run_steps(3);
    assert!(page.query_by_role_and_label(Kind::Dialog, "Weitere Einstellungen").is_none());
    page.get_by_role_and_label(Kind::Button, "Bildschirm teilen").click();
    page.run_steps(3);
    page.key_press(Key::M);
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::ListScreens]);
}

#[test]
fn escape_closes_a_dialog_before_it_leaves_the_full_screen() {
    let mut page = keys_in_a_call();
    page.state_mut().state.fullscreen = true;
    page.run_steps(3);
    page.key_press(Key::Escape);
    page.run_steps(3);
    assert!(page.query_by_role_and_label(Kind::Dialog, "Weitere Einstellungen").is_none());
    assert!(page.state().state.fullscreen);
    page.key_press(Key::Escape);
    page.run_steps(3);
    assert!(!page.state().state.fullscreen);
}

#[test]
fn a_shortcut_is_changed_in_the_settings_of_a_call_too() {
    let mut page = group_call();
    page.state_mut().state.settings_tab = SettingsTab::Keys;
    page.state_mut().state.call.as_mut().expect("in a call").view.settings = true;
    page.run_steps(3);
    choose(&mut page, "Kamera ein und aus: V · Strg+E", Key::F9);
    page.get_by_role_and_label(Kind::Button, "Kamera ein und aus: F9");
}

/// What a control says of itself beside its name.
fn described(page: &Harnessed, kind: Kind, label: &str) -> Option<String> {
    page.get_by_role_and_label(kind, label).accesskit_node().description()
}

fn hover(page: &mut Harnessed, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).hover();
    for _ in 0..8 {
        page.step();
    }
}

#[test]
fn tooltips_name_the_key_in_force_and_none_where_there_is_none() {
    let mut page = group_call();
    hover(&mut page, "Chat");
    page.get_by_label("Chat (C)");
    let keys = &mut page.state_mut().state.settings.keys;
    keys.bind(Action::Chat, "Ctrl+F9".parse().expect("a key")).expect("free");
    keys.bind(Action::Fullscreen, "F8".parse().expect("a key")).expect("free");
    keys.unbind(Action::People);
    page.run_steps(2);
    page.get_by_label("Chat (Strg+F9)");
    hover(&mut page, "Vollbild");
    page.get_by_label("Vollbild (F8)");
    hover(&mut page, "Teilnehmer");
    assert!(page.query_by_label_contains("Teilnehmer (").is_none());
}

#[test]
fn the_last_menu_names_the_keys_and_opens_their_list() {
    let mut page = group_call();
    let keys = &mut page.state_mut().state.settings.keys;
    keys.bind(Action::Help, "F1".parse().expect("a key")).expect("free");
    keys.unbind(Action::Fullscreen);
    page.get_by_role_and_label(Kind::Button, "Mehr").click();
    page.run_steps(3);
    assert_eq!(described(&page, Kind::MenuItem, "Vollbild"), None);
    assert_eq!(described(&page, Kind::MenuItem, "Tastenkürzel"), Some("F1".into()));
    page.get_by_role_and_label(Kind::MenuItem, "Tastenkürzel").click();
    page.run_steps(3);
    page.get_by_label("Diese Liste: F1");
}

#[test]
fn a_narrow_toolbar_moves_its_keys_into_the_last_menu() {
    let mut page = harness(inside(Language::German, RoomKind::GroupCall, 9, people()));
    page.set_size(vec2(800.0, 700.0));
    let keys = &mut page.state_mut().state.settings.keys;
    keys.bind(Action::Share, "F9".parse().expect("a key")).expect("free");
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Button, "Mehr").click();
    page.run_steps(3);
    assert_eq!(described(&page, Kind::MenuItem, "Bildschirm teilen"), Some("F9".into()));
}

#[test]
fn who_speaks_unheard_is_told_the_key_in_force() {
    let mut page = muted();
    for tenths in 0..30 {
        page.state_mut().state.now.seconds = f64::from(tenths) / 10.0;
        page.state_mut().apply(BackendEvent::MicrophoneLevel(20));
    }
    page.run_steps(2);
    page.get_by_label("Sie sprechen, aber niemand hört Sie: Taste M schaltet den Ton ein");
    let keys = &mut page.state_mut().state.settings.keys;
    keys.bind(Action::Microphone, "F9".parse().expect("a key")).expect("free");
    page.run_steps(2);
    page.get_by_label("Sie sprechen, aber niemand hört Sie: Taste F9 schaltet den Ton ein");
    page.state_mut().state.settings.keys.unbind(Action::Microphone);
    page.run_steps(2);
    page.get_by_label("Sie sprechen, aber niemand hört Sie");
}
#[test]
fn the_settings_and_the_list_render() {
    for (name, theme) in [("settings_keys", Theme::Dark), ("settings_keys_light", Theme::Light)] {
        let mut window = at_home(Language::German);
        window.state.page = Page::Settings;
        window.state.settings_tab = SettingsTab::Keys;
        window.state.help = name == "settings_keys_light";
        window.state.settings.talk_everywhere = true;
        let mut page = rendered(window, [1440.0, 900.0], theme);
        page.run_steps(4);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).expect("folder");
        page.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("saved");
    }
}

#[test]
fn the_last_menu_and_the_banner_render() {
    for (name, theme) in [("menu_more", Theme::Dark), ("menu_more_light", Theme::Light)] {
        let window = inside(Language::German, RoomKind::GroupCall, 9, people());
        let mut page = rendered(window, [840.0, 900.0], theme);
        page.key_press(Key::M);
        page.run_steps(2);
        for tenths in 0..30 {
            page.state_mut().state.now.seconds = f64::from(tenths) / 10.0;
            page.state_mut().apply(BackendEvent::MicrophoneLevel(20));
        }
        page.get_by_role_and_label(Kind::Button, "Mehr").click();
        page.run_steps(4);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).expect("folder");
        page.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("saved");
    }
}
