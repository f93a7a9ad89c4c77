//! Who sees whom: contacts, and the people of rooms.

use super::{Row, Store, StoreError};
use sqlx::{Row as _, query};

/// A user's key and account.
pub type Named = (i64, String);

/// A room with everybody who belongs to it.
#[derive(Debug, Clone)]
pub struct RoomPeople {
    /// Nine digits.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The owner and the members.
    pub people: Vec<Named>,
}

impl Store {
    /// A user's contacts who may sign in.
    pub async fn contact_names(&self, user_id: i64) -> Result<Vec<Named>, StoreError> {
        query(
            "SELECT users.id, users.name FROM contacts JOIN users ON users.id = contacts.contact_id
             WHERE contacts.user_id = $1 AND users.disabled = 0",
        )
        .bind(user_id)
        .try_map(named)
        .fetch_all(&self.pool)
        .await
    }

    /// The keys of the rooms that a user owns or belongs to.
    pub async fn room_keys_of(&self, user_id: i64) -> Result<Vec<i64>, StoreError> {
        query(
            "SELECT id FROM rooms WHERE owner_id = $1
             UNION SELECT room_id AS id FROM room_members WHERE user_id = $1",
        )
        .bind(user_id)
        .try_map(|row: Row| row.try_get("id"))
        .fetch_all(&self.pool)
        .await
    }

    /// A room's people; `None` when it is gone.
    pub async fn room_people(&self, room_id: i64) -> Result<Option<RoomPeople>, StoreError> {
        let room = query("SELECT number, name FROM rooms WHERE id = $1")
            .bind(room_id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(room) = room else { return Ok(None) };
        let people = query(
            "SELECT users.id, users.name FROM rooms JOIN users ON users.id = rooms.owner_id
             WHERE rooms.id = $1 AND users.disabled = 0
             UNION SELECT users.id, users.name FROM room_members
             JOIN users ON users.id = room_members.user_id
             WHERE room_members.room_id = $1 AND users.disabled = 0",
        )
        .bind(room_id)
        .try_map(named)
        .fetch_all(&self.pool)
        .await?;
        let (number, name) = (room.try_get("number")?, room.try_get("name")?);
        Ok(Some(RoomPeople { number, name, people }))
    }

    /// Whether one user sees the other: as a contact, or in a room that both belong to.
    pub async fn sees(&self, user_id: i64, other_id: i64) -> Result<bool, StoreError> {
        let seen = query(
            "SELECT 1 FROM contacts WHERE user_id = $1 AND contact_id = $2
             UNION ALL
             SELECT 1 FROM (SELECT id FROM rooms WHERE owner_id = $1
                            UNION SELECT room_id AS id FROM room_members WHERE user_id = $1) AS mine
             JOIN (SELECT id FROM rooms WHERE owner_id = $2
                   UNION SELECT room_id AS id FROM room_members WHERE user_id = $2) AS theirs
             ON mine.id = theirs.id
             LIMIT 1",
        )
        .bind(user_id)
        .bind(other_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(seen.is_some())
    }
}

fn named(row: Row) -> Result<Named, StoreError> {
    Ok((row.try_get("id")?, row.try_get("name")?))
}
