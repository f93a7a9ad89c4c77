//! Attendance: who was in which conference, and when.
//!
//! One task takes every [`Happening`] in order and writes it down, many in one transaction, together
//! with the messages to webhooks that follow from it: a report and a webhook never contradict each
//! other. While the database does not answer, what happened waits in memory.

pub mod attendance;

use crate::clock;
use crate::happenings::{Happening, Happenings, Person, Run};
use crate::store::reports::{self as records, ConferenceRow, StayRow};
use crate::store::{Connection, Store, StoreError};
use crate::webhooks::{self, News, Webhooks};
use protocol::ConferenceState;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The most that one transaction takes.
const BATCH: usize = 256;

/// How often it is kept that a conference still runs: so much a crash may take from its length.
const SEEN_EVERY: Duration = Duration::from_secs(30);

/// A conference of another hub that was not seen for so long went down with that hub.
const LOST_AFTER_MS: i64 = 5 * 60 * 1000;

/// How long to wait before writing again what the database did not take.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// How long a stopping hub waits for the last lines.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// The task that writes reports.
pub struct Recorder {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Recorder {
    /// First ends what a crash left open, then writes what happens from now on.
    pub async fn start(store: Store, happenings: &Happenings, webhooks: Arc<Webhooks>) -> Recorder {
        let heard = happenings.listen();
        let book = Book { store, webhooks, running: HashSet::new() };
        // The data folder's lock says that no other hub writes to this file; a server may have many.
        let now_ms = clock::now().unix_ms;
        book.clean_up(if book.store.is_shared() { now_ms - LOST_AFTER_MS } else { i64::MAX }).await;
        let (stop, stopped) = oneshot::channel();
        Recorder { stop, task: tokio::spawn(book.keep(heard, stopped)) }
    }

    /// Returns when everything that happened so far is written, or the database does not answer.
    pub async fn finish(self) {
        let _ = self.stop.send(());
        if timeout(FINISH_WITHIN, self.task).await.is_err() {
            tracing::error!("the last lines of reports are lost: the database does not answer");
        }
    }
}

struct Book {
    store: Store,
    webhooks: Arc<Webhooks>,
    /// Ids of the runs of this hub that are live or on hold.
    running: HashSet<String>,
}

impl Book {
    async fn keep(
        mut self,
        mut heard: mpsc::UnboundedReceiver<Happening>,
        mut stop: oneshot::Receiver<()>,
    ) {
        let mut seen = tokio::time::interval(SEEN_EVERY);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                count = heard.recv_many(&mut batch, BATCH) => match count {
                    0 => return,
                    _ => self.write(&mut batch).await,
                },
                // What was published before this is in the queue, and the queue is looked at first.
                _ = &mut stop => return,
                _ = seen.tick() => self.tick().await,
            }
        }
    }

    /// Writes a batch down, again and again if need be.
    async fn write(&mut self, batch: &mut Vec<Happening>) {
        batch.retain(is_record);
        while !batch.is_empty() {
            match self.try_write(batch).await {
                Ok(()) => batch.clear(),
                Err(error) => {
                    tracing::error!(%error, "what happened in conferences is not written yet");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
            }
        }
    }

    async fn try_write(&mut self, batch: &[Happening]) -> Result<(), StoreError> {
        let mut running = self.running.clone();
        let mut transaction = self.store.begin().await?;
        let mut news = false;
        for happening in batch {
            news |= record(&mut transaction, happening, &mut running).await?;
        }
        transaction.commit().await?;
        self.running = running;
        if news {
            self.webhooks.wake();
        }
        Ok(())
    }

    async fn tick(&self) {
        let now_ms = clock::now().unix_ms;
        if let Err(error) = self.see(now_ms).await {
            tracing::warn!(%error, "it was not kept that conferences still run");
        } else if self.store.is_shared() {
            self.clean_up(now_ms - LOST_AFTER_MS).await;
        }
    }

    async fn clean_up(&self, before_ms: i64) {
        match self.close_lost(before_ms, clock::now().unix_ms).await {
            Ok(0) => {}
            Ok(closed) => tracing::warn!(
                "{closed} conferences were running when a hub went down; their reports end at the \
                 last time at which it is known to have run"
            ),
            Err(error) => tracing::error!(%error, "interrupted conferences were not closed"),
        }
    }

    async fn see(&self, now_ms: i64) -> Result<(), StoreError> {
        if self.running.is_empty() {
            return Ok(());
        }
        let mut transaction = self.store.begin().await?;
        for id in &self.running {
            records::see_conference(&mut transaction, id, now_ms).await?;
        }
        transaction.commit().await
    }

    /// Ends conferences that nobody runs any more, at the last time at which they were seen.
    async fn close_lost(&self, before_ms: i64, now_ms: i64) -> Result<usize, StoreError> {
        let mut transaction = self.store.begin().await?;
        let lost = records::stale_conferences(&mut transaction, before_ms).await?;
        let mut closed = 0;
        for conference in lost.iter().filter(|lost| !self.running.contains(&lost.id)) {
            let mut last_ms = conference.seen_at_ms;
            for stay in records::close_stays(&mut transaction, &conference.id, last_ms).await? {
                last_ms = last_ms.max(stay.joined_at_ms);
                webhooks::tell(&mut transaction, &News::left(conference, &stay), now_ms).await?;
            }
            let ended =
                records::close_conference(&mut transaction, &conference.id, last_ms, true).await?;
            if let Some(ended) = ended {
                webhooks::tell(&mut transaction, &News::ended(&ended), now_ms).await?;
                closed += 1;
            }
        }
        transaction.commit().await?;
        if closed > 0 {
            self.webhooks.wake();
        }
        Ok(closed)
    }
}

fn is_record(happening: &Happening) -> bool {
    use ConferenceState::{Ended, Live};
    match happening {
        Happening::State { state, .. } => matches!(state, Live | Ended),
        Happening::Entered { .. } | Happening::Left { .. } => true,
        _ => false,
    }
}

/// Writes one happening down; `true` when a webhook may have something to send.
async fn record(
    connection: &mut Connection,
    happening: &Happening,
    running: &mut HashSet<String>,
) -> Result<bool, StoreError> {
    match happening {
        Happening::State { run, state: ConferenceState::Live, at_ms } => {
            Ok(begun(connection, run, *at_ms, running).await?.is_some())
        }
        Happening::State { run, state: ConferenceState::Ended, at_ms } => {
            running.remove(&run.id);
            over(connection, run, *at_ms).await
        }
        Happening::Entered { run, person, at_ms } => {
            let Some(conference) = begun(connection, run, *at_ms, running).await? else {
                return Ok(false);
            };
            records::see_conference(connection, &run.id, *at_ms).await?;
            if !records::open_stay(connection, &run.id, person, *at_ms).await? {
                return Ok(false);
            }
            webhooks::tell(connection, &News::joined(&conference, person, *at_ms), *at_ms).await?;
            Ok(true)
        }
        Happening::Left { run, person, at_ms } => went(connection, run, person, *at_ms).await,
        _ => Ok(false),
    }
}

/// The conference of a run, written down when it is new. `None` when it is over, or its room is
/// unknown.
async fn begun(
    connection: &mut Connection,
    run: &Run,
    at_ms: i64,
    running: &mut HashSet<String>,
) -> Result<Option<ConferenceRow>, StoreError> {
    if running.contains(&run.id) {
        return records::conference_row(connection, &run.id).await;
    }
    let Some(conference) = records::open_conference(connection, run, at_ms).await? else {
        return Ok(None);
    };
    running.insert(run.id.clone());
    webhooks::tell(connection, &News::started(&conference), at_ms).await?;
    Ok(Some(conference))
}

async fn over(connection: &mut Connection, run: &Run, at_ms: i64) -> Result<bool, StoreError> {
    let stays: Vec<StayRow> = records::close_stays(connection, &run.id, at_ms).await?;
    let Some(conference) = records::close_conference(connection, &run.id, at_ms, false).await?
    else {
        return Ok(false);
    };
    for stay in &stays {
        webhooks::tell(connection, &News::left(&conference, stay), at_ms).await?;
    }
    webhooks::tell(connection, &News::ended(&conference), at_ms).await?;
    Ok(true)
}

async fn went(
    connection: &mut Connection,
    run: &Run,
    person: &Person,
    at_ms: i64,
) -> Result<bool, StoreError> {
    records::see_conference(connection, &run.id, at_ms).await?;
    let Some(stay) = records::close_stay(connection, &run.id, person, at_ms).await? else {
        return Ok(false);
    };
    let Some(conference) = records::conference_row(connection, &run.id).await? else {
        return Ok(false);
    };
    webhooks::tell(connection, &News::left(&conference, &stay), at_ms).await?;
    Ok(true)
}
