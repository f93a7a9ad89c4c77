//! Who can be reached, as a pure state machine. Users are named by their key.

use crate::happenings::{Person, Run};
use protocol::{ParticipantId, Presence};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// Who lost the last connection stays reachable for so long: a change of network is no good-bye.
pub const GRACE: Duration = Duration::from_secs(10);

/// How everybody can be reached.
#[derive(Default)]
pub struct Presences {
    people: HashMap<i64, Reach>,
    leaving: HashMap<i64, Instant>,
    runs: HashMap<String, Inside>,
    told: HashMap<i64, Presence>,
    changed: BTreeSet<i64>,
}

#[derive(Default)]
struct Reach {
    connections: usize,
    busy: bool,
    calls: usize,
}

/// The users inside one run.
struct Inside {
    room: i64,
    users: HashMap<ParticipantId, i64>,
}

impl Presences {
    /// How somebody can be reached now.
    pub fn of(&self, user: i64) -> Presence {
        match self.people.get(&user) {
            Some(reach) if reach.calls > 0 => Presence::InCall,
            Some(reach) if reach.connections > 0 || self.leaving.contains_key(&user) => {
                if reach.busy { Presence::Busy } else { Presence::Online }
            }
            _ => Presence::Offline,
        }
    }

    /// The users inside a room's conference.
    pub fn inside(&self, room: i64) -> BTreeSet<i64> {
        let runs = self.runs.values().filter(|run| run.room == room);
        runs.flat_map(|run| run.users.values().copied()).collect()
    }

    /// One more machine of a user.
    pub fn connected(&mut self, user: i64) {
        self.people.entry(user).or_default().connections += 1;
        self.leaving.remove(&user);
        self.changed.insert(user);
    }

    /// One machine less.
    pub fn disconnected(&mut self, now: Instant, user: i64) {
        let Some(reach) = self.people.get_mut(&user) else { return };
        let was = reach.connections;
        reach.connections = was.saturating_sub(1);
        if was == 1 {
            self.leaving.insert(user, now + GRACE);
        }
    }

    /// A user asks to be left alone, or takes it back; it counts until they go offline.
    pub fn set_busy(&mut self, user: i64, busy: bool) {
        if let Some(reach) = self.people.get_mut(&user) {
            reach.busy = busy;
            self.changed.insert(user);
        }
    }

    /// Somebody is inside a conference. Guests do not matter here.
    pub fn entered(&mut self, run: &Run, person: &Person) {
        let Some(user) = person.user else { return };
        let inside = self
            .runs
            .entry(run.id.clone())
            .or_insert_with(|| Inside { room: run.room, users: HashMap::new() });
        if inside.users.insert(person.id, user).is_none() {
            self.people.entry(user).or_default().calls += 1;
            self.changed.insert(user);
        }
    }

    /// Somebody is not inside any more.
    pub fn left(&mut self, run: &Run, person: &Person) {
        let Some(inside) = self.runs.get_mut(&run.id) else { return };
        let user = inside.users.remove(&person.id);
        if inside.users.is_empty() {
            self.runs.remove(&run.id);
        }
        if let Some(user) = user {
            self.hung_up(user);
        }
    }

    /// A conference is over: nobody is inside, whoever said so or did not.
    pub fn ended(&mut self, run: &Run) {
        let Some(inside) = self.runs.remove(&run.id) else { return };
        for user in inside.users.into_values() {
            self.hung_up(user);
        }
    }

    /// Lets go of those whose grace is over.
    pub fn tick(&mut self, now: Instant) {
        let gone: Vec<i64> = self
            .leaving
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(user, _)| *user)
            .collect();
        for user in gone {
            self.leaving.remove(&user);
            if let Some(reach) = self.people.get_mut(&user) {
                reach.busy = false;
            }
            self.forget_if_idle(user);
            self.changed.insert(user);
        }
    }

    /// Whose presence differs from what was taken last, by key. What changed and changed back in
    /// between is not in it.
    pub fn take_changes(&mut self) -> Vec<(i64, Presence)> {
        let mut changes = Vec::new();
        for user in std::mem::take(&mut self.changed) {
            let now = self.of(user);
            let before = match now {
                Presence::Offline => self.told.remove(&user),
                _ => self.told.insert(user, now),
            };
            if before.unwrap_or(Presence::Offline) != now {
                changes.push((user, now));
            }
        }
        changes
    }

    fn hung_up(&mut self, user: i64) {
        if let Some(reach) = self.people.get_mut(&user) {
            reach.calls = reach.calls.saturating_sub(1);
        }
        self.forget_if_idle(user);
        self.changed.insert(user);
    }

    fn forget_if_idle(&mut self, user: i64) {
        let idle = self.people.get(&user).is_some_and(|r| r.connections == 0 && r.calls == 0);
        if idle && !self.leaving.contains_key(&user) {
            self.people.remove(&user);
        }
    }
}
