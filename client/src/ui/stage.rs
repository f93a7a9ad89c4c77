//! One large picture and the others small: webinars, and whoever was clicked.

use super::View;
use super::tile::{self, Part, Spot};
use crate::icons;
use crate::state::Call;
use crate::theme::{font, size};
use crate::video_texture::{Feed, fitted};
use egui::{Align2, Rect, Ui, pos2, vec2};
use protocol::{MediaSource, ParticipantId, Role};

/// Who stands on the stage: the one clicked, else a shared screen, else who spoke last, else
/// whoever presents. Oneself only when nobody else can.
pub fn on_stage(call: &Call) -> Option<(ParticipantId, MediaSource)> {
    let camera = |id| (id, MediaSource::Camera);
    let others = || call.participants.iter().filter(|p| p.may_publish && p.id != call.you);
    call.pinned
        .filter(|id| call.participant(*id).is_some())
        .map(camera)
        .or_else(|| others().find(|p| p.screen).map(|p| (p.id, MediaSource::Screen)))
        .or_else(|| {
            let last = call.last_speaker?;
            others().find(|p| p.id == last).map(|p| camera(p.id))
        })
        .or_else(|| others().find(|p| p.role == Role::Presenter && p.camera).map(|p| camera(p.id)))
        .or_else(|| others().find(|p| p.camera).map(|p| camera(p.id)))
        .or_else(|| others().next().map(|p| camera(p.id)))
        .or_else(|| call.may_publish().then_some(camera(call.you)))
}

/// The thumbnails: raised hands in their order, then arrival, oneself last.
pub fn thumbnails(
    call: &Call,
    on_stage: Option<(ParticipantId, MediaSource)>,
) -> Vec<ParticipantId> {
    let mut order: Vec<ParticipantId> = call
        .hands()
        .into_iter()
        .filter(|p| p.may_publish && p.id != call.you)
        .map(|p| p.id)
        .collect();
    for person in &call.participants {
        if person.may_publish && person.id != call.you && !order.contains(&person.id) {
            order.push(person.id);
        }
    }
    if call.may_publish() {
        order.push(call.you);
    }
    // A shared screen leaves its owner's face among the small ones.
    order.retain(|id| on_stage != Some((*id, MediaSource::Camera)));
    order
}

/// The stage page. Thumbnails stand at the right, or above when a panel makes the window narrow.
pub fn show(ui: &mut Ui, view: &mut View<'_>, area: Rect, window_width: f32) {
    let Some(call) = &view.state.call else { return };
    let Some((who, source)) = on_stage(call) else {
        return nobody(ui, view, area);
    };
    let small = thumbnails(call, Some((who, source)));
    let above = call.panel.is_some() && window_width < 1180.0;
    let (mut rest, mut strip) = (area, area);
    if small.is_empty() {
        // The stage has it all.
    } else if above {
        strip.max.y = area.top() + size::THUMBNAIL.y;
        rest.min.y = strip.bottom() + 12.0;
    } else {
        strip.min.x = area.right() - size::THUMBNAIL.x;
        rest.max.x = strip.left() - 12.0;
    }
    let rect = stage_rect(view, rest, who, source);
    tile::show(ui, view, Spot { rect, who, source, radius: size::TILE_RADIUS, role: Part::Stage });
    if !small.is_empty() {
        strip_of(ui, view, strip, &small, above);
    }
}

/// People fill the space between 4:3 and 16:9; a shared screen keeps its own shape.
fn stage_rect(view: &View<'_>, rest: Rect, who: ParticipantId, source: MediaSource) -> Rect {
    let feed = view.state.call.as_ref().and_then(|call| call.slot(who, source));
    let shape = match (source, feed) {
        (MediaSource::Screen, Some(mid)) => view.videos.size(&Feed::Slot(mid.to_owned())),
        _ => None,
    };
    let shape = shape.unwrap_or_else(|| {
        let aspect = rest.aspect_ratio().clamp(4.0 / 3.0, 16.0 / 9.0);
        vec2(aspect, 1.0)
    });
    fitted(rest, shape)
}

fn strip_of(ui: &mut Ui, view: &mut View<'_>, strip: Rect, small: &[ParticipantId], above: bool) {
    let length = if above { strip.width() } else { strip.height() };
    let (side, gap) = (if above { size::THUMBNAIL.x } else { size::THUMBNAIL.y }, size::TILE_GAP);
    // Room for "n more" only where it is needed.
    let fit = |length: f32| (((length + gap) / (side + gap)).floor().max(1.0)) as usize;
    let count = if small.len() <= fit(length) { small.len() } else { fit(length - 32.0) };
    let span = count as f32 * (side + gap) - gap;
    let start = if above { strip.left() } else { strip.center().y - span / 2.0 };
    for (index, who) in small[..count].iter().enumerate() {
        let offset = start + index as f32 * (side + gap);
        let at = if above { pos2(offset, strip.top()) } else { pos2(strip.left(), offset) };
        let rect = Rect::from_min_size(at, size::THUMBNAIL);
        let source = MediaSource::Camera;
        tile::show(
            ui,
            view,
            Spot { rect, who: *who, source, radius: size::TILE_RADIUS, role: Part::Thumbnail },
        );
    }
    if count < small.len() {
        let words = view.t.count("more-count", small.len() - count);
        let at = if above {
            pos2(start + span + 20.0, strip.center().y)
        } else {
            pos2(strip.center().x, start + span + 18.0)
        };
        let align = if above { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER };
        ui.painter().text(at, align, words, font::regular(12.0), view.p.text3);
    }
}

fn nobody(ui: &Ui, view: &View<'_>, area: Rect) {
    icons::paint_lectern(ui.painter(), area.center() - vec2(0.0, 30.0), false, view.p);
    let at = area.center() + vec2(0.0, 80.0);
    ui.painter().text(
        at,
        Align2::CENTER_CENTER,
        view.t.get("stage-empty"),
        font::title(26.0),
        view.p.text2,
    );
}
