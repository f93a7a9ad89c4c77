//! The conference: top bar, pictures, side panel, toolbar; windowed or over the whole screen.

mod bars;
mod fullscreen;
mod top_bar;

pub use top_bar::second_window_items;

use super::{
    View, chat, health, info, people, pult, regions, second_window, settings, stage, toasts,
    waiting,
};
use crate::command::Command;
use crate::state::{Panel, Phase};
use crate::theme::size;
use crate::video_texture::{Fit, Look};
use crate::widgets::{Confirm, Dialog, confirm};
use egui::{Rect, Ui, pos2, vec2};

/// The conference, in any phase.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, view.p.stage);
    let Some(call) = &view.state.call else { return view.state.go_home() };
    match call.phase {
        Phase::In if view.state.fullscreen => fullscreen::show(ui, view, rect),
        Phase::In => windowed(ui, view, rect),
        Phase::Joining | Phase::Waiting { .. } => waiting::show(ui, view, rect),
    }
    second_window::show(ui, view);
    pult::picker::show(ui, view);
    settings_dialog(ui, view);
    confirm_end(ui, view);
    people::question(ui, view);
    info::code(ui, view);
}

fn windowed(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let top = Rect::from_min_size(rect.min, vec2(rect.width(), size::TOP_BAR));
    let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - size::PULT), rect.max);
    regions::mark(ui, view, "top_bar", top);
    top_bar::show(ui, view, top);
    let mut middle = Rect::from_min_max(
        pos2(rect.left() + 16.0, top.bottom() + 2.0),
        pos2(rect.right() - 12.0, bar.top() - 15.0),
    );
    middle = bars::health(ui, view, middle, rect.width());
    let panel = view.state.call.as_ref().and_then(|call| call.panel);
    let panel_rect = panel.map(|panel| {
        let width = if panel == Panel::Chat { size::CHAT } else { size::PEOPLE };
        let width = width.min(middle.width() - 160.0).max(240.0);
        let side = Rect::from_min_max(pos2(middle.right() - width, middle.top()), middle.max);
        middle.max.x = side.left() - 16.0;
        side
    });
    regions::mark(ui, view, "pictures", middle);
    middle = bars::sharing(ui, view, middle);
    stage::show(ui, view, middle, rect.width());
    waiting::held(ui, view, middle);
    if let (Some(panel), Some(side)) = (panel, panel_rect) {
        regions::mark(ui, view, "panel", side);
        ui.painter().rect_filled(side, 14.0, view.p.panel);
        match panel {
            Panel::Chat => chat::show(ui, view, side),
            Panel::People => people::show(ui, view, side),
            Panel::Info => info::show(ui, view, side),
            Panel::Health => health::show(ui, view, side),
        }
    }
    regions::mark(ui, view, "tools", bar);
    pult::show(ui, view, bar);
    toasts::show(ui, view, middle);
}

/// Leaves the conference: at once for the user, politely for the hub.
pub fn leave(view: &mut View<'_>) {
    if let Some(call) = &mut view.state.call {
        call.leaving = true;
    }
    view.commands.push(Command::Leave);
    view.state.end(crate::state::Why::Over(protocol::EndReason::Left));
}

/// The question before ending for all. The safe button has the focus.
fn confirm_end(ui: &Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &mut view.state.call else { return };
    if !call.confirm_end {
        return;
    }
    let others = call.participants.len().saturating_sub(1);
    let question = Confirm {
        id: "end",
        title: &t.get("end-title"),
        text: &t.count("end-text", others),
        yes: &t.get("end-go"),
        no: &t.get("end-stay"),
        danger: true,
    };
    if let Some(yes) = confirm(ui.ctx(), &question) {
        call.confirm_end = false;
        if yes {
            view.commands.push(Command::EndForAll);
        }
    }
}

/// The settings over the conference, which goes on behind them.
fn settings_dialog(ui: &Ui, view: &mut View<'_>) {
    let open = view.state.call.as_ref().is_some_and(|call| call.view.settings);
    if !open {
        return;
    }
    let title = view.t.get("call-settings");
    let dialog = Dialog::new("settings", &title).size(vec2(920.0, 680.0)).bleeding();
    let outcome = dialog.show(ui.ctx(), |ui| settings::show(ui, view));
    if outcome.closed
        && let Some(call) = &mut view.state.call
    {
        call.view.settings = false;
    }
}

/// How a person's picture looks.
pub fn person(mirrored: bool, radius: f32) -> Look {
    Look { fit: Fit::Fill, mirrored, radius }
}
