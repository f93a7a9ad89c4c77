//! The order of the tiles, which moves as little as it can.

use protocol::{MediaSource, ParticipantId};

/// The most tiles on one page.
pub const PAGE: usize = 25;
/// Tiles change places at most this often, seconds.
pub const REFLOW_S: f64 = 2.0;
/// A pointer that rested this long over the tiles no longer holds them, seconds.
pub const STILL_S: f64 = 10.0;

/// A picture: whose, and from where.
pub type Subject = (ParticipantId, MediaSource);

/// The order of the tiles on show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tiles {
    order: Vec<Subject>,
    since: f64,
}

impl Tiles {
    /// The order on show. Whoever left may still have their place in it, which then stays empty.
    pub fn order(&self) -> &[Subject] {
        &self.order
    }

    /// Turns to the order `wanted`, unless tiles moved a moment ago or are `held` by the pointer.
    /// Gives the seconds after which to try again.
    pub fn settle(&mut self, wanted: Vec<Subject>, now_s: f64, held: bool) -> Option<f64> {
        if self.order == wanted {
            return None;
        }
        let next = self.since + REFLOW_S;
        if self.order.is_empty() || (!held && now_s >= next) {
            self.order = wanted;
            self.since = now_s;
            return None;
        }
        Some(if held { REFLOW_S } else { next - now_s })
    }

    /// Forgets the order: the next one is taken at once.
    pub fn reset(&mut self) {
        self.order.clear();
    }
}

/// Brings whoever is `important` to the first page, each in exchange for the last one there who is
/// not; nobody else moves. Shared screens stay.
pub fn promote(order: &mut [Subject], important: &[ParticipantId]) {
    if order.len() <= PAGE {
        return;
    }
    for id in important {
        let Some(from) = order.iter().position(|s| *s == (*id, MediaSource::Camera)) else {
            continue;
        };
        if from < PAGE {
            continue;
        }
        let replaceable =
            |(who, source): &Subject| *source == MediaSource::Camera && !important.contains(who);
        if let Some(to) = order[..PAGE].iter().rposition(replaceable) {
            order.swap(from, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cameras(ids: impl IntoIterator<Item = u32>) -> Vec<Subject> {
        ids.into_iter().map(|id| (ParticipantId(id), MediaSource::Camera)).collect()
    }

    #[test]
    fn tiles_move_at_most_once_in_two_seconds_and_never_under_the_pointer() {
        let mut tiles = Tiles::default();
        assert_eq!(
            tiles.settle(cameras([1, 9]), 0.0, true),
            None,
            "the first order counts at once"
        );
        assert_eq!(tiles.settle(cameras([1, 2, 9]), 0.5, false), Some(1.5));
        assert_eq!(tiles.order(), cameras([1, 9]));
        assert_eq!(tiles.settle(cameras([1, 2, 9]), 5.0, true), Some(REFLOW_S));
        assert_eq!(tiles.order(), cameras([1, 9]));
        assert_eq!(tiles.settle(cameras([1, 2, 9]), 5.1, false), None);
        assert_eq!(tiles.order(), cameras([1, 2, 9]));
    }

    #[test]
    fn somebody_important_changes_places_with_one_and_all_others_stay() {
        let mut order = cameras(1..=40);
        promote(&mut order, &[ParticipantId(3), ParticipantId(33), ParticipantId(25)]);
        let mut expected = cameras(1..=40);
        expected.swap(32, 23);
        assert_eq!(order, expected);
    }

    #[test]
    fn one_page_is_never_reordered() {
        let mut order = cameras(1..=25);
        promote(&mut order, &[ParticipantId(25)]);
        assert_eq!(order, cameras(1..=25));
    }
}
