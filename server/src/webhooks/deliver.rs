//! Sends what is queued: each webhook's messages in order, webhooks beside each other.

use super::Webhooks;
use super::target::{Guard, check_url};
use crate::clock;
use crate::store::webhooks::{DueDelivery, Outcome};
use crate::store::{Store, StoreError};
use reqwest::{Client, header, redirect};
use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};

/// How long the other side may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a try keeps others from trying the same message; longer than any try takes.
const CLAIM_MS: i64 = 15_000;

/// How many tries run at once.
const PARALLEL: usize = 16;

/// Seconds between the tries of a message. After the last, about two days in all, it is given up.
const BACKOFF_S: [i64; 10] = [1, 5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400];

/// How long to wait at most before looking again: another hub may have queued something.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Sends queued messages until the hub stops. A try that is cut off then is made again later.
pub async fn deliver(store: Store, webhooks: Arc<Webhooks>, mut stopping: watch::Receiver<bool>) {
    let client = match client(webhooks.private) {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "webhooks do not work");
            return;
        }
    };
    let mut sender =
        Sender { store, webhooks, client, tries: JoinSet::new(), busy: HashSet::new() };
    let mut forget = tokio::time::interval(Duration::from_secs(3600));
    let stopped = async move { drop(stopping.wait_for(|stop| *stop).await) };
    tokio::pin!(stopped);
    loop {
        let wait = sender.start_due().await.unwrap_or_else(|error| {
            tracing::error!(%error, "webhooks wait for the database");
            LOOK_AGAIN
        });
        tokio::select! {
            () = &mut stopped => return,
            _ = sender.webhooks.bell.notified() => {}
            Some(done) = sender.tries.join_next_with_id() => sender.finished(done),
            _ = forget.tick() => sender.forget_old().await,
            _ = tokio::time::sleep(wait) => {}
        }
    }
}

/// Follows no redirects and no proxies, and reaches only addresses that webhooks may reach.
fn client(private: bool) -> reqwest::Result<Client> {
    Client::builder()
        .dns_resolver(Arc::new(Guard { private }))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(TIMEOUT)
        .user_agent(concat!("Katheder/", env!("CARGO_PKG_VERSION")))
        .build()
}

struct Sender {
    store: Store,
    webhooks: Arc<Webhooks>,
    client: Client,
    tries: JoinSet<()>,
    /// The webhooks of the running tries.
    busy: HashSet<(Id, i64)>,
}

impl Sender {
    /// Starts every try whose time has come; says how long until the next one.
    async fn start_due(&mut self) -> Result<Duration, StoreError> {
        let now_ms = clock::now().unix_ms;
        for due in self.store.next_deliveries().await? {
            let is_busy = self.busy.iter().any(|(_, webhook)| *webhook == due.webhook_id);
            if is_busy || self.tries.len() >= PARALLEL {
                continue;
            }
            if due.next_try_ms > now_ms {
                let wait = Duration::from_millis((due.next_try_ms - now_ms).unsigned_abs());
                return Ok(wait.min(LOOK_AGAIN));
            }
            let webhook = due.webhook_id;
            let (store, client) = (self.store.clone(), self.client.clone());
            let task = self.tries.spawn(attempt(store, client, self.webhooks.clone(), due));
            self.busy.insert((task.id(), webhook));
        }
        Ok(LOOK_AGAIN)
    }

    fn finished(&mut self, done: Result<(Id, ()), tokio::task::JoinError>) {
        let id = done.map_or_else(|error| error.id(), |(id, ())| id);
        self.busy.retain(|(task, _)| *task != id);
    }

    async fn forget_old(&self) {
        if let Err(error) = self.store.forget_deliveries(clock::now().unix_ms).await {
            tracing::warn!(%error, "the log of webhooks was not shortened");
        }
    }
}

/// One try, and what became of it.
async fn attempt(store: Store, client: Client, webhooks: Arc<Webhooks>, due: DueDelivery) {
    let now = clock::now().unix_ms;
    match store.claim_delivery(&due, now + CLAIM_MS).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return tracing::error!(%error, "a webhook waits for the database"),
    }
    let sent = send(&client, &webhooks, &due, now / 1000).await;
    let now_ms = clock::now().unix_ms;
    let outcome = match &sent {
        Ok(()) => Outcome::Sent,
        Err(problem) => {
            tracing::info!(webhook = due.webhook_id, problem, "a webhook failed");
            match backoff_ms(due.tries) {
                Some(wait) => Outcome::Again(problem, now_ms + wait),
                None => Outcome::GivenUp(problem),
            }
        }
    };
    if let Err(error) = store.tried_delivery(due.id, &outcome, now_ms).await {
        tracing::error!(%error, "what became of a webhook was not kept; it is sent again");
    }
}

/// How long to wait after a try failed that had so many before it; `None`: no longer.
fn backoff_ms(tries_before: i64) -> Option<i64> {
    let seconds = BACKOFF_S.get(usize::try_from(tries_before).ok()?)?;
    Some(seconds * 1000)
}

/// Sends a message; says what went wrong.
async fn send(
    client: &Client,
    webhooks: &Webhooks,
    due: &DueDelivery,
    timestamp_s: i64,
) -> Result<(), String> {
    let url = check_url(&due.url, webhooks.private)?;
    let signature = webhooks.sign(&due.nonce, &due.message_id, timestamp_s, &due.body);
    let request = client
        .post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &due.message_id)
        .header("webhook-timestamp", timestamp_s)
        .header("webhook-signature", signature)
        .body(due.body.clone());
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("the other side answered {}", answer.status())),
        Err(error) if error.is_timeout() => {
            Err(format!("the other side did not answer within {} s", TIMEOUT.as_secs()))
        }
        Err(error) => Err(innermost(&error.without_url())),
    }
}

/// The cause of an error says more than its wrappers.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_eleven_times_over_about_two_days() {
        let waits: Vec<i64> = (0..).map_while(backoff_ms).collect();
        assert_eq!(waits.len() + 1, 11);
        assert!(waits.is_sorted());
        let hours = waits.iter().sum::<i64>() / 3_600_000;
        assert!((40..50).contains(&hours), "{hours} hours");
    }
}
