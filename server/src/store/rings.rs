//! Calls that rang, and the rooms in which two users call each other.

use super::rooms::{insert_room, room};
use super::{Connection, RoomRow, Row, Store, StoreError};
use crate::events::rings::Ringing;
use protocol::{CallAnswer, JournalCall};
use sqlx::{Row as _, query};

/// Which calls of a user's journal are wanted.
#[derive(Debug, Clone, Copy)]
pub struct JournalPage {
    /// Only those before this one.
    pub before: i64,
    /// At most so many.
    pub limit: i64,
    /// Only incoming ones that were not taken.
    pub missed: bool,
}

impl Store {
    /// Writes a call down, a line for each of the called.
    pub async fn add_rings(&self, call: &Ringing) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for (callee, answer) in &call.answers {
            query(
                "INSERT INTO rings (call_id, room_id, room_name, direct, video, caller_id, callee_id,
                                    at_ms, answer)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(&call.id)
            .bind(call.room)
            .bind(&call.place.name)
            .bind(i64::from(call.direct))
            .bind(i64::from(call.video))
            .bind(call.caller)
            .bind(*callee)
            .bind(call.since_ms)
            .bind(answer_text(*answer))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await
    }

    /// Writes down what came of a call for one of the called.
    pub async fn settle_ring(
        &self,
        call_id: &str,
        callee_id: i64,
        answer: CallAnswer,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        query(
            "UPDATE rings SET answer = $1, answered_at_ms = $2
             WHERE call_id = $3 AND callee_id = $4 AND answer = 'ringing'",
        )
        .bind(answer_text(answer))
        .bind(at_ms)
        .bind(call_id)
        .bind(callee_id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Calls that rang when the hub stopped were missed.
    pub async fn settle_lost_rings(&self, now_ms: i64) -> Result<(), StoreError> {
        query("UPDATE rings SET answer = 'missed', answered_at_ms = $1 WHERE answer = 'ringing'")
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A page of a user's calls, newest first.
    pub async fn journal(
        &self,
        user_id: i64,
        page: JournalPage,
    ) -> Result<Vec<JournalCall>, StoreError> {
        // Each side by its own index, then the newest of both.
        query(
            "SELECT calls.*, users.name AS user_name, users.display_name, rooms.number
             FROM (SELECT * FROM (SELECT rings.*, callee_id AS other_id, 0 AS incoming FROM rings
                                  WHERE caller_id = $1 AND id < $2 AND $4 = 0
                                  ORDER BY id DESC LIMIT $3) AS made
                   UNION ALL
                   SELECT * FROM (SELECT rings.*, caller_id AS other_id, 1 AS incoming FROM rings
                                  WHERE callee_id = $1 AND id < $2
                                  AND ($4 = 0 OR answer IN ('missed', 'busy', 'not_there'))
                                  ORDER BY id DESC LIMIT $3) AS taken) AS calls
             JOIN users ON users.id = calls.other_id
             LEFT JOIN rooms ON rooms.id = calls.room_id
             ORDER BY calls.id DESC LIMIT $3",
        )
        .bind(user_id)
        .bind(page.before)
        .bind(page.limit)
        .bind(i64::from(page.missed))
        .try_map(journal_call)
        .fetch_all(&self.pool)
        .await
    }

    /// The room in which two users call each other, if it stands.
    pub async fn direct_room(&self, one: i64, other: i64) -> Result<Option<RoomRow>, StoreError> {
        query(
            "SELECT rooms.* FROM direct_rooms JOIN rooms ON rooms.id = direct_rooms.room_id
             WHERE low_id = $1 AND high_id = $2",
        )
        .bind(one.min(other))
        .bind(one.max(other))
        .try_map(room)
        .fetch_optional(&self.pool)
        .await
    }

    /// Makes the room in which its owner and another user call each other; both moderate. `None` when
    /// the number is taken or there is such a room already.
    pub async fn add_direct_room(
        &self,
        room: RoomRow,
        other: i64,
        link_hash: impl FnOnce(i64) -> [u8; 32],
    ) -> Result<Option<RoomRow>, StoreError> {
        let mut transaction = self.begin().await?;
        let Some(room) = insert_room(&mut transaction, room, link_hash).await? else {
            return Ok(None);
        };
        if !claim_pair(&mut transaction, &room, other).await? {
            return Ok(None);
        }
        query("INSERT INTO room_members (room_id, user_id, host) VALUES ($1, $2, 1)")
            .bind(room.id)
            .bind(other)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(room))
    }
}

async fn claim_pair(
    connection: &mut Connection,
    room: &RoomRow,
    other: i64,
) -> Result<bool, StoreError> {
    let claimed = query(
        "INSERT INTO direct_rooms (low_id, high_id, room_id) VALUES ($1, $2, $3)
         ON CONFLICT (low_id, high_id) DO NOTHING",
    )
    .bind(room.owner_id.min(other))
    .bind(room.owner_id.max(other))
    .bind(room.id)
    .execute(connection)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

fn journal_call(row: Row) -> Result<JournalCall, StoreError> {
    let truth = |column: &str| row.try_get::<i64, _>(column).map(|value| value != 0);
    Ok(JournalCall {
        id: row.try_get("id")?,
        call: row.try_get("call_id")?,
        incoming: truth("incoming")?,
        user: row.try_get("user_name")?,
        display_name: row.try_get("display_name")?,
        room_name: row.try_get("room_name")?,
        number: row.try_get("number")?,
        direct: truth("direct")?,
        video: truth("video")?,
        at_ms: row.try_get("at_ms")?,
        answer: answer(row.try_get("answer")?)?,
        answered_at_ms: row.try_get("answered_at_ms")?,
    })
}

/// An answer as the database writes it.
fn answer_text(answer: CallAnswer) -> &'static str {
    match answer {
        CallAnswer::Ringing => "ringing",
        CallAnswer::Accepted => "accepted",
        CallAnswer::Declined => "declined",
        CallAnswer::Missed => "missed",
        CallAnswer::Busy => "busy",
        CallAnswer::NotThere => "not_there",
    }
}

/// Reads what [`answer_text`] writes.
fn answer(text: &str) -> Result<CallAnswer, StoreError> {
    match text {
        "ringing" => Ok(CallAnswer::Ringing),
        "accepted" => Ok(CallAnswer::Accepted),
        "declined" => Ok(CallAnswer::Declined),
        "missed" => Ok(CallAnswer::Missed),
        "busy" => Ok(CallAnswer::Busy),
        "not_there" => Ok(CallAnswer::NotThere),
        other => Err(StoreError::Decode(format!("unknown answer to a call {other:?}").into())),
    }
}
