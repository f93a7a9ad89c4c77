//! The room's chat: lines, what is on its way, and the field.

use super::{ask, words};
use crate::icons;
use crate::state::OutgoingLine;
use crate::theme::font;
use crate::ui::chat::text;
use crate::ui::contacts::{contact_lines, contact_menu, picture};
use crate::ui::portrait::own_face;
use crate::ui::words::time;
use crate::ui::{View, column, region};
use crate::widgets::{
    Button, Kind, avatar, context_menu, failure, focus_ring, icon_button, label, menu_below,
    menu_item, note, paragraph,
};
use egui::accesskit::Role;
use egui::{
    Align, Frame, Key, KeyboardShortcut, Layout, Modifiers, Rect, RichText, ScrollArea, Sense,
    Stroke, StrokeKind, TextEdit, TextureHandle, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use protocol::{ChatLine, ChatScope, MAX_CHAT_CHARS};

/// The field with one line.
const FIELD: f32 = 48.0;
/// How high it grows.
const FIELD_MOST: f32 = 140.0;

/// Lines and field.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = Rect::from_min_max(rect.min + vec2(24.0, 0.0), rect.max - vec2(24.0, 20.0));
    let field = field_rect(ui, view, inner);
    let lines = Rect::from_min_max(inner.min, pos2(rect.right() - 6.0, field.top() - 12.0));
    region(ui, "lines", lines, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
            ui.set_width(inner.width());
            ui.spacing_mut().item_spacing.y = 0.0;
            content(ui, view);
        });
    });
    composer(ui, view, field);
}

fn content(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some((number, chat)) = view.state.rooms.chat_mut() else { return };
    ui.add_space(16.0);
    let mut earlier = None;
    if let Some(cause) = &chat.failure {
        failure(ui, &words::failure(t, cause));
    }
    if chat.before.is_some() {
        ui.vertical_centered(|ui| {
            let words = t.get("rooms-chat-earlier");
            let button = Button::new(&words).kind(Kind::Ghost).enabled(!chat.loading);
            if ui.add(button).clicked() {
                earlier = chat.earlier(number);
            }
        });
    }
    ask(view, earlier);
    // Taken out so that a line can be drawn with the rest of the state in sight; put back below.
    let Some((_, chat)) = view.state.rooms.chat_mut() else { return };
    let Some(lines) = chat.lines.take() else {
        let hint = if chat.loading { "rooms-chat-loading" } else { "rooms-chat-empty" };
        note(ui, &t.get(hint));
        return;
    };
    let waiting = chat.outgoing.clone();
    if lines.is_empty() && waiting.is_empty() {
        ui.add_space(24.0);
        paragraph(ui, t.get("rooms-chat-empty"), font::regular(14.0), view.p.text3);
    }
    let mut before: Option<&ChatLine> = None;
    for each in &lines {
        if words::other_day(before, each) {
            day(ui, view, each);
        }
        line(ui, view, each);
        before = Some(each);
    }
    if let Some((_, chat)) = view.state.rooms.chat_mut() {
        chat.lines = Some(lines);
    }
    for each in waiting {
        outgoing(ui, view, &each);
    }
}

/// The heading of a day, between two thin lines.
fn day(ui: &mut Ui, view: &View<'_>, line: &ChatLine) {
    let p = view.p;
    let text = words::day(view.t, line.at_ms, view.state.now.unix_ms);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Heading, true, &text));
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text, font::regular(12.0), p.text3);
    let half = galley.size().x / 2.0 + 12.0;
    let middle = rect.center();
    for (from, to) in [(rect.left(), middle.x - half), (middle.x + half, rect.right())] {
        painter.hline(from..=to.max(from), middle.y, Stroke::new(1.0, p.line));
    }
    painter.galley(middle - galley.size() / 2.0, galley, p.text3);
}

fn line(ui: &mut Ui, view: &mut View<'_>, line: &ChatLine) {
    let (p, t) = (view.p, view.t);
    let time = time(line.at_ms);
    let spoken = format!("{}, {time}: {}", line.from_name, line.text);
    let builder = UiBuilder::new().id_salt(("line", line.id)).sense(Sense::click());
    let response = ui
        .scope_builder(builder, |ui| {
            let face = line.account.as_deref().and_then(|user| picture(view, user));
            bubble(ui, &line.from_name, face, |ui| {
                ui.horizontal(|ui| {
                    writer(ui, view, line);
                    label(ui, time, font::regular(12.0), p.text3);
                    if line.scope == ChatScope::Hosts {
                        label(ui, t.get("rooms-chat-hosts"), font::regular(12.0), p.text3);
                    }
                });
                text(ui, view, &line.text);
            });
        })
        .response;
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &spoken));
    if response.has_focus() {
        focus_ring(ui.painter(), response.rect.shrink(2.0), 8.0, p);
    }
    context_menu(&response, |ui| {
        let (words, width) = (t.get("chat-copy"), ui.available_width());
        if menu_item(ui, Some(icons::ICON_CONTENT_COPY), &words, false, width).clicked() {
            ui.ctx().copy_text(line.text.clone());
        }
    });
}

/// Who wrote it; of somebody else who has an account, with the menu that stands wherever they appear.
fn writer(ui: &mut Ui, view: &mut View<'_>, line: &ChatLine) {
    let name = &line.from_name;
    let own = view.state.account.as_ref().map(|account| &account.user);
    let Some(user) = line.account.clone().filter(|user| Some(user) != own) else {
        label(ui, name, font::semibold(14.0), view.p.text);
        return;
    };
    let words = RichText::new(name).font(font::semibold(14.0)).color(view.p.text);
    ui.push_id(("writer", line.id), |ui| {
        let response = ui.add(egui::Label::new(words).selectable(false).sense(Sense::click()));
        response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, name));
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.has_focus() {
            focus_ring(ui.painter(), response.rect.expand2(vec2(2.0, 0.0)), 4.0, view.p);
        }
        menu_below(&response, |ui| contact_lines(ui, view, &user));
        contact_menu(&response, view, &user);
    });
}

/// A line that the hub has not taken yet.
fn outgoing(ui: &mut Ui, view: &mut View<'_>, line: &OutgoingLine) {
    let (p, t) = (view.p, view.t);
    let me = view.state.account.as_ref().map_or_else(String::new, |a| a.display_name.clone());
    let (mut again, mut back) = (false, false);
    ui.push_id(("outgoing", line.key), |ui| {
        let face = own_face(view);
        bubble(ui, &me, face, |ui| {
            ui.horizontal(|ui| {
                label(ui, &me, font::semibold(14.0), p.text);
                if line.failure.is_none() {
                    label(ui, t.get("rooms-chat-sending"), font::regular(12.0), p.text3);
                }
            });
            text(ui, view, &line.text);
            if let Some(cause) = &line.failure {
                failure(ui, &words::failure(t, cause));
                ui.horizontal(|ui| {
                    let words = t.get("rooms-chat-retry");
                    again = ui.add(Button::new(&words).height(32.0)).clicked();
                    let words = t.get("rooms-chat-take-back");
                    back = ui.add(Button::new(&words).kind(Kind::Ghost).height(32.0)).clicked();
                });
            }
        });
    });
    let mut wish = None;
    if let Some((number, chat)) = view.state.rooms.chat_mut() {
        if again {
            wish = chat.retry(number, line.key);
        } else if back {
            chat.take_back(line.key);
        }
    }
    ask(view, wish);
}

/// The face at the left, and what was said.
fn bubble(ui: &mut Ui, name: &str, face: Option<&TextureHandle>, content: impl FnOnce(&mut Ui)) {
    const FACE: f32 = 34.0;
    ui.add_space(8.0);
    let top = ui.cursor().min;
    let middle = top + vec2(FACE / 2.0, FACE / 2.0 + 1.0);
    avatar(ui.painter(), middle, FACE, name, face);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(FACE + 12.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 2.0);
            ui.spacing_mut().interact_size.y = 20.0;
            ui.set_width(ui.available_width());
            content(ui);
        });
    });
    ui.add_space((FACE - (ui.cursor().top() - top.y)).max(0.0) + 8.0);
}

/// Where the field is: it grows with the draft.
fn field_rect(ui: &Ui, view: &mut View<'_>, inner: Rect) -> Rect {
    let draft = view.state.rooms.chat_mut().map(|(_, chat)| chat.draft.clone());
    let width = inner.width() - 70.0;
    let ink = view.p.text;
    let galley = ui.painter().layout(draft.unwrap_or_default(), font::regular(14.0), ink, width);
    let height = (galley.size().y + 30.0).clamp(FIELD, FIELD_MOST);
    Rect::from_min_max(pos2(inner.left(), inner.bottom() - height), inner.max)
}

fn composer(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let name = view.state.rooms.current().map_or("", |room| room.name.as_str());
    let hint = t.named("rooms-chat-hint", name);
    ui.painter().rect_filled(rect, 12.0, ui.visuals().extreme_bg_color);
    let field = Rect::from_min_max(rect.min + vec2(16.0, 4.0), rect.max - vec2(54.0, 4.0));
    let Some((_, chat)) = view.state.rooms.chat_mut() else { return };
    let edit = TextEdit::multiline(&mut chat.draft)
        .id_salt("room_chat_field")
        .hint_text(RichText::new(&hint).font(font::regular(14.0)).color(p.text3))
        .char_limit(MAX_CHAT_CHARS)
        .font(font::regular(14.0))
        .frame(Frame::NONE)
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
        .desired_rows(1)
        .desired_width(field.width());
    let response = region(ui, "field", field, column(), |ui| {
        ScrollArea::vertical()
            .id_salt("draft")
            .max_height(field.height())
            .show(ui, |ui| {
                ui.add_space(((FIELD - 8.0) - 18.0) / 2.0);
                ui.add(edit)
            })
            .inner
    });
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(hint.as_str()));
    let stroke =
        if response.has_focus() { Stroke::new(2.0, p.accent) } else { Stroke::new(1.0, p.control) };
    ui.painter().rect_stroke(rect, 12.0, stroke, StrokeKind::Inside);
    let entered = response.has_focus()
        && ui.input(|i| i.key_pressed(Key::Enter) && !i.modifiers.shift && !i.modifiers.alt);
    let spot = Rect::from_center_size(
        pos2(rect.right() - 26.0, rect.bottom() - FIELD / 2.0),
        vec2(36.0, 36.0),
    );
    let pressed = region(ui, "send", spot, Layout::left_to_right(Align::Center), |ui| {
        icon_button(ui, icons::ICON_SEND, &t.get("rooms-chat-send"), 36.0).clicked()
    });
    if !entered && !pressed {
        return;
    }
    let wish = view.state.rooms.chat_mut().and_then(|(number, chat)| chat.send(number));
    ask(view, wish);
    response.request_focus();
}
