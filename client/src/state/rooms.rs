//! The rooms as the window knows them, outside of conferences.

mod chat;
mod event;
mod flow;
mod forms;
mod info;

pub use chat::{Chat, Outgoing};
pub use event::{Question, RoomsEvent};
pub use forms::{
    CreateForm, EmbedForm, Expiry, LinkForm, MAX_NAME, Picked, RenameForm, StartForm, is_color,
};
pub use info::{Info, Part};

use super::Failure;
use crate::command::{Purpose, RoomsCommand};
use crate::net::Rung;
use protocol::{
    ConferencePage, PeopleNow, Room, RoomDetails, RoomState, RoomStatus, Standing, UserSummary,
};
use std::collections::HashMap;

/// How many rooms show their last line without being opened.
const LAST_LINES: usize = 50;

/// Rooms, what happens in them, and the one on show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rooms {
    /// Newest first; `None` until the hub answered.
    pub list: Option<Vec<Room>>,
    /// Why the list did not come.
    pub failure: Option<Failure>,
    /// What happens in rooms that are not idle, by number.
    pub status: HashMap<String, RoomStatus>,
    /// Since when a conference runs there, Unix milliseconds, as far as known.
    pub since: HashMap<String, i64>,
    /// The chats seen so far, by number.
    pub chats: HashMap<String, Chat>,
    /// The search in rooms and contacts as typed.
    pub search: String,
    /// The number of the room on show.
    pub selected: Option<String>,
    /// The number of a room to be shown as soon as it is listed.
    pub wanted: Option<String>,
    /// Where there is room for one of them only: the room on show, and not the list.
    pub show_chat: bool,
    /// Where there is room beside the chat: no information.
    pub info_hidden: bool,
    /// Where there is none: the information lies over the chat.
    pub info_over: bool,
    /// About the room on show.
    pub info: Info,
    /// What has to be answered before it happens.
    pub question: Option<Question>,
    /// A room that is being made.
    pub create: Option<CreateForm>,
    /// A spontaneous call that is being prepared.
    pub start: Option<StartForm>,
    /// The room on show is being renamed.
    pub rename: Option<RenameForm>,
    /// People whom the last search for new members found.
    pub found: Vec<UserSummary>,
    /// Why it did not work.
    pub find_failure: Option<Failure>,
    /// The room whose people are called once the user is inside.
    ring_on_entry: Option<String>,
}

/// What the hub says when it is told to ring for a room in which everybody is inside or away.
fn nobody_there() -> Failure {
    Failure::Hub { code: "nobody".into(), field: None, message: String::new() }
}

/// Whether the caller changes the room itself: name, members, links.
pub fn manages(room: &Room) -> bool {
    matches!(room.standing, Standing::Owner | Standing::Host)
}

/// Whether the caller moderates: policy, way in, who waits.
pub fn moderates(room: &Room) -> bool {
    manages(room) || room.policy.users_moderate
}

impl Rooms {
    /// A room by its number.
    pub fn get(&self, number: &str) -> Option<&Room> {
        self.list.as_ref()?.iter().find(|room| room.number == number)
    }

    /// The room on show.
    pub fn current(&self) -> Option<&Room> {
        self.get(self.selected.as_deref()?)
    }

    /// What happens in a room; `None` when nothing does.
    pub fn activity(&self, number: &str) -> Option<&RoomStatus> {
        self.status.get(number)
    }

    /// Who is inside and who waits, where that is known and kept up to date: in the room on show.
    pub(super) fn people_in(&self, number: &str) -> Option<&PeopleNow> {
        self.info.people.as_ref().filter(|_| self.shows(number))
    }

    /// A conference runs there, on hold or not.
    pub fn runs(&self, number: &str) -> bool {
        let state = self.activity(number).map(|status| status.state);
        matches!(state, Some(RoomState::Live | RoomState::OnHold))
    }

    /// Those that fit the search: where somebody waits or a conference runs first, then by the
    /// last thing that happened.
    pub fn shown(&self) -> Vec<&Room> {
        let wanted = self.search.trim().to_lowercase();
        let rooms = self.list.iter().flatten();
        let mut shown: Vec<_> = rooms
            .filter(|room| wanted.is_empty() || room.name.to_lowercase().contains(&wanted))
            .collect();
        let last = |room: &Room| {
            let line = self.chats.get(&room.number).and_then(Chat::last);
            line.map_or(0, |line| line.at_ms).max(room.created_at_ms)
        };
        shown.sort_by_cached_key(|room| {
            let urgency = match self.activity(&room.number).map(|status| status.state) {
                Some(RoomState::SomeoneWaits) => 0,
                Some(RoomState::Live | RoomState::OnHold) => 1,
                _ => 2,
            };
            (urgency, std::cmp::Reverse(last(room)))
        });
        shown
    }

    /// In how many rooms somebody waits in front of the door.
    pub fn with_waiting(&self) -> usize {
        self.status.values().filter(|status| status.waiting > 0).count()
    }

    /// The conference that runs in one of the rooms, and since when if that is known.
    pub fn running(&self) -> Option<(&Room, Option<i64>)> {
        let room = self.shown().into_iter().find(|room| {
            self.activity(&room.number).is_some_and(|status| status.state == RoomState::Live)
        })?;
        Some((room, self.since.get(&room.number).copied()))
    }

    /// Shows a room; gives what has to be asked for it.
    pub fn select(&mut self, number: &str) -> Vec<RoomsCommand> {
        let Some(room) = self.get(number).cloned() else { return Vec::new() };
        let again = self.selected.as_deref() == Some(number);
        self.show_chat = true;
        self.read(number);
        if again && self.info.details.is_some() {
            return Vec::new();
        }
        self.selected = Some(number.to_owned());
        self.info = Info::default();
        self.rename = None;
        let number = number.to_owned();
        let mut wishes = vec![
            RoomsCommand::LoadDetails { number: number.clone() },
            RoomsCommand::LoadMembers { number: number.clone() },
        ];
        if manages(&room) {
            wishes.push(RoomsCommand::LoadLinks { number: number.clone() });
        }
        if moderates(&room) {
            wishes.push(RoomsCommand::LoadPeople { number: number.clone() });
            wishes.push(RoomsCommand::LoadCapacity);
        }
        let chat = self.chats.entry(number.clone()).or_default();
        if !chat.loading {
            chat.loading = true;
            wishes.push(RoomsCommand::LoadChat { number, before: None });
        }
        wishes
    }

    /// Everything in a room's chat was seen.
    pub fn read(&mut self, number: &str) {
        if let Some(chat) = self.chats.get_mut(number) {
            chat.unread = 0;
        }
    }

    /// The chat of the room on show, to write in.
    pub fn chat_mut(&mut self) -> Option<(&str, &mut Chat)> {
        let number = self.selected.as_deref()?;
        Some((number, self.chats.entry(number.to_owned()).or_default()))
    }

    /// Takes in an answer; gives what has to be asked next.
    pub fn apply(&mut self, event: RoomsEvent) -> Vec<RoomsCommand> {
        match event {
            RoomsEvent::Listed(list) => return self.listed(list),
            RoomsEvent::Created { room, purpose } => return self.created(room, purpose),
            RoomsEvent::Found(Ok(people)) => (self.found, self.find_failure) = (people, None),
            RoomsEvent::Found(Err(failure)) => self.find_failure = Some(failure),
            RoomsEvent::Details { number, details } => self.details(&number, details, false),
            RoomsEvent::Changed { number, details } => self.details(&number, details, true),
            RoomsEvent::Gone { number, outcome } => return self.gone(&number, outcome),
            RoomsEvent::Capacity { capacity, .. } => self.info.capacity = capacity.ok(),
            RoomsEvent::Began { number, page } => self.began(number, page),
            RoomsEvent::ChatPage { number, before, page } => {
                self.chats.entry(number).or_default().page(before, page);
            }
            RoomsEvent::LastLine { number, line } => {
                self.chats.entry(number).or_default().take(line);
            }
            RoomsEvent::Written { number, key, line } => {
                self.chats.entry(number).or_default().written(key, line);
            }
            RoomsEvent::Rung { number, outcome } => self.rung(number, outcome),
            RoomsEvent::Members { number, members } if self.shows(&number) => {
                self.info.take_members(members);
            }
            RoomsEvent::Links { number, links } if self.shows(&number) => {
                self.info.take_links(links);
            }
            RoomsEvent::People { number, people } if self.shows(&number) => {
                self.info.people = people.ok();
            }
            RoomsEvent::Embed { number, code } if self.shows(&number) => {
                self.info.take_embed(code);
            }
            // About a room that is no longer on show.
            RoomsEvent::Members { .. }
            | RoomsEvent::Links { .. }
            | RoomsEvent::People { .. }
            | RoomsEvent::Embed { .. } => {}
        }
        Vec::new()
    }

    fn shows(&self, number: &str) -> bool {
        self.selected.as_deref() == Some(number)
    }

    fn listed(&mut self, list: Result<Vec<Room>, Failure>) -> Vec<RoomsCommand> {
        let list = match list {
            Ok(list) => list,
            Err(failure) => {
                self.failure = Some(failure);
                return Vec::new();
            }
        };
        self.failure = None;
        self.chats.retain(|number, _| list.iter().any(|room| room.number == *number));
        let silent = list.iter().filter(|room| !self.chats.contains_key(&room.number));
        let numbers: Vec<_> = silent.take(LAST_LINES).map(|room| room.number.clone()).collect();
        self.list = Some(list);
        let mut wishes = Vec::new();
        if let Some(wanted) = self.wanted.take() {
            wishes.extend(self.select(&wanted));
        }
        if self.current().is_none() {
            self.selected = None;
            wishes.extend(self.select_first());
        }
        if !numbers.is_empty() {
            wishes.push(RoomsCommand::LoadLastLines { numbers });
        }
        wishes.extend(self.starts_unknown());
        wishes
    }

    /// Shows the first room of the list where there is space beside the list.
    fn select_first(&mut self) -> Vec<RoomsCommand> {
        let first = self.shown().first().map(|room| room.number.clone());
        let wishes = first.map(|number| self.select(&number)).unwrap_or_default();
        self.show_chat = false;
        wishes
    }

    fn created(&mut self, room: Result<Room, Failure>, purpose: Purpose) -> Vec<RoomsCommand> {
        let room = match room {
            Ok(room) => room,
            Err(failure) => {
                if let (Purpose::Keep, Some(form)) = (purpose, &mut self.create) {
                    (form.busy, form.failure) = (false, Some(failure));
                } else if let Some(form) = self.start.as_mut().filter(|form| form.busy) {
                    (form.busy, form.failure) = (false, Some(failure));
                }
                return Vec::new();
            }
        };
        let list = self.list.get_or_insert_default();
        if list.iter().all(|known| known.number != room.number) {
            list.insert(0, room.clone());
        }
        match (purpose, self.start.as_mut().filter(|form| form.busy)) {
            (Purpose::Keep, _) => {
                self.create = None;
                self.search.clear();
                self.select(&room.number)
            }
            (_, Some(form)) => {
                form.busy = false;
                form.inside = form.people.keys();
                let number = room.number.clone();
                form.room = Some(room);
                vec![RoomsCommand::LoadDetails { number }]
            }
            (_, None) => Vec::new(),
        }
    }

    fn details(&mut self, number: &str, details: Result<RoomDetails, Failure>, after_change: bool) {
        let shown = self.shows(number);
        if shown && after_change {
            self.info.changes = self.info.changes.saturating_sub(1);
        }
        match details {
            Ok(details) => {
                if let Some(room) =
                    self.list.iter_mut().flatten().find(|room| room.number == number)
                {
                    *room = details.room.clone();
                }
                if let Some(form) = &mut self.start
                    && form.room.as_ref().is_some_and(|room| room.number == number)
                {
                    form.details = Some(details.clone());
                }
                if shown && after_change && self.rename.as_ref().is_some_and(|form| form.busy) {
                    self.rename = None;
                }
                // An answer to an earlier flip must not undo a later one.
                if shown && self.info.changes == 0 {
                    self.info.details = Some(details);
                    self.info.confirmed = None;
                }
            }
            Err(failure) if shown => match &mut self.rename {
                Some(form) if form.busy && after_change => {
                    (form.busy, form.failure) = (false, Some(failure));
                }
                _ => self.info.refuse_change(failure, after_change),
            },
            Err(_) => {}
        }
    }

    fn gone(&mut self, number: &str, outcome: Result<(), Failure>) -> Vec<RoomsCommand> {
        if let Err(failure) = outcome {
            if self.shows(number) {
                self.info.failure = Some((Part::Room, failure));
            }
            return Vec::new();
        }
        self.list.iter_mut().for_each(|list| list.retain(|room| room.number != number));
        self.chats.remove(number);
        self.status.remove(number);
        self.since.remove(number);
        if !self.shows(number) {
            return Vec::new();
        }
        self.selected = None;
        self.info = Info::default();
        self.select_first()
    }

    fn began(&mut self, number: String, page: Result<ConferencePage, Failure>) {
        let newest = page.ok().and_then(|page| page.conferences.into_iter().next());
        if let Some(conference) = newest.filter(|conference| conference.ended_at_ms.is_none()) {
            self.since.insert(number, conference.started_at_ms);
        }
    }

    fn rung(&mut self, number: String, outcome: Result<Rung, Failure>) {
        match outcome {
            Ok(Rung::Ask(0)) => self.info.failure = Some((Part::Ring, nobody_there())),
            Ok(Rung::Ask(people)) => self.question = Some(Question::Ring { number, people }),
            Ok(Rung::Calling(_)) => {}
            Err(failure) if self.shows(&number) => {
                self.info.failure = Some((Part::Ring, failure));
            }
            Err(_) => {}
        }
    }
}
