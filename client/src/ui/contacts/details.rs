//! Somebody's details: picture, presence, ways to reach them, past calls.

use super::menu::{set_contact, show_in_journal, write_to};
use super::{picture, presence, presence_ink};
use crate::icons;
use crate::theme::{font, size};
use crate::ui::{View, column, journal, region, words};
use crate::widgets::{
    Button, Kind, avatar, failure, label, menu_button, note, presence_dot, spoken,
};
use egui::accesskit::Role;
use egui::{Rect, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{JournalCall, Presence};

/// Around the page.
const MARGIN: f32 = 28.0;
/// Lines of the journal that are shown here.
const CALLS: usize = 6;
/// The words need no more.
const WIDEST: f32 = 720.0;

/// The page of `user`, an account's name.
pub fn show(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    let rect = ui.max_rect().shrink2(vec2(MARGIN, 0.0));
    let rect = Rect::from_min_size(rect.min, vec2(rect.width().min(WIDEST), rect.height()));
    region(ui, ("person", user), rect, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.add_space(MARGIN);
            head(ui, view, user);
            ui.add_space(20.0);
            actions(ui, view, user);
            if let Some(cause) = &view.state.people.failure {
                ui.add_space(8.0);
                failure(ui, &words::failure(view.t, cause));
            }
            ui.add_space(24.0);
            calls(ui, view, user);
            ui.add_space(MARGIN);
        });
    });
}

fn head(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    const FACE: f32 = 112.0;
    let p = view.p;
    let face = picture(view, user);
    let there = view.state.people.presence(user);
    let name = view.state.people.name_of(user).to_owned();
    let state = presence(view.t, there);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), FACE), Sense::hover());
    let center = pos2(rect.left() + FACE / 2.0, rect.center().y);
    avatar(ui.painter(), center, FACE, &name, face);
    // On the disc's edge, which a mark for small avatars would miss.
    presence_dot(ui, center + egui::Vec2::splat(FACE / 7.0), 60.0, there, p.window);
    spoken(ui, rect, "person", Role::Heading, &format!("{name}, {state}"));
    let words = Rect::from_min_max(pos2(rect.left() + FACE + 24.0, rect.top() + 12.0), rect.max);
    region(ui, "head", words, column(), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let title = egui::RichText::new(&name).font(font::title(30.0)).color(p.text);
        ui.add(egui::Label::new(title).truncate());
        label(ui, user, font::mono(13.0), p.text3);
        label(ui, state, font::medium(14.0), presence_ink(p, there));
    });
}

fn actions(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    let t = view.t;
    let there = view.state.people.presence(user);
    let own = view.state.people.me.as_ref().is_some_and(|me| me.name == user);
    if own {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if view.state.live && there != Presence::Offline {
            let words = t.get("contacts-video-call");
            let button = Button::new(&words).icon(icons::ICON_VIDEOCAM).kind(Kind::Primary);
            if ui.add(button).clicked() {
                view.state.call_person(user, true);
            }
            let words = t.get("contacts-audio-call");
            if ui.add(Button::new(&words).icon(icons::ICON_CALL)).clicked() {
                view.state.call_person(user, false);
            }
        }
        let free = view.state.people.changing.as_deref() != Some(user);
        let words = t.get("contacts-message");
        if ui.add(Button::new(&words).icon(icons::ICON_CHAT).enabled(free)).clicked() {
            write_to(view, user);
        }
        let contact = view.state.people.is_contact(user);
        let (icon, key) = if contact {
            (icons::ICON_PERSON_REMOVE, "contacts-remove")
        } else {
            (icons::ICON_PERSON_ADD, "contacts-add")
        };
        let words = t.get(key);
        let button = Button::new(&words).icon(icon).kind(Kind::Ghost).enabled(free);
        if ui.add(button).clicked() {
            set_contact(view, user, !contact);
        }
        let more = t.named("contacts-more", view.state.people.name_of(user));
        menu_button(ui, icons::ICON_MORE_HORIZ, &more, |ui| {
            super::menu::content(ui, view, user);
        });
    });
    if there == Presence::Offline {
        ui.add_space(4.0);
        note(ui, &t.get("contacts-offline-hint"));
    }
}

fn calls(ui: &mut Ui, view: &mut View<'_>, user: &str) {
    let (p, t) = (view.p, view.t);
    label(ui, t.get("contacts-calls"), font::semibold(16.0), p.text);
    ui.add_space(4.0);
    let all: Vec<JournalCall> = view.state.calls.with_person(user).cloned().collect();
    if all.is_empty() {
        note(ui, &t.get("contacts-no-calls"));
        return;
    }
    for call in all.iter().take(CALLS) {
        journal::short_row(ui, view, call);
    }
    ui.add_space(4.0);
    let words = t.get("contacts-in-journal");
    let button = Button::new(&words).icon(icons::ICON_HISTORY).kind(Kind::Ghost);
    if ui.add(button.height(size::BUTTON)).clicked() {
        show_in_journal(view, user);
    }
}
