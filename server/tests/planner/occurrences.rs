//! Recurring entries, double bookings, drafts that break a rule.

use super::*;

#[tokio::test]
async fn e4_all_occurrences_have_the_same_number() {
    let planner = Planner::start().await;
    let start = now() - 50_000;
    let daily = |end_ms| EntryDraft {
        schedule: Some(ScheduleDraft {
            rrule: Some("FREQ=DAILY;COUNT=3".to_owned()),
            time_zone: "UTC".to_owned(),
            ..times(start, end_ms)
        }),
        ..draft("Stand-up", start)
    };
    // The first is over already: the second is the current one.
    let entry = planner.save(&daily(start + 1000)).await.entry;
    assert!(entry.summary.recurring);
    assert_eq!(entry.summary.state, EntryState::Planned);
    assert_eq!(entry.summary.start_ms, Some(start + DAY));
    assert_eq!(entry.upcoming.len(), 2);
    let listed = planner.list(&planner.admin, "").await.entries;
    assert_eq!(listed, [entry.summary], "one entry, one number");
}

#[tokio::test]
async fn a_recurring_entry_moves_on_by_itself() {
    let planner = Planner::start().await;
    let start = now() - 50_000;
    let schedule =
        ScheduleDraft { rrule: Some("FREQ=DAILY".to_owned()), ..times(start, now() + 1500) };
    let wanted = EntryDraft { schedule: Some(schedule), ..draft("Stand-up", start) };
    let people = vec![invite(&planner.ada)];
    planner.save(&EntryDraft { people, ..wanted }).await;
    let deadline = tokio::time::Instant::now() + support::PATIENCE;
    loop {
        let listed = planner.list(&planner.ada, "").await.entries.remove(0);
        if listed.start_ms > Some(start) {
            assert_eq!(listed.state, EntryState::Planned);
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "still {listed:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn single_occurrences_are_moved_and_cancelled() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let weekly = ScheduleDraft {
        rrule: Some("FREQ=DAILY;COUNT=4".to_owned()),
        time_zone: "UTC".to_owned(),
        ..times(start, start + HOUR)
    };
    let wanted = EntryDraft {
        people: vec![invite(&planner.ada)],
        schedule: Some(weekly),
        ..draft("Stand-up", 0)
    };
    let id = planner.save(&wanted).await.entry.summary.id;
    let change = async |user: &User, original: i64, body: Value| {
        let path = format!("/entries/{id}/occurrences/{original}");
        planner.call(user, Method::POST, &path, body).await
    };
    let cancel = json!({ "change": "cancel" });
    assert_eq!(change(&planner.admin, start, cancel.clone()).await.0, 200);
    let moved = start + DAY + 3 * HOUR;
    let to = json!({ "change": "move", "start_ms": moved, "end_ms": moved + HOUR });
    assert_eq!(change(&planner.admin, start + DAY, to.clone()).await.0, 200);

    let entry = planner.entry(&planner.ada, id).await;
    let starts: Vec<i64> = entry.upcoming.iter().map(|occurrence| occurrence.start_ms).collect();
    assert_eq!(starts, [moved, start + 2 * DAY, start + 3 * DAY]);
    assert_eq!(entry.upcoming[0].original_ms, start + DAY);
    assert_eq!((entry.summary.start_ms, entry.sequence), (Some(moved), 2));
    let exceptions = entry.schedule.unwrap().exceptions;
    assert_eq!((exceptions[0].start_ms, exceptions[1].start_ms), (None, Some(moved)));
    assert_eq!(planner.list(&planner.ada, "").await.entries[0].start_ms, Some(moved));

    // Renaming keeps them.
    let renamed = EntryDraft { title: "Renamed".to_owned(), ..wanted.clone() };
    assert_eq!(planner.put(&planner.admin, id, &renamed).await.0, 200);
    let renamed = planner.entry(&planner.admin, id).await;
    assert_eq!((renamed.summary.start_ms, renamed.sequence), (Some(moved), 2));

    let restore = json!({ "change": "restore" });
    assert_eq!(change(&planner.admin, start, restore).await.0, 200);
    assert_eq!(planner.entry(&planner.admin, id).await.summary.start_ms, Some(start));

    let nowhere = change(&planner.admin, start + 1, cancel.clone()).await;
    assert_eq!(code(&nowhere), (404, "not_found"));
    let past = json!({ "change": "move", "start_ms": 1, "end_ms": 2 });
    let past = change(&planner.admin, start, past).await;
    assert_eq!((code(&past), past.1["field"].as_str()), ((400, "invalid"), Some("start_ms")));
    let not_theirs = change(&planner.ada, start, cancel.clone()).await;
    assert_eq!(code(&not_theirs), (403, "forbidden"));
    for day in 0..3 {
        assert_eq!(change(&planner.admin, start + day * DAY, cancel.clone()).await.0, 200);
    }
    let last = change(&planner.admin, start + 3 * DAY, cancel).await;
    assert_eq!(code(&last), (409, "last_occurrence"));
}

#[tokio::test]
async fn a_double_booking_is_a_warning_and_no_refusal() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let hidden = json!(EntryDraft {
        people: vec![invite(&planner.ben)],
        ..draft("Ada's secret", start + 30 * MINUTE)
    });
    assert_eq!(planner.call(&planner.ada, Method::POST, "/entries", hidden).await.0, 201);
    let series = ScheduleDraft {
        rrule: Some("FREQ=DAILY".to_owned()),
        time_zone: "UTC".to_owned(),
        ..times(start - 10 * MINUTE, start + 10 * MINUTE)
    };
    let own = planner.save(&EntryDraft { schedule: Some(series), ..draft("Daily", 0) }).await;
    assert_eq!(own.warnings, []);

    let wanted = EntryDraft {
        people: vec![invite(&planner.ada), invite(&planner.ben)],
        ..draft("Talk", start)
    };
    let daily = DoubleBooking {
        user_id: planner.admin.id,
        start_ms: start - 10 * MINUTE,
        end_ms: start + 10 * MINUTE,
        entry_id: Some(own.entry.summary.id),
        title: Some("Daily".to_owned()),
    };
    let busy = |user: &User| DoubleBooking {
        user_id: user.id,
        start_ms: start + 30 * MINUTE,
        end_ms: start + 90 * MINUTE,
        entry_id: None,
        title: None,
    };
    let expected = vec![daily, busy(&planner.ada), busy(&planner.ben)];
    let (status, checked) = planner.post("/entries/check", json!({ "draft": wanted })).await;
    assert_eq!(status, 200, "{checked}");
    let checked: CheckedEntry = serde_json::from_value(checked).unwrap();
    assert_eq!(checked.warnings, expected);
    let saved = planner.save(&wanted).await;
    assert_eq!(saved.warnings, expected, "saved all the same");

    // Not with itself, not with what was declined, not with what only touches.
    planner.sql("UPDATE entry_people SET reply = 'declined' WHERE name = 'ben'").await;
    let later = EntryDraft { schedule: Some(times(start + 10 * MINUTE, start + HOUR)), ..wanted };
    let body = json!({ "entry_id": saved.entry.summary.id, "draft": later });
    let (_, checked) = planner.post("/entries/check", body).await;
    let checked: CheckedEntry = serde_json::from_value(checked).unwrap();
    assert_eq!(checked.warnings, [busy(&planner.ada)]);
}

#[tokio::test]
async fn each_occurrence_of_a_series_is_a_double_booking_and_not_the_next_one_alone() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let series = ScheduleDraft {
        rrule: Some("FREQ=DAILY".to_owned()),
        time_zone: "UTC".to_owned(),
        ..times(start, start + HOUR)
    };
    planner.save(&EntryDraft { schedule: Some(series), ..draft("Daily", 0) }).await;
    let third = start + 2 * DAY;
    let saved = planner.save(&draft("Talk", third + 30 * MINUTE)).await;
    let found: Vec<_> = saved.warnings.iter().map(|w| (w.start_ms, w.end_ms)).collect();
    assert_eq!(found, [(third, third + HOUR)]);
}

#[tokio::test]
async fn c8_a_wrong_draft_names_the_field() {
    let planner = Planner::start().await;
    let good = draft("Talk", now() + DAY);
    let organiser = EntryDraft { people: vec![invite(&planner.admin)], ..good.clone() };
    let past = EntryDraft { schedule: Some(times(1, 2)), ..good.clone() };
    let untitled = EntryDraft { title: String::new(), ..good.clone() };
    let guest = |n| PersonDraft {
        user_id: None,
        email: Some(format!("guest{n}@example.org")),
        name: None,
        co_host: false,
    };
    let crowd = EntryDraft { people: (0..25).map(guest).collect(), ..good.clone() };
    for (wrong, field) in [
        (organiser, "people"),
        (past, "schedule.start_ms"),
        (untitled, "title"),
        (crowd.clone(), "people"),
    ] {
        let answer = planner.post("/entries", json!(wrong)).await;
        assert_eq!(code(&answer), (400, "invalid"));
        assert_eq!(answer.1["field"], field);
    }
    assert!(planner.titles(&planner.admin, "").await.is_empty(), "nothing was saved");
    let webinar =
        EntryDraft { kind: RoomKind::Webinar, people: (0..1000).map(guest).collect(), ..crowd };
    let saved = planner.save(&webinar).await.entry;
    assert_eq!(saved.summary.people, 1000, "C15: a webinar takes as many as the hub");
    let narrowed = EntryDraft { kind: RoomKind::GroupCall, ..webinar };
    let answer = planner.put(&planner.admin, saved.summary.id, &narrowed).await;
    assert_eq!((code(&answer), &answer.1["field"]), ((400, "invalid"), &json!("people")));
}

#[tokio::test]
async fn x1_an_entry_becomes_a_permanent_room_and_back() {
    let planner = Planner::start().await;
    let wanted = EntryDraft { schedule: None, ..draft("Office hours", 0) };
    let entry = planner.save(&wanted).await.entry;
    assert_eq!((entry.summary.start_ms, entry.summary.state), (None, EntryState::Planned));
    assert!(entry.summary.permits.start && entry.upcoming.is_empty());
    let dated = draft("Office hours", now() + DAY);
    let id = entry.summary.id;
    assert_eq!(planner.put(&planner.admin, id, &dated).await.0, 200);
    assert_eq!(planner.put(&planner.admin, id, &wanted).await.0, 200);
    let again = planner.entry(&planner.admin, id).await;
    assert_eq!((again.schedule, again.sequence), (None, 2));
}
