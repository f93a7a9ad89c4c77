//! What the rooms page asks for. Rooms are named by their nine digits.

use protocol::{ChangeRoom, CreateLink, CreateRoom};
use std::fmt;

/// What a new room is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To stay; it is shown.
    Keep,
    /// A spontaneous call: go to its pre-join page.
    Start,
    /// A spontaneous call whose link is wanted before it starts.
    Invite,
}

/// A chat line on its way. It never appears in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Line(pub String);

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} characters)", self.0.chars().count())
    }
}

/// How the session login looks on somebody's own web site; what is empty is as in the product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbedLook {
    /// The button's colour, `#rrggbb`.
    pub color: String,
    /// What lies behind the form, `#rrggbb`.
    pub background: String,
    /// The heading, at most 80 characters.
    pub title: String,
    /// `de` or `en`.
    pub language: String,
}

/// A wish about rooms outside of their conferences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomsCommand {
    /// All own rooms.
    List,
    /// People by the beginning of a name, to take them in.
    FindPeople {
        /// As typed.
        query: String,
    },
    /// Make a room.
    Create {
        /// How it shall be.
        room: CreateRoom,
        /// What for.
        purpose: Purpose,
    },
    /// Way in and policy.
    LoadDetails {
        /// Of this room.
        number: String,
    },
    /// Who belongs to it.
    LoadMembers {
        /// Of this room.
        number: String,
    },
    /// Further links.
    LoadLinks {
        /// Of this room.
        number: String,
    },
    /// Who is inside and who waits.
    LoadPeople {
        /// Of this room.
        number: String,
    },
    /// Guest places of the hub.
    LoadCapacity,
    /// When the conference that runs began.
    LoadStart {
        /// In this room.
        number: String,
    },
    /// Another name or policy.
    Change {
        /// Of this room.
        number: String,
        /// What changes.
        change: ChangeRoom,
    },
    /// Another PIN; the old one opens nothing any more.
    NewPin {
        /// Of this room.
        number: String,
    },
    /// Another link; the old one leads nowhere any more.
    NewLink {
        /// Of this room.
        number: String,
    },
    /// Delete a room for all.
    Delete {
        /// This one.
        number: String,
    },
    /// Belong to a room no longer.
    Leave {
        /// This one.
        number: String,
        /// The own account's key.
        user: i64,
    },
    /// Somebody belongs to a room, as its host or not.
    SetMember {
        /// This one.
        number: String,
        /// The account's key.
        user: i64,
        /// They manage it beside the owner.
        host: bool,
    },
    /// Somebody belongs to a room no longer.
    RemoveMember {
        /// This one.
        number: String,
        /// The account's key.
        user: i64,
    },
    /// Make a further link.
    CreateLink {
        /// To this room.
        number: String,
        /// Its label and end.
        link: CreateLink,
    },
    /// End a further link for good.
    RevokeLink {
        /// To this room.
        number: String,
        /// The link's key.
        id: i64,
    },
    /// The code that puts the session login into another web site.
    LoadEmbed {
        /// For this room.
        number: String,
        /// How it looks.
        look: EmbedLook,
    },
    /// A page of the chat.
    LoadChat {
        /// Of this room.
        number: String,
        /// Only lines before this one; without it, the last ones.
        before: Option<i64>,
    },
    /// The last line of each of these rooms, for the list.
    LoadLastLines {
        /// The rooms.
        numbers: Vec<String>,
    },
    /// Write into the chat.
    Write {
        /// Of this room.
        number: String,
        /// Tells lines on their way apart.
        key: u64,
        /// The text.
        text: Line,
    },
    /// Ring for everybody who belongs to a room and is not inside.
    Ring {
        /// This one.
        number: String,
        /// The user saw for how many; without it the hub only says how many.
        confirm: bool,
        /// With pictures.
        video: bool,
    },
    /// Make somebody a member of a room and ask for how many it would ring there then.
    Fetch {
        /// This one.
        number: String,
        /// The account's name.
        user: String,
        /// With pictures.
        video: bool,
    },
}
