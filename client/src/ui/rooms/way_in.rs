//! How guests get into a room: number, PIN, address, all at once, as a code.

use crate::i18n::Language;
use crate::icons;
use crate::theme::font;
use crate::ui::{View, words as times};
use crate::widgets::{Button, Kind, copy_row, one_line, qr_code, wrapped};
use egui::accesskit::Role;
use egui::{Frame, Margin, Sense, Ui, WidgetInfo, pos2, vec2};
use protocol::{Room, WayIn};
use std::time::Duration;

/// How long the page says that all was copied, seconds.
const COPIED_S: f64 = 4.0;

/// The section; empty where the caller does not moderate or the room takes no guests.
pub fn show(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let Some(details) = view.state.rooms.info.details.clone() else { return };
    let Some(way) = details.way_in.filter(|_| details.room.policy.guests) else { return };
    rows(ui, view, &details.room, &way);
    copy_all(ui, view, &way);
    let t = view.t;
    let open = view.state.rooms.info.qr_code;
    let words = t.get(if open { "rooms-qr-hide" } else { "rooms-qr" });
    let width = ui.available_width();
    let button = Button::new(&words).icon(icons::ICON_QR_CODE).kind(Kind::Ghost).width(width);
    if ui.add(button).clicked() {
        view.state.rooms.info.qr_code = !open;
    }
    if open {
        ui.vertical_centered(|ui| qr_code(ui, &way.url, 200.0));
    }
    let (p, valid) =
        (view.p, if room.ad_hoc { "rooms-number-ad-hoc" } else { "rooms-number-stays" });
    for key in [valid, "rooms-lock-hint"] {
        wrapped(ui, t.get(key), font::regular(12.0), p.text3);
    }
}

/// Each line with its own copy button.
pub fn rows(ui: &mut Ui, view: &View<'_>, room: &Room, way: &WayIn) {
    let (p, t) = (view.p, view.t);
    let stroke = egui::Stroke::new(if p.outlined { 1.0 } else { 0.0 }, p.line);
    let frame = Frame::NONE.fill(p.window).stroke(stroke).corner_radius(10);
    frame.inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 12.0;
        if let Some(phone) = &way.phone_number {
            copy_row(ui, &t.get("rooms-phone"), phone, &t.get("rooms-phone-copy"));
        }
        let number = times::number(&room.number);
        copy_row(ui, &t.get("rooms-number"), &number, &t.get("rooms-number-copy"));
        if !room.pin.is_empty() {
            copy_row(ui, &t.get("rooms-pin"), &room.pin, &t.get("rooms-pin-copy"));
        }
        copy_row(ui, &t.get("rooms-url"), &way.url, &t.get("rooms-url-copy"));
    });
}

/// The whole text in the window's language, with its confirmation in place.
fn copy_all(ui: &mut Ui, view: &mut View<'_>, way: &WayIn) {
    let (p, t, now) = (view.p, view.t, view.state.now.seconds);
    let words = t.get("rooms-copy-all");
    let button = Button::new(&words).icon(icons::ICON_CONTENT_COPY).width(ui.available_width());
    if ui.add(button).clicked() {
        let text = match t.language {
            Language::German => &way.text_de,
            Language::English => &way.text_en,
        };
        ui.ctx().copy_text(text.clone());
        view.state.rooms.info.copied = Some(now + COPIED_S);
    }
    let Some(until) = view.state.rooms.info.copied.filter(|until| *until > now) else { return };
    ui.ctx().request_repaint_after(Duration::from_secs_f64(until - now));
    let words = t.get("rooms-copied-all");
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
    let width = rect.width() - 26.0;
    let galley = one_line(ui.painter(), width, &words, font::medium(12.0), p.success);
    let left = rect.center().x - (galley.size().x + 26.0) / 2.0;
    let tick = pos2(left + 8.0, rect.center().y);
    icons::paint(ui.painter(), icons::ICON_CHECK.outlined(), tick, 16.0, p.success);
    let at = pos2(left + 26.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, p.success);
}
