//! What took place: conferences, and the stays in them.

use super::rooms::{kind, kind_text};
use super::{Connection, Row, Store, StoreError};
use crate::happenings::{Person, Run};
use protocol::{ConferenceRecord, ParticipantKind, Role, RoomKind};
use sqlx::{Row as _, query};

/// A conference that took place or runs.
#[derive(Debug, Clone)]
pub struct ConferenceRow {
    /// Its run's id.
    pub id: String,
    /// The room's name when it began.
    pub room_name: String,
    /// The room's number.
    pub room_number: String,
    /// What the room is for.
    pub kind: RoomKind,
    /// Whose the room was when it began.
    pub owner_id: i64,
    /// The planner entry that it belongs to.
    pub entry_id: Option<i64>,
    /// When it went live.
    pub started_at_ms: i64,
    /// When it ended; `None` while it runs.
    pub ended_at_ms: Option<i64>,
    /// When the hub was last known to run it.
    pub seen_at_ms: i64,
    /// The hub went down before it ended.
    pub interrupted: bool,
}

/// One stay of one participant.
#[derive(Debug, Clone)]
pub struct StayRow {
    /// Within the run.
    pub participant: i64,
    /// The account; `None` for guests.
    pub user_id: Option<i64>,
    /// Display name.
    pub name: String,
    /// How they came.
    pub kind: ParticipantKind,
    /// What they might do last.
    pub role: Role,
    /// When they came in.
    pub joined_at_ms: i64,
    /// When they left; `None` while they are inside.
    pub left_at_ms: Option<i64>,
}

/// Which conferences a list shows.
#[derive(Debug, Clone)]
pub struct ConferenceFilter<'a> {
    /// Those of rooms that this user owns or moderates; `None`: all.
    pub moderator: Option<i64>,
    /// Of the room with this number only.
    pub room_number: Option<&'a str>,
    /// Begun at or after this time.
    pub from_ms: i64,
    /// Begun before this time.
    pub before_ms: i64,
    /// Older than this one: its start and id.
    pub after: Option<(i64, &'a str)>,
    /// At most so many.
    pub limit: i64,
}

impl Store {
    /// A page of conferences, newest first, with how many came in. SQLite may give a new room the key of
    /// a deleted one, whose reports are not its hosts' business: hence the number.
    pub async fn conferences(
        &self,
        filter: &ConferenceFilter<'_>,
    ) -> Result<Vec<ConferenceRecord>, StoreError> {
        let (after_ms, after_id) = filter.after.unwrap_or((i64::MAX, ""));
        query(
            "SELECT c.*, (SELECT COUNT(DISTINCT s.participant) FROM stays s
                          WHERE s.conference_id = c.id) AS participants
             FROM conferences c
             WHERE ($1 < 0 OR c.owner_id = $1
                    OR EXISTS (SELECT 1 FROM room_members m JOIN rooms r ON r.id = m.room_id
                               WHERE r.id = c.room_id AND r.number = c.room_number
                               AND m.user_id = $1 AND m.host = 1)
                    OR EXISTS (SELECT 1 FROM entry_people p WHERE p.entry_id = c.entry_id
                               AND p.user_id = $1 AND p.co_host = 1))
               AND ($2 = '' OR c.room_number = $2)
               AND c.started_at_ms >= $3 AND c.started_at_ms < $4
               AND (c.started_at_ms < $5 OR (c.started_at_ms = $5 AND c.id < $6))
             ORDER BY c.started_at_ms DESC, c.id DESC LIMIT $7",
        )
        .bind(filter.moderator.unwrap_or(-1))
        .bind(filter.room_number.unwrap_or_default())
        .bind(filter.from_ms)
        .bind(filter.before_ms)
        .bind(after_ms)
        .bind(after_id)
        .bind(filter.limit)
        .try_map(record)
        .fetch_all(&self.pool)
        .await
    }

    /// One conference, for somebody who owns or moderates its room; `None` as moderator: for anybody.
    pub async fn conference(
        &self,
        id: &str,
        moderator: Option<i64>,
    ) -> Result<Option<ConferenceRecord>, StoreError> {
        query(
            "SELECT c.*, (SELECT COUNT(DISTINCT s.participant) FROM stays s
                          WHERE s.conference_id = c.id) AS participants
             FROM conferences c
             WHERE c.id = $2
               AND ($1 < 0 OR c.owner_id = $1
                    OR EXISTS (SELECT 1 FROM room_members m JOIN rooms r ON r.id = m.room_id
                               WHERE r.id = c.room_id AND r.number = c.room_number
                               AND m.user_id = $1 AND m.host = 1)
                    OR EXISTS (SELECT 1 FROM entry_people p WHERE p.entry_id = c.entry_id
                               AND p.user_id = $1 AND p.co_host = 1))",
        )
        .bind(moderator.unwrap_or(-1))
        .bind(id)
        .try_map(record)
        .fetch_optional(&self.pool)
        .await
    }

    /// The time zone of the planner entry that a conference belongs to.
    pub async fn conference_zone(&self, id: &str) -> Result<Option<String>, StoreError> {
        let zone = query(
            "SELECT e.time_zone FROM conferences c JOIN entries e ON e.id = c.entry_id
             WHERE c.id = $1",
        )
        .bind(id)
        .try_map(|row: Row| row.try_get::<Option<String>, _>("time_zone"))
        .fetch_optional(&self.pool)
        .await?;
        Ok(zone.flatten())
    }

    /// Every stay of a conference, in the order of coming in.
    pub async fn stays(&self, conference: &str) -> Result<Vec<StayRow>, StoreError> {
        query("SELECT * FROM stays WHERE conference_id = $1 ORDER BY joined_at_ms, participant")
            .bind(conference)
            .try_map(stay)
            .fetch_all(&self.pool)
            .await
    }
}

/// Keeps a conference as begun; `None` when it is known already, or its room is not.
pub async fn open_conference(
    connection: &mut Connection,
    run: &Run,
    at_ms: i64,
) -> Result<Option<ConferenceRow>, StoreError> {
    let room = query(
        "SELECT r.name, r.number, r.kind, r.owner_id, e.id AS entry_id
         FROM rooms r LEFT JOIN entries e ON e.room_id = r.id WHERE r.id = $1",
    )
    .bind(run.room)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(room) = room else { return Ok(None) };
    let row = ConferenceRow {
        id: run.id.clone(),
        room_name: room.try_get("name")?,
        room_number: room.try_get("number")?,
        kind: kind(room.try_get("kind")?)?,
        owner_id: room.try_get("owner_id")?,
        entry_id: room.try_get("entry_id")?,
        started_at_ms: at_ms,
        ended_at_ms: None,
        seen_at_ms: at_ms,
        interrupted: false,
    };
    let added = query(
        "INSERT INTO conferences (id, room_id, room_name, room_number, kind, owner_id, entry_id,
                                  started_at_ms, seen_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&row.id)
    .bind(run.room)
    .bind(&row.room_name)
    .bind(&row.room_number)
    .bind(kind_text(row.kind))
    .bind(row.owner_id)
    .bind(row.entry_id)
    .bind(row.started_at_ms)
    .bind(row.seen_at_ms)
    .execute(connection)
    .await?;
    Ok((added.rows_affected() == 1).then_some(row))
}

/// Keeps that a conference ended; `None` when it had, or is not known.
pub async fn close_conference(
    connection: &mut Connection,
    id: &str,
    at_ms: i64,
    interrupted: bool,
) -> Result<Option<ConferenceRow>, StoreError> {
    query(
        "UPDATE conferences SET ended_at_ms = $1, interrupted = $2
         WHERE id = $3 AND ended_at_ms IS NULL RETURNING *",
    )
    .bind(at_ms)
    .bind(i64::from(interrupted))
    .bind(id)
    .try_map(conference)
    .fetch_optional(connection)
    .await
}

/// A conference that was kept before.
pub async fn conference_row(
    connection: &mut Connection,
    id: &str,
) -> Result<Option<ConferenceRow>, StoreError> {
    query("SELECT * FROM conferences WHERE id = $1")
        .bind(id)
        .try_map(conference)
        .fetch_optional(connection)
        .await
}

/// Conferences that run as far as anybody knows, yet were not seen since `before_ms`.
pub async fn stale_conferences(
    connection: &mut Connection,
    before_ms: i64,
) -> Result<Vec<ConferenceRow>, StoreError> {
    query(
        "SELECT * FROM conferences WHERE ended_at_ms IS NULL AND seen_at_ms < $1
         ORDER BY started_at_ms, id",
    )
    .bind(before_ms)
    .try_map(conference)
    .fetch_all(connection)
    .await
}

/// Keeps that the hub ran a conference at this time.
pub async fn see_conference(
    connection: &mut Connection,
    id: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    query("UPDATE conferences SET seen_at_ms = $1 WHERE id = $2 AND seen_at_ms < $1")
        .bind(at_ms)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps that somebody came in; `false` when they were inside already, and only their name or role
/// is new.
pub async fn open_stay(
    connection: &mut Connection,
    conference: &str,
    person: &Person,
    at_ms: i64,
) -> Result<bool, StoreError> {
    let participant = i64::from(person.id.0);
    let inside = query(
        "UPDATE stays SET name = $1, role = $2
         WHERE conference_id = $3 AND participant = $4 AND left_at_ms IS NULL",
    )
    .bind(&person.name)
    .bind(role_text(person.role))
    .bind(conference)
    .bind(participant)
    .execute(&mut *connection)
    .await?;
    if inside.rows_affected() > 0 {
        return Ok(false);
    }
    // Whoever left and came back within a millisecond never left.
    query(
        "INSERT INTO stays (conference_id, participant, user_id, name, kind, role, joined_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (conference_id, participant, joined_at_ms) DO UPDATE SET left_at_ms = NULL",
    )
    .bind(conference)
    .bind(participant)
    .bind(person.user)
    .bind(&person.name)
    .bind(participant_kind_text(person.kind))
    .bind(role_text(person.role))
    .bind(at_ms)
    .execute(connection)
    .await?;
    Ok(true)
}

/// Keeps that somebody left, with the role that they had last. `None` when they were not inside.
pub async fn close_stay(
    connection: &mut Connection,
    conference: &str,
    person: &Person,
    at_ms: i64,
) -> Result<Option<StayRow>, StoreError> {
    query(
        "UPDATE stays SET left_at_ms = CASE WHEN joined_at_ms > $1 THEN joined_at_ms ELSE $1 END,
                          role = $2
         WHERE conference_id = $3 AND participant = $4 AND left_at_ms IS NULL RETURNING *",
    )
    .bind(at_ms)
    .bind(role_text(person.role))
    .bind(conference)
    .bind(i64::from(person.id.0))
    .try_map(stay)
    .fetch_optional(connection)
    .await
}

/// Ends every stay that is still open; gives them back.
pub async fn close_stays(
    connection: &mut Connection,
    conference: &str,
    at_ms: i64,
) -> Result<Vec<StayRow>, StoreError> {
    let mut stays = query(
        "UPDATE stays SET left_at_ms = CASE WHEN joined_at_ms > $1 THEN joined_at_ms ELSE $1 END
         WHERE conference_id = $2 AND left_at_ms IS NULL RETURNING *",
    )
    .bind(at_ms)
    .bind(conference)
    .try_map(stay)
    .fetch_all(connection)
    .await?;
    stays.sort_by_key(|stay| (stay.joined_at_ms, stay.participant));
    Ok(stays)
}

fn conference(row: Row) -> Result<ConferenceRow, StoreError> {
    Ok(ConferenceRow {
        id: row.try_get("id")?,
        room_name: row.try_get("room_name")?,
        room_number: row.try_get("room_number")?,
        kind: kind(row.try_get("kind")?)?,
        owner_id: row.try_get("owner_id")?,
        entry_id: row.try_get("entry_id")?,
        started_at_ms: row.try_get("started_at_ms")?,
        ended_at_ms: row.try_get("ended_at_ms")?,
        seen_at_ms: row.try_get("seen_at_ms")?,
        interrupted: row.try_get::<i64, _>("interrupted")? != 0,
    })
}

fn record(row: Row) -> Result<ConferenceRecord, StoreError> {
    let participants = row.try_get("participants")?;
    let row = conference(row)?;
    Ok(ConferenceRecord {
        id: row.id,
        room_name: row.room_name,
        room_number: row.room_number,
        kind: row.kind,
        started_at_ms: row.started_at_ms,
        ended_at_ms: row.ended_at_ms,
        interrupted: row.interrupted,
        participants,
    })
}

fn stay(row: Row) -> Result<StayRow, StoreError> {
    Ok(StayRow {
        participant: row.try_get("participant")?,
        user_id: row.try_get("user_id")?,
        name: row.try_get("name")?,
        kind: from_text(row.try_get("kind")?)?,
        role: from_text(row.try_get("role")?)?,
        joined_at_ms: row.try_get("joined_at_ms")?,
        left_at_ms: row.try_get("left_at_ms")?,
    })
}

/// Reads what [`role_text`] and [`participant_kind_text`] write: the names that JSON uses.
fn from_text<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    let name = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text);
    T::deserialize(name).map_err(|error| StoreError::Decode(error.into()))
}

/// A role as the database and reports write it.
pub fn role_text(role: Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::Presenter => "presenter",
        Role::Attendee => "attendee",
    }
}

/// A kind of participant as the database and reports write it.
pub fn participant_kind_text(kind: ParticipantKind) -> &'static str {
    match kind {
        ParticipantKind::User => "user",
        ParticipantKind::Guest => "guest",
    }
}
