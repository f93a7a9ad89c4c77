//! Rooms: list, chat, information. In narrow windows the information lies over the chat; in
//! narrower ones list and chat take turns.

mod chat;
mod create;
mod embed;
mod info;
mod links;
mod list;
mod members;
mod picker;
pub mod questions;
pub mod start;
mod top;
mod way_in;
pub mod words;

use super::{View, column, region};
use crate::command::{Command, RoomsCommand};
use crate::widgets::{Button, empty_state, failure};
use egui::{Rect, Ui, pos2, vec2};

/// The list's width.
const LIST: f32 = 296.0;
/// The information's width.
const INFO: f32 = 320.0;
/// Narrower windows have no room for the information beside the chat.
const OVERLAY: f32 = 1180.0;
/// Narrower windows show the list or the chat.
const PAGES: f32 = 900.0;
/// The room's head.
const HEAD: f32 = 64.0;

/// The line of a field's label: rows of forms stand as high as their words.
const LABEL: f32 = 20.0;

/// What a window of some width has room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    /// List, chat and information.
    Wide,
    /// List and chat.
    Overlay,
    /// One of them.
    Pages,
}

impl Room {
    fn of(ui: &Ui) -> Room {
        match ui.ctx().content_rect().width() {
            width if width < PAGES => Room::Pages,
            width if width < OVERLAY => Room::Overlay,
            _ => Room::Wide,
        }
    }
}

/// The page, beside the navigation.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = ui.max_rect();
    let room = Room::of(ui);
    view.state.rooms.forget_gone_overlay(room == Room::Wide);
    let chat_alone = room == Room::Pages && view.state.rooms.show_chat;
    if !chat_alone {
        let width = if room == Room::Pages { rect.width() } else { LIST };
        let left = Rect::from_min_size(rect.min, vec2(width, rect.height()));
        region(ui, "list", left, column(), |ui| list::show(ui, view));
    }
    if room != Room::Pages || chat_alone {
        let left = if chat_alone { rect.left() } else { rect.left() + LIST };
        let right = Rect::from_min_max(pos2(left, rect.top()), rect.max);
        conversation(ui, view, right, room);
    }
    create::show(ui.ctx(), view);
    embed::show(ui.ctx(), view);
}

/// The room on show, with its information where that is open.
fn conversation(ui: &mut Ui, view: &mut View<'_>, rect: Rect, room: Room) {
    let Some(number) = view.state.rooms.current().map(|room| room.number.clone()) else {
        return nothing(ui, view, rect);
    };
    view.state.rooms.read(&number);
    let beside = room == Room::Wide && !view.state.rooms.info_hidden;
    let over = room != Room::Wide && view.state.rooms.info_over;
    let edge = rect.right() - if beside { INFO } else { 0.0 };
    let body = Rect::from_min_max(rect.min, pos2(edge, rect.bottom()));
    // Each room has its own identities: a draft's cursor stays with its draft.
    region(ui, ("room", &number), body, column(), |ui| {
        ui.add_enabled_ui(!over, |ui| {
            let rest = top::show(ui, view, body, room);
            chat::show(ui, view, rest);
        });
    });
    if beside || over {
        let width = INFO.min(rect.width());
        let side = Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max);
        if over {
            ui.painter().rect_filled(body, 0.0, view.p.scrim);
        }
        region(ui, ("information", &number), side, column(), |ui| info::show(ui, view, side));
    }
}

/// No room: none there, none chosen, or the list did not come.
fn nothing(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let t = view.t;
    region(ui, "nothing", rect.shrink(24.0), column(), |ui| {
        let rooms = &view.state.rooms;
        if let Some(cause) = &rooms.failure {
            failure(ui, &words::failure(t, cause));
            if ui.add(Button::new(&t.get("rooms-try-again"))).clicked() {
                view.commands.push(Command::Rooms(RoomsCommand::List));
            }
        } else if rooms.list.as_ref().is_some_and(Vec::is_empty) {
            empty_state(ui, &t.get("rooms-empty-title"), &t.get("rooms-empty"), false);
        } else if rooms.list.is_some() {
            empty_state(ui, &t.get("rooms-none-title"), &t.get("rooms-none"), false);
        }
    });
}

/// Pushes what a method of the state asked for.
fn ask(view: &mut View<'_>, wishes: impl IntoIterator<Item = RoomsCommand>) {
    view.commands.push_all(wishes.into_iter().map(Command::Rooms));
}
