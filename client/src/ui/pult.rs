//! The toolbar, and the lamp line along its top: the buttons name the action, the lamp tells the
//! truth.

use super::{View, background, call, pre_join, region, words};
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::state::{Call, Lamp, Layout as Arrangement, Panel};
use crate::theme::{font, size};
use crate::widgets::{Button, Choice, Kind, Tool, ToolLook, badge, focus_ring, spoken, spread};
use egui::accesskit::Role;
use egui::{
    Align, Layout, Popup, PopupCloseBehavior, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};
use protocol::RoomKind;

/// Below this width the words under the icons go.
const WORDS_FROM: f32 = 1080.0;
/// Below this width the state at the left shrinks to a dot and the time.
const STATE_FROM: f32 = 1240.0;
/// An arrow beside microphone, camera and leave.
const ARROW: f32 = 22.0;
/// The width of the background's tool, with words.
const BACKGROUND: f32 = 104.0;

/// The toolbar in `rect`; over a full screen it has no window to be as wide as.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect, floating: bool) {
    let window = ui.max_rect().width();
    let (words, full) = (
        window >= WORDS_FROM,
        if floating { rect.width() >= 1160.0 } else { window >= STATE_FROM },
    );
    if !floating {
        ui.painter().rect_filled(rect, 0.0, view.p.panel);
    }
    let line = if floating {
        Rect::from_min_size(rect.left_top() + vec2(16.0, 0.0), vec2(rect.width() - 32.0, 3.0))
    } else {
        Rect::from_min_size(rect.left_top() - vec2(0.0, 3.0), vec2(rect.width(), 3.0))
    };
    lamp_line(ui, view, line);
    let state_width = if full { 226.0 } else { 88.0 };
    let inner = rect.shrink2(vec2(12.0, 8.0));
    state_text(ui, view, inner, full);
    let host = view.state.call.as_ref().is_some_and(Call::host);
    let leave_width = if words { 96.0 } else { size::TOOL } + if host { ARROW } else { 0.0 };
    let right = Rect::from_min_max(pos2(inner.right() - leave_width, inner.top()), inner.max);
    let plan = plan(view, words);
    // In the middle of the window where that leaves room, else beside the state.
    let left = (rect.center().x - plan / 2.0).max(inner.left() + state_width);
    let left = left.min(right.left() - 8.0 - plan).max(inner.left());
    let middle = Rect::from_min_size(pos2(left, inner.top()), vec2(plan, size::TOOL));
    region(ui, "tools", middle, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        tools(ui, view, words);
    });
    region(ui, "way_out", right, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        leave_tools(ui, view, words, host);
    });
}

/// The width of the tools in the middle.
fn plan(view: &View<'_>, words: bool) -> f32 {
    let Some(call) = &view.state.call else { return 0.0 };
    let width = |words_width: f32| if words { words_width } else { size::TOOL };
    let mut total = width(92.0) + width(98.0) + width(80.0) + width(92.0) + 6.0;
    if call.may_publish() {
        total += width(110.0) + width(118.0) + width(BACKGROUND) + 2.0 * ARROW + 10.0;
    }
    total
}

fn tools(ui: &mut Ui, view: &mut View<'_>, words: bool) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let publish = call.may_publish();
    let (open, camera) = (call.microphone, call.camera);
    let raised = call.me().is_some_and(|me| me.hand_raised_at_ms.is_some());
    let (stage, panel) = (call.layout == Arrangement::Stage, call.panel);
    let (unread, hands) = (call.unread, call.hands().len());
    let tool = |ui: &mut Ui, icon, label: &str, key, look, width| {
        ui.add(Tool { icon, label, key, look, width, words })
    };
    let off = |on: bool| if on { ToolLook::Rest } else { ToolLook::Off };
    if publish {
        let (icon, key) =
            if open { (icons::ICON_MIC, "mute") } else { (icons::ICON_MIC_OFF, "unmute") };
        if tool(ui, icon, &t.get(key), "M", off(open), 110.0).clicked() {
            set_microphone(view, !open);
        }
        microphone_menu(ui, view);
        let (icon, key) = if camera {
            (icons::ICON_VIDEOCAM, "video-off")
        } else {
            (icons::ICON_VIDEOCAM_OFF, "video-on")
        };
        if tool(ui, icon, &t.get(key), "V", off(camera), 118.0).clicked() {
            set_camera(view, !camera);
        }
        camera_menu(ui, view);
        background_menu(ui, view, words);
    }
    let (key, look) =
        if raised { ("hand-lower", ToolLook::Hand) } else { ("hand-raise", ToolLook::Rest) };
    if tool(ui, icons::ICON_FRONT_HAND, &t.get(key), "H", look, 92.0).clicked() {
        raise_hand(view, !raised);
    }
    let (icon, key) = if stage {
        (icons::ICON_GRID_VIEW, "view-tiles")
    } else {
        (icons::ICON_VIEW_SIDEBAR, "view-stage")
    };
    if tool(ui, icon, &t.get(key), "W", ToolLook::Rest, 98.0).clicked() {
        switch_view(view);
    }
    let look = |which| if panel == Some(which) { ToolLook::Open } else { ToolLook::Rest };
    let chat = tool(ui, icons::ICON_CHAT_BUBBLE, &t.get("chat"), "C", look(Panel::Chat), 80.0);
    if unread > 0 {
        badge(ui.painter(), chat.rect, unread, view.p.accent, view.p.on_accent);
    }
    let people = tool(ui, icons::ICON_GROUP, &t.get("people"), "P", look(Panel::People), 92.0);
    if hands > 0 {
        badge(ui.painter(), people.rect, hands, view.p.hand, view.p.on_hand);
    }
    for (response, panel) in [(chat, Panel::Chat), (people, Panel::People)] {
        if response.clicked() {
            toggle(view, panel);
        }
    }
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
    let Some(call) = &mut view.state.call else { return };
    call.layout = match call.layout {
        Arrangement::Tiles => Arrangement::Stage,
        Arrangement::Stage => Arrangement::Tiles,
    };
    call.pinned = None;
}

fn microphone_menu(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let arrow = arrow(ui, view, &t.get("microphone-choose"));
    let devices = &mut view.state.devices;
    let (microphones, speakers) =
        (pre_join::microphones(t, devices), pre_join::speakers(t, devices));
    let groups = [(t.get("microphone"), microphones), (t.get("speaker"), speakers)];
    match device_menu(&arrow, view.p, &groups) {
        Some((0, index)) => {
            pre_join::choose_microphone(devices, index, view.commands, &mut view.state.settings)
        }
        Some((_, index)) => {
            pre_join::choose_speaker(devices, index, view.commands, &mut view.state.settings)
        }
        None => {}
    }
}

fn camera_menu(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let arrow = arrow(ui, view, &t.get("camera-choose"));
    let devices = &mut view.state.devices;
    let groups = [(t.get("camera"), pre_join::cameras(t, devices))];
    if let Some((_, index)) = device_menu(&arrow, view.p, &groups) {
        pre_join::choose_camera(devices, index, view.commands, &mut view.state.settings);
    }
}

fn background_menu(ui: &mut Ui, view: &mut View<'_>, words: bool) {
    let label = view.t.get("background");
    let icon = icons::ICON_BLUR_ON;
    let look = ToolLook::Rest;
    let tool = ui.add(Tool { icon, label: &label, key: "", look, width: BACKGROUND, words });
    let popup = Popup::menu(&tool).align(egui::RectAlign::TOP).gap(8.0);
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(320.0);
    popup.accessible_name(label.as_str()).show(|ui| {
        ui.set_width(320.0);
        egui::Frame::new().inner_margin(8).show(ui, |ui| {
            background::controls(ui, view);
            ui.add_space(4.0);
            let details = view.t.get("health-open");
            if ui
                .add(Button::new(&details).icon(icons::ICON_MONITORING).kind(Kind::Ghost))
                .clicked()
            {
                toggle(view, Panel::Health);
                ui.close();
            }
        });
    });
}

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

/// Device lists above an arrow; gives group and index of what was picked.
fn device_menu(
    arrow: &Response,
    p: &crate::theme::Palette,
    groups: &[(String, Vec<Choice>)],
) -> Option<(usize, usize)> {
    let mut picked = None;
    let align = egui::RectAlign::TOP_START;
    let popup = Popup::menu(arrow).align(align).close_behavior(PopupCloseBehavior::CloseOnClick);
    popup.width(280.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (group, (title, choices)) in groups.iter().enumerate() {
            crate::widgets::label(ui, title, font::semibold(12.0), p.text3);
            for (index, choice) in choices.iter().enumerate() {
                if crate::widgets::menu_item(ui, None, &choice.name, choice.chosen, 280.0).clicked()
                {
                    picked = Some((group, index));
                }
            }
        }
    });
    picked
}

fn leave_tools(ui: &mut Ui, view: &mut View<'_>, words: bool, host: bool) {
    let t = view.t;
    let label = t.get("leave");
    let icon: MaterialIcon = icons::ICON_CALL_END;
    let tool = Tool { icon, label: &label, key: "", look: ToolLook::Leave, width: 96.0, words };
    if ui.add(tool).clicked() {
        call::leave(view);
        return;
    }
    if !host {
        return;
    }
    let arrow = arrow(ui, view, &t.get("leave-more"));
    let popup = Popup::menu(&arrow).align(egui::RectAlign::TOP_END);
    popup.width(220.0).show(|ui| {
        let item = crate::widgets::menu_item(
            ui,
            Some(icons::ICON_CALL_END),
            &t.get("end-for-all"),
            false,
            220.0,
        );
        if item.clicked()
            && let Some(call) = &mut view.state.call
        {
            call.confirm_end = true;
        }
    });
}

/// Light, dashes or grey, 3 points high.
pub fn lamp_line(ui: &Ui, view: &View<'_>, line: Rect) {
    let Some(call) = &view.state.call else { return };
    let p = view.p;
    let color = match call.lamp() {
        Lamp::OnAir => p.lamp,
        Lamp::Off => p.control,
        Lamp::Held => {
            let ends = [line.left_center(), line.right_center()];
            let stroke = Stroke::new(line.height(), p.lamp);
            ui.painter().extend(Shape::dashed_line(&ends, stroke, 16.0, 16.0));
            return;
        }
    };
    ui.painter().rect_filled(line, 0.0, color);
}

/// What the lamp means, in words; time and number of people below.
fn state_text(ui: &Ui, view: &View<'_>, inner: Rect, full: bool) {
    let Some(call) = &view.state.call else { return };
    let (p, t) = (view.p, view.t);
    let painter = ui.painter();
    let lamp = call.lamp();
    let lift = if full { 10.0 } else { 0.0 };
    let first = pos2(inner.left() + 12.0, inner.center().y - lift);
    match lamp {
        Lamp::OnAir => painter.circle_filled(first, 4.0, p.accent),
        Lamp::Held => painter.circle_stroke(first, 3.0, Stroke::new(2.0, p.accent)),
        Lamp::Off => painter.circle_stroke(first, 3.0, Stroke::new(2.0, p.text3)),
    };
    let time = call
        .live_since_ms
        .map_or(String::new(), |since| words::timer((view.state.now.unix_ms - since) / 1000));
    let at = first + vec2(12.0, 0.0);
    let words = lamp_words(view, call, lamp);
    let area =
        Rect::from_min_size(inner.min, vec2(if full { 200.0 } else { 80.0 }, inner.height()));
    spoken(ui, area, "lamp", Role::Status, &words);
    if !full {
        spread(painter, at, &[(&time, font::mono(12.0), p.text2)]);
        return;
    }
    spread(painter, at, &[(&words, font::semibold(13.0), p.text)]);
    let people = t.count("people-count", call.participants.len());
    let second = pos2(inner.left() + 8.0, inner.center().y + 10.0);
    let (small, dot) = (font::regular(12.0), "·");
    spread(
        painter,
        second,
        &[
            (&time, font::mono(12.0), p.text3),
            (dot, small.clone(), p.text3),
            (&people, small, p.text3),
        ],
    );
}

/// The lamp in words. Sound and picture are told apart, because either may leave without the other.
fn lamp_words(view: &View<'_>, call: &Call, lamp: Lamp) -> String {
    let t = view.t;
    let others = call.participants.len().saturating_sub(1);
    match lamp {
        Lamp::Held => t.get("held"),
        Lamp::OnAir if call.room.kind == RoomKind::Webinar && call.sending_picture => {
            t.count("lamp-heard-and-seen", others)
        }
        Lamp::OnAir if call.room.kind == RoomKind::Webinar => t.count("lamp-heard-by", others),
        Lamp::OnAir => t.get("lamp-heard"),
        Lamp::Off if call.sending_picture && others > 0 => t.get("lamp-only-seen"),
        Lamp::Off => t.get("lamp-off"),
    }
}
