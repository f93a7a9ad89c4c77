//! What people inside do and may do: media, hands, roles, and the end for all.

use super::{Conference, Effect, Now};
use protocol::{EndReason, HubMessage, Participant, ParticipantId, Role, RoomKind};

impl Conference {
    /// What somebody sends from now on.
    pub(super) fn set_media(
        &mut self,
        id: ParticipantId,
        microphone: bool,
        camera: bool,
        screen: bool,
    ) -> Result<(), &'static str> {
        let member = self.inside_mut(id)?;
        if !member.public.may_publish && (microphone || camera || screen) {
            return Err("attendees of a webinar send nothing until a host makes them presenters");
        }
        let before = member.public.clone();
        let public = &mut member.public;
        (public.microphone, public.camera, public.screen) = (microphone, camera, screen);
        self.effects.push(Effect::Publish { participant: id, microphone, camera, screen });
        self.announce_change(&before);
        Ok(())
    }

    /// Raises or lowers a hand; raising it again keeps its place.
    pub(super) fn set_hand(&mut self, now: Now, id: ParticipantId, raised: bool) {
        // Strictly increasing, so that two hands of the same millisecond keep their order.
        let at_ms = now.unix_ms.max(self.last_hand_ms + 1);
        let Ok(member) = self.inside_mut(id) else { return };
        let before = member.public.clone();
        if raised && before.hand_raised_at_ms.is_none() {
            member.public.hand_raised_at_ms = Some(at_ms);
            self.last_hand_ms = at_ms;
        } else if !raised {
            member.public.hand_raised_at_ms = None;
        }
        self.announce_change(&before);
    }

    /// One's own hand, or for a host anybody's.
    pub(super) fn lower_hand(
        &mut self,
        now: Now,
        by: ParticipantId,
        target: ParticipantId,
    ) -> Result<(), &'static str> {
        if by != target {
            self.require_host(by)?;
        }
        self.inside_mut(target)?;
        self.set_hand(now, target, false);
        Ok(())
    }

    /// A host changes what somebody may do.
    pub(super) fn set_role(
        &mut self,
        by: ParticipantId,
        target: ParticipantId,
        role: Role,
    ) -> Result<(), &'static str> {
        self.require_host(by)?;
        let hosts = self.hosts();
        let kind = self.room.kind;
        let member = self.inside_mut(target)?;
        let before = member.public.clone();
        if before.role == Role::Host && role != Role::Host && hosts == 1 {
            return Err("the last host stays host: make somebody else host first, or leave");
        }
        let public = &mut member.public;
        public.role = role;
        public.may_publish = may_publish(kind, role);
        if !public.may_publish && before.may_publish {
            (public.microphone, public.camera, public.screen) = (false, false, false);
            self.effects.push(Effect::Publish {
                participant: target,
                microphone: false,
                camera: false,
                screen: false,
            });
        }
        self.announce_change(&before);
        Ok(())
    }

    /// A host ends the conference for all.
    pub(super) fn end(&mut self, by: ParticipantId) -> Result<(), &'static str> {
        self.require_host(by)?;
        self.end_for_all(EndReason::EndedByHost);
        Ok(())
    }

    fn announce_change(&mut self, before: &Participant) {
        let Some(member) = self.members.get(&before.id) else { return };
        if member.public != *before {
            let participant = member.public.clone();
            self.send(self.connections_inside(), HubMessage::ParticipantChanged { participant });
        }
    }

    fn require_host(&self, id: ParticipantId) -> Result<(), &'static str> {
        match self.participant_inside(id) {
            Some(Participant { role: Role::Host, .. }) => Ok(()),
            _ => Err("only hosts may do that"),
        }
    }

    /// How many hosts are inside.
    pub(super) fn hosts(&self) -> usize {
        self.members.values().filter(|m| m.inside && m.public.role == Role::Host).count()
    }
}

/// In a group call everybody speaks and shows; in a webinar hosts and presenters do.
pub(super) fn may_publish(kind: RoomKind, role: Role) -> bool {
    kind == RoomKind::GroupCall || role != Role::Attendee
}
