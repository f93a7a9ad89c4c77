//! What the entry dialog asks for.

use protocol::{CheckEntry, EntryDraft};

/// A wish about the entry in the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryCommand {
    /// Keep it.
    Save {
        /// The entry that it changes; none for a new one.
        id: Option<i64>,
        /// What to keep.
        draft: Box<EntryDraft>,
    },
    /// What does the hub offer?
    AskHub,
    /// Who has something else at that time? Keeps nothing.
    Check(Box<CheckEntry>),
}
