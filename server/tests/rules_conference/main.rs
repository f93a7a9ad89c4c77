//! The rules of a conference, without sockets, clock and database: a hall full of clients that keep
//! replicas from nothing but the messages they receive. After every step [`Hall::settle`] checks
//! what must always hold.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod ad_hoc;
mod admission;
mod chat;
mod door;
mod hands;
mod histories;
mod moderation;
mod people;
mod quality;

use protocol::{
    ChatLine, ChatScope, ClientMessage, ConferenceState, EndReason, HubMessage, MAX_CHAT_CHARS,
    Participant, ParticipantId, ParticipantKind, PersonQuality, QualityLevel, Refusal, Role,
    RoomInfo, RoomKind, RoomPolicy, WaitReason, WaitingPerson, WayQuality,
};
use server::conference::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

fn opening(kind: RoomKind) -> Opening {
    let room = RoomInfo {
        name: "Nebenkosten".to_owned(),
        kind,
        number: "483920175".to_owned(),
        pin: Some("120431".to_owned()),
        link_path: Some("/j/secret".to_owned()),
        policy: RoomPolicy::default_for(kind),
    };
    Opening { run: 7, room, next_chat: 1, ad_hoc: false }
}

/// What a user comes with on one of their machines.
fn session(user: i64, machine: u8) -> [u8; 32] {
    let mut session = [machine; 32];
    session[..8].copy_from_slice(&user.to_le_bytes());
    session
}

/// Where a client believes to be.
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
    state: ConferenceState,
    live_since_ms: Option<i64>,
    locked: bool,
    policy: RoomPolicy,
    /// Knows the room's PIN and link.
    knows_way_in: bool,
    waiting: Vec<WaitingPerson>,
    you: Option<ParticipantId>,
    token: Option<String>,
    chat: Vec<ChatLine>,
    muted_by: Vec<String>,
    hands_dropped: Vec<i64>,
    quality: Vec<PersonQuality>,
    denied: usize,
    closed: bool,
}

/// What the records hold, from nothing but the effects meant for them.
#[derive(Default)]
struct Records {
    inside: BTreeMap<ParticipantId, Option<i64>>,
    stays: usize,
    waiting: usize,
    states: Vec<ConferenceState>,
}

/// A conference with replicas of all its clients.
struct Hall {
    conference: Conference,
    capacity: usize,
    start: Instant,
    at: Duration,
    clients: BTreeMap<ConnectionId, Replica>,
    users: HashMap<ParticipantId, i64>,
    /// What the next user sits at; each has a session of its own.
    machine: u8,
    with_media: HashSet<ParticipantId>,
    published: HashMap<ParticipantId, (bool, bool, bool)>,
    kept: Vec<ChatLine>,
    kept_policy: Option<RoomPolicy>,
    records: Records,
    ever_inside: HashSet<ParticipantId>,
    was_locked: bool,
    removed: HashSet<ParticipantId>,
    media_closed: bool,
    room_deleted: bool,
    next_connection: u64,
}

impl Hall {
    fn new(kind: RoomKind) -> Hall {
        Hall::open(opening(kind))
    }

    fn ad_hoc() -> Hall {
        Hall::open(Opening { ad_hoc: true, ..opening(RoomKind::GroupCall) })
    }

    fn with_policy(kind: RoomKind, change: impl FnOnce(&mut RoomPolicy)) -> Hall {
        let mut opening = opening(kind);
        change(&mut opening.room.policy);
        Hall::open(opening)
    }

    fn open(opening: Opening) -> Hall {
        #[expect(clippy::disallowed_methods, reason = "an arbitrary origin for virtual time")]
        let start = Instant::now();
        let capacity = match opening.room.kind {
            RoomKind::GroupCall => GROUP_CALL_CAPACITY,
            RoomKind::Webinar => WEBINAR_CAPACITY,
        };
        Hall {
            conference: Conference::new(opening),
            capacity,
            start,
            at: Duration::ZERO,
            clients: BTreeMap::new(),
            users: HashMap::new(),
            machine: 0,
            with_media: HashSet::new(),
            published: HashMap::new(),
            kept: Vec::new(),
            kept_policy: None,
            records: Records::default(),
            ever_inside: HashSet::new(),
            was_locked: false,
            removed: HashSet::new(),
            media_closed: false,
            room_deleted: false,
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
            state: ConferenceState::Waiting,
            live_since_ms: None,
            locked: false,
            policy: RoomPolicy::default_for(RoomKind::GroupCall),
            knows_way_in: false,
            waiting: Vec::new(),
            you: None,
            token: None,
            chat: Vec::new(),
            muted_by: Vec::new(),
            hands_dropped: Vec::new(),
            quality: Vec::new(),
            denied: 0,
            closed: false,
        };
        self.clients.insert(connection, client);
        connection
    }

    /// A user of the hub when there is an account, a guest otherwise.
    fn come(&mut self, name: &str, role: Role, user: Option<i64>) -> Result<ConnectionId, Refusal> {
        let connection = self.connect();
        let kind = if user.is_some() { ParticipantKind::User } else { ParticipantKind::Guest };
        let secret = format!("secret of {}", connection.0);
        let session = user.map(|user| session(user, self.machine));
        let entrant = Entrant { name: name.to_owned(), kind, user, session, role, secret };
        let joined = self.conference.join(self.now(), connection, entrant);
        if let (Ok(id), Some(user)) = (&joined, user) {
            self.users.insert(*id, user);
        }
        self.settle();
        joined.map(|_| connection)
    }

    fn try_join(&mut self, name: &str, role: Role) -> Result<ConnectionId, Refusal> {
        let user = (role == Role::Host).then_some(self.next_connection as i64);
        self.come(name, role, user)
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

    fn media(&mut self, connection: ConnectionId, microphone: bool) {
        let media = ClientMessage::Media { microphone, camera: false, screen: false };
        self.say(connection, media);
    }

    fn set_policy(&mut self, host: ConnectionId, change: impl FnOnce(&mut RoomPolicy)) {
        let mut policy = self.conference.policy();
        change(&mut policy);
        self.say(host, ClientMessage::SetPolicy { policy });
    }

    /// These sessions are over.
    fn sign_out(&mut self, over: &[[u8; 32]]) {
        self.conference.sign_out(self.now(), &over.iter().copied().collect(), None);
        self.settle();
    }

    /// The room makes somebody its host, or no longer does.
    fn room_role(&mut self, user: i64, role: Role) {
        self.conference.set_user_role(self.now(), user, role);
        self.settle();
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

    /// The id that somebody has, inside or not.
    fn id(&self, connection: ConnectionId) -> ParticipantId {
        ResumeToken::parse(self.clients[&connection].token.as_ref().unwrap()).unwrap().participant
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

    fn denied(&self, connection: ConnectionId) -> usize {
        self.clients[&connection].denied
    }

    fn texts(&self, connection: ConnectionId) -> Vec<&str> {
        self.clients[&connection].chat.iter().map(|line| line.text.as_str()).collect()
    }

    /// The names that a host sees waiting.
    fn queue(&self, host: ConnectionId) -> Vec<&str> {
        self.clients[&host].waiting.iter().map(|person| person.name.as_str()).collect()
    }

    /// Carries out the effects, then checks what must always hold.
    fn settle(&mut self) {
        // Carrying one out may ask for more.
        loop {
            let effects = self.conference.take_effects();
            if effects.is_empty() {
                break;
            }
            effects.into_iter().for_each(|effect| self.carry_out(effect));
        }
        self.check_people();
        self.check_replicas();
        self.check_door();
        self.was_locked = self.conference.locked();
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, message } => {
                assert_eq!(to.iter().collect::<HashSet<_>>().len(), to.len());
                for connection in to {
                    let client = self.clients.get_mut(&connection).unwrap();
                    assert!(!client.closed, "a message to a closed connection: {message:?}");
                    if message == (HubMessage::Ended { reason: EndReason::Removed }) {
                        let token = client.token.as_ref().unwrap();
                        self.removed.insert(ResumeToken::parse(token).unwrap().participant);
                    }
                    client.receive(message.clone());
                }
            }
            Effect::Close { connection } => {
                self.clients.get_mut(&connection).unwrap().closed = true;
            }
            Effect::KeepChat { line, .. } => {
                self.conference.chat_kept(line.id, true);
                self.kept.push(line);
            }
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
            Effect::KeepPolicy { policy, .. } => self.kept_policy = Some(policy),
            Effect::DeleteRoom => self.room_deleted = true,
            Effect::State { state } => self.records.states.push(state),
            Effect::Entered { person } => {
                self.records.stays += 1;
                let known = self.records.inside.insert(person.id, person.user);
                assert!(known.is_none(), "recorded as coming in twice");
            }
            Effect::Left { person } => {
                assert!(self.records.inside.remove(&person.id).is_some(), "left without coming");
            }
            Effect::Waiting { count } => self.records.waiting = count,
        }
    }

    fn truth(&self) -> BTreeMap<ParticipantId, Participant> {
        self.conference.participants().map(|person| (person.id, person.clone())).collect()
    }

    /// Who is inside, what they send, and what the records say about it.
    fn check_people(&self) {
        let (conference, truth) = (&self.conference, self.truth());
        let hosts = truth.values().filter(|person| person.role == Role::Host).count();
        match conference.state() {
            ConferenceState::Live => assert!(hosts > 0, "live without a host"),
            ConferenceState::OnHold => assert_eq!(truth.len(), hosts, "only hosts stay on hold"),
            ConferenceState::Waiting | ConferenceState::Ended => assert!(truth.is_empty()),
        }
        for (id, person) in &truth {
            let sends = (person.microphone, person.camera, person.screen);
            assert!(person.may_publish || sends == (false, false, false));
            assert_eq!(self.published.get(id).copied().unwrap_or_default(), sends);
        }
        assert!(self.with_media.iter().all(|id| truth.contains_key(id)), "media for one outside");
        let recorded: Vec<_> = self.records.inside.keys().collect();
        assert_eq!(recorded, truth.keys().collect::<Vec<_>>(), "the records are wrong");
        assert_eq!(self.records.waiting, conference.waiting().len(), "the count is wrong");
        if let Some(state) = self.records.states.last() {
            assert_eq!(*state, conference.state(), "the recorded state is wrong");
        }
        let status = conference.status();
        assert_eq!((status.inside, status.waiting), (truth.len(), self.records.waiting));
        if conference.state() == ConferenceState::Ended {
            assert!(self.media_closed && status.inside + status.waiting == 0);
        }
    }

    /// Every replica equals the truth.
    fn check_replicas(&self) {
        let (conference, truth) = (&self.conference, self.truth());
        for (connection, client) in self.clients.iter().filter(|(_, client)| !client.closed) {
            let state = conference.state();
            match client.place {
                Place::Inside => {
                    assert_eq!(client.people, truth, "{connection:?} has a wrong picture");
                    let you = client.you.unwrap();
                    assert_eq!(conference.connection_inside(you), Some(*connection));
                    assert_eq!(client.state, state);
                    assert_eq!(client.locked, conference.locked());
                    assert_eq!(client.policy, conference.policy());
                    let host = truth[&you].role == Role::Host;
                    assert_eq!(client.knows_way_in, host, "PIN and link are for hosts");
                    if host {
                        assert_eq!(client.waiting, conference.waiting());
                    }
                }
                Place::Waiting(WaitReason::NoHost) => assert_eq!(state, ConferenceState::Waiting),
                Place::Waiting(WaitReason::OnHold) => assert_eq!(state, ConferenceState::OnHold),
                Place::Waiting(WaitReason::Knock) => assert_eq!(state, ConferenceState::Live),
                Place::Over(_) => panic!("over, but the connection stays open"),
                Place::Nowhere => {}
            }
        }
    }

    /// Nobody came through a locked door, nobody removed is back, and the limits hold.
    fn check_door(&mut self) {
        let truth = self.truth();
        let locked = self.was_locked && self.conference.locked();
        for (id, person) in &truth {
            assert!(
                !locked || person.role == Role::Host || self.ever_inside.contains(id),
                "somebody came into a locked conference"
            );
        }
        self.ever_inside.extend(truth.keys());
        let waiting = self.conference.waiting();
        let here: Vec<ParticipantId> =
            truth.into_keys().chain(waiting.iter().map(|person| person.id)).collect();
        assert!(here.len() <= self.capacity, "more than the limit");
        assert!(here.iter().all(|id| !self.removed.contains(id)), "somebody removed is back");
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
                assert!(self.you.is_none_or(|you| you == snapshot.you), "the id changed");
                let own = snapshot.participants.iter().find(|p| p.id == snapshot.you).unwrap();
                let host = own.role == Role::Host;
                assert_eq!(host, snapshot.room.link_path.is_some());
                assert_eq!(host, snapshot.room.pin.is_some());
                assert!(host || snapshot.waiting.is_empty(), "who waits is for hosts");
                self.place = Place::Inside;
                self.you = Some(snapshot.you);
                self.token = Some(resume_token);
                self.people = snapshot.participants.into_iter().map(|p| (p.id, p)).collect();
                self.chat = snapshot.chat;
                self.state = snapshot.state;
                self.live_since_ms = snapshot.live_since_ms;
                self.locked = snapshot.locked;
                self.policy = snapshot.room.policy;
                self.knows_way_in = host;
                self.waiting = snapshot.waiting;
                self.quality.clear();
            }
            HubMessage::Waiting { reason, resume_token, .. } => {
                self.place = Place::Waiting(reason);
                self.token = Some(resume_token);
                self.people.clear();
                self.chat.clear();
                self.waiting.clear();
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
            HubMessage::WaitingList { waiting } => {
                let own = &self.people[&self.you.unwrap()];
                assert_eq!(own.role, Role::Host, "who waits is for hosts");
                self.waiting = waiting;
            }
            HubMessage::Policy { policy } => self.policy = policy,
            HubMessage::Locked { locked } => self.locked = locked,
            HubMessage::Muted { by } => self.muted_by.push(by),
            HubMessage::Chat { line } => self.chat.push(line),
            HubMessage::HandDropped { raised_at_ms } => self.hands_dropped.push(raised_at_ms),
            HubMessage::Quality { people } => self.quality = people,
            HubMessage::Denied { .. } => self.denied += 1,
            HubMessage::Ended { reason } => self.place = Place::Over(reason),
            other => panic!("unexpected {other:?}"),
        }
    }
}
