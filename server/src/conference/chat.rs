//! Chat: who reads a line, and what a newcomer gets of it.

use super::{Conference, Effect, Now};
use crate::room::clean_text;
use protocol::{ChatLine, ChatScope, HubMessage, MAX_CHAT_CHARS, Participant, ParticipantId, Role};

/// How many chat lines a newcomer gets.
pub const CHAT_KEPT: usize = 200;

/// What an author is told whose line could not be kept.
const NOT_KEPT: &str = "the line could not be kept and was not sent; try again";

/// A line together with its author, who may have left since.
pub(super) struct StoredLine {
    line: ChatLine,
    from: ParticipantId,
}

impl StoredLine {
    fn is_for(&self, reader: &Participant) -> bool {
        self.from == reader.id
            || match self.line.scope {
                ChatScope::Everyone => true,
                ChatScope::Hosts => reader.role != Role::Attendee,
                ChatScope::Private { participant } => participant == reader.id,
            }
    }
}

impl Conference {
    /// The id of the room's next line, taken by whoever writes it.
    pub fn take_chat_id(&mut self) -> i64 {
        let id = self.next_chat;
        self.next_chat += 1;
        id
    }

    /// Somebody says something: it is kept, then heard.
    pub(super) fn chat(
        &mut self,
        now: Now,
        from: ParticipantId,
        scope: ChatScope,
        text: &str,
    ) -> Result<(), &'static str> {
        let text =
            clean_text(text, MAX_CHAT_CHARS).ok_or("a chat line has 1 to 2000 characters")?;
        let restricted =
            !self.room.policy.chat_everyone && self.inside_mut(from)?.public.role == Role::Attendee;
        match scope {
            ChatScope::Everyone if restricted => {
                return Err("here attendees write to the hosts only");
            }
            ChatScope::Everyone | ChatScope::Hosts => {}
            ChatScope::Private { participant } if participant == from => {
                return Err("a private line needs somebody else as its reader");
            }
            ChatScope::Private { participant } => {
                let reader = self.inside_mut(participant)?;
                if restricted && !reader.is_host() {
                    return Err("here attendees write to the hosts only");
                }
            }
        }
        let writer = self.inside_mut(from)?;
        let (from_name, user) = (writer.public.name.clone(), writer.user);
        let id = self.take_chat_id();
        let line = ChatLine {
            id,
            from: Some(from),
            from_name,
            account: None,
            scope,
            text,
            at_ms: now.unix_ms,
        };
        self.unkept.push_back(StoredLine { line: line.clone(), from });
        self.effects.push(Effect::KeepChat { line, user });
        Ok(())
    }

    /// A line is kept: whoever is inside by now and may read it gets it, and from now on newcomers do.
    /// So everybody gets a line once, and nobody reads what a crash could take back. One that could not
    /// be kept reaches nobody, and its author is told.
    pub fn chat_kept(&mut self, id: i64, kept: bool) {
        let Some(at) = self.unkept.iter().position(|stored| stored.line.id == id) else { return };
        let Some(stored) = self.unkept.remove(at) else { return };
        if !kept {
            let author = self.connection_inside(stored.from).into_iter().collect();
            self.send(author, HubMessage::Denied { detail: NOT_KEPT.to_owned() });
            return;
        }
        let readers = self.connections(|member| member.inside && stored.is_for(&member.public));
        self.send(readers, HubMessage::Chat { line: stored.line.clone() });
        if self.chat.len() == CHAT_KEPT {
            self.chat.pop_front();
        }
        self.chat.push_back(stored);
    }

    /// The lines that `reader` may read; authors who left are named but not linked.
    pub(super) fn chat_for(&self, reader: &Participant) -> Vec<ChatLine> {
        self.chat
            .iter()
            .filter(|stored| stored.is_for(reader))
            .map(|stored| {
                let from = Some(stored.from).filter(|id| self.members.contains_key(id));
                ChatLine { from, ..stored.line.clone() }
            })
            .collect()
    }
}
