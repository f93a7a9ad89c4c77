//! One conference as the window knows it.

use super::{Now, Toast, Toasts, Why};
use crate::call::{CallEvent, Link};
use engine::blur::{Notice, Reason};
use engine::engine::{Connection, Event as EngineEvent};
use protocol::{
    ChatLine, ChatScope, ConferenceState, EndReason, HubMessage, MediaSource, Participant,
    ParticipantId, Role, Room, RoomInfo, RoomKind, RoomPolicy, SlotBinding, Snapshot, WaitReason,
    WaitingPerson,
};
use std::collections::HashMap;

/// Chat lines kept; the hub sends older ones to nobody.
const CHAT_LINES: usize = 500;

/// A speaker's ring stays this long after the last sign of speech, seconds.
const RING_HOLD_S: f64 = 0.6;

/// It then fades within this time, seconds.
const RING_FADE_S: f64 = 0.24;

/// Louder than this is speech, RFC 6464 (−dBov).
const SPEECH_LEVEL: u8 = 40;

/// Muted speech must last this long to be worth a warning, and be over this long to end it, seconds.
const MUTED_SPEECH_S: f64 = 0.8;

/// How far in we are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Phase {
    /// The hub has not answered yet.
    Joining,
    /// Outside, and waiting.
    Waiting {
        /// Why.
        reason: WaitReason,
        /// Since when, [`Now::seconds`].
        since: f64,
    },
    /// Inside.
    In,
}

/// How the pictures are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Everybody alike.
    Tiles,
    /// One large, the others small.
    Stage,
}

/// The panel at the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// Chat.
    Chat,
    /// Participants and hands.
    People,
    /// What the engine measures.
    Health,
}

/// What the lamp line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// Sound leaves this machine, and somebody is there to hear it.
    OnAir,
    /// On hold, or waiting.
    Held,
    /// Nobody hears us.
    Off,
}

/// One conference.
#[derive(Debug)]
pub struct Call {
    /// The room; number and name are known before the hub answers.
    pub room: RoomInfo,
    /// Who waits in front of the door; only hosts know.
    pub waiting: Vec<WaitingPerson>,
    /// How far in we are.
    pub phase: Phase,
    /// The WebSocket.
    pub link: Link,
    /// The peer connection.
    pub connection: Connection,
    /// Media flowed at least once, so that a missing connection is a loss and not a start.
    pub was_connected: bool,
    /// Our id.
    pub you: ParticipantId,
    /// Everybody inside, oneself included, in order of arrival.
    pub participants: Vec<Participant>,
    /// The conference's state.
    pub state: ConferenceState,
    /// When it went live, Unix milliseconds.
    pub live_since_ms: Option<i64>,
    /// The chat, oldest first.
    pub chat: Vec<ChatLine>,
    /// Lines that came while the chat was closed.
    pub unread: usize,
    /// What the slots carry.
    pub slots: Vec<SlotBinding>,
    /// Who is heard now, loudest first; stands until the hub says otherwise.
    speakers: Vec<ParticipantId>,
    /// When those who fell silent were last heard, [`Now::seconds`].
    heard: HashMap<ParticipantId, f64>,
    /// The remote participant who spoke last.
    pub last_speaker: Option<ParticipantId>,
    /// The user wants the microphone open.
    pub microphone: bool,
    /// The user wants the camera on.
    pub camera: bool,
    /// When speech into the closed microphone began and was last heard, [`Now::seconds`].
    muted_speech: Option<(f64, f64)>,
    /// The engine's truth: sound leaves this machine.
    pub sending_sound: bool,
    /// The engine's truth: picture leaves this machine.
    pub sending_picture: bool,
    /// Tiles or stage.
    pub layout: Layout,
    /// Brought to the stage by a click.
    pub pinned: Option<ParticipantId>,
    /// The panel at the right.
    pub panel: Option<Panel>,
    /// The line being written.
    pub draft: String,
    /// Who shall read it.
    pub scope: ChatScope,
    /// The question before ending for all stands.
    pub confirm_end: bool,
    /// The question had its initial focus.
    pub confirm_focused: bool,
    /// The page of tiles on show.
    pub page: usize,
    /// We lowered our own hand, so nobody needs to tell us.
    pub lowering: bool,
    /// Reached "leave": nothing more is expected but the end.
    pub leaving: bool,
}

impl Call {
    /// A conference that was just asked for.
    pub fn new(room: Room, microphone: bool, camera: bool) -> Call {
        let layout = match room.kind {
            RoomKind::Webinar => Layout::Stage,
            RoomKind::GroupCall => Layout::Tiles,
        };
        Call {
            room: RoomInfo {
                name: room.name,
                kind: room.kind,
                number: room.number,
                pin: None,
                link_path: None,
                policy: RoomPolicy::default_for(room.kind),
            },
            waiting: Vec::new(),
            phase: Phase::Joining,
            link: Link::Connecting,
            connection: Connection::Closed,
            was_connected: false,
            you: ParticipantId(0),
            participants: Vec::new(),
            state: ConferenceState::Waiting,
            live_since_ms: None,
            chat: Vec::new(),
            unread: 0,
            slots: Vec::new(),
            speakers: Vec::new(),
            heard: HashMap::new(),
            last_speaker: None,
            microphone,
            camera,
            muted_speech: None,
            sending_sound: false,
            sending_picture: false,
            layout,
            pinned: None,
            panel: None,
            draft: String::new(),
            scope: ChatScope::Everyone,
            confirm_end: false,
            confirm_focused: false,
            page: 0,
            lowering: false,
            leaving: false,
        }
    }

    /// Ourselves, once inside.
    pub fn me(&self) -> Option<&Participant> {
        self.participant(self.you)
    }

    /// Somebody inside.
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    /// Whether we moderate.
    pub fn host(&self) -> bool {
        self.me().is_some_and(|me| me.role == Role::Host)
    }

    /// Whether we may speak and show ourselves.
    pub fn may_publish(&self) -> bool {
        self.me().is_some_and(|me| me.may_publish)
    }

    /// Raised hands, first raised first.
    pub fn hands(&self) -> Vec<&Participant> {
        let mut hands: Vec<_> =
            self.participants.iter().filter(|p| p.hand_raised_at_ms.is_some()).collect();
        hands.sort_by_key(|p| (p.hand_raised_at_ms, p.id));
        hands
    }

    /// Somebody's place in the queue of hands, from 1.
    pub fn hand_place(&self, id: ParticipantId) -> Option<usize> {
        let key = |p: &Participant| Some((p.hand_raised_at_ms?, p.id));
        let own = key(self.participant(id)?)?;
        Some(1 + self.participants.iter().filter(|p| key(p).is_some_and(|k| k < own)).count())
    }

    /// How long ago somebody was heard, in seconds; `None` when the ring is out.
    fn silence(&self, id: ParticipantId, now: Now) -> Option<f64> {
        // What was true when the connection went is not shown as happening now.
        let open = !self.lost() && self.participant(id).is_some_and(|p| p.microphone);
        let since =
            if self.speakers.contains(&id) { 0.0 } else { now.seconds - self.heard.get(&id)? };
        (open && since < RING_HOLD_S + RING_FADE_S).then_some(since)
    }

    /// How bright somebody's ring burns, 0…1: on at once, and fading after a moment of silence.
    pub fn ring(&self, id: ParticipantId, now: Now) -> f32 {
        match self.silence(id, now) {
            Some(since) => (1.0 - (since - RING_HOLD_S).max(0.0) / RING_FADE_S) as f32,
            None => 0.0,
        }
    }

    /// What the lamp line says. It follows what the engine transmits, never the button.
    pub fn lamp(&self) -> Lamp {
        let held = matches!(self.phase, Phase::Waiting { .. })
            || (self.phase == Phase::In && self.state == ConferenceState::OnHold);
        if held {
            Lamp::Held
        } else if self.sending_sound && self.participants.len() > 1 {
            Lamp::OnAir
        } else {
            Lamp::Off
        }
    }

    /// Takes in the own microphone's level, RFC 6464.
    pub(super) fn level(&mut self, level: u8, now: Now) {
        let loud = level <= SPEECH_LEVEL && !self.microphone && self.may_publish();
        self.muted_speech = match self.muted_speech {
            Some((since, _)) if loud => Some((since, now.seconds)),
            None if loud => Some((now.seconds, now.seconds)),
            Some((_, last)) if self.microphone || now.seconds - last > MUTED_SPEECH_S => None,
            quiet => quiet,
        };
    }

    /// Whether the user speaks into a closed microphone.
    pub fn speaks_muted(&self) -> bool {
        !self.microphone
            && self.muted_speech.is_some_and(|(since, last)| last - since >= MUTED_SPEECH_S)
    }

    /// The slot that carries somebody's stream.
    pub fn slot(&self, id: ParticipantId, source: MediaSource) -> Option<&str> {
        self.slots
            .iter()
            .find(|slot| slot.participant == Some(id) && slot.source == source)
            .map(|slot| slot.mid.as_str())
    }

    /// Whether what we see and hear may be out of date, because a connection is gone.
    pub fn lost(&self) -> bool {
        let media = self.was_connected
            && matches!(
                self.connection,
                Connection::Interrupted | Connection::Failed | Connection::Connecting
            );
        matches!(self.link, Link::Lost { .. }) || (self.phase == Phase::In && media)
    }

    /// Whether the chosen reader of a private line is still here. If not, nothing is sent: a line
    /// meant for one must not reach others.
    pub fn scope_reachable(&self) -> bool {
        match self.scope {
            ChatScope::Private { participant } => self.participant(participant).is_some(),
            ChatScope::Everyone | ChatScope::Hosts => true,
        }
    }

    /// Opens a panel, or closes it when it is the open one.
    pub fn toggle(&mut self, panel: Panel) {
        self.panel = if self.panel == Some(panel) { None } else { Some(panel) };
        if self.panel == Some(Panel::Chat) {
            self.unread = 0;
        }
    }

    /// Takes in an event; gives the reason when the conference is over for us.
    pub(super) fn apply(&mut self, event: CallEvent, now: Now, toasts: &mut Toasts) -> Option<Why> {
        match event {
            CallEvent::Link(link) => {
                self.link = link;
                if link == Link::Closed && self.leaving {
                    return Some(Why::Over(EndReason::Left));
                }
            }
            CallEvent::Refused(refusal) => return Some(Why::Refused(refusal)),
            CallEvent::Hub(message) => return self.apply_hub(message, now, toasts),
            CallEvent::Engine(event) => self.apply_engine(event, now, toasts),
        }
        None
    }

    fn apply_engine(&mut self, event: EngineEvent, now: Now, toasts: &mut Toasts) {
        match event {
            EngineEvent::Connection(connection) => {
                self.connection = connection;
                self.was_connected |= connection == Connection::Connected;
            }
            EngineEvent::Transmitting { microphone, camera } => {
                self.sending_sound = microphone;
                self.sending_picture = camera;
            }
            EngineEvent::Trouble(error) => {
                toasts.show(Toast::Trouble(error.to_string()), now.seconds);
            }
            EngineEvent::Recovered(_) => toasts.dismiss(&Toast::Trouble(String::new())),
            EngineEvent::Blur(notice) => blur_notice(notice, now, toasts),
            EngineEvent::Offer(_) => {}
        }
    }

    fn apply_hub(&mut self, message: HubMessage, now: Now, toasts: &mut Toasts) -> Option<Why> {
        match message {
            HubMessage::Joined { snapshot, .. } => self.joined(snapshot),
            HubMessage::Waiting { reason, room_name, .. } => self.waiting(reason, room_name, now),
            HubMessage::Refused { reason } => return Some(Why::Refused(reason)),
            HubMessage::Ended { reason } => return Some(Why::Over(reason)),
            HubMessage::ParticipantJoined { participant }
            | HubMessage::ParticipantChanged { participant } => {
                self.changed(participant, now, toasts);
            }
            HubMessage::ParticipantLeft { participant } => self.left(participant),
            HubMessage::State { state, live_since_ms } => {
                self.state = state;
                self.live_since_ms = live_since_ms;
            }
            HubMessage::WaitingList { waiting } => self.waiting_list(waiting, now, toasts),
            HubMessage::Policy { policy } => self.room.policy = policy,
            HubMessage::Muted { by } => {
                self.microphone = false;
                toasts.show(Toast::Muted(by), now.seconds);
            }
            HubMessage::Chat { line } => self.chat_line(line),
            HubMessage::Slots { slots } => self.slots = slots,
            HubMessage::Speakers { participants } => {
                for id in self.speakers.drain(..) {
                    self.heard.insert(id, now.seconds);
                }
                let loudest = participants.iter().copied().find(|id| *id != self.you);
                self.last_speaker = loudest.or(self.last_speaker);
                self.speakers = participants;
            }
            HubMessage::Denied { .. } => toasts.show(Toast::Denied, now.seconds),
            HubMessage::Answer { .. }
            | HubMessage::OfferRefused { .. }
            | HubMessage::Locked { .. }
            | HubMessage::Layers { .. } => {}
        }
        None
    }

    fn joined(&mut self, snapshot: Snapshot) {
        // A fresh connection may have a fresh role: start attendees of a webinar on the hosts.
        let first = self.phase != Phase::In;
        self.phase = Phase::In;
        self.you = snapshot.you;
        self.room = snapshot.room;
        self.state = snapshot.state;
        self.waiting = snapshot.waiting;
        self.live_since_ms = snapshot.live_since_ms;
        self.participants = snapshot.participants;
        self.chat = snapshot.chat;
        self.slots.clear();
        self.speakers.clear();
        self.heard.clear();
        self.forget_gone();
        if first {
            self.scope = if self.may_publish() { ChatScope::Everyone } else { ChatScope::Hosts };
        }
    }

    fn waiting(&mut self, reason: WaitReason, room_name: String, now: Now) {
        let since = match self.phase {
            // The same wait, told again after a reconnect.
            Phase::Waiting { reason: before, since } if before == reason => since,
            _ => now.seconds,
        };
        self.phase = Phase::Waiting { reason, since };
        self.room.name = room_name;
        // Who waits learns nothing of those inside.
        self.participants.clear();
        self.chat.clear();
        self.slots.clear();
        self.speakers.clear();
        self.heard.clear();
        self.panel = None;
        self.pinned = None;
        self.confirm_end = false;
        self.unread = 0;
    }

    fn changed(&mut self, participant: Participant, now: Now, toasts: &mut Toasts) {
        let before = self.participants.iter_mut().find(|p| p.id == participant.id);
        let had_hand = before.as_ref().is_some_and(|p| p.hand_raised_at_ms.is_some());
        let has_hand = participant.hand_raised_at_ms.is_some();
        let might = before.as_ref().map(|p| p.may_publish);
        let (id, may) = (participant.id, participant.may_publish);
        match before {
            Some(before) => *before = participant,
            None => self.participants.push(participant),
        }
        if id != self.you {
            if has_hand && !had_hand && self.host() {
                toasts.show(Toast::Hands, now.seconds);
            }
            return;
        }
        match (might, may) {
            (Some(false), true) => toasts.show(Toast::MayPublish, now.seconds),
            (Some(true), false) => {
                self.microphone = false;
                self.camera = false;
                toasts.show(Toast::MayNotPublish, now.seconds);
            }
            _ => {}
        }
        if had_hand && !has_hand && !self.lowering {
            toasts.show(Toast::HandLowered, now.seconds);
        }
        self.lowering &= has_hand;
    }

    /// Whoever knocks anew while the conference is live wants to be let in.
    fn waiting_list(&mut self, waiting: Vec<WaitingPerson>, now: Now, toasts: &mut Toasts) {
        let known = |person: &WaitingPerson| self.waiting.iter().any(|old| old.id == person.id);
        let knocks = self.state == ConferenceState::Live && !waiting.iter().all(known);
        self.waiting = waiting;
        if self.waiting.is_empty() {
            toasts.dismiss(&Toast::Knock);
        } else if knocks {
            toasts.show(Toast::Knock, now.seconds);
        }
    }

    fn left(&mut self, id: ParticipantId) {
        self.participants.retain(|p| p.id != id);
        self.speakers.retain(|speaker| *speaker != id);
        self.heard.remove(&id);
        self.forget_gone();
    }

    /// Nothing may go on pointing at somebody who left.
    fn forget_gone(&mut self) {
        let here = |id: ParticipantId| self.participants.iter().any(|p| p.id == id);
        let gone = |id: Option<ParticipantId>| id.filter(|id| here(*id));
        let (pinned, last_speaker) = (gone(self.pinned), gone(self.last_speaker));
        self.pinned = pinned;
        self.last_speaker = last_speaker;
    }

    fn chat_line(&mut self, line: ChatLine) {
        if self.panel != Some(Panel::Chat) && line.from != Some(self.you) {
            self.unread += 1;
        }
        self.chat.push(line);
        if self.chat.len() > CHAT_LINES {
            self.chat.remove(0);
        }
    }
}

/// Where blur begins to run is on show where it is chosen; what changes later is told.
fn blur_notice(notice: Notice, now: Now, toasts: &mut Toasts) {
    let news = match &notice {
        Notice::Path { reason, .. } => {
            matches!(reason, Reason::GpuFailed(_) | Reason::GpuTooSlow)
        }
        Notice::Whole { .. } | Notice::Quality { .. } => true,
    };
    if news {
        toasts.show(Toast::Blur(notice), now.seconds);
    }
}
