//! Webhooks, and the messages that they are to get.

use super::{Connection, Row, Store, StoreError};
use protocol::{DeliveryState, Webhook, WebhookDelivery, WebhookEvent};
use sqlx::{Row as _, query};

/// How long the log of deliveries that are done is kept: 30 days.
const LOG_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// A message that is next for its webhook.
#[derive(Clone)]
pub struct DueDelivery {
    /// Its key.
    pub id: i64,
    /// Whose.
    pub webhook_id: i64,
    /// Where to.
    pub url: String,
    /// From which the signing key is derived.
    pub nonce: String,
    /// `webhook-id`.
    pub message_id: String,
    /// The message.
    pub body: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it is, or was, to be tried.
    pub next_try_ms: i64,
}

/// What became of a try.
pub enum Outcome<'a> {
    /// The other side took it.
    Sent,
    /// It failed; the next try is at this time.
    Again(&'a str, i64),
    /// It failed for the last time.
    GivenUp(&'a str),
}

impl Store {
    /// Adds a webhook unless its owner has `most` already.
    pub async fn add_webhook(
        &self,
        owner_id: i64,
        url: &str,
        nonce: &str,
        events: &[WebhookEvent],
        now_ms: i64,
        most: i64,
    ) -> Result<Option<i64>, StoreError> {
        let events = serde_json::to_string(events).map_err(|e| StoreError::Encode(e.into()))?;
        let mut transaction = self.begin().await?;
        let count: i64 =
            query("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM webhooks WHERE owner_id = $1")
                .bind(owner_id)
                .try_map(|row: Row| row.try_get("n"))
                .fetch_one(&mut *transaction)
                .await?;
        if count >= most {
            return Ok(None);
        }
        let row = query(
            "INSERT INTO webhooks (owner_id, url, nonce, events, created_at_ms)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(owner_id)
        .bind(url)
        .bind(nonce)
        .bind(events)
        .bind(now_ms)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        row.try_get("id").map(Some)
    }

    /// A user's webhooks, oldest first; `None`: everybody's.
    pub async fn webhooks(&self, owner_id: Option<i64>) -> Result<Vec<Webhook>, StoreError> {
        query(
            "SELECT w.*, u.name AS owner FROM webhooks w JOIN users u ON u.id = w.owner_id
             WHERE $1 < 0 OR w.owner_id = $1 ORDER BY w.id",
        )
        .bind(owner_id.unwrap_or(-1))
        .try_map(webhook)
        .fetch_all(&self.pool)
        .await
    }

    /// Removes a webhook and what it was still to get; `false` when there is none, or it is
    /// somebody else's. `None` as owner: whoever's it is.
    pub async fn remove_webhook(&self, id: i64, owner_id: Option<i64>) -> Result<bool, StoreError> {
        let removed = query("DELETE FROM webhooks WHERE id = $1 AND ($2 < 0 OR owner_id = $2)")
            .bind(id)
            .bind(owner_id.unwrap_or(-1))
            .execute(&self.pool)
            .await?;
        Ok(removed.rows_affected() == 1)
    }

    /// Whether there is such a webhook, and it is this user's; `None` as owner: anybody's.
    pub async fn has_webhook(&self, id: i64, owner_id: Option<i64>) -> Result<bool, StoreError> {
        let found = query("SELECT 1 FROM webhooks WHERE id = $1 AND ($2 < 0 OR owner_id = $2)")
            .bind(id)
            .bind(owner_id.unwrap_or(-1))
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// A webhook's messages, newest first, older than `before`.
    pub async fn deliveries(
        &self,
        webhook_id: i64,
        before: i64,
        limit: i64,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        query(
            "SELECT * FROM webhook_deliveries WHERE webhook_id = $1 AND id < $2
             ORDER BY id DESC LIMIT $3",
        )
        .bind(webhook_id)
        .bind(before)
        .bind(limit)
        .try_map(delivery)
        .fetch_all(&self.pool)
        .await
    }

    /// Puts one message into one webhook's queue.
    pub async fn queue_delivery(
        &self,
        webhook_id: i64,
        message_id: &str,
        event: &str,
        body: &str,
        now_ms: i64,
    ) -> Result<WebhookDelivery, StoreError> {
        query(
            "INSERT INTO webhook_deliveries (webhook_id, message_id, event, body, state, tries,
                                             next_try_ms, created_at_ms)
             VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $5) RETURNING *",
        )
        .bind(webhook_id)
        .bind(message_id)
        .bind(event)
        .bind(body)
        .bind(now_ms)
        .try_map(delivery)
        .fetch_one(&self.pool)
        .await
    }

    /// The oldest message that each webhook has not got yet, whenever it is to be tried.
    pub async fn next_deliveries(&self) -> Result<Vec<DueDelivery>, StoreError> {
        query(
            "SELECT d.id, d.webhook_id, d.message_id, d.body, d.tries, d.next_try_ms, w.url, w.nonce
             FROM (SELECT MIN(id) AS id FROM webhook_deliveries WHERE state = 'waiting'
                   GROUP BY webhook_id) first
             JOIN webhook_deliveries d ON d.id = first.id
             JOIN webhooks w ON w.id = d.webhook_id
             JOIN users u ON u.id = w.owner_id AND u.disabled = 0
             ORDER BY d.next_try_ms, d.id",
        )
        .try_map(due)
        .fetch_all(&self.pool)
        .await
    }

    /// Takes a message for one try, which must be over at `until_ms`: nobody else tries it before.
    /// `false` when somebody else took it.
    pub async fn claim_delivery(
        &self,
        due: &DueDelivery,
        until_ms: i64,
    ) -> Result<bool, StoreError> {
        let claimed = query(
            "UPDATE webhook_deliveries SET next_try_ms = $1
             WHERE id = $2 AND state = 'waiting' AND next_try_ms = $3",
        )
        .bind(until_ms)
        .bind(due.id)
        .bind(due.next_try_ms)
        .execute(&self.pool)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// Keeps what became of a try.
    pub async fn tried_delivery(
        &self,
        id: i64,
        outcome: &Outcome<'_>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let (state, error, next_try_ms, sent_at_ms) = match *outcome {
            Outcome::Sent => ("sent", None, now_ms, Some(now_ms)),
            Outcome::Again(error, at_ms) => ("waiting", Some(error), at_ms, None),
            Outcome::GivenUp(error) => ("given_up", Some(error), now_ms, None),
        };
        query(
            "UPDATE webhook_deliveries SET state = $1, last_error = $2, next_try_ms = $3,
                                           sent_at_ms = $4, tries = tries + 1 WHERE id = $5",
        )
        .bind(state)
        .bind(error)
        .bind(next_try_ms)
        .bind(sent_at_ms)
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets deliveries that are long done.
    pub async fn forget_deliveries(&self, now_ms: i64) -> Result<(), StoreError> {
        query("DELETE FROM webhook_deliveries WHERE state <> 'waiting' AND created_at_ms < $1")
            .bind(now_ms - LOG_MS)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// The webhooks that are told about an event in a room of this owner: the owner's, and the
/// administrators'.
pub async fn listening_webhooks(
    connection: &mut Connection,
    room_owner: i64,
    event: WebhookEvent,
) -> Result<Vec<i64>, StoreError> {
    let webhooks: Vec<Webhook> = query(
        "SELECT w.*, u.name AS owner FROM webhooks w JOIN users u ON u.id = w.owner_id
         WHERE u.disabled = 0 AND (w.owner_id = $1 OR u.role = 'administrator') ORDER BY w.id",
    )
    .bind(room_owner)
    .try_map(webhook)
    .fetch_all(connection)
    .await?;
    Ok(webhooks.iter().filter(|w| w.events.contains(&event)).map(|w| w.id).collect())
}

/// Puts a message into the queues of several webhooks.
pub async fn queue_deliveries(
    connection: &mut Connection,
    webhooks: &[i64],
    message_id: &str,
    event: WebhookEvent,
    body: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    for webhook in webhooks {
        query(
            "INSERT INTO webhook_deliveries (webhook_id, message_id, event, body, state, tries,
                                             next_try_ms, created_at_ms)
             VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $5)",
        )
        .bind(webhook)
        .bind(message_id)
        .bind(event.name())
        .bind(body)
        .bind(now_ms)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn webhook(row: Row) -> Result<Webhook, StoreError> {
    let events: String = row.try_get("events")?;
    Ok(Webhook {
        id: row.try_get("id")?,
        owner: row.try_get("owner")?,
        url: row.try_get("url")?,
        events: serde_json::from_str(&events).map_err(|e| StoreError::Decode(e.into()))?,
        created_at_ms: row.try_get("created_at_ms")?,
    })
}

fn due(row: Row) -> Result<DueDelivery, StoreError> {
    Ok(DueDelivery {
        id: row.try_get("id")?,
        webhook_id: row.try_get("webhook_id")?,
        url: row.try_get("url")?,
        nonce: row.try_get("nonce")?,
        message_id: row.try_get("message_id")?,
        body: row.try_get("body")?,
        tries: row.try_get("tries")?,
        next_try_ms: row.try_get("next_try_ms")?,
    })
}

fn delivery(row: Row) -> Result<WebhookDelivery, StoreError> {
    let state = match row.try_get("state")? {
        "waiting" => DeliveryState::Waiting,
        "sent" => DeliveryState::Sent,
        "given_up" => DeliveryState::GivenUp,
        other => return Err(StoreError::Decode(format!("unknown state {other:?}").into())),
    };
    let next_try_ms = row.try_get("next_try_ms")?;
    Ok(WebhookDelivery {
        id: row.try_get("id")?,
        message_id: row.try_get("message_id")?,
        event: row.try_get("event")?,
        state,
        tries: row.try_get("tries")?,
        next_try_ms: (state == DeliveryState::Waiting).then_some(next_try_ms),
        last_error: row.try_get("last_error")?,
        created_at_ms: row.try_get("created_at_ms")?,
        sent_at_ms: row.try_get("sent_at_ms")?,
        body: row.try_get("body")?,
    })
}
