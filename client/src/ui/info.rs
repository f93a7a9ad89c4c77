//! The room: how others get in, what it allows, who waits.

use super::{View, column, pult, region, words};
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::state::{Panel, Toast};
use crate::theme::font;
use crate::widgets::{
    Button, Dialog, Kind, copy_row, icon_button, label, note, qr_code, status, switch, wrapped,
};
use crate::widgets::{Tone, spread};
use egui::{Align, Layout, Rect, ScrollArea, Ui, pos2, vec2};
use protocol::{ConferenceState, RoomInfo, RoomPolicy};

/// The code's side, points.
const CODE: f32 = 280.0;

/// The panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = rect.shrink(12.0);
    header(ui, view, Rect::from_min_size(inner.min, vec2(inner.width(), 40.0)));
    let body = Rect::from_min_max(inner.min + vec2(8.0, 48.0), inner.max);
    region(ui, "info", body, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_width(ui.available_width() - 4.0);
            ui.spacing_mut().item_spacing.y = 8.0;
            about(ui, view);
            ui.add_space(12.0);
            contacts(ui, view);
            let host = view.state.call.as_ref().is_some_and(|call| call.host());
            ui.add_space(12.0);
            if host {
                session(ui, view);
                ui.add_space(12.0);
                policies(ui, view);
            } else {
                rules(ui, view);
            }
            ui.add_space(12.0);
        });
    });
}

fn header(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let at = pos2(rect.left() + 8.0, rect.center().y);
    let title = view.t.get("info-title");
    spread(ui.painter(), at, &[(&*title, font::semibold(16.0), view.p.text)]);
    region(ui, "info_header", rect, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_CLOSE, &view.t.get("panel-close"), 36.0).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.toggle(Panel::Info);
        }
    });
}

fn caption(ui: &mut Ui, view: &View<'_>, key: &str) {
    label(ui, view.t.get(key), font::semibold(12.0), view.p.text3);
}

/// Name, kind, and since when it runs.
fn about(ui: &mut Ui, view: &View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    wrapped(ui, &call.room.name, font::title(25.0), p.text);
    ui.horizontal_wrapped(|ui| {
        let (words, tone, icon) = match call.state {
            ConferenceState::Live => (t.get("live"), Tone::Live, None),
            _ => (t.get("held"), Tone::Soon, Some(icons::ICON_PAUSE)),
        };
        status(ui, &words, tone, icon);
        status(ui, &words::kind(t, call.room.kind), Tone::Neutral, None);
        if call.locked {
            let words = t.get("info-locked");
            status(ui, &words, Tone::Warning, Some(icons::ICON_LOCK));
        }
    });
    if let Some(since) = call.live_since_ms {
        let people = t.count("people-count", call.participants.len());
        let since = t.named("info-since", &words::time(since));
        note(ui, &format!("{since} · {people}"));
    }
}

/// Every way in, each with a button that copies it.
fn contacts(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let room = call.room.clone();
    caption(ui, view, "info-contacts");
    let copy = |ui: &mut Ui, key: &str, value: &str| {
        let name = t.get(key);
        copy_row(ui, &name, value, &t.named("info-copy", &name));
    };
    copy(ui, "number", &words::number(&room.number));
    if let Some(pin) = &room.pin {
        copy(ui, "info-pin", pin);
    }
    let link = room.link_path.as_ref().and_then(|path| view.state.link(path));
    if let Some(link) = &link {
        copy(ui, "info-link", link);
    }
    if !room.policy.guests {
        note(ui, &t.get("info-no-guests"));
    }
    let words = t.get("info-copy-all");
    if wide(ui, &words, icons::ICON_CONTENT_COPY, Kind::Neutral) {
        copy_all(ui, view);
    }
    if link.is_some() {
        let words = t.get("info-code");
        if wide(ui, &words, icons::ICON_QR_CODE, Kind::Neutral)
            && let Some(call) = &mut view.state.call
        {
            call.code = true;
        }
    }
}

/// A button over the whole width; smaller and without its icon where the words need the room. Tells whether it was
/// pressed.
fn wide(ui: &mut Ui, words: &str, icon: MaterialIcon, kind: Kind) -> bool {
    let width = ui.available_width();
    let plain = || Button::new(words).kind(kind);
    let fits = plain().icon(icon).natural_width(ui) <= width;
    let button = if fits { plain().icon(icon) } else { plain().height(32.0) };
    ui.add(button.width(width)).clicked()
}

/// Lock, hold, and who waits.
fn session(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let held = call.state == ConferenceState::OnHold;
    let waiting = call.waiting.len();
    let mut locked = call.locked;
    caption(ui, view, "info-session");
    if switch(ui, &t.get("info-lock"), Some(&t.get("info-lock-text")), &mut locked) {
        view.commands.push(Command::Lock(locked));
    }
    let (key, icon) = if held {
        ("call-resume", icons::ICON_PLAY_ARROW)
    } else {
        ("call-hold", icons::ICON_PAUSE)
    };
    let words = t.get(key);
    let kind = if held { Kind::Primary } else { Kind::Neutral };
    if wide(ui, &words, icon, kind) {
        pult::hold(view, !held);
    }
    if waiting > 0 {
        super::people::who_waits(ui, view);
    }
}

/// What hosts set. Each is the hub's word: a switch turns when the hub has said so.
fn policies(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let mut policy = call.room.policy;
    caption(ui, view, "info-policies");
    let mut set = |key: &str, text: Option<&str>, on: &mut bool| {
        let text = text.map(|key| t.get(key));
        switch(ui, &t.get(key), text.as_deref(), on)
    };
    let mut changed = set("policy-guests", Some("policy-guests-text"), &mut policy.guests);
    changed |= set("policy-lobby", Some("policy-lobby-text"), &mut policy.waiting_room);
    changed |= set("policy-pin", Some("policy-pin-text"), &mut policy.pin_required);
    changed |= set("policy-moderate", None, &mut policy.users_moderate);
    changed |= set("policy-muted", None, &mut policy.join_muted);
    changed |= set("policy-chat", None, &mut policy.chat_everyone);
    if changed {
        view.commands.push(Command::SetPolicy(policy));
    }
}

/// The same for whoever may not change it: what is, in words.
fn rules(ui: &mut Ui, view: &View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    caption(ui, view, "info-policies");
    let RoomPolicy { guests, waiting_room, join_muted, chat_everyone, .. } = call.room.policy;
    let keys = [
        (true, if guests { "rule-guests" } else { "rule-no-guests" }),
        (waiting_room, "rule-lobby"),
        (join_muted, "rule-muted"),
        (!chat_everyone, "rule-chat"),
    ];
    for (_, key) in keys.into_iter().filter(|(holds, _)| *holds) {
        note(ui, &t.get(key));
    }
}

/// All that somebody needs to come in, as a text.
pub fn copy_all(ui: &Ui, view: &mut View<'_>) {
    let Some(call) = &view.state.call else { return };
    let text = invitation(view, &call.room);
    ui.ctx().copy_text(text);
    view.state.toasts.show(Toast::CopiedText, view.state.now.seconds);
}

fn invitation(view: &View<'_>, room: &RoomInfo) -> String {
    let t = view.t;
    let mut lines = vec![t.named("invitation-head", &room.name)];
    if let Some(link) = room.link_path.as_ref().and_then(|path| view.state.link(path)) {
        lines.push(format!("{}: {link}", t.get("info-link")));
    }
    lines.push(format!("{}: {}", t.get("number"), words::number(&room.number)));
    if let Some(pin) = &room.pin {
        lines.push(format!("{}: {pin}", t.get("info-pin")));
    }
    lines.join("\n")
}

/// The link as a code for phones, while it is open.
pub fn code(ui: &Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    if !call.code {
        return;
    }
    let link = call.room.link_path.as_ref().and_then(|path| view.state.link(path));
    let (Some(link), title) = (link, t.get("info-code")) else {
        if let Some(call) = &mut view.state.call {
            call.code = false;
        }
        return;
    };
    let outcome = Dialog::new("code", &title).size(vec2(420.0, 0.0)).show(ui.ctx(), |ui| {
        ui.vertical_centered(|ui| qr_code(ui, &link, CODE));
        note(ui, &t.get("info-code-text"));
        copy_row(ui, &t.get("info-link"), &link, &t.named("info-copy", &t.get("info-link")));
    });
    if outcome.closed
        && let Some(call) = &mut view.state.call
    {
        call.code = false;
    }
}
