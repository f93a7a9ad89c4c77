//! The bar above the pictures: the way out, the room, its state, and what concerns the window.

use super::leave;
use crate::command::Command;
use crate::icons;
use crate::keys::Action;
use crate::state::{Call, Detached, Panel};
use crate::theme::{font, size};
use crate::ui::{View, people, region, words};
use crate::widgets::{Button, Kind, elided, icon_button, icon_button_keyed, menu_item, spoken};
use egui::accesskit::Role;
use egui::{Align, Layout, Popup, Pos2, Rect, RectAlign, Stroke, StrokeKind, Ui, pos2, vec2};
use protocol::{ConferenceState, RoomKind};

/// The width of the menu of windows.
const MENU: f32 = 300.0;
/// What the right side of the bar takes at most.
const RIGHT: f32 = 384.0;

/// The bar in `rect`.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let (mut left, mut gone) = (0.0, false);
    region(ui, "top_left", inner, Layout::left_to_right(Align::Center), |ui| {
        let words = t.get("leave");
        gone = ui.add(Button::new(&words).icon(icons::ICON_CALL_END).kind(Kind::Leave)).clicked();
        left = ui.min_rect().right() + 6.0;
    });
    if gone {
        return leave(view);
    }
    let Some(call) = &view.state.call else { return };
    let painter = ui.painter();
    painter.vline(left + 4.0, rect.center().y - 10.0..=rect.center().y + 10.0, (1.0, p.line));
    let room = Rect::from_min_max(
        pos2(left + 20.0, rect.top()),
        pos2((rect.right() - right_width(ui, view, call)).max(left + 80.0), rect.bottom()),
    );
    let webinar = call.room.kind == RoomKind::Webinar;
    let held = call.state == ConferenceState::OnHold;
    let marks = if webinar { 220.0 } else { 0.0 };
    let title = Rect::from_min_max(room.min, pos2(room.right() - marks, room.bottom()));
    let drawn = elided(painter, title, &call.room.name, font::semibold(14.0), p.text);
    spoken(ui, drawn, "room", Role::Heading, &call.room.name);
    let mut x = drawn.right() + 14.0;
    if webinar || held {
        x = state_pill(ui, view, pos2(x, rect.center().y), call, held) + 12.0;
    }
    if webinar {
        audience(ui, view, Rect::from_min_max(pos2(x, rect.top()), room.max), call);
    }
    right(ui, view, inner);
}

/// What the right side takes: a lock with words is as wide as its words.
fn right_width(ui: &Ui, view: &View<'_>, call: &Call) -> f32 {
    if call.room.kind != RoomKind::Webinar || !call.host() {
        return RIGHT;
    }
    let words = view.t.get(lock_words(call.locked));
    let lock = Button::new(&words).icon(icons::ICON_LOCK).natural_width(ui);
    RIGHT.max(lock + 4.0 * (size::BUTTON + 8.0) + 24.0)
}

/// Those who only watch, as far as there is room in `place`.
fn audience(ui: &Ui, view: &View<'_>, place: Rect, call: &Call) {
    /// Less room than for the eye and some words shows nothing.
    const LEAST: f32 = 56.0;
    // During a hold those who watched are outside.
    let words = if call.state == ConferenceState::OnHold {
        view.t.count("audience-waits", call.waiting.len())
    } else {
        view.t.count("watching-count", call.audience())
    };
    if place.width() < LEAST {
        return;
    }
    let eye = place.left_center() + vec2(9.0, 0.0);
    let painter = ui.painter();
    icons::paint(painter, icons::ICON_VISIBILITY.outlined(), eye, 18.0, view.p.text2);
    let line = Rect::from_min_max(place.min + vec2(24.0, 0.0), place.max);
    let drawn = elided(painter, line, &words, font::medium(13.0), view.p.text2);
    spoken(ui, drawn, "audience", Role::Status, &words);
}

/// Live, in brass, or on hold, in outline; with the running time.
fn state_pill(ui: &Ui, view: &View<'_>, at: Pos2, call: &Call, held: bool) -> f32 {
    let p = view.p;
    let words = view.t.get(if held { "held" } else { "live" });
    let since = if held { call.held_since_ms } else { call.live_since_ms };
    let since = since.map(|since| (view.state.now.unix_ms - since) / 1000);
    let time = since.map_or(String::new(), words::timer);
    let ink = if held { p.accent_text } else { p.on_accent };
    let painter = ui.painter();
    let state = painter.layout_no_wrap(words.clone(), font::semibold(12.0), ink);
    let timer = painter.layout_no_wrap(time, font::mono(12.0), ink);
    let width = 24.0 + state.size().x + 8.0 + timer.size().x + 11.0;
    let pill = Rect::from_min_size(at - vec2(0.0, 13.0), vec2(width, 26.0));
    let dot = pos2(pill.left() + 14.0, at.y);
    if held {
        painter.rect_stroke(pill, 13.0, Stroke::new(1.5, p.accent), StrokeKind::Inside);
        icons::paint(painter, icons::ICON_PAUSE.filled(), dot, 14.0, ink);
    } else {
        painter.rect_filled(pill, 13.0, p.accent);
        painter.circle_filled(dot, 4.0, ink);
    }
    let x = pill.left() + 24.0;
    let timer_x = x + state.size().x + 8.0;
    painter.galley(pos2(x, at.y - state.size().y / 2.0), state, ink);
    painter.galley(pos2(timer_x, at.y - timer.size().y / 2.0), timer, ink);
    spoken(ui, pill, "state", Role::Status, &words);
    pill.right()
}

fn right(ui: &mut Ui, view: &mut View<'_>, inner: Rect) {
    let t = view.t;
    let link = view.state.call.as_ref().and_then(|call| call.room.link_path.clone());
    region(ui, "top_right", inner, Layout::right_to_left(Align::Center), |ui| {
        let (words, key) = (t.get("fullscreen-enter"), view.key(Action::Fullscreen));
        if icon_button_keyed(ui, icons::ICON_FULLSCREEN, &words, &key, size::BUTTON).clicked() {
            view.state.fullscreen = true;
        }
        second_window(ui, view);
        if let Some(path) = link
            && icon_button(ui, icons::ICON_PERSON_ADD, &t.get("copy-invitation"), size::BUTTON)
                .clicked()
        {
            people::copy_invitation(ui, view, &path);
        }
        lock(ui, view);
        let name = t.get("info-open");
        if icon_button(ui, icons::ICON_INFO, &name, size::BUTTON).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.toggle(Panel::Info);
        }
    });
}

fn second_window(ui: &mut Ui, view: &mut View<'_>) {
    let name = view.t.get("second-window");
    let button = icon_button(ui, icons::ICON_OPEN_IN_NEW, &name, size::BUTTON);
    Popup::menu(&button).align(RectAlign::BOTTOM_END).gap(6.0).width(MENU).show(|ui| {
        ui.set_width(MENU);
        ui.spacing_mut().item_spacing.y = 2.0;
        second_window_items(ui, view);
    });
}

/// What may stand in a window of its own.
pub fn second_window_items(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &mut view.state.call else { return };
    let choices = [
        (Detached::Tiles, icons::ICON_GRID_VIEW, "second-tiles"),
        (Detached::Chat, icons::ICON_CHAT_BUBBLE, "second-chat"),
        (Detached::People, icons::ICON_GROUP, "second-people"),
    ];
    for (what, icon, key) in choices {
        let chosen = call.view.detached == Some(what);
        let width = ui.available_width();
        if menu_item(ui, Some(icon), &t.get(key), chosen, width).clicked() {
            call.detach(if chosen { None } else { Some(what) });
        }
    }
}

fn lock_words(locked: bool) -> &'static str {
    if locked { "call-unlock" } else { "call-lock" }
}

/// Nobody else comes in: hosts set it, the others see it.
fn lock(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let (locked, webinar) = (call.locked, call.room.kind == RoomKind::Webinar);
    let icon = if locked { icons::ICON_LOCK } else { icons::ICON_LOCK_OPEN };
    if !call.host() {
        if locked {
            let (rect, response) =
                ui.allocate_exact_size(vec2(size::BUTTON, size::BUTTON), egui::Sense::hover());
            icons::paint(ui.painter(), icon.filled(), rect.center(), 20.0, p.text2);
            let words = t.get("call-locked");
            response.widget_info(|| egui::WidgetInfo::labeled(Role::Status, true, &words));
            response.on_hover_text(words);
        }
        return;
    }
    let words = t.get(lock_words(locked));
    let pressed = if webinar {
        ui.add(Button::new(&words).icon(icon)).clicked()
    } else {
        icon_button(ui, icon, &words, size::BUTTON).clicked()
    };
    if pressed {
        view.commands.push(Command::Lock(!locked));
    }
}
