//! Pictures to bitstream: one picture in, one packet out, no delay.
//!
//! H.264 is constrained baseline in Annex B with SPS and PPS before every IDR picture, level 3.1
//! (`42e01f`) up to 720p30; VP8 is the realtime mode of libvpx. Keyframes come when asked for; a
//! long group of pictures is the only other reason.

use super::ffmpeg::{self, Converter, Surfaces};
use super::hardware::{self, Implementation, Input};
use super::video_decoder::is_keyframe;
use crate::config::VideoCodec;
use crate::frame::{ColorSpace, VideoFrame};
use crate::{Error, Result};
use bytes::Bytes;
use ffmpeg_next as ff;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::picture;

/// Frames between keyframes that nobody asked for: 100 s at 30 fps. Receivers ask when they need
/// one; this only bounds how long rounding differences between decoders can live.
const LONG_GROUP: u32 = 3000;

/// The rate buffer of the H.264 encoders: the largest keyframe is about what the link carries in
/// this time, so that it does not stand in the queue for longer.
const H264_BUFFER_MS: u64 = 300;

/// The same for VP8, whose rate control needs more room than x264's.
const VP8_BUFFER_MS: u64 = 600;

/// The rate buffer of a screen's encoder. A page of text is a large keyframe: it may take longer to
/// arrive, so that it arrives readable.
const SCREEN_BUFFER_MS: u64 = 800;

/// The least rate an encoder is asked for, bits a second.
const LEAST_BPS: u32 = 30_000;

/// What the pictures show, which decides what is given up first when bits are short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// People and rooms: an even rate of pictures, at a constant bit rate.
    Camera,
    /// Text: sharp edges at a constant quality, with the bit rate as a ceiling. What stands still
    /// costs next to nothing.
    Screen,
}

/// What an encoder is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// What it produces.
    pub codec: VideoCodec,
    /// What it is fed.
    pub content: Content,
    /// Width of the pictures in pixels. H.264 drops an odd last column.
    pub width: u32,
    /// Height of the pictures in lines. H.264 drops an odd last line.
    pub height: u32,
    /// Pictures a second, as the rate control should expect them.
    pub fps: u32,
    /// The wanted rate, bits a second.
    pub bitrate_bps: u32,
}

/// One encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// An Annex B access unit, or a VP8 frame.
    pub data: Bytes,
    /// Whether a decoder can start here.
    pub keyframe: bool,
}

/// An encoder for one stream.
pub struct VideoEncoder {
    settings: Settings,
    known: &'static Implementation,
    open: Open,
    converter: Option<Converter>,
    packet: ff::Packet,
}

/// An encoder of FFmpeg's for one size, and for some also for one rate.
struct Open {
    context: ff::encoder::video::Encoder,
    surfaces: Option<Surfaces>,
    bitrate_bps: u32,
    frames: u32,
}

impl VideoEncoder {
    /// The best usable encoder of this machine for `settings`, opened.
    ///
    /// Fails with [`Error::Codec`] when none can be, for instance at a size of zero.
    pub fn open(settings: Settings) -> Result<VideoEncoder> {
        let mut last = None;
        for known in candidates(&settings) {
            match VideoEncoder::open_as(known, settings) {
                Ok(encoder) => return Ok(encoder),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::Codec {
            codec: format!("{:?}", settings.codec),
            reason: "this FFmpeg has no encoder for it; install one built with libx264 and libvpx"
                .into(),
        }))
    }

    pub(super) fn open_as(
        known: &'static Implementation,
        settings: Settings,
    ) -> Result<VideoEncoder> {
        ffmpeg::init();
        let open = Open::new(known, &settings).map_err(|error| failed(known, error))?;
        Ok(VideoEncoder { settings, known, open, converter: None, packet: ff::Packet::empty() })
    }

    /// The encoder's name, as FFmpeg calls it.
    pub fn name(&self) -> &str {
        self.known.name
    }

    /// Asks for another rate, bits a second. x264 and NVENC follow from the next picture on. The
    /// others must be opened anew, which costs a keyframe: they do so when a keyframe is wanted
    /// anyway, or when the rates have come far apart.
    pub fn set_bitrate(&mut self, bps: u32) {
        self.settings.bitrate_bps = bps;
        if self.known.live_rate {
            self.open.bitrate_bps = bps;
            set_rate(&mut self.open.context, &self.settings);
        }
    }

    /// Encodes a picture. Another size than before starts a new stream with a keyframe; colors
    /// other than [`ColorSpace::WIRE`] are converted first.
    ///
    /// `None` when the encoder left the picture out. Fails with [`Error::Codec`] when it broke; a
    /// hardware encoder that breaks is replaced by software first.
    pub fn encode(&mut self, frame: &VideoFrame, force_keyframe: bool) -> Result<Option<Encoded>> {
        let resized = (frame.width, frame.height) != (self.settings.width, self.settings.height);
        if resized || (!self.known.live_rate && self.rate_is_stale(force_keyframe)) {
            (self.settings.width, self.settings.height) = (frame.width, frame.height);
            self.open =
                Open::new(self.known, &self.settings).map_err(|error| failed(self.known, error))?;
        }
        match self.encode_once(frame, force_keyframe) {
            Err(error) if self.known.hardware => {
                tracing::warn!(
                    "the encoder {} broke ({error}): going on in software",
                    self.known.name
                );
                self.known = hardware::software(self.settings.codec)
                    .next()
                    .ok_or(failed(self.known, error))?;
                self.open = Open::new(self.known, &self.settings)
                    .map_err(|error| failed(self.known, error))?;
                self.encode_once(frame, force_keyframe)
            }
            other => other,
        }
        .map_err(|error| failed(self.known, error))
    }

    /// Whether the open encoder's rate is so wrong that a new one is worth its keyframe.
    fn rate_is_stale(&self, keyframe_wanted: bool) -> bool {
        let (open, wanted) =
            (u64::from(self.open.bitrate_bps), u64::from(self.settings.bitrate_bps));
        let frames = self.open.frames;
        let fps = self.settings.fps.max(1);
        (keyframe_wanted && wanted != open)
            || (wanted * 100 < open * 85 && frames >= fps / 2)
            || (wanted * 100 > open * 150 && frames >= fps * 5)
    }

    fn encode_once(
        &mut self,
        frame: &VideoFrame,
        keyframe: bool,
    ) -> ffmpeg::Result<Option<Encoded>> {
        let mut input = self.prepare(frame)?;
        input.set_pts(Some(i64::from(self.open.frames)));
        input.set_kind(if keyframe { picture::Type::I } else { picture::Type::None });
        self.open.frames += 1;
        self.open.context.send_frame(&input)?;
        match self.open.context.receive_packet(&mut self.packet) {
            Ok(()) => {}
            Err(ff::Error::Other { errno: ff::util::error::EAGAIN }) => return Ok(None),
            Err(error) => return Err(error),
        }
        let data = self.packet.data().unwrap_or_default();
        let keyframe = self.packet.is_key();
        // Some circuits give their parameter sets once, at opening.
        let lacks_sets = keyframe && !is_keyframe(self.settings.codec, data);
        let sets = if lacks_sets { ffmpeg::extradata(&self.open.context) } else { &[] };
        let data = if sets.is_empty() {
            Bytes::copy_from_slice(data)
        } else {
            [sets, data].concat().into()
        };
        Ok(Some(Encoded { data, keyframe }))
    }

    /// The picture as the encoder takes it.
    fn prepare(&mut self, frame: &VideoFrame) -> ffmpeg::Result<ff::frame::Video> {
        let (width, height) = coded_size(&self.settings);
        let mut shared = ffmpeg::share(
            &frame.planes,
            frame.color,
            (frame.width, frame.height),
            (width, height),
        )?;
        if frame.color != ColorSpace::WIRE {
            let converter = self.converter.get_or_insert_with(Converter::new);
            // A clone, because the encoder may look at it longer than the converter keeps it.
            shared = converter.run(&shared, frame.color, (width, height))?.clone();
        }
        match &self.open.surfaces {
            _ if self.known.input == Input::I420 => Ok(shared),
            None => Ok(interleave(&shared)),
            Some(surfaces) => surfaces.upload(&interleave(&shared)),
        }
    }
}

impl Open {
    fn new(known: &Implementation, settings: &Settings) -> ffmpeg::Result<Open> {
        let codec = ff::encoder::find_by_name(known.name).ok_or(ff::Error::EncoderNotFound)?;
        let mut video = ff::codec::Context::new_with_codec(codec).encoder().video()?;
        let (width, height) = coded_size(settings);
        let fps = settings.fps.max(1) as i32;
        if width == 0 || height == 0 {
            return Err(ff::Error::InvalidData);
        }
        video.set_width(width);
        video.set_height(height);
        video.set_format(match known.input {
            Input::I420 => Pixel::YUV420P,
            Input::Nv12 => Pixel::NV12,
            Input::Surface => Pixel::VAAPI,
        });
        video.set_time_base(ff::Rational(1, fps));
        video.set_frame_rate(Some(ff::Rational(fps, 1)));
        video.set_gop(LONG_GROUP);
        video.set_max_b_frames(0);
        video.set_colorspace(ff::color::Space::BT709);
        video.set_color_range(ff::color::Range::MPEG);
        video.set_color_primaries(ff::color::Primaries::BT709);
        video.set_color_transfer_characteristic(ff::color::TransferCharacteristic::BT709);
        // One thread: more would cut the picture into slices or hold pictures back.
        video.set_threading(ff::codec::threading::Config::count(1));
        set_rate(&mut video, settings);
        let surfaces = match known.input {
            Input::Surface => Some(Surfaces::attach(&mut video, width, height)?),
            Input::I420 | Input::Nv12 => None,
        };
        let context = video.open_with(options(known, settings))?;
        Ok(Open { context, surfaces, bitrate_bps: settings.bitrate_bps, frames: 0 })
    }
}

/// The usable encoders, best first. A screen's are those in software: only they hold a quality and
/// let the rate follow, and its few pictures a second cost little.
fn candidates(settings: &Settings) -> Box<dyn Iterator<Item = &'static Implementation>> {
    let usable = hardware::usable(settings.codec);
    match settings.content {
        Content::Camera => Box::new(usable),
        Content::Screen => {
            let hardware = usable.filter(|known| known.hardware);
            Box::new(hardware::software(settings.codec).chain(hardware))
        }
    }
}

fn failed(known: &Implementation, error: ff::Error) -> Error {
    Error::Codec { codec: known.name.into(), reason: error.to_string() }
}

/// The size that is coded: 4:2:0 H.264 has even sizes only.
fn coded_size(settings: &Settings) -> (u32, u32) {
    match settings.codec {
        VideoCodec::H264 => (settings.width & !1, settings.height & !1),
        VideoCodec::Vp8 => (settings.width, settings.height),
    }
}

fn set_rate(context: &mut ff::codec::Context, settings: &Settings) {
    let bps = settings.bitrate_bps.clamp(LEAST_BPS, i32::MAX as u32);
    let buffer_ms = match (settings.content, settings.codec) {
        (Content::Screen, _) => SCREEN_BUFFER_MS,
        (Content::Camera, VideoCodec::H264) => H264_BUFFER_MS,
        (Content::Camera, VideoCodec::Vp8) => VP8_BUFFER_MS,
    };
    let buffer_bits = u64::from(bps) * buffer_ms / 1000;
    ffmpeg::set_rate(context, bps, buffer_bits as u32);
}

/// The least level of H.264 that allows the size and rate, not under 3.1 (ITU-T H.264 table A-1:
/// macroblocks a frame, macroblocks a second).
fn level(settings: &Settings) -> &'static str {
    const LEVELS: [(&str, u64, u64); 6] = [
        ("3.1", 3_600, 108_000),
        ("3.2", 5_120, 216_000),
        ("4.0", 8_192, 245_760),
        ("4.2", 8_704, 522_240),
        ("5.1", 36_864, 983_040),
        ("5.2", 36_864, 2_073_600),
    ];
    let blocks = u64::from(settings.width.div_ceil(16)) * u64::from(settings.height.div_ceil(16));
    let rate = blocks * u64::from(settings.fps);
    LEVELS
        .iter()
        .find(|(_, frame, second)| blocks <= *frame && rate <= *second)
        .map_or("5.2", |(name, ..)| name)
}

/// Private options: no lookahead, no slices, keyframes when asked; constant rate, or for a screen
/// constant quality with a floor below which text would smear.
fn options(known: &Implementation, settings: &Settings) -> ff::Dictionary<'static> {
    let level = level(settings);
    let screen = settings.content == Content::Screen;
    let list: &[(&str, &str)] = match known.name {
        "libx264" if screen => &[
            ("preset", "superfast"),
            ("tune", "zerolatency"),
            ("profile", "baseline"),
            ("level", level),
            ("forced-idr", "1"),
            // With `qcomp=1` it is a quantiser: dense text gets no less than sparse. 44 dB here.
            ("crf", "22"),
            // Psychovisual tuning would trade the edges of letters for texture.
            ("x264-params", "scenecut=0:sliced-threads=0:qcomp=1:qpmax=38:no-psy=1:aq-mode=0"),
        ],
        "libx264" => &[
            ("preset", "superfast"),
            ("tune", "zerolatency"),
            ("profile", "baseline"),
            ("level", level),
            ("forced-idr", "1"),
            ("x264-params", "scenecut=0:sliced-threads=0"),
        ],
        "libvpx" if screen => &[
            ("deadline", "realtime"),
            ("cpu-used", "-6"),
            ("lag-in-frames", "0"),
            ("error-resilient", "default"),
            ("auto-alt-ref", "0"),
            ("crf", "10"),
            ("undershoot-pct", "100"),
            ("overshoot-pct", "15"),
            // Better than the first could not be seen, worse than the second could not be read.
            ("qmin", "12"),
            ("qmax", "40"),
        ],
        "libvpx" => &[
            ("deadline", "realtime"),
            // Negative: a fixed speed. Positive lets libvpx choose by its own clock.
            ("cpu-used", "-8"),
            ("lag-in-frames", "0"),
            ("error-resilient", "default"),
            ("auto-alt-ref", "0"),
            // A keyframe takes at most this many percent of a frame's share.
            ("max-intra-rate", "900"),
            ("undershoot-pct", "100"),
            ("overshoot-pct", "15"),
            ("qmin", "2"),
            ("qmax", "56"),
        ],
        "h264_nvenc" => &[
            ("preset", "p3"),
            ("tune", "ull"),
            ("profile", "baseline"),
            ("level", level),
            ("rc", "cbr"),
            ("zerolatency", "1"),
            ("delay", "0"),
            ("forced-idr", "1"),
        ],
        "h264_qsv" => &[
            ("preset", "veryfast"),
            ("profile", "baseline"),
            ("async_depth", "1"),
            ("look_ahead", "0"),
            ("forced_idr", "1"),
        ],
        "h264_vaapi" => &[
            ("profile", "constrained_baseline"),
            ("level", level),
            ("rc_mode", "CBR"),
            ("async_depth", "1"),
        ],
        _ => &[],
    };
    list.iter().copied().collect()
}

/// I420 to NV12.
fn interleave(from: &ff::frame::Video) -> ff::frame::Video {
    let mut to = ff::frame::Video::new(Pixel::NV12, from.width(), from.height());
    let (width, chroma) = (from.width() as usize, from.plane_width(1) as usize);
    let stride = to.stride(0);
    for (row, out) in from.data(0).chunks(from.stride(0)).zip(to.data_mut(0).chunks_mut(stride)) {
        out[..width].copy_from_slice(&row[..width]);
    }
    let stride = to.stride(1);
    let rows = from.data(1).chunks(from.stride(1)).zip(from.data(2).chunks(from.stride(2)));
    for ((u, v), out) in rows.zip(to.data_mut(1).chunks_mut(stride)) {
        for ((pair, u), v) in
            out.as_chunks_mut::<2>().0.iter_mut().zip(&u[..chroma]).zip(&v[..chroma])
        {
            *pair = [*u, *v];
        }
    }
    to
}

#[cfg(test)]
mod tests;
