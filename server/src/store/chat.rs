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

impl Store {
    /// Lines of a room's chat, oldest first. Private ones are for nobody but those who were there.
    pub async fn chat_lines(
        &self,
        room_id: i64,
        wanted: ChatQuery,
    ) -> Result<Vec<ChatLine>, StoreError> {
        let mut lines = query(
            "SELECT id, from_name, scope, text, at_ms FROM chat_lines
             WHERE room_id = $1 AND id < $2 AND (scope = $3 OR ($4 = 1 AND scope = $5))
             ORDER BY id DESC LIMIT $6",
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

    /// Keeps chat lines, each with its room's key: all of them or none.
    pub async fn add_chat_lines(&self, lines: &[(i64, &ChatLine)]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for (room_id, line) in lines {
            insert(&mut transaction, *room_id, line).await?;
        }
        transaction.commit().await
    }
}

async fn insert(
    connection: &mut Connection,
    room_id: i64,
    line: &ChatLine,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO chat_lines (room_id, id, from_participant, from_name, scope, text, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(room_id)
    .bind(line.id)
    .bind(line.from.map(|participant| i64::from(participant.0)))
    .bind(&line.from_name)
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
        scope: serde_json::from_str(&scope).map_err(|e| StoreError::Decode(e.into()))?,
        text: row.try_get("text")?,
        at_ms: row.try_get("at_ms")?,
    })
}
