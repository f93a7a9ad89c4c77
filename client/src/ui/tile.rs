//! One person's picture, or their face where there is none, with its marks and its menu.

mod marks;
pub mod menu;
mod tiles;

pub use marks::quality_of;
pub use tiles::grid;

use super::{View, portrait, watch};
use crate::state::Subject;
use crate::theme::font;
use crate::video_texture::{Feed, Fit, Look};
use crate::widgets::{avatar, context_popup, focus_ring};
use egui::accesskit::Role;
use egui::{
    Align2, EventFilter, Id, Painter, PopupCloseBehavior, Rect, Response, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use protocol::{MediaSource, Participant};

/// What a tile is on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One of many; a click brings it to the stage.
    Tile,
    /// The large one.
    Stage,
    /// Small, beside the stage; a click brings it there.
    Thumbnail,
    /// The own picture over another; to be dragged.
    Corner,
}

/// A tile and its place.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Where it is now.
    pub rect: Rect,
    /// Its size when it has stopped moving.
    pub size: Vec2,
    /// Whose picture, and of what.
    pub subject: Subject,
    /// Corner radius in points; 0 where it fills a screen.
    pub radius: f32,
    /// What it is on its page.
    pub part: Part,
    /// Tab comes to it; its siblings are reached by the arrow keys from there.
    pub reachable: bool,
}

impl Spot {
    /// A tile at rest in `rect`.
    pub fn new(rect: Rect, subject: Subject, part: Part) -> Spot {
        let radius = crate::theme::size::TILE_RADIUS;
        Spot { rect, size: rect.size(), subject, radius, part, reachable: true }
    }

    /// Over a whole screen, which has no corners.
    pub fn square(self) -> Spot {
        Spot { radius: 0.0, ..self }
    }

    fn clickable(&self) -> bool {
        matches!(self.part, Part::Tile | Part::Thumbnail)
    }
}

/// The identity of a tile among those that `ui` shows.
pub fn id(ui: &Ui, (who, source): Subject) -> Id {
    ui.scope_id().with(("tile", who.0, source == MediaSource::Screen))
}

/// One tile; notes its picture as seen.
pub fn show(ui: &mut Ui, view: &mut View<'_>, spot: Spot) -> Option<Response> {
    let Some(call) = &view.state.call else { return None };
    let person = call.participant(spot.subject.0)?;
    let response = sense(ui, view, spot, person);
    let painter = ui.painter().clone();
    paint(ui, &painter, view, spot);
    if response.has_focus() {
        if spot.part == Part::Tile {
            hold_arrows(ui, response.id);
        }
        // Over a whole screen there is no outside.
        let inset = if spot.radius == 0.0 { -5.0 } else { 0.0 };
        focus_ring(&painter, spot.rect.expand(inset), spot.radius, view.p);
    }
    if response.clicked()
        && spot.clickable()
        && let Some(call) = &mut view.state.call
    {
        call.choose(spot.subject);
    }
    context_popup(&response, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        menu::items(ui, view, spot.subject);
    });
    marks::explain(&response, view, spot);
    Some(response)
}

/// Keeps the arrow keys for the way from tile to tile.
fn hold_arrows(ui: &Ui, id: Id) {
    let both = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, both));
}

/// Mouse, keyboard and the name for those who do not see it.
fn sense(ui: &Ui, view: &View<'_>, spot: Spot, person: &Participant) -> Response {
    let own = view.state.call.as_ref().is_some_and(|call| call.you == person.id);
    let mut sense = if spot.reachable { Sense::click() } else { Sense::CLICK };
    if spot.part == Part::Corner {
        sense |= Sense::drag();
    }
    let response = ui.interact(spot.rect, id(ui, spot.subject), sense);
    let name = name(view, spot.subject, person, own);
    let (role, words) = match spot.part {
        Part::Tile | Part::Thumbnail => (Role::Button, view.t.named("tile-show-large", &name)),
        Part::Stage | Part::Corner => (Role::Image, name),
    };
    response.widget_info(|| WidgetInfo::labeled(role, true, &words));
    response
}

/// What is read of a tile.
fn name(view: &View<'_>, subject: Subject, person: &Participant, own: bool) -> String {
    match subject.1 {
        MediaSource::Screen => view.t.named("tile-screen", &person.name),
        _ if own => view.t.get("you"),
        _ => person.name.clone(),
    }
}

fn paint(ui: &Ui, painter: &Painter, view: &mut View<'_>, spot: Spot) {
    let now = view.state.now;
    let Some(call) = &view.state.call else { return };
    let Some(person) = call.participant(spot.subject.0) else { return };
    let own = person.id == call.you;
    let screen = spot.subject.1 == MediaSource::Screen;
    let wanted = !call.view.audio_only || own || screen;
    let on = if own { call.camera } else { wanted && (person.camera || screen) };
    painter.rect_filled(spot.rect, spot.radius, view.p.panel);
    let shown = on && picture(painter, view, spot, own);
    if !shown {
        face(painter, view, spot, on && !own);
    }
    let Some(call) = &view.state.call else { return };
    let Some(person) = call.participant(spot.subject.0) else { return };
    // A picture that may be old is dimmed: it is not what happens now.
    if call.lost() && !own {
        painter.rect_filled(spot.rect, spot.radius, view.p.scrim);
    }
    let burning = if screen { 0.0 } else { call.ring(person.id, now) };
    // Over the whole screen there is no outside; the name plate tells it alone.
    if burning > 0.0 && spot.radius > 0.0 {
        marks::ring(ui, view, spot, burning);
    }
    if !screen {
        marks::hand(painter, call, spot);
    }
    if own && shown && spot.rect.width() >= 200.0 {
        marks::background(painter, view, spot);
    }
    if spot.part == Part::Corner {
        // It lies over another picture and must not melt into it.
        let edge = Stroke::new(2.0, crate::theme::plate::FILL);
        painter.rect_stroke(spot.rect, spot.radius, edge, StrokeKind::Outside);
    }
    let name = name(view, spot.subject, person, own);
    marks::plate(painter, view, spot, person, &name, burning > 0.0);
    // What nobody sees is not asked for.
    let seen = ui.input(|i| i.viewport().visible() != Some(false));
    if on && !own && seen {
        let wish =
            watch::wish(spot.subject.0, spot.subject.1, spot.size * painter.pixels_per_point());
        view.seen.push(wish);
    }
}

/// The moving picture; `false` when there is none.
fn picture(painter: &Painter, view: &View<'_>, spot: Spot, own: bool) -> bool {
    let Some(call) = &view.state.call else { return false };
    let (who, source) = spot.subject;
    let feed = if own {
        Feed::SelfView
    } else {
        let Some(mid) = call.slot(who, source) else { return false };
        Feed::Slot(mid.to_owned())
    };
    // People fill their tile; a shared screen is never cropped, and words in it never mirrored.
    let fit = if source == MediaSource::Screen { Fit::Whole } else { Fit::Fill };
    let look = Look { fit, mirrored: own, radius: spot.radius };
    view.videos.paint(painter, spot.rect, &feed, look)
}

/// Who sends no picture, or whose picture has not come yet.
fn face(painter: &Painter, view: &mut View<'_>, spot: Spot, coming: bool) {
    // In a small tile the face goes above the name.
    let height = spot.rect.height();
    let free = if height < 140.0 { height - marks::SMALL_PLATE } else { height };
    let diameter = (height * 0.36).min(112.0);
    let center = pos2(spot.rect.center().x, spot.rect.top() + free / 2.0);
    if spot.subject.1 == MediaSource::Screen {
        let icon = crate::icons::ICON_PRESENT_TO_ALL.outlined();
        crate::icons::paint(painter, icon, center, diameter.min(48.0), view.p.text3);
    } else {
        let call = view.state.call.as_ref();
        let Some(person) = call.and_then(|call| call.participant(spot.subject.0)).cloned() else {
            return;
        };
        let picture = portrait::of(view, &person);
        avatar(painter, center, diameter, &person.name, picture);
    }
    if coming && spot.rect.width() >= 200.0 {
        let at = center + vec2(0.0, diameter / 2.0 + 18.0);
        let words = view.t.get("tile-picture-coming");
        painter.text(at, Align2::CENTER_CENTER, words, font::regular(12.0), view.p.text3);
    }
}
