//! `screen-send`: a shared screen's newest picture to its own encoder.
//!
//! Sharpness before smoothness: a changed picture leaves as soon as the line has carried the one
//! before, at the captured size; the same picture then leaves again, each time a little sharper,
//! until nothing is left to improve. From then on one repetition a second keeps the stream alive,
//! and costs next to nothing. A keyframe is made of the newest picture the moment somebody asks.

mod cadence;

use super::{Counted, VideoControl};
use crate::Result;
use crate::codec::scale::Scaler;
use crate::codec::video_encoder::{Content, Settings, VideoEncoder};
use crate::config::{Config, ScreenSource, VideoCodec};
use crate::engine::Event;
use crate::frame::VideoFrame;
use crate::latest;
use crate::shared::Shared;
use crate::stats;
use crate::transport::{EncodedVideo, Source, Transport};
use cadence::{Cadence, Turn};
use crossbeam::channel::{Receiver, Sender, TryRecvError};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the screen may be silent before the thread looks at its commands anyway: somebody may
/// wait for a keyframe.
const IDLE: Duration = Duration::from_millis(20);

/// Whoever shares is told of new pictures at most this often: the picture of a window that shows
/// its own picture would be new for ever.
const WAKE_EVERY: Duration = Duration::from_millis(500);

/// Rates are means over so long.
const METER: Duration = Duration::from_secs(2);

/// What changes is sent at half its width and height after a change that took the line longer than
/// this at full size. What then stands still is sent at full size again: there is time for it.
const SLOW: Duration = Duration::from_secs(4);

/// A quarter of the pixels takes a quarter of the time; to grow back it must take clearly less.
const QUICK: Duration = Duration::from_millis(700);

/// RTP time stamps must not run backwards, nor stand still.
const TICK: Duration = Duration::from_millis(1);

/// What the control thread tells `screen-send`.
pub(crate) enum ScreenControl {
    /// Another peer connection, or none.
    Transport(Option<Arc<Transport>>),
    /// Another share starts, or none. Each brings the slot of its own pictures, so that none can be
    /// taken for the other's.
    Share(Option<(ScreenSource, latest::Reader<VideoFrame>)>),
    /// Whether anybody watches.
    Wanted(bool),
    /// Somebody cannot go on without a keyframe.
    Keyframe,
    /// What the network carries of camera and screen together, bits a second.
    Available(u32),
    /// Whether the camera sends too, and needs its part.
    Camera(bool),
    /// Encode with a fresh encoder from the next picture on.
    Restart,
}

pub(super) struct ScreenSend {
    codec: VideoCodec,
    fps: u32,
    most_bps: u32,
    sharing: Option<(ScreenSource, latest::Reader<VideoFrame>)>,
    wanted: bool,
    /// Whether `video-send` was told that the screen takes its part.
    claimed: bool,
    /// Of camera and screen together, and this screen's part; bits a second.
    estimate: u32,
    available: u32,
    camera: bool,
    newest: Option<VideoFrame>,
    /// The newest picture was not sent yet.
    fresh: bool,
    keyframe: bool,
    cadence: Cadence,
    divisor: u32,
    scaler: Scaler,
    encoder: Option<VideoEncoder>,
    /// The moment of capture of what was sent last.
    captured: Option<Instant>,
    meter: VecDeque<(Instant, usize)>,
    transport: Option<Arc<Transport>>,
    counted: Shared<Counted>,
    events: Sender<Event>,
    video: Sender<VideoControl>,
    troubled: bool,
}

impl ScreenSend {
    /// `video` leads to `video-send`, which leaves the screen its part only while it takes it.
    pub(super) fn new(
        config: &Config,
        counted: Shared<Counted>,
        events: Sender<Event>,
        video: Sender<VideoControl>,
    ) -> ScreenSend {
        ScreenSend {
            codec: config.codec,
            fps: config.max_screen_fps.max(1),
            most_bps: config.max_screen_bps,
            sharing: None,
            wanted: false,
            claimed: false,
            estimate: config.max_screen_bps,
            available: config.max_screen_bps,
            camera: false,
            newest: None,
            fresh: false,
            keyframe: false,
            cadence: Cadence::new(config.max_screen_fps),
            divisor: 1,
            scaler: Scaler::new(),
            encoder: None,
            captured: None,
            meter: VecDeque::new(),
            transport: None,
            counted,
            events,
            video,
            troubled: false,
        }
    }

    /// Ends when the control channel closes.
    #[expect(clippy::disallowed_methods, reason = "the sending thread reads the clock for others")]
    pub(super) fn run(
        &mut self,
        control: &Receiver<ScreenControl>,
        view: &latest::Writer<VideoFrame>,
        wake: &(dyn Fn() + Send + Sync),
    ) {
        let (mut woken, mut owed): (Option<Instant>, Option<Instant>) = (None, None);
        loop {
            loop {
                // Without a share there is nothing to wait for but commands.
                let command = match self.sharing {
                    Some(_) => control.try_recv(),
                    None => control.recv().map_err(|_| TryRecvError::Disconnected),
                };
                match command {
                    Ok(command) => self.obey(command, Instant::now()),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            let Some((source, pictures)) = &self.sharing else { continue };
            let now = Instant::now();
            let due = self.due().map_or(IDLE, |due| due.saturating_duration_since(now));
            if let Some(frame) = pictures.wait(due.min(IDLE)) {
                self.counted.lock().screen().frames_captured += 1;
                view.put(frame.clone());
                if self.newest.is_none() {
                    // Nobody listens while the engine is being dropped.
                    let _ = self.events.send(Event::ShareStarted(source.clone()));
                    woken = None;
                }
                owed = owed.or(Some(woken.map_or(now, |woken| woken + WAKE_EVERY)));
                self.newest = Some(frame);
                self.fresh = true;
            }
            let now = Instant::now();
            if owed.is_some_and(|owed| owed <= now) {
                wake();
                (woken, owed) = (Some(now), None);
            }
            if self.due().is_some_and(|due| due <= now) {
                self.send(now);
            }
            self.claim(self.wanted && self.cadence.needs_line(now));
            self.measure(now);
        }
    }

    fn obey(&mut self, command: ScreenControl, now: Instant) {
        match command {
            ScreenControl::Transport(transport) => {
                self.transport = transport;
                self.keyframe = true;
                self.cadence.line_changed();
            }
            ScreenControl::Share(share) => {
                if self.sharing.is_some() && share.is_none() {
                    let _ = self.events.send(Event::ShareEnded);
                }
                self.sharing = share;
                (self.newest, self.fresh) = (None, false);
                (self.encoder, self.keyframe) = (None, true);
                self.claim(false);
                self.meter.clear();
                let mut counted = self.counted.lock();
                counted.last_screen = None;
                counted.sending.screen = self.sharing.as_ref().map(|_| stats::Screen::default());
            }
            ScreenControl::Wanted(wanted) => {
                self.keyframe |= wanted && !self.wanted;
                self.wanted = wanted;
            }
            ScreenControl::Keyframe => {
                self.keyframe = true;
                if let Some(screen) = &mut self.counted.lock().sending.screen {
                    screen.keyframes_requested += 1;
                }
            }
            ScreenControl::Available(bps) => {
                self.estimate = bps;
                self.take_part(now);
            }
            ScreenControl::Camera(on) => {
                self.camera = on;
                self.take_part(now);
            }
            ScreenControl::Restart => {
                (self.encoder, self.scaler, self.keyframe) = (None, Scaler::new(), true);
                self.troubled = false;
            }
        }
    }

    /// Tells `video-send` when the screen begins to take its part of the line, and when it rests.
    fn claim(&mut self, takes: bool) {
        if std::mem::replace(&mut self.claimed, takes) != takes {
            let _ = self.video.send(VideoControl::Sharing(takes));
        }
    }

    /// Takes its part of what the network carries.
    fn take_part(&mut self, now: Instant) {
        let available = match self.camera {
            true => super::screen_part(self.estimate, self.most_bps),
            false => self.estimate.min(self.most_bps),
        };
        let before = std::mem::replace(&mut self.available, available);
        self.cadence.rate_changed(now, before, available);
        if let Some(encoder) = &mut self.encoder {
            encoder.set_bitrate(self.available);
        }
    }

    /// When the newest picture leaves, perhaps again.
    fn due(&self) -> Option<Instant> {
        let newest = self.newest.as_ref().filter(|_| self.wanted)?;
        self.transport.as_ref().filter(|transport| transport.stats().connected)?;
        let turn = match (self.keyframe, self.fresh) {
            (true, _) => Turn::Keyframe,
            (false, true) => Turn::Changed,
            (false, false) => Turn::Same,
        };
        // Since its capture at the latest: the first of a stream waits for nothing.
        Some(self.cadence.due(turn).unwrap_or(newest.captured))
    }

    fn send(&mut self, now: Instant) {
        let (Some(frame), Some(transport)) = (self.newest.clone(), self.transport.clone()) else {
            return;
        };
        let fresh = std::mem::take(&mut self.fresh);
        // What still looks the same was seen now.
        let seen = if fresh { frame.captured } else { now };
        let captured = self.captured.map_or(seen, |before| seen.max(before + TICK));
        if fresh {
            self.divisor = divisor(self.cadence.took(), self.divisor);
        } else if self.cadence.is_free(now) {
            self.divisor = 1;
        }
        let bytes = match self.encode(&frame) {
            Ok(Some((data, keyframe))) => {
                let bytes = data.len();
                let (source, codec) = (Source::Screen, self.codec);
                transport.send_video(EncodedVideo {
                    source,
                    layer: 0,
                    codec,
                    data,
                    keyframe,
                    captured,
                });
                (self.captured, self.troubled) = (Some(captured), false);
                self.count(bytes, now);
                bytes
            }
            Ok(None) => 0,
            Err(error) => {
                (self.encoder, self.keyframe) = (None, true);
                if !std::mem::replace(&mut self.troubled, true) {
                    tracing::warn!(%error, "a screen's picture could not be encoded");
                    let _ = self.events.send(Event::Trouble(error));
                }
                0
            }
        };
        self.cadence.sent(now, fresh, bytes, self.available);
    }

    fn encode(&mut self, frame: &VideoFrame) -> Result<Option<(bytes::Bytes, bool)>> {
        let even = |length: u32| (length / self.divisor).max(2) & !1;
        let picture = self.scaler.scale(frame, even(frame.width), even(frame.height))?;
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            none => none.insert(VideoEncoder::open(Settings {
                codec: self.codec,
                content: Content::Screen,
                width: picture.width,
                height: picture.height,
                fps: self.fps,
                bitrate_bps: self.available,
            })?),
        };
        let Some(encoded) = encoder.encode(&picture, self.keyframe)? else { return Ok(None) };
        self.keyframe &= !encoded.keyframe;
        let mut counted = self.counted.lock();
        let screen = counted.screen();
        screen.size = Some((picture.width, picture.height));
        if screen.encoder.as_deref() != Some(encoder.name()) {
            screen.encoder = Some(encoder.name().to_owned());
        }
        Ok(Some((encoded.data, encoded.keyframe)))
    }

    fn count(&mut self, bytes: usize, now: Instant) {
        self.meter.push_back((now, bytes));
        let mut counted = self.counted.lock();
        counted.last_screen = Some(now);
        let screen = counted.screen();
        screen.frames_encoded += 1;
        screen.bytes += bytes as u64;
    }

    /// Rates of late.
    fn measure(&mut self, now: Instant) {
        while self.meter.front().is_some_and(|(at, _)| now.duration_since(*at) > METER) {
            self.meter.pop_front();
        }
        let bytes: usize = self.meter.iter().map(|(_, bytes)| bytes).sum();
        if let Some(screen) = &mut self.counted.lock().sending.screen {
            screen.fps = self.meter.len() as f64 / METER.as_secs_f64();
            screen.bitrate_bps = (bytes as f64 * 8.0 / METER.as_secs_f64()) as u32;
        }
    }
}

/// By how much the next change is made smaller, when the one before took the line so long.
fn divisor(took: Duration, now: u32) -> u32 {
    let slow = if now == 1 { SLOW } else { QUICK };
    if took > slow { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::pool::blank;
    use crate::frame::ColorSpace;
    use crate::jitter_buffer::any_moment;
    use crossbeam::channel::unbounded;
    use std::path::PathBuf;

    fn picture(width: u32) -> VideoFrame {
        let (height, color, captured) = (2, ColorSpace::WIRE, any_moment());
        VideoFrame { width, height, color, captured, planes: blank(width, height).into() }
    }

    fn source(name: &str) -> ScreenSource {
        ScreenSource::File(PathBuf::from(name))
    }

    fn screen_send() -> (ScreenSend, Receiver<Event>, Receiver<VideoControl>) {
        let ((events_to, events), (video_to, video)) = (unbounded(), unbounded());
        let config = Config::default();
        (ScreenSend::new(&config, Shared::default(), events_to, video_to), events, video)
    }

    #[test]
    fn a_switched_share_begins_with_its_own_picture_and_keeps_its_only_one() {
        let (mut screen, events, _video) = screen_send();
        let ((first, firsts), (second, seconds)) = (latest::channel(), latest::channel());
        let ((control_to, control), (view_to, view)) = (unbounded(), latest::channel());
        let share = |name: &str, pictures| ScreenControl::Share(Some((source(name), pictures)));
        let told = || match events.recv_timeout(Duration::from_secs(10)) {
            Ok(Event::ShareStarted(source)) => source,
            other => panic!("{other:?}"),
        };
        let wait = Duration::from_secs(10);
        // Both windows have changed before the switch is heard of.
        first.put(picture(4));
        control_to.send(share("first", firsts)).expect("it listens");
        let running = crate::thread::spawn("screen-send-test", move || {
            screen.run(&control, &view_to, &|| ());
        });
        assert_eq!(told(), source("first"));
        assert_eq!(view.wait(wait).map(|frame| frame.width), Some(4));
        second.put(picture(8));
        control_to.send(share("second", seconds)).expect("it listens");
        first.put(picture(4));
        assert_eq!(told(), source("second"));
        let mut seen = view.wait(wait);
        // The first may have been a little faster than the command.
        if seen.as_ref().is_some_and(|frame| frame.width == 4) {
            seen = view.wait(wait);
        }
        assert_eq!(seen.map(|frame| frame.width), Some(8));
        first.put(picture(4));
        assert!(view.wait(Duration::from_millis(100)).is_none(), "the first counts no more");
        drop(control_to);
        drop(running);
    }

    #[test]
    fn a_recovered_line_is_used_at_once_and_a_new_one_is_empty() {
        let (mut screen, _events, _video) = screen_send();
        let now = any_moment();
        screen.obey(ScreenControl::Available(40_000), now);
        screen.cadence.sent(now, true, 100_000, screen.available);
        let due = |screen: &ScreenSend| screen.cadence.due(Turn::Changed).expect("sent before");
        assert!(due(&screen) > now + Duration::from_secs(15));
        screen.obey(ScreenControl::Available(4_000_000), now);
        assert!(due(&screen) < now + Duration::from_millis(250), "after a dip");
        screen.obey(ScreenControl::Available(40_000), now);
        screen.obey(ScreenControl::Transport(None), now);
        assert!(due(&screen) < now + Duration::from_millis(250), "on a new connection");
    }

    #[test]
    fn the_camera_is_told_when_the_screen_takes_its_part_and_when_it_rests() {
        let (mut screen, _events, video) = screen_send();
        let told = || match video.try_recv() {
            Ok(VideoControl::Sharing(on)) => Some(on),
            _ => None,
        };
        let (_pictures, reader) = latest::channel();
        screen.obey(ScreenControl::Share(Some((source("still"), reader))), any_moment());
        assert_eq!(told(), None, "nothing left yet");
        screen.claim(true);
        screen.claim(true);
        assert_eq!((told(), told()), (Some(true), None));
        screen.obey(ScreenControl::Share(None), any_moment());
        assert_eq!((told(), told()), (Some(false), None));
    }

    #[test]
    fn a_restart_begins_with_a_fresh_encoder_and_a_keyframe() {
        let (mut screen, _events, _video) = screen_send();
        let encoded = screen.encode(&picture(320)).expect("encodes");
        assert!(encoded.is_some() && screen.encoder.is_some());
        screen.keyframe = false;
        screen.obey(ScreenControl::Restart, any_moment());
        assert!(screen.encoder.is_none() && screen.keyframe);
    }

    #[test]
    fn the_size_shrinks_only_when_changes_take_seconds_and_does_not_sway() {
        let ms = Duration::from_millis;
        assert_eq!(divisor(ms(3_900), 1), 1, "first the rate of pictures falls");
        assert_eq!(divisor(ms(4_100), 1), 2);
        assert_eq!(divisor(ms(1_025), 2), 2, "a quarter of that: no better line");
        assert_eq!(divisor(ms(600), 2), 1);
    }
}
