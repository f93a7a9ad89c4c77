//! What the rest of the hub asks about runs, and decides over them.

use super::{Live, Run};
use crate::clock;
use crate::conference::{Conference, RunStatus};
use crate::happenings::Person;
use protocol::{Role, RoomPolicy, WaitingPerson};
use std::sync::Arc;

impl Live {
    /// How a room is doing now; `None` without a run.
    pub fn status(&self, room: i64) -> Option<RunStatus> {
        self.ask(room, Conference::status)
    }

    /// Every room that has a run, and how it is doing.
    pub fn statuses(&self) -> Vec<(i64, RunStatus)> {
        self.all_runs().iter().map(|run| (run.room, run.lock().conference.status())).collect()
    }

    /// Who is inside.
    pub fn participants(&self, room: i64) -> Vec<Person> {
        self.ask(room, Conference::persons).unwrap_or_default()
    }

    /// Who waits, first come first.
    pub fn waiting(&self, room: i64) -> Vec<WaitingPerson> {
        self.ask(room, Conference::waiting).unwrap_or_default()
    }

    /// The room's policies were changed and kept: they count from now on.
    pub fn apply_policy(&self, room: i64, policy: RoomPolicy) {
        self.decide(room, |conference| conference.apply_policy(policy));
    }

    /// The conference is over for everybody.
    pub fn end(&self, room: i64) {
        self.decide(room, Conference::end);
    }

    /// A user may no longer be in this room: they go, and do not come back into this conference.
    pub fn remove_user(&self, room: i64, user: i64) {
        self.decide(room, |conference| conference.remove_user(clock::now(), user));
    }

    /// A user may be in this room again.
    pub fn readmit_user(&self, room: i64, user: i64) {
        self.decide(room, |conference| conference.readmit_user(user));
    }

    /// A user is host of this room from now on, or no longer: so they are in this conference.
    pub fn set_user_role(&self, room: i64, user: i64, role: Role) {
        self.decide(room, |conference| conference.set_user_role(clock::now(), user, role));
    }

    /// An account may no longer be used: its user goes from every conference.
    pub fn remove_user_everywhere(&self, user: i64) {
        for run in self.all_runs() {
            self.remove_user(run.room, user);
        }
    }

    fn ask<T>(&self, room: i64, question: impl FnOnce(&Conference) -> T) -> Option<T> {
        let run = self.run_in(room)?;
        let state = run.lock();
        Some(question(&state.conference))
    }

    fn decide(&self, room: i64, decision: impl FnOnce(&mut Conference)) {
        if let Some(run) = self.run_in(room) {
            let mut state = run.lock();
            decision(&mut state.conference);
            self.apply(&run, &mut state);
        }
    }

    fn run_in(&self, room: i64) -> Option<Arc<Run>> {
        self.runs().by_room.get(&room).cloned()
    }
}
