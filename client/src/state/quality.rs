//! Who is at a disadvantage, how badly, and why: from the hub's levels and the own engine's figures to
//! one cause for each person.
//!
//! The hub sees everybody's way to and from it, and alone decides what is lost where: the engine learns
//! of its own losses by reports that a bad way back loses, too. The engine sees this machine.

use super::Now;
use engine::stats::Stats;
use protocol::{ParticipantId, PersonQuality, QualityLevel as Level, WayQuality};
use std::collections::VecDeque;

/// Own figures count over this time, seconds.
const WINDOW_S: f64 = 4.0;
/// With less than this there is nothing to say yet, seconds.
const LEAST_S: f64 = 2.0;
/// From this percentage on a loss is what is wrong with a way that is not good.
const LOSSY_PERCENT: u8 = 2;
/// Gaps in the sound count for the own side once they have lasted for so long without the hub naming
/// somebody else whose way explains them, seconds: it takes some to be sure.
const UNEXPLAINED_S: f64 = 8.0;
/// Sound invented because packets never came in time: weak, bad.
const CONCEALED: [f64; 2] = [0.05, 0.15];
/// Pictures that the machine had no time for: weak, bad.
const DROPPED: [f64; 2] = [0.2, 0.5];
/// Waiting on the own way to the hub, seconds: weak, bad.
const QUEUE_S: [f64; 2] = [0.25, 1.0];
/// An encoder that failed counts for so long, seconds.
const ENCODER_S: f64 = 10.0;

/// Why somebody cannot be seen or heard well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nothing to complain of.
    Fine,
    /// The hub does not answer.
    HubGone,
    /// The hub answers, and no media gets through.
    MediaGone,
    /// What this machine sends is lost on the way.
    OwnUplink {
        /// Percent; `None` when the way is too narrow rather than lossy.
        loss: Option<u8>,
    },
    /// What comes to this machine is lost on the way.
    OwnDownlink {
        /// Likewise.
        loss: Option<u8>,
    },
    /// This machine does not keep up.
    Computer,
    /// The camera gives no pictures.
    Camera,
    /// A picture could not be encoded.
    Encoder,
    /// What they send is lost on the way; the own side is fine.
    Theirs {
        /// Percent; `None` when unknown, or when their way is too narrow rather than lossy.
        loss: Option<u8>,
    },
    /// Nothing comes from them at all; the own side is fine.
    TheirSilence,
    /// Both sides are at a disadvantage.
    Both,
    /// They may not see and hear the others well; what comes from them is fine.
    TheirDownlink,
}

/// What is said of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How bad it is.
    pub level: Level,
    /// Why.
    pub cause: Cause,
}

impl Verdict {
    const FINE: Verdict = Verdict { level: Level::Good, cause: Cause::Fine };
}

/// What the window knows besides figures.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// Ourselves.
    pub you: ParticipantId,
    /// The hub answers.
    pub hub: bool,
    /// Media flows, or never has yet.
    pub media: bool,
    /// The camera is meant to be on.
    pub camera: bool,
}

/// Counters of the engine at one moment.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: f64,
    captured: u64,
    dropped: u64,
    samples: u64,
    concealed: u64,
}

/// What is known of everybody's quality.
#[derive(Debug, Default)]
pub struct Quality {
    people: Vec<PersonQuality>,
    /// Somebody's uplink is not good, so their sound has gaps for everybody.
    explained: bool,
    marks: VecDeque<Mark>,
    queue_s: f64,
    encoder_failed_at: Option<f64>,
    /// Since when the sound has had gaps that nothing explains.
    gaps_since: Option<f64>,
    now: f64,
}

impl Quality {
    /// The hub's word: whoever is not named has a good way.
    pub fn told(&mut self, people: Vec<PersonQuality>) {
        self.explained = people.iter().any(|row| row.uplink.level > Level::Good);
        self.people = people;
    }

    /// A fresh snapshot: the hub says anew what is to be said.
    pub fn forget(&mut self) {
        self.people.clear();
        self.explained = false;
    }

    /// The own engine's figures, about twice a second.
    pub fn measured(&mut self, stats: &Stats, now: Now) {
        let sum = |figure: fn(&engine::stats::Receiving) -> u64| {
            stats.receiving.iter().map(figure).sum::<u64>()
        };
        let mark = Mark {
            at: now.seconds,
            captured: stats.sending.frames_captured,
            dropped: stats.sending.frames_dropped,
            samples: sum(|slot| slot.samples),
            concealed: sum(|slot| slot.samples_concealed),
        };
        // Counters that fell belong to another connection or camera.
        let fell = self.marks.back().is_some_and(|last| {
            mark.captured < last.captured
                || mark.dropped < last.dropped
                || mark.samples < last.samples
        });
        if fell {
            self.marks.clear();
        }
        self.marks.push_back(mark);
        while self.marks.get(1).is_some_and(|mark| now.seconds - mark.at >= WINDOW_S) {
            self.marks.pop_front();
        }
        self.queue_s = stats.sending_queue.as_secs_f64();
        self.now = now.seconds;
        let gaps = self.gaps() >= CONCEALED[0] && !self.explained;
        self.gaps_since = if gaps { self.gaps_since.or(Some(now.seconds)) } else { None };
    }

    /// An encoder of this machine failed.
    pub fn encoder_failed(&mut self, now: Now) {
        self.encoder_failed_at = Some(now.seconds);
    }

    /// What is said of somebody.
    pub fn verdict(&self, of: ParticipantId, circumstances: Circumstances) -> Verdict {
        if !circumstances.hub {
            return Verdict { level: Level::Bad, cause: Cause::HubGone };
        }
        if !circumstances.media {
            return Verdict { level: Level::Bad, cause: Cause::MediaGone };
        }
        if of == circumstances.you {
            return self.own(circumstances);
        }
        let own = self.own_receiving(circumstances.you);
        let row = self.row(of);
        let [up, down] = [row.uplink, row.downlink];
        match (up.level > Level::Good, own.level > Level::Good) {
            (true, true) => Verdict { level: up.level.max(own.level), cause: Cause::Both },
            (true, false) if up.level == Level::Bad && up.loss_percent == Some(100) => {
                Verdict { level: Level::Bad, cause: Cause::TheirSilence }
            }
            (true, false) => Verdict { level: up.level, cause: Cause::Theirs { loss: lossy(up) } },
            (false, true) => own,
            (false, false) if down.level > Level::Good => {
                Verdict { level: Level::Weak, cause: Cause::TheirDownlink }
            }
            (false, false) => Verdict::FINE,
        }
    }

    /// The worst that is known of the own side.
    fn own(&self, circumstances: Circumstances) -> Verdict {
        let you = circumstances.you;
        let mut worst = Verdict::FINE;
        // At the same level the first counts: what the user can do something about.
        for verdict in [
            self.camera(circumstances.camera),
            self.computer(),
            self.encoder(),
            self.own_sending(you),
            self.own_receiving(you),
        ] {
            if verdict.level > worst.level {
                worst = verdict;
            }
        }
        worst
    }

    fn own_sending(&self, you: ParticipantId) -> Verdict {
        let way = self.row(you).uplink;
        let level = way.level.max(level(self.queue_s, QUEUE_S));
        Verdict { level, cause: Cause::OwnUplink { loss: lossy(way) } }
    }

    fn own_receiving(&self, you: ParticipantId) -> Verdict {
        let way = self.row(you).downlink;
        let lasting = self.gaps_since.is_some_and(|since| self.now - since >= UNEXPLAINED_S);
        let gaps = if lasting { level(self.gaps(), CONCEALED) } else { Level::Good };
        let level = way.level.max(gaps);
        Verdict { level, cause: Cause::OwnDownlink { loss: lossy(way) } }
    }

    /// The share of the sound that was invented.
    fn gaps(&self) -> f64 {
        self.over_window(|mark| mark.concealed, |mark| mark.samples)
    }

    fn computer(&self) -> Verdict {
        let dropped = self.over_window(|mark| mark.dropped, |mark| mark.captured + mark.dropped);
        Verdict { level: level(dropped, DROPPED), cause: Cause::Computer }
    }

    fn camera(&self, on: bool) -> Verdict {
        let still = self.span().is_some_and(|(first, last)| first.captured == last.captured);
        let level = if on && still { Level::Bad } else { Level::Good };
        Verdict { level, cause: Cause::Camera }
    }

    fn encoder(&self) -> Verdict {
        let fresh = self.encoder_failed_at.is_some_and(|at| self.now - at < ENCODER_S);
        let level = if fresh { Level::Bad } else { Level::Good };
        Verdict { level, cause: Cause::Encoder }
    }

    fn row(&self, of: ParticipantId) -> PersonQuality {
        let row = self.people.iter().find(|row| row.participant == of);
        let good = WayQuality::default();
        row.copied().unwrap_or(PersonQuality { participant: of, uplink: good, downlink: good })
    }

    /// First and last mark, when enough time lies between them.
    fn span(&self) -> Option<(Mark, Mark)> {
        let (first, last) = (*self.marks.front()?, *self.marks.back()?);
        (last.at - first.at >= LEAST_S).then_some((first, last))
    }

    fn over_window(&self, part: fn(&Mark) -> u64, whole: fn(&Mark) -> u64) -> f64 {
        let Some((first, last)) = self.span() else { return 0.0 };
        let grew = |of: fn(&Mark) -> u64| of(&last).saturating_sub(of(&first)) as f64;
        let whole = grew(whole);
        if whole > 0.0 { grew(part) / whole } else { 0.0 }
    }
}

fn level(value: f64, [weak, bad]: [f64; 2]) -> Level {
    if value >= bad {
        Level::Bad
    } else if value >= weak {
        Level::Weak
    } else {
        Level::Good
    }
}

/// The loss, where it is what is wrong.
fn lossy(way: WayQuality) -> Option<u8> {
    way.loss_percent.filter(|percent| *percent >= LOSSY_PERCENT)
}
