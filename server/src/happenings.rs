//! What happens in conferences and to entries, for everybody in the hub who keeps records or tells
//! people: attendance, webhooks, presence, metrics. Published where it happens, in order.

use protocol::{ConferenceState, ParticipantId, ParticipantKind, Role};
use std::sync::Mutex;
use tokio::sync::mpsc;

/// Something happened. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A run's state changed; the first `Live` is its start, `Ended` its end.
    State {
        /// Which run.
        run: Run,
        /// To what.
        state: ConferenceState,
        /// When.
        at_ms: i64,
    },
    /// Somebody came in: for the first time, from the waiting list, or after a hold.
    Entered {
        /// Which run.
        run: Run,
        /// Who.
        person: Person,
        /// When.
        at_ms: i64,
    },
    /// Somebody inside left, was removed, lost their connection for good, or went on hold.
    Left {
        /// Which run.
        run: Run,
        /// Who.
        person: Person,
        /// When.
        at_ms: i64,
    },
    /// How many wait in front of a room changed.
    Waiting {
        /// Which run.
        run: Run,
        /// So many now.
        count: usize,
        /// When.
        at_ms: i64,
    },
    /// An entry was made, changed or deleted, or a reply to it arrived.
    Entry {
        /// Its key.
        entry: i64,
        /// Users who may see it.
        users: Vec<i64>,
    },
    /// Mail of an entry does not go out.
    MailTrouble {
        /// Whose entry.
        organiser: i64,
        /// Its key.
        entry: i64,
        /// What is wrong, for the organiser.
        detail: String,
    },
}

/// One run of a room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    /// Unique for good; a key of reports.
    pub id: String,
    /// The room's key.
    pub room: i64,
}

/// A participant of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Within the run.
    pub id: ParticipantId,
    /// The account; `None` for guests.
    pub user: Option<i64>,
    /// Display name.
    pub name: String,
    /// How they came.
    pub kind: ParticipantKind,
    /// What they may do.
    pub role: Role,
}

/// Hands every happening to every listener, in order, losing none.
#[derive(Default)]
pub struct Happenings {
    listeners: Mutex<Vec<mpsc::UnboundedSender<Happening>>>,
}

impl Happenings {
    /// Everything from now on. A listener must keep up: nothing is dropped, so what it does not take
    /// stays in memory.
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Happening> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.lock().push(sender);
        receiver
    }

    /// Tells every listener; those who are gone are forgotten.
    pub fn publish(&self, happening: &Happening) {
        self.lock().retain(|listener| listener.send(happening.clone()).is_ok());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<mpsc::UnboundedSender<Happening>>> {
        self.listeners.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
