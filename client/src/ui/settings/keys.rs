//! Shortcuts, each to be changed.

use super::super::{View, shortcuts};
use super::heading;
use crate::icons;
use crate::keys::{Action, Taken};
use crate::state::Refused;
use crate::theme::font;
use crate::widgets::{Button, Kind, failure, icon_button, note, switch};
use egui::{Align, Align2, Layout, Sense, Ui, pos2, vec2};

/// The tab.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, view, "settings-keys-title", "settings-keys-text");
    for action in Action::ALL {
        row(ui, view, action);
        if action == Action::PushToTalk {
            everywhere(ui, view);
        }
    }
    ui.add_space(8.0);
    let any = Action::ALL.into_iter().any(|action| view.state.settings.keys.changed(action));
    let words = view.t.get("settings-keys-reset-all");
    if ui.add(Button::new(&words).enabled(any)).clicked() {
        view.state.settings.keys.reset_all();
        view.state.key_taken = None;
    }
}

/// Whether talking works while another program is in front, and why it does not.
fn everywhere(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let (words, caption) =
        (t.get("settings-talk-everywhere"), t.get("settings-talk-everywhere-text"));
    switch(ui, &words, Some(&caption), &mut view.state.settings.talk_everywhere);
    if let Some(words) = hindrance(view) {
        failure(ui, &words);
    } else if let Some(words) = chosen_there(view) {
        note(ui, &words);
    }
    ui.add_space(6.0);
}

fn hindrance(view: &View<'_>) -> Option<String> {
    let (t, settings) = (view.t, &view.state.settings);
    if !settings.talk_everywhere {
        return None;
    }
    let printed = settings.keys.printed(Action::PushToTalk, t.language);
    if printed.is_empty() {
        return Some(t.get("settings-talk-none"));
    }
    if settings.keys.everywhere(Action::PushToTalk).is_empty() {
        return Some(t.named("settings-talk-writes", &printed));
    }
    if view.state.talk_key.trigger.as_deref() == Some("") {
        return Some(t.get("settings-talk-unset"));
    }
    Some(match view.state.talk_key.refused? {
        Refused::Taken(key) => t.named("settings-talk-taken", &key.printed(t.language)),
        Refused::Missing(key) => t.named("settings-talk-missing", &key.printed(t.language)),
        Refused::Wayland => t.get("settings-talk-wayland"),
        Refused::Unknown => t.get("settings-talk-unknown"),
        Refused::Declined => t.get("settings-talk-declined"),
        Refused::Unreachable => t.get("settings-talk-unreachable"),
    })
}

/// The key that the user chose in their desktop's settings.
fn chosen_there(view: &View<'_>) -> Option<String> {
    let trigger = view.state.talk_key.trigger.as_ref()?;
    view.state.settings.talk_everywhere.then(|| view.t.named("settings-talk-there", trigger))
}

fn row(ui: &mut Ui, view: &mut View<'_>, action: Action) {
    let (t, p) = (view.t, view.p);
    let name = shortcuts::name(view, action);
    ui.push_id(action, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
        let at = pos2(rect.left(), rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, &name, font::regular(14.0), p.text);
        let layout = Layout::right_to_left(Align::Center);
        ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(layout), |ui| {
            if view.state.settings.keys.changed(action) {
                let words = t.named("settings-keys-reset", &name);
                if icon_button(ui, icons::ICON_RESTART_ALT, &words, 32.0).clicked() {
                    view.state.settings.keys.reset(action);
                    view.state.key_taken = None;
                }
            }
            chosen(ui, view, action, &name);
        });
        taken(ui, view, action);
    });
}

/// The button with the action's keys; pressed, it waits for another.
fn chosen(ui: &mut Ui, view: &mut View<'_>, action: Action, name: &str) {
    let t = view.t;
    let waits = view.state.choosing_key == Some(action);
    let keys = view.state.settings.keys.keys(action);
    let words = if waits {
        t.get("settings-keys-press")
    } else if keys.is_empty() {
        t.get("settings-keys-none")
    } else {
        let keys: Vec<_> = keys.iter().map(|key| key.printed(t.language)).collect();
        keys.join(" · ")
    };
    let kind = if waits { Kind::Primary } else { Kind::Neutral };
    let button = ui.add(Button::new(&words).kind(kind).height(32.0));
    // Its name says what the key is for, not only which it is.
    let spoken = format!("{name}: {words}");
    button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &spoken));
    if button.clicked() {
        view.state.choosing_key = if waits { None } else { Some(action) };
        view.state.key_taken = None;
        button.surrender_focus();
    }
}

fn taken(ui: &mut Ui, view: &View<'_>, action: Action) {
    let Some((about, shortcut, taken)) = view.state.key_taken else { return };
    if about != action {
        return;
    }
    let key = shortcut.printed(view.t.language);
    let words = match taken {
        Taken::By(other) => {
            let other = shortcuts::name(view, other);
            view.t.named("settings-keys-taken", &format!("{key} ({other})"))
        }
        Taken::Reserved => view.t.named("settings-keys-reserved", &key),
    };
    failure(ui, &words);
}
