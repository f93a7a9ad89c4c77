//! What runs have for the database: one queue, carried out in order. A chat line is heard when it is
//! kept, so that nobody reads what a crash could take back.
//!
//! While one transaction is written, the lines that arrive wait and share the next one: under load
//! the disk is asked once for many lines, and a lone line waits for nobody.

use super::{Live, Run};
use crate::clock;
use crate::conference::{ALONE_LIMIT, Now};
use crate::store::{NewLine, StoreError};
use protocol::{ChatLine, RoomPolicy};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Writes in the queue, nearly all of them chat lines. Full: a line's author is told, other writes
/// are logged as lost, the call goes on.
pub(super) const QUEUE: usize = 4096;

/// Writes taken at once, so that one burst does not hold up other writers for long.
const BATCH: usize = 256;

/// How often rooms are looked for that were made for a conference which nobody came to.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// A write, with the room's key.
pub(super) enum Write {
    /// A line that nobody has heard yet, and its writer's user id.
    Line(Arc<Run>, ChatLine, Option<i64>),
    /// And the user who decided.
    Policy(i64, i64, RoomPolicy),
    DeleteRoom(i64),
    /// Everything before it is written.
    Mark(oneshot::Sender<()>),
}

impl Live {
    /// Writes, and lets lines be heard, until the hub ends.
    pub(super) async fn carry_out(self: Arc<Live>, mut queue: mpsc::Receiver<Write>) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            let lines: Vec<_> = batch.iter().filter_map(new_line).collect();
            let written = match lines.is_empty() {
                true => Ok(()),
                false => self.store.add_chat_lines(&lines).await,
            };
            for write in batch.drain(..) {
                match write {
                    Write::Line(run, line, user) => {
                        // One line that cannot be kept must not take the others with it.
                        let alone = NewLine { room: run.room, user, line: &line };
                        let kept = written.is_ok() || self.write_alone(alone).await;
                        let mut state = run.lock();
                        state.conference.chat_kept(line.id, kept);
                        self.apply(&run, &mut state);
                    }
                    Write::Policy(room, by, policy) => {
                        if let Err(error) = self.store.set_policy(room, by, &policy).await {
                            tracing::error!(room, %error, "a room's policies were not kept");
                        }
                    }
                    Write::DeleteRoom(room) => {
                        if let Err(error) = self.store.delete_ad_hoc_room(room).await {
                            tracing::error!(room, %error, "a spontaneous room was not deleted");
                        }
                    }
                    Write::Mark(written) => drop(written.send(())),
                }
            }
        }
    }

    async fn write_alone(&self, new: NewLine<'_>) -> bool {
        let (room, line) = (new.room, new.line.id);
        let written = self.store.add_chat_lines(&[new]).await;
        if let Err(error) = &written {
            tracing::error!(room, line, %error, "a chat line was not kept");
        }
        written.is_ok()
    }

    /// Queues a line for the writer; its id when there is no room for it. Called under the run's lock,
    /// so lines stay in order.
    pub(super) fn keep_line(
        &self,
        run: &Arc<Run>,
        line: ChatLine,
        user: Option<i64>,
    ) -> Option<i64> {
        let id = line.id;
        let error = self.writes.try_send(Write::Line(run.clone(), line, user)).err()?;
        tracing::error!(room = run.room, line = id, %error, "a chat line was not kept");
        Some(id)
    }

    /// Returns when everything so far is in the database.
    pub async fn flush(&self) {
        let (mark, written) = oneshot::channel();
        if self.writes.send(Write::Mark(mark)).await.is_ok() {
            let _ = written.await;
        }
    }

    pub(super) fn write(&self, write: Write) {
        if let Err(error) = self.writes.try_send(write) {
            tracing::error!(%error, "the database is too slow: a write was lost");
        }
    }

    /// Deletes the spontaneous rooms that have no conference: nobody came, or it ended with an
    /// earlier process. The first look is late enough for clients that come back after a restart.
    pub(super) async fn sweep(self: Arc<Live>) {
        let mut turns = tokio::time::interval(SWEEP_EVERY);
        turns.tick().await;
        loop {
            turns.tick().await;
            if let Err(error) = self.sweep_once(clock::now()).await {
                tracing::warn!(%error, "spontaneous rooms were not looked through");
            }
        }
    }

    pub(super) async fn sweep_once(&self, now: Now) -> Result<(), StoreError> {
        let before_ms = now.unix_ms - ALONE_LIMIT.as_millis() as i64;
        for room in self.store.ad_hoc_rooms(before_ms).await? {
            if self.status(room).is_none() {
                self.write(Write::DeleteRoom(room));
            }
        }
        Ok(())
    }
}

fn new_line(write: &Write) -> Option<NewLine<'_>> {
    match write {
        Write::Line(run, line, user) => Some(NewLine { room: run.room, user: *user, line }),
        _ => None,
    }
}
