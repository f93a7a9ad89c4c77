//! How well somebody's media travels between them and the hub, as people notice it.
//!
//! A state machine without clock: once a second it takes what the connection measured, and answers
//! with a level for each direction. Levels have hysteresis in size and in time, so that one lost burst
//! changes nothing and a picture that comes and goes does not blink.

use protocol::{QualityLevel, WayQuality};
use std::time::{Duration, Instant};

/// From this loss on a way is weak: repairs begin to cost delay. It is good again below the second.
const WEAK_LOSS: (f32, f32) = (0.04, 0.02);
/// From this loss on a way is bad: repairs no longer keep up with speech.
const BAD_LOSS: (f32, f32) = (0.12, 0.08);
/// The newest second's weight in the loss.
const WEIGHT: f32 = 0.3;
/// Seconds in a row that make a level worse …
const WORSE_AFTER: u8 = 2;
/// … and better.
const BETTER_AFTER: u8 = 4;
/// Seconds in a row in which pictures must be smaller than wished before the way counts as narrow:
/// estimates need some to grow after the start and after every wish.
const NARROW_AFTER: u8 = 6;
/// Without any datagram for so long nothing gets through: a client that sends no media still asks
/// every two seconds whether the path stands (RFC 7675).
const SILENT_AFTER: Duration = Duration::from_secs(6);

/// What one direction did within a second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Second {
    /// The share of packets lost before any repair, 0 to 1; `None` when nothing was under way.
    pub loss: Option<f32>,
    /// Pictures are smaller than wished because there is not enough room.
    pub narrow: bool,
}

#[derive(Debug, Default)]
struct Way {
    loss: f32,
    narrow: u8,
    level: QualityLevel,
    /// Seconds in a row at a worse level, and at a better one.
    worse: u8,
    better: u8,
}

impl Way {
    fn take(&mut self, second: Second) {
        if let Some(loss) = second.loss {
            self.loss += (loss.clamp(0.0, 1.0) - self.loss) * WEIGHT;
        }
        self.narrow = if second.narrow { self.narrow.saturating_add(1) } else { 0 };
        let above = |(enter, leave): (f32, f32), inside: bool| {
            self.loss >= if inside { leave } else { enter }
        };
        let narrow = self.narrow >= NARROW_AFTER;
        let wanted = if above(BAD_LOSS, self.level == QualityLevel::Bad) {
            QualityLevel::Bad
        } else if narrow || above(WEAK_LOSS, self.level != QualityLevel::Good) {
            QualityLevel::Weak
        } else {
            QualityLevel::Good
        };
        (self.worse, self.better) = match wanted.cmp(&self.level) {
            std::cmp::Ordering::Greater => (self.worse + 1, 0),
            std::cmp::Ordering::Equal => (0, 0),
            std::cmp::Ordering::Less => (0, self.better + 1),
        };
        if self.worse >= WORSE_AFTER || self.better >= BETTER_AFTER {
            (self.level, self.worse, self.better) = (wanted, 0, 0);
        }
    }

    fn quality(&self) -> WayQuality {
        let loss_percent = Some((self.loss * 100.0).round() as u8);
        WayQuality { level: self.level, loss_percent }
    }
}

/// Both directions of one participant.
#[derive(Debug)]
pub struct Line {
    up: Way,
    down: Way,
    /// When a datagram last came.
    heard_at: Instant,
}

impl Line {
    /// A line that has just come up.
    pub fn new(now: Instant) -> Line {
        Line { up: Way::default(), down: Way::default(), heard_at: now }
    }

    /// What the last second brought; `heard` says whether any datagram came.
    pub fn take(&mut self, up: Second, down: Second, heard: bool, now: Instant) {
        if heard {
            self.heard_at = now;
        }
        self.up.take(up);
        self.down.take(down);
    }

    /// Uplink and downlink as they are now.
    pub fn quality(&self, now: Instant) -> [WayQuality; 2] {
        if now.saturating_duration_since(self.heard_at) >= SILENT_AFTER {
            let nothing = WayQuality { level: QualityLevel::Bad, loss_percent: Some(100) };
            return [nothing; 2];
        }
        [self.up.quality(), self.down.quality()]
    }
}

/// Whether two answers are the same to people: the level counts, and figures that moved visibly.
pub fn alike(a: WayQuality, b: WayQuality) -> bool {
    let percent = |way: WayQuality| way.loss_percent.unwrap_or_default();
    a.level == b.level && (a.level == QualityLevel::Good || percent(a).abs_diff(percent(b)) < 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use QualityLevel::{Bad, Good, Weak};

    const SECOND: Duration = Duration::from_secs(1);

    #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
    fn start() -> Instant {
        Instant::now()
    }

    /// The uplink's level after each second of these losses.
    fn levels(losses: impl IntoIterator<Item = f32>) -> Vec<QualityLevel> {
        let mut now = start();
        let mut line = Line::new(now);
        let second = |loss| Second { loss: Some(loss), narrow: false };
        losses
            .into_iter()
            .map(|loss| {
                now += SECOND;
                line.take(second(loss), second(0.0), true, now);
                assert_eq!(line.quality(now)[1].level, Good, "the other way is another");
                line.quality(now)[0].level
            })
            .collect()
    }

    #[test]
    fn eight_percent_are_weak_within_five_seconds_and_thirty_are_bad() {
        assert_eq!(levels([0.08; 5])[4], Weak);
        assert_eq!(levels([0.08; 60])[59], Weak);
        assert_eq!(levels([0.3; 4])[3], Bad);
        assert_eq!(levels([0.01; 60])[59], Good);
    }

    #[test]
    fn one_lost_burst_changes_nothing_and_recovery_takes_some_seconds() {
        assert!(levels([0.0, 0.12, 0.0, 0.0, 0.0]).iter().all(|level| *level == Good));
        let back = levels([0.3; 5].into_iter().chain([0.0; 20]));
        assert_eq!((back[4], back[24]), (Bad, Good));
        let changes = back.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 3, "good, bad, weak, good: {back:?}");
    }

    #[test]
    fn loss_that_sways_about_a_threshold_does_not_make_the_level_blink() {
        let sways = (0..200).map(|n| if n % 2 == 0 { 0.025 } else { 0.055 });
        let levels = levels(sways);
        assert!(levels.windows(2).filter(|pair| pair[0] != pair[1]).count() <= 1, "{levels:?}");
    }

    #[test]
    fn too_little_room_is_weak_after_a_while_and_without_any_loss() {
        let mut now = start();
        let mut line = Line::new(now);
        let narrow = Second { loss: Some(0.0), narrow: true };
        for second in 1..=10 {
            now += SECOND;
            line.take(Second::default(), narrow, true, now);
            let early = second < NARROW_AFTER + WORSE_AFTER - 1;
            assert_eq!(line.quality(now)[1].level, if early { Good } else { Weak }, "{second}");
        }
    }

    #[test]
    fn silence_is_bad_both_ways_and_over_with_the_first_datagram() {
        let mut now = start();
        let mut line = Line::new(now);
        now += SILENT_AFTER;
        assert_eq!(line.quality(now).map(|way| way.level), [Bad; 2]);
        line.take(Second::default(), Second::default(), true, now);
        assert_eq!(line.quality(now).map(|way| way.level), [Good; 2]);
    }

    #[test]
    fn a_percent_more_or_less_is_no_news() {
        let way = |level, percent| WayQuality { level, loss_percent: Some(percent) };
        assert!(alike(way(Weak, 7), way(Weak, 8)));
        assert!(!alike(way(Weak, 7), way(Weak, 9)));
        assert!(!alike(way(Weak, 7), way(Bad, 7)));
        assert!(alike(way(Good, 0), way(Good, 3)));
    }
}
