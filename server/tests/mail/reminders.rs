//! Reminders go to the organiser, once.

use crate::post::{Door, MailServer, ORGANISER, Post, entry, now_ms, outside};
use server::invitations::Change;
use server::planner::{Entry, Schedule};

/// Begins in so many minutes, with a reminder so many minutes before; made a day ago.
fn soon(in_minutes: i64, reminder_minutes: u32) -> Entry {
    let start_ms = now_ms() + in_minutes * 60_000;
    let schedule = Schedule {
        start_ms,
        end_ms: start_ms + 3_600_000,
        time_zone: "Europe/Berlin".to_owned(),
        rrule: None,
        exceptions: Vec::new(),
    };
    Entry {
        reminder_minutes: Some(reminder_minutes),
        notify: false,
        created_at_ms: now_ms() - 86_400_000,
        ..entry(Some(schedule), vec![outside("Ada")])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c19_the_reminder_goes_to_the_organiser_alone_and_once() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("defer 1");
    let post = Post::with(&server).await;
    post.keep(soon(10, 15)).await;
    let post = post.restarted().await;
    post.outbox(&["waiting"]).await;
    // Neither a restart while it waits nor one afterwards makes another.
    let post = post.restarted().await;
    let mail = &server.mails(1).await[0];
    assert_eq!(mail["envelope"][1], ORGANISER);
    assert!(mail["headers"]["subject"].as_str().unwrap().starts_with("Erinnerung: Quartal"));
    assert!(mail["calendar"].is_null());
    post.outbox(&["sent"]).await;
    let post = post.restarted().await;
    // Another one that is due proves that the first was looked at again.
    post.keep(soon(20, 30)).await;
    let post = post.restarted().await;
    server.mails(2).await;
    post.outbox(&["sent", "sent"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x9_reminders_are_due_from_their_minute_until_the_start() {
    let post = Post::start(|_| {}).await;
    let kept = post.keep(soon(60, 15)).await;
    let start_ms = kept.schedule.as_ref().unwrap().start_ms;
    let due = async |at_ms: i64| post.store.due_reminders(at_ms).await.unwrap().len();
    assert_eq!(due(start_ms - 15 * 60_000 - 1).await, 0);
    assert_eq!(due(start_ms - 15 * 60_000).await, 1);
    assert_eq!(due(start_ms - 1).await, 1);
    assert_eq!(due(start_ms).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn x9_a_reminder_whose_time_was_over_when_the_entry_was_made_is_none() {
    let post = Post::start(|_| {}).await;
    let mut late = soon(10, 15);
    late.created_at_ms = now_ms();
    post.keep(late).await;
    assert_eq!(post.store.due_reminders(now_ms()).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn x9_a_moved_entry_s_waiting_reminder_is_dropped() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("defer 9");
    let post = Post::with(&server).await;
    let kept = post.keep(soon(10, 15)).await;
    let post = post.restarted().await;
    post.outbox(&["waiting"]).await;
    crate::post::until("it was tried", async || {
        (post.waiting().await.first()?["tries"] == 1).then_some(())
    })
    .await;
    set_reminder(&post, None).await;
    let mut moved = kept.clone();
    moved.schedule.as_mut().unwrap().start_ms += 86_400_000;
    post.tell(Change::Changed { before: &kept, after: &moved }).await;
    post.outbox(&[]).await;
    set_reminder(&post, kept.reminder_minutes).await;
    let post = post.restarted().await;
    post.outbox(&["waiting"]).await;
}

async fn set_reminder(post: &Post, minutes: Option<u32>) {
    sqlx::query("UPDATE entries SET reminder_minutes = $1")
        .bind(minutes.map(i64::from))
        .execute(&post.database)
        .await
        .unwrap();
}
