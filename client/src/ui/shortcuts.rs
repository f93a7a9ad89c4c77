//! Keys: one letter each, as in other conference programs. None fires while somebody types.

use super::{View, pult};
use crate::state::{Panel, Phase, Screen};
use egui::{Context, Key, Modifiers};

/// What a key means.
#[derive(Clone, Copy)]
enum Act {
    Microphone,
    Camera,
    Hand,
    Chat,
    People,
    View,
    Fullscreen,
}

const KEYS: [(Key, Act); 9] = [
    (Key::M, Act::Microphone),
    (Key::V, Act::Camera),
    (Key::R, Act::Hand),
    (Key::H, Act::Hand),
    (Key::C, Act::Chat),
    (Key::P, Act::People),
    (Key::W, Act::View),
    (Key::S, Act::Fullscreen),
    (Key::F11, Act::Fullscreen),
];

/// Takes the frame's keys. Escape leaves the full screen and never the conference.
pub fn handle(ctx: &Context, view: &mut View<'_>) {
    let moved = ctx.input(|i| !i.events.is_empty());
    if moved {
        view.state.last_input = view.state.now.seconds;
    }
    let asking = view.state.call.as_ref().is_some_and(|call| call.confirm_end);
    if view.state.screen != Screen::Call || ctx.text_edit_focused() || asking {
        return;
    }
    if view.state.fullscreen
        && !egui::Popup::is_any_open(ctx)
        && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape))
    {
        view.state.fullscreen = false;
    }
    for (key, act) in KEYS {
        if ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
            perform(view, act);
        }
    }
}

fn perform(view: &mut View<'_>, act: Act) {
    let Some(call) = &view.state.call else { return };
    let inside = call.phase == Phase::In;
    // Who waits may set microphone and camera too, but has no conference around it yet.
    let sends = !inside || call.may_publish();
    let (microphone, camera) = (call.microphone, call.camera);
    let raised = call.me().is_some_and(|me| me.hand_raised_at_ms.is_some());
    match act {
        Act::Microphone if sends => pult::set_microphone(view, !microphone),
        Act::Camera if sends => pult::set_camera(view, !camera),
        Act::Hand if inside => pult::raise_hand(view, !raised),
        Act::Chat if inside => pult::toggle(view, Panel::Chat),
        Act::People if inside => pult::toggle(view, Panel::People),
        Act::View if inside => pult::switch_view(view),
        Act::Fullscreen => view.state.fullscreen = !view.state.fullscreen,
        _ => {}
    }
}
