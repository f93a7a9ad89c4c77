//! The conferences that run now: between the pure rules of [`Conference`] on one side and the
//! connections, the forwarding unit and the database on the other.
//!
//! A run is guarded by one mutex that is never held across an `await`. Every connection has a
//! bounded queue of outgoing frames; one that cannot keep up is closed, and its client resumes with
//! a fresh snapshot.

mod media;
mod outside;
mod sessions;
mod writes;

use crate::clock;
use crate::conference::{Conference, ConnectionId, Effect, Entrant, Opening, ResumeToken};
use crate::happenings::{self, Happening, Happenings};
use crate::sfu::{Media, RoomKey, Sfu, SfuEvent};
use crate::socket::encode;
use crate::store::{NewLine, RoomRow, Store, StoreError};
use axum::extract::ws::{Message, Utf8Bytes};
use protocol::{
    ChatLine, ClientMessage, ConferenceState, HubMessage, ParticipantId, Refusal, RoomInfo,
    SendingStream,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::mpsc;
use writes::Write;

/// Outgoing frames of one connection: a wave of 200 joins and some seconds of chat. Full: the
/// connection is closed and its client resumes.
pub const OUTGOING_FRAMES: usize = 256;

/// How often grace periods are looked at.
const TICK: Duration = Duration::from_millis(250);

/// Why somebody stays outside, or why the hub cannot say.
pub enum EntryError {
    /// They are told why.
    Refused(Refusal),
    /// The database does not answer.
    Store(StoreError),
}

impl From<Refusal> for EntryError {
    fn from(reason: Refusal) -> EntryError {
        EntryError::Refused(reason)
    }
}

impl From<StoreError> for EntryError {
    fn from(error: StoreError) -> EntryError {
        EntryError::Store(error)
    }
}

/// All runs.
pub struct Live {
    sfu: Sfu,
    store: Store,
    runs: Mutex<Runs>,
    writes: mpsc::Sender<Write>,
    happenings: Arc<Happenings>,
    next_connection: AtomicU64,
    /// Held while a run starts or a line is written outside of one: both take ids from the database.
    chat_ids: tokio::sync::Mutex<()>,
}

struct Runs {
    by_room: HashMap<i64, Arc<Run>>,
    by_key: HashMap<u64, Arc<Run>>,
    next_key: u64,
}

struct Run {
    key: RoomKey,
    room: i64,
    /// Its name in the records.
    record: happenings::Run,
    state: Mutex<RunState>,
}

struct RunState {
    conference: Conference,
    connections: HashMap<ConnectionId, mpsc::Sender<Message>>,
    media: HashMap<ParticipantId, MediaState>,
    speakers: Option<Utf8Bytes>,
}

/// What a participant was last told about their media, to tell it again after a resume.
#[derive(Default)]
struct MediaState {
    offers: u64,
    slots: Option<Utf8Bytes>,
    layers: Option<Utf8Bytes>,
}

/// An offer that the forwarding unit has to answer.
struct PendingOffer {
    participant: ParticipantId,
    connection: ConnectionId,
    number: u64,
    sdp: String,
    streams: Vec<SendingStream>,
}

/// A connection's seat in a run. Dropping it does not leave: call [`Live::disconnected`].
pub struct Seat {
    run: Arc<Run>,
    connection: ConnectionId,
}

impl Live {
    /// Starts the housekeeping: grace periods, events of the forwarding unit, what is on its way to
    /// the database.
    pub fn start(
        sfu: Sfu,
        events: mpsc::UnboundedReceiver<SfuEvent>,
        store: Store,
        happenings: Arc<Happenings>,
    ) -> Arc<Live> {
        let (writes, queue) = mpsc::channel(writes::QUEUE);
        // Run keys start at random, so that tokens of an earlier hub process are not taken for ours.
        let next_key = u64::from(rand::random::<u32>()) << 20;
        let runs = Runs { by_room: HashMap::new(), by_key: HashMap::new(), next_key };
        let live = Arc::new(Live {
            sfu,
            store,
            runs: Mutex::new(runs),
            writes,
            happenings,
            next_connection: AtomicU64::new(1),
            chat_ids: tokio::sync::Mutex::default(),
        });
        tokio::spawn(live.clone().carry_out(queue));
        tokio::spawn(live.clone().sweep());
        tokio::spawn(live.clone().pass_on(events));
        tokio::spawn(live.clone().keep_time());
        tokio::spawn(live.clone().look_at_sessions());
        live
    }

    /// Somebody new enters a room, or waits in front of it. `info` is what its hosts may see.
    pub async fn join(
        &self,
        room: &RoomRow,
        info: RoomInfo,
        entrant: Entrant,
        outgoing: mpsc::Sender<Message>,
    ) -> Result<Seat, EntryError> {
        let connection = self.new_connection();
        loop {
            let run = self.run_of(room, &info).await?;
            let mut state = run.lock();
            if state.conference.state() == ConferenceState::Ended {
                // It ended between the look-up and the lock, and is about to be forgotten.
                drop(state);
                self.forget(&run);
                continue;
            }
            state.connections.insert(connection, outgoing.clone());
            let joined = state.conference.join(clock::now(), connection, entrant.clone());
            if joined.is_err() {
                state.connections.remove(&connection);
                state.conference.abandon_unused();
            }
            self.apply(&run, &mut state);
            drop(state);
            joined?;
            return Ok(Seat { run, connection });
        }
    }

    /// Somebody comes back.
    pub fn resume(&self, token: &str, outgoing: mpsc::Sender<Message>) -> Result<Seat, Refusal> {
        let token = ResumeToken::parse(token).ok_or(Refusal::Resume)?;
        let run = self.runs().by_key.get(&token.run).cloned().ok_or(Refusal::Resume)?;
        let connection = self.new_connection();
        let mut state = run.lock();
        state.connections.insert(connection, outgoing);
        let resumed = state.conference.resume(connection, &token);
        if resumed.is_err() {
            state.connections.remove(&connection);
        }
        self.apply(&run, &mut state);
        drop(state);
        resumed?;
        Ok(Seat { run, connection })
    }

    /// Carries a message out. Returns when an offer in it has been answered.
    pub async fn handle(&self, seat: &Seat, message: ClientMessage) {
        let offers = {
            let mut state = seat.run.lock();
            state.conference.handle(clock::now(), seat.connection, message);
            self.apply(&seat.run, &mut state)
        };
        for offer in offers {
            self.answer(&seat.run, offer).await;
        }
    }

    /// A connection is gone.
    pub fn disconnected(&self, seat: &Seat) {
        let mut state = seat.run.lock();
        state.connections.remove(&seat.connection);
        state.conference.disconnected(clock::now(), seat.connection);
        self.apply(&seat.run, &mut state);
    }

    /// Tells everybody that the hub stops, and closes their connections.
    pub fn stop(&self) {
        for run in self.all_runs() {
            let mut state = run.lock();
            state.conference.stop();
            self.apply(&run, &mut state);
        }
    }

    /// Keeps a line that was written outside of the room's conference and gives it its id: the next one
    /// of the room's run if there is one, so that both can write at the same time.
    pub async fn write_line(
        &self,
        room: i64,
        user: i64,
        line: ChatLine,
    ) -> Result<ChatLine, StoreError> {
        let _ids = self.chat_ids.lock().await;
        let run = self.runs().by_room.get(&room).cloned();
        let id = match run.map(|run| run.lock().conference.take_chat_id()) {
            Some(id) => id,
            None => {
                self.flush().await;
                (self.store.last_chat_id(room).await? + 1).max(line.at_ms)
            }
        };
        let line = ChatLine { id, ..line };
        let written = NewLine { room, user: Some(user), line: &line };
        self.store.add_chat_lines(&[written]).await?;
        Ok(line)
    }

    /// Media datagrams that left since the start, and those that the system had no room for.
    pub fn datagrams(&self) -> (u64, u64) {
        self.sfu.datagrams()
    }

    async fn run_of(&self, room: &RoomRow, info: &RoomInfo) -> Result<Arc<Run>, StoreError> {
        if let Some(run) = self.runs().by_room.get(&room.id) {
            return Ok(run.clone());
        }
        let _ids = self.chat_ids.lock().await;
        // Lines of a run that just ended may still be on their way to the database: the clock
        // keeps the new ids above theirs.
        let last = self.store.last_chat_id(room.id).await?;
        let next_chat = (last + 1).max(clock::now().unix_ms);
        let mut runs = self.runs();
        if let Some(run) = runs.by_room.get(&room.id) {
            return Ok(run.clone());
        }
        let key = runs.next_key;
        runs.next_key += 1;
        let (room_info, ad_hoc) = (info.clone(), room.ad_hoc);
        let opening = Opening { run: key, room: room_info, next_chat, ad_hoc };
        let state = RunState {
            conference: Conference::new(opening),
            connections: HashMap::new(),
            media: HashMap::new(),
            speakers: None,
        };
        let id = format!("{:032x}", rand::random::<u128>());
        let run = Arc::new(Run {
            key: RoomKey(key),
            room: room.id,
            record: happenings::Run { id, room: room.id },
            state: Mutex::new(state),
        });
        self.sfu.open_room(run.key);
        runs.by_room.insert(room.id, run.clone());
        runs.by_key.insert(key, run.clone());
        Ok(run)
    }

    /// Carries the effects out; what takes time is handed back.
    fn apply(&self, run: &Arc<Run>, state: &mut RunState) -> Vec<PendingOffer> {
        let (mut offers, mut lost) = (Vec::new(), Vec::new());
        for effect in state.conference.take_effects() {
            match effect {
                Effect::Send { to, message } => {
                    if let Some(text) = encode(&message) {
                        self.push(state, &to, &text);
                    }
                    if let HubMessage::Joined { snapshot, .. } = &message {
                        self.repeat_media(state, snapshot.you, &to);
                    }
                }
                Effect::Close { connection } => {
                    state.connections.remove(&connection);
                }
                Effect::KeepChat { line, user } => {
                    lost.extend(self.keep_line(run, line, user));
                }
                Effect::KeepPolicy { by, policy } => {
                    self.write(Write::Policy(run.room, by, policy));
                }
                Effect::DeleteRoom => self.write(Write::DeleteRoom(run.room)),
                Effect::Offer { participant, connection, sdp, streams } => {
                    let media = state.media.entry(participant).or_default();
                    *media = MediaState { offers: media.offers + 1, ..MediaState::default() };
                    let number = media.offers;
                    offers.push(PendingOffer { participant, connection, number, sdp, streams });
                }
                Effect::Watch { participant, videos } => {
                    self.sfu.watch(run.key, participant, videos);
                }
                Effect::Publish { participant, microphone, camera, screen } => {
                    let media = Media { microphone, camera, screen };
                    self.sfu.publish(run.key, participant, media);
                }
                Effect::RemoveMedia { participant } => {
                    state.media.remove(&participant);
                    self.sfu.remove(run.key, participant);
                }
                Effect::CloseMedia => self.sfu.close_room(run.key),
                Effect::State { state } => {
                    self.record(run, |run, at_ms| Happening::State { run, state, at_ms });
                }
                Effect::Entered { person } => {
                    self.record(run, |run, at_ms| Happening::Entered { run, person, at_ms });
                }
                Effect::Left { person } => {
                    self.record(run, |run, at_ms| Happening::Left { run, person, at_ms });
                }
                Effect::Waiting { count } => {
                    self.record(run, |run, at_ms| Happening::Waiting { run, count, at_ms });
                }
            }
        }
        if state.conference.state() == ConferenceState::Ended {
            self.forget(run);
        }
        if !lost.is_empty() {
            lost.iter().for_each(|id| state.conference.chat_kept(*id, false));
            offers.extend(self.apply(run, state));
        }
        offers
    }

    fn record(&self, run: &Run, happening: impl FnOnce(happenings::Run, i64) -> Happening) {
        self.happenings.publish(&happening(run.record.clone(), clock::now().unix_ms));
    }

    /// Queues a frame for each connection. One that has no room left is closed.
    fn push(&self, state: &mut RunState, to: &[ConnectionId], text: &Utf8Bytes) {
        for connection in to {
            let Some(outgoing) = state.connections.get(connection) else { continue };
            if outgoing.try_send(Message::Text(text.clone())).is_err() {
                tracing::info!(connection = connection.0, "too slow: closed, it may resume");
                state.connections.remove(connection);
                state.conference.disconnected(clock::now(), *connection);
            }
        }
    }

    /// A snapshot says nothing of media: what was last told about them follows it.
    fn repeat_media(&self, state: &mut RunState, participant: ParticipantId, to: &[ConnectionId]) {
        let media = state.media.get(&participant);
        let own = media.map(|media| [media.slots.clone(), media.layers.clone()]);
        let told = own.into_iter().flatten().chain([state.speakers.clone()]);
        for text in told.flatten().collect::<Vec<_>>() {
            self.push(state, to, &text);
        }
    }

    async fn answer(&self, run: &Arc<Run>, offer: PendingOffer) {
        let PendingOffer { participant, connection, number, sdp, streams } = offer;
        let answer = self.sfu.offer(run.key, participant, sdp, streams).await;
        let mut state = run.lock();
        let newest = state.media.get(&participant).is_some_and(|media| media.offers == number);
        let present = state.conference.connection_inside(participant) == Some(connection);
        match answer {
            // They were sent out, or away, while the answer was made.
            Ok(_) if state.conference.participant_inside(participant).is_none() => {
                self.sfu.remove(run.key, participant);
            }
            Ok(sdp) if newest && present => {
                if let Some(person) = state.conference.participant_inside(participant) {
                    let (microphone, camera) = (person.microphone, person.camera);
                    let media = Media { microphone, camera, screen: person.screen };
                    self.sfu.publish(run.key, participant, media);
                }
                self.tell(&mut state, connection, &HubMessage::Answer { sdp });
            }
            Ok(_) => {}
            Err(error) => {
                let detail = error.to_string();
                self.tell(&mut state, connection, &HubMessage::OfferRefused { detail });
            }
        }
    }

    fn tell(&self, state: &mut RunState, connection: ConnectionId, message: &HubMessage) {
        if let Some(text) = encode(message) {
            self.push(state, &[connection], &text);
        }
    }

    async fn keep_time(self: Arc<Live>) {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            for run in self.all_runs() {
                let mut state = run.lock();
                state.conference.tick(clock::now());
                self.apply(&run, &mut state);
            }
        }
    }

    fn forget(&self, run: &Arc<Run>) {
        let mut runs = self.runs();
        runs.by_key.remove(&run.key.0);
        if runs.by_room.get(&run.room).is_some_and(|current| Arc::ptr_eq(current, run)) {
            runs.by_room.remove(&run.room);
        }
    }

    fn new_connection(&self) -> ConnectionId {
        ConnectionId(self.next_connection.fetch_add(1, Ordering::Relaxed))
    }

    fn run_by_key(&self, room: RoomKey) -> Option<Arc<Run>> {
        self.runs().by_key.get(&room.0).cloned()
    }

    fn all_runs(&self) -> Vec<Arc<Run>> {
        self.runs().by_key.values().cloned().collect()
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Run {
    fn lock(&self) -> MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests;
