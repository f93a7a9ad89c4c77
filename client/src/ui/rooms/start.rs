//! The spontaneous call: people at the left, what it is and who comes from outside at the right.

use super::{LABEL, create, picker, way_in, words};
use crate::command::Purpose;
use crate::icons;
use crate::state::{MAX_NAME, StartForm};
use crate::theme::font;
use crate::ui::{View, discarded, words as times};
use crate::widgets::{Button, Dialog, Field, Kind, copy_row, failure, label, note};
use egui::{Context, Frame, Margin, Rect, Ui, UiBuilder, pos2, vec2};
use protocol::RoomKind;

/// Narrower dialogs put the people below.
const BESIDE: f32 = 640.0;
/// The list of people beside the rest.
const PEOPLE: f32 = 320.0;

/// What is done in this frame.
#[derive(Default)]
struct Acts {
    start: bool,
    link: bool,
    cancel: bool,
}

/// The dialog, where it is open; over any page.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    let Some(form) = view.state.rooms.start.take() else { return };
    let title = view.t.get("rooms-call-now");
    let proposed = proposed(view, form.kind);
    let mut scene = (form, Acts::default());
    let guarded = scene.0.is_touched() || scene.0.room.is_some();
    let dialog = Dialog::new("call now", &title).size(vec2(840.0, 640.0));
    let dialog = if guarded { dialog.guarded() } else { dialog };
    let outcome = {
        let mut subject = (&mut *view, &mut scene);
        dialog.show_with(
            ctx,
            &mut subject,
            |ui, (view, scene)| body(ui, view, scene, &proposed),
            |ui, (view, scene)| footer(ui, view, scene),
        )
    };
    let (mut form, acts) = scene;
    let leave = outcome.closed || acts.cancel;
    let gone = if leave { form.may_close() } else { discarded(ctx, view.t, &mut form.asking) };
    view.state.rooms.start = Some(form);
    if acts.start || acts.link {
        let purpose = if acts.start { Purpose::Start } else { Purpose::Invite };
        let follows = view.state.make_call(&proposed, purpose);
        view.commands.push_all(follows);
    } else if gone {
        view.state.rooms.start = None;
    }
}

fn proposed(view: &View<'_>, kind: RoomKind) -> String {
    let who = view.state.account.as_ref().map_or("", |account| account.display_name.as_str());
    view.t.named(
        match kind {
            RoomKind::Webinar => "rooms-webinar-of",
            RoomKind::GroupCall => "rooms-group-call-of",
        },
        who,
    )
}

fn body(ui: &mut Ui, view: &mut View<'_>, scene: &mut (StartForm, Acts), proposed: &str) {
    if ui.available_width() < BESIDE {
        call(ui, view, scene, proposed);
        ui.add_space(8.0);
        people(ui, view, &mut scene.0, 240.0);
        return;
    }
    let whole = ui.available_rect_before_wrap();
    let left = Rect::from_min_size(whole.min, vec2(PEOPLE, whole.height()));
    let right = Rect::from_min_max(pos2(left.right() + 32.0, whole.top()), whole.max);
    let below = |ui: &Ui| ui.min_rect().bottom();
    let ui_left = &mut ui.new_child(UiBuilder::new().id_salt("people").max_rect(left));
    people(ui_left, view, &mut scene.0, 380.0);
    let ui_right = &mut ui.new_child(UiBuilder::new().id_salt("call").max_rect(right));
    call(ui_right, view, scene, proposed);
    let bottom = below(ui_left).max(below(ui_right));
    ui.allocate_space(vec2(whole.width(), bottom - whole.top()));
}

fn people(ui: &mut Ui, view: &mut View<'_>, form: &mut StartForm, height: f32) {
    label(ui, view.t.get("rooms-call-whom"), font::medium(13.0), view.p.text2);
    picker::show(ui, view, &mut form.people, &[], height);
}

fn call(ui: &mut Ui, view: &mut View<'_>, scene: &mut (StartForm, Acts), proposed: &str) {
    let t = view.t;
    let (form, acts) = scene;
    ui.spacing_mut().interact_size.y = LABEL;
    Field::new(&t.get("rooms-name"), &mut form.name).limit(MAX_NAME).hint(proposed).show(ui);
    ui.add_space(4.0);
    let made = form.room.is_some();
    ui.add_enabled_ui(!made, |ui| create::kind(ui, view, &mut form.kind));
    ui.add_space(4.0);
    note(ui, &t.get("rooms-call-lasts"));
    ui.add_space(8.0);
    external(ui, view, form, acts);
    if let Some(cause) = &form.failure {
        failure(ui, &words::failure(t, cause));
    }
}

/// People without an account: OK makes the room, and its link is there to hand on.
fn external(ui: &mut Ui, view: &mut View<'_>, form: &mut StartForm, acts: &mut Acts) {
    let (p, t) = (view.p, view.t);
    if !form.external {
        let words = t.get("rooms-external");
        if ui.add(Button::new(&words).icon(icons::ICON_LINK)).clicked() {
            form.external = true;
        }
        return;
    }
    label(ui, t.get("rooms-external"), font::semibold(14.0), p.text);
    let Some(room) = &form.room else {
        note(ui, &t.get("rooms-external-text"));
        let words = t.get("rooms-ok");
        acts.link |= ui.add(Button::new(&words).enabled(!form.busy).width(96.0)).clicked();
        return;
    };
    match form.details.as_ref().and_then(|details| details.way_in.as_ref()) {
        Some(way) => {
            note(ui, &t.get("rooms-external-link"));
            way_in::rows(ui, view, room, way);
        }
        None => {
            let frame = Frame::NONE.fill(p.window).corner_radius(10);
            frame.inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
                let number = times::number(&room.number);
                copy_row(ui, &t.get("rooms-number"), &number, &t.get("rooms-number-copy"));
            });
        }
    }
}

fn footer(ui: &mut Ui, view: &mut View<'_>, scene: &mut (StartForm, Acts)) {
    let t = view.t;
    let (form, acts) = scene;
    let count = form.people.people.len();
    let words = if count == 0 { t.get("rooms-call-go") } else { t.count("rooms-call-ring", count) };
    let button = Button::new(&words).icon(icons::ICON_VIDEO_CALL).kind(Kind::Primary).large();
    let go = ui.add(button.enabled(!form.busy));
    if !form.focused {
        form.focused = true;
        go.request_focus();
    }
    acts.start |= go.clicked();
    let words = t.get("rooms-cancel");
    acts.cancel |= ui.add(Button::new(&words).kind(Kind::Ghost).large()).clicked();
}
