//! Over the whole screen: the pictures, and controls that go when nothing moves.

use super::bars;
use crate::icons;
use crate::state::{Call, HIDE_S, controls};
use crate::theme::{font, plate as over_video, size};
use crate::ui::{View, pult, region, regions, stage, toasts, waiting, words};
use crate::widgets::{focus_ring, key_cap, one_line};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use std::time::Duration;

/// Between a plate and the screen's edge, and a plate's height.
const EDGE: f32 = 20.0;
const PLATE: f32 = 36.0;
/// The own share, below the room's plate.
const SHARE: egui::Vec2 = vec2(500.0, 56.0);

/// Everything.
pub fn show(ui: &mut Ui, view: &mut View<'_>, screen: Rect) {
    let top = Rect::from_min_max(screen.min, pos2(screen.right(), screen.top() + EDGE + PLATE));
    regions::mark(ui, view, "top_bar", top);
    regions::mark(ui, view, "pictures", screen);
    stage::whole(ui, view, screen);
    waiting::held(ui, view, screen);
    let width = pult::floating_width(view, screen.width()).min(screen.width() - 24.0);
    let bar = Rect::from_center_size(
        pos2(screen.center().x, screen.bottom() - EDGE - size::PULT / 2.0),
        vec2(width, size::PULT),
    );
    regions::mark(ui, view, "tools", bar);
    let opacity = controls(view.state.now, view.state.last_input, needed(ui, view, bar));
    if opacity > 0.0 {
        ui.scope(|ui| {
            ui.set_opacity(opacity);
            plates(ui, view, screen);
            ui.painter().rect_filled(bar, 16.0, view.p.panel);
            pult::floating(ui, view, bar);
        });
        let idle = view.state.now.seconds - view.state.last_input;
        let wait = if idle < HIDE_S { HIDE_S - idle } else { 0.016 };
        ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
    } else {
        let line = Rect::from_min_max(pos2(screen.left(), screen.bottom() - 3.0), screen.max);
        pult::lamp_line(ui, view, line);
    }
    toasts::show(ui, view, screen.shrink(24.0));
}

/// Never away from under the pointer, the keyboard, an open menu, or who speaks unheard.
fn needed(ui: &Ui, view: &View<'_>, bar: Rect) -> bool {
    let top = ui.max_rect().top() + EDGE + PLATE + 8.0 + SHARE.y;
    let focused = ui.memory(|memory| memory.focused());
    let place = focused.and_then(|id| ui.ctx().read_response(id)).map(|has| has.rect.center());
    ui.rect_contains_pointer(bar)
        || place.is_some_and(|at| bar.contains(at) || at.y < top)
        || egui::Popup::is_any_open(ui.ctx())
        || view.state.call.as_ref().is_some_and(Call::speaks_muted)
}

fn plates(ui: &mut Ui, view: &mut View<'_>, screen: Rect) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    room(ui, view, call, screen);
    let hands = call.hands().len();
    let at = screen.min + vec2(EDGE, EDGE + PLATE + 8.0);
    let width = SHARE.x.min(screen.width() - 2.0 * EDGE);
    bars::share(ui, view, Rect::from_min_size(at, vec2(width, SHARE.y)), view.p.panel);
    let right = Rect::from_min_max(
        pos2(screen.center().x, screen.top() + EDGE),
        pos2(screen.right() - EDGE, screen.top() + EDGE + PLATE),
    );
    region(ui, "corner", right, Layout::right_to_left(Align::Center), |ui| {
        if way_out(ui, view, &t.get("fullscreen-leave")).clicked() {
            view.state.fullscreen = false;
        }
        if hands > 0 && hands_plate(ui, view, &t.count("hands-count", hands)).clicked() {
            pult::toggle(view, crate::state::Panel::People);
        }
    });
}

/// Room and time, at the upper left.
fn room(ui: &Ui, view: &View<'_>, call: &Call, screen: Rect) {
    let since = call.live_since_ms.map(|since| (view.state.now.unix_ms - since) / 1000);
    let time = since.map_or(String::new(), words::timer);
    let painter = ui.painter();
    let most = screen.width() / 2.0 - 120.0;
    let name = one_line(painter, most, &call.room.name, font::medium(14.0), over_video::TEXT);
    let time = painter.layout_no_wrap(time, font::mono(13.0), over_video::TEXT2);
    let width = 36.0 + name.size().x + 8.0 + time.size().x + 12.0;
    let rect = Rect::from_min_size(screen.min + vec2(EDGE, EDGE), vec2(width, PLATE));
    painter.rect_filled(rect, 8.0, over_video::FILL);
    let middle = rect.center().y;
    let door = pos2(rect.left() + 20.0, middle);
    icons::paint(painter, icons::ICON_DOOR_OPEN.outlined(), door, 18.0, over_video::TEXT);
    let x = rect.left() + 36.0;
    let next = x + name.size().x + 8.0;
    painter.galley(pos2(x, middle - name.size().y / 2.0), name, over_video::TEXT);
    painter.galley(pos2(next, middle - time.size().y / 2.0), time, over_video::TEXT2);
}

/// How many hands are up; a press shows their order.
fn hands_plate(ui: &mut Ui, view: &View<'_>, words: &str) -> Response {
    let ink = over_video::ON_HAND;
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font::semibold(14.0), ink);
    let (rect, response) =
        ui.allocate_exact_size(vec2(36.0 + galley.size().x + 14.0, PLATE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, over_video::HAND);
    let icon = rect.left_center() + vec2(20.0, 0.0);
    icons::paint(painter, icons::ICON_FRONT_HAND.filled(), icon, 18.0, ink);
    painter.galley(pos2(rect.left() + 36.0, rect.center().y - galley.size().y / 2.0), galley, ink);
    if response.has_focus() {
        focus_ring(painter, rect, 8.0, view.p);
    }
    response
}

/// Escape, in words.
fn way_out(ui: &mut Ui, view: &View<'_>, words: &str) -> Response {
    let ink = over_video::TEXT;
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font::medium(14.0), ink);
    let (rect, response) =
        ui.allocate_exact_size(vec2(52.0 + galley.size().x + 12.0, PLATE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, over_video::FILL);
    let cap = rect.left_center() + vec2(12.0, 0.0);
    key_cap(painter, cap, Align2::LEFT_CENTER, "Esc", view.p);
    painter.galley(pos2(rect.left() + 52.0, rect.center().y - galley.size().y / 2.0), galley, ink);
    if response.has_focus() {
        focus_ring(painter, rect, 8.0, view.p);
    }
    response
}
