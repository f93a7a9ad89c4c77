//! What the planner asks for.

use crate::i18n::Language;
use crate::state::Act;
use protocol::{ChangeOccurrence, EntryQuery};
use std::path::PathBuf;

/// A wish about planner entries. Entries and mails are named by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlannerCommand {
    /// One page of the list.
    List(EntryQuery),
    /// Everything about an entry.
    Details {
        /// Which.
        entry: i64,
    },
    /// The room of an entry: what it allows, and what pre-join needs.
    Room {
        /// Nine digits.
        number: String,
    },
    /// Take an entry away; its number is free again.
    Delete {
        /// Which.
        entry: i64,
    },
    /// Mail the invitation to everybody who is invited.
    SendInvitations {
        /// To what.
        entry: i64,
    },
    /// Fetch the invitation, to hand it on.
    Invitation {
        /// To what.
        entry: i64,
        /// In which language.
        language: Language,
        /// What becomes of it.
        act: Act,
    },
    /// Save the calendar file where the user chooses.
    SaveCalendar {
        /// Of what.
        entry: i64,
        /// The suggested file name.
        name: String,
        /// The language of its text.
        language: Language,
    },
    /// Show a saved calendar file to the calendar program.
    OpenCalendar(PathBuf),
    /// Let the user choose a calendar file with somebody's answer, and give it to the hub.
    ImportReply {
        /// An answer to what.
        entry: i64,
    },
    /// Move, cancel or put back one occurrence of a series.
    ChangeOccurrence {
        /// The series.
        entry: i64,
        /// Where the rule puts it, Unix milliseconds.
        original_ms: i64,
        /// What becomes of it.
        change: ChangeOccurrence,
    },
    /// The own mail that has not gone out.
    ListMail,
    /// Try a mail again at once.
    RetryMail {
        /// Which.
        mail: i64,
    },
}
