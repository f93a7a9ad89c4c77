//! A media file as a source: picture and sound from one demuxer, in a loop, on one timeline.
//!
//! [`Reader`] owns no clock: it yields pictures and 10 ms of sound in the order of their media
//! time, which goes on across the loop's seam. One pass lasts as long as the longer of picture
//! and sound; a shorter sound is followed by silence, so that the two never drift apart.

mod demuxer;
#[cfg(test)]
mod tests;
mod tracks;

use super::{Limits, Media};
use crate::codec;
use crate::{Error, Result};
use demuxer::Demuxer;
pub(crate) use demuxer::open_input;
use ffmpeg_next as ff;
use ffmpeg_next::format::stream::{Disposition, Stream};
use ffmpeg_next::media::Type;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracks::{AudioTrack, VideoTrack};

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipInfo {
    /// The container, as FFmpeg calls it.
    pub container: String,
    /// How long one pass lasts, where the file says.
    pub duration: Option<Duration>,
    /// The picture, if there is one.
    pub video: Option<VideoInfo>,
    /// The sound, if there is one: a clip without plays silently.
    pub audio: Option<AudioInfo>,
}

/// A file's picture.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoInfo {
    /// FFmpeg's name of its codec.
    pub codec: String,
    /// Coded width in pixels, before turning.
    pub width: u32,
    /// Coded height in lines, before turning.
    pub height: u32,
    /// Average pictures a second; 0 when the file does not say.
    pub fps: f64,
    /// Degrees it must be turned clockwise to stand upright.
    pub rotation: u32,
}

/// A file's sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioInfo {
    /// FFmpeg's name of its codec.
    pub codec: String,
    /// Samples a second.
    pub rate: u32,
    /// Channels; they are mixed to one.
    pub channels: u16,
}

/// Says what is in a file without playing it.
///
/// Fails with [`Error::Clip`] when it is missing, unreadable, empty, no plain file, not a media
/// file or cut off, or when nothing in it can be decoded.
pub fn probe(path: &Path) -> Result<ClipInfo> {
    let reader = Reader::open(path, Some(Limits::NONE), true)?;
    Ok(reader.info())
}

/// Reads a file in a loop.
pub struct Reader {
    path: PathBuf,
    demuxer: Demuxer,
    video: Option<VideoTrack>,
    audio: Option<AudioTrack>,
    /// Where this pass began, in samples at 48 kHz from the start.
    pass_start: u64,
}

impl Reader {
    /// Opens a file for its pictures (within `video`) and, if `audio`, its sound. What the file
    /// lacks is left out; see [`Reader::info`].
    ///
    /// Fails with [`Error::Clip`] as [`probe`] does.
    pub fn open(path: &Path, video: Option<Limits>, audio: bool) -> Result<Reader> {
        codec::init();
        let bad = |reason: String| Error::Clip { path: path.to_owned(), reason };
        let input = open_input(path)?;
        let unknown = |error: ff::Error| {
            bad(format!("its codec cannot be decoded here ({error}); convert it"))
        };
        // A song's cover is no picture to send.
        let cover = |stream: &Stream<'_>| stream.disposition().contains(Disposition::ATTACHED_PIC);
        let moving = input.streams().best(Type::Video).filter(|stream| !cover(stream));
        let sound = input.streams().best(Type::Audio);
        if moving.is_none() && sound.is_none() {
            return Err(bad("it has neither picture nor sound; name another file".into()));
        }
        let video = match (video, moving) {
            (Some(limits), Some(stream)) => {
                Some(VideoTrack::new(&stream, limits).map_err(unknown)?)
            }
            _ => None,
        };
        let audio = match sound.filter(|_| audio) {
            Some(stream) => Some(AudioTrack::new(&stream).map_err(unknown)?),
            None => None,
        };
        let indices =
            [video.as_ref().map(|track| track.index), audio.as_ref().map(|track| track.index)];
        let demuxer = Demuxer::new(input, indices);
        let mut reader = Reader { path: path.to_owned(), demuxer, video, audio, pass_start: 0 };
        reader.fill();
        if reader.is_over()
            && (reader.video.is_some() || reader.audio.is_some())
            && reader.pass_end() == 0
        {
            return Err(reader.undecodable());
        }
        Ok(reader)
    }

    /// Whether there are pictures and sound to come.
    pub fn has(&self) -> (bool, bool) {
        (self.video.is_some(), self.audio.is_some())
    }

    /// What the file holds.
    pub fn info(&self) -> ClipInfo {
        let input = &self.demuxer.input;
        let duration = u64::try_from(input.duration()).ok().filter(|us| *us > 0);
        ClipInfo {
            container: input.format().name().to_owned(),
            duration: duration.map(Duration::from_micros),
            video: self.video.as_ref().map(|track| track.info.clone()),
            audio: self.audio.as_ref().map(|track| track.info.clone()),
        }
    }

    /// The next picture or 10 ms of sound and its media time, which never runs backwards. There
    /// is always a next one: after the end comes the beginning.
    ///
    /// Fails with [`Error::Clip`] when the file can no longer be read.
    #[expect(clippy::should_implement_trait, reason = "it has no end and can fail")]
    pub fn next(&mut self) -> Result<(Duration, Media)> {
        loop {
            self.fill();
            let picture_at = self.video.as_ref().and_then(|track| Some(track.next.as_ref()?.0));
            let sound_at = self.audio.as_ref().and_then(AudioTrack::ready_at);
            match (picture_at, sound_at) {
                (Some(picture), sound) if sound.is_none_or(|sound| picture <= sound) => {
                    if let Some((at, picture)) =
                        self.video.as_mut().and_then(|track| track.next.take())
                    {
                        return Ok((at, Media::Picture(picture)));
                    }
                }
                (_, Some(at)) => {
                    if let Some(samples) = self.audio.as_mut().and_then(AudioTrack::take) {
                        return Ok((at, Media::Sound(samples)));
                    }
                }
                (_, None) => self.rewind()?,
            }
        }
    }

    /// Decodes until each track has something to give or its pass is over.
    fn fill(&mut self) {
        let (demuxer, pass_start) = (&mut self.demuxer, self.pass_start);
        if let Some(track) = &mut self.video {
            track.fill(demuxer, pass_start);
        }
        if let Some(track) = &mut self.audio {
            track.fill(demuxer, pass_start);
            // Where the sound is over and pictures go on, it is silent.
            if let Some((at, _)) = self.video.as_ref().and_then(|video| video.next.as_ref()) {
                track.silence_until(*at);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.video.as_ref().is_none_or(|track| track.ended && track.next.is_none())
            && self.audio.as_ref().is_none_or(|track| track.ended && track.ready_at().is_none())
    }

    /// Where this pass ends, in samples from the start.
    fn pass_end(&self) -> u64 {
        let video = self.video.as_ref().map_or(0, |track| track.end);
        let audio = self.audio.as_ref().map_or(0, |track| track.written);
        video.max(audio)
    }

    /// Ends a pass: pads the sound to the pass's length, or begins the next pass.
    fn rewind(&mut self) -> Result<()> {
        let end = self.pass_end();
        if end <= self.pass_start {
            return Err(self.undecodable());
        }
        if let Some(track) = &mut self.audio
            && track.written < end
        {
            track.silence(end - track.written);
            return Ok(());
        }
        self.pass_start = end;
        self.demuxer.rewind(&self.path)?;
        self.video.iter_mut().for_each(VideoTrack::restart);
        self.audio.iter_mut().for_each(AudioTrack::restart);
        Ok(())
    }

    fn undecodable(&self) -> Error {
        let reason =
            "nothing in it can be decoded: it is damaged or cut off; name another file".into();
        Error::Clip { path: self.path.clone(), reason }
    }
}
