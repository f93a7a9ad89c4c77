//! Whoever sends no picture shows the one of their profile.

use crate::fake::*;
use crate::{NARROW, WIDE, keep, page};
use client::app::Window;
use client::command::{Command, PeopleCommand};
use client::i18n::Language;
use client::state::Panel;
use egui::Theme;
use protocol::*;

/// Everybody without a camera; the people are known to the window.
fn dark(language: Language) -> Window {
    let mut everybody = people();
    for person in &mut everybody {
        person.camera = false;
    }
    // A guest who took a contact's name.
    everybody[4].kind = ParticipantKind::Guest;
    let mut window = inside(language, RoomKind::GroupCall, 9, everybody);
    let mut me = people::me();
    me.picture_changed_at_ms = Some(NOON_MS);
    people::introduce(&mut window);
    window.apply(client::state::BackendEvent::People(client::state::PeopleEvent::Me(Ok(me))));
    let call = window.state.call.as_mut().expect("a call");
    call.camera = false;
    call.toggle(Panel::People);
    window.take_commands();
    window
}

#[test]
fn a8_pictures_are_asked_for_in_calls_once_for_each_person() {
    let mut page = page(dark(Language::German));
    page.run_steps(4);
    let load = |command| match command {
        Command::People(PeopleCommand::LoadPicture { user }) => Some(user),
        _ => None,
    };
    let mut asked: Vec<String> =
        page.state_mut().take_commands().into_iter().filter_map(load).collect();
    asked.sort();
    // Tobias has none, Sabine is a guest by that name, the others are strangers.
    assert_eq!(asked, ["aylin", "farid", "miriam", "petra"]);
    page.run_steps(4);
    assert!(page.state_mut().take_commands().into_iter().filter_map(load).next().is_none());
}

#[test]
fn the_faces_render() {
    let with_faces = |language| {
        let mut window = dark(language);
        people::faces(&mut window);
        window
    };
    keep("faces_call", with_faces(Language::German), WIDE, Theme::Dark);
    keep("faces_call_light", with_faces(Language::German), NARROW, Theme::Light);
}
