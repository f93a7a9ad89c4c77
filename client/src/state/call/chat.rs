//! The chat: lines on their way, what came unread, who may write to whom.

use super::{CHAT_LINES, Call, Detached, Panel};
use crate::command::Command;
use protocol::{ChatLine, ChatScope, MAX_CHAT_CHARS, ParticipantId, Role, RoomKind};

/// An own line that the hub has not sent back yet: only what comes back was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Who shall read it.
    pub scope: ChatScope,
    /// The text.
    pub text: String,
    /// The connection went before the hub answered.
    pub failed: bool,
}

/// Why the hub did not take a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatRefusal {
    /// Here attendees write to the hosts only.
    HostsOnly,
    /// The reader of a private line has left.
    ReaderGone,
    /// The hub could not keep it.
    NotKept,
}

/// What the chat panel holds beside the lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// Own lines on their way, oldest first.
    pub unsent: Vec<Unsent>,
    /// Why the line in the field was refused.
    pub refused: Option<ChatRefusal>,
    /// The first line that came while nobody looked.
    pub unread_from: Option<i64>,
    /// Only questions to the hosts are on show.
    pub questions: bool,
    /// The newest line that was in sight.
    pub seen: Option<i64>,
    /// Go to the newest line.
    pub jump: bool,
    /// The field takes the keyboard.
    pub focus: bool,
    /// What is searched among the readers of a private line.
    pub reader: String,
}

/// A part of a chat line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// An address on the web.
    Link(&'a str),
}

/// One line of text, cut at its web addresses. Only `http` and `https` count, and a stop or bracket
/// behind an address belongs to the sentence.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let end = rest[start..].find(char::is_whitespace).map_or(rest.len(), |end| start + end);
        let address = rest[start..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"']);
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        pieces.push(Piece::Link(address));
        rest = &rest[start + address.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn next_address(text: &str) -> Option<usize> {
    let starts = ["https://", "http://"].into_iter().flat_map(|scheme| {
        // A scheme without anything behind it is no address.
        text.match_indices(scheme).map(move |(at, _)| (at, at + scheme.len()))
    });
    starts
        .filter(|(_, host)| text[*host..].starts_with(|c: char| c.is_alphanumeric() || c == '['))
        .map(|(at, _)| at)
        .min()
}

impl Call {
    /// Whether we write to the hosts only: the room's policy.
    pub fn writes_to_hosts_only(&self) -> bool {
        let attendee = self.me().is_none_or(|me| me.role == Role::Attendee);
        attendee && !self.room.policy.chat_everyone
    }

    /// Whether this person may be the reader of a private line of ours.
    pub fn may_read(&self, reader: ParticipantId) -> bool {
        let host = |p: &protocol::Participant| p.role == Role::Host;
        reader != self.you
            && self.participant(reader).is_some_and(|p| !self.writes_to_hosts_only() || host(p))
    }

    /// Where nobody may be written to any more, the hosts take their place. A private line stays
    /// private: it must not reach others.
    pub(super) fn settle_scope(&mut self) {
        if self.scope == ChatScope::Everyone && self.writes_to_hosts_only() {
            self.scope = ChatScope::Hosts;
        }
    }

    /// Whether what stands in the field can go.
    pub fn sendable(&self) -> bool {
        let count = self.draft.trim().chars().count();
        (1..=MAX_CHAT_CHARS).contains(&count) && self.scope_reachable()
    }

    /// Takes the line out of the field and gives the command that sends it.
    pub fn send_line(&mut self) -> Option<Command> {
        if !self.sendable() {
            return None;
        }
        let text = self.draft.trim().to_owned();
        self.draft.clear();
        self.desk.refused = None;
        self.desk.unread_from = None;
        self.desk.jump = true;
        Some(self.send(text, self.scope))
    }

    fn send(&mut self, text: String, scope: ChatScope) -> Command {
        self.desk.unsent.push(Unsent { scope, text: text.clone(), failed: false });
        Command::SendChat { scope, text }
    }

    /// Tries a failed line once more.
    pub fn send_again(&mut self, place: usize) -> Option<Command> {
        let line = self.desk.unsent.get(place).filter(|line| line.failed)?.clone();
        self.desk.unsent.remove(place);
        Some(self.send(line.text, line.scope))
    }

    /// Gives a failed line up.
    pub fn discard_line(&mut self, place: usize) {
        if self.desk.unsent.get(place).is_some_and(|line| line.failed) {
            self.desk.unsent.remove(place);
        }
    }

    /// Writes to one person.
    pub fn write_to(&mut self, participant: ParticipantId) {
        self.scope = ChatScope::Private { participant };
        self.desk.focus = true;
        self.unread = 0;
        if self.view.detached != Some(Detached::Chat) {
            self.panel = Some(Panel::Chat);
        }
    }

    /// Whether a line is an attendee's question to the hosts of a webinar.
    pub fn is_question(&self, line: &ChatLine) -> bool {
        let host = |id| self.participant(id).is_some_and(|p| p.role != Role::Attendee);
        self.room.kind == RoomKind::Webinar
            && line.scope == ChatScope::Hosts
            && !line.from.is_some_and(host)
    }

    /// How many questions the hosts were asked.
    pub fn questions(&self) -> usize {
        self.chat.iter().filter(|line| self.is_question(line)).count()
    }

    /// Takes in a line.
    pub(super) fn chat_line(&mut self, line: ChatLine) {
        let own = line.from == Some(self.you);
        let read = self.panel == Some(Panel::Chat) || self.view.detached == Some(Detached::Chat);
        if own {
            self.confirmed(&line);
        } else if !read {
            if self.unread == 0 {
                self.desk.unread_from = Some(line.id);
            }
            self.unread += 1;
        }
        self.chat.push(line);
        if self.chat.len() > CHAT_LINES {
            self.chat.remove(0);
        }
    }

    fn confirmed(&mut self, line: &ChatLine) {
        let same = |mine: &Unsent| mine.scope == line.scope && mine.text == line.text;
        if let Some(place) = self.desk.unsent.iter().position(same) {
            self.desk.unsent.remove(place);
        } else if self.desk.refused.is_some() && self.draft == line.text {
            // The refusal was for another wish: the line did go.
            self.draft.clear();
            self.desk.refused = None;
        }
    }

    /// The hub refused something. Where a line was on its way it was that one: it comes back into
    /// the field, before whatever was written since. Tells whether there was one.
    pub(super) fn chat_denied(&mut self) -> bool {
        let Some(place) = self.desk.unsent.iter().position(|line| !line.failed) else {
            return false;
        };
        let line = self.desk.unsent.remove(place);
        self.desk.refused = Some(match line.scope {
            ChatScope::Everyone if self.writes_to_hosts_only() => ChatRefusal::HostsOnly,
            ChatScope::Private { participant } if self.participant(participant).is_none() => {
                ChatRefusal::ReaderGone
            }
            ChatScope::Private { participant } if !self.may_read(participant) => {
                ChatRefusal::HostsOnly
            }
            _ => ChatRefusal::NotKept,
        });
        if self.draft.trim().is_empty() {
            self.draft = line.text;
            // Whom it was for is part of what was written.
            self.scope = line.scope;
            self.settle_scope();
        } else {
            self.draft = format!("{}\n{}", line.text, self.draft);
        }
        self.desk.focus = true;
        true
    }

    /// After a reconnect: what is not among the lines since then did not arrive.
    pub(super) fn settle_unsent(&mut self, before: Option<i64>) {
        let you = self.you;
        let mut fresh: Vec<&ChatLine> =
            self.chat.iter().filter(|l| l.from == Some(you) && Some(l.id) > before).collect();
        self.desk.unsent.retain_mut(|mine| {
            let came = fresh.iter().position(|l| l.scope == mine.scope && l.text == mine.text);
            mine.failed = true;
            match came {
                Some(place) => {
                    fresh.remove(place);
                    false
                }
                None => true,
            }
        });
    }
}
