//! F6 and Shift+F6: from one region of the window to the next.

use crate::fake::*;
use crate::*;

/// The name of what has the keyboard.
fn focused(page: &Harnessed) -> Option<String> {
    let mut nodes = page.root().children_recursive();
    let node = nodes.find(|node| node.accesskit_node().is_focused())?;
    node.accesskit_node().label()
}

fn step(page: &mut Harnessed, modifiers: Modifiers) -> String {
    page.key_press_modifiers(modifiers, Key::F6);
    page.run_steps(3);
    focused(page).unwrap_or_default()
}

#[test]
fn f6_goes_from_region_to_region_of_a_call_and_round() {
    let (on, back) = (Modifiers::NONE, Modifiers::SHIFT);
    let mut page = group_call();
    assert_eq!(step(&mut page, on), "Verlassen");
    let tile = step(&mut page, on);
    assert_eq!(step(&mut page, on), "Stummschalten");
    assert_eq!(step(&mut page, on), "Verlassen", "no panel, and round");
    assert_eq!(step(&mut page, back), "Stummschalten");
    assert_eq!(step(&mut page, back), tile);
    page.key_press(Key::C);
    page.run_steps(3);
    let panel = step(&mut page, on);
    assert!(!["Verlassen", "Stummschalten", &tile].contains(&panel.as_str()), "{panel}");
    assert_eq!(step(&mut page, on), "Stummschalten");
}

#[test]
fn f6_leaves_a_text_field_and_comes_back_to_it() {
    let mut page = group_call();
    page.key_press(Key::C);
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").focus();
    page.run_steps(2);
    assert_eq!(step(&mut page, Modifiers::NONE), "Stummschalten");
    assert_eq!(step(&mut page, Modifiers::SHIFT), "Nachricht");
}

#[test]
fn f6_goes_between_navigation_and_page() {
    let mut page = harness(at_home(Language::German));
    page.run_steps(3);
    let first = step(&mut page, Modifiers::NONE);
    assert_eq!(first, "Sofort anrufen");
    page.get_by_role_and_label(Kind::Button, "Räume").focus();
    page.run_steps(2);
    let body = step(&mut page, Modifiers::NONE);
    assert!(!body.is_empty() && body != first, "{body}");
    assert_eq!(step(&mut page, Modifiers::NONE), "Räume", "where it was");
}

#[test]
fn the_keys_between_regions_can_be_changed_and_leave_dialogs_alone() {
    let mut page = group_call();
    let keys = &mut page.state_mut().state.settings.keys;
    keys.bind(Action::NextRegion, "N".parse().expect("a key")).expect("free");
    assert_eq!(step(&mut page, Modifiers::NONE), "");
    page.key_press(Key::N);
    page.run_steps(3);
    assert_eq!(focused(&page).as_deref(), Some("Verlassen"));
    // A letter belongs to the field that is typed into.
    page.key_press(Key::C);
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").focus();
    page.run_steps(2);
    page.key_press(Key::N);
    page.run_steps(3);
    assert_eq!(focused(&page).as_deref(), Some("Nachricht"));
    page.state_mut().state.help = true;
    page.run_steps(3);
    let before = focused(&page);
    assert_eq!(step(&mut page, Modifiers::SHIFT), before.unwrap_or_default());
}

#[test]
fn f6_brings_the_toolbar_back_over_a_full_screen() {
    let mut page = group_call();
    page.state_mut().state.fullscreen = true;
    page.run_steps(3);
    let all: Vec<_> = (0..3).map(|_| step(&mut page, Modifiers::NONE)).collect();
    assert_eq!(all[0], "Vollbild beenden");
    assert_eq!(all[2], "Stummschalten");
}
