//! What events do to the rooms, without a window.

use crate::fake::*;
use crate::scene::*;
use client::command::{Command, Line, Purpose, RoomsCommand};
use client::i18n::Language;
use client::net::Rung;
use client::state::{BackendEvent, Failure, Page, Part, RoomQuestion, RoomsEvent, Screen, State};
use protocol::*;

fn state() -> State {
    busy(Language::German).state
}

fn wishes(state: &mut State) -> Vec<RoomsCommand> {
    let wish = |command| match command {
        Command::Rooms(wish) => Some(wish),
        _ => None,
    };
    state.follow_up.take().into_iter().filter_map(wish).collect()
}

fn rings(state: &mut State) -> Vec<RoomsCommand> {
    let ring = |wish: &RoomsCommand| matches!(wish, RoomsCommand::Ring { .. });
    wishes(state).into_iter().filter(ring).collect()
}

fn policy(state: &State) -> RoomPolicy {
    state.rooms.info.details.as_ref().expect("details").room.policy
}

#[test]
fn e11_any_number_of_rooms_is_kept_those_with_something_to_do_first() {
    let mut state = state();
    let many = (0..500).map(|n| {
        let mut one =
            room(&format!("Raum {n}"), RoomKind::GroupCall, &format!("{}", 100_000_000 + n));
        one.created_at_ms = NOON_MS - 30 * 86_400_000;
        one
    });
    let list = own_rooms().into_iter().chain(many).collect();
    state.apply(event(RoomsEvent::Listed(Ok(list))));
    let shown = state.rooms.shown();
    assert_eq!(shown.len(), 504);
    let first: Vec<_> = shown.iter().take(3).map(|room| room.number.as_str()).collect();
    assert_eq!(first, [ADVICE, ROUND, TECHNIC], "waiting, running, written to");
    state.rooms.search = " raum 49".into();
    assert_eq!(state.rooms.shown().len(), 11, "49 and 490 to 499");
}

#[test]
fn f5_waiting_guests_are_told_by_the_live_channel_and_their_names_asked_for() {
    let mut state = state();
    assert_eq!(state.rooms.with_waiting(), 1);
    let rooms = vec![status(ROUND, RoomState::Live, 9, 2)];
    state.apply(live(Event::Rooms { rooms }));
    assert_eq!(state.rooms.with_waiting(), 2);
    assert_eq!(wishes(&mut state), [RoomsCommand::LoadPeople { number: ROUND.into() }]);
    let rooms = vec![status(ADVICE, RoomState::Idle, 0, 0)];
    state.apply(live(Event::Rooms { rooms }));
    assert_eq!(state.rooms.with_waiting(), 1, "an idle room is forgotten");
}

#[test]
fn who_is_inside_is_asked_once_for_the_rooms_page_and_the_page_before_the_conference() {
    let mut state = state();
    let people = PeopleNow { inside: vec!["Jonas Kettler".into()], waiting: Vec::new() };
    let told = RoomsEvent::People { number: ROUND.into(), people: Ok(people.clone()) };
    state.apply(event(told));
    assert!(state.enter_room(ROUND).is_some());
    assert_eq!(state.pre_join.as_ref().expect("a page").there, Some(people));
    assert_eq!(wishes(&mut state), [RoomsCommand::LoadCapacity], "the rest is known");
    let changed =
        |number| live(Event::Rooms { rooms: vec![status(number, RoomState::Live, 2, 0)] });
    state.apply(changed(ROUND));
    let load = |number: &str| RoomsCommand::LoadPeople { number: number.into() };
    assert_eq!(wishes(&mut state), [load(ROUND), RoomsCommand::LoadCapacity]);
    let nobody = PeopleNow { inside: Vec::new(), waiting: Vec::new() };
    let told = RoomsEvent::People { number: ROUND.into(), people: Ok(nobody.clone()) };
    state.apply(event(told));
    assert_eq!(state.pre_join.as_ref().expect("a page").there.as_ref(), Some(&nobody));
    assert_eq!(state.rooms.info.people, Some(nobody));
    // A room that the rooms page does not show.
    state.enter_room(ADVICE);
    assert_eq!(wishes(&mut state), [load(ADVICE), RoomsCommand::LoadCapacity]);
    state.apply(changed(ADVICE));
    assert_eq!(wishes(&mut state), [load(ADVICE), RoomsCommand::LoadCapacity]);
}

#[test]
fn f19_a_conference_runs_since_it_was_seen_or_since_the_hub_says() {
    let mut state = quiet(Language::German).state;
    state.now = now();
    let live_now = || vec![status(OFFICE, RoomState::Live, 1, 0)];
    state.apply(live(Event::Rooms { rooms: live_now() }));
    assert_eq!(state.rooms.since.get(OFFICE), Some(&NOON_MS));
    let mut state = quiet(Language::German).state;
    let you = UserPresence { user: "miriam".into(), presence: Presence::Online };
    let (people, ringing, calling) = Default::default();
    state.apply(live(Event::Welcome { you, people, rooms: live_now(), ringing, calling }));
    let number = OFFICE.to_owned();
    assert!(wishes(&mut state).contains(&RoomsCommand::LoadStart { number: number.clone() }));
    let conference = ConferenceRecord {
        id: "c".into(),
        room_name: "Sprechstunde".into(),
        room_number: OFFICE.into(),
        kind: RoomKind::GroupCall,
        started_at_ms: NOON_MS - 5_000,
        ended_at_ms: None,
        interrupted: false,
        participants: 1,
    };
    let page = Ok(ConferencePage { conferences: vec![conference], next: None });
    state.apply(event(RoomsEvent::Began { number, page }));
    assert_eq!(state.rooms.since.get(OFFICE), Some(&(NOON_MS - 5_000)));
    let (room, since) = state.rooms.running().expect("one runs");
    assert_eq!((room.number.as_str(), since), (OFFICE, Some(NOON_MS - 5_000)));
}

#[test]
fn j6_lines_are_counted_until_the_room_is_looked_at_and_come_once() {
    let mut state = state();
    assert_eq!(state.rooms.chats[TECHNIC].unread, 2);
    let line = said(45, "Jonas Kettler", 0, "Gut.");
    let chat = |line: &ChatLine| live(Event::RoomChat { number: ROUND.into(), line: line.clone() });
    state.apply(chat(&line));
    state.apply(chat(&line));
    let known = state.rooms.chats[ROUND].lines.as_ref().expect("lines");
    assert_eq!(known.iter().filter(|known| known.id == 45).count(), 1);
    assert_eq!(state.rooms.chats[ROUND].unread, 0, "the user looks at it");
    state.page = Page::Journal;
    state.apply(chat(&said(46, "Jonas Kettler", 0, "Noch da?")));
    assert_eq!(state.rooms.chats[ROUND].unread, 1);
    state.apply(chat(&said(47, "Miriam Vogt", 0, "Ja.")));
    assert_eq!(state.rooms.chats[ROUND].unread, 1, "an own line is read");
    state.rooms.select(TECHNIC);
    assert_eq!(state.rooms.chats[TECHNIC].unread, 0);
}

#[test]
fn an_old_line_renames_nobody() {
    let mut state = quiet(Language::German).state;
    let line = |id, name| ChatLine { account: Some("emre".into()), ..said(id, name, 0, "x") };
    let lines = vec![line(1, "Emre Yilmaz"), line(2, "Emre Kaya")];
    let page = Ok(ChatPage { lines, before: None });
    state.apply(event(RoomsEvent::ChatPage { number: OFFICE.into(), before: None, page }));
    assert_eq!(state.people.name_of("emre"), "Emre Kaya");
    let earlier = Ok(ChatPage { lines: vec![line(0, "Emre Yilmaz")], before: None });
    let before = Some(1);
    state.apply(event(RoomsEvent::ChatPage { number: OFFICE.into(), before, page: earlier }));
    assert_eq!(state.people.name_of("emre"), "Emre Kaya");
}

#[test]
fn j6_a_line_that_does_not_arrive_waits_for_another_try_and_drafts_stay_with_their_room() {
    let mut state = state();
    let (_, chat) = state.rooms.chat_mut().expect("a chat");
    chat.draft = "  bis gleich ".into();
    let wish = chat.send(ROUND).expect("something to send");
    let (number, text) = (ROUND.to_owned(), Line("bis gleich".into()));
    assert_eq!(wish, RoomsCommand::Write { number: number.clone(), key: 1, text });
    assert!(!format!("{wish:?}").contains("gleich"), "a log never tells what was written");
    assert!(chat.draft.is_empty());
    let line = Err(Failure::Unreachable("aus".into()));
    state.apply(event(RoomsEvent::Written { number: number.clone(), key: 1, line }));
    let (_, chat) = state.rooms.chat_mut().expect("a chat");
    assert!(chat.outgoing[0].failure.is_some());
    assert!(chat.retry(ROUND, 1).is_some());
    assert!(chat.retry(ROUND, 1).is_none(), "it is on its way");
    chat.draft = "weiter".into();
    chat.take_back(1);
    assert_eq!(chat.draft, "bis gleich\nweiter", "nothing typed is lost");
    state.rooms.select(OFFICE);
    assert_eq!(state.rooms.chat_mut().expect("a chat").1.draft, "");
    state.rooms.select(ROUND);
    assert_eq!(state.rooms.chat_mut().expect("a chat").1.draft, "bis gleich\nweiter");
    let (_, chat) = state.rooms.chat_mut().expect("a chat");
    chat.send(ROUND).expect("something to send");
    let line = said(50, "Miriam Vogt", 0, "bis gleich\nweiter");
    state.apply(live(Event::RoomChat { number: number.clone(), line: line.clone() }));
    state.apply(event(RoomsEvent::Written { number, key: 2, line: Ok(line) }));
    let chat = &state.rooms.chats[ROUND];
    assert!(chat.outgoing.is_empty());
    assert_eq!(chat.lines.as_ref().expect("lines").iter().filter(|l| l.id == 50).count(), 1);
}

#[test]
fn j6_earlier_pages_go_before_and_the_newest_page_anew_leaves_no_gap() {
    let mut state = quiet(Language::German).state;
    state.rooms.select(OFFICE);
    let number = || OFFICE.to_owned();
    let page = |state: &mut State, before, ids: std::ops::Range<i64>, next| {
        let lines = ids.map(|id| said(id, "Jonas", 100 - id, "x")).collect();
        let page = Ok(ChatPage { lines, before: next });
        state.apply(event(RoomsEvent::ChatPage { number: number(), before, page }));
    };
    page(&mut state, None, 20..30, Some(20));
    let (number, chat) = state.rooms.chat_mut().expect("a chat");
    let wish = chat.earlier(number).expect("there is more");
    assert_eq!(wish, RoomsCommand::LoadChat { number: OFFICE.into(), before: Some(20) });
    assert!(chat.earlier(OFFICE).is_none(), "once at a time");
    page(&mut state, Some(20), 10..20, None);
    let ids = |state: &State| {
        let lines = state.rooms.chats[OFFICE].lines.as_ref().expect("lines");
        lines.iter().map(|line| line.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&state), (10..30).collect::<Vec<_>>());
    assert_eq!(state.rooms.chats[OFFICE].before, None);
    page(&mut state, None, 60..70, Some(60));
    assert_eq!(
        ids(&state),
        (60..70).collect::<Vec<_>>(),
        "what lies between is not pretended away"
    );
    assert_eq!(state.rooms.chats[OFFICE].before, Some(60));
}

#[test]
fn e9_f13_a_policy_counts_at_once_and_goes_back_when_the_hub_refuses() {
    let mut state = state();
    let wish = state.rooms.change_policy(|policy| policy.guests = false).expect("a wish");
    let RoomsCommand::Change { number, change } = wish else { panic!("another wish") };
    assert_eq!(number, ROUND);
    assert!(!change.policy.expect("a policy").guests);
    assert!(!policy(&state).guests);
    let second = state.rooms.change_policy(|policy| policy.waiting_room = true);
    assert!(second.is_some());
    let mut answered = room("Wochenrunde Verwaltung", RoomKind::GroupCall, ROUND);
    answered.policy.guests = false;
    let changed = |details| event(RoomsEvent::Changed { number: ROUND.into(), details });
    state.apply(changed(Ok(details(answered))));
    assert!(policy(&state).waiting_room, "the answer to the first flip leaves the second alone");
    state.apply(changed(Err(refused("forbidden"))));
    assert!(!policy(&state).waiting_room);
    assert!(state.rooms.info.failure_of(Part::Policy).is_some());
}

#[test]
fn f2_internal_users_moderate_in_a_new_group_call_and_may_be_told_not_to() {
    let state = state();
    assert!(policy(&state).users_moderate);
    let mut theirs = room("Fremd", RoomKind::GroupCall, "1");
    theirs.standing = Standing::Member;
    assert!(client::state::moderates(&theirs) && !client::state::manages(&theirs));
    theirs.policy.users_moderate = false;
    assert!(!client::state::moderates(&theirs));
}

#[test]
fn f17_calling_all_asks_with_the_number_and_rings_once_the_caller_is_inside() {
    let mut state = state();
    let rung = |outcome| event(RoomsEvent::Rung { number: ROUND.into(), outcome });
    state.apply(rung(Ok(Rung::Ask(11))));
    let number = ROUND.to_owned();
    let question = RoomQuestion::Ring { number: number.clone(), people: 11 };
    assert_eq!(state.rooms.question, Some(question));
    let open = Command::OpenRoom { number: number.clone(), camera: true };
    assert_eq!(state.answer_question(true), [open]);
    assert_eq!(state.screen, Screen::PreJoin);
    state.join();
    assert_eq!(rings(&mut state), [], "it does not ring in an empty room");
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    snapshot.room.number = number.clone();
    let joined =
        || hub(HubMessage::Joined { resume_token: "t".into(), snapshot: snapshot.clone() });
    state.apply(joined());
    let ring = RoomsCommand::Ring { number, confirm: true, video: true };
    assert_eq!(wishes(&mut state), [ring]);
    state.apply(joined());
    assert_eq!(wishes(&mut state), [], "a reconnect rings nobody");
    let call = Call {
        call: "r".into(),
        room: CallRoom { number: ROUND.into(), name: "Wochenrunde".into() },
        video: true,
        answers: Vec::new(),
    };
    state.apply(rung(Ok(Rung::Calling(call))));
    assert_eq!(state.calls.calling.len(), 1);
}

#[test]
fn f17_who_declines_or_goes_back_calls_nobody() {
    let mut state = state();
    let rung = |outcome| event(RoomsEvent::Rung { number: ROUND.into(), outcome });
    state.apply(rung(Ok(Rung::Ask(11))));
    assert_eq!(state.answer_question(false), []);
    assert!(state.rooms.question.is_none() && state.screen == Screen::Main);
    state.apply(rung(Ok(Rung::Ask(11))));
    state.answer_question(true);
    state.go_home();
    state.enter_room(ROUND);
    state.join();
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    snapshot.room.number = ROUND.into();
    state.apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    assert_eq!(rings(&mut state), []);
    state.apply(rung(Ok(Rung::Ask(0))));
    assert!(state.rooms.question.is_none(), "nothing to ask where nobody is to be called");
}

#[test]
fn f21_e1_a_spontaneous_call_takes_those_chosen_and_calls_them_from_inside() {
    let mut state = state();
    state.prepare_call();
    let form = state.rooms.start.as_mut().expect("a form");
    form.people.toggle(&contacts()[0]);
    form.people.toggle(&contacts()[2]);
    let follows = state.make_call("Gruppenanruf von Miriam Vogt", Purpose::Start);
    let [Command::Rooms(RoomsCommand::Create { room: made, purpose: Purpose::Start })] =
        &follows[..]
    else {
        panic!("{follows:?}")
    };
    assert!(made.ad_hoc, "number and room go with the call");
    assert_eq!(
        (made.name.as_str(), &made.members[..]),
        ("Gruppenanruf von Miriam Vogt", &[2, 4][..])
    );
    assert!(state.make_call("x", Purpose::Start).is_empty(), "once");
    let fresh = room("Gruppenanruf von Miriam Vogt", RoomKind::GroupCall, "905331648");
    state.apply(event(RoomsEvent::Created { room: Ok(fresh), purpose: Purpose::Start }));
    assert_eq!(state.screen, Screen::PreJoin);
    state.join();
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    snapshot.room.number = "905331648".into();
    state.follow_up.take();
    state.apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    assert!(matches!(&wishes(&mut state)[..], [RoomsCommand::Ring { confirm: true, .. }]));
}

#[test]
fn a_spontaneous_call_that_was_given_up_does_not_begin_and_leaves_the_next_dialog_alone() {
    let created = || {
        let fresh = room("Gruppenanruf", RoomKind::GroupCall, "905331648");
        event(RoomsEvent::Created { room: Ok(fresh), purpose: Purpose::Start })
    };
    let given_up = || {
        let mut state = state();
        state.prepare_call();
        state.make_call("Gruppenanruf", Purpose::Start);
        state.rooms.start = None;
        state.follow_up.take();
        state
    };
    let quiet = |state: &mut State| {
        let opens = |command: &Command| matches!(command, Command::OpenRoom { .. });
        state.screen == Screen::Main && !state.follow_up.take().iter().any(opens)
    };
    let mut state = given_up();
    state.apply(created());
    assert!(quiet(&mut state), "no page, no camera");

    let mut state = given_up();
    state.prepare_call();
    state.rooms.start.as_mut().expect("a form").people.toggle(&contacts()[0]);
    state.apply(created());
    assert!(quiet(&mut state));
    let purpose = Purpose::Start;
    state.apply(event(RoomsEvent::Created { room: Err(Failure::TooManyTries), purpose }));
    let form = state.rooms.start.as_ref().expect("the new form stays");
    assert_eq!((form.people.people.len(), &form.failure, &form.room), (1, &None, &None));
}

#[test]
fn f21_without_anybody_chosen_nobody_is_called() {
    let mut state = state();
    state.prepare_call();
    state.make_call("Allein", Purpose::Start);
    let fresh = room("Allein", RoomKind::GroupCall, "905331648");
    state.apply(event(RoomsEvent::Created { room: Ok(fresh), purpose: Purpose::Start }));
    state.join();
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    snapshot.room.number = "905331648".into();
    state.follow_up.take();
    state.apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    assert_eq!(wishes(&mut state), []);
}

#[test]
fn d11_the_link_comes_before_the_start_and_who_was_chosen_since_belongs_to_the_room() {
    let mut state = state();
    state.prepare_call();
    state.rooms.start.as_mut().expect("a form").people.toggle(&contacts()[0]);
    state.make_call("Mängel", Purpose::Invite);
    let fresh = room("Mängel", RoomKind::GroupCall, "905331648");
    let created = Ok(fresh.clone());
    state.apply(event(RoomsEvent::Created { room: created, purpose: Purpose::Invite }));
    let number = "905331648".to_owned();
    assert_eq!(wishes(&mut state), [RoomsCommand::LoadDetails { number: number.clone() }]);
    assert_eq!(state.screen, Screen::Main, "it does not start yet");
    let told = Ok(details(fresh));
    state.apply(event(RoomsEvent::Details { number: number.clone(), details: told }));
    let form = state.rooms.start.as_mut().expect("a form");
    assert!(form.details.as_ref().is_some_and(|details| details.way_in.is_some()));
    form.people.toggle(&contacts()[0]);
    form.people.toggle(&contacts()[1]);
    let follows = state.make_call("Mängel", Purpose::Start);
    let set = RoomsCommand::SetMember { number: number.clone(), user: 3, host: false };
    let remove = RoomsCommand::RemoveMember { number: number.clone(), user: 2 };
    let open = Command::OpenRoom { number, camera: true };
    assert_eq!(follows, [Command::Rooms(set), Command::Rooms(remove), open]);
}

#[test]
fn a_form_that_the_hub_refuses_keeps_what_was_typed() {
    let mut state = state();
    state.prepare_room();
    assert!(state.create_room().is_none(), "a name is needed");
    state.rooms.create.as_mut().expect("a form").name = " Beirat ".into();
    assert!(state.create_room().is_some());
    let room = Err(wrong("name"));
    state.apply(event(RoomsEvent::Created { room, purpose: Purpose::Keep }));
    let form = state.rooms.create.as_ref().expect("still open");
    assert_eq!((form.name.as_str(), form.busy), (" Beirat ", false));
    assert!(form.failure.is_some());
}

#[test]
fn f20_a_new_room_is_shown_with_its_members_to_come() {
    let mut state = state();
    state.prepare_room();
    let form = state.rooms.create.as_mut().expect("a form");
    form.name = "Beirat".into();
    form.members.toggle(&contacts()[4]);
    let wish = state.create_room();
    let Some(Command::Rooms(RoomsCommand::Create { room: made, .. })) = wish else {
        panic!("{wish:?}")
    };
    assert_eq!((made.members, made.ad_hoc), (vec![6], false));
    let fresh = Ok(room("Beirat", RoomKind::GroupCall, "314159265"));
    state.apply(event(RoomsEvent::Created { room: fresh, purpose: Purpose::Keep }));
    assert_eq!(state.rooms.selected.as_deref(), Some("314159265"));
    assert!(state.rooms.create.is_none());
    let number = "314159265".to_owned();
    assert!(wishes(&mut state).contains(&RoomsCommand::LoadMembers { number }));
}

#[test]
fn a_deleted_room_is_gone_and_a_refused_deletion_says_why() {
    let mut state = state();
    let gone = |outcome| event(RoomsEvent::Gone { number: ROUND.into(), outcome });
    state.apply(gone(Err(refused("running"))));
    assert!(state.rooms.info.failure_of(Part::Room).is_some());
    assert!(state.rooms.get(ROUND).is_some());
    state.apply(gone(Ok(())));
    assert!(state.rooms.get(ROUND).is_none());
    assert_ne!(state.rooms.selected.as_deref(), Some(ROUND));
}

#[test]
fn answers_about_another_room_change_nothing_on_show() {
    let mut state = state();
    let before = state.rooms.info.clone();
    let number = || OFFICE.to_owned();
    state.apply(event(RoomsEvent::Members { number: number(), members: Ok(Vec::new()) }));
    state.apply(event(RoomsEvent::Links { number: number(), links: Err(refused("forbidden")) }));
    state.apply(event(RoomsEvent::Details { number: number(), details: Err(refused("x")) }));
    assert_eq!(state.rooms.info, before);
}

#[test]
fn another_account_finds_nothing_of_the_one_before() {
    let mut state = state();
    state.apply(BackendEvent::SessionOver);
    let mut other = account();
    other.user = "jonas".into();
    state.apply(BackendEvent::SignedIn(other));
    assert!(state.rooms.list.is_none() && state.rooms.chats.is_empty());
    assert_eq!(state.screen, Screen::Main);
}
