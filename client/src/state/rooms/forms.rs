//! What is being filled in on the rooms page.

use crate::command::EmbedLook;
use crate::state::Failure;
use protocol::{EmbedCode, Room, RoomDetails, RoomKind, UserSummary};

/// The longest name of a room and label of a link, in characters.
pub const MAX_NAME: usize = 120;

/// People to take in, with the search that finds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// Who was picked, in order.
    pub people: Vec<UserSummary>,
    /// The search as typed.
    pub search: String,
}

impl Picked {
    /// Whether somebody was picked.
    pub fn contains(&self, user: i64) -> bool {
        self.people.iter().any(|person| person.id == user)
    }

    /// Picks somebody, or no longer.
    pub fn toggle(&mut self, person: &UserSummary) {
        if self.contains(person.id) {
            self.people.retain(|picked| picked.id != person.id);
        } else {
            self.people.push(person.clone());
        }
    }

    /// Their keys.
    pub fn keys(&self) -> Vec<i64> {
        self.people.iter().map(|person| person.id).collect()
    }
}

/// A room to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateForm {
    /// Its name as typed.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// Who belongs to it from the start.
    pub members: Picked,
    /// On its way.
    pub busy: bool,
    /// Saving was tried without a name.
    pub checked: bool,
    /// The dialog had its initial focus.
    pub focused: bool,
    /// The user is asked whether all of it may go.
    pub asking: bool,
    /// What went wrong last.
    pub failure: Option<Failure>,
}

impl Default for CreateForm {
    fn default() -> Self {
        CreateForm {
            name: String::new(),
            kind: RoomKind::GroupCall,
            members: Picked::default(),
            busy: false,
            checked: false,
            focused: false,
            asking: false,
            failure: None,
        }
    }
}

impl CreateForm {
    /// Whether closing loses something.
    pub fn is_touched(&self) -> bool {
        !self.name.trim().is_empty() || !self.members.people.is_empty()
    }

    /// Whether the dialog may close at once; asks the user otherwise.
    pub fn may_close(&mut self) -> bool {
        self.asking = self.is_touched();
        !self.asking
    }
}

/// A spontaneous call to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartForm {
    /// The call's name as typed; empty: the one that is proposed.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// For whom it will ring.
    pub people: Picked,
    /// The part for people without an account is open.
    pub external: bool,
    /// The room, once its link was wanted.
    pub room: Option<Room>,
    /// How guests get there.
    pub details: Option<RoomDetails>,
    /// Who belongs to the room already.
    pub inside: Vec<i64>,
    /// On its way.
    pub busy: bool,
    /// The dialog had its initial focus.
    pub focused: bool,
    /// The user is asked whether all of it may go.
    pub asking: bool,
    /// What went wrong last.
    pub failure: Option<Failure>,
}

impl Default for StartForm {
    fn default() -> Self {
        StartForm {
            name: String::new(),
            kind: RoomKind::GroupCall,
            people: Picked::default(),
            external: false,
            room: None,
            details: None,
            inside: Vec::new(),
            busy: false,
            focused: false,
            asking: false,
            failure: None,
        }
    }
}

impl StartForm {
    /// Whether closing loses something.
    pub fn is_touched(&self) -> bool {
        !self.name.trim().is_empty() || !self.people.people.is_empty()
    }

    /// Whether the dialog may close at once; asks the user otherwise.
    pub fn may_close(&mut self) -> bool {
        self.asking = self.is_touched();
        !self.asking
    }
}

/// Another name for a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenameForm {
    /// As typed.
    pub name: String,
    /// On its way.
    pub busy: bool,
    /// The field had its initial focus.
    pub focused: bool,
    /// What went wrong last.
    pub failure: Option<Failure>,
}

/// When a further link ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expiry {
    /// When it is revoked.
    #[default]
    Never,
    /// A day from now.
    Day,
    /// A week from now.
    Week,
    /// Thirty days from now.
    Month,
}

impl Expiry {
    /// All, in the order of the list.
    pub const ALL: [Expiry; 4] = [Expiry::Never, Expiry::Day, Expiry::Week, Expiry::Month];

    /// The moment, Unix milliseconds.
    pub fn at_ms(self, now_ms: i64) -> Option<i64> {
        const DAY_MS: i64 = 86_400_000;
        let days = match self {
            Expiry::Never => return None,
            Expiry::Day => 1,
            Expiry::Week => 7,
            Expiry::Month => 30,
        };
        Some(now_ms + days * DAY_MS)
    }
}

/// A further link to make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkForm {
    /// For whom or what, as typed.
    pub label: String,
    /// When it ends.
    pub expiry: Expiry,
    /// On its way.
    pub busy: bool,
    /// Making it was tried without a label.
    pub checked: bool,
}

/// The session login for somebody's own web site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbedForm {
    /// How it shall look, as typed.
    pub look: EmbedLook,
    /// What the hub was asked for last.
    pub asked: Option<EmbedLook>,
    /// The code; `None` until the hub answered.
    pub code: Option<EmbedCode>,
    /// What went wrong last.
    pub failure: Option<Failure>,
}

impl EmbedForm {
    /// Whether every colour is one, or empty.
    pub fn is_valid(&self) -> bool {
        is_color(&self.look.color) && is_color(&self.look.background)
    }
}

/// Whether a text is empty or a colour as web sites write it, `#rrggbb`.
pub fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    text.is_empty() || (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
