//! What signed-in users are told, as a pure state machine over presence, views and rings: what
//! happened goes in, events for users come out, each meant for every machine of theirs.

use super::presence::Presences;
use super::rings::{Answered, Ringing, Rings, Started};
use super::views::{Activity, RoomSeen, View, Views};
use crate::conference::Now;
use crate::happenings::Happening;
use protocol::{Call, Callee, ChatLine, ConferenceState, Event, Presence, Ring, UserPresence};
use std::collections::{BTreeSet, HashMap};

/// How many presences one event carries: with the longest names still far below
/// [`protocol::MAX_FRAME_BYTES`].
pub const PRESENCES_PER_EVENT: usize = 1000;

/// What has to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Tell every machine of these users.
    Send {
        /// Whom, by key.
        to: Vec<i64>,
        /// What.
        event: Event,
    },
    /// Write down what came of a call.
    Keep {
        /// It.
        answered: Answered,
        /// When, Unix milliseconds.
        at_ms: i64,
    },
}

/// Everything that signed-in users are told about.
#[derive(Default)]
pub struct Switchboard {
    presences: Presences,
    views: Views,
    rings: Rings,
    names: HashMap<i64, String>,
    effects: Vec<Effect>,
}

impl Switchboard {
    /// What has to happen, in order, since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The accounts behind keys; every key that comes in later must be known.
    pub fn learn(&mut self, names: impl IntoIterator<Item = (i64, String)>) {
        self.names.extend(names);
    }

    /// One more machine of a user. What it has to be told first is [`Switchboard::welcome`].
    pub fn connected(&mut self, user: i64) {
        self.presences.connected(user);
    }

    /// One machine less; `last`: the user has none any more.
    pub fn disconnected(&mut self, now: Now, user: i64, last: bool) {
        self.presences.disconnected(now.instant, user);
        if last {
            self.views.clear(user);
        }
    }

    /// What a connected user sees from now on. When it differs from before they are told.
    pub fn set_view(&mut self, user: i64, view: View) {
        if self.views.set(user, view) {
            self.tell_all_to(user);
        }
    }

    /// A room as it is from now on. Those who see it are told when that differs from before.
    pub fn set_room(&mut self, room: i64, seen: RoomSeen, activity: Activity) {
        for viewer in self.views.set_room(room, seen, activity) {
            self.tell_all_to(viewer);
        }
    }

    /// What goes on in a room now.
    pub fn set_activity(&mut self, room: i64, activity: Activity) {
        if let Some(status) = self.views.set_activity(room, activity) {
            self.send(self.views.viewers_of_room(room), Event::Rooms { rooms: vec![status] });
        }
    }

    /// Who sees whom.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// How somebody can be reached now.
    pub fn presence(&self, user: i64) -> Presence {
        self.presences.of(user)
    }

    /// The users inside a room's conference.
    pub fn inside(&self, room: i64) -> BTreeSet<i64> {
        self.presences.inside(room)
    }

    /// A user asks to be left alone, or takes it back.
    pub fn set_busy(&mut self, user: i64, busy: bool) {
        self.presences.set_busy(user, busy);
    }

    /// Something happened elsewhere in the hub. The room in which something else goes on now.
    pub fn happened(&mut self, now: Now, happening: &Happening) -> Option<i64> {
        match happening {
            Happening::Entered { run, person, .. } => {
                self.presences.entered(run, person);
                if let Some(user) = person.user {
                    self.rings.entered(user, run.room);
                    self.tell_answers(now);
                }
                Some(run.room)
            }
            Happening::Left { run, person, .. } => {
                self.presences.left(run, person);
                Some(run.room)
            }
            Happening::State { run, state, .. } => {
                if *state == ConferenceState::Ended {
                    self.presences.ended(run);
                }
                Some(run.room)
            }
            Happening::Waiting { run, .. } => Some(run.room),
            Happening::Entry { entry, users } => {
                self.send(users.clone(), Event::EntryChanged { entry: *entry });
                None
            }
            Happening::MailTrouble { organiser, entry, detail } => {
                let event = Event::MailTrouble { entry: *entry, detail: detail.clone() };
                self.send(vec![*organiser], event);
                None
            }
        }
    }

    /// Ends what has lasted long enough, and tells whose presence changed.
    pub fn tick(&mut self, now: Now) {
        self.presences.tick(now.instant);
        self.rings.tick(now.instant);
        self.tell_answers(now);
        self.tell_presences();
    }

    /// Somebody calls these users. Whoever is in the room already is left out.
    pub fn call(&mut self, now: Now, wanted: Ringing, callees: &BTreeSet<i64>) -> Started {
        let inside = self.presences.inside(wanted.room);
        let callees = callees.difference(&inside).map(|user| (*user, self.presences.of(*user)));
        let callees: Vec<_> = callees.collect();
        let started = self.rings.start(now.instant, wanted, callees);
        if let Started::Call(call) = &started {
            for callee in call.answers.keys().filter(|user| call.rings_for(**user)) {
                let event = Event::Ring { ring: self.ring(call, *callee) };
                self.send(vec![*callee], event);
            }
        }
        self.tell_answers(now);
        started
    }

    /// Somebody takes a call or declines; says so when it does not ring for them any more.
    pub fn answer(
        &mut self,
        now: Now,
        user: i64,
        call: &str,
        accept: bool,
    ) -> Result<(), &'static str> {
        let counts = self.rings.answer(user, call, accept);
        self.tell_answers(now);
        counts.then_some(()).ok_or("this call does not ring any more")
    }

    /// A caller gives up; says so when nothing rings any more.
    pub fn cancel(&mut self, now: Now, user: i64, call: &str) -> Result<(), &'static str> {
        let counts = self.rings.cancel(user, call);
        self.tell_answers(now);
        counts.then_some(()).ok_or("this call does not ring any more")
    }

    /// A line was written into a room from outside its conference.
    pub fn room_chat(&mut self, room: i64, number: &str, line: ChatLine) {
        let event = Event::RoomChat { number: number.to_owned(), line };
        self.send(self.views.viewers_of_room(room), event);
    }

    /// Everything that a connected user may see, in one event and, for very many people, more.
    pub fn welcome(&self, user: i64) -> Vec<Event> {
        let people = self.views.seen_by(user).into_iter().map(|user| (user, self.presence(user)));
        let people = people.filter(|(_, presence)| *presence != Presence::Offline);
        let people = self.presences_of(people);
        let mut parts = people.chunks(PRESENCES_PER_EVENT);
        let welcome = Event::Welcome {
            you: UserPresence { user: self.name(user), presence: self.presence(user) },
            people: parts.next().unwrap_or_default().to_vec(),
            rooms: self.views.active_rooms_of(user),
            ringing: self.rings.ringing_for(user).map(|call| self.ring(call, user)).collect(),
            calling: self.rings.calls_of(user).map(|call| self.call_of(call)).collect(),
        };
        let rest = parts.map(|part| Event::Presence { people: part.to_vec() });
        std::iter::once(welcome).chain(rest).collect()
    }

    /// A call as its caller sees it.
    pub fn call_of(&self, call: &Ringing) -> Call {
        let answers = call
            .answers
            .iter()
            .map(|(user, answer)| Callee { user: self.name(*user), answer: *answer });
        Call {
            call: call.id.clone(),
            room: call.place.clone(),
            video: call.video,
            answers: answers.collect(),
        }
    }

    fn ring(&self, call: &Ringing, callee: i64) -> Ring {
        Ring {
            call: call.id.clone(),
            caller: self.name(call.caller),
            caller_name: call.caller_name.clone(),
            room: call.place.clone(),
            direct: call.direct,
            video: call.video,
            quiet: self.presence(callee) == Presence::Busy,
            since_ms: call.since_ms,
        }
    }

    fn tell_all_to(&mut self, user: i64) {
        for event in self.welcome(user) {
            self.send(vec![user], event);
        }
    }

    fn tell_answers(&mut self, now: Now) {
        for answered in self.rings.take_answered() {
            let Answered { call, caller, callee, answer } = answered.clone();
            let user = self.name(callee);
            self.send(vec![callee], Event::RingEnded { call: call.clone(), answer });
            self.send(vec![caller], Event::RingAnswer { call, user, answer });
            self.effects.push(Effect::Keep { answered, at_ms: now.unix_ms });
        }
    }

    /// Each viewer gets what changed for them, once; viewers of the same changes share one event.
    fn tell_presences(&mut self) {
        let changes = self.presences.take_changes();
        let mut of_viewer: HashMap<i64, Vec<usize>> = HashMap::new();
        for (index, (user, _)) in changes.iter().enumerate() {
            for viewer in self.views.viewers_of(*user) {
                of_viewer.entry(viewer).or_default().push(index);
            }
        }
        let mut viewers_of: HashMap<Vec<usize>, Vec<i64>> = HashMap::new();
        for (viewer, seen) in of_viewer {
            viewers_of.entry(seen).or_default().push(viewer);
        }
        for (seen, viewers) in viewers_of {
            for part in seen.chunks(PRESENCES_PER_EVENT) {
                let people = self.presences_of(part.iter().map(|index| changes[*index]));
                self.send(viewers.clone(), Event::Presence { people });
            }
        }
    }

    fn presences_of(&self, people: impl Iterator<Item = (i64, Presence)>) -> Vec<UserPresence> {
        people.map(|(user, presence)| UserPresence { user: self.name(user), presence }).collect()
    }

    fn name(&self, user: i64) -> String {
        self.names.get(&user).cloned().unwrap_or_default()
    }

    fn send(&mut self, to: Vec<i64>, event: Event) {
        if !to.is_empty() {
            self.effects.push(Effect::Send { to, event });
        }
    }
}
