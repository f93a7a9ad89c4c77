//! The kit: buttons, tools, switches, fields, marks. Each control has an accessible name and a
//! visible focus.

mod calendar;
mod choice;
mod date_field;
mod dialog;
mod field;
mod list;
mod marks;
mod menu;
mod people;
mod status;

pub use calendar::{month_name, weekday_name};
pub use choice::{Choice, card, checkbox, dropdown, segmented, select, slider, switch};
pub use date_field::{DateField, DateOutcome};
pub use dialog::{Confirm, Dialog, DialogOutcome, confirm};
pub use field::{Field, search};
pub use list::{Chip, chip, list_row};
pub use marks::{badge, bars_meter, elided, one_line, pill, plate, spread};
pub use menu::{
    context_menu, context_popup, menu_below, menu_button, menu_item, menu_item_keyed, menu_line,
    menu_up, tip,
};
pub use people::{avatar, avatars, presence_dot, qr_code};
pub use status::{Tone, banner, copied, copy_row, empty_state, key_cap, note, status};

use status::key_cap_width;

use crate::icons::{self, MaterialIcon};
use crate::theme::{Palette, font, motion, palette, seconds, size};
use egui::accesskit::Role;
use egui::{
    Color32, FontId, Painter, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, Widget,
    WidgetInfo, pos2, vec2,
};

/// The ring around what has the keyboard: 2 points, 2 points away.
pub fn focus_ring(painter: &Painter, rect: Rect, radius: f32, p: &Palette) {
    let stroke = Stroke::new(2.0, p.focus);
    painter.rect_stroke(rect.expand(2.0), radius + 2.0, stroke, StrokeKind::Outside);
}

/// A fill on its way to its hover colour.
pub fn hover_fill(ui: &Ui, response: &Response, rest: Color32, hover: Color32) -> Color32 {
    let lit = response.enabled() && (response.hovered() || response.is_pointer_button_down_on());
    let t = ui.ctx().animate_bool_with_time(response.id, lit, seconds(ui.ctx(), motion::HOVER_S));
    if t <= 0.0 { rest } else { rest.lerp_to_gamma(hover, t) }
}

/// What a button means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one thing to do now.
    Primary,
    /// One of several.
    Neutral,
    /// Least important.
    Ghost,
    /// The confirmed destructive act.
    Danger,
    /// Concerns a raised hand.
    Hand,
    /// Switches something on that is off and missed by others: microphone, camera.
    Off,
    /// The way out, with its red handset.
    Leave,
}

/// A button with words.
#[derive(Debug)]
pub struct Button<'a> {
    text: &'a str,
    icon: Option<MaterialIcon>,
    kind: Kind,
    height: f32,
    width: Option<f32>,
    enabled: bool,
}

impl<'a> Button<'a> {
    /// A neutral one.
    pub fn new(text: &'a str) -> Self {
        Button {
            text,
            icon: None,
            kind: Kind::Neutral,
            height: size::BUTTON,
            width: None,
            enabled: true,
        }
    }
    /// With an icon before the words.
    pub fn icon(mut self, icon: MaterialIcon) -> Self {
        self.icon = Some(icon);
        self
    }
    /// With another meaning.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
    /// 44 points high.
    pub fn large(mut self) -> Self {
        self.height = size::BUTTON_LARGE;
        self
    }
    /// Of this height, in points.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }
    /// Of exactly this width, in points.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }
    /// Not to be pressed now.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    fn font(&self) -> FontId {
        let size = if self.height >= size::BUTTON_LARGE {
            15.0
        } else if self.height < size::BUTTON {
            13.0
        } else {
            14.0
        };
        match self.kind {
            Kind::Primary | Kind::Danger | Kind::Hand => font::semibold(size),
            Kind::Neutral | Kind::Ghost | Kind::Off | Kind::Leave => font::medium(size),
        }
    }

    fn icon_size(&self) -> f32 {
        if self.height >= size::BUTTON_LARGE { 20.0 } else { 18.0 }
    }

    fn margin(&self) -> f32 {
        if self.height >= size::BUTTON_LARGE {
            20.0
        } else if self.height < size::BUTTON {
            10.0
        } else {
            14.0
        }
    }

    /// How wide it will be, in points.
    pub fn natural_width(&self, ui: &Ui) -> f32 {
        let text = self.text.to_owned();
        let words = ui.painter().layout_no_wrap(text, self.font(), Color32::PLACEHOLDER);
        let icon = if self.icon.is_some() { self.icon_size() + 8.0 } else { 0.0 };
        self.width.unwrap_or(icon + words.size().x + 2.0 * self.margin())
    }

    fn colors(&self, p: &Palette) -> (Color32, Color32, Color32) {
        match self.kind {
            Kind::Primary => (p.accent, p.accent_hover, p.on_accent),
            Kind::Neutral => (p.raised, p.hover, p.text),
            Kind::Ghost => (Color32::TRANSPARENT, p.hover, p.text2),
            Kind::Danger => (p.danger_fill, p.danger_fill, p.on_danger),
            Kind::Hand => (p.hand, p.hand, p.on_hand),
            Kind::Off => (p.danger_soft, p.danger_soft, p.danger),
            Kind::Leave => (Color32::TRANSPARENT, p.danger_soft, p.text2),
        }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let p = palette(ui.ctx());
        let large = self.height >= size::BUTTON_LARGE;
        let font = self.font();
        let (fill, hover, ink) = self.colors(p);
        let icon_size = self.icon_size();
        let icon_width = if self.icon.is_some() { icon_size + 8.0 } else { 0.0 };
        let room = self.width.map_or(f32::INFINITY, |width| width - icon_width - 16.0);
        let galley = one_line(ui.painter(), room.max(8.0), self.text, font, ink);
        let content = icon_width + galley.size().x;
        let width = self.width.unwrap_or(content + 2.0 * self.margin());
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, self.height), sense);
        let enabled = self.enabled && ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.text));
        if ui.is_rect_visible(rect) {
            let mut painter = ui.painter().clone();
            if !self.enabled {
                painter.multiply_opacity(0.32);
            }
            let radius = if large { 10.0 } else { 8.0 };
            let fill = hover_fill(ui, &response, fill, hover);
            painter.rect_filled(rect, radius, fill);
            if p.outlined && self.kind == Kind::Neutral {
                painter.rect_stroke(rect, radius, Stroke::new(1.0, p.line), StrokeKind::Inside);
            }
            let down = if response.is_pointer_button_down_on() { 1.0 } else { 0.0 };
            let left = rect.center().x - content / 2.0;
            let middle = rect.center().y + down;
            if let Some(icon) = self.icon {
                let filled = matches!(self.kind, Kind::Primary | Kind::Off | Kind::Leave);
                let icon = if filled { icon.filled() } else { icon.outlined() };
                let ink = if self.kind == Kind::Leave { p.danger } else { ink };
                icons::paint(&painter, icon, pos2(left + icon_size / 2.0, middle), icon_size, ink);
            }
            let at = pos2(left + icon_width, middle - galley.size().y / 2.0);
            painter.galley(at, galley.clone(), ink);
            if response.has_focus() {
                focus_ring(&painter, rect, radius, p);
            }
        }
        // What is cut short can be read in full.
        if galley.elided { tip(response, self.text, None) } else { response }
    }
}

/// A square button with an icon only; `label` is its name and its tooltip.
pub fn icon_button(ui: &mut Ui, icon: MaterialIcon, label: &str, side: f32) -> Response {
    icon_button_keyed(ui, icon, label, "", side)
}

/// The same with the key that does the same in its tooltip, where that is not empty.
pub fn icon_button_keyed(
    ui: &mut Ui,
    icon: MaterialIcon,
    label: &str,
    key: &str,
    side: f32,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, label));
    if ui.is_rect_visible(rect) {
        let p = palette(ui.ctx());
        let fill = hover_fill(ui, &response, Color32::TRANSPARENT, p.hover);
        ui.painter().rect_filled(rect, 8.0, fill);
        let glyph = if side < 30.0 { 16.0 } else { 20.0 };
        icons::paint(ui.painter(), icon.outlined(), rect.center(), glyph, p.text2);
        if response.has_focus() {
            focus_ring(ui.painter(), rect, 8.0, p);
        }
    }
    response.on_hover_text(with_key(label, key))
}

/// What a control does, and the key that does the same where there is one.
fn with_key(label: &str, key: &str) -> String {
    if key.is_empty() { label.to_owned() } else { format!("{label} ({key})") }
}

/// How a tool of the toolbar looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolLook {
    /// At rest.
    Rest,
    /// Its panel is open.
    Open,
    /// Microphone or camera is off.
    Off,
    /// The own hand is up.
    Hand,
    /// What it starts is happening: the own screen is shared.
    Live,
    /// The way out.
    Leave,
}

/// A tool of the toolbar.
#[derive(Debug)]
pub struct Tool<'a> {
    /// Its icon.
    pub icon: MaterialIcon,
    /// The action, in words.
    pub label: &'a str,
    /// The key that does the same, shown in the tooltip; empty where there is none.
    pub key: &'a str,
    /// How it looks.
    pub look: ToolLook,
    /// Fixed to the longest label of both states, so that nothing moves.
    pub width: f32,
    /// Words under the icon; narrow windows leave them to the tooltip.
    pub words: bool,
}

impl Tool<'_> {
    fn colors(&self, p: &Palette) -> (Color32, Color32, Color32, Color32) {
        // Fill, hover fill, icon, words.
        match self.look {
            ToolLook::Rest => (Color32::TRANSPARENT, p.hover, p.text, p.text2),
            ToolLook::Open => (p.raised, p.hover, p.text, p.text2),
            ToolLook::Off => (p.danger_soft, p.danger_soft, p.danger, p.danger),
            ToolLook::Hand => (p.hand_soft, p.hand_soft, p.hand, p.hand),
            ToolLook::Live => (p.accent_soft, p.accent_soft, p.accent_text, p.accent_text),
            ToolLook::Leave => (p.raised, p.danger_soft, p.danger, p.text),
        }
    }
}

impl Widget for Tool<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let width = if self.words { self.width } else { size::TOOL };
        let (rect, response) = ui.allocate_exact_size(vec2(width, size::TOOL), Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.label));
        if ui.is_rect_visible(rect) {
            let p = palette(ui.ctx());
            let (fill, hover, ink, words) = self.colors(p);
            let painter = ui.painter();
            painter.rect_filled(rect, 10.0, hover_fill(ui, &response, fill, hover));
            if p.outlined && matches!(self.look, ToolLook::Open | ToolLook::Leave) {
                painter.rect_stroke(rect, 10.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
            }
            let active = self.look != ToolLook::Rest
                || self.icon.codepoint == icons::ICON_MIC.codepoint
                || self.icon.codepoint == icons::ICON_VIDEOCAM.codepoint;
            let icon = if active { self.icon.filled() } else { self.icon.outlined() };
            let lift = if self.words { 9.5 } else { 0.0 };
            let down = if response.is_pointer_button_down_on() { 1.0 } else { 0.0 };
            let middle = rect.center() + vec2(0.0, down);
            icons::paint(painter, icon, middle - vec2(0.0, lift), 24.0, ink);
            if self.words {
                // The width is fixed: what is too long ends in an ellipsis, the tooltip has it all.
                let room = rect.width() - 6.0;
                let galley = one_line(painter, room, self.label, font::medium(12.0), words);
                painter.galley(middle + vec2(0.0, 14.5) - galley.size() / 2.0, galley, words);
            }
            if response.has_focus() {
                focus_ring(painter, rect, 10.0, p);
            }
        }
        response.on_hover_text(with_key(self.label, self.key))
    }
}

/// Tells assistive technology what is painted in `rect`. `salt` tells several apart.
pub fn spoken(ui: &Ui, rect: Rect, salt: &str, role: Role, text: &str) {
    let id = ui.make_persistent_id(("spoken", salt));
    ui.interact(rect, id, Sense::hover()).widget_info(|| WidgetInfo::labeled(role, true, text));
}

/// A line of text that is not selectable, with font and colour.
pub fn label(ui: &mut Ui, text: impl Into<String>, font: FontId, color: Color32) -> Response {
    ui.label(egui::RichText::new(text).font(font).color(color))
}

/// A text that wraps at the right edge, with font and colour.
pub fn wrapped(ui: &mut Ui, text: impl Into<String>, font: FontId, color: Color32) -> Response {
    let line = (font.size * 1.4).round();
    let rich = egui::RichText::new(text).font(font).color(color).line_height(Some(line));
    ui.add(egui::Label::new(rich).wrap())
}

/// A centred paragraph.
pub fn paragraph(ui: &mut Ui, text: impl Into<String>, font: FontId, color: Color32) -> Response {
    let line = (font.size * 1.5).round();
    let rich = egui::RichText::new(text).font(font).color(color).line_height(Some(line));
    ui.add(egui::Label::new(rich).wrap().halign(egui::Align::Center))
}

/// An error in place: icon and sentence.
pub fn failure(ui: &mut Ui, text: &str) -> Response {
    let p = palette(ui.ctx());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(18.0), Sense::hover());
        icons::paint(ui.painter(), icons::ICON_ERROR.filled(), rect.center(), 16.0, p.danger);
        let rich = egui::RichText::new(text).font(font::regular(13.0)).color(p.danger);
        ui.add(egui::Label::new(rich).wrap());
    })
    .response
}
