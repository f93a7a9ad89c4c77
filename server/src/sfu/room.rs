//! One room's forwarding: who is in it, what they send, what their slots carry.
//!
//! A state machine without socket and clock. Changes only mark the room as unsettled;
//! [`Room::settle`] then works out bindings, layers and who forwards to whom, once for however
//! many changes came together. [`Room::packet`] is the hot path: it only walks the subscribers of
//! one feed. What the driver has to do about it is left in [`Room::take_actions`].

mod line_quality;
mod news;

use super::audio_level::Voices;
use super::layers::{self, Choice, Wish};
use super::quality::Line;
use super::rewrite::Outgoing;
use super::sender::{Lines, Packet, Source};
use super::slots::{Feed, Kind, Slot, assign};
use super::{Media, SfuEvent};
use protocol::{MediaSource, ParticipantId, PersonQuality, Watch};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

/// At most so many are reported as speaking: as many as there are audio slots.
const MAX_SPEAKERS: usize = 5;
/// How often layers are chosen anew when nothing else happens.
const RESELECT_INTERVAL: Duration = Duration::from_millis(250);
/// An estimator that just started has measured next to nothing, and guesses too low.
const ESTIMATOR_START: Duration = Duration::from_secs(2);
/// What one audio slot takes from a receiver's line, in bit/s with headers.
const AUDIO_BITRATE: u64 = 50_000;

/// A packet that goes to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forward {
    /// The receiver, as the driver named it.
    pub endpoint: usize,
    /// The receiver's slot.
    pub slot: usize,
    /// How it leaves.
    pub out: Outgoing,
}

/// What the driver has to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask a sender for a keyframe (RFC 4585 section 6.3.1).
    Keyframe {
        /// The sender.
        endpoint: usize,
        /// Of which source.
        source: MediaSource,
        /// Of which layer.
        layer: usize,
    },
    /// Tell the bandwidth estimator what a receiver could use.
    Desired {
        /// The receiver.
        endpoint: usize,
        /// In bit/s.
        bitrate: u64,
    },
    /// Tell the hub.
    Event(SfuEvent),
}

/// What the hub said about somebody; it outlives a connection.
#[derive(Debug, Default)]
struct Policy {
    media: Media,
    watch: Vec<Watch>,
}

#[derive(Debug)]
struct Member {
    participant: ParticipantId,
    endpoint: usize,
    slots: Vec<Slot>,
    sources: Vec<Source>,
    budget: Option<u64>,
    estimated_since: Option<Instant>,
    grows_after: Option<Instant>,
    desired: u64,
    /// A slot lost its feed since the bindings were told.
    slots_changed: bool,
    told_layers: Option<[Vec<String>; 3]>,
    /// Their line carries less than they wish to see.
    narrow: bool,
}

/// One room.
#[derive(Debug)]
pub struct Room {
    key: super::RoomKey,
    /// Slab: a member's index never changes.
    members: Vec<Option<Member>>,
    index: HashMap<ParticipantId, usize>,
    policies: HashMap<ParticipantId, Policy>,
    voices: Voices,
    /// How media travels; outlives a connection, so that one that broke is not taken for a good one.
    lines: BTreeMap<ParticipantId, Line>,
    told_quality: Vec<PersonQuality>,
    actions: Vec<Action>,
    unsettled: bool,
    reselected_at: Option<Instant>,
}

impl Room {
    /// An empty room.
    pub fn new(key: super::RoomKey) -> Room {
        Room {
            key,
            members: Vec::new(),
            index: HashMap::new(),
            policies: HashMap::new(),
            voices: Voices::default(),
            lines: BTreeMap::new(),
            told_quality: Vec::new(),
            actions: Vec::new(),
            unsettled: false,
            reselected_at: None,
        }
    }

    /// Somebody's connection is up. Returns the index for [`Room::packet`].
    pub fn join(&mut self, participant: ParticipantId, endpoint: usize, lines: Lines) -> usize {
        self.leave(participant);
        let slots = lines.slots.into_iter().map(|l| Slot::new(l.mid, l.kind, l.sequence)).collect();
        let member = Member {
            participant,
            endpoint,
            slots,
            sources: lines.sources,
            budget: None,
            estimated_since: None,
            grows_after: None,
            desired: 0,
            slots_changed: false,
            told_layers: None,
            narrow: false,
        };
        let free = self.members.iter().position(Option::is_none).unwrap_or(self.members.len());
        if free == self.members.len() {
            self.members.push(None);
        }
        self.members[free] = Some(member);
        self.index.insert(participant, free);
        self.unsettled = true;
        free
    }

    /// Somebody's connection is gone. What the hub said about them stays.
    pub fn leave(&mut self, participant: ParticipantId) {
        let Some(index) = self.index.remove(&participant) else { return };
        self.members[index] = None;
        self.voices.forget(participant);
        // A feed of theirs that comes back is another stream: no slot may take it for the old one.
        for member in self.members.iter_mut().flatten() {
            let theirs =
                |slot: &&mut Slot| slot.feed().is_some_and(|feed| feed.participant == participant);
            for slot in member.slots.iter_mut().filter(theirs) {
                member.slots_changed |= slot.bind(None);
            }
        }
        self.unsettled = true;
    }

    /// Somebody left the conference: nothing of them is kept.
    pub fn forget(&mut self, participant: ParticipantId) {
        self.leave(participant);
        self.policies.remove(&participant);
        self.lines.remove(&participant);
    }

    /// The pictures that somebody wants, most important first.
    pub fn watch(&mut self, participant: ParticipantId, watch: Vec<Watch>) {
        self.policies.entry(participant).or_default().watch = watch;
        self.unsettled = true;
    }

    /// What may be forwarded from somebody.
    pub fn publish(&mut self, participant: ParticipantId, media: Media) {
        self.policies.entry(participant).or_default().media = media;
        if !media.microphone {
            self.voices.forget(participant);
        }
        self.unsettled = true;
    }

    /// What a receiver's line carries, in bit/s.
    pub fn budget(&mut self, participant: ParticipantId, bitrate: u64, now: Instant) {
        let Some(member) = self.member_mut(participant) else { return };
        let started_at = *member.estimated_since.get_or_insert(now);
        if now.saturating_duration_since(started_at) < ESTIMATOR_START {
            return;
        }
        let shrinks = member.budget.is_some_and(|before| bitrate < before * 9 / 10);
        member.budget = Some(bitrate);
        // Less is acted on at once, more can wait for the next round.
        self.unsettled |= shrinks;
    }

    /// A receiver cannot decode what a slot carries.
    pub fn keyframe_wanted(&mut self, participant: ParticipantId, slot: usize, now: Instant) {
        let Some(slot) = self.member_mut(participant).and_then(|member| member.slots.get(slot))
        else {
            return;
        };
        let layer = slot.awaits().or(slot.current());
        if let (Some(feed), Some(layer), Kind::Video) = (slot.feed(), layer, slot.kind()) {
            self.request_keyframe(feed, layer, now);
        }
    }

    /// A packet of a member's source; fills `out` with where it goes.
    pub fn packet(
        &mut self,
        from: usize,
        source: MediaSource,
        layer: usize,
        packet: &Packet,
        now: Instant,
        out: &mut Vec<Forward>,
    ) {
        let Some(Some(member)) = self.members.get_mut(from) else { return };
        let participant = member.participant;
        let allowed = self.policies.get(&participant).is_some_and(|p| p.media.allows(source));
        let Some(sender) = member.sources.iter_mut().find(|s| s.source == source) else { return };
        if !allowed || layer >= sender.layers.len() {
            return;
        }
        if source == MediaSource::Microphone {
            self.voices.heard(participant, level_of(packet), now);
        }
        let observed = sender.layers[layer].observe(packet, now);
        let subscribers = std::mem::take(&mut sender.subscribers);
        for &(receiver, index) in &subscribers {
            let Some(Some(receiver)) = self.members.get_mut(receiver) else { continue };
            let slot = &mut receiver.slots[index];
            if observed.restarted {
                slot.restart(layer);
            }
            if let Some(out_packet) =
                slot.forward(layer, packet.incoming, observed.starts_keyframe, now)
            {
                out.push(Forward { endpoint: receiver.endpoint, slot: index, out: out_packet });
            }
        }
        let sender = self.members[from].as_mut().and_then(|m| m.source_mut(source));
        if let Some(sender) = sender {
            sender.subscribers = subscribers;
        }
    }

    /// Lets time pass: speakers, keyframe requests that had to wait, layers.
    pub fn tick(&mut self, now: Instant) {
        self.unsettled |= self.voices.update(now);
        if let Some(participants) = self.voices.changed_speakers(MAX_SPEAKERS, now) {
            let event = SfuEvent::Speakers { room: self.key, participants };
            self.actions.push(Action::Event(event));
        }
        let due = |at: Instant| now.saturating_duration_since(at) >= RESELECT_INTERVAL;
        if self.unsettled || self.reselected_at.is_none_or(due) {
            self.unsettled = true;
            self.settle(now);
        }
        self.tell_quality(now);
        self.request_awaited_keyframes(now);
        for member in self.members.iter_mut().flatten() {
            for source in &mut member.sources {
                for (layer, state) in source.layers.iter_mut().enumerate() {
                    if state.keyframes.due(now) {
                        let (endpoint, source) = (member.endpoint, source.source);
                        self.actions.push(Action::Keyframe { endpoint, source, layer });
                    }
                }
            }
        }
    }

    /// Works out what changes mean, if there were any.
    pub fn settle(&mut self, now: Instant) {
        if !std::mem::take(&mut self.unsettled) {
            return;
        }
        self.reselected_at = Some(now);
        let voices = self.live_voices();
        for index in 0..self.members.len() {
            if self.members[index].is_some() {
                let changed = self.bind(index, &voices);
                self.select(index, now);
                if changed {
                    self.tell_slots(index);
                }
            }
        }
        self.subscribe();
        self.tell_layers();
        self.request_awaited_keyframes(now);
    }

    /// What is to be done since the last call.
    pub fn take_actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    fn member_mut(&mut self, participant: ParticipantId) -> Option<&mut Member> {
        self.members[*self.index.get(&participant)?].as_mut()
    }

    fn source(&self, feed: Feed) -> Option<&Source> {
        let member = self.members[*self.index.get(&feed.participant)?].as_ref()?;
        member.sources.iter().find(|source| source.source == feed.source)
    }

    /// Whether a feed exists and may be forwarded.
    fn is_live(&self, feed: Feed) -> bool {
        let policy = self.policies.get(&feed.participant);
        policy.is_some_and(|p| p.media.allows(feed.source)) && self.source(feed).is_some()
    }

    /// The pictures that a member wants and can get, most important first, with their lines.
    fn wished_pictures(&self, viewer: ParticipantId) -> Vec<(Feed, u32)> {
        let mut pictures: Vec<(Feed, u32)> = Vec::new();
        for wish in self.policies.get(&viewer).map_or(&[][..], |policy| &policy.watch) {
            let feed = Feed { participant: wish.participant, source: wish.source };
            let known = pictures.iter().any(|(other, _)| *other == feed);
            let picture = wish.source != MediaSource::Microphone && wish.participant != viewer;
            if picture && !known && self.is_live(feed) {
                pictures.push((feed, wish.max_lines));
            }
        }
        pictures
    }

    /// All microphones that may be heard, the loudest first.
    fn live_voices(&self) -> Vec<Feed> {
        let mut order: Vec<_> = self.voices.ranking().collect();
        let heard: HashSet<_> = order.iter().copied().collect();
        let members = self.members.iter().flatten().map(|member| member.participant);
        order.extend(members.filter(|participant| !heard.contains(participant)));
        let feed = |participant| Feed { participant, source: MediaSource::Microphone };
        order.into_iter().map(feed).filter(|feed| self.is_live(*feed)).collect()
    }

    /// Binds a member's slots; says whether anything changed.
    fn bind(&mut self, index: usize, voices: &[Feed]) -> bool {
        let Some(viewer) = self.members[index].as_ref().map(|m| m.participant) else {
            return false;
        };
        let pictures = self.wished_pictures(viewer).into_iter().map(|(feed, _)| feed).collect();
        let others = voices.iter().copied().filter(|feed| feed.participant != viewer);
        let Some(member) = self.members[index].as_mut() else { return false };
        let count = |kind| member.slots.iter().filter(|slot| slot.kind() == kind).count();
        let voices: Vec<_> = others.take(count(Kind::Audio)).collect();
        let mut changed = std::mem::take(&mut member.slots_changed);
        for (kind, feeds) in [(Kind::Video, pictures), (Kind::Audio, voices)] {
            let slots = || member.slots.iter().filter(|slot| slot.kind() == kind);
            let bound: Vec<_> = slots().map(Slot::feed).collect();
            let assigned = assign(&bound, &feeds);
            let slots = member.slots.iter_mut().filter(|slot| slot.kind() == kind);
            for (slot, feed) in slots.zip(assigned) {
                changed |= slot.bind(feed);
            }
        }
        changed
    }

    /// Chooses the layers of a member's pictures.
    fn select(&mut self, index: usize, now: Instant) {
        let Some(member) = self.members[index].as_ref() else { return };
        let slot_of = |feed: Feed| member.slots.iter().position(|slot| slot.feed() == Some(feed));
        let pictures = self.wished_pictures(member.participant).into_iter();
        let bound: Vec<_> =
            pictures.filter_map(|(feed, lines)| Some((slot_of(feed)?, feed, lines))).collect();
        let wish = |&(slot, feed, max_lines): &(usize, Feed, u32)| {
            let source = self.source(feed);
            let layers = source.map_or(Vec::new(), |source| source.known_layers(now));
            Wish { layers, max_lines, current: member.slots[slot].current() }
        };
        let wishes: Vec<_> = bound.iter().map(wish).collect();
        let heard = member.slots.iter().filter(|s| s.kind() == Kind::Audio && s.feed().is_some());
        let audio = heard.count() as u64 * AUDIO_BITRATE;
        let budget = member.budget.map(|budget| budget.saturating_sub(audio));
        let may_grow = member.grows_after.is_none_or(|at| now >= at);
        let choices = layers::choose(&wishes, budget, may_grow);
        let cost = |(wish, choice): (&Wish, &Option<Choice>)| {
            choice.map_or(0, |choice| wish.layers[choice.ideal].bitrate)
        };
        let unlimited = layers::choose(&wishes, None, true);
        // The estimator probes for the most important picture at its largest, so that enlarging
        // the tile finds the line measured.
        let largest = wishes.first().and_then(|wish| wish.layers.first());
        let others = wishes.iter().zip(&unlimited).skip(1).map(cost).sum::<u64>();
        let desired = audio + largest.map_or(0, |layer| layer.bitrate) + others;
        let shrinks =
            |((wish, limited), unlimited): ((&Wish, &Option<Choice>), &Option<Choice>)| {
                let ideal =
                    |choice: &Option<Choice>| choice.map_or(usize::MAX, |choice| choice.ideal);
                wish.current.is_some_and(|now| ideal(unlimited) <= now && ideal(limited) > now)
            };
        let less = |(limited, unlimited): (&Option<Choice>, &Option<Choice>)| {
            let ideal = |choice: &Option<Choice>| choice.map_or(usize::MAX, |choice| choice.ideal);
            ideal(limited) > ideal(unlimited)
        };
        let narrow = choices.iter().zip(&unlimited).any(less);
        let stepped_down = wishes.iter().zip(&choices).zip(&unlimited).any(shrinks);

        let Some(member) = self.members[index].as_mut() else { return };
        member.narrow = narrow;
        if stepped_down {
            member.grows_after = Some(now + layers::UPGRADE_PAUSE);
        }
        for ((slot, _, _), choice) in bound.iter().zip(choices) {
            let (ideal, target) = (choice.map(|c| c.ideal), choice.map(|c| c.target));
            member.slots[*slot].select(ideal, target);
        }
        if desired.abs_diff(member.desired) > member.desired / 10 {
            member.desired = desired;
            let endpoint = member.endpoint;
            self.actions.push(Action::Desired { endpoint, bitrate: desired });
        }
    }

    /// Writes every feed's list of subscribers anew.
    fn subscribe(&mut self) {
        for source in self.members.iter_mut().flatten().flat_map(|m| &mut m.sources) {
            source.subscribers.clear();
        }
        for receiver in 0..self.members.len() {
            let slots = self.members[receiver].as_ref().map_or(&[][..], |member| &member.slots);
            let bound: Vec<_> = slots.iter().map(Slot::feed).enumerate().collect();
            for (slot, feed) in bound {
                let Some(feed) = feed else { continue };
                let sender = self.member_mut(feed.participant);
                if let Some(source) = sender.and_then(|m| m.source_mut(feed.source)) {
                    source.subscribers.push((receiver, slot));
                }
            }
        }
    }

    fn request_keyframe(&mut self, feed: Feed, layer: usize, now: Instant) {
        let Some(member) = self.member_mut(feed.participant) else { return };
        let endpoint = member.endpoint;
        let state = member.source_mut(feed.source).and_then(|source| source.layers.get_mut(layer));
        if state.is_some_and(|state| state.keyframes.request(now)) {
            self.actions.push(Action::Keyframe { endpoint, source: feed.source, layer });
        }
    }

    fn request_awaited_keyframes(&mut self, now: Instant) {
        let slots = self.members.iter().flatten().flat_map(|member| &member.slots);
        let awaited: Vec<_> =
            slots.filter_map(|slot| Some((slot.feed()?, slot.awaits()?))).collect();
        for (feed, layer) in awaited {
            self.request_keyframe(feed, layer, now);
        }
    }
}

impl Member {
    fn source_mut(&mut self, source: MediaSource) -> Option<&mut Source> {
        self.sources.iter_mut().find(|sender| sender.source == source)
    }
}

/// The level of a voice packet. Without RFC 6464 a packet that is longer than comfort noise counts
/// as speech of ordinary loudness.
fn level_of(packet: &Packet) -> i8 {
    const COMFORT_NOISE_BYTES: usize = 8;
    match packet.level_dbov {
        Some(level) => level,
        None if packet.bytes > COMFORT_NOISE_BYTES => -40,
        None => -127,
    }
}

#[cfg(test)]
mod tests;
