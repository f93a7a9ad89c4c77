//! A month to choose a day from. Weeks begin on Monday.

use super::{focus_ring, icon_button};
use crate::i18n::{Language, Texts};
use crate::icons;
use crate::theme::{font, palette};
use egui::accesskit::Role;
use egui::{
    Align2, EventFilter, Id, Key, Modifiers, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// A day's place, points.
const CELL: Vec2 = vec2(38.0, 34.0);

/// Keys and how far they lead.
const STEPS: [(Key, Step); 6] = [
    (Key::ArrowLeft, Step::Days(-1)),
    (Key::ArrowRight, Step::Days(1)),
    (Key::ArrowUp, Step::Days(-7)),
    (Key::ArrowDown, Step::Days(7)),
    (Key::PageUp, Step::Months(-1)),
    (Key::PageDown, Step::Months(1)),
];

#[derive(Clone, Copy)]
enum Step {
    Days(i64),
    Months(i64),
}

impl Step {
    /// Where calendars end, the day stays.
    fn from(self, day: Date) -> Date {
        let span = match self {
            Step::Days(days) => Span::new().days(days),
            Step::Months(months) => Span::new().months(months),
        };
        day.checked_add(span).unwrap_or(day)
    }
}

/// What an open calendar remembers: the day with the keyboard, and when it was drawn last.
#[derive(Debug, Clone, Copy)]
struct Open {
    day: Date,
    pass: u64,
}

/// The calendar; gives the day that was chosen now. It opens at `chosen`, or at today.
pub(super) fn calendar(ui: &mut Ui, id: Id, today: Date, chosen: Option<Date>) -> Option<Date> {
    let pass = ui.ctx().cumulative_pass_nr();
    let known = ui.data(|data| data.get_temp::<Open>(id));
    // Not drawn in the pass before: it opens now.
    let fresh = known.is_none_or(|open| open.pass + 1 < pass);
    let start = chosen.unwrap_or(today);
    let mut day = known.filter(|_| !fresh).map_or(start, |open| open.day);
    let before = day;
    ui.set_width(7.0 * CELL.x + 8.0);
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    header(ui, &mut day);
    weekdays(ui);
    let (picked, focused) = days(ui, id, day, today, chosen, fresh || day != before);
    if focused {
        for (key, step) in STEPS {
            if ui.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
                let next = step.from(day);
                day = next;
                ui.memory_mut(|memory| memory.request_focus(id.with(day)));
                ui.ctx().request_repaint();
            }
        }
    }
    ui.data_mut(|data| data.insert_temp(id, Open { day, pass }));
    picked
}

/// The month's name between the ways to its neighbours.
fn header(ui: &mut Ui, day: &mut Date) {
    let t = Texts::of(ui.ctx());
    let p = palette(ui.ctx());
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    let title = format!("{} {}", month_name(t, day.month()), day.year());
    ui.painter().text(row.center(), Align2::CENTER_CENTER, &title, font::semibold(14.0), p.text);
    super::spoken(ui, row.shrink2(vec2(40.0, 0.0)), "month", Role::Heading, &title);
    for (icon, name, step, left) in [
        (icons::ICON_CHEVRON_LEFT, "entry-month-before", Step::Months(-1), row.left()),
        (icons::ICON_CHEVRON_RIGHT, "entry-month-after", Step::Months(1), row.right() - 32.0),
    ] {
        let at = Rect::from_min_size(pos2(left, row.top() + 2.0), Vec2::splat(32.0));
        let builder = egui::UiBuilder::new().id_salt(name).max_rect(at);
        if icon_button(&mut ui.new_child(builder), icon, &t.get(name), 32.0).clicked() {
            *day = step.from(*day);
        }
    }
}

fn weekdays(ui: &mut Ui) {
    let t = Texts::of(ui.ctx());
    let p = palette(ui.ctx());
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    for (column, day) in Weekday::Monday.cycle_forward().take(7).enumerate() {
        let letters: String = weekday_name(t, day).chars().take(2).collect();
        let at = pos2(row.left() + 4.0 + (column as f32 + 0.5) * CELL.x, row.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, letters, font::regular(12.0), p.text3);
    }
}

/// The days of six weeks; gives what was chosen, and whether one of them has the keyboard.
fn days(
    ui: &mut Ui,
    id: Id,
    shown: Date,
    today: Date,
    chosen: Option<Date>,
    take_focus: bool,
) -> (Option<Date>, bool) {
    let (field, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), 6.0 * CELL.y + 4.0), Sense::hover());
    let first = shown.first_of_month();
    let lead = i64::from(first.weekday().to_monday_zero_offset());
    let Ok(first) = first.checked_sub(lead.days()) else { return (None, false) };
    let (mut picked, mut focused) = (None, false);
    for (place, day) in first.series(1.day()).take(42).enumerate() {
        let (row, column) = (place / 7, place % 7);
        let corner = vec2(4.0 + column as f32 * CELL.x, 2.0 + row as f32 * CELL.y);
        let rect = Rect::from_min_size(field.min + corner, CELL).shrink(2.0);
        let cell = Cell { day, shown, today, chosen };
        let response = cell.draw(ui, id, rect);
        if take_focus && day == shown {
            response.request_focus();
        }
        if response.has_focus() {
            focused = true;
            let filter = EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        if response.clicked() {
            picked = Some(day);
        }
    }
    (picked, focused)
}

struct Cell {
    day: Date,
    shown: Date,
    today: Date,
    chosen: Option<Date>,
}

impl Cell {
    fn draw(&self, ui: &Ui, id: Id, rect: Rect) -> egui::Response {
        let p = palette(ui.ctx());
        let t = Texts::of(ui.ctx());
        let response = ui.interact(rect, id.with(self.day), Sense::click());
        let is_chosen = self.chosen == Some(self.day);
        let mut name = full_day(t, self.day);
        if self.day == self.today {
            name = format!("{name}, {}", t.get("entry-today"));
        }
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &name));
        let painter = ui.painter();
        let inside = self.day.month() == self.shown.month();
        let ink = match (is_chosen, inside) {
            (true, _) => p.on_accent,
            (false, true) => p.text,
            (false, false) => p.text3,
        };
        if is_chosen {
            painter.rect_filled(rect, 7.0, p.accent);
        } else if response.hovered() {
            painter.rect_filled(rect, 7.0, p.hover);
        }
        // Today carries a line besides its colour.
        if self.day == self.today {
            let stroke = Stroke::new(1.5, if is_chosen { p.on_accent } else { p.accent_text });
            painter.rect_stroke(rect.shrink(1.0), 6.0, stroke, StrokeKind::Inside);
        }
        let text = self.day.day().to_string();
        painter.text(rect.center(), Align2::CENTER_CENTER, text, font::medium(13.0), ink);
        if response.has_focus() {
            focus_ring(painter, rect.shrink(2.0), 6.0, p);
        }
        response
    }
}

/// `Donnerstag, 26. November 2026`, `Thursday, 26 November 2026`.
fn full_day(t: Texts, day: Date) -> String {
    let dot = if t.language == Language::German { "." } else { "" };
    let (weekday, month) = (weekday_name(t, day.weekday()), month_name(t, day.month()));
    format!("{weekday}, {}{dot} {month} {}", day.day(), day.year())
}

/// A month in words, 1 to 12.
pub fn month_name(t: Texts, month: i8) -> String {
    t.get(match month {
        1 => "entry-january",
        2 => "entry-february",
        3 => "entry-march",
        4 => "entry-april",
        5 => "entry-may",
        6 => "entry-june",
        7 => "entry-july",
        8 => "entry-august",
        9 => "entry-september",
        10 => "entry-october",
        11 => "entry-november",
        _ => "entry-december",
    })
}

/// A weekday in words.
pub fn weekday_name(t: Texts, day: Weekday) -> String {
    t.get(match day {
        Weekday::Monday => "entry-monday",
        Weekday::Tuesday => "entry-tuesday",
        Weekday::Wednesday => "entry-wednesday",
        Weekday::Thursday => "entry-thursday",
        Weekday::Friday => "entry-friday",
        Weekday::Saturday => "entry-saturday",
        Weekday::Sunday => "entry-sunday",
    })
}
