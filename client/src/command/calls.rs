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
    /// Ring for everybody in a room.
    RingRoom {
        /// Nine digits.
        number: String,
        /// The user has seen how many people that are.
        confirm: bool,
    },
    /// Make somebody a member of a room and ask for how many it would ring there then.
    Fetch {
        /// The room's number.
        number: String,
        /// The account's name.
        user: String,
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
