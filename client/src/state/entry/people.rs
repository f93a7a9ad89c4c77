//! Who is invited: what is picked, what is searched, and who is offered.

use super::Field;
use crate::state::names::{fits, fold};
use protocol::{InvitedPerson, PersonDraft, RoomKind, UserSummary};
use std::collections::HashSet;

/// The most people besides the organiser in a group call.
pub const MAX_GROUP_CALL_PEOPLE: usize = 24;

/// The most people besides the organiser in a webinar that the hub takes.
pub const MAX_WEBINAR_PEOPLE: usize = 1000;

/// The longest name beside an outside address, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// The longest address (RFC 5321 section 4.5.3.1.3), in bytes.
const MAX_EMAIL_BYTES: usize = 254;

/// So many rows are offered at once.
const OFFERED: usize = 8;

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Their account's key; none for an outside address.
    pub user_id: Option<i64>,
    /// The account's name, where it is known: their picture goes by it.
    pub account: Option<String>,
    /// What people read.
    pub name: String,
    /// The outside address.
    pub email: Option<String>,
    /// Moderates beside the organiser.
    pub co_host: bool,
}

impl Invitee {
    /// Somebody with an account.
    pub fn user(user: &UserSummary) -> Invitee {
        Invitee {
            user_id: Some(user.id),
            account: Some(user.name.clone()),
            name: user.display_name.clone(),
            email: None,
            co_host: false,
        }
    }

    /// Somebody without one; without a name the address stands for it.
    pub fn outside(email: &str, name: &str) -> Invitee {
        let (email, name) = (email.trim(), name.trim());
        Invitee {
            user_id: None,
            account: None,
            name: if name.is_empty() { email } else { name }.to_owned(),
            email: Some(email.to_owned()),
            co_host: false,
        }
    }

    /// As the hub knows them.
    pub fn of(person: &InvitedPerson) -> Invitee {
        Invitee {
            user_id: person.user_id,
            account: None,
            name: person.name.clone(),
            email: person.email.clone().filter(|_| person.user_id.is_none()),
            co_host: person.co_host,
        }
    }

    /// As the hub wants them.
    pub fn draft(&self) -> PersonDraft {
        let email = self.email.clone().filter(|_| self.user_id.is_none());
        let name = email.as_ref().filter(|email| **email != self.name).map(|_| self.name.clone());
        PersonDraft { user_id: self.user_id, email, name, co_host: self.co_host }
    }

    fn is_same(&self, other: &Invitee) -> bool {
        match (self.user_id, other.user_id) {
            (Some(one), Some(two)) => one == two,
            (None, None) => {
                let key = |person: &Invitee| person.email.as_deref().map(str::to_lowercase);
                key(self) == key(other)
            }
            _ => false,
        }
    }
}

/// The organiser: listed, never invited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organiser {
    /// The account's key.
    pub id: i64,
    /// What people read.
    pub name: String,
    /// Where mail reaches them, where that is known.
    pub email: Option<String>,
    /// It is the user of this window.
    pub own: bool,
}

/// Why somebody was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddProblem {
    /// A group call is full.
    Full,
    /// What was typed is no address.
    NoAddress,
    /// The name beside it is too long.
    LongName,
    /// The address is the organiser's.
    Organiser,
    /// They are invited already.
    Twice,
}

/// A row of the drop-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Somebody with an account, and whether they are invited.
    User(UserSummary, bool),
    /// The address that was typed.
    Address(String),
    /// The organiser; cannot be picked.
    Organiser(Organiser),
}

/// The participants' side of the form, as far as it is not kept: search and drop-down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picker {
    /// As typed.
    pub query: String,
    /// The drop-down is open.
    pub open: bool,
    /// The row that Enter picks.
    pub marked: usize,
    /// Why the last one was not added.
    pub problem: Option<AddProblem>,
    /// The form for an outside person is open.
    pub outside: bool,
    /// Their address, as typed.
    pub email: String,
    /// Their name, as typed.
    pub name: String,
    /// Why they were not added, and at which field.
    pub outside_problem: Option<(Field, AddProblem)>,
    /// What the directory was asked for last.
    pub asked: String,
    /// When the text changed last, in seconds of the window's clock.
    pub changed_at: f64,
}

/// How many people may be added to an entry of that kind.
pub fn most(kind: RoomKind) -> usize {
    match kind {
        RoomKind::GroupCall => MAX_GROUP_CALL_PEOPLE,
        RoomKind::Webinar => MAX_WEBINAR_PEOPLE,
    }
}

/// Adds somebody at the end, if the rules allow it.
pub fn add(
    people: &mut Vec<Invitee>,
    new: Invitee,
    kind: RoomKind,
    organiser: &Organiser,
) -> Result<(), AddProblem> {
    let own = organiser.email.as_deref().map(str::to_lowercase);
    let theirs = new.email.as_deref().map(str::to_lowercase);
    if new.user_id == Some(organiser.id) || (theirs.is_some() && theirs == own) {
        return Err(AddProblem::Organiser);
    }
    if people.iter().any(|person| person.is_same(&new)) {
        return Err(AddProblem::Twice);
    }
    if people.len() >= most(kind) {
        return Err(AddProblem::Full);
    }
    people.push(new);
    Ok(())
}

/// Whom to offer for what was typed: contacts first, then the directory, each once; an address that
/// was typed; the organiser, who cannot be picked, last.
pub fn offers(
    query: &str,
    contacts: &[UserSummary],
    found: &[UserSummary],
    invited: &[Invitee],
    organiser: &Organiser,
) -> Vec<Offer> {
    let mut seen = HashSet::new();
    let fits = |user: &&UserSummary| {
        user.id != organiser.id
            && (matches(query, &user.display_name) || matches(query, &user.name))
    };
    let people = contacts.iter().chain(found).filter(fits).filter(|user| seen.insert(user.id));
    let mut offers: Vec<Offer> = people
        .take(OFFERED)
        .map(|user| {
            let is_invited = invited.iter().any(|person| person.user_id == Some(user.id));
            Offer::User(user.clone(), is_invited)
        })
        .collect();
    if is_address(query.trim()) {
        offers.push(Offer::Address(query.trim().to_owned()));
    }
    if matches(query, &organiser.name) {
        offers.push(Offer::Organiser(organiser.clone()));
    }
    offers
}

/// Whether a word of `name`, or the name itself, begins like that; capitals and accents are one.
pub fn matches(query: &str, name: &str) -> bool {
    fits(name, &fold(query.trim()))
}

/// Whether mail can go there; the hub looks closer (RFC 5321 section 4.1.2).
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let host = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= MAX_EMAIL_BYTES
        && (1..=64).contains(&local.len())
        && local.chars().all(atom)
        && local.split('.').all(|part| !part.is_empty())
        && domain.split('.').all(host)
}

impl Picker {
    /// What the directory is to be asked now, once typing has paused.
    pub fn search(&mut self, seconds: f64) -> Search {
        /// Typing pauses after so many seconds.
        const PAUSE_S: f64 = 0.2;
        let query = self.query.trim();
        if query == self.asked || query.is_empty() {
            return Search::Nothing;
        }
        let wait = self.changed_at + PAUSE_S - seconds;
        if wait > 0.0 {
            return Search::Wait(wait);
        }
        self.asked = query.to_owned();
        Search::Ask(self.asked.clone())
    }
}

/// Whether to search.
#[derive(Debug, Clone, PartialEq)]
pub enum Search {
    /// For this.
    Ask(String),
    /// In so many seconds.
    Wait(f64),
    /// Not at all.
    Nothing,
}
