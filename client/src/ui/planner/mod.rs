//! The planner: list, details, invitations.

mod details;
mod dialogs;
mod empty;
mod filters;
mod invite;
mod keys;
mod list;
mod occurrences;
mod range;
mod row;
mod words;

use super::View;
use crate::command::{Command, PlannerCommand};
use crate::icons::MaterialIcon;
use crate::widgets::{icon_button, tip};
use egui::accesskit::Role;
use egui::{Response, Ui, WidgetInfo};
use protocol::{AccountRole, EntrySummary, RoomKind};
use std::time::Duration;

/// Between the page's content and its edges.
const MARGIN: f32 = 28.0;

/// The page, beside the navigation.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    keep_up(ui, view);
    let keys = keys::take(ui.ctx(), view);
    match view.state.planner.shown {
        Some(id) => details::show(ui, view, id),
        None => list::show(ui, view, keys),
    }
    dialogs::show(ui.ctx(), view);
}

/// Asks for what the page needs, hands over what was copied, and comes back when time alone changes
/// what is on show.
fn keep_up(ui: &Ui, view: &mut View<'_>) {
    let (now, has_profile) = (view.state.now, view.state.people.has_profile());
    if let Some(command) = view.state.planner.wanted(now, has_profile) {
        push(view, command);
    }
    if let Some(text) = view.state.planner.take_clipboard() {
        ui.ctx().copy_text(text);
    }
    if let Some(wait_ms) = view.state.planner.wait_ms(now) {
        // "In 8 minutes" is told by the minute.
        let to_the_minute = 60_000 - now.unix_ms.rem_euclid(60_000);
        let wait_ms = wait_ms.min(to_the_minute).max(250);
        ui.ctx().request_repaint_after(Duration::from_millis(wait_ms.unsigned_abs()));
    }
}

fn push(view: &mut View<'_>, command: PlannerCommand) {
    view.commands.push(Command::Planner(command));
}

/// Opens the dialog for a new entry.
fn plan(view: &mut View<'_>, kind: RoomKind) {
    view.state.plan_entry(kind);
}

fn select(view: &mut View<'_>, id: i64) {
    if let Some(command) = view.state.planner.select(id) {
        push(view, command);
    }
}

fn show_details(view: &mut View<'_>, id: i64) {
    for command in view.state.planner.show(id) {
        push(view, command);
    }
}

fn start(view: &mut View<'_>, id: i64) {
    if let Some(command) = view.state.planner.start(id) {
        push(view, command);
    }
}

fn edit(view: &mut View<'_>, id: i64) {
    if let Some(command) = view.state.edit_entry(id) {
        push(view, command);
    }
}

/// The entry is the user's own.
fn own(view: &View<'_>, entry: &EntrySummary) -> bool {
    view.state.people.me.as_ref().is_some_and(|me| me.id == entry.organiser_id)
}

fn administrates(view: &View<'_>) -> bool {
    view.state.people.me.as_ref().is_some_and(|me| me.role == AccountRole::Administrator)
}

/// A square button named `name`; where it is off, its tooltip says why.
fn act_button(
    ui: &mut Ui,
    icon: MaterialIcon,
    name: &str,
    off: Option<&str>,
    side: f32,
) -> Response {
    let enabled = off.is_none();
    let response = ui.add_enabled_ui(enabled, |ui| icon_button(ui, icon, name, side)).inner;
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    match off {
        Some(why) => {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why));
            tip(response, why, None)
        }
        None => response,
    }
}
