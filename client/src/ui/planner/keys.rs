//! The page's keys. None fires while somebody types, in a menu or behind a dialog.

use super::{View, plan, select, show_details, start};
use crate::state::Line;
use crate::ui::shortcuts::behind_dialog;
use egui::{Context, FocusDirection, Key, Modifiers, Popup};
use protocol::RoomKind;

/// What the page itself has to do about keys of this frame.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// The search field takes the keyboard.
    pub search: bool,
    /// The selected row takes the keyboard.
    pub row: bool,
}

/// Takes the frame's keys.
pub fn take(ctx: &Context, view: &mut View<'_>) -> Taken {
    let behind = behind_dialog(ctx) || Popup::is_any_open(ctx);
    if behind || view.state.planner.needs_profile() {
        return Taken::default();
    }
    let pressed = |modifiers, key| ctx.input_mut(|i| i.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND, Key::N) {
        plan(view, RoomKind::Webinar);
    } else if pressed(Modifiers::COMMAND, Key::G) {
        plan(view, RoomKind::GroupCall);
    }
    let mut taken = Taken::default();
    if view.state.planner.shown.is_some() {
        if !ctx.text_edit_focused() && pressed(Modifiers::NONE, Key::Escape) {
            view.state.planner.back();
        }
        return taken;
    }
    taken.search = pressed(Modifiers::COMMAND, Key::F);
    if ctx.text_edit_focused() {
        return taken;
    }
    let selected = view.state.planner.selected;
    if ctx.memory(|memory| memory.focused().is_none()) {
        let down = pressed(Modifiers::NONE, Key::ArrowDown);
        if down || pressed(Modifiers::NONE, Key::ArrowUp) {
            step(view, down);
            // The arrow is used up: it moves the keyboard no further by itself.
            ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            taken.row = true;
        }
    }
    let Some(id) = selected else { return taken };
    // A button that has the keyboard keeps its Enter; rows hand theirs to the list.
    if ctx.memory(|memory| memory.focused().is_none()) && pressed(Modifiers::NONE, Key::Enter) {
        show_details(view, id);
    } else if pressed(Modifiers::COMMAND, Key::Enter) {
        start(view, id);
    } else if pressed(Modifiers::NONE, Key::Delete) {
        view.state.planner.ask_delete(id);
    }
    taken
}

/// Selects the next entry or the one before; the first where none is selected.
fn step(view: &mut View<'_>, down: bool) {
    let planner = &view.state.planner;
    let order: Vec<i64> = planner.lines().iter().filter_map(Line::id).collect();
    let at = planner.selected.and_then(|id| order.iter().position(|other| *other == id));
    let next = match (at, down) {
        (None, _) => 0,
        (Some(at), true) => at + 1,
        (Some(at), false) => at.saturating_sub(1),
    };
    if let Some(id) = order.get(next) {
        select(view, *id);
    }
}
