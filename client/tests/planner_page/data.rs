//! A week of Miriam Vogt's planner.

use crate::fake::*;
use client::app::Window;
use client::i18n::Language;
use client::live::LiveEvent;
use client::state::{BackendEvent, Page, PeopleEvent, PlannerEvent};
use jiff::tz::TimeZone;
use protocol::*;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

pub const RUNNING: i64 = 1;
pub const SOON: i64 = 2;
pub const TOMORROW: i64 = 3;
pub const INVITED: i64 = 4;
pub const PERMANENT: i64 = 5;
pub const YESTERDAY: i64 = 6;
pub const MONDAY: i64 = 7;

const MIRIAM: i64 = 1;

pub fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("bundled")
}

pub fn me(profile: bool) -> Me {
    Me {
        id: MIRIAM,
        name: "miriam".into(),
        display_name: "Miriam Vogt".into(),
        email: Some("miriam@hv.example".into()),
        language: "de".into(),
        role: AccountRole::Member,
        must_change: false,
        profile: profile.then(|| ConferenceProfile {
            name: "Miriam Vogt".into(),
            camera: None,
            microphone: None,
            speaker: None,
            blur_percent: 0,
            join_muted: true,
            join_without_camera: false,
        }),
        picture_changed_at_ms: None,
    }
}

/// An own entry, from `start` on for so long, in milliseconds from now.
pub fn entry(id: i64, kind: RoomKind, title: &str, times: Option<(i64, i64)>) -> EntrySummary {
    let state = match times {
        None => EntryState::Planned,
        Some((_, end)) if end <= 0 => EntryState::Over,
        Some((start, _)) if start <= 0 => EntryState::Running,
        Some((start, _)) if start <= 15 * MINUTE => EntryState::Soon,
        Some(_) => EntryState::Planned,
    };
    EntrySummary {
        id,
        kind,
        title: title.into(),
        state,
        permits: EntryPermits {
            join: matches!(state, EntryState::Soon | EntryState::Running),
            start: true,
            edit: matches!(state, EntryState::Soon | EntryState::Planned),
            delete: true,
        },
        organiser_id: MIRIAM,
        organiser: "Miriam Vogt".into(),
        start_ms: times.map(|(start, _)| NOON_MS + start),
        end_ms: times.map(|(_, end)| NOON_MS + end),
        time_zone: times.map(|_| "Europe/Berlin".into()),
        recurring: false,
        people: 0,
        number: format!("{}", 612_004_387 + id),
    }
}

/// The same, somebody else's.
pub fn foreign(mut entry: EntrySummary, organiser: &str) -> EntrySummary {
    entry.organiser_id = 77;
    entry.organiser = organiser.into();
    entry.permits =
        EntryPermits { join: entry.permits.join, start: false, edit: false, delete: false };
    entry
}

pub fn week() -> Vec<EntrySummary> {
    use RoomKind::{GroupCall, Webinar};
    let hours = |from: f64, to: f64| Some(((from * HOUR as f64) as i64, (to * HOUR as f64) as i64));
    let mut running = entry(RUNNING, GroupCall, "Wochenrunde Verwaltung", hours(-0.5, 0.25));
    running.people = 11;
    let mut soon = entry(
        SOON,
        Webinar,
        "Nebenkostenabrechnung 2026: was sich ändert",
        Some((8 * MINUTE, 98 * MINUTE)),
    );
    soon.people = 214;
    let title = "Eigentümerversammlung Lindenhof, Vorbereitung";
    let mut tomorrow = entry(TOMORROW, GroupCall, title, hours(22.0, 23.0));
    tomorrow.people = 11;
    let mut invited = entry(INVITED, Webinar, "Einführung in das Mieterportal", hours(29.0, 30.0));
    invited.people = 40;
    let permanent = entry(PERMANENT, GroupCall, "Sprechstunde Miriam Vogt", None);
    let mut yesterday =
        entry(YESTERDAY, GroupCall, "Objektübergabe Parkstraße 14", hours(-25.0, -24.3));
    yesterday.people = 5;
    let mut monday = entry(MONDAY, Webinar, "Heizkosten digital ablesen", hours(-41.0, -39.6));
    monday.people = 187;
    let mut running = foreign(running, "Jonas Kettler");
    running.permits.join = true;
    vec![permanent, foreign(invited, "Sabine Wolff"), tomorrow, soon, running, yesterday, monday]
}

pub fn person(id: i64, name: &str, reply: PersonReply) -> InvitedPerson {
    InvitedPerson {
        user_id: Some(id),
        name: name.into(),
        email: Some(format!(
            "{}@hv.example",
            name.split(' ').next_back().unwrap_or("x").to_lowercase()
        )),
        co_host: id == 10,
        reply,
    }
}

pub fn details(summary: EntrySummary) -> EntryDetails {
    let (start_ms, end_ms) = (summary.start_ms, summary.end_ms);
    let secrets = summary.permits.start;
    EntryDetails {
        uid: format!("{}@kath.example", summary.id),
        description: "Neue Regeln zu CO₂-Kosten, Fernablesung und Belegeinsicht. Mit Fragerunde."
            .into(),
        schedule: start_ms.zip(end_ms).map(|(start_ms, end_ms)| EntrySchedule {
            start_ms,
            end_ms,
            time_zone: "Europe/Berlin".into(),
            rrule: summary.recurring.then(|| "FREQ=WEEKLY".into()),
            exceptions: if summary.recurring {
                vec![OccurrenceException {
                    original_ms: NOON_MS + 21 * DAY,
                    start_ms: None,
                    end_ms: None,
                }]
            } else {
                Vec::new()
            },
        }),
        upcoming: start_ms
            .zip(end_ms)
            .into_iter()
            .flat_map(|(start_ms, end_ms)| {
                let weeks = if summary.recurring { 4 } else { 1 };
                (0..weeks).map(move |week| OccurrenceTimes {
                    original_ms: start_ms + week * 7 * DAY,
                    start_ms: start_ms + week * 7 * DAY,
                    end_ms: end_ms + week * 7 * DAY,
                })
            })
            .collect(),
        invited: vec![
            person(10, "Helene Kettwig", PersonReply::Accepted),
            person(11, "Aylin Demir", PersonReply::Accepted),
            person(12, "Dr. Petra Hansen", PersonReply::Tentative),
            person(13, "Farid Rahimi", PersonReply::Declined),
            person(14, "Sabine Wolff", PersonReply::NeedsAction),
        ],
        notify: true,
        phone_info: true,
        reminder_minutes: Some(15),
        sequence: 0,
        pin: secrets.then(|| "730512".into()),
        link_path: secrets.then(|| format!("/j/{}", summary.number)),
        created_at_ms: NOON_MS - DAY,
        changed_at_ms: NOON_MS - DAY,
        summary,
    }
}

pub fn hub_code(code: &str) -> client::state::Failure {
    client::state::Failure::Hub { code: code.into(), field: None, message: "no".into() }
}

pub fn planner(event: PlannerEvent) -> BackendEvent {
    BackendEvent::Planner(event)
}

/// Signed in, on the planner's page; nothing was listed yet.
pub fn at_planner(language: Language) -> Window {
    let mut window = at_home(language);
    window.state.now = now();
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me(true)))));
    window.state.planner.zone = berlin();
    window.state.page = Page::Planner;
    window.take_commands();
    window
}

/// Answers the page under way.
pub fn list(window: &mut Window, entries: Vec<EntrySummary>, next: Option<&str>) {
    let now = window.state.now;
    let command = window.state.planner.wanted(now, Some(true));
    let Some(client::command::PlannerCommand::List(query)) = command else {
        panic!("a list is wanted, not {command:?}");
    };
    let page = Ok(EntryPage { entries, next: next.map(str::to_owned) });
    window.apply(planner(PlannerEvent::Listed { query, page }));
}

/// With a week's entries.
pub fn with_week(language: Language) -> Window {
    let mut window = at_planner(language);
    list(&mut window, week(), None);
    window.take_commands();
    window
}

pub fn said(event: Event) -> BackendEvent {
    BackendEvent::Live(LiveEvent::Said(event))
}

pub fn room_status(entry: i64, state: RoomState, inside: usize, waiting: usize) -> RoomStatus {
    let found = week().into_iter().find(|e| e.id == entry).expect("of the week");
    RoomStatus { number: found.number, name: found.title, state, inside, waiting }
}

/// The same with what rows tell beyond the list: who is there, who comes, who waits.
pub fn lively(language: Language) -> Window {
    let mut window = with_week(language);
    let rooms = vec![
        room_status(RUNNING, RoomState::Live, 9, 0),
        room_status(SOON, RoomState::SomeoneWaits, 0, 6),
    ];
    window.state.rooms.welcome(rooms);
    for id in [SOON, TOMORROW] {
        tell_details(&mut window, id);
    }
    let number = week()[0].number.clone();
    let mut room = room("Sprechstunde Miriam Vogt", RoomKind::GroupCall, &number);
    room.policy.guests = true;
    window.apply(planner(PlannerEvent::Room { number, room: Ok(room) }));
    window.state.planner.select(SOON);
    window.take_commands();
    window
}

pub fn tell_details(window: &mut Window, id: i64) {
    let found = window.state.planner.entry(id).cloned().expect("listed");
    window.apply(planner(PlannerEvent::Details { entry: id, details: Ok(details(found)) }));
}
