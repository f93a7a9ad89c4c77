//! What is the case: status pills, banners, the empty page.

use super::{Button, focus_ring, one_line, spoken, wrapped};
use crate::icons::{self, MaterialIcon};
use crate::theme::{Palette, font, palette};
use egui::accesskit::Role;
use egui::{
    Align, Align2, Color32, Id, Layout, Painter, Pos2, Rect, Response, Sense, Stroke, StrokeKind,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// What a state means; never told by its colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing special.
    Neutral,
    /// Happens now.
    Live,
    /// Is about to happen.
    Soon,
    /// Available, waiting, passed.
    Good,
    /// Works, but worse than it could.
    Warning,
    /// Does not work.
    Danger,
    /// Concerns raised hands.
    Hand,
}

impl Tone {
    /// Every tone.
    pub const ALL: [Tone; 7] = [
        Tone::Neutral,
        Tone::Live,
        Tone::Soon,
        Tone::Good,
        Tone::Warning,
        Tone::Danger,
        Tone::Hand,
    ];

    /// The fill and what is written on it.
    pub fn pair(self, p: &Palette) -> (Color32, Color32) {
        match self {
            Tone::Neutral => (p.raised, p.text2),
            Tone::Live => (p.accent, p.on_accent),
            Tone::Soon => (p.accent_soft, p.accent_text),
            Tone::Good => (p.success_soft, p.success),
            Tone::Warning => (p.warning_soft, p.warning),
            Tone::Danger => (p.danger_soft, p.danger),
            Tone::Hand => (p.hand_soft, p.hand),
        }
    }

    /// As text or icon on a page.
    pub fn ink(self, p: &Palette) -> Color32 {
        match self {
            Tone::Neutral => p.text2,
            Tone::Live | Tone::Soon => p.accent_text,
            Tone::Good => p.success,
            Tone::Warning => p.warning,
            Tone::Danger => p.danger,
            Tone::Hand => p.hand,
        }
    }
}

/// A pill that says the state of a thing. What is live carries a dot.
pub fn status(ui: &mut Ui, text: &str, tone: Tone, icon: Option<MaterialIcon>) -> Response {
    let p = palette(ui.ctx());
    let (fill, ink) = tone.pair(p);
    let mark = if icon.is_some() || tone == Tone::Live { 20.0 } else { 0.0 };
    let room = (ui.available_width() - mark - 20.0).max(24.0);
    let galley = one_line(ui.painter(), room, text, font::semibold(12.0), ink);
    let size = vec2(galley.size().x + mark + 20.0, 24.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
    let painter = ui.painter();
    painter.rect_filled(rect, 12.0, fill);
    if tone == Tone::Neutral && p.outlined {
        painter.rect_stroke(rect, 12.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    let at = pos2(rect.left() + 17.0, rect.center().y);
    match icon {
        Some(icon) => icons::paint(painter, icon.filled(), at, 16.0, ink),
        None if tone == Tone::Live => {
            painter.circle_filled(at, 4.0, ink);
        }
        None => {}
    }
    let at = pos2(rect.left() + 10.0 + mark, rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, ink);
    response
}

/// A sentence over the whole width that stays until its cause is gone, with at most one action;
/// `true` when the action was pressed now.
pub fn banner(
    ui: &mut Ui,
    tone: Tone,
    icon: MaterialIcon,
    text: &str,
    action: Option<&str>,
) -> bool {
    const BUTTON: f32 = 32.0;
    let p = palette(ui.ctx());
    let (fill, _) = if tone == Tone::Live { Tone::Soon.pair(p) } else { tone.pair(p) };
    let ink = tone.ink(p);
    let button = action.map(|words| Button::new(words).height(BUTTON));
    let button_width = button.as_ref().map_or(0.0, |button| button.natural_width(ui) + 12.0);
    let width = ui.available_width();
    let below = button_width > 0.0 && width - 56.0 - button_width < 200.0;
    let room = width - 56.0 - if below { 0.0 } else { button_width };
    let galley = ui.painter().layout(text.to_owned(), font::regular(14.0), p.text, room.max(40.0));
    let mut height = (galley.size().y + 20.0).max(if button.is_some() { 48.0 } else { 44.0 });
    let words_middle = height / 2.0;
    if below {
        height += BUTTON + 2.0;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, text));
    ui.painter().rect_filled(rect, 10.0, fill);
    if tone == Tone::Neutral && p.outlined {
        ui.painter().rect_stroke(rect, 10.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    let middle = rect.top() + words_middle;
    icons::paint(ui.painter(), icon.filled(), pos2(rect.left() + 24.0, middle), 20.0, ink);
    let at = pos2(rect.left() + 44.0, middle - galley.size().y / 2.0);
    ui.painter().galley(at, galley, p.text);
    let Some(button) = button else { return false };
    let place = if below {
        Rect::from_min_max(pos2(rect.left() + 44.0, rect.bottom() - BUTTON - 10.0), rect.max)
    } else {
        rect.shrink2(vec2(10.0, 0.0))
    };
    let layout = if below {
        Layout::left_to_right(Align::Min)
    } else {
        Layout::right_to_left(Align::Center)
    };
    let builder = UiBuilder::new().id_salt(("banner", text)).max_rect(place).layout(layout);
    ui.new_child(builder).add(button).clicked()
}

/// What a page without entries shows, in the middle of the room that is left: the lectern, a title
/// and a sentence that says what to do.
pub fn empty_state(ui: &mut Ui, title: &str, text: &str, icon_lit: bool) {
    const DRAWING: f32 = 150.0;
    let p = palette(ui.ctx());
    let area = ui.available_rect_before_wrap();
    let room = area.width().min(440.0);
    let centred = |text: &str, font, color| {
        let mut job = egui::text::LayoutJob::simple(text.to_owned(), font, color, room);
        job.halign = Align::Center;
        ui.painter().layout_job(job)
    };
    let heading = centred(title, font::title(26.0), p.text);
    let sentence = centred(text, font::regular(14.0), p.text2);
    let words = heading.size().y + 8.0 + sentence.size().y;
    let height = DRAWING + 20.0 + words;
    let above = ((area.height() - height) * 0.4).clamp(0.0, 160.0);
    let top = area.top() + above;
    let middle = area.center().x;
    icons::paint_lectern(ui.painter(), pos2(middle, top + 80.0), icon_lit, p);
    let mut at = pos2(middle, top + DRAWING + 20.0);
    for (salt, galley, role, text) in [
        ("empty title", heading, Role::Heading, title),
        ("empty text", sentence, Role::Label, text),
    ] {
        let size = galley.size();
        ui.painter().galley(at, galley, p.text);
        let rect = Rect::from_center_size(pos2(middle, at.y + size.y / 2.0), size);
        spoken(ui, rect, salt, role, text);
        at.y += size.y + 8.0;
    }
    ui.allocate_space(vec2(area.width(), (above + height).min(area.height().max(height))));
}

/// A key as it is printed on a keyboard, 20 points high, aligned at `at`; gives its rectangle.
pub fn key_cap(painter: &Painter, at: Pos2, align: Align2, key: &str, p: &Palette) -> Rect {
    let galley = painter.layout_no_wrap(key.to_owned(), font::mono(11.0), p.text2);
    let rect = align.anchor_size(at, vec2(galley.size().x + 12.0, 20.0));
    painter.rect_filled(rect, 5.0, p.hover);
    painter.galley(rect.center() - galley.size() / 2.0, galley, p.text2);
    rect
}

/// How wide [`key_cap`] will be.
pub(super) fn key_cap_width(painter: &Painter, key: &str) -> f32 {
    painter.layout_no_wrap(key.to_owned(), font::mono(11.0), Color32::PLACEHOLDER).size().x + 12.0
}

/// Puts `copies` into the clipboard; `true` for four seconds after that, so that a tick can say that
/// it worked. `id` tells copies apart.
pub fn copied(ui: &Ui, id: Id, copies: Option<&str>) -> bool {
    const CONFIRMED_S: f64 = 4.0;
    let now = ui.input(|i| i.time);
    if let Some(text) = copies {
        ui.ctx().copy_text(text.to_owned());
        ui.ctx().data_mut(|data| data.insert_temp(id, now + CONFIRMED_S));
    }
    let until = ui.ctx().data(|data| data.get_temp::<f64>(id)).unwrap_or(0.0);
    if until > now {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(until - now));
    }
    until > now
}

/// A line of values under a caption with a button that copies it; `true` when it was pressed now.
/// For four seconds a tick says that it worked.
pub fn copy_row(ui: &mut Ui, label: &str, value: &str, copy_name: &str) -> bool {
    const SIDE: f32 = 32.0;
    let p = palette(ui.ctx());
    let room = ui.available_width() - SIDE - 8.0;
    let painter = ui.painter();
    let caption = one_line(painter, room, label, font::regular(12.0), p.text3);
    let shown = one_line(painter, room, value, font::mono_semibold(14.0), p.text);
    let height = (caption.size().y + 3.0 + shown.size().y).max(SIDE);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let spoken = format!("{label}: {value}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    let below = rect.top() + caption.size().y + 3.0;
    ui.painter().galley(rect.min, caption, p.text3);
    ui.painter().galley(pos2(rect.left(), below), shown, p.text);

    let square =
        Rect::from_center_size(pos2(rect.right() - SIDE / 2.0, rect.center().y), vec2(SIDE, SIDE));
    let id = ui.make_persistent_id(("copy", label));
    let button = ui.interact(square, id, Sense::click());
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, copy_name));
    let confirmed = copied(ui, id, button.clicked().then_some(value));
    let painter = ui.painter();
    let fill = super::hover_fill(ui, &button, Color32::TRANSPARENT, p.hover);
    painter.rect_filled(square, 8.0, fill);
    if confirmed {
        icons::paint(painter, icons::ICON_CHECK.outlined(), square.center(), 18.0, p.success);
    } else {
        icons::paint(painter, icons::ICON_CONTENT_COPY.outlined(), square.center(), 18.0, p.text2);
    }
    if button.has_focus() {
        focus_ring(painter, square, 8.0, p);
    }
    let pressed = button.clicked();
    super::tip(button, copy_name, None);
    pressed
}

/// A paragraph in the quiet colour, as wide as there is room.
pub fn note(ui: &mut Ui, text: &str) -> Response {
    let p = palette(ui.ctx());
    wrapped(ui, text, font::regular(13.0), p.text3)
}
