//! Who we are to the others, and the conference profile that the planner needs.

use super::super::{View, words};
use super::heading;
use crate::command::{AccountCommand, Command};
use crate::icons;
use crate::state::Saved;
use crate::theme::font;
use crate::widgets::{Button, Field, Kind, Tone, avatar, banner, failure, status, wrapped};
use egui::{Align, Layout, Sense, Ui, vec2};

/// The tab.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    if view.state.people.me.is_none() {
        wrapped(ui, view.t.get("settings-loading"), font::regular(14.0), view.p.text3);
        return;
    }
    conference(ui, view);
    ui.add_space(28.0);
    heading(ui, view, "settings-person-title", "settings-person-text");
    picture(ui, view);
    ui.add_space(8.0);
    particulars(ui, view);
}

fn conference(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    heading(ui, view, "settings-conference-title", "settings-conference-text");
    if view.state.people.has_profile() == Some(false) {
        banner(ui, Tone::Warning, icons::ICON_WARNING, &t.get("settings-no-profile"), None);
        ui.add_space(4.0);
    }
    let draft = view.state.profile_draft();
    let mut name = draft.name.clone();
    let empty = name.trim().is_empty().then(|| t.get("settings-name-missing"));
    let words = t.get("settings-profile-name");
    let caption = t.get("settings-profile-caption");
    let field = Field::new(&words, &mut name).limit(80).caption(&caption).error(empty.as_deref());
    if field.show(ui).changed() {
        view.state.account_page.profile_name = Some(name);
        view.state.account_page.saved = None;
    }
    ui.add_space(4.0);
    let known = view.state.people.me.as_ref().and_then(|me| me.profile.as_ref());
    let changed = known != Some(&draft);
    let words =
        if known.is_some() { t.get("settings-save") } else { t.get("settings-profile-create") };
    ui.horizontal(|ui| {
        let free = changed && empty.is_none() && !view.state.account_page.busy;
        let button = Button::new(&words).kind(Kind::Primary).enabled(free);
        if ui.add(button).clicked() {
            view.state.account_page.busy = true;
            view.commands.push(Command::Account(AccountCommand::SaveProfile(draft)));
        }
        outcome(ui, view, Saved::Profile);
    });
}

fn picture(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(me) = &view.state.people.me else { return };
    let (name, user, has) =
        (me.display_name.clone(), me.name.clone(), me.picture_changed_at_ms.is_some());
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(72.0, 72.0), Sense::hover());
        avatar(ui.painter(), rect.center(), 72.0, &name, view.pictures.of(&user));
        ui.add_space(8.0);
        let words = t.get(if has { "settings-picture-other" } else { "settings-picture-choose" });
        let free = !view.state.account_page.busy;
        let button = Button::new(&words).icon(icons::ICON_ADD_PHOTO_ALTERNATE).enabled(free);
        if ui.add(button).clicked() {
            view.commands.push(Command::Account(AccountCommand::PickPicture));
        }
        let words = t.get("settings-picture-remove");
        if has && ui.add(Button::new(&words).kind(Kind::Ghost).enabled(free)).clicked() {
            view.state.account_page.busy = true;
            view.commands.push(Command::Account(AccountCommand::RemovePicture));
        }
    });
    outcome(ui, view, Saved::Picture);
}

fn particulars(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(me) = &view.state.people.me else { return };
    let page = &mut view.state.account_page;
    let mut display = page.display_name.clone().unwrap_or_else(|| me.display_name.clone());
    let mut email = page.email.clone().unwrap_or_else(|| me.email.clone().unwrap_or_default());
    let missing = display.trim().is_empty().then(|| t.get("settings-name-missing"));
    let words = t.get("settings-display-name");
    let field = Field::new(&words, &mut display).limit(80).error(missing.as_deref());
    if field.show(ui).changed() {
        page.display_name = Some(display);
        page.saved = None;
    }
    ui.add_space(4.0);
    let words = t.get("settings-email");
    let caption = t.get("settings-email-caption");
    if Field::new(&words, &mut email).limit(254).caption(&caption).show(ui).changed() {
        page.email = Some(email);
        page.saved = None;
    }
    ui.add_space(4.0);
    let draft = view.state.particulars_draft();
    ui.horizontal(|ui| {
        let free = draft.is_some() && missing.is_none() && !view.state.account_page.busy;
        let words = t.get("settings-save");
        if ui.add(Button::new(&words).enabled(free)).clicked()
            && let Some(draft) = draft
        {
            view.state.account_page.busy = true;
            view.commands.push(Command::Account(AccountCommand::Change(draft)));
        }
        outcome(ui, view, Saved::Particulars);
    });
}

/// What came of saving one part, beside its button.
pub fn outcome(ui: &mut Ui, view: &View<'_>, what: Saved) {
    let page = &view.state.account_page;
    if page.saved == Some(what) {
        status(ui, &view.t.get("settings-saved"), Tone::Good, Some(icons::ICON_CHECK));
    }
    if let Some((about, cause)) = &page.failure
        && *about == what
    {
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            failure(ui, &words::failure(view.t, cause));
        });
    }
}
