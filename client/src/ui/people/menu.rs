//! What can be done with one person: by everybody for themselves, by hosts for all.

use super::{ask_to_remove, lower};
use crate::command::Command;
use crate::icons;
use crate::ui::View;
use crate::ui::contacts::in_contacts;
use crate::ui::tile::menu::{heading, item, volume};
use crate::widgets::menu_line;
use egui::Ui;
use protocol::{MediaSource, Participant, ParticipantKind, Role};

/// The lines of the menu.
pub fn items(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let t = view.t;
    let Some(call) = &view.state.call else { return };
    let (own, host) = (call.you == person.id, call.host());
    let writes = call.may_read(person.id);
    let pinned = call.pinned == Some(person.id);
    heading(ui, view, &person.name);
    if !own && person.may_publish {
        volume(ui, view, person.id, &person.name);
        menu_line(ui);
    }
    if writes
        && item(ui, icons::ICON_CHAT_BUBBLE, &t.get("person-write"), false)
        && let Some(call) = &mut view.state.call
    {
        call.write_to(person.id);
    }
    let key = if pinned { "tile-unpin" } else { "tile-pin" };
    if person.may_publish
        && item(ui, icons::ICON_PUSH_PIN, &t.get(key), pinned)
        && let Some(call) = &mut view.state.call
    {
        if pinned {
            call.unpin();
        } else {
            call.choose((person.id, MediaSource::Camera));
        }
    }
    // They are here: there is nobody to call, but somebody to keep.
    let account = view.state.people.called(&person.name).map(str::to_owned);
    let account = account.filter(|_| !own && person.kind == ParticipantKind::User);
    if let Some(user) = account {
        in_contacts(ui, view, &user);
    }
    if host {
        moderation(ui, view, person, own);
    }
}

fn moderation(ui: &mut Ui, view: &mut View<'_>, person: &Participant, own: bool) {
    let t = view.t;
    if person.hand_raised_at_ms.is_some() {
        let words = t.named("hand-lower-of", &person.name);
        if item(ui, icons::ICON_FRONT_HAND, &words, false) {
            lower(view, person.id);
        }
    }
    if !own && person.microphone && item(ui, icons::ICON_MIC_OFF, &t.get("mute"), false) {
        view.commands.push(Command::Mute(person.id));
    }
    // The hub keeps the last host a host.
    let kept = view.state.call.as_ref().is_some_and(|call| call.last_host(person));
    if !kept {
        menu_line(ui);
        roles(ui, view, person);
    }
    if !own {
        menu_line(ui);
        if item(ui, icons::ICON_DELETE, &t.get("remove"), false) {
            ask_to_remove(view, person.id, &person.name);
        }
    }
}

fn roles(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    let roles = [
        (Role::Host, "make-host", icons::ICON_TUNE),
        (Role::Presenter, "make-presenter", icons::ICON_CO_PRESENT),
        (Role::Attendee, "make-attendee", icons::ICON_PERSON),
    ];
    for (role, key, icon) in roles {
        let chosen = person.role == role;
        if item(ui, icon, &view.t.get(key), chosen) && !chosen {
            view.commands.push(Command::SetRole { participant: person.id, role });
        }
    }
}
