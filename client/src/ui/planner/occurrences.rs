//! The dates of a series: those to come, which can be moved and cancelled one by one, and those
//! that differ from the rule, which can be put back.

use super::{View, act_button, push, words};
use crate::command::PlannerCommand;
use crate::icons;
use crate::state::{MoveForm, Question};
use crate::theme::font;
use crate::ui::region;
use crate::ui::words::named_day;
use crate::when;
use crate::widgets::{Button, Kind, Tone, elided, label, spoken, status};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, Sense, Ui, vec2};
use protocol::{ChangeOccurrence, EntryDetails, OccurrenceException, OccurrenceTimes};

/// A date's height.
const ROW: f32 = 40.0;
/// What a date's buttons take.
const BUTTONS: f32 = 76.0;

/// All of them.
pub fn show(ui: &mut Ui, view: &mut View<'_>, details: &EntryDetails) {
    let t = view.t;
    for times in &details.upcoming {
        coming(ui, view, details, *times);
    }
    let exceptions = details.schedule.iter().flat_map(|schedule| &schedule.exceptions);
    let past = |exception: &&OccurrenceException| exception.original_ms < view.state.now.unix_ms;
    let exceptions: Vec<OccurrenceException> = exceptions.filter(|e| !past(e)).copied().collect();
    if exceptions.is_empty() {
        return;
    }
    ui.add_space(8.0);
    label(ui, t.get("planner-exceptions"), font::medium(13.0), view.p.text2);
    for exception in exceptions {
        differing(ui, view, details, exception);
    }
}

/// A date's words at the left; gives where its buttons go.
fn line(ui: &mut Ui, view: &View<'_>, text: &str, buttons: f32) -> Rect {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let (words, place) = rect.split_left_right_at_x(rect.right() - buttons);
    elided(ui.painter(), words, text, font::regular(14.0), view.p.text);
    spoken(ui, words, text, Role::Label, text);
    place
}

fn coming(ui: &mut Ui, view: &mut View<'_>, details: &EntryDetails, times: OccurrenceTimes) {
    let t = view.t;
    let zone = view.state.planner.zone.clone();
    let today = when::local(view.state.now.unix_ms, &zone).date();
    let text = words::when(t, (times.start_ms, times.end_ms), &zone, today);
    let begun = times.start_ms <= view.state.now.unix_ms;
    let changeable = details.summary.permits.edit;
    let place = line(ui, view, &text, if changeable { BUTTONS } else { 0.0 });
    if !changeable {
        return;
    }
    let entry = details.summary.id;
    let layout = Layout::right_to_left(Align::Center);
    region(ui, ("occurrence", times.original_ms), place, layout, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let off = begun.then(|| t.get("planner-failed-begun"));
        let off = off.as_deref();
        if act_button(ui, icons::ICON_DELETE, &t.get("planner-cancel-one"), off, 34.0).clicked() {
            view.state.planner.question = Some(Question::CancelOccurrence { entry, times });
        }
        if act_button(ui, icons::ICON_SCHEDULE, &t.get("planner-move-one"), off, 34.0).clicked() {
            let written = |unix_ms| when::write(when::local(unix_ms, &zone), t.language);
            view.state.planner.failure = None;
            view.state.planner.moving = Some(MoveForm {
                entry,
                original_ms: times.original_ms,
                start: written(times.start_ms),
                end: written(times.end_ms),
                error: None,
            });
        }
    });
}

fn differing(ui: &mut Ui, view: &mut View<'_>, details: &EntryDetails, what: OccurrenceException) {
    let t = view.t;
    let zone = &view.state.planner.zone;
    let today = when::local(view.state.now.unix_ms, zone).date();
    let cancelled = what.start_ms.is_none();
    let original = when::local(what.original_ms, zone);
    let text = format!(
        "{}, {}",
        named_day(t, original.date(), today),
        words::clock(what.original_ms, zone)
    );
    let restore = t.get("planner-restore");
    let width = Button::new(&restore).height(32.0).natural_width(ui) + 130.0;
    let place = line(ui, view, &text, width);
    let layout = Layout::right_to_left(Align::Center);
    region(ui, ("exception", what.original_ms), place, layout, |ui| {
        let button = Button::new(&restore).kind(Kind::Ghost).height(32.0);
        if details.summary.permits.edit && ui.add(button).clicked() {
            let change = ChangeOccurrence::Restore;
            let (entry, original_ms) = (details.summary.id, what.original_ms);
            push(view, PlannerCommand::ChangeOccurrence { entry, original_ms, change });
        }
        let (key, tone) = match cancelled {
            true => ("planner-cancelled", Tone::Danger),
            false => ("planner-moved", Tone::Soon),
        };
        status(ui, &t.get(key), tone, None);
    });
}
