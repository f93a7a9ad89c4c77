//! Icons: Material Symbols Rounded, outlined at rest and filled when active, and the program's own
//! two drawings.

pub use egui_material_icons::MaterialIcon;
pub use egui_material_icons::icons::{
    ICON_ACCESSIBILITY_NEW, ICON_ADD, ICON_ADD_PHOTO_ALTERNATE, ICON_ARROW_BACK, ICON_ATTACH_FILE,
    ICON_BADGE, ICON_BLOCK, ICON_BLUR_ON, ICON_CALENDAR_ADD_ON, ICON_CALENDAR_MONTH, ICON_CALL,
    ICON_CALL_END, ICON_CALL_MADE, ICON_CALL_MISSED, ICON_CALL_RECEIVED, ICON_CANCEL_PRESENTATION,
    ICON_CHAT, ICON_CHAT_BUBBLE, ICON_CHECK, ICON_CHECK_CIRCLE, ICON_CHEVRON_LEFT,
    ICON_CHEVRON_RIGHT, ICON_CLOSE, ICON_CO_PRESENT, ICON_CONTACTS, ICON_CONTENT_COPY,
    ICON_DARK_MODE, ICON_DELETE, ICON_DESKTOP_WINDOWS, ICON_DNS, ICON_DO_NOT_DISTURB_ON,
    ICON_DOOR_OPEN, ICON_EDIT, ICON_ERROR, ICON_EVENT_NOTE, ICON_EVENT_REPEAT, ICON_EXPAND_LESS,
    ICON_EXPAND_MORE, ICON_FILTER_LIST, ICON_FLIP, ICON_FORMAT_SIZE, ICON_FORUM, ICON_FRONT_HAND,
    ICON_FULLSCREEN, ICON_FULLSCREEN_EXIT, ICON_GRAPHIC_EQ, ICON_GRID_VIEW, ICON_GROUP,
    ICON_GROUPS, ICON_HEADPHONES, ICON_HELP, ICON_HISTORY, ICON_IMAGE, ICON_INFO, ICON_KEYBOARD,
    ICON_KEYBOARD_ARROW_UP, ICON_LIGHT_MODE, ICON_LINK, ICON_LOCK, ICON_LOCK_OPEN, ICON_LOGIN,
    ICON_LOGOUT, ICON_MAIL, ICON_MEETING_ROOM, ICON_MESSAGE, ICON_MIC, ICON_MIC_OFF,
    ICON_MONITORING, ICON_MORE_HORIZ, ICON_MORE_VERT, ICON_NETWORK_CHECK, ICON_NOTIFICATIONS,
    ICON_OPEN_IN_NEW, ICON_PALETTE, ICON_PAUSE, ICON_PAUSE_CIRCLE, ICON_PERSON, ICON_PERSON_ADD,
    ICON_PERSON_REMOVE, ICON_PHOTO_CAMERA, ICON_PLAY_ARROW, ICON_PRESENT_TO_ALL, ICON_PUBLIC,
    ICON_PUSH_PIN, ICON_QR_CODE, ICON_REFRESH, ICON_REMOVE, ICON_RESTART_ALT, ICON_RING_VOLUME,
    ICON_SCHEDULE, ICON_SEARCH, ICON_SELECT_WINDOW, ICON_SEND, ICON_SETTINGS,
    ICON_SPLITSCREEN_RIGHT, ICON_TAG, ICON_TRANSLATE, ICON_TUNE, ICON_UNDO, ICON_UNFOLD_MORE,
    ICON_VERTICAL_SPLIT, ICON_VIDEO_CALL, ICON_VIDEOCAM, ICON_VIDEOCAM_OFF, ICON_VIEW_SIDEBAR,
    ICON_VISIBILITY, ICON_VISIBILITY_OFF, ICON_VOLUME_OFF, ICON_VOLUME_UP, ICON_WARNING,
};

use crate::theme::Palette;
use egui::{Color32, CornerRadius, FontId, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// The font that draws an icon at `size` points.
pub fn font(icon: MaterialIcon, size: f32) -> FontId {
    FontId::new(size, icon.font_family())
}

/// Draws an icon with its middle at `center`.
pub fn paint(painter: &egui::Painter, icon: MaterialIcon, center: Pos2, size: f32, color: Color32) {
    let galley = painter.layout_no_wrap(icon.codepoint.to_owned(), font(icon, size), color);
    // The glyph's ink, not its line, goes to the middle.
    let ink = galley.mesh_bounds;
    painter.galley(center - ink.center().to_vec2(), galley, color);
}

/// The lectern from the program's mark: a slanted top in brass, post and foot in text colour.
/// `rect` should be square.
pub fn paint_logo(painter: &egui::Painter, rect: Rect, p: &Palette) {
    let at = |x: f32, y: f32| rect.min + vec2(x, y) * (rect.width() / 24.0);
    let polygon = |points: Vec<Pos2>, color| Shape::convex_polygon(points, color, Stroke::NONE);
    painter.add(polygon(vec![at(2.5, 8.5), at(21.5, 3.0), at(21.5, 8.0), at(2.5, 13.5)], p.accent));
    painter
        .add(polygon(vec![at(10.0, 12.8), at(14.0, 11.6), at(14.0, 19.0), at(10.0, 19.0)], p.text));
    let foot = Rect::from_min_max(at(5.5, 18.5), at(18.5, 21.5));
    painter.rect_filled(foot, CornerRadius::same((rect.width() / 16.0) as u8), p.text);
}

/// The lectern with its reading lamp, 140 points wide: lit while something is live, dark while one
/// waits.
pub fn paint_lectern(painter: &egui::Painter, center: Pos2, lit: bool, p: &Palette) {
    let at = |x: f32, y: f32| center + vec2(x, y);
    let polygon = |points: Vec<Pos2>, color| Shape::convex_polygon(points, color, Stroke::NONE);
    let wood = if p.outlined { p.line } else { p.raised };
    if lit {
        let cone = vec![at(18.0, -52.0), at(42.0, -64.0), at(66.0, 0.0), at(-58.0, 18.0)];
        painter.add(polygon(cone, p.accent_soft));
    }
    painter
        .add(polygon(vec![at(-16.0, 12.0), at(17.0, 4.0), at(17.0, 60.0), at(-16.0, 60.0)], wood));
    let foot = Rect::from_center_size(at(0.0, 62.0), vec2(92.0, 10.0));
    painter.rect_filled(foot, CornerRadius::same(4), wood);
    let top = vec![at(-62.0, 14.0), at(56.0, -14.0), at(60.0, -4.0), at(-58.0, 25.0)];
    painter.add(polygon(top, if lit { p.accent } else { p.hover }));
    let arm: Vec<Pos2> = (0..=16)
        .map(|i| {
            let t = i as f32 / 16.0;
            let (a, b, c, d) =
                (pos2(57.0, -12.0), pos2(76.0, -34.0), pos2(70.0, -68.0), pos2(36.0, -66.0));
            let s = 1.0 - t;
            let point = a.to_vec2() * (s * s * s)
                + b.to_vec2() * (3.0 * s * s * t)
                + c.to_vec2() * (3.0 * s * t * t)
                + d.to_vec2() * (t * t * t);
            center + point
        })
        .collect();
    painter.add(Shape::line(arm, Stroke::new(3.0, p.control)));
    let head = vec![at(8.0, -64.0), at(34.0, -76.0), at(40.0, -63.0), at(14.0, -50.0)];
    painter.add(polygon(head, if lit { p.accent } else { p.control }));
}
