//! Who sees whom: one's contacts, and the people of the rooms that one owns or belongs to.
//!
//! Only what connected users see is kept, and the people of a room once for all of them: what a
//! change costs grows with those who see it, what it takes to know that with memberships.

use protocol::{RoomState, RoomStatus};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What one connected user sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Keys of their contacts.
    pub contacts: BTreeSet<i64>,
    /// Keys of their rooms.
    pub rooms: BTreeSet<i64>,
}

/// A room that somebody connected sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSeen {
    /// Nine digits.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Keys of its owner and its members.
    pub people: BTreeSet<i64>,
}

/// What goes on in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// What.
    pub state: RoomState,
    /// How many are inside.
    pub inside: usize,
    /// How many wait.
    pub waiting: usize,
}

impl Activity {
    /// Nobody is there.
    pub const IDLE: Activity = Activity { state: RoomState::Idle, inside: 0, waiting: 0 };
}

struct Room {
    seen: RoomSeen,
    activity: Activity,
    viewers: HashSet<i64>,
}

/// Who sees whom.
#[derive(Default)]
pub struct Views {
    by_viewer: HashMap<i64, View>,
    contact_of: HashMap<i64, HashSet<i64>>,
    rooms: HashMap<i64, Room>,
    rooms_with: HashMap<i64, HashSet<i64>>,
}

impl Views {
    /// What a connected user sees from now on; every room of it must be known. Whether they saw
    /// something else before.
    pub fn set(&mut self, viewer: i64, view: View) -> bool {
        let before = self.by_viewer.insert(viewer, view.clone());
        let is_first = before.is_none();
        let before = before.unwrap_or_default();
        if before == view {
            return false;
        }
        for contact in &view.contacts {
            self.contact_of.entry(*contact).or_default().insert(viewer);
        }
        for room in &view.rooms {
            if let Some(room) = self.rooms.get_mut(room) {
                room.viewers.insert(viewer);
            }
        }
        for contact in before.contacts.difference(&view.contacts) {
            self.forget_contact(*contact, viewer);
        }
        for room in before.rooms.difference(&view.rooms) {
            self.forget_room(*room, viewer);
        }
        !is_first
    }

    /// A user is not connected any more.
    pub fn clear(&mut self, viewer: i64) {
        let Some(before) = self.by_viewer.remove(&viewer) else { return };
        for contact in before.contacts {
            self.forget_contact(contact, viewer);
        }
        for room in before.rooms {
            self.forget_room(room, viewer);
        }
    }

    /// Whether a room's people are known.
    pub fn knows_room(&self, room: i64) -> bool {
        self.rooms.contains_key(&room)
    }

    /// Every room that somebody connected sees.
    pub fn rooms(&self) -> Vec<i64> {
        self.rooms.keys().copied().collect()
    }

    /// A room as it is from now on. Those who see it and have to be told anew.
    pub fn set_room(&mut self, id: i64, seen: RoomSeen, activity: Activity) -> Vec<i64> {
        let before =
            self.rooms.get_mut(&id).map(|room| std::mem::replace(&mut room.seen, seen.clone()));
        let people = before.as_ref().map(|before| before.people.clone()).unwrap_or_default();
        for gone in people.difference(&seen.people) {
            self.forget_seat(*gone, id);
        }
        for user in &seen.people {
            self.rooms_with.entry(*user).or_default().insert(id);
        }
        let changed = before.as_ref().is_some_and(|before| *before != seen);
        let viewers = HashSet::new();
        let room = self.rooms.entry(id).or_insert(Room { seen, activity, viewers });
        if changed { room.viewers.iter().copied().collect() } else { Vec::new() }
    }

    /// What goes on in a room from now on; its status when that is news to somebody.
    pub fn set_activity(&mut self, room: i64, activity: Activity) -> Option<RoomStatus> {
        let room = self.rooms.get_mut(&room).filter(|room| room.activity != activity)?;
        room.activity = activity;
        Some(room.status())
    }

    /// The connected users who see somebody, themselves included.
    pub fn viewers_of(&self, user: i64) -> BTreeSet<i64> {
        let contacts = self.contact_of.get(&user).into_iter().flatten();
        let rooms = self.rooms_with.get(&user).into_iter().flatten();
        let mates = rooms.filter_map(|room| self.rooms.get(room)).flat_map(|room| &room.viewers);
        let own = self.by_viewer.contains_key(&user).then_some(&user);
        contacts.chain(mates).chain(own).copied().collect()
    }

    /// The connected users who see a room.
    pub fn viewers_of_room(&self, room: i64) -> Vec<i64> {
        self.rooms.get(&room).into_iter().flat_map(|room| &room.viewers).copied().collect()
    }

    /// Everybody whom a connected user sees, themselves left out.
    pub fn seen_by(&self, viewer: i64) -> BTreeSet<i64> {
        let Some(view) = self.by_viewer.get(&viewer) else { return BTreeSet::new() };
        let rooms = view.rooms.iter().filter_map(|room| self.rooms.get(room));
        let mates = rooms.flat_map(|room| &room.seen.people);
        view.contacts.iter().chain(mates).copied().filter(|user| *user != viewer).collect()
    }

    /// A connected user's rooms in which something goes on.
    pub fn active_rooms_of(&self, viewer: i64) -> Vec<RoomStatus> {
        let view = self.by_viewer.get(&viewer).into_iter().flat_map(|view| &view.rooms);
        let rooms = view.filter_map(|room| self.rooms.get(room));
        rooms.filter(|room| room.activity != Activity::IDLE).map(Room::status).collect()
    }

    fn forget_contact(&mut self, contact: i64, viewer: i64) {
        remove_from(&mut self.contact_of, contact, viewer);
    }

    fn forget_seat(&mut self, user: i64, room: i64) {
        remove_from(&mut self.rooms_with, user, room);
    }

    /// A room that nobody connected sees is forgotten.
    fn forget_room(&mut self, id: i64, viewer: i64) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        room.viewers.remove(&viewer);
        if room.viewers.is_empty()
            && let Some(room) = self.rooms.remove(&id)
        {
            for user in room.seen.people {
                self.forget_seat(user, id);
            }
        }
    }
}

impl Room {
    fn status(&self) -> RoomStatus {
        let Activity { state, inside, waiting } = self.activity;
        let RoomSeen { number, name, .. } = self.seen.clone();
        RoomStatus { number, name, state, inside, waiting }
    }
}

fn remove_from(sets: &mut HashMap<i64, HashSet<i64>>, key: i64, value: i64) {
    if let Some(set) = sets.get_mut(&key) {
        set.remove(&value);
        if set.is_empty() {
            sets.remove(&key);
        }
    }
}
