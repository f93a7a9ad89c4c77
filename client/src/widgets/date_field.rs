//! A field for a date and time: typed, chosen from a calendar, or filled in with the letter `h`.
//!
//! The field does not read what is typed; it tells what happened, and its owner puts the text.

use super::calendar::calendar;
use super::{key_cap, tip, wrapped};
use crate::i18n::Texts;
use crate::icons;
use crate::theme::{Palette, font, palette, size};
use egui::accesskit::Role;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align2, Event, Frame, Id, Key, Margin, Modifiers, Popup, PopupCloseBehavior, Rect, Response,
    Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use jiff::civil::Date;

/// The calendar's button at the left, points.
const BUTTON: f32 = 34.0;

/// A field for a date.
#[derive(Debug)]
pub struct DateField<'a> {
    label: &'a str,
    text: &'a mut String,
    id: Id,
    error: Option<&'a str>,
    caption: &'a str,
    today: Date,
    chosen: Option<Date>,
    timed: bool,
}

/// What happened in a date field in this frame.
#[derive(Debug, Default)]
pub struct DateOutcome {
    /// The text was typed at.
    pub typed: bool,
    /// The keyboard left the field.
    pub left: bool,
    /// The present is to be filled in.
    pub now: bool,
    /// A quarter of an hour later (`true`) or earlier.
    pub step: Option<bool>,
    /// A day was chosen from the calendar.
    pub day: Option<Date>,
}

/// What the letter `h` filled in: all of it is selected, and one `e` after it begins "heute".
#[derive(Debug, Clone)]
enum Filled {
    Waiting,
    With(String),
}

impl<'a> DateField<'a> {
    /// A field with that identity; `today` is marked in the calendar.
    pub fn new(label: &'a str, text: &'a mut String, id: Id, today: Date) -> Self {
        let (error, caption, chosen, timed) = (None, "", None, true);
        DateField { label, text, id, error, caption, today, chosen, timed }
    }
    /// What is wrong with the text, and what to do.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }
    /// A quiet sentence below; an error takes its place.
    pub fn caption(mut self, caption: &'a str) -> Self {
        self.caption = caption;
        self
    }
    /// The day that the text means.
    pub fn chosen(mut self, day: Option<Date>) -> Self {
        self.chosen = day;
        self
    }
    /// Only a day: no `h`, no steps.
    pub fn day_only(mut self) -> Self {
        self.timed = false;
        self
    }

    /// Draws it over the whole width.
    pub fn show(self, ui: &mut Ui) -> DateOutcome {
        let p = palette(ui.ctx());
        let (caption, error) = (self.caption, self.error);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            ui.scope(|ui| {
                // A label is as high as its text, not as a button.
                ui.spacing_mut().interact_size.y = 0.0;
                super::label(ui, self.label, font::medium(13.0), p.text2);
            });
            let outcome = self.input(ui, p);
            match error {
                Some(sentence) => _ = super::failure(ui, sentence),
                None if !caption.is_empty() => {
                    wrapped(ui, caption, font::regular(12.0), p.text3);
                }
                None => {}
            }
            outcome
        })
        .inner
    }

    fn input(mut self, ui: &mut Ui, p: &Palette) -> DateOutcome {
        let mut outcome = DateOutcome::default();
        if self.timed && ui.memory(|memory| memory.has_focus(self.id)) {
            self.keys(ui, &mut outcome);
        }
        let width = ui.available_width();
        let (rect, _) = ui.allocate_exact_size(vec2(width, size::INPUT), Sense::hover());
        ui.painter().rect_filled(rect, 8.0, ui.visuals().extreme_bg_color);
        let right = if self.timed { 30 } else { 8 };
        let edit = TextEdit::singleline(&mut *self.text)
            .id(self.id)
            .font(font::regular(14.0))
            .text_color(p.text)
            .frame(Frame::NONE.inner_margin(Margin { left: 0, right, top: 0, bottom: 0 }))
            .desired_width(rect.width() - BUTTON - 2.0)
            .align(Align2::LEFT_CENTER);
        let inner = Rect::from_min_max(pos2(rect.left() + BUTTON + 2.0, rect.top()), rect.max);
        let response = ui.put(inner, edit.min_size(inner.size()));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(Role::TextInput);
            node.set_label(self.label);
            if let Some(sentence) = self.error.or(Some(self.caption)).filter(|s| !s.is_empty()) {
                node.set_description(sentence);
            }
            if self.error.is_some() {
                node.set_invalid(egui::accesskit::Invalid::True);
            }
        });
        outcome.typed |= response.changed();
        outcome.left = response.lost_focus();
        if self.timed {
            let at = pos2(rect.right() - 8.0, rect.center().y);
            key_cap(ui.painter(), at, Align2::RIGHT_CENTER, "h", p);
        }
        let stroke = match (self.error, response.has_focus()) {
            (Some(_), _) => Stroke::new(2.0, p.danger),
            (None, true) => Stroke::new(2.0, p.accent),
            (None, false) => Stroke::new(1.0, p.control),
        };
        ui.painter().rect_stroke(rect, 8.0, stroke, StrokeKind::Inside);
        outcome.day = self.drop_down(ui, rect, &response, p);
        outcome
    }

    /// The calendar's button and, while it is open, the calendar.
    fn drop_down(&self, ui: &mut Ui, rect: Rect, field: &Response, p: &Palette) -> Option<Date> {
        let t = Texts::of(ui.ctx());
        let square = Rect::from_min_size(rect.min + vec2(2.0, 3.0), vec2(32.0, 34.0));
        let button = ui.interact(square, self.id.with("calendar"), Sense::click());
        let name = format!("{}: {}", self.label, t.get("entry-calendar"));
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if button.hovered() {
            ui.painter().rect_filled(square, 7.0, p.hover);
        }
        icons::paint(
            ui.painter(),
            icons::ICON_CALENDAR_MONTH.outlined(),
            square.center(),
            18.0,
            if button.hovered() { p.text } else { p.text3 },
        );
        if button.has_focus() {
            super::focus_ring(ui.painter(), square.shrink(2.0), 6.0, p);
        }
        let by_key = field.has_focus()
            && ui.input_mut(|i| {
                i.consume_key(Modifiers::ALT, Key::ArrowDown)
                    || i.consume_key(Modifiers::NONE, Key::F4)
            });
        let popup = Popup::default_response_id(&button);
        if by_key {
            Popup::open_id(ui.ctx(), popup);
        }
        let mut picked = None;
        Popup::menu(&button)
            .gap(6.0)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| picked = calendar(ui, self.id.with("days"), self.today, self.chosen));
        tip(button, &name, Some("Alt+↓"));
        if picked.is_some() {
            Popup::close_id(ui.ctx(), popup);
            ui.memory_mut(|memory| memory.request_focus(self.id));
        }
        picked
    }

    /// The keys that mean something else here than in other fields.
    fn keys(&mut self, ui: &Ui, outcome: &mut DateOutcome) {
        let none = Modifiers::NONE;
        // With Alt the arrow opens the calendar.
        if ui.input(|i| i.modifiers.alt) {
            return;
        }
        if ui.input_mut(|i| i.consume_key(none, Key::ArrowUp)) {
            outcome.step = Some(true);
        } else if ui.input_mut(|i| i.consume_key(none, Key::ArrowDown)) {
            outcome.step = Some(false);
        }
        let mark = self.id.with("filled");
        let filled = match ui.data(|data| data.get_temp::<Filled>(mark)) {
            Some(Filled::Waiting) => {
                self.select(ui, 0);
                Some(self.text.clone())
            }
            Some(Filled::With(text)) if text == *self.text => Some(text),
            _ => None,
        };
        if filled.is_some() && take_typed(ui, "e") {
            *self.text = "he".to_owned();
            self.select(ui, 2);
            outcome.typed = true;
        } else if !self.after_letter(ui) && (take_typed(ui, "h") || take_typed(ui, "H")) {
            outcome.now = true;
            ui.data_mut(|data| data.insert_temp(mark, Filled::Waiting));
            return;
        }
        ui.data_mut(|data| match filled {
            Some(text) => _ = data.insert_temp(mark, Filled::With(text)),
            None => data.remove::<Filled>(mark),
        });
    }

    /// Whether what is typed now continues a word.
    fn after_letter(&self, ui: &Ui) -> bool {
        let state = TextEditState::load(ui.ctx(), self.id);
        let Some(range) = state.and_then(|state| state.cursor.char_range()) else { return false };
        let at = range.primary.index.0.min(range.secondary.index.0);
        at.checked_sub(1)
            .and_then(|before| self.text.chars().nth(before))
            .is_some_and(char::is_alphabetic)
    }

    /// Selects from that character to the end.
    fn select(&self, ui: &Ui, from: usize) {
        let mut state = TextEditState::load(ui.ctx(), self.id).unwrap_or_default();
        let end = CCursor::new(self.text.chars().count());
        state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(from), end)));
        state.store(ui.ctx(), self.id);
    }
}

/// Takes a letter that was typed in this frame.
fn take_typed(ui: &Ui, letter: &str) -> bool {
    ui.input_mut(|i| {
        let before = i.events.len();
        i.events.retain(|event| !matches!(event, Event::Text(text) if text == letter));
        i.events.len() != before
    })
}
