//! What leaves: camera → encoders → transport, microphone → Opus → transport.
//!
//! Two threads, each the only owner of its encoders. `video-send` takes the newest picture from the
//! camera's slot, shows it in the self view and encodes the layers that somebody watches;
//! `audio-send` meters every 10 ms of sound and packs 20 ms into one Opus packet.

use crate::Result;
use crate::audio::level::level;
use crate::audio::sender::Sender as AudioSender;
use crate::codec::scale::Scaler;
use crate::codec::video_encoder::{Settings, VideoEncoder};
use crate::config::{Config, VideoCodec};
use crate::engine::Event;
use crate::frame::{AudioFrame, VideoFrame};
use crate::latest;
use crate::shared::Shared;
use crate::stats::Sending;
use crate::thread::{self, Joined};
use crate::transport::layers::{self, LayerSpec};
use crate::transport::{EncodedVideo, Source, Transport};
use crossbeam::channel::{Receiver, Sender, unbounded};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Simulcast names: full, half and quarter of the lines.
const RIDS: [(&str, u32); 3] = [("h", 1), ("m", 2), ("l", 4)];

/// How long the camera may be silent before the thread looks at its commands anyway.
const IDLE: Duration = Duration::from_millis(50);

/// The microphone's ring is polled this often: a quarter of its 10 ms frames, so that polling adds
/// at most that.
const AUDIO_POLL: Duration = Duration::from_micros(2_500);

/// Opus for one voice. 48 kbit/s mono is transparent for speech, and leaves room for FEC.
const AUDIO_BPS: u32 = 48_000;

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
    _threads: [Joined; 2],
}

impl SendingThreads {
    /// Starts both. Pictures come from `camera` and go to `self_view`; `wake` follows each.
    pub(crate) fn start(
        config: &Config,
        camera: latest::Reader<VideoFrame>,
        self_view: latest::Writer<VideoFrame>,
        events: Sender<Event>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<SendingThreads> {
        let counted = Shared::<Counted>::default();
        counted.lock().level = SILENCE;
        let (video, video_control) = unbounded();
        let (audio, audio_control) = unbounded();
        let specs = camera_layers(config);
        let mut video_send = VideoSend {
            codec: config.codec,
            fps: config.max_fps,
            layers: specs.iter().map(|_| Layer::default()).collect(),
            available: config.max_video_bps,
            specs,
            wanted: Vec::new(),
            on: false,
            transport: None,
            counted: counted.clone(),
            events: events.clone(),
        };
        let mut audio_send = AudioSend::new(counted.clone(), events)?;
        let threads = [
            thread::spawn(&format!("{}/video-send", config.name), move || {
                video_send.run(&video_control, &camera, &self_view, &*wake);
            })?,
            thread::spawn(&format!("{}/audio-send", config.name), move || {
                audio_send.run(&audio_control);
            })?,
        ];
        Ok(SendingThreads { video, audio, counted, _threads: threads })
    }
}

#[derive(Default)]
struct Layer {
    scaler: Option<Scaler>,
    encoder: Option<VideoEncoder>,
    active: bool,
    keyframe: bool,
    bitrate_bps: u32,
    /// Of the newest picture.
    size: (u32, u32),
    /// The newest picture failed; said once, not thirty times a second.
    troubled: bool,
}

struct VideoSend {
    codec: VideoCodec,
    fps: u32,
    specs: Vec<LayerSpec>,
    layers: Vec<Layer>,
    wanted: Vec<String>,
    available: u32,
    on: bool,
    transport: Option<Arc<Transport>>,
    counted: Shared<Counted>,
    events: Sender<Event>,
}

impl VideoSend {
    /// Ends when the control channel closes.
    fn run(
        &mut self,
        control: &Receiver<VideoControl>,
        camera: &latest::Reader<VideoFrame>,
        self_view: &latest::Writer<VideoFrame>,
        wake: &(dyn Fn() + Send + Sync),
    ) {
        loop {
            let frame = camera.wait(IDLE);
            loop {
                match control.try_recv() {
                    Ok(command) => self.obey(command),
                    Err(crossbeam::channel::TryRecvError::Empty) => break,
                    Err(crossbeam::channel::TryRecvError::Disconnected) => return,
                }
            }
            let Some(frame) = frame else { continue };
            {
                let sending = &mut self.counted.lock().sending;
                sending.frames_captured += 1;
                sending.frames_dropped = camera.replaced();
            }
            // Sent first: the self view can wait a millisecond, the others' delay cannot.
            if let Some(transport) = self.transport.clone().filter(|_| self.on) {
                self.send(&frame, &transport);
            }
            self_view.put(frame);
            wake();
        }
    }

    fn obey(&mut self, command: VideoControl) {
        match command {
            VideoControl::Transport(transport) => {
                self.transport = transport;
                self.layers.iter_mut().for_each(|layer| layer.keyframe = true);
            }
            VideoControl::On(on) => {
                self.layers.iter_mut().for_each(|layer| layer.keyframe |= on && !self.on);
                self.on = on;
            }
            VideoControl::Wanted(rids) => self.wanted = rids,
            VideoControl::Keyframe(layer) => {
                if let Some(layer) = self.layers.get_mut(layer) {
                    layer.keyframe = true;
                    self.counted.lock().sending.keyframes_requested += 1;
                }
                return;
            }
            VideoControl::Available(bps) => self.available = bps,
        }
        self.share_out();
    }

    /// Splits the available rate over the layers that somebody watches.
    fn share_out(&mut self) {
        let active = layers::active(&self.specs, &self.wanted);
        let shares = layers::split(&self.specs, &active, self.available);
        for (layer, share) in self.layers.iter_mut().zip(shares) {
            let active = share > 0;
            layer.keyframe |= active && !layer.active;
            layer.active = active;
            layer.bitrate_bps = share;
            if let Some(encoder) = layer.encoder.as_mut().filter(|_| active) {
                encoder.set_bitrate(share);
            }
        }
    }

    fn send(&mut self, frame: &VideoFrame, transport: &Transport) {
        let mut largest = true;
        for at in 0..self.layers.len() {
            if !self.layers[at].active {
                continue;
            }
            match self.encode(at, frame) {
                Ok(Some(encoded)) => {
                    self.count(at, &encoded, largest, transport);
                    transport.send_video(encoded);
                    self.layers[at].troubled = false;
                }
                Ok(None) => {}
                Err(error) => {
                    let layer = &mut self.layers[at];
                    (layer.encoder, layer.keyframe) = (None, true);
                    if !std::mem::replace(&mut layer.troubled, true) {
                        tracing::warn!(%error, layer = at, "a picture could not be encoded");
                        let _ = self.events.send(Event::Trouble(error));
                    }
                }
            }
            largest = false;
        }
    }

    fn encode(&mut self, at: usize, frame: &VideoFrame) -> Result<Option<EncodedVideo>> {
        let divisor = RIDS[at].1;
        let layer = &mut self.layers[at];
        let scaled;
        let picture = if divisor == 1 {
            frame
        } else {
            // Even sizes: 4:2:0 has no half chroma samples, and H.264 would crop.
            let even = |length: u32| (length / divisor).max(2) & !1;
            let scaler = layer.scaler.get_or_insert_with(Scaler::new);
            scaled = scaler.scale(frame, even(frame.width), even(frame.height))?;
            &scaled
        };
        layer.size = (picture.width, picture.height);
        let encoder = match &mut layer.encoder {
            Some(encoder) => encoder,
            none => none.insert(VideoEncoder::open(Settings {
                codec: self.codec,
                width: picture.width,
                height: picture.height,
                fps: self.fps,
                bitrate_bps: layer.bitrate_bps,
            })?),
        };
        let Some(encoded) = encoder.encode(picture, layer.keyframe)? else { return Ok(None) };
        if encoded.keyframe {
            layer.keyframe = false;
        }
        Ok(Some(EncodedVideo {
            source: Source::Camera,
            layer: at,
            codec: self.codec,
            data: encoded.data,
            keyframe: encoded.keyframe,
            captured: frame.captured,
        }))
    }

    #[expect(clippy::disallowed_methods, reason = "the sending edge stamps what left")]
    fn count(&self, at: usize, encoded: &EncodedVideo, largest: bool, transport: &Transport) {
        let mut counted = self.counted.lock();
        if transport.stats().connected {
            counted.last_video = Some(Instant::now());
        }
        counted.sending.video_bytes += encoded.data.len() as u64;
        if largest {
            counted.sending.frames_encoded += 1;
            counted.sending.size = Some(self.layers[at].size);
            if let Some(encoder) = &self.layers[at].encoder
                && counted.sending.encoder.as_deref() != Some(encoder.name())
            {
                counted.sending.encoder = Some(encoder.name().to_owned());
                counted.sending.codec = Some(self.codec);
            }
        }
    }
}

struct AudioSend {
    input: Option<rtrb::Consumer<AudioFrame>>,
    sender: AudioSender,
    on: bool,
    wanted: bool,
    transport: Option<Arc<Transport>>,
    counted: Shared<Counted>,
    events: Sender<Event>,
    troubled: bool,
}

impl AudioSend {
    fn new(counted: Shared<Counted>, events: Sender<Event>) -> Result<AudioSend> {
        Ok(AudioSend {
            input: None,
            sender: AudioSender::new(AUDIO_BPS, 0)?,
            on: false,
            wanted: false,
            transport: None,
            counted,
            events,
            troubled: false,
        })
    }

    /// Ends when the control channel closes.
    fn run(&mut self, control: &Receiver<AudioControl>) {
        loop {
            let timeout = if self.input.is_some() { AUDIO_POLL } else { IDLE };
            match control.recv_timeout(timeout) {
                Ok(command) => {
                    let result = self.obey(command);
                    self.report(result);
                }
                Err(crossbeam::channel::RecvTimeoutError::Timeout) => {}
                Err(crossbeam::channel::RecvTimeoutError::Disconnected) => return,
            }
            while let Some(frame) = self.input.as_mut().and_then(|input| input.pop().ok()) {
                let result = self.take(&frame);
                self.report(result);
            }
        }
    }

    fn obey(&mut self, command: AudioControl) -> Result<()> {
        match command {
            AudioControl::Transport(transport) => self.transport = transport,
            AudioControl::On(on) => self.on = on,
            AudioControl::Wanted(wanted) => self.wanted = wanted,
            AudioControl::Loss(percent) => self.sender.encoder().set_expected_loss(percent)?,
            AudioControl::Input(input) => {
                self.input = Some(input);
                self.counted.lock().level = SILENCE;
            }
        }
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the sending edge stamps what left")]
    fn take(&mut self, frame: &AudioFrame) -> Result<()> {
        self.counted.lock().level = level(&frame.samples);
        // A closed microphone sends silence until DTX has announced the pause.
        let Some(packet) = self.sender.push(frame, !self.on)? else { return Ok(()) };
        let Some(transport) = self.transport.as_ref().filter(|_| self.wanted) else {
            return Ok(());
        };
        if packet.data.is_empty() {
            return Ok(());
        }
        transport.send_audio(packet);
        let mut counted = self.counted.lock();
        counted.sending.audio_packets += 1;
        if self.on && transport.stats().connected {
            counted.last_audio = Some(Instant::now());
        }
        Ok(())
    }

    /// Tells of the first failure in a row: said once, not a hundred times a second.
    fn report(&mut self, result: Result<()>) {
        match result {
            Ok(()) => self.troubled = false,
            Err(error) => {
                if !std::mem::replace(&mut self.troubled, true) {
                    let _ = self.events.send(Event::Trouble(error));
                }
            }
        }
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
