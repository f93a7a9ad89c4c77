//! The hub's people as the window knows them: who we are, contacts, presence, the directory.

use super::names::{fits, fold};
use super::{Failure, Page, Screen, State};
use crate::command::RoomsCommand;
use protocol::{Me, Presence, UserPresence, UserSummary};
use std::collections::HashMap;

/// Who types is asked for so long after the last key, seconds.
const TYPING_S: f64 = 0.25;

/// Everybody known so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    /// The own account; `None` until the hub answered.
    pub me: Option<Me>,
    /// The own contacts by display name; `None` until the hub answered.
    pub contacts: Option<Vec<UserSummary>>,
    /// What the last search found.
    pub found: Vec<UserSummary>,
    /// What the hub found last, whoever searched.
    pub latest: Vec<UserSummary>,
    /// Why the last search, list or change did not work.
    pub failure: Option<Failure>,
    /// The own presence as the others see it.
    pub own: Option<Presence>,
    /// What is searched, as typed.
    pub query: String,
    /// The account whose details are on show.
    pub selected: Option<String>,
    /// The contact that is being added or removed.
    pub changing: Option<String>,
    /// When the query was last typed into and not yet asked for, [`super::Now::seconds`].
    typed_at: Option<f64>,
    /// What [`People::found`] answers.
    answered: String,
    presence: HashMap<String, Presence>,
    known: HashMap<String, UserSummary>,
    /// Display names from where there is no more: calls, the journal.
    names: HashMap<String, String>,
    /// Whose picture was asked for, and how old it was.
    pictured: HashMap<String, Option<i64>>,
}

/// What the hub answered about people.
#[derive(Debug)]
pub enum PeopleEvent {
    /// The own account.
    Me(Result<Me, Failure>),
    /// The own contacts.
    Contacts(Result<Vec<UserSummary>, Failure>),
    /// What a search found.
    Found {
        /// What was searched.
        query: String,
        /// Who fits.
        users: Result<Vec<UserSummary>, Failure>,
    },
    /// A contact was added or removed.
    ContactSet {
        /// The account's name.
        user: String,
        /// They are a contact from now on.
        contact: bool,
        /// Whether that worked.
        done: Result<(), Failure>,
    },
    /// The room in which we write to somebody stands.
    ChatRoom {
        /// The account's name.
        user: String,
        /// The room's number.
        number: Result<String, Failure>,
    },
}

impl People {
    /// Takes in an answer.
    pub fn apply(&mut self, event: PeopleEvent) {
        match event {
            PeopleEvent::Me(Ok(me)) => self.me = Some(me),
            PeopleEvent::Contacts(Ok(mut contacts)) => {
                self.failure = None;
                contacts.sort_by_key(|person| person.display_name.to_lowercase());
                self.learn(&contacts);
                self.contacts = Some(contacts);
            }
            PeopleEvent::Found { query, users: Ok(users) } => {
                self.learn(&users);
                self.latest.clone_from(&users);
                // Answers to what was typed before come too late.
                if query == self.query.trim() {
                    self.failure = None;
                    self.found = users;
                    self.answered = query;
                }
            }
            PeopleEvent::ContactSet { user, contact, done: Ok(()) } => {
                self.changing = None;
                self.contact_set(&user, contact);
            }
            PeopleEvent::ChatRoom { number: Ok(_), .. } => self.changing = None,
            PeopleEvent::Me(Err(failure))
            | PeopleEvent::Contacts(Err(failure))
            | PeopleEvent::Found { users: Err(failure), .. }
            | PeopleEvent::ContactSet { done: Err(failure), .. }
            | PeopleEvent::ChatRoom { number: Err(failure), .. } => {
                self.changing = None;
                self.failure = Some(failure);
            }
        }
    }

    fn learn(&mut self, people: &[UserSummary]) {
        for person in people {
            self.known.insert(person.name.clone(), person.clone());
        }
    }

    fn contact_set(&mut self, user: &str, contact: bool) {
        let person = self.known.get_mut(user);
        let Some(person) = person else { return };
        person.contact = contact;
        let person = person.clone();
        for found in &mut self.found {
            if found.name == user {
                found.contact = contact;
            }
        }
        let contacts = self.contacts.get_or_insert_default();
        contacts.retain(|known| known.name != user);
        if contact {
            contacts.push(person);
            contacts.sort_by_key(|person| person.display_name.to_lowercase());
        }
    }

    /// Everybody's presence anew; who is not named is offline.
    pub fn welcome(&mut self, you: UserPresence, people: Vec<UserPresence>) {
        self.own = Some(you.presence);
        self.presence = people.into_iter().map(|p| (p.user, p.presence)).collect();
    }

    /// Some people's presence changed; the own one may be among them.
    pub fn presence_changed(&mut self, people: Vec<UserPresence>) {
        for person in people {
            if self.me.as_ref().is_some_and(|me| me.name == person.user) {
                self.own = Some(person.presence);
            }
            self.presence.insert(person.user, person.presence);
        }
    }

    /// Nobody's presence is known while the hub cannot be heard.
    pub fn forget_presence(&mut self) {
        self.own = None;
        self.presence.clear();
    }

    /// Somebody's presence, by account name.
    pub fn presence(&self, user: &str) -> Presence {
        self.presence.get(user).copied().unwrap_or(Presence::Offline)
    }

    /// Whether the own conference profile exists; `None` until known.
    pub fn has_profile(&self) -> Option<bool> {
        self.me.as_ref().map(|me| me.profile.is_some())
    }

    /// Somebody by account name, as far as the hub told.
    pub fn person(&self, user: &str) -> Option<&UserSummary> {
        self.known.get(user)
    }

    /// What people read for an account; the account's name where nothing better is known.
    pub fn name_of<'a>(&'a self, user: &'a str) -> &'a str {
        let known = self.known.get(user).map(|person| &person.display_name);
        known.or_else(|| self.names.get(user)).map_or(user, String::as_str)
    }

    /// A display name that came with something else than a list of people.
    pub fn remember(&mut self, user: &str, display_name: &str) {
        self.names.insert(user.to_owned(), display_name.to_owned());
    }

    /// The one account that is called so; `None` where nobody or more than one is. For the people of a
    /// conference, of whom display names only are known.
    pub fn called(&self, display_name: &str) -> Option<&str> {
        let known = self.known.values().map(|p| (p.name.as_str(), p.display_name.as_str()));
        let names = self.names.iter().map(|(user, name)| (user.as_str(), name.as_str()));
        let own = self.me.as_ref().map(|me| me.name.as_str());
        let mut fits =
            known.chain(names).filter(|(user, name)| *name == display_name && Some(*user) != own);
        let (first, _) = fits.next()?;
        fits.all(|(user, _)| user == first).then_some(first)
    }

    /// Whether somebody is among the own contacts.
    pub fn is_contact(&self, user: &str) -> bool {
        self.contacts.as_ref().is_some_and(|known| known.iter().any(|p| p.name == user))
    }

    /// The query was typed into.
    pub fn typed(&mut self, now_s: f64) {
        self.failure = None;
        self.typed_at = Some(now_s);
    }

    /// What to search for now, once; the pause after the last key has passed.
    pub fn search_due(&mut self, now_s: f64) -> Option<String> {
        if now_s - self.typed_at? < TYPING_S {
            return None;
        }
        self.typed_at = None;
        let query = self.query.trim();
        if query.is_empty() {
            self.found.clear();
            self.answered.clear();
            return None;
        }
        Some(query.to_owned())
    }

    /// Seconds until [`People::search_due`] may say something; `None`: nothing was typed.
    pub fn search_in(&self, now_s: f64) -> Option<f64> {
        self.typed_at.map(|at| (at + TYPING_S - now_s).max(0.0))
    }

    /// The hub answered what stands in the search field.
    pub fn search_answered(&self) -> bool {
        self.typed_at.is_none() && self.answered == self.query.trim()
    }

    /// Those of `people` whose name, or a word of whose display name, begins as typed.
    pub fn matches(&self, person: &UserSummary) -> bool {
        let query = fold(self.query.trim());
        fits(&person.name, &query) || fits(&person.display_name, &query)
    }

    /// Whether somebody's picture has to be fetched now: once for each change of it. Who is known
    /// to have none is not asked for.
    pub fn picture_due(&mut self, user: &str) -> bool {
        let own = self.me.as_ref().filter(|me| me.name == user).map(|me| me.picture_changed_at_ms);
        let changed = own.or_else(|| self.known.get(user).map(|p| p.picture_changed_at_ms));
        if changed == Some(None) {
            return false;
        }
        let changed = changed.flatten();
        if self.pictured.get(user) == Some(&changed) {
            return false;
        }
        self.pictured.insert(user.to_owned(), changed);
        true
    }
}

impl State {
    pub(super) fn apply_people(&mut self, event: PeopleEvent) {
        if let PeopleEvent::ChatRoom { number: Ok(number), .. } = &event {
            self.show_room(number);
        }
        self.people.apply(event);
    }

    /// Goes to a room on the rooms page.
    fn show_room(&mut self, number: &str) {
        self.page = Page::Rooms;
        if self.screen == Screen::Ended {
            self.go_home();
        }
        // A room made this moment is not listed yet.
        self.rooms.wanted = Some(number.to_owned());
        self.ask_rooms(vec![RoomsCommand::List]);
    }
}
