//! Links of rooms beside their own.

use super::{Row, Store, StoreError};
use sqlx::{Row as _, query};

/// A further link of a room.
#[derive(Clone)]
pub struct LinkRow {
    /// Its key.
    pub id: i64,
    /// Where it leads.
    pub room_id: i64,
    /// For whom or what; empty: made by the session login, and in no list.
    pub label: String,
    /// From which the token is derived.
    pub nonce: Vec<u8>,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it stops to work.
    pub expires_at_ms: Option<i64>,
    /// When it was revoked.
    pub revoked_at_ms: Option<i64>,
}

impl Store {
    /// Adds a link, and forgets those of the session login that are over.
    pub async fn add_link(&self, link: LinkRow, hash: [u8; 32]) -> Result<LinkRow, StoreError> {
        let mut transaction = self.begin().await?;
        query("DELETE FROM room_links WHERE label = '' AND expires_at_ms <= $1")
            .bind(link.created_at_ms)
            .execute(&mut *transaction)
            .await?;
        let row = query(
            "INSERT INTO room_links (room_id, label, nonce, hash, created_at_ms, expires_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(link.room_id)
        .bind(&link.label)
        .bind(&link.nonce)
        .bind(&hash[..])
        .bind(link.created_at_ms)
        .bind(link.expires_at_ms)
        .fetch_one(&mut *transaction)
        .await?;
        let id = row.try_get("id")?;
        transaction.commit().await?;
        Ok(LinkRow { id, ..link })
    }

    /// A room's further links, newest first; also those that no longer work.
    pub async fn links(&self, room_id: i64) -> Result<Vec<LinkRow>, StoreError> {
        query(
            "SELECT * FROM room_links WHERE room_id = $1 AND label <> ''
             ORDER BY created_at_ms DESC, id DESC",
        )
        .bind(room_id)
        .try_map(link)
        .fetch_all(&self.pool)
        .await
    }

    /// Revokes a link for good; `false` when the room has no such link.
    pub async fn revoke_link(
        &self,
        room_id: i64,
        id: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let revoked = query(
            "UPDATE room_links SET revoked_at_ms = COALESCE(revoked_at_ms, $1)
             WHERE id = $2 AND room_id = $3 AND label <> ''",
        )
        .bind(now_ms)
        .bind(id)
        .bind(room_id)
        .execute(&self.pool)
        .await?;
        Ok(revoked.rows_affected() == 1)
    }

    /// How many outside people are invited to entries that take place between these times.
    pub async fn planned_guests(&self, from_ms: i64, to_ms: i64) -> Result<i64, StoreError> {
        let row = query(
            "SELECT COUNT(*) AS guests FROM entry_people
             JOIN entries ON entries.id = entry_people.entry_id
             WHERE entry_people.user_id IS NULL AND current_start_ms < $1 AND current_end_ms > $2",
        )
        .bind(to_ms)
        .bind(from_ms)
        .fetch_one(&self.pool)
        .await?;
        row.try_get("guests")
    }
}

fn link(row: Row) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        id: row.try_get("id")?,
        room_id: row.try_get("room_id")?,
        label: row.try_get("label")?,
        nonce: row.try_get("nonce")?,
        created_at_ms: row.try_get("created_at_ms")?,
        expires_at_ms: row.try_get("expires_at_ms")?,
        revoked_at_ms: row.try_get("revoked_at_ms")?,
    })
}
