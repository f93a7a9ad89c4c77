//! What is known of the room on show.

use super::{EmbedForm, LinkForm, Picked, Rooms};
use crate::command::RoomsCommand;
use crate::state::Failure;
use protocol::{
    Capacity, ChangeRoom, EmbedCode, PeopleNow, RoomDetails, RoomLink, RoomMember, RoomPolicy,
};

/// A part of the page, for saying a failure where it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The room as a whole.
    Room,
    /// Calling its people.
    Ring,
    /// What it allows.
    Policy,
    /// Who belongs to it.
    Members,
    /// Its further links.
    Links,
}

/// What is known of the room on show, beyond what the list has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Info {
    /// Way in and policy; `None` until the hub answered.
    pub details: Option<RoomDetails>,
    /// Who belongs to it, the owner first.
    pub members: Option<Vec<RoomMember>>,
    /// Further links, newest first; only for those who manage the room.
    pub links: Option<Vec<RoomLink>>,
    /// Who is inside and who waits; only for those who moderate.
    pub people: Option<PeopleNow>,
    /// Guest places of the hub.
    pub capacity: Option<Capacity>,
    /// The code for guests' phones is on show.
    pub qr_code: bool,
    /// Everybody is listed, not only the first few.
    pub all_members: bool,
    /// People who are being taken in.
    pub adding: Option<Picked>,
    /// A further link that is being made.
    pub link: Option<LinkForm>,
    /// The session login for another web site.
    pub embed: Option<EmbedForm>,
    /// What went wrong last, and where.
    pub failure: Option<(Part, Failure)>,
    /// Until when the page says that all was copied, [`crate::state::Now::seconds`].
    pub copied: Option<f64>,
    /// Changes on their way.
    pub(super) changes: usize,
    /// The policy that the hub last confirmed, while changes are on their way.
    pub(super) confirmed: Option<RoomPolicy>,
}

impl Info {
    /// What went wrong in one part.
    pub fn failure_of(&self, part: Part) -> Option<&Failure> {
        self.failure.as_ref().filter(|(at, _)| *at == part).map(|(_, failure)| failure)
    }

    pub(super) fn take_members(&mut self, members: Result<Vec<RoomMember>, Failure>) {
        match members {
            Ok(members) => {
                self.members = Some(members);
                self.forget_failure(Part::Members);
            }
            Err(failure) => self.failure = Some((Part::Members, failure)),
        }
    }

    pub(super) fn take_links(&mut self, links: Result<Vec<RoomLink>, Failure>) {
        match links {
            Ok(links) => {
                self.links = Some(links);
                if self.link.as_ref().is_some_and(|form| form.busy) {
                    self.link = None;
                }
                self.forget_failure(Part::Links);
            }
            Err(failure) => {
                if let Some(form) = &mut self.link {
                    form.busy = false;
                }
                self.failure = Some((Part::Links, failure));
            }
        }
    }

    pub(super) fn take_embed(&mut self, code: Result<EmbedCode, Failure>) {
        let Some(form) = &mut self.embed else { return };
        match code {
            Ok(code) => (form.code, form.failure) = (Some(code), None),
            Err(failure) => form.failure = Some(failure),
        }
    }

    /// A change did not work: what the hub confirmed last is on show again.
    pub(super) fn refuse_change(&mut self, failure: Failure, after_change: bool) {
        if let (Some(details), Some(before)) = (&mut self.details, self.confirmed.take()) {
            details.room.policy = before;
        }
        let part = if after_change { Part::Policy } else { Part::Room };
        self.failure = Some((part, failure));
    }

    fn forget_failure(&mut self, part: Part) {
        if self.failure_of(part).is_some() {
            self.failure = None;
        }
    }
}

impl Rooms {
    /// Changes what the room on show allows, at once for the eye; the hub has the last word.
    pub fn change_policy(&mut self, change: impl FnOnce(&mut RoomPolicy)) -> Option<RoomsCommand> {
        let number = self.selected.clone()?;
        let details = self.info.details.as_mut()?;
        self.info.confirmed.get_or_insert(details.room.policy);
        change(&mut details.room.policy);
        self.info.changes += 1;
        if matches!(self.info.failure, Some((Part::Policy, _))) {
            self.info.failure = None;
        }
        let change = ChangeRoom { name: None, policy: Some(details.room.policy) };
        Some(RoomsCommand::Change { number, change })
    }

    /// Sends the new name, unless there is none.
    pub fn send_name(&mut self) -> Option<RoomsCommand> {
        let number = self.selected.clone()?;
        let form = self.rename.as_mut().filter(|form| !form.busy)?;
        let name = form.name.trim().to_owned();
        if name.is_empty() {
            return None;
        }
        (form.busy, form.failure) = (true, None);
        self.info.changes += 1;
        let change = ChangeRoom { name: Some(name), policy: None };
        Some(RoomsCommand::Change { number, change })
    }

    /// Sends the further link, unless it has no label.
    pub fn send_link(&mut self, now_ms: i64) -> Option<RoomsCommand> {
        let number = self.selected.clone()?;
        let form = self.info.link.as_mut().filter(|form| !form.busy)?;
        form.checked = true;
        let label = form.label.trim().to_owned();
        if label.is_empty() {
            return None;
        }
        form.busy = true;
        let link = protocol::CreateLink { label, expires_at_ms: form.expiry.at_ms(now_ms) };
        Some(RoomsCommand::CreateLink { number, link })
    }

    /// Takes those who were picked into the room.
    pub fn add_members(&mut self) -> Vec<RoomsCommand> {
        let Some(number) = self.selected.clone() else { return Vec::new() };
        let picked = self.info.adding.take().unwrap_or_default();
        let add = |user| RoomsCommand::SetMember { number: number.clone(), user, host: false };
        picked.keys().into_iter().map(add).collect()
    }

    /// Shows or hides the information; `beside`: there is room for it beside the chat.
    pub fn toggle_info(&mut self, beside: bool) {
        if beside {
            self.info_hidden = !self.info_hidden;
        } else {
            self.info_over = !self.info_over;
        }
    }

    /// Where the information has room beside the chat, it lies over nothing.
    pub fn forget_gone_overlay(&mut self, beside: bool) {
        if beside {
            self.info_over = false;
        }
    }

    /// Asks for the session login as it was typed, once for each look.
    pub fn ask_embed(&mut self) -> Option<RoomsCommand> {
        let number = self.selected.clone()?;
        let form = self.info.embed.as_mut()?;
        if form.asked.as_ref() == Some(&form.look) || !form.is_valid() {
            return None;
        }
        form.asked = Some(form.look.clone());
        form.failure = None;
        Some(RoomsCommand::LoadEmbed { number, look: form.look.clone() })
    }
}
