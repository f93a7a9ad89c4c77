//! The chat: who reads a line is always said, above the field and at each line.

mod composer;
mod lines;

pub use lines::text;

use super::{View, column, people, region};
use crate::icons;
use crate::state::Panel;
use crate::theme::font;
use crate::widgets::{icon_button, segmented};
use egui::{Align, Align2, Layout, Rect, Ui, pos2, vec2};
use protocol::RoomKind;

/// The chat panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = rect.shrink(12.0);
    header(ui, view, Rect::from_min_size(inner.min, vec2(inner.width(), 40.0)));
    let height = composer::height(ui, view, inner.width());
    let field = Rect::from_min_max(pos2(inner.left(), inner.bottom() - height), inner.max);
    let body =
        Rect::from_min_max(inner.min + vec2(0.0, 48.0), pos2(inner.right(), field.top() - 8.0));
    region(ui, "lines", body, column(), |ui| {
        let hosts = |call: &crate::state::Call| call.room.kind == RoomKind::Webinar && call.host();
        if view.state.call.as_ref().is_some_and(hosts) {
            people::who_waits(ui, view);
        }
        lines::show(ui, view);
    });
    composer::show(ui, view, field);
}

/// The title, or for the hosts of a webinar the ways to questions and hands.
fn header(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let tabs = call.room.kind == RoomKind::Webinar && call.host();
    let (questions, hands) = (call.questions(), call.hands().len());
    if !tabs {
        let at = pos2(rect.left() + 8.0, rect.center().y);
        let (font, ink) = (font::semibold(16.0), view.p.text);
        ui.painter().text(at, Align2::LEFT_CENTER, t.get("chat"), font, ink);
    }
    region(ui, "chat_header", rect, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_CLOSE, &t.get("panel-close"), 36.0).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.toggle(Panel::Chat);
        }
    });
    let Some(call) = &mut view.state.call else { return };
    if !tabs {
        call.desk.questions = false;
        return;
    }
    let counted = |key: &str, count: usize| match count {
        0 => t.get(key),
        _ => format!("{} {count}", t.get(key)),
    };
    let names = [t.get("chat"), counted("chat-questions", questions), counted("chat-hands", hands)];
    let segments = [(&*names[0], None), (&*names[1], None), (&*names[2], None)];
    let mut chosen = usize::from(call.desk.questions);
    let place = Rect::from_min_max(rect.min, rect.max - vec2(40.0, 0.0));
    let changed = region(ui, "chat_tabs", place, Layout::left_to_right(Align::Center), |ui| {
        segmented(ui, &t.get("chat-shows"), &segments, &mut chosen)
    });
    match chosen {
        _ if !changed => {}
        2 => call.panel = Some(Panel::People),
        tab => call.desk.questions = tab == 1,
    }
}
