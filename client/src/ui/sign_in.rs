//! Hub, name, password; and the moment before anything is known.

use super::{View, column, page, region, words};
use crate::command::Command;
use crate::icons;
use crate::theme::font;
use crate::widgets::{Button, Field, Kind, failure, label};
use egui::{Align2, Key, Rect, Ui, pos2, vec2};

/// The embedded hub starts.
pub fn starting(ui: &mut Ui, view: &mut View<'_>) {
    let rect = page(ui, view);
    let p = view.p;
    let middle = rect.center() - vec2(0.0, 40.0);
    icons::paint_lectern(ui.painter(), middle, true, p);
    let at = middle + vec2(0.0, 120.0);
    let title = view.t.get("starting-title");
    region(
        ui,
        "title",
        Rect::from_center_size(at, vec2(rect.width(), 60.0)),
        egui::Layout::top_down(egui::Align::Center),
        |ui| {
            label(ui, title, font::title(26.0), p.text);
        },
    );
}

/// The sign-in page.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = page(ui, view);
    let (p, t) = (view.p, view.t);
    let height = if view.state.sign_in.failure.is_some() { 424.0 } else { 388.0 };
    let card = Rect::from_center_size(rect.center(), vec2(420.0, height));
    ui.painter().rect_filled(card, 16.0, p.panel);
    region(ui, "form", card.shrink(32.0), column(), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        label(ui, t.get("sign-in-title"), font::title(26.0), p.text);
        ui.add_space(6.0);
        let form = &mut view.state.sign_in;
        let mut enter = false;
        for (name, text, secret) in [
            ("sign-in-hub", &mut form.hub, false),
            ("sign-in-user", &mut form.user, false),
            ("sign-in-password", &mut form.password, true),
        ] {
            let words = t.get(name);
            let field = Field::new(&words, text).limit(200);
            let field = if secret { field.password() } else { field }.show(ui);
            enter |= field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            ui.add_space(2.0);
        }
        if let Some(cause) = &form.failure {
            failure(ui, &words::failure(t, cause));
        }
        ui.add_space(4.0);
        let complete = !form.hub.trim().is_empty()
            && !form.user.trim().is_empty()
            && !form.password.is_empty();
        let words = if form.busy { t.get("sign-in-busy") } else { t.get("sign-in-go") };
        let go = Button::new(&words)
            .kind(Kind::Primary)
            .large()
            .width(ui.available_width())
            .enabled(complete && !form.busy);
        if (ui.add(go).clicked() || enter) && complete && !form.busy {
            form.busy = true;
            form.failure = None;
            view.commands.push(Command::SignIn {
                hub: form.hub.trim().trim_end_matches('/').to_owned(),
                user: form.user.trim().to_owned(),
                password: form.password.clone(),
            });
        }
    });
    let at = pos2(rect.center().x, card.bottom() + 28.0);
    ui.painter().text(
        at,
        Align2::CENTER_CENTER,
        t.get("sign-in-hint"),
        font::regular(12.0),
        p.text3,
    );
}
