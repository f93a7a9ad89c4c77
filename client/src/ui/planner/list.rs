//! The list: heads of sections, rows, and the bar that acts on the selected one.

use super::keys::Taken;
use super::row::{self, Columns};
use super::{MARGIN, View, empty, filters, invite, plan, push, words};
use crate::icons;
use crate::state::{Group, Line};
use crate::theme::font;
use crate::ui::words::named_day;
use crate::ui::{clock, column, region};
use crate::when;
use crate::widgets::{Button, Tone, banner, failure, label, spoken};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{EntrySummary, RoomKind};

/// The head of a section.
const HEAD: f32 = 34.0;
/// Rows this far outside of the view are drawn as well: the keyboard reaches them.
const BEYOND: f32 = 2.0 * row::HEIGHT;
/// Around the rows, left and right.
const INSET: f32 = 16.0;

/// The page with the list.
pub fn show(ui: &mut Ui, view: &mut View<'_>, keys: Taken) {
    let page = ui.max_rect();
    let planner = &view.state.planner;
    let nothing = planner.entries.as_ref().is_some_and(Vec::is_empty);
    let untouched = nothing && !planner.filters.narrow() && !planner.loading();
    if untouched || planner.needs_profile() {
        return empty::show(ui, view);
    }
    let mut rest = page;
    rest.min.y = header(ui, view, page, true) + 16.0;
    let row = Rect::from_min_max(rest.min + vec2(MARGIN, 0.0), rest.max - vec2(MARGIN, 0.0));
    rest.min.y = region(ui, "filters", row, column(), |ui| {
        filters::show(ui, view, keys.search);
        ui.min_rect().bottom() + 10.0
    });
    let bar = Rect::from_min_max(
        pos2(page.left() + INSET, page.bottom() - INSET - invite::HEIGHT),
        page.max - vec2(INSET, INSET),
    );
    rest.max.y = trouble(ui, view, Rect::from_min_max(rest.min, pos2(page.right(), bar.top())));
    rest.min.y = clock_word(ui, view, rest);
    rest.min.y = list_trouble(ui, view, rest);
    region(ui, "list", rest, column(), |ui| body(ui, view, keys.row));
    region(ui, "bar", bar, column(), |ui| invite::bar(ui, view));
}

/// The page's title and, where planning is possible, its two buttons; gives where they end.
pub fn header(ui: &mut Ui, view: &mut View<'_>, page: Rect, may_plan: bool) -> f32 {
    let t = view.t;
    let at = page.min + vec2(MARGIN, 22.0);
    let title = t.get("planner-title");
    let drawn = ui.painter().text(at, Align2::LEFT_TOP, &title, font::title(30.0), view.p.text);
    let words = Rect::from_min_max(at, pos2(drawn.right(), at.y + 36.0));
    spoken(ui, words, "page title", Role::Heading, &title);
    if !may_plan {
        return words.bottom();
    }
    let (webinar, group_call) = (t.get("planner-plan-webinar"), t.get("planner-plan-group-call"));
    let webinar_button = Button::new(&webinar).icon(icons::ICON_CO_PRESENT);
    let group_call_button = Button::new(&group_call).icon(icons::ICON_GROUPS);
    let width = webinar_button.natural_width(ui) + group_call_button.natural_width(ui) + 8.0;
    let right = page.right() - MARGIN;
    // Where they do not fit beside the title they go below.
    let beside = words.right() + 24.0 + width <= right;
    let top = if beside { words.top() } else { words.bottom() + 12.0 };
    let left = if beside { right - width } else { words.left() };
    let place = Rect::from_min_max(pos2(left, top), pos2(right, top + 36.0));
    region(ui, "plan", place, Layout::left_to_right(Align::Center), |ui| {
        if ui.add(group_call_button).clicked() {
            plan(view, RoomKind::GroupCall);
        }
        if ui.add(webinar_button).clicked() {
            plan(view, RoomKind::Webinar);
        }
    });
    place.bottom()
}

/// What went wrong with the last act, above the bar; gives where the list ends.
fn trouble(ui: &mut Ui, view: &mut View<'_>, rest: Rect) -> f32 {
    let Some(cause) = &view.state.planner.failure else { return rest.bottom() - 8.0 };
    let sentence = words::failure(view.t, cause);
    let close = view.t.get("kit-close");
    let place = Rect::from_min_max(
        pos2(rest.left() + INSET, rest.bottom() - 60.0),
        rest.max - vec2(INSET, 8.0),
    );
    let pressed = region(ui, "trouble", place, column(), |ui| {
        banner(ui, Tone::Danger, icons::ICON_ERROR, &sentence, Some(&close))
    });
    if pressed {
        view.state.planner.failure = None;
    }
    place.top() - 4.0
}

fn body(ui: &mut Ui, view: &mut View<'_>, focus_row: bool) {
    ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
    let t = view.t;
    let place = ui.max_rect();
    let inner = Rect::from_min_max(place.min + vec2(INSET, 0.0), place.max - vec2(INSET, 0.0));
    if view.state.planner.entries.is_none() {
        if view.state.planner.list_failure.is_none() {
            let at = pos2(place.left() + MARGIN, ui.cursor().top() + 24.0);
            ui.painter().text(
                at,
                Align2::LEFT_CENTER,
                t.get("planner-loading"),
                font::regular(14.0),
                view.p.text3,
            );
        }
        return;
    }
    let columns = Columns::new(ui, view, inner);
    heads(ui, view, &columns, inner);
    let rows = Rect::from_min_max(pos2(inner.left(), ui.cursor().top()), inner.max);
    region(ui, "rows", rows, column(), |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            lines(ui, view, &columns, focus_row);
        });
    });
}

/// That this computer's clock is wrong; gives where the list begins.
fn clock_word(ui: &mut Ui, view: &View<'_>, rest: Rect) -> f32 {
    let place = Rect::from_min_max(rest.min + vec2(INSET, 0.0), rest.max - vec2(INSET, 0.0));
    region(ui, "clock", place, column(), |ui| match clock::notice(ui, view) {
        true => ui.min_rect().bottom() + 8.0,
        false => rest.top(),
    })
}

/// Why the list could not be read; what was read before stays below. Gives where it begins.
fn list_trouble(ui: &mut Ui, view: &mut View<'_>, rest: Rect) -> f32 {
    let Some(cause) = &view.state.planner.list_failure else { return rest.top() };
    let sentence = words::failure(view.t, cause);
    let again = view.t.get("planner-again");
    let place = Rect::from_min_max(rest.min + vec2(INSET, 0.0), rest.max - vec2(INSET, 0.0));
    let (pressed, bottom) = region(ui, "list trouble", place, column(), |ui| {
        let pressed = banner(ui, Tone::Danger, icons::ICON_ERROR, &sentence, Some(&again));
        (pressed, ui.min_rect().bottom())
    });
    if pressed {
        let now = view.state.now;
        let command = view.state.planner.reload(now);
        push(view, command);
    }
    bottom + 8.0
}

/// The names of the columns over a line.
fn heads(ui: &mut Ui, view: &View<'_>, columns: &Columns, inner: Rect) {
    let (p, t) = (view.p, view.t);
    let (rect, _) = ui.allocate_exact_size(vec2(inner.width(), 31.0), Sense::hover());
    let painter = ui.painter();
    let middle = rect.top() + 15.0;
    let put = |x: f32, align: Align2, key: &str| {
        painter.text(pos2(x, middle), align, t.get(key), font::medium(12.0), p.text3);
    };
    put(columns.time.min, Align2::LEFT_CENTER, "planner-column-start");
    put(columns.kind.min, Align2::LEFT_CENTER, "planner-column-kind");
    put(columns.title.min, Align2::LEFT_CENTER, "planner-column-title");
    put(columns.state.min, Align2::LEFT_CENTER, "planner-column-state");
    if let Some(number) = columns.number {
        put(number.min, Align2::LEFT_CENTER, "planner-column-number");
    }
    put(columns.action.max - 8.0, Align2::RIGHT_CENTER, "planner-column-action");
    let line = egui::Rangef::new(inner.left() + 12.0, inner.right() - 12.0);
    painter.hline(line, rect.bottom() - 1.0, egui::Stroke::new(1.0, p.line));
}

fn lines(ui: &mut Ui, view: &mut View<'_>, columns: &Columns, focus_row: bool) {
    // Copied out so that a row may change the rest of the state.
    let lines: Vec<Result<EntrySummary, Group>> = view
        .state
        .planner
        .lines()
        .into_iter()
        .map(|line| match line {
            Line::Head(group) => Err(group),
            Line::Entry(entry) => Ok(entry.clone()),
        })
        .collect();
    let next = view.state.planner.next_to_join();
    let sight = ui.clip_rect().expand2(vec2(0.0, BEYOND));
    let selected = view.state.planner.selected;
    for line in &lines {
        let height = if line.is_ok() { row::HEIGHT } else { HEAD };
        let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
        let wanted = matches!(line, Ok(entry) if selected == Some(entry.id));
        // What is far away takes its room and nothing else.
        if !sight.intersects(place) && !wanted {
            ui.allocate_space(place.size());
            continue;
        }
        match line {
            Err(group) => head(ui, view, *group),
            Ok(entry) => {
                let focus = focus_row && wanted;
                let row = row::Row { entry, columns, next: next == Some(entry.id), focus };
                row::show(ui, view, &row);
            }
        }
    }
    end(ui, view, lines.is_empty());
}

/// The head of a section.
fn head(ui: &mut Ui, view: &View<'_>, group: Group) {
    let (p, t) = (view.p, view.t);
    let today = when::local(view.state.now.unix_ms, &view.state.planner.zone).date();
    let (text, note) = match group {
        Group::Now => (t.get("planner-group-now"), None),
        Group::Day(day) if day == today => (t.get("date-today"), None),
        Group::Day(day) => (named_day(t, day, today), None),
        Group::Permanent => {
            (t.get("planner-group-permanent"), Some(t.get("planner-group-permanent-note")))
        }
        Group::Past => (t.get("planner-group-past"), None),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Heading, true, &text));
    let at = pos2(rect.left() + 14.0, rect.top() + 21.0);
    let painter = ui.painter();
    let drawn = painter.text(at, Align2::LEFT_CENTER, &text, font::semibold(12.0), p.text3);
    if let Some(note) = note {
        let at = pos2(drawn.right() + 8.0, at.y);
        painter.text(at, Align2::LEFT_CENTER, note, font::medium(12.0), p.text3);
    }
}

/// Below the last row: what the filters hide, or more from the hub.
fn end(ui: &mut Ui, view: &mut View<'_>, none: bool) {
    let t = view.t;
    ui.add_space(16.0);
    if none {
        ui.vertical_centered(|ui| {
            ui.add_space(48.0);
            label(ui, t.get("planner-nothing-found"), font::medium(15.0), view.p.text);
            ui.add_space(4.0);
            label(ui, t.get("planner-nothing-found-note"), font::regular(14.0), view.p.text2);
            ui.add_space(16.0);
            let words = t.get("planner-clear-filters");
            if ui.add(Button::new(&words)).clicked() {
                view.state.planner.filters = Default::default();
                let now = view.state.now;
                let command = view.state.planner.refilter(now);
                push(view, command);
            }
        });
    }
    if view.state.planner.has_more() {
        ui.vertical_centered(|ui| {
            let words = t.get("planner-more");
            let free = !view.state.planner.loading();
            if ui.add(Button::new(&words).enabled(free)).clicked() {
                let now = view.state.now;
                if let Some(command) = view.state.planner.more(now) {
                    push(view, command);
                }
            }
        });
        ui.add_space(16.0);
    }
}

/// A failure in place, where a page has no banner.
pub fn failed(ui: &mut Ui, view: &View<'_>) {
    if let Some(cause) = &view.state.planner.failure {
        failure(ui, &words::failure(view.t, cause));
    }
}
