use super::*;
use crate::conference::{ALONE_LIMIT, Now};
use crate::events::rings::Ringing;
use crate::sfu;
use crate::store::NewSession;
use protocol::{CallAnswer, CallRoom, ChatScope, ParticipantKind, Role, RoomKind, RoomPolicy};
use std::collections::HashSet;

fn room() -> RoomRow {
    RoomRow {
        id: 1,
        number: "483920175".to_owned(),
        name: "Daily".to_owned(),
        kind: RoomKind::GroupCall,
        owner_id: 1,
        pin: "120431".to_owned(),
        link_nonce: Vec::new(),
        created_at_ms: 0,
        policy: RoomPolicy::default_for(RoomKind::GroupCall),
        ad_hoc: false,
    }
}

fn info() -> RoomInfo {
    RoomInfo {
        name: "Daily".to_owned(),
        kind: RoomKind::GroupCall,
        number: "483920175".to_owned(),
        pin: None,
        link_path: None,
        policy: RoomPolicy::default_for(RoomKind::GroupCall),
    }
}

/// A place for runs; the folder goes with it.
async fn place() -> (tempfile::TempDir, Arc<Live>, mpsc::UnboundedReceiver<Happening>) {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(&crate::Config::local(data.path())).await.unwrap();
    let listen = ([127, 0, 0, 1], 0).into();
    let (sfu, events) = Sfu::start(sfu::Config { listen, advertise: Vec::new() }).unwrap();
    let happenings = Arc::new(Happenings::default());
    let heard = happenings.listen();
    (data, Live::start(sfu, events, store, happenings), heard)
}

async fn enter_as(
    live: &Live,
    role: Role,
    user: Option<i64>,
) -> Result<(Seat, mpsc::Receiver<Message>), Refusal> {
    come(live, role, user, None).await
}

async fn come(
    live: &Live,
    role: Role,
    user: Option<i64>,
    session: Option<[u8; 32]>,
) -> Result<(Seat, mpsc::Receiver<Message>), Refusal> {
    let (outgoing, frames) = mpsc::channel(OUTGOING_FRAMES);
    let kind = if user.is_some() { ParticipantKind::User } else { ParticipantKind::Guest };
    let (name, secret) = ("Somebody".to_owned(), "secret".to_owned());
    let entrant = Entrant { name, kind, user, session, role, secret };
    match live.join(&room(), info(), entrant, outgoing).await {
        Ok(seat) => Ok((seat, frames)),
        Err(EntryError::Refused(reason)) => Err(reason),
        Err(EntryError::Store(error)) => panic!("{error}"),
    }
}

#[tokio::test]
async fn who_was_signed_out_by_another_process_is_found_by_a_look_at_all_sessions() {
    let (_data, live, _heard) = place().await;
    crate::accounts::ensure_admin(&live.store, clock::now(), None).await.unwrap();
    let ends = [i64::MAX, 1];
    let sessions: [[u8; 32]; 3] = [[0; 32], [1; 32], [2; 32]];
    for (token_hash, expires_at_ms) in sessions.into_iter().zip(ends) {
        let (id, agent) = (&*expires_at_ms.to_string(), "");
        let (user_id, now_ms, without_password) = (1, 0, false);
        let session =
            NewSession { token_hash, id, user_id, agent, without_password, now_ms, expires_at_ms };
        live.store.add_session(session).await.unwrap();
    }
    let mut seats = Vec::new();
    for session in sessions {
        seats.push(come(&live, Role::Host, Some(1), Some(session)).await.unwrap());
    }
    live.look_once(Some(2)).await;
    assert_eq!(live.participants(1).len(), 3, "of somebody else");
    live.look_once(None).await;
    assert_eq!(live.participants(1).len(), 2, "one was ended, one is over by itself, one stands");
    live.store.revoke_sessions(1, None).await.unwrap();
    live.look_once(None).await;
    assert_eq!(live.status(1).unwrap().state, ConferenceState::OnHold, "everybody is gone");
}

async fn enter(live: &Live, role: Role) -> (Seat, mpsc::Receiver<Message>) {
    enter_as(live, role, Some(1)).await.expect("nobody is refused here")
}

/// What was published so far, in short, and in which run.
fn story(heard: &mut mpsc::UnboundedReceiver<Happening>) -> (Vec<String>, HashSet<String>) {
    let (mut told, mut runs) = (Vec::new(), HashSet::new());
    while let Ok(happening) = heard.try_recv() {
        let (run, text) = match happening {
            Happening::State { run, state, .. } => (run, format!("{state:?}")),
            Happening::Entered { run, person, .. } => (run, format!("{:?} in", person.user)),
            Happening::Left { run, person, .. } => (run, format!("{:?} out", person.user)),
            Happening::Waiting { run, count, .. } => (run, format!("{count} wait")),
            other => panic!("not of a run: {other:?}"),
        };
        assert_eq!(run.room, 1);
        told.push(text);
        runs.insert(run.id);
    }
    (told, runs)
}

#[tokio::test]
async fn what_happens_is_published_in_order_under_an_id_of_the_run() {
    let (_data, live, mut heard) = place().await;
    let _guest = enter_as(&live, Role::Attendee, None).await.unwrap();
    let (host, _frames) = enter_as(&live, Role::Host, Some(7)).await.unwrap();
    let (told, first) = story(&mut heard);
    assert_eq!(told, ["1 wait", "Live", "None in", "Some(7) in", "0 wait"]);
    live.handle(&host, ClientMessage::Leave).await;
    assert_eq!(story(&mut heard).0, ["Some(7) out", "OnHold", "None out", "1 wait"]);
    live.end(1);
    assert_eq!(story(&mut heard).0, ["0 wait", "Ended"]);
    assert!(live.status(1).is_none());
    let _again = enter_as(&live, Role::Host, Some(7)).await.unwrap();
    let (told, second) = story(&mut heard);
    assert_eq!(told, ["Live", "Some(7) in"]);
    assert!(first.len() == 1 && second.len() == 1 && first != second, "{first:?} {second:?}");
    assert_eq!(second.iter().next().map(String::len), Some(32));
}

#[tokio::test]
async fn decisions_from_outside_reach_a_run_and_do_nothing_without_one() {
    let (_data, live, _heard) = place().await;
    live.end(1);
    live.remove_user(1, 7);
    assert!(live.participants(1).is_empty() && live.waiting(1).is_empty());
    let _host = enter_as(&live, Role::Host, Some(7)).await.unwrap();
    let policy = RoomPolicy { waiting_room: true, ..info().policy };
    live.apply_policy(1, policy);
    let _guest = enter_as(&live, Role::Attendee, None).await.unwrap();
    assert_eq!(live.participants(1).iter().map(|p| p.user).collect::<Vec<_>>(), [Some(7)]);
    assert_eq!((live.waiting(1).len(), live.statuses().len()), (1, 1));
    live.remove_user(1, 7);
    assert_eq!(live.status(1).unwrap().state, ConferenceState::OnHold);
    assert_eq!(enter_as(&live, Role::Host, Some(7)).await.err(), Some(Refusal::Removed));
    live.end(1);
    assert!(live.status(1).is_none());
}

#[tokio::test]
async fn a_refused_guest_leaves_no_run_behind() {
    let (_data, live, mut heard) = place().await;
    let (outgoing, _frames) = mpsc::channel(1);
    let (kind, role) = (ParticipantKind::Guest, Role::Attendee);
    let entrant =
        Entrant { name: " ".into(), kind, user: None, session: None, role, secret: "x".into() };
    let refused = live.join(&room(), info(), entrant, outgoing).await;
    assert!(matches!(refused, Err(EntryError::Refused(Refusal::Name))));
    assert!(live.status(1).is_none() && live.statuses().is_empty());
    assert!(story(&mut heard).0.is_empty());
}

#[tokio::test]
async fn e2_an_ad_hoc_room_that_nobody_came_to_is_swept_away() {
    let (_data, live, _heard) = place().await;
    crate::accounts::ensure_admin(&live.store, clock::now(), None).await.unwrap();
    for (number, ad_hoc) in [("1", true), ("2", true), ("3", false)] {
        let fresh = RoomRow { number: number.to_owned(), ad_hoc, ..room() };
        live.store.add_room(fresh, &[], |id| [id as u8; 32]).await.unwrap();
    }
    // Somebody is in the first one.
    let _host = enter(&live, Role::Host).await;
    let later = Now { unix_ms: ALONE_LIMIT.as_millis() as i64, ..clock::now() };
    live.sweep_once(later).await.unwrap();
    live.flush().await;
    assert!(live.store.room_by_number("2").await.unwrap().is_some(), "within the 30 minutes");
    live.sweep_once(Now { unix_ms: later.unix_ms + 1, ..later }).await.unwrap();
    live.flush().await;
    let mut left = Vec::new();
    for number in ["1", "2", "3"] {
        left.push(live.store.room_by_number(number).await.unwrap().is_some());
    }
    assert_eq!(left, [true, false, true]);
}

#[tokio::test]
async fn e2_an_ad_hoc_room_that_rings_is_not_swept_away() {
    let (_data, live, _heard) = place().await;
    crate::accounts::ensure_admin(&live.store, clock::now(), None).await.unwrap();
    let fresh = RoomRow { ad_hoc: true, ..room() };
    live.store.add_room(fresh, &[], |_| [0; 32]).await.unwrap();
    let call = Ringing {
        id: "call".to_owned(),
        caller: 1,
        caller_name: "Somebody".to_owned(),
        room: 1,
        place: CallRoom { number: room().number, name: room().name },
        direct: true,
        video: true,
        since_ms: 0,
        answers: [(1, CallAnswer::Ringing)].into(),
    };
    live.store.add_rings(&call).await.unwrap();
    let later = Now { unix_ms: ALONE_LIMIT.as_millis() as i64 + 1, ..clock::now() };
    for (answer, stays) in [(None, true), (Some(CallAnswer::Missed), false)] {
        if let Some(answer) = answer {
            live.store.settle_ring("call", 1, answer, 0).await.unwrap();
        }
        live.sweep_once(later).await.unwrap();
        live.flush().await;
        let left = live.store.room_by_number(&room().number).await.unwrap();
        assert_eq!(left.is_some(), stays, "{answer:?}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_can_resume() {
    let (_data, live, _heard) = place().await;
    crate::accounts::ensure_admin(&live.store, clock::now(), None).await.unwrap();
    live.store.add_room(room(), &[], |_| [0; 32]).await.unwrap();
    let (host, mut heard) = enter(&live, Role::Host).await;
    let (_sleeper, mut unread) = enter(&live, Role::Attendee).await;
    for _ in 0..OUTGOING_FRAMES + 10 {
        let (scope, text) = (ChatScope::Everyone, "more".to_owned());
        live.handle(&host, ClientMessage::Chat { scope, text }).await;
        live.flush().await;
        while heard.try_recv().is_ok() {}
    }
    let mut got = Vec::new();
    while let Some(Message::Text(text)) = unread.recv().await {
        got.push(serde_json::from_str::<HubMessage>(&text).unwrap());
    }
    assert_eq!(got.len(), OUTGOING_FRAMES, "then the queue was closed");
    let HubMessage::Joined { resume_token, snapshot } = &got[0] else { panic!("not inside") };
    let (outgoing, mut frames) = mpsc::channel(OUTGOING_FRAMES);
    assert!(live.resume(resume_token, outgoing).is_ok());
    let Some(Message::Text(text)) = frames.recv().await else { panic!("no snapshot") };
    let HubMessage::Joined { snapshot: again, .. } = serde_json::from_str(&text).unwrap() else {
        panic!("not inside again")
    };
    assert_eq!(again.you, snapshot.you);
    assert_eq!(again.participants.len(), 2, "within the grace period nobody left");
}
