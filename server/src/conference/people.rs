//! What people inside do with what is theirs: media.

use super::{Conference, Effect, Link};
use protocol::{HubMessage, Participant, ParticipantId, Role, RoomKind};

impl Conference {
    /// What somebody sends from now on. Where the room mutes on entry, the first word about the
    /// microphone is taken for the client's and not for the person's: it stays off.
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
        let muted = std::mem::take(&mut member.mute_on_entry) && microphone;
        let link = member.link;
        let before = member.public.clone();
        let public = &mut member.public;
        (public.microphone, public.camera, public.screen) = (microphone && !muted, camera, screen);
        self.publish(id);
        self.announce_change(&before);
        if let (true, Link::Up(connection)) = (muted, link) {
            self.send(vec![connection], HubMessage::Muted { by: String::new() });
        }
        Ok(())
    }

    /// Lets through what somebody's record says that they send.
    pub(super) fn publish(&mut self, id: ParticipantId) {
        let Some(member) = self.members.get(&id) else { return };
        let Participant { microphone, camera, screen, .. } = member.public;
        self.effects.push(Effect::Publish { participant: id, microphone, camera, screen });
    }

    /// Tells everybody inside what changed about somebody who looked like this before.
    pub(super) fn announce_change(&mut self, before: &Participant) {
        let Some(member) = self.members.get(&before.id) else { return };
        if member.public != *before {
            let participant = member.public.clone();
            self.send(self.connections_inside(), HubMessage::ParticipantChanged { participant });
        }
    }
}

/// In a group call everybody speaks and shows; in a webinar hosts and presenters do.
pub(super) fn may_publish(kind: RoomKind, role: Role) -> bool {
    kind == RoomKind::GroupCall || role != Role::Attendee
}
