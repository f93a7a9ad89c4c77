//! Rows of the planner's tables as what they mean.

use super::super::rooms::kind;
use super::super::{Row, StoreError};
use crate::planner::{Entry, Exception, Person, Reply, Schedule};
use sqlx::Row as _;

/// An entry in a row that has all columns of `entries`; people and exceptions are elsewhere.
pub(super) fn entry(row: Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.try_get("id")?,
        uid: row.try_get("uid")?,
        room_id: row.try_get("room_id")?,
        organiser_id: row.try_get("organiser_id")?,
        kind: kind(row.try_get("kind")?)?,
        title: row.try_get("title")?,
        description: row.try_get("description")?,
        schedule: schedule(&row)?,
        people: Vec::new(),
        notify: row.try_get::<i64, _>("notify")? != 0,
        phone_info: row.try_get::<i64, _>("phone_info")? != 0,
        reminder_minutes: row
            .try_get::<Option<i64>, _>("reminder_minutes")?
            .map(small)
            .transpose()?,
        sequence: small(row.try_get("sequence")?)?,
        created_at_ms: row.try_get("created_at_ms")?,
        changed_at_ms: row.try_get("changed_at_ms")?,
    })
}

/// The schedule in such a row, without exceptions; `None` for a permanent room.
pub(super) fn schedule(row: &Row) -> Result<Option<Schedule>, StoreError> {
    let (start_ms, end_ms): (Option<i64>, Option<i64>) =
        (row.try_get("start_ms")?, row.try_get("end_ms")?);
    let time_zone: Option<String> = row.try_get("time_zone")?;
    let (Some(start_ms), Some(end_ms), Some(time_zone)) = (start_ms, end_ms, time_zone) else {
        return Ok(None);
    };
    let rrule = row.try_get("rrule")?;
    Ok(Some(Schedule { start_ms, end_ms, time_zone, rrule, exceptions: Vec::new() }))
}

pub(super) fn exception(row: Row) -> Result<Exception, StoreError> {
    let start_ms: Option<i64> = row.try_get("start_ms")?;
    let end_ms: Option<i64> = row.try_get("end_ms")?;
    Ok(Exception { original_ms: row.try_get("original_ms")?, moved_to: start_ms.zip(end_ms) })
}

pub(super) fn person(row: Row) -> Result<Person, StoreError> {
    Ok(Person {
        user_id: row.try_get("user_id")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        co_host: row.try_get::<i64, _>("co_host")? != 0,
        reply: reply(row.try_get("reply")?)?,
    })
}

fn reply(text: &str) -> Result<Reply, StoreError> {
    match text {
        "needs_action" => Ok(Reply::NeedsAction),
        "accepted" => Ok(Reply::Accepted),
        "tentative" => Ok(Reply::Tentative),
        "declined" => Ok(Reply::Declined),
        other => Err(StoreError::Decode(format!("unknown reply {other:?}").into())),
    }
}

/// A reply as the database writes it.
pub(in crate::store) fn reply_text(reply: Reply) -> &'static str {
    match reply {
        Reply::NeedsAction => "needs_action",
        Reply::Accepted => "accepted",
        Reply::Tentative => "tentative",
        Reply::Declined => "declined",
    }
}

fn small(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|error| StoreError::Decode(error.into()))
}
