//! Planner entries. Times are Unix milliseconds.

use crate::model::RoomKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Later than in a quarter of an hour; a permanent room in which nothing goes on.
    Planned,
    /// Within a quarter of an hour.
    Soon,
    /// Its time has come, or its conference is live.
    Running,
    /// Its last occurrence has passed.
    Over,
}

/// `POST /api/v1/entries` and `PUT /api/v1/entries/{id}`: everything that an organiser decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryDraft {
    /// Webinar or group call; also what the room is for.
    pub kind: RoomKind,
    /// 1 to 120 characters on one line; also the room's name.
    pub title: String,
    /// Up to 4000 characters, line breaks allowed.
    #[serde(default)]
    pub description: String,
    /// When; without one the entry is a permanent room.
    #[serde(default)]
    pub schedule: Option<ScheduleDraft>,
    /// Who is invited, in order, without the organiser: up to 24 to a group call, 1000 to a webinar.
    #[serde(default)]
    pub people: Vec<PersonDraft>,
    /// Participants get invitations, changes and cancellations by e-mail.
    #[serde(default)]
    pub notify: bool,
    /// Invitations carry the dial-in number and the PIN.
    #[serde(default)]
    pub phone_info: bool,
    /// The organiser is reminded by e-mail so many minutes before each occurrence, 1 to 10080.
    #[serde(default)]
    pub reminder_minutes: Option<u32>,
}

/// When an entry takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleDraft {
    /// The (first) start; not in the past when it is saved.
    pub start_ms: i64,
    /// Its end: later than the start, by 24 hours at most.
    pub end_ms: i64,
    /// IANA name, `Europe/Berlin`; a recurring entry keeps its local time there.
    pub time_zone: String,
    /// RFC 5545 RRULE value, `FREQ=WEEKLY;BYDAY=MO;COUNT=10`: DAILY, WEEKLY, MONTHLY or YEARLY, and
    /// the start is one of its days.
    #[serde(default)]
    pub rrule: Option<String>,
}

/// Somebody to be invited: a user, or an outside address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonDraft {
    /// An account; name and address come from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// An outside address, where there is no account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name beside an outside address, up to 80 characters; the address itself without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Moderates beside the organiser; only users.
    #[serde(default)]
    pub co_host: bool,
}

/// What a viewer may do with an entry now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryPermits {
    /// Join: it runs, or will soon.
    pub join: bool,
    /// Start the conference, at any time.
    pub start: bool,
    /// Change the entry: not while it runs and not after.
    pub edit: bool,
    /// Delete it: not while its conference is live.
    pub delete: bool,
}

/// One occurrence of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OccurrenceTimes {
    /// Where the rule puts it; names it in calls.
    pub original_ms: i64,
    /// Its start.
    pub start_ms: i64,
    /// Its end.
    pub end_ms: i64,
}

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntrySummary {
    /// Its key.
    pub id: i64,
    /// Webinar or group call.
    pub kind: RoomKind,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: EntryState,
    /// What the caller may do with it now.
    pub permits: EntryPermits,
    /// Whose it is.
    pub organiser_id: i64,
    /// Their display name.
    pub organiser: String,
    /// The start of the occurrence that runs or comes next, the last one when all are over; none
    /// for a permanent room.
    pub start_ms: Option<i64>,
    /// Its end.
    pub end_ms: Option<i64>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// It takes place more than once.
    pub recurring: bool,
    /// How many are invited.
    pub people: i64,
    /// The room's number.
    pub number: String,
}

/// `GET /api/v1/entries`: a page of the caller's entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryPage {
    /// In order of time.
    pub entries: Vec<EntrySummary>,
    /// Goes into `cursor` for the page after this one; none on the last.
    pub next: Option<String>,
}

/// Whose entries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The caller's own, and those that the caller is invited to.
    #[default]
    Both,
    /// The caller's own.
    Mine,
    /// Those that the caller is invited to.
    Invited,
    /// Everybody's; only for administrators.
    All,
}

/// In which order entries are listed; permanent rooms count as later than everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryOrder {
    /// From the past into the future.
    Ascending,
    /// From the future into the past.
    #[default]
    Descending,
}

/// Which entries are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Webinars or group calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RoomKind>,
    /// How they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EntryState>,
    /// Those that end after this. A recurring entry counts by the occurrence that runs or comes next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Those that begin before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
    /// Whose; own and invited without a word.
    #[serde(default)]
    #[param(inline)]
    pub whose: Whose,
    /// From the future into the past without a word.
    #[serde(default)]
    #[param(inline)]
    pub order: EntryOrder,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many, 1 to 200; 50 without a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// An entry with everything that the caller may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryDetails {
    /// What the list says.
    #[serde(flatten)]
    pub summary: EntrySummary,
    /// RFC 5545 UID.
    pub uid: String,
    /// Up to 4000 characters.
    pub description: String,
    /// When; none for a permanent room.
    pub schedule: Option<EntrySchedule>,
    /// The occurrences that run or come next, up to ten.
    pub upcoming: Vec<OccurrenceTimes>,
    /// Who is invited, in order.
    pub invited: Vec<InvitedPerson>,
    /// Participants get mail.
    pub notify: bool,
    /// Invitations carry the dial-in number and the PIN.
    pub phone_info: bool,
    /// The organiser's own reminder.
    pub reminder_minutes: Option<u32>,
    /// RFC 5545 SEQUENCE: raised by each change of schedule.
    pub sequence: u32,
    /// For telephone guests; only hosts get it.
    pub pin: Option<String>,
    /// The guest page's path, `/j/<token>`; only hosts get it.
    pub link_path: Option<String>,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it was changed last.
    pub changed_at_ms: i64,
}

/// A schedule as it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntrySchedule {
    /// The first start.
    pub start_ms: i64,
    /// The first end.
    pub end_ms: i64,
    /// IANA name.
    pub time_zone: String,
    /// RFC 5545 RRULE value.
    pub rrule: Option<String>,
    /// Single occurrences that differ.
    pub exceptions: Vec<OccurrenceException>,
}

/// One occurrence that was moved or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OccurrenceException {
    /// Where the rule puts it.
    pub original_ms: i64,
    /// Its own start; none: cancelled.
    pub start_ms: Option<i64>,
    /// Its own end; none: cancelled.
    pub end_ms: Option<i64>,
}

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitedPerson {
    /// Their account; none for an outside address.
    pub user_id: Option<i64>,
    /// Display name.
    pub name: String,
    /// Where mail reaches them; only hosts get it.
    pub email: Option<String>,
    /// Moderates beside the organiser.
    pub co_host: bool,
    /// Whether they come.
    pub reply: PersonReply,
}

/// Whether somebody comes (RFC 5545 PARTSTAT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonReply {
    /// Not answered yet.
    NeedsAction,
    /// Comes.
    Accepted,
    /// May come.
    Tentative,
    /// Does not come.
    Declined,
}

/// The answer to a saved entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedEntry {
    /// It.
    pub entry: EntryDetails,
    /// Who has something else at that time; the entry is saved all the same.
    pub warnings: Vec<DoubleBooking>,
}

/// `POST /api/v1/entries/check`: would anybody be in two places at once?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckEntry {
    /// The entry that would be changed; it is not compared with itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<i64>,
    /// What would be saved.
    pub draft: EntryDraft,
}

/// The answer to [`CheckEntry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckedEntry {
    /// Who has something else at that time, by time, 50 at most.
    pub warnings: Vec<DoubleBooking>,
}

/// Somebody has something else at the time of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoubleBooking {
    /// Who.
    pub user_id: i64,
    /// The other occurrence's start.
    pub start_ms: i64,
    /// Its end.
    pub end_ms: i64,
    /// The other entry; only where the caller may see it.
    pub entry_id: Option<i64>,
    /// Its title; only where the caller may see it.
    pub title: Option<String>,
}

/// `POST /api/v1/entries/{id}/occurrences/{original_ms}`: what becomes of one occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ChangeOccurrence {
    /// It takes place at another time.
    Move {
        /// Its start; not in the past.
        start_ms: i64,
        /// Its end: later than the start, by 24 hours at most.
        end_ms: i64,
    },
    /// It does not take place.
    Cancel,
    /// It takes place where the rule puts it.
    Restore,
}
