use super::*;
use crate::sfu;
use protocol::{ChatScope, ParticipantKind, Role, RoomKind};

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
    }
}

fn info() -> RoomInfo {
    RoomInfo {
        name: "Daily".to_owned(),
        kind: RoomKind::GroupCall,
        number: "483920175".to_owned(),
        pin: None,
        link_path: None,
    }
}

async fn enter(live: &Live, role: Role) -> (Seat, mpsc::Receiver<Message>) {
    let (outgoing, frames) = mpsc::channel(OUTGOING_FRAMES);
    let (name, kind) = ("Somebody".to_owned(), ParticipantKind::User);
    let entrant = Entrant { name, kind, role, secret: "secret".to_owned() };
    match live.join(&room(), info(), entrant, outgoing).await {
        Ok(seat) => (seat, frames),
        Err(_) => panic!("nobody is refused here"),
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_can_resume() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let listen = ([127, 0, 0, 1], 0).into();
    let (sfu, events) = Sfu::start(sfu::Config { listen, advertise: Vec::new() }).unwrap();
    let live = Live::start(sfu, events, store);
    let (host, mut heard) = enter(&live, Role::Host).await;
    let (_sleeper, mut unread) = enter(&live, Role::Attendee).await;
    for _ in 0..OUTGOING_FRAMES + 10 {
        let (scope, text) = (ChatScope::Everyone, "more".to_owned());
        live.handle(&host, ClientMessage::Chat { scope, text }).await;
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
