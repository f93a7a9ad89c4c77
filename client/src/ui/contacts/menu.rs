//! What can be done with somebody, wherever they appear.

use super::{picture, presence, presence_ink};
use crate::command::{CallsCommand, Command, PeopleCommand};
use crate::icons::{self, MaterialIcon};
use crate::state::{Page, Phase, Screen};
use crate::theme::font;
use crate::ui::View;
use crate::widgets::{avatar, context_menu, elided, menu_item, menu_line, presence_dot};
use egui::{Rect, Response, Sense, Ui, pos2, vec2};
use protocol::Presence;

/// The menu of `user`, an account's name, on what `response` shows: right click, Shift+F10 or the
/// menu key.
pub fn contact_menu(response: &Response, view: &mut View<'_>, user: &str) {
    context_menu(response, |ui| content(ui, view, user));
}

/// The menu's lines, for menus that open otherwise.
pub fn content(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    head(ui, view, user);
    let there = view.state.people.presence(user);
    // Only who is signed in can be called; who is offline is not offered it.
    let reachable = view.state.live && there != Presence::Offline;
    let (free, me) = (view.state.call.is_none(), view.state.people.me.as_ref());
    let own = me.is_some_and(|me| me.name == user);
    if reachable && free && !own {
        if line(ui, view, icons::ICON_VIDEOCAM, "contacts-video-call") {
            view.state.call_person(user, true);
        }
        if line(ui, view, icons::ICON_CALL, "contacts-audio-call") {
            view.state.call_person(user, false);
        }
    }
    if free && !own && line(ui, view, icons::ICON_CHAT, "contacts-message") {
        write_to(view, user);
    }
    menu_line(ui);
    if in_conference(view)
        && reachable
        && !own
        && line(ui, view, icons::ICON_PERSON_ADD, "contacts-fetch")
    {
        view.state.fetch(user);
    }
    if free && line(ui, view, icons::ICON_HISTORY, "contacts-in-journal") {
        show_in_journal(view, user);
    }
    if !own {
        in_contacts(ui, view, user);
    }
}

/// The line that makes somebody a contact, or no longer one.
pub fn in_contacts(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    let contact = view.state.people.is_contact(user);
    let (icon, key) = if contact {
        (icons::ICON_PERSON_REMOVE, "contacts-remove")
    } else {
        (icons::ICON_BADGE, "contacts-add")
    };
    if line(ui, view, icon, key) {
        set_contact(view, user, !contact);
        ui.close();
    }
}

fn line(ui: &mut Ui, view: &View<'_>, icon: MaterialIcon, key: &str) -> bool {
    let width = ui.available_width();
    menu_item(ui, Some(icon), &view.t.get(key), false, width).clicked()
}

/// Who it is: picture, name, presence.
fn head(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    let p = view.p;
    let face = picture(view, user);
    let there = view.state.people.presence(user);
    let name = view.state.people.name_of(user);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 68.0), Sense::hover());
    let state = presence(view.t, there);
    let spoken = format!("{name}, {state}");
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Heading, true, &spoken));
    let center = pos2(rect.left() + 34.0, rect.center().y);
    avatar(ui.painter(), center, 48.0, name, face);
    presence_dot(ui, center, 48.0, there, p.overlay);
    let line = |top: f32| {
        let left = pos2(rect.left() + 70.0, rect.top() + top);
        Rect::from_min_max(left, pos2(rect.right() - 8.0, left.y + 20.0))
    };
    elided(ui.painter(), line(14.0), name, font::semibold(14.0), p.text);
    elided(ui.painter(), line(33.0), &state, font::regular(13.0), presence_ink(p, there));
}

fn in_conference(view: &View<'_>) -> bool {
    view.state.call.as_ref().is_some_and(|call| call.phase == Phase::In)
}

/// Opens the room in which we write to somebody.
pub fn write_to(view: &mut View<'_>, user: &str) {
    view.state.people.changing = Some(user.to_owned());
    view.commands.push(Command::People(PeopleCommand::OpenChat { user: user.to_owned() }));
}

/// Shows the calls with somebody.
pub(super) fn show_in_journal(view: &mut View<'_>, user: &str) {
    view.state.calls.journal_of = Some(user.to_owned());
    view.state.page = Page::Journal;
    if view.state.screen == Screen::Ended {
        view.state.go_home();
    }
    if view.state.calls.journal.is_none() {
        view.commands.push(Command::Calls(CallsCommand::LoadJournal { before: None }));
    }
}

/// Makes somebody a contact, or no longer one.
pub(super) fn set_contact(view: &mut View<'_>, user: &str, contact: bool) {
    view.state.people.changing = Some(user.to_owned());
    let user = user.to_owned();
    view.commands.push(Command::People(PeopleCommand::SetContact { user, contact }));
}
