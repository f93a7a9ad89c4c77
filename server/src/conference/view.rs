//! What is shown to whom: snapshots, the waiting list, and the last word.

use super::{Conference, ConnectionId, Effect, Link, Member, ResumeToken};
use crate::happenings::Person;
use protocol::{
    ConferenceState, EndReason, HubMessage, Participant, ParticipantId, Role, Snapshot, WaitReason,
    WaitingPerson,
};

impl Conference {
    /// The connections of everybody inside.
    pub fn connections_inside(&self) -> Vec<ConnectionId> {
        self.connections(|member| member.inside)
    }

    /// The connection of somebody inside; `None` for those who wait or whose link is broken.
    pub fn connection_inside(&self, participant: ParticipantId) -> Option<ConnectionId> {
        match self.members.get(&participant) {
            Some(Member { inside: true, link: Link::Up(connection), .. }) => Some(*connection),
            _ => None,
        }
    }

    /// Somebody's public record while they are inside.
    pub fn participant_inside(&self, participant: ParticipantId) -> Option<&Participant> {
        self.members.get(&participant).filter(|member| member.inside).map(|member| &member.public)
    }

    /// The public records of everybody inside, by id.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.members.values().filter(|member| member.inside).map(|member| &member.public)
    }

    /// Everybody inside, for records.
    pub fn persons(&self) -> Vec<Person> {
        self.members.values().filter(|member| member.inside).map(Member::person).collect()
    }

    /// Who waits, first come first.
    pub fn waiting(&self) -> Vec<WaitingPerson> {
        let mut waiting: Vec<WaitingPerson> = self
            .members
            .values()
            .filter(|member| !member.inside)
            .map(|member| WaitingPerson {
                id: member.public.id,
                name: member.public.name.clone(),
                kind: member.public.kind,
                since_ms: member.waiting_since_ms,
            })
            .collect();
        waiting.sort_by_key(|person| (person.since_ms, person.id));
        waiting
    }

    /// Tells a participant where they are: inside with a snapshot, or waiting.
    pub(super) fn welcome(&mut self, id: ParticipantId) {
        let Some(member) = self.members.get(&id) else { return };
        let Link::Up(connection) = member.link else { return };
        let resume_token =
            ResumeToken { run: self.run, participant: id, secret: member.secret.clone() };
        let resume_token = resume_token.to_string();
        let inside = member.inside;
        let message = if inside {
            HubMessage::Joined { resume_token, snapshot: self.snapshot(&member.public) }
        } else {
            let reason = match self.state {
                ConferenceState::Live => WaitReason::Knock,
                ConferenceState::OnHold => WaitReason::OnHold,
                ConferenceState::Waiting | ConferenceState::Ended => WaitReason::NoHost,
            };
            HubMessage::Waiting { reason, room_name: self.room.name.clone(), resume_token }
        };
        self.send(vec![connection], message);
        if inside {
            self.tell_quality_again(id, connection);
        }
    }

    /// Gives everybody inside the whole picture anew, as after a reconnect.
    pub(super) fn welcome_all_inside(&mut self) {
        // The snapshots say who waits.
        self.note_waiting();
        for id in self.ids(|member| member.inside) {
            self.welcome(id);
        }
    }

    /// When who waits has changed, the hosts get the new list and the records the new count.
    pub(super) fn tell_waiting(&mut self) {
        if let Some(waiting) = self.note_waiting() {
            let hosts = self.connections(|member| member.inside && member.is_host());
            self.send(hosts, HubMessage::WaitingList { waiting });
        }
    }

    /// The list, when it is another than the one last told; counts as told from now on.
    fn note_waiting(&mut self) -> Option<Vec<WaitingPerson>> {
        if !std::mem::take(&mut self.waiting_changed) {
            return None;
        }
        let waiting = self.waiting();
        let ids: Vec<ParticipantId> = waiting.iter().map(|person| person.id).collect();
        if ids == self.waiting_told {
            return None;
        }
        self.waiting_told = ids;
        self.effects.push(Effect::Waiting { count: waiting.len() });
        Some(waiting)
    }

    /// Says a last word to a connection and closes it.
    pub(super) fn dismiss(&mut self, connection: ConnectionId, reason: EndReason) {
        self.by_connection.remove(&connection);
        self.send(vec![connection], HubMessage::Ended { reason });
        self.effects.push(Effect::Close { connection });
    }

    fn snapshot(&self, receiver: &Participant) -> Snapshot {
        let host = receiver.role == Role::Host;
        let mut room = self.room.clone();
        if !host {
            (room.pin, room.link_path) = (None, None);
        }
        Snapshot {
            you: receiver.id,
            room,
            state: self.state,
            live_since_ms: self.live_since_ms,
            participants: self.participants().cloned().collect(),
            chat: self.chat_for(receiver),
            locked: self.locked,
            waiting: if host { self.waiting() } else { Vec::new() },
        }
    }
}
