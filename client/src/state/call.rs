//! One conference as the window knows it.

mod chat;
mod floor;
mod health;
mod hub;
mod roster;
mod tiles;
mod view;

pub use chat::{ChatRefusal, Desk, Piece, Unsent, pieces};
pub use floor::Floor;
pub use health::Fares;
pub use roster::Roster;
pub use tiles::{PAGE, REFLOW_S, STILL_S, Subject, Tiles};
pub use view::{CallView, Corner, Detached, FADE_S, HIDE_S, Layout, Scene, controls};

use super::{Circumstances, Devices, Now, Quality, Toast, Toasts, Trouble, Verdict, Why};
use crate::call::{CallEvent, Link};
use engine::blur::{Notice, Reason};
use engine::engine::{Connection, Event as EngineEvent};
use protocol::{
    ChatLine, ChatScope, ConferenceState, EndReason, MediaSource, Participant, ParticipantId, Role,
    Room, RoomInfo, RoomKind, RoomPolicy, SlotBinding, WaitReason, WaitingPerson,
};
use std::collections::HashMap;

/// Chat lines kept; the hub sends older ones to nobody.
const CHAT_LINES: usize = 500;

/// A speaker's ring stays this long after the last sign of speech, seconds.
const RING_HOLD_S: f64 = 0.6;

/// It then fades within this time, seconds.
const RING_FADE_S: f64 = 0.24;

/// Louder than this is speech, RFC 6464 (−dBov).
pub const SPEECH_LEVEL: u8 = 40;

/// Muted speech must last this long to be worth a warning, and be over this long to end it, seconds.
const MUTED_SPEECH_S: f64 = 0.8;

/// How long a hand that the hub lowered can be put back, seconds; a little less than the hub allows.
const RESTORE_HAND_S: f64 = 9.5;

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

/// The panel at the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// Chat.
    Chat,
    /// Participants and hands.
    People,
    /// The room: number, link, policies.
    Info,
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
    /// The room as it was known before we went in.
    pub entered: Room,
    /// The room; number and name are known before the hub answers.
    pub room: RoomInfo,
    /// A host locked the conference.
    pub locked: bool,
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
    /// Whom the stage follows.
    pub floor: Floor,
    /// The order of the tiles.
    pub tiles: Tiles,
    /// What the user chose to see.
    pub view: CallView,
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
    /// The shared screen leaves this machine now, as the engine says.
    pub sending_screen: bool,
    /// How the pictures are arranged.
    pub layout: Layout,
    /// Brought to the stage by a click.
    pub pinned: Option<ParticipantId>,
    /// The panel at the right.
    pub panel: Option<Panel>,
    /// The line being written.
    pub draft: String,
    /// Who shall read it.
    pub scope: ChatScope,
    /// What the chat panel holds beside the lines.
    pub desk: Desk,
    /// What the people panel holds beside the people.
    pub roster: Roster,
    /// The room's code for phones is on show.
    pub code: bool,
    /// The hub's moment of the hold, Unix milliseconds.
    pub held_since_ms: Option<i64>,
    /// The question before ending for all stands.
    pub confirm_end: bool,
    /// The question had its initial focus.
    pub confirm_focused: bool,
    /// The page of tiles on show.
    pub page: usize,
    /// How well everybody's media travels, and why not.
    pub quality: Quality,
    /// When the hub lowered our hand because we spoke, [`Now::seconds`].
    pub hand_dropped_at: Option<f64>,
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
                name: room.name.clone(),
                kind: room.kind,
                number: room.number.clone(),
                pin: None,
                link_path: None,
                policy: RoomPolicy::default_for(room.kind),
            },
            entered: room,
            locked: false,
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
            floor: Floor::default(),
            tiles: Tiles::default(),
            view: CallView::default(),
            microphone,
            camera,
            muted_speech: None,
            sending_sound: false,
            sending_picture: false,
            sending_screen: false,
            layout,
            pinned: None,
            panel: None,
            draft: String::new(),
            scope: ChatScope::Everyone,
            desk: Desk::default(),
            roster: Roster::default(),
            code: false,
            held_since_ms: None,
            confirm_end: false,
            confirm_focused: false,
            page: 0,
            quality: Quality::default(),
            hand_dropped_at: None,
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

    /// Whether we are inside and send nothing, because we may not.
    pub fn watches(&self) -> bool {
        self.phase == Phase::In && self.me().is_some_and(|me| !me.may_publish)
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

    /// What is said of how well somebody can be seen and heard, or we can.
    pub fn verdict(&self, of: ParticipantId) -> Verdict {
        let circumstances = Circumstances {
            you: self.you,
            hub: !matches!(self.link, Link::Lost { .. }),
            media: !self.lost(),
            camera: self.camera,
        };
        self.quality.verdict(of, circumstances)
    }

    /// Whether our hand went down by itself so shortly ago that it can be put back in its place.
    pub fn may_restore_hand(&self, now: Now) -> bool {
        let down = self.me().is_some_and(|me| me.hand_raised_at_ms.is_none());
        down && self.hand_dropped_at.is_some_and(|at| now.seconds - at < RESTORE_HAND_S)
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
        // What comes back into this window is no longer in its own.
        let own = match panel {
            Panel::Chat => Some(Detached::Chat),
            Panel::People => Some(Detached::People),
            Panel::Info | Panel::Health => None,
        };
        if self.panel.is_some() && own.is_some() && self.view.detached == own {
            self.view.detached = None;
        }
        if self.panel == Some(Panel::Chat) {
            self.unread = 0;
        }
    }

    /// Takes in an event; gives the reason when the conference is over for us.
    pub(super) fn apply(
        &mut self,
        event: CallEvent,
        now: Now,
        devices: &Devices,
        toasts: &mut Toasts,
    ) -> Option<Why> {
        match event {
            CallEvent::Link(link) => {
                self.link = link;
                if link == Link::Closed && self.leaving {
                    return Some(Why::Over(EndReason::Left));
                }
            }
            CallEvent::Anew => self.forget_ids(),
            CallEvent::Refused(refusal) => return Some(Why::Refused(refusal)),
            CallEvent::Unsaid => toasts.show(Toast::Unsaid, now.seconds),
            CallEvent::Hub(message) => return self.apply_hub(message, now, toasts),
            CallEvent::Engine(event) => self.apply_engine(event, now, devices, toasts),
        }
        None
    }

    fn apply_engine(
        &mut self,
        event: EngineEvent,
        now: Now,
        devices: &Devices,
        toasts: &mut Toasts,
    ) {
        match event {
            EngineEvent::Connection(connection) => {
                self.connection = connection;
                self.was_connected |= connection == Connection::Connected;
            }
            EngineEvent::Transmitting { microphone, camera, screen } => {
                self.sending_sound = microphone;
                self.sending_picture = camera;
                self.sending_screen = screen;
            }
            EngineEvent::Trouble(error) => {
                if matches!(error, engine::Error::Codec { .. }) {
                    self.quality.encoder_failed(now);
                }
                toasts.show(Toast::Trouble(Trouble::of(&error, devices)), now.seconds);
            }
            EngineEvent::Recovered(_) => toasts.dismiss(&Toast::Trouble(Trouble::Sound)),
            EngineEvent::Blur(notice) => blur_notice(notice, now, toasts),
            EngineEvent::Offer(_) | EngineEvent::ShareStarted(_) | EngineEvent::ShareEnded => {}
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
