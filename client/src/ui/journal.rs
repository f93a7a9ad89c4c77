//! Past and missed calls.

use super::contacts::{contact_menu, picture};
use super::{View, column, region, words};
use crate::i18n::Texts;
use crate::icons::{self, MaterialIcon};
use crate::state::is_missed;
use crate::theme::{Palette, font, size};
use crate::widgets::{
    Button, Kind, avatar, chip, elided, empty_state, failure, icon_button, label, list_row, note,
    presence_dot, spoken,
};
use egui::accesskit::Role;
use egui::{Align, Color32, Layout, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use jiff::civil::Date;
use protocol::{CallAnswer, JournalCall, Presence};

/// Around the page.
const MARGIN: f32 = 28.0;
/// A row.
const ROW: f32 = 56.0;
/// A row among somebody's details.
const SHORT: f32 = 40.0;

/// The page, beside the navigation.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    view.state.see_journal();
    let rect = ui.max_rect().shrink2(vec2(MARGIN, 0.0));
    let rect = Rect::from_min_max(pos2(rect.left(), rect.top() + 24.0), rect.max);
    region(ui, "journal", rect, column(), |ui| {
        heading(ui, view);
        ui.add_space(8.0);
        rows(ui, view);
    });
}

fn heading(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    let title = t.get("journal-title");
    elided(ui.painter(), rect, &title, font::title(30.0), p.text);
    spoken(ui, rect, "journal", Role::Heading, &title);
    let Some(user) = view.state.calls.journal_of.clone() else { return };
    let name = view.state.people.name_of(&user).to_owned();
    let face = picture(view, &user);
    ui.horizontal(|ui| {
        label(ui, t.get("journal-only"), font::regular(13.0), p.text3);
        if chip(ui, &name, face, &t.get("journal-all")).removed {
            view.state.calls.journal_of = None;
        }
    });
}

fn rows(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    if let Some(cause) = view.state.calls.failure.clone() {
        failure(ui, &words::failure(t, &cause));
        let again = t.get("journal-again");
        if ui.add(Button::new(&again).icon(icons::ICON_REFRESH)).clicked() {
            view.state.load_journal();
        }
    }
    let Some(journal) = &view.state.calls.journal else {
        if view.state.calls.failure.is_none() {
            note(ui, &t.get("journal-loading"));
        }
        return;
    };
    if journal.is_empty() {
        empty_state(ui, &t.get("journal-empty-title"), &t.get("journal-empty"), false);
        return;
    }
    let shown: Vec<JournalCall> = view.state.calls.shown().cloned().collect();
    let today = words::here(view.state.now.unix_ms).date();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if shown.is_empty() {
            note(ui, &t.get("journal-none-with"));
        }
        let mut day = None;
        for call in &shown {
            let this = words::here(call.at_ms).date();
            if day != Some(this) {
                day = Some(this);
                day_line(ui, view, &day_words(t, this, today));
            }
            row(ui, view, call);
        }
        older(ui, view);
        ui.add_space(MARGIN);
    });
}

/// The next page comes when the end of this one is in sight, or by the button.
fn older(ui: &mut Ui, view: &mut View<'_>) {
    if view.state.calls.older.is_none() {
        return;
    }
    let t = view.t;
    ui.add_space(8.0);
    if view.state.calls.loading {
        note(ui, &t.get("journal-loading"));
        return;
    }
    let words = t.get("journal-older");
    if ui.add(Button::new(&words).kind(Kind::Ghost).icon(icons::ICON_EXPAND_MORE)).clicked() {
        view.state.load_older();
    }
}

fn day_line(ui: &mut Ui, view: &View<'_>, words: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Heading, true, words));
    let line = rect.with_min_y(rect.top() + 10.0).with_min_x(rect.left() + 12.0);
    elided(ui.painter(), line, words, font::semibold(12.0), view.p.text3);
}

fn row(ui: &mut Ui, view: &mut View<'_>, call: &JournalCall) {
    let (p, t) = (view.p, view.t);
    let there = view.state.people.presence(&call.user);
    let face = picture(view, &call.user);
    let outcome = outcome(t, call);
    let time = words::time(call.at_ms);
    let name = view.state.people.name_of(&call.user).to_owned();
    let spoken = format!("{name}, {outcome}, {time}");
    let mut again = None;
    let response = ui
        .push_id(("call", call.id), |ui| {
            list_row(ui, &spoken, ROW, false, |ui, rect| {
                mark(ui, rect, call, p);
                let center = pos2(rect.left() + 68.0, rect.center().y);
                avatar(ui.painter(), center, 36.0, &name, face);
                presence_dot(ui, center, 36.0, there, p.window);
                let right = rect.right() - 12.0 - 2.0 * (size::BUTTON + 4.0) - 56.0;
                let line = |top: f32| {
                    Rect::from_min_max(
                        pos2(rect.left() + 98.0, rect.top() + top),
                        pos2(right, rect.top() + top + 20.0),
                    )
                };
                let ink = if is_missed(call) { p.danger } else { p.text };
                elided(ui.painter(), line(8.0), &name, font::medium(14.0), ink);
                elided(ui.painter(), line(28.0), &outcome, font::regular(12.0), p.text3);
                let end = Rect::from_min_max(pos2(right, rect.top()), rect.max - vec2(12.0, 0.0));
                region(ui, "controls", end, Layout::right_to_left(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    again = call_back(ui, view, &name, there);
                    label(ui, &time, font::mono(13.0), p.text2);
                });
            })
        })
        .inner;
    if let Some(video) = again {
        view.state.call_person(&call.user, video);
    } else if response.double_clicked() && can_call(view, there) {
        view.state.call_person(&call.user, call.video);
    }
    contact_menu(&response, view, &call.user);
}

fn can_call(view: &View<'_>, there: Presence) -> bool {
    view.state.live && view.state.call.is_none() && there != Presence::Offline
}

/// The buttons that call back; `Some(video)` when one was pressed now. Their place stays, so that
/// times stand below one another.
fn call_back(ui: &mut Ui, view: &View<'_>, name: &str, there: Presence) -> Option<bool> {
    if !can_call(view, there) {
        ui.add_space(2.0 * (size::BUTTON + 4.0));
        return None;
    }
    let t = view.t;
    let mut pressed = None;
    let audio = t.named("journal-audio", name);
    if icon_button(ui, icons::ICON_CALL, &audio, size::BUTTON).clicked() {
        pressed = Some(false);
    }
    let video = t.named("journal-video", name);
    if icon_button(ui, icons::ICON_VIDEOCAM, &video, size::BUTTON).clicked() {
        pressed = Some(true);
    }
    pressed
}

/// One line among somebody's details: what, when.
pub fn short_row(ui: &mut Ui, view: &View<'_>, call: &JournalCall) {
    let (p, t) = (view.p, view.t);
    let (day, today) = (words::here(call.at_ms).date(), words::here(view.state.now.unix_ms).date());
    let when = format!("{}, {}", day_words(t, day, today), words::time(call.at_ms));
    let what = outcome(t, call);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), SHORT), Sense::hover());
    let spoken = format!("{what}, {when}");
    response.widget_info(|| egui::WidgetInfo::labeled(Role::ListItem, true, &spoken));
    let (icon, ink) = direction(call, p);
    let painter = ui.painter();
    icons::paint(painter, icon.outlined(), pos2(rect.left() + 12.0, rect.center().y), 18.0, ink);
    let middle = rect.left() + rect.width() * 0.58;
    let left =
        Rect::from_min_max(pos2(rect.left() + 36.0, rect.top()), pos2(middle, rect.bottom()));
    let color = if is_missed(call) { p.danger } else { p.text };
    elided(painter, left, &what, font::regular(14.0), color);
    let right = Rect::from_min_max(pos2(middle + 8.0, rect.top()), rect.max);
    elided(painter, right, &when, font::regular(13.0), p.text3);
}

fn mark(ui: &Ui, rect: Rect, call: &JournalCall, p: &Palette) {
    let (icon, ink) = direction(call, p);
    let at = pos2(rect.left() + 26.0, rect.center().y);
    icons::paint(ui.painter(), icon.outlined(), at, 20.0, ink);
}

fn direction(call: &JournalCall, p: &Palette) -> (MaterialIcon, Color32) {
    match (call.incoming, is_missed(call)) {
        (true, true) => (icons::ICON_CALL_MISSED, p.danger),
        (true, false) => (icons::ICON_CALL_RECEIVED, p.text2),
        (false, _) => (icons::ICON_CALL_MADE, p.text2),
    }
}

/// What came of a call, with the room where it was a whole room's.
fn outcome(t: Texts, call: &JournalCall) -> String {
    let what = t.get(match (call.incoming, call.answer) {
        (_, CallAnswer::Ringing) => "journal-rings",
        (true, CallAnswer::Missed) => "journal-missed",
        (true, CallAnswer::Declined) => "journal-declined",
        (true, CallAnswer::Busy) => "journal-while-busy",
        (true, CallAnswer::NotThere) => "journal-while-away",
        (true, CallAnswer::Accepted) if call.video => "journal-in-video",
        (true, CallAnswer::Accepted) => "journal-in-audio",
        (false, CallAnswer::Missed) => "journal-not-taken",
        (false, CallAnswer::Declined) => "journal-was-declined",
        (false, CallAnswer::Busy) => "journal-was-busy",
        (false, CallAnswer::NotThere) => "journal-was-away",
        (false, CallAnswer::Accepted) if call.video => "journal-out-video",
        (false, CallAnswer::Accepted) => "journal-out-audio",
    });
    if call.direct { what } else { format!("{what} · {}", call.room_name) }
}

/// `Heute`, `Gestern`, `Montag, 23. November`.
fn day_words(t: Texts, day: Date, today: Date) -> String {
    words::recent_day(t, day, today).unwrap_or_else(|| words::named_day(t, day, today))
}
