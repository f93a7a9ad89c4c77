//! Tiles, chat or participants in a window of their own, for another monitor. It lives on the same
//! device as the first one and shares its pictures; closing it brings its content back.

use super::{View, chat, people, shortcuts, tile};
use crate::state::{Detached, Phase};
use egui::{Rect, Ui, Vec2, ViewportBuilder, ViewportClass, ViewportId, vec2};

/// The smallest useful size, points.
const LEAST: Vec2 = vec2(360.0, 320.0);

/// The window's identity.
pub fn id() -> ViewportId {
    ViewportId::from_hash_of("second")
}

/// The window, while something stands in it.
pub fn show(ui: &Ui, view: &mut View<'_>) {
    let Some(call) = &view.state.call else { return };
    let Some(what) = call.view.detached.filter(|_| call.phase == Phase::In) else { return };
    let words = view.t.get(match what {
        Detached::Tiles => "second-tiles",
        Detached::Chat => "second-chat",
        Detached::People => "second-people",
    });
    let [width, height] = view.state.settings.second_window;
    let builder = ViewportBuilder::default()
        .with_title(format!("{} · {words}", call.room.name))
        .with_inner_size(vec2(f32::from(width), f32::from(height)))
        .with_min_inner_size(LEAST);
    let close = ui.ctx().show_viewport_immediate(id(), builder, |ui, class| {
        if class == ViewportClass::EmbeddedWindow {
            ui.set_min_size(LEAST);
        } else {
            remember(ui, view);
            shortcuts::handle(ui.ctx(), view);
        }
        content(ui, view, what);
        ui.input(|i| i.viewport().close_requested())
    });
    if close && let Some(call) = &mut view.state.call {
        call.detach(None);
        if let Some(size) = call.view.second_size {
            view.state.settings.second_window = size;
        }
    }
}

fn content(ui: &mut Ui, view: &mut View<'_>, what: Detached) {
    let rect = Rect::from_min_size(ui.max_rect().min, ui.available_size());
    let p = view.p;
    let ground = if what == Detached::Tiles { p.stage } else { p.panel };
    ui.painter().rect_filled(rect, 0.0, ground);
    match what {
        Detached::Tiles => tile::grid(ui, view, rect.shrink(12.0)),
        Detached::Chat => chat::show(ui, view, rect),
        Detached::People => people::show(ui, view, rect),
    }
}

/// The size that the user gave the window; kept in the settings once it closes.
fn remember(ui: &Ui, view: &mut View<'_>) {
    let size = ui.ctx().content_rect().size().round();
    if let Some(call) = &mut view.state.call {
        call.view.second_size = Some([size.x as u16, size.y as u16]);
    }
}
