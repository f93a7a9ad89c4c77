//! A row of the list: when, what, whose, how it stands, and what can be done with it.

use super::{View, act_button, edit, invite, own, select, show_details, start, words};
use crate::icons::{self, MaterialIcon};
use crate::state::Question;
use crate::theme::{Palette, font};
use crate::ui::{region, words as common};
use crate::when;
use crate::widgets::{
    Button, Kind, Tone, elided, list_row, menu_below, menu_item, menu_line, one_line, status,
};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Key, Layout, Modifiers, Rangef, Rect, StrokeKind, Ui, pos2, vec2};
use protocol::{EntryState, EntrySummary, PersonReply, RoomKind, RoomState, RoomStatus};

/// A row's height.
pub const HEIGHT: f32 = 60.0;
/// Between columns.
const GAP: f32 = 14.0;
/// An action's side.
const ICON: f32 = 34.0;
/// In windows narrower than this the number goes below the title.
const WITHOUT_NUMBER: f32 = 1180.0;
/// In windows narrower than this the actions fold into one menu.
const FOLDED: f32 = 1000.0;
/// So do they in rows narrower than this.
const SCANT: f32 = 800.0;

/// Where each column begins and ends.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Begin.
    pub time: Rangef,
    /// The kind's picture.
    pub kind: Rangef,
    /// Title, and whose it is below.
    pub title: Rangef,
    /// How it stands.
    pub state: Rangef,
    /// The room's number, where there is room for it.
    pub number: Option<Rangef>,
    /// What can be done.
    pub action: Rangef,
    folded: bool,
}

impl Columns {
    /// Those for rows within `rect`.
    pub fn new(ui: &Ui, view: &View<'_>, rect: Rect) -> Columns {
        let window = ui.ctx().content_rect().width();
        // Beside a wide navigation titles would starve earlier.
        let folded = window < FOLDED || rect.width() < SCANT;
        let join = Button::new(&view.t.get("planner-join")).height(32.0).natural_width(ui);
        let icons = if folded { ICON } else { 4.0 * ICON + 6.0 };
        let mut right = rect.right() - 12.0;
        let mut from_right = |width: f32| {
            let range = Rangef::new(right - width, right);
            right = range.min - GAP;
            range
        };
        let action = from_right(join + 8.0 + icons);
        let number = (window >= WITHOUT_NUMBER).then(|| from_right(104.0));
        let state = from_right(104.0);
        let end = right;
        let time = Rangef::new(rect.left() + 14.0, rect.left() + 114.0);
        let kind = Rangef::new(time.max + GAP, time.max + GAP + 36.0);
        let title = Rangef::new(kind.max + GAP, end);
        Columns { time, kind, title, state, number, action, folded }
    }
}

/// What a row shows.
#[derive(Debug)]
pub struct Row<'a> {
    /// Which entry.
    pub entry: &'a EntrySummary,
    /// Where.
    pub columns: &'a Columns,
    /// To join it is the thing to do now.
    pub next: bool,
    /// It takes the keyboard.
    pub focus: bool,
}

/// Draws a row and obeys what is done with it.
pub fn show(ui: &mut Ui, view: &mut View<'_>, row: &Row<'_>) {
    let id = row.entry.id;
    let selected = view.state.planner.selected == Some(id);
    let (first, second) = times(view, row.entry);
    let facts = facts(view, row.entry, true).into_iter().map(|(fact, _)| fact);
    let state = words::state(view.t, row.entry.state);
    let name: Vec<String> = [row.entry.title.clone(), first.clone(), second.clone(), state]
        .into_iter()
        .chain(facts)
        .collect();
    let name = name.join(", ");
    let response = ui
        .push_id(("entry", id), |ui| {
            list_row(ui, &name, HEIGHT, selected, |ui, rect| {
                content(ui, view, row, rect, (&first, &second), selected);
            })
        })
        .inner;
    if row.focus {
        response.request_focus();
        response.scroll_to_me(None);
    }
    let keyed = |key| response.has_focus() && ui.input(|i| i.key_pressed(key));
    let commanded = ui.input(|i| i.modifiers.matches_exact(Modifiers::COMMAND));
    if response.double_clicked() {
        start(view, id);
    } else if keyed(Key::Enter) && !commanded {
        show_details(view, id);
    } else if response.clicked() {
        select(view, id);
    }
    // The selection follows the keyboard, once for each row it comes to.
    if response.has_focus() && view.state.planner.keyboard != Some(id) {
        view.state.planner.keyboard = Some(id);
        select(view, id);
    }
}

/// Both lines of the first column.
fn times(view: &View<'_>, entry: &EntrySummary) -> (String, String) {
    let (t, zone, now_ms) = (view.t, &view.state.planner.zone, view.state.now.unix_ms);
    let (Some(start), Some(end)) = (entry.start_ms, entry.end_ms) else {
        return (t.get("planner-any-time"), t.get("planner-permanent"));
    };
    let range = words::range((start, end), zone);
    let day = when::local(start, zone).date();
    let second = match entry.state {
        EntryState::Over => return (words::short_day(t, day), range),
        EntryState::Soon => words::until(t, start - now_ms),
        EntryState::Running if day == when::local(now_ms, zone).date() => t.get("planner-today"),
        EntryState::Running => words::short_day(t, day),
        EntryState::Planned => words::duration(t, end - start),
    };
    (range, second)
}

fn content(
    ui: &mut Ui,
    view: &mut View<'_>,
    row: &Row<'_>,
    rect: Rect,
    (first, second): (&str, &str),
    selected: bool,
) {
    let (p, entry, columns) = (view.p, row.entry, row.columns);
    let past = entry.state == EntryState::Over;
    let (upper, lower) = (rect.center().y - 9.0, rect.center().y + 9.0);
    let at = |range: Rangef, middle: f32| {
        Rect::from_x_y_ranges(range, Rangef::new(middle - 10.0, middle + 10.0))
    };
    let ink = if past { p.text3 } else { p.text };
    elided(ui.painter(), at(columns.time, upper), first, font::medium(14.0), ink);
    elided(ui.painter(), at(columns.time, lower), second, font::regular(12.0), p.text3);
    kind_tile(ui, pos2(columns.kind.center(), rect.center().y), entry, selected, p);
    let strong = selected || entry.state == EntryState::Running;
    let title = if strong { font::semibold(14.0) } else { font::medium(14.0) };
    let ink = if past { p.text2 } else { p.text };
    elided(ui.painter(), at(columns.title, upper), &entry.title, title, ink);
    about(ui, view, entry, at(columns.title, lower), columns.number.is_none());
    let place = at(columns.state, rect.center().y).expand2(vec2(0.0, 4.0));
    region(ui, "state", place, Layout::left_to_right(Align::Center), |ui| {
        ui.shrink_clip_rect(place);
        pill(ui, view, entry);
    });
    if let Some(range) = columns.number {
        let ink = if past { p.text3 } else { p.text2 };
        let number = common::number(&entry.number);
        elided(ui.painter(), at(range, rect.center().y), &number, font::mono(13.0), ink);
    }
    let place = Rect::from_x_y_ranges(columns.action, rect.y_range());
    region(ui, "actions", place, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 0.0);
        actions(ui, view, row);
    });
}

/// The picture of what kind of event it is.
pub fn kind_icon(entry: &EntrySummary) -> MaterialIcon {
    match (entry.start_ms, entry.kind) {
        (None, _) => icons::ICON_MEETING_ROOM,
        (_, RoomKind::Webinar) => icons::ICON_CO_PRESENT,
        (_, RoomKind::GroupCall) => icons::ICON_GROUPS,
    }
}

fn kind_tile(ui: &Ui, center: egui::Pos2, entry: &EntrySummary, selected: bool, p: &Palette) {
    let tile = Rect::from_center_size(center, vec2(36.0, 36.0));
    let painter = ui.painter();
    painter.rect_filled(tile, 10.0, if selected { p.hover } else { p.raised });
    if p.outlined {
        painter.rect_stroke(tile, 10.0, egui::Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    let ink = if entry.state == EntryState::Over { p.text3 } else { p.text2 };
    icons::paint(painter, kind_icon(entry).outlined(), center, 20.0, ink);
}

/// What goes on in an entry's room.
pub fn live<'a>(view: &'a View<'_>, entry: &EntrySummary) -> Option<&'a RoomStatus> {
    view.state.rooms.status.get(&entry.number)
}

/// How an entry stands, as a pill; the past is plain text.
pub fn pill(ui: &mut Ui, view: &View<'_>, entry: &EntrySummary) {
    let t = view.t;
    let held = live(view, entry).is_some_and(|room| room.state == RoomState::OnHold);
    let permanent = entry.start_ms.is_none();
    let text = words::state(t, entry.state);
    match entry.state {
        EntryState::Running if held => {
            let icon = Some(icons::ICON_PAUSE_CIRCLE);
            status(ui, &t.get("planner-held"), Tone::Soon, icon);
        }
        EntryState::Running => drop(status(ui, &text, Tone::Live, None)),
        EntryState::Soon => drop(status(ui, &text, Tone::Soon, None)),
        EntryState::Planned if permanent && view.state.planner.is_public(&entry.number) => {
            let icon = Some(icons::ICON_PUBLIC);
            status(ui, &t.get("planner-public"), Tone::Good, icon);
        }
        EntryState::Planned if permanent => {
            status(ui, &t.get("planner-permanent-state"), Tone::Neutral, None);
        }
        EntryState::Planned => drop(status(ui, &text, Tone::Neutral, None)),
        EntryState::Over => {
            crate::widgets::label(ui, text, font::semibold(12.0), view.p.text3);
        }
    }
}

/// Whose it is, who comes, who is there, who waits.
fn about(ui: &Ui, view: &View<'_>, entry: &EntrySummary, place: Rect, with_number: bool) {
    let p = view.p;
    let mut job = LayoutJob::default();
    let format = |tone: Tone| match tone {
        Tone::Neutral => TextFormat::simple(font::regular(12.0), p.text3),
        tone => TextFormat::simple(font::semibold(12.0), tone.ink(p)),
    };
    for (text, tone) in facts(view, entry, with_number) {
        if !job.text.is_empty() {
            job.append(" · ", 0.0, format(Tone::Neutral));
        }
        job.append(&text, 0.0, format(tone));
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width(place.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(place.left(), place.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, p.text3);
}

fn facts(view: &View<'_>, entry: &EntrySummary, with_number: bool) -> Vec<(String, Tone)> {
    let (t, planner) = (view.t, &view.state.planner);
    let mine = own(view, entry);
    let mut facts = Vec::new();
    let mut plain = |text: String| facts.push((text, Tone::Neutral));
    if with_number {
        plain(common::number(&entry.number));
    }
    plain(if mine { t.get("planner-you") } else { entry.organiser.clone() });
    if entry.recurring {
        plain(t.get("planner-series"));
    }
    let room = live(view, entry);
    let over = entry.state == EntryState::Over;
    if let Some(room) = room.filter(|room| room.inside > 0) {
        let all = usize::try_from(entry.people).unwrap_or(0) + 1;
        if entry.kind == RoomKind::GroupCall && room.inside <= all && all > 1 {
            let arguments = [("inside", room.inside.into()), ("count", all.into())];
            plain(t.with("planner-inside-of", &arguments));
        } else {
            plain(t.count("planner-inside", room.inside));
        }
    } else if !mine && !over && !entry.permits.start {
        plain(t.get("planner-invited"));
    } else if entry.people > 0 {
        plain(words::people(t, entry));
        let known = planner.details(entry.id).filter(|_| !over);
        let accepted = known.map_or(0, |details| {
            details.invited.iter().filter(|p| p.reply == PersonReply::Accepted).count()
        });
        if accepted > 0 {
            plain(t.count("planner-accepted", accepted));
        }
    }
    if entry.start_ms.is_none() && planner.is_public(&entry.number) {
        plain(t.get("planner-public-note"));
    }
    if let Some(room) = room.filter(|room| room.waiting > 0) {
        facts.push((t.count("planner-waiting", room.waiting), Tone::Good));
    }
    let failed = planner.failed_mails(entry.id);
    if failed > 0 {
        facts.push((t.count("planner-mails-failed", failed), Tone::Warning));
    }
    facts
}

/// Joining is offered for what runs or will soon, and for own permanent rooms.
pub fn may_join(entry: &EntrySummary) -> bool {
    entry.permits.join || entry.start_ms.is_none() && entry.permits.start
}

/// Why entries cannot be edited or deleted, as [`words::no_edit`] and [`words::no_delete`] say.
pub fn manages(view: &View<'_>, entry: &EntrySummary) -> bool {
    own(view, entry) || super::administrates(view)
}

fn actions(ui: &mut Ui, view: &mut View<'_>, row: &Row<'_>) {
    let (t, entry) = (view.t, row.entry);
    let manages = manages(view, entry);
    let no_edit = words::no_edit(t, entry, manages);
    let no_delete = words::no_delete(t, entry, manages);
    let no_invite = invite::no_invite(view, entry);
    if row.columns.folded {
        folded(ui, view, entry, [&no_edit, &no_invite, &no_delete]);
    } else {
        let (icon, name) = (icons::ICON_DELETE, t.get("planner-delete"));
        if act_button(ui, icon, &name, no_delete.as_deref(), ICON).clicked() {
            select(view, entry.id);
            view.state.planner.question = Some(Question::Delete(entry.id));
        }
        let (icon, name) = (icons::ICON_PERSON_ADD, t.get("planner-invite"));
        let button = act_button(ui, icon, &name, no_invite.as_deref(), ICON);
        if button.clicked() {
            select(view, entry.id);
        }
        if no_invite.is_none() {
            menu_below(&button, |ui| invite::menu(ui, view, entry));
        }
        let (icon, name) = (icons::ICON_EDIT, t.get("planner-edit"));
        if act_button(ui, icon, &name, no_edit.as_deref(), ICON).clicked() {
            edit(view, entry.id);
        }
        let (icon, name) = (icons::ICON_VISIBILITY, t.get("planner-show"));
        if act_button(ui, icon, &name, None, ICON).clicked() {
            show_details(view, entry.id);
        }
    }
    if may_join(entry) {
        ui.add_space(6.0);
        let words = t.get("planner-join");
        let kind = if row.next { Kind::Primary } else { Kind::Neutral };
        let free = view.state.planner.opening.is_none();
        if ui.add(Button::new(&words).kind(kind).height(32.0).enabled(free)).clicked() {
            select(view, entry.id);
            start(view, entry.id);
        }
    }
}

/// All actions but joining in one menu.
fn folded(ui: &mut Ui, view: &mut View<'_>, entry: &EntrySummary, off: [&Option<String>; 3]) {
    let t = view.t;
    let button = act_button(ui, icons::ICON_MORE_HORIZ, &t.get("planner-actions"), None, ICON);
    menu_below(&button, |ui| {
        let width = ui.available_width();
        let mut item = |icon, key: &str, off: &Option<String>| {
            let text = t.get(key);
            let add = |ui: &mut Ui| menu_item(ui, Some(icon), &text, false, width);
            let response = ui.add_enabled_ui(off.is_none(), add).inner;
            match off {
                Some(why) => crate::widgets::tip(response, why, None).clicked(),
                None => response.clicked(),
            }
        };
        if item(icons::ICON_VISIBILITY, "planner-show", &None) {
            show_details(view, entry.id);
        }
        if item(icons::ICON_EDIT, "planner-edit", off[0]) {
            edit(view, entry.id);
        }
        if item(icons::ICON_DELETE, "planner-delete", off[2]) {
            select(view, entry.id);
            view.state.planner.question = Some(Question::Delete(entry.id));
        }
        if off[1].is_none() {
            menu_line(ui);
            invite::menu(ui, view, entry);
        }
    });
}

/// How wide a line of text is, so that others can stand beside it.
pub fn width(ui: &Ui, text: &str, font: egui::FontId) -> f32 {
    one_line(ui.painter(), f32::INFINITY, text, font, egui::Color32::PLACEHOLDER).size().x
}
