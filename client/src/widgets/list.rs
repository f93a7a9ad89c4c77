//! Rows of lists, and chips.

use super::{avatar, focus_ring, hover_fill, one_line, tip};
use crate::icons;
use crate::theme::{font, palette};
use egui::accesskit::Role;
use egui::{
    EventFilter, Id, Key, LayerId, Rect, Response, Sense, Stroke, StrokeKind, TextureHandle, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

/// The column of rows that is being drawn: what Up and Down need to know.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    /// The pass it belongs to.
    pass: u64,
    /// The row before.
    last: Option<Id>,
    /// The next row takes the keyboard.
    wanted: bool,
}

/// A row of a list over the whole width: it lights under the pointer, carries a brass bar when
/// selected, and Up and Down lead to its neighbours. Its controls go into `content`, which gets the
/// row's rectangle. Give rows that move an own identity: [`Ui::push_id`].
pub fn list_row(
    ui: &mut Ui,
    name: &str,
    height: f32,
    selected: bool,
    content: impl FnOnce(&mut Ui, Rect),
) -> Response {
    let p = palette(ui.ctx());
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, enabled, selected, name));
    walk(ui, &response);
    let lit = response.hovered() || response.contains_pointer();
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, 10.0, p.raised);
        if p.outlined {
            painter.rect_stroke(rect, 10.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
        }
        let bar = Rect::from_center_size(
            pos2(rect.left() + 1.5, rect.center().y),
            vec2(3.0, (height - 24.0).clamp(16.0, 36.0)),
        );
        painter.rect_filled(bar, 1.5, p.accent);
    } else if lit {
        // On a panel the panel's own colour would not show.
        painter.rect_filled(rect, 10.0, p.hover.gamma_multiply(0.5));
    }
    let builder = UiBuilder::new().id_salt(("row", response.id)).max_rect(rect);
    content(&mut ui.new_child(builder), rect);
    if response.has_focus() {
        let stroke = Stroke::new(2.0, p.focus);
        ui.painter().rect_stroke(rect.shrink(1.0), 9.0, stroke, StrokeKind::Inside);
    }
    response
}

/// Up and Down move the keyboard between rows of one column of one layer, whatever stands between
/// them.
fn walk(ui: &Ui, row: &Response) {
    let ctx = ui.ctx();
    let edges: (LayerId, i32, i32) =
        (ui.layer_id(), row.rect.left().round() as i32, row.rect.right().round() as i32);
    let key = Id::unique(("column", edges));
    let pass = ctx.cumulative_pass_nr();
    let mut column = ctx.data(|data| data.get_temp::<Column>(key)).unwrap_or_default();
    if column.pass != pass {
        column = Column { pass, ..Column::default() };
    }
    if column.wanted {
        column.wanted = false;
        row.request_focus();
        row.scroll_to_me(None);
    } else if row.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(row.id, filter));
        let none = egui::Modifiers::NONE;
        if ctx.input_mut(|i| i.consume_key(none, Key::ArrowDown)) {
            column.wanted = true;
        } else if ctx.input_mut(|i| i.consume_key(none, Key::ArrowUp))
            && let Some(last) = column.last
        {
            ctx.memory_mut(|memory| memory.request_focus(last));
            ctx.request_repaint();
        }
        row.scroll_to_me(None);
    }
    column.last = Some(row.id);
    ctx.data_mut(|data| data.insert_temp(key, column));
}

/// What a chip told.
#[derive(Debug)]
pub struct Chip {
    /// The chip itself.
    pub response: Response,
    /// Its cross was pressed, or Delete or Backspace while it had the keyboard.
    pub removed: bool,
}

/// Somebody or something that was picked, with a cross named `note` to take it out again.
pub fn chip(ui: &mut Ui, text: &str, picture: Option<&TextureHandle>, note: &str) -> Chip {
    const HEIGHT: f32 = 32.0;
    let p = palette(ui.ctx());
    let room = (ui.available_width() - 80.0).clamp(60.0, 260.0);
    let galley = one_line(ui.painter(), room, text, font::medium(13.0), p.text);
    let size = vec2(36.0 + galley.size().x + 34.0, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, text));
    let painter = ui.painter();
    painter.rect_filled(rect, 16.0, hover_fill(ui, &response, p.raised, p.hover));
    if p.outlined {
        painter.rect_stroke(rect, 16.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    avatar(painter, pos2(rect.left() + 16.0, rect.center().y), 24.0, text, picture);
    let at = pos2(rect.left() + 36.0, rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, p.text);
    let square =
        Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), vec2(24.0, 24.0));
    let cross = ui.interact(square, response.id.with("cross"), Sense::click());
    cross.widget_info(|| WidgetInfo::labeled(Role::Button, true, note));
    let fill = hover_fill(ui, &cross, egui::Color32::TRANSPARENT, p.hover);
    ui.painter().rect_filled(square, 12.0, fill);
    icons::paint(ui.painter(), icons::ICON_CLOSE.outlined(), square.center(), 16.0, p.text2);
    if response.has_focus() {
        focus_ring(ui.painter(), rect, 16.0, p);
    }
    if cross.has_focus() {
        focus_ring(ui.painter(), square, 12.0, p);
    }
    let keyed = response.has_focus()
        && ui.input(|i| i.key_pressed(Key::Delete) || i.key_pressed(Key::Backspace));
    let removed = cross.clicked() || keyed;
    tip(cross, note, None);
    Chip { response, removed }
}
