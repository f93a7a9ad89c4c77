//! Fields: text, choice, switch.

use super::focus_ring;
use crate::icons::{self, MaterialIcon};
use crate::theme::{font, palette, size};
use egui::accesskit::Role;
use egui::{
    Align2, Frame, Margin, Popup, PopupCloseBehavior, Rect, Response, Sense, Stroke, StrokeKind,
    TextEdit, Ui, WidgetInfo, pos2, vec2,
};

/// A text field with its label above.
pub fn text_field(
    ui: &mut Ui,
    label: &str,
    text: &mut String,
    password: bool,
    limit: usize,
) -> Response {
    let p = palette(ui.ctx());
    let name = super::label(ui, label, font::medium(13.0), p.text2);
    ui.add_space(-2.0);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, size::INPUT), Sense::hover());
    let fill = ui.visuals().extreme_bg_color;
    ui.painter().rect_filled(rect, 8.0, fill);
    let field = TextEdit::singleline(text)
        .id_salt(label)
        .password(password)
        .char_limit(limit)
        .font(font::regular(14.0))
        .text_color(p.text)
        .frame(Frame::NONE.inner_margin(Margin::symmetric(12, 0)))
        .desired_width(width)
        .min_size(vec2(width, size::INPUT))
        .align(Align2::LEFT_CENTER);
    let response = ui.put(rect, field).labelled_by(name.id);
    let stroke =
        if response.has_focus() { Stroke::new(2.0, p.accent) } else { Stroke::new(1.0, p.control) };
    ui.painter().rect_stroke(rect, 8.0, stroke, StrokeKind::Inside);
    response
}

/// One line of a drop-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What people read.
    pub name: String,
    /// It is the chosen one.
    pub chosen: bool,
}

/// A drop-down with its label above; gives the index of what was picked now.
pub fn dropdown(ui: &mut Ui, icon: MaterialIcon, label: &str, choices: &[Choice]) -> Option<usize> {
    let p = palette(ui.ctx());
    super::label(ui, label, font::medium(13.0), p.text2);
    ui.add_space(-2.0);
    let chosen = choices.iter().find(|c| c.chosen).map_or("", |c| c.name.as_str());
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::INPUT), Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, label);
        info.current_text_value = Some(chosen.to_owned());
        info
    });
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, ui.visuals().extreme_bg_color);
    painter.rect_stroke(rect, 8.0, Stroke::new(1.0, p.control), StrokeKind::Inside);
    icons::paint(
        painter,
        icon.outlined(),
        pos2(rect.left() + 21.0, rect.center().y),
        18.0,
        p.text3,
    );
    let arrow = pos2(rect.right() - 21.0, rect.center().y);
    icons::paint(painter, icons::ICON_EXPAND_MORE.outlined(), arrow, 18.0, p.text3);
    let words = Rect::from_min_max(
        pos2(rect.left() + 38.0, rect.top()),
        pos2(rect.right() - 38.0, rect.bottom()),
    );
    super::elided(painter, words, chosen, font::regular(14.0), p.text);
    if response.has_focus() {
        focus_ring(painter, rect, 8.0, p);
    }
    let mut picked = None;
    Popup::menu(&response)
        .width(width - 12.0)
        .accessible_name(label)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (index, choice) in choices.iter().enumerate() {
                if menu_item(ui, None, &choice.name, choice.chosen, width - 12.0).clicked() {
                    picked = Some(index);
                }
            }
        });
    picked
}

/// A line of a menu, `width` points wide; the chosen one carries a tick.
pub fn menu_item(
    ui: &mut Ui,
    icon: Option<MaterialIcon>,
    text: &str,
    chosen: bool,
    width: f32,
) -> Response {
    let p = palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, chosen, text));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 7.0, p.hover);
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
    let words = Rect::from_min_max(pos2(left, rect.top()), rect.max - vec2(34.0, 0.0));
    super::elided(ui.painter(), words, text, font::regular(14.0), p.text);
    if chosen {
        let at = pos2(rect.right() - 18.0, rect.center().y);
        icons::paint(ui.painter(), icons::ICON_CHECK.outlined(), at, 18.0, p.accent_text);
    }
    response
}

/// A switch with its words at the left, over the whole width; `true` when it was flipped now.
pub fn switch(ui: &mut Ui, label: &str, on: &mut bool) -> bool {
    let p = palette(ui.ctx());
    let width = ui.available_width();
    let (row, mut response) = ui.allocate_exact_size(vec2(width, 28.0), Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, *on, label));
    let painter = ui.painter();
    let at = pos2(row.left(), row.center().y);
    painter.text(at, Align2::LEFT_CENTER, label, font::medium(14.0), p.text);
    let track = Rect::from_center_size(pos2(row.right() - 20.0, row.center().y), vec2(40.0, 24.0));
    let t = ui.ctx().animate_bool_with_time(response.id, *on, super::HOVER_S);
    painter.rect_filled(track, 12.0, if *on { p.accent } else { p.raised });
    if !*on {
        painter.rect_stroke(track, 12.0, Stroke::new(1.0, p.control), StrokeKind::Inside);
    }
    let knob = pos2(track.left() + 12.0 + 16.0 * t, track.center().y);
    let (radius, color) = if *on { (8.0, p.on_accent) } else { (7.0, p.text2) };
    painter.circle_filled(knob, radius, color);
    if response.has_focus() {
        focus_ring(painter, track, 12.0, p);
    }
    response.changed()
}

/// One of several large choices side by side: an icon, its words below, a ring around the chosen.
pub fn card(
    ui: &mut Ui,
    icon: MaterialIcon,
    text: &str,
    chosen: bool,
    size: egui::Vec2,
) -> Response {
    let p = palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, text));
    let field = Rect::from_min_max(rect.min, rect.max - vec2(0.0, 24.0));
    let painter = ui.painter();
    let fill = super::hover_fill(ui, &response, p.raised, p.hover);
    painter.rect_filled(field, 10.0, fill);
    if chosen {
        let ring = field.expand(2.0);
        painter.rect_stroke(ring, 12.0, Stroke::new(2.0, p.accent), StrokeKind::Inside);
    }
    let (symbol, ink) = if chosen { (icon.filled(), p.text) } else { (icon.outlined(), p.text2) };
    icons::paint(painter, symbol, field.center(), 24.0, ink);
    let at = pos2(rect.center().x, rect.bottom() - 9.0);
    let font = if chosen { font::medium(13.0) } else { font::regular(13.0) };
    painter.text(at, Align2::CENTER_CENTER, text, font, ink);
    if response.has_focus() {
        focus_ring(painter, field.expand(2.0), 12.0, p);
    }
    response
}

/// A slider from 0 to 100 as wide as `slider_width` says, named by the label `name`.
pub fn slider(ui: &mut Ui, percent: &mut u8, name: egui::Id) -> Response {
    const KNOB: f32 = 8.0;
    let p = palette(ui.ctx());
    ui.scope(|ui| {
        // The knob is as high as the row allows, and has the rail's colour: ours goes over it.
        ui.spacing_mut().interact_size.y = 2.5 * KNOB;
        ui.spacing_mut().slider_rail_height = 4.0;
        let visuals = ui.visuals_mut();
        visuals.selection.bg_fill = p.accent;
        visuals.widgets.inactive.bg_fill = p.control;
        let rail = egui::Slider::new(percent, 0..=100).show_value(false).trailing_fill(true);
        let response = ui.add(rail).labelled_by(name);
        let rect = response.rect;
        let share = f32::from(*percent) / 100.0;
        let ends = (rect.left() + KNOB)..=(rect.right() - KNOB);
        let knob = pos2(egui::lerp(ends, share), rect.center().y);
        ui.painter().circle_filled(knob, KNOB + 1.0, p.text);
        if response.has_focus() {
            let around = Rect::from_center_size(knob, vec2(2.0, 2.0) * (KNOB + 1.0));
            focus_ring(ui.painter(), around, KNOB + 1.0, p);
        }
        response
    })
    .inner
}
