//! What was written, and what is on its way.

use crate::icons;
use crate::state::{Call, Piece, Unsent, pieces};
use crate::theme::font;
use crate::ui::{View, words};
use crate::widgets::{
    Button, Kind, context_menu, focus_ring, label, menu_item, note, one_line, wrapped,
};
use egui::accesskit::Role;
use egui::{
    Align, Color32, Frame, Galley, Id, Margin, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder,
    Vec2, WidgetInfo, pos2, vec2,
};
use protocol::{ChatLine, ChatScope, ParticipantKind};
use std::sync::Arc;

/// Lines laid out; the older ones are behind.
const SHOWN: usize = 200;
/// So near the end counts as at the end, points.
const NEAR: f32 = 12.0;

/// The lines, the newest at the end. Whoever reads further up stays there.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let area = ui.available_rect_before_wrap();
    let out = ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        content(ui, view);
        let Some(call) = &mut view.state.call else { return };
        if std::mem::take(&mut call.desk.jump) {
            ui.scroll_to_cursor(Some(Align::BOTTOM));
        }
    });
    let below = out.content_size.y - out.state.clamped_offset().y - out.inner_rect.height();
    let Some(call) = &mut view.state.call else { return };
    let newest = call.chat.last().map(|line| line.id);
    if below <= NEAR {
        call.desk.seen = newest;
    } else if newest > call.desk.seen {
        let words = view.t.get("chat-new-below");
        let button = Button::new(&words).icon(icons::ICON_EXPAND_MORE).kind(Kind::Primary);
        let size = vec2(button.natural_width(ui).min(area.width()), 36.0);
        let at = pos2(area.center().x, area.bottom() - 26.0);
        if ui.put(Rect::from_center_size(at, size), button).clicked() {
            call.desk.jump = true;
        }
    }
}

fn content(ui: &mut Ui, view: &mut View<'_>) {
    let Some(call) = &mut view.state.call else { return };
    // Lent for the frame: what is drawn may change the call around the lines, and never the lines.
    let chat = std::mem::take(&mut call.chat);
    newest(ui, view, &chat);
    if let Some(call) = &mut view.state.call {
        call.chat = chat;
    }
}

fn newest(ui: &mut Ui, view: &mut View<'_>, chat: &[ChatLine]) {
    let Some(call) = &view.state.call else { return };
    let only = call.desk.questions;
    let wanted = chat.iter().rev().filter(|line| !only || call.is_question(line));
    let lines: Vec<&ChatLine> = wanted.take(SHOWN).collect();
    let unsent = if only { Vec::new() } else { call.desk.unsent.clone() };
    let unread = call.desk.unread_from;
    if lines.is_empty() && unsent.is_empty() {
        let key = if only { "chat-no-questions" } else { "chat-empty" };
        note(ui, &view.t.get(key));
        return;
    }
    let mut day = None;
    for line in lines.into_iter().rev() {
        let (this, words) = words::day(view.t, line.at_ms);
        if day.is_some_and(|day| day != this) {
            separator(ui, view, &words, view.p.text3);
        }
        day = Some(this);
        if unread == Some(line.id) {
            separator(ui, view, &view.t.get("chat-unread"), view.p.accent_text);
        }
        if !far_away(ui, view, line) {
            let top = ui.cursor().top();
            one(ui, view, line);
            let height = ui.cursor().top() - ui.spacing().item_spacing.y - top;
            let size = vec2(ui.available_width(), height);
            ui.data_mut(|data| data.insert_temp(height_of(line), size));
        }
    }
    for (place, line) in unsent.iter().enumerate() {
        on_its_way(ui, view, place, line);
    }
}

/// Where a line's size is remembered, for as long as the panel is as wide as then.
fn height_of(line: &ChatLine) -> Id {
    Id::unique(("chat line's size", line.id))
}

/// Takes the room of a line that is more than a whole panel away from what is in sight, if its height
/// is known; it is told to assistive technology, and not laid out.
fn far_away(ui: &mut Ui, view: &View<'_>, line: &ChatLine) -> bool {
    let Some(call) = &view.state.call else { return false };
    let known = ui.data(|data| data.get_temp::<Vec2>(height_of(line)));
    let Some(size) = known.filter(|size| size.x == ui.available_width()) else { return false };
    let rect = Rect::from_min_size(ui.cursor().min, size);
    let sight = ui.clip_rect();
    if sight.expand2(vec2(0.0, sight.height())).intersects(rect) {
        return false;
    }
    let (_, response) = ui.allocate_exact_size(size, Sense::hover());
    // Only for who listens: there may be hundreds.
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, said(view, call, line)));
    true
}

/// A line in one sentence.
fn said(view: &View<'_>, call: &Call, line: &ChatLine) -> String {
    let own = line.from == Some(call.you);
    let to = readers(view, call, line.scope, own);
    let name = if own { view.t.get("you") } else { line.from_name.clone() };
    format!("{name} {to}, {}: {}", words::time(line.at_ms), line.text)
}

/// A line across with words in its middle.
fn separator(ui: &mut Ui, view: &View<'_>, words: &str, ink: Color32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    let painter = ui.painter();
    let room = rect.width() - 40.0;
    let galley = one_line(painter, room, words, font::semibold(12.0), ink);
    let half = galley.size().x / 2.0 + 8.0;
    let (middle, y) = (rect.center().x, rect.center().y);
    painter.hline(rect.left() + 8.0..=middle - half, y, (1.0, view.p.line));
    painter.hline(middle + half..=rect.right() - 8.0, y, (1.0, view.p.line));
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
}

/// Who reads it, in words.
fn readers(view: &View<'_>, call: &Call, scope: ChatScope, own: bool) -> String {
    let t = view.t;
    match scope {
        ChatScope::Everyone => t.get("chat-to-everyone"),
        ChatScope::Hosts => t.get("chat-to-hosts"),
        ChatScope::Private { .. } if !own => t.get("chat-to-you"),
        ChatScope::Private { participant } => match call.participant(participant) {
            Some(reader) => t.named("chat-to-person", &reader.name),
            None => t.get("chat-to-gone"),
        },
    }
}

/// A line that everybody reads stands on the panel, any other on a card.
fn card(quiet: bool, view: &View<'_>) -> Frame {
    let fill = if quiet { view.p.panel } else { view.p.raised };
    Frame::new().fill(fill).corner_radius(10).inner_margin(Margin::symmetric(10, 8))
}

fn one(ui: &mut Ui, view: &mut View<'_>, line: &ChatLine) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let own = line.from == Some(call.you);
    let to = readers(view, call, line.scope, own);
    let writer = line.from.and_then(|id| call.participant(id));
    let guest = writer.is_some_and(|p| p.kind == ParticipantKind::Guest);
    let answer = line.from.filter(|id| call.may_read(*id));
    let name = if own { t.get("you") } else { line.from_name.clone() };
    let time = words::time(line.at_ms);
    let spoken = said(view, call, line);
    let builder = UiBuilder::new().id_salt(("line", line.id)).sense(Sense::click());
    let response = ui
        .scope_builder(builder, |ui| {
            card(line.scope == ChatScope::Everyone, view).show(ui, |ui| {
                head(ui, view, &name, &to, guest, &time);
                text(ui, view, &line.text);
            });
        })
        .response;
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &spoken));
    if response.has_focus() {
        focus_ring(ui.painter(), response.rect.shrink(3.0), 8.0, p);
    }
    context_menu(&response, |ui| {
        let width = ui.available_width();
        let copy = t.get("chat-copy");
        if menu_item(ui, Some(icons::ICON_CONTENT_COPY), &copy, false, width).clicked() {
            ui.ctx().copy_text(line.text.clone());
        }
        if let Some(writer) = answer {
            let words = t.get("person-write");
            if menu_item(ui, Some(icons::ICON_CHAT_BUBBLE), &words, false, width).clicked()
                && let Some(call) = &mut view.state.call
            {
                call.write_to(writer);
            }
        }
    });
}

/// Name, readers and time; the readers go below the name where they do not fit beside it.
fn head(ui: &mut Ui, view: &View<'_>, name: &str, to: &str, guest: bool, time: &str) {
    const ROW: f32 = 18.0;
    let (p, t) = (view.p, view.t);
    ui.set_width(ui.available_width());
    ui.spacing_mut().item_spacing.y = 3.0;
    let width = ui.available_width();
    let line = |ui: &Ui, room: f32, text: &str, font, ink| {
        (one_line(ui.painter(), room, text, font, ink), ink)
    };
    let time = line(ui, width, time, font::mono(12.0), p.text3);
    let room = width - time.0.size().x - 12.0;
    let mark = if guest { t.get("kind-guest") } else { String::new() };
    let mark = line(ui, room, &mark, font::medium(12.0), p.accent_text);
    let gap = if guest { 8.0 } else { 0.0 };
    let name = line(ui, room - mark.0.size().x - gap, name, font::semibold(13.0), p.text);
    let before = name.0.size().x + gap + mark.0.size().x + 8.0;
    let whole = line(ui, width, to, font::regular(12.0), p.text3);
    let beside = before + whole.0.size().x <= room;
    let rows = if beside { 1.0 } else { 2.0 };
    let (rect, _) = ui.allocate_exact_size(vec2(width, rows * ROW), Sense::hover());
    let paint = |(galley, ink): (Arc<Galley>, Color32), x: f32, row: f32| {
        let y = rect.top() + row * ROW + (ROW - galley.size().y) / 2.0;
        ui.painter().galley(pos2(x, y), galley, ink);
    };
    let right = rect.right() - time.0.size().x;
    let after = rect.left() + name.0.size().x + gap;
    paint(name, rect.left(), 0.0);
    if guest {
        let place = Rect::from_min_size(pos2(after, rect.top()), vec2(mark.0.size().x, ROW));
        crate::widgets::spoken(ui, place, "guest", Role::Label, &t.get("kind-guest"));
        paint(mark, after, 0.0);
    }
    let (x, row) = if beside { (rect.left() + before, 0.0) } else { (rect.left(), 1.0) };
    paint(whole, x, row);
    paint(time, right, 0.0);
}

/// The words of a line, row by row, with addresses that open.
pub fn text(ui: &mut Ui, view: &View<'_>, text: &str) {
    let p = view.p;
    ui.spacing_mut().interact_size.y = 0.0;
    for row in text.split('\n') {
        let parts = pieces(row);
        if !parts.iter().any(|part| matches!(part, Piece::Link(_))) {
            wrapped(ui, row, font::regular(14.0), p.text2);
            continue;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for part in parts {
                match part {
                    Piece::Text(words) => {
                        label(ui, words, font::regular(14.0), p.text2);
                    }
                    Piece::Link(address) => {
                        let words = RichText::new(address).font(font::regular(14.0));
                        ui.hyperlink_to(words.color(p.accent_text).underline(), address);
                    }
                }
            }
        });
    }
}

/// An own line that has not come back yet.
fn on_its_way(ui: &mut Ui, view: &mut View<'_>, place: usize, line: &Unsent) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let to = readers(view, call, line.scope, true);
    card(line.scope == ChatScope::Everyone, view).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(8.0, 3.0);
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal_wrapped(|ui| {
            label(ui, t.get("you"), font::semibold(13.0), p.text3);
            label(ui, to, font::regular(12.0), p.text3);
        });
        wrapped(ui, &line.text, font::regular(14.0), p.text3);
        if !line.failed {
            label(ui, t.get("chat-sending"), font::regular(12.0), p.text3);
            return;
        }
        crate::widgets::failure(ui, &t.get("chat-failed"));
        ui.horizontal_wrapped(|ui| {
            let (again, away) = (t.get("chat-again"), t.get("chat-discard"));
            let again = ui.add(Button::new(&again).height(32.0)).clicked();
            let away = ui.add(Button::new(&away).kind(Kind::Ghost).height(32.0)).clicked();
            let Some(call) = &mut view.state.call else { return };
            if again && let Some(command) = call.send_again(place) {
                view.commands.push(command);
            } else if away {
                call.discard_line(place);
            }
        });
    });
}
