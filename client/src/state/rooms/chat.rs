//! A room's chat outside of its conference.

use crate::command::{Line, RoomsCommand};
use crate::state::Failure;
use protocol::{ChatLine, ChatPage, MAX_CHAT_CHARS};

/// A line that the hub has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Tells lines on their way apart.
    pub key: u64,
    /// The text.
    pub text: String,
    /// Why it did not arrive; `None` while it is on its way.
    pub failure: Option<Failure>,
}

/// One room's chat: the lines known, the draft, and what is on its way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chat {
    /// The newest lines, oldest first; `None` until asked for and answered.
    pub lines: Option<Vec<ChatLine>>,
    /// Earlier lines can be asked for with this.
    pub before: Option<i64>,
    /// A page is on its way.
    pub loading: bool,
    /// Why the last page did not come.
    pub failure: Option<Failure>,
    /// What is being written.
    pub draft: String,
    /// Written, and not yet taken by the hub; in order.
    pub outgoing: Vec<Outgoing>,
    /// Lines that came while nobody looked.
    pub unread: usize,
    last: Option<ChatLine>,
    keys: u64,
}

impl Chat {
    /// The newest line known.
    pub fn last(&self) -> Option<&ChatLine> {
        self.lines.as_ref().and_then(|lines| lines.last()).or(self.last.as_ref())
    }

    /// Takes in a line, from wherever; a line known already changes nothing. Whether it is new.
    pub(super) fn take(&mut self, line: ChatLine) -> bool {
        if let Some(lines) = &mut self.lines {
            return insert(lines, line);
        }
        let fresh = self.last.as_ref().is_none_or(|last| last.id < line.id);
        if fresh {
            self.last = Some(line);
        }
        fresh
    }

    /// Takes in a page; `before` is what it was asked with.
    pub(super) fn page(&mut self, before: Option<i64>, page: Result<ChatPage, Failure>) {
        self.loading = false;
        let page = match page {
            Ok(page) => page,
            Err(failure) => return self.failure = Some(failure),
        };
        self.failure = None;
        // The newest page anew keeps the older ones, unless lines are missing between them.
        let first = page.lines.first().map(|line| line.id);
        let known = self.lines.as_ref().and_then(|lines| lines.last()).map(|line| line.id);
        let gap = before.is_none() && page.before.is_some() && known < first;
        let lines = self.lines.get_or_insert_default();
        if gap {
            lines.clear();
        }
        if lines.is_empty() || before.is_some() {
            self.before = page.before;
        }
        for line in page.lines {
            insert(lines, line);
        }
    }

    /// What asks for earlier lines, once at a time.
    pub fn earlier(&mut self, number: &str) -> Option<RoomsCommand> {
        let before = self.before.filter(|_| !self.loading)?;
        self.loading = true;
        Some(RoomsCommand::LoadChat { number: number.to_owned(), before: Some(before) })
    }

    /// Sends the draft, unless it is empty; until the hub has it, it stands among the outgoing.
    pub fn send(&mut self, number: &str) -> Option<RoomsCommand> {
        let text = self.draft.trim().to_owned();
        if text.is_empty() || text.chars().count() > MAX_CHAT_CHARS {
            return None;
        }
        self.draft.clear();
        self.keys += 1;
        let key = self.keys;
        self.outgoing.push(Outgoing { key, text: text.clone(), failure: None });
        Some(RoomsCommand::Write { number: number.to_owned(), key, text: Line(text) })
    }

    /// Sends a line again that did not arrive.
    pub fn retry(&mut self, number: &str, key: u64) -> Option<RoomsCommand> {
        let line = self.outgoing.iter_mut().find(|line| line.key == key)?;
        line.failure.take()?;
        let text = Line(line.text.clone());
        Some(RoomsCommand::Write { number: number.to_owned(), key, text })
    }

    /// Takes a line that did not arrive back into the field, before what stands there.
    pub fn take_back(&mut self, key: u64) {
        let Some(at) = self.outgoing.iter().position(|line| line.key == key) else { return };
        let line = self.outgoing.remove(at);
        self.draft = if self.draft.is_empty() {
            line.text
        } else {
            format!("{}\n{}", line.text, self.draft)
        };
    }

    /// The hub took a line, or not.
    pub(super) fn written(&mut self, key: u64, line: Result<ChatLine, Failure>) {
        match line {
            Ok(line) => {
                self.outgoing.retain(|out| out.key != key);
                self.take(line);
            }
            Err(failure) => {
                if let Some(out) = self.outgoing.iter_mut().find(|out| out.key == key) {
                    out.failure = Some(failure);
                }
            }
        }
    }
}

/// Puts a line into its place. Whether it was new.
fn insert(lines: &mut Vec<ChatLine>, line: ChatLine) -> bool {
    match lines.binary_search_by_key(&line.id, |known| known.id) {
        Ok(_) => false,
        Err(at) => {
            lines.insert(at, line);
            true
        }
    }
}
