//! What the hub says about the conference.

use super::{Call, Floor, Phase, Roster};
use crate::state::{Now, Toast, Toasts, Why};
use protocol::{
    ChatScope, ConferenceState, EndReason, HubMessage, Participant, ParticipantId, Role, Snapshot,
    WaitReason, WaitingPerson,
};

impl Call {
    pub(super) fn apply_hub(
        &mut self,
        message: HubMessage,
        now: Now,
        toasts: &mut Toasts,
    ) -> Option<Why> {
        match message {
            HubMessage::Joined { snapshot, .. } => {
                self.joined(snapshot, now);
                if self.waiting.is_empty() {
                    toasts.dismiss(&Toast::Knock);
                } else if self.state == ConferenceState::Live {
                    toasts.show(Toast::Knock, now.seconds);
                }
            }
            HubMessage::Waiting { reason, room_name, .. } => self.waiting(reason, room_name, now),
            HubMessage::Refused { reason } => return Some(Why::Refused(reason)),
            // It comes back, and so do we: the broken link is told.
            HubMessage::Ended { reason: EndReason::HubStops } => {}
            HubMessage::Ended { reason } => return Some(Why::Over(reason)),
            HubMessage::ParticipantJoined { participant }
            | HubMessage::ParticipantChanged { participant } => {
                self.changed(participant, now, toasts);
            }
            HubMessage::ParticipantLeft { participant } => self.left(participant),
            HubMessage::State { state, live_since_ms } => {
                self.set_state(state, now);
                self.live_since_ms = live_since_ms;
                if state != ConferenceState::Live {
                    toasts.dismiss(&Toast::Knock);
                }
            }
            HubMessage::WaitingList { waiting } => self.waiting_list(waiting, now, toasts),
            HubMessage::Locked { locked } => {
                self.locked = locked;
                toasts.show(Toast::Locked(locked), now.seconds);
            }
            HubMessage::Policy { policy } => {
                self.room.policy = policy;
                self.settle_scope();
            }
            HubMessage::Muted { by } => {
                self.microphone = false;
                toasts.show(Toast::Muted(by), now.seconds);
            }
            HubMessage::Chat { line } => self.chat_line(line),
            HubMessage::HandDropped { .. } => {
                self.hand_dropped_at = Some(now.seconds);
                toasts.show(Toast::HandDropped, now.seconds);
            }
            HubMessage::Quality { people } => self.quality.told(people),
            HubMessage::Slots { slots } => self.slots = slots,
            HubMessage::Speakers { participants } => {
                for id in self.speakers.drain(..) {
                    self.heard.insert(id, now.seconds);
                }
                let loudest = participants.iter().copied().find(|id| *id != self.you);
                self.floor.heard(loudest, now.seconds);
                self.speakers = participants;
            }
            HubMessage::Denied { .. } => {
                if !self.chat_denied() {
                    toasts.show(Toast::Denied, now.seconds);
                }
            }
            HubMessage::Answer { .. }
            | HubMessage::OfferRefused { .. }
            | HubMessage::Layers { .. } => {}
        }
        None
    }

    fn joined(&mut self, snapshot: Snapshot, now: Now) {
        // A fresh connection may have a fresh role: start attendees of a webinar on the hosts.
        let first = self.phase != Phase::In;
        self.phase = Phase::In;
        self.you = snapshot.you;
        self.room = snapshot.room;
        self.set_state(snapshot.state, now);
        self.locked = snapshot.locked;
        self.waiting = snapshot.waiting;
        self.live_since_ms = snapshot.live_since_ms;
        self.participants = snapshot.participants;
        let before = self.chat.last().map(|line| line.id);
        self.chat = snapshot.chat;
        self.settle_unsent(before);
        self.slots.clear();
        self.speakers.clear();
        self.heard.clear();
        self.quality.forget();
        self.forget_gone();
        self.arrange();
        if first {
            self.scope = if self.may_publish() { ChatScope::Everyone } else { ChatScope::Hosts };
        }
        self.settle_scope();
        if self.watches() {
            self.microphone = false;
            self.camera = false;
        }
    }

    /// Ids begin anew: nothing that was meant for one person may go to another.
    pub(super) fn forget_ids(&mut self) {
        /// No participant has it.
        const NOBODY: ParticipantId = ParticipantId(0);
        let unsent = self.desk.unsent.iter_mut().map(|line| &mut line.scope);
        for scope in unsent.chain([&mut self.scope]) {
            if let ChatScope::Private { participant } = scope {
                *participant = NOBODY;
            }
        }
        self.pinned = None;
        self.view.share = None;
        self.view.volumes.clear();
        self.floor = Floor::default();
        self.roster.removing = None;
        self.hand_dropped_at = None;
    }

    /// When a hold began is not told: it is when we heard of it.
    fn set_state(&mut self, state: ConferenceState, now: Now) {
        self.state = state;
        let held = state == ConferenceState::OnHold;
        self.held_since_ms = held.then(|| self.held_since_ms.unwrap_or(now.unix_ms));
    }

    fn waiting(&mut self, reason: WaitReason, room_name: String, now: Now) {
        let since = match self.phase {
            // The same wait, told again after a reconnect.
            Phase::Waiting { reason: before, since } if before == reason => since,
            _ => now.seconds,
        };
        self.phase = Phase::Waiting { reason, since };
        self.room.name = room_name;
        // Who waits learns nothing of those inside.
        self.participants.clear();
        self.chat.clear();
        self.slots.clear();
        self.speakers.clear();
        self.heard.clear();
        self.panel = None;
        self.pinned = None;
        self.view.detached = None;
        self.tiles.reset();
        self.confirm_end = false;
        self.unread = 0;
        self.locked = false;
        self.waiting.clear();
        self.roster = Roster::default();
        self.code = false;
        self.desk.unread_from = None;
        self.desk.unsent.iter_mut().for_each(|line| line.failed = true);
    }

    fn changed(&mut self, participant: Participant, now: Now, toasts: &mut Toasts) {
        let before = self.participants.iter_mut().find(|p| p.id == participant.id);
        let had_hand = before.as_ref().is_some_and(|p| p.hand_raised_at_ms.is_some());
        let has_hand = participant.hand_raised_at_ms.is_some();
        let might = before.as_ref().map(|p| p.may_publish);
        let was = before.as_ref().map(|p| p.role);
        let (id, may, role) = (participant.id, participant.may_publish, participant.role);
        let name = participant.name.clone();
        match before {
            Some(before) => *before = participant,
            None => self.participants.push(participant),
        }
        self.arrange();
        let new_role = was.is_some_and(|was| was != role);
        if id != self.you {
            if new_role {
                toasts.show(Toast::Role { name, role }, now.seconds);
            }
            if has_hand && !had_hand && self.host() {
                toasts.show(Toast::Hands, now.seconds);
            }
            return;
        }
        if new_role {
            self.own_role(was == Some(Role::Host), role == Role::Host, now, toasts);
        }
        match (might, may) {
            (Some(false), true) => toasts.show(Toast::MayPublish, now.seconds),
            (Some(true), false) => {
                self.microphone = false;
                self.camera = false;
                toasts.show(Toast::MayNotPublish, now.seconds);
            }
            _ => {}
        }
        if had_hand && !has_hand && !self.lowering && !self.may_restore_hand(now) {
            toasts.show(Toast::HandLowered, now.seconds);
        }
        self.lowering &= has_hand;
    }

    /// We have another role: what only hosts know goes with it.
    fn own_role(&mut self, was_host: bool, host: bool, now: Now, toasts: &mut Toasts) {
        if was_host != host {
            toasts.show(Toast::Moderates(host), now.seconds);
        }
        if !host {
            self.waiting.clear();
            self.room.pin = None;
            self.roster.removing = None;
            toasts.dismiss(&Toast::Knock);
        }
        self.settle_scope();
    }

    /// Whoever knocks anew while the conference is live wants to be let in.
    fn waiting_list(&mut self, waiting: Vec<WaitingPerson>, now: Now, toasts: &mut Toasts) {
        let known = |person: &WaitingPerson| self.waiting.iter().any(|old| old.id == person.id);
        let knocks = self.state == ConferenceState::Live && !waiting.iter().all(known);
        self.waiting = waiting;
        self.forget_question();
        if self.waiting.is_empty() {
            toasts.dismiss(&Toast::Knock);
        } else if knocks {
            toasts.show(Toast::Knock, now.seconds);
        }
    }

    fn left(&mut self, id: ParticipantId) {
        self.participants.retain(|p| p.id != id);
        self.speakers.retain(|speaker| *speaker != id);
        self.heard.remove(&id);
        self.forget_gone();
        self.arrange();
    }

    /// Nothing may go on pointing at somebody who left.
    fn forget_gone(&mut self) {
        let here = |id: ParticipantId| self.participants.iter().any(|p| p.id == id);
        let gone = |id: Option<ParticipantId>| id.filter(|id| here(*id));
        let (pinned, share) = (gone(self.pinned), gone(self.view.share));
        let participants = &self.participants;
        let here = |id: ParticipantId| participants.iter().any(|p| p.id == id);
        self.floor.retain(here);
        self.view.volumes.retain(|id, _| here(*id));
        self.pinned = pinned;
        self.view.share = share;
        self.forget_question();
    }

    /// Nobody is asked about somebody who went.
    fn forget_question(&mut self) {
        let here = |id: ParticipantId| {
            self.participant(id).is_some() || self.waiting.iter().any(|person| person.id == id)
        };
        if self.roster.removing.as_ref().is_some_and(|(id, _)| !here(*id)) {
            self.roster.removing = None;
        }
    }
}
