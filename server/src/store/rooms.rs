//! Rooms.

use super::members::insert_member;
use super::{Connection, Row, Store, StoreError};
use crate::room::standing::Ties;
use crate::room::{random_number, random_pin};
use protocol::{RoomKind, RoomPolicy};
use sqlx::{Row as _, query};

/// A room.
#[derive(Clone)]
pub struct RoomRow {
    /// Its key.
    pub id: i64,
    /// Nine digits.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// Whose it is.
    pub owner_id: i64,
    /// Six digits.
    pub pin: String,
    /// From which the link is derived.
    pub link_nonce: Vec<u8>,
    /// When it was made.
    pub created_at_ms: i64,
    /// What it allows.
    pub policy: RoomPolicy,
    /// It goes with its conference.
    pub ad_hoc: bool,
}

impl RoomRow {
    /// A room that is not kept yet, with a number, a PIN and a link drawn by chance, and with what its
    /// kind allows.
    pub fn drawn(owner_id: i64, kind: RoomKind, name: String, now_ms: i64) -> RoomRow {
        RoomRow {
            id: 0,
            number: random_number(),
            name,
            kind,
            owner_id,
            pin: random_pin(),
            link_nonce: rand::random::<[u8; 16]>().to_vec(),
            created_at_ms: now_ms,
            policy: RoomPolicy::default_for(kind),
            ad_hoc: false,
        }
    }
}

impl std::fmt::Debug for RoomRow {
    /// Never prints the PIN.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Room({}, {:?})", self.number, self.name)
    }
}

/// What became of a new room.
pub enum AddedRoom {
    /// It is there.
    Added(RoomRow),
    /// Another room has that number.
    NumberTaken,
    /// Somebody who should belong to it does not exist, or may not sign in.
    NoSuchUser(i64),
}

impl Store {
    /// Adds a room and those who belong to it beside its owner; `link_hash` gets the new room's id.
    pub async fn add_room(
        &self,
        room: RoomRow,
        members: &[i64],
        link_hash: impl FnOnce(i64) -> [u8; 32],
    ) -> Result<AddedRoom, StoreError> {
        let mut transaction = self.begin().await?;
        let Some(room) = insert_room(&mut transaction, room, link_hash).await? else {
            return Ok(AddedRoom::NumberTaken);
        };
        for user in members.iter().filter(|user| **user != room.owner_id) {
            if !insert_member(&mut transaction, room.id, *user, false).await? {
                return Ok(AddedRoom::NoSuchUser(*user));
            }
        }
        transaction.commit().await?;
        Ok(AddedRoom::Added(room))
    }

    /// Derives the hash of every link anew, from the key of its room and its nonce. Returns how many
    /// rooms there are.
    pub async fn relink_rooms(
        &self,
        link_hash: impl Fn(i64, &[u8]) -> [u8; 32],
    ) -> Result<usize, StoreError> {
        let mut transaction = self.begin().await?;
        let rooms: Vec<RoomRow> =
            query("SELECT * FROM rooms").try_map(room).fetch_all(&mut *transaction).await?;
        for room in &rooms {
            let hash = link_hash(room.id, &room.link_nonce);
            set_link_hash(&mut transaction, room.id, hash).await?;
        }
        let links =
            query("SELECT id, room_id, nonce FROM room_links").fetch_all(&mut *transaction).await?;
        for link in links {
            let nonce: Vec<u8> = link.try_get("nonce")?;
            query("UPDATE room_links SET hash = $1 WHERE id = $2")
                .bind(&link_hash(link.try_get("room_id")?, &nonce)[..])
                .bind(link.try_get::<i64, _>("id")?)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(rooms.len())
    }

    /// The rooms that a user owns or belongs to, newest first, and what ties them to it. Not those of
    /// the planner's entries.
    pub async fn rooms_of(&self, user_id: i64) -> Result<Vec<(RoomRow, Ties)>, StoreError> {
        query(
            "SELECT rooms.*, room_members.host AS member FROM rooms
             LEFT JOIN room_members
               ON room_members.room_id = rooms.id AND room_members.user_id = $1
             WHERE (rooms.owner_id = $1 OR room_members.user_id = $1)
               AND NOT EXISTS (SELECT 1 FROM entries WHERE entries.room_id = rooms.id)
             ORDER BY rooms.created_at_ms DESC, rooms.id DESC",
        )
        .bind(user_id)
        .try_map(|row: Row| {
            let member: Option<i64> = row.try_get("member")?;
            let room = room(row)?;
            let owner = room.owner_id == user_id;
            Ok((room, Ties { owner, member: member.map(|host| host != 0), invited: None }))
        })
        .fetch_all(&self.pool)
        .await
    }

    /// Changes a room's name and what it allows.
    pub async fn change_room(
        &self,
        id: i64,
        name: Option<&str>,
        policy: Option<&RoomPolicy>,
    ) -> Result<(), StoreError> {
        query("UPDATE rooms SET name = COALESCE($1, name), policy = COALESCE($2, policy) WHERE id = $3")
            .bind(name)
            .bind(policy.map(policy_text).transpose()?)
            .bind(id)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Gives a room another PIN.
    pub async fn change_pin(&self, id: i64, pin: &str) -> Result<(), StoreError> {
        query("UPDATE rooms SET pin = $1 WHERE id = $2")
            .bind(pin)
            .bind(id)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Gives a room another link; the one before is dead.
    pub async fn change_link(
        &self,
        id: i64,
        nonce: &[u8],
        link_hash: [u8; 32],
    ) -> Result<(), StoreError> {
        query("UPDATE rooms SET link_nonce = $1, link_hash = $2 WHERE id = $3")
            .bind(nonce)
            .bind(&link_hash[..])
            .bind(id)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Deletes a room with all that belongs to it; `false` when an entry of the planner needs it.
    pub async fn delete_room(&self, id: i64) -> Result<bool, StoreError> {
        let deleted = query(
            "DELETE FROM rooms WHERE id = $1
             AND NOT EXISTS (SELECT 1 FROM entries WHERE entries.room_id = rooms.id)",
        )
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// The room of that number.
    pub async fn room_by_number(&self, number: &str) -> Result<Option<RoomRow>, StoreError> {
        query("SELECT * FROM rooms WHERE number = $1")
            .bind(number)
            .try_map(room)
            .fetch_optional(&self.pool)
            .await
    }

    /// Keeps a room's policies if the user who decided owns it, belongs to it or is invited to it.
    pub async fn set_policy(
        &self,
        room_id: i64,
        user_id: i64,
        policy: &RoomPolicy,
    ) -> Result<(), StoreError> {
        query(
            "UPDATE rooms SET policy = $1 WHERE id = $2
             AND (owner_id = $3
               OR EXISTS (SELECT 1 FROM room_members WHERE room_id = $2 AND user_id = $3)
               OR EXISTS (SELECT 1 FROM entries
                          JOIN entry_people ON entry_people.entry_id = entries.id
                          WHERE entries.room_id = $2 AND entry_people.user_id = $3))",
        )
        .bind(policy_text(policy)?)
        .bind(room_id)
        .bind(user_id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Deletes a room that was made for one conference only, with its chat; any other room stays.
    pub async fn delete_ad_hoc_room(&self, room_id: i64) -> Result<(), StoreError> {
        query("DELETE FROM rooms WHERE id = $1 AND ad_hoc = 1")
            .bind(room_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The rooms made for one conference only, before `before_ms`, in which nobody is being called.
    pub async fn ad_hoc_rooms(&self, before_ms: i64) -> Result<Vec<i64>, StoreError> {
        query(
            "SELECT id FROM rooms WHERE ad_hoc = 1 AND created_at_ms < $1
             AND NOT EXISTS (SELECT 1 FROM rings
                             WHERE rings.room_id = rooms.id AND rings.answer = 'ringing')",
        )
        .bind(before_ms)
        .try_map(|row: Row| row.try_get("id"))
        .fetch_all(&self.pool)
        .await
    }

    /// The room that a link leads to: its own link, or a further one that is neither revoked nor over.
    pub async fn room_by_link(
        &self,
        link_hash: [u8; 32],
        now_ms: i64,
    ) -> Result<Option<RoomRow>, StoreError> {
        query(
            "SELECT * FROM rooms WHERE link_hash = $1
             UNION ALL
             SELECT rooms.* FROM rooms JOIN room_links ON room_links.room_id = rooms.id
             WHERE room_links.hash = $1 AND revoked_at_ms IS NULL
               AND (expires_at_ms IS NULL OR expires_at_ms > $2)",
        )
        .bind(&link_hash[..])
        .bind(now_ms)
        .try_map(room)
        .fetch_optional(&self.pool)
        .await
    }
}

/// Adds a room within a transaction; `link_hash` gets the new room's id. `None` when the number is
/// taken.
pub(super) async fn insert_room(
    connection: &mut Connection,
    room: RoomRow,
    link_hash: impl FnOnce(i64) -> [u8; 32],
) -> Result<Option<RoomRow>, StoreError> {
    // The link depends on the id, which is known only afterwards: the nonce stands in.
    let added = query(
        "INSERT INTO rooms (number, name, kind, owner_id, pin, link_nonce, link_hash, created_at_ms,
                            policy, ad_hoc)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (number) DO NOTHING RETURNING id",
    )
    .bind(&room.number)
    .bind(&room.name)
    .bind(kind_text(room.kind))
    .bind(room.owner_id)
    .bind(&room.pin)
    .bind(&room.link_nonce)
    .bind(&room.link_nonce)
    .bind(room.created_at_ms)
    .bind(policy_text(&room.policy)?)
    .bind(i64::from(room.ad_hoc))
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = added else { return Ok(None) };
    let id = row.try_get("id")?;
    set_link_hash(connection, id, link_hash(id)).await?;
    Ok(Some(RoomRow { id, ..room }))
}

async fn set_link_hash(
    connection: &mut Connection,
    room_id: i64,
    link_hash: [u8; 32],
) -> Result<(), StoreError> {
    query("UPDATE rooms SET link_hash = $1 WHERE id = $2")
        .bind(&link_hash[..])
        .bind(room_id)
        .execute(connection)
        .await?;
    Ok(())
}

fn policy_text(policy: &RoomPolicy) -> Result<String, StoreError> {
    serde_json::to_string(policy).map_err(|error| StoreError::Encode(error.into()))
}

pub(super) fn room(row: Row) -> Result<RoomRow, StoreError> {
    let kind = kind(row.try_get("kind")?)?;
    let policy: Option<String> = row.try_get("policy")?;
    let policy = match policy {
        Some(text) => serde_json::from_str(&text).map_err(|e| StoreError::Decode(e.into()))?,
        None => RoomPolicy::default_for(kind),
    };
    Ok(RoomRow {
        id: row.try_get("id")?,
        number: row.try_get("number")?,
        name: row.try_get("name")?,
        kind,
        owner_id: row.try_get("owner_id")?,
        pin: row.try_get("pin")?,
        link_nonce: row.try_get("link_nonce")?,
        created_at_ms: row.try_get("created_at_ms")?,
        policy,
        ad_hoc: row.try_get::<i64, _>("ad_hoc")? != 0,
    })
}

/// Reads what [`kind_text`] writes.
pub(super) fn kind(text: &str) -> Result<RoomKind, StoreError> {
    match text {
        "webinar" => Ok(RoomKind::Webinar),
        "group_call" => Ok(RoomKind::GroupCall),
        other => Err(StoreError::Decode(format!("unknown kind of room {other:?}").into())),
    }
}

/// A kind as the database and the guest page write it.
pub fn kind_text(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Webinar => "webinar",
        RoomKind::GroupCall => "group_call",
    }
}
