//! What answers, events and time do to the planner, without a window.

use crate::data::*;
use crate::fake::*;
use client::command::{Command, PlannerCommand};
use client::i18n::Language;
use client::state::{
    Act, BackendEvent, Failure, Filters, Group, Line, MoveError, MoveForm, Now, Outcome, Page,
    PlannerEvent, RangeError, RangeForm, Screen, Span, State,
};
use jiff::civil::{Date, date};
use protocol::*;

fn state() -> State {
    with_week(Language::German).state
}

fn asked(state: &mut State) -> Vec<PlannerCommand> {
    let planner = |command| match command {
        Command::Planner(command) => Some(command),
        _ => None,
    };
    state.follow_up.take().into_iter().filter_map(planner).collect()
}

fn lists(state: &mut State) -> Vec<EntryQuery> {
    let list = |command| match command {
        PlannerCommand::List(query) => Some(query),
        _ => None,
    };
    asked(state).into_iter().filter_map(list).collect()
}

fn answer(state: &mut State, query: &EntryQuery, entries: Vec<EntrySummary>, next: Option<&str>) {
    let page = Ok(EntryPage { entries, next: next.map(str::to_owned) });
    state.apply(planner(PlannerEvent::Listed { query: query.clone(), page }));
}

fn changed(state: &mut State, entry: i64) {
    state.apply(said(Event::EntryChanged { entry }));
}

#[test]
fn b1_past_and_planned_entries_of_both_kinds_stand_in_their_sections() {
    let state = state();
    let read = |line: &Line<'_>| match line {
        Line::Head(group) => Err(*group),
        Line::Entry(entry) => Ok(entry.id),
    };
    let lines: Vec<_> = state.planner.lines().iter().map(read).collect();
    let expected = [
        Err(Group::Now),
        Ok(RUNNING),
        Ok(SOON),
        Err(Group::Day(date(2026, 11, 26))),
        Ok(TOMORROW),
        Ok(INVITED),
        Err(Group::Permanent),
        Ok(PERMANENT),
        Err(Group::Past),
        Ok(YESTERDAY),
        Ok(MONDAY),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn b2_filters_go_to_the_hub_and_words_narrow_what_is_loaded() {
    let mut state = state();
    let now = state.now;
    state.planner.filters = Filters {
        kind: Some(RoomKind::Webinar),
        state: Some(EntryState::Planned),
        span: Span::Fortnight,
        whose: Whose::Mine,
        search: String::new(),
    };
    let PlannerCommand::List(query) = state.planner.refilter(now) else { panic!("a list") };
    assert_eq!((query.kind, query.state), (Some(RoomKind::Webinar), Some(EntryState::Planned)));
    assert_eq!(query.whose, Whose::Mine);
    // Monday, 23 November, to Sunday, 6 December, midnight in Berlin.
    assert_eq!(query.from_ms, Some(1_795_388_400_000));
    assert_eq!(query.to_ms, Some(1_796_598_000_000));
    // An answer to what was asked before comes too late.
    let before = EntryQuery { kind: None, ..query.clone() };
    answer(&mut state, &before, Vec::new(), None);
    assert_eq!(state.planner.entries.as_ref().map(Vec::len), Some(7));
    answer(&mut state, &query, week(), None);
    for (words, found) in [
        ("LINDEN vorb", vec![TOMORROW]),
        ("wolff", vec![INVITED]),
        ("612 004 390", vec![TOMORROW]),
        ("niemand", vec![]),
    ] {
        state.planner.filters.search = words.into();
        let ids: Vec<i64> = state.planner.lines().iter().filter_map(Line::id).collect();
        assert_eq!(ids, found, "{words}");
    }
}

#[test]
fn ranges_of_days_follow_the_calendar() {
    let today = date(2026, 11, 25);
    assert_eq!(Span::All.days(today), None);
    let cases = [
        (Span::Today, today, today),
        (Span::ThisWeek, date(2026, 11, 23), date(2026, 11, 29)),
        (Span::Fortnight, date(2026, 11, 23), date(2026, 12, 6)),
        (Span::ThisMonth, date(2026, 11, 1), date(2026, 11, 30)),
        (Span::NextMonth, date(2026, 12, 1), date(2026, 12, 31)),
        (Span::LastThirtyDays, date(2026, 10, 26), today),
    ];
    for (span, first, last) in cases {
        assert_eq!(span.days(today), Some((first, last)), "{span:?}");
    }
}

#[test]
fn b4_what_was_saved_is_listed_and_selected_at_once_whatever_the_filters_say() {
    let mut state = state();
    state.planner.filters.kind = Some(RoomKind::Webinar);
    let new = entry(99, RoomKind::GroupCall, "Neu", Some((48 * HOUR, 49 * HOUR)));
    let saved = SavedEntry { entry: details(new.clone()), warnings: Vec::new() };
    state.apply(planner(PlannerEvent::Saved(saved)));
    assert_eq!(state.planner.selected, Some(99));
    let lines = state.planner.lines();
    assert!(lines.contains(&Line::Entry(&new)), "{lines:?}");
    assert_eq!(state.planner.filters, Filters::default());
    assert_eq!(lists(&mut state).len(), 1, "the hub's order is asked for");
}

#[test]
fn changes_are_read_once_however_many_come_and_a_failure_stands_beside_the_old_list() {
    let mut state = state();
    for id in [TOMORROW, SOON, TOMORROW] {
        changed(&mut state, id);
    }
    let queries = lists(&mut state);
    assert_eq!(queries.len(), 1, "{queries:?}");
    answer(&mut state, &queries[0], week(), None);
    let again = lists(&mut state);
    assert_eq!(again.len(), 1, "something happened after the first was asked");
    let page = Err(Failure::Unreachable("gone".into()));
    state.apply(planner(PlannerEvent::Listed { query: again[0].clone(), page }));
    assert_eq!(state.planner.entries.as_ref().map(Vec::len), Some(7));
    assert_eq!(state.planner.list_failure, Some(Failure::Unreachable("gone".into())));
    let now = state.now;
    assert_eq!(state.planner.wanted(now, Some(true)), None, "nobody hammers a dead hub");
}

#[test]
fn the_list_is_read_back_to_the_past_and_further_on_demand() {
    let mut window = at_planner(Language::German);
    let future = |id| entry(id, RoomKind::Webinar, "Später", Some((id * DAY, id * DAY + HOUR)));
    list(&mut window, vec![future(40), future(30)], Some("a"));
    let list = |command| match command {
        Command::Planner(PlannerCommand::List(query)) => Some(query),
        _ => None,
    };
    let query = window.take_commands().into_iter().find_map(list).expect("another page");
    assert_eq!(query.cursor.as_deref(), Some("a"), "what comes next is not there yet");
    let state = &mut window.state;
    answer(state, &query, vec![future(20), week().remove(5)], Some("b"));
    assert!(lists(state).is_empty());
    assert_eq!(state.planner.entries.as_ref().map(Vec::len), Some(4));
    let now = state.now;
    let more = state.planner.more(now);
    assert!(matches!(more, Some(PlannerCommand::List(q)) if q.cursor.as_deref() == Some("b")));
}

#[test]
fn time_alone_reads_the_list_again_when_an_entry_is_about_to_begin() {
    let mut state = state();
    let at =
        |minutes: i64| Now { seconds: minutes as f64 * 60.0, unix_ms: NOON_MS + minutes * MINUTE };
    assert_eq!(state.planner.wait_ms(at(0)), Some(8 * MINUTE), "the next one begins");
    assert_eq!(state.planner.wanted(at(7), Some(true)), None);
    assert!(state.planner.wanted(at(8), Some(true)).is_some());
    let mut late = with_week(Language::German).state;
    late.planner.wanted(at(8), Some(true));
    let PlannerCommand::List(query) = late.planner.reload(at(8)) else { panic!("a list") };
    answer(&mut late, &query, week(), None);
    let wait = late.planner.wait_ms(at(8)).expect("one");
    assert!(wait >= 4_000, "a hub whose clock is late is not asked without pause: {wait}");
}

#[test]
fn a_conference_that_begins_or_ends_changes_what_may_be_done() {
    let mut state = state();
    let rooms = |state| Event::Rooms { rooms: vec![room_status(TOMORROW, state, 1, 0)] };
    state.apply(said(rooms(RoomState::Live)));
    assert_eq!(lists(&mut state).len(), 1);
    state.apply(said(rooms(RoomState::Live)));
    assert!(lists(&mut state).is_empty(), "one more inside is no news");
}

#[test]
fn b14_a_host_opens_the_room_at_any_time_and_late_answers_pull_nobody_away() {
    let mut state = state();
    for id in [TOMORROW, PERMANENT, YESTERDAY] {
        let number = state.planner.entry(id).expect("listed").number.clone();
        let wanted = Some(PlannerCommand::Room { number });
        assert_eq!(state.planner.start(id), wanted, "{id}");
    }
    assert_eq!(state.planner.start(INVITED), None, "guests wait for the time");
    assert!(state.planner.start(RUNNING).is_some(), "or for the conference");
    let number = state.planner.entry(RUNNING).expect("listed").number.clone();
    let answer = room("Wochenrunde", RoomKind::GroupCall, &number);
    let event = || {
        let room = Ok(answer.clone());
        planner(PlannerEvent::Room { number: number.clone(), room })
    };
    state.apply(event());
    assert_eq!(state.screen, Screen::PreJoin);
    let open = Command::OpenRoom { number: number.clone(), camera: true };
    assert!(state.follow_up.take().contains(&open));
    state.go_home();
    state.apply(event());
    assert_eq!(state.screen, Screen::Main, "nobody asked for it any more");
}

#[test]
fn b11_a_deleted_entry_leaves_list_and_selection() {
    let mut state = state();
    state.planner.select(TOMORROW);
    state.apply(planner(PlannerEvent::Deleted { entry: TOMORROW, gone: Ok(()) }));
    assert!(state.planner.entry(TOMORROW).is_none());
    assert_eq!(state.planner.selected, Some(INVITED), "the next one is selected");
    let gone = Err(hub_code("conference_live"));
    state.apply(planner(PlannerEvent::Deleted { entry: INVITED, gone }));
    assert!(state.planner.entry(INVITED).is_some());
    assert_eq!(state.planner.failure, Some(hub_code("conference_live")));
}

#[test]
fn b9_a_late_answer_replaces_no_dialog_and_opens_none_elsewhere() {
    let late = |state: &mut State| {
        let found = state.planner.entry(TOMORROW).cloned().expect("listed");
        let details = Ok(details(found));
        state.apply(planner(PlannerEvent::Details { entry: TOMORROW, details }));
    };
    let planning = || {
        let mut state = state();
        state.edit_entry(TOMORROW);
        state.plan_entry(RoomKind::Webinar);
        state.entry.dialog.as_mut().expect("a dialog").form.title = "Mieterabend".into();
        state
    };
    let mut state = planning();
    late(&mut state);
    let dialog = state.entry.dialog.as_ref().expect("the dialog");
    assert_eq!((dialog.id, &*dialog.form.title), (None, "Mieterabend"));
    let mut state = planning();
    state.entry.dialog = None;
    late(&mut state);
    assert!(state.entry.dialog.is_none(), "forgotten when a new entry was begun");

    let mut state = self::state();
    state.edit_entry(TOMORROW);
    state.page = Page::Contacts;
    late(&mut state);
    assert!(state.entry.dialog.is_none(), "the planner is not in front");
}

#[test]
fn b9_the_dialog_opens_with_what_stands_at_the_hub() {
    let mut state = state();
    assert_eq!(state.edit_entry(TOMORROW), Some(PlannerCommand::Details { entry: TOMORROW }));
    assert!(state.entry.dialog.is_none());
    let found = state.planner.entry(TOMORROW).cloned().expect("listed");
    let details = details(found);
    let event = PlannerEvent::Details { entry: TOMORROW, details: Ok(details.clone()) };
    state.apply(planner(event));
    let dialog = state.entry.dialog.take().expect("the dialog");
    assert_eq!((dialog.id, dialog.form.title), (Some(TOMORROW), details.summary.title));
    state.edit_entry(SOON);
    let details = Err(hub_code("not_found"));
    state.apply(planner(PlannerEvent::Details { entry: SOON, details }));
    assert!(state.entry.dialog.is_none());
    assert_eq!(state.planner.failure, Some(hub_code("not_found")));
    assert!(state.planner.entry(SOON).is_none(), "it is gone elsewhere");
}

fn invitation() -> Invitation {
    Invitation {
        language: "de".into(),
        subject: "Einladung".into(),
        text: "Kommen Sie.".into(),
        html: String::new(),
        link: "https://kath.example/j/abc".into(),
        number: "483920175".into(),
        phone_number: None,
        pin: None,
    }
}

#[test]
fn d2_d12_text_link_and_number_go_to_the_clipboard_and_are_confirmed_for_four_seconds() {
    let mut state = state();
    tell(&mut state, TOMORROW);
    let cases = [
        (Act::Text(Language::English), "Kommen Sie."),
        (Act::Link, "https://kath.example/j/abc"),
        (Act::NumberAndPin, "483920175\n730512"),
    ];
    for (act, text) in cases {
        let command = state.planner.act(TOMORROW, act, Language::German, str::to_owned);
        let language = if act == cases[0].0 { Language::English } else { Language::German };
        let entry = TOMORROW;
        assert_eq!(command, Some(PlannerCommand::Invitation { entry, language, act }));
        assert_eq!(state.planner.act(TOMORROW, act, Language::German, str::to_owned), None);
        let invitation = Ok(invitation());
        state.apply(planner(PlannerEvent::Invitation { entry, act, invitation }));
        assert_eq!(state.planner.take_clipboard().as_deref(), Some(text));
        assert_eq!(state.planner.take_clipboard(), None);
        let said = |seconds| {
            let now = Now { seconds, unix_ms: NOON_MS };
            state.planner.confirmation(TOMORROW, now).map(|said| said.outcome.clone())
        };
        assert_eq!(said(3.9), Some(Outcome::Copied));
        assert_eq!(said(4.1), None);
    }
    let debug = format!("{:?}", state.planner.code);
    assert!(!debug.contains("abc"));
}

fn tell(state: &mut State, id: i64) {
    let found = state.planner.entry(id).cloned().expect("listed");
    state.apply(planner(PlannerEvent::Details { entry: id, details: Ok(details(found)) }));
}

#[test]
fn d1_mail_is_asked_for_once_and_its_count_or_refusal_is_told() {
    let mut state = state();
    let begin =
        |state: &mut State| state.planner.act(TOMORROW, Act::Mail, Language::German, str::to_owned);
    assert_eq!(begin(&mut state), Some(PlannerCommand::SendInvitations { entry: TOMORROW }));
    let queued = Ok(InvitationsQueued { queued: 11 });
    state.apply(planner(PlannerEvent::Invited { entry: TOMORROW, queued }));
    let said = state.planner.confirmation(TOMORROW, state.now).expect("confirmed");
    assert_eq!(said.outcome, Outcome::Queued(11));
    begin(&mut state);
    let queued = Err(hub_code("no_mail"));
    state.apply(planner(PlannerEvent::Invited { entry: TOMORROW, queued }));
    assert_eq!(state.planner.failure, Some(hub_code("no_mail")));
    assert_eq!(state.planner.confirmation(TOMORROW, state.now), None);
}

#[test]
fn d5_an_imported_answer_is_told_and_the_replies_are_read_again() {
    let mut state = state();
    let act = state.planner.act(TOMORROW, Act::Reply, Language::German, str::to_owned);
    assert_eq!(act, Some(PlannerCommand::ImportReply { entry: TOMORROW }));
    let reply = ReplyImported {
        address: "farid@hv.example".into(),
        reply: "accepted".into(),
        recorded: true,
    };
    let event = PlannerEvent::Replied { entry: TOMORROW, reply: Ok(Some(reply)) };
    state.apply(planner(event));
    assert!(state.planner.confirmation(TOMORROW, state.now).is_some());
    assert!(asked(&mut state).contains(&PlannerCommand::Details { entry: TOMORROW }));
}

#[test]
fn b2_a_free_range_of_days_is_checked_before_the_list_is_narrowed_to_it() {
    let today = date(2026, 11, 25);
    let form = |first: &str, last: &str| {
        RangeForm { first: first.into(), last: last.into(), tried: false }.check(today)
    };
    let range = Span::Between(date(2025, 12, 24), date(2026, 1, 6));
    assert_eq!(form("24.12.2025", "6.1.2026"), Ok(range));
    assert_eq!(form("24 Dec 2025", "2026-01-06"), Ok(range));
    assert_eq!(form("heute", "morgen"), Ok(Span::Between(today, date(2026, 11, 26))));
    assert_eq!(form("heute", "heute"), Ok(Span::Between(today, today)));
    assert_eq!(form("", "6.1.2026"), Err(RangeError::First));
    assert_eq!(form("heute", "31.11.2026"), Err(RangeError::Last));
    assert_eq!(form("heute", "heute 14:00"), Err(RangeError::Last));
    assert_eq!(form("heute", "24.11.2026"), Err(RangeError::Order));
    let shown = RangeForm::new(Span::ThisMonth, today, Language::German);
    assert_eq!((&*shown.first, &*shown.last), ("01.11.2026", "30.11.2026"));
    let fresh = RangeForm::new(Span::All, today, Language::German);
    assert_eq!((&*fresh.first, &*fresh.last), ("25.11.2026", "25.12.2026"));

    let mut planner = state().planner;
    let command = planner.narrow_to(range, Now { seconds: 0.0, unix_ms: NOON_MS });
    let PlannerCommand::List(query) = command else { panic!("{command:?}") };
    let midnight = |day: Date| day.to_zoned(berlin()).expect("a day").timestamp().as_millisecond();
    assert_eq!(query.from_ms, Some(midnight(date(2025, 12, 24))));
    assert_eq!(query.to_ms, Some(midnight(date(2026, 1, 7))), "the last day belongs to it");
    assert!(planner.filters.narrow());
}

#[test]
fn another_time_is_checked_before_it_is_asked_for() {
    let form = |start: &str, end: &str| {
        MoveForm {
            entry: 1,
            original_ms: NOON_MS,
            start: start.into(),
            end: end.into(),
            error: None,
        }
        .check(NOON_MS, &berlin())
    };
    let moved = ChangeOccurrence::Move { start_ms: NOON_MS + 3 * HOUR, end_ms: NOON_MS + 4 * HOUR };
    assert_eq!(form("25.11.2026 14:00", "25.11.2026  15:00 "), Ok(moved));
    assert_eq!(form("2026-11-25 14:00", "2026-11-25T15:00"), Ok(moved));
    assert_eq!(form("14:00", "15:00"), Ok(moved), "on the day of the occurrence");
    assert_eq!(form("25.11.26 14:00", "15:00"), Ok(moved), "two digits, and the same day");
    assert_eq!(form("25.11.26 14:00", "25.11.26 15 Uhr"), Ok(moved));
    let now = ChangeOccurrence::Move { start_ms: NOON_MS, end_ms: NOON_MS + HOUR };
    assert_eq!(form("h", "12:00"), Ok(now), "as in the dialog for entries");
    assert_eq!(form("irgendwann", "25.11.2026 15:00"), Err(MoveError::Start));
    assert_eq!(form("25.11.2026 14:00", "31.11.2026 15:00"), Err(MoveError::End));
    assert_eq!(form("25.11.2026 10:00", "25.11.2026 15:00"), Err(MoveError::Past));
    assert_eq!(form("25.11.2026 14:00", "25.11.2026 14:00"), Err(MoveError::Order));
    assert_eq!(form("25.11.2026 14:00", "27.11.2026 14:00"), Err(MoveError::TooLong));
}

#[test]
fn a10_without_a_profile_the_list_waits_until_there_is_one() {
    let mut state = at_planner(Language::German).state;
    let now = state.now;
    let Some(PlannerCommand::List(query)) = state.planner.wanted(now, None) else {
        panic!("a list")
    };
    let page = Err(hub_code("no_profile"));
    state.apply(planner(PlannerEvent::Listed { query, page }));
    assert!(state.planner.needs_profile());
    assert_eq!(state.planner.wanted(now, Some(false)), None);
    assert!(state.planner.wanted(now, Some(true)).is_some(), "the profile was made meanwhile");
}

#[test]
fn another_account_sees_nothing_of_the_one_before() {
    let mut state = state();
    state.apply(BackendEvent::SignedIn(account()));
    assert_eq!(state.planner.entries, None);
}
