//! Choices: drop-downs, segments, ticks, switches, cards, sliders.

use super::{focus_ring, hover_fill, menu_item};
use crate::icons::{self, MaterialIcon};
use crate::theme::{Palette, font, motion, palette, seconds, size};
use egui::accesskit::Role;
use egui::{
    Align2, Galley, Popup, PopupCloseBehavior, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

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

/// A filter of 36 points that opens a list: `name` is its name, `text` what stands on it. Gives
/// the index of what was picked now.
pub fn select(
    ui: &mut Ui,
    name: &str,
    icon: Option<MaterialIcon>,
    text: &str,
    choices: &[Choice],
) -> Option<usize> {
    let p = palette(ui.ctx());
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font::medium(13.0), p.text);
    let indent = if icon.is_some() { 38.0 } else { 12.0 };
    let width = (indent + galley.size().x + 40.0).min(ui.available_width().max(96.0));
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BUTTON), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, enabled, name);
        info.current_text_value = Some(text.to_owned());
        info
    });
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, hover_fill(ui, &response, p.raised, p.hover));
    if p.outlined {
        painter.rect_stroke(rect, 8.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    if let Some(icon) = icon {
        let at = pos2(rect.left() + 21.0, rect.center().y);
        icons::paint(painter, icon.outlined(), at, 18.0, p.text3);
    }
    let words = Rect::from_min_max(
        pos2(rect.left() + indent, rect.top()),
        pos2(rect.right() - 34.0, rect.bottom()),
    );
    super::elided(painter, words, text, font::medium(13.0), p.text);
    let arrow = pos2(rect.right() - 19.0, rect.center().y);
    icons::paint(painter, icons::ICON_EXPAND_MORE.outlined(), arrow, 18.0, p.text3);
    if response.has_focus() {
        focus_ring(painter, rect, 8.0, p);
    }
    let mut picked = None;
    let longest = choices
        .iter()
        .map(|choice| {
            let font = font::regular(14.0);
            ui.painter().layout_no_wrap(choice.name.clone(), font, p.text).size().x
        })
        .fold(0.0, f32::max);
    let width = (longest + 56.0).clamp(width - 12.0, 420.0_f32.max(width));
    Popup::menu(&response)
        .gap(6.0)
        .width(width)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (index, choice) in choices.iter().enumerate() {
                if menu_item(ui, None, &choice.name, choice.chosen, width).clicked() {
                    picked = Some(index);
                }
            }
        });
    picked
}

/// One of a few, side by side on one bar; `true` when another was chosen now.
pub fn segmented(
    ui: &mut Ui,
    name: &str,
    segments: &[(&str, Option<MaterialIcon>)],
    chosen: &mut usize,
) -> bool {
    const INSET: f32 = 3.0;
    const ICON: f32 = 26.0;
    let p = palette(ui.ctx());
    let widths: Vec<f32> = segments
        .iter()
        .map(|(text, icon)| {
            let words = ui.painter().layout_no_wrap((*text).to_owned(), font::medium(13.0), p.text);
            words.size().x + 24.0 + if icon.is_some() { ICON } else { 0.0 }
        })
        .collect();
    let total = widths.iter().sum::<f32>() + 2.0 * INSET;
    let (bar, group) = ui.allocate_exact_size(vec2(total, size::BUTTON), Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, name));
    ui.painter().rect_filled(bar, 8.0, if p.outlined { p.hover } else { p.raised });
    let before = *chosen;
    let mut left = bar.left() + INSET;
    for (index, ((text, icon), width)) in segments.iter().zip(&widths).enumerate() {
        let size = vec2(*width, bar.height() - 2.0 * INSET);
        let rect = Rect::from_min_size(pos2(left, bar.top() + INSET), size);
        left += width;
        if segment(ui, rect, (name, index), text, *icon, index == before).clicked() {
            *chosen = index;
        }
    }
    *chosen != before
}

fn segment(
    ui: &Ui,
    rect: Rect,
    salt: (&str, usize),
    text: &str,
    icon: Option<MaterialIcon>,
    chosen: bool,
) -> Response {
    let p = palette(ui.ctx());
    let response = ui.interact(rect, ui.make_persistent_id(salt), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, chosen, text));
    let painter = ui.painter();
    // On paper the bar is the darker one.
    let (rest, lit) = if p.outlined { (p.hover, p.raised) } else { (p.raised, p.hover) };
    let fill = if chosen { lit } else { hover_fill(ui, &response, rest, lit) };
    painter.rect_filled(rect, 6.0, fill);
    let ink = if chosen { p.text } else { p.text2 };
    let mut left = rect.left() + 12.0;
    if let Some(icon) = icon {
        let symbol = if chosen { icon.filled() } else { icon.outlined() };
        icons::paint(painter, symbol, pos2(left + 9.0, rect.center().y), 18.0, ink);
        left += 26.0;
    }
    let at = pos2(left, rect.center().y);
    painter.text(at, Align2::LEFT_CENTER, text, font::medium(13.0), ink);
    if response.has_focus() {
        focus_ring(painter, rect.shrink(1.0), 6.0, p);
    }
    response
}

/// A choice's words: its label and, below, what it does; both wrap.
struct Words {
    label: Arc<Galley>,
    caption: Option<Arc<Galley>>,
}

impl Words {
    fn new(ui: &Ui, label: &str, caption: Option<&str>, width: f32, p: &Palette) -> Words {
        let painter = ui.painter();
        let text = |text: &str, font, color| painter.layout(text.to_owned(), font, color, width);
        Words {
            label: text(label, font::medium(14.0), p.text),
            caption: caption
                .filter(|caption| !caption.is_empty())
                .map(|caption| text(caption, font::regular(12.5), p.text3)),
        }
    }

    fn height(&self) -> f32 {
        self.label.size().y + self.caption.as_ref().map_or(0.0, |caption| caption.size().y + 3.0)
    }

    fn paint(self, ui: &Ui, left: f32, middle: f32, p: &Palette) {
        let mut top = middle - self.height() / 2.0;
        let below = top + self.label.size().y + 3.0;
        ui.painter().galley(pos2(left, top), self.label, p.text);
        if let Some(caption) = self.caption {
            top = below;
            ui.painter().galley(pos2(left, top), caption, p.text3);
        }
    }
}

/// Flips `on` when pressed and tells what it is, with `caption` as its description.
fn toggle(
    ui: &Ui,
    response: &mut Response,
    role: Role,
    label: &str,
    caption: Option<&str>,
    on: &mut bool,
) {
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(role, enabled, *on, label));
    if let Some(caption) = caption {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(caption));
    }
}

/// A tick box with its words at the right and, below them, what it does; `true` when it was
/// flipped now.
pub fn checkbox(ui: &mut Ui, label: &str, caption: Option<&str>, on: &mut bool) -> bool {
    const BOX: f32 = 20.0;
    const GAP: f32 = 12.0;
    let p = palette(ui.ctx());
    let words = Words::new(ui, label, caption, ui.available_width() - BOX - GAP, p);
    let wide = words.label.size().x.max(words.caption.as_ref().map_or(0.0, |c| c.size().x));
    let size = vec2(BOX + GAP + wide, words.height().max(24.0));
    let (row, mut response) = ui.allocate_exact_size(size, Sense::click());
    toggle(ui, &mut response, Role::CheckBox, label, caption, on);
    let top = if caption.is_some() { row.top() } else { row.center().y - BOX / 2.0 };
    let square = Rect::from_min_size(pos2(row.left(), top), vec2(BOX, BOX));
    let painter = ui.painter();
    if *on {
        painter.rect_filled(square, 5.0, hover_fill(ui, &response, p.accent, p.accent_hover));
        icons::paint(painter, icons::ICON_CHECK.outlined(), square.center(), 16.0, p.on_accent);
    } else {
        let fill = ui.visuals().extreme_bg_color;
        painter.rect_filled(square, 5.0, hover_fill(ui, &response, fill, p.hover));
        painter.rect_stroke(square, 5.0, Stroke::new(1.5, p.control), StrokeKind::Inside);
    }
    words.paint(ui, row.left() + BOX + GAP, row.center().y, p);
    if response.has_focus() {
        focus_ring(ui.painter(), square, 5.0, p);
    }
    response.changed()
}

/// A switch with its words at the left, over the whole width; `true` when it was flipped now.
pub fn switch(ui: &mut Ui, label: &str, caption: Option<&str>, on: &mut bool) -> bool {
    let p = palette(ui.ctx());
    let width = ui.available_width();
    let words = Words::new(ui, label, caption, width - 56.0, p);
    let height = words.height().max(28.0);
    let (row, mut response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    toggle(ui, &mut response, Role::Switch, label, caption, on);
    words.paint(ui, row.left(), row.center().y, p);
    let painter = ui.painter();
    let track = Rect::from_center_size(pos2(row.right() - 20.0, row.center().y), vec2(40.0, 24.0));
    let time = seconds(ui.ctx(), motion::HOVER_S);
    let t = ui.ctx().animate_bool_with_time(response.id, *on, time);
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
    let fill = hover_fill(ui, &response, p.raised, p.hover);
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
