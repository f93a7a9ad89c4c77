//! Chat lines.

use super::{Connection, Row, Store, StoreError};
use protocol::{ChatLine, ChatScope};
use sqlx::{Row as _, query};

/// Which lines of a room's chat are wanted.
#[derive(Debug, Clone, Copy)]
pub struct ChatQuery {
    /// Only those before this one.
    pub before: i64,
    /// At most so many, the last ones.
    pub limit: i64,
    /// Those for hosts as well.
    pub hosts: bool,
}

/// A line to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewLine<'a> {
    /// The room's key.
    pub room: i64,
    /// The writer's user id; `None` for a guest.
    pub user: Option<i64>,
    /// It.
    pub line: &'a ChatLine,
}

impl Store {
    /// Lines of a room's chat, oldest first. Private ones are for nobody but those who were there.
    pub async fn chat_lines(
        &self,
        room_id: i64,
        wanted: ChatQuery,
    ) -> Result<Vec<ChatLine>, StoreError> {
        let mut lines = query(
            "SELECT l.id, l.from_name, u.name AS account, l.scope, l.text, l.at_ms
             FROM chat_lines l LEFT JOIN users u ON u.id = l.from_user
             WHERE l.room_id = $1 AND l.id < $2 AND (l.scope = $3 OR ($4 = 1 AND l.scope = $5))
             ORDER BY l.id DESC LIMIT $6",
        )
        .bind(room_id)
        .bind(wanted.before)
        .bind(scope_text(&ChatScope::Everyone)?)
        .bind(i64::from(wanted.hosts))
        .bind(scope_text(&ChatScope::Hosts)?)
        .bind(wanted.limit)
        .try_map(line)
        .fetch_all(&self.pool)
        .await?;
        lines.reverse();
        Ok(lines)
    }

    /// The id of a room's last chat line; 0 when there is none.
    pub async fn last_chat_id(&self, room_id: i64) -> Result<i64, StoreError> {
        query("SELECT COALESCE(MAX(id), 0) AS last FROM chat_lines WHERE room_id = $1")
            .bind(room_id)
            .try_map(|row: Row| row.try_get("last"))
            .fetch_one(&self.pool)
            .await
    }

    /// Keeps chat lines: all of them or none.
    pub async fn add_chat_lines(&self, lines: &[NewLine<'_>]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for new in lines {
            insert(&mut transaction, new).await?;
        }
        transaction.commit().await
    }
}

async fn insert(connection: &mut Connection, new: &NewLine<'_>) -> Result<(), StoreError> {
    let line = new.line;
    query(
        "INSERT INTO chat_lines
             (room_id, id, from_participant, from_name, from_user, scope, text, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.room)
    .bind(line.id)
    .bind(line.from.map(|participant| i64::from(participant.0)))
    .bind(&line.from_name)
    .bind(new.user)
    .bind(scope_text(&line.scope)?)
    .bind(&line.text)
    .bind(line.at_ms)
    .execute(connection)
    .await?;
    Ok(())
}

fn scope_text(scope: &ChatScope) -> Result<String, StoreError> {
    serde_json::to_string(scope).map_err(|error| StoreError::Encode(error.into()))
}

/// A line without its writer's participant number, which means nothing outside its conference.
fn line(row: Row) -> Result<ChatLine, StoreError> {
    let scope: String = row.try_get("scope")?;
    Ok(ChatLine {
        id: row.try_get("id")?,
        from: None,
        from_name: row.try_get("from_name")?,
        account: row.try_get("account")?,
        scope: serde_json::from_str(&scope).map_err(|e| StoreError::Decode(e.into()))?,
        text: row.try_get("text")?,
        at_ms: row.try_get("at_ms")?,
    })
}
