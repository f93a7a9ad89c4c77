//! Entries: saved, found by every filter, changed, moved, and deleted.

use crate::channels::Somebody;
use crate::support::World;
use crate::{call, done, got};
use jiff::Timestamp;
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

fn draft(title: &str, start_ms: i64) -> EntryDraft {
    EntryDraft {
        kind: RoomKind::GroupCall,
        title: title.to_owned(),
        description: "Grüße".to_owned(),
        schedule: Some(times(start_ms)),
        people: Vec::new(),
        notify: false,
        phone_info: false,
        reminder_minutes: None,
    }
}

fn times(start_ms: i64) -> ScheduleDraft {
    let (end_ms, time_zone) = (start_ms + 30 * MINUTE, "Europe/Berlin".to_owned());
    ScheduleDraft { start_ms, end_ms, time_zone, rrule: None }
}

fn invite(somebody: &Somebody, co_host: bool) -> PersonDraft {
    PersonDraft { user_id: Some(somebody.id), email: None, name: None, co_host }
}

async fn save(world: &World, token: &str, draft: &EntryDraft) -> SavedEntry {
    let (status, saved) = call(world, token, Method::POST, "/entries", json!(draft)).await;
    assert_eq!(status, 201, "{saved}");
    serde_json::from_value(saved).unwrap()
}

async fn titles(world: &World, query: &str) -> String {
    let page: EntryPage =
        serde_json::from_value(got(world, &format!("/entries?{query}")).await).unwrap();
    page.entries.into_iter().map(|entry| entry.title).collect()
}

/// Gives the key of the series that stays.
pub async fn from_the_draft_to_the_end(world: &World, staff: &[Somebody; 2]) -> i64 {
    let [anna, _] = staff;
    let now = now_ms();
    let outside = PersonDraft {
        user_id: None,
        email: Some("eva@example.com".to_owned()),
        name: Some("Eva".to_owned()),
        co_host: false,
    };
    let people = vec![invite(anna, true), outside];
    let admin = &world.token;
    let series = ScheduleDraft { rrule: Some("FREQ=DAILY;COUNT=5".into()), ..times(now + DAY) };
    let series = EntryDraft { schedule: Some(series), people, ..draft("s", 0) };
    let series = save(world, admin, &series).await.entry;
    let next = EntryDraft { kind: RoomKind::Webinar, ..draft("n", now + 5 * MINUTE) };
    save(world, admin, &next).await;
    save(world, admin, &draft("r", now - MINUTE / 2)).await;
    let over = ScheduleDraft { end_ms: now - 1, ..times(now - MINUTE * 2 / 3) };
    save(world, admin, &EntryDraft { schedule: Some(over), ..draft("o", 0) }).await;
    save(world, admin, &EntryDraft { schedule: None, ..draft("p", 0) }).await;
    let theirs = EntryDraft {
        people: vec![PersonDraft {
            user_id: Some(series.summary.organiser_id),
            email: None,
            name: None,
            co_host: false,
        }],
        ..draft("a", now + 2 * DAY)
    };
    let theirs = save(world, &anna.token, &theirs).await.entry;

    filters(world, now).await;
    live(world, &series.summary.number).await;
    cursors(world).await;
    bookings(world, anna, now).await;
    changes(world, &series).await;
    let path = format!("/entries/{}", theirs.summary.id);
    let gone = call(world, &anna.token, Method::DELETE, &path, Value::Null).await;
    assert_eq!(gone.0, 204);
    assert_eq!(call(world, &anna.token, Method::GET, &path, Value::Null).await.0, 404);
    series.summary.id
}

async fn filters(world: &World, now: i64) {
    for (query, expected) in [
        ("whose=both", "pasnro"),
        ("whose=mine", "psnro"),
        ("whose=invited", "a"),
        ("kind=webinar", "n"),
        ("whose=mine&kind=group_call", "psro"),
        ("state=planned", "pas"),
        ("state=soon", "n"),
        ("state=running", "r"),
        ("state=over", "o"),
        ("order=ascending", "ornsap"),
    ] {
        assert_eq!(titles(world, query).await, expected, "{query}");
    }
    for whose in ["both", "mine", "all"] {
        let span =
            format!("from_ms={}&to_ms={}&whose={whose}", now + 60 * MINUTE, now + 36 * 60 * MINUTE);
        assert_eq!(titles(world, &span).await, "s", "{span}");
    }
    let everybodys = titles(world, "whose=all&state=planned").await;
    assert!(everybodys.contains("Anna intern") && everybodys.contains("ben intern"));
    let (from, to) = (now - 60 * MINUTE, now + DAY);
    let path = format!("/capacity?from_ms={from}&to_ms={}", to + MINUTE);
    assert_eq!(got(world, &path).await["planned"], 1, "Eva");
}

/// What is live runs, whatever its time, in each list and in every order.
async fn live(world: &World, number: &str) {
    let mut host = world.connect().await;
    let (token, number) = (world.token.clone(), number.to_owned());
    let credential = Credential::Session { token, number, name: None };
    host.say(&ClientMessage::Join { version: VERSION, credential }).await;
    host.joined().await;
    for whose in ["both", "mine", "all"] {
        let query = format!("whose={whose}&state=running");
        assert_eq!(titles(world, &query).await, "sr", "{query}");
        assert_eq!(titles(world, &format!("{query}&order=ascending")).await, "rs");
        assert_eq!(titles(world, &format!("{query}&limit=1")).await, "s");
        assert!(!titles(world, &format!("whose={whose}&state=planned")).await.contains('s'));
    }
    assert_eq!(titles(world, "whose=invited&state=running").await, "");
    host.say(&ClientMessage::End).await;
    host.ended().await;
}

async fn cursors(world: &World) {
    for (order, expected) in [("ascending", "ornsap"), ("descending", "pasnro")] {
        let (mut read, mut cursor) = (String::new(), String::new());
        loop {
            let path = format!("/entries?order={order}&limit=2{cursor}");
            let page: EntryPage = serde_json::from_value(got(world, &path).await).unwrap();
            read.extend(page.entries.into_iter().map(|entry| entry.title));
            let Some(next) = page.next else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(read, expected);
    }
}

async fn bookings(world: &World, anna: &Somebody, now: i64) {
    let twice = EntryDraft { people: vec![invite(anna, false)], ..draft("t", now + 2 * DAY) };
    let check = json!({ "draft": twice });
    let found = done(world, Method::POST, "/entries/check", check).await;
    let found: CheckedEntry = serde_json::from_value(found).unwrap();
    let of_anna = found.warnings.iter().filter(|warning| warning.user_id == anna.id);
    assert_eq!(of_anna.count(), 2, "her own entry and the series: {:?}", found.warnings);
}

async fn changes(world: &World, series: &EntryDetails) {
    let path = format!("/entries/{}", series.summary.id);
    let original = series.upcoming[1];
    let moved = json!({ "change": "move", "start_ms": original.start_ms + 60 * MINUTE,
                        "end_ms": original.end_ms + 60 * MINUTE });
    let one = format!("{path}/occurrences/{}", original.original_ms);
    done(world, Method::POST, &one, moved).await;
    let last = format!("{path}/occurrences/{}", series.upcoming[4].original_ms);
    done(world, Method::POST, &last, json!({ "change": "cancel" })).await;
    done(world, Method::POST, &last, json!({ "change": "restore" })).await;
    let first = format!("{path}/occurrences/{}", series.upcoming[0].original_ms);
    let saved = done(world, Method::POST, &first, json!({ "change": "cancel" })).await;
    let saved: SavedEntry = serde_json::from_value(saved).unwrap();
    assert_eq!(saved.entry.schedule.unwrap().exceptions.len(), 2);
    assert_eq!(saved.entry.upcoming[0].start_ms, original.start_ms + 60 * MINUTE);

    let schedule = series.schedule.clone().unwrap();
    let change = EntryDraft {
        schedule: Some(ScheduleDraft {
            start_ms: schedule.start_ms,
            end_ms: schedule.end_ms + 15 * MINUTE,
            time_zone: schedule.time_zone,
            rrule: schedule.rrule,
        }),
        people: vec![PersonDraft {
            user_id: series.invited[0].user_id,
            email: None,
            name: None,
            co_host: false,
        }],
        ..draft("s2", 0)
    };
    let saved = done(world, Method::PUT, &path, json!(change)).await;
    let saved: SavedEntry = serde_json::from_value(saved).unwrap();
    assert_eq!((saved.entry.summary.title.as_str(), saved.entry.invited.len()), ("s2", 1));
    assert!(saved.entry.sequence > series.sequence);
}

/// The series is there after a restart, with its exceptions.
pub async fn what_survived(world: &World, series: i64) {
    let entry: EntryDetails =
        serde_json::from_value(got(world, &format!("/entries/{series}")).await).unwrap();
    assert_eq!(entry.summary.title, "s2");
    assert_eq!(entry.schedule.unwrap().exceptions.len(), 2);
    done(world, Method::DELETE, &format!("/entries/{series}"), Value::Null).await;
    assert_eq!(titles(world, "whose=mine").await, "pnro");
}
