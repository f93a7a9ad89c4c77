//! Mail reaches the server, whatever the server does.

use crate::post::{Door, MailServer, Post, entry, now_ms, once, outside, until};
use serde_json::Value;
use server::invitations::Change;
use server::mail::pause_after;
use server::planner::Entry;

async fn invited(post: &Post, names: &[&str]) -> Entry {
    let people = names.iter().map(|name| outside(name)).collect();
    let planned = post.keep(entry(Some(once()), people)).await;
    post.tell(Change::Created(&planned)).await;
    planned
}

/// Waits until the organiser sees what is wrong with the one mail.
async fn trouble(post: &Post, about: &str) -> Value {
    until(&format!("the organiser sees {about:?}"), async || {
        let mail = post.waiting().await.first()?.clone();
        mail["detail"].as_str()?.contains(about).then_some(mail)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_out_over_starttls_with_name_and_password() {
    let who = Some(("hub", "p ä\"ss"));
    let server = MailServer::start(Door::StartTls, who);
    let post = Post::start(|config| config.mail = Some(server.config(who))).await;
    invited(&post, &["Ada"]).await;
    assert_eq!(server.mails(1).await[0]["envelope"][1], "ada@example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_out_over_tls_from_the_start() {
    let who = Some(("hub", "secret"));
    let server = MailServer::start(Door::ImplicitTls, who);
    let post = Post::start(|config| config.mail = Some(server.config(who))).await;
    invited(&post, &["Ada"]).await;
    server.mails(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_vouches_for_gets_no_mail() {
    let server = MailServer::start(Door::StartTls, None);
    let mut config = server.config(None);
    config.trust = None;
    let post = Post::start(|hub| hub.mail = Some(config)).await;
    invited(&post, &["Ada"]).await;
    trouble(&post, "certificate").await;
    assert_eq!(server.taken().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_delays_mail_and_loses_none() {
    let server = MailServer::start(Door::StartTls, Some(("hub", "right")));
    let wrong = server.config(Some(("hub", "wrong")));
    let mut post = Post::start(|config| config.mail = Some(wrong)).await;
    invited(&post, &["Ada"]).await;
    let mail = trouble(&post, "535").await;
    assert_eq!(mail["given_up"], false);
    assert!(!mail["detail"].as_str().unwrap().contains("wrong"), "the password is not shown");
    // The administrator corrects it.
    post.config.mail = Some(server.config(Some(("hub", "right"))));
    let post = post.restarted().await;
    post.retry(&mail).await;
    server.mails(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_defers_gets_the_mail_later() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("defer 2");
    let post = Post::with(&server).await;
    invited(&post, &["Ada"]).await;
    let mail = trouble(&post, "450 4.2.0 come back later").await;
    assert_eq!((&mail["given_up"], &mail["purpose"]), (&false.into(), &"invitation".into()));
    assert!(mail["next_try_ms"].as_i64().unwrap() > now_ms());
    // It comes back by itself after five seconds; the second time nobody waits for it.
    until("it is tried again", async || {
        let mail = post.waiting().await.first()?.clone();
        (mail["tries"] == 2).then_some(())
    })
    .await;
    post.retry(&mail).await;
    server.mails(1).await;
    post.outbox(&["sent"]).await;
    assert_eq!(post.waiting().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_mail_is_given_up_and_the_others_go_out() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("refuse 1");
    let post = Post::with(&server).await;
    invited(&post, &["Ada", "Bo"]).await;
    let mail = trouble(&post, "550 5.1.1 no such mailbox here").await;
    assert_eq!((&mail["given_up"], &mail["recipient"]), (&true.into(), &"ada@example.com".into()));
    assert_eq!(server.mails(1).await[0]["envelope"][1], "bo@example.com");
    post.outbox(&["given_up", "sent"]).await;
    post.retry(&mail).await;
    server.mails(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_delays_mail_through_a_restart() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = MailServer::start(Door::Plain, None);
    let mut nowhere = server.config(None);
    nowhere.server = format!("smtp://localhost:{port}");
    let mut post = Post::start(|config| config.mail = Some(nowhere)).await;
    invited(&post, &["Ada", "Bo"]).await;
    // All that waits says why, not only the one that was tried.
    until("both say why", async || {
        let waiting = post.waiting().await;
        waiting.iter().all(|mail| mail["detail"].is_string()).then_some(())
    })
    .await;
    post.config.mail = Some(server.config(None));
    let post = post.restarted().await;
    server.mails(2).await;
    post.outbox(&["sent", "sent"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_before_the_answer_sends_again_under_the_same_message_id() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("lose 1");
    let post = Post::with(&server).await;
    invited(&post, &["Ada"]).await;
    let mails = server.mails(2).await;
    assert_eq!(mails[0]["headers"]["message-id"], mails[1]["headers"]["message-id"]);
    post.outbox(&["sent"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_delays_the_mail() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("drop 1");
    let post = Post::with(&server).await;
    invited(&post, &["Ada"]).await;
    let mail = trouble(&post, "the mail server localhost").await;
    assert_eq!(mail["given_up"], false);
    server.mails(1).await;
    post.outbox(&["sent"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_mail_replaces_the_one_that_still_waits() {
    let server = MailServer::start(Door::Plain, None);
    server.mode("defer 1");
    let post = Post::with(&server).await;
    let before = invited(&post, &["Ada"]).await;
    trouble(&post, "450").await;
    let mut after = before.clone();
    (after.title, after.changed_at_ms) = ("Anders".to_owned(), before.changed_at_ms + 1);
    post.tell(Change::Changed { before: &before, after: &after }).await;
    post.outbox(&["replaced", "sent"]).await;
    assert_eq!(server.mails(1).await[0]["headers"]["subject"], "Geändert: Anders");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_replaced_while_it_was_sent_is_not_tried_again() {
    let mut post = Post::start(|_| {}).await;
    // Mail is queued, but this hub has no worker.
    let server = MailServer::start(Door::Plain, None);
    post.config.mail = Some(server.config(None));
    let before = invited(&post, &["Ada"]).await;
    let first = post.store.due_mail(now_ms(), 10).await.unwrap().remove(0);
    let taken = async || post.store.take_mail(&first, now_ms() + 60_000).await.unwrap();
    assert!(taken().await.is_some());
    assert!(taken().await.is_none(), "nobody takes it twice");
    let mut after = before.clone();
    (after.title, after.changed_at_ms) = ("Anders".to_owned(), before.changed_at_ms + 1);
    post.tell(Change::Changed { before: &before, after: &after }).await;
    post.store.mail_failed(first.id, Some(0), "450").await.unwrap();
    post.outbox(&["replaced", "waiting"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_sent_when_the_hub_died_goes_out_after_the_start() {
    let server = MailServer::start(Door::Plain, None);
    let mut post = Post::start(|_| {}).await;
    post.config.mail = Some(server.config(None));
    invited(&post, &["Ada"]).await;
    let mail = post.store.due_mail(now_ms(), 10).await.unwrap().remove(0);
    post.store.take_mail(&mail, now_ms() + 3_600_000).await.unwrap();
    post.outbox(&["sending"]).await;
    let post = post.restarted().await;
    server.mails(1).await;
    post.outbox(&["sent"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impossible_address_is_shown_to_the_organiser() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let mut ada = outside("Ada");
    ada.email = Some("ada at home".to_owned());
    let planned = post.keep(entry(Some(once()), vec![ada])).await;
    post.tell(Change::Created(&planned)).await;
    let mail = trouble(&post, "is no e-mail address").await;
    assert_eq!(mail["given_up"], true);
}

#[test]
fn pauses_between_tries_grow_to_an_hour() {
    let pauses: Vec<i64> = (1..9).map(|tries| pause_after(tries) / 1000).collect();
    assert_eq!(pauses, [5, 15, 45, 135, 405, 1215, 3600, 3600]);
    assert_eq!(pause_after(i64::MAX), 3_600_000);
}
