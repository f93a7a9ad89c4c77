//! The planner's rules, without a hub: what an entry may be, how it stands, when it takes place.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod recurrence;

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use protocol::{ChangeOccurrence, EntryDraft, EntryState, PersonDraft, RoomKind, ScheduleDraft};
use server::planner::draft::{Account, DraftError, check};
use server::planner::exceptions::{OccurrenceError, change_occurrence};
use server::planner::recurrence::{Occurrence, Series, SeriesError};
use server::planner::rule::RuleError;
use server::planner::states::{Refused, Relation, check_delete, check_edit, permits, state};
use server::planner::{Entry, Exception, Reply, Schedule};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// 2 March 2026, 09:00 UTC, a Monday.
const NOW: i64 = 1_772_442_000_000;

const ORGANISER: Relation = Relation { organiser: true, administrator: false, co_host: false };
const CO_HOST: Relation = Relation { organiser: false, administrator: false, co_host: true };
const INVITED: Relation = Relation { organiser: false, administrator: false, co_host: false };

const STATES: [EntryState; 4] =
    [EntryState::Planned, EntryState::Soon, EntryState::Running, EntryState::Over];

fn account(id: i64) -> Account {
    Account { id, name: format!("User {id}"), email: Some(format!("user{id}@example.org")) }
}

fn draft(kind: RoomKind) -> EntryDraft {
    EntryDraft {
        kind,
        title: "Quarterly figures".to_owned(),
        description: String::new(),
        schedule: Some(at(NOW + DAY)),
        people: Vec::new(),
        notify: false,
        phone_info: false,
        reminder_minutes: None,
    }
}

fn at(start_ms: i64) -> ScheduleDraft {
    ScheduleDraft {
        start_ms,
        end_ms: start_ms + HOUR,
        time_zone: "Europe/Berlin".to_owned(),
        rrule: None,
    }
}

fn user(id: i64) -> PersonDraft {
    PersonDraft { user_id: Some(id), email: None, name: None, co_host: false }
}

fn outside(email: &str) -> PersonDraft {
    PersonDraft { user_id: None, email: Some(email.to_owned()), name: None, co_host: false }
}

fn plan_over(draft: &EntryDraft, before: Option<&Entry>, now: i64) -> Result<Entry, DraftError> {
    let accounts: Vec<Account> = (1..=1200).map(account).collect();
    let plan = check(draft, &account(1), &accounts, before, now)?;
    Ok(match before {
        Some(before) => plan.change(before, now),
        None => plan.into_entry("uid".to_owned(), 1, now),
    })
}

fn plan(draft: &EntryDraft) -> Result<Entry, DraftError> {
    plan_over(draft, None, NOW)
}

fn recurring(rule: &str) -> EntryDraft {
    let mut draft = draft(RoomKind::GroupCall);
    draft.schedule = Some(ScheduleDraft { rrule: Some(rule.to_owned()), ..at(NOW + DAY) });
    draft
}

fn refused(draft: &EntryDraft) -> (DraftError, &'static str) {
    let error = plan(draft).unwrap_err();
    let field = error.field();
    (error, field)
}

#[test]
fn states_follow_the_clock() {
    let times = Some((NOW, NOW + HOUR));
    let at = |now| state(times, now, false);
    assert_eq!(at(NOW - 15 * MINUTE - 1), EntryState::Planned);
    assert_eq!(at(NOW - 15 * MINUTE), EntryState::Soon);
    assert_eq!(at(NOW - 1), EntryState::Soon);
    assert_eq!(at(NOW), EntryState::Running);
    assert_eq!(at(NOW + HOUR - 1), EntryState::Running);
    assert_eq!(at(NOW + HOUR), EntryState::Over);
    assert_eq!(state(times, NOW - DAY, true), EntryState::Running, "started early");
    assert_eq!(state(times, NOW + DAY, true), EntryState::Running, "lasts longer than planned");
}

#[test]
fn x1_an_entry_without_a_date_is_a_permanent_room() {
    let entry = plan(&EntryDraft { schedule: None, ..draft(RoomKind::GroupCall) }).unwrap();
    assert_eq!(entry.current(NOW), Ok(None));
    assert_eq!(state(None, NOW, false), EntryState::Planned);
    assert_eq!(state(None, NOW, true), EntryState::Running);
}

#[test]
fn b6_join_is_offered_when_it_runs_or_is_about_to() {
    for relation in [ORGANISER, CO_HOST, INVITED] {
        assert!(permits(EntryState::Soon, false, relation).join);
        assert!(permits(EntryState::Running, true, relation).join);
        assert!(permits(EntryState::Running, false, relation).join);
    }
}

#[test]
fn b7_join_is_not_offered_long_before_or_after() {
    for relation in [ORGANISER, CO_HOST, INVITED] {
        assert!(!permits(EntryState::Planned, false, relation).join);
        assert!(!permits(EntryState::Over, false, relation).join);
    }
}

#[test]
fn b9_edit_is_offered_to_the_organiser_while_planned() {
    for state in [EntryState::Planned, EntryState::Soon] {
        assert!(permits(state, false, ORGANISER).edit);
        assert!(!permits(state, false, CO_HOST).edit);
        assert!(!permits(state, false, INVITED).edit);
        assert_eq!(check_edit(state), Ok(()));
    }
    let administrator = Relation { administrator: true, ..INVITED };
    assert!(permits(EntryState::Planned, false, administrator).edit);
}

#[test]
fn b10_edit_is_refused_while_running_and_after() {
    assert!(!permits(EntryState::Running, true, ORGANISER).edit);
    assert!(!permits(EntryState::Over, false, ORGANISER).edit);
    assert_eq!(check_edit(EntryState::Running), Err(Refused::EditWhileRunning));
    assert_eq!(check_edit(EntryState::Over), Err(Refused::EditWhenOver));
}

#[test]
fn b11_delete_is_offered_to_the_organiser() {
    assert!(permits(EntryState::Planned, false, ORGANISER).delete);
    assert!(!permits(EntryState::Planned, false, CO_HOST).delete);
    assert!(!permits(EntryState::Planned, false, INVITED).delete);
}

#[test]
fn b12_delete_has_no_restriction_by_time() {
    for state in STATES {
        assert!(permits(state, false, ORGANISER).delete, "{state:?} without a conference");
    }
    assert_eq!(check_delete(false), Ok(()));
}

#[test]
fn x6_delete_is_refused_while_the_conference_is_live() {
    assert!(!permits(EntryState::Running, true, ORGANISER).delete);
    assert_eq!(check_delete(true), Err(Refused::DeleteWhileLive));
}

#[test]
fn b14_the_organiser_starts_at_any_time() {
    for state in STATES {
        assert!(permits(state, false, ORGANISER).start, "{state:?}");
        assert!(permits(state, false, CO_HOST).start, "{state:?}");
        assert!(!permits(state, false, INVITED).start, "{state:?}");
    }
}

#[test]
fn b15_both_kinds_follow_the_same_rules() {
    // Neither state nor permits know the kind; what is planned differs in nothing else.
    let webinar = plan(&draft(RoomKind::Webinar)).unwrap();
    let call = plan(&draft(RoomKind::GroupCall)).unwrap();
    assert_eq!(Entry { kind: RoomKind::GroupCall, ..webinar }, call);
}

#[test]
fn c5_title_and_description_describe_the_event() {
    let with = |title: &str, description: &str| EntryDraft {
        title: title.to_owned(),
        description: description.to_owned(),
        ..draft(RoomKind::Webinar)
    };
    assert_eq!(refused(&with(" \u{200b} ", "")), (DraftError::Title, "title"));
    assert_eq!(refused(&with(&"ä".repeat(121), "")), (DraftError::Title, "title"));
    assert!(plan(&with(&"ä".repeat(120), "")).is_ok());
    let long = with("T", &"ä".repeat(4001));
    assert_eq!(refused(&long), (DraftError::Description, "description"));
    let entry = plan(&with("  A \t title ", &format!("a\nb{}", "c".repeat(3997)))).unwrap();
    assert_eq!(entry.title, "A title");
    assert!(entry.description.starts_with("a\nbc"));
    assert_eq!(plan(&with("T", "   ")).unwrap().description, "");
}

#[test]
fn c7_the_end_comes_after_the_start() {
    let with = |end_ms| EntryDraft {
        schedule: Some(ScheduleDraft { end_ms, ..at(NOW + DAY) }),
        ..draft(RoomKind::Webinar)
    };
    assert_eq!(refused(&with(NOW + DAY)), (DraftError::EndBeforeStart, "schedule.end_ms"));
    assert_eq!(refused(&with(i64::MIN)).1, "schedule.end_ms");
    assert_eq!(refused(&with(NOW + 2 * DAY + 1)), (DraftError::TooLong, "schedule.end_ms"));
    assert_eq!(refused(&with(i64::MAX)), (DraftError::TooLong, "schedule.end_ms"));
    assert!(plan(&with(NOW + 2 * DAY)).is_ok());
}

#[test]
fn c6_the_time_zone_exists() {
    let mut draft = draft(RoomKind::Webinar);
    draft.schedule = Some(ScheduleDraft { time_zone: "Europe/Atlantis".into(), ..at(NOW + DAY) });
    let expected = DraftError::Series(SeriesError::TimeZone("Europe/Atlantis".to_owned()));
    assert_eq!(refused(&draft), (expected, "schedule.time_zone"));
}

#[test]
fn c8_a_past_date_is_refused() {
    let past = EntryDraft { schedule: Some(at(NOW - DAY)), ..draft(RoomKind::GroupCall) };
    assert_eq!(refused(&past), (DraftError::Past, "schedule.start_ms"));
}

#[test]
fn x1_the_present_minute_is_no_past() {
    let with = |start| EntryDraft { schedule: Some(at(start)), ..draft(RoomKind::GroupCall) };
    assert!(plan(&with(NOW)).is_ok());
    assert!(plan(&with(NOW - MINUTE)).is_ok());
    assert_eq!(refused(&with(NOW - MINUTE - 1)).0, DraftError::Past);
}

#[test]
fn c11_participants_are_users_or_outside_addresses() {
    let with = |person| EntryDraft { people: vec![person], ..draft(RoomKind::GroupCall) };
    let entry = plan(&with(user(7))).unwrap();
    assert_eq!(entry.people[0].name, "User 7");
    assert_eq!(entry.people[0].email.as_deref(), Some("user7@example.org"));
    let named = PersonDraft { name: Some(" Ada  L. ".to_owned()), ..outside("ada@example.com") };
    assert_eq!(plan(&with(named)).unwrap().people[0].name, "Ada L.");
    assert_eq!(plan(&with(outside("a@example.com"))).unwrap().people[0].name, "a@example.com");

    assert_eq!(refused(&with(user(4711))), (DraftError::NoSuchUser(4711), "people"));
    let nobody = PersonDraft { user_id: None, ..user(1) };
    assert_eq!(refused(&with(nobody)), (DraftError::NoPerson, "people"));
    for wrong in ["ada", "ada@", "@example.org", "a b@example.org", "a@b\r\nBcc: c@example.org"] {
        assert_eq!(refused(&with(outside(wrong))).0, DraftError::Email(wrong.to_owned()));
    }
    let co_host = PersonDraft { co_host: true, ..outside("ada@example.com") };
    let expected = DraftError::OutsideCoHost("ada@example.com".to_owned());
    assert_eq!(refused(&with(co_host)).0, expected);
}

#[test]
fn c12_the_organiser_is_no_participant() {
    for person in [user(1), outside("User1@Example.org")] {
        let draft = EntryDraft { people: vec![person], ..draft(RoomKind::GroupCall) };
        assert_eq!(refused(&draft), (DraftError::OrganiserInvited, "people"));
    }
}

#[test]
fn c13_nobody_is_invited_twice() {
    let twice = [
        vec![user(2), user(3), user(2)],
        vec![outside("ada@example.com"), outside("ADA@example.com")],
        vec![user(2), outside("user2@example.org")],
    ];
    for people in twice {
        let (error, field) = refused(&EntryDraft { people, ..draft(RoomKind::GroupCall) });
        assert!(matches!(error, DraftError::Twice(_)), "{error}");
        assert_eq!(field, "people");
    }
}

#[test]
fn c14_a_group_call_has_24_participants_at_most() {
    let with = |count: i64| EntryDraft {
        people: (2..2 + count).map(user).collect(),
        ..draft(RoomKind::GroupCall)
    };
    assert_eq!(plan(&with(24)).unwrap().people.len(), 24);
    assert_eq!(refused(&with(25)), (DraftError::TooManyPeople { max: 24 }, "people"));
}

#[test]
fn c15_a_webinar_has_as_many_participants_as_the_hub_takes() {
    let with = |count: i64| EntryDraft {
        people: (2..2 + count).map(user).collect(),
        ..draft(RoomKind::Webinar)
    };
    assert_eq!(plan(&with(1000)).unwrap().people.len(), 1000);
    assert_eq!(refused(&with(1001)).0, DraftError::TooManyPeople { max: 1000 });
}

#[test]
fn c19_a_reminder_has_a_start_to_come_before() {
    let with = |minutes| EntryDraft { reminder_minutes: Some(minutes), ..draft(RoomKind::Webinar) };
    assert_eq!(plan(&with(15)).unwrap().reminder_minutes, Some(15));
    assert_eq!(refused(&with(0)), (DraftError::Reminder, "reminder_minutes"));
    assert_eq!(refused(&with(10_081)).0, DraftError::Reminder);
    assert_eq!(refused(&EntryDraft { schedule: None, ..with(15) }).0, DraftError::Reminder);
}

#[test]
fn x9_the_three_mail_items_are_independent() {
    for bits in 0..8 {
        let wanted = EntryDraft {
            notify: bits & 1 != 0,
            phone_info: bits & 2 != 0,
            reminder_minutes: (bits & 4 != 0).then_some(10),
            ..draft(RoomKind::GroupCall)
        };
        let entry = plan(&wanted).unwrap();
        assert_eq!(entry.notify, wanted.notify);
        assert_eq!(entry.phone_info, wanted.phone_info);
        assert_eq!(entry.reminder_minutes, wanted.reminder_minutes);
    }
}

#[test]
fn a_change_of_schedule_raises_the_sequence_and_asks_anew() {
    let wanted = EntryDraft { people: vec![user(2), user(3)], ..draft(RoomKind::GroupCall) };
    let mut before = plan(&wanted).unwrap();
    before.people[1].reply = Reply::Accepted;

    let renamed = EntryDraft { title: "Other".to_owned(), ..wanted.clone() };
    let renamed = plan_over(&renamed, Some(&before), NOW).unwrap();
    assert_eq!((renamed.sequence, renamed.people[1].reply), (0, Reply::Accepted));

    let later = EntryDraft { schedule: Some(at(NOW + 2 * DAY)), ..wanted };
    let later = plan_over(&later, Some(&before), NOW).unwrap();
    assert_eq!((later.sequence, later.people[1].reply), (1, Reply::NeedsAction));
    assert_eq!((later.uid, later.created_at_ms), (before.uid, before.created_at_ms));
}

#[test]
fn a_series_that_has_begun_may_be_renamed_but_not_begin_in_the_past() {
    let mut wanted = recurring("FREQ=DAILY");
    let before = plan(&wanted).unwrap();
    let now = NOW + 10 * DAY;
    wanted.title = "Renamed".to_owned();
    assert!(plan_over(&wanted, Some(&before), now).is_ok());
    wanted.schedule.as_mut().unwrap().end_ms += MINUTE;
    assert_eq!(plan_over(&wanted, Some(&before), now), Err(DraftError::Past));
}
