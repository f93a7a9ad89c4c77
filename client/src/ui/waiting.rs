//! Before the conference, and while it is on hold: no names, no chat, no media.

use super::{View, call, pult, region, words};
use crate::icons;
use crate::state::Phase;
use crate::theme::{font, size};
use crate::video_texture::Feed;
use crate::widgets::{Button, Kind, Tool, ToolLook, avatar, elided, label, paragraph, spoken};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use protocol::WaitReason;

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
    region(ui, "words", words, Layout::top_down(Align::Center), |ui| {
        label(ui, t.get(title), font::title(40.0), p.text);
        paragraph(ui, t.get(text), font::regular(16.0), p.text2);
    });
    let card = Rect::from_center_size(
        middle + vec2(0.0, 318.0),
        vec2((rect.width() - 48.0).min(620.0), 116.0),
    );
    if card.bottom() < bar.top() - 8.0 {
        self_card(ui, view, card, &name);
    }
    foot(ui, view, bar);
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
    let (open, camera, number) =
        (state.microphone, state.camera, words::number(&state.room.number));
    let painter = ui.painter().clone();
    painter.rect_filled(card, 14.0, p.panel);
    let tile = Rect::from_min_size(card.min + vec2(14.0, 14.0), vec2(156.0, 88.0));
    painter.rect_filled(tile, 8.0, p.raised);
    let shown =
        camera && view.videos.paint(&painter, tile, &Feed::SelfView, call::person(true, 8.0));
    if !shown {
        let name = view.state.account.as_ref().map_or("", |a| a.display_name.as_str());
        avatar(&painter, tile.center(), 48.0, name);
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
    region(ui, "switches", row, Layout::left_to_right(Align::Center), |ui| {
        let off = |on: bool| if on { Kind::Neutral } else { Kind::Off };
        let (icon, key) =
            if open { (icons::ICON_MIC, "mute") } else { (icons::ICON_MIC_OFF, "unmute") };
        if ui.add(Button::new(&t.get(key)).icon(icon).kind(off(open))).clicked() {
            pult::set_microphone(view, !open);
        }
        let (icon, key) = if camera {
            (icons::ICON_VIDEOCAM, "video-off")
        } else {
            (icons::ICON_VIDEOCAM_OFF, "video-on")
        };
        if ui.add(Button::new(&t.get(key)).icon(icon).kind(off(camera))).clicked() {
            pult::set_camera(view, !camera);
        }
    });
    let hint = t.get("waiting-private");
    let at = pos2(card.center().x, card.bottom() + 26.0);
    let drawn = painter.text(at, Align2::CENTER_CENTER, hint, font::regular(13.0), p.text3);
    let eye = pos2(drawn.left() - 14.0, at.y);
    icons::paint(&painter, icons::ICON_VISIBILITY_OFF.outlined(), eye, 18.0, p.text3);
}

/// The toolbar with nothing but its lamp, the state in words, and the way out.
fn foot(ui: &mut Ui, view: &mut View<'_>, bar: Rect) {
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
    crate::widgets::spread(
        ui.painter(),
        at + vec2(12.0, 0.0),
        &[(&first, font::semibold(13.0), p.text)],
    );
    let area = Rect::from_min_size(bar.min, vec2(240.0, bar.height()));
    spoken(ui, area, "link", Role::Status, &format!("{first}. {second}"));
    let below = pos2(bar.left() + 20.0, bar.center().y + 10.0);
    crate::widgets::spread(ui.painter(), below, &[(&second, font::regular(12.0), p.text3)]);
    let right = Rect::from_min_max(bar.right_top() + vec2(-108.0, 8.0), bar.max - vec2(12.0, 8.0));
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
