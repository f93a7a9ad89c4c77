//! The session login for somebody's own web site: how it looks, and the code to put there.

use super::{LABEL, ask, words};
use crate::icons;
use crate::state::{EmbedForm, is_color};
use crate::theme::font;
use crate::ui::View;
use crate::widgets::{
    Button, Choice, Dialog, Field, copied, dropdown, failure, label, note, spoken, wrapped,
};
use egui::accesskit::Role;
use egui::{Context, Frame, Margin, Ui, vec2};

/// The longest heading, in characters.
const MAX_TITLE: usize = 80;
/// Languages of the form; the empty one is the visitor's.
const LANGUAGES: [&str; 3] = ["", "de", "en"];

/// The dialog, where it is open.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    let Some(mut form) = view.state.rooms.info.embed.take() else { return };
    let title = view.t.get("rooms-embed");
    let dialog = Dialog::new("embed", &title).size(vec2(680.0, 700.0));
    let outcome = dialog.show(ctx, |ui| {
        note(ui, &view.t.get("rooms-embed-text"));
        look(ui, view, &mut form);
        code(ui, view, &form);
    });
    if outcome.closed {
        return;
    }
    view.state.rooms.info.embed = Some(form);
    let wish = view.state.rooms.ask_embed();
    ask(view, wish);
}

fn look(ui: &mut Ui, view: &View<'_>, form: &mut EmbedForm) {
    let t = view.t;
    let wrong = t.get("rooms-embed-color-wrong");
    ui.spacing_mut().interact_size.y = LABEL;
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        for (ui, key, text) in [
            (left, "rooms-embed-color", &mut form.look.color),
            (right, "rooms-embed-background", &mut form.look.background),
        ] {
            let error = (!is_color(text)).then_some(wrong.as_str());
            Field::new(&t.get(key), text).limit(7).hint("#e6b85c").error(error).show(ui);
        }
    });
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        let hint = t.get("rooms-embed-title-hint");
        Field::new(&t.get("rooms-embed-title"), &mut form.look.title)
            .limit(MAX_TITLE)
            .hint(&hint)
            .show(left);
        let names = ["rooms-embed-language-any", "rooms-embed-german", "rooms-embed-english"];
        let choices: Vec<_> = names
            .into_iter()
            .zip(LANGUAGES)
            .map(|(key, code)| Choice { name: t.get(key), chosen: form.look.language == code })
            .collect();
        let name = t.get("rooms-embed-language");
        if let Some(index) = dropdown(right, icons::ICON_TRANSLATE, &name, &choices) {
            LANGUAGES[index].clone_into(&mut form.look.language);
        }
    });
}

fn code(ui: &mut Ui, view: &View<'_>, form: &EmbedForm) {
    let t = view.t;
    if let Some(cause) = &form.failure {
        failure(ui, &words::failure(t, cause));
    }
    let Some(code) = &form.code else { return };
    for (key, copy, html) in [
        ("rooms-embed-script", "rooms-embed-script-copy", &code.script),
        ("rooms-embed-frame", "rooms-embed-frame-copy", &code.frame),
    ] {
        ui.add_space(4.0);
        label(ui, t.get(key), font::medium(13.0), view.p.text2);
        let frame = Frame::NONE.fill(view.p.window).corner_radius(8);
        frame.inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            wrapped(ui, html, font::mono(12.0), view.p.text2);
        });
        let words = t.get(copy);
        let id = ui.make_persistent_id(copy);
        let icon = match copied(ui, id, None) {
            true => icons::ICON_CHECK,
            false => icons::ICON_CONTENT_COPY,
        };
        let button = ui.add(Button::new(&words).icon(icon).height(32.0));
        if copied(ui, id, button.clicked().then_some(html)) {
            spoken(ui, button.rect, copy, Role::Status, &t.get("toast-copied-text"));
        }
    }
}
