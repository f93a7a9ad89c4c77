//! Faces: pictures or initials, who is there, codes for phones.

use crate::theme::{AVATARS, ON_AVATAR, QR_GROUND, QR_INK, font, palette};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, Painter, Pos2, Rect, Response, Sense, Stroke, TextureHandle, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use protocol::Presence;
use std::sync::Arc;

/// Somebody's picture, cut to a disc, or their initials on a colour that stays theirs.
pub fn avatar(
    painter: &Painter,
    center: Pos2,
    diameter: f32,
    name: &str,
    picture: Option<&TextureHandle>,
) {
    let rect = Rect::from_center_size(center, Vec2::splat(diameter));
    if let Some(texture) = picture {
        let disc = egui::epaint::RectShape::filled(rect, diameter / 2.0, Color32::WHITE);
        painter.add(disc.with_texture(texture.id(), middle_square(texture.size_vec2())));
        return;
    }
    // FNV-1a: stable between runs and machines, unlike the standard hasher.
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let ground = AVATARS[hash as usize % AVATARS.len()];
    painter.circle_filled(center, diameter / 2.0, ground);
    let font = font::semibold((diameter * 0.38).round());
    painter.text(center, Align2::CENTER_CENTER, initials(name), font, ON_AVATAR);
}

/// The largest square in the middle of a picture, in texture coordinates.
fn middle_square(size: Vec2) -> Rect {
    let side = size.min_elem().max(1.0);
    let share = vec2(side / size.x.max(1.0), side / size.y.max(1.0));
    Rect::from_center_size(pos2(0.5, 0.5), share)
}

/// How somebody can be reached, as a mark at the lower right of an avatar; `ground` is what the
/// avatar stands on. Each state has its own form besides its colour.
pub fn presence_dot(ui: &Ui, center: Pos2, diameter: f32, presence: Presence, ground: Color32) {
    let p = palette(ui.ctx());
    let radius = (diameter * 0.16).clamp(5.0, 10.0);
    let at = center + Vec2::splat(diameter * 0.5 - radius * 0.62);
    let painter = ui.painter();
    painter.circle_filled(at, radius + 2.0, ground);
    match presence {
        Presence::Online => {
            painter.circle_filled(at, radius, p.success);
        }
        Presence::InCall => {
            painter.circle_filled(at, radius, p.accent);
            painter.circle_filled(at, radius * 0.4, ground);
        }
        Presence::Busy => {
            painter.circle_filled(at, radius, p.danger);
            let bar = Rect::from_center_size(at, vec2(radius * 1.1, radius * 0.45));
            painter.rect_filled(bar, 1.0, ground);
        }
        Presence::Offline => {
            painter.circle_stroke(at, radius - 1.0, Stroke::new(2.0, p.text3));
        }
    }
}

/// A few faces over one another from `left` (left, middle) and, where there are more than `most`,
/// how many; gives the rectangle. `ground` is what they stand on.
pub fn avatars(
    ui: &Ui,
    left: Pos2,
    diameter: f32,
    people: &[(&str, Option<&TextureHandle>)],
    most: usize,
    ground: Color32,
) -> Rect {
    let p = palette(ui.ctx());
    let painter = ui.painter();
    // Initials stay readable under the next face.
    let step = diameter * 0.78;
    let shown = people.len().min(most);
    let mut right = left.x;
    for (index, (name, picture)) in people.iter().take(shown).enumerate() {
        let center = pos2(left.x + diameter / 2.0 + index as f32 * step, left.y);
        painter.circle_filled(center, diameter / 2.0 + 2.0, ground);
        avatar(painter, center, diameter, name, *picture);
        right = center.x + diameter / 2.0;
    }
    if people.len() > shown {
        let more = format!("+{}", people.len() - shown);
        let at = pos2(right + 8.0, left.y);
        let drawn = painter.text(at, Align2::LEFT_CENTER, more, font::medium(12.0), p.text3);
        right = drawn.right();
    }
    Rect::from_min_max(pos2(left.x, left.y - diameter / 2.0), pos2(right, left.y + diameter / 2.0))
}

/// First letters of the first and last word, without titles.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().filter(|word| !word.ends_with('.')).collect();
    let letter = |word: Option<&&str>| {
        word.and_then(|w| w.chars().find(|c| c.is_alphanumeric()))
            .into_iter()
            .flat_map(char::to_uppercase)
    };
    let last = if words.len() > 1 { words.last() } else { None };
    letter(words.first()).chain(letter(last)).collect()
}

/// The dark squares of a code, row by row, and how many a row has.
type Modules = Arc<(usize, Vec<bool>)>;

/// `text` as a QR code of `side` points with the quiet margin that readers need. What is too long
/// for one leaves the space empty.
pub fn qr_code(ui: &mut Ui, text: &str, side: f32) -> Response {
    const QUIET: usize = 4;
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text));
    let key = egui::Id::unique(("qr", text));
    let known = ui.ctx().data(|data| data.get_temp::<Modules>(key));
    let modules = known.or_else(|| {
        let modules = Arc::new(encode(text)?);
        ui.ctx().data_mut(|data| data.insert_temp(key, Arc::clone(&modules)));
        Some(modules)
    });
    let Some(modules) = modules else { return response };
    let (width, dark) = &*modules;
    let painter = ui.painter();
    painter.rect_filled(rect, 8.0, QR_GROUND);
    // Whole pixels, or seams show between squares.
    let pixels = ui.ctx().pixels_per_point();
    let unit = (side * pixels / (width + 2 * QUIET) as f32).floor().max(1.0) / pixels;
    let origin = rect.center() - Vec2::splat(unit * *width as f32 / 2.0);
    let origin = pos2((origin.x * pixels).round() / pixels, (origin.y * pixels).round() / pixels);
    for (row, line) in dark.chunks(*width).enumerate() {
        let mut column = 0;
        while let Some(start) = line[column..].iter().position(|dark| *dark) {
            let first = column + start;
            let run = line[first..].iter().take_while(|dark| **dark).count();
            let at = origin + vec2(first as f32, row as f32) * unit;
            let bar = Rect::from_min_size(at, vec2(run as f32, 1.0) * unit);
            painter.rect_filled(bar, 0.0, QR_INK);
            column = first + run;
        }
    }
    response
}

fn encode(text: &str) -> Option<(usize, Vec<bool>)> {
    let code = qrcode::QrCode::new(text).ok()?;
    let dark = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Some((code.width(), dark))
}

#[cfg(test)]
mod tests {
    use super::{encode, initials, middle_square};
    use egui::{pos2, vec2};

    #[test]
    fn initials_skip_titles_and_take_first_and_last_word() {
        assert_eq!(initials("Dr. Petra Hansen"), "PH");
        assert_eq!(initials("Nguyễn Thị Mai"), "NM");
        assert_eq!(initials("jonas"), "J");
        assert_eq!(initials("  "), "");
    }

    #[test]
    fn a_picture_is_cut_to_its_middle() {
        let uv = middle_square(vec2(200.0, 100.0));
        assert_eq!((uv.min, uv.max), (pos2(0.25, 0.0), pos2(0.75, 1.0)));
    }

    #[test]
    fn a_code_is_square_and_too_much_text_gives_none() {
        let (width, dark) = encode("https://kath.example/j/abc").expect("short");
        assert_eq!(dark.len(), width * width);
        assert!(dark[0], "the corner of a finder pattern");
        assert!(encode(&"x".repeat(5000)).is_none());
    }
}
