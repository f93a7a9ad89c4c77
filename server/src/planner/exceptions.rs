//! Single occurrences of a recurring entry: moved, cancelled, put back.

use super::draft::{DraftError, check_times};
use super::recurrence::{Series, SeriesError};
use super::{Entry, Exception, Reply, Schedule};
use protocol::ChangeOccurrence;

/// How many occurrences of one entry may differ from its rule.
pub const MAX_EXCEPTIONS: usize = 500;

/// Why an occurrence stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OccurrenceError {
    /// The entry takes place once, or has no date.
    #[error("the entry does not recur: change the entry itself")]
    NotRecurring,
    /// The rule gives none there.
    #[error("the entry has no occurrence at that time")]
    NoSuch,
    /// It has begun.
    #[error("that occurrence has begun or is over")]
    Begun,
    /// Nothing would be left.
    #[error("it is the last occurrence that is left: delete the entry instead")]
    Last,
    /// Too many differ.
    #[error("500 occurrences differ already: change the rule instead")]
    TooMany,
    /// The new times.
    #[error(transparent)]
    Times(#[from] DraftError),
    /// The entry's own schedule cannot be read.
    #[error(transparent)]
    Series(#[from] SeriesError),
}

/// The entry with one occurrence changed, and everybody to be asked anew; the same entry when that
/// is what it says already.
pub fn change_occurrence(
    entry: &Entry,
    original_ms: i64,
    change: ChangeOccurrence,
    now_ms: i64,
) -> Result<Entry, OccurrenceError> {
    let before = entry.schedule.as_ref().filter(|schedule| schedule.rrule.is_some());
    let before = before.ok_or(OccurrenceError::NotRecurring)?;
    let series = Series::of(before)?;
    if !series.is_original(original_ms) {
        return Err(OccurrenceError::NoSuch);
    }
    let now_at = series.occurrence(original_ms).map(|occurrence| occurrence.start_ms);
    if now_at.is_some_and(|start_ms| start_ms <= now_ms) {
        return Err(OccurrenceError::Begun);
    }
    let schedule = with_change(before, original_ms, change, now_ms)?;
    if schedule == *before {
        return Ok(entry.clone());
    }
    if Series::of(&schedule)?.upcoming(now_ms, 1).is_empty() {
        return Err(OccurrenceError::Last);
    }
    let mut after = entry.clone();
    after.schedule = Some(schedule);
    after.people.iter_mut().for_each(|person| person.reply = Reply::NeedsAction);
    after.sequence += 1;
    after.changed_at_ms = now_ms;
    Ok(after)
}

fn with_change(
    before: &Schedule,
    original_ms: i64,
    change: ChangeOccurrence,
    now_ms: i64,
) -> Result<Schedule, OccurrenceError> {
    let moved_to = match change {
        ChangeOccurrence::Move { start_ms, end_ms } => {
            check_times(start_ms, end_ms, now_ms)?;
            Some(Some((start_ms, end_ms)))
        }
        ChangeOccurrence::Cancel => Some(None),
        ChangeOccurrence::Restore if original_ms <= now_ms => return Err(OccurrenceError::Begun),
        ChangeOccurrence::Restore => None,
    };
    let mut schedule = before.clone();
    schedule.exceptions.retain(|exception| exception.original_ms != original_ms);
    if let Some(moved_to) = moved_to {
        schedule.exceptions.push(Exception { original_ms, moved_to });
    }
    if schedule.exceptions.len() > MAX_EXCEPTIONS {
        return Err(OccurrenceError::TooMany);
    }
    schedule.exceptions.sort_by_key(|exception| exception.original_ms);
    Ok(schedule)
}
