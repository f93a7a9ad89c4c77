//! What is on show: which view, who stands on the stage, in what order the others follow.

use super::{Call, Panel, Subject};
use crate::state::Now;
use egui::{Pos2, Rect, Vec2};
use protocol::{MediaSource, ParticipantId, Role, RoomKind};
use std::collections::HashMap;

/// The toolbar of a full screen hides after so many seconds without input, and fades as long.
pub const HIDE_S: f64 = 2.5;
/// How long it takes to fade, seconds.
pub const FADE_S: f64 = 0.16;
/// Speakers who come before the others in tiles and strip.
const RECENT: usize = 5;

/// How the pictures are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Everybody alike.
    Tiles,
    /// One large, the others small.
    Stage,
    /// A shared screen and who speaks, both large.
    SideBySide,
}

/// What is large, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Everybody alike.
    Tiles,
    /// One other person fills the window; oneself in a corner.
    Duo(Subject),
    /// One large, the others in a strip.
    Stage(Subject),
    /// A shared screen and a person, the others in a strip.
    SideBySide(Subject, Subject),
    /// Nobody shows themselves.
    Empty,
}

/// A corner of the pictures, for the own one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Corner {
    /// Upper left.
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    #[default]
    BottomRight,
}

impl Corner {
    /// The corner of `area` nearest to `at`.
    pub fn nearest(area: Rect, at: Pos2) -> Corner {
        match (at.x < area.center().x, at.y < area.center().y) {
            (true, true) => Corner::TopLeft,
            (false, true) => Corner::TopRight,
            (true, false) => Corner::BottomLeft,
            (false, false) => Corner::BottomRight,
        }
    }

    /// A rectangle of `size` in this corner of `area`.
    pub fn place(self, area: Rect, size: Vec2) -> Rect {
        let (right, bottom) = (area.right() - size.x, area.bottom() - size.y);
        let at = match self {
            Corner::TopLeft => area.min,
            Corner::TopRight => Pos2::new(right, area.top()),
            Corner::BottomLeft => Pos2::new(area.left(), bottom),
            Corner::BottomRight => Pos2::new(right, bottom),
        };
        Rect::from_min_size(at, size)
    }
}

/// What stands in a window of its own, on another monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detached {
    /// The tiles.
    Tiles,
    /// The chat.
    Chat,
    /// The participants.
    People,
}

/// What the user chose to see, and where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallView {
    /// The user chose the arrangement; it no longer follows the number of people.
    pub chosen: bool,
    /// Of several shared screens the one to show.
    pub share: Option<ParticipantId>,
    /// Where the own picture stands when it lies over another.
    pub corner: Corner,
    /// How far the own picture is dragged from its corner, points.
    pub drag: Option<Vec2>,
    /// Sound only: nobody's picture is asked for.
    pub audio_only: bool,
    /// Which part of the strip is on show.
    pub strip_page: usize,
    /// The settings are open over the conference.
    pub settings: bool,
    /// The own picture is not on show.
    pub self_hidden: bool,
    /// What stands in a window of its own.
    pub detached: Option<Detached>,
    /// Width and height of that window now, points.
    pub second_size: Option<[u16; 2]>,
    /// Loudness of people, percent; 100 where there is none.
    pub volumes: HashMap<ParticipantId, u8>,
    /// The tile that the arrow keys reached last.
    pub reached: Option<Subject>,
}

/// How visible the controls of a full screen are, 0 … 1. `needed` while pointer or keyboard is on
/// them, a menu is open, or the user speaks unheard.
pub fn controls(now: Now, last_input: f64, needed: bool) -> f32 {
    if needed {
        return 1.0;
    }
    let idle = now.seconds - last_input;
    (1.0 - ((idle - HIDE_S) / FADE_S).clamp(0.0, 1.0)) as f32
}

impl Call {
    /// Everybody but oneself who may show themselves, in order of arrival.
    pub fn others(&self) -> impl Iterator<Item = &protocol::Participant> {
        self.participants.iter().filter(|p| p.may_publish && p.id != self.you)
    }

    /// Who shares a screen, oneself not counted.
    pub fn shares(&self) -> impl Iterator<Item = ParticipantId> + '_ {
        self.participants.iter().filter(|p| p.screen && p.id != self.you).map(|p| p.id)
    }

    /// The shared screen to show: the chosen one, else the first.
    pub fn share(&self) -> Option<ParticipantId> {
        let chosen = self.view.share.filter(|id| self.shares().any(|share| share == *id));
        chosen.or_else(|| self.shares().next())
    }

    /// The order that the tiles should have: shared screens, the others, oneself last. Hands, the
    /// last speakers and hosts come to the first page.
    pub fn wanted_tiles(&self) -> Vec<Subject> {
        let mut order: Vec<Subject> = self.shares().map(|id| (id, MediaSource::Screen)).collect();
        order.extend(self.others().map(|p| (p.id, MediaSource::Camera)));
        let mut important: Vec<ParticipantId> = self.hands().iter().map(|p| p.id).collect();
        important.extend(self.floor.recent().iter().take(RECENT));
        important.extend(self.others().filter(|p| p.role == Role::Host).map(|p| p.id));
        super::tiles::promote(&mut order, &important);
        if self.may_publish() && !self.view.self_hidden {
            order.push((self.you, MediaSource::Camera));
        }
        order
    }

    /// Who stands on the stage: the one pinned, else a shared screen, else who has the floor, else
    /// whoever presents. Oneself only when pinned or when nobody else can.
    pub fn on_stage(&self) -> Option<Subject> {
        self.pinned_here()
            .or_else(|| self.share().map(|id| (id, MediaSource::Screen)))
            .or_else(|| self.speaker())
    }

    fn pinned_here(&self) -> Option<Subject> {
        let id = self.pinned.filter(|id| self.participant(*id).is_some())?;
        Some((id, MediaSource::Camera))
    }

    /// The person whom the stage would show without any share or pin.
    fn speaker(&self) -> Option<Subject> {
        let holder = self.floor.holder();
        let presents = |p: &&protocol::Participant| p.role != Role::Attendee && p.camera;
        self.others()
            .find(|p| Some(p.id) == holder)
            .or_else(|| self.others().find(presents))
            .or_else(|| self.others().find(|p| p.camera))
            .or_else(|| self.others().next())
            .map(|p| p.id)
            .or_else(|| self.may_publish().then_some(self.you))
            .map(|id| (id, MediaSource::Camera))
    }

    /// What is large now. Tiles in a window of their own leave the stage to this one.
    pub fn scene(&self) -> Scene {
        let layout = match (self.layout, self.view.detached) {
            (Layout::Tiles, Some(Detached::Tiles)) => Layout::Stage,
            (layout, _) => layout,
        };
        if layout == Layout::Tiles {
            return Scene::Tiles;
        }
        let Some(stage) = self.on_stage() else { return Scene::Empty };
        if layout == Layout::SideBySide
            && let Some(share) = self.share()
            && let Some(person) = self.pinned_here().or_else(|| self.speaker())
        {
            return Scene::SideBySide((share, MediaSource::Screen), person);
        }
        let alone = self.others().nth(1).is_none() && stage.0 != self.you;
        if alone && self.shares().next().is_none() && self.may_publish() {
            return Scene::Duo(stage);
        }
        Scene::Stage(stage)
    }

    /// The small pictures beside what is `large`: further shared screens, raised hands in their
    /// order, the last speakers, arrival, oneself last.
    pub fn strip(&self, large: &[Subject]) -> Vec<Subject> {
        let mut order: Vec<Subject> = self.shares().map(|id| (id, MediaSource::Screen)).collect();
        let hands = self.hands();
        let hands = hands.iter().map(|p| p.id);
        let recent = self.floor.recent().iter().take(RECENT).copied();
        for id in hands.chain(recent).chain(self.others().map(|p| p.id)) {
            let may = self.participant(id).is_some_and(|p| p.may_publish);
            let subject = (id, MediaSource::Camera);
            if may && id != self.you && !order.contains(&subject) {
                order.push(subject);
            }
        }
        if self.may_publish() && !self.view.self_hidden {
            order.push((self.you, MediaSource::Camera));
        }
        // A shared screen leaves its owner's face among the small ones.
        order.retain(|subject| !large.contains(subject));
        order
    }

    /// Brings a picture to the stage and keeps it there.
    pub fn choose(&mut self, subject: Subject) {
        match subject {
            (id, MediaSource::Screen) => {
                self.view.share = Some(id);
                self.pinned = None;
            }
            (id, _) => self.pinned = Some(id),
        }
        if self.layout == Layout::Tiles {
            self.layout = Layout::Stage;
        }
        self.view.chosen = true;
    }

    /// Lets the stage follow the speaker again.
    pub fn unpin(&mut self) {
        self.pinned = None;
    }

    /// Tiles to stage and back.
    pub fn switch_view(&mut self) {
        self.set_layout(match self.layout {
            Layout::Tiles => Layout::Stage,
            Layout::Stage | Layout::SideBySide => Layout::Tiles,
        });
    }

    /// Turns to an arrangement, as the user wants it.
    pub fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
        self.pinned = None;
        self.view.chosen = true;
    }

    /// The arrangement that fits the people, unless the user chose one: the stage in webinars, with
    /// a shared screen and between two, else tiles.
    pub(super) fn arrange(&mut self) {
        if self.view.chosen {
            return;
        }
        let two = self.others().nth(1).is_none() && self.others().next().is_some();
        let stage = self.room.kind == RoomKind::Webinar || self.shares().next().is_some() || two;
        self.layout = if stage { Layout::Stage } else { Layout::Tiles };
    }

    /// Puts something into a window of its own, or back.
    pub fn detach(&mut self, what: Option<Detached>) {
        let back = self.view.detached;
        self.view.detached = what;
        let panel = |what| match what {
            Some(Detached::Chat) => Some(Panel::Chat),
            Some(Detached::People) => Some(Panel::People),
            Some(Detached::Tiles) | None => None,
        };
        if what.is_some() && self.panel == panel(what) {
            self.panel = None;
        }
        if what == Some(Detached::Chat) {
            self.unread = 0;
        }
        // Closing that window brings its content back into this one.
        if what.is_none() && self.panel.is_none() {
            self.panel = panel(back);
        }
        self.tiles.reset();
    }

    /// How loud somebody is played, percent.
    pub fn volume(&self, id: ParticipantId) -> u8 {
        self.view.volumes.get(&id).copied().unwrap_or(100)
    }
}
