//! How long a gap may hold up the frames behind it.

use std::time::Duration;

/// Below this, plain reordering would be taken for loss.
pub(super) const SHORTEST: Duration = Duration::from_millis(80);

/// Above this, a new keyframe comes sooner than the lost packet. (With 400 ms, a simulated path of
/// 200 ms round trip and 5 % loss asked for seven times as many keyframes and froze as long.)
pub(super) const LONGEST: Duration = Duration::from_millis(600);

/// Before anything is known: two retransmissions on an ordinary path.
const UNKNOWN: Duration = Duration::from_millis(200);

/// A receiver looks for gaps, and asks again, about this often.
const NACK_INTERVAL: Duration = Duration::from_millis(20);

/// The wait budget: time for two retransmissions, and twice what lost packets usually take to come
/// back. Giving up too early is dear: a keyframe is many packets, each as likely to be lost.
#[derive(Debug, Clone, Default)]
pub(super) struct WaitBudget {
    pub round_trip: Option<Duration>,
    recovery: Option<Duration>,
}

impl WaitBudget {
    /// The budget now, 80–600 ms.
    pub fn get(&self) -> Duration {
        let two_retransmissions =
            self.round_trip.map_or(UNKNOWN, |time| 2 * (time + NACK_INTERVAL));
        let learned = self.recovery.map_or(Duration::ZERO, |time| time * 2);
        two_retransmissions.max(learned).clamp(SHORTEST, LONGEST)
    }

    /// A packet filled its gap so long after the gap was noticed. Rises fast, falls slowly.
    pub fn recovered(&mut self, after: Duration) {
        let after = after.min(2 * LONGEST);
        self.recovery = Some(match self.recovery {
            None => after,
            Some(usual) if after > usual => usual + (after - usual) / 2,
            Some(usual) => usual - (usual - after) / 32,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_follows_the_round_trip_and_what_recoveries_took_within_bounds() {
        let ms = Duration::from_millis;
        let mut budget = WaitBudget::default();
        assert_eq!(budget.get(), UNKNOWN);
        budget.round_trip = Some(ms(2));
        assert_eq!(budget.get(), SHORTEST);
        budget.round_trip = Some(ms(100));
        assert_eq!(budget.get(), ms(240));
        budget.recovered(ms(250));
        assert_eq!(budget.get(), ms(500));
        budget.recovered(ms(5_000));
        assert_eq!(budget.get(), LONGEST);
        for _ in 0..200 {
            budget.recovered(ms(20));
        }
        assert_eq!(budget.get(), ms(240));
    }
}
