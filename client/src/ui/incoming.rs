//! Calls as cards: those that ring here, in a window of their own over everything, and our own to one
//! person.

use super::contacts::picture;
use super::outside::how_we_join;
use super::{View, column, region, regions, words};
use crate::icons;
use crate::state::{Choice, Outgoing, Over, Said, Stage};
use crate::theme::{Palette, font, modal_shadow};
use crate::widgets::{Button, Kind, Tone, avatar, banner, elided, spoken};
use egui::accesskit::Role;
use egui::{
    Align2, Area, Id, Key, Modifiers, Order, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    ViewportBuilder, ViewportCommand, ViewportId, pos2, vec2,
};
use protocol::Ring;
use std::time::Duration;

/// The card of a call that rings, points.
const WIDTH: f32 = 432.0;
const HEIGHT: f32 = 292.0;
/// Between cards, and to the screen's edge.
const GAP: f32 = 12.0;
const EDGE: f32 = 24.0;
/// Inside a card.
const INSET: f32 = 20.0;
/// More cards than this wait for a place.
const MOST: usize = 3;

/// Everything about calls that stands over the page.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    ringing(ui, view);
    outgoing(ui, view);
    said(ui, view);
}

fn ringing(ui: &mut Ui, view: &mut View<'_>) {
    let rings: Vec<Ring> = view.state.calls.ringing.iter().take(MOST).cloned().collect();
    if rings.is_empty() {
        return;
    }
    ui.ctx().request_repaint_after(Duration::from_millis(500));
    // Who works in this window finds the card in it: assistive technology hears of no other.
    let here = ui.ctx().input(|i| i.viewport().focused == Some(true));
    for (place, ring) in rings.iter().enumerate() {
        if here || ui.ctx().embed_viewports() {
            embedded(ui, view, ring, place);
        } else {
            window(ui, view, ring, place);
        }
    }
}

/// Over the page, while its window has the keyboard; always on desktops that give a program one
/// window only, and in tests.
fn embedded(ui: &mut Ui, view: &mut View<'_>, ring: &Ring, place: usize) {
    let above = place as f32 * (HEIGHT + GAP);
    let area = Area::new(Id::unique(("ring", &ring.call)))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-EDGE, -EDGE - above));
    area.show(ui.ctx(), |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, HEIGHT), Sense::hover());
        ui.painter().add(modal_shadow(view.p).as_shape(rect, 18));
        regions::mark(ui, view, "ring", rect);
        card(ui, view, ring, rect, 18.0);
    });
}

/// A window of its own at the lower right of the screen, over all others, while the user is elsewhere. It does not take the
/// keyboard from what the user is doing.
fn window(ui: &mut Ui, view: &mut View<'_>, ring: &Ring, place: usize) {
    let mut builder = ViewportBuilder::default()
        .with_title(view.t.named("calls-window", &ring.caller_name))
        .with_app_id(crate::APP_ID)
        .with_inner_size(vec2(WIDTH, HEIGHT))
        .with_resizable(false)
        .with_decorations(false)
        .with_taskbar(false)
        .with_active(false)
        .with_always_on_top();
    if let Some(screen) = ui.ctx().input(|i| i.viewport().monitor_size) {
        let above = EDGE + HEIGHT + place as f32 * (HEIGHT + GAP);
        builder = builder.with_position(pos2(screen.x - EDGE - WIDTH, screen.y - above));
    }
    let id = ViewportId::from_hash_of(("ring", &ring.call));
    ui.ctx().show_viewport_immediate(id, builder, |ui, _| {
        let rect = ui.ctx().content_rect();
        if let Some(choice) = key(ui.ctx()) {
            view.state.answer_ring(&ring.call, choice);
        }
        region(ui, "ring", rect, column(), |ui| card(ui, view, ring, rect, 0.0));
        if ui.ctx().input(|i| i.viewport().close_requested()) {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
            view.state.answer_ring(&ring.call, Choice::Decline);
        }
    });
}

/// One call that rings. Enter takes it and Escape declines it while it has the keyboard.
fn card(ui: &mut Ui, view: &mut View<'_>, ring: &Ring, rect: Rect, radius: f32) {
    let (p, t) = (view.p, view.t);
    let painter = ui.painter();
    painter.rect_filled(rect, radius, p.overlay);
    painter.rect_stroke(rect, radius, Stroke::new(1.0, p.line), StrokeKind::Inside);
    let lamp = Rect::from_min_size(rect.min, vec2(rect.width(), 3.0));
    painter.with_clip_rect(lamp).rect_filled(rect, radius, p.lamp);
    let heading = t.get(if ring.direct { "calls-rings" } else { "calls-rings-all" });
    let spoken_words = format!("{heading}: {} {}", ring.caller_name, into(view, ring));
    spoken(ui, rect, &ring.call, Role::AlertDialog, &spoken_words);
    let inner = Rect::from_min_max(rect.min + vec2(INSET, 16.0), rect.max - vec2(INSET, 16.0));
    let top = Rect::from_min_size(inner.min, vec2(inner.width(), 26.0));
    head(ui, view, ring, top, &heading);
    who(
        ui,
        view,
        ring,
        Rect::from_min_size(pos2(inner.left(), top.bottom() + 8.0), vec2(inner.width(), 92.0)),
    );
    let buttons = Rect::from_min_max(pos2(inner.left(), top.bottom() + 112.0), inner.max);
    let choice = region(ui, ("answers", &ring.call), buttons, column(), |ui| {
        answers(ui, view, ring, buttons.width())
    });
    if let Some(choice) = choice {
        view.state.answer_ring(&ring.call, choice);
    }
}

fn head(ui: &Ui, view: &View<'_>, ring: &Ring, rect: Rect, heading: &str) {
    let p = view.p;
    let painter = ui.painter();
    let icon = if ring.quiet { icons::ICON_NOTIFICATIONS } else { icons::ICON_RING_VOLUME };
    let at = pos2(rect.left() + 9.0, rect.center().y);
    icons::paint(painter, icon.filled(), at, 18.0, p.accent_text);
    let words = rect.with_min_x(rect.left() + 28.0).with_max_x(rect.right() - 60.0);
    elided(painter, words, heading, font::medium(13.0), p.text2);
    let seconds = (view.state.now.unix_ms - ring.since_ms).max(0) / 1000;
    let time = format!("{}:{:02}", seconds / 60, seconds % 60);
    let end = pos2(rect.right(), rect.center().y);
    painter.text(end, Align2::RIGHT_CENTER, time, font::mono(13.0), p.text3);
}

fn who(ui: &mut Ui, view: &mut View<'_>, ring: &Ring, rect: Rect) {
    const FACE: f32 = 80.0;
    let (p, t) = (view.p, view.t);
    let face = picture(view, &ring.caller);
    let center = pos2(rect.left() + FACE / 2.0 + 4.0, rect.center().y);
    let painter = ui.painter();
    painter.circle_stroke(center, FACE / 2.0 + 2.5, Stroke::new(3.0, p.ring));
    avatar(painter, center, FACE, &ring.caller_name, face);
    let left = center.x + FACE / 2.0 + 18.0;
    let inside = (!ring.direct)
        .then(|| view.state.rooms.status.get(&ring.room.number))
        .flatten()
        .map_or(0, |status| status.inside);
    let lines = if inside > 0 { 3.0 } else { 2.0 };
    let top = rect.center().y - (14.0 + 12.0 * lines);
    let line = |offset: f32, height: f32| {
        Rect::from_min_max(pos2(left, top + offset), pos2(rect.right(), top + offset + height))
    };
    elided(painter, line(0.0, 32.0), &ring.caller_name, font::title(25.0), p.text);
    elided(painter, line(34.0, 20.0), &into(view, ring), font::regular(14.0), p.text2);
    if inside > 0 {
        let words = t.count("calls-already-there", inside);
        let row = line(56.0, 20.0);
        icons::paint(
            painter,
            icons::ICON_GROUP.filled(),
            row.left_center() + vec2(9.0, 0.0),
            18.0,
            p.text3,
        );
        elided(painter, row.with_min_x(row.left() + 26.0), &words, font::regular(13.0), p.text3);
    }
}

/// What the call is, behind the caller's name.
fn into(view: &View<'_>, ring: &Ring) -> String {
    let t = view.t;
    match (ring.direct, ring.video) {
        (true, true) => t.get("calls-you-video"),
        (true, false) => t.get("calls-you-audio"),
        (false, _) => t.named("calls-you-into", &ring.room.name),
    }
}

fn answers(ui: &mut Ui, view: &mut View<'_>, ring: &Ring, width: f32) -> Option<Choice> {
    let t = view.t;
    let mut choice = None;
    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
    ui.horizontal(|ui| {
        let join = t.get("calls-join");
        let (icon, wide) = if ring.video {
            (icons::ICON_VIDEOCAM, width * 0.62)
        } else {
            (icons::ICON_CALL, width)
        };
        let button = Button::new(&join).icon(icon).kind(Kind::Primary).large().width(wide);
        if ui.add(button).clicked() {
            choice = Some(Choice::Join);
        }
        let audio = t.get("calls-join-audio");
        let rest = width - wide - 8.0;
        if ring.video
            && ui.add(Button::new(&audio).icon(icons::ICON_CALL).large().width(rest)).clicked()
        {
            choice = Some(Choice::JoinAudio);
        }
    });
    let p = view.p;
    let decline = t.get("calls-decline");
    if hang_up(ui, &decline, width, p).clicked() {
        choice = Some(Choice::Decline);
    }
    let icon = if view.state.settings.join_muted { icons::ICON_MIC_OFF } else { icons::ICON_MIC };
    let (rect, _) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    let at = pos2(rect.left() + 8.0, rect.center().y);
    icons::paint(ui.painter(), icon.outlined(), at, 16.0, p.text3);
    let how = how_we_join(t, &view.state.settings, ring.video);
    let words = rect.with_min_x(rect.left() + 24.0);
    elided(ui.painter(), words, &how, font::regular(12.0), p.text3);
    choice
}

/// The way out of a call that rings, with its red handset; its border tells it from the card.
fn hang_up(ui: &mut Ui, words: &str, width: f32, p: &Palette) -> Response {
    let button = Button::new(words).icon(icons::ICON_CALL_END).kind(Kind::Leave).large();
    let response = ui.add(button.width(width));
    let stroke = Stroke::new(1.0, p.control);
    ui.painter().rect_stroke(response.rect, 10.0, stroke, StrokeKind::Inside);
    response
}

/// Enter takes the oldest call and Escape declines it, where no control, dialog or menu wants them.
/// Comes before the page: a field that takes Enter has let go of the keyboard by then.
pub fn keys(ctx: &egui::Context, view: &mut View<'_>) {
    let calls = &view.state.calls;
    let asked = calls.outgoing.is_some();
    let Some(ring) = calls.ringing.first().filter(|_| ctx.embed_viewports() && !asked) else {
        return;
    };
    let call = ring.call.clone();
    if let Some(choice) = key(ctx) {
        view.state.answer_ring(&call, choice);
    }
}

fn key(ctx: &egui::Context) -> Option<Choice> {
    let taken =
        ctx.memory(|memory| memory.focused().is_some() || memory.top_modal_layer().is_some());
    if taken || egui::Popup::is_any_open(ctx) {
        return None;
    }
    ctx.input_mut(|i| {
        if i.consume_key(Modifiers::NONE, Key::Enter) {
            Some(Choice::Join)
        } else if i.consume_key(Modifiers::NONE, Key::Escape) {
            Some(Choice::Decline)
        } else {
            None
        }
    })
}

/// Our call to one person, in front of the page until it is taken or its end was seen.
fn outgoing(ui: &mut Ui, view: &mut View<'_>) {
    let Some(outgoing) = view.state.calls.outgoing.clone() else { return };
    let p = view.p;
    let modal = egui::Modal::new(Id::unique("outgoing"))
        .backdrop_color(p.scrim)
        .frame(egui::Frame::NONE.fill(p.overlay).corner_radius(18).shadow(modal_shadow(p)));
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        calling(ui, view, &outgoing);
    });
    let escaped = ui.ctx().input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
    if escaped || shown.should_close() && matches!(outgoing.stage, Stage::Over(_)) {
        view.state.cancel_outgoing();
    }
}

fn calling(ui: &mut Ui, view: &mut View<'_>, outgoing: &Outgoing) {
    const FACE: f32 = 96.0;
    let (p, t) = (view.p, view.t);
    let face = picture(view, &outgoing.user);
    let name = view.state.people.name_of(&outgoing.user).to_owned();
    let over = matches!(outgoing.stage, Stage::Over(_));
    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
    ui.vertical_centered(|ui| {
        ui.add_space(28.0);
        let (rect, _) = ui.allocate_exact_size(vec2(FACE + 12.0, FACE + 12.0), Sense::hover());
        let ring = if over { p.line } else { p.ring };
        ui.painter().circle_stroke(rect.center(), FACE / 2.0 + 3.5, Stroke::new(3.0, ring));
        avatar(ui.painter(), rect.center(), FACE, &name, face);
        let title = egui::RichText::new(&name).font(font::title(25.0)).color(p.text);
        ui.add(egui::Label::new(title).truncate());
        let words = stage_words(view, outgoing, &name);
        let color = if over { p.text } else { p.text2 };
        ui.scope(|ui| {
            ui.set_max_width(WIDTH - 48.0);
            crate::widgets::paragraph(ui, words, font::regular(14.0), color);
        });
        ui.add_space(12.0);
        if over {
            after(ui, view, outgoing);
        } else {
            let words = t.get("calls-cancel");
            if hang_up(ui, &words, 200.0, p).clicked() {
                view.state.cancel_outgoing();
            }
        }
        ui.add_space(24.0);
    });
}

/// The ways on after nobody took it.
fn after(ui: &mut Ui, view: &mut View<'_>, outgoing: &Outgoing) {
    let t = view.t;
    let (write, close) = (t.get("contacts-message"), t.get("calls-close"));
    let writes = !matches!(outgoing.stage, Stage::Over(Over::Stranger | Over::Rings));
    ui.horizontal(|ui| {
        let message = Button::new(&write).icon(icons::ICON_CHAT);
        let shut = Button::new(&close).kind(Kind::Primary);
        let wide =
            shut.natural_width(ui) + if writes { message.natural_width(ui) + 8.0 } else { 0.0 };
        ui.add_space((ui.available_width() - wide).max(0.0) / 2.0);
        if writes && ui.add(message).clicked() {
            view.state.cancel_outgoing();
            super::contacts::write_to(view, &outgoing.user);
        }
        let shut = ui.add(shut);
        if ui.ctx().memory(|memory| memory.focused().is_none()) {
            shut.request_focus();
        }
        if shut.clicked() {
            view.state.cancel_outgoing();
        }
    });
}

fn stage_words(view: &View<'_>, outgoing: &Outgoing, name: &str) -> String {
    let t = view.t;
    let over = match &outgoing.stage {
        Stage::Asking => return t.get("calls-asking"),
        Stage::Ringing { .. } => {
            return t.named(
                if outgoing.video { "calls-ringing-video" } else { "calls-ringing-audio" },
                name,
            );
        }
        Stage::Over(over) => over,
    };
    match over {
        Over::Declined => t.named("calls-declined", name),
        Over::Missed => t.named("calls-missed", name),
        Over::Busy => t.named("calls-busy", name),
        Over::NotThere => t.named("calls-not-there", name),
        Over::Rings => t.named("calls-rings-already", name),
        Over::Stranger => t.named("calls-stranger", name),
        Over::Failed(cause) => words::failure(t, cause),
    }
}

/// What became of a link that does not open right away.
fn said(ui: &mut Ui, view: &mut View<'_>) {
    let Some((said, until)) = view.state.desktop.said else { return };
    let left = until - view.state.now.seconds;
    if left <= 0.0 {
        view.state.desktop.said = None;
        return;
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
    let t = view.t;
    let sentence = t.get(match said {
        Said::LinkWaits => "calls-link-waits",
        Said::LinkInBrowser => "calls-link-in-browser",
    });
    let width = ui.ctx().content_rect().width().min(520.0) - 16.0;
    let area = Area::new(Id::unique("link_said"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, 60.0));
    area.show(ui.ctx(), |ui| {
        ui.set_width(width);
        let close = t.get("calls-close");
        if banner(ui, Tone::Neutral, icons::ICON_LINK, &sentence, Some(&close)) {
            view.state.desktop.said = None;
        }
    });
}
