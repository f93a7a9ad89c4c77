//! The information about a room: who waits, what it allows, the way in, members, links.

use super::{HEAD, ask, links, members, way_in, words};
use crate::icons;
use crate::state::{EmbedForm, Part, RenameForm, RoomQuestion, manages, moderates};
use crate::theme::font;
use crate::ui::{View, column, portrait, region, words as times};
use crate::widgets::{
    Tone, avatar, banner, elided, failure, icon_button, label, menu_button, menu_item, menu_line,
    note, spoken, switch,
};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{Room, Standing};

/// The panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, view.p.panel);
    // What is under an overlay stays out of reach.
    ui.interact(rect, ui.scope_id().with("ground"), Sense::CLICK);
    let Some(room) = view.state.rooms.current().cloned() else { return };
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD));
    header(ui, view, &room, head);
    let body =
        Rect::from_min_max(pos2(rect.left() + 20.0, head.bottom()), rect.max - vec2(6.0, 0.0));
    region(ui, "body", body, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_width(rect.width() - 40.0);
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            sections(ui, view, &room);
            ui.add_space(20.0);
        });
    });
}

fn header(ui: &mut Ui, view: &mut View<'_>, room: &Room, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let title = t.get("rooms-info-title");
    let words = Rect::from_min_max(rect.min + vec2(20.0, 0.0), rect.max - vec2(96.0, 0.0));
    elided(ui.painter(), words, &title, font::semibold(16.0), p.text);
    spoken(ui, words, "title", Role::Heading, &title);
    let right = rect.shrink2(vec2(12.0, 0.0));
    region(ui, "header", right, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_CLOSE, &t.get("rooms-info-close"), 36.0).clicked() {
            (view.state.rooms.info_hidden, view.state.rooms.info_over) = (true, false);
        }
        menu_button(ui, icons::ICON_MORE_HORIZ, &t.get("rooms-more"), |ui| {
            menu(ui, view, room);
        });
    });
}

/// What is done rarely.
fn menu(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let t = view.t;
    let width = ui.available_width();
    let number = || room.number.clone();
    let rooms = &mut view.state.rooms;
    if manages(room) {
        if menu_item(ui, Some(icons::ICON_EDIT), &t.get("rooms-rename"), false, width).clicked() {
            rooms.rename = Some(RenameForm { name: room.name.clone(), ..RenameForm::default() });
        }
        if menu_item(ui, Some(icons::ICON_TAG), &t.get("rooms-new-pin"), false, width).clicked() {
            rooms.question = Some(RoomQuestion::NewPin { number: number() });
        }
        if menu_item(ui, Some(icons::ICON_LINK), &t.get("rooms-new-link"), false, width).clicked() {
            rooms.question = Some(RoomQuestion::NewLink { number: number() });
        }
    }
    let embed = t.get("rooms-embed");
    if moderates(room)
        && menu_item(ui, Some(icons::ICON_OPEN_IN_NEW), &embed, false, width).clicked()
    {
        rooms.info.embed = Some(EmbedForm::default());
    }
    if moderates(room) {
        menu_line(ui);
    }
    if room.standing == Standing::Owner {
        let words = t.get("rooms-delete");
        if menu_item(ui, Some(icons::ICON_DELETE), &words, false, width).clicked() {
            rooms.question = Some(RoomQuestion::Delete { number: number() });
        }
    } else {
        let words = t.get("rooms-leave");
        if menu_item(ui, Some(icons::ICON_LOGOUT), &words, false, width).clicked() {
            rooms.question = Some(RoomQuestion::Leave { number: number() });
        }
    }
}

fn sections(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    waiting(ui, view);
    policy_of_guests(ui, view, room);
    way_in::show(ui, view, room);
    if moderates(room) {
        line(ui, view);
        policies(ui, view);
    }
    line(ui, view);
    members::show(ui, view, room);
    if manages(room) {
        line(ui, view);
        links::show(ui, view);
    }
}

/// A thin line between sections.
fn line(ui: &mut Ui, view: &View<'_>) {
    ui.add_space(4.0);
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(line, 0.0, view.p.line);
    ui.add_space(4.0);
}

/// Who waits in front of the door, first come first.
fn waiting(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let people = view.state.rooms.info.people.as_ref();
    let waiting = people.map(|people| people.waiting.clone()).unwrap_or_default();
    if waiting.is_empty() {
        return;
    }
    let now_ms = view.state.now.unix_ms;
    label(ui, t.count("rooms-waiting", waiting.len()), font::semibold(13.0), p.success);
    for person in &waiting {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
        let since = times::timer((now_ms - person.since_ms) / 1000);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(Role::ListItem, true, format!("{}, {since}", person.name))
        });
        let middle = pos2(rect.left() + 15.0, rect.center().y);
        let picture = portrait::named(view, &person.name, person.kind);
        avatar(ui.painter(), middle, 30.0, &person.name, picture);
        let name =
            Rect::from_min_max(pos2(rect.left() + 42.0, rect.top()), rect.max - vec2(64.0, 0.0));
        elided(ui.painter(), name, &person.name, font::medium(14.0), p.text);
        let at = pos2(rect.right(), rect.center().y);
        let font = font::mono(13.0);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, since, font, p.text3);
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    note(ui, &t.get("rooms-waiting-hint"));
    line(ui, view);
}

fn policy_of_guests(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let t = view.t;
    let policy = view.state.rooms.info.details.as_ref().map_or(room.policy, |d| d.room.policy);
    if !moderates(room) {
        let key = if policy.guests { "rooms-guests-on" } else { "rooms-guests-off" };
        note(ui, &t.get(key));
        return;
    }
    let caption = t.get(if policy.guests { "rooms-guests-on" } else { "rooms-guests-off" });
    let mut on = policy.guests;
    let known = view.state.rooms.info.details.is_some();
    let flipped = ui
        .add_enabled_ui(known, |ui| switch(ui, &t.get("rooms-guests"), Some(&caption), &mut on))
        .inner;
    if flipped {
        let wish = view.state.rooms.change_policy(|policy| policy.guests = on);
        ask(view, wish);
    }
    if let Some(cause) = view.state.rooms.info.failure_of(Part::Policy) {
        failure(ui, &words::failure(t, cause));
    }
    if on {
        capacity(ui, view);
    }
}

/// How many more guests the hub takes, while that matters.
fn capacity(ui: &mut Ui, view: &View<'_>) {
    let t = view.t;
    let Some(capacity) = &view.state.rooms.info.capacity else { return };
    let words = t.count("rooms-places", capacity.free);
    if capacity.free == 0 {
        banner(ui, Tone::Warning, icons::ICON_WARNING, &t.get("rooms-places-none"), None);
    } else if capacity.enough {
        note(ui, &words);
    } else {
        let scarce = t.get("rooms-places-scarce");
        banner(ui, Tone::Warning, icons::ICON_WARNING, &scarce, None);
    }
}

/// What else the room allows.
fn policies(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(details) = &view.state.rooms.info.details else { return };
    let mut policy = details.room.policy;
    let mut flipped = false;
    for (key, hint, on) in [
        ("rooms-waiting-room", "rooms-waiting-room-hint", &mut policy.waiting_room),
        ("rooms-users-moderate", "rooms-users-moderate-hint", &mut policy.users_moderate),
        ("rooms-pin-required", "rooms-pin-required-hint", &mut policy.pin_required),
        ("rooms-join-muted", "rooms-join-muted-hint", &mut policy.join_muted),
        ("rooms-chat-everyone", "rooms-chat-everyone-hint", &mut policy.chat_everyone),
    ] {
        flipped |= switch(ui, &t.get(key), Some(&t.get(hint)), on);
        ui.add_space(2.0);
    }
    if flipped {
        let wish = view.state.rooms.change_policy(|known| *known = policy);
        ask(view, wish);
    }
}
