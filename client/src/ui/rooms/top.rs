//! The room's head: name, ways in, and the bar of what runs.

use super::{HEAD, Room as Space, ask, list, words};
use crate::icons;
use crate::state::Part;
use crate::theme::font;
use crate::ui::{View, column, region, words as times};
use crate::widgets::{
    Button, Kind, Tone, avatars, banner, elided, icon_button, label, one_line, spoken,
};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, Ui, pos2, vec2};
use protocol::{Room, RoomState};
use std::time::Duration;

/// The bar below the head.
const BAR: f32 = 52.0;
/// Narrower heads leave the words of their buttons to the tooltip.
const WORDS: f32 = 560.0;

/// Head and bar; gives what is left below them.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect, space: Space) -> Rect {
    let Some(room) = view.state.rooms.current().cloned() else { return rect };
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD));
    let line = Rect::from_min_max(pos2(head.left(), head.bottom() - 1.0), head.max);
    ui.painter().rect_filled(line, 0.0, view.p.line);
    let buttons = Rect::from_min_max(head.min, head.max - vec2(16.0, 0.0));
    let left = region(ui, "ways", buttons, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ways(ui, view, &room, space, rect.width() >= WORDS)
    });
    title(ui, view, &room, Rect::from_min_max(head.min, pos2(left - 12.0, head.bottom())), space);
    let mut top = head.bottom();
    if view.state.rooms.activity(&room.number).is_some() {
        let bar = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), BAR));
        region(ui, "bar", bar, column(), |ui| running(ui, view, &room, bar));
        top = bar.bottom();
    }
    top = trouble(ui, view, Rect::from_min_max(pos2(rect.left(), top), rect.max));
    Rect::from_min_max(pos2(rect.left(), top), rect.max)
}

/// Where the buttons begin.
fn ways(ui: &mut Ui, view: &mut View<'_>, room: &Room, space: Space, wide: bool) -> f32 {
    let t = view.t;
    let beside = space == Space::Wide;
    let rooms = &view.state.rooms;
    let open = if beside { !rooms.info_hidden } else { rooms.info_over };
    let words = t.get(if open { "rooms-info-close" } else { "rooms-info" });
    let spot = Rect::from_center_size(
        pos2(ui.max_rect().right() - 18.0, ui.max_rect().center().y),
        vec2(36.0, 36.0),
    );
    if open {
        ui.painter().rect_filled(spot, 8.0, view.p.raised);
    }
    if icon_button(ui, icons::ICON_INFO, &words, 36.0).clicked() {
        view.state.rooms.toggle_info(beside);
    }
    let words = t.get("rooms-ring");
    let pressed = if wide {
        ui.add(Button::new(&words).icon(icons::ICON_RING_VOLUME)).clicked()
    } else {
        icon_button(ui, icons::ICON_RING_VOLUME, &words, 36.0).clicked()
    };
    if pressed {
        view.state.rooms.info.failure = None;
        ask(view, [list::ring(&room.number)]);
    }
    if view.state.rooms.activity(&room.number).is_none() {
        let words = t.get("rooms-start");
        let button = Button::new(&words).icon(icons::ICON_CALL).kind(Kind::Primary);
        if ui.add(button).clicked() {
            list::enter(view, &room.number);
        }
    }
    ui.min_rect().left()
}

fn title(ui: &mut Ui, view: &mut View<'_>, room: &Room, rect: Rect, space: Space) {
    let (p, t) = (view.p, view.t);
    let mut left = rect.left() + 24.0;
    if space == Space::Pages {
        let spot =
            Rect::from_center_size(pos2(rect.left() + 28.0, rect.center().y), vec2(36.0, 36.0));
        let back = region(ui, "back", spot, column(), |ui| {
            icon_button(ui, icons::ICON_ARROW_BACK, &t.get("rooms-back"), 36.0).clicked()
        });
        if back {
            view.state.rooms.show_chat = false;
        }
        left = spot.right() + 8.0;
    }
    let top = pos2(left, rect.center().y - 21.0);
    let name = Rect::from_min_max(top, pos2(rect.right(), rect.center().y + 1.0));
    elided(ui.painter(), name, &room.name, font::semibold(16.0), p.text);
    spoken(ui, name, "room name", Role::Heading, &room.name);
    let below = Rect::from_min_max(pos2(left, name.bottom() + 1.0), rect.max - vec2(0.0, 12.0));
    let caption = caption(view, room);
    elided(ui.painter(), below, &caption, font::regular(12.0), p.text3);
    spoken(ui, below, "room caption", Role::Label, &caption);
}

/// `12 Mitglieder · 9 im Gespräch`.
fn caption(view: &View<'_>, room: &Room) -> String {
    let (t, rooms) = (view.t, &view.state.rooms);
    let mut parts = vec![times::kind(t, room.kind)];
    if let Some(members) = &rooms.info.members {
        parts.push(t.count("rooms-members", members.len()));
    }
    if let Some(status) = rooms.activity(&room.number).filter(|status| status.inside > 0) {
        parts.push(t.count("rooms-inside", status.inside));
    }
    if room.ad_hoc {
        parts.push(t.get("rooms-ad-hoc"));
    }
    parts.join(" · ")
}

/// The bar of what runs, or of those who wait.
fn running(ui: &mut Ui, view: &mut View<'_>, room: &Room, bar: Rect) {
    let (p, t) = (view.p, view.t);
    let Some(status) = view.state.rooms.activity(&room.number).cloned() else { return };
    let waits = status.state == RoomState::SomeoneWaits;
    let fill = if waits { p.success_soft } else { p.panel };
    ui.painter().rect_filled(bar, 0.0, fill);
    if !waits {
        let light = Rect::from_min_size(bar.min, vec2(bar.width(), 3.0));
        ui.painter().rect_filled(light, 0.0, p.lamp);
    }
    let spot = Rect::from_min_max(bar.min, bar.max - vec2(10.0, 0.0));
    let right = region(ui, "take part", spot, Layout::right_to_left(Align::Center), |ui| {
        let words = t.get(if waits { "rooms-start" } else { "rooms-take-part" });
        let button = Button::new(&words).icon(icons::ICON_CALL).kind(Kind::Primary);
        if ui.add(button).clicked() {
            list::enter(view, &room.number);
        }
        ui.min_rect().left() - 12.0
    });
    let mut left = bar.left() + 24.0;
    let people = view.state.rooms.info.people.as_ref().filter(|_| !waits);
    let inside = people.map(|people| people.inside.clone());
    if let Some(inside) = inside.filter(|inside| !inside.is_empty() && right - left > 320.0) {
        // Names without accounts, guests among them: initials, never somebody's picture.
        let faces: Vec<_> = inside.iter().map(|name| (name.as_str(), None)).collect();
        let drawn = avatars(ui, pos2(left, bar.center().y), 26.0, &faces, 4, fill);
        left = drawn.right() + 12.0;
    }
    bar_words(ui, view, room, Rect::from_min_max(pos2(left, bar.top()), pos2(right, bar.bottom())));
}

fn bar_words(ui: &Ui, view: &View<'_>, room: &Room, rect: Rect) {
    let (p, t, rooms) = (view.p, view.t, &view.state.rooms);
    let Some(status) = rooms.activity(&room.number) else { return };
    let (words, ink) = match status.state {
        RoomState::SomeoneWaits => (t.count("rooms-waiting", status.waiting), p.success),
        RoomState::OnHold => (t.get("rooms-held"), p.accent_text),
        RoomState::Live | RoomState::Idle => (t.get("rooms-running"), p.text),
    };
    let galley = one_line(ui.painter(), rect.width(), &words, font::semibold(13.0), ink);
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    let end = at.x + galley.size().x;
    ui.painter().galley(at, galley, ink);
    spoken(ui, rect, "running", Role::Status, &words);
    if let (RoomState::Live, Some(since)) = (status.state, rooms.since.get(&room.number)) {
        let elapsed = view.state.now.unix_ms - since;
        let timer = times::timer(elapsed / 1000);
        let at = Rect::from_min_max(pos2(end + 8.0, rect.top()), rect.max);
        if at.width() > 60.0 {
            elided(ui.painter(), at, &timer, font::mono(13.0), p.text2);
            let rest = 1000 - elapsed.rem_euclid(1000);
            ui.ctx().request_repaint_after(Duration::from_millis(rest.unsigned_abs()));
        }
    }
}

/// What did not work about the room as a whole; gives where the rest begins.
fn trouble(ui: &mut Ui, view: &mut View<'_>, rect: Rect) -> f32 {
    let t = view.t;
    let info = &view.state.rooms.info;
    let parts = [Part::Ring, Part::Room];
    let Some(cause) = parts.into_iter().find_map(|part| info.failure_of(part)) else {
        return rect.top();
    };
    let sentence = words::failure(t, cause);
    let inner = rect.shrink2(vec2(16.0, 8.0));
    region(ui, "trouble", inner, column(), |ui| {
        if banner(ui, Tone::Danger, icons::ICON_ERROR, &sentence, Some(&t.get("kit-close"))) {
            view.state.rooms.info.failure = None;
        }
        ui.min_rect().bottom() + 4.0
    })
}

/// A heading inside the information.
pub fn heading(ui: &mut Ui, view: &View<'_>, text: &str) {
    label(ui, text, font::medium(13.0), view.p.text3);
}
