//! Whether the machine keeps up. Steps the quality down when it does not, and back up after a long
//! calm with room to spare. Knows no clock: durations and moments are arguments.

use super::Quality;
use std::time::{Duration, Instant};

/// Pictures that one judgement is made of: about a second.
pub const WINDOW: usize = 30;

/// More of the time between two pictures than this is too much: the rest of the machine needs some.
const TOO_MUCH: f32 = 0.9;

/// Less than this leaves room for the next better quality.
const ROOM: f32 = 0.5;

/// How long there must be room before the first step up.
pub const CALM: Duration = Duration::from_secs(20);

/// Each step up that did not last doubles the calm asked for, up to this.
const LONGEST_CALM: Duration = Duration::from_secs(600);

/// A step up has lasted when nothing pushed it back for so long.
const LASTED: Duration = Duration::from_secs(60);

/// What follows from a picture's cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Less work from now on.
    Down,
    /// More work from now on.
    Up,
    /// Too much, and there is no lower quality.
    Overloaded,
}

/// Watches one stream.
#[derive(Debug, Clone)]
pub struct Watch {
    quality: Quality,
    /// Work and interval of the newest pictures, seconds.
    newest: [(f32, f32); WINDOW],
    /// Pictures seen since the last change.
    seen: usize,
    /// Since when there is room.
    room_since: Option<Instant>,
    /// How much calm the next step up needs.
    calm: Duration,
    stepped_up: Option<Instant>,
}

impl Default for Watch {
    fn default() -> Self {
        Watch::new()
    }
}

impl Watch {
    /// Begins at the best.
    pub fn new() -> Watch {
        Watch {
            quality: Quality::Full,
            newest: [(0.0, 0.0); WINDOW],
            seen: 0,
            room_since: None,
            calm: CALM,
            stepped_up: None,
        }
    }

    /// What the machine can do, as far as is known.
    pub fn quality(&self) -> Quality {
        self.quality
    }

    /// A picture took `work`, ended at `now`, where the source gives one each `interval`.
    pub fn frame(&mut self, work: Duration, interval: Duration, now: Instant) -> Option<Step> {
        self.newest[self.seen % WINDOW] = (work.as_secs_f32(), interval.as_secs_f32());
        self.seen += 1;
        if self.stepped_up.is_some_and(|at| now.saturating_duration_since(at) >= LASTED) {
            (self.stepped_up, self.calm) = (None, CALM);
        }
        if self.seen < WINDOW {
            return None;
        }
        let load = self.load();
        if load > TOO_MUCH {
            return Some(self.down());
        }
        if load >= ROOM || self.quality == Quality::Full {
            self.room_since = None;
            return None;
        }
        let since = *self.room_since.get_or_insert(now);
        let calm = now.saturating_duration_since(since) >= self.calm;
        // A picture that is too much by itself may be the first of many.
        let newest = work.as_secs_f32() / interval.as_secs_f32().max(f32::EPSILON);
        (calm && newest < ROOM).then(|| self.up(now))
    }

    /// Share of the time that the newest pictures took.
    fn load(&self) -> f32 {
        let (work, interval) =
            self.newest.iter().fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        work / interval.max(f32::EPSILON)
    }

    fn down(&mut self) -> Step {
        let lower = match self.quality {
            Quality::Full => Quality::Reduced,
            Quality::Reduced | Quality::Lowest => Quality::Lowest,
        };
        if self.stepped_up.take().is_some() {
            self.calm = (self.calm * 2).min(LONGEST_CALM);
        }
        let floor = lower == self.quality;
        self.change(lower);
        if floor { Step::Overloaded } else { Step::Down }
    }

    fn up(&mut self, now: Instant) -> Step {
        let higher = match self.quality {
            Quality::Lowest => Quality::Reduced,
            Quality::Reduced | Quality::Full => Quality::Full,
        };
        self.stepped_up = Some(now);
        self.change(higher);
        Step::Up
    }

    /// What was measured before says nothing of what comes.
    fn change(&mut self, quality: Quality) {
        self.quality = quality;
        self.seen = 0;
        self.room_since = None;
    }
}
