//! The field, and who shall read what is written in it.

use crate::icons;
use crate::state::{Call, ChatRefusal};
use crate::theme::{Palette, font};
use crate::ui::{View, region};
use crate::widgets::{elided, focus_ring, icon_button, label, menu_item, one_line, search};
use egui::accesskit::Role;
use egui::{
    Align, Color32, Frame, Galley, Key, KeyboardShortcut, Layout, Margin, Modifiers, Popup,
    PopupCloseBehavior, Rect, Response, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextEdit,
    Ui, WidgetInfo, pos2, vec2,
};
use protocol::{ChatScope, MAX_CHAT_CHARS, ParticipantId};
use std::sync::Arc;

/// The row of readers.
const SCOPES: f32 = 28.0;
/// Lines of the field before it scrolls.
const MOST_LINES: f32 = 6.0;
const LINE: f32 = 20.0;
/// From here on the field tells how much room is left, characters.
const COUNTED_FROM: usize = MAX_CHAT_CHARS - 200;
/// Readers in sight, and the list's width.
const READERS: f32 = 280.0;
const READER: f32 = 240.0;

/// What is below the text: a refusal, a count.
struct Below {
    refusal: Option<Arc<Galley>>,
    count: Option<String>,
}

impl Below {
    fn new(ui: &Ui, view: &View<'_>, width: f32) -> Below {
        let Some(call) = &view.state.call else { return Below { refusal: None, count: None } };
        let refusal = refusal(view, call).map(|words| {
            ui.painter().layout(words, font::regular(13.0), view.p.danger, width - 48.0)
        });
        let count = call.draft.chars().count();
        let count = (count >= COUNTED_FROM).then(|| format!("{count} / {MAX_CHAT_CHARS}"));
        Below { refusal, count }
    }

    fn height(&self) -> f32 {
        let refusal = self.refusal.as_ref().map_or(0.0, |galley| galley.size().y + 10.0);
        refusal + if self.count.is_some() { 18.0 } else { 0.0 }
    }
}

/// Why the line in the field is still there.
fn refusal(view: &View<'_>, call: &Call) -> Option<String> {
    if !call.scope_reachable() {
        return Some(view.t.get("chat-refused-gone"));
    }
    Some(view.t.get(match call.desk.refused? {
        ChatRefusal::HostsOnly => "chat-refused-hosts",
        ChatRefusal::ReaderGone => "chat-refused-gone",
        ChatRefusal::NotKept => "chat-refused-kept",
    }))
}

/// How high the field is, with all that belongs to it; `width` is the panel's.
pub fn height(ui: &Ui, view: &View<'_>, width: f32) -> f32 {
    let below = Below::new(ui, view, width).height();
    8.0 + scopes_height(ui, view, width) + 6.0 + field_height(ui, view, width) + below + 6.0
}

/// The readers stand on one row, or on two where their words are long.
fn scopes_height(ui: &Ui, view: &View<'_>, width: f32) -> f32 {
    let keys = ["chat-to", "scope-everyone", "scope-hosts", "scope-private"];
    let words: String = keys.map(|key| view.t.get(key)).concat();
    let font = font::medium(13.0);
    let text = ui.painter().layout_no_wrap(words, font, Color32::PLACEHOLDER).size().x;
    // Margins, gaps, and the arrow of the last.
    let natural = text + 4.0 + 3.0 * 20.0 + 4.0 * 4.0 + 16.0;
    if natural <= width - 20.0 { SCOPES } else { 2.0 * SCOPES + 4.0 }
}

/// The text grows with what is written.
fn field_height(ui: &Ui, view: &View<'_>, width: f32) -> f32 {
    let Some(call) = &view.state.call else { return LINE };
    let draft = call.draft.clone();
    let font = font::regular(14.0);
    let galley = ui.painter().layout(draft, font, Color32::PLACEHOLDER, width - 62.0);
    let lines = (galley.rows.len() as f32).clamp(1.0, MOST_LINES);
    lines * LINE + 16.0
}

/// The field in `rect`.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let p = view.p;
    ui.painter().rect_filled(rect, 10.0, ui.visuals().extreme_bg_color);
    let inner = rect.shrink2(vec2(10.0, 8.0));
    let scopes_size = vec2(inner.width(), scopes_height(ui, view, rect.width()));
    let scopes = Rect::from_min_size(inner.min, scopes_size);
    let layout = Layout::left_to_right(Align::Min).with_main_wrap(true);
    region(ui, "scopes", scopes, layout, |ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        ui.spacing_mut().interact_size.y = SCOPES;
        scope_row(ui, view);
    });
    let top = scopes.bottom() + 6.0;
    let height = field_height(ui, view, rect.width());
    let row = Rect::from_min_size(pos2(rect.left() + 4.0, top), vec2(rect.width() - 8.0, height));
    let field = Rect::from_min_max(row.min, row.max - vec2(44.0, 0.0));
    let (focused, entered) = edit(ui, view, field);
    let stroke = if focused { Stroke::new(2.0, p.accent) } else { Stroke::new(1.0, p.control) };
    ui.painter().rect_stroke(rect, 10.0, stroke, StrokeKind::Inside);
    let away = Rect::from_min_max(pos2(field.right() + 4.0, row.bottom() - 36.0), row.max);
    let mut send = entered;
    region(ui, "send", away, Layout::left_to_right(Align::Center), |ui| {
        let words = view.t.get("chat-send");
        send |= icon_button(ui, icons::ICON_SEND, &words, 36.0).clicked();
    });
    below(ui, view, rect, row.bottom());
    let Some(call) = &mut view.state.call else { return };
    if send && let Some(command) = call.send_line() {
        view.commands.push(command);
    }
}

fn below(ui: &Ui, view: &View<'_>, rect: Rect, top: f32) {
    let p = view.p;
    let Below { refusal, count } = Below::new(ui, view, rect.width());
    let mut y = top + 2.0;
    if let Some(galley) = refusal {
        let at = pos2(rect.left() + 34.0, y);
        let place = Rect::from_min_size(at, galley.size());
        let icon = pos2(rect.left() + 21.0, y + 9.0);
        icons::paint(ui.painter(), icons::ICON_ERROR.filled(), icon, 16.0, p.danger);
        crate::widgets::spoken(ui, place, "refused", Role::Alert, galley.text());
        y += galley.size().y + 8.0;
        ui.painter().galley(at, galley, p.danger);
    }
    if let Some(count) = count {
        let place = Rect::from_min_size(pos2(rect.left() + 13.0, y), vec2(160.0, 16.0));
        let drawn = elided(ui.painter(), place, &count, font::mono(12.0), p.text3);
        crate::widgets::spoken(ui, drawn, "count", Role::Status, &count);
    }
}

/// The text itself: Enter sends, Shift+Enter starts a new line. Tells whether it has the keyboard,
/// and whether Enter was pressed.
fn edit(ui: &mut Ui, view: &mut View<'_>, field: Rect) -> (bool, bool) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &mut view.state.call else { return (false, false) };
    let hint = t.get(match call.scope {
        _ if !call.scope_reachable() => "chat-hint-gone",
        ChatScope::Everyone => "chat-hint-everyone",
        ChatScope::Hosts => "chat-hint-hosts",
        ChatScope::Private { .. } => "chat-hint-private",
    });
    let id = ui.make_persistent_id("chat_field");
    let had = ui.memory(|memory| memory.has_focus(id));
    let entered = had && ui.input(|i| i.key_pressed(Key::Enter) && !i.modifiers.shift);
    let before = call.draft.len();
    let edit = TextEdit::multiline(&mut call.draft)
        .id(id)
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
        .hint_text(RichText::new(&hint).font(font::regular(14.0)).color(p.text3))
        .char_limit(MAX_CHAT_CHARS)
        .font(font::regular(14.0))
        .text_color(p.text)
        .frame(Frame::NONE.inner_margin(Margin::symmetric(9, 8)))
        .desired_rows(1)
        .desired_width(field.width())
        .min_size(field.size());
    let response = region(ui, "chat_text", field, Layout::top_down(Align::Min), |ui| {
        ui.set_clip_rect(field.intersect(ui.clip_rect()));
        let area = ScrollArea::vertical().max_height(field.height()).auto_shrink(false);
        area.show(ui, |ui| ui.add(edit)).inner
    });
    ui.ctx().accesskit_node_builder(id, |node| node.set_label(t.get("chat-field")));
    if call.draft.len() != before {
        call.desk.refused = None;
    }
    if std::mem::take(&mut call.desk.focus) {
        response.request_focus();
    }
    (response.has_focus(), entered)
}

/// Everybody, the hosts, one person.
fn scope_row(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &mut view.state.call else { return };
    let to = ui.painter().layout_no_wrap(t.get("chat-to"), font::regular(13.0), p.text3);
    let (place, _) = ui.allocate_exact_size(vec2(to.size().x + 4.0, SCOPES), Sense::hover());
    ui.painter().galley(place.left_center() - vec2(0.0, to.size().y / 2.0), to, p.text3);
    let everyone = (ChatScope::Everyone, "scope-everyone");
    let hosts = (ChatScope::Hosts, "scope-hosts");
    for (scope, key) in [everyone, hosts] {
        // What the room does not allow is not offered.
        if scope == ChatScope::Everyone && call.writes_to_hosts_only() {
            continue;
        }
        if segment(ui, p, &t.get(key), call.scope == scope, false).clicked() {
            call.scope = scope;
            call.desk.refused = None;
        }
    }
    let private = match call.scope {
        ChatScope::Private { participant } => Some(participant),
        _ => None,
    };
    let name = private.and_then(|id| call.participant(id)).map(|p| p.name.clone());
    let words = name.unwrap_or_else(|| t.get("scope-private"));
    let button = segment(ui, p, &words, private.is_some(), true);
    if button.clicked() {
        call.desk.reader.clear();
    }
    Popup::menu(&button)
        .align(egui::RectAlign::TOP_START)
        .width(READER)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| readers(ui, view, private));
}

/// Whom a private line may be for.
fn readers(ui: &mut Ui, view: &mut View<'_>, private: Option<ParticipantId>) {
    const SEARCH_FROM: usize = 9;
    const ROW: f32 = 36.0;
    ui.set_width(READER);
    ui.spacing_mut().item_spacing.y = 4.0;
    let words = view.t.get("people-search-field");
    let Some(call) = &mut view.state.call else { return };
    if call.participants.len() > SEARCH_FROM {
        search(ui, &words, &mut call.desk.reader, "");
    }
    let mut order = call.roster(&call.desk.reader);
    order.retain(|place| call.may_read(call.participants[*place].id));
    if order.is_empty() {
        label(ui, view.t.get("chat-nobody"), font::regular(13.0), view.p.text3);
    }
    let mut picked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().max_height(READERS).id_salt("readers");
    area.show_rows(ui, ROW, order.len(), |ui, shown| {
        for place in &order[shown] {
            let person = &call.participants[*place];
            let width = ui.available_width();
            if menu_item(ui, None, &person.name, private == Some(person.id), width).clicked() {
                picked = Some(person.id);
            }
        }
    });
    if let Some(participant) = picked {
        call.scope = ChatScope::Private { participant };
        call.desk.refused = None;
        call.desk.focus = true;
        ui.close();
    }
}

/// One choice of readers; `opens` a list where it does.
fn segment(ui: &mut Ui, p: &Palette, text: &str, chosen: bool, opens: bool) -> Response {
    let arrow = if opens { 16.0 } else { 0.0 };
    let room = ui.max_rect().width() - 4.0;
    let ink = if chosen { p.text } else { p.text2 };
    // A name takes what is left, where that is enough to tell it.
    let left = ui.available_width() - 4.0;
    let room = if opens && left > 96.0 { left } else { room };
    let most = (room - 20.0 - arrow).max(24.0);
    let galley = one_line(ui.painter(), most, text, font::medium(13.0), ink);
    let size = vec2(galley.size().x + 20.0 + arrow, SCOPES);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, text));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 6.0, if chosen { p.hover } else { p.raised });
    }
    let at = pos2(rect.left() + 10.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    if opens {
        let at = pos2(rect.right() - 15.0, rect.center().y);
        icons::paint(ui.painter(), icons::ICON_EXPAND_MORE.outlined(), at, 16.0, ink);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0), 5.0, p);
    }
    response
}
