//! Attendance: what happened in conferences, read back through the REST calls.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use protocol::*;
use serde_json::Value;
use server::happenings::{Happening, Person, Run};
use server::{Config, Hub, manage};
use sqlx::{Connection, Row, SqliteConnection};
use std::time::Duration;
use support::World;

/// 2026-03-29T00:59:00Z: a minute before clocks in Berlin go from two to three.
const BEFORE_SUMMER: i64 = 1_774_745_940_000;
const SECOND: i64 = 1000;

/// What happens in one run.
struct Act<'a> {
    world: &'a World,
    run: Run,
}

impl Act<'_> {
    async fn new<'a>(world: &'a World, room: &Room, id: &str) -> Act<'a> {
        Act { world, run: Run { id: id.to_owned(), room: room_key(world, room).await } }
    }

    fn state(&self, state: ConferenceState, at_ms: i64) {
        let run = self.run.clone();
        self.world.hub.happenings().publish(&Happening::State { run, state, at_ms });
    }

    fn enters(&self, person: &Person, at_ms: i64) {
        let (run, person) = (self.run.clone(), person.clone());
        self.world.hub.happenings().publish(&Happening::Entered { run, person, at_ms });
    }

    fn leaves(&self, person: &Person, at_ms: i64) {
        let (run, person) = (self.run.clone(), person.clone());
        self.world.hub.happenings().publish(&Happening::Left { run, person, at_ms });
    }

    /// A whole conference of one host, a second long.
    fn play(&self, at_ms: i64) {
        let host = user(1, 1, "admin");
        self.state(ConferenceState::Live, at_ms);
        self.enters(&host, at_ms);
        self.leaves(&host, at_ms + SECOND);
        self.state(ConferenceState::Ended, at_ms + SECOND);
    }

    /// The report, as soon as the conference is known to be over.
    async fn report(&self, query: &str) -> AttendanceReport {
        let path = format!("/api/v1/conferences/{}/attendance.json{query}", self.run.id);
        let over = |answer: &(u16, Value)| answer.1["conference"]["ended_at_ms"].is_i64();
        let (status, report) = until(async || self.world.admin_get(&path).await, over).await;
        assert_eq!(status, 200);
        serde_json::from_value(report).unwrap()
    }
}

trait AsAdmin {
    async fn admin_get(&self, path: &str) -> (u16, Value);
}

impl AsAdmin for World {
    async fn admin_get(&self, path: &str) -> (u16, Value) {
        self.get(path, Some(&self.token)).await
    }
}

/// Asks again until the answer is as it should be.
async fn until<T>(ask: impl AsyncFn() -> T, done: impl Fn(&T) -> bool) -> T {
    let asking = async {
        loop {
            let answer = ask().await;
            if done(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(support::PATIENCE, asking).await.expect("it never came")
}

async fn database(world: &World) -> SqliteConnection {
    let path = world.data.path().join("hub.sqlite");
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

async fn room_key(world: &World, room: &Room) -> i64 {
    let mut database = database(world).await;
    let row = sqlx::query("SELECT id FROM rooms WHERE number = $1").bind(&room.number);
    row.fetch_one(&mut database).await.unwrap().get(0)
}

fn user(id: u32, account: i64, name: &str) -> Person {
    let (name, kind, role) = (name.to_owned(), ParticipantKind::User, Role::Host);
    Person { id: ParticipantId(id), user: Some(account), name, kind, role }
}

fn guest(id: u32, name: &str) -> Person {
    let (name, kind, role) = (name.to_owned(), ParticipantKind::Guest, Role::Attendee);
    Person { id: ParticipantId(id), user: None, name, kind, role }
}

/// A member's token.
async fn member(world: &World, name: &str) -> String {
    let config = Config::local(world.data.path());
    let add = {
        let name = name.to_owned();
        move || manage::add_user(&config, &name)
    };
    let password = tokio::task::spawn_blocking(add).await.unwrap().unwrap();
    let (status, signed_in) = world.sign_in(name, &password).await;
    assert_eq!(status, 200);
    let token = signed_in["token"].as_str().unwrap().to_owned();
    world.choose_password(&token, &password).await;
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_leaves_and_returns_has_several_stays_and_a_total() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let act = Act::new(&world, &room, "run-1").await;
    let (host, helene) = (user(1, 1, "Verwalter"), guest(2, "Helene Graf"));
    let at = |seconds: i64| BEFORE_SUMMER + seconds * SECOND;
    act.state(ConferenceState::Live, at(0));
    act.enters(&host, at(0));
    act.enters(&helene, at(10));
    // On hold and back: the same participant.
    act.leaves(&helene, at(20));
    act.state(ConferenceState::OnHold, at(20));
    act.state(ConferenceState::Live, at(30));
    act.enters(&helene, at(30));
    act.leaves(&helene, at(50));
    // Joined anew: others by number, yet the same person.
    act.enters(&guest(3, "Helene Graf"), at(60));
    act.enters(&Person { id: ParticipantId(4), ..host.clone() }, at(70));
    // A second guest of that name at the same time is somebody else.
    act.enters(&guest(5, "Helene Graf"), at(80));
    act.leaves(&Person { role: Role::Presenter, ..guest(5, "Helene Graf") }, at(90));
    act.leaves(&host, at(100));
    act.state(ConferenceState::Ended, at(120));

    let report = act.report("?zone=Europe/Berlin").await;
    assert_eq!(report.zone, "Europe/Berlin");
    assert_eq!(report.conference.participants, 5);
    assert_eq!(report.conference.started_at_ms, at(0));
    assert_eq!(report.conference.ended_at_ms, Some(at(120)));
    let people: Vec<_> = report
        .people
        .iter()
        .map(|person| (person.name.as_str(), person.role, person.stays.len(), person.total_s))
        .collect();
    assert_eq!(
        people,
        [
            ("Verwalter", Role::Host, 2, 100 + 50),
            ("Helene Graf", Role::Attendee, 3, 10 + 20 + 60),
            ("Helene Graf", Role::Presenter, 1, 10),
        ]
    );
    let last = &report.people[1].stays[2];
    assert_eq!(last.joined_at, "2026-03-29T03:00:00+02:00", "Berlin has summer time by now");
    assert_eq!(report.people[0].stays[0].joined_at, "2026-03-29T01:59:00+01:00");
    assert_eq!(act.report("").await.people[0].stays[0].joined_at, "2026-03-29T00:59:00+00:00");
    let path = "/api/v1/conferences/run-1/attendance.json?zone=Berlin";
    let (status, error) = world.admin_get(path).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("zone")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_rfc_4180_and_no_name_becomes_a_formula() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::GroupCall).await;
    let act = Act::new(&world, &room, "run-1").await;
    act.state(ConferenceState::Live, BEFORE_SUMMER);
    let names = ["Jürgen \"Jo\" Müller, Bonn", "=HYPERLINK(\"http://x\")", "+49", "-1", "@SUM(A1)"];
    for (n, name) in names.iter().enumerate() {
        act.enters(&guest(2 + n as u32, name), BEFORE_SUMMER);
    }
    act.state(ConferenceState::Ended, BEFORE_SUMMER + 90 * SECOND);
    act.report("").await;

    let url = format!("http://{}/api/v1/conferences/run-1/attendance.csv", world.hub.http_addr());
    let answer = world.http.get(&url).bearer_auth(&world.token).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let file = format!("attachment; filename=\"attendance-{}-2026-03-29.csv\"", room.number);
    assert_eq!(answer.headers()["content-disposition"], file.as_str());
    let table = answer.text().await.unwrap();
    let times = "2026-03-29T00:59:00+00:00,2026-03-29T01:00:30+00:00,90,90";
    let expected = [
        "name,kind,role,joined,left,duration_s,total_s".to_owned(),
        format!("\"Jürgen \"\"Jo\"\" Müller, Bonn\",guest,attendee,{times}"),
        format!("\"'=HYPERLINK(\"\"http://x\"\")\",guest,attendee,{times}"),
        format!("'+49,guest,attendee,{times}"),
        format!("'-1,guest,attendee,{times}"),
        format!("'@SUM(A1),guest,attendee,{times}"),
        String::new(),
    ];
    assert_eq!(table, expected.join("\r\n"));
    let marked = world.http.get(format!("{url}?bom=true")).bearer_auth(&world.token);
    let marked = marked.send().await.unwrap().bytes().await.unwrap();
    assert!(marked.starts_with("\u{feff}name,".as_bytes()), "Excel needs the mark");
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_for_owner_co_hosts_and_administrators_only() {
    let world = World::start();
    let (mara, eve) = (member(&world, "mara").await, member(&world, "eve").await);
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let act = Act::new(&world, &room, "run-1").await;
    act.play(BEFORE_SUMMER);
    act.report("").await;
    let (list, report) = ("/api/v1/conferences", "/api/v1/conferences/run-1/attendance.json");
    let table = "/api/v1/conferences/run-1/attendance.csv";

    for path in [list, report, table] {
        assert_eq!(world.get(path, None).await.0, 401, "{path}");
    }
    for token in [&mara, &eve] {
        assert_eq!(world.get(list, Some(token)).await.1["conferences"], serde_json::json!([]));
        for path in [report, table] {
            let (status, error) = world.get(path, Some(token)).await;
            assert_eq!((status, error["code"].as_str()), (404, Some("not_found")), "{path}");
        }
        assert_eq!(world.get("/api/v1/conferences?all=true", Some(token)).await.0, 403);
    }
    // Whoever was in it is not yet entitled to it; its co-hosts are.
    sqlx::query(
        "INSERT INTO room_members (room_id, user_id, host)
         SELECT $1, id, CASE WHEN name = 'mara' THEN 1 ELSE 0 END FROM users WHERE name <> 'admin'",
    )
    .bind(room_key(&world, &room).await)
    .execute(&mut database(&world).await)
    .await
    .unwrap();
    assert_eq!(world.get(report, Some(&mara)).await.0, 200);
    assert_eq!(world.get(list, Some(&mara)).await.1["conferences"][0]["id"], "run-1");
    assert_eq!(world.get(report, Some(&eve)).await.0, 404);
    assert_eq!(world.admin_get("/api/v1/conferences?all=true").await.0, 200);

    // A room that gets a deleted one's key does not get its reports.
    let key = room_key(&world, &room).await;
    assert_eq!(world.delete(&format!("/api/v1/rooms/{}", room.number), &world.token).await, 204);
    let next = world.room("Hausordnung", RoomKind::Webinar).await;
    assert_eq!(room_key(&world, &next).await, key);
    sqlx::query(
        "INSERT INTO room_members (room_id, user_id, host)
         SELECT $1, id, 1 FROM users WHERE name = 'mara'",
    )
    .bind(key)
    .execute(&mut database(&world).await)
    .await
    .unwrap();
    assert_eq!(world.get(report, Some(&mara)).await.0, 404);
    assert_eq!(world.get(list, Some(&mara)).await.1["conferences"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn conferences_are_listed_newest_first_by_page_room_and_date() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let other = world.room("Daily", RoomKind::GroupCall).await;
    for day in 0..7 {
        let room = if day == 3 { &other } else { &room };
        let act = Act::new(&world, room, &format!("run-{day}")).await;
        // Two of them begin in the same millisecond.
        act.play(BEFORE_SUMMER + day.min(5) * 86_400 * SECOND);
    }
    let all = "/api/v1/conferences";
    let done = |page: &Value| {
        let all = page["conferences"].as_array().unwrap();
        all.len() == 7 && all.iter().all(|one| one["ended_at_ms"].is_i64())
    };
    until(async || world.admin_get(all).await.1, done).await;
    let ids = async |query: &str| -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let (status, page) = world.admin_get(&format!("{all}?{query}{cursor}")).await;
            assert_eq!(status, 200, "{page}");
            let page: ConferencePage = serde_json::from_value(page).unwrap();
            ids.extend(page.conferences.iter().map(|conference| conference.id.clone()));
            let Some(next) = page.next else { return ids };
            cursor = format!("&cursor={next}");
        }
    };
    let everything = ["run-6", "run-5", "run-4", "run-3", "run-2", "run-1", "run-0"];
    for limit in [1, 2, 3, 7, 50] {
        assert_eq!(ids(&format!("limit={limit}")).await, everything, "{limit} on a page");
    }
    assert_eq!(ids(&format!("room={}", other.number)).await, ["run-3"]);
    let (from, before) = (BEFORE_SUMMER + 86_400 * SECOND, BEFORE_SUMMER + 3 * 86_400 * SECOND);
    assert_eq!(ids(&format!("from_ms={from}&before_ms={before}")).await, ["run-2", "run-1"]);
    for wrong in ["limit=0", "limit=201", "cursor=x", "from_ms=x", "unknown=1"] {
        let (status, error) = world.admin_get(&format!("{all}?{wrong}")).await;
        assert_eq!((status, error["code"].as_str()), (400, Some("invalid")), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_before_the_hub_stopped_is_written() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let act = Act::new(&world, &room, "run-1").await;
    act.state(ConferenceState::Live, BEFORE_SUMMER);
    for n in 0..1000 {
        act.enters(&guest(1 + n, &format!("Gast {n}")), BEFORE_SUMMER + i64::from(n));
    }
    act.state(ConferenceState::Ended, BEFORE_SUMMER + 60 * SECOND);
    let world = restarted(world).await;
    let act = Act { world: &world, run: Run { id: "run-1".to_owned(), room: 0 } };
    let report = act.report("").await;
    assert_eq!(report.people.len(), 1000);
    assert_eq!(report.people[999].name, "Gast 999");
    assert!(!report.conference.interrupted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_open_ends_at_the_last_known_time() {
    let world = World::start();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let act = Act::new(&world, &room, "run-1").await;
    // Ahead of the clock, so that the hub's own notes of what it runs cannot be later.
    let start = BEFORE_SUMMER + 100 * 365 * 86_400 * SECOND;
    let (host, helene, lena) = (user(1, 1, "admin"), guest(2, "Helene"), guest(3, "Lena"));
    act.state(ConferenceState::Live, start);
    act.enters(&host, start);
    act.enters(&helene, start + 10 * SECOND);
    act.leaves(&helene, start + 20 * SECOND);
    act.enters(&lena, start + 60 * SECOND);
    // The hub's own conferences end with it; this run is none, so it stays open as after a crash.
    let world = restarted(world).await;
    let act = Act { world: &world, run: Run { id: "run-1".to_owned(), room: 0 } };
    let report = act.report("").await;
    assert!(report.conference.interrupted);
    assert_eq!(report.conference.ended_at_ms, Some(start + 60 * SECOND));
    let totals: Vec<i64> = report.people.iter().map(|person| person.total_s).collect();
    assert_eq!(totals, [60, 10, 0]);
    assert!(report.people.iter().all(|person| person.stays[0].left_at.is_some()));
}

/// The same data folder with another hub.
async fn restarted(world: World) -> World {
    let World { hub, data, http, .. } = world;
    hub.stop().await;
    let hub = Hub::start(Config::local(data.path())).unwrap();
    let token = hub.local_sign_in().unwrap().token;
    World { hub, data, token, http }
}
