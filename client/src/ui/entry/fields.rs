//! What it is, when it is, and what comes with it.

use super::{Scene, id, repeat, words};
use crate::icons;
use crate::state::entry::Field;
use crate::theme::font;
use crate::ui::{clock, words::number};
use crate::when;
use crate::widgets::{
    Choice, DateField, DateOutcome, Field as TextField, checkbox, failure, note, select, spoken,
    spread,
};
use egui::accesskit::Role;
use egui::{Sense, Ui, UiBuilder, pos2, vec2};
use jiff::tz::TimeZone;

/// The reminders that are offered, in minutes.
const REMINDERS: [u32; 9] = [5, 10, 15, 30, 60, 120, 1440, 2880, 10080];

/// Between two dates side by side.
const GAP: f32 = 12.0;

/// Two dates in less room than this stand one above the other.
const BESIDE: f32 = 380.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    ui.spacing_mut().item_spacing.y = 12.0;
    title(ui, scene);
    description(ui, scene);
    if scene.dialog.form.dated {
        dates(ui, scene);
        clock::notice(ui, scene.view);
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        repeat::show(ui, scene);
        hints(ui, scene);
    });
    line(ui, scene);
    extras(ui, scene);
    number_card(ui, scene);
}

fn title(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let error = scene.error(Field::Title);
    let label = t.get("entry-title");
    let field = TextField::new(&label, &mut scene.dialog.form.title).id(id(Field::Title));
    let response = field.error(error.as_deref()).show(ui);
    left(scene, Field::Title, response.lost_focus());
}

fn description(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let error = scene.error(Field::Description);
    let (label, remark) = (t.get("entry-description"), t.get("entry-description-note"));
    let text = &mut scene.dialog.form.description;
    let field = TextField::new(&label, text).note(&remark).lines(2).id(id(Field::Description));
    let response = field.error(error.as_deref()).show(ui);
    left(scene, Field::Description, response.lost_focus());
}

fn left(scene: &mut Scene<'_, '_>, field: Field, left: bool) {
    if left {
        scene.dialog.leave(field, scene.now);
    }
}

fn dates(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let width = ui.available_width();
    if width < BESIDE {
        for field in [Field::Start, Field::End] {
            date(ui, scene, field);
        }
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for field in [Field::Start, Field::End] {
            ui.vertical(|ui| {
                ui.set_width((width - GAP) / 2.0);
                date(ui, scene, field);
            });
        }
    });
}

fn date(ui: &mut Ui, scene: &mut Scene<'_, '_>, field: Field) {
    let t = scene.view.t;
    let now = scene.now;
    let at = scene.dialog.local(now);
    let (label, hint) = (words::field(t, field), t.get("entry-now-hint"));
    let error = scene.error(field);
    let zone = scene.dialog.zone().clone();
    let form = &mut scene.dialog.form;
    let meant =
        if field == Field::Start { form.start_ms(at, &zone) } else { form.end_ms(at, &zone) };
    let day = meant.ok().map(|ms| when::local(ms, &zone).date());
    let text = if field == Field::Start { &mut form.start.text } else { &mut form.end.text };
    let input = DateField::new(&label, text, id(field), at.date());
    let outcome = input.error(error.as_deref()).caption(&hint).chosen(day).show(ui);
    dated(scene, field, &outcome);
}

/// What came of a date field.
pub(super) fn dated(scene: &mut Scene<'_, '_>, field: Field, outcome: &DateOutcome) {
    let now = scene.now;
    if outcome.now {
        scene.dialog.fill_now(field, now);
    }
    if let Some(later) = outcome.step {
        scene.dialog.step(field, later, now);
    }
    if let Some(day) = outcome.day {
        scene.dialog.choose_day(field, day, now);
    }
    if outcome.typed {
        match field {
            Field::Start => scene.dialog.start_changed(now),
            Field::End => scene.dialog.end_changed(now),
            _ => {}
        }
    }
    left(scene, field, outcome.left);
}

/// Whose clocks are meant, and whether calling at once would be simpler.
fn hints(ui: &mut Ui, scene: &Scene<'_, '_>) {
    let (t, dialog) = (scene.view.t, &*scene.dialog);
    if !dialog.form.dated {
        return;
    }
    if dialog.foreign_zone {
        let own = TimeZone::get(&scene.view.state.entry.zone).unwrap_or(TimeZone::UTC);
        let start = dialog.form.start_ms(dialog.local(scene.now), dialog.zone());
        let zone = t.named("entry-zone", &dialog.zone_name);
        let sentence = match start {
            Ok(start) => {
                let here = when::write(when::local(start, &own), dialog.language());
                format!("{zone} {}", t.named("entry-zone-here", &here))
            }
            Err(_) => zone,
        };
        note(ui, &sentence);
    }
    if dialog.id.is_none() && dialog.short_notice(scene.now) {
        note(ui, &t.get("entry-guidance"));
    }
}

fn line(ui: &mut Ui, scene: &Scene<'_, '_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, scene.view.p.line);
}

fn extras(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let people = scene.dialog.form.people.len();
    let told = t.count("entry-notify-note", people);
    let form = &mut scene.dialog.form;
    checkbox(ui, &t.get("entry-notify"), Some(&told), &mut form.notify);
    let no_telephone = scene.dialog.without_telephone();
    let phone = match &scene.dialog.pin {
        _ if no_telephone => t.get("entry-phone-none"),
        Some(pin) => t.named("entry-phone-note-pin", pin),
        None => t.get("entry-phone-note"),
    };
    ui.add_enabled_ui(!no_telephone, |ui| {
        checkbox(ui, &t.get("entry-phone"), Some(&phone), &mut scene.dialog.form.phone_info);
    });
    reminder(ui, scene);
}

fn reminder(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let error = scene.error(Field::Reminder);
    let form = &mut scene.dialog.form;
    let dated = form.dated;
    let choices: Vec<u32> = if REMINDERS.contains(&form.reminder_minutes) {
        REMINDERS.to_vec()
    } else {
        let mut all = REMINDERS.to_vec();
        all.push(form.reminder_minutes);
        all.sort_unstable();
        all
    };
    let caption = t.get(if dated { "entry-reminder-note" } else { "entry-reminder-undated" });
    ui.add_enabled_ui(dated, |ui| {
        let width = ui.available_width();
        ui.horizontal_wrapped(|ui| {
            ui.vertical(|ui| {
                ui.set_width((width - 180.0).max(220.0));
                let label = t.get("entry-reminder");
                checkbox(ui, &label, Some(&caption), &mut form.reminder);
            });
            ui.add_enabled_ui(form.reminder, |ui| {
                let shown = words::reminder(t, form.reminder_minutes);
                let offered: Vec<Choice> = choices
                    .iter()
                    .map(|minutes| Choice {
                        name: words::reminder(t, *minutes),
                        chosen: *minutes == form.reminder_minutes,
                    })
                    .collect();
                let name = t.get("entry-reminder-when");
                if let Some(picked) = select(ui, &name, None, &shown, &offered) {
                    form.reminder_minutes = choices[picked];
                }
            });
        });
    });
    if let Some(sentence) = error {
        failure(ui, &sentence);
    }
}

/// The number that stays as long as the entry.
fn number_card(ui: &mut Ui, scene: &Scene<'_, '_>) {
    let (t, p) = (scene.view.t, scene.view.p);
    let (digits, spoken_number) = match &scene.dialog.number {
        Some(digits) => (number(digits), number(digits)),
        None => (String::new(), t.get("entry-number-later")),
    };
    let title = t.get("entry-number");
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 56.0), Sense::hover());
    ui.painter().rect_filled(rect, 10.0, p.window);
    let mark = pos2(rect.left() + 26.0, rect.center().y);
    icons::paint(ui.painter(), icons::ICON_TAG.outlined(), mark, 20.0, p.text3);
    let inner = egui::Rect::from_min_max(pos2(rect.left() + 48.0, rect.top()), rect.max);
    let child = &mut ui.new_child(UiBuilder::new().id_salt("number").max_rect(inner));
    let painter = child.painter().with_clip_rect(rect.intersect(child.clip_rect()));
    let first = pos2(inner.left(), rect.top() + 20.0);
    let second = pos2(inner.left(), rect.top() + 38.0);
    if digits.is_empty() {
        spread(&painter, first, &[(&title, font::medium(13.0), p.text2)]);
        spread(&painter, second, &[(&spoken_number, font::regular(12.0), p.text3)]);
    } else {
        let parts = [
            (title.as_str(), font::medium(13.0), p.text2),
            (digits.as_str(), font::mono_semibold(13.0), p.text),
        ];
        spread(&painter, first, &parts);
        let stays = t.get("entry-number-note");
        spread(&painter, second, &[(&stays, font::regular(12.0), p.text3)]);
    }
    spoken(child, rect, "number", Role::Label, &format!("{title}: {spoken_number}"));
}
