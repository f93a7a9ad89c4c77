//! A file from its first picture to its last, with the packets of its sound between them.

use super::conform::Conformer;
use super::{MAX_PIXELS, Place, Tags};
use crate::capture::open_input;
use crate::codec::{self, rotation_of};
use crate::frame::VideoFrame;
use crate::{Error, Result};
use ff::Rescale;
use ffmpeg_next as ff;
use ffmpeg_next::format::stream::{Disposition, Stream};
use ffmpeg_next::media::Type;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const NANOS: ff::Rational = ff::Rational(1, 1_000_000_000);

/// So many broken packets in a row are the end of a file, not a scratch in it.
const SCRATCH: u32 = 1_000;

/// What comes out of a file, in its order.
pub enum Part {
    /// A picture.
    Picture(Timed),
    /// A packet of sound.
    Sound(Sound),
}

/// A picture and its place in the file.
pub struct Timed {
    /// Upright, at [`Reader::size`], in the file's own colors. Moments of capture are as far apart
    /// as the file says.
    pub frame: VideoFrame,
    pub(super) place: Place,
}

/// An undecoded packet of sound.
pub struct Sound(pub(super) ff::Packet);

/// Reads a file once.
pub struct Reader {
    path: PathBuf,
    pub(super) input: ff::format::context::Input,
    video: usize,
    pub(super) base: ff::Rational,
    pub(super) fps: ff::Rational,
    decoder: ff::decoder::Video,
    conformer: Conformer,
    pub(super) tags: Tags,
    /// The streams of sound, by their index.
    pub(super) sounds: Vec<usize>,
    /// The start of the earliest stream, nanoseconds of the file's time.
    pub(super) origin: i64,
    start: Instant,
    parts: VecDeque<Part>,
    /// Where the newest picture stands.
    newest: Option<Place>,
    /// How far packets of any stream reached, nanoseconds from the origin.
    reached: i64,
    damaged: u64,
    broken: u32,
    resized: bool,
    ended: bool,
}

impl Reader {
    /// Opens a file and decodes up to its first picture. `start` is that picture's moment of
    /// capture.
    ///
    /// Fails with [`Error::Clip`] when it is missing, unreadable, empty, no plain file, not a media
    /// file or cut off, when it has no moving picture, or one that cannot be decoded or is too
    /// large.
    pub fn open(path: &Path, start: Instant) -> Result<Reader> {
        codec::init();
        let bad = |reason: &str| Error::Clip { path: path.to_owned(), reason: reason.to_owned() };
        let input = open_input(path)?;
        // One picture behind FFmpeg's demuxers for picture files.
        if input.format().name().ends_with("_pipe") || input.format().name() == "image2" {
            return Err(bad("pictures of its kind are not taken; convert it to PNG or JPEG"));
        }
        // A song's cover is no moving picture.
        let cover = |stream: &Stream<'_>| stream.disposition().contains(Disposition::ATTACHED_PIC);
        let video = input.streams().best(Type::Video).filter(|stream| !cover(stream));
        let video = video.ok_or_else(|| bad("it has no picture; name a clip with one"))?;
        let sound = |stream: &Stream<'_>| stream.parameters().medium() == Type::Audio;
        let sounds: Vec<usize> =
            input.streams().filter(sound).map(|stream| stream.index()).collect();
        let decoder = open_decoder(&video).map_err(|error| {
            bad(&format!("its codec cannot be decoded here ({error}); convert it"))
        })?;
        let rotation = rotation_of(&video);
        let starts =
            input.streams().filter(|s| s.index() == video.index() || sounds.contains(&s.index()));
        let starts = starts.filter(|stream| stream.start_time() != ff::ffi::AV_NOPTS_VALUE);
        let origin = starts.map(|s| s.start_time().rescale(s.time_base(), NANOS)).min();
        let (index, base, fps) = (video.index(), video.time_base(), video.avg_frame_rate());
        let mut reader = Reader {
            path: path.to_owned(),
            input,
            video: index,
            base,
            fps,
            decoder,
            conformer: Conformer::new(rotation),
            tags: Tags::UNKNOWN,
            sounds,
            origin: origin.unwrap_or(0),
            start,
            parts: VecDeque::new(),
            newest: None,
            reached: 0,
            damaged: 0,
            broken: 0,
            resized: false,
            ended: false,
        };
        while reader.newest.is_none() && !reader.ended {
            reader.step()?;
        }
        if reader.newest.is_none() {
            return Err(bad(
                "no picture in it can be decoded: it is damaged or cut off; name another file",
            ));
        }
        Ok(reader)
    }

    /// Width and height of every picture: the first one's, upright.
    pub fn size(&self) -> (u32, u32) {
        self.conformer.size()
    }

    /// How many pictures there are, where the file says or its length and rate do.
    pub fn pictures(&self) -> Option<u64> {
        let stream = self.input.stream(self.video)?;
        match u64::try_from(stream.frames()) {
            Ok(0) | Err(_) => {
                let estimate = f64::from(self.fps) * self.duration()?.as_secs_f64();
                (estimate >= 1.0).then_some(estimate as u64)
            }
            Ok(count) => Some(count),
        }
    }

    /// How long it lasts, where the file says.
    pub fn duration(&self) -> Option<Duration> {
        let us = u64::try_from(self.input.duration()).ok()?;
        (us > 0).then_some(Duration::from_micros(us))
    }

    /// The next part; `None` at the end of the file.
    ///
    /// Fails with [`Error::Clip`] when a picture cannot be converted.
    #[expect(clippy::should_implement_trait, reason = "it can fail")]
    pub fn next(&mut self) -> Result<Option<Part>> {
        while self.parts.is_empty() && !self.ended {
            self.step()?;
        }
        Ok(self.parts.pop_front())
    }

    /// What was wrong with the part read so far, in sentences for its user.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let end = self.duration().unwrap_or_default();
        let reached = Duration::from_nanos(self.reached.max(0) as u64);
        if self.ended && reached + Duration::from_secs(1) < end {
            let (reached, end) = (reached.as_secs_f64(), end.as_secs_f64());
            remarks.push(format!("it is cut off after {reached:.1} of {end:.1} s"));
        }
        if self.damaged > 0 {
            remarks.push(format!("{} damaged packets in it were left out", self.damaged));
        }
        if self.resized {
            let (width, height) = self.size();
            remarks.push(format!(
                "its pictures change their size; all were scaled to the first one's, {width}x{height}"
            ));
        }
        remarks
    }

    /// Takes one packet from the file.
    fn step(&mut self) -> Result<()> {
        let mut packet = ff::Packet::empty();
        match packet.read(&mut self.input) {
            Ok(()) => self.broken = 0,
            Err(ff::Error::InvalidData) if self.broken < SCRATCH => {
                self.broken += 1;
                self.damaged += u64::from(self.broken == 1);
                return Ok(());
            }
            Err(_) => {
                self.ended = true;
                let _ = self.decoder.send_eof();
                return self.drain();
            }
        }
        self.reach(&packet);
        let stream = packet.stream();
        if stream == self.video {
            if self.decoder.send_packet(&packet).is_err() {
                self.damaged += 1;
            }
            return self.drain();
        }
        if self.sounds.contains(&stream) {
            self.parts.push_back(Part::Sound(Sound(packet)));
        }
        Ok(())
    }

    fn reach(&mut self, packet: &ff::Packet) {
        let Some(stream) = self.input.stream(packet.stream()) else { return };
        if let Some(at) = packet.pts().or(packet.dts()) {
            let end = at.saturating_add(packet.duration()).rescale(stream.time_base(), NANOS);
            self.reached = self.reached.max(end.saturating_sub(self.origin));
        }
    }

    /// Takes what the decoder has ready.
    fn drain(&mut self) -> Result<()> {
        let mut frame = ff::frame::Video::empty();
        loop {
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => self.admit(&frame)?,
                Err(ff::Error::Eof | ff::Error::Other { errno: ff::util::error::EAGAIN }) => {
                    return Ok(());
                }
                Err(_) => {
                    self.damaged += 1;
                    return Ok(());
                }
            }
        }
    }

    fn admit(&mut self, frame: &ff::frame::Video) -> Result<()> {
        let bad = |reason: String| Error::Clip { path: self.path.clone(), reason };
        if self.newest.is_none() {
            let (width, height) = (frame.width(), frame.height());
            if u64::from(width) * u64::from(height) > MAX_PIXELS {
                return Err(bad(format!(
                    "its pictures of {width}x{height} are too large; scale it to 8192x8192 or less"
                )));
            }
            self.tags = self.conformer.begin(frame);
        }
        self.resized |= !self.conformer.fits(frame);
        let planes = self
            .conformer
            .conform(frame)
            .map_err(|error| bad(format!("its pictures cannot be converted ({error})")))?;
        let place = self.place(frame);
        self.newest = Some(place);
        let (width, height) = self.conformer.size();
        let since = place.pts.rescale(self.base, NANOS).max(0) as u64;
        let frame = VideoFrame {
            width,
            height,
            color: self.tags.color(height),
            captured: self.start + Duration::from_nanos(since),
            planes,
        };
        self.parts.push_back(Part::Picture(Timed { frame, place }));
        Ok(())
    }

    /// The picture's own time, at least a tick after the one before it.
    fn place(&self, frame: &ff::frame::Video) -> Place {
        let duration = frame.packet().duration.max(0);
        let origin = self.origin.rescale(NANOS, self.base);
        let usual = 1.rescale(self.fps.invert(), self.base).max(1);
        let pts = match (frame.timestamp(), self.newest) {
            (Some(pts), None) => pts.saturating_sub(origin),
            (Some(pts), Some(newest)) => pts.saturating_sub(origin).max(newest.pts + 1),
            (None, None) => 0,
            (None, Some(newest)) if newest.duration > 0 => newest.pts + newest.duration,
            (None, Some(newest)) => newest.pts + usual,
        };
        Place { pts, duration }
    }
}

fn open_decoder(stream: &Stream<'_>) -> std::result::Result<ff::decoder::Video, ff::Error> {
    let mut context = ff::codec::Context::from_parameters(stream.parameters())?;
    // As many threads as there are cores; pictures come a little later, in the same order.
    context.set_threading(ff::codec::threading::Config::count(0));
    let mut decoder = context.decoder();
    decoder.set_packet_time_base(stream.time_base());
    decoder.video()
}
