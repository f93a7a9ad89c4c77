//! Menus and tooltips.

use super::{icon_button, key_cap};
use crate::icons::{self, MaterialIcon};
use crate::theme::{font, palette, size};
use egui::accesskit::Role;
use egui::{
    Align, Align2, Id, Key, Layout, Modifiers, Popup, PopupCloseBehavior, PopupKind, Pos2, Rect,
    RectAlign, Response, Sense, SetOpenCommand, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

/// A menu's width, points.
const MENU: f32 = 240.0;

/// A line of a menu, `width` points wide; the chosen one carries a tick.
pub fn menu_item(
    ui: &mut Ui,
    icon: Option<MaterialIcon>,
    text: &str,
    chosen: bool,
    width: f32,
) -> Response {
    menu_item_keyed(ui, icon, text, "", chosen, width)
}

/// A line of a menu with the key that does the same, where that is not empty.
pub fn menu_item_keyed(
    ui: &mut Ui,
    icon: Option<MaterialIcon>,
    text: &str,
    key: &str,
    chosen: bool,
    width: f32,
) -> Response {
    let p = palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, chosen, text));
    if !key.is_empty() {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(key));
    }
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 7.0, p.hover);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, p.focus);
        ui.painter().rect_stroke(rect, 7.0, stroke, StrokeKind::Inside);
    }
    // A press of the pointer closes the menu by itself, the keyboard's does not.
    if response.clicked() && !ui.input(|i| i.pointer.any_click()) {
        ui.close();
    }
    let mut left = rect.left() + 10.0;
    if let Some(icon) = icon {
        icons::paint(
            ui.painter(),
            icon.outlined(),
            pos2(left + 9.0, rect.center().y),
            18.0,
            p.text2,
        );
        left += 28.0;
    }
    let mut right = rect.right() - if chosen { 34.0 } else { 10.0 };
    if !key.is_empty() {
        let at = pos2(right, rect.center().y);
        right = key_cap(ui.painter(), at, Align2::RIGHT_CENTER, key, p).left() - 8.0;
    }
    let words = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
    super::elided(ui.painter(), words, text, font::regular(14.0), p.text);
    if chosen {
        let at = pos2(rect.right() - 18.0, rect.center().y);
        icons::paint(ui.painter(), icons::ICON_CHECK.outlined(), at, 18.0, p.accent_text);
    }
    response
}

/// A line between groups of a menu.
pub fn menu_line(ui: &mut Ui) {
    let p = palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
    let line = Rect::from_center_size(rect.center(), vec2(rect.width(), 1.0));
    ui.painter().rect_filled(line, 0.0, p.line);
}

/// The menu of what `response` shows: right click, Shift+F10 or the menu key while it has the
/// keyboard. Fill it with [`menu_item`] of `ui.available_width()`.
pub fn context_menu(response: &Response, content: impl FnOnce(&mut Ui)) {
    context_popup(response, PopupCloseBehavior::CloseOnClick, content);
}

/// Like [`context_menu`], with the choice of what closes it: one that holds a slider stays.
pub fn context_popup(
    response: &Response,
    close: PopupCloseBehavior,
    content: impl FnOnce(&mut Ui),
) {
    let ctx = &response.ctx;
    let id = response.id.with("context");
    let by_key = response.has_focus()
        && ctx.input_mut(|i| {
            i.consume_key(Modifiers::SHIFT, Key::F10) || i.consume_key(Modifiers::NONE, Key::Menu)
        });
    let asked = if by_key {
        Some(pos2(response.rect.left() + 24.0, response.rect.bottom() - 8.0))
    } else if response.secondary_clicked() {
        response.interact_pointer_pos().or(Some(response.rect.center()))
    } else {
        None
    };
    if let Some(at) = asked {
        ctx.data_mut(|data| data.insert_temp(id, at));
    }
    let Some(at) = ctx.data(|data| data.get_temp::<Pos2>(id)) else { return };
    // By keyboard it starts on its first line and gives the keyboard back where it came from.
    let keyed = id.with("keyed");
    if asked.is_some() {
        ctx.data_mut(|data| data.insert_temp(keyed, Keyed { pending: by_key, back: by_key }));
    }
    let open_before = Popup::is_id_open(ctx, id);
    Popup::from_response(response)
        .id(id)
        .kind(PopupKind::Menu)
        .layout(Layout::top_down_justified(Align::Min))
        .style(egui::containers::menu::menu_style as fn(&mut egui::Style))
        .anchor(at)
        .gap(0.0)
        .width(MENU)
        .open_memory(asked.map(|_| SetOpenCommand::Bool(true)))
        .close_behavior(close)
        .show(|ui| {
            ui.set_width(MENU);
            ui.spacing_mut().item_spacing.y = 2.0;
            content(ui);
            if !ui.is_sizing_pass() {
                focus_first(ui, keyed);
            }
        });
    let by_key = ctx.data(|data| data.get_temp::<Keyed>(keyed)).is_some_and(|keyed| keyed.back);
    if open_before && by_key && !Popup::is_id_open(ctx, id) {
        response.request_focus();
    }
}

/// What is remembered of a menu that the keyboard opened.
#[derive(Debug, Clone, Copy)]
struct Keyed {
    /// Its first line does not have the keyboard yet.
    pending: bool,
    /// The keyboard goes back when it closes.
    back: bool,
}

/// Gives the keyboard to the first line of the menu in `ui`, once.
fn focus_first(ui: &Ui, keyed: Id) {
    let Some(state) = ui.ctx().data(|data| data.get_temp::<Keyed>(keyed)) else { return };
    if !state.pending {
        return;
    }
    let first = ui.ctx().viewport(|viewport| {
        let mut lines = viewport.this_pass.widgets.get_layer(ui.layer_id());
        lines.find(|line| line.enabled && line.sense.is_focusable()).map(|line| line.id)
    });
    if let Some(first) = first {
        ui.memory_mut(|memory| memory.request_focus(first));
        ui.ctx().data_mut(|data| data.insert_temp(keyed, Keyed { pending: false, ..state }));
    }
}

/// A square button that opens a menu; `name` is its name and its tooltip.
pub fn menu_button(
    ui: &mut Ui,
    icon: MaterialIcon,
    name: &str,
    content: impl FnOnce(&mut Ui),
) -> Response {
    let response = icon_button(ui, icon, name, size::BUTTON);
    menu_at(&response, RectAlign::BOTTOM_END, content);
    response
}

/// The menu that a press on `response` opens, below it.
pub fn menu_below(response: &Response, content: impl FnOnce(&mut Ui)) {
    menu_at(response, RectAlign::BOTTOM_START, content);
}

/// The menu that a press on `response` opens, above it.
pub fn menu_up(response: &Response, content: impl FnOnce(&mut Ui)) {
    menu_at(response, RectAlign::TOP_START, content);
}

fn menu_at(response: &Response, align: RectAlign, content: impl FnOnce(&mut Ui)) {
    Popup::menu(response)
        .align(align)
        .gap(6.0)
        .width(MENU)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| {
            ui.set_width(MENU);
            ui.spacing_mut().item_spacing.y = 2.0;
            content(ui);
        });
}

/// A tooltip with the shortcut that does the same; it also says why something is disabled.
pub fn tip(response: Response, text: &str, key: Option<&str>) -> Response {
    let content = |ui: &mut Ui| {
        let p = palette(ui.ctx());
        ui.horizontal(|ui| {
            super::label(ui, text, font::regular(13.0), p.text);
            if let Some(key) = key {
                let width = super::key_cap_width(ui.painter(), key);
                let (rect, _) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
                key_cap(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, key, p);
            }
        });
    };
    response.on_hover_ui(content).on_disabled_hover_ui(content)
}
