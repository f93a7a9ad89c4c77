//! The dialog that makes a room, and the one that renames it.

use super::{LABEL, ask, picker, words};
use crate::icons;
use crate::state::{CreateForm, MAX_NAME};
use crate::theme::font;
use crate::ui::{View, discarded};
use crate::widgets::{Button, Dialog, Field, Kind, failure, label, segmented};
use egui::{Context, Id, Key, Ui, vec2};
use protocol::RoomKind;

/// Both dialogs, where they are open.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    create(ctx, view);
    rename(ctx, view);
}

/// What is done with a form in this frame.
#[derive(Default)]
struct Acts {
    go: bool,
    cancel: bool,
}

fn create(ctx: &Context, view: &mut View<'_>) {
    let Some(form) = view.state.rooms.create.take() else { return };
    let title = view.t.get("rooms-create");
    let touched = form.is_touched();
    let mut scene = (form, Acts::default());
    let dialog = Dialog::new("create room", &title).size(vec2(560.0, 640.0));
    let dialog = if touched { dialog.guarded() } else { dialog };
    let outcome = {
        let mut subject = (&mut *view, &mut scene);
        dialog.show_with(
            ctx,
            &mut subject,
            |ui, (view, scene)| fields(ui, view, scene),
            |ui, (view, scene)| {
                let t = view.t;
                let words = t.get("rooms-create-go");
                let button = Button::new(&words).kind(Kind::Primary).enabled(!scene.0.busy);
                scene.1.go |= ui.add(button).clicked();
                let words = t.get("rooms-cancel");
                scene.1.cancel |= ui.add(Button::new(&words).kind(Kind::Ghost)).clicked();
            },
        )
    };
    let (mut form, acts) = scene;
    let leave = outcome.closed || acts.cancel;
    let gone = if leave { form.may_close() } else { discarded(ctx, view.t, &mut form.asking) };
    view.state.rooms.create = Some(form);
    if acts.go {
        let wish = view.state.create_room();
        view.commands.push_all(wish);
    } else if gone {
        view.state.rooms.create = None;
    }
}

fn fields(ui: &mut Ui, view: &mut View<'_>, scene: &mut (CreateForm, Acts)) {
    let (p, t) = (view.p, view.t);
    let (form, acts) = scene;
    ui.spacing_mut().interact_size.y = LABEL;
    let missing = t.get("rooms-failed-name");
    let wrong = form.checked && form.name.trim().is_empty();
    let id = Id::unique("create room name");
    let field = Field::new(&t.get("rooms-name"), &mut form.name)
        .limit(MAX_NAME)
        .id(id)
        .error(wrong.then_some(missing.as_str()))
        .show(ui);
    if !form.focused || (acts.go && wrong) {
        form.focused = true;
        field.request_focus();
    }
    acts.go |= field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    ui.add_space(4.0);
    kind(ui, view, &mut form.kind);
    ui.add_space(4.0);
    label(ui, t.get("rooms-members-title"), font::medium(13.0), p.text2);
    picker::show(ui, view, &mut form.members, &[], 230.0);
    if let Some(cause) = &form.failure {
        failure(ui, &words::failure(t, cause));
    }
}

/// Group call or webinar.
pub fn kind(ui: &mut Ui, view: &View<'_>, kind: &mut RoomKind) {
    const KINDS: [RoomKind; 2] = [RoomKind::GroupCall, RoomKind::Webinar];
    let (p, t) = (view.p, view.t);
    label(ui, t.get("rooms-kind"), font::medium(13.0), p.text2);
    let (call, webinar) = (t.get("kind-group-call"), t.get("kind-webinar"));
    let segments = [
        (call.as_str(), Some(icons::ICON_GROUPS)),
        (webinar.as_str(), Some(icons::ICON_CO_PRESENT)),
    ];
    let mut chosen = KINDS.iter().position(|one| one == kind).unwrap_or_default();
    if segmented(ui, &t.get("rooms-kind"), &segments, &mut chosen) {
        *kind = KINDS[chosen];
    }
}

fn rename(ctx: &Context, view: &mut View<'_>) {
    let Some(mut form) = view.state.rooms.rename.take() else { return };
    let t = view.t;
    let title = t.get("rooms-rename");
    let mut acts = Acts::default();
    let outcome = Dialog::new("rename room", &title).guarded().show_with(
        ctx,
        &mut (&mut form, &mut acts),
        |ui, (form, acts)| {
            let missing = t.get("rooms-failed-name");
            let empty = form.name.trim().is_empty();
            let field = Field::new(&t.get("rooms-name"), &mut form.name)
                .limit(MAX_NAME)
                .id(Id::unique("rename room name"))
                .error(empty.then_some(missing.as_str()))
                .show(ui);
            if !form.focused {
                form.focused = true;
                field.request_focus();
            }
            acts.go |= field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            if let Some(cause) = &form.failure {
                failure(ui, &words::failure(t, cause));
            }
            ui.add_space(8.0);
        },
        |ui, (form, acts)| {
            let words = t.get("rooms-save");
            let button = Button::new(&words).kind(Kind::Primary).enabled(!form.busy);
            acts.go |= ui.add(button).clicked();
            let words = t.get("rooms-cancel");
            acts.cancel |= ui.add(Button::new(&words).kind(Kind::Ghost)).clicked();
        },
    );
    view.state.rooms.rename = Some(form);
    if acts.go {
        let wish = view.state.rooms.send_name();
        ask(view, wish);
    } else if outcome.closed || acts.cancel {
        view.state.rooms.rename = None;
    }
}
