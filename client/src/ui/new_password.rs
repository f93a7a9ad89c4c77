//! A password of one's own, in the place of one that somebody else set.

use super::{View, column, page, region, words};
use crate::command::{AccountCommand, Command};
use crate::state::PasswordError;
use crate::theme::font;
use crate::widgets::{Button, Field, Kind, failure, label, wrapped};
use egui::{Key, Rect, ScrollArea, Ui, vec2};

/// The page between signing in and everything else.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = page(ui, view);
    let (p, t) = (view.p, view.t);
    let card = Rect::from_center_size(rect.center(), vec2(420.0, 480.0_f32.min(rect.height())));
    ui.painter().rect_filled(card, 16.0, p.panel);
    region(ui, "form", card.shrink(32.0), column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            label(ui, t.get("password-title"), font::title(26.0), p.text);
            wrapped(ui, t.get("password-text"), font::regular(14.0), p.text2);
            ui.add_space(6.0);
            form(ui, view);
            if let Some((_, cause)) = &view.state.account_page.failure {
                failure(ui, &words::failure(t, cause));
            }
            let words = t.get("password-sign-out");
            if ui.add(Button::new(&words).kind(Kind::Ghost)).clicked() {
                view.state.sign_out();
                view.commands.push(Command::SignOut);
            }
        });
    });
}

/// The three fields and their button.
pub fn form(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let form = &mut view.state.account_page.password;
    let typed = !form.again.is_empty();
    let error = form.error();
    let shown = |wanted: &[PasswordError]| {
        error.filter(|error| typed && wanted.contains(error)).map(|error| {
            t.get(match error {
                PasswordError::Short => "password-short",
                PasswordError::Same => "password-same",
                PasswordError::Differs => "password-differs",
            })
        })
    };
    let new = shown(&[PasswordError::Short, PasswordError::Same]);
    let again = shown(&[PasswordError::Differs]);
    let caption = t.get("password-rule");
    let mut enter = false;
    for (key, text, wrong, caption) in [
        ("password-old", &mut form.old, None, ""),
        ("password-new", &mut form.new, new, caption.as_str()),
        ("password-again", &mut form.again, again, ""),
    ] {
        let words = t.get(key);
        let field = Field::new(&words, text).password().limit(200).caption(caption);
        let response = field.error(wrong.as_deref()).show(ui);
        enter |= response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        ui.add_space(2.0);
    }
    let complete = !form.old.is_empty() && error.is_none() && !view.state.account_page.busy;
    let words = t.get("password-save");
    let button = Button::new(&words).kind(Kind::Primary).enabled(complete);
    if (ui.add(button).clicked() || enter) && complete {
        let form = &view.state.account_page.password;
        let (old, new) = (form.old.clone(), form.new.clone());
        view.state.account_page.busy = true;
        view.commands.push(Command::Account(AccountCommand::ChangePassword { old, new }));
    }
}
