//! The queues between the encoders and the transport thread.

use super::shared::Shared;
use super::{EncodedAudio, EncodedVideo, Event, Source};
use crossbeam::queue::ArrayQueue;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use tokio::sync::Notify;

/// Two thirds of a second of three layers. The transport thread empties it within a millisecond;
/// when it is full, that thread is stuck and old pictures are worth nothing: drop to the next
/// keyframe and ask for one.
const VIDEO_FRAMES: usize = 64;

/// 0.6 s of packets. When it is full, the new one is dropped and counted.
const AUDIO_PACKETS: usize = 32;

/// While a stream waits for a keyframe, it asks again each time so many frames were dropped: the
/// encoder may have missed the first request.
const ASK_AGAIN: u32 = 30;

/// One sent video stream's gate.
#[derive(Debug)]
struct Gate {
    source: Source,
    layer: usize,
    /// Nothing but a keyframe may pass.
    closed: AtomicBool,
    dropped: AtomicU32,
    ask: AtomicBool,
}

/// Where encoders leave what they made. Nothing here waits.
pub(super) struct Outbox {
    shared: Arc<Shared>,
    gates: Vec<Gate>,
    video: ArrayQueue<(usize, EncodedVideo)>,
    audio: ArrayQueue<EncodedAudio>,
    pub wake: Notify,
}

impl Outbox {
    /// For these video streams.
    pub fn new(shared: Arc<Shared>, streams: impl Iterator<Item = (Source, usize)>) -> Outbox {
        let gates = streams.map(|(source, layer)| Gate {
            source,
            layer,
            closed: AtomicBool::new(true),
            dropped: AtomicU32::new(0),
            ask: AtomicBool::new(false),
        });
        Outbox {
            shared,
            gates: gates.collect(),
            video: ArrayQueue::new(VIDEO_FRAMES),
            audio: ArrayQueue::new(AUDIO_PACKETS),
            wake: Notify::new(),
        }
    }

    /// Takes a picture, or drops it; see [`VIDEO_FRAMES`].
    pub fn put_video(&self, frame: EncodedVideo) {
        let found = self
            .gates
            .iter()
            .position(|gate| gate.source == frame.source && gate.layer == frame.layer);
        let Some(stream) = found else {
            tracing::warn!(source = ?frame.source, layer = frame.layer, "no such stream to send");
            return;
        };
        let gate = &self.gates[stream];
        let keyframe = frame.keyframe;
        let passes = self.shared.connected() && (keyframe || !gate.closed.load(Relaxed));
        if passes && self.video.push((stream, frame)).is_ok() {
            if keyframe {
                gate.closed.store(false, Relaxed);
                gate.dropped.store(0, Relaxed);
            }
            self.wake.notify_one();
            return;
        }
        self.shared.count_dropped();
        gate.closed.store(true, Relaxed);
        if self.shared.connected() && gate.dropped.fetch_add(1, Relaxed).is_multiple_of(ASK_AGAIN) {
            gate.ask.store(true, Relaxed);
            self.wake.notify_one();
        }
    }

    /// Takes a packet, or drops it when there is no connection or no room.
    pub fn put_audio(&self, packet: EncodedAudio) {
        if packet.data.is_empty() {
            return;
        }
        if self.shared.connected() && self.audio.push(packet).is_ok() {
            self.wake.notify_one();
        } else {
            self.shared.count_dropped();
        }
    }

    /// The oldest audio packet.
    pub fn take_audio(&self) -> Option<EncodedAudio> {
        self.audio.pop()
    }

    /// The oldest picture and its stream.
    pub fn take_video(&self) -> Option<(usize, EncodedVideo)> {
        self.video.pop()
    }

    /// Asks the encoders of closed gates for keyframes.
    pub fn ask_for_keyframes(&self) {
        for gate in self.gates.iter().filter(|gate| gate.ask.swap(false, Relaxed)) {
            let (source, layer) = (gate.source, gate.layer);
            self.shared.emit(Event::KeyframeRequested { source, layer });
        }
    }

    /// Throws everything away: the connection is gone.
    pub fn clear(&self) {
        while self.video.pop().is_some() {}
        while self.audio.pop().is_some() {}
        self.gates.iter().for_each(|gate| gate.closed.store(true, Relaxed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VideoCodec;
    use bytes::Bytes;
    use std::sync::Mutex;
    use std::time::Instant;

    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn frame(keyframe: bool) -> EncodedVideo {
        EncodedVideo {
            source: Source::Camera,
            layer: 0,
            codec: VideoCodec::Vp8,
            data: Bytes::from_static(&[1]),
            keyframe,
            captured: Instant::now(),
        }
    }

    fn outbox() -> (Outbox, Arc<Mutex<usize>>) {
        let asked = Arc::new(Mutex::new(0));
        let counter = asked.clone();
        let sink = move |event| match event {
            Event::KeyframeRequested { .. } => *counter.lock().expect("not poisoned") += 1,
            other => panic!("unexpected {other:?}"),
        };
        let shared = Arc::new(Shared::new(Box::new(sink), 1_000_000));
        shared.set_connected(true);
        (Outbox::new(shared, [(Source::Camera, 0)].into_iter()), asked)
    }

    #[test]
    fn a_stream_starts_with_a_keyframe_and_asks_for_it_once() {
        let (outbox, asked) = outbox();
        for _ in 0..3 {
            outbox.put_video(frame(false));
            outbox.ask_for_keyframes();
        }
        assert!(outbox.take_video().is_none());
        assert_eq!(*asked.lock().expect("not poisoned"), 1);
        outbox.put_video(frame(true));
        outbox.put_video(frame(false));
        assert!(outbox.take_video().is_some_and(|(_, frame)| frame.keyframe));
        assert!(outbox.take_video().is_some());
    }

    #[test]
    fn a_full_queue_drops_to_the_next_keyframe() {
        let (outbox, asked) = outbox();
        outbox.put_video(frame(true));
        for _ in 0..VIDEO_FRAMES + 5 {
            outbox.put_video(frame(false));
        }
        let mut queued = 0;
        while outbox.take_video().is_some() {
            queued += 1;
        }
        assert_eq!(queued, VIDEO_FRAMES);
        outbox.ask_for_keyframes();
        assert_eq!(*asked.lock().expect("not poisoned"), 1);
        outbox.put_video(frame(false));
        assert!(outbox.take_video().is_none(), "its reference is gone");
        outbox.put_video(frame(true));
        assert!(outbox.take_video().is_some());
        assert_eq!(outbox.shared.stats().frames_dropped, 7);
    }
}
