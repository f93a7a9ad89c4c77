//! What the user does with the selected entry, and what came of it.

use super::Planner;
use crate::command::PlannerCommand;
use crate::i18n::Language;
use crate::state::{Failure, Now};
use protocol::{Invitation, InvitationsQueued, ReplyImported};
use std::path::PathBuf;

/// How long a confirmation stands, seconds.
const CONFIRMED_S: f64 = 4.0;

/// How long a saved calendar file can be opened from the page, seconds.
const OPENABLE_S: f64 = 12.0;

/// A way to hand an invitation on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Mail it to everybody who is invited.
    Mail,
    /// Copy its text in a language.
    Text(Language),
    /// Save the calendar file.
    Calendar,
    /// Copy the link by itself.
    Link,
    /// Copy number and PIN.
    NumberAndPin,
    /// Show the link as a QR code.
    Code,
    /// Take in somebody's answer.
    Reply,
}

/// A text with a link or a PIN in it: it is shown and copied, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Discreet(pub String);

impl std::fmt::Debug for Discreet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Discreet({} bytes)", self.0.len())
    }
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the clipboard.
    Copied,
    /// So many mails are on their way.
    Queued(usize),
    /// The calendar file lies there.
    Saved(PathBuf),
    /// The answer was written down, or a newer one is known.
    Answered(ReplyImported),
}

/// An act that worked, for as long as the page says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// On which entry.
    pub entry: i64,
    /// What was done.
    pub act: Act,
    /// What came of it.
    pub outcome: Outcome,
    /// Until when it is said, [`Now::seconds`].
    pub until: f64,
}

/// The QR code on show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The entry's title.
    pub title: String,
    /// What the code says.
    pub link: Discreet,
    /// The room's nine digits.
    pub number: String,
}

impl Planner {
    /// Begins an act; gives what to ask the hub for, or nothing while another one goes on.
    pub fn act(
        &mut self,
        entry: i64,
        act: Act,
        language: Language,
        file_name: impl FnOnce(&str) -> String,
    ) -> Option<PlannerCommand> {
        if self.busy.is_some() {
            return None;
        }
        let title = self.entry(entry)?.title.clone();
        self.busy = Some((entry, act));
        self.failure = None;
        self.confirmed = None;
        Some(match act {
            Act::Mail => PlannerCommand::SendInvitations { entry },
            Act::Text(language) => PlannerCommand::Invitation { entry, language, act },
            Act::Link | Act::NumberAndPin | Act::Code => {
                PlannerCommand::Invitation { entry, language, act }
            }
            Act::Calendar => {
                PlannerCommand::SaveCalendar { entry, name: file_name(&title), language }
            }
            Act::Reply => PlannerCommand::ImportReply { entry },
        })
    }

    pub(super) fn invitation(
        &mut self,
        entry: i64,
        act: Act,
        answer: Result<Invitation, Failure>,
        now: Now,
    ) {
        self.busy = None;
        let invitation = match answer {
            Ok(invitation) => invitation,
            Err(failure) => return self.fail(failure),
        };
        let text = match act {
            Act::Link => invitation.link,
            Act::NumberAndPin => {
                // The mailed text carries the PIN only where telephones are meant; hosts have it.
                let known = self.details(entry).and_then(|details| details.pin.clone());
                let pin = invitation.pin.or(known);
                let parts = [Some(invitation.number), pin, invitation.phone_number];
                parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
            }
            Act::Code => {
                let title = self.entry(entry).map(|entry| entry.title.clone()).unwrap_or_default();
                let link = Discreet(invitation.link);
                self.code = Some(Code { title, link, number: invitation.number });
                return;
            }
            _ => invitation.text,
        };
        self.clipboard = Some(Discreet(text));
        self.confirm(entry, act, Outcome::Copied, now);
    }

    pub(super) fn invited(
        &mut self,
        entry: i64,
        answer: Result<InvitationsQueued, Failure>,
        now: Now,
    ) {
        self.busy = None;
        match answer {
            Ok(queued) => self.confirm(entry, Act::Mail, Outcome::Queued(queued.queued), now),
            Err(failure) => self.fail(failure),
        }
    }

    pub(super) fn calendar_saved(
        &mut self,
        entry: i64,
        answer: Result<Option<PathBuf>, Failure>,
        now: Now,
    ) {
        self.busy = None;
        match answer {
            Ok(Some(path)) => self.confirm(entry, Act::Calendar, Outcome::Saved(path), now),
            Ok(None) => {}
            Err(failure) => self.fail(failure),
        }
    }

    pub(super) fn replied(
        &mut self,
        entry: i64,
        answer: Result<Option<ReplyImported>, Failure>,
        now: Now,
    ) {
        self.busy = None;
        match answer {
            Ok(Some(reply)) => self.confirm(entry, Act::Reply, Outcome::Answered(reply), now),
            Ok(None) => {}
            Err(failure) => self.fail(failure),
        }
    }

    fn confirm(&mut self, entry: i64, act: Act, outcome: Outcome, now: Now) {
        let stays = if act == Act::Calendar { OPENABLE_S } else { CONFIRMED_S };
        self.confirmed = Some(Confirmation { entry, act, outcome, until: now.seconds + stays });
    }

    /// What is confirmed now about an entry.
    pub fn confirmation(&self, entry: i64, now: Now) -> Option<&Confirmation> {
        self.confirmed.as_ref().filter(|said| said.entry == entry && said.until > now.seconds)
    }

    /// What belongs into the clipboard now, once.
    pub fn take_clipboard(&mut self) -> Option<String> {
        self.clipboard.take().map(|text| text.0)
    }
}
