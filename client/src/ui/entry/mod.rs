//! The dialog in which an entry is planned or changed, over any page.

mod fields;
mod people;
mod repeat;
mod words;

use super::{View, column, discarded, region};
use crate::command::Command;
use crate::icons;
use crate::state::entry::{Check, Entry, EntryDialog, Field, Meaning, Problem, Search};
use crate::state::{Now, Screen};
use crate::theme::font;
use crate::widgets::{Button, Dialog, Kind, label, wrapped};
use egui::{Align, Id, Layout, Rect, RichText, Ui, vec2};
use std::collections::BTreeMap;
use std::time::Duration;

/// The dialog where the window has the room for it, in points.
const SIZE: egui::Vec2 = vec2(1040.0, 772.0);
/// The participants' side.
const SIDE: f32 = 457.0;
/// A dialog narrower than this shows the participants below, in points.
const NARROW: f32 = 852.0;
/// Inside the dialog, left and right.
const MARGIN: f32 = 32.0;
/// Inside the participants' side.
const SIDE_MARGIN: f32 = 24.0;

/// The dialog with what is around it.
struct Scene<'a, 'v> {
    dialog: &'a mut EntryDialog,
    view: &'a mut View<'v>,
    now: Now,
    meaning: Meaning,
    errors: BTreeMap<Field, Problem>,
    /// The user asked to leave.
    leave: bool,
    /// The user asked to save.
    save: bool,
}

impl Scene<'_, '_> {
    /// What is wrong with a field, in words.
    fn error(&self, field: Field) -> Option<String> {
        self.errors.get(&field).map(|problem| words::problem(self.view.t, field, problem))
    }
}

/// What names a field's control.
fn id(field: Field) -> Id {
    Id::unique(("entry", field))
}

/// Shows the dialog, if it is open.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    if view.state.screen != Screen::Main {
        return;
    }
    let Some(mut dialog) = view.state.entry.dialog.take() else { return };
    let account = view.state.account.as_ref().map(|account| account.user.as_str());
    // Somebody else signed in: what was typed is not theirs to see.
    if !account.is_some_and(|account| dialog.belongs_to(account)) {
        return;
    }
    if draw(ui, view, &mut dialog) {
        view.state.entry = Entry { dialog: None, zone: std::mem::take(&mut view.state.entry.zone) };
    } else {
        view.state.entry.dialog = Some(dialog);
    }
}

/// Draws it; `true` when it is to go.
fn draw(ui: &mut Ui, view: &mut View<'_>, dialog: &mut EntryDialog) -> bool {
    let now = view.state.now;
    let t = view.t;
    let meaning = dialog.read(now);
    let errors = dialog.shown(&meaning);
    let title = words::title(t, dialog);
    let mut scene = Scene { dialog, view, now, meaning, errors, leave: false, save: false };
    let frame = Dialog::new("entry", &title).size(SIZE).guarded().bleeding();
    let outcome = frame.show_with(ui.ctx(), &mut scene, body, footer);
    let (mut leave, save) = (scene.leave || outcome.closed, scene.save);
    if scene.dialog.asking {
        leave = false;
    }
    take_focus(ui, scene.dialog);
    if save && let Some(command) = scene.dialog.save(now) {
        scene.view.commands.push(Command::Entry(command));
    }
    if save {
        ui.ctx().request_repaint();
    }
    ask_hub(ui, &mut scene);
    if leave { scene.dialog.may_close() } else { discarded(ui.ctx(), t, &mut scene.dialog.asking) }
}

/// Gives the keyboard to the field that wants it.
fn take_focus(ui: &Ui, dialog: &mut EntryDialog) {
    if let Some(field) = dialog.focus.take() {
        // A rule and a reminder have no text of their own: the start is what they depend on.
        let field = match field {
            Field::Repeat | Field::Reminder => Field::Start,
            other => other,
        };
        ui.memory_mut(|memory| memory.request_focus(id(field)));
        ui.ctx().request_repaint();
    }
}

/// What the hub is asked by itself: people that fit what is typed, and double bookings.
fn ask_hub(ui: &Ui, scene: &mut Scene<'_, '_>) {
    let seconds = scene.now.seconds;
    let later = |wait: f64| ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
    match scene.dialog.picker.search(seconds) {
        Search::Ask(query) => {
            let search = crate::command::PeopleCommand::Search { query };
            scene.view.commands.push(Command::People(search));
        }
        Search::Wait(wait) => later(wait),
        Search::Nothing => {}
    }
    match scene.dialog.check(&scene.meaning, seconds) {
        Check::Ask(command) => scene.view.commands.push(Command::Entry(command)),
        Check::Wait(wait) => later(wait),
        Check::Nothing => {}
    }
}

/// Both sides; one above the other where there is no room.
fn body(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let width = ui.available_width();
    if width < NARROW {
        let inner = egui::Margin::symmetric(MARGIN as i8, 0);
        ui.spacing_mut().interact_size.y = 0.0;
        egui::Frame::NONE.inner_margin(inner).show(ui, |ui| fields::show(ui, scene));
        ui.add_space(20.0);
        let frame = egui::Frame::NONE.fill(scene.view.p.window);
        let inner = egui::Margin::symmetric(MARGIN as i8, 20);
        frame.inner_margin(inner).show(ui, |ui| {
            ui.set_width(ui.available_width());
            people::show(ui, scene);
        });
        return;
    }
    let all = ui.available_rect_before_wrap();
    let clip = ui.clip_rect();
    let side = Rect::from_min_max(
        egui::pos2(all.right() - SIDE, clip.top()),
        egui::pos2(all.right(), clip.bottom()),
    );
    let corner = egui::CornerRadius { nw: 12, ne: 0, sw: 0, se: 0 };
    ui.painter().rect_filled(side, corner, scene.view.p.window);
    let height = (clip.height() - 8.0).max(0.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 8.0);
        ui.add_space(MARGIN);
        column_of(ui, width - SIDE - 2.0 * MARGIN, height, |ui| fields::show(ui, scene));
        ui.add_space(MARGIN + SIDE_MARGIN);
        column_of(ui, SIDE - SIDE_MARGIN - MARGIN, height, |ui| {
            ui.add_space(16.0);
            people::show(ui, scene);
        });
    });
}

/// A column of that width and at least that height.
fn column_of(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, height), column(), |ui| {
        ui.set_width(width);
        ui.set_min_height(height);
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        // Lines of words are as high as the words.
        ui.spacing_mut().interact_size.y = 0.0;
        content(ui);
    });
}

/// What is wrong at the left; the way out and the way on at the right.
fn footer(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let (cancel, save) = (t.get("entry-cancel"), t.get("entry-save"));
    let saving = t.get("entry-saving");
    let save = if scene.dialog.busy { &saving } else { &save };
    let cancel = Button::new(&cancel).kind(Kind::Ghost).height(40.0);
    let save = Button::new(save).kind(Kind::Primary).height(40.0).enabled(!scene.dialog.busy);
    let buttons = cancel.natural_width(ui) + 12.0 + save.natural_width(ui);
    let all = ui.max_rect();
    let middle = all.right() - 8.0 - buttons;
    let left = Rect::from_min_max(
        egui::pos2(all.left() + 8.0, all.top() + 8.0),
        egui::pos2(middle - 16.0, all.bottom() - 4.0),
    );
    region(ui, "trouble", left, Layout::left_to_right(Align::Center), |ui| trouble(ui, scene));
    let right = Rect::from_min_max(egui::pos2(middle, all.top()), all.max);
    region(ui, "buttons", right, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        scene.leave |= ui.add(cancel).clicked();
        scene.save |= ui.add(save).clicked();
    });
    let by_key = egui::Modifiers::COMMAND;
    scene.save |= ui.input_mut(|i| i.consume_key(by_key, egui::Key::Enter));
}

/// Which fields are wrong, with ways there; or why the hub did not save.
fn trouble(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let (t, p) = (scene.view.t, scene.view.p);
    let failed = scene.dialog.failure.as_ref().map(|failure| words::failure(t, failure));
    if scene.errors.is_empty() && failed.is_none() {
        return;
    }
    let (mark, _) = ui.allocate_exact_size(vec2(20.0, 20.0), egui::Sense::hover());
    icons::paint(ui.painter(), icons::ICON_ERROR.filled(), mark.center(), 18.0, p.danger);
    let Some(sentence) = failed.filter(|_| scene.errors.is_empty()) else {
        return summary(ui, scene);
    };
    let response = wrapped(ui, sentence.as_str(), font::regular(13.0), p.danger);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::Alert);
        node.set_label(sentence);
    });
}

fn summary(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    /// So many fields are named.
    const NAMED: usize = 3;
    let (t, p) = (scene.view.t, scene.view.p);
    let fields: Vec<Field> = scene.errors.keys().copied().collect();
    ui.spacing_mut().item_spacing.x = 4.0;
    ui.spacing_mut().interact_size.y = 0.0;
    label(ui, t.count("entry-errors", fields.len()), font::regular(13.0), p.danger);
    for (place, field) in fields.iter().take(NAMED).enumerate() {
        let mut name = words::field(t, *field);
        if place + 1 < fields.len().min(NAMED) {
            name.push(',');
        }
        let text = RichText::new(name).font(font::medium(13.0)).color(p.danger).underline();
        if ui.add(egui::Link::new(text)).clicked() {
            scene.dialog.focus = Some(*field);
            ui.ctx().request_repaint();
        }
    }
}
