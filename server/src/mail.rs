//! The post office: sends what lies in the outbox, reminds organisers, and reads answers.
//!
//! A mail leaves the outbox in the moment the server has said 250 to it; until then it stays, through
//! restarts and for days. Between the server's 250 and the write that notes it lies a gap that no
//! program can close: if the hub dies just there, the mail goes out once more after the restart. Both
//! copies carry the same Message-ID, which is made from the mail's key, so that whoever gets them can
//! tell.

mod mailbox;
mod smtp;

use crate::clock;
use crate::config::{Mail, Mailbox};
use crate::happenings::Happening;
use crate::hub::Shared;
use crate::invitations::{self, Letterhead};
use crate::store::StoreError;
use crate::store::outbox::MailRow;
use smtp::{Outcome, Smtp};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How often the outbox is looked into: a query by index, which finds nothing most of the time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often it is asked which reminders are due; they are said in minutes.
const REMIND_EVERY_MS: i64 = 10_000;

/// How long a mail stays taken. It covers the longest try, and passes when its hub has died.
const TAKEN_MS: i64 = 3 * 60_000;

/// After so long a mail is given up (RFC 5321 section 4.5.4.1 asks for 4 to 5 days).
const GIVE_UP_AFTER_MS: i64 = 5 * 24 * 3_600_000;

/// Mails that left are remembered for so long.
const REMEMBER_MS: i64 = 400 * 24 * 3_600_000;

/// What is forgotten is looked for so often.
const FORGET_EVERY_MS: i64 = 3_600_000;

/// Mails read at once.
const BATCH: i64 = 50;

/// The pause before try `tries + 1`, in milliseconds: 5 s, then three times as long each time, up to
/// an hour.
pub fn pause_after(tries: i64) -> i64 {
    const FIRST_MS: i64 = 5_000;
    const LONGEST_MS: i64 = 3_600_000;
    let exponent = u32::try_from(tries.clamp(1, 12) - 1).unwrap_or_default();
    (FIRST_MS * 3_i64.pow(exponent)).min(LONGEST_MS)
}

/// Starts the workers that the configuration asks for.
pub fn start(shared: &Arc<Shared>) {
    if let Some(mail) = shared.config.mail.clone() {
        let office = Office { shared: shared.clone(), mail, down: None };
        tokio::spawn(office.work());
    }
    if let Some(mailbox) = shared.config.replies.clone() {
        tokio::spawn(read_replies(shared.clone(), mailbox));
    }
}

/// Sends mail, one after the other.
struct Office {
    shared: Arc<Shared>,
    mail: Mail,
    /// The server does not work: failures in a row, and when it is tried again, Unix milliseconds.
    down: Option<(i64, i64)>,
}

impl Office {
    async fn work(mut self) {
        // Held so that a stopping hub waits for the mail that is just being sent.
        let Some(_alive) = self.shared.alive.upgrade() else { return };
        if let Err(error) = self.shared.store.release_mail(clock::now().unix_ms).await {
            tracing::error!(%error, "the outbox cannot be read");
        }
        let mut stopping = self.shared.stopping.clone();
        let (mut remind_at_ms, mut forget_at_ms) = (0, 0);
        loop {
            let now_ms = clock::now().unix_ms;
            let mut done = Ok(());
            if now_ms >= forget_at_ms {
                forget_at_ms = now_ms + FORGET_EVERY_MS;
                done = done.and(self.shared.store.forget_mail(now_ms - REMEMBER_MS).await);
            }
            if now_ms >= remind_at_ms {
                remind_at_ms = now_ms + REMIND_EVERY_MS;
                done = done.and(remind(&self.shared, now_ms).await);
            }
            if let Err(error) = done.and(self.send_due(now_ms).await) {
                tracing::error!(%error, "mail waits: the database does not answer");
            }
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                () = sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn send_due(&mut self, now_ms: i64) -> Result<(), StoreError> {
        if self.down.is_some_and(|(_, until_ms)| now_ms < until_ms) {
            return Ok(());
        }
        let due = self.shared.store.due_mail(now_ms, BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        // Made anew for each batch: the trusted certificates may have been renewed meanwhile.
        let smtp = match Smtp::new(&self.mail) {
            Ok(smtp) => smtp,
            Err(error) => return self.server_is_down(&error).await,
        };
        for mail in due {
            if *self.shared.stopping.borrow() {
                break;
            }
            if !self.send(&smtp, mail).await? {
                break;
            }
        }
        Ok(())
    }

    /// Tries one mail; `false` when there is no sense in trying the next.
    async fn send(&mut self, smtp: &Smtp, mail: MailRow) -> Result<bool, StoreError> {
        let store = &self.shared.store;
        let until_ms = clock::now().unix_ms + TAKEN_MS;
        let Some(bytes) = store.take_mail(&mail, until_ms).await? else { return Ok(true) };
        let outcome = smtp.send(&mail.recipient, &bytes).await;
        let now_ms = clock::now().unix_ms;
        match outcome {
            Outcome::Sent => {
                store.mail_sent(mail.id, now_ms).await?;
                self.down = None;
                Ok(true)
            }
            Outcome::Refused(detail) => {
                self.failed(&mail, None, &detail).await?;
                Ok(true)
            }
            Outcome::Deferred(detail) => {
                self.failed(&mail, Some(now_ms), &detail).await?;
                Ok(true)
            }
            Outcome::ServerDown(detail) => {
                self.failed(&mail, Some(now_ms), &detail).await?;
                self.server_is_down(&detail).await?;
                Ok(false)
            }
        }
    }

    /// Puts a mail back until its next try, or gives it up where `again_ms` is `None` or it is too
    /// old. The organiser hears of the first failure and of the last.
    async fn failed(
        &self,
        mail: &MailRow,
        again_ms: Option<i64>,
        detail: &str,
    ) -> Result<(), StoreError> {
        let fresh = |now_ms: &i64| now_ms - mail.created_at_ms < GIVE_UP_AFTER_MS;
        let next_try_ms = again_ms.filter(fresh).map(|now_ms| now_ms + pause_after(mail.tries + 1));
        self.shared.store.mail_failed(mail.id, next_try_ms, detail).await?;
        tracing::warn!(
            mail = mail.id,
            given_up = next_try_ms.is_none(),
            detail,
            "a mail was not sent"
        );
        if mail.tries == 0 || next_try_ms.is_none() {
            self.shared.happenings.publish(&Happening::MailTrouble {
                organiser: mail.organiser_id,
                entry: mail.entry_id,
                detail: detail.to_owned(),
            });
        }
        Ok(())
    }

    /// Leaves the server alone for a while; all mail that is due says why it waits.
    async fn server_is_down(&mut self, detail: &str) -> Result<(), StoreError> {
        const LONGEST_MS: i64 = 60_000;
        let now_ms = clock::now().unix_ms;
        let failures = self.down.map_or(0, |(failures, _)| failures) + 1;
        self.down = Some((failures, now_ms + pause_after(failures).min(LONGEST_MS)));
        self.shared.store.note_mail_trouble(now_ms, detail).await
    }
}

/// Puts the reminders that are due into the outbox.
async fn remind(shared: &Shared, now_ms: i64) -> Result<(), StoreError> {
    for due in shared.store.due_reminders(now_ms).await? {
        let mut transaction = shared.store.begin().await?;
        let planned = crate::store::invitations::planned(&mut transaction, due.entry_id).await?;
        let Some(planned) = planned else { continue };
        let occurrence = (due.start_ms, due.end_ms);
        let head = Letterhead::of(shared);
        invitations::remind(&mut transaction, &head, &planned, occurrence, now_ms).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Looks into the mailbox again and again.
async fn read_replies(shared: Arc<Shared>, mailbox: Mailbox) {
    let mut stopping = shared.stopping.clone();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            looked = mailbox::look(&shared, &mailbox) => if let Err(detail) = looked {
                tracing::warn!(detail, "the mailbox for answers to invitations cannot be read");
            }
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = sleep(mailbox.every) => {}
        }
    }
}
