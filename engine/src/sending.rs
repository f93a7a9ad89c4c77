//! What leaves: camera and screen → encoders → transport, microphone → Opus → transport.
//!
//! Three threads, each the only owner of its encoders. `video-send` takes the newest picture from the
//! camera's slot, blurs what is behind the person if that is wished, encodes the layers that
//! somebody watches and shows the same picture in the self view; `audio-send` meters every 10 ms of sound and packs 20 ms into one Opus packet.

mod audio;
mod screen;
mod video;

pub(crate) use screen::ScreenControl;

use crate::Result;
use crate::blur::live::Live;
use crate::blur::ways::Open;
use crate::blur::{Background, Meter};
use crate::config::Config;
use crate::engine::Event;
use crate::frame::{AudioFrame, VideoFrame};
use crate::latest;
use crate::shared::Shared;
use crate::stats::{self, Sending};
use crate::thread::{self, Joined};
use crate::transport::Transport;
use crate::transport::layers::LayerSpec;
use audio::AudioSend;
use crossbeam::channel::{Sender, unbounded};
use screen::ScreenSend;
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

/// A screen that stands still sends once a second; with a picture late, it still counts as leaving.
const FRESH_SCREEN: Duration = Duration::from_millis(2_500);

/// Of what pictures get, a shared screen takes so much before the camera gets anything: who shares
/// text wants it read. The camera keeps the rest, and all that the screen cannot use.
const SCREEN_SHARE: (u32, u32) = (3, 4);

/// The screen's part of `available` bits a second, `most` at most.
fn screen_part(available: u32, most: u32) -> u32 {
    (available / SCREEN_SHARE.1 * SCREEN_SHARE.0).min(most)
}

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

/// What the control thread tells `video-send`, and `screen-send` of its part.
pub(crate) enum VideoControl {
    /// Another peer connection, or none.
    Transport(Option<Arc<Transport>>),
    /// Send, or only show the self view.
    On(bool),
    /// The RIDs that somebody watches.
    Wanted(Vec<String>),
    /// Somebody cannot go on without a keyframe of this layer.
    Keyframe(usize),
    /// What the network carries of camera and screen together, bits a second.
    Available(u32),
    /// Whether a shared screen takes its part just now; one that stands still does not.
    Sharing(bool),
    /// What stands behind the person, from the next picture on.
    Background(Option<Background>),
    /// Encode with fresh encoders from the next picture on.
    Restart,
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
    /// Encode with a fresh encoder.
    Restart,
    /// Another source.
    Input(rtrb::Consumer<AudioFrame>),
}

/// What is counted, shared with whoever asks.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) sending: Sending,
    pub(crate) last_video: Option<Instant>,
    pub(crate) last_audio: Option<Instant>,
    pub(crate) last_screen: Option<Instant>,
    /// RFC 6464 level of the newest 10 ms.
    pub(crate) level: u8,
}

impl Counted {
    /// Whether sound, picture and screen leave at `now`.
    pub(crate) fn transmitting(&self, now: Instant) -> (bool, bool, bool) {
        let within = |at: Option<Instant>, time| at.is_some_and(|at| now.duration_since(at) < time);
        (
            within(self.last_audio, FRESH),
            within(self.last_video, FRESH),
            within(self.last_screen, FRESH_SCREEN),
        )
    }

    /// The figures of the share.
    fn screen(&mut self) -> &mut stats::Screen {
        self.sending.screen.get_or_insert_default()
    }
}

/// Where pictures come from and go to.
pub(crate) struct Pictures {
    /// Of the camera.
    pub(crate) camera: latest::Reader<VideoFrame>,
    /// The camera's as they are sent.
    pub(crate) self_view: latest::Writer<VideoFrame>,
    /// The screen's as they are sent.
    pub(crate) screen_view: latest::Writer<VideoFrame>,
}

/// The sending threads.
pub(crate) struct SendingThreads {
    pub(crate) video: Sender<VideoControl>,
    pub(crate) audio: Sender<AudioControl>,
    pub(crate) screen: Sender<ScreenControl>,
    pub(crate) counted: Shared<Counted>,
    pub(crate) meter: Meter,
    _threads: [Joined; 3],
}

impl SendingThreads {
    /// Starts them. The camera's pictures are blurred by what `open` gives; `wake` follows each
    /// picture that can be seen.
    pub(crate) fn start(
        config: &Config,
        open: Open,
        pictures: Pictures,
        events: Sender<Event>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<SendingThreads> {
        let counted = Shared::<Counted>::default();
        counted.lock().level = SILENCE;
        let (video, video_control) = unbounded();
        let (audio, audio_control) = unbounded();
        let (screen, screen_control) = unbounded();
        let Pictures { camera, self_view, screen_view } = pictures;
        let told = events.clone();
        let live = Live::new(&config.name, open, move |notice| {
            // Nobody listens while the engine is being dropped.
            let _ = told.send(Event::Blur(notice));
        });
        let meter = live.meter();
        let mut video_send = VideoSend::new(config, live, counted.clone(), events.clone());
        let mut screen_send =
            ScreenSend::new(config, counted.clone(), events.clone(), video.clone());
        let mut audio_send = AudioSend::new(counted.clone(), events)?;
        let screen_wake = wake.clone();
        // Before the thread exists, so that the first picture is blurred already.
        video_send.set_background(config.background.clone());
        let threads = [
            thread::spawn(&format!("{}/video-send", config.name), move || {
                video_send.run(&video_control, &camera, &self_view, &*wake);
            })?,
            thread::spawn(&format!("{}/audio-send", config.name), move || {
                audio_send.run(&audio_control);
            })?,
            thread::spawn(&format!("{}/screen-send", config.name), move || {
                screen_send.run(&screen_control, &screen_view, &*screen_wake);
            })?,
        ];
        Ok(SendingThreads { video, audio, screen, counted, meter, _threads: threads })
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
    fn a_screen_goes_before_the_camera_and_leaves_it_something() {
        assert_eq!(screen_part(1_000_000, 4_000_000), 750_000);
        assert_eq!(screen_part(200_000, 4_000_000), 150_000);
        assert_eq!(screen_part(8_000_000, 4_000_000), 4_000_000, "the rest is the camera's");
    }

    #[test]
    fn the_lamp_is_lit_for_what_left_within_the_last_second() {
        let now = crate::jitter_buffer::any_moment() + FRESH_SCREEN;
        let counted = |video, audio, screen| Counted {
            last_video: video,
            last_audio: audio,
            last_screen: screen,
            ..Counted::default()
        };
        let lit = |counted: Counted| counted.transmitting(now);
        assert_eq!(lit(counted(None, None, None)), (false, false, false));
        assert_eq!(lit(counted(Some(now), None, None)), (false, true, false));
        let almost = now - FRESH + Duration::from_millis(1);
        assert_eq!(lit(counted(None, Some(almost), None)), (true, false, false));
        let over = Some(now - FRESH);
        assert_eq!(lit(counted(over, over, over)), (false, false, true), "a still screen leaves");
        assert_eq!(lit(counted(None, None, Some(now - FRESH_SCREEN))), (false, false, false));
    }
}
