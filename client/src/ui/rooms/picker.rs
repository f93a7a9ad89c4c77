//! People to pick: contacts, and whoever a search finds.

use crate::command::{Command, RoomsCommand};
use crate::icons;
use crate::state::Picked;
use crate::theme::font;
use crate::ui::{View, contacts, words};
use crate::widgets::{avatar, chip, elided, failure, list_row, note, presence_dot, search};
use egui::{Rect, ScrollArea, Ui, pos2, vec2};
use protocol::{Presence, UserSummary};

/// Somebody's row.
const ROW: f32 = 48.0;

/// Those picked, the search and whom it finds; `known` are there already. The list is `height`
/// points high.
pub fn show(ui: &mut Ui, view: &mut View<'_>, picked: &mut Picked, known: &[i64], height: f32) {
    let t = view.t;
    chips(ui, view, picked);
    let field = search(ui, &t.get("rooms-people-search"), &mut picked.search, "");
    if field.changed() && !picked.search.trim().is_empty() {
        let query = picked.search.trim().to_owned();
        view.commands.push(Command::Rooms(RoomsCommand::FindPeople { query }));
    }
    let people = found(view, picked, known);
    ScrollArea::vertical().id_salt("people").max_height(height).auto_shrink([false, true]).show(
        ui,
        |ui| {
            ui.set_min_height(height.min(ROW));
            ui.spacing_mut().item_spacing.y = 0.0;
            if people.is_empty() {
                nobody(ui, view, picked);
            }
            for person in &people {
                row(ui, view, picked, person);
            }
        },
    );
}

/// Those who were picked; each can be taken out again.
pub fn chips(ui: &mut Ui, view: &View<'_>, picked: &mut Picked) {
    let mut out = None;
    if picked.people.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for person in &picked.people {
            let name = view.t.named("rooms-people-remove", &person.display_name);
            let picture = view.pictures.of(&person.name);
            if chip(ui, &person.display_name, picture, &name).removed {
                out = Some(person.clone());
            }
        }
    });
    if let Some(person) = out {
        picked.toggle(&person);
    }
}

/// Contacts, those who can be reached first; with a search also whom the hub found.
fn found(view: &View<'_>, picked: &Picked, known: &[i64]) -> Vec<UserSummary> {
    let people = &view.state.people;
    let wanted = picked.search.trim().to_lowercase();
    let fits = |person: &&UserSummary| {
        wanted.is_empty()
            || person.display_name.to_lowercase().contains(&wanted)
            || person.name.to_lowercase().contains(&wanted)
    };
    let others = view.state.rooms.found.iter().filter(|_| !wanted.is_empty());
    let mut found: Vec<UserSummary> =
        people.contacts.iter().flatten().chain(others).filter(fits).cloned().collect();
    let me = people.me.as_ref().map(|me| me.id);
    found.retain(|person| Some(person.id) != me && !known.contains(&person.id));
    found.sort_by_cached_key(|person| {
        let away = people.presence(&person.name) == Presence::Offline;
        (away, person.display_name.to_lowercase(), person.id)
    });
    found.dedup_by_key(|person| person.id);
    found
}

fn nobody(ui: &mut Ui, view: &View<'_>, picked: &Picked) {
    let t = view.t;
    if let Some(cause) = &view.state.rooms.find_failure {
        failure(ui, &words::failure(t, cause));
    } else if picked.search.trim().is_empty() {
        note(ui, &t.get("rooms-people-no-contacts"));
    } else {
        note(ui, &t.get("rooms-people-none"));
    }
}

fn row(ui: &mut Ui, view: &View<'_>, picked: &mut Picked, person: &UserSummary) {
    let (p, t) = (view.p, view.t);
    let chosen = picked.contains(person.id);
    let presence = view.state.people.presence(&person.name);
    let state = contacts::presence(t, presence);
    let name = format!("{}, {state}", person.display_name);
    let response = ui
        .push_id(person.id, |ui| {
            list_row(ui, &name, ROW, chosen, |ui, rect| {
                let middle = pos2(rect.left() + 27.0, rect.center().y);
                let picture = view.pictures.of(&person.name);
                avatar(ui.painter(), middle, 34.0, &person.display_name, picture);
                presence_dot(ui, middle, 34.0, presence, p.panel);
                let left = rect.left() + 56.0;
                let right = rect.right() - 36.0;
                let words = Rect::from_min_max(
                    pos2(left, rect.top() + 5.0),
                    pos2(right, rect.top() + 25.0),
                );
                elided(ui.painter(), words, &person.display_name, font::medium(14.0), p.text);
                let below = words.translate(vec2(0.0, 19.0)).with_max_y(rect.bottom() - 4.0);
                elided(ui.painter(), below, &state, font::regular(12.0), p.text3);
                if chosen {
                    let at = pos2(rect.right() - 20.0, rect.center().y);
                    let check = icons::ICON_CHECK_CIRCLE.filled();
                    icons::paint(ui.painter(), check, at, 20.0, p.accent_text);
                }
            })
        })
        .inner;
    if response.clicked() {
        picked.toggle(person);
    }
}
