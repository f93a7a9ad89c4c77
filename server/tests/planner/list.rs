//! What the list and an entry show, and to whom.

use super::*;

#[tokio::test]
async fn b3_the_first_list_is_empty() {
    let planner = Planner::start().await;
    let page = planner.list(&planner.admin, "").await;
    assert_eq!(page, EntryPage { entries: Vec::new(), next: None });
}

#[tokio::test]
async fn b1_the_list_shows_past_and_planned_ones_of_both_kinds() {
    let planner = Planner::start().await;
    let now = now();
    planner.save(&draft("planned call", now + DAY)).await;
    let past = Some(times(now - 50_000, now - 1));
    planner.save(&EntryDraft { schedule: past.clone(), ..draft("past call", 0) }).await;
    let webinar =
        |title, schedule| EntryDraft { kind: RoomKind::Webinar, schedule, ..draft(title, now) };
    planner.save(&webinar("planned webinar", Some(times(now + HOUR, now + 2 * HOUR)))).await;
    planner.save(&webinar("past webinar", past)).await;
    planner.save(&webinar("permanent", None)).await;
    let expected = ["permanent", "planned call", "planned webinar", "past webinar", "past call"];
    assert_eq!(planner.titles(&planner.admin, "").await, expected);
    let mut ascending = planner.titles(&planner.admin, "order=ascending").await;
    ascending.reverse();
    assert_eq!(ascending, expected);
}

#[tokio::test]
async fn b2_the_list_is_filtered_by_kind_state_date_and_whose() {
    let planner = Planner::start().await;
    let now = now();
    let webinar = |title, start| EntryDraft { kind: RoomKind::Webinar, ..draft(title, start) };
    planner.save(&EntryDraft { people: vec![invite(&planner.ada)], ..draft("a", now + DAY) }).await;
    planner.save(&webinar("b", now + 5 * MINUTE)).await;
    planner.save(&webinar("c", now - 40_000)).await;
    let over = Some(times(now - 50_000, now - 1));
    planner.save(&EntryDraft { schedule: over, ..draft("d", 0) }).await;
    planner.save(&EntryDraft { schedule: None, ..draft("e", 0) }).await;
    let own =
        json!(EntryDraft { people: vec![invite(&planner.admin)], ..draft("f", now + 2 * DAY) });
    assert_eq!(planner.call(&planner.ada, Method::POST, "/entries", own).await.0, 201);

    let admin = async |query: &str| planner.titles(&planner.admin, query).await.join("");
    assert_eq!(admin("").await, "efabcd");
    assert_eq!(admin("kind=webinar").await, "bc");
    assert_eq!(admin("kind=group_call").await, "efad");
    assert_eq!(admin("state=planned").await, "efa");
    assert_eq!(admin("state=soon").await, "b");
    assert_eq!(admin("state=running").await, "c");
    assert_eq!(admin("state=over").await, "d");
    assert_eq!(admin("state=over&kind=webinar").await, "");
    assert_eq!(admin(&format!("from_ms={}&to_ms={}", now + 2 * HOUR, now + 36 * HOUR)).await, "a");
    assert_eq!(admin(&format!("from_ms={}", now + 2 * HOUR)).await, "fa");
    assert_eq!(admin(&format!("to_ms={}", now + HOUR)).await, "bcd");
    assert_eq!(admin("whose=mine").await, "eabcd");
    assert_eq!(admin("whose=invited").await, "f");
    assert_eq!(admin("whose=all").await, "efabcd");
    let ada = async |query: &str| planner.titles(&planner.ada, query).await.join("");
    assert_eq!(ada("").await, "fa");
    assert_eq!(ada("whose=mine").await, "f");
    assert_eq!(ada("whose=invited").await, "a");
    assert_eq!(planner.titles(&planner.ben, "").await.join(""), "");
    assert_eq!(code(&planner.get(&planner.ada, "/entries?whose=all").await), (403, "forbidden"));
    for wrong in ["kind=party", "limit=0", "limit=201", "cursor=x", "from_ms=soon"] {
        let answer = planner.get(&planner.admin, &format!("/entries?{wrong}")).await;
        assert_eq!(code(&answer), (400, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_in_either_order() {
    let planner = Planner::start().await;
    let now = now();
    for n in 0..7i64 {
        // Three at the same time: the key decides.
        planner.save(&draft(&n.to_string(), now + DAY + (n / 3) * HOUR)).await;
    }
    planner.save(&EntryDraft { schedule: None, ..draft("p", 0) }).await;
    for (order, expected) in [("ascending", "0123456p"), ("descending", "p6543210")] {
        for limit in [1, 3, 7, 8, 9] {
            let (mut read, mut query) = (String::new(), format!("order={order}&limit={limit}"));
            loop {
                let page = planner.list(&planner.admin, &query).await;
                assert!(page.entries.len() <= limit);
                read.extend(page.entries.into_iter().map(|entry| entry.title));
                let Some(next) = page.next else { break };
                query = format!("order={order}&limit={limit}&cursor={next}");
            }
            assert_eq!(read, expected, "{limit} at once");
        }
    }
}

#[tokio::test]
async fn b4_a_saved_entry_appears_in_the_list() {
    let planner = Planner::start().await;
    let saved = planner.save(&draft("Talk", now() + DAY)).await.entry;
    let page = planner.list(&planner.admin, "").await;
    assert_eq!(page.entries, [saved.summary]);
}

#[tokio::test]
async fn b8_an_entry_shows_its_details_to_those_invited() {
    let planner = Planner::start().await;
    let outside = PersonDraft {
        user_id: None,
        email: Some("eve@example.org".to_owned()),
        name: Some("Eve".to_owned()),
        co_host: false,
    };
    let co_host = PersonDraft { co_host: true, ..invite(&planner.ada) };
    let wanted = EntryDraft {
        people: vec![co_host, invite(&planner.ben), outside],
        notify: true,
        phone_info: true,
        reminder_minutes: Some(30),
        ..draft("Talk", now() + DAY)
    };
    let id = planner.save(&wanted).await.entry.summary.id;
    let own = planner.entry(&planner.admin, id).await;
    assert_eq!(own.description, wanted.description);
    assert_eq!((own.notify, own.phone_info, own.reminder_minutes), (true, true, Some(30)));
    assert_eq!(own.invited.len(), 3);
    assert_eq!(own.invited[2].email.as_deref(), Some("eve@example.org"));
    assert_eq!(own.pin.as_ref().unwrap().len(), 6);
    assert!(own.summary.permits.edit && own.summary.permits.delete && own.summary.permits.start);

    let co_host = planner.entry(&planner.ada, id).await;
    assert_eq!(co_host.link_path, own.link_path);
    assert!(co_host.summary.permits.start && !co_host.summary.permits.edit);
    let invited = planner.entry(&planner.ben, id).await;
    assert_eq!((invited.pin, invited.link_path), (None, None));
    assert!(invited.invited.iter().all(|person| person.email.is_none()));
    assert!(!invited.summary.permits.start && !invited.summary.permits.edit);
    assert_eq!(invited.summary.number, own.summary.number);
    let listed = planner.list(&planner.ada, "").await.entries;
    assert_eq!(listed, [co_host.summary]);
}

#[tokio::test]
async fn nobody_else_sees_or_changes_an_entry() {
    let planner = Planner::start().await;
    let wanted = EntryDraft { people: vec![invite(&planner.ada)], ..draft("Talk", now() + DAY) };
    let id = planner.save(&wanted).await.entry.summary.id;
    assert_eq!(code(&planner.put(&planner.ada, id, &wanted).await), (403, "forbidden"));
    assert_eq!(code(&planner.delete(&planner.ada, id).await), (403, "forbidden"));
    assert_eq!(code(&planner.put(&planner.ben, id, &wanted).await), (404, "not_found"));
    assert_eq!(code(&planner.delete(&planner.ben, id).await), (404, "not_found"));
    for path in [format!("/entries/{id}"), "/entries/4711".to_owned(), "/entries/x".to_owned()] {
        assert_eq!(code(&planner.get(&planner.ben, &path).await), (404, "not_found"), "{path}");
    }
}
