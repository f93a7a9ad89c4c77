//! One video slot behind its jitter buffer: decode, wait for the due time, show.
//!
//! A thread a slot, started with its first frame. What it shows goes into the slot's newest-wins
//! slot; glass-to-glass, freezes and lip sync are measured at that moment.

use crate::Result;
use crate::clock::WallClock;
use crate::codec::video_decoder::VideoDecoder;
use crate::config::VideoCodec;
use crate::frame::VideoFrame;
use crate::jitter_buffer::playout::Playout;
use crate::jitter_buffer::video::EncodedFrame;
use crate::latest;
use crate::lip_sync::LipSync;
use crate::measure::{FreezeDetector, Latencies};
use crate::shared::Shared;
use crate::thread::{self, Joined};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Frames between jitter buffer and decoder: half a second at 30 fps. When it is full the decoder
/// does not keep up; the rest is dropped up to the next keyframe.
const FRAMES: usize = 15;

/// How often the thread wakes without work: only to see that it shall end.
const IDLE: Duration = Duration::from_millis(500);

/// What a viewer got of one slot.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) frames: u64,
    pub(crate) freezes: FreezeDetector,
    pub(crate) glass_to_glass: Latencies,
    pub(crate) playout_delay: Duration,
}

/// A slot's decoding thread.
pub(crate) struct Showing {
    // Closing the channel ends the thread, so this stays before `_thread`.
    frames: Sender<EncodedFrame>,
    _thread: Joined,
}

/// What a decoding thread works with.
pub(crate) struct Outlets {
    /// Where pictures go.
    pub(crate) pictures: latest::Writer<VideoFrame>,
    /// What is measured.
    pub(crate) shown: Shared<Shown>,
    /// Together with the same participant's sound.
    pub(crate) lip_sync: Shared<LipSync>,
    /// Called after every picture.
    pub(crate) wake: Arc<dyn Fn() + Send + Sync>,
    /// Set when only a keyframe helps; the jitter buffer's owner takes it back.
    pub(crate) keyframe_needed: Arc<AtomicBool>,
    /// Set when the slot changed hands: what is on its way here belongs to somebody else.
    pub(crate) rebound: Arc<AtomicBool>,
}

impl Showing {
    pub(crate) fn start(name: &str, outlets: Outlets) -> Result<Showing> {
        let (frames, source) = bounded(FRAMES);
        let thread = thread::spawn(name, move || {
            Decoding::new(outlets).run(&source);
        })?;
        Ok(Showing { frames, _thread: thread })
    }

    /// Hands a frame over; false when the decoder does not keep up and a keyframe is needed.
    pub(crate) fn put(&self, frame: EncodedFrame) -> bool {
        match self.frames.try_send(frame) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

struct Decoding {
    outlets: Outlets,
    decoder: Option<(VideoCodec, VideoDecoder)>,
    playout: Playout<VideoFrame>,
    /// Nothing but a keyframe can be decoded, or may be shown.
    needs_keyframe: bool,
}

impl Decoding {
    fn new(outlets: Outlets) -> Decoding {
        Decoding { outlets, decoder: None, playout: Playout::default(), needs_keyframe: false }
    }

    #[expect(clippy::disallowed_methods, reason = "the display's edge")]
    fn run(&mut self, source: &Receiver<EncodedFrame>) {
        loop {
            let now = Instant::now();
            let timeout =
                self.playout.next_deadline().map_or(IDLE, |due| due.saturating_duration_since(now));
            match source.recv_timeout(timeout) {
                Ok(frame) => self.turn(Some(&frame)),
                Err(RecvTimeoutError::Timeout) => self.turn(None),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Decodes what came, if anything did, and shows what is due.
    #[expect(clippy::disallowed_methods, reason = "the moment a picture is shown")]
    fn turn(&mut self, frame: Option<&EncodedFrame>) {
        if self.outlets.rebound.swap(false, Ordering::Relaxed) {
            self.playout.clear();
            self.needs_keyframe = true;
        }
        if let Some(frame) = frame {
            self.decode(frame);
        }
        let now = Instant::now();
        if let Some(picture) = self.playout.poll(now) {
            self.show(picture, now);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the moment a picture is ready")]
    fn decode(&mut self, frame: &EncodedFrame) {
        // What was queued before the keyframe came would only fail again, and ask again.
        if self.needs_keyframe && !frame.keyframe {
            return;
        }
        let captured = frame
            .captured
            .and_then(|ntp| WallClock::process().to_instant(ntp))
            .unwrap_or(frame.first_arrival);
        let decoder = match &mut self.decoder {
            Some((codec, decoder)) if *codec == frame.codec => decoder,
            other => match VideoDecoder::open(frame.codec) {
                Ok(decoder) => &mut other.insert((frame.codec, decoder)).1,
                Err(error) => {
                    tracing::error!(%error, "a picture cannot be decoded");
                    return;
                }
            },
        };
        match decoder.decode(&frame.data, captured) {
            Ok(picture) => {
                self.needs_keyframe = false;
                if let Some(picture) = picture {
                    self.playout.push(picture, frame.rtp_timestamp, Instant::now());
                }
            }
            Err(error) => {
                tracing::debug!(%error, "asking for a keyframe");
                self.needs_keyframe = true;
                self.outlets.keyframe_needed.store(true, Ordering::Relaxed);
            }
        }
    }

    fn show(&mut self, picture: VideoFrame, now: Instant) {
        let captured = picture.captured;
        self.outlets.pictures.put(picture);
        (self.outlets.wake)();
        {
            let mut shown = self.outlets.shown.lock();
            shown.frames += 1;
            shown.freezes.shown(now);
            shown.playout_delay = self.playout.delay();
            let age = now.saturating_duration_since(captured);
            shown.glass_to_glass.push(age.as_secs_f64() * 1e3);
        }
        let extra = {
            let mut lip_sync = self.outlets.lip_sync.lock();
            lip_sync.picture_shown(captured, now);
            lip_sync.update(now)
        };
        self.playout.set_extra_delay(extra.picture);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::test_pictures::picture;
    use crate::codec::video_encoder::{Content, Settings, VideoEncoder};
    use crate::jitter_buffer::any_moment;
    use bytes::Bytes;

    /// A decoder's owner without its thread, what it shows, and a keyframe with those after it.
    fn decoding() -> (Decoding, latest::Reader<VideoFrame>, Vec<EncodedFrame>) {
        let (pictures, reader) = latest::channel();
        let outlets = Outlets {
            pictures,
            shown: Shared::default(),
            lip_sync: Shared::default(),
            wake: Arc::new(|| ()),
            keyframe_needed: Arc::default(),
            rebound: Arc::default(),
        };
        let codec = VideoCodec::Vp8;
        let settings = Settings {
            codec,
            content: Content::Camera,
            width: 64,
            height: 48,
            fps: 30,
            bitrate_bps: 200_000,
        };
        let mut encoder = VideoEncoder::open(settings).unwrap();
        let frames = (0..6).map(|n| {
            let encoded = encoder.encode(&picture(64, 48, n), n == 4).unwrap().unwrap();
            EncodedFrame {
                codec,
                data: encoded.data,
                keyframe: encoded.keyframe,
                rtp_timestamp: n * 3_000,
                captured: None,
                first_arrival: any_moment(),
                complete_at: any_moment(),
            }
        });
        (Decoding::new(outlets), reader, frames.collect())
    }

    /// Whether anything is shown once all that waits is due.
    fn shown(decoding: &mut Decoding, reader: &latest::Reader<VideoFrame>) -> bool {
        while decoding.playout.next_deadline().is_some() {
            decoding.turn(None);
        }
        reader.take().is_some()
    }

    #[test]
    fn what_is_left_of_a_slots_old_owner_is_not_shown() {
        let (mut decoding, reader, frames) = decoding();
        decoding.turn(Some(&frames[0]));
        decoding.turn(Some(&frames[1]));
        assert!(shown(&mut decoding, &reader));
        decoding.outlets.rebound.store(true, Ordering::Relaxed);
        decoding.turn(Some(&frames[2]));
        decoding.turn(Some(&frames[3]));
        assert!(!shown(&mut decoding, &reader), "the old owner's");
        decoding.turn(Some(&frames[4]));
        assert!(shown(&mut decoding, &reader), "the new owner's keyframe");
        assert!(!decoding.outlets.keyframe_needed.load(Ordering::Relaxed), "one came by itself");
    }

    #[test]
    fn one_damaged_frame_asks_for_one_keyframe() {
        let (mut decoding, reader, frames) = decoding();
        decoding.turn(Some(&frames[0]));
        let damaged = EncodedFrame { data: Bytes::from_static(b"rubbish"), ..frames[1].clone() };
        decoding.turn(Some(&damaged));
        assert!(decoding.outlets.keyframe_needed.swap(false, Ordering::Relaxed));
        shown(&mut decoding, &reader);
        for frame in &frames[2..4] {
            decoding.turn(Some(frame));
        }
        assert!(!shown(&mut decoding, &reader), "they refer to what was damaged");
        decoding.turn(Some(&frames[4]));
        decoding.turn(Some(&frames[5]));
        assert!(shown(&mut decoding, &reader));
        assert!(!decoding.outlets.keyframe_needed.load(Ordering::Relaxed), "asked once");
    }
}
