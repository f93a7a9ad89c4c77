//! Hands: who wants to speak, in which order, and when that has been granted.

use super::{Conference, Link, Now};
use protocol::{HubMessage, ParticipantId};
use std::time::{Duration, Instant};

/// Who speaks so long without a pause has the word, and their hand goes down. A word thrown in does
/// not cost anybody their place.
pub const SUSTAINED_SPEECH: Duration = Duration::from_secs(3);

/// How long a hand that went down by itself can be put back in its place.
pub const RESTORE_WITHIN: Duration = Duration::from_secs(10);

/// The loudest speaker.
pub(super) struct Floor {
    who: ParticipantId,
    since: Instant,
    /// They put their hand back: this speech does not lower it again.
    spared: bool,
}

/// A hand that went down because its owner spoke.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dropped {
    raised_at_ms: i64,
    until: Instant,
}

impl Conference {
    /// Who is heard from now on, loudest first.
    pub fn heard(&mut self, now: Now, speakers: &[ParticipantId]) {
        let loudest = speakers.first().copied();
        if loudest != self.floor.as_ref().map(|floor| floor.who) {
            self.drop_spoken_hand(now);
            self.floor = loudest.map(|who| Floor { who, since: now.instant, spared: false });
        }
    }

    /// Raises a hand; raising it again keeps its place. It stays up for as long as what is being said
    /// goes on.
    pub(super) fn raise_hand(&mut self, now: Now, id: ParticipantId) {
        // Strictly increasing, so that two hands of the same millisecond keep their order.
        let at_ms = now.unix_ms.max(self.last_hand_ms + 1);
        let Ok(member) = self.inside_mut(id) else { return };
        if member.public.hand_raised_at_ms.is_none() {
            let before = member.public.clone();
            member.public.hand_raised_at_ms = Some(at_ms);
            member.dropped_hand = None;
            self.last_hand_ms = at_ms;
            self.spare(id);
            self.announce_change(&before);
        }
    }

    /// Puts a hand that went down by itself back in its place, if that was a moment ago; otherwise it
    /// is raised like any other.
    pub(super) fn restore_hand(&mut self, now: Now, id: ParticipantId) {
        let Ok(member) = self.inside_mut(id) else { return };
        let dropped = member.dropped_hand.take().filter(|dropped| now.instant <= dropped.until);
        match dropped {
            Some(dropped) if member.public.hand_raised_at_ms.is_none() => {
                let before = member.public.clone();
                member.public.hand_raised_at_ms = Some(dropped.raised_at_ms);
                self.spare(id);
                self.announce_change(&before);
            }
            _ => self.raise_hand(now, id),
        }
    }

    /// Lowers hands by somebody's decision: nothing of them can be restored.
    pub(super) fn lower_hands(&mut self, ids: &[ParticipantId]) {
        let mut before = Vec::new();
        for id in ids {
            let Ok(member) = self.inside_mut(*id) else { continue };
            member.dropped_hand = None;
            if member.public.hand_raised_at_ms.is_some() {
                before.push(member.public.clone());
                member.public.hand_raised_at_ms = None;
            }
        }
        self.announce_changes(&before);
    }

    /// Lowers the hand of somebody who has spoken for [`SUSTAINED_SPEECH`], and tells them.
    pub(super) fn drop_spoken_hand(&mut self, now: Now) {
        let Some(floor) = &self.floor else { return };
        let spoke = now.instant.saturating_duration_since(floor.since);
        if floor.spared || spoke < SUSTAINED_SPEECH {
            return;
        }
        let Ok(member) = self.inside_mut(floor.who) else { return };
        let before = member.public.clone();
        let Some(raised_at_ms) = member.public.hand_raised_at_ms.take() else { return };
        member.dropped_hand = Some(Dropped { raised_at_ms, until: now.instant + RESTORE_WITHIN });
        // First, so that nobody takes the change for a host's decision.
        if let Link::Up(connection) = member.link {
            self.send(vec![connection], HubMessage::HandDropped { raised_at_ms });
        }
        self.announce_change(&before);
    }

    fn spare(&mut self, id: ParticipantId) {
        if let Some(floor) = self.floor.as_mut().filter(|floor| floor.who == id) {
            floor.spared = true;
        }
    }
}
