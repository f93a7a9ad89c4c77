//! Dialogs: a page in front of the page.

use super::{Button, Kind, icon_button, spoken, wrapped};
use crate::i18n::Texts;
use crate::icons;
use crate::theme::{Palette, font, modal_shadow, palette, size};
use egui::accesskit::Role;
use egui::text::LayoutJob;
use egui::{
    Align, Context, CornerRadius, Frame, Galley, Id, Key, Layout, Margin, Modal, Rect, ScrollArea,
    Sense, Ui, UiBuilder, Vec2, pos2, vec2,
};
use std::sync::Arc;

/// Between a dialog and the window's edge, points on both sides together.
const AROUND: f32 = 48.0;
/// The row of a title of one line.
const HEADER: f32 = 76.0;
/// A longer title ends in an ellipsis.
const TITLE_LINES: usize = 4;
/// The row of buttons at the bottom.
const FOOTER: f32 = 76.0;
/// Inside a dialog, left and right.
const MARGIN: f32 = 32.0;

/// A dialog in the middle of the window; what is behind it is dimmed and out of reach.
#[derive(Debug)]
pub struct Dialog<'a> {
    id: Id,
    title: &'a str,
    size: Vec2,
    guarded: bool,
    bleeding: bool,
}

/// What came of a dialog in this frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DialogOutcome {
    /// It wants to go: its cross, Escape or, where it is not guarded, a click outside.
    pub closed: bool,
}

impl<'a> Dialog<'a> {
    /// One of 480 points, as high as its content. `id` tells dialogs apart.
    pub fn new(id: impl egui::AsIdSalt, title: &'a str) -> Self {
        let id = Id::unique(("dialog", id));
        Dialog { id, title, size: vec2(480.0, 0.0), guarded: false, bleeding: false }
    }
    /// Of this size where the window has the room. A height of zero follows the content.
    pub fn size(mut self, size: Vec2) -> Self {
        self.size = size;
        self
    }
    /// A click outside does nothing: there is something to lose.
    pub fn guarded(mut self) -> Self {
        self.guarded = true;
        self
    }
    /// The body reaches from edge to edge and sets its own margins.
    pub fn bleeding(mut self) -> Self {
        self.bleeding = true;
        self
    }

    /// Shows it with `body`, which scrolls when it is too high.
    pub fn show(self, ctx: &Context, body: impl FnOnce(&mut Ui)) -> DialogOutcome {
        self.layout(ctx, &mut (), |ui, ()| body(ui), None::<fn(&mut Ui, &mut ())>)
    }

    /// Shows it with a body that scrolls when it is too high and a row of buttons below, laid out
    /// from the right. Both work on `subject`.
    pub fn show_with<S: ?Sized>(
        self,
        ctx: &Context,
        subject: &mut S,
        body: impl FnOnce(&mut Ui, &mut S),
        footer: impl FnOnce(&mut Ui, &mut S),
    ) -> DialogOutcome {
        self.layout(ctx, subject, body, Some(footer))
    }

    fn layout<S: ?Sized>(
        self,
        ctx: &Context,
        subject: &mut S,
        body: impl FnOnce(&mut Ui, &mut S),
        footer: Option<impl FnOnce(&mut Ui, &mut S)>,
    ) -> DialogOutcome {
        let p = palette(ctx);
        let window = ctx.content_rect().size() - Vec2::splat(AROUND);
        let size = self.size.min(window);
        let shown = Modal::new(self.id).backdrop_color(p.scrim).frame(frame(p)).show(ctx, |ui| {
            ui.set_width(size.x);
            // Its content may be as high as the window, not only as what stood there before.
            ui.set_max_height(window.y);
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            let title = self.title(ui, size.x);
            let high = HEADER.max(title.size().y + 32.0);
            let (header, _) = ui.allocate_exact_size(vec2(size.x, high), Sense::hover());
            let foot = if footer.is_some() { FOOTER } else { 12.0 };
            let most = window.y - high - foot;
            let fixed = (size.y > 0.0).then_some(size.y - high - foot);
            self.body(ui, most, fixed, subject, body);
            if let Some(footer) = footer {
                self.footer(ui, p, subject, footer);
            } else {
                ui.add_space(foot);
            }
            // Last, so that the keyboard comes to it last.
            self.header(ui, header, title, p)
        });
        ctx.accesskit_node_builder(shown.response.id, |node| {
            node.set_role(Role::Dialog);
            node.set_modal();
            node.set_label(self.title);
        });
        let crossed = shown.inner;
        let reachable = shown.is_top_modal && !shown.any_popup_open;
        let escaped =
            reachable && ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape));
        let outside = reachable && !self.guarded && shown.backdrop_response.clicked();
        DialogOutcome { closed: crossed || escaped || outside || shown.response.should_close() }
    }

    fn body<S: ?Sized>(
        &self,
        ui: &mut Ui,
        most: f32,
        fixed: Option<f32>,
        subject: &mut S,
        body: impl FnOnce(&mut Ui, &mut S),
    ) {
        let width = ui.available_width();
        let margin = if self.bleeding { 0 } else { MARGIN as i8 };
        ScrollArea::vertical()
            .id_salt("body")
            .max_height(fixed.unwrap_or(most).max(80.0))
            .min_scrolled_height(80.0)
            .auto_shrink([false, fixed.is_none()])
            .show(ui, |ui| {
                // A focus ring at the first control's upper edge stays in sight.
                let margin = Margin { left: margin, right: margin, top: 4, bottom: 20 };
                Frame::NONE.inner_margin(margin).show(ui, |ui| {
                    ui.set_width(width - margin.sum().x);
                    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                    body(ui, subject);
                });
            });
    }

    fn footer<S: ?Sized>(
        &self,
        ui: &mut Ui,
        p: &Palette,
        subject: &mut S,
        footer: impl FnOnce(&mut Ui, &mut S),
    ) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), FOOTER), Sense::hover());
        let line = Rect::from_min_size(rect.min, vec2(rect.width(), 1.0));
        ui.painter().rect_filled(line, 0.0, p.line);
        let builder = UiBuilder::new()
            .id_salt("footer")
            .max_rect(rect.shrink2(vec2(MARGIN - 8.0, 0.0)))
            .layout(Layout::right_to_left(Align::Center));
        let ui = &mut ui.new_child(builder);
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        footer(ui, subject);
    }

    /// The title's lines, in a dialog so wide.
    fn title(&self, ui: &Ui, width: f32) -> Arc<Galley> {
        let (font, ink) = (font::title(26.0), palette(ui.ctx()).text);
        let mut job = LayoutJob::simple(self.title.to_owned(), font, ink, width - MARGIN - 72.0);
        job.wrap.max_rows = TITLE_LINES;
        ui.painter().layout_job(job)
    }

    /// The title and the cross; `true` when the cross was pressed.
    fn header(&self, ui: &mut Ui, rect: Rect, title: Arc<Galley>, p: &Palette) -> bool {
        let words = Rect::from_min_max(
            pos2(rect.left() + MARGIN, rect.top() + 12.0),
            pos2(rect.right() - 72.0, rect.bottom() - 8.0),
        );
        let at = pos2(words.left(), words.center().y - title.size().y / 2.0);
        ui.painter().galley(at, title, p.text);
        spoken(ui, words, "title", Role::Heading, self.title);
        let side = size::BUTTON;
        let cross = Rect::from_center_size(
            pos2(rect.right() - MARGIN - 4.0, rect.top() + 2.0 + HEADER / 2.0),
            Vec2::splat(side),
        );
        let builder = UiBuilder::new().id_salt("cross").max_rect(cross);
        let name = Texts::of(ui.ctx()).get("kit-close");
        icon_button(&mut ui.new_child(builder), icons::ICON_CLOSE, &name, side).clicked()
    }
}

fn frame(p: &Palette) -> Frame {
    Frame::NONE.fill(p.panel).corner_radius(CornerRadius::same(16)).shadow(modal_shadow(p))
}

/// A question before something that cannot be taken back.
#[derive(Debug, Clone, Copy)]
pub struct Confirm<'a> {
    /// Tells questions apart.
    pub id: &'a str,
    /// The question.
    pub title: &'a str,
    /// What will happen.
    pub text: &'a str,
    /// The act.
    pub yes: &'a str,
    /// The safe way out; it has the keyboard first.
    pub no: &'a str,
    /// The act destroys.
    pub danger: bool,
}

/// Asks; `Some(true)` for yes, `Some(false)` for no, Escape, the cross or a click outside.
pub fn confirm(ctx: &Context, question: &Confirm<'_>) -> Option<bool> {
    let id = Id::unique(("confirm", question.id));
    let pass = ctx.cumulative_pass_nr();
    let before = ctx.data(|data| data.get_temp::<u64>(id));
    ctx.data_mut(|data| data.insert_temp(id, pass));
    let fresh = before.is_none_or(|last| last + 1 < pass);
    let mut answer = None;
    let dialog = Dialog::new(("confirm", question.id), question.title);
    let outcome = dialog.show_with(
        ctx,
        &mut answer,
        |ui, _| {
            let p = palette(ui.ctx());
            wrapped(ui, question.text, font::regular(14.0), p.text2);
        },
        |ui, answer| {
            let kind = if question.danger { Kind::Danger } else { Kind::Primary };
            if ui.add(Button::new(question.yes).kind(kind)).clicked() {
                *answer = Some(true);
            }
            let safe = ui.add(Button::new(question.no));
            if fresh {
                safe.request_focus();
            }
            if safe.clicked() {
                *answer = Some(false);
            }
        },
    );
    answer.or(outcome.closed.then_some(false))
}
