//! What a hub remembers: users, sessions, rooms and chat lines. Tokens and passwords are kept as
//! hashes only; times are Unix milliseconds and come from the caller.

mod sqlite;

use protocol::{ChatLine, RoomKind};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, query};

pub use sqlite::FolderLock;
pub use sqlx::Error as StoreError;

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
}

/// An account.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// Its key.
    pub id: i64,
    /// What is typed to sign in.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// A PHC string.
    pub password_hash: String,
}

/// A room.
#[derive(Debug, Clone)]
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
}

impl Store {
    /// Adds an account with a password that has to be changed; `false` when the name is taken.
    pub async fn add_user(
        &self,
        name: &str,
        display_name: &str,
        password_hash: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let added = query(
            "INSERT INTO users (name, display_name, password_hash, must_change, created_at_ms)
             VALUES (?, ?, ?, 1, ?) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(display_name)
        .bind(password_hash)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    /// Gives an account a new password that has to be changed, and signs it out everywhere;
    /// `false` when there is no such account.
    pub async fn reset_password(
        &self,
        name: &str,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let changed = query("UPDATE users SET password_hash = ?, must_change = 1 WHERE name = ?")
            .bind(password_hash)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        query("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE name = ?)")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(changed.rows_affected() == 1)
    }

    /// The account of that name, upper or lower case.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        query("SELECT id, name, display_name, password_hash FROM users WHERE name = ?")
            .bind(name)
            .try_map(user)
            .fetch_optional(&self.pool)
            .await
    }

    /// Opens a session.
    pub async fn add_session(
        &self,
        token_hash: [u8; 32],
        user_id: i64,
        now_ms: i64,
        expires_at_ms: i64,
    ) -> Result<(), StoreError> {
        query("INSERT INTO sessions (token_hash, user_id, created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?)")
            .bind(&token_hash[..])
            .bind(user_id)
            .bind(now_ms)
            .bind(expires_at_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Whose session that is; `None` when it is unknown or over.
    pub async fn session_user(
        &self,
        token_hash: [u8; 32],
        now_ms: i64,
    ) -> Result<Option<UserRow>, StoreError> {
        query(
            "SELECT users.id, users.name, display_name, password_hash FROM sessions
             JOIN users ON users.id = sessions.user_id
             WHERE token_hash = ? AND expires_at_ms > ?",
        )
        .bind(&token_hash[..])
        .bind(now_ms)
        .try_map(user)
        .fetch_optional(&self.pool)
        .await
    }

    /// Ends a session.
    pub async fn delete_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        query("DELETE FROM sessions WHERE token_hash = ?")
            .bind(&token_hash[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets the sessions that are over.
    pub async fn expire_sessions(&self, now_ms: i64) -> Result<(), StoreError> {
        query("DELETE FROM sessions WHERE expires_at_ms <= ?")
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Adds a room; `link_hash` gets the new room's id. `None` when the number is taken.
    pub async fn add_room(
        &self,
        room: RoomRow,
        link_hash: impl FnOnce(i64) -> [u8; 32],
    ) -> Result<Option<RoomRow>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // The link depends on the id, which is known only afterwards: the nonce stands in.
        let added = query(
            "INSERT INTO rooms (number, name, kind, owner_id, pin, link_nonce, link_hash, created_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING RETURNING id",
        )
        .bind(&room.number)
        .bind(&room.name)
        .bind(room.kind_text())
        .bind(room.owner_id)
        .bind(&room.pin)
        .bind(&room.link_nonce)
        .bind(&room.link_nonce)
        .bind(room.created_at_ms)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = added else { return Ok(None) };
        let id = row.try_get("id")?;
        set_link_hash(&mut transaction, id, link_hash(id)).await?;
        transaction.commit().await?;
        Ok(Some(RoomRow { id, ..room }))
    }

    /// Derives every room's link hash anew.
    pub async fn relink_rooms(
        &self,
        link_hash: impl Fn(&RoomRow) -> [u8; 32],
    ) -> Result<usize, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let rooms: Vec<RoomRow> =
            query("SELECT * FROM rooms").try_map(room).fetch_all(&mut *transaction).await?;
        for room in &rooms {
            set_link_hash(&mut transaction, room.id, link_hash(room)).await?;
        }
        transaction.commit().await?;
        Ok(rooms.len())
    }

    /// A user's own rooms, newest first.
    pub async fn rooms_of(&self, owner_id: i64) -> Result<Vec<RoomRow>, StoreError> {
        query("SELECT * FROM rooms WHERE owner_id = ? ORDER BY created_at_ms DESC, id DESC")
            .bind(owner_id)
            .try_map(room)
            .fetch_all(&self.pool)
            .await
    }

    /// The room of that number.
    pub async fn room_by_number(&self, number: &str) -> Result<Option<RoomRow>, StoreError> {
        query("SELECT * FROM rooms WHERE number = ?")
            .bind(number)
            .try_map(room)
            .fetch_optional(&self.pool)
            .await
    }

    /// The room that a link leads to.
    pub async fn room_by_link(&self, link_hash: [u8; 32]) -> Result<Option<RoomRow>, StoreError> {
        query("SELECT * FROM rooms WHERE link_hash = ?")
            .bind(&link_hash[..])
            .try_map(room)
            .fetch_optional(&self.pool)
            .await
    }

    /// The id of a room's last chat line; 0 when there is none.
    pub async fn last_chat_id(&self, room_id: i64) -> Result<i64, StoreError> {
        query("SELECT COALESCE(MAX(id), 0) AS last FROM chat_lines WHERE room_id = ?")
            .bind(room_id)
            .try_map(|row: SqliteRow| row.try_get("last"))
            .fetch_one(&self.pool)
            .await
    }

    /// Keeps a chat line.
    pub async fn add_chat_line(&self, room_id: i64, line: &ChatLine) -> Result<(), StoreError> {
        let scope = serde_json::to_string(&line.scope).map_err(|e| StoreError::Encode(e.into()))?;
        query(
            "INSERT INTO chat_lines (room_id, id, from_participant, from_name, scope, text, at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(room_id)
        .bind(line.id)
        .bind(line.from.map(|participant| participant.0))
        .bind(&line.from_name)
        .bind(scope)
        .bind(&line.text)
        .bind(line.at_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        query("SELECT 1").execute(&self.pool).await.map(drop)
    }

    /// Writes everything out and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

async fn set_link_hash(
    connection: &mut sqlx::SqliteConnection,
    room_id: i64,
    link_hash: [u8; 32],
) -> Result<(), StoreError> {
    query("UPDATE rooms SET link_hash = ? WHERE id = ?")
        .bind(&link_hash[..])
        .bind(room_id)
        .execute(connection)
        .await?;
    Ok(())
}

fn user(row: SqliteRow) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        display_name: row.try_get("display_name")?,
        password_hash: row.try_get("password_hash")?,
    })
}

fn room(row: SqliteRow) -> Result<RoomRow, StoreError> {
    let kind = match row.try_get("kind")? {
        "webinar" => RoomKind::Webinar,
        "group_call" => RoomKind::GroupCall,
        other => return Err(StoreError::Decode(format!("unknown kind of room {other:?}").into())),
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
    })
}

impl RoomRow {
    /// The kind as the database and the guest page write it.
    pub fn kind_text(&self) -> &'static str {
        match self.kind {
            RoomKind::Webinar => "webinar",
            RoomKind::GroupCall => "group_call",
        }
    }
}
