//! Everything about one entry, to read; and what can be done with it.

use super::{MARGIN, View, edit, invite, occurrences, own, push, row, start, words};
use crate::command::PlannerCommand;
use crate::icons;
use crate::state::Question;
use crate::theme::font;
use crate::ui::{clock, column, region, words as common};
use crate::when;
use crate::widgets::{
    Button, Kind, Tone, avatar, banner, copy_row, elided, label, menu_below, spoken, tip, wrapped,
};
use egui::accesskit::Role;
use egui::{
    Align, CornerRadius, Frame, Layout, Margin, Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2,
};
use protocol::{EntryDetails, EntrySummary, InvitedPerson, PendingMail, PersonReply};

/// Pages narrower than this have one column.
const TWO_COLUMNS: f32 = 860.0;
/// Between columns and cards.
const GAP: f32 = 16.0;
/// Somebody invited, or a mail.
const ROW: f32 = 44.0;

/// The page.
pub fn show(ui: &mut Ui, view: &mut View<'_>, id: i64) {
    let page = ui.max_rect();
    let inner = Rect::from_min_max(page.min + vec2(MARGIN, 16.0), page.max - vec2(MARGIN, 12.0));
    region(ui, "details", inner, column(), |ui| {
        let back = view.t.get("planner-back");
        let button = Button::new(&back).icon(icons::ICON_ARROW_BACK).kind(Kind::Ghost);
        if ui.add(button).clicked() {
            view.state.planner.back();
            return;
        }
        ui.add_space(4.0);
        let summary = view.state.planner.details(id).map(|details| details.summary.clone());
        let Some(entry) = view.state.planner.entry(id).cloned().or(summary) else {
            super::list::failed(ui, view);
            return;
        };
        head(ui, view, &entry);
        ui.add_space(12.0);
        notices(ui, view, &entry);
        let Some(details) = view.state.planner.details(id).cloned() else {
            let (text, ink) = (view.t.get("planner-loading"), view.p.text3);
            label(ui, text, font::regular(14.0), ink);
            return;
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GAP;
            let width = ui.available_width() - 8.0;
            if width < TWO_COLUMNS {
                ui.set_width(width);
                facts(ui, view, &details);
                lists(ui, view, &details);
                return;
            }
            let left = (width - GAP) * 0.46;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for (share, part) in [(left, true), (width - GAP - left, false)] {
                    ui.vertical(|ui| {
                        ui.set_width(share);
                        if part {
                            facts(ui, view, &details);
                        } else {
                            lists(ui, view, &details);
                        }
                    });
                }
            });
        });
    });
}

/// Title, how it stands, and what can be done.
fn head(ui: &mut Ui, view: &mut View<'_>, entry: &EntrySummary) {
    let p = view.p;
    wrapped(ui, &entry.title, font::title(30.0), p.text);
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        row::pill(ui, view, entry);
        label(ui, words::kind(view.t, entry), font::regular(14.0), p.text2);
    });
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| actions(ui, view, entry));
}

fn actions(ui: &mut Ui, view: &mut View<'_>, entry: &EntrySummary) {
    let t = view.t;
    let manages = row::manages(view, entry);
    let free = (entry.permits.start || entry.permits.join) && view.state.planner.opening.is_none();
    let words = t.get("planner-join");
    let kind = if row::may_join(entry) { Kind::Primary } else { Kind::Neutral };
    let button = Button::new(&words).icon(icons::ICON_CALL).kind(kind).enabled(free);
    let response = ui.add(button);
    if response.clicked() {
        start(view, entry.id);
    }
    if !free {
        tip(response, &words::no_join(t, entry), None);
    }
    let no_edit = words::no_edit(t, entry, manages);
    if plain(ui, icons::ICON_EDIT, &t.get("planner-edit"), no_edit.as_deref()) {
        edit(view, entry.id);
    }
    let words = t.get("planner-invite");
    let no_invite = invite::no_invite(view, entry);
    let button = Button::new(&words).icon(icons::ICON_PERSON_ADD).enabled(no_invite.is_none());
    let response = ui.add(button);
    match no_invite {
        Some(why) => drop(tip(response, &why, None)),
        None => menu_below(&response, |ui| invite::menu(ui, view, entry)),
    }
    let no_delete = words::no_delete(t, entry, manages);
    if plain(ui, icons::ICON_DELETE, &t.get("planner-delete"), no_delete.as_deref()) {
        view.state.planner.question = Some(Question::Delete(entry.id));
    }
}

/// A neutral button that says why it is off.
fn plain(ui: &mut Ui, icon: icons::MaterialIcon, name: &str, off: Option<&str>) -> bool {
    let response = ui.add(Button::new(name).icon(icon).enabled(off.is_none()));
    let pressed = response.clicked();
    if let Some(why) = off {
        tip(response, why, None);
    }
    pressed
}

/// What came of the last act, or went wrong with it.
fn notices(ui: &mut Ui, view: &mut View<'_>, entry: &EntrySummary) {
    let t = view.t;
    let close = t.get("kit-close");
    let behind = view.state.planner.moving.is_some();
    if clock::notice(ui, view) {
        ui.add_space(12.0);
    }
    if let Some(cause) = view.state.planner.failure.as_ref().filter(|_| !behind) {
        let sentence = words::failure(t, cause);
        if banner(ui, Tone::Danger, icons::ICON_ERROR, &sentence, Some(&close)) {
            view.state.planner.failure = None;
        }
        ui.add_space(12.0);
    }
    if view.state.planner.double_booked > 0 {
        let sentence = t.count("planner-double-booked", view.state.planner.double_booked);
        if banner(ui, Tone::Warning, icons::ICON_WARNING, &sentence, Some(&close)) {
            view.state.planner.double_booked = 0;
        }
        ui.add_space(12.0);
    }
    if let Some(said) = view.state.planner.confirmation(entry.id, view.state.now) {
        let wait = (said.until - view.state.now.seconds).max(0.0);
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(wait));
        let sentence = words::confirmation(t, said);
        banner(ui, Tone::Good, icons::ICON_CHECK_CIRCLE, &sentence, None);
        ui.add_space(12.0);
    }
}

fn card(
    ui: &mut Ui,
    view: &mut View<'_>,
    title: &str,
    content: impl FnOnce(&mut Ui, &mut View<'_>),
) {
    let p = view.p;
    let stroke = if p.outlined { Stroke::new(1.0, p.line) } else { Stroke::NONE };
    let margin = Margin::same(20);
    Frame::NONE
        .fill(p.panel)
        .stroke(stroke)
        .corner_radius(CornerRadius::same(12))
        .inner_margin(margin)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            let heading = label(ui, title, font::semibold(16.0), p.text);
            ui.ctx().accesskit_node_builder(heading.id, |node| node.set_role(Role::Heading));
            content(ui, view);
        });
}

/// When, whose, what, and how to get there.
fn facts(ui: &mut Ui, view: &mut View<'_>, details: &EntryDetails) {
    let t = view.t;
    card(ui, view, &t.get("planner-about"), |ui, view| {
        fact(ui, view, "planner-when", &when(view, details));
        let organiser = &details.summary.organiser;
        let mine = own(view, &details.summary);
        let whose = if mine { t.get("planner-you") } else { organiser.clone() };
        fact(ui, view, "planner-organiser", &whose);
        if !details.description.is_empty() {
            fact(ui, view, "planner-description", &details.description);
        }
        if details.summary.permits.start {
            fact(ui, view, "planner-notices", &mails_wanted(view, details));
        }
    });
    card(ui, view, &t.get("planner-way-in"), |ui, view| {
        let copy = |name: &str| t.named("planner-copy", name);
        let number = common::number(&details.summary.number);
        let name = t.get("planner-column-number");
        copy_row(ui, &name, &number, &copy(&name));
        if let Some(pin) = &details.pin {
            let name = t.get("planner-pin");
            copy_row(ui, &name, pin, &copy(&name));
        }
        if let Some(link) = details.link_path.as_ref().and_then(|path| view.state.link(path)) {
            let name = t.get("planner-link");
            copy_row(ui, &name, &link, &copy(&name));
        }
        wrapped(ui, t.get("planner-number-note"), font::regular(12.0), view.p.text3);
    });
}

fn fact(ui: &mut Ui, view: &View<'_>, key: &str, text: &str) {
    label(ui, view.t.get(key), font::regular(12.0), view.p.text3);
    ui.add_space(-6.0);
    wrapped(ui, text, font::regular(14.0), view.p.text);
}

fn when(view: &View<'_>, details: &EntryDetails) -> String {
    let (t, zone) = (view.t, &view.state.planner.zone);
    let (Some(start), Some(end)) = (details.summary.start_ms, details.summary.end_ms) else {
        return format!("{}, {}", t.get("planner-any-time"), t.get("planner-permanent"));
    };
    let today = when::local(view.state.now.unix_ms, zone).date();
    let text = words::when(t, (start, end), zone, today);
    if details.summary.recurring { format!("{text} ({})", t.get("planner-series")) } else { text }
}

/// Which mails were asked for.
fn mails_wanted(view: &View<'_>, details: &EntryDetails) -> String {
    let t = view.t;
    let mut wanted = Vec::new();
    if details.notify {
        wanted.push(t.get("planner-notify"));
    }
    if details.phone_info {
        wanted.push(t.get("planner-phone-info"));
    }
    if let Some(minutes) = details.reminder_minutes {
        let before = words::duration(t, i64::from(minutes) * 60_000);
        wanted.push(t.named("planner-reminder", &before));
    }
    if wanted.is_empty() { t.get("planner-no-mails") } else { wanted.join("\n") }
}

/// People, dates, mails.
fn lists(ui: &mut Ui, view: &mut View<'_>, details: &EntryDetails) {
    let t = view.t;
    card(ui, view, &t.get("planner-people"), |ui, view| people(ui, view, details));
    if details.summary.recurring {
        card(ui, view, &t.get("planner-dates"), |ui, view| occurrences::show(ui, view, details));
    }
    let mails = view.state.planner.mail.iter().flat_map(|overview| &overview.mails);
    let mails: Vec<PendingMail> =
        mails.filter(|mail| mail.entry == details.summary.id).cloned().collect();
    if !mails.is_empty() {
        card(ui, view, &t.get("planner-mails"), |ui, view| {
            for pending in &mails {
                mail(ui, view, pending);
            }
        });
    }
}

fn people(ui: &mut Ui, view: &mut View<'_>, details: &EntryDetails) {
    let (p, t) = (view.p, view.t);
    if details.invited.is_empty() {
        wrapped(ui, t.get("planner-nobody-invited"), font::regular(14.0), p.text2);
        return;
    }
    let count = |reply| details.invited.iter().filter(|person| person.reply == reply).count();
    let mut summary = vec![
        t.count("planner-accepted", count(PersonReply::Accepted)),
        t.count("planner-declined", count(PersonReply::Declined)),
        t.count("planner-open", count(PersonReply::NeedsAction)),
    ];
    let tentative = count(PersonReply::Tentative);
    if tentative > 0 {
        summary.insert(1, t.count("planner-tentative", tentative));
    }
    label(ui, summary.join(" · "), font::medium(13.0), p.text2);
    ui.spacing_mut().item_spacing.y = 0.0;
    for person in &details.invited {
        guest(ui, view, person);
    }
}

/// Somebody invited, and whether they come.
fn guest(ui: &mut Ui, view: &View<'_>, person: &InvitedPerson) {
    let (p, t) = (view.p, view.t);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let reply = words::reply(t, person.reply);
    let mut note = person.email.clone().unwrap_or_default();
    if person.co_host {
        let host = t.get("planner-co-host");
        note = if note.is_empty() { host } else { format!("{host} · {note}") };
    }
    response.widget_info(|| {
        egui::WidgetInfo::labeled(Role::ListItem, true, format!("{}, {reply}", person.name))
    });
    let painter = ui.painter();
    avatar(painter, pos2(rect.left() + 14.0, rect.center().y), 28.0, &person.name, None);
    let (icon, tone) = match person.reply {
        PersonReply::NeedsAction => (icons::ICON_SCHEDULE, Tone::Neutral),
        PersonReply::Accepted => (icons::ICON_CHECK_CIRCLE, Tone::Good),
        PersonReply::Tentative => (icons::ICON_HELP, Tone::Soon),
        PersonReply::Declined => (icons::ICON_BLOCK, Tone::Danger),
    };
    let width = row::width(ui, &reply, font::medium(13.0)) + 24.0;
    let left = rect.right() - width;
    icons::paint(painter, icon.outlined(), pos2(left + 8.0, rect.center().y), 16.0, tone.ink(p));
    let at = Rect::from_min_max(pos2(left + 22.0, rect.top()), rect.max);
    elided(painter, at, &reply, font::medium(13.0), p.text2);
    let line = |middle: f32| {
        let middle = rect.center().y + middle;
        Rect::from_min_max(pos2(rect.left() + 40.0, middle - 9.0), pos2(left - 8.0, middle + 9.0))
    };
    let middle = if note.is_empty() { 0.0 } else { -8.0 };
    elided(painter, line(middle), &person.name, font::medium(13.0), p.text);
    elided(painter, line(9.0), &note, font::regular(12.0), p.text3);
}

/// A mail that has not gone out, and another try.
fn mail(ui: &mut Ui, view: &mut View<'_>, mail: &PendingMail) {
    let (p, t) = (view.p, view.t);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let purpose = t.get(match mail.purpose.as_str() {
        "change" => "planner-mail-change",
        "cancellation" => "planner-mail-cancellation",
        "reminder" => "planner-mail-reminder",
        _ => "planner-mail-invitation",
    });
    let again = t.get("planner-mail-again");
    let width = Button::new(&again).icon(icons::ICON_REFRESH).height(32.0).natural_width(ui);
    let (words, place) = rect.split_left_right_at_x(rect.right() - width - 8.0);
    let state = if mail.given_up { "planner-mail-failed" } else { "planner-mail-waits" };
    let detail = mail.detail.clone().unwrap_or_default();
    let text = format!("{} {detail}", t.named(state, &purpose));
    let ink = if mail.given_up { p.warning } else { p.text3 };
    let line = |middle: f32| {
        words
            .with_min_y(words.center().y + middle - 9.0)
            .with_max_y(words.center().y + middle + 9.0)
    };
    elided(ui.painter(), line(-8.0), &mail.recipient, font::medium(13.0), p.text);
    elided(ui.painter(), line(9.0), &text, font::regular(12.0), ink);
    let both = format!("{}: {text}", mail.recipient);
    spoken(ui, words, &mail.recipient, Role::Label, &both);
    let layout = Layout::right_to_left(Align::Center);
    region(ui, ("mail", mail.id), place, layout, |ui| {
        let button = Button::new(&again).icon(icons::ICON_REFRESH).height(32.0);
        if ui.add(button).clicked() {
            view.state.planner.failure = None;
            push(view, PlannerCommand::RetryMail { mail: mail.id });
        }
    });
}
