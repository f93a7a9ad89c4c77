//! The planner's list with 100,000 entries: every page and every filter, for somebody who is invited
//! to all of them and for an administrator who looks at everybody's. Target: p99 ≤ 20 ms.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has no result")]

use protocol::{EntryOrder, EntryState, RoomKind, RoomPolicy, Whose};
use server::planner::bench::{Cursor, ListFilter, NewUser, RoomRow, Store, insert};
use server::planner::{Entry, Person, Reply, Schedule};
use server::{Config, Hub};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const ENTRIES: i64 = 100_000;
const ORGANISERS: i64 = 50;
const LIVE_ROOMS: i64 = 200;
const RUNS: usize = 300;
const TARGET: Duration = Duration::from_millis(20);

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn tick() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn unix_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

fn main() {
    // Not when tests only build the benches.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let hub = Hub::start(Config::local(data.path())).unwrap();
    runtime.block_on(hub.stop());
    let now_ms = unix_ms();
    let viewer = runtime.block_on(fill(data.path(), now_ms));
    runtime.block_on(lists(data.path(), viewer, now_ms));

    let hub = Hub::start(Config::local(data.path())).unwrap();
    runtime.block_on(over_http(&hub));
    runtime.block_on(hub.stop());
}

/// Entries of all sorts over three years. The administrator, who looks, is invited to all.
async fn fill(data: &Path, now_ms: i64) -> i64 {
    let began = tick();
    let store = Store::open(&Config::local(data)).await.unwrap();
    let viewer = store.user_by_name("admin").await.unwrap().unwrap().id;
    let mut organisers = Vec::new();
    for n in 0..ORGANISERS {
        let name = format!("user{n}");
        let user = NewUser {
            name: &name,
            display_name: &name,
            password_hash: "",
            email: None,
            administrator: false,
            language: "de",
        };
        assert!(store.add_user(user, now_ms).await.unwrap());
        organisers.push(store.user_by_name(&name).await.unwrap().unwrap().id);
    }
    // The window's calls need one; only they are measured through HTTP.
    let profile = serde_json::from_str(r#"{"name":"Somebody"}"#).unwrap();
    store.set_profile(viewer, Some(&profile)).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    for n in 0..ENTRIES {
        let entry = entry(n, &organisers, viewer, now_ms);
        let room = room(n, &entry);
        let link = |id: i64| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&id.to_be_bytes());
            hash
        };
        insert(&mut transaction, entry, room, link).await.unwrap().unwrap();
    }
    transaction.commit().await.unwrap();
    store.close().await;
    println!("{ENTRIES} entries of {ORGANISERS} organisers in {:.0?}", tick() - began);
    viewer
}

fn entry(n: i64, organisers: &[i64], viewer: i64, now_ms: i64) -> Entry {
    // Two years back, one ahead, in no order.
    let minutes = (n.wrapping_mul(2_654_435_761) & 0x7fff_ffff) % (3 * 365 * 24 * 60);
    let start_ms = now_ms - 2 * 365 * DAY + minutes * MINUTE;
    let organiser = (n % ORGANISERS) as usize;
    let invited = (1..5).map(|by| organisers[(organiser + by * 7) % organisers.len()]);
    let person = |id| Person {
        user_id: Some(id),
        name: format!("user{id}"),
        email: None,
        co_host: false,
        reply: Reply::NeedsAction,
    };
    let schedule = Schedule {
        start_ms,
        end_ms: start_ms + 60 * MINUTE,
        time_zone: "Europe/Berlin".to_owned(),
        rrule: (n % 20 == 0).then(|| "FREQ=WEEKLY;COUNT=20".to_owned()),
        exceptions: Vec::new(),
    };
    Entry {
        id: 0,
        uid: format!("{n}@bench"),
        room_id: 0,
        organiser_id: organisers[organiser],
        kind: if n % 3 == 0 { RoomKind::Webinar } else { RoomKind::GroupCall },
        title: format!("Entry {n}"),
        description: String::new(),
        schedule: (n % 50 != 7).then_some(schedule),
        people: std::iter::once(viewer).chain(invited).map(person).collect(),
        notify: false,
        phone_info: false,
        reminder_minutes: None,
        sequence: 0,
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
    }
}

fn room(n: i64, entry: &Entry) -> RoomRow {
    RoomRow {
        id: 0,
        number: (100_000_000 + n).to_string(),
        name: entry.title.clone(),
        kind: entry.kind,
        owner_id: entry.organiser_id,
        pin: "000000".to_owned(),
        link_nonce: n.to_be_bytes().to_vec(),
        created_at_ms: entry.created_at_ms,
        policy: RoomPolicy::default_for(entry.kind),
        ad_hoc: false,
    }
}

/// Every sort of page, straight from the store.
async fn lists(data: &Path, viewer: i64, now_ms: i64) {
    let store = Store::open(&Config::local(data)).await.unwrap();
    let live_rooms: Vec<i64> = (1..=LIVE_ROOMS).map(|n| n * (ENTRIES / LIVE_ROOMS)).collect();
    let all = ListFilter {
        viewer,
        whose: Whose::Both,
        kind: None,
        state: None,
        from_ms: None,
        to_ms: None,
        order: EntryOrder::Descending,
        after: None,
        limit: 50,
        now_ms,
        live_rooms: &live_rooms,
    };
    let mut pages = Vec::<(String, ListFilter)>::new();
    for whose in [Whose::Both, Whose::Mine, Whose::Invited, Whose::All] {
        // The administrator organises nothing: one of the organisers looks at what is theirs.
        let viewer = if whose == Whose::Mine { viewer + 1 } else { viewer };
        let base = ListFilter { whose, viewer, ..all.clone() };
        let mut page = |name: &str, filter| pages.push((format!("{whose:?}, {name}"), filter));
        page("first page", base.clone());
        let last = Cursor { sort_ms: now_ms, id: 1 };
        page("a page in the middle", ListFilter { after: Some(last), ..base.clone() });
        page("ascending", ListFilter { order: EntryOrder::Ascending, ..base.clone() });
        for kind in [RoomKind::Webinar, RoomKind::GroupCall] {
            page(&format!("{kind:?}"), ListFilter { kind: Some(kind), ..base.clone() });
        }
        use EntryState::{Over, Planned, Running, Soon};
        for state in [Planned, Soon, Running, Over] {
            let filter = ListFilter { state: Some(state), ..base.clone() };
            page(&format!("{state:?}"), filter.clone());
            let kind = Some(RoomKind::Webinar);
            let order = EntryOrder::Ascending;
            page(&format!("{state:?}, Webinar, ascending"), ListFilter { kind, order, ..filter });
        }
        let (from_ms, to_ms) = (Some(now_ms - 30 * DAY), Some(now_ms));
        page("a month", ListFilter { from_ms, to_ms, ..base.clone() });
    }
    let mut worst = Duration::ZERO;
    for (name, filter) in &pages {
        let mut times = Vec::with_capacity(RUNS);
        let mut found = 0;
        for _ in 0..RUNS {
            let began = tick();
            found = black_box(store.list_entries(filter).await.unwrap()).len();
            times.push(tick() - began);
        }
        worst = worst.max(report(&format!("{name} ({found})"), &mut times));
    }
    verdict("store", worst);
    store.close().await;
}

/// The first pages as a client asks for them.
async fn over_http(hub: &Hub) {
    let token = hub.local_sign_in().unwrap().token;
    let http = reqwest::Client::new();
    let mut worst = Duration::ZERO;
    for query in ["", "state=planned", "state=over&kind=webinar", "whose=all&limit=200"] {
        let url = format!("http://{}/api/v1/entries?{query}", hub.http_addr());
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let began = tick();
            let answer = http.get(&url).bearer_auth(&token).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            black_box(answer.bytes().await.unwrap());
            times.push(tick() - began);
        }
        worst = worst.max(report(&format!("GET /api/v1/entries?{query}"), &mut times));
    }
    verdict("HTTP", worst);
}

fn report(name: &str, times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{name:60} p50 {p50:>10.2?}   p99 {p99:>10.2?}");
    p99
}

fn verdict(through: &str, worst: Duration) {
    let kept = if worst <= TARGET { "kept" } else { "MISSED" };
    println!("{through}: the worst p99 is {worst:.2?}, the target {TARGET:?}: {kept}\n");
}
