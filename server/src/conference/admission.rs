//! The door: who gets in, who waits in front of it, who is refused, who comes back.

use super::people::may_publish;
use super::{Conference, ConnectionId, Effect, Entrant, Link, Member, Now};
use crate::room::clean_line;
use protocol::{
    ConferenceState, EndReason, HubMessage, MAX_NAME_CHARS, Participant, ParticipantId,
    ParticipantKind, Refusal, Role, RoomKind,
};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How long somebody with a broken connection stays in before the others hear that they left.
pub const GRACE: Duration = Duration::from_secs(30);

/// The most people in a group call: the organizer and 24 others.
pub const GROUP_CALL_CAPACITY: usize = 25;

/// The most people in a webinar.
pub const WEBINAR_CAPACITY: usize = 1000;

/// Up to so many changes at once are told one by one, half of what a connection's queue holds; more
/// of them as one new snapshot.
const TOLD_ONE_BY_ONE: usize = 128;

/// Lets somebody come back as the same participant. Its text form is `run.participant.secret`.
#[derive(Clone)]
pub struct ResumeToken {
    /// The run of the room.
    pub run: u64,
    /// Who.
    pub participant: ParticipantId,
    pub(super) secret: String,
}

impl ResumeToken {
    /// Reads the text form; `None` when it is none.
    pub fn parse(text: &str) -> Option<ResumeToken> {
        let mut parts = text.splitn(3, '.');
        let run = parts.next()?.parse().ok()?;
        let participant = ParticipantId(parts.next()?.parse().ok()?);
        Some(ResumeToken { run, participant, secret: parts.next()?.to_owned() })
    }
}

impl std::fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.run, self.participant.0, self.secret)
    }
}

impl Conference {
    /// Somebody new comes. A host starts the conference or ends a hold that no host is in; others
    /// get in while it is live and neither locked nor behind a waiting room, and wait otherwise.
    pub fn join(
        &mut self,
        now: Now,
        connection: ConnectionId,
        entrant: Entrant,
    ) -> Result<ParticipantId, Refusal> {
        self.may_join(&entrant)?;
        let name = clean_line(&entrant.name, MAX_NAME_CHARS).ok_or(Refusal::Name)?;
        let host = entrant.role == Role::Host;
        self.timers.somebody_came(now, self.ad_hoc, &entrant);
        let id = self.seat(now, connection, name, entrant);
        match self.state {
            _ if host => self.let_hosts_in(now, &[id]),
            ConferenceState::Live if !self.knocking() => self.let_in(&[id]),
            _ => {
                self.waiting_changed = true;
                self.welcome(id);
            }
        }
        self.tell_waiting();
        Ok(id)
    }

    /// Whether somebody may come at all, whatever they find then. In this order: removed, not for
    /// guests, locked, full.
    ///
    /// Somebody removed is recognised by their account. A guest has none: whoever comes anew under
    /// another name is a new guest to the hub, and only a lock or a waiting room keeps them out.
    fn may_join(&self, entrant: &Entrant) -> Result<(), Refusal> {
        let host = entrant.role == Role::Host;
        let guest = entrant.kind == ParticipantKind::Guest;
        if self.state == ConferenceState::Ended {
            Err(Refusal::Ended)
        } else if entrant.user.is_some_and(|user| self.removed_users.contains(&user)) {
            Err(Refusal::Removed)
        } else if guest && !self.room.policy.guests {
            Err(Refusal::NoGuests)
        } else if self.locked && !host {
            Err(Refusal::Locked)
        } else if self.members.len() >= self.places_for(host) {
            Err(Refusal::Full)
        } else {
            Ok(())
        }
    }

    /// Somebody comes back with their token, as the same participant in the same place. A
    /// connection that they still had is replaced.
    pub fn resume(
        &mut self,
        connection: ConnectionId,
        token: &ResumeToken,
    ) -> Result<ParticipantId, Refusal> {
        if self.state == ConferenceState::Ended {
            return Err(Refusal::Ended);
        }
        let id = token.participant;
        let fits = |secret: &str| {
            token.run == self.run && bool::from(secret.as_bytes().ct_eq(token.secret.as_bytes()))
        };
        if self.removed.get(&id).is_some_and(|removed| fits(&removed.secret)) {
            return Err(Refusal::Removed);
        }
        let known = self.members.get_mut(&id).filter(|member| fits(&member.secret));
        let member = known.ok_or(Refusal::Resume)?;
        let before = std::mem::replace(&mut member.link, Link::Up(connection));
        self.by_connection.insert(connection, id);
        if let Link::Up(old) = before {
            self.dismiss(old, EndReason::Replaced);
        }
        self.welcome(id);
        Ok(id)
    }

    /// A connection broke. Its participant has [`GRACE`] to come back.
    pub fn disconnected(&mut self, now: Now, connection: ConnectionId) {
        let Some(id) = self.by_connection.remove(&connection) else { return };
        if let Some(member) = self.members.get_mut(&id)
            && member.link == Link::Up(connection)
        {
            member.link = Link::Down { until: now.instant + GRACE };
        }
    }

    /// Whether newcomers stay in front of the door although the conference is live.
    pub(super) fn knocking(&self) -> bool {
        self.locked || self.room.policy.waiting_room
    }

    /// These hosts come in from in front of the door; the first host starts the conference, or ends
    /// a hold that no host is in.
    pub(super) fn let_hosts_in(&mut self, now: Now, ids: &[ParticipantId]) {
        match self.state {
            ConferenceState::Live => self.let_in(ids),
            ConferenceState::OnHold if self.hosts() > 0 => self.let_in(ids),
            ConferenceState::Waiting | ConferenceState::OnHold => self.go_live(now),
            ConferenceState::Ended => {}
        }
    }

    /// Those who wait come in, and everybody learns who is there.
    pub(super) fn let_in(&mut self, ids: &[ParticipantId]) {
        let insiders = self.connections_inside();
        for id in ids {
            self.admit_member(*id);
        }
        if ids.len() > TOLD_ONE_BY_ONE {
            return self.welcome_all_inside();
        }
        for id in ids {
            let Some(member) = self.members.get(id) else { continue };
            let participant = member.public.clone();
            self.send(insiders.clone(), HubMessage::ParticipantJoined { participant });
        }
        for id in ids {
            self.welcome(*id);
        }
    }

    /// Somebody is inside from now on; nobody is told yet.
    pub(super) fn admit_member(&mut self, id: ParticipantId) {
        let join_muted = self.room.policy.join_muted;
        let Some(member) = self.members.get_mut(&id) else { return };
        let first = !member.admitted;
        member.mute_on_entry |=
            first && join_muted && member.public.may_publish && !member.is_host();
        (member.inside, member.admitted) = (true, true);
        let person = member.person();
        self.effects.push(Effect::Entered { person });
        self.waiting_changed = true;
    }

    /// Tells everybody inside what changed about these people, who looked like this before.
    pub(super) fn announce_changes(&mut self, before: &[Participant]) {
        if before.len() > TOLD_ONE_BY_ONE {
            return self.welcome_all_inside();
        }
        for participant in before {
            self.announce_change(participant);
        }
    }

    /// A place for somebody who passed [`Conference::may_join`], in front of the door.
    fn seat(
        &mut self,
        now: Now,
        connection: ConnectionId,
        name: String,
        entrant: Entrant,
    ) -> ParticipantId {
        let id = ParticipantId(self.next_participant);
        self.next_participant += 1;
        let public = Participant {
            id,
            name,
            role: entrant.role,
            kind: entrant.kind,
            may_publish: may_publish(self.room.kind, entrant.role),
            microphone: false,
            camera: false,
            screen: false,
            hand_raised_at_ms: None,
        };
        let member = Member {
            public,
            user: entrant.user,
            session: entrant.session,
            inside: false,
            admitted: false,
            mute_on_entry: false,
            waiting_since_ms: now.unix_ms,
            link: Link::Up(connection),
            secret: entrant.secret,
            dropped_hand: None,
            quality_told: Vec::new(),
        };
        self.members.insert(id, member);
        self.by_connection.insert(connection, id);
        id
    }

    /// How many places there are. The last one is kept for a host while none has come, so that a
    /// full room can still be opened.
    fn places_for(&self, host: bool) -> usize {
        let all = match self.room.kind {
            RoomKind::GroupCall => GROUP_CALL_CAPACITY,
            RoomKind::Webinar => WEBINAR_CAPACITY,
        };
        let keep_one = !host && !self.members.values().any(Member::is_host);
        all - usize::from(keep_one)
    }
}
