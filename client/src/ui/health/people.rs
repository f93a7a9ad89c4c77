//! How well everybody's picture and sound travel, and why not.

use crate::icons::{self, MaterialIcon};
use crate::state::Verdict;
use crate::theme::font;
use crate::ui::{View, portrait, quality};
use crate::widgets::{Tone, avatar, elided, note};
use egui::accesskit::Role;
use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use protocol::{ParticipantId, QualityLevel};

/// A face, and what stands left of the words.
const FACE: f32 = 32.0;
const INDENT: f32 = 44.0;
/// The name's line, and what is around a row's words.
const NAME: f32 = 20.0;
const AROUND: f32 = 16.0;

/// The rows: oneself, then the worst first.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let Some(fares) = view.state.call.as_ref().map(|call| call.fares()) else { return };
    for (id, verdict) in &fares.rows {
        row(ui, view, *id, *verdict);
    }
    let t = view.t;
    for (key, count) in [("health-through-us", fares.through_us), ("health-well", fares.well)] {
        if count > 0 {
            ui.add_space(4.0);
            note(ui, &t.count(key, count));
        }
    }
}

/// Face, name, level, and the sentence that names the cause.
fn row(ui: &mut Ui, view: &mut View<'_>, id: ParticipantId, verdict: Verdict) {
    let (p, t) = (view.p, view.t);
    let call = view.state.call.as_ref();
    let own = call.is_some_and(|call| call.you == id);
    let Some(person) = call.and_then(|call| call.participant(id)).cloned() else { return };
    let name = if own { t.get("you") } else { person.name.clone() };
    let sentence = quality::sentence(t, verdict, &person.name);
    let width = (ui.available_width() - INDENT - 4.0).max(80.0);
    let words = ui.painter().layout(sentence.clone(), font::regular(13.0), p.text2, width);
    let size = vec2(ui.available_width(), AROUND + NAME + words.size().y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let level = quality::level(t, verdict.level);
    let spoken = format!("{name}, {level}: {sentence}");
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &spoken));
    let picture = portrait::of(view, &person);
    let painter = ui.painter();
    let top = rect.top() + AROUND / 2.0;
    avatar(painter, pos2(rect.left() + FACE / 2.0, top + FACE / 2.0), FACE, &person.name, picture);
    let (icon, tone) = mark(verdict.level);
    let at = pos2(rect.right() - 14.0, top + NAME / 2.0);
    icons::paint(painter, icon.filled(), at, 18.0, tone.ink(p));
    let left = rect.left() + INDENT;
    let line = Rect::from_min_max(pos2(left, top), pos2(at.x - 14.0, top + NAME));
    elided(painter, line, &name, font::medium(14.0), p.text);
    painter.galley(pos2(left, top + NAME), words, p.text2);
}

/// A level's sign, which differs by more than its colour.
fn mark(level: QualityLevel) -> (MaterialIcon, Tone) {
    match level {
        QualityLevel::Good => (icons::ICON_CHECK_CIRCLE, Tone::Good),
        QualityLevel::Weak => (icons::ICON_WARNING, Tone::Warning),
        QualityLevel::Bad => (icons::ICON_ERROR, Tone::Danger),
    }
}
