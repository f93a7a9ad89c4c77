//! The dialog for a free range of days.

use super::{View, push, words};
use crate::state::{RangeError, RangeForm};
use crate::when;
use crate::widgets::{Button, DateField, Dialog, Kind};
use egui::{Context, Id};
use jiff::civil::Date;

/// The dialog, while it is open.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    let Some(mut form) = view.state.planner.range.take() else { return };
    let t = view.t;
    let today = when::local(view.state.now.unix_ms, &view.state.planner.zone).date();
    let error = form.check(today).err().filter(|_| form.tried);
    let sentence = error.map(|error| words::range_error(t, error));
    let said = |at_last: bool| {
        let wanted = error.is_some_and(|error| at_last == (error != RangeError::First));
        sentence.as_deref().filter(|_| wanted)
    };
    let (mut go, mut leave) = (false, false);
    let outcome = Dialog::new("range", &t.get("planner-range")).show_with(
        ctx,
        &mut form,
        |ui, form| {
            let (first, last) = (form.first(today), form.last(today));
            let mut field = |key, text: &mut String, chosen: Option<Date>, error| {
                let label = t.get(key);
                let input = DateField::new(&label, text, Id::unique(key), today).day_only();
                let outcome = input.chosen(chosen).error(error).show(ui);
                // What was typed is shown as it was understood: with its year.
                if let Some(day) = outcome.day.or(chosen.filter(|_| outcome.left)) {
                    *text = when::write_date(day, t.language);
                }
                ui.add_space(12.0);
            };
            field("planner-range-first", &mut form.first, first, said(false));
            field("planner-range-last", &mut form.last, last, said(true));
        },
        |ui, _| {
            go = ui.add(Button::new(&t.get("planner-range-show")).kind(Kind::Primary)).clicked();
            leave = ui.add(Button::new(&t.get("planner-cancel")).kind(Kind::Ghost)).clicked();
        },
    );
    if outcome.closed || leave {
        return;
    }
    if go {
        form.tried = true;
        if let Ok(span) = form.check(today) {
            let command = view.state.planner.narrow_to(span, view.state.now);
            return push(view, command);
        }
    }
    view.state.planner.range = Some(form);
}

/// Opens it with the days that are on show.
pub fn open(view: &mut View<'_>, today: Date) {
    let span = view.state.planner.filters.span;
    view.state.planner.range = Some(RangeForm::new(span, today, view.t.language));
}
