//! Keys: one letter each, as in other conference programs. None fires while somebody types.

mod help;

pub use help::name;

use super::{View, pult};
use crate::keys::{Action, any_press};
use crate::state::{Panel, Phase, Screen};
use egui::{Context, Key, Modifiers};

/// Takes the frame's keys. Escape leaves the full screen and never the conference.
pub fn handle(ctx: &Context, view: &mut View<'_>) {
    let moved = ctx.input(|i| !i.events.is_empty());
    if moved {
        view.state.last_input = view.state.now.seconds;
    }
    choose(ctx, view);
    talk(ctx, view);
    if view.state.help {
        return help::show(ctx, view);
    }
    if ctx.text_edit_focused() || behind_dialog(ctx) || view.state.choosing_key.is_some() {
        return;
    }
    if view.state.fullscreen
        && !egui::Popup::is_any_open(ctx)
        && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape))
    {
        view.state.fullscreen = false;
    }
    let keys = &view.state.settings.keys;
    for action in ctx.input_mut(|input| keys.take(input)) {
        perform(view, action);
    }
    tiles(ctx, view);
}

/// Whether a dialog stands in front of the page: keys are its own then, Escape among them.
pub fn behind_dialog(ctx: &Context) -> bool {
    ctx.memory(|memory| memory.top_modal_layer().is_some())
}

/// The keys 1 to 9 bring a tile to the stage, in the order on show; 0 brings oneself.
fn tiles(ctx: &Context, view: &mut View<'_>) {
    const DIGITS: [Key; 9] = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    let Some(call) = view.state.call.as_mut().filter(|call| call.phase == Phase::In) else {
        return;
    };
    let taken = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let wanted = if taken(Key::Num0) {
        call.tiles.order().iter().find(|subject| subject.0 == call.you)
    } else {
        DIGITS.iter().position(|key| taken(*key)).and_then(|place| call.tiles.order().get(place))
    };
    if let Some(subject) = wanted.copied() {
        call.choose(subject);
    }
}

/// The next key belongs to the action that waits for one; Escape and leaving the page give up.
fn choose(ctx: &Context, view: &mut View<'_>) {
    if view.state.choosing_key.is_none() {
        return;
    }
    if !view.state.shows_keys() || ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
        view.state.choosing_key = None;
    } else if let Some(shortcut) = ctx.input_mut(any_press) {
        view.state.choose_key(shortcut);
    }
}

/// Push to talk. The key is somebody else's while a control or a field has the keyboard, and up when
/// the window is not in front: the desktop tells it then.
fn talk(ctx: &Context, view: &mut View<'_>) {
    let free = ctx.memory(|memory| memory.focused().is_none()) && ctx.input(|input| input.focused);
    let keys = &view.state.settings.keys;
    let down = free && ctx.input(|input| keys.held(input, Action::PushToTalk));
    view.state.push_to_talk(down);
    if let Some(due) = view.state.talk.due_s() {
        let wait = (due - view.state.now.seconds).max(0.0);
        ctx.request_repaint_after(std::time::Duration::from_secs_f64(wait));
    }
}

fn perform(view: &mut View<'_>, action: Action) {
    if action == Action::Help {
        view.state.help = true;
    }
    if view.state.screen != Screen::Call {
        return;
    }
    let Some(call) = &view.state.call else { return };
    let inside = call.phase == Phase::In;
    // Who waits may set microphone and camera too, but has no conference around it yet.
    let sends = !inside || call.may_publish();
    let (microphone, camera) = (call.microphone, call.camera);
    let raised = call.me().is_some_and(|me| me.hand_raised_at_ms.is_some());
    match action {
        Action::Microphone if sends => pult::set_microphone(view, !microphone),
        Action::Camera if sends => pult::set_camera(view, !camera),
        Action::Hand if inside => pult::raise_hand(view, !raised),
        Action::Share if inside && sends => pult::share(view),
        Action::Chat if inside => pult::toggle(view, Panel::Chat),
        Action::People if inside => pult::toggle(view, Panel::People),
        Action::View if inside => pult::switch_view(view),
        Action::Fullscreen => view.state.fullscreen = !view.state.fullscreen,
        _ => {}
    }
}
