//! A session that is over ends the conferences that its user entered with it.

use super::Live;
use crate::clock;
use crate::store::StoreError;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How often all sessions are looked at: an administrator's command ends some from another process.
const LOOK_EVERY: Duration = Duration::from_secs(30);

impl Live {
    /// Some sessions of this user were ended: whoever came with one of them goes from every
    /// conference, and may come back with another.
    pub async fn sign_out(&self, user: i64) {
        self.look_once(Some(user)).await;
    }

    /// A user ends a session of theirs in front of this machine: its conferences go on, until more is
    /// ended than that.
    pub fn release(&self, session: [u8; 32]) {
        for run in self.all_runs() {
            run.lock().conference.release(session);
        }
    }

    pub(super) async fn look_at_sessions(self: Arc<Live>) {
        let mut turns = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            self.look_once(None).await;
        }
    }

    /// Of one user or of everybody. What fails now is done with the next look.
    pub(super) async fn look_once(&self, user: Option<i64>) {
        if let Err(error) = self.expel_signed_out(user).await {
            tracing::warn!(%error, "sessions were not looked up; their conferences go on");
        }
    }

    async fn expel_signed_out(&self, user: Option<i64>) -> Result<(), StoreError> {
        let mut over: HashSet<[u8; 32]> = HashSet::new();
        for run in self.all_runs() {
            over.extend(run.lock().conference.sessions(user));
        }
        let known: Vec<_> = over.iter().copied().collect();
        for session in self.store.known_sessions(&known).await? {
            over.remove(&session);
        }
        for run in self.all_runs() {
            let mut state = run.lock();
            state.conference.sign_out(clock::now(), &over, user);
            self.apply(&run, &mut state);
        }
        Ok(())
    }
}
