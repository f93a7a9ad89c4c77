//! The chat: who reads a line is always said, above the field and at each line.

use super::{View, column, region};
use crate::command::Command;
use crate::icons;
use crate::state::Panel;
use crate::theme::font;
use crate::widgets::{focus_ring, icon_button, label, menu_item};
use egui::accesskit::Role;
use egui::{
    Align, Align2, Frame, Key, Layout, Margin, Popup, Rect, Response, RichText, ScrollArea, Sense,
    Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use protocol::{ChatLine, ChatScope, MAX_CHAT_CHARS, ParticipantId};

/// Lines laid out; the older ones are behind.
const SHOWN: usize = 200;

/// The chat panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = rect.shrink(12.0);
    header(ui, view, Rect::from_min_size(inner.min, vec2(inner.width(), 40.0)));
    let field = Rect::from_min_max(pos2(inner.left(), inner.bottom() - 88.0), inner.max);
    let lines =
        Rect::from_min_max(inner.min + vec2(0.0, 48.0), pos2(inner.right(), field.top() - 8.0));
    region(ui, "lines", lines, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
            let Some(call) = &view.state.call else { return };
            if call.chat.is_empty() {
                label(ui, view.t.get("chat-empty"), font::regular(13.0), view.p.text3);
            }
            for chat_line in &call.chat[call.chat.len().saturating_sub(SHOWN)..] {
                line(ui, view, chat_line);
            }
        });
    });
    composer(ui, view, field);
}

fn header(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let at = pos2(rect.left() + 8.0, rect.center().y);
    ui.painter().text(
        at,
        Align2::LEFT_CENTER,
        view.t.get("chat"),
        font::semibold(16.0),
        view.p.text,
    );
    region(ui, "chat_header", rect, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_CLOSE, &view.t.get("panel-close"), 36.0).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.toggle(Panel::Chat);
        }
    });
}

fn line(ui: &mut Ui, view: &View<'_>, line: &ChatLine) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let own = line.from == Some(call.you);
    let to = match line.scope {
        ChatScope::Everyone => t.get("chat-to-everyone"),
        ChatScope::Hosts => t.get("chat-to-hosts"),
        ChatScope::Private { .. } if !own => t.get("chat-to-you"),
        ChatScope::Private { participant } => match call.participant(participant) {
            Some(reader) => t.named("chat-to-person", &reader.name),
            None => t.get("chat-to-gone"),
        },
    };
    let fill = if line.scope == ChatScope::Everyone { p.panel } else { p.raised };
    Frame::new().fill(fill).corner_radius(10).inner_margin(Margin::symmetric(10, 8)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(8.0, 3.0);
            ui.spacing_mut().interact_size.y = 18.0;
            ui.horizontal(|ui| {
                let name = if own { t.get("you") } else { line.from_name.clone() };
                label(ui, name, font::semibold(13.0), p.text);
                label(ui, to, font::regular(12.0), p.text3);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    label(ui, local_time(line.at_ms), font::mono(12.0), p.text3);
                });
            });
            let text = RichText::new(&line.text)
                .font(font::regular(14.0))
                .color(p.text2)
                .line_height(Some(20.0));
            ui.add(egui::Label::new(text).wrap().selectable(true));
        },
    );
}

/// Hours and minutes in this machine's time zone.
fn local_time(unix_ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(unix_ms) {
        Ok(at) => at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string(),
        Err(_) => String::new(),
    }
}

fn composer(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let p = view.p;
    ui.painter().rect_filled(rect, 10.0, ui.visuals().extreme_bg_color);
    let scopes = Rect::from_min_size(rect.min + vec2(10.0, 8.0), vec2(rect.width() - 20.0, 28.0));
    region(ui, "scopes", scopes, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        scope_row(ui, view);
    });
    let row = Rect::from_min_max(
        pos2(rect.left() + 12.0, rect.bottom() - 46.0),
        rect.max - vec2(6.0, 6.0),
    );
    let mut send = false;
    let Some(call) = &mut view.state.call else { return };
    let reachable = call.scope_reachable();
    let hint = view.t.get(match call.scope {
        _ if !reachable => "chat-hint-gone",
        ChatScope::Everyone => "chat-hint-everyone",
        ChatScope::Hosts => "chat-hint-hosts",
        ChatScope::Private { .. } => "chat-hint-private",
    });
    let field = Rect::from_min_max(row.min, row.max - vec2(44.0, 0.0));
    let edit = TextEdit::singleline(&mut call.draft)
        .id_salt("chat_field")
        .hint_text(RichText::new(&hint).font(font::regular(14.0)).color(p.text3))
        .char_limit(MAX_CHAT_CHARS)
        .font(font::regular(14.0))
        .frame(Frame::NONE)
        .desired_width(field.width())
        .min_size(field.size())
        .align(Align2::LEFT_CENTER);
    let response = ui.put(field, edit).accessible_name(view.t.get("chat-field"));
    let stroke =
        if response.has_focus() { Stroke::new(2.0, p.accent) } else { Stroke::new(1.0, p.control) };
    ui.painter().rect_stroke(rect, 10.0, stroke, StrokeKind::Inside);
    if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
        send = true;
        response.request_focus();
    }
    let away = Rect::from_min_max(pos2(field.right() + 6.0, row.top() + 2.0), row.max);
    region(ui, "send", away, Layout::left_to_right(Align::Center), |ui| {
        send |= icon_button(ui, icons::ICON_SEND, &view.t.get("chat-send"), 36.0).clicked();
    });
    let text = call.draft.trim();
    if send && reachable && !text.is_empty() {
        view.commands.push(Command::SendChat { scope: call.scope, text: text.to_owned() });
        call.draft.clear();
    }
}

fn scope_row(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &mut view.state.call else { return };
    label(ui, t.get("chat-to"), font::regular(13.0), view.p.text3);
    for (scope, key) in [(ChatScope::Everyone, "scope-everyone"), (ChatScope::Hosts, "scope-hosts")]
    {
        if segment(ui, view.p, &t.get(key), call.scope == scope).clicked() {
            call.scope = scope;
        }
    }
    let private = match call.scope {
        ChatScope::Private { participant } => Some(participant),
        _ => None,
    };
    let name = private.and_then(|id| call.participant(id)).map(|p| p.name.clone());
    let words = name.unwrap_or_else(|| t.get("scope-private"));
    let button = segment(ui, view.p, &words, private.is_some());
    let mut picked: Option<ParticipantId> = None;
    Popup::menu(&button).align(egui::RectAlign::TOP_START).width(240.0).show(|ui| {
        ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for person in call.participants.iter().filter(|p| p.id != call.you) {
                if menu_item(ui, None, &person.name, private == Some(person.id), 240.0).clicked() {
                    picked = Some(person.id);
                }
            }
        });
    });
    if let Some(participant) = picked {
        call.scope = ChatScope::Private { participant };
    }
}

fn segment(ui: &mut Ui, p: &crate::theme::Palette, text: &str, chosen: bool) -> Response {
    let room = (ui.available_width() - 8.0).max(40.0);
    let ink = if chosen { p.text } else { p.text2 };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font::medium(13.0), ink);
    let size = vec2((galley.size().x + 20.0).min(room), 28.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, text));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 6.0, if chosen { p.hover } else { p.raised });
    }
    let words = rect.shrink2(vec2(10.0, 0.0));
    crate::widgets::elided(
        ui.painter(),
        words.expand2(vec2(1.0, 0.0)),
        text,
        font::medium(13.0),
        ink,
    );
    if response.has_focus() {
        focus_ring(ui.painter(), rect, 6.0, p);
    }
    response
}
