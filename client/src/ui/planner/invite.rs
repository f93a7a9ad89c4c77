//! Invitations: the bar below the list, which acts on the selected entry, and the menu of a row.

use super::{View, own, push, row, select, words};
use crate::command::{Command, PlannerCommand};
use crate::icons::{self, MaterialIcon};
use crate::state::{Act, Outcome};
use crate::theme::{font, size};
use crate::ui::region;
use crate::widgets::{Button, elided, icon_button, menu_item, menu_line, menu_up, spoken, tip};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use protocol::{EntryState, EntrySummary, PersonReply};
use std::time::Duration;

/// The bar's height, with and without a selection.
pub const HEIGHT: f32 = 64.0;
/// What the title keeps at least.
const TITLE: f32 = 150.0;

/// Why nobody can be invited, if nobody can. Whoever moderates hands invitations on.
pub fn no_invite(view: &View<'_>, entry: &EntrySummary) -> Option<String> {
    let t = view.t;
    if entry.state == EntryState::Over {
        return Some(t.get("planner-no-invite-over"));
    }
    (!entry.permits.start).then(|| t.named("planner-only-organiser", &entry.organiser))
}

/// Why the hub mails nothing, if it does not.
fn no_mail(view: &View<'_>, entry: &EntrySummary) -> Option<String> {
    let t = view.t;
    let configured = view.state.planner.mail.as_ref().is_none_or(|mail| mail.configured);
    if let Some(why) = no_invite(view, entry) {
        Some(why)
    } else if !own(view, entry) {
        Some(t.named("planner-only-organiser", &entry.organiser))
    } else if entry.people == 0 {
        Some(t.get("planner-nobody-invited"))
    } else {
        (!configured).then(|| t.get("planner-failed-mail"))
    }
}

/// Why there is no calendar file, if there is none. Everybody who sees an entry may have it.
fn no_calendar(view: &View<'_>, entry: &EntrySummary) -> Option<String> {
    entry.start_ms.is_none().then(|| view.t.get("planner-no-date"))
}

fn act(view: &mut View<'_>, entry: &EntrySummary, act: Act) {
    select(view, entry.id);
    let language = view.t.language;
    let command = view.state.planner.act(entry.id, act, language, |title| {
        let safe = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
        format!("{}.ics", title.chars().map(safe).collect::<String>().trim())
    });
    if let Some(command) = command {
        push(view, command);
    }
}

/// Every way to invite, as lines of a menu.
pub fn menu(ui: &mut Ui, view: &mut View<'_>, entry: &EntrySummary) {
    let t = view.t;
    let (mail, calendar) = (no_mail(view, entry), no_calendar(view, entry));
    let lines = [
        (icons::ICON_MAIL, "planner-by-mail", Act::Mail, mail),
        (icons::ICON_CONTENT_COPY, "planner-copy-text", Act::Text(t.language), None),
        (icons::ICON_CALENDAR_ADD_ON, "planner-calendar", Act::Calendar, calendar),
    ];
    for (icon, key, wish, off) in lines {
        line(ui, view, entry, (icon, key, wish), off.as_deref());
    }
    menu_line(ui);
    more(ui, view, entry);
}

/// The ways that have no button on the bar.
fn more(ui: &mut Ui, view: &mut View<'_>, entry: &EntrySummary) {
    let other = view.t.language.other();
    let off = no_invite(view, entry);
    let reply =
        (!own(view, entry)).then(|| view.t.named("planner-only-organiser", &entry.organiser));
    for (icon, key, wish) in [
        (icons::ICON_TRANSLATE, "planner-copy-other", Act::Text(other)),
        (icons::ICON_LINK, "planner-copy-link", Act::Link),
        (icons::ICON_TAG, "planner-copy-number", Act::NumberAndPin),
        (icons::ICON_QR_CODE, "planner-code", Act::Code),
    ] {
        line(ui, view, entry, (icon, key, wish), off.as_deref());
    }
    let import = (icons::ICON_ATTACH_FILE, "planner-import", Act::Reply);
    line(ui, view, entry, import, reply.as_deref());
}

fn line(
    ui: &mut Ui,
    view: &mut View<'_>,
    entry: &EntrySummary,
    (icon, key, wish): (MaterialIcon, &str, Act),
    off: Option<&str>,
) {
    let text = view.t.get(key);
    let width = ui.available_width();
    let add = |ui: &mut Ui| menu_item(ui, Some(icon), &text, false, width);
    let response = ui.add_enabled_ui(off.is_none(), add).inner;
    let pressed = response.clicked();
    if let Some(why) = off {
        tip(response, why, None);
    } else if pressed {
        act(view, entry, wish);
    }
}

/// The bar.
pub fn bar(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 12.0, p.panel);
    if p.outlined {
        ui.painter().rect_stroke(rect, 12.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    let inner = rect.shrink2(vec2(16.0, 0.0));
    let planner = &view.state.planner;
    let entry = planner.selected.and_then(|id| planner.entry(id)).cloned();
    let Some(entry) = entry else {
        let hint = t.get("planner-select-hint");
        elided(ui.painter(), inner, &hint, font::regular(13.0), p.text3);
        spoken(ui, inner, "invite hint", Role::Label, &hint);
        return;
    };
    let replies = counts(ui, view, &entry);
    let left = controls(ui, view, &entry, inner, replies);
    let words = Rect::from_min_max(inner.min, pos2(left - 16.0, inner.bottom()));
    captions(ui, view, &entry, words);
}

/// Title, and what came of the last act.
fn captions(ui: &mut Ui, view: &View<'_>, entry: &EntrySummary, place: Rect) {
    let (p, t, planner) = (view.p, view.t, &view.state.planner);
    let said = planner.confirmation(entry.id, view.state.now);
    let (text, ink) = match said {
        Some(said) => {
            let wait = Duration::from_secs_f64((said.until - view.state.now.seconds).max(0.0));
            ui.ctx().request_repaint_after(wait);
            (words::confirmation(t, said), p.success)
        }
        None if planner.busy.is_some_and(|(id, _)| id == entry.id) => {
            (t.get("planner-working"), p.text3)
        }
        None => (t.get("planner-selected"), p.text3),
    };
    let line = |middle: f32| {
        Rect::from_min_max(pos2(place.left(), middle - 9.0), pos2(place.right(), middle + 9.0))
    };
    let middle = place.center().y;
    elided(ui.painter(), line(middle - 8.0), &entry.title, font::medium(13.0), p.text);
    elided(ui.painter(), line(middle + 9.0), &text, font::regular(12.0), ink);
    spoken(ui, line(middle - 8.0), "invite title", Role::Label, &entry.title);
    spoken(ui, line(middle + 9.0), "invite state", Role::Status, &text);
}

/// `162 zugesagt`, `31 offen`; nothing where nobody was asked or replies are not known.
fn counts(ui: &Ui, view: &View<'_>, entry: &EntrySummary) -> Option<(String, String, f32)> {
    let details = view.state.planner.details(entry.id)?;
    if details.invited.is_empty() || !entry.permits.start {
        return None;
    }
    let count = |reply| details.invited.iter().filter(|person| person.reply == reply).count();
    let accepted = count(PersonReply::Accepted).to_string();
    let open = view.t.count("planner-open", count(PersonReply::NeedsAction));
    let rest = format!(" {} · {open}", view.t.get("planner-reply-accepted").to_lowercase());
    let width = row::width(ui, &accepted, font::semibold(13.0))
        + row::width(ui, &rest, font::regular(13.0));
    Some((accepted, rest, width))
}

/// The buttons, from the right; gives where they begin. Where words do not fit, pictures stay.
fn controls(
    ui: &mut Ui,
    view: &mut View<'_>,
    entry: &EntrySummary,
    inner: Rect,
    replies: Option<(String, String, f32)>,
) -> f32 {
    let (p, t) = (view.p, view.t);
    let opens = opens_calendar(view, entry);
    let calendar_words =
        t.get(if opens.is_some() { "planner-calendar-open" } else { "planner-calendar" });
    let names = [t.get("planner-by-mail"), t.get("planner-copy-text"), calendar_words];
    let caption = t.get("planner-invite-by");
    let words: f32 = names
        .iter()
        .map(|name| Button::new(name).icon(icons::ICON_MAIL).natural_width(ui) + 8.0)
        .sum::<f32>()
        + size::BUTTON;
    let caption_width = row::width(ui, &caption, font::regular(13.0)) + 8.0;
    let counts_width = replies.as_ref().map_or(0.0, |(_, _, width)| width + 33.0);
    let room = inner.width() - TITLE;
    let with_words = words <= room;
    let with_counts = with_words && words + counts_width <= room;
    let with_caption = with_counts && words + counts_width + caption_width <= room;
    let buttons = if with_words { words } else { 4.0 * (size::BUTTON + 8.0) };
    let mut right = inner.right();
    if let Some((accepted, rest, width)) = replies.filter(|_| with_counts) {
        let at = pos2(right - width, inner.center().y);
        let spots =
            Rect::from_center_size(pos2(right - width / 2.0, inner.center().y), vec2(width, 20.0));
        spoken(ui, spots, "replies", Role::Label, &format!("{accepted}{rest}"));
        let painter = ui.painter();
        let number =
            painter.text(at, egui::Align2::LEFT_CENTER, accepted, font::semibold(13.0), p.text);
        painter.text(
            number.right_center(),
            egui::Align2::LEFT_CENTER,
            rest,
            font::regular(13.0),
            p.text2,
        );
        let x = right - width - 16.0;
        let line = egui::Rangef::new(inner.center().y - 14.0, inner.center().y + 14.0);
        painter.vline(x, line, Stroke::new(1.0, p.line));
        right = x - 16.0;
    }
    let place = Rect::from_min_max(pos2(right - buttons, inner.top()), pos2(right, inner.bottom()));
    region(ui, "ways", place, Layout::left_to_right(Align::Center), |ui| {
        buttons_of(ui, view, entry, &names, with_words);
    });
    if !with_caption {
        return place.left();
    }
    let at = pos2(place.left() - caption_width, inner.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, caption, font::regular(13.0), p.text3);
    at.x
}

/// The saved calendar file, while the page offers to open it.
fn opens_calendar(view: &View<'_>, entry: &EntrySummary) -> Option<std::path::PathBuf> {
    match &view.state.planner.confirmation(entry.id, view.state.now)?.outcome {
        Outcome::Saved(path) => Some(path.clone()),
        _ => None,
    }
}

fn buttons_of(
    ui: &mut Ui,
    view: &mut View<'_>,
    entry: &EntrySummary,
    names: &[String; 3],
    with_words: bool,
) {
    let t = view.t;
    let off = [no_mail(view, entry), no_invite(view, entry), no_calendar(view, entry)];
    let wishes = [Act::Mail, Act::Text(t.language), Act::Calendar];
    let marks = [icons::ICON_MAIL, icons::ICON_CONTENT_COPY, icons::ICON_CALENDAR_ADD_ON];
    let done = view.state.planner.confirmation(entry.id, view.state.now).map(|said| said.act);
    let opens = opens_calendar(view, entry);
    for (((name, wish), mark), off) in names.iter().zip(wishes).zip(marks).zip(off) {
        let mark = match (done == Some(wish), wish) {
            (true, Act::Calendar) => icons::ICON_OPEN_IN_NEW,
            (true, _) => icons::ICON_CHECK,
            (false, _) => mark,
        };
        let free = off.is_none() && view.state.planner.busy.is_none();
        let response = if with_words {
            ui.add(Button::new(name).icon(mark).enabled(free))
        } else {
            ui.add_enabled_ui(free, |ui| icon_button(ui, mark, name, size::BUTTON)).inner
        };
        let pressed = free && response.clicked();
        if let Some(why) = &off {
            tip(response, why, None);
        }
        if !pressed {
            continue;
        }
        match (&opens, wish) {
            (Some(path), Act::Calendar) => {
                let open = PlannerCommand::OpenCalendar(path.clone());
                view.commands.push(Command::Planner(open));
            }
            _ => act(view, entry, wish),
        }
    }
    let button = icon_button(ui, icons::ICON_MORE_HORIZ, &t.get("planner-more-ways"), size::BUTTON);
    menu_up(&button, |ui| more(ui, view, entry));
}
