//! The list of people: own contacts, and whom the directory has besides.

use super::{contact_menu, picture, presence};
use crate::command::{Command, PeopleCommand};
use crate::icons;
use crate::state::Page;
use crate::theme::font;
use crate::ui::{View, words};
use crate::widgets::{
    Button, Kind, avatar, elided, failure, label, list_row, note, presence_dot, search,
};
use egui::{Align, Layout, Rect, ScrollArea, Ui, pos2, vec2};
use protocol::{Presence, UserSummary};
use std::time::Duration;

/// A row's height.
const ROW: f32 = 48.0;

/// Search above, people below.
pub(super) fn with_search(ui: &mut Ui, view: &mut View<'_>) {
    let name = view.t.get("contacts-search");
    if search(ui, &name, &mut view.state.people.query, "").changed() {
        let now = view.state.now.seconds;
        view.state.people.typed(now);
    }
    ask(ui, view);
    ui.add_space(6.0);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if view.state.people.query.trim().is_empty() {
            list(ui, view);
        } else {
            results(ui, view);
        }
        ui.add_space(12.0);
    });
}

/// Searches once the typing pauses.
fn ask(ui: &Ui, view: &mut View<'_>) {
    let now = view.state.now.seconds;
    if let Some(query) = view.state.people.search_due(now) {
        view.commands.push(Command::People(PeopleCommand::Search { query }));
    } else if let Some(wait) = view.state.people.search_in(now) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(wait.max(0.01)));
    }
}

/// The own contacts with their heading, over the whole width; also below the list of rooms.
pub fn list(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(contacts) = view.state.people.contacts.clone() else {
        heading(ui, view, "contacts-title", None);
        waiting(ui, view);
        return;
    };
    let there = contacts.iter().filter(|c| is_there(view, c)).count();
    let count = format!("{there} {}", t.count("contacts-there", contacts.len()));
    heading(ui, view, "contacts-title", (!contacts.is_empty()).then_some(&*count));
    trouble(ui, view);
    if contacts.is_empty() {
        inset(ui, |ui| note(ui, &t.get("contacts-empty")));
    }
    for person in &contacts {
        row(ui, view, person);
    }
}

fn is_there(view: &View<'_>, person: &UserSummary) -> bool {
    view.state.people.presence(&person.name) != Presence::Offline
}

/// Contacts that fit at once, the directory once the hub answered.
fn results(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let people = &view.state.people;
    let own = people.me.as_ref().map(|me| me.name.clone());
    let contacts: Vec<UserSummary> =
        people.contacts.iter().flatten().filter(|c| people.matches(c)).cloned().collect();
    let others: Vec<UserSummary> = people
        .found
        .iter()
        .filter(|found| !people.is_contact(&found.name) && Some(&found.name) != own.as_ref())
        .cloned()
        .collect();
    let answered = people.search_answered();
    if !contacts.is_empty() {
        heading(ui, view, "contacts-title", None);
        for person in &contacts {
            row(ui, view, person);
        }
    }
    if !others.is_empty() {
        heading(ui, view, "contacts-directory", None);
        for person in &others {
            row(ui, view, person);
        }
    }
    trouble(ui, view);
    if !answered && view.state.people.failure.is_none() {
        inset(ui, |ui| note(ui, &t.get("contacts-searching")));
    } else if answered && contacts.is_empty() && others.is_empty() {
        inset(ui, |ui| note(ui, &t.get("contacts-nobody")));
    }
}

fn heading(ui: &mut Ui, view: &View<'_>, key: &str, count: Option<&str>) {
    let p = view.p;
    let size = vec2(ui.available_width(), 32.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(10.0);
        label(ui, view.t.get(key), font::medium(13.0), p.text2);
        if let Some(count) = count {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(10.0);
                label(ui, count, font::regular(12.0), p.text3);
            });
        }
    });
}

fn inset<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) {
    egui::Frame::NONE.inner_margin(egui::Margin::symmetric(10, 6)).show(ui, content);
}

fn waiting(ui: &mut Ui, view: &mut View<'_>) {
    if view.state.people.failure.is_some() {
        trouble(ui, view);
        return;
    }
    inset(ui, |ui| note(ui, &view.t.get("contacts-loading")));
}

/// What did not work, with the way to try it again.
fn trouble(ui: &mut Ui, view: &mut View<'_>) {
    let Some(cause) = view.state.people.failure.clone() else { return };
    let t = view.t;
    inset(ui, |ui| {
        failure(ui, &words::failure(t, &cause));
        ui.add_space(6.0);
        let again = t.get("contacts-again");
        if ui.add(Button::new(&again).kind(Kind::Neutral).icon(icons::ICON_REFRESH)).clicked() {
            view.commands.push(Command::People(PeopleCommand::LoadContacts));
            let now = view.state.now.seconds;
            view.state.people.typed(now);
        }
    });
}

fn row(ui: &mut Ui, view: &mut View<'_>, person: &UserSummary) {
    let (p, t) = (view.p, view.t);
    let presence_now = view.state.people.presence(&person.name);
    let state = presence(t, presence_now);
    let chosen = view.state.page == Page::Contacts
        && view.state.people.selected.as_deref() == Some(&person.name);
    let face = picture(view, &person.name);
    let spoken = format!("{}, {state}", person.display_name);
    let response = ui
        .push_id(("person", &person.name), |ui| {
            list_row(ui, &spoken, ROW, chosen, |ui, rect| {
                let center = pos2(rect.left() + 27.0, rect.center().y);
                avatar(ui.painter(), center, 34.0, &person.display_name, face);
                let ground = if chosen { p.raised } else { p.window };
                presence_dot(ui, center, 34.0, presence_now, ground);
                let line = |top: f32| {
                    Rect::from_min_max(
                        pos2(rect.left() + 56.0, rect.top() + top),
                        pos2(rect.right() - 10.0, rect.top() + top + 20.0),
                    )
                };
                let painter = ui.painter();
                elided(painter, line(5.0), &person.display_name, font::medium(14.0), p.text);
                elided(painter, line(24.0), &state, font::regular(12.0), p.text3);
            })
        })
        .inner;
    if response.clicked() {
        view.state.page = Page::Contacts;
        view.state.people.selected = Some(person.name.clone());
    }
    contact_menu(&response, view, &person.name);
}
