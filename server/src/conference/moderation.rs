//! What hosts do: admit, remove, mute, lock, hold, change roles and policies, end.

use super::people::may_publish;
use super::{Conference, Effect, Link, Member, Now};
use protocol::{
    ClientMessage, ConferenceState, EndReason, HubMessage, Participant, ParticipantId, Role,
    RoomPolicy,
};
use std::collections::HashSet;

/// Somebody whose token opens nothing any more.
pub(super) struct Removed {
    pub(super) secret: String,
    user: Option<i64>,
}

impl Conference {
    /// A wish that only hosts may have.
    pub(super) fn moderate(
        &mut self,
        now: Now,
        by: ParticipantId,
        wish: ClientMessage,
    ) -> Result<(), &'static str> {
        if !self.inside_mut(by)?.is_host() {
            return Err("only hosts may do that");
        }
        match wish {
            ClientMessage::LowerHand { participant } => {
                self.inside_mut(participant)?;
                self.lower_hands(&[participant]);
                Ok(())
            }
            ClientMessage::LowerAllHands => {
                self.lower_hands(&self.ids(|member| member.inside));
                Ok(())
            }
            ClientMessage::SetRole { participant, role } => self.set_role(now, participant, role),
            ClientMessage::Admit { participant } => self.admit(&[participant]),
            ClientMessage::AdmitAll => self.admit(&self.ids(|member| !member.inside)),
            ClientMessage::Remove { participant } => self.remove_person(now, by, participant),
            ClientMessage::Mute { participant } => {
                self.inside_mut(participant)?;
                self.mute(by, &[participant]);
                Ok(())
            }
            ClientMessage::MuteAll => {
                self.mute(by, &self.ids(|member| member.inside && !member.is_host()));
                Ok(())
            }
            ClientMessage::SetPolicy { policy } => {
                self.set_policy(by, policy);
                Ok(())
            }
            ClientMessage::Lock { locked } => {
                self.lock(locked);
                Ok(())
            }
            ClientMessage::Hold { held } => {
                match (held, self.state) {
                    (true, ConferenceState::Live) => self.hold(now),
                    (false, ConferenceState::OnHold) => self.go_live(now),
                    _ => {}
                }
                Ok(())
            }
            ClientMessage::End => {
                self.end_for_all(EndReason::EndedByHost);
                Ok(())
            }
            _ => Err("not a wish of somebody inside"),
        }
    }

    /// The room's policies from now on. Without a waiting room whoever knocks comes in; whoever is a
    /// guest in a room that takes no more guests stays.
    pub fn apply_policy(&mut self, policy: RoomPolicy) {
        if self.room.policy != policy {
            self.room.policy = policy;
            self.send(self.connections_inside(), HubMessage::Policy { policy });
            self.open_door();
            self.tell_waiting();
        }
    }

    /// What a guest or a stranger decides as host counts for this conference; the room itself belongs
    /// to others.
    fn set_policy(&mut self, by: ParticipantId, policy: RoomPolicy) {
        let user = self.members.get(&by).and_then(|member| member.user);
        if let Some(by) = user
            && self.room.policy != policy
        {
            self.effects.push(Effect::KeepPolicy { by, policy });
        }
        self.apply_policy(policy);
    }

    /// A user loses the right to be here: all their devices go, and none comes back into this run.
    pub fn remove_user(&mut self, now: Now, user: i64) {
        self.removed_users.insert(user);
        for id in self.ids(|member| member.user == Some(user)) {
            self.expel(now, id);
        }
        self.tell_waiting();
    }

    /// A user has the right to be here again: they come in like anybody else.
    pub fn readmit_user(&mut self, user: i64) {
        self.removed_users.remove(&user);
        self.removed.retain(|_, removed| removed.user != Some(user));
    }

    /// The sessions that people came with, of one user or of all.
    pub fn sessions(&self, user: Option<i64>) -> impl Iterator<Item = [u8; 32]> {
        let of = move |member: &&Member| user.is_none() || member.user == user;
        self.members.values().filter(of).filter_map(|member| member.session)
    }

    /// These sessions are over: whoever came with one of them goes, and so does whoever of this user
    /// stayed after [`Conference::release`]. Their link breaks without a last word, for the door tells
    /// them why when they come back; with another session they get in.
    pub fn sign_out(&mut self, now: Now, over: &HashSet<[u8; 32]>, user: Option<i64>) {
        let goes = |member: &Member| match member.session {
            Some(session) => over.contains(&session),
            None => user.is_some() && member.user == user,
        };
        for id in self.ids(goes) {
            if let Some(Member { link: Link::Up(connection), .. }) = self.members.get(&id) {
                self.effects.push(Effect::Close { connection: *connection });
            }
            self.remove(now, id);
        }
        self.tell_waiting();
    }

    /// Its user ends this session themselves: whoever came with it stays.
    pub fn release(&mut self, session: [u8; 32]) {
        for member in self.members.values_mut().filter(|member| member.session == Some(session)) {
            member.session = None;
        }
    }

    /// The room makes a user its host, or no longer does. They become what they would be if they came
    /// now, and as a host they no longer wait; presenters stay presenters, and so does the last host
    /// who would be gone.
    pub fn set_user_role(&mut self, now: Now, user: i64, role: Role) {
        let changes = |member: &Member| {
            let has = member.public.role;
            member.user == Some(user) && has != role && (role == Role::Host || has == Role::Host)
        };
        for id in self.ids(|member| member.inside && changes(member)) {
            // Refused for the last host only.
            let _ = self.set_role(now, id, role);
        }
        // Whoever waits is no host yet.
        let waiting = self.ids(|member| !member.inside && changes(member));
        for id in &waiting {
            if let Some(member) = self.members.get_mut(id) {
                member.public.role = role;
                member.public.may_publish = may_publish(self.room.kind, role);
            }
        }
        if !waiting.is_empty() {
            self.let_hosts_in(now, &waiting);
        }
        self.tell_waiting();
    }

    fn admit(&mut self, ids: &[ParticipantId]) -> Result<(), &'static str> {
        let waits = |id: &ParticipantId| self.members.get(id).is_some_and(|m| !m.inside);
        if !ids.iter().all(waits) {
            return Err("nobody of that id waits");
        }
        if self.locked {
            return Err("the conference is locked: open it first");
        }
        if self.state != ConferenceState::Live {
            return Err("the conference is on hold: resume it first");
        }
        self.let_in(ids);
        Ok(())
    }

    fn remove_person(
        &mut self,
        now: Now,
        by: ParticipantId,
        target: ParticipantId,
    ) -> Result<(), &'static str> {
        if by == target {
            return Err("leave instead of removing yourself");
        }
        let user_of = |id| self.members.get(&id).map(|member| member.user);
        let user = user_of(target).ok_or("no such participant")?;
        // Another device of one's own goes alone.
        match user.filter(|_| user_of(by) != Some(user)) {
            Some(user) => self.remove_user(now, user),
            None => self.expel(now, target),
        }
        Ok(())
    }

    /// Over for one participant, whose token opens nothing any more.
    fn expel(&mut self, now: Now, id: ParticipantId) {
        let Some(Member { link, secret, user, .. }) = self.members.get(&id) else { return };
        let link = *link;
        self.removed.insert(id, Removed { secret: secret.clone(), user: *user });
        if let Link::Up(connection) = link {
            self.dismiss(connection, EndReason::Removed);
        }
        self.remove(now, id);
    }

    /// Switches microphones off; each can be opened again by its owner.
    fn mute(&mut self, by: ParticipantId, ids: &[ParticipantId]) {
        let by = self.participant_inside(by).map(|host| host.name.clone()).unwrap_or_default();
        let mut before = Vec::new();
        for id in ids {
            let Some(member) = self.members.get_mut(id).filter(|m| m.public.microphone) else {
                continue;
            };
            before.push(member.public.clone());
            member.public.microphone = false;
            let link = member.link;
            self.publish(*id);
            if let Link::Up(connection) = link {
                self.send(vec![connection], HubMessage::Muted { by: by.clone() });
            }
        }
        self.announce_changes(&before);
    }

    fn lock(&mut self, locked: bool) {
        if self.locked != locked {
            self.locked = locked;
            self.send(self.connections_inside(), HubMessage::Locked { locked });
            self.open_door();
        }
    }

    /// Whoever knocks comes in, when they need not knock any more.
    fn open_door(&mut self) {
        if self.state == ConferenceState::Live && !self.knocking() {
            let knocking = self.ids(|member| !member.inside);
            self.let_in(&knocking);
        }
    }

    /// Changes what somebody may do. A new host gets the whole picture anew, with what only hosts see;
    /// so does whoever stops being one, without it, and during a hold they wait with the others.
    fn set_role(
        &mut self,
        now: Now,
        target: ParticipantId,
        role: Role,
    ) -> Result<(), &'static str> {
        let hosts = self.hosts();
        let kind = self.room.kind;
        let member = self.inside_mut(target)?;
        let before: Participant = member.public.clone();
        if before.role == Role::Host && role != Role::Host && hosts == 1 {
            return Err("the last host stays host: make somebody else host first, or leave");
        }
        let public = &mut member.public;
        public.role = role;
        public.may_publish = may_publish(kind, role);
        if !public.may_publish && before.may_publish {
            (public.microphone, public.camera, public.screen) = (false, false, false);
            self.publish(target);
        }
        self.announce_change(&before);
        if role != Role::Host && self.state == ConferenceState::OnHold {
            self.send_out(now, target);
            let left = HubMessage::ParticipantLeft { participant: target };
            self.send(self.connections_inside(), left);
        }
        if (role == Role::Host) != (before.role == Role::Host) {
            self.welcome(target);
        }
        Ok(())
    }
}
