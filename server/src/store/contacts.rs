//! The directory, contacts, conference profiles and pictures.

use super::users::patterns;
use super::{Row, Store, StoreError};
use protocol::{ConferenceProfile, UserSummary};
use sqlx::{Row as _, query};

/// A profile picture.
pub struct Picture {
    /// `image/png`.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What everybody may read of an account; `$1` is who asks.
const SUMMARY: &str = "SELECT users.id, users.name, users.display_name, pictures.changed_at_ms,
           contacts.contact_id
    FROM users
    LEFT JOIN pictures ON pictures.user_id = users.id
    LEFT JOIN contacts ON contacts.contact_id = users.id AND contacts.user_id = $1";

impl Store {
    /// Accounts that may sign in, by name, those after `after`, at most `limit`, whose name or a
    /// word of whose display name begins with `prefix`; as `user_id` sees them.
    pub async fn directory(
        &self,
        user_id: i64,
        prefix: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<UserSummary>, StoreError> {
        let [start, word] = patterns(prefix);
        let text = format!(
            r"{SUMMARY}
              WHERE disabled = 0 AND (name_key LIKE $2 ESCAPE '\' OR display_key LIKE $2 ESCAPE '\'
                                      OR display_key LIKE $3 ESCAPE '\')
                AND name_key > $4
              ORDER BY name_key LIMIT $5",
        );
        query(sqlx::AssertSqlSafe(text))
            .bind(user_id)
            .bind(start)
            .bind(word)
            .bind(after.to_lowercase())
            .bind(limit)
            .try_map(summary)
            .fetch_all(&self.pool)
            .await
    }

    /// A user's contacts, by display name.
    pub async fn contacts_of(&self, user_id: i64) -> Result<Vec<UserSummary>, StoreError> {
        let text = format!(
            "{SUMMARY} WHERE contacts.contact_id IS NOT NULL AND disabled = 0
             ORDER BY display_key, name_key"
        );
        query(sqlx::AssertSqlSafe(text)).bind(user_id).try_map(summary).fetch_all(&self.pool).await
    }

    /// Adds a contact; one that is there stays.
    pub async fn add_contact(&self, user_id: i64, contact_id: i64) -> Result<(), StoreError> {
        query(
            "INSERT INTO contacts (user_id, contact_id) VALUES ($1, $2)
             ON CONFLICT (user_id, contact_id) DO NOTHING",
        )
        .bind(user_id)
        .bind(contact_id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Removes a contact; `false` when there was none.
    pub async fn delete_contact(&self, user_id: i64, contact_id: i64) -> Result<bool, StoreError> {
        let deleted = query("DELETE FROM contacts WHERE user_id = $1 AND contact_id = $2")
            .bind(user_id)
            .bind(contact_id)
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// A user's conference profile; without one they may not use the planner.
    pub async fn profile_of(&self, user_id: i64) -> Result<Option<ConferenceProfile>, StoreError> {
        let text: Option<Option<String>> = query("SELECT profile FROM users WHERE id = $1")
            .bind(user_id)
            .try_map(|row: Row| row.try_get("profile"))
            .fetch_optional(&self.pool)
            .await?;
        let read = |text: String| serde_json::from_str(&text);
        text.flatten().map(read).transpose().map_err(|error| StoreError::Decode(error.into()))
    }

    /// Sets a user's conference profile, or removes it.
    pub async fn set_profile(
        &self,
        user_id: i64,
        profile: Option<&ConferenceProfile>,
    ) -> Result<(), StoreError> {
        let text = profile.map(serde_json::to_string).transpose();
        query("UPDATE users SET profile = $1 WHERE id = $2")
            .bind(text.map_err(|error| StoreError::Encode(error.into()))?)
            .bind(user_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A user's picture.
    pub async fn picture_of(&self, user_id: i64) -> Result<Option<Picture>, StoreError> {
        query("SELECT content_type, bytes FROM pictures WHERE user_id = $1")
            .bind(user_id)
            .try_map(|row: Row| {
                let content_type = row.try_get("content_type")?;
                Ok(Picture { content_type, bytes: row.try_get("bytes")? })
            })
            .fetch_optional(&self.pool)
            .await
    }

    /// When a user's picture was last changed; `None`: there is none.
    pub async fn picture_changed(&self, user_id: i64) -> Result<Option<i64>, StoreError> {
        query("SELECT changed_at_ms FROM pictures WHERE user_id = $1")
            .bind(user_id)
            .try_map(|row: Row| row.try_get("changed_at_ms"))
            .fetch_optional(&self.pool)
            .await
    }

    /// Sets a user's picture.
    pub async fn set_picture(
        &self,
        user_id: i64,
        picture: &Picture,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        query(
            "INSERT INTO pictures (user_id, content_type, bytes, changed_at_ms)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id) DO UPDATE SET content_type = excluded.content_type,
                 bytes = excluded.bytes, changed_at_ms = excluded.changed_at_ms",
        )
        .bind(user_id)
        .bind(&picture.content_type)
        .bind(&picture.bytes)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Removes a user's picture.
    pub async fn delete_picture(&self, user_id: i64) -> Result<(), StoreError> {
        query("DELETE FROM pictures WHERE user_id = $1").bind(user_id).execute(&self.pool).await?;
        Ok(())
    }
}

fn summary(row: Row) -> Result<UserSummary, StoreError> {
    Ok(UserSummary {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        display_name: row.try_get("display_name")?,
        picture_changed_at_ms: row.try_get("changed_at_ms")?,
        contact: row.try_get::<Option<i64>, _>("contact_id")?.is_some(),
    })
}
