//! The lamp line, and what it means in words.

use crate::state::{Call, Lamp};
use crate::theme::font;
use crate::ui::{View, words};
use crate::widgets::{elided, spoken, spread};
use egui::accesskit::Role;
use egui::{Rect, Shape, Stroke, Ui, pos2, vec2};
use protocol::RoomKind;

/// A dash of the line and the gap after it, points.
const DASH: f32 = 16.0;

/// Light, dashes or grey, 3 points high.
pub fn lamp_line(ui: &Ui, view: &View<'_>, line: Rect) {
    let Some(call) = &view.state.call else { return };
    let p = view.p;
    let color = match call.lamp() {
        Lamp::OnAir => p.lamp,
        Lamp::Off => p.control,
        Lamp::Held => {
            let ends = [line.left_center(), line.right_center()];
            let stroke = Stroke::new(line.height(), p.lamp);
            ui.painter().extend(Shape::dashed_line(&ends, stroke, DASH, DASH));
            return;
        }
    };
    ui.painter().rect_filled(line, 0.0, color);
}

/// The lamp for those who do not see it.
pub fn spoken_state(ui: &Ui, view: &View<'_>, area: Rect) {
    if let Some(call) = &view.state.call {
        spoken(ui, area, "lamp", Role::Status, &sentence(view, call, call.lamp()));
    }
}

/// What the lamp means, in words; time and number of people below.
pub fn state_text(ui: &Ui, view: &View<'_>, inner: Rect, full: bool) {
    let Some(call) = &view.state.call else { return };
    let (p, t) = (view.p, view.t);
    let painter = ui.painter();
    let lamp = call.lamp();
    let lift = if full { 10.0 } else { 0.0 };
    let dot = pos2(inner.left() + 12.0, inner.center().y - lift);
    match lamp {
        Lamp::OnAir => painter.circle_filled(dot, 4.0, p.accent),
        Lamp::Held => painter.circle_stroke(dot, 3.0, Stroke::new(2.0, p.accent)),
        Lamp::Off => painter.circle_stroke(dot, 3.0, Stroke::new(2.0, p.text3)),
    };
    let since = call.live_since_ms.map(|since| (view.state.now.unix_ms - since) / 1000);
    let time = since.map_or(String::new(), words::timer);
    let at = dot + vec2(12.0, 0.0);
    let width = if full { 226.0 } else { 80.0 };
    spoken_state(ui, view, Rect::from_min_size(inner.min, vec2(width, inner.height())));
    if !full {
        spread(painter, at, &[(&time, font::mono(12.0), p.text2)]);
        return;
    }
    let line = Rect::from_min_size(at - vec2(0.0, 10.0), vec2(width - 24.0, 20.0));
    elided(painter, line, &sentence(view, call, lamp), font::semibold(13.0), p.text);
    let people = t.count("people-count", call.participants.len());
    let second = pos2(inner.left() + 8.0, inner.center().y + 10.0);
    let small = font::regular(12.0);
    let words = [
        (&*time, font::mono(12.0), p.text3),
        ("·", small.clone(), p.text3),
        (&people, small, p.text3),
    ];
    spread(painter, second, &words);
}

/// The lamp in words. Sound and picture are told apart, because either may leave without the other.
fn sentence(view: &View<'_>, call: &Call, lamp: Lamp) -> String {
    let t = view.t;
    let others = call.participants.len().saturating_sub(1);
    match lamp {
        Lamp::Held => t.get("held"),
        Lamp::OnAir if call.room.kind == RoomKind::Webinar && call.sending_picture => {
            t.count("lamp-heard-and-seen", others)
        }
        Lamp::OnAir if call.room.kind == RoomKind::Webinar => t.count("lamp-heard-by", others),
        Lamp::OnAir => t.get("lamp-heard"),
        Lamp::Off if call.sending_picture && others > 0 => t.get("lamp-only-seen"),
        Lamp::Off => t.get("lamp-off"),
    }
}
