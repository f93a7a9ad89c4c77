//! The rules of the planner: what an entry may be ([`draft`]), what may be done to it and when
//! ([`states`]), when it takes place ([`recurrence`]) and what becomes of single occurrences
//! ([`exceptions`]). Pure: `now` comes in, nothing is read or written there; `desk` connects the
//! rules to the database.

pub mod draft;
pub mod exceptions;
pub mod recurrence;
pub mod rule;
pub mod states;

mod bookings;
pub(crate) mod desk;

#[doc(hidden)]
pub mod bench {
    //! What the benches measure.
    pub use crate::store::entries::{Cursor, ListFilter, ListedEntry, insert};
    pub use crate::store::{NewUser, RoomRow, Store};
}

use protocol::RoomKind;
use recurrence::{Occurrence, Series, SeriesError};

/// No occurrence takes longer.
pub const MAX_DURATION_MS: i64 = 24 * 60 * 60 * 1000;

/// What is planned may have begun this long ago: a form that was filled with the present moment
/// takes a while to arrive.
pub const START_TOLERANCE_MS: i64 = 60 * 1000;

/// An entry of the planner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key; 0 before it is kept.
    pub id: i64,
    /// RFC 5545 UID: globally unique, the same for as long as the entry stands.
    pub uid: String,
    /// The room whose number it reserves.
    pub room_id: i64,
    /// Whose it is.
    pub organiser_id: i64,
    /// Webinar or group call.
    pub kind: RoomKind,
    /// 1 to 120 characters.
    pub title: String,
    /// Up to 4000 characters, line breaks allowed.
    pub description: String,
    /// When; `None` for a permanent room.
    pub schedule: Option<Schedule>,
    /// Who is invited, in order; never the organiser.
    pub people: Vec<Person>,
    /// Invitations, changes and cancellations go out by e-mail.
    pub notify: bool,
    /// Invitations carry the dial-in number and the PIN.
    pub phone_info: bool,
    /// The organiser is reminded by e-mail so many minutes before each occurrence.
    pub reminder_minutes: Option<u32>,
    /// RFC 5545 SEQUENCE: raised by each change of schedule.
    pub sequence: u32,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
    /// When it was changed last, Unix milliseconds.
    pub changed_at_ms: i64,
}

/// When an entry takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The first occurrence's start, Unix milliseconds.
    pub start_ms: i64,
    /// Its end; later than the start.
    pub end_ms: i64,
    /// IANA name, `Europe/Berlin`; a recurring entry keeps its local time there.
    pub time_zone: String,
    /// RFC 5545 RRULE value without the name, `FREQ=WEEKLY;COUNT=10`.
    pub rrule: Option<String>,
    /// Single occurrences that differ, by their original start.
    pub exceptions: Vec<Exception>,
}

/// One occurrence of a recurring entry that was moved or cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Where the rule puts it, Unix milliseconds (RFC 5545 RECURRENCE-ID).
    pub original_ms: i64,
    /// Start and end, Unix milliseconds; `None`: cancelled.
    pub moved_to: Option<(i64, i64)>,
}

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their account; `None` for an outside address.
    pub user_id: Option<i64>,
    /// Display name.
    pub name: String,
    /// Where mail reaches them; a user without one gets none.
    pub email: Option<String>,
    /// Moderates beside the organiser; only users.
    pub co_host: bool,
    /// Whether they come.
    pub reply: Reply,
}

/// RFC 5545 PARTSTAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Not answered yet.
    NeedsAction,
    /// Comes.
    Accepted,
    /// May come.
    Tentative,
    /// Does not come.
    Declined,
}

impl Entry {
    /// The occurrence that runs at `now_ms` or comes next, or the last one; none for a permanent
    /// room.
    pub fn current(&self, now_ms: i64) -> Result<Option<Occurrence>, SeriesError> {
        let Some(schedule) = &self.schedule else { return Ok(None) };
        Ok(Series::of(schedule)?.current(now_ms))
    }

    /// The users who see it: the organiser and everybody invited who has an account.
    pub fn viewers(&self) -> Vec<i64> {
        let invited = self.people.iter().filter_map(|person| person.user_id);
        std::iter::once(self.organiser_id).chain(invited).collect()
    }
}

impl Schedule {
    /// The occurrence that runs at `now_ms` or comes next, or the last one; and when the one after
    /// it takes its place.
    pub fn turn(&self, now_ms: i64) -> Result<(Option<Occurrence>, Option<i64>), SeriesError> {
        let series = Series::of(self)?;
        let current = series.current(now_ms);
        let next = current.filter(|current| !series.upcoming(current.end_ms, 1).is_empty());
        Ok((current, next.map(|current| current.end_ms)))
    }
}
