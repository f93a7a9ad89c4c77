//! The list: search, rooms, contacts.

use super::{ask, words};
use crate::command::{Command, RoomsCommand};
use crate::icons;
use crate::theme::{Palette, font, size};
use crate::ui::{View, column, contacts, region};
use crate::widgets::{
    Button, Tone, context_menu, elided, failure, icon_button, label, list_row, menu_item, note,
    one_line, search,
};
use egui::{Align, Layout, Rect, ScrollArea, Ui, pos2, vec2};
use protocol::Room;
use std::time::Duration;

/// A room's row.
const ROW: f32 = 56.0;

/// Search, rooms, contacts from top to bottom.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = ui.max_rect();
    let edge = Rect::from_min_max(pos2(rect.right() - 1.0, rect.top()), rect.max);
    ui.painter().rect_filled(edge, 0.0, view.p.line);
    let inner = Rect::from_min_max(rect.min + vec2(16.0, 16.0), rect.max - vec2(16.0, 0.0));
    region(ui, "search", inner, column(), |ui| {
        search(ui, &view.t.get("rooms-search"), &mut view.state.rooms.search, "");
    });
    let below = Rect::from_min_max(
        pos2(rect.left() + 12.0, inner.top() + size::BUTTON + 12.0),
        rect.max - vec2(5.0, 0.0),
    );
    region(ui, "rows", below, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_width(below.width() - 8.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            rooms_section(ui, view);
            contacts_section(ui, view);
            ui.add_space(12.0);
        });
    });
}

fn rooms_section(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), 32.0),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.add_space(10.0);
            label(ui, t.get("rooms-title"), font::medium(13.0), p.text2);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::ICON_ADD, &t.get("rooms-create"), 32.0).clicked() {
                    view.state.prepare_room();
                }
            });
        },
    );
    ui.add_space(4.0);
    if view.state.rooms.list.is_none() {
        loading(ui, view);
        return;
    }
    let shown: Vec<Room> = view.state.rooms.shown().into_iter().cloned().collect();
    if shown.is_empty() {
        let searched = !view.state.rooms.search.trim().is_empty();
        aside(ui, &t.get(if searched { "rooms-none-found" } else { "rooms-none-yet" }));
    }
    // Rows out of sight take their place and no time; one beyond each edge waits for the arrows.
    let sight = ui.clip_rect().expand2(vec2(0.0, 2.0 * ROW));
    for room in shown {
        let spot = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), ROW));
        if sight.intersects(spot) {
            row(ui, view, &room);
        } else {
            ui.allocate_space(spot.size());
        }
    }
}

fn loading(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    match &view.state.rooms.failure {
        Some(cause) => {
            failure(ui, &words::failure(t, cause));
            if ui.add(Button::new(&t.get("rooms-try-again"))).clicked() {
                view.commands.push(Command::Rooms(RoomsCommand::List));
            }
        }
        None => aside(ui, &t.get("rooms-loading")),
    }
}

/// A quiet sentence under the heading.
fn aside(ui: &mut Ui, text: &str) {
    ui.horizontal(|ui| {
        ui.add_space(10.0);
        note(ui, text);
    });
}

fn row(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let (p, t) = (view.p, view.t);
    let now_ms = view.state.now.unix_ms;
    let rooms = &view.state.rooms;
    let (line, tone) = words::second_line(t, rooms, room, now_ms);
    let selected = rooms.selected.as_ref() == Some(&room.number);
    let unread = rooms.chats.get(&room.number).map_or(0, |chat| chat.unread);
    let mut spoken = vec![room.name.clone(), line.clone()];
    if room.policy.guests {
        spoken.push(t.get("rooms-public"));
    }
    if unread > 0 {
        spoken.push(t.count("rooms-unread", unread));
    }
    if rooms.since.contains_key(&room.number) {
        // The minutes on show move on.
        ui.ctx().request_repaint_after(Duration::from_secs(20));
    }
    let response = ui
        .push_id(&room.number, |ui| {
            list_row(ui, &spoken.join(", "), ROW, selected, |ui, rect| {
                tile(ui, rect, tone, p);
                let right = rect.right() - 10.0 - count(ui, rect, unread, p);
                let left = rect.left() + 58.0;
                name(ui, room, pos2(left, rect.top() + 19.0), right, p);
                let below = Rect::from_min_max(
                    pos2(left, rect.top() + 29.0),
                    pos2(right, rect.top() + 47.0),
                );
                let urgent = tone != Tone::Neutral;
                let font = if urgent { font::semibold(12.0) } else { font::regular(12.0) };
                let ink = if urgent { tone.ink(p) } else { p.text3 };
                elided(ui.painter(), below, &line, font, ink);
            })
        })
        .inner;
    context_menu(&response, |ui| row_menu(ui, view, room));
    if response.double_clicked() {
        enter(view, &room.number);
    } else if response.clicked() {
        let wishes = view.state.rooms.select(&room.number);
        ask(view, wishes);
    }
}

/// The room's name, and the globe where it is public.
fn name(ui: &Ui, room: &Room, at: egui::Pos2, right: f32, p: &Palette) {
    let globe = if room.policy.guests { 22.0 } else { 0.0 };
    let width = right - at.x - globe;
    let words = one_line(ui.painter(), width, &room.name, font::medium(14.0), p.text);
    let end = at.x + words.size().x;
    let top = at.y - words.size().y / 2.0;
    ui.painter().galley(pos2(at.x, top), words, p.text);
    if room.policy.guests {
        let at = pos2(end + 14.0, at.y);
        icons::paint(ui.painter(), icons::ICON_PUBLIC.outlined(), at, 16.0, p.text3);
    }
}

fn tile(ui: &Ui, row: Rect, tone: Tone, p: &Palette) {
    let (fill, ink, icon) = match tone {
        Tone::Good => (p.success_soft, p.success, icons::ICON_MEETING_ROOM.filled()),
        Tone::Soon => (p.accent_soft, p.accent_text, icons::ICON_VIDEOCAM.filled()),
        _ => (p.hover, p.text2, icons::ICON_MEETING_ROOM.outlined()),
    };
    let tile = Rect::from_center_size(pos2(row.left() + 28.0, row.center().y), vec2(36.0, 36.0));
    ui.painter().rect_filled(tile, 10.0, fill);
    icons::paint(ui.painter(), icon, tile.center(), 20.0, ink);
}

/// Unread lines at the right of a row; gives the width it takes.
fn count(ui: &Ui, row: Rect, unread: usize, p: &Palette) -> f32 {
    if unread == 0 {
        return 0.0;
    }
    let text = if unread > 99 { "99+".to_owned() } else { unread.to_string() };
    let galley = ui.painter().layout_no_wrap(text, font::semibold(12.0), p.text);
    let size = vec2((galley.size().x + 14.0).max(22.0), 20.0);
    let middle = pos2(row.right() - 10.0 - size.x / 2.0, row.center().y);
    let pill = Rect::from_center_size(middle, size);
    ui.painter().rect_filled(pill, 10.0, p.hover);
    ui.painter().galley(pill.center() - galley.size() / 2.0, galley, p.text);
    size.x + 8.0
}

fn row_menu(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let t = view.t;
    let width = ui.available_width();
    let runs = view.state.rooms.runs(&room.number);
    let way = t.get(if runs { "rooms-take-part" } else { "rooms-start" });
    if menu_item(ui, Some(icons::ICON_CALL), &way, false, width).clicked() {
        enter(view, &room.number);
    }
    let all = t.get("rooms-ring");
    if menu_item(ui, Some(icons::ICON_RING_VOLUME), &all, false, width).clicked() {
        let mut wishes = view.state.rooms.select(&room.number);
        wishes.push(ring(&room.number));
        ask(view, wishes);
    }
    let info = t.get("rooms-info");
    if menu_item(ui, Some(icons::ICON_INFO), &info, false, width).clicked() {
        let wishes = view.state.rooms.select(&room.number);
        (view.state.rooms.info_hidden, view.state.rooms.info_over) = (false, true);
        ask(view, wishes);
    }
}

/// What asks for how many people it would ring.
pub fn ring(number: &str) -> RoomsCommand {
    RoomsCommand::Ring { number: number.to_owned(), confirm: false, video: true }
}

/// To the room's pre-join page.
pub fn enter(view: &mut View<'_>, number: &str) {
    let entry = view.state.enter_room(number);
    view.commands.push_all(entry);
}

/// The contacts below the rooms.
fn contacts_section(ui: &mut Ui, view: &mut View<'_>) {
    ui.add_space(12.0);
    contacts::list(ui, view);
}
