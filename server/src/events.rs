//! The live channel of signed-in users: presence, rings, and what happens to their rooms and entries.
//!
//! The rules are pure: [`presence`], [`views`], [`rings`], brought together by [`switchboard`]. Here
//! they meet sockets, clock and database. One mutex guards them; it is never held across an `await`.
//! Every machine of a user has a bounded queue of frames; one that cannot keep up is closed, and its
//! client comes back to a fresh snapshot.

pub mod call_limit;
pub(crate) mod connection;
pub mod presence;
pub mod rings;
pub mod switchboard;
pub mod views;

use crate::clock;
use crate::conference::RunStatus;
use crate::happenings::Happening;
use crate::live::{Live, OUTGOING_FRAMES};
use crate::socket::encode;
use crate::store::{Named, RoomPeople, Store, StoreError};
use axum::extract::ws::Message;
use protocol::{Call, ChatLine, ConferenceState, Event, EventRequest, Presence, RoomState};
use rings::{Answered, Ringing, Started};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use switchboard::{Effect, Switchboard};
use tokio::sync::{mpsc, oneshot};
use views::{Activity, RoomSeen, View};

/// How long changes of presence and rooms are gathered before they are told: a wave of arrivals
/// becomes a few events.
const TICK: Duration = Duration::from_millis(200);

/// How often rooms are read anew, for changes that nobody announced.
const READ_ROOMS_EVERY: Duration = Duration::from_secs(60);

/// The live channels of all signed-in users.
pub(crate) struct Events {
    store: Store,
    live: Arc<Live>,
    state: Mutex<State>,
    writes: mpsc::UnboundedSender<Write>,
    next_socket: AtomicU64,
}

#[derive(Default)]
struct State {
    board: Switchboard,
    machines: HashMap<i64, Vec<Machine>>,
    /// Rooms in which something else may go on than was told.
    stirred: BTreeSet<i64>,
}

/// One connection of a user.
struct Machine {
    socket: u64,
    outgoing: mpsc::Sender<Message>,
}

/// A connection's place. Dropping it does not disconnect: call [`Events::disconnected`].
pub(crate) struct Line {
    pub(crate) user: i64,
    socket: u64,
}

/// What the database's writer is told, in the order in which it happened.
enum Write {
    Started(Ringing, oneshot::Sender<Result<(), StoreError>>),
    Answered(Answered, i64),
    /// Everything before it is written.
    Mark(oneshot::Sender<()>),
}

impl Events {
    /// Starts the housekeeping: what happens elsewhere, time, the journal.
    pub fn start(
        store: Store,
        live: Arc<Live>,
        happenings: mpsc::UnboundedReceiver<Happening>,
    ) -> Arc<Events> {
        let (writes, unwritten) = mpsc::unbounded_channel();
        let events = Arc::new(Events {
            store: store.clone(),
            live,
            state: Mutex::default(),
            writes,
            next_socket: AtomicU64::new(1),
        });
        tokio::spawn(keep_journal(store, unwritten));
        tokio::spawn(events.clone().pass_on(happenings));
        tokio::spawn(events.clone().keep_time());
        tokio::spawn(events.clone().read_rooms());
        events
    }

    /// One more machine of a user: the queue begins with everything that they may see.
    pub async fn connect(
        &self,
        user: &Named,
        outgoing: mpsc::Sender<Message>,
    ) -> Result<Line, StoreError> {
        let socket = self.next_socket.fetch_add(1, Ordering::Relaxed);
        let line = Line { user: user.0, socket };
        self.with_view(line.user, |state, view| {
            state.board.learn([user.clone()]);
            state.board.connected(line.user);
            // Machines that are there already learn of a changed view first: it is not their welcome.
            state.board.set_view(line.user, view);
            self.apply(state);
            let welcome = state.board.welcome(line.user);
            for text in welcome.iter().filter_map(encode) {
                let _ = outgoing.try_send(Message::Text(text));
            }
            state.machines.entry(line.user).or_default().push(Machine { socket, outgoing });
        })
        .await?;
        Ok(line)
    }

    /// A machine is gone.
    pub fn disconnected(&self, line: &Line) {
        let mut state = self.lock();
        drop_machine(&mut state, line.user, line.socket);
        self.apply(&mut state);
    }

    /// Carries out what a user asks for.
    pub fn handle(&self, line: &Line, request: EventRequest) {
        let mut state = self.lock();
        let now = clock::now();
        let outcome = match request {
            EventRequest::Hello { .. } => Err("you have said hello already"),
            EventRequest::Busy { busy } => {
                state.board.set_busy(line.user, busy);
                Ok(())
            }
            EventRequest::Answer { call, accept } => {
                state.board.answer(now, line.user, &call, accept)
            }
            EventRequest::Cancel { call } => state.board.cancel(now, line.user, &call),
        };
        self.apply(&mut state);
        let mut machines = state.machines.get(&line.user).into_iter().flatten();
        if let Err(detail) = outcome
            && let Some(machine) = machines.find(|machine| machine.socket == line.socket)
            && let Some(text) = encode(&Event::Denied { detail: detail.to_owned() })
        {
            let _ = machine.outgoing.try_send(Message::Text(text));
        }
    }

    /// How somebody can be reached now.
    pub fn presence(&self, user: i64) -> Presence {
        self.lock().board.presence(user)
    }

    /// The users inside a room's conference.
    pub fn inside(&self, room: i64) -> BTreeSet<i64> {
        self.lock().board.inside(room)
    }

    /// Somebody calls these users. Returns when the journal has it.
    pub async fn call(&self, wanted: Ringing, callees: Vec<Named>) -> Result<Started, StoreError> {
        let (call, written) = {
            let mut state = self.lock();
            let keys = callees.iter().map(|(key, _)| *key).collect();
            state.board.learn(callees);
            let started = state.board.call(clock::now(), wanted, &keys);
            let Started::Call(call) = started else {
                self.apply(&mut state);
                return Ok(started);
            };
            let (done, written) = oneshot::channel();
            // Before the effects, so that the answers to it come after it.
            let _ = self.writes.send(Write::Started(call.clone(), done));
            self.apply(&mut state);
            (call, written)
        };
        let outcome = written.await.unwrap_or(Err(StoreError::WorkerCrashed));
        if outcome.is_err() {
            let mut state = self.lock();
            let _ = state.board.cancel(clock::now(), call.caller, &call.id);
            self.apply(&mut state);
        }
        outcome.map(|()| Started::Call(call))
    }

    /// A call as its caller sees it.
    pub fn call_of(&self, call: &Ringing) -> Call {
        self.lock().board.call_of(call)
    }

    /// Tells everybody who belongs to a room of a line that was written from outside its conference.
    pub fn room_chat(&self, room: i64, number: &str, line: ChatLine) {
        let mut state = self.lock();
        state.board.room_chat(room, number, line);
        self.apply(&mut state);
    }

    /// A room was made, renamed or deleted, or its people changed: whoever sees it is told.
    pub async fn room_changed(&self, room: i64) {
        if let Err(error) = self.tell_of_room(room).await {
            tracing::warn!(room, %error, "those who see a room learn later that it changed");
        }
    }

    async fn tell_of_room(&self, room: i64) -> Result<(), StoreError> {
        let people = self.store.room_people(room).await?;
        let belong: BTreeSet<i64> =
            people.iter().flat_map(|room| &room.people).map(|(key, _)| *key).collect();
        let differ = {
            let mut state = self.lock();
            // Who sees it and goes on to see it needs no look at the rest of what they see.
            let see: BTreeSet<i64> =
                state.board.views().viewers_of_room(room).into_iter().collect();
            if let Some(people) = people
                && state.board.views().knows_room(room)
            {
                self.set_room(&mut state, room, people);
                self.apply(&mut state);
            }
            &belong ^ &see
        };
        for user in differ {
            self.tell_of_view(user).await?;
        }
        Ok(())
    }

    /// A user's contacts or rooms may have changed: if so, and if they are connected, they are told.
    pub async fn view_changed(&self, user: i64) {
        if let Err(error) = self.tell_of_view(user).await {
            tracing::warn!(user, %error, "a user learns later that contacts or rooms changed");
        }
    }

    async fn tell_of_view(&self, user: i64) -> Result<(), StoreError> {
        // Who is not connected gets everything with their welcome.
        if !self.lock().machines.contains_key(&user) {
            return Ok(());
        }
        self.with_view(user, |state, view| {
            if state.machines.contains_key(&user) {
                state.board.set_view(user, view);
                self.apply(state);
            }
        })
        .await
    }

    /// Returns when everything so far is in the journal.
    pub async fn flush(&self) {
        let (mark, written) = oneshot::channel();
        if self.writes.send(Write::Mark(mark)).is_ok() {
            let _ = written.await;
        }
    }

    /// Reads what a user sees, and every room of it that is not known yet, then goes on under the lock.
    async fn with_view(
        &self,
        user: i64,
        proceed: impl FnOnce(&mut State, View),
    ) -> Result<(), StoreError> {
        let contacts = self.store.contact_names(user).await?;
        let mut rooms: BTreeSet<i64> = self.store.room_keys_of(user).await?.into_iter().collect();
        let mut read: HashMap<i64, RoomPeople> = HashMap::new();
        loop {
            let unknown: Vec<i64> = {
                let mut state = self.lock();
                let views = state.board.views();
                let known = |room: &i64| views.knows_room(*room) || read.contains_key(room);
                let unknown: Vec<i64> = rooms.iter().copied().filter(|room| !known(room)).collect();
                if unknown.is_empty() {
                    read.retain(|room, _| !state.board.views().knows_room(*room));
                    for (room, people) in read {
                        self.set_room(&mut state, room, people);
                    }
                    let keys = contacts.iter().map(|(key, _)| *key).collect();
                    state.board.learn(contacts);
                    proceed(&mut state, View { contacts: keys, rooms });
                    return Ok(());
                }
                unknown
            };
            for room in unknown {
                match self.store.room_people(room).await? {
                    Some(people) => drop(read.insert(room, people)),
                    None => drop(rooms.remove(&room)),
                }
            }
        }
    }

    fn set_room(&self, state: &mut State, room: i64, people: RoomPeople) {
        let RoomPeople { number, name, people } = people;
        let seen = RoomSeen { number, name, people: people.iter().map(|(key, _)| *key).collect() };
        state.board.learn(people);
        state.board.set_room(room, seen, self.activity(room));
    }

    fn activity(&self, room: i64) -> Activity {
        self.live.status(room).map_or(Activity::IDLE, activity)
    }

    /// Carries the effects out.
    fn apply(&self, state: &mut State) {
        // Closing a slow machine can have effects of its own.
        loop {
            let effects = state.board.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                match effect {
                    Effect::Send { to, event } => {
                        if let Some(text) = encode(&event) {
                            push(state, &to, &Message::Text(text));
                        }
                    }
                    Effect::Keep { answered, at_ms } => {
                        let _ = self.writes.send(Write::Answered(answered, at_ms));
                    }
                }
            }
        }
    }

    async fn pass_on(self: Arc<Events>, mut happenings: mpsc::UnboundedReceiver<Happening>) {
        while let Some(happening) = happenings.recv().await {
            let mut state = self.lock();
            let stirred = state.board.happened(clock::now(), &happening);
            state.stirred.extend(stirred);
            self.apply(&mut state);
        }
    }

    async fn keep_time(self: Arc<Events>) {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            let mut state = self.lock();
            for room in std::mem::take(&mut state.stirred) {
                let activity = self.activity(room);
                state.board.set_activity(room, activity);
            }
            state.board.tick(clock::now());
            self.apply(&mut state);
        }
    }

    async fn read_rooms(self: Arc<Events>) {
        let mut ticks = tokio::time::interval(READ_ROOMS_EVERY);
        loop {
            ticks.tick().await;
            let rooms = self.lock().board.views().rooms();
            for room in rooms {
                match self.store.room_people(room).await {
                    Ok(Some(people)) => {
                        let mut state = self.lock();
                        if state.board.views().knows_room(room) {
                            self.set_room(&mut state, room, people);
                            self.apply(&mut state);
                        }
                    }
                    // Those who see it find out when their own view is read again.
                    Ok(None) => {}
                    Err(error) => tracing::warn!(room, %error, "a room's people were not read"),
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Queues a frame for every machine of these users. One that has no room left is closed.
fn push(state: &mut State, to: &[i64], frame: &Message) {
    for user in to {
        let machines = state.machines.get(user).into_iter().flatten();
        let slow: Vec<u64> = machines
            .filter(|machine| machine.outgoing.try_send(frame.clone()).is_err())
            .map(|machine| machine.socket)
            .collect();
        for socket in slow {
            tracing::info!(user, "a machine is too slow: closed, it may come back");
            drop_machine(state, *user, socket);
        }
    }
}

fn drop_machine(state: &mut State, user: i64, socket: u64) {
    let Some(machines) = state.machines.get_mut(&user) else { return };
    let before = machines.len();
    machines.retain(|machine| machine.socket != socket);
    if machines.len() < before {
        let last = machines.is_empty();
        if last {
            state.machines.remove(&user);
        }
        state.board.disconnected(clock::now(), user, last);
    }
}

/// A run as those outside see it.
fn activity(status: RunStatus) -> Activity {
    let RunStatus { state, inside, waiting, .. } = status;
    let state = match state {
        ConferenceState::Waiting if waiting > 0 => RoomState::SomeoneWaits,
        ConferenceState::Live => RoomState::Live,
        ConferenceState::OnHold => RoomState::OnHold,
        ConferenceState::Waiting | ConferenceState::Ended => return Activity::IDLE,
    };
    Activity { state, inside, waiting }
}

async fn keep_journal(store: Store, mut writes: mpsc::UnboundedReceiver<Write>) {
    if let Err(error) = store.settle_lost_rings(clock::now().unix_ms).await {
        tracing::warn!(%error, "calls that rang when the hub stopped were not settled");
    }
    while let Some(next) = writes.recv().await {
        match next {
            Write::Started(call, done) => {
                let _ = done.send(store.add_rings(&call).await);
            }
            Write::Answered(Answered { call, callee, answer, .. }, at_ms) => {
                if let Err(error) = store.settle_ring(&call, callee, answer, at_ms).await {
                    tracing::error!(%error, "an answer to a call was not kept");
                }
            }
            Write::Mark(written) => drop(written.send(())),
        }
    }
}
