//! Calls that ring, as a pure state machine: every ring ends, an answer counts once, and nobody
//! rings twice for one room at once. Users and rooms are named by their keys.

use super::call_limit::CallLimit;
use protocol::{CallAnswer, CallRoom, Presence};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Then whoever did not answer missed the call.
pub const RING_FOR: Duration = Duration::from_secs(40);

/// A call, and what the called answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ringing {
    /// Its name, unique for good.
    pub id: String,
    /// Who calls.
    pub caller: i64,
    /// Their display name.
    pub caller_name: String,
    /// Where.
    pub room: i64,
    /// What the room is called.
    pub place: CallRoom,
    /// Just the two of them.
    pub direct: bool,
    /// With pictures.
    pub video: bool,
    /// When it started, Unix milliseconds.
    pub since_ms: i64,
    /// Everybody who is called.
    pub answers: BTreeMap<i64, CallAnswer>,
}

/// Somebody who rang does not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Which call.
    pub call: String,
    /// Who called.
    pub caller: i64,
    /// Who was called.
    pub callee: i64,
    /// What came of it.
    pub answer: CallAnswer,
}

/// How a wish to call turns out.
#[derive(Debug, PartialEq, Eq)]
pub enum Started {
    /// It rings, or everybody answered at once.
    Call(Ringing),
    /// The wanted one calls the caller in this room already: that call is accepted instead.
    Met(Ringing),
    /// Everybody rings for this room already.
    Already,
    /// There is nobody to call.
    Nobody,
    /// The caller called too often: again after this long.
    TooMany(Duration),
}

/// The calls that ring now.
#[derive(Default)]
pub struct Rings {
    open: BTreeMap<String, Open>,
    answered: Vec<Answered>,
    limit: CallLimit,
}

struct Open {
    call: Ringing,
    until: Instant,
}

impl Rings {
    /// Somebody calls. `wanted.answers` is ignored: `callees` says who is called and how they can be
    /// reached. Whoever rings for the room already is left out.
    pub fn start(
        &mut self,
        now: Instant,
        wanted: Ringing,
        callees: impl IntoIterator<Item = (i64, Presence)>,
    ) -> Started {
        if let Some(met) = self.accept_in(wanted.caller, wanted.room) {
            return Started::Met(met);
        }
        let mut answers = BTreeMap::new();
        let mut already = false;
        for (callee, presence) in callees {
            if callee == wanted.caller {
                continue;
            }
            if self.rings_in(callee, wanted.room) {
                already = true;
                continue;
            }
            answers.insert(callee, first_answer(presence));
        }
        if answers.is_empty() {
            return if already { Started::Already } else { Started::Nobody };
        }
        if let Err(wait) = self.limit.start(now, wanted.caller) {
            return Started::TooMany(wait);
        }
        let call = Ringing { answers, ..wanted };
        if call.rings() {
            let open = Open { call: call.clone(), until: now + RING_FOR };
            self.open.insert(call.id.clone(), open);
        }
        Started::Call(call)
    }

    /// Somebody takes a call, or declines. `false`: it does not ring for them, any more or at all.
    pub fn answer(&mut self, callee: i64, call: &str, accept: bool) -> bool {
        let answer = if accept { CallAnswer::Accepted } else { CallAnswer::Declined };
        self.settle(call, callee, answer)
    }

    /// A caller gives up. `false`: there is no such call of theirs that still rings.
    pub fn cancel(&mut self, caller: i64, call: &str) -> bool {
        let own = self.open.get(call).is_some_and(|open| open.call.caller == caller);
        if own {
            self.close(call);
        }
        own
    }

    /// Somebody came into a room, by whatever way: they took the calls that rang for it.
    pub fn entered(&mut self, user: i64, room: i64) {
        while self.accept_in(user, room).is_some() {}
    }

    /// Ends what rang long enough.
    pub fn tick(&mut self, now: Instant) {
        let over = self.open.values().filter(|open| open.until <= now);
        let over: Vec<String> = over.map(|open| open.call.id.clone()).collect();
        for call in over {
            self.close(&call);
        }
        self.limit.tick(now);
    }

    /// Who stopped ringing since the last call of this, in order.
    pub fn take_answered(&mut self) -> Vec<Answered> {
        std::mem::take(&mut self.answered)
    }

    /// The calls that ring for somebody.
    pub fn ringing_for(&self, callee: i64) -> impl Iterator<Item = &Ringing> {
        self.calls().filter(move |call| call.rings_for(callee))
    }

    /// Somebody's own calls that ring.
    pub fn calls_of(&self, caller: i64) -> impl Iterator<Item = &Ringing> {
        self.calls().filter(move |call| call.caller == caller)
    }

    fn calls(&self) -> impl Iterator<Item = &Ringing> {
        self.open.values().map(|open| &open.call)
    }

    fn rings_in(&self, user: i64, room: i64) -> bool {
        self.ringing_for(user).any(|call| call.room == room)
    }

    fn accept_in(&mut self, user: i64, room: i64) -> Option<Ringing> {
        let call = self.ringing_for(user).find(|call| call.room == room)?.clone();
        self.settle(&call.id, user, CallAnswer::Accepted);
        let answers = call.answers.into_iter().map(|(callee, answer)| match callee == user {
            true => (callee, CallAnswer::Accepted),
            false => (callee, answer),
        });
        Some(Ringing { answers: answers.collect(), ..call })
    }

    fn close(&mut self, call: &str) {
        let Some(open) = self.open.get(call) else { return };
        let ringing = open.call.answers.keys().copied().filter(|user| open.call.rings_for(*user));
        for callee in ringing.collect::<Vec<_>>() {
            self.settle(call, callee, CallAnswer::Missed);
        }
    }

    /// The one place where somebody stops ringing.
    fn settle(&mut self, id: &str, callee: i64, answer: CallAnswer) -> bool {
        let Some(open) = self.open.get_mut(id) else { return false };
        match open.call.answers.get_mut(&callee) {
            Some(place) if *place == CallAnswer::Ringing => *place = answer,
            _ => return false,
        }
        let caller = open.call.caller;
        self.answered.push(Answered { call: id.to_owned(), caller, callee, answer });
        if !open.call.rings() {
            self.open.remove(id);
        }
        true
    }
}

impl Ringing {
    /// Whether it rings for anybody.
    pub fn rings(&self) -> bool {
        self.answers.values().any(|answer| *answer == CallAnswer::Ringing)
    }

    /// Whether it rings for somebody.
    pub fn rings_for(&self, user: i64) -> bool {
        self.answers.get(&user) == Some(&CallAnswer::Ringing)
    }
}

/// What happens to somebody when a call starts. Who is in a conference is not disturbed by another
/// one; who asked to be left alone is told without a sound.
fn first_answer(presence: Presence) -> CallAnswer {
    match presence {
        Presence::Offline => CallAnswer::NotThere,
        Presence::InCall => CallAnswer::Busy,
        Presence::Online | Presence::Busy => CallAnswer::Ringing,
    }
}
