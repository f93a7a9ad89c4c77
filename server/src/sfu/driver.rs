//! The thread `sfu`: one UDP socket, all connections, the clock.
//!
//! Each turn of the loop reads what came, forwards media at once, lets every receiver that got
//! something send it in one go, and then spends a bounded time on handshakes, so that a wave of
//! people who join delays nobody's picture.

use super::egress::{Egress, Traffic};
use super::identity::Identity;
use super::peer::{Note, Peer};
use super::room::{Action, Forward, Room};
use super::socket::candidate_for;
use super::{Media, RoomKey, SfuError, SfuEvent};
use protocol::{ParticipantId, Watch};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use str0m::Input;
use str0m::net::{Protocol, Receive};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

/// Rooms notice the passing of time this often.
const TICK: Duration = Duration::from_millis(50);
/// Datagrams read before what they cause is sent: some 2 ms of work.
const READ_BATCH: usize = 256;
/// Handshakes take at most this much of one turn; a flight costs about a millisecond.
const HANDSHAKE_BUDGET: Duration = Duration::from_millis(2);
/// Handshake datagrams that wait. When it is full the newest is dropped: DTLS sends it again.
const HANDSHAKE_QUEUE: usize = 1024;
/// Who has not connected after so long never will.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Addresses remembered a connection; a client has a handful of candidates.
const MAX_SOURCES: usize = 16;
const SOCKET: mio::Token = mio::Token(0);
const WAKER: mio::Token = mio::Token(1);

/// What the hub asks for.
#[derive(Debug)]
pub enum Command {
    /// Make a room.
    OpenRoom(RoomKey),
    /// Forget a room.
    CloseRoom(RoomKey),
    /// A connection whose answer waits for the room.
    Add(Box<Peer>, oneshot::Sender<Result<(), SfuError>>),
    /// Forget a participant.
    Remove(RoomKey, ParticipantId),
    /// Wanted pictures.
    Watch(RoomKey, ParticipantId, Vec<Watch>),
    /// Allowed sources.
    Publish(RoomKey, ParticipantId, Media),
    /// End the thread.
    Stop,
}

#[derive(Debug)]
struct Handshake {
    peer: usize,
    serial: u64,
    source: SocketAddr,
    datagram: Vec<u8>,
}

#[derive(Debug)]
struct Place {
    room: Room,
    peers: HashMap<ParticipantId, usize>,
}

/// All state of the thread.
#[derive(Debug)]
pub struct Driver {
    socket: mio::net::UdpSocket,
    poll: mio::Poll,
    identity: Arc<Identity>,
    commands: mpsc::Receiver<Command>,
    events: UnboundedSender<SfuEvent>,
    rooms: HashMap<RoomKey, Place>,
    /// Slab; the number tells apart the connections that had the same place.
    peers: Vec<Option<(u64, Peer)>>,
    serial: u64,
    by_source: HashMap<SocketAddr, usize>,
    handshakes: VecDeque<Handshake>,
    egress: Egress,
    notes: Vec<Note>,
    forwards: Vec<Forward>,
    /// Connections with packets to send; may name one twice.
    dirty: Vec<usize>,
    next_tick: Instant,
}

#[expect(clippy::disallowed_methods, reason = "the driver is the clock's edge")]
fn clock() -> Instant {
    Instant::now()
}

impl Driver {
    /// Takes the socket; the waker makes [`Driver::run`] look at its commands.
    pub fn new(
        socket: UdpSocket,
        identity: Arc<Identity>,
        commands: mpsc::Receiver<Command>,
        events: UnboundedSender<SfuEvent>,
    ) -> io::Result<(Driver, Arc<mio::Waker>)> {
        let mut socket = mio::net::UdpSocket::from_std(socket);
        let poll = mio::Poll::new()?;
        poll.registry().register(&mut socket, SOCKET, mio::Interest::READABLE)?;
        let waker = Arc::new(mio::Waker::new(poll.registry(), WAKER)?);
        let driver = Driver {
            socket,
            poll,
            identity,
            commands,
            events,
            rooms: HashMap::new(),
            peers: Vec::new(),
            serial: 0,
            by_source: HashMap::new(),
            handshakes: VecDeque::new(),
            egress: Egress::default(),
            notes: Vec::new(),
            forwards: Vec::new(),
            dirty: Vec::new(),
            next_tick: clock(),
        };
        Ok((driver, waker))
    }

    /// What leaves, counted.
    pub fn traffic(&self) -> Arc<Traffic> {
        self.egress.traffic()
    }

    /// Runs until it is told to stop.
    pub fn run(mut self) {
        let mut ready = mio::Events::with_capacity(8);
        let mut buffer = vec![0; 2048];
        let mut unread = false;
        loop {
            let busy = unread || !self.handshakes.is_empty();
            let timeout = if busy { Some(Duration::ZERO) } else { self.idle_time(clock()) };
            if let Err(error) = self.poll.poll(&mut ready, timeout)
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "forwarding cannot wait for its socket and stops");
                break;
            }
            if !self.obey() {
                break;
            }
            unread = self.receive(&mut buffer);
            self.settle(clock());
            self.flush(clock());
            self.handshake();
            self.expire(clock());
            self.flush(clock());
        }
        for peer in 0..self.peers.len() {
            self.drop_peer(peer);
        }
        self.egress.flush(&self.socket);
    }

    /// How long nothing will happen by itself; `None` while nobody is here.
    fn idle_time(&self, now: Instant) -> Option<Duration> {
        let deadlines = self.peers.iter().flatten().map(|(_, peer)| peer.deadline);
        let next = deadlines.min()?.min(self.next_tick);
        Some(next.saturating_duration_since(now))
    }

    /// Does what the hub asks; `false` when the thread shall end.
    fn obey(&mut self) -> bool {
        loop {
            let command = match self.commands.try_recv() {
                Ok(command) => command,
                Err(mpsc::TryRecvError::Empty) => return true,
                Err(mpsc::TryRecvError::Disconnected) => return false,
            };
            match command {
                Command::OpenRoom(key) => {
                    let place = || Place { room: Room::new(key), peers: HashMap::new() };
                    self.rooms.entry(key).or_insert_with(place);
                }
                Command::CloseRoom(key) => {
                    if let Some(place) = self.rooms.remove(&key) {
                        place.peers.into_values().for_each(|peer| self.drop_peer(peer));
                    }
                }
                Command::Add(peer, reply) => {
                    let _ = reply.send(self.add(*peer));
                }
                Command::Remove(key, participant) => {
                    let place = self.rooms.get_mut(&key);
                    let peer = place.and_then(|place| {
                        place.room.forget(participant);
                        place.peers.remove(&participant)
                    });
                    if let Some(peer) = peer {
                        self.drop_peer(peer);
                    }
                }
                Command::Watch(key, participant, watch) => {
                    if let Some(place) = self.rooms.get_mut(&key) {
                        place.room.watch(participant, watch);
                    }
                }
                Command::Publish(key, participant, media) => {
                    if let Some(place) = self.rooms.get_mut(&key) {
                        place.room.publish(participant, media);
                    }
                }
                Command::Stop => return false,
            }
        }
    }

    fn add(&mut self, peer: Peer) -> Result<(), SfuError> {
        let (room, participant) = (peer.room, peer.participant);
        let place = self.rooms.get_mut(&room).ok_or(SfuError::NoRoom(room))?;
        place.room.leave(participant);
        if let Some(earlier) = place.peers.remove(&participant) {
            self.drop_peer(earlier);
        }
        let free = self.peers.iter().position(Option::is_none).unwrap_or(self.peers.len());
        if free == self.peers.len() {
            self.peers.push(None);
        }
        self.serial += 1;
        self.peers[free] = Some((self.serial, peer));
        if let Some(place) = self.rooms.get_mut(&room) {
            place.peers.insert(participant, free);
        }
        self.feed(free, Input::Timeout(clock()));
        Ok(())
    }

    /// Closes a connection that its room has forgotten.
    fn drop_peer(&mut self, peer: usize) {
        if let Some((_, mut gone)) = self.peers.get_mut(peer).and_then(Option::take) {
            gone.close(&mut self.egress);
            self.by_source.retain(|_, other| *other != peer);
        }
    }

    /// A connection ended by itself.
    fn lose(&mut self, peer: usize) {
        let Some(Some((_, lost))) = self.peers.get(peer) else { return };
        let (room, participant) = (lost.room, lost.participant);
        if let Some(place) = self.rooms.get_mut(&room) {
            place.room.leave(participant);
            place.peers.remove(&participant);
        }
        self.drop_peer(peer);
        let _ = self.events.send(SfuEvent::Disconnected { room, participant });
    }

    /// Reads a batch; `true` if there may be more.
    fn receive(&mut self, buffer: &mut [u8]) -> bool {
        for _ in 0..READ_BATCH {
            match self.socket.recv_from(buffer) {
                Ok((len, source)) => self.datagram(&buffer[..len], source),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                // A receiver's port is closed, for instance: nothing to do with other datagrams.
                Err(error) => tracing::trace!(%error, "receive"),
            }
        }
        true
    }

    fn datagram(&mut self, datagram: &[u8], source: SocketAddr) {
        let now = clock();
        let Some(input) = self.input(datagram, source, now) else { return };
        let known = self.by_source.get(&source).copied();
        let peer = known.or_else(|| {
            let accepts = |peer: &Option<(u64, Peer)>| {
                peer.as_ref().is_some_and(|(_, peer)| peer.accepts(&input))
            };
            self.peers.iter().position(accepts)
        });
        let Some(peer) = peer else { return };
        if known.is_none() {
            if self.by_source.values().filter(|other| **other == peer).count() >= MAX_SOURCES {
                self.by_source.retain(|_, other| *other != peer);
            }
            self.by_source.insert(source, peer);
        }
        if is_dtls(datagram) {
            let Some(Some((serial, _))) = self.peers.get(peer) else { return };
            if self.handshakes.len() < HANDSHAKE_QUEUE {
                let (serial, datagram) = (*serial, datagram.to_vec());
                self.handshakes.push_back(Handshake { peer, serial, source, datagram });
            }
            return;
        }
        self.feed(peer, input);
    }

    fn input<'a>(&self, datagram: &'a [u8], source: SocketAddr, now: Instant) -> Option<Input<'a>> {
        let destination = candidate_for(&self.identity.candidates, source)?;
        let contents = datagram.try_into().ok()?;
        Some(Input::Receive(now, Receive { proto: Protocol::Udp, source, destination, contents }))
    }

    /// Handshakes, oldest first, until this turn's time is spent.
    fn handshake(&mut self) {
        let start = clock();
        while let Some(next) = self.handshakes.pop_front() {
            let here = self.peers.get(next.peer).and_then(Option::as_ref);
            let input = self.input(&next.datagram, next.source, clock());
            if let (true, Some(input)) = (here.is_some_and(|(s, _)| *s == next.serial), input) {
                self.feed(next.peer, input);
            }
            if clock().saturating_duration_since(start) >= HANDSHAKE_BUDGET {
                break;
            }
        }
    }

    /// Feeds one connection and does what comes of it.
    fn feed(&mut self, index: usize, input: Input) {
        let Some(Some((_, peer))) = self.peers.get_mut(index) else { return };
        let mut notes = std::mem::take(&mut self.notes);
        peer.handle(input, &mut self.egress, &mut notes);
        let now = clock();
        let mut gone = false;
        for note in notes.drain(..) {
            gone |= matches!(note, Note::Gone);
            self.heed(index, note, now);
        }
        self.notes = notes;
        if gone {
            self.lose(index);
        } else {
            self.welcome(index);
        }
    }

    /// Lets a connection that came up into its room.
    fn welcome(&mut self, index: usize) {
        let Some(Some((_, peer))) = self.peers.get_mut(index) else { return };
        if !peer.connected || peer.member.is_some() {
            return;
        }
        let (room, participant) = (peer.room, peer.participant);
        let Some(place) = self.rooms.get_mut(&room) else { return };
        peer.member = Some(place.room.join(participant, index, peer.lines()));
        let _ = self.events.send(SfuEvent::Connected { room, participant });
    }

    fn heed(&mut self, index: usize, note: Note, now: Instant) {
        let Some(Some((_, peer))) = self.peers.get_mut(index) else { return };
        let (room, participant) = (peer.room, peer.participant);
        let Some(place) = self.rooms.get_mut(&room) else { return };
        match note {
            Note::Packet(rtp) => self.forward(index, &rtp, now),
            Note::Gone => {}
            Note::KeyframeWanted(slot) => place.room.keyframe_wanted(participant, slot, now),
            Note::Second(measured) => place.room.measured(participant, measured, now),
            Note::Estimate(bitrate) => place.room.budget(participant, bitrate, now),
        }
    }

    /// The hot path: one packet in, its copies queued at every receiver.
    fn forward(&mut self, index: usize, rtp: &str0m::rtp::RtpPacket, now: Instant) {
        let Some(Some((_, peer))) = self.peers.get_mut(index) else { return };
        let (Some(member), Some(parsed)) = (peer.member, peer.parse(rtp)) else { return };
        let Some(place) = self.rooms.get_mut(&peer.room) else { return };
        let forwards = &mut self.forwards;
        place.room.packet(member, parsed.source, parsed.layer, &parsed.packet, now, forwards);
        for forward in forwards.drain(..) {
            if let Some(Some((_, receiver))) = self.peers.get_mut(forward.endpoint) {
                if !receiver.dirty {
                    self.dirty.push(forward.endpoint);
                }
                receiver.write(forward.slot, &parsed, rtp, &forward.out, now);
            }
        }
    }

    /// Lets rooms work out what changed, and does what they ask.
    fn settle(&mut self, now: Instant) {
        let tick = now >= self.next_tick;
        if tick {
            self.next_tick = now + TICK;
        }
        let mut actions = Vec::new();
        for place in self.rooms.values_mut() {
            if tick {
                place.room.tick(now);
            } else {
                place.room.settle(now);
            }
            actions.append(&mut place.room.take_actions());
        }
        for action in actions {
            match action {
                Action::Event(event) => {
                    let _ = self.events.send(event);
                }
                Action::Keyframe { endpoint, source, layer } => {
                    self.touch(endpoint, |peer| peer.request_keyframe(source, layer));
                }
                Action::Desired { endpoint, bitrate } => {
                    self.touch(endpoint, |peer| peer.desire(bitrate));
                }
            }
        }
    }

    fn touch(&mut self, endpoint: usize, change: impl FnOnce(&mut Peer)) {
        if let Some(Some((_, peer))) = self.peers.get_mut(endpoint) {
            change(peer);
            self.dirty.push(endpoint);
        }
    }

    /// Sends what was queued, each receiver's packets in a row.
    fn flush(&mut self, now: Instant) {
        let mut dirty = std::mem::take(&mut self.dirty);
        for index in dirty.drain(..) {
            let waits = self.peers.get(index).and_then(Option::as_ref);
            if waits.is_some_and(|(_, peer)| peer.dirty) {
                self.feed(index, Input::Timeout(now));
            }
        }
        if self.dirty.is_empty() {
            self.dirty = dirty;
        }
        self.egress.flush(&self.socket);
    }

    /// Wakes the connections whose time has come; gives up those that never came up.
    fn expire(&mut self, now: Instant) {
        for index in 0..self.peers.len() {
            let Some((_, peer)) = &self.peers[index] else { continue };
            let waited = now.saturating_duration_since(peer.offered_at);
            if peer.member.is_none() && waited > CONNECT_TIMEOUT {
                self.lose(index);
            } else if peer.deadline <= now {
                self.feed(index, Input::Timeout(now));
            }
        }
    }
}

/// RFC 7983 section 7: the first byte tells DTLS from STUN and RTP.
fn is_dtls(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|byte| (20..=63).contains(byte))
}
