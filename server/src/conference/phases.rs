//! `Waiting → Live ⇄ OnHold → Ended`: what takes a run from one to the next, and what time does.

use super::{Conference, Effect, Entrant, Link, Now};
use protocol::{ConferenceState, EndReason, HubMessage, ParticipantId};
use std::time::{Duration, Instant};

/// How long a hold that nobody waits in is remembered.
pub const EMPTY_HOLD_LIMIT: Duration = Duration::from_secs(30 * 60);

/// How long a hold may last at all.
pub const HOLD_LIMIT: Duration = Duration::from_secs(4 * 60 * 60);

/// How long a spontaneous conference waits for the first other participant.
pub const ALONE_LIMIT: Duration = Duration::from_secs(30 * 60);

/// Since when something lasts that must not last for ever.
#[derive(Default)]
pub(super) struct Timers {
    /// On hold, and everybody has gone.
    empty: Option<Instant>,
    held: Option<Instant>,
    alone: Alone,
}

/// Whether a spontaneous conference still waits for company.
#[derive(Default, PartialEq, Eq)]
enum Alone {
    #[default]
    NobodyCame,
    Since {
        at: Instant,
        user: Option<i64>,
    },
    /// For good: the limit does not come back when the others leave.
    InCompany,
}

impl Timers {
    /// Somebody comes, inside or in front of the door; the same user on a second device is nobody
    /// else.
    pub(super) fn somebody_came(&mut self, now: Now, ad_hoc: bool, entrant: &Entrant) {
        self.empty = None;
        self.alone = match self.alone {
            Alone::NobodyCame if ad_hoc => Alone::Since { at: now.instant, user: entrant.user },
            Alone::Since { at, user } if user.is_some() && user == entrant.user => {
                Alone::Since { at, user }
            }
            _ => Alone::InCompany,
        };
    }
}

impl Conference {
    /// Time passes: whoever did not come back in time has left, and what lasted too long ends.
    pub fn tick(&mut self, now: Now) {
        let gone = self.ids(|m| matches!(m.link, Link::Down { until } if until <= now.instant));
        for id in gone {
            self.remove(now, id);
        }
        self.drop_spoken_hand(now);
        self.tell_quality(now);
        let over =
            |since: Option<Instant>, limit| since.is_some_and(|at| now.instant - at >= limit);
        let alone = match self.timers.alone {
            Alone::Since { at, .. } => Some(at),
            Alone::NobodyCame | Alone::InCompany => None,
        };
        if over(alone, ALONE_LIMIT) {
            self.end_for_all(EndReason::NobodyCame);
        } else if over(self.timers.held, HOLD_LIMIT) || over(self.timers.empty, EMPTY_HOLD_LIMIT) {
            self.end_for_all(EndReason::HeldTooLong);
        }
        self.tell_waiting();
    }

    /// The hub stops: everybody is told to come back later.
    pub fn stop(&mut self) {
        self.end_for_all(EndReason::HubStops);
    }

    /// Over for everybody, by a decision outside the conference.
    pub fn end(&mut self) {
        self.end_for_all(EndReason::EndedByHost);
    }

    /// A run that was opened for somebody who was then refused leaves no trace.
    pub fn abandon_unused(&mut self) {
        if self.state == ConferenceState::Waiting && self.members.is_empty() {
            self.state = ConferenceState::Ended;
            self.effects.push(Effect::CloseMedia);
        }
    }

    /// A host is there: everybody who need not knock comes in, and all inside get one snapshot that
    /// names everybody. Whoever was inside before the hold comes back even into a locked conference.
    pub(super) fn go_live(&mut self, now: Now) {
        self.set_state(ConferenceState::Live);
        self.live_since_ms.get_or_insert(now.unix_ms);
        self.timers.held = None;
        let knocking = self.knocking();
        let enters = self.ids(|m| !m.inside && (m.is_host() || m.admitted || !knocking));
        for id in enters {
            self.admit_member(id);
        }
        self.welcome_all_inside();
        for id in self.ids(|member| !member.inside) {
            self.welcome(id);
        }
    }

    /// A host wants it, or the last one is gone: everybody but hosts waits, with neither names nor
    /// media.
    pub(super) fn hold(&mut self, now: Now) {
        self.set_state(ConferenceState::OnHold);
        self.timers.held = Some(now.instant);
        for id in self.ids(|member| member.inside && !member.is_host()) {
            self.send_out(now, id);
        }
        self.welcome_all_inside();
        for id in self.ids(|member| !member.inside) {
            self.welcome(id);
        }
    }

    /// Somebody inside waits from now on; nobody is told yet.
    pub(super) fn send_out(&mut self, now: Now, id: ParticipantId) {
        let Some(member) = self.members.get_mut(&id) else { return };
        member.inside = false;
        member.waiting_since_ms = now.unix_ms;
        let public = &mut member.public;
        (public.microphone, public.camera, public.screen) = (false, false, false);
        let person = member.person();
        self.effects.push(Effect::RemoveMedia { participant: id });
        self.effects.push(Effect::Left { person });
        self.waiting_changed = true;
    }

    /// Somebody is gone; with the last host the conference goes on hold.
    pub(super) fn remove(&mut self, now: Now, id: ParticipantId) {
        let Some(member) = self.members.remove(&id) else { return };
        if let Link::Up(connection) = member.link {
            self.by_connection.remove(&connection);
        }
        if member.inside {
            self.effects.push(Effect::RemoveMedia { participant: id });
            self.effects.push(Effect::Left { person: member.person() });
            if self.state == ConferenceState::Live && self.hosts() == 0 {
                self.hold(now);
            } else {
                let left = HubMessage::ParticipantLeft { participant: id };
                self.send(self.connections_inside(), left);
            }
        } else {
            self.waiting_changed = true;
        }
        if self.members.is_empty() {
            match self.state {
                ConferenceState::OnHold => self.timers.empty = Some(now.instant),
                _ => self.finish(true),
            }
        }
    }

    /// Everybody is told why, those who wait too, and the run is over.
    pub(super) fn end_for_all(&mut self, reason: EndReason) {
        if self.state == ConferenceState::Ended {
            return;
        }
        for connection in self.connections(|_| true) {
            self.dismiss(connection, reason);
        }
        self.finish(reason != EndReason::HubStops);
    }

    /// `for_good`: nobody is meant to come back to it. A spontaneous room that never went live is
    /// kept: whoever made it may still be on the way.
    fn finish(&mut self, for_good: bool) {
        let members = std::mem::take(&mut self.members);
        for member in members.values().filter(|member| member.inside) {
            self.effects.push(Effect::Left { person: member.person() });
        }
        self.waiting_changed |= members.values().any(|member| !member.inside);
        self.by_connection.clear();
        self.timers = Timers::default();
        self.tell_waiting();
        self.set_state(ConferenceState::Ended);
        self.effects.push(Effect::CloseMedia);
        if self.ad_hoc && for_good && self.live_since_ms.is_some() {
            self.effects.push(Effect::DeleteRoom);
        }
    }

    fn set_state(&mut self, state: ConferenceState) {
        self.state = state;
        self.effects.push(Effect::State { state });
    }
}
