//! A slot: one outgoing line of a receiver, carrying now this feed and now that one.

use super::rewrite::{Incoming, Outgoing, Rewriter};
use protocol::{MediaSource, ParticipantId};
use std::time::Instant;

/// One thing that somebody sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Feed {
    /// Who.
    pub participant: ParticipantId,
    /// What.
    pub source: MediaSource,
}

/// Puts the most important feeds into the slots there are. What is bound and still wanted stays
/// where it is; new feeds take empty slots first, so that an old picture has time to vanish.
///
/// `wanted` is in order of importance and without duplicates.
pub fn assign<T: Copy + PartialEq>(bound: &[Option<T>], wanted: &[T]) -> Vec<Option<T>> {
    let wanted = &wanted[..wanted.len().min(bound.len())];
    let mut slots: Vec<Option<T>> =
        bound.iter().map(|feed| feed.filter(|feed| wanted.contains(feed))).collect();
    for feed in wanted {
        if slots.contains(&Some(*feed)) {
            continue;
        }
        let empty = (0..slots.len()).filter(|&slot| slots[slot].is_none());
        if let Some(slot) = empty.min_by_key(|&slot| bound[slot].is_some()) {
            slots[slot] = Some(*feed);
        }
    }
    slots
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Switches at any packet.
    Audio,
    /// Switches at a keyframe.
    Video,
}

impl Kind {
    fn clock_rate(self) -> u32 {
        match self {
            Kind::Audio => 48_000,
            Kind::Video => 90_000,
        }
    }
}

/// The state of one slot.
#[derive(Debug)]
pub struct Slot {
    mid: String,
    kind: Kind,
    feed: Option<Feed>,
    /// The source that the slot carried last; tells an empty slot's kind to the receiver.
    last_source: Option<MediaSource>,
    /// The layer that it should carry if the sender sent all of them.
    ideal: Option<usize>,
    /// The layer that it should carry.
    target: Option<usize>,
    /// The layer that it carries.
    current: Option<usize>,
    rewriter: Rewriter,
}

impl Slot {
    /// An empty slot on the receiver's media line `mid`. Its first sequence number comes from
    /// `sequence`, which should be random (RFC 3550 section 5.1).
    pub fn new(mid: String, kind: Kind, sequence: u16) -> Slot {
        Slot {
            mid,
            kind,
            feed: None,
            last_source: None,
            ideal: None,
            target: None,
            current: None,
            rewriter: Rewriter::new(kind.clock_rate(), sequence),
        }
    }

    /// Sound or picture.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is bound to.
    pub fn feed(&self) -> Option<Feed> {
        self.feed
    }

    /// What the receiver must know of it; `None` before it was ever bound.
    pub fn binding(&self) -> Option<protocol::SlotBinding> {
        Some(protocol::SlotBinding {
            mid: self.mid.clone(),
            participant: self.feed.map(|feed| feed.participant),
            source: self.last_source?,
        })
    }

    /// Binds it to another feed; nothing of the old one passes from here on. Says whether that is
    /// a change.
    pub fn bind(&mut self, feed: Option<Feed>) -> bool {
        if feed == self.feed {
            return false;
        }
        self.feed = feed;
        self.last_source = feed.map(|feed| feed.source).or(self.last_source);
        (self.ideal, self.target, self.current) = (None, None, None);
        if feed.is_some() && self.kind == Kind::Audio {
            (self.ideal, self.target) = (Some(0), Some(0));
        }
        true
    }

    /// Chooses a layer of the feed. The old layer goes on until the new one's keyframe; `None`
    /// stops at once.
    pub fn select(&mut self, ideal: Option<usize>, target: Option<usize>) {
        (self.ideal, self.target) = (ideal, target);
        if target.is_none() {
            self.current = None;
        }
    }

    /// The layer that it carries.
    pub fn current(&self) -> Option<usize> {
        self.current
    }

    /// The layer whose keyframe it waits for.
    pub fn awaits(&self) -> Option<usize> {
        self.target.filter(|_| self.kind == Kind::Video && self.target != self.current)
    }

    /// The layer that it should carry.
    pub fn ideal(&self) -> Option<usize> {
        self.ideal
    }

    /// The layers that the sender must encode for it.
    pub fn needs(&self) -> impl Iterator<Item = usize> {
        [self.ideal, self.target, self.current].into_iter().flatten()
    }

    /// The sender started a layer's stream anew: what comes next has other numbers.
    pub fn restart(&mut self, layer: usize) {
        if self.current == Some(layer) {
            self.current = None;
        }
    }

    /// A packet of a layer of the feed; says how it leaves, or `None` if it does not.
    pub fn forward(
        &mut self,
        layer: usize,
        packet: Incoming,
        starts_keyframe: bool,
        now: Instant,
    ) -> Option<Outgoing> {
        let may_switch = self.kind == Kind::Audio || starts_keyframe;
        if self.target == Some(layer) && self.current != self.target && may_switch {
            self.rewriter.switch(packet, now);
            self.current = self.target;
        }
        if self.current != Some(layer) {
            return None;
        }
        self.rewriter.rewrite(packet, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start() -> Instant {
        #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
        Instant::now()
    }

    fn feed(id: u32) -> Option<Feed> {
        Some(Feed { participant: ParticipantId(id), source: MediaSource::Camera })
    }

    fn at(sequence: u64) -> Incoming {
        Incoming { sequence, timestamp: 0, vp8: None }
    }

    #[test]
    fn what_is_bound_stays_in_place() {
        let bound = [Some('a'), Some('b'), None];
        assert_eq!(assign(&bound, &['c', 'b', 'a']), [Some('a'), Some('b'), Some('c')]);
        assert_eq!(assign(&bound, &['c', 'd', 'b']), [Some('d'), Some('b'), Some('c')]);
    }

    #[test]
    fn the_most_important_ones_get_the_slots() {
        assert_eq!(assign(&[None, None], &['x', 'y', 'z']), [Some('x'), Some('y')]);
        assert_eq!(assign(&[Some('z'), None], &['x', 'y', 'z']), [Some('y'), Some('x')]);
    }

    #[test]
    fn another_feed_stops_the_old_one_at_once_and_waits_for_a_keyframe() {
        let now = start();
        let mut slot = Slot::new("3".into(), Kind::Video, 0);
        slot.bind(feed(1));
        slot.select(Some(0), Some(0));
        assert_eq!(slot.awaits(), Some(0));
        assert_eq!(slot.forward(0, at(10), false, now), None);
        assert_eq!(slot.forward(0, at(11), true, now).unwrap().sequence, 1);
        assert!(slot.bind(feed(2)));
        slot.select(Some(0), Some(0));
        assert_eq!(slot.forward(0, at(400), false, now), None);
        assert_eq!(slot.forward(0, at(401), true, now).unwrap().sequence, 2);
    }

    #[test]
    fn the_old_layer_goes_on_until_the_keyframe_of_the_new_one() {
        let now = start();
        let mut slot = Slot::new("3".into(), Kind::Video, 0);
        slot.bind(feed(1));
        slot.select(Some(2), Some(2));
        assert!(slot.forward(2, at(1), true, now).is_some());
        slot.select(Some(0), Some(0));
        assert_eq!(slot.forward(2, at(2), false, now).unwrap().sequence, 2);
        assert_eq!(slot.forward(0, at(70), false, now), None);
        assert_eq!(slot.forward(0, at(71), true, now).unwrap().sequence, 3);
        assert_eq!(slot.forward(2, at(3), true, now), None);
    }

    #[test]
    fn an_empty_slot_still_tells_what_it_was() {
        let mut slot = Slot::new("3".into(), Kind::Video, 0);
        assert_eq!(slot.binding(), None);
        slot.bind(feed(1));
        slot.bind(None);
        let binding = slot.binding().unwrap();
        assert_eq!((binding.participant, binding.source), (None, MediaSource::Camera));
    }

    proptest! {
        #[test]
        fn assigning_binds_each_of_the_most_important_once_and_moves_nobody(
            bound in prop::collection::vec(prop::option::of(0u8..12), 0..8),
            wanted in prop::collection::vec(0u8..12, 0..12),
        ) {
            let mut seen = Vec::new();
            let bound: Vec<_> = bound.into_iter().map(|feed| {
                feed.filter(|feed| !seen.contains(feed)).inspect(|feed| seen.push(*feed))
            }).collect();
            let mut unique = Vec::new();
            wanted.into_iter().for_each(|feed| if !unique.contains(&feed) { unique.push(feed) });

            let slots = assign(&bound, &unique);
            let fits = unique.len().min(bound.len());
            let mut placed: Vec<_> = slots.iter().flatten().copied().collect();
            placed.sort_unstable();
            let mut expected = unique[..fits].to_vec();
            expected.sort_unstable();
            prop_assert_eq!(placed, expected);
            for (before, after) in bound.iter().zip(&slots) {
                if before.is_some_and(|feed| unique[..fits].contains(&feed)) {
                    prop_assert_eq!(before, after);
                }
            }
        }

        /// Whatever is bound and chosen in whatever order, a slot switches only at a keyframe, and
        /// what leaves is numbered without a gap.
        #[test]
        fn a_slot_never_switches_before_a_keyframe(
            steps in prop::collection::vec((0u32..3, 0usize..3, 0usize..3, any::<bool>(), 0u8..8), 1..300),
        ) {
            let now = start();
            let mut slot = Slot::new("3".into(), Kind::Video, 77);
            let mut sequence = [1000u64, 50_000, 9];
            let (mut carried, mut last) = (None, None);
            for (who, choose, layer, key, action) in steps {
                match action {
                    0 => { slot.bind(feed(who)); }
                    1 => slot.select(Some(choose), Some(choose)),
                    _ => {}
                }
                sequence[layer] += 1;
                let Some(out) = slot.forward(layer, at(sequence[layer]), key, now) else { continue };
                let source = (slot.feed(), layer);
                if carried != Some(source) {
                    prop_assert!(key, "switched to {source:?} without a keyframe");
                    carried = Some(source);
                }
                if let Some(before) = last {
                    prop_assert!(out.sequence > before);
                }
                last = Some(out.sequence);
            }
        }
    }
}
