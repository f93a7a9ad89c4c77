//! How an entry repeats, and whether it has a date at all.

use super::{Scene, fields, id, words};
use crate::icons;
use crate::state::entry::{Field, Frequency, MonthlyBy, RepeatEnd, in_last_week, index, week};
use crate::theme::font;
use crate::widgets::{
    Choice, DateField, Field as TextField, checkbox, failure, focus_ring, hover_fill, label, note,
    select, weekday_name,
};
use egui::accesskit::Role;
use egui::{Align2, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use jiff::civil::{Date, Weekday};

/// A number typed between words.
const NUMBER: f32 = 64.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(20.0, 8.0);
        if scene.dialog.form.dated {
            frequency(ui, scene);
        }
        let mut undated = !scene.dialog.form.dated;
        let caption = scene.view.t.get("entry-undated-note");
        let caption = undated.then_some(caption.as_str());
        if checkbox(ui, &scene.view.t.get("entry-undated"), caption, &mut undated) {
            scene.dialog.form.dated = !undated;
        }
    });
    if !scene.dialog.form.dated {
        return;
    }
    let now = scene.dialog.local(scene.now).date();
    let start = scene.dialog.start(scene.now).map(|start| start.date());
    let often = scene.dialog.form.repeat.frequency;
    if !matches!(often, Frequency::Never | Frequency::Foreign) {
        interval(ui, scene);
        if let Some(start) = start {
            match often {
                Frequency::Weekly => weekdays(ui, scene, start),
                Frequency::Monthly => monthly(ui, scene, start),
                _ => {}
            }
        }
        end(ui, scene);
    }
    if let Some(sentence) = scene.error(Field::Repeat) {
        failure(ui, &sentence);
    }
    let sentence = start
        .and_then(|start| words::repetition(scene.view.t, &scene.dialog.form.repeat, start, now));
    if let Some(sentence) = sentence {
        note(ui, &sentence);
    }
}

/// A drop-down of values; gives the one that was picked now.
fn choose<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    values: &[T],
    current: T,
    words: impl Fn(T) -> String,
) -> Option<T> {
    let choices: Vec<Choice> = values
        .iter()
        .map(|value| Choice { name: words(*value), chosen: *value == current })
        .collect();
    select(ui, name, None, &words(current), &choices).map(|at| values[at])
}

fn frequency(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let t = scene.view.t;
    let repeat = &mut scene.dialog.form.repeat;
    let mut values = vec![
        Frequency::Never,
        Frequency::Daily,
        Frequency::Weekly,
        Frequency::Monthly,
        Frequency::Yearly,
    ];
    if repeat.foreign.is_some() {
        values.push(Frequency::Foreign);
    }
    let choices: Vec<Choice> = values
        .iter()
        .map(|value| Choice {
            name: words::frequency(t, *value),
            chosen: *value == repeat.frequency,
        })
        .collect();
    let shown = words::frequency(t, repeat.frequency);
    let icon = Some(icons::ICON_EVENT_REPEAT);
    if let Some(picked) = select(ui, &t.get("entry-repeat"), icon, &shown, &choices) {
        repeat.frequency = values[picked];
    }
}

/// A number of a few digits with its error below.
fn number(ui: &mut Ui, scene: &mut Scene<'_, '_>, field: Field) {
    let name = words::field(scene.view.t, field);
    let error = scene.error(field);
    let repeat = &mut scene.dialog.form.repeat;
    let text = if field == Field::Interval { &mut repeat.interval } else { &mut repeat.count };
    let response = ui
        .scope(|ui| {
            ui.set_width(NUMBER);
            let input = TextField::new(&name, text).id(id(field)).hide_label();
            // The sentence stands below the row, where there is room for it.
            input.error(error.as_ref().map(|_| "")).show(ui)
        })
        .inner;
    if response.lost_focus() {
        scene.dialog.leave(field, scene.now);
    }
}

fn wrong(ui: &mut Ui, scene: &Scene<'_, '_>, field: Field) {
    if let Some(sentence) = scene.error(field) {
        failure(ui, &sentence);
    }
}

fn interval(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let (t, p) = (scene.view.t, scene.view.p);
    let repeat = &scene.dialog.form.repeat;
    let unit = t.count(
        match repeat.frequency {
            Frequency::Daily => "entry-unit-days",
            Frequency::Weekly => "entry-unit-weeks",
            Frequency::Monthly => "entry-unit-months",
            _ => "entry-unit-years",
        },
        repeat.interval().unwrap_or(2) as usize,
    );
    ui.horizontal(|ui| {
        label(ui, t.get("entry-every"), font::regular(14.0), p.text2);
        number(ui, scene, Field::Interval);
        label(ui, unit, font::regular(14.0), p.text2);
    });
    wrong(ui, scene, Field::Interval);
}

/// The days of the week; the start's own always belongs to them.
fn weekdays(ui: &mut Ui, scene: &mut Scene<'_, '_>, start: Date) {
    let t = scene.view.t;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for day in Weekday::Monday.cycle_forward().take(7) {
            let own = day == start.weekday();
            let name = weekday_name(t, day);
            let ticked = &mut scene.dialog.form.repeat.weekdays[index(day)];
            let response = day_toggle(ui, &name, *ticked || own, own);
            if response.clicked() && !own {
                *ticked = !*ticked;
            }
            if own {
                response.on_hover_text(t.get("entry-own-weekday"));
            }
        }
    });
}

/// A weekday to switch on or off; `fixed` days stay on.
fn day_toggle(ui: &mut Ui, name: &str, on: bool, fixed: bool) -> egui::Response {
    let p = crate::theme::palette(ui.ctx());
    let sense = if fixed { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(vec2(44.0, 36.0), sense);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, !fixed, on, name));
    let (fill, ink) = if on { (p.accent_soft, p.accent_text) } else { (p.raised, p.text2) };
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, hover_fill(ui, &response, fill, p.hover));
    // On is told by a border as well as by colour.
    let stroke = if on { Stroke::new(1.5, p.accent_text) } else { Stroke::new(1.0, p.line) };
    painter.rect_stroke(rect, 8.0, stroke, StrokeKind::Inside);
    let letters: String = name.chars().take(2).collect();
    painter.text(rect.center(), Align2::CENTER_CENTER, letters, font::medium(13.0), ink);
    if response.has_focus() {
        focus_ring(painter, rect, 8.0, p);
    }
    response
}

fn monthly(ui: &mut Ui, scene: &mut Scene<'_, '_>, start: Date) {
    let t = scene.view.t;
    let repeat = &mut scene.dialog.form.repeat;
    let mut values = vec![MonthlyBy::Day];
    if week(start) < 5 {
        values.push(MonthlyBy::Weekday);
    }
    if in_last_week(start) {
        values.push(MonthlyBy::LastWeekday);
    }
    let current = repeat.monthly_for(start);
    let name = t.get("entry-monthly");
    let words = |by| words::monthly(t, by, start);
    if let Some(picked) = choose(ui, &name, &values, current, words) {
        repeat.monthly = picked;
    }
}

fn end(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let (t, p) = (scene.view.t, scene.view.p);
    let values = [RepeatEnd::Never, RepeatEnd::Until, RepeatEnd::Count];
    let words = |end| {
        t.get(match end {
            RepeatEnd::Never => "entry-end-never",
            RepeatEnd::Until => "entry-end-until",
            RepeatEnd::Count => "entry-end-count",
        })
    };
    ui.horizontal(|ui| {
        let repeat = &mut scene.dialog.form.repeat;
        if let Some(picked) = choose(ui, &t.get("entry-repeat-end"), &values, repeat.end, words) {
            repeat.end = picked;
        }
        if scene.dialog.form.repeat.end == RepeatEnd::Count {
            number(ui, scene, Field::Count);
            label(ui, t.get("entry-times"), font::regular(14.0), p.text2);
        }
    });
    match scene.dialog.form.repeat.end {
        RepeatEnd::Until => until(ui, scene),
        RepeatEnd::Count => wrong(ui, scene, Field::Count),
        RepeatEnd::Never => {}
    }
}

fn until(ui: &mut Ui, scene: &mut Scene<'_, '_>) {
    let name = words::field(scene.view.t, Field::Until);
    let error = scene.error(Field::Until);
    let today = scene.dialog.local(scene.now).date();
    let repeat = &mut scene.dialog.form.repeat;
    let chosen = repeat.until(today).ok();
    let field = DateField::new(&name, &mut repeat.until, id(Field::Until), today).day_only();
    let outcome = field.error(error.as_deref()).chosen(chosen).show(ui);
    fields::dated(scene, Field::Until, &outcome);
}
