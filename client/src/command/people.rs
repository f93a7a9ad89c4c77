//! What is asked about people.

/// A wish about the hub's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleCommand {
    /// Ask for the own contacts.
    LoadContacts,
    /// Find people by the beginning of a name.
    Search {
        /// As typed.
        query: String,
    },
    /// Fetch somebody's picture.
    LoadPicture {
        /// The account's name.
        user: String,
    },
    /// Make somebody a contact, or no longer one.
    SetContact {
        /// The account's name.
        user: String,
        /// A contact from now on.
        contact: bool,
    },
    /// Find the room in which we write to somebody, or make it.
    OpenChat {
        /// The account's name.
        user: String,
    },
    /// Show us as busy, until told otherwise or offline.
    SetBusy(bool),
}
