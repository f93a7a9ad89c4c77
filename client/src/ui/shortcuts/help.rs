//! The list of shortcuts, over any page.

use crate::keys::Action;
use crate::theme::{font, size};
use crate::ui::View;
use crate::widgets::{Dialog, key_cap, label, spoken};
use egui::accesskit::Role;
use egui::{Align2, Context, Rect, Sense, Ui, pos2, vec2};

/// Draws it until it is closed.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    let (t, p) = (view.t, view.p);
    let dialog =
        Dialog::new("shortcuts", &t.get("keys-title")).size(vec2(520.0, 0.0)).show(ctx, |ui| {
            for action in Action::ALL {
                row(ui, view, action);
            }
            fixed(ui, view);
            ui.add_space(8.0);
            label(ui, t.get("keys-change-hint"), font::regular(12.0), p.text3);
        });
    if dialog.closed {
        view.state.help = false;
    }
}

/// An action's name in its language.
pub fn name(view: &View<'_>, action: Action) -> String {
    view.t.get(match action {
        Action::Microphone => "keys-microphone",
        Action::PushToTalk => "keys-push-to-talk",
        Action::Camera => "keys-camera",
        Action::Hand => "keys-hand",
        Action::Share => "keys-share",
        Action::View => "keys-view",
        Action::Chat => "keys-chat",
        Action::People => "keys-people",
        Action::Fullscreen => "keys-fullscreen",
        Action::Help => "keys-help",
        Action::NextRegion => "keys-next-region",
        Action::PreviousRegion => "keys-previous-region",
    })
}

fn row(ui: &mut Ui, view: &View<'_>, action: Action) {
    let keys = view.state.settings.keys.keys(action);
    let keys: Vec<_> = keys.into_iter().map(|key| key.printed(view.t.language)).collect();
    line(ui, view, &name(view, action), &keys);
}

/// Keys that cannot be changed.
fn fixed(ui: &mut Ui, view: &View<'_>) {
    for (words, key) in [("keys-tiles", "1 … 9"), ("keys-escape", "Esc")] {
        line(ui, view, &view.t.get(words), &[key.to_owned()]);
    }
}

fn line(ui: &mut Ui, view: &View<'_>, words: &str, keys: &[String]) {
    let p = view.p;
    let place = vec2(ui.available_width(), size::BUTTON - 6.0);
    let (rect, _) = ui.allocate_exact_size(place, Sense::hover());
    let middle = rect.center().y;
    let painter = ui.painter();
    painter.text(
        pos2(rect.left(), middle),
        Align2::LEFT_CENTER,
        words,
        font::regular(14.0),
        p.text,
    );
    let mut right = rect.right();
    for key in keys.iter().rev() {
        let cap: Rect = key_cap(painter, pos2(right, middle), Align2::RIGHT_CENTER, key, p);
        right = cap.left() - 6.0;
    }
    spoken(ui, rect, words, Role::Label, &format!("{words}: {}", keys.join(", ")));
}
