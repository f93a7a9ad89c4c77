//! One who watches the rehearsal.

use super::report::AttendeeReport;
use crate::call::{Call, CallEvent};
use anyhow::bail;
use engine::config::Receive;
use engine::engine::Event;
use engine::frame::VideoFrame;
use engine::latest::Reader;
use engine::stats::Receiving;
use protocol::{ClientMessage, HubMessage, MediaSource, Participant, Watch};

/// The lines that an attendee asks for: a full picture.
const WANTED_LINES: u32 = 720;

pub(super) struct Attendee {
    number: usize,
    receive: Receive,
    call: Call,
    /// The slot that carries the presenter's camera.
    picture_mid: Option<String>,
    picture: Option<Reader<VideoFrame>>,
    /// The newest picture: a slot gives each only once.
    shown: std::cell::RefCell<Option<VideoFrame>>,
    begin: (Receiving, Receiving),
}

impl Attendee {
    pub(super) fn new(number: usize, receive: Receive, call: Call) -> Attendee {
        Attendee {
            number,
            receive,
            call,
            picture_mid: None,
            picture: None,
            shown: std::cell::RefCell::new(None),
            begin: Default::default(),
        }
    }

    pub(super) fn poll(&mut self) -> anyhow::Result<()> {
        while let Some(event) = self.call.poll() {
            match event {
                CallEvent::Hub(HubMessage::Joined { snapshot, .. }) => {
                    snapshot.participants.iter().for_each(|participant| self.watch(participant));
                }
                CallEvent::Hub(
                    HubMessage::ParticipantJoined { participant }
                    | HubMessage::ParticipantChanged { participant },
                ) => self.watch(&participant),
                CallEvent::Hub(HubMessage::Slots { slots }) => {
                    let bound = slots.into_iter().find(|slot| {
                        slot.source == MediaSource::Camera && slot.participant.is_some()
                    });
                    self.picture =
                        bound.as_ref().and_then(|slot| self.call.engine().slot(&slot.mid));
                    self.picture_mid = bound.map(|slot| slot.mid);
                }
                CallEvent::Engine(Event::Trouble(error)) => {
                    bail!("attendee {} cannot receive: {error}", self.number)
                }
                CallEvent::Refused(reason) => {
                    bail!("the hub refused attendee {}: {reason:?}", self.number)
                }
                _ => {}
            }
        }
        if let Some(frame) = self.picture.as_ref().and_then(Reader::take) {
            self.shown.replace(Some(frame));
        }
        Ok(())
    }

    fn watch(&self, participant: &Participant) {
        if participant.camera {
            self.call.send(ClientMessage::Watch {
                videos: vec![Watch {
                    participant: participant.id,
                    source: MediaSource::Camera,
                    max_lines: WANTED_LINES,
                }],
            });
        }
    }

    /// Picture and sound of the presenter as received so far.
    fn received(&self) -> (Receiving, Receiving) {
        let stats = self.call.engine().stats();
        let picture = stats
            .receiving
            .iter()
            .find(|slot| slot.video && Some(&slot.mid) == self.picture_mid.as_ref());
        let sound = stats.receiving.iter().find(|slot| !slot.video && slot.packets > 0);
        (picture.cloned().unwrap_or_default(), sound.cloned().unwrap_or_default())
    }

    /// Picture and sound have arrived.
    pub(super) fn ready(&self) -> bool {
        let (picture, sound) = self.received();
        picture.frames_received > 0 && sound.packets > 0
    }

    /// What is missing, in words.
    pub(super) fn lacking(&self) -> String {
        let (picture, sound) = self.received();
        let seen = if picture.frames_received > 0 { "has a picture" } else { "has no picture" };
        let heard = if sound.packets > 0 { "has sound" } else { "has no sound" };
        format!("attendee {} {seen} and {heard}", self.number)
    }

    /// The measured time begins.
    pub(super) fn begin(&mut self) {
        self.begin = self.received();
    }

    /// The newest picture.
    pub(super) fn picture(&self) -> Option<VideoFrame> {
        self.shown.borrow().clone()
    }

    /// What arrived since [`Attendee::begin`], of `frames_sent`.
    pub(super) fn report(&self, frames_sent: u64) -> AttendeeReport {
        let (picture, sound) = self.received();
        let (picture_begin, sound_begin) = &self.begin;
        let decoded = self.receive == Receive::Decode;
        let samples = sound.samples.saturating_sub(sound_begin.samples);
        let concealed = sound.samples_concealed.saturating_sub(sound_begin.samples_concealed);
        let expected = (sound.packets + sound.packets_lost)
            .saturating_sub(sound_begin.packets + sound_begin.packets_lost);
        let lost = sound.packets_lost.saturating_sub(sound_begin.packets_lost);
        AttendeeReport {
            decoded,
            frames_sent,
            // Frames on their way at the first reading can make the second a frame or two larger.
            frames_received: (picture.frames_received - picture_begin.frames_received)
                .min(frames_sent),
            freezes: decoded.then(|| picture.freezes - picture_begin.freezes),
            audio_packets: sound.packets - sound_begin.packets,
            audio_concealed_ratio: if decoded {
                concealed as f64 / samples.max(1) as f64
            } else {
                lost as f64 / expected.max(1) as f64
            },
            glass_to_glass_p50_ms: decoded.then_some(picture.glass_to_glass.p50_ms),
            glass_to_glass_p95_ms: decoded.then_some(picture.glass_to_glass.p95_ms),
            lip_sync_ms: picture.lip_sync_ms,
        }
    }
}
