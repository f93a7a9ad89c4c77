//! The toolbar, and the lamp line along its top: the buttons name the action, the lamp tells the
//! truth.

mod lamp;
mod menus;
pub mod picker;
mod tools;

pub use lamp::lamp_line;

use super::{View, call, region};
use crate::command::Command;
use crate::icons;
use crate::keys::Action;
use crate::state::{Call, Panel};
use crate::theme::size;
use crate::widgets::{Tool, ToolLook};
use egui::{Align, Layout, Rect, Ui, pos2, vec2};
use tools::Item;

/// Below this width the words under the icons go.
const WORDS_FROM: f32 = 1080.0;
/// Below this width the state at the left shrinks to a dot and the time.
const STATE_FROM: f32 = 1240.0;
/// Below this width view, hand and share move into the last menu.
const ALL_FROM: f32 = 860.0;
/// The tool that leaves the full screen, with words.
const WINDOW_TOOL: f32 = 112.0;

/// The toolbar along the bottom of the window.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let window = ui.max_rect().width();
    let (words, full) = (window >= WORDS_FROM, window >= STATE_FROM);
    ui.painter().rect_filled(rect, 0.0, view.p.panel);
    let line = Rect::from_min_size(rect.left_top() - vec2(0.0, 3.0), vec2(rect.width(), 3.0));
    lamp_line(ui, view, line);
    let inner = rect.shrink2(vec2(12.0, 8.0));
    lamp::state_text(ui, view, inner, full);
    let items = items(view, window);
    let plan = tools::width(&items, words);
    let out = leave_width(view, words);
    let right = Rect::from_min_max(pos2(inner.right() - out, inner.top()), inner.max);
    // In the middle of the window where that leaves room, else beside the state.
    let state = if full { 226.0 } else { 88.0 };
    let left = (rect.center().x - plan / 2.0).max(inner.left() + state);
    let left = left.min(right.left() - 8.0 - plan).max(inner.left());
    let middle = Rect::from_min_size(pos2(left, inner.top()), vec2(plan, size::TOOL));
    bar(ui, view, &items, middle, words);
    way_out(ui, view, right, words);
}

/// The toolbar that lies over a full screen: no wider than its tools.
pub fn floating(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let words = ui.max_rect().width() >= WORDS_FROM;
    let line =
        Rect::from_min_size(rect.left_top() + vec2(16.0, 0.0), vec2(rect.width() - 32.0, 3.0));
    lamp_line(ui, view, line);
    lamp::spoken_state(ui, view, line);
    let inner = rect.shrink2(vec2(10.0, 8.0));
    let items = items(view, ui.max_rect().width());
    let plan = tools::width(&items, words);
    let middle = Rect::from_min_size(inner.min, vec2(plan, size::TOOL));
    bar(ui, view, &items, middle, words);
    let x = middle.right() + 12.0;
    ui.painter().vline(x, inner.top() + 12.0..=inner.bottom() - 12.0, (1.0, view.p.line));
    let back = Rect::from_min_max(pos2(x + 12.0, inner.top()), inner.max);
    let label = view.t.get("fullscreen-leave");
    let (icon, look) = (icons::ICON_FULLSCREEN_EXIT, ToolLook::Rest);
    let key = view.key(Action::Fullscreen);
    let tool = Tool { icon, label: &label, key: &key, look, width: WINDOW_TOOL, words };
    let pressed = region(ui, "window", back, Layout::left_to_right(Align::Center), |ui| {
        ui.add(tool).clicked()
    });
    if pressed {
        view.state.fullscreen = false;
    }
    let out = leave_width(view, words);
    let right = Rect::from_min_max(pos2(inner.right() - out, inner.top()), inner.max);
    way_out(ui, view, right, words);
}

/// How wide the toolbar over a full screen is, in a window of `window` points.
pub fn floating_width(view: &View<'_>, window: f32) -> f32 {
    let words = window >= WORDS_FROM;
    let back = if words { WINDOW_TOOL } else { size::TOOL };
    let tools = tools::width(&items(view, window), words);
    tools + 24.0 + back + 4.0 + leave_width(view, words) + 20.0
}

fn items(view: &View<'_>, window: f32) -> Vec<Item> {
    let call = view.state.call.as_ref();
    call.map_or(Vec::new(), |call| tools::items(call, window < ALL_FROM))
}

fn bar(ui: &mut Ui, view: &mut View<'_>, items: &[Item], rect: Rect, words: bool) {
    region(ui, "tools", rect, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = tools::GAP;
        for item in items {
            tools::show(ui, view, *item, items, words);
        }
    });
}

fn leave_width(view: &View<'_>, words: bool) -> f32 {
    let host = view.state.call.as_ref().is_some_and(Call::host);
    (if words { 96.0 } else { size::TOOL }) + if host { tools::ARROW } else { 0.0 }
}

fn way_out(ui: &mut Ui, view: &mut View<'_>, rect: Rect, words: bool) {
    let host = view.state.call.as_ref().is_some_and(Call::host);
    region(ui, "way_out", rect, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let label = view.t.get("leave");
        let (icon, look) = (icons::ICON_CALL_END, ToolLook::Leave);
        if ui.add(Tool { icon, label: &label, key: "", look, width: 96.0, words }).clicked() {
            call::leave(view);
        } else if host {
            menus::leave(ui, view);
        }
    });
}

/// Opens or closes a side panel; over the full screen there is none, so it leaves that.
pub fn toggle(view: &mut View<'_>, panel: Panel) {
    let left_fullscreen = std::mem::take(&mut view.state.fullscreen);
    if let Some(call) = &mut view.state.call
        && !(left_fullscreen && call.panel == Some(panel))
    {
        call.toggle(panel);
    }
}

/// Opens or closes the own microphone.
pub fn set_microphone(view: &mut View<'_>, on: bool) {
    let Some(call) = &mut view.state.call else { return };
    call.microphone = on;
    view.commands.push(Command::SetMicrophone(on));
}

/// Switches the own camera.
pub fn set_camera(view: &mut View<'_>, on: bool) {
    let Some(call) = &mut view.state.call else { return };
    call.camera = on;
    view.commands.push(Command::SetCamera(on));
}

/// Raises or lowers the own hand.
pub fn raise_hand(view: &mut View<'_>, up: bool) {
    let Some(call) = &mut view.state.call else { return };
    call.lowering = !up;
    view.commands.push(Command::RaiseHand(up));
}

/// Tiles to stage and back.
pub fn switch_view(view: &mut View<'_>) {
    if let Some(call) = &mut view.state.call {
        call.switch_view();
    }
}

/// Asks which screen to share, or stops sharing.
pub fn share(view: &mut View<'_>) {
    if view.state.screens.shared.is_some() {
        return stop_sharing(view);
    }
    view.state.screens.ask();
    view.commands.push(Command::ListScreens);
}

/// Shares the own screen no longer.
pub fn stop_sharing(view: &mut View<'_>) {
    view.state.screens.ended();
    view.commands.push(Command::StopSharing);
}

/// Sends everybody but the hosts to the waiting screen, or brings them back.
pub fn hold(view: &mut View<'_>, held: bool) {
    view.commands.push(Command::Hold(held));
}

/// Sound only: no picture leaves, and none is asked for.
pub fn set_audio_only(view: &mut View<'_>, on: bool) {
    let Some(call) = &mut view.state.call else { return };
    call.view.audio_only = on;
    if on && call.camera {
        set_camera(view, false);
    }
}
