//! Strips beside the pictures: what one shares, and how a webinar fares.

use crate::icons;
use crate::theme::{Palette, font};
use crate::ui::{View, region, words};
use crate::video_texture::{Feed, Fit, Look};
use crate::widgets::{Button, elided, spoken};
use egui::accesskit::Role;
use egui::{Align, Color32, Layout, Painter, Pos2, Rect, Ui, pos2, vec2};
use engine::stats::Stats;
use protocol::{ConferenceState, RoomKind};

/// A strip's height and its distance from the pictures.
const HEIGHT: f32 = 44.0;
/// The height of the strip with the own share.
const SHARE: f32 = 76.0;
const GAP: f32 = 8.0;
/// Below this width of the window only one figure stays.
const FIGURES_FROM: f32 = 1180.0;
/// One figure with its name.
const FIGURE: f32 = 130.0;
/// Less than this for the own picture is a weak line, bits a second.
const WEAK_BPS: u32 = 600_000;

/// That one's own screen is shared, with what the others see of it and the way to stop, above the
/// pictures; gives what is left.
pub fn sharing(ui: &mut Ui, view: &mut View<'_>, area: Rect) -> Rect {
    if view.state.screens.shared.is_none() {
        return area;
    }
    let strip = Rect::from_min_size(area.min, vec2(area.width(), SHARE));
    share(ui, view, strip, view.p.accent_soft);
    Rect::from_min_max(pos2(area.left(), strip.bottom() + GAP), area.max)
}

/// The own share in `strip`: never large, for a shared window that shows itself would show itself
/// for ever.
pub fn share(ui: &mut Ui, view: &mut View<'_>, strip: Rect, fill: Color32) {
    let (p, t) = (view.p, view.t);
    let Some(name) = &view.state.screens.shared else { return };
    let (title, words) = (t.get("share-own"), t.named("share-now", name));
    let painter = ui.painter().clone();
    painter.rect_filled(strip, 10.0, fill);
    let high = strip.height() - 10.0;
    let picture = Rect::from_min_size(strip.min + vec2(5.0, 5.0), vec2(high * 16.0 / 9.0, high));
    painter.rect_filled(picture, 7.0, p.stage);
    let look = Look { fit: Fit::Whole, mirrored: false, radius: 4.0 };
    if !view.videos.paint(&painter, picture.shrink(1.0), &Feed::OwnScreen, look) {
        let icon = icons::ICON_PRESENT_TO_ALL.filled();
        icons::paint(&painter, icon, picture.center(), 24.0, p.accent_text);
    }
    spoken(ui, picture, "own share", Role::Image, &title);
    let mut right = strip.right();
    let stop = strip.shrink2(vec2(10.0, 0.0));
    region(ui, "sharing", stop, Layout::right_to_left(Align::Center), |ui| {
        let stop = t.get("share-stop");
        let button = Button::new(&stop).icon(icons::ICON_CANCEL_PRESENTATION);
        if ui.add(button).clicked() {
            crate::ui::pult::stop_sharing(view);
        }
        right = ui.min_rect().left();
    });
    let middle = strip.center().y;
    let line = |top: f32, bottom: f32| {
        Rect::from_min_max(
            pos2(picture.right() + 14.0, middle + top),
            pos2(right - 12.0, middle + bottom),
        )
    };
    elided(&painter, line(-20.0, 0.0), &title, font::semibold(14.0), p.text);
    elided(&painter, line(1.0, 19.0), &words, font::regular(13.0), p.text2);
    spoken(ui, line(-20.0, 19.0), "sharing", Role::Status, &words);
}

/// How the webinar fares for those who present it, below the pictures; gives what is left.
pub fn health(ui: &mut Ui, view: &View<'_>, area: Rect, window_width: f32) -> Rect {
    let Some(call) = &view.state.call else { return area };
    if call.room.kind != RoomKind::Webinar || !call.may_publish() {
        return area;
    }
    let p = view.p;
    let strip = Rect::from_min_max(pos2(area.left(), area.bottom() - HEIGHT), area.max);
    let painter = ui.painter();
    let (good, title, detail) = sentence(view);
    painter.rect_filled(strip, 10.0, if good { p.panel } else { p.warning_soft });
    let (icon, ink) =
        if good { (icons::ICON_CHECK_CIRCLE, p.success) } else { (icons::ICON_WARNING, p.warning) };
    let at = strip.left_center() + vec2(24.0, 0.0);
    icons::paint(painter, icon.filled(), at, 18.0, ink);
    let figures = figures(view);
    let shown = if window_width < FIGURES_FROM { &figures[..1] } else { &figures[..] };
    let mut x = strip.right() - FIGURE * shown.len() as f32;
    let words = Rect::from_min_max(pos2(at.x + 17.0, strip.top()), pos2(x - 12.0, strip.bottom()));
    let drawn = elided(painter, words, &title, font::semibold(13.0), p.text);
    let rest = Rect::from_min_max(pos2(drawn.right() + 6.0, words.top()), words.max);
    if rest.width() > 40.0 {
        elided(painter, rest, &detail, font::regular(13.0), p.text2);
    }
    spoken(ui, words, "webinar_health", Role::Status, &format!("{title} {detail}"));
    for (name, value) in shown {
        figure(painter, pos2(x, strip.center().y), name, value, p);
        x += FIGURE;
    }
    Rect::from_min_max(area.min, pos2(area.right(), strip.top() - GAP))
}

/// Whether the audience is well served, and why not.
fn sentence(view: &View<'_>) -> (bool, String, String) {
    let t = view.t;
    let Some(call) = &view.state.call else { return (true, String::new(), String::new()) };
    let bps = view.state.health.as_ref().and_then(|stats| stats.available_bps);
    if call.lost() {
        (false, t.get("presenter-lost"), t.get("presenter-lost-why"))
    } else if bps.is_some_and(|bps| bps < WEAK_BPS) {
        (false, t.get("presenter-weak"), t.get("presenter-weak-why"))
    } else if call.state == ConferenceState::OnHold {
        (true, t.get("presenter-held"), t.count("presenter-held-why", call.waiting.len()))
    } else {
        let watching = call.participants.iter().filter(|p| !p.may_publish).count();
        (true, t.get("presenter-well"), t.count("presenter-reaches", watching))
    }
}

/// The figures, most important first.
fn figures(view: &View<'_>) -> Vec<(String, String)> {
    let t = view.t;
    let none = || "–".to_owned();
    let stats: Option<&Stats> = view.state.health.as_deref();
    let time = stats.and_then(|s| s.round_trip).map(|time| words::ms(t, time.as_secs_f64() * 1e3));
    let bits = stats.and_then(|s| s.available_bps);
    let bits = bits.map(|bps| format!("{} Mbit/s", words::decimal(t, f64::from(bps) / 1e6, 1)));
    let size = stats.and_then(|s| s.sending.size).map(|(_, lines)| format!("{lines}p"));
    vec![
        (t.get("presenter-round-trip"), time.unwrap_or_else(none)),
        (t.get("presenter-capacity"), bits.unwrap_or_else(none)),
        (t.get("presenter-size"), size.unwrap_or_else(none)),
    ]
}

/// A small figure with its name above; `at` is its left middle.
fn figure(painter: &Painter, at: Pos2, name: &str, value: &str, p: &Palette) {
    painter.vline(at.x, at.y - 22.0..=at.y + 22.0, (1.0, p.line));
    let line =
        |lift: f32| Rect::from_min_size(pos2(at.x + 14.0, at.y + lift), vec2(FIGURE - 18.0, 16.0));
    elided(painter, line(-17.0), name, font::regular(11.0), p.text3);
    elided(painter, line(1.0), value, font::mono_semibold(13.0), p.text);
}
