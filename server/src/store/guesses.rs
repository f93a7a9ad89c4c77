//! Wrong guesses at numbers and PINs.

use super::{Connection, Store, StoreError};
use crate::room::guesses::{WINDOW_MS, Wrong};
use sqlx::{Row as _, query};

impl Store {
    /// Whether a guess counts: `None` when too many were wrong before, otherwise `right`, and a wrong
    /// one is remembered under every subject. Guesses at the same time wait for each other, so that
    /// no burst gets past the limit.
    pub async fn guess(
        &self,
        subjects: &[&str],
        right: bool,
        now_ms: i64,
    ) -> Result<Option<bool>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut wrong = Vec::with_capacity(subjects.len());
        for subject in subjects {
            wrong.push(lock_subject(&mut transaction, subject, now_ms).await?);
        }
        if right || wrong.iter().any(Wrong::locked) {
            let locked = wrong.iter().any(Wrong::locked);
            transaction.rollback().await?;
            return Ok((!locked).then_some(right));
        }
        for (subject, mut wrong) in subjects.iter().zip(wrong) {
            wrong.add(now_ms);
            query("UPDATE guesses SET wrong_at = $1 WHERE subject = $2")
                .bind(wrong.to_text())
                .bind(*subject)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Some(false))
    }

    /// Forgets guesses that no longer count.
    pub async fn expire_guesses(&self, now_ms: i64) -> Result<(), StoreError> {
        query("DELETE FROM guesses WHERE last_ms <= $1")
            .bind(now_ms - WINDOW_MS)
            .execute(&self.pool)
            .await
            .map(drop)
    }
}

/// Takes the subject's row until the transaction ends, and reads it.
async fn lock_subject(
    connection: &mut Connection,
    subject: &str,
    now_ms: i64,
) -> Result<Wrong, StoreError> {
    let row = query(
        "INSERT INTO guesses (subject, wrong_at, last_ms) VALUES ($1, '', $2)
         ON CONFLICT (subject) DO UPDATE SET last_ms = $2 RETURNING wrong_at",
    )
    .bind(subject)
    .bind(now_ms)
    .fetch_one(connection)
    .await?;
    Ok(Wrong::parse(row.try_get("wrong_at")?, now_ms))
}
