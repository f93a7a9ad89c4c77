//! People: the own contacts, the whole directory, and what can be done with somebody.

mod details;
mod list;
mod menu;

pub use list::list;
pub use menu::{contact_menu, content as contact_lines, in_contacts, write_to};

use super::{View, column, region};
use crate::command::{Command, PeopleCommand};
use crate::i18n::Texts;
use crate::icons;
use crate::theme::Palette;
use crate::widgets::{Button, Kind, empty_state};
use egui::{Color32, Rect, TextureHandle, Ui, pos2, vec2};
use protocol::Presence;

/// The list's width.
const LIST: f32 = 296.0;

/// Narrower pages show the list or somebody's details, not both.
const TWO: f32 = 720.0;

/// The page, beside the navigation.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = ui.max_rect();
    let selected = view.state.people.selected.clone();
    if rect.width() < TWO {
        match selected {
            Some(user) => {
                let header = Rect::from_min_size(rect.min, vec2(rect.width(), 52.0));
                region(ui, "back", header.shrink2(vec2(12.0, 8.0)), column(), |ui| back(ui, view));
                let below = Rect::from_min_max(header.left_bottom(), rect.max);
                region(ui, "details", below, column(), |ui| details::show(ui, view, &user));
            }
            None => list_in(ui, view, rect),
        }
        return;
    }
    let left = Rect::from_min_size(rect.min, vec2(LIST, rect.height()));
    list_in(ui, view, left);
    let edge = Rect::from_min_size(left.right_top(), vec2(1.0, rect.height()));
    ui.painter().rect_filled(edge, 0.0, view.p.line);
    let right = Rect::from_min_max(pos2(edge.right(), rect.top()), rect.max);
    region(ui, "details", right, column(), |ui| match selected {
        Some(user) => details::show(ui, view, &user),
        None => {
            let t = view.t;
            empty_state(ui, &t.get("contacts-none-title"), &t.get("contacts-none"), false);
        }
    });
}

fn list_in(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = Rect::from_min_max(rect.min + vec2(12.0, 16.0), rect.max - vec2(12.0, 0.0));
    region(ui, "contacts", inner, column(), |ui| list::with_search(ui, view));
}

fn back(ui: &mut Ui, view: &mut View<'_>) {
    let words = view.t.get("contacts-back");
    let button = Button::new(&words).icon(icons::ICON_ARROW_BACK).kind(Kind::Ghost);
    if ui.add(button).clicked() {
        view.state.people.selected = None;
    }
}

/// How somebody can be reached, in words.
pub fn presence(t: Texts, presence: Presence) -> String {
    t.get(match presence {
        Presence::Online => "contacts-online",
        Presence::Busy => "contacts-busy",
        Presence::InCall => "contacts-in-call",
        Presence::Offline => "contacts-offline",
    })
}

/// The colour of those words.
fn presence_ink(p: &Palette, presence: Presence) -> Color32 {
    match presence {
        Presence::Online => p.success,
        Presence::InCall => p.accent_text,
        Presence::Busy => p.danger,
        Presence::Offline => p.text3,
    }
}

/// Somebody's picture, if it has come; asks for it the first time, and again when it changed.
pub fn picture<'a>(view: &mut View<'a>, user: &str) -> Option<&'a TextureHandle> {
    if view.state.people.picture_due(user) {
        let user = user.to_owned();
        view.commands.push(Command::People(PeopleCommand::LoadPicture { user }));
    }
    view.pictures.of(user)
}
