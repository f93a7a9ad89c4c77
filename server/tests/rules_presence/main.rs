//! The rules of presence, rings and what signed-in users are told, without sockets or a clock.

mod histories;

use protocol::*;
use server::conference::Now;
use server::events::call_limit::{CALLS, CallLimit, WINDOW};
use server::events::presence::{GRACE, Presences};
use server::events::rings::{Answered, RING_FOR, Ringing, Rings, Started};
use server::events::switchboard::{Effect, PRESENCES_PER_EVENT, Switchboard};
use server::events::views::{Activity, RoomSeen, View};
use server::happenings::{Happening, Person, Run};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "an arbitrary origin for virtual time")]
fn origin() -> Instant {
    Instant::now()
}

fn now() -> Now {
    Now { instant: origin(), unix_ms: 1_700_000_000_000 }
}

fn later(now: Now, by: Duration) -> Now {
    Now { instant: now.instant + by, unix_ms: now.unix_ms + by.as_millis() as i64 }
}

fn run(id: &str, room: i64) -> Run {
    Run { id: id.to_owned(), room }
}

fn person(id: u32, user: Option<i64>) -> Person {
    let kind = if user.is_some() { ParticipantKind::User } else { ParticipantKind::Guest };
    Person { id: ParticipantId(id), user, name: "Somebody".to_owned(), kind, role: Role::Attendee }
}

fn entered(id: u32, user: i64, room: i64) -> Happening {
    Happening::Entered { run: run("run", room), person: person(id, Some(user)), at_ms: 0 }
}

fn left(id: u32, user: i64, room: i64) -> Happening {
    Happening::Left { run: run("run", room), person: person(id, Some(user)), at_ms: 0 }
}

fn wanted(id: &str, caller: i64, room: i64) -> Ringing {
    Ringing {
        id: id.to_owned(),
        caller,
        caller_name: format!("Person {caller}"),
        room,
        place: CallRoom { number: format!("10000000{room}"), name: format!("Room {room}") },
        direct: false,
        video: true,
        since_ms: 0,
        answers: BTreeMap::new(),
    }
}

fn online(callees: impl IntoIterator<Item = i64>) -> Vec<(i64, Presence)> {
    callees.into_iter().map(|user| (user, Presence::Online)).collect()
}

/// A switchboard with these users connected, all of them in room 1.
fn board(users: std::ops::RangeInclusive<i64>) -> Switchboard {
    let mut board = Switchboard::default();
    board.learn(users.clone().map(|user| (user, format!("user{user}"))));
    let seen = RoomSeen {
        number: "100000001".to_owned(),
        name: "Daily".to_owned(),
        people: users.clone().collect(),
    };
    board.set_room(1, seen, Activity::IDLE);
    for user in users {
        board.connected(user);
        board.set_view(user, View { contacts: BTreeSet::new(), rooms: [1].into() });
    }
    board.tick(now());
    board.take_effects();
    board
}

/// What each user was told, in order.
fn told(board: &mut Switchboard) -> HashMap<i64, Vec<Event>> {
    let mut told: HashMap<i64, Vec<Event>> = HashMap::new();
    for effect in board.take_effects() {
        if let Effect::Send { to, event } = effect {
            for user in to {
                told.entry(user).or_default().push(event.clone());
            }
        }
    }
    told
}

fn presence(user: i64, presence: Presence) -> Event {
    Event::Presence { people: vec![UserPresence { user: format!("user{user}"), presence }] }
}

#[test]
fn a7_presence_follows_machines_wish_and_calls() {
    let (mut presences, start) = (Presences::default(), origin());
    assert_eq!(presences.of(1), Presence::Offline);
    presences.set_busy(1, true);
    assert_eq!(presences.of(1), Presence::Offline, "who is offline is not busy");
    presences.connected(1);
    presences.connected(1);
    assert_eq!(presences.of(1), Presence::Online);
    presences.set_busy(1, true);
    assert_eq!(presences.of(1), Presence::Busy);
    presences.entered(&run("a", 1), &person(1, Some(1)));
    presences.entered(&run("a", 1), &person(2, Some(1)));
    presences.entered(&run("a", 1), &person(3, None));
    assert_eq!(presences.of(1), Presence::InCall);
    assert_eq!(presences.inside(1), [1].into());
    presences.left(&run("a", 1), &person(1, Some(1)));
    assert_eq!(presences.of(1), Presence::InCall, "the second machine is still inside");
    presences.ended(&run("a", 1));
    assert_eq!(presences.of(1), Presence::Busy);
    presences.left(&run("a", 1), &person(2, Some(1)));
    assert_eq!(presences.of(1), Presence::Busy, "what is over does not count twice");
    presences.disconnected(start, 1);
    presences.disconnected(start, 1);
    presences.tick(start + GRACE);
    assert_eq!(presences.of(1), Presence::Offline);
    presences.connected(1);
    assert_eq!(presences.of(1), Presence::Online, "the wish ended with being offline");
}

#[test]
fn a7_a_short_break_of_the_line_is_no_good_bye() {
    let (mut presences, start) = (Presences::default(), origin());
    presences.connected(1);
    assert_eq!(presences.take_changes(), [(1, Presence::Online)]);
    presences.disconnected(start, 1);
    presences.tick(start + GRACE - Duration::from_millis(1));
    presences.connected(1);
    presences.tick(start + 10 * GRACE);
    assert_eq!(presences.take_changes(), [], "nobody is told of it");
    presences.disconnected(start, 1);
    presences.tick(start + GRACE);
    assert_eq!(presences.take_changes(), [(1, Presence::Offline)]);
}

#[test]
fn a7_presence_is_for_contacts_and_room_mates_alone() {
    let mut board = board(1..=3);
    board.learn([(8, "user8".to_owned()), (9, "user9".to_owned())]);
    for user in [8, 9] {
        board.connected(user);
    }
    board.set_view(8, View { contacts: [1].into(), rooms: BTreeSet::new() });
    board.set_view(9, View::default());
    board.tick(now());
    assert_eq!(told(&mut board).keys().copied().collect::<BTreeSet<_>>(), [8, 9].into());
    board.set_busy(1, true);
    board.tick(now());
    let told = told(&mut board);
    for user in [1, 2, 3, 8] {
        assert_eq!(told[&user], [presence(1, Presence::Busy)], "{user}");
    }
    assert_eq!(told.get(&9), None, "a stranger hears nothing");
    let Event::Welcome { people, .. } = board.welcome(9).remove(0) else { panic!("no welcome") };
    assert_eq!(people, []);
    let Event::Welcome { people, .. } = board.welcome(8).remove(0) else { panic!("no welcome") };
    assert_eq!(people, [UserPresence { user: "user1".to_owned(), presence: Presence::Busy }]);
}

#[test]
fn a_change_of_contacts_or_rooms_brings_a_fresh_welcome_and_its_end_ends_the_news() {
    let mut board = board(1..=3);
    board.set_view(1, View { contacts: BTreeSet::new(), rooms: [1].into() });
    assert_eq!(board.take_effects(), [], "nothing is different");
    board.set_view(1, View::default());
    let welcome = told(&mut board);
    assert_eq!(welcome.keys().collect::<Vec<_>>(), [&1]);
    assert!(matches!(&welcome[&1][..], [Event::Welcome { people, .. }] if people.is_empty()));
    board.set_busy(2, true);
    board.tick(now());
    assert!(!told(&mut board).contains_key(&1));

    let people = [1, 2].into();
    let seen = RoomSeen { number: "100000001".to_owned(), name: "Daily".to_owned(), people };
    board.set_room(1, seen, Activity::IDLE);
    assert_eq!(told(&mut board).len(), 2, "those who see the room");
    board.set_busy(3, true);
    board.tick(now());
    assert!(!told(&mut board).contains_key(&2), "the third is no member any more");
}

#[test]
fn f5_a_room_in_front_of_which_somebody_waits_is_shown_to_its_members() {
    let mut board = board(1..=2);
    board.learn([(9, "user9".to_owned())]);
    board.connected(9);
    board.set_view(9, View::default());
    let waits = Activity { state: RoomState::SomeoneWaits, inside: 0, waiting: 1 };
    let waiting = Happening::Waiting { run: run("run", 1), count: 1, at_ms: 0 };
    assert_eq!(board.happened(now(), &waiting), Some(1), "the driver looks at that room");
    board.set_activity(1, waits);
    board.set_activity(1, waits);
    let told = told(&mut board);
    let status = RoomStatus {
        number: "100000001".to_owned(),
        name: "Daily".to_owned(),
        state: RoomState::SomeoneWaits,
        inside: 0,
        waiting: 1,
    };
    for user in [1, 2] {
        assert_eq!(told[&user], [Event::Rooms { rooms: vec![status.clone()] }], "once");
    }
    assert_eq!(told.get(&9), None);
    let Event::Welcome { rooms, .. } = board.welcome(2).remove(0) else { panic!("no welcome") };
    assert_eq!(rooms, [status]);
}

#[test]
fn x14_ringing_asks_presence_first() {
    let mut rings = Rings::default();
    let presences = [
        (2, Presence::Offline),
        (3, Presence::InCall),
        (4, Presence::Busy),
        (5, Presence::Online),
        (1, Presence::Online),
    ];
    let Started::Call(call) = rings.start(origin(), wanted("a", 1, 1), presences) else {
        panic!("not started")
    };
    let answers: Vec<_> = call.answers.into_iter().collect();
    let expected = [
        (2, CallAnswer::NotThere),
        (3, CallAnswer::Busy),
        (4, CallAnswer::Ringing),
        (5, CallAnswer::Ringing),
    ];
    assert_eq!(answers, expected, "and never the caller");
    let busy = rings.start(origin(), wanted("b", 1, 2), [(3, Presence::InCall)]);
    assert!(matches!(busy, Started::Call(call) if !call.rings()));
    assert_eq!(rings.calls_of(1).count(), 1, "what rings nowhere is over at once");
    assert_eq!(rings.start(origin(), wanted("c", 1, 3), online([1])), Started::Nobody);
}

#[test]
fn a_call_rings_forty_seconds_and_the_first_answer_counts() {
    let (mut rings, start) = (Rings::default(), origin());
    rings.start(start, wanted("a", 1, 1), online([2, 3, 4]));
    assert!(rings.answer(2, "a", true));
    assert!(!rings.answer(2, "a", false), "the other machine is too late");
    assert!(rings.answer(3, "a", false));
    assert!(!rings.answer(5, "a", true), "it never rang for them");
    rings.tick(start + RING_FOR - Duration::from_millis(1));
    assert!(rings.ringing_for(4).next().is_some());
    rings.tick(start + RING_FOR);
    let answers: Vec<_> = rings.take_answered().into_iter().map(|a| (a.callee, a.answer)).collect();
    let expected = [(2, CallAnswer::Accepted), (3, CallAnswer::Declined), (4, CallAnswer::Missed)];
    assert_eq!(answers, expected);
    assert!(!rings.answer(4, "a", true), "too late");
    assert!(!rings.cancel(1, "a"));
}

#[test]
fn only_the_caller_gives_up_and_then_nothing_rings() {
    let mut rings = Rings::default();
    rings.start(origin(), wanted("a", 1, 1), online([2, 3]));
    assert!(!rings.cancel(2, "a"));
    assert!(rings.cancel(1, "a"));
    assert!(rings.take_answered().iter().all(|answered| answered.answer == CallAnswer::Missed));
    assert!(rings.ringing_for(2).next().is_none() && rings.ringing_for(3).next().is_none());
}

#[test]
fn f17_nobody_rings_twice_for_one_room_at_once() {
    let mut rings = Rings::default();
    rings.start(origin(), wanted("a", 1, 1), online([2, 3]));
    assert_eq!(rings.start(origin(), wanted("b", 9, 1), online([2, 3])), Started::Already);
    let Started::Call(more) = rings.start(origin(), wanted("c", 9, 1), online([2, 4])) else {
        panic!("the fourth is not called yet")
    };
    assert_eq!(more.answers.into_keys().collect::<Vec<_>>(), [4]);
    assert!(matches!(rings.start(origin(), wanted("d", 9, 2), online([2])), Started::Call(_)));
}

#[test]
fn two_who_call_each_other_meet() {
    let mut rings = Rings::default();
    rings.start(origin(), wanted("a", 1, 1), online([2]));
    let Started::Met(met) = rings.start(origin(), wanted("b", 2, 1), online([1])) else {
        panic!("they should meet")
    };
    assert_eq!((met.id.as_str(), met.answers[&2]), ("a", CallAnswer::Accepted));
    let answered: Vec<Answered> = rings.take_answered();
    assert_eq!((answered.len(), answered[0].answer), (1, CallAnswer::Accepted));
}

#[test]
fn f18_everybody_who_is_there_gets_the_call_with_the_way_in() {
    let mut board = board(1..=4);
    board.set_busy(3, true);
    board.happened(now(), &entered(1, 4, 1));
    board.take_effects();
    let people = (1..=5).collect();
    board.learn([(5, "user5".to_owned())]);
    let Started::Call(call) = board.call(now(), wanted("a", 1, 1), &people) else {
        panic!("not started")
    };
    let mut told = told(&mut board);
    for user in [2, 3] {
        let Some(Event::Ring { ring }) = told.remove(&user).and_then(|mut events| events.pop())
        else {
            panic!("{user} is not called")
        };
        assert_eq!(ring.room, CallRoom { number: "100000001".into(), name: "Room 1".into() });
        assert_eq!((ring.call.as_str(), ring.caller.as_str()), ("a", "user1"));
        assert_eq!((ring.caller_name.as_str(), ring.video), ("Person 1", true));
        assert_eq!(ring.quiet, user == 3, "who wants to be left alone sees it without a sound");
    }
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(call.answers.get(&4), None, "who is inside already is not called");
    assert_eq!(call.answers[&5], CallAnswer::NotThere);
    let Event::Welcome { ringing, .. } = board.welcome(2).remove(0) else { panic!("no welcome") };
    assert_eq!(ringing.len(), 1, "a machine that comes later shows it as well");
}

#[test]
fn f18_coming_into_the_room_by_any_way_takes_the_call() {
    let mut board = board(1..=3);
    board.call(now(), wanted("a", 1, 1), &(1..=3).collect());
    board.take_effects();
    board.happened(now(), &entered(7, 2, 1));
    let (call, answer) = ("a".to_owned(), CallAnswer::Accepted);
    let told = told(&mut board);
    assert_eq!(told[&2], [Event::RingEnded { call: call.clone(), answer }]);
    assert_eq!(told[&1], [Event::RingAnswer { call, user: "user2".into(), answer }]);
    assert_eq!(told.get(&3), None, "it goes on ringing for the others");
    board.tick(later(now(), RING_FOR));
    assert!(board.take_effects().iter().any(|effect| matches!(
        effect,
        Effect::Keep { answered, .. } if (answered.callee, answered.answer) == (3, CallAnswer::Missed)
    )));
}

#[test]
fn in_a_call_and_out_again_is_told_to_those_who_see_it() {
    let mut board = board(1..=2);
    board.happened(now(), &entered(1, 1, 77));
    board.tick(now());
    assert_eq!(told(&mut board)[&2], [presence(1, Presence::InCall)]);
    board.happened(now(), &left(1, 1, 77));
    board.happened(now(), &entered(2, 1, 77));
    board.tick(now());
    assert!(told(&mut board).is_empty(), "out and in between two ticks is no news");
    let ended = Happening::State { run: run("run", 77), state: ConferenceState::Ended, at_ms: 0 };
    board.happened(now(), &ended);
    board.tick(now());
    assert_eq!(told(&mut board)[&2], [presence(1, Presence::Online)]);
}

#[test]
fn entries_and_mail_trouble_reach_whom_they_concern() {
    let mut board = board(1..=3);
    board.happened(now(), &Happening::Entry { entry: 5, users: vec![1, 3] });
    let detail = "the mail server refuses the sender".to_owned();
    let trouble = Happening::MailTrouble { organiser: 2, entry: 5, detail: detail.clone() };
    board.happened(now(), &trouble);
    let told = told(&mut board);
    assert_eq!(told[&1], [Event::EntryChanged { entry: 5 }]);
    assert_eq!(told[&3], told[&1]);
    assert_eq!(told[&2], [Event::MailTrouble { entry: 5, detail }]);
}

/// 500 users of one room among 5,500: what a change costs grows with those who see it.
#[test]
fn a_change_of_presence_costs_as_much_as_there_are_people_who_see_it() {
    const MATES: i64 = 500;
    const OTHERS: i64 = 5_000;
    let mut board = board(1..=MATES);
    for user in MATES + 1..=MATES + OTHERS {
        board.learn([(user, format!("user{user}"))]);
        board.connected(user);
        board.set_view(user, View { contacts: [user - 1].into(), rooms: BTreeSet::new() });
    }
    board.tick(now());
    board.take_effects();
    let mut cost = |user: i64| {
        board.set_busy(user, true);
        board.tick(now());
        let effects = board.take_effects();
        let told: usize = effects
            .iter()
            .map(|effect| match effect {
                Effect::Send { to, .. } => to.len(),
                Effect::Keep { .. } => 0,
            })
            .sum();
        (effects.len(), told)
    };
    assert_eq!(cost(1), (1, 500), "one event, written once, for the 500 of the room");
    assert_eq!(cost(5_000), (1, 2), "themselves and the one whose contact they are");
}

#[test]
fn a_wave_of_arrivals_is_a_few_events_for_each() {
    const PEOPLE: i64 = 2_500;
    let mut board = Switchboard::default();
    board.learn((1..=PEOPLE).map(|user| (user, format!("user{user}"))));
    let people: BTreeSet<i64> = (1..=PEOPLE).collect();
    let seen = RoomSeen { number: "100000001".into(), name: "All hands".into(), people };
    board.set_room(1, seen, Activity::IDLE);
    for user in 1..=PEOPLE {
        board.connected(user);
        board.set_view(user, View { contacts: BTreeSet::new(), rooms: [1].into() });
    }
    board.tick(now());
    let effects = board.take_effects();
    let parts = (PEOPLE as usize).div_ceil(PRESENCES_PER_EVENT);
    assert_eq!(effects.len(), parts, "all see the same: each event is written once");
    let mut seen = 0;
    for effect in &effects {
        let Effect::Send { to, event: Event::Presence { people } } = effect else {
            panic!("{effect:?}")
        };
        assert_eq!(to.len(), PEOPLE as usize);
        assert!(people.len() <= PRESENCES_PER_EVENT);
        seen += people.len();
    }
    assert_eq!(seen, PEOPLE as usize);
    let longest = UserPresence { user: "x".repeat(64), presence: Presence::Offline };
    let event = Event::Presence { people: vec![longest; PRESENCES_PER_EVENT] };
    assert!(serde_json::to_string(&event).unwrap().len() < MAX_FRAME_BYTES / 2);
    let welcome = board.welcome(1);
    assert_eq!(welcome.len(), parts);
    assert!(matches!(&welcome[0], Event::Welcome { people, .. } if !people.is_empty()));
}

#[test]
fn x14_ten_calls_a_minute_then_a_pause() {
    let (mut limit, start) = (CallLimit::default(), origin());
    let second = |n: usize| start + Duration::from_secs(n as u64);
    for n in 0..CALLS {
        assert_eq!(limit.start(second(n), 1), Ok(()));
        limit.tick(second(n));
    }
    let wait = WINDOW - Duration::from_secs(CALLS as u64);
    assert_eq!(limit.start(second(CALLS), 1), Err(wait), "until the first is a minute old");
    assert_eq!(limit.start(second(CALLS), 2), Ok(()), "each caller has their own");
    assert_eq!(limit.start(start + WINDOW, 1), Ok(()));
    let wait = Duration::from_secs(1);
    assert_eq!(limit.start(start + WINDOW, 1), Err(wait), "one went, one came");
}

#[test]
fn x14_calls_that_are_cancelled_count_and_those_that_never_were_do_not() {
    let (mut rings, start) = (Rings::default(), origin());
    for n in 0..CALLS {
        let id = n.to_string();
        let nobody = rings.start(start, wanted("nobody", 9, 1), []);
        assert_eq!(nobody, Started::Nobody);
        assert!(matches!(rings.start(start, wanted(&id, 9, 1), online([1])), Started::Call(_)));
        assert_eq!(rings.start(start, wanted("again", 9, 1), online([1])), Started::Already);
        assert!(rings.cancel(9, &id));
    }
    let refused = rings.start(start, wanted("more", 9, 1), online([1]));
    assert_eq!(refused, Started::TooMany(WINDOW));
    assert!(rings.ringing_for(1).next().is_none());
    let Started::Call(call) = rings.start(start, wanted("back", 1, 1), online([9])) else {
        panic!("who is called may call")
    };
    let met = rings.start(start, wanted("met", 9, 1), online([1]));
    assert!(matches!(met, Started::Met(met) if met.id == call.id), "taking a call is no call");
}
