//! What leaves: camera → encoders → transport, microphone → Opus → transport.
//!
//! Two threads, each the only owner of its encoders. `video-send` takes the newest picture from the
//! camera's slot, blurs what is behind the person if that is wished, encodes the layers that
//! somebody watches and shows the same picture in the self view; `audio-send` meters every 10 ms of sound and packs 20 ms into one Opus packet.

mod audio;
mod video;

use crate::Result;
use crate::blur::live::Live;
use crate::blur::ways::Open;
use crate::blur::{Background, Meter};
use crate::config::Config;
use crate::engine::Event;
use crate::frame::{AudioFrame, VideoFrame};
use crate::latest;
use crate::shared::Shared;
use crate::stats::Sending;
use crate::thread::{self, Joined};
use crate::transport::Transport;
use crate::transport::layers::LayerSpec;
use audio::AudioSend;
use crossbeam::channel::{Sender, unbounded};
use std::sync::Arc;
use std::time::{Duration, Instant};
use video::VideoSend;

/// Simulcast names: full, half and quarter of the lines.
const RIDS: [(&str, u32); 3] = [("h", 1), ("m", 2), ("l", 4)];

/// How long the camera may be silent before the thread looks at its commands anyway.
const IDLE: Duration = Duration::from_millis(50);

/// RFC 6464.
const SILENCE: u8 = 127;

/// What was handed to a connected socket counts as leaving for so long.
const FRESH: Duration = Duration::from_secs(1);

/// The camera's layers for a source of at most `config.max_lines`.
pub(crate) fn camera_layers(config: &Config) -> Vec<LayerSpec> {
    RIDS.iter()
        .map(|&(rid, divisor)| {
            // Bits grow a little slower than pixels; a quarter of the lines is a sixteenth of them.
            let most = config.max_video_bps / (divisor * divisor) * divisor.min(2);
            LayerSpec { rid: rid.to_owned(), min_bps: most / 4, max_bps: most }
        })
        .collect()
}

/// What the control thread tells `video-send`.
pub(crate) enum VideoControl {
    /// Another peer connection, or none.
    Transport(Option<Arc<Transport>>),
    /// Send, or only show the self view.
    On(bool),
    /// The RIDs that somebody watches.
    Wanted(Vec<String>),
    /// Somebody cannot go on without a keyframe of this layer.
    Keyframe(usize),
    /// What the network carries, all layers together, bits a second.
    Available(u32),
    /// What stands behind the person, from the next picture on.
    Background(Option<Background>),
}

/// What the control thread tells `audio-send`.
pub(crate) enum AudioControl {
    /// Another peer connection, or none.
    Transport(Option<Arc<Transport>>),
    /// Send, or only meter.
    On(bool),
    /// Whether anybody listens.
    Wanted(bool),
    /// Packets lost on the way, percent; sets how much Opus repeats.
    Loss(u8),
    /// Another source.
    Input(rtrb::Consumer<AudioFrame>),
}

/// What is counted, shared with whoever asks.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) sending: Sending,
    pub(crate) last_video: Option<Instant>,
    pub(crate) last_audio: Option<Instant>,
    /// RFC 6464 level of the newest 10 ms.
    pub(crate) level: u8,
}

impl Counted {
    /// Whether sound and picture leave at `now`.
    pub(crate) fn transmitting(&self, now: Instant) -> (bool, bool) {
        let fresh = |at: Option<Instant>| at.is_some_and(|at| now.duration_since(at) < FRESH);
        (fresh(self.last_audio), fresh(self.last_video))
    }
}

/// The two sending threads.
pub(crate) struct SendingThreads {
    pub(crate) video: Sender<VideoControl>,
    pub(crate) audio: Sender<AudioControl>,
    pub(crate) counted: Shared<Counted>,
    pub(crate) meter: Meter,
    _threads: [Joined; 2],
}

impl SendingThreads {
    /// Starts both. Pictures come from `camera`, are blurred by what `open` gives, and go to
    /// `self_view`; `wake` follows each.
    pub(crate) fn start(
        config: &Config,
        open: Open,
        camera: latest::Reader<VideoFrame>,
        self_view: latest::Writer<VideoFrame>,
        events: Sender<Event>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<SendingThreads> {
        let counted = Shared::<Counted>::default();
        counted.lock().level = SILENCE;
        let (video, video_control) = unbounded();
        let (audio, audio_control) = unbounded();
        let told = events.clone();
        let live = Live::new(&config.name, open, move |notice| {
            // Nobody listens while the engine is being dropped.
            let _ = told.send(Event::Blur(notice));
        });
        let meter = live.meter();
        let mut video_send = VideoSend::new(config, live, counted.clone(), events.clone());
        let mut audio_send = AudioSend::new(counted.clone(), events)?;
        // Before the thread exists, so that the first picture is blurred already.
        video_send.set_background(config.background.clone());
        let threads = [
            thread::spawn(&format!("{}/video-send", config.name), move || {
                video_send.run(&video_control, &camera, &self_view, &*wake);
            })?,
            thread::spawn(&format!("{}/audio-send", config.name), move || {
                audio_send.run(&audio_control);
            })?,
        ];
        Ok(SendingThreads { video, audio, counted, meter, _threads: threads })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smaller_layers_cost_less_and_each_is_worth_its_pixels() {
        for max_video_bps in [300_000, 1_500_000, 8_000_000] {
            let layers = camera_layers(&Config { max_video_bps, ..Config::default() });
            assert_eq!(layers[0].max_bps, max_video_bps, "the full picture may use all there is");
            assert!(layers.iter().all(|layer| 0 < layer.min_bps && layer.min_bps < layer.max_bps));
            for pair in layers.windows(2) {
                let (large, small) = (&pair[0], &pair[1]);
                assert_ne!(large.rid, small.rid);
                // A quarter of the pixels takes more than a quarter of the bits, and less than all.
                assert!(small.max_bps * 4 >= large.max_bps && small.max_bps < large.max_bps);
            }
        }
    }

    #[test]
    fn the_lamp_is_lit_for_what_left_within_the_last_second() {
        let now = crate::jitter_buffer::any_moment() + FRESH;
        let counted =
            |video, audio| Counted { last_video: video, last_audio: audio, ..Counted::default() };
        assert_eq!(counted(None, None).transmitting(now), (false, false));
        assert_eq!(counted(Some(now), None).transmitting(now), (false, true));
        let almost = now - FRESH + Duration::from_millis(1);
        assert_eq!(counted(None, Some(almost)).transmitting(now), (true, false));
        assert_eq!(counted(Some(now - FRESH), Some(now - FRESH)).transmitting(now), (false, false));
    }
}
