//! The grid of everybody, in pages.

use super::{Part, Spot};
use crate::state::{PAGE, STILL_S, Subject};
use crate::theme::{font, size};
use crate::ui::grid::{self, Step};
use crate::ui::{View, region};
use crate::widgets::{Button, Kind};
use egui::{Align, Align2, Key, Layout, Modifiers, Rect, Sense, Ui, pos2, vec2};
use std::time::Duration;

/// Tiles take so long to their new places, seconds.
const REFLOW_TIME_S: f32 = 0.18;
/// The row under the tiles that turns pages.
const PAGER: f32 = 40.0;

/// Everybody who may show themselves, oneself last, 25 to a page.
pub fn grid(ui: &mut Ui, view: &mut View<'_>, area: Rect) {
    let (now, last_input) = (view.state.now.seconds, view.state.last_input);
    // Nothing moves away from under the pointer, unless that was laid aside there.
    let held = ui.rect_contains_pointer(area) && now - last_input < STILL_S;
    let Some(call) = &mut view.state.call else { return };
    let wanted = call.wanted_tiles();
    if let Some(wait) = call.tiles.settle(wanted, now, held) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
    }
    let count = call.tiles.order().len();
    if count == 0 {
        return super::super::stage::nobody(ui, view, area);
    }
    let pages = count.div_ceil(PAGE).max(1);
    call.page = call.page.min(pages - 1);
    let first = call.page * PAGE;
    let shown: Vec<Subject> = call.tiles.order()[first..count.min(first + PAGE)].to_vec();
    let reached = call.view.reached.filter(|subject| shown.contains(subject));
    let reached = reached.or(shown.first().copied());
    let area = if pages > 1 { pager(ui, view, area, pages) } else { area };
    let (columns, rects) = grid::grid(shown.len(), area, size::TILE_GAP);
    let mut focused = None;
    for (index, (subject, target)) in shown.iter().zip(rects).enumerate() {
        let rect = moving(ui, *subject, target);
        let mut spot = Spot::new(rect, *subject, Part::Tile);
        (spot.size, spot.reachable) = (target.size(), reached == Some(*subject));
        match super::show(ui, view, spot) {
            Some(response) if response.has_focus() => focused = Some(index),
            Some(_) => {}
            // Somebody left while the tiles are held: their place stays empty.
            None => {
                ui.painter().rect_filled(rect, spot.radius, view.p.panel);
            }
        }
    }
    if let Some(index) = focused {
        arrows(ui, view, &shown, columns, index);
    }
}

/// Lets the arrow keys go from tile to tile.
fn arrows(ui: &Ui, view: &mut View<'_>, shown: &[Subject], columns: usize, index: usize) {
    let keys = [
        (Key::ArrowLeft, Step::Left),
        (Key::ArrowRight, Step::Right),
        (Key::ArrowUp, Step::Up),
        (Key::ArrowDown, Step::Down),
        (Key::Home, Step::First),
        (Key::End, Step::Last),
    ];
    for (key, step) in keys {
        if !ui.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
            continue;
        }
        let next = grid::step(shown.len(), columns, index, step);
        if let (Some(subject), Some(call)) = (shown.get(next), &mut view.state.call) {
            call.view.reached = Some(*subject);
            ui.memory_mut(|memory| memory.request_focus(super::id(ui, *subject)));
        }
        return;
    }
}

/// Where a tile is on its way to `target`. Without animation it is there.
fn moving(ui: &Ui, subject: Subject, target: Rect) -> Rect {
    let time = if ui.style().animation_time == 0.0 { 0.0 } else { REFLOW_TIME_S };
    let id = super::id(ui, subject).with("place");
    let side = |name: &str, value| ui.ctx().animate_value_with_time(id.with(name), value, time);
    Rect::from_min_max(
        pos2(side("left", target.left()), side("top", target.top())),
        pos2(side("right", target.right()), side("bottom", target.bottom())),
    )
}

/// Page buttons under the grid; gives the area that is left.
fn pager(ui: &mut Ui, view: &mut View<'_>, area: Rect, pages: usize) -> Rect {
    let row = Rect::from_min_max(pos2(area.left(), area.bottom() - PAGER + 4.0), area.max);
    let middle = Rect::from_center_size(row.center(), vec2(400.0_f32.min(row.width()), 32.0));
    let t = view.t;
    region(ui, "pager", middle, Layout::left_to_right(Align::Center), |ui| {
        let (back, on) = (t.get("page-back"), t.get("page-on"));
        let turn = |text, enabled| {
            Button::new(text).kind(Kind::Ghost).height(32.0).width(150.0).enabled(enabled)
        };
        let Some(call) = &mut view.state.call else { return };
        if ui.add(turn(&back, call.page > 0)).clicked() {
            call.page -= 1;
        }
        let words = format!("{} / {pages}", call.page + 1);
        let (rect, _) = ui.allocate_exact_size(vec2(70.0, 32.0), Sense::hover());
        let painter = ui.painter();
        painter.text(rect.center(), Align2::CENTER_CENTER, words, font::mono(13.0), view.p.text2);
        if ui.add(turn(&on, call.page + 1 < pages)).clicked() {
            call.page += 1;
        }
    });
    Rect::from_min_max(area.min, pos2(area.right(), row.top() - 4.0))
}
