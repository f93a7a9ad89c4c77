//! Answers to invitations: brought by the organiser, or found in a mailbox of a real IMAP server.

use crate::post::{
    Door, MailServer, Post, Running, at, certificate, entry, once, outside, python, until,
};
use proptest::prelude::*;
use serde_json::json;
use server::config::Mailbox;
use server::ical::{MAX_REPLY_BYTES, ReplyError, parse_reply};
use server::invitations::Change;
use server::planner::{Entry, Reply};
use sqlx::{Row, query};
use std::time::Duration;

/// As Outlook writes it: folded, with parameters before and after.
fn reply(entry: &Entry, who: &str, status: &str, stamp: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VTIMEZONE\r\n\
         TZID:W. Europe\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
         ATTENDEE;CN=\"Who; ever: they\";PART\r\n STAT={status};RSVP=TRUE:MAILTO:{who}\r\n\
         UID:{}\r\nDTSTAMP:{stamp}\r\nSEQUENCE:{}\r\nSUMMARY:Ja: gern\r\nEND:VEVENT\r\n\
         END:VCALENDAR\r\n",
        entry.uid, entry.sequence
    )
}

async fn answer_of(post: &Post, name: &str) -> String {
    let row = query("SELECT reply FROM entry_people WHERE name = $1").bind(name);
    row.fetch_one(&post.database).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_the_organiser_brings_an_answer_and_the_newer_one_wins() {
    let post = Post::start(|_| {}).await;
    let planned = post.keep(entry(Some(once()), vec![outside("Ada"), outside("Bo")])).await;
    let path = format!("/api/v1/entries/{}/replies", planned.id);
    let bring = async |who: &str, status: &str, stamp: &str| {
        post.send(&path, reply(&planned, who, status, stamp).into_bytes()).await
    };
    let (status, answer) = bring("Ada@Example.com", "TENTATIVE", "20260301T120000Z").await;
    assert_eq!(
        (status, &answer["recorded"], &answer["reply"]),
        (200, &json!(true), &json!("tentative"))
    );
    assert_eq!(answer_of(&post, "Ada").await, "tentative");
    assert_eq!(bring("ada@example.com", "ACCEPTED", "20260301T130000Z").await.0, 200);
    let (status, answer) = bring("ada@example.com", "DECLINED", "20260301T110000Z").await;
    assert_eq!((status, &answer["recorded"]), (200, &json!(false)));
    assert_eq!(answer_of(&post, "Ada").await, "accepted");
    assert_eq!(answer_of(&post, "Bo").await, "needs_action");

    // Nobody but the invited, nothing but answers, and to this entry.
    assert_eq!(bring("eve@example.com", "ACCEPTED", "20260301T140000Z").await.0, 409);
    let other = entry(Some(once()), Vec::new());
    let foreign = reply(&other, "ada@example.com", "DECLINED", "20260401T140000Z");
    assert_eq!(post.send(&path, foreign.into_bytes()).await.0, 400);
    assert_eq!(post.send(&path, b"hello".to_vec()).await.0, 400);
    assert_eq!(answer_of(&post, "Ada").await, "accepted");

    // An answer to an older invitation is not one to this.
    query("UPDATE entries SET sequence = 3").execute(&post.database).await.unwrap();
    let (_, answer) = bring("bo@example.com", "ACCEPTED", "20260501T120000Z").await;
    assert_eq!(answer["recorded"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_answers_are_found_in_the_mailbox_of_a_real_imap_server() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(folder.path());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut dovecot = python("dovecot.py");
    dovecot.arg(folder.path()).args([&port.to_string(), "replies", "pass word"]);
    let _dovecot = Running(dovecot.arg(&certificate).arg(key).spawn().unwrap());

    let server = MailServer::start(Door::Plain, None);
    let post = Post::start(|config| {
        config.mail = Some(server.config(None));
        config.replies = Some(Mailbox {
            server: format!("imaps://localhost:{port}"),
            credentials: ("replies".into(), "pass word".into()),
            trust: Some(certificate),
            every: Duration::from_secs(5),
        });
    })
    .await;
    let planned = post.keep(entry(Some(once()), vec![outside("Ada"), outside("Bo")])).await;
    post.tell(Change::Created(&planned)).await;
    // Answers go to the mailbox that the hub reads, not to the organiser.
    let invitation = &server.mails(2).await[0];
    let organizer = &invitation["calendar"]["events"][0]["organizer"];
    assert_eq!(organizer["address"], "mailto:meet@example.org");

    let new = folder.path().join("Maildir/new");
    until("dovecot has its folders", async || new.exists().then_some(())).await;
    let deliver = |name: &str, from: &str, calendar: &str| {
        let mail = format!(
            "From: Somebody <{from}>\r\nTo: meet@example.org\r\nSubject: Re: Einladung\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nJa!\r\n--b\r\n\
             Content-Type: text/calendar; charset=\"utf-8\"; method=REPLY\r\n\r\n{calendar}\r\n--b--\r\n"
        );
        let (part, whole) = (folder.path().join(name), new.join(name));
        std::fs::write(&part, mail).unwrap();
        std::fs::set_permissions(&part, std::os::unix::fs::PermissionsExt::from_mode(0o666))
            .unwrap();
        std::fs::rename(part, whole).unwrap();
    };
    // A stranger answers for Bo, somebody writes nonsense, and Ada answers; in this order.
    let forged = reply(&planned, "bo@example.com", "DECLINED", "20260301T120000Z");
    deliver("1.forged", "eve@example.com", &forged);
    deliver("2.nonsense", "bo@example.com", "BEGIN:VCALENDAR\r\nMETHOD:REPLY");
    deliver(
        "3.ada",
        "ADA@example.com",
        &reply(&planned, "ada@example.com", "ACCEPTED", "20260301T120000Z"),
    );
    until("Ada's answer is there", async || {
        (answer_of(&post, "Ada").await == "accepted").then_some(())
    })
    .await;
    assert_eq!(answer_of(&post, "Bo").await, "needs_action");
    // Read once, and left where they are.
    let read = folder.path().join("Maildir/cur");
    until("all are marked as seen", async || {
        let names = std::fs::read_dir(&read).unwrap().map(|f| f.unwrap().file_name());
        (names.filter(|name| name.to_string_lossy().ends_with('S')).count() == 3).then_some(())
    })
    .await;
}

#[test]
fn d5_a_reply_is_read_for_who_what_and_when() {
    let planned = entry(Some(once()), Vec::new());
    let found =
        parse_reply(reply(&planned, "Ada@Example.com", "declined", "20300301T120000Z").as_bytes());
    let found = found.unwrap();
    assert_eq!((found.uid, found.attendee), (planned.uid, "ada@example.com".to_owned()));
    assert_eq!((found.reply, found.sequence), (Reply::Declined, 0));
    assert_eq!(found.stamp_ms, Some(at("2030-03-01T12:00[UTC]")));
    assert!(!found.single_occurrence);
}

#[test]
fn what_is_no_reply_is_refused() {
    let planned = entry(Some(once()), Vec::new());
    let good = reply(&planned, "ada@example.com", "ACCEPTED", "20300301T120000Z");
    let refused = |text: &str| parse_reply(text.as_bytes()).unwrap_err();
    assert_eq!(refused(""), ReplyError::NoReply);
    assert_eq!(refused(&good.replace("METHOD:REPLY", "METHOD:REQUEST")), ReplyError::NoReply);
    assert_eq!(refused(&good.replace("UID:", "X-UID:")), ReplyError::Incomplete);
    assert_eq!(refused(&good.replace("UID:", "UID:\0")), ReplyError::Incomplete);
    assert_eq!(refused(&good.replace("ACCEPTED", "DELEGATED")), ReplyError::NoAnswer);
    let two = good.replace("UID:", "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@example.com\r\nUID:");
    assert_eq!(refused(&two), ReplyError::Incomplete);
    // An attendee inside an alarm or beside the event is nobody who answers.
    let inside = good.replace("UID:", "BEGIN:VALARM\r\nATTENDEE:mailto:x@y\r\nEND:VALARM\r\nUID:");
    assert!(parse_reply(inside.as_bytes()).is_ok());
    assert_eq!(parse_reply(&vec![b'\n'; 6000]).unwrap_err(), ReplyError::TooBig);
    assert_eq!(parse_reply(&vec![b'x'; MAX_REPLY_BYTES + 1]).unwrap_err(), ReplyError::TooBig);
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_of_replies_fall(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
        let _ = parse_reply(&bytes);
    }

    #[test]
    fn no_damage_to_a_reply_makes_the_parser_fall(
        at in 0usize..400,
        cut in 0usize..60,
        junk in "[\\PC\r\n\t:;\"=]{0,40}",
    ) {
        let planned = entry(Some(once()), Vec::new());
        let good = reply(&planned, "ada@example.com", "ACCEPTED", "20300301T120000Z");
        let at = at.min(good.len());
        let end = (at + cut).min(good.len());
        let damaged = [&good.as_bytes()[..at], junk.as_bytes(), &good.as_bytes()[end..]].concat();
        let _ = parse_reply(&damaged);
    }
}
