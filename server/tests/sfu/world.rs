//! A forwarding unit with clients, all on the test's thread.

use super::client::{Client, Lines, Received, clock};
use protocol::{MediaSource, ParticipantId, SlotBinding};
use server::sfu::{Config, Media, RoomKey, Sfu, SfuError, SfuEvent};
use std::collections::BTreeMap;
use std::time::Duration;
use str0m::Input;
use str0m::change::SdpAnswer;
use tokio::sync::mpsc::UnboundedReceiver;

pub const ROOM: RoomKey = RoomKey(1);
pub const LIMIT: Duration = Duration::from_secs(20);

pub struct World {
    pub sfu: Sfu,
    pub log: Vec<SfuEvent>,
    pub clients: Vec<Client>,
    events: UnboundedReceiver<SfuEvent>,
    runtime: tokio::runtime::Runtime,
    poll: mio::Poll,
}

impl World {
    pub fn new() -> World {
        let listen = "127.0.0.1:0".parse().unwrap();
        let (sfu, events) = Sfu::start(Config { listen, advertise: Vec::new() }).unwrap();
        sfu.open_room(ROOM);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let poll = mio::Poll::new().unwrap();
        World { sfu, log: Vec::new(), clients: Vec::new(), events, runtime, poll }
    }

    pub fn offer(&self, room: RoomKey, id: u32, sdp: &str) -> Result<String, SfuError> {
        let offer = self.sfu.offer(room, ParticipantId(id), sdp.to_owned(), Vec::new());
        self.runtime.block_on(offer)
    }

    /// Somebody comes; returns their place in `clients`.
    pub fn join_in(&mut self, room: RoomKey, id: u32, lines: Lines) -> usize {
        let id = ParticipantId(id);
        let (mut client, pending, sdp, streams) = Client::new(id, &lines);
        let announced = if lines.like_a_browser { Vec::new() } else { streams };
        let offer = self.sfu.offer(room, id, sdp, announced);
        let answer = self.runtime.block_on(offer).unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        client.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        client.drain();
        let token = mio::Token(self.clients.len());
        let registry = self.poll.registry();
        registry.register(&mut client.socket, token, mio::Interest::READABLE).unwrap();
        self.clients.push(client);
        self.clients.len() - 1
    }

    pub fn join(&mut self, id: u32, lines: Lines) -> usize {
        self.join_in(ROOM, id, lines)
    }

    pub fn publish(&self, id: u32, media: Media) {
        self.sfu.publish(ROOM, ParticipantId(id), media);
    }

    pub fn watch(&self, id: u32, pictures: &[(u32, u32)]) {
        let watch = |(of, max_lines): &(u32, u32)| protocol::Watch {
            participant: ParticipantId(*of),
            source: MediaSource::Camera,
            max_lines: *max_lines,
        };
        self.sfu.watch(ROOM, ParticipantId(id), pictures.iter().map(watch).collect());
    }

    /// Lets the clients work until `done`; panics after [`LIMIT`].
    pub fn until(&mut self, what: &str, mut done: impl FnMut(&World) -> bool) {
        let end = clock() + LIMIT;
        while !done(self) {
            assert!(clock() < end, "{what} did not happen; events: {:#?}", self.log);
            self.turn();
        }
    }

    pub fn run(&mut self, time: Duration) {
        let end = clock() + time;
        while clock() < end {
            self.turn();
        }
    }

    fn turn(&mut self) {
        let now = clock();
        let wake = self.clients.iter().flat_map(|c| {
            let sends = c.connected_at.is_some() && !c.sending.is_empty();
            [Some(c.deadline), sends.then_some(c.next_frame)].into_iter().flatten()
        });
        let wait = wake.min().map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let mut ready = mio::Events::with_capacity(64);
        self.poll.poll(&mut ready, Some(wait.min(Duration::from_millis(5)))).unwrap();
        for client in &mut self.clients {
            client.read();
            client.publish(clock());
            let now = clock();
            if client.deadline <= now {
                client.rtc.handle_input(Input::Timeout(now)).unwrap();
                client.drain();
            }
        }
        while let Ok(event) = self.events.try_recv() {
            self.log.push(event);
        }
    }

    /// What somebody's slots carry, as last told.
    pub fn bindings(&self, id: u32) -> Vec<SlotBinding> {
        let slots = self.log.iter().rev().find_map(|event| match event {
            SfuEvent::Slots { participant, slots, .. } if participant.0 == id => Some(slots),
            _ => None,
        });
        slots.cloned().unwrap_or_default()
    }

    /// What somebody must send, as last told: camera, screen, microphone.
    pub fn layers(&self, id: u32) -> Option<(Vec<String>, Vec<String>, bool)> {
        self.log.iter().rev().find_map(|event| match event {
            SfuEvent::Layers { participant, camera, screen, microphone, .. }
                if participant.0 == id =>
            {
                Some((camera.clone(), screen.clone(), *microphone))
            }
            _ => None,
        })
    }
}

/// What is wrong with a slot's packets: gaps, pictures that jump, frames that mix, switches that
/// are not at a keyframe. Packets at the end that may still be on their way are left out.
pub fn faults(received: &[Received]) -> Vec<String> {
    let packets: BTreeMap<u64, &Received> = received.iter().map(|p| (p.sequence, p)).collect();
    let packets: Vec<&Received> = packets.into_values().collect();
    let mut faults = Vec::new();
    for pair in packets.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let restarted = b.keyframe && b.frame < a.frame;
        let same = (a.participant, a.layer) == (b.participant, b.layer) && !restarted;
        let next_picture = (a.picture_id + 1) & 0x7fff;
        if b.sequence != a.sequence + 1 {
            faults.push(format!("gap between {a:?} and {b:?}"));
        } else if !same && (!b.keyframe || b.index != 0 || b.picture_id != next_picture) {
            faults.push(format!("bad switch from {a:?} to {b:?}"));
        } else if same && a.marker && (b.index != 0 || b.picture_id != next_picture) {
            faults.push(format!("bad next frame from {a:?} to {b:?}"));
        } else if same && !a.marker && (b.index != a.index + 1 || b.timestamp != a.timestamp) {
            faults.push(format!("bad frame at {a:?} and {b:?}"));
        } else if a.marker && b.timestamp.wrapping_sub(a.timestamp) > 90_000 * 60 {
            faults.push(format!("time jumps from {a:?} to {b:?}"));
        }
    }
    if packets.first().is_some_and(|first| !first.keyframe) {
        faults.push("does not start with a keyframe".to_owned());
    }
    faults
}
