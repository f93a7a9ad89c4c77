//! One person's picture with its marks; and the grid of them.

use super::{View, call, grid as layout, watch};
use crate::icons;
use crate::settings::BackdropKind;
use crate::state::Layout as Arrangement;
use crate::theme::{font, plate as over_video, size};
use crate::video_texture::{Feed, Fit, Look};
use crate::widgets::{Button, Kind, avatar, focus_ring, plate};
use egui::accesskit::Role;
use egui::{Align2, Id, Painter, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use protocol::{MediaSource, Participant, ParticipantId};

/// What a tile is on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One of many; a click brings it to the stage.
    Tile,
    /// The large one.
    Stage,
    /// Small, beside the stage; a click brings it there.
    Thumbnail,
}

/// A tile and its place.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Where.
    pub rect: Rect,
    /// Who.
    pub who: ParticipantId,
    /// Camera or screen.
    pub source: MediaSource,
    /// Corner radius in points.
    pub radius: f32,
    /// What it is on its page.
    pub role: Part,
}

/// The grid of everybody who may show themselves, oneself last, 25 to a page.
pub fn grid(ui: &mut Ui, view: &mut View<'_>, area: Rect) {
    let Some(call) = &mut view.state.call else { return };
    let mut order: Vec<ParticipantId> = call
        .participants
        .iter()
        .filter(|p| p.may_publish && p.id != call.you)
        .map(|p| p.id)
        .collect();
    if call.may_publish() {
        order.push(call.you);
    }
    let pages = order.len().div_ceil(layout::PAGE).max(1);
    call.page = call.page.min(pages - 1);
    let page = call.page;
    let area = if pages > 1 { pager(ui, view, area, page, pages) } else { area };
    let first = page * layout::PAGE;
    let shown = &order[first..order.len().min(first + layout::PAGE)];
    let (_, rects) = layout::grid(shown.len(), area, size::TILE_GAP);
    for (who, rect) in shown.iter().zip(rects) {
        let source = MediaSource::Camera;
        show(
            ui,
            view,
            Spot { rect, who: *who, source, radius: size::TILE_RADIUS, role: Part::Tile },
        );
    }
}

/// Page buttons under the grid; gives the area that is left.
fn pager(ui: &mut Ui, view: &mut View<'_>, area: Rect, page: usize, pages: usize) -> Rect {
    let row = Rect::from_min_max(pos2(area.left(), area.bottom() - 36.0), area.max);
    let middle = Rect::from_center_size(row.center(), vec2(360.0, 32.0));
    let t = view.t;
    super::region(ui, "pager", middle, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let (back, on) = (t.get("page-back"), t.get("page-on"));
        let turn = |text, enabled| {
            Button::new(text).kind(Kind::Ghost).height(32.0).width(130.0).enabled(enabled)
        };
        let Some(call) = &mut view.state.call else { return };
        if ui.add(turn(&back, page > 0)).clicked() {
            call.page -= 1;
        }
        let words = format!("{} / {pages}", page + 1);
        let (rect, _) = ui.allocate_exact_size(vec2(70.0, 32.0), Sense::hover());
        ui.painter().text(
            rect.center(),
            Align2::CENTER_CENTER,
            words,
            font::mono(13.0),
            view.p.text2,
        );
        if ui.add(turn(&on, page + 1 < pages)).clicked() {
            call.page += 1;
        }
    });
    Rect::from_min_max(area.min, pos2(area.right(), row.top() - 4.0))
}

/// One tile: picture or initials, ring, hand, name; notes the picture as seen.
pub fn show(ui: &mut Ui, view: &mut View<'_>, spot: Spot) {
    if !ui.is_rect_visible(spot.rect) {
        return;
    }
    let now = view.state.now;
    let Some(call) = &mut view.state.call else { return };
    let Some(person) = call.participant(spot.who) else { return };
    let own = spot.who == call.you;
    let clickable = spot.role != Part::Stage;
    let id = Id::unique(("tile", spot.who.0, spot.source == MediaSource::Screen));
    let sense = if clickable { Sense::click() } else { Sense::hover() };
    let response = ui.interact(spot.rect, id, sense);
    let name = if own { view.t.get("you") } else { person.name.clone() };
    let spoken = if clickable { view.t.named("tile-show-large", &name) } else { name.clone() };
    let kind = if clickable { Role::Button } else { Role::Image };
    response.widget_info(|| WidgetInfo::labeled(kind, true, &spoken));
    let painter = ui.painter().clone();
    painter.rect_filled(spot.rect, spot.radius, view.p.panel);
    // A picture that may be old is dimmed: it is not what happens now.
    let lost = call.lost() && !own;
    let on = if own { call.camera } else { person.camera || spot.source == MediaSource::Screen };
    let shown = on && paint_picture(&painter, view, spot, own);
    let Some(call) = &view.state.call else { return };
    let Some(person) = call.participant(spot.who) else { return };
    if !shown {
        avatar(&painter, spot.rect.center(), (spot.rect.height() * 0.36).min(96.0), &person.name);
    }
    if lost {
        painter.rect_filled(spot.rect, spot.radius, view.p.scrim);
    }
    let burning = call.ring(spot.who, now);
    // Over the whole screen there is no outside; the name plate tells it alone.
    if burning > 0.0 && spot.radius > 0.0 {
        ring(ui, view, spot, burning);
    }
    if let Some(place) = call.hand_place(spot.who) {
        hand(&painter, spot.rect, place);
    }
    if own && shown && spot.rect.width() >= 200.0 {
        background_plate(&painter, view, spot);
    }
    name_plate(&painter, spot, person, &name, own.then_some(call.microphone), burning > 0.0);
    if on && !own {
        let size_px = spot.rect.size() * painter.pixels_per_point();
        view.seen.push(watch::wish(spot.who, spot.source, size_px));
    }
    if response.has_focus() {
        focus_ring(&painter, spot.rect, spot.radius, view.p);
    }
    if response.clicked()
        && let Some(call) = &mut view.state.call
    {
        call.pinned = Some(spot.who);
        call.layout = Arrangement::Stage;
    }
}

fn paint_picture(painter: &Painter, view: &View<'_>, spot: Spot, own: bool) -> bool {
    let Some(call) = &view.state.call else { return false };
    let feed = if own {
        Feed::SelfView
    } else {
        let Some(mid) = call.slot(spot.who, spot.source) else { return false };
        Feed::Slot(mid.to_owned())
    };
    let look = match spot.source {
        MediaSource::Screen => Look { fit: Fit::Whole, mirrored: false, radius: spot.radius },
        _ => call::person(own, spot.radius),
    };
    view.videos.paint(painter, spot.rect, &feed, look)
}

fn ring(ui: &Ui, view: &View<'_>, spot: Spot, brightness: f32) {
    let color = view.p.ring.gamma_multiply(brightness);
    let stroke = Stroke::new(3.0, color);
    let painter = ui.painter();
    painter.rect_stroke(spot.rect.expand(1.0), spot.radius + 1.0, stroke, StrokeKind::Outside);
    // It fades by itself: come back for the next step.
    let wait = if brightness < 1.0 { 0.03 } else { 0.2 };
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f32(wait));
}

fn hand(painter: &Painter, tile: Rect, place: usize) {
    let words = place.to_string();
    let galley = painter.layout_no_wrap(words, font::semibold(13.0), over_video::ON_HAND);
    let at = tile.left_top() + vec2(8.0, 8.0);
    let pill = Rect::from_min_size(at, vec2(8.0 + 16.0 + 5.0 + galley.size().x + 10.0, 28.0));
    painter.rect_filled(pill, 14.0, over_video::HAND);
    let middle = pill.center().y;
    icons::paint(
        painter,
        icons::ICON_FRONT_HAND.filled(),
        pos2(pill.left() + 16.0, middle),
        16.0,
        over_video::ON_HAND,
    );
    painter.galley(
        pos2(pill.left() + 29.0, middle - galley.size().y / 2.0),
        galley,
        over_video::ON_HAND,
    );
}

/// That the own room is hidden, at the upper right.
fn background_plate(painter: &Painter, view: &View<'_>, spot: Spot) {
    let (icon, key) = match view.state.settings.backdrop.kind {
        BackdropKind::Room => return,
        BackdropKind::Blurred => (icons::ICON_BLUR_ON, "background-blurred"),
        BackdropKind::Picture => (icons::ICON_IMAGE, "background-picture"),
    };
    let words = view.t.get(key);
    let ink = over_video::TEXT;
    let text = painter.layout_no_wrap(words.clone(), font::medium(13.0), ink);
    // As a plate with a mark lays itself out.
    let width = text.size().x + 39.0;
    let corner = spot.rect.right_top() + vec2(-width - 8.0, 8.0 + 28.0);
    plate(painter, corner, width + 1.0, Some((icon.outlined(), ink)), &words);
}

/// Microphone and name. `own` is our microphone's wish, which is known before the hub tells it.
fn name_plate(
    painter: &Painter,
    spot: Spot,
    person: &Participant,
    name: &str,
    own: Option<bool>,
    speaks: bool,
) {
    let open = own.unwrap_or(person.microphone);
    let mark = match (open, speaks) {
        (false, _) => (icons::ICON_MIC_OFF.filled(), over_video::DANGER),
        (true, true) => (icons::ICON_GRAPHIC_EQ.filled(), over_video::RING),
        (true, false) => (icons::ICON_MIC.outlined(), over_video::TEXT2),
    };
    let first = name.split_whitespace().next().unwrap_or(name);
    let name = if spot.rect.width() < 160.0 { first } else { name };
    // Over the whole screen the corner belongs to the toolbar; the plate stands above it.
    let lift = if spot.radius == 0.0 { 120.0 } else { 0.0 };
    let inset = if spot.radius == 0.0 { 20.0 } else { 8.0 };
    let corner = spot.rect.left_bottom() + vec2(inset, -inset - lift);
    plate(painter, corner, spot.rect.width() - 16.0, Some(mark), name);
}
