//! Fields that take text.

use super::{key_cap, wrapped};
use crate::icons::{self, MaterialIcon};
use crate::theme::{Palette, font, palette, size};
use egui::{
    Align2, Frame, Id, Key, Margin, Rect, Response, Sense, Stroke, StrokeKind, TextEdit, Ui, pos2,
    vec2,
};

/// A text field with its label above and, where something is wrong, a sentence below.
#[derive(Debug)]
pub struct Field<'a> {
    label: &'a str,
    text: &'a mut String,
    hint: &'a str,
    note: &'a str,
    caption: &'a str,
    error: Option<&'a str>,
    limit: usize,
    password: bool,
    lines: usize,
    icon: Option<MaterialIcon>,
    labelled: bool,
    enabled: bool,
    id: Option<Id>,
}

impl<'a> Field<'a> {
    /// One line, as long as it likes, right.
    pub fn new(label: &'a str, text: &'a mut String) -> Self {
        Field {
            label,
            text,
            hint: "",
            note: "",
            caption: "",
            error: None,
            limit: usize::MAX,
            password: false,
            lines: 1,
            icon: None,
            labelled: true,
            enabled: true,
            id: None,
        }
    }
    /// What stands in the empty field.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }
    /// A quiet remark beside the label.
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }
    /// A quiet sentence below the field; an error takes its place.
    pub fn caption(mut self, caption: &'a str) -> Self {
        self.caption = caption;
        self
    }
    /// What is wrong with the text, and what to do.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }
    /// At most so many characters.
    pub fn limit(mut self, characters: usize) -> Self {
        self.limit = characters;
        self
    }
    /// Shows dots.
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }
    /// So many lines high; from two on, Enter starts a new one.
    pub fn lines(mut self, lines: usize) -> Self {
        self.lines = lines.max(1);
        self
    }
    /// With an icon at the left.
    pub fn icon(mut self, icon: MaterialIcon) -> Self {
        self.icon = Some(icon);
        self
    }
    /// Without its label in sight; it stays the field's name.
    pub fn hide_label(mut self) -> Self {
        self.labelled = false;
        self
    }
    /// Not to be changed now.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }
    /// With this identity, so that others can give it the keyboard.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// Draws it over the whole width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let p = palette(ui.ctx());
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            if self.labelled {
                // A label is as high as its text, not as a button.
                ui.spacing_mut().interact_size.y = 0.0;
                ui.horizontal_wrapped(|ui| {
                    super::label(ui, self.label, font::medium(13.0), p.text2);
                    if !self.note.is_empty() {
                        super::label(ui, self.note, font::regular(13.0), p.text3);
                    }
                });
            }
            let (caption, error) = (self.caption, self.error);
            let response = self.input(ui, p);
            match error {
                Some(sentence) => {
                    super::failure(ui, sentence);
                }
                None if !caption.is_empty() => {
                    wrapped(ui, caption, font::regular(12.0), p.text3);
                }
                None => {}
            }
            response
        })
        .inner
    }

    fn input(self, ui: &mut Ui, p: &Palette) -> Response {
        let height = if self.lines == 1 { size::INPUT } else { self.lines as f32 * 20.0 + 20.0 };
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        ui.painter().rect_filled(rect, 8.0, ui.visuals().extreme_bg_color);
        let left = if self.icon.is_some() { 40 } else { 12 };
        let edit = if self.lines == 1 {
            TextEdit::singleline(self.text).align(Align2::LEFT_CENTER)
        } else {
            TextEdit::multiline(self.text).desired_rows(self.lines)
        };
        let vertical = if self.lines == 1 { 0 } else { 10 };
        let margin = Margin { left, right: 12, top: vertical, bottom: vertical };
        let edit = edit
            .id(self.id.unwrap_or_else(|| ui.make_persistent_id(("field", self.label))))
            .password(self.password)
            .char_limit(self.limit)
            .font(font::regular(14.0))
            .text_color(p.text)
            .hint_text(egui::RichText::new(self.hint).font(font::regular(14.0)).color(p.text3))
            .frame(Frame::NONE.inner_margin(margin))
            .desired_width(rect.width())
            .min_size(rect.size())
            .interactive(self.enabled);
        let response = if self.lines == 1 {
            ui.put(rect, edit)
        } else {
            // More text than fits scrolls inside the border.
            let builder = egui::UiBuilder::new().id_salt(("lines", self.label)).max_rect(rect);
            let inner = &mut ui.new_child(builder);
            inner.set_clip_rect(rect.shrink(1.0).intersect(ui.clip_rect()));
            let area = egui::ScrollArea::vertical().max_height(height).auto_shrink(false);
            area.show(inner, |ui| ui.add(edit)).inner
        };
        name(ui, &response, self.label, self.error);
        if let Some(icon) = self.icon {
            let at = pos2(rect.left() + 21.0, rect.center().y);
            icons::paint(ui.painter(), icon.outlined(), at, 18.0, p.text3);
        }
        border(ui, rect, &response, self.error.is_some(), p);
        response
    }
}

/// Tells assistive technology what the field is for and what is wrong with it.
fn name(ui: &Ui, response: &Response, label: &str, error: Option<&str>) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_label(label);
        if let Some(sentence) = error {
            node.set_invalid(egui::accesskit::Invalid::True);
            node.set_description(sentence);
        }
    });
}

fn border(ui: &Ui, rect: Rect, response: &Response, wrong: bool, p: &Palette) {
    let stroke = match (wrong, response.has_focus()) {
        (true, _) => Stroke::new(2.0, p.danger),
        (false, true) => Stroke::new(2.0, p.accent),
        (false, false) => Stroke::new(1.0, p.control),
    };
    ui.painter().rect_stroke(rect, 8.0, stroke, StrokeKind::Inside);
}

/// A search field of 36 points over the whole width, with the shortcut that leads to it; Escape
/// empties it.
pub fn search(ui: &mut Ui, label: &str, text: &mut String, shortcut: &str) -> Response {
    let p = palette(ui.ctx());
    let (rect, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), size::BUTTON), Sense::hover());
    ui.painter().rect_filled(rect, 8.0, ui.visuals().extreme_bg_color);
    let cap = if text.is_empty() && !shortcut.is_empty() {
        let right = pos2(rect.right() - 8.0, rect.center().y);
        rect.right() - key_cap(ui.painter(), right, Align2::RIGHT_CENTER, shortcut, p).left()
    } else {
        0.0
    };
    let margin = Margin { left: 38, right: (cap as i8).max(8), top: 0, bottom: 0 };
    let edit = TextEdit::singleline(text)
        .id(ui.make_persistent_id(("search", label)))
        .font(font::regular(14.0))
        .text_color(p.text)
        .hint_text(egui::RichText::new(label).font(font::regular(14.0)).color(p.text3))
        .frame(Frame::NONE.inner_margin(margin))
        .desired_width(rect.width())
        .min_size(rect.size())
        .align(Align2::LEFT_CENTER);
    let mut response = ui.put(rect, edit);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::SearchInput);
        node.set_label(label);
    });
    if (response.has_focus() || response.lost_focus())
        && !text.is_empty()
        && ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape))
    {
        text.clear();
        response.mark_changed();
        response.request_focus();
    }
    let at = pos2(rect.left() + 20.0, rect.center().y);
    icons::paint(ui.painter(), icons::ICON_SEARCH.outlined(), at, 18.0, p.text3);
    border(ui, rect, &response, false, p);
    response
}
