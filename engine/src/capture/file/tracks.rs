//! A file's picture and its sound, each decoded as far as is needed.

use super::demuxer::{AUDIO, Demuxer, VIDEO};
use super::{AudioInfo, VideoInfo};
use crate::capture::Limits;
use crate::capture::pacer::{Gate, nanos};
use crate::capture::shape::{Picture, Shaper};
use crate::codec::{Resampler, rotation_of};
use crate::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use ffmpeg_next as ff;
use std::collections::VecDeque;
use std::time::Duration;

/// How far a sound's timestamps may be off before samples are added or left out: containers round
/// to whole milliseconds.
const TOLERANCE: i64 = SAMPLE_RATE as i64 / 50;

/// The most silence put in for one gap at a time, so that a broken timestamp cannot fill the
/// memory.
const LONGEST_GAP: i64 = SAMPLE_RATE as i64 * 10;

/// A place on the sound's timeline as media time.
fn time_of(sample: u64) -> Duration {
    Duration::from_nanos((u128::from(sample) * 1_000_000_000 / u128::from(SAMPLE_RATE)) as u64)
}

/// The same in the other direction, rounded up.
fn samples_in(time: Duration) -> u64 {
    (time.as_nanos() * u128::from(SAMPLE_RATE)).div_ceil(1_000_000_000) as u64
}

pub(super) struct VideoTrack {
    pub(super) index: usize,
    base: ff::Rational,
    pub(super) info: VideoInfo,
    decoder: ff::decoder::Video,
    frame: ff::frame::Video,
    shaper: Shaper,
    gate: Gate,
    pub(super) next: Option<(Duration, Picture)>,
    /// Where the last picture's time is over, in samples from the start.
    pub(super) end: u64,
    flushed: bool,
    pub(super) ended: bool,
}

impl VideoTrack {
    pub(super) fn new(
        stream: &ff::format::stream::Stream<'_>,
        limits: Limits,
    ) -> std::result::Result<VideoTrack, ff::Error> {
        let context = ff::codec::Context::from_parameters(stream.parameters())?;
        let decoder = context.decoder().video()?;
        let rate = f64::from(stream.avg_frame_rate());
        let rotation = rotation_of(stream);
        let info = VideoInfo {
            codec: decoder.id().name().to_owned(),
            width: decoder.width(),
            height: decoder.height(),
            fps: if rate.is_finite() { rate } else { 0.0 },
            rotation,
        };
        Ok(VideoTrack {
            index: stream.index(),
            base: stream.time_base(),
            info,
            decoder,
            frame: ff::frame::Video::empty(),
            shaper: Shaper::new(limits.max_lines, rotation),
            gate: Gate::new(limits.max_fps),
            next: None,
            end: 0,
            flushed: false,
            ended: false,
        })
    }

    pub(super) fn fill(&mut self, demuxer: &mut Demuxer, pass_start: u64) {
        while self.next.is_none() && !self.ended {
            match self.decoder.receive_frame(&mut self.frame) {
                Ok(()) => self.admit(demuxer.origin, pass_start),
                Err(ff::Error::Eof) => self.ended = true,
                // EAGAIN, or a bad picture that is left out.
                Err(_) if !self.flushed => {
                    feed(&mut self.decoder, demuxer.packet(VIDEO), &mut self.flushed)
                }
                Err(_) => self.ended = true,
            }
        }
    }

    /// Ready for another pass.
    pub(super) fn restart(&mut self) {
        self.decoder.flush();
        (self.ended, self.flushed) = (false, false);
    }

    /// Takes the decoded frame as the next picture, if the rate allows and it can be shaped.
    fn admit(&mut self, origin: i64, pass_start: u64) {
        let usual = if self.info.fps > 0.5 { 1.0 / self.info.fps } else { 0.04 };
        let usual = Duration::from_secs_f64(usual.min(2.0));
        let at = match self.frame.timestamp() {
            Some(pts) => {
                let since = (nanos(pts, self.base) - origin).max(0) as u64;
                time_of(pass_start) + Duration::from_nanos(since)
            }
            None => time_of(self.end.max(pass_start)),
        };
        let duration = nanos(self.frame.packet().duration, self.base);
        let duration =
            u64::try_from(duration).ok().filter(|ns| *ns > 0).map_or(usual, Duration::from_nanos);
        self.end = self.end.max(samples_in(at + duration));
        if self.gate.admits(at) {
            match self.shaper.shape(&self.frame) {
                Ok(picture) => self.next = Some((at, picture)),
                Err(error) => tracing::debug!("a picture was left out: {error}"),
            }
        }
    }
}

pub(super) struct AudioTrack {
    pub(super) index: usize,
    base: ff::Rational,
    pub(super) info: AudioInfo,
    decoder: ff::decoder::Audio,
    frame: ff::frame::Audio,
    resampler: Resampler,
    samples: VecDeque<f32>,
    /// The place after the last of `samples`, from the start.
    pub(super) written: u64,
    fresh: Vec<f32>,
    /// Nothing of this pass was written yet.
    starts: bool,
    flushed: bool,
    pub(super) ended: bool,
}

impl AudioTrack {
    pub(super) fn new(
        stream: &ff::format::stream::Stream<'_>,
    ) -> std::result::Result<AudioTrack, ff::Error> {
        let mut context = ff::codec::Context::from_parameters(stream.parameters())?.decoder();
        // The decoder leaves out an encoder's run-in only if it knows the unit of the packets' times.
        context.set_packet_time_base(stream.time_base());
        let decoder = context.audio()?;
        let info = AudioInfo {
            codec: decoder.id().name().to_owned(),
            rate: decoder.rate(),
            channels: decoder.channels(),
        };
        Ok(AudioTrack {
            index: stream.index(),
            base: stream.time_base(),
            info,
            decoder,
            frame: ff::frame::Audio::empty(),
            resampler: Resampler::new(),
            samples: VecDeque::new(),
            written: 0,
            fresh: Vec::new(),
            starts: true,
            flushed: false,
            ended: false,
        })
    }

    pub(super) fn fill(&mut self, demuxer: &mut Demuxer, pass_start: u64) {
        while self.samples.len() < SAMPLES_10_MS && !self.ended {
            match self.decoder.receive_frame(&mut self.frame) {
                Ok(()) => self.append(demuxer.origin, pass_start),
                Err(ff::Error::Eof) => self.end(),
                Err(_) if !self.flushed => {
                    feed(&mut self.decoder, demuxer.packet(AUDIO), &mut self.flushed)
                }
                Err(_) => self.end(),
            }
        }
    }

    /// Ready for another pass.
    pub(super) fn restart(&mut self) {
        self.decoder.flush();
        (self.ended, self.flushed, self.starts) = (false, false, true);
    }

    /// Puts the decoded frame where its timestamp says.
    fn append(&mut self, origin: i64, pass_start: u64) {
        self.fresh.clear();
        if let Err(error) = self.resampler.push(&self.frame, &mut self.fresh) {
            tracing::debug!("sound was left out: {error}");
            return;
        }
        let mut skip = 0;
        if let Some(pts) = self.frame.timestamp() {
            let since = i128::from(nanos(pts, self.base) - origin) * i128::from(SAMPLE_RATE)
                / 1_000_000_000;
            let off = pass_start as i64 + since as i64 - self.written as i64;
            // At the start of a pass to the sample, or loops would add up to a drift.
            let tolerance = if std::mem::take(&mut self.starts) { 0 } else { TOLERANCE };
            if off > tolerance {
                self.silence(off.min(LONGEST_GAP) as u64);
            } else if off < -tolerance {
                skip = (off.unsigned_abs() as usize).min(self.fresh.len());
            }
        }
        self.written += (self.fresh.len() - skip) as u64;
        self.samples.extend(self.fresh.drain(skip..));
    }

    fn end(&mut self) {
        self.fresh.clear();
        self.resampler.flush(&mut self.fresh);
        self.written += self.fresh.len() as u64;
        self.samples.extend(self.fresh.drain(..));
        self.ended = true;
    }

    /// Once the sound is over: silence up to `at`, in whole pieces of 10 ms.
    pub(super) fn silence_until(&mut self, at: Duration) {
        if self.ended && self.ready_at().is_none() && time_of(self.written) <= at {
            let piece = SAMPLES_10_MS - self.samples.len();
            self.silence((piece as u64).max(samples_in(at) - self.written));
        }
    }

    pub(super) fn silence(&mut self, samples: u64) {
        self.written += samples;
        self.samples.extend(std::iter::repeat_n(0.0, samples as usize));
    }

    /// Media time of the next 10 ms, if they are there.
    pub(super) fn ready_at(&self) -> Option<Duration> {
        let first = self.written - self.samples.len() as u64;
        (self.samples.len() >= SAMPLES_10_MS).then(|| time_of(first))
    }

    pub(super) fn take(&mut self) -> Option<Box<[f32; SAMPLES_10_MS]>> {
        let mut out = Box::new([0.0; SAMPLES_10_MS]);
        self.ready_at()?;
        for (out, sample) in out.iter_mut().zip(self.samples.drain(..SAMPLES_10_MS)) {
            *out = sample;
        }
        Some(out)
    }
}

/// Gives a decoder its next packet, or tells it that none will come. Bad packets are left out.
fn feed(decoder: &mut ff::decoder::Opened, packet: Option<ff::Packet>, flushed: &mut bool) {
    let result = match packet {
        Some(packet) => decoder.send_packet(&packet),
        None => {
            *flushed = true;
            decoder.send_eof()
        }
    };
    if let Err(error) = result {
        tracing::debug!("a packet was left out: {error}");
    }
}
