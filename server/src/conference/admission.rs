//! Coming and going: who gets in, who waits, who comes back, and when a run goes live, on hold and
//! to its end.

use super::people::may_publish;
use super::{Conference, ConnectionId, Effect, Entrant, Link, Member, Now};
use crate::room::clean_line;
use protocol::{
    ConferenceState, EndReason, HubMessage, MAX_NAME_CHARS, Participant, ParticipantId, Refusal,
    Role, RoomKind, Snapshot, WaitReason,
};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How long somebody with a broken connection stays in before the others hear that they left.
pub const GRACE: Duration = Duration::from_secs(30);

/// How long a hold that nobody waits in is remembered.
pub const EMPTY_HOLD_LIMIT: Duration = Duration::from_secs(30 * 60);

/// The most people in a group call: the organizer and 24 others.
pub const GROUP_CALL_CAPACITY: usize = 25;

/// The most people in a webinar.
pub const WEBINAR_CAPACITY: usize = 1000;

/// Lets somebody come back as the same participant. Its text form is `run.participant.secret`.
#[derive(Clone)]
pub struct ResumeToken {
    /// The run of the room.
    pub run: u64,
    /// Who.
    pub participant: ParticipantId,
    secret: String,
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
    /// Somebody new comes: a host starts the conference or ends its hold, others are let in while
    /// a host is there and wait otherwise.
    pub fn join(
        &mut self,
        now: Now,
        connection: ConnectionId,
        entrant: Entrant,
    ) -> Result<ParticipantId, Refusal> {
        if self.state == ConferenceState::Ended {
            return Err(Refusal::Ended);
        }
        let name = clean_line(&entrant.name, MAX_NAME_CHARS).ok_or(Refusal::Name)?;
        if entrant.role != Role::Host && self.members.len() >= self.capacity() {
            return Err(Refusal::Full);
        }
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
        let inside = self.state == ConferenceState::Live;
        let link = Link::Up(connection);
        self.members.insert(id, Member { public, inside, link, secret: entrant.secret });
        self.by_connection.insert(connection, id);
        self.empty_since = None;
        if inside {
            let participant = self.members[&id].public.clone();
            let others = self.connections(|member| member.inside && member.public.id != id);
            self.send(others, HubMessage::ParticipantJoined { participant });
            self.welcome(id);
        } else if entrant.role == Role::Host {
            self.go_live(now);
        } else {
            self.welcome(id);
        }
        Ok(id)
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
        let known = self.members.get_mut(&id).filter(|member| {
            bool::from(member.secret.as_bytes().ct_eq(token.secret.as_bytes()))
                && token.run == self.run
        });
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

    /// Time passes: whoever did not come back in time has left.
    pub fn tick(&mut self, now: Now) {
        let gone: Vec<ParticipantId> = self
            .members
            .values()
            .filter(|m| matches!(m.link, Link::Down { until } if until <= now.instant))
            .map(|member| member.public.id)
            .collect();
        for id in gone {
            self.remove(now, id);
        }
        if self.empty_since.is_some_and(|since| now.instant - since >= EMPTY_HOLD_LIMIT) {
            self.finish();
        }
    }

    /// The hub stops: everybody is told to come back later.
    pub fn stop(&mut self) {
        self.end_for_all(EndReason::HubStops);
    }

    /// The first host is there: everybody who waits comes in, and all of them, the host included,
    /// get one snapshot that names everybody.
    fn go_live(&mut self, now: Now) {
        self.state = ConferenceState::Live;
        self.live_since_ms.get_or_insert(now.unix_ms);
        for member in self.members.values_mut() {
            member.inside = true;
        }
        let ids: Vec<ParticipantId> = self.members.keys().copied().collect();
        for id in ids {
            self.welcome(id);
        }
    }

    /// The last host is gone: everybody else waits, with neither names nor media.
    fn hold(&mut self) {
        self.state = ConferenceState::OnHold;
        let ids: Vec<ParticipantId> = self.members.keys().copied().collect();
        for id in ids {
            if let Some(member) = self.members.get_mut(&id) {
                member.inside = false;
                let public = &mut member.public;
                (public.microphone, public.camera, public.screen) = (false, false, false);
            }
            self.effects.push(Effect::RemoveMedia { participant: id });
            self.welcome(id);
        }
    }

    /// Somebody is gone; with the last host the conference goes on hold.
    pub(super) fn remove(&mut self, now: Now, id: ParticipantId) {
        let Some(member) = self.members.remove(&id) else { return };
        if let Link::Up(connection) = member.link {
            self.by_connection.remove(&connection);
        }
        if member.inside {
            self.effects.push(Effect::RemoveMedia { participant: id });
            if self.hosts() == 0 {
                self.hold();
            } else {
                let left = HubMessage::ParticipantLeft { participant: id };
                self.send(self.connections_inside(), left);
            }
        }
        if self.members.is_empty() {
            match self.state {
                ConferenceState::OnHold => self.empty_since = Some(now.instant),
                _ => self.finish(),
            }
        }
    }

    /// Everybody is told why, those who wait too, and the run is over.
    pub(super) fn end_for_all(&mut self, reason: EndReason) {
        for connection in self.connections(|_| true) {
            self.dismiss(connection, reason);
        }
        self.finish();
    }

    fn finish(&mut self) {
        self.members.clear();
        self.by_connection.clear();
        self.empty_since = None;
        self.state = ConferenceState::Ended;
        self.effects.push(Effect::CloseMedia);
    }

    /// Tells a participant where they are: inside with a snapshot, or waiting.
    fn welcome(&mut self, id: ParticipantId) {
        let Some(member) = self.members.get(&id) else { return };
        let Link::Up(connection) = member.link else { return };
        let resume_token =
            ResumeToken { run: self.run, participant: id, secret: member.secret.clone() };
        let resume_token = resume_token.to_string();
        let message = if member.inside {
            HubMessage::Joined { resume_token, snapshot: self.snapshot(&member.public) }
        } else {
            let reason = match self.state {
                ConferenceState::OnHold => WaitReason::OnHold,
                _ => WaitReason::NoHost,
            };
            HubMessage::Waiting { reason, room_name: self.room.name.clone(), resume_token }
        };
        self.send(vec![connection], message);
    }

    fn snapshot(&self, receiver: &Participant) -> Snapshot {
        let mut room = self.room.clone();
        if receiver.role != Role::Host {
            (room.pin, room.link_path) = (None, None);
        }
        Snapshot {
            you: receiver.id,
            room,
            state: self.state,
            live_since_ms: self.live_since_ms,
            participants: self
                .members
                .values()
                .filter(|member| member.inside)
                .map(|member| member.public.clone())
                .collect(),
            chat: self.chat_for(receiver),
        }
    }

    /// Says a last word to a connection and closes it.
    pub(super) fn dismiss(&mut self, connection: ConnectionId, reason: EndReason) {
        self.by_connection.remove(&connection);
        self.send(vec![connection], HubMessage::Ended { reason });
        self.effects.push(Effect::Close { connection });
    }

    fn capacity(&self) -> usize {
        match self.room.kind {
            RoomKind::GroupCall => GROUP_CALL_CAPACITY,
            RoomKind::Webinar => WEBINAR_CAPACITY,
        }
    }
}
