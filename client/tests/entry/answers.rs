//! What is told about the form: by itself, and by the hub.

use crate::fake::{NOON_MS, now};
use crate::rules::{refused, type_start};
use crate::world::*;
use client::app::Window;
use client::command::EntryCommand;
use client::state::entry::{Check, Field, Invitee, Problem};
use client::state::{BackendEvent, EntryEvent, Failure, PlannerEvent};
use protocol::*;

#[test]
fn errors_show_on_leaving_a_field_and_all_on_saving() {
    let mut window = planning(RoomKind::Webinar);
    let dialog = dialog(&mut window);
    dialog.form.start.text = "20.11.2026 14:00".into();
    assert_eq!(dialog.shown(&dialog.read(now())).len(), 0);
    dialog.leave(Field::Start, now());
    let shown: Vec<Field> = dialog.shown(&dialog.read(now())).into_keys().collect();
    assert_eq!(shown, [Field::Start]);
    assert_eq!(dialog.save(now()), None);
    let shown: Vec<Field> = dialog.shown(&dialog.read(now())).into_keys().collect();
    assert_eq!(shown, [Field::Title, Field::Start, Field::End]);
    assert_eq!(dialog.focus, Some(Field::Title), "the first one has the keyboard");
}

#[test]
fn what_the_hub_refuses_stands_at_its_field_until_that_changes() {
    for (member, field) in [
        ("title", Field::Title),
        ("description", Field::Description),
        ("schedule.start_ms", Field::Start),
        ("schedule.time_zone", Field::Start),
        ("schedule.end_ms", Field::End),
        ("schedule.rrule", Field::Repeat),
        ("reminder_minutes", Field::Reminder),
        ("people", Field::People),
    ] {
        let mut window = titled(RoomKind::Webinar);
        saved(&mut window);
        window.apply(refused("invalid", Some(member), "no"));
        let dialog = dialog(&mut window);
        assert!(!dialog.busy);
        assert_eq!(dialog.focus, Some(field));
        let shown = dialog.shown(&dialog.read(now()));
        assert_eq!(shown.get(&field), Some(&Problem::Refused("no".into())), "{member}");
        assert_eq!(dialog.form.title, "Nebenkosten", "nothing is lost");
        assert!(dialog.save(now()).is_some(), "it can be tried again");
    }
    let mut window = titled(RoomKind::Webinar);
    saved(&mut window);
    window.apply(refused("invalid", Some("title"), "no"));
    let dialog = dialog(&mut window);
    dialog.form.title.push('!');
    assert!(dialog.shown(&dialog.read(now())).is_empty());
}

#[test]
fn a_refused_person_is_named() {
    let mut window = titled(RoomKind::Webinar);
    dialog(&mut window).add(Invitee::user(&contacts()[3]));
    saved(&mut window);
    window.apply(refused("invalid", Some("people"), "there is no user with the key 5"));
    let shown = |window: &mut Window| {
        let dialog = dialog(window);
        dialog.shown(&dialog.read(now())).remove(&Field::People)
    };
    assert_eq!(shown(&mut window), Some(Problem::RefusedGone("Helene Graf".into())));
    saved(&mut window);
    window.apply(refused("invalid", Some("people"), "Helene Graf is invited twice"));
    assert_eq!(shown(&mut window), Some(Problem::RefusedTwice("Helene Graf".into())));
}

#[test]
fn whatever_else_goes_wrong_everything_typed_stays() {
    for failure in [
        Failure::Unreachable("timed out".into()),
        Failure::NotSignedIn,
        Failure::TooManyTries,
        Failure::Other("?".into()),
        Failure::Hub { code: "entry_running".into(), field: None, message: "runs".into() },
        Failure::Hub { code: "teapot".into(), field: Some("spout".into()), message: "!".into() },
    ] {
        let mut window = titled(RoomKind::Webinar);
        let form = dialog(&mut window).form.clone();
        saved(&mut window);
        assert!(dialog(&mut window).busy);
        assert_eq!(dialog(&mut window).save(now()), None, "once is enough");
        window.apply(BackendEvent::Entry(EntryEvent::Failed(failure.clone())));
        let dialog = dialog(&mut window);
        assert_eq!((&dialog.form, dialog.busy), (&form, false));
        assert_eq!(dialog.failure, Some(failure));
        assert!(dialog.save(now()).is_some());
    }
}

#[test]
fn c17_leaving_asks_only_when_something_would_be_lost() {
    let mut window = planning(RoomKind::Webinar);
    assert!(dialog(&mut window).may_close());
    dialog(&mut window).form.title = "x".into();
    assert!(!dialog(&mut window).may_close());
    assert!(dialog(&mut window).asking);
    dialog(&mut window).form.title.clear();
    assert!(dialog(&mut window).may_close(), "typed and taken back");
    dialog(&mut window).form.title = "x".into();
    saved(&mut window);
    assert!(!dialog(&mut window).may_close(), "on its way");
}

#[test]
fn a_saved_entry_closes_its_dialog_and_no_other() {
    let saved_entry = |id: i64| {
        let mut entry = details(NOON_MS + DAY, None);
        entry.summary.id = id;
        let saved = SavedEntry { entry, warnings: Vec::new() };
        BackendEvent::Planner(PlannerEvent::Saved(saved))
    };
    let mut window = changing(&details(NOON_MS + DAY, None));
    window.apply(saved_entry(17));
    assert!(window.state.entry.dialog.is_some(), "it has not been sent");
    saved(&mut window);
    window.apply(saved_entry(4));
    assert!(window.state.entry.dialog.is_some(), "that was another entry");
    window.apply(saved_entry(17));
    assert!(window.state.entry.dialog.is_none());
    window.apply(refused("entry_over", None, "late"));
}

#[test]
fn double_bookings_are_asked_for_when_the_form_rests_and_never_block() {
    let mut window = titled(RoomKind::Webinar);
    let check = |window: &mut Window, seconds: f64| {
        let dialog = dialog(window);
        let meaning = dialog.read(now());
        dialog.check(&meaning, seconds)
    };
    assert!(matches!(check(&mut window, 0.0), Check::Wait(_)));
    assert!(matches!(check(&mut window, 0.3), Check::Wait(_)));
    dialog(&mut window).add(Invitee::user(&contacts()[0]));
    assert!(matches!(check(&mut window, 0.5), Check::Wait(_)), "it changed again");
    let Check::Ask(EntryCommand::Check(asked)) = check(&mut window, 1.2) else {
        panic!("not asked")
    };
    assert_eq!(check(&mut window, 1.3), Check::Nothing, "once");
    let booking = DoubleBooking {
        user_id: 2,
        start_ms: NOON_MS,
        end_ms: NOON_MS + HOUR,
        entry_id: None,
        title: None,
    };
    let warnings = Ok(vec![booking]);
    let draft = Box::new(asked.draft);
    window.apply(BackendEvent::Entry(EntryEvent::Checked { draft, warnings }));
    assert_eq!(dialog(&mut window).warnings.len(), 1);
    // A title says nothing about times.
    dialog(&mut window).form.title.push('!');
    assert_eq!(check(&mut window, 9.0), Check::Nothing);
    saved(&mut window);

    // Wrong forms, and rooms without a date, are not asked about.
    let mut window = planning(RoomKind::Webinar);
    assert_eq!(check(&mut window, 0.0), Check::Nothing);
    let mut window = titled(RoomKind::Webinar);
    dialog(&mut window).form.dated = false;
    assert_eq!(check(&mut window, 0.0), Check::Nothing);
}

#[test]
fn an_answer_to_an_older_form_is_not_shown() {
    let mut window = titled(RoomKind::Webinar);
    let draft = Box::new(dialog(&mut window).read(now()).draft);
    let booking = DoubleBooking { user_id: 1, start_ms: 0, end_ms: 1, entry_id: None, title: None };
    window.apply(BackendEvent::Entry(EntryEvent::Checked { draft, warnings: Ok(vec![booking]) }));
    assert!(dialog(&mut window).warnings.is_empty());
}

#[test]
fn c20_at_short_notice_a_call_at_once_is_recommended() {
    let mut window = titled(RoomKind::Webinar);
    assert!(dialog(&mut window).short_notice(now()));
    type_start(&mut window, "27.11.2026 9");
    assert!(!dialog(&mut window).short_notice(now()));
}
