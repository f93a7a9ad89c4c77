//! Entries that are edited, started and deleted, and the number that they keep meanwhile.

use super::*;

#[tokio::test]
async fn b9_a_planned_entry_is_edited() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let wanted = EntryDraft { people: vec![invite(&planner.ada)], ..draft("Talk", start) };
    let before = planner.save(&wanted).await.entry;
    let changed = EntryDraft {
        kind: RoomKind::Webinar,
        title: "Lecture".to_owned(),
        schedule: Some(times(start + HOUR, start + 2 * HOUR)),
        people: vec![invite(&planner.ben)],
        ..wanted
    };
    let (status, saved) = planner.put(&planner.admin, before.summary.id, &changed).await;
    assert_eq!(status, 200, "{saved}");
    let after = planner.entry(&planner.admin, before.summary.id).await;
    assert_eq!(after.summary.title, "Lecture");
    assert_eq!(after.summary.kind, RoomKind::Webinar);
    assert_eq!(after.summary.start_ms, Some(start + HOUR));
    assert_eq!(after.invited[0].user_id, Some(planner.ben.id));
    assert_eq!((before.sequence, after.sequence), (0, 1));
    assert_eq!(before.uid, after.uid);
    assert!(planner.titles(&planner.ada, "").await.is_empty(), "no longer invited");
    assert_eq!(planner.titles(&planner.ben, "").await, ["Lecture"]);
}

#[tokio::test]
async fn b10_edit_is_refused_while_the_conference_is_live() {
    let planner = Planner::start().await;
    let wanted = draft("Talk", now() + DAY);
    let entry = planner.save(&wanted).await.entry;
    let id = entry.summary.id;
    assert_eq!(entry.summary.state, EntryState::Planned);
    let _host = planner.go_live(&entry).await;

    let running = planner.entry(&planner.admin, id).await.summary;
    assert_eq!(running.state, EntryState::Running);
    assert!(running.permits.join && !running.permits.edit && !running.permits.delete);
    assert_eq!(code(&planner.put(&planner.admin, id, &wanted).await), (409, "entry_running"));
    for query in ["state=running", "state=running&whose=mine", "state=running&whose=all"] {
        let listed = planner.list(&planner.admin, query).await.entries;
        assert_eq!(listed, std::slice::from_ref(&running), "{query}");
    }
    assert!(planner.titles(&planner.admin, "state=planned").await.is_empty());
}

#[tokio::test]
async fn b10_edit_is_refused_after_it_ran() {
    let planner = Planner::start().await;
    let now = now();
    let over = EntryDraft { schedule: Some(times(now - 50_000, now - 1)), ..draft("Talk", 0) };
    let id = planner.save(&over).await.entry.summary.id;
    let later = draft("Talk", now + DAY);
    assert_eq!(code(&planner.put(&planner.admin, id, &later).await), (409, "entry_over"));
}

#[tokio::test]
async fn x2_the_plan_is_frozen_once_it_runs() {
    let planner = Planner::start().await;
    let now = now();
    let running = EntryDraft {
        people: vec![invite(&planner.ada)],
        schedule: Some(times(now - 1000, now + HOUR)),
        ..draft("Talk", 0)
    };
    let id = planner.save(&running).await.entry.summary.id;
    let later = Some(times(now + DAY, now + DAY + HOUR));
    for changed in [
        EntryDraft { schedule: later, ..running.clone() },
        EntryDraft { kind: RoomKind::Webinar, ..running.clone() },
        EntryDraft { people: Vec::new(), ..running.clone() },
    ] {
        assert_eq!(code(&planner.put(&planner.admin, id, &changed).await), (409, "entry_running"));
    }
    assert_eq!(planner.entry(&planner.admin, id).await.sequence, 0);
}

#[tokio::test]
async fn b11_an_entry_that_did_not_take_place_is_deleted() {
    let planner = Planner::start().await;
    let now = now();
    for schedule in [
        times(now + DAY, now + DAY + HOUR),
        times(now - 50_000, now + HOUR),
        times(now - 50_000, now - 1),
    ] {
        let wanted = EntryDraft { schedule: Some(schedule), ..draft("Talk", 0) };
        let id = planner.save(&wanted).await.entry.summary.id;
        assert_eq!(planner.delete(&planner.admin, id).await.0, 204);
        assert_eq!(planner.get(&planner.admin, &format!("/entries/{id}")).await.0, 404);
    }
    assert!(planner.titles(&planner.admin, "").await.is_empty());
}

#[tokio::test]
async fn x6_a_live_conference_has_to_end_before_its_entry_is_deleted() {
    let planner = Planner::start().await;
    let entry = planner.save(&draft("Talk", now() + DAY)).await.entry;
    let mut host = planner.go_live(&entry).await;
    let id = entry.summary.id;
    let refused = planner.delete(&planner.admin, id).await;
    assert_eq!(code(&refused), (409, "conference_live"));
    assert!(refused.1["message"].as_str().unwrap().contains("end it first"));
    host.say(&ClientMessage::End).await;
    assert_eq!(host.ended().await, EndReason::EndedByHost);
    assert_eq!(planner.delete(&planner.admin, id).await.0, 204);
}

#[tokio::test]
async fn c10_the_organiser_starts_long_before_the_date() {
    let planner = Planner::start().await;
    let entry = planner.save(&draft("Talk", now() + 300 * DAY)).await.entry;
    assert!(entry.summary.permits.start);
    planner.go_live(&entry).await;
}

#[tokio::test]
async fn c21_deleting_frees_the_number() {
    let planner = Planner::start().await;
    let entry = planner.save(&draft("Talk", now() + DAY)).await.entry;
    let number = entry.summary.number;
    let rooms = async || -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM rooms WHERE number = $1")
            .bind(&number)
            .fetch_one(&mut planner.database().await)
            .await
            .unwrap()
    };
    assert_eq!(rooms().await, 1);
    assert_eq!(planner.delete(&planner.admin, entry.summary.id).await.0, 204);
    assert_eq!(rooms().await, 0);
    let mut database = planner.database().await;
    for table in ["entries", "entry_people", "entry_viewers", "entry_exceptions"] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let left: i64 = sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn e3_an_entry_reserves_its_number_as_long_as_it_stands() {
    let planner = Planner::start().await;
    let start = now() + DAY;
    let before = planner.save(&draft("Talk", start)).await.entry;
    assert_eq!(before.summary.number.len(), 9);
    let id = before.summary.id;
    assert_eq!(planner.put(&planner.admin, id, &draft("Other", start + HOUR)).await.0, 200);
    let after = planner.entry(&planner.admin, id).await;
    assert_eq!(after.summary.number, before.summary.number);
    assert_eq!((after.pin, after.link_path), (before.pin, before.link_path));
    let taken = sqlx::query(
        "INSERT INTO rooms (number, name, kind, owner_id, pin, link_nonce, link_hash, created_at_ms)
         SELECT number, name, kind, owner_id, pin, x'00', x'00', 0 FROM rooms",
    );
    let error = taken.execute(&mut planner.database().await).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());
}
