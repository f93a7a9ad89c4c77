//! What comes from the hub, and what is asked before it happens.

use crate::command::Purpose;
use crate::net::Rung;
use crate::state::Failure;
use protocol::{
    Capacity, ChatLine, ChatPage, ConferencePage, EmbedCode, PeopleNow, Room, RoomDetails,
    RoomLink, RoomMember, UserSummary,
};

/// What is asked before it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Call everybody who belongs to a room.
    Ring {
        /// Its number.
        number: String,
        /// For so many it would ring.
        people: usize,
    },
    /// Delete a room for all.
    Delete {
        /// Its number.
        number: String,
    },
    /// Belong to a room no longer.
    Leave {
        /// Its number.
        number: String,
    },
    /// Take somebody out of a room.
    RemoveMember {
        /// Its number.
        number: String,
        /// The account's key.
        user: i64,
        /// What others read.
        name: String,
    },
    /// End a further link.
    RevokeLink {
        /// The room's number.
        number: String,
        /// The link's key.
        id: i64,
        /// Its label.
        label: String,
    },
    /// Replace a room's PIN.
    NewPin {
        /// Its number.
        number: String,
    },
    /// Replace a room's link.
    NewLink {
        /// Its number.
        number: String,
    },
}

/// What the hub answered about rooms.
#[derive(Debug)]
pub enum RoomsEvent {
    /// All own rooms.
    Listed(Result<Vec<Room>, Failure>),
    /// People whom a search found.
    Found(Result<Vec<UserSummary>, Failure>),
    /// A room was made.
    Created {
        /// It.
        room: Result<Room, Failure>,
        /// What for.
        purpose: Purpose,
    },
    /// Way in and policy.
    Details {
        /// Of this room.
        number: String,
        /// They.
        details: Result<RoomDetails, Failure>,
    },
    /// Name, policy, PIN or link were changed.
    Changed {
        /// Of this room.
        number: String,
        /// How it is now.
        details: Result<RoomDetails, Failure>,
    },
    /// A room was deleted or left.
    Gone {
        /// This one.
        number: String,
        /// Whether it worked.
        outcome: Result<(), Failure>,
    },
    /// Who belongs to a room.
    Members {
        /// This one.
        number: String,
        /// They.
        members: Result<Vec<RoomMember>, Failure>,
    },
    /// A room's further links.
    Links {
        /// This one's.
        number: String,
        /// They.
        links: Result<Vec<RoomLink>, Failure>,
    },
    /// Who is inside and who waits.
    People {
        /// In this room.
        number: String,
        /// They.
        people: Result<PeopleNow, Failure>,
    },
    /// Guest places of the hub.
    Capacity {
        /// They.
        capacity: Result<Capacity, Failure>,
        /// How long the hub took to answer, milliseconds.
        latency_ms: u32,
    },
    /// A room's newest conference.
    Began {
        /// The room.
        number: String,
        /// A page with one.
        page: Result<ConferencePage, Failure>,
    },
    /// The session login for another web site.
    Embed {
        /// For this room.
        number: String,
        /// Its code.
        code: Result<EmbedCode, Failure>,
    },
    /// A page of a chat.
    ChatPage {
        /// Of this room.
        number: String,
        /// What it was asked with.
        before: Option<i64>,
        /// Its lines.
        page: Result<ChatPage, Failure>,
    },
    /// The newest line of a room's chat.
    LastLine {
        /// Of this room.
        number: String,
        /// It.
        line: ChatLine,
    },
    /// A line was written.
    Written {
        /// Into this room's chat.
        number: String,
        /// Which, of those on their way.
        key: u64,
        /// As the hub keeps it.
        line: Result<ChatLine, Failure>,
    },
    /// Somebody shall be called, or is.
    Rung {
        /// Into this room.
        number: String,
        /// What came of it.
        outcome: Result<Rung, Failure>,
    },
}
