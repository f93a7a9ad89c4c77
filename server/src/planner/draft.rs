//! What an entry may be: from what an organiser typed to what can be kept.

use super::recurrence::{Series, SeriesError};
use super::{Entry, MAX_DURATION_MS, Person, Reply, START_TOLERANCE_MS, Schedule};
use crate::conference::WEBINAR_CAPACITY;
use crate::room::{MAX_ROOM_NAME_CHARS, clean_line, clean_text};
use lettre::Address;
use protocol::{EntryDraft, PersonDraft, RoomKind, ScheduleDraft};
use std::collections::HashSet;

/// The longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 4000;

/// How many may be invited to a group call.
pub const MAX_GROUP_CALL_PEOPLE: usize = 24;

/// The longest name beside an outside address, in characters.
const MAX_NAME_CHARS: usize = 80;

/// The longest address (RFC 5321 section 4.5.3.1.3), in bytes.
const MAX_EMAIL_BYTES: usize = 254;

/// A reminder comes a week before at the earliest.
const MAX_REMINDER_MINUTES: u32 = 7 * 24 * 60;

/// An account that a draft may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its key.
    pub id: i64,
    /// Display name.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
}

/// A draft that keeps all rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    kind: RoomKind,
    title: String,
    description: String,
    schedule: Option<Schedule>,
    people: Vec<Person>,
    notify: bool,
    phone_info: bool,
    reminder_minutes: Option<u32>,
}

/// Which rule a draft breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The title is empty or too long.
    #[error("a title has 1 to 120 characters")]
    Title,
    /// The description is too long.
    #[error("a description has up to 4000 characters")]
    Description,
    /// The start lies in the past.
    #[error("the start lies in the past; choose a time that is to come")]
    Past,
    /// The end does not come after the start.
    #[error("the end has to be later than the start")]
    EndBeforeStart,
    /// It takes too long.
    #[error("it may take 24 hours at most; plan a longer one as a daily entry")]
    TooLong,
    /// Time zone, rule or date make no sense.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// The start is not a day of the rule.
    #[error("the start is not one of the days on which the rule repeats")]
    StartBesideRule,
    /// More people than the kind allows.
    #[error("{max} people can be invited at most")]
    TooManyPeople {
        /// So many.
        max: usize,
    },
    /// Somebody with neither account nor address, or with both.
    #[error("everybody invited has either an account or an e-mail address")]
    NoPerson,
    /// An account that does not exist.
    #[error("there is no user with the key {0}")]
    NoSuchUser(i64),
    /// An outside address that is none.
    #[error("{0:?} is not an e-mail address")]
    Email(String),
    /// An outside person's name is too long.
    #[error("the name beside {0} has 1 to 80 characters")]
    PersonName(String),
    /// A co-host without an account.
    #[error("{0} has no account here, so they cannot be a co-host")]
    OutsideCoHost(String),
    /// The organiser among the participants.
    #[error("you organise this entry, so you need not be invited")]
    OrganiserInvited,
    /// Somebody twice.
    #[error("{0} is invited twice")]
    Twice(String),
    /// A reminder too early, or of nothing.
    #[error("a reminder comes 1 to 10080 minutes before the start, so there has to be a start")]
    Reminder,
}

impl DraftError {
    /// The member of the body that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            DraftError::Title => "title",
            DraftError::Description => "description",
            DraftError::Past | DraftError::Series(SeriesError::Time) => "schedule.start_ms",
            DraftError::EndBeforeStart | DraftError::TooLong => "schedule.end_ms",
            DraftError::Series(SeriesError::TimeZone(_)) => "schedule.time_zone",
            DraftError::Series(SeriesError::Rule(_)) | DraftError::StartBesideRule => {
                "schedule.rrule"
            }
            DraftError::TooManyPeople { .. }
            | DraftError::NoPerson
            | DraftError::NoSuchUser(_)
            | DraftError::Email(_)
            | DraftError::PersonName(_)
            | DraftError::OutsideCoHost(_)
            | DraftError::OrganiserInvited
            | DraftError::Twice(_) => "people",
            DraftError::Reminder => "reminder_minutes",
        }
    }
}

/// How many may be invited besides the organiser.
pub fn max_people(kind: RoomKind) -> usize {
    match kind {
        RoomKind::GroupCall => MAX_GROUP_CALL_PEOPLE,
        RoomKind::Webinar => WEBINAR_CAPACITY,
    }
}

/// Checks a draft. `accounts` are those that it names, as far as they exist; `before` is the entry
/// that it would change: a schedule that stays may have begun.
pub fn check(
    draft: &EntryDraft,
    organiser: &Account,
    accounts: &[Account],
    before: Option<&Entry>,
    now_ms: i64,
) -> Result<Plan, DraftError> {
    let title = clean_line(&draft.title, MAX_ROOM_NAME_CHARS).ok_or(DraftError::Title)?;
    let description = match draft.description.trim() {
        "" => String::new(),
        text => clean_text(text, MAX_DESCRIPTION_CHARS).ok_or(DraftError::Description)?,
    };
    let before_schedule = before.and_then(|entry| entry.schedule.as_ref());
    let schedule = draft.schedule.as_ref();
    let schedule = schedule.map(|s| check_schedule(s, before_schedule, now_ms)).transpose()?;
    if let Some(minutes) = draft.reminder_minutes
        && (schedule.is_none() || !(1..=MAX_REMINDER_MINUTES).contains(&minutes))
    {
        return Err(DraftError::Reminder);
    }
    Ok(Plan {
        kind: draft.kind,
        title,
        description,
        schedule,
        people: check_people(draft, organiser, accounts)?,
        notify: draft.notify,
        phone_info: draft.phone_info,
        reminder_minutes: draft.reminder_minutes,
    })
}

/// Start and end of an entry or of one of its occurrences.
pub(super) fn check_times(start_ms: i64, end_ms: i64, now_ms: i64) -> Result<(), DraftError> {
    check_length(start_ms, end_ms)?;
    if start_ms < now_ms - START_TOLERANCE_MS { Err(DraftError::Past) } else { Ok(()) }
}

fn check_length(start_ms: i64, end_ms: i64) -> Result<(), DraftError> {
    match end_ms.checked_sub(start_ms) {
        Some(..=0) => Err(DraftError::EndBeforeStart),
        Some(..=MAX_DURATION_MS) => Ok(()),
        Some(_) | None => Err(DraftError::TooLong),
    }
}

fn check_schedule(
    draft: &ScheduleDraft,
    before: Option<&Schedule>,
    now_ms: i64,
) -> Result<Schedule, DraftError> {
    check_length(draft.start_ms, draft.end_ms)?;
    let mut schedule = Schedule {
        start_ms: draft.start_ms,
        end_ms: draft.end_ms,
        time_zone: draft.time_zone.trim().to_owned(),
        rrule: draft.rrule.clone().filter(|rule| !rule.trim().is_empty()),
        exceptions: Vec::new(),
    };
    let series = Series::of(&schedule)?;
    if !series.starts_by_rule() {
        return Err(DraftError::StartBesideRule);
    }
    schedule.rrule = series.rule().map(ToString::to_string);
    match before {
        Some(before) if same_times(before, &schedule) => Ok(before.clone()),
        _ => {
            check_times(schedule.start_ms, schedule.end_ms, now_ms)?;
            keep_exceptions(&mut schedule, before)?;
            Ok(schedule)
        }
    }
}

fn same_times(a: &Schedule, b: &Schedule) -> bool {
    (a.start_ms, a.end_ms, &a.time_zone, &a.rrule) == (b.start_ms, b.end_ms, &b.time_zone, &b.rrule)
}

/// Occurrences that the new rule still gives stay moved or cancelled, as long as one is left.
fn keep_exceptions(schedule: &mut Schedule, before: Option<&Schedule>) -> Result<(), DraftError> {
    let Some(before) = before else { return Ok(()) };
    let series = Series::of(schedule)?;
    let stays = |original_ms| series.is_original(original_ms) && series.rule().is_some();
    let kept = before.exceptions.iter().filter(|e| stays(e.original_ms)).cloned().collect();
    schedule.exceptions = kept;
    if Series::of(schedule)?.current(i64::MIN).is_none() {
        schedule.exceptions.clear();
    }
    Ok(())
}

fn check_people(
    draft: &EntryDraft,
    organiser: &Account,
    accounts: &[Account],
) -> Result<Vec<Person>, DraftError> {
    let max = max_people(draft.kind);
    if draft.people.len() > max {
        return Err(DraftError::TooManyPeople { max });
    }
    let organiser_email = organiser.email.as_deref().map(str::to_lowercase);
    let (mut users, mut emails) = (HashSet::new(), HashSet::new());
    let mut people = Vec::with_capacity(draft.people.len());
    for wanted in &draft.people {
        let person = check_person(wanted, accounts)?;
        let email = person.email.as_deref().map(str::to_lowercase);
        let is_organiser = match person.user_id {
            Some(user) => user == organiser.id,
            None => email.is_some() && email == organiser_email,
        };
        if is_organiser {
            return Err(DraftError::OrganiserInvited);
        }
        let new_user = person.user_id.is_none_or(|user| users.insert(user));
        if !new_user || email.is_some_and(|email| !emails.insert(email)) {
            return Err(DraftError::Twice(person.name));
        }
        people.push(person);
    }
    Ok(people)
}

fn check_person(wanted: &PersonDraft, accounts: &[Account]) -> Result<Person, DraftError> {
    match (wanted.user_id, wanted.email.as_deref()) {
        (Some(id), None) => {
            let account = accounts.iter().find(|account| account.id == id);
            let account = account.ok_or(DraftError::NoSuchUser(id))?;
            Ok(Person {
                user_id: Some(id),
                name: account.name.clone(),
                email: account.email.clone(),
                co_host: wanted.co_host,
                reply: Reply::NeedsAction,
            })
        }
        (None, Some(email)) => outside_person(wanted, email.trim()),
        _ => Err(DraftError::NoPerson),
    }
}

fn outside_person(wanted: &PersonDraft, email: &str) -> Result<Person, DraftError> {
    if email.len() > MAX_EMAIL_BYTES || email.parse::<Address>().is_err() {
        return Err(DraftError::Email(email.chars().take(MAX_EMAIL_BYTES).collect()));
    }
    if wanted.co_host {
        return Err(DraftError::OutsideCoHost(email.to_owned()));
    }
    let name = match wanted.name.as_deref().map(str::trim) {
        None | Some("") => email.to_owned(),
        Some(name) => clean_line(name, MAX_NAME_CHARS)
            .ok_or_else(|| DraftError::PersonName(email.to_owned()))?,
    };
    let (user_id, email) = (None, Some(email.to_owned()));
    Ok(Person { user_id, name, email, co_host: false, reply: Reply::NeedsAction })
}

impl Plan {
    /// A new entry, which is not kept yet.
    pub fn into_entry(self, uid: String, organiser_id: i64, now_ms: i64) -> Entry {
        Entry {
            id: 0,
            uid,
            room_id: 0,
            organiser_id,
            kind: self.kind,
            title: self.title,
            description: self.description,
            schedule: self.schedule,
            people: self.people,
            notify: self.notify,
            phone_info: self.phone_info,
            reminder_minutes: self.reminder_minutes,
            sequence: 0,
            created_at_ms: now_ms,
            changed_at_ms: now_ms,
        }
    }

    /// The changed entry. Who stays keeps their reply, unless the time is another: then everybody
    /// is asked anew (RFC 5546 section 3.2.2.1).
    pub fn change(self, before: &Entry, now_ms: i64) -> Entry {
        let rescheduled = self.schedule != before.schedule;
        let mut people = self.people;
        if !rescheduled {
            for person in &mut people {
                let known = before.people.iter().find(|known| known.is_same(person));
                person.reply = known.map_or(Reply::NeedsAction, |known| known.reply);
            }
        }
        Entry {
            kind: self.kind,
            title: self.title,
            description: self.description,
            schedule: self.schedule,
            people,
            notify: self.notify,
            phone_info: self.phone_info,
            reminder_minutes: self.reminder_minutes,
            sequence: before.sequence + u32::from(rescheduled),
            changed_at_ms: now_ms,
            ..before.clone()
        }
    }
}

impl Person {
    /// Whether both are the same account or the same outside address.
    pub fn is_same(&self, other: &Person) -> bool {
        match (self.user_id, other.user_id) {
            (Some(one), Some(other)) => one == other,
            (None, None) => {
                let key = |person: &Person| person.email.as_deref().map(str::to_lowercase);
                key(self) == key(other)
            }
            _ => false,
        }
    }
}
