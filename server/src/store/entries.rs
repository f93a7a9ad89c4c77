//! Planner entries, their exceptions and their people.
//!
//! An entry and its room are written together. What lists are made from stands in `entry_viewers`,
//! one row for each user who sees the entry, and is made anew with each change.

mod bookings;
mod list;
mod rows;

pub use bookings::SeriesOf;
pub use list::{Cursor, ListFilter, ListedEntry};

use super::rooms::{insert_room, kind_text, room};
use super::{Connection, RoomRow, Row, Store, StoreError};
use crate::planner::draft::Account;
use crate::planner::recurrence::SeriesError;
use crate::planner::{Entry, Exception, Person, Schedule};
pub(super) use rows::reply_text;
use rows::{entry, exception, person};
use sqlx::{AssertSqlSafe, Row as _, query};

/// So many rows go into one statement: placeholders are limited.
pub(super) const ROWS_AT_ONCE: usize = 100;

/// Adds an entry with its room, and gives both their keys; `link_hash` gets the new room's id.
/// `None` when the room's number is taken.
pub async fn insert(
    connection: &mut Connection,
    entry: Entry,
    room: RoomRow,
    link_hash: impl FnOnce(i64) -> [u8; 32],
) -> Result<Option<(Entry, RoomRow)>, StoreError> {
    let Some(room) = insert_room(connection, room, link_hash).await? else { return Ok(None) };
    let row = query(
        "INSERT INTO entries (uid, room_id, organiser_id, kind, title, description, notify,
                              phone_info, reminder_minutes, sequence, created_at_ms, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
    )
    .bind(&entry.uid)
    .bind(room.id)
    .bind(entry.organiser_id)
    .bind(kind_text(entry.kind))
    .bind(&entry.title)
    .bind(&entry.description)
    .bind(i64::from(entry.notify))
    .bind(i64::from(entry.phone_info))
    .bind(entry.reminder_minutes.map(i64::from))
    .bind(i64::from(entry.sequence))
    .bind(entry.created_at_ms)
    .bind(entry.changed_at_ms)
    .fetch_one(&mut *connection)
    .await?;
    let entry = Entry { id: row.try_get("id")?, room_id: room.id, ..entry };
    insert_people(connection, entry.id, &entry.people, &[]).await?;
    write_schedule(connection, &entry).await?;
    Ok(Some((entry, room)))
}

/// Writes a changed entry over the one before, and its title and kind into its room.
pub async fn update(
    connection: &mut Connection,
    before: &Entry,
    after: &Entry,
) -> Result<(), StoreError> {
    query(
        "UPDATE entries SET kind = $1, title = $2, description = $3, notify = $4, phone_info = $5,
                            reminder_minutes = $6, sequence = $7, changed_at_ms = $8
         WHERE id = $9",
    )
    .bind(kind_text(after.kind))
    .bind(&after.title)
    .bind(&after.description)
    .bind(i64::from(after.notify))
    .bind(i64::from(after.phone_info))
    .bind(after.reminder_minutes.map(i64::from))
    .bind(i64::from(after.sequence))
    .bind(after.changed_at_ms)
    .bind(after.id)
    .execute(&mut *connection)
    .await?;
    if before.people != after.people {
        replace_people(connection, after).await?;
    }
    write_schedule(connection, after).await?;
    query("UPDATE rooms SET name = $1, kind = $2 WHERE id = $3")
        .bind(&after.title)
        .bind(kind_text(after.kind))
        .bind(after.room_id)
        .execute(&mut *connection)
        .await?;
    if before.kind != after.kind {
        // What the room allows becomes the new kind's own.
        query("UPDATE rooms SET policy = NULL WHERE id = $1")
            .bind(after.room_id)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Removes an entry with its room, links and chat: the number is free again.
pub async fn delete(connection: &mut Connection, entry: &Entry) -> Result<(), StoreError> {
    query("DELETE FROM entries WHERE id = $1").bind(entry.id).execute(&mut *connection).await?;
    query("DELETE FROM rooms WHERE id = $1").bind(entry.room_id).execute(connection).await?;
    Ok(())
}

/// Makes every other change to an entry wait until the transaction ends, so that what is read of it
/// after this still holds when it is written. On SQLite a writing transaction does so anyway.
pub async fn lock(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    query("UPDATE entries SET sequence = sequence WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await
        .map(drop)
}

/// An entry with everything that belongs to it.
pub async fn load(connection: &mut Connection, id: i64) -> Result<Option<Entry>, StoreError> {
    let found = query("SELECT * FROM entries WHERE id = $1").bind(id).try_map(entry);
    let Some(mut entry) = found.fetch_optional(&mut *connection).await? else { return Ok(None) };
    entry.people = query("SELECT * FROM entry_people WHERE entry_id = $1 ORDER BY position, id")
        .bind(id)
        .try_map(person)
        .fetch_all(&mut *connection)
        .await?;
    if let Some(schedule) = &mut entry.schedule {
        schedule.exceptions = exceptions(connection, id).await?;
    }
    Ok(Some(entry))
}

async fn exceptions(connection: &mut Connection, id: i64) -> Result<Vec<Exception>, StoreError> {
    query("SELECT * FROM entry_exceptions WHERE entry_id = $1 ORDER BY original_ms")
        .bind(id)
        .try_map(exception)
        .fetch_all(connection)
        .await
}

/// Writes when an entry takes place, and with it the rows that lists are made from.
async fn write_schedule(connection: &mut Connection, entry: &Entry) -> Result<(), StoreError> {
    let schedule = entry.schedule.as_ref();
    let turn = schedule.map(|s| s.turn(entry.changed_at_ms)).transpose().map_err(unreadable)?;
    let (current, roll_ms) = turn.unwrap_or_default();
    query(
        "UPDATE entries SET start_ms = $1, end_ms = $2, time_zone = $3, rrule = $4,
                            current_start_ms = $5, current_end_ms = $6, roll_ms = $7
         WHERE id = $8",
    )
    .bind(schedule.map(|s| s.start_ms))
    .bind(schedule.map(|s| s.end_ms))
    .bind(schedule.map(|s| &s.time_zone))
    .bind(schedule.and_then(|s| s.rrule.as_ref()))
    .bind(current.map(|occurrence| occurrence.start_ms))
    .bind(current.map(|occurrence| occurrence.end_ms))
    .bind(roll_ms)
    .bind(entry.id)
    .execute(&mut *connection)
    .await?;
    query("DELETE FROM entry_exceptions WHERE entry_id = $1")
        .bind(entry.id)
        .execute(&mut *connection)
        .await?;
    for exception in schedule.map_or(&[][..], |s| &s.exceptions) {
        query(
            "INSERT INTO entry_exceptions (entry_id, original_ms, start_ms, end_ms)
               VALUES ($1, $2, $3, $4)",
        )
        .bind(entry.id)
        .bind(exception.original_ms)
        .bind(exception.moved_to.map(|(start_ms, _)| start_ms))
        .bind(exception.moved_to.map(|(_, end_ms)| end_ms))
        .execute(&mut *connection)
        .await?;
    }
    write_viewers(connection, entry.id).await
}

async fn write_viewers(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    query("DELETE FROM entry_viewers WHERE entry_id = $1")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    query(
        "INSERT INTO entry_viewers (user_id, entry_id, organiser, kind, recurring, sort_ms,
                                    current_end_ms)
         SELECT e.organiser_id, e.id, 1, e.kind, CASE WHEN e.rrule IS NULL THEN 0 ELSE 1 END,
                e.sort_ms, e.current_end_ms
         FROM entries e WHERE e.id = $1
         UNION ALL
         SELECT p.user_id, e.id, 0, e.kind, CASE WHEN e.rrule IS NULL THEN 0 ELSE 1 END,
                e.sort_ms, e.current_end_ms
         FROM entries e JOIN entry_people p ON p.entry_id = e.id
         WHERE e.id = $1 AND p.user_id IS NOT NULL",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces the people; who stays keeps the time of their reply.
async fn replace_people(connection: &mut Connection, entry: &Entry) -> Result<(), StoreError> {
    let replied: Vec<(Person, Option<i64>)> =
        query("SELECT * FROM entry_people WHERE entry_id = $1 AND replied_at_ms IS NOT NULL")
            .bind(entry.id)
            .try_map(|row: Row| {
                let at = row.try_get("replied_at_ms")?;
                Ok((person(row)?, at))
            })
            .fetch_all(&mut *connection)
            .await?;
    query("DELETE FROM entry_people WHERE entry_id = $1")
        .bind(entry.id)
        .execute(&mut *connection)
        .await?;
    insert_people(connection, entry.id, &entry.people, &replied).await
}

async fn insert_people(
    connection: &mut Connection,
    entry_id: i64,
    people: &[Person],
    replied: &[(Person, Option<i64>)],
) -> Result<(), StoreError> {
    for (chunk, first) in people.chunks(ROWS_AT_ONCE).zip((0i64..).step_by(ROWS_AT_ONCE)) {
        let sql = format!(
            "INSERT INTO entry_people (entry_id, position, user_id, name, email, co_host, reply,
                                       replied_at_ms) VALUES {}",
            placeholders(chunk.len(), 8),
        );
        let mut statement = query(AssertSqlSafe(sql));
        for (person, position) in chunk.iter().zip(first..) {
            let same = |(old, _): &&(Person, Option<i64>)| {
                old.is_same(person) && old.reply == person.reply
            };
            statement = statement
                .bind(entry_id)
                .bind(position)
                .bind(person.user_id)
                .bind(&person.name)
                .bind(&person.email)
                .bind(i64::from(person.co_host))
                .bind(reply_text(person.reply))
                .bind(replied.iter().find(same).and_then(|(_, at)| *at));
        }
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

/// `($1, $2), ($3, $4)` for so many rows and columns.
fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let cells = (1..=columns).map(|cell| format!("${}", row * columns + cell));
        format!("({})", cells.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// `$first, …` for so many values.
pub(super) fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

fn unreadable(error: SeriesError) -> StoreError {
    StoreError::Decode(error.into())
}

impl Store {
    /// An entry with everything that belongs to it.
    pub async fn entry(&self, id: i64) -> Result<Option<Entry>, StoreError> {
        load(&mut *self.pool.acquire().await?, id).await
    }

    /// The room of an entry.
    pub async fn entry_room(&self, entry: &Entry) -> Result<Option<RoomRow>, StoreError> {
        query("SELECT * FROM rooms WHERE id = $1")
            .bind(entry.room_id)
            .try_map(room)
            .fetch_optional(&self.pool)
            .await
    }

    /// Whether a user has a conference profile.
    pub async fn has_profile(&self, user_id: i64) -> Result<bool, StoreError> {
        let found = query("SELECT 1 FROM users WHERE id = $1 AND profile IS NOT NULL")
            .bind(user_id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// Those of these accounts that exist and may sign in.
    pub async fn accounts_by_id(&self, ids: &[i64]) -> Result<Vec<Account>, StoreError> {
        let mut accounts = Vec::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "SELECT id, display_name, email FROM users WHERE disabled = 0 AND id IN ({})",
                numbered(1, ids.len()),
            );
            let statement = ids.iter().fold(query(AssertSqlSafe(sql)), |q, id| q.bind(*id));
            let found = statement.try_map(|row: Row| {
                let (id, name) = (row.try_get("id")?, row.try_get("display_name")?);
                Ok(Account { id, name, email: row.try_get("email")? })
            });
            accounts.extend(found.fetch_all(&self.pool).await?);
        }
        Ok(accounts)
    }

    /// When the next recurring entry's current occurrence ends.
    pub async fn next_roll(&self) -> Result<Option<i64>, StoreError> {
        query("SELECT MIN(roll_ms) AS roll_ms FROM entries")
            .try_map(|row: Row| row.try_get("roll_ms"))
            .fetch_one(&self.pool)
            .await
    }

    /// Makes the next occurrence the current one, for up to `limit` entries whose current one has
    /// ended; how many they were.
    pub async fn roll_forward(&self, now_ms: i64, limit: i64) -> Result<usize, StoreError> {
        let due: Vec<i64> =
            query("SELECT id FROM entries WHERE roll_ms <= $1 ORDER BY roll_ms LIMIT $2")
                .bind(now_ms)
                .bind(limit)
                .try_map(|row: Row| row.try_get("id"))
                .fetch_all(&self.pool)
                .await?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut transaction = self.begin().await?;
        for id in &due {
            roll(&mut transaction, *id, now_ms).await?;
        }
        transaction.commit().await?;
        Ok(due.len())
    }
}

async fn roll(connection: &mut Connection, id: i64, now_ms: i64) -> Result<(), StoreError> {
    let found = query("SELECT * FROM entries WHERE id = $1").bind(id).try_map(entry);
    let Some(entry) = found.fetch_optional(&mut *connection).await? else { return Ok(()) };
    let Some(schedule) = entry.schedule else { return Ok(()) };
    let schedule = Schedule { exceptions: exceptions(connection, id).await?, ..schedule };
    let (current, roll_ms) = match schedule.turn(now_ms) {
        Ok(turn) => turn,
        Err(error) => {
            tracing::error!(entry = id, %error, "an entry stays at its last occurrence");
            query("UPDATE entries SET roll_ms = NULL WHERE id = $1")
                .bind(id)
                .execute(connection)
                .await?;
            return Ok(());
        }
    };
    // Its sequence tells whether somebody changed the plan in the meantime.
    let rolled = query(
        "UPDATE entries SET current_start_ms = $1, current_end_ms = $2, roll_ms = $3
         WHERE id = $4 AND sequence = $5",
    )
    .bind(current.map(|occurrence| occurrence.start_ms))
    .bind(current.map(|occurrence| occurrence.end_ms))
    .bind(roll_ms)
    .bind(id)
    .bind(i64::from(entry.sequence))
    .execute(&mut *connection)
    .await?;
    if rolled.rows_affected() == 1 { write_viewers(connection, id).await } else { Ok(()) }
}
