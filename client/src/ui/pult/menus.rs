//! What opens above the toolbar: devices, background, everything else, the ways out.

use super::tools::{self, ARROW, Item};
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::keys::Action;
use crate::state::{Layout as Arrangement, Panel};
use crate::theme::{Palette, font, size};
use crate::ui::{View, background, call, pre_join};
use crate::widgets::{Choice, elided, focus_ring, menu_item, menu_item_keyed, menu_line};
use egui::accesskit::Role;
use egui::{Popup, PopupCloseBehavior, RectAlign, Response, Sense, Ui, WidgetInfo, vec2};
use protocol::{ConferenceState, RoomKind};

/// The width of a menu of devices, and of all others.
const DEVICES: f32 = 300.0;
const MENU: f32 = 300.0;

/// The narrow button beside a tool.
fn arrow(ui: &mut Ui, view: &View<'_>, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ARROW, size::TOOL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if response.hovered() {
        ui.painter().rect_filled(rect, 8.0, view.p.hover);
    }
    let icon = icons::ICON_KEYBOARD_ARROW_UP.outlined();
    icons::paint(ui.painter(), icon, rect.center(), 18.0, view.p.text3);
    if response.has_focus() {
        focus_ring(ui.painter(), rect, 8.0, view.p);
    }
    response.on_hover_text(label)
}

fn popup(opener: &Response, align: RectAlign, width: f32) -> Popup<'_> {
    let popup = Popup::menu(opener).align(align).gap(8.0).width(width);
    popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside)
}

/// Devices under a title; gives the index of what was picked. A press closes the menu.
fn devices(ui: &mut Ui, p: &Palette, title: &str, choices: &[Choice]) -> Option<usize> {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    elided(ui.painter(), rect.shrink2(vec2(10.0, 0.0)), title, font::semibold(13.0), p.text2);
    let width = ui.available_width();
    let picked = choices
        .iter()
        .position(|choice| menu_item(ui, None, &choice.name, choice.chosen, width).clicked());
    if picked.is_some() {
        ui.close();
    }
    picked
}

/// Who opens a list may have plugged something in that is not on it yet.
fn look_again(ui: &Ui, view: &mut View<'_>, opener: &Response) {
    if opener.clicked() && !Popup::is_any_open(ui.ctx()) {
        view.commands.push(Command::ListDevices);
    }
}

/// Microphones and loudspeakers.
pub fn microphone(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let words = t.get("microphone-choose");
    let arrow = arrow(ui, view, &words);
    look_again(ui, view, &arrow);
    popup(&arrow, RectAlign::TOP_START, DEVICES).accessible_name(words).show(|ui| {
        ui.set_width(DEVICES);
        ui.spacing_mut().item_spacing.y = 2.0;
        let choices = pre_join::microphones(t, &view.state.devices);
        if let Some(index) = devices(ui, p, &t.get("microphone"), &choices) {
            pre_join::choose_microphone(view, index);
        }
        menu_line(ui);
        let choices = pre_join::speakers(t, &view.state.devices);
        if let Some(index) = devices(ui, p, &t.get("speaker"), &choices) {
            pre_join::choose_speaker(view, index);
        }
    });
}

/// Cameras, and what stands behind the person.
pub fn camera(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let words = t.get("camera-choose");
    let arrow = arrow(ui, view, &words);
    look_again(ui, view, &arrow);
    popup(&arrow, RectAlign::TOP, DEVICES + 20.0).accessible_name(words).show(|ui| {
        ui.set_width(DEVICES + 20.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let choices = pre_join::cameras(t, &view.state.devices);
        if let Some(index) = devices(ui, p, &t.get("camera"), &choices) {
            pre_join::choose_camera(view, index);
        }
        menu_line(ui);
        egui::Frame::new().inner_margin(8).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            background::controls(ui, view);
        });
        if line(ui, icons::ICON_MONITORING, &t.get("health-open"), false) {
            super::toggle(view, Panel::Health);
        }
    });
}

/// A line of a menu; a press closes it.
fn line(ui: &mut Ui, icon: MaterialIcon, words: &str, chosen: bool) -> bool {
    let width = ui.available_width();
    closing(ui, |ui| menu_item(ui, Some(icon), words, chosen, width))
}

/// The same with the key that does the same.
fn keyed(ui: &mut Ui, icon: MaterialIcon, words: &str, key: &str, chosen: bool) -> bool {
    let width = ui.available_width();
    closing(ui, |ui| menu_item_keyed(ui, Some(icon), words, key, chosen, width))
}

fn closing(ui: &mut Ui, item: impl FnOnce(&mut Ui) -> Response) -> bool {
    let pressed = item(ui).clicked();
    if pressed {
        ui.close();
    }
    pressed
}

/// Everything else. Tools that `shown` lacks for want of room come first.
pub fn more(view: &mut View<'_>, opener: &Response, shown: &[Item]) {
    popup(opener, RectAlign::TOP, MENU).accessible_name(view.t.get("call-more")).show(|ui| {
        ui.set_width(MENU);
        ui.spacing_mut().item_spacing.y = 2.0;
        moved_here(ui, view, shown);
        pictures(ui, view);
        menu_line(ui);
        conference(ui, view);
        menu_line(ui);
        program(ui, view);
    });
}

fn moved_here(ui: &mut Ui, view: &mut View<'_>, shown: &[Item]) {
    let Some(call) = &view.state.call else { return };
    let mut any = false;
    for item in tools::items(call, false) {
        if !shown.contains(&item)
            && let Some((icon, words, action)) = tools::line(view, item)
        {
            any = true;
            let key = action.map_or(String::new(), |action| view.key(action));
            if keyed(ui, icon, &words, &key, false) {
                tools::press(view, item);
            }
        }
    }
    if any {
        menu_line(ui);
    }
}

/// What one sees.
fn pictures(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let (beside, shared) = (call.layout == Arrangement::SideBySide, call.share().is_some());
    let (hidden, publish) = (call.view.self_hidden, call.may_publish());
    let audio = call.view.audio_only;
    if shared && line(ui, icons::ICON_VERTICAL_SPLIT, &t.get("view-side-by-side"), beside) {
        let layout = if beside { Arrangement::Stage } else { Arrangement::SideBySide };
        with_call(view, |call| call.set_layout(layout));
    }
    let (full, key) = (view.state.fullscreen, view.key(Action::Fullscreen));
    if keyed(ui, icons::ICON_FULLSCREEN, &t.get("fullscreen-enter"), &key, full) {
        view.state.fullscreen = !full;
    }
    call::second_window_items(ui, view);
    if publish {
        let (icon, key) = if hidden {
            (icons::ICON_VISIBILITY, "self-show")
        } else {
            (icons::ICON_VISIBILITY_OFF, "self-hide")
        };
        if line(ui, icon, &t.get(key), false) {
            with_call(view, |call| call.view.self_hidden = !hidden);
        }
    }
    if line(ui, icons::ICON_HEADPHONES, &t.get("call-audio-only"), audio) {
        super::set_audio_only(view, !audio);
    }
}

/// What concerns the conference.
fn conference(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    // A webinar's host has it on the toolbar.
    let offered = call.host() && call.room.kind == RoomKind::GroupCall;
    let held = call.state == ConferenceState::OnHold;
    if offered {
        let (icon, key) = if held {
            (icons::ICON_PLAY_ARROW, "call-resume")
        } else {
            (icons::ICON_PAUSE, "call-hold")
        };
        if line(ui, icon, &t.get(key), false) {
            super::hold(view, !held);
        }
    }
    if line(ui, icons::ICON_RESTART_ALT, &t.get("call-restart"), false) {
        view.commands.push(Command::RestartCall);
    }
}

/// What concerns the program.
fn program(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    if line(ui, icons::ICON_MONITORING, &t.get("health"), false) {
        super::toggle(view, Panel::Health);
    }
    let key = view.key(Action::Help);
    if keyed(ui, icons::ICON_KEYBOARD, &t.get("keys-title"), &key, false) {
        view.state.help = true;
    }
    if line(ui, icons::ICON_SETTINGS, &t.get("call-settings"), false) {
        with_call(view, |call| call.view.settings = true);
    }
}

fn with_call(view: &mut View<'_>, change: impl FnOnce(&mut crate::state::Call)) {
    if let Some(call) = &mut view.state.call {
        change(call);
    }
}

/// The other way out, for hosts: it asks first.
pub fn leave(ui: &mut Ui, view: &mut View<'_>) {
    let words = view.t.get("leave-more");
    let arrow = arrow(ui, view, &words);
    let end = view.t.get("end-for-all");
    popup(&arrow, RectAlign::TOP_END, 220.0).accessible_name(words).show(|ui| {
        ui.set_width(220.0);
        if line(ui, icons::ICON_CALL_END, &end, false) {
            with_call(view, |call| call.confirm_end = true);
        }
    });
}
