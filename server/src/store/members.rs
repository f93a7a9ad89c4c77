//! Who belongs to a room.

use super::{Connection, Row, Store, StoreError};
use crate::room::standing::Ties;
use protocol::{RoomMember, Standing};
use sqlx::{Row as _, query};

impl Store {
    /// What ties a user to a room of that owner.
    pub async fn ties(
        &self,
        room_id: i64,
        owner_id: i64,
        user_id: i64,
    ) -> Result<Ties, StoreError> {
        let row = query(
            "SELECT
               (SELECT MAX(host) FROM room_members WHERE room_id = $1 AND user_id = $2) AS member,
               (SELECT MAX(co_host) FROM entry_people
                JOIN entries ON entries.id = entry_people.entry_id
                WHERE entries.room_id = $1 AND entry_people.user_id = $2) AS invited",
        )
        .bind(room_id)
        .bind(user_id)
        .fetch_one(&self.pool)
        .await?;
        let truth = |value: Option<i64>| value.map(|value| value != 0);
        Ok(Ties {
            owner: owner_id == user_id,
            member: truth(row.try_get("member")?),
            invited: truth(row.try_get("invited")?),
        })
    }

    /// The owner, then everybody who belongs to the room, by name.
    pub async fn room_members(&self, room_id: i64) -> Result<Vec<RoomMember>, StoreError> {
        query(
            "SELECT users.id AS user_id, users.name AS user_name, users.display_name AS display_name,
                    CAST(2 AS BIGINT) AS rank
             FROM rooms JOIN users ON users.id = rooms.owner_id WHERE rooms.id = $1
             UNION ALL
             SELECT users.id, users.name, users.display_name, room_members.host
             FROM room_members JOIN users ON users.id = room_members.user_id
             WHERE room_members.room_id = $1
             ORDER BY 4 DESC, 3, 1",
        )
        .bind(room_id)
        .try_map(member)
        .fetch_all(&self.pool)
        .await
    }

    /// Puts somebody into a room, or changes whether they are a host; `false` when there is no such
    /// user.
    pub async fn set_room_member(
        &self,
        room_id: i64,
        user_id: i64,
        host: bool,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let set = insert_member(&mut transaction, room_id, user_id, host).await?;
        transaction.commit().await?;
        Ok(set)
    }

    /// Takes somebody out of a room; `false` when they were not in it.
    pub async fn remove_room_member(&self, room_id: i64, user_id: i64) -> Result<bool, StoreError> {
        let removed = query("DELETE FROM room_members WHERE room_id = $1 AND user_id = $2")
            .bind(room_id)
            .bind(user_id)
            .execute(&self.pool)
            .await?;
        Ok(removed.rows_affected() == 1)
    }
}

/// Puts somebody into a room within a transaction; `false` when there is no such user.
pub(super) async fn insert_member(
    connection: &mut Connection,
    room_id: i64,
    user_id: i64,
    host: bool,
) -> Result<bool, StoreError> {
    let set = query(
        "INSERT INTO room_members (room_id, user_id, host)
         SELECT CAST($1 AS BIGINT), id, CAST($2 AS BIGINT) FROM users WHERE id = $3 AND disabled = 0
         ON CONFLICT (room_id, user_id) DO UPDATE SET host = excluded.host",
    )
    .bind(room_id)
    .bind(i64::from(host))
    .bind(user_id)
    .execute(connection)
    .await?;
    Ok(set.rows_affected() == 1)
}

fn member(row: Row) -> Result<RoomMember, StoreError> {
    let standing = match row.try_get::<i64, _>("rank")? {
        2 => Standing::Owner,
        1 => Standing::Host,
        _ => Standing::Member,
    };
    Ok(RoomMember {
        user: row.try_get("user_id")?,
        name: row.try_get("user_name")?,
        display_name: row.try_get("display_name")?,
        standing,
    })
}
