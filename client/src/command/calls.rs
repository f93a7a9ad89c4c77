//! What is asked about calls that ring.

/// A wish about calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallsCommand {
    /// Ring for one person.
    RingUser {
        /// The account's name.
        user: String,
        /// With pictures.
        video: bool,
    },
    /// Take or decline a call that rings here.
    Answer {
        /// Which.
        call: String,
        /// Take it.
        accept: bool,
    },
    /// Give up an own call.
    Cancel {
        /// Which.
        call: String,
    },
    /// A page of the journal.
    LoadJournal {
        /// The page's name, from the page before; `None` is the newest.
        before: Option<i64>,
    },
}
