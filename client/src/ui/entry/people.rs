//! Who is invited: a drop-down to pick from, chips of who was picked, addresses from outside.

use super::{Scene, id, words};
use crate::icons;
use crate::state::entry::{Field, Invitee, Offer, Organiser, offers};
use crate::theme::font;
use crate::widgets::{
    Button, Field as TextField, Kind, Tone, avatar, banner, chip, elided, failure, label,
    menu_below, menu_item, note,
};
use egui::accesskit::Role;
use egui::{EventFilter, Id, Key, Modifiers, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use protocol::{RoomKind, UserSummary};

/// A row of the drop-down.
const ROW: f32 = 48.0;

/// A chip besides its words, and the most words it shows.
const CHIP: f32 = 80.0;
const LONG: f32 = 260.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    heading(ui, scene);
    search(ui, scene);
    if let Some(problem) = scene.dialog.picker.problem {
        failure(ui, &words::add_problem(scene.view.t, problem));
    }
    if let Some(sentence) = scene.error(Field::People) {
        failure(ui, &sentence);
    }
    // The list above comes and goes; what is below keeps its identity, and so the keyboard.
    let below = egui::UiBuilder::new().scope_id(Id::unique(("entry", "below")));
    ui.scope_builder(below, |ui| below_the_list(ui, scene));
}

/// Who was picked, who is busy, and the way to invite from outside.
fn below_the_list(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    chips(ui, scene);
    let way = egui::UiBuilder::new().scope_id(Id::unique(("entry", "outside")));
    if !scene.dialog.warnings.is_empty() {
        let text = words::warnings(scene.view.t, scene.dialog, scene.dialog.zone());
        banner(ui, Tone::Warning, icons::ICON_WARNING, &text, None);
    }
    ui.scope_builder(way, |ui| outside(ui, scene));
}

/// The heading, and how many there are.
fn heading(ui: &mut Ui, scene: &Scene<'_, '_>) {
    let (t, p) = (scene.view.t, scene.view.p);
    let count = scene.dialog.form.people.len();
    let counter = match scene.dialog.kind {
        RoomKind::GroupCall => t.count("entry-count-of", count),
        RoomKind::Webinar => t.count("entry-count-unlimited", count),
    };
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), 18.0),
        egui::Layout::right_to_left(egui::Align::Center),
        |ui| {
            label(ui, counter, font::regular(12.0), p.text3);
            let (rect, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
            let text = t.get("entry-people");
            elided(ui.painter(), rect, &text, font::medium(13.0), p.text2);
        },
    );
}

/// The last chip, for Backspace in the empty field.
fn last_chip() -> Id {
    Id::unique(("entry", "last chip"))
}

fn search(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let full = scene.dialog.full();
    let offered = offered(scene);
    let field_id = id(Field::People);
    let focused = ui.memory(|memory| memory.has_focus(field_id));
    if focused && scene.dialog.picker.open {
        keys(ui, scene, &offered);
    }
    if focused && scene.dialog.picker.query.is_empty() && backspace(ui) {
        let last = ui.data(|data| data.get_temp::<Id>(last_chip()));
        if let Some(last) = last {
            ui.memory_mut(|memory| memory.request_focus(last));
        }
    }
    let hint = t.get(if full { "entry-people-full" } else { "entry-people-hint" });
    let label = t.get("entry-people");
    let text = &mut scene.dialog.picker.query;
    let field = TextField::new(&label, text).id(field_id).hide_label().hint(&hint);
    let response = field.icon(icons::ICON_SEARCH).enabled(!full).show(ui);
    let expanded = scene.dialog.picker.open && !full;
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::ComboBox);
        node.set_expanded(expanded);
    });
    if response.changed() {
        let seconds = scene.now.seconds;
        let picker = &mut scene.dialog.picker;
        (picker.open, picker.marked, picker.problem) = (true, 0, None);
        picker.changed_at = seconds;
    }
    if response.gained_focus() || response.clicked() {
        scene.dialog.picker.open = true;
    }
    if full {
        scene.dialog.picker.open = false;
    }
    let list = if expanded { drop_down(ui, scene, &offered) } else { Rect::NOTHING };
    let over = ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| list.contains(at));
    if response.lost_focus() && !over {
        scene.dialog.picker.open = false;
    }
}

/// Taken, or the chip that gets the keyboard would take it once more.
fn backspace(ui: &Ui) -> bool {
    ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Backspace))
}

fn offered(scene: &Scene<'_, '_>) -> Vec<Offer> {
    let (dialog, people) = (&scene.dialog, &scene.view.state.people);
    let contacts = people.contacts.as_deref().unwrap_or_default();
    let query = &dialog.picker.query;
    offers(query, contacts, &people.latest, &dialog.form.people, &dialog.organiser)
}

/// Up and Down mark a row, Enter picks it and keeps the list open, Escape closes it.
fn keys(ui: &Ui, scene: &mut Scene<'_, '_>, offered: &[Offer]) {
    let filter =
        EventFilter { vertical_arrows: true, escape: true, horizontal_arrows: true, tab: false };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id(Field::People), filter));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let picker = &mut scene.dialog.picker;
    let last = offered.len().saturating_sub(1);
    if pressed(Key::ArrowDown) {
        picker.marked = (picker.marked + 1).min(last);
    }
    if pressed(Key::ArrowUp) {
        picker.marked = picker.marked.saturating_sub(1);
    }
    if pressed(Key::Escape) {
        picker.open = false;
    }
    if pressed(Key::Enter) {
        let typed = !picker.query.trim().is_empty();
        match offered.get(picker.marked.min(last)).cloned() {
            Some(offer) => pick(scene, &offer),
            // What fits nobody was meant as an address.
            None if typed => {
                picker.problem = Some(crate::state::entry::AddProblem::NoAddress);
            }
            None => {}
        }
    }
}

/// Adds who was picked, or takes them out again.
fn pick(scene: &mut Scene<'_, '_>, offer: &Offer) {
    match offer {
        Offer::User(user, true) => {
            let people = &scene.dialog.form.people;
            let at = people.iter().position(|person| person.user_id == Some(user.id));
            if let Some(at) = at {
                scene.dialog.remove(at);
            }
        }
        Offer::User(user, false) => scene.dialog.add(Invitee::user(user)),
        Offer::Address(email) => scene.dialog.add(Invitee::outside(email, "")),
        Offer::Organiser(_) => {}
    }
}

/// The list below the field; gives its rectangle.
fn drop_down(ui: &mut Ui, scene: &mut Scene<'_, '_>, offered: &[Offer]) -> Rect {
    let (t, p) = (scene.view.t, scene.view.p);
    let rows = offered.len().max(1) as f32;
    let size = vec2(ui.available_width(), rows * ROW + 12.0);
    let (rect, list) = ui.allocate_exact_size(size, Sense::hover());
    list.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, t.get("entry-offers")));
    ui.painter().add(ui.visuals().popup_shadow.as_shape(rect, 12.0));
    ui.painter().rect_filled(rect, 12.0, p.overlay);
    let inner = rect.shrink(6.0);
    if offered.is_empty() {
        let text = t.get("entry-nobody");
        elided(ui.painter(), inner.shrink2(vec2(10.0, 0.0)), &text, font::regular(13.0), p.text3);
        return rect;
    }
    let marked = scene.dialog.picker.marked.min(offered.len() - 1);
    for (place, offer) in offered.iter().enumerate() {
        let top = inner.top() + place as f32 * ROW;
        let row = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), ROW));
        let response = row_of(ui, scene, row, offer, place == marked);
        if response.hovered() && ui.input(|i| i.pointer.delta() != egui::Vec2::ZERO) {
            scene.dialog.picker.marked = place;
        }
        if response.clicked() {
            pick(scene, offer);
            ui.memory_mut(|memory| memory.request_focus(id(Field::People)));
        }
    }
    rect
}

fn row_of(ui: &Ui, scene: &Scene<'_, '_>, rect: Rect, offer: &Offer, marked: bool) -> Response {
    let (t, p) = (scene.view.t, scene.view.p);
    let (key, name, meta, ticked, picture) = match offer {
        Offer::User(user, invited) => {
            let picture = scene.view.pictures.of(&user.name);
            (user.id, user.display_name.clone(), told(t, user), *invited, picture)
        }
        Offer::Address(email) => (-1, email.clone(), t.get("entry-outside-add"), false, None),
        Offer::Organiser(organiser) => {
            let account = scene.view.state.account.as_ref().filter(|_| organiser.own);
            let picture = account.and_then(|account| scene.view.pictures.of(&account.user));
            (organiser.id, organiser.name.clone(), organises(t, organiser), false, picture)
        }
    };
    let selectable = !matches!(offer, Offer::Organiser(_));
    let sense = if selectable { Sense::CLICK | Sense::HOVER } else { Sense::hover() };
    let response = ui.interact(rect, id(Field::People).with(("offer", key)), sense);
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListBoxOption, selectable, ticked, format!("{name}, {meta}"))
    });
    if marked && selectable {
        ui.painter().rect_filled(rect, 7.0, p.hover);
    }
    let face = pos2(rect.left() + 24.0, rect.center().y);
    avatar(ui.painter(), face, 28.0, &name, picture);
    let right = rect.right() - 40.0;
    let line = |top: f32| {
        Rect::from_min_max(
            pos2(rect.left() + 48.0, rect.top() + top),
            pos2(right, rect.top() + top + 18.0),
        )
    };
    let ink = if selectable { p.text } else { p.text3 };
    elided(ui.painter(), line(6.0), &name, font::medium(13.0), ink);
    elided(ui.painter(), line(24.0), &meta, font::regular(12.0), p.text3);
    if ticked {
        let at = pos2(rect.right() - 20.0, rect.center().y);
        icons::paint(ui.painter(), icons::ICON_CHECK.outlined(), at, 18.0, p.accent_text);
    }
    response
}

fn told(t: crate::i18n::Texts, user: &UserSummary) -> String {
    if user.contact {
        format!("{} · {}", user.name, t.get("entry-contact"))
    } else {
        user.name.clone()
    }
}

fn organises(t: crate::i18n::Texts, organiser: &Organiser) -> String {
    t.get(if organiser.own { "entry-organiser-own" } else { "entry-organiser" })
}

/// Everybody invited. A press on a name makes somebody a co-host.
fn chips(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let (t, p) = (scene.view.t, scene.view.p);
    if scene.dialog.form.people.is_empty() {
        note(ui, &t.get("entry-people-none"));
        return;
    }
    let (mut removed, mut flipped) = (None, None);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        let people = &scene.dialog.form.people;
        for (at, person) in people.iter().enumerate() {
            let known = |user: &&UserSummary| Some(user.id) == person.user_id;
            let contacts = scene.view.state.people.contacts.iter().flatten();
            let account = contacts.chain(&scene.view.state.people.latest).find(known);
            let account = person.account.as_deref().or(account.map(|user| user.name.as_str()));
            let picture = account.and_then(|account| scene.view.pictures.of(account));
            let text = if person.co_host {
                format!("{} · {}", person.name, t.get("entry-co-host-mark"))
            } else {
                person.name.clone()
            };
            // A chip shrinks to the room that is left; a whole one belongs on the next line.
            let words = ui.painter().layout_no_wrap(text.clone(), font::medium(13.0), p.text);
            if CHIP + words.size().x.min(LONG) > ui.available_size_before_wrap().x {
                ui.end_row();
            }
            let cross = t.named("entry-remove", &person.name);
            let key = (person.user_id, person.email.as_deref());
            let shown = ui.push_id(key, |ui| chip(ui, &text, picture, &cross)).inner;
            if at + 1 == people.len() {
                ui.data_mut(|data| data.insert_temp(last_chip(), shown.response.id));
            }
            if person.user_id.is_some() {
                menu_below(&shown.response, |ui| {
                    let width = ui.available_width();
                    let words = t.get("entry-co-host");
                    if menu_item(ui, None, &words, person.co_host, width).clicked() {
                        flipped = Some(at);
                    }
                });
            }
            if shown.removed {
                removed = Some(at);
            }
        }
    });
    if let Some(person) = flipped.and_then(|at: usize| scene.dialog.form.people.get_mut(at)) {
        person.co_host = !person.co_host;
    }
    if let Some(at) = removed {
        scene.dialog.remove(at);
        ui.memory_mut(|memory| memory.request_focus(id(Field::People)));
    }
    if scene.dialog.form.people.iter().any(|person| person.user_id.is_some()) {
        note(ui, &t.get("entry-co-host-note"));
    }
}

/// Somebody without an account: address and name.
fn outside(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let full = scene.dialog.full();
    if !scene.dialog.picker.outside {
        let words = t.get("entry-outside");
        let button = Button::new(&words).icon(icons::ICON_PERSON_ADD).kind(Kind::Ghost);
        if ui.add(button.enabled(!full)).clicked() {
            scene.dialog.picker.outside = true;
            scene.dialog.focus = Some(Field::OutsideEmail);
        }
        return;
    }
    label(ui, t.get("entry-outside"), font::medium(13.0), scene.view.p.text2);
    for field in [Field::OutsideEmail, Field::OutsideName] {
        outside_field(ui, scene, field);
    }
    ui.horizontal(|ui| {
        let add = t.get("entry-outside-put");
        if ui.add(Button::new(&add).enabled(!full)).clicked() {
            add_outside(scene);
        }
        let close = t.get("entry-outside-close");
        if ui.add(Button::new(&close).kind(Kind::Ghost)).clicked() {
            let picker = &mut scene.dialog.picker;
            (picker.outside, picker.outside_problem) = (false, None);
            picker.email.clear();
            picker.name.clear();
        }
    });
}

fn outside_field(ui: &mut Ui, scene: &mut Scene<'_, '_>, field: Field) {
    let t = scene.view.t;
    let problem = scene.dialog.picker.outside_problem.filter(|(at, _)| *at == field);
    let error = problem.map(|(_, problem)| words::add_problem(t, problem));
    let error = error.or_else(|| scene.error(field));
    let name = words::field(t, field);
    let picker = &mut scene.dialog.picker;
    let text = if field == Field::OutsideEmail { &mut picker.email } else { &mut picker.name };
    let response = TextField::new(&name, text).id(id(field)).error(error.as_deref()).show(ui);
    if response.changed() {
        picker.outside_problem = None;
    }
    if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
        add_outside(scene);
    }
}

fn add_outside(scene: &mut Scene<'_, '_>) {
    scene.dialog.add_outside();
    let at = scene.dialog.picker.outside_problem.map(|(field, _)| field);
    scene.dialog.focus = Some(at.unwrap_or(Field::OutsideEmail));
}
