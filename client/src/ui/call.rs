//! The conference: top bar, pictures, side panel, toolbar; windowed or over the whole screen.

use super::{View, chat, health, people, pult, region, stage, tile, toasts, waiting, words};
use crate::command::Command;
use crate::icons;
use crate::state::{Call, Layout as Arrangement, Panel, Phase};
use crate::theme::{font, plate as over_video, size};
use crate::video_texture::Look;
use crate::widgets::{Button, Kind, icon_button, label, plate, spoken, spread};
use egui::accesskit::Role;
use egui::{Align, Align2, Id, Key, Layout, Modal, Rect, Sense, Ui, pos2, vec2};
use protocol::{ConferenceState, RoomKind};

/// The toolbar of a full screen hides after so many seconds without input, and fades as long.
const HIDE_S: f64 = 2.5;
const FADE_S: f64 = 0.16;

/// The conference, in any phase.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, view.p.stage);
    let Some(call) = &view.state.call else { return view.state.go_home() };
    match call.phase {
        Phase::In if view.state.fullscreen => fullscreen(ui, view, rect),
        Phase::In => windowed(ui, view, rect),
        Phase::Joining | Phase::Waiting { .. } => waiting::show(ui, view, rect),
    }
    confirm_end(ui, view);
}

fn windowed(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let top = Rect::from_min_size(rect.min, vec2(rect.width(), size::TOP_BAR));
    let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - size::PULT), rect.max);
    top_bar(ui, view, top);
    let mut middle = Rect::from_min_max(
        pos2(rect.left() + 16.0, top.bottom() + 2.0),
        pos2(rect.right() - 12.0, bar.top() - 15.0),
    );
    let panel = view.state.call.as_ref().and_then(|call| call.panel);
    let panel_rect = panel.map(|panel| {
        let width = if panel == Panel::Chat { size::CHAT } else { size::PEOPLE };
        let width = width.min(middle.width() - 160.0).max(240.0);
        let side = Rect::from_min_max(pos2(middle.right() - width, middle.top()), middle.max);
        middle.max.x = side.left() - 16.0;
        side
    });
    pictures(ui, view, middle, rect.width());
    if let (Some(panel), Some(side)) = (panel, panel_rect) {
        ui.painter().rect_filled(side, 14.0, view.p.panel);
        match panel {
            Panel::Chat => chat::show(ui, view, side),
            Panel::People => people::show(ui, view, side),
            Panel::Health => health::show(ui, view, side),
        }
    }
    pult::show(ui, view, bar, false);
    toasts::show(ui, view, middle);
}

/// Tiles or stage, as chosen.
fn pictures(ui: &mut Ui, view: &mut View<'_>, area: Rect, window_width: f32) {
    let Some(call) = &view.state.call else { return };
    match call.layout {
        Arrangement::Tiles => tile::grid(ui, view, area),
        Arrangement::Stage => stage::show(ui, view, area, window_width),
    }
}

fn top_bar(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let (name, live) = (call.room.name.clone(), live_text(view, call));
    let watching =
        (call.room.kind == RoomKind::Webinar).then(|| t.count("watching-count", audience(call)));
    let link = call.room.link_path.clone();
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let left = region(ui, "top_left", inner, Layout::left_to_right(Align::Center), |ui| {
        let words = t.get("leave");
        if ui.add(Button::new(&words).icon(icons::ICON_CALL_END).kind(Kind::Leave)).clicked() {
            leave(view);
        }
        ui.min_rect().right() + 6.0
    });
    let painter = ui.painter();
    painter.vline(left + 4.0, rect.center().y - 10.0..=rect.center().y + 10.0, (1.0, p.line));
    let room = Rect::from_min_max(
        pos2(left + 20.0, rect.top()),
        pos2(rect.right() - 420.0, rect.bottom()),
    );
    let drawn = crate::widgets::elided(painter, room, &name, font::semibold(14.0), p.text);
    spoken(ui, drawn, "room", Role::Heading, &name);
    let mut x = drawn.right() + 14.0;
    if let Some((words, time)) = live {
        x = live_pill(ui, view, pos2(x, rect.center().y), &words, &time) + 12.0;
    }
    if let Some(words) = watching {
        icons::paint(
            painter,
            icons::ICON_VISIBILITY.outlined(),
            pos2(x + 9.0, rect.center().y),
            18.0,
            p.text2,
        );
        spread(painter, pos2(x + 24.0, rect.center().y), &[(&words, font::medium(13.0), p.text2)]);
    }
    region(ui, "top_right", inner, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_FULLSCREEN, &t.get("fullscreen-enter"), size::BUTTON)
            .clicked()
        {
            view.state.fullscreen = true;
        }
        if icon_button(ui, icons::ICON_MONITORING, &t.get("health"), size::BUTTON).clicked() {
            pult::toggle(view, Panel::Health);
        }
        if let Some(path) = link
            && icon_button(ui, icons::ICON_PERSON_ADD, &t.get("copy-invitation"), size::BUTTON)
                .clicked()
        {
            people::copy_invitation(ui, view, &path);
        }
    });
}

/// Those who only watch.
fn audience(call: &Call) -> usize {
    call.participants.iter().filter(|p| !p.may_publish).count()
}

/// The word for the state and the running time.
fn live_text(view: &View<'_>, call: &Call) -> Option<(String, String)> {
    let since = call.live_since_ms?;
    let time = words::timer((view.state.now.unix_ms - since) / 1000);
    let key = if call.state == ConferenceState::OnHold { "held" } else { "live" };
    Some((view.t.get(key), time))
}

fn live_pill(ui: &Ui, view: &View<'_>, at: egui::Pos2, words: &str, time: &str) -> f32 {
    let p = view.p;
    let painter = ui.painter();
    let state = painter.layout_no_wrap(words.to_owned(), font::semibold(12.0), p.on_accent);
    let timer = painter.layout_no_wrap(time.to_owned(), font::mono(12.0), p.on_accent);
    let width = 24.0 + state.size().x + 8.0 + timer.size().x + 11.0;
    let pill = Rect::from_min_size(at - vec2(0.0, 13.0), vec2(width, 26.0));
    painter.rect_filled(pill, 13.0, p.accent);
    painter.circle_filled(pos2(pill.left() + 14.0, at.y), 4.0, p.on_accent);
    let x = pill.left() + 24.0;
    let timer_x = x + state.size().x + 8.0;
    painter.galley(pos2(x, at.y - state.size().y / 2.0), state, p.on_accent);
    painter.galley(pos2(timer_x, at.y - timer.size().y / 2.0), timer, p.on_accent);
    pill.right()
}

/// Leaves the conference: at once for the user, politely for the hub.
pub fn leave(view: &mut View<'_>) {
    if let Some(call) = &mut view.state.call {
        call.leaving = true;
    }
    view.commands.push(Command::Leave);
    view.state.end(crate::state::Why::Over(protocol::EndReason::Left));
}

fn fullscreen(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let Some(call) = &view.state.call else { return };
    match call.layout {
        Arrangement::Tiles => tile::grid(ui, view, rect.shrink(8.0)),
        Arrangement::Stage => fullscreen_stage(ui, view, rect),
    }
    let idle = view.state.now.seconds - view.state.last_input;
    let bar = Rect::from_center_size(
        pos2(rect.center().x, rect.bottom() - 20.0 - size::PULT / 2.0),
        vec2((rect.width() - 48.0).min(1200.0), size::PULT),
    );
    // Never away from under the pointer, the keyboard or an open menu.
    let needed = ui.rect_contains_pointer(bar)
        || ui.ctx().memory(|m| m.focused().is_some())
        || egui::Popup::is_any_open(ui.ctx())
        || view.state.call.as_ref().is_some_and(|call| call.speaks_muted());
    let away = if needed { 0.0 } else { ((idle - HIDE_S) / FADE_S).clamp(0.0, 1.0) };
    if away < 1.0 {
        let opacity = 1.0 - away as f32;
        ui.scope(|ui| {
            ui.set_opacity(opacity);
            fullscreen_plates(ui, view, rect);
            ui.painter().rect_filled(bar, 16.0, view.p.panel);
            pult::show(ui, view, bar, true);
        });
        let wait = if idle < HIDE_S { HIDE_S - idle } else { 0.016 };
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(wait));
    } else {
        let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 3.0), rect.max);
        pult::lamp_line(ui, view, line);
    }
    toasts::show(ui, view, rect.shrink(24.0));
}

fn fullscreen_stage(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let Some(call) = &view.state.call else { return };
    let you = call.you;
    let Some((who, source)) = stage::on_stage(call) else { return };
    tile::show(ui, view, tile::Spot { rect, who, source, radius: 0.0, role: tile::Part::Stage });
    if who != you {
        let at = rect.max - vec2(20.0, 124.0) - size::SELF_VIEW;
        let own = Rect::from_min_size(at, size::SELF_VIEW);
        let source = protocol::MediaSource::Camera;
        tile::show(
            ui,
            view,
            tile::Spot {
                rect: own,
                who: you,
                source,
                radius: size::TILE_RADIUS,
                role: tile::Part::Thumbnail,
            },
        );
    }
}

fn fullscreen_plates(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let time = live_text(view, call).map_or(String::new(), |(_, time)| time);
    let words = format!("{}   {time}", call.room.name);
    let corner = rect.left_top() + vec2(20.0, 20.0 + 28.0);
    plate(ui.painter(), corner, rect.width() / 2.0, None, &words);
    let hands = call.hands().len();
    let away = Rect::from_min_size(rect.right_top() + vec2(-320.0, 16.0), vec2(300.0, 36.0));
    region(ui, "corner", away, Layout::right_to_left(Align::Center), |ui| {
        let words = t.get("fullscreen-leave");
        if ui.add(Button::new(&words).icon(icons::ICON_FULLSCREEN_EXIT)).clicked() {
            view.state.fullscreen = false;
        }
        if hands > 0 {
            let words = t.count("hands-count", hands);
            let (rect, _) = ui.allocate_exact_size(vec2(96.0, 28.0), Sense::hover());
            ui.painter().rect_filled(rect, 14.0, over_video::HAND);
            ui.painter().text(
                rect.center(),
                Align2::CENTER_CENTER,
                words,
                font::semibold(13.0),
                over_video::ON_HAND,
            );
        }
    });
}

/// The question before ending for all. The safe button has the focus.
fn confirm_end(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &mut view.state.call else { return };
    if !call.confirm_end {
        call.confirm_focused = false;
        return;
    }
    let frame = egui::Frame::new().fill(p.panel).corner_radius(16).inner_margin(32);
    let modal = Modal::new(Id::unique("confirm_end")).frame(frame).backdrop_color(p.scrim);
    let (mut end, mut stay) = (false, false);
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        label(ui, t.get("end-title"), font::title(26.0), p.text);
        let others = call.participants.len().saturating_sub(1);
        let rich = egui::RichText::new(t.count("end-text", others))
            .font(font::regular(14.0))
            .color(p.text2);
        ui.add(egui::Label::new(rich).wrap());
        ui.add_space(16.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = t.get("end-go");
            end = ui.add(Button::new(&words).kind(Kind::Danger)).clicked();
            let words = t.get("end-stay");
            let safe = ui.add(Button::new(&words));
            if !call.confirm_focused {
                call.confirm_focused = true;
                safe.request_focus();
            }
            stay = safe.clicked();
        });
    });
    let escape = ui.input(|i| i.key_pressed(Key::Escape));
    if end {
        call.confirm_end = false;
        view.commands.push(Command::EndForAll);
    } else if stay || escape || response.should_close() {
        call.confirm_end = false;
    }
}

/// How a person's picture looks.
pub fn person(mirrored: bool, radius: f32) -> Look {
    Look { fit: crate::video_texture::Fit::Fill, mirrored, radius }
}
