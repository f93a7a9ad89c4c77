//! What the hub answered, taken in.

use super::{Act, Filters, Planner, WITH_REPLIES, push};
use crate::command::{Commands, PlannerCommand};
use crate::state::{Failure, Now};
use protocol::{
    EntryDetails, EntryPage, EntryQuery, EntryState, EntrySummary, Invitation, InvitationsQueued,
    MailOverview, ReplyImported, Room, SavedEntry,
};
use std::path::PathBuf;

/// What came of a wish about entries. Entries and mails are named by their keys.
pub enum PlannerEvent {
    /// One page of the list.
    Listed {
        /// What was asked.
        query: EntryQuery,
        /// The answer.
        page: Result<EntryPage, Failure>,
    },
    /// Everything about an entry.
    Details {
        /// Which.
        entry: i64,
        /// The answer.
        details: Result<EntryDetails, Failure>,
    },
    /// The room of an entry.
    Room {
        /// Its number.
        number: String,
        /// The answer.
        room: Result<Room, Failure>,
    },
    /// The entry dialog saved an entry, new or changed.
    Saved(SavedEntry),
    /// An occurrence was moved, cancelled or put back.
    Changed {
        /// Of which series.
        entry: i64,
        /// The answer.
        saved: Result<SavedEntry, Failure>,
    },
    /// An entry is gone.
    Deleted {
        /// Which.
        entry: i64,
        /// The answer.
        gone: Result<(), Failure>,
    },
    /// Invitations are on their way.
    Invited {
        /// To what.
        entry: i64,
        /// The answer.
        queued: Result<InvitationsQueued, Failure>,
    },
    /// An invitation to hand on.
    Invitation {
        /// To what.
        entry: i64,
        /// What becomes of it.
        act: Act,
        /// The answer.
        invitation: Result<Invitation, Failure>,
    },
    /// The calendar file lies where the user wanted it; nothing: the dialog was closed.
    CalendarSaved {
        /// Of what.
        entry: i64,
        /// Where.
        saved: Result<Option<PathBuf>, Failure>,
    },
    /// The system does not open the calendar file.
    NotOpened(Failure),
    /// Somebody's answer was written down; nothing: the dialog was closed.
    Replied {
        /// To what.
        entry: i64,
        /// The answer.
        reply: Result<Option<ReplyImported>, Failure>,
    },
    /// The own mail that has not gone out.
    Mail(Result<MailOverview, Failure>),
    /// A mail is tried again.
    Retried {
        /// Which.
        mail: i64,
        /// The answer.
        retried: Result<(), Failure>,
    },
}

impl std::fmt::Debug for PlannerEvent {
    /// Never prints a link or a PIN.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PlannerEvent::Listed { query, .. } => write!(f, "Listed({query:?})"),
            PlannerEvent::Details { entry, .. } => write!(f, "Details({entry})"),
            PlannerEvent::Room { number, .. } => write!(f, "Room({number})"),
            PlannerEvent::Saved(saved) => write!(f, "Saved({})", saved.entry.summary.id),
            PlannerEvent::Changed { entry, .. } => write!(f, "Changed({entry})"),
            PlannerEvent::Deleted { entry, gone } => write!(f, "Deleted({entry}, {gone:?})"),
            PlannerEvent::Invited { entry, .. } => write!(f, "Invited({entry})"),
            PlannerEvent::Invitation { entry, act, .. } => {
                write!(f, "Invitation({entry}, {act:?})")
            }
            PlannerEvent::CalendarSaved { entry, .. } => write!(f, "CalendarSaved({entry})"),
            PlannerEvent::NotOpened(failure) => write!(f, "NotOpened({failure:?})"),
            PlannerEvent::Replied { entry, .. } => write!(f, "Replied({entry})"),
            PlannerEvent::Mail(_) => f.write_str("Mail"),
            PlannerEvent::Retried { mail, .. } => write!(f, "Retried({mail})"),
        }
    }
}

impl Planner {
    /// Takes in an answer; what has to be asked because of it goes to `follow_up`.
    pub(super) fn apply(&mut self, event: PlannerEvent, now: Now, follow_up: &mut Commands) {
        match event {
            PlannerEvent::Listed { query, page } => self.listed(&query, page, now, follow_up),
            PlannerEvent::Details { entry, details } => self.told(entry, details),
            PlannerEvent::Room { number, room } => self.room(number, room),
            PlannerEvent::Saved(saved) => {
                let id = saved.entry.summary.id;
                if !self.filters.fit(&saved.entry.summary, now.unix_ms, &self.zone) {
                    // What was just saved is seen.
                    self.filters = Filters::default();
                }
                self.take_in(saved.entry);
                self.double_booked = saved.warnings.len();
                self.selected = Some(id);
                self.failure = None;
                self.changed(now, follow_up);
            }
            PlannerEvent::Changed { saved: Ok(saved), .. } => {
                self.moving = None;
                self.failure = None;
                self.double_booked = saved.warnings.len();
                self.take_in(saved.entry);
            }
            PlannerEvent::Deleted { entry, gone: Ok(()) } => self.remove(entry),
            PlannerEvent::Deleted { gone: Err(failure), .. }
            | PlannerEvent::Changed { saved: Err(failure), .. }
            | PlannerEvent::NotOpened(failure) => self.fail(failure),
            PlannerEvent::Invited { entry, queued } => {
                self.invited(entry, queued, now);
                push(follow_up, PlannerCommand::ListMail);
            }
            PlannerEvent::Invitation { entry, act, invitation } => {
                self.invitation(entry, act, invitation, now);
            }
            PlannerEvent::CalendarSaved { entry, saved } => self.calendar_saved(entry, saved, now),
            PlannerEvent::Replied { entry, reply } => {
                self.replied(entry, reply, now);
                push(follow_up, PlannerCommand::Details { entry });
            }
            PlannerEvent::Mail(Ok(mail)) => self.mail = Some(mail),
            PlannerEvent::Mail(Err(failure)) => {
                // Only who looks at an entry misses it.
                if self.shown.is_some() {
                    self.fail(failure);
                }
            }
            PlannerEvent::Retried { retried, .. } => {
                if let Err(failure) = retried {
                    self.fail(failure);
                }
                push(follow_up, PlannerCommand::ListMail);
            }
        }
    }

    fn listed(
        &mut self,
        query: &EntryQuery,
        page: Result<EntryPage, Failure>,
        now: Now,
        follow_up: &mut Commands,
    ) {
        // An answer to filters that were changed since is nobody's.
        if self.asked.as_ref() != Some(query) {
            return;
        }
        self.asked = None;
        let page = match page {
            Ok(page) => page,
            Err(failure) => {
                self.list_failure = Some(failure);
                return;
            }
        };
        self.list_failure = None;
        let first = self.entries.is_none();
        self.ask_about(&page.entries, follow_up);
        let reached_past = page.entries.iter().any(|entry| entry.state == EntryState::Over);
        if query.cursor.is_none() {
            self.entries = Some(page.entries);
        } else {
            let known = self.entries.get_or_insert_default();
            known.retain(|old| page.entries.iter().all(|entry| entry.id != old.id));
            known.extend(page.entries);
        }
        self.next = page.next;
        if first {
            push(follow_up, PlannerCommand::ListMail);
        }
        if self.stale {
            push(follow_up, self.reload(now));
        } else if !reached_past && let Some(command) = self.more(now) {
            // The list runs backwards; what comes next must be on the page in any case.
            push(follow_up, command);
        }
    }

    /// Asks for what rows tell beyond the list: replies to own entries, and whether permanent rooms
    /// are public.
    fn ask_about(&self, entries: &[EntrySummary], follow_up: &mut Commands) {
        let coming = entries.iter().rev().filter(|entry| {
            let own = entry.permits.delete || entry.permits.edit || entry.permits.start;
            own && entry.people > 0 && entry.start_ms.is_some() && entry.state != EntryState::Over
        });
        let unknown = coming.filter(|entry| !self.details.contains_key(&entry.id));
        for entry in unknown.take(WITH_REPLIES) {
            push(follow_up, PlannerCommand::Details { entry: entry.id });
        }
        for entry in entries.iter().filter(|entry| entry.start_ms.is_none()) {
            if !self.public.contains_key(&entry.number) {
                push(follow_up, PlannerCommand::Room { number: entry.number.clone() });
            }
        }
    }

    fn told(&mut self, entry: i64, details: Result<EntryDetails, Failure>) {
        match details {
            Ok(details) => {
                self.fetched = (self.editing == Some(entry)).then(|| details.clone());
                self.take_in(details);
            }
            Err(failure) => {
                let gone = matches!(&failure, Failure::Hub { code, .. } if code == "not_found");
                let concerned = self.shown == Some(entry) || self.editing == Some(entry);
                if self.editing == Some(entry) {
                    self.editing = None;
                }
                if gone {
                    self.remove(entry);
                }
                if concerned {
                    self.fail(failure);
                }
            }
        }
    }

    fn room(&mut self, number: String, room: Result<Room, Failure>) {
        match room {
            Ok(room) => {
                self.public.insert(number, room.policy.guests);
            }
            Err(failure) => {
                if self.opening.as_ref() == Some(&number) {
                    self.opening = None;
                    self.fail(failure);
                }
            }
        }
    }

    /// An entry as it stands now, into the list and the details.
    fn take_in(&mut self, details: EntryDetails) {
        let summary = details.summary.clone();
        self.details.insert(summary.id, details);
        let Some(entries) = &mut self.entries else { return };
        match entries.iter_mut().find(|entry| entry.id == summary.id) {
            Some(known) => *known = summary,
            None => entries.push(summary),
        }
    }

    /// An entry is gone; the selection moves to its neighbour.
    fn remove(&mut self, id: i64) {
        if self.selected == Some(id) {
            self.selected = self.neighbour(id);
        }
        if self.shown == Some(id) {
            self.back();
        }
        if let Some(entries) = &mut self.entries {
            entries.retain(|entry| entry.id != id);
        }
        self.details.remove(&id);
        self.failure = None;
    }

    fn neighbour(&self, id: i64) -> Option<i64> {
        let lines = self.lines();
        let order: Vec<i64> = lines.iter().filter_map(super::Line::id).collect();
        let at = order.iter().position(|other| *other == id)?;
        order.get(at + 1).or_else(|| order.get(at.checked_sub(1)?)).copied()
    }

    /// Something changed at the hub: the list is read again, once for all that happens meanwhile.
    pub(super) fn changed(&mut self, now: Now, follow_up: &mut Commands) {
        if self.entries.is_none() {
            return;
        }
        if self.asked.is_some() {
            self.stale = true;
        } else {
            push(follow_up, self.reload(now));
        }
    }
}
