//! Before the conference, and while it is on hold: no names, no chat, no media. And the hosts' view
//! of a hold.

use super::{View, call, portrait, pult, region, regions, words};
use crate::icons;
use crate::state::Phase;
use crate::theme::{font, size};
use crate::video_texture::Feed;
use crate::widgets::{
    Button, Kind, Tool, ToolLook, avatar, elided, icon_button, label, paragraph, spoken,
};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use engine::config::{CameraSource, MicrophoneSource};
use protocol::{ConferenceState, RoomKind, WaitReason};

/// The waiting page, also while the hub has not answered yet.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let Some(state) = &view.state.call else { return };
    let (phase, name, lost) = (state.phase, state.room.name.clone(), state.lost());
    let (title, text) = match phase {
        _ if lost => ("lost-title", "lost-text"),
        Phase::Waiting { reason: WaitReason::OnHold, .. } => ("hold-title", "hold-text"),
        Phase::Waiting { reason: WaitReason::NoHost, .. } => ("wait-title", "wait-text"),
        Phase::Waiting { reason: WaitReason::Knock, .. } => ("knock-title", "knock-text"),
        Phase::Joining | Phase::In => ("joining-title", "joining-text"),
    };
    let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - size::PULT), rect.max);
    regions::mark(ui, view, "page", Rect::from_min_max(rect.min, bar.right_top()));
    regions::mark(ui, view, "tools", bar);
    head(ui, view, rect);
    let middle = pos2(rect.center().x, rect.top() + (bar.top() - rect.top()) * 0.32);
    icons::paint_lectern(ui.painter(), middle, false, p);
    if let Phase::Waiting { since, reason } = phase {
        let key = if reason == WaitReason::OnHold { "held-since" } else { "waiting-since" };
        let time = words::timer((view.state.now.seconds - since) as i64);
        since_pill(ui, view, middle + vec2(0.0, 102.0), &t.get(key), &time);
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(500));
    }
    let words = Rect::from_center_size(
        middle + vec2(0.0, 186.0),
        vec2((rect.width() - 48.0).min(620.0), 120.0),
    );
    let end = region(ui, "words", words, Layout::top_down(Align::Center), |ui| {
        label(ui, t.get(title), font::title(40.0), p.text);
        paragraph(ui, t.get(text), font::regular(16.0), p.text2);
        ui.min_rect().bottom()
    });
    let card = Rect::from_min_size(
        pos2(words.left(), (middle.y + 260.0).max(end + 16.0)),
        vec2(words.width(), 116.0),
    );
    let fits = card.bottom() < bar.top() - 8.0;
    if fits {
        self_card(ui, view, card, &name);
    }
    foot(ui, view, bar, !fits);
}

/// The program's name, as on every page before a conference.
fn head(ui: &Ui, view: &View<'_>, rect: Rect) {
    let middle = rect.top() + size::HEADER / 2.0;
    let mark = Rect::from_center_size(pos2(rect.left() + 26.0, middle), vec2(20.0, 20.0));
    icons::paint_logo(ui.painter(), mark, view.p);
    let at = pos2(mark.right() + 8.0, middle);
    let (name, font) = (view.t.get("app-name"), font::semibold(14.0));
    ui.painter().text(at, Align2::LEFT_CENTER, name, font, view.p.text);
}

/// What a hold looks like to the hosts, over the pictures in `area`: they see and hear one another.
pub fn held(ui: &mut Ui, view: &mut View<'_>, area: Rect) {
    /// Small pictures below a webinar's stage stay as they are.
    const STRIP: f32 = 128.0;
    let (p, t) = (view.p, view.t);
    let Some(state) = &view.state.call else { return };
    if state.state != ConferenceState::OnHold {
        return;
    }
    let webinar = state.room.kind == RoomKind::Webinar;
    let (title, outside) = (
        t.get(if webinar { "held-webinar-title" } else { "held-title" }),
        t.count("held-text", state.waiting.len()),
    );
    let strip = if webinar && area.height() > 480.0 { STRIP } else { 0.0 };
    let stage = Rect::from_min_max(area.min, area.max - vec2(0.0, strip));
    // What is behind it cannot be pressed through it.
    let id = ui.make_persistent_id("held_scrim");
    ui.interact(stage, id, egui::Sense::click_and_drag());
    ui.painter().rect_filled(stage.expand(4.0), size::TILE_RADIUS + 4.0, p.scrim);
    let box_size = vec2(520.0, 292.0).min(stage.size() - vec2(24.0, 24.0));
    let card = Rect::from_center_size(stage.center(), box_size);
    let painter = ui.painter();
    painter.add(crate::theme::modal_shadow(p).as_shape(card, 16));
    painter.rect_filled(card, 16.0, p.overlay);
    let icon = pos2(card.center().x, card.top() + 58.0);
    icons::paint(painter, icons::ICON_PAUSE_CIRCLE.outlined(), icon, 56.0, p.accent_text);
    let words = Rect::from_min_max(
        card.min + vec2(32.0, 96.0),
        pos2(card.right() - 32.0, card.bottom() - 76.0),
    );
    region(ui, "held_words", words, Layout::top_down(Align::Center), |ui| {
        let title = egui::RichText::new(title).font(font::title(28.0)).color(p.text);
        ui.add(egui::Label::new(title).wrap().halign(Align::Center));
        paragraph(ui, outside, font::regular(14.0), p.text2);
    });
    if !view.state.call.as_ref().is_some_and(|call| call.host()) {
        return;
    }
    let words = t.get("call-resume");
    let button = Button::new(&words).icon(icons::ICON_PLAY_ARROW).kind(Kind::Primary).large();
    let button_size = vec2(button.natural_width(ui), size::BUTTON_LARGE);
    let at = pos2(card.center().x, card.bottom() - 44.0);
    if ui.put(Rect::from_center_size(at, button_size), button).clicked() {
        pult::hold(view, false);
    }
}

fn since_pill(ui: &Ui, view: &View<'_>, center: egui::Pos2, words: &str, time: &str) {
    let p = view.p;
    let painter = ui.painter();
    let first = painter.layout_no_wrap(words.to_owned(), font::semibold(13.0), p.accent_text);
    let second = painter.layout_no_wrap(time.to_owned(), font::mono(13.0), p.accent_text);
    let width = 36.0 + first.size().x + 8.0 + second.size().x + 14.0;
    let pill = Rect::from_center_size(center, vec2(width, 28.0));
    painter.rect_stroke(pill, 14.0, Stroke::new(1.5, p.accent), StrokeKind::Inside);
    icons::paint(
        painter,
        icons::ICON_PAUSE.filled(),
        pos2(pill.left() + 20.0, center.y),
        16.0,
        p.accent_text,
    );
    let x = pill.left() + 34.0;
    let next = x + first.size().x + 8.0;
    painter.galley(pos2(x, center.y - first.size().y / 2.0), first, p.accent_text);
    painter.galley(pos2(next, center.y - second.size().y / 2.0), second, p.accent_text);
}

/// The own picture, the room, and the two switches that count from the first moment.
fn self_card(ui: &mut Ui, view: &mut View<'_>, card: Rect, room: &str) {
    let (p, t) = (view.p, view.t);
    let Some(state) = &view.state.call else { return };
    let (camera, number) = (state.camera, words::number(&state.room.number));
    let painter = ui.painter().clone();
    painter.rect_filled(card, 14.0, p.panel);
    let tile = Rect::from_min_size(card.min + vec2(14.0, 14.0), vec2(156.0, 88.0));
    painter.rect_filled(tile, 8.0, p.raised);
    let shown =
        camera && view.videos.paint(&painter, tile, &Feed::SelfView, call::person(true, 8.0));
    if !shown {
        let picture = portrait::own_face(view);
        let name = view.state.account.as_ref().map_or("", |a| a.display_name.as_str());
        avatar(&painter, tile.center(), 48.0, name, picture);
    }
    let x = tile.right() + 16.0;
    let title = Rect::from_min_max(
        pos2(x, card.top() + 14.0),
        pos2(card.right() - 16.0, card.top() + 36.0),
    );
    elided(&painter, title, room, font::medium(15.0), p.text);
    let at = pos2(x, card.top() + 47.0);
    crate::widgets::spread(
        &painter,
        at,
        &[(&t.get("number"), font::regular(13.0), p.text3), (&number, font::mono(13.0), p.text2)],
    );
    let row = Rect::from_min_max(pos2(x, card.bottom() - 50.0), card.max - vec2(14.0, 14.0));
    region(ui, "switches", row, Layout::left_to_right(Align::Center), |ui| switches(ui, view));
    hint(ui, view, pos2(card.center().x, card.bottom() + 26.0), card.width());
}

/// Microphone, camera, devices: what counts from the first moment. A device that is not there has
/// no switch. Words stand on the switches where they fit.
fn switches(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(state) = &view.state.call else { return };
    let (open, camera) = (state.microphone, state.camera);
    let devices = &view.state.devices;
    let (mute, blind) =
        (devices.microphone == MicrophoneSource::None, devices.camera == CameraSource::None);
    let (sound, hear) =
        if open { (icons::ICON_MIC, "mute") } else { (icons::ICON_MIC_OFF, "unmute") };
    let (sight, see) = if camera {
        (icons::ICON_VIDEOCAM, "video-off")
    } else {
        (icons::ICON_VIDEOCAM_OFF, "video-on")
    };
    let (hear, see) = (t.get(hear), t.get(see));
    let gap = ui.spacing().item_spacing.x;
    let [one, other] =
        [&hear, &see].map(|words| Button::new(words).icon(sound).natural_width(ui) + gap);
    let wide = one + other + size::BUTTON <= ui.available_width();
    let pressed = |ui: &mut Ui, icon, words: &str, on| {
        let kind = if on { Kind::Neutral } else { Kind::Off };
        if wide {
            ui.add(Button::new(words).icon(icon).kind(kind)).clicked()
        } else {
            icon_button(ui, icon, words, size::BUTTON).clicked()
        }
    };
    if !mute && pressed(ui, sound, &hear, open) {
        pult::set_microphone(view, !open);
    }
    if !blind && pressed(ui, sight, &see, camera) {
        pult::set_camera(view, !camera);
    }
    if icon_button(ui, icons::ICON_TUNE, &t.get("waiting-devices"), size::BUTTON).clicked()
        && let Some(call) = &mut view.state.call
    {
        call.view.settings = true;
    }
}

/// Who sees and hears one now, or what a machine lacks.
fn hint(ui: &Ui, view: &View<'_>, center: egui::Pos2, width: f32) {
    let (p, t) = (view.p, view.t);
    let Some(state) = &view.state.call else { return };
    let held = matches!(state.phase, Phase::Waiting { reason: WaitReason::OnHold, .. });
    let devices = &view.state.devices;
    let (icon, words) = if devices.microphone == MicrophoneSource::None {
        (icons::ICON_MIC_OFF, t.get("waiting-no-microphone"))
    } else if devices.camera == CameraSource::None {
        (icons::ICON_VIDEOCAM_OFF, t.get("waiting-no-camera"))
    } else if held {
        (icons::ICON_VISIBILITY_OFF, t.get("waiting-private-held"))
    } else {
        (icons::ICON_VISIBILITY_OFF, t.get("waiting-private"))
    };
    let text = words.clone();
    let mut job = egui::text::LayoutJob::simple(text, font::regular(13.0), p.text3, width - 56.0);
    job.halign = Align::Center;
    let painter = ui.painter();
    let galley = painter.layout_job(job);
    let half = galley.size().x / 2.0;
    let place = Rect::from_center_size(center + vec2(0.0, galley.size().y / 2.0), galley.size());
    icons::paint(painter, icon.outlined(), center + vec2(-half - 16.0, 8.0), 18.0, p.text3);
    painter.galley(center, galley, p.text3);
    spoken(ui, place, "hint", Role::Label, &words);
}

/// The toolbar with nothing but its lamp, the state in words, and the way out; in a low window with
/// the switches, too, which have no card there.
fn foot(ui: &mut Ui, view: &mut View<'_>, bar: Rect, with_switches: bool) {
    let (p, t) = (view.p, view.t);
    ui.painter().rect_filled(bar, 0.0, p.panel);
    let line = Rect::from_min_size(bar.left_top() - vec2(0.0, 3.0), vec2(bar.width(), 3.0));
    pult::lamp_line(ui, view, line);
    let Some(state) = &view.state.call else { return };
    let waiting = matches!(state.phase, Phase::Waiting { .. });
    let first = t.get(if waiting { "waiting-screen" } else { "joining-title" });
    let second = t.get(match state.link {
        crate::call::Link::Up => "link-up",
        crate::call::Link::Connecting => "link-connecting",
        crate::call::Link::Lost { .. } | crate::call::Link::Closed => "link-lost",
    });
    let at = pos2(bar.left() + 24.0, bar.center().y - 10.0);
    ui.painter().circle_stroke(at, 3.0, Stroke::new(2.0, if waiting { p.accent } else { p.text3 }));
    let area = Rect::from_min_size(bar.min, vec2(240.0, bar.height()));
    spoken(ui, area, "link", Role::Status, &format!("{first}. {second}"));
    let right = Rect::from_min_max(bar.right_top() + vec2(-108.0, 8.0), bar.max - vec2(12.0, 8.0));
    let end = if with_switches { area.right() } else { right.left() - 8.0 };
    let line = |left: f32, y: f32| Rect::from_min_max(pos2(left, y - 10.0), pos2(end, y + 10.0));
    let painter = ui.painter();
    elided(painter, line(at.x + 12.0, at.y), &first, font::semibold(13.0), p.text);
    let below = line(bar.left() + 20.0, bar.center().y + 10.0);
    elided(painter, below, &second, font::regular(12.0), p.text3);
    if with_switches {
        let row = Rect::from_min_max(
            pos2(area.right() + 8.0, bar.top()),
            pos2(right.left() - 8.0, bar.bottom()),
        );
        region(ui, "switches", row, Layout::left_to_right(Align::Center), |ui| switches(ui, view));
    }
    region(ui, "way_out", right, Layout::left_to_right(Align::Center), |ui| {
        let label = t.get("leave");
        let icon = icons::ICON_CALL_END;
        if ui
            .add(Tool {
                icon,
                label: &label,
                key: "",
                look: ToolLook::Leave,
                width: 96.0,
                words: true,
            })
            .clicked()
        {
            call::leave(view);
        }
    });
}
