//! What stands on a tile: name, microphone, hand, link, background, the light of who speaks.

use super::{Part, Spot};
use crate::i18n::Texts;
use crate::icons::{self, MaterialIcon};
use crate::settings::BackdropKind;
use crate::state::Call;
use crate::theme::{font, plate as over_video};
use crate::ui::{View, quality};
use crate::widgets::{one_line, plate as plate_of, tip};
use egui::{Color32, Painter, Rect, Response, Stroke, StrokeKind, Ui, pos2, vec2};
use protocol::{MediaSource, Participant, ParticipantId, QualityLevel};

/// Below this width a tile has only the first name and no words about the link; a thumbnail, whose
/// size never changes, below the other.
const NARROW: f32 = 200.0;
const NARROW_THUMBNAIL: f32 = 160.0;
/// What a small tile's plate takes of its height.
pub const SMALL_PLATE: f32 = 30.0;
/// A raised hand with a place of two digits, and the distance from it.
const HAND: f32 = 64.0;
/// Bars of a link, and their width and distance.
const BARS: usize = 4;
const BAR: f32 = 3.0;
const BAR_STEP: f32 = 5.0;

/// How well somebody's picture and sound travel, and why, where that is not good: bars of 4, and a
/// sentence.
pub fn quality_of(t: Texts, call: &Call, who: ParticipantId) -> Option<(usize, String)> {
    let verdict = call.verdict(who);
    let bars = match verdict.level {
        QualityLevel::Good => return None,
        QualityLevel::Weak => 2,
        QualityLevel::Bad => 1,
    };
    let name = call.participant(who).map_or("", |person| person.name.as_str());
    Some((bars, quality::sentence(t, verdict, name)))
}

/// The light around who speaks.
pub fn ring(ui: &Ui, view: &View<'_>, spot: Spot, brightness: f32) {
    let stroke = Stroke::new(3.0, view.p.ring.gamma_multiply(brightness));
    let painter = ui.painter();
    painter.rect_stroke(spot.rect.expand(1.0), spot.radius + 1.0, stroke, StrokeKind::Outside);
    // It fades by itself: come back for the next step.
    let wait = if brightness < 1.0 { 0.03 } else { 0.2 };
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f32(wait));
}

/// A raised hand with its place in the queue.
pub fn hand(painter: &Painter, call: &Call, spot: Spot) {
    let Some(place) = call.hand_place(spot.subject.0) else { return };
    let ink = over_video::ON_HAND;
    let galley = painter.layout_no_wrap(place.to_string(), font::semibold(13.0), ink);
    let at = spot.rect.left_top() + vec2(8.0, 8.0);
    let pill = Rect::from_min_size(at, vec2(39.0 + galley.size().x, 28.0));
    painter.rect_filled(pill, 14.0, over_video::HAND);
    let middle = pill.center().y;
    let icon = pos2(pill.left() + 16.0, middle);
    icons::paint(painter, icons::ICON_FRONT_HAND.filled(), icon, 16.0, ink);
    painter.galley(pos2(pill.left() + 29.0, middle - galley.size().y / 2.0), galley, ink);
}

/// That the own room is hidden, at the upper right.
pub fn background(painter: &Painter, view: &View<'_>, spot: Spot) {
    let (icon, key) = match view.state.settings.backdrop.kind {
        BackdropKind::Room => return,
        BackdropKind::Blurred => (icons::ICON_BLUR_ON, "background-blurred"),
        BackdropKind::Picture => (icons::ICON_IMAGE, "background-picture"),
    };
    let Some(call) = &view.state.call else { return };
    let room = beside_hand(call, spot);
    corner_plate(painter, spot, room, (icon, over_video::TEXT), &view.t.get(key));
}

/// What a raised hand leaves of a tile's upper edge.
fn beside_hand(call: &Call, spot: Spot) -> f32 {
    let hand = if call.hand_place(spot.subject.0).is_some() { HAND } else { 0.0 };
    spot.rect.width() - 16.0 - hand
}

/// A plate at the upper right, no wider than `room`.
fn corner_plate(
    painter: &Painter,
    spot: Spot,
    room: f32,
    (icon, ink): (MaterialIcon, Color32),
    words: &str,
) {
    let most = room - 39.0;
    let galley = one_line(painter, most, words, font::medium(13.0), ink);
    let width = galley.size().x + 39.0;
    let corner = spot.rect.right_top() + vec2(-width - 8.0, 8.0 + 28.0);
    plate_of(painter, corner, width + 1.0, Some((icon.outlined(), ink)), words);
}

/// Microphone, name and, where it is weak, the link.
pub fn plate(
    painter: &Painter,
    view: &View<'_>,
    spot: Spot,
    person: &Participant,
    name: &str,
    speaks: bool,
) {
    let Some(call) = &view.state.call else { return };
    let screen = spot.subject.1 == MediaSource::Screen;
    let own = person.id == call.you;
    // Our own microphone's wish is known before the hub tells it.
    let open = if own { call.microphone } else { person.microphone };
    let (icon, ink) = match (open, speaks) {
        _ if screen => (icons::ICON_PRESENT_TO_ALL.outlined(), over_video::TEXT2),
        (false, _) => (icons::ICON_MIC_OFF.filled(), over_video::DANGER),
        (true, true) => (icons::ICON_GRAPHIC_EQ.filled(), over_video::RING),
        (true, false) => (icons::ICON_MIC.outlined(), over_video::TEXT2),
    };
    let thumbnail = spot.part == Part::Thumbnail;
    let narrow = spot.rect.width() < if thumbnail { NARROW_THUMBNAIL } else { NARROW };
    let name = if narrow && !screen { first_name(name) } else { name };
    let quality = if screen { None } else { quality_of(view.t, call, person.id) };
    let aside = match speaks && spot.part == Part::Stage {
        true => view.t.get(if own { "tile-you-speak" } else { "tile-speaks" }),
        false => String::new(),
    };
    let bars = quality.as_ref().map(|(bars, _)| *bars);
    let plate = Plate { icon, ink, name, aside: &aside, bars };
    plate.paint(painter, spot);
    if let Some((_, cause)) = quality
        && !narrow
        && !thumbnail
        && !own
    {
        let ink = over_video::WARNING;
        let room = beside_hand(call, spot);
        corner_plate(painter, spot, room, (icons::ICON_NETWORK_CHECK, ink), &cause);
    }
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().find(|word| !word.ends_with('.')).unwrap_or(name)
}

/// The cause of a weak link in the tooltip, for tiles that are too small to say it.
pub fn explain(response: &Response, view: &View<'_>, spot: Spot) {
    let Some(call) = &view.state.call else { return };
    if let Some((_, cause)) = quality_of(view.t, call, spot.subject.0) {
        tip(response.clone(), &cause, None);
    }
}

struct Plate<'a> {
    icon: MaterialIcon,
    ink: Color32,
    name: &'a str,
    aside: &'a str,
    bars: Option<usize>,
}

impl Plate<'_> {
    /// From the tile's edge; small tiles have small plates.
    fn inset(&self, spot: Spot) -> f32 {
        if spot.part == Part::Tile && spot.rect.width() < NARROW { 6.0 } else { 8.0 }
    }

    fn paint(&self, painter: &Painter, spot: Spot) {
        // Over the whole screen the corner belongs to the toolbar; the plate stands above it.
        let whole = spot.radius == 0.0;
        let (inset, lift) = if whole { (20.0, 120.0) } else { (self.inset(spot), 0.0) };
        let (height, size) = match whole {
            true => (36.0, 15.0),
            false if inset < 8.0 => (SMALL_PLATE - inset, 12.0),
            false => (28.0, 13.0),
        };
        let links = if self.bars.is_some() { 8.0 + BARS as f32 * BAR_STEP } else { 0.0 };
        let most = (spot.rect.width() - 2.0 * inset - 39.0 - links).max(0.0);
        let name = one_line(painter, most, self.name, font::medium(size), over_video::TEXT);
        let left = most - name.size().x - 6.0;
        let aside = (!self.aside.is_empty() && left > 24.0)
            .then(|| one_line(painter, left, self.aside, font::regular(size), over_video::TEXT2));
        let words = name.size().x + aside.as_ref().map_or(0.0, |aside| 6.0 + aside.size().x);
        let at = spot.rect.left_bottom() + vec2(inset, -inset - lift - height);
        let rect = Rect::from_min_size(at, vec2(39.0 + words + links, height));
        painter.rect_filled(rect, 7.0, over_video::FILL);
        let middle = rect.center().y;
        icons::paint(painter, self.icon, pos2(rect.left() + 16.0, middle), 16.0, self.ink);
        let mut x = rect.left() + 30.0;
        for galley in std::iter::once(name).chain(aside) {
            let next = x + galley.size().x + 6.0;
            painter.galley(pos2(x, middle - galley.size().y / 2.0), galley, over_video::TEXT);
            x = next;
        }
        if let Some(lit) = self.bars {
            bars(painter, pos2(x + 2.0, middle + 6.0), lit);
        }
    }
}

/// The link as bars that grow; `lit` of 4 are bright. `at` is the foot of the first.
fn bars(painter: &Painter, at: egui::Pos2, lit: usize) {
    for bar in 0..BARS {
        let height = 3.0 + 3.0 * bar as f32;
        let foot = at + vec2(bar as f32 * BAR_STEP, 0.0);
        let rect = Rect::from_min_max(foot - vec2(0.0, height), foot + vec2(BAR, 0.0));
        let ink = over_video::WARNING;
        painter.rect_filled(rect, 1.0, if bar < lit { ink } else { ink.gamma_multiply(0.35) });
    }
}

#[cfg(test)]
mod tests {
    use super::first_name;

    #[test]
    fn a_first_name_is_no_title() {
        assert_eq!(first_name("Dr. Petra Hansen"), "Petra");
        assert_eq!(first_name("Sie"), "Sie");
    }
}
