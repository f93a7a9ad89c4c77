//! What the receiving thread keeps for each slot.

use super::continuity::Continuity;
use super::{NEWS_DELAY, Receive};
use crate::audio::receiver::Receiver as AudioReceiver;
use crate::frame::VideoFrame;
use crate::jitter_buffer::verifier::FrameVerifier;
use crate::jitter_buffer::video::VideoJitterBuffer;
use crate::latest;
use crate::lip_sync::LipSync;
use crate::playback::{Playback, SlotWriter};
use crate::shared::Shared;
use crate::showing::{Outlets, Showing, Shown};
use crate::transport::RtpPacket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub(super) struct VideoSlot {
    pub(super) buffer: VideoJitterBuffer,
    pub(super) verifier: FrameVerifier,
    pub(super) showing: Option<Showing>,
    pub(super) pictures: latest::Writer<VideoFrame>,
    pub(super) shown: Shared<Shown>,
    pub(super) lip_sync: Shared<LipSync>,
    pub(super) keyframe_needed: Arc<AtomicBool>,
    pub(super) rebound: Arc<AtomicBool>,
    /// When a keyframe was last handed to the decoder.
    pub(super) keyframe_at: Option<Instant>,
    /// The audio slot of the same participant.
    pub(super) sound: Option<String>,
}

pub(super) struct AudioSlot {
    /// Where sound is decoded: the buffer and its ring to the loudspeaker.
    pub(super) playing: Option<(AudioReceiver, SlotWriter)>,
    pub(super) continuity: Continuity,
    /// The same participant's pictures.
    pub(super) pairs: Vec<Shared<LipSync>>,
    /// 1 leaves the sound as it is.
    gain: f32,
}

impl Default for AudioSlot {
    fn default() -> AudioSlot {
        let (continuity, pairs) = (Continuity::default(), Vec::new());
        AudioSlot { playing: None, continuity, pairs, gain: 1.0 }
    }
}

impl AudioSlot {
    /// Takes a packet that is to be heard; the first one opens the way to the loudspeaker.
    pub(super) fn hear(
        &mut self,
        packet: &RtpPacket,
        playback: Option<&mut Playback>,
        now: Instant,
    ) {
        if self.playing.is_none() {
            self.playing = playback.and_then(play);
            self.set_gain(self.gain);
        }
        if let Some((receiver, _)) = &mut self.playing {
            receiver.insert(packet, now);
        }
    }

    /// How loud it is played; 1 leaves the sound as it is.
    pub(super) fn set_gain(&mut self, gain: f32) {
        self.gain = gain;
        if let Some((_, writer)) = &self.playing {
            writer.set_gain(gain);
        }
    }
}

fn play(playback: &mut Playback) -> Option<(AudioReceiver, SlotWriter)> {
    match AudioReceiver::new().and_then(|receiver| Ok((receiver, playback.add_slot()?))) {
        Ok(playing) => Some(playing),
        Err(error) => {
            tracing::error!(%error, "sound cannot be played");
            None
        }
    }
}

impl VideoSlot {
    pub(super) fn new(pictures: latest::Writer<VideoFrame>) -> VideoSlot {
        VideoSlot {
            buffer: VideoJitterBuffer::new(),
            verifier: FrameVerifier::default(),
            showing: None,
            pictures,
            shown: Shared::default(),
            lip_sync: Shared::default(),
            keyframe_needed: Arc::default(),
            rebound: Arc::default(),
            keyframe_at: None,
            sound: None,
        }
    }

    /// It now carries somebody else, or nobody: what is left of the old owner is neither shown nor
    /// compared with the new owner's sound.
    pub(super) fn change_hands(&mut self, now: Instant) {
        self.shown.lock().freezes.pause();
        *self.lip_sync.lock() = LipSync::default();
        let begun = self.keyframe_at.is_some_and(|at| now.duration_since(at) < NEWS_DELAY);
        if !begun {
            self.buffer.require_keyframe();
            self.rebound.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn outlets(&self, wake: Arc<dyn Fn() + Send + Sync>) -> Outlets {
        Outlets {
            pictures: self.pictures.clone(),
            shown: self.shown.clone(),
            lip_sync: self.lip_sync.clone(),
            wake,
            keyframe_needed: self.keyframe_needed.clone(),
            rebound: self.rebound.clone(),
        }
    }

    pub(super) fn deadline(&self, mode: Receive) -> Option<Instant> {
        match mode {
            Receive::Decode => self.buffer.next_deadline(),
            Receive::Verify => self.verifier.next_deadline(),
        }
    }
}
