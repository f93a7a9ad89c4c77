//! What all tests of the rules share: a hall full of clients that keep replicas.

mod admission;
mod chat;
mod histories;
mod people;

use super::*;
use protocol::{ChatScope, MAX_CHAT_CHARS, Refusal, RoomKind, WaitReason};
use std::collections::HashSet;
use std::time::Duration;

fn room(kind: RoomKind) -> RoomInfo {
    RoomInfo {
        name: "Nebenkosten".to_owned(),
        kind,
        number: "483920175".to_owned(),
        pin: Some("120431".to_owned()),
        link_path: Some("/j/secret".to_owned()),
    }
}

/// Where a client believes to be, from nothing but the messages it received.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Nowhere,
    Waiting(WaitReason),
    Inside,
    Over(EndReason),
}

/// A client that keeps a replica of the conference, as the real ones do.
#[derive(Debug, Clone)]
struct Replica {
    place: Place,
    people: BTreeMap<ParticipantId, Participant>,
    you: Option<ParticipantId>,
    token: Option<String>,
    chat: Vec<ChatLine>,
    denied: usize,
    closed: bool,
}

/// A conference with replicas of all its clients, and the rules about what may reach whom.
struct Hall {
    conference: Conference,
    start: Instant,
    at: Duration,
    clients: BTreeMap<ConnectionId, Replica>,
    with_media: HashSet<ParticipantId>,
    published: HashMap<ParticipantId, (bool, bool, bool)>,
    kept: Vec<ChatLine>,
    media_closed: bool,
    next_connection: u64,
}

impl Hall {
    fn new(kind: RoomKind) -> Hall {
        #[expect(clippy::disallowed_methods, reason = "an arbitrary origin for virtual time")]
        let start = Instant::now();
        Hall {
            conference: Conference::new(7, room(kind), 1),
            start,
            at: Duration::ZERO,
            clients: BTreeMap::new(),
            with_media: HashSet::new(),
            published: HashMap::new(),
            kept: Vec::new(),
            media_closed: false,
            next_connection: 1,
        }
    }

    fn now(&self) -> Now {
        Now { instant: self.start + self.at, unix_ms: 1_000_000 + self.at.as_millis() as i64 }
    }

    fn connect(&mut self) -> ConnectionId {
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        let client = Replica {
            place: Place::Nowhere,
            people: BTreeMap::new(),
            you: None,
            token: None,
            chat: Vec::new(),
            denied: 0,
            closed: false,
        };
        self.clients.insert(connection, client);
        connection
    }

    fn try_join(&mut self, name: &str, role: Role) -> Result<ConnectionId, Refusal> {
        let connection = self.connect();
        let kind = if role == Role::Host { ParticipantKind::User } else { ParticipantKind::Guest };
        let secret = format!("secret of {}", connection.0);
        let entrant = Entrant { name: name.to_owned(), kind, role, secret };
        let joined = self.conference.join(self.now(), connection, entrant);
        self.settle();
        joined.map(|_| connection)
    }

    fn host(&mut self) -> ConnectionId {
        self.try_join("Miriam Vogt", Role::Host).unwrap()
    }

    fn guest(&mut self, name: &str) -> ConnectionId {
        self.try_join(name, Role::Attendee).unwrap()
    }

    fn resume(&mut self, token: &str) -> Result<ConnectionId, Refusal> {
        let connection = self.connect();
        let token = ResumeToken::parse(token).ok_or(Refusal::Resume)?;
        let resumed = self.conference.resume(connection, &token);
        self.settle();
        resumed.map(|_| connection)
    }

    fn say(&mut self, connection: ConnectionId, message: ClientMessage) {
        self.conference.handle(self.now(), connection, message);
        self.settle();
    }

    fn chat(&mut self, connection: ConnectionId, scope: ChatScope, text: &str) {
        self.say(connection, ClientMessage::Chat { scope, text: text.to_owned() });
    }

    fn break_link(&mut self, connection: ConnectionId) {
        self.conference.disconnected(self.now(), connection);
        if let Some(client) = self.clients.get_mut(&connection) {
            client.closed = true;
        }
        self.settle();
    }

    fn wait(&mut self, time: Duration) {
        self.at += time;
        self.conference.tick(self.now());
        self.settle();
    }

    fn id(&self, connection: ConnectionId) -> ParticipantId {
        self.clients[&connection].you.unwrap()
    }

    fn place(&self, connection: ConnectionId) -> &Place {
        &self.clients[&connection].place
    }

    fn token(&self, connection: ConnectionId) -> String {
        self.clients[&connection].token.clone().unwrap()
    }

    fn person(&self, seen_by: ConnectionId, who: ConnectionId) -> &Participant {
        &self.clients[&seen_by].people[&self.id(who)]
    }

    fn texts(&self, connection: ConnectionId) -> Vec<&str> {
        self.clients[&connection].chat.iter().map(|line| line.text.as_str()).collect()
    }

    /// Carries out the effects, then checks what must always hold.
    fn settle(&mut self) {
        for effect in self.conference.take_effects() {
            match effect {
                Effect::Send { to, message } => {
                    assert_eq!(to.iter().collect::<HashSet<_>>().len(), to.len());
                    for connection in to {
                        let client = self.clients.get_mut(&connection).unwrap();
                        assert!(!client.closed, "a message to a closed connection: {message:?}");
                        client.receive(message.clone());
                    }
                }
                Effect::Close { connection } => {
                    self.clients.get_mut(&connection).unwrap().closed = true;
                }
                Effect::KeepChat { line } => self.kept.push(line),
                Effect::Offer { participant, .. } => {
                    self.with_media.insert(participant);
                }
                Effect::Watch { .. } => {}
                Effect::Publish { participant, microphone, camera, screen } => {
                    self.published.insert(participant, (microphone, camera, screen));
                }
                Effect::RemoveMedia { participant } => {
                    self.with_media.remove(&participant);
                    self.published.remove(&participant);
                }
                Effect::CloseMedia => {
                    self.media_closed = true;
                    self.with_media.clear();
                }
            }
        }
        self.check();
    }

    fn check(&self) {
        let conference = &self.conference;
        let truth: BTreeMap<ParticipantId, Participant> = conference
            .members
            .values()
            .filter(|member| member.inside)
            .map(|member| (member.public.id, member.public.clone()))
            .collect();
        let live = conference.state == ConferenceState::Live;
        assert_eq!(live, truth.values().any(|p| p.role == Role::Host), "live while a host is in");
        assert!(live || truth.is_empty(), "somebody is inside although no host is");
        for member in conference.members.values() {
            assert!(!live || member.inside, "somebody waits although a host is in");
        }
        for (id, person) in &truth {
            let sends = (person.microphone, person.camera, person.screen);
            assert!(person.may_publish || sends == (false, false, false));
            assert_eq!(self.published.get(id).copied().unwrap_or_default(), sends);
        }
        assert!(self.with_media.iter().all(|id| truth.contains_key(id)), "media for one outside");
        for (connection, client) in self.clients.iter().filter(|(_, client)| !client.closed) {
            match client.place {
                Place::Inside => {
                    assert_eq!(client.people, truth, "{connection:?} has a wrong picture");
                    assert_eq!(
                        conference.connection_inside(client.you.unwrap()),
                        Some(*connection)
                    );
                }
                Place::Waiting(_) => assert!(!live),
                Place::Over(_) => panic!("over, but the connection stays open"),
                Place::Nowhere => {}
            }
        }
        if conference.state == ConferenceState::Ended {
            assert!(self.media_closed && conference.members.is_empty());
        }
    }
}

impl Replica {
    fn receive(&mut self, message: HubMessage) {
        if self.place != Place::Inside {
            assert!(
                matches!(
                    message,
                    HubMessage::Joined { .. }
                        | HubMessage::Waiting { .. }
                        | HubMessage::Denied { .. }
                        | HubMessage::Ended { .. }
                ),
                "somebody outside received {message:?}"
            );
        }
        match message {
            HubMessage::Joined { resume_token, snapshot } => {
                assert_eq!(snapshot.state, ConferenceState::Live);
                assert!(self.you.is_none_or(|you| you == snapshot.you), "the id changed");
                let own = snapshot.participants.iter().find(|p| p.id == snapshot.you).unwrap();
                assert_eq!(own.role == Role::Host, snapshot.room.link_path.is_some());
                assert_eq!(own.role == Role::Host, snapshot.room.pin.is_some());
                self.place = Place::Inside;
                self.you = Some(snapshot.you);
                self.token = Some(resume_token);
                self.people = snapshot.participants.into_iter().map(|p| (p.id, p)).collect();
                self.chat = snapshot.chat;
            }
            HubMessage::Waiting { reason, resume_token, .. } => {
                self.place = Place::Waiting(reason);
                self.token = Some(resume_token);
                self.people.clear();
                self.chat.clear();
            }
            HubMessage::ParticipantJoined { participant } => {
                let known = self.people.insert(participant.id, participant);
                assert!(known.is_none(), "joined twice");
            }
            HubMessage::ParticipantChanged { participant } => {
                assert!(self.people.insert(participant.id, participant).is_some());
            }
            HubMessage::ParticipantLeft { participant } => {
                assert!(self.people.remove(&participant).is_some());
            }
            HubMessage::Chat { line } => self.chat.push(line),
            HubMessage::Denied { .. } => self.denied += 1,
            HubMessage::Ended { reason } => self.place = Place::Over(reason),
            other => panic!("unexpected {other:?}"),
        }
    }
}
