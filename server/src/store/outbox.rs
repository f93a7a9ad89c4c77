//! Mail on its way out. A row stays when its mail has gone: its key keeps the mail from going twice.

use super::{Connection, Row, Store, StoreError};
use sqlx::{Row as _, query};

/// Instead of a mail's bytes.
const NOTHING: &[u8] = &[];

/// A mail to be kept until it is sent.
#[derive(Debug)]
pub struct NewMail<'a> {
    /// Of two mails with one key, the first goes out.
    pub dedupe: &'a str,
    /// The entry it is about.
    pub entry_id: i64,
    /// Who is told when it does not go out.
    pub organiser_id: i64,
    /// `invitation`, `change`, `cancellation` or `reminder`.
    pub purpose: &'static str,
    /// The address.
    pub recipient: &'a str,
    /// The value of its Message-ID.
    pub message_id: &'a str,
    /// The whole mail (RFC 5322).
    pub message: &'a [u8],
    /// Why it cannot be sent at all: it is kept for its organiser to see.
    pub given_up: Option<&'a str>,
}

/// A mail in the outbox.
#[derive(Debug, Clone)]
pub struct MailRow {
    /// Its key.
    pub id: i64,
    /// The entry it is about.
    pub entry_id: i64,
    /// Who is told when it does not go out.
    pub organiser_id: i64,
    /// `invitation`, `change`, `cancellation` or `reminder`.
    pub purpose: String,
    /// The address.
    pub recipient: String,
    /// `waiting`, `sending`, `sent`, `replaced` or `given_up`.
    pub state: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next, Unix milliseconds.
    pub next_try_ms: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was written, Unix milliseconds.
    pub created_at_ms: i64,
}

/// Puts a mail into the outbox; `false` when one with that key is or was there.
pub async fn enqueue(
    connection: &mut Connection,
    mail: NewMail<'_>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let added = query(
        "INSERT INTO outbox (dedupe, entry_id, organiser_id, purpose, recipient, message_id, message,
                             state, tries, next_try_ms, last_error, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11) ON CONFLICT (dedupe) DO NOTHING",
    )
    .bind(mail.dedupe)
    .bind(mail.entry_id)
    .bind(mail.organiser_id)
    .bind(mail.purpose)
    .bind(mail.recipient)
    .bind(mail.message_id)
    .bind(mail.message)
    .bind(if mail.given_up.is_some() { "given_up" } else { "waiting" })
    .bind(now_ms)
    .bind(mail.given_up)
    .bind(now_ms)
    .execute(connection)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// What waits for that recipient about that entry is out of date: the mail `by` says it all.
pub async fn replace_waiting(
    connection: &mut Connection,
    entry_id: i64,
    recipient: &str,
    by: &str,
) -> Result<(), StoreError> {
    query(
        "UPDATE outbox SET state = 'replaced'
         WHERE entry_id = $1 AND recipient = $2 AND dedupe <> $3 AND purpose <> 'reminder'
           AND state IN ('waiting', 'sending', 'given_up')",
    )
    .bind(entry_id)
    .bind(recipient)
    .bind(by)
    .execute(connection)
    .await
    .map(drop)
}

/// Reminders that wait are for a time that no longer holds. They leave no trace: when it holds again,
/// there is to be another. One that may be on its way just now is not tried again.
pub async fn drop_reminders(connection: &mut Connection, entry_id: i64) -> Result<(), StoreError> {
    query("DELETE FROM outbox WHERE entry_id = $1 AND purpose = 'reminder' AND state = 'waiting'")
        .bind(entry_id)
        .execute(&mut *connection)
        .await?;
    query(
        "UPDATE outbox SET state = 'replaced'
         WHERE entry_id = $1 AND purpose = 'reminder' AND state = 'sending'",
    )
    .bind(entry_id)
    .execute(connection)
    .await
    .map(drop)
}

impl Store {
    /// Mails to be tried now, the longest due first.
    pub async fn due_mail(&self, now_ms: i64, limit: i64) -> Result<Vec<MailRow>, StoreError> {
        query(
            "SELECT * FROM outbox WHERE state IN ('waiting', 'sending') AND next_try_ms <= $1
             ORDER BY next_try_ms, id LIMIT $2",
        )
        .bind(now_ms)
        .bind(limit)
        .try_map(mail)
        .fetch_all(&self.pool)
        .await
    }

    /// Takes a mail for sending until `until_ms`, and gives its bytes; `None` when it was taken,
    /// replaced or sent meanwhile.
    pub async fn take_mail(
        &self,
        mail: &MailRow,
        until_ms: i64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let taken = query(
            "UPDATE outbox SET state = 'sending', next_try_ms = $1
             WHERE id = $2 AND state = $3 AND next_try_ms = $4 RETURNING message",
        )
        .bind(until_ms)
        .bind(mail.id)
        .bind(&mail.state)
        .bind(mail.next_try_ms)
        .fetch_optional(&self.pool)
        .await?;
        taken.map(|row| row.try_get("message")).transpose()
    }

    /// The server has it. Its bytes are not needed any more.
    pub async fn mail_sent(&self, id: i64, now_ms: i64) -> Result<(), StoreError> {
        query(
            "UPDATE outbox SET state = 'sent', sent_at_ms = $1, last_error = NULL,
                               tries = tries + 1, message = $2 WHERE id = $3",
        )
        .bind(now_ms)
        .bind(NOTHING)
        .bind(id)
        .execute(&self.pool)
        .await
        .map(drop)
    }

    /// It was not taken: tried again at `next_try_ms`, or never (`None`). One that was replaced while
    /// it was being sent stays so.
    pub async fn mail_failed(
        &self,
        id: i64,
        next_try_ms: Option<i64>,
        error: &str,
    ) -> Result<(), StoreError> {
        query(
            "UPDATE outbox SET state = $1, next_try_ms = $2, last_error = $3, tries = tries + 1
             WHERE id = $4 AND state = 'sending'",
        )
        .bind(if next_try_ms.is_some() { "waiting" } else { "given_up" })
        .bind(next_try_ms.unwrap_or_default())
        .bind(error)
        .bind(id)
        .execute(&self.pool)
        .await
        .map(drop)
    }

    /// Why the mails that are due do not go out, when nothing does.
    pub async fn note_mail_trouble(&self, now_ms: i64, error: &str) -> Result<(), StoreError> {
        query("UPDATE outbox SET last_error = $1 WHERE state = 'waiting' AND next_try_ms <= $2")
            .bind(error)
            .bind(now_ms)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// After a start, where no other process can be sending: what was being sent is due again.
    pub async fn release_mail(&self, now_ms: i64) -> Result<(), StoreError> {
        if self.dialect == super::Dialect::Postgres {
            return Ok(());
        }
        query("UPDATE outbox SET next_try_ms = $1 WHERE state = 'sending'")
            .bind(now_ms)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Forgets mails from before then; what waits is kept.
    pub async fn forget_mail(&self, before_ms: i64) -> Result<(), StoreError> {
        query("DELETE FROM outbox WHERE state NOT IN ('waiting', 'sending') AND created_at_ms < $1")
            .bind(before_ms)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// What waits or was given up of an organiser's mail, newest first.
    pub async fn mail_of(&self, organiser_id: i64, limit: i64) -> Result<Vec<MailRow>, StoreError> {
        query(
            "SELECT * FROM outbox
             WHERE organiser_id = $1 AND state IN ('waiting', 'sending', 'given_up')
             ORDER BY id DESC LIMIT $2",
        )
        .bind(organiser_id)
        .bind(limit)
        .try_map(mail)
        .fetch_all(&self.pool)
        .await
    }

    /// Tries an organiser's mail at once; `false` when there is none that could be.
    pub async fn retry_mail(
        &self,
        id: i64,
        organiser_id: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        // What was given up for its address has no bytes to send.
        let retried = query(
            "UPDATE outbox SET state = 'waiting', next_try_ms = $1
             WHERE id = $2 AND organiser_id = $3 AND state IN ('waiting', 'given_up')
               AND length(message) > 0",
        )
        .bind(now_ms)
        .bind(id)
        .bind(organiser_id)
        .execute(&self.pool)
        .await?;
        Ok(retried.rows_affected() == 1)
    }
}

fn mail(row: Row) -> Result<MailRow, StoreError> {
    Ok(MailRow {
        id: row.try_get("id")?,
        entry_id: row.try_get::<Option<i64>, _>("entry_id")?.unwrap_or_default(),
        organiser_id: row.try_get::<Option<i64>, _>("organiser_id")?.unwrap_or_default(),
        purpose: row.try_get("purpose")?,
        recipient: row.try_get("recipient")?,
        state: row.try_get("state")?,
        tries: row.try_get("tries")?,
        next_try_ms: row.try_get("next_try_ms")?,
        last_error: row.try_get("last_error")?,
        created_at_ms: row.try_get("created_at_ms")?,
    })
}
