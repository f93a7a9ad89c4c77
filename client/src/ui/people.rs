//! Who waits, whose hand is up, who is here, and what a host may do about it.

mod hands;
mod menu;
mod row;
mod summon;
mod waiting;

pub use waiting::notice as who_waits;

use super::{View, column, info, pult, region};
use crate::command::Command;
use crate::icons;
use crate::state::{Panel, Toast};
use crate::theme::font;
use crate::widgets::{
    Button, Confirm, confirm, empty_state, icon_button, label, menu_item, menu_up, search, spread,
};
use egui::{Align, Key, Layout, Modifiers, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{ParticipantId, ParticipantKind};

/// A person's row.
const ROW: f32 = 48.0;
/// A button at the foot, and its distance from the next.
const FOOT: f32 = 40.0;
const GAP: f32 = 8.0;
/// So many rows of who waits, and of hands, are in sight at once.
const MOST: usize = 4;

/// The people panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = rect.shrink(12.0);
    header(ui, view, Rect::from_min_size(inner.min, vec2(inner.width(), 40.0)));
    let mut body = Rect::from_min_max(inner.min + vec2(0.0, 48.0), inner.max);
    body.max.y = foot(ui, view, body) - GAP;
    region(ui, "people", body, column(), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        search_field(ui, view);
        ScrollArea::vertical().auto_shrink(false).id_salt("people").show(ui, |ui| {
            waiting::show(ui, view);
            hands::show(ui, view);
            everybody(ui, view);
        });
    });
}

/// The question before removing somebody.
pub fn question(ui: &Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = &mut view.state.call else { return };
    let Some((id, name)) = call.roster.removing.clone() else { return };
    let waiting = call.waiting.iter().find(|person| person.id == id).map(|person| person.kind);
    let kind = call.participant(id).map(|person| person.kind).or(waiting);
    // A guest who comes anew by link cannot be recognised.
    let key =
        if kind == Some(ParticipantKind::Guest) { "remove-guest-text" } else { "remove-text" };
    let asked = Confirm {
        id: "remove",
        title: &t.named("remove-title", &name),
        text: &t.get(key),
        yes: &t.get("remove-go"),
        no: &t.get("call-cancel"),
        danger: true,
    };
    if let Some(yes) = confirm(ui.ctx(), &asked) {
        call.roster.removing = None;
        if yes {
            view.commands.push(Command::Remove(id));
        }
    }
}

/// Puts the guest link into the clipboard and says so.
pub fn copy_invitation(ui: &Ui, view: &mut View<'_>, path: &str) {
    if let Some(link) = view.state.link(path) {
        ui.ctx().copy_text(link);
        view.state.toasts.show(Toast::Copied, view.state.now.seconds);
    }
}

fn header(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let count = view.state.call.as_ref().map_or(0, |call| call.participants.len()).to_string();
    let at = pos2(rect.left() + 8.0, rect.center().y);
    let title = t.get("people");
    let words = [(&*title, font::semibold(16.0), p.text), (&*count, font::medium(16.0), p.text3)];
    spread(ui.painter(), at, &words);
    region(ui, "people_header", rect, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let close = icon_button(ui, icons::ICON_CLOSE, &t.get("panel-close"), 36.0).clicked();
        let find = icon_button(ui, icons::ICON_SEARCH, &t.get("people-search"), 36.0).clicked();
        let Some(call) = &mut view.state.call else { return };
        if find {
            call.roster.searching = !call.roster.searching;
            call.roster.query.clear();
            call.roster.focus = call.roster.searching;
        }
        if close {
            call.toggle(Panel::People);
        }
    });
}

fn search_field(ui: &mut Ui, view: &mut View<'_>) {
    let words = view.t.get("people-search-field");
    let Some(call) = &mut view.state.call else { return };
    if !call.roster.searching {
        return;
    }
    let empty = call.roster.query.is_empty();
    let response = search(ui, &words, &mut call.roster.query, "");
    if std::mem::take(&mut call.roster.focus) {
        response.request_focus();
    }
    // The first Escape empties the field, the second closes it.
    if empty
        && response.lost_focus()
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
    {
        call.roster.searching = false;
    }
    ui.add_space(12.0);
}

/// Everybody inside; only the rows in sight are laid out.
fn everybody(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let order = call.roster(&call.roster.query);
    if order.is_empty() {
        return empty_state(ui, &t.get("people-none-title"), &t.get("people-none"), false);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        ui.add_space(8.0);
        label(ui, t.get("people-in-call"), font::semibold(12.0), p.text3);
    });
    ui.add_space(2.0);
    let size = vec2(ui.available_width(), ROW * order.len() as f32);
    let (list, _) = ui.allocate_exact_size(size, Sense::hover());
    // One row more on each side: the arrow keys lead there.
    let sight = ui.clip_rect();
    let first = ((sight.top() - list.top()) / ROW - 1.0).max(0.0) as usize;
    let last = ((sight.bottom() - list.top()) / ROW + 1.0).max(0.0) as usize;
    for (place, index) in order.iter().enumerate().take(last + 1).skip(first) {
        let person = view.state.call.as_ref().and_then(|call| call.participants.get(*index));
        let Some(person) = person.cloned() else { continue };
        let top = list.left_top() + vec2(0.0, ROW * place as f32);
        let spot = Rect::from_min_size(top, vec2(list.width(), ROW));
        region(ui, ("person", person.id.0), spot, column(), |ui| row::show(ui, view, &person));
    }
}

/// Inviting, and silence: side by side where both fit. Gives where they begin.
fn foot(ui: &mut Ui, view: &mut View<'_>, body: Rect) -> f32 {
    let t = view.t;
    let (invite, mute) = (t.get("invite"), t.get("mute-all"));
    let inviting = Button::new(&invite).icon(icons::ICON_PERSON_ADD).height(FOOT);
    let muting = Button::new(&mute).icon(icons::ICON_MIC_OFF).height(FOOT);
    let Some(call) = &view.state.call else { return body.bottom() };
    let host = call.host();
    let (first, second) = (inviting.natural_width(ui), muting.natural_width(ui));
    let width = body.width();
    let beside = first + GAP + second <= width;
    let rows = if host && !beside { 2.0 } else { 1.0 };
    let top = body.bottom() - rows * FOOT - (rows - 1.0) * GAP;
    let place = Rect::from_min_max(pos2(body.left(), top), body.max);
    let layout = if beside { Layout::left_to_right(Align::Min) } else { column() };
    region(ui, "people_foot", place, layout, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        let rest = if host && beside { width - GAP - second } else { width };
        let button = ui.add(inviting.width(rest));
        menu_up(&button, |ui| invitation(ui, view));
        let silent = if beside { muting } else { muting.width(width) };
        if host && ui.add(silent).clicked() {
            view.commands.push(Command::MuteAll);
        }
    });
    top
}

/// What can be given to somebody who shall come, and who can be called.
fn invitation(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    ui.set_width(240.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    let link = view.state.call.as_ref().and_then(|call| call.room.link_path.clone());
    let width = ui.available_width();
    if let Some(path) = link {
        if menu_item(ui, Some(icons::ICON_LINK), &t.get("copy-link"), false, width).clicked() {
            copy_invitation(ui, view, &path);
        }
        if menu_item(ui, Some(icons::ICON_QR_CODE), &t.get("info-code"), false, width).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.code = true;
        }
    }
    let words = t.get("info-copy-all");
    if menu_item(ui, Some(icons::ICON_CONTENT_COPY), &words, false, width).clicked() {
        info::copy_all(ui, view);
    }
    summon::items(ui, view);
}

fn lower(view: &mut View<'_>, whose: ParticipantId) {
    let own = view.state.call.as_ref().is_some_and(|call| call.you == whose);
    if own {
        pult::raise_hand(view, false);
    } else {
        view.commands.push(Command::LowerHand(whose));
    }
}

/// Asks before somebody is removed.
fn ask_to_remove(view: &mut View<'_>, whom: ParticipantId, name: &str) {
    if let Some(call) = &mut view.state.call {
        call.roster.removing = Some((whom, name.to_owned()));
    }
}
