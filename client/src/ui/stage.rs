//! One large picture and the others small: webinars, two people, a shared screen, and whoever was
//! clicked.

use super::tile::{self, Part, Spot};
use super::{View, region};
use crate::icons;
use crate::state::{Call, Corner, Scene, Subject};
use crate::theme::{font, size};
use crate::video_texture::{Feed, fitted};
use crate::widgets::{Button, Kind, icon_button};
use egui::{Align, Align2, Layout, Rect, Ui, Vec2, pos2, vec2};
use protocol::{MediaSource, RoomKind};
use std::time::Duration;

/// Between the stage and the strip.
const STRIP_GAP: f32 = 12.0;
/// A thumbnail below a webinar's stage.
const BELOW: Vec2 = vec2(220.0, 124.0);
/// Below this width of the window an open panel sends the strip above the stage.
const ABOVE_UNDER: f32 = 1180.0;
/// The share of the width that a shared screen has beside a person.
const SHARE_WIDTH: f32 = 0.66;

/// Where the small pictures stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Right,
    Above,
    Below,
}

/// The pictures in whatever arrangement is chosen.
pub fn show(ui: &mut Ui, view: &mut View<'_>, area: Rect, window_width: f32) {
    let Some(call) = &mut view.state.call else { return };
    if let Some(wait) = call.floor.settle(view.state.now.seconds) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
    }
    let place = place(call, window_width);
    match call.scene() {
        Scene::Tiles => tile::grid(ui, view, area),
        Scene::Empty => nobody(ui, view, area),
        Scene::Duo(subject) => {
            tile::show(ui, view, Spot::new(area, subject, Part::Stage));
            own(ui, view, area.shrink(12.0), size::SELF_VIEW * 0.8);
        }
        Scene::Stage(subject) => {
            let small = call.strip(&[subject]);
            let (rest, strip) = split(area, place, small.is_empty());
            large(ui, view, rest, subject);
            shares(ui, view, rest, subject);
            thumbnails(ui, view, &strip, &small);
        }
        Scene::SideBySide(share, person) => {
            let small = call.strip(&[share, person]);
            let (rest, strip) = split(area, place, small.is_empty());
            let width = (rest.width() - STRIP_GAP) * SHARE_WIDTH;
            let mut left = rest;
            left.max.x = rest.left() + width;
            let mut right = rest;
            right.min.x = left.right() + STRIP_GAP;
            large(ui, view, left, share);
            large(ui, view, right, person);
            shares(ui, view, left, share);
            thumbnails(ui, view, &strip, &small);
        }
    }
}

/// The same over all of a screen: nothing but what is large, and oneself in a corner.
pub fn whole(ui: &mut Ui, view: &mut View<'_>, screen: Rect) {
    let Some(call) = &mut view.state.call else { return };
    if let Some(wait) = call.floor.settle(view.state.now.seconds) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
    }
    let own_area = screen.shrink2(vec2(20.0, 124.0));
    let you = call.you;
    match call.scene() {
        Scene::Tiles => tile::grid(ui, view, screen.shrink(8.0)),
        Scene::Empty => nobody(ui, view, screen),
        Scene::Duo(subject) | Scene::Stage(subject) => {
            tile::show(ui, view, Spot::new(screen, subject, Part::Stage).square());
            if subject.0 != you {
                own(ui, view, own_area, size::SELF_VIEW);
            }
        }
        Scene::SideBySide(..) => {
            let middle = screen.shrink(8.0);
            show(ui, view, middle, screen.width());
        }
    }
}

fn place(call: &Call, window_width: f32) -> Place {
    if call.room.kind == RoomKind::Webinar {
        Place::Below
    } else if call.panel.is_some() && window_width < ABOVE_UNDER {
        Place::Above
    } else {
        Place::Right
    }
}

/// A picture as large as `area` allows.
fn large(ui: &mut Ui, view: &mut View<'_>, area: Rect, subject: Subject) {
    let rect = fitted(area, shape(view, area, subject));
    tile::show(ui, view, Spot::new(rect, subject, Part::Stage));
}

/// People fill the space between 4:3 and 16:9; a shared screen keeps its own shape.
fn shape(view: &View<'_>, area: Rect, (who, source): Subject) -> Vec2 {
    let feed = view.state.call.as_ref().and_then(|call| call.slot(who, source));
    let screen = match (source, feed) {
        (MediaSource::Screen, Some(mid)) => view.videos.size(&Feed::Slot(mid.to_owned())),
        _ => None,
    };
    screen.unwrap_or_else(|| vec2(area.aspect_ratio().clamp(4.0 / 3.0, 16.0 / 9.0), 1.0))
}

/// Which of several shared screens, at the upper left of the stage.
fn shares(ui: &mut Ui, view: &mut View<'_>, area: Rect, on_stage: Subject) {
    let Some(call) = &view.state.call else { return };
    let names: Vec<_> =
        call.shares().filter_map(|id| Some((id, call.participant(id)?.name.clone()))).collect();
    if names.len() < 2 {
        return;
    }
    let row = Rect::from_min_size(area.min + vec2(12.0, 12.0), vec2(area.width() - 24.0, 32.0));
    region(ui, "shares", row, Layout::left_to_right(Align::Center), |ui| {
        for (id, name) in names {
            let words = view.t.named("tile-screen", &name);
            let subject = (id, MediaSource::Screen);
            let kind = if subject == on_stage { Kind::Primary } else { Kind::Neutral };
            let button =
                Button::new(&words).icon(icons::ICON_PRESENT_TO_ALL).kind(kind).height(32.0);
            if ui.add(button).clicked()
                && let Some(call) = &mut view.state.call
            {
                let layout = call.layout;
                call.choose(subject);
                call.layout = layout;
            }
        }
    });
}

/// Where the small pictures stand, and how large each is.
struct Strip {
    rect: Rect,
    tile: Vec2,
    upright: bool,
}

/// Divides `area` into what is left for the large ones, and the strip.
fn split(area: Rect, place: Place, without: bool) -> (Rect, Strip) {
    let tile = if place == Place::Below { BELOW } else { size::THUMBNAIL };
    // The small ones are no larger than a quarter of what there is.
    let tile = tile * (area.width() / 4.0 / tile.x).min(area.height() / 4.0 / tile.y).min(1.0);
    let (mut rest, mut rect) = (area, area);
    match place {
        _ if without => {}
        Place::Right => {
            rect.min.x = area.right() - tile.x;
            rest.max.x = rect.left() - STRIP_GAP;
        }
        Place::Above => {
            rect.max.y = area.top() + tile.y;
            rest.min.y = rect.bottom() + STRIP_GAP;
        }
        Place::Below => {
            rect.min.y = area.bottom() - tile.y;
            rest.max.y = rect.top() - size::TILE_GAP;
        }
    }
    (rest, Strip { rect, tile, upright: place == Place::Right })
}

/// The small pictures, as many as there is room for.
fn thumbnails(ui: &mut Ui, view: &mut View<'_>, strip: &Strip, small: &[Subject]) {
    let Strip { rect: strip, tile, upright } = *strip;
    if small.is_empty() {
        return;
    }
    let (length, side) = if upright { (strip.height(), tile.y) } else { (strip.width(), tile.x) };
    let gap = size::TILE_GAP;
    let fit = |length: f32| (((length + gap) / (side + gap)).floor().max(1.0)) as usize;
    // Room for "n more" only where it is needed.
    let words = view.t.count("more-count", small.len());
    let wide = more_button(&words).natural_width(ui);
    let more_room = if upright { 40.0 } else { wide + gap };
    let count = if small.len() <= fit(length) { small.len() } else { fit(length - more_room) };
    let Some(call) = &mut view.state.call else { return };
    let you = (call.you, MediaSource::Camera);
    let shown = part(small, count, you, &mut call.view.strip_page);
    let span = count as f32 * (side + gap) - gap;
    let start = if upright { strip.center().y - span / 2.0 } else { strip.left() };
    for (index, subject) in shown.iter().enumerate() {
        let offset = start + index as f32 * (side + gap);
        let at = if upright { pos2(strip.left(), offset) } else { pos2(offset, strip.top()) };
        tile::show(ui, view, Spot::new(Rect::from_min_size(at, tile), *subject, Part::Thumbnail));
    }
    if count < small.len() {
        let rect = if upright {
            let middle = pos2(strip.center().x, start + span + 20.0);
            Rect::from_center_size(middle, vec2(strip.width(), 32.0))
        } else {
            let left = pos2(start + span + gap, strip.center().y - 16.0);
            Rect::from_min_size(left, vec2(wide, 32.0))
        };
        more(ui, view, rect, small.len() - count);
    }
}

/// The `count` small pictures of a page; the own one, `you`, stays on every page. A page too far is
/// the first.
fn part(small: &[Subject], count: usize, you: Subject, page: &mut usize) -> Vec<Subject> {
    let (others, own) = match small.split_last() {
        Some((last, others)) if *last == you && count > 1 => (others, Some(you)),
        _ => (small, None),
    };
    let count = count - usize::from(own.is_some());
    *page %= others.len().div_ceil(count).max(1);
    let first = (*page * count).min(others.len() - count);
    others[first..first + count].iter().copied().chain(own).collect()
}

/// Turns to the small pictures that have no room.
fn more(ui: &mut Ui, view: &mut View<'_>, rect: Rect, count: usize) {
    let words = view.t.count("more-count", count);
    region(ui, "more_people", rect, Layout::top_down(Align::Center), |ui| {
        let button = more_button(&words);
        let width = button.natural_width(ui).min(rect.width());
        if ui.add(button.width(width)).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.view.strip_page += 1;
        }
    });
}

fn more_button(words: &str) -> Button<'_> {
    Button::new(words).icon(icons::ICON_EXPAND_MORE).kind(Kind::Ghost).height(32.0)
}

/// The own picture in its corner of `area`: it can be dragged to the others, and hidden.
fn own(ui: &mut Ui, view: &mut View<'_>, area: Rect, size: Vec2) {
    let Some(call) = &view.state.call else { return };
    if call.view.self_hidden || !call.may_publish() {
        return;
    }
    let subject = (call.you, MediaSource::Camera);
    let size = size * (area.width() / 3.0 / size.x).min(1.0);
    let drag = call.view.drag.unwrap_or_default();
    let rect = call.view.corner.place(area, size).translate(drag);
    let Some(response) = tile::show(ui, view, Spot::new(rect, subject, Part::Corner)) else {
        return;
    };
    let hide = view.t.get("self-hide");
    let Some(call) = &mut view.state.call else { return };
    if response.dragged() {
        call.view.drag = Some(drag + response.drag_delta());
    } else if call.view.drag.take().is_some() {
        call.view.corner = Corner::nearest(area, rect.center());
    }
    if response.contains_pointer() || response.has_focus() {
        let button = Rect::from_min_size(rect.right_top() + vec2(-40.0, 8.0), Vec2::splat(32.0));
        ui.painter().rect_filled(button, 8.0, crate::theme::plate::FILL);
        region(ui, "hide_self", button, Layout::left_to_right(Align::Center), |ui| {
            if icon_button(ui, icons::ICON_VISIBILITY_OFF, &hide, 32.0).clicked() {
                call.view.self_hidden = true;
            }
        });
    }
}

/// Nobody shows themselves yet.
pub fn nobody(ui: &Ui, view: &View<'_>, area: Rect) {
    icons::paint_lectern(ui.painter(), area.center() - vec2(0.0, 30.0), false, view.p);
    let at = area.center() + vec2(0.0, 80.0);
    let words = view.t.get("stage-empty");
    let font = font::title(26.0);
    ui.painter().text(at, Align2::CENTER_CENTER, words, font, view.p.text2);
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ParticipantId;

    #[test]
    fn the_strip_turns_its_pages_and_keeps_the_own_picture() {
        let camera = |id| (ParticipantId(id), MediaSource::Camera);
        let small: Vec<Subject> = (1..=9).map(camera).collect();
        let ids = |page: &mut usize| -> Vec<u32> {
            part(&small, 5, camera(9), page).iter().map(|(id, _)| id.0).collect()
        };
        assert_eq!(ids(&mut 0), [1, 2, 3, 4, 9]);
        assert_eq!(ids(&mut 1), [5, 6, 7, 8, 9]);
        assert_eq!(ids(&mut 2), [1, 2, 3, 4, 9]);
        assert_eq!(part(&small, 9, camera(9), &mut 0), small);
        assert_eq!(part(&small[..8], 3, camera(9), &mut 2), small[5..8]);
    }
}
