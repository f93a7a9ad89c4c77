//! How an entry stands, and what may be done to it.

use super::Entry;
use protocol::{ConferenceState, EntryPermits, EntryState};

/// How long before its start an entry is about to begin.
pub const SOON_MS: i64 = 15 * 60 * 1000;

/// What a user is to an entry; somebody invited is nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relation {
    /// It is theirs.
    pub organiser: bool,
    /// They manage the hub.
    pub administrator: bool,
    /// They moderate beside the organiser.
    pub co_host: bool,
}

impl Relation {
    /// What a user is to an entry; `None`: they may not even see it.
    pub fn of(entry: &Entry, user_id: i64, administrator: bool) -> Option<Relation> {
        let person = entry.people.iter().find(|person| person.user_id == Some(user_id));
        let organiser = entry.organiser_id == user_id;
        let co_host = person.is_some_and(|person| person.co_host);
        let sees = organiser || administrator || person.is_some();
        sees.then_some(Relation { organiser, administrator, co_host })
    }

    /// Changes and deletes the entry.
    pub fn manages(self) -> bool {
        self.organiser || self.administrator
    }

    /// Moderates: may start the conference.
    pub fn hosts(self) -> bool {
        self.organiser || self.co_host
    }

    /// Sees the PIN, the link and everybody's address.
    pub fn sees_secrets(self) -> bool {
        self.manages() || self.hosts()
    }
}

/// Whether a conference in that state goes on: somebody moderates it, or did and may come back.
pub fn is_live(state: ConferenceState) -> bool {
    matches!(state, ConferenceState::Live | ConferenceState::OnHold)
}

/// How an entry stands. `current` is start and end of the occurrence that runs or comes next, or of
/// the last one; a permanent room has none. A conference that is live makes any entry run.
pub fn state(current: Option<(i64, i64)>, now_ms: i64, live: bool) -> EntryState {
    match current {
        _ if live => EntryState::Running,
        None => EntryState::Planned,
        Some((_, end_ms)) if now_ms >= end_ms => EntryState::Over,
        Some((start_ms, _)) if now_ms >= start_ms => EntryState::Running,
        Some((start_ms, _)) if now_ms >= start_ms.saturating_sub(SOON_MS) => EntryState::Soon,
        Some(_) => EntryState::Planned,
    }
}

/// What somebody may do now. An entry whose time has come without a conference may still be deleted:
/// it did not take place.
pub fn permits(state: EntryState, live: bool, relation: Relation) -> EntryPermits {
    EntryPermits {
        join: matches!(state, EntryState::Soon | EntryState::Running),
        start: relation.hosts(),
        edit: relation.manages() && matches!(state, EntryState::Planned | EntryState::Soon),
        delete: relation.manages() && !live,
    }
}

/// Why something is not possible now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Editing what runs.
    #[error(
        "the entry runs: its plan can be changed again when it is over; the room's own settings can be changed at any time"
    )]
    EditWhileRunning,
    /// Editing what is over.
    #[error("the entry is over: plan a new one")]
    EditWhenOver,
    /// Deleting what is live.
    #[error("the conference is live: end it first, then delete the entry")]
    DeleteWhileLive,
}

/// Whether the plan may be changed.
pub fn check_edit(state: EntryState) -> Result<(), Refused> {
    match state {
        EntryState::Planned | EntryState::Soon => Ok(()),
        EntryState::Running => Err(Refused::EditWhileRunning),
        EntryState::Over => Err(Refused::EditWhenOver),
    }
}

/// Whether the entry may be deleted.
pub fn check_delete(live: bool) -> Result<(), Refused> {
    if live { Err(Refused::DeleteWhileLive) } else { Ok(()) }
}
