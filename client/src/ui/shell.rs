//! The frame around the pages: header, navigation, the conference that runs, the own account.

use super::{View, column, contacts, journal, planner, region, regions, rooms, settings, words};
use crate::command::{Command, PeopleCommand, RoomsCommand};
use crate::icons::{self, MaterialIcon};
use crate::settings::ThemeChoice;
use crate::state::Page;
use crate::theme::{font, size};
use crate::widgets::{
    avatar, focus_ring, hover_fill, menu_item, menu_line, menu_up, one_line, presence_dot, spoken,
    tip,
};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use protocol::{Presence, RoomState, RoomStatus};
use std::time::Duration;

/// The header's part for the program's name, points.
const NAME: f32 = 260.0;

/// The navigation's width, and what is left of it in a narrow window.
const WIDE: f32 = 216.0;
const RAIL: f32 = 64.0;
/// Windows narrower than this get the rail.
const NARROW: f32 = 1000.0;
/// Beside the navigation's entries.
const INSET: f32 = 12.0;
/// An entry's height.
const ENTRY: f32 = 40.0;
/// The card of the running conference.
const CARD: f32 = 88.0;

/// The navigation, and the page of the moment beside it.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = nav(ui, view);
    regions::mark(ui, view, "page", rect);
    let page = view.state.page;
    // Each page has its own identities: no control inherits the keyboard from the page before.
    region(ui, ("page", page), rect, column(), |ui| match page {
        Page::Planner => planner::show(ui, view),
        Page::Rooms => rooms::show(ui, view),
        Page::Contacts => contacts::show(ui, view),
        Page::Journal => journal::show(ui, view),
        Page::Settings => settings::show(ui, view),
    });
    rooms::start::show(ui.ctx(), view);
}

/// Draws header and navigation; gives the page's rectangle.
pub fn nav(ui: &mut Ui, view: &mut View<'_>) -> Rect {
    let window = ui.max_rect();
    let p = view.p;
    let wide = window.width() >= NARROW;
    let header = Rect::from_min_size(window.min, vec2(window.width(), size::HEADER));
    let width = if wide { WIDE } else { RAIL };
    let bar =
        Rect::from_min_max(header.left_bottom(), pos2(window.left() + width, window.bottom()));
    let painter = ui.painter();
    painter.rect_filled(window, 0.0, p.window);
    painter.rect_filled(header, 0.0, p.panel);
    painter.rect_filled(bar, 0.0, p.panel);
    let mark =
        Rect::from_center_size(pos2(header.left() + 26.0, header.center().y), vec2(20.0, 20.0));
    icons::paint_logo(painter, mark, p);
    let name = pos2(mark.right() + 8.0, header.center().y);
    painter.text(name, Align2::LEFT_CENTER, view.t.get("app-name"), font::semibold(14.0), p.text);
    date(ui, view, header);
    let inner = Rect::from_min_max(bar.min + vec2(INSET, 8.0), bar.max - vec2(INSET, INSET));
    regions::mark(ui, view, "navigation", bar);
    region(ui, "navigation", inner, column(), |ui| entries(ui, view, inner, wide));
    Rect::from_min_max(bar.right_top(), window.max)
}

/// Day and time at the right of the header, good for the rest of the minute; the time alone where
/// both would touch the program's name.
fn date(ui: &Ui, view: &View<'_>, header: Rect) {
    let (p, unix_ms) = (view.p, view.state.now.unix_ms);
    let mut text = words::day_and_time(view.t, unix_ms);
    let wide = ui.painter().layout_no_wrap(text.clone(), font::regular(13.0), p.text3).size().x;
    if wide > header.width() - NAME {
        text = words::time(unix_ms);
    }
    let at = pos2(header.right() - 20.0, header.center().y);
    let font = font::regular(13.0);
    let drawn = ui.painter().text(at, Align2::RIGHT_CENTER, &text, font, p.text3);
    spoken(ui, drawn, "date", Role::Label, &text);
    let left_ms = 60_000 - unix_ms.rem_euclid(60_000);
    ui.ctx().request_repaint_after(Duration::from_millis(left_ms.unsigned_abs()));
}

fn entries(ui: &mut Ui, view: &mut View<'_>, inner: Rect, wide: bool) {
    ui.spacing_mut().item_spacing.y = 2.0;
    call_now(ui, view, wide);
    ui.add_space(10.0);
    let waiting = view.state.rooms.with_waiting();
    let missed = view.state.calls.missed_unseen();
    for (page, icon, key) in [
        (Page::Planner, icons::ICON_EVENT_NOTE, "shell-planner"),
        (Page::Rooms, icons::ICON_FORUM, "shell-rooms"),
        (Page::Contacts, icons::ICON_CONTACTS, "shell-contacts"),
        (Page::Journal, icons::ICON_HISTORY, "shell-journal"),
    ] {
        let note = match page {
            Page::Rooms if waiting > 0 => Some(Note {
                count: waiting,
                ink: view.p.success,
                words: view.t.count("shell-rooms-waiting", waiting),
            }),
            Page::Journal if missed > 0 => Some(Note {
                count: missed,
                ink: view.p.danger,
                words: view.t.count("journal-missed-count", missed),
            }),
            _ => None,
        };
        entry(ui, view, page, icon, key, wide, note);
    }
    let running = running(view);
    let card = if running.is_none() {
        0.0
    } else if wide {
        CARD + 8.0
    } else {
        ENTRY + 8.0
    };
    let below = card + ENTRY + 2.0 + 48.0;
    let gap = inner.bottom() - below - ui.cursor().top();
    ui.add_space(gap.max(8.0));
    if let Some(room) = running {
        conference(ui, view, &room, wide);
        ui.add_space(6.0);
    }
    entry(ui, view, Page::Settings, icons::ICON_SETTINGS, "shell-settings", wide, None);
    account(ui, view, wide);
}

/// The brass button that prepares a call.
fn call_now(ui: &mut Ui, view: &mut View<'_>, wide: bool) {
    let p = view.p;
    let words = view.t.get("shell-call-now");
    let size = vec2(ui.available_width(), ENTRY);
    let (rect, button) = ui.allocate_exact_size(size, Sense::click());
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, hover_fill(ui, &button, p.raised, p.hover));
    if p.outlined {
        painter.rect_stroke(rect, 8.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    let at = icon_place(rect, wide);
    icons::paint(painter, icons::ICON_VIDEO_CALL.filled(), at, 20.0, p.accent_text);
    if wide {
        line(ui, rect, &words, p.text, 12.0);
    }
    if button.has_focus() {
        focus_ring(painter, rect, 8.0, p);
    }
    let button = if wide { button } else { tip(button, &words, None) };
    if button.clicked() {
        view.state.prepare_call();
    }
}

/// How many of something, at the right of an entry.
struct Note {
    count: usize,
    ink: Color32,
    words: String,
}

fn entry(
    ui: &mut Ui,
    view: &mut View<'_>,
    page: Page,
    icon: MaterialIcon,
    key: &str,
    wide: bool,
    note: Option<Note>,
) {
    let p = view.p;
    let words = view.t.get(key);
    let selected = view.state.page == page;
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ENTRY), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &words));
    let painter = ui.painter();
    let rest = if selected { p.raised } else { Color32::TRANSPARENT };
    painter.rect_filled(rect, 8.0, hover_fill(ui, &response, rest, p.hover));
    let ink = if selected { p.text } else { p.text2 };
    if selected {
        if p.outlined {
            painter.rect_stroke(rect, 8.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
        }
        let bar = Rect::from_center_size(pos2(rect.left() + 1.5, rect.center().y), vec2(3.0, 20.0));
        painter.rect_filled(bar, 1.5, p.accent);
    }
    let symbol = if selected { icon.filled() } else { icon.outlined() };
    icons::paint(painter, symbol, icon_place(rect, wide), 20.0, ink);
    let taken = note.as_ref().map_or(0.0, |note| count(ui, &response, rect, wide, note));
    if wide {
        line(ui, rect, &words, ink, 12.0 + taken);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect, 8.0, p);
    }
    let response = if wide { response } else { tip(response, &words, None) };
    if response.clicked() {
        view.state.page = page;
    }
}

/// Draws an entry's count, tells it, and gives the width it takes from the words.
fn count(ui: &Ui, entry: &Response, rect: Rect, wide: bool, note: &Note) -> f32 {
    ui.ctx().accesskit_node_builder(entry.id, |node| node.set_description(note.words.as_str()));
    let text = if note.count > 99 { "99+".to_owned() } else { note.count.to_string() };
    let galley = ui.painter().layout_no_wrap(text, font::semibold(12.0), note.ink);
    if !wide {
        let at = rect.center() + vec2(11.0, -10.0);
        ui.painter().circle_filled(at, 5.0, note.ink);
        return 0.0;
    }
    let width = galley.size().x;
    let at = pos2(rect.right() - 12.0 - width, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, note.ink);
    let dot = pos2(at.x - 8.0, rect.center().y);
    ui.painter().circle_filled(dot, 4.0, note.ink);
    width + 20.0
}

fn icon_place(rect: Rect, wide: bool) -> egui::Pos2 {
    if wide { pos2(rect.left() + 22.0, rect.center().y) } else { rect.center() }
}

/// An entry's words beside its icon, leaving `right` points free.
fn line(ui: &Ui, rect: Rect, words: &str, ink: Color32, right: f32) {
    let room = rect.width() - 44.0 - right;
    let galley = one_line(ui.painter(), room, words, font::medium(14.0), ink);
    let at = pos2(rect.left() + 44.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
}

/// The fullest of the rooms where a conference runs now.
fn running(view: &View<'_>) -> Option<RoomStatus> {
    let live = |room: &&RoomStatus| matches!(room.state, RoomState::Live | RoomState::OnHold);
    let rooms = view.state.rooms.status.values().filter(live);
    rooms.max_by_key(|room| (room.inside, &room.number)).cloned()
}

/// The conference that runs, with the way in.
fn conference(ui: &mut Ui, view: &mut View<'_>, room: &RoomStatus, wide: bool) {
    let (p, t) = (view.p, view.t);
    let join = t.named("shell-join", &room.name);
    let height = if wide { CARD } else { ENTRY };
    let (rect, card) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    card.widget_info(|| WidgetInfo::labeled(Role::Button, true, &join));
    let painter = ui.painter();
    painter.rect_filled(rect, 10.0, hover_fill(ui, &card, p.raised, p.hover));
    if p.outlined {
        painter.rect_stroke(rect, 10.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    // The light on top follows the card's round corners.
    let top = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + 3.0));
    painter.with_clip_rect(top.intersect(ui.clip_rect())).rect_filled(rect, 10.0, p.accent);
    if wide {
        conference_words(ui, view, rect, room);
    } else {
        let at = rect.center() + vec2(0.0, 1.0);
        icons::paint(painter, icons::ICON_CALL.filled(), at, 20.0, p.accent_text);
    }
    if card.has_focus() {
        focus_ring(painter, rect, 10.0, p);
    }
    let card = if wide { card } else { tip(card, &join, None) };
    if card.clicked() {
        enter(view, &room.number);
    }
}

fn conference_words(ui: &Ui, view: &View<'_>, rect: Rect, room: &RoomStatus) {
    let (p, t) = (view.p, view.t);
    let painter = ui.painter();
    let left = rect.left() + 12.0;
    let width = rect.width() - 24.0;
    let state = match room.state {
        RoomState::OnHold => t.get("shell-on-hold"),
        _ => t.get("shell-running"),
    };
    let state = one_line(painter, width, &state, font::semibold(12.0), p.accent_text);
    let at = pos2(left, rect.top() + 13.0);
    let room_left = width - state.size().x - 8.0;
    let inside = t.count("shell-inside", room.inside);
    let inside = one_line(painter, room_left, &inside, font::regular(12.0), p.text2);
    painter.galley(at + vec2(state.size().x + 8.0, 0.0), inside, p.text2);
    painter.galley(at, state, p.accent_text);
    let name = one_line(painter, width, &room.name, font::medium(13.0), p.text);
    painter.galley(pos2(left, rect.top() + 33.0), name, p.text);
    let way = pos2(left + 9.0, rect.bottom() - 19.0);
    icons::paint(painter, icons::ICON_CALL.filled(), way, 18.0, p.text);
    let words =
        one_line(painter, width - 22.0, &t.get("shell-take-part"), font::medium(13.0), p.text);
    painter.galley(pos2(left + 22.0, way.y - words.size().y / 2.0), words, p.text);
}

/// Into a room's pre-join page; the rooms page where the room is not on the list yet.
fn enter(view: &mut View<'_>, number: &str) {
    match view.state.enter_room(number) {
        Some(entry) => view.commands.push(entry),
        None => {
            view.state.page = Page::Rooms;
            view.commands.push(Command::Rooms(RoomsCommand::List));
        }
    }
}

/// Who is signed in and how others see them, with the menu of both.
fn account(ui: &mut Ui, view: &mut View<'_>, wide: bool) {
    let Some(account) = view.state.account.clone() else { return };
    let (p, t) = (view.p, view.t);
    let presence = match view.state.people.own {
        Some(presence) if view.state.live => presence,
        _ => Presence::Offline,
    };
    let state = match presence {
        Presence::Offline => t.get("shell-no-connection"),
        there => contacts::presence(t, there),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::click());
    let name = format!("{}, {state}", account.display_name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let painter = ui.painter();
    let ground = hover_fill(ui, &response, p.panel, p.hover);
    painter.rect_filled(rect, 8.0, ground);
    let face = pos2(if wide { rect.left() + 24.0 } else { rect.center().x }, rect.center().y);
    let picture = super::contacts::picture(view, &account.user);
    avatar(painter, face, 32.0, &account.display_name, picture);
    presence_dot(ui, face, 32.0, presence, ground);
    if wide {
        let left = rect.left() + 50.0;
        let room = rect.right() - 34.0 - left;
        let who = one_line(painter, room, &account.display_name, font::medium(13.0), p.text);
        painter.galley(pos2(left, rect.top() + 6.0), who, p.text);
        let how = one_line(painter, room, &state, font::regular(12.0), p.text3);
        painter.galley(pos2(left, rect.top() + 24.0), how, p.text3);
        let at = pos2(rect.right() - 18.0, rect.center().y);
        icons::paint(painter, icons::ICON_UNFOLD_MORE.outlined(), at, 18.0, p.text3);
    }
    if response.has_focus() {
        focus_ring(painter, rect, 8.0, p);
    }
    let response = if wide { response } else { tip(response, &name, None) };
    menu_up(&response, |ui| account_menu(ui, view, presence, account.embedded));
}

fn account_menu(ui: &mut Ui, view: &mut View<'_>, presence: Presence, embedded: bool) {
    let t = view.t;
    let width = ui.available_width();
    if view.state.live {
        let busy = presence == Presence::Busy;
        for (key, icon, chosen) in [
            ("contacts-online", icons::ICON_CHECK_CIRCLE, !busy),
            ("contacts-busy", icons::ICON_DO_NOT_DISTURB_ON, busy),
        ] {
            if menu_item(ui, Some(icon), &t.get(key), chosen, width).clicked() && !chosen {
                view.commands.push(Command::People(PeopleCommand::SetBusy(!busy)));
            }
        }
        menu_line(ui);
    }
    if menu_item(ui, Some(icons::ICON_SETTINGS), &t.get("shell-settings"), false, width).clicked() {
        view.state.page = Page::Settings;
    }
    let dark = ui.visuals().dark_mode;
    let (icon, key) = if dark {
        (icons::ICON_LIGHT_MODE, "theme-light")
    } else {
        (icons::ICON_DARK_MODE, "theme-dark")
    };
    if menu_item(ui, Some(icon), &t.get(key), false, width).clicked() {
        view.state.settings.theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
    }
    let other = t.get("language-other");
    if menu_item(ui, Some(icons::ICON_TRANSLATE), &other, false, width).clicked() {
        let language = t.language.other();
        view.state.texts.language = language;
        view.state.settings.language = Some(language);
    }
    // The hub inside the program has nothing to sign out of.
    if !embedded {
        menu_line(ui);
        let out = menu_item(ui, Some(icons::ICON_LOGOUT), &t.get("sign-out"), false, width);
        if out.clicked() {
            view.state.sign_out();
            view.commands.push(Command::SignOut);
        }
    }
}
