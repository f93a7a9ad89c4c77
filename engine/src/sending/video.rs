//! `video-send`: the camera's newest picture, blurred if that is wished, to encoders and self view.

use super::{Counted, IDLE, RIDS, VideoControl, camera_layers, screen_part};
use crate::Result;
use crate::blur::Background;
use crate::blur::live::Live;
use crate::codec::scale::Scaler;
use crate::codec::video_encoder::{Content, Settings, VideoEncoder};
use crate::config::{Config, VideoCodec};
use crate::engine::Event;
use crate::frame::VideoFrame;
use crate::latest;
use crate::shared::Shared;
use crate::transport::layers::{self, LayerSpec};
use crate::transport::{EncodedVideo, Source, Transport};
use crossbeam::channel::{Receiver, Sender};
use std::sync::Arc;
use std::time::{Duration, Instant};

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

pub(super) struct VideoSend {
    codec: VideoCodec,
    fps: u32,
    live: Live,
    rhythm: Rhythm,
    specs: Vec<LayerSpec>,
    layers: Vec<Layer>,
    wanted: Vec<String>,
    available: u32,
    /// The most that a shared screen takes of it; 0 while it takes nothing.
    screen_bps: u32,
    max_screen_bps: u32,
    on: bool,
    transport: Option<Arc<Transport>>,
    counted: Shared<Counted>,
    events: Sender<Event>,
}

impl VideoSend {
    /// `live` blurs; it is off.
    pub(super) fn new(
        config: &Config,
        live: Live,
        counted: Shared<Counted>,
        events: Sender<Event>,
    ) -> VideoSend {
        let specs = camera_layers(config);
        VideoSend {
            codec: config.codec,
            fps: config.max_fps,
            live,
            rhythm: Rhythm::new(config.max_fps),
            layers: specs.iter().map(|_| Layer::default()).collect(),
            available: config.max_video_bps,
            screen_bps: 0,
            max_screen_bps: config.max_screen_bps,
            specs,
            wanted: Vec::new(),
            on: false,
            transport: None,
            counted,
            events,
        }
    }

    /// Ends when the control channel closes.
    pub(super) fn run(
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
            if let Some(frame) = frame
                && let Some(shown) = self.take(&frame, camera.replaced())
            {
                self_view.put(shown);
                wake();
            }
        }
    }

    /// Blurs and sends a picture; gives it as it was sent, for the self view. `dropped` pictures
    /// were replaced before anybody took them. `None` for one that could not be blurred and should.
    #[expect(clippy::disallowed_methods, reason = "the sending edge measures whether it keeps up")]
    fn take(&mut self, frame: &VideoFrame, dropped: u64) -> Option<VideoFrame> {
        let began = Instant::now();
        {
            let sending = &mut self.counted.lock().sending;
            sending.frames_captured += 1;
            sending.frames_dropped = dropped;
        }
        let interval = self.rhythm.interval(frame.captured, dropped);
        // From here on nothing sees the picture as it was captured.
        let picture = self.live.process(frame, began)?;
        // Sent first: the self view can wait a millisecond, the others' delay cannot.
        if let Some(transport) = self.transport.clone().filter(|_| self.on) {
            self.send(&picture, &transport);
        }
        let now = Instant::now();
        self.live.worked(now.saturating_duration_since(began), interval, now);
        Some(picture)
    }

    /// Another background from the next picture on. One that cannot be used is told.
    pub(super) fn set_background(&mut self, background: Option<Background>) {
        if let Err(error) = self.live.set(background) {
            tracing::warn!(%error, "a background was refused");
            let _ = self.events.send(Event::Trouble(error));
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
            VideoControl::Restart => {
                for layer in &mut self.layers {
                    (layer.encoder, layer.scaler, layer.keyframe) = (None, None, true);
                }
            }
            VideoControl::Sharing(on) => self.screen_bps = if on { self.max_screen_bps } else { 0 },
            VideoControl::Background(background) => return self.set_background(background),
        }
        self.share_out();
    }

    /// Splits the available rate over the layers that somebody watches.
    fn share_out(&mut self) {
        let active = layers::active(&self.specs, &self.wanted);
        let available = self.available - screen_part(self.available, self.screen_bps);
        let shares = layers::split(&self.specs, &active, available);
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
                content: Content::Camera,
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

/// How often the source gives a picture, the ones that were dropped included.
struct Rhythm {
    least: Duration,
    newest: Option<(Instant, u64)>,
}

impl Rhythm {
    /// A gap longer than so many intervals is a pause.
    const PAUSE: u32 = 4;

    fn new(max_fps: u32) -> Rhythm {
        Rhythm { least: Duration::from_secs(1) / max_fps.max(1), newest: None }
    }

    /// The time from the picture before to one of `captured`; `dropped` so far in all.
    fn interval(&mut self, captured: Instant, dropped: u64) -> Duration {
        let Some((before, dropped_before)) = self.newest.replace((captured, dropped)) else {
            return self.least;
        };
        let pictures = dropped.saturating_sub(dropped_before) as u32 + 1;
        let interval = captured.saturating_duration_since(before) / pictures;
        interval.clamp(self.least, self.least * Rhythm::PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rhythm_is_the_sources_and_not_what_is_left_of_it() {
        let ms = Duration::from_millis;
        let start = crate::jitter_buffer::any_moment();
        let mut rhythm = Rhythm::new(25);
        assert_eq!(rhythm.interval(start, 0), ms(40));
        // A slow source leaves more time; dropped pictures do not make one slow.
        assert_eq!(rhythm.interval(start + ms(66), 0), ms(66));
        assert_eq!(rhythm.interval(start + ms(186), 2), ms(40));
        // Neither a faster camera nor a pause counts for more than it is.
        assert_eq!(rhythm.interval(start + ms(190), 2), ms(40));
        assert_eq!(rhythm.interval(start + ms(9_000), 2), ms(160));
        assert_eq!(rhythm.interval(start, 2), ms(40));
    }
}
