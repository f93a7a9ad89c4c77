//! Questions before something is gone, another time for an occurrence, the QR code.

use super::{View, push, words};
use crate::command::PlannerCommand;
use crate::state::Question;
use crate::theme::font;
use crate::ui::words as common;
use crate::when;
use crate::widgets::{
    Button, Confirm, Dialog, Field, Kind, confirm, failure, label, qr_code, wrapped,
};
use egui::{Align, Context, Layout, vec2};
use protocol::ChangeOccurrence;

/// Whatever is open.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    match view.state.planner.question {
        Some(Question::Delete(entry)) => delete(ctx, view, entry),
        Some(Question::CancelOccurrence { entry, times }) => {
            let t = view.t;
            let today = when::local(view.state.now.unix_ms, &view.state.planner.zone).date();
            let moment = (times.start_ms, times.end_ms);
            let when = words::when(t, moment, &view.state.planner.zone, today);
            let question = Confirm {
                id: "cancel occurrence",
                title: &t.get("planner-cancel-title"),
                text: &t.named("planner-cancel-text", &when),
                yes: &t.get("planner-cancel-yes"),
                no: &t.get("planner-keep"),
                danger: true,
            };
            let original_ms = times.original_ms;
            let change = ChangeOccurrence::Cancel;
            let command = PlannerCommand::ChangeOccurrence { entry, original_ms, change };
            answer(ctx, view, &question, command);
        }
        None => {}
    }
    moving(ctx, view);
    super::range::show(ctx, view);
    code(ctx, view);
}

fn answer(ctx: &Context, view: &mut View<'_>, question: &Confirm<'_>, command: PlannerCommand) {
    let Some(yes) = confirm(ctx, question) else { return };
    view.state.planner.question = None;
    if yes {
        view.state.planner.failure = None;
        push(view, command);
    }
}

fn delete(ctx: &Context, view: &mut View<'_>, entry: i64) {
    let t = view.t;
    let Some(found) = view.state.planner.entry(entry) else {
        view.state.planner.question = None;
        return;
    };
    let number = common::number(&found.number);
    let told = view.state.planner.details(entry).is_some_and(|details| details.notify);
    let arguments = [("name", found.title.clone().into()), ("number", number.into())];
    let mut text = t.with("planner-delete-text", &arguments);
    if told && found.people > 0 {
        text = format!("{text} {}", t.get("planner-delete-notified"));
    }
    let question = Confirm {
        id: "delete",
        title: &t.get("planner-delete-title"),
        text: &text,
        yes: &t.get("planner-delete"),
        no: &t.get("planner-keep"),
        danger: true,
    };
    answer(ctx, view, &question, PlannerCommand::Delete { entry });
}

/// Another time for one occurrence.
fn moving(ctx: &Context, view: &mut View<'_>) {
    let Some(mut form) = view.state.planner.moving.take() else { return };
    let t = view.t;
    let title = t.get("planner-move-title");
    let hint = t.get("planner-move-hint");
    let failed = view.state.planner.failure.as_ref().map(|cause| words::failure(t, cause));
    let error = form.error.map(|error| (error.at_start(), words::move_error(t, error)));
    let at = |start: bool| error.as_ref().filter(|(at, _)| *at == start).map(|(_, s)| s.as_str());
    let mut save = false;
    let mut leave = false;
    let outcome = Dialog::new("move occurrence", &title).guarded().show_with(
        ctx,
        &mut form,
        |ui, form| {
            let start = t.get("planner-column-start");
            let end = t.get("planner-end");
            let mut changed = Field::new(&start, &mut form.start)
                .caption(&hint)
                .error(at(true))
                .limit(32)
                .show(ui)
                .changed();
            ui.add_space(8.0);
            changed |=
                Field::new(&end, &mut form.end).error(at(false)).limit(32).show(ui).changed();
            if changed {
                form.error = None;
            }
            if let Some(sentence) = &failed {
                failure(ui, sentence);
            }
        },
        |ui, _| {
            save = ui.add(Button::new(&t.get("planner-move-save")).kind(Kind::Primary)).clicked();
            leave = ui.add(Button::new(&t.get("planner-cancel")).kind(Kind::Ghost)).clicked();
        },
    );
    if outcome.closed || leave {
        view.state.planner.failure = None;
        return;
    }
    if save {
        match form.check(view.state.now.unix_ms, &view.state.planner.zone) {
            Ok(change) => {
                form.error = None;
                view.state.planner.failure = None;
                let (entry, original_ms) = (form.entry, form.original_ms);
                push(view, PlannerCommand::ChangeOccurrence { entry, original_ms, change });
            }
            Err(error) => form.error = Some(error),
        }
    }
    view.state.planner.moving = Some(form);
}

/// The link for a telephone's camera.
fn code(ctx: &Context, view: &mut View<'_>) {
    const SIDE: f32 = 280.0;
    let Some(code) = view.state.planner.code.clone() else { return };
    let (t, p) = (view.t, view.p);
    let title = t.get("planner-code");
    let outcome = Dialog::new("code", &title).show(ctx, |ui| {
        wrapped(ui, &code.title, font::medium(14.0), p.text);
        wrapped(ui, t.get("planner-code-text"), font::regular(13.0), p.text2);
        ui.add_space(8.0);
        let row = vec2(ui.available_width(), SIDE);
        ui.allocate_ui_with_layout(row, Layout::top_down(Align::Center), |ui| {
            qr_code(ui, &code.link.0, SIDE);
        });
        ui.add_space(8.0);
        let size = vec2(ui.available_width(), 20.0);
        ui.allocate_ui_with_layout(size, Layout::top_down(Align::Center), |ui| {
            label(ui, common::number(&code.number), font::mono_semibold(14.0), p.text);
        });
    });
    if outcome.closed {
        view.state.planner.code = None;
    }
}
