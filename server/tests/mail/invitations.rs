//! What invitations say, and who gets them.

use crate::post::{
    Door, MailServer, Post, at, daily_over_the_change, entry, once, outside, read_by_others,
};
use protocol::{RoomKind, RoomPolicy};
use serde_json::{Value, json};
use server::invitations::{Change, Language, recurrence, when};
use server::planner::Schedule;

#[test]
fn d2_dates_and_rules_are_written_out_in_both_languages() {
    let (de, en) = (Language::De, Language::En);
    let schedule = once();
    assert_eq!(
        when(de, &schedule),
        "Mittwoch, 5. Juni 2030, 14:00–15:00 Uhr (Europe/Berlin, UTC+2)"
    );
    assert_eq!(when(en, &schedule), "Wednesday, 5 June 2030, 14:00–15:00 (Europe/Berlin, UTC+2)");
    let night = Schedule {
        start_ms: at("2030-03-01T23:00[Asia/Kolkata]"),
        end_ms: at("2030-03-02T01:15[Asia/Kolkata]"),
        time_zone: "Asia/Kolkata".to_owned(),
        ..once()
    };
    assert_eq!(
        when(de, &night),
        "Freitag, 1. März 2030, 23:00 Uhr bis Samstag, 2. März 2030, 01:15 Uhr (Asia/Kolkata, UTC+5:30)"
    );
    let rules = [
        ("FREQ=DAILY", "jeden Tag", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=4", "alle 3 Tage, 4-mal", "every 3 days, 4 times"),
        ("FREQ=WEEKLY", "jede Woche am Mittwoch", "every week on Wednesday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;UNTIL=20301231T225959Z",
            "alle 2 Wochen am Montag, Mittwoch und Freitag, bis 31. Dezember 2030",
            "every 2 weeks on Monday, Wednesday and Friday, until 31 December 2030",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "jeden Werktag (Montag bis Freitag)",
            "every workday (Monday to Friday)",
        ),
        ("FREQ=MONTHLY", "jeden Monat am 5.", "every month on day 5"),
        (
            "FREQ=MONTHLY;BYDAY=-1FR",
            "jeden Monat am letzten Freitag",
            "every month on the last Friday",
        ),
        (
            "FREQ=YEARLY;UNTIL=20320101",
            "jedes Jahr, bis 1. Januar 2032",
            "every year, until 1 January 2032",
        ),
        (
            "FREQ=HOURLY;BYSETPOS=2",
            "wiederkehrend nach einer eigenen Regel",
            "recurring by a rule of its own",
        ),
    ];
    for (rule, german, english) in rules {
        let schedule = Schedule { rrule: Some(rule.to_owned()), ..once() };
        assert_eq!(recurrence(de, &schedule).unwrap(), german, "{rule}");
        assert_eq!(recurrence(en, &schedule).unwrap(), english, "{rule}");
    }
    assert_eq!(recurrence(de, &once()), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn d14_the_invitation_to_copy_says_all_in_clear_form() {
    let post = Post::start(|config| config.phone_number = Some("+49 30 1234567".into())).await;
    let mut planned = entry(Some(once()), vec![outside("Ada")]);
    planned.phone_info = true;
    let planned = post.keep(planned).await;
    let path = format!("/api/v1/entries/{}/invitation", planned.id);
    let german = post.get(&path).await;
    let (text, link) = (german["text"].as_str().unwrap(), german["link"].as_str().unwrap());
    let (pin, number) = (german["pin"].as_str().unwrap(), german["number"].as_str().unwrap());
    let (a, b, c) = (&number[..3], &number[3..6], &number[6..]);
    let expected = format!(
        "Helene Graf lädt Sie zu einem Gruppenanruf ein.\n\n{}\n\n\
         Wann: Mittwoch, 5. Juni 2030, 14:00–15:00 Uhr (Europe/Berlin, UTC+2)\n\
         Link: {link}\nNummer: {a} {b} {c}\nTelefon: +49 30 1234567\nPIN: {pin}\n\n{}\n",
        planned.title, planned.description
    );
    assert_eq!(text, expected);
    assert_eq!(german["phone_number"], "+49 30 1234567");
    assert!(german["html"].as_str().unwrap().contains("&lt;b&gt;Folien&lt;/b&gt; &amp; Zahlen"));

    let english = post.get(&format!("{path}?language=en")).await;
    assert!(english["subject"].as_str().unwrap().starts_with("Invitation: Quartalszahlen"));
    assert!(english["text"].as_str().unwrap().contains("Number: "));
    let (status, _) = post.world.get(&format!("{path}?language=fr"), Some(&post.world.token)).await;
    assert_eq!(status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn c18_without_the_choice_nobody_learns_the_pin() {
    let post = Post::start(|config| config.phone_number = Some("+49 30 1234567".into())).await;
    let planned = post.keep(entry(Some(once()), vec![outside("Ada")])).await;
    let found = post.get(&format!("/api/v1/entries/{}/invitation", planned.id)).await;
    assert_eq!((&found["pin"], &found["phone_number"]), (&Value::Null, &Value::Null));
    assert!(!found["text"].as_str().unwrap().contains("PIN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn d12_the_link_opens_the_guest_page_and_d16_stays_for_later() {
    let post = Post::start(|_| {}).await;
    let planned = post.keep(entry(Some(once()), vec![outside("Ada")])).await;
    let path = format!("/api/v1/entries/{}/invitation", planned.id);
    let first = post.get(&path).await;
    let link = first["link"].as_str().unwrap();
    let token_path = link.strip_prefix("https://meet.example.org").unwrap();
    // D9: no account is needed.
    assert_eq!(post.world.page(token_path).await.status(), 200);
    assert!(first["text"].as_str().unwrap().lines().any(|line| line == format!("Link: {link}")));

    let post = post.restarted().await;
    assert_eq!(post.get(&path).await["link"], link);
    assert_eq!(post.world.page(token_path).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn x13_the_running_room_the_planner_and_the_mail_have_the_same_text() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let planned = post.keep(entry(Some(daily_over_the_change()), vec![outside("Ada")])).await;
    post.tell(Change::Created(&planned)).await;
    let from_planner = post.get(&format!("/api/v1/entries/{}/invitation", planned.id)).await;
    let number = from_planner["number"].as_str().unwrap();
    // D6: from inside the room.
    let from_room = post.get(&format!("/api/v1/rooms/{number}/invitation")).await;
    assert_eq!(from_room, from_planner);
    let mail = &server.mails(1).await[0];
    assert_eq!(mail["text"], from_planner["text"]);
    assert_eq!(mail["html"], from_planner["html"]);
    assert_eq!(mail["headers"]["subject"], from_planner["subject"]);

    let own = post.world.room("Sprechstunde", RoomKind::GroupCall).await;
    let own_text = post.get(&format!("/api/v1/rooms/{}/invitation", own.number)).await;
    assert!(own_text["text"].as_str().unwrap().contains(&own.link_path));
}

#[tokio::test(flavor = "multi_thread")]
async fn d15_whoever_is_invited_gets_mail_in_their_language() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let people = vec![outside("Ada"), post.user("bob", "en").await];
    let planned = post.keep(entry(Some(once()), people)).await;
    post.tell(Change::Created(&planned)).await;
    let mails = server.mails(2).await;
    let ada = mails.iter().find(|m| m["envelope"][1] == "ada@example.com").unwrap();
    let bob = mails.iter().find(|m| m["envelope"][1] == "bob@example.org").unwrap();
    assert_eq!(ada["envelope"][0], "meet@example.org");
    assert!(ada["headers"]["subject"].as_str().unwrap().starts_with("Einladung: Quartal"));
    assert!(bob["headers"]["subject"].as_str().unwrap().starts_with("Invitation: Quartal"));
    assert_eq!(ada["headers"]["from"], "Helene Graf via Katheder <meet@example.org>");
    assert_eq!(ada["headers"]["reply-to"], "Helene Graf <helene@example.org>");
    assert_eq!(
        ada["structure"],
        json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics"
        ])
    );
    let event = &ada["calendar"]["events"][0];
    assert_eq!((&event["start"], &event["end"]), (&json!(once().start_ms), &json!(once().end_ms)));
    assert_eq!(event["attendees"].as_array().unwrap().len(), 2);
    post.outbox(&["sent", "sent"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c16_without_the_tick_no_mail_goes_out_and_d1_the_organiser_can_still_invite() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let mut planned = entry(Some(once()), vec![outside("Ada"), outside("Bo")]);
    planned.notify = false;
    let planned = post.keep(planned).await;
    let mut moved = planned.clone();
    moved.schedule.as_mut().unwrap().start_ms -= 600_000;
    post.tell(Change::Created(&planned)).await;
    post.tell(Change::Changed { before: &planned, after: &moved }).await;
    post.tell(Change::Deleted(&moved)).await;
    post.outbox(&[]).await;

    let path = format!("/api/v1/entries/{}/invitations", planned.id);
    let (status, answer) = post.world.post(&path, json!({ "to": ["BO@example.com"] })).await;
    assert_eq!((status, &answer["queued"]), (202, &json!(1)));
    assert_eq!(server.mails(1).await[0]["envelope"][1], "bo@example.com");
    let (status, answer) = post.world.post(&path, json!({ "to": ["eve@example.com"] })).await;
    assert_eq!((status, &answer["field"]), (400, &json!("to")));
}

#[tokio::test(flavor = "multi_thread")]
async fn x9_a_change_raises_the_sequence_and_the_removed_are_told_so() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let before = post.keep(entry(Some(once()), vec![outside("Ada"), outside("Bo")])).await;
    post.tell(Change::Created(&before)).await;
    server.mails(2).await;

    let mut after = before.clone();
    after.schedule.as_mut().unwrap().start_ms += 3_600_000;
    after.schedule.as_mut().unwrap().end_ms += 3_600_000;
    after.people = vec![outside("Bo"), outside("Cleo")];
    (after.sequence, after.changed_at_ms) = (1, before.changed_at_ms + 1000);
    post.tell(Change::Changed { before: &before, after: &after }).await;
    let mails = server.mails(5).await;
    let got = |name: &str| {
        let address = format!("{name}@example.com");
        let mail = mails[2..].iter().find(|mail| mail["envelope"][1] == address).unwrap();
        let (calendar, event) = (&mail["calendar"], &mail["calendar"]["events"][0]);
        let start = event["start"].as_i64().unwrap();
        let subject = mail["headers"]["subject"].as_str().unwrap().to_owned();
        assert_eq!(event["uid"], before.uid);
        (calendar["method"].as_str().unwrap(), event["sequence"].as_i64().unwrap(), start, subject)
    };
    let (old, new) = (once().start_ms, once().start_ms + 3_600_000);
    let ada = got("ada");
    assert_eq!((ada.0, ada.1, ada.2), ("CANCEL", 1, old));
    assert!(ada.3.starts_with("Abgesagt: "));
    let bo = got("bo");
    assert_eq!((bo.0, bo.1, bo.2), ("REQUEST", 1, new));
    assert!(bo.3.starts_with("Geändert: "));
    assert!(got("cleo").3.starts_with("Einladung: "));

    // What nobody sees is told to nobody.
    let mut unseen = after.clone();
    (unseen.reminder_minutes, unseen.changed_at_ms) = (Some(5), after.changed_at_ms + 1000);
    post.tell(Change::Changed { before: &after, after: &unseen }).await;
    post.outbox(&["sent"; 5]).await;

    post.tell(Change::Deleted(&unseen)).await;
    let mails = server.mails(7).await;
    for mail in &mails[5..] {
        let event = &mail["calendar"]["events"][0];
        assert_eq!(mail["calendar"]["method"], "CANCEL");
        assert_eq!((&event["sequence"], &event["status"]), (&json!(2), &json!("CANCELLED")));
        assert!(!mail["text"].as_str().unwrap().contains("https://"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d15_a_webinar_s_audience_does_not_learn_each_other_s_addresses() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let mut planned = entry(Some(once()), vec![outside("Ada"), outside("Bo")]);
    planned.kind = RoomKind::Webinar;
    let planned = post.keep(planned).await;
    post.tell(Change::Created(&planned)).await;
    for mail in server.mails(2).await {
        let attendees = mail["calendar"]["events"][0]["attendees"].as_array().unwrap().clone();
        let own = format!("mailto:{}", mail["envelope"][1].as_str().unwrap());
        assert_eq!(attendees.len(), 1);
        assert_eq!(attendees[0]["address"], own);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_an_entry_that_loses_its_date_leaves_the_calendars() {
    let server = MailServer::start(Door::Plain, None);
    let post = Post::with(&server).await;
    let before = post.keep(entry(Some(once()), vec![outside("Ada")])).await;
    post.tell(Change::Created(&before)).await;
    assert_eq!(server.mails(1).await[0]["calendar"]["method"], "REQUEST");
    let mut after = before.clone();
    (after.schedule, after.sequence, after.changed_at_ms) = (None, 1, before.changed_at_ms + 1);
    post.tell(Change::Changed { before: &before, after: &after }).await;
    let mail = &server.mails(2).await[1];
    assert_eq!(mail["calendar"]["method"], "CANCEL");
    assert!(mail["text"].as_str().unwrap().contains("jederzeit, ohne festen Termin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn d3_the_calendar_file_is_for_whom_the_entry_is_for() {
    let post = Post::start(|_| {}).await;
    let mut planned = entry(Some(once()), vec![outside("Ada")]);
    planned.reminder_minutes = Some(10);
    let planned = post.keep(planned).await;
    let address = post.world.hub.http_addr();
    let url = format!("http://{address}/api/v1/entries/{}/calendar.ics", planned.id);
    let answer = post.world.http.get(&url).bearer_auth(&post.world.token).send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/calendar"));
    let found = read_by_others(&answer.bytes().await.unwrap());
    assert_eq!((&found["method"], &found["alarms"]), (&json!("PUBLISH"), &json!(["-PT10M"])));
    assert_eq!(post.world.http.get(&url).send().await.unwrap().status(), 401);

    let token = post.signed_in("eve").await;
    for path in ["calendar.ics", "invitation"] {
        let path = format!("/api/v1/entries/{}/{path}", planned.id);
        assert_eq!(post.world.get(&path, Some(&token)).await.0, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_who_moderates_the_room_may_invite_to_it() {
    let post = Post::start(|_| {}).await;
    let token = post.signed_in("bob").await;
    // In rooms for group calls every user moderates, in webinars only who was chosen.
    for (kind, status) in [(RoomKind::GroupCall, 200), (RoomKind::Webinar, 404)] {
        let room = post.world.room("Runde", kind).await;
        let path = format!("/api/v1/rooms/{}/invitation", room.number);
        let (found, body) = post.world.get(&path, Some(&token)).await;
        assert_eq!(found, status, "{body}");
        let own = post.get(&path).await;
        assert!(own["text"].as_str().unwrap().contains(&room.link_path));
        // Nobody moderates a room that they may not enter.
        let policy = RoomPolicy { guests: false, users_moderate: true, ..room.policy };
        let url = format!("http://{}/api/v1/rooms/{}", post.world.hub.http_addr(), room.number);
        let change = post.world.http.patch(url).bearer_auth(&post.world.token);
        let changed = change.json(&json!({ "policy": policy })).send().await.unwrap();
        assert_eq!(changed.status(), 200);
        assert_eq!(post.world.get(&path, Some(&token)).await.0, 404);
    }
}
