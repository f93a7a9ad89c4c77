//! What invitations, reminders and replies read of the planner's tables.

use super::entries::{load, lock, reply_text};
use super::rooms::room;
use super::users::user;
use super::{Connection, RoomRow, Row, Store, StoreError, UserRow};
use crate::planner::{Entry, Reply};
use sqlx::{Row as _, query};

/// An entry with all that its invitation says.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The entry.
    pub entry: Entry,
    /// Its room.
    pub room: RoomRow,
    /// Whose it is.
    pub organiser: UserRow,
}

/// A reminder that is due, and not in the outbox yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueReminder {
    /// The entry.
    pub entry_id: i64,
    /// The occurrence's start, Unix milliseconds.
    pub start_ms: i64,
    /// Its end.
    pub end_ms: i64,
}

/// What becomes of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It is written down.
    Recorded,
    /// A newer one is there already, or it is for an older invitation.
    Outdated,
    /// Nobody with that address is invited.
    NotInvited,
}

/// The account with that key, within a transaction.
pub async fn user_row(connection: &mut Connection, id: i64) -> Result<Option<UserRow>, StoreError> {
    query("SELECT * FROM users WHERE id = $1")
        .bind(id)
        .try_map(user)
        .fetch_optional(connection)
        .await
}

/// The room with that key, within a transaction.
pub async fn room_row(connection: &mut Connection, id: i64) -> Result<Option<RoomRow>, StoreError> {
    query("SELECT * FROM rooms WHERE id = $1")
        .bind(id)
        .try_map(room)
        .fetch_optional(connection)
        .await
}

/// The entry with that key and all about it, within a transaction.
pub async fn planned(connection: &mut Connection, id: i64) -> Result<Option<Planned>, StoreError> {
    let Some(entry) = load(connection, id).await? else { return Ok(None) };
    let room = room_row(&mut *connection, entry.room_id).await?.ok_or(StoreError::RowNotFound)?;
    let organiser = user_row(connection, entry.organiser_id).await?;
    let organiser = organiser.ok_or(StoreError::RowNotFound)?;
    Ok(Some(Planned { entry, room, organiser }))
}

impl Store {
    /// The entry with that key and all about it.
    pub async fn planned(&self, id: i64) -> Result<Option<Planned>, StoreError> {
        planned(&mut *self.pool.acquire().await?, id).await
    }

    /// The entry that a room belongs to.
    pub async fn planned_in(&self, room_id: i64) -> Result<Option<Planned>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row = query("SELECT id FROM entries WHERE room_id = $1").bind(room_id);
        match row.fetch_optional(&mut *connection).await? {
            Some(row) => planned(&mut connection, row.try_get("id")?).await,
            None => Ok(None),
        }
    }

    /// The entry of that UID.
    pub async fn entry_of_uid(&self, uid: &str) -> Result<Option<i64>, StoreError> {
        let row = query("SELECT id FROM entries WHERE uid = $1").bind(uid);
        row.fetch_optional(&self.pool).await?.map(|row| row.try_get("id")).transpose()
    }

    /// Reminders whose time has come, for occurrences that have not begun, and that are not in the
    /// outbox. Those whose time came before the entry was made would come with the deed, so they
    /// do not count.
    pub async fn due_reminders(&self, now_ms: i64) -> Result<Vec<DueReminder>, StoreError> {
        query(
            "SELECT e.id, e.current_start_ms, e.current_end_ms FROM entries e
             WHERE e.reminder_minutes IS NOT NULL AND e.current_start_ms > $1
               AND e.current_start_ms - e.reminder_minutes * 60000 <= $2
               AND e.current_start_ms - e.reminder_minutes * 60000 >= e.created_at_ms
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.dedupe =
                   'reminder:' || CAST(e.id AS TEXT) || ':' || CAST(e.current_start_ms AS TEXT))
             ORDER BY e.current_start_ms, e.id LIMIT 100",
        )
        .bind(now_ms)
        .bind(now_ms)
        .try_map(|row: Row| {
            Ok(DueReminder {
                entry_id: row.try_get("id")?,
                start_ms: row.try_get("current_start_ms")?,
                end_ms: row.try_get("current_end_ms")?,
            })
        })
        .fetch_all(&self.pool)
        .await
    }

    /// Writes down what somebody invited answered. The newer answer wins, whichever arrives first;
    /// one to an older SEQUENCE does not count.
    pub async fn record_reply(
        &self,
        entry_id: i64,
        address: &str,
        (reply, sequence): (Reply, u32),
        at_ms: i64,
    ) -> Result<Answered, StoreError> {
        let mut transaction = self.begin().await?;
        lock(&mut transaction, entry_id).await?;
        let Some(planned) = planned(&mut transaction, entry_id).await? else {
            return Ok(Answered::NotInvited);
        };
        let invited =
            query("SELECT id, email, replied_at_ms FROM entry_people WHERE entry_id = $1")
                .bind(entry_id)
                .fetch_all(&mut *transaction)
                .await?;
        let mut found = None;
        for row in invited {
            let email: Option<String> = row.try_get("email")?;
            if email.is_some_and(|email| email.to_lowercase() == address) {
                found = Some((row.try_get::<i64, _>("id")?, row.try_get("replied_at_ms")?));
            }
        }
        let Some((person, before)) = found else { return Ok(Answered::NotInvited) };
        let before: Option<i64> = before;
        if sequence < planned.entry.sequence || before.is_some_and(|before| before >= at_ms) {
            return Ok(Answered::Outdated);
        }
        query("UPDATE entry_people SET reply = $1, replied_at_ms = $2 WHERE id = $3")
            .bind(reply_text(reply))
            .bind(at_ms)
            .bind(person)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Answered::Recorded)
    }
}
