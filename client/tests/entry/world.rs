//! A window with Miriam Vogt and her colleagues, at 11:00 in Berlin on 25 November 2026.

use crate::fake::{NOON_MS, at_home, now};
use client::app::Window;
use client::command::{Command, EntryCommand};
use client::i18n::Language;
use client::state::entry::EntryDialog;
use client::state::{BackendEvent, Now, Page, PeopleEvent};
use protocol::*;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

pub fn me() -> Me {
    Me {
        id: 1,
        name: "miriam".into(),
        display_name: "Miriam Vogt".into(),
        email: Some("miriam.vogt@hv-nord.de".into()),
        language: "de".into(),
        role: AccountRole::Member,
        must_change: false,
        profile: None,
        picture_changed_at_ms: None,
    }
}

pub fn user(id: i64, name: &str, display_name: &str) -> UserSummary {
    UserSummary {
        id,
        name: name.into(),
        display_name: display_name.into(),
        picture_changed_at_ms: None,
        contact: true,
    }
}

pub fn contacts() -> Vec<UserSummary> {
    vec![
        user(2, "aylin", "Aylin Demir"),
        user(3, "emre", "Emre Kemal"),
        user(4, "farid", "Farid Rahimi"),
        user(5, "helene", "Helene Graf"),
        user(6, "jonas", "Jonas Kettler"),
        user(7, "petra", "Dr. Petra Hansen"),
        user(8, "sabine", "Sabine Wolff"),
    ]
}

pub fn details(start_ms: i64, rrule: Option<&str>) -> EntryDetails {
    EntryDetails {
        summary: EntrySummary {
            id: 17,
            kind: RoomKind::GroupCall,
            title: "Wochenrunde".into(),
            state: EntryState::Planned,
            permits: EntryPermits { join: false, start: true, edit: true, delete: true },
            organiser_id: 1,
            organiser: "Miriam Vogt".into(),
            start_ms: Some(start_ms),
            end_ms: Some(start_ms + HOUR),
            time_zone: Some("Europe/Berlin".into()),
            recurring: rrule.is_some(),
            people: 1,
            number: "483920175".into(),
        },
        uid: "u@katheder".into(),
        description: "Offene Punkte".into(),
        schedule: Some(EntrySchedule {
            start_ms,
            end_ms: start_ms + HOUR,
            time_zone: "Europe/Berlin".into(),
            rrule: rrule.map(str::to_owned),
            exceptions: Vec::new(),
        }),
        upcoming: Vec::new(),
        invited: vec![InvitedPerson {
            user_id: Some(5),
            name: "Helene Graf".into(),
            email: Some("graf@kettwig.de".into()),
            co_host: true,
            reply: PersonReply::Accepted,
        }],
        notify: true,
        phone_info: true,
        reminder_minutes: Some(45),
        sequence: 2,
        pin: Some("4471".into()),
        link_path: Some("/j/abc".into()),
        created_at_ms: NOON_MS,
        changed_at_ms: NOON_MS,
    }
}

pub fn window(language: Language) -> Window {
    let mut window = at_home(language);
    window.state.now = now();
    window.state.entry.zone = "Europe/Berlin".into();
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me()))));
    window.apply(BackendEvent::People(PeopleEvent::Contacts(Ok(contacts()))));
    // A page without fields of its own.
    window.state.page = Page::Journal;
    window.take_commands();
    window
}

/// With the dialog for a new entry.
pub fn planning(kind: RoomKind) -> Window {
    let mut window = window(Language::German);
    window.state.plan_entry(kind);
    window
}

/// With the dialog for an entry that exists.
pub fn changing(details: &EntryDetails) -> Window {
    let mut window = window(Language::German);
    window.state.change_entry(details);
    window
}

pub fn dialog(window: &mut Window) -> &mut EntryDialog {
    window.state.entry.dialog.as_deref_mut().expect("open")
}

/// With a title, so that nothing is wrong.
pub fn titled(kind: RoomKind) -> Window {
    let mut window = planning(kind);
    dialog(&mut window).form.title = "Nebenkosten".into();
    window
}

/// So much later than the fixed moment.
pub fn later(ms: i64) -> Now {
    Now { seconds: ms as f64 / 1000.0, unix_ms: NOON_MS + ms }
}

/// Saves, and gives what the hub would get.
pub fn saved(window: &mut Window) -> EntryDraft {
    match dialog(window).save(now()) {
        Some(EntryCommand::Save { draft, .. }) => *draft,
        other => {
            let errors = dialog(window).read(now()).errors;
            panic!("not saved: {other:?}, {errors:?}")
        }
    }
}

/// The drafts that were sent to be kept.
pub fn sent(commands: Vec<Command>) -> Vec<(Option<i64>, EntryDraft)> {
    let kept = |command| match command {
        Command::Entry(EntryCommand::Save { id, draft }) => Some((id, *draft)),
        _ => None,
    };
    commands.into_iter().filter_map(kept).collect()
}
