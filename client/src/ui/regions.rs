//! The keyboard's way through the window by its regions: from one to the next, and in each back to
//! where it was.

use super::View;
use crate::app::AT_ONCE;
use crate::keys::Action;
use egui::{Context, Id, LayerId, Popup, Rect, Ui};

/// A part of the window that people see as one.
#[derive(Debug)]
pub(super) struct Region {
    name: &'static str,
    layer: LayerId,
    rect: Rect,
}

/// Says that `rect` is a region in this frame. The order of these calls is the keyboard's way; where
/// regions overlap, the smaller one has what lies in both.
pub(super) fn mark(ui: &Ui, view: &mut View<'_>, name: &'static str, rect: Rect) {
    view.regions.push(Region { name, layer: ui.layer_id(), rect });
}

/// Takes the frame's key presses that lead to another region. Dialogs and menus keep the keyboard.
pub(super) fn take(ctx: &Context, view: &View<'_>) -> Option<Action> {
    let held = ctx.memory(|memory| memory.top_modal_layer().is_some());
    if held || view.state.choosing_key.is_some() || Popup::is_any_open(ctx) {
        return None;
    }
    let typing = ctx.text_edit_focused();
    let keys = &view.state.settings.keys;
    ctx.input_mut(|input| keys.take_regions(input, typing)).pop()
}

/// Gives the keyboard to the next region, or to the one before, after all of the page was drawn.
pub(super) fn follow(ctx: &Context, view: &View<'_>, way: Action) {
    let controls = controls(ctx, &view.regions);
    let reachable: Vec<usize> =
        (0..controls.len()).filter(|at| !controls[*at].is_empty()).collect();
    let focused = ctx.memory(|memory| memory.focused());
    let here = focused.and_then(|id| {
        let at = reachable.iter().position(|at| controls[*at].contains(&id))?;
        Some((at, id))
    });
    if let Some((at, id)) = here {
        let place = place(&view.regions[reachable[at]]);
        ctx.data_mut(|data| data.insert_temp(place, id));
    }
    let Some(last) = reachable.len().checked_sub(1) else { return };
    let next = match (way, here) {
        (Action::PreviousRegion, Some((at, _))) => at.checked_sub(1).unwrap_or(last),
        (Action::PreviousRegion, None) => last,
        (_, Some((at, _))) if at < last => at + 1,
        _ => 0,
    };
    let (region, controls) = (&view.regions[reachable[next]], &controls[reachable[next]]);
    let before = ctx.data(|data| data.get_temp::<Id>(place(region)));
    let wanted = before.filter(|id| controls.contains(id)).unwrap_or(controls[0]);
    ctx.memory_mut(|memory| memory.request_focus(wanted));
    ctx.request_repaint_after(AT_ONCE);
}

/// Where it is remembered which control of a region had the keyboard last.
fn place(region: &Region) -> Id {
    Id::unique(("region", region.name))
}

/// What can have the keyboard and is in sight, by region.
fn controls(ctx: &Context, regions: &[Region]) -> Vec<Vec<Id>> {
    let mut found = vec![Vec::new(); regions.len()];
    ctx.viewport(|viewport| {
        for (layer, widgets) in viewport.this_pass.widgets.layers() {
            let reachable = widgets.iter().filter(|widget| {
                widget.enabled && widget.sense.is_focusable() && widget.interact_rect.is_positive()
            });
            for widget in reachable {
                let middle = widget.interact_rect.center();
                let around = regions
                    .iter()
                    .enumerate()
                    .filter(|(_, region)| region.layer == *layer && region.rect.contains(middle));
                let smallest =
                    around.min_by(|(_, a), (_, b)| a.rect.area().total_cmp(&b.rect.area()));
                if let Some((at, _)) = smallest {
                    found[at].push(widget.id);
                }
            }
        }
    });
    found
}
