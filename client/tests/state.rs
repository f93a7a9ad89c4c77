//! What events do to the state, without a window.

mod fake;

use client::call::{CallEvent, Link};
use client::command::Purpose;
use client::i18n::Language;
use client::state::{
    BackendEvent, Call, Failure, Lamp, Now, Phase, RoomsEvent, Screen, State, Why,
};
use engine::engine::{Connection, Event as EngineEvent};
use fake::*;
use protocol::*;

fn state() -> State {
    inside(Language::German, RoomKind::GroupCall, 9, people()).state
}

fn call(state: &State) -> &Call {
    state.call.as_ref().expect("in a call")
}

fn at(state: &mut State, seconds: f64) {
    state.now = Now { seconds, unix_ms: NOON_MS };
}

#[test]
fn a_whole_conference_from_the_wait_to_the_end() {
    let mut state = joining(Language::German, RoomKind::Webinar).state;
    assert_eq!((state.screen, call(&state).phase), (Screen::Call, Phase::Joining));
    assert_eq!(call(&state).lamp(), Lamp::Off);
    at(&mut state, 10.0);
    let wait = |reason| {
        hub(HubMessage::Waiting { reason, room_name: "Saal".into(), resume_token: "t".into() })
    };
    state.apply(wait(WaitReason::NoHost));
    assert_eq!(call(&state).lamp(), Lamp::Held);
    at(&mut state, 20.0);
    state.apply(wait(WaitReason::NoHost));
    let since = Phase::Waiting { reason: WaitReason::NoHost, since: 10.0 };
    assert_eq!(call(&state).phase, since, "a reconnect does not restart the wait");

    let snapshot = snapshot(RoomKind::Webinar, 9, people());
    state.apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    assert_eq!(call(&state).phase, Phase::In);
    assert_eq!(call(&state).lamp(), Lamp::Off, "nothing is transmitted yet");
    state.apply(engine_event(EngineEvent::Transmitting {
        microphone: true,
        camera: false,
        screen: false,
    }));
    assert_eq!(call(&state).lamp(), Lamp::OnAir);

    state.apply(wait(WaitReason::OnHold));
    assert_eq!(call(&state).lamp(), Lamp::Held);
    assert!(call(&state).participants.is_empty() && call(&state).chat.is_empty());

    state.apply(hub(HubMessage::Ended { reason: EndReason::EndedByHost }));
    assert_eq!(state.screen, Screen::Ended);
    let ended = state.ended.as_ref().expect("a last page");
    assert_eq!(ended.why, Why::Over(EndReason::EndedByHost));
    assert!(state.call.is_none());
}

#[test]
fn alone_nobody_hears_even_what_is_transmitted() {
    let mut state = state();
    assert_eq!(call(&state).lamp(), Lamp::OnAir);
    for id in 1..=8 {
        state.apply(hub(HubMessage::ParticipantLeft { participant: ParticipantId(id) }));
    }
    assert_eq!(call(&state).lamp(), Lamp::Off);
}

#[test]
fn speech_into_a_closed_microphone_is_noticed_and_a_cough_is_not() {
    let mut state = state();
    state.call.as_mut().expect("call").microphone = false;
    let mut hear = |seconds: f64, level| {
        at(&mut state, seconds);
        state.apply(BackendEvent::MicrophoneLevel(level));
        call(&state).speaks_muted()
    };
    assert!(!hear(0.0, 20));
    assert!(!hear(0.3, 90));
    assert!(!hear(2.0, 90));
    assert!(!hear(5.0, 25));
    assert!(!hear(5.5, 90), "a short pause between words");
    assert!(hear(5.9, 25));
    assert!(!hear(9.0, 90));
    hear(10.0, 25);
    assert!(hear(11.0, 25));
    state.call.as_mut().expect("call").microphone = true;
    assert!(!call(&state).speaks_muted());
}

#[test]
fn hands_stand_in_the_order_they_were_raised() {
    let mut state = state();
    let mut late = people().remove(3);
    late.hand_raised_at_ms = Some(NOON_MS - 8_000);
    state.apply(hub(HubMessage::ParticipantChanged { participant: late }));
    let order: Vec<u32> = call(&state).hands().iter().map(|p| p.id.0).collect();
    assert_eq!(order, [2, 7, 4]);
    assert_eq!(call(&state).hand_place(ParticipantId(4)), Some(3));
    state.apply(hub(HubMessage::ParticipantLeft { participant: ParticipantId(2) }));
    assert_eq!(call(&state).hand_place(ParticipantId(4)), Some(2));
    assert_eq!(call(&state).hand_place(ParticipantId(5)), None);
}

#[test]
fn a_ring_burns_while_somebody_speaks_and_fades_after_a_moment() {
    let mut state = state();
    let brightness =
        |state: &State, seconds| call(state).ring(ParticipantId(1), Now { seconds, unix_ms: 0 });
    assert_eq!(brightness(&state, 99.0), 1.0, "the hub's word stands");
    at(&mut state, 100.0);
    state.apply(hub(HubMessage::Speakers { participants: vec![ParticipantId(5)] }));
    assert_eq!(brightness(&state, 100.5), 1.0);
    assert!((0.2..0.8).contains(&brightness(&state, 100.7)));
    assert_eq!(brightness(&state, 101.0), 0.0);
    let mut muted = people().remove(4);
    muted.microphone = false;
    state.apply(hub(HubMessage::ParticipantChanged { participant: muted }));
    let silent = call(&state).ring(ParticipantId(5), Now { seconds: 100.0, unix_ms: 0 });
    assert_eq!(silent, 0.0, "a closed microphone never burns");
}

#[test]
fn lines_that_nobody_read_are_counted_and_own_ones_are_not() {
    let mut state = state();
    let say = |id, from| {
        hub(HubMessage::Chat { line: line(id, from, "x", ChatScope::Everyone, "hallo") })
    };
    state.apply(say(1, 5));
    state.apply(say(2, 9));
    assert_eq!(call(&state).unread, 1);
    state.call.as_mut().expect("call").toggle(client::state::Panel::Chat);
    state.apply(say(3, 5));
    assert_eq!(call(&state).unread, 0);
    assert_eq!(call(&state).chat.len(), 3);
}

#[test]
fn a_reconnect_replaces_what_was_known_and_keeps_what_the_user_chose() {
    let mut state = state();
    {
        let call = state.call.as_mut().expect("call");
        call.draft = "halb".into();
        call.scope = ChatScope::Hosts;
        call.pinned = Some(ParticipantId(5));
        call.microphone = false;
    }
    let fewer = people().into_iter().filter(|p| p.id.0 != 5).collect();
    let snapshot = snapshot(RoomKind::GroupCall, 9, fewer);
    state.apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    let call = call(&state);
    assert_eq!((call.draft.as_str(), call.scope), ("halb", ChatScope::Hosts));
    assert_eq!(call.pinned, None, "who is gone stands on no stage");
    assert!(!call.microphone);
    assert!(call.slots.is_empty(), "the new connection binds its own slots");
}

#[test]
fn a_missing_connection_is_a_loss_only_after_there_was_one() {
    let mut state = joining(Language::German, RoomKind::GroupCall).state;
    let snapshot = snapshot(RoomKind::GroupCall, 9, people());
    state.apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    state.apply(engine_event(EngineEvent::Connection(Connection::Connecting)));
    assert!(!call(&state).lost());
    state.apply(engine_event(EngineEvent::Connection(Connection::Connected)));
    state.apply(engine_event(EngineEvent::Connection(Connection::Interrupted)));
    assert!(call(&state).lost());
    state.apply(engine_event(EngineEvent::Connection(Connection::Connected)));
    assert!(!call(&state).lost());
    let retry_in = std::time::Duration::from_secs(1);
    state.apply(BackendEvent::Call(CallEvent::Link(Link::Lost { retry_in })));
    assert!(call(&state).lost());
    let ring = call(&state).ring(ParticipantId(1), state.now);
    assert_eq!(ring, 0.0, "nobody is shown speaking over a dead line");
}

#[test]
fn a_session_that_ran_out_leads_to_the_sign_in_page_with_the_reason() {
    let mut state = at_home(Language::German).state;
    state.apply(BackendEvent::SessionOver);
    assert_eq!(state.screen, Screen::SignIn);
    assert_eq!(state.sign_in.failure, Some(Failure::NotSignedIn));
    assert!(state.account.is_none());
}

#[test]
fn a_late_answer_never_pulls_the_user_off_their_page() {
    let mut state = at_home(Language::German).state;
    state.open(rooms().remove(1));
    let late = Ok(room("spät", RoomKind::Webinar, "111222333"));
    let purpose = Purpose::Start;
    state.apply(BackendEvent::Room(RoomsEvent::Created { room: late, purpose }));
    assert_eq!(state.pre_join.as_ref().expect("page").room.name, "Wochenrunde Verwaltung");
    state.apply(BackendEvent::SignedIn(account()));
    assert_eq!(state.screen, Screen::PreJoin);
    state.apply(hub(HubMessage::Ended { reason: EndReason::Left }));
    assert_eq!(state.screen, Screen::PreJoin, "events of no call change nothing");
}
