//! Marks: pills, badges, name plates, meters. They are painted, never pressed.

use crate::icons::{self, MaterialIcon};
use crate::theme::{Palette, font, plate as tokens};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, pos2, vec2};
use std::sync::Arc;

/// `text` on one line of at most `width` points, ending in an ellipsis where it does not fit.
pub fn one_line(
    painter: &Painter,
    width: f32,
    text: &str,
    font: FontId,
    color: Color32,
) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap.max_width = width.max(0.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    job.break_on_newline = false;
    painter.layout_job(job)
}

/// One line at the left of `rect`, in its vertical middle, ending in an ellipsis where it does not
/// fit. Gives the rectangle of the words.
pub fn elided(painter: &Painter, rect: Rect, text: &str, font: FontId, color: Color32) -> Rect {
    let galley = one_line(painter, rect.width(), text, font, color);
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    let words = Rect::from_min_size(at, galley.size());
    painter.galley(at, galley, color);
    words
}

/// Words after one another on one line from `at` (left, middle): each with font and colour, 8
/// points apart. Gives where the next would start.
pub fn spread(painter: &Painter, at: Pos2, words: &[(&str, FontId, Color32)]) -> Pos2 {
    let mut x = at.x;
    for (text, font, color) in words {
        let drawn = painter.text(pos2(x, at.y), Align2::LEFT_CENTER, text, font.clone(), *color);
        x = drawn.right() + 8.0;
    }
    pos2(x, at.y)
}

/// A name plate with its bottom left corner at `corner`, at most `width` wide.
pub fn plate(
    painter: &Painter,
    corner: Pos2,
    width: f32,
    mark: Option<(MaterialIcon, Color32)>,
    text: &str,
) -> Rect {
    let indent = if mark.is_some() { 30.0 } else { 9.0 };
    let galley = one_line(painter, width - indent - 9.0, text, font::medium(13.0), tokens::TEXT);
    let rect =
        Rect::from_min_size(corner - vec2(0.0, 28.0), vec2(indent + galley.size().x + 9.0, 28.0));
    painter.rect_filled(rect, 7.0, tokens::FILL);
    if let Some((icon, color)) = mark {
        icons::paint(painter, icon, pos2(rect.left() + 16.0, rect.center().y), 16.0, color);
    }
    let at = pos2(rect.left() + indent, rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, tokens::TEXT);
    rect
}

/// A pill of 24 points with its left middle at `at`; gives its rectangle.
pub fn pill(painter: &Painter, at: Pos2, text: &str, fill: Color32, ink: Color32) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), font::semibold(12.0), ink);
    let rect = Rect::from_min_size(at - vec2(0.0, 12.0), vec2(galley.size().x + 18.0, 24.0));
    painter.rect_filled(rect, 12.0, fill);
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
    rect
}

/// A number over a tool's upper right.
pub fn badge(painter: &Painter, tool: Rect, count: usize, fill: Color32, ink: Color32) {
    let text = if count > 99 { "99+".to_owned() } else { count.to_string() };
    let galley = painter.layout_no_wrap(text, font::semibold(11.0), ink);
    let width = (galley.size().x + 10.0).max(18.0);
    let rect =
        Rect::from_center_size(pos2(tool.center().x + 17.0, tool.top() + 14.0), vec2(width, 18.0));
    painter.rect_filled(rect, 9.0, fill);
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
}

/// The microphone's level as 32 bars; `level` as in RFC 6464: 0 loud … 127 silent.
pub fn bars_meter(painter: &Painter, rect: Rect, level: u8, p: &Palette) {
    const BARS: usize = 32;
    // Speech lies between -60 and -5 dBov.
    let share = ((60.0 - f32::from(level)) / 55.0).clamp(0.0, 1.0);
    let lit = (share * BARS as f32).round() as usize;
    let step = (rect.width() + 3.0) / BARS as f32;
    for bar in 0..BARS {
        let color = match bar {
            _ if bar >= lit => p.raised,
            28.. => p.danger,
            23.. => p.warning,
            _ => p.success,
        };
        let at = rect.min + vec2(bar as f32 * step, 0.0);
        painter.rect_filled(Rect::from_min_size(at, vec2(step - 3.0, 8.0)), 2.0, color);
    }
}
