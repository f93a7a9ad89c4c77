//! Sessions, by the hash of their token.

use super::entries::{ROWS_AT_ONCE, numbered};
use super::users::{UserRow, user};
use super::{Row, Store, StoreError};
use sqlx::{AssertSqlSafe, Row as _, query};

/// A session's `seen_at_ms` is renewed once it is this old: a write for every call would be dear.
const SEEN_MS: i64 = 60_000;

/// A session that ended by itself is kept for so long: what was entered with it goes on, unless
/// somebody ends the session after all.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A session to be opened. Times are Unix milliseconds.
pub struct NewSession<'a> {
    /// What its token hashes to.
    pub token_hash: [u8; 32],
    /// What it may be called in public.
    pub id: &'a str,
    /// Whose it is.
    pub user_id: i64,
    /// The `User-Agent` that signed in.
    pub agent: &'a str,
    /// It is opened by other means than the account's password.
    pub without_password: bool,
    /// When it is opened.
    pub now_ms: i64,
    /// When it ends by itself.
    pub expires_at_ms: i64,
}

/// A session.
#[derive(Clone)]
pub struct SessionRow {
    /// What its token hashes to.
    pub token_hash: Vec<u8>,
    /// What it may be called in public.
    pub id: String,
    /// The `User-Agent` that signed in.
    pub agent: String,
    /// When it was opened.
    pub created_at_ms: i64,
    /// When it was last used, to the minute.
    pub seen_at_ms: i64,
    /// When it ends by itself.
    pub expires_at_ms: i64,
}

impl Store {
    /// Opens a session, and forgets those of the same account that ended long ago.
    pub async fn add_session(&self, session: NewSession<'_>) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        query("DELETE FROM sessions WHERE user_id = $1 AND expires_at_ms <= $2")
            .bind(session.user_id)
            .bind(session.now_ms - KEPT_MS)
            .execute(&mut *transaction)
            .await?;
        query(
            "INSERT INTO sessions (token_hash, id, user_id, agent, created_at_ms, seen_at_ms,
                                   expires_at_ms, without_password)
             VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
        )
        .bind(&session.token_hash[..])
        .bind(session.id)
        .bind(session.user_id)
        .bind(session.agent)
        .bind(session.now_ms)
        .bind(session.expires_at_ms)
        .bind(i64::from(session.without_password))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// Whose session that is; `None` when it is unknown or over. Remembers that it was used. Whose
    /// session was opened without a password need not change it there.
    pub async fn session_user(
        &self,
        token_hash: [u8; 32],
        now_ms: i64,
    ) -> Result<Option<UserRow>, StoreError> {
        let found = query(
            "SELECT users.*, seen_at_ms, without_password FROM sessions JOIN users ON users.id = sessions.user_id
             WHERE token_hash = $1 AND expires_at_ms > $2 AND disabled = 0",
        )
        .bind(&token_hash[..])
        .bind(now_ms)
        .try_map(|row: Row| {
            let seen_at_ms: i64 = row.try_get("seen_at_ms")?;
            let without_password = row.try_get::<i64, _>("without_password")? != 0;
            let user = user(row)?;
            Ok((seen_at_ms, UserRow { must_change: user.must_change && !without_password, ..user }))
        })
        .fetch_optional(&self.pool)
        .await?;
        let Some((seen_at_ms, user)) = found else { return Ok(None) };
        if now_ms - seen_at_ms >= SEEN_MS {
            let seen = query("UPDATE sessions SET seen_at_ms = $1 WHERE token_hash = $2")
                .bind(now_ms)
                .bind(&token_hash[..])
                .execute(&self.pool)
                .await;
            // What was asked for can be had all the same.
            if let Err(error) = seen {
                tracing::warn!(%error, "a session's last use was not written down");
            }
        }
        Ok(Some(user))
    }

    /// An account's sessions, the last used first.
    pub async fn sessions_of(
        &self,
        user_id: i64,
        now_ms: i64,
    ) -> Result<Vec<SessionRow>, StoreError> {
        query(
            "SELECT token_hash, id, agent, created_at_ms, seen_at_ms, expires_at_ms FROM sessions
             WHERE user_id = $1 AND expires_at_ms > $2 ORDER BY seen_at_ms DESC, id",
        )
        .bind(user_id)
        .bind(now_ms)
        .try_map(session)
        .fetch_all(&self.pool)
        .await
    }

    /// Ends a session.
    pub async fn delete_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(&token_hash[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends an account's session by its public name; `false` when it has no such session.
    pub async fn revoke_session(&self, user_id: i64, id: &str) -> Result<bool, StoreError> {
        let ended = query("DELETE FROM sessions WHERE user_id = $1 AND id = $2")
            .bind(user_id)
            .bind(id.replace('\0', ""))
            .execute(&self.pool)
            .await?;
        Ok(ended.rows_affected() == 1)
    }

    /// Ends an account's sessions but `keep`.
    pub async fn revoke_sessions(
        &self,
        user_id: i64,
        keep: Option<[u8; 32]>,
    ) -> Result<(), StoreError> {
        // No token hashes to nothing.
        let keep = keep.as_ref().map_or(&[][..], |hash| &hash[..]);
        query("DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2")
            .bind(user_id)
            .bind(keep)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Those of these sessions that nobody ended; they may be over by themselves.
    pub async fn known_sessions(&self, hashes: &[[u8; 32]]) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut known = Vec::with_capacity(hashes.len());
        for hashes in hashes.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "SELECT token_hash FROM sessions WHERE token_hash IN ({})",
                numbered(1, hashes.len()),
            );
            let statement = hashes.iter().fold(query(AssertSqlSafe(sql)), |q, h| q.bind(&h[..]));
            let found = statement.try_map(|row: Row| row.try_get::<Vec<u8>, _>("token_hash"));
            let found = found.fetch_all(&self.pool).await?;
            known.extend(found.into_iter().filter_map(|hash| <[u8; 32]>::try_from(hash).ok()));
        }
        Ok(known)
    }

    /// Forgets the sessions that ended long ago.
    pub async fn expire_sessions(&self, now_ms: i64) -> Result<(), StoreError> {
        query("DELETE FROM sessions WHERE expires_at_ms <= $1")
            .bind(now_ms - KEPT_MS)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn session(row: Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        token_hash: row.try_get("token_hash")?,
        id: row.try_get("id")?,
        agent: row.try_get("agent")?,
        created_at_ms: row.try_get("created_at_ms")?,
        seen_at_ms: row.try_get("seen_at_ms")?,
        expires_at_ms: row.try_get("expires_at_ms")?,
    })
}
